//! macOS: what `scutil --dns` prints, and the files of `/etc/resolver`, which it prints too.
//!
//! Apple, configd, dnsinfo_internal.h: resolvers are numbered from 1 in each of the three parts; those for scoped
//! queries serve programs that bind themselves to an interface, those for service-specific queries one service.

use super::text::{PORT, address, label, numbered};
use super::{Chooser, DnsScope, Problems, SplitDns, resolver_files, text};
use crate::dns::Name;
use crate::limits;

pub(super) fn parse(text: &str, files: &[(String, Vec<u8>)]) -> SplitDns {
    let mut problems = Problems::default();
    let mut scopes = Vec::new();
    let mut part = ScutilPart::Default;
    let mut open: Option<OpenResolver<'_>> = None;
    for line in text.lines() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("DNS configuration") {
            close(open.take(), part, &mut scopes, &mut problems);
            part = if rest.contains("scoped") {
                ScutilPart::Scoped
            } else if rest.contains("service-specific") {
                ScutilPart::Service
            } else {
                ScutilPart::Default
            };
        } else if let Some(number) = line.strip_prefix("resolver #") {
            close(open.take(), part, &mut scopes, &mut problems);
            open = Some(OpenResolver::new(number));
        } else if let (Some(open), Some((key, value))) = (open.as_mut(), line.split_once(':')) {
            open.read(key.trim(), value.trim());
        }
    }
    close(open, part, &mut scopes, &mut problems);
    for (file, octets) in files.iter().take(limits::DNS_SCOPES) {
        let Some(scope) = resolver_files::parse(file, &text::decode(octets), &mut problems) else {
            continue;
        };
        // Where the system has taken the file over, scutil has it already.
        let is_there = scopes.iter().any(|other: &DnsScope| {
            other.domains == scope.domains && scope.servers.iter().all(|server| other.servers.contains(server))
        });
        if !is_there && scopes.len() < limits::DNS_SCOPES {
            scopes.push(scope);
        }
    }
    SplitDns {
        chooser: Chooser::Macos,
        source: "scutil --dns, /etc/resolver".to_owned(),
        scopes,
        search: Vec::new(),
        over_https: Vec::new(),
        over_https_policy: None,
        problems: problems.0,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScutilPart {
    Default,
    Scoped,
    Service,
}

/// A resolver, as its lines have it.
#[derive(Default)]
struct OpenResolver<'a> {
    number: &'a str,
    servers: Vec<&'a str>,
    domain: Option<&'a str>,
    port: u16,
    interface: Option<(Option<u32>, &'a str)>,
    order: Option<u32>,
    timeout_s: Option<u32>,
    is_multicast: bool,
    is_scoped: bool,
}

impl<'a> OpenResolver<'a> {
    fn new(number: &'a str) -> Self {
        Self {
            number,
            port: PORT,
            ..Self::default()
        }
    }

    fn read(&mut self, key: &'a str, value: &'a str) {
        match key {
            "domain" => self.domain = Some(value),
            "port" => self.port = value.parse().unwrap_or(PORT),
            "if_index" => self.interface = numbered(value),
            "order" => self.order = value.parse().ok(),
            "timeout" => self.timeout_s = value.parse().ok(),
            "options" => self.is_multicast = value.split_whitespace().any(|word| word == "mdns"),
            "flags" => self.is_scoped = value.split([',', ' ']).any(|word| word == "Scoped"),
            key if key.starts_with("nameserver[") && self.servers.len() <= limits::NAME_SERVERS => {
                self.servers.push(value);
            }
            _ => {}
        }
    }
}

fn close(open: Option<OpenResolver<'_>>, part: ScutilPart, scopes: &mut Vec<DnsScope>, problems: &mut Problems) {
    // What answers names of this link by multicast, or one service alone, has no part in this.
    let Some(open) = open.filter(|open| !open.is_multicast && part != ScutilPart::Service) else {
        return;
    };
    if scopes.len() >= limits::DNS_SCOPES {
        problems.say(format!(
            "resolvers beyond the first {} are left out",
            limits::DNS_SCOPES
        ));
        return;
    }
    let bound_only = part == ScutilPart::Scoped || open.is_scoped;
    let mut name = format!("resolver #{}", label(open.number));
    if bound_only {
        name.push_str(" for scoped queries");
    }
    let interface = open.interface.map(|(_, name)| name);
    if let Some(interface) = interface {
        name = format!("{name}, {}", label(interface));
    }
    let mut scope = DnsScope::new(name);
    scope.bound_only = bound_only;
    scope.order = open.order;
    scope.timeout_s = open.timeout_s;
    let link = open.interface.and_then(|(number, _)| number);
    for text in open.servers {
        match address(text, open.port, link) {
            Some(server) => scope.add_server(server, problems),
            None => problems.say(format!(
                "{}: {} is no address of a name server that can be asked",
                scope.name,
                label(text)
            )),
        }
    }
    match open.domain.map(str::parse::<Name>) {
        None => scope.takes_the_rest = !bound_only,
        Some(Ok(domain)) if domain.is_root() => scope.takes_the_rest = !bound_only,
        Some(Ok(domain)) => scope.add_domain(domain, false, problems),
        Some(Err(error)) => problems.say(format!("{}: domain: {error}", scope.name)),
    }
    if !scope.servers.is_empty() {
        scopes.push(scope);
    }
}

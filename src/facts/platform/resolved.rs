//! systemd-resolved: what `resolvectl status` prints of its links, or `resolvectl dns`, `domain` and `default-route`.
//!
//! The layout changed over the years, the words did not (systemd, src/resolve/resolvectl.c): up to version 246
//! `DefaultRoute setting: yes`, one address and one domain a line; from 247 `Protocols: +DefaultRoute …`, several a
//! line; from 257 `Default Route: yes` besides. A value that does not fit goes on in the next line, without a colon of
//! ours.

use super::text::{label, numbered, server};
use super::{Chooser, DnsScope, Problems, SplitDns};
use crate::dns::Name;
use crate::limits;

/// Name servers that no link has (`DNS=` of resolved.conf(5)).
const GLOBAL: &str = "Global";

/// What a line is about. Every key ends the values of the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StatusKey {
    Servers,
    Domains,
    DefaultRoute,
    Protocols,
    Other,
}

pub(super) fn parse(text: &str) -> SplitDns {
    let mut reader = StatusReader::default();
    for line in text.lines() {
        reader.line(line.trim_end());
    }
    let mut scopes = Vec::new();
    for link in reader.links {
        let mut scope = link.scope;
        // Versions that say nothing of it treat a link as a default route that has no routing-only domain, or the root
        // as one (resolvectl(1), "default-route").
        let only_routes = link.has_routing_only && !scope.domains.iter().any(|domain| domain.name.is_root());
        scope.takes_the_rest = link.number.is_none() || link.default_route.unwrap_or(!only_routes);
        if !scope.servers.is_empty() || !scope.domains.is_empty() {
            scopes.push(scope);
        }
    }
    SplitDns {
        chooser: Chooser::SystemdResolved,
        source: "resolvectl status".to_owned(),
        scopes,
        search: Vec::new(),
        over_https: Vec::new(),
        over_https_policy: None,
        problems: reader.problems.0,
    }
}

#[derive(Default)]
struct StatusReader {
    links: Vec<Link>,
    current: Option<usize>,
    key: Option<StatusKey>,
    problems: Problems,
}

struct Link {
    number: Option<u32>,
    scope: DnsScope,
    default_route: Option<bool>,
    has_routing_only: bool,
}

impl StatusReader {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim_start();
        if trimmed.is_empty() {
            self.key = None;
            return;
        }
        // systemd 258: a delegate is no link, and what stands under it is no link's.
        if trimmed.starts_with("Delegate ") {
            (self.current, self.key) = (None, None);
            return;
        }
        if let Some((head, value)) = head(trimmed) {
            self.enter(head);
            // `resolvectl dns` and its like: the values stand behind the link's name.
            self.key = None;
            for word in value.split_whitespace() {
                self.bare(word);
            }
            return;
        }
        match keyed(trimmed) {
            Some((key, value)) => {
                self.key = Some(key);
                self.values(key, value);
            }
            // What goes on from the line before.
            None => {
                if let Some(key) = self.key {
                    self.values(key, trimmed);
                }
            }
        }
    }

    fn enter(&mut self, head: StatusHead<'_>) {
        let name = match head {
            StatusHead::Global => GLOBAL.to_owned(),
            StatusHead::Link(_, name) => label(name),
        };
        let number = match head {
            StatusHead::Global => None,
            StatusHead::Link(number, _) => number,
        };
        let known = self
            .links
            .iter()
            .position(|link| link.scope.name == name && link.number == number);
        if known.is_none() && self.links.len() >= limits::DNS_SCOPES {
            self.problems
                .say(format!("links beyond the first {} are left out", limits::DNS_SCOPES));
            self.current = None;
            return;
        }
        self.current = Some(known.unwrap_or_else(|| {
            self.links.push(Link {
                number,
                scope: DnsScope::new(name),
                default_route: None,
                has_routing_only: false,
            });
            self.links.len() - 1
        }));
    }

    fn values(&mut self, key: StatusKey, value: &str) {
        match key {
            StatusKey::Servers => value.split_whitespace().for_each(|word| self.server(word)),
            StatusKey::Domains => value.split_whitespace().for_each(|word| self.domain(word)),
            StatusKey::DefaultRoute => self.default_route(value.trim() == "yes"),
            StatusKey::Protocols => {
                for word in value.split_whitespace() {
                    match word {
                        "+DefaultRoute" => self.default_route(true),
                        "-DefaultRoute" => self.default_route(false),
                        _ => {}
                    }
                }
            }
            StatusKey::Other => {}
        }
    }

    /// A value of `resolvectl dns`, `domain` or `default-route`, whichever it is.
    fn bare(&mut self, word: &str) {
        let link = self.current.and_then(|at| self.links[at].number);
        match word {
            "yes" => self.default_route(true),
            "no" => self.default_route(false),
            _ if server(word, link).is_some() => self.server(word),
            _ => self.domain(word),
        }
    }

    fn server(&mut self, word: &str) {
        let Some(link) = self.current.map(|at| &mut self.links[at]) else {
            return;
        };
        match server(word, link.number) {
            Some(server) => link.scope.add_server(server, &mut self.problems),
            None => self.problems.say(format!(
                "{}: {} is no address of a name server",
                link.scope.name,
                label(word)
            )),
        }
    }

    fn domain(&mut self, word: &str) {
        let Some(link) = self.current.map(|at| &mut self.links[at]) else {
            return;
        };
        // A tilde: for routing only, and no search suffix. Both route.
        let (name, routing_only) = match word.strip_prefix('~') {
            Some(name) => (name, true),
            None => (word, false),
        };
        match name.parse::<Name>() {
            Ok(name) => {
                link.has_routing_only |= routing_only;
                link.scope.add_domain(name, false, &mut self.problems);
            }
            Err(error) => self
                .problems
                .say(format!("{}: domain {}: {error}", link.scope.name, label(word))),
        }
    }

    fn default_route(&mut self, is_one: bool) {
        if let Some(at) = self.current {
            self.links[at].default_route = Some(is_one);
        }
    }
}

#[derive(Clone, Copy)]
enum StatusHead<'a> {
    Global,
    Link(Option<u32>, &'a str),
}

/// `Global`, `Link 2 (eth0)`, or one of them with values behind a colon.
fn head(line: &str) -> Option<(StatusHead<'_>, &str)> {
    if let Some(rest) = line.strip_prefix(GLOBAL) {
        let value = if rest.is_empty() { "" } else { rest.strip_prefix(':')? };
        return Some((StatusHead::Global, value));
    }
    let rest = line.strip_prefix("Link ")?;
    let (number, name) = numbered(rest)?;
    number?;
    let (_, behind) = rest.split_once(')')?;
    let value = if behind.is_empty() {
        ""
    } else {
        behind.strip_prefix(':')?
    };
    Some((StatusHead::Link(number, name), value))
}

/// The keys whose values matter, and those that begin like them. The server in use is one of the list; fallback servers
/// are asked where there are no others.
const KEYS: &[(&str, StatusKey)] = &[
    ("DNS Servers", StatusKey::Servers),
    ("DNS Domain", StatusKey::Domains),
    ("DefaultRoute setting", StatusKey::DefaultRoute),
    ("Default Route", StatusKey::DefaultRoute),
    ("Protocols", StatusKey::Protocols),
    ("Current DNS Server", StatusKey::Other),
    ("Fallback DNS Servers", StatusKey::Other),
];

/// The key of a line, and its value. Version 252 leaves out the colon behind `DNS Servers` of the global ones.
fn keyed(line: &str) -> Option<(StatusKey, &str)> {
    let known = KEYS.iter().find_map(|(word, key)| {
        let rest = line.strip_prefix(word)?;
        let value = rest.strip_prefix(':').unwrap_or(rest);
        (value.is_empty() || value.starts_with(' ')).then_some((*key, value))
    });
    known.or_else(|| {
        let (key, value) = line.split_once(':')?;
        let of_key = |c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '.' | '/');
        let is_key = key.chars().all(of_key) && (value.is_empty() || value.starts_with(' '));
        is_key.then_some((StatusKey::Other, value))
    })
}

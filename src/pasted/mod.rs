//! A pasted error message: what failed, whom it names, and what could be behind it. Pure text in, meaning out.
//!
//! The message never decides between causes (Go prints `no such host` for a denied name, for a filtered answer
//! and for a name without addresses alike); it narrows them down, and says what to ask next.

mod configuration;
mod go;
mod library;
mod resolved;
mod server;
mod symptom;
mod tool;
mod windows;

use std::net::SocketAddr;

use crate::dns::Name;
use crate::endpoint::{EndpointName, NotEndpoint};
use crate::limits;
use crate::resolvers::parse_address;
use crate::url;

pub use symptom::{Candidate, Symptom};

/// What a recogniser saw in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    symptom: Symptom,
    /// The name that was looked up, as printed.
    host: Option<String>,
    server: Option<SocketAddr>,
    /// Whether the message is one that only Go's own resolver prints.
    pure_go: bool,
    /// Whether systemd-resolved was asked, whatever the message names.
    is_stub: bool,
    /// What can be said of the program that printed it.
    note: Option<&'static str>,
}

impl Seen {
    fn of(symptom: Symptom, host: Option<&str>) -> Self {
        Self {
            symptom,
            host: host.map(str::to_owned),
            server: None,
            pure_go: false,
            is_stub: false,
            note: None,
        }
    }
}

/// What a pasted message means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The line that decided, cut where it is long. Hostile text: escaped before it is printed.
    pub line: String,
    /// What failed.
    pub symptom: Symptom,
    /// The name that was looked up; `None` where the message does not hold one that could be asked for.
    pub host: Option<Name>,
    /// The name server that the message names.
    pub server: Option<SocketAddr>,
    /// What can be said of the name server and of the resolver library, a sentence each.
    pub resolver: Vec<String>,
    /// What can be said of the name, a sentence each.
    pub name: Vec<String>,
    /// The findings that could be behind it, the likelier first, each with what would show it.
    pub candidates: Vec<Candidate>,
    /// The command line that asks.
    pub command: String,
}

/// Reads a message, or a log around one. `None` where no line of it is known.
pub fn read(text: &str) -> Option<Explanation> {
    let recognisers: [fn(&str) -> Option<Seen>; 6] = [
        go::look_up,
        resolved::line,
        library::look_up,
        tool::line,
        windows::line,
        go::beyond_dns,
    ];
    // The line that says most decides: a look-up's own error before what a client made of it.
    let by_line = recognisers.into_iter().find_map(|recognise| {
        text.lines()
            .find_map(|line| recognise(line).map(|seen| (line, seen)))
    });
    if let Some((line, seen)) = tool::dig(text).or(by_line) {
        return Some(explain(line, &seen, text));
    }
    // Terraform and terminals break a long line where it does not fit.
    let lines: Vec<&str> = text.lines().map(without_bar).collect();
    for at in 0..lines.len() {
        let whole = lines[at..lines.len().min(at + limits::PASTED_LINES)].join(" ");
        let seen = recognisers
            .into_iter()
            .find_map(|recognise| recognise(&whole));
        if let Some(seen) = seen {
            return Some(explain(&whole, &seen, text));
        }
    }
    let (line, seen, sentences) = configuration::read(text)?;
    let mut explanation = explain(line, &seen, "");
    explanation.resolver = sentences;
    Some(explanation)
}

/// A line without the bar that Terraform draws beside it.
fn without_bar(line: &str) -> &str {
    line.trim().trim_start_matches(['│', '|']).trim()
}

fn explain(line: &str, seen: &Seen, text: &str) -> Explanation {
    let server = seen.server.or_else(|| tool::server(text));
    let host = seen.host.as_deref().and_then(host);
    let about = if seen.symptom == Symptom::Proxy {
        // The name that failed is the proxy's; the endpoint's is in the URL beside it.
        text.lines().find_map(go::url_host).and_then(self::host)
    } else {
        host.clone()
    };
    let mut resolver = Vec::new();
    if let Some(server) = server {
        resolver.push(server::meaning(server));
    }
    if seen.pure_go {
        resolver.push(
            "\" on ADDRESS:PORT\" is printed by Go's own resolver only, which reads resolv.conf and knows nothing \
             of scoped or per-link name servers of the operating system."
                .to_owned(),
        );
    }
    resolver.extend(seen.note.map(str::to_owned));
    let mut name = Vec::new();
    let mut candidates = seen.symptom.candidates();
    let is_stub = seen.is_stub || server.is_some_and(|server| server::is_resolved(server.ip()));
    let is_there = |rule| candidates.iter().any(|candidate| candidate.rule == rule);
    if is_stub && seen.symptom.is_dns() && !is_there("split-dns-not-applied") {
        candidates.push(Candidate {
            rule: "split-dns-not-applied",
            tell: "a name server behind the stub, such as a VPN's, has the name, and the stub asks another",
        });
    }
    if seen.pure_go && seen.symptom.is_dns() {
        candidates.push(Candidate {
            rule: "go-bypasses-scoped-dns",
            tell: "the operating system's own look-up finds the name, the server in the message does not",
        });
    }
    if seen.symptom.is_dns()
        && let Some(host) = &host
        && let Err(kind) = EndpointName::parse(host)
    {
        name.push(not_an_endpoint(kind).to_owned());
        candidates.insert(
            0,
            Candidate {
                rule: "endpoint-name-malformed",
                tell: "the name is no EKS endpoint's: see the kubeconfig's server",
            },
        );
    }
    Explanation {
        line: shown(line),
        symptom: seen.symptom,
        command: command(about.as_ref(), server),
        host,
        server,
        resolver,
        name,
        candidates,
    }
}

/// A host name that can be asked for. An address is none.
fn host(text: &str) -> Option<Name> {
    let text = text.trim_end_matches('.');
    (text.parse::<std::net::IpAddr>().is_err())
        .then(|| Name::from_host(text).ok())
        .flatten()
}

fn not_an_endpoint(kind: NotEndpoint) -> &'static str {
    match kind {
        NotEndpoint::SingleLabel => {
            "The name has one label: it may be the cluster's name in the place of its host name."
        }
        NotEndpoint::EksApi => {
            "The name is that of the AWS API that manages clusters, not of a cluster's own endpoint."
        }
        NotEndpoint::OidcIssuer => {
            "The name is that of the issuer of service account tokens, not of a cluster's own endpoint."
        }
        NotEndpoint::WrongHostLabel => {
            "The name ends like an EKS endpoint's, but does not begin with 32 hexadecimal digits."
        }
        NotEndpoint::Other => "The name is not an EKS endpoint's.",
    }
}

/// The command line that asks. Name servers of this host are asked without being named; a name of one label is
/// no endpoint's, and one that starts with a hyphen is a flag: the reader fills in the right one.
fn command(host: Option<&Name>, server: Option<SocketAddr>) -> String {
    let host = host
        .filter(|host| host.labels().len() > 1 && !host.to_string().starts_with('-'))
        .map_or_else(|| "HOST".to_owned(), ToString::to_string);
    let server = server
        .filter(|server| !server.ip().is_loopback() && !is_link_local(*server))
        // A name server of 0.0.0.0, which means this host, or of port 0 cannot be named.
        .filter(|server| parse_address(&server.to_string()).is_ok())
        .map(|server| match server.port() {
            53 => format!(" --resolver {}", server.ip()),
            _ => format!(" --resolver {server}"),
        })
        .unwrap_or_default();
    format!("eks-dns-doctor check {host}{server} --public")
}

/// fe80::/10 (RFC 4291 section 2.5.6), which means nothing without its zone.
fn is_link_local(server: SocketAddr) -> bool {
    matches!(server.ip(), std::net::IpAddr::V6(ip) if ip.is_unicast_link_local())
}

fn shown(line: &str) -> String {
    // Before it is cut, so that no half of one is left.
    let line = url::without_passwords(line.trim());
    let mut text: String = line.chars().take(limits::PASTED_LINE).collect();
    if text.len() < line.len() {
        text.push('…');
    }
    text
}

/// The text between two others.
fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests;

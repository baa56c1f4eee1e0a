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
mod terminal;
mod tool;
mod windows;

use std::net::SocketAddr;

use crate::dns::{Name, NameError};
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
    let text = &terminal::plain(text);
    // The line that says most decides: a look-up's own error before what a client made of it.
    let by_line = || {
        RECOGNISERS
            .iter()
            .find_map(|recognise| text.lines().find_map(|line| recognise(line).map(|seen| (line, seen))))
    };
    let found = tool::dig(text).or_else(by_line);
    let joined = |by: &'static str| broken(text, by);
    // Terminals break a long line where it does not fit, within a name as well; then what was found may be its
    // beginning.
    if let Some((line, seen)) = &found {
        let goes_on = |whole: &Seen| {
            let (Some(whole), Some(start)) = (&whole.host, &seen.host) else {
                return false;
            };
            let endpoint = host(whole).is_some_and(|host| EndpointName::parse(&host).is_ok());
            endpoint && whole.len() > start.len() && whole.starts_with(start.as_str())
        };
        // An error that is not known may be the beginning of one that is.
        let is_more = |whole: &Seen| {
            seen.symptom == Symptom::OtherError && whole.symptom != Symptom::OtherError && whole.host == seen.host
        };
        let mut longer = joined(" ").filter(|(_, whole)| is_more(whole));
        if let Some((whole, seen)) = longer.next() {
            return Some(explain(&whole, &seen, text));
        }
        return Some(match joined("").find(|(_, whole)| goes_on(whole) || is_more(whole)) {
            Some((whole, seen)) => explain(&whole, &seen, text),
            None => explain(line, seen, text),
        });
    }
    // Terraform breaks it between words. Of the ways to join the lines, the one that makes an endpoint's name counts.
    let is_whole = |seen: &Seen| {
        let name = seen.host.as_deref().and_then(host);
        let endpoint = name.is_some_and(|name| EndpointName::parse(&name).is_ok());
        endpoint && seen.symptom != Symptom::OtherError
    };
    let all = || joined(" ").chain(joined(""));
    let best = all().find(|(_, seen)| is_whole(seen));
    if let Some((whole, seen)) = best.or_else(|| all().next()) {
        return Some(explain(&whole, &seen, text));
    }
    let (line, seen, sentences) = configuration::read(text)?;
    let mut explanation = explain(line, &seen, "");
    explanation.resolver = sentences;
    Some(explanation)
}

/// What is recognised in a line.
type Recogniser = fn(&str) -> Option<Seen>;

/// The recognisers, what says most first.
const RECOGNISERS: &[Recogniser] = &[
    go::look_up,
    resolved::line,
    library::look_up,
    tool::line,
    windows::line,
    go::beyond_dns,
];

/// What is recognised in lines that are joined again: each with the next, and with the two and the three behind it.
fn broken<'a>(text: &'a str, by: &'a str) -> impl Iterator<Item = (String, Seen)> + 'a {
    let lines: Vec<&str> = text.lines().map(without_bar).collect();
    (0..lines.len())
        .flat_map(|at| (2..=limits::PASTED_LINES).map(move |count| (at, count)))
        .filter_map(move |(at, count)| {
            let whole = lines.get(at..at + count)?.join(by);
            let seen = RECOGNISERS.iter().find_map(|recognise| recognise(&whole))?;
            Some((whole, seen))
        })
}

/// A line without the bar that Terraform draws beside it.
fn without_bar(line: &str) -> &str {
    line.trim().trim_start_matches(['│', '|']).trim()
}

fn explain(line: &str, seen: &Seen, text: &str) -> Explanation {
    let server = seen.server.or_else(|| tool::server(text));
    let printed = seen.host.as_deref().or_else(|| tool::host(text));
    let host = printed.and_then(host);
    let about = if matches!(seen.symptom, Symptom::Proxy | Symptom::ProxyConnection) {
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
        if matches!(kind, NotEndpoint::EksApi | NotEndpoint::OidcIssuer) {
            // A public name of AWS's: what is about private addresses and about clusters is not about it.
            candidates.retain(|candidate| !OF_ENDPOINTS.contains(&candidate.rule));
            let mut of_aws = Symptom::AwsApi.candidates();
            of_aws.append(&mut candidates);
            candidates = of_aws;
        } else {
            candidates.insert(0, MALFORMED);
        }
    }
    if printed.is_some_and(is_too_long) {
        name.push(TOO_LONG.to_owned());
        candidates.insert(0, MALFORMED);
    }
    Explanation {
        line: shown(line),
        symptom: seen.symptom,
        command: command(seen.symptom, about.as_ref(), server),
        host,
        server,
        resolver,
        name,
        candidates,
    }
}

/// What is said of a name that DNS cannot have (RFC 1035 section 2.3.4; Go, src/net/dnsclient.go, isDomainName).
const TOO_LONG: &str = "The name, or a label of it, is longer than DNS allows: Go says \"no such host\" of it and asks \
 no name \
                        server.";
/// What a name is that is no endpoint's.
const MALFORMED: Candidate = Candidate {
    rule: "endpoint-name-malformed",
    tell: "the name is no EKS endpoint's: see the kubeconfig's server",
};
/// Findings about private addresses, and about clusters.
const OF_ENDPOINTS: &[&str] = &["no-forwarding", "rebinding-protection", "name-does-not-exist"];

fn is_too_long(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    matches!(
        Name::from_host(text),
        Err(NameError::LabelTooLong | NameError::NameTooLong)
    )
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
            "The name is that of the issuer of service account tokens, not of a cluster's own endpoint. In a VPC with \
             an \
             interface endpoint for EKS and private DNS it is denied."
        }
        NotEndpoint::WrongHostLabel => {
            "The name ends like an EKS endpoint's, but does not begin with 32 hexadecimal digits."
        }
        NotEndpoint::Other => "The name is not an EKS endpoint's.",
    }
}

/// The command line that asks. Name servers of this host are asked without being named; a name of one label is
/// no endpoint's, and one that starts with a hyphen is a flag: the reader fills in the right one.
fn command(symptom: Symptom, host: Option<&Name>, server: Option<SocketAddr>) -> String {
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
    let connect = if symptom.asks_for_a_connection() {
        " --connect"
    } else {
        ""
    };
    format!("eks-dns-doctor check {host}{server} --public{connect}")
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

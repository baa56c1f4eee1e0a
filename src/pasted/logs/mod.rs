//! Logs of name servers: CoreDNS, BIND, Unbound, dnsmasq, PowerDNS Recursor, Knot Resolver, systemd-resolved,
//! tailscaled, Windows' DNS server, and Route 53's query logs; and what tcpdump prints of them. Several of them name
//! the cause outright. Each function names the source of the words; what has none was seen in users' reports only, and
//! not of every version.

mod adguard;
mod bind;
mod coredns;
mod dnsmasq;
mod knot;
mod powerdns;
mod resolved;
mod route53;
mod tailscaled;
mod tcpdump;
mod unbound;
mod windows;

use std::net::SocketAddr;

use super::words::{by_rcode, socket};
use super::{MessageSeen, Symptom, asked};

pub(super) use route53::{json, record};

pub(super) fn line(line: &str) -> Option<MessageSeen> {
    let seen = of_software(line)?;
    let is_denial = matches!(seen.symptom, Symptom::NxDomain | Symptom::NoData) && seen.outright.is_none();
    match seen.host.as_deref().and_then(without_search_domain).map(str::to_owned) {
        Some(host) if is_denial => Some(MessageSeen {
            symptom: Symptom::Searched,
            host: Some(host),
            ..seen
        }),
        _ => Some(seen),
    }
}

/// A name that is whole, an endpoint's or another of AWS's, where a search domain stands behind it.
pub(super) fn without_search_domain(name: &str) -> Option<&str> {
    let lower = name.to_ascii_lowercase();
    let ends = [".amazonaws.com.cn.", ".amazonaws.com.", ".api.aws."];
    let at = ends.iter().find_map(|end| Some(lower.find(end)? + end.len()))?;
    // In China `cn` is the end of the name itself.
    (at < name.len() && &lower[at..] != "cn").then(|| &name[..at - 1])
}

fn of_software(line: &str) -> Option<MessageSeen> {
    coredns::line(line)
        .or_else(|| dnsmasq::line(line))
        .or_else(|| bind::line(line))
        .or_else(|| unbound::line(line))
        .or_else(|| powerdns::line(line))
        .or_else(|| knot::line(line))
        .or_else(|| resolved::line(line))
        .or_else(|| tailscaled::line(line))
        .or_else(|| windows::line(line))
        .or_else(|| tcpdump::line(line))
        .or_else(|| route53::line(line))
        .or_else(|| adguard::of_dnsproxy(line))
        .or_else(|| adguard::of_query_log(line))
}

fn seen(symptom: Symptom, host: Option<&str>, server: Option<SocketAddr>) -> MessageSeen {
    MessageSeen {
        server,
        ..MessageSeen::of(symptom, host.map(|host| host.trim_end_matches('.')))
    }
}

fn outright(symptom: Symptom, host: Option<&str>, rule: &'static str, why: &str) -> MessageSeen {
    MessageSeen {
        outright: Some((rule, why.to_owned())),
        ..seen(symptom, host, None)
    }
}

/// An RCODE in a log, beside the type that was asked for and the octets of the reply where they are in it. NOERROR
/// alone does not say that there was an address.
fn by_answer(rcode: &str, host: &str, kind: &str, size: Option<&str>) -> Option<MessageSeen> {
    let symptom = match rcode {
        // Of another type, no address would be that of the name's A record.
        "NOERROR" if asked::is_other(kind) => Symptom::OtherType,
        "NOERROR" if size.is_some_and(|size| is_without_records(host, size)) => Symptom::NoData,
        "NOERROR" => Symptom::Answered,
        // CoreDNS, plugin/pkg/replacer: of a question that no plugin wrote a reply to.
        "-" if size == Some("0") => Symptom::Forward,
        _ => by_rcode(&rcode.to_ascii_uppercase())?,
    };
    Some(seen(symptom, Some(host), None))
}

/// Whether a reply of so many octets has no room for an address beside its question (RFC 1035 section 4.1: a header of
/// 12 octets, the name, 4 octets of type and class; a record of type A takes 16 with its name compressed).
fn is_without_records(host: &str, size: &str) -> bool {
    let name = host.trim_end_matches('.').len() + 2;
    size.parse::<usize>().is_ok_and(|size| size < 12 + name + 4 + 16)
}

/// Whether what a name server's log says of a name is what the server that it forwards to replied: dnsmasq's `reply`,
/// and Unbound's response to its own question. `config`, `cached` and the like are the server's own.
pub(super) fn is_of_upstream(line: &str) -> bool {
    line.contains("dnsmasq") && line.contains(": reply ") || line.contains("unbound") && line.contains(QUERY_RESPONSE)
}

/// Unbound, iterator/iterator.c, processQueryResponse.
const QUERY_RESPONSE: &str = "info: query response was ";

/// The one server that dnsmasq says that it forwarded to (src/forward.c, log_query of forward_query), or that Unbound
/// says that it had a reply from (iterator/iterator.c, log_reply_from); `None` where they name several.
pub(super) fn forwarded_to(text: &str) -> Option<SocketAddr> {
    let of_line = |line: &str| {
        let server = if line.contains("dnsmasq") {
            line.split_once(": forwarded ")?.1.split_once(" to ")?.1
        } else {
            line.split_once("info: reply from <")?.1.split_once("> ")?.1
        };
        socket(server.split_whitespace().next()?)
    };
    let mut servers = text.lines().filter_map(of_line);
    let first = servers.next()?;
    servers.all(|server| server == first).then_some(first)
}

/// The server says itself what failed: neither a filter, nor a reply that cannot be read.
fn bogus(host: Option<&str>, why: &str) -> MessageSeen {
    MessageSeen {
        against: vec!["rebinding-protection", "malformed-reply"],
        ..outright(Symptom::Bogus, host, "dnssec-bogus", why)
    }
}

/// What Go says of a server that was asked (src/syscall/zerrors_linux_amd64.go; src/crypto/tls, src/crypto/x509).
fn of_forward(error: &str) -> Symptom {
    let has = |text: &str| error.contains(text);
    match () {
        // Go, src/net/dnsclient_unix.go, errNoSuchHost: of the name in the configuration.
        () if has("lookup ") && has("no such host") => Symptom::ForwardNoName,
        () if has("connection refused") || has("connection reset by peer") => Symptom::ForwardClosed,
        () if has("network is unreachable") || has("no route to host") => Symptom::ForwardNoRoute,
        // miekg/dns, msg.go and msg_helpers.go: the reply cannot be unpacked.
        () if has("dns: overflow") || has("dns: bad") => Symptom::ForwardUnusable,
        () if has("x509: ") || has("tls: ") => Symptom::Encrypted,
        () => Symptom::Forward,
    }
}

//! What web servers and proxies log of the names that they look up themselves: nginx, Envoy, HAProxy.

use super::{MessageSeen, Symptom, between};

/// A line of one of them that says how a lookup failed.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    nginx(line).or_else(|| envoy(line)).or_else(|| haproxy(line))
}

/// nginx (src/http/ngx_http_upstream.c, `HOST could not be resolved (CODE: TEXT)`; src/core/ngx_resolver.c,
/// ngx_resolver_strerror): an RCODE, or ETIMEDOUT. A reply without an address gets the code of NXDOMAIN too
/// (ngx_resolver_process_a).
fn nginx(line: &str) -> Option<MessageSeen> {
    let (before, rest) = line.split_once(" could not be resolved (")?;
    let (code, _) = rest.split_once(": ")?;
    let symptom = match code {
        "1" | "4" => Symptom::NotUnderstood,
        "2" => Symptom::ServFail,
        "3" => Symptom::NoAddress,
        "5" => Symptom::Refused,
        _ if rest.contains("timed out") => Symptom::Silence,
        _ => Symptom::Unknown,
    };
    let host = before.split_whitespace().next_back()?;
    Some(MessageSeen::of(symptom, Some(host.trim_matches(['"', '\'']))))
}

/// Envoy (source/extensions/network/dns_resolver/cares/dns_impl.cc), with c-ares' number (c-ares, include/ares.h).
fn envoy(line: &str) -> Option<MessageSeen> {
    let (_, rest) = line.split_once("dns resolution for ")?;
    let (host, status) = rest.split_once(" failed with c-ares status ")?;
    let end = status.find(|c: char| !c.is_ascii_digit()).unwrap_or(status.len());
    let symptom = match &status[..end] {
        "1" => Symptom::NoData,
        "2" | "5" => Symptom::NotUnderstood,
        "3" => Symptom::ServFail,
        "4" => Symptom::NoAddress,
        "6" => Symptom::Refused,
        "10" => Symptom::Unreadable,
        // c-ares says that a server refused the connection of several failures (see `library`).
        "11" => Symptom::TryAgain,
        "12" => Symptom::Silence,
        _ => Symptom::Unknown,
    };
    Some(MessageSeen::of(symptom, Some(host)))
}

/// HAProxy (src/server.c), at its start: `could not resolve address 'HOST'`.
fn haproxy(line: &str) -> Option<MessageSeen> {
    let host = between(line, "could not resolve address '", "'")?;
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    Some(MessageSeen::of(Symptom::Unknown, Some(host)))
}

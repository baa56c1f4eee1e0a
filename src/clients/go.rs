//! kubectl and other Go programs on Linux, with Go's own resolver.
//!
//! Go, src/net/dnsclient_unix.go: the servers are asked in turn; NXDOMAIN and NODATA are final, SERVFAIL,
//! REFUSED, silence and a refused port move on; after the last server the whole list is asked again, as often
//! as `attempts` says; the error shown is the last server's. At most three servers are used
//! (src/net/dnsconfig_unix.go). A and AAAA are asked at the same time, and where both fail the error that
//! arrives last is shown. kubectl: StandardErrorMessage in k8s.io/kubectl/pkg/cmd/util/helpers.go.

use super::Situation;
use crate::dns::{AnswerKind, RecordType};
use crate::observation::{Lookup, Purpose, Transport};
use crate::probe::Probed;

/// Go reads the first three name servers.
const SERVERS: usize = 3;

/// What kubectl would print; empty where it resolves, `None` where the look-ups do not say.
pub(super) fn messages(situation: &Situation<'_>) -> Option<Vec<String>> {
    if situation.found_otherwise {
        return Some(Vec::new());
    }
    let a = walk(situation, RecordType::A)?;
    let aaaa = walk(situation, RecordType::AAAA)?;
    let (Walk::Failed(a), Walk::Failed(aaaa)) = (a, aaaa) else {
        return Some(Vec::new());
    };
    let mut messages = vec![kubectl(situation, &a)];
    let other = kubectl(situation, &aaaa);
    if !messages.contains(&other) {
        messages.push(other);
    }
    Some(messages)
}

/// How the servers were walked through for one type.
enum Walk {
    Found,
    Failed(String),
}

/// Asks the servers in turn for one type. `None` where the look-ups do not say.
fn walk(situation: &Situation<'_>, qtype: RecordType) -> Option<Walk> {
    let host = &situation.target.hostname;
    let mut last = None;
    for probed in situation.servers.iter().take(SERVERS) {
        let server = probed.resolver.address?;
        let lookup = target(probed, qtype)?;
        let failed = |error: &str| Walk::Failed(format!("lookup {host} on {server}: {error}"));
        last = Some(match lookup.kind {
            AnswerKind::Answer => return Some(Walk::Found),
            AnswerKind::NxDomain | AnswerKind::NoData => return Some(failed("no such host")),
            // A referral has no answer: since Go 1.23.8 that is "no such host" (recorded).
            AnswerKind::Referral => failed("no such host"),
            AnswerKind::ServFail | AnswerKind::Refused | AnswerKind::OtherRcode => {
                failed("server misbehaving")
            }
            // Replies that do not belong to the question are waited past, until the time is up.
            AnswerKind::Malformed if lookup.rcode.is_some() => {
                failed("cannot unmarshal DNS message")
            }
            AnswerKind::Timeout | AnswerKind::Malformed => {
                failed(&format!("{} i/o timeout", io(lookup, server, "read")))
            }
            AnswerKind::Unreachable => failed(&refused(lookup, server)),
            AnswerKind::Truncated => failed(&after_truncation(lookup, server)),
        });
    }
    last
}

fn target(probed: &Probed, qtype: RecordType) -> Option<&Lookup> {
    probed
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
}

/// `read udp SRC->SERVER:`, with a placeholder for what only the client knows.
fn io(lookup: &Lookup, server: std::net::SocketAddr, operation: &str) -> String {
    let network = lookup.transport.as_str();
    format!("{operation} {network} <client>-><{server}>:")
        .replace("-><", "->")
        .replace(">:", ":")
}

fn refused(lookup: &Lookup, server: std::net::SocketAddr) -> String {
    let reason = lookup.reason.as_deref().unwrap_or_default();
    let error = if reason.contains("no route") {
        "connect: network is unreachable"
    } else if reason.contains("host is unreachable") {
        "connect: no route to host"
    } else if lookup.transport == Transport::Tcp {
        "connect: connection refused"
    } else {
        return format!("{} read: connection refused", io(lookup, server, "read"));
    };
    format!("dial {} {server}: {error}", lookup.transport.as_str())
}

/// TC=1, and TCP did not bring the rest.
fn after_truncation(lookup: &Lookup, server: std::net::SocketAddr) -> String {
    let tcp = lookup
        .attempts
        .iter()
        .find(|attempt| attempt.transport == Transport::Tcp && attempt.edns);
    match tcp.map(|attempt| attempt.kind) {
        Some(AnswerKind::Unreachable) => format!("dial tcp {server}: connect: connection refused"),
        // TC=1 over TCP too: no answer is read from it (recorded).
        Some(AnswerKind::Truncated) => "no such host".to_owned(),
        _ => format!("dial tcp {server}: i/o timeout"),
    }
}

/// kubectl's line. Whatever contains "connection refused" is taken for the API server's refusal.
fn kubectl(situation: &Situation<'_>, error: &str) -> String {
    if error.contains("connection refused") {
        return format!(
            "The connection to the server {} was refused - did you specify the right host or port?",
            situation.target.hostname
        );
    }
    format!("Unable to connect to the server: dial tcp: {error}")
}

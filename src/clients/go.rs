//! kubectl and other Go programs on Linux, with Go's own resolver.
//!
//! Go, src/net/dnsclient_unix.go, and recorded with Go 1.19.8 (fixtures/clients/recorded.json): the servers are asked in
//! turn; NXDOMAIN and NODATA are final, SERVFAIL, REFUSED, silence, a refused port and a lame delegation move on; after
//! the last server the whole list is asked again, as often as `attempts` says; the error shown is the last server's. At most
//! three servers are used (src/net/dnsconfig_unix.go). A and AAAA are asked at the same time, and where both fail the error
//! that arrives last is shown.

use std::cmp::Ordering;

use super::{Said, Situation, has_addresses, is_about_a_record, is_lame, kubectl, target};
use crate::dns::{AnswerKind, RecordType};
use crate::observation::{Attempt, Lookup, Transport};
use crate::probe::Probed;

/// What kubectl would print; `None` where the look-ups do not say.
pub(super) fn said(situation: &Situation<'_>) -> Option<Said> {
    if situation.found_otherwise() {
        return Some(Said::resolves());
    }
    let mut said = Said::default();
    // With `rotate` each question begins with the next server, so A and AAAA with two.
    let orders = situation.orders();
    for for_a in &orders {
        for for_aaaa in &orders {
            let a = walk(situation, for_a, RecordType::A)?;
            let aaaa = walk(situation, for_aaaa, RecordType::AAAA)?;
            said.add(both(situation, a, aaaa));
        }
    }
    Some(said)
}

fn both(situation: &Situation<'_>, a: Walk, aaaa: Walk) -> Said {
    let (Walk::Failed(a), Walk::Failed(aaaa)) = (a, aaaa) else {
        return Said::resolves();
    };
    let may_be_read = a.may_be_read || aaaa.may_be_read;
    // Who waits for a time-out is the last. Otherwise it is a race: the one with more questions is the likelier.
    let last = match a.waits.cmp(&aaaa.waits) {
        Ordering::Greater => vec![a],
        Ordering::Less => vec![aaaa],
        Ordering::Equal if aaaa.tries > a.tries => vec![aaaa, a],
        Ordering::Equal => vec![a, aaaa],
    };
    let mut said = Said {
        resolves: may_be_read,
        messages: Vec::new(),
    };
    for error in last.iter().flat_map(|failed| &failed.errors) {
        said.add(Said::of(&kubectl(situation, error)));
    }
    said
}

/// How the servers were walked through for one type.
enum Walk {
    Found,
    Failed(Failed),
}

/// How that ended.
struct Failed {
    /// The error; more than one where versions of Go differ, the newer first.
    errors: Vec<String>,
    /// Questions until then.
    tries: u32,
    /// Those of them that ended with a time-out.
    waits: u32,
    /// Whether a reply was among them that Go may have taken for an answer.
    may_be_read: bool,
}

/// Asks the servers in turn for one type, as often as `attempts` says. `None` where the look-ups do not say.
fn walk(situation: &Situation<'_>, servers: &[&Probed], qtype: RecordType) -> Option<Walk> {
    let host = &situation.target.hostname;
    let mut failed = Failed {
        errors: Vec::new(),
        tries: 0,
        waits: 0,
        may_be_read: false,
    };
    for _ in 0..situation.attempts() {
        for probed in servers {
            let server = probed.resolver.address?;
            let lookup = target(probed, qtype)?;
            let with = |error: &str| vec![format!("lookup {host} on {server}: {error}")];
            failed.tries += 1;
            failed.errors = match lookup.kind {
                // Another message came first, and decides.
                AnswerKind::Answer if too_late(lookup) => with("invalid DNS response"),
                AnswerKind::Answer => return Some(Walk::Found),
                // Since Go 1.23.8 a lame delegation is "no such host"; before, it has a name of its own (recorded).
                AnswerKind::NoData | AnswerKind::Referral if is_lame(lookup) => {
                    [with("no such host"), with("lame referral")].concat()
                }
                AnswerKind::NxDomain | AnswerKind::NoData | AnswerKind::Referral => {
                    failed.errors = with("no such host");
                    return Some(Walk::Failed(failed));
                }
                AnswerKind::ServFail | AnswerKind::Refused | AnswerKind::OtherRcode => {
                    with("server misbehaving")
                }
                AnswerKind::Malformed if lookup.rcode.is_some() => {
                    let has_addresses = has_addresses(lookup);
                    if !has_addresses && !is_about_a_record(lookup) {
                        // Aliases without an address, in a circle or not.
                        failed.errors = with("no such host");
                        return Some(Walk::Failed(failed));
                    }
                    if !is_about_a_record(lookup) {
                        // Under whatever name they stand (recorded).
                        return Some(Walk::Found);
                    }
                    // Some records that cannot be read Go reads all the same, such as one longer than the message
                    // (recorded), and it keeps what it has read before one that it cannot.
                    failed.may_be_read = true;
                    with("cannot unmarshal DNS message")
                }
                AnswerKind::Malformed if has_two_questions(lookup) => with("invalid DNS response"),
                // Replies that do not belong to the question are waited past, until the time is up.
                AnswerKind::Timeout
                | AnswerKind::Malformed
                // No client here asks inside TLS.
                | AnswerKind::Certificate
                | AnswerKind::Handshake
                | AnswerKind::Alpn
                | AnswerKind::HttpError => {
                    failed.waits += 1;
                    with(&format!("{} i/o timeout", io(lookup, server, "read")))
                }
                AnswerKind::Unreachable => with(&refused(lookup, server)),
                AnswerKind::Truncated => {
                    let error = after_truncation(lookup, server);
                    failed.waits += u32::from(error.ends_with("i/o timeout"));
                    with(&error)
                }
            };
        }
    }
    Some(Walk::Failed(failed)).filter(|_| !servers.is_empty())
}

/// Whether the answer came behind a message at which Go fails.
fn too_late(lookup: &Lookup) -> bool {
    lookup.attempts.iter().any(|attempt| {
        attempt.edns && attempt.transport == lookup.transport && attempt.comes_too_late()
    })
}

/// Whether a reply had a second question behind the right one, at which Go does not wait on (tried with Go 1.19.8).
fn has_two_questions(lookup: &Lookup) -> bool {
    lookup.attempts.iter().any(|attempt| {
        let mismatch = attempt.mismatch.as_deref().unwrap_or_default();
        attempt.edns && mismatch.ends_with(" questions")
    })
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
    if let Some(attempt) = tcp
        && attempt.connected
        && attempt.rcode.is_none()
    {
        return over_tcp(attempt, server);
    }
    match tcp.map(|attempt| attempt.kind) {
        Some(AnswerKind::Unreachable) => format!("dial tcp {server}: connect: connection refused"),
        // TC=1 over TCP too: no answer is read from it (recorded).
        Some(AnswerKind::Truncated) => "no such host".to_owned(),
        _ => format!("dial tcp {server}: i/o timeout"),
    }
}

/// A connection that was made and brought no reply. The first message decides there (Go, src/net/dnsclient_unix.go,
/// dnsStreamRoundTrip; tried with Go 1.19.8).
fn over_tcp(attempt: &Attempt, server: std::net::SocketAddr) -> String {
    let reason = attempt.reason.as_deref().unwrap_or_default();
    if let Some(mismatch) = &attempt.mismatch {
        let unreadable = ["no DNS message", "without a question", "cannot be read"];
        if unreadable.iter().any(|what| mismatch.contains(what)) {
            "cannot unmarshal DNS message".to_owned()
        } else {
            "invalid DNS response".to_owned()
        }
    } else if reason.contains("closed the connection after") || reason.contains("speaks") {
        // Another protocol's first two octets are taken for a length.
        "unexpected EOF".to_owned()
    } else if reason.contains("closed the connection") {
        "EOF".to_owned()
    } else if reason.contains("was reset") {
        format!("read tcp <client>->{server}: read: connection reset by peer")
    } else {
        format!("read tcp <client>->{server}: i/o timeout")
    }
}

//! What `resolvectl query` prints: systemd, src/resolve/resolved-bus.c, reply_query_state, over several versions.

use super::{MessageSeen, Symptom, words};

/// What resolvectl asks, as a sentence.
const ASKED: &str = "resolvectl asks systemd-resolved itself, as programs of the C library may: which name server that \
 asks \
                     depends on the routing domains of each link (resolvectl status). Go's own resolver asks the name \
                     servers of resolv.conf.";

/// src/resolve/resolved-bus.c, bus_method_resolve_hostname_complete.
const ALIASES: &str = "CNAME loop detected";

/// The texts, with what they stand for. The first that is in the line counts.
const TEXTS: &[(&str, Symptom)] = &[
    ("does not have any RR of the requested type", Symptom::NoData),
    ("No appropriate name servers or networks", Symptom::NoServer),
    ("All attempts to contact name servers", Symptom::Silence),
    ("Query timed out", Symptom::Silence),
    ("Received invalid reply", Symptom::Unreadable),
    ("DNSSEC validation failed", Symptom::Bogus),
    ("Network is down", Symptom::NoRoute),
    // Errors of the system, in the words of strerror(3).
    ("system error: Connection timed out", Symptom::Silence),
    ("system error: Connection refused", Symptom::PortClosed),
    ("system error: Network is unreachable", Symptom::NoRoute),
    ("system error: No route to host", Symptom::NoRoute),
    ("system error: ", Symptom::OtherError),
    // An answer of aliases alone.
    (ALIASES, Symptom::NoData),
    ("' not found", Symptom::NxDomain),
];

/// The states in which a transaction ends (systemd, src/resolve/resolved-dns-transaction.c,
/// dns_transaction_state_table), as systemd-resolved logs them where it is told to debug.
const STATES: &[(&str, Symptom)] = &[
    // With every RCODE but NOERROR, NXDOMAIN too.
    ("rcode-failure", Symptom::Unknown),
    ("no-servers", Symptom::NoServer),
    ("timeout", Symptom::Silence),
    ("attempts-max-reached", Symptom::Silence),
    ("invalid-reply", Symptom::Unreadable),
    ("dnssec-failed", Symptom::Bogus),
    ("network-down", Symptom::NoRoute),
    ("not-found", Symptom::NxDomain),
    ("success", Symptom::Answered),
];

/// `transaction ID for <NAME CLASS TYPE> [on ]scope dns on LINK/FAMILY now complete with <STATE> from SOURCE`.
fn transaction(line: &str) -> Option<MessageSeen> {
    let (before, rest) = line.split_once(" now complete with <")?;
    let (state, _) = rest.split_once('>')?;
    let (_, question) = before.split_once(" for <")?;
    let (question, scope) = question.split_once('>')?;
    // Of LLMNR and mDNS nothing is meant here.
    let mut words = question.split_whitespace();
    let host = words.next().filter(|_| scope.contains("scope dns "))?;
    let is_other = words.next_back().is_some_and(super::asked::is_other);
    let (_, symptom) = STATES.iter().find(|(name, _)| *name == state)?;
    if is_other && matches!(symptom, Symptom::Unknown | Symptom::Answered) {
        return None;
    }
    Some(MessageSeen {
        is_stub: true,
        ..MessageSeen::of(*symptom, Some(host))
    })
}

/// A line of `resolvectl query` that says how a lookup failed.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if let Some(seen) = transaction(line) {
        return Some(seen);
    }
    let (host, said) = line.split_once(": resolve call failed: ")?;
    let symptom = said
        .split_once("returned error ")
        .and_then(|(_, rcode)| words::by_rcode(rcode.split_whitespace().next()?))
        .or_else(|| {
            let text = TEXTS.iter().find(|(text, _)| said.contains(text));
            text.map(|(_, symptom)| *symptom)
        })
        .unwrap_or(Symptom::Unknown);
    Some(MessageSeen {
        note: Some(ASKED),
        is_stub: true,
        is_alias_alone: said.contains(ALIASES),
        // It says what failed: neither a filter nor a reply that cannot be read.
        against: if symptom == Symptom::Bogus {
            vec!["rebinding-protection", "malformed-reply"]
        } else {
            Vec::new()
        },
        outright: (symptom == Symptom::Bogus).then(|| {
            (
                "dnssec-bogus",
                "systemd-resolved says so: DNSSEC validation failed".to_owned(),
            )
        }),
        ..MessageSeen::of(symptom, host.split_whitespace().next_back())
    })
}

//! Unbound's log.

use super::{bogus, by_answer, outright, seen};
use crate::limits;
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom, between};

/// Whether a reason is one of the validator's (validator/validator.c): with log-servfail it stands where SERVFAIL is
/// logged (services/mesh.c).
fn is_of_validator(line: &str) -> bool {
    const REASONS: &[&str] = &[
        " is marked as invalid",
        " while building chain of trust",
        "no signatures",
        "proof failed",
        "max validation suspends reached",
    ];
    REASONS.iter().any(|reason| line.contains(reason))
}

/// Unbound: iterator/iter_priv.c for private-address; util/module.c for SERVFAIL and validation failures, with the
/// reasons of iterator/iterator.c; services/rpz.c.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    // `<NAME. A IN>`
    let asked = between(line, "<", ">").and_then(|question| question.split_whitespace().next());
    if line.contains("validation failure <") {
        return Some(bogus(asked, "Unbound says so: validation failure"));
    }
    if line.contains("public name with private address") {
        return Some(outright(
            Symptom::Rebind,
            asked,
            "rebinding-protection",
            "Unbound says so: private-address drops the answer; private-domain: \"eks.amazonaws.com\" lets it through",
        ));
    }
    if line.contains("SERVFAIL <") && is_of_validator(line) {
        return Some(bogus(
            asked,
            "Unbound says so: the answer, or a key for it, does not validate",
        ));
    }
    if line.contains("SERVFAIL <") {
        let server = line
            .split_once(" from ")
            .and_then(|(_, rest)| socket(rest.split_whitespace().next()?));
        // iterator/iterator.c, errinf_reply: what the server that was asked last said, or that it said nothing.
        let has = |text: &str| line.contains(text);
        let symptom = match () {
            () if has(" got REFUSED") => Symptom::ForwardRefused,
            () if has(" got SERVFAIL") || has(" got FORMERR") || has(" got NOTIMPL") => Symptom::ForwardFailed,
            () if has("failed scrub") || has("could not parse upstream response") => Symptom::ForwardUnusable,
            () if has("forward servers") || has("timeout") || has("upstream") => Symptom::Forward,
            () => Symptom::ServFail,
        };
        return Some(seen(symptom, asked, server));
    }
    if !line.contains("unbound") && !line.contains(" info: ") {
        return None;
    }
    if line.contains("rpz: applied") {
        let host = line.split_whitespace().rev().nth(2);
        return Some(outright(
            Symptom::Blocked,
            host,
            "name-blocked-by-policy",
            "Unbound says so: a response policy zone applied",
        ));
    }
    // log-local-actions: `ZONE. TYPE CLIENT@PORT NAME. A IN`; log-replies: `CLIENT NAME. A IN RCODE …`.
    let (_, rest) = line.split_once("info: ")?;
    let words: Vec<&str> = rest.split_whitespace().take(limits::PASTED_WORDS).collect();
    match words.as_slice() {
        [_, kind, client, host, _, "IN", ..] if client.contains('@') => Some(outright(
            Symptom::OwnZone,
            Some(host),
            if kind.starts_with("always") || *kind == "refuse" || *kind == "deny" {
                "name-blocked-by-policy"
            } else {
                "shadow-zone"
            },
            "Unbound says so: a local-zone of its configuration answered",
        )),
        // Behind the RCODE: the time, whether it is from the cache, and the octets of the reply.
        [_, host, kind, "IN", rcode, _, _, size, ..] => by_answer(rcode, host, kind, Some(size)),
        [_, host, kind, "IN", rcode, ..] => by_answer(rcode, host, kind, None),
        _ => None,
    }
}

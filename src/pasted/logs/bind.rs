//! BIND's log.

use std::net::SocketAddr;

use super::{bogus, outright, seen};
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom};

/// What is said of a zone that is not loaded (tried with BIND 9.18).
const OWN_ZONE: &str = "BIND has the zone in its configuration, and no valid data of it, so it answers SERVFAIL for every name in \
                        the zone.";

/// What is said of FORMERR from the server that was asked (lib/dns/resolver.c, rctx_badserver; tried with BIND 9.18).
const FORMERR: &str = "The server that BIND asked does not understand its question (FORMERR). Where that reply had no EDNS, \
                       BIND asked again without EDNS before it wrote this, and got the same.";

/// The server that was asked sent FORMERR, whatever the form: neither a validation that failed nor a filter.
fn of_formerr(host: Option<&str>, server: Option<SocketAddr>) -> MessageSeen {
    MessageSeen {
        note: Some(FORMERR),
        against: vec!["dnssec-bogus", "rebinding-protection"],
        ..seen(Symptom::ForwardFailed, host, server)
    }
}

/// BIND: lib/ns/query.c for what failed, for rpz and for what was denied; lib/dns/resolver.c for what came while
/// resolving and for deny-answer-addresses; lib/dns/validator.c. The reasons are of lib/isc/result.c, but for "no valid
/// DS", which was not found in BIND of 2026.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("query failed (") {
        let (reason, rest) = rest.split_once(") for ")?;
        let host = rest.split('/').next();
        return Some(match reason {
            "broken trust chain" | "no valid RRSIG" | "no valid DS" | "insecurity proof failed" => {
                bogus(host, &format!("BIND says so: query failed ({reason})"))
            }
            "REFUSED" => seen(Symptom::Refused, host, None),
            // lib/ns/query.c, ns__query_start: the zone is one of its configuration.
            "zone not loaded" | "expired" | "zone expired" => MessageSeen {
                note: Some(OWN_ZONE),
                against: vec!["name-blocked-by-policy"],
                ..outright(
                    Symptom::OwnZone,
                    host,
                    "shadow-zone",
                    &format!(
                        "BIND says so: a zone of its own configuration covers the name, and has no valid data ({reason})"
                    ),
                )
            },
            "timed out" => seen(Symptom::Forward, host, None),
            "host unreachable" | "network unreachable" => seen(Symptom::ForwardNoRoute, host, None),
            "connection refused" | "connection reset" => seen(Symptom::ForwardClosed, host, None),
            _ => seen(Symptom::ServFail, host, None),
        });
    }
    // It goes on to the other servers, and has SERVFAIL where there is none (BIND, bin/tests/system/resolver/tests.sh,
    // "CNAME nameserver").
    if let Some((_, rest)) = line.split_once(" because it is a CNAME, while resolving '") {
        return Some(seen(Symptom::PassedOver, rest.split(['/', '\'']).next(), None));
    }
    if let Some((before, rest)) = line.split_once(" resolving '")
        && let Some((question, rest)) = rest.split_once('\'')
        // Other programs write so too, without the type and the class.
        && (question.contains('/') || rest.starts_with(" (in '"))
    {
        let host = question.split('/').next();
        // Of a lame server the zone stands between: ` (in 'ZONE'?): SERVER`.
        let server = match rest.strip_prefix(" (in '") {
            Some(rest) => rest.split_once("'?): ").map(|(_, server)| server),
            None => rest.strip_prefix(": "),
        };
        let server = server.and_then(|server| socket(server.split_whitespace().next()?));
        // lib/dns/resolver.c, log_edns and fctx_done: only where it got the answer in the end.
        if before.ends_with("success") {
            let note = if rest.contains("EDNS") {
                "BIND got the answer in the end, in another form of the question: something on its way does not take EDNS."
            } else {
                "BIND got the answer in the end, in another form of the question."
            };
            return Some(MessageSeen {
                note: Some(note),
                ..seen(Symptom::Healthy, host, None)
            });
        }
        if [
            "no valid RRSIG",
            "broken trust chain",
            "no valid DS",
            "insecurity proof failed",
        ]
        .iter()
        .any(|reason| before.ends_with(reason))
        {
            return Some(MessageSeen {
                server,
                ..bogus(host, "BIND says so: the answer does not validate")
            });
        }
        if before.ends_with("received FORMERR") {
            return Some(of_formerr(host, server));
        }
        // lib/dns/resolver.c, log_lame and rctx_badserver: the RCODE of the reply, or what sending it gave.
        let ends = |reason: &str| before.ends_with(reason);
        let symptom = match () {
            // Some versions put the RCODE in brackets behind the words.
            () if before.contains("unexpected RCODE") && before.contains("REFUSED") => Symptom::ForwardRefused,
            () if before.contains("unexpected RCODE") => Symptom::ForwardFailed,
            // Its own word for a reply that it cannot use (lib/isc/result.c, DNS_R_FORMERR).
            () if ends("FORMERR") => Symptom::ForwardUnusable,
            () if ends("lame server") => Symptom::Referral,
            () if ends("connection refused") || ends("connection reset") => Symptom::ForwardClosed,
            () if ends("host unreachable") || ends("network unreachable") => Symptom::ForwardNoRoute,
            () => Symptom::Forward,
        };
        let is_over_ipv6 = symptom == Symptom::ForwardNoRoute && server.is_some_and(|server| server.is_ipv6());
        return Some(MessageSeen {
            toward: if ends("FORMERR") {
                vec!["malformed-reply", "edns-intolerant"]
            } else {
                Vec::new()
            },
            note: is_over_ipv6.then_some(
                "BIND tried a server over IPv6, where its host has no route. It goes on to servers with IPv4 addresses, if \
                 it has any: only where it has none does this line mean that the lookup fails.",
            ),
            ..seen(symptom, host, server)
        });
    }
    // lib/dns/resolver.c, log_formerr: `DNS format error from SERVER resolving NAME/TYPE for CLIENT: REASON`.
    if let Some((_, rest)) = line.split_once("DNS format error from ") {
        let (server, rest) = rest.split_once(" resolving ")?;
        if rest.ends_with(": server sent FORMERR") {
            return Some(of_formerr(rest.split('/').next(), socket(server)));
        }
        let symptom = if rest.ends_with(" referral") {
            Symptom::Referral
        } else {
            Symptom::ForwardUnusable
        };
        return Some(seen(symptom, rest.split('/').next(), socket(server)));
    }
    if let Some((_, rest)) = line.split_once("validating ") {
        let host = rest.split(['/', ' ']).next().map(|host| host.trim_end_matches(':'));
        let is_bad = [
            "no valid signature found",
            "got insecure response",
            "no valid RRSIG",
            "bad cache hit",
        ]
        .iter()
        .any(|reason| rest.contains(reason));
        return is_bad.then(|| bogus(host, "BIND says so: the answer does not validate"));
    }
    if let Some((_, rest)) = line.split_once("answer address ") {
        let (_, rest) = rest.split_once(" denied for ")?;
        return Some(outright(
            Symptom::Rebind,
            rest.split('/').next(),
            "rebinding-protection",
            "BIND says so: deny-answer-addresses drops the answer; except-from { \"eks.amazonaws.com\"; } lets it \
             through",
        ));
    }
    if line.contains("rpz ") && line.contains(" rewrite ") {
        let (policy, rest) = line.split_once(" rewrite ")?;
        // A policy that lets the name through changed nothing, and one that is disabled is only logged (lib/ns/query.c,
        // rpz_log_rewrite).
        if policy.ends_with(" PASSTHRU") || policy.contains("disabled rpz ") {
            return None;
        }
        return Some(outright(
            Symptom::Blocked,
            rest.split(['/', ' ']).next(),
            "name-blocked-by-policy",
            "BIND says so: a response policy zone rewrote the answer",
        ));
    }
    let (before, _) = line
        .split_once("' denied")
        .filter(|(before, _)| before.contains("query ") && (line.contains("client @") || line.contains("named")))?;
    let (_, question) = before.rsplit_once('\'')?;
    Some(outright(
        Symptom::Refused,
        question.split('/').next(),
        "resolver-refuses-client",
        "BIND says so: the client is not in allow-query, allow-query-cache or allow-recursion",
    ))
}

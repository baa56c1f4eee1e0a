//! The logs of Windows' DNS server.

use super::{by_answer, seen};
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom, between};

/// Windows' DNS server. The debug log, by the "Message logging key" at its head (Microsoft, "DNS Debug Logging"):
/// `Snd CLIENT XID R Q [8183 DR NXDOMAIN] A (32)0123…(3)eks(9)amazonaws(3)com(0)`. The analytic events, by their texts
/// (Microsoft, "DNS Logging and Diagnostics"): `RESPONSE_FAILURE: …; QNAME=…; RCODE=…`, whose destination is the
/// client, and `RECURSE_QUERY_TIMEOUT: …; Destination=…`, whose destination is the server that was asked.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("QNAME=") {
        let host = rest.split([';', ' ']).next();
        let server = between(line, "Destination=", ";").and_then(socket);
        return match line {
            _ if line.contains("TIMEOUT") => Some(seen(Symptom::Forward, host, server)),
            _ if line.contains("RESPONSE_FAILURE") || line.contains("RCODE=") => {
                let symptom = match between(line, "RCODE=", ";")? {
                    "2" => Symptom::ServFail,
                    "3" => Symptom::NxDomain,
                    "5" => Symptom::Refused,
                    "0" => Symptom::Answered,
                    _ => return None,
                };
                Some(seen(symptom, host, None))
            }
            _ => None,
        };
    }
    let (before, rest) = line.split_once(" R Q [")?;
    let (flags, question) = rest.split_once(']')?;
    if !before.contains(" Snd ") && !before.contains(" Rcv ") {
        return None;
    }
    let mut question = question.split_whitespace();
    let kind = question.next()?;
    let host = labels(question.next()?)?;
    let mut found = by_answer(flags.split_whitespace().next_back()?, &host, kind, None)?;
    if before.contains(" Rcv ") {
        // A reply that another server sent to this one.
        let (_, rest) = before.split_once(" Rcv ")?;
        found.server = rest.split_whitespace().next().and_then(socket);
    }
    Some(found)
}

/// `(3)eks(9)amazonaws(3)com(0)`.
fn labels(text: &str) -> Option<String> {
    let mut name = String::new();
    for part in text.split('(').skip(1) {
        let (_, label) = part.split_once(')')?;
        if !label.is_empty() {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(label);
        }
    }
    (!name.is_empty() && text.starts_with('(')).then_some(name)
}

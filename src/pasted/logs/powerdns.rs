//! PowerDNS Recursor's log.

use super::{bogus, by_answer, outright, seen};
use crate::pasted::{MessageSeen, Symptom, between};

/// What it says of each answer with `quiet=no` (pdns/recursordist/pdns_recursor.cc; tried with 4.8): as text, and as
/// structured log.
fn answer(line: &str) -> Option<MessageSeen> {
    let (host, kind, answers, rcode) = if let Some((_, rest)) = line.split_once("] answer to ") {
        let (question, rest) = rest.split_once("question '")?.1.split_once("': ")?;
        let (host, kind) = question.split_once('|')?;
        let (answers, rest) = rest.split_once(" answers, ")?;
        (host, kind, answers, rest.rsplit_once("rcode=")?.1)
    } else if line.contains("msg=\"Answer\"") {
        let field = |key: &str| between(line, &format!(" {key}=\""), "\"");
        (field("qname")?, field("qtype")?, field("answers")?, field("rcode")?)
    } else {
        return None;
    };
    let rcode = match rcode.split([' ', ',', '"']).next()? {
        "0" if answers == "0" && kind == "A" => return Some(seen(Symptom::NoData, Some(host), None)),
        "0" => "NOERROR",
        "1" => "FORMERR",
        "2" => "SERVFAIL",
        "3" => "NXDOMAIN",
        "4" => "NOTIMP",
        "5" => "REFUSED",
        _ => return None,
    };
    by_answer(rcode, host, kind, None)
}

pub(super) fn line(line: &str) -> Option<MessageSeen> {
    let quoted = || between(line, "qname=\"", "\"");
    // pdns/recursordist/pdns_recursor.cc: as structured log, and as text in earlier versions; syncres.cc for the
    // reason. The words about policies below were not found in the Recursor of 2026.
    if line.contains("alidates as Bogus") || line.contains("validationState=\"Bogus\"") {
        let host = between(line, "Answer to ", "|").or_else(quoted);
        return Some(bogus(host, "PowerDNS Recursor says so: the answer validates as Bogus"));
    }
    if line.contains("Sending SERVFAIL ") {
        let host = between(line, "during resolve of '", "'").or_else(quoted);
        let is_silent = [
            "timeouts",
            "Too much time",
            "servers failed",
            "unreachable",
            "throttled",
        ]
        .iter()
        .any(|word| line.contains(word));
        let symptom = if is_silent { Symptom::Forward } else { Symptom::ServFail };
        return Some(seen(symptom, host, None));
    }
    let is_policy =
        line.contains("dropped because of policy") || line.contains("Hit policy") || line.contains("appliedPolicy=\"");
    if let Some(seen) = answer(line).filter(|_| !is_policy) {
        return Some(seen);
    }
    is_policy.then(|| {
        outright(
            Symptom::Blocked,
            quoted(),
            "name-blocked-by-policy",
            "PowerDNS Recursor says so: a policy applied",
        )
    })
}

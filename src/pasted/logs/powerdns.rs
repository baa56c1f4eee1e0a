//! PowerDNS Recursor's log.

use super::{bogus, outright, seen};
use crate::pasted::{MessageSeen, Symptom, between};

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
    is_policy.then(|| {
        outright(
            Symptom::Blocked,
            quoted(),
            "name-blocked-by-policy",
            "PowerDNS Recursor says so: a policy applied",
        )
    })
}

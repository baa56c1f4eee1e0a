//! systemd-resolved's log.

use super::{bogus, seen};
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom};

/// What is said of a level without EDNS (systemd, src/resolve/resolved-dns-server.c, dns_server_packet_lost and
/// dns_server_possible_feature_level: after three packets that were lost at a level, too).
const MAY_BE_LOST: &str = "systemd-resolved does so as well where packets were lost on the way: a path that loses some looks \
                           the same to it.";

/// systemd-resolved: src/resolve/resolved-dns-transaction.c for DNSSEC and for a denial that is doubted,
/// resolved-dns-server.c for the feature level.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if let Some((_, rest)) = line.split_once("DNSSEC validation failed for question ") {
        let host = rest.split_whitespace().next();
        return Some(bogus(host, "systemd-resolved says so: DNSSEC validation failed"));
    }
    if line.contains("mitigating potential DNS violation DVE-2018-0001") {
        return Some(seen(Symptom::Doubted, None, None));
    }
    let (_, rest) = line.split_once("Using degraded feature set ")?;
    let server = rest
        .split_once("DNS server ")
        .and_then(|(_, rest)| socket(rest.trim().trim_end_matches('.')));
    // Of `A instead of B`, and in versions before 246 of `(A)`.
    let (now, before) = rest.split_once(" instead of ").unwrap_or((rest, ""));
    let now = now.trim_start_matches('(');
    let symptom = if before.starts_with("TLS") && !now.starts_with("TLS") {
        Symptom::Encrypted
    } else if now.starts_with("TCP") {
        // The last level below UDP: no reply came over UDP.
        Symptom::Silence
    } else {
        Symptom::Edns
    };
    let is_lost = symptom == Symptom::Edns;
    Some(MessageSeen {
        note: is_lost.then_some(MAY_BE_LOST),
        toward: if is_lost {
            vec!["edns-intolerant", "packets-lost"]
        } else {
            Vec::new()
        },
        ..seen(symptom, None, server)
    })
}

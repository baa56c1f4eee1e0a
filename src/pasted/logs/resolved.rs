//! systemd-resolved's log.

use super::{bogus, seen};
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom};

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
    Some(seen(symptom, None, server))
}

//! The logs of AdGuard Home and of its dnsproxy.

use crate::pasted::logs::of_forward;

use super::{outright, seen};
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom, between};

/// AdGuard Home's and others' dnsproxy (AdguardTeam/dnsproxy, upstream/parallel.go): `upstream SERVER failed to
/// exchange ;NAME. IN A in TIME: ERROR`.
pub(super) fn of_dnsproxy(line: &str) -> Option<MessageSeen> {
    let (before, rest) = line.split_once(" failed to exchange ;")?;
    let (_, server) = before.split_once("upstream ")?;
    // Of a server that is asked otherwise than over UDP the scheme is there, and of some versions always.
    let server = server.split_once("://").map_or(server, |(_, server)| server);
    let server = server.split('/').next().and_then(socket);
    let mut words = rest.split_whitespace();
    Some(seen(of_forward(rest), words.next(), server))
}

/// AdGuard Home's query log, a record a line (AdguardTeam/AdGuardHome, internal/querylog, the fields of
/// querylog.json): of those that a filter decided. What else was replied stands in a DNS message in base64.
pub(super) fn of_query_log(line: &str) -> Option<MessageSeen> {
    let host = between(line, "\"QH\":\"", "\"").filter(|_| line.contains("\"IsFiltered\":true"))?;
    Some(outright(
        Symptom::Blocked,
        Some(host),
        "name-blocked-by-policy",
        "AdGuard Home says so: one of its filters blocked the name",
    ))
}

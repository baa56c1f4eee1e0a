//! What tcpdump prints of replies of name servers.

use std::net::{IpAddr, SocketAddr};

use crate::pasted::words::by_rcode;
use crate::pasted::{MessageSeen, asked, between};

/// A reply that failed: `IP SERVER.53 > CLIENT.PORT: ID NXDomain 0/1/0 (LENGTH)` (the-tcpdump-group/tcpdump,
/// print-domain.c, ns_resp and domain_print). The question is in it with -vv alone, as `q: TYPE? NAME.`.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    const RCODES: &[(&str, &str)] = &[
        ("FormErr", "FORMERR"),
        ("ServFail", "SERVFAIL"),
        ("NXDomain", "NXDOMAIN"),
        ("NotImp", "NOTIMP"),
        ("Refused", "REFUSED"),
    ];
    let (from, rest) = line.split_once(" > ")?;
    let server = from.split_whitespace().next_back()?;
    let (ip, port) = server.rsplit_once('.')?;
    if !matches!(port, "53" | "domain") {
        return None;
    }
    // With -v the checksum stands in brackets before the identifier.
    let (_, said) = rest.split_once(": ")?;
    let said = said
        .strip_prefix('[')
        .and_then(|said| said.split_once("] "))
        .map_or(said, |(_, said)| said);
    let mut words = said.split_whitespace();
    let is_number = |word: &str| word.bytes().all(|octet| octet.is_ascii_digit());
    words.next().filter(|id| is_number(id))?;
    let rcode = words.next()?;
    // Flags stand behind it: authoritative, without recursion, truncated, authenticated.
    let rcode = rcode.trim_end_matches(['*', '-', '|', '$']);
    let (_, rcode) = RCODES.iter().find(|(printed, _)| *printed == rcode)?;
    let question = between(rest, " q: ", " ").zip(rest.split_once("? ").map(|(_, name)| name));
    let is_other = question.is_some_and(|(kind, _)| asked::is_other(kind.trim_end_matches('?')));
    let host = question.and_then(|(_, name)| name.split_whitespace().next());
    let symptom = by_rcode(rcode)?;
    if is_other {
        return None;
    }
    let server = ip.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53));
    Some(super::seen(symptom, host, server))
}

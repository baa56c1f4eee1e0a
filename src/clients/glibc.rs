//! curl, Python, Java and others that use glibc's getaddrinfo.
//!
//! Recorded with glibc 2.36 (fixtures/clients/recorded.json). A and AAAA go to a server together. Without a reply for
//! A, or with none of both that can be used (SERVFAIL, REFUSED, NOTIMP, a lame delegation), the next server is asked;
//! anything else is final: an address, else NXDOMAIN (EAI_NONAME), else NODATA (EAI_NODATA). FORMERR, and a record that
//! cannot be read, count as a name that does not exist. After the last server it is EAI_AGAIN. glibc sends no EDNS, so
//! where only EDNS fails it resolves. The first three servers are used (resolv.conf(5): MAXNS).

use super::{Said, Situation, is_lame, target};
use crate::dns::{AnswerKind, Rcode, RecordType};
use crate::observation::Lookup;
use crate::probe::Probed;

/// What gai_strerror says of EAI_NONAME.
pub(super) const NONAME: &str = "Name or service not known";
/// Of EAI_NODATA.
pub(super) const NODATA: &str = "No address associated with hostname";
/// Of EAI_AGAIN.
pub(super) const AGAIN: &str = "Temporary failure in name resolution";

/// What a reply is to glibc.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    Addresses,
    NoName,
    NoData,
    /// One that moves on to the next server.
    Useless,
    None,
}

/// What glibc's gai_strerror says; `None` where the look-ups do not say.
pub(super) fn said(situation: &Situation<'_>) -> Option<Said> {
    if situation.found_otherwise() {
        return Some(Said::resolves());
    }
    if !situation.asks_by_resolv_conf() {
        return None;
    }
    let mut said = Said::default();
    for servers in situation.orders() {
        said.add(walk(&servers)?);
    }
    Some(said)
}

fn walk(servers: &[&Probed]) -> Option<Said> {
    for server in servers {
        let a = reply(target(server, RecordType::A)?);
        let aaaa = reply(target(server, RecordType::AAAA)?);
        let both = [a, aaaa];
        if a == Reply::None
            || both
                .iter()
                .all(|reply| matches!(reply, Reply::Useless | Reply::None))
        {
            continue;
        }
        return Some(if both.contains(&Reply::Addresses) {
            Said::resolves()
        } else if both.contains(&Reply::NoName) {
            Said::of(NONAME)
        } else {
            Said::of(NODATA)
        });
    }
    Some(Said::of(AGAIN))
}

/// What a question without EDNS came to, where one was tried; else what the question came to.
fn reply(lookup: &Lookup) -> Reply {
    let (kind, rcode) = lookup
        .attempts
        .iter()
        .find(|attempt| !attempt.edns && !attempt.kind.is_silence())
        .map_or((lookup.kind, lookup.rcode), |attempt| {
            (attempt.kind, attempt.rcode)
        });
    match kind {
        AnswerKind::Answer => Reply::Addresses,
        AnswerKind::NxDomain => Reply::NoName,
        AnswerKind::OtherRcode if rcode == Some(Rcode::FORMERR) => Reply::NoName,
        AnswerKind::Malformed if rcode.is_some() => Reply::NoName,
        AnswerKind::NoData | AnswerKind::Referral if is_lame(lookup) => Reply::Useless,
        AnswerKind::NoData | AnswerKind::Referral => Reply::NoData,
        AnswerKind::ServFail
        | AnswerKind::Refused
        | AnswerKind::OtherRcode
        | AnswerKind::Truncated => Reply::Useless,
        AnswerKind::Timeout
        | AnswerKind::Unreachable
        | AnswerKind::Malformed
        // No client here asks inside TLS.
        | AnswerKind::Certificate
        | AnswerKind::Handshake
        | AnswerKind::Alpn
        | AnswerKind::HttpError => Reply::None,
    }
}

//! curl, Python, Java and others that use glibc's getaddrinfo.
//!
//! Recorded with glibc 2.36: NXDOMAIN is EAI_NONAME, NODATA is EAI_NODATA, anything that moves on to the
//! next server and ends there is EAI_AGAIN; A=SERVFAIL with AAAA=NODATA is EAI_NODATA. FORMERR counts as
//! EAI_NONAME. glibc sends no EDNS, so where only EDNS fails it resolves.

use super::Situation;
use crate::dns::{AnswerKind, Rcode, RecordType};
use crate::observation::{Lookup, Purpose};
use crate::probe::Probed;

/// glibc reads the first three name servers (resolv.conf(5): MAXNS).
const SERVERS: usize = 3;

/// What glibc's gai_strerror says; empty where it resolves, `None` where the look-ups do not say.
pub(super) fn messages(situation: &Situation<'_>) -> Option<Vec<String>> {
    if situation.found_otherwise {
        return Some(Vec::new());
    }
    let a = walk(situation, RecordType::A)?;
    let aaaa = walk(situation, RecordType::AAAA)?;
    let text = match (a, aaaa) {
        (AnswerKind::Answer, _) | (_, AnswerKind::Answer) => return Some(Vec::new()),
        (AnswerKind::NxDomain, _) | (_, AnswerKind::NxDomain) => "Name or service not known",
        (AnswerKind::NoData | AnswerKind::Referral, _) | (_, AnswerKind::NoData) => {
            "No address associated with hostname"
        }
        _ => "Temporary failure in name resolution",
    };
    Some(vec![text.to_owned()])
}

/// The kind that ends the walk over the servers for one type.
fn walk(situation: &Situation<'_>, qtype: RecordType) -> Option<AnswerKind> {
    let mut last = None;
    for probed in situation.servers.iter().take(SERVERS) {
        let kind = kind_without_edns(target(probed, qtype)?);
        last = Some(kind);
        if kind == AnswerKind::Answer || kind.is_negative() {
            break;
        }
    }
    last
}

fn target(probed: &Probed, qtype: RecordType) -> Option<&Lookup> {
    probed
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
}

/// What a question without EDNS came to, where one was tried; else what the question came to. FORMERR counts
/// as a name that does not exist.
fn kind_without_edns(lookup: &Lookup) -> AnswerKind {
    let (kind, rcode) = lookup
        .attempts
        .iter()
        .find(|attempt| !attempt.edns && !attempt.kind.is_silence())
        .map_or((lookup.kind, lookup.rcode), |attempt| {
            (attempt.kind, attempt.rcode)
        });
    if kind == AnswerKind::OtherRcode && rcode == Some(Rcode::FORMERR) {
        AnswerKind::NxDomain
    } else {
        kind
    }
}

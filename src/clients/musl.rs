//! Programs on Alpine and others with musl's getaddrinfo.
//!
//! Recorded with musl 1.2.3 (fixtures/clients/recorded.json), and musl 1.2.3, src/network/res_msend.c and
//! lookup_name.c. A and AAAA go to all three servers at once, without EDNS and over UDP only; the first reply with
//! NOERROR or NXDOMAIN counts, whatever is in it, so that of servers that differ the faster one wins. SERVFAIL ends as
//! "Try again" where nobody has more, and so does silence; every other RCODE is passed over. A decides before AAAA, and
//! NXDOMAIN for AAAA is that for the name, whatever A has. The
//! hosts file is compared with the case as it stands. A name with as many dots as ndots says is not looked up below the
//! search list. A truncated reply counts as it stands, mostly empty. All of it has the time of `options timeout`,
//! however many attempts there are.

use super::{
    ClientResult, Situation, has_some_address, is_about_a_long_name, is_late, is_of_unknown_reason, record_fault,
    target,
};
use crate::dns::{AnswerKind, Mismatch, Rcode, RecordType};
use crate::observation::Lookup;
use crate::stated::Stated;

/// What gai_strerror says of EAI_NONAME, and in this version of a name without addresses.
const NONAME: &str = "Name does not resolve";
/// Of EAI_AGAIN.
const AGAIN: &str = "Try again";

/// What a question comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MuslOutcome {
    Addresses,
    NoName,
    Empty,
    Failed,
}

/// What musl's gai_strerror says; `None` where the lookups do not say.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    if situation.is_in_hosts_file(true) {
        return Some(ClientResult::resolves());
    }
    // It asks over UDP whatever resolv.conf says, and this program then did not.
    if situation.facts.host.stub.as_ref().is_some_and(|stub| stub.use_vc) {
        return None;
    }
    let stub = situation.facts.host.stub.as_ref();
    let searches = stub.is_some_and(|stub| stub.searches_first(&situation.target.hostname));
    if searches && situation.found_below_a_suffix {
        return Some(ClientResult::resolves());
    }
    let mut said = ClientResult::default();
    for a in replies(situation, RecordType::A)? {
        for aaaa in replies(situation, RecordType::AAAA)? {
            said.add(if a == MuslOutcome::Failed {
                ClientResult::of(AGAIN)
            } else if a == MuslOutcome::NoName {
                ClientResult::of(NONAME)
            } else if aaaa == MuslOutcome::Failed {
                ClientResult::of(AGAIN)
            } else if aaaa == MuslOutcome::NoName {
                ClientResult::of(NONAME)
            } else if [a, aaaa].contains(&MuslOutcome::Addresses) {
                ClientResult::resolves()
            } else {
                ClientResult::of(NONAME)
            });
        }
    }
    Some(said)
}

/// What may come first for one type, of all servers.
fn replies(situation: &Situation<'_>, qtype: RecordType) -> Option<Vec<MuslOutcome>> {
    let mut found: Vec<MuslOutcome> = Vec::new();
    for server in situation.servers_of_musl()? {
        let reply = reply(target(server, qtype)?, qtype, situation.patience_ms())?;
        if reply != MuslOutcome::Failed && !found.contains(&reply) {
            found.push(reply);
        }
    }
    if found.is_empty() {
        found.push(MuslOutcome::Failed);
    }
    Some(found)
}

/// What the server says without EDNS. `None` where a reply with the right ID and another question was seen, or may have
/// been: musl takes it, and what is in it was not kept.
fn reply(lookup: &Lookup, qtype: RecordType, patience_ms: f64) -> Option<MuslOutcome> {
    if is_late(lookup, patience_ms, |_| true) {
        return Some(MuslOutcome::Failed);
    }
    let heard = |edns: bool| {
        lookup
            .attempts
            .iter()
            .find(move |attempt| attempt.edns == edns && !attempt.kind.is_silence())
    };
    let taken = |mismatch: &Mismatch| mismatch.is_about_the_question() || mismatch.only_words().is_some();
    if lookup
        .attempts
        .iter()
        .any(|attempt| attempt.mismatch.as_ref().is_some_and(taken))
    {
        return None;
    }
    let (kind, rcode, tc) = match heard(false) {
        Some(attempt) => (attempt.kind, attempt.rcode, false),
        // TCP is not tried: what came over UDP stands.
        None => match heard(true) {
            Some(first) if first.kind == AnswerKind::Truncated => (first.kind, first.rcode, true),
            _ => (lookup.kind, lookup.rcode, false),
        },
    };
    Some(match kind {
        // What is in it was kept where it is the reply that counts.
        _ if tc && lookup.kind == AnswerKind::Truncated && has_some_address(lookup, qtype) => MuslOutcome::Addresses,
        _ if tc => MuslOutcome::Empty,
        AnswerKind::Answer => MuslOutcome::Addresses,
        // The owner's, whose address it takes all the same, or another: it was not kept (recorded).
        AnswerKind::Malformed if is_about_a_long_name(lookup) => return None,
        AnswerKind::Malformed if is_of_unknown_reason(lookup) => return None,
        // It depends on which record came first.
        AnswerKind::Malformed if has_some_address(lookup, qtype) && record_fault(lookup).is_some() => {
            return None;
        }
        // Under whatever name they stand (recorded).
        _ if has_some_address(lookup, qtype) => MuslOutcome::Addresses,
        AnswerKind::NxDomain => MuslOutcome::NoName,
        AnswerKind::NoData | AnswerKind::Referral | AnswerKind::Truncated => MuslOutcome::Empty,
        AnswerKind::Malformed if rcode == Some(Rcode::NOERROR) => MuslOutcome::Empty,
        _ => MuslOutcome::Failed,
    })
}

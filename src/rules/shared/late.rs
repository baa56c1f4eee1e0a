//! Answers that come late.

use crate::dns::AnswerKind;
use crate::limits::SLOW_MS;
use crate::observation::{Lookup, Purpose};
use crate::rules::Subject;

/// The target's lookups that were answered late, the latest first.
pub(in crate::rules) fn late<'a>(subject: &Subject<'a>) -> Vec<&'a Lookup> {
    let mut late: Vec<&Lookup> = subject
        .lookups(Purpose::Target)
        .filter(|lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative())
        .filter(|lookup| lookup.rtt_ms.is_some_and(|rtt| rtt >= SLOW_MS) || retried(lookup))
        .collect();
    late.sort_by(|a, b| b.rtt_ms.unwrap_or(0.0).total_cmp(&a.rtt_ms.unwrap_or(0.0)));
    late
}

/// Whether the first try brought nothing that counts. A truncated reply does: it says where the rest is.
pub(in crate::rules) fn retried(lookup: &Lookup) -> bool {
    lookup.attempts.first().is_some_and(|first| {
        !matches!(
            first.kind,
            AnswerKind::Answer
                | AnswerKind::NoData
                | AnswerKind::NxDomain
                | AnswerKind::Referral
                | AnswerKind::Refused
                | AnswerKind::Truncated
        )
    })
}

/// Whether A fails after a second or more, and AAAA is answered before: what a program decides by itself takes no time,
/// so it waited for a server behind it.
pub(in crate::rules) fn waits_for_a_alone(subject: &Subject<'_>) -> bool {
    let took = |lookup: Option<&Lookup>| lookup.and_then(|lookup| lookup.rtt_ms);
    let waited = took(subject.a()).zip(took(subject.aaaa()));
    subject.a_kind() == Some(AnswerKind::ServFail) && waited.is_some_and(|(a, aaaa)| a >= SLOW_MS && aaaa < SLOW_MS)
}

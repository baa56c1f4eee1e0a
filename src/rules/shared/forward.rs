//! What a resolver forwards to somebody who does not answer.

use super::transport;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::{Lookup, Purpose};
use crate::rules::Subject;

/// What the resolver seems to forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Forward {
    Zone,
    Name,
}

/// What this resolver forwards to somebody who does not answer; `None` where the evidence is another's.
pub(in crate::rules) fn that_fails(subject: &Subject<'_>) -> Option<Forward> {
    let verdict = subject.verdict();
    if !matches!(verdict, Verdict::ServFail | Verdict::Timeout | Verdict::Unreachable)
        || !subject.heard_anything()
        || transport::heard_only_over_tcp(subject)
        || subject.answers_without_edns()
        || subject.sibling_resolves()
        || !subject.any_outside_control_works()
    {
        return None;
    }
    let a = subject.a()?;
    let validation = a.has_ede(ExtendedError::is_dnssec_failure)
        || subject
            .lookups(Purpose::CheckingDisabled)
            .any(|lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative());
    let policy = a.has_ede(ExtendedError::is_policy);
    if validation || policy {
        return None;
    }
    let sibling = subject.sibling()?;
    if fails(sibling) {
        Some(Forward::Zone)
    } else if sibling.kind.is_negative() && subject.aaaa().is_some_and(fails) {
        Some(Forward::Name)
    } else {
        None
    }
}

/// SERVFAIL, or nothing where the server says other things.
fn fails(lookup: &Lookup) -> bool {
    lookup.kind == AnswerKind::ServFail || lookup.kind.is_silence()
}

//! What shows that DNSSEC validation fails.

use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::{Lookup, Purpose};
use crate::rules::Subject;

/// Whether the target's SERVFAIL is shown to be validation's.
pub(in crate::rules) fn is_shown(subject: &Subject<'_>) -> bool {
    subject.verdict() == Verdict::ServFail
        && (unchecked(subject).is_some()
            || subject
                .a()
                .is_some_and(|lookup| lookup.has_ede(ExtendedError::is_dnssec_failure)))
}

/// The answer that checking disabled brought, for either type.
pub(in crate::rules) fn unchecked<'a>(subject: &Subject<'a>) -> Option<&'a Lookup> {
    subject
        .lookups(Purpose::CheckingDisabled)
        .find(|lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative())
}

//! What shows that DNSSEC validation fails.

use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::{Lookup, Purpose};
use crate::rules::Subject;

/// Whether the target's SERVFAIL is shown to be validation's.
pub(in crate::rules) fn is_shown(subject: &Subject<'_>) -> bool {
    subject.verdict() == Verdict::ServFail
        && (unchecked(subject).is_some()
            || subject.a().is_some_and(rejects_what_it_holds)
            || subject
                .a()
                .is_some_and(|lookup| lookup.has_ede(ExtendedError::is_dnssec_failure)))
}

/// SERVFAIL with the addresses in it. systemd-resolved sends so what it cannot validate, with CD=1 too: where
/// validation fails, its stub puts the records that it has into the reply (systemd, src/resolve/resolved-dns-stub.c,
/// `dns_stub_query_complete`; seen with systemd 252).
pub(in crate::rules) fn rejects_what_it_holds(lookup: &Lookup) -> bool {
    lookup.kind == AnswerKind::ServFail && !lookup.addresses.is_empty()
}

/// The answer that checking disabled brought, for either type.
pub(in crate::rules) fn unchecked<'a>(subject: &Subject<'a>) -> Option<&'a Lookup> {
    subject
        .lookups(Purpose::CheckingDisabled)
        .find(|lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative())
}

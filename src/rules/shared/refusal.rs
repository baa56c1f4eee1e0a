//! Whom a resolver refuses.

use crate::compare::Verdict;
use crate::dns::AnswerKind;
use crate::rules::step::{Step, controls};
use crate::rules::{Confidence, Subject};

/// How sure it is that the client is refused, rather than the name; `None` where the evidence is another's.
pub(in crate::rules) fn of_the_client(subject: &Subject<'_>) -> Option<Confidence> {
    if Step::of(subject) != Step::Content || subject.verdict() != Verdict::Refused {
        return None;
    }
    let refused = controls(subject)
        .filter(|lookup| lookup.kind == AnswerKind::Refused)
        .count();
    let silent = controls(subject).filter(|lookup| lookup.kind.is_silence()).count();
    let asked = controls(subject).count();
    let blocked = subject
        .a()
        .is_some_and(|lookup| lookup.has_ede(|error| matches!(error.code, 15..=17)));
    if asked == 0 {
        // Without a control, only the mark of a policy speaks for the name.
        (!blocked).then_some(Confidence::Medium)
    } else if refused == asked {
        Some(Confidence::Certain)
    } else if refused > 0 && refused + silent == asked {
        Some(Confidence::High)
    } else {
        None
    }
}

//! Replies that come beside the one that counts.

use crate::dns::{AnswerKind, Mismatch};
use crate::observation::{Attempt, Lookup, Purpose};
use crate::rules::Subject;

/// What came beside the reply of one lookup.
pub(in crate::rules) struct Strays<'a> {
    /// Replies with another ID or question.
    pub(in crate::rules) mismatched: u32,
    /// In what one of them differs.
    pub(in crate::rules) mismatch: Option<&'a Mismatch>,
    /// Replies to the question with other data.
    pub(in crate::rules) conflicting: u32,
}

/// The lookups of the target that got a reply and, beside it, others.
pub(in crate::rules) fn stray_lookups<'a>(
    subject: &Subject<'a>,
) -> impl Iterator<Item = (&'a Lookup, Strays<'a>)> + use<'a> {
    let fine = subject.verdict().is_fine();
    subject
        .lookups(Purpose::Target)
        .filter(|lookup| !lookup.kind.is_silence() && lookup.kind != AnswerKind::Malformed)
        .filter_map(move |lookup| {
            let strays = Strays {
                mismatched: beside(lookup).map(|a| a.mismatched_replies).sum(),
                mismatch: beside(lookup).find_map(|a| a.mismatch.as_ref()),
                conflicting: lookup.attempts.iter().map(|a| a.conflicting_replies).sum(),
            };
            let speaks = strays.conflicting > 0 || fine && strays.mismatched > 0;
            speaks.then_some((lookup, strays))
        })
}

/// The tries whose strays are a nuisance and no more: over TCP they make the reply useless, which is another finding's.
fn beside(lookup: &Lookup) -> impl Iterator<Item = &Attempt> {
    lookup.attempts.iter().filter(|attempt| !attempt.comes_too_late())
}

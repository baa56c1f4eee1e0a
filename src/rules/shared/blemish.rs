//! What is wrong with a reply that gave the right addresses all the same.

use crate::dns::AnswerKind;
use crate::observation::{Lookup, Purpose, Reason};
use crate::rules::Subject;

/// What is wrong with a reply that gave the right addresses all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct Blemish {
    pub(in crate::rules) reason: Reason,
    /// Whether it makes Go fail.
    pub(in crate::rules) stops_go: bool,
}

pub(in crate::rules) fn blemish(subject: &Subject<'_>) -> Option<Blemish> {
    let of = |lookup: &Lookup| {
        let stops_go = lookup
            .attempts
            .iter()
            .any(|attempt| attempt.transport == lookup.transport && attempt.edns && attempt.comes_too_late());
        let reason = lookup.reason.clone()?;
        // Silence of AAAA and the like is others' to speak of.
        let counts = lookup.kind == AnswerKind::Answer || lookup.kind.is_negative();
        counts.then_some(Blemish { reason, stops_go })
    };
    let found: Vec<Blemish> = subject.lookups(Purpose::Target).filter_map(of).collect();
    let worst = found.iter().find(|blemish| blemish.stops_go);
    worst.or(found.first()).cloned()
}

//! The endpoint's name once more, at a resolver whose first answer and what came behind it do not fit together.

use crate::dns::{AnswerKind, ExtendedError, RecordType};
use crate::observation::{Lookup, NotWaitedFor, Purpose};
use crate::probed::Probed;
use crate::resolvers::Resolver;

/// The resolvers that decide, that gave addresses, and that left a question without a reply: they may have
/// stopped, or what they ask for other names may be silent. Which it is, the endpoint's name shows.
pub(super) fn left_questions_open(observations: &[Probed], not_waited_for: &[NotWaitedFor]) -> Vec<Resolver> {
    // Many servers say nothing of themselves, and TCP may be closed to all.
    let tells = |purpose: Purpose| !matches!(purpose, Purpose::Software | Purpose::TargetTcp);
    let is_open = |probed: &Probed| {
        let name = &probed.resolver.name;
        let mut left = not_waited_for.iter().filter(|left| left.resolver == *name);
        let mut lookups = probed.lookups.iter();
        left.any(|left| left.purpose.is_some_and(tells))
            || lookups.any(|lookup| tells(lookup.purpose) && lookup.kind.is_silence())
    };
    let has_the_name = |probed: &Probed| {
        let mut lookups = probed.lookups.iter();
        lookups.any(|lookup| lookup.purpose == Purpose::Target && is_a_with_addresses(lookup))
    };
    observations
        .iter()
        .filter(|probed| probed.resolver.in_scope && has_the_name(probed) && is_open(probed))
        .map(|probed| probed.resolver.clone())
        .collect()
}

/// The resolvers that decide, that said SERVFAIL, and that answered the same question with checking disabled behind it:
/// validation may fail there, or the failure was over by then. Which it is, the same question shows.
pub(super) fn answered_unchecked(observations: &[Probed]) -> Vec<Resolver> {
    let is_validations = |probed: &Probed| {
        let failed = first(probed).is_some_and(|lookup| {
            lookup.kind == AnswerKind::ServFail && !lookup.ede.iter().any(ExtendedError::is_dnssec_failure)
        });
        let mut lookups = probed.lookups.iter();
        failed && lookups.any(|lookup| lookup.purpose == Purpose::CheckingDisabled && is_a_with_addresses(lookup))
    };
    let doubted = observations
        .iter()
        .filter(|probed| probed.resolver.in_scope && is_validations(probed));
    doubted.map(|probed| probed.resolver.clone()).collect()
}

/// What the name's A question came to at first.
fn first(probed: &Probed) -> Option<&Lookup> {
    let mut lookups = probed.lookups.iter();
    lookups.find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A)
}

fn is_a_with_addresses(lookup: &Lookup) -> bool {
    lookup.qtype == RecordType::A && lookup.kind == AnswerKind::Answer
}

/// Adds what came of the name when it was asked for once more, as a second sample, where it is another kind of answer.
pub(super) fn add_what_differs(observations: &mut [Probed], again: &[Probed]) -> bool {
    let mut is_any = false;
    for seen in again.iter().filter(|seen| !seen.interrupted) {
        let of_it = observations
            .iter_mut()
            .find(|probed| probed.resolver.is_same_place(&seen.resolver));
        if let Some((probed, lookup)) = of_it.zip(first(seen))
            && first(probed).is_some_and(|before| before.kind != lookup.kind)
        {
            probed.lookups.push(Lookup {
                sample: 1,
                ..lookup.clone()
            });
            is_any = true;
        }
    }
    is_any
}

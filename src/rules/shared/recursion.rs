//! What a resolver resolves of the internet.

use super::{refusal, validation};
use crate::compare::Verdict;
use crate::rules::Subject;
use crate::rules::step::{DenialAuthority, ReadingStep, foreign_zone_around};

/// Whether the resolver resolves nothing of the internet.
pub(in crate::rules) fn is_missing(subject: &Subject<'_>) -> bool {
    if ReadingStep::of(subject) != ReadingStep::Content || subject.sibling_is_ordinary() {
        return false;
    }
    let aws = subject.aws_control_works();
    if aws == Some(true) {
        return false;
    }
    let root_fails = subject.root_control_works() == Some(false);
    match (subject.verdict(), DenialAuthority::of(subject)) {
        // A private root answers for itself: that it works says nothing of the internet. (For a name under no
        // known domain the internet's root says the same, and there is no control of AWS's.)
        (_, Some(DenialAuthority::Root)) => aws == Some(false),
        (_, Some(DenialAuthority::Bare)) => root_fails,
        (Verdict::ServFail, None) => {
            root_fails && !validation::is_shown(subject) && foreign_zone_around(subject).is_none()
        }
        (Verdict::Refused | Verdict::Timeout, None) => root_fails && !refusal::is_of_the_client(subject),
        _ => false,
    }
}

/// The name fails, and the random sibling is denied: the name is treated apart, as one that is forwarded is.
pub(in crate::rules) fn is_apart_from_its_sibling(subject: &Subject<'_>) -> bool {
    let is_denied = subject.sibling().is_some_and(|lookup| lookup.kind.is_negative());
    is_denied && matches!(subject.verdict(), Verdict::ServFail | Verdict::Timeout)
}

/// The sibling and AWS's public names fail, and the root works: what is wrong ends at AWS's domain.
pub(in crate::rules) fn ends_at_aws(subject: &Subject<'_>) -> bool {
    subject.sibling().is_some()
        && !subject.sibling_is_ordinary()
        && subject.aws_control_works() == Some(false)
        && subject.root_control_works() == Some(true)
}

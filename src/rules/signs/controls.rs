//! Signs of one resolver: what it answers to other questions than that for the endpoint.

use std::borrow::Cow;

use super::Sign;
use crate::compare::Verdict;
use crate::rules::shared::{recursion, refusal, transport};
use crate::rules::step::{ReadingStep, controls};
use crate::rules::{Need, Subject};

/// A random name beside the endpoint's has addresses.
pub(in crate::rules) static SIBLING_RESOLVES: Sign = Sign::of_resolver(
    "the random sibling",
    "it gives addresses for a random sibling",
    "it gives no addresses for a random sibling",
    |_, subject| subject.sibling().map(|_| subject.sibling_resolves()),
)
.needing(&[Need::Controls]);

/// A random name beside the endpoint's gets NXDOMAIN from AWS's zone.
pub(in crate::rules) static SIBLING_IS_ORDINARY: Sign = Sign::of_resolver(
    "the random sibling's answer",
    "it gives NXDOMAIN from AWS's zone for a random sibling",
    "it does not give NXDOMAIN from AWS's zone for a random sibling",
    |_, subject| subject.sibling().map(|_| subject.sibling_is_ordinary()),
)
.needing(&[Need::Controls]);

/// SERVFAIL or silence for a random name beside the endpoint's.
pub(in crate::rules) static SIBLING_FAILS: Sign = Sign::of_resolver(
    "the random sibling's answer",
    "it fails for a random sibling too",
    "it does not fail for a random sibling",
    |_, subject| subject.sibling().map(|lookup| lookup.kind.is_failure()),
)
.needing(&[Need::Controls]);

/// Another question with EDNS is answered: of another type, for another name, or for another target of the run.
pub(in crate::rules) static ANSWERS_OTHERS_WITH_EDNS: Sign = Sign::of_resolver(
    "other questions with EDNS",
    "it answers another question with EDNS",
    "it answers no other question with EDNS",
    |_, subject| Some(subject.answers_others_with_edns()),
);

/// The target's own question is answered over TCP, with addresses or with a negative answer.
pub(in crate::rules) static ANSWERS_THE_NAME_OVER_TCP: Sign = Sign::of_resolver(
    "the name over TCP",
    "it answers the question for the name over TCP",
    "it does not answer the question for the name over TCP",
    |_, subject| Some(transport::answer_over_tcp(subject).is_some()),
);

/// The exchange is in order, and a name that does not exist has addresses.
pub(in crate::rules) static INVENTS_ADDRESSES: Sign = Sign::of_resolver(
    "addresses of names that do not exist",
    "it gives addresses for names that do not exist",
    "it gives no addresses for names that do not exist",
    |_, subject| match subject.sibling() {
        Some(_) => Some(ReadingStep::of(subject) == ReadingStep::Rewritten),
        // Whoever gives addresses for every name gives some for this one.
        None => gives_none(subject).then_some(false),
    },
)
.otherwise(|subject| {
    subject
        .sibling()
        .is_none()
        .then_some(Cow::Borrowed("it gives no address for this name"))
})
.needing(&[Need::Controls]);

/// Whether the question for the endpoint's name was asked and came to no address. What cannot be read does not show it.
fn gives_none(subject: &Subject<'_>) -> bool {
    let verdict = subject.verdict();
    let came_to_nothing = matches!(
        verdict,
        Verdict::NxDomain
            | Verdict::NoData
            | Verdict::Referral
            | Verdict::ServFail
            | Verdict::Refused
            | Verdict::OtherRcode
            | Verdict::Timeout
            | Verdict::Unreachable
    );
    (came_to_nothing || verdict.is_without_exchange()) && subject.ips().is_empty()
}

/// Some control question is refused as well.
pub(in crate::rules) static CONTROLS_REFUSED: Sign = Sign::of_resolver(
    "the RCODE of the control questions",
    "it refuses control questions too",
    "it does not refuse control questions",
    |_, subject| {
        let mut asked = controls(subject).peekable();
        asked.peek()?;
        Some(asked.any(refusal::is_refused))
    },
)
.needing(&[Need::Controls]);

/// Every control question is refused as well.
pub(in crate::rules) static ALL_CONTROLS_REFUSED: Sign = Sign::of_resolver(
    "the RCODE of the control questions",
    "it refuses all control questions too",
    "it does not refuse all control questions",
    |_, subject| {
        let mut asked = controls(subject).peekable();
        asked.peek()?;
        Some(asked.all(refusal::is_refused))
    },
)
.needing(&[Need::Controls]);

/// REFUSED for the name and for all else that was asked.
pub(in crate::rules) static REFUSES_THIS_CLIENT: Sign = Sign::of_resolver(
    "whom it refuses",
    "it refuses whatever this client asks",
    "it does not refuse everything",
    |_, subject| Some(refusal::is_of_the_client(subject)),
);

/// A public name of AWS's resolves.
pub(in crate::rules) static AWS_CONTROL_WORKS: Sign = Sign::of_resolver(
    "a public name of AWS",
    "it resolves a public name of AWS",
    "it does not resolve public names of AWS",
    |_, subject| subject.aws_control_works(),
)
.needing(&[Need::Controls]);

/// The root's name servers resolve.
pub(in crate::rules) static ROOT_CONTROL_WORKS: Sign = Sign::of_resolver(
    "the root's name servers",
    "it knows the root's name servers",
    "it does not know the root's name servers",
    |_, subject| subject.root_control_works(),
)
.needing(&[Need::Controls]);

/// Neither the endpoint nor names of the internet resolve.
pub(in crate::rules) static RESOLVES_NO_INTERNET_NAMES: Sign = Sign::of_resolver(
    "names of the internet",
    "it cannot resolve names of the internet",
    "it is not shown that it cannot resolve names of the internet",
    |_, subject| Some(recursion::is_missing(subject)),
);

/// The sibling and AWS's public names fail, and the root works: what is wrong ends at AWS's domain.
pub(in crate::rules) static ONLY_NAMES_OF_AWS_FAIL: Sign = Sign::of_resolver(
    "other names of AWS",
    "all names of AWS fail at it, and other names do not",
    "not all names of AWS fail at it, or other names fail too",
    |_, subject| Some(recursion::ends_at_aws(subject)),
);

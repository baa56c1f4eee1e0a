//! Signs of one resolver: of the exchange with it, whatever the answer says.

use super::{ShownBy, Sign};
use crate::compare::Verdict;
use crate::observation::{Lookup, Transport};
use crate::rules::need::Need;
use crate::rules::shared::{blemish, contradiction, loss, samples};
use crate::rules::step::ReadingStep;

/// Any question got any reply.
pub(in crate::rules) static HEARD_AT_ALL: Sign = Sign::of_resolver(
    "a reply",
    "it answers some question",
    "it answers no question",
    // A run that was ended before it was done with the resolver does not show it.
    |_, subject| {
        let heard = subject.heard_anything();
        (heard || !subject.probed.interrupted).then_some(heard)
    },
);

/// Its silence is not only that for one name, which may be the silence of what the name is forwarded to.
pub(in crate::rules) static TRIED_WITH_MORE_THAN_THE_NAME: Sign = Sign::of_resolver(
    "a question for another name, or over TCP",
    "it was asked for another name, or over TCP, too",
    "it was asked for this name only, over UDP",
    |_, subject| Some(subject.tried_with_more_than_the_name()),
);

/// A question over UDP got a reply.
pub(in crate::rules) static HEARD_OVER_UDP: Sign = Sign::of_resolver(
    "a reply over UDP",
    "it answers over UDP",
    "it does not answer over UDP",
    |_, subject| subject.heard_over(Transport::Udp),
)
.shown_by(ShownBy::Clear);

/// A question over TCP got a reply.
pub(in crate::rules) static HEARD_OVER_TCP: Sign = Sign::of_resolver(
    "a reply over TCP",
    "it answers over TCP",
    "it does not answer over TCP",
    |_, subject| subject.heard_over(Transport::Tcp),
)
.shown_by(ShownBy::Clear);

/// UDP was tried and got no reply, and TCP got one.
pub(in crate::rules) static HEARD_ONLY_OVER_TCP: Sign = Sign::of_resolver(
    "replies over TCP alone",
    "it answers over TCP only",
    "it does not answer over TCP only",
    |_, subject| {
        let udp = subject.heard_over(Transport::Udp);
        Some(udp == Some(false) && subject.heard_over(Transport::Tcp) == Some(true))
    },
);

fn is_silent_over_udp(lookup: &Lookup) -> bool {
    lookup.transport == Transport::Udp && lookup.kind.is_silence()
}

/// The question for the A record got nothing over UDP.
pub(in crate::rules) static IS_SILENT_FOR_A: Sign = Sign::of_resolver(
    "a reply to the A question",
    "its A question over UDP got no reply",
    "its A question over UDP got a reply, or was not put",
    |_, subject| Some(subject.a().is_some_and(is_silent_over_udp)),
);

/// AAAA got no reply over UDP.
pub(in crate::rules) static IS_SILENT_FOR_AAAA: Sign = Sign::of_resolver(
    "a reply to the AAAA question",
    "its AAAA question over UDP got no reply",
    "its AAAA question over UDP got a reply, or was not put",
    |_, subject| Some(subject.aaaa().is_some_and(is_silent_over_udp)),
);

/// Questions over UDP are lost, whatever they ask for.
pub(in crate::rules) static LOSES_QUESTIONS: Sign = Sign::of_resolver(
    "questions that are put again",
    "it answers questions over UDP only when they are put again, and leaves others",
    "it treats a question over UDP the same way when it is put again",
    |_, subject| Some(loss::is_shown(subject)),
);

/// The same question gets different answers.
pub(in crate::rules) static SAMPLES_DIFFER: Sign = Sign::of_resolver(
    "different answers to the same question",
    "it gives different answers to the same question",
    "it gives the same answer each time",
    |case, subject| Some(samples::differs(case, subject)),
);

/// SERVFAIL at the first try, and addresses when the same question is put again.
pub(in crate::rules) static TRIES_DIFFER: Sign = Sign::of_resolver(
    "the tries of one question",
    "its first answer is SERVFAIL, and the same question again gets addresses",
    "its first answer is not SERVFAIL with addresses at the next try",
    |_, subject| Some(contradiction::by_another_try(subject).is_some()),
);

/// A is answered by public DNS, and AAAA by the endpoint's private hosted zone.
pub(in crate::rules) static TYPES_CONTRADICT: Sign = Sign::of_resolver_if_known(
    "the zones of its answers to A and AAAA",
    "it gives public addresses for A, and answers AAAA from the endpoint's private hosted zone",
    "its answers to A and AAAA are not known to be from two zones",
    |case, subject| Some(contradiction::are_of_two_zones(case, subject)),
)
.looking_at(&[Need::PublicControl]);

/// The answer over TCP is another than the one over UDP, and one of the two is right.
pub(in crate::rules) static TCP_CONTRADICTS: Sign = Sign::of_resolver(
    "the answer over TCP",
    "its answer over TCP contradicts its answer over UDP",
    "its answer over TCP does not contradict its answer over UDP",
    |case, subject| Some(contradiction::over_tcp(case, subject).is_some()),
);

/// The certificate of a resolver inside TLS does not verify.
pub(in crate::rules) static CERTIFICATE_FAILS: Sign = Sign::of_resolver(
    "the certificate",
    "its certificate does not verify",
    "its certificate verifies",
    |_, subject| Some(subject.verdict() == Verdict::Certificate),
)
.shown_by(ShownBy::Encrypted);

/// There is no session inside TLS to ask in.
pub(in crate::rules) static SESSION_FAILS: Sign = Sign::of_resolver(
    "a session inside TLS",
    "the TLS or HTTP session with it fails",
    "the TLS or HTTP session with it works",
    |_, subject| Some(subject.verdict().is_without_exchange() && subject.verdict() != Verdict::Certificate),
)
.shown_by(ShownBy::Encrypted);

/// Questions with EDNS fail, and the same without it are answered.
pub(in crate::rules) static ANSWERS_ONLY_WITHOUT_EDNS: Sign = Sign::of_resolver(
    "answers without EDNS only",
    "it answers only questions without EDNS",
    "EDNS makes no difference to it",
    |_, subject| Some(ReadingStep::of(subject) == ReadingStep::EdnsIntolerant),
);

/// Some question without EDNS is answered.
pub(in crate::rules) static ANSWERS_WITHOUT_EDNS: Sign = Sign::of_resolver(
    "answers without EDNS",
    "it answers without EDNS",
    "it does not answer without EDNS, either",
    |_, subject| Some(subject.answers_without_edns()),
);

/// The reply is truncated, and TCP does not bring the rest.
pub(in crate::rules) static CUT_SHORT: Sign = Sign::of_resolver(
    "a truncated reply",
    "its reply is truncated, and TCP does not bring the rest",
    "its reply is not truncated",
    |_, subject| Some(ReadingStep::of(subject) == ReadingStep::Truncated),
);

/// What comes back cannot be used.
pub(in crate::rules) static UNREADABLE: Sign = Sign::of_resolver(
    "a reply that can be used",
    "its replies cannot be parsed, or belong to other questions",
    "its reply can be parsed and belongs to the question",
    |_, subject| Some(ReadingStep::of(subject) == ReadingStep::Malformed),
);

/// The answer is right, and something else in the reply is not.
pub(in crate::rules) static PARTLY_BROKEN: Sign = Sign::of_resolver(
    "a defect beside a right answer",
    "its right answer comes with a defect",
    "it has no defect beside a right answer",
    |_, subject| Some(subject.verdict().is_fine() && blemish::blemish(subject).is_some()),
);

/// The server does recursion.
pub(in crate::rules) static RECURSES: Sign = Sign::of_resolver(
    "recursion",
    "it does recursion",
    "it does no recursion",
    |_, subject| {
        subject
            .heard_anything()
            .then(|| ReadingStep::of(subject) != ReadingStep::NotRecursive)
    },
);

/// Nothing that comes before the answer's content is wrong.
pub(in crate::rules) static LEGIBLE: Sign = Sign::of_resolver(
    "an answer to read",
    "it sends complete replies, so the answer itself counts",
    "its replies are missing, broken or refused, so no answer counts",
    |_, subject| Some(ReadingStep::of(subject) == ReadingStep::Content),
);

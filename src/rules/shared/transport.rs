//! Over what a resolver is heard.

use crate::dns::AnswerKind;
use crate::observation::{Attempt, Purpose, Transport};
use crate::resolvers::Role;
use crate::rules::step::was_heard;
use crate::rules::{Case, Subject};

/// Whether UDP was tried and brought nothing, and TCP brought a reply.
pub(in crate::rules) fn heard_only_over_tcp(subject: &Subject<'_>) -> bool {
    let tries = |transport| {
        subject
            .probed
            .lookups
            .iter()
            .flat_map(|lookup| &lookup.attempts)
            .filter(move |attempt| attempt.transport == transport)
    };
    tries(Transport::Udp).next().is_some()
        && !tries(Transport::Udp).any(was_heard)
        && tries(Transport::Tcp).any(|attempt| attempt.rcode.is_some())
}

/// Whether this name server is a service on this host that is not there.
pub(in crate::rules) fn is_down_on_this_host(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let loopback = subject.ip().is_some_and(|ip| ip.is_loopback());
    if !subject.has_role(Role::Local) || !loopback || subject.heard_anything() {
        return false;
    }
    let defaulted = case.stub().is_some_and(|stub| stub.defaulted);
    defaulted || subject.a_kind() == Some(AnswerKind::Unreachable)
}

/// What the name's own question came to over TCP, where that is addresses or a negative answer. A negative answer
/// counts where a random sibling is answered: who is silent over UDP for the whole zone may forward it to somebody
/// slow.
pub(in crate::rules) fn answer_over_tcp(subject: &Subject<'_>) -> Option<AnswerKind> {
    let is_sibling_answered = subject.sibling().is_some_and(|lookup| !lookup.kind.is_silence());
    let of_target = subject
        .lookups(Purpose::Target)
        .chain(subject.lookups(Purpose::TargetTcp));
    let mut tries = of_target.flat_map(|lookup| &lookup.attempts);
    let is_answer = |kind: AnswerKind| kind == AnswerKind::Answer || is_sibling_answered && kind.is_negative();
    let answered = tries.find(|attempt| attempt.transport == Transport::Tcp && is_answer(attempt.kind));
    answered.map(|attempt| attempt.kind)
}

/// The try over TCP that followed the truncated reply.
pub(in crate::rules) fn over_tcp<'a>(subject: &Subject<'a>) -> Option<&'a Attempt> {
    subject
        .a()?
        .attempts
        .iter()
        .rfind(|attempt| attempt.transport == Transport::Tcp && attempt.edns)
}

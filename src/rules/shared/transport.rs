//! Over what a resolver is heard.

use crate::dns::AnswerKind;
use crate::observation::{Attempt, Transport};
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

/// The try over TCP that followed the truncated reply.
pub(in crate::rules) fn over_tcp<'a>(subject: &Subject<'a>) -> Option<&'a Attempt> {
    subject
        .a()?
        .attempts
        .iter()
        .rfind(|attempt| attempt.transport == Transport::Tcp && attempt.edns)
}

//! What a resolver forwards to somebody who does not answer.

use super::{behind, transport, validation};
use crate::compare::Verdict;
use crate::dns::ExtendedError;
use crate::observation::Transport;
use crate::resolvers::Role;
use crate::rules::step::foreign_zone_around;
use crate::rules::{Case, Subject};

/// What the resolver seems to forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Forward {
    Zone,
    Name,
    /// The name, to a server that refuses it.
    Refused,
    /// The zone, to a server that refuses it.
    RefusedZone,
}

/// What this resolver forwards to somebody who does not answer; `None` where the evidence is another's.
pub(in crate::rules) fn that_fails(subject: &Subject<'_>) -> Option<Forward> {
    if behind::is_refused(subject) {
        let is_wide = behind::sibling_is_refused(subject);
        return Some(if is_wide {
            Forward::RefusedZone
        } else {
            Forward::Refused
        });
    }
    let verdict = subject.verdict();
    if !matches!(verdict, Verdict::ServFail | Verdict::Timeout | Verdict::Unreachable)
        || !subject.heard_anything()
        || transport::heard_only_over_tcp(subject)
        || subject.answers_without_edns()
        || subject.sibling_resolves()
        || !subject.any_outside_control_works()
        || transport::answer_over_tcp(subject).is_some()
        || foreign_zone_around(subject).is_some()
    {
        return None;
    }
    let a = subject.a()?;
    let validation = a.has_ede(ExtendedError::is_dnssec_failure)
        || validation::rejects_what_it_holds(a)
        || validation::unchecked(subject).is_some();
    let policy = a.has_ede(ExtendedError::is_policy);
    if validation || policy {
        return None;
    }
    let sibling = subject.sibling()?;
    if sibling.kind.is_failure() {
        Some(Forward::Zone)
    } else if sibling.kind.is_negative() && subject.aaaa().is_some_and(|aaaa| aaaa.kind.is_failure()) {
        Some(Forward::Name)
    } else {
        None
    }
}

/// The resolvers outside the VPC whose forward ends in silence.
pub(in crate::rules) fn on_failing_path<'c, 'a>(case: &'c Case<'a>) -> Vec<&'c Subject<'a>> {
    case.failing()
        .filter(|subject| !subject.is_vpc_side() && that_fails(subject).is_some())
        .collect()
}

/// The inbound addresses that something depends on, that were asked in the clear, and that answer nothing. (The silence
/// of an address that is only known from AWS can be normal from here.)
pub(in crate::rules) fn silent_inbound<'s, 'a>(case: &'s Case<'a>) -> Vec<&'s Subject<'a>> {
    let is_silent = |subject: &Subject<'_>| !subject.heard_anything() && !subject.probed.interrupted;
    case.subjects()
        .filter(|subject| subject.has_role(Role::Inbound) && is_silent(subject) && is_depended_on(case, subject))
        // Name servers forward in the clear: port 443 says nothing of that.
        .filter(|subject| {
            let transport = subject.probed.resolver.transport;
            !transport.is_some_and(Transport::is_encrypted)
        })
        .collect()
}

/// Whether it decides the conclusion; or a forward from outside the VPC ends in silence, and this host is let in at
/// another address of the same VPC.
pub(in crate::rules) fn is_depended_on(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    subject.probed.resolver.in_scope || is_behind_a_failing_forward(case, subject)
}

fn is_behind_a_failing_forward(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let vpc = &subject.probed.resolver.vpc;
    let answers = |other: &Subject<'_>| other.has_role(Role::Inbound) && other.heard_anything();
    subject.is_vpc_side()
        && !on_failing_path(case).is_empty()
        && case
            .subjects()
            .any(|other| answers(other) && other.probed.resolver.vpc == *vpc)
}

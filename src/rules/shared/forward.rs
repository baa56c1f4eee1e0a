//! What a resolver forwards to somebody who does not answer.

use std::net::SocketAddr;

use super::late::SLOW_MS;
use super::{behind, transport, validation};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::facts::Chooser;
use crate::observation::{Attempt, Lookup, Transport};
use crate::resolvers::Role;
use crate::rules::step::foreign_zone_around;
use crate::rules::{Case, Subject};
use crate::software::Software;

/// What the resolver seems to forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Forward {
    Zone,
    Name,
    /// The name, to a server that refuses it.
    Refused,
}

/// What this resolver forwards to somebody who does not answer; `None` where the evidence is another's.
pub(in crate::rules) fn that_fails(subject: &Subject<'_>) -> Option<Forward> {
    if behind::is_refused(subject) {
        return Some(Forward::Refused);
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

/// The name servers that systemd-resolved asks for the name, where the resolver is its stub on this host and each of
/// them was asked here too. Empty where that is not known.
pub(in crate::rules) fn asked_by_the_stub<'s, 'a>(case: &'s Case<'a>, subject: &Subject<'_>) -> Vec<&'s Subject<'a>> {
    let is_stub = subject.has_role(Role::Local) && subject.ip().is_some_and(|ip| ip.is_loopback());
    let split = case
        .split_dns()
        .filter(|split| split.chooser == Chooser::SystemdResolved);
    let Some(split) = split.filter(|_| is_stub) else {
        return Vec::new();
    };
    let asked = split.asked_for(&case.target.hostname).servers;
    let at = |server: &SocketAddr| {
        let mut others = case.subjects().filter(|other| other.name() != subject.name());
        others.find(|other| other.probed.resolver.address == Some(*server) && !other.probed.interrupted)
    };
    let heard: Option<Vec<&Subject<'_>>> = asked.iter().map(at).collect();
    heard.unwrap_or_default()
}

/// Whether each name server that systemd-resolved asks for the name is silent from here, too.
pub(in crate::rules) fn ends_at_silent_servers(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let asked = asked_by_the_stub(case, subject);
    !asked.is_empty() && asked.iter().all(|server| !server.heard_anything())
}

/// The lookup of this host that got the right addresses from a resolver which is silent for the name in the time that
/// it has here: its answer comes, and late. Where several name servers are asked it may be another's.
pub(in crate::rules) fn heard_late_by_the_system<'s, 'a>(
    case: &'s Case<'a>,
    subject: &Subject<'_>,
) -> Option<&'s Subject<'a>> {
    let is_alone = subject.has_role(Role::Local) && case.local().count() == 1;
    let is_silent = subject.a_kind().is_some_and(AnswerKind::is_silence);
    let took_ms = |system: &Subject<'_>| system.probed.system.as_ref().and_then(|lookup| lookup.rtt_ms);
    case.system().filter(|system| {
        let is_late = took_ms(system).is_some_and(|ms| ms >= SLOW_MS);
        is_alone && is_silent && is_late && system.verdict() == Verdict::Match
    })
}

/// Whether BIND fails sooner than it gives up a silent server: it waits 10 s (BIND 9 Administrator Reference Manual,
/// `resolver-query-timeout`). A failure that it remembers is younger than a second (`servfail-ttl`).
pub(in crate::rules) fn fails_at_once_as_bind(subject: &Subject<'_>) -> bool {
    let is_soon = |lookup: &Lookup| {
        let mut tries = lookup
            .attempts
            .iter()
            .filter(|attempt| attempt.rcode.is_some())
            .peekable();
        let soon = |attempt: &Attempt| attempt.rtt_ms.is_some_and(|ms| ms < SLOW_MS);
        lookup.kind == AnswerKind::ServFail && tries.peek().is_some() && tries.all(soon)
    };
    subject.software == Some(Software::Bind) && subject.a().is_some_and(is_soon)
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

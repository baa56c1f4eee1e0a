//! What contradicts a resolver's answer over UDP, within one run.

use std::net::IpAddr;

use super::{age, scoped};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::AnswerKind;
use crate::endpoint::SoaOrigin;
use crate::expect::Fit;
use crate::facts::platform::HostsLine;
use crate::observation::{Attempt, Lookup, SystemCode};
use crate::resolvers::Role;
use crate::rules::{Case, Subject};

/// The answer over TCP, where it contradicts the one over UDP.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) enum TcpAnswer<'a> {
    /// Nothing is wrong with the answer over UDP, and TCP denies the name or has addresses that are not expected.
    Wrong(&'a Lookup),
    /// The name is denied over UDP, and TCP has the addresses that are expected.
    Right(&'a Lookup),
}

/// What TCP says against UDP, if anything.
pub(in crate::rules) fn over_tcp<'a>(case: &Case<'_>, subject: &Subject<'a>) -> Option<TcpAnswer<'a>> {
    let over_tcp = subject.tcp()?;
    let expected = &subject.comparison.expected;
    let is = |fit: Fit| move |ip: &IpAddr| case.fit(expected, *ip) == fit;
    // Where nothing is known to compare with, an agent on this host may answer over UDP alone (ZTNA).
    let is_right = matches!(subject.verdict(), Verdict::Match | Verdict::Plausible);
    if is_right && subject.a_kind() == Some(AnswerKind::Answer) {
        let is_wrong = over_tcp.kind.is_negative() || over_tcp.addresses.iter().any(is(Fit::Unexpected));
        return is_wrong.then_some(TcpAnswer::Wrong(over_tcp));
    }
    // NODATA without a SOA is what a filter leaves of an answer.
    let is_denied = match subject.a_kind() {
        Some(AnswerKind::NxDomain) => true,
        Some(kind) => kind.is_negative() && subject.soa().is_some(),
        None => false,
    };
    let has_it = over_tcp.kind == AnswerKind::Answer
        && !over_tcp.addresses.is_empty()
        && over_tcp.addresses.iter().all(is(Fit::Expected));
    (is_denied && has_it).then_some(TcpAnswer::Right(over_tcp))
}

/// Whether A has public addresses where private ones are expected, and EKS's own private hosted zone denies AAAA. A
/// resolver of the VPC takes the addresses from that same zone, so the two answers are of two sources.
pub(in crate::rules) fn are_of_two_zones(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_public = |ip: &IpAddr| AddressClass::of(*ip) == AddressClass::Public;
    let is_answered = |lookup: &Lookup| {
        lookup.kind == AnswerKind::Answer && !lookup.addresses.is_empty() && lookup.addresses.iter().all(is_public)
    };
    let is_denied_by_eks = |lookup: &Lookup| {
        let soa = lookup.soa.as_ref().filter(|soa| soa.owner == lookup.question);
        lookup.kind.is_negative() && soa.map(SoaOrigin::of) == Some(SoaOrigin::PrivateHostedZone)
    };
    subject.verdict() == Verdict::Mismatch
        && subject.a().is_some_and(is_answered)
        && subject.aaaa().is_some_and(is_denied_by_eks)
        && case.private_expected_at(subject)
        // Beside public DNS that has private addresses by now, what A has is old: a finding of its own.
        && !age::is_from_before_it_was_private(case, subject)
}

/// The question that got an error at the first try, and addresses when it was put again as it was.
pub(in crate::rules) fn by_another_try<'a>(subject: &Subject<'a>) -> Option<&'a Lookup> {
    // What is wrong with another answer has a finding of its own.
    let lookup = subject
        .a()
        .filter(|lookup| lookup.kind == AnswerKind::Answer && subject.verdict().is_fine())?;
    let own = subject.probed.resolver.transport?;
    let mut tries = lookup.attempts.iter().filter(|one| one.transport == own && one.edns);
    let has_failed = |one: &Attempt| one.kind == AnswerKind::ServFail;
    let is_answered = |one: &Attempt| one.kind == AnswerKind::Answer;
    (tries.next().is_some_and(has_failed) && tries.any(is_answered)).then_some(lookup)
}

/// Whether the name is denied over UDP and not over TCP.
pub(in crate::rules) fn is_denied_over_udp_alone(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    matches!(over_tcp(case, subject), Some(TcpAnswer::Right(_)))
}

/// The operating system's lookup, where it asks this name server alone and gets another answer from it: the one is
/// right, and the other is a denial. Of several name servers that is so where each of them denies the name.
pub(in crate::rules) fn by_the_system<'c, 'a>(case: &'c Case<'a>, subject: &Subject<'_>) -> Option<&'c Subject<'a>> {
    let system = case.system()?;
    let lookup = system.probed.system.as_ref()?;
    // The hosts file and the search list are other sources of an answer than this server.
    let has_another_source = case.hosts().is_none_or(|entries| !entries.is_empty()) || scoped::differs_otherwise(case);
    if has_another_source || !subject.has_role(Role::Local) || !asks_resolv_conf(case) {
        return None;
    }
    let is_denied =
        |failure: &crate::observation::SystemFailure| matches!(failure.code, SystemCode::NoName | SystemCode::NoData);
    let is_denied_by_it = lookup.failure.as_ref().is_some_and(is_denied);
    let contradicts = if subject.verdict().is_fine() {
        is_denied_by_it && subject.a_kind() == Some(AnswerKind::Answer) && case.local().count() == 1
    } else {
        let all_deny = case.local().all(|server| server.verdict().is_negative());
        system.verdict().is_fine() && !lookup.addresses.is_empty() && all_deny
    };
    contradicts.then_some(system)
}

/// Whether the operating system's lookup is known to ask the name servers of resolv.conf themselves, as Go does. The
/// hosts line is read beside this host's own resolv.conf, and not beside a file that somebody named in its place.
pub(in crate::rules) fn asks_resolv_conf(case: &Case<'_>) -> bool {
    case.hosts_line().is_some_and(HostsLine::asks_dns_alone)
}

/// Whether the operating system's lookup is known to ask others than the name servers of resolv.conf.
pub(in crate::rules) fn asks_others(case: &Case<'_>) -> bool {
    case.hosts_line().is_some_and(|line| !line.asks_dns_alone())
}

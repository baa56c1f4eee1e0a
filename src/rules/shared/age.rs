//! Addresses of the past, and the zone that has those of now.

use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError, Name, RData, Section};
use crate::endpoint::SoaOrigin;
use crate::observation::Lookup;
use crate::rules::step::foreign_zone_around;
use crate::rules::{Case, Subject, view};
use crate::target::Scope;

/// Whether all that is wrong in the answer is in the VPC and not the cluster's.
pub(in crate::rules) fn is_stale(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let wrong = case.unexpected_addresses(subject);
    matches!(subject.verdict(), Verdict::Mismatch | Verdict::Partial)
        && !subject.sibling_resolves()
        // Where public addresses are expected, any address of the VPC is wrong, old or not.
        && subject.comparison.expected.scope != Scope::Public
        && !wrong.is_empty()
        && wrong
            .iter()
            .all(|address| address.class == AddressClass::InVpc)
}

/// Whether the reply itself says that its addresses are stale, and nothing shows that they were never the cluster's:
/// neither networks to hold them against, nor a zone of somebody else's around the name.
pub(in crate::rules) fn may_be_old(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_marked = |lookup: &Lookup| lookup.kind == AnswerKind::Answer && lookup.has_ede(ExtendedError::is_stale);
    let expected = &subject.comparison.expected;
    let is_bounded = case.vpc().is_some() || !expected.cidrs.is_empty() || expected.scope == Scope::Public;
    subject.verdict() == Verdict::Mismatch
        && subject.a().is_some_and(is_marked)
        && !is_bounded
        && foreign_zone_around(subject).is_none()
}

/// Whether a resolver gives the public addresses that public DNS had before the endpoint became private: private ones
/// are expected, and every public control that has the name gives private addresses and none of these. Public addresses
/// that differ from one another show nothing: a public endpoint may change its own.
pub(in crate::rules) fn is_from_before_it_was_private(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let of_public = || {
        let with_addresses = |control: &&Subject<'_>| control.verdict().has_addresses() && !control.ips().is_empty();
        case.public().filter(with_addresses)
    };
    let is_private_now = |control: &Subject<'_>| {
        let mut classes = control.comparison.addresses.iter().map(|address| address.class);
        control.has_private_addresses() && classes.all(|class| class != AddressClass::Public)
    };
    let all_public = |subject: &Subject<'_>| {
        let mut classes = subject.comparison.addresses.iter().map(|address| address.class);
        classes.all(|class| class == AddressClass::Public)
    };
    // A record of somebody's own has no SOA of AWS's public zone beside it, and may be an alias.
    let is_public = view::gives_the_public_view(case, subject) && view::is_of_the_public_zone(subject);
    (is_public || is_from_two_zones(case, subject))
        && view::alias_of(subject).is_none()
        && all_public(subject)
        && !subject.sibling_resolves()
        && of_public().next().is_some()
        && of_public().all(is_private_now)
}

/// Whether AAAA is denied by the private hosted zone, where private addresses are expected. Then the name is taken from
/// there by now, and what A has is from before, or of a record for A alone.
pub(in crate::rules) fn is_from_two_zones(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_private_zone = |lookup: &Lookup| {
        let of = lookup.soa.as_ref().map(SoaOrigin::of);
        lookup.kind.is_negative() && of == Some(SoaOrigin::PrivateHostedZone)
    };
    subject.aaaa().is_some_and(is_private_zone) && case.private_expected_at(subject)
}

/// The private hosted zone that a resolver takes the name from.
pub(in crate::rules) fn private_zone<'a>(subject: &Subject<'a>) -> Option<&'a Name> {
    let lookups = || [subject.aaaa(), subject.a()].into_iter().flatten();
    let by_soa = lookups()
        .filter_map(|lookup| lookup.soa.as_ref())
        .find(|soa| SoaOrigin::of(soa) == SoaOrigin::PrivateHostedZone)
        .map(|soa| &soa.owner);
    by_soa.or_else(|| {
        lookups()
            .flat_map(|lookup| lookup.section(Section::Authority))
            .find(|record| match &record.data {
                RData::Ns(server) => SoaOrigin::of_server(server) == SoaOrigin::PrivateHostedZone,
                _ => false,
            })
            .map(|record| &record.owner)
    })
}

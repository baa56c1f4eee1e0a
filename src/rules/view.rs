//! Which view of the name a resolver shows: what several rules read from the same answers, in one place, so
//! that exactly one of them speaks.

use super::step::policy_of_addresses;
use super::{Case, Subject};
use crate::address::AddressClass;
use crate::dns::{AnswerKind, Name, RData, Section, Soa};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose};
use crate::resolvers::Role;
use crate::target::View;

/// By how many seconds an SOA's TTL must be below a fresh one to have been cached before we came, beside what
/// our own question took: its first try starts a countdown too, and servers round.
const OLDER_BY: f64 = 3.0;

/// From how many seconds on, counted alike, it may have been: only one of them is lost to rounding.
const MAY_BE_OLDER_BY: f64 = 1.0;

/// What a fresh negative answer of Route 53 lives at most, in seconds: the TTL that its SOA records have by default, or
/// their MINIMUM where that is less (RFC 2308 section 5; Amazon Route 53 Developer Guide, "The start of authority (SOA)
/// record").
const FRESH: u32 = 900;

/// The target's negative answer: about the name itself and not about what an alias of it leads to, from a
/// server that offers recursion. (Without it, `not-recursive` speaks.)
pub(super) fn denial<'a>(subject: &Subject<'a>) -> Option<&'a Lookup> {
    let a = subject.a()?;
    let recursive = a.flags.is_some_and(|flags| flags.ra);
    let alias = a.section(Section::Answer).next().is_some();
    (subject.verdict().is_negative() && a.kind.is_negative() && recursive && !alias).then_some(a)
}

/// The SOA of the target's negative answer, with whose it is.
pub(super) fn denied_by<'a>(subject: &Subject<'a>) -> Option<(&'a Soa, SoaOrigin)> {
    let soa = denial(subject)?.soa.as_ref()?;
    Some((soa, SoaOrigin::of(soa)))
}

/// The apex of the zone that a resolver with addresses took them from: the SOA of the target's other, negative
/// answer (AAAA, for IPv4 clusters), or the owner of the name servers that came with the addresses.
pub(super) fn zone_of(subject: &Subject<'_>) -> Option<Name> {
    subject.lookups(Purpose::Target).find_map(|lookup| {
        let by_soa = lookup.soa.as_ref().map(|soa| &soa.owner);
        let by_servers = lookup
            .section(Section::Authority)
            .find(|record| matches!(record.data, RData::Ns(_)))
            .map(|record| &record.owner);
        by_soa
            .or(by_servers)
            .filter(|owner| lookup.question.is_within(owner))
            .cloned()
    })
}

/// How old a negative answer is, by the one that the random sibling got from the same zone. Unbound keeps one SOA for
/// all negative answers of a zone: there the sibling's is no fresher, and shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// As old as ours.
    Fresh,
    /// It was in the cache before we came.
    Cached,
    /// Nothing to compare with, or too little to tell.
    Unknown,
}

/// The age of the target's negative answer.
pub(super) fn age(subject: &Subject<'_>) -> Age {
    let sibling = subject.sibling().filter(|lookup| lookup.kind == AnswerKind::NxDomain);
    let of_sibling = sibling.and_then(|lookup| lookup.soa.as_ref());
    let (Some((soa, _)), Some(other)) = (denied_by(subject), of_sibling) else {
        return Age::Unknown;
    };
    if soa.owner != other.owner || soa.mname != other.mname {
        return Age::Unknown;
    }
    let took = |lookup: Option<&Lookup>| lookup.and_then(|lookup| lookup.rtt_ms).unwrap_or_default() / 1000.0;
    let older_by = |soa: &Soa, fresh: u32| f64::from(fresh) - f64::from(soa.ttl);
    let is_below = |soa: &Soa, lookup: Option<&Lookup>, fresh: u32| older_by(soa, fresh) >= OLDER_BY + took(lookup);
    // Who is no authority passes AA on from the server that it asked, and not from its cache (dnsmasq; recorded with
    // 2.90).
    let is_authoritative =
        |lookup: Option<&Lookup>| lookup.and_then(|lookup| lookup.flags).is_some_and(|flags| flags.aa);
    let is_passed_on_alone = is_authoritative(sibling) && !is_authoritative(subject.a());
    if is_below(soa, subject.a(), other.ttl) {
        Age::Cached
    } else if is_below(other, sibling, other.minimum.min(FRESH)) {
        // Nobody asked for the sibling before, and its SOA has run down: it is shared over the zone, and hides the age.
        Age::Unknown
    } else if older_by(soa, other.ttl) > MAY_BE_OLDER_BY + took(subject.a()) || is_passed_on_alone {
        // Somebody may have asked a moment before us: this host itself, for one.
        Age::Unknown
    } else {
        Age::Fresh
    }
}

/// What the name is made an alias of.
pub(super) fn alias_of<'a>(subject: &Subject<'a>) -> Option<&'a Name> {
    let lookup = subject.a()?;
    let mut own = lookup
        .section(Section::Answer)
        .filter(|record| record.owner == lookup.question);
    own.find_map(|record| match &record.data {
        RData::Cname(domain) => Some(domain),
        _ => None,
    })
}

/// Whether the SOA of AWS's public zone stands in its answers: for the name, or for a random sibling. That is denied by
/// the zone that the resolver takes such names from.
pub(super) fn is_of_the_public_zone(subject: &Subject<'_>) -> bool {
    let sibling_is_public = subject.sibling().is_some_and(|lookup| {
        lookup.kind == AnswerKind::NxDomain && lookup.soa.as_ref().map(SoaOrigin::of) == Some(SoaOrigin::PublicAws)
    });
    subject.view() == View::Public || sibling_is_public
}

/// Private addresses, or the private zone, are expected, and the resolver's addresses are those of the public
/// view: public ones; or the right ones although the public zone, and not the private one, was asked for them.
pub(super) fn gives_the_public_view(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let addresses = &subject.comparison.addresses;
    if addresses.is_empty()
        || subject.verdict().is_fine()
        || !subject.verdict().has_addresses()
        || !case.private_expected_at(subject)
        || policy_of_addresses(subject).is_some()
    {
        return false;
    }
    let all = |test: &dyn Fn(AddressClass) -> bool| addresses.iter().all(|a| test(a.class));
    match subject.view() {
        View::PrivateZone => false,
        View::Public if right_but_for_the_view(subject) => true,
        View::Public | View::Unknown => all(&|class| class == AddressClass::Public),
    }
}

/// Only the view is wrong: the addresses are those expected.
pub(super) fn right_but_for_the_view(subject: &Subject<'_>) -> bool {
    let expected = &subject.comparison.expected;
    let nothing_listed = expected.addresses.is_empty() && expected.cidrs.is_empty();
    expected.view == Some(View::PrivateZone)
        && subject.view() == View::Public
        && subject.comparison.addresses.iter().all(|address| match address.class {
            AddressClass::Expected => true,
            AddressClass::Private | AddressClass::InVpc => nothing_listed,
            _ => false,
        })
}

/// Whether the resolver denies the name as it would one that is not there: NXDOMAIN, from AWS's zones or from nobody.
/// A zone of somebody else's is another fault.
pub(super) fn is_denied_as_absent(subject: &Subject<'_>) -> bool {
    subject.a_kind() == Some(AnswerKind::NxDomain)
        && !subject.sibling_resolves()
        && denial(subject).is_some()
        && !matches!(denied_by(subject), Some((_, SoaOrigin::Foreign)))
}

/// Whether DescribeCluster names this very endpoint.
pub(super) fn aws_names_this_endpoint(case: &Case<'_>) -> bool {
    case.own_cluster().is_some()
}

/// What is wrong with a resolver on the VPC's side that was heard and does not give the private addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VpcSideFault {
    /// Another private hosted zone, of a parent of the name, answers in EKS's place.
    Shadowed,
    /// An inbound endpoint shows another view than the VPC's other resolvers.
    OtherVpc,
    /// EKS's private hosted zone does not take effect there.
    NotEffective,
}

/// The fault of a resolver on the VPC's side, by its answer.
pub(super) fn vpc_side_fault(case: &Case<'_>, subject: &Subject<'_>) -> Option<VpcSideFault> {
    if !subject.is_vpc_side() || subject.sibling_resolves() {
        return None;
    }
    let right = case.vpc_view();
    let beside_a_right_one = if right.is_empty() || !subject.has_role(Role::Inbound) {
        VpcSideFault::NotEffective
    } else {
        VpcSideFault::OtherVpc
    };
    if gives_the_public_view(case, subject) {
        return Some(beside_a_right_one);
    }
    let (soa, origin) = denied_by(subject)?;
    match origin {
        SoaOrigin::Foreign => None,
        SoaOrigin::PrivateHostedZone => {
            let zones: Vec<Name> = right.iter().filter_map(|other| zone_of(other)).collect();
            let name = &case.target.hostname;
            if zones.contains(&soa.owner) {
                // The right zone, from before the record was in it: `stale-negative-cache`.
                None
            } else if *name != soa.owner && name.is_within(&soa.owner) {
                Some(VpcSideFault::Shadowed)
            } else if zones.is_empty() {
                Some(VpcSideFault::NotEffective)
            } else {
                Some(beside_a_right_one)
            }
        }
        SoaOrigin::PublicAws => {
            let published = case.public_has_the_name() == Some(true);
            let private_known = case.private_expected_at(subject)
                || case.private_addresses_elsewhere(subject)
                    // `stale-negative-cache`, where nobody said that the addresses are to be private.
                    && !(published && age(subject) == Age::Cached);
            let exists = published || !right.is_empty() || aws_names_this_endpoint(case);
            (private_known && exists).then_some(beside_a_right_one)
        }
    }
}

/// Whether a public control gives all of its addresses.
pub(super) fn public_has_the_addresses(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    case.public().any(|control| {
        let theirs = control.ips();
        subject.ips().iter().all(|ip| theirs.contains(ip))
    })
}

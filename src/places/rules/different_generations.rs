//! Private addresses at two places that are not the same, captured at two times or at one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::same_resolver_answers_differently::ips;
use super::{has_private_addresses, times};
use crate::endpoint::EndpointName;
use crate::limits;
use crate::places::{ComparedPlaces, Place};
use crate::rules::phrase;
use crate::rules::{Confidence, Evidence, Finding, Remedy, Severity};
use crate::target::View;

declare_place_rule! {
    /// ## What it means
    /// The places got different private addresses. Where their captures are of different times, the endpoint's network
    /// interfaces were probably replaced between them, and the older capture says nothing of today. Where they are of
    /// one time, one place has addresses that are old, or not the cluster's.
    ///
    /// ## How it was decided
    /// Each capture has its time, the times are more than a minute apart (the records of a private endpoint live for
    /// 60 seconds), and the private addresses are not the same. It is medium where they have none in common, and low
    /// where they share some. Where the times are not so far apart, the addresses have none in common, each place looks
    /// right by itself, and no finding explains the difference, it is an error: a cluster has one set of private
    /// addresses at a time. It is a warning where a time is not known, or where both are from the private hosted zone.
    ///
    /// ## Why it matters
    /// Two captures of two states compare the times and not the places. Clients at the place with the wrong addresses
    /// connect to no cluster.
    ///
    /// ## What to do
    /// Capture the older place again, and compare. Of one time: at the place whose addresses are not from the private
    /// hosted zone, find what pins or keeps them.
    "different-generations" = {
        summary: "two captures have different private addresses of the endpoint",
        severity: Severity::Error,
        since: "0.1.0",
        references: [],
    }
}

/// The private addresses that a place was given on its path.
fn addresses(place: &Place) -> BTreeSet<IpAddr> {
    let path = place.path().into_iter();
    path.filter(|resolver| has_private_addresses(resolver))
        .flat_map(ips)
        .collect()
}

fn check(seen: &ComparedPlaces<'_>, before: &[Finding]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, a) in seen.places.iter().enumerate() {
        for b in &seen.places[index + 1..] {
            found.extend(of_pair(a, b, before));
        }
    }
    found
}

/// Two places that each look right by themselves, and have no private address in common.
fn at_one_time(a: (&Place, &BTreeSet<IpAddr>), b: (&Place, &BTreeSet<IpAddr>)) -> Option<Finding> {
    let ((one, of_one), (other, of_other)) = (a, b);
    // Another name may lead to several sites, and networks of their own that are expected are two ways to the endpoint.
    let is_an_endpoints = EndpointName::parse(&one.report.target.hostname).is_ok();
    let takes = |place: &Place, ips: &BTreeSet<IpAddr>| {
        let cidrs = &place.report.expected.cidrs;
        cidrs.is_empty() || ips.iter().any(|ip| cidrs.iter().any(|cidr| cidr.contains(ip)))
    };
    if !is_an_endpoints || !takes(one, of_other) || !takes(other, of_one) {
        return None;
    }
    let are_of_known_times = one.time().is_some() && other.time().is_some();
    // Where a place is broken by itself, that says more.
    let is_fine = |place: &Place| place.path().iter().all(|resolver| resolver.verdict.is_fine());
    // Only addresses of one family can be held against each other.
    let families = |ips: &BTreeSet<IpAddr>| ips.iter().map(IpAddr::is_ipv4).collect::<BTreeSet<bool>>();
    let are_comparable = families(of_one) == families(of_other);
    if !of_one.is_disjoint(of_other) || !are_comparable || !is_fine(one) || !is_fine(other) {
        return None;
    }
    let shown = |ips: &BTreeSet<IpAddr>| phrase::distinct(ips.iter().copied());
    let is_shown = |place: &Place| place.path().iter().any(|resolver| resolver.view == View::PrivateZone);
    let from_the_zone = match (is_shown(one), is_shown(other)) {
        (true, false) => format!(" {} takes them from the private hosted zone.", one.name),
        (false, true) => format!(" {} takes them from the private hosted zone.", other.name),
        _ => String::new(),
    };
    // Of times that are not known, or where both are from the zone, it may have changed between the two.
    let may_have_changed = !are_of_known_times || is_shown(one) && is_shown(other);
    let or_between = if may_have_changed {
        " The network interfaces may also have been replaced between the two: capture both again, and compare."
    } else {
        ""
    };
    let explanation = format!(
        "{} got {}, and {} got {}. A cluster has one set of private addresses at a time, so one of the two has old ones, or \
         somebody answers for this very name there.{from_the_zone}{or_between}",
        one.name,
        shown(of_one),
        other.name,
        shown(of_other),
    );
    let summary = format!(
        "{} and {} have no private address of the name in common",
        one.name, other.name
    );
    let (severity, confidence) = if may_have_changed {
        (Severity::Warning, Confidence::Low)
    } else {
        (Severity::Error, Confidence::High)
    };
    let mut finding = RULE.finding(severity, confidence, summary, explanation);
    finding.evidence = vec![
        Evidence::fact(format!("{}: {}", one.name, shown(of_one))),
        Evidence::fact(format!("{}: {}", other.name, shown(of_other))),
    ];
    finding.evidence.extend(times(&[one, other]));
    finding.remedies = vec![Remedy::advice(
        "At the place whose addresses are not from the private hosted zone, find the record or the cache that has them, and \
         remove it; AWS says which addresses the cluster has (--facts)",
    )];
    Some(finding)
}

fn of_pair(a: &Place, b: &Place, before_it: &[Finding]) -> Option<Finding> {
    let (older, newer) = if a.later_than(b).is_some() { (b, a) } else { (a, b) };
    let (before, after) = (addresses(older), addresses(newer));
    if before.is_empty() || after.is_empty() || before == after {
        return None;
    }
    // Without both times, or at one time, nothing says that one is the older.
    let apart = newer.later_than(older).filter(|apart| *apart > limits::PLACES_APART);
    if apart.is_none() {
        let is_explained = before_it.iter().any(|finding| finding.severity != Severity::Info);
        return at_one_time((older, &before), (newer, &after)).filter(|_| !is_explained);
    }
    let shown = |ips: &BTreeSet<IpAddr>| phrase::distinct(ips.iter().copied());
    let confidence = if before.is_disjoint(&after) {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let explanation = format!(
        "{} was captured at {} and got {}; {} at {} got {}. Both are private addresses, so the network interfaces \
         that the name points at have probably been replaced between the two, and the older capture says nothing of \
         today. Compare captures of one time.",
        older.name,
        older.taken_at()?,
        shown(&before),
        newer.name,
        newer.taken_at()?,
        shown(&after),
    );
    let summary = format!(
        "the private addresses changed between {} ({}) and {} ({})",
        older.name,
        older.taken_at()?,
        newer.name,
        newer.taken_at()?
    );
    let mut finding = RULE.finding(Severity::Warning, confidence, summary, explanation);
    finding.evidence = vec![
        Evidence::fact(format!("{}: {}", older.name, shown(&before))),
        Evidence::fact(format!("{}: {}", newer.name, shown(&after))),
    ];
    finding.evidence.extend(times(&[older, newer]));
    finding.remedies = vec![Remedy::advice(format!("Capture {} again, and compare", older.name))];
    Some(finding)
}

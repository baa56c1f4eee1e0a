//! Private addresses at two places that are not the same, captured at two times.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::same_resolver_answers_differently::ips;
use super::{has_private_addresses, times};
use crate::limits;
use crate::places::{ComparedPlaces, Place};
use crate::rules::phrase;
use crate::rules::{Confidence, Evidence, Finding, Remedy, Severity};

declare_place_rule! {
    /// ## What it means
    /// The places got different private addresses, and their captures are of different times: the endpoint's network
    /// interfaces were probably replaced between them, and the older capture says nothing of today.
    ///
    /// ## How it was decided
    /// Each capture has its time, the times are more than a minute apart (the records of a private endpoint live for
    /// 60 seconds), and the private addresses are not the same. It is medium where they have none in common, and low
    /// where they share some.
    ///
    /// ## Why it matters
    /// Two captures of two states compare the times and not the places.
    ///
    /// ## What to do
    /// Capture the older place again, and compare.
    "different-generations" = {
        summary: "the endpoint's private addresses changed between two captures",
        severity: Severity::Warning,
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

fn check(seen: &ComparedPlaces<'_>, _: &[Finding]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, a) in seen.places.iter().enumerate() {
        for b in &seen.places[index + 1..] {
            found.extend(of_pair(a, b));
        }
    }
    found
}

fn of_pair(a: &Place, b: &Place) -> Option<Finding> {
    let (older, newer) = if a.later_than(b).is_some() { (b, a) } else { (a, b) };
    // Without both times, or at one time, nothing says that one is the older.
    newer.later_than(older).filter(|apart| *apart > limits::PLACES_APART)?;
    let (before, after) = (addresses(older), addresses(newer));
    if before.is_empty() || after.is_empty() || before == after {
        return None;
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

//! One address, asked from two places, and not one answer.

use crate::limits;
use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{asked, has_private_addresses, is_known_there, is_silent, list, observed, said, times};
use crate::compare::Verdict;
use crate::places::{ComparedPlaces, Place, Row};
use crate::report::ResolverReport;
use crate::resolvers::Role;
use crate::rules::{Confidence, Finding, Remedy, Severity};
use crate::target::View;

declare_place_rule! {
    /// ## What it means
    /// One address was asked from two places and did not say the same to both: views, an access list, split horizon, or
    /// something on the way that answers in its stead.
    ///
    /// ## How it was decided
    /// The same address, port and transport, at two places: one with addresses and one without, two views, or two sets
    /// of addresses that have nothing in common. Loopback and link-local addresses are each host's own and are not
    /// compared. Captures of different times, or of an unknown time, make it less sure: the answer itself may have
    /// changed. Where each place at which it fails names a cause of its own, and is as sure of it, this is a warning.
    ///
    /// ## Why it matters
    /// Proving that the resolver works from one place proves nothing for the other: it depends on who asks.
    ///
    /// ## What to do
    /// Look at what the resolver decides by: views (`match-clients`), access lists (`allow-query`), policy zones, the
    /// client's network. Make sure that the packets of both places arrive there with the address that you think, and
    /// that nothing on the way answers DNS itself.
    "same-resolver-answers-differently" = {
        summary: "one resolver answers two places differently: views, an access list, split horizon",
        severity: Severity::Error,
        since: "0.1.0",
        references: [RFC_9499, BIND_VIEWS],
    }
}

pub(super) fn ips(resolver: &ResolverReport) -> BTreeSet<IpAddr> {
    resolver.addresses.iter().map(|address| address.ip).collect()
}

/// Whether two captures may be of different times as far as is known.
pub(super) fn may_be_apart(a: &Place, b: &Place) -> bool {
    match a.later_than(b).or_else(|| b.later_than(a)) {
        Some(apart) => apart > limits::PLACES_APART,
        None => true,
    }
}

fn differ(a: (&Place, &ResolverReport), b: (&Place, &ResolverReport)) -> bool {
    let ((a_place, a), (b_place, b)) = (a, b);
    let with_addresses = [a, b]
        .iter()
        .filter(|resolver| resolver.verdict.has_addresses())
        .count();
    match with_addresses {
        0 => a.verdict != b.verdict,
        1 => true,
        _ if a.view != b.view && a.view != View::Unknown && b.view != View::Unknown => true,
        _ => {
            let (ours, theirs) = (has_private_addresses(a), has_private_addresses(b));
            // Public addresses come in any order and choice; private ones may have been replaced since.
            ours != theirs || ours && ips(a) != ips(b) && !may_be_apart(a_place, b_place)
        }
    }
}

/// Places that the summary names.
const PLACES_SHOWN: usize = 3;

fn check(seen: &ComparedPlaces<'_>, _: &[Finding]) -> Vec<Finding> {
    let rows = seen.rows.iter().filter(|row| row.is_one_server());
    rows.filter_map(|row| of_row(seen, row)).collect()
}

fn of_row(seen: &ComparedPlaces<'_>, row: &Row) -> Option<Finding> {
    let mut heard = asked(seen, row);
    heard.retain(|(_, _, resolver)| !is_silent(resolver.verdict) && resolver.verdict != Verdict::Unstable);
    let first = heard.first().map(|(place, _, resolver)| (*place, *resolver))?;
    let says = |(place, _, resolver): &(&Place, _, &ResolverReport)| format!("{}: {}", place.name, said(resolver));
    // The first, the first that differs from it, and then in their order.
    let other = heard
        .iter()
        .position(|(place, _, resolver)| differ(first, (place, resolver)))?;
    let others = (1..heard.len()).filter(|index| *index != other);
    let shown = [0, other].into_iter().chain(others).take(PLACES_SHOWN);
    let mut says: Vec<String> = shown.map(|index| says(&heard[index])).collect();
    if heard.len() > PLACES_SHOWN {
        says.push(format!("and {} more places", heard.len() - PLACES_SHOWN));
    }
    let address = row.shown_address();
    let control = heard
        .iter()
        .all(|(_, _, resolver)| resolver.probed.resolver.role == Role::Public);
    let fails = heard
        .iter()
        .any(|(_, cell, resolver)| cell.in_scope && !resolver.verdict.is_fine());
    let places: Vec<&Place> = heard.iter().map(|(place, ..)| *place).collect();
    let mut apart = places.iter().skip(1).filter(|place| may_be_apart(places[0], place));
    let confidence = if apart.next().is_some() {
        Confidence::Low
    } else {
        Confidence::Medium
    };
    // A refusal is an access list's, and so of the difference. Any other cause leads where it was found.
    let mut failing = heard
        .iter()
        .filter(|(_, cell, resolver)| cell.in_scope && !resolver.verdict.is_fine());
    let is_explained = failing.all(|(place, _, resolver)| {
        resolver.verdict != Verdict::Refused && is_known_there(place, resolver, confidence)
    });
    let severity = match (control, fails && !is_explained) {
        (true, _) => Severity::Info,
        (false, true) => Severity::Error,
        (false, false) => Severity::Warning,
    };
    let refuses = heard
        .iter()
        .any(|(_, _, resolver)| resolver.verdict == Verdict::Refused);
    let why = if refuses {
        "REFUSED at one of them is what an access list gives."
    } else {
        "A server with views or split horizon chooses its zones by the client's address; a forwarder with rules by \
         client does the same."
    };
    let mut explanation = format!(
        "{address} was asked from {} places and does not tell them the same. {why} Two networks may also use the \
         same address for two servers.",
        places.len()
    );
    if confidence == Confidence::Low {
        explanation.push_str(" It is not known that they were asked at one time, so it may have changed between.");
    }
    let summary = format!("{address} answers differently by place: {}", says.join("; "));
    let mut finding = RULE.finding(severity, confidence, summary, explanation);
    finding.resolvers = vec![row.resolver.clone()];
    finding.evidence = heard
        .iter()
        .map(|(place, _, resolver)| observed(place, resolver))
        .collect();
    finding.evidence.extend(times(&places));
    let failing: Vec<&str> = heard
        .iter()
        .filter(|(_, _, resolver)| !resolver.verdict.is_fine())
        .map(|(place, ..)| place.name.as_str())
        .collect();
    let whom = if failing.is_empty() {
        "each place".to_owned()
    } else {
        list(&failing)
    };
    finding.remedies = vec![Remedy::advice(format!(
        "At {address}, look at which view, access list or forwarding rule the addresses of {whom} fall into"
    ))];
    Some(finding)
}

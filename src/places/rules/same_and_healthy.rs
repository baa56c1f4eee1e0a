//! Every place is healthy.

use super::unexplained_difference::told_of;
use super::{names, observed};
use crate::places::{ComparedPlaces, Place};
use crate::report::Conclusion;
use crate::rules::{Confidence, Finding, Severity};
use crate::target::View;

declare_place_rule! {
    /// ## What it means
    /// Each place is healthy: every resolver that decides there answers as is expected there.
    ///
    /// ## How it was decided
    /// Each place's own diagnosis ends healthy, and no finding over several places has anything to say against it. Of a
    /// place that is degraded, its own warning leads instead.
    ///
    /// ## Why it matters
    /// Where kubectl still fails at one of them, it is not the name: look at routes and port 443 (`--connect`), at a
    /// proxy, at what that program's own resolver library does.
    ///
    /// ## What to do
    /// Nothing here. It says so as well where the places take the name from two views: that is right with public and
    /// private access both on.
    "same-and-healthy" = {
        summary: "every place is healthy",
        severity: Severity::Info,
        since: "0.1.0",
        references: [],
    }
}

fn check(seen: &ComparedPlaces<'_>, before: &[Finding]) -> Vec<Finding> {
    let healthy = seen.places.iter().all(Place::is_healthy);
    if !healthy || !seen.unseen.is_empty() || before.iter().any(|finding| finding.severity != Severity::Info) {
        return Vec::new();
    }
    let places: Vec<&Place> = seen.places.iter().collect();
    // What a place warns of leads: that it answers is not all that is to be said.
    let warnings: Vec<Finding> = places
        .iter()
        .filter(|place| place.report.conclusion == Conclusion::Degraded)
        .filter_map(|place| Some(told_of(seen, place, place.report.headline()?)))
        .collect();
    if !warnings.is_empty() {
        return warnings;
    }
    let views: Vec<View> = places
        .iter()
        .flat_map(|place| place.path())
        .map(|resolver| resolver.view)
        .collect();
    let mixed = views.contains(&View::PrivateZone) && views.contains(&View::Public);
    let all = names(&places);
    let summary = if mixed {
        format!("{all} are healthy, and take the name from two views")
    } else {
        format!("{all} are healthy")
    };
    let explanation = format!("Every resolver that decides at {all} answers as is expected there.");
    let mut finding = RULE.finding(Severity::Info, Confidence::Certain, summary, explanation);
    finding.evidence = places
        .iter()
        .flat_map(|place| place.path().into_iter().map(move |resolver| (place, resolver)))
        .filter(|(_, resolver)| resolver.verdict.is_known())
        .map(|(place, resolver)| observed(place, resolver))
        .collect();
    vec![finding]
}

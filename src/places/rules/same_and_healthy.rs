//! Every place is healthy.

use super::{PlaceRule, names, observed};
use crate::places::{Place, Seen};
use crate::rules::{Confidence, Finding, Severity};
use crate::settings::View;

pub(super) static RULE: PlaceRule = PlaceRule {
    name: "same-and-healthy",
    summary: "every place is healthy",
    severity: Severity::Info,
    check,
};

fn check(seen: &Seen<'_>, before: &[Finding]) -> Vec<Finding> {
    let healthy = seen.places.iter().all(Place::is_healthy);
    if !healthy || before.iter().any(|finding| finding.severity != Severity::Info) {
        return Vec::new();
    }
    let places: Vec<&Place> = seen.places.iter().collect();
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
        .flat_map(|place| place.path().into_iter().map(|resolver| observed(place, resolver)))
        .collect();
    vec![finding]
}

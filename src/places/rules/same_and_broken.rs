//! Every place is broken, and by the same.

use super::{PlaceRule, names, own_remedies};
use crate::places::{Place, Seen};
use crate::report::Conclusion;
use crate::rules::{Evidence, Finding, Severity};

pub(super) static RULE: PlaceRule = PlaceRule {
    name: "same-and-broken",
    summary: "every place is broken, and by the same",
    severity: Severity::Error,
    check,
};

fn check(seen: &Seen<'_>, _: &[Finding]) -> Vec<Finding> {
    let broken = |place: &Place| place.report.conclusion == Conclusion::Broken;
    let headlines: Option<Vec<&Finding>> = seen
        .places
        .iter()
        .map(|place| place.report.headline().filter(|_| broken(place)))
        .collect();
    let Some(headlines) = headlines else {
        return Vec::new();
    };
    let first = headlines[0];
    if headlines.iter().any(|finding| finding.rule != first.rule) {
        return Vec::new();
    }
    let places: Vec<&Place> = seen.places.iter().collect();
    let places = names(&places);
    let summary = format!("{places} are broken alike: {}", first.summary);
    let explanation = format!(
        "{places} each have the finding {}, so what is wrong is not at one of them. {}",
        first.rule, first.explanation
    );
    let confidence = headlines.iter().map(|finding| finding.confidence).max();
    let confidence = confidence.unwrap_or(first.confidence);
    let mut finding = RULE.finding(Severity::Error, confidence, summary, explanation);
    finding.evidence = seen
        .places
        .iter()
        .zip(&headlines)
        .map(|(place, headline)| Evidence::fact(format!("{}: {}", place.name, headline.summary)))
        .collect();
    finding.remedies = own_remedies(&seen.places[0]);
    finding.references.clone_from(&first.references);
    vec![finding]
}

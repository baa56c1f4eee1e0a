//! A comparison for other programs: metrics, test cases, and the line of a monitoring plugin. Each place has what its
//! own report has in that format, under its name; beside it stands what the places show together.

use std::fmt;

use super::PlacesDocument;
use crate::render::exposition::{Exposition, Metric};
use crate::render::junit::{self, CaseOutcome, Suite, TestCase};
use crate::render::nagios::{self, Number, ServiceState};
use crate::render::{Style, openmetrics};
use crate::report::Conclusion;
use crate::settings::FailOn;

/// The metrics that only a comparison has.
pub const METRICS: &[&Metric] = &[&TOGETHER, &FINDINGS, &PLACE_SEEN];

static TOGETHER: Metric = Metric {
    name: "eks_dns_comparison_conclusion",
    help: "The outcome of all places together: 1 for the one that it is, 0 for the others.",
    labels: &["target", "eks_dns_comparison_conclusion"],
};
static FINDINGS: Metric = Metric {
    name: "eks_dns_comparison_findings",
    help: "How many findings of this name, severity and confidence the places show together.",
    labels: &["target", "rule", "severity", "confidence"],
};
static PLACE_SEEN: Metric = Metric {
    name: "eks_dns_place_seen",
    help: "Whether there is a capture of the place. Without it nothing is healthy.",
    labels: &["target", "vantage"],
};

/// The captures, each with the name of its place.
fn reports(comparison: &PlacesDocument) -> impl Iterator<Item = (&str, &crate::report::Report)> {
    let names = comparison.places.iter().map(|place| place.name.as_str());
    names.zip(&comparison.captures)
}

pub(super) fn openmetrics(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut exposition = Exposition::default();
    let target = comparison.target.shown();
    openmetrics::conclude(&mut exposition, &TOGETHER, &[&target], comparison.conclusion);
    openmetrics::findings(&mut exposition, &FINDINGS, &[&target], &comparison.findings);
    for place in &comparison.places {
        exposition.add(&PLACE_SEEN, &[&target, &place.name], 1.0);
    }
    for unseen in &comparison.unseen {
        exposition.add(&PLACE_SEEN, &[&target, &unseen.place], 0.0);
    }
    for (name, report) in reports(comparison) {
        openmetrics::add(&mut exposition, report, name);
    }
    exposition.write(style, out)
}

pub(super) fn junit(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = comparison.headline();
    // What fails a place has failed it there; together it is an error or nothing.
    let mut cases: Vec<TestCase> = comparison
        .findings
        .iter()
        .map(|finding| junit::of_finding(finding, FailOn::Error))
        .collect();
    cases.extend(comparison.unseen.iter().map(|unseen| TestCase {
        class: "place",
        name: unseen.place.clone(),
        seconds: None,
        outcome: CaseOutcome::Skipped(unseen.reason.clone()),
    }));
    let (code, interrupted) = (comparison.exit_code, comparison.interrupted);
    let mut suites = vec![Suite {
        name: format!("{}, all places", comparison.target.shown()),
        properties: junit::properties(&headline, code, interrupted, &comparison.tool.version),
        cases,
        said: junit::said(&headline, None, code, interrupted, &comparison.findings)?,
        ..Suite::default()
    }];
    for (name, report) in reports(comparison) {
        suites.push(junit::suite(report, name.to_owned())?);
    }
    junit::write(&suites, style, out)
}

pub(super) fn nagios(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let of = |wanted| {
        comparison
            .places
            .iter()
            .filter(|place| place.conclusion == wanted)
            .count()
    };
    let places = comparison.places.len() + comparison.unseen.len();
    let numbers = [
        Number::count("places", places, None),
        Number::count("failing", of(Conclusion::Broken), Some(places)),
        Number::count("not_known", of(Conclusion::Inconclusive), Some(places)),
        Number::count("not_seen", comparison.unseen.len(), Some(places)),
    ];
    let service = ServiceState::of(comparison.conclusion, comparison.exit_code);
    nagios::line(
        service,
        &comparison.headline(),
        comparison.interrupted,
        &numbers,
        style,
        out,
    )
}

//! A place is broken, and no other rule says what it has to do with the others.

use super::{list, names, own_remedies};
use crate::places::{Place, Seen};
use crate::report::Conclusion;
use crate::rules::{Confidence, Evidence, Finding, Severity, Stage, find};

declare_place_rule! {
    /// ## What it means
    /// A place is broken, and what is found there has nothing to do with the other places.
    ///
    /// ## How it was decided
    /// At least one place's own diagnosis ends broken and does not name a cause, and no other finding over several
    /// places says why. Where the place's own diagnosis names a cause, that finding leads instead, under its own name.
    ///
    /// ## Why it matters
    /// The other places are no comparison for it: its own report says more.
    ///
    /// ## What to do
    /// Read that place's own report, with `eks-dns-doctor replay FILE`.
    "unexplained-difference" = {
        summary: "a place is broken by something of its own",
        severity: Severity::Error,
        since: "0.1.0",
        references: [],
    }
}

fn check(seen: &Seen<'_>, before: &[Finding]) -> Vec<Finding> {
    let (broken, others): (Vec<&Place>, Vec<&Place>) = seen
        .places
        .iter()
        .partition(|place| place.report.conclusion == Conclusion::Broken);
    let explained = before.iter().any(|finding| finding.severity == Severity::Error);
    let Some(first) = broken.first().filter(|_| !explained) else {
        return Vec::new();
    };
    let known: Vec<Finding> = broken
        .iter()
        .filter_map(|place| of_its_own(seen, place, &others))
        .collect();
    if known.len() == broken.len() {
        return known;
    }
    let says: Vec<String> = broken
        .iter()
        .filter_map(|place| Some(format!("{}: {}", place.name, place.report.headline()?.summary)))
        .collect();
    let summary = if seen.places.len() == 1 {
        format!(
            "{} is broken, and no other place was seen: {}",
            first.name,
            first.report.headline().map_or("", |finding| &finding.summary)
        )
    } else if others.is_empty() {
        format!("each place is broken by something of its own: {}", says.join("; "))
    } else {
        format!(
            "{} broken, and {} not: {}",
            are(&broken),
            names(&others),
            says.join("; ")
        )
    };
    let rules: Vec<&str> = broken
        .iter()
        .filter_map(|place| Some(place.report.headline()?.rule.as_str()))
        .collect();
    let explanation = format!(
        "Nothing that the places have in common explains it. What is found at {} alone is {}; its own report says \
         more, and replay shows it.",
        names(&broken),
        list(&rules)
    );
    let mut finding = RULE.finding(Severity::Error, Confidence::Low, summary, explanation);
    finding.evidence = says.into_iter().map(Evidence::fact).collect();
    finding.remedies = own_remedies(first);
    vec![finding]
}

/// The finding of a place whose cause is known there, with what the other places show. Where the place's own diagnosis
/// says only that something differs, there is none.
fn of_its_own(seen: &Seen<'_>, place: &Place, others: &[&Place]) -> Option<Finding> {
    let cause = place.report.headline()?;
    if find(&cause.rule)?.stage != Stage::Evidence {
        return None;
    }
    let mut finding = cause.clone();
    finding.summary = format!("{}: {}", place.name, cause.summary);
    finding.caused_by = None;
    finding.resolvers = Vec::new();
    for evidence in &mut finding.evidence {
        evidence.resolver = evidence
            .resolver
            .take()
            .map(|resolver| format!("{}, {resolver}", place.name));
    }
    let mut contrast = Vec::new();
    if !others.is_empty() {
        let conclusion = |place: &&Place| format!("{} is {}", place.name, place.report.conclusion.as_str());
        let said: Vec<String> = others.iter().map(conclusion).collect();
        contrast.push(format!("{}.", said.join(", ")));
    }
    let unseen: Vec<&str> = seen.unseen.iter().map(|unseen| unseen.place.as_str()).collect();
    if !unseen.is_empty() {
        contrast.push(format!(
            "{} was not seen, so nothing is known of the path there.",
            list(&unseen)
        ));
    } else if seen.places.len() == 1 {
        contrast.push("No other place was seen.".to_owned());
    }
    for sentence in contrast {
        finding.explanation.push(' ');
        finding.explanation.push_str(&sentence);
        finding.evidence.push(Evidence::fact(sentence));
    }
    Some(finding)
}

fn are(places: &[&Place]) -> String {
    let verb = if places.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(places))
}

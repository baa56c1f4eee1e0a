//! A place is broken, and no other rule says what it has to do with the others.

use super::{list, names, own_remedies};
use crate::places::{Place, Seen};
use crate::report::Conclusion;
use crate::rules::{Confidence, Evidence, Finding, Severity};

declare_place_rule! {
    /// ## What it means
    /// A place is broken, and what is found there has nothing to do with the other places.
    ///
    /// ## How it was decided
    /// At least one place's own diagnosis ends broken, and no other finding over several places says why.
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

fn are(places: &[&Place]) -> String {
    let verb = if places.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names(places))
}

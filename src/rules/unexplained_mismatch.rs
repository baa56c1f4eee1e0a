//! Something differs, and no rule of the catalogue says why.

use super::phrase::{observed, observed_target};
use super::{Case, Finding, Fits, Remedy, Severity, Stage};

declare_rule! {
    /// ## What it means
    /// A resolver's answer is not what it should be, and none of the causes in the catalogue fits what was
    /// observed. That it differs is certain; why is not known.
    ///
    /// ## How it was decided
    /// The resolver is in scope, its verdict is neither `match`, `plausible` nor `answer`, and no other
    /// finding of severity error names it.
    ///
    /// ## Why it matters
    /// Clients that depend on this resolver do not get the endpoint's addresses from it.
    ///
    /// ## What to do
    /// Take everything that was observed to whoever runs the resolver. A capture (`--save`) holds all of it.
    "unexplained-mismatch" = {
        summary: "an answer differs from what is expected, and nothing in the catalogue explains it",
        severity: Severity::Error,
        since: "0.1.0",
        shows: [Unexplained],
        references: [RFC_9499],
        at: Deciding,
        requires: [
            [not ANSWER_IS_FINE],
        ],
        confidence: [Certain],
        stage: Stage::Unexplained,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let explained = |name: &str| {
        earlier.iter().any(|finding| {
            finding.severity == Severity::Error && finding.resolvers.iter().any(|resolver| resolver == name)
        })
    };
    fits.iter()
        .filter(|fit| !explained(fit.subject.name()))
        .map(|fit| {
            let subject = fit.subject;
            let mut evidence = observed_target(subject);
            evidence.extend(
                subject
                    .probed
                    .lookups
                    .iter()
                    .filter(|lookup| lookup.purpose != crate::observation::Purpose::Target)
                    .map(|lookup| observed(subject, lookup)),
            );
            RULE.finding_at_large(fit.confidence)
                .about(vec![subject.name().to_owned()])
                .summary(format!(
                    "{} does not give the expected answer ({}), and nothing known explains it",
                    subject.title(),
                    subject.verdict()
                ))
                .why(format!(
                    "What {} said is below, question by question. That it is not what should be there is certain; none \
                     of the causes that this tool knows fits all of it.",
                    subject.title()
                ))
                .seen(evidence)
                .fix(vec![Remedy::new(
                    "Keep the capture and take it to whoever runs this resolver",
                    [format!(
                        "eks-dns-doctor check {} --save capture.json …",
                        case.own_zone()
                    )],
                )])
        })
        .collect()
}

//! A fails, AAAA says NODATA: what a client prints is a coin toss.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject};

declare_rule! {
    /// ## What it means
    /// The A question fails (SERVFAIL, REFUSED, silence) and the AAAA question is answered: NODATA, which for
    /// an IPv4 cluster is right. The name exists; what clients print may say the opposite.
    ///
    /// ## How it was decided
    /// The two look-ups are kept apart, and came to just that.
    ///
    /// ## Why it matters
    /// Go asks A and AAAA at the same time and prints the error that arrives last: `no such host` for the
    /// NODATA, or `server misbehaving` or a time-out for the failure. The same fault reads differently from
    /// run to run. glibc always prints `No address associated with hostname`.
    ///
    /// ## What to do
    /// Treat it as the failure of the A question, whose cause is another finding.
    "a-fails-aaaa-nodata" = {
        summary: "A fails and AAAA is NODATA: clients may print \"no such host\" for a name that exists",
        severity: Severity::Info,
        since: "0.1.0",
        shows: [OneAnswer, OnlyAFails],
        references: [GO_DNS_CLIENT],
        at: Failing,
        requires: [
            [A_FAILS],
            [AAAA_IS_NODATA],
        ],
        confidence: [Certain],
        stage: Stage::Remainder,
    }
}

fn check(_: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let explained = |subject: &Subject<'_>| {
        earlier
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .find(|finding| finding.resolvers.iter().any(|name| name == subject.name()))
            .map(|finding| finding.rule.clone())
    };
    fits.grouped(|subject| Some(explained(subject)))
        .into_iter()
        .map(|(confidence, cause, subjects)| finding(confidence, cause, &subjects))
        .collect()
}

fn finding(confidence: Confidence, cause: Option<String>, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    RULE.finding(confidence, subjects)
        .caused_by(cause)
        .summary(format!(
            "{who} {} the A question and {} AAAA with NODATA: \"no such host\" there does not mean that the name is \
             unknown",
            phrase::plural(subjects.len(), "fails", "fail"),
            phrase::plural(subjects.len(), "answers", "answer"),
        ))
        .why(format!(
            "{who} {} that the name exists without an IPv6 address, and {} the question for its IPv4 addresses. Go \
             (kubectl) asks both at once and prints whichever error arrives last, so its message changes from run to \
             run; glibc prints \"No address associated with hostname\". The message cannot be used to tell causes \
             apart.",
            phrase::plural(subjects.len(), "says", "say"),
            phrase::plural(subjects.len(), "fails", "fail"),
        ))
        .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
        .fix(vec![Remedy::advice(
            "Nothing by itself: it goes away with the failure of the A question",
        )])
}

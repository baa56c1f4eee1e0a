//! A fails and AAAA is NODATA: which error a client prints changes from run to run.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject};

declare_rule! {
    /// ## What it means
    /// The A question fails (SERVFAIL, REFUSED, no reply) and the AAAA question is answered with NODATA, which is right
    /// for an IPv4 cluster. The name exists, but clients may print that it does not.
    ///
    /// ## How it was decided
    /// The A and the AAAA lookup are read separately: A failed each time, and AAAA returned NODATA.
    ///
    /// ## Why it matters
    /// Go asks A and AAAA at the same time and prints the error that arrives last: `no such host` for the NODATA, or
    /// `server misbehaving` or a timeout for the failure. So one fault prints different messages from run to run. glibc
    /// always prints `No address associated with hostname`.
    ///
    /// ## What to do
    /// Treat it as the failure of the A question, whose cause is another finding.
    "a-fails-aaaa-nodata" = {
        summary: "A fails and AAAA is NODATA: clients may print \"no such host\" for a name that exists",
        severity: Severity::Info,
        since: "0.1.0",
        about: AnyName,
        hint: "A fails, and AAAA is answered without an address",
        complaints: [Denial 290, Failure 130],
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
            "{who} {} the A question and {} NODATA for AAAA, so clients may print \"no such host\" for a name that \
             exists",
            phrase::plural(subjects.len(), "fails", "fail"),
            phrase::plural(subjects.len(), "returns", "return"),
        ))
        .why(format!(
            "{who} {} NODATA for AAAA, so the name exists there, and {} the A question. Go (kubectl) asks both at once \
             and prints the error that arrives last, so its message changes from run to run. glibc prints \"No address \
             associated with hostname\". The message does not name the cause.",
            phrase::plural(subjects.len(), "returns", "return"),
            phrase::plural(subjects.len(), "fails", "fail"),
        ))
        .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
        .fix(vec![Remedy::advice(
            "Nothing for this finding: it goes away when the A question is answered",
        )])
}

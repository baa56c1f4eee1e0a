//! Clients with musl race the name servers that disagree.

use super::phrase::{self, observed_target};
use super::shared::disagreement::{disagreement, says};
use super::{Case, Finding, Fits, Remedy, Severity, Stage};

declare_rule! {
    /// ## What it means
    /// This host's name servers disagree, and clients built with musl (Alpine Linux images, many static binaries) ask
    /// all of them at once and take the first answer, usually that of the nearest server.
    ///
    /// ## How it was decided
    /// The name servers disagree (`resolvers-disagree`). Which C library the clients here have is not known,
    /// so this is a warning.
    ///
    /// ## Why it matters
    /// The order of the servers has no effect for musl: it does not help that the right server is first.
    ///
    /// ## What to do
    /// Use name servers that all give the same answer.
    "musl-takes-first-answer" = {
        summary: "clients with musl ask all name servers at once, and those disagree",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "Alpine's musl asks all name servers at once, and takes the first answer",
        complaints: [Denial 280],
        shows: [FirstAnswer],
        references: [MUSL_DIFFERENCES],
        at: Run,
        requires: [[NAME_SERVERS_DISAGREE]],
        names: [[NAME_SERVER_OF_THIS_HOST]],
        confidence: [High],
        wants: [VpcView, PublicControl],
        stage: Stage::Remainder,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(found) = disagreement(case) else {
        return Vec::new();
    };
    let each: Vec<String> = found
        .answered
        .iter()
        .map(|subject| format!("{} {}", subject.title(), says(case, subject)))
        .collect();
    vec![
        RULE.finding(fits.confidence, &found.answered)
            .summary(format!(
                "clients with musl (Alpine) ask {} at once and take the first answer, which is right only by chance",
                phrase::titles(&found.answered)
            ))
            .why(format!(
                "musl sends each question to all name servers and takes what comes first, NXDOMAIN too. Here {}. So \
                 whether such clients resolve the name is chance, whatever the order in resolv.conf.",
                phrase::list(&each)
            ))
            .seen(found.answered.iter().flat_map(|subject| observed_target(subject)))
            .fix(vec![Remedy::advice(
                "Give containers and hosts with musl only name servers that answer alike",
            )]),
    ]
}

//! The resolver answers, and late.

use std::fmt::Write as _;

use super::phrase::{self, observed};
use super::shared::late::{SLOW_MS, late, retried};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::{AnswerKind, RecordType};
use crate::limits;
use crate::observation::Lookup;

declare_rule! {
    /// ## What it means
    /// Nothing is wrong with the resolver's answer, but it came after a second or more, or only when the question was
    /// asked again.
    ///
    /// ## How it was decided
    /// The time from the start of the question to the reply that counted was 1 s or more, or the first try was lost or
    /// failed and a later one was answered. A and AAAA both count: clients wait for both.
    ///
    /// ## Why it matters
    /// Go and glibc wait 5 s for a server before they ask the next one. Clients with a shorter deadline (`kubectl
    /// --request-timeout`) fail earlier, with a message that does not mention DNS.
    ///
    /// ## What to do
    /// Look for packet loss on the path, a resolver whose upstream does not answer at first, and the limit of 1024
    /// packets per second and network interface of the VPC resolver.
    "slow-resolver" = {
        summary: "the resolver answers, but late or only when asked again",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "the answer comes, late or at the second try",
        complaints: [Silence 40, Deadline 40],
        shows: [OneAnswer],
        references: [VPC_DNS_QUOTAS, MAN_RESOLV_CONF],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [ANSWERS_LATE],
        ],
        confidence: [Certain],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let slow: Vec<(&Subject<'_>, Vec<&Lookup>)> = subjects.iter().map(|subject| (*subject, late(subject))).collect();
    let who = phrase::titles(&subjects);
    let lookups = || slow.iter().flat_map(|(_, late)| late);
    let slowest = lookups().filter_map(|lookup| lookup.rtt_ms).fold(0.0, f64::max);
    let repeated = lookups().any(|lookup| retried(lookup));
    let only_repeated = slowest < SLOW_MS;
    let summary = if only_repeated {
        format!(
            "{who} {} only when asked again",
            phrase::plural(subjects.len(), "answers", "answer")
        )
    } else {
        format!(
            "{who} {} up to {} to answer",
            phrase::plural(subjects.len(), "takes", "take"),
            phrase::time(slowest)
        )
    };
    let lost = if repeated {
        " A first try was lost or failed, and a later one was answered. Packets are lost on the path, or a server that \
         the resolver asks fails at times."
    } else {
        ""
    };
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .summary(summary)
            .why(format!(
                "{who} {}, but late.{lost} Clients wait for both A and AAAA, and ask the next name server only after 5 s. Clients with a shorter deadline fail with a message that does not mention DNS.",
                phrase::plural(subjects.len(), "answers", "answer"),
            ))
            .seen(slow.iter().flat_map(|(subject, late)| {
                late.iter()
                    .take(limits::EVIDENCE_SHOWN)
                    .map(|lookup| observed_late(subject, lookup))
            }))
            .fix(remedies(case, &subjects)),
    ]
}

fn remedies(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Vec<Remedy> {
    let mut remedies = vec![
        Remedy::advice(
            "See whether the path loses packets, and whether the servers that the resolver forwards to all answer",
        ),
        // dig(1): one try instead of three, so that a lost packet shows.
        remedy::answer::ask_again(case, subjects, RecordType::A, "+tries=1"),
    ];
    if subjects.iter().any(|subject| subject.is_vpc_side()) {
        remedies.push(Remedy::advice(
            "See whether the sender is at the VPC resolver's limit of 1024 packets per second and network \
             interface; packets above the limit are dropped",
        ));
    }
    remedies
}

fn observed_late(subject: &Subject<'_>, lookup: &Lookup) -> Evidence {
    let mut evidence = observed(subject, lookup);
    if let Some(first) = lookup.attempts.first()
        && retried(lookup)
    {
        let came_to = match first.kind {
            AnswerKind::Timeout => "got no answer".to_owned(),
            kind => format!("came to {}", kind.as_str()),
        };
        let _ = write!(evidence.observed, "; the first try {came_to}");
    }
    evidence
}

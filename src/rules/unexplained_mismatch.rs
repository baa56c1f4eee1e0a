//! An answer is not the expected one, and no rule of the catalogue says why.

use super::phrase::{self, observed, observed_target};
use super::shared::transport;
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject};
use crate::dns::{AnswerKind, ExtendedError};

declare_rule! {
    /// ## What it means
    /// A resolver's answer is not the expected one, and none of the causes in the catalogue fits the observations. It
    /// is certain that the answer differs; the cause is not known.
    ///
    /// ## How it was decided
    /// The resolver is in scope, its verdict is neither `match`, `plausible` nor `answer`, and no other finding of
    /// severity error names it.
    ///
    /// ## Why it matters
    /// Clients that depend on this resolver do not get the endpoint's addresses from it.
    ///
    /// ## What to do
    /// Send all observations to the people who run the resolver. A capture (`--save`) contains them all.
    "unexplained-mismatch" = {
        summary: "an answer is not the expected one, and no rule of the catalogue says why",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is not one that AWS has for the cluster",
        complaints: [Connection 150],
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
                .summary(if is_marked_as_stale(subject) {
                    format!(
                        "{} does not return the expected answer: it answers from an expired cache entry, as it says itself",
                        subject.title()
                    )
                } else if is_silent_over_udp_alone(subject) {
                    format!(
                        "{} gives no answer for this name over UDP, and gives one over TCP: the cause is not known",
                        subject.title()
                    )
                } else {
                    format!(
                        "{} does not return the expected answer, and the cause is not known: {}",
                        subject.title(),
                        phrase::came_to(subject.verdict(), &subject.probed.lookups)
                    )
                })
                .why(format!(
                    "Below is what {} returned, question by question. It is certain that the answer is not the \
                     expected one. None of the causes that this tool knows fits all of it.{}",
                    subject.title(),
                    may_be_lost(subject).unwrap_or_default()
                ))
                .seen(evidence)
                .fix(vec![Remedy::new(
                    "Save a capture and send it to the people who run this resolver",
                    [format!(
                        "eks-dns-doctor check {} --save capture.json …",
                        case.own_zone()
                    )],
                )])
        })
        .collect()
}

/// It says itself that the answer is older than its TTL.
fn is_marked_as_stale(subject: &Subject<'_>) -> bool {
    subject.verdict().has_addresses()
        && subject
            .a()
            .is_some_and(|lookup| lookup.has_ede(ExtendedError::is_stale))
}

/// Its reply for the name comes over TCP, and not over UDP.
fn is_silent_over_udp_alone(subject: &Subject<'_>) -> bool {
    subject.a_kind().is_some_and(AnswerKind::is_silence) && transport::answer_over_tcp(subject).is_some()
}

/// What there is to say of silence for the name, where the resolver answers other questions.
fn may_be_lost(subject: &Subject<'_>) -> Option<String> {
    if !subject.a_kind().is_some_and(AnswerKind::is_silence) {
        return None;
    }
    if let Some(kind) = transport::answer_over_tcp(subject) {
        return Some(format!(
            " Over TCP {} answers the same question: {}. So the question or its reply was lost over UDP, or UDP is \
             dropped for this name: ask again.",
            subject.title(),
            phrase::verdict(kind.into())
        ));
    }
    let others = subject.for_others().answered;
    let answered = if others > 0 {
        let targets = phrase::plural(others, "other target", "other targets");
        format!("for {others} {targets} of this run by then")
    } else if subject.answers_without_edns() || subject.answers_others_with_edns() {
        "other questions of this run".to_owned()
    } else {
        return None;
    };
    Some(format!(
        " {} answered {answered}, so it can be reached. Packets may have been lost, or what it forwards this name to is \
         silent: ask again.",
        subject.title()
    ))
}

//! Questions with EDNS fail, and the same without it are answered.

use super::phrase::{self, observed_target};
use super::step::{self};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::{AnswerKind, RecordType};
use crate::facts::System;
use crate::observation::{Attempt, Lookup, Purpose};

declare_rule! {
    /// ## What it means
    /// The resolver, or a firewall or an inspection of DNS on the way to it, does not support EDNS (the OPT record in
    /// the questions of modern clients): it answers FORMERR, NOTIMP, BADVERS or SERVFAIL, or drops the question.
    /// Without EDNS the same question is answered.
    ///
    /// ## How it was decided
    /// Attempts with EDNS failed, and an attempt without EDNS, made at the same time, was answered. Where the attempts
    /// with EDNS got nothing at all and another question with EDNS was answered (of another type, for another name, for
    /// another target of the run), it is not this case: packets may have been lost.
    ///
    /// ## Why it matters
    /// Go (kubectl, helm, Terraform) always asks with EDNS, and does not retry without it. glibc and musl ask without.
    /// So curl reaches the cluster, and kubectl prints `server misbehaving` or `i/o timeout`. (A FORMERR that is only a
    /// header is ignored by Go: a time-out.) With `options edns0` in resolv.conf glibc asks with EDNS too, and curl
    /// fails as well: the file that systemd-resolved writes has that option. musl has no such option.
    ///
    /// ## What to do
    /// Let EDNS pass: update the resolver, or take its messages out of the firewall's DNS inspection. Until
    /// then, put a resolver between that asks without EDNS where it must, such as systemd-resolved.
    "edns-intolerant" = {
        summary: "questions with EDNS fail, and the same without it are answered",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "an answer only without EDNS (dig +noedns)",
        complaints: [Failure 60, Silence 90, Unreadable 30, Edns 10],
        shows: [OneAnswer],
        references: [RFC_6891, GO_DNS_CLIENT, DNS_FLAG_DAY],
        at: Failing,
        requires: [[ANSWERS_ONLY_WITHOUT_EDNS]],
        confidence: [Medium if [[ANSWERS_OTHERS_WITH_EDNS]], High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    // Where another question with EDNS was answered, it is not the resolver as such.
    fits.grouped(|_| Some(()))
        .into_iter()
        .map(|(confidence, (), subjects)| finding(case, confidence, &subjects))
        .collect()
}

/// The answered try without EDNS, with its lookup.
fn plain<'a>(subject: &Subject<'a>) -> Option<(&'a Lookup, &'a Attempt)> {
    subject.lookups(Purpose::Target).find_map(|lookup| {
        let attempt = lookup
            .attempts
            .iter()
            .find(|attempt| !attempt.edns && (attempt.kind == AnswerKind::Answer || attempt.kind.is_negative()))?;
        Some((lookup, attempt))
    })
}

/// What a try came to, in one word.
fn outcome(attempt: &Attempt) -> String {
    match (attempt.kind, attempt.rcode) {
        (AnswerKind::Answer, _) => phrase::addresses(&attempt.addresses),
        (AnswerKind::NoData, _) => "NODATA".to_owned(),
        (AnswerKind::Timeout, Some(rcode)) => format!("{rcode} in a bare header, which Go ignores"),
        (_, Some(rcode)) => rcode.to_string(),
        _ => "no answer".to_owned(),
    }
}

/// What the tries with EDNS came to, each once.
fn with_edns(subject: &Subject<'_>) -> Vec<String> {
    let tries = || {
        subject
            .a()
            .into_iter()
            .flat_map(|lookup| &lookup.attempts)
            .filter(|attempt| attempt.edns && Some(attempt.transport) == subject.probed.resolver.transport)
    };
    let heard = tries().any(step::was_heard);
    let mut outcomes: Vec<String> = Vec::new();
    for attempt in tries().filter(|attempt| !heard || step::was_heard(attempt)) {
        let outcome = outcome(attempt);
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }
    outcomes
}

fn finding(case: &Case<'_>, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let mut failures: Vec<String> = Vec::new();
    for failure in subjects.iter().flat_map(|subject| with_edns(subject)) {
        if !failures.contains(&failure) {
            failures.push(failure);
        }
    }
    let resolves_without = subjects
        .iter()
        .all(|subject| plain(subject).is_some_and(|(_, attempt)| attempt.kind == AnswerKind::Answer));
    let glibc_too = case.glibc_asks_with_edns();
    let (gives, failures) = (phrase::plural(several, "gives", "give"), phrase::list(&failures));
    let mut explanation = if glibc_too {
        format!(
            "Asked with EDNS, {who} {gives} {failures}. kubectl asks so, and so does curl here, since `options edns0` is \
             set. Without EDNS, as clients of musl ask, the same question is answered."
        )
    } else {
        format!(
            "Asked with EDNS, as kubectl and every other Go program asks, {who} {gives} {failures}. Without EDNS, as curl \
             and other clients of glibc and musl ask, the same question is answered."
        )
    };
    if confidence == Confidence::Medium {
        explanation.push_str(
            " Another question with EDNS was answered, so the failure is not of every question: it may be that of the \
             servers that this name is forwarded to.",
        );
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        if let Some((lookup, attempt)) = plain(subject) {
            evidence.push(Evidence::of(
                subject.name(),
                format!("{} without EDNS: {}", lookup.qtype, outcome(attempt)),
            ));
        }
    }
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {}, so kubectl {}",
            if confidence == Confidence::Medium {
                phrase::plural(
                    several,
                    "answers for the name without EDNS and fails with it",
                    "answer for the name without EDNS and fail with it",
                )
            } else {
                phrase::plural(
                    several,
                    "answers only questions without EDNS",
                    "answer only questions without EDNS",
                )
            },
            match (glibc_too, resolves_without) {
                (true, _) => "and curl fail there",
                (false, true) => "fails there where curl resolves",
                (false, false) => "fails there",
            },
        ))
        .why(explanation)
        .seen(evidence)
        .fix(vec![
            Remedy::advice(
                "Let EDNS pass: update the resolver, and take DNS inspection on the firewalls before it out of the \
                 path or let it pass OPT records and messages of 1232 octets",
            ),
            Remedy::new(
                "Compare: the first fails, the second does not",
                subjects.iter().flat_map(|subject| {
                    ["+bufsize=1232", "+noedns"]
                        .into_iter()
                        .filter_map(|options| remedy::path::dig(case, subject, RecordType::A, options))
                }),
            ),
            Remedy::advice(format!(
                "Until then, ask through a resolver of this host that does without EDNS where a server cannot take it{}",
                if remedy::here::system(case) == System::Linux {
                    ", such as systemd-resolved"
                } else {
                    ""
                }
            )),
        ])
}

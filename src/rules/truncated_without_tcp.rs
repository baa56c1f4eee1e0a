//! Replies are cut short, and TCP does not bring the rest.

use super::phrase::{self, observed, observed_target};
use super::shared::transport::over_tcp;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::RecordType;
use crate::observation::Reason;

declare_rule! {
    /// ## What it means
    /// The reply over UDP is marked as cut short (TC=1), which tells the client to ask again over TCP; and TCP
    /// port 53 is refused or silent.
    ///
    /// ## How it was decided
    /// The reply over UDP had TC=1, and the try over TCP that followed brought no reply.
    ///
    /// ## Why it matters
    /// kubectl prints `The connection to the server … was refused` where TCP is refused, which says nothing of
    /// DNS, and `i/o timeout` where it is silent. Clients of glibc hang for minutes then: glibc has no time-out
    /// of its own on TCP.
    ///
    /// ## What to do
    /// Open TCP 53 to the resolver, on every firewall, security group and network ACL on the way.
    "truncated-without-tcp" = {
        summary: "replies are cut short, and TCP does not bring the rest",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "truncated over UDP, and TCP port 53 is refused or silent",
        complaints: [Truncated 10, KubectlRefused 60],
        shows: [OneAnswer],
        references: [RFC_7766],
        at: Failing,
        requires: [[CUT_SHORT]],
        confidence: [Medium if [[ANSWERS_OVER_TCP_WITHOUT_THE_REST]], Certain],
        replaces: [NoTcp],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|_| Some(()))
        .into_iter()
        .map(|(confidence, (), subjects)| finding(case, confidence, &subjects))
        .collect()
}

/// Whether another protocol than DNS is spoken there over TCP.
fn speaks_another_protocol(subject: &Subject<'_>) -> bool {
    over_tcp(subject).is_some_and(|attempt| matches!(attempt.reason, Some(Reason::OtherProtocol { .. })))
}

fn finding(case: &Case<'_>, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let failures: Vec<String> = subjects
        .iter()
        .filter_map(|subject| Some((subject, over_tcp(subject)?)))
        .map(|(subject, attempt)| {
            let what = match (attempt.rcode, &attempt.reason) {
                (Some(rcode), _) => rcode.to_string(),
                (None, Some(reason)) => reason.to_string(),
                (None, None) => "no answer".to_owned(),
            };
            format!("{}: {what}", subject.name())
        })
        .collect();
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(subject.tcp().map(|lookup| observed(subject, lookup)));
    }
    let port = |subject: &Subject<'_>| subject.probed.resolver.address.map(|address| address.port());
    let tcp = subjects.iter().find_map(|subject| port(subject)).unwrap_or(53);
    let (summary, then, fix) = if confidence == Confidence::Certain {
        (
            format!(
                "{who} {} replies short (TC=1) and {} TCP, so clients never get the rest",
                phrase::plural(several, "cuts", "cut"),
                phrase::plural(several, "does not answer over", "do not answer over"),
            ),
            "Without TCP the answer is out of reach, however healthy the zone is.",
            format!(
                "Open TCP {tcp} to {who}: on the resolver itself and on every firewall, security group and network ACL \
                 on the way"
            ),
        )
    } else {
        let is_another = subjects.iter().any(|subject| speaks_another_protocol(subject));
        (
            format!(
                "{who} {} replies short (TC=1), and over TCP the question fails",
                phrase::plural(several, "cuts", "cut"),
            ),
            if is_another {
                "What listens on that port is no name server: a portal, a proxy, or another host's port."
            } else {
                "TCP is open, and fails there for a reason of its own: the resolver's log should have it."
            },
            if is_another {
                format!("Find out what listens on TCP {tcp} at {who}, and let the name server have that port")
            } else {
                format!("See in the log of {who} what becomes of the question over TCP, and ask it so again")
            },
        )
    };
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(format!(
            "The reply of {who} over UDP is marked as cut short. Clients then ask again over TCP. That fails ({}). \
             {then}",
            failures.join("; "),
        ))
        .seen(evidence)
        .fix(vec![
            Remedy::new(
                fix,
                subjects
                    .iter()
                    .filter_map(|subject| remedy::path::dig(case, subject, RecordType::A, "+tcp")),
            ),
            Remedy::advice(
                "An endpoint's answer is small: that it is cut short at all points to a size limit on the resolver or \
                 on the way, or to response rate limiting",
            ),
        ])
}

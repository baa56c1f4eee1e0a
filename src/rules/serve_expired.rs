//! The resolver answers from an expired cache entry.

use super::phrase::{self, observed, observed_target};
use super::signs::{GIVES_OTHER_PRIVATE_ADDRESSES, GIVES_SOME_EXPECTED, ITS_ADDRESSES_MAY_BE_OLD, SINKHOLED};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::observation::{Lookup, Purpose};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver itself says that its answer is stale: the answer is from a cache entry whose TTL has expired. The
    /// server that the resolver asks did not answer in time, or the resolver is configured to return stale data first.
    ///
    /// ## How it was decided
    /// The reply carries Extended DNS Error 3 (Stale Answer) or 19 (Stale NXDomain Answer). Stale data that is still
    /// right is information; stale data that is wrong is a warning beside the error about it. It is the error itself
    /// where private addresses are marked as stale and none of them is expected, while neither the VPC's networks nor a
    /// zone that is not AWS's show that they were never the cluster's.
    ///
    /// ## Why it matters
    /// The endpoint's addresses change with upgrades and scaling of the control plane, and its TTL is 60 seconds. A
    /// resolver that keeps old answers longer returns addresses of interfaces that are gone, or NXDOMAIN for a name
    /// that exists.
    ///
    /// ## What to do
    /// Find out why the resolver cannot refresh the name: the server that it forwards to, or its connection to the
    /// internet. Do not serve stale data for this zone.
    "serve-expired" = {
        summary: "the resolver answers from an expired cache entry",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the answer is older than its TTL (Extended DNS Error 3)",
        complaints: [Connection 90],
        references: [RFC_8767, RFC_8914_STALE],
        at: InScope,
        requires: [
            [MARKED_AS_STALE],
        ],
        confidence: [Medium],
        wants: [Vpc],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| {
        let aaaa_fails = subject.aaaa().is_some_and(fails);
        let severity = if is_the_fault(case, subject) {
            Severity::Error
        } else if subject.verdict().is_fine() && !aaaa_fails {
            Severity::Info
        } else {
            Severity::Warning
        };
        Some((severity, subject.verdict().is_fine() && aaaa_fails))
    })
    .into_iter()
    .map(|(confidence, (severity, aaaa_fails), subjects)| finding(case, confidence, severity, aaaa_fails, &subjects))
    .collect()
}

/// Whether that the addresses are stale is all that is known to be wrong with them.
fn is_the_fault(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    ITS_ADDRESSES_MAY_BE_OLD.is_at(case, subject)
        && GIVES_OTHER_PRIVATE_ADDRESSES.is_at(case, subject)
        && !GIVES_SOME_EXPECTED.is_at(case, subject)
        && !SINKHOLED.is_at(case, subject)
        && !subject.sibling_resolves()
}

/// No answer that a server gives on purpose.
fn fails(lookup: &Lookup) -> bool {
    lookup.kind != AnswerKind::Answer && !lookup.kind.is_negative()
}

fn stale<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Lookup> + use<'a> {
    subject
        .lookups(Purpose::Target)
        .filter(|lookup| lookup.has_ede(ExtendedError::is_stale))
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    severity: Severity,
    aaaa_fails: bool,
    subjects: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(subjects);
    let answers = phrase::plural(subjects.len(), "answers", "answer");
    // In networks that are expected an old address is, too.
    let is_right = subjects.iter().all(|subject| {
        subject.verdict() == Verdict::Match && subject.ips().iter().all(|ip| subject.comparison.expected.names(*ip))
    });
    let so_far = match severity {
        _ if aaaa_fails && is_right => {
            "The answer is still right. AAAA is not in the cache, and fails: the server that would answer does not. The name \
             fails as soon as the old answer is dropped, and clients that wait for AAAA take longer until then."
        }
        _ if aaaa_fails => {
            "Whether the answer is still right is not known. AAAA is not in the cache, and fails: the server that would \
             answer does not. The name fails as soon as the old answer is dropped, and clients that wait for AAAA take \
             longer until then."
        }
        Severity::Info if is_right => "The answer is still right, but the next change may make it wrong.",
        Severity::Info => {
            "Whether the answer is still right is not known: its addresses were not compared with those of the cluster."
        }
        Severity::Error => {
            "None of its addresses is expected: they are probably old ones of the cluster, or another cluster's. EKS changes the addresses on \
             upgrades and when it scales."
        }
        Severity::Warning => "The answer is wrong: the addresses may have changed since it was cached.",
    };
    RULE.finding(confidence, subjects)
        .severity(severity)
        .summary(if severity == Severity::Error {
            format!(
                "{who} {answers} from an expired cache entry, as the reply says, with addresses that are not expected ({})",
                phrase::distinct(
                    subjects
                        .iter()
                        .flat_map(|subject| case.unexpected_addresses(subject))
                        .map(|address| address.ip)
                )
            )
        } else {
            format!("{who} {answers} from an expired cache entry, and says so")
        })
        .why(format!(
            "{who} {answers} with stale data: the reply carries the Extended DNS Error for it. {so_far} A resolver \
             does that when the server that it asks does not answer in time. It may also be configured to return old \
             data first and refresh it later."
        ))
        .seen(subjects.iter().flat_map(|subject| match severity {
            Severity::Error => observed_target(subject),
            _ => stale(subject).map(|lookup| observed(subject, lookup)).collect(),
        }))
        .fix(
            [
                // Without the old answer there is none, unless the server behind it is back.
                if aaaa_fails || severity == Severity::Error {
                    vec![see_the_server()]
                } else {
                    Vec::new()
                },
                remedy::flush::name(case),
                // named.conf(5); unbound.conf(5).
                Remedy::in_software(
                    "If the resolver is configured to serve stale data, turn that off",
                    [
                        (
                            Software::Bind,
                            "# BIND (named.conf)\noptions {\n    stale-answer-enable no;\n};",
                        ),
                        (
                            Software::Unbound,
                            "# Unbound (unbound.conf)\nserver:\n    serve-expired: no",
                        ),
                    ],
                ),
                if aaaa_fails || severity == Severity::Error {
                    Vec::new()
                } else {
                    vec![see_the_server()]
                },
            ]
            .concat(),
        )
}

fn see_the_server() -> Remedy {
    Remedy::advice(
        "See in the resolver's log why it does not refresh the name, and whether it reaches the server that it forwards to",
    )
}

//! The answer is an address that leads nowhere.

use super::phrase::{self, observed_sibling, observed_target};
use super::{Case, Confidence, Evidence, Finding, Fits, Severity, Stage, Subject, remedy};
use crate::address::{AddressClass, is_umbrella_block_page};
use crate::dns::AnswerKind;

declare_rule! {
    /// ## What it means
    /// The resolver answers on purpose with an address that leads nowhere: `0.0.0.0`, `::`, loopback, or a block page
    /// of Cisco Umbrella's (146.112.0.0/16). Block lists and security services answer like that for what they block.
    ///
    /// ## How it was decided
    /// Among the addresses of the answer is one of those.
    ///
    /// ## Why it matters
    /// kubectl connects to the wrong place: with `0.0.0.0` it prints `The connection to the server … was
    /// refused`, which says nothing of DNS, and with a block page a TLS error.
    ///
    /// ## What to do
    /// Put the domain of endpoint names on the allow list of the service. Some services (Control D) answer
    /// `0.0.0.0` in the place of private addresses: there it is the rebinding option that needs the exception.
    "sinkhole-answer" = {
        summary: "the answer is an address that leads nowhere",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the address is 0.0.0.0, :: or a loopback one",
        complaints: [Blocked 30, Sinkhole 10, KubectlRefused 40, Connection 70],
        shows: [OneAnswer],
        references: [RFC_1122_ADDRESSES, CONTROL_D_REBIND],
        at: Failing,
        requires: [
            [LEGIBLE],
            [SINKHOLED],
        ],
        confidence: [High],
        wants: [VpcView, PublicControl, Controls],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|_| Some(()))
        .into_iter()
        .map(|(confidence, (), subjects)| finding(case, confidence, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let mut nowhere: Vec<_> = subjects
        .iter()
        .flat_map(|subject| &subject.comparison.addresses)
        .filter(|address| matches!(address.class, AddressClass::Sinkhole | AddressClass::Loopback))
        .map(|address| address.ip)
        .collect();
    nowhere.sort();
    nowhere.dedup();
    let umbrella = nowhere.iter().copied().any(is_umbrella_block_page);
    let wide = subjects.iter().all(|subject| {
        subject
            .sibling()
            .is_some_and(|lookup| lookup.kind == AnswerKind::Answer)
    });
    let mut explanation = format!(
        "{who} {} this name with {}, {}. Block lists and security services answer like that for what they \
         block; no client reaches the cluster there.",
        phrase::plural(several, "answers", "answer"),
        phrase::addresses(&nowhere),
        if umbrella {
            "where Cisco Umbrella has its block pages"
        } else {
            "where no other host can be reached"
        },
    );
    if wide {
        explanation.push_str(
            " A random sibling of the name, which does not exist, is answered as well. The whole domain is held, not \
             only this name.",
        );
    }
    if subjects.iter().any(|subject| case.private_addresses_elsewhere(subject)) {
        explanation.push_str(
            " The name's real addresses are private. A filter of private addresses that answers like this (Control D's \
             rebinding option does) would look the same.",
        );
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {} this name with {}, which is a block list's answer and not the cluster's",
            phrase::plural(several, "answers", "answer"),
            phrase::addresses(&nowhere),
        ))
        .why(explanation)
        .seen(evidence)
        .fix(remedy::filter::allow_list(case))
}

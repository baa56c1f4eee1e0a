//! The VPC's own resolver does not have EKS's private hosted zone.

use std::fmt::Write as _;

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::attributes::{changes_access, switched_off};
use super::view::{self, VpcSideFault};
use super::{Case, Evidence, Finding, Fits, Severity, Stage, Subject, decided, otherwise, own_record, remedy};
use crate::facts::VpcAttributes;

declare_rule! {
    /// ## What it means
    /// A resolver of the VPC answers from public DNS or with a negative answer, although the name is right and should
    /// have private addresses there. The private hosted zone that EKS keeps for the endpoint does not apply in the VPC
    /// that answers.
    ///
    /// ## How it was decided
    /// One of three cases fits, at the VPC resolver or at an inbound endpoint. It returns what public DNS has where
    /// private addresses are expected. Or it returns a negative answer with the SOA of a public zone, while AWS, the
    /// public control or another resolver of the VPC shows that the name exists. Or it returns a negative answer with
    /// the SOA of a private hosted zone of the name itself.
    ///
    /// ## Why it matters
    /// Clients in the VPC, and resolvers that forward to it, do not get the private addresses.
    ///
    /// ## What to do
    /// Check in this order: this is the cluster's VPC; private access is on, and no update is in progress; both DNS
    /// attributes of the VPC are on; no Resolver rule forwards the name elsewhere.
    "private-zone-not-effective" = {
        summary: "the VPC's own resolver does not have the endpoint's private addresses",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint:
            "the VPC's resolver does not have the private addresses: private access is off, or this is another VPC \
             than the cluster's",
        complaints: [Denial 140],
        shows: [OneAnswer, UnusedPrivateZone],
        references: [EKS_CLUSTER_ENDPOINT, ROUTE53_PRIVATE_ZONE_CONSIDERATIONS],
        at: Failing,
        requires: [
            [LEGIBLE],
            [ON_THE_VPCS_SIDE],
            [unless SIBLING_RESOLVES],
            [GIVES_THE_PUBLIC_VIEW, DENIED_BY_PUBLIC_AWS, DENIED_BY_PRIVATE_ZONE],
            [not INBOUND_ENDPOINT, not VPC_HAS_THE_NAME, DENIED_BY_PRIVATE_ZONE],
            [PRIVATE_IS_EXPECTED, PRIVATE_ADDRESSES_KNOWN, DENIED_BY_PRIVATE_ZONE],
            [
                PUBLIC_HAS_THE_NAME,
                VPC_HAS_THE_NAME,
                AWS_HAS_THE_ENDPOINT,
                GIVES_THE_PUBLIC_VIEW,
                DENIED_BY_PRIVATE_ZONE,
            ],
        ],
        confidence: [Medium],
        needs: [VpcView],
        wants: [Updates],
        wants_of: decided::FACTS,
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| view::vpc_side_fault(case, subject) == Some(VpcSideFault::NotEffective))
        .collect();
    if subjects.is_empty() {
        return Vec::new();
    }
    let who = phrase::titles(&subjects);
    let negative = subjects.iter().any(|subject| subject.verdict().is_negative());
    let right = case.vpc_view();
    let mut explanation = format!(
        "{who} {} in place of the private addresses of the cluster's network interfaces.",
        if negative {
            phrase::plural(subjects.len(), "returns a negative answer", "return negative answers")
        } else {
            phrase::plural(
                subjects.len(),
                "returns what public DNS has",
                "return what public DNS has",
            )
        }
    );
    let record = own_record::of_all(case, &subjects);
    if let Some(record) = &record {
        explanation.push_str(&record.in_words());
    } else if right.is_empty() {
        let _ = write!(
            explanation,
            " The private hosted zone that EKS keeps for the endpoint does not apply there. Possible causes: {}.",
            phrase::either(&causes(case, &subjects))
        );
    } else {
        let _ = write!(
            explanation,
            " {} {} them, so the private hosted zone exists, and {who} probably {} to another VPC. A DNS attribute that \
             is off, or a Resolver rule that forwards the name elsewhere, would have the same effect.",
            phrase::titles(&right),
            phrase::plural(right.len(), "returns", "return"),
            phrase::plural(subjects.len(), "belongs", "belong")
        );
    }
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat())
        .collect();
    evidence.extend(
        right
            .iter()
            .copied()
            .chain(case.public())
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    if view::aws_names_this_endpoint(case) {
        evidence.push(Evidence::fact("DescribeCluster has this endpoint's name"));
    }
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .summary(format!(
                "{who}: the VPC's resolver does not return the endpoint's private addresses"
            ))
            .why(explanation)
            .seen(evidence)
            .fix(record.map_or_else(
                || remedy::endpoint::let_the_private_zone_work(case),
                |record| record.fix(case),
            )),
    ]
}

/// What fits, in view of what AWS says.
fn causes(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Vec<&'static str> {
    let mut causes = vec!["another VPC than the cluster's"];
    let access = case.own_cluster().and_then(|cluster| cluster.endpoint_private_access);
    causes.push(match (changes_access(case).is_some(), access) {
        (true, _) => "an update of the endpoint access, which AWS shows",
        (false, Some(true)) => "private access that was turned on a moment ago",
        (false, _) => "private access that is off or being updated",
    });
    match case.vpc_attributes() {
        Some(VpcAttributes {
            dns_support: Some(true),
            dns_hostnames: Some(true),
        }) => {}
        Some(attributes) if !switched_off(*attributes).is_empty() => {
            causes.push("a DNS attribute of the VPC that is off, as AWS says");
        }
        _ => causes.push("a DNS attribute of the VPC that is off"),
    }
    let nothing_forwards = |subject: &&Subject<'_>| otherwise::nothing_forwards(case, subject) == Some(true);
    if !subjects.iter().all(nothing_forwards) {
        causes.push("a Resolver rule that forwards the name elsewhere");
    }
    causes
}

//! The VPC's own resolver does not have EKS's private zone.

use std::fmt::Write as _;

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::attributes::{changes_access, switched_off};
use super::view::{self, VpcSideFault};
use super::{Case, Confidence, Evidence, Finding, Fits, Severity, Stage, Subject, remedy};
use crate::facts::VpcAttributes;

declare_rule! {
    /// ## What it means
    /// A resolver on the VPC's side answers the endpoint's name from public DNS, or denies it, though the name is
    /// right and private addresses should be there: the private hosted zone that EKS keeps for the endpoint does
    /// not take effect in the VPC that answers.
    ///
    /// ## How it was decided
    /// The VPC resolver or an inbound endpoint gives the public view where private addresses are expected; or it
    /// denies the name with a public zone's SOA while AWS, the public control or another resolver of the VPC says
    /// that the name exists; or it denies it with the SOA of a private zone of the name itself.
    ///
    /// ## Why it matters
    /// Everything in the VPC, and everybody who forwards to it, misses the private endpoint.
    ///
    /// ## What to do
    /// In this order: is this the cluster's VPC; is private access on, and no update under way; are both DNS
    /// attributes of the VPC on; does a Resolver rule take the name elsewhere.
    "private-zone-not-effective" = {
        summary: "the VPC's own resolver does not have the endpoint's private addresses",
        severity: Severity::Error,
        since: "0.1.0",
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
        wants: [Cluster, Vpc, VpcAttributes, Updates],
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
        "{who} {} the name, where the private addresses of the cluster's network interfaces should be.",
        if negative {
            phrase::plural(subjects.len(), "denies", "deny")
        } else {
            phrase::plural(subjects.len(), "gives the public view of", "give the public view of")
        }
    );
    if right.is_empty() {
        let _ = write!(
            explanation,
            " The private hosted zone that EKS keeps for the endpoint does not take effect there: {}.",
            phrase::either(&causes(case))
        );
    } else {
        let _ = write!(
            explanation,
            " {} {} them, so the private zone is in place, and {who} probably {} to another VPC. A DNS attribute \
             of that VPC, or a Resolver rule that takes the name elsewhere, would look the same.",
            phrase::titles(&right),
            phrase::plural(right.len(), "has", "have"),
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
        RULE.finding(Confidence::Medium, &subjects)
            .summary(format!(
                "{who}: the VPC's resolver does not return the endpoint's private addresses"
            ))
            .why(explanation)
            .seen(evidence)
            .fix(remedy::endpoint::let_the_private_zone_work(case)),
    ]
}

/// What fits, in view of what AWS says.
fn causes(case: &Case<'_>) -> Vec<&'static str> {
    let mut causes = vec!["this is not the cluster's VPC"];
    let access = case.own_cluster().and_then(|cluster| cluster.endpoint_private_access);
    causes.push(match (changes_access(case).is_some(), access) {
        (true, _) => "the access to the endpoint is being changed, which AWS says is under way",
        (false, Some(true)) => "private access was switched on a moment ago",
        (false, _) => "private access is off or being changed",
    });
    match case.vpc_attributes() {
        Some(VpcAttributes {
            dns_support: Some(true),
            dns_hostnames: Some(true),
        }) => {}
        Some(attributes) if !switched_off(*attributes).is_empty() => {
            causes.push("a DNS attribute of the VPC is off, which AWS says it is");
        }
        _ => causes.push("a DNS attribute of the VPC is off"),
    }
    causes.push("a Resolver rule takes the name elsewhere");
    causes
}

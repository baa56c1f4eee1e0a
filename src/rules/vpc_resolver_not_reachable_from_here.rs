//! The VPC resolver is silent outside its VPC, as it should be.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Remedy, Severity, Stage, Subject};
use crate::facts::VantageKind;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The VPC resolver (`.2`) answers the instances of its own VPC. Asking it from outside, over a VPN, Direct
    /// Connect or peering, is not supported, and silence is the normal outcome.
    ///
    /// ## How it was decided
    /// The resolver answered nothing, and this place is not in the cluster's VPC. Where it is not known whether
    /// this place is in that VPC, it is the likely reason and no more.
    ///
    /// ## Why it matters
    /// Its silence from here says nothing about the VPC's DNS.
    ///
    /// ## What to do
    /// Ask an inbound endpoint instead, or ask `.2` from a host in the VPC. AWS Client VPN is the exception: its
    /// clients may use `.2` where the endpoint's routes and authorization rules let them.
    ///
    /// ## References
    /// - Amazon Route 53 Developer Guide, "Resolving DNS queries between VPCs and your network"
    /// - AWS Client VPN Administrator Guide, "Troubleshooting"
    "vpc-resolver-not-reachable-from-here" = {
        summary: "the VPC resolver is asked from outside its VPC, which is not supported",
        severity: Severity::Info,
        since: "0.1.0",
        needs: [VpcView],
        wants: [],
        explains: ["resolver-unreachable"],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let kind = case.vantage.kind;
    // A name server of this host's own that is `.2` says that we are in the VPC, or on its Client VPN.
    let silent: Vec<&Subject<'_>> = case
        .vpc_side()
        .filter(|subject| {
            subject.probed.resolver.role == Role::Vpc && !subject.probed.interrupted && !subject.heard_anything()
        })
        .collect();
    if silent.is_empty() || kind == VantageKind::ClusterVpc {
        return Vec::new();
    }
    let who = phrase::titles(&silent);
    let known = kind.is_outside_cluster_vpc();
    let explanation = format!(
        "{who} {}. {} A VPC's resolver serves the VPC itself; forwarding to it from another network is not \
         supported, and it is normal that nothing comes back. AWS Client VPN is the exception.",
        phrase::plural(silent.len(), "said nothing", "said nothing, each of them"),
        if known {
            "This place is outside the cluster's VPC."
        } else {
            "Whether this place is in the cluster's VPC is not known."
        }
    );
    let own = case.own_zone();
    vec![Finding {
        rule: RULE.name.to_owned(),
        severity: Severity::Info,
        confidence: if known { Confidence::Certain } else { Confidence::Medium },
        summary: format!("{who} is silent from here, as a VPC's resolver is outside its VPC"),
        explanation,
        caused_by: None,
        resolvers: phrase::names(&silent),
        evidence: silent.iter().flat_map(|subject| observed_target(subject)).collect(),
        remedies: vec![
            Remedy::new(
                "Ask an inbound endpoint in the cluster's VPC instead",
                [format!("eks-dns-doctor check {own} --inbound <inbound-endpoint-ip>")],
            ),
            Remedy::new(
                "Or ask the VPC resolver from a host in the VPC",
                silent
                    .iter()
                    .filter_map(|subject| subject.ip())
                    .map(|ip| format!("eks-dns-doctor check {own} --vpc-resolver {ip}")),
            ),
        ],
        references: vec![
            "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-DSN-queries-to-vpc.html"
                .to_owned(),
        ],
    }]
}

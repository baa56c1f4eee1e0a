//! Public addresses are what a resolver outside the VPC should give.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Evidence, Finding, Remedy, Severity, Stage, Subject};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::facts::VantageKind;
use crate::target::Scope;

declare_rule! {
    /// ## What it means
    /// The cluster's public endpoint is on, and this resolver, which is not the cluster VPC's, gives its public
    /// addresses. With public and private access both on, everybody outside the cluster's VPC gets the public
    /// addresses, over VPN and peering too.
    ///
    /// ## How it was decided
    /// AWS says that public access is on, or you said that public addresses are expected; the resolver's addresses
    /// are public, and they are the expected ones.
    ///
    /// ## Why it matters
    /// DNS is as it should be. A connection that still times out is stopped elsewhere: by the list of networks that
    /// the public endpoint accepts (`publicAccessCidrs`), or by an egress firewall.
    ///
    /// ## What to do
    /// Nothing. Where the traffic has to stay on private networks, forward the name to an inbound endpoint in the
    /// cluster's VPC.
    "public-answer-expected" = {
        summary: "outside the VPC the public endpoint's addresses are the right answer",
        severity: Severity::Info,
        since: "0.1.0",
        shows: [OneAnswer],
        references: [EKS_CLUSTER_ENDPOINT],
        needs: [],
        wants: [Cluster],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let by_aws = case
        .own_cluster()
        .is_some_and(|cluster| cluster.endpoint_public_access == Some(true));
    let asked = case.asked;
    let by_user = asked.expect_scope == Some(Scope::Public)
        || !asked.expect_addresses.is_empty()
            && asked
                .expect_addresses
                .iter()
                .all(|ip| AddressClass::of(*ip) == AddressClass::Public);
    if !(by_aws || by_user) || case.vantage.kind == VantageKind::ClusterVpc {
        return Vec::new();
    }
    let public: Vec<&Subject<'_>> = case
        .in_scope()
        .filter(|subject| {
            let addresses = subject.ips();
            subject.verdict() == Verdict::Match
                && !subject.is_vpc_side()
                && !subject.sibling_resolves()
                && !addresses.is_empty()
                && addresses.iter().all(|ip| AddressClass::of(*ip) == AddressClass::Public)
        })
        .collect();
    if public.is_empty() {
        return Vec::new();
    }
    let who = phrase::titles(&public);
    // In the cluster's VPC a resolver that gives them would be wrong, unless private access is off.
    let outside = by_user
        || case.vantage.kind.is_outside_cluster_vpc()
        || case
            .own_cluster()
            .is_some_and(|cluster| cluster.endpoint_private_access == Some(false));
    let unless = if outside {
        ""
    } else {
        " Whether this place is outside is not known; inside, the private ones would be right."
    };
    let mut evidence: Vec<Evidence> = public.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.push(Evidence::fact(if by_aws {
        "DescribeCluster: endpointPublicAccess is true"
    } else {
        "public addresses were asked for"
    }));
    vec![
        RULE.finding(if outside { Confidence::Certain } else { Confidence::High }, &public)
            .summary(format!(
                "{who} {} the public endpoint's addresses, as is right outside the VPC",
                phrase::plural(public.len(), "gives", "give")
            ))
            .why(format!(
                "{} {who} {} its addresses. Outside the cluster's VPC that is the right answer.{unless} Should a \
                 connection to them time out, it is not DNS: publicAccessCidrs of the cluster may not hold this \
                 network's address.",
                if by_aws {
                    "The cluster's public endpoint is on, and"
                } else {
                    "Public addresses are expected, and"
                },
                phrase::plural(public.len(), "gives", "give")
            ))
            .seen(evidence)
            .fix(vec![
                Remedy::new(
                    "Where connections time out: see which networks the public endpoint accepts",
                    [format!(
                        "aws eks describe-cluster --region {} --name {} --query \
                         cluster.resourcesVpcConfig.publicAccessCidrs",
                        case.region(),
                        case.cluster_name()
                    )],
                ),
                Remedy::advice(
                    "Where traffic has to stay private: forward the name to an inbound endpoint in the cluster's VPC",
                ),
            ]),
    ]
}

//! Public addresses are what a resolver outside the VPC should give.

use super::phrase::{self, observed_target};
use super::signs::AWS_HAS_THE_PUBLIC_ENDPOINT;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage};

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
        at: InScope,
        requires: [
            [AWS_HAS_THE_PUBLIC_ENDPOINT, PUBLIC_IS_ASKED_FOR],
            [not HOST_IS_IN_THE_VPC],
            [GIVES_THE_EXPECTED_PUBLIC_ADDRESSES],
            [not ON_THE_VPCS_SIDE],
            [unless SIBLING_RESOLVES],
        ],
        // In the cluster's VPC a resolver that gives them would be wrong, unless private access is off.
        confidence: [
            Certain if [[PUBLIC_IS_ASKED_FOR, HOST_IS_OUTSIDE_THE_VPC, PRIVATE_ACCESS_IS_OFF]],
            High,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let public = fits.subjects();
    let by_aws = AWS_HAS_THE_PUBLIC_ENDPOINT.seen(case, None) == Some(true);
    let confidence = fits.iter().map(|fit| fit.confidence).max().unwrap_or(Confidence::High);
    let who = phrase::titles(&public);
    let unless = if confidence == Confidence::Certain {
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
        RULE.finding(confidence, &public)
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

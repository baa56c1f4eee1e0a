//! A resolver outside the VPC returns public addresses, as it should.

use super::phrase::{self, observed_target};
use super::signs::{AWS_HAS_THE_PUBLIC_ENDPOINT, PUBLIC_IS_ASKED_FOR, Sign};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage};

declare_rule! {
    /// ## What it means
    /// Public access of the cluster's endpoint is on, and this resolver, which is not in the cluster's VPC, returns the
    /// public addresses. With public and private access both on, clients outside the cluster's VPC get the public
    /// addresses, over VPN and peering too.
    ///
    /// ## How it was decided
    /// AWS says that public access is on, or you said that public addresses are expected; the resolver's addresses are
    /// public, and they are the expected ones.
    ///
    /// ## Why it matters
    /// DNS is right. If a connection still times out, the cause is elsewhere: the list of networks that the public
    /// endpoint accepts (`publicAccessCidrs`), or an egress firewall.
    ///
    /// ## What to do
    /// Nothing. Where the traffic has to stay on private networks, forward the name to an inbound endpoint in the
    /// cluster's VPC.
    "public-answer-expected" = {
        summary: "outside the VPC the public endpoint's addresses are the right answer",
        severity: Severity::Info,
        since: "0.1.0",
        about: Endpoint,
        hint: "a public address outside the VPC is right where public access is on",
        complaints: [Connection 50],
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
    let confidence = fits.least_sure_at(&public);
    let who = phrase::titles(&public);
    let unless = if confidence == Confidence::Certain {
        ""
    } else {
        " It is not known whether this host is outside; inside the VPC the private addresses would be right."
    };
    let mut evidence: Vec<Evidence> = public.iter().flat_map(|subject| observed_target(subject)).collect();
    let reason: &Sign = if by_aws {
        &AWS_HAS_THE_PUBLIC_ENDPOINT
    } else {
        &PUBLIC_IS_ASKED_FOR
    };
    evidence.extend(reason.evidence(case));
    vec![
        RULE.finding(confidence, &public)
            .summary(format!(
                "{who} {} the public endpoint's addresses, which is right outside the VPC",
                phrase::plural(public.len(), "returns", "return")
            ))
            .why(format!(
                "{} {who} {} the public addresses. Outside the cluster's VPC that is the right answer.{unless} If a \
                 connection to them times out, DNS is not the cause: the cluster's publicAccessCidrs may not include \
                 this network's address.",
                if by_aws {
                    "Public access of the cluster's endpoint is on, and"
                } else {
                    "Public addresses are expected, and"
                },
                phrase::plural(public.len(), "returns", "return")
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
                )
                .to_the_vpc(),
            ]),
    ]
}

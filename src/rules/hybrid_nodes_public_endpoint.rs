//! A cluster with hybrid nodes has both endpoint accesses on, so that those nodes get public addresses.

use super::phrase;
use super::signs::HYBRID_NODES_ARE_GIVEN_PUBLIC;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage};
use crate::limits;

declare_rule! {
    /// ## What it means
    /// The cluster has hybrid nodes, which run outside AWS, and both public and private access of its endpoint are on.
    /// Outside the cluster's VPC the endpoint's name then has the public addresses, so the hybrid nodes use those, also
    /// where a VPN or Direct Connect leads to the VPC.
    ///
    /// ## How it was decided
    /// From AWS's configuration of the cluster (`remoteNetworkConfig`, `endpointPublicAccess`,
    /// `endpointPrivateAccess`). It is certain where a resolver in the nodes' networks, or this host's where this host
    /// is in one of them, gives public addresses. Where such a resolver gives the private ones, and none the public
    /// ones, there is no finding: the name is forwarded. Where none was asked, the nodes may have such a forward.
    ///
    /// ## Why it matters
    /// Nodes that may only use private networks cannot reach the API server. Nodes that may use the internet need their
    /// own addresses in `publicAccessCidrs`.
    ///
    /// ## What to do
    /// Choose one access for such a cluster: private only, with the name forwarded to an inbound endpoint, or public
    /// only. Or forward the name to an inbound endpoint, whose answer has the private addresses.
    "hybrid-nodes-public-endpoint" = {
        summary: "hybrid nodes get the public addresses, since both accesses are on",
        severity: Severity::Warning,
        since: "0.2.0",
        about: Endpoint,
        hint: "hybrid nodes get public addresses where both accesses are on",
        complaints: [Connection 55],
        references: [EKS_HYBRID_NODES, EKS_CLUSTER_ENDPOINT],
        at: Run,
        requires: [
            [HAS_HYBRID_NODES],
            [AWS_HAS_THE_PUBLIC_ENDPOINT],
            [AWS_HAS_THE_PRIVATE_ENDPOINT],
            [HYBRID_NODES_ARE_GIVEN_PUBLIC, not HYBRID_NODES_RESOLVER_WAS_ASKED],
        ],
        confidence: [
            Certain if [[HYBRID_NODES_ARE_GIVEN_PUBLIC], [unless HYBRID_NODES_ARE_GIVEN_PRIVATE]],
            High,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let networks = case
        .own_cluster()
        .map_or(&[][..], |cluster| cluster.remote_node_networks.as_slice());
    let shown: Vec<String> = networks
        .iter()
        .take(limits::NAMES_SHOWN)
        .map(ToString::to_string)
        .collect();
    let shown = phrase::list(&shown);
    let is_seen = HYBRID_NODES_ARE_GIVEN_PUBLIC.seen(case, None) == Some(true);
    vec![
        RULE.finding(fits.confidence, &[])
            .summary(format!(
                "hybrid nodes in {shown} get the public addresses of the endpoint"
            ))
            .why(format!(
                "The cluster has hybrid nodes in {shown}, and both public and private access of its endpoint are on. \
                 Outside the cluster's VPC the name then has the public addresses only.{}",
                if is_seen {
                    ""
                } else {
                    " Nothing was asked from those networks in this run: with a forward to the VPC the nodes get the \
                     private addresses."
                }
            ))
            .seen([Evidence::fact(format!(
                "DescribeCluster: remoteNodeNetworks {shown}, endpointPublicAccess and endpointPrivateAccess are true"
            ))])
            .fix([
                Remedy::new(
                    "Where the nodes have to use private networks: switch public access off",
                    [format!(
                        "aws eks update-cluster-config --region {} --name {} --resources-vpc-config \
                         endpointPublicAccess=false,endpointPrivateAccess=true",
                        case.region(),
                        case.cluster_name()
                    )],
                ),
                Remedy::advice(
                    "Or keep both, and forward the name from the nodes' network to an inbound endpoint in the VPC",
                )
                .to_the_vpc()
                .as_alternative(),
            ]),
    ]
}

//! VPC endpoints and VPC Lattice: what is asked after which other answer.
//!
//! ```text
//! DescribeVpcEndpoints of a VPC ──────────────┐
//! ListServiceNetworkVpcAssociations of a VPC ─ ListServiceNetworkResourceAssociations of each service network
//!                                              ─ GetResourceConfiguration of each resource
//! ```

use super::Clients;
use super::firewall::few;
use crate::facts::answers::Answers;
use crate::facts::{Call, ReadFailure};
use crate::limits;

/// The VPC endpoints that can have private DNS. A gateway endpoint has a route, and no name.
const TYPES: [(&str, &str); 5] = [
    ("Filter.1.Name", "vpc-endpoint-type"),
    ("Filter.1.Value.1", "Interface"),
    ("Filter.1.Value.2", "Resource"),
    ("Filter.1.Value.3", "ServiceNetwork"),
    ("Filter.2.Name", "vpc-id"),
];

impl Clients {
    /// What makes private hosted zones in these VPCs.
    pub(super) async fn zone_makers(&self, vpcs: &[String]) -> Answers {
        let (of_endpoints, of_vpcs) = (Call::DescribeVpcEndpoints, Call::ListServiceNetworkVpcAssociations);
        let (mut all, networks) = tokio::join!(
            self.each_with(
                of_endpoints,
                &TYPES,
                "Filter.2.Value.1",
                vpcs,
                Answers::vpc_endpoints_are_of
            ),
            self.each(of_vpcs, "vpcIdentifier", vpcs, Answers::service_networks_are_of),
        );
        all.join(networks);
        let endpoints = || all.vpc_endpoints.iter().flat_map(|vpc| &vpc.endpoints);
        let associations = all.lattice.vpcs.iter().flat_map(|vpc| &vpc.associations);
        let networks = associations
            .map(|one| one.service_network.as_ref().unwrap_or(&one.service_network_id))
            .chain(endpoints().filter_map(|one| one.service_network.as_ref()));
        let ids = few(networks.cloned(), limits::SERVICE_NETWORKS);
        let call = Call::ListServiceNetworkResourceAssociations;
        let of_networks = self.each(
            call,
            "serviceNetworkIdentifier",
            &ids,
            Answers::network_resources_are_of,
        );
        let resources = of_networks.await;
        // Where private DNS is off for the resource, no zone is made for it.
        let of_resources = resources
            .lattice
            .networks
            .iter()
            .flat_map(|network| &network.resources)
            .filter(|one| one.private_dns != Some(false))
            .map(|one| {
                one.resource_configuration
                    .as_ref()
                    .unwrap_or(&one.resource_configuration_id)
            });
        let of_endpoints = endpoints()
            .filter(|one| one.private_dns != Some(false))
            .filter_map(|one| one.resource_configuration.as_ref());
        let ids = few(
            of_resources.chain(of_endpoints).cloned(),
            limits::RESOURCE_CONFIGURATIONS,
        );
        all.join(resources);
        let (call, name) = (Call::GetResourceConfiguration, "resourceConfigurationIdentifier");
        all.join(self.each(call, name, &ids, |_, _| {}).await);
        all
    }

    /// Whether the Resolvers of these VPCs validate DNSSEC.
    pub(super) async fn dnssec_configs(&self, vpcs: &[String]) -> Answers {
        let call = Call::GetResolverDnssecConfig;
        let mut all = self.each(call, "ResourceId", vpcs, |_, _| {}).await;
        // A VPC may have no configuration of it (Route 53 Resolver API Reference, UpdateResolverDnssecConfig: "if there
        // is no existing DNSSEC validation configuration"). That is no read that failed.
        all.failed.retain(|failed| failed.kind != ReadFailure::NotFound);
        all
    }
}

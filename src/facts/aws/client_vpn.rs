//! AWS Client VPN: its endpoints, and of those that lead to a VPC that matters, routes and authorization rules.
//!
//! ```text
//! DescribeClientVpnEndpoints ─ of each: DescribeClientVpnRoutes, DescribeClientVpnAuthorizationRules,
//!                              DescribeSecurityGroups
//! ```

use std::collections::BTreeSet;

use super::Clients;
use super::firewall::few;
use crate::facts::answers::Answers;
use crate::facts::{Call, ClientVpnEndpoint, FailedRead};
use crate::limits;

impl Clients {
    /// The Client VPN endpoints of the account, of whatever VPC.
    pub(super) async fn client_vpn_endpoints(&self) -> Result<Answers, FailedRead> {
        self.ask(Call::DescribeClientVpnEndpoints, &[("MaxResults", "1000")])
            .await
    }

    /// Routes, authorization rules and security groups of the endpoints in the VPCs of clusters and of inbound
    /// endpoints, and of those without a VPC, which are attached to a transit gateway.
    pub(super) async fn client_vpn_paths(&self, known: &Answers) -> Answers {
        let of_clusters = known.clusters.iter().filter_map(|one| one.vpc_id.as_deref());
        let resolver_endpoints = known.resolver_endpoints.iter().flatten();
        let inbound = resolver_endpoints.filter(|one| one.is_inbound_of_any_kind());
        let vpcs: BTreeSet<&str> = of_clusters
            .chain(inbound.filter_map(|one| one.vpc_id.as_deref()))
            .collect();
        let endpoints = known.client_vpn.endpoints.iter().flatten();
        let mut meant: Vec<&ClientVpnEndpoint> = endpoints
            .filter(|one| one.vpc_id.as_deref().is_none_or(|vpc| vpcs.contains(vpc)))
            .collect();
        meant.sort_by(|one, other| one.id.cmp(&other.id));
        meant.truncate(limits::CLIENT_VPN_ENDPOINTS);
        let ids: Vec<String> = meant.iter().map(|one| one.id.clone()).collect();
        let is_read = |id: &String| known.security_groups.iter().flatten().any(|group| group.id == *id);
        let groups = meant.iter().flat_map(|one| one.security_group_ids.iter().cloned());
        let groups = few(groups.filter(|id| !is_read(id)), limits::LIST_IN_CAPTURE);
        let name = "ClientVpnEndpointId";
        let (groups, routes, rules) = tokio::join!(
            self.security_groups(&groups),
            self.each(
                Call::DescribeClientVpnRoutes,
                name,
                &ids,
                Answers::client_vpn_routes_are_of
            ),
            self.each(
                Call::DescribeClientVpnAuthorizationRules,
                name,
                &ids,
                Answers::client_vpn_rules_are_of
            ),
        );
        let mut all = routes;
        all.join(rules);
        all.join(groups);
        all
    }
}

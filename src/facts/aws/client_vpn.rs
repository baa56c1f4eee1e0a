//! AWS Client VPN: its endpoints, and of those that lead to a VPC that matters, routes and authorization rules.
//!
//! ```text
//! DescribeClientVpnEndpoints ─ DescribeClientVpnRoutes, DescribeClientVpnAuthorizationRules of each
//! ```

use std::collections::BTreeSet;

use super::Inner;
use crate::facts::answers::Answers;
use crate::facts::{Call, FailedRead};
use crate::limits;

impl Inner {
    /// The Client VPN endpoints of the account, of whatever VPC.
    pub(super) async fn client_vpn_endpoints(&self) -> Result<Answers, FailedRead> {
        self.ask(Call::DescribeClientVpnEndpoints, &[("MaxResults", "1000")])
            .await
    }

    /// Routes and authorization rules of the endpoints in the VPCs of clusters and of inbound endpoints, and of those
    /// without a VPC, which are attached to a transit gateway.
    pub(super) async fn client_vpn_paths(&self, known: &Answers) -> Answers {
        let of_clusters = known.clusters.iter().filter_map(|one| one.vpc_id.as_deref());
        let resolver_endpoints = known.resolver_endpoints.iter().flatten();
        let inbound = resolver_endpoints.filter(|one| one.direction.starts_with("INBOUND"));
        let vpcs: BTreeSet<&str> = of_clusters
            .chain(inbound.filter_map(|one| one.vpc_id.as_deref()))
            .collect();
        let endpoints = known.client_vpn.endpoints.iter().flatten();
        let mut ids: Vec<String> = endpoints
            .filter(|one| one.vpc_id.as_deref().is_none_or(|vpc| vpcs.contains(vpc)))
            .map(|one| one.id.clone())
            .collect();
        ids.sort();
        ids.truncate(limits::CLIENT_VPN_ENDPOINTS);
        let name = "ClientVpnEndpointId";
        let (routes, rules) = tokio::join!(
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
        all
    }
}

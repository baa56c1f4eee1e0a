//! Everything of all clusters of an account and a Region, each list once.

use std::collections::BTreeSet;
use std::future::Future;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::Clients;
use super::collect::Requested;
use crate::facts::answers::{Answers, AskedBy, DESCRIPTION};
use crate::facts::{Call, Instance};
use crate::limits;

impl Clients {
    /// All clusters, their interfaces, their VPCs, and what the account has in the Region.
    pub(super) async fn everything(&self, here: impl Future<Output = Option<Instance>>) -> Answers {
        let asked = Requested::default();
        let description = format!("{DESCRIPTION}*");
        let of_clusters = [
            ("MaxResults", "1000"),
            ("Filter.1.Name", "description"),
            ("Filter.1.Value.1", description.as_str()),
        ];
        let (of_account, interfaces, mut all) = tokio::join!(
            self.of_account(here, &asked),
            self.ask(Call::DescribeNetworkInterfaces, &of_clusters),
            self.clusters(),
        );
        all.source = AskedBy::Aws;
        all.join(of_account);
        all.keep(interfaces);
        let client_vpn = Box::pin(self.client_vpn_paths(&all)).await;
        all.join(client_vpn);
        let ids: BTreeSet<String> = all.clusters.iter().filter_map(|one| one.vpc_id.clone()).collect();
        let beyond = ids.len().saturating_sub(limits::VPCS_OF_FLEET);
        let ids: Vec<String> = ids.into_iter().take(limits::VPCS_OF_FLEET).collect();
        let mut under_way = stream::iter(&ids)
            .map(|id| self.vpc(id, &asked))
            .buffered(limits::AWS_CONCURRENCY / 2);
        while let Some(vpc) = under_way.next().await {
            all.join(vpc);
        }
        if beyond > 0 {
            all.partial.push(Call::DescribeVpcs);
        }
        if let Some(groups) = &mut all.security_groups {
            groups.sort_by(|a, b| a.id.cmp(&b.id));
        }
        all.hosted_zones.sort_by(|a, b| a.vpc_id.cmp(&b.vpc_id));
        all.failed.sort();
        all.failed.dedup();
        all
    }

    /// Every cluster that is listed, described.
    async fn clusters(&self) -> Answers {
        let mut all = Answers::default();
        all.keep(self.ask(Call::ListClusters, &[]).await);
        let names = all.cluster_names.clone().unwrap_or_default();
        let mut under_way = stream::iter(&names)
            .map(|name| self.cluster(name))
            .buffered(limits::AWS_CONCURRENCY);
        while let Some(described) = under_way.next().await {
            match described {
                Ok(cluster) => all.clusters.push(cluster),
                Err(failed) => all.failed.push(failed),
            }
        }
        all
    }
}

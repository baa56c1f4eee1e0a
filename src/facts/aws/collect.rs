//! Everything that is asked, in the order in which one answer depends on another.
//!
//! ```text
//! GetCallerIdentity
//! ListResolverEndpoints ─ their addresses, security groups, and of their VPCs: subnets, network ACLs, route tables, of
//!                         inbound ones also zones ─ prefix lists that groups and routes name
//! ListResolverRules
//! ListResolverRuleAssociations
//! DNS Firewall and Route 53 Profiles: in `firewall.rs`
//! VPC endpoints and VPC Lattice of the same VPCs: in `lattice.rs`
//! DescribeClientVpnEndpoints ─ with the VPCs of the two others: their routes and authorization rules
//! DescribeCluster (ListClusters) ─ updates, security group, interfaces, and of its VPC: itself ─ DHCP options,
//!                                  attributes, zones
//! the instance metadata ─ of this instance's VPC: attributes, zones
//! ```

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt as _;
use futures_util::stream;

use super::{Clients, failure};
use crate::dns::Name;
use crate::facts::answers::{Answers, AskedBy, DESCRIPTION, owners_of, prefix_lists_named};
use crate::facts::{Call, FailedRead, Instance};
use crate::limits;

/// What is not asked where the cluster's VPC is not known.
const OF_THE_VPC: [Call; 8] = [
    Call::DescribeVpcs,
    Call::DescribeVpcAttribute,
    Call::DescribeDhcpOptions,
    Call::ListHostedZonesByVpc,
    Call::GetFirewallConfig,
    Call::GetResolverDnssecConfig,
    Call::DescribeVpcEndpoints,
    Call::ListServiceNetworkVpcAssociations,
];

/// What somebody asked for already: several ways lead to each.
#[derive(Default)]
pub(super) struct Requested {
    groups: AskedOnce,
    /// VPCs, for what decides in their Resolvers.
    vpcs: AskedOnce,
    /// VPCs, for their attributes.
    attributes: AskedOnce,
}

/// Ids, each once.
#[derive(Default)]
struct AskedOnce(Mutex<BTreeSet<String>>);

impl AskedOnce {
    /// Those that nobody asked for yet; they are now.
    fn claim(&self, ids: impl IntoIterator<Item = String>, at_most: usize) -> Vec<String> {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = Vec::new();
        for id in ids {
            if claimed.len() < at_most && !id.is_empty() && claimed.insert(id.clone()) {
                fresh.push(id);
            }
        }
        fresh
    }
}

impl Clients {
    pub(super) async fn collect(
        &self,
        target: Option<&Name>,
        cluster: Option<&str>,
        here: impl Future<Output = Option<Instance>>,
    ) -> Answers {
        let asked = Requested::default();
        let (of_account, mut all) = tokio::join!(
            self.of_account(here, &asked),
            self.around_cluster(target, cluster, &asked),
        );
        all.source = AskedBy::Aws;
        all.join(of_account);
        let client_vpn = Box::pin(self.client_vpn_paths(&all)).await;
        all.join(client_vpn);
        // Those of the cluster's VPC first, where a capture does not hold them all.
        let vpc_id = all.clusters.first().and_then(|one| one.vpc_id.clone());
        if let Some(associations) = &mut all.rule_associations
            && associations.len() > limits::LIST_IN_CAPTURE
        {
            associations.sort_by_key(|one| Some(&one.vpc_id) != vpc_id.as_ref());
        }
        // The two ways to them end in either order.
        if let Some(groups) = &mut all.security_groups {
            groups.sort_by(|a, b| a.id.cmp(&b.id));
        }
        all.hosted_zones.sort_by(|a, b| a.vpc_id.cmp(&b.vpc_id));
        if let Some(absent) = &mut all.absent {
            absent.account = all.caller.as_ref().map(|caller| caller.account.clone());
        }
        all.failed.sort();
        all.failed.dedup();
        all
    }

    /// What the account has in the Region whichever cluster is meant, and what decides in this instance's own VPC.
    pub(super) async fn of_account(&self, here: impl Future<Output = Option<Instance>>, asked: &Requested) -> Answers {
        let (caller, endpoints, rules, associations, firewall, client_vpn, own) = tokio::join!(
            self.ask(Call::GetCallerIdentity, &[]),
            self.endpoints(asked),
            self.ask(Call::ListResolverRules, &[]),
            self.ask(Call::ListResolverRuleAssociations, &[]),
            self.firewall(),
            self.client_vpn_endpoints(),
            self.own_vpc(here, asked),
        );
        let mut all = Answers::default();
        for answers in [
            caller,
            Ok(endpoints),
            rules,
            associations,
            Ok(firewall),
            client_vpn,
            Ok(own),
        ] {
            all.keep(answers);
        }
        all
    }

    /// The Resolver endpoints, and what hangs on them.
    pub(super) async fn endpoints(&self, asked: &Requested) -> Answers {
        let mut answers = Answers::default();
        answers.keep(self.ask(Call::ListResolverEndpoints, &[]).await);
        let Some(endpoints) = &answers.resolver_endpoints else {
            let call = Call::ListResolverEndpointIpAddresses;
            answers
                .failed
                .push(failure::not_asked(call, "which endpoints there are"));
            return answers;
        };
        let inbound = || endpoints.iter().filter(|one| one.is_inbound_of_any_kind());
        // Those of outbound endpoints say what keeps a question from a rule's targets.
        let wanted = asked.groups.claim(
            endpoints.iter().flat_map(|one| one.security_group_ids.iter().cloned()),
            limits::LIST_IN_CAPTURE,
        );
        let hosts = asked.vpcs.claim(
            inbound().filter_map(|one| one.vpc_id.clone()),
            // Two places are the cluster's and this instance's.
            limits::ZONES_OF_VPCS - 2,
        );
        let all_hosts: BTreeSet<String> = inbound().filter_map(|one| one.vpc_id.clone()).collect();
        let all_hosts: Vec<String> = all_hosts.into_iter().take(limits::ZONES_OF_VPCS).collect();
        let attributes_of = asked.attributes.claim(all_hosts.iter().cloned(), usize::MAX);
        let mut networks_of = all_hosts;
        for vpc in endpoints.iter().filter_map(|one| one.vpc_id.as_ref()) {
            if networks_of.len() < limits::ZONES_OF_VPCS && !networks_of.contains(vpc) {
                networks_of.push(vpc.clone());
            }
        }
        let ids: Vec<String> = endpoints.iter().map(|one| one.id.clone()).collect();
        let (addresses, groups, of_hosts, attributes, network) = tokio::join!(
            self.endpoint_addresses(&ids),
            self.security_groups(&wanted),
            self.of_vpcs(&hosts),
            self.vpc_attributes(&attributes_of),
            self.network(&networks_of),
        );
        for more in [addresses, groups, of_hosts, attributes, network] {
            answers.join(more);
        }
        let lists = prefix_lists_named(answers.security_groups.as_deref(), answers.route_tables.as_deref());
        let lists: Vec<String> = lists.into_iter().take(limits::PREFIX_LISTS).collect();
        let call = Call::GetManagedPrefixListEntries;
        answers.join(self.each(call, "PrefixListId", &lists, Answers::prefixes_are_of).await);
        answers
    }

    /// Subnets, network ACLs and route tables of VPCs. Of whole VPCs: a subnet that no route table names has the main
    /// one.
    async fn network(&self, vpcs: &[String]) -> Answers {
        let mut all = Answers::default();
        if vpcs.is_empty() {
            return all;
        }
        let keys: Vec<String> = (1..=vpcs.len()).map(|at| format!("Filter.1.Value.{at}")).collect();
        let mut named = vec![("Filter.1.Name", "vpc-id"), ("MaxResults", "1000")];
        named.extend(keys.iter().map(String::as_str).zip(vpcs.iter().map(String::as_str)));
        // A page of route tables has 100 at most (EC2 API Reference, DescribeRouteTables).
        let mut few = named.clone();
        few[1].1 = "100";
        let (subnets, acls, tables) = tokio::join!(
            self.ask(Call::DescribeSubnets, &named),
            self.ask(Call::DescribeNetworkAcls, &named),
            self.ask(Call::DescribeRouteTables, &few),
        );
        for more in [subnets, acls, tables] {
            all.keep(more);
        }
        all
    }

    /// The addresses of endpoints, in their order.
    async fn endpoint_addresses(&self, ids: &[String]) -> Answers {
        let mut under_way = stream::iter(ids)
            .map(|id| async move {
                let asked = self
                    .ask(Call::ListResolverEndpointIpAddresses, &[("ResolverEndpointId", id)])
                    .await;
                (id, asked)
            })
            .buffered(limits::AWS_CONCURRENCY);
        let mut all = Answers::default();
        while let Some((id, asked)) = under_way.next().await {
            match asked {
                // Where there are more, those that were read are not the endpoint's addresses.
                Ok(answers) if answers.failed.is_empty() => {
                    let listed = answers.unassigned.into_iter().flatten().map(|one| one.address);
                    all.endpoint_addresses.push((id.clone(), listed.collect()));
                }
                Ok(answers) => all.failed.extend(answers.failed),
                Err(failed) => all.failed.push(failed),
            }
        }
        all
    }

    /// Security groups. By a filter, since an id that is gone would fail them all.
    pub(super) async fn security_groups(&self, ids: &[String]) -> Answers {
        let mut all = Answers::default();
        // A filter takes 200 values (EC2 API reference, "Filter").
        for ids in ids.chunks(200) {
            let keys: Vec<String> = (1..=ids.len()).map(|at| format!("Filter.1.Value.{at}")).collect();
            let mut named = vec![("Filter.1.Name", "group-id"), ("MaxResults", "1000")];
            named.extend(keys.iter().map(String::as_str).zip(ids.iter().map(String::as_str)));
            match self.ask(Call::DescribeSecurityGroups, &named).await {
                Ok(more) => all.join(more),
                Err(failed) => {
                    // Those that are missing would look absent.
                    all = Answers::default();
                    all.failed.push(failed);
                    break;
                }
            }
        }
        all
    }

    /// What decides in the Resolvers of VPCs of this Region, and is asked of each by its id.
    async fn of_vpcs(&self, vpcs: &[String]) -> Answers {
        let (mut all, configs, dnssec, makers) = tokio::join!(
            self.hosted_zones(vpcs),
            self.firewall_configs(vpcs),
            self.dnssec_configs(vpcs),
            self.zone_makers(vpcs),
        );
        for more in [configs, dnssec, makers] {
            all.join(more);
        }
        all
    }

    /// The private hosted zones of VPCs of this Region.
    async fn hosted_zones(&self, vpcs: &[String]) -> Answers {
        let mut all = Answers::default();
        for vpc in vpcs {
            let named = [("vpcid", vpc.as_str()), ("vpcregion", &self.region)];
            all.keep(self.ask(Call::ListHostedZonesByVpc, &named).await.map(|mut answers| {
                answers.zones_are_of(vpc);
                answers
            }));
        }
        all
    }

    /// The cluster, and what hangs on it and its VPC.
    async fn around_cluster(&self, target: Option<&Name>, name: Option<&str>, asked: &Requested) -> Answers {
        let mut answers = self.identify(target, name).await;
        let cluster = answers.clusters.first();
        // Where the cluster cannot be described, its name still leads to its interfaces.
        let name = match cluster {
            Some(cluster) => Some(cluster.name.clone()),
            None if answers.absent.is_some() => None,
            None => name.map(str::to_owned),
        };
        let vpc_id = cluster.and_then(|one| one.vpc_id.clone());
        let group = asked.groups.claim(
            cluster.and_then(|one| one.cluster_security_group_id.clone()),
            limits::LIST_IN_CAPTURE + 1,
        );
        let Some(name) = name else {
            for call in [Call::DescribeNetworkInterfaces].into_iter().chain(OF_THE_VPC) {
                answers.failed.push(failure::not_asked(call, "the cluster"));
            }
            return answers;
        };
        let (interfaces_and_vpc, updates, groups) = tokio::join!(
            self.interfaces_and_vpc(&name, vpc_id, asked),
            self.updates(&name),
            self.security_groups(&group),
        );
        for more in [interfaces_and_vpc, updates, groups] {
            answers.join(more);
        }
        answers
    }

    /// The newest updates. AWS does not say in which order it lists them, so where there are more than are
    /// described, those at both ends are.
    async fn updates(&self, cluster: &str) -> Answers {
        let mut all = Answers::default();
        all.keep(self.ask(Call::ListUpdates, &[("name", cluster)]).await);
        let ids = all.update_ids.clone().unwrap_or_default();
        let half = limits::UPDATES_DESCRIBED / 2;
        let last = ids.len().saturating_sub(half).max(half.min(ids.len()));
        let mut under_way = stream::iter(ids.iter().take(half).chain(&ids[last..]))
            .map(|id| async move {
                let named = [("name", cluster), ("updateId", id.as_str())];
                self.ask(Call::DescribeUpdate, &named).await
            })
            .buffered(limits::AWS_CONCURRENCY);
        while let Some(update) = under_way.next().await {
            all.keep(update);
        }
        // RFC 3339 in UTC sorts as text.
        if let Some(updates) = &mut all.updates {
            updates.sort_by(|a, b| b.created_at.cmp(&a.created_at).then(a.id.cmp(&b.id)));
        }
        all
    }

    async fn interfaces_and_vpc(&self, cluster: &str, vpc_id: Option<String>, asked: &Requested) -> Answers {
        let mut answers = Answers::default();
        // With the VPC known, it need not wait for the interfaces.
        if let Some(vpc_id) = vpc_id {
            let (interfaces, vpc) = tokio::join!(self.interfaces(cluster, Some(&vpc_id)), self.vpc(&vpc_id, asked));
            answers.keep(interfaces);
            answers.join(vpc);
            return answers;
        }
        answers.keep(self.interfaces(cluster, None).await);
        // Several VPCs: clusters of that name came and went, and which one's is meant is not known.
        let hosts: BTreeSet<&String> = answers
            .interfaces
            .iter()
            .flatten()
            .filter(|one| one.may_be_in_use())
            .filter_map(|one| one.vpc_id.as_ref())
            .collect();
        let only = hosts.first().filter(|_| hosts.len() == 1).map(|id| (*id).clone());
        if let Some(vpc_id) = only {
            answers.join(Box::pin(self.vpc(&vpc_id, asked)).await);
        } else {
            let not_asked = OF_THE_VPC.map(|call| failure::not_asked(call, "the cluster's VPC"));
            answers.failed.extend(not_asked);
        }
        answers
    }

    /// The cluster's interfaces, by their description: exactly, since `Amazon EKS x*` would be those of `x-2` too.
    async fn interfaces(&self, cluster: &str, vpc_id: Option<&str>) -> Result<Answers, FailedRead> {
        // `*`, `?` and `\` have a meaning in a filter (EC2 User Guide, "Filter resources"); no cluster has them in
        // its name (EKS API reference, CreateCluster).
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let call = Call::DescribeNetworkInterfaces;
        if !cluster.chars().all(plain) {
            return Err(failure::unparsable(call, "not asked: no cluster has this name"));
        }
        let description = format!("{DESCRIPTION}{cluster}");
        let mut named = vec![
            ("MaxResults", "1000"),
            ("Filter.1.Name", "description"),
            ("Filter.1.Value.1", description.as_str()),
        ];
        if let Some(vpc_id) = vpc_id {
            named.extend([("Filter.2.Name", "vpc-id"), ("Filter.2.Value.1", vpc_id)]);
        }
        self.ask(call, &named).await
    }

    /// What decides in the Resolver of this instance's VPC. One of another Region has its lists there, and they are not
    /// asked for.
    pub(super) async fn own_vpc(&self, here: impl Future<Output = Option<Instance>>, asked: &Requested) -> Answers {
        let instance = here.await;
        let of_this_region = instance.filter(|one| one.region.as_deref() == Some(&self.region));
        let Some(vpc_id) = of_this_region.and_then(|one| one.vpc_id) else {
            return Answers::default();
        };
        let fresh = asked.vpcs.claim([vpc_id.clone()], limits::ZONES_OF_VPCS);
        let attributes_of = asked.attributes.claim([vpc_id.clone()], usize::MAX);
        let (mut answers, attributes, owner) = tokio::join!(
            self.of_vpcs(&fresh),
            self.vpc_attributes(&attributes_of),
            self.owner(&vpc_id)
        );
        for more in [attributes, owner] {
            answers.join(more);
        }
        answers
    }

    /// Whose a VPC is. Where it is the cluster's too, it is described twice: neither read waits for the other.
    async fn owner(&self, vpc_id: &str) -> Answers {
        let mut answers = Answers::default();
        let named = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc_id)];
        answers.keep(self.ask(Call::DescribeVpcs, &named).await);
        answers.owners = owners_of(&answers.vpcs.take().unwrap_or_default());
        answers
    }

    /// What decides in the Resolver of a VPC that became known behind everything else.
    pub(super) async fn another_vpc(&self, vpc_id: &str) -> Answers {
        let vpcs = [vpc_id.to_owned()];
        let (mut answers, attributes, owner) =
            tokio::join!(self.of_vpcs(&vpcs), self.vpc_attributes(&vpcs), self.owner(vpc_id));
        for more in [attributes, owner] {
            answers.join(more);
        }
        answers
    }

    /// The VPC, its attributes, its DHCP options and what decides in its Resolver.
    pub(super) async fn vpc(&self, vpc_id: &str, asked: &Requested) -> Answers {
        let zones_of = asked.vpcs.claim([vpc_id.to_owned()], limits::ZONES_OF_VPCS);
        let attributes_of = asked.attributes.claim([vpc_id.to_owned()], usize::MAX);
        let (mut answers, attributes, of_vpc) = tokio::join!(
            self.vpc_and_dhcp_options(vpc_id),
            self.vpc_attributes(&attributes_of),
            self.of_vpcs(&zones_of),
        );
        for more in [attributes, of_vpc] {
            answers.join(more);
        }
        answers
    }

    /// The VPC and, where it has a set, its DHCP options.
    async fn vpc_and_dhcp_options(&self, vpc_id: &str) -> Answers {
        let mut answers = Answers::default();
        let named = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc_id)];
        answers.keep(self.ask(Call::DescribeVpcs, &named).await);
        let call = Call::DescribeDhcpOptions;
        let vpc = answers.vpcs.iter().flatten().find(|vpc| vpc.id == vpc_id);
        match vpc.and_then(|vpc| vpc.dhcp_options_id.clone()).as_deref() {
            // No set (EC2 API reference, AssociateDhcpOptions).
            Some("default") => {}
            Some(id) => {
                let named = [("Filter.1.Name", "dhcp-options-id"), ("Filter.1.Value.1", id)];
                answers.keep(self.ask(call, &named).await);
            }
            None => answers.failed.push(failure::not_asked(call, "which set the VPC has")),
        }
        answers
    }

    /// Both attributes of VPCs that decide on DNS in them.
    async fn vpc_attributes(&self, vpcs: &[String]) -> Answers {
        let attributes = ["enableDnsSupport", "enableDnsHostnames"];
        let mut under_way = stream::iter(vpcs)
            .flat_map(|vpc| stream::iter(attributes.map(|attribute| (vpc, attribute))))
            .map(|(vpc, attribute)| self.vpc_attribute(vpc, attribute))
            .buffered(limits::AWS_CONCURRENCY);
        let mut all = Answers::default();
        while let Some(said) = under_way.next().await {
            all.keep(said);
        }
        all
    }

    async fn vpc_attribute(&self, vpc_id: &str, attribute: &str) -> Result<Answers, FailedRead> {
        let call = Call::DescribeVpcAttribute;
        let answers = self.ask(call, &[("VpcId", vpc_id), ("Attribute", attribute)]).await?;
        let mut said = answers.vpc_attributes.iter().map(|(_, said)| match attribute {
            "enableDnsSupport" => said.dns_support,
            _ => said.dns_hostnames,
        });
        if said.any(|said| said.is_some()) {
            Ok(answers)
        } else {
            Err(failure::unparsable(call, &format!("the answer lacks {attribute}")))
        }
    }
}

//! Everything that is asked, in the order in which one answer depends on another.
//!
//! ```text
//! GetCallerIdentity
//! ListResolverEndpoints ─ their addresses, security groups, and the zones of their VPCs
//! ListResolverRules
//! ListResolverRuleAssociations
//! DescribeCluster (ListClusters) ─ updates, security group, interfaces, and of its VPC: itself ─ DHCP options,
//!                                  attributes, zones
//! ```

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use tokio::task::JoinSet;
use tokio::time::timeout_at;

use super::transport::Request;
use super::xml::{self, NotAnswer, Page};
use super::{Found, Inner, failure};
use crate::dns::Name;
use crate::facts::answers::{Answers, DESCRIPTION, Interface, Source};
use crate::facts::{
    AbsentCluster, Call, Caller, Cluster, ClusterUpdate, DhcpOptions, EndpointAddress, FailedRead, ReadFailure,
    ResolverEndpoint, SecurityGroup, Vpc, VpcAttributes, VpcZones,
};
use crate::limits;

/// A list, and what was not read of it.
type Listed<T> = (Vec<T>, Option<FailedRead>);

/// Security groups and VPCs that somebody asked for already: two ways lead to them.
#[derive(Default)]
struct Claimed(Mutex<BTreeSet<String>>);

impl Claimed {
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

/// What one of the ways brought.
#[derive(Default)]
struct Brought {
    answers: Answers,
    security_groups: Option<Vec<SecurityGroup>>,
}

impl Brought {
    /// Keeps what came, or why it did not.
    fn take<T>(&mut self, result: Result<T, FailedRead>) -> Option<T> {
        result.map_err(|failed| self.answers.failed.push(failed)).ok()
    }

    fn list<T>(&mut self, result: Result<Listed<T>, FailedRead>) -> Option<Vec<T>> {
        let (list, cut) = self.take(result)?;
        self.answers.failed.extend(cut);
        Some(list)
    }

    fn groups(&mut self, result: Result<Listed<SecurityGroup>, FailedRead>) {
        if let Some(groups) = self.list(result) {
            self.security_groups.get_or_insert_default().extend(groups);
        }
    }
}

/// A form of the Query APIs.
fn form(version: &str, call: Call, parameters: &[(&str, &str)]) -> Request {
    let (_, action) = call.action().split_once(':').unwrap_or_default();
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action).append_pair("Version", version);
    for (name, value) in parameters {
        form.append_pair(name, value);
    }
    Request::Form(form.finish())
}

impl Inner {
    /// A read, within the time of the run.
    async fn read<T>(&self, call: Call, read: impl Future<Output = Result<T, FailedRead>>) -> Result<T, FailedRead> {
        timeout_at(self.until, Box::pin(read))
            .await
            .unwrap_or_else(|_| Err(failure::timed_out(call)))
    }

    /// All pages of a list, at most [`limits::AWS_PAGES`].
    async fn pages<T>(
        &self,
        call: Call,
        mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>, FailedRead>,
    ) -> Result<Listed<T>, FailedRead> {
        let mut members = Vec::new();
        let mut token = None;
        for _ in 0..limits::AWS_PAGES {
            let next = self.read(call, page(token)).await?;
            members.extend(next.members);
            token = next.next;
            if token.is_none() {
                return Ok((members, None));
            }
        }
        Ok((members, Some(failure::cut(call))))
    }

    async fn ec2<T>(
        &self,
        call: Call,
        parameters: &[(&str, &str)],
        parse: impl Fn(&str) -> Result<T, NotAnswer>,
    ) -> Result<T, FailedRead> {
        let xml = self.ec2.ask(call, form("2016-11-15", call, parameters)).await?;
        parse(&xml).map_err(|error| failure::unparsable(call, &error.to_string()))
    }

    async fn ec2_pages<T>(
        &self,
        call: Call,
        parameters: &[(&str, &str)],
        parse: impl Fn(&str) -> Result<Page<T>, NotAnswer>,
    ) -> Result<Listed<T>, FailedRead> {
        self.pages(call, async |token: Option<String>| {
            let mut parameters = parameters.to_vec();
            if let Some(token) = &token {
                parameters.push(("NextToken", token));
            }
            self.ec2(call, &parameters, &parse).await
        })
        .await
    }

    async fn caller(&self) -> Result<Caller, FailedRead> {
        let call = Call::GetCallerIdentity;
        self.read(call, async {
            let xml = self.sts.ask(call, form("2011-06-15", call, &[])).await?;
            xml::caller(&xml).map_err(|error| failure::unparsable(call, &error.to_string()))
        })
        .await
    }

    pub(super) async fn cluster(&self, name: &str) -> Result<Cluster, FailedRead> {
        self.read(Call::DescribeCluster, self.sdk.describe_cluster(name)).await
    }

    async fn cluster_names(&self) -> Result<Listed<String>, FailedRead> {
        self.pages(Call::ListClusters, async |token| self.sdk.list_clusters(token).await)
            .await
    }

    /// The cluster of this name is not there; which are?
    pub(super) async fn absent(&self, name: &str) -> (AbsentCluster, Vec<FailedRead>) {
        let (names, caller) = tokio::join!(self.cluster_names(), self.caller());
        let mut failed = Vec::new();
        let mut absent = self.absent_of(name);
        match names {
            Ok((names, cut)) => {
                absent.present = Some(names);
                failed.extend(cut);
            }
            Err(error) => failed.push(error),
        }
        match caller {
            Ok(caller) => absent.account = Some(caller.account),
            Err(error) => failed.push(error),
        }
        (absent, failed)
    }

    fn absent_of(&self, name: &str) -> AbsentCluster {
        AbsentCluster {
            name: super::text(name.to_owned()),
            region: Some(self.region.clone()),
            account: None,
            present: None,
        }
    }

    /// Looks for the cluster with this endpoint, among all but one that was seen already.
    pub(super) async fn find(&self, target: &Name, seen: Option<&str>) -> Found {
        let mut found = Found::default();
        let names = match self.cluster_names().await {
            Ok((names, cut)) => {
                found.failed.extend(cut);
                names
            }
            Err(failed) => {
                found.failed.push(failed);
                return found;
            }
        };
        let mut candidates = names
            .iter()
            .filter(|name| seen != Some(name.as_str()))
            .take(limits::CLUSTERS_DESCRIBED);
        let mut under_way: JoinSet<Result<Cluster, FailedRead>> = JoinSet::new();
        let mut refused: Option<FailedRead> = None;
        loop {
            while under_way.len() < limits::AWS_CONCURRENCY
                && let Some(name) = candidates.next()
            {
                let (sdk, name, until) = (self.sdk.clone(), name.clone(), self.until);
                under_way.spawn(async move {
                    timeout_at(until, sdk.describe_cluster(&name))
                        .await
                        .unwrap_or_else(|_| Err(failure::timed_out(Call::DescribeCluster)))
                });
            }
            match under_way.join_next().await {
                None => break,
                Some(Ok(Ok(cluster))) if cluster.has_endpoint(target) => {
                    found.cluster = Some(cluster);
                    break;
                }
                Some(Ok(Err(failed))) => refused = refused.or(Some(failed)),
                Some(_) => {}
            }
        }
        if found.cluster.is_none() {
            let total = names.len();
            let looked_at = if total > limits::CLUSTERS_DESCRIBED {
                format!("the first {} of {total}", limits::CLUSTERS_DESCRIBED)
            } else {
                format!("the {total}")
            };
            found.failed.push(refused.unwrap_or_else(|| FailedRead {
                call: Call::ListClusters,
                kind: ReadFailure::NotFound,
                code: None,
                message: Some(format!(
                    "none of {looked_at} clusters in {} has this endpoint",
                    self.region
                )),
            }));
        }
        found.names = Some(names);
        found
    }

    pub(super) async fn collect(&self, target: Option<&Name>, cluster: Option<&str>) -> Answers {
        let groups = Claimed::default();
        let vpcs = Claimed::default();
        let (caller, endpoints, rules, associations, of_cluster) = tokio::join!(
            self.caller(),
            self.endpoints(&groups, &vpcs),
            self.pages(Call::ListResolverRules, async |token| self
                .sdk
                .resolver_rules(token)
                .await),
            self.pages(Call::ListResolverRuleAssociations, async |token| self
                .sdk
                .rule_associations(token)
                .await),
            self.around_cluster(target, cluster, &groups, &vpcs),
        );
        let mut all = of_cluster;
        all.answers.source = Source::Aws;
        all.answers.caller = all.take(caller);
        all.answers.resolver_rules = all.list(rules);
        all.answers.rule_associations = all.list(associations);
        // Those of the cluster's VPC first, where a capture does not hold them all.
        let vpc_id = all.answers.clusters.first().and_then(|one| one.vpc_id.clone());
        if let Some(associations) = &mut all.answers.rule_associations
            && associations.len() > limits::LIST_IN_CAPTURE
        {
            associations.sort_by_key(|one| Some(&one.vpc_id) != vpc_id.as_ref());
        }
        all.answers.resolver_endpoints = endpoints.answers.resolver_endpoints;
        all.answers.endpoint_addresses = endpoints.answers.endpoint_addresses;
        all.answers.hosted_zones.extend(endpoints.answers.hosted_zones);
        all.answers.failed.extend(endpoints.answers.failed);
        if let Some(more) = endpoints.security_groups {
            all.security_groups.get_or_insert_default().extend(more);
        }
        all.answers.security_groups = all.security_groups;
        // Which of two ways asked first is chance; the order is not.
        if let Some(groups) = &mut all.answers.security_groups {
            groups.sort_by(|a, b| a.id.cmp(&b.id));
        }
        all.answers.hosted_zones.sort_by(|a, b| a.vpc_id.cmp(&b.vpc_id));
        if let Some(absent) = &mut all.answers.absent {
            absent.account = all.answers.caller.as_ref().map(|caller| caller.account.clone());
        }
        all.answers.failed.sort();
        all.answers.failed.dedup();
        all.answers
    }

    /// The Resolver endpoints, and what hangs on them.
    async fn endpoints(&self, groups: &Claimed, vpcs: &Claimed) -> Brought {
        let mut brought = Brought::default();
        let listed = self
            .pages(Call::ListResolverEndpoints, async |token| {
                self.sdk.resolver_endpoints(token).await
            })
            .await;
        let Some(endpoints) = brought.list(listed) else {
            brought.answers.failed.push(failure::not_asked(
                Call::ListResolverEndpointIpAddresses,
                "which endpoints there are",
            ));
            return brought;
        };
        let inbound = |one: &&ResolverEndpoint| one.direction.starts_with("INBOUND");
        let wanted = groups.claim(
            endpoints
                .iter()
                .filter(inbound)
                .flat_map(|one| one.security_group_ids.iter().cloned()),
            limits::LIST_IN_CAPTURE,
        );
        let hosts = vpcs.claim(
            endpoints.iter().filter(inbound).filter_map(|one| one.vpc_id.clone()),
            // One place is the cluster's.
            limits::ZONES_OF_VPCS - 1,
        );
        let ids: Vec<String> = endpoints.iter().filter(inbound).map(|one| one.id.clone()).collect();
        let (addresses, groups, zones) = tokio::join!(
            self.endpoint_addresses(ids),
            self.security_groups(&wanted),
            self.hosted_zones(&hosts),
        );
        brought.answers.resolver_endpoints = Some(endpoints);
        for (id, result) in addresses {
            if let Some(addresses) = brought.take(result) {
                brought.answers.endpoint_addresses.push((id, addresses));
            }
        }
        if let Some(groups) = groups {
            brought.groups(groups);
        }
        brought.answers.hosted_zones = zones.into_iter().filter_map(|zones| brought.take(zones)).collect();
        brought
    }

    /// The addresses of endpoints, in their order.
    async fn endpoint_addresses(&self, ids: Vec<String>) -> Vec<(String, Result<Vec<EndpointAddress>, FailedRead>)> {
        let call = Call::ListResolverEndpointIpAddresses;
        let mut waiting = ids.into_iter().enumerate();
        let mut under_way = JoinSet::new();
        let mut all = Vec::new();
        loop {
            while under_way.len() < limits::AWS_CONCURRENCY
                && let Some((at, id)) = waiting.next()
            {
                let (sdk, until) = (self.sdk.clone(), self.until);
                under_way.spawn(async move {
                    let read = async {
                        let mut addresses = Vec::new();
                        let mut token = None;
                        // An endpoint has at most some ten addresses; they fit a page.
                        for _ in 0..limits::AWS_PAGES {
                            let page = sdk.endpoint_addresses(&id, token).await?;
                            addresses.extend(page.members);
                            token = page.next;
                            if token.is_none() {
                                return Ok(addresses);
                            }
                        }
                        Err(failure::cut(call))
                    };
                    let addresses = timeout_at(until, read)
                        .await
                        .unwrap_or_else(|_| Err(failure::timed_out(call)));
                    (at, id, addresses)
                });
            }
            match under_way.join_next().await {
                None => break,
                Some(Ok(one)) => all.push(one),
                Some(Err(_)) => {}
            }
        }
        all.sort_by_key(|(at, ..)| *at);
        all.into_iter().map(|(_, id, addresses)| (id, addresses)).collect()
    }

    /// Security groups; `None` where none is wanted. By a filter, since an id that is gone would fail them all.
    async fn security_groups(&self, ids: &[String]) -> Option<Result<Listed<SecurityGroup>, FailedRead>> {
        if ids.is_empty() {
            return None;
        }
        let mut groups = (Vec::new(), None);
        // A filter takes 200 values (EC2 API reference, "Filter").
        for ids in ids.chunks(200) {
            let names: Vec<String> = (1..=ids.len()).map(|at| format!("Filter.1.Value.{at}")).collect();
            let mut parameters = vec![("Filter.1.Name", "group-id"), ("MaxResults", "1000")];
            parameters.extend(names.iter().map(String::as_str).zip(ids.iter().map(String::as_str)));
            let call = Call::DescribeSecurityGroups;
            match self.ec2_pages(call, &parameters, xml::security_groups).await {
                Ok((more, cut)) => {
                    groups.0.extend(more);
                    groups.1 = groups.1.or(cut);
                }
                Err(failed) => return Some(Err(failed)),
            }
        }
        Some(Ok(groups))
    }

    /// The private hosted zones of VPCs of this Region.
    async fn hosted_zones(&self, vpcs: &[String]) -> Vec<Result<VpcZones, FailedRead>> {
        let call = Call::ListHostedZonesByVpc;
        let mut all = Vec::new();
        for vpc in vpcs {
            let listed = self
                .pages(call, async |token: Option<String>| {
                    let mut query = form_urlencoded::Serializer::new(String::new());
                    query
                        .append_pair("maxitems", "100")
                        .append_pair("vpcid", vpc)
                        .append_pair("vpcregion", &self.region);
                    if let Some(token) = &token {
                        query.append_pair("nexttoken", token);
                    }
                    let path = format!("/2013-04-01/hostedzonesbyvpc?{}", query.finish());
                    let xml = self.route53.ask(call, Request::Get(path)).await?;
                    xml::hosted_zones(&xml).map_err(|error| failure::unparsable(call, &error.to_string()))
                })
                .await;
            match listed {
                Ok((zones, cut)) => {
                    all.push(Ok(VpcZones {
                        vpc_id: vpc.clone(),
                        zones,
                    }));
                    all.extend(cut.map(Err));
                }
                Err(failed) => all.push(Err(failed)),
            }
        }
        all
    }

    /// The cluster, and what hangs on it and its VPC.
    async fn around_cluster(
        &self,
        target: Option<&Name>,
        name: Option<&str>,
        groups: &Claimed,
        vpcs: &Claimed,
    ) -> Brought {
        let mut brought = Brought::default();
        let cluster = self.identify(target, name, &mut brought).await;
        // Where the cluster cannot be described, its name still leads to its interfaces.
        let name = match &cluster {
            Some(cluster) => Some(cluster.name.clone()),
            None if brought.answers.absent.is_some() => None,
            None => name.map(str::to_owned),
        };
        let vpc_id = cluster.as_ref().and_then(|one| one.vpc_id.clone());
        let group = groups.claim(
            cluster.as_ref().and_then(|one| one.cluster_security_group_id.clone()),
            limits::LIST_IN_CAPTURE + 1,
        );
        brought.answers.clusters.extend(cluster);
        let Some(name) = name else {
            for call in [
                Call::DescribeNetworkInterfaces,
                Call::DescribeVpcs,
                Call::DescribeVpcAttribute,
                Call::DescribeDhcpOptions,
                Call::ListHostedZonesByVpc,
            ] {
                let failed = failure::not_asked(call, "the cluster");
                brought.answers.failed.push(failed);
            }
            return brought;
        };
        let (interfaces_and_vpc, updates, groups) = tokio::join!(
            self.interfaces_and_vpc(&name, vpc_id.as_deref(), vpcs),
            self.updates(&name),
            self.security_groups(&group),
        );
        let (updates, failed) = updates;
        brought.answers.updates = updates;
        brought.answers.failed.extend(failed);
        if let Some(groups) = groups {
            brought.groups(groups);
        }
        let more = interfaces_and_vpc.answers;
        brought.answers.interfaces = more.interfaces;
        brought.answers.vpcs = more.vpcs;
        brought.answers.vpc_attributes = more.vpc_attributes;
        brought.answers.dhcp_options = more.dhcp_options;
        brought.answers.hosted_zones.extend(more.hosted_zones);
        brought.answers.failed.extend(more.failed);
        brought
    }

    /// Which cluster is meant: the one that is named, and where it is not the target's, the one that is.
    async fn identify(&self, target: Option<&Name>, name: Option<&str>, brought: &mut Brought) -> Option<Cluster> {
        let known = target.and_then(|target| self.recall(|one| one.has_endpoint(target)));
        let named = match (known, name) {
            (Some(known), _) => Some(known),
            (None, None) => None,
            (None, Some(name)) => {
                let described = match self.recall(|one| one.name == name) {
                    Some(known) => Ok(known),
                    None => self.cluster(name).await,
                };
                match described {
                    Ok(cluster) => Some(cluster),
                    Err(failed) if failed.kind == ReadFailure::NotFound => {
                        brought.answers.absent = Some(self.absent_of(name));
                        None
                    }
                    Err(failed) => {
                        // Every other one would be refused just so.
                        brought.answers.failed.push(failed);
                        return None;
                    }
                }
            }
        };
        let is_target = |one: &Cluster| target.is_none_or(|target| one.has_endpoint(target));
        if let Some(named) = &named
            && (is_target(named) || named.endpoint.is_none())
        {
            return Some(named.clone());
        }
        let Some(target) = target else {
            // Nothing leads to a cluster but its name, and there is none of that name.
            let present = self.cluster_names().await;
            brought.answers.cluster_names = brought.list(present);
            if let Some(absent) = &mut brought.answers.absent {
                absent.present.clone_from(&brought.answers.cluster_names);
            }
            return None;
        };
        let seen = named.as_ref().map(|one| one.name.as_str());
        let found = self.find(target, seen).await;
        brought.answers.cluster_names = found.names;
        if let Some(absent) = &mut brought.answers.absent {
            absent.present.clone_from(&brought.answers.cluster_names);
        }
        // A name that is given says enough: that no cluster has the target is no failed read beside it.
        let said = named.is_some() || brought.answers.absent.is_some();
        brought.answers.failed.extend(
            found
                .failed
                .into_iter()
                .filter(|failed| !said || failed.kind != ReadFailure::NotFound),
        );
        found.cluster.or(named)
    }

    /// The newest updates. AWS does not say in which order it lists them, so where there are more than are
    /// described, those at both ends are.
    async fn updates(&self, cluster: &str) -> (Option<Vec<ClusterUpdate>>, Vec<FailedRead>) {
        let mut failed = Vec::new();
        let listed = self
            .pages(Call::ListUpdates, async |token| {
                self.sdk.list_updates(cluster, token).await
            })
            .await;
        let ids = match listed {
            Ok((ids, cut)) => {
                failed.extend(cut);
                ids
            }
            Err(error) => return (None, vec![error]),
        };
        let half = limits::UPDATES_DESCRIBED / 2;
        let last = ids.len().saturating_sub(half).max(half.min(ids.len()));
        let wanted = ids.iter().take(half).chain(&ids[last..]);
        let mut under_way = JoinSet::new();
        for id in wanted {
            let (sdk, until) = (self.sdk.clone(), self.until);
            let (cluster, id) = (cluster.to_owned(), id.clone());
            under_way.spawn(async move {
                timeout_at(until, sdk.describe_update(&cluster, &id))
                    .await
                    .unwrap_or_else(|_| Err(failure::timed_out(Call::DescribeUpdate)))
            });
        }
        let mut updates = Vec::new();
        while let Some(update) = under_way.join_next().await {
            match update {
                Ok(Ok(update)) => updates.push(update),
                Ok(Err(error)) => failed.push(error),
                Err(_) => {}
            }
        }
        // RFC 3339 in UTC sorts as text.
        updates.sort_by(|a, b| b.created_at.cmp(&a.created_at).then(a.id.cmp(&b.id)));
        // One that could not be described leaves the others; what it would have said is a failed read.
        let is_known = failed.is_empty() || !updates.is_empty();
        (is_known.then_some(updates), failed)
    }

    async fn interfaces_and_vpc(&self, cluster: &str, vpc_id: Option<&str>, vpcs: &Claimed) -> Brought {
        let mut brought = Brought::default();
        // With the VPC known, it need not wait for the interfaces.
        if let Some(vpc_id) = vpc_id {
            let (interfaces, vpc) = tokio::join!(self.interfaces(cluster, Some(vpc_id)), self.vpc(vpc_id, vpcs));
            brought = vpc;
            brought.answers.interfaces = brought.list(interfaces);
            return brought;
        }
        let interfaces = self.interfaces(cluster, None).await;
        brought.answers.interfaces = brought.list(interfaces);
        // Several VPCs: clusters of that name came and went, and which one's is meant is not known.
        let hosts: BTreeSet<&String> = brought
            .answers
            .interfaces
            .iter()
            .flatten()
            .filter(|one| one.status.as_deref() != Some("available"))
            .filter_map(|one| one.vpc_id.as_ref())
            .collect();
        let only = match hosts.len() {
            1 => hosts.first().map(|id| (*id).clone()),
            _ => None,
        };
        if let Some(vpc_id) = only {
            let vpc = Box::pin(self.vpc(&vpc_id, vpcs)).await;
            brought.answers.vpcs = vpc.answers.vpcs;
            brought.answers.vpc_attributes = vpc.answers.vpc_attributes;
            brought.answers.dhcp_options = vpc.answers.dhcp_options;
            brought.answers.hosted_zones = vpc.answers.hosted_zones;
            brought.answers.failed.extend(vpc.answers.failed);
        } else {
            for call in [
                Call::DescribeVpcs,
                Call::DescribeVpcAttribute,
                Call::DescribeDhcpOptions,
                Call::ListHostedZonesByVpc,
            ] {
                let failed = failure::not_asked(call, "the cluster's VPC");
                brought.answers.failed.push(failed);
            }
        }
        brought
    }

    /// The cluster's interfaces, by their description: exactly, since `Amazon EKS x*` would be those of `x-2` too.
    async fn interfaces(&self, cluster: &str, vpc_id: Option<&str>) -> Result<Listed<Interface>, FailedRead> {
        // `*`, `?` and `\` have a meaning in a filter (EC2 User Guide, "Filter resources"); no cluster has them in
        // its name (EKS API reference, CreateCluster).
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let call = Call::DescribeNetworkInterfaces;
        if !cluster.chars().all(plain) {
            return Err(failure::unparsable(call, "not asked: no cluster has this name"));
        }
        let description = format!("{DESCRIPTION}{cluster}");
        let mut parameters = vec![
            ("MaxResults", "1000"),
            ("Filter.1.Name", "description"),
            ("Filter.1.Value.1", description.as_str()),
        ];
        if let Some(vpc_id) = vpc_id {
            parameters.extend([("Filter.2.Name", "vpc-id"), ("Filter.2.Value.1", vpc_id)]);
        }
        self.ec2_pages(call, &parameters, xml::interfaces).await
    }

    /// The VPC, its attributes, its zones and its DHCP options.
    async fn vpc(&self, vpc_id: &str, vpcs: &Claimed) -> Brought {
        let mut brought = Brought::default();
        let zones_of = vpcs.claim([vpc_id.to_owned()], limits::ZONES_OF_VPCS);
        let ((vpcs, dhcp_options), support, hostnames, zones) = tokio::join!(
            async {
                let vpcs = self.vpcs(vpc_id).await;
                let dhcp_options = self.dhcp_options(vpc_id, &vpcs).await;
                (vpcs, dhcp_options)
            },
            self.vpc_attribute(vpc_id, "enableDnsSupport"),
            self.vpc_attribute(vpc_id, "enableDnsHostnames"),
            self.hosted_zones(&zones_of),
        );
        brought.answers.vpcs = brought.list(vpcs);
        if let Some(dhcp_options) = dhcp_options {
            brought.answers.dhcp_options = brought.list(dhcp_options);
        }
        let attributes: Vec<VpcAttributes> = [support, hostnames]
            .into_iter()
            .filter_map(|one| brought.take(one))
            .collect();
        brought.answers.vpc_attributes = attributes.into_iter().map(|one| (vpc_id.to_owned(), one)).collect();
        brought.answers.hosted_zones = zones.into_iter().filter_map(|zones| brought.take(zones)).collect();
        brought
    }

    async fn vpcs(&self, vpc_id: &str) -> Result<Listed<Vpc>, FailedRead> {
        let parameters = [("Filter.1.Name", "vpc-id"), ("Filter.1.Value.1", vpc_id)];
        self.ec2_pages(Call::DescribeVpcs, &parameters, xml::vpcs).await
    }

    /// The DHCP options of the VPC; `None` where it has none to describe.
    async fn dhcp_options(
        &self,
        vpc_id: &str,
        vpcs: &Result<Listed<Vpc>, FailedRead>,
    ) -> Option<Result<Listed<DhcpOptions>, FailedRead>> {
        let call = Call::DescribeDhcpOptions;
        let vpc = vpcs
            .as_ref()
            .ok()
            .and_then(|(vpcs, _)| vpcs.iter().find(|vpc| vpc.id == vpc_id));
        let Some(id) = vpc.and_then(|vpc| vpc.dhcp_options_id.as_deref()) else {
            return Some(Err(failure::not_asked(call, "which set the VPC has")));
        };
        // No set (EC2 API reference, AssociateDhcpOptions).
        if id == "default" {
            return None;
        }
        let parameters = [("Filter.1.Name", "dhcp-options-id"), ("Filter.1.Value.1", id)];
        Some(self.ec2_pages(call, &parameters, xml::dhcp_options).await)
    }

    async fn vpc_attribute(&self, vpc_id: &str, attribute: &str) -> Result<VpcAttributes, FailedRead> {
        let call = Call::DescribeVpcAttribute;
        let parameters = [("VpcId", vpc_id), ("Attribute", attribute)];
        let said = self
            .read(call, self.ec2(call, &parameters, xml::vpc_attributes))
            .await?;
        let is_said = match attribute {
            "enableDnsSupport" => said.dns_support.is_some(),
            _ => said.dns_hostnames.is_some(),
        };
        if is_said {
            Ok(said)
        } else {
            Err(failure::unparsable(call, &format!("the answer lacks {attribute}")))
        }
    }
}

//! What AWS answered, whoever asked: this program, or the AWS CLI into a file. Everything that was said goes in as
//! it came; what it says of the target's cluster comes out.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::account::{
    AbsentCluster, Caller, Cluster, ClusterUpdate, DhcpOptions, EndpointAddress, NetworkInterface, ResolverEndpoint,
    ResolverRule, RuleAssociation, SecurityGroup, Vpc, VpcAttributes, VpcZones,
};
use super::calls::{Call, FailedRead};
use super::document::Elsewhere;
use super::{AwsFacts, Gap, Half, belonging};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;
use crate::text::shortened;

/// What the description of a cluster's network interfaces begins with; the cluster's name follows, exactly (Amazon
/// EKS User Guide, "VPC and subnet requirements").
pub const DESCRIPTION: &str = "Amazon EKS ";

/// Characters of a reason why something is missing.
const REASON: usize = 1000;

/// A network interface as EC2 lists it, of whatever cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interface {
    /// The interface's id.
    pub id: String,
    /// Its description.
    pub description: String,
    /// `in-use`, `available`, …
    pub status: Option<String>,
    /// Its VPC.
    pub vpc_id: Option<String>,
    /// Its subnet.
    pub subnet_id: Option<String>,
    /// Its private IPv4 and its IPv6 addresses.
    pub addresses: BTreeSet<IpAddr>,
}

/// A subnet as EC2 lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subnet {
    /// The subnet's id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
}

/// An address of a Resolver endpoint that its answer does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAddress {
    /// `IpId`: the address's own id.
    pub id: Option<String>,
    /// The address.
    pub address: EndpointAddress,
}

/// Who asked AWS: what is missing is explained by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// This program: what is missing failed, and is among the failed reads.
    #[default]
    Aws,
    /// Files: what is missing is in none of them.
    Files,
}

/// What AWS answered. A list is `None` where nobody asked for it, or the read failed.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// Who asked.
    pub source: Source,
    /// GetCallerIdentity.
    pub caller: Option<Caller>,
    /// DescribeCluster, once a cluster.
    pub clusters: Vec<Cluster>,
    /// DescribeCluster's `ResourceNotFoundException`.
    pub absent: Option<AbsentCluster>,
    /// ListClusters.
    pub cluster_names: Option<Vec<String>>,
    /// ListUpdates and DescribeUpdate: of the cluster.
    pub updates: Option<Vec<ClusterUpdate>>,
    /// DescribeNetworkInterfaces.
    pub interfaces: Option<Vec<Interface>>,
    /// DescribeVpcs.
    pub vpcs: Option<Vec<Vpc>>,
    /// DescribeVpcAttribute, by VPC.
    pub vpc_attributes: Vec<(String, VpcAttributes)>,
    /// DescribeDhcpOptions.
    pub dhcp_options: Option<Vec<DhcpOptions>>,
    /// DescribeSecurityGroups.
    pub security_groups: Option<Vec<SecurityGroup>>,
    /// ListResolverEndpoints.
    pub resolver_endpoints: Option<Vec<ResolverEndpoint>>,
    /// DescribeSubnets.
    pub subnets: Vec<Subnet>,
    /// ListResolverEndpointIpAddresses, where it is known of which endpoint it was asked.
    pub endpoint_addresses: Vec<(String, Vec<EndpointAddress>)>,
    /// ListResolverEndpointIpAddresses, of an endpoint that the answer does not name.
    pub unassigned: Vec<Vec<ListedAddress>>,
    /// ListResolverRules.
    pub resolver_rules: Option<Vec<ResolverRule>>,
    /// ListResolverRuleAssociations.
    pub rule_associations: Option<Vec<RuleAssociation>>,
    /// ListHostedZonesByVPC: of a VPC; an empty id where the answer does not name it.
    pub hosted_zones: Vec<VpcZones>,
    /// GetHostedZone: the VPCs of a zone.
    pub zone_vpcs: Vec<(String, Vec<String>)>,
    /// The reads that brought nothing.
    pub failed: Vec<FailedRead>,
    /// The lists of which there is a part that is not the last.
    pub partial: Vec<Call>,
    /// The lists whose last part is there.
    pub whole: Vec<Call>,
    /// When another machine took these facts, RFC 3339; the latest.
    pub taken_at: Option<String>,
    /// What another machine could not learn.
    pub gaps: Vec<Gap>,
}

/// Whose share of the answers is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The endpoint's host name.
    pub target: &'a Name,
    /// The cluster's name, where somebody said it.
    pub cluster: Option<&'a str>,
}

impl Answers {
    /// The endpoint and the Region of the cluster of this name; without one, of the only cluster that was described.
    pub fn target(&self, name: Option<&str>) -> Option<(Name, Option<String>)> {
        let mut fitting = self
            .clusters
            .iter()
            .filter(|cluster| name.is_none_or(|name| name == cluster.name))
            .filter_map(|cluster| Some((cluster, cluster.host()?)));
        let (cluster, host) = fitting.next()?;
        if fitting.any(|(_, other)| other != host) {
            return None;
        }
        let of_arn = cluster.arn.as_deref().and_then(|arn| arn.split(':').nth(3));
        let region = EndpointName::parse(&host).ok().map(|endpoint| endpoint.region);
        Some((host, region.or_else(|| of_arn.map(str::to_owned))))
    }

    /// The cluster of this name, or the only one, where it has no endpoint yet.
    pub fn without_endpoint(&self, name: Option<&str>) -> Option<&Cluster> {
        let mut fitting = self
            .clusters
            .iter()
            .filter(|cluster| name.is_none_or(|name| name == cluster.name));
        let only = fitting.next().filter(|_| fitting.next().is_none())?;
        (only.endpoint.is_none() && !only.is_connected).then_some(only)
    }

    /// The VPCs that the answers name.
    fn known_vpcs(&self) -> BTreeSet<String> {
        let of_clusters = self.clusters.iter().filter_map(|one| one.vpc_id.as_ref());
        let listed = self.vpcs.iter().flatten().map(|one| &one.id);
        let attributes = self.vpc_attributes.iter().map(|(id, _)| id);
        let of_endpoints = self
            .resolver_endpoints
            .iter()
            .flatten()
            .filter_map(|one| one.vpc_id.as_ref());
        let of_rules = self.rule_associations.iter().flatten().map(|one| &one.vpc_id);
        let of_interfaces = self.interfaces.iter().flatten().filter_map(|one| one.vpc_id.as_ref());
        let of_subnets = self.subnets.iter().map(|one| &one.vpc_id);
        of_clusters
            .chain(listed)
            .chain(attributes)
            .chain(of_endpoints)
            .chain(of_rules)
            .chain(of_interfaces)
            .chain(of_subnets)
            .cloned()
            .collect()
    }

    /// Takes in what another machine learnt, but for what it says of itself.
    pub fn take_elsewhere(&mut self, elsewhere: Elsewhere) {
        let facts = elsewhere.facts;
        if self.taken_at.as_ref() < Some(&elsewhere.taken_at) {
            self.taken_at = Some(elsewhere.taken_at);
        }
        let of_cluster = facts.cluster.as_ref();
        let vpc_id = of_cluster
            .and_then(|cluster| cluster.vpc_id.clone())
            .or_else(|| facts.vpc.as_ref().map(|vpc| vpc.id.clone()));
        let name = of_cluster.map_or("", |cluster| cluster.name.as_str());
        let description = format!("{DESCRIPTION}{name}");
        if let Some(interfaces) = facts.interfaces {
            let interfaces = interfaces.into_iter().map(|interface| Interface {
                id: interface.id,
                description: description.clone(),
                status: None,
                vpc_id: vpc_id.clone(),
                subnet_id: None,
                addresses: interface.addresses.into_iter().collect(),
            });
            self.interfaces.get_or_insert_default().extend(interfaces);
        }
        if let (Some(id), Some(attributes)) = (vpc_id, facts.vpc_attributes) {
            self.vpc_attributes.push((id, attributes));
        }
        self.clusters.extend(facts.cluster);
        self.caller = self.caller.take().or(facts.caller);
        self.absent = self.absent.take().or(facts.absent_cluster);
        extend(&mut self.updates, facts.updates);
        extend(&mut self.vpcs, facts.vpc.map(|vpc| vec![vpc]));
        extend(&mut self.dhcp_options, facts.dhcp_options.map(|one| vec![one]));
        extend(&mut self.security_groups, facts.security_groups);
        extend(&mut self.resolver_endpoints, facts.resolver_endpoints);
        extend(&mut self.resolver_rules, facts.resolver_rules);
        extend(&mut self.rule_associations, facts.rule_associations);
        self.hosted_zones.extend(facts.hosted_zones.unwrap_or_default());
        self.failed.extend(facts.failed_reads);
        self.partial.extend(facts.partial);
        // What that machine could not learn of itself is no gap here.
        let of_aws = elsewhere.gaps.into_iter().filter(|gap| gap.of == Half::Aws);
        self.gaps.extend(of_aws);
    }

    /// Takes out what the answers say of the target's cluster. What they do not say, or say of another cluster, is
    /// a gap.
    pub fn assemble(self, wanted: Wanted<'_>, facts: &mut AwsFacts) -> Vec<Gap> {
        let mut missing = Missing {
            source: self.source,
            failed: &self.failed,
            gaps: Vec::new(),
            unsaid: Vec::new(),
            cut: Vec::new(),
        };
        // The last page makes the others whole.
        let mut partial: BTreeSet<Call> = self.partial.iter().copied().collect();
        partial.retain(|call| !self.whole.contains(call));
        for call in &partial {
            missing.in_part(*call);
        }
        let known_vpcs = self.known_vpcs();
        let all_interfaces = self.interfaces.clone().unwrap_or_default();
        let all_vpcs = self.vpcs.clone().unwrap_or_default();
        let (cluster, refused) = chosen(self.clusters, wanted);
        if let Some(reason) = refused {
            missing.because(Call::DescribeCluster, &reason);
        } else if let Some(cluster) = &cluster
            && cluster.endpoint.is_none()
        {
            let reason = if cluster.is_connected {
                format!(
                    "{} is connected by the EKS Connector: it has no endpoint of EKS's",
                    cluster.name
                )
            } else {
                let status = cluster.status.as_deref().unwrap_or("without a status");
                format!("{} ({status}) has no endpoint yet", cluster.name)
            };
            missing.because(Call::DescribeCluster, &reason);
        } else if cluster.is_none() && self.absent.is_none() {
            missing.unsaid(Call::DescribeCluster);
        }
        let mut vpc_id = cluster.as_ref().and_then(|cluster| cluster.vpc_id.clone());
        let name = cluster.as_ref().map(|cluster| cluster.name.as_str()).or(wanted.cluster);
        match self.interfaces {
            None => missing.unsaid(Call::DescribeNetworkInterfaces),
            Some(all) => match of_cluster(unique(all, |one| &one.id), name, vpc_id.as_deref()) {
                Ok(found) => {
                    vpc_id = vpc_id.or_else(|| found.iter().find_map(|one| one.vpc_id.clone()));
                    let found = found.into_iter().map(|one| NetworkInterface {
                        id: one.id,
                        addresses: one.addresses.into_iter().collect(),
                    });
                    facts.interfaces = Some(found.collect());
                }
                Err(reason) => missing.because(Call::DescribeNetworkInterfaces, &reason),
            },
        }
        if let Some(interfaces) = &mut facts.interfaces {
            let mut room = limits::EXPECTED;
            let mut dropped = 0;
            for interface in interfaces.iter_mut() {
                let kept = interface.addresses.len().min(room);
                room -= kept;
                dropped += interface.addresses.len() - kept;
                interface.addresses.truncate(kept);
            }
            interfaces.retain(|interface| !interface.addresses.is_empty());
            if dropped > 0 {
                partial.insert(Call::DescribeNetworkInterfaces);
                let reason = format!("{dropped} addresses beyond the first {}", limits::EXPECTED);
                missing.because(Call::DescribeNetworkInterfaces, &reason);
            }
        }
        facts.vpc = match self.vpcs {
            None => {
                missing.unsaid(Call::DescribeVpcs);
                None
            }
            Some(all) => {
                let all = unique(all, |vpc| &vpc.id);
                let listed = listing(all.iter().map(|vpc| vpc.id.as_str()));
                let is_only = all.len() == 1;
                let vpc = all
                    .into_iter()
                    .find(|vpc| vpc_id.as_ref().map_or(is_only, |id| *id == vpc.id));
                if vpc.is_none() {
                    let which = vpc_id.as_deref().unwrap_or("the cluster's VPC");
                    let reason = format!("the answer lists {listed}, and not {which}");
                    missing.because(Call::DescribeVpcs, &reason);
                }
                vpc
            }
        };
        let vpc_id = vpc_id.or_else(|| facts.vpc.as_ref().map(|vpc| vpc.id.clone()));
        facts.vpc_attributes = attributes(&self.vpc_attributes, vpc_id.as_deref());
        match facts.vpc_attributes {
            Some(VpcAttributes {
                dns_support: Some(_),
                dns_hostnames: Some(_),
            }) => {}
            _ => missing.unsaid(Call::DescribeVpcAttribute),
        }
        facts.dhcp_options = dhcp_options(self.dhcp_options, facts.vpc.as_ref());
        if facts.dhcp_options.is_none() {
            missing.unsaid(Call::DescribeDhcpOptions);
        }
        facts.security_groups = missing.list(
            Call::DescribeSecurityGroups,
            self.security_groups.map(|all| unique(all, |one| &one.id)),
        );
        let lists_all = !partial.contains(&Call::ListResolverEndpoints);
        let endpoints = self.resolver_endpoints.map(|all| {
            let mut all = unique(all, |one| &one.id);
            for (id, mut addresses) in self.endpoint_addresses {
                addresses.truncate(limits::LIST_IN_CAPTURE);
                if let Some(endpoint) = all.iter_mut().find(|one| one.id == id) {
                    endpoint.addresses = Some(addresses);
                }
            }
            all
        });
        let mut endpoints = endpoints;
        let around = belonging::Around {
            subnets: &self.subnets,
            interfaces: &all_interfaces,
            vpcs: &all_vpcs,
            lists_all,
            in_pages: self.partial.contains(&Call::ListResolverEndpointIpAddresses),
        };
        let listed = endpoints.as_deref_mut().unwrap_or_default();
        let mut undecided = belonging::addresses(listed, self.unassigned, around);
        // Whose the addresses of outbound endpoints are makes no difference.
        undecided.retain(|one| {
            let is_inbound = |id: &String| listed.iter().any(|other| other.id == *id && is_inward(other));
            one.candidates.is_empty() || one.candidates.iter().any(is_inbound)
        });
        for one in &undecided {
            missing.because(Call::ListResolverEndpointIpAddresses, &one.reason(lists_all));
        }
        if undecided.is_empty() && listed.iter().any(|one| is_inward(one) && one.addresses.is_none()) {
            missing.unsaid(Call::ListResolverEndpointIpAddresses);
        }
        facts.resolver_endpoints = missing.list(Call::ListResolverEndpoints, endpoints);
        facts.resolver_rules = missing.list(
            Call::ListResolverRules,
            self.resolver_rules.map(|all| unique(all, |one| &one.id)),
        );
        facts.rule_associations = missing.list(Call::ListResolverRuleAssociations, self.rule_associations);
        let (zones, undecided) = belonging::zones(
            self.hosted_zones,
            &known_vpcs,
            vpc_id.as_deref(),
            wanted.target,
            &self.zone_vpcs,
        );
        facts.hosted_zones = zones;
        for reason in &undecided {
            missing.because(Call::ListHostedZonesByVpc, reason);
        }
        if facts.hosted_zones.is_none() && undecided.is_empty() {
            missing.unsaid(Call::ListHostedZonesByVpc);
        }
        facts.updates = self.updates;
        if let Some(updates) = &mut facts.updates {
            updates.truncate(limits::LIST_IN_CAPTURE);
        }
        facts.caller = self.caller;
        facts.absent_cluster = if cluster.is_some() { None } else { self.absent };
        if let Some(absent) = &mut facts.absent_cluster
            && absent.present.is_none()
        {
            absent.present = self.cluster_names;
            if let Some(present) = &mut absent.present {
                present.truncate(limits::LIST_IN_CAPTURE);
            }
        }
        facts.cluster = cluster;
        partial.extend(missing.cut.iter().copied());
        facts.partial = partial.into_iter().collect();
        let mut gaps = missing.finish();
        for gap in self.gaps {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        if self.source == Source::Files {
            let when = self.taken_at.map(|when| format!(", of {when}"));
            facts.origin = Some(format!("--facts{}", when.unwrap_or_default()));
        }
        facts.failed_reads = self.failed;
        facts.failed_reads.sort();
        facts.failed_reads.dedup();
        gaps
    }
}

fn extend<T>(list: &mut Option<Vec<T>>, more: Option<Vec<T>>) {
    if let Some(more) = more {
        list.get_or_insert_default().extend(more);
    }
}

/// The cluster that is meant: the one whose endpoint is the target, else the one that was named, else the only one.
/// Or why none is.
fn chosen(clusters: Vec<Cluster>, wanted: Wanted<'_>) -> (Option<Cluster>, Option<String>) {
    let clusters = unique(clusters, |cluster| cluster.arn.as_ref().unwrap_or(&cluster.name));
    let of_target = |cluster: &&Cluster| cluster.has_endpoint(wanted.target);
    let named = |cluster: &&Cluster| wanted.cluster.is_some_and(|name| name == cluster.name);
    if let Some(found) = clusters.iter().find(of_target).or_else(|| clusters.iter().find(named)) {
        return (Some(found.clone()), None);
    }
    let listed = listing(clusters.iter().map(|cluster| cluster.name.as_str()));
    match (clusters.len(), wanted.cluster) {
        (0, _) => (None, None),
        (1, None) => (clusters.into_iter().next(), None),
        (_, Some(name)) => {
            let reason = format!("it is of {listed}, and not of {name}: nothing of it is used");
            (None, Some(reason))
        }
        (_, None) => {
            let reason = format!("it is of {listed}, and none of them has this endpoint");
            (None, Some(reason))
        }
    }
}

/// The interfaces of the cluster: those with its description, in its VPC, that are in use. Without the cluster's
/// name, those of the only cluster that has any.
fn of_cluster(all: Vec<Interface>, name: Option<&str>, vpc_id: Option<&str>) -> Result<Vec<Interface>, String> {
    let total = all.len();
    let in_use: Vec<Interface> = all
        .into_iter()
        .filter(|one| one.description.starts_with(DESCRIPTION))
        .filter(|one| {
            let elsewhere = |id: &str| vpc_id.is_some_and(|wanted| wanted != id);
            !one.vpc_id.as_deref().is_some_and(elsewhere)
        })
        // One that is `available` is attached to nothing: a leftover.
        .filter(|one| one.status.as_deref() != Some("available"))
        .collect();
    let of = |one: &Interface| one.description[DESCRIPTION.len()..].to_owned();
    let name = if let Some(name) = name {
        name.to_owned()
    } else {
        let names: BTreeSet<String> = in_use.iter().map(of).collect();
        match names.len() {
            1 => names.into_iter().collect(),
            0 => return Err(format!("none of the {total} listed is a cluster's in use")),
            _ => {
                return Err(format!(
                    "those of {} are listed: DescribeCluster says which one's the endpoint is",
                    listing(names.iter().map(String::as_str))
                ));
            }
        }
    };
    let found: Vec<Interface> = in_use.into_iter().filter(|one| of(one) == name).collect();
    if found.is_empty() {
        return Err(format!(
            "none of the {total} listed is in use and described as \"{DESCRIPTION}{name}\""
        ));
    }
    Ok(found)
}

fn attributes(all: &[(String, VpcAttributes)], vpc_id: Option<&str>) -> Option<VpcAttributes> {
    let mut merged: Option<VpcAttributes> = None;
    let vpcs: BTreeSet<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    let of_vpc = |id: &str| vpc_id.map_or(vpcs.len() == 1, |wanted| wanted == id);
    for (_, one) in all.iter().filter(|(id, _)| of_vpc(id)) {
        let merged = merged.get_or_insert_default();
        merged.dns_support = one.dns_support.or(merged.dns_support);
        merged.dns_hostnames = one.dns_hostnames.or(merged.dns_hostnames);
    }
    merged
}

fn dhcp_options(all: Option<Vec<DhcpOptions>>, vpc: Option<&Vpc>) -> Option<DhcpOptions> {
    let wanted = vpc.and_then(|vpc| vpc.dhcp_options_id.as_deref());
    // There is nothing to describe: the VPC has no option set (EC2, AssociateDhcpOptions: `default`).
    if wanted == Some("default") {
        return Some(DhcpOptions {
            id: "default".to_owned(),
            ..DhcpOptions::default()
        });
    }
    let all = unique(all?, |one| &one.id);
    let is_only = all.len() == 1;
    all.into_iter().find(|one| wanted.map_or(is_only, |id| id == one.id))
}

/// Whether DNS goes into the VPC by it.
fn is_inward(endpoint: &ResolverEndpoint) -> bool {
    endpoint.direction.starts_with("INBOUND")
}

/// Each once, by its id; where it was said twice, what was said last.
fn unique<T>(all: Vec<T>, id: impl Fn(&T) -> &String) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for one in all {
        match kept.iter_mut().find(|other| id(other) == id(&one)) {
            Some(other) => *other = one,
            None => kept.push(one),
        }
    }
    kept
}

/// The first few of a list, for a sentence.
fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let more = names.len().saturating_sub(8);
    let shown = names[..names.len() - more].join(", ");
    match (names.is_empty(), more) {
        (true, _) => "nothing".to_owned(),
        (_, 0) => shown,
        _ => format!("{shown} and {more} more"),
    }
}

/// What the answers lack, and why.
struct Missing<'a> {
    source: Source,
    failed: &'a [FailedRead],
    gaps: Vec<Gap>,
    unsaid: Vec<Call>,
    /// The lists that were cut.
    cut: Vec<Call>,
}

impl Missing<'_> {
    fn because(&mut self, call: Call, reason: &str) {
        let source = match self.source {
            Source::Aws => call.action().to_owned(),
            Source::Files => format!("--facts, {}", call.action()),
        };
        let reason = format!("{}; {}", shortened(reason, REASON), call.costs());
        self.gaps.push(Gap::of_aws(call.fact(), source, reason));
    }

    /// There is more of a list than there is here.
    fn in_part(&mut self, call: Call) {
        self.gaps.push(Gap::of_aws(
            call.fact(),
            format!("--facts, {}", call.action()),
            "the files have a part of the list, and the rest is in none of them: what is not in it is not called \
             wrong or missing. Save it again without --no-paginate and --max-items",
        ));
    }

    /// Nobody said it. Where AWS was asked, the failed read says why.
    fn unsaid(&mut self, call: Call) {
        if !self.failed.iter().any(|failed| failed.call == call) {
            self.unsaid.push(call);
        }
    }

    /// A list, cut where it is longer than a capture holds.
    fn list<T>(&mut self, call: Call, list: Option<Vec<T>>) -> Option<Vec<T>> {
        let Some(mut list) = list else {
            self.unsaid(call);
            return None;
        };
        if let Some(dropped) = list.len().checked_sub(limits::LIST_IN_CAPTURE + 1) {
            list.truncate(limits::LIST_IN_CAPTURE);
            self.cut.push(call);
            let reason = format!("{} beyond the first {}", dropped + 1, limits::LIST_IN_CAPTURE);
            self.because(call, &reason);
        }
        Some(list)
    }

    fn finish(mut self) -> Vec<Gap> {
        // What was not asked for want of the same answer is one gap: the answer's own stands beside it.
        let mut unasked: Vec<(&str, Vec<&str>)> = Vec::new();
        for failed in self.failed {
            if let Some(reason) = failed.not_asked() {
                let fact = failed.call.fact();
                match unasked.iter_mut().find(|(other, _)| *other == reason) {
                    Some((_, facts)) if facts.contains(&fact) => {}
                    Some((_, facts)) => facts.push(fact),
                    None => unasked.push((reason, vec![fact])),
                }
                continue;
            }
            let reason = shortened(&failed.reason(), REASON);
            let gap = Gap::of_aws(failed.call.fact(), failed.call.action(), reason);
            if !self.gaps.contains(&gap) {
                self.gaps.push(gap);
            }
        }
        for (reason, facts) in unasked {
            self.gaps.push(Gap::of_aws(facts.join(", "), "AWS", reason));
        }
        if self.source == Source::Files && !self.unsaid.is_empty() {
            let facts: Vec<&str> = self.unsaid.iter().map(|call| call.fact()).collect();
            self.gaps
                .push(Gap::of_aws(facts.join(", "), "--facts", "no file has them"));
        }
        self.gaps
    }
}

//! What the answers say of the target's cluster. What they do not say, or do not tie to it, is a gap.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::missing::{Missing, unique};
use super::said::{self, Contradiction, Dropped};
use super::{Answers, AskedBy, DESCRIPTION, ToldElsewhere, WantedShare};
use crate::facts::shapes::{
    AttributesOfVpc, Cluster, ClusterState, ClusterUpdate, DhcpOptions, Interface, NetworkInterface, ResolverEndpoint,
    Vpc, VpcAttributes,
};
use crate::facts::{AwsFacts, Call, Gap, belonging};
use crate::limits;
use crate::text::{plain_word, shortened};

/// Why it is nobody's what an answer lists: no id in the answers ties it to the cluster. With the call that decides.
fn not_tied(listed: &str, whose: &str, decides: Call) -> String {
    format!(
        "the answer has {listed}, and nothing says that this is {whose}: add what {} prints",
        decides.command()
    )
}

impl Answers {
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
        let of_subnets = self.subnets.iter().flatten().map(|one| &one.vpc_id);
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

    /// Takes out what the answers say of the target's cluster. What they do not say, or say of another cluster, is
    /// a gap.
    pub fn assemble(mut self, wanted: WantedShare<'_>, facts: &mut AwsFacts) -> Vec<Gap> {
        let failed = std::mem::take(&mut self.failed);
        let mut missing = Missing::new(self.source, &failed);
        // The last page makes the others whole.
        let mut partial: BTreeSet<Call> = self.partial.iter().copied().collect();
        partial.retain(|call| !self.whole.contains(call));
        for call in &partial {
            missing.in_part(*call);
        }
        let known_vpcs = self.known_vpcs();
        let network = self.take_network();
        for call in Call::ALL {
            call.give(&mut self, facts, &mut missing);
        }
        let all_interfaces = self.interfaces.clone().unwrap_or_default();
        let all_vpcs = self.vpcs.clone().unwrap_or_default();
        let (clusters, contradicted) = if self.source == AskedBy::Files {
            said::clusters(self.clusters)
        } else {
            fn by_id(cluster: &Cluster) -> &String {
                cluster.arn.as_ref().unwrap_or(&cluster.name)
            }
            (unique(self.clusters, by_id), Vec::new())
        };
        missing.contradicted(Call::DescribeCluster, &contradicted);
        let (cluster, refused) = chosen(clusters, wanted, self.source);
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
                format!("{} ({status}) {}", cluster.name, cluster.without_endpoint())
            };
            missing.because(Call::DescribeCluster, &reason);
        } else if cluster.is_none() && self.absent.is_none() {
            missing.unsaid(Call::DescribeCluster);
        }
        let mut vpc_id = cluster.as_ref().and_then(|cluster| cluster.vpc_id.clone());
        let told = self.told.iter().filter(|told| told.is_about(wanted.target));
        let told_name = told.clone().find_map(|told| told.cluster.as_deref());
        let name = cluster.as_ref().map(|cluster| cluster.name.as_str());
        let name = name.or(wanted.cluster).or(told_name);
        // A document about this endpoint need not know the cluster's name.
        let is_told = told.clone().any(|told| told.host.is_some());
        let name = name.or(is_told.then_some(""));
        match self.interfaces {
            None => missing.unsaid(Call::DescribeNetworkInterfaces),
            Some(all) => match of_cluster(all, name, vpc_id.as_deref(), &mut missing) {
                Ok(found) => {
                    let is_local = cluster.as_ref().is_some_and(|cluster| cluster.is_local);
                    // Pages to the last one are a list of many, and no filter's few.
                    let in_pages = self.partial.contains(&Call::DescribeNetworkInterfaces);
                    if self.source == AskedBy::Files
                        && !partial.contains(&Call::DescribeNetworkInterfaces)
                        && !missing.cut.contains(&Call::DescribeNetworkInterfaces)
                        && let Some(what) = lower_bound(&found, is_local || in_pages)
                    {
                        partial.insert(Call::DescribeNetworkInterfaces);
                        let of = &found[0].description[DESCRIPTION.len()..];
                        missing.can_be_more(Call::DescribeNetworkInterfaces, &what, &all_of_cluster(of));
                    }
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
        let one_told = |of: fn(&ToldElsewhere) -> Option<&String>| {
            let said: BTreeSet<&String> = told.clone().filter_map(of).collect();
            said.first().filter(|_| said.len() == 1).map(ToString::to_string)
        };
        let tied = vpc_id.clone().or_else(|| one_told(|told| told.vpc.as_ref()));
        let told_set = one_told(|told| told.dhcp_options.as_ref());
        let mut owners = self.owners;
        owners.extend(owners_of(self.vpcs.iter().flatten()));
        facts.vpc = match self.vpcs {
            None => {
                missing.unsaid(Call::DescribeVpcs);
                None
            }
            Some(all) => {
                let all = missing.settled(Call::DescribeVpcs, all, |vpc| &vpc.id, Dropped::Member);
                let listed = listing(all.iter().map(|vpc| vpc.id.as_str()));
                let vpc = all.into_iter().find(|vpc| tied.as_ref() == Some(&vpc.id));
                if vpc.is_none() {
                    let reason = match &tied {
                        Some(id) => format!("the answer lists {listed}, and not {id}"),
                        None => not_tied(&listed, "the cluster's VPC", Call::DescribeCluster),
                    };
                    missing.because(Call::DescribeVpcs, &reason);
                }
                vpc
            }
        };
        let vpc_id = tied;
        if self.source == AskedBy::Files {
            let (settled, contradicted) = said::attributes(&self.vpc_attributes);
            self.vpc_attributes = settled;
            missing.contradicted(Call::DescribeVpcAttribute, &contradicted);
        }
        facts.vpc_attributes = attributes(&self.vpc_attributes, vpc_id.as_deref());
        facts.other_vpc_attributes = other_attributes(&self.vpc_attributes, &owners, vpc_id.as_deref());
        match facts.vpc_attributes {
            Some(VpcAttributes {
                dns_support: Some(_),
                dns_hostnames: Some(_),
            }) => {}
            None if vpc_id.is_none() && !self.vpc_attributes.is_empty() => {
                let vpcs: BTreeSet<&str> = self.vpc_attributes.iter().map(|(id, _)| id.as_str()).collect();
                let listed = listing(vpcs.into_iter());
                let reason = not_tied(&listed, "the cluster's VPC", Call::DescribeCluster);
                missing.because(Call::DescribeVpcAttribute, &reason);
            }
            _ => missing.unsaid(Call::DescribeVpcAttribute),
        }
        let set = facts.vpc.as_ref().and_then(|vpc| vpc.dhcp_options_id.clone());
        let sets = self
            .dhcp_options
            .map(|all| missing.settled(Call::DescribeDhcpOptions, all, |one| &one.id, Dropped::Thing));
        match dhcp_options(sets, set.or(told_set).as_deref()) {
            Ok(Some(found)) => facts.dhcp_options = Some(found),
            Ok(None) => missing.unsaid(Call::DescribeDhcpOptions),
            Err(reason) => missing.because(Call::DescribeDhcpOptions, &reason),
        }
        let some_addresses = !self.unassigned.is_empty() || !self.endpoint_addresses.is_empty();
        let endpoints = self
            .resolver_endpoints
            .map(|all| missing.settled(Call::ListResolverEndpoints, all, |one| &one.id, Dropped::Thing));
        let lists_all = !partial.contains(&Call::ListResolverEndpoints)
            && !missing.cut.contains(&Call::ListResolverEndpoints)
            && belonging::lists_all(
                endpoints.as_deref().unwrap_or_default(),
                &all_interfaces,
                facts.resolver_rules.as_deref(),
            );
        let endpoints = endpoints.map(|mut all| {
            for (id, mut addresses) in self.endpoint_addresses {
                addresses.truncate(limits::LIST_IN_CAPTURE);
                if let Some(endpoint) = all.iter_mut().find(|one| one.id == id) {
                    endpoint.addresses = Some(addresses);
                }
            }
            all
        });
        let mut endpoints = endpoints;
        let around = belonging::AroundLists {
            subnets: network.subnets(),
            interfaces: &all_interfaces,
            vpcs: &all_vpcs,
            lists_all,
            in_pages: self.partial.contains(&Call::ListResolverEndpointIpAddresses),
        };
        let listed = endpoints.as_deref_mut().unwrap_or_default();
        let mut undecided = belonging::addresses(listed, self.unassigned, around);
        // Whose the addresses of outbound endpoints are makes no difference.
        undecided.retain(|one| {
            let is_inbound = |id: &String| {
                listed
                    .iter()
                    .any(|other| other.id == *id && ResolverEndpoint::is_inbound_of_any_kind(other))
            };
            one.candidates.is_empty() || one.candidates.iter().any(is_inbound)
        });
        for one in &undecided {
            missing.because(Call::ListResolverEndpointIpAddresses, &one.reason(lists_all));
        }
        let lacking = listed
            .iter()
            .filter(|one| one.is_inbound_of_any_kind() && one.addresses.is_none())
            .map(|one| one.id.as_str());
        if undecided.is_empty() {
            missing.addresses_of(&lacking.collect::<Vec<_>>(), some_addresses);
        }
        facts.resolver_endpoints = missing.list(Call::ListResolverEndpoints, endpoints);
        network.give(facts, &mut missing);
        let (client_vpn, undecided) = self.client_vpn.together();
        facts.client_vpn = missing.client_vpn(client_vpn, &undecided, vpc_id.as_deref());
        partial.extend(undecided);
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
        let details = std::mem::take(&mut self.firewall.list_details);
        self.firewall.list_details =
            missing.settled(Call::GetFirewallDomainList, details, |one| &one.id, Dropped::Member);
        let in_pages = self.partial.contains(&Call::ListFirewallDomains);
        let undecided = belonging::domains(&mut self.firewall, self.unassigned_domains, in_pages);
        missing.firewall(&self.firewall, &undecided, vpc_id.as_deref());
        missing.profiles(&self.profiles);
        missing.zone_makers(&self.vpc_endpoints, &self.lattice, vpc_id.as_deref());
        self.dnssec_configs = missing.settled(
            Call::GetResolverDnssecConfig,
            self.dnssec_configs,
            |one| &one.vpc_id,
            Dropped::Member,
        );
        if vpc_id.is_none_or(|id| !self.dnssec_configs.iter().any(|one| one.vpc_id == id)) {
            missing.unsaid(Call::GetResolverDnssecConfig);
        }
        let configs = std::mem::take(&mut self.firewall.configs);
        self.firewall.configs = missing.settled(Call::GetFirewallConfig, configs, |one| &one.vpc_id, Dropped::Member);
        let (mut firewall, mut profiles) = (self.firewall, self.profiles);
        firewall.settle(wanted.target);
        profiles.settle();
        firewall.associations = missing.kept(Call::ListFirewallRuleGroupAssociations, firewall.associations);
        profiles.associations = missing.kept(Call::ListProfileAssociations, profiles.associations);
        facts.firewall = (!firewall.is_unread()).then_some(firewall);
        facts.profiles = (!profiles.is_unread()).then_some(profiles);
        let (mut lattice, mut endpoints, mut dnssec) = (self.lattice, self.vpc_endpoints, self.dnssec_configs);
        lattice.settle();
        facts.lattice = (!lattice.is_unread()).then_some(lattice);
        endpoints.sort_by(|one, other| one.vpc_id.cmp(&other.vpc_id));
        endpoints.truncate(limits::LIST_IN_CAPTURE);
        for vpc in &mut endpoints {
            vpc.endpoints.truncate(limits::LIST_IN_CAPTURE);
        }
        facts.vpc_endpoints = (!endpoints.is_empty()).then_some(endpoints);
        dnssec.sort_by(|one, other| one.vpc_id.cmp(&other.vpc_id));
        dnssec.truncate(limits::LIST_IN_CAPTURE);
        facts.dnssec_configs = (!dnssec.is_empty()).then_some(dnssec);
        let none_listed = self.update_ids.filter(Vec::is_empty).map(|_| Vec::new());
        // An update names no cluster, and a cluster whose endpoint access is being updated has the status UPDATING
        // (Amazon EKS User Guide, "Cluster API server endpoint").
        let is_active = cluster
            .as_ref()
            .is_some_and(|cluster| cluster.state() == Some(ClusterState::Active));
        let contradicts = |update: &ClusterUpdate| update.is_in_progress() && update.is_of_the_endpoints_access();
        if self.source == AskedBy::Files
            && is_active
            && let Some(updates) = self.updates.as_mut()
            && updates.iter().any(contradicts)
        {
            updates.retain(|update| !contradicts(update));
            if updates.is_empty() {
                self.updates = None;
            }
            missing.because(
                Call::DescribeUpdate,
                "an update that is InProgress contradicts the cluster's status ACTIVE: it is of another cluster or of \
                 another time. Save describe-cluster and describe-update again, one behind the other",
            );
        }
        facts.updates = self.updates.or(none_listed);
        if let Some(updates) = &mut facts.updates {
            updates.truncate(limits::LIST_IN_CAPTURE);
        }
        facts.events = super::in_time(self.events);
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
        let of_one_vpc: BTreeSet<Call> = self.of_one_vpc.into_iter().collect();
        facts.of_one_vpc = of_one_vpc
            .into_iter()
            .filter(|call| !self.of_several_vpcs.contains(call))
            .collect();
        let mut gaps = missing.finish();
        for gap in self.gaps {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        if self.source == AskedBy::Files {
            let when = self.taken_at.map(|when| format!(", of {when}"));
            facts.origin = Some(format!("--facts{}", when.unwrap_or_default()));
        }
        facts.failed_reads = failed;
        facts.failed_reads.sort();
        facts.failed_reads.dedup();
        gaps
    }
}

/// The cluster that is meant: the one whose endpoint is the target, else the one that was named, else the only one.
/// Or why none is.
fn chosen(clusters: Vec<Cluster>, wanted: WantedShare<'_>, source: AskedBy) -> (Option<Cluster>, Option<String>) {
    let of_target = |cluster: &&Cluster| cluster.has_endpoint(wanted.target);
    let named = |cluster: &&Cluster| wanted.cluster.is_some_and(|name| name == cluster.name);
    if let Some(found) = clusters.iter().find(of_target).or_else(|| clusters.iter().find(named)) {
        return (Some(found.clone()), None);
    }
    let listed = listing(clusters.iter().map(|cluster| cluster.name.as_str()));
    match (clusters.len(), wanted.cluster) {
        (0, _) => (None, None),
        // Without its endpoint nothing says that the target is it.
        (1, None) if source == AskedBy::Files && clusters[0].has_unsaid_endpoint() => {
            let reason = not_tied(&listed, "the cluster of this endpoint", Call::DescribeCluster);
            (None, Some(format!("{reason}, whole")))
        }
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

/// The interfaces of the cluster: those with its description, in its VPC, that are in use. In files nothing but the
/// cluster's name says which they are: the only ones that are listed may be another cluster's.
fn of_cluster(
    all: Vec<Interface>,
    name: Option<&str>,
    vpc_id: Option<&str>,
    missing: &mut Missing<'_>,
) -> Result<Vec<Interface>, String> {
    const CALL: Call = Call::DescribeNetworkInterfaces;
    let total = all.iter().map(|one| &one.id).collect::<BTreeSet<_>>().len();
    let is_counted = |one: &Interface| {
        let elsewhere = |id: &str| vpc_id.is_some_and(|wanted| wanted != id);
        // One that is `available` is attached to nothing: a leftover.
        !one.vpc_id.as_deref().is_some_and(elsewhere) && one.may_be_in_use()
    };
    let of = |one: &Interface| one.description.strip_prefix(DESCRIPTION).map(str::to_owned);
    let name = if let Some(name) = name {
        name.to_owned()
    } else {
        let names: BTreeSet<String> = all.iter().filter(|one| is_counted(one)).filter_map(of).collect();
        let listed = listing(names.iter().map(String::as_str));
        match (names.len(), missing.source()) {
            (0, _) => return Err(format!("none of the {total} listed is a cluster's in use")),
            (1, AskedBy::Aws) => names.into_iter().next().unwrap_or_default(),
            (_, AskedBy::Aws) => {
                return Err(format!(
                    "those of {listed} are listed: DescribeCluster says which one's the endpoint is"
                ));
            }
            (_, AskedBy::Files) => {
                let only = names
                    .first()
                    .filter(|_| names.len() == 1)
                    .map_or("NAME", |name| plain_word(name, "NAME"));
                return Err(format!(
                    "the answer has the interfaces of {listed}, and nothing says that the endpoint is that cluster's, so \
                     their addresses are used as nobody's: add what {} --name {only} prints",
                    Call::DescribeCluster.command()
                ));
            }
        }
    };
    let (own, others): (Vec<Interface>, Vec<Interface>) =
        all.into_iter().partition(|one| of(one).as_ref() == Some(&name));
    let own = missing.settled(CALL, own, |one| &one.id, Dropped::Thing);
    let is_left_out = missing.cut.contains(&CALL);
    let mut found: Vec<Interface> = own.into_iter().filter(is_counted).collect();
    // An address is one interface's in its VPC (Amazon EC2 User Guide, "IP addresses per network interface").
    let mut claimed = Vec::new();
    let mut by_address: BTreeMap<IpAddr, Vec<&Interface>> = BTreeMap::new();
    if missing.source() == AskedBy::Files {
        for other in others.iter().filter(|other| is_counted(other) && of(other).is_some()) {
            for address in &other.addresses {
                by_address.entry(*address).or_default().push(other);
            }
        }
    }
    for one in &mut found {
        let whose = |one: &Interface| format!("{} ({})", one.id, one.description);
        let own = whose(one);
        let vpc = one.vpc_id.clone();
        let is_in_its_vpc = |other: &&&Interface| {
            let both = vpc.as_ref().zip(other.vpc_id.as_ref());
            both.is_none_or(|(own, its)| own == its)
        };
        one.addresses.retain(|address| {
            let other = by_address
                .get(address)
                .and_then(|others| others.iter().find(is_in_its_vpc));
            let contradiction =
                other.map(|other| Contradiction::new(&address.to_string(), "its interface", [&own, &whose(other)]));
            let is_its_own = contradiction.is_none();
            claimed.extend(contradiction);
            is_its_own
        });
    }
    if !claimed.is_empty() {
        missing.cut.push(CALL);
        missing.contradicted(CALL, &claimed);
        found.retain(|one| !one.addresses.is_empty());
    }
    if found.is_empty() && (is_left_out || !claimed.is_empty()) {
        return Err(format!(
            "none of \"{DESCRIPTION}{name}\" is left that the files agree about"
        ));
    }
    if found.is_empty() {
        return Err(format!(
            "none of the {total} listed is in use and described as \"{DESCRIPTION}{name}\""
        ));
    }
    Ok(found)
}

/// Why these interfaces can be fewer than the cluster has; `None` where nothing says so. A filter on an id, an address,
/// a subnet or a zone leaves an answer in the form of a whole one. EKS makes two to four interfaces, and a cluster has
/// subnets in two zones at least (Amazon EKS User Guide, "View Amazon EKS networking requirements for VPC and
/// subnets"); a local cluster on an Outpost may have one subnet.
fn lower_bound(found: &[Interface], may_be_in_one_place: bool) -> Option<String> {
    let shown = |text: &str| shortened(text, limits::SHOWN_OF_FILE);
    if let [one] = found {
        return Some(format!(
            "{} is the only one of the cluster in the files, and EKS makes two to four for a cluster",
            shown(&one.id)
        ));
    }
    let only = |of: fn(&Interface) -> Option<&str>| {
        let first = of(found.first()?)?;
        (!may_be_in_one_place && found.iter().all(|one| of(one) == Some(first))).then_some(first)
    };
    let place = if let Some(subnet) = only(|one| one.subnet_id.as_deref()) {
        format!("the subnet {}", shown(subnet))
    } else {
        format!("the zone {}", shown(only(|one| one.zone.as_deref())?))
    };
    Some(format!(
        "all of the cluster in the files are in {place}, and a cluster has subnets in two zones at least"
    ))
}

/// The command that lists all interfaces of a cluster.
fn all_of_cluster(name: &str) -> String {
    format!(
        "{} --filters 'Name=description,Values={DESCRIPTION}{}'",
        Call::DescribeNetworkInterfaces.command(),
        plain_word(name, "NAME")
    )
}

/// The attributes of the cluster's VPC.
fn attributes(all: &[(String, VpcAttributes)], vpc_id: Option<&str>) -> Option<VpcAttributes> {
    let mut merged: Option<VpcAttributes> = None;
    for (_, one) in all.iter().filter(|(id, _)| vpc_id == Some(id.as_str())) {
        let merged = merged.get_or_insert_default();
        merged.dns_support = one.dns_support.or(merged.dns_support);
        merged.dns_hostnames = one.dns_hostnames.or(merged.dns_hostnames);
    }
    merged
}

/// The attributes of the other VPCs, by their ids; `None` where there are none.
pub(super) fn other_attributes(
    all: &[(String, VpcAttributes)],
    owners: &[(String, String)],
    vpc_id: Option<&str>,
) -> Option<Vec<AttributesOfVpc>> {
    // A file may list many VPCs. What was read of their attributes comes before whose they are.
    let of_attributes: BTreeSet<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    let with_owner: BTreeSet<&str> = owners.iter().map(|(id, _)| id.as_str()).collect();
    let others = of_attributes.iter().chain(with_owner.difference(&of_attributes));
    let others = others.copied().filter(|id| vpc_id != Some(*id));
    let mut found: Vec<AttributesOfVpc> = others
        .take(limits::LIST_IN_CAPTURE)
        .filter_map(|id| {
            let said = attributes(all, Some(id));
            let owner = owners.iter().find(|(vpc, _)| vpc == id).map(|(_, owner)| owner.clone());
            if said.is_none() && owner.is_none() {
                return None;
            }
            let said = said.unwrap_or_default();
            Some(AttributesOfVpc {
                vpc_id: id.to_owned(),
                owner,
                dns_support: said.dns_support,
                dns_hostnames: said.dns_hostnames,
            })
        })
        .collect();
    found.sort_unstable_by(|one, other| one.vpc_id.cmp(&other.vpc_id));
    (!found.is_empty()).then_some(found)
}

/// Who owns these VPCs.
pub(in crate::facts) fn owners_of<'a>(vpcs: impl IntoIterator<Item = &'a Vpc>) -> Vec<(String, String)> {
    let owned = |vpc: &Vpc| Some((vpc.id.clone(), vpc.owner.clone()?));
    vpcs.into_iter().filter_map(owned).collect()
}

/// The DHCP option set of this id; or why none of those that are listed is known to be the one.
fn dhcp_options(all: Option<Vec<DhcpOptions>>, id: Option<&str>) -> Result<Option<DhcpOptions>, String> {
    // There is nothing to describe: the VPC has no option set (EC2, AssociateDhcpOptions: `default`).
    if id == Some("default") {
        return Ok(Some(DhcpOptions {
            id: "default".to_owned(),
            ..DhcpOptions::default()
        }));
    }
    let Some(all) = all.filter(|all| !all.is_empty()) else {
        return Ok(None);
    };
    let Some(id) = id else {
        let listed = listing(all.iter().map(|one| one.id.as_str()));
        return Err(not_tied(&listed, "the set of the cluster's VPC", Call::DescribeVpcs));
    };
    Ok(all.into_iter().find(|one| one.id == id))
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

//! What AWS answered, whoever asked: this program, or the AWS CLI into a file. Everything that was said goes in as
//! it came; what it says of the target's cluster comes out.

mod another;
mod assemble;
mod missing;
mod network;
mod said;
mod share;

#[cfg(feature = "aws")]
pub(super) use assemble::owners_of;
pub(super) use missing::Missing;
#[cfg(feature = "aws")]
pub(super) use network::named as prefix_lists_named;
pub use share::{OneOf, Shares};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::document::Elsewhere;
use super::shapes::{
    AbsentCluster, AttributesOfVpc, Caller, ClientVpn, ClientVpnEndpoint, Cluster, ClusterUpdate, DhcpOptions,
    DnssecConfig, DomainList, EndpointAddress, Event, Firewall, FirewallGroup, Interface, Lattice, ListedAddress,
    NetworkAcl, NetworkInterface, PrefixList, ProfileResources, Profiles, ResolverEndpoint, ResolverRule, RouteTable,
    RuleAssociation, SecurityGroup, Subnet, Vpc, VpcAttributes, VpcEndpoint, VpcEndpoints, VpcZones, add_vpc_endpoints,
    id_of, of_vpc,
};
use super::{Call, FailedRead, Gap, Half, arn};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;

/// What was learnt from AWS: asked of it now, or from files of `--facts`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AwsFacts {
    /// Who asked AWS.
    pub caller: Option<Caller>,
    /// The cluster that is meant, as DescribeCluster has it. Its endpoint may have another name than the target.
    pub cluster: Option<Cluster>,
    /// The cluster that was asked for and that is not there.
    pub absent_cluster: Option<AbsentCluster>,
    /// Recent changes of the cluster.
    pub updates: Option<Vec<ClusterUpdate>>,
    /// The cluster's VPC.
    pub vpc: Option<Vpc>,
    /// The attributes of that VPC.
    pub vpc_attributes: Option<VpcAttributes>,
    /// The same of the other VPCs that resolve: those of inbound endpoints, and this instance's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_vpc_attributes: Option<Vec<AttributesOfVpc>>,
    /// The DHCP options of that VPC.
    pub dhcp_options: Option<DhcpOptions>,
    /// The addresses of the cluster's network interfaces (description `Amazon EKS <name>`, in use).
    pub interfaces: Option<Vec<NetworkInterface>>,
    /// Security groups: those of Resolver endpoints, and whatever else was listed.
    pub security_groups: Option<Vec<SecurityGroup>>,
    /// The subnets of Resolver endpoints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnets: Option<Vec<Subnet>>,
    /// The network ACLs of those subnets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_acls: Option<Vec<NetworkAcl>>,
    /// The route tables of those subnets, with the main tables of their VPCs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_tables: Option<Vec<RouteTable>>,
    /// The managed prefix lists that the security groups and the routes name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix_lists: Option<Vec<PrefixList>>,
    /// The Client VPN endpoints that the account has, of whatever VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_vpn: Option<Vec<ClientVpnEndpoint>>,
    /// The Route 53 Resolver endpoints that the account can see, of whatever VPC.
    pub resolver_endpoints: Option<Vec<ResolverEndpoint>>,
    /// The Resolver rules that the account can see.
    pub resolver_rules: Option<Vec<ResolverRule>>,
    /// Which VPCs they are associated with.
    pub rule_associations: Option<Vec<RuleAssociation>>,
    /// The private hosted zones, by VPC.
    pub hosted_zones: Option<Vec<VpcZones>>,
    /// DNS Firewall; `None` where nothing of it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firewall: Option<Firewall>,
    /// The Route 53 Profiles; `None` where nothing of them was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profiles: Option<Profiles>,
    /// The VPC endpoints that can have private DNS, by VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoints: Option<Vec<VpcEndpoints>>,
    /// VPC Lattice; `None` where nothing of it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lattice: Option<Lattice>,
    /// Whether the Resolvers of VPCs validate DNSSEC, by VPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnssec_configs: Option<Vec<DnssecConfig>>,
    /// What was changed of what decides, the latest first; `None` where nobody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<Event>>,
    /// The reads of AWS that brought nothing.
    pub failed_reads: Vec<FailedRead>,
    /// The lists of which only a part is known: what is not in it may be there all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partial: Vec<Call>,
    /// The lists from files that are of one VPC at most: they may have been asked for with a filter, and then say
    /// nothing of other VPCs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of_one_vpc: Vec<Call>,
    /// Where what AWS says came from, where it was not asked now: `--facts`, and the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl AwsFacts {
    /// The account that owns a VPC other than the cluster's, where that was read.
    pub fn owner_of(&self, vpc: &str) -> Option<&str> {
        let mut others = self.other_vpc_attributes.iter().flatten();
        others.find(|one| one.vpc_id == vpc)?.owner.as_deref()
    }

    /// The attributes of a VPC, where they were read.
    pub fn attributes_of(&self, vpc: &str) -> Option<VpcAttributes> {
        if self.cluster_vpc_id() == Some(vpc) {
            return self.vpc_attributes;
        }
        let mut others = self.other_vpc_attributes.iter().flatten();
        let found = others.find(|one| one.vpc_id == vpc)?;
        Some(VpcAttributes {
            dns_support: found.dns_support,
            dns_hostnames: found.dns_hostnames,
        })
    }

    /// Whether only a part of this list is known.
    pub fn is_part(&self, call: Call) -> bool {
        self.partial.contains(&call)
    }

    /// The cluster, where its endpoint has the target's name: what is known of it then holds for the target.
    pub fn cluster_of(&self, target: &Name) -> Option<&Cluster> {
        self.cluster.as_ref().filter(|cluster| cluster.has_endpoint(target))
    }

    /// The cluster whose endpoint does not stay, or is not there: it is being deleted with the target's name, or it is
    /// being created or deleted or has failed, and has no endpoint. A forward to its VPC would lead to no endpoint.
    pub fn without_a_lasting_endpoint(&self, target: &Name) -> Option<&Cluster> {
        let cluster = self.cluster.as_ref().filter(|cluster| !cluster.is_connected)?;
        let is_so = match cluster.status.as_deref() {
            Some("DELETING") => cluster.host().is_none_or(|host| host == *target),
            Some("CREATING" | "PENDING" | "FAILED") => cluster.endpoint.is_none(),
            _ => false,
        };
        is_so.then_some(cluster)
    }

    /// The id of the cluster's VPC.
    pub fn cluster_vpc_id(&self) -> Option<&str> {
        let cluster = self.cluster.as_ref();
        cluster
            .and_then(|cluster| cluster.vpc_id.as_deref())
            .or(self.vpc.as_ref().map(|vpc| vpc.id.as_str()))
    }

    /// Whether what is known of a cluster is another one's: its endpoint has another name than the target.
    pub fn is_of_another_endpoint(&self, target: &Name) -> bool {
        self.cluster
            .as_ref()
            .and_then(Cluster::host)
            .is_some_and(|host| host != *target)
    }
}

/// What the description of a cluster's network interfaces begins with; the cluster's name follows, exactly (Amazon
/// EKS User Guide, "VPC and subnet requirements").
pub const DESCRIPTION: &str = "Amazon EKS ";

/// Who asked AWS: what is missing is explained by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AskedBy {
    /// This program: what is missing failed, and is among the failed reads.
    #[default]
    Aws,
    /// Files: what is missing is in none of them.
    Files,
}

/// What AWS answered. A list is `None` where nobody asked for it, or the read failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// Who asked.
    pub source: AskedBy,
    /// GetCallerIdentity.
    pub caller: Option<Caller>,
    /// DescribeCluster, once a cluster.
    pub clusters: Vec<Cluster>,
    /// DescribeCluster's `ResourceNotFoundException`.
    pub absent: Option<AbsentCluster>,
    /// ListClusters.
    pub cluster_names: Option<Vec<String>>,
    /// ListUpdates.
    pub update_ids: Option<Vec<String>>,
    /// DescribeUpdate: of the cluster.
    pub updates: Option<Vec<ClusterUpdate>>,
    /// DescribeNetworkInterfaces.
    pub interfaces: Option<Vec<Interface>>,
    /// DescribeVpcs.
    pub vpcs: Option<Vec<Vpc>>,
    /// DescribeVpcAttribute, by VPC.
    pub vpc_attributes: Vec<(String, VpcAttributes)>,
    /// DescribeVpcs, of other VPCs than the cluster's: the owner by VPC.
    pub owners: Vec<(String, String)>,
    /// DescribeDhcpOptions.
    pub dhcp_options: Option<Vec<DhcpOptions>>,
    /// DescribeSecurityGroups.
    pub security_groups: Option<Vec<SecurityGroup>>,
    /// ListResolverEndpoints.
    pub resolver_endpoints: Option<Vec<ResolverEndpoint>>,
    /// DescribeSubnets.
    pub subnets: Option<Vec<Subnet>>,
    /// DescribeNetworkAcls.
    pub network_acls: Option<Vec<NetworkAcl>>,
    /// DescribeRouteTables.
    pub route_tables: Option<Vec<RouteTable>>,
    /// GetManagedPrefixListEntries, where it is known of which list it was asked.
    pub prefix_lists: Vec<PrefixList>,
    /// GetManagedPrefixListEntries, of a list that the answer does not name.
    pub unassigned_prefixes: Vec<Vec<IpNet>>,
    /// Client VPN: endpoints, their routes, their authorization rules.
    pub client_vpn: ClientVpn,
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
    /// DNS Firewall: associations, rules, domain lists with their domains and without, fail open.
    pub firewall: Firewall,
    /// Route 53 Profiles, and what they bring.
    pub profiles: Profiles,
    /// DescribeVpcEndpoints, by VPC.
    pub vpc_endpoints: Vec<VpcEndpoints>,
    /// VPC Lattice: associations, resources, resource configurations.
    pub lattice: Lattice,
    /// GetResolverDnssecConfig, by VPC.
    pub dnssec_configs: Vec<DnssecConfig>,
    /// ListFirewallDomains, of a list that the answer does not name.
    pub unassigned_domains: Vec<Vec<String>>,
    /// LookupEvents, of what decides.
    pub events: Option<Vec<Event>>,
    /// GetHostedZone: the VPCs of a zone.
    pub zone_vpcs: Vec<(String, Vec<String>)>,
    /// The reads that brought nothing.
    pub failed: Vec<FailedRead>,
    /// The lists of which there is a part that is not the last.
    pub partial: Vec<Call>,
    /// The lists whose last part is there.
    pub whole: Vec<Call>,
    /// The lists of which there is a file that is of one VPC at most.
    pub of_one_vpc: Vec<Call>,
    /// The lists of which there is a file that is of several VPCs: it was asked for without a VPC.
    pub of_several_vpcs: Vec<Call>,
    /// What other machines said of the cluster that their facts are about.
    pub told: Vec<ToldElsewhere>,
    /// When another machine took these facts, RFC 3339; the latest.
    pub taken_at: Option<String>,
    /// What another machine could not learn.
    pub gaps: Vec<Gap>,
}

/// What another machine said of the cluster behind an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldElsewhere {
    /// The endpoint's host name; `None` where the document does not say it.
    pub host: Option<String>,
    /// The cluster's name.
    pub cluster: Option<String>,
    /// Its VPC.
    pub vpc: Option<String>,
    /// The DHCP option set of that VPC.
    pub dhcp_options: Option<String>,
}

impl ToldElsewhere {
    /// Whether it is about this endpoint, as far as is said.
    fn is_about(&self, target: &Name) -> bool {
        let host = self.host.as_deref();
        host.is_none_or(|host| Name::from_host(host).is_ok_and(|host| host == *target))
    }
}

/// Whose share of the answers is wanted.
#[derive(Debug, Clone, Copy)]
pub struct WantedShare<'a> {
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
        let of_arn = cluster.arn.as_deref().and_then(arn::region);
        let region = EndpointName::parse(&host).ok().map(|endpoint| endpoint.region);
        Some((host, region.or_else(|| of_arn.map(str::to_owned))))
    }

    /// The cluster whose endpoint this is, where it is none of this name.
    pub fn other_cluster_of(&self, host: &Name, named: &str) -> Option<&str> {
        let mut fitting = self.clusters.iter().filter(|cluster| cluster.has_endpoint(host));
        let own = fitting.next()?;
        let is_other = own.name != named && fitting.all(|cluster| cluster.name != named);
        is_other.then_some(&own.name)
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

    /// Keeps what a read brought, or why it brought nothing.
    pub fn keep(&mut self, asked: Result<Self, FailedRead>) {
        match asked {
            Ok(more) => self.join(more),
            Err(failed) => self.failed.push(failed),
        }
    }

    /// Says whose the zones are. The answer does not, and each page is a list of its own.
    pub fn zones_are_of(&mut self, vpc_id: &str) {
        let zones = std::mem::take(&mut self.hosted_zones);
        self.hosted_zones.push(VpcZones {
            vpc_id: vpc_id.to_owned(),
            zones: zones.into_iter().flat_map(|page| page.zones).collect(),
        });
    }

    /// Says which rule group the rules are of. An answer without rules does not.
    pub fn rules_are_of(&mut self, group: &str) {
        if !self.firewall.groups.iter().any(|one| one.id == group) {
            self.firewall.groups.push(FirewallGroup {
                id: group.to_owned(),
                rules: Vec::new(),
            });
        }
    }

    /// Says which domain list the domains are of. The answer does not, and each page is a list of its own.
    pub fn domains_are_of(&mut self, list: &str) {
        let domains = std::mem::take(&mut self.unassigned_domains);
        self.firewall.domain_lists.push(DomainList {
            id: list.to_owned(),
            domains: domains.into_iter().flatten().collect(),
            only_about: None,
        });
    }

    /// Says which prefix list the networks are of. The answer does not, and each page is a list of its own.
    pub fn prefixes_are_of(&mut self, list: &str) {
        let cidrs = std::mem::take(&mut self.unassigned_prefixes);
        self.prefix_lists.push(PrefixList {
            id: list.to_owned(),
            cidrs: cidrs.into_iter().flatten().collect(),
        });
    }

    /// Says which Client VPN endpoint the routes are of. An answer without routes does not.
    pub fn client_vpn_routes_are_of(&mut self, endpoint: &str) {
        self.client_vpn.routes_are_of(endpoint);
    }

    /// The same of its authorization rules.
    pub fn client_vpn_rules_are_of(&mut self, endpoint: &str) {
        self.client_vpn.rules_are_of(endpoint);
    }

    /// Says which Profile the resources are of. An answer without resources does not.
    pub fn resources_are_of(&mut self, profile: &str) {
        if !self.profiles.resources.iter().any(|one| one.profile_id == profile) {
            self.profiles.resources.push(ProfileResources {
                profile_id: profile.to_owned(),
                resources: Vec::new(),
            });
        }
    }

    /// Says which VPC the VPC endpoints are of. An answer without endpoints does not.
    pub fn vpc_endpoints_are_of(&mut self, vpc_id: &str) {
        of_vpc(&mut self.vpc_endpoints, vpc_id.to_owned());
    }

    /// Says which VPC the associations with service networks are of. An answer without associations does not.
    pub fn service_networks_are_of(&mut self, vpc_id: &str) {
        self.lattice.of_vpc(vpc_id.to_owned());
    }

    /// Says which service network the resources are of. An answer without resources does not.
    pub fn network_resources_are_of(&mut self, network: &str) {
        self.lattice.of_network(id_of(network).to_owned());
    }

    /// Takes in VPC endpoints, each of the VPC that it names.
    pub fn add_vpc_endpoints(&mut self, more: Vec<(String, VpcEndpoint)>) {
        add_vpc_endpoints(&mut self.vpc_endpoints, more);
    }

    /// Takes in VPC endpoints, by VPC.
    fn merge_vpc_endpoints(&mut self, more: Vec<VpcEndpoints>) {
        for vpc in more {
            self.vpc_endpoints_are_of(&vpc.vpc_id);
            let named = vpc.endpoints.into_iter().map(|one| (vpc.vpc_id.clone(), one));
            self.add_vpc_endpoints(named.collect());
        }
    }

    /// Takes in what is said of DNSSEC. Of what AWS said twice, the later counts.
    pub fn add_dnssec_config(&mut self, one: DnssecConfig) {
        let is_later = self.source == AskedBy::Aws;
        self.dnssec_configs
            .retain(|other| *other != one && !(is_later && other.vpc_id == one.vpc_id));
        self.dnssec_configs.push(one);
    }

    /// Puts what was changed in AWS into the facts, and gives the gaps.
    pub fn give_changes(self, facts: &mut AwsFacts) -> Vec<Gap> {
        facts.events = in_time(self.events);
        let mut gaps: Vec<Gap> = Vec::new();
        for failed in &self.failed {
            let gap = Gap::of_aws(failed.call.fact(), failed.call.action(), failed.reason());
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        facts.failed_reads.extend(self.failed);
        facts.failed_reads.sort();
        facts.failed_reads.dedup();
        gaps
    }

    /// Takes in what another read brought.
    pub fn join(&mut self, more: Self) {
        let Self {
            source: _,
            caller,
            clusters,
            absent,
            cluster_names,
            update_ids,
            updates,
            interfaces,
            vpcs,
            vpc_attributes,
            owners,
            dhcp_options,
            security_groups,
            resolver_endpoints,
            subnets,
            network_acls,
            route_tables,
            prefix_lists,
            unassigned_prefixes,
            client_vpn,
            endpoint_addresses,
            unassigned,
            resolver_rules,
            rule_associations,
            hosted_zones,
            firewall,
            profiles,
            vpc_endpoints,
            lattice,
            dnssec_configs,
            unassigned_domains,
            events,
            zone_vpcs,
            failed,
            partial,
            whole,
            of_one_vpc,
            of_several_vpcs,
            told,
            taken_at,
            gaps,
        } = more;
        self.caller = self.caller.take().or(caller);
        self.absent = self.absent.take().or(absent);
        self.told.extend(told);
        self.taken_at = self.taken_at.take().max(taken_at);
        extend(&mut self.cluster_names, cluster_names);
        extend(&mut self.update_ids, update_ids);
        extend(&mut self.updates, updates);
        extend(&mut self.interfaces, interfaces);
        extend(&mut self.vpcs, vpcs);
        extend(&mut self.dhcp_options, dhcp_options);
        extend(&mut self.security_groups, security_groups);
        extend(&mut self.resolver_endpoints, resolver_endpoints);
        extend(&mut self.resolver_rules, resolver_rules);
        extend(&mut self.rule_associations, rule_associations);
        self.clusters.extend(clusters);
        self.vpc_attributes.extend(vpc_attributes);
        self.owners.extend(owners);
        extend(&mut self.subnets, subnets);
        extend(&mut self.network_acls, network_acls);
        extend(&mut self.route_tables, route_tables);
        self.prefix_lists.extend(prefix_lists);
        self.unassigned_prefixes.extend(unassigned_prefixes);
        self.client_vpn.merge(client_vpn);
        self.endpoint_addresses.extend(endpoint_addresses);
        self.unassigned.extend(unassigned);
        self.hosted_zones.extend(hosted_zones);
        self.firewall.merge(firewall);
        self.profiles.merge(profiles);
        self.merge_vpc_endpoints(vpc_endpoints);
        self.lattice.merge(lattice);
        for one in dnssec_configs {
            self.add_dnssec_config(one);
        }
        self.unassigned_domains.extend(unassigned_domains);
        extend(&mut self.events, events);
        self.zone_vpcs.extend(zone_vpcs);
        self.failed.extend(failed);
        self.partial.extend(partial);
        self.whole.extend(whole);
        self.of_one_vpc.extend(of_one_vpc);
        self.of_several_vpcs.extend(of_several_vpcs);
        self.gaps.extend(gaps);
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
        let of_vpc = facts.vpc.as_ref().and_then(|vpc| vpc.dhcp_options_id.clone());
        let set = of_vpc.or_else(|| facts.dhcp_options.as_ref().map(|set| set.id.clone()));
        let about = elsewhere.target.unwrap_or_default();
        let name = of_cluster.map(|cluster| cluster.name.clone()).or(about.cluster);
        self.told.push(ToldElsewhere {
            host: about.hostname.filter(|host| !host.is_empty()),
            cluster: name.clone(),
            vpc: vpc_id.clone(),
            dhcp_options: set,
        });
        let name = name.unwrap_or_default();
        let description = format!("{DESCRIPTION}{name}");
        if let Some(interfaces) = facts.interfaces {
            let interfaces = interfaces.into_iter().map(|interface| Interface {
                id: interface.id,
                description: description.clone(),
                status: None,
                vpc_id: vpc_id.clone(),
                subnet_id: None,
                zone: None,
                addresses: interface.addresses.into_iter().collect(),
            });
            self.interfaces.get_or_insert_default().extend(interfaces);
        }
        if let (Some(id), Some(attributes)) = (vpc_id, facts.vpc_attributes) {
            self.vpc_attributes.push((id, attributes));
        }
        let others = facts.other_vpc_attributes.into_iter().flatten();
        for one in others {
            self.owners.extend(one.owner.map(|owner| (one.vpc_id.clone(), owner)));
            let attributes = VpcAttributes {
                dns_support: one.dns_support,
                dns_hostnames: one.dns_hostnames,
            };
            self.vpc_attributes.push((one.vpc_id, attributes));
        }
        self.clusters.extend(facts.cluster);
        self.caller = self.caller.take().or(facts.caller);
        self.absent = self.absent.take().or(facts.absent_cluster);
        extend(&mut self.updates, facts.updates);
        extend(&mut self.vpcs, facts.vpc.map(|vpc| vec![vpc]));
        extend(&mut self.dhcp_options, facts.dhcp_options.map(|one| vec![one]));
        extend(&mut self.security_groups, facts.security_groups);
        extend(&mut self.subnets, facts.subnets);
        extend(&mut self.network_acls, facts.network_acls);
        extend(&mut self.route_tables, facts.route_tables);
        self.prefix_lists.extend(facts.prefix_lists.unwrap_or_default());
        self.client_vpn.merge(ClientVpn {
            endpoints: facts.client_vpn,
            ..ClientVpn::default()
        });
        extend(&mut self.resolver_endpoints, facts.resolver_endpoints);
        extend(&mut self.resolver_rules, facts.resolver_rules);
        extend(&mut self.rule_associations, facts.rule_associations);
        self.hosted_zones.extend(facts.hosted_zones.unwrap_or_default());
        self.firewall.merge(facts.firewall.unwrap_or_default());
        self.profiles.merge(facts.profiles.unwrap_or_default());
        self.merge_vpc_endpoints(facts.vpc_endpoints.unwrap_or_default());
        self.lattice.merge(facts.lattice.unwrap_or_default());
        for one in facts.dnssec_configs.into_iter().flatten() {
            self.add_dnssec_config(one);
        }
        extend(&mut self.events, facts.events);
        self.failed.extend(facts.failed_reads);
        self.partial.extend(facts.partial);
        self.of_one_vpc.extend(facts.of_one_vpc);
        // What that machine could not learn of itself is no gap here.
        let of_aws = elsewhere.gaps.into_iter().filter(|gap| gap.of == Half::Aws);
        self.gaps.extend(of_aws);
    }
}

/// Events, the latest first and each once, no more than a capture holds.
fn in_time(events: Option<Vec<Event>>) -> Option<Vec<Event>> {
    let mut events = events?;
    // RFC 3339 in UTC sorts as text.
    events.sort_by(|a, b| b.time.cmp(&a.time).then_with(|| a.cmp(b)));
    events.dedup();
    events.truncate(limits::LIST_IN_CAPTURE);
    Some(events)
}

fn extend<T>(list: &mut Option<Vec<T>>, more: Option<Vec<T>>) {
    if let Some(more) = more {
        list.get_or_insert_default().extend(more);
    }
}

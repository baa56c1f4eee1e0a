//! The reads that are made of AWS, in one table: each with its IAM action, the fact it brings, what goes without it,
//! and how its answer is taken. The answer is that of the API, or what the AWS CLI printed of it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::answers::{Answers, AwsFacts, Missing};
use super::shapes::{
    Members, Node, Spelling, VpcZones, WrongShape, association, attributes_of, caller, client_vpn_endpoint,
    client_vpn_route, client_vpn_rule, cluster, dhcp_options, dnssec_config, domain_list_details, endpoint,
    endpoint_addresses, event, firewall_association, firewall_config, firewall_rule, interface, network_acl,
    prefix_list_entry, profile_association, profile_resource, resource_configuration, route_table, rule,
    security_group, service_network_association, service_network_resource, subnet, update, vpc, vpc_endpoint, zone,
};

/// A read of AWS. Nothing else is ever asked of it, and nothing is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// STS, GetCallerIdentity: needs no permission.
    GetCallerIdentity,
    /// EKS, DescribeCluster.
    DescribeCluster,
    /// EKS, ListClusters.
    ListClusters,
    /// EKS, ListUpdates.
    ListUpdates,
    /// EKS, DescribeUpdate.
    DescribeUpdate,
    /// EC2, DescribeNetworkInterfaces.
    DescribeNetworkInterfaces,
    /// EC2, DescribeVpcs.
    DescribeVpcs,
    /// EC2, DescribeVpcAttribute.
    DescribeVpcAttribute,
    /// EC2, DescribeDhcpOptions.
    DescribeDhcpOptions,
    /// EC2, DescribeSecurityGroups.
    DescribeSecurityGroups,
    /// EC2, DescribeSubnets.
    DescribeSubnets,
    /// EC2, DescribeNetworkAcls.
    DescribeNetworkAcls,
    /// EC2, DescribeRouteTables.
    DescribeRouteTables,
    /// EC2, GetManagedPrefixListEntries.
    GetManagedPrefixListEntries,
    /// EC2, DescribeClientVpnEndpoints.
    DescribeClientVpnEndpoints,
    /// EC2, DescribeClientVpnRoutes.
    DescribeClientVpnRoutes,
    /// EC2, DescribeClientVpnAuthorizationRules.
    DescribeClientVpnAuthorizationRules,
    /// Route 53 Resolver, ListResolverEndpoints.
    ListResolverEndpoints,
    /// Route 53 Resolver, ListResolverEndpointIpAddresses.
    ListResolverEndpointIpAddresses,
    /// Route 53 Resolver, ListResolverRules.
    ListResolverRules,
    /// Route 53 Resolver, ListResolverRuleAssociations.
    ListResolverRuleAssociations,
    /// Route 53, ListHostedZonesByVPC.
    ListHostedZonesByVpc,
    /// Route 53 Resolver, ListFirewallRuleGroupAssociations.
    ListFirewallRuleGroupAssociations,
    /// Route 53 Resolver, ListFirewallRules.
    ListFirewallRules,
    /// Route 53 Resolver, ListFirewallDomains.
    ListFirewallDomains,
    /// Route 53 Resolver, GetFirewallDomainList.
    GetFirewallDomainList,
    /// Route 53 Resolver, GetFirewallConfig.
    GetFirewallConfig,
    /// Route 53 Profiles, ListProfileAssociations.
    ListProfileAssociations,
    /// Route 53 Profiles, ListProfileResourceAssociations.
    ListProfileResourceAssociations,
    /// Route 53 Resolver, GetResolverDnssecConfig.
    GetResolverDnssecConfig,
    /// EC2, DescribeVpcEndpoints.
    DescribeVpcEndpoints,
    /// VPC Lattice, ListServiceNetworkVpcAssociations.
    ListServiceNetworkVpcAssociations,
    /// VPC Lattice, ListServiceNetworkResourceAssociations.
    ListServiceNetworkResourceAssociations,
    /// VPC Lattice, GetResourceConfiguration.
    GetResourceConfiguration,
    /// CloudTrail, LookupEvents: only with `--since`.
    LookupEvents,
}

/// The parts of the policy, by what its reads are for (docs/aws-permissions.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyPart {
    /// The cluster, and which access its endpoint has.
    Cluster,
    /// Its VPC and its addresses.
    Vpc,
    /// Who answers for the name there.
    Resolver,
    /// What turns a suspicion into a cause.
    Certain,
    /// What was changed.
    Changed,
}

impl PolicyPart {
    /// Its `Sid`.
    pub fn sid(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Vpc => "Vpc",
            Self::Resolver => "Resolver",
            Self::Certain => "Certain",
            Self::Changed => "Changed",
        }
    }
}

/// A row of the table.
struct ReadRow {
    /// The read.
    call: Call,
    /// The IAM action.
    action: &'static str,
    /// The part of the policy that allows it; `None` of what needs no permission.
    part: Option<PolicyPart>,
    /// The fact that it brings, for the gaps.
    fact: &'static str,
    /// What the diagnosis goes without where it fails.
    costs: &'static str,
    /// The member of its answer that no other answer has.
    member: &'static str,
    /// Whether that is a list, which may come in pages.
    is_list: bool,
    /// Tells that member where it stands alone, as `--query` leaves it, by the fields that it has; of a list, one of
    /// its members. `None` where nothing tells it. What fits two rows is of the first.
    alone: Option<fn(&Members<'_>) -> bool>,
    /// Puts an answer into the others; `false` where it is not one of this read.
    take: fn(&Members<'_>, &mut Answers) -> Result<bool, WrongShape>,
    /// Gives a list to the facts as it came; `None` where `answers/assemble.rs` looks for what is the cluster's.
    give: Option<Give>,
}

/// From the answers to the facts, with what is missing.
type Give = fn(&mut Answers, &mut AwsFacts, &mut Missing<'_>);

/// In the order of [`Call`]. `.ci/botocore.py` looks for the line of the action.
const READS: &[ReadRow] = &[
    ReadRow {
        call: Call::GetCallerIdentity,
        action: "sts:GetCallerIdentity",
        part: None,
        fact: "account",
        costs: "in which account all this was looked up is not known",
        member: "Account",
        is_list: false,
        alone: None,
        take: |of, to| one(caller(of)?, |caller| to.caller = Some(caller)),
        give: None,
    },
    ReadRow {
        call: Call::DescribeCluster,
        action: "eks:DescribeCluster",
        part: Some(PolicyPart::Cluster),
        fact: "cluster",
        costs: "whether the name is the cluster's, and which access its endpoint has, is not known",
        member: "cluster",
        is_list: false,
        alone: None,
        take: |of, to| {
            let found = of.object("cluster")?;
            let found = found.map(|one| cluster(&one, Spelling::Api)).transpose()?;
            one(found, |cluster| to.clusters.push(cluster))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListClusters,
        action: "eks:ListClusters",
        part: Some(PolicyPart::Cluster),
        fact: "clusters of the account",
        costs: "an endpoint's name alone does not lead to its cluster",
        member: "clusters",
        is_list: true,
        alone: None,
        take: |of, to| {
            // ECS has a list of this name too, of objects.
            if !lists_names(of) {
                return Ok(false);
            }
            texts(of, "clusters", &mut to.cluster_names)
        },
        give: None,
    },
    ReadRow {
        call: Call::ListUpdates,
        action: "eks:ListUpdates",
        part: Some(PolicyPart::Cluster),
        fact: "updates of the cluster",
        costs: "a change of the endpoint's access that is under way is not seen",
        member: "updateIds",
        is_list: true,
        alone: None,
        take: |of, to| texts(of, "updateIds", &mut to.update_ids),
        give: None,
    },
    ReadRow {
        call: Call::DescribeUpdate,
        action: "eks:DescribeUpdate",
        part: Some(PolicyPart::Cluster),
        fact: "updates of the cluster",
        costs: "a change of the endpoint's access that is under way is not seen",
        member: "update",
        is_list: false,
        alone: Some(|one| one.has_all(&["id", "type", "params", "createdAt"])),
        take: |of, to| {
            let found = of.object("update")?.map(|one| update(&one)).transpose()?;
            one(found, |update| to.updates.get_or_insert_default().push(update))
        },
        give: None,
    },
    ReadRow {
        call: Call::DescribeNetworkInterfaces,
        action: "ec2:DescribeNetworkInterfaces",
        part: Some(PolicyPart::Vpc),
        fact: "network interfaces",
        costs: "answers can be compared with the VPC's networks at best: plausible, never a match",
        member: "NetworkInterfaces",
        is_list: true,
        alone: Some(|one| {
            // An Elastic IP address names the interface that has it.
            one.has("NetworkInterfaceId")
                && (one.has("PrivateIpAddress") || one.has("PrivateIpAddresses"))
                && !one.has("AllocationId")
        }),
        take: |of, to| list(of, "NetworkInterfaces", &mut to.interfaces, interface),
        give: None,
    },
    ReadRow {
        call: Call::DescribeVpcs,
        action: "ec2:DescribeVpcs",
        part: Some(PolicyPart::Vpc),
        fact: "VPC",
        costs: "the VPC resolver's address and the VPC's networks are not known",
        member: "Vpcs",
        is_list: true,
        alone: Some(|one| {
            // A subnet is in a VPC, and so is one side of a peering.
            let is_other = ["SubnetId", "PeeringOptions", "CidrBlockSet"]
                .iter()
                .any(|key| one.has(key));
            one.has_all(&["VpcId", "CidrBlock"]) && !is_other
        }),
        take: |of, to| list(of, "Vpcs", &mut to.vpcs, vpc),
        give: None,
    },
    ReadRow {
        call: Call::DescribeVpcAttribute,
        action: "ec2:DescribeVpcAttribute",
        part: Some(PolicyPart::Vpc),
        fact: "VPC attributes",
        costs: "whether DNS is switched off in the VPC is not known",
        member: "EnableDnsSupport",
        is_list: false,
        alone: None,
        take: |of, to| one(attributes_of(of)?, |attributes| to.vpc_attributes.push(attributes)),
        give: None,
    },
    ReadRow {
        call: Call::DescribeDhcpOptions,
        action: "ec2:DescribeDhcpOptions",
        part: Some(PolicyPart::Vpc),
        fact: "DHCP options",
        costs: "which name servers hosts in the VPC use is not known",
        member: "DhcpOptions",
        is_list: true,
        alone: Some(|one| one.has_all(&["DhcpOptionsId", "DhcpConfigurations"])),
        take: |of, to| list(of, "DhcpOptions", &mut to.dhcp_options, dhcp_options),
        give: None,
    },
    ReadRow {
        call: Call::DescribeSecurityGroups,
        action: "ec2:DescribeSecurityGroups",
        part: Some(PolicyPart::Vpc),
        fact: "security groups",
        costs: "whether a security group keeps port 53 of an inbound endpoint shut is not known",
        member: "SecurityGroups",
        is_list: true,
        alone: Some(|one| one.has_all(&["GroupId", "IpPermissions"])),
        take: |of, to| list(of, "SecurityGroups", &mut to.security_groups, security_group),
        give: Some(|of, to, missing| {
            to.security_groups = missing.once(Call::DescribeSecurityGroups, of.security_groups.take(), |one| &one.id);
        }),
    },
    ReadRow {
        call: Call::DescribeSubnets,
        action: "ec2:DescribeSubnets",
        part: Some(PolicyPart::Certain),
        fact: "subnets",
        costs: "which network an inbound endpoint's address is in is not known",
        member: "Subnets",
        is_list: true,
        alone: Some(|one| {
            // Instances, NAT gateways and others stand in a subnet.
            let is_itself = ["CidrBlock", "AvailableIpAddressCount", "SubnetArn"]
                .iter()
                .any(|key| one.has(key));
            one.has_all(&["SubnetId", "VpcId"]) && is_itself
        }),
        take: |of, to| list(of, "Subnets", &mut to.subnets, subnet),
        give: None,
    },
    ReadRow {
        call: Call::DescribeNetworkAcls,
        action: "ec2:DescribeNetworkAcls",
        part: Some(PolicyPart::Certain),
        fact: "network ACLs",
        costs: "whether a network ACL keeps port 53 of an inbound endpoint shut is not known",
        member: "NetworkAcls",
        is_list: true,
        alone: Some(|one| one.has_all(&["NetworkAclId", "Entries"])),
        take: |of, to| list(of, "NetworkAcls", &mut to.network_acls, network_acl),
        give: None,
    },
    ReadRow {
        call: Call::DescribeRouteTables,
        action: "ec2:DescribeRouteTables",
        part: Some(PolicyPart::Certain),
        fact: "route tables",
        costs: "whether an inbound endpoint's subnet has a route back to this host is not known",
        member: "RouteTables",
        is_list: true,
        alone: Some(|one| one.has_all(&["RouteTableId", "Routes"])),
        take: |of, to| list(of, "RouteTables", &mut to.route_tables, route_table),
        give: None,
    },
    ReadRow {
        call: Call::GetManagedPrefixListEntries,
        action: "ec2:GetManagedPrefixListEntries",
        part: Some(PolicyPart::Certain),
        fact: "entries of prefix lists",
        costs: "which networks a prefix list in a security group or a route has is not known",
        member: "Entries",
        is_list: true,
        alone: Some(|one| one.has("Cidr") && one.keys().all(|key| matches!(key, "Cidr" | "Description"))),
        take: |of, to| {
            let mut found = None;
            list(of, "Entries", &mut found, prefix_list_entry)?;
            // The answer does not name the list it is about.
            one(found, |all| to.unassigned_prefixes.push(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::DescribeClientVpnEndpoints,
        action: "ec2:DescribeClientVpnEndpoints",
        part: Some(PolicyPart::Certain),
        fact: "Client VPN endpoints",
        costs: "whether this host comes through AWS Client VPN, and which DNS servers it gets there, is not known",
        member: "ClientVpnEndpoints",
        is_list: true,
        alone: Some(|one| one.has_all(&["ClientVpnEndpointId", "DnsName"])),
        take: |of, to| {
            let all = &mut to.client_vpn.endpoints;
            list(of, "ClientVpnEndpoints", all, client_vpn_endpoint)
        },
        give: None,
    },
    ReadRow {
        call: Call::DescribeClientVpnRoutes,
        action: "ec2:DescribeClientVpnRoutes",
        part: Some(PolicyPart::Certain),
        fact: "routes of Client VPN endpoints",
        costs: "whether a Client VPN endpoint has a route to its DNS servers is not known",
        member: "Routes",
        is_list: true,
        alone: Some(|one| one.has_all(&["ClientVpnEndpointId", "DestinationCidr"]) && !one.has("AccessAll")),
        take: |of, to| {
            let mut found = None;
            // A route table alone has a list of this name too.
            if !of.has("RouteTableId") {
                list(of, "Routes", &mut found, client_vpn_route)?;
            }
            one(found, |all| to.client_vpn.add_routes(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::DescribeClientVpnAuthorizationRules,
        action: "ec2:DescribeClientVpnAuthorizationRules",
        part: Some(PolicyPart::Certain),
        fact: "authorization rules of Client VPN endpoints",
        costs: "whether a Client VPN endpoint allows its DNS servers is not known",
        member: "AuthorizationRules",
        is_list: true,
        alone: Some(|one| one.has_all(&["ClientVpnEndpointId", "AccessAll"])),
        take: |of, to| {
            let mut found = None;
            list(of, "AuthorizationRules", &mut found, client_vpn_rule)?;
            one(found, |all| to.client_vpn.add_rules(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListResolverEndpoints,
        action: "route53resolver:ListResolverEndpoints",
        part: Some(PolicyPart::Resolver),
        fact: "Resolver endpoints",
        costs: "the inbound endpoints, their VPC and their state are not known",
        member: "ResolverEndpoints",
        is_list: true,
        alone: Some(|one| one.has_all(&["Id", "Direction"])),
        take: |of, to| list(of, "ResolverEndpoints", &mut to.resolver_endpoints, endpoint),
        give: None,
    },
    ReadRow {
        call: Call::ListResolverEndpointIpAddresses,
        action: "route53resolver:ListResolverEndpointIpAddresses",
        part: Some(PolicyPart::Resolver),
        fact: "addresses of Resolver endpoints",
        costs: "the inbound endpoints cannot be asked",
        member: "IpAddresses",
        is_list: true,
        alone: Some(|one| one.has("IpId") && (one.has("Ip") || one.has("Ipv6"))),
        take: |of, to| {
            let mut found = None;
            list(of, "IpAddresses", &mut found, endpoint_addresses)?;
            one(found, |all| to.unassigned.push(all.into_iter().flatten().collect()))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListResolverRules,
        action: "route53resolver:ListResolverRules",
        part: Some(PolicyPart::Resolver),
        fact: "Resolver rules",
        costs: "a rule that forwards the name elsewhere is not seen",
        member: "ResolverRules",
        is_list: true,
        alone: Some(|one| one.has_all(&["Id", "RuleType"])),
        take: |of, to| list(of, "ResolverRules", &mut to.resolver_rules, rule),
        give: Some(|of, to, missing| {
            to.resolver_rules = missing.once(Call::ListResolverRules, of.resolver_rules.take(), |one| &one.id);
        }),
    },
    ReadRow {
        call: Call::ListResolverRuleAssociations,
        action: "route53resolver:ListResolverRuleAssociations",
        part: Some(PolicyPart::Resolver),
        fact: "associations of Resolver rules",
        costs: "which VPC a rule takes effect in is not known",
        member: "ResolverRuleAssociations",
        is_list: true,
        alone: Some(|one| one.has_all(&["ResolverRuleId", "VPCId"])),
        take: |of, to| list(of, "ResolverRuleAssociations", &mut to.rule_associations, association),
        give: Some(|of, to, missing| {
            to.rule_associations = missing.list(Call::ListResolverRuleAssociations, of.rule_associations.take());
        }),
    },
    ReadRow {
        call: Call::ListHostedZonesByVpc,
        action: "route53:ListHostedZonesByVPC",
        part: Some(PolicyPart::Resolver),
        fact: "private hosted zones",
        costs: "a zone that hides the endpoint's name is not seen",
        member: "HostedZoneSummaries",
        is_list: true,
        alone: Some(|one| one.has_all(&["HostedZoneId", "Name"]) && !one.has("TrafficPolicyId")),
        take: |of, to| {
            let mut found = None;
            list(of, "HostedZoneSummaries", &mut found, zone)?;
            // The answer does not name the VPC it is about.
            let vpc_id = String::new();
            one(found, |zones| to.hosted_zones.push(VpcZones { vpc_id, zones }))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListFirewallRuleGroupAssociations,
        action: "route53resolver:ListFirewallRuleGroupAssociations",
        part: Some(PolicyPart::Certain),
        fact: "DNS Firewall rule groups",
        costs: "whether a rule of DNS Firewall blocks the name is not known",
        member: "FirewallRuleGroupAssociations",
        is_list: true,
        alone: Some(|one| one.has_all(&["FirewallRuleGroupId", "VpcId"])),
        take: |of, to| {
            let all = &mut to.firewall.associations;
            list(of, "FirewallRuleGroupAssociations", all, firewall_association)
        },
        give: None,
    },
    ReadRow {
        call: Call::ListFirewallRules,
        action: "route53resolver:ListFirewallRules",
        part: Some(PolicyPart::Certain),
        fact: "DNS Firewall rules",
        costs: "whether a rule of DNS Firewall blocks the name is not known",
        member: "FirewallRules",
        is_list: true,
        alone: Some(|one| one.has_all(&["FirewallRuleGroupId", "Action"])),
        take: |of, to| {
            let mut found = None;
            list(of, "FirewallRules", &mut found, firewall_rule)?;
            one(found, |all| to.firewall.add_rules(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListFirewallDomains,
        action: "route53resolver:ListFirewallDomains",
        part: Some(PolicyPart::Certain),
        fact: "DNS Firewall domain lists",
        costs: "whether a rule of DNS Firewall is for the name is not known",
        member: "Domains",
        is_list: true,
        alone: None,
        take: |of, to| {
            let mut found = None;
            texts(of, "Domains", &mut found)?;
            // The answer does not name the list it is about.
            one(found, |all| to.unassigned_domains.push(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::GetFirewallDomainList,
        action: "route53resolver:GetFirewallDomainList",
        part: Some(PolicyPart::Certain),
        fact: "names of DNS Firewall domain lists",
        costs: "who manages a domain list of DNS Firewall, and whether what stands in it is settled, is not known",
        member: "FirewallDomainList",
        is_list: false,
        // A member of ListFirewallDomainLists has less.
        alone: Some(|one| {
            let arn = one.text("Arn").ok().flatten();
            one.has_all(&["Id", "DomainCount"]) || arn.is_some_and(|arn| arn.contains(":firewall-domain-list/"))
        }),
        take: |of, to| {
            let found = of.object("FirewallDomainList")?;
            let found = found.map(|one| domain_list_details(&one)).transpose()?;
            one(found, |details| to.firewall.list_details.push(details))
        },
        give: None,
    },
    ReadRow {
        call: Call::GetFirewallConfig,
        action: "route53resolver:GetFirewallConfig",
        part: Some(PolicyPart::Certain),
        fact: "DNS Firewall's fail open",
        costs: "what is answered where DNS Firewall fails is not known",
        member: "FirewallConfig",
        is_list: false,
        alone: Some(|one| one.has_all(&["ResourceId", "FirewallFailOpen"])),
        take: |of, to| {
            let found = of.object("FirewallConfig")?;
            let found = found.map(|one| firewall_config(&one)).transpose()?;
            one(found, |config| to.firewall.configs.push(config))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListProfileAssociations,
        action: "route53profiles:ListProfileAssociations",
        part: Some(PolicyPart::Certain),
        fact: "Route 53 Profiles",
        costs: "rules, zones and rule groups that a Profile brings are not seen",
        member: "ProfileAssociations",
        is_list: true,
        alone: Some(|one| one.has_all(&["ProfileId", "ResourceId"]) && !one.has("ResourceArn")),
        take: |of, to| {
            let all = &mut to.profiles.associations;
            list(of, "ProfileAssociations", all, profile_association)
        },
        give: None,
    },
    ReadRow {
        call: Call::ListProfileResourceAssociations,
        action: "route53profiles:ListProfileResourceAssociations",
        part: Some(PolicyPart::Certain),
        fact: "resources of Route 53 Profiles",
        costs: "rules, zones and rule groups that a Profile brings are not seen",
        member: "ProfileResourceAssociations",
        is_list: true,
        alone: Some(|one| one.has_all(&["ProfileId", "ResourceArn"])),
        take: |of, to| {
            let mut found = None;
            list(of, "ProfileResourceAssociations", &mut found, profile_resource)?;
            one(found, |all| to.profiles.add_resources(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::GetResolverDnssecConfig,
        action: "route53resolver:GetResolverDnssecConfig",
        part: Some(PolicyPart::Certain),
        fact: "DNSSEC validation",
        costs: "whether the VPC's Resolver validates DNSSEC is not known",
        member: "ResolverDNSSECConfig",
        is_list: false,
        alone: Some(|one| one.has_all(&["ResourceId", "ValidationStatus"])),
        take: |of, to| {
            let found = of.object("ResolverDNSSECConfig")?;
            let found = found.map(|one| dnssec_config(&one)).transpose()?;
            one(found, |config| to.add_dnssec_config(config))
        },
        give: None,
    },
    ReadRow {
        call: Call::DescribeVpcEndpoints,
        action: "ec2:DescribeVpcEndpoints",
        part: Some(PolicyPart::Certain),
        fact: "VPC endpoints",
        costs: "whether a VPC endpoint has made a private hosted zone for the name is not known",
        member: "VpcEndpoints",
        is_list: true,
        alone: Some(|one| one.has_all(&["VpcEndpointId", "VpcId", "VpcEndpointType"])),
        take: |of, to| {
            let mut found = None;
            list(of, "VpcEndpoints", &mut found, vpc_endpoint)?;
            one(found, |all| to.add_vpc_endpoints(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListServiceNetworkVpcAssociations,
        action: "vpc-lattice:ListServiceNetworkVpcAssociations",
        part: Some(PolicyPart::Certain),
        fact: "service networks of VPC Lattice",
        costs: "whether VPC Lattice has made a private hosted zone for the name is not known",
        member: "items",
        is_list: true,
        alone: Some(|one| one.has_all(&["serviceNetworkId", "vpcId"])),
        take: |of, to| {
            let found = items(of, "vpcId", service_network_association)?;
            one(found, |all| to.lattice.add_associations(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::ListServiceNetworkResourceAssociations,
        action: "vpc-lattice:ListServiceNetworkResourceAssociations",
        part: Some(PolicyPart::Certain),
        fact: "resources of service networks",
        costs: "whether VPC Lattice has made a private hosted zone for the name is not known",
        member: "items",
        is_list: true,
        alone: Some(|one| one.has_all(&["serviceNetworkId", "resourceConfigurationId"])),
        take: |of, to| {
            let found = items(of, "resourceConfigurationId", service_network_resource)?;
            one(found, |all| to.lattice.add_resources(all))
        },
        give: None,
    },
    ReadRow {
        call: Call::GetResourceConfiguration,
        action: "vpc-lattice:GetResourceConfiguration",
        part: Some(PolicyPart::Certain),
        fact: "resource configurations of VPC Lattice",
        costs: "which custom domain name a resource has is not known",
        member: "customDomainName",
        is_list: false,
        alone: None,
        take: |of, to| {
            let found = resource_configuration(of)?;
            one(found, |configuration| to.lattice.add_configuration(configuration))
        },
        give: None,
    },
    ReadRow {
        call: Call::LookupEvents,
        action: "cloudtrail:LookupEvents",
        part: Some(PolicyPart::Changed),
        fact: "recent changes in AWS",
        costs: "what was changed in AWS before this run is not known, or not all of it",
        member: "Events",
        is_list: true,
        alone: Some(|one| one.has_all(&["EventName", "EventSource", "EventTime"])),
        take: |of, to| {
            let mut found = None;
            list(of, "Events", &mut found, event)?;
            one(found, |all| {
                to.events.get_or_insert_default().extend(all.into_iter().flatten());
            })
        },
        give: None,
    },
];

/// A list, each of its members read.
fn list<T>(
    of: &Members<'_>,
    member: &str,
    to: &mut Option<Vec<T>>,
    read: impl Fn(&Members<'_>) -> Result<T, WrongShape>,
) -> Result<bool, WrongShape> {
    let found = of.get(member).map(|all| all.each(read)).transpose()?;
    one(found, |all| to.get_or_insert_default().extend(all))
}

/// The list `items` of VPC Lattice, which several answers have: told apart by a member that each of its own has.
fn items<T>(
    of: &Members<'_>,
    key: &str,
    read: impl Fn(&Members<'_>) -> Result<T, WrongShape>,
) -> Result<Option<Vec<T>>, WrongShape> {
    // A list of Kubernetes has `items` too, and its `kind`.
    let Some(all) = of.get("items").filter(|_| !of.has("kind")) else {
        return Ok(None);
    };
    for one in all.elements()? {
        if !one.is_object() || !one.members()?.has(key) {
            return Ok(None);
        }
    }
    all.each(read).map(Some)
}

/// Whether the list `clusters` is EKS's, which is of names. `failures` stands beside it in ECS's DescribeClusters
/// (Amazon ECS API Reference).
fn lists_names(of: &Members<'_>) -> bool {
    let elements = of.get("clusters").and_then(|all| all.elements().ok());
    let of_objects = elements.is_some_and(|all| all.first().is_some_and(Node::is_object));
    !of_objects && !of.has("failures")
}

/// A list of texts.
fn texts(of: &Members<'_>, member: &str, to: &mut Option<Vec<String>>) -> Result<bool, WrongShape> {
    let found = of.get(member).map(|_| of.texts(member)).transpose()?;
    one(found, |all| to.get_or_insert_default().extend(all))
}

/// Whether there was anything, which is kept.
#[expect(clippy::unnecessary_wraps, reason = "the end of every row's `take`")]
fn one<T>(found: Option<T>, keep: impl FnOnce(T)) -> Result<bool, WrongShape> {
    let Some(found) = found else {
        return Ok(false);
    };
    keep(found);
    Ok(true)
}

impl Call {
    /// Every read, in the order of their services.
    pub const ALL: [Self; READS.len()] = {
        let mut all = [Self::GetCallerIdentity; READS.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = READS[at].call;
            at += 1;
        }
        all
    };

    fn read(self) -> &'static ReadRow {
        &READS[self as usize]
    }

    /// The IAM action.
    pub fn action(self) -> &'static str {
        self.read().action
    }

    /// The operation of the API.
    pub fn operation(self) -> &'static str {
        self.action().split_once(':').map_or("", |(_, operation)| operation)
    }

    /// The command of the AWS CLI, without its options: `aws eks describe-cluster`.
    pub fn command(self) -> String {
        let (service, operation) = self.action().split_once(':').unwrap_or_default();
        // The CLI's xform_name: a capital begins a word, and a run of them is one.
        let letters: Vec<char> = operation.chars().collect();
        let mut words = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let is_capital = |at: usize| letters.get(at).is_some_and(char::is_ascii_uppercase);
            let begins = is_capital(at)
                && (!is_capital(at.wrapping_sub(1)) || letters.get(at + 1).is_some_and(|_| !is_capital(at + 1)));
            if at > 0 && begins {
                words.push('-');
            }
            words.push(letter.to_ascii_lowercase());
        }
        format!("aws {service} {words}")
    }

    /// The fact that it brings, for the gaps.
    pub fn fact(self) -> &'static str {
        self.read().fact
    }

    /// The part of the policy that allows it; `None` of what needs no permission.
    pub fn part(self) -> Option<PolicyPart> {
        self.read().part
    }

    /// What the diagnosis goes without where it fails.
    pub fn costs(self) -> &'static str {
        self.read().costs
    }

    /// The member of its answer that no other answer has.
    pub fn member(self) -> &'static str {
        self.read().member
    }

    /// Whether its answer is a list, which may come in pages.
    pub fn is_list(self) -> bool {
        self.read().is_list
    }

    /// Puts an answer into the others; `false` where it is not one of this read.
    pub(super) fn take(self, of: &Members<'_>, to: &mut Answers) -> Result<bool, WrongShape> {
        (self.read().take)(of, to)
    }

    /// The read whose answer has this as its member, or in its list.
    pub(super) fn of_one(one: &Members<'_>) -> Option<Self> {
        let is_its = |call: &Self| call.read().alone.is_some_and(|tells| tells(one));
        Self::ALL.into_iter().find(is_its)
    }

    /// Puts one of those into the answers.
    pub(super) fn take_one(self, one: &Members<'_>, to: &mut Answers) -> Result<(), WrongShape> {
        self.take(&one.in_an_answer(self.member()), to).map(|_| ())
    }

    /// Gives its list to the facts, where that is all there is to it.
    pub(super) fn give(self, of: &mut Answers, to: &mut AwsFacts, missing: &mut Missing<'_>) {
        if let Some(give) = self.read().give {
            give(of, to, missing);
        }
    }
}

impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.action())
    }
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .into_iter()
            .find(|call| call.action() == text)
            .ok_or_else(|| de::Error::custom(format_args!("no read of AWS is called {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Gap;

    #[test]
    fn every_read_has_its_row() {
        for (at, call) in Call::ALL.into_iter().enumerate() {
            let name = format!("{call:?}");
            assert_eq!(call as usize, at, "{name} is not in the order of the reads");
            assert!(
                call.operation().eq_ignore_ascii_case(&name),
                "{name} has the row of {}",
                call.action()
            );
        }
    }

    /// A gap of several facts is told by what stands between them.
    #[test]
    fn no_fact_is_called_as_several() {
        for call in Call::ALL {
            assert!(!Gap::of_aws(call.fact(), "", "").is_of_several(), "{call:?}");
        }
        assert!(Gap::of_aws_all(&["one", "two"], "", "").is_of_several());
    }

    #[test]
    fn a_call_has_its_command() {
        assert_eq!(Call::DescribeCluster.command(), "aws eks describe-cluster");
        assert_eq!(Call::DescribeVpcs.command(), "aws ec2 describe-vpcs");
        assert_eq!(Call::GetCallerIdentity.command(), "aws sts get-caller-identity");
        assert_eq!(
            Call::ListHostedZonesByVpc.command(),
            "aws route53 list-hosted-zones-by-vpc"
        );
        assert_eq!(
            Call::ListResolverEndpointIpAddresses.command(),
            "aws route53resolver list-resolver-endpoint-ip-addresses"
        );
    }

    #[test]
    fn a_call_is_named_by_its_action() {
        for call in Call::ALL {
            let json = serde_json::to_string(&call).unwrap_or_default();
            assert_eq!(json, format!("{:?}", call.action()));
            assert_eq!(serde_json::from_str::<Call>(&json).ok(), Some(call));
        }
        assert!(serde_json::from_str::<Call>("\"ec2:RunInstances\"").is_err());
    }
}

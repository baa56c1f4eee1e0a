//! One member of an answer of AWS without the answer around it, as `--query` leaves it, told by the fields that it has.

use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::facts::shapes::{self, Members, Spelling, VpcZones, WrongShape};

/// What one is a member of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Cluster,
    /// A cluster as `eksctl get cluster --name` prints it.
    SdkCluster,
    /// A row of Steampipe's table of clusters.
    ColumnsOfCluster,
    /// A cluster as `eksctl get cluster` lists it: its name, and nothing else that is a fact here.
    EksctlCluster,
    Interface,
    Subnet,
    NetworkAcl,
    RouteTable,
    Vpc,
    DhcpOptions,
    ClientVpnEndpoint,
    ClientVpnRoute,
    ClientVpnRule,
    SecurityGroup,
    ResolverEndpoint,
    EndpointAddress,
    ResolverRule,
    RuleAssociation,
    HostedZone,
    FirewallAssociation,
    FirewallRule,
    ProfileAssociation,
    ProfileResource,
    VpcEndpoint,
    ServiceNetworkAssociation,
    ServiceNetworkResource,
    PrefixListEntry,
    FirewallConfig,
    DnssecConfig,
    Update,
    Event,
}

impl Element {
    /// What these fields are of; `None` where they do not say.
    pub(super) fn of(members: &Members<'_>) -> Option<Self> {
        let has = |keys: &[&str]| keys.iter().all(|key| members.has(key));
        // Other clouds and other services have a name and an endpoint too.
        let is_endpoint = |key: &str| {
            let text = members.text(key).ok().flatten();
            text.is_some_and(|text| {
                text.starts_with("https://") && (text.contains(".eks.") || text.contains(".eks-cluster."))
            })
        };
        let is_cluster_arn = |key: &str| {
            let text = members.text(key).ok().flatten();
            text.is_some_and(|text| text.contains(":eks:") && text.contains(":cluster/"))
        };
        let eksctl = || {
            let metadata = members.object("metadata").ok().flatten();
            metadata.is_some_and(|metadata| metadata.has("name") && metadata.has("region"))
        };
        Some(
            // An Elastic IP address names the interface that has it.
            if has(&["NetworkInterfaceId"])
                && (has(&["PrivateIpAddress"]) || has(&["PrivateIpAddresses"]))
                && !has(&["AllocationId"])
            {
                Self::Interface
            } else if has(&["ClientVpnEndpointId", "AccessAll"]) {
                Self::ClientVpnRule
            } else if has(&["ClientVpnEndpointId", "DestinationCidr"]) {
                Self::ClientVpnRoute
            } else if has(&["ClientVpnEndpointId", "DnsName"]) {
                Self::ClientVpnEndpoint
            } else if has(&["NetworkAclId", "Entries"]) {
                Self::NetworkAcl
            } else if has(&["RouteTableId", "Routes"]) {
                Self::RouteTable
            } else if has(&["VpcEndpointId", "VpcId", "VpcEndpointType"]) {
                Self::VpcEndpoint
            } else if has(&["serviceNetworkId", "vpcId"]) {
                Self::ServiceNetworkAssociation
            } else if has(&["serviceNetworkId", "resourceConfigurationId"]) {
                Self::ServiceNetworkResource
            // Instances, NAT gateways and others stand in a subnet, and one side of a peering is in a VPC.
            } else if has(&["SubnetId", "VpcId"])
                && (has(&["CidrBlock"]) || has(&["AvailableIpAddressCount"]) || has(&["SubnetArn"]))
            {
                Self::Subnet
            } else if has(&["VpcId", "CidrBlock"]) && !has(&["PeeringOptions"]) && !has(&["CidrBlockSet"]) {
                Self::Vpc
            } else if has(&["DhcpOptionsId", "DhcpConfigurations"]) {
                Self::DhcpOptions
            } else if has(&["GroupId", "IpPermissions"]) {
                Self::SecurityGroup
            } else if has(&["Id", "Direction"]) {
                Self::ResolverEndpoint
            } else if has(&["IpId"]) && (has(&["Ip"]) || has(&["Ipv6"])) {
                Self::EndpointAddress
            } else if has(&["Id", "RuleType"]) {
                Self::ResolverRule
            } else if has(&["ResolverRuleId", "VPCId"]) {
                Self::RuleAssociation
            } else if has(&["HostedZoneId", "Name"]) && !has(&["TrafficPolicyId"]) {
                Self::HostedZone
            } else if has(&["FirewallRuleGroupId", "VpcId"]) {
                Self::FirewallAssociation
            } else if has(&["FirewallRuleGroupId", "Action"]) {
                Self::FirewallRule
            } else if has(&["ProfileId", "ResourceArn"]) {
                Self::ProfileResource
            } else if has(&["ProfileId", "ResourceId"]) {
                Self::ProfileAssociation
            } else if has(&["Cidr"]) && members.keys().all(|key| matches!(key, "Cidr" | "Description")) {
                Self::PrefixListEntry
            } else if has(&["ResourceId", "FirewallFailOpen"]) {
                Self::FirewallConfig
            } else if has(&["ResourceId", "ValidationStatus"]) {
                Self::DnssecConfig
            } else if has(&["EventName", "EventSource", "EventTime"]) {
                Self::Event
            } else if has(&["id", "type", "params", "createdAt"]) {
                Self::Update
            } else if has(&["name", "resources_vpc_config"]) || is_cluster_arn("arn") && has(&["resources_vpc_config"])
            {
                Self::ColumnsOfCluster
            } else if is_cluster_arn("arn")
                || has(&["name"]) && (is_endpoint("endpoint") || has(&["resourcesVpcConfig"]))
            {
                Self::Cluster
            } else if is_cluster_arn("Arn")
                || has(&["Name"]) && (is_endpoint("Endpoint") || has(&["ResourcesVpcConfig"]))
            {
                Self::SdkCluster
            } else if eksctl() && !has(&["apiVersion"]) {
                Self::EksctlCluster
            } else {
                return None;
            },
        )
    }

    /// The list that it is of.
    pub(super) fn call(self) -> Option<Call> {
        Some(match self {
            Self::Cluster
            | Self::SdkCluster
            | Self::ColumnsOfCluster
            | Self::EksctlCluster
            | Self::FirewallConfig
            | Self::DnssecConfig
            | Self::Update => return None,
            Self::PrefixListEntry => Call::GetManagedPrefixListEntries,
            Self::Event => Call::LookupEvents,
            Self::Subnet => Call::DescribeSubnets,
            Self::NetworkAcl => Call::DescribeNetworkAcls,
            Self::RouteTable => Call::DescribeRouteTables,
            Self::Interface => Call::DescribeNetworkInterfaces,
            Self::Vpc => Call::DescribeVpcs,
            Self::DhcpOptions => Call::DescribeDhcpOptions,
            Self::ClientVpnEndpoint => Call::DescribeClientVpnEndpoints,
            Self::ClientVpnRoute => Call::DescribeClientVpnRoutes,
            Self::ClientVpnRule => Call::DescribeClientVpnAuthorizationRules,
            Self::SecurityGroup => Call::DescribeSecurityGroups,
            Self::ResolverEndpoint => Call::ListResolverEndpoints,
            Self::EndpointAddress => Call::ListResolverEndpointIpAddresses,
            Self::ResolverRule => Call::ListResolverRules,
            Self::RuleAssociation => Call::ListResolverRuleAssociations,
            Self::HostedZone => Call::ListHostedZonesByVpc,
            Self::FirewallAssociation => Call::ListFirewallRuleGroupAssociations,
            Self::FirewallRule => Call::ListFirewallRules,
            Self::ProfileAssociation => Call::ListProfileAssociations,
            Self::ProfileResource => Call::ListProfileResourceAssociations,
            Self::VpcEndpoint => Call::DescribeVpcEndpoints,
            Self::ServiceNetworkAssociation => Call::ListServiceNetworkVpcAssociations,
            Self::ServiceNetworkResource => Call::ListServiceNetworkResourceAssociations,
        })
    }

    /// Puts one into the answers.
    pub(super) fn take(self, one: &Members<'_>, answers: &mut Answers) -> Result<(), WrongShape> {
        match self {
            Self::Cluster => answers.clusters.push(shapes::cluster(one, Spelling::Api)?),
            Self::SdkCluster => answers.clusters.push(shapes::cluster(one, Spelling::Sdk)?),
            Self::ColumnsOfCluster => answers.clusters.push(shapes::cluster(one, Spelling::Columns)?),
            Self::EksctlCluster => {
                let name = one
                    .object("metadata")?
                    .map_or(Ok(None), |metadata| metadata.text("name"))?;
                answers.cluster_names.get_or_insert_default().extend(name);
            }
            Self::Interface => answers.interfaces.get_or_insert_default().push(shapes::interface(one)?),
            Self::Subnet => answers.subnets.get_or_insert_default().push(shapes::subnet(one)?),
            Self::NetworkAcl => {
                let acl = shapes::network_acl(one)?;
                answers.network_acls.get_or_insert_default().push(acl);
            }
            Self::RouteTable => {
                let table = shapes::route_table(one)?;
                answers.route_tables.get_or_insert_default().push(table);
            }
            Self::Vpc => answers.vpcs.get_or_insert_default().push(shapes::vpc(one)?),
            Self::DhcpOptions => {
                let options = shapes::dhcp_options(one)?;
                answers.dhcp_options.get_or_insert_default().push(options);
            }
            Self::ClientVpnEndpoint => {
                let endpoint = shapes::client_vpn_endpoint(one)?;
                answers.client_vpn.endpoints.get_or_insert_default().push(endpoint);
            }
            Self::ClientVpnRoute => answers.client_vpn.add_routes(vec![shapes::client_vpn_route(one)?]),
            Self::ClientVpnRule => answers.client_vpn.add_rules(vec![shapes::client_vpn_rule(one)?]),
            Self::SecurityGroup => {
                let group = shapes::security_group(one)?;
                answers.security_groups.get_or_insert_default().push(group);
            }
            Self::ResolverEndpoint => {
                let endpoint = shapes::endpoint(one)?;
                answers.resolver_endpoints.get_or_insert_default().push(endpoint);
            }
            // Members of one list are one endpoint's, but a list of its own is known by what it shares with others.
            Self::EndpointAddress => answers.unassigned.push(shapes::endpoint_addresses(one)?),
            Self::ResolverRule => answers.resolver_rules.get_or_insert_default().push(shapes::rule(one)?),
            Self::RuleAssociation => {
                let association = shapes::association(one)?;
                answers.rule_associations.get_or_insert_default().push(association);
            }
            Self::HostedZone => answers.hosted_zones.push(VpcZones {
                vpc_id: String::new(),
                zones: vec![shapes::zone(one)?],
            }),
            Self::FirewallAssociation => {
                let association = shapes::firewall_association(one)?;
                answers.firewall.associations.get_or_insert_default().push(association);
            }
            Self::FirewallRule => answers.firewall.add_rules(vec![shapes::firewall_rule(one)?]),
            Self::ProfileAssociation => {
                let association = shapes::profile_association(one)?;
                answers.profiles.associations.get_or_insert_default().push(association);
            }
            Self::ProfileResource => answers.profiles.add_resources(vec![shapes::profile_resource(one)?]),
            Self::VpcEndpoint => answers.add_vpc_endpoints(vec![shapes::vpc_endpoint(one)?]),
            Self::ServiceNetworkAssociation => {
                let association = shapes::service_network_association(one)?;
                answers.lattice.add_associations(vec![association]);
            }
            // Which list it is in does not stand there.
            Self::PrefixListEntry => answers.unassigned_prefixes.push(vec![shapes::prefix_list_entry(one)?]),
            Self::FirewallConfig => answers.firewall.configs.push(shapes::firewall_config(one)?),
            Self::DnssecConfig => answers.add_dnssec_config(shapes::dnssec_config(one)?),
            Self::Update => answers.updates.get_or_insert_default().push(shapes::update(one)?),
            Self::Event => answers.events.get_or_insert_default().extend(shapes::event(one)?),
            Self::ServiceNetworkResource => {
                let resource = shapes::service_network_resource(one)?;
                answers.lattice.add_resources(vec![resource]);
            }
        }
        Ok(())
    }
}

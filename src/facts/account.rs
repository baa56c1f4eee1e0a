//! What AWS says of a cluster, its VPC and the Route 53 Resolver around it: the fields that the diagnosis reads,
//! under AWS's own names (API references of EKS, EC2, Route 53 Resolver, Route 53, STS).

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use crate::dns::Name;

/// The cluster (EKS, DescribeCluster).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cluster {
    /// The cluster's name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING`, `PENDING`.
    pub status: Option<String>,
    /// The endpoint's URL, verbatim; absent while the cluster is being created.
    pub endpoint: Option<String>,
    /// `resourcesVpcConfig.endpointPublicAccess`.
    pub endpoint_public_access: Option<bool>,
    /// `resourcesVpcConfig.endpointPrivateAccess`.
    pub endpoint_private_access: Option<bool>,
    /// `resourcesVpcConfig.publicAccessCidrs`.
    pub public_access_cidrs: Vec<String>,
    /// `resourcesVpcConfig.vpcId`.
    pub vpc_id: Option<String>,
    /// `resourcesVpcConfig.clusterSecurityGroupId`.
    pub cluster_security_group_id: Option<String>,
    /// `kubernetesNetworkConfig.ipFamily`: `ipv4` or `ipv6`.
    pub ip_family: Option<String>,
    /// `certificateAuthority.data`: PEM, in base64.
    pub certificate_authority: Option<String>,
    /// Whether it is a local cluster on an Outpost (`outpostConfig`): its interfaces keep their addresses.
    pub is_local: bool,
    /// Whether it is another vendor's, connected by the EKS Connector (`connectorConfig`): it has no endpoint.
    pub is_connected: bool,
}

impl Cluster {
    /// The host of its endpoint. The URL is taken verbatim but for a scheme, a port, a slash and a dot, which some
    /// stores of it add.
    pub fn host(&self) -> Option<Name> {
        let url = self.endpoint.as_deref()?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        Name::from_host(rest.split(['/', ':']).next()?).ok()
    }

    /// Whether its status is `ACTIVE`, or not known.
    pub fn is_active(&self) -> bool {
        self.status.as_deref().is_none_or(|status| status == "ACTIVE")
    }

    /// Whether its endpoint has this name.
    pub fn has_endpoint(&self, name: &Name) -> bool {
        self.host().is_some_and(|host| host == *name)
    }
}

/// A cluster that is not there: DescribeCluster says `ResourceNotFoundException`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AbsentCluster {
    /// The name that was asked for.
    pub name: String,
    /// The Region it was asked for in.
    pub region: Option<String>,
    /// The account it was asked for in.
    pub account: Option<String>,
    /// The clusters that are there (ListClusters); `None` where that could not be learnt.
    pub present: Option<Vec<String>>,
}

/// A change of the cluster (EKS, DescribeUpdate).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterUpdate {
    /// The update's id.
    pub id: String,
    /// `EndpointAccessUpdate`, `VersionUpdate`, …
    pub kind: Option<String>,
    /// `InProgress`, `Failed`, `Cancelled`, `Successful`.
    pub status: Option<String>,
    /// When it was asked for, RFC 3339.
    pub created_at: Option<String>,
}

/// A VPC (EC2, DescribeVpcs).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Vpc {
    /// The VPC's id.
    pub id: String,
    /// Its IPv4 and IPv6 networks, the primary IPv4 network first.
    pub cidrs: Vec<IpNet>,
    /// The account that owns it; another's is shared.
    pub owner: Option<String>,
    /// Its DHCP option set; `default` where it has none.
    pub dhcp_options_id: Option<String>,
}

/// The attributes of a VPC that decide on DNS in it (EC2, DescribeVpcAttribute).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VpcAttributes {
    /// `enableDnsSupport`.
    pub dns_support: Option<bool>,
    /// `enableDnsHostnames`.
    pub dns_hostnames: Option<bool>,
}

impl Vpc {
    /// The VPC resolver's address: the base of the primary IPv4 network plus two (Amazon VPC User Guide, "DNS
    /// attributes for your VPC").
    pub fn resolver(&self) -> Option<IpAddr> {
        let Some(IpNet::V4(primary)) = self.cidrs.first() else {
            return None;
        };
        resolver_of(*primary)
    }
}

/// The address of the VPC resolver in a VPC's primary IPv4 network. A VPC's network has at least 16 addresses.
pub fn resolver_of(primary: Ipv4Net) -> Option<IpAddr> {
    let two = u32::from(primary.network()).checked_add(2)?;
    (primary.prefix_len() <= 30).then(|| IpAddr::V4(two.into()))
}

/// A network interface of the cluster's control plane (EC2, DescribeNetworkInterfaces).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// The interface's id.
    pub id: String,
    /// Its private IPv4 and its IPv6 addresses.
    pub addresses: Vec<IpAddr>,
}

/// What hosts of a VPC learn by DHCP (EC2, DescribeDhcpOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DhcpOptions {
    /// The option set's id; `default` where the VPC has none.
    pub id: String,
    /// `domain-name-servers`: addresses, or `AmazonProvidedDNS`, in their order; empty where the set has none.
    pub domain_name_servers: Vec<String>,
    /// `domain-name`.
    pub domain_name: Option<String>,
}

/// A security group, as far as it says who may come in (EC2, DescribeSecurityGroups).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityGroup {
    /// The group's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `IpPermissions`: what may come in.
    pub ingress: Vec<Permission>,
}

/// Something that may come in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Permission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol's number, or `-1` for all.
    pub protocol: String,
    /// The first port; `None`: all.
    pub from_port: Option<i32>,
    /// The last port.
    pub to_port: Option<i32>,
    /// The networks it may come from.
    pub cidrs: Vec<IpNet>,
    /// The security groups its sender may have.
    pub groups: Vec<String>,
    /// The prefix lists its sender may be in; what they hold is not read.
    pub prefix_lists: Vec<String>,
}

/// A Route 53 Resolver endpoint (Route 53 Resolver, ListResolverEndpoints).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolverEndpoint {
    /// The endpoint's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `INBOUND`, `OUTBOUND`, `INBOUND_DELEGATION`.
    pub direction: String,
    /// `HostVPCId`: the VPC whose view it has.
    pub vpc_id: Option<String>,
    /// `OPERATIONAL`, `CREATING`, `UPDATING`, `AUTO_RECOVERING`, `ACTION_NEEDED`, `DELETING`.
    pub status: Option<String>,
    /// What AWS says of the status.
    pub status_message: Option<String>,
    /// `Do53`, `DoH`, `DoH-FIPS`; empty stands for `Do53`.
    pub protocols: Vec<String>,
    /// The security groups of its interfaces.
    pub security_group_ids: Vec<String>,
    /// How many addresses it has.
    pub address_count: Option<u32>,
    /// Its addresses (ListResolverEndpointIpAddresses); `None` where they could not be learnt.
    pub addresses: Option<Vec<EndpointAddress>>,
}

impl ResolverEndpoint {
    /// Whether a forwarder can be pointed at it: an inbound endpoint of the ordinary kind.
    pub fn is_inbound(&self) -> bool {
        self.direction == "INBOUND"
    }

    /// Whether it speaks DNS over UDP and TCP port 53.
    pub fn speaks_do53(&self) -> bool {
        self.protocols.is_empty() || self.protocols.iter().any(|protocol| protocol == "Do53")
    }
}

/// An address of a resolver endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointAddress {
    /// The address.
    pub ip: IpAddr,
    /// `ATTACHED`, `CREATING`, `FAILED_CREATION`, …
    #[serde(default)]
    pub status: Option<String>,
    /// What AWS says of the status.
    #[serde(default)]
    pub status_message: Option<String>,
    /// Its subnet.
    #[serde(default)]
    pub subnet_id: Option<String>,
}

/// A Resolver rule (Route 53 Resolver, ListResolverRules).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResolverRule {
    /// The rule's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `DomainName`: with a trailing dot, as the API has it.
    pub domain: String,
    /// `RuleType`: `FORWARD`, `SYSTEM`, `RECURSIVE`, `DELEGATE`.
    pub kind: String,
    /// `COMPLETE`, `DELETING`, `UPDATING`, `FAILED`.
    pub status: Option<String>,
    /// The account that owns it.
    pub owner: Option<String>,
    /// `NOT_SHARED`, `SHARED_WITH_ME`, `SHARED_BY_ME`.
    pub share_status: Option<String>,
    /// The outbound endpoint it goes through.
    pub resolver_endpoint_id: Option<String>,
    /// Where it forwards to.
    pub targets: Vec<RuleTarget>,
}

/// Where a rule forwards to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTarget {
    /// The address.
    pub ip: IpAddr,
    /// The port; 53 where none is given.
    #[serde(default = "domain_port")]
    pub port: u16,
}

fn domain_port() -> u16 {
    53
}

/// A rule's association with a VPC (Route 53 Resolver, ListResolverRuleAssociations).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleAssociation {
    /// The rule.
    pub rule_id: String,
    /// The VPC.
    pub vpc_id: String,
    /// `COMPLETE`, `CREATING`, `DELETING`, `FAILED`, `OVERRIDDEN`.
    pub status: Option<String>,
}

/// The private hosted zones of a VPC (Route 53, ListHostedZonesByVPC).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VpcZones {
    /// The VPC.
    pub vpc_id: String,
    /// Its zones. Those that come by a Route 53 Profile are not listed.
    pub zones: Vec<HostedZone>,
}

/// A private hosted zone that is associated with a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HostedZone {
    /// The zone's id.
    pub id: String,
    /// Its name, with a trailing dot, as the API has it.
    pub name: String,
    /// The account that owns it, or
    pub owning_account: Option<String>,
    /// the AWS service that does.
    pub owning_service: Option<String>,
}

/// Who asked (STS, GetCallerIdentity).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Caller {
    /// The account's id.
    pub account: String,
    /// The caller's ARN.
    pub arn: Option<String>,
}

/// This host, where it is an EC2 instance (instance metadata service, version 2).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// Its id.
    pub id: Option<String>,
    /// Its Region.
    pub region: Option<String>,
    /// The VPC of its primary network interface.
    pub vpc_id: Option<String>,
    /// That VPC's IPv4 networks, as the metadata lists them, the first of them the primary one
    /// (`vpc-ipv4-cidr-block`).
    pub vpc_cidrs: Vec<IpNet>,
    /// Its account.
    pub account: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vpc_resolver_is_the_base_of_the_primary_network_plus_two() {
        let of = |cidr: &str| {
            let cidrs = cidr.parse().into_iter().collect();
            let vpc = Vpc {
                cidrs,
                ..Vpc::default()
            };
            vpc.resolver().map(|ip| ip.to_string())
        };
        assert_eq!(of("192.168.0.0/16").as_deref(), Some("192.168.0.2"));
        assert_eq!(of("10.63.200.16/28").as_deref(), Some("10.63.200.18"));
        // A network that is not written at its base has its base all the same.
        assert_eq!(of("10.0.7.1/16").as_deref(), Some("10.0.0.2"));
        assert_eq!(of("255.255.255.255/32"), None);
        assert_eq!(of("fd00::/64"), None);
    }
}

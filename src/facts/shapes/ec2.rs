//! EC2: network interfaces, VPCs and their attributes, DHCP options, security groups.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::limits;

/// The lists of the XML that EC2 answers in, by their element, and what each is called in JSON; and the one of Route
/// 53.
#[cfg(feature = "aws")]
pub(in crate::facts) const XML_LISTS: &[(&str, &str)] = &[
    ("associationSet", "Associations"),
    ("authorizationRule", "AuthorizationRules"),
    ("cidrBlockAssociationSet", "CidrBlockAssociationSet"),
    ("clientVpnEndpoint", "ClientVpnEndpoints"),
    ("dhcpConfigurationSet", "DhcpConfigurations"),
    ("dhcpOptionsSet", "DhcpOptions"),
    ("dnsEntrySet", "DnsEntries"),
    ("dnsServer", "DnsServers"),
    ("entrySet", "Entries"),
    ("groups", "UserIdGroupPairs"),
    ("HostedZoneSummaries", "HostedZoneSummaries"),
    ("ipPermissions", "IpPermissions"),
    ("ipPermissionsEgress", "IpPermissionsEgress"),
    ("ipRanges", "IpRanges"),
    ("ipv6AddressesSet", "Ipv6Addresses"),
    ("ipv6CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"),
    ("ipv6Ranges", "Ipv6Ranges"),
    ("networkAclSet", "NetworkAcls"),
    ("networkInterfaceSet", "NetworkInterfaces"),
    ("prefixListIds", "PrefixListIds"),
    ("privateDnsSpecifiedDomainSet", "PrivateDnsSpecifiedDomains"),
    ("privateIpAddressesSet", "PrivateIpAddresses"),
    ("routeSet", "Routes"),
    // Of Client VPN.
    ("routes", "Routes"),
    ("routeTableSet", "RouteTables"),
    // Of Client VPN.
    ("securityGroupIdSet", "SecurityGroupIds"),
    ("securityGroupInfo", "SecurityGroups"),
    ("subnetSet", "Subnets"),
    ("valueSet", "Values"),
    ("vpcEndpointSet", "VpcEndpoints"),
    ("vpcSet", "Vpcs"),
];

/// A VPC (EC2, DescribeVpcs).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Vpc {
    /// The VPC's id.
    pub id: String,
    /// Its IPv4 and IPv6 networks, the primary IPv4 network first.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<IpNet>,
    /// The account that owns it; another's is shared.
    pub owner: Option<String>,
    /// Its DHCP option set; `default` where it has none.
    pub dhcp_options_id: Option<String>,
}

/// The attributes of a VPC that decide on DNS in it (EC2, DescribeVpcAttribute).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct VpcAttributes {
    /// `enableDnsSupport`.
    pub dns_support: Option<bool>,
    /// `enableDnsHostnames`.
    pub dns_hostnames: Option<bool>,
}

/// The attributes of one VPC of several.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AttributesOfVpc {
    /// The VPC.
    pub vpc_id: String,
    /// The account that owns it (`OwnerId` of DescribeVpcs): it may share its subnets with others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
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

/// A network interface as EC2 lists it, of whatever cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
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
    /// Its Availability Zone.
    pub zone: Option<String>,
    /// Its private IPv4 and its IPv6 addresses.
    pub addresses: BTreeSet<IpAddr>,
}

impl Interface {
    /// Whether it is attached to something, as far as is known: `available` is one that is not.
    pub fn may_be_in_use(&self) -> bool {
        self.status.as_deref() != Some("available")
    }
}

/// A network interface of the cluster's control plane (EC2, DescribeNetworkInterfaces).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NetworkInterface {
    /// The interface's id.
    pub id: String,
    /// Its private IPv4 and its IPv6 addresses.
    pub addresses: Vec<IpAddr>,
}

/// What hosts of a VPC learn by DHCP (EC2, DescribeDhcpOptions).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DhcpOptions {
    /// The option set's id; `default` where the VPC has none.
    pub id: String,
    /// `domain-name-servers`: addresses, or `AmazonProvidedDNS`, in their order; empty where the set has none.
    pub domain_name_servers: Vec<String>,
    /// `domain-name`.
    pub domain_name: Option<String>,
}

/// A security group: who may come in, and what may go out (EC2, DescribeSecurityGroups).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SecurityGroup {
    /// The group's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `IpPermissions`: what may come in.
    pub ingress: Vec<Permission>,
    /// `IpPermissionsEgress`: what may go out; `None` where that was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<Vec<Permission>>,
}

/// Something that may come in, or go out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Permission {
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol's number, or `-1` for all.
    pub protocol: String,
    /// The first port; `None`: all.
    pub from_port: Option<i32>,
    /// The last port.
    pub to_port: Option<i32>,
    /// The networks it may come from, or go to.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<IpNet>,
    /// The security groups that the other side may have.
    pub groups: Vec<String>,
    /// The prefix lists that the other side may be in.
    pub prefix_lists: Vec<String>,
}

/// A network interface, of whatever cluster or service.
pub(in crate::facts) fn interface(of: &Members<'_>) -> Result<Interface, WrongShape> {
    let mut addresses = Vec::new();
    addresses.extend(of.address("PrivateIpAddress")?);
    for one in of.objects("PrivateIpAddresses")? {
        addresses.extend(one.address("PrivateIpAddress")?);
    }
    for one in of.objects("Ipv6Addresses")? {
        addresses.extend(one.address("Ipv6Address")?);
    }
    Ok(Interface {
        id: of.needed("NetworkInterfaceId")?,
        description: of.text("Description")?.unwrap_or_default(),
        status: of.text("Status")?,
        vpc_id: of.text("VpcId")?,
        subnet_id: of.text("SubnetId")?,
        zone: of.text("AvailabilityZone")?,
        addresses: addresses.into_iter().collect(),
    })
}

/// A VPC, its primary network first. Networks that are being added, or were taken away, are listed by EC2 too: they
/// are left out, whatever stands in them.
pub(in crate::facts) fn vpc(of: &Members<'_>) -> Result<Vpc, WrongShape> {
    let id = of.needed("VpcId")?;
    let primary = of.get("CidrBlock").ok_or_else(|| of.lacks("CidrBlock"))?.network()?;
    let mut cidrs = vec![primary];
    for (list, block) in [
        ("CidrBlockAssociationSet", "CidrBlock"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    ] {
        for association in of.objects(list)? {
            let state = match association.object(&format!("{block}State"))? {
                Some(state) => state.text("State")?,
                None => None,
            };
            if state.as_deref() != Some("associated") {
                continue;
            }
            let cidr = association
                .get(block)
                .ok_or_else(|| association.lacks(block))?
                .network()?;
            if !cidrs.contains(&cidr) && cidrs.len() <= limits::EXPECTED {
                cidrs.push(cidr);
            }
        }
    }
    Ok(Vpc {
        id,
        cidrs,
        owner: of.text("OwnerId")?,
        dhcp_options_id: of.text("DhcpOptionsId")?,
    })
}

/// Attributes of a VPC, `true` or `false` under `Value`, and the VPC; `None` where the answer has none that is kept.
pub(in crate::facts) fn attributes_of(of: &Members<'_>) -> Result<Option<(String, VpcAttributes)>, WrongShape> {
    let value = |key: &str| match of.object(key)? {
        Some(attribute) => attribute.flag("Value"),
        None => Ok(None),
    };
    let attributes = VpcAttributes {
        dns_support: value("EnableDnsSupport")?,
        dns_hostnames: value("EnableDnsHostnames")?,
    };
    let vpc = of.text("VpcId")?.filter(|_| attributes != VpcAttributes::default());
    Ok(vpc.map(|vpc| (vpc, attributes)))
}

/// A DHCP option set.
pub(in crate::facts) fn dhcp_options(of: &Members<'_>) -> Result<DhcpOptions, WrongShape> {
    let configurations = of.objects("DhcpConfigurations")?;
    let values = |key: &str| -> Result<Vec<String>, WrongShape> {
        let mut found = Vec::new();
        for option in &configurations {
            if option.needed("Key")? != key {
                continue;
            }
            for value in option.objects("Values")? {
                found.extend(value.text("Value")?);
            }
        }
        found.truncate(limits::EXPECTED);
        Ok(found)
    };
    Ok(DhcpOptions {
        id: of.needed("DhcpOptionsId")?,
        domain_name_servers: values("domain-name-servers")?,
        domain_name: values("domain-name")?.into_iter().next(),
    })
}

/// A security group.
pub(in crate::facts) fn security_group(of: &Members<'_>) -> Result<SecurityGroup, WrongShape> {
    let permissions = |key: &str| -> Result<Vec<Permission>, WrongShape> {
        let all = of.objects(key)?;
        all.iter().take(limits::LIST_IN_CAPTURE).map(permission).collect()
    };
    let egress = of
        .has("IpPermissionsEgress")
        .then(|| permissions("IpPermissionsEgress"));
    Ok(SecurityGroup {
        id: of.needed("GroupId")?,
        name: of.text("GroupName")?,
        ingress: permissions("IpPermissions")?,
        egress: egress.transpose()?,
    })
}

fn permission(of: &Members<'_>) -> Result<Permission, WrongShape> {
    let mut cidrs = Vec::new();
    for (list, key) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
        for range in of.objects(list)? {
            cidrs.push(range.get(key).ok_or_else(|| range.lacks(key))?.network()?);
        }
    }
    cidrs.truncate(limits::LIST_IN_CAPTURE);
    let ids = |list: &str, key: &str| -> Result<Vec<String>, WrongShape> {
        let all: Result<Vec<Option<String>>, WrongShape> = of.objects(list)?.iter().map(|one| one.text(key)).collect();
        Ok(all?.into_iter().flatten().collect())
    };
    Ok(Permission {
        protocol: of.needed("IpProtocol")?,
        from_port: of.number("FromPort")?,
        to_port: of.number("ToPort")?,
        cidrs,
        groups: ids("UserIdGroupPairs", "GroupId")?,
        prefix_lists: ids("PrefixListIds", "PrefixListId")?,
    })
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

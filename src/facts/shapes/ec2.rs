//! EC2: network interfaces, VPCs and their attributes, subnets, DHCP options, security groups.

use super::node::Members;
use super::refused::NotFacts;
use crate::facts::answers::{Interface, Subnet};
use crate::facts::{DhcpOptions, Permission, SecurityGroup, Vpc, VpcAttributes};
use crate::limits;

/// A network interface, of whatever cluster or service.
pub(super) fn interface(of: &Members<'_>) -> Result<Interface, NotFacts> {
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
        addresses: addresses.into_iter().collect(),
    })
}

/// A VPC, its primary network first. Networks that are being added, or were taken away, are listed by EC2 too: they
/// are left out, whatever stands in them.
pub(super) fn vpc(of: &Members<'_>) -> Result<Vpc, NotFacts> {
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

/// A subnet: which VPC it is of.
pub(super) fn subnet(of: &Members<'_>) -> Result<Subnet, NotFacts> {
    Ok(Subnet {
        id: of.needed("SubnetId")?,
        vpc_id: of.needed("VpcId")?,
    })
}

/// An attribute of a VPC: `true` or `false` under `Value`.
pub(super) fn attributes(of: &Members<'_>) -> Result<VpcAttributes, NotFacts> {
    let value = |key: &str| match of.object(key)? {
        Some(attribute) => attribute.flag("Value"),
        None => Ok(None),
    };
    Ok(VpcAttributes {
        dns_support: value("EnableDnsSupport")?,
        dns_hostnames: value("EnableDnsHostnames")?,
    })
}

/// A DHCP option set.
pub(super) fn dhcp_options(of: &Members<'_>) -> Result<DhcpOptions, NotFacts> {
    let configurations = of.objects("DhcpConfigurations")?;
    let values = |key: &str| -> Result<Vec<String>, NotFacts> {
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

/// A security group, as far as it says who may come in.
pub(super) fn security_group(of: &Members<'_>) -> Result<SecurityGroup, NotFacts> {
    let ingress = of.objects("IpPermissions")?;
    let ingress: Result<_, _> = ingress.iter().take(limits::LIST_IN_CAPTURE).map(permission).collect();
    Ok(SecurityGroup {
        id: of.needed("GroupId")?,
        name: of.text("GroupName")?,
        ingress: ingress?,
    })
}

fn permission(of: &Members<'_>) -> Result<Permission, NotFacts> {
    let mut cidrs = Vec::new();
    for (list, key) in [("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")] {
        for range in of.objects(list)? {
            cidrs.push(range.get(key).ok_or_else(|| range.lacks(key))?.network()?);
        }
    }
    cidrs.truncate(limits::LIST_IN_CAPTURE);
    let ids = |list: &str, key: &str| -> Result<Vec<String>, NotFacts> {
        let all: Result<Vec<Option<String>>, NotFacts> = of.objects(list)?.iter().map(|one| one.text(key)).collect();
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

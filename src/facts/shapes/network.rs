//! What EC2 says of the network around an inbound endpoint's address: subnets, network ACLs, route tables, and the
//! entries of managed prefix lists (EC2 API Reference, DescribeSubnets, DescribeNetworkAcls, DescribeRouteTables,
//! GetManagedPrefixListEntries).

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::limits;

/// A subnet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Subnet {
    /// The subnet's id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Its IPv4 network and its IPv6 networks.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<IpNet>,
}

/// A network ACL. It is stateless: the reply needs an entry of its own (Amazon VPC User Guide, "Network ACLs").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct NetworkAcl {
    /// The ACL's id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// The subnets that it is associated with.
    pub subnet_ids: Vec<String>,
    /// Its entries, in the order of their numbers within each direction.
    pub entries: Vec<AclEntry>,
}

/// An entry of a network ACL.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AclEntry {
    /// Its number: the lowest that matches decides. 32767 is the last, which denies everything.
    pub number: i32,
    /// Whether it is about what leaves the subnet.
    pub egress: bool,
    /// `6` TCP, `17` UDP, `-1` all.
    pub protocol: String,
    /// Whether it lets through; else it denies.
    pub allows: bool,
    /// The network of the other side; `None` where the entry has none.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub cidr: Option<IpNet>,
    /// The first port; `None`: all.
    pub from_port: Option<i32>,
    /// The last port.
    pub to_port: Option<i32>,
}

/// A route table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RouteTable {
    /// The table's id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Whether it is the VPC's main table: that of every subnet without another.
    pub is_main: bool,
    /// The subnets that it is associated with.
    pub subnet_ids: Vec<String>,
    /// Its routes.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Route {
    /// The network that it leads to, or
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub destination: Option<IpNet>,
    /// the prefix list whose networks it leads to.
    pub prefix_list_id: Option<String>,
    /// Through what: `local`, or the id of a gateway, an interface, a peering connection.
    pub target: Option<String>,
    /// `active`, `blackhole`.
    pub state: Option<String>,
}

/// A managed prefix list with its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PrefixList {
    /// The list's id.
    pub id: String,
    /// Its networks.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub cidrs: Vec<IpNet>,
}

/// A subnet: its VPC and its networks. An IPv6 network that is being added or was taken away is left out.
pub(in crate::facts) fn subnet(of: &Members<'_>) -> Result<Subnet, WrongShape> {
    let mut cidrs = Vec::new();
    if let Some(block) = of.get("CidrBlock") {
        cidrs.push(block.network()?);
    }
    for association in of.objects("Ipv6CidrBlockAssociationSet")? {
        let state = association.object("Ipv6CidrBlockState")?;
        let state = state.map_or(Ok(None), |state| state.text("State"))?;
        if let Some(block) = association.get("Ipv6CidrBlock")
            && state.as_deref() == Some("associated")
        {
            cidrs.push(block.network()?);
        }
    }
    cidrs.truncate(limits::EXPECTED);
    Ok(Subnet {
        id: of.needed("SubnetId")?,
        vpc_id: of.needed("VpcId")?,
        cidrs,
    })
}

/// A network ACL.
pub(in crate::facts) fn network_acl(of: &Members<'_>) -> Result<NetworkAcl, WrongShape> {
    let associations = of.objects("Associations")?;
    let subnets: Result<Vec<Option<String>>, WrongShape> =
        associations.iter().map(|one| one.text("SubnetId")).collect();
    let entries = of.objects("Entries")?;
    let entries: Result<Vec<AclEntry>, WrongShape> =
        entries.iter().take(limits::LIST_IN_CAPTURE).map(acl_entry).collect();
    let mut entries = entries?;
    entries.sort_by_key(|entry| (entry.egress, entry.number));
    Ok(NetworkAcl {
        id: of.needed("NetworkAclId")?,
        vpc_id: of.text("VpcId")?.unwrap_or_default(),
        subnet_ids: subnets?.into_iter().flatten().collect(),
        entries,
    })
}

fn acl_entry(of: &Members<'_>) -> Result<AclEntry, WrongShape> {
    let ports = of.object("PortRange")?;
    let port = |key: &str| ports.as_ref().map_or(Ok(None), |ports| ports.number(key));
    let cidr = of.get("CidrBlock").or_else(|| of.get("Ipv6CidrBlock"));
    Ok(AclEntry {
        number: of.number("RuleNumber")?.ok_or_else(|| of.lacks("RuleNumber"))?,
        egress: of.flag("Egress")?.ok_or_else(|| of.lacks("Egress"))?,
        protocol: of.needed("Protocol")?,
        allows: of.needed("RuleAction")? == "allow",
        cidr: cidr.map(|cidr| cidr.network()).transpose()?,
        from_port: port("From")?,
        to_port: port("To")?,
    })
}

/// A route table. An association with a gateway is about what comes in by it, and is left out.
pub(in crate::facts) fn route_table(of: &Members<'_>) -> Result<RouteTable, WrongShape> {
    let mut is_main = false;
    let mut subnet_ids = Vec::new();
    for association in of.objects("Associations")? {
        is_main |= association.flag("Main")? == Some(true);
        subnet_ids.extend(association.text("SubnetId")?);
    }
    let routes = of.objects("Routes")?;
    let routes: Result<_, _> = routes.iter().take(limits::LIST_IN_CAPTURE).map(route).collect();
    Ok(RouteTable {
        id: of.needed("RouteTableId")?,
        vpc_id: of.text("VpcId")?.unwrap_or_default(),
        is_main,
        subnet_ids,
        routes: routes?,
    })
}

/// Through what a route leads, of the members that say it: one of them is there (EC2 API Reference, Route).
const TARGETS: [&str; 11] = [
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "EgressOnlyInternetGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "InstanceId",
    "NetworkInterfaceId",
];

fn route(of: &Members<'_>) -> Result<Route, WrongShape> {
    let destination = of
        .get("DestinationCidrBlock")
        .or_else(|| of.get("DestinationIpv6CidrBlock"));
    let mut target = None;
    for key in TARGETS {
        target = target.or(of.text(key)?);
    }
    Ok(Route {
        destination: destination.map(|cidr| cidr.network()).transpose()?,
        prefix_list_id: of.text("DestinationPrefixListId")?,
        target,
        state: of.text("State")?,
    })
}

/// A network of a prefix list, which the answer does not name.
pub(in crate::facts) fn prefix_list_entry(of: &Members<'_>) -> Result<IpNet, WrongShape> {
    of.get("Cidr").ok_or_else(|| of.lacks("Cidr"))?.network()
}

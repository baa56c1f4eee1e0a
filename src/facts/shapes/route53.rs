//! Route 53 Resolver and Route 53: endpoints, their addresses, rules and their associations, private hosted zones.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::limits;

/// The port of DNS, where a rule's target has none (Route 53 Resolver, TargetAddress).
const DNS_PORT: u16 = 53;

/// A Route 53 Resolver endpoint (Route 53 Resolver, ListResolverEndpoints).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
    /// `IPV4`, `IPV6`, `DUALSTACK`: the addresses that it can be asked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint_type: Option<String>,
    /// Of an inbound endpoint: whether it makes IPv6 addresses of IPv4 addresses (DNS64).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns64: Option<bool>,
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

    /// Whether questions come into the VPC by it: an inbound endpoint of any kind (`INBOUND`, `INBOUND_DELEGATION`).
    pub fn is_inbound_of_any_kind(&self) -> bool {
        self.direction.starts_with("INBOUND")
    }

    /// Whether it speaks DNS over UDP and TCP port 53.
    pub fn speaks_do53(&self) -> bool {
        self.protocols.is_empty() || self.protocols.iter().any(|protocol| protocol == "Do53")
    }

    /// Whether it has addresses of a family: by its type, else by its addresses. `None` where neither says so.
    pub fn has_family(&self, is_v4: bool) -> Option<bool> {
        match self.endpoint_type.as_deref() {
            Some("IPV4") => Some(is_v4),
            Some("IPV6") => Some(!is_v4),
            Some("DUALSTACK") => Some(true),
            _ => {
                let addresses = self.addresses.as_ref().filter(|all| !all.is_empty())?;
                Some(addresses.iter().any(|address| address.ip.is_ipv4() == is_v4))
            }
        }
    }

    /// Whether it is there to stay, as far as is known.
    pub fn is_lasting(&self) -> bool {
        self.status.as_deref() != Some("DELETING")
    }
}

impl EndpointAddress {
    /// Whether it answers, or will (Route 53 Resolver API Reference, IpAddressResponse). One that is taken away, could
    /// not be made or is isolated does not, and of a status that is not known here nothing is promised.
    pub fn is_lasting(&self) -> bool {
        self.status.as_deref().is_none_or(|status| {
            matches!(
                status,
                "ATTACHED" | "CREATING" | "ATTACHING" | "REMAP_ATTACHING" | "UPDATING"
            )
        })
    }
}

/// An address of a resolver endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// An address of a Resolver endpoint that its answer does not name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAddress {
    /// `IpId`: the address's own id.
    pub id: Option<String>,
    /// The address.
    pub address: EndpointAddress,
}

/// A Resolver rule (Route 53 Resolver, ListResolverRules).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

impl ResolverRule {
    /// Whether another account owns it, and shares it with the one that asked.
    pub fn is_shared_with_me(&self) -> bool {
        self.share_status.as_deref() == Some("SHARED_WITH_ME")
    }
}

/// Where a rule forwards to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RuleTarget {
    /// The address.
    pub ip: IpAddr,
    /// The port; 53 where none is given.
    #[serde(default = "domain_port")]
    pub port: u16,
}

fn domain_port() -> u16 {
    DNS_PORT
}

/// A rule's association with a VPC (Route 53 Resolver, ListResolverRuleAssociations).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct VpcZones {
    /// The VPC.
    pub vpc_id: String,
    /// Its zones. Those that come by a Route 53 Profile are not listed.
    pub zones: Vec<HostedZone>,
}

/// A private hosted zone that is associated with a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

/// Whether a VPC's Resolver validates DNSSEC (Route 53 Resolver, GetResolverDnssecConfig).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DnssecConfig {
    /// The VPC.
    pub vpc_id: String,
    /// `ENABLED`, `DISABLED`, `ENABLING`, `DISABLING`, `USE_LOCAL_RESOURCE_SETTING`, …
    pub validation: Option<String>,
}

impl DnssecConfig {
    /// Whether the Resolver validates; `None` where the status leaves that open.
    pub fn validates(&self) -> Option<bool> {
        match self.validation.as_deref() {
            Some("ENABLED") => Some(true),
            Some("DISABLED") => Some(false),
            _ => None,
        }
    }
}

/// A Resolver endpoint; which addresses it has, another answer says.
pub(in crate::facts) fn endpoint(of: &Members<'_>) -> Result<ResolverEndpoint, WrongShape> {
    Ok(ResolverEndpoint {
        id: of.needed("Id")?,
        name: of.text("Name")?,
        direction: of.needed("Direction")?,
        vpc_id: of.text("HostVPCId")?,
        status: of.text("Status")?,
        status_message: of.text("StatusMessage")?,
        protocols: of.texts("Protocols")?,
        endpoint_type: of.text("ResolverEndpointType")?,
        dns64: of.flag("Dns64Enabled")?,
        security_group_ids: of.texts("SecurityGroupIds")?,
        address_count: of.number("IpAddressCount")?,
        addresses: None,
    })
}

/// The addresses of one entry of an endpoint, which the answer does not name. A dual-stack entry has two.
pub(in crate::facts) fn endpoint_addresses(of: &Members<'_>) -> Result<Vec<ListedAddress>, WrongShape> {
    let id = of.text("IpId")?;
    let (status, status_message, subnet_id) = (of.text("Status")?, of.text("StatusMessage")?, of.text("SubnetId")?);
    let both = of.address("Ip")?.into_iter().chain(of.address("Ipv6")?);
    Ok(both
        .map(|ip| ListedAddress {
            id: id.clone(),
            address: EndpointAddress {
                ip,
                status: status.clone(),
                status_message: status_message.clone(),
                subnet_id: subnet_id.clone(),
            },
        })
        .collect())
}

/// A Resolver rule. An outbound delegation rule has `DelegationRecord` in place of `DomainName`.
pub(in crate::facts) fn rule(of: &Members<'_>) -> Result<ResolverRule, WrongShape> {
    let mut targets = Vec::new();
    for target in of.objects("TargetIps")?.iter().take(limits::EXPECTED) {
        let port = target.number("Port")?.unwrap_or(DNS_PORT);
        let both = target.address("Ip")?.into_iter().chain(target.address("Ipv6")?);
        targets.extend(both.map(|ip| RuleTarget { ip, port }));
    }
    Ok(ResolverRule {
        id: of.needed("Id")?,
        name: of.text("Name")?,
        domain: of.text("DomainName")?.unwrap_or_default(),
        kind: of.needed("RuleType")?,
        status: of.text("Status")?,
        owner: of.text("OwnerId")?,
        share_status: of.text("ShareStatus")?,
        resolver_endpoint_id: of.text("ResolverEndpointId")?,
        targets,
    })
}

/// A rule's association with a VPC.
pub(in crate::facts) fn association(of: &Members<'_>) -> Result<RuleAssociation, WrongShape> {
    Ok(RuleAssociation {
        rule_id: of.needed("ResolverRuleId")?,
        vpc_id: of.needed("VPCId")?,
        status: of.text("Status")?,
    })
}

/// A private hosted zone of a VPC, which the answer does not name.
pub(in crate::facts) fn zone(of: &Members<'_>) -> Result<HostedZone, WrongShape> {
    let owner = of.object("Owner")?;
    let owner = |key: &str| owner.as_ref().map_or(Ok(None), |owner| owner.text(key));
    Ok(HostedZone {
        id: of.needed("HostedZoneId")?,
        name: of.needed("Name")?,
        owning_account: owner("OwningAccount")?,
        owning_service: owner("OwningService")?,
    })
}

/// The id of a hosted zone without the path before it: Route 53 gives `/hostedzone/Z…` and `Z…`.
pub fn zone_id(id: &str) -> &str {
    id.trim_start_matches("/hostedzone/")
}

/// The VPCs that a zone is associated with (GetHostedZone), with the zone's id as ListHostedZonesByVPC has it.
pub(in crate::facts) fn zone_with_vpcs(of: &Members<'_>) -> Result<(String, Vec<String>), WrongShape> {
    let zone = of.object("HostedZone")?.ok_or_else(|| of.lacks("HostedZone"))?;
    let id = zone.needed("Id")?;
    let vpcs: Result<Vec<Option<String>>, WrongShape> =
        of.objects("VPCs")?.iter().map(|vpc| vpc.text("VPCId")).collect();
    Ok((zone_id(&id).to_owned(), vpcs?.into_iter().flatten().collect()))
}

/// Whether a VPC's Resolver validates.
pub(in crate::facts) fn dnssec_config(of: &Members<'_>) -> Result<DnssecConfig, WrongShape> {
    Ok(DnssecConfig {
        vpc_id: of.needed("ResourceId")?,
        validation: of.text("ValidationStatus")?,
    })
}

//! Route 53 Resolver and Route 53: endpoints, their addresses, rules and their associations, private hosted zones.

use super::node::Members;
use super::refused::NotFacts;
use crate::facts::answers::ListedAddress;
use crate::facts::{EndpointAddress, HostedZone, ResolverEndpoint, ResolverRule, RuleAssociation, RuleTarget};
use crate::limits;

/// The port of DNS, where a rule's target has none.
const DNS_PORT: u16 = 53;

/// A Resolver endpoint; which addresses it has, another answer says.
pub(super) fn endpoint(of: &Members<'_>) -> Result<ResolverEndpoint, NotFacts> {
    Ok(ResolverEndpoint {
        id: of.needed("Id")?,
        name: of.text("Name")?,
        direction: of.needed("Direction")?,
        vpc_id: of.text("HostVPCId")?,
        status: of.text("Status")?,
        status_message: of.text("StatusMessage")?,
        protocols: of.texts("Protocols")?,
        security_group_ids: of.texts("SecurityGroupIds")?,
        address_count: of.number("IpAddressCount")?,
        addresses: None,
    })
}

/// The addresses of one entry of an endpoint, which the answer does not name. A dual-stack entry has two.
pub(super) fn endpoint_addresses(of: &Members<'_>) -> Result<Vec<ListedAddress>, NotFacts> {
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
pub(super) fn rule(of: &Members<'_>) -> Result<ResolverRule, NotFacts> {
    let mut targets = Vec::new();
    for target in of.objects("TargetIps")?.iter().take(limits::EXPECTED) {
        if let Some(ip) = target.address("Ip")?.or(target.address("Ipv6")?) {
            let port = target.number("Port")?.unwrap_or(DNS_PORT);
            targets.push(RuleTarget { ip, port });
        }
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
pub(super) fn association(of: &Members<'_>) -> Result<RuleAssociation, NotFacts> {
    Ok(RuleAssociation {
        rule_id: of.needed("ResolverRuleId")?,
        vpc_id: of.needed("VPCId")?,
        status: of.text("Status")?,
    })
}

/// A private hosted zone of a VPC, which the answer does not name.
pub(super) fn zone(of: &Members<'_>) -> Result<HostedZone, NotFacts> {
    let owner = of.object("Owner")?;
    let owner = |key: &str| owner.as_ref().map_or(Ok(None), |owner| owner.text(key));
    Ok(HostedZone {
        id: of.needed("HostedZoneId")?,
        name: of.needed("Name")?,
        owning_account: owner("OwningAccount")?,
        owning_service: owner("OwningService")?,
    })
}

/// The VPCs that a zone is associated with (GetHostedZone), with the zone's id as ListHostedZonesByVPC has it.
pub(super) fn zone_with_vpcs(of: &Members<'_>) -> Result<(String, Vec<String>), NotFacts> {
    let zone = of.object("HostedZone")?.ok_or_else(|| of.lacks("HostedZone"))?;
    let id = zone.needed("Id")?;
    let vpcs: Result<Vec<Option<String>>, NotFacts> = of.objects("VPCs")?.iter().map(|vpc| vpc.text("VPCId")).collect();
    Ok((
        id.trim_start_matches("/hostedzone/").to_owned(),
        vpcs?.into_iter().flatten().collect(),
    ))
}

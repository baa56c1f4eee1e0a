//! What makes private hosted zones in a VPC beside people and EKS: VPC endpoints with private DNS (EC2 API Reference,
//! DescribeVpcEndpoints) and the resources of VPC Lattice that have a custom domain name (VPC Lattice API Reference).

use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::limits;

/// The VPC endpoints of a VPC that can have private DNS: of the types `Interface`, `Resource` and `ServiceNetwork`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct VpcEndpoints {
    /// The VPC.
    pub vpc_id: String,
    /// Its endpoints.
    pub endpoints: Vec<VpcEndpoint>,
}

/// A VPC endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct VpcEndpoint {
    /// The endpoint's id.
    pub id: String,
    /// `Interface`, `Resource`, `ServiceNetwork`.
    pub kind: String,
    /// The service that it leads to, as in `com.amazonaws.eu-west-1.eks`.
    pub service_name: Option<String>,
    /// `available`, `pending`, `pendingAcceptance`, `deleting`, `failed`, …
    pub state: Option<String>,
    /// `PrivateDnsEnabled`: of an interface endpoint, whether the VPC has a private hosted zone of it.
    pub private_dns: Option<bool>,
    /// Of an interface endpoint: the names of `DnsEntries` that its private hosted zones are for. Its own names, which
    /// are in public DNS, are left out.
    pub private_dns_names: Vec<String>,
    /// `DnsOptions.PrivateDnsPreference`: for which custom domain names VPC Lattice makes zones.
    pub private_dns_preference: Option<String>,
    /// `DnsOptions.PrivateDnsSpecifiedDomains`: names, or `*.example.com`.
    pub private_dns_specified_domains: Vec<String>,
    /// The ARN of the service network that it leads to.
    pub service_network: Option<String>,
    /// The ARN of the resource configuration that it leads to.
    pub resource_configuration: Option<String>,
}

/// VPC Lattice, as far as it was read. A VPC, a service network or a resource configuration that is not here was not
/// read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Lattice {
    /// The service networks that VPCs are associated with (ListServiceNetworkVpcAssociations).
    pub vpcs: Vec<VpcServiceNetworks>,
    /// The resources of service networks (ListServiceNetworkResourceAssociations).
    pub networks: Vec<ServiceNetwork>,
    /// The resource configurations (GetResourceConfiguration).
    pub configurations: Vec<ResourceConfiguration>,
}

/// The service networks that a VPC is associated with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct VpcServiceNetworks {
    /// The VPC.
    pub vpc_id: String,
    /// The associations.
    pub associations: Vec<ServiceNetworkAssociation>,
}

/// A service network's association with a VPC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ServiceNetworkAssociation {
    /// The association's id.
    pub id: Option<String>,
    /// The service network's id.
    pub service_network_id: String,
    /// Its ARN.
    pub service_network: Option<String>,
    /// Its name.
    pub service_network_name: Option<String>,
    /// `ACTIVE`, `CREATE_IN_PROGRESS`, `CREATE_FAILED`, …
    pub status: Option<String>,
    /// `privateDnsEnabled`.
    pub private_dns: Option<bool>,
    /// `dnsOptions.privateDnsPreference`: for which custom domain names zones are made.
    pub private_dns_preference: Option<String>,
    /// `dnsOptions.privateDnsSpecifiedDomains`: names, or `*.example.com`.
    pub private_dns_specified_domains: Vec<String>,
}

/// The resources of a service network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ServiceNetwork {
    /// The service network's id.
    pub id: String,
    /// Its resources.
    pub resources: Vec<ServiceNetworkResource>,
}

/// A resource configuration's association with a service network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ServiceNetworkResource {
    /// The resource configuration's id.
    pub resource_configuration_id: String,
    /// Its ARN.
    pub resource_configuration: Option<String>,
    /// `ACTIVE`, `PARTIAL`, `CREATE_IN_PROGRESS`, `CREATE_FAILED`, …
    pub status: Option<String>,
    /// `privateDnsEnabled`, which overrides that of the VPC's association.
    pub private_dns: Option<bool>,
    /// The domain name of `privateDnsEntry`.
    pub private_dns_name: Option<String>,
}

/// A resource configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ResourceConfiguration {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// `customDomainName`: what VPC Lattice makes a private hosted zone for.
    pub custom_domain_name: Option<String>,
    /// `VERIFIED`, `PENDING`, `VERIFICATION_TIMED_OUT`; none where nobody has the domain verified.
    pub domain_verification: Option<String>,
}

/// The id at the end of an ARN.
pub(in crate::facts) fn id_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

impl VpcEndpoint {
    /// Whether it is of a type that can have private DNS in its VPC.
    fn can_have_private_dns(&self) -> bool {
        matches!(self.kind.as_str(), "Interface" | "Resource" | "ServiceNetwork")
    }

    /// The id of the service network that it leads to.
    pub fn service_network_id(&self) -> Option<&str> {
        self.service_network.as_deref().map(id_of)
    }

    /// The id of the resource configuration that it leads to.
    pub fn resource_configuration_id(&self) -> Option<&str> {
        self.resource_configuration.as_deref().map(id_of)
    }
}

/// Puts endpoints to those of their VPCs. What was said twice is what was said last.
pub(in crate::facts) fn add_vpc_endpoints(all: &mut Vec<VpcEndpoints>, more: Vec<(String, VpcEndpoint)>) {
    for (vpc_id, endpoint) in more {
        let known = of_vpc(all, vpc_id);
        known.retain(|other| other.id != endpoint.id);
        known.push(endpoint);
    }
    for vpc in all {
        vpc.endpoints.retain(VpcEndpoint::can_have_private_dns);
    }
}

/// The endpoints of a VPC, which is there from now on.
pub(in crate::facts) fn of_vpc(all: &mut Vec<VpcEndpoints>, vpc_id: String) -> &mut Vec<VpcEndpoint> {
    let at = all.iter().position(|one| one.vpc_id == vpc_id).unwrap_or_else(|| {
        all.push(VpcEndpoints {
            vpc_id,
            endpoints: Vec::new(),
        });
        all.len() - 1
    });
    &mut all[at].endpoints
}

impl Lattice {
    /// Whether nothing of it was read.
    pub fn is_unread(&self) -> bool {
        *self == Self::default()
    }

    /// The associations of a VPC, which is there from now on.
    pub(in crate::facts) fn of_vpc(&mut self, vpc_id: String) -> &mut Vec<ServiceNetworkAssociation> {
        let at = self.vpcs.iter().position(|one| one.vpc_id == vpc_id);
        let at = at.unwrap_or_else(|| {
            let associations = Vec::new();
            self.vpcs.push(VpcServiceNetworks { vpc_id, associations });
            self.vpcs.len() - 1
        });
        &mut self.vpcs[at].associations
    }

    /// The resources of a service network, which is there from now on.
    pub(in crate::facts) fn of_network(&mut self, id: String) -> &mut Vec<ServiceNetworkResource> {
        let at = self.networks.iter().position(|one| one.id == id);
        let at = at.unwrap_or_else(|| {
            let resources = Vec::new();
            self.networks.push(ServiceNetwork { id, resources });
            self.networks.len() - 1
        });
        &mut self.networks[at].resources
    }

    /// Puts associations to their VPCs. What was said twice is what was said last.
    pub(in crate::facts) fn add_associations(&mut self, more: Vec<(String, ServiceNetworkAssociation)>) {
        for (vpc_id, one) in more {
            let known = self.of_vpc(vpc_id);
            known.retain(|other| other.service_network_id != one.service_network_id);
            known.push(one);
        }
    }

    /// Puts resources to their service networks.
    pub(in crate::facts) fn add_resources(&mut self, more: Vec<(String, ServiceNetworkResource)>) {
        for (network, one) in more {
            let known = self.of_network(network);
            known.retain(|other| other.resource_configuration_id != one.resource_configuration_id);
            known.push(one);
        }
    }

    /// Puts a resource configuration to the others.
    pub(in crate::facts) fn add_configuration(&mut self, one: ResourceConfiguration) {
        self.configurations.retain(|other| other.id != one.id);
        self.configurations.push(one);
    }

    /// Takes in what somebody else read.
    pub(in crate::facts) fn merge(&mut self, other: Self) {
        for vpc in other.vpcs {
            self.of_vpc(vpc.vpc_id.clone());
            let named = vpc.associations.into_iter().map(|one| (vpc.vpc_id.clone(), one));
            self.add_associations(named.collect());
        }
        for network in other.networks {
            self.of_network(network.id.clone());
            let named = network.resources.into_iter().map(|one| (network.id.clone(), one));
            self.add_resources(named.collect());
        }
        for one in other.configurations {
            self.add_configuration(one);
        }
    }

    /// In an order that does not depend on which answer came first, and no longer than a capture holds.
    pub(in crate::facts) fn settle(&mut self) {
        self.vpcs.sort_by(|one, other| one.vpc_id.cmp(&other.vpc_id));
        self.networks.sort_by(|one, other| one.id.cmp(&other.id));
        self.configurations.sort_by(|one, other| one.id.cmp(&other.id));
        for vpc in &mut self.vpcs {
            vpc.associations.truncate(limits::LIST_IN_CAPTURE);
        }
        for network in &mut self.networks {
            network.resources.truncate(limits::LIST_IN_CAPTURE);
        }
        self.vpcs.truncate(limits::LIST_IN_CAPTURE);
        self.networks.truncate(limits::LIST_IN_CAPTURE);
        self.configurations.truncate(limits::LIST_IN_CAPTURE);
    }
}

/// A VPC endpoint, and the VPC that it names.
pub(in crate::facts) fn vpc_endpoint(of: &Members<'_>) -> Result<(String, VpcEndpoint), WrongShape> {
    let kind = of.text("VpcEndpointType")?.unwrap_or_default();
    let mut private_dns_names = Vec::new();
    if kind == "Interface" {
        for entry in of.objects("DnsEntries")?.iter().take(limits::LIST_IN_CAPTURE) {
            private_dns_names.extend(entry.text("DnsName")?);
        }
        // The endpoint's own names, of the Region and of its zones, are in a zone of AWS's that everybody sees.
        private_dns_names.retain(|name| !name.contains(".vpce."));
    }
    let options = of.object("DnsOptions")?;
    let preference = options
        .as_ref()
        .map_or(Ok(None), |options| options.text("PrivateDnsPreference"))?;
    let specified = options
        .as_ref()
        .map_or(Ok(Vec::new()), |options| options.texts("PrivateDnsSpecifiedDomains"))?;
    let made = VpcEndpoint {
        id: of.needed("VpcEndpointId")?,
        kind,
        service_name: of.text("ServiceName")?,
        state: of.text("State")?,
        private_dns: of.flag("PrivateDnsEnabled")?,
        private_dns_names,
        private_dns_preference: preference,
        private_dns_specified_domains: specified,
        service_network: of.text("ServiceNetworkArn")?,
        resource_configuration: of.text("ResourceConfigurationArn")?,
    };
    Ok((of.needed("VpcId")?, made))
}

/// A service network's association with a VPC, and that VPC.
pub(in crate::facts) fn service_network_association(
    of: &Members<'_>,
) -> Result<(String, ServiceNetworkAssociation), WrongShape> {
    let options = of.object("dnsOptions")?;
    let preference = options
        .as_ref()
        .map_or(Ok(None), |options| options.text("privateDnsPreference"))?;
    let specified = options
        .as_ref()
        .map_or(Ok(Vec::new()), |options| options.texts("privateDnsSpecifiedDomains"))?;
    let made = ServiceNetworkAssociation {
        id: of.text("id")?,
        service_network_id: of.needed("serviceNetworkId")?,
        service_network: of.text("serviceNetworkArn")?,
        service_network_name: of.text("serviceNetworkName")?,
        status: of.text("status")?,
        private_dns: of.flag("privateDnsEnabled")?,
        private_dns_preference: preference,
        private_dns_specified_domains: specified,
    };
    Ok((of.needed("vpcId")?, made))
}

/// A resource's association with a service network, and that service network.
pub(in crate::facts) fn service_network_resource(
    of: &Members<'_>,
) -> Result<(String, ServiceNetworkResource), WrongShape> {
    let entry = of.object("privateDnsEntry")?;
    let made = ServiceNetworkResource {
        resource_configuration_id: of.needed("resourceConfigurationId")?,
        resource_configuration: of.text("resourceConfigurationArn")?,
        status: of.text("status")?,
        private_dns: of.flag("privateDnsEnabled")?,
        private_dns_name: entry.map_or(Ok(None), |entry| entry.text("domainName"))?,
    };
    Ok((of.needed("serviceNetworkId")?, made))
}

/// A resource configuration; `None` where the object is something else.
pub(in crate::facts) fn resource_configuration(of: &Members<'_>) -> Result<Option<ResourceConfiguration>, WrongShape> {
    let is_one = |node: super::node::Node<'_>| node.text().is_ok_and(|arn| arn.contains(":resourceconfiguration/"));
    if !of.get("arn").is_some_and(is_one) {
        return Ok(None);
    }
    Ok(Some(ResourceConfiguration {
        id: of.needed("id")?,
        name: of.text("name")?,
        custom_domain_name: of.text("customDomainName")?,
        domain_verification: of.text("domainVerificationStatus")?,
    }))
}

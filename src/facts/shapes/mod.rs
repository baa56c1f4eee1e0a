//! What AWS answers, in one place for each service: the types that are kept, and how each is read from an answer, under
//! the member names that AWS has in JSON (API references of EKS, EC2, Route 53 Resolver, Route 53 Profiles, Route 53,
//! VPC Lattice and STS). The same functions read what this program is answered and what the AWS CLI printed into a
//! file.

mod client_vpn;
mod ec2;
mod eks;
mod event;
mod firewall;
mod lattice;
mod network;
mod node;
mod route53;
mod sts;

pub use client_vpn::{ClientVpn, ClientVpnEndpoint, ClientVpnRoute, ClientVpnRule};
pub(in crate::facts) use client_vpn::{client_vpn_endpoint, client_vpn_route, client_vpn_rule};
#[cfg(feature = "aws")]
pub(in crate::facts) use ec2::XML_LISTS;
pub use ec2::{
    AttributesOfVpc, DhcpOptions, Interface, NetworkInterface, Permission, SecurityGroup, Vpc, VpcAttributes,
    resolver_of,
};
pub(in crate::facts) use ec2::{attributes_of, dhcp_options, interface, security_group, vpc};
pub use eks::{AbsentCluster, Cluster, ClusterState, ClusterUpdate};
pub(in crate::facts) use eks::{Spelling, cluster, update};
pub use event::Event;
pub(in crate::facts) use event::event;
pub use firewall::{
    AUTO_ALLOWLIST, DomainList, Firewall, FirewallAssociation, FirewallConfig, FirewallGroup, FirewallRule,
    ProfileAssociation, ProfileResource, ProfileResources, Profiles,
};
pub(in crate::facts) use firewall::{
    firewall_association, firewall_config, firewall_rule, profile_association, profile_resource,
};
pub use lattice::{
    Lattice, ResourceConfiguration, ServiceNetwork, ServiceNetworkAssociation, ServiceNetworkResource, VpcEndpoint,
    VpcEndpoints, VpcServiceNetworks,
};
pub(in crate::facts) use lattice::{
    add_vpc_endpoints, id_of, of_vpc, resource_configuration, service_network_association, service_network_resource,
    vpc_endpoint,
};
pub use network::{AclEntry, NetworkAcl, PrefixList, Route, RouteTable, Subnet};
pub(in crate::facts) use network::{network_acl, prefix_list_entry, route_table, subnet};
pub use node::WrongShape;
pub(in crate::facts) use node::{Members, Node};
pub use route53::{
    DnssecConfig, EndpointAddress, HostedZone, ListedAddress, ResolverEndpoint, ResolverRule, RuleAssociation,
    RuleTarget, VpcZones, zone_id,
};
pub(in crate::facts) use route53::{
    association, dnssec_config, endpoint, endpoint_addresses, rule, zone, zone_with_vpcs,
};
pub use sts::Caller;
pub(in crate::facts) use sts::caller;

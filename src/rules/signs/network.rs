//! Signs of the network around an inbound endpoint's address.

use std::net::IpAddr;

use super::Sign;
use crate::address::AddressClass;
use crate::dns::AnswerKind;
use crate::observation::Transport;
use crate::resolvers::Role;
use crate::rules::shared::client_vpn::{self, ClientVpnFault};
use crate::rules::shared::obstacle::{self, NetworkFault};
use crate::rules::{Case, Need, Subject, view};

/// The order in which they are read.
pub(in crate::rules) static OF_NETWORK: &[&Sign] = &[
    &NETWORK_ACL_DENIES_ALL,
    &HAS_HYBRID_NODES,
    &HYBRID_NODES_ARE_GIVEN_PUBLIC,
    &HYBRID_NODES_RESOLVER_WAS_ASKED,
    &HYBRID_NODES_ARE_GIVEN_PRIVATE,
    &COMES_THROUGH_CLIENT_VPN,
    &HAS_AN_ADDRESS_OF_CLIENT_VPN,
    &CLIENT_VPN_IS_IN_THE_WAY,
    &CLIENT_VPN_LEADS_NOWHERE,
    &CLIENT_VPN_IS_WHY_IT_IS_ASKED,
];

/// The network ACL of its subnet denies the question or the answer to everybody, over each protocol that was asked.
pub(in crate::rules) static NETWORK_ACL_DENIES_ALL: Sign = Sign::of_resolver_if_known(
    "the network ACL of its subnet",
    "the network ACL of its subnet denies DNS from or to every network",
    "the network ACL of its subnet is not known to deny DNS from or to every network",
    |case, subject| {
        // A network that refuses says so itself.
        if subject.a_kind() == Some(AnswerKind::Unreachable) {
            return Some(false);
        }
        // Within the subnet no network ACL counts, and whether this host is in it has to be known.
        if !obstacle::is_outside_the_subnet(case, subject) {
            return Some(false);
        }
        let over = obstacle::asked_over(subject);
        let found = obstacle::obstacles(case, subject, over);
        let denied = |transport: &Transport| {
            found.iter().any(
                |one| matches!(&one.what, NetworkFault::Acl { transport: of, only_to: None, .. } if of == transport),
            )
        };
        Some(!found.is_empty() && over.iter().all(denied))
    },
)
.looking_at(&[Need::ResolverEndpoints, Need::Network, Need::Instance]);

/// The cluster has hybrid nodes.
pub(in crate::rules) static HAS_HYBRID_NODES: Sign = Sign::of_run(
    "the cluster's hybrid nodes",
    "the cluster has networks of hybrid nodes",
    "the cluster has no networks of hybrid nodes",
    |case| Some(!case.own_cluster()?.remote_node_networks.is_empty()),
)
.needing(&[Need::Cluster]);

/// A resolver that hybrid nodes may use gives the public addresses.
pub(in crate::rules) static HYBRID_NODES_ARE_GIVEN_PUBLIC: Sign = Sign::of_run_if_known(
    "the public addresses in the hybrid nodes' networks",
    "a resolver in the networks of the hybrid nodes, or asked from there, gives public addresses",
    "that a resolver in the networks of the hybrid nodes, or asked from there, gives public addresses is not known",
    |case| {
        Some(of_node_networks(case).any(|subject| {
            // Where a name that does not exist has addresses, those of this one show nothing.
            gives(subject, |class| class == AddressClass::Public)
                && !subject.sibling_resolves()
                && (view::is_of_the_public_zone(subject) || view::public_has_the_addresses(case, subject))
        }))
    },
)
.looking_at(&[Need::Cluster]);

/// A resolver that hybrid nodes may use was asked.
pub(in crate::rules) static HYBRID_NODES_RESOLVER_WAS_ASKED: Sign = Sign::of_run(
    "a resolver of the hybrid nodes",
    "a resolver in the networks of the hybrid nodes, or asked from there, was asked",
    "no resolver in the networks of the hybrid nodes was asked, and none from there",
    |case| Some(of_node_networks(case).next().is_some()),
)
.looking_at(&[Need::Cluster]);

/// A resolver that hybrid nodes may use gives the private addresses.
pub(in crate::rules) static HYBRID_NODES_ARE_GIVEN_PRIVATE: Sign = Sign::of_run_if_known(
    "the private addresses in the hybrid nodes' networks",
    "a resolver in the networks of the hybrid nodes, or asked from there, gives the private addresses",
    "that a resolver in the networks of the hybrid nodes, or asked from there, gives private addresses is not known",
    |case| Some(of_node_networks(case).any(|subject| subject.verdict().is_fine() && subject.has_private_addresses())),
)
.looking_at(&[Need::Cluster]);

/// The resolvers that stand for those of hybrid nodes: one in the nodes' networks, or a name server of this host where
/// this host is in one of them. An inbound endpoint or a public control is asked by nobody for that reason.
fn of_node_networks<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = &'c Subject<'a>> {
    let networks = case
        .own_cluster()
        .map_or(&[][..], |cluster| cluster.remote_node_networks.as_slice());
    let is_inside = move |ip: IpAddr| networks.iter().any(|network| network.contains(&ip));
    case.subjects().filter(move |subject| {
        let is_a_clients = !subject.is_vpc_side() && !subject.has_role(Role::Public);
        let is_of_this_host = subject.has_role(Role::Local) && client_vpn::own_address(subject).is_some_and(is_inside);
        is_a_clients && (is_of_this_host || subject.ip().is_some_and(is_inside))
    })
}

/// Whether it has addresses, and all of this class.
fn gives(subject: &Subject<'_>, is: fn(AddressClass) -> bool) -> bool {
    let mut classes = subject.ips().into_iter().map(AddressClass::of).peekable();
    classes.peek().is_some() && classes.all(is)
}

/// What is read of a Client VPN endpoint beside its own description.
const OF_CLIENT_VPN: &[Need] = &[
    Need::ClientVpn,
    Need::Instance,
    Need::Upstreams,
    Need::Vpc,
    Need::SecurityGroups,
    Need::Network,
];

/// This host is a client of a Client VPN endpoint, by its address or by its name servers.
pub(in crate::rules) static COMES_THROUGH_CLIENT_VPN: Sign = Sign::of_run(
    "Client VPN",
    "this host's address, or a name server in use here, is one that clients of a Client VPN endpoint get",
    "nothing says that this host is a client of a Client VPN endpoint",
    |case| Some(client_vpn::through(case).is_some()),
)
.needing(&[Need::ClientVpn])
.looking_at(OF_CLIENT_VPN);

/// This host has an address that the endpoint gives its clients.
pub(in crate::rules) static HAS_AN_ADDRESS_OF_CLIENT_VPN: Sign = Sign::of_run_if_known(
    "this host's address",
    "this host's address is in the client network of a Client VPN endpoint",
    "this host's address is not known to be in the client network of a Client VPN endpoint",
    |case| Some(client_vpn::through(case).is_some_and(|through| through.own.is_some())),
)
.looking_at(OF_CLIENT_VPN);

/// The configuration of the Client VPN endpoint keeps this host from the VPC's DNS.
pub(in crate::rules) static CLIENT_VPN_IS_IN_THE_WAY: Sign = Sign::of_resolver_if_known(
    "what the Client VPN endpoint has for it",
    "the Client VPN endpoint gives other DNS servers or none, or lets no questions through to its address",
    "the Client VPN endpoint is not known to keep this host from its answer",
    |case, subject| Some(client_vpn::fault(case, subject).is_some()),
)
.looking_at(OF_CLIENT_VPN);

/// The Client VPN endpoint lets nothing through to it, whoever the client is.
pub(in crate::rules) static CLIENT_VPN_LEADS_NOWHERE: Sign = Sign::of_resolver_if_known(
    "what the Client VPN endpoint lets through to it",
    "the Client VPN endpoint lets no client's questions through to its address",
    "the Client VPN endpoint is not known to keep every client's questions from its address",
    |case, subject| {
        let fault = client_vpn::fault(case, subject);
        Some(fault.is_some_and(|(_, fault)| {
            let leads_nowhere = [
                ClientVpnFault::OtherFamily,
                ClientVpnFault::NoRoute,
                ClientVpnFault::NotAllowed,
                ClientVpnFault::GroupsShut,
            ];
            leads_nowhere.contains(&fault)
        }))
    },
)
.looking_at(OF_CLIENT_VPN);

/// The endpoint gives no DNS server, or one that has the name and is not used, and this host asks another.
pub(in crate::rules) static CLIENT_VPN_IS_WHY_IT_IS_ASKED: Sign = Sign::of_resolver_if_known(
    "the DNS servers of the Client VPN endpoint",
    "it is asked since the Client VPN endpoint gives clients no DNS server, or one that is not used here and has the \
     name",
    "it is not known to be asked in the place of a DNS server of the Client VPN endpoint",
    |case, subject| {
        let fault = client_vpn::fault(case, subject);
        Some(fault.is_some_and(|(through, fault)| match fault {
            ClientVpnFault::NoDnsServers => true,
            ClientVpnFault::OthersInUse => client_vpn::gives_the_name(case, through.endpoint),
            _ => false,
        }))
    },
)
.looking_at(OF_CLIENT_VPN);

//! Signs of the network around an inbound endpoint's address.

use super::Sign;
use crate::dns::AnswerKind;
use crate::observation::Transport;
use crate::rules::Need;
use crate::rules::shared::client_vpn::{self, ClientVpnFault};
use crate::rules::shared::obstacle::{self, NetworkFault};

/// The order in which they are read.
pub(in crate::rules) static OF_NETWORK: &[&Sign] = &[
    &NETWORK_ACL_DENIES_ALL,
    &HAS_HYBRID_NODES,
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

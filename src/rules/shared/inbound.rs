//! Whom the security groups of inbound endpoints let in.

use std::net::IpAddr;

use ipnet::IpNet;

use super::route53;
use crate::facts::{Permission, PrefixList, ResolverEndpoint, SecurityGroup};
use crate::observation::Transport;
use crate::resolvers::Role;
use crate::rules::step::was_heard;
use crate::rules::{Case, Subject};

/// The port of DNS.
const DNS_PORT: u16 = 53;

/// Whom the groups let in over a protocol, at port 53.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Admits {
    Nobody,
    Only(Vec<IpNet>),
    /// Anybody, or what cannot be told from what is known.
    Perhaps,
}

/// What the groups do not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Shut {
    /// Nobody is let in.
    ToAll,
    /// This host's networks are not among those that are.
    ToThisHost(Vec<IpNet>),
    /// Only these are, and whether this host is among them is not known.
    ExceptFor(Vec<IpNet>),
}

/// The networks that alone are let in to the endpoint that an address is of, where it is not known whether this
/// host is in one of them.
pub(in crate::rules) fn lets_in_only(case: &Case<'_>, ip: IpAddr) -> Option<Vec<IpNet>> {
    let endpoint = case
        .resolver_endpoints()?
        .iter()
        .find(|endpoint| route53::has_address(endpoint, ip))?;
    let shut = shut_to(case, endpoint);
    shut.into_iter().find_map(|(_, shut)| match shut {
        Shut::ExceptFor(networks) => Some(networks),
        Shut::ToAll | Shut::ToThisHost(_) => None,
    })
}

/// Whom the endpoint's groups keep out, by transport.
pub(in crate::rules) fn shut_to(case: &Case<'_>, endpoint: &ResolverEndpoint) -> Vec<(Transport, Shut)> {
    let groups = case.security_groups().unwrap_or_default();
    let here: &[IpNet] = case.instance().map_or(&[], |instance| instance.vpc_cidrs.as_slice());
    [Transport::Udp, Transport::Tcp]
        .into_iter()
        .filter_map(|transport| {
            let shut = shut(&admits(endpoint, groups, case.prefix_lists(), transport), here)?;
            Some((transport, shut))
        })
        .collect()
}

/// Whom the endpoint's groups let in. Networks of a family that the endpoint has no address of do not count.
pub(in crate::rules) fn admits(
    endpoint: &ResolverEndpoint,
    groups: &[SecurityGroup],
    lists: &[PrefixList],
    transport: Transport,
) -> Admits {
    let ids = &endpoint.security_group_ids;
    let own: Vec<&SecurityGroup> = groups.iter().filter(|group| ids.contains(&group.id)).collect();
    // A group that is not listed may let anybody in.
    if ids.is_empty() || own.len() < ids.len() {
        return Admits::Perhaps;
    }
    let speaks = |is_v4: bool| endpoint.has_family(is_v4) != Some(false);
    let mut networks: Vec<IpNet> = Vec::new();
    for permission in own.iter().flat_map(|group| &group.ingress) {
        if !covers(permission, transport, DNS_PORT) {
            continue;
        }
        // A list that was not read may hold anybody.
        let read: Option<Vec<&PrefixList>> = permission
            .prefix_lists
            .iter()
            .map(|id| lists.iter().find(|list| list.id == *id))
            .collect();
        let Some(listed) = read.filter(|_| permission.groups.is_empty()) else {
            return Admits::Perhaps;
        };
        let listed = listed.into_iter().flat_map(|list| &list.cidrs);
        let all = permission.cidrs.iter().chain(listed).copied();
        networks.extend(all.filter(|cidr| speaks(cidr.network().is_ipv4())));
    }
    if networks.iter().any(|cidr| cidr.prefix_len() == 0) {
        Admits::Perhaps
    } else if networks.is_empty() {
        Admits::Nobody
    } else {
        networks.sort_unstable();
        networks.dedup();
        Admits::Only(networks)
    }
}

/// Those of these resolvers that are inbound endpoints.
pub(in crate::rules) fn of<'s, 'a>(subjects: &[&'s Subject<'a>]) -> Vec<&'s Subject<'a>> {
    let inbound = subjects.iter().copied();
    inbound.filter(|subject| subject.has_role(Role::Inbound)).collect()
}

/// Whether the groups of the inbound endpoints that these resolvers are were all read, and let everybody in over each
/// of these transports: there is nothing to open. It decides no more than that, so nothing is recorded as touched.
pub(in crate::rules) fn are_let_in(case: &Case<'_>, subjects: &[&Subject<'_>], over: &[Transport]) -> bool {
    let aws = case.aws_unseen();
    let groups = aws.security_groups.as_deref().unwrap_or_default();
    let is_let_in = |subject: &&Subject<'_>| {
        let ip = subject.ip()?;
        let mut listed = aws.resolver_endpoints.iter().flatten().filter(|one| one.is_inbound());
        let endpoint = listed.find(|endpoint| route53::has_address(endpoint, ip))?;
        let mut over = over.iter();
        Some(over.all(|transport| lets_everybody_in(endpoint, groups, ip.is_ipv4(), *transport)))
    };
    !subjects.is_empty() && subjects.iter().all(|subject| is_let_in(subject) == Some(true))
}

/// Whether the endpoint's groups were all read, and let everybody of a family in at the port of a transport.
fn lets_everybody_in(endpoint: &ResolverEndpoint, groups: &[SecurityGroup], is_v4: bool, transport: Transport) -> bool {
    let ids = &endpoint.security_group_ids;
    let own: Vec<&SecurityGroup> = groups.iter().filter(|group| ids.contains(&group.id)).collect();
    let mut permissions = own.iter().flat_map(|group| &group.ingress);
    own.len() == ids.len()
        && permissions.any(|permission| {
            let mut cidrs = permission.cidrs.iter();
            covers(permission, transport, transport.default_port())
                && cidrs.any(|cidr| cidr.prefix_len() == 0 && cidr.network().is_ipv4() == is_v4)
        })
}

/// Whether a rule is about a port of the transport. Protocols by name, by number, or all (EC2 API Reference,
/// IpPermission).
pub(in crate::rules) fn covers(permission: &Permission, transport: Transport, port: u16) -> bool {
    let (name, number) = match transport {
        Transport::Udp => ("udp", "17"),
        Transport::Tcp | Transport::Tls | Transport::Https => ("tcp", "6"),
    };
    let protocol = permission.protocol.as_str();
    if protocol == "-1" {
        return true;
    }
    let from = permission.from_port.unwrap_or(0);
    let to = permission.to_port.unwrap_or(65_535);
    (protocol == name || protocol == number) && (from..=to).contains(&i32::from(port))
}

pub(in crate::rules) fn shut(admits: &Admits, here: &[IpNet]) -> Option<Shut> {
    let overlap = |a: &IpNet, b: &IpNet| a.contains(b) || b.contains(a);
    match admits {
        Admits::Perhaps => None,
        Admits::Nobody => Some(Shut::ToAll),
        Admits::Only(networks) if here.is_empty() => Some(Shut::ExceptFor(networks.clone())),
        Admits::Only(networks) => {
            let inside = |one: &IpNet| networks.iter().any(|other| other.contains(one));
            let apart = |one: &IpNet| !networks.iter().any(|other| overlap(one, other));
            if here.iter().all(apart) {
                Some(Shut::ToThisHost(networks.clone()))
            } else if here.iter().all(inside) {
                None
            } else {
                Some(Shut::ExceptFor(networks.clone()))
            }
        }
    }
}

/// Whether everything over which an address of the endpoint is silent is kept out by the groups: else its silence has
/// another cause, whatever the groups keep out beside it.
pub(in crate::rules) fn explains_its_silence(subject: &Subject<'_>, shut: &[(Transport, Shut)]) -> bool {
    [Transport::Udp, Transport::Tcp]
        .into_iter()
        .filter(|transport| is_silent_over(subject, *transport))
        .all(|transport| shut.iter().any(|(of, _)| *of == transport))
}

/// Whether a resolver was asked over a transport, and no reply came over it.
pub(in crate::rules) fn is_silent_over(subject: &Subject<'_>, transport: Transport) -> bool {
    let attempts = subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    let mut over = attempts.filter(|attempt| attempt.transport == transport).peekable();
    over.peek().is_some() && over.all(|attempt| !was_heard(attempt))
}

/// What the endpoint's groups are known to keep out. That some networks only are let in is how it should be.
pub(in crate::rules) fn keeps_out(case: &Case<'_>, endpoint: &ResolverEndpoint) -> Vec<(Transport, Shut)> {
    let mut shut = shut_to(case, endpoint);
    shut.retain(|(_, shut)| !matches!(shut, Shut::ExceptFor(_)));
    shut
}

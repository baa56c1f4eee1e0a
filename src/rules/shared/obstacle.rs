//! What the network around an inbound endpoint's address lets through: the network ACL of its subnet, and the route
//! back
//! (Amazon VPC User Guide, "Network ACLs" and "Route tables").

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

use super::route53;
use crate::facts::{AclEntry, Call, NetworkAcl, Route, RouteTable};
use crate::observation::Transport;
use crate::rules::case::Network;
use crate::rules::{Case, Subject};

/// The ports that a client asks from, and a reply goes to (Amazon VPC User Guide, "Ephemeral ports": these cover what
/// clients use).
pub(in crate::rules) const CLIENT_PORTS: (i32, i32) = (1024, 65_535);
/// The number of a network ACL's last entry, which has no number of its own and denies everything.
pub(in crate::rules) const LAST_ENTRY: i32 = 32_767;

/// What keeps a question from an endpoint's address, or its answer from this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct Obstacle<'a> {
    /// The subnet of the address.
    pub subnet: &'a str,
    pub what: NetworkFault<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum NetworkFault<'a> {
    /// A network ACL denies it.
    Acl {
        acl: &'a NetworkAcl,
        /// The entry that decides; `None`: the last one, which is not listed.
        entry: Option<&'a AclEntry>,
        /// Whether it is the answer that is denied.
        egress: bool,
        transport: Transport,
        /// This host's network, where it is denied to that; `None`: to everybody outside of the subnet.
        only_to: Option<IpNet>,
    },
    /// No route leads back to this host's network, or its gateway is gone.
    NoRouteBack {
        table: &'a RouteTable,
        to: IpNet,
        /// The route whose target is gone.
        gone: Option<&'a Route>,
    },
}

/// This host's networks, as an endpoint may see them: its own address towards a resolver, else those of its VPC.
/// Translation of addresses on the way is not seen.
pub(in crate::rules) fn of_this_host(case: &Case<'_>, subject: &Subject<'_>) -> Vec<IpNet> {
    let mut attempts = subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    let own = attempts
        .find_map(|attempt| attempt.local)
        .filter(|ip| !ip.is_loopback());
    let of_vpc = || {
        case.instance()
            .map_or(Vec::new(), |instance| instance.vpc_cidrs.clone())
    };
    own.map_or_else(of_vpc, |ip| vec![IpNet::from(ip)])
}

/// The transports that it was asked over: both of plain DNS, or the one inside TLS.
pub(in crate::rules) fn asked_over(subject: &Subject<'_>) -> &'static [Transport] {
    match subject.probed.resolver.transport {
        Some(Transport::Tls) => &[Transport::Tls],
        Some(Transport::Https) => &[Transport::Https],
        _ => &[Transport::Udp, Transport::Tcp],
    }
}

/// An address of an inbound endpoint, and what is known of the network around it.
struct AroundAddress<'a> {
    network: Network<'a>,
    ip: IpAddr,
    subnet: &'a str,
    vpc: Option<&'a str>,
    /// This host's networks, of the family of the address.
    here: Vec<IpNet>,
    /// Whether this host is in the subnet; `None` where its networks or those of the subnet are not known.
    is_inside: Option<bool>,
}

fn around<'a>(case: &Case<'a>, subject: &Subject<'_>) -> Option<AroundAddress<'a>> {
    let (network, ip) = case.network().zip(subject.ip())?;
    let endpoint = case
        .resolver_endpoints()?
        .iter()
        .find(|one| route53::has_address(one, ip))?;
    let address = endpoint.addresses.iter().flatten().find(|one| one.ip == ip)?;
    let subnet = address.subnet_id.as_deref()?;
    let mut here = of_this_host(case, subject);
    here.retain(|net| net.network().is_ipv4() == ip.is_ipv4());
    let own = network.subnets.iter().find(|one| one.id == subnet);
    let is_inside = own.filter(|own| !own.cidrs.is_empty() && !here.is_empty());
    let is_inside = is_inside.map(|own| own.cidrs.iter().any(|cidr| here.iter().any(|net| overlap(cidr, net))));
    Some(AroundAddress {
        network,
        ip,
        subnet,
        vpc: endpoint.vpc_id.as_deref(),
        here,
        is_inside,
    })
}

/// Whether this host is known to be outside of the subnet of an endpoint's address.
pub(in crate::rules) fn is_outside_the_subnet(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    around(case, subject).is_some_and(|around| around.is_inside == Some(false))
}

/// What keeps this host from an endpoint's address over these transports, as far as it is known.
pub(in crate::rules) fn obstacles<'a>(case: &Case<'a>, subject: &Subject<'_>, over: &[Transport]) -> Vec<Obstacle<'a>> {
    let Some(around) = around(case, subject) else {
        return Vec::new();
    };
    // What stays in the subnet passes no ACL, and needs no route.
    if around.is_inside == Some(true) {
        return Vec::new();
    }
    let AroundAddress {
        network,
        ip,
        subnet,
        vpc,
        here,
        ..
    } = around;
    let mut found = Vec::new();
    if let Some(acl) = network
        .acls
        .iter()
        .find(|acl| acl.subnet_ids.iter().any(|id| id == subnet))
    {
        let directions = over
            .iter()
            .flat_map(|transport| [(*transport, false), (*transport, true)]);
        found.extend(directions.filter_map(|(transport, egress)| {
            denial(acl, ip, &here, transport, egress).map(|what| Obstacle { subnet, what })
        }));
    }
    if let Some(what) = no_route(case, &network, subnet, vpc, &here) {
        found.push(Obstacle { subnet, what });
    }
    found
}

/// Whether these are reason enough for the silence of an address: over each transport, something is in the way.
pub(in crate::rules) fn is_all(found: &[Obstacle<'_>], over: &[Transport]) -> bool {
    over.iter().all(|asked| {
        found.iter().any(|one| match &one.what {
            NetworkFault::Acl { transport, .. } => transport == asked,
            NetworkFault::NoRouteBack { .. } => true,
        })
    })
}

/// The denial of an ACL, where nothing gets through: to anybody, or to this host.
fn denial<'a>(
    acl: &'a NetworkAcl,
    ip: IpAddr,
    here: &[IpNet],
    transport: Transport,
    egress: bool,
) -> Option<NetworkFault<'a>> {
    let everywhere: IpNet = match ip {
        IpAddr::V4(_) => IpNet::V4(ipnet::Ipv4Net::default()),
        IpAddr::V6(_) => IpNet::V6(ipnet::Ipv6Net::default()),
    };
    let ports = wanted(egress, transport);
    let to_all = !lets_any(acl, egress, transport, ports, &everywhere);
    if !to_all && (here.is_empty() || here.iter().any(|net| lets_any(acl, egress, transport, ports, net))) {
        return None;
    }
    let only_to = if to_all { None } else { Some(*here.first()?) };
    let net = only_to.unwrap_or(everywhere);
    let decides = |entry: &&AclEntry| !entry.allows && covers(entry, egress, transport) && holds(entry, &net);
    Some(NetworkFault::Acl {
        acl,
        entry: acl
            .entries(egress)
            .find(decides)
            .filter(|entry| entry.number != LAST_ENTRY),
        egress,
        transport,
        only_to,
    })
}

/// Whether it may let anything of a network through, at any of these ports: an entry allows some of it, and no entry
/// before denies that.
pub(in crate::rules) fn lets_any(
    acl: &NetworkAcl,
    egress: bool,
    transport: Transport,
    wanted: (i32, i32),
    net: &IpNet,
) -> bool {
    let entries: Vec<&AclEntry> = acl.entries(egress).filter(|entry| is_of(entry, transport)).collect();
    entries.iter().enumerate().any(|(at, allow)| {
        let Some((cidr, ports)) = allow.cidr.zip(shared(ports(allow), wanted)) else {
            return false;
        };
        let part = if cidr.prefix_len() > net.prefix_len() {
            cidr
        } else {
            *net
        };
        let denied = entries[..at]
            .iter()
            .any(|deny| !deny.allows && shared(self::ports(deny), ports) == Some(ports) && holds(deny, &part));
        allow.allows && overlap(&cidr, net) && !denied
    })
}

fn wanted(egress: bool, transport: Transport) -> (i32, i32) {
    let port = i32::from(transport.default_port());
    if egress { CLIENT_PORTS } else { (port, port) }
}

/// Whether it decides on every port that is wanted.
fn covers(entry: &AclEntry, egress: bool, transport: Transport) -> bool {
    let wanted = wanted(egress, transport);
    is_of(entry, transport) && shared(ports(entry), wanted) == Some(wanted)
}

/// Protocols by number, or all (EC2 API Reference, NetworkAclEntry).
fn is_of(entry: &AclEntry, transport: Transport) -> bool {
    let numbers = match transport {
        Transport::Udp => ["17", "udp"],
        Transport::Tcp | Transport::Tls | Transport::Https => ["6", "tcp"],
    };
    entry.protocol == "-1" || numbers.contains(&entry.protocol.as_str())
}

fn ports(entry: &AclEntry) -> (i32, i32) {
    match (entry.from_port, entry.to_port) {
        (Some(from), Some(to)) if entry.protocol != "-1" => (from, to),
        _ => (0, 65_535),
    }
}

/// The protocol below, in words.
pub(in crate::rules) fn below(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "UDP",
        Transport::Tcp | Transport::Tls | Transport::Https => "TCP",
    }
}

/// The ports that both have.
fn shared(a: (i32, i32), b: (i32, i32)) -> Option<(i32, i32)> {
    let both = (a.0.max(b.0), a.1.min(b.1));
    (both.0 <= both.1).then_some(both)
}

fn holds(entry: &AclEntry, net: &IpNet) -> bool {
    entry.cidr.is_some_and(|cidr| cidr.contains(net))
}

fn overlap(a: &IpNet, b: &IpNet) -> bool {
    a.contains(b) || b.contains(a)
}

/// That no route of the subnet's table leads to this host, or that what it leads through is gone. The most specific
/// route decides (Amazon VPC User Guide, "Route priority").
pub(in crate::rules) fn no_route<'a>(
    case: &Case<'a>,
    network: &Network<'a>,
    subnet: &str,
    vpc: Option<&str>,
    here: &[IpNet],
) -> Option<NetworkFault<'a>> {
    let of_subnet = |table: &&RouteTable| table.subnet_ids.iter().any(|id| id == subnet);
    let is_main = |table: &&RouteTable| table.is_main && Some(table.vpc_id.as_str()) == vpc;
    let mut tables = network.tables.iter();
    // A file may hold some of the tables, and then the subnet's own may be one of the others.
    let lists_all = case.facts_origin().is_none() && !case.is_part(Call::DescribeRouteTables);
    let table = tables
        .find(of_subnet)
        .or_else(|| network.tables.iter().find(is_main).filter(|_| lists_all))?;
    let lists = |id: &str| network.prefix_lists.iter().find(|list| list.id == id);
    // What a list holds that was not read may be this host.
    if table
        .routes
        .iter()
        .filter_map(|one| one.prefix_list_id.as_deref())
        .any(|id| lists(id).is_none())
    {
        return None;
    }
    let leads: Vec<(IpNet, &Route)> = table
        .routes
        .iter()
        .flat_map(|route| {
            let listed = route.prefix_list_id.as_deref().and_then(lists);
            let listed = listed.into_iter().flat_map(|list| list.cidrs.iter().copied());
            route
                .destination
                .into_iter()
                .chain(listed)
                .map(move |cidr| (cidr, route))
        })
        .collect();
    let mut missing = None;
    for net in here {
        let best = leads
            .iter()
            .filter(|(cidr, _)| overlap(cidr, net))
            .max_by_key(|(cidr, _)| cidr.prefix_len());
        match best {
            None => missing = missing.or(Some((*net, None))),
            Some((cidr, route)) if route.state.as_deref() == Some("blackhole") && cidr.contains(net) => {
                missing = missing.or(Some((*net, Some(*route))));
            }
            Some(_) => return None,
        }
    }
    missing.map(|(to, gone)| NetworkFault::NoRouteBack { table, to, gone })
}

impl Obstacle<'_> {
    /// Whether it is in everybody's way.
    pub(in crate::rules) fn is_to_all(&self) -> bool {
        matches!(self.what, NetworkFault::Acl { only_to: None, .. })
    }
}

impl fmt::Display for Obstacle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subnet = self.subnet;
        match &self.what {
            NetworkFault::Acl {
                acl,
                entry,
                egress,
                transport,
                only_to,
            } => {
                let number = entry.map_or_else(|| "its last entry *".to_owned(), |one| format!("rule {}", one.number));
                let direction = if *egress { "outbound" } else { "inbound" };
                let ports = if *egress {
                    format!(
                        "ports {} to {}, to which the answer goes,",
                        CLIENT_PORTS.0, CLIENT_PORTS.1
                    )
                } else {
                    format!("port {}", transport.default_port())
                };
                let whom = if only_to.is_none() {
                    "every network"
                } else {
                    "this host's network"
                };
                write!(
                    f,
                    "network ACL {} of {subnet}: {number} ({direction}) denies {} {ports} for {whom}",
                    acl.id,
                    below(*transport)
                )
            }
            NetworkFault::NoRouteBack { table, to, gone: None } => {
                write!(f, "route table {} of {subnet}: no route leads back to {to}", table.id)
            }
            NetworkFault::NoRouteBack {
                table,
                to,
                gone: Some(route),
            } => {
                let through = route.target.as_deref().unwrap_or("its target");
                write!(
                    f,
                    "route table {} of {subnet}: the route back to {to} leads through {through}, which is \
                     gone (blackhole)",
                    table.id
                )
            }
        }
    }
}

//! AWS Client VPN: whether this host comes through an endpoint, and what keeps it there from the VPC's DNS (AWS Client
//! VPN Administrator Guide, "Client VPN endpoints", "Routes", "Authorization rules", "Split-tunnel on AWS Client VPN").

use std::net::IpAddr;

use ipnet::IpNet;

use super::egress;
use super::silence::Silence;
use crate::facts::{Call, ClientVpnEndpoint, ClientVpnRoute, ClientVpnRule, RuleTarget, VantageKind, Vpc};
use crate::observation::Transport;
use crate::resolvers::Role;
use crate::rules::{Case, Subject};

/// The endpoint that this host comes through, as far as is known.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Through<'a> {
    pub(in crate::rules) endpoint: &'a ClientVpnEndpoint,
    /// This host's address in the endpoint's client network; `None` where only a name server here is one of the
    /// endpoint's DNS servers.
    pub(in crate::rules) own: Option<IpAddr>,
}

/// What keeps a resolver from giving the right answer, as far as the endpoint's configuration says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum ClientVpnFault {
    /// The endpoint has no DNS servers, so clients keep their own.
    NoDnsServers,
    /// The endpoint has DNS servers, and this host does not use them.
    OthersInUse,
    /// The endpoint carries no addresses of the resolver's family.
    OtherFamily,
    /// No route of the endpoint leads to the resolver.
    NoRoute,
    /// No authorization rule of the endpoint is for the resolver's address.
    NotAllowed,
    /// The rules for the resolver's address are for groups, and not for all clients.
    ForGroups,
    /// None of the endpoint's security groups lets DNS out to the resolver.
    GroupsShut,
}

/// This host's address towards a resolver, where a socket of its own showed it.
pub(in crate::rules) fn own_address(subject: &Subject<'_>) -> Option<IpAddr> {
    let mut attempts = subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    attempts
        .find_map(|attempt| attempt.local)
        .filter(|ip| !ip.is_loopback())
}

/// Whether this host has an address of the endpoint's client network towards a resolver: the question went through it.
fn is_inside(endpoint: &ClientVpnEndpoint, subject: &Subject<'_>) -> bool {
    let network = endpoint.client_cidr;
    network.is_some_and(|network| own_address(subject).is_some_and(|ip| network.contains(&ip)))
}

/// The name servers that this host has, but for a stub on this host.
fn name_servers(case: &Case<'_>) -> Vec<IpAddr> {
    let local = case.local().filter_map(Subject::ip);
    let behind = case.upstreams().into_iter().flat_map(|stub| &stub.name_servers);
    let scopes = case.split_dns().into_iter().flat_map(|split| &split.scopes);
    let of_scopes = scopes.flat_map(|scope| &scope.servers);
    let mut all: Vec<IpAddr> = local
        .chain(behind.chain(of_scopes).map(std::net::SocketAddr::ip))
        .collect();
    all.retain(|ip| !ip.is_loopback());
    all
}

/// The only endpoint for which this holds.
fn only(endpoints: &[ClientVpnEndpoint], is: impl Fn(&ClientVpnEndpoint) -> bool) -> Option<&ClientVpnEndpoint> {
    let mut fitting = endpoints.iter().filter(|one| one.is_there() && is(one));
    fitting.next().filter(|_| fitting.next().is_none())
}

/// The endpoint that this host comes through: the only one that has this host's address in its client network; else the
/// only one whose DNS servers this host uses. An instance of AWS is in a VPC already, and so is a host with an address
/// of the VPC's networks towards these servers. Towards others it may have one of a network at home that has the same
/// range.
pub(in crate::rules) fn through<'a>(case: &Case<'a>) -> Option<Through<'a>> {
    let endpoints = case.client_vpn()?;
    let is_in_a_vpc = matches!(case.vantage.kind, VantageKind::ClusterVpc | VantageKind::OtherVpc);
    if is_in_a_vpc || case.instance().is_some() {
        return None;
    }
    let holds_us = |endpoint: &ClientVpnEndpoint| case.subjects().any(|subject| is_inside(endpoint, subject));
    if let Some(endpoint) = only(endpoints, holds_us) {
        let mut inside = case.subjects().filter(|subject| is_inside(endpoint, subject));
        let own = inside.find_map(own_address);
        return Some(Through { endpoint, own });
    }
    let used = name_servers(case);
    let is_used = |endpoint: &ClientVpnEndpoint| endpoint.dns_servers.iter().any(|ip| used.contains(ip));
    let endpoint = only(endpoints, is_used)?;
    let in_vpc = |ip: &IpAddr| {
        let networks = case.vpc().into_iter().flat_map(|vpc| &vpc.cidrs);
        networks.into_iter().any(|network| network.contains(ip))
    };
    let is_given = |subject: &&Subject<'_>| subject.ip().is_some_and(|ip| endpoint.dns_servers.contains(&ip));
    let towards_them: Vec<IpAddr> = case.subjects().filter(is_given).filter_map(own_address).collect();
    let is_in_the_vpc = if towards_them.is_empty() {
        case.subjects().filter_map(own_address).any(|ip| in_vpc(&ip))
    } else {
        towards_them.iter().any(in_vpc)
    };
    (!is_in_the_vpc).then_some(Through { endpoint, own: None })
}

/// The routes that may lead to an address. One that failed does not, and one that is being made or taken away may.
fn leading(routes: &[ClientVpnRoute], ip: IpAddr) -> impl Iterator<Item = &ClientVpnRoute> {
    let works = |route: &&ClientVpnRoute| route.status.as_deref() != Some("failed");
    routes
        .iter()
        .filter(works)
        .filter(move |route| route.destination.contains(&ip))
}

/// Of the rules that are for an address, those that decide: the longest prefix (Administrator Guide, "Authorization
/// rules"). One that failed is none.
fn deciding(rules: &[ClientVpnRule], ip: IpAddr) -> Vec<&ClientVpnRule> {
    let works = |rule: &&ClientVpnRule| rule.status.as_deref() != Some("failed") && rule.destination.contains(&ip);
    let longest = rules
        .iter()
        .filter(works)
        .map(|rule| rule.destination.prefix_len())
        .max();
    rules
        .iter()
        .filter(works)
        .filter(|rule| Some(rule.destination.prefix_len()) == longest)
        .collect()
}

/// What of the endpoint's configuration stands in the way of a failing resolver's answer.
pub(in crate::rules) fn fault<'a>(case: &Case<'a>, subject: &Subject<'_>) -> Option<(Through<'a>, ClientVpnFault)> {
    let through = through(case)?;
    let (endpoint, ip) = (through.endpoint, subject.ip()?);
    if !subject.heard_anything() {
        // Else nothing says that its questions go through the endpoint.
        if !endpoint.dns_servers.contains(&ip) && !is_inside(endpoint, subject) {
            return None;
        }
        let silence = Silence::of(subject);
        if !matches!(silence, Silence::OnTheWay | Silence::NoWay) {
            return None;
        }
        let carries = match endpoint.traffic.as_deref() {
            Some("ipv4") => ip.is_ipv4(),
            Some("ipv6") => ip.is_ipv6(),
            _ => true,
        };
        if !carries {
            return Some((through, ClientVpnFault::OtherFamily));
        }
        let routes = endpoint.routes.as_deref();
        let routes = routes.filter(|_| !case.is_part(Call::DescribeClientVpnRoutes));
        if routes.is_some_and(|routes| leading(routes, ip).next().is_none()) {
            return Some((through, ClientVpnFault::NoRoute));
        }
        let rules = endpoint.authorization_rules.as_deref();
        let rules = rules.filter(|_| !case.is_part(Call::DescribeClientVpnAuthorizationRules))?;
        let deciding = deciding(rules, ip);
        return if silence == Silence::NoWay {
            None
        } else if deciding.iter().any(|rule| rule.access_all) {
            is_shut(case, endpoint, subject, ip).then_some((through, ClientVpnFault::GroupsShut))
        } else if deciding.is_empty() {
            Some((through, ClientVpnFault::NotAllowed))
        } else {
            Some((through, ClientVpnFault::ForGroups))
        };
    }
    let verdict = subject.verdict();
    let is_wrong = verdict.is_negative() || verdict == crate::compare::Verdict::Mismatch;
    // What the endpoint hands out is asked first of all by clients of it, so that this host is one has to be known.
    let is_of_this_host = subject.has_role(Role::Local) && !subject.is_vpc_side();
    if through.own.is_none() || !is_wrong || !is_of_this_host || endpoint.dns_servers.contains(&ip) {
        return None;
    }
    if endpoint.dns_servers.is_empty() {
        return Some((through, ClientVpnFault::NoDnsServers));
    }
    let used = name_servers(case);
    let is_used = used.iter().any(|ip| endpoint.dns_servers.contains(ip));
    (!used.is_empty() && !is_used).then_some((through, ClientVpnFault::OthersInUse))
}

/// Whether the endpoint's security groups let no DNS out to a resolver. They do not filter what goes to the VPC's own
/// Resolver (Amazon VPC User Guide, "Control traffic to your AWS resources using security groups").
fn is_shut(case: &Case<'_>, endpoint: &ClientVpnEndpoint, subject: &Subject<'_>, ip: IpAddr) -> bool {
    let target = RuleTarget { ip, port: 53 };
    let is_of_the_vpc = subject.has_role(Role::Vpc) || case.vpc().and_then(Vpc::resolver) == Some(ip);
    let transports = [Transport::Udp, Transport::Tcp];
    let shut = transports.map(|over| !egress::groups_let_out(case, &endpoint.security_group_ids, &target, over));
    !is_of_the_vpc && shut.iter().all(|shut| *shut)
}

/// Whether a DNS server that the endpoint gives clients was asked, and has the name.
pub(in crate::rules) fn gives_the_name(case: &Case<'_>, endpoint: &ClientVpnEndpoint) -> bool {
    let is_given = |subject: &Subject<'_>| subject.ip().is_some_and(|ip| endpoint.dns_servers.contains(&ip));
    case.subjects()
        .any(|subject| is_given(subject) && subject.verdict().is_fine())
}

/// The network that a route or a rule for an address is to be for: the VPC's, where that has the address.
pub(in crate::rules) fn network_for(case: &Case<'_>, ip: IpAddr) -> IpNet {
    let networks = case.vpc().map_or(&[][..], |vpc| vpc.cidrs.as_slice());
    let own = networks.iter().find(|network| network.contains(&ip));
    own.copied().unwrap_or_else(|| IpNet::from(ip))
}

//! The way to a resolver, and the DNS port at its end.
//!
//! Syntax: dig(1), and the AWS CLI's command reference.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::super::shared::obstacle::{LAST_ENTRY, NetworkFault, Obstacle, below};
use super::super::shared::prefix_list::{AdmittedList, OfThisHost};
use super::super::shared::route53;
use super::super::{Case, Remedy, Subject, phrase};
use super::here;
use crate::dns::RecordType;
use crate::facts::{AclEntry, NetworkAcl, ResolverEndpoint, Route, RouteTable, System};
use crate::limits;
use crate::observation::Transport;
use crate::text::plain_word as word;

/// The line that asks one server for the name at the port where it was asked. `options` are dig's: `+tcp`,
/// `+nsid`, or nothing.
pub fn dig(case: &Case<'_>, subject: &Subject<'_>, qtype: RecordType, options: &str) -> Option<String> {
    let address = subject.probed.resolver.address?;
    let resolver = &subject.probed.resolver;
    let transport = resolver.transport.unwrap_or(Transport::Udp);
    // BIND 9.18 and later.
    let inside_tls = match (transport, &resolver.tls) {
        (Transport::Tls, Some(identity)) => format!("+tls-ca +tls-hostname={} ", identity.name),
        (Transport::Https, Some(identity)) => format!(
            "+https={} +tls-ca +tls-hostname={} ",
            identity.path.as_deref().unwrap_or("/"),
            identity.name
        ),
        _ => String::new(),
    };
    let own = case.own_zone();
    // Windows has no dig. What its own programs cannot say, this one can.
    if here::system(case) == System::Windows {
        return Some(match options {
            "" | "+tcp" | "+tries=1" if !transport.is_encrypted() => here::ask_server(
                case,
                &address.ip().to_string(),
                address.port(),
                &own,
                &qtype.to_string(),
                options == "+tcp" || transport == Transport::Tcp,
            ),
            _ => format!(
                "eks-dns-doctor check {own} --no-local --resolver {} -v",
                spec(subject, address)
            ),
        });
    }
    let options = match options {
        _ if transport.is_encrypted() => inside_tls,
        "" => String::new(),
        options => format!("{options} "),
    };
    let port = match address.port() {
        port if port == transport.default_port() => String::new(),
        port => format!("-p {port} "),
    };
    Some(format!("dig {options}{port}@{} {own} {qtype}", address.ip()))
}

/// The resolver as the command line of this program has it.
fn spec(subject: &Subject<'_>, address: SocketAddr) -> String {
    let resolver = &subject.probed.resolver;
    match (resolver.transport, &resolver.tls) {
        (Some(Transport::Tls), Some(identity)) => format!("tls://{address}#{}", identity.name),
        (Some(Transport::Https), Some(identity)) => format!(
            "https://{address}{}#{}",
            identity.path.as_deref().unwrap_or("/"),
            identity.name
        ),
        (Some(Transport::Tcp), _) => format!("tcp://{address}"),
        _ if address.port() == Transport::Udp.default_port() => address.ip().to_string(),
        _ => address.to_string(),
    }
}

/// The lines that ask one server for the name, over UDP and over TCP; inside TLS, one.
pub fn ask(case: &Case<'_>, subject: &Subject<'_>) -> Vec<String> {
    let transport = subject.probed.resolver.transport;
    let each: &[&str] = if transport.is_some_and(Transport::is_encrypted) {
        &[""]
    } else {
        &["", "+tcp"]
    };
    each.iter()
        .filter_map(|options| dig(case, subject, RecordType::A, options))
        .collect()
}

/// The line that shows what a server inside TLS presents (openssl-s_client(1)).
pub fn show_certificate(case: &Case<'_>, subject: &Subject<'_>) -> Option<String> {
    let resolver = &subject.probed.resolver;
    let (address, identity) = (resolver.address?, resolver.tls.as_ref()?);
    let name = identity
        .name
        .parse::<IpAddr>()
        .is_err()
        .then_some(identity.name.as_str());
    let host = match address.ip() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    Some(here::certificate(case, &host, address.port(), name, true))
}

/// How to see whether packets get there at all.
pub fn see_the_way(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Remedy {
    let commands = subjects.iter().flat_map(|subject| {
        let route = subject.ip().map(|ip| here::route(case, ip));
        route.into_iter().chain(ask(case, subject))
    });
    Remedy::new(
        "Find where the packets are lost: check the VPN and its routes, then port 53 over UDP and TCP",
        commands.collect::<Vec<_>>(),
    )
}

/// What takes the place of asking a VPC's resolver outside its VPC.
pub fn ask_the_vpc_from_outside(case: &Case<'_>, silent: &[&Subject<'_>]) -> Vec<Remedy> {
    let own = case.own_zone();
    vec![
        Remedy::new(
            "Ask an inbound endpoint in the cluster's VPC instead",
            [format!("eks-dns-doctor check {own} --inbound <inbound-endpoint-ip>")],
        )
        .to_the_vpc(),
        Remedy::new(
            "Or ask the VPC resolver from a host in the VPC",
            silent
                .iter()
                .filter_map(|subject| subject.ip())
                .map(|ip| format!("eks-dns-doctor check {own} --vpc-resolver {ip}")),
        )
        .as_alternative(),
    ]
}

/// Security group of an inbound endpoint: DNS over the given protocols.
///
/// Rules of the group can be changed; which group an endpoint has cannot (Amazon Route 53 Developer Guide,
/// "Values that you specify when you create or edit inbound endpoints").
///
/// `asked`: the resolvers that were asked there. `clients`: the networks of who asks, where they are known.
pub fn open_security_group(
    case: &Case<'_>,
    protocols: &[Transport],
    asked: &[&Subject<'_>],
    clients: &[IpNet],
) -> Remedy {
    let region = case.region();
    let networks = networks_of_clients(clients);
    // The endpoint that was asked, of whatever VPC. What is filled in decides nothing, so it is not recorded as
    // touched.
    let is_asked = |endpoint: &&ResolverEndpoint| {
        let mut asked = asked.iter();
        asked.any(|subject| subject.ip().is_some_and(|ip| route53::has_address(endpoint, ip)))
    };
    let listed = case.aws_unseen().resolver_endpoints.iter().flatten();
    let asked = listed.filter(|endpoint| endpoint.is_inbound()).filter(is_asked);
    let mut endpoints = asked.chain(case.visible_inbound().unwrap_or_default());
    let group = endpoints.find_map(|endpoint| endpoint.security_group_ids.first());
    let mut commands = Vec::new();
    if group.is_none() {
        commands.push(format!(
            "aws route53resolver list-resolver-endpoints --region {region} --filters \
             Name=Direction,Values=INBOUND --query 'ResolverEndpoints[].[Id,HostVPCId,SecurityGroupIds]'"
        ));
    }
    let group = group.map_or("<sg-of-the-endpoint>", String::as_str);
    commands.extend(protocols.iter().flat_map(|protocol| {
        networks.iter().map(move |network| {
            format!(
                "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} \
                 --protocol {} --port {} --cidr {network}",
                below(*protocol).to_lowercase(),
                protocol.default_port()
            )
        })
    }));
    let named: Vec<&str> = protocols.iter().map(|protocol| below(*protocol)).collect();
    let port = protocols.first().map_or(53, |protocol| protocol.default_port());
    Remedy::new(
        format!(
            "Let {} port {port} in at the inbound endpoint's security group, for clients and forwarders",
            phrase::list(&named)
        ),
        commands,
    )
}

/// What is around one address of an endpoint: the network ACL and the route table of its subnet (AWS CLI Command
/// Reference, describe-network-interfaces, describe-network-acls and describe-route-tables). A subnet without a route
/// table of its own has the VPC's main one.
pub fn see_the_subnet(case: &Case<'_>, ips: &[IpAddr]) -> Remedy {
    let region = case.region();
    let of_each = ips.iter().map(|ip| {
        let filter = match ip {
            IpAddr::V4(_) => "addresses.private-ip-address",
            IpAddr::V6(_) => "ipv6-addresses.ipv6-address",
        };
        format!(
            "aws ec2 describe-network-interfaces --region {region} --filters Name={filter},Values={ip} --query \
             'NetworkInterfaces[].[SubnetId,Status]'"
        )
    });
    let of_the_subnet = ["describe-network-acls", "describe-route-tables"].map(|command| {
        format!("aws ec2 {command} --region {region} --filters Name=association.subnet-id,Values=<subnet-id>")
    });
    Remedy::new(
        "See the network ACL and the route table of its subnet: DNS in, the answers out, and a route back to who asks",
        of_each.chain(of_the_subnet),
    )
}

/// Prefix lists that a security group lets in: read what was not read, and add what one lacks (AWS CLI Command
/// Reference, get-managed-prefix-list-entries and modify-managed-prefix-list).
pub(in crate::rules) fn mend_prefix_lists(case: &Case<'_>, lists: &[AdmittedList<'_>]) -> Vec<Remedy> {
    let region = case.region();
    let mut remedies = Vec::new();
    let unread: Vec<&AdmittedList<'_>> = lists.iter().filter(|list| !list.is_read()).collect();
    if !unread.is_empty() {
        remedies.push(Remedy::new(
            "See which networks the prefix lists have that the security group lets in",
            unread.iter().map(|list| {
                format!(
                    "aws ec2 get-managed-prefix-list-entries --region {region} --prefix-list-id {}",
                    word(list.id, "<pl-id>")
                )
            }),
        ));
    }
    remedies.extend(lists.iter().filter(|list| list.lacks_this_host()).map(|list| {
        let id = word(list.id, "<pl-id>");
        Remedy::new(
            format!("Add the network of the clients to the prefix list {id}"),
            [
                format!(
                    "aws ec2 describe-managed-prefix-lists --region {region} --prefix-list-ids {id} --query \
                     'PrefixLists[].Version'"
                ),
                format!(
                    "aws ec2 modify-managed-prefix-list --region {region} --prefix-list-id {id} --current-version \
                     <version> --add-entries Cidr={}",
                    network_of_clients(match &list.says {
                        OfThisHost::HasNot { here, .. } => Some(here),
                        _ => None,
                    })
                ),
            ],
        )
    }));
    remedies
}

/// Security group of an endpoint: DNS out to one address (AWS CLI Command Reference, authorize-security-group-egress).
pub fn let_out(case: &Case<'_>, title: &str, group: &str, ip: IpAddr, port: u16) -> Remedy {
    let region = case.region();
    let prefix = IpNet::from(ip);
    let (list, key) = match prefix {
        IpNet::V4(_) => ("IpRanges", "CidrIp"),
        IpNet::V6(_) => ("Ipv6Ranges", "CidrIpv6"),
    };
    Remedy::new(
        title,
        ["udp", "tcp"].map(|protocol| {
            format!(
                "aws ec2 authorize-security-group-egress --region {region} --group-id {group} --ip-permissions \
                 'IpProtocol={protocol},FromPort={port},ToPort={port},{list}=[{{{key}={prefix}}}]'"
            )
        }),
    )
}

/// What a command has for the network of the clients: a network of this host that is known as one. Of an address alone
/// its network is not known.
fn network_of_clients(net: Option<&IpNet>) -> String {
    let is_network = |net: &&IpNet| net.prefix_len() < net.max_prefix_len();
    net.filter(is_network)
        .map_or_else(|| "<network-of-the-clients>".to_owned(), ToString::to_string)
}

/// The same of several, for an option that takes IPv4 alone (AWS CLI Command Reference,
/// authorize-security-group-ingress).
pub fn networks_of_clients(nets: &[IpNet]) -> Vec<String> {
    let mut networks: Vec<String> = nets
        .iter()
        .filter(|net| net.network().is_ipv4() && net.prefix_len() < net.max_prefix_len())
        .take(limits::NAMES_SHOWN)
        .map(ToString::to_string)
        .collect();
    if networks.is_empty() {
        networks.push(network_of_clients(None));
    }
    networks
}

/// What opens the network around an endpoint's address, once for each network ACL and direction, and for each route
/// table and network.
pub(in crate::rules) fn open_network(case: &Case<'_>, obstacles: &[&Obstacle<'_>]) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    let mut acls: Vec<(&NetworkAcl, bool, Vec<Denial<'_>>)> = Vec::new();
    let mut tables: Vec<(&RouteTable, IpNet)> = Vec::new();
    for obstacle in obstacles {
        match &obstacle.what {
            NetworkFault::Acl {
                acl,
                entry,
                egress,
                transport,
                only_to,
            } => {
                let denial = Denial {
                    entry: *entry,
                    transport: *transport,
                    network: network_of_clients(only_to.as_ref()),
                };
                let same = acls
                    .iter_mut()
                    .find(|(other, way, _)| other.id == acl.id && way == egress);
                match same {
                    Some((_, _, denials)) if denials.contains(&denial) => {}
                    Some((_, _, denials)) => denials.push(denial),
                    None => acls.push((acl, *egress, vec![denial])),
                }
            }
            NetworkFault::NoRouteBack { table, to, gone } => {
                if !tables.iter().any(|(other, net)| other.id == table.id && net == to) {
                    tables.push((table, *to));
                    remedies.push(lead_back(case, table, *to, gone.is_some()));
                }
            }
        }
    }
    let of_acls = acls
        .into_iter()
        .map(|(acl, egress, denials)| let_through(case, acl, egress, &denials));
    of_acls.chain(remedies).collect()
}

/// What a network ACL denies.
#[derive(Debug, PartialEq)]
struct Denial<'a> {
    /// The entry that decides; `None`: the last one.
    entry: Option<&'a AclEntry>,
    transport: Transport,
    /// The network of the clients, in a command.
    network: String,
}

/// The entries that a network ACL lacks in one direction, before those that deny. Each has a number of its own. Where
/// none is free there, what denies is made anew with a higher number first (EC2 API Reference, CreateNetworkAclEntry:
/// numbers are 1 to 32766).
fn let_through(case: &Case<'_>, acl: &NetworkAcl, egress: bool, denials: &[Denial<'_>]) -> Remedy {
    let region = case.region();
    let direction = if egress { "--egress" } else { "--ingress" };
    let mut taken: Vec<i32> = acl.entries(egress).map(|entry| entry.number).collect();
    let mut numbers: Vec<Option<i32>> = Vec::new();
    for denial in denials {
        let before = denial.entry.map_or(LAST_ENTRY, |entry| entry.number);
        let number = (1..before).rev().find(|number| !taken.contains(number));
        taken.extend(number);
        numbers.push(number);
    }
    let mut commands = Vec::new();
    let mut title_ends = String::new();
    if let Some(room) = room_before(acl, egress, denials, &numbers) {
        let ports = match (room.entry.from_port, room.entry.to_port) {
            (Some(from), Some(to)) => format!("--port-range From={from},To={to} "),
            _ => String::new(),
        };
        commands.push(format!(
            "aws ec2 create-network-acl-entry --region {region} --network-acl-id {} {direction} --rule-number {} \
             --protocol {} {ports}{} {} --rule-action deny",
            acl.id,
            room.number,
            match room.entry.protocol.as_str() {
                "6" => "tcp",
                "17" => "udp",
                _ => "all",
            },
            block_option(&room.cidr),
            room.cidr
        ));
        commands.push(format!(
            "aws ec2 delete-network-acl-entry --region {region} --network-acl-id {} {direction} --rule-number {}",
            acl.id, room.entry.number
        ));
        let mut free = room.free.iter().copied();
        for number in numbers.iter_mut().filter(|number| number.is_none()) {
            *number = free.next();
        }
        title_ends = format!(
            ". No number is free before rule {}, so it is made anew as rule {} first",
            room.entry.number, room.number
        );
    } else if let Some(stuck) = denials.iter().zip(&numbers).find(|(_, number)| number.is_none()) {
        let first = stuck.0.entry.map_or(LAST_ENTRY, |entry| entry.number);
        title_ends = format!(". No number is free before rule {first}: give the entries higher numbers first");
    }
    commands.extend(denials.iter().zip(&numbers).map(|(denial, number)| {
        let number = number.map_or_else(|| "<number>".to_owned(), |number| number.to_string());
        let port = denial.transport.default_port();
        let ports = if egress {
            "From=1024,To=65535".to_owned()
        } else {
            format!("From={port},To={port}")
        };
        format!(
            "aws ec2 create-network-acl-entry --region {region} --network-acl-id {} {direction} --rule-number {number} \
             --protocol {} --port-range {ports} {} {} --rule-action allow",
            acl.id,
            below(denial.transport).to_lowercase(),
            block_option(&denial.network),
            denial.network
        )
    }));
    let mut over: Vec<&str> = denials.iter().map(|denial| below(denial.transport)).collect();
    over.dedup();
    let over = phrase::list(&over);
    let what = if egress { "the answers out" } else { "the questions in" };
    Remedy::new(
        format!(
            "Let {what} over {over} at the network ACL {}, before what denies it{title_ends}",
            acl.id
        ),
        commands,
    )
}

/// The option of a network ACL's entry that takes a network of this family.
fn block_option(network: &str) -> &'static str {
    if network.contains(':') {
        "--ipv6-cidr-block"
    } else {
        "--cidr-block"
    }
}

/// Where an entry that denies can go, so that others come before it.
struct RoomBefore<'a> {
    entry: &'a AclEntry,
    cidr: String,
    /// Its number then: the last free one before the entry that follows it, so that no order changes.
    number: i32,
    /// The numbers of those before it.
    free: Vec<i32>,
}

/// RoomBefore for the entries that found no number: behind the one entry that all of them are to be before.
fn room_before<'a>(
    acl: &NetworkAcl,
    egress: bool,
    denials: &[Denial<'a>],
    numbers: &[Option<i32>],
) -> Option<RoomBefore<'a>> {
    let stuck: Vec<&Denial<'a>> = denials
        .iter()
        .zip(numbers)
        .filter(|(_, number)| number.is_none())
        .map(|(denial, _)| denial)
        .collect();
    let entry = stuck.first()?.entry?;
    let is_same = |denial: &&Denial<'_>| denial.entry.is_some_and(|other| other.number == entry.number);
    let cidr = entry
        .cidr
        .filter(|_| !entry.allows && matches!(entry.protocol.as_str(), "6" | "17" | "-1"))?;
    let later = acl
        .entries(egress)
        .map(|other| other.number)
        .filter(|other| *other > entry.number);
    // Other entries of the same fix have some of the numbers by now.
    let is_free = |number: &i32| !numbers.contains(&Some(*number));
    let end = later.min().unwrap_or(LAST_ENTRY);
    let number = (entry.number.checked_add(1)?..end).rev().find(is_free)?;
    let free: Vec<i32> = (entry.number..number).filter(is_free).take(stuck.len()).collect();
    (free.len() == stuck.len() && stuck.iter().all(is_same)).then(|| RoomBefore {
        entry,
        cidr: cidr.to_string(),
        number,
        free,
    })
}

/// The route back that a route table lacks.
fn lead_back(case: &Case<'_>, table: &RouteTable, to: IpNet, is_gone: bool) -> Remedy {
    let title = format!("Give the route table {} a route back to the network of {to}", table.id);
    lead(case, title, table, (to, &network_of_clients(Some(&to))), is_gone)
}

/// The route to the target of a Resolver rule that a route table lacks, or that leads nowhere.
pub fn lead_out(case: &Case<'_>, table: &RouteTable, to: IpAddr, gone: Option<&Route>) -> Remedy {
    let title = format!("Give the route table {} a route to {to} that works", table.id);
    let network = gone
        .and_then(|route| route.destination)
        .unwrap_or_else(|| IpNet::from(to));
    lead(case, title, table, (network, &network.to_string()), gone.is_some())
}

/// A route of a table, to a network and what a command has for it.
fn lead(case: &Case<'_>, title: String, table: &RouteTable, (to, word): (IpNet, &str), is_gone: bool) -> Remedy {
    let command = if is_gone { "replace-route" } else { "create-route" };
    let destination = match to {
        IpNet::V4(_) => "--destination-cidr-block",
        IpNet::V6(_) => "--destination-ipv6-cidr-block",
    };
    Remedy::new(
        title,
        [format!(
            "aws ec2 {command} --region {} --route-table-id {} {destination} {word} --transit-gateway-id <tgw-id> # or \
             --gateway-id, --vpc-peering-connection-id",
            case.region(),
            table.id,
        )],
    )
}

//! The way to a resolver, and the DNS port at its end.
//!
//! Syntax: dig(1), and the AWS CLI's command reference.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::super::shared::obstacle::{LAST_ENTRY, NetworkFault, Obstacle, below};
use super::super::shared::prefix_list::AdmittedList;
use super::super::{Case, Remedy, Subject, phrase};
use super::here;
use crate::dns::RecordType;
use crate::facts::System;
use crate::observation::Transport;

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

/// Security group of an inbound endpoint: DNS over the given protocols.
///
/// Rules of the group can be changed; which group an endpoint has cannot (Amazon Route 53 Developer Guide,
/// "Values that you specify when you create or edit inbound endpoints").
pub fn open_security_group(case: &Case<'_>, protocols: &[Transport]) -> Remedy {
    let region = case.region();
    let visible = case.visible_inbound().unwrap_or_default();
    let group = visible.iter().find_map(|endpoint| endpoint.security_group_ids.first());
    let mut commands = Vec::new();
    if group.is_none() {
        commands.push(format!(
            "aws route53resolver list-resolver-endpoints --region {region} --filters \
             Name=Direction,Values=INBOUND --query 'ResolverEndpoints[].[Id,HostVPCId,SecurityGroupIds]'"
        ));
    }
    let group = group.map_or("<sg-of-the-endpoint>", String::as_str);
    commands.extend(protocols.iter().map(|protocol| {
        format!(
            "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} \
             --protocol {} --port {} --cidr <network-of-the-clients>",
            below(*protocol).to_lowercase(),
            protocol.default_port()
        )
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
                    list.id
                )
            }),
        ));
    }
    remedies.extend(lists.iter().filter(|list| list.lacks_this_host()).map(|list| {
        Remedy::new(
            format!("Add the network of the clients to the prefix list {}", list.id),
            [
                format!(
                    "aws ec2 describe-managed-prefix-lists --region {region} --prefix-list-ids {} --query \
                     'PrefixLists[].Version'",
                    list.id
                ),
                format!(
                    "aws ec2 modify-managed-prefix-list --region {region} --prefix-list-id {} --current-version \
                     <version> --add-entries Cidr=<network-of-the-clients>",
                    list.id
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

/// The entry that a network ACL lacks, before the one that denies; or the route back that a route table lacks.
pub(in crate::rules) fn open_network(case: &Case<'_>, obstacle: &Obstacle<'_>) -> Remedy {
    let region = case.region();
    match &obstacle.what {
        NetworkFault::Acl {
            acl,
            entry,
            egress,
            transport,
            ..
        } => {
            let before = entry.map_or(LAST_ENTRY, |entry| entry.number);
            let is_free = |number: &i32| acl.entries(*egress).all(|one| one.number != *number);
            let number = (1..before).rev().find(is_free);
            let number = number.map_or_else(|| "<number>".to_owned(), |number| number.to_string());
            let port = transport.default_port();
            let (direction, ports, what) = if *egress {
                ("--egress", "From=1024,To=65535".to_owned(), "the answers out")
            } else {
                ("--ingress", format!("From={port},To={port}"), "the questions in")
            };
            let protocol = below(*transport);
            Remedy::new(
                format!(
                    "Let {what} over {protocol} at the network ACL {}, before what denies it",
                    acl.id
                ),
                [format!(
                    "aws ec2 create-network-acl-entry --region {region} --network-acl-id {} {direction} --rule-number \
                     {number} --protocol {} --port-range {ports} --cidr-block <network-of-the-clients> \
                     --rule-action allow",
                    acl.id,
                    protocol.to_lowercase()
                )],
            )
        }
        NetworkFault::NoRouteBack { table, to, gone } => {
            let command = if gone.is_some() {
                "replace-route"
            } else {
                "create-route"
            };
            let destination = match to {
                IpNet::V4(_) => "--destination-cidr-block",
                IpNet::V6(_) => "--destination-ipv6-cidr-block",
            };
            Remedy::new(
                format!("Give the route table {} a route back to the network of {to}", table.id),
                [format!(
                    "aws ec2 {command} --region {region} --route-table-id {} {destination} <network-of-the-clients> \
                     --transit-gateway-id <tgw-id> # or --gateway-id, --vpc-peering-connection-id",
                    table.id
                )],
            )
        }
    }
}

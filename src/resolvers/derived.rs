//! The resolvers that the facts name: the VPC resolver, the inbound endpoints that the account can see, and, on
//! EC2, the instance's own VPC resolver. They are asked as evidence.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;

use super::{CandidateResolver, Role};
use crate::address::AddressClass;
use crate::facts::{Facts, ResolverEndpoint, Vpc, resolver_of};
use crate::limits;
use crate::observation::Transport;
use crate::settings::Settings;

/// The port of DNS (RFC 1035 section 4.2). A VPC's resolver and inbound endpoints have no other.
const DNS_PORT: u16 = 53;
/// The VPC resolver's link-local address, the same in every VPC (Amazon VPC User Guide, "DNS attributes for your
/// VPC").
const LINK_LOCAL: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 253);

fn candidate(role: Role, ip: IpAddr, vpc: Option<&str>, facts: &Facts, why: String) -> CandidateResolver {
    let clusters = facts.aws.cluster_vpc_id();
    CandidateResolver {
        label: None,
        role,
        in_scope: false,
        address: Some(SocketAddr::new(ip, DNS_PORT)),
        transport: Some(Transport::Udp),
        tls: None,
        known_from: why,
        vpc: vpc.map(str::to_owned),
        is_elsewhere: matches!((vpc, clusters), (Some(one), Some(other)) if one != other),
        is_derived: true,
    }
}

/// The resolver of the cluster's VPC, and that of the instance's VPC where this is another.
pub(super) fn vpc(_: &Settings, facts: &Facts) -> Vec<CandidateResolver> {
    let clusters = facts.aws.cluster_vpc_id();
    let instance = facts.host.instance.as_ref();
    let here = instance.and_then(|instance| instance.vpc_id.as_deref());
    let is_inside = here.is_some() && here == clusters;
    let of_cluster = facts.aws.vpc.as_ref().and_then(Vpc::resolver);
    let mut found = Vec::new();
    if let (Some(vpc), Some(ip)) = (&facts.aws.vpc, of_cluster) {
        let why = format!("the primary network of {}, plus two (ec2:DescribeVpcs)", vpc.id);
        found.push(CandidateResolver {
            in_scope: is_inside,
            ..candidate(Role::Vpc, ip, Some(&vpc.id), facts, why)
        });
    }
    let Some(instance) = instance else {
        return found;
    };
    if is_inside && !found.is_empty() {
        return found;
    }
    let primary = instance.vpc_cidrs.first().and_then(|cidr| match cidr {
        IpNet::V4(cidr) => resolver_of(*cidr),
        IpNet::V6(_) => None,
    });
    let of = here.map_or_else(String::new, |vpc| format!(" ({vpc})"));
    let (ip, why) = match primary {
        Some(ip) => {
            let why = format!("the primary network of this instance's VPC{of}, plus two");
            (ip, why)
        }
        None => (IpAddr::V4(LINK_LOCAL), format!("this host is an instance in a VPC{of}")),
    };
    // Where two VPCs have the same network, the address leads to this instance's own resolver, and not to the
    // cluster's.
    if here != clusters {
        found.retain(|other| other.address.map(|address| address.ip()) != Some(ip));
    }
    found.push(CandidateResolver {
        in_scope: is_inside,
        ..candidate(Role::Vpc, ip, here, facts, why)
    });
    found
}

/// Whether an address can be a resolver's in a VPC. A public one is third parties' unless it is in the VPC's own
/// networks: nobody told us to ask them.
fn is_askable(ip: IpAddr, facts: &Facts) -> bool {
    let in_vpc = |ip| {
        let networks = facts.aws.vpc.iter().flat_map(|vpc| &vpc.cidrs);
        networks.into_iter().any(|cidr| cidr.contains(&ip))
    };
    let is_host = !ip.is_unspecified() && !ip.is_multicast() && !matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    is_host && (AddressClass::of(ip) != AddressClass::Public || in_vpc(ip))
}

/// The addresses of the inbound endpoints that can be asked, with their endpoints.
fn addresses(facts: &Facts) -> impl Iterator<Item = (&ResolverEndpoint, IpAddr)> {
    endpoints(facts)
        .into_iter()
        .flat_map(|endpoint| {
            let addresses = endpoint.addresses.iter().flatten();
            addresses.map(move |address| (endpoint, address.ip))
        })
        .filter(|(_, ip)| is_askable(*ip, facts))
}

/// The inbound endpoints that speak DNS on port 53, those of the cluster's VPC first.
fn endpoints(facts: &Facts) -> Vec<&ResolverEndpoint> {
    let clusters = facts.aws.cluster_vpc_id();
    let mut endpoints: Vec<&ResolverEndpoint> = facts
        .aws
        .resolver_endpoints
        .iter()
        .flatten()
        .filter(|endpoint| endpoint.is_inbound() && endpoint.speaks_do53())
        .collect();
    endpoints.sort_by_key(|endpoint| {
        let is_clusters = clusters.is_some() && endpoint.vpc_id.as_deref() == clusters;
        (!is_clusters, &endpoint.id)
    });
    endpoints
}

/// The addresses of inbound endpoints, at most [`limits::DERIVED`] of them.
pub(super) fn inbound(_: &Settings, facts: &Facts) -> Vec<CandidateResolver> {
    addresses(facts)
        .take(limits::DERIVED)
        .map(|(endpoint, ip)| {
            let vpc = endpoint.vpc_id.as_deref();
            let place = vpc.map_or_else(String::new, |vpc| format!(" in {vpc}"));
            let named = endpoint.name.as_ref().filter(|name| !name.is_empty());
            let name = named.map_or_else(String::new, |name| format!(" ({name})"));
            let why = format!("inbound endpoint {}{name}{place}", endpoint.id);
            candidate(Role::Inbound, ip, vpc, facts, why)
        })
        .collect()
}

/// How many addresses of inbound endpoints the facts have beyond those that are asked.
pub(super) fn inbound_beyond(facts: &Facts) -> usize {
    addresses(facts).skip(limits::DERIVED).count()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::{AwsFacts, Cluster, EndpointAddress, HostFacts, Instance};

    fn settings() -> Settings {
        Settings {
            target: None,
            sources: crate::settings::Sources::default(),
            asked: crate::settings::Asked::default(),
            resolvers: Vec::new(),
            vpc_resolvers: Vec::new(),
            inbound: Vec::new(),
            public_resolvers: Vec::new(),
            tls_name: None,
            insecure_tls: false,
            no_local: true,
            no_os: true,
            resolv_conf: None,
            hosts_file: None,
            connect: false,
            timeout: std::time::Duration::from_secs(1),
            deadline: std::time::Duration::from_secs(1),
            vantage: None,
        }
    }

    fn networks(cidr: &str) -> Vec<IpNet> {
        vec![cidr.parse().unwrap()]
    }

    fn endpoint(id: &str, vpc: &str, addresses: &[&str]) -> ResolverEndpoint {
        let address = |ip: &&str| EndpointAddress {
            ip: ip.parse().unwrap(),
            status: None,
            status_message: None,
            subnet_id: None,
        };
        ResolverEndpoint {
            id: id.to_owned(),
            direction: "INBOUND".to_owned(),
            vpc_id: Some(vpc.to_owned()),
            addresses: Some(addresses.iter().map(address).collect()),
            ..ResolverEndpoint::default()
        }
    }

    fn facts(instance: Option<Instance>, endpoints: Vec<ResolverEndpoint>) -> Facts {
        Facts {
            aws: AwsFacts {
                cluster: Some(Cluster {
                    vpc_id: Some("vpc-c".to_owned()),
                    ..Cluster::default()
                }),
                vpc: Some(Vpc {
                    id: "vpc-c".to_owned(),
                    cidrs: networks("192.168.0.0/16"),
                    ..Vpc::default()
                }),
                resolver_endpoints: Some(endpoints),
                ..AwsFacts::default()
            },
            host: HostFacts {
                instance,
                ..HostFacts::default()
            },
        }
    }

    fn instance(vpc: Option<&str>, cidrs: Vec<IpNet>) -> Instance {
        Instance {
            vpc_id: vpc.map(str::to_owned),
            vpc_cidrs: cidrs,
            ..Instance::default()
        }
    }

    /// Address, whether in scope, whether elsewhere.
    fn seen(candidates: &[CandidateResolver]) -> Vec<(String, bool, bool)> {
        candidates
            .iter()
            .map(|one| {
                let ip = one.address.unwrap().to_string();
                (ip, one.in_scope, one.is_elsewhere)
            })
            .collect()
    }

    fn of_vpc(facts: &Facts) -> Vec<(String, bool, bool)> {
        seen(&vpc(&settings(), facts))
    }

    fn row(address: &str, in_scope: bool, is_elsewhere: bool) -> (String, bool, bool) {
        (address.to_owned(), in_scope, is_elsewhere)
    }

    #[test]
    fn without_facts_there_is_none() {
        assert!(of_vpc(&Facts::default()).is_empty());
        assert_eq!(addresses(&Facts::default()).count(), 0);
    }

    #[test]
    fn the_vpc_resolver_is_in_scope_in_its_own_vpc() {
        let cluster = "192.168.0.2:53";
        let inside = instance(Some("vpc-c"), networks("192.168.0.0/16"));
        let outside = instance(Some("vpc-o"), networks("10.1.0.0/16"));
        let same_network = instance(Some("vpc-o"), networks("192.168.0.0/16"));
        let silent = instance(None, Vec::new());
        let table = [
            (None, vec![row(cluster, false, false)]),
            (Some(inside), vec![row(cluster, true, false)]),
            (
                Some(outside),
                vec![row(cluster, false, false), row("10.1.0.2:53", false, true)],
            ),
            // It is this instance's own resolver that answers at that address.
            (Some(same_network), vec![row(cluster, false, true)]),
            (
                Some(silent),
                vec![row(cluster, false, false), row("169.254.169.253:53", false, false)],
            ),
        ];
        for (instance, expected) in table {
            assert_eq!(of_vpc(&facts(instance, Vec::new())), expected);
        }
    }

    #[test]
    fn the_inbound_endpoints_of_the_clusters_vpc_come_first() {
        let mut https = endpoint("rslvr-in-3", "vpc-c", &["192.168.9.9"]);
        https.protocols = vec!["DoH".to_owned()];
        let mut outbound = endpoint("rslvr-out-1", "vpc-c", &["192.168.9.8"]);
        outbound.direction = "OUTBOUND".to_owned();
        let facts = facts(
            None,
            vec![
                endpoint("rslvr-in-1", "vpc-hub", &["10.9.0.5"]),
                https,
                outbound,
                // Neither is a resolver in a VPC.
                endpoint("rslvr-in-2", "vpc-c", &["192.168.1.5", "0.0.0.0", "9.9.9.9"]),
            ],
        );
        let found = super::inbound(&settings(), &facts);
        assert_eq!(
            seen(&found),
            [row("192.168.1.5:53", false, false), row("10.9.0.5:53", false, true)]
        );
        assert_eq!(found[0].known_from, "inbound endpoint rslvr-in-2 in vpc-c");
    }

    #[test]
    fn they_are_bounded() {
        let ips: Vec<String> = (1..=40).map(|n| format!("192.168.1.{n}")).collect();
        let ips: Vec<&str> = ips.iter().map(String::as_str).collect();
        let facts = facts(None, vec![endpoint("rslvr-in-1", "vpc-c", &ips)]);
        assert_eq!(super::inbound(&settings(), &facts).len(), limits::DERIVED);
        assert_eq!(inbound_beyond(&facts), 40 - limits::DERIVED);
    }
}

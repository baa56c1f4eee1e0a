//! What the address of a name server says about it.

use std::net::{IpAddr, SocketAddr};

/// Whether it is the address of systemd-resolved's stub (systemd-resolved.service(8)).
pub(super) fn is_resolved(ip: IpAddr) -> bool {
    matches!(ip.to_canonical(), IpAddr::V4(ip) if matches!(ip.octets(), [127, 0, 0, 53 | 54]))
}

/// What is said where the client's server is an address, and no name was looked up. The address of the service
/// `kubernetes` is the first of the cluster's service network (Kubernetes, "Default Services").
pub(super) fn literal(server: IpAddr) -> String {
    let server = server.to_canonical();
    let what = match server {
        _ if server.is_loopback() || server.is_unspecified() => {
            "an address of this host: a tunnel (SSM port forwarding, ssh -L) or a cluster that runs here (kind, minikube)"
        }
        IpAddr::V4(ip) if matches!(ip.octets(), [10, 96 | 100, 0, 1] | [172, 20, 0, 1]) => {
            "the usual address of the service kubernetes inside a cluster: kube-proxy and the node's network lead from \
             there to the API server"
        }
        _ => "an address",
    };
    format!("The server {server} is {what}. No name was looked up for it.")
}

/// What the address means to an instance of EC2, or to anybody.
pub(super) fn meaning_at(server: SocketAddr, is_on_ec2: bool, is_of_another_network: bool) -> String {
    if is_on_ec2 && super::text::is_vpc(server.ip()) && !super::text::is_vpc_for_certain(server.ip()) {
        if is_of_another_network {
            return format!(
                "{server} is an address that the resolver of a VPC may have (the base of the VPC's network plus two). This \
                 instance's own address is in another network."
            );
        }
        return format!(
            "{server} is an address that the resolver of this instance's VPC may have (the base of the VPC's network plus \
             two)."
        );
    }
    meaning(server)
}

/// What the address means, as a sentence. Addresses of stubs: the manuals of systemd-resolved (127.0.0.53) and
/// Docker (127.0.0.11), the Amazon VPC User Guide (169.254.169.253, fd00:ec2::253, the base of the VPC's network
/// plus two), the Kubernetes documentation of NodeLocal DNSCache (169.254.20.10), the default service networks of
/// Amazon EKS (10.100.0.0/16, 172.20.0.0/16), kubeadm (10.96.0.0/12), and k3s with RKE2 (10.43.0.0/16), whose tenth
/// address cluster DNS has, Microsoft Learn, "What is IP address 168.63.129.16?", and reports of users.
pub(super) fn meaning(server: SocketAddr) -> String {
    let what = match server.ip().to_canonical() {
        IpAddr::V4(ip) => match ip.octets() {
            [127, 0, 0, 53 | 54] => {
                "the stub of systemd-resolved: which name server it asks depends on the routing domains of each link \
                 (resolvectl status)"
            }
            [127, 0, 0, 11] => "Docker's embedded DNS, which asks the name servers of the host",
            [127, ..] => "a name server on this host, which asks others",
            [169, 254, 169, 253] => "the VPC resolver, reachable from inside a VPC only",
            [169, 254, 20, 10] => "the usual address of Kubernetes' NodeLocal DNSCache",
            [169, 254, ..] => "a link-local address: a name server on this host or its hypervisor",
            [10, 100 | 96 | 43, 0, 10] | [172, 20, 0, 10] => {
                "the usual address of a cluster's own DNS service (CoreDNS): the message comes from inside a pod"
            }
            [192, 168, 65, 7] => "seen as the name server of Docker Desktop",
            [10, 255, 255, 254] => "seen as the DNS tunnel of WSL",
            [168, 63, 129, 16] => "Azure's own resolver, which answers inside Azure only",
            [172, 16..=31, _, 1] => "a private address that ends in .1: a router, or under WSL the NAT gateway",
            [100, 64..=127, ..] => {
                "in the shared address space 100.64.0.0/10: often the resolver of an overlay or zero-trust client"
            }
            [10, .., 2] | [172, 16..=31, _, 2] | [192, 168, _, 2] => {
                "a private address that ends in .2: perhaps a VPC's resolver (the base of the VPC's network plus \
                 two), which answers inside its VPC only; a VPN's name servers end in .2 as well"
            }
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => {
                "a private address: a name server of this network, its router, the VPN, CoreDNS, or an inbound \
                 endpoint"
            }
            _ => "a public address: a public or a provider's resolver",
        },
        IpAddr::V6(ip) => {
            if ip.is_loopback() {
                "a name server on this host; Go asks there too where resolv.conf names none"
            } else if ip.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253] {
                "the VPC resolver, reachable from inside a VPC only"
            } else if ip.is_unicast_link_local() {
                "a link-local address, often the router's"
            } else if ip.is_unique_local() {
                "a unique local address: a name server of this network"
            } else {
                "a public address: a public or a provider's resolver"
            }
        }
    };
    format!("{server} is {what}.")
}

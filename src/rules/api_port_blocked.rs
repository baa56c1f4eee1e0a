//! The name resolves, and the API server's port does not answer.

use std::net::IpAddr;

use super::shared::connections;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::address::AddressClass;
use crate::observation::{Connection, Tcp};

declare_rule! {
    /// ## What it means
    /// Resolvers return the right addresses, and TCP connections to the API server's port at these addresses fail. DNS
    /// is healthy, so the cause is in the network.
    ///
    /// ## How it was decided
    /// `--connect` makes a TCP connection to each address that a resolver returned. Addresses that are known to be
    /// wrong do not count: a wrong address has another cause.
    ///
    /// ## Why it matters
    /// kubectl prints `dial tcp ADDRESS:443: i/o timeout`, which looks like a DNS error and is not one.
    ///
    /// ## What to do
    /// It depends on how the connection fails. No answer at a private address: the cluster's security group must allow
    /// TCP 443 from here, and a route (VPN, Direct Connect, peering) must exist in both directions. No answer at a
    /// public address: `publicAccessCidrs`. Cannot be reached: this host, or a router on the way, has no route, so
    /// connect the VPN or add the route. Refused: something answers, and a security group never does, so look at what
    /// has that address and at firewalls on the way.
    "api-port-blocked" = {
        summary: "the name resolves, and the API server's port does not answer",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is right, and port 443 is closed to this host: security group, route, VPN",
        complaints: [Deadline 20, KubectlRefused 30, Connection 10, Address 10],
        references: [EKS_CLUSTER_ENDPOINT, EKS_SECURITY_GROUPS],
        at: Run,
        requires: [[A_RIGHT_ADDRESS_DOES_NOT_CONNECT]],
        names: [[GIVES_WHAT_DOES_NOT_CONNECT]],
        confidence: [Certain],
        stage: Stage::Evidence,
    }
}

/// How a connection fails, which says where to look.
struct FailsHow {
    tcp: Tcp,
    /// Of a port, at so many addresses.
    fails: fn(u16, usize) -> String,
    meaning: &'static str,
}

/// What each way means. A security group that does not allow a connection gives a time-out (Amazon EC2 User Guide,
/// "Troubleshoot issues connecting to your Amazon EC2 Linux instance", "Connection timed out"); connect(2) for the
/// other two.
const WAYS: &[FailsHow] = &[
    FailsHow {
        tcp: Tcp::Unreachable,
        fails: |_, count| {
            format!(
                "this host cannot reach {}",
                phrase::plural(count, "that address", "those addresses")
            )
        },
        meaning: "This host, or a router on the way, says that it does not get there. That is a route, a VPN or a \
                  local firewall, and no security group.",
    },
    FailsHow {
        tcp: Tcp::Refused,
        fails: |port, _| format!("port {port} is refused there"),
        meaning: "A refusal is a reply: another host has that address, or a firewall on the way refuses. A security \
                  group sends no reply.",
    },
    FailsHow {
        tcp: Tcp::Timeout,
        fails: |port, _| format!("port {port} does not answer there"),
        meaning: "Silence is what a security group, a firewall or a missing route back gives.",
    },
];

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let closed = connections::closed(case);
    let Some(first) = closed.first() else {
        return Vec::new();
    };
    let addresses: Vec<_> = closed.iter().map(|connection| connection.ip).collect();
    let all = closed.len() == connections::tried(case).len();
    let shown = phrase::addresses(&addresses);
    let port = first.port;
    let how = phrase::list(
        &closed
            .iter()
            .map(|connection| phrase::connection(connection))
            .collect::<Vec<_>>(),
    );
    // A resolver that fails is a cause of its own, beside this one.
    let is_dns_healthy = case.failing().next().is_none();
    let consequence = match (all, is_dns_healthy) {
        (true, true) => "DNS is healthy here, so the cause is in the network.",
        (true, false) => "The cause of that is in the network, whatever is wrong with DNS.",
        (false, _) => "The other addresses connect, so clients fail only when they try an address that does not.",
    };
    let ways: Vec<&FailsHow> = WAYS
        .iter()
        .filter(|way| closed.iter().any(|connection| connection.tcp == way.tcp))
        .collect();
    let meaning: Vec<&str> = ways.iter().map(|way| way.meaning).collect();
    let fails = match ways[..] {
        [one] => (one.fails)(port, addresses.len()),
        _ => format!("no connection to port {port} comes about there"),
    };
    let so = if is_dns_healthy {
        ", so DNS is not the cause"
    } else {
        ""
    };
    let region = case.region();
    let cluster = case.own_cluster();
    let group = cluster
        .and_then(|cluster| cluster.cluster_security_group_id.as_deref())
        .unwrap_or("<cluster-security-group>");
    let failing = |tcp: Tcp, class: fn(&Connection) -> bool| -> Vec<IpAddr> {
        let failing = closed.iter().filter(|one| one.tcp == tcp && class(one));
        failing.map(|one| one.ip).collect()
    };
    let is_public = |connection: &Connection| AddressClass::of(connection.ip) == AddressClass::Public;
    let is_private = |connection: &Connection| AddressClass::of(connection.ip) != AddressClass::Public;
    let routes = |ips: Vec<IpAddr>| ips.into_iter().map(|ip| remedy::here::route(case, ip));
    let mut remedies = Vec::new();
    let unreachable = failing(Tcp::Unreachable, |_| true);
    if !unreachable.is_empty() {
        remedies.push(Remedy::new(
            "Connect the VPN, or add the route, that leads to the VPC's network; see which way this host takes",
            routes(unreachable),
        ));
    }
    let silent = failing(Tcp::Timeout, is_private);
    if !silent.is_empty() {
        remedies.push(Remedy::new(
            format!("Allow TCP {port} in the cluster's security group from the network that you ask from"),
            [format!(
                "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} --protocol tcp --port \
                 {port} --cidr <client-cidr>"
            )],
        ));
        remedies.push(Remedy::new(
            "Check that a route exists (VPN, Direct Connect, peering), in both directions",
            routes(silent),
        ));
    }
    if !failing(Tcp::Timeout, is_public).is_empty() {
        remedies.push(Remedy::new(
            "Public addresses answer only the networks in publicAccessCidrs: check that your public address is in one \
             of them",
            [format!(
                "aws eks describe-cluster --region {region} --name {} --query \
                 cluster.resourcesVpcConfig.publicAccessCidrs",
                case.cluster_name()
            )],
        ));
    }
    let refused = failing(Tcp::Refused, is_private);
    if !refused.is_empty() {
        remedies.push(remedy::answer::owner(case, &refused));
    }
    let refused: Vec<IpAddr> = failing(Tcp::Refused, |_| true);
    if !refused.is_empty() {
        remedies.push(Remedy::new(
            format!("Look for a firewall or a proxy on the way that refuses TCP {port}"),
            routes(refused),
        ));
    }
    vec![
        RULE.finding_at_large(fits.confidence)
            .about(case.givers(&closed))
            .summary(format!("the name resolves to {shown}, but {fails}{so}"))
            .why(format!(
                "TCP connections fail: {how}. {} {consequence}",
                meaning.join(" ")
            ))
            .seen(
                case.connections()
                    .iter()
                    .map(|connection| Evidence::fact(phrase::connection(connection))),
            )
            .fix(remedies),
    ]
}

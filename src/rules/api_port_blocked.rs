//! The name resolves, and the API server's port does not answer.

use std::net::IpAddr;

use super::shared::connections;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::address::AddressClass;
use crate::observation::{Connection, Tcp};

declare_rule! {
    /// ## What it means
    /// Resolvers return the right addresses, and connections to the API server's port at these addresses fail: there is
    /// no TCP connection, or the TLS handshake in it does not come to its end. The cause is in the network, unless
    /// another server has the address now.
    ///
    /// ## How it was decided
    /// `--connect` makes a TCP connection and a TLS handshake at each address that a resolver returned. Addresses that
    /// are known to be wrong do not count: a wrong address has another cause. A handshake that breaks off is not
    /// certain: another server may listen there.
    ///
    /// ## Why it matters
    /// kubectl prints `dial tcp ADDRESS:443: i/o timeout`, which looks like a DNS error and is not one; where the
    /// handshake breaks off, `net/http: TLS handshake timeout`, `connection reset by peer` or `EOF`.
    ///
    /// ## What to do
    /// It depends on how the connection fails. No answer at a private address: the cluster's security group must allow
    /// TCP 443 from here, and a route (VPN, Direct Connect, peering) must exist in both directions. No answer at a
    /// public address: `publicAccessCidrs`. Cannot be reached: this host, or a router on the way, has no route, so
    /// connect the VPN or add the route. Refused: something answers, and a security group never does, so look at what
    /// has that address and at firewalls on the way. The handshake breaks off: large packets may be lost (the MTU of a
    /// VPN), or a firewall on the way ends TLS.
    "api-port-blocked" = {
        summary: "the name resolves, and the API server's port does not answer",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is right, and port 443 is closed to this host: security group, route, VPN",
        complaints: [Deadline 20, KubectlRefused 30, HandshakeTimeout 20, Connection 10, Address 10],
        references: [EKS_CLUSTER_ENDPOINT, EKS_SECURITY_GROUPS],
        at: Run,
        requires: [[A_RIGHT_ADDRESS_DOES_NOT_CONNECT]],
        names: [[GIVES_WHAT_DOES_NOT_CONNECT]],
        confidence: [
            // Where a handshake breaks off, another server may listen there.
            Certain if [[not A_HANDSHAKE_IS_INTERRUPTED]],
            High,
        ],
        stage: Stage::Evidence,
    }
}

/// How a connection fails, which says where to look.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FailureMode {
    Unreachable,
    Refused,
    Silent,
    Interrupted,
}

impl FailureMode {
    const ALL: [Self; 4] = [Self::Unreachable, Self::Refused, Self::Silent, Self::Interrupted];

    fn of(connection: &Connection) -> Self {
        match connection.tcp {
            Tcp::Unreachable => Self::Unreachable,
            Tcp::Refused => Self::Refused,
            Tcp::Timeout => Self::Silent,
            Tcp::Connected => Self::Interrupted,
        }
    }

    /// Of a port, at so many addresses.
    fn fails(self, port: u16, count: usize) -> String {
        let there = phrase::plural(count, "that address", "those addresses");
        match self {
            Self::Unreachable => format!("this host cannot reach {there}"),
            Self::Refused => format!("port {port} is refused there"),
            Self::Silent => format!("port {port} does not answer there"),
            Self::Interrupted => format!("TLS at port {port} breaks off there"),
        }
    }

    /// What it means. A security group that does not allow a connection gives a time-out (Amazon EC2 User Guide,
    /// "Troubleshoot issues connecting to your Amazon EC2 Linux instance", "Connection timed out"); connect(2) for
    /// the first two. Packets over the MTU of a path are dropped where the message about it does not come back (RFC
    /// 2923 section 2.1).
    fn meaning(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "This host, or a router on the way, says that it does not get there. That is a route, a VPN or a local \
                 firewall, and no security group."
            }
            Self::Refused => {
                "A refusal is a reply: another host has that address, or a firewall on the way refuses. A security \
                 group sends no reply."
            }
            Self::Silent => "Silence is what a security group, a firewall or a missing route back gives.",
            Self::Interrupted => {
                "Large packets may be lost (the MTU of a VPN), a firewall may end TLS, or another server has the \
                 address."
            }
        }
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let closed = connections::closed(case);
    let Some(first) = closed.first() else {
        return Vec::new();
    };
    let addresses: Vec<_> = closed.iter().map(|connection| connection.ip).collect();
    let all = closed.len() == connections::tried(case).len();
    let shown = phrase::addresses(&addresses);
    let port = first.port;
    let how = phrase::connections(&closed);
    let is_interrupted = closed.iter().any(|one| connections::is_interrupted(one));
    // A resolver that fails is a cause of its own, beside this one. Where another server may have the address, nothing
    // shows that DNS is right.
    let is_dns_healthy = !is_interrupted && case.failing().next().is_none();
    let consequence = match (all, is_dns_healthy) {
        (true, _) if is_interrupted => "",
        (true, true) => "DNS is healthy here, so the cause is in the network.",
        (true, false) => "The cause of that is in the network, whatever is wrong with DNS.",
        (false, _) => "The other addresses connect, so clients fail only when they try an address that does not.",
    };
    let mut ends = FailureMode::ALL.to_vec();
    ends.retain(|end| closed.iter().any(|connection| FailureMode::of(connection) == *end));
    let mut meaning: Vec<&str> = ends.iter().map(|end| end.meaning()).collect();
    if !consequence.is_empty() {
        meaning.push(consequence);
    }
    let fails = match ends[..] {
        [one] => one.fails(port, addresses.len()),
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
    let failing = |end: FailureMode, class: fn(&Connection) -> bool| -> Vec<IpAddr> {
        let failing = closed.iter().filter(|one| FailureMode::of(one) == end && class(one));
        failing.map(|one| one.ip).collect()
    };
    let is_public = |connection: &Connection| AddressClass::of(connection.ip) == AddressClass::Public;
    let is_private = |connection: &Connection| AddressClass::of(connection.ip) != AddressClass::Public;
    let routes = |ips: Vec<IpAddr>| ips.into_iter().map(|ip| remedy::here::route(case, ip));
    let mut remedies = Vec::new();
    let unreachable = failing(FailureMode::Unreachable, |_| true);
    if !unreachable.is_empty() {
        remedies.push(Remedy::new(
            "Connect the VPN, or add the route, that leads to the VPC's network; see which way this host takes",
            routes(unreachable),
        ));
    }
    let silent = failing(FailureMode::Silent, is_private);
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
    if !failing(FailureMode::Silent, is_public).is_empty() {
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
    let refused = failing(FailureMode::Refused, is_private);
    if !refused.is_empty() {
        remedies.push(remedy::answer::owner(case, &refused));
    }
    let refused: Vec<IpAddr> = failing(FailureMode::Refused, |_| true);
    if !refused.is_empty() {
        remedies.push(Remedy::new(
            format!("Look for a firewall or a proxy on the way that refuses TCP {port}"),
            routes(refused),
        ));
    }
    if let Some(first) = closed
        .iter()
        .find(|one| FailureMode::of(one) == FailureMode::Interrupted)
    {
        remedies.push(Remedy::new(
            "On a VPN, lower the MTU of its interface and try again; see how far the handshake gets",
            [remedy::here::certificate(
                case,
                &connections::bracketed(first),
                first.port,
                Some(&case.own_zone()),
                true,
            )],
        ));
    }
    vec![
        RULE.finding_at_large(fits.confidence)
            .about(case.givers(&closed))
            .summary(format!("the name resolves to {shown}, but {fails}{so}"))
            .why(format!(
                "{}: {how}. {}",
                if is_interrupted {
                    "Connections fail"
                } else {
                    "TCP connections fail"
                },
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

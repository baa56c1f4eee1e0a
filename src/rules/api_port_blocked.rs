//! The name resolves, and the API server's port does not answer.

use super::shared::connections;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::address::AddressClass;
use crate::observation::Connection;

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
    /// If a private address refuses the port or does not answer: the cluster's security group must allow TCP 443 from
    /// here, and a route (VPN, Direct Connect, peering) must exist in both directions. At a public address:
    /// `publicAccessCidrs`.
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
        (true, true) => "DNS is healthy here, so the cause is a security group, a route or a firewall.",
        (true, false) => "A security group, a route or a firewall is the cause of that, whatever is wrong with DNS.",
        (false, _) => "The other addresses connect, so clients fail only when they try an address that does not.",
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
    let is_public = |connection: &&&Connection| AddressClass::of(connection.ip) == AddressClass::Public;
    let mut remedies = Vec::new();
    if closed.iter().any(|connection| !is_public(&connection)) {
        remedies.push(Remedy::new(
            format!("Allow TCP {port} in the cluster's security group from the network that you ask from"),
            [format!(
                "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} --protocol tcp --port \
                 {port} --cidr <client-cidr>"
            )],
        ));
        remedies.push(Remedy::new(
            "Check that a route exists (VPN, Direct Connect, peering), in both directions",
            addresses.iter().map(|ip| remedy::here::route(case, *ip)),
        ));
    }
    if closed.iter().any(|connection| is_public(&connection)) {
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
    vec![
        RULE.finding_at_large(fits.confidence)
            .about(case.givers(&closed))
            .summary(format!(
                "the name resolves to {shown}, but port {port} does not answer there{so}"
            ))
            .why(format!("TCP connections fail: {how}. {consequence}"))
            .seen(
                case.connections()
                    .iter()
                    .map(|connection| Evidence::fact(phrase::connection(connection))),
            )
            .fix(remedies),
    ]
}

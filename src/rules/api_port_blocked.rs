//! The name resolves, and the API server's port does not answer.

use super::shared::connections;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};
use crate::address::AddressClass;
use crate::observation::Connection;

declare_rule! {
    /// ## What it means
    /// Resolvers give the right addresses, and no TCP connection comes about at the API server's port there. DNS is
    /// healthy: what is in the way is the network.
    ///
    /// ## How it was decided
    /// `--connect`: a connection to each address that was given. Only addresses that nothing speaks against are
    /// counted; whoever gave a wrong address has another problem.
    ///
    /// ## Why it matters
    /// kubectl says `dial tcp ADDRESS:443: i/o timeout`, which reads like DNS and is not.
    ///
    /// ## What to do
    /// A refused port or silence at a private address: the cluster's security group has to let 443 in from here, and a
    /// route (VPN, Direct Connect, peering) has to lead there and back. At a public address: `publicAccessCidrs`.
    "api-port-blocked" = {
        summary: "the name resolves, and the API server's port does not answer",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is right, and port 443 is closed to this host: security group, route, VPN",
        complaints: [Deadline 20, KubectlRefused 30, Connection 10],
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
    let consequence = if all {
        "DNS is healthy here; what is in the way is a security group, a route or a firewall."
    } else {
        "The others connect: clients fail whenever they take the first address that does not."
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
            format!("Let TCP {port} into the cluster's security group from the network you ask from"),
            [format!(
                "aws ec2 authorize-security-group-ingress --region {region} --group-id {group} --protocol tcp --port \
                 {port} --cidr <client-cidr>"
            )],
        ));
        remedies.push(Remedy::new(
            "See that a route leads there (VPN, Direct Connect, peering), and back",
            addresses.iter().map(|ip| remedy::here::route(case, *ip)),
        ));
    }
    if closed.iter().any(|connection| is_public(&connection)) {
        remedies.push(Remedy::new(
            "Public addresses answer only to publicAccessCidrs: see whether the address you leave from is in them",
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
                "the name resolves to {shown}, and port {port} does not answer there: not a fault of DNS"
            ))
            .why(format!("No TCP connection came about: {how}. {consequence}"))
            .seen(
                case.connections()
                    .iter()
                    .map(|connection| Evidence::fact(phrase::connection(connection))),
            )
            .fix(remedies),
    ]
}

//! What helps with an answer that is old, or that is somebody else's.
//!
//! Commands: dig(1), and the AWS CLI's reference of `ec2 describe-network-interfaces`.

use std::net::IpAddr;

use super::super::{Case, Remedy, Subject};
use super::path::dig;
use crate::dns::RecordType;

/// Shows which addresses the cluster's interfaces have now.
pub fn interfaces_now(case: &Case<'_>) -> Remedy {
    Remedy::new(
        "See which addresses the cluster's network interfaces have now",
        [format!(
            "aws ec2 describe-network-interfaces --region {} --filters 'Name=description,Values=Amazon EKS {}' \
             --query 'NetworkInterfaces[].PrivateIpAddress'",
            case.region(),
            case.cluster_name(),
        )],
    )
}

/// Shows whose network interface has each address, and whether that is the cluster's.
pub fn owner(case: &Case<'_>, ips: &[IpAddr]) -> Remedy {
    let lines = ips.iter().filter(|ip| ip.is_ipv4()).map(|ip| {
        format!(
            "aws ec2 describe-network-interfaces --region {} --filters \
             Name=addresses.private-ip-address,Values={ip} --query \
             'NetworkInterfaces[].[VpcId,Description]'",
            case.region(),
        )
    });
    Remedy::new(
        "See whether the address is the cluster's now: then its Description is \"Amazon EKS\" and the cluster's name",
        lines,
    )
}

/// Asks for more samples of these resolvers.
pub fn ask_more_often(case: &Case<'_>, subjects: &[&Subject<'_>], title: &str) -> Remedy {
    let addresses = subjects.iter().filter_map(|subject| subject.probed.resolver.address);
    Remedy::new(
        title,
        addresses.map(|address| {
            format!(
                "eks-dns-doctor check {} --no-local --resolver {address} --samples 20",
                case.own_zone()
            )
        }),
    )
}

/// Asks these resolvers again by hand. `options` are dig's: `+tcp`, `+nsid`, or nothing.
pub fn ask_again(case: &Case<'_>, subjects: &[&Subject<'_>], qtype: RecordType, options: &str) -> Remedy {
    Remedy::new(
        "Ask again by hand",
        subjects.iter().filter_map(|subject| dig(case, subject, qtype, options)),
    )
}

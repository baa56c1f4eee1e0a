//! The networks of the VPCs that are known, and the addresses that AWS reserves in them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::facts::{VantageKind, resolver_of};
use crate::rules::{Case, Subject};

/// A VPC whose networks are known.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct KnownVpc<'a> {
    /// Its id.
    pub id: &'a str,
    /// Whether this host is in it.
    pub is_here: bool,
    /// Its networks, the primary IPv4 network first.
    networks: &'a [IpNet],
}

/// The VPCs whose networks are known: the cluster's, and that of this instance.
pub(in crate::rules) fn known<'a>(case: &Case<'a>) -> Vec<KnownVpc<'a>> {
    let of_cluster = case.vpc().map(|vpc| KnownVpc {
        id: &vpc.id,
        is_here: case.vantage.kind == VantageKind::ClusterVpc,
        networks: &vpc.cidrs,
    });
    let of_instance = case.instance().map(|instance| KnownVpc {
        id: instance.vpc_id.as_deref().unwrap_or("this instance's VPC"),
        is_here: true,
        networks: &instance.vpc_cidrs,
    });
    let both = of_cluster.into_iter().chain(of_instance);
    both.filter(|vpc| vpc.resolver().is_some()).collect()
}

impl KnownVpc<'_> {
    /// The VPC resolver's address: the base of the primary IPv4 network plus two.
    pub(in crate::rules) fn resolver(&self) -> Option<IpAddr> {
        self.networks.first().and_then(second)
    }

    /// The network, other than the primary one, of which an address is the base plus two.
    pub(in crate::rules) fn secondary_of(&self, ip: IpAddr) -> Option<&IpNet> {
        self.networks.iter().skip(1).find(|network| second(network) == Some(ip))
    }
}

/// The VPC of which the address is the base plus two of a secondary network, with that network. Not where it is the
/// primary one's in another VPC that is known.
pub(in crate::rules) fn secondary_of<'a>(case: &Case<'a>, ip: IpAddr) -> Option<(KnownVpc<'a>, IpNet)> {
    let vpcs = known(case);
    if vpcs.iter().any(|vpc| vpc.resolver() == Some(ip)) {
        return None;
    }
    vpcs.iter().find_map(|vpc| Some((*vpc, *vpc.secondary_of(ip)?)))
}

/// Whether a resolver's address is the base plus two of a secondary network of a VPC; `None` where no network of a VPC
/// is known and it could be.
pub(in crate::rules) fn is_second_of_a_secondary(case: &Case<'_>, subject: &Subject<'_>) -> Option<bool> {
    let Some(ip) = subject.ip().filter(could_be_second) else {
        return Some(false);
    };
    if known(case).is_empty() {
        return None;
    }
    Some(secondary_of(case, ip).is_some())
}

/// A VPC's network has 16 addresses at least (Amazon VPC User Guide, "VPC CIDR blocks"), so its base ends in four bits
/// that are zero.
fn could_be_second(ip: &IpAddr) -> bool {
    matches!(ip, IpAddr::V4(v4) if v4.octets()[3] % 16 == 2)
}

fn second(network: &IpNet) -> Option<IpAddr> {
    match network {
        IpNet::V4(v4) => resolver_of(*v4),
        IpNet::V6(_) => None,
    }
}

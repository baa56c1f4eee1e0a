//! Addresses that somebody made: DNS64, or a zero-trust client.

use std::net::IpAddr;

use crate::address::{AddressClass, embedded_ipv4, possibly_embedded_ipv4};
use crate::expect::Fit;
use crate::rules::{Case, Subject};
use crate::target::View;

/// The synthetic addresses of an answer, each with the IPv4 address inside, where that is known to be right.
pub(in crate::rules) fn of_dns64(case: &Case<'_>, subject: &Subject<'_>) -> Vec<(IpAddr, IpAddr)> {
    let expected = &subject.comparison.expected;
    let given = subject.ips();
    given
        .iter()
        .filter_map(|ip| match ip {
            IpAddr::V6(v6) => {
                let beside = || possibly_embedded_ipv4(*v6).find(|v4| given.contains(&IpAddr::V4(*v4)));
                let inside = expected.wrapped(*v6).or_else(beside).or_else(|| embedded_ipv4(*v6))?;
                Some((*ip, IpAddr::V4(inside)))
            }
            IpAddr::V4(_) => None,
        })
        .filter(|(_, real)| {
            given.contains(real) || expected.says_anything() && case.fit(expected, *real) == Fit::Expected
        })
        .collect()
}

/// The addresses of the ranges that synthetic ones are taken from, that are not known to be the VPC's own.
pub(in crate::rules) fn of_shared_range(case: &Case<'_>, subject: &Subject<'_>) -> Vec<IpAddr> {
    let addresses = &subject.comparison.addresses;
    let shared = AddressClass::may_stand_for_another;
    let fine = subject.verdict().is_fine();
    let all_shared = addresses.iter().all(|address| shared(address.class));
    if !fine && !all_shared {
        return Vec::new();
    }
    // What the VPC has is known from AWS or from the user, and this class is none of it; or its own
    // resolvers, and the zone the answer is from, have to say.
    let expected = &subject.comparison.expected;
    let vpc_known = case.vpc().is_some() || !expected.addresses.is_empty() || !expected.cidrs.is_empty();
    let may_be_of_the_vpc = |ip: &IpAddr| {
        let others = |other: &Subject<'_>| other.name() != subject.name();
        let given_there = case.vpc_side().any(|other| others(other) && other.ips().contains(ip));
        given_there || subject.view() == View::PrivateZone
    };
    addresses
        .iter()
        .filter(|address| shared(address.class))
        .map(|address| address.ip)
        .filter(|ip| !fine || vpc_known || !may_be_of_the_vpc(ip))
        .collect()
}

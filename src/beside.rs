//! What the answers of one run show of each other. A comparison holds each of them against what is expected, and that
//! may be a network or a scope alone, in which an address is that is not the cluster's.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::compare::{ClassedAddress, Comparison, Verdict, is_of_every_name};
use crate::endpoint::{EndpointName, SoaOrigin};
use crate::expect::{Expected, ExpectedSource};
use crate::facts::Facts;
use crate::observation::Purpose;
use crate::probed::Probed;
use crate::resolvers::Role;
use crate::target::{Scope, View};

/// The comparisons, each in the light of the others.
pub fn beside_each_other(observations: &[Probed], comparisons: Vec<Comparison>, facts: &Facts) -> Vec<Comparison> {
    let mut comparisons = with_the_systems_own(observations, comparisons, facts);
    if let Some(shown) = AddressesShown::by_the_private_zone(observations, &comparisons) {
        for (probed, one) in observations.iter().zip(&mut comparisons) {
            shown.against_private_addresses(probed, one, facts);
        }
    }
    if let Some(shown) = AddressesShown::by_public_dns(observations, &comparisons) {
        for (probed, one) in observations.iter().zip(&mut comparisons) {
            shown.against_public_addresses(probed, one, facts);
        }
    }
    comparisons
}

/// The comparisons, where the operating system's lookup is asked for no random name. Addresses that one of this host's
/// name servers gives every name are not right because the system hands them on.
fn with_the_systems_own(observations: &[Probed], mut comparisons: Vec<Comparison>, facts: &Facts) -> Vec<Comparison> {
    let all = observations.iter().zip(&comparisons);
    let made_up: BTreeSet<IpAddr> = all
        .filter(|(probed, one)| {
            probed.resolver.has_role(Role::Local) && is_of_every_name(&probed.lookups, &one.expected)
        })
        .flat_map(|(_, one)| ips(one))
        .collect();
    for (probed, one) in observations.iter().zip(&mut comparisons) {
        let all = |is: &dyn Fn(IpAddr) -> bool| ips(one).all(is);
        let is_handed_on = !one.addresses.is_empty() && all(&|ip| made_up.contains(&ip));
        let is_named = all(&|ip| one.expected.names(ip));
        if probed.resolver.role == Role::Os && one.verdict.has_addresses() && is_handed_on && !is_named {
            let judged = one.expected.without_networks();
            one.verdict = Verdict::Mismatch;
            class_anew(one, &judged, facts);
        }
    }
    comparisons
}

/// The addresses of the endpoint that some resolvers show, and which those are.
struct AddressesShown {
    addresses: BTreeSet<IpAddr>,
    by: String,
}

impl AddressesShown {
    /// What the resolvers of the cluster's VPC take from the private hosted zone that EKS keeps for the endpoint. EKS
    /// keeps one set of addresses there, so those that have none in common show nothing.
    fn by_the_private_zone(observations: &[Probed], comparisons: &[Comparison]) -> Option<Self> {
        let is_private = |ip: IpAddr| AddressClass::of(ip) == AddressClass::Private;
        let shows = |probed: &Probed, one: &Comparison| {
            probed.resolver.is_vpc_side()
                && one.view == View::PrivateZone
                && one.verdict.is_fine()
                && ips(one).next().is_some()
                && ips(one).all(is_private)
                && !invents(probed)
        };
        Self::by(observations, comparisons, shows)
    }

    /// What public resolvers give.
    fn by_public_dns(observations: &[Probed], comparisons: &[Comparison]) -> Option<Self> {
        let is_public = |ip: IpAddr| AddressClass::of(ip) == AddressClass::Public;
        let shows = |probed: &Probed, one: &Comparison| {
            probed.resolver.has_role(Role::Public)
                && one.verdict.has_addresses()
                && ips(one).next().is_some()
                && ips(one).all(is_public)
                && !invents(probed)
        };
        Self::by(observations, comparisons, shows)
    }

    fn by(
        observations: &[Probed],
        comparisons: &[Comparison],
        shows: impl Fn(&Probed, &Comparison) -> bool,
    ) -> Option<Self> {
        let all = observations.iter().zip(comparisons);
        let showing: Vec<_> = all.filter(|(probed, one)| shows(probed, one)).collect();
        let mut sets = showing.iter().map(|(_, one)| ips(one).collect::<BTreeSet<_>>());
        let first = sets.next()?;
        if sets.any(|other| other.is_disjoint(&first)) {
            return None;
        }
        let names: Vec<&str> = showing
            .iter()
            .map(|(probed, _)| probed.resolver.name.as_str())
            .collect();
        Some(Self {
            addresses: showing.iter().flat_map(|(_, one)| ips(one)).collect(),
            by: names.join(", "),
        })
    }

    /// Private addresses that are fine for the network that they are in, or for being private, and none of which the
    /// private hosted zone has.
    fn against_private_addresses(&self, probed: &Probed, one: &mut Comparison, facts: &Facts) {
        let is_private = |ip: IpAddr| AddressClass::of(ip) == AddressClass::Private;
        let is_of_a_known_family = |ip: IpAddr| self.addresses.iter().any(|shown| shown.is_ipv4() == ip.is_ipv4());
        let speaks_of = |ip: IpAddr| is_private(ip) && is_of_a_known_family(ip);
        if !is_judged(probed, one) || !ips(one).any(speaks_of) {
            return;
        }
        let is_known = |ip: IpAddr| self.addresses.contains(&ip) || one.expected.names(ip);
        if !ips(one).any(is_known) {
            let source = ExpectedSource::PrivateZone {
                shown_by: self.by.clone(),
            };
            self.contradict(one, Scope::Private, source, facts);
        }
    }

    /// Public addresses that are fine for being public, and none of which public DNS has. A public name may have other
    /// addresses from one place to the next, so that shows something only beside the zone that they are from.
    fn against_public_addresses(&self, probed: &Probed, one: &mut Comparison, facts: &Facts) {
        let is_public = |ip: IpAddr| AddressClass::of(ip) == AddressClass::Public;
        if !is_judged(probed, one) || one.view != View::Unknown || !ips(one).any(is_public) {
            return;
        }
        let is_known = |ip: IpAddr| self.addresses.contains(&ip) || one.expected.names(ip);
        if ips(one).filter(|ip| is_public(*ip)).any(is_known) {
            return;
        }
        if !ips(one).all(is_public) {
            one.verdict = Verdict::Partial;
        } else if is_in_a_foreign_zone(probed) {
            let source = ExpectedSource::PublicDns {
                shown_by: self.by.clone(),
            };
            self.contradict(one, Scope::Public, source, facts);
        } else if one.verdict == Verdict::Match {
            one.verdict = Verdict::Plausible;
        }
    }

    fn contradict(&self, one: &mut Comparison, scope: Scope, source: ExpectedSource, facts: &Facts) {
        one.expected = Expected {
            scope,
            addresses: self.addresses.iter().copied().collect(),
            cidrs: Vec::new(),
            cidrs_are_bounds: false,
            public_too: false,
            at_least: false,
            source,
            ..one.expected.clone()
        };
        one.verdict = Verdict::Mismatch;
        let judged = one.expected.clone();
        class_anew(one, &judged, facts);
    }
}

fn ips(one: &Comparison) -> impl Iterator<Item = IpAddr> {
    one.addresses.iter().map(|address| address.ip)
}

fn class_anew(one: &mut Comparison, judged: &Expected, facts: &Facts) {
    for ClassedAddress { ip, class } in &mut one.addresses {
        *class = judged.class_of(*ip, facts);
    }
}

/// Whether the answer is one for an endpoint that decides something, and nothing speaks against it so far.
fn is_judged(probed: &Probed, one: &Comparison) -> bool {
    let mut targets = probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target);
    // The operating system's lookup has no questions of its own.
    let is_of_an_endpoint = match &probed.system {
        Some(_) => true,
        None => targets.all(|lookup| EndpointName::parse(&lookup.question).is_ok()),
    };
    let is_a_control = probed.resolver.role == Role::Public;
    probed.resolver.in_scope && !is_a_control && is_of_an_endpoint && one.verdict.is_fine()
}

/// Whether a name that does not exist has addresses there.
fn invents(probed: &Probed) -> bool {
    let mut siblings = probed
        .lookups
        .iter()
        .filter(|lookup| lookup.purpose == Purpose::Sibling);
    siblings.any(|lookup| !lookup.addresses.is_empty())
}

/// Whether a zone that is not AWS's is around the name there, by the SOA of a negative answer about it.
fn is_in_a_foreign_zone(probed: &Probed) -> bool {
    let mut targets = probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target);
    targets.any(|lookup| {
        lookup.soa.as_ref().is_some_and(|soa| {
            lookup.question.is_within(&soa.owner) && !soa.owner.is_root() && SoaOrigin::of(soa) == SoaOrigin::Foreign
        })
    })
}

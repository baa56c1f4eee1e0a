//! What the answers of one run show of each other. A comparison holds each of them against what is expected, and that
//! may be a network or a scope alone, in which an address is that is not the cluster's.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::compare::{ClassedAddress, Comparison, Verdict, is_of_every_name};
use crate::dns::Section;
use crate::endpoint::{EndpointName, SoaOrigin};
use crate::expect::{Expected, ExpectedSource};
use crate::facts::Facts;
use crate::observation::{Lookup, Purpose};
use crate::probed::Probed;
use crate::resolvers::Role;
use crate::target::{Scope, View};

/// The comparisons, each in the light of the others.
pub fn beside_each_other(observations: &[Probed], comparisons: Vec<Comparison>, facts: &Facts) -> Vec<Comparison> {
    let mut comparisons = with_the_systems_own(observations, comparisons, facts);
    // Another name than an endpoint's may lead to another site from one server to the next.
    if !is_an_endpoints(observations) {
        return comparisons;
    }
    let zone = ZoneAddresses::shown(observations, &comparisons);
    for (probed, one) in observations.iter().zip(&mut comparisons) {
        if !is_judged(probed, one) {
            continue;
        }
        if let Some(zone) = &zone {
            zone.against(one, facts);
        }
        if is_public_of_a_foreign_zone(probed, one) {
            unsettle(one);
        }
    }
    unsettle_the_disjoint(observations, &mut comparisons);
    comparisons
}

/// Resolvers in scope that give private addresses that have none in common with another's, where nothing names the
/// right ones: one of them is wrong, whichever it is. Of two name servers of this host, `resolvers-disagree` says so.
fn unsettle_the_disjoint(observations: &[Probed], comparisons: &mut [Comparison]) {
    let unnamed = |probed: &Probed, one: &Comparison| -> BTreeSet<IpAddr> {
        if !is_judged(probed, one) || invents(probed) {
            return BTreeSet::new();
        }
        let all: Vec<IpAddr> = ips(one).filter(|ip| is_private(*ip) && ip.is_ipv4()).collect();
        let is_named = all.iter().any(|ip| one.expected.names(*ip));
        if is_named {
            BTreeSet::new()
        } else {
            all.into_iter().collect()
        }
    };
    let sets: Vec<BTreeSet<IpAddr>> = observations
        .iter()
        .zip(comparisons.iter())
        .map(|(probed, one)| unnamed(probed, one))
        .collect();
    let is_of_this_host = |at: usize| {
        let resolver = &observations[at].resolver;
        resolver.has_role(Role::Local) || resolver.role == Role::Os
    };
    // Each in a network of --expect that has none of the other's are two ways to the endpoint.
    let share_a_network = |at: usize, other: usize| {
        let expected = &comparisons[at].expected;
        let holds = |cidr: &ipnet::IpNet, set: &BTreeSet<IpAddr>| set.iter().any(|ip| cidr.contains(ip));
        let mut cidrs = expected.cidrs.iter();
        expected.source != ExpectedSource::Expect
            || expected.cidrs.is_empty()
            || cidrs.any(|cidr| holds(cidr, &sets[at]) && holds(cidr, &sets[other]))
    };
    let are_apart = |at: usize, other: usize| {
        let are_both_here = is_of_this_host(at) && is_of_this_host(other);
        let is_any_empty = sets[at].is_empty() || sets[other].is_empty();
        let says_it = sets[at].is_disjoint(&sets[other]) && share_a_network(at, other);
        says_it && !is_any_empty && !are_both_here
    };
    let apart: Vec<usize> = (0..sets.len())
        .filter(|at| (0..sets.len()).any(|other| are_apart(*at, other)))
        .collect();
    for at in apart {
        unsettle(&mut comparisons[at]);
    }
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

/// The addresses in the private hosted zone that EKS keeps for the endpoint, as resolvers of the cluster's VPC give
/// them.
struct ZoneAddresses {
    addresses: BTreeSet<IpAddr>,
    /// The names of those resolvers.
    by: String,
    /// Whether each two of them have an address in common.
    agree: bool,
}

impl ZoneAddresses {
    /// Those of resolvers in scope alone: others are not waited for, and the result would hang on how fast they are.
    fn shown(observations: &[Probed], comparisons: &[Comparison]) -> Option<Self> {
        let showing: Vec<(&Probed, &Comparison)> = observations
            .iter()
            .zip(comparisons)
            .filter(|(probed, one)| {
                probed.resolver.in_scope
                    && probed.resolver.is_vpc_side()
                    && is_from_a_zone_of_the_name(probed)
                    && one.view == View::PrivateZone
                    && one.verdict.is_fine()
                    && ips(one).next().is_some()
                    && ips(one).all(is_private)
                    && !invents(probed)
            })
            .collect();
        let sets: Vec<BTreeSet<IpAddr>> = showing.iter().map(|(_, one)| ips(one).collect()).collect();
        if sets.is_empty() {
            return None;
        }
        let agree = sets.iter().all(|one| sets.iter().all(|other| !one.is_disjoint(other)));
        let names: Vec<&str> = showing
            .iter()
            .map(|(probed, _)| probed.resolver.name.as_str())
            .collect();
        Some(Self {
            addresses: showing.iter().flat_map(|(_, one)| ips(one)).collect(),
            by: names.join(", "),
            agree,
        })
    }

    /// Judges private addresses that are fine for the network that they are in, or for being private. A cluster has one
    /// set of them at a time.
    fn against(&self, one: &mut Comparison, facts: &Facts) {
        let is_of_a_known_family = |ip: IpAddr| self.addresses.iter().any(|shown| shown.is_ipv4() == ip.is_ipv4());
        let unnamed: Vec<IpAddr> = ips(one)
            .filter(|ip| is_private(*ip) && is_of_a_known_family(*ip))
            .filter(|ip| !one.expected.names(*ip) && !self.is_in_a_network_of_its_own(*ip, &one.expected))
            .collect();
        if unnamed.is_empty() {
            return;
        }
        let is_in_the_zone = |ip: &IpAddr| self.addresses.contains(ip);
        if self.agree && unnamed.iter().all(is_in_the_zone) {
            return;
        }
        // A cache may have what the zone had a minute ago.
        if !self.agree || one.view == View::PrivateZone || unnamed.iter().any(is_in_the_zone) {
            unsettle(one);
        } else {
            self.contradict(one, facts);
        }
    }

    /// Whether the user expects a network that has the address and none of the zone's: another way to the endpoint.
    fn is_in_a_network_of_its_own(&self, ip: IpAddr, expected: &Expected) -> bool {
        if expected.source != ExpectedSource::Expect {
            return false;
        }
        let mut around = expected.cidrs.iter().filter(|cidr| cidr.contains(&ip)).peekable();
        let has_some = |cidr: &ipnet::IpNet| self.addresses.iter().any(|shown| cidr.contains(shown));
        around.peek().is_some() && !around.any(has_some)
    }

    fn contradict(&self, one: &mut Comparison, facts: &Facts) {
        one.expected = Expected {
            scope: Scope::Private,
            addresses: self.addresses.iter().copied().collect(),
            cidrs: Vec::new(),
            cidrs_are_bounds: false,
            public_too: false,
            at_least: false,
            source: ExpectedSource::PrivateZone {
                shown_by: self.by.clone(),
            },
            ..one.expected.clone()
        };
        judge(one, Verdict::Mismatch);
        let judged = one.expected.clone();
        class_anew(one, &judged, facts);
    }
}

/// Public addresses that are fine for being public, where the zone around the name is not AWS's: a record of somebody's
/// own, and what it leads to is not known.
fn is_public_of_a_foreign_zone(probed: &Probed, one: &Comparison) -> bool {
    let is_public = |ip: IpAddr| AddressClass::of(ip) == AddressClass::Public;
    one.view == View::Unknown
        && ips(one).next().is_some()
        && ips(one).all(|ip| is_public(ip) && !one.expected.lists(ip))
        && targets(probed).any(|lookup| {
            lookup.kind.is_negative()
                && lookup.soa.as_ref().is_some_and(|soa| {
                    let is_around = lookup.question.is_within(&soa.owner) && !soa.owner.is_root();
                    is_around && SoaOrigin::of(soa) == SoaOrigin::Foreign
                })
        })
}

/// What was a match is one that nothing confirms.
fn unsettle(one: &mut Comparison) {
    if one.verdict == Verdict::Match {
        judge(one, Verdict::Plausible);
    }
}

/// Gives the answer another verdict, and each of its samples that nothing spoke against.
fn judge(one: &mut Comparison, verdict: Verdict) {
    one.verdict = verdict;
    if let Some(samples) = &mut one.samples {
        let mut outcomes = BTreeMap::new();
        for (outcome, count) in &samples.outcomes {
            let outcome = if outcome.is_fine() { verdict } else { *outcome };
            *outcomes.entry(outcome).or_default() += count;
        }
        samples.outcomes = outcomes;
    }
}

fn ips(one: &Comparison) -> impl Iterator<Item = IpAddr> {
    one.addresses.iter().map(|address| address.ip)
}

fn is_private(ip: IpAddr) -> bool {
    AddressClass::of(ip) == AddressClass::Private
}

fn class_anew(one: &mut Comparison, judged: &Expected, facts: &Facts) {
    for ClassedAddress { ip, class } in &mut one.addresses {
        *class = judged.class_of(*ip, facts);
    }
}

fn targets(probed: &Probed) -> impl Iterator<Item = &Lookup> {
    probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target)
}

/// Whether the name that was asked for is an endpoint's.
fn is_an_endpoints(observations: &[Probed]) -> bool {
    let mut all = observations.iter().flat_map(targets).peekable();
    all.peek().is_some() && all.all(|lookup| EndpointName::parse(&lookup.question).is_ok())
}

/// Whether the answer decides something, and nothing speaks against it so far.
fn is_judged(probed: &Probed, one: &Comparison) -> bool {
    probed.resolver.in_scope && probed.resolver.role != Role::Public && one.verdict.is_fine()
}

/// Whether the zone is one of the endpoint's very name, as EKS's is: an account may have a zone above it.
fn is_from_a_zone_of_the_name(probed: &Probed) -> bool {
    targets(probed).any(|lookup| {
        let soa = lookup.soa.iter().map(|soa| &soa.owner);
        let servers = lookup.section(Section::Authority).map(|record| &record.owner);
        soa.chain(servers).any(|owner| *owner == lookup.question)
    })
}

/// Whether a name that does not exist has addresses there.
fn invents(probed: &Probed) -> bool {
    let mut siblings = probed
        .lookups
        .iter()
        .filter(|lookup| lookup.purpose == Purpose::Sibling);
    siblings.any(|lookup| !lookup.addresses.is_empty())
}

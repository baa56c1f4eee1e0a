//! What the answers of one run show of each other. A comparison holds each of them against what is expected, and that
//! may be a network or a scope alone, in which an address is that is not the cluster's.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::address::AddressClass;
use crate::compare::{ClassedAddress, Comparison, Doubt, Verdict, foreign_zone, is_of_every_name};
use crate::dns::{Name, Section};
use crate::endpoint::EndpointName;
use crate::expect::{Expected, ExpectedSource};
use crate::facts::Facts;
use crate::limits;
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
    if let Some(zone) = ZoneAddresses::shown(observations, &comparisons) {
        zone.against_all(observations, &mut comparisons, facts);
    }
    if are_the_facts_old(observations, &comparisons) && !is_a_zone_of_the_name_listed(observations, facts) {
        for (_, one) in observations
            .iter()
            .zip(&mut comparisons)
            .filter(|(_, one)| is_other_than_the_files(one))
        {
            // The interfaces may have these by now.
            one.expected.at_least = true;
            one.verdict = Verdict::Plausible;
            one.doubt = Some(Doubt::NewerThanTheFacts);
        }
    }
    let public = public_addresses(observations, &comparisons);
    for (probed, one) in observations.iter().zip(&mut comparisons) {
        if !is_judged(probed, one) {
        } else if is_public_of_a_foreign_zone(probed, one) {
            unsettle(one, Doubt::ForeignZone);
        } else if is_public_and_kept(probed, one) {
            unsettle(one, Doubt::KeptLong);
        } else if is_other_than(&public, one) {
            unsettle(one, Doubt::OtherThanPublicDns);
        }
    }
    unsettle_the_disjoint(observations, &mut comparisons);
    unsettle_the_systems_own(observations, &mut comparisons);
    comparisons
}

/// The public addresses that public resolvers give.
fn public_addresses(observations: &[Probed], comparisons: &[Comparison]) -> BTreeSet<IpAddr> {
    let all = observations.iter().zip(comparisons);
    all.filter(|(probed, one)| probed.resolver.role == Role::Public && one.verdict.has_addresses() && !invents(probed))
        .flat_map(|(_, one)| ips(one))
        .filter(|ip| AddressClass::of(*ip) == AddressClass::Public)
        .collect()
}

/// Whether the addresses are fine for being public, and none of them is one of those. AWS's records live for 60 s
/// (Amazon EKS Best Practices Guide, "EKS Control Plane"), so an answer with none of them is of another time or another
/// source, and nothing shows which.
fn is_other_than(public: &BTreeSet<IpAddr>, one: &Comparison) -> bool {
    let own: BTreeSet<IpAddr> = ips(one).filter(|ip| is_public_unnamed(*ip, one)).collect();
    let has_family_of = |ip: &IpAddr| public.iter().any(|other| other.is_ipv4() == ip.is_ipv4());
    !own.is_empty() && own.is_disjoint(public) && own.iter().all(has_family_of)
}

/// The operating system has its answer from this host's name servers: where one of them gives the same addresses, what
/// is in doubt there is so here.
fn unsettle_the_systems_own(observations: &[Probed], comparisons: &mut [Comparison]) {
    let doubted: Vec<(BTreeSet<IpAddr>, Doubt)> = observations
        .iter()
        .zip(comparisons.iter())
        .filter(|(probed, _)| probed.resolver.in_scope && probed.resolver.has_role(Role::Local))
        .filter_map(|(_, one)| Some((ips(one).collect(), one.doubt?)))
        .collect();
    for (probed, one) in observations.iter().zip(comparisons) {
        let own: BTreeSet<IpAddr> = ips(one).collect();
        let handed_on = doubted.iter().find(|(ips, _)| *ips == own);
        if let Some((_, doubt)) = handed_on.filter(|_| probed.resolver.role == Role::Os && is_judged(probed, one)) {
            unsettle(one, *doubt);
        }
    }
}

/// Resolvers in scope that give private addresses that have none in common with another's, where nothing names the
/// right ones: one of them is wrong, whichever it is. Of two name servers of this host, `resolvers-disagree` says so.
fn unsettle_the_disjoint(observations: &[Probed], comparisons: &mut [Comparison]) {
    let each: Vec<(bool, BTreeSet<IpAddr>)> = observations
        .iter()
        .zip(comparisons.iter())
        .map(|(probed, one)| (is_of_this_host(probed), unnamed_private(probed, one)))
        .filter(|(_, set)| !set.is_empty())
        .collect();
    for (probed, one) in observations.iter().zip(comparisons) {
        let own = unnamed_private(probed, one);
        let is_apart = |(is_here, other): &(bool, BTreeSet<IpAddr>)| {
            let are_both_here = *is_here && is_of_this_host(probed);
            !are_both_here && own.is_disjoint(other) && !are_two_ways(&one.expected, &own, other)
        };
        if !own.is_empty() && each.iter().any(is_apart) {
            unsettle(one, Doubt::Apart);
        }
    }
}

/// The private addresses that a resolver in scope gives, where nothing speaks against them and nothing names any.
pub(crate) fn unnamed_private(probed: &Probed, one: &Comparison) -> BTreeSet<IpAddr> {
    let all: BTreeSet<IpAddr> = ips(one).filter(|ip| is_private(*ip) && ip.is_ipv4()).collect();
    let is_open = is_judged(probed, one) && !invents(probed) && !all.iter().any(|ip| one.expected.names(*ip));
    if is_open { all } else { BTreeSet::new() }
}

/// Whether the user expects networks of which none has an address of both: two ways to the endpoint.
fn are_two_ways(expected: &Expected, one: &BTreeSet<IpAddr>, other: &BTreeSet<IpAddr>) -> bool {
    let has_some_of = |cidr: &IpNet, ips: &BTreeSet<IpAddr>| ips.iter().any(|ip| cidr.contains(ip));
    let mut cidrs = expected.cidrs.iter();
    expected.source == ExpectedSource::Expect
        && !expected.cidrs.is_empty()
        && !cidrs.any(|cidr| has_some_of(cidr, one) && has_some_of(cidr, other))
}

/// The comparisons, where the operating system's lookup is asked for no random name. Addresses that one of this host's
/// name servers gives every name are not right because the system hands them on.
fn with_the_systems_own(observations: &[Probed], mut comparisons: Vec<Comparison>, facts: &Facts) -> Vec<Comparison> {
    let all = observations.iter().zip(&comparisons);
    let made_up: BTreeSet<IpAddr> = all
        .filter(|(probed, one)| {
            let is_witness = probed.resolver.in_scope && probed.resolver.has_role(Role::Local);
            is_witness && is_of_every_name(&probed.lookups, &one.expected)
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
}

impl ZoneAddresses {
    /// Those of resolvers in scope alone: others are not waited for, and the result would hang on how fast they are.
    /// `None` where two of them have no address in common: then nobody knows the zone's.
    fn shown(observations: &[Probed], comparisons: &[Comparison]) -> Option<Self> {
        let showing: Vec<(&Probed, &Comparison)> = observations
            .iter()
            .zip(comparisons)
            .filter(|(probed, one)| {
                is_judged(probed, one)
                    && probed.resolver.is_vpc_side()
                    && is_from_a_zone_of_the_name(probed)
                    && one.view == View::PrivateZone
                    && ips(one).next().is_some()
                    && ips(one).all(is_private)
                    && !invents(probed)
            })
            .collect();
        let sets: Vec<BTreeSet<IpAddr>> = showing.iter().map(|(_, one)| ips(one).collect()).collect();
        let agree = sets.iter().all(|one| sets.iter().all(|other| !one.is_disjoint(other)));
        let names: Vec<&str> = showing
            .iter()
            .map(|(probed, _)| probed.resolver.name.as_str())
            .collect();
        (agree && !sets.is_empty()).then(|| Self {
            addresses: sets.into_iter().flatten().collect(),
            by: names.join(", "),
        })
    }

    /// Judges private addresses that are fine for the network that they are in, or for being private. A cluster has one
    /// set of them at a time. The operating system has them from this host's name servers where one gives the same, and
    /// is judged as that one is.
    fn against_all(&self, observations: &[Probed], comparisons: &mut [Comparison], facts: &Facts) {
        let by_cache: Vec<BTreeSet<IpAddr>> = observations
            .iter()
            .zip(comparisons.iter())
            .filter(|(probed, one)| {
                let is_witness = probed.resolver.in_scope && probed.resolver.has_role(Role::Local);
                is_witness && one.view == View::PrivateZone
            })
            .map(|(_, one)| ips(one).collect())
            .collect();
        let mut confirmed: Vec<BTreeSet<IpAddr>> = Vec::new();
        for (probed, one) in observations.iter().zip(comparisons) {
            let own: BTreeSet<IpAddr> = ips(one).collect();
            let is_made_up = || is_of_every_name(&probed.lookups, &one.expected);
            // The operating system comes behind the name servers that it has its answer from.
            let is_of_confirmed = || probed.resolver.role == Role::Os && confirmed.contains(&own);
            let is_mismatch = probed.resolver.in_scope && one.verdict == Verdict::Mismatch;
            if is_mismatch && self.has_all(&own) && (is_made_up() || is_of_confirmed()) {
                // Somebody's wildcard record, with the right addresses in it.
                self.confirm(one, facts);
                confirmed.push(own.clone());
            }
            let is_handed_on = probed.resolver.role == Role::Os && by_cache.contains(&own);
            if is_judged(probed, one) {
                // A cache may have what the zone had a minute ago.
                let may_be_old = one.view == View::PrivateZone || is_handed_on;
                self.against(one, may_be_old, facts);
            }
        }
    }

    fn has_all(&self, ips: &BTreeSet<IpAddr>) -> bool {
        !ips.is_empty() && ips.is_subset(&self.addresses)
    }

    fn against(&self, one: &mut Comparison, may_be_old: bool, facts: &Facts) {
        let is_of_a_known_family = |ip: IpAddr| self.addresses.iter().any(|shown| shown.is_ipv4() == ip.is_ipv4());
        let unnamed: BTreeSet<IpAddr> = ips(one)
            .filter(|ip| is_private(*ip) && is_of_a_known_family(*ip) && !one.expected.names(*ip))
            .collect();
        if unnamed.is_subset(&self.addresses) || are_two_ways(&one.expected, &unnamed, &self.addresses) {
            return;
        }
        if may_be_old || !unnamed.is_disjoint(&self.addresses) {
            unsettle(one, Doubt::OtherThanTheZone);
        } else {
            self.contradict(one, facts);
        }
    }

    fn contradict(&self, one: &mut Comparison, facts: &Facts) {
        one.expected = self.expected(&one.expected);
        judge(one, Verdict::Mismatch);
        let judged = one.expected.clone();
        class_anew(one, &judged, facts);
    }

    /// What was no match, for being what the resolver gives every name, is right after all. Where nothing is expected
    /// it is an answer as others are.
    fn confirm(&self, one: &mut Comparison, facts: &Facts) {
        let is_view_shown = one.expected.view.is_none_or(|view| view == one.view);
        let verdict = if one.expected.says_anything() {
            one.expected = self.expected(&one.expected);
            if is_view_shown {
                Verdict::Match
            } else {
                Verdict::Plausible
            }
        } else {
            Verdict::Answer
        };
        one.verdict = verdict;
        if let Some(samples) = &mut one.samples
            && let Some(count) = samples.outcomes.remove(&Verdict::Mismatch)
        {
            *samples.outcomes.entry(verdict).or_default() += count;
        }
        let judged = one.expected.clone();
        class_anew(one, &judged, facts);
    }

    /// The zone's addresses, and no others.
    fn expected(&self, before: &Expected) -> Expected {
        Expected {
            scope: Scope::Private,
            addresses: self.addresses.iter().copied().collect(),
            cidrs: Vec::new(),
            cidrs_are_bounds: false,
            public_too: false,
            at_least: false,
            source: ExpectedSource::PrivateZone {
                shown_by: self.by.clone(),
            },
            ..before.clone()
        }
    }
}

/// Whether the files of `--facts` are what is old: every resolver in scope that answers gives one set of addresses of
/// the VPC, one of them from the private hosted zone, and not all are of network interfaces of the files.
fn are_the_facts_old(observations: &[Probed], comparisons: &[Comparison]) -> bool {
    let all = || {
        observations
            .iter()
            .zip(comparisons)
            .filter(|(probed, one)| probed.resolver.in_scope && ips(one).next().is_some())
    };
    let set = |one: &Comparison| -> BTreeSet<IpAddr> { ips(one).collect() };
    let shows_the_zone = |probed: &Probed, one: &Comparison| {
        probed.resolver.is_vpc_side() && is_from_a_zone_of_the_name(probed) && one.view == View::PrivateZone
    };
    let shown = all()
        .find(|(probed, one)| shows_the_zone(probed, one))
        .map(|(_, one)| set(one));
    shown.is_some_and(|shown| {
        all().all(|(probed, one)| {
            set(one) == shown && is_other_than_the_files(one) && one.samples.is_none() && !invents(probed)
        })
    })
}

/// Whether a private hosted zone of the very name is listed that is no AWS service's: what is in it, somebody wrote.
fn is_a_zone_of_the_name_listed(observations: &[Probed], facts: &Facts) -> bool {
    let listed = facts.aws.hosted_zones.iter().flatten().flat_map(|vpc| &vpc.zones);
    let mut own = listed.filter(|zone| zone.owning_service.is_none());
    own.any(|zone| {
        let name = Name::from_host(zone.name.trim_end_matches('.')).ok();
        observations
            .iter()
            .flat_map(targets)
            .any(|lookup| name.as_ref() == Some(&lookup.question))
    })
}

/// Whether the addresses are the VPC's, and not all are of a network interface that files have. What files have in part
/// says nothing of the others. Beside an interface's address, the rest is private at least: the VPC's networks may not
/// be known.
fn is_other_than_the_files(one: &Comparison) -> bool {
    let has = |class| one.addresses.iter().any(|address| address.class == class);
    let is_the_vpcs = |address: &ClassedAddress| match address.class {
        AddressClass::InVpc | AddressClass::Expected => true,
        AddressClass::Private => has(AddressClass::Expected),
        _ => false,
    };
    one.expected.is_of_saved_interfaces()
        && matches!(one.verdict, Verdict::Mismatch | Verdict::Partial)
        && one.addresses.iter().all(is_the_vpcs)
}

/// Public addresses that are fine for being public, where the zone around the name is not AWS's: a record of somebody's
/// own, and what it leads to is not known.
fn is_public_of_a_foreign_zone(probed: &Probed, one: &Comparison) -> bool {
    one.view == View::Unknown
        && ips(one).any(|ip| is_public_unnamed(ip, one))
        && targets(probed).any(|lookup| foreign_zone(lookup, &lookup.question).is_some())
}

/// The same where the answer may be kept much longer than AWS's: somebody stretched it, or pinned the name, and what
/// the name had then may not be what it has now.
fn is_public_and_kept(probed: &Probed, one: &Comparison) -> bool {
    let answers = targets(probed).flat_map(|lookup| lookup.section(Section::Answer));
    let mut kept = answers.filter(|record| record.ttl > limits::KEPT_TTL);
    kept.any(|record| record.address().is_some_and(|ip| is_public_unnamed(ip, one)))
}

/// Whether it is a public address that was not named one by one, or by its network.
fn is_public_unnamed(ip: IpAddr, one: &Comparison) -> bool {
    AddressClass::of(ip) == AddressClass::Public && !one.expected.lists(ip)
}

/// What was a match is one that nothing confirms.
fn unsettle(one: &mut Comparison, doubt: Doubt) {
    if one.verdict == Verdict::Match {
        judge(one, Verdict::Plausible);
    }
    if one.verdict == Verdict::Plausible {
        one.doubt.get_or_insert(doubt);
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

/// Whether it is a name server of this host, or its own lookup.
fn is_of_this_host(probed: &Probed) -> bool {
    probed.resolver.has_role(Role::Local) || probed.resolver.role == Role::Os
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

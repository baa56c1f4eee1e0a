//! Which resolvers decide the conclusion, once they have answered. Before that it is known of each source alone
//! (`src/resolvers/`): what the user named, this host's name servers, its operating system's lookup.
//!
//! On macOS and Windows programs ask the operating system, kubectl too, and it chooses the name servers. There a name
//! server of this host decides where the system's answer is its own:
//!
//! | the system gives | a name server of this host decides |
//! |---|---|
//! | what is expected | where it is in scope by itself, the system may ask it, and has its answer |
//! | other addresses | where the system may ask it, and its answer is what the system gives |
//! | other addresses, which no name server of this host has | where the configuration says that the system asks it |
//! | nothing, and none of them has addresses | where the system may ask it |
//! | nothing, and one of them has addresses | where it is in scope by itself, and the system may ask it |
//!
//! `--judge` narrows the scope, and nothing changes it again.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::compare::compare;
use crate::dns::{AnswerKind, Name};
use crate::expect::Expected;
use crate::facts::{Facts, Vantage};
use crate::handed_on::say_the_same;
use crate::observation::{Lookup, Purpose};
use crate::probed::Probed;
use crate::resolvers::Role;
use crate::settings::Asked;

/// What is known of a run beside its observations.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What was asked for.
    pub asked: &'a Asked,
    /// The endpoint's name.
    pub target: &'a Name,
    /// What the environment says.
    pub facts: &'a Facts,
    /// Where the run is made.
    pub vantage: &'a Vantage,
}

/// The observations with those in scope that decide, by what was observed. The cluster's VPC resolver does where it
/// answers here, even if it is only known from AWS: a client here can use it then. So do inbound endpoints that only
/// AWS names, where a name server of this host fails with the very answer that they give: that answer is theirs, by a
/// forward, or both have it from one place.
pub fn decided<'a>(known: Known<'_>, observations: &'a [Probed]) -> Cow<'a, [Probed]> {
    let mut decided = Cow::Borrowed(observations);
    if !known.asked.judge.is_empty() {
        return decided;
    }
    let vpc = known.facts.aws.cluster_vpc_id();
    let system = BySystem::of(known, observations);
    for (index, probed) in observations.iter().enumerate() {
        let resolver = &probed.resolver;
        let is_clusters = vpc.is_some() && resolver.role == Role::Vpc && resolver.vpc.as_deref() == vpc;
        let said = |lookup: &Lookup| lookup.kind == AnswerKind::Answer || lookup.kind.is_negative();
        let is_by_itself = is_clusters && !resolver.in_scope && of_target(probed).any(said);
        let in_scope = if is_by_itself || hands_its_failure_on(known, vpc, probed, observations) {
            Some(true)
        } else {
            system.as_ref().and_then(|system| system.decides(probed))
        };
        if let Some(in_scope) = in_scope.filter(|in_scope| *in_scope != resolver.in_scope) {
            decided.to_mut()[index].resolver.in_scope = in_scope;
        }
    }
    decided
}

/// Whether it is an inbound endpoint of the cluster's VPC that only AWS names, and its answer is the one that a name
/// server of this host fails with, and that not everybody gets.
fn hands_its_failure_on(known: Known<'_>, vpc: Option<&str>, probed: &Probed, observations: &[Probed]) -> bool {
    let resolver = &probed.resolver;
    if resolver.in_scope || resolver.role != Role::Inbound || vpc.is_none() || resolver.vpc.as_deref() != vpc {
        return false;
    }
    let fails = |one: &Probed| {
        let expected = Expected::derive(known.asked, known.target, known.facts);
        let expected = expected.for_resolver(&one.resolver, known.facts, known.vantage);
        !compare(one, expected, known.facts).verdict.is_fine()
    };
    let mut in_scope = observations
        .iter()
        .filter(|one| one.resolver.in_scope && one.resolver.role == Role::Local);
    in_scope.any(|one| say_the_same(one, probed) && fails(one))
}

fn of_target(probed: &Probed) -> impl Iterator<Item = &Lookup> {
    let lookups = probed.lookups.iter();
    lookups.filter(|lookup| lookup.purpose == Purpose::Target)
}

/// The operating system's lookup, where programs of this host leave every lookup to it.
struct BySystem<'a> {
    known: Known<'a>,
    given: &'a [IpAddr],
    is_fine: bool,
    /// Whether a name server of this host has what the system gives.
    is_anyones: bool,
    /// Whether a name server of this host has addresses: that the system does not take them is the cause then, where it
    /// gives none.
    has_addresses: bool,
}

impl<'a> BySystem<'a> {
    /// `None` where it was not made, where what it gives is not DNS's, and where programs ask name servers themselves.
    fn of(known: Known<'a>, observations: &'a [Probed]) -> Option<Self> {
        let host = &known.facts.host;
        let is_pinned = host.hosts.as_ref().is_some_and(|entries| !entries.is_empty());
        if is_pinned || !host.go_asks_the_system(known.vantage.system) {
            return None;
        }
        let mut asked = observations.iter().filter(|probed| probed.resolver.in_scope);
        let (probed, lookup) = asked.find_map(|probed| Some((probed, probed.system.as_ref()?)))?;
        let expected = Expected::derive(known.asked, known.target, known.facts);
        let expected = expected.for_resolver(&probed.resolver, known.facts, known.vantage);
        let mut system = Self {
            known,
            given: &lookup.addresses,
            is_fine: compare(probed, expected, known.facts).verdict.is_fine(),
            is_anyones: false,
            has_addresses: false,
        };
        let mut own = observations.iter().filter(|probed| system.may_ask(probed));
        system.is_anyones = own.any(|probed| system.takes_from(probed));
        let mut own = observations.iter().filter(|probed| system.is_own(probed));
        system.has_addresses = own.any(|probed| of_target(probed).any(|lookup| !lookup.addresses.is_empty()));
        Some(system)
    }

    /// Whether the resolver decides; `None` where the system's lookup says nothing of that.
    fn decides(&self, probed: &Probed) -> Option<bool> {
        let resolver = &probed.resolver;
        let is_local = resolver.role == Role::Local && resolver.also.is_empty();
        // What the user named decides whoever else asks it.
        // One that resolv.conf does not have is asked where the configuration says so.
        let is_custom = !resolver.in_scope && resolver.role == Role::Custom;
        let is_upstream = is_custom && self.is_asked(probed) == Some(true);
        if !is_local && !is_upstream || of_target(probed).next().is_none() {
            return None;
        }
        Some(if self.is_fine {
            resolver.in_scope && self.may_ask(probed) && self.takes_from(probed)
        } else if self.given.is_empty() {
            self.may_ask(probed) && (resolver.in_scope || !self.has_addresses)
        } else if self.is_anyones {
            self.may_ask(probed) && self.takes_from(probed)
        } else {
            self.is_asked(probed) == Some(true)
        })
    }

    /// Whether it is a name server of this host, for whatever names.
    fn is_own(&self, probed: &Probed) -> bool {
        let resolver = &probed.resolver;
        let split = self.known.facts.host.split_dns();
        let is_known = |address| split.is_some_and(|split| split.scopes_of(address).next().is_some());
        resolver.role == Role::Local || resolver.address.is_some_and(is_known)
    }

    /// Whether the system asks it for the name, by its configuration; `None` where that does not say whom it asks.
    fn is_asked(&self, probed: &Probed) -> Option<bool> {
        let split = self.known.facts.host.split_dns()?;
        let asked = split.asked_for(self.known.target).servers;
        let address = probed.resolver.address?;
        (!asked.is_empty()).then(|| asked.contains(&address))
    }

    fn may_ask(&self, probed: &Probed) -> bool {
        self.is_asked(probed) != Some(false)
    }

    /// Whether it has an address that the system gives: for the name, or below a suffix of the search list.
    fn takes_from(&self, probed: &Probed) -> bool {
        let mut lookups = probed.lookups.iter();
        lookups.any(|lookup| {
            matches!(lookup.purpose, Purpose::Target | Purpose::SearchSuffix)
                && lookup.addresses.iter().any(|ip| self.given.contains(ip))
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::facts::System;
    use crate::report::Capture;

    const RIGHT: &[&str] = &["192.168.104.190", "192.168.131.209"];
    const WRONG: &[&str] = &["203.0.113.10"];

    /// A router at home that lacks the name, and a VPN's name server that has it: `upstream-1`, which the system asks.
    fn split() -> Capture {
        let recorded = include_bytes!(
            "../fixtures/cases/go-bypasses-scoped-dns/near-miss-macos-sends-the-name-to-the-vpn/capture.json"
        );
        let mut capture = crate::capture::parse(recorded).unwrap();
        // As its source has it; the recording has what came of it.
        named(&mut capture, "local").resolver.in_scope = true;
        capture
    }

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn named<'a>(capture: &'a mut Capture, name: &str) -> &'a mut Probed {
        let mut all = capture.observations.iter_mut();
        all.find(|probed| probed.resolver.name == name).unwrap()
    }

    fn gives(capture: &mut Capture, addresses: &[&str]) {
        named(capture, "os").system.as_mut().unwrap().addresses = ips(addresses);
    }

    /// The name server answers the endpoint's A question so.
    fn answers(capture: &mut Capture, name: &str, addresses: &[&str]) {
        let lookup = named(capture, name)
            .lookups
            .iter_mut()
            .find(|lookup| lookup.purpose == Purpose::Target);
        lookup.unwrap().addresses = ips(addresses);
    }

    /// No domain is the VPN's any more: the system asks the router.
    fn without_the_vpns_domain(capture: &mut Capture) {
        let configuration = capture.facts.host.configuration.as_mut().unwrap();
        let scopes = &mut configuration.split_dns.as_mut().unwrap().scopes;
        scopes.retain(|scope| scope.domains.is_empty());
        assert_eq!(scopes.len(), 1);
    }

    /// Who decides. What was decided stays so when it is looked at again.
    fn decide(capture: &Capture) -> Vec<String> {
        let of = |observations: &[Probed]| -> Vec<Probed> {
            let known = Known {
                asked: &capture.asked,
                target: &capture.target.hostname,
                facts: &capture.facts,
                vantage: &capture.vantage,
            };
            decided(known, observations).into_owned()
        };
        let once = of(&capture.observations);
        assert_eq!(of(&once), once);
        let in_scope = once.iter().filter(|probed| probed.resolver.in_scope);
        in_scope.map(|probed| probed.resolver.name.clone()).collect()
    }

    #[test]
    fn only_whom_the_system_asks_decides_beside_it() {
        let mut capture = split();
        assert_eq!(decide(&capture), ["os"]);
        // Nothing, although the one that it asks has the name: that is the system's own.
        gives(&mut capture, &[]);
        assert_eq!(decide(&capture), ["os"]);
        // Addresses that nobody has: of whom the system asks.
        gives(&mut capture, WRONG);
        assert_eq!(decide(&capture), ["os", "upstream-1"]);
        // Addresses that the one has that is not asked are somebody else's too.
        answers(&mut capture, "local", WRONG);
        assert_eq!(decide(&capture), ["os", "upstream-1"]);
        answers(&mut capture, "upstream-1", WRONG);
        assert_eq!(decide(&capture), ["os", "upstream-1"]);
        // Nobody has an address.
        gives(&mut capture, &[]);
        answers(&mut capture, "local", &[]);
        answers(&mut capture, "upstream-1", &[]);
        assert_eq!(decide(&capture), ["os", "upstream-1"]);
    }

    #[test]
    fn one_that_fails_decides_nothing_where_the_system_has_what_is_expected() {
        let mut capture = split();
        without_the_vpns_domain(&mut capture);
        assert_eq!(decide(&capture), ["os"]);
        answers(&mut capture, "local", RIGHT);
        assert_eq!(decide(&capture), ["local", "os"]);
        // Its wrong addresses are the cause where the system gives them, and so is it where the system gives nothing.
        answers(&mut capture, "local", WRONG);
        gives(&mut capture, WRONG);
        assert_eq!(decide(&capture), ["local", "os"]);
        gives(&mut capture, &[]);
        assert_eq!(decide(&capture), ["local", "os"]);
    }

    #[test]
    fn the_addresses_tell_who_was_asked_where_the_configuration_does_not() {
        let mut capture = split();
        capture.facts.host.configuration = None;
        assert_eq!(capture.vantage.system, Some(System::Macos));
        assert_eq!(decide(&capture), ["os"]);
        gives(&mut capture, &[]);
        assert_eq!(decide(&capture), ["local", "os"]);
        gives(&mut capture, WRONG);
        assert_eq!(decide(&capture), ["os"]);
        answers(&mut capture, "local", WRONG);
        assert_eq!(decide(&capture), ["local", "os"]);
    }

    /// Programs on Linux ask the name servers themselves. And what the user names decides whoever else asks it.
    #[test]
    fn elsewhere_and_with_judge_nothing_changes() {
        let mut capture = split();
        named(&mut capture, "upstream-1").resolver.in_scope = true;
        assert_eq!(decide(&capture), ["os", "upstream-1"]);
        capture.asked.judge = vec!["local".to_owned()];
        assert_eq!(decide(&capture), ["local", "os", "upstream-1"]);
        let mut linux = split();
        linux.facts.host.configuration = None;
        linux.vantage.system = Some(System::Linux);
        assert_eq!(decide(&linux), ["local", "os"]);
    }
}

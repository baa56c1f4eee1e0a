//! Name servers that this host has, of which the one that has the name is not the one that it asks.

use std::net::SocketAddr;

use crate::facts::{AskedFor, Chooser};
use crate::resolvers::Role;
use crate::rules::{Case, Subject};

/// The name servers that this host has, by what they say of the name.
pub(in crate::rules) struct Split<'s, 'a> {
    /// Whom the operating system asks for the name; `None` where that is not known.
    pub(in crate::rules) asked: Option<AskedFor>,
    /// Those that have the name.
    pub(in crate::rules) know: Vec<&'s Subject<'a>>,
    /// Those that do not.
    pub(in crate::rules) others: Vec<&'s Subject<'a>>,
    /// Those in use that fail, without the operating system's lookup.
    pub(in crate::rules) failing: Vec<&'s Subject<'a>>,
    /// One that has the name is asked, and another may be preferred to it.
    pub(in crate::rules) is_race: bool,
}

/// The operating system's lookup, where it is in scope and does not give what it should.
pub(in crate::rules) fn failing_system<'s, 'a>(case: &'s Case<'a>) -> Option<&'s Subject<'a>> {
    case.system()
        .filter(|system| system.probed.resolver.in_scope && !system.verdict().is_fine() && !system.probed.interrupted)
}

/// How the name servers of this host are split; `None` where nothing fails because of it.
pub(in crate::rules) fn split<'s, 'a>(case: &'s Case<'a>) -> Option<Split<'s, 'a>> {
    let split = case.split_dns();
    let asked = split.map(|split| split.asked_for(&case.target.hostname));
    let mut known: Vec<SocketAddr> = case
        .upstreams()
        .map(|stub| stub.name_servers.clone())
        .unwrap_or_default();
    known.extend(
        split
            .iter()
            .flat_map(|split| split.scopes.iter().flat_map(|scope| &scope.servers)),
    );
    let address = |subject: &Subject<'_>| subject.probed.resolver.address;
    let is_loopback = |subject: &Subject<'_>| subject.ip().is_some_and(|ip| ip.is_loopback());
    let is_known = |subject: &&Subject<'_>| {
        let stub = subject.has_role(Role::Local) && (is_loopback(subject) || split.is_none());
        address(subject).is_some_and(|address| known.contains(&address)) && !stub
    };
    let (know, others): (Vec<&Subject<'_>>, Vec<&Subject<'_>>) = case
        .subjects()
        .filter(is_known)
        .partition(|subject| subject.verdict().is_fine() && subject.comparison.expected.says_anything());
    // Where every one of them has the name, what the stub makes of it is not a matter of routing.
    if know.is_empty() || others.is_empty() {
        return None;
    }
    // Where it is known whom it asks, and that one has the name, it is not either.
    let is_asked = |subject: &Subject<'_>| {
        let servers = asked.as_ref().map(|asked| asked.servers.as_slice());
        servers.is_some_and(|servers| address(subject).is_some_and(|address| servers.contains(&address)))
    };
    let is_race = know.iter().any(|subject| is_asked(subject));
    // systemd-resolved takes the first success of all that it asks; Windows prefers one adapter to another.
    let may_lose = asked.as_ref().is_some_and(|asked| asked.chooser == Chooser::Windows)
        && others.iter().any(|subject| is_asked(subject));
    if is_race && !may_lose {
        return None;
    }
    let system = failing_system(case);
    let is_fine = case.system().is_some_and(|system| system.verdict().is_fine());
    let in_use = |subject: &&Subject<'_>| {
        subject.has_role(Role::Local)
            && (is_loopback(subject) || split.is_some() && !is_fine && (system.is_some() || is_asked(subject)))
    };
    let failing: Vec<&Subject<'_>> = case.failing().filter(in_use).collect();
    if failing.is_empty() && (split.is_none() || system.is_none()) {
        return None;
    }
    Some(Split {
        asked,
        know,
        others,
        failing,
        is_race,
    })
}

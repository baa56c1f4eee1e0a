//! What a run with many targets knows of its resolvers: who is silent, who was refused, what was heard of each.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::super::by_resolver::ByResolver;
use super::super::shared::{self, Shared, Unasked};
use super::bulk;
use crate::dns::AnswerKind;
use crate::limits;
use crate::observation::{Attempt, Lookup, Purpose, Transport};
use crate::probed::{ForOthers, Probed};
use crate::report::Capture;
use crate::resolvers::{Resolver, Role};
use crate::settings::Settings;

/// A resolver that sent nothing, and when it was last asked.
struct Silent {
    unasked: Unasked,
    asked: Instant,
}

/// What was asked over TCP in vain, without a connection, and when that was last tried.
struct Unconnected {
    lookup: Lookup,
    tried: Instant,
}

/// What is known so far of the resolvers that the targets share.
pub(super) struct KnownResolvers {
    /// One that is silent is asked again after so long: it may have come back.
    asked_again_after: Duration,
    /// Whether control questions are asked.
    has_controls: bool,
    /// How often something changed that every target rests on.
    changes: u64,
    silent: Vec<Silent>,
    /// What the targets that are done showed of each.
    for_others: ByResolver<ForOthers>,
    /// The zones of which it answered for a target's own name.
    answering: ByResolver<BTreeSet<String>>,
    /// For how many targets in a row it was silent and was asked once more in vain.
    in_vain: ByResolver<usize>,
    /// The targets in a row for which it was silent, where there are no control questions, or where it was refused for
    /// others.
    mute: ByResolver<BTreeSet<usize>>,
    /// Those whose port was refused, or to which there was no route.
    refused: ByResolver<()>,
    /// Those that said nothing over TCP: what that is to a target, the careful engine says.
    without_tcp: ByResolver<()>,
    /// Those whose reply over TCP, or its absence, was seen.
    tried_over_tcp: ByResolver<()>,
    /// Those at which no connection came about. That needs no name, so it is not waited for with each.
    unconnected: ByResolver<Option<Unconnected>>,
}

impl KnownResolvers {
    /// Nothing, of a run as these settings have it.
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            asked_again_after: settings.timeout * 2,
            has_controls: settings.asked.controls,
            changes: 0,
            silent: Vec::new(),
            for_others: ByResolver::default(),
            answering: ByResolver::default(),
            in_vain: ByResolver::default(),
            mute: ByResolver::default(),
            refused: ByResolver::default(),
            without_tcp: ByResolver::default(),
            tried_over_tcp: ByResolver::default(),
            unconnected: ByResolver::default(),
        }
    }

    /// How often something changed that every target rests on.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// Counts what a target showed of the resolvers. Returns whether it is the first to show something of one.
    pub(super) fn take(&mut self, shown: &[(Resolver, ForOthers)]) -> bool {
        let mut is_news = false;
        for (resolver, part) in shown.iter().filter(|(_, part)| *part != ForOthers::default()) {
            self.changes += u64::from(self.is_silent(resolver));
            is_news |= !self.for_others.get(resolver).copied().is_some_and(tells_all);
            self.for_others.of(resolver).add(*part);
        }
        is_news
    }

    /// What all targets that are done showed of each.
    pub(super) fn for_others(&self) -> &ByResolver<ForOthers> {
        &self.for_others
    }

    /// What other targets than the one that showed `own` tell of the resolver.
    pub(super) fn of_others(&self, resolver: &Resolver, own: &[(Resolver, ForOthers)]) -> Option<ForOthers> {
        let all = *self.for_others.get(resolver)?;
        let mut own = own.iter();
        let own = own.find(|(other, _)| other.is_same_place(resolver));
        let part = own.map(|(_, part)| *part).unwrap_or_default();
        Some(all.without(part)).filter(|others| *others != ForOthers::default())
    }

    /// Whether the bulk engine can find a target that is healthy at these: none is where a resolver in scope is silent,
    /// and where one says nothing over TCP, the careful engine says what that is to a target.
    pub(super) fn leave_something_to_find<'r>(&self, mut asked: impl Iterator<Item = &'r Resolver>) -> bool {
        asked.all(|resolver| {
            if self.is_silent(resolver) {
                !resolver.in_scope
            } else {
                !self.without_tcp.has(resolver)
            }
        })
    }

    /// Whether nothing shows yet what comes over TCP of one that decides: a target that is broken ends without it, and
    /// to a healthy one it is a finding.
    pub(super) fn lack_tcp<'r>(&self, mut asked: impl Iterator<Item = &'r Resolver>) -> bool {
        asked.any(|resolver| {
            let is_asked = resolver.transport == Some(Transport::Udp) && resolver.role != Role::Public;
            is_asked && resolver.in_scope && !self.tried_over_tcp.has(resolver) && !self.is_silent(resolver)
        })
    }

    /// Whether it is silent, whatever it is asked.
    pub(super) fn is_silent(&self, resolver: &Resolver) -> bool {
        self.silent_place(resolver).is_some()
    }

    fn silent_place(&self, resolver: &Resolver) -> Option<usize> {
        let mut silent = self.silent.iter();
        silent.position(|one| one.unasked.resolver.is_same_place(resolver))
    }

    /// Whether it is not known yet of one whether it is silent for a few names or for all.
    pub(super) fn is_any_undecided(&self) -> bool {
        self.mute.resolvers().any(|resolver| !self.is_silent(resolver))
    }

    /// Whether the next target asks one that was silent again.
    pub(super) fn is_one_asked_again(&self) -> bool {
        let is_due = self.due();
        self.silent.iter().any(|one| is_due(one.asked))
    }

    /// Whether what was last tried then is to be tried again now.
    fn due(&self) -> impl Fn(Instant) -> bool + use<> {
        let (now, after) = (Instant::now(), self.asked_again_after);
        move |last| now.saturating_duration_since(last) > after
    }

    /// The resolvers that are not asked now. Those that are due are asked by whoever calls.
    pub(super) fn silent_now(&mut self) -> Vec<Unasked> {
        let (now, is_due) = (Instant::now(), self.due());
        let mut left = Vec::new();
        for one in &mut self.silent {
            if is_due(one.asked) {
                // The target that asks it is like no other.
                self.changes += 1;
                one.asked = now;
            } else {
                left.push(one.unasked.clone());
            }
        }
        left
    }

    /// What was asked over TCP in vain at each, and is not asked there now. What is due is asked by whoever calls.
    pub(super) fn without_tcp_now(&mut self) -> Vec<(Resolver, Lookup)> {
        let (now, is_due) = (Instant::now(), self.due());
        let mut left = Vec::new();
        for (resolver, one) in self.unconnected.all_mut() {
            let Some(one) = one else { continue };
            if is_due(one.tried) {
                one.tried = now;
            } else {
                left.push((resolver.clone(), one.lookup.clone()));
            }
        }
        left
    }

    /// How many are silent.
    pub(super) fn silent(&self) -> usize {
        self.silent.len()
    }

    /// The resolvers in scope that were silent in this capture, or said SERVFAIL, and answered for other targets of its
    /// zone: packets may have been lost on the way, or it began again just then. One that was asked once more in vain
    /// too often is none of them.
    pub(super) fn lost(&self, zone: &str, capture: &Capture) -> Vec<Resolver> {
        let answers = |resolver: &Resolver| self.answering.get(resolver).is_some_and(|zones| zones.contains(zone));
        let is_worth_it = |resolver: &Resolver| {
            let in_vain = self.in_vain.get(resolver);
            in_vain.is_none_or(|targets| *targets < limits::BULK_UNPROVEN)
        };
        let failing = capture.observations.iter().filter(|one| one.fails_for_the_target());
        let resolvers = failing.map(|one| &one.resolver).filter(|one| one.in_scope);
        resolvers
            .filter(|one| answers(one) && is_worth_it(one))
            .cloned()
            .collect()
    }

    /// Keeps whether one that was asked once more answered then.
    pub(super) fn was_asked_once_more(&mut self, resolver: &Resolver, has_answered: bool) {
        if has_answered {
            self.in_vain.remove(resolver);
        } else {
            *self.in_vain.of(resolver) += 1;
        }
    }

    /// Whether what was silent for a target is silent whatever it is asked. Without control questions the silence may
    /// be about the one name, so that of several names is needed. So it is where its port was refused before: a host
    /// says so once in a while (Linux: once a second to one asker, icmp_ratelimit in ip-sysctl.rst), and for the
    /// questions between it is silent.
    fn is_proven_silent(&mut self, at: usize, resolver: &Resolver, is_surveyed: bool) -> bool {
        if self.has_controls && !self.refused.has(resolver) {
            // A target without controls is too little to go by.
            return is_surveyed;
        }
        let targets = self.mute.of(resolver);
        targets.insert(at);
        targets.len() >= limits::BULK_UNPROVEN
    }

    /// Keeps what the target at this place, beside the names of `zone`, showed of the resolvers. `is_surveyed`: its
    /// control questions were asked.
    pub(super) fn learn(&mut self, at: usize, zone: &str, capture: &Capture, shared: &Shared, is_surveyed: bool) {
        for probed in &capture.observations {
            let has = |is: fn(&Lookup) -> bool| probed.lookups.iter().any(is);
            let mut over_tcp = probed
                .lookups
                .iter()
                .filter(|lookup| lookup.purpose == Purpose::TargetTcp);
            if let Some(lookup) = over_tcp.next() {
                self.tried_over_tcp.of(&probed.resolver);
                // What another target showed is here already.
                if lookup.question == capture.target.hostname {
                    *self.unconnected.of(&probed.resolver) = is_unconnected(lookup).then(|| Unconnected {
                        lookup: lookup.clone(),
                        tried: Instant::now(),
                    });
                }
            }
            if has(|lookup| lookup.purpose == Purpose::Target && answers(lookup)) {
                self.answering.of(&probed.resolver).insert(zone.to_owned());
            }
            if !shared.is_silent(&probed.resolver) {
                self.learn_silence(at, capture, probed, is_surveyed);
            }
        }
        if is_surveyed {
            self.changes += 1;
            let mute = capture.observations.iter().filter(|one| !bulk::is_heard_over_tcp(one));
            mute.for_each(|one| *self.without_tcp.of(&one.resolver) = ());
        }
    }

    fn learn_silence(&mut self, at: usize, capture: &Capture, probed: &Probed, is_surveyed: bool) {
        let resolver = &probed.resolver;
        let is_silent = shared::is_silent(probed);
        let is_heard = probed.lookups.iter().any(Lookup::heard_anything);
        if shared::is_refused(probed) {
            self.refused.of(resolver);
        }
        if is_heard {
            self.mute.remove(resolver);
        }
        let questions = probed.lookups.len().max(1);
        // A run that ended before its window says neither.
        let has_spoken = match &probed.system {
            Some(_) => !is_silent,
            None => is_heard,
        };
        match self.silent_place(resolver) {
            Some(place) if has_spoken => {
                self.silent.remove(place);
                self.changes += 1;
            }
            Some(place) if is_silent => {
                let one = &mut self.silent[place].unasked;
                one.silent_for = one.silent_for.saturating_add(questions);
                self.changes += 1;
            }
            None if is_silent && self.is_proven_silent(at, resolver, is_surveyed) => {
                self.silent.push(Silent {
                    unasked: Unasked {
                        resolver: resolver.clone(),
                        question: capture.target.hostname.clone(),
                        silent_for: questions,
                    },
                    asked: Instant::now(),
                });
                self.changes += 1;
            }
            _ => {}
        }
    }
}

/// Whether each try waited for a connection in vain. A refusal is known at once, so each target can be told it.
fn is_unconnected(lookup: &Lookup) -> bool {
    let in_vain = |attempt: &Attempt| attempt.kind == AnswerKind::Timeout && !attempt.connected;
    !lookup.attempts.is_empty() && lookup.attempts.iter().all(in_vain)
}

/// Whether it got a reply that is no SERVFAIL.
fn answers(lookup: &Lookup) -> bool {
    lookup.heard_anything() && lookup.kind != AnswerKind::ServFail
}

/// Whether all is known that may be what tells a silence for one name from another cause.
pub(super) fn tells_all(others: ForOthers) -> bool {
    others.over_udp > 0 && others.with_edns > 0 && others.aaaa > 0
}

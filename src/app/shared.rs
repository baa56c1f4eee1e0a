//! What the check of one target has shown of the resolvers and of this host, and so need not be asked for the next.

use std::sync::Arc;

use super::by_resolver::ByResolver;
use crate::dns::{AnswerKind, Name};
use crate::facts::host::HostLook;
use crate::facts::{Gap, HostConfiguration};
use crate::observation::{Lookup, NotWaitedFor, Purpose, SystemCode};
use crate::probe::{Live, Paces};
use crate::probed::{ForOthers, Probed};
use crate::report::Capture;
use crate::resolvers::Resolver;

/// What the check of a target showed that holds for the others of its zone.
#[derive(Debug, Clone, Default)]
pub(super) struct Controls {
    /// The lookups of other names than the target's, resolver by resolver.
    lookups: Vec<(Resolver, Vec<Lookup>)>,
    /// Those that it ended without: what is healthy stands without them, as it did, and what is not needs them.
    left: Vec<NotWaitedFor>,
}

/// What is known of the resolvers and of this host before a target is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// What holds for every target of the zone; `None` where it is to be asked.
    pub(super) controls: Option<Controls>,
    /// The resolvers that sent nothing, whatever they were asked: they are not asked for this target.
    pub(super) silent: Vec<Unasked>,
    /// The resolvers at which no connection over TCP came about, and the question of another target that was meant for
    /// it: none is tried for this target.
    pub(super) without_tcp: Vec<(Resolver, Lookup)>,
    /// What is known of each resolver from other targets.
    pub(super) for_others: ByResolver<ForOthers>,
    /// What the bulk engine heard for this target: who said it is not asked again.
    pub(super) found: Vec<Probed>,
    /// What this host says, whatever the target is; `None` where it is to be read.
    pub(super) look: Option<Arc<HostLook>>,
    /// What this host's command says of whom it asks, and what it could not say; `None` where it is to be asked.
    pub(super) configuration: Option<(Option<HostConfiguration>, Vec<Gap>)>,
    /// How fast each server is asked.
    pub(super) paces: Option<Paces>,
    /// What is waited for beyond what decides this target, since others will rest on it.
    pub(super) awaits: Awaits,
    /// Of a watch: when the first of the rounds before began that have failed one behind the other, RFC 3339.
    pub(super) failing_since: Option<String>,
}

/// A resolver that is not asked for a target.
#[derive(Debug, Clone)]
pub(super) struct Unasked {
    /// The resolver.
    pub(super) resolver: Resolver,
    /// The name that it was asked for.
    pub(super) question: Name,
    /// The questions that it was silent for.
    pub(super) silent_for: usize,
}

/// What a check waits for beyond what decides its own target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Awaits {
    /// Nothing.
    #[default]
    Nothing,
    /// A word of every resolver, or its silence: who is silent is not asked for the others.
    EveryResolver,
    /// Every reply, or its absence.
    Everything,
}

/// Whether the question is the same for every target of one zone.
fn is_control(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Sibling | Purpose::AwsControl | Purpose::Root | Purpose::EnclosingZone | Purpose::Software => true,
        Purpose::Target | Purpose::TargetTcp | Purpose::CheckingDisabled | Purpose::SearchSuffix => false,
    }
}

impl Controls {
    /// Of what was observed for one target of a zone.
    pub(super) fn of(capture: &Capture) -> Self {
        let of = |probed: &Probed| {
            let lookups = probed.lookups.iter().filter(|lookup| is_control(lookup.purpose));
            (probed.resolver.clone(), lookups.cloned().collect())
        };
        let left = capture.not_waited_for.iter();
        let left = left.filter(|one| one.purpose.is_some_and(is_control));
        Self {
            lookups: capture.observations.iter().map(of).collect(),
            left: left.cloned().collect(),
        }
    }

    /// The same, and of who was not asked what these have.
    #[must_use]
    pub(super) fn beside(mut self, before: Option<&Self>) -> Self {
        for (resolver, lookups) in self.lookups.iter_mut().filter(|(_, lookups)| lookups.is_empty()) {
            let mut known = before.into_iter().flat_map(|before| &before.lookups);
            if let Some((_, known)) = known.find(|(other, _)| other.is_same_place(resolver)) {
                lookups.clone_from(known);
            }
        }
        self
    }

    /// Puts these in place of the lookups of other names that were observed before.
    pub(super) fn renew(&self, observations: &mut [Probed]) {
        for probed in observations {
            let mut known = self.lookups.iter();
            if let Some((_, lookups)) = known.find(|(resolver, _)| resolver.is_same_place(&probed.resolver)) {
                probed.lookups.retain(|lookup| !is_control(lookup.purpose));
                probed.lookups.extend(lookups.iter().cloned());
            }
        }
    }

    /// Whether all was waited for.
    pub(super) fn is_whole(&self) -> bool {
        self.left.is_empty()
    }
}

/// Ends when every resolver that is asked has said something, or all that it was asked has ended.
pub(super) async fn every_resolver_spoke(live: &Live) {
    loop {
        let version = live.version();
        let standing = live.standing();
        let is_asked = |place: usize| standing.outstanding.iter().any(|open| open.resolver == place);
        let mut all = standing.observations.iter().enumerate();
        if !all.any(|(place, probed)| is_asked(place) && !has_spoken(probed)) {
            return;
        }
        live.changed(version).await;
    }
}

fn has_spoken(probed: &Probed) -> bool {
    let mut lookups = probed.lookups.iter();
    lookups.any(|lookup| !lookup.kind.is_silence() || lookup.heard_anything())
}

/// Whether no reply came back, whatever was asked: to no question, over no transport, in no form. That something takes
/// TCP connections there changes nothing. One whose port is refused, or to which there is no route, is not silent:
/// that is known at once, so each target can be asked there.
pub(super) fn is_silent(probed: &Probed) -> bool {
    if let Some(system) = &probed.system {
        let failure = system.failure.as_ref();
        return failure.is_some_and(|failure| failure.code == SystemCode::Timeout);
    }
    let is_mute = |lookup: &Lookup| lookup.kind.is_silence() && !lookup.heard_anything();
    !probed.interrupted
        && probed.lookups.iter().any(|lookup| lookup.purpose == Purpose::Target)
        && probed.lookups.iter().all(is_mute)
        && !is_refused(probed)
}

/// Whether each question ended at once: the port is refused, or there is no route.
pub(super) fn is_refused(probed: &Probed) -> bool {
    let mut lookups = probed.lookups.iter();
    !probed.lookups.is_empty() && lookups.all(|lookup| lookup.kind == AnswerKind::Unreachable)
}

impl Shared {
    /// Whether the resolver is to be asked for this target.
    pub(super) fn is_open(&self, resolver: &Resolver) -> bool {
        let mut found = self.found.iter();
        !self.is_silent(resolver) && !found.any(|probed| probed.resolver.is_same_place(resolver))
    }

    /// Whether the resolver is not asked, since it sent nothing before.
    pub(super) fn is_silent(&self, resolver: &Resolver) -> bool {
        self.silent.iter().any(|one| one.resolver.is_same_place(resolver))
    }

    /// What was observed for one target, with what is known already.
    pub(super) fn complete(&self, mut observations: Vec<Probed>) -> Vec<Probed> {
        // Of what was found in bulk, TCP decides nothing.
        for (resolver, lookup) in &self.without_tcp {
            let mut asked = observations.iter_mut().filter(|probed| !probed.lookups.is_empty());
            if let Some(probed) = asked.find(|probed| probed.resolver.is_same_place(resolver)) {
                probed.lookups.push(lookup.clone());
            }
        }
        observations.extend(self.found.iter().cloned());
        for probed in &mut observations {
            let known = self.controls.iter().flat_map(|controls| &controls.lookups);
            let mut known = known.filter(|(resolver, _)| resolver.is_same_place(&probed.resolver));
            if let Some((_, lookups)) = known.next() {
                probed.lookups.extend(lookups.iter().cloned());
            }
        }
        for probed in observations.iter_mut().filter(|probed| probed.is_silent_somewhere()) {
            probed.for_others = self.for_others.get(&probed.resolver).copied();
        }
        let silent = self.silent.iter().map(|one| Probed {
            resolver: one.resolver.clone(),
            lookups: Vec::new(),
            system: None,
            interrupted: true,
            for_others: Some(ForOthers {
                silent_for: one.silent_for,
                ..self.for_others.get(&one.resolver).copied().unwrap_or_default()
            }),
        });
        observations.extend(silent);
        observations
    }

    /// What the target before did not wait for, and this one rests on.
    pub(super) fn left(&self) -> impl Iterator<Item = &NotWaitedFor> {
        self.controls.iter().flat_map(|controls| &controls.left)
    }

    /// What was not asked for this target, and for which it was.
    pub(super) fn gaps(&self, observations: &[Probed]) -> Vec<Gap> {
        let of = |resolver: &Resolver| {
            observations
                .iter()
                .find(|probed| probed.resolver.is_same_place(resolver))
        };
        let silent = self.silent.iter().filter_map(|one| Some((one, of(&one.resolver)?)));
        let silent = silent.map(|(one, probed)| {
            let reason = format!(
                "not asked for this name: it sent nothing when it was asked for {}",
                one.question
            );
            (format!("answers of {}", probed.resolver.name), reason)
        });
        let without_tcp = self.without_tcp.iter().filter_map(|(resolver, lookup)| {
            let probed = of(resolver).filter(|probed| probed.lookups.contains(lookup))?;
            let reason = format!(
                "not asked for this name: no connection came about when it was asked for {}",
                lookup.question
            );
            Some((format!("answer of {} over TCP", probed.resolver.name), reason))
        });
        silent
            .chain(without_tcp)
            .map(|(fact, reason)| Gap::here(fact, "--targets, --all-contexts, --all-clusters", reason))
            .collect()
    }
}

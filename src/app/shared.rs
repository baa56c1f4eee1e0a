//! What the check of one target has shown of the resolvers and of this host, and so need not be asked for the next.

use std::sync::Arc;

use crate::facts::host::Look;
use crate::facts::{Gap, HostConfiguration};
use crate::observation::{Lookup, Purpose, SystemCode};
use crate::probe::Paces;
use crate::probed::Probed;
use crate::resolvers::Resolver;

/// Lookups that hold for more than one target, resolver by resolver.
pub(super) type Controls = Vec<(Resolver, Vec<Lookup>)>;

/// What is known of the resolvers and of this host before a target is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    /// The lookups of other names than the target's, resolver by resolver; empty where they are to be asked.
    pub(super) controls: Controls,
    /// The resolvers that sent nothing, whatever they were asked, with what they were asked.
    pub(super) silent: Vec<Probed>,
    /// What the bulk engine heard for this target: who said it is not asked again.
    pub(super) found: Vec<Probed>,
    /// What this host says, whatever the target is; `None` where it is to be read.
    pub(super) look: Option<Arc<Look>>,
    /// What this host's command says of whom it asks, and what it could not say; `None` where it is to be asked.
    pub(super) configuration: Option<(Option<HostConfiguration>, Vec<Gap>)>,
    /// How fast each server is asked.
    pub(super) paces: Option<Paces>,
    /// Whether everything is waited for, since others will rest on it.
    pub(super) waits_for_all: bool,
}

/// Whether the question is the same for every target of one zone.
fn is_control(lookup: &Lookup) -> bool {
    match lookup.purpose {
        Purpose::Sibling | Purpose::AwsControl | Purpose::Root | Purpose::EnclosingZone | Purpose::Software => true,
        Purpose::Target | Purpose::TargetTcp | Purpose::CheckingDisabled | Purpose::SearchSuffix => false,
    }
}

/// The lookups that hold for every target of one zone, resolver by resolver.
pub(super) fn controls(observations: &[Probed]) -> Controls {
    let of = |probed: &Probed| {
        let lookups = probed.lookups.iter().filter(|lookup| is_control(lookup));
        (probed.resolver.clone(), lookups.cloned().collect())
    };
    observations.iter().map(of).collect()
}

/// Whether no reply came back, whatever was asked: to no question, over no transport, in no form. That something takes
/// TCP connections there changes nothing, nor that its port is refused: whatever it is asked comes to the same.
pub(super) fn is_silent(probed: &Probed) -> bool {
    if let Some(system) = &probed.system {
        let failure = system.failure.as_ref();
        return failure.is_some_and(|failure| failure.code == SystemCode::Timeout);
    }
    let is_mute = |lookup: &Lookup| lookup.kind.is_silence() && !lookup.heard_anything();
    !probed.interrupted
        && probed.lookups.iter().any(|lookup| lookup.purpose == Purpose::Target)
        && probed.lookups.iter().all(is_mute)
}

impl Shared {
    /// Whether the resolver is to be asked for this target.
    pub(super) fn is_open(&self, resolver: &Resolver) -> bool {
        let mut found = self.found.iter();
        !self.is_silent(resolver) && !found.any(|probed| probed.resolver.is_same_place(resolver))
    }

    /// Whether the resolver is not asked, since it sent nothing before.
    pub(super) fn is_silent(&self, resolver: &Resolver) -> bool {
        self.silent.iter().any(|probed| probed.resolver.is_same_place(resolver))
    }

    /// What was observed for one target, with what is known already.
    pub(super) fn complete(&self, mut observations: Vec<Probed>) -> Vec<Probed> {
        observations.extend(self.found.iter().cloned());
        for probed in &mut observations {
            let known = self.controls.iter();
            let mut known = known.filter(|(resolver, _)| resolver.is_same_place(&probed.resolver));
            if let Some((_, lookups)) = known.next() {
                probed.lookups.extend(lookups.iter().cloned());
            }
        }
        observations.extend(self.silent.iter().cloned());
        observations
    }

    /// What was not asked for this target, and for which it was.
    pub(super) fn gaps(&self, observations: &[Probed]) -> Vec<Gap> {
        let silent = observations.iter().filter(|probed| self.is_silent(&probed.resolver));
        silent
            .map(|probed| {
                let asked = probed.lookups.iter().find(|lookup| lookup.purpose == Purpose::Target);
                let of = asked
                    .map(|lookup| format!(" for {}", lookup.question))
                    .unwrap_or_default();
                Gap::here(
                    format!("answers of {}", probed.resolver.name),
                    "--targets, --all-contexts, --all-clusters",
                    format!("not asked for this name: it sent nothing when it was asked{of}"),
                )
            })
            .collect()
    }
}

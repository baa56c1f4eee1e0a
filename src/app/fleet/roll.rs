//! All targets, some at a time. What holds for a resolver, a zone or this host is found out once: the first target of
//! each zone is asked with all the control questions, and the others rest on what it showed.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::Instant;

use super::super::Error;
use super::super::check::round_beside;
use super::super::conduct::Interrupted;
use super::super::conduct::apart;
use super::super::learn::Known;
use super::super::shared::{self, Controls, Shared};
use super::list::Entry;
use crate::dns::Name;
use crate::facts::{Gap, HostConfiguration};
use crate::limits;
use crate::probe::Paces;
use crate::probed::Probed;
use crate::report::{Capture, Report, diagnose};
use crate::settings::Settings;

/// Why not all were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// A signal came.
    Interrupted,
    /// Whoever takes the reports wants no more.
    Enough,
}

/// A resolver that sent nothing, and when it was last asked.
struct Silent {
    probed: Probed,
    asked: Instant,
}

/// What is known so far of what the targets share.
pub(super) struct Rolling<'a> {
    settings: &'a Settings,
    paces: Paces,
    /// The lookups of other names, by the zone of the targets that they hold for.
    controls: RefCell<BTreeMap<String, Controls>>,
    silent: RefCell<Vec<Silent>>,
    configuration: RefCell<Option<(Option<HostConfiguration>, Vec<Gap>)>>,
    done: RefCell<BTreeSet<usize>>,
}

/// The zone beside whose names a target stands.
fn zone(entry: &Entry) -> String {
    let parent = entry.target.target.hostname.parent();
    parent.as_ref().map(Name::to_fqdn).unwrap_or_default()
}

impl<'a> Rolling<'a> {
    pub(super) fn new(settings: &'a Settings, rate: Option<u32>) -> Self {
        Self {
            settings,
            paces: Paces::new(rate.unwrap_or(limits::RATE)),
            controls: RefCell::default(),
            silent: RefCell::default(),
            configuration: RefCell::default(),
            done: RefCell::default(),
        }
    }

    /// Whether this target was asked for to its end.
    pub(super) fn is_done(&self, entry: &Entry) -> bool {
        self.done.borrow().contains(&entry.target.target.place)
    }

    /// Asks for all targets. `on_report` gets each report as it is there, and says whether to go on.
    pub(super) async fn all(
        &self,
        entries: &[Entry],
        interrupt: &mut Interrupted,
        mut on_report: impl FnMut(&Entry, Report) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        let mut zones = BTreeSet::new();
        let (first_of_zones, others): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| zones.insert(zone(entry)));
        let (first, rest) = first_of_zones.split_at(first_of_zones.len().min(1));
        // The first tells who is silent; the first of each zone what the zone's controls show.
        for (stage, surveys) in [(first, true), (rest, true), (others.as_slice(), false)] {
            let mut waiting = stage.iter();
            let mut running = FuturesUnordered::new();
            loop {
                while running.len() < limits::TARGETS_AT_ONCE
                    && let Some(entry) = waiting.next()
                {
                    running.push(async move { (*entry, self.check(entry, surveys).await) });
                }
                let (entry, report) = tokio::select! {
                    biased;
                    () = &mut *interrupt => return Ok(Some(Stopped::Interrupted)),
                    next = running.next() => match next {
                        Some(done) => done,
                        None => break,
                    },
                };
                let report = report?;
                self.done.borrow_mut().insert(entry.target.target.place);
                if !on_report(entry, report)? {
                    return Ok(Some(Stopped::Enough));
                }
            }
        }
        Ok(None)
    }

    /// One target, with what is shared so far.
    async fn check(&self, entry: &Entry, surveys: bool) -> Result<Report, Error> {
        let settings = entry.settings(self.settings);
        let zone = zone(entry);
        let shared = Shared {
            controls: if surveys {
                Vec::new()
            } else {
                self.controls.borrow().get(&zone).cloned().unwrap_or_default()
            },
            silent: self.silent_now(),
            configuration: self.configuration.borrow().clone(),
            paces: Some(self.paces.clone()),
            waits_for_all: surveys,
        };
        let known = Known::beside(entry.known_target(), entry.beside());
        let round = round_beside(&settings, &known, &shared, Instant::now(), pending(), |_| {});
        let capture = Box::pin(round).await?;
        self.learn(&capture, &shared, surveys.then_some(zone));
        // Beside the sockets, so that no reply seems later than it is.
        apart(move || diagnose(capture)).await
    }

    /// The resolvers that are not asked now. One that was not asked for a window is asked again: it may have come back.
    fn silent_now(&self) -> Vec<Probed> {
        let now = Instant::now();
        let mut silent = self.silent.borrow_mut();
        let mut left = Vec::new();
        for one in silent.iter_mut() {
            if now.saturating_duration_since(one.asked) > self.settings.timeout * 2 {
                one.asked = now;
            } else {
                left.push(one.probed.clone());
            }
        }
        left
    }

    /// Keeps what a target showed of more than itself.
    fn learn(&self, capture: &Capture, shared: &Shared, surveyed: Option<String>) {
        let mut silent = self.silent.borrow_mut();
        for probed in &capture.observations {
            if shared.is_silent(&probed.resolver) {
                continue;
            }
            let is_silent = shared::is_silent(probed);
            let known = silent
                .iter()
                .position(|one| one.probed.resolver.is_same_place(&probed.resolver));
            match known {
                Some(place) if !is_silent && !probed.interrupted => {
                    silent.remove(place);
                }
                // A target without controls is too little to go by.
                None if is_silent && surveyed.is_some() => silent.push(Silent {
                    probed: probed.clone(),
                    asked: Instant::now(),
                }),
                _ => {}
            }
        }
        if let Some(zone) = surveyed {
            let controls = shared::controls(&capture.observations);
            self.controls.borrow_mut().insert(zone, controls);
            let mut configuration = self.configuration.borrow_mut();
            if configuration.is_none() {
                *configuration = Some((capture.facts.host.configuration.clone(), Vec::new()));
            }
        }
    }
}

//! All targets, some at a time. What holds for a resolver, a zone or this host is found out once: the first target of
//! each zone is asked with all the control questions, and the others rest on what it showed. The bulk engine asks for
//! those. Where the diagnosis of what it heard is not healthy, or there is more to see than it keeps, the target is
//! asked for again as in a check of one.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use super::super::Error;
use super::super::check::{look, round_beside};
use super::super::conduct::Interrupted;
use super::super::conduct::apart;
use super::super::learn::Known;
use super::super::shared::{self, Controls, Shared};
use super::bulk::{self, Answers};
use super::list::Entry;
use crate::bulk as engine;
use crate::dns::Name;
use crate::facts::host::Look;
use crate::facts::{Facts, Gap, HostConfiguration};
use crate::limits;
use crate::probe::Paces;
use crate::probed::Probed;
use crate::report::{Capture, Conclusion, Report, diagnose};
use crate::resolvers::{self, Resolver};
use crate::settings::Settings;

/// Why not all were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    /// A signal came.
    Interrupted,
    /// Whoever takes the reports wants no more.
    Enough,
}

/// What a pass in bulk comes to next, each with the place of its target.
enum Next {
    /// All were asked for.
    Asked,
    Answer(engine::Answer),
    /// By what was found in bulk; `None` where that is not healthy.
    Decided(usize, Result<Option<Report>, Error>),
    /// As in a check of one, and whether that was a survey.
    Checked(usize, bool, Result<Report, Error>),
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
    /// How many are under way at once: none is to wait for its turns until its time is up.
    at_once: usize,
    /// The lookups of other names, by the zone of the targets that they hold for.
    controls: RefCell<BTreeMap<String, Controls>>,
    silent: RefCell<Vec<Silent>>,
    /// The resolvers that said nothing over TCP: what that is to a target, the careful engine says.
    without_tcp: RefCell<Vec<Resolver>>,
    look: RefCell<Option<Arc<Look>>>,
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
        let rate = rate.unwrap_or(limits::RATE);
        Self {
            settings,
            paces: Paces::new(rate),
            at_once: (rate as usize / limits::QUESTIONS_OF_TARGET).clamp(1, limits::TARGETS_AT_ONCE),
            controls: RefCell::default(),
            silent: RefCell::default(),
            without_tcp: RefCell::default(),
            look: RefCell::default(),
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
        *self.look.borrow_mut() = Some(look(self.settings, Instant::now() + self.settings.deadline).await?);
        let mut take = |entry: &Entry, report: Report| {
            self.done.borrow_mut().insert(entry.target.target.place);
            on_report(entry, report)
        };
        let mut zones = BTreeSet::new();
        let (first_of_zones, others): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| zones.insert(zone(entry)));
        let (first, rest) = first_of_zones.split_at(first_of_zones.len().min(1));
        // The first tells who is silent; the first of each zone what the zone's controls show.
        for stage in [first, rest] {
            let stopped = self.carefully(stage, true, interrupt, &mut take).await?;
            if stopped.is_some() {
                return Ok(stopped);
            }
        }
        match self.servers() {
            servers if servers.is_empty() => self.carefully(&others, false, interrupt, &mut take).await,
            servers => self.in_bulk(&others, &servers, interrupt, &mut take).await,
        }
    }

    /// Some targets, each as in a check of one.
    async fn carefully(
        &self,
        entries: &[&Entry],
        surveys: bool,
        interrupt: &mut Interrupted,
        mut take: impl FnMut(&Entry, Report) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        let mut waiting = entries.iter();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.at_once
                && let Some(entry) = waiting.next()
            {
                running.push(async move { (*entry, self.check(entry, surveys).await) });
            }
            let (entry, report) = tokio::select! {
                biased;
                () = &mut *interrupt => return Ok(Some(Stopped::Interrupted)),
                next = running.next() => match next {
                    Some(done) => done,
                    None => return Ok(None),
                },
            };
            if !take(entry, report?)? {
                return Ok(Some(Stopped::Enough));
            }
        }
    }

    /// The servers that the bulk engine asks: those that every target has, that said something, and of which nothing
    /// is known that it would not see.
    fn servers(&self) -> Vec<(Resolver, engine::Server)> {
        let look = self.look.borrow();
        let Some(look) = look.as_ref().filter(|_| bulk::is_enough(self.settings)) else {
            return Vec::new();
        };
        let mut facts = Facts::default();
        (facts.host, ..) = look.of(&Name::root());
        if let Some((configuration, _)) = &*self.configuration.borrow() {
            facts.host.configuration.clone_from(configuration);
        }
        // Where nobody is named yet, what is known of each target names them.
        let Ok(resolvers) = resolvers::resolve(self.settings, &facts) else {
            return Vec::new();
        };
        let without_tcp = self.without_tcp.borrow();
        let is_without = |one: &Resolver| without_tcp.iter().any(|other| other.is_same_place(one));
        if resolvers.iter().any(is_without) {
            return Vec::new();
        }
        let silent = self.silent.borrow();
        let is_silent = |one: &Resolver| silent.iter().any(|other| other.probed.resolver.is_same_place(one));
        if resolvers.iter().any(|one| one.in_scope && is_silent(one)) {
            // No target is healthy then.
            return Vec::new();
        }
        let mut servers = bulk::servers(&resolvers);
        servers.retain(|(resolver, _)| !is_silent(resolver));
        servers
    }

    /// The targets by the bulk engine, and those of which it did not see enough, or not what is healthy, as in a check
    /// of one.
    async fn in_bulk(
        &self,
        entries: &[&Entry],
        servers: &[(Resolver, engine::Server)],
        interrupt: &mut Interrupted,
        mut take: impl FnMut(&Entry, Report) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        let room = Arc::new(Semaphore::new(limits::BULK_UNDECIDED));
        let names = pin!(stream::unfold(entries.iter(), |mut left| {
            let room = Arc::clone(&room);
            async move {
                let entry = left.next()?;
                room.acquire_owned().await.ok()?.forget();
                Some((entry.target.target.hostname.clone(), left))
            }
        }));
        let options = engine::Options {
            paces: self.paces.clone(),
            window: self.settings.timeout,
            in_flight: limits::BULK_IN_FLIGHT,
        };
        let addresses: Vec<engine::Server> = servers.iter().map(|(_, server)| server.clone()).collect();
        let (sender, mut answers) = mpsc::unbounded_channel();
        // It is looked at where something came for it, and not each time that something else is done.
        let mut asking = FuturesUnordered::new();
        asking.push(engine::ask_as_they_come(names, &addresses, &options, move |answer| {
            // Whoever takes them ends with this.
            let _ = sender.send(answer);
        }));
        let mut coming: BTreeMap<usize, Answers> = BTreeMap::new();
        let mut heard: VecDeque<(usize, Vec<Probed>)> = VecDeque::new();
        let (mut deciding, mut running) = (FuturesUnordered::new(), FuturesUnordered::new());
        let mut suspects = Suspects::default();
        loop {
            while deciding.len() < limits::TARGETS_AT_ONCE
                && let Some((at, found)) = heard.pop_front()
            {
                deciding.push(async move { (at, self.decide(entries[at], found).await) });
            }
            while running.len() < self.at_once
                && let Some((at, surveys)) = suspects.next()
            {
                running.push(async move { (at, surveys, self.check(entries[at], surveys).await) });
            }
            let next = async {
                tokio::select! {
                    biased;
                    Some(_) = asking.next() => Some(Next::Asked),
                    Some((at, report)) = deciding.next() => Some(Next::Decided(at, report)),
                    Some((at, surveys, report)) = running.next() => Some(Next::Checked(at, surveys, report)),
                    Some(answer) = answers.recv() => Some(Next::Answer(answer)),
                    else => None,
                }
            };
            let next = tokio::select! {
                biased;
                () = &mut *interrupt => return Ok(Some(Stopped::Interrupted)),
                next = next => next,
            };
            let (at, report) = match next {
                None => return Ok(None),
                Some(Next::Asked) => continue,
                Some(Next::Answer(answer)) => {
                    let at = answer.target;
                    if coming.entry(at).or_default().take(answer, servers.len())
                        && let Some(answers) = coming.remove(&at)
                    {
                        let mute = answers.mute();
                        match answers.observed(&entries[at].target.target.hostname, servers) {
                            Some(found) => heard.push_back((at, found)),
                            None => {
                                room.add_permits(1);
                                suspects.add(at, mute);
                            }
                        }
                    }
                    continue;
                }
                Some(Next::Decided(at, report)) => {
                    room.add_permits(1);
                    match report? {
                        Some(report) => (at, report),
                        None => {
                            suspects.add(at, Vec::new());
                            continue;
                        }
                    }
                }
                Some(Next::Checked(at, surveys, report)) => {
                    if surveys {
                        suspects.surveyed(at);
                    }
                    (at, report?)
                }
            };
            if !take(entries[at], report)? {
                return Ok(Some(Stopped::Enough));
            }
        }
    }

    /// The report of one target by what was found in bulk; `None` where it is not healthy by that.
    async fn decide(&self, entry: &Entry, found: Vec<Probed>) -> Result<Option<Report>, Error> {
        let report = self.report(entry, false, found).await?;
        Ok(Some(report).filter(|report| report.conclusion == Conclusion::Healthy))
    }

    /// One target as in a check of one, with what is shared so far.
    async fn check(&self, entry: &Entry, surveys: bool) -> Result<Report, Error> {
        self.report(entry, surveys, Vec::new()).await
    }

    /// One target, with what is shared so far. Who was heard in bulk is not asked.
    async fn report(&self, entry: &Entry, surveys: bool, found: Vec<Probed>) -> Result<Report, Error> {
        let settings = entry.settings(self.settings);
        let zone = zone(entry);
        let shared = Shared {
            controls: if surveys {
                Vec::new()
            } else {
                self.controls.borrow().get(&zone).cloned().unwrap_or_default()
            },
            silent: self.silent_now(),
            found,
            look: self.look.borrow().clone(),
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
            let mut without_tcp = self.without_tcp.borrow_mut();
            let mute = capture.observations.iter().filter(|one| !bulk::is_heard_over_tcp(one));
            without_tcp.extend(mute.map(|one| one.resolver.clone()));
            let controls = shared::controls(&capture.observations);
            self.controls.borrow_mut().insert(zone, controls);
            let mut configuration = self.configuration.borrow_mut();
            if configuration.is_none() {
                *configuration = Some((capture.facts.host.configuration.clone(), Vec::new()));
            }
        }
    }
}

/// The targets that the careful engine is to ask for. Where a resolver went mute meanwhile, the first of them tells
/// whether it is silent whatever it is asked, and the others wait for that, so that not every one costs a window.
#[derive(Default)]
struct Suspects {
    ready: VecDeque<(usize, bool)>,
    /// By the servers that were mute: who waits for the survey of them; `None` once that is done.
    waiting: BTreeMap<Vec<usize>, Option<Vec<usize>>>,
    /// The servers that each survey under way is about.
    surveys: BTreeMap<usize, Vec<usize>>,
}

impl Suspects {
    /// One more, and the servers that were mute.
    fn add(&mut self, at: usize, mute: Vec<usize>) {
        if mute.is_empty() {
            return self.ready.push_back((at, false));
        }
        match self.waiting.get_mut(&mute) {
            None => {
                self.waiting.insert(mute.clone(), Some(Vec::new()));
                self.surveys.insert(at, mute);
                self.ready.push_back((at, true));
            }
            Some(Some(waiting)) => waiting.push(at),
            Some(None) => self.ready.push_back((at, false)),
        }
    }

    /// The next to ask for, and whether it is a survey.
    fn next(&mut self) -> Option<(usize, bool)> {
        self.ready.pop_front()
    }

    /// A survey is done.
    fn surveyed(&mut self, at: usize) {
        let mute = self.surveys.remove(&at);
        let waiting = mute.and_then(|mute| self.waiting.insert(mute, None)).flatten();
        let waiting = waiting.into_iter().flatten().map(|at| (at, false));
        self.ready.extend(waiting);
    }
}

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
use super::aws::Learning;
use super::bulk::{self, Answers};
use super::list::Entry;
use super::{Making, Ready};
use crate::bulk as engine;
use crate::dns::Name;
use crate::facts::host::Look;
use crate::facts::{Facts, Gap, HostConfiguration};
use crate::limits;
use crate::probe::Paces;
use crate::probed::Probed;
use crate::report::{Capture, Conclusion, diagnose};
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

/// A target that was checked as alone, its place among those that were asked for in bulk, and its report.
type Checked<'e> = (&'e Entry, Option<usize>, Result<Ready, Error>);

/// What a pass comes to next.
enum Next<'e> {
    /// All were asked for in bulk.
    Asked,
    /// AWS and the metadata service have spoken.
    Learnt,
    Answer(engine::Answer),
    /// By what was found in bulk; `None` where that is not healthy.
    Decided(usize, Result<Option<Ready>, Error>),
    Checked(&'e Entry, Option<usize>, Result<Ready, Error>),
}

/// A resolver that sent nothing, and when it was last asked.
struct Silent {
    probed: Probed,
    asked: Instant,
}

/// What is known so far of what the targets share.
pub(super) struct Rolling<'a> {
    settings: &'a Settings,
    making: Making,
    paces: Paces,
    /// How many are under way at once: none is to wait for its turns until its time is up.
    at_once: usize,
    /// How many targets each zone has.
    targets: RefCell<BTreeMap<String, usize>>,
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
    pub(super) fn new(settings: &'a Settings, rate: Option<u32>, making: Making) -> Self {
        let rate = rate.unwrap_or(limits::RATE);
        Self {
            settings,
            making,
            paces: Paces::new(rate),
            at_once: (rate as usize / limits::QUESTIONS_OF_TARGET).clamp(1, limits::TARGETS_AT_ONCE),
            targets: RefCell::default(),
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
    ///
    /// The bulk engine begins at once; meanwhile AWS is asked, and then the first targets of the zones are checked.
    /// What was heard in bulk is decided when those have shown what all targets share.
    pub(super) async fn all(
        &self,
        entries: &[Entry],
        learning: Option<&Learning>,
        interrupt: &mut Interrupted,
        mut on_report: impl FnMut(&Entry, Ready) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        *self.look.borrow_mut() = Some(look(self.settings, Instant::now() + self.settings.deadline).await?);
        let mut targets: BTreeMap<String, usize> = BTreeMap::new();
        for entry in entries {
            *targets.entry(zone(entry)).or_default() += 1;
        }
        *self.targets.borrow_mut() = targets;
        let mut zones = BTreeSet::new();
        let (first_of_zones, others): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| zones.insert(zone(entry)));
        let (first, rest) = first_of_zones.split_at(first_of_zones.len().min(1));
        // The first tells who is silent; the first of each zone what the zone's controls show.
        let mut surveys = VecDeque::from([first.iter(), rest.iter()]);
        let servers = self.servers();
        let room = Arc::new(Semaphore::new(limits::BULK_UNDECIDED));
        let names = pin!(stream::unfold(others.iter(), |mut left| {
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
        if !servers.is_empty() && !others.is_empty() {
            asking.push(engine::ask_as_they_come(names, &addresses, &options, move |answer| {
                // Whoever takes them ends with this.
                let _ = sender.send(answer);
            }));
        } else {
            drop(sender);
        }
        let mut learning: FuturesUnordered<_> = learning.into_iter().map(Learning::learn).collect();
        let mut coming: BTreeMap<usize, Answers> = BTreeMap::new();
        let mut heard: VecDeque<(usize, Answers)> = VecDeque::new();
        let (mut deciding, mut running) = (FuturesUnordered::new(), FuturesUnordered::new());
        let mut suspects = Suspects::default();
        // Until AWS has spoken and the surveys are done, what was heard waits.
        let (mut is_open, mut is_in_bulk) = (false, true);
        loop {
            while !is_open && learning.is_empty() {
                let stage = surveys.front_mut();
                if running.len() < self.at_once
                    && let Some(entry) = stage.and_then(Iterator::next)
                {
                    running.push(self.check(entry, None, true));
                } else if running.is_empty() {
                    is_open = surveys.pop_front().is_none();
                } else {
                    break;
                }
                if is_open && !self.is_enough(&servers) {
                    is_in_bulk = false;
                    asking.clear();
                    (coming, heard) = Default::default();
                    suspects.ready.extend((0..others.len()).map(|at| (at, false)));
                }
            }
            while is_open
                && deciding.len() < limits::TARGETS_AT_ONCE
                && let Some((at, answers)) = heard.pop_front()
            {
                // Those are known, and what they are to every target.
                let answers = answers.without(|server| self.is_silent(&servers[server].0));
                let mute = answers.mute();
                if let Some(found) = answers.observed(&others[at].target.target.hostname, &servers) {
                    deciding.push(self.decide(at, others[at], found));
                } else {
                    room.add_permits(1);
                    suspects.add(at, mute);
                }
            }
            while is_open
                && running.len() < self.at_once
                && let Some((at, surveys)) = suspects.next()
            {
                running.push(self.check(others[at], Some(at), surveys));
            }
            let next = async {
                tokio::select! {
                    biased;
                    Some(_) = asking.next() => Some(Next::Asked),
                    Some(()) = learning.next() => Some(Next::Learnt),
                    Some((at, report)) = deciding.next() => Some(Next::Decided(at, report)),
                    Some((entry, at, report)) = running.next() => Some(Next::Checked(entry, at, report)),
                    Some(answer) = answers.recv() => Some(Next::Answer(answer)),
                    else => None,
                }
            };
            let next = tokio::select! {
                biased;
                () = &mut *interrupt => return Ok(Some(Stopped::Interrupted)),
                next = next => next,
            };
            let (entry, report) = match next {
                None if is_open => return Ok(None),
                None | Some(Next::Asked | Next::Learnt) => continue,
                Some(Next::Answer(answer)) => {
                    let at = answer.target;
                    if is_in_bulk
                        && coming.entry(at).or_default().take(answer, servers.len())
                        && let Some(answers) = coming.remove(&at)
                    {
                        heard.push_back((at, answers));
                    }
                    continue;
                }
                Some(Next::Decided(at, report)) => {
                    room.add_permits(1);
                    let Some(report) = report? else {
                        suspects.add(at, Vec::new());
                        continue;
                    };
                    (others[at], report)
                }
                Some(Next::Checked(entry, at, report)) => {
                    suspects.surveyed(at);
                    (entry, report?)
                }
            };
            self.done.borrow_mut().insert(entry.target.target.place);
            if !on_report(entry, report)? {
                return Ok(Some(Stopped::Enough));
            }
        }
    }

    /// The servers that the bulk engine asks: those that every target has.
    fn servers(&self) -> Vec<(Resolver, engine::Server)> {
        let look = self.look.borrow();
        let Some(look) = look.as_ref().filter(|_| bulk::is_enough(self.settings)) else {
            return Vec::new();
        };
        let mut facts = Facts::default();
        (facts.host, ..) = look.of(&Name::root());
        // Where nobody is named yet, what is known of each target names them.
        resolvers::resolve(self.settings, &facts).map_or_else(|_| Vec::new(), |resolvers| bulk::servers(&resolvers))
    }

    /// Whether the bulk engine can find a target that is healthy: none is where a resolver in scope is silent, and
    /// where one says nothing over TCP, the careful engine says what that is to a target.
    fn is_enough(&self, servers: &[(Resolver, engine::Server)]) -> bool {
        let without_tcp = self.without_tcp.borrow();
        let is_without = |one: &Resolver| without_tcp.iter().any(|other| other.is_same_place(one));
        let is_too_much = |one: &Resolver| {
            if self.is_silent(one) {
                one.in_scope
            } else {
                is_without(one)
            }
        };
        !servers.is_empty() && !servers.iter().any(|(resolver, _)| is_too_much(resolver))
    }

    fn is_silent(&self, resolver: &Resolver) -> bool {
        let silent = self.silent.borrow();
        silent.iter().any(|other| other.probed.resolver.is_same_place(resolver))
    }

    /// The report of one target by what was found in bulk; `None` where it is not healthy by that.
    async fn decide(&self, at: usize, entry: &Entry, found: Vec<Probed>) -> (usize, Result<Option<Ready>, Error>) {
        let decided = async {
            let capture = self.capture(entry, false, found).await?;
            let making = self.making.clone();
            apart(move || {
                let report = Some(diagnose(capture)).filter(|report| report.conclusion == Conclusion::Healthy);
                report.map(|report| making.ready(report)).transpose()
            })
            .await?
        };
        (at, decided.await)
    }

    /// One target as in a check of one, with what is shared so far.
    async fn check<'e>(&self, entry: &'e Entry, at: Option<usize>, surveys: bool) -> Checked<'e> {
        let checked = async {
            let capture = self.capture(entry, surveys, Vec::new()).await?;
            let making = self.making.clone();
            apart(move || making.ready(diagnose(capture))).await?
        };
        (entry, at, checked.await)
    }

    /// What one target shows, with what is shared so far. Who was heard in bulk is not asked.
    async fn capture(&self, entry: &Entry, surveys: bool, found: Vec<Probed>) -> Result<Capture, Error> {
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
            // Where no other target rests on it, it ends as a check of one does.
            waits_for_all: surveys && self.targets.borrow().get(&zone).is_some_and(|targets| *targets > 1),
        };
        let known = Known::beside(entry.known_target(), entry.beside());
        let round = round_beside(&settings, &known, &shared, Instant::now(), pending(), |_| {});
        let capture = Box::pin(round).await?;
        self.learn(&capture, &shared, surveys.then_some(zone));
        Ok(capture)
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

    /// A check is done, and a survey with it where it was one.
    fn surveyed(&mut self, at: Option<usize>) {
        let mute = at.and_then(|at| self.surveys.remove(&at));
        let waiting = mute.and_then(|mute| self.waiting.insert(mute, None)).flatten();
        let waiting = waiting.into_iter().flatten().map(|at| (at, false));
        self.ready.extend(waiting);
    }
}

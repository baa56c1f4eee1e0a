//! All targets, some at a time. What holds for a resolver, a zone or this host is found out once: the first target of
//! each zone is asked with all the control questions, and the others rest on what it showed. The bulk engine asks for
//! those. Where the diagnosis of what it heard is not healthy, or there is more to see than it keeps, the target is
//! asked for again as in a check of one.
//!
//! The first of a zone ends as a check of one does: what cannot change its conclusion is not waited for. The others
//! that are healthy need no more. Where one of them is not, it is asked for with all the control questions again, and
//! each is waited for; the rest of the zone waits for that.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::future::{pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use super::super::Error;
use super::super::check::{look, round_beside};
use super::super::conduct::Interrupted;
use super::super::conduct::{apart, now};
use super::super::learn::KnownEndpoint;
use super::super::shared::{Awaits, Controls, Shared, Unasked};
use super::super::spinner::WaitingLine;
use super::alike::{Alike, DecidedHow, First, LinePattern, MadeUp, Values};
use super::aws::SharedLearning;
use super::bulk::{self, TargetAnswers};
use super::known::{KnownResolvers, tells_all};
use super::list::{ListedTarget, ListedTargets, ZonedTargets};
use super::outlet::OutletGauge;
use super::suspects::{Survey, SurveyAim, Suspects};
use super::{Making, ReadyReport};
use crate::bulk as engine;
use crate::dns::Name;
use crate::facts::host::HostLook;
use crate::facts::{Facts, Gap, HostConfiguration};
use crate::limits;
use crate::observation::{Lookup, Purpose};
use crate::probe::Paces;
use crate::probed::{ForOthers, Probed};
use crate::render::fleet::report_line;
use crate::report::{Capture, Conclusion, Report, ResolverReport, diagnose};
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

/// A target that was checked as alone, its place among those that were asked for in bulk, how, and what came of it.
type Checked = (Rc<ListedTarget>, Option<usize>, Survey, Result<TargetResult, Error>);

/// What came of a target.
struct TargetResult {
    ready: ReadyReport,
    /// What it shows of each resolver to the others.
    shown: Vec<(Resolver, ForOthers)>,
    /// What it is diagnosed from, where a resolver was silent of which nothing is known yet: what others show of it may
    /// be what tells the cause.
    open: Option<Box<Capture>>,
}

/// A target whose report waits for what others show of the resolvers.
struct HeldTarget {
    entry: Rc<ListedTarget>,
    ready: ReadyReport,
    shown: Vec<(Resolver, ForOthers)>,
    capture: Box<Capture>,
}

/// A target that was decided by what was found in bulk, its place among those, and the first of those that are alike
/// with what they have in common.
type Decided = (
    usize,
    Rc<ListedTarget>,
    Result<Option<TargetResult>, Error>,
    Option<(First, Option<LinePattern>)>,
);

/// What a pass comes to next.
enum Next {
    /// All were asked for in bulk.
    Asked,
    /// AWS and the metadata service have spoken.
    Learnt,
    /// That came, and more may have.
    Answers,
    /// More of what was heard is to be decided.
    More,
    /// By what was found in bulk; `None` where that is not healthy.
    Decided(Decided),
    Checked(Checked),
}

/// What is known so far of what the targets share.
pub(super) struct Rolling<'a> {
    settings: &'a Settings,
    making: Making,
    /// How much waits to be written.
    outlet: OutletGauge,
    /// Where it says for whom it waits.
    line: &'a WaitingLine,
    paces: Paces,
    /// How many are under way at once: none is to wait for its turns until its time is up.
    at_once: usize,
    /// How many targets each zone has.
    targets: RefCell<BTreeMap<String, usize>>,
    /// The lookups of other names, by the zone of the targets that they hold for.
    controls: RefCell<BTreeMap<String, Controls>>,
    known: RefCell<KnownResolvers>,
    /// When the control questions of a zone were last asked again for a resolver that was silent, and whoever asks
    /// them now.
    surveyed: RefCell<BTreeMap<String, Instant>>,
    surveying: tokio::sync::Mutex<()>,
    look: RefCell<Option<Arc<HostLook>>>,
    configuration: RefCell<Option<(Option<HostConfiguration>, Vec<Gap>)>>,
    done: RefCell<DoneTargets>,
    /// The targets that were diagnosed and that others are like.
    alike: RefCell<Alike>,
}

/// Which targets were asked for to their end.
#[derive(Default)]
struct DoneTargets {
    is_done: Vec<bool>,
    count: usize,
}

impl DoneTargets {
    /// None of so many.
    fn none_of(targets: usize) -> Self {
        Self {
            is_done: vec![false; targets],
            count: 0,
        }
    }

    fn add(&mut self, at: usize) {
        self.count += usize::from(!std::mem::replace(&mut self.is_done[at], true));
    }
}

/// The zone beside whose names a target stands.
fn zone(entry: &ListedTarget) -> String {
    let parent = entry.target.target.hostname.parent();
    parent.as_ref().map(Name::to_fqdn).unwrap_or_default()
}

impl<'a> Rolling<'a> {
    pub(super) fn new(
        settings: &'a Settings,
        rate: Option<u32>,
        making: Making,
        outlet: OutletGauge,
        line: &'a WaitingLine,
    ) -> Self {
        let rate = rate.unwrap_or(limits::RATE);
        Self {
            settings,
            making,
            outlet,
            line,
            paces: Paces::new(rate),
            at_once: (rate as usize / limits::QUESTIONS_OF_TARGET).clamp(1, limits::TARGETS_AT_ONCE),
            targets: RefCell::default(),
            controls: RefCell::default(),
            known: RefCell::new(KnownResolvers::new(settings)),
            surveyed: RefCell::default(),
            surveying: tokio::sync::Mutex::default(),
            look: RefCell::default(),
            configuration: RefCell::default(),
            done: RefCell::default(),
            alike: RefCell::default(),
        }
    }

    /// Whether the target at this place was asked for to its end.
    pub(super) fn is_done(&self, at: usize) -> bool {
        self.done.borrow().is_done.get(at).is_some_and(|is_done| *is_done)
    }

    /// Asks for all targets. `on_report` gets each report as it is there, and says whether to go on. Where a resolver
    /// was silent of which nothing was heard, the report waits for what the others show, unless it `is_awaited`.
    ///
    /// The bulk engine begins at once; meanwhile AWS is asked, and the first targets of the zones are checked. What was
    /// heard in bulk is decided when those have shown what all targets share. Which targets wait for AWS is what it is
    /// in a check of one.
    pub(super) async fn all(
        &self,
        entries: &ListedTargets,
        learning: Option<&SharedLearning>,
        is_awaited: bool,
        interrupt: &mut Interrupted,
        mut on_report: impl FnMut(&ListedTarget, ReadyReport) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        let mut held: Vec<HeldTarget> = Vec::new();
        *self.done.borrow_mut() = DoneTargets::none_of(entries.len());
        let stopped = self
            .pass(entries, learning, is_awaited, interrupt, &mut held, &mut on_report)
            .await?;
        for (entry, ready) in self.told_by_others(&mut held, true).await? {
            on_report(&entry, ready)?;
        }
        Ok(stopped)
    }

    async fn pass(
        &self,
        entries: &ListedTargets,
        learning: Option<&SharedLearning>,
        is_awaited: bool,
        interrupt: &mut Interrupted,
        held: &mut Vec<HeldTarget>,
        mut on_report: impl FnMut(&ListedTarget, ReadyReport) -> Result<bool, Error>,
    ) -> Result<Option<Stopped>, Error> {
        *self.look.borrow_mut() = Some(look(self.settings, Instant::now() + self.settings.deadline).await?);
        let ZonedTargets { firsts, counts, others } = entries.by_zone();
        *self.targets.borrow_mut() = counts;
        let entry_at = |at: usize| Rc::new(entries.get(at));
        // By its number among those that are asked for in bulk.
        let other = |number: usize| entry_at(others[number] as usize);
        let (first, rest) = firsts.split_at(firsts.len().min(1));
        // The first tells who is silent; the first of each zone what the zone's controls show.
        let mut surveys = VecDeque::from([first.iter(), rest.iter()]);
        let servers = self.servers(others.iter().map(|at| entries.hostname(*at as usize)));
        let room = Arc::new(Semaphore::new(limits::BULK_UNDECIDED));
        let names = pin!(stream::unfold(others.iter(), |mut left| {
            let room = Arc::clone(&room);
            async move {
                let at = left.next()?;
                room.acquire_owned().await.ok()?.forget();
                Some((entries.hostname(*at as usize), left))
            }
        }));
        let options = engine::Options {
            paces: self.paces.clone(),
            window: self.settings.timeout,
            in_flight: limits::BULK_IN_FLIGHT,
        };
        let addresses: Vec<engine::BulkServer> = servers.iter().map(|(_, server)| server.clone()).collect();
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
        let mut learning: FuturesUnordered<_> = learning
            .into_iter()
            .map(|learning| {
                learning.begin();
                learning.learn()
            })
            .collect();
        let mut coming: BTreeMap<usize, TargetAnswers> = BTreeMap::new();
        let mut heard: VecDeque<(usize, TargetAnswers)> = VecDeque::new();
        let (mut deciding, mut running) = (FuturesUnordered::new(), FuturesUnordered::new());
        let mut suspects = Suspects::default();
        // In a debug build: what those that are like others are to come to.
        let mut to_hold: BTreeMap<usize, (Rc<LinePattern>, Values, u64)> = BTreeMap::new();
        let mut batch = Vec::new();
        // Until the surveys are done, what was heard waits.
        let (mut is_open, mut is_in_bulk) = (false, true);
        // Where the first targets ended without it, one more shows what comes over TCP.
        let mut of_tcp = (!others.is_empty()).then_some(0);
        loop {
            while !is_open {
                let stage = surveys.front_mut();
                if running.len() < self.at_once
                    && let Some(at) = stage.and_then(Iterator::next)
                {
                    running.push(self.check(entry_at(*at), None, Survey::First));
                } else if running.is_empty() {
                    is_open = surveys.pop_front().is_none();
                    if is_open
                        && self.known.borrow().lack_tcp(asked(&servers))
                        && let Some(at) = of_tcp.take()
                    {
                        is_open = false;
                        running.push(self.check(other(at), Some(at), Survey::Whole));
                    }
                } else {
                    break;
                }
                if is_open && !self.is_enough(&servers) {
                    is_in_bulk = false;
                    asking.clear();
                    (coming, heard) = Default::default();
                    let is_left = |at: &usize| !self.is_done(others[*at] as usize);
                    let left = (0..others.len()).filter(is_left);
                    left.for_each(|at| suspects.add(at, None));
                }
            }
            let taken_at = now();
            let (mut rows, mut is_waiting) = (0, false);
            while is_open
                && rows < limits::ROWS_AT_ONCE
                && deciding.len() < limits::TARGETS_AT_ONCE
                && !self.outlet.is_full()
                && let Some((at, answers)) = heard.pop_front()
            {
                if self.is_done(others[at] as usize) {
                    room.add_permits(1);
                    continue;
                }
                let entry = other(at);
                let mut first = None;
                match self.way(&entry, &answers, &servers) {
                    DecidedHow::Alike(pattern) if cfg!(debug_assertions) => {
                        let (values, since) = {
                            let alike = self.alike.borrow();
                            (alike.values().clone(), alike.since())
                        };
                        to_hold.insert(at, (pattern, values, since));
                    }
                    DecidedHow::Alike(pattern) => {
                        rows += 1;
                        room.add_permits(1);
                        let ready = {
                            let alike = self.alike.borrow();
                            self.making.alike(&pattern, alike.values(), &taken_at, &entry.target)?
                        };
                        self.done.borrow_mut().add(entry.at);
                        let mut told = vec![(entry, ready)];
                        if self.known(|known| known.take(&pattern.shown)) {
                            told.extend(self.told_by_others(held, false).await?);
                        }
                        for (entry, ready) in told {
                            if !on_report(&entry, ready)? {
                                return Ok(Some(Stopped::Enough));
                            }
                        }
                        continue;
                    }
                    DecidedHow::Later => {
                        heard.push_front((at, answers));
                        is_waiting = true;
                        break;
                    }
                    DecidedHow::Diagnose => {}
                    DecidedHow::Learn(new) => {
                        let made_up =
                            new.made_up(&entry, &answers, (&servers, &self.left_out(&servers)), self.settings);
                        first = Some((new, made_up));
                    }
                }
                // Those are known, and what they are to every target.
                let answers = answers.without(|server| self.is_silent(&servers[server].0));
                let mute = answers.mute();
                if let Some(found) = answers.observed(&entry.target.target.hostname, &servers) {
                    deciding.push(self.decide(at, entry, found, first, &servers));
                } else {
                    if let Some((first, _)) = first {
                        self.alike.borrow_mut().learn(first, None);
                    }
                    room.add_permits(1);
                    let about = Some(mute).filter(|mute| !mute.is_empty()).map(SurveyAim::Mute);
                    suspects.add(at, about.or_else(|| self.left(&entry)));
                }
            }
            while is_open
                && running.len() < self.at_once
                && !self.outlet.is_full()
                && let Some((at, surveys)) = suspects.next()
            {
                running.push(self.check(other(at), Some(at), surveys));
            }
            let is_full = self.outlet.is_full();
            let has_more =
                is_open && !is_full && !heard.is_empty() && !is_waiting && deciding.len() < limits::TARGETS_AT_ONCE;
            let is_any_left = self.done.borrow().count < entries.len();
            let next = async {
                tokio::select! {
                    biased;
                    Some(_) = asking.next() => Some(Next::Asked),
                    Some(()) = learning.next(), if is_any_left => Some(Next::Learnt),
                    Some(decided) = deciding.next() => Some(Next::Decided(decided)),
                    Some(checked) = running.next() => Some(Next::Checked(checked)),
                    1.. = answers.recv_many(&mut batch, limits::BULK_UNDECIDED) => Some(Next::Answers),
                    () = ready(()), if has_more => Some(Next::More),
                    () = self.outlet.has_room(), if is_full => Some(Next::More),
                    else => None,
                }
            };
            let next = tokio::select! {
                biased;
                () = &mut *interrupt => return Ok(Some(Stopped::Interrupted)),
                next = next => next,
            };
            let (entry, made) = match next {
                None if is_open => return Ok(None),
                None | Some(Next::Asked | Next::More) => continue,
                Some(Next::Learnt) => {
                    // What was made out without them does not hold with them.
                    self.alike.borrow_mut().forget();
                    continue;
                }
                Some(Next::Answers) => {
                    for answer in batch.drain(..).filter(|_| is_in_bulk) {
                        let at = answer.target;
                        if coming.entry(at).or_default().take(answer, servers.len())
                            && let Some(answers) = coming.remove(&at)
                        {
                            heard.push_back((at, answers));
                        }
                    }
                    continue;
                }
                Some(Next::Decided((at, entry, made, first))) => {
                    room.add_permits(1);
                    if let Some((first, pattern)) = first {
                        self.alike.borrow_mut().learn(first, pattern);
                    }
                    let mut made = made?;
                    // What changed while it was diagnosed is in its line and not in the other.
                    let is_held = |since: &u64| *since == self.alike.borrow().since();
                    if let Some((pattern, values, since)) = to_hold.remove(&at)
                        && is_held(&since)
                    {
                        let (own, shown) =
                            made.map_or_else(|| (None, pattern.shown.clone()), |made| (Some(made.ready), made.shown));
                        let ready = self.held(own, &pattern, &values, &entry)?;
                        debug_assert_eq!(shown, pattern.shown);
                        made = Some(TargetResult {
                            ready,
                            shown,
                            open: None,
                        });
                    }
                    let Some(made) = made else {
                        suspects.add(at, self.left(&entry));
                        continue;
                    };
                    (entry, made)
                }
                Some(Next::Checked((entry, at, survey, report))) => {
                    let made = report?;
                    suspects.surveyed(at);
                    // What it rests on was not all waited for, and now that may be what tells the cause.
                    let is_healthy = is_healthy(&made.ready.report, self.left(&entry).is_some());
                    let is_final = survey != Survey::No || is_healthy;
                    if !is_final
                        && let Some(at) = at
                        && let Some(about) = self.left(&entry)
                        && !suspects.is_surveyed(&about)
                    {
                        suspects.add(at, Some(about));
                        continue;
                    }
                    (entry, made)
                }
            };
            self.done.borrow_mut().add(entry.at);
            let TargetResult { ready, shown, open } = made;
            let is_news = self.known(|known| known.take(&shown));
            let mut told = match open {
                Some(capture) if !is_awaited && held.len() < limits::TARGETS_HELD => {
                    held.push(HeldTarget {
                        entry,
                        ready,
                        shown,
                        capture,
                    });
                    Vec::new()
                }
                _ => vec![(entry, ready)],
            };
            if is_news {
                told.extend(self.told_by_others(held, false).await?);
            }
            for (entry, ready) in told {
                if !on_report(&entry, ready)? {
                    return Ok(Some(Stopped::Enough));
                }
            }
        }
    }

    /// What is known of the resolvers, to add to. Where something changes that every target rests on, those that are
    /// alike are made out anew.
    fn known<T>(&self, with: impl FnOnce(&mut KnownResolvers) -> T) -> T {
        let mut known = self.known.borrow_mut();
        let before = known.changes();
        let out = with(&mut known);
        if known.changes() != before {
            self.alike.borrow_mut().forget();
        }
        out
    }

    /// The reports that wait for what others show, where those have shown it, or all of them; diagnosed again with
    /// that.
    async fn told_by_others(
        &self,
        held: &mut Vec<HeldTarget>,
        all: bool,
    ) -> Result<Vec<(Rc<ListedTarget>, ReadyReport)>, Error> {
        let mut told = Vec::new();
        for mut one in std::mem::take(held) {
            let (mut is_other, mut is_open) = (false, false);
            for probed in one
                .capture
                .observations
                .iter_mut()
                .filter(|one| one.is_silent_somewhere())
            {
                let others = self.known.borrow().of_others(&probed.resolver, &one.shown);
                is_open |= others.is_none_or(|others| !tells_all(others));
                is_other |= probed.for_others != others;
                probed.for_others = others;
            }
            if is_open && !all {
                held.push(one);
                continue;
            }
            if is_other {
                let (making, target, capture) = (self.making.clone(), one.entry.target.clone(), one.capture);
                one.ready = apart(move || making.ready(diagnose(*capture), &target)).await??;
            }
            told.push((one.entry, one.ready));
        }
        Ok(told)
    }

    /// The servers that the bulk engine asks: those that every target has. None where clients here look a target up
    /// below the search list first: the bulk engine asks for the name itself alone.
    fn servers(&self, mut targets: impl Iterator<Item = Name>) -> Vec<(Resolver, engine::BulkServer)> {
        let look = self.look.borrow();
        let Some(look) = look.as_ref().filter(|_| bulk::is_enough(self.settings)) else {
            return Vec::new();
        };
        let mut facts = Facts::default();
        (facts.host, ..) = look.of(&Name::root());
        let stub = facts.host.stub.as_ref();
        if stub.is_some_and(|stub| targets.any(|target| stub.searches_first(&target))) {
            return Vec::new();
        }
        // Where nobody is named yet, what is known of each target names them.
        resolvers::resolve(self.settings, &facts).map_or_else(|_| Vec::new(), |resolvers| bulk::servers(&resolvers))
    }

    /// Whether the bulk engine can find a target that is healthy.
    fn is_enough(&self, servers: &[(Resolver, engine::BulkServer)]) -> bool {
        !servers.is_empty() && self.known.borrow().leave_something_to_find(asked(servers))
    }

    /// The places of the servers that are silent.
    fn left_out(&self, servers: &[(Resolver, engine::BulkServer)]) -> Vec<usize> {
        let is_left_out = |place: &usize| self.is_silent(&servers[*place].0);
        (0..servers.len()).filter(is_left_out).collect()
    }

    fn is_silent(&self, resolver: &Resolver) -> bool {
        self.known.borrow().is_silent(resolver)
    }

    /// The resolvers that are not asked now.
    fn silent_now(&self) -> Vec<Unasked> {
        self.known(KnownResolvers::silent_now)
    }

    /// The report of one target by what was found in bulk; `None` where it is not healthy by that.
    async fn decide(
        &self,
        at: usize,
        entry: Rc<ListedTarget>,
        found: Vec<Probed>,
        first: Option<(First, Option<MadeUp>)>,
        servers: &[(Resolver, engine::BulkServer)],
    ) -> Decided {
        let (first, made_up) = first.map_or((None, None), |(first, made_up)| (Some(first), made_up));
        let decided = async {
            let silent = self.silent_now();
            let is_one_asked_again = silent.len() < self.known.borrow().silent();
            let capture = self.capture(&entry, Survey::No, found, silent.clone()).await?;
            let shown = shown(&capture, Survey::No);
            // Who was not asked in bulk has said something else of each.
            let is_in_bulk = |probed: &Probed| {
                let mut servers = servers.iter();
                servers.any(|(resolver, _)| resolver.is_same_place(&probed.resolver))
            };
            // What others show changes from target to target, but of one that none is asked for.
            let is_left_out = |probed: &Probed| silent.iter().any(|one| one.resolver.is_same_place(&probed.resolver));
            let is_alike = |probed: &Probed| is_in_bulk(probed) && (probed.for_others.is_none() || is_left_out(probed));
            let are_alike = !is_one_asked_again && capture.observations.iter().all(is_alike);
            let made_up = match made_up.filter(|_| are_alike) {
                Some(made_up) => self.capture_made_up(made_up, servers, silent).await?,
                None => None,
            };
            let (making, target, first) = (self.making.clone(), entry.target.clone(), first.clone());
            let of_all = shown.clone();
            let is_left = self.left(&entry).is_some();
            let (ready, pattern) = apart(move || {
                let report = Some(diagnose(capture)).filter(|report| is_healthy(report, is_left));
                let ready = report.map(|report| making.ready(report, &target)).transpose()?;
                let pattern = match (&ready, made_up, first) {
                    (Some(ready), Some((capture, values)), Some(first)) => {
                        let (mut own, mut other, made_up) = (String::new(), String::new(), diagnose(capture));
                        report_line("", &[], &ready.report, &mut own)?;
                        report_line("", &[], &made_up, &mut other)?;
                        first.pattern((&ready.report, &own), (&made_up, &other), &values, of_all)
                    }
                    _ => None,
                };
                Ok::<_, Error>((ready, pattern))
            })
            .await??;
            let open = None;
            Ok((ready.map(|ready| TargetResult { ready, shown, open }), pattern))
        };
        let decided = decided.await;
        match decided {
            Ok((ready, pattern)) => (at, entry, Ok(ready), first.map(|first| (first, pattern))),
            Err(error) => (at, entry, Err(error), first.map(|first| (first, None))),
        }
    }

    /// How a target is decided.
    fn way(
        &self,
        entry: &ListedTarget,
        answers: &TargetAnswers,
        servers: &[(Resolver, engine::BulkServer)],
    ) -> DecidedHow {
        let is_changing = {
            let known = self.known.borrow();
            known.is_any_undecided() || known.is_one_asked_again()
        };
        if is_changing || !self.making.is_plain() || self.settings.sources.since.is_some() {
            return DecidedHow::Diagnose;
        }
        let left_out = self.left_out(servers);
        let mut alike = self.alike.borrow_mut();
        let way = alike.way(entry, answers, (servers, &left_out), self.settings);
        drop(alike);
        if let DecidedHow::Alike(pattern) = &way {
            let look = self.look.borrow();
            let hostname = &entry.target.target.hostname;
            let is_same = |look: &Arc<HostLook>| look.says_the_same(hostname, &pattern.report.facts.host);
            if !look.as_ref().is_some_and(is_same) {
                return DecidedHow::Diagnose;
            }
        }
        way
    }

    /// What a target with made-up values shows.
    async fn capture_made_up(
        &self,
        made_up: MadeUp,
        servers: &[(Resolver, engine::BulkServer)],
        silent: Vec<Unasked>,
    ) -> Result<Option<(Capture, Values)>, Error> {
        let MadeUp { entry, answers, values } = made_up;
        let Some(found) = answers.observed(&entry.target.target.hostname, servers) else {
            return Ok(None);
        };
        let mut capture = self.capture(&entry, Survey::No, found, silent).await?;
        capture.taken_at = MadeUp::taken_at();
        Ok(Some((capture, values)))
    }

    /// Holds what goes out of a target that is like another to what its own diagnosis came to.
    fn held(
        &self,
        own: Option<ReadyReport>,
        pattern: &LinePattern,
        values: &Values,
        entry: &ListedTarget,
    ) -> Result<ReadyReport, Error> {
        let taken_at = own.as_ref().map(|own| own.report.taken_at.clone()).unwrap_or_default();
        let alike = self.making.alike(pattern, values, &taken_at, &entry.target)?;
        let line = own.map(|own| own.line);
        debug_assert_eq!(line.as_ref(), Some(&alike.line), "{}", entry.target.target.name());
        Ok(alike)
    }

    /// One target as in a check of one, with what is shared so far.
    async fn check(&self, entry: Rc<ListedTarget>, at: Option<usize>, survey: Survey) -> Checked {
        let checked = async {
            let (entry, began) = (&entry, Instant::now());
            let capture = self.capture(entry, survey, Vec::new(), self.silent_now()).await?;
            let capture = match self.lost_for(entry, &capture) {
                lost if lost.is_empty() || survey != Survey::No => capture,
                lost => self.once_more(entry, capture, began, &lost).await?,
            };
            let shown = shown(&capture, survey);
            let is_open =
                |probed: &Probed| probed.is_silent_for_the_target() && !probed.for_others.is_some_and(tells_all);
            let is_open = capture.observations.iter().any(is_open);
            let (making, target) = (self.making.clone(), entry.target.clone());
            let made = apart(move || {
                let open = is_open.then(|| Box::new(capture.clone()));
                let ready = making.ready(diagnose(capture), &target)?;
                let open = open.filter(|_| ready.report.conclusion != Conclusion::Healthy);
                Ok::<_, Error>((ready, open))
            });
            let (ready, open) = made.await??;
            Ok(TargetResult { ready, shown, open })
        };
        let checked = checked.await;
        (entry, at, survey, checked)
    }

    /// The resolvers that are worth a second sample of this target.
    fn lost_for(&self, entry: &ListedTarget, capture: &Capture) -> Vec<Resolver> {
        if self.settings.asked.samples > 1 || capture.interrupted {
            return Vec::new();
        }
        self.known.borrow().lost(&zone(entry), capture)
    }

    /// What the target shows with a second sample, where one of these resolvers answers in it. Where none does, once
    /// was enough.
    ///
    /// The control questions are asked again with it, since one that stopped during the run would be told by what it
    /// answered before. One target at a time does that, and the others that were asked before rest on it.
    async fn once_more(
        &self,
        entry: &ListedTarget,
        mut capture: Capture,
        began: Instant,
        lost: &[Resolver],
    ) -> Result<Capture, Error> {
        let zone = zone(entry);
        let mut surveying = Some(self.surveying.lock().await);
        let is_surveyed = self.surveyed.borrow().get(&zone).is_some_and(|at| *at >= began);
        let survey = if is_surveyed { Survey::No } else { Survey::Whole };
        if is_surveyed {
            surveying = None;
            if let Some(controls) = self.controls.borrow().get(&zone) {
                controls.renew(&mut capture.observations);
            }
            if lost.iter().all(|resolver| self.is_silent(resolver)) {
                return Ok(capture);
            }
        }
        let started = Instant::now();
        let again = self.capture(entry, survey, Vec::new(), self.silent_now()).await?;
        if surveying.is_some() && !again.interrupted {
            self.surveyed.borrow_mut().insert(zone, started);
        }
        drop(surveying);
        let answers = |resolver: &Resolver| {
            let mut seen = again
                .observations
                .iter()
                .filter(|one| one.resolver.is_same_place(resolver));
            seen.any(|one| !one.lookups.is_empty() && !one.fails_for_the_target())
        };
        let mut is_any = false;
        for resolver in lost {
            let has_answered = answers(resolver);
            is_any |= has_answered;
            self.known(|known| known.was_asked_once_more(resolver, has_answered));
        }
        if again.interrupted {
            return Ok(capture);
        }
        if !is_any {
            return Ok(if is_surveyed { capture } else { again });
        }
        for probed in &mut capture.observations {
            let mut seen = again.observations.iter();
            let seen = seen.find(|one| one.resolver.is_same_place(&probed.resolver));
            let of_target = seen.into_iter().flat_map(|one| &one.lookups);
            let of_target = of_target.filter(|lookup| lookup.purpose == Purpose::Target);
            probed.lookups.extend(of_target.cloned().map(|mut lookup| {
                lookup.sample = 1;
                lookup
            }));
        }
        capture.asked.samples = 2;
        Ok(capture)
    }

    /// What one target shows, with what is shared so far. Who was heard in bulk is not asked, nor who is silent.
    async fn capture(
        &self,
        entry: &ListedTarget,
        survey: Survey,
        found: Vec<Probed>,
        silent: Vec<Unasked>,
    ) -> Result<Capture, Error> {
        let settings = entry.settings(self.settings);
        let zone = zone(entry);
        let shared = Shared {
            controls: self
                .controls
                .borrow()
                .get(&zone)
                .filter(|_| survey == Survey::No)
                .cloned(),
            silent,
            without_tcp: self.known(KnownResolvers::without_tcp_now),
            for_others: self.known.borrow().for_others().clone(),
            found,
            look: self.look.borrow().clone(),
            configuration: self.configuration.borrow().clone(),
            paces: Some(self.paces.clone()),
            failing_since: None,
            awaits: match survey {
                // Where no other target rests on it, it ends as a check of one does.
                _ if self.targets.borrow().get(&zone).is_none_or(|targets| *targets == 1) => Awaits::Nothing,
                Survey::No => Awaits::Nothing,
                Survey::First => Awaits::EveryResolver,
                Survey::Whole => Awaits::Everything,
            },
        };
        let known = KnownEndpoint::beside(entry.known_target(), entry.beside());
        let part = self.line.part(settings.deadline);
        let round = round_beside(&settings, &known, &shared, Instant::now(), pending(), |said| {
            part.take(&said);
        });
        let capture = Box::pin(round).await?;
        self.learn(entry, &capture, &shared, (survey != Survey::No).then_some(zone));
        Ok(capture)
    }

    /// The survey that is still to be done where a target of this zone is not healthy; `None` where all was waited for.
    fn left(&self, entry: &ListedTarget) -> Option<SurveyAim> {
        let zone = zone(entry);
        let is_left = self
            .controls
            .borrow()
            .get(&zone)
            .is_some_and(|controls| !controls.is_whole());
        is_left.then_some(SurveyAim::Zone(zone))
    }

    /// Keeps what a target showed of more than itself.
    fn learn(&self, entry: &ListedTarget, capture: &Capture, shared: &Shared, surveyed: Option<String>) {
        let (at, zone, is_surveyed) = (entry.at, zone(entry), surveyed.is_some());
        self.known(|known| known.learn(at, &zone, capture, shared, is_surveyed));
        if let Some(zone) = surveyed {
            let mut of_zones = self.controls.borrow_mut();
            let controls = Controls::of(capture).beside(of_zones.get(&zone));
            if controls.is_whole() || !of_zones.get(&zone).is_some_and(Controls::is_whole) {
                of_zones.insert(zone, controls);
            }
            let mut configuration = self.configuration.borrow_mut();
            if configuration.is_none() {
                *configuration = Some((capture.facts.host.configuration.clone(), Vec::new()));
            }
        }
    }
}

/// Whether it is healthy, whatever else may be heard of its zone: `is_left` where that is not whole. An address in a
/// network may be what a wildcard gives every name, which a random sibling shows.
fn is_healthy(report: &Report, is_left: bool) -> bool {
    let is_in_a_network = |resolver: &ResolverReport| {
        let mut addresses = resolver.addresses.iter();
        resolver.probed.resolver.in_scope && addresses.any(|address| !report.expected.names(address.ip))
    };
    report.conclusion == Conclusion::Healthy && !(is_left && report.resolvers.iter().any(is_in_a_network))
}

/// The resolvers that the bulk engine asks.
fn asked(servers: &[(Resolver, engine::BulkServer)]) -> impl Iterator<Item = &Resolver> {
    servers.iter().map(|(resolver, _)| resolver)
}

/// What a target shows of each resolver that was asked for it. The controls are its own where it was asked for them.
fn shown(capture: &Capture, survey: Survey) -> Vec<(Resolver, ForOthers)> {
    let is_own = |lookup: &Lookup| survey != Survey::No || lookup.question == capture.target.hostname;
    let of = |probed: &Probed| (probed.resolver.clone(), probed.shown(is_own));
    capture.observations.iter().map(of).collect()
}

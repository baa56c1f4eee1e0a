//! Where a run stands while it goes on: what is known so far, and what is still outstanding.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use tokio::sync::watch;
use tokio::time::Instant;

use super::exchange::{self, Lingering};
use super::{Outstanding, Standing};
use crate::dns::RecordType;
use crate::observation::{Lookup, Purpose, Question, SystemLookup};
use crate::plan::{Plan, follow_up};
use crate::probed::Probed;
use crate::resolvers::Resolver;

/// How a run ends before all is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyEnd {
    /// Somebody, or the time, ended it: what is not done is marked.
    Interrupted,
    /// What is outstanding is not worth waiting for.
    Settled,
}

/// What a resolver's task sends as it goes along: so that an interrupted run keeps what is known.
pub(super) enum ProbeEvent {
    /// A first question goes out.
    Sent(usize),
    Lookup(usize, usize, Box<Lookup>, Vec<Lingering>),
    System(usize, SystemLookup),
    TargetDone(usize),
    Done(usize),
    /// A question that decides could not be asked.
    Unasked(usize),
}

/// A run as it is seen from outside. One that is made of several parts has them in the order in which they began.
pub struct Live {
    parts: RefCell<Vec<PartStanding>>,
    version: watch::Sender<u64>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            parts: RefCell::default(),
            version: watch::Sender::new(0),
        }
    }
}

impl Live {
    /// How many parts have begun.
    pub fn parts(&self) -> usize {
        self.parts.borrow().len()
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        let mut standing = Standing::default();
        for part in self.parts.borrow().iter() {
            part.add_to(&mut standing);
        }
        standing
    }

    /// Counts what came in.
    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// Ends when something came in since this version.
    pub async fn changed(&self, since: u64) {
        // The sender is this.
        let _ = self.version.subscribe().wait_for(|version| *version != since).await;
    }

    /// Wakes whoever waits for something new: a fact came in.
    pub fn wake(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    pub(super) fn begin(&self, plan: &Plan, resolvers: &[Resolver], may_linger: usize) -> usize {
        let mut parts = self.parts.borrow_mut();
        parts.push(PartStanding::new(plan, resolvers, may_linger));
        let part = parts.len() - 1;
        drop(parts);
        self.version.send_modify(|version| *version += 1);
        part
    }

    pub(super) fn take(&self, part: usize, event: ProbeEvent) {
        self.parts.borrow_mut()[part].take(event);
        self.version.send_modify(|version| *version += 1);
    }

    pub(super) fn probed(&self, part: usize, resolver: usize) -> Probed {
        self.parts.borrow()[part].probed(resolver)
    }

    /// Closes what is open, and returns what came back.
    pub(super) fn close(&self, part: usize, end: Option<EarlyEnd>) -> Vec<Probed> {
        let part = &mut self.parts.borrow_mut()[part];
        part.count_late_replies();
        part.settled = end == Some(EarlyEnd::Settled);
        (0..part.resolvers.len()).map(|index| part.probed(index)).collect()
    }
}

/// What is known so far of a part.
struct PartStanding {
    plan: Plan,
    resolvers: Vec<Resolver>,
    lookups: Vec<BTreeMap<usize, (Lookup, Vec<Lingering>)>>,
    system: Vec<Option<SystemLookup>>,
    done: Vec<bool>,
    unasked: Vec<bool>,
    /// When the first question was sent, and when the last answer for the endpoint came.
    sent: Vec<Option<Instant>>,
    said: Vec<Option<Instant>>,
    settled: bool,
    /// The lookups whose sockets are still open, by resolver and question, the oldest first.
    open: VecDeque<(usize, usize)>,
    /// How many sockets may stay open.
    may_linger: usize,
    lingering: usize,
}

impl PartStanding {
    fn new(plan: &Plan, resolvers: &[Resolver], may_linger: usize) -> Self {
        let count = resolvers.len();
        Self {
            plan: plan.clone(),
            resolvers: resolvers.to_vec(),
            open: VecDeque::new(),
            may_linger,
            lingering: 0,
            lookups: (0..count).map(|_| BTreeMap::new()).collect(),
            system: vec![None; count],
            done: vec![false; count],
            unasked: vec![false; count],
            sent: vec![None; count],
            said: vec![None; count],
            settled: false,
        }
    }

    fn take(&mut self, event: ProbeEvent) {
        match event {
            ProbeEvent::Sent(resolver) => self.sent[resolver] = self.sent[resolver].or_else(|| Some(Instant::now())),
            ProbeEvent::Lookup(resolver, question, lookup, lingering) => {
                if lookup.purpose == Purpose::Target {
                    self.said[resolver] = Some(Instant::now());
                }
                self.lingering += lingering.len();
                self.open.push_back((resolver, question));
                self.lookups[resolver].insert(question, (*lookup, lingering));
                self.close_oldest();
            }
            ProbeEvent::System(resolver, lookup) => {
                self.said[resolver] = Some(Instant::now());
                self.system[resolver] = Some(lookup);
            }
            ProbeEvent::TargetDone(_) => {}
            ProbeEvent::Done(resolver) => self.done[resolver] = true,
            ProbeEvent::Unasked(resolver) => self.unasked[resolver] = true,
        }
    }

    /// Closes the sockets that have listened for longest, where too many are open.
    fn close_oldest(&mut self) {
        while self.lingering > self.may_linger
            && let Some((resolver, question)) = self.open.pop_front()
        {
            if let Some((lookup, lingering)) = self.lookups[resolver].get_mut(&question) {
                self.lingering -= lingering.len();
                exchange::count_late_replies(lookup, std::mem::take(lingering));
            }
        }
    }

    fn count_late_replies(&mut self) {
        for lookups in &mut self.lookups {
            for (lookup, lingering) in lookups.values_mut() {
                exchange::count_late_replies(lookup, std::mem::take(lingering));
            }
        }
    }

    fn probed(&self, index: usize) -> Probed {
        Probed {
            resolver: self.resolvers[index].clone(),
            lookups: self.lookups[index].values().map(|(lookup, _)| lookup.clone()).collect(),
            system: self.system[index].clone(),
            interrupted: self.unasked[index] || !self.done[index] && !self.settled,
            for_others: None,
        }
    }

    fn add_to(&self, standing: &mut Standing) {
        for index in 0..self.resolvers.len() {
            let resolver = standing.observations.len();
            standing.observations.push(Probed {
                // That it is not done with is what is outstanding.
                interrupted: self.unasked[index],
                ..self.probed(index)
            });
            let questions = self.outstanding(index).into_iter().map(|question| Outstanding {
                resolver,
                question,
                sent: self.sent[index],
            });
            standing.outstanding.extend(questions);
            standing.said.push(self.said[index]);
        }
    }

    /// The questions of the first round that have no lookup yet, and those that will follow from what is known of the
    /// endpoint by now.
    fn outstanding(&self, index: usize) -> Vec<Option<Question>> {
        if self.done[index] {
            return Vec::new();
        }
        let resolver = &self.resolvers[index];
        if resolver.address.is_none() {
            return if self.system[index].is_none() {
                vec![None]
            } else {
                Vec::new()
            };
        }
        let lookups = &self.lookups[index];
        let mut questions = self.plan.first_round(resolver);
        let known: Vec<Lookup> = lookups
            .range(..questions.len())
            .filter(|(_, (lookup, _))| lookup.purpose == Purpose::Target && lookup.sample == 0)
            .map(|(_, (lookup, _))| lookup.clone())
            .collect();
        let is_known = |qtype| known.iter().any(|lookup| lookup.qtype == qtype);
        if is_known(RecordType::A) && is_known(RecordType::AAAA) {
            questions.extend(follow_up(&self.plan, resolver, &known));
        }
        questions
            .into_iter()
            .enumerate()
            .filter(|(number, _)| !lookups.contains_key(number))
            .map(|(_, question)| Some(question))
            .collect()
    }
}

//! All questions to all resolvers, at once.

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::exchange::{self, Lingering, Server, Window};
use super::sockets::Sockets;
use super::system::{self, SystemResolver};
use super::tls::{Configurations, Session};
use super::{Probed, Route};
use crate::limits;
use crate::observation::{Lookup, Purpose, Question, SystemLookup};
use crate::plan::{Plan, follow_up};
use crate::resolvers::Resolver;
use crate::tls::Trust;

/// How the run is conducted.
#[derive(Clone)]
pub struct Run {
    /// The window of one question.
    pub timeout: Duration,
    /// The tries within it.
    pub attempts: u32,
    /// The bound of the whole run.
    pub deadline: Duration,
    /// Where addresses lead.
    pub route: Arc<dyn Route>,
    /// The operating system's look-up.
    pub system: Arc<dyn SystemResolver>,
    /// Whose certificates are believed where one is verified.
    pub trust: Trust,
}

/// Something to tell a person who waits.
#[derive(Debug, Clone)]
pub enum Progress {
    /// A resolver has answered for the target, or has not within the window.
    Answered(Box<Probed>),
}

/// What a resolver's task sends as it goes along: so that an interrupted run keeps what is known.
enum Event {
    Lookup(usize, usize, Box<Lookup>, Vec<Lingering>),
    System(usize, SystemLookup),
    TargetDone(usize),
    Done(usize),
    /// A question that decides could not be asked.
    Unasked(usize),
}

/// Asks all resolvers and returns what came back, in the order of `resolvers`. Ends early where `interrupt`
/// does; resolvers that were not done then are marked.
pub async fn run(
    plan: &Plan,
    resolvers: &[Resolver],
    run: &Run,
    interrupt: impl Future<Output = ()>,
    mut progress: impl FnMut(Progress),
) -> Vec<Probed> {
    let deadline = Instant::now() + run.deadline;
    let window = Window {
        length: run.timeout,
        attempts: run.attempts,
        deadline,
    };
    let sockets = Sockets::of_this_process();
    let configurations = Arc::new(Configurations::new(run.trust.clone()));
    let (sender, mut events) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    for (index, resolver) in resolvers.iter().enumerate() {
        let task = Task {
            index,
            plan: plan.clone(),
            resolver: resolver.clone(),
            window,
            sockets: sockets.clone(),
            server: resolver.address.map(|address| Server {
                address,
                route: Arc::clone(&run.route),
                session: resolver
                    .transport
                    .zip(resolver.tls.as_ref())
                    .map(|(transport, identity)| Session::new(&configurations, transport, identity)),
            }),
            events: sender.clone(),
        };
        let system = Arc::clone(&run.system);
        tasks.spawn(async move {
            if task.resolver.address.is_some() {
                task.ask().await;
            } else {
                task.ask_system(system).await;
            }
        });
    }
    drop(sender);
    let mut found = Found::new(resolvers.len(), sockets.lingering);
    tokio::pin!(interrupt);
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                None => break,
                Some(Event::TargetDone(index)) => {
                    progress(Progress::Answered(Box::new(found.probed(index, &resolvers[index]))));
                }
                Some(event) => found.take(event),
            },
            () = &mut interrupt => break,
        }
    }
    tasks.abort_all();
    while let Ok(event) = events.try_recv() {
        found.take(event);
    }
    found.count_late_replies();
    resolvers
        .iter()
        .enumerate()
        .map(|(index, resolver)| found.probed(index, resolver))
        .collect()
}

/// What is known so far.
struct Found {
    lookups: Vec<BTreeMap<usize, (Lookup, Vec<Lingering>)>>,
    system: Vec<Option<SystemLookup>>,
    done: Vec<bool>,
    unasked: Vec<bool>,
    /// The look-ups whose sockets are still open, by resolver and question, the oldest first.
    open: VecDeque<(usize, usize)>,
    /// How many sockets may stay open.
    may_linger: usize,
    lingering: usize,
}

impl Found {
    fn new(resolvers: usize, may_linger: usize) -> Self {
        Self {
            open: VecDeque::new(),
            may_linger,
            lingering: 0,
            lookups: (0..resolvers).map(|_| BTreeMap::new()).collect(),
            system: vec![None; resolvers],
            done: vec![false; resolvers],
            unasked: vec![false; resolvers],
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Lookup(resolver, question, lookup, lingering) => {
                self.lingering += lingering.len();
                self.open.push_back((resolver, question));
                self.lookups[resolver].insert(question, (*lookup, lingering));
                self.close_oldest();
            }
            Event::System(resolver, lookup) => self.system[resolver] = Some(lookup),
            Event::TargetDone(_) => {}
            Event::Done(resolver) => self.done[resolver] = true,
            Event::Unasked(resolver) => self.unasked[resolver] = true,
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

    fn probed(&self, index: usize, resolver: &Resolver) -> Probed {
        Probed {
            resolver: resolver.clone(),
            lookups: self.lookups[index].values().map(|(lookup, _)| lookup.clone()).collect(),
            system: self.system[index].clone(),
            interrupted: !self.done[index] || self.unasked[index],
        }
    }
}

/// Whether nothing can be said of a resolver that was not asked this. That a later sample is missing is said beside it.
fn decides(question: &Question) -> bool {
    question.purpose == Purpose::Target && question.sample == 0
}

/// One resolver's share of the run.
struct Task {
    index: usize,
    plan: Plan,
    resolver: Resolver,
    window: Window,
    sockets: Sockets,
    server: Option<Server>,
    events: mpsc::UnboundedSender<Event>,
}

impl Task {
    /// The receiver is gone only where the run was interrupted, and then nobody wants to know.
    fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    async fn ask(self) {
        let first = self.plan.first_round(&self.resolver);
        // It decides nothing, so nothing waits for it: not the second round, and not the end of the run.
        let is_aside = |question: &Question| question.purpose == Purpose::Software;
        let (aside, first): (Vec<Question>, Vec<Question>) = first.into_iter().partition(is_aside);
        let rounds = async {
            let lookups = self.round(&first, 0).await;
            let second = follow_up(&self.plan, &self.resolver, &lookups);
            self.round(&second, first.len() + aside.len()).await;
            self.tell(Event::Done(self.index));
        };
        let software = self.round(&aside, first.len());
        tokio::pin!(rounds, software);
        let mut is_known = false;
        loop {
            tokio::select! {
                biased;
                () = &mut rounds => break,
                _ = &mut software, if !is_known => is_known = true,
            }
        }
        if !is_known {
            let _ = timeout(limits::SOFTWARE_PATIENCE, software).await;
        }
    }

    async fn ask_system(self, system: Arc<dyn SystemResolver>) {
        if Instant::now() >= self.window.deadline {
            self.tell(Event::Unasked(self.index));
        }
        let target = self.plan.target.clone();
        let lookup = system::lookup(system, target, self.window.deadline).await;
        if system::was_not_asked(&lookup) {
            self.tell(Event::Unasked(self.index));
        }
        self.tell(Event::System(self.index, lookup));
        self.tell(Event::TargetDone(self.index));
        self.tell(Event::Done(self.index));
    }

    /// Asks all questions of a round at once and returns the look-ups in their order.
    async fn round(&self, questions: &[Question], offset: usize) -> Vec<Lookup> {
        let Some(server) = &self.server else {
            return Vec::new();
        };
        // A question that the deadline leaves no time for is not asked, rather than recorded as silence.
        if Instant::now() >= self.window.deadline {
            if questions.iter().any(decides) {
                self.tell(Event::Unasked(self.index));
            }
            return Vec::new();
        }
        let mut asked = JoinSet::new();
        for (number, question) in questions.iter().cloned().enumerate() {
            let server = server.clone();
            let mut window = self.window;
            if question.purpose == Purpose::Software {
                window.attempts = 1;
            }
            let sockets = self.sockets.clone();
            asked.spawn(async move {
                if question.sample > 0 {
                    sleep(limits::BETWEEN_SAMPLES * question.sample).await;
                }
                let Some(_reserved) = sockets.reserve(window.attempts, window.deadline).await else {
                    return (number, question, None);
                };
                let asked = exchange::ask(&question, server, window).await;
                (number, question, asked)
            });
        }
        let mut targets_left = questions
            .iter()
            .filter(|question| question.purpose == Purpose::Target)
            .count();
        let mut lookups = BTreeMap::new();
        while let Some(joined) = asked.join_next().await {
            let Ok((number, question, asked)) = joined else {
                continue;
            };
            if asked.is_none() && decides(&question) {
                self.tell(Event::Unasked(self.index));
            }
            if let Some((lookup, lingering)) = asked {
                lookups.insert(number, lookup.clone());
                let lookup = Box::new(lookup);
                self.tell(Event::Lookup(self.index, offset + number, lookup, lingering));
            }
            if question.purpose == Purpose::Target {
                targets_left -= 1;
                if targets_left == 0 {
                    self.tell(Event::TargetDone(self.index));
                }
            }
        }
        lookups.into_values().collect()
    }
}

//! All questions to all resolvers, at once.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::SocketRoute;
use super::exchange::{self, Server, Window};
use super::pace::Paces;
use super::sockets::Sockets;
use super::standing::{EarlyEnd, Live, ProbeEvent};
use super::system::{self, SystemResolver};
use super::tls::{Configurations, TlsSession};
use crate::dns::RecordType;
use crate::limits;
use crate::observation::{Lookup, Purpose, Question};
use crate::plan::{Plan, follow_up, which_host};
use crate::probed::Probed;
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
    pub route: Arc<dyn SocketRoute>,
    /// The operating system's lookup.
    pub system: Arc<dyn SystemResolver>,
    /// Whose certificates are believed where one is verified.
    pub trust: Trust,
    /// How fast each server is asked; as fast as can be where nothing is said.
    pub paces: Option<Paces>,
}

/// Something to tell a person who waits.
#[derive(Debug, Clone)]
pub enum Progress {
    /// Somebody is asked from now on, a resolver or a source of facts, and is waited for so long at most; `None` where
    /// only the end of the run ends it.
    Asking(String, Option<Duration>),
    /// A source of facts has said what it knows.
    Said(String),
    /// A resolver has answered for the target, or has not within the window.
    Answered(Box<Probed>),
}

/// Asks all resolvers and returns what came back, in the order of `resolvers`. Ends early where `interrupt`
/// does; resolvers that were not done then are marked.
pub async fn run(
    plan: &Plan,
    resolvers: &[Resolver],
    run: &Run,
    interrupt: impl Future<Output = ()>,
    progress: impl FnMut(Progress),
) -> Vec<Probed> {
    let end = async {
        interrupt.await;
        EarlyEnd::Interrupted
    };
    watched(plan, resolvers, run, &Live::default(), end, progress).await
}

/// The same as one part of a run that is looked at meanwhile. Where it ends because the rest is not worth waiting for,
/// no resolver is marked for that.
pub async fn watched(
    plan: &Plan,
    resolvers: &[Resolver],
    run: &Run,
    live: &Live,
    end: impl Future<Output = EarlyEnd>,
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
                paces: run.paces.clone(),
                session: resolver
                    .transport
                    .zip(resolver.tls.as_ref())
                    .map(|(transport, identity)| TlsSession::new(&configurations, transport, identity)),
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
    for resolver in resolvers {
        // One question has one window. The operating system's lookup has its own times, and samples follow each other.
        let has_window = resolver.address.is_some() && plan.samples <= 1;
        progress(Progress::Asking(
            resolver.name.clone(),
            has_window.then_some(run.timeout),
        ));
    }
    let part = live.begin(plan, resolvers, sockets.lingering);
    tokio::pin!(end);
    let ended = loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                None => break None,
                Some(ProbeEvent::TargetDone(index)) => progress(Progress::Answered(Box::new(live.probed(part, index)))),
                Some(event) => live.take(part, event),
            },
            ended = &mut end => break Some(ended),
        }
    };
    tasks.abort_all();
    while let Ok(event) = events.try_recv() {
        live.take(part, event);
    }
    live.close(part, ended)
}

/// Whether nothing can be said of a resolver that was not asked this. That a later sample is missing is said beside it.
fn decides(question: &Question) -> bool {
    question.purpose == Purpose::Target && question.sample == 0
}

/// Where the numbers of the questions begin that follow what a resolver says of itself: behind those of every round.
const ASIDE: usize = 1 << 16;

/// One resolver's share of the run.
struct Task {
    index: usize,
    plan: Plan,
    resolver: Resolver,
    window: Window,
    sockets: Sockets,
    server: Option<Server>,
    events: mpsc::UnboundedSender<ProbeEvent>,
}

impl Task {
    /// The receiver is gone only where the run was interrupted, and then nobody wants to know.
    fn tell(&self, event: ProbeEvent) {
        let _ = self.events.send(event);
    }

    async fn ask(self) {
        let first = self.plan.first_round(&self.resolver);
        // What is not said in time is not known, which is no false cause: neither the second round nor the end of the
        // run waits for it for long.
        let is_aside = |question: &Question| question.purpose == Purpose::Software;
        let (aside, first): (Vec<Question>, Vec<Question>) = first.into_iter().partition(is_aside);
        let (said, target) = oneshot::channel::<Vec<Lookup>>();
        // What follows depends on what was said of the endpoint alone: no control delays it.
        let follow = async {
            // Where nothing was asked, nothing follows.
            if let Ok(lookups) = target.await {
                let second = follow_up(&self.plan, &self.resolver, &lookups);
                self.round(&second, first.len() + aside.len(), None).await;
            }
        };
        let rounds = async {
            tokio::join!(self.round(&first, 0, Some(said)), follow);
        };
        let software = async {
            let about_itself = self.round(&aside, first.len(), None).await;
            self.round(&which_host(&self.resolver, &about_itself), ASIDE, None)
                .await;
        };
        tokio::pin!(rounds, software);
        let mut is_known = false;
        loop {
            tokio::select! {
                biased;
                () = &mut rounds => break,
                () = &mut software, if !is_known => is_known = true,
            }
        }
        if !is_known {
            let _ = timeout(limits::SOFTWARE_PATIENCE, software).await;
        }
        self.tell(ProbeEvent::Done(self.index));
    }

    async fn ask_system(self, system: Arc<dyn SystemResolver>) {
        if Instant::now() >= self.window.deadline {
            self.tell(ProbeEvent::Unasked(self.index));
        }
        let target = self.plan.target.clone();
        let lookup = system::lookup(system, target, self.window.deadline).await;
        if lookup.was_not_asked() {
            self.tell(ProbeEvent::Unasked(self.index));
        }
        self.tell(ProbeEvent::System(self.index, lookup));
        self.tell(ProbeEvent::TargetDone(self.index));
        self.tell(ProbeEvent::Done(self.index));
    }

    /// Asks all questions of a round at once. What is `said` of the endpoint the first time is passed on as soon as it
    /// is there. Returns what the resolver says of itself.
    async fn round(
        &self,
        questions: &[Question],
        offset: usize,
        mut said: Option<oneshot::Sender<Vec<Lookup>>>,
    ) -> Vec<Lookup> {
        let mut about_itself = Vec::new();
        let Some(server) = &self.server else {
            return about_itself;
        };
        // A question that the deadline leaves no time for is not asked, rather than recorded as silence.
        if Instant::now() >= self.window.deadline {
            if questions.iter().any(decides) {
                self.tell(ProbeEvent::Unasked(self.index));
            }
            return about_itself;
        }
        let mut asked = JoinSet::new();
        let (over_udp, is_decided) = watch::channel(false);
        for (number, question) in questions.iter().cloned().enumerate() {
            let server = server.clone();
            let mut window = self.window;
            let mut is_decided = is_decided.clone();
            if question.purpose == Purpose::Software {
                window.attempts = 1;
            }
            let sockets = self.sockets.clone();
            let (index, events) = (self.index, self.events.clone());
            asked.spawn(async move {
                if question.sample > 0 {
                    sleep(limits::BETWEEN_SAMPLES * question.sample).await;
                }
                if question.purpose == Purpose::TargetTcp {
                    let waited = Instant::now();
                    let most = window.until_the_last_try() + limits::TCP_AFTER_UDP;
                    let _ = timeout(most, is_decided.wait_for(|decided| *decided)).await;
                    // Behind a late answer, or none, there is one try, in what is left of the window or in half of it.
                    let (whole, waited) = (window.length, waited.elapsed());
                    if waited * 4 > whole {
                        window.length = whole.saturating_sub(waited).max(whole / 2);
                        window.attempts = 1;
                    }
                }
                let Some(_reserved) = sockets.reserve(window.attempts, window.deadline).await else {
                    return (number, question, None);
                };
                // No part of the window is spent on waiting for the turn.
                let turn = server.turn().await;
                if Instant::now() >= window.deadline {
                    return (number, question, None);
                }
                // As in `tell`.
                let _ = events.send(ProbeEvent::Sent(index));
                let asked = exchange::ask(&question, server, window, turn).await;
                (number, question, asked)
            });
        }
        let count = |is: fn(&Question) -> bool| questions.iter().filter(|question| is(question)).count();
        let mut targets_left = count(|question| question.purpose == Purpose::Target);
        let mut first_left = count(decides);
        let mut first = BTreeMap::new();
        while let Some(joined) = asked.join_next().await {
            let Ok((number, question, asked)) = joined else {
                continue;
            };
            if asked.is_none() && decides(&question) {
                self.tell(ProbeEvent::Unasked(self.index));
            }
            if let Some((lookup, lingering)) = asked {
                if decides(&question) {
                    first.insert(number, lookup.clone());
                }
                if question.purpose == Purpose::Software {
                    about_itself.push(lookup.clone());
                }
                let lookup = Box::new(lookup);
                self.tell(ProbeEvent::Lookup(self.index, offset + number, lookup, lingering));
            }
            if decides(&question) {
                first_left -= 1;
                if question.qtype == RecordType::A {
                    over_udp.send_replace(true);
                }
            }
            if first_left == 0
                && let Some(said) = said.take()
            {
                // Whoever waits for it is joined to this.
                let _ = said.send(std::mem::take(&mut first).into_values().collect());
            }
            if question.purpose == Purpose::Target {
                targets_left -= 1;
                if targets_left == 0 {
                    self.tell(ProbeEvent::TargetDone(self.index));
                }
            }
        }
        about_itself
    }
}

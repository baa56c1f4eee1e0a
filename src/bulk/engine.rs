//! The engine: one task that sends, receives and counts for all servers and all questions.

mod receiving;
mod sending;

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_util::StreamExt as _;
use futures_util::stream::{FuturesUnordered, Stream};
use tokio::time::{Instant, Sleep, sleep_until};

use super::lane::{Lane, PairTicket, Ticket};
use super::question::{EncodedTarget, Family};
use super::reply;
use super::socket::{BATCH, Batch, Outgoing, WakeReason};
use super::wheel::Wheel;
use super::{BulkServer, LookupOutcome, NotAsked, Options, QuestionOutcome, ServerAnswer, Summary};
use crate::dns::{AnswerKind, Name, Reply};
use crate::limits;
use crate::observation::{NetworkFailure, Transport};
use crate::probe::{self, Shortage};

/// How often a question is sent: at the start of its window, and from another port at its middle or after a failure.
const TRIES: u8 = 2;

/// A question that is under way.
#[derive(Debug)]
struct OpenQuestion {
    generation: u32,
    /// None while the number is not in use.
    target: Option<Arc<EncodedTarget>>,
    family: Family,
    lane: usize,
    /// Where the answer is put together.
    pair: u32,
    /// When it was first sent.
    first: Option<Instant>,
    tries: u8,
    /// The sockets and places at which a reply to it is waited for.
    waits: [Option<(usize, usize)>; TRIES as usize],
    /// It waits to be sent.
    queued: bool,
    /// The rest of a truncated reply is waited for.
    over_tcp: bool,
    /// It was put to a server that is given up, to see whether it answers.
    canary: bool,
    mismatched: u32,
    /// The failure that says most.
    failure: Option<Box<LookupOutcome>>,
}

/// Two outcomes that make an answer.
#[derive(Debug, Default)]
struct Pair {
    /// Numbers are used again; this tells one user from the next.
    generation: u32,
    /// Datagrams that came behind a reply.
    late: u32,
    target: usize,
    lane: usize,
    a: Option<QuestionOutcome>,
    aaaa: Option<QuestionOutcome>,
}

/// What a connection over TCP brought: whose server, which question, and the reply.
type Brought = (usize, Ticket, Option<Reply>);

pub(super) struct Engine<I, F> {
    names: I,
    /// A name that came while nobody could take it, and whether one is waited for.
    held: Option<Name>,
    starved: bool,
    /// How many names were drawn, and whether those were all.
    drawn: usize,
    exhausted: bool,
    /// The targets that not every server has begun, and the place of the first.
    targets: VecDeque<Arc<EncodedTarget>>,
    passed: usize,
    lanes: Vec<Lane>,
    window: std::time::Duration,
    questions: Vec<OpenQuestion>,
    free_questions: Vec<u32>,
    pairs: Vec<Pair>,
    free_pairs: Vec<u32>,
    /// Answers that are held back, the oldest first, and until when.
    lingering: VecDeque<(Instant, u32)>,
    wheel: Wheel,
    batch: Batch,
    outgoing: Outgoing,
    /// The questions of what is being sent.
    sending: Vec<Ticket>,
    /// Sockets to look at: server, place, and why.
    readable: Vec<(usize, usize, WakeReason)>,
    connections: FuturesUnordered<Pin<Box<dyn Future<Output = Brought>>>>,
    /// When there is something to do beside what the wheel knows.
    wake: Option<Instant>,
    on_answer: F,
}

impl<I: Stream<Item = Name> + Unpin, F: FnMut(ServerAnswer)> Engine<I, F> {
    pub(super) fn new(names: I, servers: &[BulkServer], options: &Options, on_answer: F) -> Self {
        let now = Instant::now();
        let carriers = probe::sockets_of_this_process() / servers.len().max(1);
        let lane = |server: &BulkServer| Lane::new(server.at, options, carriers.max(2));
        Self {
            names,
            held: None,
            starved: false,
            drawn: 0,
            exhausted: false,
            targets: VecDeque::new(),
            passed: 0,
            lanes: servers.iter().map(lane).collect(),
            window: options.window,
            questions: Vec::new(),
            free_questions: Vec::new(),
            pairs: Vec::new(),
            free_pairs: Vec::new(),
            lingering: VecDeque::new(),
            wheel: Wheel::new(now, options.window),
            batch: Batch::new(),
            outgoing: Outgoing::default(),
            sending: Vec::with_capacity(BATCH),
            readable: Vec::new(),
            connections: FuturesUnordered::new(),
            wake: None,
            on_answer,
        }
    }

    pub(super) async fn run(mut self) -> Summary {
        if self.lanes.is_empty() {
            return Summary {
                targets: self.names.count().await,
                servers: Vec::new(),
            };
        }
        let mut timer = Box::pin(sleep_until(Instant::now()));
        loop {
            let now = Instant::now();
            while let Some(question) = self.wheel.due(now) {
                self.due(question, now);
            }
            self.wake = None;
            self.starved = false;
            self.hand_over(now);
            let mut more = false;
            for lane in 0..self.lanes.len() {
                self.lanes[lane].close_lingering(now);
                more |= self.pass_over(lane, now);
                self.fill(lane);
            }
            self.forget_passed();
            if self.is_over() {
                break;
            }
            if more {
                tokio::task::yield_now().await;
            } else {
                self.wait(&mut timer).await;
            }
            self.receive();
        }
        let served = self.lanes.into_iter().map(|lane| super::Served {
            given_up: lane.breaker.is_open(),
            ..lane.served
        });
        Summary {
            targets: self.drawn,
            servers: served.collect(),
        }
    }

    /// Waits until something may have come, or something is due.
    async fn wait(&mut self, timer: &mut Pin<Box<Sleep>>) {
        let held_back = self.lingering.front().map(|(until, _)| *until);
        let next = [self.wheel.next(), self.wake, held_back].into_iter().flatten().min();
        if let Some(next) = next
            && timer.deadline() != next
        {
            timer.as_mut().reset(next);
        }
        self.readable.clear();
        let (lanes, readable, connections) = (&self.lanes, &mut self.readable, &mut self.connections);
        let (names, starved, held, exhausted) = (&mut self.names, self.starved, &mut self.held, &mut self.exhausted);
        let brought = std::future::poll_fn(|context| {
            if starved && let Poll::Ready(name) = names.poll_next_unpin(context) {
                *exhausted = name.is_none();
                *held = name;
                return Poll::Ready(None);
            }
            for (index, lane) in lanes.iter().enumerate() {
                for (place, carrier) in lane.carriers() {
                    if let Some(ready) = carrier.socket.poll_ready(context) {
                        readable.push((index, place, ready));
                    }
                }
            }
            if let Poll::Ready(Some(brought)) = connections.poll_next_unpin(context) {
                return Poll::Ready(Some(brought));
            }
            let is_time = next.is_some() && timer.as_mut().poll(context).is_ready();
            if is_time || !readable.is_empty() {
                return Poll::Ready(None);
            }
            Poll::Pending
        })
        .await;
        if let Some((lane, ticket, reply)) = brought {
            self.lanes[lane].connections -= 1;
            self.brought(ticket, reply);
        }
    }

    // Targets.

    /// The next target of a server. None where there is none, or the server is too far ahead of another.
    fn draw(&mut self, lane: usize) -> Option<Arc<EncodedTarget>> {
        let next = self.lanes[lane].next;
        if next == self.drawn {
            // What is held back is remembered too.
            let held_back = self.lingering.len() / self.lanes.len().max(1);
            if self.targets.len() + held_back >= limits::BULK_AHEAD {
                return None;
            }
            let name = self.next_name()?;
            self.targets.push_back(Arc::new(EncodedTarget::new(self.drawn, name)));
            self.drawn += 1;
        }
        self.lanes[lane].next += 1;
        self.targets.get(next - self.passed).map(Arc::clone)
    }

    /// The next name, where one is there now.
    fn next_name(&mut self) -> Option<Name> {
        if self.held.is_some() || self.exhausted {
            return self.held.take();
        }
        match self.names.poll_next_unpin(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(name) => {
                self.exhausted = name.is_none();
                name
            }
            Poll::Pending => {
                self.starved = true;
                None
            }
        }
    }

    /// Forgets the targets that every server has begun.
    fn forget_passed(&mut self) {
        let slowest = self.lanes.iter().map(|lane| lane.next).min().unwrap_or_default();
        self.targets.drain(..slowest - self.passed);
        self.passed = slowest;
    }

    /// Passes over the targets of a server that is given up, as far as the others are; now and then one is put to it
    /// all
    /// the same. Says whether there are more of them.
    fn pass_over(&mut self, lane: usize, now: Instant) -> bool {
        let others = self.lanes.iter().filter(|lane| !lane.breaker.is_open());
        let most = others.map(|lane| lane.next).max();
        for _ in 0..limits::BULK_AHEAD {
            let own = &mut self.lanes[lane];
            if !own.breaker.is_open() || most.is_some_and(|most| own.next >= most) {
                return false;
            }
            let asks_again = own.breaker.asks_again(now);
            let Some(target) = self.draw(lane) else {
                return !self.exhausted && !self.starved;
            };
            if asks_again {
                self.begin(lane, &target, true);
                continue;
            }
            let not_asked = || QuestionOutcome::NotAsked(NotAsked::NoReplies);
            self.lanes[lane].served.not_asked += 2;
            (self.on_answer)(ServerAnswer {
                target: target.index,
                server: lane,
                a: not_asked(),
                aaaa: not_asked(),
                late: 0,
            });
        }
        true
    }

    /// Whether everything is asked and answered. Questions that only show whether a server that is given up has come
    /// back are not waited for.
    fn is_over(&mut self) -> bool {
        let all_begun =
            self.exhausted && self.lingering.is_empty() && self.lanes.iter().all(|lane| lane.next == self.drawn);
        if !all_begun {
            return false;
        }
        let waits_for = |question: &OpenQuestion| {
            question.target.is_some() && !(question.canary && self.lanes[question.lane].breaker.is_open())
        };
        if self.lanes.iter().any(|lane| lane.outstanding > 0) {
            if self
                .lanes
                .iter()
                .all(|lane| !lane.breaker.is_open() || lane.outstanding == 0)
                || self.questions.iter().any(waits_for)
            {
                return false;
            }
            for question in 0..self.questions.len() {
                if self.questions[question].target.is_some() {
                    self.end(index_of(question), QuestionOutcome::NotAsked(NotAsked::NoReplies));
                }
            }
        }
        true
    }

    // Questions.

    /// Begins the two questions about a target.
    fn begin(&mut self, lane: usize, target: &Arc<EncodedTarget>, canary: bool) {
        let pair = self.free_pairs.pop().unwrap_or_else(|| {
            self.pairs.push(Pair::default());
            index_of(self.pairs.len() - 1)
        });
        let both = &mut self.pairs[pair as usize];
        (both.target, both.lane) = (target.index, lane);
        for family in [Family::A, Family::Aaaa] {
            let question = OpenQuestion {
                generation: 0,
                target: Some(Arc::clone(target)),
                family,
                lane,
                pair,
                first: None,
                tries: 0,
                waits: [None; TRIES as usize],
                queued: true,
                over_tcp: false,
                canary,
                mismatched: 0,
                failure: None,
            };
            let number = if let Some(number) = self.free_questions.pop() {
                let slot = &mut self.questions[number as usize];
                let generation = slot.generation.wrapping_add(1);
                *slot = OpenQuestion { generation, ..question };
                number
            } else {
                self.questions.push(question);
                index_of(self.questions.len() - 1)
            };
            let ticket = self.ticket(number);
            self.lanes[lane].ready.push_back(ticket);
            self.lanes[lane].outstanding += 1;
        }
    }

    fn ticket(&self, question: u32) -> Ticket {
        Ticket {
            question,
            generation: self.questions[question as usize].generation,
        }
    }

    /// The question of a ticket, unless it is over.
    fn valid(&mut self, ticket: Ticket) -> Option<&mut OpenQuestion> {
        let question = &mut self.questions[ticket.question as usize];
        (question.generation == ticket.generation && question.target.is_some()).then_some(question)
    }

    /// Ends a question.
    fn end(&mut self, number: u32, outcome: QuestionOutcome) {
        let question = &mut self.questions[number as usize];
        if question.target.take().is_none() {
            return;
        }
        let (lane, pair, family) = (question.lane, question.pair, question.family);
        let waits = std::mem::take(&mut question.waits);
        question.failure = None;
        self.free_questions.push(number);
        self.wheel.disarm(number);
        let own = &mut self.lanes[lane];
        for (carrier, place) in waits.into_iter().flatten() {
            own.release(carrier, place);
        }
        own.outstanding -= 1;
        match &outcome {
            QuestionOutcome::Asked(asked) => {
                own.served.asked += 1;
                own.served.answered += u64::from(asked.rcode.is_some());
            }
            QuestionOutcome::NotAsked(_) => own.served.not_asked += 1,
        }
        let both = &mut self.pairs[pair as usize];
        match family {
            Family::A => both.a = Some(outcome),
            Family::Aaaa => both.aaaa = Some(outcome),
        }
        if let (Some(a), Some(aaaa)) = (&both.a, &both.aaaa) {
            let replied = |outcome: &QuestionOutcome| outcome.asked().is_some_and(|asked| asked.rcode.is_some());
            if replied(a) || replied(aaaa) {
                self.lingering.push_back((Instant::now() + limits::UNHEARD, pair));
            } else {
                self.give_away(pair);
            }
        }
    }

    /// Hands over the answers that were held back until now.
    fn hand_over(&mut self, now: Instant) {
        while let Some((until, pair)) = self.lingering.front().copied()
            && until <= now
        {
            self.lingering.pop_front();
            self.give_away(pair);
        }
    }

    fn give_away(&mut self, pair: u32) {
        let both = &mut self.pairs[pair as usize];
        let generation = both.generation.wrapping_add(1);
        let whole = std::mem::replace(
            both,
            Pair {
                generation,
                ..Pair::default()
            },
        );
        self.free_pairs.push(pair);
        if let (Some(a), Some(aaaa)) = (whole.a, whole.aaaa) {
            (self.on_answer)(ServerAnswer {
                target: whole.target,
                server: whole.lane,
                a,
                aaaa,
                late: whole.late,
            });
        }
    }

    /// Something came behind a reply of this answer.
    fn doubt(&mut self, of: PairTicket) {
        let both = &mut self.pairs[of.pair as usize];
        if both.generation == of.generation {
            both.late = both.late.saturating_add(1);
        }
    }

    /// Ends a question with what it came to.
    fn settle(&mut self, number: u32, asked: LookupOutcome, now: Instant) {
        let question = &self.questions[number as usize];
        let rtt = question.first.map(|first| now - first);
        let (tries, mismatched, lane) = (question.tries, question.mismatched, question.lane);
        if asked.rcode.is_none() {
            self.lanes[lane].breaker.silence(now);
        }
        let rtt = rtt.filter(|_| asked.rcode.is_some());
        self.end(
            number,
            QuestionOutcome::Asked(LookupOutcome {
                tries,
                mismatched,
                rtt,
                ..asked
            }),
        );
    }

    /// Ends a question of which nothing more is waited for: with the failure that says most, else as silence.
    fn give_up(&mut self, number: u32, now: Instant) {
        let question = &mut self.questions[number as usize];
        let failure = question.failure.take().map(|failure| *failure);
        // Only replies that did not belong: something answers, but not to us.
        let silence = if question.mismatched > 0 {
            AnswerKind::Malformed
        } else {
            AnswerKind::Timeout
        };
        let asked = match failure {
            Some(failure) if rank(failure.kind) >= rank(silence) => failure,
            _ => LookupOutcome::of(silence),
        };
        self.settle(number, asked, now);
    }

    /// A try came to nothing that decides: the question is put once more, or ends when no other try of it is left.
    fn failed(&mut self, number: u32, asked: LookupOutcome, now: Instant) {
        let end = now.checked_sub(self.window);
        let ticket = self.ticket(number);
        let question = &mut self.questions[number as usize];
        let says_more = question
            .failure
            .as_ref()
            .is_none_or(|before| rank(asked.kind) > rank(before.kind));
        if says_more {
            question.failure = Some(Box::new(asked));
        }
        let is_in_time = question.first.is_none_or(|first| end.is_none_or(|end| first > end));
        if question.queued || question.over_tcp {
            return;
        }
        if question.tries < TRIES && is_in_time {
            question.queued = true;
            let lane = question.lane;
            self.lanes[lane].ready.push_front(ticket);
        } else if question.waits.iter().all(Option::is_none) {
            self.give_up(number, now);
        }
    }

    /// The timer of a question.
    fn due(&mut self, number: u32, now: Instant) {
        let ticket = self.ticket(number);
        let question = &mut self.questions[number as usize];
        let Some(first) = question.first else {
            return;
        };
        if now >= first + self.window {
            return self.give_up(number, now);
        }
        let lane = question.lane;
        let repeats = question.tries < TRIES && !question.queued && !question.over_tcp;
        question.queued |= repeats;
        self.wheel.arm(number, first + self.window);
        if repeats {
            self.lanes[lane].ready.push_front(ticket);
        }
    }

    /// The reply to a question, over UDP.
    fn replied(&mut self, number: u32, try_: usize, asked: LookupOutcome, now: Instant) {
        use AnswerKind::{Answer, NoData, NxDomain, Referral, Refused, Truncated};
        let question = &self.questions[number as usize];
        let lane = question.lane;
        self.lanes[lane].heard();
        match asked.kind {
            Answer | NoData | NxDomain | Referral | Refused => self.settle(number, asked, now),
            Truncated => {
                self.stop_waiting(number, try_);
                let ticket = self.ticket(number);
                let question = &mut self.questions[number as usize];
                question.failure = Some(Box::new(asked));
                if !question.over_tcp {
                    question.over_tcp = true;
                    self.lanes[lane].truncated.push_back(ticket);
                }
            }
            _ => {
                self.stop_waiting(number, try_);
                self.failed(number, asked, now);
            }
        }
    }

    /// What came over TCP after a truncated reply. Where nothing did, or another failure, it stays truncated.
    fn brought(&mut self, ticket: Ticket, reply: Option<Reply>) {
        use AnswerKind::{Answer, NoData, NxDomain, Referral, Refused};
        let now = Instant::now();
        let Some(question) = self.valid(ticket) else {
            return;
        };
        let (Some(target), family) = (question.target.clone(), question.family) else {
            return;
        };
        let asked = reply.map(|reply| reply::asked(&target, family, reply, Transport::Tcp));
        match asked {
            Some(asked) if matches!(asked.kind, Answer | NoData | NxDomain | Referral | Refused) => {
                self.settle(ticket.question, asked, now);
            }
            _ => self.give_up(ticket.question, now),
        }
    }

    /// A try of a question is over.
    fn stop_waiting(&mut self, number: u32, try_: usize) {
        let question = &mut self.questions[number as usize];
        if let Some((carrier, place)) = question.waits[try_].take() {
            let lane = question.lane;
            self.lanes[lane].release(carrier, place);
        }
    }
}

impl OpenQuestion {
    /// Which of its tries waits on a socket.
    fn try_at(&self, carrier: usize) -> Option<usize> {
        let is_there = |wait: &Option<(usize, usize)>| wait.is_some_and(|(place, _)| place == carrier);
        self.waits.iter().position(is_there)
    }
}

/// How much a failure says, where nothing decides.
fn rank(kind: AnswerKind) -> u8 {
    match kind {
        AnswerKind::Truncated => 5,
        AnswerKind::ServFail | AnswerKind::OtherRcode => 4,
        AnswerKind::Malformed => 3,
        AnswerKind::Unreachable => 2,
        _ => 1,
    }
}

fn unreachable(error: &io::Error) -> LookupOutcome {
    LookupOutcome {
        failure: Some(NetworkFailure::of(error)),
        ..LookupOutcome::of(AnswerKind::Unreachable)
    }
}

fn is_shortage(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || Shortage::of(error).is_some()
}

/// A number of a question or of an answer: there are no more of either than may be in flight.
fn index_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

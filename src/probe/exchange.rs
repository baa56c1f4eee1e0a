//! One question to one server, within one window.
//!
//! The question is sent at the start of the window and again, from another port, after each 1/attempts of
//! it; every socket listens until the window ends, so an answer after 4.5 s counts as it does for kubectl. Where
//! questions have to wait for their turns (`--rate`), the window is longer by that, since it is no time of the server.
//! What the lookup came to is what a Go client would get: from the tries with EDNS, over UDP, over TCP only
//! where a reply was truncated. Beside them run tries that only explain: without EDNS where the first try got
//! silence, FORMERR, NOTIMP, BADVERS or SERVFAIL, and over TCP where it got silence.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::attempt::{HeardBeside, Try};
use super::pace::{Paces, Turn};
use super::tls::TlsSession;
use super::udp::Listen;
use super::wire::{Decoded, OutgoingQuery};
use super::{Direct, SocketRoute, https, tcp, tls, udp};
use crate::dns::{AnswerKind, Mismatch, Reply};
use crate::limits;
use crate::observation::{Attempt, Lookup, Purpose, Question, Reason, Transport};

/// When and how often a question is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// How long the question may take.
    pub(super) length: Duration,
    /// How many tries it is divided into, at least 1.
    pub(super) attempts: u32,
    /// When the whole run ends; the window never goes beyond.
    pub(super) deadline: Instant,
}

impl Window {
    /// How long after the first try the last one is sent, where no reply comes.
    pub(super) fn until_the_last_try(&self) -> Duration {
        let attempts = self.attempts.max(1);
        self.length * (attempts - 1) / attempts
    }
}

/// How long after the window a try may take to notice its end.
const GRACE: Duration = Duration::from_millis(50);

/// What a try is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AttemptRole {
    /// As a Go client asks: decides the lookup.
    Deciding,
    /// The rest of a truncated reply, over TCP: decides too.
    TcpFallback,
    /// Without EDNS, or over TCP: explains.
    Diagnostic,
}

/// A socket whose reply counted, kept open until the run ends: what else arrives on it is counted then.
#[derive(Debug)]
pub(super) struct Lingering {
    attempt: usize,
    socket: UdpSocket,
    query: OutgoingQuery,
    reply: Reply,
}

/// Where the questions go.
#[derive(Clone)]
pub(super) struct Server {
    /// The address that the resolver has.
    pub(super) address: SocketAddr,
    /// Where that leads.
    pub(super) route: Arc<dyn SocketRoute>,
    /// Inside TLS, how the server is known.
    pub(super) session: Option<TlsSession>,
    /// How fast it may be asked.
    pub(super) paces: Option<Paces>,
}

impl Server {
    /// Waits until it may be asked once more.
    pub(super) async fn turn(&self) -> Option<Turn> {
        match &self.paces {
            Some(paces) => Some(paces.of(self.address).turn().await),
            None => None,
        }
    }

    /// One try.
    async fn attempt(
        &self,
        transport: Transport,
        query: &OutgoingQuery,
        end: Instant,
        listen: Listen,
        bare_header: mpsc::UnboundedSender<()>,
        turn: Option<Turn>,
    ) -> Try {
        let address = match self.route.to(self.address, transport) {
            Ok(address) => address,
            Err(error) => return Try::network(&error),
        };
        let mut turn = turn;
        if transport != Transport::Udp {
            turn.iter_mut().for_each(Turn::begin);
        }
        let said = match (transport, &self.session) {
            (Transport::Udp, _) => udp::attempt(address, query, end, listen, bare_header, turn).await,
            (Transport::Tls, Some(session)) => tls::attempt(address, session, query, end).await,
            (Transport::Https, Some(session)) => https::attempt(address, session, query, end).await,
            // A resolver inside TLS has a session: its source gives it one, and a capture is not asked.
            (Transport::Tcp | Transport::Tls | Transport::Https, _) => tcp::attempt(address, query, end, turn).await,
        };
        // Where the address leads elsewhere, this host's is not the one that a client would have.
        let local = said.local.and_then(|local| {
            if address == self.address {
                Some(local)
            } else {
                self.route.own(self.address)
            }
        });
        Try { local, ..said }
    }
}

/// Puts the question to the server and returns what it came to, and the sockets that stay open. `None` where this host
/// had not what asking needs: that says nothing about the server. The first try has its turn already.
pub(super) async fn ask(
    question: &Question,
    server: Server,
    window: Window,
    turn: Option<Turn>,
) -> Option<(Lookup, Vec<Lingering>)> {
    let start = Instant::now();
    let end = (start + window.length).min(window.deadline);
    let mut exchange = Exchange {
        question,
        server,
        turn,
        deadline: window.deadline,
        start,
        length: end.saturating_duration_since(start),
        waited: Duration::ZERO,
        end,
        over: end,
        tries: Vec::new(),
        running: JoinSet::new(),
        handles: Vec::new(),
        lingering: Vec::new(),
        answers_from_elsewhere: None,
    };
    let decided = exchange.conduct(window.attempts.max(1)).await;
    let decided = exchange.forget_unsent(decided).ok()?;
    Some(exchange.into_lookup(decided))
}

/// The lookup that messages amount to, as if they were all that its only try heard, in this order: what the exchange
/// makes of octets, without a socket.
pub(super) fn of_messages<'a>(question: &Question, id: u16, messages: impl IntoIterator<Item = &'a [u8]>) -> Lookup {
    let query = query(question, id);
    let mut heard = HeardBeside::default();
    let mut reply = None;
    for message in messages {
        let decoded = match question.transport {
            Transport::Udp => query.decode_datagram(message),
            Transport::Tcp | Transport::Tls | Transport::Https => query.decode(message),
        };
        match decoded {
            Decoded::Reply(found) => {
                reply = Some(found);
                break;
            }
            Decoded::HeaderOnly(rcode) => heard.bare_header = Some(rcode),
            Decoded::Mismatch(mismatch) => heard.mismatch(mismatch),
        }
        if heard.mismatched_replies >= limits::MISMATCHED_REPLIES {
            break;
        }
    }
    let outcome = match reply {
        Some(reply) => Try {
            heard,
            ..Try::reply(reply, None)
        },
        None => Try::silent(heard),
    };
    of_try(question, query, outcome, Duration::ZERO)
}

/// The lookup that this reply amounts to, as if it were all that its only try heard, so long after it was sent.
pub(super) fn of_reply(question: &Question, reply: Reply, rtt: Duration) -> Lookup {
    of_try(question, query(question, 0), Try::reply(reply, None), rtt)
}

fn query(question: &Question, id: u16) -> OutgoingQuery {
    OutgoingQuery {
        id,
        qname: question.qname.clone(),
        qtype: question.qtype,
        class: question.class,
        edns: true,
        checking_disabled: question.checking_disabled,
    }
}

/// The lookup whose only try came to this.
fn of_try(question: &Question, query: OutgoingQuery, outcome: Try, rtt: Duration) -> Lookup {
    let now = Instant::now();
    let mut exchange = Exchange {
        question,
        server: Server {
            address: SocketAddr::from(([127, 0, 0, 1], 53)),
            route: Arc::new(Direct),
            session: None,
            paces: None,
        },
        turn: None,
        deadline: now,
        start: now,
        length: Duration::ZERO,
        waited: Duration::ZERO,
        end: now,
        over: now,
        tries: vec![Launched {
            role: AttemptRole::Deciding,
            planned: Duration::ZERO,
            since: now,
            sent: Some(now),
            query,
            attempt: Attempt::unanswered(question.transport, true, 0.0),
            reply: None,
            done: false,
            unsent: false,
        }],
        running: JoinSet::new(),
        handles: Vec::new(),
        lingering: Vec::new(),
        answers_from_elsewhere: None,
    };
    exchange.finish(0, outcome, now + rtt);
    exchange.into_lookup(None).0
}

/// What tries tell before they end.
struct Tells {
    /// A reply was only a header.
    bare_header: mpsc::UnboundedSender<()>,
    /// A try had its turn.
    sent: mpsc::UnboundedSender<(usize, Instant)>,
}

struct Launched {
    role: AttemptRole,
    /// When it would have gone out, had no turn been waited for, from the first on.
    planned: Duration,
    /// Since when it is meant to go out, and waits for its turn.
    since: Instant,
    /// When it had its turn; `None` while it has none.
    sent: Option<Instant>,
    query: OutgoingQuery,
    attempt: Attempt,
    reply: Option<Reply>,
    done: bool,
    /// Whether this host had not what it takes to send it.
    unsent: bool,
}

struct Exchange<'a> {
    question: &'a Question,
    server: Server,
    /// The turn of the first try.
    turn: Option<Turn>,
    /// When nothing is sent any more.
    deadline: Instant,
    start: Instant,
    /// How long a server has for it.
    length: Duration,
    /// How long tries that decide have waited for their turns: no part of that is the server's time.
    waited: Duration,
    /// When the tries that decide end.
    end: Instant,
    /// When all end.
    over: Instant,
    tries: Vec<Launched>,
    /// `None` of a try that had no turn before the deadline.
    running: JoinSet<(usize, Option<Try>, Instant)>,
    handles: Vec<AbortHandle>,
    lingering: Vec<Lingering>,
    /// Replies to the question that came from another address than was asked.
    answers_from_elsewhere: Option<Reason>,
}

impl Exchange<'_> {
    /// Runs the tries. Returns the index of the one that decides, where one does.
    async fn conduct(&mut self, attempts: u32) -> Option<usize> {
        let (bare_header, mut bare_headers) = mpsc::unbounded_channel();
        let (sent, mut sends) = mpsc::unbounded_channel();
        let tells = Tells { bare_header, sent };
        let own = self.question.transport;
        // One of several tries that only explain is enough, and only the target is worth them.
        let mut evidence_wanted = self.question.purpose == Purpose::Target;
        let mut launched = 1;
        self.launch(AttemptRole::Deciding, own, true, &tells);
        loop {
            let next_try = self.start + self.waited + self.length * launched / attempts;
            let (is_any_waiting, is_deciding_waiting) = self.waiting();
            let may_retry = launched < attempts && !is_deciding_waiting;
            let over = if is_any_waiting {
                self.deadline.max(self.over)
            } else {
                self.over
            };
            let finished = tokio::select! {
                biased;
                Some((index, at)) = sends.recv() => {
                    self.sent(index, at);
                    continue;
                }
                Some(joined) = self.running.join_next() => joined,
                Some(()) = bare_headers.recv(), if evidence_wanted => {
                    evidence_wanted = false;
                    self.launch(AttemptRole::Diagnostic, own, false, &tells);
                    continue;
                }
                () = sleep_until(next_try), if may_retry => {
                    launched += 1;
                    self.launch(AttemptRole::Deciding, own, true, &tells);
                    if evidence_wanted {
                        evidence_wanted = false;
                        self.launch(AttemptRole::Diagnostic, own, false, &tells);
                        if own == Transport::Udp {
                            self.launch(AttemptRole::Diagnostic, Transport::Tcp, true, &tells);
                        }
                    }
                    continue;
                }
                // The tries end by themselves with the window, and say what they heard; this is for one that would not.
                () = sleep_until(over + GRACE) => break,
                else => break,
            };
            // A try neither panics nor is aborted while the exchange runs; were it so, it is silent.
            let Ok((index, finished, at)) = finished else {
                continue;
            };
            let kind = match finished {
                Some(finished) => self.finish(index, finished, at),
                None => self.never_sent(index),
            };
            let role = self.tries[index].role;
            if role == AttemptRole::Diagnostic {
                if self.main_is_over(launched, attempts) {
                    break;
                }
                continue;
            }
            match kind {
                AnswerKind::Answer
                | AnswerKind::NoData
                | AnswerKind::NxDomain
                | AnswerKind::Referral
                | AnswerKind::Refused
                // The same certificate and the same protocols would come again.
                | AnswerKind::Certificate
                | AnswerKind::Alpn => return Some(index),
                AnswerKind::Truncated if role == AttemptRole::Deciding && own == Transport::Udp => {
                    self.launch(AttemptRole::TcpFallback, Transport::Tcp, true, &tells);
                }
                _ => {
                    let may_be_edns = matches!(kind, AnswerKind::ServFail | AnswerKind::OtherRcode);
                    if may_be_edns && evidence_wanted {
                        evidence_wanted = false;
                        self.launch(AttemptRole::Diagnostic, own, false, &tells);
                    }
                    // A failure is asked about once more, from another port; silence waits for its turn.
                    let heard_failure = !matches!(kind, AnswerKind::Timeout);
                    let in_time = Instant::now() < self.end;
                    if heard_failure && in_time && role == AttemptRole::Deciding && launched < attempts.min(2)
                    {
                        launched += 1;
                        self.launch(AttemptRole::Deciding, own, true, &tells);
                    }
                }
            }
            if self.main_is_over(launched, attempts) && self.nothing_runs() {
                break;
            }
        }
        None
    }

    /// Whether every try that decides has ended and none will follow.
    fn main_is_over(&self, launched: u32, attempts: u32) -> bool {
        let deciding = || {
            self.tries
                .iter()
                .filter(|launch| launch.role != AttemptRole::Diagnostic)
        };
        let all_done = deciding().all(|launch| launch.done);
        let any_heard = deciding().any(|launch| launch.attempt.kind != AnswerKind::Timeout);
        all_done && (any_heard || launched >= attempts) && self.nothing_runs()
    }

    fn nothing_runs(&self) -> bool {
        self.tries.iter().all(|launch| launch.done)
    }

    /// Whether a try waits for its turn, and whether one that decides does.
    fn waiting(&self) -> (bool, bool) {
        let waiting = || self.tries.iter().filter(|launch| launch.sent.is_none() && !launch.done);
        let decides = |launch: &Launched| launch.role == AttemptRole::Deciding;
        (waiting().next().is_some(), waiting().any(decides))
    }

    /// A try has had its turn. What it waited for that is no part of its window.
    fn sent(&mut self, index: usize, at: Instant) {
        let launch = &mut self.tries[index];
        let waited = at.saturating_duration_since(launch.since);
        launch.sent = Some(at);
        launch.attempt.started_ms = milliseconds(at - self.start);
        let end = (self.end + waited).min(self.deadline);
        match launch.role {
            AttemptRole::Deciding => (self.waited, self.end) = (self.waited + waited, end),
            AttemptRole::TcpFallback => self.end = end,
            AttemptRole::Diagnostic => {}
        }
        self.over = self.over.max(end);
    }

    /// A try had no turn before the deadline.
    fn never_sent(&mut self, index: usize) -> AnswerKind {
        let launch = &mut self.tries[index];
        (launch.done, launch.unsent) = (true, true);
        launch.attempt.kind
    }

    fn launch(&mut self, role: AttemptRole, transport: Transport, edns: bool, tells: &Tells) {
        let query = OutgoingQuery {
            // RFC 8484 section 4.1: 0 inside HTTP, which pairs response and request itself.
            id: if transport == Transport::Https {
                0
            } else {
                rand::random()
            },
            qname: self.question.qname.clone(),
            qtype: self.question.qtype,
            class: self.question.class,
            edns,
            checking_disabled: self.question.checking_disabled,
        };
        let launched = Instant::now();
        let index = self.tries.len();
        // The first had its turn before the window began, and where nobody counts each has its own at once.
        let has_turn = index == 0 || self.server.paces.is_none();
        self.tries.push(Launched {
            role,
            planned: (launched - self.start).saturating_sub(self.waited),
            since: launched,
            sent: has_turn.then_some(launched),
            query: query.clone(),
            attempt: Attempt::unanswered(transport, edns, milliseconds(launched - self.start)),
            reply: None,
            done: false,
            unsent: false,
        });
        let (server, end, deadline) = (self.server.clone(), self.end, self.deadline);
        let (bare_header, sent) = (tells.bare_header.clone(), tells.sent.clone());
        let listen = match role {
            AttemptRole::Deciding | AttemptRole::TcpFallback => Listen::ToServer,
            AttemptRole::Diagnostic => Listen::ToAll,
        };
        let first = self.turn.take();
        self.handles.push(self.running.spawn(async move {
            let (turn, end) = if has_turn {
                (first, end)
            } else {
                let Ok(turn) = timeout_at(deadline, server.turn()).await else {
                    return (index, None, Instant::now());
                };
                let at = Instant::now();
                // Where nobody listens any more the try is about to be ended.
                let _ = sent.send((index, at));
                (turn, (end + (at - launched)).min(deadline))
            };
            let outcome = server.attempt(transport, &query, end, listen, bare_header, turn).await;
            (index, Some(outcome), Instant::now())
        }));
    }

    /// Records what a try came to.
    fn finish(&mut self, index: usize, mut outcome: Try, at: Instant) -> AnswerKind {
        if let Some(source) = outcome.heard.other_source {
            let from = self.server.route.from(source);
            outcome.heard.mismatch(Mismatch::OtherSource { from });
            if outcome.kind == Some(AnswerKind::Timeout) {
                outcome = Try::silent(outcome.heard);
            }
            self.answers_from_elsewhere = outcome.heard.summary();
        }
        let launch = &mut self.tries[index];
        let attempt = &mut launch.attempt;
        attempt.connected = outcome.connected;
        attempt.local = outcome.local;
        attempt.mismatched_replies = outcome.heard.mismatched_replies;
        attempt.mismatch.clone_from(&outcome.heard.first_mismatch);
        attempt.rcode = outcome.heard.bare_header;
        attempt.kind = outcome.kind.unwrap_or(AnswerKind::Timeout);
        attempt.reason = outcome.reason;
        launch.unsent = outcome
            .shortage
            .is_some_and(|shortage| shortage.is_certain(self.server.address));
        if attempt.kind == AnswerKind::Unreachable || attempt.kind.is_without_exchange() || outcome.reply.is_some() {
            attempt.rtt_ms = Some(milliseconds(at - launch.sent.unwrap_or(launch.since)));
        }
        if let Some(reply) = outcome.reply {
            let (kind, flaw) = reply.kind(&self.question.qname, self.question.qtype);
            attempt.kind = kind;
            attempt.reason = flaw.map(|flaw| Reason::Reply { flaw });
            attempt.rcode = Some(reply.rcode);
            if attempt.comes_too_late() {
                attempt.reason = outcome.heard.before_the_reply();
            }
            attempt.flags = Some(reply.flags);
            attempt.addresses = reply.addresses(&self.question.qname, self.question.qtype);
            attempt.ede.clone_from(&reply.extended_errors);
            if let Some(socket) = outcome.socket {
                self.lingering.push(Lingering {
                    attempt: index,
                    socket,
                    query: launch.query.clone(),
                    reply: reply.clone(),
                });
            }
            launch.reply = Some(reply);
        }
        launch.done = true;
        launch.attempt.kind
    }

    /// Takes out the tries that this host could not send. Returns the index of the one that decides among the others;
    /// an error where what is left decides nothing, since a try that would have is missing. Those that still wait for
    /// their turn are taken out too.
    fn forget_unsent(&mut self, decided: Option<usize>) -> Result<Option<usize>, ()> {
        for launch in &mut self.tries {
            launch.unsent |= launch.sent.is_none();
        }
        let unsent = |role| self.tries.iter().any(|launch| launch.unsent && launch.role == role);
        let main_was_sent = self
            .tries
            .iter()
            .any(|launch| !launch.unsent && launch.role == AttemptRole::Deciding);
        if decided.is_none() && (!main_was_sent || unsent(AttemptRole::TcpFallback)) {
            return Err(());
        }
        let tries = &self.tries;
        let moved = |index: usize| {
            let gone = tries[..index].iter().filter(|launch| launch.unsent).count();
            index - gone
        };
        for lingering in &mut self.lingering {
            lingering.attempt = moved(lingering.attempt);
        }
        let decided = decided.map(moved);
        self.tries.retain(|launch| !launch.unsent);
        Ok(decided)
    }

    /// The lookup, from the try that decides: the given one, else the last that heard something.
    fn into_lookup(mut self, decided: Option<usize>) -> (Lookup, Vec<Lingering>) {
        self.running.abort_all();
        for launch in &mut self.tries {
            if !launch.done && decided.is_some() {
                launch.attempt.reason = Some(Reason::AnsweredElsewhere);
            }
        }
        let decided = decided.unwrap_or_else(|| self.last_word());
        let deciding = &self.tries[decided];
        let (question, reply) = (self.question, deciding.reply.as_ref());
        let attempt = &deciding.attempt;
        let (mut kind, mut reason) = (attempt.kind, attempt.reason.clone());
        // Clients' sockets are connected, and hear nothing; what they wait for does come.
        if kind == AnswerKind::Timeout
            && let Some(elsewhere) = self.answers_from_elsewhere
        {
            (kind, reason) = (AnswerKind::Malformed, Some(elsewhere));
        }
        let lookup = Lookup {
            question: question.qname.clone(),
            qtype: question.qtype,
            class: question.class,
            purpose: question.purpose,
            sample: question.sample,
            kind,
            reason,
            rcode: reply.map(|reply| reply.rcode),
            flags: reply.map(|reply| reply.flags),
            soa: reply.and_then(Reply::soa),
            ede: attempt.ede.clone(),
            records: reply.map(|reply| reply.records.clone()).unwrap_or_default(),
            lame: reply.is_some_and(Reply::is_lame),
            addresses: attempt.addresses.clone(),
            // As whoever has no turns to wait for would see it.
            rtt_ms: attempt
                .rtt_ms
                .map(|rtt| to_the_microsecond(milliseconds(deciding.planned) + rtt)),
            transport: attempt.transport,
            attempts: self.tries.into_iter().map(|launch| launch.attempt).collect(),
        };
        (lookup, self.lingering)
    }

    /// The try that decides where none succeeded. A truncated reply whose rest did not come is truncated; a
    /// failure that was heard says more than silence.
    fn last_word(&self) -> usize {
        let rank = |launch: &Launched| match launch.attempt.kind {
            AnswerKind::Truncated => 5,
            AnswerKind::ServFail | AnswerKind::OtherRcode => 4,
            AnswerKind::Malformed
            | AnswerKind::Certificate
            | AnswerKind::Handshake
            | AnswerKind::Alpn
            | AnswerKind::HttpError => 3,
            AnswerKind::Unreachable => 2,
            _ => 1,
        };
        let mut best = 0;
        for (index, launch) in self.tries.iter().enumerate() {
            let truncated_rest = launch.role == AttemptRole::TcpFallback && launch.reply.is_none();
            if launch.role != AttemptRole::Diagnostic && !truncated_rest && rank(launch) > rank(&self.tries[best]) {
                best = index;
            }
        }
        best
    }
}

/// Counts what arrived on the sockets after the replies that counted.
pub(super) fn count_late_replies(lookup: &mut Lookup, lingering: Vec<Lingering>) {
    for late in lingering {
        let said = |reply: &Reply| {
            let mut addresses = reply.addresses(&lookup.question, lookup.qtype);
            addresses.sort();
            (reply.kind(&lookup.question, lookup.qtype).0, addresses)
        };
        let counted = said(&late.reply);
        let (heard, conflicting) = udp::drain(&late.socket, &late.query, |reply| said(reply) != counted);
        if let Some(attempt) = lookup.attempts.get_mut(late.attempt) {
            attempt.conflicting_replies += conflicting;
            attempt.mismatched_replies += heard.mismatched_replies;
            if attempt.mismatch.is_none() {
                attempt.mismatch = heard.first_mismatch;
            }
        }
    }
}

/// Milliseconds to the microsecond: finer is noise.
pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

fn to_the_microsecond(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}

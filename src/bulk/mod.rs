//! Many names to a few servers: A and AAAA of each, over UDP, and over TCP where a reply is truncated.
//!
//! For one check of many targets. It finds the targets whose answers are plain, and says of every other one only what
//! came: those are asked again by [`probe`](crate::probe), which keeps every attempt. What counts as a reply, and what
//! a question comes to, is the same in both.
//!
//! Memory does not grow with the number of names: they are drawn from an iterator as they are needed, each answer is
//! given away as soon as it is whole, and no server is more than [`limits::BULK_AHEAD`] names ahead of another.

mod breaker;
mod engine;
mod lane;
mod question;
mod reply;
mod socket;
mod wheel;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::stream::{self, Stream};

use crate::dns::{AnswerKind, Name, Rcode, Reply, Soa};
use crate::limits;
use crate::observation::{NetworkFailure, Transport};
use crate::probe::Paces;

/// A server that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkServer {
    /// What it is called. The engine only carries it along.
    pub name: String,
    /// Its address and port, over UDP and TCP.
    pub at: SocketAddr,
}

/// How the servers are asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// How fast each server is asked, over UDP and TCP, repetitions included, together with whoever else has the same.
    pub paces: Paces,
    /// How long one question may take. It is sent at the start and, from another port, at the middle.
    pub window: Duration,
    /// Questions to one server that wait for an answer, at most; at least 2 and at most [`limits::BULK_IN_FLIGHT`] are.
    pub in_flight: usize,
}

/// What one server answered about one target.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerAnswer {
    /// The target, by its place among the names, from 0.
    pub target: usize,
    /// The server, by its place among the servers.
    pub server: usize,
    /// What the question for its A records came to.
    pub a: QuestionOutcome,
    /// What the question for its AAAA records came to.
    pub aaaa: QuestionOutcome,
    /// Datagrams that came behind a reply, to the same question or to none of the socket's.
    pub late: u32,
}

/// What a question came to.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionOutcome {
    /// It was put to the server.
    Asked(LookupOutcome),
    /// It was not, and says nothing of the target.
    NotAsked(NotAsked),
}

impl QuestionOutcome {
    /// What came of it, where it was asked.
    pub fn asked(&self) -> Option<&LookupOutcome> {
        match self {
            Self::Asked(asked) => Some(asked),
            Self::NotAsked(_) => None,
        }
    }
}

/// Why a question was not put to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAsked {
    /// The server had not replied to [`limits::BULK_UNPROVEN`] questions in a row, nor to those that were put to it
    /// since, one a window.
    NoReplies,
    /// This host had no socket, no port or no buffer left for it.
    HostShortage,
}

/// What came of a question, in the words that `check` has for a lookup.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupOutcome {
    /// What it amounts to.
    pub kind: AnswerKind,
    /// The RCODE of the reply that decides, where one came.
    pub rcode: Option<Rcode>,
    /// The addresses at the name, or at the end of its aliases, without repetition.
    pub addresses: Vec<IpAddr>,
    /// The names that the name is an alias of, in the order they are met.
    pub aliases: Vec<Name>,
    /// The SOA of a negative answer.
    pub soa: Option<Soa>,
    /// The codes of Extended DNS Errors.
    pub extended_errors: Vec<u16>,
    /// The reply that decides, where one came.
    pub reply: Option<Box<Reply>>,
    /// Why nothing could be sent or heard, where [`AnswerKind::Unreachable`].
    pub failure: Option<NetworkFailure>,
    /// Over what the reply that decides came.
    pub transport: Transport,
    /// How often it was sent over UDP.
    pub tries: u8,
    /// Replies that were about its name or had its ID, and did not belong to it: guesses of somebody else, or a server
    /// that mixes its replies up.
    pub mismatched: u32,
    /// From when it was first sent until the reply that decides.
    pub rtt: Option<Duration>,
    /// Whether the server says NOERROR and nothing else, without having the zone or recursing.
    pub is_lame: bool,
    /// Whether there is something to tell of the reply beside its kind: octets that are wrong, records of other names.
    pub is_flawed: bool,
}

impl LookupOutcome {
    /// Nothing but a kind.
    fn of(kind: AnswerKind) -> Self {
        Self {
            kind,
            rcode: None,
            addresses: Vec::new(),
            aliases: Vec::new(),
            soa: None,
            extended_errors: Vec::new(),
            reply: None,
            failure: None,
            transport: Transport::Udp,
            tries: 0,
            mismatched: 0,
            rtt: None,
            is_lame: false,
            is_flawed: false,
        }
    }
}

/// What a whole run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many targets there were.
    pub targets: usize,
    /// One for each server, in their order.
    pub servers: Vec<Served>,
}

/// How one server did, in questions: two for each target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// Put to it.
    pub asked: u64,
    /// Of those, to which a reply came that could be read.
    pub answered: u64,
    /// Not put to it.
    pub not_asked: u64,
    /// Datagrams that were sent, repetitions included.
    pub sent: u64,
    /// Connections over TCP, for truncated replies.
    pub over_tcp: u64,
    /// Datagrams that belonged to no question.
    pub mismatched: u64,
    /// Whether it was given up at the end.
    pub given_up: bool,
}

/// Puts every name to every server and hands each answer over as soon as it is whole. Answers come in the order in
/// which
/// they are whole, one for each target and server, none missing.
///
/// Dropping the future ends the run; what was handed over stays. The future belongs to one thread.
pub async fn ask(
    names: impl Iterator<Item = Name>,
    servers: &[BulkServer],
    options: &Options,
    on_answer: impl FnMut(ServerAnswer),
) -> Summary {
    ask_as_they_come(stream::iter(names), servers, options, on_answer).await
}

/// The same of names that are not all there yet: so whoever takes the answers can be waited for.
pub async fn ask_as_they_come(
    names: impl Stream<Item = Name> + Unpin,
    servers: &[BulkServer],
    options: &Options,
    on_answer: impl FnMut(ServerAnswer),
) -> Summary {
    let options = Options {
        in_flight: options.in_flight.clamp(2, limits::BULK_IN_FLIGHT),
        window: options.window.min(limits::TIMEOUT),
        ..options.clone()
    };
    engine::Engine::new(names, servers, &options, on_answer).run().await
}

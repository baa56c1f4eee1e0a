//! One server: its sockets, its pace, and what waits for it.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::breaker::Breaker;
use super::socket::Connected;
use super::{Options, Served};
use crate::limits;
use crate::probe::SharedPace;

/// A question, by its number. Numbers are used again; the generation tells one user from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) question: u32,
    pub(super) generation: u32,
}

/// An answer that is put together, by its number and the generation of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PairTicket {
    pub(super) pair: u32,
    pub(super) generation: u32,
}

/// An ID that was used on a socket, the answer it is for, and the question it stands for; none once that has its reply.
#[derive(Debug)]
struct UsedId {
    id: u16,
    pair: PairTicket,
    question: Option<u32>,
}

/// A socket, with the questions that it carries.
#[derive(Debug)]
pub(super) struct Carrier {
    pub(super) socket: Connected,
    opened: Instant,
    entries: Vec<UsedId>,
    /// Entries with a question.
    pub(super) outstanding: usize,
    /// Datagrams with an ID that was never used on it.
    pub(super) strays: u32,
    /// Datagrams with the ID of a question that has its reply.
    pub(super) late: u32,
    /// It is not listened to any longer.
    given_up: bool,
    /// It takes no more questions, and is closed in a while.
    lingers: bool,
}

/// To what a datagram belongs, by its ID.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Belongs {
    To(u32),
    /// To a question that is over, of this answer.
    Over(PairTicket),
    ToNone,
}

impl Carrier {
    /// Adds a question under an ID that nobody can guess and that the socket has not used. Returns the ID and the
    /// place.
    pub(super) fn add(&mut self, question: u32, pair: PairTicket) -> (u16, usize) {
        let mut id: u16 = rand::random();
        while self.entries.iter().any(|entry| entry.id == id) {
            id = rand::random();
        }
        self.entries.push(UsedId {
            id,
            pair,
            question: Some(question),
        });
        self.outstanding += 1;
        (id, self.entries.len() - 1)
    }

    /// Takes back the question that was added last: it was not sent.
    pub(super) fn take_back(&mut self) {
        if self.entries.pop().is_some() {
            self.outstanding -= 1;
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= limits::BULK_PER_SOCKET
    }

    /// The question of a place is over.
    fn release(&mut self, place: usize) {
        if let Some(entry) = self.entries.get_mut(place)
            && entry.question.take().is_some()
        {
            self.outstanding -= 1;
        }
    }

    pub(super) fn belongs(&self, id: u16) -> Belongs {
        match self.entries.iter().find(|entry| entry.id == id) {
            Some(UsedId {
                question: Some(question),
                ..
            }) => Belongs::To(*question),
            Some(entry) => Belongs::Over(entry.pair),
            None => Belongs::ToNone,
        }
    }

    /// The answers that it carried questions of.
    pub(super) fn pairs(&self) -> impl Iterator<Item = PairTicket> {
        self.entries.iter().map(|entry| entry.pair)
    }

    /// The questions that wait on it.
    pub(super) fn questions(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().filter_map(|entry| entry.question)
    }
}

/// A server, and everything that is under way to it.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) at: SocketAddr,
    /// The target that is next, by its place among all.
    pub(super) next: usize,
    pub(super) pace: SharedPace,
    pub(super) breaker: Breaker,
    /// What is to be sent.
    pub(super) ready: VecDeque<Ticket>,
    /// Truncated replies whose rest is to be fetched.
    pub(super) truncated: VecDeque<Ticket>,
    /// Connections over TCP that are open.
    pub(super) connections: usize,
    /// Questions that were begun and have not ended.
    pub(super) outstanding: usize,
    /// How many there may be now: few until the server has answered, then more with every answer.
    allowed: usize,
    in_flight: usize,
    window: Duration,
    /// This host had no means to send: when to try again, and since when.
    pub(super) blocked: Option<Instant>,
    pub(super) short_since: Option<Instant>,
    pub(super) served: Served,
    carriers: Vec<Option<Carrier>>,
    free: Vec<usize>,
    /// The one that new questions go to.
    current: Option<usize>,
    most_carriers: usize,
    /// Sockets without a question that is waited for, the oldest first, and until when they are kept.
    lingering: VecDeque<(Instant, usize)>,
}

impl Lane {
    pub(super) fn new(at: SocketAddr, options: &Options, most_carriers: usize) -> Self {
        Self {
            at,
            next: 0,
            pace: options.paces.of(at),
            breaker: Breaker::new(options.window),
            ready: VecDeque::new(),
            truncated: VecDeque::new(),
            connections: 0,
            outstanding: 0,
            allowed: options.in_flight.min(limits::BULK_UNPROVEN),
            in_flight: options.in_flight,
            window: options.window,
            blocked: None,
            short_since: None,
            served: Served::default(),
            carriers: Vec::new(),
            free: Vec::new(),
            current: None,
            most_carriers,
            lingering: VecDeque::new(),
        }
    }

    /// How many questions may be begun. Not one by one: those that are sent together cost less.
    pub(super) fn room(&self) -> usize {
        let room = self.allowed.saturating_sub(self.outstanding);
        if room * limits::BULK_UNPROVEN < self.allowed {
            return 0;
        }
        room
    }

    /// A word of the server.
    pub(super) fn heard(&mut self) {
        if self.breaker.is_open() {
            self.allowed = self.in_flight.min(limits::BULK_UNPROVEN);
        }
        self.breaker.heard();
        self.allowed = (self.allowed + 1).min(self.in_flight);
    }

    /// The socket that the next questions go to, opened where there is none. `Ok(None)` where there are as many as may
    /// be: one of them has to end first.
    pub(super) fn carrier(&mut self, now: Instant) -> std::io::Result<Option<usize>> {
        if let Some(current) = self.current {
            let is_fresh = self.carriers[current]
                .as_ref()
                .is_some_and(|carrier| !carrier.is_full() && now < carrier.opened + self.window);
            if is_fresh {
                return Ok(Some(current));
            }
            self.retire();
        }
        if self.carriers.len() - self.free.len() >= self.most_carriers {
            let Some((_, oldest)) = self.lingering.pop_front() else {
                return Ok(None);
            };
            self.close(oldest);
        }
        let carrier = Carrier {
            socket: Connected::to(self.at)?,
            opened: now,
            entries: Vec::with_capacity(limits::BULK_PER_SOCKET),
            outstanding: 0,
            strays: 0,
            late: 0,
            given_up: false,
            lingers: false,
        };
        let place = self.free.pop().unwrap_or_else(|| {
            self.carriers.push(None);
            self.carriers.len() - 1
        });
        self.carriers[place] = Some(carrier);
        self.current = Some(place);
        Ok(Some(place))
    }

    /// The socket that new questions go to takes no more of them.
    pub(super) fn retire(&mut self) {
        if let Some(current) = self.current.take() {
            self.close_idle(current);
        }
    }

    /// A question no longer waits at this place of this socket.
    pub(super) fn release(&mut self, carrier: usize, place: usize) {
        if let Some(carrier) = self.carriers[carrier].as_mut() {
            carrier.release(place);
        }
        self.close_idle(carrier);
    }

    /// Closes a socket that takes no more questions and has none, in a while: something may follow its last reply.
    fn close_idle(&mut self, place: usize) {
        let current = self.current;
        let Some(carrier) = self.carriers[place]
            .as_mut()
            .filter(|carrier| carrier.outstanding == 0 && !carrier.lingers && current != Some(place))
        else {
            return;
        };
        if carrier.given_up {
            return self.close(place);
        }
        carrier.lingers = true;
        self.lingering.push_back((Instant::now() + limits::UNHEARD, place));
    }

    fn close(&mut self, place: usize) {
        self.carriers[place] = None;
        self.free.push(place);
    }

    /// Closes the sockets that were kept until now.
    pub(super) fn close_lingering(&mut self, now: Instant) {
        while let Some((until, place)) = self.lingering.front().copied()
            && until <= now
        {
            self.lingering.pop_front();
            self.close(place);
        }
    }

    /// Takes a socket out of use and returns the questions that wait on it, for whoever releases them.
    pub(super) fn give_up(&mut self, place: usize) -> Vec<u32> {
        if self.current == Some(place) {
            self.current = None;
        }
        let questions: Vec<u32> = self
            .get(place)
            .map_or_else(Vec::new, |carrier| carrier.questions().collect());
        if let Some(carrier) = self.get_mut(place) {
            carrier.given_up = true;
            if carrier.lingers {
                self.lingering.retain(|(_, other)| *other != place);
                self.close(place);
                return questions;
            }
        }
        self.close_idle(place);
        questions
    }

    pub(super) fn get(&self, place: usize) -> Option<&Carrier> {
        self.carriers.get(place)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut Carrier> {
        self.carriers.get_mut(place)?.as_mut()
    }

    /// The sockets that are open, with their places.
    pub(super) fn carriers(&self) -> impl Iterator<Item = (usize, &Carrier)> {
        let places = self.carriers.iter().enumerate();
        places.filter_map(|(place, carrier)| Some((place, carrier.as_ref()?)))
    }
}

//! What has come, and what each datagram means for the questions that wait.

use std::io;

use futures_util::stream::Stream;
use tokio::time::Instant;

use super::{Engine, unreachable};
use crate::bulk::lane::Belongs;
use crate::bulk::reply::{self, HeardDatagram};
use crate::bulk::socket::WakeReason;
use crate::bulk::{LookupOutcome, ServerAnswer};
use crate::dns::{AnswerKind, Name};
use crate::limits;
use crate::probe;

impl<I: Stream<Item = Name> + Unpin, F: FnMut(ServerAnswer)> Engine<I, F> {
    /// Reads what has come.
    pub(super) fn receive(&mut self) {
        let readable = std::mem::take(&mut self.readable);
        for (lane, carrier, ready) in readable.iter().copied() {
            let Some(socket) = self.lanes[lane].get(carrier).map(|carrier| &carrier.socket) else {
                continue;
            };
            if ready == WakeReason::Failed {
                match socket.error() {
                    Some(error) => self.broken(lane, carrier, error),
                    // The system has told it with a call that did not pass it on.
                    None => self.lose(
                        lane,
                        carrier,
                        &LookupOutcome::of(AnswerKind::Unreachable),
                        Instant::now(),
                    ),
                }
                continue;
            }
            match self.batch.receive(socket) {
                Ok(datagrams) => {
                    let now = Instant::now();
                    for datagram in 0..datagrams {
                        self.datagram(lane, carrier, datagram, now);
                    }
                }
                Err(error) => self.broken(lane, carrier, error),
            }
        }
        self.readable = readable;
    }

    /// One datagram.
    fn datagram(&mut self, lane: usize, carrier: usize, datagram: usize, now: Instant) {
        let octets = self.batch.received(datagram);
        // The socket may be given up by what came before.
        let Some(own) = self.lanes[lane].get_mut(carrier) else {
            return;
        };
        let id = octets.first_chunk().map(|id| u16::from_be_bytes(*id));
        let number = match id.map_or(Belongs::ToNone, |id| own.belongs(id)) {
            Belongs::To(number) => number,
            Belongs::Over(pair) => {
                own.late += 1;
                // Each question has one reply, and the network may double it.
                let is_flooded = own.late as usize > 2 * limits::BULK_PER_SOCKET;
                self.doubt(pair);
                if is_flooded {
                    self.flooded(lane, carrier, now);
                }
                return;
            }
            Belongs::ToNone => return self.stray(lane, carrier, datagram, now),
        };
        let question = &mut self.questions[number as usize];
        let (Some(target), Some(id)) = (&question.target, id) else {
            return;
        };
        match reply::read(target, question.family, id, octets) {
            HeardDatagram::Reply(asked) => {
                if let Some(try_) = question.try_at(carrier) {
                    self.replied(number, try_, asked, now);
                }
            }
            HeardDatagram::BareHeader => {}
            HeardDatagram::Mismatch => self.mismatched(number, lane, carrier, now),
        }
    }

    /// A datagram with the ID of a question, or about it, that is no reply to it.
    fn mismatched(&mut self, number: u32, lane: usize, carrier: usize, now: Instant) {
        self.lanes[lane].served.mismatched += 1;
        let question = &mut self.questions[number as usize];
        question.mismatched += 1;
        if question.mismatched.is_multiple_of(limits::MISMATCHED_REPLIES)
            && let Some(try_) = question.try_at(carrier)
        {
            self.stop_waiting(number, try_);
            self.failed(number, LookupOutcome::of(AnswerKind::Malformed), now);
        }
    }

    /// A datagram whose ID stands for nothing.
    fn stray(&mut self, lane: usize, carrier: usize, datagram: usize, now: Instant) {
        let octets = self.batch.received(datagram);
        let Some(own) = self.lanes[lane].get_mut(carrier) else {
            return;
        };
        own.strays += 1;
        let strays = own.strays;
        let about: Vec<u32> = own
            .questions()
            .filter(|number| {
                let question = &self.questions[*number as usize];
                let target = question.target.as_ref();
                target.is_some_and(|target| target.is_asked_in(question.family, octets))
            })
            .collect();
        if let Some(number) = about.first() {
            self.mismatched(*number, lane, carrier, now);
        } else {
            // About which of its questions it would be, nobody knows.
            let pairs: Vec<_> = own.pairs().collect();
            for pair in pairs {
                self.doubt(pair);
            }
            self.lanes[lane].served.mismatched += 1;
        }
        if strays >= limits::MISMATCHED_REPLIES {
            self.flooded(lane, carrier, now);
        }
    }

    /// A socket got more that belongs to nothing than is waited past.
    fn flooded(&mut self, lane: usize, carrier: usize, now: Instant) {
        self.lose(lane, carrier, &LookupOutcome::of(AnswerKind::Malformed), now);
    }

    /// A socket had an error: what ICMP says of the port, most often. It does not say of which datagram.
    pub(super) fn broken(&mut self, lane: usize, carrier: usize, error: io::Error) {
        let error = probe::of_a_datagram(error);
        self.lose(lane, carrier, &unreachable(&error), Instant::now());
    }

    /// Takes a socket out of use: the tries on it failed.
    fn lose(&mut self, lane: usize, carrier: usize, asked: &LookupOutcome, now: Instant) {
        for number in self.lanes[lane].give_up(carrier) {
            if let Some(try_) = self.questions[number as usize].try_at(carrier) {
                self.stop_waiting(number, try_);
                self.failed(number, asked.clone(), now);
            }
        }
    }
}

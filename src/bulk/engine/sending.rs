//! What may be sent to a server now, and what this host says to that.

use std::io;

use futures_util::stream::Stream;
use tokio::time::Instant;

use super::{Engine, is_shortage, unreachable};
use crate::bulk::lane::{PairTicket, Ticket};
use crate::bulk::socket::BATCH;
use crate::bulk::{LookupOutcome, NotAsked, QuestionOutcome, ServerAnswer};
use crate::dns::{AnswerKind, Name};
use crate::limits;
use crate::observation::NetworkFailure;
use crate::probe::{self, Shortage};

impl<I: Stream<Item = Name> + Unpin, F: FnMut(ServerAnswer)> Engine<I, F> {
    /// Begins and sends what may be sent to a server now.
    pub(super) fn fill(&mut self, lane: usize) {
        let now = Instant::now();
        if let Some(blocked) = self.lanes[lane].blocked.filter(|blocked| *blocked > now) {
            return self.wake_at(blocked);
        }
        self.lanes[lane].blocked = None;
        self.fetch_truncated(lane, now);
        loop {
            let now = Instant::now();
            let allowed = self.lanes[lane].pace.spare(now);
            self.draw_for(lane, allowed.min(BATCH));
            let own = &mut self.lanes[lane];
            if own.ready.is_empty() {
                return;
            }
            if allowed == 0 {
                let next = own.pace.next_spare(now, own.ready.len());
                return self.wake_at(next.unwrap_or(now));
            }
            if !self.send(lane, allowed, now) {
                return;
            }
        }
    }

    /// Begins questions until as many wait as are wanted, as far as there is room for them.
    fn draw_for(&mut self, lane: usize, wanted: usize) {
        if self.lanes[lane].breaker.is_open() {
            return;
        }
        let mut room = self.lanes[lane].room();
        // One waits for its turn, so that there is something to wait for.
        while room >= 2 && self.lanes[lane].ready.len() < wanted.max(1) {
            let Some(target) = self.draw(lane) else {
                return;
            };
            self.begin(lane, &target, false);
            room -= 2;
        }
    }

    fn wake_at(&mut self, time: Instant) {
        self.wake = Some(self.wake.map_or(time, |wake| wake.min(time)));
    }

    /// Opens connections for truncated replies.
    fn fetch_truncated(&mut self, lane: usize, now: Instant) {
        while self.lanes[lane].connections < limits::BULK_TCP {
            let own = &mut self.lanes[lane];
            if own.truncated.is_empty() {
                return;
            }
            if own.pace.spare(now) == 0 {
                let next = own.pace.next_spare(now, 1);
                return self.wake_at(next.unwrap_or(now));
            }
            let Some(ticket) = own.truncated.pop_front() else {
                return;
            };
            let (at, window) = (own.at, self.window);
            let Some(question) = self.valid(ticket) else {
                continue;
            };
            let (Some(target), Some(first)) = (&question.target, question.first) else {
                continue;
            };
            let query = target.query(question.family, rand::random());
            self.connections.push(Box::pin(async move {
                (lane, ticket, probe::over_tcp(at, &query, first + window).await)
            }));
            let own = &mut self.lanes[lane];
            own.connections += 1;
            own.served.over_tcp += 1;
            own.pace.sent(Instant::now(), 1);
        }
    }

    /// Sends up to `most` of what waits, in one batch from one socket. Says whether to go on.
    fn send(&mut self, lane: usize, most: usize, now: Instant) -> bool {
        let carrier = match self.lanes[lane].carrier(now) {
            Ok(Some(carrier)) => carrier,
            // A socket has to end first, and that is an event.
            Ok(None) => return false,
            Err(error) => return self.cannot_send(lane, &error, now),
        };
        self.outgoing.clear();
        self.sending.clear();
        let mut retires = false;
        while self.outgoing.len() < most.min(BATCH) {
            let own = &mut self.lanes[lane];
            let Some(ticket) = own.ready.pop_front() else {
                break;
            };
            let question = &mut self.questions[ticket.question as usize];
            let Some(target) = question
                .target
                .as_ref()
                .filter(|_| question.generation == ticket.generation)
            else {
                continue;
            };
            let Some(into) = own.get_mut(carrier).filter(|into| !into.is_full()) else {
                own.ready.push_front(ticket);
                break;
            };
            // Once more is from another port.
            if question.waits.iter().flatten().any(|(before, _)| *before == carrier) {
                own.ready.push_front(ticket);
                retires = true;
                break;
            }
            let pair = PairTicket {
                pair: question.pair,
                generation: self.pairs[question.pair as usize].generation,
            };
            let (id, place) = into.add(ticket.question, pair);
            question.waits[usize::from(question.tries)] = Some((carrier, place));
            self.outgoing.push(|octets| target.write(question.family, id, octets));
            self.sending.push(ticket);
        }
        let (went, error) = match self.lanes[lane].get(carrier) {
            Some(own) if !self.sending.is_empty() => self.batch.send(&own.socket, &self.outgoing),
            _ => (0, None),
        };
        let now = Instant::now();
        for ticket in self.sending.iter().take(went) {
            let question = &mut self.questions[ticket.question as usize];
            question.queued = false;
            question.tries += 1;
            let due = match question.first {
                None => {
                    question.first = Some(now);
                    now + self.window / 2
                }
                Some(first) => first + self.window,
            };
            self.wheel.arm(ticket.question, due);
        }
        let own = &mut self.lanes[lane];
        own.served.sent += went as u64;
        own.pace.sent(now, went);
        for ticket in self.sending.iter().skip(went).rev() {
            let question = &mut self.questions[ticket.question as usize];
            question.waits[usize::from(question.tries)] = None;
            own.ready.push_front(*ticket);
            if let Some(carrier) = own.get_mut(carrier) {
                carrier.take_back();
            }
        }
        if retires {
            own.retire();
        }
        let Some(error) = error else {
            own.short_since = None;
            return true;
        };
        let had_questions = own.get(carrier).is_some_and(|carrier| carrier.outstanding > 0);
        if had_questions && !is_shortage(&error) {
            // What ICMP said of those before.
            self.broken(lane, carrier, error);
            return true;
        }
        if had_questions {
            own.retire();
        } else {
            own.give_up(carrier);
        }
        self.cannot_send(lane, &error, now)
    }

    /// This host cannot send to a server: it lacks something, or does not let it. Says whether to go on.
    fn cannot_send(&mut self, lane: usize, error: &io::Error, now: Instant) -> bool {
        let own = &mut self.lanes[lane];
        let lacks = Shortage::of(error).is_some_and(|shortage| shortage.is_certain(own.at));
        if lacks || error.kind() == io::ErrorKind::WouldBlock {
            let since = *own.short_since.get_or_insert(now);
            if now < since + limits::BULK_SHORTAGE {
                own.blocked = Some(now + limits::BULK_LOOK);
                self.wake_at(now + limits::BULK_LOOK);
                return false;
            }
            own.short_since = None;
            for ticket in std::mem::take(&mut own.ready) {
                if self.valid(ticket).is_some_and(|question| question.tries == 0) {
                    self.end(ticket.question, QuestionOutcome::NotAsked(NotAsked::HostShortage));
                } else if self.valid(ticket).is_some() {
                    self.not_sent(ticket, &LookupOutcome::of(AnswerKind::Timeout), now);
                }
            }
            return true;
        }
        let asked = unreachable(&probe::of_a_datagram(io::Error::from(error.kind())));
        let asked = LookupOutcome {
            failure: Some(NetworkFailure::of(error)),
            ..asked
        };
        if let Some(ticket) = self.lanes[lane].ready.pop_front()
            && self.valid(ticket).is_some()
        {
            self.not_sent(ticket, &asked, now);
        }
        true
    }

    /// A try that could not be sent.
    fn not_sent(&mut self, ticket: Ticket, asked: &LookupOutcome, now: Instant) {
        let question = &mut self.questions[ticket.question as usize];
        question.queued = false;
        question.tries += 1;
        self.failed(ticket.question, asked.clone(), now);
    }
}

//! When questions are due: a wheel of time slots, each a list of the questions that are due in it.
//!
//! Arming, disarming and finding the next one cost the same however many are armed, and an answered question leaves
//! nothing behind: what is held is one link a question that can be under way.

use std::time::Duration;

use tokio::time::Instant;

/// The slots of the wheel: a power of two.
const SLOTS: usize = 1024;
/// Into how many ticks the longest time that is waited is divided, at most.
const TICKS: u32 = 512;
/// No question.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct WheelLink {
    next: u32,
    before: u32,
    /// The slot that it is in; [`SLOTS`] where it is in none.
    slot: usize,
}

const FREE: WheelLink = WheelLink {
    next: NONE,
    before: NONE,
    slot: SLOTS,
};

/// A timer for each question, by its number.
#[derive(Debug)]
pub(super) struct Wheel {
    start: Instant,
    tick: Duration,
    /// The first question of each slot.
    heads: Vec<u32>,
    /// Which slots have any, a bit each.
    filled: [u64; SLOTS / 64],
    links: Vec<WheelLink>,
    /// The first tick whose slot has not been emptied.
    at: u64,
    armed: usize,
}

impl Wheel {
    /// A wheel for times of up to `longest` from now on.
    pub(super) fn new(start: Instant, longest: Duration) -> Self {
        Self {
            start,
            tick: (longest / TICKS).max(Duration::from_millis(1)),
            heads: vec![NONE; SLOTS],
            filled: [0; SLOTS / 64],
            links: Vec::new(),
            at: 0,
            armed: 0,
        }
    }

    /// Sets the timer of a question to a time, or to the first tick behind it. One that is beyond the wheel's reach is
    /// due at its end.
    pub(super) fn arm(&mut self, question: u32, time: Instant) {
        self.disarm(question);
        let index = question as usize;
        if index >= self.links.len() {
            self.links.resize(index + 1, FREE);
        }
        let reach = self.at + SLOTS as u64 - 1;
        let slot = slot(self.ticks(time, true).clamp(self.at, reach));
        let next = self.heads[slot];
        if next != NONE {
            self.links[next as usize].before = question;
        }
        self.links[index] = WheelLink {
            next,
            before: NONE,
            slot,
        };
        self.heads[slot] = question;
        self.filled[slot / 64] |= 1 << (slot % 64);
        self.armed += 1;
    }

    /// Takes the timer of a question back, if it has one.
    pub(super) fn disarm(&mut self, question: u32) {
        let Some(link) = self.links.get_mut(question as usize) else {
            return;
        };
        let WheelLink { next, before, slot } = std::mem::replace(link, FREE);
        if slot == SLOTS {
            return;
        }
        if before == NONE {
            self.heads[slot] = next;
        } else {
            self.links[before as usize].next = next;
        }
        if next != NONE {
            self.links[next as usize].before = before;
        }
        if self.heads[slot] == NONE {
            self.filled[slot / 64] &= !(1 << (slot % 64));
        }
        self.armed -= 1;
    }

    /// A question that is due, with its timer taken back.
    pub(super) fn due(&mut self, now: Instant) -> Option<u32> {
        let present = self.ticks(now, false);
        while self.armed > 0 && self.at <= present {
            let question = self.heads[slot(self.at)];
            if question != NONE {
                self.disarm(question);
                return Some(question);
            }
            self.at += 1;
        }
        // With nothing armed there is nothing to walk past.
        if self.armed == 0 {
            self.at = self.at.max(present);
        }
        None
    }

    /// When the next question is due.
    pub(super) fn next(&self) -> Option<Instant> {
        if self.armed == 0 {
            return None;
        }
        let first = slot(self.at);
        // The first word twice: its bits from the present slot on, and at the end those before it.
        let words = SLOTS / 64;
        let ahead = (0..=words).find_map(|step| {
            let word = (first / 64 + step) % words;
            let mut bits = self.filled[word];
            if step == 0 {
                bits &= u64::MAX << (first % 64);
            }
            let bit = bits.trailing_zeros() as usize;
            (bits != 0).then(|| (word * 64 + bit + SLOTS - first) % SLOTS)
        })?;
        let ticks = u32::try_from(self.at + ahead as u64).unwrap_or(u32::MAX);
        Some(self.start + self.tick * ticks)
    }

    fn ticks(&self, time: Instant, up: bool) -> u64 {
        let (past, tick) = ((time - self.start).as_nanos(), self.tick.as_nanos());
        let ticks = if up { past.div_ceil(tick) } else { past / tick };
        u64::try_from(ticks).unwrap_or(u64::MAX)
    }
}

fn slot(tick: u64) -> usize {
    usize::try_from(tick % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONGEST: Duration = Duration::from_secs(5);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn questions_are_due_in_time_and_not_before() {
        let start = Instant::now();
        let mut wheel = Wheel::new(start, LONGEST);
        assert_eq!(wheel.next(), None);
        for (question, after) in [(0, 5000), (1, 2500), (2, 2500), (3, 1)] {
            wheel.arm(question, start + ms(after));
        }
        assert_eq!(wheel.due(start), None);
        assert!(wheel.next().is_some_and(|next| next > start && next <= start + ms(11)));
        assert_eq!(wheel.due(start + ms(11)), Some(3));
        assert_eq!(wheel.due(start + ms(2499)), None);
        let mut both = [wheel.due(start + ms(2511)), wheel.due(start + ms(2511))];
        both.sort();
        assert_eq!(both, [Some(1), Some(2)]);
        assert_eq!(wheel.due(start + ms(4999)), None);
        assert_eq!(wheel.due(start + ms(5011)), Some(0));
        assert_eq!(wheel.next(), None);
    }

    #[test]
    fn what_is_disarmed_is_never_due() {
        let start = Instant::now();
        let mut wheel = Wheel::new(start, LONGEST);
        for question in 0..10 {
            wheel.arm(question, start + ms(100));
        }
        for question in [0, 9, 4, 5] {
            wheel.disarm(question);
            wheel.disarm(question);
        }
        wheel.disarm(77);
        let mut due: Vec<u32> = std::iter::from_fn(|| wheel.due(start + ms(200))).collect();
        due.sort_unstable();
        assert_eq!(due, [1, 2, 3, 6, 7, 8]);
    }

    /// Against a plain list, at drawn times.
    #[test]
    fn it_agrees_with_a_list() {
        use rand::rngs::StdRng;
        use rand::{RngExt, SeedableRng};
        let mut random = StdRng::seed_from_u64(0x77_6865_656c);
        let start = Instant::now();
        let mut wheel = Wheel::new(start, LONGEST);
        let mut list: Vec<Option<Instant>> = vec![None; 64];
        let mut now = start;
        for _ in 0..50_000 {
            let question: u32 = random.random_range(0..64);
            match random.random_range(0..4) {
                0 | 1 => {
                    let time = now + ms(random.random_range(0..5000));
                    wheel.arm(question, time);
                    list[question as usize] = Some(time);
                }
                2 => {
                    wheel.disarm(question);
                    list[question as usize] = None;
                }
                _ => {
                    // Sometimes for longer than the wheel goes round.
                    let longest = if random.random_range(0..50) == 0 { 30_000 } else { 60 };
                    now += ms(random.random_range(0..longest));
                    while let Some(due) = wheel.due(now) {
                        let time = list[due as usize].take();
                        assert!(time.is_some_and(|time| time <= now), "not before its time");
                    }
                    let late = now.checked_sub(ms(10)).unwrap_or(now);
                    assert!(list.iter().flatten().all(|time| *time > late), "not late");
                    let first = list.iter().flatten().min().copied();
                    match (first, wheel.next()) {
                        (None, None) => {}
                        (Some(first), Some(next)) => assert!(next >= first && next <= first + ms(20)),
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }
}

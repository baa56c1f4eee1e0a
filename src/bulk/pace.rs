//! How fast one server is asked: evenly, and never more in any tenth of a second than the rate allows.
//!
//! Two bounds. In the long run a question every 1/rate: what a late timer missed may be made up for within a tenth of a
//! second and no later. And whatever was missed, within a tenth of a second and a little no more than a tenth of the
//! rate. The little is for the way: two questions may arrive closer to each other than they were sent.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::limits;

/// Of how many seconds' worth the questions are that are sent at once, where they can wait for each other.
const COMPANY: u32 = 200;

/// The pace of the questions to one server.
#[derive(Debug)]
pub(super) enum Pace {
    /// As fast as it answers.
    Free,
    /// Not faster than this.
    Capped(Capped),
}

/// A cap of the pace.
#[derive(Debug)]
pub(super) struct Capped {
    /// Between two questions.
    between: Duration,
    /// How many may be sent within the span.
    most: usize,
    /// How many are waited for before any is sent.
    company: u32,
    /// What was sent, and when, not longer ago than the span.
    sent: VecDeque<(Instant, usize)>,
    /// How many those are.
    recent: usize,
    /// When the next question may be sent.
    due: Instant,
}

impl Pace {
    /// A pace of `rate` questions a second; 0 has no cap.
    pub(super) fn new(rate: u32, now: Instant) -> Self {
        if rate == 0 {
            return Self::Free;
        }
        Self::Capped(Capped {
            between: Duration::from_secs(1).mul_f64(limits::PACE_SLACK) / rate,
            most: rate.div_ceil(10) as usize,
            company: (rate / COMPANY).clamp(1, limits::BULK_BATCH),
            sent: VecDeque::new(),
            recent: 0,
            due: now,
        })
    }

    /// How many questions may be sent now.
    pub(super) fn allowed(&mut self, now: Instant) -> usize {
        let Self::Capped(cap) = self else {
            return usize::MAX;
        };
        cap.forget(now);
        // What was missed longer ago than the span stays missed.
        if let Some(earliest) = now.checked_sub(limits::PACE_SPAN) {
            cap.due = cap.due.max(earliest);
        }
        if cap.due > now {
            return 0;
        }
        let missed = (now - cap.due).as_nanos() / cap.between.as_nanos().max(1) + 1;
        let missed = usize::try_from(missed).unwrap_or(usize::MAX);
        missed.min(cap.most.saturating_sub(cap.recent))
    }

    /// Notes what was sent.
    pub(super) fn sent(&mut self, now: Instant, questions: usize) {
        let Self::Capped(cap) = self else {
            return;
        };
        if questions > 0 {
            cap.sent.push_back((now, questions));
            cap.recent += questions;
            cap.due += cap.between * u32::try_from(questions).unwrap_or(u32::MAX);
        }
    }

    /// When `waiting` questions, or as many of them as go together, may be sent; `None` where that is now.
    pub(super) fn next(&mut self, now: Instant, waiting: usize) -> Option<Instant> {
        let Self::Capped(cap) = self else {
            return None;
        };
        cap.forget(now);
        let together = cap.company.min(u32::try_from(waiting).unwrap_or(u32::MAX)).max(1);
        let due = cap.due + cap.between * (together - 1);
        let free = cap
            .sent
            .front()
            .filter(|_| cap.recent >= cap.most)
            .map(|(at, _)| *at + limits::PACE_SPAN);
        let next = free.map_or(due, |free| free.max(due));
        (next > now).then_some(next)
    }
}

impl Capped {
    fn forget(&mut self, now: Instant) {
        while let Some((at, questions)) = self.sent.front().copied()
            && now >= at + limits::PACE_SPAN
        {
            self.sent.pop_front();
            self.recent -= questions;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// The time in which the rate must not be passed.
    const SPAN: Duration = Duration::from_millis(100);

    /// Sends for a while at times as a timer wakes, drawn late by up to `late`, and returns when each was sent.
    fn played(rate: u32, seconds: u64, late: Duration, seed: u64) -> Vec<Duration> {
        let mut random = StdRng::seed_from_u64(seed);
        let start = Instant::now();
        let mut pace = Pace::new(rate, start);
        let (mut now, mut sent) = (start, Vec::new());
        while now < start + Duration::from_secs(seconds) {
            let allowed = pace.allowed(now);
            pace.sent(now, allowed);
            sent.extend(std::iter::repeat_n(now - start, allowed));
            let next = pace.next(now, usize::MAX).unwrap_or(now + Duration::from_micros(1));
            assert!(next > now);
            now = next + late.mul_f64(random.random_range(0.0..1.0));
        }
        sent
    }

    fn most_in_any_tenth(sent: &[Duration]) -> usize {
        (0..sent.len())
            .map(|first| sent[first..].iter().take_while(|at| **at < sent[first] + SPAN).count())
            .max()
            .unwrap_or_default()
    }

    #[test]
    fn a_tenth_of_a_second_never_has_more_than_its_share() {
        for rate in [1, 7, 10, 15, 99, 500, 1024, 20_000] {
            for late in [0, 1, 5, 30, 300] {
                let sent = played(rate, 20, Duration::from_millis(late), u64::from(rate) + late);
                let most = most_in_any_tenth(&sent);
                assert!(
                    most <= rate.div_ceil(10) as usize,
                    "{rate} a second, late by {late}: {most}"
                );
            }
        }
    }

    #[test]
    fn the_rate_is_reached_within_five_in_a_hundred() {
        // As late as tokio's timers are, and as a busy machine makes them. A few questions a second cannot be made up
        // for: a late one moves the tenth of a second in which no other may follow.
        for (rate, late) in [(10, 1), (50, 1), (500, 1), (500, 5), (1024, 5), (20_000, 5)] {
            let sent = played(rate, 20, Duration::from_millis(late), 1).len();
            let wanted = rate as usize * 20;
            assert!(
                sent * 100 >= wanted * 95 && sent <= wanted,
                "{rate}: {sent} of {wanted}"
            );
        }
    }

    #[test]
    fn it_begins_without_a_burst_and_makes_none_after_a_pause() {
        let start = Instant::now();
        let mut pace = Pace::new(500, start);
        assert_eq!(pace.allowed(start), 1);
        pace.sent(start, 1);
        assert_eq!(pace.allowed(start), 0);
        let later = start + Duration::from_secs(60);
        let allowed = pace.allowed(later);
        assert!((48..=50).contains(&allowed), "{allowed}");
    }

    #[test]
    fn without_a_cap_nothing_is_waited_for() {
        let now = Instant::now();
        let mut pace = Pace::new(0, now);
        pace.sent(now, 1_000_000);
        assert_eq!(pace.allowed(now), usize::MAX);
        assert_eq!(pace.next(now, 1), None);
    }
}

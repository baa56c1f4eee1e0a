//! How fast one server is asked, by whoever asks it: evenly, and never more in any tenth of a second than the rate
//! allows.
//!
//! Two bounds. In the long run a question every 1/rate: what a late timer missed may be made up for within a tenth of a
//! second and no later. And whatever was missed, within a tenth of a second and a little no more than a tenth of the
//! rate. The little is for the way: two questions may arrive closer to each other than they were sent.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::limits;

/// Of how many seconds' worth the questions are that are sent at once, where they can wait for each other.
const COMPANY: u32 = 200;

/// The paces of all servers of a run, each known by its address. A clone is the same paces.
#[derive(Debug, Clone)]
pub struct Paces {
    /// Questions a second to one server; 0 has no cap.
    rate: u32,
    known: Arc<Mutex<BTreeMap<SocketAddr, SharedPace>>>,
}

impl Paces {
    /// At most `rate` questions a second to one server; 0 has no cap.
    pub fn new(rate: u32) -> Self {
        Self {
            rate,
            known: Arc::default(),
        }
    }

    /// The pace of this server.
    pub(crate) fn of(&self, server: SocketAddr) -> SharedPace {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = known.entry(server).or_insert_with(|| SharedPace {
            pace: Arc::new(Mutex::new(Pace::new(self.rate, Instant::now()))),
            next: Arc::default(),
            waiting: Arc::default(),
        });
        pace.clone()
    }
}

/// The pace of one server, for all who ask it.
#[derive(Debug, Clone)]
pub(crate) struct SharedPace {
    pace: Arc<Mutex<Pace>>,
    /// Whoever is next waits for the time, and the others wait for whoever is next.
    next: Arc<tokio::sync::Mutex<()>>,
    /// How many wait.
    waiting: Arc<AtomicUsize>,
}

/// Somebody who waits for a turn.
struct WaitingTurn<'a>(&'a AtomicUsize);

impl Drop for WaitingTurn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SharedPace {
    /// How many questions may be sent now by somebody who sends many: whoever waits for a turn goes before.
    pub(crate) fn spare(&self, now: Instant) -> usize {
        let waiting = self.waiting.load(Ordering::Relaxed);
        self.lock().allowed(now).saturating_sub(waiting)
    }

    /// When `waiting` questions of somebody who sends many may be sent; `None` where that is now.
    pub(crate) fn next_spare(&self, now: Instant, waiting: usize) -> Option<Instant> {
        let next = self.lock().next(now, waiting);
        if self.waiting.load(Ordering::Relaxed) == 0 {
            return next;
        }
        Some(next.unwrap_or(now).max(now + limits::TICK))
    }

    /// Notes what was sent without a turn.
    pub(crate) fn sent(&self, now: Instant, questions: usize) {
        self.lock().sent(now, questions);
    }

    fn lock(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the server may be asked once more.
    pub(super) async fn turn(&self) -> Turn {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waits = WaitingTurn(&self.waiting);
        let _next = self.next.lock().await;
        while let Some(at) = self.take(Instant::now()) {
            sleep_until(at).await;
        }
        Turn {
            pace: Some(Arc::clone(&self.pace)),
            begun: None,
        }
    }

    /// Takes a turn now; `Some` where it has to wait, and until when.
    fn take(&self, now: Instant) -> Option<Instant> {
        let mut pace = self.lock();
        if pace.allowed(now) > 0 {
            pace.promise();
            return None;
        }
        pace.next(now, 1)
    }
}

/// One question that may be sent. It counts from when it was given until a tenth of a second after it was sent: on a
/// busy host that is later, and several may be sent at once then. Dropped before it was sent, it is given back.
#[derive(Debug)]
pub(super) struct Turn {
    pace: Option<Arc<Mutex<Pace>>>,
    /// When the connection was begun on which the question is sent.
    begun: Option<Instant>,
}

impl Turn {
    /// Notes that a connection for the question is begun now. It may take long, and nobody waits for its end.
    pub(super) fn begin(&mut self) {
        if let Some(pace) = &self.pace {
            let now = Instant::now();
            pace.lock().unwrap_or_else(PoisonError::into_inner).kept(now);
            self.begun = Some(now);
        }
    }

    /// Notes that the connection was never begun after all: this host had no route for it. So the turn is given back.
    pub(super) fn unbegun(mut self) {
        if let (Some(pace), Some(begun)) = (&self.pace, self.begun.take()) {
            pace.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .promised_again(begun);
        }
    }

    /// Notes that the question was sent now.
    pub(super) fn sent(mut self) {
        if let Some(pace) = self.pace.take() {
            let mut pace = pace.lock().unwrap_or_else(PoisonError::into_inner);
            match self.begun {
                Some(begun) => pace.moved(begun, Instant::now()),
                None => pace.kept(Instant::now()),
            }
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(pace) = self.pace.take().filter(|_| self.begun.is_none()) {
            pace.lock().unwrap_or_else(PoisonError::into_inner).given_back();
        }
    }
}

/// The pace of the questions to one server.
#[derive(Debug)]
enum Pace {
    /// As fast as it answers.
    Free,
    /// Not faster than this.
    Capped(Capped),
}

/// A cap of the pace.
#[derive(Debug)]
struct Capped {
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
    /// How many have their turn and are not sent yet.
    promised: usize,
    /// When the next question may be sent.
    due: Instant,
}

impl Pace {
    /// A pace of `rate` questions a second; 0 has no cap.
    fn new(rate: u32, now: Instant) -> Self {
        if rate == 0 {
            return Self::Free;
        }
        Self::Capped(Capped {
            between: Duration::from_secs(1).mul_f64(limits::PACE_SLACK) / rate,
            most: rate.div_ceil(10) as usize,
            company: (rate / COMPANY).clamp(1, limits::BULK_BATCH),
            sent: VecDeque::new(),
            recent: 0,
            promised: 0,
            due: now,
        })
    }

    /// How many questions may be sent now.
    fn allowed(&mut self, now: Instant) -> usize {
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
        missed.min(cap.most.saturating_sub(cap.taken()))
    }

    /// Gives a turn.
    fn promise(&mut self) {
        if let Self::Capped(cap) = self {
            cap.promised += 1;
            cap.due += cap.between;
        }
    }

    /// The question of a turn was sent.
    fn kept(&mut self, now: Instant) {
        if let Self::Capped(cap) = self {
            cap.promised -= 1;
            cap.sent.push_back((now, 1));
            cap.recent += 1;
        }
    }

    /// The question whose connection was begun then is sent now.
    fn moved(&mut self, begun: Instant, now: Instant) {
        if let Self::Capped(cap) = self {
            cap.take_back(begun);
            cap.sent.push_back((now, 1));
            cap.recent += 1;
        }
    }

    /// The question whose connection was said to be begun then has its turn, and nothing is sent yet.
    fn promised_again(&mut self, begun: Instant) {
        if let Self::Capped(cap) = self {
            cap.take_back(begun);
            cap.promised += 1;
        }
    }

    /// The question of a turn will not be sent.
    fn given_back(&mut self) {
        if let Self::Capped(cap) = self {
            cap.promised -= 1;
            cap.due = cap.due.checked_sub(cap.between).unwrap_or(cap.due);
        }
    }

    /// Notes what was sent without a turn.
    fn sent(&mut self, now: Instant, questions: usize) {
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
    fn next(&mut self, now: Instant, waiting: usize) -> Option<Instant> {
        let Self::Capped(cap) = self else {
            return None;
        };
        cap.forget(now);
        let together = cap.company.min(u32::try_from(waiting).unwrap_or(u32::MAX)).max(1);
        let due = cap.due + cap.between * (together - 1);
        let free = (cap.taken() >= cap.most).then(|| {
            // Those that are to be sent are so at once.
            let oldest = cap.sent.front().map(|(at, _)| *at + limits::PACE_SPAN);
            oldest.unwrap_or(now + limits::TICK)
        });
        let next = free.map_or(due, |free| free.max(due));
        (next > now).then_some(next)
    }
}

impl Capped {
    /// How many count within the span.
    fn taken(&self) -> usize {
        self.recent + self.promised
    }

    /// Takes a question back that was counted as sent at this time, where it still counts.
    fn take_back(&mut self, at: Instant) {
        let mut sent = self.sent.iter_mut();
        if let Some(then) = sent.find(|(then, questions)| *then == at && *questions > 0) {
            then.1 -= 1;
            self.recent -= 1;
        }
    }

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

    /// The most that were sent within [`SPAN`] of any of them. The times are in order.
    fn most_in_any_tenth(sent: &[Duration]) -> usize {
        let mut end = 0;
        let mut most = 0;
        for (first, begin) in sent.iter().enumerate() {
            while sent.get(end).is_some_and(|at| *at < *begin + SPAN) {
                end += 1;
            }
            most = most.max(end - first);
        }
        most
    }

    /// A connection that this host has no route for takes nothing of the rate; one that was begun keeps its turn.
    #[test]
    fn a_connection_that_was_not_begun_gives_its_turn_back() {
        let now = Instant::now();
        let begun = || {
            let mut pace = Pace::new(10, now);
            assert_eq!(pace.allowed(now), 1);
            pace.promise();
            pace.kept(now);
            pace
        };
        assert_eq!(begun().allowed(now), 0);
        let mut pace = begun();
        pace.promised_again(now);
        assert_eq!(pace.allowed(now), 0);
        pace.given_back();
        assert_eq!(pace.allowed(now), 1);
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
    fn turns_and_batches_share_the_pace() {
        let paces = Paces::new(500);
        let server = SocketAddr::from(([127, 0, 0, 1], 53));
        let start = Instant::now();
        let (mut now, mut sent) = (start, Vec::new());
        while now < start + Duration::from_secs(5) {
            while let Some(at) = paces.of(server).take(now) {
                assert!(at > now);
                now = at;
            }
            paces.of(server).lock().kept(now);
            sent.push(now - start);
            now += Duration::from_millis(3);
            let pace = paces.clone().of(server);
            let many = pace.spare(now);
            pace.sent(now, many);
            sent.extend(std::iter::repeat_n(now - start, many));
        }
        assert!(most_in_any_tenth(&sent) <= 50);
        assert!((2375..=2500).contains(&sent.len()), "{}", sent.len());
    }

    #[test]
    fn what_is_sent_later_than_its_turn_counts_from_then() {
        let start = Instant::now();
        let mut pace = Pace::new(500, start);
        let mut now = start;
        let (mut promised, mut sent) = (0, Vec::new());
        // A host that is busy for 90 ms gives the turns in time, and sends all of them at its end.
        for _ in 0..20 {
            let busy_until = now + Duration::from_millis(90);
            while now < busy_until {
                if pace.allowed(now) > 0 {
                    pace.promise();
                    promised += 1;
                }
                now += Duration::from_millis(1);
            }
            for _ in 0..std::mem::take(&mut promised) {
                pace.kept(now);
                sent.push(now - start);
            }
        }
        assert!(most_in_any_tenth(&sent) <= 50, "{}", most_in_any_tenth(&sent));
        // Of two ends that are 90 ms apart one may have its share.
        assert!(sent.len() >= 500, "{}", sent.len());
    }

    #[test]
    fn on_a_connection_a_question_counts_from_when_it_is_sent() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut pace = Pace::new(10, start);
        pace.promise();
        pace.kept(start);
        pace.moved(start, at(60));
        assert_eq!(pace.allowed(at(110)), 0);
        assert!(pace.next(at(110), 1).is_some_and(|next| next == at(161)));
        assert_eq!(pace.allowed(at(161)), 1);
        // One that is sent when its beginning counts no more, counts all the same.
        pace.moved(start, at(300));
        assert_eq!(pace.allowed(at(310)), 0);
        assert_eq!(pace.allowed(at(401)), 1);
    }

    #[test]
    fn a_turn_that_is_not_used_is_given_back() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start);
        pace.promise();
        assert_eq!(pace.allowed(start), 0);
        assert!(pace.next(start, 1).is_some());
        pace.given_back();
        assert_eq!(pace.allowed(start), 1);
        pace.promise();
        pace.kept(start);
        assert_eq!(pace.allowed(start + Duration::from_millis(100)), 0);
        assert_eq!(pace.allowed(start + Duration::from_millis(102)), 1);
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

//! How fast one server is asked: no more than so many questions in any tenth of a second, retries included.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Instant, sleep_until};

use crate::limits;

/// The paces of all servers of a run, each known by its address.
#[derive(Debug, Clone)]
pub struct Paces {
    /// Questions in [`limits::RATE_WINDOW`].
    most: usize,
    known: Arc<Mutex<BTreeMap<SocketAddr, Pace>>>,
}

/// When a server was asked last: as many times as may be within a window.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace(Arc<Mutex<VecDeque<Instant>>>);

impl Paces {
    /// At most `rate` questions a second to one server.
    pub fn new(rate: u32) -> Self {
        let windows = limits::SECOND.as_millis() / limits::RATE_WINDOW.as_millis().max(1);
        let most = u128::from(rate) / windows.max(1);
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX).max(1),
            known: Arc::default(),
        }
    }

    /// Waits until the server may be asked once more.
    pub(super) async fn turn(&self, server: SocketAddr) {
        let pace = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry(server).or_default().clone()
        };
        while let Some(at) = pace.take(self.most, Instant::now()) {
            sleep_until(at).await;
        }
    }
}

impl Pace {
    /// Takes a turn now; `Some` where it has to wait, and until when.
    fn take(&self, most: usize, now: Instant) -> Option<Instant> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while asked
            .front()
            .is_some_and(|first| now.saturating_duration_since(*first) > limits::RATE_WINDOW)
        {
            asked.pop_front();
        }
        if asked.len() < most {
            asked.push_back(now);
            return None;
        }
        // A clock of milliseconds wakes within the next one.
        asked.front().map(|first| *first + limits::RATE_WINDOW + limits::TICK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn no_tenth_of_a_second_has_more_than_its_share() {
        let pace = Pace::default();
        let start = Instant::now();
        let mut sent: Vec<Instant> = Vec::new();
        let mut now = start;
        for _ in 0..500 {
            while let Some(at) = pace.take(50, now) {
                assert!(at > now);
                now = at;
            }
            sent.push(now);
            now += Duration::from_micros(700);
        }
        for (first, last) in sent.iter().zip(sent.iter().skip(50)) {
            assert!(*last - *first > limits::RATE_WINDOW);
        }
        // And not much slower than it may be.
        assert!(*sent.last().unwrap_or(&start) - start < Duration::from_millis(1200));
    }
}

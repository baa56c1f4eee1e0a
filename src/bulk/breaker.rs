//! Whether a server is worth asking: after eight questions in a row without a word it is not, until one of the
//! questions that are still put to it, one a window, is answered.

use std::time::Duration;

use tokio::time::Instant;

use crate::limits;

/// What is known of a server's silence.
#[derive(Debug)]
pub(super) struct Breaker {
    window: Duration,
    /// Questions in a row that ended without a word.
    silent: usize,
    /// Where it is given up: when it is asked again.
    again: Option<Instant>,
}

impl Breaker {
    pub(super) fn new(window: Duration) -> Self {
        Self {
            window,
            silent: 0,
            again: None,
        }
    }

    /// A word of the server.
    pub(super) fn heard(&mut self) {
        self.silent = 0;
        self.again = None;
    }

    /// A question that ended without one.
    pub(super) fn silence(&mut self, now: Instant) {
        self.silent += 1;
        if self.silent >= limits::BULK_UNPROVEN && self.again.is_none() {
            self.again = Some(now + self.window);
        }
    }

    /// Whether the server is given up.
    pub(super) fn is_open(&self) -> bool {
        self.again.is_some()
    }

    /// Whether a server that is given up is to be asked one question now; notes that it is.
    pub(super) fn asks_again(&mut self, now: Instant) -> bool {
        let is_time = self.again.is_some_and(|again| again <= now);
        if is_time {
            self.again = Some(now + self.window);
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(5);

    #[test]
    fn eight_questions_without_a_word_and_one_each_window() {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(WINDOW);
        for _ in 0..7 {
            breaker.silence(now);
            assert!(!breaker.is_open());
        }
        breaker.silence(now);
        assert!(breaker.is_open());
        assert!(!breaker.asks_again(now));
        for _ in 0..3 {
            now += WINDOW;
            assert!(breaker.asks_again(now));
            assert!(!breaker.asks_again(now));
            breaker.silence(now);
        }
        breaker.heard();
        assert!(!breaker.is_open());
    }

    #[test]
    fn a_word_between_them_is_enough() {
        let mut breaker = Breaker::new(WINDOW);
        for _ in 0..100 {
            for _ in 0..7 {
                breaker.silence(Instant::now());
            }
            breaker.heard();
        }
        assert!(!breaker.is_open());
    }
}

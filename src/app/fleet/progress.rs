//! How far a run of many targets is, on a terminal.

use std::time::Duration;

use tokio::time::Instant;

use super::super::output;
use crate::cli::args::OutputArgs;
use crate::limits;

/// One line on standard error that is written over.
pub(super) struct ProgressLine {
    on: bool,
    total: usize,
    done: usize,
    broken: usize,
    began: Instant,
    shown: Option<Instant>,
}

impl ProgressLine {
    /// Shows something only where a person looks on.
    pub(super) fn new(args: &OutputArgs, total: usize) -> Self {
        Self {
            on: !args.quiet && output::is_watched(),
            total,
            done: 0,
            broken: 0,
            began: Instant::now(),
            shown: None,
        }
    }

    /// One more target is done.
    pub(super) fn done(&mut self, is_broken: bool) {
        self.done += 1;
        self.broken += usize::from(is_broken);
        let now = Instant::now();
        if !self.on || self.shown.is_some_and(|shown| now - shown < limits::PROGRESS) {
            return;
        }
        self.shown = Some(now);
        output::over(&line(self.done, self.total, self.broken, now - self.began));
    }

    /// Takes the line away.
    pub(super) fn end(&mut self) {
        if self.on && self.shown.is_some() {
            output::over("");
        }
    }
}

/// `120 of 1000, 3 broken, 12s left`.
fn line(done: usize, total: usize, broken: usize, elapsed: Duration) -> String {
    let each = elapsed
        .checked_div(u32::try_from(done).unwrap_or(u32::MAX))
        .unwrap_or_default();
    let left = each.saturating_mul(u32::try_from(total - done.min(total)).unwrap_or(u32::MAX));
    let left = humantime::format_duration(Duration::from_secs(left.as_secs()));
    let broken = if broken > 0 {
        format!(", {broken} broken")
    } else {
        String::new()
    };
    format!("{done} of {total}{broken}, {left} left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_by_what_is_done() {
        let seconds = Duration::from_secs;
        assert_eq!(line(250, 1000, 3, seconds(5)), "250 of 1000, 3 broken, 15s left");
        assert_eq!(line(1, 1, 0, seconds(5)), "1 of 1, 0s left");
        assert_eq!(line(0, 0, 0, seconds(5)), "0 of 0, 0s left");
    }
}

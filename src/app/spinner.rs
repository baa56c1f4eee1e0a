//! What is waited for, at the foot of a terminal: one line on standard error, with the time that is left. It goes
//! before anything else is written there.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::output;
use crate::cli::args::OutputArgs;
use crate::probe::Progress;
use crate::render::text;

/// Between two drawings.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// A run that is over by then shows nothing that flickers.
const SOON: Duration = Duration::from_millis(300);
/// Names that are shown. Of more, how many.
const NAMES: usize = 3;

/// Whether the line is on the terminal: a second Ctrl-C ends the program from another thread.
static DRAWN: AtomicBool = AtomicBool::new(false);

/// The line.
pub(super) struct Spinner {
    on: bool,
    frames: &'static [&'static str],
    began: Instant,
    within: Duration,
    /// Who has not answered yet, in the order in which they were asked.
    waiting: Vec<String>,
    turn: usize,
}

impl Spinner {
    /// One for a run that takes at most `within`; without that, none is shown. Only where a person looks on: standard
    /// error is a terminal that can move its cursor, and no job of a pipeline. It has no colour, so NO_COLOR changes
    /// nothing.
    pub(super) fn new(args: &OutputArgs, within: Option<Duration>) -> Self {
        let on = within.is_some()
            && !args.quiet
            && io::stderr().is_terminal()
            && output::can_move_cursor()
            && !output::is_in_a_pipeline();
        Self {
            on,
            frames: if args.ascii {
                &["-", "\\", "|", "/"]
            } else {
                &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
            },
            began: Instant::now(),
            within: within.unwrap_or_default(),
            waiting: Vec::new(),
            turn: 0,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Takes what has happened.
    pub(super) fn take(&mut self, progress: &Progress) {
        match progress {
            Progress::Asking(name) => self.waiting.push(name.clone()),
            Progress::Answered(probed) => self.waiting.retain(|name| *name != probed.resolver.name),
            Progress::Said(name) => self.waiting.retain(|other| other != name),
        }
    }

    /// Draws the line anew.
    pub(super) fn draw(&mut self) {
        let elapsed = self.began.elapsed();
        if !self.on || elapsed < SOON {
            return;
        }
        self.turn = self.turn.wrapping_add(1);
        let frame = self.frames[self.turn % self.frames.len()];
        let line = line(frame, &self.waiting, elapsed, self.within, output::columns_of_stderr());
        DRAWN.store(true, Ordering::SeqCst);
        let _ = write!(io::stderr().lock(), "\r{line}\x1b[K");
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        clear();
    }
}

/// Takes the line away, where it is there.
pub(super) fn clear() {
    if DRAWN.swap(false, Ordering::SeqCst) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(b"\r\x1b[K").and_then(|()| stderr.flush());
    }
}

/// `⠋ waiting for local, inbound-1 and 2 more, 11s left`, no wider than the terminal.
fn line(frame: &str, waiting: &[String], elapsed: Duration, within: Duration, columns: usize) -> String {
    let mut line = format!("{frame} waiting");
    if let Some(shown) = waiting
        .get(..waiting.len().min(NAMES))
        .filter(|shown| !shown.is_empty())
    {
        line.push_str(" for ");
        line.push_str(&text::escape(&shown.join(", ")));
        if waiting.len() > NAMES {
            let _ = write!(line, " and {} more", waiting.len() - NAMES);
        }
    }
    let left = format!(", {}s left", within.saturating_sub(elapsed).as_secs());
    let room = columns.saturating_sub(left.width() + 1);
    format!("{}{left}", text::fit(&line, room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_for_whom_and_how_long_yet() {
        let names = |count: usize| (1..=count).map(|n| format!("r{n}")).collect::<Vec<_>>();
        let (elapsed, within) = (Duration::from_millis(4200), Duration::from_secs(15));
        assert_eq!(line("-", &[], elapsed, within, 80), "- waiting, 10s left");
        assert_eq!(
            line("-", &names(2), elapsed, within, 80),
            "- waiting for r1, r2, 10s left"
        );
        assert_eq!(
            line("-", &names(5), elapsed, within, 80),
            "- waiting for r1, r2, r3 and 2 more, 10s left"
        );
        assert_eq!(
            line("-", &names(1), within * 2, within, 80),
            "- waiting for r1, 0s left"
        );
        for columns in [20, 40] {
            let long = vec!["日本語\u{1b}[2J".repeat(20)];
            let line = line("⠋", &long, elapsed, within, columns);
            assert!(line.width() < columns && !line.contains('\u{1b}'), "{line}");
        }
    }
}

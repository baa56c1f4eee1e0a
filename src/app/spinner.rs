//! What is waited for, at the foot of a terminal: one line on standard error, with the time that is left. It goes
//! before anything else is written there.

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
    /// Who has not answered yet, in the order in which they were asked, and until when each is waited for.
    waiting: Vec<(String, Instant)>,
    /// Whether anybody was named yet.
    has_begun: bool,
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
            has_begun: false,
            turn: 0,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// Takes what has happened.
    pub(super) fn take(&mut self, progress: &Progress) {
        match progress {
            Progress::Asking(name, most) => {
                self.has_begun = true;
                let end = self.began + self.within;
                let own = most.map_or(end, |most| (Instant::now() + most).min(end));
                self.waiting.push((name.clone(), own));
            }
            Progress::Answered(probed) => self.waiting.retain(|(name, _)| *name != probed.resolver.name),
            Progress::Said(name) => self.waiting.retain(|(other, _)| other != name),
        }
    }

    /// Until when what is waited for may take. Once all have answered, their further questions are short, and no time
    /// is said.
    fn until(&self) -> Option<Instant> {
        let last = self.waiting.iter().map(|(_, until)| *until).max();
        last.or_else(|| (!self.has_begun).then(|| self.began + self.within))
    }

    /// Draws the line anew.
    pub(super) fn draw(&mut self) {
        if !self.on || self.began.elapsed() < SOON {
            return;
        }
        self.turn = self.turn.wrapping_add(1);
        let frame = self.frames[self.turn % self.frames.len()];
        let names: Vec<&str> = self.waiting.iter().map(|(name, _)| name.as_str()).collect();
        let left = self
            .until()
            .map(|until| until.saturating_duration_since(Instant::now()));
        let line = line(frame, &names, left, output::columns_of_stderr());
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

/// `⠋ waiting for local, inbound-1 and 2 more, 11s left`, no wider than the terminal: with as many names as it has room
/// for.
fn line(frame: &str, waiting: &[&str], left: Option<Duration>, columns: usize) -> String {
    // The last second counts until it is over, and then nothing is left to say.
    let left = left
        .map(|left| left.as_millis().div_ceil(1000))
        .filter(|left| *left > 0);
    let left = left.map_or_else(String::new, |left| format!(", {left}s left"));
    let room = columns.saturating_sub(left.width() + 1);
    let alone = format!("{frame} waiting");
    let with = |count: usize| {
        let names = text::escape(&waiting[..count].join(", "));
        match waiting.len() - count {
            0 => format!("{alone} for {names}"),
            more => format!("{alone} for {names} and {more} more"),
        }
    };
    let most = waiting.len().min(NAMES);
    let whole = (1..=most).rev().map(with).find(|line| line.width() <= room);
    let line = whole.unwrap_or_else(|| {
        // The beginning of one name, if it begins at all.
        let begun = if most > 0 { with(1) } else { alone.clone() };
        let begun = text::fit(&begun, room);
        let is_named = begun.len() > alone.len() + " for ".len();
        if is_named { begun } else { text::fit(&alone, room) }.to_owned()
    });
    format!("{line}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_for_whom_and_how_long_yet() {
        let names = ["r1", "r2", "r3", "r4", "r5"];
        let left = Some(Duration::from_millis(10_800));
        assert_eq!(line("-", &[], left, 80), "- waiting, 11s left");
        assert_eq!(line("-", &[], None, 80), "- waiting");
        assert_eq!(line("-", &names[..2], left, 80), "- waiting for r1, r2, 11s left");
        assert_eq!(
            line("-", &names, left, 80),
            "- waiting for r1, r2, r3 and 2 more, 11s left"
        );
        // The last second is one, and behind it nothing is left.
        let last = |left| line("-", &names[..1], Some(left), 80);
        assert_eq!(last(Duration::from_millis(999)), "- waiting for r1, 1s left");
        assert_eq!(last(Duration::ZERO), "- waiting for r1");
        // Where the terminal has no room for a name, none is begun.
        let narrow = |columns| line("-", &names[..2], left, columns);
        assert_eq!(narrow(31), "- waiting for r1, r2, 11s left");
        assert_eq!(narrow(30), "- waiting for r1 an, 11s left");
        assert_eq!(narrow(24), "- waiting, 11s left");
        assert_eq!(narrow(12), "-, 11s left");
        for columns in [20, 40] {
            let long = "日本語\u{1b}[2J".repeat(20);
            let line = line("⠋", &[&long], left, columns);
            assert!(line.width() < columns && !line.contains('\u{1b}'), "{line}");
        }
    }

    #[test]
    fn the_time_left_is_that_of_who_is_waited_for() {
        let began = Instant::now();
        let mut spinner = Spinner {
            on: false,
            frames: &["-"],
            began,
            within: Duration::from_secs(300),
            waiting: Vec::new(),
            has_begun: false,
            turn: 0,
        };
        let left = |spinner: &Spinner| spinner.until().map(|until| (until - began).as_secs());
        assert_eq!(left(&spinner), Some(300));
        // A resolver gives up after its window, whatever the whole run may take.
        let window = Some(Duration::from_secs(2));
        spinner.take(&Progress::Asking("corp".to_owned(), window));
        assert_eq!(left(&spinner), Some(2));
        spinner.take(&Progress::Asking("AWS".to_owned(), Some(Duration::from_secs(9))));
        assert_eq!(left(&spinner), Some(9));
        spinner.take(&Progress::Asking("os".to_owned(), None));
        assert_eq!(left(&spinner), Some(300));
        spinner.take(&Progress::Said("os".to_owned()));
        spinner.take(&Progress::Said("AWS".to_owned()));
        assert_eq!(left(&spinner), Some(2));
        spinner.take(&Progress::Said("corp".to_owned()));
        assert_eq!(left(&spinner), None);
        spinner.take(&Progress::Asking("late".to_owned(), Some(Duration::from_secs(1000))));
        assert_eq!(left(&spinner), Some(300));
    }
}

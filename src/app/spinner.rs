//! What is waited for, at the foot of a terminal: one line on standard error, with the time that is left. It goes
//! before anything else is written there.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::{drawn, output};
use crate::probe::Progress;
use crate::redact;
use crate::render::text;

/// Between two drawings.
pub(super) const TICK: Duration = Duration::from_millis(100);
/// A run that is over by then shows nothing that flickers.
const SOON: Duration = Duration::from_millis(300);
/// Names that are shown. Of more, how many.
const NAMES: usize = 3;
/// So many targets behind the first, or a tenth of all, tell how long the others take.
const TARGETS_THAT_TELL: usize = 100;

/// What a run says of itself on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitShown {
    /// Nothing: it prints what it does, or nobody waits for it.
    Nothing,
    /// What it waits for. It takes no longer than that.
    Within(Duration),
    /// What it waits for. How long it takes is known of the parts alone.
    Parts,
}

/// The line.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is true or not whatever the others are"
)]
struct Spinner {
    on: bool,
    redacts: bool,
    frames: &'static [&'static str],
    began: Instant,
    within: Option<Duration>,
    /// Who has not answered yet, in the order in which they were asked.
    waiting: Vec<Awaited>,
    /// Whether anybody was named yet.
    has_begun: bool,
    /// Of many targets: how far the round is.
    targets: Option<Targets>,
    /// Behind a round nothing is said but for whom another part waits.
    rests: bool,
    parts: usize,
    turn: usize,
}

/// Somebody who has not answered.
struct Awaited {
    /// The part of the run that waits.
    part: usize,
    name: String,
    until: Instant,
}

/// How far a round of many targets is.
struct Targets {
    total: usize,
    done: usize,
    broken: usize,
    /// When the first was done: it waits for what is found out for all of them, and the others do not.
    first: Option<Instant>,
}

/// The hold that a run has of the line. Several parts of it may wait at the same time.
#[derive(Clone)]
pub(super) struct WaitingLine(Rc<RefCell<Spinner>>);

/// A part of a run. With it goes whatever it waits for.
pub(super) struct Part {
    line: WaitingLine,
    number: usize,
    end: Instant,
}

/// A round of many targets, until it is over.
pub(super) struct Round(WaitingLine);

impl WaitingLine {
    /// One that is shown only where a person looks on: standard error is a terminal that can move its cursor, and no
    /// job of a pipeline. It has no colour, so NO_COLOR changes nothing.
    pub(super) fn new(shows: WaitShown, is_ascii: bool, redacts: bool) -> Self {
        let on = shows != WaitShown::Nothing
            && io::stderr().is_terminal()
            && output::can_move_cursor()
            && !output::is_in_a_pipeline();
        let frames: &[&str] = if is_ascii {
            &["-", "\\", "|", "/"]
        } else {
            &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
        };
        Self(Rc::new(RefCell::new(Spinner {
            on,
            redacts,
            frames,
            began: Instant::now(),
            within: match shows {
                WaitShown::Within(within) => Some(within),
                WaitShown::Nothing | WaitShown::Parts => None,
            },
            waiting: Vec::new(),
            has_begun: false,
            targets: None,
            rests: false,
            parts: 0,
            turn: 0,
        })))
    }

    /// One that nobody sees.
    pub(super) fn unseen() -> Self {
        Self::new(WaitShown::Nothing, false, false)
    }

    pub(super) fn is_on(&self) -> bool {
        self.0.borrow().on
    }

    /// Draws the line anew.
    pub(super) fn draw(&self) {
        self.0.borrow_mut().draw();
    }

    /// A part of the run, which takes that long at most.
    pub(super) fn part(&self, most: Duration) -> Part {
        let mut spinner = self.0.borrow_mut();
        spinner.parts += 1;
        Part {
            line: self.clone(),
            number: spinner.parts,
            end: Instant::now() + most,
        }
    }

    /// Somebody is waited for, that long at most, as long as the part is there.
    pub(super) fn waits_for(&self, name: &str, most: Duration) -> Part {
        let part = self.part(most);
        part.take(&Progress::Asking(name.to_owned(), None));
        part
    }

    /// A round of so many targets begins.
    pub(super) fn round(&self, total: usize) -> Round {
        let mut spinner = self.0.borrow_mut();
        spinner.rests = false;
        spinner.targets = Some(Targets {
            total,
            done: 0,
            broken: 0,
            first: None,
        });
        Round(self.clone())
    }
}

impl Part {
    /// Takes what has happened in it.
    pub(super) fn take(&self, progress: &Progress) {
        let mut spinner = self.line.0.borrow_mut();
        match progress {
            Progress::Asking(name, most) => {
                spinner.has_begun = true;
                let until = most.map_or(self.end, |most| (Instant::now() + most).min(self.end));
                spinner.waiting.push(Awaited {
                    part: self.number,
                    name: name.clone(),
                    until,
                });
            }
            Progress::Answered(probed) => spinner.forget(self.number, Some(&probed.resolver.name)),
            Progress::Said(name) => spinner.forget(self.number, Some(name)),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.line.0.borrow_mut().forget(self.number, None);
    }
}

impl Round {
    /// One more target is done.
    pub(super) fn done(&self, is_broken: bool) {
        if let Some(targets) = &mut self.0.0.borrow_mut().targets {
            targets.done += 1;
            targets.broken += usize::from(is_broken);
            targets.first.get_or_insert_with(Instant::now);
        }
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        let mut spinner = self.0.0.borrow_mut();
        (spinner.targets, spinner.rests) = (None, true);
        drawn::clear();
    }
}

impl Targets {
    /// `120 of 1000, 3 broken`.
    fn count(&self) -> String {
        let broken = if self.broken > 0 {
            format!(", {} broken", self.broken)
        } else {
            String::new()
        };
        format!("{} of {}{broken}", self.done, self.total)
    }

    /// What is left as far as those tell that are done, behind the first; `None` where those are few.
    fn left(&self, now: Instant) -> Option<Duration> {
        let behind = self.done.checked_sub(1).filter(|behind| *behind > 0)?;
        if behind < TARGETS_THAT_TELL.min(self.total / 10) {
            return None;
        }
        let each = now.duration_since(self.first?) / u32::try_from(behind).ok()?;
        let left = self.total.saturating_sub(self.done);
        Some(each.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX)))
    }
}

impl Spinner {
    /// Somebody is not waited for any more, or nobody of the part.
    fn forget(&mut self, part: usize, name: Option<&str>) {
        self.waiting
            .retain(|one| one.part != part || name.is_some_and(|name| one.name != name));
    }

    /// Until when what is waited for may take. Once all have answered, their further questions are short, and no time
    /// is said.
    fn until(&self) -> Option<Instant> {
        let last = self.waiting.iter().map(|one| one.until).max();
        last.or_else(|| Some(self.began + self.within?).filter(|_| !self.has_begun))
    }

    /// Whom the line names, each once.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<&str> = Vec::new();
        for one in &self.waiting {
            // Many targets ask the same resolvers.
            if !names.contains(&one.name.as_str()) {
                names.push(&one.name);
            }
        }
        let shown = |name: &str| {
            if self.redacts {
                redact::text(name)
            } else {
                name.to_owned()
            }
        };
        names.into_iter().map(shown).collect()
    }

    /// What the line says but for its frame.
    fn said(&self, now: Instant) -> (Vec<String>, LineHead, String) {
        let names = self.names();
        let left = |until: Option<Instant>| until.map_or_else(String::new, |until| left(until, now));
        let Some(targets) = &self.targets else {
            return (names, LineHead::Waiting, left(self.until()));
        };
        let time = match targets.left(now) {
            Some(left) if names.is_empty() => about(left),
            _ => left(self.until()),
        };
        (names, LineHead::Targets(targets.count()), time)
    }

    fn draw(&mut self) {
        let rests = self.rests && self.waiting.is_empty();
        if !self.on || rests || self.began.elapsed() < SOON {
            return;
        }
        self.turn = self.turn.wrapping_add(1);
        let frame = self.frames[self.turn % self.frames.len()];
        let (names, head, left) = self.said(Instant::now());
        let line = line(frame, &head, &names, &left, output::columns_of_stderr());
        drawn::draw(&line);
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        drawn::clear();
    }
}

/// What the line begins with.
enum LineHead {
    /// `waiting`.
    Waiting,
    /// How many targets are done.
    Targets(String),
}

/// `, 11s left`. The last second counts until it is over, and then nothing is left to say.
fn left(until: Instant, now: Instant) -> String {
    match until.saturating_duration_since(now).as_millis().div_ceil(1000) {
        0 => String::new(),
        seconds => format!(", {seconds}s left"),
    }
}

/// `, about 1m 20s left`.
fn about(left: Duration) -> String {
    match left.as_secs() {
        0 => String::new(),
        seconds => format!(
            ", about {} left",
            humantime::format_duration(Duration::from_secs(seconds))
        ),
    }
}

/// `⠋ waiting for local, inbound-1 and 2 more, 11s left`, no wider than the terminal: with as many names as it has room
/// for.
fn line(frame: &str, head: &LineHead, waiting: &[String], left: &str, columns: usize) -> String {
    let room = columns.saturating_sub(left.width() + 1);
    let (alone, before) = match head {
        LineHead::Waiting => (format!("{frame} waiting"), format!("{frame} waiting for ")),
        LineHead::Targets(count) => (format!("{frame} {count}"), format!("{frame} {count}, waiting for ")),
    };
    let with = |count: usize| {
        let names = text::escape(&waiting[..count].join(", "));
        match waiting.len() - count {
            0 => format!("{before}{names}"),
            more => format!("{before}{names} and {more} more"),
        }
    };
    let most = waiting.len().min(NAMES);
    let whole = (1..=most).rev().map(with).find(|line| line.width() <= room);
    let line = whole.unwrap_or_else(|| {
        // The beginning of one name, if it begins at all.
        let begun = if most > 0 { with(1) } else { alone.clone() };
        let begun = text::fit(&begun, room);
        let is_named = begun.len() > before.len();
        if is_named { begun } else { text::fit(&alone, room) }.to_owned()
    });
    format!("{line}{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_for_whom_and_how_long_yet() {
        let names = ["r1", "r2", "r3", "r4", "r5"].map(str::to_owned);
        let shown = |names: &[String], left: u64, columns| {
            let now = Instant::now();
            let left = super::left(now + Duration::from_millis(left), now);
            line("-", &LineHead::Waiting, names, &left, columns)
        };
        assert_eq!(shown(&[], 10_800, 80), "- waiting, 11s left");
        assert_eq!(line("-", &LineHead::Waiting, &[], "", 80), "- waiting");
        assert_eq!(shown(&names[..2], 10_800, 80), "- waiting for r1, r2, 11s left");
        assert_eq!(
            shown(&names, 10_800, 80),
            "- waiting for r1, r2, r3 and 2 more, 11s left"
        );
        // The last second is one, and behind it nothing is left.
        assert_eq!(shown(&names[..1], 999, 80), "- waiting for r1, 1s left");
        assert_eq!(shown(&names[..1], 0, 80), "- waiting for r1");
        // Where the terminal has no room for a name, none is begun.
        let narrow = |columns| shown(&names[..2], 10_800, columns);
        assert_eq!(narrow(31), "- waiting for r1, r2, 11s left");
        assert_eq!(narrow(30), "- waiting for r1 an, 11s left");
        assert_eq!(narrow(24), "- waiting, 11s left");
        assert_eq!(narrow(12), "-, 11s left");
        for columns in [20, 40] {
            let long = "日本語\u{1b}[2J".repeat(20);
            for head in [LineHead::Waiting, LineHead::Targets("1 of 9".to_owned())] {
                let line = line("⠋", &head, std::slice::from_ref(&long), ", 11s left", columns);
                assert!(line.width() < columns && !line.contains('\u{1b}'), "{line}");
            }
        }
    }

    #[test]
    fn the_time_left_is_that_of_who_is_waited_for() {
        let whole = Duration::from_secs(300);
        let line = WaitingLine::new(WaitShown::Within(whole), false, false);
        let began = line.0.borrow().began;
        let left = || line.0.borrow().until().map(|until| (until - began).as_secs());
        assert_eq!(left(), Some(300));
        let part = line.part(whole);
        // A resolver gives up after its window, whatever the whole run may take.
        let window = Some(Duration::from_secs(2));
        part.take(&Progress::Asking("corp".to_owned(), window));
        assert_eq!(left(), Some(2));
        part.take(&Progress::Asking("AWS".to_owned(), Some(Duration::from_secs(9))));
        assert_eq!(left(), Some(9));
        part.take(&Progress::Asking("os".to_owned(), None));
        assert_eq!(left(), Some(300));
        part.take(&Progress::Said("os".to_owned()));
        part.take(&Progress::Said("AWS".to_owned()));
        assert_eq!(left(), Some(2));
        part.take(&Progress::Said("corp".to_owned()));
        assert_eq!(left(), None);
        part.take(&Progress::Asking("late".to_owned(), Some(Duration::from_secs(1000))));
        assert_eq!(left(), Some(300));
        // What ends waits for nobody, whoever has not answered.
        drop(part);
        assert_eq!(left(), None);
    }

    #[test]
    fn each_part_has_its_own_end() {
        let line = WaitingLine::new(WaitShown::Parts, false, false);
        let said = || {
            let spinner = line.0.borrow();
            let (names, head, left) = spinner.said(spinner.began);
            super::line("-", &head, &names, &left, 80)
        };
        assert_eq!(said(), "- waiting");
        // Two targets ask the same resolver.
        let parts = [4, 6].map(|most| line.waits_for("corp", Duration::from_secs(most)));
        let place = line.waits_for("ssh:bastion", Duration::from_secs(3));
        assert!(said().starts_with("- waiting for corp, ssh:bastion, "), "{}", said());
        let [first, second] = parts;
        drop(second);
        assert!(said().starts_with("- waiting for corp, ssh:bastion, "), "{}", said());
        drop(first);
        drop(place);
        assert_eq!(said(), "- waiting");
    }

    #[test]
    fn how_far_many_targets_are() {
        let line = WaitingLine::new(WaitShown::Parts, false, false);
        let round = line.round(31);
        let said = |after: u64| {
            let spinner = line.0.borrow();
            let first = spinner.targets.as_ref().and_then(|targets| targets.first);
            let now = first.unwrap_or(spinner.began) + Duration::from_secs(after);
            let (names, head, left) = spinner.said(now);
            super::line("-", &head, &names, &left, 80)
        };
        let silent = line.waits_for("corp", Duration::from_secs(10));
        assert!(said(0).starts_with("- 0 of 31, waiting for corp, 1"), "{}", said(0));
        round.done(true);
        assert!(
            said(1).starts_with("- 1 of 31, 1 broken, waiting for corp, "),
            "{}",
            said(1)
        );
        // What the first has waited for says nothing of the others, and two say little.
        drop(silent);
        assert_eq!(said(5), "- 1 of 31, 1 broken");
        round.done(false);
        assert_eq!(said(5), "- 2 of 31, 1 broken");
        for _ in 0..9 {
            round.done(false);
        }
        assert_eq!(said(5), "- 11 of 31, 1 broken, about 10s left");
        for _ in 0..20 {
            round.done(false);
        }
        assert_eq!(said(5), "- 31 of 31, 1 broken");
        drop(round);
        assert!(line.0.borrow().rests);
    }
}

//! The run itself: a runtime for the questions, the signals that end them, and progress meanwhile.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::interrupt::{self, Interrupt};
use super::spinner::{self, WaitShown, WaitingLine};
use super::{Error, drawn, output};
use crate::cli::args::OutputArgs;
use crate::probe::{self, Progress};
use crate::render;

/// Ends where the questions are to end.
pub(super) type Interrupted = Pin<Box<dyn Future<Output = ()>>>;

/// What a run has to tell a person who waits for it.
#[derive(Clone)]
pub(super) struct Told {
    /// What it waits for.
    pub(super) line: WaitingLine,
    args: Rc<OutputArgs>,
}

impl Told {
    /// Takes what happens in a part of the run, which takes that long at most: a line goes to standard error for each
    /// resolver that answers, where that is wanted.
    pub(super) fn rows(&self, most: Duration) -> impl FnMut(Progress) + use<> {
        let (part, args) = (self.line.part(most), Rc::clone(&self.args));
        let shown = output::shows_progress(&args);
        move |progress| {
            part.take(&progress);
            if let Progress::Answered(probed) = progress
                && shown
            {
                output::progress(&output::line(&render::row_line(&probed), &args));
            }
        }
    }
}

/// Runs the future that `ask` makes, until it is done. Ctrl-C or SIGTERM ends what it gets as interruption. On a
/// terminal a line says what is waited for, as far as the run `shows` that. Returns what the future came to, and
/// whether it was interrupted.
pub(super) fn conduct<F: Future>(
    args: &OutputArgs,
    shows: WaitShown,
    ask: impl FnOnce(Interrupted, Told) -> F,
) -> Result<(F::Output, bool), Error> {
    let (runtime, signals) = begin()?;
    let interrupted = Rc::new(Cell::new(false));
    let seen = Rc::clone(&interrupted);
    let interrupt = Box::pin(async move {
        signals.first().await;
        seen.set(true);
    });
    let shows = if args.quiet { WaitShown::Nothing } else { shows };
    let line = WaitingLine::new(shows, args.ascii, args.redact);
    let told = Told {
        line: line.clone(),
        args: Rc::new(args.clone()),
    };
    let done = runtime.block_on(turning(&line, ask(interrupt, told)));
    drawn::clear();
    // What still resolves the name of an AWS API, on a thread of its own, is not waited for.
    runtime.shutdown_background();
    Ok((done, interrupted.get()))
}

/// Waits for what is asked, and shows meanwhile what is waited for.
async fn turning<T>(line: &WaitingLine, asked: impl Future<Output = T>) -> T {
    tokio::pin!(asked);
    loop {
        tokio::select! {
            done = &mut asked => return done,
            () = tokio::time::sleep(spinner::TICK), if line.is_on() => line.draw(),
        }
    }
}

/// Waits for a future that asks no name server, and shows on the line what that waits for; Ctrl-C or SIGTERM ends it.
pub(super) fn wait<T>(line: &WaitingLine, done: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let (runtime, signals) = begin()?;
    let done = runtime.block_on(turning(line, async {
        tokio::select! {
            done = done => done,
            () = signals.first() => Err(Error::Interrupted),
        }
    }));
    drawn::clear();
    // What still resolves a name on a thread of its own is not waited for.
    runtime.shutdown_background();
    done
}

/// Runs a future to its end on this thread, for somebody else who watches for signals.
pub(super) fn alone<F: Future>(done: F) -> Result<F::Output, Error> {
    let runtime = runtime()?;
    let done = runtime.block_on(done);
    // What still resolves a name on a thread of its own is not waited for.
    runtime.shutdown_background();
    Ok(done)
}

/// The runtime, and whoever watches for signals. Both need file descriptors, and so does everything that is asked.
fn begin() -> Result<(Runtime, Interrupt), Error> {
    let runtime = runtime()?;
    let signals = Interrupt::watch(interrupt::PRINTING).map_err(Error::Runtime)?;
    Ok((runtime, signals))
}

fn runtime() -> Result<Runtime, Error> {
    probe::descriptors().map_err(Error::Descriptors)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::Runtime)
}

/// What the closure comes to, which may wait for a file or a command: on a thread of its own, so that a signal or the
/// end of the time is seen meanwhile.
pub(super) async fn apart<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(what).await;
    done.map_err(|error| Error::Runtime(io::Error::other(error)))
}

/// The time, for `taken_at`. A clock may stand anywhere; RFC 3339 has the years 1970 to 9999.
#[expect(clippy::disallowed_methods, reason = "the time of a capture is taken here")]
pub(super) fn now() -> String {
    rfc3339(SystemTime::now())
}

/// So long before a time: seconds since 1970. `None` where it is no time.
pub(super) fn before(time: &str, long: Duration) -> Option<u64> {
    let time = humantime::parse_rfc3339(time).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(time.saturating_sub(long).as_secs())
}

fn rfc3339(time: SystemTime) -> String {
    let last = UNIX_EPOCH + Duration::from_secs(LAST_SECOND);
    humantime::format_rfc3339_seconds(time.clamp(UNIX_EPOCH, last)).to_string()
}

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_clock_gives_a_time() {
        let year = Duration::from_secs(31_536_000);
        for (time, shown) in [
            (UNIX_EPOCH - year, "1970-01-01T00:00:00Z"),
            (UNIX_EPOCH, "1970-01-01T00:00:00Z"),
            (UNIX_EPOCH + year * 20_000, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(time), shown);
        }
    }
}

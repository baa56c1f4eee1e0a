//! The run itself: a runtime for the questions, the signals that end them, and progress meanwhile.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::runtime::Runtime;

use super::interrupt::{self, Interrupt};
use super::{Error, output};
use crate::cli::args::OutputArgs;
use crate::probe::{self, Progress};
use crate::render;

/// Ends where the questions are to end.
pub(super) type Interrupted = Pin<Box<dyn Future<Output = ()>>>;

/// Runs the future that `ask` makes, until it is done. Ctrl-C or SIGTERM ends what it gets as interruption, and
/// a line goes to standard error for each progress it reports, where that is wanted. Returns what the future
/// came to, and whether it was interrupted.
pub(super) fn conduct<F: Future>(
    args: &OutputArgs,
    ask: impl FnOnce(Interrupted, Box<dyn FnMut(Progress)>) -> F,
) -> Result<(F::Output, bool), Error> {
    let (runtime, signals) = begin()?;
    let interrupted = Rc::new(Cell::new(false));
    let seen = Rc::clone(&interrupted);
    let interrupt = Box::pin(async move {
        signals.first().await;
        seen.set(true);
    });
    let shown = output::shows_progress(args);
    let args = args.clone();
    let progress = Box::new(move |progress| {
        let Progress::Answered(probed) = progress;
        if shown {
            output::progress(&output::line(&render::row_line(&probed), &args));
        }
    });
    let done = runtime.block_on(ask(interrupt, progress));
    // What still resolves the name of an AWS API, on a thread of its own, is not waited for.
    runtime.shutdown_background();
    Ok((done, interrupted.get()))
}

/// Waits for a future that asks no name server; Ctrl-C or SIGTERM ends it.
pub(super) fn wait<T>(done: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let (runtime, signals) = begin()?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = done => done,
            () = signals.first() => Err(Error::Interrupted),
        }
    });
    // What still resolves a name on a thread of its own is not waited for.
    runtime.shutdown_background();
    done
}

/// The runtime, and whoever watches for signals. Both need file descriptors, and so does everything that is asked.
fn begin() -> Result<(Runtime, Interrupt), Error> {
    probe::descriptors().map_err(Error::Descriptors)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let signals = Interrupt::watch(interrupt::PRINTING).map_err(Error::Runtime)?;
    Ok((runtime, signals))
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

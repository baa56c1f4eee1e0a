//! The run itself: a runtime for the questions, the signals that end them, and progress meanwhile.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::time::SystemTime;

use super::interrupt::Interrupt;
use super::{Error, output};
use crate::cli::args::OutputArgs;
use crate::probe::Progress;
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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let signals = Interrupt::watch().map_err(Error::Runtime)?;
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
    Ok((done, interrupted.get()))
}

/// Waits for a future that asks no name server; Ctrl-C or SIGTERM ends it.
pub(super) fn wait<T>(done: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let signals = Interrupt::watch().map_err(Error::Runtime)?;
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

/// The time, for `taken_at`.
#[expect(
    clippy::disallowed_methods,
    reason = "the time of a capture is taken here"
)]
pub(super) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}

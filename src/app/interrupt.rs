//! Ctrl-C and SIGTERM: the first ends the questions, and what is known is printed; the next ends the program.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::drawn;
use crate::probe;
use crate::report::exit;

/// Signals this close together are one: timeout(1) sends its own to the process and then to the process's group.
const ONE_KEYSTROKE: Duration = Duration::from_millis(250);

/// How long what is known may take to be printed where a signal comes when nothing is asked any more: a report is ready
/// within milliseconds, and whoever sent the signal waits.
pub(super) const PRINTING: Duration = Duration::from_millis(500);

/// Waits for the first signal while the questions are under way. A signal that comes when nobody waits any
/// more ends the program soon, and the second at once: printing can block on a pipe that nobody reads.
pub(super) struct Interrupt {
    first: oneshot::Receiver<()>,
}

impl Interrupt {
    /// Takes the signals over, on a thread of their own that outlives the questions. Where a signal comes after those,
    /// the program has `printing` to end by itself.
    pub(super) fn watch(printing: Duration) -> io::Result<Self> {
        let (sender, first) = oneshot::channel();
        let (ready, listening) = mpsc::channel();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let mut signals = match Signals::listen() {
                    Ok(signals) => signals,
                    Err(error) => {
                        // The receiver waits until it has heard.
                        let _ = ready.send(Err(error));
                        return;
                    }
                };
                let _ = ready.send(Ok(()));
                signals.next().await;
                let first = Instant::now();
                let asking = sender.send(()).is_ok();
                let again = async {
                    signals.next().await;
                    while first.elapsed() < ONE_KEYSTROKE {
                        signals.next().await;
                    }
                };
                tokio::select! {
                    () = again => {}
                    () = tokio::time::sleep(printing), if !asking => {}
                }
                end();
            });
        })?;
        listening
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the thread for signals ended")))?;
        Ok(Self { first })
    }

    /// Ends with the first signal.
    pub(super) async fn first(self) {
        if self.first.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Runs what waits for no name server, but perhaps for a file: a signal ends the program, with the same code as
/// anywhere.
pub(super) fn ending<T>(what: impl FnOnce() -> T) -> T {
    // Where this host has not even what that takes, a signal ends the program as it ends any.
    let watched = probe::descriptors().and_then(|()| Interrupt::watch(Duration::ZERO));
    // Nobody waits for the first: it ends the program.
    drop(watched);
    what()
}

#[expect(clippy::exit, reason = "the main thread may be blocked in a write that never ends")]
fn end() -> ! {
    drawn::clear();
    std::process::exit(exit::INTERRUPTED.into())
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}

//! What goes to standard output target by target, on a thread of its own: who reads it slowly holds up no question,
//! and no resolver looks slow because of that.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use tokio::sync::Notify;

use super::super::{Error, output};
use crate::limits;

/// Lines on their way to standard output, in their order.
#[derive(Default)]
pub(super) struct Outlet {
    writer: Option<LineWriter>,
    waiting: Arc<Waiting>,
}

struct LineWriter {
    lines: Sender<String>,
    thread: JoinHandle<Result<(), Error>>,
}

/// What was not written yet.
#[derive(Default)]
struct Waiting {
    octets: AtomicUsize,
    less: Notify,
}

impl Outlet {
    /// Writes the line as soon as those before it are written. An error is that of an earlier line.
    pub(super) fn put(&mut self, line: String) -> Result<(), Error> {
        if line.is_empty() {
            return Ok(());
        }
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => LineWriter::begin(Arc::clone(&self.waiting)).map_err(Error::Runtime)?,
        };
        self.waiting.octets.fetch_add(line.len(), Ordering::Relaxed);
        if writer.lines.send(line).is_err() {
            // It ends before the last line only where it could not write.
            return writer.end();
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Who can be asked how much waits while lines are put.
    pub(super) fn gauge(&self) -> OutletGauge {
        OutletGauge(Arc::clone(&self.waiting))
    }

    /// Waits until all is written.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        self.writer.take().map_or(Ok(()), LineWriter::end)
    }
}

impl Drop for Outlet {
    /// What was put is written, whatever ended the run.
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            // Whatever ended it is said already.
            let _ = writer.end();
        }
    }
}

/// How much waits to be written.
#[derive(Clone, Default)]
pub(super) struct OutletGauge(Arc<Waiting>);

impl OutletGauge {
    /// Whether so much waits to be written that no more is to come now.
    pub(super) fn is_full(&self) -> bool {
        self.0.octets.load(Ordering::Relaxed) > limits::UNWRITTEN
    }

    /// Ends when that is not so any more.
    pub(super) async fn has_room(&self) {
        loop {
            let less = self.0.less.notified();
            if !self.is_full() {
                return;
            }
            less.await;
        }
    }
}

impl LineWriter {
    fn begin(waiting: Arc<Waiting>) -> io::Result<Self> {
        let (lines, received) = mpsc::channel::<String>();
        let thread = thread::Builder::new().name("output".to_owned()).spawn(move || {
            for line in received {
                let written = output::stdout(line.as_bytes());
                // After an error nobody is to wait for what will not be written: the next line that is put tells of it.
                match written {
                    Ok(()) => waiting.octets.fetch_sub(line.len(), Ordering::Relaxed),
                    Err(_) => waiting.octets.swap(0, Ordering::Relaxed),
                };
                waiting.less.notify_one();
                written?;
            }
            Ok(())
        })?;
        Ok(Self { lines, thread })
    }

    fn end(self) -> Result<(), Error> {
        drop(self.lines);
        let ended = self.thread.join();
        ended.unwrap_or_else(|_| Err(Error::Runtime(io::Error::other("the thread that writes ended"))))
    }
}

//! `mcp`: the tools, over the Model Context Protocol on standard input and output. Lines are read on the main thread;
//! each call runs on a thread of its own, a few at a time. Nothing is written but answers.

mod calls;
mod folder;
mod lines;
mod perform;

use std::io::{self, IsTerminal, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Error, interrupt, output};
use crate::cli::args::McpArgs;
use crate::limits;
use crate::mcp::message::{INTERNAL_ERROR, INVALID_REQUEST};
use crate::mcp::{self, ClientSession, Incoming, IncomingLine, RequestFault, RequestKind};
use crate::render;
use crate::report::exit;
use calls::Calls;
use folder::Folder;
use lines::{Got, LineReader};

/// Serves until standard input ends, or a signal comes.
pub(super) fn run(args: &McpArgs) -> Result<u8, Error> {
    let folder = args.files.as_deref().map(Folder::open).transpose()?;
    if io::stdin().is_terminal() {
        output::note(
            "waiting for messages of the Model Context Protocol on standard input, one a line; an agent starts this \
             command by itself (docs/agents.md). Ctrl-D or Ctrl-C ends it.",
        );
    }
    interrupt::ending(|| serve(folder))
}

fn serve(folder: Option<Folder>) -> Result<u8, Error> {
    let mut session = ClientSession::new(folder.is_some());
    let calls = Calls::new(folder);
    let mut lines = LineReader::new(io::stdin().lock());
    while let Some(got) = lines.next().map_err(Error::Stdin)? {
        match got {
            Got::Line(line) => take(&mut session, &calls, line),
            Got::TooLong => {
                let said = format!("the line is longer than {} octets", limits::MCP_LINE);
                write(mcp::fault(&RequestFault::of(&Value::Null, INVALID_REQUEST, said)));
            }
        }
    }
    calls.rest(limits::MCP_REST);
    Ok(exit::HEALTHY)
}

fn take(session: &mut ClientSession, calls: &Arc<Calls>, line: &[u8]) {
    match mcp::read(line) {
        Ok(IncomingLine::One(message)) => one(session, calls, Ok(message), &Sink::Line),
        Ok(IncomingLine::Batch(messages)) if session.has_batches() => {
            let batch = Arc::new(RequestBatch::default());
            // The batch itself is waited for too, so that no answer that comes at once closes it.
            batch.wait_for_one_more();
            let sink = Sink::Batch(Arc::clone(&batch));
            for message in messages {
                one(session, calls, message, &sink);
            }
            sink.put(None);
        }
        Ok(IncomingLine::Batch(_)) => {
            let said = "batches are not a part of this revision of the protocol: send one message a line";
            write(mcp::fault(&RequestFault::of(&Value::Null, INVALID_REQUEST, said)));
        }
        Err(fault) => write(mcp::fault(&fault)),
    }
}

fn one(session: &mut ClientSession, calls: &Arc<Calls>, message: Result<Incoming, RequestFault>, sink: &Sink) {
    let (id, method, params) = match message {
        Ok(Incoming::Request { id, method, params }) => (id, method, params),
        Ok(Incoming::Notification { method, params }) => return notified(calls, &method, &params),
        Ok(Incoming::Response) => return,
        Err(fault) => {
            sink.expect();
            return sink.put(mcp::fault(&fault));
        }
    };
    sink.expect();
    match session.take(&id, &method, &params) {
        Ok(RequestKind::Answer(answer)) => sink.put(mcp::answer(&id, &answer)),
        Ok(RequestKind::Call(call)) => calls.begin(id, *call, sink.clone()),
        Err(fault) => sink.put(mcp::fault(&fault)),
    }
}

fn notified(calls: &Calls, method: &str, params: &Map<String, Value>) {
    if let ("notifications/cancelled", Some(id)) = (method, params.get("requestId")) {
        calls.cancel(id);
    }
}

/// Where the answer to a request goes.
#[derive(Clone)]
enum Sink {
    /// On a line of its own.
    Line,
    /// Into the answer to a batch.
    Batch(Arc<RequestBatch>),
}

/// A batch that came in: how many of its requests are still to be answered, and the answers so far.
#[derive(Default)]
struct RequestBatch {
    state: Mutex<(usize, Vec<Box<RawValue>>)>,
}

impl RequestBatch {
    fn wait_for_one_more(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0 += 1;
    }
}

impl Sink {
    /// One more answer will be put.
    fn expect(&self) {
        if let Self::Batch(batch) = self {
            batch.wait_for_one_more();
        }
    }

    /// Puts an answer, or none where the request was cancelled.
    fn put(&self, answer: Option<Box<RawValue>>) {
        let batch = match self {
            Self::Line => return write(answer),
            Self::Batch(batch) => batch,
        };
        let mut state = batch.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, answers) = &mut *state;
        answers.extend(answer);
        *left = left.saturating_sub(1);
        if *left == 0 && !answers.is_empty() {
            write(serde_json::value::to_raw_value(answers).ok());
        }
    }
}

/// An answer that a fault of this program leaves.
fn broken(id: &Value) -> Option<Box<RawValue>> {
    mcp::fault(&RequestFault::of(
        id,
        INTERNAL_ERROR,
        "the call could not be answered, by a fault of this program",
    ))
}

/// One writer at a time: a line is written whole.
static WRITING: Mutex<()> = Mutex::new(());

/// Writes a message as a line. Characters that must not reach a terminal are escaped, as in every document.
fn write(message: Option<Box<RawValue>>) {
    let Some(message) = message else {
        return;
    };
    let mut line = String::with_capacity(message.get().len() + 1);
    // Writing into a text cannot fail.
    let _ = render::json::escaped(message.get(), &mut line);
    line.push('\n');
    let _one = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut stdout = io::stdout().lock();
    if stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        // Whoever asked has gone: there is nobody to tell, and nothing more to do.
        end();
    }
}

#[expect(clippy::exit, reason = "the main thread waits for a line that will not come")]
fn end() -> ! {
    std::process::exit(exit::HEALTHY.into())
}

//! The calls that are under way: a few at a time, the others in their order, and each may be cancelled.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::oneshot;

use super::folder::Folder;
use super::{Sink, broken, perform};
use crate::limits;
use crate::mcp::message::INVALID_REQUEST;
use crate::mcp::{self, RequestFault, ToolCall};

/// Every call that is not answered yet.
pub(super) struct Calls {
    folder: Option<Folder>,
    state: Mutex<CallState>,
    ended: Condvar,
}

#[derive(Default)]
struct CallState {
    /// By the request's id: the call's number, and what cancels it.
    open: BTreeMap<String, (u64, oneshot::Sender<()>)>,
    waiting: VecDeque<StartedCall>,
    running: usize,
    /// Of the last call. An id may come again once its request was cancelled; a number does not.
    last: u64,
}

struct StartedCall {
    id: Value,
    number: u64,
    call: ToolCall,
    cancelled: oneshot::Receiver<()>,
    sink: Sink,
}

impl Calls {
    pub(super) fn new(folder: Option<Folder>) -> Arc<Self> {
        Arc::new(Self {
            folder,
            state: Mutex::default(),
            ended: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, CallState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a call. It is answered once it is done, or at once where it cannot be taken.
    pub(super) fn begin(self: &Arc<Self>, id: Value, call: ToolCall, sink: Sink) {
        let mut state = self.state();
        let refused = if state.open.contains_key(&id.to_string()) {
            Some("a request with this id is under way".to_owned())
        } else if state.open.len() >= limits::MCP_CALLS {
            Some(format!(
                "{} calls are under way: wait for one of them",
                limits::MCP_CALLS
            ))
        } else {
            None
        };
        if let Some(said) = refused {
            drop(state);
            return sink.put(mcp::fault(&RequestFault::of(&id, INVALID_REQUEST, said)));
        }
        let (cancel, cancelled) = oneshot::channel();
        state.last += 1;
        let number = state.last;
        state.open.insert(id.to_string(), (number, cancel));
        let begun = StartedCall {
            id,
            number,
            call,
            cancelled,
            sink,
        };
        if state.running >= limits::MCP_AT_ONCE {
            state.waiting.push_back(begun);
            return;
        }
        state.running += 1;
        drop(state);
        let (id, sink) = (begun.id.clone(), begun.sink.clone());
        let calls = Arc::clone(self);
        let started = thread::Builder::new()
            .name("call".to_owned())
            .spawn(move || calls.work(begun));
        if started.is_err() {
            let mut state = self.state();
            state.running -= 1;
            state.open.remove(&id.to_string());
            drop(state);
            sink.put(broken(&id));
        }
    }

    /// Does this call, and then those that wait.
    fn work(&self, mut begun: StartedCall) {
        loop {
            let (id, number, sink) = (begun.id.clone(), begun.number, begun.sink.clone());
            let is_open = || {
                self.state()
                    .open
                    .get(&id.to_string())
                    .is_some_and(|(open, _)| *open == number)
            };
            let answer = if is_open() {
                perform::answer(&id, begun.call, begun.cancelled, self.folder.as_ref(), &is_open)
            } else {
                None
            };
            let mut state = self.state();
            let key = id.to_string();
            let is_wanted = state.open.get(&key).is_some_and(|(open, _)| *open == number);
            if is_wanted {
                state.open.remove(&key);
            }
            drop(state);
            // Of a request that was cancelled nothing more is said.
            sink.put(answer.filter(|_| is_wanted));
            let mut state = self.state();
            if let Some(next) = state.waiting.pop_front() {
                begun = next;
            } else {
                state.running -= 1;
                self.ended.notify_all();
                return;
            }
        }
    }

    /// Cancels the call of this request, where it is under way.
    pub(super) fn cancel(&self, id: &Value) {
        let open = self.state().open.remove(&id.to_string());
        if let Some((_, cancel)) = open {
            // Where it is done by now, there is nothing to stop.
            let _ = cancel.send(());
        }
    }

    /// Waits until nothing is under way any more, at most this long.
    pub(super) fn rest(&self, most: Duration) {
        let until = Instant::now() + most;
        let mut state = self.state();
        while state.running > 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.ended.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

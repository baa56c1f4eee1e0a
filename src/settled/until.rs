//! Looks at a run while it goes on, and says when it may end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::{AwaitedQuestion, Learning, WaitReason, open_while};
use crate::limits;
use crate::observation::Source;
use crate::probe::{Live, Standing};
use crate::probed::Probed;
use crate::report::Capture;

/// A source of facts that was asked and has not answered yet.
#[derive(Debug, Clone, Copy)]
pub struct AskedSource {
    /// Who.
    pub source: Source,
    /// Since when.
    pub since: Instant,
    /// Whether what it says decides, so that it is never cut.
    pub decides: bool,
}

impl AskedSource {
    fn until(self, now: Instant) -> Learning {
        Learning {
            source: self.source,
            waited: now.saturating_duration_since(self.since),
            decides: self.decides,
        }
    }
}

/// Ends when nothing that is outstanding in the run is worth waiting for. `capture` puts together what is known with
/// what was observed so far; `None` where not everybody is known yet who will be asked. It does not end before the
/// resolvers in scope have had [`limits::UNHEARD`] after what they said last, for what may follow a forged reply: what
/// is known is looked at as of then, in a pause before.
/// `asked` says which sources of facts have not answered yet, and since when they are asked.
pub async fn until(
    live: &Live,
    connects: bool,
    asked: impl Fn() -> Vec<AskedSource>,
    capture: impl Fn(Vec<Probed>) -> Option<Capture>,
) {
    let mut before: Option<WaitReason> = None;
    loop {
        let version = live.version();
        let standing = live.standing();
        let asked = asked();
        let now = Instant::now();
        let is_waiting = !standing.outstanding.is_empty() || !asked.is_empty();
        let Some(next) = looks_at(&standing).filter(|_| is_waiting) else {
            live.changed(version).await;
            continue;
        };
        if next > now {
            // What is found out of that time is known when it has come, unless something comes in before.
            tokio::select! {
                () = live.changed(version) => continue,
                () = sleep_until(next.min(now + limits::PAUSE)) => {}
            }
        }
        let now = next.max(now);
        let unheard = unheard_at(&standing, &asked, now);
        if let Some(capture) = capture(standing.observations.clone()) {
            let outstanding = outstanding(&standing, &capture.observations, now);
            // Beside the sockets, so that no reply seems later than it is.
            let held = before.clone();
            let learning: Vec<Learning> = asked.iter().map(|one| one.until(now)).collect();
            let wanted = Arc::new(AtomicBool::new(true));
            let is_wanted = Arc::clone(&wanted);
            let finding = spawn_blocking(move || {
                let is_wanted = || is_wanted.load(Ordering::Relaxed);
                open_while(&capture, &outstanding, &learning, connects, held.as_ref(), is_wanted)
            });
            let found = tokio::select! {
                biased;
                // What came in meanwhile may be another reason.
                () = live.changed(version) => {
                    wanted.store(false, Ordering::Relaxed);
                    continue;
                }
                found = finding => found,
            };
            match found {
                Ok(None) => {
                    tokio::select! {
                        biased;
                        () = live.changed(version) => continue,
                        () = sleep_until(now) => return,
                    }
                }
                Ok(Some(open)) => before = Some(open),
                // It did not end: the run does without.
                Err(_) => return std::future::pending().await,
            }
        }
        tokio::select! {
            () = live.changed(version) => {}
            () = sleep_if(unheard) => {}
        }
    }
}

/// When it is worth looking: when everybody in scope has said all of the endpoint, and some time after that. `None`
/// where somebody in scope has not.
fn looks_at(standing: &Standing) -> Option<Instant> {
    let observations = &standing.observations;
    let known = Instant::now();
    let decides = outstanding(standing, observations, known)
        .iter()
        .any(|open| open.decides(observations));
    if decides {
        return None;
    }
    let in_scope = observations.iter().zip(&standing.said);
    let said = in_scope.filter(|(probed, _)| probed.resolver.in_scope && probed.resolver.address.is_some());
    let last = said.filter_map(|(_, said)| *said).max();
    // Where nobody in scope is asked over DNS, there is nothing to wait for after.
    Some(last.map_or(known, |last| last + limits::UNHEARD))
}

/// When the next one that was not heard has had its time.
fn unheard_at(standing: &Standing, asked: &[AskedSource], now: Instant) -> Option<Instant> {
    let sent = standing.outstanding.iter().filter_map(|open| open.sent);
    let since = asked.iter().map(|one| one.since);
    let times = sent.chain(since).map(|begun| begun + limits::UNHEARD);
    times.filter(|at| *at > now).min()
}

/// What is outstanding, with the resolvers as they stand in these observations. Who is not among them is asked in vain.
pub(super) fn outstanding(standing: &Standing, observations: &[Probed], now: Instant) -> Vec<AwaitedQuestion> {
    let mut all = Vec::new();
    for open in &standing.outstanding {
        let resolver = &standing.observations[open.resolver].resolver;
        let place = observations
            .iter()
            .position(|probed| probed.resolver.is_same_place(resolver));
        if let Some(resolver) = place {
            all.push(AwaitedQuestion {
                resolver,
                question: open.question.clone(),
                waited: open
                    .sent
                    .map(|sent| now.saturating_duration_since(sent))
                    .unwrap_or_default(),
            });
        }
    }
    all
}

async fn sleep_if(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

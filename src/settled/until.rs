//! Looks at a run while it goes on, and says when it may end.

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};

use super::{Open, Outstanding, open};
use crate::limits;
use crate::probe::{Live, Standing};
use crate::probed::Probed;
use crate::report::Capture;

/// Ends when nothing that is outstanding in the run is worth waiting for. `capture` puts together what is known with
/// what was observed so far; `None` where not everybody is known yet who will be asked. Nothing is looked at before the
/// resolvers in scope have had [`limits::UNHEARD`] after what they said last, for what may follow a forged reply.
pub async fn until(live: &Live, connects: bool, capture: impl Fn(Vec<Probed>) -> Option<Capture>) {
    let mut before: Option<Open> = None;
    loop {
        let version = live.version();
        let standing = live.standing();
        let now = Instant::now();
        let next = looks_at(&standing).filter(|_| !standing.outstanding.is_empty());
        let Some(next) = next.filter(|next| *next <= now) else {
            tokio::select! {
                () = live.changed(version) => {}
                () = sleep_if(next) => {}
            }
            continue;
        };
        let unheard = unheard_at(&standing, next);
        if let Some(capture) = capture(standing.observations.clone()) {
            let outstanding = outstanding(&standing, &capture.observations, now);
            // Beside the sockets, so that no reply seems later than it is.
            let held = before.take();
            let found = spawn_blocking(move || open(&capture, &outstanding, connects, held.as_ref())).await;
            match found {
                // What came in meanwhile may be another reason.
                Ok(None) if live.version() == version => return,
                Ok(None) => continue,
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

/// When the next resolver that was not heard has had its time.
fn unheard_at(standing: &Standing, now: Instant) -> Option<Instant> {
    let sent = standing.outstanding.iter().filter_map(|open| open.sent);
    sent.map(|sent| sent + limits::UNHEARD).filter(|at| *at > now).min()
}

/// What is outstanding, with the resolvers as they stand in these observations. Who is not among them is asked in vain.
pub(super) fn outstanding(standing: &Standing, observations: &[Probed], now: Instant) -> Vec<Outstanding> {
    let mut all = Vec::new();
    for open in &standing.outstanding {
        let resolver = &standing.observations[open.resolver].resolver;
        let place = observations
            .iter()
            .position(|probed| probed.resolver.is_same_place(resolver));
        if let Some(resolver) = place {
            all.push(Outstanding {
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

//! The standing check as a metrics endpoint: what was found last, when that was, and whether it still says anything.

mod http;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::limits;
use crate::render::Style;
use crate::render::exposition::{Exposition, Metric};

pub use http::{Endpoint, listen};

/// The metrics of the standing check itself, in the order in which they are written.
pub const METRICS: &[&Metric] = &[
    &SERVE_INFO,
    &INTERVAL,
    &FRESH,
    &SUCCEEDED,
    &ATTEMPTED,
    &COMPLETED,
    &DURATION,
];

static SERVE_INFO: Metric = Metric {
    name: "eks_dns_serve_info",
    help: "The program that checks. Always 1.",
    labels: &["version"],
};
static INTERVAL: Metric = Metric {
    name: "eks_dns_check_interval_seconds",
    help: "How often a check begins, in seconds.",
    labels: &[],
};
static FRESH: Metric = Metric {
    name: "eks_dns_check_fresh",
    help: "Whether there is a result that is not too old. Where it is 0, there are no metrics of a target.",
    labels: &[],
};
static SUCCEEDED: Metric = Metric {
    name: "eks_dns_check_succeeded",
    help: "Whether the last check could be made, whatever it found. Absent before the first has ended.",
    labels: &[],
};
static ATTEMPTED: Metric = Metric {
    name: "eks_dns_check_attempt_timestamp_seconds",
    help: "When the last check ended, whether it could be made or not, in seconds since 1970.",
    labels: &[],
};
static COMPLETED: Metric = Metric {
    name: "eks_dns_check_completed_timestamp_seconds",
    help: "When the last check that could be made ended, in seconds since 1970.",
    labels: &[],
};
static DURATION: Metric = Metric {
    name: "eks_dns_check_duration_seconds",
    help: "How long the last check that could be made took, in seconds.",
    labels: &[],
};

/// A moment by two clocks: one that nobody can set, and one that goes on while the host sleeps.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the monotonic clock.
    pub instant: Instant,
    /// By the clock on the wall, in seconds since 1970.
    pub time: f64,
}

impl Moment {
    /// How long ago it was: what the clock says by which it is longer.
    fn ago(self, now: Self) -> Duration {
        let by_wall = Duration::try_from_secs_f64(now.time - self.time).unwrap_or_default();
        now.instant.saturating_duration_since(self.instant).max(by_wall)
    }
}

/// What a check found, as metrics.
struct CheckMetrics {
    text: String,
    ended: Moment,
    took: Duration,
}

#[derive(Default)]
struct CheckState {
    found: Option<CheckMetrics>,
    /// When the last check ended, and whether it could be made.
    last: Option<(Moment, bool)>,
}

/// What is known of the standing check. Clones share it.
#[derive(Clone)]
pub struct StandingCheck {
    interval: Duration,
    /// How long one check may take.
    deadline: Duration,
    state: Arc<Mutex<CheckState>>,
}

impl fmt::Debug for StandingCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standing")
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

impl StandingCheck {
    /// Nothing was checked yet.
    pub fn new(interval: Duration, deadline: Duration) -> Self {
        Self {
            interval,
            deadline,
            state: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, CheckState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A check came to an end, and this is what it found, by `tell`.
    pub(crate) fn found(
        &self,
        began: Moment,
        ended: Moment,
        tell: impl FnOnce(&mut Exposition),
        style: &Style,
    ) -> fmt::Result {
        let mut exposition = Exposition::default();
        tell(&mut exposition);
        let mut text = String::new();
        exposition.write_samples(style, &mut text)?;
        let mut state = self.state();
        state.found = Some(CheckMetrics {
            text,
            ended,
            took: ended.instant.saturating_duration_since(began.instant),
        });
        state.last = Some((ended, true));
        Ok(())
    }

    /// A check could not be made. What the one before found stands until it is too old.
    pub fn failed(&self, ended: Moment) {
        self.state().last = Some((ended, false));
    }

    /// How old a result may be: one that was left out, the next, and the time that they take.
    fn keeps(&self, found: &CheckMetrics) -> Duration {
        self.interval * limits::INTERVALS_MISSED + self.deadline.max(found.took)
    }

    /// Whether there is a result that still says something, on one line.
    pub fn health(&self, now: Moment) -> Result<String, String> {
        let state = self.state();
        let age = |moment: Moment| humantime::format_duration(Duration::from_secs(moment.ago(now).as_secs()));
        match &state.found {
            Some(found) if found.ended.ago(now) <= self.keeps(found) => {
                Ok(format!("ok: the last check ended {} ago", age(found.ended)))
            }
            Some(found) => Err(format!(
                "stale: the last check that could be made ended {} ago",
                age(found.ended)
            )),
            None if state.last.is_some() => Err("no check could be made so far: see the log".to_owned()),
            None => Err("the first check has not ended yet".to_owned()),
        }
    }

    /// The metrics. What is too old is left out.
    pub fn metrics(&self, now: Moment, style: &Style) -> Result<String, fmt::Error> {
        let is_fresh = self.health(now).is_ok();
        let state = self.state();
        let truth = |is: bool| f64::from(u8::from(is));
        let mut own = Exposition::default();
        own.add(&SERVE_INFO, &[env!("CARGO_PKG_VERSION")], 1.0);
        own.add(&INTERVAL, &[], self.interval.as_secs_f64());
        own.add(&FRESH, &[], truth(is_fresh));
        if let Some((ended, could)) = state.last {
            own.add(&SUCCEEDED, &[], truth(could));
            own.add(&ATTEMPTED, &[], ended.time);
        }
        if let Some(found) = &state.found {
            own.add(&COMPLETED, &[], found.ended.time);
            own.add(&DURATION, &[], found.took.as_secs_f64());
        }
        let mut text = String::new();
        own.write_samples(style, &mut text)?;
        if let Some(found) = state.found.as_ref().filter(|_| is_fresh) {
            text.push_str(&found.text);
        }
        text.push_str(crate::render::exposition::END);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    static TARGET: Metric = Metric {
        name: "of_a_target",
        help: "A number.",
        labels: &[],
    };

    fn at(start: Instant, seconds: u64) -> Moment {
        Moment {
            instant: start + Duration::from_secs(seconds),
            time: 1_000_000.0 + seconds as f64,
        }
    }

    #[test]
    fn what_is_too_old_is_not_shown() {
        let start = Instant::now();
        let standing = StandingCheck::new(Duration::from_secs(60), Duration::from_secs(15));
        let metrics = |at| standing.metrics(at, &Style::default()).unwrap();
        assert!(standing.health(at(start, 0)).is_err());
        assert!(metrics(at(start, 0)).contains("\neks_dns_check_fresh 0\n"));
        let found = |exposition: &mut Exposition| exposition.add(&TARGET, &[], 7.0);
        standing
            .found(at(start, 0), at(start, 2), found, &Style::default())
            .unwrap();
        let text = metrics(at(start, 60));
        for line in [
            "eks_dns_check_fresh 1",
            "eks_dns_check_succeeded 1",
            "eks_dns_check_completed_timestamp_seconds 1000002",
            "eks_dns_check_duration_seconds 2",
            "of_a_target 7",
        ] {
            assert!(text.contains(&format!("\n{line}\n")), "{line}: {text}");
        }
        assert!(text.ends_with("of_a_target 7\n# EOF\n"), "{text}");
        standing.failed(at(start, 62));
        let text = metrics(at(start, 63));
        assert!(
            text.contains("\neks_dns_check_succeeded 0\n") && text.contains("of_a_target"),
            "{text}"
        );
        assert_eq!(
            standing.health(at(start, 63)),
            Ok("ok: the last check ended 1m 1s ago".to_owned())
        );
        let text = metrics(at(start, 2 + 120 + 16));
        assert!(
            text.contains("\neks_dns_check_fresh 0\n") && !text.contains("of_a_target"),
            "{text}"
        );
        assert!(standing.health(at(start, 2 + 120 + 16)).is_err());
    }

    /// A host that slept: its monotonic clock stood still.
    #[test]
    fn sleep_makes_old() {
        let start = Instant::now();
        let standing = StandingCheck::new(Duration::from_secs(60), Duration::from_secs(15));
        standing
            .found(at(start, 0), at(start, 1), |_| {}, &Style::default())
            .unwrap();
        let slept = Moment {
            instant: start + Duration::from_secs(2),
            time: at(start, 3600).time,
        };
        assert!(standing.health(slept).is_err());
    }
}

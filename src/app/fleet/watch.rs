//! `--watch` of many targets: round after round, and a line for each target that is not as it was.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::super::Error;
use super::super::conduct::Interrupted;
use super::super::spinner::WaitingLine;
use super::super::watch::tell;
use super::{listed, once};
use crate::cli::args::{CheckArgs, Until};
use crate::fleet::{Fleet, changes};
use crate::limits;
use crate::render;
use crate::report::exit;
use crate::settings::Settings;

/// Round after round. The document is that of the last whole one. AWS and the list of targets are those of the start.
pub(super) async fn rounds(
    args: &CheckArgs,
    settings: &Settings,
    interval: Duration,
    mut interrupt: Interrupted,
    line: &WaitingLine,
) -> Result<Fleet, Error> {
    let listed = listed(args, settings, &mut interrupt, line).await?;
    let start = Instant::now();
    let bound = args.watch_for.unwrap_or(limits::WATCH);
    let end = start + bound;
    let until = match args.until {
        Some(Until::Healthy) => ", until all are healthy",
        None => "",
    };
    tell(
        &args.output,
        &format!(
            "watching {} targets every {}, for {}{until}",
            listed.entries.len(),
            humantime::format_duration(interval),
            humantime::format_duration(bound)
        ),
    )?;
    let mut last: Option<Fleet> = None;
    loop {
        let began = Instant::now();
        let fleet = once(args, settings, &listed, &mut interrupt, line).await?;
        // A round that was cut short says less than the one before.
        let fleet = match last.take() {
            Some(before) if fleet.interrupted => interrupted(before),
            Some(before) => {
                for line in changes(&before, &fleet) {
                    tell(&args.output, &line)?;
                }
                fleet
            }
            None => {
                tell(&args.output, &render::fleet::counts(&fleet))?;
                fleet
            }
        };
        let reached = args.until == Some(Until::Healthy) && fleet.exit_code == exit::HEALTHY;
        let now = Instant::now();
        let next = (began + interval)
            .max(now + limits::BETWEEN_ROUNDS)
            // The last look is when the time is up.
            .min(end.max(now + limits::BETWEEN_ROUNDS));
        if reached || fleet.interrupted || next > end {
            tell(&args.output, &render::fleet::counts(&fleet))?;
            return Ok(fleet);
        }
        tokio::select! {
            () = sleep_until(next) => {}
            () = &mut interrupt => return Ok(interrupted(fleet)),
        }
        last = Some(fleet);
    }
}

/// The document of a watch that was interrupted.
fn interrupted(mut fleet: Fleet) -> Fleet {
    fleet.interrupted = true;
    fleet.exit_code = exit::INTERRUPTED;
    fleet
}

//! `--watch`: the check again and again, a line for each change, until it is healthy or the time is up.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::check::{aws_share, round, without_endpoint};
use super::conduct::{Interrupted, Told, conduct, now};
use super::drawn;
use super::learn::KnownEndpoint;
use super::live::{self, TerminalFoot};
use super::spinner::WaitShown;
use super::{Error, output};
use crate::cli::args::{CheckArgs, OutputArgs, Until};
use crate::cli::settings;
use crate::limits;
use crate::render::Format;
use crate::report::{Report, diagnose, exit};
use crate::settings::Settings;
use crate::watch::Watch;

/// Between two drawings of the live table.
const TICK: Duration = Duration::from_secs(1);

/// Watches, and returns the exit code of the last report.
pub(super) fn run(args: &CheckArgs, interval: Duration) -> Result<u8, Error> {
    let settings = settings(args)?;
    output::check_save(&args.output)?;
    let (watched, _) = conduct(&args.output, WaitShown::Nothing, |interrupt, told| {
        rounds(args, &settings, interval, interrupt, told)
    })?;
    let report = match watched {
        // There is no name to watch, and that is a conclusion too.
        Err(Error::NoEndpointYet(cluster, region)) => diagnose(without_endpoint(&settings, *cluster, region)),
        watched => watched?,
    };
    output::deliver_from(&report, &args.output, args.vantage.as_deref())?;
    Ok(args.output.format.exit_code(report.conclusion, report.exit_code))
}

/// Round after round. The report is that of the last one, as it stands with an interruption.
async fn rounds(
    args: &CheckArgs,
    settings: &Settings,
    interval: Duration,
    interrupt: Interrupted,
    told: Told,
) -> Result<Report, Error> {
    let stopped = Rc::new(Cell::new(false));
    let seen = Rc::clone(&stopped);
    let mut interrupt: Interrupted = Box::pin(async move {
        interrupt.await;
        seen.set(true);
    });
    let until = Instant::now() + aws_share(settings);
    let known = tokio::select! {
        known = KnownEndpoint::find(settings.target.as_ref(), &settings.sources, until, &told.line) => known?,
        () = &mut interrupt => return Err(Error::Interrupted),
    };
    let start = Instant::now();
    let bound = args.watch_for.unwrap_or(limits::WATCH);
    let end = start + bound;
    let until = match args.until {
        Some(Until::Healthy) => ", until healthy",
        None => "",
    };
    tell(
        &args.output,
        &format!(
            "watching {} every {}, for {}{until}",
            known.target.hostname,
            humantime::format_duration(interval),
            humantime::format_duration(bound),
        ),
    )?;
    let mut progress = told.rows(bound);
    let mut watch = Watch::default();
    let mut last: Option<Report> = None;
    // When the first of the rounds began that have failed one behind the other.
    let mut failing_since: Option<String> = None;
    let mut live = TerminalFoot::new(&args.output);
    let name = known.target.hostname.to_string();
    let head = |next, conclusion: &str| live::head(&name, start.elapsed(), bound, next, conclusion);
    loop {
        let began = Instant::now();
        let before = last.as_ref().map_or("watching", |report| report.conclusion.as_str());
        live.draw(&head(None, before), &watch.board(start.elapsed()))?;
        let since = failing_since.as_deref();
        let capture = round(settings, &known, began, since, &mut interrupt, |answered| {
            if args.output.verbose {
                progress(answered);
            }
        });
        let capture = Box::pin(capture).await;
        let report = match last.take() {
            // A round that was cut short says less than the one before.
            Some(report) if stopped.get() => interrupted(report),
            _ => diagnose(capture?),
        };
        let first = failing_since.take().unwrap_or_else(|| report.taken_at.clone());
        failing_since = report.fails().then_some(first);
        let elapsed = began.duration_since(start);
        live.clear()?;
        for line in watch.observe(elapsed, &report) {
            tell(&args.output, &line)?;
        }
        let reached = args.until == Some(Until::Healthy) && report.exit_code == exit::HEALTHY;
        let now = Instant::now();
        let next = (began + interval)
            .max(now + limits::BETWEEN_ROUNDS)
            // The last look is when the time is up.
            .min(end.max(now + limits::BETWEEN_ROUNDS));
        if reached || stopped.get() || next > end {
            tell(&args.output, &watch.summary(start.elapsed(), &report))?;
            return Ok(report);
        }
        loop {
            let left = next.duration_since(Instant::now());
            live.draw(
                &head(Some(left), report.conclusion.as_str()),
                &watch.board(start.elapsed()),
            )?;
            // The table counts the seconds; without one nobody is woken before the next round.
            let tick = if live.is_on() {
                next.min(Instant::now() + TICK)
            } else {
                next
            };
            tokio::select! {
                () = sleep_until(tick) => {}
                () = &mut interrupt => {
                    live.clear()?;
                    let report = interrupted(report);
                    tell(&args.output, &watch.summary(start.elapsed(), &report))?;
                    return Ok(report);
                }
            }
            if Instant::now() >= next {
                break;
            }
        }
        last = Some(report);
    }
}

/// The report of a watch that was interrupted between two rounds.
fn interrupted(report: Report) -> Report {
    let mut capture = report.into_capture();
    capture.interrupted = true;
    diagnose(capture)
}

/// One line with its time: beside the report where that is one document, on standard error.
pub(super) fn tell(args: &OutputArgs, line: &str) -> Result<(), Error> {
    if args.quiet {
        return Ok(());
    }
    let line = format!("{}  {}", now(), output::line(line, args));
    drawn::clear();
    if matches!(args.format, Format::Table | Format::Short) {
        return output::stdout(format!("{line}\n").as_bytes());
    }
    output::progress(&line);
    Ok(())
}

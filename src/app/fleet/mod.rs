//! `check` of many targets: which they are, one after the other with what they share, and one document of all.

mod alike;
mod aws;
mod bulk;
mod known;
mod list;
mod outlet;
mod roll;
mod suspects;
mod watch;

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use tokio::sync::watch as signal;

use super::conduct::{Interrupted, conduct, now};
use super::spinner::{WaitShown, WaitingLine};
use super::{Error, compare, output, via};
use crate::cli::args::CheckArgs;
use crate::cli::settings;
use crate::dns::Name;
use crate::facts::{System, Vantage, VantageKind};
use crate::fleet::{Distinct, Documents, Fleet, Gathering, TargetOutcome};
use crate::redact;
use crate::render::{self, Format};
use crate::report::{Conclusion, Report, exit};
use crate::settings::Settings;

use alike::{LinePattern, Values};
use list::{ListedTarget, TargetList};
use outlet::Outlet;
use roll::{Rolling, Stopped};

/// Checks all targets, and returns the worst exit code.
pub(super) fn run(args: &CheckArgs) -> Result<u8, Error> {
    let settings = settings(args)?;
    output::check_save(&args.output)?;
    via::check(args)?;
    let settings = &settings;
    // What goes out target by target moves the terminal's cursor itself.
    let goes_out = args.output.format == Format::Jsonl && io::stdout().is_terminal();
    let shows = if goes_out { WaitShown::Nothing } else { WaitShown::Parts };
    if !args.via.is_empty() {
        let (places, _) = conduct(&args.output, shows, |mut interrupt, told| async move {
            Box::pin(places(args, settings, &mut interrupt, &told.line)).await
        })?;
        return compare::of_fleets(places?, &args.output);
    }
    let (gathered, _) = conduct(&args.output, shows, |mut interrupt, told| async move {
        match args.watch {
            Some(interval) => watch::rounds(args, settings, interval, interrupt, &told.line).await,
            None => gather(args, settings, &mut interrupt, &told.line).await,
        }
    })?;
    let fleet = gathered?;
    deliver(&fleet, args)?;
    Ok(args.output.format.exit_code(fleet.conclusion, fleet.exit_code))
}

/// The same targets from here and from the places of `--via`: a document of each, with its name.
async fn places(
    args: &CheckArgs,
    settings: &Settings,
    interrupt: &mut Interrupted,
    line: &WaitingLine,
) -> Result<Documents, Error> {
    let listed = listed(args, settings, interrupt, line).await?;
    let lines = listed.entries.iter().map(|entry| entry.to_line(settings) + "\n");
    let targets = lines.collect::<String>().into_bytes();
    // What is printed is the comparison, and that is redacted as a whole.
    let mut own = args.clone();
    own.output.format = Format::Json;
    own.output.redact = false;
    // The places are asked beside this one, and a signal ends both.
    let (stop, stopped) = signal::channel(false);
    let until = |mut stopped: signal::Receiver<bool>| -> Interrupted {
        Box::pin(async move {
            // The sender outlives everybody who waits.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
    };
    let (mut of_here, mut of_places) = (until(stopped.clone()), until(stopped));
    let here = once(&own, settings, &listed, &mut of_here, line);
    let there = via::fleets(args, settings, targets, &mut of_places, line);
    let both = async { tokio::try_join!(here, there) };
    tokio::pin!(both);
    let (here, mut documents) = tokio::select! {
        both = &mut both => both?,
        () = &mut *interrupt => {
            let _ = stop.send(true);
            both.await?
        }
    };
    let name = here.vantage.name.clone().unwrap_or_else(|| "here".to_owned());
    documents.interrupted |= here.interrupted;
    documents.seen.insert(0, (name, here));
    // The others have the endpoints alone. That an entry is dead is told by its neighbours in the kubeconfig.
    let entries = || listed.entries.iter().map(|entry| entry.target.target);
    let seen = documents.seen.into_iter().enumerate();
    documents.seen = seen
        .map(|(place, (name, fleet))| {
            let fleet = if place == 0 { fleet } else { fleet.knowing(entries()) };
            (name, fleet)
        })
        .collect();
    Ok(documents)
}

/// Which targets there are.
async fn listed(
    args: &CheckArgs,
    settings: &Settings,
    interrupt: &mut Interrupted,
    line: &WaitingLine,
) -> Result<TargetList, Error> {
    tokio::select! {
        listed = list::list(args, settings, line) => listed,
        () = &mut *interrupt => Err(Error::Interrupted),
    }
}

/// Checks all targets, and makes one document of what was found. What goes out target by target goes out here.
pub(super) async fn gather(
    args: &CheckArgs,
    settings: &Settings,
    interrupt: &mut Interrupted,
    line: &WaitingLine,
) -> Result<Fleet, Error> {
    let listed = listed(args, settings, interrupt, line).await?;
    once(args, settings, &listed, interrupt, line).await
}

/// All targets once. An interruption keeps what is done.
async fn once(
    args: &CheckArgs,
    settings: &Settings,
    listed: &TargetList,
    interrupt: &mut Interrupted,
    waiting: &WaitingLine,
) -> Result<Fleet, Error> {
    let vantage = Vantage {
        name: settings.vantage.clone(),
        kind: VantageKind::Unknown,
        system: System::of_this_host(),
    };
    // Whether an entry of a kubeconfig is dead is told by its neighbours, and those are some thousands at most.
    let is_line_by_line = args.output.format == Format::Jsonl;
    let keeps = !is_line_by_line || args.output.save.is_some() || args.watch.is_some() || args.many.all_contexts;
    let prints = is_line_by_line && !args.output.quiet;
    let mut gathering = Gathering::new(now(), vantage, keeps);
    // What was printed of each target, where that may not be the last word.
    let mut printed: BTreeMap<String, (Conclusion, Option<String>)> = BTreeMap::new();
    let mut outlet = Outlet::default();
    let put = |gathering: &mut Gathering, outlet: &mut Outlet, place: usize, outcome: TargetOutcome| {
        let outcome = said(outcome, args);
        if prints {
            outlet.put(line(|out| render::fleet::target_line(&outcome, out))?)?;
        }
        gathering.put(place, outcome);
        Ok::<_, Error>(())
    };
    for (place, outcome) in &listed.not_asked {
        put(&mut gathering, &mut outlet, *place, outcome.clone())?;
    }
    let rolling = Rolling::new(settings, args.many.rate, Making::new(args), outlet.gauge(), waiting);
    let round = waiting.round(listed.entries.len());
    let on_report = |entry: &ListedTarget, ready: ReadyReport| -> Result<bool, Error> {
        let ReadyReport { report, line, own } = ready;
        outlet.put(line)?;
        let mut outcome = TargetOutcome::of(&entry.target, &report, render::fleet::undecided(&report));
        if let Some((hostname, rtt_ms)) = own {
            (outcome.hostname, outcome.rtt_ms) = (Some(hostname), rtt_ms);
        }
        let is_broken = outcome.exit_code == exit::BROKEN;
        let target = &entry.target.target;
        let outcome = said(outcome, args);
        if prints && keeps {
            printed.insert(outcome.name.clone(), amounts_to(&outcome));
        }
        gathering.take(target.place, outcome, target.known.account.as_deref(), &report);
        round.done(is_broken);
        Ok(!(args.many.fail_fast && is_broken))
    };
    let stopped = rolling
        .all(
            &listed.entries,
            listed.learning.as_ref(),
            args.many.fail_fast,
            interrupt,
            on_report,
        )
        .await;
    drop(round);
    let stopped = stopped?;
    let reason = match stopped {
        None => None,
        Some(Stopped::Interrupted) => Some("not asked: the run was interrupted"),
        Some(Stopped::Enough) => Some("not asked: --fail-fast ended the run"),
    };
    if let Some(reason) = reason {
        for entry in listed.entries.iter().filter(|entry| !rolling.is_done(entry.at)) {
            let target = &entry.target.target;
            let hostname = Some(target.hostname.clone());
            let outcome = TargetOutcome::not_asked(target.name().into_owned(), hostname, target.origin, reason);
            put(&mut gathering, &mut outlet, target.place, outcome)?;
        }
    }
    let left_out = listed.left_out.iter().cloned().map(|mut one| {
        if args.output.redact {
            one.name = redact::text(&one.name);
            one.reason = redact::text(&one.reason);
        }
        one
    });
    let fleet = gathering.finish(left_out.collect(), stopped == Some(Stopped::Interrupted));
    if prints {
        for one in &fleet.left_out {
            outlet.put(line(|out| render::fleet::left_out_line(one, out))?)?;
        }
        let is_other = |outcome: &&TargetOutcome| {
            let before = printed.get(&outcome.name);
            before.is_some_and(|before| outcome.replaced_by.is_some() || *before != amounts_to(outcome))
        };
        for outcome in fleet.targets.iter().filter(is_other) {
            outlet.put(line(|out| render::fleet::target_line(outcome, out))?)?;
        }
    }
    outlet.finish()?;
    Ok(fleet)
}

/// What an outcome is told from another by.
fn amounts_to(outcome: &TargetOutcome) -> (Conclusion, Option<String>) {
    let rule = outcome.headline.as_ref().map(|headline| headline.rule.clone());
    (outcome.conclusion, rule)
}

/// What is written of one line.
fn line(write: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> Result<String, Error> {
    let mut text = String::new();
    write(&mut text)?;
    Ok(text)
}

/// How a report is made ready to go out. It is done beside the sockets: to write a report takes as long as to come to
/// it.
#[derive(Clone)]
struct Making {
    redacts: bool,
    vantage: Option<String>,
    explains: bool,
    is_printed: bool,
}

/// A report as it may go out, and what is printed of it at once: its line with `-o jsonl`, else nothing.
struct ReadyReport {
    report: Arc<Report>,
    line: String,
    /// Where the report is that of a target which is like this one: the name and the slowest reply that are its own.
    own: Option<(Name, Option<f64>)>,
}

impl Making {
    fn new(args: &CheckArgs) -> Self {
        let goes_out_alone = args.output.format == Format::Jsonl;
        Self {
            redacts: args.output.redact,
            vantage: args.vantage.clone(),
            explains: goes_out_alone && args.output.explain_why,
            is_printed: goes_out_alone && !args.output.quiet,
        }
    }

    /// Whether what goes out has each value as it is.
    fn is_plain(&self) -> bool {
        !self.redacts && !self.explains
    }

    /// What goes out of a target that is like another.
    fn alike(
        &self,
        pattern: &LinePattern,
        values: &Values,
        taken_at: &str,
        target: &Distinct,
    ) -> Result<ReadyReport, Error> {
        let mut line = String::new();
        if self.is_printed {
            render::fleet::line_start(&target.target.name(), &target.also, &mut line)?;
            pattern.write(values, taken_at, &mut line);
        }
        Ok(ReadyReport {
            report: Arc::clone(&pattern.report),
            line,
            own: Some((target.target.hostname.clone(), values.slowest_ms())),
        })
    }

    fn ready(&self, mut report: Report, target: &Distinct) -> Result<ReadyReport, Error> {
        if self.redacts {
            report = redact::report(report, self.vantage.as_deref())?;
        }
        if self.explains {
            report = report.with_why();
        }
        let mut line = String::new();
        if self.is_printed {
            let shown = |name: &str| {
                if self.redacts {
                    redact::text(name)
                } else {
                    name.to_owned()
                }
            };
            let also: Vec<String> = target.also.iter().map(|name| shown(name)).collect();
            render::fleet::report_line(&shown(&target.target.name()), &also, &report, &mut line)?;
        }
        Ok(ReadyReport {
            report: Arc::new(report),
            line,
            own: None,
        })
    }
}

/// The outcome as it may go out.
fn said(mut outcome: TargetOutcome, args: &CheckArgs) -> TargetOutcome {
    if args.output.redact {
        outcome.redact();
    }
    outcome
}

/// Prints the document and saves it, as asked. What was printed line by line is not printed again.
fn deliver(fleet: &Fleet, args: &CheckArgs) -> Result<(), Error> {
    let mut output = args.output.clone();
    output.quiet |= output.format == Format::Jsonl;
    output::deliver_as(&output, |format, style, out| {
        render::fleet::render(fleet, format, style, out)
    })
}

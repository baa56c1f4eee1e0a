//! `demo`: a scenario, played on loopback and diagnosed.

use std::fmt::Write as _;

use super::conduct::{Interrupted, conduct, now};
use super::spinner::WaitShown;
use super::{Error, output};
use crate::cli::args::{DemoArgs, OutputArgs};
use crate::lab::scenario::{ExpectedDiagnosis, Scenario};
use crate::lab::{self, ScenarioList, Scene};
use crate::limits;
use crate::probe::Progress;
use crate::render::{Format, json, text};
use crate::report::{Report, diagnose, exit};

/// What stands above the report of a scenario, with the empty line behind it. Who sees addresses of a real network has
/// to know that nobody asked those.
pub fn heading(name: &str, title: &str) -> String {
    let words = text::escape(&format!("demo {name}, played on loopback: {title}."));
    let lines = text::wrap(&words, output::WIDTH, output::WIDTH);
    format!("{}\n\n", lines.join("\n"))
}

/// Plays a scenario. The exit code says whether the diagnosis is the one that the scenario states; the report
/// carries the code that `check` would give.
pub(super) fn run(args: &DemoArgs) -> Result<u8, Error> {
    if args.list {
        return list(&args.output);
    }
    output::check_save(&args.output)?;
    let (name, scenario) = lab::scenario(args.scenario.as_deref())?;
    let heading = heading(name, &scenario.title);
    if args.output.quiet {
        // Nothing is printed: the exit code says it.
    } else if args.output.format == Format::Table {
        output::stdout(heading.as_bytes())?;
    } else {
        output::progress(heading.trim_end());
    }
    let scene = scene(name, &scenario);
    let (played, interrupted) = conduct(
        &args.output,
        WaitShown::Within(limits::LAB_DEADLINE),
        |interrupt, told| lab::play_until_settled(&scenario, &scene, interrupt, told.rows(limits::LAB_DEADLINE)),
    )?;
    let played = played?;
    let report = diagnose(played.capture);
    match output::deliver(&report, &args.output) {
        // An interrupted run says that it was, whatever else went wrong.
        Err(error) if interrupted => output::error(&error, args.output.redact),
        delivered => delivered?,
    }
    if interrupted {
        return Ok(exit::INTERRUPTED);
    }
    let Some(differs) = differs(name, &report, &played.unexpected, &scenario) else {
        return Ok(exit::HEALTHY);
    };
    for line in differs {
        output::progress(&text::escape(&line));
    }
    Ok(exit::BROKEN)
}

/// A scenario at its own time, so that times in its facts are as long ago as it says.
fn scene<'a>(name: &'a str, scenario: &Scenario) -> Scene<'a> {
    Scene {
        name,
        taken_at: scenario.taken_at.clone().unwrap_or_else(now),
    }
}

/// What came of a scenario.
pub(super) struct PlayedScenario {
    pub(super) report: Report,
    /// Where the diagnosis is not the one that the scenario states: how.
    pub(super) differs: Option<Vec<String>>,
}

/// Plays a scenario for somebody else who prints it and who watches for an interruption.
pub(super) async fn report(
    named: Option<&str>,
    interrupt: Interrupted,
    progress: impl FnMut(Progress),
) -> Result<PlayedScenario, Error> {
    let (name, scenario) = lab::scenario(named)?;
    let scene = scene(name, &scenario);
    let played = lab::play_until_settled(&scenario, &scene, interrupt, progress).await?;
    let report = diagnose(played.capture);
    let differs = differs(name, &report, &played.unexpected, &scenario);
    Ok(PlayedScenario { report, differs })
}

/// What is not as the scenario states it, a line each.
fn differs(name: &str, report: &Report, unexpected: &[String], scenario: &Scenario) -> Option<Vec<String>> {
    let found = ExpectedDiagnosis::of(report);
    let is_as_stated = if report.not_waited_for.is_empty() {
        found == scenario.expect
    } else {
        found.is_cut_from(&scenario.expect)
    };
    if is_as_stated && unexpected.is_empty() {
        return None;
    }
    let mut lines = unexpected.to_vec();
    lines.push(format!(
        "demo {name}: the diagnosis is not the one that the scenario states: {}",
        difference(&found, &scenario.expect)
    ));
    Some(lines)
}

/// Where two outcomes part, on one line.
fn difference(found: &ExpectedDiagnosis, stated: &ExpectedDiagnosis) -> String {
    let describe = |outcome: &ExpectedDiagnosis| {
        let mut text = format!("{} (exit {})", outcome.conclusion.as_str(), outcome.exit_code);
        for finding in &outcome.findings {
            let _ = write!(
                text,
                ", {} {} {}",
                finding.rule,
                finding.severity.as_str(),
                finding.confidence.as_str()
            );
        }
        text
    };
    format!("found {}; stated {}", describe(found), describe(stated))
}

/// Prints the scenarios: as a document where JSON is asked for, and else a line each.
fn list(args: &OutputArgs) -> Result<u8, Error> {
    output::check_save(args)?;
    if !matches!(args.format, Format::Table | Format::Json | Format::Jsonl) {
        return Err(Error::FormatOfScenarios(args.format));
    }
    let all = ScenarioList::all()?;
    output::deliver_as(args, |format, _, out| match format {
        Format::Json => json::render(&all, out),
        Format::Jsonl => json::line(&all, out),
        _ => out.write_str(&lines(&all)),
    })?;
    Ok(exit::HEALTHY)
}

/// The scenarios, a line each.
pub(super) fn lines(all: &ScenarioList) -> String {
    let names = all.scenarios.iter().map(|one| one.name.len());
    let width = names.max().unwrap_or_default();
    let mut text = String::new();
    for one in &all.scenarios {
        let _ = writeln!(text, "{:<width$}  {}", one.name, one.title);
    }
    text
}

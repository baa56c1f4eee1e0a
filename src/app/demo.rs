//! `demo`: a scenario, played on loopback and diagnosed.

use std::fmt::Write as _;

use super::conduct::{conduct, now};
use super::{Error, output};
use crate::cli::args::DemoArgs;
use crate::lab::{self, Scene, scenario::Outcome};
use crate::render::{Format, text};
use crate::report::{diagnose, exit};

/// What a reader must know who sees addresses of a real network.
const EMBEDDED: &str = "Embedded servers on loopback play these addresses; nothing leaves this machine.";

/// Plays a scenario. The exit code says whether the diagnosis is the one that the scenario states; the report
/// carries the code that `check` would give.
pub(super) fn run(args: &DemoArgs) -> Result<u8, Error> {
    if args.list {
        return list();
    }
    output::check_save(&args.output)?;
    let (name, scenario) = lab::scenario(args.scenario.as_deref())?;
    let title = text::escape(&format!("demo {name}: {}", scenario.title));
    if args.output.quiet {
        // Nothing is printed: the exit code says it.
    } else if args.output.format == Format::Table {
        let title = text::wrap(&title, output::WIDTH, output::WIDTH).join(
            "
",
        );
        output::stdout(
            format!(
                "{title}
{EMBEDDED}

"
            )
            .as_bytes(),
        )?;
    } else {
        output::progress(&title);
        output::progress(EMBEDDED);
    }
    let scene = Scene { name, taken_at: now() };
    let (played, interrupted) = conduct(&args.output, |interrupt, progress| {
        lab::play_until_settled(&scenario, &scene, interrupt, progress)
    })?;
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
    let found = Outcome::of(&report);
    let is_as_stated = if report.not_waited_for.is_empty() {
        found == scenario.expect
    } else {
        found.is_cut_from(&scenario.expect)
    };
    if is_as_stated && played.unexpected.is_empty() {
        return Ok(exit::HEALTHY);
    }
    for question in &played.unexpected {
        output::progress(&text::escape(question));
    }
    output::progress(&text::escape(&format!(
        "demo {name}: the diagnosis is not the one that the scenario states: {}",
        difference(&found, &scenario.expect)
    )));
    Ok(exit::BROKEN)
}

/// Where two outcomes part, on one line.
fn difference(found: &Outcome, stated: &Outcome) -> String {
    let describe = |outcome: &Outcome| {
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

fn list() -> Result<u8, Error> {
    let width = lab::names().map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    for name in lab::names() {
        let (_, scenario) = lab::scenario(Some(name))?;
        let _ = writeln!(text, "{name:<width$}  {}", scenario.title);
    }
    output::stdout(text.as_bytes())?;
    Ok(exit::HEALTHY)
}

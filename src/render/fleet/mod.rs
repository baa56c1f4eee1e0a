//! The document of many targets as text: each cause once, then what of which target.

pub mod compared;
mod dead;
mod html;
pub(crate) mod lines;
pub(crate) mod machine;
mod markdown;
mod rows;
mod table;
mod way;

pub use lines::{left_out_line, line_start, report_line, target_line};
pub use machine::METRICS;

use std::fmt;

use super::words::LineMark;
use super::{Format, Style, json, short, words};
use crate::fleet::{Cause, Fleet, NotAwaited, Tally, TargetOutcome, is_of_dead_entries};
use crate::limits;
use crate::observation::Source;
use crate::report::{Conclusion, Report};
use crate::rules::phrase::{list, plural};
use crate::rules::{self, Severity};

/// Writes the document.
pub fn render(fleet: &Fleet, format: Format, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    match format {
        Format::Table => table::render(fleet, style, out),
        Format::Short => short::line(
            &headline(fleet),
            totals(fleet).as_deref(),
            fleet.exit_code,
            fleet.interrupted,
            style,
            out,
        ),
        Format::Json => json::render(fleet, out),
        Format::Jsonl => json::line(fleet, out),
        Format::Markdown => markdown::render(fleet, style, out),
        Format::OpenMetrics => machine::openmetrics(fleet, style, out),
        Format::Junit => machine::junit(fleet, style, out),
        Format::Nagios => machine::nagios(fleet, style, out),
        Format::Html => html::render(fleet, style, out),
    }
}

/// The text of a cause that is said as it is of one of several targets, with which one that is.
fn of_example(cause: &Cause, text: &str) -> String {
    if cause.targets.len() < 2 || cause.example.is_empty() {
        return text.to_owned();
    }
    format!("Shown for {}: {text}", cause.example)
}

/// That the lines of a fix are one target's, where others need their own: a resolver that is the cause is repaired
/// once.
fn of_one_target(cause: &Cause) -> Option<String> {
    let once = rules::find(&cause.rule).is_some_and(|rule| rule.is_of_the_resolver);
    let has_lines = cause.remedies.iter().any(|remedy| !remedy.commands.is_empty());
    let others = cause.targets.len().saturating_sub(1);
    if others == 0 || once || !has_lines || cause.example.is_empty() {
        return None;
    }
    Some(format!(
        "These lines are for {}; {others} other {} of this cause {} lines of {} own.",
        cause.example,
        plural(others, "target", "targets"),
        plural(others, "needs", "need"),
        plural(others, "its", "their"),
    ))
}

/// Other ways to the same end that are said in a title alone: one of them may do for all targets of a cause.
fn other_ways(cause: &Cause) -> impl Iterator<Item = &str> {
    let is_many = cause.targets.len() > 1;
    let ways = cause.remedies.iter().filter(move |_| is_many);
    ways.filter(|remedy| remedy.is_alternative && remedy.commands.is_empty())
        .map(|remedy| remedy.title.as_str())
}

/// Who was not waited for, and for how many targets; `None` where everybody was.
fn not_waited_for(fleet: &Fleet) -> Option<String> {
    let one = |one: &NotAwaited| {
        let what = one.source.map(Source::asked);
        let what = what.unwrap_or(&one.resolver);
        format!(
            "{what} (of {} {})",
            one.targets,
            plural(one.targets, "target", "targets")
        )
    };
    let all: Vec<String> = fleet.not_waited_for.iter().map(one).collect();
    let all = (!all.is_empty()).then(|| words::some(&all, limits::NAMES_SHOWN))?;
    Some(format!("{all}. What is said of those stands without it."))
}

/// Why nothing was decided in the report of one target; `None` where something was.
pub fn undecided(report: &Report) -> Option<String> {
    (report.conclusion == Conclusion::Inconclusive).then(|| words::headline(report).text)
}

fn mark(conclusion: Conclusion) -> LineMark {
    match conclusion {
        Conclusion::Healthy => LineMark::Good,
        Conclusion::Degraded => LineMark::Warning,
        Conclusion::Broken => LineMark::Bad,
        Conclusion::Inconclusive => LineMark::Unsure,
    }
}

/// What the first line is about.
enum Lead<'a> {
    /// Entries of the kubeconfig that are dead. They have their causes by cluster and by Region, and are one thing to
    /// whoever has the kubeconfig.
    Dead(&'a Cause, String),
    /// The first cause.
    Cause(&'a Cause),
    /// Why nothing was decided.
    Undecided(String),
    /// How many are what.
    Counts,
}

impl<'a> Lead<'a> {
    fn of(fleet: &'a Fleet) -> Self {
        let is_lead = |cause: &&Cause| match fleet.conclusion {
            Conclusion::Healthy => false,
            // A warning is not why nothing was decided.
            Conclusion::Inconclusive => cause.severity == Severity::Error,
            Conclusion::Degraded | Conclusion::Broken => true,
        };
        match fleet.causes.first().filter(is_lead) {
            Some(cause) => match dead::line(fleet, false).filter(|_| is_of_dead_entries(&cause.rule)) {
                Some(line) => Self::Dead(cause, line),
                None => Self::Cause(cause),
            },
            None => undecided_for(fleet).map_or(Self::Counts, Self::Undecided),
        }
    }

    fn cause(&self) -> Option<&'a Cause> {
        match self {
            Self::Dead(cause, _) | Self::Cause(cause) => Some(cause),
            Self::Undecided(_) | Self::Counts => None,
        }
    }
}

/// The first line.
fn headline(fleet: &Fleet) -> words::Headline {
    let lead = Lead::of(fleet);
    let tag = lead
        .cause()
        .map(|cause| format!("{}, {}", cause.rule, cause.confidence.as_str()));
    words::Headline {
        mark: mark(fleet.conclusion),
        conclusion: fleet.conclusion.as_str(),
        text: match lead {
            Lead::Dead(_, text) | Lead::Undecided(text) => text,
            Lead::Cause(cause) => counted(cause, fleet),
            Lead::Counts => counts(fleet),
        },
        tag,
    }
}

/// `3 of 40 targets: corp gives addresses, and there is nothing to compare them with: …`: the reason for which nothing
/// was decided of most targets, where that is the outcome.
fn undecided_for(fleet: &Fleet) -> Option<String> {
    if fleet.conclusion != Conclusion::Inconclusive {
        return None;
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let open = fleet
        .targets
        .iter()
        .filter(|outcome| outcome.conclusion == Conclusion::Inconclusive);
    for reason in open.filter_map(|outcome| outcome.reason.as_deref()) {
        let known = counts.iter().position(|(other, _)| *other == reason);
        match known {
            Some(place) => counts[place].1 += 1,
            // What is different for each of so many is not the one reason.
            None if counts.len() < limits::ROWS_SHOWN => counts.push((reason, 1)),
            None => {}
        }
    }
    // Of several of the same count, the first.
    let (reason, count) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    Some(format!("{count} of {} {}: {reason}", fleet.targets.len(), noun(fleet)))
}

/// `37 of 40 targets, all in ap-northeast-1.eks.amazonaws.com: corp does not forward this name to the VPC`. A cause of
/// one zone names the zone.
fn counted(cause: &Cause, fleet: &Fleet) -> String {
    let (count, all) = (cause.targets.len(), fleet.targets.len());
    let all_of_them = if count > 1 { "all in" } else { "in" };
    let zone = cause.zone.as_ref().map_or_else(String::new, |zone| {
        format!(", {all_of_them} {}", zone.to_string().trim_end_matches('.'))
    });
    format!("{count} of {all} {}{zone}: {}", noun(fleet), cause.summary)
}

/// What the targets are.
fn noun(fleet: &Fleet) -> &'static str {
    noun_of(fleet.targets.len(), fleet.targets.iter().all(TargetOutcome::is_entry))
}

/// What so many targets are.
fn noun_of(count: usize, are_entries: bool) -> &'static str {
    if are_entries {
        plural(count, "entry of the kubeconfig", "entries of the kubeconfig")
    } else {
        plural(count, "target", "targets")
    }
}

/// The entries that are dead, where the first line is another.
fn dead_beside(fleet: &Fleet, verbose: bool) -> Option<String> {
    let is_lead = matches!(Lead::of(fleet), Lead::Dead(..));
    dead::line(fleet, verbose).filter(|_| verbose || !is_lead)
}

/// `40 targets: 3 broken, 37 healthy`.
pub fn counts(fleet: &Fleet) -> String {
    let outcomes = [
        Conclusion::Broken,
        Conclusion::Inconclusive,
        Conclusion::Degraded,
        Conclusion::Healthy,
    ];
    let counted: Vec<String> = outcomes
        .into_iter()
        .filter_map(|conclusion| {
            let count = fleet.count(conclusion);
            (count > 0).then(|| format!("{count} {}", conclusion.as_str()))
        })
        .collect();
    let all = fleet.targets.len();
    match (fleet.conclusion, counted.len()) {
        (_, 0) => "no target was asked for".to_owned(),
        (Conclusion::Healthy, _) => format!(
            "every resolver in scope answers as expected for {} {all} {}",
            plural(all, "the", "all"),
            plural(all, "target", "targets")
        ),
        _ => format!("{all} {}: {}", plural(all, "target", "targets"), counted.join(", ")),
    }
}

/// How many targets are what, where that is not all of them the same and the headline has another line.
fn totals(fleet: &Fleet) -> Option<String> {
    let is_mixed = fleet.targets.iter().any(|one| one.conclusion != fleet.conclusion);
    (is_mixed && !matches!(Lead::of(fleet), Lead::Counts)).then(|| counts(fleet))
}

/// The names that a cause is about, the first few unless everything is asked for.
fn named(cause: &Cause, verbose: bool) -> String {
    let shown = if verbose { usize::MAX } else { limits::TARGETS_SHOWN };
    let names: Vec<&str> = cause.targets.iter().map(String::as_str).collect();
    rows::some(&names, shown)
}

/// What there is to say of one target behind its name.
fn said(outcome: &TargetOutcome) -> String {
    let mut text = match (&outcome.headline, &outcome.reason) {
        (Some(headline), Some(reason)) if outcome.conclusion == Conclusion::Inconclusive => {
            format!("{reason}; {} [{}]", headline.summary, headline.rule)
        }
        (Some(headline), _) => format!("{} [{}]", headline.summary, headline.rule),
        (None, Some(reason)) => reason.clone(),
        (None, None) => String::new(),
    };
    if let Some(entry) = &outcome.replaced_by {
        text.push_str("; the cluster is now in ");
        text.push_str(entry);
    }
    if !outcome.also.is_empty() {
        let separator = if text.is_empty() { "" } else { "; " };
        text.push_str(separator);
        text.push_str("also ");
        text.push_str(&list(&outcome.also));
    }
    text
}

/// `10.63.200.10:53`, as it was asked.
fn address(tally: &Tally) -> String {
    match (tally.address, tally.transport) {
        (Some(address), Some(transport)) => transport.with_address(address),
        _ => "getaddrinfo".to_owned(),
    }
}

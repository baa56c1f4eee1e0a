//! The report in words: what the table, the ticket comment and the one line have in common. Nothing here is
//! escaped yet; whoever prints it does that.

mod about;
mod clients;
mod details;
mod findings;
mod kind;
mod reasons;
mod row;
mod samples;
mod why;

use crate::report::{Conclusion, Report, ResolverReport};
use crate::rules::{Finding, Severity};
use crate::target::{Scope, View};

use super::Style;
use super::text::Paint;
use reasons::reasons;

pub(crate) use about::INTERRUPTED;
pub(super) use about::{changes, decided_by, expectation, host, interrupted, not_waited_for, provenance, target};
pub(super) use clients::{MESSAGES, OR_IT_RESOLVES, client, kubectl, no_kubectl, resolves, takes};
pub(super) use details::details;
pub(super) use findings::{NOTED, connections, connections_not_in_why, noted, others, snippet};
pub(crate) use findings::{Placed, evidence, shown};
pub(crate) use row::mark_of;
pub(super) use row::{TableRow, address, mark, observed, response_time, rows, rows_in_short};
pub(super) use samples::{samples, samples_in_short};
pub(super) use why::argument;
pub(crate) use why::{first_sentences, first_sentences_before, sentences_before};

/// What stands before a verdict or a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineMark {
    Good,
    Bad,
    Warning,
    Unsure,
    Info,
}

impl LineMark {
    pub(crate) fn symbol(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Good, false) => "✓",
            (Self::Bad, false) => "✗",
            (Self::Warning, false) => "!",
            (Self::Unsure, false) => "?",
            (Self::Info, false) => "i",
            (Self::Good, true) => "ok",
            (Self::Bad, true) => "FAIL",
            (Self::Warning, true) => "warn",
            (Self::Unsure, true) => "??",
            (Self::Info, true) => "info",
        }
    }

    pub(crate) fn paint(self) -> Paint {
        match self {
            Self::Good => Paint::Green,
            Self::Bad => Paint::Red,
            Self::Warning | Self::Unsure => Paint::Yellow,
            Self::Info => Paint::Plain,
        }
    }
}

impl From<Severity> for LineMark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

/// The first line: the outcome, and the one thing to know.
#[derive(Debug)]
pub(crate) struct Headline {
    pub(crate) mark: LineMark,
    pub(crate) conclusion: &'static str,
    pub(crate) text: String,
    /// `rule, confidence` of the finding that `text` is the summary of.
    pub(crate) tag: Option<String>,
}

/// `rule, confidence`.
pub(crate) fn tag(finding: &Finding) -> String {
    format!("{}, {}", finding.rule, finding.confidence.as_str())
}

/// The finding that is explained at length: the headline, unless there is nothing to do about it.
pub(super) fn lead(report: &Report) -> Option<&Finding> {
    report.headline().filter(|finding| finding.severity != Severity::Info)
}

pub(crate) fn headline(report: &Report) -> Headline {
    let by_finding = |mark| {
        let finding = report.headline();
        Headline {
            mark,
            conclusion: report.conclusion.as_str(),
            text: finding.map_or_else(
                || "what decides is not known".to_owned(),
                |finding| finding.summary.clone(),
            ),
            tag: finding.map(tag),
        }
    };
    let by_text = |mark, text| Headline {
        mark,
        conclusion: report.conclusion.as_str(),
        text,
        tag: None,
    };
    match report.conclusion {
        Conclusion::Broken => by_finding(LineMark::Bad),
        Conclusion::Degraded => by_finding(LineMark::Warning),
        Conclusion::Healthy => by_text(LineMark::Good, healthy(report)),
        Conclusion::Inconclusive => {
            let reasons = reasons(report);
            if reasons.is_empty() {
                by_finding(LineMark::Unsure)
            } else {
                by_text(LineMark::Unsure, reasons.join("; "))
            }
        }
    }
}

/// That all is well, and where it is no proof of forwarding: the addresses of a private endpoint stand in public DNS
/// too. What another resolver took from the private hosted zone, these took from there.
fn healthy(report: &Report) -> String {
    let all = "every resolver in scope answers as expected";
    let has = |view| {
        let of_view = move |resolver: &&ResolverReport| resolver.view == view && resolver.verdict.is_fine();
        report.resolvers.iter().filter(of_view)
    };
    let of_public: Vec<String> = has(View::Public)
        .filter(|resolver| resolver.probed.resolver.in_scope)
        .map(|resolver| resolver.probed.resolver.name.clone())
        .collect();
    let is_private = report.expected.scope == Scope::Private;
    if !is_private || of_public.is_empty() || has(View::PrivateZone).next().is_none() {
        return all.to_owned();
    }
    format!(
        "{all}, but {} from public DNS and not from the private hosted zone (--expect-view private asks for that)",
        some(&of_public, ITEMS)
    )
}

/// Whether the first line is the summary of [`lead`].
pub(super) fn headline_is_lead(report: &Report) -> bool {
    headline(report).tag.is_some() && lead(report).is_some()
}

/// Joins with commas; beyond `shown`, says how many more there are.
pub(super) fn some(items: &[String], shown: usize) -> String {
    if items.len() <= shown {
        return items.join(", ");
    }
    format!("{} and {} more", items[..shown].join(", "), items.len() - shown)
}

/// The items of one list that the first screen shows.
const ITEMS: usize = 2;

/// The first few of a list, and how many more there are; all of them where everything is asked for.
pub(super) fn few(items: impl Iterator<Item = String>, style: &Style) -> impl Iterator<Item = String> {
    let mut items: Vec<String> = items.collect();
    if !style.verbose && items.len() > ITEMS + 1 {
        let more = items.len() - ITEMS;
        items.truncate(ITEMS);
        items.push(format!("and {more} more (-v)"));
    }
    items.into_iter()
}

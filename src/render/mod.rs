//! The report as text. A format is one file and one line here; a renderer is a total function of a finished
//! report: it neither filters, reorders nor decides.

pub(crate) mod explanation;
pub(crate) mod exposition;
pub(crate) mod fix;
pub mod fleet;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod nagios;
mod not_checked;
pub(crate) mod openmetrics;
pub(crate) mod short;
pub(crate) mod table;
pub mod text;
pub(crate) mod way;
pub(crate) mod words;

pub use exposition::Metric;
pub use fix::Lines;
pub use html::picture;
pub use openmetrics::METRICS;

use std::fmt;
use std::str::FromStr;

use crate::probed::Probed;
use crate::report::{Conclusion, Report};
use crate::rules::phrase;

/// A format of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For a terminal.
    Table,
    /// One line, for a runbook or a chat.
    Short,
    /// The document, which is the capture too.
    Json,
    /// The document on one line: with many targets a line each, as each is done.
    Jsonl,
    /// A comment on a ticket.
    Markdown,
    /// Metrics, as Prometheus and node_exporter's textfile collector read them.
    OpenMetrics,
    /// Test cases, as CI servers read them.
    Junit,
    /// The line and the exit code of a plugin of Nagios, Icinga and others.
    Nagios,
    /// One page for a browser, to be shared.
    Html,
}

/// No format has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: write {list}", list = names())]
pub struct UnknownFormat(String);

/// The names of all formats, as a sentence lists them.
fn names() -> String {
    let names: Vec<&str> = Format::VARIANTS.iter().map(|format| format.as_str()).collect();
    match names.split_last() {
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

impl Format {
    /// Every format. Help, completions and refusals have them from here.
    pub const VARIANTS: &[Self] = &[
        Self::Table,
        Self::Short,
        Self::Json,
        Self::Jsonl,
        Self::Markdown,
        Self::OpenMetrics,
        Self::Junit,
        Self::Nagios,
        Self::Html,
    ];
    /// Those in which the meaning of a pasted message is given.
    pub const OF_EXPLANATIONS: &[Self] = &[Self::Table, Self::Json];

    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Short => "short",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Markdown => "markdown",
            Self::OpenMetrics => "openmetrics",
            Self::Junit => "junit",
            Self::Nagios => "nagios",
            Self::Html => "html",
        }
    }

    /// What it is for, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Table => "for a terminal",
            Self::Short => "one line, for a runbook or a chat",
            Self::Json => "the whole document, which replay and compare read again",
            Self::Jsonl => "the document on one line; of many targets one each, as each is done",
            Self::Markdown => "a comment on a ticket",
            Self::OpenMetrics => "metrics, for Prometheus and the textfile collector of node_exporter",
            Self::Junit => "test cases in XML, for a CI server",
            Self::Nagios => "one line with perfdata, and the exit codes of a monitoring plugin",
            Self::Html => "one page for a browser, to be shared",
        }
    }

    /// What the name of a file in it ends in, without the first dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Short => "short",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Markdown => "md",
            Self::OpenMetrics => "prom",
            Self::Junit => "junit.xml",
            Self::Nagios => "nagios",
            Self::Html => "html",
        }
    }

    /// The exit code of a run with this outcome: the same in every format but that of monitoring plugins, which have
    /// codes of their own.
    pub fn exit_code(self, conclusion: Conclusion, exit_code: u8) -> u8 {
        match self {
            Self::Nagios => nagios::ServiceState::of(conclusion, exit_code).code(),
            _ => exit_code,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::VARIANTS
            .iter()
            .copied()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// How it should look. Only the table and the one line have colours, only the table has a width; JSON is always
/// complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are on.
    pub color: bool,
    /// Whether only ASCII is printed.
    pub ascii: bool,
    /// The columns of the terminal.
    pub width: usize,
    /// Whether everything that was observed is shown.
    pub verbose: bool,
    /// Whose lines of a fix are shown.
    pub fix: Lines,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            ascii: false,
            width: 80,
            verbose: false,
            fix: Lines::Likeliest,
        }
    }
}

impl Style {
    /// Text from outside, safe to print in this style.
    pub(crate) fn escape(&self, text: &str) -> String {
        if self.ascii {
            text::escape_ascii(text)
        } else {
            text::escape(text)
        }
    }
}

/// Writes the report.
pub fn render(report: &Report, format: Format, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    match format {
        Format::Table => table::render(report, style, out),
        Format::Short => short::render(report, style, out),
        Format::Json => json::render(report, out),
        Format::Jsonl => json::line(report, out),
        Format::Markdown => markdown::render(report, style, out),
        Format::OpenMetrics => openmetrics::render(report, style, out),
        Format::Junit => junit::render(report, style, out),
        Format::Nagios => nagios::render(report, style, out),
        Format::Html => html::render(report, style, out),
    }
}

/// One plain line about a resolver that has just answered, for progress.
pub fn row_line(probed: &Probed) -> String {
    let mut columns = vec![match words::address(probed) {
        Some(address) => format!("{} {address}", probed.resolver.name),
        None => format!("{} (getaddrinfo)", probed.resolver.name),
    }];
    columns.push(words::observed(probed));
    columns.extend(words::response_time(probed).map(phrase::time));
    text::escape(&columns.join("  "))
}

#[cfg(test)]
mod tests;

//! The report as text. A format is one file and one line here; a renderer is a total function of a finished
//! report: it neither filters, reorders nor decides.

pub(crate) mod explanation;
pub(crate) mod fix;
pub mod fleet;
pub(crate) mod json;
pub(crate) mod markdown;
mod not_checked;
pub(crate) mod short;
pub(crate) mod table;
pub mod text;
mod way;
pub(crate) mod words;

pub use fix::Lines;

use std::fmt;
use std::str::FromStr;

use crate::probed::Probed;
use crate::report::Report;
use crate::rules::phrase;

/// A format of the report.
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
}

/// No format has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: write table, short, json, jsonl or markdown")]
pub struct UnknownFormat(String);

impl Format {
    /// Every format.
    pub const VARIANTS: &[Self] = &[Self::Table, Self::Short, Self::Json, Self::Jsonl, Self::Markdown];

    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Short => "short",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Markdown => "markdown",
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

/// How it should look. JSON and markdown have no colour and no width; JSON is always complete.
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

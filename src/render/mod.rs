//! The report as text. A format is one file and one line here; a renderer is a total function of a finished
//! report: it neither filters, reorders nor decides.

pub mod text;

use std::fmt;
use std::str::FromStr;

use crate::probe::Probed;
use crate::report::Report;

/// A format of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// For a person at a terminal.
    Table,
    /// One line.
    Short,
    /// The document.
    Json,
    /// For a ticket.
    Markdown,
}

impl Format {
    /// Every format.
    pub const VARIANTS: &[Self] = &[Self::Table, Self::Short, Self::Json, Self::Markdown];

    /// As on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Short => "short",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }
}

/// Not the name of a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format")]
pub struct UnknownFormat(String);

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

/// How a report looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// Without characters beyond ASCII.
    pub ascii: bool,
    /// Columns.
    pub width: usize,
    /// With everything.
    pub verbose: bool,
}

/// Renders.
pub fn render(report: &Report, _: Format, _: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let text = serde_json::to_string_pretty(report).map_err(|_| fmt::Error)?;
    writeln!(out, "{text}")
}

/// One line about a resolver that has answered.
pub fn row_line(probed: &Probed) -> String {
    text::escape(&probed.resolver.name)
}

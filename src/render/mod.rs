//! The report as text. A format is one file and one line here; a renderer is a total function of a finished
//! report: it neither filters, reorders nor decides.

use std::fmt;

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

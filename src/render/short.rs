//! One line: `broken: … [no-forwarding, high; exit 1]`.

use std::fmt;

use super::{Style, words};
use crate::report::Report;

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = words::headline(report);
    let samples = words::samples_in_short(report);
    line(
        &headline,
        samples.as_deref(),
        report.exit_code,
        report.interrupted,
        style,
        out,
    )
}

/// The line of an outcome; `more` is what there is to say besides.
pub(crate) fn line(
    headline: &words::Headline,
    more: Option<&str>,
    exit_code: u8,
    interrupted: bool,
    style: &Style,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let conclusion = headline
        .mark
        .paint()
        .on(&format!("{}:", headline.conclusion), style.color);
    write!(out, "{conclusion} {}", style.escape(&headline.text))?;
    // Where the first line already says so, it is the reason.
    if interrupted && headline.tag.is_some() {
        out.write_str(", interrupted")?;
    }
    if let Some(more) = more {
        write!(out, "; {}", style.escape(more))?;
    }
    match &headline.tag {
        Some(tag) => writeln!(out, " [{}; exit {exit_code}]", style.escape(tag)),
        None => writeln!(out, " [exit {exit_code}]"),
    }
}

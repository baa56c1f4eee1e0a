//! The lines of `-o jsonl` of many targets: each is a document of its own.

use std::fmt;

use serde::Serialize;

use crate::fleet::{LeftOut, TargetOutcome};
use crate::render::json;
use crate::report::{Report, SCHEMA_VERSION};

/// A line.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is wanted")]
pub(crate) enum AnyLine<'a> {
    /// Of a target that was asked.
    Report(NamedReport<'a>),
    /// Of a target that has no report, and of what is no target.
    Told(ToldLine<'a>),
}

/// The report of `check` for a target, with what the target is called.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NamedReport<'a> {
    /// The target's name.
    name: &'a str,
    /// What else it is called.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    also: &'a [String],
    #[serde(flatten)]
    report: &'a Report,
}

/// A line that says of what kind it is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ToldLine<'a> {
    schema_version: u32,
    #[serde(flatten)]
    told: ToldTarget<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum ToldTarget<'a> {
    /// A target that was not asked, or that all answers together show to be another than its own line says.
    Target(&'a TargetOutcome),
    /// What is no target.
    LeftOut(&'a LeftOut),
}

/// A report as a line of many: as in a check of one, with what the target is called.
pub fn report_line(name: &str, also: &[String], report: &Report, out: &mut dyn fmt::Write) -> fmt::Result {
    json::line(&NamedReport { name, also, report }, out)
}

/// How such a line begins, up to the report.
pub fn line_start(name: &str, also: &[String], out: &mut dyn fmt::Write) -> fmt::Result {
    let text = |of: Result<String, serde_json::Error>| of.map_err(|_| fmt::Error);
    out.write_str(r#"{"name":"#)?;
    json::escaped(&text(serde_json::to_string(name))?, out)?;
    if !also.is_empty() {
        out.write_str(r#","also":"#)?;
        json::escaped(&text(serde_json::to_string(also))?, out)?;
    }
    Ok(())
}

/// The line of a target that has no report, or that all reports together show to be another than its own does.
pub fn target_line(outcome: &TargetOutcome, out: &mut dyn fmt::Write) -> fmt::Result {
    told(ToldTarget::Target(outcome), out)
}

/// The line of what is no target.
pub fn left_out_line(left_out: &LeftOut, out: &mut dyn fmt::Write) -> fmt::Result {
    told(ToldTarget::LeftOut(left_out), out)
}

fn told(told: ToldTarget<'_>, out: &mut dyn fmt::Write) -> fmt::Result {
    let line = ToldLine {
        schema_version: SCHEMA_VERSION,
        told,
    };
    json::line(&line, out)
}

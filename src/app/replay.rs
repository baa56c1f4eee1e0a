//! `replay`: today's rules on a saved capture, or on the captures of a saved comparison. A document of many targets is
//! printed again.

use std::path::Path;

use super::{Error, GoesOn, compare, output, read};
use crate::capture;
use crate::cli::args::{OutputArgs, ReplayArgs};
use crate::fleet::{self, Fleet};
use crate::places::{self, Gathered};
use crate::render;
use crate::report::{Report, diagnose_while};

/// What a file is.
pub(super) enum FileKind {
    /// A capture, diagnosed.
    Report(Box<Report>),
    /// The captures of a comparison.
    Comparison(Box<Gathered>),
    /// A document of many targets.
    Fleet(Box<Fleet>),
}

/// Diagnoses the capture again, and returns the report's exit code.
pub(super) fn run(args: &ReplayArgs) -> Result<u8, Error> {
    output::check_save(&args.output)?;
    let bytes = read::bounded(&args.capture)?;
    match of(&args.capture, &bytes, &|| Ok(()))? {
        FileKind::Fleet(fleet) => many(*fleet, &args.output),
        FileKind::Comparison(gathered) => compare::deliver(*gathered, &args.output),
        FileKind::Report(report) => {
            output::deliver(&report, &args.output)?;
            Ok(args.output.format.exit_code(report.conclusion, report.exit_code))
        }
    }
}

/// Prints a document of many targets: what came of each stands in it, and nothing to diagnose again.
fn many(fleet: Fleet, output: &OutputArgs) -> Result<u8, Error> {
    let exit_code = fleet.worst_exit_code();
    let fleet = shareable(fleet, output)?;
    output::deliver_as(output, |format, style, out| {
        render::fleet::render(&fleet, format, style, out)
    })?;
    Ok(output.format.exit_code(fleet.conclusion, exit_code))
}

/// A document of many targets, redacted where that is asked.
pub(super) fn shareable(fleet: Fleet, output: &OutputArgs) -> Result<Fleet, Error> {
    if output.explain_why {
        return Err(Error::NoReportToExplain);
    }
    Ok(if output.redact { fleet.redacted() } else { fleet })
}

/// What a file with this content comes to, for as long as it may go on; the path is for the refusal.
pub(super) fn of(path: &Path, bytes: &[u8], goes_on: GoesOn<'_>) -> Result<FileKind, Error> {
    let refused = |reason: capture::CaptureError| Error::Capture {
        path: path.to_owned(),
        reason: reason.with_advice(),
    };
    if read::is_lines(bytes) {
        return Err(Error::LinesOfMany(path.to_owned()));
    }
    let fleet = fleet::read_document(bytes).map_err(|reason| Error::Capture {
        path: path.to_owned(),
        reason: reason.to_string(),
    })?;
    if let Some(fleet) = fleet {
        return Ok(FileKind::Fleet(Box::new(fleet)));
    }
    goes_on()?;
    if let Some(gathered) = places::comparison(bytes).map_err(refused)? {
        return Ok(FileKind::Comparison(Box::new(gathered)));
    }
    let capture = match capture::parse(bytes) {
        Err(_) if places::is_dig(bytes) => return Err(Error::NotReplayed(path.to_owned())),
        read => read.map_err(refused)?,
    };
    Ok(FileKind::Report(Box::new(diagnose_while(capture, goes_on)?)))
}

//! `replay`: today's rules on a saved capture, or on the captures of a saved comparison.

use std::path::Path;

use super::{Error, GoesOn, compare, output, read};
use crate::capture;
use crate::cli::args::ReplayArgs;
use crate::places::{self, Gathered};
use crate::report::{Report, diagnose_while};

/// What a file is.
pub(super) enum Found {
    /// A capture, diagnosed.
    Report(Box<Report>),
    /// The captures of a comparison.
    Comparison(Box<Gathered>),
}

/// Diagnoses the capture again, and returns the report's exit code.
pub(super) fn run(args: &ReplayArgs) -> Result<u8, Error> {
    output::check_save(&args.output)?;
    match of(&args.capture, &read::bounded(&args.capture)?, &|| Ok(()))? {
        Found::Comparison(gathered) => compare::deliver(*gathered, &args.output),
        Found::Report(report) => {
            output::deliver(&report, &args.output)?;
            Ok(args.output.format.exit_code(report.conclusion, report.exit_code))
        }
    }
}

/// What a file with this content comes to, for as long as it may go on; the path is for the refusal.
pub(super) fn of(path: &Path, bytes: &[u8], goes_on: GoesOn<'_>) -> Result<Found, Error> {
    let refused = |reason: capture::CaptureError| Error::Capture {
        path: path.to_owned(),
        reason: reason.with_advice(),
    };
    if let Some(gathered) = places::comparison(bytes).map_err(refused)? {
        return Ok(Found::Comparison(Box::new(gathered)));
    }
    let capture = match capture::parse(bytes) {
        Err(_) if places::is_dig(bytes) => return Err(Error::NotReplayed(path.to_owned())),
        read => read.map_err(refused)?,
    };
    Ok(Found::Report(Box::new(diagnose_while(capture, goes_on)?)))
}

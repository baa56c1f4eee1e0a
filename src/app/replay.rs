//! `replay`: today's rules on a saved capture, or on the captures of a saved comparison.

use super::{Error, compare, output, read};
use crate::capture;
use crate::cli::args::ReplayArgs;
use crate::places;
use crate::report::diagnose;

/// Diagnoses the capture again, and returns the report's exit code.
pub(super) fn run(args: &ReplayArgs) -> Result<u8, Error> {
    output::check_save(&args.output)?;
    let bytes = read::bounded(&args.capture)?;
    let refused = |reason: capture::CaptureError| Error::Capture {
        path: args.capture.clone(),
        reason: reason.with_advice(),
    };
    if let Some(gathered) = places::comparison(&bytes).map_err(refused)? {
        return compare::deliver(gathered, &args.output);
    }
    let capture = match capture::parse(&bytes) {
        Err(_) if places::is_dig(&bytes) => return Err(Error::NotReplayed(args.capture.clone())),
        read => read.map_err(refused)?,
    };
    let report = diagnose(capture);
    output::deliver(&report, &args.output)?;
    Ok(args.output.format.exit_code(report.conclusion, report.exit_code))
}

//! `replay`: today's rules on a saved capture.

use super::{Error, output, read};
use crate::capture;
use crate::cli::args::ReplayArgs;
use crate::report::diagnose;

/// Diagnoses the capture again, and returns the report's exit code.
pub(super) fn run(args: &ReplayArgs) -> Result<u8, Error> {
    output::check_save(&args.output)?;
    let bytes = read::bounded(&args.capture)?;
    let capture = capture::parse(&bytes).map_err(|reason| Error::Capture {
        path: args.capture.clone(),
        reason: reason.to_string(),
    })?;
    let report = diagnose(capture);
    output::deliver(&report, &args.output)?;
    Ok(report.exit_code)
}

//! `compare`: captures of several places side by side.

use std::path::Path;

use super::{Error, output, read};
use crate::cli::args::{CompareArgs, OutputArgs};
use crate::limits;
use crate::places::{self, Gathered};

/// Compares the captures, and returns the exit code of what they show together.
pub(super) fn run(args: &CompareArgs) -> Result<u8, Error> {
    if args.output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    output::check_save(&args.output)?;
    let mut gathered = Gathered::default();
    for path in &args.captures {
        let bytes = read::bounded(path)?;
        let read = places::read_all(&stem(path), &bytes).map_err(|reason| Error::Capture {
            path: path.clone(),
            reason: reason.to_string(),
        })?;
        gathered.sources.extend(read.sources);
        gathered.unseen.extend(read.unseen);
        gathered.interrupted |= read.interrupted;
    }
    deliver(gathered, &args.output)
}

/// Compares what was read and prints it, and returns the exit code.
pub(super) fn deliver(gathered: Gathered, output: &OutputArgs) -> Result<u8, Error> {
    if output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    let gathered = if output.redact { gathered.redacted()? } else { gathered };
    let comparison = places::compare_gathered(gathered)?;
    output::deliver_as(output, |format, style, out| {
        places::render(&comparison, format, style, out)
    })?;
    Ok(output.format.exit_code(comparison.conclusion, comparison.exit_code))
}

/// The name of a file without what follows its first dot: `bastion` of `bastion.dig.txt`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let stem = name.split('.').next().filter(|stem| !stem.is_empty());
    stem.unwrap_or(&name).chars().take(limits::PLACE_NAME).collect()
}

//! `compare`: captures of several places side by side.

use std::path::Path;

use super::{Error, output, read};
use crate::cli::args::{CompareArgs, OutputArgs};
use crate::fleet::{self, Fleet};
use crate::limits;
use crate::places::{self, Gathered};
use crate::render::{self, Format};

/// Compares the captures, and returns the exit code of what they show together.
pub(super) fn run(args: &CompareArgs) -> Result<u8, Error> {
    if args.output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    output::check_save(&args.output)?;
    let mut gathered = Gathered::default();
    let mut fleets = Vec::new();
    for path in &args.captures {
        let bytes = read::bounded(path)?;
        let fleet = fleet::read_document(&bytes).map_err(|reason| Error::Capture {
            path: path.clone(),
            reason: reason.to_string(),
        })?;
        match fleet {
            Some(fleet) => fleets.push((stem(path), fleet)),
            None if fleets.is_empty() => {}
            None => return Err(Error::FleetAndCapture(path.clone())),
        }
        if !fleets.is_empty() {
            if !gathered.sources.is_empty() {
                return Err(Error::FleetAndCapture(path.clone()));
            }
            continue;
        }
        let read = places::read_all(&stem(path), &bytes).map_err(|reason| Error::Capture {
            path: path.clone(),
            reason: reason.to_string(),
        })?;
        gathered.sources.extend(read.sources);
        gathered.unseen.extend(read.unseen);
        gathered.interrupted |= read.interrupted;
    }
    if fleets.is_empty() {
        deliver(gathered, &args.output)
    } else {
        of_fleets(fleets, &args.output)
    }
}

/// Compares documents of many targets.
fn of_fleets(mut fleets: Vec<(String, Fleet)>, output: &OutputArgs) -> Result<u8, Error> {
    if matches!(output.format, Format::OpenMetrics | Format::Junit | Format::Nagios) {
        return Err(Error::FormatOfFleets(output.format));
    }
    if output.redact {
        fleets = fleets
            .into_iter()
            .map(|(name, fleet)| (name, fleet.redacted()))
            .collect();
    }
    // Two files of one name are told apart by their place.
    for place in 1..fleets.len() {
        if fleets[..place].iter().any(|(name, _)| *name == fleets[place].0) {
            fleets[place].0 = format!("{} ({})", fleets[place].0, place + 1);
        }
    }
    if !(2..=limits::PLACES).contains(&fleets.len()) {
        return Err(places::Refused::Count(fleets.len()).into());
    }
    let compared = fleet::compare(&fleets);
    output::deliver_as(output, |format, style, out| {
        render::fleet::compared::render(&compared, format, style, out)
    })?;
    Ok(compared.exit_code)
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

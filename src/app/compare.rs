//! `compare`: captures of several places side by side.

use std::path::Path;

use super::{Error, GoesOn, output, read};
use crate::cli::args::{CompareArgs, OutputArgs};
use crate::fleet::{self, Compared, Documents};
use crate::limits;
use crate::places::{self, Gathered, PlacesDocument};
use crate::redact;
use crate::render::{self, Format};

/// Compares the captures, and returns the exit code of what they show together.
pub(super) fn run(args: &CompareArgs) -> Result<u8, Error> {
    if args.output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    output::check_save(&args.output)?;
    let files = args
        .captures
        .iter()
        .map(|path| Ok((path.as_path(), read::bounded(path)?)));
    let files: Vec<(&Path, Vec<u8>)> = files.collect::<Result<_, Error>>()?;
    let files = || files.iter().map(|(path, bytes)| (stem(path), *path, bytes.as_slice()));
    if let Some(documents) = documents(files(), &|| Ok(()))? {
        return of_fleets(documents, &args.output);
    }
    deliver(gather(files(), &|| Ok(()))?, &args.output)
}

/// The documents of many targets that these contents are, read for as long as it may go on; `None` where none of them
/// is one.
pub(super) fn documents<'a>(
    files: impl Iterator<Item = (String, &'a Path, &'a [u8])>,
    goes_on: GoesOn<'_>,
) -> Result<Option<Documents>, Error> {
    let mut fleets = Vec::new();
    for (index, (name, path, bytes)) in files.enumerate() {
        goes_on()?;
        if read::is_lines(bytes) {
            return Err(Error::LinesOfMany(path.to_path_buf()));
        }
        let fleet = fleet::read_document(bytes).map_err(|reason| Error::Capture {
            path: path.to_path_buf(),
            reason: reason.to_string(),
        })?;
        // All of them, or none.
        if fleets.len() != if fleet.is_some() { index } else { 0 } {
            return Err(Error::FleetAndCapture(path.to_path_buf()));
        }
        fleets.extend(fleet.map(|fleet| (name, fleet)));
    }
    Ok((!fleets.is_empty()).then(|| Documents {
        seen: fleets,
        ..Documents::default()
    }))
}

/// The places of files with these contents, read for as long as it may go on; the name in front of each names it where
/// its content does not.
pub(super) fn gather<'a>(
    files: impl Iterator<Item = (String, &'a Path, &'a [u8])>,
    goes_on: GoesOn<'_>,
) -> Result<Gathered, Error> {
    let mut gathered = Gathered::default();
    for (name, path, bytes) in files {
        goes_on()?;
        let read = places::read_all(&name, bytes).map_err(|reason| Error::Capture {
            path: path.to_owned(),
            reason: reason.to_string(),
        })?;
        gathered.sources.extend(read.sources);
        gathered.unseen.extend(read.unseen);
        gathered.interrupted |= read.interrupted;
    }
    Ok(gathered)
}

/// Compares documents of many targets and prints that, and returns the exit code.
pub(super) fn of_fleets(documents: Documents, output: &OutputArgs) -> Result<u8, Error> {
    if matches!(
        output.format,
        Format::OpenMetrics | Format::Junit | Format::Nagios | Format::Html
    ) {
        return Err(Error::FormatOfFleets(output.format));
    }
    let compared = compared_fleets(documents, output)?;
    output::deliver_as(output, |format, style, out| {
        render::fleet::compared::render(&compared, format, style, out)
    })?;
    Ok(compared.exit_code)
}

/// The comparison of documents of many targets, redacted where that is asked.
pub(super) fn compared_fleets(mut documents: Documents, output: &OutputArgs) -> Result<Compared, Error> {
    if output.redact {
        let seen = documents.seen.into_iter();
        documents.seen = seen.map(|(name, fleet)| (name, fleet.redacted())).collect();
        documents.unseen = documents.unseen.iter().map(redact::unseen).collect();
    }
    let fleets = &mut documents.seen;
    // Two files of one name are told apart by their place.
    for place in 1..fleets.len() {
        if fleets[..place].iter().any(|(name, _)| *name == fleets[place].0) {
            fleets[place].0 = format!("{} ({})", fleets[place].0, place + 1);
        }
    }
    let count = documents.seen.len() + documents.unseen.len();
    if !(2..=limits::PLACES).contains(&count) {
        return Err(places::NotCompared::Count(count).into());
    }
    Ok(fleet::compare(&documents))
}

/// Compares what was read and prints it, and returns the exit code.
pub(super) fn deliver(gathered: Gathered, output: &OutputArgs) -> Result<u8, Error> {
    let comparison = compared(gathered, output, &|| Ok(()))?;
    output::deliver_as(output, |format, style, out| {
        places::render(&comparison, format, style, out)
    })?;
    Ok(output.format.exit_code(comparison.conclusion, comparison.exit_code))
}

/// The comparison, redacted where that is asked, made for as long as it may go on.
pub(super) fn compared(gathered: Gathered, output: &OutputArgs, goes_on: GoesOn<'_>) -> Result<PlacesDocument, Error> {
    if output.explain_why {
        return Err(Error::NoHeadlineToExplain);
    }
    let gathered = if output.redact {
        gathered.redacted_while(goes_on)?
    } else {
        gathered
    };
    places::compare_while(gathered, goes_on)
}

/// The name of a file without what follows its first dot: `bastion` of `bastion.dig.txt`.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let stem = name.split('.').next().filter(|stem| !stem.is_empty());
    stem.unwrap_or(&name).chars().take(limits::PLACE_NAME).collect()
}

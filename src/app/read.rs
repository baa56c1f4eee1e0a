//! The files that `replay` and `compare` read.

#![expect(clippy::disallowed_methods, reason = "this is the end where captures are read")]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Error;
use crate::facts::host::UnreadableFile;
use crate::limits;
use crate::text;

/// Reads a file up to one octet beyond the bound: whoever takes it apart refuses it then.
pub(super) fn bounded(path: &Path) -> Result<Vec<u8>, Error> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(limits::CAPTURE + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|said| {
        Error::File(UnreadableFile {
            path: path.to_owned(),
            said,
        })
    })
}

/// What every document of this program has.
#[derive(Deserialize)]
struct ReportLine {
    #[serde(rename = "schema_version")]
    _schema_version: IgnoredAny,
}

/// Whether there is a document on each of several lines, as `check -o jsonl` prints them.
pub(super) fn is_lines(bytes: &[u8]) -> bool {
    let text = text::decode(bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    // A list would be taken for the members of an object in their order.
    let is_document =
        |line: &str| line.trim_start().starts_with('{') && serde_json::from_str::<ReportLine>(line).is_ok();
    lines.next().is_some_and(is_document) && lines.next().is_some_and(is_document)
}

//! The files that `replay` and `compare` read.

#![expect(clippy::disallowed_methods, reason = "this is the end where captures are read")]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Error;
use crate::facts::host::UnreadableFile;
use crate::limits;

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

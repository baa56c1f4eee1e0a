//! The document, indented. Characters that must not reach a terminal are `\uXXXX` in its strings, so that it
//! can be shown with `cat` and loses nothing.

use std::fmt;

use serde::Serialize;

use super::text::is_unprintable;
use crate::indented::indented;

pub(crate) fn render(document: &impl Serialize, out: &mut dyn fmt::Write) -> fmt::Result {
    let document = indented(document).map_err(|_| fmt::Error)?;
    escaped(&document, out)?;
    out.write_char('\n')
}

/// The same on one line.
pub(crate) fn line(document: &impl Serialize, out: &mut dyn fmt::Write) -> fmt::Result {
    let document = serde_json::to_string(document).map_err(|_| fmt::Error)?;
    escaped(&document, out)?;
    out.write_char('\n')
}

/// A JSON text with what must not reach a terminal as `\uXXXX`.
pub(crate) fn escaped(document: &str, out: &mut dyn fmt::Write) -> fmt::Result {
    for c in document.chars() {
        // Outside strings JSON has no character that is not printable but its line feeds, and inside strings
        // a line feed is escaped already (RFC 8259 sections 2 and 7).
        if c != '\n' && is_unprintable(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        } else {
            out.write_char(c)?;
        }
    }
    Ok(())
}

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
    // Every byte of a document comes by here, and hardly any is anything else.
    if document.is_ascii() && !document.contains('\u{7f}') {
        return out.write_str(document);
    }
    let mut written = 0;
    // Outside strings JSON has no character that is not printable but its line feeds, and inside strings
    // a line feed is escaped already, as is all that is below the space (RFC 8259 sections 2 and 7).
    for (at, c) in document
        .char_indices()
        .filter(|(_, c)| *c != '\n' && is_unprintable(*c))
    {
        out.write_str(&document[written..at])?;
        for unit in c.encode_utf16(&mut [0; 2]) {
            write!(out, "\\u{unit:04x}")?;
        }
        written = at + c.len_utf8();
    }
    out.write_str(&document[written..])?;
    Ok(())
}

//! Why a file of `--facts` is not used, in words: the line, what stands there, and what to do.

use crate::facts::blanks;
use crate::facts::document::SCHEMA_VERSION;
use crate::facts::shapes::WrongShape;
use crate::limits;
use crate::text::beginning;

/// Why a file is none of the documents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFacts {
    /// Nothing in it.
    #[error(
        "is empty: save the answer of AWS in it, as in aws eks describe-cluster --name NAME --output json > {}",
        "cluster.json"
    )]
    Empty,
    /// It ends before its JSON does.
    #[error("is cut off: its JSON does not end, and line {0} is the last; save the whole output again")]
    Cut(usize),
    /// JSON up to a place.
    #[error("is not JSON: line {line} {stands}; {mend}")]
    Syntax {
        /// The line.
        line: usize,
        /// What stands there.
        stands: String,
        /// What to do.
        mend: String,
    },
    /// JSON that is almost one of the documents.
    #[error("is not the whole output of a call that is read: {0}; save it again with --output json")]
    Shape(#[from] WrongShape),
    /// Something else, which we know by name.
    #[error("is {what} (line {line}): {instead}")]
    Other {
        /// The line.
        line: usize,
        /// What it is.
        what: String,
        /// What to do: one command, where one gives what is wanted.
        instead: String,
    },
    /// More than is read.
    #[error(
        "holds more than {} documents, one behind the other: give them in several files",
        limits::DOCUMENTS
    )]
    TooMany,
    /// A later shape, where the names may mean something else.
    #[error(
        "has schema_version {0}, and this program reads up to {SCHEMA_VERSION}: take the facts with this version of the \
         program"
    )]
    Newer(u64),
}

/// What to do about JSON that is none.
pub(super) const AGAIN: &str = "save it again with --output json";

/// Where JSON goes wrong: in a line, at a column of it, both from 1. `cut` where the text ends there.
pub(super) fn syntax(text: &str, line: usize, column: usize, cut: bool) -> NotFacts {
    if cut {
        return NotFacts::Cut(line);
    }
    let whole = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let mut at = column.saturating_sub(1).min(whole.len());
    while !whole.is_char_boundary(at) {
        at -= 1;
    }
    let (before, rest) = whole.split_at(at);
    let up_to: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let before_it = text.get(..up_to + at).unwrap_or(before).trim_end();
    let next = rest.trim_start();
    let mut mend = AGAIN.to_owned();
    let stands = if let Some(c) = rest.chars().next().filter(|c| blanks::is_look_alike(*c)) {
        blanks::mended(c).clone_into(&mut mend);
        format!(
            "has {}, as a web page puts it there, and JSON has none",
            blanks::named(c)
        )
    } else if text.contains('\u{1b}') {
        "has the colours of a terminal in it (--color off, or jq -M, leaves them out)".to_owned()
    } else if before_it.ends_with(',') && next.starts_with(['}', ']']) {
        "has a comma too many in front of it".to_owned()
    } else if next.starts_with("//") || next.starts_with("/*") || next.starts_with('#') {
        "take it out".clone_into(&mut mend);
        "has a comment, and JSON has none".to_owned()
    } else if next.starts_with('\'') {
        "has single quotation marks, as Python prints a dictionary".to_owned()
    } else if next.starts_with("...") || next.starts_with('…') {
        "leaves something out (...)".to_owned()
    } else {
        format!("cannot go on with {:?}", beginning(next))
    };
    NotFacts::Syntax { line, stands, mend }
}

/// The beginning of a text in quotation marks.
pub(super) fn shown(text: &str) -> String {
    let text = text.trim();
    let cut: String = text.chars().take(limits::SHOWN_OF_FILE).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}

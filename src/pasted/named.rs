//! What a text is, for whoever reads another kind of it: by the same recognisers that `explain` has.

use super::{Symptom, messages, shown, unread};
use crate::limits;

/// A text that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedText {
    /// The line that tells it, from 1.
    pub line: usize,
    /// What it is, behind "is".
    pub what: String,
    /// The command that reads it, where one does.
    pub read_by: Option<&'static str>,
}

/// The command that reads what is pasted.
const READ_BY_EXPLAIN: &str = "eks-dns-doctor explain - < FILE reads it";

/// What a text is, as far as its beginning tells; `None` where that is not known.
pub fn named(text: &str) -> Option<NamedText> {
    let fits = |(at, c): &(usize, char)| at + c.len_utf8() <= limits::PASTED_NAMED;
    let end = text
        .char_indices()
        .take_while(fits)
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    let text = &text[..end];
    let first = || {
        let mut lines = text.lines();
        lines.position(|line| !line.trim().is_empty()).map_or(1, |at| at + 1)
    };
    if let Some(message) = messages(text).into_iter().next() {
        let is_it = |line: &str| shown(line).contains(&message.line);
        let line = text.lines().position(is_it);
        let what = match (message.is, message.client) {
            (Some(what), _) => what.to_owned(),
            (None, Some(client)) => format!("what {client} prints"),
            (None, None) => match message.symptom {
                Symptom::Healthy => "an answer without the reply it was in",
                Symptom::WebPage => "a web page",
                _ => "an error message",
            }
            .to_owned(),
        };
        return Some(NamedText {
            line: line.map_or_else(first, |at| at + 1),
            what,
            read_by: Some(READ_BY_EXPLAIN),
        });
    }
    unread(text).map(|found| NamedText {
        line: first(),
        // Behind a colon stands what is in it.
        what: found.what.split(':').next().unwrap_or_default().to_owned(),
        read_by: found.instead.starts_with("run ").then_some(found.instead),
    })
}

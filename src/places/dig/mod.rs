//! Reads what `dig` printed where this program could not be run: one or more answers, as a capture that knows
//! less. Its form is that of BIND 9's dig (9.11 to 9.20), with the options that leave the header, the question and
//! the server in the text.

mod clean;
mod logged;
mod others;
mod place;
mod text;

use crate::capture::CaptureError;
use crate::dns::{Name, RecordType};
use crate::facts::Gap;
use crate::limits;
use crate::pasted::{self, NamedText};
use crate::report::{Capture, Conclusion};
use crate::text as plain;

/// What is read of a place.
const INSTEAD: &str = "give a capture from that place (eks-dns-doctor check HOST --save FILE), or the text of dig HOST";

/// Why a text is not what dig prints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigError {
    /// Too long.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// No answer with a header.
    #[error("line {line} is {found:?}, which is neither a capture nor the whole text of dig: {INSTEAD}")]
    NoAnswer {
        /// The first line that has anything.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// Some of what dig prints, and no answer that can be used.
    #[error("line {line}: {why}: {INSTEAD}")]
    Unusable {
        /// The line that tells it.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// What another program prints, or reads.
    #[error("line {} is {}, which is not read as a place: {}", .0.line, .0.what, instead_of(.0))]
    OtherText(NamedText),
    /// An answer that is about no addresses, and about no endpoint.
    #[error(
        "line {line}: dig asked for {name} {qtype}, which does not say what addresses the endpoint's name has at that \
         place: ask there for them (dig HOST A and dig HOST AAAA), or give a capture (eks-dns-doctor check HOST --save FILE)"
    )]
    OtherQuestion {
        /// Where its answer begins.
        line: usize,
        /// The name that was asked for.
        name: Name,
        /// And the type.
        qtype: RecordType,
    },
    /// A line in the wrong form.
    #[error("line {0} of dig's text has {1}: {INSTEAD}")]
    Line(usize, &'static str),
    /// An answer without a question or a server.
    #[error(
        "line {0}: this answer does not show {1}: keep all that dig prints, and name the server (dig @SERVER NAME)"
    )]
    Incomplete(usize, &'static str),
    /// Too many answers.
    #[error("holds more than {} answers", limits::RESOLVERS)]
    TooMany,
}

/// Whether any line is one that dig prints.
pub(super) fn has_header(text: &str) -> bool {
    clean::has_header(text)
}

/// dig's text, where a document is the JSON of a log that holds it.
pub(super) fn logged(document: &str) -> Option<String> {
    logged::text(document)
}

/// What to do with a text that is no place.
fn instead_of(text: &NamedText) -> String {
    match text.read_by {
        Some(read_by) => format!("{read_by}; for a place, {INSTEAD}"),
        None => INSTEAD.to_owned(),
    }
}

/// What a document is that is JSON and no capture, where that is known.
pub(super) fn other_json(document: &str) -> Option<DigError> {
    let named = pasted::named(document);
    let program = logged::program(document).map(|program| NamedText {
        line: 1,
        what: format!("what {program} prints"),
        read_by: named.as_ref().and_then(|named| named.read_by),
    });
    program.or(named).map(DigError::OtherText)
}

/// Reads dig's text: a capture for each endpoint that was asked for.
pub(super) fn parse(text: &str) -> Result<Vec<Capture>, DigError> {
    if text.len() as u64 > limits::CAPTURE {
        return Err(CaptureError::TooLarge.into());
    }
    let mut whole = clean::clean(text);
    if !clean::has_header(&whole)
        && let Some(bare) = pasted::without_margin(&whole)
    {
        whole = bare.into();
    }
    let (digs, others) = others::apart(&whole);
    let mut runs = text::runs(&digs)?;
    runs.retain(text::DigRun::is_begun);
    if runs.len() > limits::RESOLVERS {
        return Err(DigError::TooMany);
    }
    if !runs.iter().any(text::DigRun::is_done) {
        return Err(nothing(&whole, &runs, &others));
    }
    let mut captures = place::captures(&runs)?;
    for capture in &mut captures {
        for part in others.iter().take(limits::RESOLVERS) {
            capture.gaps.push(Gap::here(
                format!("what {} printed", part.program),
                format!("line {}", part.line),
                "only dig's text is read: this part is left out",
            ));
        }
    }
    Ok(captures)
}

/// `192.0.2.1  a.test`.
fn is_address_with_names(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words
        .next()
        .is_some_and(|word| word.parse::<std::net::IpAddr>().is_ok())
        && words
            .next()
            .is_some_and(|word| word.parse::<crate::dns::Name>().is_ok())
}

/// Whether a line is the first of a report in a form for people: a sign, the conclusion, and a colon.
fn is_for_people(line: &str) -> bool {
    let mut words = line.trim_start_matches(['#', ' ']).split_whitespace();
    let is_sign = words.next().is_some_and(|word| !word.contains(char::is_alphanumeric));
    let conclusion = words.next().and_then(|word| word.strip_suffix(':'));
    is_sign && conclusion.is_some_and(|word| Conclusion::VARIANTS.iter().any(|known| known.as_str() == word))
}

/// Why no answer of dig is in the text.
fn nothing(whole: &str, runs: &[text::DigRun], others: &[others::OtherPart]) -> DigError {
    if let Some(run) = runs.first() {
        let is_trace = run.command.as_ref().is_some_and(|command| command.is_trace);
        return DigError::Unusable {
            line: run.line.max(1),
            why: if is_trace {
                "dig +trace asks the servers of each zone, and not the name server of that place"
            } else {
                "dig begins here, and the status, the question and the server of its answer are not in the text"
            },
        };
    }
    if let Some(part) = others.first() {
        return DigError::OtherText(NamedText {
            line: part.line,
            what: format!("what {} prints", part.program),
            read_by: pasted::named(whole).and_then(|named| named.read_by),
        });
    }
    let mut lines = whole.lines().enumerate();
    let first = lines.find(|(_, line)| !line.trim().is_empty());
    let (line, found) = first.map_or((1, ""), |(index, line)| (index + 1, line.trim()));
    let why = if found.starts_with("dig: couldn't get address for ") {
        "dig did not find the address of the server that it was to ask, so it asked nobody"
    } else if whole
        .lines()
        .any(|line| line.trim().trim_start_matches("- ") == "type: MESSAGE")
    {
        "dig +yaml wrote this, and only dig's plain text is read"
    } else if others::at_prompt(found).is_some_and(|(_, words)| words.split_whitespace().any(|word| word == "+short")) {
        "dig +short prints the answer alone, without its status and the server that gave it"
    } else if is_address_with_names(found) {
        "an address with a name, as getent and a hosts file have it, does not say which server gave it"
    } else if found.parse::<std::net::IpAddr>().is_ok() || text::is_record(found) {
        "an answer alone does not say which server gave it, nor to which question"
    } else if is_for_people(found) {
        "this is a report for people, as -o table, short and markdown write it"
    } else if let Some(named) = pasted::named(whole) {
        return DigError::OtherText(named);
    } else {
        let found = plain::beginning(found);
        return DigError::NoAnswer { line, found };
    };
    DigError::Unusable { line, why }
}

//! Reads what `dig` printed where this program could not be run: one or more answers, as a capture that knows
//! less. Its form is that of BIND 9's dig (9.11 to 9.20), with the options that leave the header, the question and
//! the server in the text.

mod clean;
mod place;
mod text;

use crate::capture::CaptureError;
use crate::facts::Gap;
use crate::limits;
use crate::report::Capture;

/// Why a text is not what dig prints.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigError {
    /// Too long.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// No answer with a header.
    #[error(
        "is neither a capture nor the whole text that dig prints: run dig without +short and +noall, so that the \
         status, the question and the server are shown"
    )]
    NoAnswer,
    /// What another program prints.
    #[error(
        "line {0} is what {1} prints, and only dig's text is read: run dig there, or save a capture with this program"
    )]
    OtherProgram(usize, &'static str),
    /// A line in the wrong form.
    #[error("is not dig's text: line {0}: {1}: run dig without options that change what it prints")]
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

/// Whether any line is one that only dig prints.
pub(super) fn has_header(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let text = clean::clean(&text);
    let bytes = text.as_bytes();
    let mut lines = bytes.split(|b| *b == b'\n');
    lines.any(|line| line.starts_with(b"; <<>> DiG") || line.starts_with(b";; ->>HEADER<<-"))
}

/// Reads dig's text.
pub(super) fn parse(bytes: &[u8]) -> Result<Capture, DigError> {
    if bytes.len() as u64 > limits::CAPTURE {
        return Err(CaptureError::TooLarge.into());
    }
    let text = String::from_utf8_lossy(bytes);
    let text = clean::clean(&text);
    let other = text::other_program(&text);
    if let Some((line, program)) = other {
        // The texts of these have dig's own form, and are told from it by a few words alone.
        let looks_like_dig = ["host", "kdig", "drill", "delv"].contains(&program);
        if looks_like_dig || !has_header(text.as_bytes()) {
            return Err(DigError::OtherProgram(line, program));
        }
    }
    let mut runs = text::runs(&text)?;
    runs.retain(text::Run::is_done);
    if runs.is_empty() {
        return Err(other.map_or(DigError::NoAnswer, |(line, program)| {
            DigError::OtherProgram(line, program)
        }));
    }
    if runs.len() > limits::RESOLVERS {
        return Err(DigError::TooMany);
    }
    let mut capture = place::capture(runs)?;
    if let Some((line, program)) = other {
        capture.gaps.push(Gap::here(
            format!("what {program} printed"),
            format!("line {line}"),
            "only dig's text is read: this part is left out",
        ));
    }
    Ok(capture)
}

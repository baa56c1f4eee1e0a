//! What dig shows of the message that it sends (+qr): it has the form of a reply, and is the question.

use std::borrow::Cow;

/// dig's line before a message that it sends (BIND, bin/dig/dig.c, printmessage).
const MARK: &str = ";; Sending:";
/// What stands behind it: its size (bin/dig/dighost.c, print_query_size), the reply, or the error in a reply's place.
const ENDS: &[&str] = &[
    ";; QUERY SIZE:",
    ";; Got answer:",
    "; <<>> DiG",
    ";; communications error to ",
    ";; UDP setup with ",
    ";; Connection to ",
    ";; connection timed out",
    ";; no servers could be reached",
];

/// Tells, line by line, what is of a message that dig sent.
#[derive(Debug, Default)]
pub struct SentMessage {
    is_open: bool,
}

impl SentMessage {
    /// Whether dig announces such a message with the line.
    pub fn begins(line: &str) -> bool {
        line == MARK
    }

    /// Whether the last line was of such a message.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the next line, without what stands behind it, is of such a message. Its first line is [`MARK`].
    pub fn has(&mut self, line: &str) -> bool {
        if Self::begins(line) {
            self.is_open = true;
        } else if ENDS.iter().any(|end| line.starts_with(end)) || !is_of_question(line) {
            self.is_open = false;
        }
        self.is_open
    }
}

/// Whether a line may be of a question: it has no records but that of its signature, and all else is in comments.
fn is_of_question(line: &str) -> bool {
    line.is_empty() || line.starts_with(';') || line.contains("TSIG")
}

/// The text without the messages that dig sent.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut sent = SentMessage::default();
    let received = text.split_inclusive('\n').filter(|line| {
        let plain = line.trim_start_matches([' ', '\t', '>', '|', '│']).trim_end();
        !sent.has(plain)
    });
    Cow::Owned(received.collect())
}

//! Octets as text, and text as it is kept: how a file was saved is no matter of what stands in it.

use std::borrow::Cow;

use crate::limits;

/// Why octets are not text that everybody reads alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    /// An octet of another encoding.
    #[error("line {line}: the octet 0x{octet:02x} stands there, which is not UTF-8: save the file as UTF-8")]
    Octet {
        /// The line, from 1.
        line: usize,
        /// The octet.
        octet: u8,
    },
    /// A part of a character of UTF-16.
    #[error("line {line}: half a character of UTF-16 stands there: save the file as UTF-8")]
    Half {
        /// The line, from 1.
        line: usize,
    },
    /// A NUL, which no text has.
    #[error("line {line}: a NUL octet stands there, as in a file that is not text: save the file as UTF-8")]
    Nul {
        /// The line, from 1.
        line: usize,
    },
}

impl NotText {
    /// The line, from 1.
    pub fn line(&self) -> usize {
        match self {
            Self::Octet { line, .. } | Self::Half { line } | Self::Nul { line } => *line,
        }
    }
}

/// How octets stand for characters.
#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16(fn([u8; 2]) -> u16),
}

/// The encoding, and the octets behind the byte order mark (Unicode Standard, section 23.8).
fn marked(octets: &[u8]) -> (Encoding, &[u8]) {
    if let Some(rest) = octets.strip_prefix(b"\xff\xfe") {
        (Encoding::Utf16(u16::from_le_bytes), rest)
    } else if let Some(rest) = octets.strip_prefix(b"\xfe\xff") {
        (Encoding::Utf16(u16::from_be_bytes), rest)
    } else {
        (Encoding::Utf8, octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets))
    }
}

/// Without a mark, the NULs of the first two characters tell, which are ASCII in JSON and in what programs print
/// (RFC 4627 section 3).
fn unmarked(octets: &[u8]) -> Encoding {
    match octets {
        [1..=255, 0, 1..=255, 0, ..] => Encoding::Utf16(u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => Encoding::Utf16(u16::from_be_bytes),
        _ => Encoding::Utf8,
    }
}

fn units(pair: fn([u8; 2]) -> u16, octets: &[u8]) -> impl Iterator<Item = u16> + '_ {
    octets.chunks_exact(2).map(move |octets| pair([octets[0], octets[1]]))
}

/// How a text was saved, where that is another way than plain UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// UTF-16.
    Utf16,
    /// UTF-8 behind a byte order mark.
    Marked,
}

/// See [`Saved`].
pub fn saved_as(octets: &[u8]) -> Option<Saved> {
    match marked(octets) {
        (Encoding::Utf16(_), _) => Some(Saved::Utf16),
        (Encoding::Utf8, rest) if matches!(unmarked(rest), Encoding::Utf16(_)) => Some(Saved::Utf16),
        (Encoding::Utf8, rest) => (rest.len() < octets.len()).then_some(Saved::Marked),
    }
}

/// The text of octets, whatever encoding they are in: UTF-8 or UTF-16, with a byte order mark or without. What is
/// neither, such as a letter of a Windows code page, is replaced, so that a file is read where it stands in a field
/// that nobody uses. The NULs that a file was filled up with are left out.
pub fn decode(octets: &[u8]) -> Cow<'_, str> {
    let encoding = match marked(octets) {
        (Encoding::Utf8, rest) => (unmarked(rest), rest),
        utf16 => utf16,
    };
    match encoding {
        (Encoding::Utf16(pair), rest) => {
            let text: String = char::decode_utf16(units(pair, rest))
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            Cow::Owned(text.trim_end_matches('\0').to_owned())
        }
        (Encoding::Utf8, rest) => {
            let end = rest.iter().rposition(|octet| *octet != 0).map_or(0, |last| last + 1);
            String::from_utf8_lossy(&rest[..end])
        }
    }
}

/// What decoded octets are that are no text, and what to do; `None` of a text. Letters of a code page are text, however
/// many, and so are the NULs that a file was filled up with, and what colours a terminal.
pub fn of_no_text(text: &str) -> Option<(&'static str, &'static str)> {
    // The magic numbers of gzip (RFC 1952 section 2.3.1) and of ZIP's local file header, as they are as text.
    if text.starts_with("\u{1f}\u{fffd}\u{8}") || text.starts_with("PK\u{3}\u{4}") {
        return Some(("a compressed file", "unpack it, and give what was in it"));
    }
    let is_of_text = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{7}' | '\u{8}' | '\u{c}' | '\u{1b}');
    let looked_at = || text.chars().take(limits::TEXT_LOOKED_AT);
    let controls = looked_at().filter(|c| c.is_ascii_control() && !is_of_text(c)).count();
    // Of random octets it is a tenth.
    (controls > 8 && controls * 32 > looked_at().count())
        .then_some(("a file of a program and no text", "give the text"))
}

/// The text of octets that a program reads which refuses what is no text: UTF-8, or UTF-16 with its mark.
pub fn strict(octets: &[u8]) -> Result<Cow<'_, str>, NotText> {
    let text = match marked(octets) {
        (Encoding::Utf8, rest) => {
            if let Some(at) = rest.iter().position(|octet| *octet == 0) {
                return Err(NotText::Nul {
                    line: line(&rest[..at]),
                });
            }
            Cow::Borrowed(std::str::from_utf8(rest).map_err(|error| {
                let at = error.valid_up_to();
                NotText::Octet {
                    line: line(&rest[..at]),
                    octet: rest.get(at).copied().unwrap_or_default(),
                }
            })?)
        }
        (Encoding::Utf16(pair), rest) => {
            let mut text = String::with_capacity(rest.len() / 2);
            for unit in char::decode_utf16(units(pair, rest)) {
                let half = |_| NotText::Half {
                    line: line(text.as_bytes()),
                };
                let unit = unit.map_err(half)?;
                text.push(unit);
            }
            if !rest.len().is_multiple_of(2) {
                return Err(NotText::Half {
                    line: line(text.as_bytes()),
                });
            }
            Cow::Owned(text)
        }
    };
    match text.find('\0') {
        Some(at) => Err(NotText::Nul {
            line: line(&text.as_bytes()[..at]),
        }),
        None => Ok(text),
    }
}

/// The line behind these octets.
fn line(before: &[u8]) -> usize {
    before.split(|octet| *octet == b'\n').count()
}

/// How pages write characters that mean something to them (HTML, "Named character references"), and how Go's
/// encoding/json writes the same in a string (`SetEscapeHTML`).
const WRITTEN: &[(&str, &str)] = &[
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#x22;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&lt;", "<"),
    ("&#60;", "<"),
    ("&gt;", ">"),
    ("&#62;", ">"),
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&amp;", "&"),
    ("&#38;", "&"),
    ("\\u003c", "<"),
    ("\\u003e", ">"),
    ("\\u0026", "&"),
];
/// What of that is written again by a page that shows another page's text: `&amp;quot;`.
const WRITTEN_TWICE: usize = 2;

/// A text that a program printed, as it printed it: without what a web page, a mail or a log put in the place of its
/// characters. Blanks that do not break a line are blanks, and what has no width is left out.
pub fn as_printed(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..WRITTEN_TWICE {
        if let Cow::Owned(printed) = unwritten(&text) {
            text = Cow::Owned(printed);
        }
    }
    let is_blank = |c: char| matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}');
    if text.contains(|c| is_blank(c) || is_nothing(c)) {
        let printed = text.chars().filter(|c| !is_nothing(*c));
        let printed = printed.map(|c| if is_blank(c) { ' ' } else { c }).collect();
        text = Cow::Owned(printed);
    }
    text
}

/// Whether a character has no width and is not seen.
pub fn is_nothing(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// One reading from the beginning to the end: what a reference stands for is not read again.
fn unwritten(text: &str) -> Cow<'_, str> {
    let mut printed = String::new();
    let mut rest = text;
    let mut from = 0;
    while let Some(at) = rest[from..].find(['&', '\\']).map(|at| from + at) {
        let found = WRITTEN.iter().find(|(written, _)| {
            let start = rest[at..].get(..written.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(written))
        });
        if let Some((written, stands_for)) = found {
            printed.push_str(&rest[..at]);
            printed.push_str(stands_for);
            rest = &rest[at + written.len()..];
            from = 0;
        } else {
            from = at + 1;
        }
    }
    if printed.is_empty() {
        return Cow::Borrowed(rest);
    }
    printed.push_str(rest);
    Cow::Owned(printed)
}

/// A text from outside as one word of a command line that is suggested; what a shell would read as more than a word, or
/// a program as an option, is left to be filled in.
pub fn plain_word<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        text
    } else {
        otherwise
    }
}

/// The same for a text that has to stand there as it is: in single quotes where it holds more than plain characters.
/// The command says itself that no option follows, where the text begins as one.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@/+=:".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// At most so many characters, and a sign that there were more.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The beginning of a text whose kind is not known, up to its first colon, equals sign or blank: enough to see which
/// file it is, and too little for what stands behind a name in a file of secrets.
pub fn beginning(text: &str) -> String {
    let text = text.trim_start();
    let ends = |(_, c): &(usize, char)| matches!(c, ':' | '=') || c.is_whitespace();
    // The mark of a comment, of a quotation or of a prompt is no word: one stands behind it.
    let marks = text.len() - text.trim_start_matches(['#', ';', '>', '$', '%', ' ', '\t']).len();
    // One character at least: a text that begins with one of these is shown so.
    let mut ends_of_words = text.char_indices().skip(1).filter(|(at, _)| *at > marks);
    let end = ends_of_words.find(ends).map_or(text.len(), |(at, _)| at);
    let word = shortened(&text[..end], limits::SHOWN_OF_UNKNOWN);
    if end < text.trim_end().len() && !word.ends_with('…') {
        return format!("{word}…");
    }
    word
}

/// At most so many characters.
pub fn short(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The text without the sequences of ECMA-48 that set colours or erase the rest of a line: ESC, `[`, parameters and `m`
/// or `K`. And without those that a pager sends at its beginning and end: the modes of DEC's terminals, ESC, `[`, `?`,
/// parameters and `h` or `l`, and those of its keypad, ESC and `=` or `>` (terminfo(5), smcup, rmcup, smkx and rmkx;
/// XTerm Control Sequences).
pub fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = if let Some(behind) = behind_sequence(after) {
            behind
        } else {
            plain.push('\u{1b}');
            after
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// What stands behind a sequence of [`without_colours`], whose ESC is taken off.
fn behind_sequence(text: &str) -> Option<&str> {
    let Some(text) = text.strip_prefix('[') else {
        return text.strip_prefix(['=', '>']);
    };
    let (text, ends) = match text.strip_prefix('?') {
        Some(text) => (text, ['h', 'l']),
        None => (text, ['m', 'K']),
    };
    let is_parameter = |c: char| c.is_ascii_digit() || c == ';';
    text.trim_start_matches(is_parameter).strip_prefix(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, units: fn(u16) -> [u8; 2], mark: &[u8]) -> Vec<u8> {
        let mut octets = mark.to_vec();
        octets.extend(text.encode_utf16().flat_map(units));
        octets
    }

    #[test]
    fn a_file_of_a_program_is_no_text() {
        let octets: Vec<u8> = (0..4096_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0])
            .collect();
        let said = |octets: &[u8]| of_no_text(&decode(octets)).map(|(what, _)| what);
        assert_eq!(said(&octets), Some("a file of a program and no text"));
        assert_eq!(said(b"\x1f\x8b\x08\x00\x00"), Some("a compressed file"));
        // Japanese as Windows saves it, colours, and NULs at the end.
        let japanese = [0x83_u8, 0x7a, 0x83, 0x58, 0x83, 0x67].repeat(100);
        for text in [
            &japanese[..],
            b"\x1b[31mdial tcp: lookup a.test: no such host\x1b[0m\r\n",
            b"no such host\n\0\0\0\0\0\0\0\0\0\0\0\0",
        ] {
            assert_eq!(said(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_beginning_ends_where_a_name_does() {
        for (text, begins) in [
            ("no such host", "no…"),
            ("<html>", "<html>"),
            ("root:$6$salt$hash:19000", "root…"),
            ("KEY=value", "KEY…"),
            (": x", ":…"),
            ("# nameservers of the office", "# nameservers…"),
            ("> Global:", "> Global…"),
            ("##", "##"),
            ("- token", "-…"),
            ("", ""),
            (" word \n", "word"),
            ("abcdefghijklmnopqrstuvwxyz more", "abcdefghijklmnopqrst…"),
        ] {
            assert_eq!(beginning(text), begins, "{text:?}");
        }
    }

    #[test]
    fn one_text_in_every_encoding() {
        let text = "{\r\n ü 𝄞";
        let saved = [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            utf16(text, u16::to_le_bytes, b"\xff\xfe"),
            utf16(text, u16::to_be_bytes, b"\xfe\xff"),
        ];
        for octets in &saved {
            assert_eq!(decode(octets), text);
            assert_eq!(strict(octets), Ok(Cow::Borrowed(text)));
        }
        for octets in [utf16(text, u16::to_le_bytes, b""), utf16(text, u16::to_be_bytes, b"")] {
            assert_eq!(decode(&octets), text);
            assert_eq!(strict(&octets), Err(NotText::Nul { line: 1 }));
        }
        assert_eq!((decode(b""), strict(b"")), (Cow::Borrowed(""), Ok(Cow::Borrowed(""))));
        assert_eq!(decode(b"\0\0\0"), "");
    }

    #[test]
    fn what_is_no_text_is_replaced_or_refused_with_its_line() {
        // "Prüfung" in Windows-1252.
        let code_page = b"a\nPr\xfcfung";
        assert_eq!(decode(code_page), "a\nPr\u{fffd}fung");
        let octet = NotText::Octet { line: 2, octet: 0xfc };
        assert_eq!(strict(code_page), Err(octet));
        assert!(octet.to_string().starts_with("line 2: the octet 0xfc"));
        assert_eq!(strict(b"a\n\nb\0"), Err(NotText::Nul { line: 3 }));
        assert_eq!(decode(b"ab\0\0"), "ab");
        // Half a pair, and half a unit.
        assert_eq!(strict(b"\xff\xfea\0\x34\xd8"), Err(NotText::Half { line: 1 }));
        assert_eq!(decode(b"\xff\xfea\0\x34\xd8"), "a\u{fffd}");
        assert_eq!(strict(b"\xff\xfea\0b"), Err(NotText::Half { line: 1 }));
        assert_eq!(decode(b"\xff\xfea\0b"), "a");
    }

    #[test]
    fn what_pages_and_logs_write_is_read_as_it_was_printed() {
        for (text, printed) in [
            (
                "Get &quot;https://a&#34;: x -&gt; y &amp; z",
                "Get \"https://a\": x -> y & z",
            ),
            (";; -&gt;&gt;HEADER&lt;&lt;-", ";; ->>HEADER<<-"),
            ("a-\\u003eb \\u0026 \\u003C", "a->b & <"),
            // A page that shows another page's text.
            ("&amp;quot;x&amp;#39;", "\"x'"),
            ("no\u{a0}such\u{202f}host", "no such host"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("a & b, &c; &#x; \\n \\u00", "a & b, &c; &#x; \\n \\u00"),
            ("é&lt;é", "é<é"),
            ("&", "&"),
            ("", ""),
        ] {
            assert_eq!(as_printed(text), printed, "{text:?}");
        }
        assert!(matches!(as_printed("plain & \\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_kept_of_a_text() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(short("äöü", 2), "äö");
    }
}

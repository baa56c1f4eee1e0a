//! Text that is safe to print, wrapped and coloured.
//!
//! Whatever a server, a file or a capture says is hostile: names, Extended DNS Errors, reasons, labels. It
//! goes through [`escape`] before it reaches a terminal, a table or a ticket, and colours are only ours.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character must never be printed as it is: it moves the cursor, changes the order or the look of
/// what stands beside it, cannot be seen, or means something else to every font.
///
/// Unicode 16: general categories Cc, Cf, Zl, Zp, Co and the noncharacters, the property
/// Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and every space (Zs) but the common one.
pub fn is_unprintable(c: char) -> bool {
    // Most of what is asked about, and quickly told.
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(c,
        // C0 with tab and line ends, DEL, C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Spaces that look like the common one or like nothing.
        | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{2800}' | '\u{3000}'
        // Zero width, marks and overrides of direction, separators of lines and paragraphs.
        | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        // Ignorable: soft hyphen, joiners, fillers, variation selectors.
        | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        // Other format controls, and the specials behind U+FFEF but the replacement character.
        | '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1345f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        // Private use, noncharacters, tags and all that is above them.
        | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..
    ) || u32::from(c) & 0xfffe == 0xfffe
}

/// The text with what must not be printed as `\u{9b}`; tab, line feed and carriage return as `\t`, `\n`,
/// `\r`. The result is one line.
pub fn escape(text: &str) -> String {
    escaped(text, false)
}

/// As [`escape`], for terminals that show only ASCII: everything else is `\u{…}` too, but for the few marks
/// of punctuation that have a like.
pub fn escape_ascii(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, ascii: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => safe.extend(c.escape_default()),
            '…' if ascii => safe.push_str("..."),
            '–' | '—' if ascii => safe.push('-'),
            '’' if ascii => safe.push('\''),
            _ if is_unprintable(c) || (ascii && !c.is_ascii()) => {
                let _ = write!(safe, "{}", c.escape_unicode());
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// Whether it is the address of a page, and holds nothing but what addresses of pages need.
pub(crate) fn is_plain_link(reference: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#=&%+,".contains(c);
    reference.starts_with("https://") && reference.chars().all(plain)
}

/// Breaks a text at its spaces into lines of at most `first` columns, then `rest`. A word that is wider
/// stands alone on its line, whole.
pub(crate) fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let width = if lines.is_empty() { first } else { rest };
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// As [`wrap`], for a cell of a table: a word that is wider is broken too, behind its last dot, comma, hyphen or
/// colon that fits, else where the line is full.
pub(crate) fn wrap_cell(text: &str, width: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines = Vec::new();
    for line in wrap(text, width, width) {
        let mut rest = line.as_str();
        while let Some(full) = overflow(rest, width) {
            let at = rest[..full].rfind(['.', ',', '-', ':']).map_or(full, |at| at + 1);
            lines.push(rest[..at].to_owned());
            rest = &rest[at..];
        }
        lines.push(rest.to_owned());
    }
    lines
}

/// As much of the text as fits the width.
pub(crate) fn fit(text: &str, width: usize) -> &str {
    let mut columns = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        columns += c.width().unwrap_or_default();
        (columns > width).then_some(at)
    });
    end.map_or(text, |end| &text[..end])
}

/// Where the text passes the width, at least one character in; `None` where it does not.
fn overflow(text: &str, width: usize) -> Option<usize> {
    let mut columns = 0;
    text.char_indices().find_map(|(at, c)| {
        columns += c.width().unwrap_or_default();
        (columns > width && at > 0).then_some(at)
    })
}

/// How a piece of our own text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Bold,
    Red,
    Green,
    Yellow,
}

impl Paint {
    /// The text in this look (ECMA-48, Select Graphic Rendition); as it is where colours are off.
    pub(crate) fn on(self, text: &str, color: bool) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Bold => "1",
            Self::Red => "1;31",
            Self::Green => "1;32",
            Self::Yellow => "1;33",
        };
        if color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_or_hides_is_shown_as_its_code() {
        assert_eq!(
            escape("a\u{1b}[31m\u{9b}2J\u{7f}\tb\r\nc"),
            "a\\u{1b}[31m\\u{9b}2J\\u{7f}\\tb\\r\\nc"
        );
        assert_eq!(
            escape("\u{202e}moc\u{2066}\u{200b}\u{feff}\u{2028}\u{e0041}"),
            "\\u{202e}moc\\u{2066}\\u{200b}\\u{feff}\\u{2028}\\u{e0041}"
        );
        assert_eq!(
            escape("plain text, ünïcode – 日本語 ✓"),
            "plain text, ünïcode – 日本語 ✓"
        );
        assert_eq!(escape_ascii("…ü – ’"), "...\\u{fc} - '");
    }

    #[test]
    fn every_control_and_format_character_is_unprintable() {
        let ranges = [
            (0x00, 0x1f),
            (0x7f, 0x9f),
            (0x200b, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x2060),
            (0x2066, 0x2069),
            (0x61c, 0x61c),
            (0xfeff, 0xfeff),
            (0xfff9, 0xfffb),
            (0xfffe, 0xffff),
            (0xe0000, 0xe007f),
            (0x0010_fffe, 0x0010_ffff),
        ];
        for (first, last) in ranges {
            for c in (first..=last).filter_map(char::from_u32) {
                assert!(is_unprintable(c), "{:x}", u32::from(c));
            }
        }
        for c in (' '..='~').chain("äßñ€中\u{fffd}\u{301}🙂".chars()) {
            assert!(!is_unprintable(c), "{c}");
        }
    }

    #[test]
    fn lines_break_at_spaces_and_by_columns() {
        assert_eq!(wrap("aa bb  cc dd", 5, 8), ["aa bb", "cc dd"]);
        assert_eq!(wrap("日本 語語 x", 5, 6), ["日本", "語語 x"]);
        assert_eq!(wrap("a muchtoolong b", 4, 4), ["a", "muchtoolong", "b"]);
        assert!(wrap("  ", 4, 4).is_empty());
        assert_eq!(
            wrap_cell("NXDOMAIN (SOA ap-northeast-1.eks.amazonaws.com)", 26),
            ["NXDOMAIN (SOA", "ap-northeast-1.eks.", "amazonaws.com)"]
        );
        assert_eq!(wrap_cell("日本語x", 3), ["日", "本", "語x"]);
    }

    #[test]
    fn colours_are_ours_and_can_be_off() {
        assert_eq!(Paint::Red.on("x", true), "\u{1b}[1;31mx\u{1b}[0m");
        assert_eq!(Paint::Red.on("x", false), "x");
        assert_eq!(Paint::Plain.on("x", true), "x");
    }
}

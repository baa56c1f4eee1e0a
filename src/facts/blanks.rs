//! The words of a line of a file that the C library reads: hosts(5), resolv.conf(5), nsswitch.conf(5), resolver(5).
//!
//! A blank and a tab part them (glibc, resolv/res_init.c, MATCH, and nss/nss_files/files-XXX.c with isspace of single
//! octets; Go, src/net/parse.go, getFields, which takes a carriage return too). What only looks like a blank is a part
//! of a word: a web page or a chat puts it there, and nobody sees it.

use super::Gap;
use crate::text::is_nothing;

/// What parts words. The carriage return stands at the end of a line that was written on Windows.
const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// The words of a line.
pub(super) fn words(line: &str) -> impl Iterator<Item = &str> + Clone {
    line.split(BLANKS).filter(|word| !word.is_empty())
}

/// A line without the blanks at its ends.
pub(super) fn trimmed(line: &str) -> &str {
    line.trim_matches(BLANKS)
}

/// The first character of a line that looks like a blank, or like nothing, and is a part of a word.
pub(super) fn look_alike(line: &str) -> Option<char> {
    line.chars().find(|c| is_look_alike(*c))
}

/// The same of one character.
pub(super) fn is_look_alike(c: char) -> bool {
    !c.is_ascii() && c.is_whitespace() || is_nothing(c)
}

/// A line as it looks: with a blank for what looks like one, and without what cannot be seen.
pub(super) fn as_it_looks(line: &str) -> String {
    let seen = line.chars().filter(|c| !is_nothing(*c));
    seen.map(|c| if is_look_alike(c) { ' ' } else { c }).collect()
}

/// What such a character is.
pub(super) fn named(c: char) -> String {
    let what = match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => "a no-break space",
        '\u{feff}' => "a byte order mark",
        _ if is_nothing(c) => "a character that is not seen",
        _ => "a blank that is no space and no tab",
    };
    format!("{what} (U+{:04X})", u32::from(c))
}

/// What to do about it.
pub(super) fn mended(c: char) -> &'static str {
    match c {
        '\u{feff}' => "save the file as UTF-8 without one",
        _ if is_nothing(c) => "take it out",
        _ => "write a space in its place",
    }
}

/// What it means for those who read the file, and what to do.
pub(super) fn explained(c: char) -> String {
    format!(
        "{} stands there, which is a part of a word for the C library and for Go: they do not read the line as it \
         looks; {}",
        named(c),
        mended(c)
    )
}

/// The gap of the first line with such a character in front of a comment, of those lines that matter.
pub(super) fn gap(file: &str, source: &str, text: &[u8], matters: impl Fn(&str) -> bool) -> Option<Gap> {
    let text = String::from_utf8_lossy(text);
    let (at, c) = text.split('\n').enumerate().find_map(|(at, line)| {
        let line = line.split('#').next().unwrap_or_default();
        let c = look_alike(line)?;
        matters(&as_it_looks(line)).then_some((at, c))
    })?;
    Some(Gap::here(format!("line {} of {file}", at + 1), source, explained(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_and_a_tab_part_words_and_nothing_else_does() {
        let of = |line: &str| words(line).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of(" \tone \t two\r"), ["one", "two"]);
        assert_eq!(of(" \t\r"), Vec::<String>::new());
        for c in ['\u{a0}', '\u{202f}', '\u{3000}', '\u{85}', '\u{feff}', '\u{200b}'] {
            let line = format!("one{c}two three");
            assert_eq!(of(&line).len(), 2, "{c:?}");
            assert_eq!(look_alike(&line), Some(c));
            assert!(of(&as_it_looks(&line)).ends_with(&["three".to_owned()]));
        }
        assert_eq!(look_alike("öne\ttwo\r"), None);
        assert_eq!(trimmed("\t \u{a0}x \r"), "\u{a0}x");
    }

    #[test]
    fn the_gap_has_the_line_the_character_and_what_to_do() {
        let of = |text: &str| gap("hosts", "/etc/hosts", text.as_bytes(), |line| line.contains("two"));
        let text = "one\u{a0}x\n# two\u{a0}\nx\u{2003}two # \u{a0}\n";
        let found = of(text).map(|gap| (gap.fact, gap.reason)).unwrap_or_default();
        assert_eq!(found.0, "line 3 of hosts");
        assert!(found.1.contains("U+2003") && found.1.ends_with("write a space in its place"));
        assert_eq!(of("one\u{a0}x\ntwo #\u{a0}\n"), None);
        assert!(of("\u{feff}two").is_some_and(|gap| gap.reason.contains("without one")));
    }
}

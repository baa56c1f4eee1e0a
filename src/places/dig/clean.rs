//! dig's text as it comes out of a terminal, a mail or a log: behind colours, an indent, quotation marks or a time
//! stamp.

use std::borrow::Cow;

/// What stands before every line of dig's text is no longer than this many characters.
const PREFIX: usize = 64;

/// The lines that only dig prints.
const HEADERS: &[&str] = &["; <<>> DiG", ";; ->>HEADER<<-"];

/// The text without colours, and without what stands before each of its lines in the form in which it stands before
/// dig's own header. Lines keep their numbers.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let plain = without_colours(text);
    let Some(prefix) = plain.lines().find_map(prefix) else {
        return plain;
    };
    if prefix.is_empty() {
        return plain;
    }
    let wanted = shape(prefix);
    let length = prefix.chars().count();
    let stripped = |line: &str| -> String {
        let cut = line.char_indices().nth(length).map_or(line.len(), |(at, _)| at);
        let (before, rest) = line.split_at(cut);
        if shape(before) == wanted {
            rest.to_owned()
        } else if shape(line.trim_end()) == wanted.trim_end() {
            // An empty line behind the prefix, whose spaces at the end were taken off.
            String::new()
        } else {
            line.to_owned()
        }
    };
    let lines: Vec<String> = plain.lines().map(stripped).collect();
    Cow::Owned(lines.join("\n"))
}

/// What stands before dig's header on its line: an indent, marks of a quotation, or a log's own words. What could be a
/// string of JSON or a sentence about dig is none.
fn prefix(line: &str) -> Option<&str> {
    let at = HEADERS.iter().find_map(|header| line.find(header))?;
    let before = &line[..at];
    let is_plain = !before.contains(['"', '{', '\\']) && before.chars().count() <= PREFIX;
    (is_plain && (before.is_empty() || before.ends_with([' ', '\t', '>', '|', ':']))).then_some(before)
}

/// The form of a prefix: digits differ from line to line.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// Without sequences of ECMA-48 that set colours: ESC, `[`, parameters and a letter.
fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.contains('\u{1b}') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        let parameters = after
            .bytes()
            .take_while(|octet| octet.is_ascii_digit() || *octet == b';')
            .count();
        rest = if let Some(rest) = after[parameters..].strip_prefix('m') {
            rest
        } else {
            plain.push_str("\u{1b}[");
            after
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIG: &str =
        "; <<>> DiG 9.18.24 <<>> a.test\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY\n\n;a.test. IN A\n";

    #[test]
    fn what_stands_before_every_line_is_taken_off() {
        for prefix in [
            "    ",
            "> ",
            "| ",
            "2026-01-02T03:04:05.678Z ",
            "Jan 02 03:04:05 host app[12]: ",
        ] {
            let lines: Vec<String> = DIG
                .lines()
                .map(|line| format!("{prefix}{line}").trim_end().to_owned())
                .collect();
            assert_eq!(clean(&lines.join("\n")), DIG.trim_end(), "{prefix}");
        }
        let coloured = DIG.replace("QUERY", "\u{1b}[32mQUERY\u{1b}[0m");
        assert_eq!(clean(&coloured), DIG);
        assert!(matches!(clean(DIG), Cow::Borrowed(_)));
        // Another sequence stays, and so does a line that has no such prefix.
        assert_eq!(clean("\u{1b}[2Jx"), "\u{1b}[2Jx");
        assert_eq!(clean("a\n  ; <<>> DiG 9"), "a\n; <<>> DiG 9");
    }

    #[test]
    fn a_header_in_another_text_is_no_dig() {
        let json = r#"{"note": "; <<>> DiG 9.18"}"#;
        assert_eq!(clean(json), json);
    }
}

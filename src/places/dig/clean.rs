//! dig's text as it comes out of a terminal, a mail or a log: behind colours, an indent, quotation marks or a time
//! stamp.

use std::borrow::Cow;

use crate::text::without_colours;

/// What stands before a line of dig's text is no longer than this many characters.
const PREFIX: usize = 96;

/// The lines that dig begins with, or that tell why it has no answer (bin/dig/dig.c and dighost.c of BIND 9).
const HEADERS: &[&str] = &[
    "; <<>> DiG",
    ";; ->>HEADER<<-",
    ";; Got answer:",
    ";; Sending:",
    ";; Truncated, retrying in TCP mode",
    ";; communications error to ",
    ";; UDP setup with ",
    ";; Connection to ",
    ";; no servers could be reached",
    ";; connection timed out; no servers could be reached",
    "dig: couldn't get address for ",
];

/// Whether any line is one of dig's, behind whatever stands before it.
pub(super) fn has_header(text: &str) -> bool {
    without_colours(text).lines().any(|line| prefix(line).is_some())
}

/// The text without colours, and without what stands before its lines in the form in which it stands before dig's
/// nearest header above, or before the first one. Lines keep their numbers.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let plain = without_colours(text);
    let prefixes: Vec<Option<&str>> = plain.lines().map(prefix).collect();
    let Some(mut current) = prefixes.iter().copied().flatten().next() else {
        return plain;
    };
    if prefixes.iter().flatten().all(|prefix| prefix.is_empty()) {
        return plain;
    }
    let lines: Vec<&str> = plain
        .lines()
        .zip(prefixes)
        .map(|(line, found)| {
            current = found.unwrap_or(current);
            behind(current, line).unwrap_or(line)
        })
        .collect();
    Cow::Owned(lines.join("\n"))
}

/// What stands before dig's header on its line: an indent, marks of a quotation, or a log's own words. What could be a
/// string of JSON or a sentence about dig is none.
fn prefix(line: &str) -> Option<&str> {
    let at = HEADERS.iter().filter_map(|header| line.find(header)).min()?;
    let before = &line[..at];
    let is_plain = !before.contains(['"', '{', '\\']) && before.chars().count() <= PREFIX;
    (is_plain && (before.is_empty() || before.ends_with([' ', '\t', '>', '|', ':']))).then_some(before)
}

/// What stands behind a prefix of the same form. Numbers differ from line to line, and so does their length: a day of
/// the month, a process id, a fraction of a second whose zeros at the end are left out. The blanks at the end are the
/// prefix's only as far as it has them, since dig's own line may begin with some.
fn behind<'a>(prefix: &str, line: &'a str) -> Option<&'a str> {
    let core = prefix.trim_end();
    let mut rest = line;
    let mut pattern = core;
    while let Some(first) = pattern.chars().next() {
        let is_alike: fn(char) -> bool = match first {
            c if c.is_ascii_digit() => |c| c.is_ascii_digit(),
            c if c.is_whitespace() => char::is_whitespace,
            _ => {
                rest = rest.strip_prefix(first)?;
                pattern = &pattern[first.len_utf8()..];
                continue;
            }
        };
        let after = rest.trim_start_matches(is_alike);
        if after.len() == rest.len() {
            return None;
        }
        rest = after;
        pattern = pattern.trim_start_matches(is_alike);
    }
    for blank in prefix[core.len()..].chars() {
        match rest.strip_prefix(blank) {
            Some(after) => rest = after,
            // An empty line, whose blanks at the end were taken off.
            None if rest.is_empty() => break,
            None => return None,
        }
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIG: &str = "; <<>> DiG 9.18.24 <<>> a.test\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY\n\n;a.test. IN A\n\t\t1 ; serial\n";

    #[test]
    fn what_stands_before_every_line_is_taken_off() {
        for prefix in [
            "    ",
            "\t",
            "> ",
            "> > ",
            "| ",
            "2026-01-02T03:04:05.678Z ",
            "Jan 02 03:04:05 host app[12]: ",
            "[pod/dns-0/dig] ",
            "dig-1  | ",
        ] {
            let lines: Vec<String> = DIG
                .lines()
                .map(|line| format!("{prefix}{line}").trim_end().to_owned())
                .collect();
            assert_eq!(clean(&lines.join("\n")), DIG.trim_end(), "{prefix}");
        }
        let coloured = DIG.replace("QUERY", "\u{1b}[32mQUERY\u{1b}[0m\u{1b}[K");
        assert_eq!(clean(&coloured), DIG);
        assert!(matches!(clean(DIG), Cow::Borrowed(_)));
        // Another sequence stays, and so does a line that has no such prefix.
        assert_eq!(clean("\u{1b}[2Jx"), "\u{1b}[2Jx");
        assert_eq!(clean("a\n  ; <<>> DiG 9"), "a\n; <<>> DiG 9");
    }

    #[test]
    fn numbers_of_a_prefix_differ_in_length() {
        let text = "Jan  9 01:02:03 h dig[99]: ; <<>> DiG 9\nJan 10 01:02:03 h dig[100]: ;; Got answer:\n\
                    Jan 10 01:02:03 h dig[100]: \tx";
        assert_eq!(clean(text), "; <<>> DiG 9\n;; Got answer:\n\tx");
        let text = "2026-01-02T03:04:05.6Z ; <<>> DiG 9\n2026-01-02T03:04:05.678Z ;a.test. IN A";
        assert_eq!(clean(text), "; <<>> DiG 9\n;a.test. IN A");
    }

    #[test]
    fn each_part_of_a_text_has_its_own_prefix() {
        let text =
            "> ; <<>> DiG 9\n> ;a. IN A\n\n  ;; communications error to 192.0.2.1#53: timed out\n  ; <<>> DiG 8\n";
        assert_eq!(
            clean(text),
            "; <<>> DiG 9\n;a. IN A\n\n;; communications error to 192.0.2.1#53: timed out\n; <<>> DiG 8"
        );
    }

    #[test]
    fn a_header_in_another_text_is_no_dig() {
        let json = r#"{"note": "; <<>> DiG 9.18"}"#;
        assert_eq!(clean(json), json);
        assert!(!has_header(json));
        assert!(has_header("x: ;; no servers could be reached"));
    }
}

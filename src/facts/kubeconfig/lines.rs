//! Lines of YAML 1.1 that the YAML reader, which is one of YAML 1.2, takes otherwise than kubectl: the ends of lines
//! that only YAML 1.1 knows, and comments right behind a text in quotation marks or a bracket.

use std::borrow::Cow;

/// The ends of lines that YAML 1.1 knows beside those that everybody knows (section 4.1.4): NEL, LS and PS.
const OTHER_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Where a character of a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Quoted,
    Comment,
    /// `#` right behind what closes a value.
    Touching,
    /// `,`, `[`, `{`, `]` or `}` of a list or a mapping in brackets.
    Bracket,
    Plain,
}

/// Each character of a line with its place. What a line before it left open is not known here.
fn places(line: &str) -> Vec<(usize, char, Place)> {
    let mut found = Vec::with_capacity(line.len());
    let mut quote: Option<char> = None;
    let (mut is_escaped, mut is_comment, mut is_closed) = (false, false, false);
    let mut depth = 0_usize;
    // A value may begin here; and behind an anchor or a tag it still may.
    let mut begins = true;
    let mut is_property = false;
    let mut before = ' ';
    let mut characters = line.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |(_, c)| *c);
        let is_blank = |c: char| c == ' ' || c == '\t' || c == '\r' || OTHER_BREAKS.contains(&c);
        let was_closed = std::mem::take(&mut is_closed);
        let place = if let Some(mark) = quote {
            if is_escaped {
                is_escaped = false;
            } else if (c == '\\' && mark == '"') || (c == '\'' && mark == '\'' && next == '\'') {
                is_escaped = true;
            } else if c == mark {
                quote = None;
                is_closed = true;
            }
            Place::Quoted
        } else if OTHER_BREAKS.contains(&c) {
            (is_comment, begins) = (false, true);
            Place::Plain
        } else if is_comment {
            Place::Comment
        } else if c == '#' && (was_closed || is_blank(before)) {
            is_comment = true;
            if was_closed { Place::Touching } else { Place::Comment }
        } else if is_blank(c) {
            is_property = false;
            Place::Plain
        } else if is_property {
            Place::Plain
        } else if begins && matches!(c, '"' | '\'') {
            (quote, begins) = (Some(c), false);
            Place::Quoted
        } else if begins && matches!(c, '&' | '!') {
            is_property = true;
            Place::Plain
        } else if begins && matches!(c, '[' | '{') {
            depth += 1;
            Place::Bracket
        } else if depth > 0 && c == ',' {
            begins = true;
            Place::Bracket
        } else if depth > 0 && matches!(c, ']' | '}') {
            depth -= 1;
            (begins, is_closed) = (false, true);
            Place::Bracket
        } else {
            begins = (c == ':' || (begins && matches!(c, '-' | '?'))) && is_blank(next);
            Place::Plain
        };
        found.push((at, c, place));
        before = c;
    }
    found
}

/// The text with plain ends of lines in the place of the others. In quotation marks NEL is folded to a blank and the
/// other two stay (section 9.1), with no blank around them.
pub(super) fn with_plain_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains(OTHER_BREAKS) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut is_folded = false;
        for (_, c, place) in places(line) {
            let is_break = OTHER_BREAKS.contains(&c);
            if is_break && place == Place::Quoted {
                plain.truncate(plain.trim_end_matches([' ', '\t']).len());
                plain.push(if c == '\u{85}' { ' ' } else { c });
                is_folded = true;
            } else if is_break {
                plain.push('\n');
            } else if !(is_folded && matches!(c, ' ' | '\t')) {
                plain.push(c);
                is_folded = false;
            }
        }
    }
    Cow::Owned(plain)
}

/// The number that a line of the plain text has in the text itself, as editors count.
pub(super) fn counted(text: &str, line: usize) -> usize {
    let mut left = line.saturating_sub(1);
    for (number, whole) in text.split_inclusive('\n').enumerate() {
        let breaks = places(whole)
            .iter()
            .filter(|(_, c, place)| *c == '\n' || (OTHER_BREAKS.contains(c) && *place != Place::Quoted))
            .count();
        if left < breaks {
            return number + 1;
        }
        left -= breaks;
    }
    text.split_inclusive('\n').count().max(1)
}

/// A line of a document, and where it begins.
fn nth(document: &str, line: usize) -> Option<(usize, &str)> {
    let start = match line.checked_sub(2) {
        Some(before) => document.match_indices('\n').nth(before)?.0 + 1,
        None => 0,
    };
    Some((start, document.get(start..)?.lines().next()?))
}

/// The document with a blank in front of a comment of that line which stands right behind a value: kubectl takes it for
/// a comment (go-yaml v2, scannerc.go, skips comments wherever a token may begin). `None` where there is none.
pub(super) fn with_comment_apart(document: &str, line: usize) -> Option<String> {
    let (start, whole) = nth(document, line)?;
    let found = places(whole);
    let (at, ..) = found.iter().find(|(.., place)| *place == Place::Touching)?;
    let (before, comment) = document.split_at(start + at);
    Some(format!("{before} {comment}"))
}

/// Whether a comma of that line has no value in front of it, which YAML wants; behind the last it wants none.
pub(super) fn has_empty_place(document: &str, line: usize) -> bool {
    let Some((_, whole)) = nth(document, line) else {
        return false;
    };
    let is_seen = |(_, c, place): &&(usize, char, Place)| *place != Place::Comment && !c.is_whitespace();
    let found = places(whole);
    let seen: Vec<_> = found.iter().filter(is_seen).collect();
    seen.windows(2).any(|two| {
        two.iter().all(|(.., place)| *place == Place::Bracket) && matches!(two[0].1, ',' | '[' | '{') && two[1].1 == ','
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_put_apart_where_it_is_one() {
        for (line, expected) in [
            ("a: \"b\"#c", Some("a: \"b\" #c")),
            ("- a: 'b''c'#d", Some("- a: 'b''c' #d")),
            ("- \"a\": \"b\\\"#\"#c", Some("- \"a\": \"b\\\"#\" #c")),
            ("a: &x \"b\"#c", Some("a: &x \"b\" #c")),
            ("a: [b, \"c\"]#d", Some("a: [b, \"c\"] #d")),
            ("a: b\"c\"#d", None),
            ("a: b]#d", None),
            ("a: \"b\" # \"c\"#d", None),
            ("a: \"b#c\"", None),
        ] {
            let document = format!("x: y\n{line}\nz: \"a\"#b\n");
            let found = with_comment_apart(&document, 2);
            let expected = expected.map(|line| format!("x: y\n{line}\nz: \"a\"#b\n"));
            assert_eq!(found, expected, "{line}");
        }
        assert_eq!(with_comment_apart("a: \"b\"#c", 1).as_deref(), Some("a: \"b\" #c"));
        assert_eq!(with_comment_apart("a: \"b\"#c", 9), None);
    }

    #[test]
    fn ends_of_lines_of_yaml_1_1() {
        for (text, expected) in [
            ("# a\u{2028}b: c\n", "# a\nb: c\n"),
            ("a: b\u{85}c: d\n", "a: b\nc: d\n"),
            ("a: \"b \u{85}  c\"\n", "a: \"b c\"\n"),
            ("a: 'b\u{2029} c'\u{2029}d: e\n", "a: 'b\u{2029}c'\nd: e\n"),
            ("a: b\n", "a: b\n"),
        ] {
            assert_eq!(with_plain_breaks(text), expected, "{text:?}");
        }
        let text = "a: 'b\u{85}c'\u{85}d: e\nf: g\n";
        assert_eq!([1, 2, 3, 9].map(|line| counted(text, line)), [1, 1, 2, 2]);
    }

    #[test]
    fn commas_without_a_value() {
        for (line, expected) in [
            ("a: {b: c,, d: e}", true),
            ("a: [ ,b]", true),
            ("{\"a\": \"b\", , \"c\": \"d\"}", true),
            ("a: {b: c,}", false),
            ("a: [b, \",,\"]", false),
            ("a: b,,c", false),
            ("a: [b] # [,", false),
        ] {
            assert_eq!(has_empty_place(line, 1), expected, "{line}");
        }
        assert!(!has_empty_place("", 7));
    }
}

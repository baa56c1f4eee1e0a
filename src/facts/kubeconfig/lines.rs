//! Lines of a kubeconfig, for what is said of one that cannot be read: its number, and a comma without a value.

/// The ends of lines that YAML 1.1 knows beside those that everybody knows (section 4.1.4): NEL, LS and PS.
const OTHER_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Where a character of a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinePosition {
    Quoted,
    Comment,
    /// `,`, `[`, `{`, `]` or `}` of a list or a mapping in brackets.
    Bracket,
    Plain,
}

/// Each character of a line with its place. What a line before it left open is not known here.
fn places(line: &str) -> Vec<(usize, char, LinePosition)> {
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
            LinePosition::Quoted
        } else if OTHER_BREAKS.contains(&c) {
            (is_comment, begins) = (false, true);
            LinePosition::Plain
        } else if is_comment {
            LinePosition::Comment
        } else if c == '#' && (was_closed || is_blank(before)) {
            is_comment = true;
            LinePosition::Comment
        } else if is_blank(c) {
            is_property = false;
            LinePosition::Plain
        } else if is_property {
            LinePosition::Plain
        } else if begins && matches!(c, '"' | '\'') {
            (quote, begins) = (Some(c), false);
            LinePosition::Quoted
        } else if begins && matches!(c, '&' | '!') {
            is_property = true;
            LinePosition::Plain
        } else if begins && matches!(c, '[' | '{') {
            depth += 1;
            LinePosition::Bracket
        } else if depth > 0 && c == ',' {
            begins = true;
            LinePosition::Bracket
        } else if depth > 0 && matches!(c, ']' | '}') {
            depth -= 1;
            (begins, is_closed) = (false, true);
            LinePosition::Bracket
        } else {
            begins = (c == ':' || (begins && matches!(c, '-' | '?'))) && is_blank(next);
            LinePosition::Plain
        };
        found.push((at, c, place));
        before = c;
    }
    found
}

/// The number that a line of YAML 1.1 has in the text as editors count, which know `\n` alone.
pub(super) fn counted(text: &str, line: usize) -> usize {
    let mut left = line.saturating_sub(1);
    let mut number = 1;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if left == 0 {
            break;
        }
        let is_pair = c == '\r' && characters.peek() == Some(&'\n');
        if !is_pair && (matches!(c, '\n' | '\r') || OTHER_BREAKS.contains(&c)) {
            left -= 1;
        }
        number += usize::from(c == '\n');
    }
    number
}

/// A line of a document, and where it begins.
fn nth(document: &str, line: usize) -> Option<(usize, &str)> {
    let start = match line.checked_sub(2) {
        Some(before) => document.match_indices('\n').nth(before)?.0 + 1,
        None => 0,
    };
    Some((start, document.get(start..)?.lines().next()?))
}

/// Whether a comma of that line has no value in front of it, which YAML wants; behind the last it wants none.
pub(super) fn has_empty_place(document: &str, line: usize) -> bool {
    let Some((_, whole)) = nth(document, line) else {
        return false;
    };
    let is_seen = |(_, c, place): &&(usize, char, LinePosition)| *place != LinePosition::Comment && !c.is_whitespace();
    let found = places(whole);
    let seen: Vec<_> = found.iter().filter(is_seen).collect();
    seen.windows(2).any(|two| {
        two.iter().all(|(.., place)| *place == LinePosition::Bracket)
            && matches!(two[0].1, ',' | '[' | '{')
            && two[1].1 == ','
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_editors_do() {
        let text = "a: 'b\u{85}c'\u{85}d: e\r\nf: g\nh: i\rj: k";
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 9].map(|line| counted(text, line)),
            [1, 1, 1, 2, 3, 3, 3]
        );
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

//! What nslookup and dig print, where it stands in a string or in comments: the line ends are `\\n`, or a mark stands
//! before each line.

use std::borrow::Cow;

/// What the lines of nslookup begin with (bin/dig/nslookup.c), and that of dig's header.
const STARTS: &[&str] = &[
    "Server:",
    "Address:",
    "Address 1:",
    "Name:",
    "Non-authoritative answer:",
    "** server can't find ",
    "*** Can't find ",
    ";; ",
    "; <<>> DiG ",
];
/// What a string of JSON or of a program has of a line end and of a tab (RFC 8259 section 7).
const ESCAPES: &[(&str, &str)] = &[("\\r\\n", "\n"), ("\\n", "\n"), ("\\t", "\t")];

/// The text with each line of theirs as it was printed.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let is_in_a_string = ["\\n;; ->>HEADER", "\\n** server can't", "\\nServer:", "\\nAddress:"]
        .iter()
        .any(|mark| text.contains(mark));
    if is_in_a_string {
        let escapes = ESCAPES.iter();
        return Cow::Owned(escapes.fold(text.to_owned(), |text, (escape, stands_for)| {
            text.replace(escape, stands_for)
        }));
    }
    if !text.lines().any(|line| unmarked(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive('\n').map(|line| unmarked(line).unwrap_or(line));
    Cow::Owned(lines.collect())
}

/// A line of theirs without the mark of a comment before it, or of a quotation. `None` of other lines.
fn unmarked(line: &str) -> Option<&str> {
    let marked = line.trim_start();
    let behind = marked.trim_start_matches(['#', '>']);
    let plain = behind.trim_start_matches([' ', '\t']);
    let is_marked = behind.len() < marked.len() && plain.len() < behind.len();
    (is_marked && STARTS.iter().any(|start| plain.starts_with(start))).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_and_strings_are_undone_and_all_else_stays() {
        for (text, as_printed) in [
            (
                "# Server: 10.0.0.2\n#  Name: a\n# ours\n",
                "Server: 10.0.0.2\nName: a\n# ours\n",
            ),
            ("> ** server can't find a: NXDOMAIN", "** server can't find a: NXDOMAIN"),
            (
                "{\"out\": \"\\n;; ->>HEADER<<-\\n;a.\\tIN\\tA\\n\"}",
                "{\"out\": \"\n;; ->>HEADER<<-\n;a.\tIN\tA\n\"}",
            ),
            (
                "C:\\new> nslookup a\n# nameserver 10.0.0.2\n#Name: x",
                "C:\\new> nslookup a\n# nameserver 10.0.0.2\n#Name: x",
            ),
        ] {
            assert_eq!(plain(text), as_printed, "{text}");
        }
    }
}

//! What a terminal is told between the words: colours and the like, as they stand in logs.

/// How the escape character is written: as it is, and in JSON and other quotations.
const ESCAPES: &[&str] = &["\u{1b}", "\\u001b", "\\u001B", "\\x1b", "\\x1B", "\\033", "\\e"];
/// Characters of a sequence: the longest that programs write have some twenty.
const LENGTH: usize = 64;

/// The text without control sequences (ECMA-48 section 5.4): `ESC [`, parameters, and a letter at the end.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\u{1b}', '\\']) {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        if let Some(behind) = behind_sequence(from) {
            rest = behind;
        } else {
            let mut characters = from.chars();
            plain.extend(characters.next());
            rest = characters.as_str();
        }
    }
    plain.push_str(rest);
    plain
}

/// What comes behind the sequence that the text begins with.
fn behind_sequence(text: &str) -> Option<&str> {
    let inside = ESCAPES
        .iter()
        .find_map(|escape| text.strip_prefix(escape))?
        .strip_prefix('[')?;
    let end = inside
        .char_indices()
        .take(LENGTH)
        .find(|(_, c)| !matches!(c, '\u{20}'..='\u{3f}'))?;
    matches!(end.1, '@'..='~').then(|| &inside[end.0 + 1..])
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn colours_are_left_out_and_all_else_stays() {
        for (text, without) in [
            ("\u{1b}[31mError\u{1b}[0m: x", "Error: x"),
            ("\\u001b[1;31mError\\x1b[0m", "Error"),
            ("a\\b\\\"c\u{1b}", "a\\b\\\"c\u{1b}"),
            ("\u{1b}[31", "\u{1b}[31"),
            ("\u{1b}[é", "\u{1b}[é"),
            ("", ""),
        ] {
            assert_eq!(plain(text), without, "{text:?}");
        }
        let long = format!("\u{1b}[{}m", "1;".repeat(100));
        assert_eq!(plain(&long), long);
    }
}

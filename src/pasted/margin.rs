//! What is around a text that was put into another: a fence, an indent before every line, or the marks of a quotation.

/// The text without it, line for line; `None` where it has none. Each time less is left, so that this ends.
pub fn without(text: &str) -> Option<String> {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let is_fence = |line: &str| line.trim_start().starts_with("```");
    if lines().any(is_fence) {
        let bare = text.lines().map(|line| if is_fence(line) { "" } else { line });
        return Some(bare.collect::<Vec<_>>().join("\n"));
    }
    let first = lines().next()?;
    let margin = if first.starts_with('>') {
        if lines().all(|line| line.starts_with("> ")) {
            "> "
        } else {
            ">"
        }
    } else {
        let blanks = first.len() - first.trim_start_matches([' ', '\t']).len();
        let indent = &first[..blanks];
        let alike = |other: &str| {
            let pairs = indent.bytes().zip(other.bytes());
            pairs.take_while(|(one, other)| one == other).count()
        };
        &indent[..lines().map(alike).min()?]
    };
    let is_before_all = !margin.is_empty() && lines().all(|line| line.starts_with(margin));
    is_before_all.then(|| {
        let bare = text.lines().map(|line| line.strip_prefix(margin).unwrap_or_default());
        bare.collect::<Vec<_>>().join("\n")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_every_line_alone() {
        for (text, bare) in [
            ("", None),
            ("a\n  b", None),
            ("> a\nb", None),
            ("  a\n\n    b\n", Some("a\n\n  b")),
            ("    a\n  b", Some("  a\nb")),
            ("\ta\n  b", None),
            ("```text\n  a\n```\n", Some("\n  a\n")),
            ("> a\n>\n>   b", Some(" a\n\n   b")),
            ("> a\n> \n> > b", Some("a\n\n> b")),
        ] {
            assert_eq!(without(text).as_deref(), bare, "{text:?}");
        }
    }
}

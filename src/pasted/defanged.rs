//! Names and URLs that somebody wrote so that nobody follows them by accident, as tickets of security teams have them.

use std::borrow::Cow;

/// What is written, and what it stands for.
const MARKS: &[(&str, &str)] = &[
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("[:]", ":"),
    ("[://]", "://"),
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("hXXps", "https"),
    ("hXXp", "http"),
];

/// The text with the names and URLs as they are.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !MARKS.iter().any(|(mark, _)| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_owned();
    for (mark, stands_for) in MARKS {
        plain = plain.replace(mark, stands_for);
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn marks_are_taken_off_and_all_else_stays() {
        for (text, as_it_is) in [
            ("a[.]eks[.]amazonaws[.]com", "a.eks.amazonaws.com"),
            ("hxxps[://]a(.)example/api", "https://a.example/api"),
            ("on 10.0.0[.]2[:]53", "on 10.0.0.2:53"),
            ("[::1]:53 a.example [10.0.0.1]", "[::1]:53 a.example [10.0.0.1]"),
        ] {
            assert_eq!(plain(text), as_it_is, "{text}");
        }
    }
}

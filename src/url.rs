//! URLs in texts: what of them is nobody's to print.

/// The text with `…` for the user names and passwords of its URLs (RFC 3986 section 3.2.1). Whether or not anything is
/// to be redacted: a password is nobody's to print.
pub fn without_passwords(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, url)) = rest.split_once("://") {
        shown.push_str(before);
        shown.push_str("://");
        let end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>');
        let url = &url[..url.find(end).unwrap_or(url.len())];
        rest = &rest[before.len() + 3..];
        if let Some(at) = user_end(url) {
            shown.push('…');
            rest = &rest[at..];
        }
    }
    shown + rest
}

/// Where the user name and the password of a URL end, seen from behind its `://`: at an `@`.
pub fn user_end(url: &str) -> Option<usize> {
    let authority = url.split(['/', '?', '#']).next().unwrap_or_default();
    let port = authority.rsplit_once(':').map(|(_, port)| port);
    // A password that was not percent-encoded may hold what ends an authority; then what stands there is no port.
    let is_cut = port.is_some_and(|port| port.is_empty() || !port.bytes().all(|octet| octet.is_ascii_digit()));
    authority.rfind('@').or_else(|| {
        let may_be_cut = is_cut && !authority.starts_with('[');
        url.rfind('@').filter(|_| may_be_cut)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_left_and_everything_else_is() {
        for (text, shown) in [
            ("Get \"https://u:p@h.test/api\": x", "Get \"https://…@h.test/api\": x"),
            ("https://token@h.test", "https://…@h.test"),
            ("http://u:p@a http://u:q@b", "http://…@a http://…@b"),
            ("http://u:p@q@h:3128", "http://…@h:3128"),
            ("http://u:p/q@h:3128 a@b", "http://…@h:3128 a@b"),
            ("http://u:p#q@h", "http://…@h"),
            ("http://u:p?@h", "http://…@h"),
            ("http://u:/p@h", "http://…@h"),
            ("https://h.test:443/?mail=a@b.test", "https://h.test:443/?mail=a@b.test"),
            ("https://[::1]/a@b", "https://[::1]/a@b"),
            ("://", "://"),
            ("://@", "://…@"),
            ("ssh:user@host, ü@ü", "ssh:user@host, ü@ü"),
        ] {
            assert_eq!(without_passwords(text), shown, "{text}");
            assert_eq!(without_passwords(shown), shown, "{text}: once is enough");
        }
    }
}

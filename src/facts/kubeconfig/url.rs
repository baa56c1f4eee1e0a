//! URLs as Go's `net/url` parses them, and the errors that it gives (Go, src/net/url/url.go). And whether kubectl takes
//! a `proxy-url`, as client-go decides it (k8s.io/client-go, tools/clientcmd/helpers.go, parseProxyURL): what parses,
//! with the scheme http, https or socks5. The tests hold it to what kubectl 1.32 and 1.37 were recorded to say.

use std::fmt;

use crate::text;

/// What of a URL is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Url<'a> {
    /// The scheme as it is written; empty where there is none.
    pub(super) scheme: &'a str,
    /// Host and port.
    pub(super) host: &'a str,
    pub(super) path: &'a str,
}

/// Why Go does not parse it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unparsed<'a> {
    Control,
    NoScheme,
    Colon,
    User,
    Bracket,
    Port(&'a str),
    Escape(&'a str),
    Character(char),
}

/// In Go's words.
impl fmt::Display for Unparsed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Control => f.write_str("net/url: invalid control character in URL"),
            Self::NoScheme => f.write_str("missing protocol scheme"),
            Self::Colon => f.write_str("first path segment in URL cannot contain colon"),
            Self::User => f.write_str("net/url: invalid userinfo"),
            Self::Bracket => f.write_str("missing ']' in host"),
            Self::Port(port) => write!(f, "invalid port {} after host", quoted(port)),
            Self::Escape(escape) => write!(f, "invalid URL escape {}", quoted(escape)),
            Self::Character(c) => write!(f, "invalid character {} in host name", quoted(&c.to_string())),
        }
    }
}

/// A text as Go's `%q` has it (Go, src/strconv/quote.go): what is not printed is escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            ' ' => out.push(c),
            c if c < ' ' || c == '\u{7f}' => out.extend(format!("\\x{:02x}", u32::from(c)).chars()),
            c if c.is_whitespace() || c.is_control() || text::is_nothing(c) => {
                out.extend(format!("\\u{:04x}", u32::from(c)).chars());
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Why kubectl does not take it as a `proxy-url`; `None` where it does.
pub(super) fn problem_of_proxy(url: &str) -> Option<&'static str> {
    let Ok(Url { scheme, .. }) = parse(url) else {
        return Some("is none that kubectl can read as a URL");
    };
    if ["http", "https", "socks5"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        None
    } else if scheme.is_empty() {
        Some("has no scheme, and kubectl takes http, https and socks5")
    } else {
        Some("has a scheme that kubectl does not take: it takes http, https and socks5")
    }
}

/// Go's `url.Parse`.
pub(super) fn parse(url: &str) -> Result<Url<'_>, Unparsed<'_>> {
    if url.bytes().any(|octet| octet < b' ' || octet == 0x7f) {
        return Err(Unparsed::Control);
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (scheme, rest) = split_scheme(url)?;
    let (rest, _) = rest.split_once('?').unwrap_or((rest, ""));
    if !rest.starts_with('/') {
        // Of an opaque one nothing more is parsed; without a scheme it is a path.
        if scheme.is_empty() {
            if rest.split('/').next().unwrap_or_default().contains(':') {
                return Err(Unparsed::Colon);
            }
            escaped(rest)?;
        }
        escaped(fragment)?;
        let path = if scheme.is_empty() { rest } else { "" };
        return Ok(Url { scheme, host: "", path });
    }
    let is_hierarchical = rest.starts_with("//") && (!scheme.is_empty() || !rest.starts_with("///"));
    let (host, path) = if is_hierarchical {
        let (authority, path) = rest[2..].split_at(rest[2..].find('/').unwrap_or(rest.len() - 2));
        (host_of(authority)?, path)
    } else {
        ("", rest)
    };
    escaped(path)?;
    escaped(fragment)?;
    Ok(Url { scheme, host, path })
}

/// The scheme and what is behind it (getScheme).
fn split_scheme(url: &str) -> Result<(&str, &str), Unparsed<'_>> {
    let end = url.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    match end {
        Some(0) if url.starts_with(':') => Err(Unparsed::NoScheme),
        Some(end) if url[end..].starts_with(':') && url.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Ok((&url[..end], &url[end + 1..]))
        }
        _ => Ok(("", url)),
    }
}

/// The host and the port of an authority (parseAuthority, parseHost).
fn host_of(authority: &str) -> Result<&str, Unparsed<'_>> {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let port = if host.starts_with('[') {
        let (inside, port) = host.rsplit_once(']').ok_or(Unparsed::Bracket)?;
        is_port(port)?;
        let (address, zone) = inside.split_once("%25").unwrap_or((inside, ""));
        of_host(address)?;
        escaped(zone)?;
        port
    } else {
        let port = host.rfind(':').map_or("", |at| &host[at..]);
        is_port(port)?;
        port
    };
    if !host.starts_with('[') {
        of_host(&host[..host.len() - port.len()])?;
    }
    // validUserinfo, which comes after the host.
    let of_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(of_user) {
        return Err(Unparsed::User);
    }
    escaped(user)?;
    Ok(host)
}

/// A colon and digits, or nothing (validOptionalPort).
fn is_port(port: &str) -> Result<(), Unparsed<'_>> {
    let digits = port.strip_prefix(':');
    if port.is_empty() || digits.is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_digit())) {
        Ok(())
    } else {
        Err(Unparsed::Port(port))
    }
}

/// The characters of a host (unescape with encodeHost, shouldEscape); an escape in it stands for a character beyond
/// ASCII, or for a percent sign.
fn of_host(host: &str) -> Result<(), Unparsed<'_>> {
    for (at, c) in host.char_indices() {
        if c == '%' {
            let escape = escape_at(host, at)?;
            if escape != "%25" && escape.as_bytes()[1] < b'8' {
                return Err(Unparsed::Escape(escape));
            }
        } else if c.is_ascii() && !c.is_ascii_alphanumeric() && !"-_.~!$&'()*+,;=:[]<>\"".contains(c) {
            return Err(Unparsed::Character(c));
        }
    }
    Ok(())
}

/// Whether two hexadecimal digits stand behind each `%`.
fn escaped(text: &str) -> Result<(), Unparsed<'_>> {
    let mut escapes = text.match_indices('%');
    escapes.try_for_each(|(at, _)| escape_at(text, at).map(drop))
}

/// The percent sign there and the two digits behind it.
fn escape_at(text: &str, at: usize) -> Result<&str, Unparsed<'_>> {
    let digits = text.as_bytes()[at + 1..].first_chunk::<2>();
    if digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
        return Ok(&text[at..at + 3]);
    }
    // Three octets at most, as Go shows them; not through the middle of a character.
    let end = (at + 1..=text.len().min(at + 3))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    Err(Unparsed::Escape(&text[at..end.unwrap_or(at)]))
}

#[cfg(test)]
mod tests {
    use super::{parse, problem_of_proxy as problem, quoted};

    /// kubectl 1.32.4 and 1.37.1, `kubectl get --raw /api` with each as the cluster's proxy-url.
    #[test]
    fn what_kubectl_takes_is_taken_and_no_more() {
        for taken in [
            "http://p:3128",
            "http://",
            "socks5://u:p@h:1",
            "http://p:99999",
            "HTTP://P:1",
            "https://p:1/path?x",
            "http://p:1#f",
            "http:p:1",
            "http:/p:1",
            "http://p:",
            "http://user@:1",
            "http://[fe80::1%25en0]:1",
            "http://ü:1",
            "http://:3128",
            "http://p:0",
            "http://p?x=%zz",
        ] {
            assert_eq!(problem(taken), None, "{taken}");
        }
        for other_scheme in [
            "p:3128",
            "//p",
            "ftp://p",
            "socks4://p:1",
            "socks5h://p:1",
            "unix:///tmp/x",
            "proxy.corp.example:3128",
        ] {
            assert!(
                problem(other_scheme).is_some_and(|said| said.contains("scheme")),
                "{other_scheme}"
            );
        }
        for unparsed in [
            "http://[::1",
            "http://p:port",
            " http://p:1",
            "http://p:1 ",
            "http://a b:1",
            "http://%zz",
            "\"http://p\"",
            "http://%41:1",
            "http://p:-1",
            "http://p\\x",
            "http://[fe80::1%en0]:1",
            "http://p\t",
            "http://p:+1",
            "http://p/%zz",
            "http://us er@p",
            "http://u:p^@p",
        ] {
            assert!(
                problem(unparsed).is_some_and(|said| said.contains("as a URL")),
                "{unparsed}"
            );
        }
    }

    /// kubectl 1.32.4 and 1.37.1, with each as the cluster's server behind `http://`.
    #[test]
    fn errors_are_those_of_go() {
        for (url, says) in [
            ("http://https://a:1\n", "net/url: invalid control character in URL"),
            ("http:// https://a", "invalid character \" \" in host name"),
            ("http://${module.eks}", "invalid character \"{\" in host name"),
            ("http://https://a/%zz", "invalid URL escape \"%zz\""),
            ("https://a:port", "invalid port \":port\" after host"),
            ("<https://a>", "first path segment in URL cannot contain colon"),
            ("http://[::1", "missing ']' in host"),
            ("http://us er@p", "net/url: invalid userinfo"),
            (":a", "missing protocol scheme"),
            ("http://a%", "invalid URL escape \"%\""),
            ("http://a/%é", "invalid URL escape \"%é\""),
        ] {
            assert_eq!(
                parse(url).err().map(|fault| fault.to_string()).as_deref(),
                Some(says),
                "{url}"
            );
        }
        let whole = parse("https://a.test:99/x?y#z").expect("a URL");
        assert_eq!((whole.scheme, whole.host, whole.path), ("https", "a.test:99", "/x"));
        assert_eq!(quoted("\u{feff}a\u{a0}\"\\\u{1}"), r#""\ufeffa\u00a0\"\\\x01""#);
    }
}

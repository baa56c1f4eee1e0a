//! Whether kubectl takes a `proxy-url`, as client-go decides it (k8s.io/client-go, tools/clientcmd/helpers.go,
//! parseProxyURL): what Go's `net/url` parses, with the scheme http, https or socks5. The tests hold it to what kubectl
//! 1.32 and 1.37 were recorded to say.

/// Why kubectl does not take it; `None` where it does.
pub(super) fn problem(url: &str) -> Option<&'static str> {
    let Some(scheme) = scheme_of(url) else {
        return Some("is none that kubectl can read as a URL");
    };
    if ["http", "https", "socks5"].contains(&scheme.as_str()) {
        None
    } else if scheme.is_empty() {
        Some("has no scheme, and kubectl takes http, https and socks5")
    } else {
        Some("has a scheme that kubectl does not take: it takes http, https and socks5")
    }
}

/// The scheme in small letters, empty where there is none; `None` where Go does not parse the URL (Go,
/// src/net/url/url.go, parse).
fn scheme_of(url: &str) -> Option<String> {
    if url.bytes().any(|octet| octet < b' ' || octet == 0x7f) {
        return None;
    }
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (scheme, rest) = split_scheme(url)?;
    let (rest, _) = rest.split_once('?').unwrap_or((rest, ""));
    if !is_escaped(fragment) {
        return None;
    }
    if !rest.starts_with('/') {
        // Of an opaque one nothing more is parsed; without a scheme it is a path.
        let first = rest.split('/').next().unwrap_or_default();
        let is_parsed = !scheme.is_empty() || !first.contains(':') && is_escaped(rest);
        return is_parsed.then(|| scheme.to_ascii_lowercase());
    }
    let is_hierarchical = rest.starts_with("//") && (!scheme.is_empty() || !rest.starts_with("///"));
    let path = if is_hierarchical {
        let (authority, path) = rest[2..].split_at(rest[2..].find('/').unwrap_or(rest.len() - 2));
        if !is_authority(authority) {
            return None;
        }
        path
    } else {
        rest
    };
    is_escaped(path).then(|| scheme.to_ascii_lowercase())
}

/// The scheme and what is behind it (getScheme).
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let end = url.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    match end {
        Some(0) if url.starts_with(':') => None,
        Some(end) if url[end..].starts_with(':') && url.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Some((&url[..end], &url[end + 1..]))
        }
        _ => Some(("", url)),
    }
}

/// A user, a host and a port (parseAuthority, parseHost).
fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    // validUserinfo.
    let of_user = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(of_user) || !is_escaped(user) {
        return false;
    }
    let is_port = |text: &str| {
        text.is_empty()
            || text
                .strip_prefix(':')
                .is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_digit()))
    };
    if host.starts_with('[') {
        let Some((inside, port)) = host.rsplit_once(']') else {
            return false;
        };
        let (address, zone) = inside.split_once("%25").unwrap_or((inside, ""));
        return is_port(port) && is_host(address) && is_escaped(zone);
    }
    let port = host.rfind(':').map_or("", |at| &host[at..]);
    is_port(port) && is_host(host)
}

/// The characters of a host (shouldEscape with encodeHost); an escape in it stands for a character beyond ASCII.
fn is_host(host: &str) -> bool {
    let of_host = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c);
    let mut escapes = host.split('%').skip(1);
    host.chars().all(of_host)
        && is_escaped(host)
        && escapes.all(|escape| escape.starts_with("25") || escape.starts_with(|c: char| c >= '8'))
}

/// Whether two hexadecimal digits stand behind each `%`.
fn is_escaped(text: &str) -> bool {
    text.split('%').skip(1).all(|behind| {
        let digits = behind.as_bytes().first_chunk::<2>();
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use super::problem;

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
}

//! Names in what a message is quoted in: JSON, logfmt, Markdown, HTML, brackets.

use super::*;

/// What each program says of a name that it did not find, up to the name.
const LEADS: &[&str] = &[
    "Error: getaddrinfo ENOTFOUND ",
    "queryA ENOTFOUND ",
    "Caused by: java.net.UnknownHostException: ",
    "curl: (6) Could not resolve host: ",
    "wget: unable to resolve host address ",
    "ssh: Could not resolve hostname ",
    "ping: cannot resolve ",
    "traceroute: unknown host ",
    "SocketError: Hostname not known: ",
    "DNS resolution failed for ",
    "Ping request could not find host ",
];
/// What stands behind it where the quotation ends.
const ENDS: &[&str] = &[
    "",
    "\"}",
    "\", \"level\": \"error\"}",
    "\\n\"}",
    "\\n\\tat java.base/x(Y.java:1)\"}",
    "\\\",\\\"code\\\":1}",
    "`.",
    ")",
    "]",
    "}",
    "'",
    "<br>",
    "<br/>next",
    "</p>",
    "&quot;",
    "**",
    ", attempt 3",
    "; giving up",
];

#[test]
fn a_name_ends_where_its_quotation_does() {
    for name in [X, "github.com", "db1.corp.example"] {
        for (lead, end) in LEADS.iter().flat_map(|lead| ENDS.iter().map(move |end| (lead, end))) {
            let text = format!("{{\"msg\": \"{lead}{name}{end}\n");
            let found = read(&text).unwrap_or_else(|| panic!("{text}"));
            let host = found.host.as_ref().map(ToString::to_string);
            assert_eq!(
                host.as_deref().map(|host| host.trim_end_matches('.')),
                Some(name),
                "{text}"
            );
            let is_stale = found.candidates.iter().any(|one| one.rule == "endpoint-name-stale");
            assert_eq!(is_stale, name == X, "{text}: {:?}", found.candidates);
            assert!(!found.name.iter().any(|said| said.contains("masked")), "{text}");
        }
    }
}

#[test]
fn a_name_may_begin_behind_a_mark() {
    for text in [
        r#"{"msg":"wget: unable to resolve host address \u2018X\u2019\n"}"#,
        r#"{"msg":"curl: (6) Could not resolve host: \"X\""}"#,
        "curl: (6) Could not resolve host: `X`",
        "curl: (6) Could not resolve host: [X](https://X/)",
        r#"{"msg":"X: Name or service not known"}"#,
        r#"{"msg":"failed\nX: Name or service not known\n"}"#,
        r#"{"msg":"failed\tX: Name or service not known\n"}"#,
        r#"{"msg":"failed\r\nX: Name or service not known\r\n"}"#,
        "<p>X: Name or service not known</p>",
        "<td>X: Temporary failure in name resolution</td>",
        "`ping: X: Name or service not known`",
        "(X: Temporary failure in name resolution)",
        "RESOLVE: Cannot resolve host address: X:443 (Temporary failure in name resolution)",
        "dial tcp: lookup [X](http://X) on 10.0.0.2:53: no such host",
        "dial tcp: lookup <http://X|X> on 10.0.0.2:53: no such host",
        "code: ENOTFOUND, message: getaddrinfo ENOTFOUND X, attempt 3",
        "UnknownHostException: X level=error",
        "java.net.UnknownHostException: X: Der Name oder der Dienst ist nicht bekannt",
    ] {
        assert_eq!(told(text).1.as_deref(), Some(X), "{text}");
    }
}

/// What stands in the place of a name is told as that, whatever it is quoted in.
#[test]
fn what_is_masked_is_not_taken_for_markup() {
    for text in [
        "curl: (6) Could not resolve host: <redacted>.yl4.eu-west-1.eks.amazonaws.com",
        "curl: (6) Could not resolve host: ABC<id>.yl4.eu-west-1.eks.amazonaws.com\"}",
        "getaddrinfo ENOTFOUND {{cluster}}.eks.amazonaws.com\"",
        "getaddrinfo ENOTFOUND [REDACTED]",
        "Could not resolve host: ***.eks.amazonaws.com)",
        "java.net.UnknownHostException: <name>\"}",
    ] {
        let found = read(text).unwrap();
        assert_eq!(found.host, None, "{text}");
        assert!(found.name.iter().any(|said| said.contains("masked")), "{text}");
    }
    // The name of a class or a sentence is no host's.
    for text in [
        "java.net.UnknownHostException: java.io.IOException: closed",
        "UnknownHostException: is thrown where a name is not found",
    ] {
        assert!(read(text).is_none_or(|found| found.host.is_none()), "{text}");
    }
}

/// A document that this program printed has texts of clients in it, and is no error of one.
#[test]
fn a_document_of_our_own_is_no_message() {
    for (document, what) in [
        (
            include_str!("../../../fixtures/pages/malformed-reply.fires-on-a-wrong-id.json"),
            "a capture",
        ),
        (include_str!("../../../fixtures/places/bastion.json"), "a capture"),
        (
            include_str!("../../../fixtures/places/article.compared.json"),
            "a comparison",
        ),
    ] {
        assert_eq!(messages(document), Vec::new());
        let unread = unread(document).unwrap();
        assert!(unread.what.starts_with(what), "{}", unread.what);
        assert!(unread.instead.contains("eks-dns-doctor replay FILE"));
    }
}

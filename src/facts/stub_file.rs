//! A file that the user names as a resolv.conf: saved in whatever encoding, or refused by the name of what it is. A
//! host's own file is not looked at so: what the C library makes of its octets is what counts there.

use std::borrow::Cow;
use std::net::IpAddr;

use super::libc_servers::{KEYWORD, inet_aton};
use super::{Gap, blanks};
use crate::limits;
use crate::text::{self, beginning, shortened};

/// What lines begin with (resolv.conf(5); `lookup` and `family` on the BSDs; `port`, `timeout` and `search_order` in
/// resolver(5) of macOS).
const KEYWORDS: &[&str] = &[
    KEYWORD,
    "search",
    "domain",
    "options",
    "sortlist",
    "lookup",
    "family",
    "port",
    "timeout",
    "search_order",
];

/// Whether Go or a C library takes a word for an IP address.
fn is_address(word: &str) -> bool {
    word.parse::<IpAddr>().is_ok() || inet_aton(word).is_some()
}

/// Whether a line says something: no comment, and not empty.
fn says_something(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with(['#', ';'])
}

/// The text of the file, as the C library would read it had it been copied octet by octet. Or why it is no resolv.conf:
/// the line, what it is, and what to do.
pub(super) fn named(octets: &[u8]) -> Result<Cow<'_, str>, String> {
    let text = without_line_ends_of_an_encoding(octets);
    let lines = || {
        text.lines()
            .enumerate()
            .map(|(at, line)| (at + 1, blanks::trimmed(line)))
            .filter(|(_, line)| says_something(line))
    };
    let Some((first, stands)) = lines().next() else {
        return Ok(text);
    };
    let mut words = lines().map(|(_, line)| blanks::words(line));
    let names_a_server = words.any(|mut words| {
        words.next() == Some(KEYWORD)
            && words
                .next()
                .is_some_and(|value| is_address(value.split('%').next().unwrap_or_default()))
    });
    if names_a_server {
        return Ok(text);
    }
    let give = "give the host's /etc/resolv.conf";
    if let Some((line, what)) = lines().find_map(|(at, line)| Some((at, of_another(line)?))) {
        let explained = if matches!(what, JSON | RESOLVED) {
            ""
        } else {
            "; eks-dns-doctor explain - < FILE reads this one"
        };
        return Err(format!(
            "line {line} is {what}, and the file is no resolv.conf: {give}{explained}"
        ));
    }
    let looks_like_one = |line: &str| blanks::words(&blanks::as_it_looks(line)).next() == Some(KEYWORD);
    let other_blank = |(at, line)| Some((at, blanks::look_alike(line).filter(|_| looks_like_one(line))?));
    if let Some((line, c)) = lines().find_map(other_blank) {
        return Err(format!("line {line} names no name server: {}", blanks::explained(c)));
    }
    // The C library passes such a line over. In a copy it says that something was changed in it, or left out.
    let without_address = lines().find(|(_, line)| blanks::words(line).next() == Some(KEYWORD));
    if let Some((line, stands)) = without_address {
        return Err(format!(
            "line {line} is {:?}, which has no IP address behind nameserver, and no other line has one: write the \
             address of each name server in a line of its own, without a port",
            // A line of resolv.conf holds no secret.
            shortened(stands, limits::SHOWN_OF_FILE)
        ));
    }
    let has_keyword = |line: &str| KEYWORDS.contains(&blanks::words(line).next().unwrap_or_default());
    if lines().any(|(_, line)| has_keyword(line)) {
        return Ok(text);
    }
    let stands = beginning(stands);
    Err(format!(
        "line {first} is {stands:?}, and no line begins with nameserver, search or options, as in resolv.conf: {give}"
    ))
}

/// What is to be said of a copy that begins with a byte order mark, which is a part of the first word for every client.
/// The program that saved the copy may have written it.
pub(super) fn mark_gap(source: &str, octets: &[u8]) -> Option<Gap> {
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    marks.iter().any(|mark| octets.starts_with(mark)).then(|| {
        Gap::here(
            "line 1 of resolv.conf",
            source,
            "the file begins with a byte order mark. Where the host's own file does, no client takes line 1; where only \
             the copy has it, it says nothing of the host",
        )
    })
}

/// The text of a file that was saved in whatever encoding. No C library reads UTF-16, so the carriage returns in it are
/// from the program that saved it.
fn without_line_ends_of_an_encoding(octets: &[u8]) -> Cow<'_, str> {
    let text = text::decode(octets);
    let is_in_octets = || octets.windows(2).any(|two| two == b"\r\n");
    if text.contains("\r\n") && !is_in_octets() {
        return Cow::Owned(text.replace("\r\n", "\n"));
    }
    text
}

/// See [`of_another`].
const JSON: &str = "JSON";
/// See [`of_another`].
const RESOLVED: &str = "a section of systemd-resolved's resolved.conf";

/// What a line is of that only another program prints: its texts of this host's configuration are saved beside
/// resolv.conf.
fn of_another(line: &str) -> Option<&'static str> {
    let begins = |with: &[&str]| with.iter().any(|with| line.starts_with(with));
    let is_link = line
        .strip_prefix("Link ")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('('));
    if is_link
        || begins(&[
            "Current Scopes:",
            "Current DNS Server:",
            "DNS Servers:",
            "resolv.conf mode:",
        ])
    {
        Some("what resolvectl status prints")
    } else if line == "DNS configuration" || begins(&["resolver #", "nameserver[", "search domain["]) {
        Some("what scutil --dns prints")
    } else if line.contains(". . . :") || line == "Windows IP Configuration" {
        Some("what ipconfig prints")
    } else if begins(&["IP4.DNS[", "IP6.DNS[", "ipv4.dns:", "ipv6.dns:"]) {
        Some("what nmcli prints")
    } else if line == "[Resolve]" {
        Some(RESOLVED)
    } else if begins(&["{"]) || line.strip_prefix('[').is_some_and(is_of_a_list) {
        Some(JSON)
    } else {
        None
    }
}

/// Whether what stands behind a bracket is a list of JSON, and not the name of a section.
fn is_of_a_list(rest: &str) -> bool {
    let rest = rest.trim_start();
    let is_section = rest.ends_with(']') && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    !is_section
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn a_copy_is_read_however_it_was_saved() {
        let text = "# office\r\nnameserver 192.0.2.53\r\noptions ndots:2\r\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for octets in [text.as_bytes().to_vec(), [b"\xef\xbb\xbf", text.as_bytes()].concat()] {
            assert_eq!(named(&octets).unwrap(), text);
        }
        // What was saved in another encoding was saved with the line ends of the program that did it.
        let octets = [b"\xff\xfe", utf16.as_slice()].concat();
        assert_eq!(named(&octets).unwrap(), text.replace("\r\n", "\n"));
        for text in [
            "",
            "# nothing\n",
            "search corp.example\n",
            "$ cat /etc/resolv.conf\nnameserver fe80::1%eth0\n",
            "{{ ansible_managed }}\nnameserver 192.0.2.53\n",
            // glibc takes it, and Go does not.
            "nameserver 127.11\n",
        ] {
            assert_eq!(named(text.as_bytes()).unwrap(), text);
        }
    }

    #[test]
    fn a_byte_order_mark_of_a_copy_is_said() {
        for octets in [&b"\xef\xbb\xbfnameserver 192.0.2.1\n"[..], b"\xff\xfen\0"] {
            let gap = mark_gap("f", octets).unwrap();
            assert!(gap.reason.contains("no client takes line 1"), "{gap:?}");
        }
        assert_eq!(mark_gap("f", b"nameserver 192.0.2.1\n"), None);
    }

    /// What was masked, or written in another program's way, is no file without name servers.
    #[test]
    fn name_servers_without_an_address_are_refused() {
        for (text, says) in [
            (
                "search a.test\nnameserver 10.63.x.x\n",
                "line 2 is \"nameserver 10.63.x.x\"",
            ),
            (
                "nameserver 192.0.2.1,192.0.2.2\n",
                "line 1 is \"nameserver 192.0.2.1,192.0.2.2\"",
            ),
            ("nameserver 192.0.2.1:5353\n", "line 1 is \"nameserver 192.0.2.1:5353\""),
            ("nameserver\n", "line 1 is \"nameserver\""),
        ] {
            let refused = named(text.as_bytes()).unwrap_err();
            assert!(
                refused.starts_with(says) && refused.contains("line of its own"),
                "{refused}"
            );
        }
        // A copy out of a web page.
        let refused = named("search a.test\nnameserver\u{a0}192.0.2.1\n".as_bytes()).unwrap_err();
        assert!(
            refused.starts_with("line 2 names no name server") && refused.contains("write a space"),
            "{refused}"
        );
        // Beside one that has an address they are passed over, as the C library does.
        assert!(named(b"nameserver 10.63.x.x\nnameserver 192.0.2.1\n").is_ok());
    }

    #[test]
    fn what_is_none_is_named_with_its_line() {
        for (text, says) in [
            (
                "Link 2 (eth0)\n    Current Scopes: DNS\n       DNS Servers: 10.0.0.2\n",
                "line 1 is what resolvectl status prints",
            ),
            (
                "Global\n  Protocols: -LLMNR\nresolv.conf mode: stub\n",
                "line 3 is what resolvectl status prints",
            ),
            (
                "DNS configuration\n\nresolver #1\n  nameserver[0] : 192.0.2.53\n  domain   : corp.example\n",
                "line 1 is what scutil --dns prints",
            ),
            (
                "\nWindows IP Configuration\n   DNS Servers . . . . . . . . . . . : 192.0.2.53\n",
                "line 2 is what ipconfig prints",
            ),
            ("IP4.DNS[1]:     192.0.2.53\n", "line 1 is what nmcli prints"),
            ("{}\n", "line 1 is JSON"),
            ("[{\"a\": 1}]\n", "line 1 is JSON"),
            (
                "# office\n[Resolve]\nDNS=192.0.2.53\n",
                "line 2 is a section of systemd-resolved's resolved.conf",
            ),
            ("[main]\ndns=none\n", "line 1 is \"[main]\""),
            ("\n192.0.2.1 a.test\n", "line 2 is \"192.0.2.1…\""),
            ("\u{1b}[31mred\n", "line 1 is \"\\u{1b}[31mred\""),
        ] {
            let refused = named(text.as_bytes()).unwrap_err();
            assert!(
                refused.starts_with(says) && refused.contains("/etc/resolv.conf"),
                "{refused}"
            );
        }
    }
}

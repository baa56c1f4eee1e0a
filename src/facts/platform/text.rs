//! What the formats have in common: encodings, and addresses as they print them.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use crate::limits;
use crate::text;

/// The port of DNS (RFC 1035 section 4.2).
pub(super) const PORT: u16 = 53;

/// The text of octets that a command of this host wrote. What is beyond [`limits::HOST_TEXT`] is left out, at the end
/// of a line.
pub fn decode(octets: &[u8]) -> String {
    let octets = &octets[..octets.len().min(limits::HOST_TEXT)];
    let mut text = text::decode(octets).into_owned();
    if octets.len() == limits::HOST_TEXT {
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    }
    text
}

/// An address of a name server as resolvectl prints it: `10.0.0.1`, `fe80::1%2`, `[::1]:5353`, `10.0.0.1:853#name`
/// (resolved.conf(5), "DNS="). A zone that is a name stands for `link`, the number of the link that it was printed
/// with.
pub(super) fn server(text: &str, link: Option<u32>) -> Option<SocketAddr> {
    let text = text.split('#').next()?;
    if let Some((ip, port)) = text.strip_prefix('[').and_then(|rest| rest.rsplit_once("]:")) {
        return address(ip, port.parse().ok()?, link);
    }
    let text = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    if let Some((ip, port)) = text.split_once(':').filter(|(_, port)| !port.contains(':')) {
        return address(ip, port.parse().ok()?, link);
    }
    address(text, PORT, link)
}

/// An address with the zone of a link-local one.
pub(super) fn address(ip: &str, port: u16, link: Option<u32>) -> Option<SocketAddr> {
    let (ip, zone) = match ip.split_once('%') {
        Some((ip, zone)) => (ip, Some(zone)),
        None => (ip, None),
    };
    match (ip.parse().ok()?, zone) {
        (IpAddr::V6(ip), zone) if ip.is_unicast_link_local() => {
            let zone = zone.and_then(|zone| zone.parse().ok()).or(link)?;
            Some(SocketAddrV6::new(ip, port, 0, zone).into())
        }
        (_, Some(_)) => None,
        (ip, None) => Some((ip, port).into()),
    }
}

/// The number in `4 (en0)`, and the name.
pub(super) fn numbered(text: &str) -> Option<(Option<u32>, &str)> {
    let (number, rest) = text.split_once('(')?;
    let name = rest.split_once(')')?.0.trim();
    (!name.is_empty()).then(|| (number.trim().parse().ok(), name))
}

/// A name as a scope is called by, cut where it is long.
pub(super) fn label(text: &str) -> String {
    text.trim().chars().take(limits::SCOPE_NAME).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn addresses_as_they_are_printed() {
        for (text, address) in [
            ("10.0.0.1", "10.0.0.1:53"),
            ("10.0.0.1:5353", "10.0.0.1:5353"),
            ("10.0.0.1#dns.example", "10.0.0.1:53"),
            ("10.0.0.1:853#dns.example", "10.0.0.1:853"),
            ("2001:db8::1", "[2001:db8::1]:53"),
            ("[2001:db8::1]", "[2001:db8::1]:53"),
            ("[2001:db8::1]:5353#dns.example", "[2001:db8::1]:5353"),
            ("fe80::1%2", "[fe80::1%2]:53"),
            ("fe80::1%eth0", "[fe80::1%7]:53"),
            ("fe80::1", "[fe80::1%7]:53"),
        ] {
            assert_eq!(server(text, Some(7)).unwrap().to_string(), address, "{text}");
        }
        for text in [
            "",
            "x",
            "10.0.0.1%eth0",
            "10.0.0.1:",
            "10.0.0.1:x",
            "[::1",
            "1.2.3.4.5",
            "#",
        ] {
            assert_eq!(server(text, Some(7)), None, "{text}");
        }
        assert_eq!(server("fe80::1%eth0", None), None);
    }

    #[test]
    fn encodings_of_windows() {
        assert_eq!(decode(b"\xff\xfea\0\r\0\n\0\xfc\0"), "a\r\nü");
        // Cut in the middle of a line.
        let long = "nameserver 10.0.0.1\n".repeat(limits::HOST_TEXT / 10);
        let text = decode(long.as_bytes());
        assert!(text.len() < limits::HOST_TEXT && text.ends_with("10.0.0.1\n"));
    }
}

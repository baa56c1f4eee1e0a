//! How a user writes a resolver: `[NAME=][udp://|tcp://]ADDR[:PORT]`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::limits;
use crate::observation::Transport;
use crate::settings::NamedResolver;

/// The port of DNS (RFC 1035 section 4.2).
const DNS_PORT: u16 = 53;

/// Why a text is not a resolver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Nothing where the address should be.
    #[error("the address is missing: write [NAME=][udp://|tcp://]ADDR[:PORT]")]
    NoAddress,
    /// Not an IP address.
    #[error(
        "{0:?} is not an IP address: write 10.0.0.2, 10.0.0.2:53, 2001:db8::1 or [2001:db8::1]:53 (a resolver cannot be named by a host name, which would have to be resolved first)"
    )]
    NotAnAddress(String),
    /// Not a port.
    #[error("{0:?} is not a port: write a number from 1 to 65535")]
    NotAPort(String),
    /// A scheme that is not spoken.
    #[error("{0:?} is not a transport: write udp:// or tcp://")]
    UnknownTransport(String),
    /// A label that would break a table or be taken for something else.
    #[error("{0:?} is not a label: up to 32 letters, digits, '.', '_' and '-'")]
    BadLabel(String),
    /// An address that is nobody's.
    #[error("{0} is not the address of a resolver")]
    NotAHost(IpAddr),
}

/// Reads a resolver.
pub fn parse_resolver(text: &str) -> Result<NamedResolver, SpecError> {
    let (label, rest) = match text.split_once('=') {
        Some((label, rest)) => (Some(parse_label(label)?), rest),
        None => (None, text),
    };
    let (transport, rest) = match rest.split_once("://") {
        Some(("udp", rest)) => (Transport::Udp, rest),
        Some(("tcp", rest)) => (Transport::Tcp, rest),
        Some((scheme, _)) => return Err(SpecError::UnknownTransport(scheme.to_owned())),
        None => (Transport::Udp, rest),
    };
    Ok(NamedResolver {
        label,
        address: parse_address(rest)?,
        transport,
    })
}

fn parse_label(label: &str) -> Result<String, SpecError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if label.is_empty() || label.len() > limits::RESOLVER_LABEL || !label.chars().all(plain) {
        return Err(SpecError::BadLabel(label.to_owned()));
    }
    Ok(label.to_owned())
}

/// Reads `ADDR[:PORT]`: IPv6 with brackets where a port follows, a scope as its number (`fe80::1%2`).
pub fn parse_address(text: &str) -> Result<SocketAddr, SpecError> {
    if text.is_empty() {
        return Err(SpecError::NoAddress);
    }
    let not_an_address = || SpecError::NotAnAddress(text.to_owned());
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or_else(not_an_address)?;
        match after.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if after.is_empty() => (host, None),
            None => return Err(not_an_address()),
        }
    } else if text.matches(':').count() == 1 {
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        (host, Some(port))
    } else {
        (text, None)
    };
    let port = match port {
        None => DNS_PORT,
        Some(port) => port
            .parse()
            .ok()
            .filter(|&port: &u16| port > 0 && !text.contains('+'))
            .ok_or_else(|| SpecError::NotAPort(port.to_owned()))?,
    };
    let (ip, scope) = match host.split_once('%') {
        Some((ip, scope)) => {
            let ip: Ipv6Addr = ip.parse().map_err(|_| not_an_address())?;
            (IpAddr::V6(ip), scope.parse().map_err(|_| not_an_address())?)
        }
        None => (host.parse().map_err(|_| not_an_address())?, 0),
    };
    if ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::from([255; 4]) {
        return Err(SpecError::NotAHost(ip));
    }
    Ok(match SocketAddr::new(ip, port) {
        SocketAddr::V6(mut v6) => {
            v6.set_scope_id(scope);
            v6.into()
        }
        v4 @ SocketAddr::V4(_) => v4,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn what_is_understood() {
        for (text, label, transport, address) in [
            ("10.63.200.10", None, Transport::Udp, "10.63.200.10:53"),
            (
                "corp=10.63.200.10:5353",
                Some("corp"),
                Transport::Udp,
                "10.63.200.10:5353",
            ),
            ("tcp://10.0.0.2", None, Transport::Tcp, "10.0.0.2:53"),
            (
                "dc-1=udp://[2001:db8::1]:54",
                Some("dc-1"),
                Transport::Udp,
                "[2001:db8::1]:54",
            ),
            ("[2001:db8::1]", None, Transport::Udp, "[2001:db8::1]:53"),
            ("2001:db8::1", None, Transport::Udp, "[2001:db8::1]:53"),
            ("fe80::1%2", None, Transport::Udp, "[fe80::1%2]:53"),
        ] {
            let resolver = parse_resolver(text).unwrap();
            assert_eq!(resolver.label.as_deref(), label, "{text}");
            assert_eq!(resolver.transport, transport, "{text}");
            assert_eq!(resolver.address.to_string(), address, "{text}");
        }
    }

    #[test]
    fn what_is_not() {
        for text in [
            "",
            "corp=",
            "=10.0.0.1",
            "a b=10.0.0.1",
            "dns.example",
            "10.0.0.1:0",
            "10.0.0.1:65536",
            "10.0.0.1:+53",
            "10.0.0.1:",
            "[::1",
            "[::1]53",
            "quic://10.0.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "10.0.0.1%2",
            "10.0.0.256",
            "udp://",
            "\u{1b}[31m=10.0.0.1",
        ] {
            assert!(parse_resolver(text).is_err(), "{text:?}");
        }
    }
}

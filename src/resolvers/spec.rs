//! How a user writes a resolver: `[NAME=][udp://|tcp://|tls://|https://]ADDR[:PORT][/PATH][#TLS-NAME]`.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::dns::Name;
use crate::limits;
use crate::observation::Transport;
use crate::settings::NamedResolver;
use crate::url;

/// The path of the examples of RFC 8484, and of resolvers that name none.
const DEFAULT_PATH: &str = "/dns-query";
/// The variable of a URI template (RFC 8484 section 4.1), which stands for nothing where the question is in the body.
const TEMPLATE_VARIABLE: &str = "{?dns}";

/// Why a text is not a resolver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// Nothing where the address should be.
    #[error("the address is missing: write [NAME=][udp://|tcp://|tls://|https://]ADDR[:PORT][/PATH][#TLS-NAME]")]
    NoAddress,
    /// A user name, and perhaps a password, which is not repeated.
    #[error("it holds a user name or a password: write the resolver's address alone")]
    User,
    /// Not an IP address.
    #[error(
        "{0:?} is not an IP address: write 10.0.0.2, 10.0.0.2:53, 2001:db8::1 or [2001:db8::1]:53 (a resolver cannot \
         be named by a host name, which would have to be resolved first)"
    )]
    NotAnAddress(String),
    /// A host name behind `tls://` or `https://`, as providers publish it.
    #[error(
        "{host:?} is not an IP address: write {scheme}://ADDR#{host}, with the resolver's address (its name would have \
         to be resolved first)"
    )]
    NotAnAddressOfTls {
        /// `tls` or `https`.
        scheme: &'static str,
        /// The host name.
        host: String,
    },
    /// Not a port.
    #[error("{0:?} is not a port: write a number from 1 to 65535")]
    NotAPort(String),
    /// A scheme that is not spoken.
    #[error("{0:?} is not a transport: write udp://, tcp://, tls:// or https://")]
    UnknownTransport(String),
    /// A label that would break a table or be taken for something else.
    #[error("{0:?} is not a label: write up to 32 letters, digits, '.', '_' and '-'")]
    BadLabel(String),
    /// A label where none is given.
    #[error("{0:?} has a label, and only --resolver takes NAME=: write the address alone")]
    Labelled(String),
    /// An address that is nobody's.
    #[error("{0} is not the address of a resolver")]
    NotAHost(IpAddr),
    /// Not a name that a certificate can be for.
    #[error("{0:?} is not a name of a certificate: write a host name or an IP address")]
    NotATlsName(String),
    /// A name of a certificate where there is none.
    #[error("{0:?} names a certificate: only tls:// and https:// have one")]
    TlsNameWithoutTls(String),
    /// Not a path.
    #[error("{0:?} is not the path of a URL: write /dns-query, or what the resolver's documentation says")]
    NotAPath(String),
}

/// Reads a resolver.
pub fn parse_resolver(text: &str) -> Result<NamedResolver, SpecError> {
    match text.split_once('=') {
        // A path may have one, too.
        Some((label, rest)) if !label.contains("://") => Ok(NamedResolver {
            label: Some(parse_label(label)?),
            ..parse_server(rest)?
        }),
        _ => parse_server(text),
    }
}

/// Reads a resolver that has no label.
pub fn parse_server(text: &str) -> Result<NamedResolver, SpecError> {
    let (transport, rest) = match text.split_once("://") {
        Some(("udp", rest)) => (Transport::Udp, rest),
        Some(("tcp", rest)) => (Transport::Tcp, rest),
        Some(("tls", rest)) => (Transport::Tls, rest),
        Some(("https", rest)) => (Transport::Https, rest),
        Some((scheme, _)) => {
            return Err(if scheme.contains('=') {
                SpecError::Labelled(text.to_owned())
            } else {
                SpecError::UnknownTransport(scheme.to_owned())
            });
        }
        None if text.contains('=') => return Err(SpecError::Labelled(text.to_owned())),
        None => (Transport::Udp, text),
    };
    if url::user_end(rest).is_some() {
        return Err(SpecError::User);
    }
    let (rest, tls_name) = match rest.rsplit_once('#') {
        Some((_, name)) if !transport.is_encrypted() => {
            return Err(SpecError::TlsNameWithoutTls(name.to_owned()));
        }
        Some((rest, name)) => (rest, Some(parse_tls_name(name)?)),
        None => (rest, None),
    };
    let (host, path) = match (transport, rest.find('/')) {
        (Transport::Https, Some(at)) => (&rest[..at], Some(parse_path(&rest[at..])?)),
        (Transport::Https, None) => (rest, Some(DEFAULT_PATH.to_owned())),
        _ => (rest, None),
    };
    let address = parse_with_port(host, transport.default_port()).map_err(|error| match error {
        SpecError::NotAnAddress(host) if transport.is_encrypted() && is_host_name(&host) => {
            SpecError::NotAnAddressOfTls {
                scheme: transport.as_str(),
                host,
            }
        }
        other => other,
    })?;
    Ok(NamedResolver {
        label: None,
        address,
        transport,
        tls_name,
        path,
    })
}

fn parse_label(label: &str) -> Result<String, SpecError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if label.is_empty() || label.len() > limits::RESOLVER_LABEL || !label.chars().all(plain) {
        return Err(SpecError::BadLabel(label.to_owned()));
    }
    Ok(label.to_owned())
}

fn is_host_name(text: &str) -> bool {
    Name::from_host(text).is_ok() && text.contains(|c: char| c.is_ascii_alphabetic())
}

/// Reads what a certificate is to be valid for: a host name, or an IP address.
pub fn parse_tls_name(text: &str) -> Result<String, SpecError> {
    let name = text.strip_suffix('.').unwrap_or(text);
    if name.parse::<IpAddr>().is_ok() || (is_host_name(name) && !name.ends_with('.')) {
        return Ok(name.to_owned());
    }
    Err(SpecError::NotATlsName(text.to_owned()))
}

/// A path and query of a URL (RFC 3986 section 3.3), without the variable of a template.
fn parse_path(text: &str) -> Result<String, SpecError> {
    let path = text.strip_suffix(TEMPLATE_VARIABLE).unwrap_or(text);
    let fits = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}');
    if path.len() > limits::PATH_OF_URL || !path.chars().all(fits) {
        return Err(SpecError::NotAPath(text.to_owned()));
    }
    Ok(path.to_owned())
}

/// Reads `ADDR[:PORT]`: IPv6 with brackets where a port follows, a scope as its number (`fe80::1%2`). Port 53 where
/// none is named.
pub fn parse_address(text: &str) -> Result<SocketAddr, SpecError> {
    parse_with_port(text, Transport::Udp.default_port())
}

fn parse_with_port(text: &str, default_port: u16) -> Result<SocketAddr, SpecError> {
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
        None => default_port,
        Some(port) => port
            .parse()
            .ok()
            .filter(|&port: &u16| port > 0 && !text.contains('+'))
            .ok_or_else(|| SpecError::NotAPort(port.to_owned()))?,
    };
    let not_an_address = || SpecError::NotAnAddress(host.to_owned());
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
            ("tls://10.0.0.2", None, Transport::Tls, "10.0.0.2:853"),
            ("a=https://[::1]", Some("a"), Transport::Https, "[::1]:443"),
            ("https://10.0.0.2:8443", None, Transport::Https, "10.0.0.2:8443"),
        ] {
            let resolver = parse_resolver(text).unwrap();
            assert_eq!(resolver.label.as_deref(), label, "{text}");
            assert_eq!(resolver.transport, transport, "{text}");
            assert_eq!(resolver.address.to_string(), address, "{text}");
        }
    }

    #[test]
    fn names_of_certificates_and_paths() {
        for (text, tls_name, path) in [
            ("tls://10.0.0.2", None, None),
            ("tls://10.0.0.2#dns.example.", Some("dns.example"), None),
            ("tls://[::1]:8853#10.0.0.2", Some("10.0.0.2"), None),
            ("https://10.0.0.2", None, Some("/dns-query")),
            ("https://10.0.0.2/", None, Some("/")),
            ("https://10.0.0.2/dns-query{?dns}", None, Some("/dns-query")),
            ("x=https://10.0.0.2/q?a=b#d.example", Some("d.example"), Some("/q?a=b")),
            ("https://10.0.0.2/q?a=b", None, Some("/q?a=b")),
        ] {
            let resolver = parse_resolver(text).unwrap();
            assert_eq!(resolver.tls_name.as_deref(), tls_name, "{text}");
            assert_eq!(resolver.path.as_deref(), path, "{text}");
            // What is passed along to another place is read as the same.
            assert_eq!(parse_resolver(&resolver.to_string()).unwrap(), resolver, "{text}");
        }
    }

    #[test]
    fn a_name_where_the_address_should_be_is_shown_its_place() {
        let said = parse_resolver("https://dns.example/dns-query").unwrap_err().to_string();
        assert!(said.contains("https://ADDR#dns.example"), "{said}");
    }

    #[test]
    fn a_label_is_for_resolvers_alone() {
        for text in ["in=10.0.0.1", "in=tcp://10.0.0.1"] {
            assert!(matches!(parse_server(text), Err(SpecError::Labelled(_))), "{text}");
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
            "tls://",
            "https:///dns-query",
            "tls://10.0.0.1/dns-query",
            "tls://10.0.0.1#",
            "tls://10.0.0.1#a b",
            "tls://10.0.0.1#1.2",
            "10.0.0.1#dns.example",
            "tcp://10.0.0.1#dns.example",
            "https://10.0.0.1/a b",
            "https://10.0.0.1/\u{1b}[31m",
            &format!("https://10.0.0.1/{}", "a".repeat(1000)),
        ] {
            assert!(parse_resolver(text).is_err(), "{text:?}");
        }
    }
}

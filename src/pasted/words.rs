//! Words that the outputs of several programs have: an address with its port, an RCODE, a URL.

use std::net::{IpAddr, SocketAddr};

use super::Symptom;

/// The port of DNS.
const PORT: u16 = 53;

/// `ADDRESS#PORT`, `ADDRESS@PORT`, `ADDRESS:PORT` or an address.
pub(super) fn socket(text: &str) -> Option<SocketAddr> {
    let text = text.trim_end_matches([',', ';']);
    if let Ok(found) = text.parse() {
        return Some(found);
    }
    let (ip, port) = match text.split_once(['#', '@']) {
        Some((ip, port)) => (ip, port.parse().ok()?),
        None => (text, PORT),
    };
    Some(SocketAddr::new(ip.parse::<IpAddr>().ok()?, port))
}

/// What an RCODE in letters stands for.
pub(super) fn by_rcode(rcode: &str) -> Option<Symptom> {
    Some(match rcode {
        "NXDOMAIN" => Symptom::NxDomain,
        "SERVFAIL" => Symptom::ServFail,
        "REFUSED" => Symptom::Refused,
        "FORMERR" | "NOTIMP" | "BADVERS" => Symptom::NotUnderstood,
        "NOTAUTH" | "NOTZONE" | "YXDOMAIN" => Symptom::Misbehaving,
        _ => return None,
    })
}

/// The host in a word that is more than one: `SCHEME://HOST`, with a port or a path behind it or without, and
/// `HOST:PORT`. `None` where the word is no more than a host.
pub(super) fn without_url(word: &str) -> Option<&str> {
    let rest = word.split_once("://").map_or(word, |(_, rest)| rest);
    let rest = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = match rest.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|octet| octet.is_ascii_digit()) => host,
        _ => rest,
    };
    (host != word && super::host(host).is_some()).then_some(host)
}

/// The host of the URL in a line.
pub(super) fn url_host(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("https://")?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(rest.len());
    Some(&rest[..end]).filter(|host| !host.is_empty())
}

//! What nslookup and dig print.

use std::net::{IpAddr, SocketAddr};

use super::{Seen, Symptom, between, library, windows};

/// The port of DNS.
const PORT: u16 = 53;

/// A line of nslookup's or dig's that says how a lookup failed.
pub(super) fn line(line: &str) -> Option<Seen> {
    // BIND's nslookup, and with the server's name in the place of "server" Windows'.
    if let Some((_, rest)) = line.split_once(" can't find ") {
        let (host, said) = rest.split_once(": ")?;
        let symptom = by_rcode(said.trim()).or_else(|| windows::nslookup(said))?;
        return Some(Seen::of(symptom, Some(host)));
    }
    if line.contains("Can't find ") && line.contains("No answer") {
        let host = between(line, "Can't find ", ": ");
        return Some(Seen::of(Symptom::NoData, host));
    }
    // host(1).
    if let Some((before, rcode)) = line.split_once(" not found: ") {
        let symptom = by_rcode(between(rcode, "(", ")")?)?;
        return Some(Seen::of(symptom, before.split_whitespace().next_back()));
    }
    if let Some((host, _)) = line.split_once(" has no A record") {
        return Some(Seen::of(Symptom::NoData, library::first_word(host)));
    }
    if line.contains("Got bad packet: ") {
        return Some(Seen::of(Symptom::Unreadable, None));
    }
    // kdig (CZ-NIC/knot, src/utils/common/netio.c).
    if let Some((_, rest)) = line.split_once(";; WARNING: response timeout for ") {
        return Some(Seen {
            server: rest.split('(').next().and_then(socket),
            ..Seen::of(Symptom::Silence, None)
        });
    }
    let is_refused = line.contains("communications error to") && line.contains("connection refused");
    if is_refused {
        return Some(Seen::of(Symptom::PortClosed, None));
    }
    let is_silent = line.contains("no servers could be reached")
        || line.contains("communications error to") && line.contains("timed out");
    is_silent.then(|| Seen::of(Symptom::Silence, None))
}

/// What an RCODE in letters stands for.
pub(super) fn by_rcode(rcode: &str) -> Option<Symptom> {
    Some(match rcode {
        "NXDOMAIN" => Symptom::NxDomain,
        "SERVFAIL" => Symptom::ServFail,
        "REFUSED" => Symptom::Refused,
        "FORMERR" | "NOTIMP" | "BADVERS" => Symptom::Misbehaving,
        _ => return None,
    })
}

/// The name that dig's first line says it was asked for.
pub(super) fn host(text: &str) -> Option<&str> {
    let (_, arguments) = text.lines().find_map(|line| line.split_once("<<>> DiG "))?;
    let (_, arguments) = arguments.split_once("<<>> ")?;
    let mut words = arguments.split_whitespace();
    words.find(|word| word.contains('.') && !word.starts_with(['@', '+', '-']))
}

/// The name server that dig or nslookup says it asked. nslookup says it behind "Address:", in every language, in the
/// line behind the server's name; behind a name that was looked up an answer stands there.
pub(super) fn server(text: &str) -> Option<SocketAddr> {
    let mut before = "";
    for line in text.lines() {
        let address = if let Some(rest) = line.strip_prefix(";; SERVER: ") {
            rest.split(['(', ' ']).next()
        } else if let Some((_, rest)) = line.split_once("communications error to ") {
            rest.split(": ").next()
        } else {
            let is_server = before.contains(':') && !before.contains(".eks.") && !is_name(before);
            line.strip_prefix("Address:").filter(|_| is_server).map(str::trim)
        };
        if let Some(found) = address.and_then(socket) {
            return Some(found);
        }
        before = line;
    }
    None
}

/// Whether it is nslookup's line with the name that was looked up.
fn is_name(line: &str) -> bool {
    ["Name:", "Nom :", "Nombre:", "Nome:", "名前:", "名称:"]
        .iter()
        .any(|lead| line.starts_with(lead))
}

/// An answer of nslookup's with an address: the name.
pub(super) fn answered(text: &str) -> Option<(&str, &str)> {
    let mut lines = text.lines();
    let line = lines.by_ref().find(|line| is_name(line))?;
    let (_, host) = line.split_once(':')?;
    let (_, addresses) = lines.next()?.split_once("Address")?;
    let (_, address) = addresses.split_once(':')?;
    address.trim().parse::<IpAddr>().ok()?;
    Some((line, host.trim()))
}

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

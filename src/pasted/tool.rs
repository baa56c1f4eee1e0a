//! What nslookup and dig print.

use std::net::{IpAddr, SocketAddr};

use super::{Seen, Symptom, between, library, windows};

/// The port of DNS.
const PORT: u16 = 53;

/// A line of nslookup's or dig's that says how a look-up failed.
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

/// A whole reply as dig prints it, with its header, and no address in it.
pub(super) fn dig(text: &str) -> Option<(&str, Seen)> {
    let header = text.lines().find(|line| line.contains(">>HEADER<<-"))?;
    let status = between(header, "status: ", ",")?;
    let symptom = if status == "NOERROR" {
        let is_empty = text.lines().any(|line| line.contains(" ANSWER: 0,"));
        is_empty.then_some(Symptom::NoData)?
    } else {
        by_rcode(status)?
    };
    let mut after = text
        .lines()
        .skip_while(|line| !line.starts_with(";; QUESTION SECTION"))
        .skip(1);
    let host = after
        .next()
        .and_then(|line| line.strip_prefix(';'))
        .and_then(|line| line.split_whitespace().next());
    Some((header, Seen::of(symptom, host)))
}

/// The name that dig's first line says it was asked for.
pub(super) fn host(text: &str) -> Option<&str> {
    let (_, arguments) = text.lines().find_map(|line| line.split_once("<<>> DiG "))?;
    let (_, arguments) = arguments.split_once("<<>> ")?;
    let mut words = arguments.split_whitespace();
    words.find(|word| word.contains('.') && !word.starts_with(['@', '+', '-']))
}

/// The name server that dig or nslookup says it asked.
pub(super) fn server(text: &str) -> Option<SocketAddr> {
    let mut after_server = false;
    for line in text.lines() {
        let address = if let Some(rest) = line.strip_prefix(";; SERVER: ") {
            rest.split(['(', ' ']).next()
        } else if let Some((_, rest)) = line.split_once("communications error to ") {
            rest.split(": ").next()
        } else if let Some(rest) = line.strip_prefix("Address:").filter(|_| after_server) {
            Some(rest.trim())
        } else {
            after_server = line.starts_with("Server:");
            None
        };
        if let Some(found) = address.and_then(socket) {
            return Some(found);
        }
    }
    None
}

/// `ADDRESS#PORT` or an address.
fn socket(text: &str) -> Option<SocketAddr> {
    let (ip, port) = match text.split_once('#') {
        Some((ip, port)) => (ip, port.parse().ok()?),
        None => (text, PORT),
    };
    Some(SocketAddr::new(ip.parse::<IpAddr>().ok()?, port))
}

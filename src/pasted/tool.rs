//! What nslookup and dig print.

use std::net::{IpAddr, SocketAddr};

use super::reply::{STAND_IN, is_stand_in, leads_nowhere};
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
    // dns-sd of macOS, with -G.
    if line.contains("No Such Record") {
        let host = line
            .split_whitespace()
            .find(|word| word.contains('.') && super::host(word).is_some());
        return Some(Seen::of(Symptom::NoData, super::text::endpoint(line).or(host)));
    }
    if line.contains("Got bad packet: ") {
        return Some(Seen::of(Symptom::Unreadable, None));
    }
    // kdig (CZ-NIC/knot, src/utils/common/netio.c): over UDP a closed port is "can't receive reply".
    for (lead, symptom) in [
        ("response timeout for ", Symptom::Silence),
        ("connection timeout for ", Symptom::Silence),
        ("can't receive reply from ", Symptom::PortClosed),
        ("can't connect to ", Symptom::PortClosed),
    ] {
        if let Some(rest) = line
            .strip_prefix(";; WARNING: ")
            .and_then(|rest| rest.strip_prefix(lead))
        {
            return Some(Seen {
                server: rest.split('(').next().and_then(socket),
                ..Seen::of(symptom, None)
            });
        }
    }
    // drill 1.8.3 (ldns, error.c; recorded with silent, closed and unreachable servers), and BusyBox's nslookup
    // (mirror/busybox, networking/nslookup.c).
    if line.contains("error sending query: Could not send or receive") {
        return Some(Seen {
            note: Some("drill prints the same of a name server that is silent and of one whose port is closed."),
            ..Seen::of(Symptom::Silence, None)
        });
    }
    if line.contains("error sending query: Error creating socket") {
        return Some(Seen::of(Symptom::NoRoute, None));
    }
    if let Some(server) = between(line, "nslookup: write to '", "'") {
        return Some(Seen {
            server: socket(server),
            ..Seen::of(Symptom::PortClosed, None)
        });
    }
    // OpenBSD's netcat, netcat.c.
    if line.contains(" port [tcp/") && line.contains("] succeeded!") {
        let host = between(line, "Connection to ", " ");
        return Some(Seen::of(Symptom::Healthy, host));
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
        } else if let Some((_, rest)) = line.split_once("response_address: ") {
            Some(rest.trim().trim_matches('"'))
        } else if let Some(rest) = line
            .strip_prefix("Address 1:")
            .filter(|_| before.starts_with("Server:"))
        {
            // BusyBox before 1.29.
            rest.split_whitespace().next()
        } else if let Some(rest) = line.strip_prefix("Address:").filter(|rest| rest.contains('#')) {
            // BIND's nslookup and host(1): an address of an answer has no port.
            Some(rest.trim())
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

/// The text, run by run where nslookup ran several times: each begins with the server's name and its address, in every
/// language.
pub(super) fn runs(text: &str) -> Vec<&str> {
    let mut starts = Vec::new();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let is_address = lines
            .peek()
            .is_some_and(|next| next.starts_with("Address:") || next.starts_with("Address 1:"));
        let is_server = line.contains(':') && !line.contains(".eks.") && !is_name(line);
        if is_address && is_server && starts.len() < crate::limits::PASTED_MESSAGES {
            starts.push(at);
        }
        at += line.len();
    }
    if starts.len() < 2 {
        return vec![text];
    }
    // What stands before the first is its, such as the command.
    starts[0] = 0;
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| &text[start..end])
        .collect()
}

/// Whether it is nslookup's line with the name that was looked up.
fn is_name(line: &str) -> bool {
    ["Name:", "name:", "Nom :", "Nombre:", "Nome:", "名前:", "名称:"]
        .iter()
        .any(|lead| line.starts_with(lead))
}

/// Whether an endpoint's name is all that stands behind a line's colon.
fn is_endpoint(line: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(_, name)| super::text::endpoint(name).is_some_and(|host| host == name.trim()))
}

/// An answer with an address, or one that says that there is none, as nslookup, host, resolvectl, Resolve-DnsName,
/// delv, doggo, q and others print it.
pub(super) fn answered(text: &str) -> Option<(&str, Seen)> {
    let of = |address: IpAddr, host: &str| {
        let symptom = if leads_nowhere(address) {
            Symptom::Sinkhole
        } else {
            Symptom::Healthy
        };
        Seen {
            note: is_stand_in(address).then_some(STAND_IN),
            ..Seen::of(symptom, Some(host.trim_end_matches('.')))
        }
    };
    let has_addresses = text.contains("IPAddress");
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        // In other languages the word before the name is another, and "Address" stays.
        let is_answer = lines.peek().is_some_and(|next| next.starts_with("Address")) && is_endpoint(line);
        if (is_name(line) || is_answer) && !line.contains('#') {
            let (_, host) = line.split_once(':')?;
            let host = host.trim();
            // Of `dscacheutil -q host` it is `ip_address`.
            let next = lines.peek().and_then(|next| next.split_once("ddress"));
            let address = next
                .and_then(|(_, rest)| rest.split_once(':'))
                .and_then(|(_, address)| address.trim().parse::<IpAddr>().ok());
            // host(1) names its server so, and Windows' nslookup a name without addresses.
            match address {
                Some(address) => return Some((line, of(address, host))),
                None if host.contains('.') && host.parse::<IpAddr>().is_err() && next.is_none() => {
                    return Some((line, Seen::of(Symptom::NoData, Some(host))));
                }
                None => continue,
            }
        }
        // Resolve-DnsName's table: of a name without addresses the SOA alone.
        let is_soa = !has_addresses && line.contains(" SOA ") && line.contains(" Authority ");
        if is_soa {
            return Some((line, Seen::of(Symptom::NoData, None)));
        }
        if let Some((address, host, server)) = of_line(line) {
            return Some((
                line,
                Seen {
                    server,
                    ..of(address, host)
                },
            ));
        }
    }
    None
}

/// The address, the name and the name server in a line that holds an answer.
fn of_line(line: &str) -> Option<(IpAddr, &str, Option<SocketAddr>)> {
    // No number in the place of a top-level domain: a version is no name (RFC 1123 section 2.1).
    let is_host = |word: &str| {
        let last = word.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        word.trim_end_matches('.').contains('.') && last.contains(char::is_alphabetic) && super::host(word).is_some()
    };
    // host(1).
    for verb in [" has address ", " has IPv6 address "] {
        if let Some((host, address)) = line.split_once(verb) {
            return Some((address.trim().parse().ok()?, host.trim(), None));
        }
    }
    let words: Vec<&str> = line.split_whitespace().take(crate::limits::PASTED_WORDS).collect();
    let (host, rest) = words.split_first()?;
    // resolvectl query: `NAME: ADDRESS -- link: LINK`.
    if let Some(host) = host.strip_suffix(':').filter(|host| is_host(host))
        && rest.get(1) == Some(&"--")
    {
        return Some((rest.first()?.parse().ok()?, host, None));
    }
    // A record: a name, its type, and behind it the address; of doggo the server too.
    let at = rest.iter().position(|word| matches!(*word, "A" | "AAAA"))?;
    let mut behind = rest.get(at + 1..)?.iter();
    let address = behind.find_map(|word| word.parse::<IpAddr>().ok())?;
    let server = behind.next().and_then(|word| word.parse().ok());
    is_host(host).then_some((address, *host, server))
}

/// Whether a line says only that the name has no AAAA record, beside an address of it: BusyBox and Toybox ask for both.
pub(super) fn is_empty_aaaa(line: &str, seen: &Seen, answer: Option<&(&str, Seen)>) -> bool {
    line.contains("Can't find ")
        && answer.is_some_and(|(_, answer)| {
            answer.symptom == Symptom::Healthy && super::same(answer.host.as_deref(), seen.host.as_deref())
        })
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

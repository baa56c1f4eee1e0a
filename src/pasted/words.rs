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

/// `ADDRESS:PORT`, as Go and others write it. The zone of a link-local one (`[fe80::1%eth0]:53`) is a name on the host
/// that printed it, and is left out.
pub(super) fn without_zone(text: &str) -> Option<SocketAddr> {
    if let Some((before, rest)) = text.split_once('%') {
        let (_, after) = rest.split_once(']')?;
        return format!("{before}]{after}").parse().ok();
    }
    text.parse().ok()
}

/// What may stand before a host's name that a program prints, and is none of it: quotation marks, brackets, and how the
/// quotation marks of a text are written in a string of JSON (RFC 8259 section 7).
const BEFORE_A_HOST: &[&str] = &[
    "\\\"", "\\'", "\\u2018", "\\u201c", "\\u0022", "\\u0027", "\"", "'", "`", "(", ")", "‘", "’", "“", "”", "«", ",",
    ";", ":",
];
/// Elements of HTML that stand behind a text.
const ELEMENTS: &[&str] = &[
    "br", "p", "li", "div", "span", "pre", "code", "td", "tr", "a", "b", "i", "em", "strong",
];

/// The word that a text begins with, where a host's name stands, and what is behind it. The name ends where what it is
/// quoted in does: a string of JSON, with `\n` and the like behind it, a value of logfmt, code of Markdown, an element
/// of HTML. What somebody put in the place of a name, such as `<name>`, stays whole.
pub(super) fn split_host(text: &str) -> Option<(&str, &str)> {
    let mut text = text.trim_start();
    // A link as chats write it: `<URL|TEXT>`.
    if text.starts_with("<http")
        && let Some((_, shown)) = text.split_once('|')
    {
        text = shown;
    }
    // And as Jira writes it: `[TEXT|URL]`.
    if let Some(rest) = text.strip_prefix('[')
        && let Some((shown, url)) = rest.split_once('|')
        && url.starts_with("http")
        && !shown.contains(|c: char| c.is_whitespace() || c == ']')
    {
        text = rest;
    }
    while let Some(rest) = BEFORE_A_HOST.iter().find_map(|mark| text.strip_prefix(mark)) {
        text = rest;
    }
    // The brackets that are open, each noted once.
    let mut open = [false; 3];
    let mut is_end = |(at, c): (usize, char)| {
        let is_markup = c == '<' && at > 0 && is_element(&text[at..]);
        match c {
            '[' => open[0] = true,
            '{' => open[1] = true,
            '<' => open[2] = true,
            _ => {}
        }
        match c {
            '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '\\' | '&' | '|' | '‘' | '’' | '“' | '”' | '»' => true,
            ']' => !open[0],
            '}' => !open[1],
            '>' => !open[2],
            '<' => is_markup,
            c => c.is_whitespace(),
        }
    };
    let end = text
        .char_indices()
        .find(|found| is_end(*found))
        .map_or(text.len(), |(at, _)| at);
    let word = text[..end].trim_end_matches([':', '!', '?']);
    // Stars around a sentence make it bold.
    let plain = word.trim_end_matches('*');
    let word = if plain.contains('*') || plain.ends_with('.') {
        word
    } else {
        plain
    };
    let behind = &text[word.len()..];
    let inside = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
    let word = inside.filter(|inside| !inside.contains(':')).unwrap_or(word);
    (!word.is_empty()).then_some((word, behind))
}

/// Whether a text begins with a tag of HTML.
fn is_element(text: &str) -> bool {
    let inside = text.strip_prefix('<').unwrap_or(text);
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    ELEMENTS.iter().any(|element| name[..end].eq_ignore_ascii_case(element))
}

/// Whether a word is a host's name with several labels, and no name of a class or of a module: the last label is a
/// top-level domain's, of letters and in one case.
pub(super) fn is_dotted(word: &str) -> bool {
    let word = word.trim_end_matches('.');
    let last = word.rsplit_once('.').map_or("", |(_, last)| last);
    let is_domain = |is_one: fn(&u8) -> bool| last.len() > 1 && last.as_bytes().iter().all(is_one);
    (is_domain(u8::is_ascii_lowercase) || is_domain(u8::is_ascii_uppercase)) && super::host(word).is_some()
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

/// What the number of an error of Windows' lookup stands for (Windows Sockets Error Codes: WSAHOST_NOT_FOUND,
/// WSATRY_AGAIN, WSANO_RECOVERY, WSANO_DATA).
pub(super) fn by_winsock(number: &str) -> Option<Symptom> {
    Some(match number {
        "11001" => Symptom::NoAddress,
        "11002" | "11003" => Symptom::TryAgain,
        "11004" => Symptom::NoData,
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

/// The server that host(1) names behind a reply, with -v: `Received N bytes from SERVER#PORT in N ms` (BIND,
/// bin/dig/host.c, received).
pub(super) fn received_from(line: &str) -> Option<&str> {
    let (size, rest) = line.strip_prefix("Received ")?.split_once(" bytes from ")?;
    size.parse::<u32>().ok()?;
    rest.split_whitespace().next()
}

/// The host of the URL in a line.
pub(super) fn url_host(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("https://")?;
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(rest.len());
    Some(&rest[..end]).filter(|host| !host.is_empty())
}

/// What tells that a connection failed, where an address, a port or an endpoint is beside it.
const CONNECTIONS: &[&str] = &[
    "i/o timeout",
    "onnection refused",
    "no route to host",
    "No route to host",
    "unreachable",
    "onnection timed out",
    "onnect timed out",
    "connect timeout",
    "onnection reset by peer",
    "connectex: ",
    "ConnectTimeoutError",
    "Couldn't connect to server",
    "Failed to connect to ",
    "failed to connect to ",
    "ETIMEDOUT",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "did not properly respond after a period of time",
    "actively refused it",
    "tcp connect error",
    "TcpTestSucceeded : False",
    "TCP connect to ",
    "Operation timed out",
    "etimedout",
    "econnrefused",
    "ehostunreach",
    "execution expired",
    "Trying to connect",
    // connect(2), EPERM and EACCES; Go, src/net/net.go, errCanceled.
    "connect: operation not permitted",
    "connect: permission denied",
    "operation was canceled",
    // Go, src/syscall/zerrors_darwin_arm64.go and zerrors_linux_amd64.go: ETIMEDOUT, EHOSTDOWN, EADDRNOTAVAIL.
    "connect: operation timed out",
    "connect: host is down",
    "connect: can't assign requested address",
    "connect: cannot assign requested address",
    // OpenBSD's netcat, netcat.c.
    "(tcp) timed out",
    // aiohttp, client_exceptions.py, of asyncio's own words (base_events.py).
    "Connect call failed (",
    // And of its error of several addresses, which has no text of the system's (base_events.py, create_connection).
    "ssl:default [None]",
    // Windows' telnet.
    "Could not open connection to the host",
];

/// Whether a text is one of those that say that a connection failed.
pub(super) fn is_connection(text: &str) -> bool {
    CONNECTIONS.iter().any(|known| text.contains(known))
}

/// Whether a line is of a probe of a container (Kubernetes, pkg/kubelet/prober): the kubelet asked a pod.
pub(super) fn is_of_probe(line: &str) -> bool {
    ["Liveness probe", "Readiness probe", "Startup probe"]
        .iter()
        .any(|probe| line.contains(probe))
}

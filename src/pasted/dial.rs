//! To whom a connection was tried, as the client that failed says it: a host, an address, a port, or some of them.

use std::net::IpAddr;

use super::{between, words};
use crate::limits;

/// Whom a line or a text says was dialled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dial<'a> {
    pub(super) host: Option<&'a str>,
    pub(super) address: Option<IpAddr>,
    pub(super) port: Option<u16>,
}

/// How a client says it.
type Form = for<'a> fn(&'a str) -> Option<Dial<'a>>;

/// The forms, what says most first. What an earlier one leaves open a later one may say.
const FORMS: &[Form] = &[
    go, connecting, connect_to, of_asyncio, of_node, of_rust, of_windows, of_erlang, slashed, of_dotnet, of_pool,
    of_others, of_url,
];

/// What a line says.
pub(super) fn of(line: &str) -> Dial<'_> {
    let mut found = Dial::default();
    for one in FORMS.iter().filter_map(|form| form(line)) {
        found.host = found
            .host
            .or(one.host.filter(|host| is_host(host) && masked(host).is_none()));
        found.address = found.address.or(one.address);
        found.port = found.port.or(one.port);
    }
    found
}

/// What a line says, and what the lines around it say where it does not: those of curl -v and telnet before it, and the
/// table of Test-NetConnection.
pub(super) fn of_text<'a>(line: &'a str, text: &'a str) -> Dial<'a> {
    let found = of(line);
    let around = if line.contains("curl: (") || line.contains("telnet: ") || line.contains("Failed to connect to ") {
        Dial {
            address: tried(text),
            ..Dial::default()
        }
    } else if line.contains("BIO_connect") || line.contains("connect:errno=") {
        // The command of s_client.
        between(text, "s_client ", "\n")
            .and_then(|command| command.split_once("-connect ").map(|(_, rest)| rest))
            .and_then(first_word)
            .map(target)
            .unwrap_or_default()
    } else if line.contains("/tcp ") {
        nmap(line, text)
    } else if line.contains("TcpTestSucceeded") || line.contains("TCP connect to ") {
        Dial {
            host: only(text, "ComputerName").filter(|host| is_host(host)),
            address: only(text, "RemoteAddress").and_then(|address| address.parse().ok()),
            port: only(text, "RemotePort").and_then(|port| port.parse().ok()),
        }
    } else {
        Dial::default()
    };
    Dial {
        host: found.host.or(around.host),
        address: found.address.or(around.address),
        port: found.port.or(around.port),
    }
}

/// The address of the lines `Trying ADDRESS...` (telnet) and `Trying ADDRESS:PORT...` (curl, lib/connect.c), where
/// there is one.
fn tried(text: &str) -> Option<IpAddr> {
    let mut all = text
        .lines()
        .filter_map(|line| line.trim_start_matches(['*', ' ']).strip_prefix("Trying "))
        .filter_map(|rest| target(rest.trim_end().trim_end_matches('.')).address);
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// nmap: `Nmap scan report for HOST (ADDRESS)`, and below it `PORT/tcp STATE SERVICE`. Of several hosts nothing is
/// taken.
fn nmap<'a>(line: &str, text: &'a str) -> Dial<'a> {
    let port = line.split_once("/tcp ").and_then(|(port, _)| port.trim().parse().ok());
    let mut reports = text
        .lines()
        .filter_map(|line| line.split_once("Nmap scan report for ").map(|(_, rest)| rest));
    let only = reports.next().filter(|_| reports.next().is_none());
    let mut words = only.unwrap_or_default().split_whitespace();
    let host = words.next().map(target).unwrap_or_default();
    let address = words.next().map(target).and_then(|found| found.address);
    Dial {
        host: host.host,
        address: host.address.or(address),
        port,
    }
}

/// The value of a key of PowerShell's lists, where the text has one.
fn only<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let mut all = text.lines().filter_map(|line| {
        let (found, value) = line.split_once(" : ")?;
        (found.trim() == key).then(|| value.trim())
    });
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// Whether it is a name, and neither an address nor a word of a sentence.
fn is_host(word: &str) -> bool {
    super::host(word).is_some() || super::is_masked(word)
}

/// The host that clients name in the same form whatever failed: Ruby, aiohttp, Redis' tools and redis-py, urllib3.
pub(super) fn named(line: &str) -> Option<&str> {
    let found = of_others(line).or_else(|| of_pool(line))?;
    found.host.filter(|host| is_host(host))
}

/// `ADDRESS:PORT`, `HOST:PORT`, and either without its port. The zone of a link-local address is left out.
fn target(word: &str) -> Dial<'_> {
    let word = word.trim_matches(['"', '\'', '(', ')', ',', ';', '`']);
    let word = word.trim_end_matches(':');
    if let Some(socket) = words::without_zone(word) {
        return Dial {
            host: None,
            address: Some(socket.ip()),
            port: Some(socket.port()),
        };
    }
    if let Ok(address) = word.trim_matches(['[', ']']).parse() {
        return Dial {
            address: Some(address),
            ..Dial::default()
        };
    }
    // Java before version 14: an IPv6 address without brackets, in full.
    if let Some((address, port)) = word.rsplit_once(':')
        && let (Ok(address), Ok(port)) = (address.parse::<IpAddr>(), port.parse::<u16>())
    {
        return Dial {
            host: None,
            address: Some(address),
            port: Some(port),
        };
    }
    match word.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => Dial {
            host: Some(host),
            address: None,
            port: port.parse().ok(),
        },
        _ => Dial {
            host: Some(word).filter(|word| !word.is_empty()),
            ..Dial::default()
        },
    }
}

/// The parts of an IPv4 address of which somebody hid some, `None` for each that is hidden: `10.0.XXX.XXX`, `10.*`. The
/// first has to be there.
fn masked(word: &str) -> Option<Vec<Option<u8>>> {
    let is_hidden = |part: &str| {
        let is_mark = |c: char| c.is_ascii_digit() || "xX*#_?•█…".contains(c);
        !part.is_empty() && (part.chars().all(is_mark) || part.starts_with('<') && part.ends_with('>'))
    };
    let parts: Vec<&str> = word.splitn(5, '.').collect();
    let numbers: Vec<Option<u8>> = parts.iter().map(|part| part.parse().ok()).collect();
    let is_one = (2..=4).contains(&parts.len())
        && numbers[0].is_some()
        && numbers.contains(&None)
        && parts.iter().all(|part| is_hidden(part));
    is_one.then_some(numbers)
}

/// Whether a line has an address that is hidden in part, and what is left shows that it is private (RFC 1918): of
/// several each has to be.
pub(super) fn is_masked_private(line: &str) -> bool {
    let words = line.split_whitespace().take(limits::PASTED_WORDS);
    let mut hidden = words
        .filter_map(|word| {
            let word = word.trim_matches(|c: char| "\"'(),;`[]:".contains(c));
            let (host, port) = word.rsplit_once(':').unwrap_or((word, "0"));
            port.parse::<u16>().ok().and_then(|_| masked(host))
        })
        .peekable();
    hidden.peek().is_some()
        && hidden.all(|parts| match (parts[0], parts[1]) {
            (Some(10), _) | (Some(192), Some(168)) => true,
            (Some(172), Some(second)) => (16..=31).contains(&second),
            _ => false,
        })
}

fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

/// Go (src/net/net.go, OpError.Error): `dial tcp TO: ERR`, `read tcp FROM->TO: ERR`; AWS's SDK of Node and Tailscale
/// write `Dial to tcp:TO`.
fn go(line: &str) -> Option<Dial<'_>> {
    let behind = |call: &str| line.split_once(call).map(|(_, rest)| rest);
    let open = ["read tcp ", "write tcp "].iter().find_map(|call| {
        let (_, to) = behind(call)?.split_once("->")?;
        Some(to)
    });
    let dialled = || {
        ["dial tcp ", "dial tcp4 ", "dial tcp6 ", "Dial to tcp:"]
            .iter()
            .find_map(|call| behind(call))
    };
    let found = target(first_word(open.or_else(dialled)?)?);
    (found.address.is_some() || found.port.is_some()).then_some(found)
}

/// GNU Wget (src/connect.c, connect_to_ip): `Connecting to HOST (HOST)|ADDRESS|:PORT...`; BusyBox (networking/wget.c):
/// `Connecting to HOST (ADDRESS:PORT)`; OpenSSH -v (sshconnect.c): `Connecting to HOST [ADDRESS] port PORT.`
fn connecting(line: &str) -> Option<Dial<'_>> {
    // BusyBox, libbb/xconnect.c.
    if let Some(address) = between(line, "can't connect to remote host (", ")") {
        return Some(target(address));
    }
    // Windows' telnet.
    if let Some((_, rest)) = line.split_once("Connecting To ") {
        let (host, rest) = rest.split_once("...")?;
        return Some(Dial {
            port: port_word(rest),
            ..target(host)
        });
    }
    let (_, rest) = line.split_once("Connecting to ")?;
    let (named, behind) = rest.split_once([' ', '|'])?;
    let host = target(named.trim_end_matches('.'));
    if let Some((_, rest)) = rest.split_once('|') {
        let (address, rest) = rest.split_once('|')?;
        let port = rest.strip_prefix(':').unwrap_or(rest);
        let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
        return Some(Dial {
            host: host.host,
            address: address.trim_matches(['[', ']']).parse().ok(),
            port: port[..end].parse().ok(),
        });
    }
    let address = target(first_word(behind)?.trim_end_matches('.'));
    address.address?;
    Some(Dial {
        host: host.host,
        address: address.address,
        port: address.port.or_else(|| port_word(behind)),
    })
}

/// The number behind the word `port`.
fn port_word(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("port ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// `connect to HOST (ADDRESS) port PORT`, with or without each: curl (lib/connect.c), OpenBSD's netcat (netcat.c),
/// OpenSSH (`connect to host HOST port PORT: ERR`), telnet (`connect to address ADDRESS: ERR`), git and Java (`connect
/// to HOST:PORT`), and PostgreSQL (src/interfaces/libpq/fe-connect.c: `connection to server at "HOST" (ADDRESS), port
/// PORT failed: `).
fn connect_to(line: &str) -> Option<Dial<'_>> {
    let leads = ["onnect to ", "onnectx to ", "onnection to server at "];
    let (lead, rest) = leads
        .iter()
        .find_map(|lead| line.split_once(lead).map(|(_, rest)| (*lead, rest)))?;
    let mut words = rest.split_whitespace().take(limits::PASTED_WORDS);
    let mut word = words.next()?;
    if matches!(word, "host" | "address") {
        word = words.next()?;
    }
    // Android (libcore, IoBridge.java, createMessageForException): `connect to HOST/ADDRESS (port PORT)`.
    let with_address = word.split_once('/').and_then(|(host, address)| {
        Some(Dial {
            host: Some(host).filter(|host| !host.is_empty()),
            address: Some(address.parse().ok()?),
            port: None,
        })
    });
    let found = with_address.unwrap_or_else(|| target(word));
    let behind = words.next().unwrap_or_default();
    let address = target(behind).address.filter(|_| behind.starts_with('('));
    // The source of a connection stands behind `from` (curl 8.6 and later).
    let own = rest.split_once(" from ").map_or(rest, |(to, _)| to);
    let port = found.port.or_else(|| port_word(own));
    let is_named = port.is_some() || address.is_some() || lead.contains("server at") || found.address.is_some();
    // A word of one label is a name where nothing but the rest of it stands behind.
    let is_target = |host: &str| {
        let is_alone = found.port.is_some() || behind == "port" || behind.starts_with('(');
        !host.contains('/') && (host.contains('.') || is_alone)
    };
    (is_named && found.host.is_none_or(is_target)).then_some(Dial {
        host: found.host,
        address: found.address.or(address),
        port,
    })
}

/// Python's asyncio (base_events.py, _connect_sock): `Connect call failed ('ADDRESS', PORT)`, of IPv6 with two numbers
/// more.
fn of_asyncio(line: &str) -> Option<Dial<'_>> {
    of_pair(between(line, "Connect call failed (", ")")?)
}

/// `'X', PORT`, and the same with other quotation marks.
fn of_pair(pair: &str) -> Option<Dial<'_>> {
    let mut parts = pair.split(',').map(str::trim);
    let named = parts.next()?.trim_start_matches(['~', 'c']).trim_matches(['\'', '"']);
    let port = parts.next()?.trim_matches(['}', ']']).parse().ok();
    let found = target(named);
    Some(Dial { port, ..found })
}

/// Node (lib/internal/errors.js, ExceptionWithHostPort: `connect CODE ADDRESS:PORT`), and its fetch (nodejs/undici,
/// lib/core/connect.js, onConnectTimeout).
fn of_node(line: &str) -> Option<Dial<'_>> {
    let attempted = ["(attempted addresses: ", "(attempted address: "]
        .iter()
        .find_map(|lead| line.split_once(lead).map(|(_, rest)| rest));
    if let Some(rest) = attempted {
        return Some(target(first_word(rest)?));
    }
    let (_, rest) = line.split_once("connect E")?;
    let mut words = rest.split_whitespace();
    let is_code = words.next()?.bytes().all(|octet| octet.is_ascii_uppercase());
    let found = target(words.next()?);
    (is_code && found.address.is_some()).then_some(found)
}

/// hyper-util (src/client/legacy/connect/http.rs, ConnectError): `tcp connect error", ADDRESS:PORT`.
fn of_rust(line: &str) -> Option<Dial<'_>> {
    let (_, rest) = line.split_once("tcp connect error\", ")?;
    let found = target(first_word(rest)?);
    found.address.is_some().then_some(found)
}

/// Test-NetConnection: `TCP connect to (ADDRESS : PORT) failed`.
fn of_windows(line: &str) -> Option<Dial<'_>> {
    let (address, port) = between(line, "TCP connect to (", ")")?.split_once(" : ")?;
    Some(Dial {
        port: port.trim().parse().ok(),
        ..target(address.trim())
    })
}

/// Erlang and Elixir (erlang/otp, lib/inets/src/http_client): `{to_address,{"HOST",PORT}}`.
fn of_erlang(line: &str) -> Option<Dial<'_>> {
    of_pair(between(line, "to_address,{", "}").or_else(|| between(line, "to_address, {", "}"))?)
}

/// Java (openjdk/jdk, InetSocketAddress.toString): `HOST/ADDRESS:PORT`, and `HOST/<unresolved>:PORT`.
fn slashed(line: &str) -> Option<Dial<'_>> {
    line.split_whitespace().take(limits::PASTED_WORDS).find_map(|word| {
        let word = word.trim_matches(['"', '\'', '(', ')', ',', ';']);
        let (host, rest) = word.split_once('/')?;
        let host = Some(host.trim_start_matches('[')).filter(|host| is_host(host));
        if let Some(port) = rest.strip_prefix("<unresolved>:") {
            let port = port.trim_end_matches(':').parse().ok();
            return Some(Dial {
                host,
                address: None,
                port,
            });
        }
        let to = target(rest);
        // Without a port it is the network of a CIDR.
        to.address.zip(to.port)?;
        Some(Dial { host, ..to })
    })
}

/// .NET (dotnet/runtime, System.Net.Http, ConnectHelper.cs: `TEXT (HOST:PORT)`; System.Net.Sockets, Socket.cs: `TEXT
/// ADDRESS:PORT`).
fn of_dotnet(line: &str) -> Option<Dial<'_>> {
    if !["SocketException", "HttpRequestException"]
        .iter()
        .any(|kind| line.contains(kind))
    {
        return None;
    }
    line.split_whitespace().take(limits::PASTED_WORDS).find_map(|word| {
        let found = target(word);
        let is_one = found.port.is_some() && (found.address.is_some() || word.starts_with('('));
        is_one.then_some(found)
    })
}

/// urllib3 (connectionpool.py, MaxRetryError): `ConnectionPool(host='HOST', port=PORT)`.
fn of_pool(line: &str) -> Option<Dial<'_>> {
    let (host, rest) = line.split_once("ConnectionPool(host='")?.1.split_once('\'')?;
    let port = rest.strip_prefix(", port=").and_then(|rest| rest.split_once(')'));
    Some(Dial {
        port: port.and_then(|(port, _)| port.parse().ok()),
        ..target(host)
    })
}

/// Others that write `HOST:PORT` behind words of their own: Ruby, aiohttp, Redis' tools and redis-py.
fn of_others(line: &str) -> Option<Dial<'_>> {
    let leads = [
        "TCP connection to ",
        "Cannot connect to host ",
        "Could not connect to Redis at ",
        " connecting to ",
    ];
    let (_, rest) = leads.iter().find_map(|lead| line.split_once(lead))?;
    let found = target(first_word(rest)?.trim_end_matches('.'));
    found.port.is_some().then_some(found)
}

/// The host and the port of a URL. Of one whose host is an address it says nothing: that is a server's own.
fn of_url(line: &str) -> Option<Dial<'_>> {
    let (scheme, port) = [("https://", 443), ("http://", 80)]
        .into_iter()
        .find(|(scheme, _)| line.contains(scheme))?;
    let (_, rest) = line.split_once(scheme)?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'\\<>`".contains(c));
    let found = target(&rest[..end.unwrap_or(rest.len())]);
    Some(Dial {
        host: found.host.map(|host| host.rsplit('@').next().unwrap_or(host)),
        address: None,
        port: found.port.or(Some(port)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_line(line: &str) -> (Option<&str>, Option<String>, Option<u16>) {
        let found = of(line);
        (found.host, found.address.map(|ip| ip.to_string()), found.port)
    }

    /// A line, and the host, the address and the port in it.
    type DialRow<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<u16>);

    #[test]
    fn each_client_says_whom_it_dialled() {
        let rows: &[DialRow<'_>] = &[
            ("dial tcp 10.7.8.9:443: i/o timeout", None, Some("10.7.8.9"), Some(443)),
            (
                "dial tcp4 10.7.8.9:6443: connect: no route to host",
                None,
                Some("10.7.8.9"),
                Some(6443),
            ),
            (
                "dial tcp [fe80::1%eth0]:443: i/o timeout",
                None,
                Some("fe80::1"),
                Some(443),
            ),
            (
                "read tcp 10.1.1.1:4000->10.7.8.9:443: i/o timeout",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "write tcp 10.1.1.1:4000->10.7.8.9:443: broken pipe",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "dial tcp: lookup a.example on 10.0.0.2:53: no such host",
                None,
                None,
                None,
            ),
            (
                "Connecting to a.example (a.example)|10.7.8.9|:8443... failed: Connection timed out.",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(8443),
            ),
            (
                "Connecting to a.example|[2001:db8::1]|:443...",
                Some("a.example"),
                Some("2001:db8::1"),
                Some(443),
            ),
            (
                "Connecting to a.example (10.7.8.9:443)",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "debug1: Connecting to a.example [10.7.8.9] port 22.",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(22),
            ),
            (
                "wget: can't connect to remote host (10.7.8.9): Connection refused",
                None,
                Some("10.7.8.9"),
                None,
            ),
            (
                "nc: connect to a.example (10.7.8.9) port 5432 (tcp) failed: Connection refused",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(5432),
            ),
            (
                "nc: connect to a.example port 443 (tcp) failed: Connection refused",
                Some("a.example"),
                None,
                Some(443),
            ),
            (
                "nc: connectx to a.example port 443 (tcp) failed: Operation timed out",
                Some("a.example"),
                None,
                Some(443),
            ),
            (
                "* connect to 10.7.8.9 port 443 failed: Connection timed out",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "* connect to 10.7.8.9 port 443 from 10.1.1.1 port 5000 failed: Connection refused",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "ssh: connect to host a.example port 22: Connection refused",
                Some("a.example"),
                None,
                Some(22),
            ),
            (
                "telnet: connect to address 10.7.8.9: Connection refused",
                None,
                Some("10.7.8.9"),
                None,
            ),
            (
                "telnet: Unable to connect to remote host: Connection refused",
                None,
                None,
                None,
            ),
            (
                "connection to server at \"a.example\" (10.7.8.9), port 5432 failed: Connection refused",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(5432),
            ),
            (
                "Failed to connect to a.example/10.7.8.9:5432",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(5432),
            ),
            (
                "connection timed out after 30000 ms: a.example/10.7.8.9:443",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "failed to connect to a.example/10.7.8.9 (port 8443) from /10.1.1.1 (port 5000) after 10000ms",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(8443),
            ),
            ("Connection refused: /10.7.8.9:443", None, Some("10.7.8.9"), Some(443)),
            (
                "Connection refused: a.example/[2001:db8::1]:443",
                Some("a.example"),
                Some("2001:db8::1"),
                Some(443),
            ),
            (
                "Connection refused: a.example/2001:db8:0:0:0:0:0:1:443",
                Some("a.example"),
                Some("2001:db8::1"),
                Some(443),
            ),
            (
                "Connection refused: a.example/<unresolved>:443",
                Some("a.example"),
                None,
                Some(443),
            ),
            ("no route to 10.7.0.0/16", None, None, None),
            (
                "Cannot connect to host a.example:443 ssl:default [Connect call failed ('10.7.8.9', 443)]",
                Some("a.example"),
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "[Errno 111] Connect call failed ('2001:db8::1', 443, 0, 0)",
                None,
                Some("2001:db8::1"),
                Some(443),
            ),
            (
                "Error: connect EHOSTUNREACH 10.7.8.9:443 - Local (10.1.1.1:4000)",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "Connect Timeout Error (attempted addresses: 10.7.8.9:443, 10.7.8.10:443, timeout: 10000ms)",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "ConnectError(\"tcp connect error\", 10.7.8.9:443, Os { code: 111 })",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "WARNING: TCP connect to (10.7.8.9 : 1433) failed",
                None,
                Some("10.7.8.9"),
                Some(1433),
            ),
            (
                "SocketException (110): Connection timed out 10.7.8.9:443",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "SocketException (111): Connection refused [::ffff:10.7.8.9]:443",
                None,
                Some("::ffff:10.7.8.9"),
                Some(443),
            ),
            (
                "HttpRequestException: Connection refused (a.example:443)",
                Some("a.example"),
                None,
                Some(443),
            ),
            (
                "{failed_connect,[{to_address,{\"10.7.8.9\",443}},{inet,[inet],econnrefused}]}",
                None,
                Some("10.7.8.9"),
                Some(443),
            ),
            (
                "{:to_address, {~c\"a.example\", 443}}",
                Some("a.example"),
                None,
                Some(443),
            ),
            (
                "HTTPSConnectionPool(host='a.example', port=8443): Max retries",
                Some("a.example"),
                None,
                Some(8443),
            ),
            (
                "Failed to open TCP connection to a.example:443 (execution expired)",
                Some("a.example"),
                None,
                Some(443),
            ),
            (
                "Error 111 connecting to a.example:6379. Connection refused.",
                Some("a.example"),
                None,
                Some(6379),
            ),
            ("Get \"http://a.example/ready\": EOF", Some("a.example"), None, Some(80)),
            ("Get \"http://:8080/health\": EOF", None, None, Some(8080)),
            (
                "Get \"https://a.example:10250/x\": EOF",
                Some("a.example"),
                None,
                Some(10250),
            ),
            ("Get \"https://10.7.8.9/x\": EOF", None, None, Some(443)),
            ("nothing of it", None, None, None),
        ];
        for (line, host, address, port) in rows {
            assert_eq!(of_line(line), (*host, address.map(str::to_owned), *port), "{line}");
        }
    }

    #[test]
    fn the_lines_around_say_it_where_the_line_does_not() {
        let telnet = "Trying 10.7.8.9...\ntelnet: Unable to connect to remote host: Connection refused";
        let line = telnet.lines().nth(1).expect("a line");
        assert_eq!(of_text(line, telnet).address, "10.7.8.9".parse().ok());
        // Which of two it was, the line does not say.
        let two =
            "Trying 10.7.8.9...\nTrying 10.7.8.10...\ntelnet: Unable to connect to remote host: Connection refused";
        assert_eq!(of_text(two.lines().nth(2).expect("a line"), two).address, None);
        let table = "ComputerName     : a.example\nRemoteAddress    : 10.7.8.9\nRemotePort       : 1433\n\
                     TcpTestSucceeded : False\n";
        let found = of_text(table.lines().nth(3).expect("a line"), table);
        let wanted = Dial {
            host: Some("a.example"),
            address: "10.7.8.9".parse().ok(),
            port: Some(1433),
        };
        assert_eq!(found, wanted);
    }
}

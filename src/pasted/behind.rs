//! What failed behind the lookup, in TCP, TLS or HTTP, by the texts of clients.

use std::net::{IpAddr, SocketAddr};

use super::words::{is_connection, is_of_probe, url_host};
use super::{AfterLookup, MessageSeen, Symptom, between, certificate, dial, go};
use crate::endpoint::HTTPS;

/// What tells each layer behind DNS: Go, curl, Python, Java, Node, .NET, Ruby, Rust.
const LAYERS: &[(&str, AfterLookup)] = &[
    ("TLS handshake timeout", AfterLookup::HandshakeTimeout),
    ("SSL connection timeout", AfterLookup::HandshakeTimeout),
    ("handshake operation timed out", AfterLookup::HandshakeTimeout),
    // What is read behind the handshake broke off there: curl (lib/vtls/openssl.c) and git.
    ("SSL_read: ", AfterLookup::Http),
    // Go, src/crypto/tls/conn.go and src/net/http/transport.go; OpenSSL, Python and Java 17, each tried with a port of
    // HTTP alone; Java before 11; .NET, System.Net.Security, net_ssl_io_frame; rustls, src/error.rs.
    ("does not look like a TLS handshake", AfterLookup::NotTls),
    ("server gave HTTP response to HTTPS client", AfterLookup::NotTls),
    ("wrong version number", AfterLookup::NotTls),
    ("WRONG_VERSION_NUMBER", AfterLookup::NotTls),
    ("Unsupported or unrecognized SSL message", AfterLookup::NotTls),
    ("Unrecognized SSL message, plaintext connection", AfterLookup::NotTls),
    (
        "Cannot determine the frame size or a corrupted frame was received",
        AfterLookup::NotTls,
    ),
    (
        "received corrupt message of type InvalidContentType",
        AfterLookup::NotTls,
    ),
    // The same, where the other side closes behind ClientHello. Node; Java before 11; .NET, net_io_eof; tokio-rustls.
    ("SSL_ERROR_SYSCALL", AfterLookup::HandshakeEnded),
    ("unexpected eof while reading", AfterLookup::HandshakeEnded),
    ("UNEXPECTED_EOF_WHILE_READING", AfterLookup::HandshakeEnded),
    ("EOF occurred in violation of protocol", AfterLookup::HandshakeEnded),
    (
        "disconnected before secure TLS connection was established",
        AfterLookup::HandshakeEnded,
    ),
    ("Remote host terminated the handshake", AfterLookup::HandshakeEnded),
    (
        "Remote host closed connection during handshake",
        AfterLookup::HandshakeEnded,
    ),
    (
        "Received an unexpected EOF or 0 bytes from the transport stream",
        AfterLookup::HandshakeEnded,
    ),
    ("tls handshake eof", AfterLookup::HandshakeEnded),
    // OpenSSL, apps/s_client.c.
    ("no peer certificate available", AfterLookup::HandshakeEnded),
    ("remote error: tls: ", AfterLookup::Handshake),
    ("tls: ", AfterLookup::Handshake),
    ("SSLHandshakeException", AfterLookup::Handshake),
    ("SSLError(", AfterLookup::Handshake),
    ("SSL_connect", AfterLookup::Handshake),
    ("SSL routines", AfterLookup::Handshake),
    ("The SSL connection could not be established", AfterLookup::Handshake),
    ("curl: (35)", AfterLookup::Handshake),
    (
        "request canceled while waiting for connection",
        AfterLookup::NoConnectionInTime,
    ),
    // aiohttp, client.py: its limit for a connection holds for the lookup, TCP and TLS together.
    ("Connection timeout to host ", AfterLookup::NoConnectionInTime),
    // Node (nodejs/undici, lib/core/connect.js, onConnectTimeout): "address" with the name where no address was tried
    // yet that it knows of, "addresses" with those that were.
    (
        "Connect Timeout Error (attempted address: ",
        AfterLookup::NoConnectionInTime,
    ),
    ("net/http: request canceled (Client.Timeout", AfterLookup::NoReplyInTime),
    ("timeout awaiting response headers", AfterLookup::NoReplyInTime),
    (
        "Client.Timeout or context cancellation while reading body",
        AfterLookup::NoReplyInTime,
    ),
    ("Read timed out", AfterLookup::NoReplyInTime),
    ("ReadTimeoutError", AfterLookup::NoReplyInTime),
    ("http2: client connection lost", AfterLookup::Http),
    ("http2: ", AfterLookup::Http),
    ("stream error: ", AfterLookup::Http),
    ("unexpected EOF", AfterLookup::Http),
    ("malformed HTTP", AfterLookup::Http),
    // Go, src/net/net.go, ErrClosed: the client itself had closed the connection.
    ("use of closed network connection", AfterLookup::ClosedHere),
    ("curl: (52)", AfterLookup::Http),
    ("Empty reply from server", AfterLookup::Http),
    ("the server could not find the requested resource", AfterLookup::Http),
    ("context deadline exceeded", AfterLookup::Deadline),
    ("Client.Timeout exceeded", AfterLookup::Deadline),
];
/// What is beside it.
const DIALS: &[&str] = &[
    "dial tcp ",
    "Dial to tcp:",
    "read tcp ",
    "write tcp ",
    "curl: (7)",
    "curl: (28)",
    "HTTPSConnection",
    "ConnectException",
    "SocketTimeoutException",
    "NoRouteToHostException",
    // OpenSSL, crypto/bio/bio_sock2.c, as s_client prints it.
    "BIO_connect:",
    "Could not open connection to the host",
    "ConnectTimeoutException",
    "HttpRequestException",
    "SocketException",
    "TCP connection to ",
    "Net::OpenTimeout",
    "failed_connect",
    "connect E",
    "read E",
    "os error",
    "nc: ",
    "Could not connect to Redis at ",
    "Cannot connect to host ",
    // redis-py, connection.py: `Error 111 connecting to HOST:PORT. TEXT`.
    " connecting to ",
    "telnet: ",
    "WARNING: TCP connect",
    "TcpTestSucceeded",
    " port 443",
    ":443",
];

/// TLS, HTTP and TCP.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    if is_of_probe(line) {
        return None;
    }
    if let Some(host) = between(line, "The connection to the server ", " was refused") {
        let host = host.strip_prefix("https://").unwrap_or(host);
        if let Some(server) = literal(host) {
            return Some(of_address(Symptom::Address, server));
        }
        let host = host.strip_suffix(":443").unwrap_or(host);
        let host = (!super::text::is_masked(host)).then_some(host);
        return Some(MessageSeen::of(Symptom::KubectlRefused, host));
    }
    if is_without_socket(line) {
        let dial = dial::of(line);
        return Some(MessageSeen {
            dialled: dial.address,
            ..MessageSeen::of(Symptom::NoSocketToConnect, dial.host)
        });
    }
    // botocore's EndpointConnectionError.
    // And its ConnectTimeoutError and ReadTimeoutError (botocore/exceptions.py).
    if line.contains("Could not connect to the endpoint URL") {
        return Some(MessageSeen::of(Symptom::AwsApi, url_host(line)));
    }
    // urllib3 says so once it has an address: where the lookup fails, it is the error before.
    if line.contains("Connect timeout on endpoint URL: ") {
        return Some(MessageSeen::of(Symptom::AwsApiTimeout, url_host(line)));
    }
    if line.contains("Read timeout on endpoint URL: ") {
        return Some(MessageSeen::of(
            Symptom::AfterLookup(AfterLookup::NoReplyInTime),
            url_host(line),
        ));
    }
    if is_dial_without_address(line) && url_literal(line).is_none() {
        return Some(MessageSeen {
            note: Some(WITHOUT_ADDRESS),
            ..MessageSeen::of(Symptom::NoDialInTime, url_host(line))
        });
    }
    let dial = dial::of(line);
    let host = dial.host.or_else(|| url_host(line));
    if let Some(symptom) = interrupted(line) {
        let server = url_literal(line).or_else(|| tunnelled(line));
        return Some(match server {
            Some(server) => of_address(symptom, server),
            None => MessageSeen {
                dialled: dial.address,
                ..MessageSeen::of(symptom, host.filter(|host| host.parse::<IpAddr>().is_err()))
            },
        });
    }
    if let Some(seen) = curl_in_time(line).or_else(|| of_nmap(line)) {
        return Some(seen);
    }
    // A refused certificate, where an address is dialled, is said behind it; the words of TLS count first.
    let of_certificate = certificate::failure(line);
    let layer = of_certificate.or_else(|| {
        let found = LAYERS.iter().find(|(text, _)| line.contains(text));
        found.map(|(_, what)| *what)
    });
    let is_dial = || dial.address.is_some() || DIALS.iter().any(|text| line.contains(text));
    let is_connection = || is_connection(line) && is_dial();
    let symptom = match layer {
        Some(AfterLookup::Deadline) | None if is_connection() => Symptom::Connection,
        None | Some(AfterLookup::Http) if is_closed_there(line) => Symptom::AfterLookup(AfterLookup::ClosedThere),
        layer => Symptom::AfterLookup(layer?),
    };
    let note = of_certificate.and_then(|_| certificate::note(line));
    let is_inspected = of_certificate == Some(AfterLookup::Certificate) && certificate::is_of_an_inspector(line);
    let toward: Vec<&'static str> = is_inspected.then_some("proxy-in-path").into_iter().collect();
    let host = host.or_else(|| of_certificate.and_then(|_| certificate::wanted(line)));
    let of_redis = || between(line, " connecting to ", ". ").and_then(literal);
    let wanted = || of_certificate.and_then(|_| certificate::address(line));
    let server = url_literal(line)
        .or_else(|| tunnel(line))
        .or_else(of_redis)
        .or_else(wanted);
    // The client had taken the certificate: HTTP/2 is agreed on within TLS (RFC 9113 section 3.2).
    let is_behind_the_certificate = of_certificate.is_none() && line.contains("http2: ");
    if let Some(server) = server {
        let symptom = if symptom == Symptom::Connection {
            Symptom::Address
        } else {
            symptom
        };
        let is_of_others =
            symptom == Symptom::AfterLookup(AfterLookup::Certificate) && certificate::is_valid_for_others(line);
        return Some(MessageSeen {
            note,
            toward,
            against: (is_of_others || is_behind_the_certificate)
                .then_some("not-this-cluster")
                .into_iter()
                .collect(),
            ..of_address(symptom, server)
        });
    }
    Some(MessageSeen {
        dialled: dial.address,
        note: note.or_else(|| {
            line.contains("http2: client connection lost")
                .then_some(PING_WITHOUT_REPLY)
        }),
        toward,
        against: is_behind_the_certificate
            .then_some("not-this-cluster")
            .into_iter()
            .collect(),
        ..MessageSeen::of(symptom, host.filter(|host| host.parse::<IpAddr>().is_err()))
    })
}

/// What is said of a connection that went dead (golang.org/x/net/http2, transport.go, closeForLostPing).
const PING_WITHOUT_REPLY: &str = "Go says so of a connection that it had used before: the other side did not answer its \
                                  ping in time. The network broke, or the API server went away.";

/// What is said of a dial that names neither a lookup nor an address (Go, src/net/lookup.go, lookupIPAddr, before it
/// gave the name; src/net/net.go, OpError.Error).
const WITHOUT_ADDRESS: &str = "The line names neither a lookup nor an address. Older versions of Go print it so where the \
                               time was over during the lookup, or the client gave up. Whether it was in the lookup is \
                               not told.";

/// Whether a dial ended before it was told what became of it: `dial tcp: i/o timeout`, with no address in it. Some
/// write it without the colon.
fn is_dial_without_address(line: &str) -> bool {
    const CALLS: &[&str] = &["dial tcp", "dial tcp4", "dial tcp6"];
    const ENDS: &[&str] = &["i/o timeout", "operation was canceled"];
    CALLS.iter().any(|call| {
        let behind = line.split_once(call).map(|(_, rest)| rest);
        let said = behind.and_then(|rest| rest.strip_prefix(": ").or_else(|| rest.strip_prefix(' ')));
        said.is_some_and(|said| ENDS.iter().any(|end| said.starts_with(end)))
    })
}

/// Whether a program had no file descriptor left to connect with: the words of strerror(3), and Node's code. What
/// accepts connections says so too: Go (src/net/net.go, OpError.Error: `accept tcp A: accept4: ERR`), Java
/// (`(Accept failed)`).
fn is_without_socket(line: &str) -> bool {
    const CONNECTS: &[&str] = &[
        "dial tcp",
        "connect EMFILE ",
        "connect failed",
        "Connection failed",
        "java.net.SocketException: ",
        "java.net.ConnectException: ",
        "NewConnectionError(",
        "Cannot connect to host ",
        // curl, lib/connect.c.
        "Failed to connect to ",
        // hyper-util, src/client/legacy/connect/http.rs: before it connects.
        "tcp open error",
        "tcp connect error",
    ];
    const ACCEPTS: &[&str] = &[
        "accept4: ",
        "accept: ",
        "accept tcp ",
        "Accept failed",
        "accept error",
        "Accept error",
    ];
    let says_so = go::is_full(line) || line.contains("Too many open files") || line.contains("connect EMFILE ");
    let has = |words: &[&str]| words.iter().any(|text| line.contains(text));
    says_so && !has(ACCEPTS) && has(CONNECTS)
}

/// Whether a request to a server with TLS ended in an EOF. Go 1.19 and 1.27 print the same where the other side closes
/// behind ClientHello, within a record (`unexpected`) or between two (tried with both).
fn is_closed_there(line: &str) -> bool {
    let line = line.trim_end();
    let before = line
        .strip_suffix(": EOF")
        .or_else(|| line.strip_suffix(": unexpected EOF"));
    before.is_some_and(|before| {
        let is_of_url = before.ends_with('"') && line.contains("https://");
        is_of_url || before.trim_start() == "Unable to connect to the server"
    })
}

/// nmap's row of a port (Nmap Reference Guide, "Port Scanning Basics"), and what s_client of OpenSSL says last
/// (apps/lib/s_socket.c): the number is the operating system's.
fn of_nmap(line: &str) -> Option<MessageSeen> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if first.starts_with("connect:errno=") {
        return Some(MessageSeen::of(Symptom::Connection, None));
    }
    let is_shut = first == "443/tcp" && matches!(words.next()?, "filtered" | "closed");
    is_shut.then(|| MessageSeen::of(Symptom::Connection, None))
}

/// curl's words for the end of its time, by what it was doing (curl/curl, lib/multi.c, multi_handle_timeout): it has
/// others for the lookup.
fn curl_in_time(line: &str) -> Option<MessageSeen> {
    let (_, said) = line.split_once("curl: (28) ")?;
    if said.starts_with("Connection timed out after ") {
        return Some(MessageSeen {
            note: Some("curl says so where TCP, or the TLS handshake behind it, did not end in time."),
            ..MessageSeen::of(Symptom::Connection, None)
        });
    }
    let is_behind = said.starts_with("Operation timed out after ") && said.contains(" bytes received");
    is_behind.then(|| MessageSeen::of(Symptom::AfterLookup(AfterLookup::NoReplyInTime), None))
}

/// What broke a connection that was made: Go (src/net/net.go, OpError.Error: `read tcp A->B: ERR`), curl
/// (libcurl-errors(3): CURLE_SEND_ERROR, CURLE_RECV_ERROR), Java, Python, Node.
fn interrupted(line: &str) -> Option<Symptom> {
    const RESETS: &[&str] = &[
        "onnection reset",
        "broken pipe",
        "forcibly closed by the remote host",
        "ECONNRESET",
        "EPIPE",
        "socket hang up",
    ];
    let is_open = ["read tcp ", "write tcp "].iter().any(|call| {
        // Not that of a name server: that is said of a lookup.
        let behind = line.split_once(call).and_then(|(_, rest)| rest.split_once("->"));
        behind.is_some_and(|(_, rest)| !rest.split_whitespace().next().is_some_and(|to| to.ends_with(":53:")))
    });
    let is_of_others = [
        "curl: (55)",
        "curl: (56)",
        "java.net.SocketException: Connection reset",
        "java.net.SocketException: Broken pipe",
        "ConnectionResetError(",
        "BrokenPipeError(",
        "ConnectionResetError: ",
        "read ECONNRESET",
        "write EPIPE",
        "socket hang up",
        "wsarecv: ",
        "wsasend: ",
    ]
    .iter()
    .any(|text| line.contains(text));
    let is_proxy = line.contains("proxyconnect") || line.contains(" proxy ");
    if is_proxy || !is_open && !is_of_others {
        return None;
    }
    if RESETS.iter().any(|text| line.contains(text)) {
        return Some(Symptom::AfterLookup(AfterLookup::Reset));
    }
    // ETIMEDOUT of Linux, and of macOS (Go, src/syscall/zerrors_darwin_arm64.go).
    let is_late = ["i/o timeout", "onnection timed out", "operation timed out"];
    (is_open && is_late.iter().any(|text| line.contains(text))).then_some(Symptom::AfterLookup(AfterLookup::Stalled))
}

/// An address of this host that a connection was made to, at another port than an endpoint's.
fn tunnelled(line: &str) -> Option<IpAddr> {
    let (_, rest) = line.split_once("->")?;
    let to: SocketAddr = rest.split_whitespace().next()?.trim_end_matches(':').parse().ok()?;
    (to.ip().is_loopback() && to.port() != HTTPS && !line.contains("https://")).then(|| to.ip())
}

fn of_address(symptom: Symptom, server: IpAddr) -> MessageSeen {
    MessageSeen {
        literal: Some(server),
        ..MessageSeen::of(symptom, None)
    }
}

/// The address that a server is, with a port or without one.
fn literal(server: &str) -> Option<IpAddr> {
    let (host, port) = server.rsplit_once(':').unwrap_or((server, ""));
    // Go, net.Dial: without a host it is this host.
    if (host == "localhost" || host.is_empty() && !port.is_empty()) && port.bytes().all(|octet| octet.is_ascii_digit())
    {
        return Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));
    }
    let socket = server.parse::<SocketAddr>().map(|socket| socket.ip());
    socket.or_else(|_| server.trim_matches(['[', ']']).parse()).ok()
}

/// The same of the URL in a line.
fn url_literal(line: &str) -> Option<IpAddr> {
    // No EKS endpoint speaks HTTP alone; what is asked so, such as the instance metadata, may be an address as well.
    let (_, rest) = line.split_once("https://").or_else(|| line.split_once("http://"))?;
    let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'\\".contains(c));
    literal(&rest[..end.unwrap_or(rest.len())])
}

/// An address of this host that was dialled at another port than an endpoint's: no answer of a name server gives a
/// port.
fn tunnel(line: &str) -> Option<IpAddr> {
    let (_, rest) = line.split_once("dial tcp ")?;
    let socket: SocketAddr = rest.split_whitespace().next()?.trim_end_matches(':').parse().ok()?;
    (socket.ip().is_loopback() && socket.port() != HTTPS && !line.contains("https://")).then(|| socket.ip())
}

/// What a client says in short: an RCODE in capitals beside a word of lookups (doggo, q and others).
pub(super) fn bare_rcode(line: &str) -> Option<MessageSeen> {
    const BESIDE: &[&str] = &[
        "looking up",
        "lookup",
        "DNS",
        "dns",
        "resolv",
        "status",
        "rcode",
        "query",
        "SOA",
    ];
    // BIND's log of a policy names what the policy says, and not what was replied (lib/ns/query.c, rpz_log_rewrite).
    // And a header of nslookup's is read with the question behind it.
    if line.contains("rpz ") && line.contains(" rewrite ") || super::reply_debug::is_header(line) {
        return None;
    }
    let words = || line.split(|c: char| !c.is_ascii_alphanumeric());
    let symptom = words().find_map(|word| match word {
        "NXDOMAIN" | "SERVFAIL" | "REFUSED" => super::words::by_rcode(word),
        "NODATA" => Some(Symptom::NoData),
        _ => None,
    })?;
    let host = super::text::endpoint(line);
    (host.is_some() || BESIDE.iter().any(|word| line.contains(word))).then(|| MessageSeen::of(symptom, host))
}

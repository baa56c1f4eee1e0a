//! What Go prints: kubectl, helm, terraform, eksctl, kubelet and every client of client-go.
//!
//! Go, src/net: `DNSError.Error` is `lookup NAME`, ` on SERVER` where Go's own resolver asked one, and `: ERR`.
//! In Go before 1.21 with cgo, ERR may be gai_strerror's text; on Windows it may begin with `getaddrinfow: `.

use std::net::{IpAddr, SocketAddr};

use super::{MessageSeen, Symptom, library, text, windows, words};
use crate::limits;

/// What stands before it where Go dials.
const DIALS: &[&str] = &["dial tcp: ", "dial tcp4: ", DIALS_IPV6, "dial udp: "];
/// And where it dials over IPv6 only.
const DIALS_IPV6: &str = "dial tcp6: ";

/// What is said of a message without a server.
const NO_SERVER: &str = "The message names no name server. Go's own resolver names the one it asked, so here Go asked the \
                         operating system (on macOS and Windows, or in a program built with cgo), or it asked nobody: a \
                         name that is too long or has a label with a hyphen at its end is never sent.";
/// Without an address of the family in question (Go, src/net/ipsock.go, filterAddrList; src/net/net.go,
/// AddrError.Error).
const NO_SUITABLE: &str = ": no suitable address found";
/// What is said of a lookup for IPv6 alone.
const OF_IPV6: &str = "The client dials over IPv6 only (tcp6), so Go did not ask for the A record. The endpoint of a \
                       cluster with IPv4 has no AAAA record, and Go says \"no such host\" then.";
/// What is said of a line that ends before its error says how the lookup failed.
const CUT_OFF: &str = "The line is cut off before its error says how the lookup failed. Paste all of it.";
/// And of one whose error is known by its beginning.
const ENDS_EARLY: &str = "The line is cut off within its error. The errors known here that begin so mean the same.";
/// And where Windows' own text is not English.
const OF_WINDOWS: &str = "Go says \"no such host\" of a name that does not exist, on Windows too: this is another \
                          error, in the language of that Windows. It is an error or silence of the name server, or a \
                          reply without an address.";
/// And of WSANO_RECOVERY (Microsoft, "Windows Sockets Error Codes").
const NO_RECOVERY: &str = "Go says \"no such host\" of a name that does not exist, on Windows too: this is another error \
                           (WSANO_RECOVERY). Windows says so where a name server replied with a severe error.";
/// And of one where the time ran out.
const NO_SERVER_IN_TIME: &str = "The message names no name server: the time to dial, 30 s in client-go, was over before \
                                 the lookup was.";
/// And of one that was given up.
const NO_SERVER_GIVEN_UP: &str = "The message names no name server: the program gave the lookup up before it was over.";

/// Go's error of a lookup.
pub(super) fn look_up(line: &str) -> Option<MessageSeen> {
    if let Some((before, _)) = line.split_once(NO_SUITABLE)
        && let Some((_, host)) = before.rsplit_once("address ")
        && !host.contains(char::is_whitespace)
    {
        if let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(MessageSeen {
                literal: Some(ip),
                ..MessageSeen::of(Symptom::OtherFamily, None)
            });
        }
        return Some(MessageSeen::of(Symptom::NoSuitable, Some(host)));
    }
    // Go 1.19 has it as the error of an address.
    if super::between(line, "address ", ": unknown port").is_some_and(|service| service.contains('/')) {
        return Some(MessageSeen::of(Symptom::BadPort, None));
    }
    let mut all = line.match_indices("lookup ").take(limits::PASTED_WORDS);
    all.find_map(|(at, word)| {
        let rest = &line[at + word.len()..];
        let end = rest.find([' ', '\t'])?;
        let (name, rest) = rest.split_at(end);
        // Go 1.27, src/net/lookup.go, LookupPort: a port's name is looked up too.
        if let Some(service) = name.strip_suffix(':').filter(|_| own(rest).trim() == "unknown port") {
            return service.contains('/').then(|| MessageSeen::of(Symptom::BadPort, None));
        }
        let mut is_named = false;
        // Of an error in words the name stands in the error itself: `lookup error: lookup NAME on SERVER: ERR`.
        let is_word = rest.trim_start().starts_with(word);
        if name == "error:" && is_word {
            return None;
        }
        let (name, server, error) = if let Some(name) = name.strip_suffix(':') {
            (name, None, rest)
        } else {
            let rest = rest.trim_start().strip_prefix("on ")?;
            let (server, error) = rest.split_at(rest.find([' ', '\t'])?);
            let server = server.strip_suffix(':')?;
            is_named = true;
            match words::without_zone(server) {
                Some(server) => (name, Some(server), error),
                None if text::is_masked(server) => (name, None, error),
                None => return None,
            }
        };
        // A link of Markdown, or a chat's.
        let shown = words::split_host(name).filter(|_| name.starts_with(['[', '<']));
        let name = shown.map_or(name, |(name, _)| name);
        // Where a server is named, or a dial is around it, nothing else can be meant.
        let is_one = is_named || DIALS.iter().any(|dial| line[..at].ends_with(dial));
        let other = (is_one && !error.trim().is_empty()).then_some(Symptom::OtherError);
        let known = symptom(start(error), is_named);
        let cut = other.filter(|_| known.is_none()).and_then(|_| cut_off(error, is_named));
        let mut symptom = known.or(cut).or(other)?;
        if !name.is_empty() && line[..at].contains("proxyconnect") {
            symptom = Symptom::Proxy;
        }
        // Of an error that is known, what stands behind it is another's.
        let is_open = matches!(symptom, Symptom::OtherError | Symptom::Truncated);
        if is_open && is_full(own(error)) {
            symptom = Symptom::NoSocket;
        }
        let is_for_ipv6 = line[..at].ends_with(DIALS_IPV6) && symptom == Symptom::NoAddress;
        let against = if is_for_ipv6 {
            vec!["endpoint-name-stale"]
        } else {
            Vec::new()
        };
        let note = if let Some(cut) = cut {
            Some(if is_open_end(cut) { CUT_OFF } else { ENDS_EARLY })
        } else if symptom == Symptom::NoSocket {
            None
        } else if is_for_ipv6 {
            Some(OF_IPV6)
        } else if is_no_recovery(error) {
            Some(NO_RECOVERY)
        } else if error.contains("getaddrinfow") && library::symptom(error).is_none() {
            Some(OF_WINDOWS)
        } else if is_named {
            None
        } else if symptom == Symptom::LookUpGivenUp {
            Some(NO_SERVER_GIVEN_UP)
        } else if symptom == Symptom::LookUpDeadline {
            Some(NO_SERVER_IN_TIME)
        } else {
            Some(NO_SERVER)
        };
        Some(MessageSeen {
            server,
            pure_go: is_named && symptom != Symptom::NoSocket,
            is_cut_off: cut.is_some(),
            note,
            against,
            ..MessageSeen::of(symptom, Some(name))
        })
    })
}

/// An exchange with a name server, as every program of Go prints it (Go, src/net, OpError.Error): `read udp A->B:53:
/// ERR`.
pub(super) fn exchange(line: &str) -> Option<MessageSeen> {
    let (_, rest) = line.split_once("read udp ")?;
    let (_, rest) = rest.split_once("->")?;
    let (server, error) = rest.split_once(": ")?;
    let server: SocketAddr = words::without_zone(server)?;
    if server.port() != 53 {
        return None;
    }
    let known = symptom(start(error), true);
    let symptom = known.or_else(|| cut_off(error, true).filter(|cut| !is_open_end(*cut)))?;
    Some(MessageSeen {
        server: Some(server),
        is_cut_off: known.is_none(),
        note: known.is_none().then_some(ENDS_EARLY),
        ..MessageSeen::of(symptom, None)
    })
}

/// How the errors of a lookup go: Go's own (src/net/dnsclient_unix.go, src/net/net.go), and those of glibc's
/// gai_strerror (gai_strerror.c), which Go before 1.21 printed.
const OF_LOOKUPS: &[&str] = &[
    "no such host",
    "no answer from DNS server",
    "server misbehaving",
    "cannot unmarshal DNS message",
    "cannot marshal DNS message",
    "invalid DNS response",
    "lame referral",
    "i/o timeout",
    "operation was canceled",
    "Temporary failure in name resolution",
    "Name or service not known",
    "No address associated with hostname",
];
/// The errors of the system's calls that Go makes for a lookup (src/syscall/zerrors_linux_amd64.go and
/// zerrors_darwin_arm64.go).
const OF_CALLS: &[&str] = &[
    "no route to host",
    "operation timed out",
    "operation not permitted",
    "permission denied",
    "connection refused",
    "connection reset by peer",
    "connection timed out",
    "network is unreachable",
    "network is down",
    "host is down",
    "cannot assign requested address",
    "can't assign requested address",
    "invalid argument",
    // ENFILE goes on with "in system".
    "too many open files",
];
/// The calls, before their errors (Go, src/os/error.go, SyscallError.Error).
const CALLS: &[&str] = &["socket: ", "connect: ", "read: ", "write: "];
/// The calls of an exchange with a name server, behind which its addresses stand and then an error.
const EXCHANGES: &[&str] = &["read udp ", "write udp ", "dial udp "];

/// What the beginning of an error stands for, where the line ends within it: the one that it is the beginning of, and
/// where it may be that of several, that the lookup failed.
fn cut_off(error: &str, has_server: bool) -> Option<Symptom> {
    let error = start(error);
    let said = error.trim_end_matches(|c: char| c.is_whitespace() || "\"'\\}).…=".contains(c));
    let (before, last) = said.rsplit_once(": ").unwrap_or(("", said));
    let last = last.trim_start();
    let is_exchange = |text: &str| EXCHANGES.iter().any(|call| text.trim_start().starts_with(call));
    if is_exchange(last) || is_exchange(before) && last.is_empty() {
        return Some(Symptom::Unanswered);
    }
    let meaning = |known: &&str| {
        if is_full(known) {
            Some(Symptom::NoSocket)
        } else {
            symptom(known, has_server)
        }
    };
    let mut meant = beginning_with(before, last).map(meaning);
    let first = meant.next()?;
    let is_one = first.is_some() && meant.all(|other| other == first);
    let several = if is_exchange(before) {
        Symptom::Unanswered
    } else {
        Symptom::Unknown
    };
    Some(first.filter(|_| is_one).unwrap_or(several))
}

/// The errors that begin so and go on, behind what stands `before`: behind a call, those of calls alone.
fn beginning_with<'a>(before: &str, start: &'a str) -> impl Iterator<Item = &'static &'static str> + use<'a> {
    let is_of_call = CALLS.iter().any(|call| before.ends_with(call.trim_end_matches(": ")));
    let others: [&'static [&'static str]; 3] = if is_of_call {
        [&[]; 3]
    } else {
        [OF_LOOKUPS, CALLS, EXCHANGES]
    };
    let all = OF_CALLS.iter().chain(others.into_iter().flatten());
    all.filter(move |known| known.len() > start.len() && known.starts_with(start))
}

/// Whether a line that ends within its error goes on with what stands behind it: the two make one of the errors.
pub(super) fn goes_on(line: &str, behind: &str) -> bool {
    let line = line.trim_end_matches('=');
    let (before, last) = line.rsplit_once(": ").unwrap_or(("", line));
    let whole = format!("{last}{behind}");
    let is_exchange = |text: &str| EXCHANGES.iter().any(|call| text.starts_with(call));
    if is_exchange(last) {
        // Within its addresses.
        let error = whole.split_once(": ").map(|(_, error)| error);
        return exchange(&whole).is_some() && error.is_some_and(is_begun);
    }
    beginning_with(before, last).any(|known| whole.starts_with(known) || known.ends_with(": ") && is_begun(&whole))
}

fn is_begun(error: &str) -> bool {
    let error = CALLS.iter().find_map(|call| error.strip_prefix(call)).unwrap_or(error);
    OF_CALLS.iter().chain(OF_LOOKUPS).any(|known| error.starts_with(known))
}

/// Whether a line that ends within its error leaves open how the lookup failed.
fn is_open_end(symptom: Symptom) -> bool {
    matches!(symptom, Symptom::Unknown | Symptom::Unanswered)
}

/// As much of an error as one has: a line may hold a whole log, and is not read to its end for each of its errors.
fn start(error: &str) -> &str {
    let end = error
        .char_indices()
        .nth(limits::PASTED_ERROR)
        .map_or(error.len(), |(end, _)| end);
    &error[..end]
}

/// An error up to where the next one begins, or what it is quoted in ends.
fn own(error: &str) -> &str {
    let error = start(error);
    &error[..error.find([';', ',', '"', '\\', '\'']).unwrap_or(error.len())]
}

/// Whether an error says that there is no file descriptor left: EMFILE and ENFILE (Go,
/// src/syscall/zerrors_linux_amd64.go).
pub(super) fn is_full(error: &str) -> bool {
    error.contains("too many open files")
}

/// Windows' error of a lookup that no second try mends, as Go prints it.
fn is_no_recovery(error: &str) -> bool {
    error.contains("getaddrinfow") && error.contains("non-recoverable error occurred during a database lookup")
}

fn symptom(error: &str, has_server: bool) -> Option<Symptom> {
    let has = |text: &str| error.contains(text);
    Some(if has("no such host") {
        Symptom::NoAddress
    } else if has("server misbehaving") {
        Symptom::Misbehaving
    } else if has("cannot unmarshal") || has("cannot marshal") || has("invalid DNS response") {
        Symptom::Unreadable
    } else if has("lame referral") {
        Symptom::Referral
    } else if has_server && ["dial tcp", "read tcp", "write tcp"].iter().any(|call| has(call)) {
        // Go goes to TCP after a truncated reply only (or with use-vc: fixtures/clients/recorded.json, tc-drop).
        Symptom::Truncated
    } else if has("unreachable") || has("no route to host") || has("host is down") || has("assign requested address") {
        Symptom::NoRoute
    } else if has("operation not permitted") || has("permission denied") {
        Symptom::NotLetOut
    } else if has("connection refused") || has("connection was refused") {
        Symptom::PortClosed
    } else if has_server && has("wsarecv: ") && has("forcibly closed by the remote host") {
        // WSAECONNRESET: on a UDP socket it is the port that is closed (Microsoft, "recvfrom function (winsock.h)").
        Symptom::PortClosed
    } else if has("operation was canceled") || own(error).trim_end().ends_with("context canceled") {
        // Go, src/net/net.go, mapErr: of context.Canceled. Of a deadline that is over it is "i/o timeout".
        Symptom::LookUpGivenUp
    } else if has("i/o timeout") && !has_server || own(error).trim_end().ends_with("context deadline exceeded") {
        Symptom::LookUpDeadline
    } else if has("i/o timeout") || has_server && has("operation timed out") {
        Symptom::Silence
    } else if is_no_recovery(error) {
        Symptom::TryAgain
    } else if let Some(symptom) = library::symptom(error) {
        symptom
    } else if let Some((_, said)) = error.split_once("dnsquery: ") {
        // Windows' DnsQuery, of a CNAME or another record (Go, src/net/lookup_windows.go).
        windows::of_dns(said)?
    } else if has("Try again") {
        // musl, through cgo.
        Symptom::TryAgain
    } else if has("getaddrinfow") && TEMPORARY.iter().any(|word| has(word)) {
        Symptom::TryAgain
    } else if has("getaddrinfow") && DATA.iter().any(|word| has(word)) {
        Symptom::NoData
    } else if has("getaddrinfow") {
        // The text is in Windows' language. It is none of a name that does not exist (src/net/lookup_windows.go,
        // winError): WSANO_DATA stays as it is, and so do errors.
        Symptom::TryAgain
    } else {
        return None;
    })
}

/// "Temporary" in the languages of Windows: its text of WSATRY_AGAIN has the word ("a temporary error during hostname
/// resolution"), and no other text of a lookup has.
const TEMPORARY: &[&str] = &[
    "tempor",
    "zeitweilig",
    "vorübergehend",
    "tymczasow",
    "časn",
    "временн",
    "тимчасов",
    "geçici",
    "一時",
    "临时",
    "暂时",
    "臨時",
    "暫時",
    "일시",
];

/// "Data" in the same languages: its text of WSANO_DATA has the word ("no data of the requested type was found").
const DATA: &[&str] = &[
    "Daten",
    "données",
    "datos",
    "dati",
    "dados",
    "danych",
    "data",
    "данны",
    "даних",
    "veri",
    "データ",
    "数据",
    "資料",
    "데이터",
];

/// The time to dial of client-go (k8s.io/client-go, transport/cache.go: 30 seconds), in which the lookup is.
const TIME_TO_DIAL: f64 = 30.0;

/// Whether client-go's time was over before it said in a line of its trace that there is no address: by the times of
/// that line and of the one before it that klog wrote.
pub(super) fn waited_for_nothing(text: &str, line: &str) -> bool {
    if !line.contains("HTTP Trace: DNS Lookup for ") || !line.contains(" resolved to []") {
        return false;
    }
    let above = text.lines().take_while(|above| !std::ptr::eq(*above, line));
    let Some((start, end)) = above.filter_map(klog_seconds).last().zip(klog_seconds(line)) else {
        return false;
    };
    // Past midnight the time begins anew.
    let waited = if end < start {
        end + 86_400.0 - start
    } else {
        end - start
    };
    waited >= TIME_TO_DIAL
}

/// The time of day of a line of klog's (k8s.io/klog, klog.go, formatHeader: `Lmmdd hh:mm:ss.uuuuuu`).
fn klog_seconds(line: &str) -> Option<f64> {
    let mut words = line.split_whitespace();
    let day = words.next()?.strip_prefix(['I', 'W', 'E', 'F'])?;
    if day.len() != 4 || !day.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let mut parts = words.next()?.split(':');
    let hours: f64 = parts.next()?.parse().ok()?;
    let minutes: f64 = parts.next()?.parse().ok()?;
    let seconds: f64 = parts.next()?.parse().ok()?;
    Some(hours * 3_600.0 + minutes * 60.0 + seconds)
}

/// An error of Go's of which somebody kept the name and the end alone: `HOST: no such host`.
pub(super) fn shortened(line: &str) -> Option<MessageSeen> {
    let (before, _) = line.split_once(": no such host")?;
    let host = before
        .split_whitespace()
        .next_back()?
        .trim_matches(['"', '\'', '`', '(']);
    let is_name = host.contains('.') && !host.contains('/');
    let is_one = is_name && (super::is_masked(host) || super::words::is_dotted(host));
    is_one.then(|| MessageSeen::of(Symptom::NoAddress, Some(host)))
}

/// client-go's trace of a request (k8s.io/client-go, transport/round_trippers.go): `resolved to []`.
pub(super) fn trace(line: &str) -> Option<MessageSeen> {
    let (_, rest) = line.split_once("HTTP Trace: DNS Lookup for ")?;
    let (host, addresses) = rest.split_once(" resolved to ")?;
    let symptom = if addresses.trim_start().starts_with("[]") {
        Symptom::Unknown
    } else {
        Symptom::Healthy
    };
    Some(MessageSeen::of(symptom, Some(host)))
}

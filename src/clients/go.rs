//! kubectl and other Go programs on Linux, with Go's own resolver.
//!
//! Go, src/net/dnsclient_unix.go, and recorded with Go 1.19.8 and 1.27.3 (fixtures/clients/recorded.json): the servers
//! are asked in turn; NXDOMAIN and NODATA are final, SERVFAIL, REFUSED, silence, a refused port and a lame referral
//! move on; after the last server the whole list is asked again, as often as `attempts` says; the error shown is the
//! last server's, for the name itself and not for one below the search list. At most three servers are used
//! (src/net/dnsconfig_unix.go). A and AAAA are asked at the same time, and where both fail the error that arrives last
//! is shown; with `options single-request` AAAA comes after A, and its error is shown. Where all of it takes longer
//! than the client may dial, the message names no server.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use super::{
    ClientResult, DIAL_MS, NEAR_MS, SERVERS_GIVE_UP_MS, Situation, answered_at_the_second_try_ms, answered_together_ms,
    deadline, has_some_address, is_about_a_long_name, is_late, is_of_unknown_reason, is_truncated_over_tcp, kubectl,
    orders, record_fault, target,
};
use crate::dns::{AnswerKind, Mismatch, Rcode, RecordFault, RecordType, Section};
use crate::facts::platform::HostsLine;
use crate::observation::{Attempt, Lookup, NetworkFailure, Reason, TcpEnd, Transport};
use crate::probed::Probed;
use crate::stated::Stated;

/// Versions of Go that differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    /// Go 1.23.8 and later: a reply with an OPT record in it is no lame referral, but one without an address, and so is
    /// one that is truncated over TCP as well.
    Newer,
    /// Before.
    Older,
}

/// What kubectl would print; `None` where the lookups do not say.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    if let Some(refusal) = situation.refusal() {
        return refusal.line().map(|line| ClientResult::of(&line));
    }
    if situation.hands_lookups_on() {
        return None;
    }
    let line = situation.hosts_line();
    if line.is_none_or(HostsLine::go_reads_files) && situation.is_in_hosts_file(false) {
        return Some(ClientResult::resolves());
    }
    let host = situation.name_for_go();
    let nobody = ClientResult::of(&kubectl(situation, &format!("lookup {host}: no such host")));
    if line.is_some_and(|line| !line.go_asks_dns()) {
        // The older texts are of Go before 1.20 (recorded).
        let older = format!("address {host}: no suitable address found");
        return Some(nobody.or(ClientResult::of(&kubectl(situation, &older))));
    }
    if !is_asked_for(&host) {
        return Some(nobody);
    }
    if situation.found_below_a_suffix && !situation.is_rooted() {
        return Some(ClientResult::resolves());
    }
    let mut said = ClientResult::default();
    // With `rotate` each question begins with the next server, so A and AAAA with two.
    let orders = orders(&situation.servers(), situation.rotates());
    let mut times = BTreeSet::new();
    for version in [Version::Newer, Version::Older] {
        for for_a in &orders {
            for for_aaaa in &orders {
                let a = walk(situation, version, for_a, RecordType::A)?;
                let aaaa = walk(situation, version, for_aaaa, RecordType::AAAA)?;
                let one = both(situation, a, aaaa);
                times.insert(one.takes_s);
                said.add(one);
            }
        }
    }
    let is_late = said.resolves && situation.is_answered_late();
    if is_late && said.messages.is_empty() {
        // It asks again as getaddrinfo does, which had the addresses after so long.
        let took_ms = situation.system().and_then(|system| system.rtt_ms);
        times = [took_ms.map(|ms| in_seconds(ms.min(DIAL_MS)))].into();
    } else if is_late {
        // As long as the late reply takes, or until the end of all questions.
        times.insert(None);
    }
    said.takes_s = times.pop_first().flatten().filter(|_| times.is_empty());
    Some(said)
}

/// Whether Go asks anybody for such a name (src/net/dnsclient.go, isDomainName); what else it looks at, the length and
/// the characters, every host name has.
fn is_asked_for(host: &str) -> bool {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut labels = host.split('.');
    labels.all(|label| !label.starts_with('-') && !label.ends_with('-')) && !host.chars().all(is_number)
}

fn both(situation: &Situation<'_>, a: Walk, aaaa: Walk) -> ClientResult {
    let one_by_one = situation.asks_one_by_one();
    let took_ms = if one_by_one {
        a.took_ms + aaaa.took_ms
    } else {
        a.took_ms.max(aaaa.took_ms)
    };
    let said = match (a.failed, aaaa.failed) {
        (Some(a), Some(aaaa)) => failed(situation, one_by_one, &a, &aaaa),
        _ => ClientResult::resolves(),
    };
    let taking = |said: ClientResult, ms: f64| ClientResult {
        takes_s: Some(in_seconds(ms.min(DIAL_MS))),
        ..said
    };
    if took_ms > DIAL_MS + NEAR_MS {
        return taking(deadline(situation), DIAL_MS);
    }
    // Names below the search list are asked for, too, where no address was found.
    let names = situation.facts.host.stub.as_ref().map_or(0, |stub| stub.search.len()) + 1;
    let is_silent = |probed: &&Probed| !probed.lookups.iter().any(Lookup::heard_anything);
    let all_ms = if said.messages.is_empty() {
        took_ms
    } else {
        took_ms * names as f64
    };
    // Whoever is silent for this name is for those below the search list, too.
    let all_are_silent = situation.servers().iter().all(is_silent);
    let takes_ms = if all_are_silent { all_ms } else { took_ms };
    let said = if all_ms <= DIAL_MS - NEAR_MS {
        said
    } else if took_ms > DIAL_MS - NEAR_MS || all_are_silent {
        deadline(situation).or(said)
    } else {
        said.or(deadline(situation))
    };
    taking(said, takes_ms)
}

/// Whole seconds; 0 of less than one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most the time of a dial"
)]
fn in_seconds(ms: f64) -> u32 {
    if ms < 1000.0 { 0 } else { (ms / 1000.0).round() as u32 }
}

fn failed(situation: &Situation<'_>, one_by_one: bool, a: &Failed, aaaa: &Failed) -> ClientResult {
    // Who waits for a time-out is the last. Otherwise it is a race: the one with more questions is the likelier.
    let last = match a.waits.cmp(&aaaa.waits) {
        _ if one_by_one => vec![aaaa],
        Ordering::Greater => vec![a],
        Ordering::Less => vec![aaaa],
        Ordering::Equal if aaaa.tries > a.tries => vec![aaaa, a],
        Ordering::Equal => vec![a, aaaa],
    };
    let mut said = ClientResult {
        resolves: a.may_be_read || aaaa.may_be_read,
        ..ClientResult::default()
    };
    for failed in &last {
        said.add(ClientResult::of(&kubectl(situation, &failed.error)));
    }
    for error in last.iter().filter_map(|failed| failed.or.as_ref()) {
        said.add(ClientResult::of(&kubectl(situation, error)));
    }
    said
}

/// How the servers were walked through for one type.
struct Walk {
    /// How long it took, in milliseconds, as far as replies were waited for.
    took_ms: f64,
    /// How it failed, unless it found an address.
    failed: Option<Failed>,
}

/// How near to the end of a time-out a reply may come first or not.
const NEAR_WINDOW_MS: f64 = 250.0;

/// Whether a reply comes in time that a server gives to all who wait for it at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    /// In this window.
    Heard,
    /// As it ends: one or the other.
    AtTheEnd,
    /// After it.
    Later,
}

/// How that ended.
#[derive(Default)]
struct Failed {
    /// The error.
    error: String,
    /// The other error, where two may come first: the first of them is likelier.
    or: Option<String>,
    /// Questions until then.
    tries: u32,
    /// Those of them that ended with a time-out.
    waits: u32,
    /// Whether a reply was among them that Go may have taken for an answer.
    may_be_read: bool,
}

/// Asks the servers in turn for one type, as often as `attempts` says. `None` where the lookups do not say.
fn walk(situation: &Situation<'_>, version: Version, servers: &[&Probed], qtype: RecordType) -> Option<Walk> {
    let host = situation.name_for_go();
    let patience_ms = situation.patience_ms();
    let mut failed = Failed::default();
    let mut took_ms = 0.0;
    let found = |took_ms| {
        let failed = None;
        Some(Walk { took_ms, failed })
    };
    // When each server was first asked of those questions that it answers together.
    let mut since: Vec<Option<f64>> = vec![None; servers.len()];
    for round in 0..situation.attempts() {
        for (place, probed) in servers.iter().enumerate() {
            let server = probed.resolver.address?;
            let lookup = target(probed, qtype)?;
            let with = |error: &str| format!("lookup {host} on {server}: {error}");
            let is_late = is_late(lookup, patience_ms, |attempt| attempt.edns);
            failed.tries += 1;
            failed.or = None;
            let timeout = || with(&timeout(lookup, server));
            // Its first question got nothing, and Go asks again only when its time for that one is over.
            let of_second_ms = answered_at_the_second_try_ms(lookup);
            if round == 0 && of_second_ms.is_some() {
                took_ms += patience_ms;
                failed.waits += 1;
                failed.error = timeout();
                continue;
            }
            let after_ms = answered_together_ms(lookup).filter(|after_ms| *after_ms > patience_ms - NEAR_WINDOW_MS);
            let is_late = is_late && after_ms.is_none();
            if let Some(after_ms) = after_ms {
                let (together, wait_ms) = together(&mut since[place], took_ms, after_ms, patience_ms);
                took_ms += wait_ms;
                if together != Together::Heard {
                    failed.waits += 1;
                    failed.error = timeout();
                    if together == Together::AtTheEnd {
                        failed.may_be_read |= lookup.kind == AnswerKind::Answer;
                        failed.or = heard_late(lookup.kind).map(with);
                    }
                    continue;
                }
            } else {
                took_ms += if is_late {
                    patience_ms
                } else {
                    of_second_ms.or(lookup.rtt_ms).unwrap_or(0.0)
                };
            }
            failed.error = match lookup.kind {
                _ if is_late => {
                    failed.waits += 1;
                    timeout()
                }
                // Another message came first, and decides.
                AnswerKind::Answer if too_late(lookup) => with("invalid DNS response"),
                AnswerKind::Answer if may_be_too_late(lookup) => return None,
                // What is in a truncated reply over UDP is left aside (src/net/dnsclient_unix.go, exchange).
                _ if !is_cut_over_udp(lookup) && has_some_address(lookup, qtype) => return found(took_ms),
                AnswerKind::Answer => return found(took_ms),
                AnswerKind::NoData | AnswerKind::Referral if is_lame(lookup, version) => {
                    with("lame referral")
                }
                // Before, it was an error of its own (recorded).
                AnswerKind::Truncated
                    if version == Version::Older && is_truncated_over_tcp(lookup) =>
                {
                    with("no answer from DNS server")
                }
                AnswerKind::Truncated if is_cut_over_udp(lookup) => {
                    let error = after_truncation(lookup)?;
                    if error.is_timeout() {
                        failed.waits += 1;
                        took_ms += patience_ms;
                    }
                    with(&error.words(&source(lookup, Transport::Tcp), server))
                }
                AnswerKind::NxDomain
                | AnswerKind::NoData
                | AnswerKind::Referral
                | AnswerKind::Truncated => {
                    failed.error = with("no such host");
                    let failed = Some(failed);
                    return Some(Walk { took_ms, failed });
                }
                // NOERROR in the header, which is all that is read, before Go 1.23.8 (recorded).
                AnswerKind::OtherRcode if version == Version::Older && lookup.rcode == Some(Rcode::BADVERS) => {
                    failed.error = with("no such host");
                    let failed = Some(failed);
                    return Some(Walk { took_ms, failed });
                }
                AnswerKind::ServFail | AnswerKind::Refused | AnswerKind::OtherRcode => {
                    with("server misbehaving")
                }
                AnswerKind::Malformed if is_of_unknown_reason(lookup) => return None,
                AnswerKind::Malformed if lookup.rcode.is_some() => {
                    if record_fault(lookup).is_none() {
                        // Aliases without an address, in a circle or not.
                        failed.error = with("no such host");
                        let failed = Some(failed);
                        return Some(Walk { took_ms, failed });
                    }
                    if let Some(unread) = unread_data(lookup, qtype) {
                        // It asks nobody else then, and the reply to the other type decides as often.
                        let none = unread == OddAddress::Passed;
                        failed.error = with(if none { "no such host" } else { "cannot unmarshal DNS message" });
                        failed.may_be_read = !none;
                        failed.tries = 0;
                        let failed = Some(failed);
                        return Some(Walk { took_ms, failed });
                    }
                    if is_about_a_long_name(lookup) {
                        // An alias to such a name is passed over; a record of such an owner is not, and the next server
                        // is asked. Which of the two it is was not kept.
                        failed.error = with("no such host");
                        failed.or = Some(with("cannot unmarshal DNS message"));
                        failed.may_be_read = servers.len() > 1;
                        let failed = Some(failed);
                        return Some(Walk { took_ms, failed });
                    }
                    // Some records that cannot be read Go reads all the same, such as one longer than the message
                    // (recorded).
                    failed.may_be_read = true;
                    with("cannot unmarshal DNS message")
                }
                AnswerKind::Malformed if has_two_questions(lookup) => with("invalid DNS response"),
                // Replies that do not belong to the question are waited past, until the time is up.
                AnswerKind::Timeout
                | AnswerKind::Malformed
                // No client here asks inside TLS.
                | AnswerKind::Certificate
                | AnswerKind::Handshake
                | AnswerKind::Alpn
                | AnswerKind::HttpError => {
                    failed.waits += 1;
                    took_ms += patience_ms;
                    failed.may_be_read |= lookup.kind == AnswerKind::Timeout && situation.is_answered_late();
                    let gives_up_by_now = took_ms >= SERVERS_GIVE_UP_MS - NEAR_WINDOW_MS;
                    let may_give_up = gives_up_by_now && situation.waits_for_others(probed);
                    failed.or = may_give_up.then(|| with("server misbehaving"));
                    timeout()
                }
                AnswerKind::Unreachable => with(&refused(lookup, server)?),
            };
        }
    }
    let failed = Some(failed);
    Some(Walk { took_ms, failed }).filter(|_| !servers.is_empty())
}

/// Whether the reply over UDP is truncated, and none came over TCP.
fn is_cut_over_udp(lookup: &Lookup) -> bool {
    lookup.kind == AnswerKind::Truncated && !is_truncated_over_tcp(lookup)
}

/// What an address record is to Go whose data is not as long as an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OddAddress {
    /// Of the type that was asked for: it reads as many octets as an address has, whatever stands there, and fails
    /// where the message ends before (recorded).
    Read,
    /// Of another type: it does not look into it.
    Passed,
}

/// Whether it is the length of an address's data that makes the reply malformed.
fn unread_data(lookup: &Lookup, qtype: RecordType) -> Option<OddAddress> {
    match record_fault(lookup)? {
        RecordFault::Length { rtype, .. } if *rtype == qtype => Some(OddAddress::Read),
        RecordFault::Length { .. } => Some(OddAddress::Passed),
        _ => None,
    }
}

/// Whether a reply that comes `after_ms` after the first question of several is heard by the one that is asked at
/// `now_ms`, and how long that waits.
fn together(since: &mut Option<f64>, now_ms: f64, after_ms: f64, patience_ms: f64) -> (Together, f64) {
    let left_ms = |since: f64| since + after_ms - now_ms;
    // One that comes as this question is sent may have been lost before, and is not asked for anew.
    let begun = since
        .filter(|since| left_ms(*since) > -NEAR_WINDOW_MS)
        .unwrap_or(now_ms);
    *since = Some(begun);
    let left_ms = left_ms(begun);
    if left_ms > patience_ms + NEAR_WINDOW_MS {
        (Together::Later, patience_ms)
    } else if left_ms > patience_ms - NEAR_WINDOW_MS {
        (Together::AtTheEnd, patience_ms)
    } else {
        (Together::Heard, left_ms.max(0.0))
    }
}

/// The error where such a reply comes first, and a time-out does not.
fn heard_late(kind: AnswerKind) -> Option<&'static str> {
    match kind {
        AnswerKind::ServFail | AnswerKind::Refused | AnswerKind::OtherRcode => Some("server misbehaving"),
        AnswerKind::NxDomain | AnswerKind::NoData => Some("no such host"),
        _ => None,
    }
}

/// Whether it is a lame referral to this version.
fn is_lame(lookup: &Lookup, version: Version) -> bool {
    let has_answer = lookup.section(Section::Answer).next().is_some();
    let neither = lookup.flags.is_some_and(|flags| !flags.aa && !flags.ra);
    lookup.lame || version == Version::Older && neither && !has_answer
}

/// Whether the answer came behind a message at which Go fails.
fn too_late(lookup: &Lookup) -> bool {
    lookup
        .attempts
        .iter()
        .any(|attempt| attempt.edns && attempt.transport == lookup.transport && attempt.comes_too_late())
}

/// Whether that cannot be told of what came first.
fn may_be_too_late(lookup: &Lookup) -> bool {
    let is_unknown = |mismatch: &Mismatch| mismatch.only_words().is_some();
    lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.edns && attempt.transport == lookup.transport && attempt.rcode.is_some())
        .any(|attempt| attempt.mismatch.as_ref().is_some_and(is_unknown))
}

/// Whether a reply had a second question behind the right one, at which Go does not wait on (tried with Go 1.19.8).
fn has_two_questions(lookup: &Lookup) -> bool {
    lookup.attempts.iter().any(|attempt| {
        let mismatch = attempt.mismatch.as_ref();
        attempt.edns && mismatch.is_some_and(Mismatch::has_several_questions)
    })
}

/// `read udp SRC->SERVER:`, with a placeholder for the port, which only the client knows.
fn io(lookup: &Lookup, server: SocketAddr, operation: &str) -> String {
    let transport = lookup.transport;
    format!(
        "{operation} {} {}->{server}:",
        transport.as_str(),
        source(lookup, transport)
    )
}

/// No reply in time. Over TCP no connection may have come about, and then it is the call to dial that says so.
fn timeout(lookup: &Lookup, server: SocketAddr) -> String {
    let mut attempts = lookup.attempts.iter();
    if lookup.transport == Transport::Tcp && !attempts.any(|attempt| attempt.connected) {
        return OverTcp::NoConnection.words("", server);
    }
    format!("{} i/o timeout", io(lookup, server, "read"))
}

/// Where the client asks from: this host's address, where our own socket showed it.
fn source(lookup: &Lookup, transport: Transport) -> String {
    let mut attempts = lookup.attempts.iter().filter(|attempt| attempt.transport == transport);
    match attempts.find_map(|attempt| attempt.local) {
        Some(IpAddr::V4(address)) => format!("{address}:<port>"),
        Some(IpAddr::V6(address)) => format!("[{address}]:<port>"),
        None => "<client>".to_owned(),
    }
}

/// What is said where the network did not let the question through; `None` where Go's words for it are not known.
///
/// An error says what failed and between whom (src/net/net.go, OpError). A socket of UDP fails as it is connected where
/// this host has no route. What a router or the server sends back by ICMP comes after the question, so it fails as it
/// is read: a port that is closed, and what a firewall prohibits (Linux, net/ipv4/icmp.c, icmp_err_convert). Over TCP
/// all of it comes while the connection is made.
fn refused(lookup: &Lookup, server: SocketAddr) -> Option<String> {
    let is_connected = lookup.transport == Transport::Udp && has_own_address(lookup);
    let (error, comes_back) = match lookup.reason.as_ref()?.network()? {
        NetworkFailure::NoRoute => ("network is unreachable", is_connected),
        NetworkFailure::HostUnreachable => ("no route to host", is_connected),
        NetworkFailure::Refused | NetworkFailure::Reset => ("connection refused", lookup.transport != Transport::Tcp),
        // Which of two errors it is was not kept: EPERM or EACCES.
        NetworkFailure::Forbidden | NetworkFailure::Other { .. } => return None,
    };
    Some(if comes_back {
        format!("{} read: {error}", io(lookup, server, "read"))
    } else {
        format!("dial {} {server}: connect: {error}", lookup.transport.as_str())
    })
}

/// Whether our own socket was connected to the server: it has an address then.
fn has_own_address(lookup: &Lookup) -> bool {
    let mut tries = lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.transport == lookup.transport);
    tries.any(|attempt| attempt.local.is_some())
}

/// How Go fails over TCP, after a truncated reply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OverTcp {
    /// The port is refused.
    Refused,
    /// No connection comes about in time.
    NoConnection,
    /// The first message cannot be read.
    Unreadable,
    /// The first message does not belong to the question.
    Foreign,
    /// The connection ends within a message.
    CutShort,
    /// The connection ends before a message.
    Closed,
    /// The connection is reset.
    Reset,
    /// A connection comes about, and no message.
    Silent,
}

impl OverTcp {
    fn is_timeout(self) -> bool {
        matches!(self, Self::NoConnection | Self::Silent)
    }

    /// Go's words.
    fn words(self, source: &str, server: SocketAddr) -> String {
        match self {
            Self::Refused => format!("dial tcp {server}: connect: connection refused"),
            Self::NoConnection => format!("dial tcp {server}: i/o timeout"),
            Self::Unreadable => "cannot unmarshal DNS message".to_owned(),
            Self::Foreign => "invalid DNS response".to_owned(),
            Self::CutShort => "unexpected EOF".to_owned(),
            Self::Closed => "EOF".to_owned(),
            Self::Reset => format!("read tcp {source}->{server}: read: connection reset by peer"),
            Self::Silent => format!("read tcp {source}->{server}: i/o timeout"),
        }
    }
}

/// TC=1, and TCP did not bring the rest. `None` where the lookup does not say how.
fn after_truncation(lookup: &Lookup) -> Option<OverTcp> {
    let tcp = lookup
        .attempts
        .iter()
        .find(|attempt| attempt.transport == Transport::Tcp && attempt.edns);
    if let Some(attempt) = tcp
        && attempt.connected
        && attempt.rcode.is_none()
    {
        return over_tcp(attempt);
    }
    Some(match tcp.map(|attempt| attempt.kind) {
        Some(AnswerKind::Unreachable) => OverTcp::Refused,
        _ => OverTcp::NoConnection,
    })
}

/// A connection that was made and brought no reply. The first message decides there (Go, src/net/dnsclient_unix.go,
/// dnsStreamRoundTrip; tried with Go 1.19.8).
fn over_tcp(attempt: &Attempt) -> Option<OverTcp> {
    if let Some(mismatch) = &attempt.mismatch {
        return match mismatch {
            mismatch if mismatch.only_words().is_some() => None,
            mismatch if mismatch.is_unreadable() => Some(OverTcp::Unreadable),
            _ => Some(OverTcp::Foreign),
        };
    }
    Some(match &attempt.reason {
        Some(Reason::InWords(_)) => return None,
        // Another protocol's first two octets are taken for a length.
        Some(
            Reason::Ended {
                end: TcpEnd::Closed,
                begun: Some(_),
            }
            | Reason::OtherProtocol { .. },
        ) => OverTcp::CutShort,
        Some(Reason::Ended {
            end: TcpEnd::Closed,
            begun: None,
        }) => OverTcp::Closed,
        Some(
            Reason::Ended { end: TcpEnd::Reset, .. }
            | Reason::Network {
                failure: NetworkFailure::Reset,
            },
        ) => OverTcp::Reset,
        _ => OverTcp::Silent,
    })
}

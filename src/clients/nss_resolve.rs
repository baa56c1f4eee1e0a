//! glibc's getaddrinfo where nsswitch.conf leads it to systemd-resolved (nss-resolve(8)).
//!
//! Recorded with systemd 252 (fixtures/clients/resolved.json): whatever systemd-resolved says of a name without an
//! address, SERVFAIL and REFUSED too, getaddrinfo says that the name is not known. Only where its name server's
//! truncated reply cannot be had over TCP is it EAI_AGAIN, and where the name servers are silent getaddrinfo waits for
//! more than 90 s. What systemd-resolved says is what its stub says, where resolv.conf names it; else what its name
//! servers say, where they agree.

use std::net::IpAddr;

use super::gai::{AGAIN, Gai, NONAME};
use super::{Situation, is_at, target};
use crate::dns::{AnswerKind, RecordType};
use crate::facts::platform::{HostsLine, LookupPath};
use crate::probed::Probed;

/// The addresses of its stub (systemd-resolved.service(8)).
const STUB: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 53)),
    IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 54)),
];

/// What systemd-resolved makes of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ResolvedOutcome {
    Addresses,
    None,
    /// Truncated, and no more to be had.
    Cut,
    Silence,
}

/// What getaddrinfo gives; `None` where that is not known.
pub(super) fn said(situation: &Situation<'_>) -> Option<Gai> {
    situation.said_by_the_system().or_else(|| {
        Some(match outcome(situation)? {
            ResolvedOutcome::Addresses => Gai::resolves(),
            ResolvedOutcome::None => Gai::of(NONAME),
            ResolvedOutcome::Cut => Gai::of(AGAIN),
            ResolvedOutcome::Silence => return None,
        })
    })
}

/// Whether getaddrinfo waits longer than a client does.
pub(super) fn hangs(situation: &Situation<'_>) -> bool {
    situation.hosts_line().map(HostsLine::path) == Some(LookupPath::Resolved)
        && !situation.is_in_hosts_file(false)
        && situation.system().is_none()
        && outcome(situation) == Some(ResolvedOutcome::Silence)
}

fn outcome(situation: &Situation<'_>) -> Option<ResolvedOutcome> {
    let servers = situation.servers();
    let stub = servers.iter().find(|probed| is_at(probed, &STUB));
    let by_stub = stub.and_then(|stub| of(stub));
    if by_stub.is_some_and(|outcome| outcome != ResolvedOutcome::Silence) {
        return by_stub;
    }
    let asked = situation
        .facts
        .host
        .split_dns()?
        .asked_for(&situation.target.hostname)
        .servers;
    let is_asked = |probed: &&Probed| probed.resolver.address.is_some_and(|address| asked.contains(&address));
    let mut behind = situation.all.iter().filter(is_asked).map(of);
    let first = behind.next()??;
    let agree = behind.all(|outcome| outcome == Some(first));
    // A stub that is silent while its servers are not has a reason that is not seen from here.
    (agree && (by_stub.is_none() || matches!(first, ResolvedOutcome::Silence | ResolvedOutcome::Cut))).then_some(first)
}

/// What a server's replies come to.
fn of(probed: &Probed) -> Option<ResolvedOutcome> {
    let kinds = [
        target(probed, RecordType::A)?.kind,
        target(probed, RecordType::AAAA)?.kind,
    ];
    let all = |is: fn(AnswerKind) -> bool| kinds.iter().all(|kind| is(*kind));
    Some(if kinds.contains(&AnswerKind::Answer) {
        ResolvedOutcome::Addresses
    } else if all(|kind| kind == AnswerKind::Truncated) {
        ResolvedOutcome::Cut
    } else if all(|kind| kind == AnswerKind::Timeout) {
        ResolvedOutcome::Silence
    } else {
        ResolvedOutcome::None
    })
}

//! kubectl on macOS and Windows, where Go asks the operating system (libSystem, GetAddrInfoW): its message names no
//! server.
//!
//! From Go's source (src/net/cgo_unix.go, lookup_windows.go): a name that does not exist is "no such host", and so is
//! one without addresses where the system has a code of its own for it (on macOS; on Windows see [`HOST_NOT_FOUND`]);
//! for every other failure it is the system's own text. Where this host's getaddrinfo was asked,
//! its failure is the one that is put into words. Else only what the name servers say of a name that does not exist is
//! predicted, and on Windows of one without addresses. Not run on either.

use super::{ClientResult, Situation, kubectl, target};
use crate::dns::{AnswerKind, RecordType};
use crate::facts::System;
use crate::observation::{SystemCode, SystemFailure};
use crate::probed::Probed;

/// Windows Sockets Error Codes: WSAHOST_NOT_FOUND. Of those that GetAddrInfoW gives, it alone is "no such host" to Go
/// (`winError` in src/net/lookup_windows.go, in Go 1.19, and in the versions with `newDNSError`, 1.23 and later). Of
/// WSANO_DATA, 11004, Go prints Windows' text. In a later state of that file, where the call is `getaddrinfoexw`, it is
/// "no such host" too; which release has that is not known, so it is not predicted.
const HOST_NOT_FOUND: i32 = 11001;
/// What Windows says of WSANO_DATA, 11004, in English.
const NO_DATA: &str = "getaddrinfow: The requested name is valid, but no data of the requested type was found.";
const NO_SUCH_HOST: &str = "no such host";

/// What kubectl would print; `None` where that is not known.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    if let Some(refusal) = situation.refusal() {
        return refusal.line().map(|line| ClientResult::of(&line));
    }
    if situation.hands_lookups_on() {
        return None;
    }
    let is_windows = situation.system == Some(System::Windows);
    let texts = match situation.system() {
        Some(system) if !system.addresses.is_empty() => return Some(ClientResult::resolves()),
        Some(system) => vec![text(system.failure.as_ref()?, is_windows)],
        // What the system asks is not known: a resolv.conf that was named says nothing of it.
        None if situation.facts.host.split_dns().is_none() && !situation.is_in_hosts_file(false) => return None,
        None if situation.is_in_hosts_file(false) || situation.found_below_a_suffix => {
            return Some(ClientResult::resolves());
        }
        None => match kind(situation)? {
            AnswerKind::Answer => return Some(ClientResult::resolves()),
            AnswerKind::NxDomain => vec![NO_SUCH_HOST.to_owned()],
            // Which of its codes Windows gives for it is not known: WSANO_DATA is the one for it.
            AnswerKind::NoData if is_windows => vec![NO_DATA.to_owned(), NO_SUCH_HOST.to_owned()],
            _ => return None,
        },
    };
    let host = situation.name_for_go();
    let mut said = ClientResult::default();
    for text in texts {
        said.add(ClientResult::of(&kubectl(situation, &format!("lookup {host}: {text}"))));
    }
    Some(said)
}

/// What Go makes of the system's failure.
fn text(failure: &SystemFailure, is_windows: bool) -> String {
    let own = if is_windows {
        format!("getaddrinfow: {}", failure.text)
    } else {
        failure.text.clone()
    };
    match failure.code {
        _ if is_windows && failure.number == HOST_NOT_FOUND => NO_SUCH_HOST.to_owned(),
        SystemCode::NoName | SystemCode::NoData if !is_windows => NO_SUCH_HOST.to_owned(),
        _ => own,
    }
}

/// What the first of the name servers says that the system asks for the name: of a family that is not there, what the
/// other one is.
pub(super) fn kind(situation: &Situation<'_>) -> Option<AnswerKind> {
    let asked = situation
        .facts
        .host
        .split_dns()?
        .asked_for(&situation.target.hostname)
        .servers;
    let is_asked = |probed: &&Probed| probed.resolver.address.is_some_and(|address| asked.contains(&address));
    let server = situation.all.iter().find(is_asked);
    let server = server.or_else(|| situation.named.first().copied().filter(|_| asked.is_empty()))?;
    let a = target(server, RecordType::A)?.kind;
    let aaaa = target(server, RecordType::AAAA)?.kind;
    Some(match (a, aaaa) {
        (AnswerKind::Answer, _) | (_, AnswerKind::Answer) => AnswerKind::Answer,
        (AnswerKind::NxDomain, AnswerKind::NxDomain) => AnswerKind::NxDomain,
        (a, aaaa) if a.is_negative() && aaaa.is_negative() => AnswerKind::NoData,
        (a, aaaa) if a.is_negative() => aaaa,
        (a, _) => a,
    })
}

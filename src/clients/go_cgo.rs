//! Go programs that ask the C library (cgo): glibc's answer in Go's words, without a server.
//!
//! Recorded with Go 1.19.8 and 1.27.3 (fixtures/clients/recorded.json). EAI_NONAME is "no such host"; EAI_NODATA too
//! since Go 1.21 (src/net/cgo_unix.go), and before that the C library's own text.

use super::gai::Gai;
use super::glibc::{self, Simulated};
use super::{ClientResult, DIAL_MS, NEAR_MS, Situation, deadline, kubectl, nss_resolve};
use crate::observation::SystemCode;

/// What kubectl would print, were it built with cgo.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    if let Some(refusal) = situation.refusal() {
        return refusal.line().map(|line| ClientResult::of(&line));
    }
    if situation.hands_lookups_on() {
        return None;
    }
    if nss_resolve::hangs(situation) {
        return Some(deadline(situation));
    }
    let Simulated { gai, waited_ms } = glibc::simulate(situation)?;
    if waited_ms > DIAL_MS + NEAR_MS {
        return Some(deadline(situation));
    }
    let Gai { resolves, errors } = gai;
    let host = situation.name_for_go();
    let mut said = ClientResult {
        resolves,
        ..ClientResult::default()
    };
    for error in &errors {
        let text = error.text.as_str();
        let texts: &[&str] = match error.code {
            SystemCode::NoName => &["no such host"],
            SystemCode::NoData => &["no such host", text],
            _ => &[text],
        };
        for text in texts {
            said.add(ClientResult::of(&kubectl(situation, &format!("lookup {host}: {text}"))));
        }
    }
    if waited_ms > DIAL_MS - NEAR_MS {
        said.add(deadline(situation));
    }
    Some(said)
}

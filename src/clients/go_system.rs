//! kubectl on macOS and Windows, where Go asks the operating system (libSystem, getaddrinfoW): its message names no server.
//!
//! From Go's source (src/net/cgo_unix.go, lookup_windows.go): a name that does not exist is "no such host". What the two
//! systems make of anything else was not recorded, and is not predicted. Not run on either.

use super::{Said, Situation, kubectl, target};
use crate::dns::{AnswerKind, RecordType};

/// What kubectl would print; `None` where that is not known.
pub(super) fn said(situation: &Situation<'_>) -> Option<Said> {
    if situation.found_otherwise() {
        return Some(Said::resolves());
    }
    let server = situation.servers().next()?;
    let kinds = [
        target(server, RecordType::A)?.kind,
        target(server, RecordType::AAAA)?.kind,
    ];
    if kinds.contains(&AnswerKind::Answer) {
        return Some(Said::resolves());
    }
    let host = &situation.target.hostname;
    let denied = kinds.iter().all(|kind| *kind == AnswerKind::NxDomain);
    denied.then(|| Said::of(&kubectl(situation, &format!("lookup {host}: no such host"))))
}

//! Programs on macOS that use libSystem's getaddrinfo. Not run there: what it says of a name that does not exist is as
//! users reported it (kubernetes/kubectl#48); of anything else, what this host's getaddrinfo said, where it was asked.

use super::{ClientResult, Situation, go_system};
use crate::dns::AnswerKind;

/// What gai_strerror says of EAI_NONAME.
const NONAME: &str = "nodename nor servname provided, or not known";

/// What getaddrinfo's error reads; `None` where that is not known.
pub(super) fn said(situation: &Situation<'_>) -> Option<ClientResult> {
    if let Some(said) = situation.said_by_the_system() {
        return Some(said.into());
    }
    let is_known = situation.facts.host.split_dns().is_some();
    if situation.is_in_hosts_file(false) || is_known && situation.found_below_a_suffix {
        return Some(ClientResult::resolves());
    }
    match go_system::kind(situation)? {
        AnswerKind::Answer => Some(ClientResult::resolves()),
        AnswerKind::NxDomain => Some(ClientResult::of(NONAME)),
        _ => None,
    }
}

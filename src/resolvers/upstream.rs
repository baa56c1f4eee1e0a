//! The name servers behind this host's stub, where the stub says which they are: what it could have asked.

use super::{Candidate, Role};
use crate::facts::Facts;
use crate::observation::Transport;
use crate::settings::Settings;

/// Evidence, and never in scope: which of them the stub asks for which name is its own affair.
pub(super) fn derive(_: &Settings, facts: &Facts) -> Vec<Candidate> {
    let Some(upstreams) = facts.upstreams.as_ref().filter(|stub| !stub.defaulted) else {
        return Vec::new();
    };
    let known_from = format!("systemd-resolved forwards to it ({})", upstreams.source);
    upstreams
        .name_servers
        .iter()
        .enumerate()
        .map(|(index, address)| Candidate {
            label: Some(format!("upstream-{}", index + 1)),
            role: Role::Custom,
            in_scope: false,
            address: Some(*address),
            transport: Some(Transport::Udp),
            known_from: known_from.clone(),
            vpc: None,
            is_elsewhere: false,
            is_derived: true,
        })
        .collect()
}

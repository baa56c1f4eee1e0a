//! The name servers of this host's stub configuration, each by itself.

use super::{Candidate, Role};
use crate::facts::Facts;
use crate::observation::Transport;
use crate::settings::Settings;

pub(super) fn derive(_: &Settings, facts: &Facts) -> Vec<Candidate> {
    let Some(stub) = &facts.stub else {
        return Vec::new();
    };
    let transport = if stub.use_vc {
        Transport::Tcp
    } else {
        Transport::Udp
    };
    let known_from = if stub.defaulted {
        format!("{} names no name server: loopback is asked", stub.source)
    } else {
        format!("nameserver in {}", stub.source)
    };
    stub.name_servers
        .iter()
        .map(|address| Candidate {
            label: None,
            role: Role::Local,
            in_scope: true,
            address: Some(*address),
            transport: Some(transport),
            known_from: known_from.clone(),
            vpc: None,
            is_elsewhere: false,
            is_derived: false,
        })
        .collect()
}

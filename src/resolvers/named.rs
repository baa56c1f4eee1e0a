//! The resolvers that the user named.

use std::net::SocketAddr;

use super::{Candidate, Role};
use crate::facts::Facts;
use crate::observation::Transport;
use crate::settings::Settings;

fn candidate(role: Role, address: SocketAddr, known_from: &str) -> Candidate {
    Candidate {
        label: None,
        role,
        in_scope: role != Role::Public,
        address: Some(address),
        transport: Some(Transport::Udp),
        known_from: known_from.to_owned(),
        vpc: None,
        is_elsewhere: false,
        is_derived: false,
    }
}

pub(super) fn vpc(settings: &Settings, _: &Facts) -> Vec<Candidate> {
    let addresses = settings.vpc_resolvers.iter();
    addresses
        .map(|address| candidate(Role::Vpc, *address, "--vpc-resolver"))
        .collect()
}

pub(super) fn inbound(settings: &Settings, _: &Facts) -> Vec<Candidate> {
    let addresses = settings.inbound.iter();
    addresses
        .map(|address| candidate(Role::Inbound, *address, "--inbound"))
        .collect()
}

pub(super) fn custom(settings: &Settings, _: &Facts) -> Vec<Candidate> {
    let resolvers = settings.resolvers.iter();
    resolvers
        .map(|named| Candidate {
            label: named.label.clone(),
            transport: Some(named.transport),
            ..candidate(Role::Custom, named.address, "--resolver")
        })
        .collect()
}

pub(super) fn public(settings: &Settings, _: &Facts) -> Vec<Candidate> {
    let addresses = settings.public_resolvers.iter();
    addresses
        .map(|address| candidate(Role::Public, *address, "public control"))
        .collect()
}

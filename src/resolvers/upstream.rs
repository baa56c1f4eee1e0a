//! The name servers behind this host's stub, or beside it: those that its operating system knows, for some names or
//! all.

use std::net::SocketAddr;

use super::{CandidateResolver, Role};
use crate::facts::Facts;
use crate::limits;
use crate::observation::Transport;
use crate::settings::Settings;

/// Evidence, and never in scope: which of them is asked for which name is the operating system's own affair. Those that
/// it asks for the target come first.
pub(super) fn derive(settings: &Settings, facts: &Facts) -> Vec<CandidateResolver> {
    let mut found: Vec<(SocketAddr, String)> = Vec::new();
    // Those of resolv.conf are asked for what they are: the name servers of this host.
    let own = facts.host.stub.as_ref().map(|stub| stub.name_servers.as_slice());
    let mut add = |address: SocketAddr, known_from: String| {
        if own.is_some_and(|own| own.contains(&address)) {
            return;
        }
        if !found.iter().any(|(other, _)| *other == address) && found.len() < limits::UPSTREAMS {
            found.push((address, known_from));
        }
    };
    if let Some(split) = facts.host.split_dns() {
        let target = settings.target.as_ref().map(|target| &target.hostname);
        let asked = target.map(|target| split.asked_for(target).servers);
        let all = split.scopes.iter().flat_map(|scope| &scope.servers);
        for address in asked.iter().flatten().chain(all) {
            let scopes: Vec<&str> = split.scopes_of(*address).map(|scope| scope.name.as_str()).collect();
            let known_from = format!(
                "{} has it for {} ({})",
                split.chooser.title(),
                scopes.join(", "),
                split.source
            );
            add(*address, known_from);
        }
    }
    if let Some(upstreams) = facts.host.upstreams.as_ref().filter(|stub| !stub.defaulted) {
        for address in &upstreams.name_servers {
            let known_from = format!("systemd-resolved forwards to it ({})", upstreams.source);
            add(*address, known_from);
        }
    }
    found
        .into_iter()
        .enumerate()
        .map(|(index, (address, known_from))| CandidateResolver {
            label: Some(format!("upstream-{}", index + 1)),
            role: Role::Custom,
            in_scope: false,
            address: Some(address),
            transport: Some(Transport::Udp),
            tls: None,
            known_from,
            vpc: None,
            is_elsewhere: false,
            is_derived: true,
        })
        .collect()
}

//! The name servers of this host's stub configuration, each by itself. What no client asks decides nothing.

use super::{CandidateResolver, Role, system};
use crate::facts::{Chooser, Facts};
use crate::limits;
use crate::observation::Transport;
use crate::settings::Settings;

pub(super) fn derive(settings: &Settings, facts: &Facts) -> Vec<CandidateResolver> {
    let Some(stub) = &facts.host.stub else {
        return Vec::new();
    };
    let transport = if stub.use_vc { Transport::Tcp } else { Transport::Udp };
    // On Windows every program asks the system, which takes the best of what its adapters' name servers say.
    let is_windows = facts
        .host
        .split_dns()
        .is_some_and(|split| split.chooser == Chooser::Windows);
    let in_scope = !(is_windows && system::is_asked(settings));
    let known_from = if is_windows {
        format!("name server of this host ({})", stub.source)
    } else if stub.defaulted {
        format!("{} names no name server: loopback is asked", stub.source)
    } else {
        format!("nameserver in {}", stub.source)
    };
    let of_all = stub
        .name_servers
        .iter()
        .zip(1..)
        .map(|(address, place)| CandidateResolver {
            label: None,
            role: Role::Local,
            in_scope: in_scope && (is_windows || place <= limits::NAME_SERVERS_USED),
            address: Some(*address),
            transport: Some(transport),
            tls: None,
            known_from: if is_windows || place <= limits::NAME_SERVERS_USED {
                known_from.clone()
            } else {
                format!("{known_from}, behind the third: glibc, musl and Go take three")
            },
            vpc: None,
            is_elsewhere: false,
            is_derived: false,
        });
    // kubectl does not ask them: they are asked for what else this host does with its file.
    let of_libc = stub
        .libc
        .asked()
        .into_iter()
        .filter(|address| !stub.name_servers.contains(address));
    let of_libc = of_libc.map(|address| CandidateResolver {
        label: None,
        role: Role::Local,
        in_scope: false,
        address: Some(address),
        transport: Some(transport),
        tls: None,
        known_from: format!(
            "asked by the C library alone, which reads {} otherwise than Go",
            stub.source
        ),
        vpc: None,
        is_elsewhere: false,
        is_derived: false,
    });
    of_all.chain(of_libc).collect()
}

//! The operating system's own lookup (getaddrinfo).

use super::{CandidateResolver, Role};
use crate::facts::Facts;
use crate::settings::Settings;

/// Left out with `--no-os`, with `--no-local`, and where another resolv.conf or hosts file is read:
/// getaddrinfo cannot be pointed at those.
pub(super) fn derive(settings: &Settings, _: &Facts) -> Vec<CandidateResolver> {
    if !is_asked(settings) {
        return Vec::new();
    }
    vec![CandidateResolver {
        label: None,
        role: Role::Os,
        in_scope: true,
        address: None,
        transport: None,
        tls: None,
        known_from: "getaddrinfo on this host".to_owned(),
        vpc: None,
        is_elsewhere: false,
        is_derived: false,
    }]
}

/// Whether it is asked.
pub(super) fn is_asked(settings: &Settings) -> bool {
    let elsewhere = settings.resolv_conf.is_some() || settings.hosts_file.is_some();
    !(settings.no_os || settings.no_local || elsewhere)
}

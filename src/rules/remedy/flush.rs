//! Emptying caches, for the resolver software at hand.
//!
//! Syntax: rndc(8), unbound-control(8), rec_control(1), dnsmasq(8), resolvectl(1), and Windows' ipconfig and
//! DnsServer module. dnsmasq empties its whole cache on SIGHUP.

use super::super::{Case, Remedy};
use super::here;
use crate::software::Software;

/// Drops what caches on the way hold of the endpoint's name.
pub fn name(case: &Case<'_>) -> Vec<Remedy> {
    let name = case.own_zone();
    let own = here::flush(case);
    let mut lines = vec![
        (Software::Bind, format!("# BIND\nrndc flushname {name}")),
        (Software::Unbound, format!("# Unbound\nunbound-control flush {name}")),
        (
            Software::Pdns,
            format!("# PowerDNS Recursor\nrec_control wipe-cache {name}"),
        ),
        (Software::Dnsmasq, "# dnsmasq\nsudo pkill -HUP -x dnsmasq".to_owned()),
        (
            Software::SystemdResolved,
            "# systemd-resolved\nresolvectl flush-caches".to_owned(),
        ),
        (
            Software::Windows,
            "# Windows DNS server (PowerShell)\nClear-DnsServerCache".to_owned(),
        ),
    ];
    // Where this host's own line is there, a client of another kind has no part in it.
    if own.is_none() {
        lines.push((Software::Windows, "# Windows client\nipconfig /flushdns".to_owned()));
    }
    let mut remedies = Remedy::in_software(
        "Drop the old answer from the caches on the way, the one nearest to AWS first",
        lines,
    );
    remedies.extend(own);
    remedies
}

//! Emptying caches, for the resolver software at hand.
//!
//! Syntax: rndc(8), unbound-control(8), rec_control(1), dnsmasq(8), resolvectl(1), and Windows' ipconfig and
//! DnsServer module. dnsmasq empties its whole cache on SIGHUP.

use super::super::{Case, Remedy};

/// Drops what caches on the way hold of the endpoint's name.
pub fn name(case: &Case<'_>) -> Remedy {
    let name = case.own_zone();
    Remedy::new(
        "Drop the old answer from the caches on the way, the one nearest to AWS first",
        [
            format!("# BIND\nrndc flushname {name}"),
            format!("# Unbound\nunbound-control flush {name}"),
            format!("# PowerDNS Recursor\nrec_control wipe-cache {name}"),
            "# dnsmasq\nsudo pkill -HUP -x dnsmasq".to_owned(),
            "# systemd-resolved\nresolvectl flush-caches".to_owned(),
            "# Windows DNS server (PowerShell)\nClear-DnsServerCache".to_owned(),
            "# Windows client\nipconfig /flushdns".to_owned(),
        ],
    )
}

//! Addresses of the pages that filters show in the place of what they block.

use std::net::IpAddr;

use crate::address::is_umbrella_block_page;

/// The finding that an address of such a page shows, and why. Cisco lists the pages' addresses, 146.112.61.104 to
/// 146.112.61.110, in "Learn the Umbrella Block Page IP Addresses" (document 224799).
pub(super) fn of(ip: IpAddr) -> Option<(&'static str, String)> {
    let ip = ip.to_canonical();
    is_umbrella_block_page(ip).then(|| {
        let why = format!("{ip} is of the network where Cisco Umbrella has its block pages, and of no cluster");
        ("sinkhole-answer", why)
    })
}

//! The name servers that DHCP gives to the hosts of a VPC.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::facts::DhcpOptions;
use crate::rules::Case;

/// The addresses of the VPC's resolver that are the same in every VPC (Amazon VPC User Guide, "Amazon DNS server").
pub(in crate::rules) const IN_EVERY_VPC: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
];

/// The name servers that an option set names.
#[derive(Debug, Default)]
pub(in crate::rules) struct DhcpServers {
    /// The VPC's own resolver is among them.
    pub(in crate::rules) amazon: bool,
    /// The others, in their order.
    pub(in crate::rules) custom: Vec<IpAddr>,
}

/// The name servers of the cluster's VPC by DHCP; `None` where it has no option set, or the set names none.
pub(in crate::rules) fn named(case: &Case<'_>) -> Option<(DhcpServers, DhcpOptions)> {
    let options = case.dhcp_options()?;
    let is_own = !case.is_of_another_endpoint();
    if options.id == "default" || !is_own || options.domain_name_servers.is_empty() {
        return None;
    }
    let resolver = case.vpc().and_then(crate::facts::Vpc::resolver);
    let mut named = DhcpServers::default();
    for server in &options.domain_name_servers {
        match server.parse::<IpAddr>() {
            Ok(ip) if resolver == Some(ip) || IN_EVERY_VPC.contains(&ip) => named.amazon = true,
            Ok(ip) => named.custom.push(ip),
            Err(_) => named.amazon |= server.eq_ignore_ascii_case("AmazonProvidedDNS"),
        }
    }
    Some((named, options.clone()))
}

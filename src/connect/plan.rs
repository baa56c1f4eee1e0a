//! Where to connect: the addresses that were given for the endpoint.

use std::net::IpAddr;

use crate::endpoint::HTTPS;
use crate::limits;
use crate::observation::Purpose;
use crate::probed::Probed;

/// An address to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectAddress {
    /// The address.
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
    /// The resolvers that gave it, in their order.
    pub given_by: Vec<String>,
}

/// The addresses that the resolvers and the operating system gave for the endpoint, each once, in the order in which
/// they are first met; and how many there are beyond [`limits::CONNECTIONS`]. An address that stands for this host, or
/// for many, is none to connect to.
pub fn targets(observations: &[Probed], port: Option<u16>) -> (Vec<ConnectAddress>, usize) {
    let mut found: Vec<ConnectAddress> = Vec::new();
    for probed in observations {
        let of_system = probed.system.iter().flat_map(|system| &system.addresses);
        let of_lookups = probed
            .lookups
            .iter()
            .filter(|lookup| lookup.purpose == Purpose::Target)
            .flat_map(|lookup| &lookup.addresses);
        let mut own: Vec<IpAddr> = of_system.chain(of_lookups).copied().collect();
        own.sort_unstable();
        own.dedup();
        own.retain(|ip| !ip.is_unspecified() && !ip.is_multicast());
        for ip in own {
            let name = &probed.resolver.name;
            match found.iter_mut().find(|port| port.ip == ip) {
                Some(known) => known.given_by.push(name.clone()),
                None => found.push(ConnectAddress {
                    ip,
                    port: port.unwrap_or(HTTPS),
                    given_by: vec![name.clone()],
                }),
            }
        }
    }
    let beyond = found.len().saturating_sub(limits::CONNECTIONS);
    found.truncate(limits::CONNECTIONS);
    (found, beyond)
}

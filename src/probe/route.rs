//! Where a resolver's address leads: the seam between the prober and the lab.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::observation::Transport;

/// Turns the address of a resolver into the one that a socket connects to.
pub trait SocketRoute: Send + Sync {
    /// The address to connect to; an error where the route has none, which counts as unreachable.
    fn to(&self, server: SocketAddr, transport: Transport) -> io::Result<SocketAddr>;

    /// This host's address towards a server that a route leads elsewhere; `None` where nobody says it.
    fn own(&self, _server: SocketAddr) -> Option<IpAddr> {
        None
    }

    /// The address that a datagram came from, as a person knows it.
    fn from(&self, socket: SocketAddr) -> SocketAddr {
        socket
    }
}

/// Where the kernel sends what goes to an address: Linux takes 0.0.0.0 and :: for this host itself (ip(7), INADDR_ANY;
/// net/ipv4/route.c, ip_route_output_key_hash_rcu: a destination of 0 is loopback), and what answers there answers from
/// loopback.
pub fn leads_to(server: SocketAddr) -> SocketAddr {
    match server.ip() {
        IpAddr::V4(ip) if cfg!(unix) && ip.is_unspecified() => (Ipv4Addr::LOCALHOST, server.port()).into(),
        IpAddr::V6(ip) if cfg!(unix) && ip.is_unspecified() => (Ipv6Addr::LOCALHOST, server.port()).into(),
        _ => server,
    }
}

/// The real network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

impl SocketRoute for Direct {
    fn to(&self, server: SocketAddr, _: Transport) -> io::Result<SocketAddr> {
        Ok(leads_to(server))
    }
}

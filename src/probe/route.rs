//! Where a resolver's address leads: the seam between the prober and the lab.

use std::io;
use std::net::{IpAddr, SocketAddr};

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

/// The real network: an address leads to itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Direct;

impl SocketRoute for Direct {
    fn to(&self, server: SocketAddr, _: Transport) -> io::Result<SocketAddr> {
        Ok(server)
    }
}

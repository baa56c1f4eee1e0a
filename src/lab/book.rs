//! From the addresses of a scenario to the sockets that play them.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use crate::observation::Transport;
use crate::probe::Route;

/// The address book. It knows the scenario's servers and refuses every other address, so that nothing in a
/// scenario can reach a real network.
#[derive(Debug, Default)]
pub(super) struct AddressBook {
    entries: BTreeMap<(SocketAddr, Transport), SocketAddr>,
}

impl AddressBook {
    pub(super) fn insert(&mut self, address: SocketAddr, transport: Transport, socket: SocketAddr) {
        self.entries.insert((address, transport), socket);
    }
}

impl Route for AddressBook {
    fn to(&self, server: SocketAddr, transport: Transport) -> io::Result<SocketAddr> {
        self.entries
            .get(&(server, transport))
            .copied()
            .ok_or_else(|| io::Error::other(format!("{server} is not a server of this scenario")))
    }
}

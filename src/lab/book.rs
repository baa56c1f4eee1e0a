//! From the addresses of a scenario to the sockets that play them.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::observation::Transport;
use crate::probe::SocketRoute;

/// The address book. It knows the scenario's servers and refuses every other address, so that nothing in a
/// scenario can reach a real network.
#[derive(Debug, Default)]
pub(super) struct AddressBook {
    entries: BTreeMap<(SocketAddr, Transport), SocketAddr>,
    /// Sockets that only send, and the addresses they play.
    senders: BTreeMap<SocketAddr, SocketAddr>,
    /// This host's address towards a server, where the scenario says it.
    own: BTreeMap<SocketAddr, IpAddr>,
}

impl AddressBook {
    pub(super) fn insert(&mut self, address: SocketAddr, transport: Transport, socket: SocketAddr) {
        self.entries.insert((address, transport), socket);
    }

    pub(super) fn insert_own(&mut self, server: SocketAddr, own: IpAddr) {
        self.own.insert(server, own);
    }

    pub(super) fn insert_sender(&mut self, address: SocketAddr, socket: SocketAddr) {
        self.senders.insert(socket, address);
    }
}

impl SocketRoute for AddressBook {
    fn to(&self, server: SocketAddr, transport: Transport) -> io::Result<SocketAddr> {
        self.entries
            .get(&(server, transport))
            .copied()
            .ok_or_else(|| io::Error::other(format!("{server} is not a server of this scenario")))
    }

    fn own(&self, server: SocketAddr) -> Option<IpAddr> {
        self.own.get(&server).copied()
    }

    fn from(&self, socket: SocketAddr) -> SocketAddr {
        let asked = || {
            let mut entries = self.entries.iter();
            entries.find_map(|((address, _), known)| (*known == socket).then_some(*address))
        };
        self.senders.get(&socket).copied().or_else(asked).unwrap_or(socket)
    }
}

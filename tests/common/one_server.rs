//! A check of one name server.

use std::net::SocketAddr;

/// The flags of a check of one name server, and of nothing of this host.
pub(crate) fn flags(server: SocketAddr) -> String {
    format!("--resolver one={server} --no-local --no-os --no-controls --timeout 2s")
}

//! tailscaled's log.

use super::seen;
use crate::pasted::words::socket;
use crate::pasted::{MessageSeen, Symptom, between};

pub(super) fn line(line: &str) -> Option<MessageSeen> {
    // tailscale/tailscale, net/dns/resolver/forwarder.go; net/dns/manager.go over TCP, wgengine/netstack/netstack.go
    // over UDP.
    const LEADS: &[&str] = &[
        "dns: resolver: ",
        "dns udp query: ",
        "dns: tcp query: ",
        "waiting for response or error from [",
        "dns-forward-failing",
    ];
    // net/dns/resolver/forwarder.go, sendUDP: SERVFAIL alone is said so.
    const OF_SERVERS: &[&str] = &[
        "recv: response code indicating server failure",
        "response code indicates server issue",
    ];
    if OF_SERVERS.iter().any(|said| line.contains(said)) {
        let server = between(line, "resolving using \"", "\"").and_then(socket);
        return Some(seen(Symptom::ForwardFailed, None, server));
    }
    // What tailscale status shows of the warning dns-forward-failing, as users published it.
    if line.contains("Tailscale can't reach the configured DNS servers") {
        return Some(seen(Symptom::Forward, None, None));
    }
    if !LEADS.iter().any(|lead| line.contains(lead)) {
        return None;
    }
    if line.contains("no upstream resolvers set") {
        return Some(seen(Symptom::NoServer, None, None));
    }
    let server = between(line, "from [", "]")
        .or_else(|| between(line, "exchange with \"", "\""))
        .and_then(|server| socket(server.split([' ', ',']).next()?));
    let host = between(line, "\"", "\"").filter(|host| host.contains('.'));
    let is_error = [
        "deadline exceeded",
        "timeout",
        "waiting for response",
        "failing",
        "unreachable",
    ]
    .iter()
    .any(|word| line.contains(word));
    is_error.then(|| seen(Symptom::Forward, host, server))
}

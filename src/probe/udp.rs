//! One try over UDP: a connected socket, so that the kernel hands us what ICMP says of the port.

#![expect(clippy::disallowed_methods, reason = "the prober opens the sockets")]

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::exchange::{Heard, Try};
use super::wire::{Decoded, OutgoingQuery};
use crate::dns::AnswerKind;
use crate::limits;

/// Sends the query and waits past whatever does not belong to it until `end`. A reply that is only a header
/// is reported through `bare_header`, and waited past too, as Go does.
pub(super) async fn attempt(
    server: SocketAddr,
    query: &OutgoingQuery,
    end: Instant,
    bare_header: mpsc::UnboundedSender<()>,
) -> Try {
    let socket = match connect_and_send(server, query).await {
        Ok(socket) => socket,
        Err(error) => return Try::network(&error),
    };
    let mut heard = Heard::default();
    let mut buffer = vec![0; limits::REPLY];
    loop {
        let received = match timeout_at(end, socket.recv(&mut buffer)).await {
            Err(_) => return Try::silent(heard),
            Ok(Err(error)) => {
                return Try {
                    heard,
                    ..Try::network(&error)
                };
            }
            Ok(Ok(length)) => &buffer[..length],
        };
        match query.decode(received) {
            Decoded::Reply(reply) => {
                return Try {
                    heard,
                    ..Try::reply(reply, Some(socket))
                };
            }
            Decoded::HeaderOnly(rcode) => {
                // Told once, however many come. The exchange may be over already; then nobody needs to know.
                if heard.bare_header.replace(rcode).is_none() {
                    let _ = bare_header.send(());
                }
            }
            Decoded::Mismatch(reason) => {
                heard.mismatch(reason);
                if heard.mismatched_replies >= limits::MISMATCHED_REPLIES {
                    return Try {
                        kind: Some(AnswerKind::Malformed),
                        ..Try::silent(heard)
                    };
                }
            }
        }
    }
}

async fn connect_and_send(server: SocketAddr, query: &OutgoingQuery) -> io::Result<UdpSocket> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    // Port 0 each time: a fresh source port, chosen by the kernel (RFC 5452 section 9.2).
    let socket = UdpSocket::bind(any).await?;
    socket.connect(server).await?;
    let octets = query.encode().map_err(io::Error::other)?;
    socket.send(&octets).await?;
    Ok(socket)
}

/// What has arrived since the reply that counted, without waiting: how many datagrams did not belong to the
/// query, and how many were replies for which `conflicts` holds.
pub(super) fn drain(
    socket: &UdpSocket,
    query: &OutgoingQuery,
    conflicts: impl Fn(&crate::dns::Reply) -> bool,
) -> (Heard, u32) {
    let mut heard = Heard::default();
    let mut conflicting = 0;
    let mut buffer = vec![0; limits::REPLY];
    for _ in 0..limits::MISMATCHED_REPLIES {
        let Ok(length) = socket.try_recv(&mut buffer) else {
            break;
        };
        match query.decode(&buffer[..length]) {
            Decoded::Reply(reply) if conflicts(&reply) => conflicting += 1,
            Decoded::Reply(_) | Decoded::HeaderOnly(_) => {}
            Decoded::Mismatch(reason) => heard.mismatch(reason),
        }
    }
    (heard, conflicting)
}

//! One try over UDP: a connected socket, so that the kernel hands us what ICMP says of the port.
//!
//! The kernel drops what comes to a connected socket from anywhere else. A try that only explains is not connected, and
//! so learns of a server that answers from another address or port than it was asked at.

#![expect(clippy::disallowed_methods, reason = "the prober opens the sockets")]

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::attempt::{HeardBeside, Try};
use super::pace::Turn;
use super::wire::{Decoded, OutgoingQuery};
use crate::dns::AnswerKind;
use crate::limits;

/// From whom a try takes datagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listen {
    /// From the server alone: the socket is connected.
    ToServer,
    /// From anybody: what another sends counts as a reply that does not belong.
    ToAll,
}

/// Sends the query and waits past whatever does not belong to it until `end`. A reply that is only a header
/// is reported through `bare_header`, and waited past too, as Go does.
pub(super) async fn attempt(
    server: SocketAddr,
    query: &OutgoingQuery,
    end: Instant,
    listen: Listen,
    bare_header: mpsc::UnboundedSender<()>,
    turn: Option<Turn>,
) -> Try {
    let socket = match open_and_send(server, query, listen).await {
        Ok(socket) => socket,
        // Nothing was sent, so the turn goes back: without a network nobody has to be spared.
        Err(error) => return Try::network(&of_a_datagram(error)),
    };
    turn.into_iter().for_each(Turn::sent);
    // Of a socket that is not connected it is no address.
    let local = socket.local_addr().ok().map(|address| address.ip());
    Try {
        local: local.filter(|address| !address.is_unspecified()),
        ..hear(socket, server, query, end, listen, bare_header).await
    }
}

async fn hear(
    socket: UdpSocket,
    server: SocketAddr,
    query: &OutgoingQuery,
    end: Instant,
    listen: Listen,
    bare_header: mpsc::UnboundedSender<()>,
) -> Try {
    let mut heard = HeardBeside::default();
    let mut strangers = 0;
    let mut buffer = vec![0; limits::REPLY];
    loop {
        let (received, from) = match timeout_at(end, socket.recv_from(&mut buffer)).await {
            Err(_) => return Try::silent(heard),
            Ok(Err(error)) => {
                return Try {
                    heard,
                    ..Try::network(&of_a_datagram(error))
                };
            }
            Ok(Ok((length, from))) => (&buffer[..length], from),
        };
        let decoded = query.decode_datagram(received);
        if (from.ip(), from.port()) != (server.ip(), server.port()) {
            // Who sends something else knows nothing of the question.
            if matches!(decoded, Decoded::Reply(_)) {
                heard.other_source.get_or_insert(from);
            }
            strangers += 1;
            if strangers >= limits::MISMATCHED_REPLIES {
                return Try::silent(heard);
            }
            continue;
        }
        match decoded {
            Decoded::Reply(reply) => {
                let socket = (listen == Listen::ToServer).then_some(socket);
                return Try {
                    heard,
                    ..Try::reply(reply, socket)
                };
            }
            Decoded::HeaderOnly(rcode) => {
                // Told once, however many come. The exchange may be over already; then nobody needs to know.
                if heard.bare_header.replace(rcode).is_none() {
                    let _ = bare_header.send(());
                }
            }
            Decoded::Mismatch(mismatch) => {
                heard.mismatch(mismatch);
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

/// Windows Sockets Error Codes: WSAENETRESET.
const NET_RESET: i32 = 10052;

/// What an error of a UDP socket means, in the words that Unix has for it. Windows reports an ICMP Port Unreachable as
/// WSAECONNRESET and an exceeded time to live as WSAENETRESET (Microsoft, "recvfrom function (winsock.h)", return
/// value).
pub(crate) fn of_a_datagram(error: io::Error) -> io::Error {
    let is_net_reset = cfg!(windows) && error.raw_os_error() == Some(NET_RESET);
    match error.kind() {
        io::ErrorKind::ConnectionReset => io::ErrorKind::ConnectionRefused.into(),
        _ if is_net_reset => io::ErrorKind::HostUnreachable.into(),
        _ => error,
    }
}

async fn open_and_send(server: SocketAddr, query: &OutgoingQuery, listen: Listen) -> io::Result<UdpSocket> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    // Port 0 each time: a fresh source port, chosen by the kernel (RFC 5452 section 9.2).
    let socket = UdpSocket::bind(any).await?;
    let octets = query.encode().map_err(io::Error::other)?;
    match listen {
        Listen::ToServer => {
            socket.connect(server).await?;
            socket.send(&octets).await?;
        }
        Listen::ToAll => {
            socket.send_to(&octets, server).await?;
        }
    }
    Ok(socket)
}

/// What has arrived since the reply that counted, without waiting: how many datagrams did not belong to the
/// query, and how many were replies for which `conflicts` holds.
pub(super) fn drain(
    socket: &UdpSocket,
    query: &OutgoingQuery,
    conflicts: impl Fn(&crate::dns::Reply) -> bool,
) -> (HeardBeside, u32) {
    let mut heard = HeardBeside::default();
    let mut conflicting = 0;
    let mut buffer = vec![0; limits::REPLY];
    for _ in 0..limits::MISMATCHED_REPLIES {
        let Ok(length) = socket.try_recv(&mut buffer) else {
            break;
        };
        match query.decode_datagram(&buffer[..length]) {
            Decoded::Reply(reply) if conflicts(&reply) => conflicting += 1,
            Decoded::Reply(_) | Decoded::HeaderOnly(_) => {}
            Decoded::Mismatch(mismatch) => heard.mismatch(mismatch),
        }
    }
    (heard, conflicting)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn a_reset_of_a_udp_socket_is_a_refused_port() {
        let kind = |kind: io::ErrorKind| of_a_datagram(kind.into()).kind();
        assert_eq!(kind(io::ErrorKind::ConnectionReset), io::ErrorKind::ConnectionRefused);
        for other in [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::HostUnreachable,
            io::ErrorKind::PermissionDenied,
        ] {
            assert_eq!(kind(other), other);
        }
    }

    /// Of two refusals for the same pair of endpoints macOS 26.1 delivers one (ruby/resolv pull request 143).
    #[tokio::test]
    async fn each_try_has_a_port_of_its_own() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let query = OutgoingQuery {
            id: 1,
            qname: "a.test".parse().unwrap(),
            qtype: crate::dns::RecordType::A,
            class: crate::dns::Class::In,
            edns: true,
            checking_disabled: false,
        };
        let mut ports = std::collections::BTreeSet::new();
        for _ in 0..8 {
            let socket = open_and_send(server.local_addr().unwrap(), &query, Listen::ToServer)
                .await
                .unwrap();
            ports.insert(socket.local_addr().unwrap().port());
        }
        assert!(ports.len() > 1, "{ports:?}");
    }

    #[cfg(windows)]
    #[test]
    fn windows_numbers_are_read() {
        let kind = |number: i32| of_a_datagram(io::Error::from_raw_os_error(number)).kind();
        // WSAECONNRESET, WSAENETRESET.
        assert_eq!(kind(10054), io::ErrorKind::ConnectionRefused);
        assert_eq!(kind(NET_RESET), io::ErrorKind::HostUnreachable);
    }
}

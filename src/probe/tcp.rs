//! One try over TCP: messages with two octets of length in front (RFC 1035 section 4.2.2, RFC 7766).

#![expect(clippy::disallowed_methods, reason = "the prober opens the sockets")]

use std::future::{Future as _, poll_fn};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::attempt::{HeardBeside, Try};
use super::pace::Turn;
use super::wire::{Decoded, OutgoingQuery};
use crate::dns::{AnswerKind, Reply};
use crate::limits;
use crate::observation::{PartialTcpMessage, Protocol, Reason, TcpEnd};

/// The octets of a length.
const LENGTH: usize = 2;

/// Connects, sends the query, and reads messages until one belongs to it or `end` has come, however fast
/// octets arrive.
pub(super) async fn attempt(server: SocketAddr, query: &OutgoingQuery, end: Instant, turn: Option<Turn>) -> Try {
    let mut connecting = pin!(connect(server, end));
    // What the kernel says before anything is waited for, it says without having sent anything.
    let connected = match poll_fn(|context| Poll::Ready(connecting.as_mut().poll(context))).await {
        Poll::Ready(Err(failed)) if failed.is_without_route() => {
            turn.into_iter().for_each(Turn::unbegun);
            return *failed;
        }
        Poll::Ready(connected) => connected,
        Poll::Pending => connecting.await,
    };
    match connected {
        Ok(mut stream) => {
            let local = stream.local_addr().ok().map(|address| address.ip());
            turn.into_iter().for_each(Turn::sent);
            Try {
                local,
                ..converse(&mut stream, query, end, Try::network).await
            }
        }
        Err(failed) => *failed,
    }
}

/// A connection; else the try that ended without one.
pub(super) async fn connect(server: SocketAddr, end: Instant) -> Result<TcpStream, Box<Try>> {
    match timeout_at(end, TcpStream::connect(server)).await {
        Err(_) => Err(Box::new(Try::silent_for(Reason::NoConnection))),
        Ok(Err(error)) => Err(Box::new(Try::network(&error))),
        Ok(Ok(stream)) => Ok(stream),
    }
}

/// Sends the query on a connection and reads messages until one belongs to it or `end` has come. `failed` says what an
/// error of the connection is.
pub(super) async fn converse(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    query: &OutgoingQuery,
    end: Instant,
    failed: impl Fn(&io::Error) -> Try,
) -> Try {
    let mut heard = HeardBeside::default();
    // Outside of what the window's end cuts off: what came until then is told.
    let mut received = Vec::new();
    let talked = timeout_at(end, talk(stream, query, &mut received, &mut heard)).await;
    let said = match talked {
        Ok(Ok(ConversationEnd::Reply(reply))) => Try {
            heard,
            ..Try::reply(reply, None)
        },
        Ok(Ok(ConversationEnd::Flood)) => Try {
            kind: Some(AnswerKind::Malformed),
            ..Try::silent(heard)
        },
        Ok(Ok(ConversationEnd::Other(protocol))) => Try {
            kind: Some(AnswerKind::Malformed),
            reason: Some(Reason::OtherProtocol { protocol }),
            ..Try::silent(heard)
        },
        Ok(Ok(ConversationEnd::Closed)) => unfinished(TcpEnd::Closed, &received, heard),
        // Inside TLS, the end of a connection without a word is an error.
        Ok(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => unfinished(TcpEnd::Closed, &received, heard),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset && !received.is_empty() => {
            unfinished(TcpEnd::Reset, &received, heard)
        }
        Ok(Err(error)) => Try {
            heard,
            ..failed(&error)
        },
        // Silence, though octets may have come: whoever waits for the rest has waited in vain.
        Err(_) => Try {
            reason: heard.summary().or_else(|| {
                let begun = PartialTcpMessage::of(&received);
                Some(Reason::Incomplete { begun })
            }),
            ..Try::silent(heard)
        },
    };
    Try {
        connected: true,
        ..said
    }
}

/// The connection ended before a whole reply.
fn unfinished(end: TcpEnd, received: &[u8], heard: HeardBeside) -> Try {
    let begun = PartialTcpMessage::of(received);
    let reason = heard.summary().unwrap_or(Reason::Ended { end, begun });
    let silent = Try::silent(heard);
    Try {
        // Octets that cannot be read are more than silence.
        kind: begun.map_or(silent.kind, |_| Some(AnswerKind::Malformed)),
        reason: Some(reason),
        ..silent
    }
}

/// How a conversation ended.
enum ConversationEnd {
    /// With the reply.
    Reply(Reply),
    /// With more messages that do not belong than are waited past.
    Flood,
    /// With another protocol's first words.
    Other(Protocol),
    /// By the server.
    Closed,
}

/// Asks and listens. `received` is left with the octets of the message that was begun last.
async fn talk(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    query: &OutgoingQuery,
    received: &mut Vec<u8>,
    heard: &mut HeardBeside,
) -> io::Result<ConversationEnd> {
    let octets = query.encode().map_err(io::Error::other)?;
    let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
    // One write: some servers drop a length that comes in a segment of its own (RFC 7766 section 8).
    let framed = [length.to_be_bytes().as_slice(), &octets].concat();
    stream.write_all(&framed).await?;
    stream.flush().await?;
    let mut messages = 0;
    loop {
        if let Some(protocol) = other_protocol(received) {
            return Ok(ConversationEnd::Other(protocol));
        }
        while let Some(message) = first_message(received) {
            let decoded = query.decode(message);
            received.drain(..LENGTH + message.len());
            match decoded {
                Decoded::Reply(reply) => return Ok(ConversationEnd::Reply(reply)),
                Decoded::HeaderOnly(rcode) => heard.bare_header = Some(rcode),
                Decoded::Mismatch(mismatch) => heard.mismatch(mismatch),
            }
            messages += 1;
            if messages >= limits::MISMATCHED_REPLIES {
                return Ok(ConversationEnd::Flood);
            }
        }
        // No more than the rest of the longest message is ever held.
        if stream.read_buf(received).await? == 0 {
            return Ok(ConversationEnd::Closed);
        }
    }
}

/// The first whole message.
fn first_message(received: &[u8]) -> Option<&[u8]> {
    let (length, rest) = received.split_first_chunk::<LENGTH>()?;
    rest.get(..usize::from(u16::from_be_bytes(*length)))
}

/// What a server says that takes the question for another protocol's. As messages, all of them are questions (QR=0), so
/// that no reply is taken for one.
fn other_protocol(received: &[u8]) -> Option<Protocol> {
    match received {
        [b'H', b'T', b'T', b'P', b'/', ..] => Some(Protocol::Http),
        // An alert or a handshake of TLS 1.0 to 1.3 (RFC 8446 section 5.1: the version is 0x0301 or 0x0303).
        [0x15 | 0x16, 0x03, 0x01..=0x03, 0..=0x40, 0..=0x7f, ..] => Some(Protocol::Tls),
        [b'S', b'S', b'H', b'-', b'2', ..] => Some(Protocol::Ssh),
        _ => None,
    }
}

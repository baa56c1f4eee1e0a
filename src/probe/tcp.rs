//! One try over TCP: messages with two octets of length in front (RFC 1035 section 4.2.2, RFC 7766).

#![expect(clippy::disallowed_methods, reason = "the prober opens the sockets")]

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::exchange::{Heard, Try};
use super::wire::{Decoded, OutgoingQuery};
use crate::dns::{AnswerKind, Reply};
use crate::limits;

/// Connects, sends the query, and reads messages until one belongs to it or `end` has come, however fast
/// octets arrive.
pub(super) async fn attempt(server: SocketAddr, query: &OutgoingQuery, end: Instant) -> Try {
    match connect(server, end).await {
        Ok(mut stream) => converse(&mut stream, query, end, Try::network).await,
        Err(failed) => *failed,
    }
}

/// A connection; else the try that ended without one.
pub(super) async fn connect(server: SocketAddr, end: Instant) -> Result<TcpStream, Box<Try>> {
    match timeout_at(end, TcpStream::connect(server)).await {
        Err(_) => Err(Box::new(Try {
            reason: Some("no connection".to_owned()),
            ..Try::silent(Heard::default())
        })),
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
    let mut heard = Heard::default();
    let said = match timeout_at(end, talk(stream, query, &mut heard)).await {
        Err(_) => Try {
            reason: heard
                .summary()
                .or(Some("connected, but no whole reply".to_owned())),
            ..Try::silent(heard)
        },
        Ok(Ok(Some(reply))) => Try {
            heard,
            ..Try::reply(reply, None)
        },
        // A flood of what does not belong.
        Ok(Ok(None)) => Try {
            kind: Some(AnswerKind::Malformed),
            ..Try::silent(heard)
        },
        Ok(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => Try {
            reason: Some("the server closed the connection without a whole reply".to_owned()),
            ..Try::silent(heard)
        },
        Ok(Err(error)) => Try {
            heard,
            ..failed(&error)
        },
    };
    Try {
        connected: true,
        ..said
    }
}

/// The reply; `None` where more messages came that are none than are waited past.
async fn talk(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    query: &OutgoingQuery,
    heard: &mut Heard,
) -> io::Result<Option<Reply>> {
    let octets = query.encode().map_err(io::Error::other)?;
    let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
    // One write: some servers drop a length that comes in a segment of its own (RFC 7766 section 8).
    let framed = [length.to_be_bytes().as_slice(), &octets].concat();
    stream.write_all(&framed).await?;
    stream.flush().await?;
    for _ in 0..limits::MISMATCHED_REPLIES {
        let length = stream.read_u16().await?;
        let mut message = vec![0; usize::from(length)];
        stream.read_exact(&mut message).await?;
        match query.decode(&message) {
            Decoded::Reply(reply) => return Ok(Some(reply)),
            Decoded::HeaderOnly(rcode) => heard.bare_header = Some(rcode),
            Decoded::Mismatch(reason) => heard.mismatch(reason),
        }
    }
    Ok(None)
}

//! How a server of the lab sends its messages over TCP: as it should, or in pieces, or something else instead.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

/// How messages are sent over TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// One write a message.
    Plain,
    /// All in one write.
    Together,
    /// An octet at a time, with this much between them.
    Drip(Duration),
    /// A part of the first one, and then something else.
    Part(MessagePart, Ending),
    /// Something else altogether, and then the end of the connection.
    Instead(&'static [u8]),
}

/// A part of a message with its length in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MessagePart {
    /// One octet of the length.
    HalfLength,
    /// The length, and half of the message.
    HalfFrame,
}

/// What follows a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The end of the connection.
    Fin,
    /// Its reset.
    Reset,
    /// Nothing, for as long as the client waits.
    Silence,
}

/// What a web server says to a question.
const HTTP: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\
    <html><head><title>400 Bad Request</title></head><body>Bad Request</body></html>\r\n";
/// What a server of TLS says to it: the fatal alert unexpected_message (RFC 8446 section 6).
const TLS: &[u8] = &[0x15, 3, 1, 0, 2, 2, 10];
/// What a server of SSH begins with (RFC 4253 section 4.2).
const SSH: &[u8] = b"SSH-2.0-OpenSSH_9.2\r\n";

impl Stream {
    /// Reads the scenario's word for it.
    pub(super) fn read(word: Option<&str>) -> Result<Self, String> {
        let Some(word) = word else {
            return Ok(Self::Plain);
        };
        let unknown = || format!("{word:?} is no way to send over TCP");
        let part = |part, ending: &str| {
            Ok(Self::Part(
                part,
                match ending {
                    "fin" => Ending::Fin,
                    "reset" => Ending::Reset,
                    "silence" => Ending::Silence,
                    _ => return Err(unknown()),
                },
            ))
        };
        match word {
            "together" => Ok(Self::Together),
            "http" => Ok(Self::Instead(HTTP)),
            "tls" => Ok(Self::Instead(TLS)),
            "ssh" => Ok(Self::Instead(SSH)),
            _ => match word.rsplit_once('-') {
                Some(("drip", ms)) => {
                    let ms = ms.parse().map_err(|_| unknown())?;
                    Ok(Self::Drip(Duration::from_millis(ms)))
                }
                Some(("half-length", ending)) => part(MessagePart::HalfLength, ending),
                Some(("half-frame", ending)) => part(MessagePart::HalfFrame, ending),
                _ => Err(unknown()),
            },
        }
    }

    /// Sends the messages, each with its length in front.
    pub(super) async fn send(
        self,
        stream: &mut (impl AsyncWrite + Unpin),
        messages: &[Vec<u8>],
    ) -> io::Result<NextOnConnection> {
        let framed = messages
            .iter()
            .map(|octets| {
                let length = u16::try_from(octets.len()).map_err(io::Error::other)?;
                Ok([length.to_be_bytes().as_slice(), octets].concat())
            })
            .collect::<io::Result<Vec<Vec<u8>>>>()?;
        match self {
            Self::Plain => {
                for octets in framed {
                    stream.write_all(&octets).await?;
                }
            }
            Self::Together => stream.write_all(&framed.concat()).await?,
            Self::Drip(pause) => {
                for octet in framed.concat() {
                    stream.write_all(&[octet]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Self::Part(part, ending) => {
                let octets = framed.concat();
                let length = match part {
                    MessagePart::HalfLength => 1,
                    MessagePart::HalfFrame => 2 + (octets.len() - 2) / 2,
                };
                stream.write_all(&octets[..length]).await?;
                return match ending {
                    Ending::Fin => Ok(NextOnConnection::Close),
                    Ending::Reset => Ok(NextOnConnection::Reset),
                    Ending::Silence => std::future::pending().await,
                };
            }
            Self::Instead(octets) => {
                stream.write_all(octets).await?;
                return Ok(NextOnConnection::Close);
            }
        }
        Ok(NextOnConnection::Question)
    }
}

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextOnConnection {
    /// The next question is waited for.
    Question,
    /// It ends.
    Close,
    /// It is reset.
    Reset,
}

//! Why a question came to what it came to, where the kind of the answer alone does not say it.

use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use crate::dns::{Flaw, Mismatch, Rcode};
use crate::stated::stated;

/// The reason beside the kind of a lookup, or of one try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Reason {
    /// The network, or this host, did not let the question through.
    Network {
        /// How.
        failure: NetworkFailure,
    },
    /// Only messages came that do not belong to the question.
    Mismatched {
        /// How many.
        replies: u32,
        /// What was wrong with the first.
        first: Mismatch,
    },
    /// The reply came behind messages that do not belong to the question, and clients that take the first one fail.
    BehindMismatched {
        /// How many.
        replies: u32,
        /// What was wrong with the first.
        first: Mismatch,
    },
    /// Only a header came, without a question.
    BareHeader {
        /// Its response code.
        rcode: Rcode,
    },
    /// Over TCP, no connection came about within the window.
    NoConnection,
    /// What answers speaks another protocol.
    OtherProtocol {
        /// Which.
        protocol: Protocol,
    },
    /// The connection ended before a whole reply.
    Ended {
        /// How.
        end: TcpEnd,
        /// What had come until then.
        begun: Option<PartialTcpMessage>,
    },
    /// The window ended before a whole reply came over the connection.
    Incomplete {
        /// What had come until then.
        begun: Option<PartialTcpMessage>,
    },
    /// There was no TLS session.
    Tls {
        /// Why.
        fault: TlsFault,
    },
    /// There was a TLS session, and HTTP brought no DNS message.
    Http {
        /// Why.
        fault: HttpFault,
    },
    /// A reply came, and this is to be told of it.
    Reply {
        /// What.
        flaw: Flaw,
    },
    /// Another try was answered first.
    AnsweredElsewhere,
    /// What its words say, which are all that is known of it.
    #[serde(skip)]
    InWords(String),
}

impl Reason {
    /// A reason of the network.
    pub fn network(&self) -> Option<&NetworkFailure> {
        match self {
            Self::Network { failure } => Some(failure),
            _ => None,
        }
    }

    /// What is to be told of a reply.
    pub fn flaw(&self) -> Option<&Flaw> {
        match self {
            Self::Reply { flaw } => Some(flaw),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { failure } => failure.fmt(f),
            Self::Mismatched { replies, first } => mismatched(f, *replies, first),
            Self::BehindMismatched { replies, first } => {
                mismatched(f, *replies, first)?;
                f.write_str(", and only then the reply: Go fails at the first")
            }
            Self::BareHeader { rcode } => write!(f, "only a bare header with {rcode} came, which Go ignores"),
            Self::NoConnection => f.write_str("no connection"),
            Self::OtherProtocol { protocol } => {
                write!(f, "what answers there speaks {}, not DNS", protocol.as_str())
            }
            Self::Ended { end, begun } => {
                f.write_str(match end {
                    TcpEnd::Closed => "the server closed the connection",
                    TcpEnd::Reset => "the connection was reset",
                })?;
                match begun {
                    Some(begun) => write!(f, " after {begun}"),
                    None => f.write_str(" without a whole reply"),
                }
            }
            Self::Incomplete { begun: Some(begun) } => write!(f, "connected, and within the window came {begun}"),
            Self::Incomplete { begun: None } => f.write_str("connected, but no whole reply"),
            Self::Tls { fault } => fault.fmt(f),
            Self::Http { fault } => fault.fmt(f),
            Self::Reply { flaw } => flaw.fmt(f),
            Self::AnsweredElsewhere => f.write_str("another try was answered first"),
            Self::InWords(words) => f.write_str(words),
        }
    }
}

fn mismatched(f: &mut fmt::Formatter<'_>, replies: u32, first: &Mismatch) -> fmt::Result {
    let plural = if replies == 1 { "reply" } else { "replies" };
    write!(f, "{replies} {plural} that did not belong to the question: {first}")
}

stated!(Reason: "reason", "reason_code");

/// How the network, or this host, does not let a question through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum NetworkFailure {
    /// The port was refused.
    Refused,
    /// A connection that was made was reset.
    Reset,
    /// A router, or this host, says that the host cannot be reached.
    HostUnreachable,
    /// There is no route to its network.
    NoRoute,
    /// This host does not permit it.
    Forbidden,
    /// Anything else, in the words of the operating system.
    Other {
        /// Those.
        said: String,
    },
}

impl NetworkFailure {
    /// What an error of a socket is.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset => Self::Reset,
            io::ErrorKind::HostUnreachable => Self::HostUnreachable,
            io::ErrorKind::NetworkUnreachable => Self::NoRoute,
            io::ErrorKind::PermissionDenied => Self::Forbidden,
            _ => Self::Other {
                said: error.to_string(),
            },
        }
    }
}

impl fmt::Display for NetworkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "the port is refused",
            Self::Reset => "the connection was reset",
            Self::HostUnreachable => "the host is unreachable",
            Self::NoRoute => "there is no route to it",
            Self::Forbidden => "this host does not permit it",
            Self::Other { said } => said,
        })
    }
}

/// A protocol that servers speak where DNS was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// HTTP.
    Http,
    /// TLS.
    Tls,
    /// SSH.
    Ssh,
}

impl Protocol {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Tls => "TLS",
            Self::Ssh => "SSH",
        }
    }
}

/// How a TCP connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TcpEnd {
    /// The server closed it.
    Closed,
    /// It was reset.
    Reset,
}

/// A message over TCP that was begun and did not come to its end (RFC 1035 section 4.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum PartialTcpMessage {
    /// Only one of the two octets of the length came.
    Length,
    /// The length came, and a part of the message.
    Message {
        /// The octets that came.
        octets: usize,
        /// The length.
        of: u16,
    },
}

impl PartialTcpMessage {
    /// The message that was begun; `None` where none was.
    pub fn of(received: &[u8]) -> Option<Self> {
        match received {
            [] => None,
            [_] => Some(Self::Length),
            [high, low, message @ ..] => Some(Self::Message {
                octets: message.len(),
                of: u16::from_be_bytes([*high, *low]),
            }),
        }
    }
}

impl fmt::Display for PartialTcpMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => f.write_str("1 of the 2 octets of a length"),
            Self::Message { octets, of } => write!(f, "{octets} of the {of} octets of a message"),
        }
    }
}

/// Why there is no TLS session. What `said` holds are the TLS library's words, and no program's to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum TlsFault {
    /// This host has no root certificates to verify with.
    NoRoots {
        /// Why.
        said: String,
    },
    /// They could not be read in time.
    RootsTooLate,
    /// The TLS library does not take what it is given.
    Unusable {
        /// What it says.
        said: String,
    },
    /// No certificate can be for this name.
    ImpossibleName {
        /// The name.
        name: String,
    },
    /// The certificate was issued by somebody who is not trusted.
    OtherIssuer,
    /// The certificate is for other names.
    OtherName {
        /// The name that it is not for.
        name: String,
        /// What the certificate says.
        said: String,
    },
    /// The certificate is not valid now, by this host's clock.
    NotValidNow {
        /// What the certificate says.
        said: String,
    },
    /// The certificate is wrong in another way.
    BadCertificate {
        /// How.
        said: String,
    },
    /// The server does not offer HTTP/2.
    NoHttp2,
    /// What answers does not speak TLS.
    NotTls {
        /// What the library says.
        said: String,
    },
    /// The server closed the connection before there was a session.
    Closed,
    /// The connection was reset before there was a session.
    Reset,
    /// The window ended before there was a session.
    NoHandshake,
    /// Anything else that the TLS library says.
    Other {
        /// What it says.
        said: String,
    },
}

impl TlsFault {
    /// Whether the server's certificate was looked at, and is what is wrong.
    pub fn is_of_the_certificate(&self) -> bool {
        matches!(
            self,
            Self::OtherIssuer | Self::OtherName { .. } | Self::NotValidNow { .. } | Self::BadCertificate { .. }
        )
    }

    /// Whether this host could verify no certificate at all, or none for that name.
    pub fn is_of_this_host(&self) -> bool {
        matches!(
            self,
            Self::NoRoots { .. } | Self::RootsTooLate | Self::Unusable { .. } | Self::ImpossibleName { .. }
        )
    }
}

impl fmt::Display for TlsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoots { said } => write!(f, "this host has no root certificates to verify with{said}"),
            Self::RootsTooLate => f.write_str("the platform's root certificates could not be read in time"),
            Self::Unusable { said } => f.write_str(said),
            Self::ImpossibleName { name } => write!(f, "no certificate can be for {name:?}"),
            Self::OtherIssuer => f.write_str("its certificate is not issued by an authority that this host trusts"),
            Self::OtherName { name, said } => write!(f, "its certificate is not valid for {name}: {said}"),
            Self::NotValidNow { said } => write!(f, "its certificate is not valid now: {said}"),
            Self::BadCertificate { said } => write!(f, "its certificate cannot be used: {said}"),
            Self::NoHttp2 => f.write_str("it does not offer HTTP/2 (ALPN h2)"),
            Self::NotTls { .. } => f.write_str("what answers does not speak TLS"),
            Self::Closed => f.write_str("it closed the connection during the TLS handshake"),
            Self::Reset => f.write_str(
                "the connection was reset during the TLS handshake, by the server or by a device on the way",
            ),
            Self::NoHandshake => f.write_str("connected, but no TLS handshake"),
            Self::Other { said } => write!(f, "the TLS handshake failed: {said}"),
        }
    }
}

/// Why HTTP brought no DNS message (RFC 8484).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum HttpFault {
    /// No request can be made of the URL.
    Request {
        /// Why.
        said: String,
    },
    /// Another status than 2xx.
    Status {
        /// The status.
        status: u16,
        /// Its name.
        name: String,
    },
    /// The content is of another type than a DNS message.
    Content {
        /// The status.
        status: u16,
        /// The type; `null` where the response names none.
        found: Option<String>,
    },
    /// More octets than a DNS message has.
    TooLong {
        /// How many one has at most.
        most: usize,
    },
    /// The connection was closed before a whole response.
    Closed,
    /// The window ended before a whole response.
    NoResponse,
    /// HTTP/2 failed.
    Broken {
        /// What the library says.
        said: String,
    },
}

impl fmt::Display for HttpFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { said } => f.write_str(said),
            Self::Status { status, name } => {
                let hint = match status {
                    404 => ": the server has nothing at this path",
                    300..=399 => ": redirections are not followed",
                    _ => "",
                };
                write!(f, "HTTP {status} {name}{hint}")
            }
            Self::Content {
                status,
                found: Some(found),
            } => write!(f, "HTTP {status} with {found} in place of application/dns-message"),
            Self::Content { status, found: None } => write!(
                f,
                "HTTP {status} without a content type, in place of application/dns-message"
            ),
            Self::TooLong { most } => write!(f, "more than {most} octets, which no DNS message has"),
            Self::Closed => f.write_str("it closed the HTTP/2 connection without a whole response"),
            Self::NoResponse => f.write_str("a TLS session, but no whole response"),
            Self::Broken { said } => write!(f, "HTTP/2 failed: {said}"),
        }
    }
}

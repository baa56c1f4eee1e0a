//! What failed behind the lookup of a name: in TCP, TLS or HTTP, or since the time ran out. Where the server is an
//! address, no name was looked up, so nothing of a lookup is said.

use super::layer::Layer;
use crate::rules::Complaint;

/// What failed behind the lookup, or behind the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AfterLookup {
    /// The client's own deadline came first.
    Deadline,
    /// It came before there was a connection.
    NoConnectionInTime,
    /// Nothing came over a connection in time.
    Stalled,
    /// A connection was reset.
    Reset,
    /// A connection was closed from the other side before anything came over it.
    ClosedThere,
    /// The client closed the connection.
    ClosedHere,
    /// The request got no reply in time.
    NoReplyInTime,
    /// The reply was none of HTTP's, or broke off.
    Http,
    /// The handshake did not end in time.
    HandshakeTimeout,
    /// The handshake failed.
    Handshake,
    /// What answered speaks no TLS.
    NotTls,
    /// The connection ended within the handshake.
    HandshakeEnded,
    /// The certificate is not taken for the server's.
    Certificate,
    /// The certificate's time is over, or has not come.
    CertificateTime,
}

impl AfterLookup {
    /// The layer that failed.
    pub(super) fn layer(self) -> Layer {
        match self {
            Self::Deadline
            | Self::NoConnectionInTime
            | Self::Stalled
            | Self::Reset
            | Self::ClosedThere
            | Self::ClosedHere => Layer::Unknown,
            Self::NoReplyInTime | Self::Http => Layer::Http,
            Self::HandshakeTimeout
            | Self::Handshake
            | Self::NotTls
            | Self::HandshakeEnded
            | Self::Certificate
            | Self::CertificateTime => Layer::Tls,
        }
    }

    /// The layers that it may have failed in, the first that is passed first, where the message leaves several open.
    pub(super) fn possible_layers(self) -> &'static [Layer] {
        match self {
            Self::Deadline => &[Layer::Dns, Layer::Tcp, Layer::Tls, Layer::Http],
            // Go, src/net/http/transport.go: getConn waits for dialConn, which looks up, connects and shakes hands. A
            // server that accepts and sends nothing gives these words with Go 1.19, 1.23 and 1.27.
            Self::NoConnectionInTime => &[Layer::Dns, Layer::Tcp, Layer::Tls],
            Self::Stalled | Self::Reset | Self::ClosedThere | Self::ClosedHere => &[Layer::Tls, Layer::Http],
            _ => &[],
        }
    }

    /// The same where nothing was looked up.
    pub(super) fn possible_layers_at_address(self) -> &'static [Layer] {
        match self.possible_layers() {
            [Layer::Dns, others @ ..] => others,
            all => all,
        }
    }

    /// The layer, for a person.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Deadline => "the client's time ran out, in DNS or after it",
            Self::NoConnectionInTime => "the client's time ran out in DNS, TCP or TLS",
            Self::Stalled | Self::Reset | Self::ClosedThere | Self::ClosedHere => {
                "TLS or HTTP, over a connection that was made: the name and the port were in order"
            }
            Self::NoReplyInTime | Self::Http => "HTTP, after DNS, TCP and TLS",
            Self::HandshakeTimeout
            | Self::Handshake
            | Self::NotTls
            | Self::HandshakeEnded
            | Self::Certificate
            | Self::CertificateTime => "TLS, after DNS gave an address and TCP connected",
        }
    }

    /// The same where nothing was looked up.
    pub(super) fn title_at_address(self) -> &'static str {
        match self {
            Self::Deadline => "the client's time ran out, in TCP or after it",
            Self::NoConnectionInTime => "the client's time ran out in TCP or TLS",
            Self::Stalled | Self::Reset | Self::ClosedThere | Self::ClosedHere => {
                "TLS or HTTP, over a connection that was made: the port is open"
            }
            Self::NoReplyInTime | Self::Http => "HTTP, after TCP and TLS",
            Self::HandshakeTimeout
            | Self::Handshake
            | Self::NotTls
            | Self::HandshakeEnded
            | Self::Certificate
            | Self::CertificateTime => "TLS, after TCP connected",
        }
    }

    /// What it means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Deadline => {
                "The client stopped waiting. A short time limit (such as --request-timeout) hides a slow or silent \
                 name server behind this text, and a blocked port 443 as well. To tell them apart, ask the name server \
                 alone: a lookup that is answered at once leaves what comes behind it."
            }
            // Go, src/net/http/transport.go, errRequestCanceledConn.
            Self::NoConnectionInTime => {
                "The client stopped waiting before it had a connection: the lookup, TCP or TLS took too long. To tell \
                 them apart, ask the name server alone: a lookup that is answered at once leaves TCP and TLS."
            }
            // Go, src/net/http/client.go: a request that had its connection.
            // Go, src/net/net.go, OpError.Error: "read" is said of a connection that "dial" has made.
            Self::Stalled => {
                "The name resolved and the port is open: there was a connection, and then nothing came over it. The text \
                 does not tell whether that was in the TLS handshake or after it. A firewall or a proxy that drops what \
                 it does not let through does this, one that forgot an idle connection, and a path that loses large \
                 packets (MTU)."
            }
            Self::Reset => {
                "The name resolved and the port is open: there was a connection, and the server or something on the way \
                 ended it. The text does not tell whether that was in the TLS handshake or after it. A firewall or a \
                 proxy that inspects TLS does this, and one that ends idle connections."
            }
            // Go, src/crypto/tls/conn.go, readRecordOrCCS: in the handshake too, an end between two records is EOF.
            Self::ClosedThere => {
                "The name resolved and the port is open: there was a connection, and the server or something on the way \
                 closed it before the whole reply. The text does not tell whether that was in the TLS handshake or after it. A \
                 firewall or a proxy that inspects TLS does this."
            }
            // Go, src/net/net.go, ErrClosed.
            Self::ClosedHere => {
                "The name resolved and the port is open: there was a connection, and the client itself closed it before it \
                 had the whole reply. The text does not tell why: its time may have run out, or another request over \
                 the same connection failed. Look at the lines before it."
            }
            Self::NoReplyInTime => "The request was sent over a connection, and no reply came in time.",
            Self::Http => "A connection was made, and the reply was not one of HTTP's, or it broke off.",
            Self::HandshakeTimeout => {
                "The name resolved and TCP connected. Then the TLS handshake got no reply: what is at the address, a \
                 proxy or a firewall in between drops it, or large packets are lost (MTU)."
            }
            Self::Handshake => "The name resolved and TCP connected. Then the TLS handshake failed.",
            Self::NotTls => {
                "The name resolved and TCP connected. What answered does not speak TLS there, so no certificate was seen: \
                 it is a proxy in between, another server, or a port for HTTP without TLS."
            }
            Self::HandshakeEnded => {
                "The name resolved and TCP connected. Then the connection was ended within the TLS handshake, before a \
                 certificate was seen: by a proxy or a firewall in between, by another server, or since the port is not \
                 one for TLS."
            }
            Self::Certificate => {
                "The name resolved and TCP connected. What answered has a certificate that the client does not take \
                 for that of the server it asked for: the name may have led to another server's address, or something \
                 in between answers in its place."
            }
            // RFC 5280 section 4.1.2.5: a certificate is valid from a time and to a time.
            Self::CertificateTime => {
                "The connection reached a server whose certificate is not valid at the time that this host's clock \
                 shows. Look at the clock first (date -u, beside the two times in the text). Where it is right, the \
                 certificate is out of date, and it may be of something else than the cluster."
            }
        }
    }

    /// The same where nothing was looked up.
    pub(super) fn meaning_at_address(self) -> &'static str {
        match self {
            Self::Deadline => {
                "The client stopped waiting. A short time limit (such as --request-timeout) hides a blocked port \
                 behind this text, and a slow server as well."
            }
            Self::NoConnectionInTime => {
                "The client stopped waiting before it had a connection: TCP or TLS took too long. Nothing answers \
                 there, or route, firewall or security group do not let it through."
            }
            Self::Stalled => {
                "The port is open: there was a connection, and then nothing came over it. The text does not tell \
                 whether that was in the TLS handshake or after it. A firewall or a proxy that drops what it does not \
                 let through does this, one that forgot an idle connection, and a path that loses large packets (MTU)."
            }
            Self::Reset => {
                "The port is open: there was a connection, and the server or something on the way ended it. The text \
                 does not tell whether that was in the TLS handshake or after it. A firewall or a proxy that inspects \
                 TLS does this, and one that ends idle connections."
            }
            Self::ClosedThere => {
                "The port is open: there was a connection, and the server or something on the way closed it before the \
                 whole reply. The text does not tell whether that was in the TLS handshake or after it. A firewall or a proxy \
                 that inspects TLS does this."
            }
            Self::ClosedHere => {
                "The port is open: there was a connection, and the client itself closed it before it had the whole \
                 reply. The text does not tell why: its time may have run out, or another request over the same \
                 connection failed. Look at the lines before it."
            }
            Self::HandshakeTimeout => {
                "TCP connected. Then the TLS handshake got no reply: what is at the address, a proxy or a firewall in \
                 between drops it, or large packets are lost (MTU)."
            }
            Self::Handshake => "TCP connected. Then the TLS handshake failed.",
            Self::NotTls => {
                "TCP connected. What answered does not speak TLS there, so no certificate was seen: it is a proxy in \
                 between, another server, or a port for HTTP without TLS."
            }
            Self::HandshakeEnded => {
                "TCP connected. Then the connection was ended within the TLS handshake, before a certificate was seen: by \
                 a proxy or a firewall in between, by another server, or since the port is not one for TLS."
            }
            Self::Certificate => {
                "TCP connected. What answered has a certificate that the client does not take for that of the server \
                 it asked for: the certificate does not have the address, or not the authority that the client trusts, \
                 something else is at the address, or something in between answers in its place."
            }
            Self::NoReplyInTime | Self::Http | Self::CertificateTime => self.meaning(),
        }
    }

    /// What the rules know it as.
    pub(super) fn complaint(self) -> Complaint {
        match self {
            Self::Deadline | Self::NoConnectionInTime => Complaint::Deadline,
            Self::Stalled | Self::Reset | Self::ClosedThere | Self::ClosedHere | Self::NoReplyInTime | Self::Http => {
                Complaint::NoReply
            }
            Self::HandshakeTimeout => Complaint::HandshakeTimeout,
            Self::Handshake | Self::NotTls | Self::HandshakeEnded | Self::Certificate | Self::CertificateTime => {
                Complaint::Certificate
            }
        }
    }
}

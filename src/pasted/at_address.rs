//! What failed towards a server that is an address: no name was looked up, so nothing of a lookup is said.

/// What failed behind the address; each stands for the symptom of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AtAddress {
    /// The client's own deadline came first.
    Deadline,
    /// It came before there was a connection.
    NoConnectionInTime,
    /// Nothing came over a connection in time.
    Stalled,
    /// A connection was reset.
    Reset,
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
    /// The certificate is not taken for the server's.
    Certificate,
    /// The certificate's time is over, or has not come.
    CertificateTime,
}

impl AtAddress {
    /// Every one.
    pub const ALL: &[Self] = &[
        Self::Deadline,
        Self::NoConnectionInTime,
        Self::Stalled,
        Self::Reset,
        Self::ClosedHere,
        Self::NoReplyInTime,
        Self::Http,
        Self::HandshakeTimeout,
        Self::Handshake,
        Self::Certificate,
        Self::CertificateTime,
    ];

    /// The layer, for a person.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Deadline => "the client's time ran out, in TCP or after it",
            Self::NoConnectionInTime => "the client's time ran out in TCP or TLS",
            Self::Stalled | Self::Reset | Self::ClosedHere => {
                "TLS or HTTP, over a connection that was made: the port is open"
            }
            Self::NoReplyInTime | Self::Http => "HTTP, after TCP and TLS",
            Self::HandshakeTimeout | Self::Handshake | Self::Certificate | Self::CertificateTime => {
                "TLS, after TCP connected"
            }
        }
    }

    /// What it means, where a lookup has a part in what the symptom of the same name means.
    pub(super) fn meaning(self) -> Option<&'static str> {
        Some(match self {
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
            Self::Certificate => {
                "TCP connected. What answered has a certificate that the client does not take for that of the server \
                 it asked for: the certificate does not have the address, or not the authority that the client trusts, \
                 something else is at the address, or something in between answers in its place."
            }
            Self::NoReplyInTime | Self::Http | Self::CertificateTime => return None,
        })
    }
}

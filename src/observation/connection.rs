//! What came of connections to the API server's port (`--connect`).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::NetworkFailure;

/// An address that was given for the endpoint, and what is to be found there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Connection {
    /// The address.
    pub ip: IpAddr,
    /// The port.
    pub port: u16,
    /// The resolvers that gave it.
    pub given_by: Vec<String>,
    /// Whether a TCP connection came about.
    pub tcp: Tcp,
    /// What came of the TLS handshake; `null` where there was none, without a connection or without a certificate
    /// authority to verify against.
    pub tls: Option<Tls>,
    /// What the network or the TLS library says, in one line.
    pub reason: Option<String>,
    /// How the network did not let the connection through, where `tcp` is `unreachable` and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkFailure>,
    /// How long the TCP connection took to come about, in milliseconds.
    pub rtt_ms: Option<f64>,
}

/// What came of a TCP connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tcp {
    /// It came about.
    Connected,
    /// The port was refused.
    Refused,
    /// Nothing came within the time.
    Timeout,
    /// The network says that it cannot be reached.
    Unreachable,
}

/// What came of a TLS handshake with the endpoint's name (SNI, RFC 6066 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// The certificate is the cluster's: it verifies against its certificate authority, and has the name.
    Verified,
    /// The certificate was issued by somebody else.
    OtherIssuer,
    /// The certificate is of the cluster's authority, and has another name.
    OtherName,
    /// The certificate is not valid now, by this host's clock.
    NotValidNow,
    /// The certificate is wrong in another way.
    BadCertificate,
    /// There was no handshake: what answers does not speak TLS, or not as this program does.
    Failed,
    /// The handshake did not come to its end: the connection was closed or reset in it, or nothing came within the
    /// time. That may be what answers, or the network on the way.
    Interrupted,
}

impl Tcp {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
        }
    }
}

impl Tls {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::OtherIssuer => "other-issuer",
            Self::OtherName => "other-name",
            Self::NotValidNow => "not-valid-now",
            Self::BadCertificate => "bad-certificate",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Connection {
    /// What a connection can come to, in one word.
    pub const OUTCOMES: &[&str] = &[
        "verified",
        "connected",
        "other-issuer",
        "other-name",
        "not-valid-now",
        "bad-certificate",
        "failed",
        "interrupted",
        "refused",
        "timeout",
        "unreachable",
    ];

    /// What it came to: the TLS handshake's outcome where there was one, else TCP's.
    pub fn outcome(&self) -> &'static str {
        self.tls.map_or(self.tcp.as_str(), Tls::as_str)
    }
}

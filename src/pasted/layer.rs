//! The layers that a client passes, of which one failed.

use serde::Serialize;

/// Where it failed, for the host that printed the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// No cluster is configured, or AWS does not know the one that is.
    Configuration,
    /// A lookup.
    Dns,
    /// A connection.
    Tcp,
    /// The handshake after the connection.
    Tls,
    /// The request, or its reply.
    Http,
    /// A proxy, or the way to it.
    Proxy,
    /// The cluster was reached; what failed is beyond it.
    ApiServer,
    /// Nothing failed.
    None,
    /// The message does not tell.
    Unknown,
}

impl Layer {
    /// As JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Dns => "dns",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Proxy => "proxy",
            Self::ApiServer => "api-server",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

//! What the operating system's own lookup came to.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// What the operating system's own lookup (getaddrinfo) gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SystemLookup {
    /// The addresses, in the order given.
    pub addresses: Vec<IpAddr>,
    /// Why there are none.
    pub failure: Option<SystemFailure>,
    /// How long it took, in milliseconds; `null` where it never came back.
    pub rtt_ms: Option<f64>,
}

impl SystemLookup {
    /// Whether getaddrinfo was not asked, for want of a thread.
    pub fn was_not_asked(&self) -> bool {
        let failure = self.failure.as_ref();
        failure.is_some_and(|failure| failure.code == SystemCode::NotAsked)
    }
}

/// A failure of getaddrinfo (RFC 3493 section 6.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SystemFailure {
    /// What it is.
    pub code: SystemCode,
    /// The platform's number of it.
    pub number: i32,
    /// The platform's text for it.
    pub text: String,
}

impl SystemFailure {
    /// What the platform calls it: Windows has names of its own (Microsoft, "Windows Sockets Error Codes"), whose
    /// numbers no other system's getaddrinfo gives.
    pub fn name(&self) -> &'static str {
        match self.number {
            11001 => "WSAHOST_NOT_FOUND",
            11002 => "WSATRY_AGAIN",
            11003 => "WSANO_RECOVERY",
            11004 => "WSANO_DATA",
            _ => self.code.as_str(),
        }
    }
}

/// The codes of getaddrinfo (RFC 3493 section 6.1, and glibc's EAI_NODATA), and what stands for its silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum SystemCode {
    /// A failure for the time being.
    #[serde(rename = "EAI_AGAIN")]
    Again,
    /// Flags that are not valid.
    #[serde(rename = "EAI_BADFLAGS")]
    BadFlags,
    /// The name is not known.
    #[serde(rename = "EAI_NONAME")]
    NoName,
    /// The name has no address.
    #[serde(rename = "EAI_NODATA")]
    NoData,
    /// A failure for good.
    #[serde(rename = "EAI_FAIL")]
    Fail,
    /// An address family that is not supported.
    #[serde(rename = "EAI_FAMILY")]
    Family,
    /// A type of socket that is not supported.
    #[serde(rename = "EAI_SOCKTYPE")]
    SockType,
    /// A service that is not known.
    #[serde(rename = "EAI_SERVICE")]
    Service,
    /// No memory.
    #[serde(rename = "EAI_MEMORY")]
    Memory,
    /// An error of the system, in errno.
    #[serde(rename = "EAI_SYSTEM")]
    System,
    /// A number that none of these has.
    #[serde(rename = "EAI_UNKNOWN")]
    Unknown,
    /// It never came back.
    #[serde(rename = "timeout")]
    Timeout,
    /// It was not asked: this host had no thread for it.
    #[serde(rename = "thread")]
    NotAsked,
}

impl SystemCode {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Again => "EAI_AGAIN",
            Self::BadFlags => "EAI_BADFLAGS",
            Self::NoName => "EAI_NONAME",
            Self::NoData => "EAI_NODATA",
            Self::Fail => "EAI_FAIL",
            Self::Family => "EAI_FAMILY",
            Self::SockType => "EAI_SOCKTYPE",
            Self::Service => "EAI_SERVICE",
            Self::Memory => "EAI_MEMORY",
            Self::System => "EAI_SYSTEM",
            Self::Unknown => "EAI_UNKNOWN",
            Self::Timeout => "timeout",
            Self::NotAsked => "thread",
        }
    }
}

impl fmt::Display for SystemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

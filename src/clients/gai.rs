//! What getaddrinfo comes to, before a client puts it into words of its own.

use super::ClientResult;
use crate::observation::{SystemCode, SystemFailure};

/// What glibc's gai_strerror says of EAI_NONAME.
pub(super) const NONAME: (SystemCode, &str) = (SystemCode::NoName, "Name or service not known");
/// Of EAI_NODATA.
pub(super) const NODATA: (SystemCode, &str) = (SystemCode::NoData, "No address associated with hostname");
/// Of EAI_AGAIN.
pub(super) const AGAIN: (SystemCode, &str) = (SystemCode::Again, "Temporary failure in name resolution");

/// What getaddrinfo gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gai {
    /// Whether it may give an address.
    pub(super) resolves: bool,
    /// How it may fail otherwise.
    pub(super) errors: Vec<GaiError>,
}

/// An error of getaddrinfo, and what gai_strerror says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GaiError {
    pub(super) code: SystemCode,
    pub(super) text: String,
}

impl Gai {
    pub(super) fn resolves() -> Self {
        Self {
            resolves: true,
            errors: Vec::new(),
        }
    }

    /// One of the errors that the C library's model knows.
    pub(super) fn of((code, text): (SystemCode, &str)) -> Self {
        Self {
            resolves: false,
            errors: vec![GaiError {
                code,
                text: text.to_owned(),
            }],
        }
    }

    /// Another way in which it may end.
    pub(super) fn add(&mut self, other: Self) {
        self.resolves |= other.resolves;
        for error in other.errors {
            if !self.errors.contains(&error) {
                self.errors.push(error);
            }
        }
    }
}

impl From<&SystemFailure> for Gai {
    fn from(failure: &SystemFailure) -> Self {
        Self::of((failure.code, &failure.text))
    }
}

/// For a client that prints the error as it is.
impl From<Gai> for ClientResult {
    fn from(gai: Gai) -> Self {
        Self {
            resolves: gai.resolves,
            messages: gai.errors.into_iter().map(|error| error.text).collect(),
            takes_s: None,
        }
    }
}

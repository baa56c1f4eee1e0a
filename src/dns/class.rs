//! The classes of the DNS that questions are asked in.

use serde::{Deserialize, Serialize};

/// The class of a question (RFC 1035 section 3.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
pub enum Class {
    /// The internet.
    #[default]
    In,
    /// CHAOS: what a server says of itself (RFC 4892).
    Ch,
}

impl Class {
    /// As in a message.
    pub fn number(self) -> u16 {
        match self {
            Self::In => 1,
            Self::Ch => 3,
        }
    }

    /// Whether it is the internet, as nearly every question is.
    pub fn is_internet(&self) -> bool {
        *self == Self::In
    }
}

//! Response codes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A response code, the high bits of EDNS included (RFC 1035 section 4.1.1, RFC 6891 section 6.1.3).
///
/// NODATA is not one: it is inferred from a NOERROR reply, see [`AnswerKind`](super::AnswerKind).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rcode(pub u16);

/// The mnemonics of the IANA registry "DNS RCODEs" that a resolver may send.
const MNEMONICS: &[(u16, &str)] = &[
    (0, "NOERROR"),
    (1, "FORMERR"),
    (2, "SERVFAIL"),
    (3, "NXDOMAIN"),
    (4, "NOTIMP"),
    (5, "REFUSED"),
    (6, "YXDOMAIN"),
    (7, "YXRRSET"),
    (8, "NXRRSET"),
    (9, "NOTAUTH"),
    (10, "NOTZONE"),
    (11, "DSOTYPENI"),
    (16, "BADVERS"),
    (17, "BADKEY"),
    (18, "BADTIME"),
    (19, "BADMODE"),
    (20, "BADNAME"),
    (21, "BADALG"),
    (22, "BADTRUNC"),
    (23, "BADCOOKIE"),
];

impl Rcode {
    /// No error condition.
    pub const NOERROR: Self = Self(0);
    /// The server could not interpret the query.
    pub const FORMERR: Self = Self(1);
    /// The server could not process the query.
    pub const SERVFAIL: Self = Self(2);
    /// The name does not exist (RFC 8020: nor anything below it).
    pub const NXDOMAIN: Self = Self(3);
    /// The kind of query is not supported.
    pub const NOTIMP: Self = Self(4);
    /// The server refuses for reasons of policy.
    pub const REFUSED: Self = Self(5);
    /// The EDNS version is not supported (RFC 6891 section 6.1.3).
    pub const BADVERS: Self = Self(16);
}

impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match MNEMONICS.iter().find(|(code, _)| *code == self.0) {
            Some((_, mnemonic)) => f.pad(mnemonic),
            None => write!(f, "RCODE{}", self.0),
        }
    }
}

impl FromStr for Rcode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((code, _)) = MNEMONICS.iter().find(|(_, name)| *name == text) {
            return Ok(Self(*code));
        }
        text.strip_prefix("RCODE")
            .and_then(|code| code.parse().ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not a response code"))
    }
}

impl Serialize for Rcode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rcode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

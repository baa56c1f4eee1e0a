//! Extended DNS Errors.

use serde::{Deserialize, Serialize};

/// An Extended DNS Error (RFC 8914): EDNS option 15, a code and an optional text of the server's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ExtendedError {
    /// The INFO-CODE.
    pub code: u16,
    /// The registered purpose of the code, for people; `None` where the code is not registered.
    pub name: Option<String>,
    /// The EXTRA-TEXT, cut to a bounded length; what is not UTF-8 in it is replaced.
    pub text: Option<String>,
}

/// The IANA registry "Extended DNS Error Codes".
const PURPOSES: &[&str] = &[
    "Other Error",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDomain Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
    "Signature Expired before Valid",
    "Too Early",
    "Unsupported NSEC3 Iterations Value",
    "Unable to conform to policy",
    "Synthesized",
];

impl ExtendedError {
    /// An error of this code, with its registered purpose.
    pub fn new(code: u16, text: Option<String>) -> Self {
        Self {
            code,
            name: PURPOSES.get(usize::from(code)).map(|purpose| (*purpose).to_owned()),
            text: text.filter(|text| !text.is_empty()),
        }
    }

    /// 3 and 19: the answer came from an expired cache entry (RFC 8914 sections 4.4 and 4.20).
    pub fn is_stale(&self) -> bool {
        matches!(self.code, 3 | 19)
    }

    /// 6 to 12: validation failed (RFC 8914 sections 4.7 to 4.13).
    pub fn is_dnssec_failure(&self) -> bool {
        matches!(self.code, 6..=12)
    }

    /// 15 to 18: Blocked, Censored, Filtered, Prohibited (RFC 8914 sections 4.16 to 4.19).
    pub fn is_policy(&self) -> bool {
        matches!(self.code, 15..=18)
    }

    /// 22 and 23: no authority was reachable, or the network failed (RFC 8914 sections 4.23 and 4.24).
    pub fn is_upstream_unreachable(&self) -> bool {
        matches!(self.code, 22 | 23)
    }
}

//! Resource records, as far as a diagnosis reads them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{Name, RecordType, Section};

/// The data of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// The target of an alias.
    Cname(Name),
    /// An authoritative name server.
    Ns(Name),
    /// The start of a zone of authority.
    Soa {
        /// The primary server (MNAME).
        mname: Name,
        /// The mailbox of who is responsible (RNAME).
        rname: Name,
        /// The version of the zone.
        serial: u32,
        /// The bound of the negative TTL in seconds (RFC 2308 section 4).
        minimum: u32,
    },
    /// Anything else, in presentation form, cut to a bounded length.
    Other(String),
}

/// A resource record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Record {
    /// Where in the reply it stood.
    pub section: Section,
    /// The owner name.
    pub owner: Name,
    /// The type.
    #[serde(rename = "type")]
    pub rtype: RecordType,
    /// Seconds it may be cached; a value with the top bit set is 0 (RFC 2181 section 8).
    pub ttl: u32,
    /// The data.
    pub data: RData,
}

impl Record {
    /// The address, of an A or AAAA record.
    pub fn address(&self) -> Option<IpAddr> {
        match &self.data {
            RData::A(ip) => Some(IpAddr::V4(*ip)),
            RData::Aaaa(ip) => Some(IpAddr::V6(*ip)),
            _ => None,
        }
    }
}

impl fmt::Display for RData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(ip) => ip.fmt(f),
            Self::Aaaa(ip) => ip.fmt(f),
            Self::Cname(name) | Self::Ns(name) => name.fmt(f),
            Self::Soa { mname, rname, .. } => write!(f, "{mname} {rname}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// The start of authority that came with a reply: whose zone a negative answer is from, and for how long it
/// may be cached (RFC 2308).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Soa {
    /// The apex of the zone.
    pub owner: Name,
    /// The primary server.
    pub mname: Name,
    /// The TTL of the record in seconds: what remains of the negative answer's life in that cache.
    pub ttl: u32,
    /// The MINIMUM field in seconds.
    pub minimum: u32,
    /// Where it stood. A response policy zone of BIND puts its own into ADDITIONAL.
    pub section: Section,
}

impl Soa {
    /// Reads a record; `None` where it is not a SOA.
    pub fn from_record(record: &Record) -> Option<Self> {
        let RData::Soa { mname, minimum, .. } = &record.data else {
            return None;
        };
        Some(Self {
            owner: record.owner.clone(),
            mname: mname.clone(),
            ttl: record.ttl,
            minimum: *minimum,
            section: record.section,
        })
    }
}

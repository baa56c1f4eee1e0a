//! What was observed of one resolver: the part of a capture that the diagnosis is made from.

use serde::{Deserialize, Serialize};

use crate::observation::{Lookup, Purpose, SystemLookup, Transport};
use crate::resolvers::Resolver;

/// A resolver, and everything that was observed of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Probed {
    /// The resolver.
    #[serde(flatten)]
    pub resolver: Resolver,
    /// The lookups, in the plan's order; empty for the operating system's lookup.
    pub lookups: Vec<Lookup>,
    /// The operating system's lookup.
    pub system: Option<SystemLookup>,
    /// Whether the run ended before it was done with this resolver: it was interrupted, its time was up before the
    /// target was asked for, or this host had not what asking needs.
    #[serde(default)]
    pub interrupted: bool,
}

impl Probed {
    /// It was tried with more than questions over UDP for the endpoint's own name, whatever came of it: with another
    /// name, or over TCP, where a connection tells without any name.
    pub fn tried_with_more_than_the_name(&self) -> bool {
        let is_of_the_name = |lookup: &Lookup| matches!(lookup.purpose, Purpose::Target | Purpose::CheckingDisabled);
        let is_over_udp = |lookup: &Lookup| {
            let transports = lookup.attempts.iter().map(|attempt| attempt.transport);
            transports
                .chain([lookup.transport])
                .all(|transport| transport == Transport::Udp)
        };
        !self
            .lookups
            .iter()
            .all(|lookup| is_of_the_name(lookup) && is_over_udp(lookup))
    }
}

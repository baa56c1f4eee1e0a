//! What was observed of one resolver: the part of a capture that the diagnosis is made from.

use serde::{Deserialize, Serialize};

use crate::observation::{Lookup, SystemLookup};
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

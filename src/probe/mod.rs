//! The prober: puts the plan's questions to the resolvers and returns what came back. The only module that
//! opens sockets.

mod exchange;
mod route;
mod run;
mod sockets;
mod system;
mod tcp;
mod udp;
pub(crate) mod wire;

use serde::{Deserialize, Serialize};

use crate::observation::{Lookup, SystemLookup};
use crate::resolvers::Resolver;

pub use route::{Direct, Route};
pub use run::{Progress, Run, run};
pub use sockets::descriptors;
pub use system::{GetAddrInfo, SystemResolver};

/// A resolver, and everything that was observed of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// The resolver.
    #[serde(flatten)]
    pub resolver: Resolver,
    /// The look-ups, in the plan's order; empty for the operating system's look-up.
    pub lookups: Vec<Lookup>,
    /// The operating system's look-up.
    pub system: Option<SystemLookup>,
    /// Whether the run ended before it was done with this resolver: it was interrupted, its time was up before the target
    /// was asked for, or this host had not what asking needs.
    #[serde(default)]
    pub interrupted: bool,
}

//! Beyond DNS, and only where it is asked for (`--connect`): does the API server's port answer at the addresses that
//! were given, and is it this cluster that answers? Never part of a resolver's verdict.

mod plan;
mod run;

pub use plan::{ConnectAddress, targets};
pub use run::{Authority, NoAuthority, connect};

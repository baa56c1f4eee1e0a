//! `demo`: a scenario, played on loopback and diagnosed.

use super::Error;
use crate::cli::args::DemoArgs;

/// Plays a scenario.
pub(super) fn run(_: &DemoArgs) -> Result<u8, Error> {
    Err(Error::NotBuiltIn("demo", "use check"))
}

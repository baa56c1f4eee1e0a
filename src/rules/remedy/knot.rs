//! Knot Resolver's two ways of being configured, and which of them a reader has.
//!
//! Until version 5 that is a program in Lua (kresd.conf), and since version 6.0 a document in YAML (config.yaml):
//! "Upgrading to version 6.x", doc/user/upgrading-to-6.rst in CZ-NIC/knot-resolver.

use super::super::Case;
use crate::software::{Software, identify};

/// The first version that is configured in YAML.
const IN_YAML: u32 = 6;

/// The lines of the version that answers here. Where none says its version, or there are several, both: a reader knows
/// which file they have.
pub(super) fn lines(case: &Case<'_>, yaml: &str, lua: &str) -> String {
    let said = case
        .subjects()
        .filter_map(|subject| identify(&subject.probed.lookups, None));
    let of_knot = said.filter(|identified| identified.name == Software::Knot);
    let (newer, older): (Vec<u32>, Vec<u32>) = of_knot
        .filter_map(|identified| identified.major())
        .partition(|major| *major >= IN_YAML);
    match (newer.is_empty(), older.is_empty()) {
        (false, true) => yaml.to_owned(),
        (true, false) => lua.to_owned(),
        _ => format!("{yaml}\n\n{lua}"),
    }
}

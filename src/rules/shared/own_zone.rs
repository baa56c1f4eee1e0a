//! The zones of somebody else's that hold the name at a resolver.

use std::collections::BTreeSet;

use crate::rules::Subject;
use crate::rules::step::foreign_zone_around;

/// Each of them with its primary server, by the SOA for AAAA or for the random sibling.
pub(in crate::rules) fn around(subjects: &[&Subject<'_>]) -> Vec<String> {
    let zones: BTreeSet<String> = subjects
        .iter()
        .filter_map(|subject| foreign_zone_around(subject))
        .map(|soa| format!("{} ({})", soa.owner, soa.mname))
        .collect();
    zones.into_iter().collect()
}

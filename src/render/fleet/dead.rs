//! The entries of a kubeconfig that are dead, and who has their cluster now, in one line.

use crate::fleet::{Fleet, TargetOutcome};
use crate::limits;
use crate::render::words;
use crate::rules::Confidence;
use crate::rules::phrase::plural;

/// `3 of 14 entries of your kubeconfig are dead: old-shop (prod has its cluster now), …`. `None` where none is.
pub(super) fn line(fleet: &Fleet, verbose: bool) -> Option<String> {
    let entries = || fleet.targets.iter().filter(|one| one.is_entry());
    let dead: Vec<&TargetOutcome> = entries().filter(|one| one.is_dead_entry()).collect();
    if dead.is_empty() {
        return None;
    }
    let named: Vec<String> = dead.iter().flat_map(|one| each(one)).collect();
    let all: usize = entries().map(|one| 1 + one.also.len()).sum();
    let shown = if verbose { usize::MAX } else { limits::TARGETS_SHOWN };
    Some(format!(
        "{} of {all} {} of your kubeconfig {} dead: {}",
        named.len(),
        plural(all, "entry", "entries"),
        plural(named.len(), "is", "are"),
        words::some(&named, shown)
    ))
}

/// Each entry of one endpoint, with who has its cluster now.
fn each(outcome: &TargetOutcome) -> Vec<String> {
    let is_unsure = outcome
        .headline
        .as_ref()
        .is_some_and(|lead| lead.confidence > Confidence::High);
    let now = match &outcome.replaced_by {
        Some(entry) if is_unsure => format!("{entry} probably has its cluster now"),
        Some(entry) => format!("{entry} has its cluster now"),
        None => "no entry has its cluster".to_owned(),
    };
    let names = std::iter::once(&outcome.name).chain(&outcome.also);
    names.map(|name| format!("{name} ({now})")).collect()
}

//! The targets that a page shows one by one, and as one row those of which the same is said.

use std::collections::HashMap;

use super::{noun_of, said};
use crate::fleet::{Fleet, TargetOutcome};
use crate::limits;
use crate::report::Conclusion;
use crate::rules::phrase::list;

/// A target, or several of which the same is said.
pub(super) struct TargetRow<'a> {
    pub(super) conclusion: Conclusion,
    /// The names, in the order of the list.
    names: Vec<&'a str>,
    /// What is said of each; empty where there is nothing.
    said: String,
    /// Whether all of them are only entries of a kubeconfig.
    are_entries: bool,
}

/// Of how many targets the same is to be said before they are one row.
const ALIKE: usize = 3;

impl<'a> TargetRow<'a> {
    fn of(outcome: &'a TargetOutcome, said: String) -> Self {
        Self {
            conclusion: outcome.conclusion,
            names: vec![&outcome.name],
            said,
            are_entries: outcome.is_entry(),
        }
    }

    fn add(&mut self, outcome: &'a TargetOutcome) {
        self.names.push(&outcome.name);
        self.are_entries &= outcome.is_entry();
    }

    /// How many targets it is.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    /// Its name, or how many they are.
    pub(super) fn label(&self) -> String {
        match *self.names {
            [name] => name.to_owned(),
            _ => format!("{} {}", self.count(), noun_of(self.count(), self.are_entries)),
        }
    }

    /// What is said of it, and of whom where that is several.
    pub(super) fn text(&self) -> String {
        let said = if self.said.is_empty() {
            self.conclusion.as_str()
        } else {
            &self.said
        };
        match *self.names {
            [_] => said.to_owned(),
            _ => format!("{said}: {}", some(&self.names, limits::TARGETS_SHOWN)),
        }
    }
}

/// The first few names, and how many more there are.
pub(super) fn some(names: &[&str], most: usize) -> String {
    match names.len().saturating_sub(most) {
        0 => list(names),
        more => format!("{} and {more} more", names[..most].join(", ")),
    }
}

/// The rows: of the targets that are not healthy, the worst first. With `verbose` each target has a row of its own, in
/// the order of the list.
pub(super) fn rows(fleet: &Fleet, verbose: bool) -> Vec<TargetRow<'_>> {
    if verbose {
        return fleet.targets.iter().map(|one| TargetRow::of(one, said(one))).collect();
    }
    let mut shown: Vec<&TargetOutcome> = fleet
        .targets
        .iter()
        .filter(|one| one.conclusion != Conclusion::Healthy)
        .collect();
    // What is alike stays in its order.
    shown.sort_by_key(|outcome| match outcome.conclusion {
        Conclusion::Broken => 0,
        Conclusion::Inconclusive => 1,
        Conclusion::Degraded => 2,
        Conclusion::Healthy => 3,
    });
    let said: Vec<(&TargetOutcome, String)> = shown.into_iter().map(|one| (one, said(one))).collect();
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    for (outcome, said) in &said {
        *counts.entry((outcome.conclusion.as_str(), said)).or_default() += 1;
    }
    let alike = |outcome: &TargetOutcome, said: &str| counts[&(outcome.conclusion.as_str(), said)] >= ALIKE;
    let mut rows: Vec<TargetRow<'_>> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for (outcome, said) in &said {
        let key = (outcome.conclusion.as_str(), said.as_str());
        if let Some(place) = places.get(&key) {
            rows[*place].add(outcome);
            continue;
        }
        if alike(outcome, said) {
            places.insert(key, rows.len());
        }
        rows.push(TargetRow::of(outcome, said.clone()));
    }
    rows
}

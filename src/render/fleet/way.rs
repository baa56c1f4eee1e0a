//! The ways of the questions of many targets as a picture: each resolver, and for how many targets it answered how.

use std::collections::BTreeMap;

use crate::compare::Verdict;
use crate::fleet::{Fleet, TargetOutcome};
use crate::render::way::{self, Way};
use crate::render::words::{LineMark, mark_of};
use crate::rules::phrase::{self, plural};

/// A way for each resolver and each outcome of it: what is wrong first, then in the order of the resolvers. Resolvers
/// with the same outcome for as many targets are one way.
pub(super) fn ways(fleet: &Fleet) -> Vec<Way> {
    let start = way::this_place(&fleet.vantage);
    let mut ways: Vec<Way> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for tally in &fleet.resolvers {
        if names.contains(&tally.name.as_str()) {
            continue;
        }
        names.push(&tally.name);
        // One name may stand for several servers, each for the targets of its own VPC.
        let of_name = fleet.resolvers.iter().filter(|other| other.name == tally.name);
        let mut resolvers: Vec<String> = Vec::new();
        for other in of_name {
            let who = way::who_at(&other.name, other.role, other.address);
            if !resolvers.contains(&who) {
                resolvers.push(who);
            }
        }
        for ((verdict, in_scope), count) in counted(&fleet.targets, &tally.name) {
            let all = fleet.targets.len();
            way::add(
                &mut ways,
                Way {
                    start: start.clone(),
                    resolvers: resolvers.clone(),
                    behind: Vec::new(),
                    end: format!(
                        "{count} of {all} {}: {}",
                        plural(all, "target", "targets"),
                        said(verdict)
                    ),
                    mark: in_scope.then(|| mark_of(verdict)),
                },
            );
        }
    }
    ways.sort_by_key(|way| match way.mark {
        Some(LineMark::Bad) => 0,
        Some(_) => 1,
        None => 2,
    });
    ways
}

/// For how many targets the resolver's answer came to what, and whether that decides.
fn counted(targets: &[TargetOutcome], name: &str) -> BTreeMap<(Verdict, bool), usize> {
    let mut counts = BTreeMap::new();
    let said = targets.iter().flat_map(|target| &target.resolvers);
    for one in said.filter(|one| one.resolver == name) {
        *counts.entry((one.verdict, one.in_scope)).or_default() += 1;
    }
    counts
}

fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Match => "as expected",
        verdict => phrase::verdict(verdict),
    }
}

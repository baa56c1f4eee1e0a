//! The same cause over many targets, said once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::rules::{self, Confidence, Finding, Remedy, Severity};

/// A cause, and whom it is the cause of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cause {
    /// The rule's name.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is of the target where it is least sure.
    pub confidence: Confidence,
    /// The resolvers it is about.
    pub resolvers: Vec<String>,
    /// The names of the targets, in their order.
    pub targets: Vec<String>,
    /// What is the case: the finding's own line where all targets have the same, else the rule's.
    pub summary: String,
    /// What the names of all these targets end in, where they are endpoints of one Region.
    pub zone: Option<Name>,
    /// Why, as it is said of the first of the targets.
    pub explanation: String,
    /// What to do, as it is said of the first of the targets.
    pub remedies: Vec<Remedy>,
}

/// The causes as they come up, target by target.
#[derive(Debug, Clone, Default)]
pub(super) struct Causes(BTreeMap<(Severity, String, Vec<String>, Option<String>), Grouped>);

#[derive(Debug, Clone)]
struct Grouped {
    /// The targets, by their place.
    targets: Vec<(usize, String)>,
    confidence: Confidence,
    /// The first target's, and whether all have the same line.
    first: (usize, Finding),
    is_same: bool,
    zone: Option<Name>,
}

impl Causes {
    /// Takes what was found of a target: what nothing else causes, and what there is to do something about.
    pub(super) fn take(&mut self, place: usize, name: &str, hostname: &Name, findings: &[Finding]) {
        let zone = EndpointName::parse(hostname).ok().map(|one| one.regional_suffix);
        for finding in findings {
            if finding.severity == Severity::Info || finding.caused_by.is_some() {
                continue;
            }
            let mut resolvers = finding.resolvers.clone();
            resolvers.sort();
            let key = (
                finding.severity,
                finding.rule.clone(),
                resolvers,
                zone.as_ref().map(Name::to_fqdn),
            );
            let grouped = self.0.entry(key).or_insert_with(|| Grouped {
                targets: Vec::new(),
                confidence: finding.confidence,
                first: (place, finding.clone()),
                is_same: true,
                zone: zone.clone(),
            });
            // A rule may say the same of a target twice, of two addresses.
            if grouped.targets.last().is_some_and(|(last, _)| *last == place) {
                continue;
            }
            grouped.targets.push((place, name.to_owned()));
            grouped.confidence = grouped.confidence.max(finding.confidence);
            grouped.is_same &= grouped.first.1.summary == finding.summary;
            if place < grouped.first.0 {
                grouped.first = (place, finding.clone());
            }
        }
    }

    /// Forgets what was found of a target: it has another cause.
    pub(super) fn forget(&mut self, place: usize) {
        for grouped in self.0.values_mut() {
            grouped.targets.retain(|(other, _)| *other != place);
        }
        self.0.retain(|_, grouped| !grouped.targets.is_empty());
    }

    /// The causes: the worst first, then those of most targets.
    pub(super) fn finish(self) -> Vec<Cause> {
        let mut causes: Vec<Cause> = self
            .0
            .into_values()
            .map(|mut grouped| {
                grouped.targets.sort();
                let finding = grouped.first.1;
                let general = rules::find(&finding.rule).map(|rule| rule.summary.to_owned());
                Cause {
                    summary: match general {
                        Some(general) if !grouped.is_same => general,
                        _ => finding.summary,
                    },
                    rule: finding.rule,
                    severity: finding.severity,
                    confidence: grouped.confidence,
                    resolvers: finding.resolvers,
                    targets: grouped.targets.into_iter().map(|(_, name)| name).collect(),
                    zone: grouped.zone,
                    explanation: finding.explanation,
                    remedies: finding.remedies,
                }
            })
            .collect();
        causes.sort_by(|a, b| {
            let order = |one: &Cause| (one.severity, std::cmp::Reverse(one.targets.len()));
            order(a).cmp(&order(b))
        });
        causes
    }
}

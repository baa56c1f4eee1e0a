//! The same cause over many targets, said once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;
use crate::resolvers::Role;
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
    /// The target of which the explanation and the remedies are. Empty where they are of none, and in a document of a
    /// version before 0.3.
    #[serde(default)]
    pub example: String,
    /// Why, as it is said of the example.
    pub explanation: String,
    /// What to do, as it is said of the example.
    pub remedies: Vec<Remedy>,
}

/// Whether a rule is about a resolver whatever it is asked: the Region of a target is no part of its cause.
fn is_of_the_resolver(rule: &str) -> bool {
    rules::find(rule).is_some_and(|rule| rule.is_of_the_resolver)
}

/// The causes as they come up, target by target.
#[derive(Debug, Clone, Default)]
pub(super) struct Causes(BTreeMap<(Severity, String, Vec<String>, Option<String>), Grouped>);

#[derive(Debug, Clone)]
struct Grouped {
    /// The targets, by their place.
    targets: Vec<(usize, String)>,
    confidence: Confidence,
    /// What was found of the first targets, in their order; not of all, which would be too much to hold.
    first: Vec<TargetFinding>,
    /// Whether all targets have the same line.
    is_same: bool,
    zone: Option<Name>,
}

/// What was found of one target.
#[derive(Debug, Clone)]
struct TargetFinding {
    place: usize,
    name: String,
    /// Its place among the findings of its target: a cause stands before what it explains.
    rank: usize,
    finding: Finding,
}

/// Of how many targets of a cause the finding is kept: a target whose cause becomes another is none of it any more.
const KEPT: usize = 8;

impl Grouped {
    fn keep(&mut self, found: TargetFinding) {
        let at = self.first.partition_point(|other| other.place < found.place);
        if at < KEPT {
            self.first.insert(at, found);
            self.first.truncate(KEPT);
        }
    }

    fn summary(&self) -> Option<&str> {
        self.first.first().map(|found| found.finding.summary.as_str())
    }

    /// Takes the targets of another: the same cause in another zone.
    fn join(&mut self, other: Self) {
        self.is_same &= other.is_same && self.summary() == other.summary();
        self.confidence = self.confidence.max(other.confidence);
        self.targets.extend(other.targets);
        for found in other.first {
            self.keep(found);
        }
        if self.zone != other.zone {
            self.zone = None;
        }
    }
}

impl Causes {
    /// Takes what was found of a target: what nothing else causes, and what there is to do something about.
    pub(super) fn take(&mut self, place: usize, name: &str, hostname: &Name, findings: &[Finding]) {
        let zone = EndpointName::parse(hostname).ok().map(|one| one.regional_suffix);
        for (rank, finding) in findings.iter().enumerate() {
            if finding.severity == Severity::Info || finding.caused_by.is_some() {
                continue;
            }
            let mut resolvers = finding.resolvers.clone();
            // This host's own lookup is named beside the server that it asks, where it was heard in time.
            if resolvers.len() > 1 {
                resolvers.retain(|name| *name != Role::Os.as_str());
            }
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
                first: Vec::new(),
                is_same: true,
                zone: zone.clone(),
            });
            // A rule may say the same of a target twice, of two addresses.
            if grouped.targets.last().is_some_and(|(last, _)| *last == place) {
                continue;
            }
            grouped.targets.push((place, name.to_owned()));
            grouped.confidence = grouped.confidence.max(finding.confidence);
            grouped.is_same &= grouped.summary().is_none_or(|summary| *summary == finding.summary);
            if grouped.first.len() < KEPT || grouped.first.last().is_some_and(|last| place < last.place) {
                grouped.keep(TargetFinding {
                    place,
                    name: name.to_owned(),
                    rank,
                    finding: finding.clone(),
                });
            }
        }
    }

    /// Forgets what was found of a target: it has another cause.
    pub(super) fn forget(&mut self, place: usize) {
        for grouped in self.0.values_mut() {
            grouped.targets.retain(|(other, _)| *other != place);
            grouped.first.retain(|found| found.place != place);
        }
        self.0.retain(|_, grouped| !grouped.targets.is_empty());
    }

    /// The causes: the worst first, then those of most targets, then the surest.
    pub(super) fn finish(self) -> Vec<Cause> {
        let mut joined: BTreeMap<(Severity, String, Vec<String>, Option<String>), Grouped> = BTreeMap::new();
        for ((severity, rule, resolvers, zone), grouped) in self.0 {
            let zone = zone.filter(|_| !is_of_the_resolver(&rule));
            let grouped = Grouped {
                zone: grouped.zone.filter(|_| zone.is_some()),
                ..grouped
            };
            match joined.entry((severity, rule, resolvers, zone)) {
                Entry::Vacant(free) => {
                    free.insert(grouped);
                }
                Entry::Occupied(mut known) => known.get_mut().join(grouped),
            }
        }
        let mut causes: Vec<(usize, Cause)> = joined
            .into_iter()
            .map(|((severity, rule, resolvers, _), grouped)| cause(severity, rule, resolvers, grouped))
            .collect();
        causes.sort_by(|(rank_of_a, a), (rank_of_b, b)| {
            // Of as many targets, a cause leads before what is not explained, what the reports of the targets have
            // first before what follows, and then the one that is known more surely.
            let order = |rank: usize, one: &Cause| {
                let stage = rules::find(&one.rule).map(|rule| rule.stage as u8);
                let count = std::cmp::Reverse(one.targets.len());
                (one.severity, count, stage, rank, one.confidence)
            };
            order(*rank_of_a, a).cmp(&order(*rank_of_b, b))
        });
        causes.into_iter().map(|(_, cause)| cause).collect()
    }
}

/// The cause, and where the report of its example has it.
fn cause(severity: Severity, rule: String, resolvers: Vec<String>, mut grouped: Grouped) -> (usize, Cause) {
    grouped.targets.sort();
    let general = rules::find(&rule).map(|rule| rule.summary);
    let general = || {
        let who = if resolvers.is_empty() || resolvers.len() > limits::NAMES_SHOWN {
            String::new()
        } else {
            format!("{}: ", resolvers.join(", "))
        };
        format!("{who}{}", general.unwrap_or(&rule))
    };
    let (zone, confidence) = (grouped.zone, grouped.confidence);
    let targets: Vec<String> = grouped.targets.into_iter().map(|(_, name)| name).collect();
    let Some(found) = grouped.first.into_iter().next() else {
        // What was kept was of targets that have another cause now.
        let cause = Cause {
            summary: general(),
            rule,
            severity,
            confidence,
            resolvers,
            targets,
            zone,
            example: String::new(),
            explanation: String::new(),
            remedies: Vec::new(),
        };
        return (0, cause);
    };
    let finding = found.finding;
    let cause = Cause {
        summary: if grouped.is_same { finding.summary } else { general() },
        rule,
        severity,
        confidence,
        resolvers: finding.resolvers,
        targets,
        zone,
        example: found.name,
        explanation: finding.explanation,
        remedies: finding.remedies,
    };
    (found.rank, cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, resolver: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Error,
            confidence: Confidence::High,
            summary: "line".to_owned(),
            explanation: "why".to_owned(),
            caused_by: None,
            resolvers: vec![resolver.to_owned()],
            evidence: Vec::new(),
            remedies: Vec::new(),
            references: Vec::new(),
        }
    }

    #[test]
    fn of_causes_of_as_many_targets_the_surest_leads() {
        let host = "api.example.test".parse::<Name>().unwrap_or_else(|_| Name::root());
        let sure = Finding {
            confidence: Confidence::Certain,
            ..finding("rebinding-protection", "corp")
        };
        let unsure = Finding {
            confidence: Confidence::Low,
            ..finding("negative-answer", "corp")
        };
        let mut causes = Causes::default();
        causes.take(0, "a", &host, std::slice::from_ref(&unsure));
        causes.take(1, "b", &host, std::slice::from_ref(&sure));
        let lead = |causes: Causes| causes.finish().first().map(|one| one.rule.clone());
        assert_eq!(lead(causes.clone()).as_deref(), Some("rebinding-protection"));
        causes.take(2, "c", &host, &[unsure]);
        assert_eq!(lead(causes).as_deref(), Some("negative-answer"));
    }

    #[test]
    fn what_the_report_of_a_target_has_first_leads() {
        let host = "api.example.test".parse::<Name>().unwrap_or_else(|_| Name::root());
        let sure = Finding {
            confidence: Confidence::Certain,
            ..finding("inbound-endpoint-unreachable", "inbound-1")
        };
        let unexplained = Finding {
            confidence: Confidence::Certain,
            ..finding("unexplained-mismatch", "os")
        };
        let mut causes = Causes::default();
        causes.take(
            0,
            "a",
            &host,
            &[finding("resolver-unreachable", "local"), sure, unexplained],
        );
        let rules: Vec<String> = causes.finish().into_iter().map(|one| one.rule).collect();
        assert_eq!(
            rules,
            [
                "resolver-unreachable",
                "inbound-endpoint-unreachable",
                "unexplained-mismatch"
            ]
        );
    }

    #[test]
    fn what_is_shown_of_a_cause_is_of_one_of_its_targets() {
        let host = "api.example.test".parse::<Name>().unwrap_or_else(|_| Name::root());
        let named = |name: &str| Finding {
            explanation: format!("of {name}"),
            ..finding("negative-answer", "corp")
        };
        let mut causes = Causes::default();
        for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
            causes.take(place, name, &host, &[named(name)]);
        }
        causes.forget(0);
        let causes = causes.finish();
        let shown = causes
            .first()
            .map(|one| (one.example.as_str(), one.explanation.as_str()));
        assert_eq!(shown, Some(("b", "of b")));
    }

    #[test]
    fn a_cause_is_one_whether_or_not_the_hosts_own_lookup_was_heard_in_time() {
        let host = "api.example.test".parse::<Name>().unwrap_or_else(|_| Name::root());
        let without = Finding {
            confidence: Confidence::Low,
            ..finding("forward-target-unreachable", "local")
        };
        let with = Finding {
            confidence: Confidence::Medium,
            resolvers: vec!["local".to_owned(), "os".to_owned()],
            ..without.clone()
        };
        let mut causes = Causes::default();
        causes.take(0, "a", &host, &[with]);
        causes.take(1, "b", &host, &[without]);
        causes.take(2, "c", &host, &[finding("forward-target-unreachable", "os")]);
        let told: Vec<(Vec<String>, Confidence)> = causes
            .finish()
            .into_iter()
            .map(|one| (one.targets, one.confidence))
            .collect();
        let targets = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            told,
            [
                (targets(&["a", "b"]), Confidence::Low),
                (targets(&["c"]), Confidence::High)
            ]
        );
    }

    #[test]
    fn what_is_of_the_resolver_is_said_once_whatever_the_region() {
        let hosts = ["yl4.ap-northeast-1", "gr7.eu-west-1", "yl4.ap-northeast-1"].map(|zone| {
            let text = format!("{}.{zone}.eks.amazonaws.com", "A".repeat(32));
            text.parse::<Name>().unwrap_or_else(|_| Name::root())
        });
        for rule in [
            "resolver-unreachable",
            "malformed-reply",
            "not-recursive",
            "slow-resolver",
        ] {
            let mut causes = Causes::default();
            for (place, host) in hosts.iter().enumerate().rev() {
                let found = [finding(rule, "corp"), finding("no-forwarding", "vpc")];
                causes.take(place, &format!("c-{place}"), host, &found);
            }
            let causes = causes.finish();
            let told: Vec<(&str, usize, bool, &str)> = causes
                .iter()
                .map(|one| {
                    (
                        one.rule.as_str(),
                        one.targets.len(),
                        one.zone.is_some(),
                        one.example.as_str(),
                    )
                })
                .collect();
            assert_eq!(
                told,
                [
                    (rule, 3, false, "c-0"),
                    ("no-forwarding", 2, true, "c-0"),
                    ("no-forwarding", 1, true, "c-1"),
                ]
            );
        }
    }
}

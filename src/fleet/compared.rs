//! Documents of many targets side by side: of several places, or of one place before and after.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::document::{Fleet, rank, worse};
use super::outcome::{TargetHeadline, TargetOutcome};
use crate::dns::Name;
use crate::limits;
use crate::report::{Conclusion, SCHEMA_VERSION, Tool, Unseen, exit};
use crate::text;

/// Why a text is no document of many targets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFleet {
    /// Something in it has not the shape that it should have.
    #[error("is no whole document of many targets (line {line}, column {column}): save it again with --save")]
    Shape {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of a version that this program does not know.
    #[error("has schema_version {0}, and this program reads up to {SCHEMA_VERSION}: compare with a newer program")]
    Newer(u32),
}

/// Reads a document of many targets; `None` where the text is of something else.
pub fn read_document(octets: &[u8]) -> Result<Option<Fleet>, NotFleet> {
    #[derive(Deserialize)]
    struct KindOnly {
        kind: Option<serde_json::Value>,
        schema_version: Option<serde_json::Value>,
    }
    if octets.len() as u64 > limits::CAPTURE {
        return Ok(None);
    }
    let text = text::decode(octets);
    let Ok(KindOnly {
        kind: Some(kind),
        schema_version,
    }) = serde_json::from_str(&text)
    else {
        return Ok(None);
    };
    if kind != "fleet" {
        return Ok(None);
    }
    let version = schema_version.and_then(|version| version.as_u64()).unwrap_or_default();
    if version > u64::from(SCHEMA_VERSION) {
        return Err(NotFleet::Newer(u32::try_from(version).unwrap_or(u32::MAX)));
    }
    serde_json::from_str(&text).map(Some).map_err(|error| NotFleet::Shape {
        line: error.line(),
        column: error.column(),
    })
}

/// One document of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Side {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub taken_at: String,
    /// Its outcome.
    pub conclusion: Conclusion,
    /// Its exit code.
    pub exit_code: u8,
    /// How many targets it has.
    pub targets: usize,
}

/// A target in one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TargetState {
    /// The outcome.
    pub conclusion: Conclusion,
    /// The finding to act on first.
    pub headline: Option<TargetHeadline>,
    /// Why nothing was decided, or why it was not asked.
    pub reason: Option<String>,
}

impl TargetState {
    fn of(outcome: &TargetOutcome) -> Self {
        Self {
            conclusion: outcome.conclusion,
            headline: outcome.headline.clone(),
            reason: outcome.reason.clone(),
        }
    }

    /// `broken (no-forwarding at corp)`.
    pub fn words(&self) -> String {
        let mut text = self.conclusion.as_str().to_owned();
        if let Some(headline) = &self.headline {
            text.push_str(" (");
            text.push_str(&headline.rule);
            if !headline.resolvers.is_empty() {
                text.push_str(" at ");
                text.push_str(&headline.resolvers.join(", "));
            }
            text.push(')');
        }
        text
    }

    /// Whether the other says something else: the outcome, the rule, or the resolvers it is about.
    fn differs(&self, other: &Self) -> bool {
        let what = |one: &Self| {
            let headline = one.headline.as_ref();
            headline.map(|headline| (headline.rule.clone(), headline.resolvers.clone()))
        };
        self.conclusion != other.conclusion || what(self) != what(other)
    }
}

/// A target, and what it is in each document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Across {
    /// Its name in the first document that has it.
    pub name: String,
    /// The endpoint's host name.
    pub hostname: Option<Name>,
    /// Whether the documents differ.
    pub differs: bool,
    /// What it is, in the order of the documents; `null` where a document does not have it.
    pub states: Vec<Option<TargetState>>,
}

/// The documents side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Compared {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What kind of document it is.
    pub kind: &'static str,
    /// The program that made it.
    pub tool: Tool,
    /// The documents.
    pub sides: Vec<Side>,
    /// The places that no document came from: nothing is known of any target there, and that is no difference.
    pub unseen: Vec<Unseen>,
    /// The targets: those that differ first.
    pub targets: Vec<Across>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// The worst of the documents; never healthy where a place was not seen, or a target is not in each document.
    pub conclusion: Conclusion,
    /// 130 where the run was interrupted, else the worst exit code: 1 before 3 before 0.
    pub exit_code: u8,
}

/// What there is to compare.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    /// Each document with its name.
    pub seen: Vec<(String, Fleet)>,
    /// The places without one.
    pub unseen: Vec<Unseen>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// Compares documents.
pub fn compare(gathered: &Documents) -> Compared {
    let documents = &gathered.seen;
    let mut targets: Vec<Across> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (side, (_, fleet)) in documents.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for outcome in &fleet.targets {
            // The endpoint is what is compared; what nobody could read has only its name.
            let host = outcome.hostname.as_ref().map(Name::to_fqdn);
            let mut key = host.unwrap_or_else(|| format!("name {}", outcome.name));
            if !seen.insert(key.clone()) {
                key = format!("{key} {}", outcome.name);
            }
            let place = *places.entry(key).or_insert_with(|| {
                targets.push(Across {
                    name: outcome.name.clone(),
                    hostname: outcome.hostname.clone(),
                    differs: false,
                    states: vec![None; documents.len()],
                });
                targets.len() - 1
            });
            targets[place].states[side] = Some(TargetState::of(outcome));
        }
    }
    for target in &mut targets {
        let first = target.states.first().unwrap_or(&None);
        target.differs = target.states.iter().any(|state| match (first, state) {
            (Some(first), Some(state)) => first.differs(state),
            (None, None) => false,
            _ => true,
        });
    }
    targets.sort_by_key(|target| !target.differs);
    let sides = documents.iter().map(|(name, fleet)| Side {
        name: name.clone(),
        taken_at: fleet.taken_at.clone(),
        conclusion: fleet.conclusion,
        exit_code: fleet.exit_code,
        targets: fleet.targets.len(),
    });
    // What one document does not have was not seen at its place.
    let is_whole = targets.iter().all(|target| target.states.iter().all(Option::is_some));
    let not_all_seen = gathered.interrupted || !gathered.unseen.is_empty() || !is_whole;
    let (unknown, nothing_worse) = if not_all_seen {
        (Some(Conclusion::Inconclusive), exit::INCONCLUSIVE)
    } else {
        (None, exit::HEALTHY)
    };
    let conclusions = documents.iter().map(|(_, fleet)| fleet.conclusion).chain(unknown);
    let worst = documents.iter().fold(nothing_worse, |code, (_, fleet)| {
        // One that was interrupted did not see all.
        let own = if fleet.exit_code == exit::INTERRUPTED {
            exit::INCONCLUSIVE
        } else {
            fleet.exit_code
        };
        worse(code, own)
    });
    Compared {
        schema_version: SCHEMA_VERSION,
        kind: "fleet-comparison",
        tool: Tool::this(),
        targets,
        conclusion: conclusions
            .max_by_key(|one| rank(*one))
            .unwrap_or(Conclusion::Inconclusive),
        exit_code: if gathered.interrupted { exit::INTERRUPTED } else { worst },
        interrupted: gathered.interrupted,
        unseen: gathered.unseen.clone(),
        sides: sides.collect(),
    }
}

/// A line for each target that is not as it was before.
pub fn changes(before: &Fleet, now: &Fleet) -> Vec<String> {
    let documents = Documents {
        seen: vec![(String::new(), before.clone()), (String::new(), now.clone())],
        ..Documents::default()
    };
    let words = |state: &Option<TargetState>| {
        state
            .as_ref()
            .map_or_else(|| "not there".to_owned(), TargetState::words)
    };
    let compared = compare(&documents);
    let changed = compared.targets.iter().filter(|target| target.differs);
    changed
        .map(|target| {
            format!(
                "{}: {} -> {}",
                target.name,
                words(&target.states[0]),
                words(&target.states[1])
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Vantage, VantageKind};
    use crate::fleet::{Gathering, NamedBy};

    fn fleet(targets: &[(&str, &str)]) -> Fleet {
        let vantage = Vantage {
            name: None,
            kind: VantageKind::Unknown,
            system: None,
        };
        let mut gathering = Gathering::new("2026-01-01T00:00:00Z".to_owned(), vantage, true);
        for (place, (name, conclusion)) in targets.iter().enumerate() {
            let host = format!("{name}.test").parse().ok();
            let mut outcome = TargetOutcome::not_asked((*name).to_owned(), host, NamedBy::File, "why");
            if *conclusion == "healthy" {
                outcome.conclusion = Conclusion::Healthy;
                outcome.exit_code = exit::HEALTHY;
            }
            gathering.put(place, outcome);
        }
        gathering.finish(Vec::new(), false)
    }

    #[test]
    fn what_differs_comes_first_and_the_exit_code_is_the_worst() {
        let before = fleet(&[("a", "healthy"), ("b", "healthy"), ("c", "healthy")]);
        let after = fleet(&[("a", "healthy"), ("b", "unknown"), ("d", "healthy")]);
        let documents = Documents {
            seen: vec![("x".to_owned(), before.clone()), ("y".to_owned(), after.clone())],
            ..Documents::default()
        };
        let compared = compare(&documents);
        let names: Vec<(&str, bool)> = compared
            .targets
            .iter()
            .map(|target| (target.name.as_str(), target.differs))
            .collect();
        assert_eq!(names, [("b", true), ("c", true), ("d", true), ("a", false)]);
        assert_eq!(compared.exit_code, exit::INCONCLUSIVE);
        assert_eq!(
            changes(&before, &after),
            [
                "b: healthy -> inconclusive",
                "c: healthy -> not there",
                "d: not there -> healthy"
            ]
        );
        assert!(changes(&before, &before).is_empty());
    }

    #[test]
    fn a_target_that_is_in_one_document_alone_is_not_known_at_the_other_place() {
        let (more, fewer) = (fleet(&[("a", "healthy"), ("b", "healthy")]), fleet(&[("a", "healthy")]));
        let compared = |seen: [&Fleet; 2]| {
            let seen = seen.map(|fleet| ("x".to_owned(), fleet.clone())).to_vec();
            let compared = compare(&Documents {
                seen,
                ..Documents::default()
            });
            (compared.conclusion, compared.exit_code)
        };
        let unknown = (Conclusion::Inconclusive, exit::INCONCLUSIVE);
        assert_eq!(compared([&more, &fewer]), unknown);
        assert_eq!(compared([&fewer, &more]), unknown);
        assert_eq!(compared([&more, &more]), (Conclusion::Healthy, exit::HEALTHY));
    }

    #[test]
    fn a_place_that_was_not_seen_is_no_difference_and_never_healthy() {
        let seen = vec![("x".to_owned(), fleet(&[("a", "healthy")]))];
        let unseen = vec![Unseen {
            place: "y".to_owned(),
            reason: "why".to_owned(),
        }];
        let documents = Documents {
            seen,
            unseen,
            interrupted: false,
        };
        let compared = compare(&documents);
        assert!(!compared.targets[0].differs);
        assert_eq!(
            (compared.conclusion, compared.exit_code),
            (Conclusion::Inconclusive, exit::INCONCLUSIVE)
        );
        let interrupted = Documents {
            interrupted: true,
            ..documents
        };
        assert_eq!(compare(&interrupted).exit_code, exit::INTERRUPTED);
    }

    #[test]
    fn a_document_is_told_from_anything_else() {
        let document = serde_json::to_vec(&fleet(&[("a", "healthy")])).unwrap_or_default();
        assert!(matches!(read_document(&document), Ok(Some(_))));
        assert_eq!(read_document(b"{\"schema_version\": 2}"), Ok(None));
        assert_eq!(read_document(b"not json"), Ok(None));
        assert_eq!(
            read_document(b"{\"kind\": \"fleet\", \"schema_version\": 99}"),
            Err(NotFleet::Newer(99))
        );
        assert!(matches!(
            read_document(b"{\"kind\": \"fleet\", \"schema_version\": 2}"),
            Err(NotFleet::Shape { .. })
        ));
    }
}

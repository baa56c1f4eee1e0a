//! Why the headline and not another finding: what was read of the resolver it is about, sign by sign, and which other
//! causes of a failure those signs rule out. It is a print-out of what the engine weighs before it asks a rule.

use serde::{Deserialize, Serialize};

use super::signs::{Is, LEGIBLE, Sign, SignReading, Weighed, in_order};
use super::{Case, Finding, RULES, Rule, Severity, Stage, Statement, Subject, find};

/// Why the headline is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Why {
    /// The headline's rule.
    pub rule: String,
    /// The resolver it was read off; the first that the headline is about.
    pub resolver: String,
    /// The signs that the headline cannot be without and that are there, in words.
    #[serde(default)]
    pub decided_by: Vec<String>,
    /// What was looked at, in the order of the reading.
    pub read: Vec<Reading>,
    /// The other causes that a failing resolver may have, and what became of them.
    pub considered: Vec<Considered>,
}

/// One look at the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reading {
    /// What was looked for.
    pub sign: String,
    /// Whether it is there; `null` where that could not be seen.
    pub seen: Option<bool>,
}

/// Another cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Considered {
    /// Its rule.
    pub rule: String,
    /// What became of it.
    pub outcome: CauseOutcome,
    /// The signs that decided, or that would decide.
    pub because: Vec<String>,
    /// The same as they were read; a document has their words alone.
    #[serde(skip)]
    pub looks: Vec<SignReading>,
}

/// What became of a cause that was considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CauseOutcome {
    /// It is a finding of this report too, about this resolver or about another one.
    Found,
    /// All of the signs that it cannot be without are there, and its rule looked further and did not find it.
    NotRuledOut,
    /// What would decide could not be seen.
    Undecided,
    /// What was seen rules it out.
    RuledOut,
}

/// Explains the headline. `None` where there is none, or where it is not about a resolver that fails.
pub fn explain(case: &Case<'_>, findings: &[Finding]) -> Option<Why> {
    let headline = findings.first()?;
    let subject = headline.resolvers.iter().find_map(|name| {
        case.subjects()
            .find(|subject| subject.name() == name && subject.speaks_dns())
    })?;
    if headline.severity != Severity::Error || subject.verdict().is_fine() {
        return None;
    }
    let read = in_order()
        .filter(|sign| sign.can_be_shown_by(subject))
        // What only a warning looks at is no reason for or against a cause.
        .filter(|sign| is_of_an_error(sign))
        .filter_map(|sign| {
            // What cannot be seen is said only where a cause depends on it, below.
            let seen = sign.seen(case, Some(subject))?;
            Some(Reading {
                sign: sign.words(Some(subject), Some(seen)),
                seen: Some(seen),
            })
        })
        .collect();
    let is_found = |rule: &Rule| {
        findings
            .iter()
            .any(|finding| finding.rule == rule.name && finding.resolvers.iter().any(|name| name == subject.name()))
    };
    // A finding about another resolver is true beside the headline, so nothing read here rules it out.
    let is_in_the_report = |rule: &Rule| findings.iter().any(|finding| finding.rule == rule.name);
    let mut considered: Vec<Considered> = RULES
        .iter()
        .filter(|rule| rule.severity == Severity::Error && rule.name != headline.rule && !is_part(headline, rule.name))
        .filter(|rule| !rule.states.is_of_another_kind(subject))
        // What is said only where nothing else was found is no rival of what was.
        .filter(|rule| rule.stage == Stage::Evidence || is_found(rule))
        .map(|rule| {
            let (outcome, looks) = if is_in_the_report(rule) {
                (CauseOutcome::Found, Vec::new())
            } else {
                match rule.states.weigh(case, subject) {
                    Weighed::Fits => (CauseOutcome::NotRuledOut, Vec::new()),
                    Weighed::Undecided(looks) => (CauseOutcome::Undecided, looks),
                    Weighed::RuledOut(looks) => (CauseOutcome::RuledOut, looks),
                }
            };
            Considered {
                rule: rule.name.to_owned(),
                outcome,
                because: looks.iter().map(|look| look.words.clone()).collect(),
                looks,
            }
        })
        .collect();
    considered.sort_by_key(|considered| considered.outcome);
    let states = find(&headline.rule).map(|rule| &rule.states);
    Some(Why {
        rule: headline.rule.clone(),
        resolver: subject.name().to_owned(),
        decided_by: states.map_or_else(Vec::new, |states| decided_by(case, subject, states)),
        read,
        considered,
    })
}

/// The signs that a rule cannot be without and that are as they have to be. That the answer can be read is no argument.
fn decided_by(case: &Case<'_>, subject: &Subject<'_>, states: &Statement) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    // What is there comes before what is not.
    for wanted in [true, false] {
        let signs = states.signs();
        for is in signs.filter(|is| matches!(is, Is::Present(_)) == wanted && *is.sign() != LEGIBLE) {
            let seen = is.sign().seen(case, Some(subject));
            let said = is.sign().words(Some(subject), seen);
            if seen == Some(wanted) && !words.contains(&said) {
                words.push(said);
            }
        }
    }
    words
}

/// Whether a rule that may find an error looks at the sign.
fn is_of_an_error(sign: &Sign) -> bool {
    let mut rules = RULES.iter().filter(|rule| rule.severity == Severity::Error);
    rules.any(|rule| rule.states.looks_at(sign))
}

/// Whether the headline speaks for the other rule too: it takes its place, or has it for a consequence.
fn is_part(headline: &Finding, rule: &str) -> bool {
    find(&headline.rule)
        .zip(find(rule))
        .is_some_and(|(headline, rule)| headline.replaces(rule) || headline.explains(rule))
}

/// What the signs rule out although the rule found it: nothing, or a rule names a resolver that its signs do not fit.
#[cfg(test)]
pub(crate) fn contradictions(case: &Case<'_>, findings: &[Finding]) -> Vec<String> {
    let failing = |name: &&String| {
        case.subjects()
            .find(|subject| subject.name() == name.as_str())
            .filter(|subject| subject.speaks_dns() && !subject.verdict().is_fine())
    };
    let mut wrong = Vec::new();
    for finding in findings {
        let Some(states) = find(&finding.rule).map(|rule| &rule.states) else {
            continue;
        };
        for subject in finding.resolvers.iter().filter_map(|name| failing(&name)) {
            // What only may come of the state of the run is said of whom it would concern.
            let weighed = if finding.severity == Severity::Error {
                states.weigh(case, subject)
            } else {
                states.requires.weigh(case, Some(subject))
            };
            if let Weighed::RuledOut(looks) = weighed {
                let because: Vec<&str> = looks.iter().map(|look| look.words.as_str()).collect();
                wrong.push(format!(
                    "{} at {}: {}",
                    finding.rule,
                    subject.name(),
                    because.join("; ")
                ));
            }
        }
    }
    wrong
}

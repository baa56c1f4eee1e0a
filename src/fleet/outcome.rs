//! What came of one target.

use serde::{Deserialize, Serialize};

use super::target::{Distinct, NamedBy};
use crate::compare::Verdict;
use crate::dns::{Name, RecordType};
use crate::observation::Purpose;
use crate::redact;
use crate::report::{Conclusion, Report, exit};
use crate::rules::{Confidence, Finding, Severity};

/// The finding to act on first, of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TargetHeadline {
    /// The rule's name.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Its line.
    pub summary: String,
    /// The resolvers it is about.
    pub resolvers: Vec<String>,
}

impl TargetHeadline {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            summary: finding.summary.clone(),
            resolvers: finding.resolvers.clone(),
        }
    }
}

/// What a resolver's answer for one target amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResolverOutcome {
    /// The resolver.
    pub resolver: String,
    /// Whether it decides.
    pub in_scope: bool,
    /// What its answer amounts to.
    pub verdict: Verdict,
}

/// What came of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TargetOutcome {
    /// What it is called; unique in a document.
    pub name: String,
    /// What else it is called: it was asked once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The endpoint's host name; `null` where a line that should name it could not be read.
    pub hostname: Option<Name>,
    /// The cluster's name, where known.
    pub cluster: Option<String>,
    /// The AWS Region, where known.
    pub region: Option<String>,
    /// Who named it.
    pub origin: NamedBy,
    /// The outcome; what could not be asked is inconclusive.
    pub conclusion: Conclusion,
    /// The exit code that `check` would give for it.
    pub exit_code: u8,
    /// The finding to act on first; `null` where there is nothing to act on.
    pub headline: Option<TargetHeadline>,
    /// Why nothing was decided, or why it was not asked; `null` where it was.
    pub reason: Option<String>,
    /// The entry that has the cluster's present endpoint, where this one's name is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// How long the slowest resolver took for its A records, in milliseconds; absent where none answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
    /// What each resolver said, in the report's order; empty where nobody was asked.
    pub resolvers: Vec<ResolverOutcome>,
}

impl TargetOutcome {
    /// Whether a context of a kubeconfig names it.
    pub fn is_entry(&self) -> bool {
        self.origin == NamedBy::Context
    }

    /// What `report` says of the target. `reason` says why nothing was decided, where nothing was.
    pub fn of(target: &Distinct, report: &Report, reason: Option<String>) -> Self {
        let lead = report.headline().filter(|lead| lead.severity != Severity::Info);
        Self {
            name: target.target.name().into_owned(),
            also: target.also.clone(),
            hostname: Some(report.target.hostname.clone()),
            cluster: report
                .target
                .cluster
                .clone()
                .or_else(|| target.target.known.cluster.clone()),
            region: report.target.region.clone(),
            origin: target.target.origin,
            conclusion: report.conclusion,
            exit_code: report.exit_code,
            headline: lead.map(TargetHeadline::of),
            reason,
            replaced_by: None,
            rtt_ms: slowest(report),
            resolvers: report
                .resolvers
                .iter()
                .map(|resolver| ResolverOutcome {
                    resolver: resolver.probed.resolver.name.clone(),
                    in_scope: resolver.probed.resolver.in_scope,
                    verdict: resolver.verdict,
                })
                .collect(),
        }
    }

    /// Takes what identifies the target out of its own texts.
    pub fn redact(&mut self) {
        let redact = |text: &mut String| *text = redact::text(text);
        redact(&mut self.name);
        self.also.iter_mut().for_each(redact);
        self.reason.iter_mut().for_each(redact);
        self.cluster.iter_mut().for_each(redact);
        if let Some(hostname) = &mut self.hostname
            && let Ok(stand_in) = redact::text(&hostname.to_string()).parse()
        {
            *hostname = stand_in;
        }
    }

    /// One that nobody was asked for, and why.
    pub fn not_asked(name: String, hostname: Option<Name>, origin: NamedBy, reason: impl Into<String>) -> Self {
        Self {
            name,
            also: Vec::new(),
            hostname,
            cluster: None,
            region: None,
            origin,
            conclusion: Conclusion::Inconclusive,
            exit_code: exit::INCONCLUSIVE,
            headline: None,
            reason: Some(reason.into()),
            replaced_by: None,
            rtt_ms: None,
            resolvers: Vec::new(),
        }
    }
}

/// How long the slowest resolver took for the target's A records, in milliseconds.
fn slowest(report: &Report) -> Option<f64> {
    let lookups = report.resolvers.iter().flat_map(|resolver| &resolver.probed.lookups);
    let of_target = lookups.filter(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A);
    of_target.filter_map(|lookup| lookup.rtt_ms).reduce(f64::max)
}

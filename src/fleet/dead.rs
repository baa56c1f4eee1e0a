//! Entries of a kubeconfig whose cluster has another endpoint now, and which entry has that.

use std::collections::BTreeMap;

use super::outcome::{TargetHeadline, TargetOutcome};
use super::target::NamedBy;
use crate::compare::Verdict;
use crate::dns::Name;
use crate::rules::{Confidence, Finding, Severity};
use crate::text::shell_word;

/// The rule that such an entry is a case of.
pub(super) const RULE: &str = "endpoint-name-stale";

/// Whether findings of a rule say that a name is no cluster's any more.
pub fn is_of_dead_entries(rule: &str) -> bool {
    [RULE, "cluster-not-found"].contains(&rule)
}

impl TargetOutcome {
    /// Whether it is an entry of a kubeconfig whose name is no cluster's any more, as far as is known: nobody who
    /// decides has it.
    pub fn is_dead_entry(&self) -> bool {
        let is_said = |lead: &TargetHeadline| {
            let is_sure = lead.confidence <= Confidence::High || self.replaced_by.is_some();
            is_of_dead_entries(&lead.rule) && lead.severity == Severity::Error && is_sure
        };
        let mut deciding = self.resolvers.iter().filter(|said| said.in_scope);
        self.is_entry()
            && self.headline.as_ref().is_some_and(is_said)
            && !deciding.any(|said| said.verdict.has_addresses())
    }
}

/// An entry that another has taken the place of.
pub(super) struct Replaced {
    /// The place of the dead one.
    pub(super) place: usize,
    /// The name of the entry that has the cluster now.
    pub(super) by: String,
    /// What is found of it then, where no rule could see it: the rules know one entry at a time.
    pub(super) finding: Option<Finding>,
}

/// Whose cluster an entry is about, as far as the kubeconfig says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct EntryCluster {
    /// The account, from the cluster's ARN.
    pub(super) account: Option<String>,
    /// The profile that the entry uses.
    pub(super) profile: Option<String>,
    /// The role that the entry takes.
    pub(super) role_arn: Option<String>,
}

impl EntryCluster {
    /// Whether two entries may be about clusters of two accounts. Of entries without accounts, what they sign in with
    /// tells: another profile or another role may be another account's.
    fn may_be_elsewhere(&self, other: &Self) -> bool {
        match (&self.account, &other.account) {
            (Some(own), Some(other)) => own != other,
            _ => (&self.profile, &self.role_arn) != (&other.profile, &other.role_arn),
        }
    }

    /// Whether both are of one account for certain.
    fn is_of_the_same_account(&self, other: &Self) -> bool {
        self.account.is_some() && self.account == other.account
    }
}

/// A cluster's name and its Region.
type ClusterKey<'a> = (&'a str, Option<&'a str>);

/// Whether everybody who decides denies the name.
fn is_denied(outcome: &TargetOutcome) -> bool {
    let mut deciding = outcome.resolvers.iter().filter(|said| said.in_scope).peekable();
    deciding.peek().is_some() && deciding.all(|said| matches!(said.verdict, Verdict::NxDomain | Verdict::Failed))
}

/// Whether somebody who decides has addresses for the name.
fn is_there(outcome: &TargetOutcome) -> bool {
    let has = |verdict| matches!(verdict, Verdict::Match | Verdict::Plausible | Verdict::Answer);
    outcome.resolvers.iter().any(|said| said.in_scope && has(said.verdict))
}

/// The entries that are dead, and who has their cluster now. `present` has the endpoint that AWS gives for a cluster,
/// by the place of the entry that is not it; `owners` whose cluster an entry is about, by its place.
pub(super) fn replaced(
    outcomes: &BTreeMap<usize, TargetOutcome>,
    present: &BTreeMap<usize, Name>,
    owners: &BTreeMap<usize, EntryCluster>,
) -> Vec<Replaced> {
    let mut by_host: BTreeMap<String, &str> = BTreeMap::new();
    let mut living: BTreeMap<ClusterKey<'_>, Vec<(usize, &TargetOutcome)>> = BTreeMap::new();
    for (place, outcome) in outcomes {
        if outcome.origin != NamedBy::Context {
            continue;
        }
        if let Some(hostname) = &outcome.hostname {
            by_host.entry(hostname.to_fqdn()).or_insert(&outcome.name);
        }
        if let Some(cluster) = &outcome.cluster
            && is_there(outcome)
        {
            let key = (cluster.as_str(), outcome.region.as_deref());
            living.entry(key).or_default().push((*place, outcome));
        }
    }
    let mut replaced = Vec::new();
    for (place, outcome) in outcomes {
        if let Some(by) = present.get(place).and_then(|host| by_host.get(&host.to_fqdn())) {
            replaced.push(Replaced {
                place: *place,
                by: (*by).to_owned(),
                finding: None,
            });
            continue;
        }
        let Some(cluster) = outcome.cluster.as_deref() else {
            continue;
        };
        // AWS says more, where it was asked.
        if outcome.origin != NamedBy::Context || !is_denied(outcome) || present.contains_key(place) {
            continue;
        }
        let unknown = EntryCluster::default();
        let of = |place: &usize| owners.get(place).unwrap_or(&unknown);
        let own = of(place);
        let others = living.get(&(cluster, outcome.region.as_deref()));
        // An account has one cluster of a name in a Region (EKS API reference, CreateCluster: name).
        let fitting = others
            .into_iter()
            .flatten()
            .filter(|(other, _)| !own.may_be_elsewhere(of(other)));
        let mut fitting: Vec<&(usize, &TargetOutcome)> = fitting.collect();
        fitting.dedup_by(|a, b| a.1.hostname == b.1.hostname);
        let [(other, living)] = fitting.as_slice() else {
            continue;
        };
        let is_sure = own.is_of_the_same_account(of(other));
        replaced.push(Replaced {
            place: *place,
            by: living.name.clone(),
            finding: Some(finding(outcome, living, cluster, is_sure)),
        });
    }
    replaced
}

fn finding(dead: &TargetOutcome, living: &TargetOutcome, cluster: &str, is_sure: bool) -> Finding {
    let now = living.hostname.as_ref().map(ToString::to_string).unwrap_or_default();
    let resolvers = dead.resolvers.iter().filter(|said| said.in_scope);
    let mut explanation = format!(
        "Every resolver in scope returns a negative answer for the name of {}, and the entry {} is of the cluster {cluster} too, with another \
         endpoint that resolves: {now}. A cluster that was deleted and made anew under its name has a new endpoint.",
        dead.name, living.name
    );
    if !is_sure {
        explanation.push_str(
            " That both are of one account is not said by the kubeconfig: where they are not, the entry is of another \
             cluster of that name.",
        );
    }
    Finding {
        rule: RULE.to_owned(),
        severity: Severity::Error,
        confidence: if is_sure { Confidence::High } else { Confidence::Medium },
        summary: if is_sure {
            format!(
                "this name is not the endpoint of {cluster} any more: the entry {} has {now}",
                living.name
            )
        } else {
            format!(
                "this name does not exist, and the entry {} has another endpoint for a cluster {cluster}: {now}",
                living.name
            )
        },
        explanation,
        caused_by: None,
        resolvers: resolvers.map(|said| said.resolver.clone()).collect(),
        evidence: Vec::new(),
        remedies: vec![crate::rules::Remedy::new(
            if is_sure {
                "Use the entry that has the cluster, and take the dead one out"
            } else {
                "Where both entries are of one account: use the one that has the cluster, and take the dead one out"
            },
            [
                format!("kubectl config use-context {}", last(&living.name)),
                format!("kubectl config delete-context {}", last(&dead.name)),
            ],
        )],
        references: Vec::new(),
    }
}

/// The name of a context as the last argument of kubectl: behind `--` where it begins as an option does.
fn last(name: &str) -> String {
    let end = if name.starts_with('-') { "-- " } else { "" };
    format!("{end}{}", shell_word(name))
}

impl Replaced {
    /// The headline of the entry then.
    pub(super) fn headline(&self) -> Option<TargetHeadline> {
        self.finding.as_ref().map(TargetHeadline::of)
    }
}

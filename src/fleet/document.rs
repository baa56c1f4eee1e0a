//! The document of many targets, and how it comes about, target by target.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::causes::{Cause, Causes};
use super::dead;
use super::outcome::TargetOutcome;
use super::target::FleetTarget;
use crate::compare::Verdict;
use crate::dns::Name;
use crate::facts::{Cluster, Gap, Vantage};
use crate::observation::{Lookup, NotWaitedFor, Purpose, Source, Transport};
use crate::redact;
use crate::report::{Conclusion, Report, SCHEMA_VERSION, Tool, exit};
use crate::resolvers::Role;
use crate::software::Identified;

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// Many targets.
    Fleet,
}

/// What is no target, and why: a context of another kind of cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// A resolver over all targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tally {
    /// Its name.
    pub name: String,
    /// What it is first of all.
    pub role: Role,
    /// Whether it decides.
    pub in_scope: bool,
    /// Where it was asked; `null` for the operating system's lookup.
    pub address: Option<SocketAddr>,
    /// How it was asked; `null` for the operating system's lookup.
    pub transport: Option<Transport>,
    /// The software that answers, as far as it or this host says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<Identified>,
    /// For how many targets it was asked.
    pub asked: usize,
    /// For how many of them it sent any reply.
    pub answered: usize,
    /// For how many of them its answer is the expected one.
    pub matched: usize,
}

/// Who was not waited for, and for how many targets: what is said of those stands without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotAwaited {
    /// Who was asked: the name of the resolver, or the source of facts.
    pub resolver: String,
    /// Who was asked for facts; absent for a resolver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// For how many targets not all that it was asked was waited for.
    pub targets: usize,
}

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Fleet {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// That it is of many targets.
    pub kind: DocumentKind,
    /// The program that made it.
    pub tool: Tool,
    /// When, RFC 3339, UTC.
    pub taken_at: String,
    /// Where.
    pub vantage: Vantage,
    /// The targets, in the order given.
    pub targets: Vec<TargetOutcome>,
    /// What is no target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The causes; the first is the one to act on.
    pub causes: Vec<Cause>,
    /// The resolvers, in the order of the reports.
    pub resolvers: Vec<Tally>,
    /// What could not be learnt, of any target: each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// Who was not waited for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_waited_for: Vec<NotAwaited>,
    /// The outcome: the worst of the targets.
    pub conclusion: Conclusion,
    /// The exit code: the worst of the targets, 1 before 3 before 0.
    pub exit_code: u8,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

impl Fleet {
    /// How many targets have this outcome.
    pub fn count(&self, conclusion: Conclusion) -> usize {
        self.targets.iter().filter(|one| one.conclusion == conclusion).count()
    }

    /// The exit code of what its targets came to, whatever the document says: 1 before 3 before 0, and 130 of a run
    /// that was interrupted.
    pub fn worst_exit_code(&self) -> u8 {
        if self.interrupted {
            return exit::INTERRUPTED;
        }
        let codes = self.targets.iter().map(|one| one.exit_code);
        match codes.reduce(worse) {
            None | Some(exit::INCONCLUSIVE) => exit::INCONCLUSIVE,
            Some(exit::HEALTHY) => exit::HEALTHY,
            Some(_) => exit::BROKEN,
        }
    }

    /// The same of another place that was given the endpoints alone, with what this place knows of the entries that
    /// they are from: an entry whose name is denied there has the cause that it has here. Its causes stay as they were
    /// said.
    #[must_use]
    pub fn knowing(mut self, entries: impl IntoIterator<Item = FleetTarget>) -> Self {
        let known: BTreeMap<String, FleetTarget> = entries
            .into_iter()
            .map(|target| (target.hostname.to_fqdn(), target))
            .collect();
        let mut outcomes = BTreeMap::new();
        let mut owners = BTreeMap::new();
        for (place, mut outcome) in std::mem::take(&mut self.targets).into_iter().enumerate() {
            let hostname = outcome.hostname.as_ref().map(Name::to_fqdn);
            if let Some(target) = hostname.and_then(|hostname| known.get(&hostname)) {
                outcome.origin = target.origin;
                outcome.cluster = outcome.cluster.or_else(|| target.known.cluster.clone());
                let whose = dead::EntryCluster {
                    account: target.known.account.clone(),
                    profile: target.known.profile.clone(),
                    role_arn: target.known.role_arn.clone(),
                };
                owners.insert(place, whose);
            }
            outcomes.insert(place, outcome);
        }
        for replaced in dead::replaced(&outcomes, &BTreeMap::new(), &owners) {
            let Some(outcome) = outcomes.get_mut(&replaced.place) else {
                continue;
            };
            outcome.headline = replaced.headline().or(outcome.headline.take());
            outcome.conclusion = Conclusion::Broken;
            outcome.exit_code = exit::BROKEN;
            outcome.replaced_by = Some(replaced.by);
            if !self.interrupted {
                self.exit_code = exit::BROKEN;
            }
            self.conclusion = Conclusion::Broken;
        }
        self.targets = outcomes.into_values().collect();
        self
    }

    /// The same without what identifies accounts, resources, clusters, people and hosts in its texts.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        let redact = |text: &mut String| *text = redact::text(text);
        for outcome in &mut self.targets {
            outcome.redact();
            if let Some(headline) = &mut outcome.headline {
                redact(&mut headline.summary);
            }
            outcome.replaced_by.iter_mut().for_each(redact);
        }
        for one in &mut self.left_out {
            redact(&mut one.name);
            redact(&mut one.reason);
        }
        for cause in &mut self.causes {
            cause.targets.iter_mut().for_each(redact);
            redact(&mut cause.example);
            redact(&mut cause.summary);
            redact(&mut cause.explanation);
            for remedy in &mut cause.remedies {
                redact(&mut remedy.title);
                remedy.commands.iter_mut().for_each(redact);
            }
        }
        for gap in &mut self.gaps {
            redact(&mut gap.reason);
            redact(&mut gap.source);
        }
        self.vantage.name = self.vantage.name.map(|name| redact::place(&name));
        self
    }
}

/// How much worse one outcome is than another.
pub(super) fn rank(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::Healthy => 0,
        Conclusion::Degraded => 1,
        Conclusion::Inconclusive => 2,
        Conclusion::Broken => 3,
    }
}

/// What is known so far of many targets, in whatever order they are done.
#[derive(Debug, Clone)]
pub struct Gathering {
    taken_at: String,
    vantage: Vantage,
    /// Whether what is said of each target is kept.
    keeps: bool,
    outcomes: BTreeMap<usize, TargetOutcome>,
    causes: Causes,
    /// The endpoint that AWS gives for the cluster of the target at this place, where it is another.
    present: BTreeMap<usize, Name>,
    /// Whose cluster the target at this place is, as far as the kubeconfig says it.
    owners: BTreeMap<usize, dead::EntryCluster>,
    tallies: Vec<Tally>,
    gaps: Vec<Gap>,
    not_waited_for: Vec<NotAwaited>,
    worst: Conclusion,
    exit_code: u8,
    done: usize,
}

impl Gathering {
    /// Nothing yet. Where it does not keep what is said of each target, it stays small however many they are, and the
    /// document has neither targets nor causes.
    pub fn new(taken_at: String, vantage: Vantage, keeps: bool) -> Self {
        Self {
            taken_at,
            vantage,
            keeps,
            outcomes: BTreeMap::new(),
            causes: Causes::default(),
            present: BTreeMap::new(),
            owners: BTreeMap::new(),
            tallies: Vec::new(),
            gaps: Vec::new(),
            not_waited_for: Vec::new(),
            worst: Conclusion::Healthy,
            exit_code: exit::HEALTHY,
            done: 0,
        }
    }

    /// How many targets are done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Whether this target is done.
    pub fn has(&self, place: usize) -> bool {
        self.outcomes.contains_key(&place)
    }

    /// Takes what was found of the target at this place of the list. `account` is the target's, where known.
    pub fn take(&mut self, place: usize, outcome: TargetOutcome, account: Option<&str>, report: &Report) {
        if self.keeps {
            let kubeconfig = report.facts.host.kubeconfig.as_ref();
            let whose = dead::EntryCluster {
                account: account.map(str::to_owned),
                profile: kubeconfig.and_then(|kubeconfig| kubeconfig.profile.clone()),
                role_arn: kubeconfig.and_then(|kubeconfig| kubeconfig.role_arn.clone()),
            };
            self.owners.insert(place, whose);
            let is_stale = outcome.headline.as_ref().is_some_and(|lead| lead.rule == dead::RULE);
            let now = report.facts.aws.cluster.as_ref().and_then(Cluster::host);
            self.present.extend(now.filter(|_| is_stale).map(|now| (place, now)));
        }
        self.tally(report);
        self.leave(report);
        for gap in &report.gaps {
            if !self.gaps.contains(gap) && self.gaps.len() < crate::limits::GAPS_OF_FLEET {
                self.gaps.push(gap.clone());
            }
        }
        if self.keeps
            && let Some(hostname) = &outcome.hostname
        {
            self.causes.take(place, &outcome.name, hostname, &report.findings);
        }
        self.put(place, outcome);
    }

    /// Takes a target that nobody was asked for.
    pub fn put(&mut self, place: usize, outcome: TargetOutcome) {
        self.done += 1;
        if rank(outcome.conclusion) > rank(self.worst) {
            self.worst = outcome.conclusion;
        }
        self.exit_code = worse(self.exit_code, outcome.exit_code);
        if self.keeps {
            self.outcomes.insert(place, outcome);
        }
    }

    /// Counts who was not waited for.
    fn leave(&mut self, report: &Report) {
        let who = |left: &NotWaitedFor| (left.source, left.resolver.clone());
        let all: BTreeSet<_> = report.not_waited_for.iter().map(who).collect();
        for (source, resolver) in all {
            let mut known = self.not_waited_for.iter_mut();
            match known.find(|one| one.source == source && one.resolver == resolver) {
                Some(known) => known.targets += 1,
                None => self.not_waited_for.push(NotAwaited {
                    resolver,
                    source,
                    targets: 1,
                }),
            }
        }
    }

    /// Counts what the resolvers were asked and said.
    fn tally(&mut self, report: &Report) {
        for resolver in &report.resolvers {
            let of = &resolver.probed.resolver;
            let is_target = |lookup: &&Lookup| lookup.purpose == Purpose::Target;
            let is_own = |lookup: &&Lookup| lookup.question == report.target.hostname;
            let of_targets = || resolver.probed.lookups.iter().filter(is_target);
            let (asked, answered) = match &resolver.probed.system {
                Some(system) => (true, system.failure.is_none() || !system.was_not_asked()),
                None => (
                    of_targets().any(|lookup| is_own(&lookup)),
                    of_targets().filter(is_own).any(Lookup::heard_anything),
                ),
            };
            let place = self.tallies.iter().position(|tally| {
                tally.name == of.name && tally.address == of.address && tally.transport == of.transport
            });
            let place = place.unwrap_or_else(|| {
                self.tallies.push(Tally {
                    name: of.name.clone(),
                    role: of.role,
                    in_scope: of.in_scope,
                    address: of.address,
                    transport: of.transport,
                    software: None,
                    asked: 0,
                    answered: 0,
                    matched: 0,
                });
                self.tallies.len() - 1
            });
            let tally = &mut self.tallies[place];
            if tally.software.is_none() {
                tally.software.clone_from(&resolver.software);
            }
            tally.asked += usize::from(asked);
            tally.answered += usize::from(answered);
            tally.matched += usize::from(resolver.verdict == Verdict::Match);
            tally.in_scope |= of.in_scope;
        }
    }

    /// The document of all that is known. An outcome may be another than it was when it was taken: of an entry whose
    /// cluster another entry has.
    pub fn finish(mut self, left_out: Vec<LeftOut>, interrupted: bool) -> Fleet {
        for replaced in dead::replaced(&self.outcomes, &self.present, &self.owners) {
            let Some(outcome) = self.outcomes.get_mut(&replaced.place) else {
                continue;
            };
            outcome.headline = replaced.headline().or(outcome.headline.take());
            if let (Some(finding), Some(hostname)) = (replaced.finding, &outcome.hostname) {
                self.causes.forget(replaced.place);
                self.causes.take(replaced.place, &outcome.name, hostname, &[finding]);
                // Everybody denies it, so it was no better before.
                outcome.conclusion = Conclusion::Broken;
                if outcome.exit_code != exit::BROKEN {
                    outcome.exit_code = exit::BROKEN;
                    self.exit_code = exit::BROKEN;
                    self.worst = Conclusion::Broken;
                }
            }
            outcome.replaced_by = Some(replaced.by);
        }
        Fleet {
            schema_version: SCHEMA_VERSION,
            kind: DocumentKind::Fleet,
            tool: Tool::this(),
            taken_at: self.taken_at,
            vantage: self.vantage,
            targets: self.outcomes.into_values().collect(),
            left_out,
            causes: self.causes.finish(),
            resolvers: self.tallies,
            gaps: self.gaps,
            not_waited_for: self.not_waited_for,
            conclusion: if self.done == 0 || (interrupted && self.worst != Conclusion::Broken) {
                Conclusion::Inconclusive
            } else {
                self.worst
            },
            exit_code: match (interrupted, self.done) {
                (true, _) => exit::INTERRUPTED,
                (false, 0) => exit::INCONCLUSIVE,
                (false, _) => self.exit_code,
            },
            interrupted,
        }
    }
}

/// The worse of two exit codes: 1 before 3 before 0.
pub(super) fn worse(one: u8, other: u8) -> u8 {
    let rank = |code: u8| match code {
        exit::HEALTHY => 0,
        exit::INCONCLUSIVE => 1,
        _ => 2,
    };
    if rank(other) > rank(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::fleet::{NamedBy, ResolverOutcome, distinct};
    use crate::report::diagnose;

    /// The article's case: the laptop's resolver denies the name, the VPC's three know it.
    fn broken() -> Report {
        let recorded = include_bytes!("../../fixtures/cases/no-forwarding/article/capture.json");
        diagnose(crate::capture::parse(recorded).unwrap())
    }

    fn gather(reports: &[Report]) -> Fleet {
        let mut gathering = Gathering::new("2026-01-01T00:00:00Z".to_owned(), reports[0].vantage.clone(), true);
        let hosts = (0..reports.len()).map(|at| {
            let mut target = FleetTarget::new(format!("c-{at}"), reports[0].target.hostname.clone(), NamedBy::File);
            target.expect_cidrs.push(format!("10.{at}.0.0/16").parse().unwrap());
            target
        });
        let targets = distinct(hosts);
        for place in targets.places().rev() {
            let report = &reports[place];
            gathering.take(
                place,
                TargetOutcome::of(&targets.get(place), report, None),
                None,
                report,
            );
        }
        gathering.finish(Vec::new(), false)
    }

    #[test]
    fn the_same_cause_is_said_once_and_the_exit_code_is_the_worst() {
        let mut healthy = broken().into_capture();
        healthy.observations[0].lookups = healthy.observations[1].lookups.clone();
        let fleet = gather(&[broken(), diagnose(healthy), broken()]);
        let names: Vec<&str> = fleet.targets.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["c-0", "c-1", "c-2"]);
        assert_eq!(fleet.causes[0].rule, "no-forwarding");
        assert_eq!(fleet.causes[0].targets, ["c-0", "c-2"]);
        assert_eq!(
            fleet.causes[0].zone.as_ref().unwrap().to_string(),
            "ap-northeast-1.eks.amazonaws.com"
        );
        assert_eq!((fleet.conclusion, fleet.exit_code), (Conclusion::Broken, exit::BROKEN));
        let local = &fleet.resolvers[0];
        assert_eq!((local.asked, local.answered, local.matched), (3, 3, 1));
        let text = serde_json::to_string(&fleet).unwrap();
        assert_eq!(serde_json::from_str::<Fleet>(&text).unwrap(), fleet);
    }

    /// A name that is denied, of an entry whose cluster another entry has: it is stale wherever it is asked.
    #[test]
    fn another_place_knows_of_the_entries_what_this_one_does() {
        let said = |verdict| {
            vec![ResolverOutcome {
                resolver: "corp".to_owned(),
                in_scope: true,
                verdict,
            }]
        };
        let mut gathering = Gathering::new("2026-01-01T00:00:00Z".to_owned(), broken().vantage, true);
        let mut targets = Vec::new();
        for (place, verdict) in [Verdict::NxDomain, Verdict::Match].into_iter().enumerate() {
            let host: Name = format!("{}.yl4.eu-west-1.eks.amazonaws.com", format!("{place}").repeat(32))
                .parse()
                .unwrap();
            let mut outcome = TargetOutcome::not_asked(format!("c-{place}"), Some(host.clone()), NamedBy::File, "");
            outcome.resolvers = said(verdict);
            gathering.put(place, outcome);
            let mut target = FleetTarget::new(format!("c-{place}"), host, NamedBy::Context);
            target.known.cluster = Some("prod".to_owned());
            targets.push(target);
        }
        let there = gathering.finish(Vec::new(), false);
        assert!(there.targets[0].replaced_by.is_none());
        let there = there.knowing(targets);
        let stale = &there.targets[0];
        assert_eq!(stale.headline.as_ref().unwrap().rule, dead::RULE);
        assert_eq!(stale.replaced_by.as_deref(), Some("c-1"));
        assert_eq!((there.conclusion, there.exit_code), (Conclusion::Broken, exit::BROKEN));
    }

    #[test]
    fn one_that_is_broken_counts_more_than_one_that_is_not_known() {
        assert_eq!(worse(0, 3), 3);
        assert_eq!(worse(3, 1), 1);
        assert_eq!(worse(1, 3), 1);
        assert_eq!(worse(0, 0), 0);
    }
}

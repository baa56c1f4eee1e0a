//! From a capture to the report: the whole diagnosis as one pure function, and the JSON document.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

use crate::beside::beside_each_other;
use crate::clients::{self, Client, Prediction};
use crate::compare::{ClassedAddress, Comparison, Doubt, Samples, Verdict, compare};
use crate::decides::Step;
use crate::dns::RecordType;
use crate::expect::Expected;
use crate::facts::platform::Writer;
use crate::facts::{Chooser, Facts, Gap, HostSummary, Vantage};
use crate::observation::Connection;
use crate::observation::{Lookup, NotWaitedFor, Purpose};
use crate::probed::Probed;
use crate::resolvers::{Resolver, Role};
use crate::rules::{
    self, Case, Change, Confidence, Evaluation, Finding, Need, NotEvaluated, Remedy, Severity, Subject, Why,
};
use crate::scope;
use crate::settings::{Asked, FailOn};
use crate::software::{Identified, KnownSoftware, Software, identify};
use crate::target::{Target, View};

pub use crate::facts::document::SCHEMA_VERSION;

/// The program that made a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A place that should have been seen, and was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unseen {
    /// Its name.
    pub place: String,
    /// Why, on one line.
    pub reason: String,
}

impl Unseen {
    /// `bastion: not seen: …`.
    pub fn words(&self) -> String {
        format!("{}: not seen: {}", self.place, self.reason)
    }
}

/// Everything that a diagnosis needs: what was asked, what was learnt, what was observed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Capture {
    /// The program that made it.
    pub tool: Tool,
    /// When, RFC 3339, UTC.
    pub taken_at: String,
    /// Where.
    pub vantage: Vantage,
    /// The endpoint.
    pub target: Target,
    /// What the answers should be, and who decides.
    pub asked: Asked,
    /// What the environment says.
    pub facts: Facts,
    /// What could not be learnt.
    pub gaps: Vec<Gap>,
    /// What was observed, resolver by resolver.
    pub observations: Vec<Probed>,
    /// What came of connections to the API server's port (`--connect`).
    pub connections: Vec<Connection>,
    /// What was asked, and ended without: it could change nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_waited_for: Vec<NotWaitedFor>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Of a watch: when the first of the rounds began that have failed one behind the other, RFC 3339, UTC. Absent
    /// where this run is the first to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
    /// Whether the report gives the reasons for its headline (`--explain-why`).
    #[serde(default)]
    pub reasoned: bool,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Conclusion {
    /// Every resolver in scope answers as expected.
    Healthy,
    /// They do, with warnings.
    Degraded,
    /// At least one does not, or a fact shows a fault that takes effect.
    Broken,
    /// Nothing wrong was seen, but what decides could not be known.
    Inconclusive,
}

impl Conclusion {
    /// Every outcome.
    pub const VARIANTS: &[Self] = &[Self::Healthy, Self::Degraded, Self::Broken, Self::Inconclusive];

    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Broken => "broken",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// A resolver in the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ResolverReport {
    /// What was observed.
    #[serde(flatten)]
    pub probed: Probed,
    /// What it should have answered, where that differs from the document's.
    pub expected: Option<Expected>,
    /// What its answer amounts to.
    pub verdict: Verdict,
    /// The zone it took the name from.
    pub view: View,
    /// Its addresses.
    pub addresses: Vec<ClassedAddress>,
    /// The software that answers, as far as it or this host says; `null` where nothing does.
    #[serde(default)]
    pub software: Option<Identified>,
    /// What its samples came to; absent where the name was asked for once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<Samples>,
    /// Why its answer is `plausible` and no `match`; absent where only the addresses themselves say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
}

/// The document: `-o json`, `--save`, and what every rendering shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program that made it.
    pub tool: Tool,
    /// When, RFC 3339, UTC.
    pub taken_at: String,
    /// Where.
    pub vantage: Vantage,
    /// The endpoint.
    pub target: Target,
    /// What the answers should be, and who decides.
    pub asked: Asked,
    /// What the environment says.
    pub facts: Facts,
    /// What could not be learnt.
    pub gaps: Vec<Gap>,
    /// What the answers should be.
    pub expected: Expected,
    /// The resolvers, in a stated order: local, OS, VPC, inbound, custom, public; each in the order given.
    pub resolvers: Vec<ResolverReport>,
    /// What came of connections to the API server's port; absent without `--connect`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<Connection>,
    /// What was asked, and ended without: it could change nothing. Never a gap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_waited_for: Vec<NotWaitedFor>,
    /// What decides in AWS, in AWS's order, for each VPC whose Resolver matters; empty where nothing of it was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<Step>,
    /// What was changed in AWS before the run, of what decides there, the latest first: evidence, and no finding.
    /// Absent where nobody asked for it (`--since`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<Change>>,
    /// The findings; the first is the headline.
    pub findings: Vec<Finding>,
    /// The rules that could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Why the headline and not another finding; absent where it was not asked for (`--explain-why`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// Whom this host asks for the name, and what else of its own configuration matters; absent where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<HostSummary>,
    /// What clients on this host would do and print.
    pub clients: Vec<Prediction>,
    /// The outcome.
    pub conclusion: Conclusion,
    /// The exit code, the same in every format.
    pub exit_code: u8,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// Of a watch: when the first of the rounds began that have failed one behind the other, RFC 3339, UTC; absent
    /// where this run is the first to fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
}

/// Exit codes (the contract of the command line).
pub mod exit {
    /// Every resolver in scope answers as expected.
    pub const HEALTHY: u8 = 0;
    /// At least one does not.
    pub const BROKEN: u8 = 1;
    /// The tool could not run.
    pub const COULD_NOT_RUN: u8 = 2;
    /// What decides could not be known.
    pub const INCONCLUSIVE: u8 = 3;
    /// Interrupted by a signal.
    pub const INTERRUPTED: u8 = 130;
}

/// The observations with those in scope that decide, by what was observed.
fn judged(capture: &Capture) -> Cow<'_, [Probed]> {
    let known = scope::Known {
        asked: &capture.asked,
        target: &capture.target.hostname,
        facts: &capture.facts,
        vantage: &capture.vantage,
    };
    scope::decided(known, &capture.observations)
}

/// Whether the resolver's answer for the endpoint was not waited for. Nothing was heard of it then, and nothing is
/// concluded from that. What decides by itself is always waited for.
fn is_left_out(not_waited_for: &[NotWaitedFor], probed: &Probed) -> bool {
    let resolver = &probed.resolver;
    let is_named = |left: &NotWaitedFor| left.is_question(&resolver.name, Purpose::Target);
    let is_unheard = if resolver.address.is_none() {
        probed.system.is_none()
    } else {
        let is_a = |lookup: &Lookup| lookup.purpose == Purpose::Target && lookup.qtype == RecordType::A;
        !resolver.in_scope && !probed.lookups.iter().any(is_a)
    };
    is_unheard && not_waited_for.iter().any(is_named)
}

/// The observations without the lookups of what resolvers say of their software: that a question for it is answered
/// says nothing of what they resolve. What they say stands in [`Subject::software`].
fn deciding(observations: &[Probed]) -> Cow<'_, [Probed]> {
    let is_aside = |lookup: &Lookup| lookup.purpose == Purpose::Software;
    if !observations.iter().flat_map(|probed| &probed.lookups).any(is_aside) {
        return Cow::Borrowed(observations);
    }
    let mut deciding = observations.to_vec();
    for probed in &mut deciding {
        probed.lookups.retain(|lookup| !is_aside(lookup));
    }
    Cow::Owned(deciding)
}

/// The addresses at which systemd-resolved listens for this host's own programs (systemd-resolved.service(8)).
const RESOLVED: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 53)),
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, 54)),
];

/// What a resolver runs by where it is: what this host's configuration and AWS say, and what the user says.
fn known(resolver: &Resolver, facts: &Facts) -> Option<KnownSoftware> {
    let listens = resolver.address.is_some_and(|address| RESOLVED.contains(&address.ip()));
    if listens && resolver.has_role(Role::Local) {
        let split = facts
            .host
            .split_dns()
            .filter(|split| split.chooser == Chooser::SystemdResolved);
        let host = facts.host.configuration.as_ref();
        let source = facts
            .host
            .upstreams
            .as_ref()
            .map(|upstreams| upstreams.source.clone())
            .or_else(|| split.map(|split| split.source.clone()))
            .or_else(|| {
                let writer = host.and_then(|host| host.resolv_conf_writer);
                (writer == Some(Writer::SystemdResolved)).then(|| resolver.known_from.clone())
            })?;
        return Some(KnownSoftware::certain(Software::SystemdResolved, source));
    }
    let is_aws = resolver.has_role(Role::Vpc) || resolver.has_role(Role::Inbound);
    is_aws.then(|| KnownSoftware {
        software: Software::Route53,
        from: resolver.known_from.clone(),
        is_certain: resolver.vpc.is_some(),
    })
}

/// The software of each resolver, in their order.
fn softwares(capture: &Capture) -> Vec<Option<Identified>> {
    let of_one = |probed: &Probed| identify(&probed.lookups, known(&probed.resolver, &capture.facts));
    capture.observations.iter().map(of_one).collect()
}

/// The pure middle of a diagnosis: expectation and comparisons, and the case that the rules look at.
fn examine<T>(
    capture: &Capture,
    observations: &[Probed],
    look: impl FnOnce(&Case<'_>) -> T,
) -> (Expected, Vec<Comparison>, T) {
    let expected = Expected::derive(&capture.asked, &capture.target.hostname, &capture.facts);
    let left_out = |probed: &Probed| is_left_out(&capture.not_waited_for, probed);
    let comparisons: Vec<Comparison> = observations
        .iter()
        .map(|probed| {
            let own = expected.for_resolver(&probed.resolver, &capture.facts, &capture.vantage);
            let mut comparison = compare(probed, own, &capture.facts);
            if left_out(probed) {
                comparison.verdict = Verdict::NotWaitedFor;
            }
            comparison
        })
        .collect();
    let comparisons = beside_each_other(observations, comparisons, &capture.facts);
    let (heard, unheard): (Vec<Subject<'_>>, Vec<Subject<'_>>) = observations
        .iter()
        .zip(&comparisons)
        .zip(softwares(capture))
        .map(|((probed, comparison), software)| Subject {
            probed,
            comparison,
            software_minor: software.as_ref().and_then(Identified::minor),
            software: software.map(|identified| identified.name),
        })
        .partition(|subject| subject.verdict().is_known());
    let case = Case::new(
        &capture.target,
        &capture.asked,
        &capture.vantage,
        &capture.facts,
        &capture.connections,
        &expected,
        heard,
    )
    .without(unheard, &capture.not_waited_for);
    let seen = look(&case);
    drop(case);
    (expected, comparisons, seen)
}

/// Which facts each rule touches in a capture: what a test holds its declaration of needs and wants to.
pub fn touched(capture: &Capture) -> Vec<(&'static str, BTreeSet<Need>)> {
    examine(capture, &deciding(&judged(capture)), rules::touched).2
}

/// What rules, comparisons and clients say of a capture.
struct Examined {
    expected: Expected,
    comparisons: Vec<Comparison>,
    evaluation: Evaluation,
    decided_by: Vec<Step>,
    changes: Option<Vec<Change>>,
    clients: Vec<Prediction>,
    conclusion: Conclusion,
    exit_code: u8,
}

impl Examined {
    fn of(capture: &Capture, observations: &[Probed]) -> Self {
        let Ok(examined) = Self::of_while(capture, observations, &|| Ok::<_, Infallible>(()));
        examined
    }

    /// The same, for as long as it may go on.
    fn of_while<E>(capture: &Capture, observations: &[Probed], goes_on: &dyn Fn() -> Result<(), E>) -> Result<Self, E> {
        let observations = &*deciding(observations);
        let (expected, comparisons, seen) = examine(capture, observations, |case| {
            goes_on()?;
            let decided_by = rules::decided_by(case);
            let changes = rules::changes(case, &decided_by, &capture.taken_at, capture.failing_since.as_deref());
            Ok((rules::evaluate_while(case, goes_on)?, decided_by, changes))
        });
        let (evaluation, decided_by, changes) = seen?;
        goes_on()?;
        let clients = clients::predict(
            &capture.target,
            &capture.facts,
            capture.vantage.system,
            observations,
            capture.asked.timeout_ms,
        );
        let in_scope: Vec<Verdict> = observations
            .iter()
            .zip(&comparisons)
            .filter(|(probed, _)| probed.resolver.in_scope)
            .map(|(_, comparison)| comparison.verdict)
            .filter(|verdict| verdict.is_known())
            .collect();
        let fine = observations
            .iter()
            .zip(&comparisons)
            .filter(|(probed, comparison)| probed.resolver.in_scope && comparison.verdict.is_fine());
        let given = fine
            .flat_map(|(_, comparison)| comparison.addresses.iter().map(|address| address.ip))
            .collect();
        let goes_elsewhere = expected
            .server_not_checked(&capture.target.hostname, &capture.facts, &given)
            .is_some();
        let is_open = capture.interrupted || goes_elsewhere;
        let conclusion = conclude(&evaluation.findings, &in_scope, is_open);
        let exit_code = exit_code(conclusion, capture.asked.fail_on, capture.interrupted);
        Ok(Self {
            expected,
            comparisons,
            evaluation,
            decided_by,
            changes,
            clients,
            conclusion,
            exit_code,
        })
    }
}

/// What a run is made for: what nothing that was not waited for may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The outcome.
    pub conclusion: Conclusion,
    /// The exit code.
    pub exit_code: u8,
    /// The finding to act on: its rule, how bad and how sure it is, its line, and what to do. `None` where there is
    /// nothing to act on.
    pub headline: Option<(String, Severity, Confidence, String, Vec<Remedy>)>,
    /// What kubectl prints here.
    pub kubectl: Option<Prediction>,
}

impl Decision {
    /// The decision of a capture, as [`diagnose`] comes to it.
    pub fn of(capture: &Capture) -> Self {
        let examined = Examined::of(capture, &judged(capture));
        Self::from(
            examined.conclusion,
            examined.exit_code,
            &examined.evaluation.findings,
            &examined.clients,
        )
    }

    fn from(conclusion: Conclusion, exit_code: u8, findings: &[Finding], clients: &[Prediction]) -> Self {
        let lead = findings.first().filter(|lead| lead.severity != Severity::Info);
        Self {
            conclusion,
            exit_code,
            headline: lead.map(|lead| {
                (
                    lead.rule.clone(),
                    lead.severity,
                    lead.confidence,
                    lead.summary.clone(),
                    lead.remedies.clone(),
                )
            }),
            kubectl: clients.iter().find(|client| client.client == Client::Go).cloned(),
        }
    }
}

/// Diagnoses a capture. The same capture gives the same report, byte for byte.
pub fn diagnose(capture: Capture) -> Report {
    let Ok(report) = diagnose_while(capture, &|| Ok::<_, Infallible>(()));
    report
}

/// As [`diagnose`], for as long as it may go on, which is asked before each rule and each other step. The error is why
/// it may not.
pub fn diagnose_while<E>(mut capture: Capture, goes_on: &dyn Fn() -> Result<(), E>) -> Result<Report, E> {
    goes_on()?;
    if let Cow::Owned(observations) = judged(&capture) {
        capture.observations = observations;
    }
    let Examined {
        expected,
        comparisons,
        evaluation,
        decided_by,
        changes,
        clients,
        conclusion,
        exit_code,
    } = Examined::of_while(&capture, &capture.observations, goes_on)?;
    goes_on()?;
    let host = HostSummary::of(capture.facts.host.configuration.as_ref(), &capture.target.hostname);
    let software = softwares(&capture);
    let resolvers = capture
        .observations
        .into_iter()
        .zip(comparisons)
        .zip(software)
        .map(|((probed, comparison), identified)| ResolverReport {
            probed,
            expected: (comparison.expected != expected).then_some(comparison.expected),
            verdict: comparison.verdict,
            view: comparison.view,
            addresses: comparison.addresses,
            software: identified,
            samples: comparison.samples,
            doubt: comparison.doubt,
        })
        .collect();
    let report = Report {
        schema_version: SCHEMA_VERSION,
        tool: capture.tool,
        taken_at: capture.taken_at,
        vantage: capture.vantage,
        target: capture.target,
        asked: capture.asked,
        facts: capture.facts,
        gaps: capture.gaps,
        expected,
        resolvers,
        connections: capture.connections,
        not_waited_for: capture.not_waited_for,
        decided_by,
        changes,
        findings: evaluation.findings,
        not_evaluated: evaluation.not_evaluated,
        why: None,
        host,
        clients,
        conclusion,
        exit_code,
        interrupted: capture.interrupted,
        failing_since: capture.failing_since,
    };
    Ok(if capture.reasoned { report.with_why() } else { report })
}

/// Healthy is said only where every resolver in scope is a match; anything less is named. `is_open` where it is known
/// that something that decides was not looked at.
fn conclude(findings: &[Finding], in_scope: &[Verdict], is_open: bool) -> Conclusion {
    let has = |severity| findings.iter().any(|finding| finding.severity == severity);
    if has(Severity::Error) {
        Conclusion::Broken
    } else if is_open || in_scope.is_empty() || in_scope.iter().any(|verdict| *verdict != Verdict::Match) {
        Conclusion::Inconclusive
    } else if has(Severity::Warning) {
        Conclusion::Degraded
    } else {
        Conclusion::Healthy
    }
}

fn exit_code(conclusion: Conclusion, fail_on: FailOn, interrupted: bool) -> u8 {
    match conclusion {
        _ if interrupted => exit::INTERRUPTED,
        Conclusion::Broken => exit::BROKEN,
        Conclusion::Degraded if fail_on == FailOn::Warning => exit::BROKEN,
        Conclusion::Inconclusive => exit::INCONCLUSIVE,
        Conclusion::Healthy | Conclusion::Degraded => exit::HEALTHY,
    }
}

impl Report {
    /// The capture inside: everything that the diagnosis was made from.
    pub fn into_capture(self) -> Capture {
        Capture {
            tool: self.tool,
            taken_at: self.taken_at,
            vantage: self.vantage,
            target: self.target,
            asked: self.asked,
            facts: self.facts,
            gaps: self.gaps,
            observations: self.resolvers.into_iter().map(|resolver| resolver.probed).collect(),
            connections: self.connections,
            not_waited_for: self.not_waited_for,
            interrupted: self.interrupted,
            failing_since: self.failing_since,
            reasoned: self.why.is_some(),
        }
    }

    /// The report with the reasons for its headline (`--explain-why`).
    #[must_use]
    pub fn with_why(mut self) -> Self {
        let capture = self.clone().into_capture();
        self.why = examine(&capture, &deciding(&capture.observations), |case| {
            rules::explain(case, &self.findings)
        })
        .2;
        self
    }

    /// Whether an answer that decides is not what it should be.
    pub fn fails(&self) -> bool {
        let mut in_scope = self.resolvers.iter().filter(|one| one.probed.resolver.in_scope);
        in_scope.any(|one| !one.verdict.is_fine())
    }

    /// What the run was made for.
    pub fn decision(&self) -> Decision {
        Decision::from(self.conclusion, self.exit_code, &self.findings, &self.clients)
    }

    /// The finding to act on first.
    pub fn headline(&self) -> Option<&Finding> {
        self.findings.first()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::rules::{CauseOutcome, Confidence, RULES};

    /// Where it may not go on it ends then, wherever that is, and a whole report is the same as ever.
    #[test]
    fn a_diagnosis_ends_where_it_may_not_go_on() {
        use std::cell::Cell;
        let recorded = include_bytes!("../fixtures/cases/no-forwarding/article/capture.json");
        let capture = crate::capture::parse(recorded).unwrap();
        let asked = Cell::new(0);
        // It may go on until it was asked this often.
        let diagnosed = |most: usize| {
            asked.set(0);
            diagnose_while(capture.clone(), &|| {
                asked.set(asked.get() + 1);
                if asked.get() > most { Err(()) } else { Ok(()) }
            })
        };
        let whole = diagnosed(usize::MAX).unwrap();
        assert_eq!(
            serde_json::to_string(&whole).unwrap(),
            serde_json::to_string(&diagnose(capture.clone())).unwrap()
        );
        let all = asked.get();
        assert!(all > RULES.len(), "before each rule: {all}");
        for most in [0, 1, all / 2, all - 1] {
            assert!(diagnosed(most).is_err());
            assert_eq!(asked.get(), most + 1, "it ends at once");
        }
    }

    /// The reports of all scenarios, from what was recorded.
    #[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
    fn recorded() -> impl Iterator<Item = (&'static str, Report)> {
        crate::lab::names().map(|name| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("fixtures/cases")
                .join(name)
                .join("capture.json");
            let capture = crate::capture::parse(&std::fs::read(path).unwrap()).unwrap();
            (name, diagnose(capture))
        })
    }

    /// Only one thing decides what a finding of the report is: that it was found, wherever.
    #[test]
    fn no_cause_is_ruled_out_or_left_that_the_report_shows_to_be_otherwise() {
        let mut wrong = Vec::new();
        let mut elsewhere = 0;
        for (name, report) in recorded() {
            let report = report.with_why();
            if let Some(why) = &report.why {
                let row = report
                    .resolvers
                    .iter()
                    .find(|row| row.probed.resolver.name == why.resolver);
                let verdict = row.map(|row| row.verdict);
                for other in &why.considered {
                    let of_it = report.findings.iter().filter(|finding| finding.rule == other.rule);
                    let mut of_it = of_it.peekable();
                    if of_it.peek().is_some() {
                        elsewhere += usize::from(of_it.all(|finding| !finding.resolvers.contains(&why.resolver)));
                        if other.outcome != CauseOutcome::Found {
                            wrong.push(format!("{name}: {} is a finding", other.rule));
                        }
                    }
                    let has_none = verdict.is_some_and(|verdict| {
                        verdict.is_negative() || matches!(verdict, Verdict::Timeout | Verdict::ServFail)
                    });
                    if has_none && other.rule == "nxdomain-hijack" && other.outcome == CauseOutcome::Undecided {
                        wrong.push(format!("{name}: no address, and {} is left", other.rule));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(elsewhere > 3, "{elsewhere}");
    }

    /// One sample is not what a client gets each time.
    #[test]
    fn no_client_only_fails_where_some_samples_are_right() {
        let mut unstable = 0;
        for (name, report) in recorded() {
            let has_right_samples = |row: &ResolverReport| {
                let samples = row.samples.iter().flat_map(|samples| samples.outcomes.keys());
                row.verdict == Verdict::Unstable
                    && row.probed.resolver.has_role(crate::resolvers::Role::Local)
                    && samples.clone().any(|verdict| verdict.is_fine())
            };
            if !report.resolvers.iter().any(has_right_samples) {
                continue;
            }
            unstable += 1;
            for client in &report.clients {
                assert_ne!(
                    client.outcome,
                    crate::clients::Resolution::Fails,
                    "{name}: {}",
                    client.client
                );
            }
        }
        assert!(unstable > 1, "{unstable}");
    }

    /// What a cause cannot be without, as it is told, is what its rule looks for; and certain is said only where it
    /// rules out every other cause.
    #[test]
    fn no_cause_is_ruled_out_that_its_rule_found_and_none_is_left_beside_a_certain_one() {
        let mut wrong = Vec::new();
        let mut ruled_out = 0;
        for (name, report) in recorded() {
            let capture = report.clone().into_capture();
            let of_case = examine(&capture, &capture.observations, |case| {
                rules::contradictions(case, &report.findings)
            });
            wrong.extend(of_case.2.into_iter().map(|text| format!("{name}: {text}")));
            let lead = report.headline().cloned();
            let shows = lead
                .as_ref()
                .and_then(|lead| rules::find(&lead.rule))
                .map_or(&[][..], |rule| rule.shows);
            let why = report.with_why().why;
            // That it differs is all that is certain then.
            let certain =
                lead.is_some_and(|lead| lead.confidence == Confidence::Certain && lead.rule != "unexplained-mismatch");
            let open = why
                .iter()
                .flat_map(|why| &why.considered)
                .filter(|other| matches!(other.outcome, CauseOutcome::NotRuledOut | CauseOutcome::Undecided))
                .filter(|_| certain)
                // What explains the headline is a deeper cause of it, and not another cause in its place.
                .filter(|other| {
                    !rules::find(&other.rule).is_some_and(|rule| shows.iter().any(|one| rule.explains.contains(one)))
                });
            wrong.extend(open.map(|other| format!("{name}: certain beside {}", other.rule)));
            ruled_out += why
                .iter()
                .flat_map(|why| &why.considered)
                .filter(|considered| considered.outcome == CauseOutcome::RuledOut)
                .count();
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(ruled_out > 1000, "{ruled_out}");
    }
}

//! The document of many targets for other programs: metrics, test cases, and the line of a monitoring plugin. Of each
//! target there is what came of it. What each resolver said of each is in the targets' own documents (`-o jsonl`): as
//! metrics it would be too many.

use std::fmt;

use super::{address, headline, of_example};
use crate::fleet::{self, Fleet, Tally};
use crate::render::Style;
use crate::render::exposition::{Exposition, Metric};
use crate::render::junit::{self, CaseOutcome, Suite, TestCase};
use crate::render::nagios::{self, Number, ServiceState};
use crate::render::openmetrics::{self, CHECKED, CONCLUSION, EXIT_CODE, HEADLINE, TARGET_INFO};
use crate::report::{Conclusion, exit};
use crate::rules::Severity;

/// The metrics that only many targets have.
pub const METRICS: &[&Metric] = &[&TOGETHER, &TARGETS, &CAUSES, &NOT_CHECKED, &RESOLVERS];

static TOGETHER: Metric = Metric {
    name: "eks_dns_fleet_conclusion",
    help: "The outcome of all targets together: 1 for the one that it is, 0 for the others.",
    labels: &["vantage", "eks_dns_fleet_conclusion"],
};
static TARGETS: Metric = Metric {
    name: "eks_dns_fleet_targets",
    help: "How many targets have this outcome.",
    labels: &["vantage", "conclusion"],
};
static CAUSES: Metric = Metric {
    name: "eks_dns_fleet_cause_targets",
    help: "How many targets have this cause, at these resolvers and in this zone.",
    labels: &["vantage", "rule", "severity", "confidence", "resolvers", "zone"],
};
static NOT_CHECKED: Metric = Metric {
    name: "eks_dns_fleet_not_checked",
    help: "What was not checked: facts that could not be learnt, what is no target, and who was not waited for.",
    labels: &["vantage", "kind"],
};
static RESOLVERS: Metric = Metric {
    name: "eks_dns_fleet_resolver_targets",
    help: "For how many targets the resolver was asked, sent any reply, and gave what is expected.",
    labels: &[
        "vantage",
        "resolver",
        "address",
        "transport",
        "role",
        "in_scope",
        "kind",
    ],
};

/// As metrics.
pub(super) fn openmetrics(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut exposition = Exposition::default();
    add(&mut exposition, fleet);
    exposition.write(style, out)
}

/// Adds the metrics of the document.
pub(crate) fn add(exposition: &mut Exposition, fleet: &Fleet) {
    let vantage = fleet.vantage.name.as_deref().unwrap_or_default();
    let taken = openmetrics::seconds(&fleet.taken_at);
    openmetrics::conclude(exposition, &TOGETHER, &[vantage], fleet.conclusion);
    for conclusion in Conclusion::VARIANTS {
        let count = fleet.count(*conclusion) as f64;
        exposition.add(&TARGETS, &[vantage, conclusion.as_str()], count);
    }
    for target in &fleet.targets {
        let of = [target.name.as_str(), vantage];
        let hostname = target.hostname.as_ref().map(ToString::to_string).unwrap_or_default();
        let known = |text: &Option<String>| text.clone().unwrap_or_default();
        let (cluster, region) = (known(&target.cluster), known(&target.region));
        exposition.add(
            &TARGET_INFO,
            &[of[0], of[1], &hostname, &cluster, &region, &fleet.tool.version],
            1.0,
        );
        // One that nobody was asked for was not checked at any time.
        if let Some(taken) = taken.filter(|_| !target.resolvers.is_empty()) {
            exposition.add(&CHECKED, &of, taken);
        }
        openmetrics::conclude(exposition, &CONCLUSION, &of, target.conclusion);
        exposition.add(&EXIT_CODE, &of, target.exit_code.into());
        if let Some(headline) = &target.headline {
            exposition.add(&HEADLINE, &[of[0], of[1], &headline.rule], 1.0);
        }
    }
    for cause in &fleet.causes {
        let zone = cause.zone.as_ref().map(ToString::to_string).unwrap_or_default();
        let (severity, confidence) = (cause.severity.as_str(), cause.confidence.as_str());
        let resolvers = cause.resolvers.join(",");
        exposition.add(
            &CAUSES,
            &[vantage, &cause.rule, severity, confidence, &resolvers, &zone],
            cause.targets.len() as f64,
        );
    }
    for (kind, count) in [
        ("fact", fleet.gaps.len()),
        ("left-out", fleet.left_out.len()),
        ("answer", fleet.not_waited_for.len()),
    ] {
        exposition.add(&NOT_CHECKED, &[vantage, kind], count as f64);
    }
    for tally in &fleet.resolvers {
        let address = tally.address.map(|address| address.to_string()).unwrap_or_default();
        let transport = tally
            .transport
            .map(crate::observation::Transport::as_str)
            .unwrap_or_default();
        let in_scope = if tally.in_scope { "true" } else { "false" };
        for (kind, count) in [
            ("asked", tally.asked),
            ("answered", tally.answered),
            ("matched", tally.matched),
        ] {
            let role = tally.role.as_str();
            exposition.add(
                &RESOLVERS,
                &[vantage, &tally.name, &address, transport, role, in_scope, kind],
                count as f64,
            );
        }
    }
}

/// As test cases: one a target, one a resolver, one a cause; what was not asked or not known is skipped.
pub(super) fn junit(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = headline(fleet);
    let skipped = |class, name: &str, why: &str| TestCase {
        class,
        name: name.to_owned(),
        seconds: None,
        outcome: CaseOutcome::Skipped(why.to_owned()),
    };
    let mut cases: Vec<TestCase> = fleet.targets.iter().map(of_target).collect();
    cases.extend(
        fleet
            .left_out
            .iter()
            .map(|left| skipped("target", &left.name, &left.reason)),
    );
    cases.extend(fleet.resolvers.iter().map(|tally| of_resolver(fleet, tally)));
    cases.extend(fleet.causes.iter().map(|cause| TestCase {
        class: "finding",
        name: cause.rule.clone(),
        seconds: None,
        outcome: if cause.severity == Severity::Error {
            CaseOutcome::Failed {
                kind: cause.rule.clone(),
                message: cause.summary.clone(),
                lines: vec![
                    of_example(cause, &cause.explanation),
                    format!("targets: {}", cause.targets.join(", ")),
                ],
            }
        } else {
            CaseOutcome::Passed
        },
    }));
    cases.extend(
        fleet
            .gaps
            .iter()
            .map(|gap| skipped("fact", &format!("{} ({})", gap.fact, gap.source), &gap.reason)),
    );
    let suite = Suite {
        name: "all targets".to_owned(),
        taken_at: fleet.taken_at.clone(),
        vantage: fleet.vantage.name.clone().unwrap_or_default(),
        properties: junit::properties(&headline, fleet.exit_code, fleet.interrupted, &fleet.tool.version),
        cases,
        said: junit::said(&headline, None, fleet.exit_code, fleet.interrupted, &[])?,
    };
    junit::write(&[suite], style, out)
}

fn of_target(target: &fleet::TargetOutcome) -> TestCase {
    let said = |resolver: &fleet::ResolverOutcome| format!("{}: {}", resolver.resolver, resolver.verdict.as_str());
    let outcome = match (target.exit_code, &target.headline) {
        (exit::HEALTHY, _) => CaseOutcome::Passed,
        (exit::BROKEN, headline) => CaseOutcome::Failed {
            kind: headline
                .as_ref()
                .map_or("broken", |headline| headline.rule.as_str())
                .to_owned(),
            message: headline
                .as_ref()
                .map(|headline| headline.summary.clone())
                .unwrap_or_default(),
            lines: target
                .resolvers
                .iter()
                .filter(|resolver| resolver.in_scope)
                .map(said)
                .collect(),
        },
        (_, headline) => {
            let headline = headline.as_ref().map(|headline| headline.summary.clone());
            let why = target.reason.clone().or(headline);
            CaseOutcome::Skipped(why.unwrap_or_else(|| "what decides is not known".to_owned()))
        }
    };
    TestCase {
        class: "target",
        name: target.name.clone(),
        seconds: target.rtt_ms.map(openmetrics::in_seconds),
        outcome,
    }
}

/// A resolver over all targets: it has failed where it failed for one, and passed where it was right for each.
fn of_resolver(fleet: &Fleet, tally: &Tally) -> TestCase {
    let counts = format!(
        "{} asked, {} answered, {} matched",
        tally.asked, tally.answered, tally.matched
    );
    let is_own = |said: &&fleet::ResolverOutcome| said.resolver == tally.name && said.in_scope;
    let is_wrong = |said: &fleet::ResolverOutcome| said.verdict.is_known() && !said.verdict.is_fine();
    let said = || fleet.targets.iter().flat_map(|target| &target.resolvers).filter(is_own);
    let fails = said().filter(|said| is_wrong(said)).count();
    let outcome = if tally.asked > 0 && tally.matched == tally.asked {
        CaseOutcome::Passed
    } else if !tally.in_scope {
        CaseOutcome::Skipped(format!("it does not decide the outcome ({counts})"))
    } else if fails > 0 {
        CaseOutcome::Failed {
            kind: "mismatch".to_owned(),
            message: format!("wrong for {fails} of {} targets", said().count()),
            lines: vec![counts],
        }
    } else {
        CaseOutcome::Skipped(format!("whether it is right is not known for each target ({counts})"))
    };
    TestCase {
        class: "resolver",
        name: format!("{} {}", tally.name, address(tally)),
        seconds: None,
        outcome,
    }
}

/// As the line of a plugin.
pub(super) fn nagios(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let all = fleet.targets.len();
    let numbers = [
        Number::count("targets", all, None),
        Number::count("broken", fleet.count(Conclusion::Broken), Some(all)),
        Number::count("inconclusive", fleet.count(Conclusion::Inconclusive), Some(all)),
        Number::count("degraded", fleet.count(Conclusion::Degraded), Some(all)),
        Number::count("healthy", fleet.count(Conclusion::Healthy), Some(all)),
    ];
    let service = ServiceState::of(fleet.conclusion, fleet.exit_code);
    nagios::line(service, &headline(fleet), fleet.interrupted, &numbers, style, out)
}

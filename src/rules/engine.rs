//! From single rules to one evaluation: signs, stages, replacement, causes, calibration, order.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::remedy::{here, plain};
use super::{Case, Confidence, Evaluation, Finding, Need, NotEvaluated, RULES, Remedy, Rule, Severity, Stage, find};
use crate::compare::Verdict;
use crate::facts::Cluster;
use crate::handed_on::say_the_same;
use crate::limits;
use crate::resolvers::Role;

/// Asks every rule, and puts what they say in order: the one cause to act on first.
pub fn evaluate(case: &Case<'_>) -> Evaluation {
    let Ok(evaluation) = evaluate_while(case, &|| Ok::<_, Infallible>(()));
    evaluation
}

/// As [`evaluate`], for as long as it may go on, which is asked before each rule. The error is why it may not.
pub fn evaluate_while<E>(case: &Case<'_>, goes_on: &dyn Fn() -> Result<(), E>) -> Result<Evaluation, E> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut not_evaluated = Vec::new();
    for stage in [Stage::Evidence, Stage::Remainder, Stage::Unexplained] {
        let mut found = Vec::new();
        for rule in RULES.iter().filter(|rule| rule.stage == stage) {
            goes_on()?;
            let missing = rule.missing(case);
            if missing.is_empty() {
                found.extend(ask(rule, case, &findings));
                continue;
            }
            let missing: Vec<String> = missing
                .into_iter()
                .filter(|need| !case.is_no_gap(*need))
                .map(|need| need.missing().to_owned())
                .collect();
            if !missing.is_empty() {
                not_evaluated.push(NotEvaluated {
                    rule: rule.name.to_owned(),
                    missing,
                });
            }
        }
        findings.extend(found);
        replace(&mut findings);
        if stage != Stage::Unexplained {
            name_the_system_view(case, &mut findings);
        }
    }
    link_causes(case, &mut findings);
    calibrate(&mut findings);
    order(case, &mut findings);
    if let Some(cluster) = case.without_a_lasting_endpoint_unseen() {
        leave_the_way_as_it_is(cluster, &mut findings);
    }
    plain::hold(case.aws_unseen(), case.instance_unseen(), &mut findings);
    for finding in &mut findings {
        finding.remedies = here::spoken(case, std::mem::take(&mut finding.remedies));
        // The mark has done its work, and a report that is read back does not have it.
        for remedy in &mut finding.remedies {
            remedy.leads_to_the_vpc = false;
        }
    }
    Ok(Evaluation {
        findings,
        not_evaluated,
    })
}

/// Reads the signs of a rule, and asks it where they fit.
fn ask(rule: &Rule, case: &Case<'_>, earlier: &[Finding]) -> Vec<Finding> {
    let fits = rule.states.fits(case);
    fits.map_or_else(Vec::new, |fits| (rule.check)(case, &fits, earlier))
}

/// Which facts each rule touches, each rule seeing all that the others found.
pub fn touched(case: &Case<'_>) -> Vec<(&'static str, BTreeSet<Need>)> {
    let findings = evaluate(case).findings;
    case.take_touched();
    RULES
        .iter()
        .filter(|rule| rule.missing(case).is_empty())
        .map(|rule| {
            let others: Vec<Finding> = findings
                .iter()
                .filter(|finding| finding.rule != rule.name)
                .cloned()
                .collect();
            ask(rule, case, &others);
            (rule.name, case.take_touched())
        })
        .collect()
}

fn rule_of(finding: &Finding) -> Option<&'static Rule> {
    find(&finding.rule)
}

/// Drops the resolvers of a finding that another rule's finding takes the place of, and the finding with the
/// last of them.
fn replace(findings: &mut Vec<Finding>) {
    let replacing: Vec<(&Rule, Vec<String>)> = findings
        .iter()
        .filter_map(|finding| Some((rule_of(finding)?, finding.resolvers.clone())))
        .filter(|(rule, _)| !rule.replaces.is_empty())
        .collect();
    findings.retain_mut(|finding| {
        let before = finding.resolvers.len();
        let of = rule_of(finding);
        for (rule, resolvers) in &replacing {
            if of.is_some_and(|of| rule.replaces(of)) {
                finding.resolvers.retain(|resolver| !resolvers.contains(resolver));
            }
        }
        before == 0 || !finding.resolvers.is_empty()
    });
}

/// Drops the remedies that make a way to the VPC of a cluster whose endpoint goes or is not there, or that change
/// anything in AWS for its sake, and says so once in each finding that had one.
fn leave_the_way_as_it_is(cluster: &Cluster, findings: &mut [Finding]) {
    let status = cluster.status.as_deref().unwrap_or("not known");
    for finding in findings {
        let before = finding.remedies.len();
        // Another way to the same end goes with the step that it is the other way of.
        let mut is_dropped = false;
        finding.remedies.retain(|remedy| {
            is_dropped = remedy.leads_to_the_vpc || remedy.changes_aws() || (is_dropped && remedy.is_alternative);
            !is_dropped
        });
        if finding.remedies.len() < before {
            let why = if cluster.endpoint.is_some() {
                "and its endpoint goes with it"
            } else {
                "so there is no endpoint to lead to"
            };
            finding.remedies.push(Remedy::advice(format!(
                "Set up nothing on the way to the VPC of {} for now: its status is {status}, {why}",
                cluster.name
            )));
        }
    }
}

/// The operating system's lookup goes through this host's name servers, on macOS and Windows through those that it asks
/// for the name: where it is not fine and one of them has an error, that error is about it too.
fn name_the_system_view(case: &Case<'_>, findings: &mut [Finding]) {
    let Some(system) = case.system() else {
        return;
    };
    let name = system.name();
    let named = |findings: &[Finding]| {
        findings
            .iter()
            .any(|finding| finding.severity == Severity::Error && finding.resolvers.iter().any(|other| other == name))
    };
    if system.verdict().is_fine() || !system.probed.resolver.in_scope || named(findings) {
        return;
    }
    let asked = case.split_dns().filter(|_| case.go_asks_the_system());
    let asked = asked.map(|split| split.asked_for(&case.target.hostname).servers);
    let is_asked = |subject: &&super::Subject<'_>| {
        let resolver = &subject.probed.resolver;
        let asked = asked.iter().flatten();
        resolver.in_scope && asked.into_iter().any(|address| resolver.address == Some(*address))
    };
    let asked = case.subjects().filter(is_asked);
    let local: BTreeSet<&str> = case.local().chain(asked).map(super::Subject::name).collect();
    for finding in findings.iter_mut() {
        let about_local = finding
            .resolvers
            .iter()
            .any(|resolver| local.contains(resolver.as_str()));
        if finding.severity == Severity::Error && about_local {
            finding.resolvers.push(name.to_owned());
        }
    }
}

/// What a rule speaks of, over all its findings.
struct SpokenOf {
    rule: &'static Rule,
    resolvers: BTreeSet<String>,
    /// The same of its errors, each with how sure it is.
    errors: Vec<(String, Confidence)>,
    /// The worst of its findings that are about no resolver in particular.
    at_large: Option<Severity>,
}

/// Links a finding to the rule that explains it, where that rule speaks of all its resolvers: what explains one of two
/// silent resolvers does not explain the other. A resolver that gives the very answer of one on the VPC's side hands
/// that on, and with it an error that is no less sure. What is about no resolver in particular explains all that is not
/// worse than itself: a setting that does no harm is no cause of one.
fn link_causes(case: &Case<'_>, findings: &mut [Finding]) {
    let mut causes: Vec<SpokenOf> = Vec::new();
    for finding in findings.iter() {
        let Some(rule) = rule_of(finding) else {
            continue;
        };
        let place = causes.iter().position(|spoken| spoken.rule.name == rule.name);
        let place = place.unwrap_or_else(|| {
            causes.push(SpokenOf {
                rule,
                resolvers: BTreeSet::new(),
                errors: Vec::new(),
                at_large: None,
            });
            causes.len() - 1
        });
        let spoken = &mut causes[place];
        if finding.resolvers.is_empty() {
            let worst = spoken
                .at_large
                .map_or(finding.severity, |one| one.min(finding.severity));
            spoken.at_large = Some(worst);
        }
        spoken.resolvers.extend(finding.resolvers.iter().cloned());
        if finding.severity == Severity::Error {
            let all = finding.resolvers.iter();
            spoken.errors.extend(all.map(|name| (name.clone(), finding.confidence)));
        }
    }
    for finding in findings {
        // A rule may name as its cause one that found nothing.
        let is_found = |cause: &String| causes.iter().any(|spoken| spoken.rule.name == cause);
        if finding.caused_by.as_ref().is_some_and(is_found) {
            continue;
        }
        let spoken = causes.iter().find(|spoken| {
            let is_spoken_of = |name: &String| {
                spoken.resolvers.contains(name) || hands_on(case, name, &spoken.errors, finding.confidence)
            };
            let of_all = || !spoken.resolvers.is_empty() && finding.resolvers.iter().all(is_spoken_of);
            rule_of(finding).is_some_and(|rule| spoken.rule.explains(rule))
                && (spoken.at_large.is_some_and(|severity| severity <= finding.severity) || of_all())
        });
        finding.caused_by = spoken.map(|spoken| spoken.rule.name.to_owned());
    }
}

/// Whether a resolver gives the very answer of one on the VPC's side that has one of these errors, which is no less
/// sure.
fn hands_on(case: &Case<'_>, name: &str, errors: &[(String, Confidence)], confidence: Confidence) -> bool {
    let named = |name: &str| case.subjects().find(|subject| subject.name() == name);
    let Some(by) = named(name).filter(|subject| !subject.is_vpc_side()) else {
        return false;
    };
    let sure = errors.iter().filter(|(_, sure)| *sure <= confidence);
    let mut behind = sure.filter_map(|(name, _)| named(name));
    behind.any(|one| one.is_vpc_side() && say_the_same(by.probed, one.probed))
}

/// `certain` is said only where no other cause is named for the same resolver: of two that are not linked,
/// neither is.
fn calibrate(findings: &mut [Finding]) {
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings.iter() {
        if finding.severity == Severity::Error && finding.caused_by.is_none() {
            for resolver in &finding.resolvers {
                *causes.entry(resolver.clone()).or_default() += 1;
            }
        }
    }
    for finding in findings {
        let contested = finding
            .resolvers
            .iter()
            .any(|resolver| causes.get(resolver).is_some_and(|count| *count > 1));
        if contested
            && finding.severity == Severity::Error
            && finding.caused_by.is_none()
            && finding.confidence == Confidence::Certain
        {
            finding.confidence = Confidence::High;
        }
    }
}

/// The name server of this host whose answer clients end with, where servers before it gave none: it is final, right or
/// not, and an error of those before it costs time (Go, src/net/dnsclient_unix.go, tryOneName). `None` where the first
/// answers, where another order is possible, and where it is not known whether a reply is final.
fn passed_on_to<'s>(case: &'s Case<'_>) -> Option<&'s str> {
    let rotates = case.stub().is_none_or(|stub| stub.rotate);
    if rotates || case.go_asks_the_system() {
        return None;
    }
    let mut passed = 0;
    for subject in case.local().take(limits::NAME_SERVERS_USED) {
        match subject.verdict() {
            Verdict::Unreachable | Verdict::Timeout | Verdict::ServFail | Verdict::Refused => passed += 1,
            verdict if verdict.has_addresses() || verdict.is_negative() => {
                return (passed > 0).then(|| subject.name());
            }
            _ => return None,
        }
    }
    None
}

/// Severity; causes before what they cause; what the local path depends on first; confidence; the order of
/// the catalogue; the order of the resolvers.
fn order(case: &Case<'_>, findings: &mut [Finding]) {
    let ends_with = passed_on_to(case);
    let position: BTreeMap<&str, (u8, usize)> = case
        .subjects()
        .enumerate()
        .map(|(index, subject)| {
            let is_passed_over = || ends_with.is_some_and(|name| name != subject.name());
            let nearness = if subject.has_role(Role::Local) && is_passed_over() {
                1
            } else if subject.has_role(Role::Local) || subject.has_role(Role::Os) {
                0
            } else if subject.has_role(Role::Custom) {
                2
            } else {
                3
            };
            (subject.name(), (nearness, index))
        })
        .collect();
    // The operating system's lookup asks the same servers, and is named beside them.
    let system = case.system().map(super::Subject::name);
    let is_passed_over = |resolver: &String| {
        position
            .get(resolver.as_str())
            .is_some_and(|(nearness, _)| *nearness == 1)
    };
    let explaining: BTreeSet<String> = findings
        .iter()
        .filter(|finding| finding.resolvers.iter().any(is_passed_over))
        .filter_map(|finding| finding.caused_by.clone())
        .collect();
    findings.sort_by_cached_key(|finding| {
        let is_alone = finding.resolvers.len() == 1;
        let nearest = finding
            .resolvers
            .iter()
            .filter(|resolver| is_alone || system != Some(resolver.as_str()))
            .filter_map(|resolver| position.get(resolver.as_str()).copied())
            .min()
            // About the host or the name as a whole: before any single resolver.
            .unwrap_or((0, 0));
        // What explains why servers before it gave no answer is no mere silence that costs time.
        let nearness = if explaining.contains(&finding.rule) {
            0
        } else {
            nearest.0
        };
        let registered = RULES.iter().position(|rule| rule.name == finding.rule);
        (
            finding.severity,
            finding.caused_by.is_some(),
            nearness,
            finding.confidence,
            registered,
            nearest.1,
            finding.resolvers.clone(),
        )
    });
}

//! AWS's configuration, as it was read, and the answers of the VPC's Resolver say two things.

use super::phrase::{self, observed_sibling, observed_target};
use super::route53::{self, ResolvingVpc};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided};
use crate::decides::Step;

declare_rule! {
    /// ## What it means
    /// What decides in AWS was read, and one construct is picked for certain; and a resolver that answers for that VPC
    /// does not answer as that construct would.
    ///
    /// ## How it was decided
    /// One of two: a rule of DNS Firewall blocks the name by AWS's documented order, and a resolver of the VPC gives
    /// the expected addresses; or no rule of DNS Firewall blocks it, a zone or public DNS is to answer, and a resolver
    /// of the VPC denies the name without the SOA of any zone, as a block does. Where something that is opaque could
    /// explain it, there is nothing to say.
    ///
    /// ## Why it matters
    /// One of the two is not what it seems, and a fix that is made for the other changes nothing.
    ///
    /// ## What to do
    /// Read the configuration again: it may have changed since. A change of a rule or a list takes a moment to be in
    /// effect, and an answer may come from a cache. Where it stays so, the resolver that was asked is not the VPC's:
    /// see who answers at its address.
    "aws-configuration-disagrees" = {
        summary: "AWS's configuration and the answers of the VPC's Resolver say two things",
        severity: Severity::Error,
        since: "0.2.0",
        about: AnyName,
        hint: "AWS's configuration was changed, or another server than the VPC's Resolver answers",
        complaints: [Denial 190],
        references: [ROUTE53_FIREWALL, ROUTE53_QUERY_LOGS],
        at: Asked,
        requires: [[CONFIGURATION_SAYS_OTHERWISE]],
        confidence: [Medium],
        explains: [OnlyAFails, Denial, UnusedPrivateZone],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for vpc in route53::resolving_vpcs(case) {
        let steps = decided::of_vpc(case, &vpc);
        let is_its = |subject: &&Subject<'_>| {
            let mut its = vpc.subjects.iter();
            its.any(|other| other.name() == subject.name()) && decided::answers_otherwise(case, subject, &steps)
        };
        let subjects: Vec<&Subject<'_>> = fits.subjects().into_iter().filter(is_its).collect();
        let Some(step) = decided::certain_step(&steps).filter(|_| !subjects.is_empty()) else {
            continue;
        };
        // Where the resolvers have the name, nothing fails.
        let severity = if subjects.iter().any(|subject| !subject.verdict().is_fine()) {
            Severity::Error
        } else {
            Severity::Warning
        };
        findings.push(finding(case, &vpc, step, &subjects, (severity, fits.least_sure())));
    }
    findings
}

fn finding(
    case: &Case<'_>,
    vpc: &ResolvingVpc<'_, '_>,
    step: &Step,
    subjects: &[&Subject<'_>],
    (severity, confidence): (Severity, Confidence),
) -> Finding {
    let (who, several) = (phrase::titles(subjects), subjects.len());
    let read = case
        .facts_origin()
        .map_or_else(|| "in this run".to_owned(), |origin| format!("from {origin}"));
    let does = if severity == Severity::Error {
        format!("{}, as a block does", phrase::returns_negative(subjects))
    } else {
        format!("{} the expected addresses", phrase::plural(several, "gives", "give"))
    };
    let picks = if severity == Severity::Error {
        "does not block this name"
    } else {
        "blocks this name"
    };
    let region = case.region();
    RULE.finding(confidence, subjects)
        .severity(severity)
        .summary(format!(
            "DNS Firewall of {}, as it was read, {picks}, and {who} {does}",
            vpc.id
        ))
        .why(format!(
            "AWS's configuration was read {read}. By AWS's documented order this decides in {}: {}. {who} {does}, \
             which is observed in this run. The configuration may have changed between the two, or the answer may come \
             from a cache. Or {who} {} not the VPC's own Resolver, or forwards to another server.",
            vpc.id,
            step.why,
            phrase::plural(several, "is", "are")
        ))
        .seen([Evidence::fact(format!("read {read}: {}", step.why))])
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat()),
        )
        .fix([Remedy::new(
            "Read the configuration again, then ask again",
            [format!(
                "aws route53resolver list-firewall-rule-group-associations --region {region} --vpc-id {}",
                vpc.id
            )],
        )])
}

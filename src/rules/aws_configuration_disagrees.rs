//! AWS's configuration, as it was read, and the answers of resolvers say two things.

use std::collections::BTreeSet;

use super::otherwise::{self, OtherAnswer};
use super::phrase::{self, observed_sibling, observed_target};
use super::shared::route53::{self, ResolvingVpc};
use super::signs::{PUBLIC_ACCESS_IS_OFF, PUBLIC_THOUGH_PUBLIC_ACCESS_IS_OFF};
use super::{
    Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, grouped, remedy, view,
};
use crate::decides::{Blocked, Step};
use crate::dns::AnswerKind;

declare_rule! {
    /// ## What it means
    /// What AWS says and what a resolver answers cannot both be true. Either AWS's configuration was read, it names one
    /// construct that answers for certain, and a resolver of that VPC does not answer as that construct would. Or AWS
    /// says that public access to the endpoint is off, and a resolver gives public addresses of it.
    ///
    /// ## How it was decided
    /// One of these. A rule of DNS Firewall blocks the name by AWS's documented order, and a resolver of the VPC gives
    /// the expected addresses, or any answer that is not the rule's. No rule of DNS Firewall blocks it, a zone or
    /// public DNS is to answer, and a resolver of the VPC returns a negative answer without a SOA, as a block does, or
    /// SERVFAIL or nothing, as a FORWARD rule without a target does, or REFUSED. A private hosted zone is to answer,
    /// and the answer is of another zone, or what public DNS has. Public DNS is to answer, and the answer is of a zone
    /// that is not AWS's, or of a private hosted zone. Public access is off, and the answer is of public addresses from
    /// AWS's public zone, where a cluster without public access has its private ones. Where something
    /// that could not be read could explain it, or a FORWARD rule takes the name, there is no finding: what the rule's
    /// targets answer is theirs. Where fail-open of DNS Firewall is off, the Resolver returns SERVFAIL without a reply
    /// from DNS Firewall, and that is said.
    ///
    /// ## Why it matters
    /// One of the two is wrong or out of date, and a fix that trusts it changes nothing.
    ///
    /// ## What to do
    /// Read the configuration again: it may have changed since. A change of a rule or a list takes a moment to be in
    /// effect, and an answer may come from a cache. If it still differs, the resolver that was asked is not the VPC's:
    /// see who answers at its address.
    "aws-configuration-disagrees" = {
        summary: "AWS's configuration and the answers of resolvers say two things",
        severity: Severity::Error,
        since: "0.2.0",
        about: AnyName,
        hint: "AWS's configuration was changed, or another server than the VPC's Resolver answers",
        complaints: [Denial 190],
        references: [ROUTE53_FIREWALL, ROUTE53_QUERY_LOGS, EKS_CLUSTER_ENDPOINT],
        at: Asked,
        requires: [[CONFIGURATION_SAYS_OTHERWISE, PUBLIC_THOUGH_PUBLIC_ACCESS_IS_OFF]],
        confidence: [Medium],
        explains: [OnlyAFails, Denial, UnusedPrivateZone, ZoneOfTheVpc, ForeignZone, Refusal],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for vpc in route53::resolving_vpcs(case) {
        let Some(step) = decided::comparable(case, &vpc) else {
            continue;
        };
        let its = fits.subjects().into_iter().filter(|subject| {
            let mut its = vpc.subjects.iter();
            its.any(|other| other.name() == subject.name())
        });
        for (how, subjects) in grouped(its, |subject| otherwise::of(case, subject, &step)) {
            findings.push(finding(
                case,
                &vpc,
                &step,
                how,
                &subjects,
                fits.least_sure_at(&subjects),
            ));
        }
    }
    let public: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| PUBLIC_THOUGH_PUBLIC_ACCESS_IS_OFF.seen(case, Some(subject)) == Some(true))
        .collect();
    findings.extend((!public.is_empty()).then(|| of_access(case, &public, fits.least_sure_at(&public))));
    findings
}

/// Where the resolvers have what is expected, nothing fails.
fn severity(subjects: &[&Subject<'_>]) -> Severity {
    if subjects.iter().any(|subject| !subject.verdict().is_fine()) {
        Severity::Error
    } else {
        Severity::Warning
    }
}

fn origin(case: &Case<'_>) -> String {
    case.facts_origin()
        .map_or_else(|| "in this run".to_owned(), |origin| format!("from {origin}"))
}

fn of_access(case: &Case<'_>, subjects: &[&Subject<'_>], confidence: Confidence) -> Finding {
    let who = phrase::titles(subjects);
    let gives = phrase::plural(subjects.len(), "gives", "give");
    let addresses = subjects.iter().flat_map(|subject| &subject.comparison.addresses);
    let addresses = phrase::distinct(addresses.map(|address| address.ip));
    let (region, name) = (case.region(), case.cluster_name());
    RULE.finding(confidence, subjects)
        .severity(severity(subjects))
        .summary(format!(
            "{who} {gives} public addresses of the endpoint, and AWS says that its public access is off"
        ))
        .why(format!(
            "DescribeCluster was read {}: endpointPublicAccess is false. Public DNS has the private addresses of such a \
             cluster. {who} {gives} {addresses} in this run. So the access was changed a short time ago, or what AWS \
             said is of another time or another account. While public access is off, the API server is not reached from \
             the internet.",
            origin(case)
        ))
        .seen(PUBLIC_ACCESS_IS_OFF.evidence(case))
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat()),
        )
        .fix([
            Remedy::new(
                "Read the access again, then ask again",
                [format!(
                    "aws eks describe-cluster --region {region} --name {name} --query \
                     'cluster.resourcesVpcConfig.[endpointPublicAccess,endpointPrivateAccess]'"
                )],
            ),
            Remedy::new(
                "See whether it was changed a short time ago",
                [format!("aws eks list-updates --region {region} --name {name}")],
            ),
        ])
}

/// What they do, where it is neither what is expected nor a block.
fn answer(subjects: &[&Subject<'_>]) -> String {
    let several = subjects.len();
    let all = |is: fn(AnswerKind) -> bool| subjects.iter().all(|subject| subject.a_kind().is_some_and(is));
    let aliases: BTreeSet<_> = subjects.iter().map(|subject| view::alias_of(subject)).collect();
    if let Some(Some(alias)) = aliases.first()
        && aliases.len() == 1
    {
        let makes = phrase::plural(several, "makes", "make");
        format!("{makes} the name an alias of {alias}")
    } else if all(|kind| kind == AnswerKind::ServFail) {
        format!("{} SERVFAIL", phrase::plural(several, "returns", "return"))
    } else if all(|kind| kind == AnswerKind::Refused) {
        format!("{} REFUSED", phrase::plural(several, "returns", "return"))
    } else if all(AnswerKind::is_silence) {
        format!("{} no answer", phrase::plural(several, "gives", "give"))
    } else if all(AnswerKind::is_negative) {
        let soa = subjects.iter().find_map(|subject| subject.soa());
        let of = soa.map_or_else(String::new, |soa| format!(" with the SOA of {}", soa.owner));
        format!("{}{of}", phrase::returns_negative(subjects))
    } else if all(|kind| kind == AnswerKind::Answer) {
        let addresses = subjects.iter().flat_map(|subject| subject.ips());
        let gives = phrase::plural(several, "gives", "give");
        format!("{gives} {}", phrase::distinct(addresses))
    } else {
        format!("{} in another way", phrase::plural(several, "answers", "answer"))
    }
}

/// What the configuration says, and what the resolvers do.
fn said_and_done(
    case: &Case<'_>,
    vpc: &str,
    step: &Step,
    how: OtherAnswer,
    subjects: &[&Subject<'_>],
) -> (String, String) {
    let of_firewall = |what: &str| format!("DNS Firewall of {vpc}, as it was read, {what}");
    match how {
        OtherAnswer::Expected => (
            of_firewall("blocks this name"),
            format!(
                "{} the expected addresses",
                phrase::plural(subjects.len(), "gives", "give")
            ),
        ),
        OtherAnswer::NotTheRules => {
            let with = match (step.answer, &step.alias) {
                (Some(Blocked::NoData), _) => " with NODATA".to_owned(),
                (Some(Blocked::NxDomain), _) => " with NXDOMAIN".to_owned(),
                (Some(Blocked::Override), Some(domain)) => format!(" with an alias of {domain}"),
                (Some(Blocked::Override), None) => " with an alias".to_owned(),
                (None, _) => String::new(),
            };
            (of_firewall(&format!("blocks this name{with}")), answer(subjects))
        }
        OtherAnswer::ABlocks => (
            of_firewall("does not block this name"),
            format!("{}, as a block does", phrase::returns_negative(subjects)),
        ),
        OtherAnswer::OfAnotherZone => {
            let who = match &step.name {
                Some(apex) if route53::domain(apex).as_ref() == Some(&case.target.hostname) => {
                    "the private hosted zone of this very name".to_owned()
                }
                Some(apex) => format!("the private hosted zone {apex}"),
                None => "public DNS".to_owned(),
            };
            let said = format!("{who} is to answer in {vpc}, by AWS's configuration");
            (said, answer(subjects))
        }
        OtherAnswer::Failure | OtherAnswer::Refused => (
            format!("no Resolver rule of {vpc}, as the rules were read, forwards this name"),
            answer(subjects),
        ),
    }
}

fn finding(
    case: &Case<'_>,
    vpc: &ResolvingVpc<'_, '_>,
    step: &Step,
    how: OtherAnswer,
    subjects: &[&Subject<'_>],
    confidence: Confidence,
) -> Finding {
    let who = phrase::titles(subjects);
    let read = origin(case);
    let (said, does) = said_and_done(case, vpc.id, step, how, subjects);
    let region = case.region();
    let fails = subjects
        .iter()
        .all(|subject| subject.a_kind() == Some(AnswerKind::ServFail));
    let fails_closed = fails && case.fails_closed(vpc.id);
    let of_fail_open = if fails_closed {
        format!(
            " Fail-open is off in {}: the VPC's Resolver returns SERVFAIL where it has no reply from DNS Firewall.",
            vpc.id
        )
    } else {
        String::new()
    };
    let of_config = fails_closed.then(|| {
        let said = format!("GetFirewallConfig {}: FirewallFailOpen is DISABLED", vpc.id);
        Evidence::fact(said)
    });
    let zones = format!(
        "aws route53 list-hosted-zones-by-vpc --vpc-region {region} --vpc-id {}",
        vpc.id
    );
    let rules = remedy::resolver_rule::of_vpc(case, vpc.id);
    let reads = match how {
        OtherAnswer::OfAnotherZone => vec![zones, rules],
        OtherAnswer::Failure | OtherAnswer::Refused => vec![rules],
        OtherAnswer::Expected | OtherAnswer::NotTheRules | OtherAnswer::ABlocks => vec![format!(
            "aws route53resolver list-firewall-rule-group-associations --region {region} --vpc-id {}",
            vpc.id
        )],
    };
    RULE.finding(confidence, subjects)
        .severity(severity(subjects))
        .summary(format!("{said}, and {who} {does}"))
        .why(format!(
            "AWS's configuration was read {read}. In {} this decides: {}. {who} {does}, which is observed in this \
             run.{of_fail_open} The configuration may have changed between the two, or the answer may come from a \
             cache. Or {who} {} not the VPC's own Resolver, or forwards to another server.",
            vpc.id,
            step.why,
            phrase::plural(subjects.len(), "is", "are")
        ))
        .seen([Evidence::fact(format!("read {read}: {}", step.why))])
        .seen(of_config)
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat()),
        )
        .fix([Remedy::new("Read the configuration again, then ask again", reads)])
}

//! DNS is switched off in the VPC.

use std::fmt::Write as _;

use super::phrase::{self, observed_target};
use super::shared::attributes;
use super::signs::{A_DNS_ATTRIBUTE_IS_OFF, PRIVATE_ZONE_IS_NOT_EFFECTIVE, SILENT_IN_ITS_OWN_VPC};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};

declare_rule! {
    /// ## What it means
    /// A DNS attribute of the cluster's VPC is off. Without enableDnsSupport the VPC's own resolver does not resolve at
    /// all. Without enableDnsHostnames private hosted zones have no effect there, and EKS's zone for the endpoint is
    /// one of them: the name is then looked up in public DNS. In a VPC that is not the default one, enableDnsHostnames
    /// is off by default.
    ///
    /// ## How it was decided
    /// DescribeVpcAttribute says false. It is an error where an answer shows the effect: the VPC's resolver or an
    /// inbound endpoint has the public view, or is silent in its own VPC. Where no resolver of the VPC answered, and
    /// others have the public view although private addresses are expected, it is only the likely cause. Where nothing
    /// is wrong with the answers, it is a warning.
    ///
    /// ## Why it matters
    /// Clients in the VPC, and resolvers that forward to it, do not find the private endpoint.
    ///
    /// ## What to do
    /// Switch both attributes on. No restart is needed. In a shared VPC only the owner can.
    "vpc-dns-attributes-off" = {
        summary: "enableDnsSupport or enableDnsHostnames is off in the cluster's VPC",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "aws ec2 describe-vpc-attribute: enableDnsSupport or enableDnsHostnames is false",
        complaints: [Denial 150],
        references: [VPC_DNS_ATTRIBUTES, ROUTE53_PRIVATE_ZONE_CONSIDERATIONS, EKS_CLUSTER_ENDPOINT],
        at: Run,
        requires: [
            [A_DNS_ATTRIBUTE_IS_OFF],
            [unless AWS_HAS_ANOTHER_ENDPOINT],
            // Host names and private zones are all that the other attribute decides on.
            [DNS_SUPPORT_IS_OFF, unless PRIVATE_ACCESS_IS_OFF],
        ],
        names: [
            [unless VPC_HAS_THE_NAME],
            // Nothing answers there, whatever the attributes are.
            [unless AT_A_SECONDARY_NETWORKS_SECOND_ADDRESS],
            [SILENT_IN_ITS_OWN_VPC, PRIVATE_ZONE_IS_NOT_EFFECTIVE, PRIVATE_IS_EXPECTED],
            [SILENT_IN_ITS_OWN_VPC, PRIVATE_ZONE_IS_NOT_EFFECTIVE, GIVES_THE_PUBLIC_VIEW, DENIED_BY_PUBLIC_AWS],
            [SILENT_IN_ITS_OWN_VPC, unless SIBLING_RESOLVES],
            [SILENT_IN_ITS_OWN_VPC, unless PRIVATE_ACCESS_IS_OFF],
        ],
        confidence: [
            Medium if [[not SILENT_IN_ITS_OWN_VPC], [not PRIVATE_ZONE_IS_NOT_EFFECTIVE]],
            High if [[not OF_THE_CLUSTERS_VPC]],
            // Of the run as well: that an attribute is off is what AWS says.
            Certain,
        ],
        wants: [Caller],
        explains: [UnusedPrivateZone, AnotherVpc, PublicView, NoSuchName, Denial, SilentResolver, NoUdp],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(attributes) = case.vpc_attributes() else {
        return Vec::new();
    };
    let off = attributes::switched_off(*attributes);
    let right = case.vpc_view();
    let is = |sign: &super::signs::Sign, subject: &Subject<'_>| sign.seen(case, Some(subject)) == Some(true);
    let silence_counts = attributes.dns_support == Some(false);
    let shows_it = |subject: &Subject<'_>| {
        is(&PRIVATE_ZONE_IS_NOT_EFFECTIVE, subject) || silence_counts && is(&SILENT_IN_ITS_OWN_VPC, subject)
    };
    let shown: Vec<(&Subject<'_>, Confidence)> = fits
        .iter()
        .filter(|fit| shows_it(fit.subject))
        .map(|fit| (fit.subject, fit.confidence))
        .collect();
    let heard = case.vpc_side().any(Subject::heard_anything);
    let beyond: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| !heard && !is(&SILENT_IN_ITS_OWN_VPC, subject))
        .collect();
    // One finding of all: as sure as of the least sure.
    let (severity, confidence, subjects) = if let Some(confidence) = shown.iter().map(|(_, sure)| *sure).max() {
        let subjects = shown.into_iter().map(|(subject, _)| subject).collect();
        (Severity::Error, confidence, subjects)
    } else if !beyond.is_empty() {
        (Severity::Error, fits.least_sure_at(&beyond), beyond)
    } else {
        (Severity::Warning, fits.least_sure_at(&[]), Vec::new())
    };
    vec![finding(case, &off, severity, confidence, &subjects, &right)]
}

fn finding(
    case: &Case<'_>,
    off: &[&str],
    severity: Severity,
    confidence: Confidence,
    subjects: &[&Subject<'_>],
    right: &[&Subject<'_>],
) -> Finding {
    let vpc = case.vpc().map_or("the cluster's VPC", |vpc| vpc.id.as_str());
    let which = phrase::list(off);
    let are = phrase::plural(off.len(), "is", "are");
    let mut explanation = format!("{which} {are} off in {vpc}.");
    if off.contains(&"enableDnsSupport") {
        explanation.push_str(" Without enableDnsSupport the VPC's own resolver does not resolve.");
    }
    if off.contains(&"enableDnsHostnames") {
        explanation.push_str(
            " Without enableDnsHostnames private hosted zones have no effect in it, EKS's for the endpoint among them.",
        );
    }
    let who = phrase::titles(subjects);
    if confidence == Confidence::Medium {
        let _ = write!(
            explanation,
            " {who} {} the public view of the name, as a resolver that forwards to such a VPC would. No resolver of \
             the VPC was heard, so that {} there at all is not known.",
            phrase::plural(subjects.len(), "has", "have"),
            phrase::plural(subjects.len(), "it forwards", "they forward"),
        );
    } else if !subjects.is_empty() {
        let _ = write!(
            explanation,
            " That shows: {who} {} the private addresses.",
            phrase::plural(subjects.len(), "does not have", "do not have")
        );
    } else if right.is_empty() {
        explanation.push_str(" No answer seen here shows it.");
    } else {
        let _ = write!(
            explanation,
            " {} {} the private addresses all the same. The attribute may have been changed a moment ago, or what AWS said is old.",
            phrase::titles(right),
            phrase::plural(right.len(), "has", "have")
        );
    }
    let mut evidence = A_DNS_ATTRIBUTE_IS_OFF.evidence(case);
    evidence.extend(
        subjects
            .iter()
            .chain(right)
            .flat_map(|subject| observed_target(subject)),
    );
    let effect = match severity {
        Severity::Error if off.contains(&"enableDnsSupport") => ", so the VPC's own resolver does not resolve",
        Severity::Error => ", so the private zone of the endpoint has no effect there",
        _ => "",
    };
    RULE.finding(confidence, subjects)
        .severity(severity)
        .summary(format!("{which} {are} off in {vpc}{effect}"))
        .why(explanation)
        .seen(evidence)
        .fix(remedies(case, off))
}

fn remedies(case: &Case<'_>, off: &[&str]) -> Vec<Remedy> {
    let region = case.region();
    let vpc = case.vpc_id();
    // One call changes one attribute; the first is the one that the other rests on.
    let commands = [
        ("enableDnsSupport", "--enable-dns-support"),
        ("enableDnsHostnames", "--enable-dns-hostnames"),
    ]
    .into_iter()
    .filter(|(name, _)| off.contains(name))
    .map(|(_, option)| {
        format!(
            "aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} {option} '{on}'",
            on = remedy::endpoint::ON
        )
    });
    let mut remedies = vec![Remedy::new(format!("Switch {} on", phrase::list(off)), commands)];
    if let Some(owner) = remedy::endpoint::other_owner(case) {
        remedies.push(Remedy::advice(format!(
            "The VPC is shared: it is account {owner} that can change it"
        )));
    }
    remedies
}

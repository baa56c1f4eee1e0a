//! DNS is switched off in the VPC.

use std::fmt::Write as _;

use super::phrase::{self, observed_target};
use super::shared::attributes::switched_off;
use super::view::{self, VpcSideFault};
use super::{Case, Confidence, Evidence, Finding, Remedy, Severity, Stage, Subject, remedy};
use crate::endpoint::SoaOrigin;
use crate::facts::{VantageKind, Vpc};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// A DNS attribute of the cluster's VPC is off. Without enableDnsSupport the VPC's own resolver does not resolve at
    /// all. Without enableDnsHostnames private hosted zones have no effect there, and EKS's for the endpoint is
    /// one: the name is then looked up in public DNS. In a VPC that is not the default one, enableDnsHostnames is
    /// off until somebody switches it on.
    ///
    /// ## How it was decided
    /// DescribeVpcAttribute says false. It is an error where an answer shows the effect: the VPC's resolver or an
    /// inbound endpoint has the public view, or is silent in its own VPC. Where no resolver of the VPC was heard, and
    /// others see the public view although private addresses are expected, it is the likely cause and no more. While
    /// nothing is wrong with the answers, it is a warning.
    ///
    /// ## Why it matters
    /// Everything in the VPC, and everybody who forwards to it, misses the private endpoint.
    ///
    /// ## What to do
    /// Switch both attributes on. It takes effect by itself, and needs no restart. In a shared VPC only the owner can.
    "vpc-dns-attributes-off" = {
        summary: "enableDnsSupport or enableDnsHostnames is off in the cluster's VPC",
        severity: Severity::Error,
        since: "0.1.0",
        references: [VPC_DNS_ATTRIBUTES, ROUTE53_PRIVATE_ZONE_CONSIDERATIONS, EKS_CLUSTER_ENDPOINT],
        needs: [VpcAttributes],
        wants: [Cluster, Vpc, Caller, VpcView, PublicControl],
        explains: [UnusedPrivateZone, AnotherVpc, PublicView, NoSuchName, Denial, SilentResolver, NoUdp],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let Some(attributes) = case.vpc_attributes().copied() else {
        return Vec::new();
    };
    let off = switched_off(attributes);
    if off.is_empty() || case.is_of_another_endpoint() {
        return Vec::new();
    }
    let no_private_zone = case
        .own_cluster()
        .is_some_and(|cluster| cluster.endpoint_private_access == Some(false));
    let support_off = attributes.dns_support == Some(false);
    // Host names and private zones are all that the other attribute decides on.
    if no_private_zone && !support_off {
        return Vec::new();
    }
    let right = case.vpc_view();
    let shown: Vec<&Subject<'_>> = case
        .failing()
        .filter(|subject| right.is_empty() && shows_it(case, subject, support_off))
        .collect();
    let heard = case.vpc_side().any(Subject::heard_anything);
    let beyond: Vec<&Subject<'_>> = case
        .failing()
        .filter(|subject| !heard && !no_private_zone && may_show_it(case, subject))
        .collect();
    let (severity, confidence, subjects) = if !shown.is_empty() {
        (Severity::Error, surely_of_the_vpc(case, &shown), shown)
    } else if right.is_empty() && !beyond.is_empty() {
        (Severity::Error, Confidence::Medium, beyond)
    } else {
        (Severity::Warning, Confidence::Certain, Vec::new())
    };
    vec![finding(case, &off, severity, confidence, &subjects, &right)]
}

/// Whether a resolver of the VPC shows the effect itself.
fn shows_it(case: &Case<'_>, subject: &Subject<'_>, support_off: bool) -> bool {
    let silent = support_off
        && subject.has_role(Role::Vpc)
        && case.vantage.kind == VantageKind::ClusterVpc
        && !subject.heard_anything();
    silent || view::vpc_side_fault(case, subject) == Some(VpcSideFault::NotEffective)
}

/// Certain where each of them is known to be of this VPC: the VPC's own address, or one of its resolvers asked from
/// inside. What was merely named so may be of another.
fn surely_of_the_vpc(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Confidence {
    let resolver = case.vpc().and_then(Vpc::resolver);
    let is_of_it = |subject: &&Subject<'_>| {
        subject.ip() == resolver && resolver.is_some()
            || case.vantage.kind == VantageKind::ClusterVpc && subject.has_role(Role::Vpc)
    };
    if subjects.iter().all(is_of_it) {
        Confidence::Certain
    } else {
        Confidence::High
    }
}

/// Whether a resolver elsewhere shows what one that forwards to the VPC would.
fn may_show_it(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    !subject.sibling_resolves()
        && case.private_expected_at(subject)
        && (view::gives_the_public_view(case, subject)
            || matches!(view::denied_by(subject), Some((_, SoaOrigin::PublicAws))))
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
            " {} {} the private addresses all the same: the change may be young, or what AWS said old.",
            phrase::titles(right),
            phrase::plural(right.len(), "has", "have")
        );
    }
    let mut evidence: Vec<Evidence> = off
        .iter()
        .map(|name| Evidence::fact(format!("DescribeVpcAttribute {vpc}: {name} is false")))
        .collect();
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
    let vpc = case.vpc().map_or("<vpc-id>", |vpc| vpc.id.as_str());
    let vpc = remedy::endpoint::word(vpc, "<vpc-id>");
    // One call changes one attribute; the first is the one that the other rests on.
    let commands = [
        ("enableDnsSupport", "--enable-dns-support"),
        ("enableDnsHostnames", "--enable-dns-hostnames"),
    ]
    .into_iter()
    .filter(|(name, _)| off.contains(name))
    .map(|(_, option)| {
        format!("aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} {option} '{{\"Value\":true}}'")
    });
    let mut remedies = vec![Remedy::new(format!("Switch {} on", phrase::list(off)), commands)];
    if let Some(owner) = remedy::endpoint::other_owner(case) {
        remedies.push(Remedy::advice(format!(
            "The VPC is shared: it is account {owner} that can change it"
        )));
    }
    remedies
}

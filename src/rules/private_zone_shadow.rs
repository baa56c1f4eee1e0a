//! A private hosted zone of a parent of the name answers in EKS's place.

use std::fmt::Write as _;

use super::phrase::{self, observed_sibling, observed_target};
use super::view::{self, VpcSideFault};
use super::{
    Case, Confidence, Finding, Remedy, Severity, Stage, Subject, forwarded_to_wrong_view, grouped, remedy,
};
use crate::dns::Name;
use crate::endpoint::SoaOrigin;

declare_rule! {
    /// ## What it means
    /// The VPC that answers has a private hosted zone whose apex is a parent of the endpoint's name, such as
    /// `amazonaws.com` or `<region>.eks.amazonaws.com`, and the name is not in it. For names below its apex a
    /// private zone is asked in place of public DNS, and what is not in it does not exist there.
    ///
    /// ## How it was decided
    /// A resolver on the VPC's side denies the name with an SOA whose MNAME is one of `awsdns-00`, which only
    /// private hosted zones use, and whose owner is a parent of the name. Resolvers elsewhere that deny it with the
    /// SOA of that same zone are named beside it: they forward there.
    ///
    /// ## Why it matters
    /// Every client that uses this VPC's Resolver, or forwards to it, gets `no such host`.
    ///
    /// ## What to do
    /// Give the private zone a narrower apex, or take the VPC's association away. Where it cannot be changed,
    /// forward the endpoint's name past it.
    ///
    /// ## References
    /// - Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone"
    "private-zone-shadow" = {
        summary: "another private hosted zone shadows the endpoint's name",
        severity: Severity::Error,
        since: "0.1.0",
        needs: [VpcView],
        wants: [PublicControl, Cluster, Vpc],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let shadowed = case
        .failing()
        .filter(|subject| view::vpc_side_fault(case, subject) == Some(VpcSideFault::Shadowed));
    grouped(shadowed, apex)
        .into_iter()
        .map(|(apex, at)| {
            let forwarders: Vec<&Subject<'_>> = case
                .failing()
                .filter(|subject| {
                    !subject.is_vpc_side()
                        && self::apex(subject).as_ref() == Some(&apex)
                        // Where the cluster's zone is known, not going there is the fault.
                        && forwarded_to_wrong_view::grade(case, subject).is_none()
                })
                .collect();
            finding(case, &apex, &at, &forwarders)
        })
        .collect()
}

/// The apex of the private zone that denies the name.
fn apex(subject: &Subject<'_>) -> Option<Name> {
    let (soa, origin) = view::denied_by(subject)?;
    (origin == SoaOrigin::PrivateHostedZone && !subject.sibling_resolves())
        .then(|| soa.owner.clone())
}

fn finding(
    case: &Case<'_>,
    apex: &Name,
    at: &[&Subject<'_>],
    forwarders: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(at);
    let mut explanation = format!(
        "{who} {} the name with the SOA of the private hosted zone {apex}. That zone stands in for public DNS for \
         all names below its apex, the endpoint's among them, and the name is not in it. Were EKS's own zone in \
         this VPC, it should win as the more specific one; so this is probably not the cluster's VPC, or private \
         access is off.",
        phrase::plural(at.len(), "denies", "deny"),
    );
    if !forwarders.is_empty() {
        let _ = write!(
            explanation,
            " {} {} the same zone: the question is forwarded there.",
            phrase::titles(forwarders),
            phrase::plural(forwarders.len(), "shows", "show")
        );
    }
    let all: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| {
            at.iter()
                .chain(forwarders)
                .any(|other| other.name() == subject.name())
        })
        .collect();
    let mut remedies = vec![
        remedy::endpoint::list_private_zones(case),
        Remedy::new(
            format!("Give {apex} a narrower apex, or take it from this VPC"),
            [format!(
                "aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id <zone-id> --vpc \
                 VPCRegion={},VPCId={}",
                case.region(),
                case.vpc().map_or("<vpc-id>", |vpc| vpc.id.as_str())
            )],
        ),
    ];
    remedies.push(Remedy::new(
        "Or, where this is not the cluster's VPC: a rule for the endpoint's name to an inbound endpoint that is",
        [format!(
            "aws route53resolver create-resolver-rule --region {} --creator-request-id eks-dns --rule-type \
             FORWARD --domain-name {} --resolver-endpoint-id <rslvr-out-id> --target-ips \
             Ip=<inbound-endpoint-ip>,Port=53",
            case.region(),
            case.own_zone()
        )],
    ));
    Finding {
        rule: RULE.name.to_owned(),
        severity: Severity::Error,
        confidence: Confidence::High,
        summary: format!("{who}: the private hosted zone {apex} shadows the endpoint's name"),
        explanation,
        caused_by: None,
        resolvers: phrase::names(&all),
        evidence: all
            .iter()
            .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat())
            .collect(),
        remedies,
        references: vec![
            "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html"
                .to_owned(),
        ],
    }
}

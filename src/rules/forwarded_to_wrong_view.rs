//! The resolver takes the name somewhere, and not to the cluster's VPC.

use std::net::IpAddr;

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::view::{self, Age, VpcSideFault};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::Name;
use crate::endpoint::SoaOrigin;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver sees the name in a view that is not the cluster's: the inbound endpoint that it is, or that it
    /// forwards to, is in another VPC, or what it asks sees a public zone that lacks the record. EKS's private
    /// hosted zone is associated with the cluster's VPC alone, and no other VPC's Resolver has it.
    ///
    /// ## How it was decided
    /// One of four. The inbound endpoint is listed by AWS, in another VPC than the cluster's, and shows the public view
    /// or another private zone. The negative answer carries the SOA of a private hosted zone (MNAME in `awsdns-00`)
    /// that is another than the one in which the VPC's resolvers have the name. Or an address named as an inbound
    /// endpoint shows the public view while another resolver of the VPC has the private addresses. Or the resolver says
    /// that public DNS lacks the name, freshly, while the public control has it.
    ///
    /// ## Why it matters
    /// Clients get `no such host`, or the public addresses, although a forward is in place and looks right.
    ///
    /// ## What to do
    /// Forward to an inbound endpoint in the cluster's own VPC. From a hub VPC: an outbound Resolver rule for the
    /// endpoint's name whose targets are that inbound endpoint's addresses.
    "forwarded-to-wrong-view" = {
        summary: "the name is taken to a VPC or a view that does not have it",
        severity: Severity::Error,
        since: "0.1.0",
        shows: [OneAnswer, AnotherVpc],
        settled_by: [Questions => "whether the answer is from another view, or from a cache"],
        references: [AWS_BLOG_EKS_DNS, ROUTE53_PRIVATE_ZONES],
        at: Failing,
        requires: [
            [LEGIBLE],
            [unless SIBLING_RESOLVES],
            [GIVES_THE_PUBLIC_VIEW, DENIED_BY_PUBLIC_AWS, DENIED_BY_PRIVATE_ZONE],
            [INBOUND_ENDPOINT, DENIED_BY_ANOTHER_PRIVATE_ZONE, DENIED_BY_PUBLIC_AWS],
            [IN_ANOTHER_VPC, VPC_HAS_THE_NAME, PUBLIC_HAS_THE_NAME],
            [PUBLIC_HAS_THE_NAME, INBOUND_ENDPOINT, DENIED_BY_ANOTHER_PRIVATE_ZONE],
            [IN_ANOTHER_VPC, DENIED_BY_ANOTHER_PRIVATE_ZONE, DENIED_BY_PUBLIC_AWS, GIVES_THE_PUBLIC_VIEW],
            [not ON_THE_VPCS_SIDE, INBOUND_ENDPOINT, DENIED_BY_PUBLIC_AWS],
            [unless DENIAL_IS_CACHED, INBOUND_ENDPOINT, DENIED_BY_PRIVATE_ZONE],
        ],
        confidence: [
            High if [[INBOUND_ENDPOINT], [IN_ANOTHER_VPC]],
            Medium if [
                [DENIED_BY_PRIVATE_ZONE, GIVES_THE_PUBLIC_VIEW, not DENIAL_IS_CACHED, INBOUND_ENDPOINT],
                [DENIED_BY_PRIVATE_ZONE, GIVES_THE_PUBLIC_VIEW, not DENIAL_IS_CACHED, VPC_HAS_THE_NAME],
            ],
            Low,
        ],
        stage: Stage::Evidence,
    }
}

/// How it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// Another private hosted zone, of this apex.
    OtherZone(Name),
    /// An inbound endpoint with the public view.
    PublicAtInbound,
    /// A public view without the record.
    PublicWithoutTheName,
    /// An inbound endpoint that AWS lists in this VPC, which is not the cluster's.
    StandsIn(String),
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| shown(case, subject))
        .into_iter()
        .map(|(confidence, shown, subjects)| finding(case, confidence, &shown, &subjects))
        .collect()
}

/// How it shows, where the signs fit; `None` where the evidence is another's.
fn shown(case: &Case<'_>, subject: &Subject<'_>) -> Option<Shown> {
    if subject.has_role(Role::Inbound) && subject.probed.resolver.is_elsewhere {
        let vpc = subject.probed.resolver.vpc.clone().unwrap_or_default();
        return Some(Shown::StandsIn(vpc));
    }
    let by_soa = view::denied_by(subject);
    let other_zone = || match by_soa {
        Some((soa, SoaOrigin::PrivateHostedZone)) => Some(Shown::OtherZone(soa.owner.clone())),
        _ => None,
    };
    match view::vpc_side_fault(case, subject) {
        Some(VpcSideFault::OtherVpc) => Some(other_zone().unwrap_or(Shown::PublicAtInbound)),
        Some(_) => None,
        // It was in the cache before we came: `stale-negative-cache`.
        None => other_zone().or_else(|| (view::age(subject) != Age::Cached).then_some(Shown::PublicWithoutTheName)),
    }
}

fn finding(case: &Case<'_>, confidence: Confidence, shown: &Shown, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let right = case.vpc_view();
    let has = phrase::plural(right.len(), "has", "have");
    let (summary, explanation) = match shown {
        Shown::OtherZone(apex) => (
            format!(
                "{who} {} the name from another private zone, {apex}, not from the cluster's VPC",
                phrase::plural(several, "takes", "take")
            ),
            format!(
                "{who} {} the name with the SOA of the private hosted zone {apex}, while {} {has} it in \
                 another zone. So the question ends in a VPC that is not the cluster's: in its private zone the \
                 name is missing, and a private zone is never left for public DNS.",
                phrase::plural(several, "denies", "deny"),
                phrase::titles(&right)
            ),
        ),
        Shown::PublicAtInbound => (
            format!(
                "{who} {} the public view, so {} probably not in the cluster's VPC",
                phrase::plural(several, "shows", "show"),
                phrase::plural(several, "that inbound endpoint is", "those addresses are")
            ),
            format!(
                "{who} {} named as {} and {} the public view of the name, while {} {has} the private addresses. \
                 An inbound endpoint answers from the VPC that it stands in, and EKS's private zone is in the \
                 cluster's VPC alone.",
                phrase::plural(several, "was", "were"),
                phrase::plural(several, "an inbound endpoint", "inbound endpoints"),
                phrase::plural(several, "shows", "show"),
                phrase::titles(&right)
            ),
        ),
        Shown::StandsIn(vpc) => (
            format!(
                "{who} {} in {vpc}, not in the cluster's VPC, and {} what that one sees",
                phrase::plural(several, "stands", "stand"),
                phrase::plural(several, "shows", "show")
            ),
            format!(
                "AWS lists {who} as {} in {vpc}. An inbound endpoint answers from the VPC that it stands in, and \
                 EKS's private zone is in the cluster's VPC alone, so what comes back is the view of {vpc}: public \
                 DNS, or its own private zones.",
                phrase::plural(
                    several,
                    "an address of an inbound endpoint",
                    "addresses of inbound endpoints"
                )
            ),
        ),
        Shown::PublicWithoutTheName => (
            format!(
                "{who} {} NXDOMAIN from AWS's public zone, but public DNS has the name",
                phrase::plural(several, "gets", "get")
            ),
            format!(
                "{who} {} the name with the SOA of AWS's public zone, and public resolvers have it. {} What it \
                 forwards to sees another view: another VPC, a DNS firewall, an old copy.",
                phrase::plural(several, "denies", "deny"),
                if confidence == Confidence::Medium {
                    "The answer is as fresh as that for a random sibling, so it is not a cached one."
                } else {
                    "How old the answer is could not be seen; a cached one, from before the name was published, \
                     fits as well."
                }
            ),
        ),
    };
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat())
        .collect();
    evidence.extend(
        right.iter().flat_map(|subject| observed_target(subject)).chain(
            case.public()
                .filter_map(|subject| Some(observed(subject, subject.a()?))),
        ),
    );
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(explanation)
        .seen(evidence)
        .fix(remedies(case, confidence, shown, subjects))
}

fn remedies(case: &Case<'_>, confidence: Confidence, shown: &Shown, subjects: &[&Subject<'_>]) -> Vec<Remedy> {
    let region = case.region();
    let mut remedies = Vec::new();
    // At medium the answer was seen to be fresh: waiting would not change it.
    if *shown == Shown::PublicWithoutTheName && confidence == Confidence::Low {
        let ttl = subjects
            .iter()
            .filter_map(|subject| subject.soa())
            .map(|soa| soa.ttl)
            .max();
        if let Some(ttl) = ttl {
            remedies.push(Remedy::advice(format!(
                "Ask again in {ttl} s: an answer that was only cached has expired by then"
            )));
        }
    }
    remedies.push(Remedy::new(
        "See which VPC each inbound endpoint stands in, and which VPC is the cluster's",
        [
            format!(
                "aws route53resolver list-resolver-endpoints --region {region} --filters \
                 Name=Direction,Values=INBOUND --query 'ResolverEndpoints[].[Id,HostVPCId]'"
            ),
            format!(
                "aws eks describe-cluster --region {region} --name {} --query cluster.resourcesVpcConfig.vpcId",
                case.cluster_name()
            ),
        ],
    ));
    // Not to an inbound endpoint that is itself the one in the wrong place.
    let right: Vec<IpAddr> = case
        .vpc_view()
        .into_iter()
        .filter(|subject| subject.has_role(Role::Inbound))
        .filter_map(Subject::ip)
        .collect();
    remedies.extend(remedy::forward::to(case, &right));
    remedies
}

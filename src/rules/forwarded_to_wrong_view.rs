//! The question for the name ends in another VPC or zone than the cluster's.

use std::net::IpAddr;

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::shared::behind;
use super::view::{self, Age, VpcSideFault};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Shows, Stage, Subject, remedy};
use crate::dns::Name;
use crate::endpoint::SoaOrigin;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver does not get its answer from the cluster's VPC. The inbound endpoint that it is, or that it
    /// forwards to, is in another VPC; or the server that it forwards to has a public zone without the record. EKS's
    /// private hosted zone is associated with the cluster's VPC only, and the Resolver of another VPC does not have it.
    ///
    /// ## How it was decided
    /// One of five cases fits. First, AWS lists the inbound endpoint in another VPC than the cluster's, and it answers
    /// from the public zone or from another private hosted zone. Second, the negative answer has the SOA of a private
    /// hosted zone (MNAME in `awsdns-00`), and the VPC's resolvers have the name from another one. Third, an address
    /// that was given as an inbound endpoint answers from the public zone, while another resolver of the VPC returns
    /// the private addresses. Fourth, the resolver returns a negative answer from AWS's public zone that was not in a
    /// cache before this run, while the public control has the name. Fifth, BIND, Unbound or PowerDNS Recursor returns
    /// NXDOMAIN without a SOA, and AWS's NXDOMAIN with its SOA for a random sibling: so they leave the NXDOMAIN of a
    /// server that they forward the very name to. In PowerDNS Recursor a response policy zone does the same, so it is
    /// less sure there.
    ///
    /// ## Why it matters
    /// Clients print `no such host`, or get the public addresses, although a forward is configured.
    ///
    /// ## What to do
    /// Forward to an inbound endpoint in the cluster's own VPC. From a hub VPC: an outbound Resolver rule for the
    /// endpoint's name whose targets are that inbound endpoint's addresses.
    "forwarded-to-wrong-view" = {
        summary: "the question is forwarded to a VPC or a zone that does not have the name",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the name is forwarded to a VPC that does not have it",
        complaints: [Denial 110],
        shows: [OneAnswer, AnotherVpc],
        settled_by: [Questions => "whether the answer is from another view, or from a cache"],
        references: [AWS_BLOG_EKS_DNS, ROUTE53_PRIVATE_ZONES],
        at: Failing,
        requires: [
            [LEGIBLE],
            [unless SIBLING_RESOLVES],
            [GIVES_THE_PUBLIC_VIEW, DENIED_BY_PUBLIC_AWS, DENIED_BY_PRIVATE_ZONE, DENIED_BEHIND_IT],
            [INBOUND_ENDPOINT, DENIED_BY_ANOTHER_PRIVATE_ZONE, DENIED_BY_PUBLIC_AWS, DENIED_BEHIND_IT],
            [IN_ANOTHER_VPC, VPC_HAS_THE_NAME, PUBLIC_HAS_THE_NAME],
            [PUBLIC_HAS_THE_NAME, INBOUND_ENDPOINT, DENIED_BY_ANOTHER_PRIVATE_ZONE, DENIED_BEHIND_IT],
            [
                IN_ANOTHER_VPC,
                DENIED_BY_ANOTHER_PRIVATE_ZONE,
                DENIED_BY_PUBLIC_AWS,
                GIVES_THE_PUBLIC_VIEW,
                DENIED_BEHIND_IT,
            ],
            [not ON_THE_VPCS_SIDE, INBOUND_ENDPOINT, DENIED_BY_PUBLIC_AWS],
            [unless DENIAL_IS_CACHED, INBOUND_ENDPOINT, DENIED_BY_PRIVATE_ZONE],
        ],
        confidence: [
            High if [[INBOUND_ENDPOINT], [IN_ANOTHER_VPC]],
            Medium if [[DENIED_BEHIND_IT], [not ITS_POLICY_LOOKS_THE_SAME]],
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
enum WrongViewSign {
    /// Another private hosted zone, of this apex.
    OtherZone(Name),
    /// An inbound endpoint with the public view.
    PublicAtInbound,
    /// A public view without the record.
    PublicWithoutTheName,
    /// NXDOMAIN from a server that this name alone is forwarded to.
    Behind,
    /// An inbound endpoint that AWS lists in this VPC, which is not the cluster's.
    StandsIn(String),
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| shown(case, subject))
        .into_iter()
        .map(|(confidence, shown, subjects)| {
            // Another view would be asked there, and the one that is known denies the name itself.
            let shadowed = behind::a_shadow(case);
            let is_shadowed = |subject: &&Subject<'_>| shadowed.iter().any(|one| one.name() == subject.name());
            let may_end_there = matches!(shown, WrongViewSign::Behind) && subjects.iter().all(is_shadowed);
            let shadow = may_end_there.then(|| Shows::ZoneOfTheVpc.rule()).flatten();
            finding(case, confidence, &shown, &subjects).caused_by(shadow)
        })
        .collect()
}

/// How it shows, where the signs fit; `None` where the evidence is another's.
fn shown(case: &Case<'_>, subject: &Subject<'_>) -> Option<WrongViewSign> {
    if subject.has_role(Role::Inbound) && subject.probed.resolver.is_elsewhere {
        let vpc = subject.probed.resolver.vpc.clone().unwrap_or_default();
        return Some(WrongViewSign::StandsIn(vpc));
    }
    if behind::is_denied(subject) {
        return Some(WrongViewSign::Behind);
    }
    let by_soa = view::denied_by(subject);
    let other_zone = || match by_soa {
        Some((soa, SoaOrigin::PrivateHostedZone)) => Some(WrongViewSign::OtherZone(soa.owner.clone())),
        _ => None,
    };
    match view::vpc_side_fault(case, subject) {
        Some(VpcSideFault::OtherVpc) => Some(other_zone().unwrap_or(WrongViewSign::PublicAtInbound)),
        Some(_) => None,
        // It was in the cache before we came: `stale-negative-cache`.
        None => {
            other_zone().or_else(|| (view::age(subject) != Age::Cached).then_some(WrongViewSign::PublicWithoutTheName))
        }
    }
}

fn finding(case: &Case<'_>, confidence: Confidence, shown: &WrongViewSign, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let right = case.vpc_view();
    let has = phrase::plural(right.len(), "has", "have");
    let (summary, explanation) = match shown {
        WrongViewSign::OtherZone(apex) => (
            format!(
                "{who} {} from another private hosted zone, {apex}, so the question does not reach the cluster's VPC",
                phrase::plural(several, "answers", "answer")
            ),
            format!(
                "{who} {} a negative answer with the SOA of the private hosted zone {apex}. {} {has} the name in \
                 another zone. So the question ends in another VPC than the cluster's. The private hosted zone there \
                 does not have the name, and Route 53 Resolver does not ask public DNS for names in a private hosted \
                 zone.",
                phrase::plural(several, "returns", "return"),
                phrase::titles(&right)
            ),
        ),
        WrongViewSign::PublicAtInbound => (
            format!(
                "{who} {} from the public zone, so {} probably not in the cluster's VPC",
                phrase::plural(several, "answers", "answer"),
                phrase::plural(several, "that inbound endpoint is", "those addresses are")
            ),
            format!(
                "{who} {} given as {} and {} from the public zone, while {} {has} the private addresses. An inbound \
                 endpoint answers from its own VPC, and EKS's private hosted zone is associated with the cluster's VPC \
                 only.",
                phrase::plural(several, "was", "were"),
                phrase::plural(several, "an inbound endpoint", "inbound endpoints"),
                phrase::plural(several, "answers", "answer"),
                phrase::titles(&right)
            ),
        ),
        WrongViewSign::StandsIn(vpc) => (
            format!(
                "{who} {} in {vpc} and not in the cluster's VPC, so {} from the zones of {vpc}",
                phrase::plural(several, "is", "are"),
                phrase::plural(several, "it answers", "they answer")
            ),
            format!(
                "AWS lists {who} as {} in {vpc}. An inbound endpoint answers from its own VPC, and EKS's private \
                 hosted zone is associated with the cluster's VPC only. So the answers come from public DNS or from \
                 the private hosted zones of {vpc}.",
                phrase::plural(
                    several,
                    "an address of an inbound endpoint",
                    "addresses of inbound endpoints"
                )
            ),
        ),
        WrongViewSign::Behind => {
            let forwards = phrase::plural(several, "forwards", "forward");
            let names = if right.is_empty() {
                "Public resolvers have it".to_owned()
            } else {
                format!("{} {has} it", phrase::titles(&right))
            };
            let or = if confidence == Confidence::Medium {
                "A block in a server that all names are forwarded to looks alike."
            } else {
                "A response policy zone for the name looks alike, and so does a block in a server that all names are \
                 forwarded to."
            };
            (
                format!("{who} probably {forwards} this name to a server that does not have it"),
                format!(
                    "{who} {} NXDOMAIN without a SOA for this name, and AWS's NXDOMAIN with its SOA for a random \
                     sibling. This software leaves the SOA out where it forwards one name alone, and the server there \
                     returns NXDOMAIN. {names}, so that server is in another VPC, or it asks public DNS. {or}",
                    phrase::plural(several, "returns", "return"),
                ),
            )
        }
        WrongViewSign::PublicWithoutTheName => (
            format!(
                "{who} {} a negative answer from AWS's public zone, although public DNS has the name",
                phrase::plural(several, "returns", "return")
            ),
            format!(
                "{who} {} a negative answer with the SOA of AWS's public zone, and public resolvers have the name. {} \
                 The server that the question is forwarded to has other data: it is in another VPC, behind a DNS \
                 firewall, or it has an old copy of the zone.",
                phrase::plural(several, "returns", "return"),
                if confidence == Confidence::Medium {
                    "The answer is as fresh as that for a random sibling, so it was not in a cache."
                } else {
                    "The age of the answer is not known; an answer that was cached before the name was published fits \
                     as well."
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

fn remedies(case: &Case<'_>, confidence: Confidence, shown: &WrongViewSign, subjects: &[&Subject<'_>]) -> Vec<Remedy> {
    let region = case.region();
    let mut remedies = Vec::new();
    // At medium the answer was seen to be fresh: waiting would not change it.
    if *shown == WrongViewSign::PublicWithoutTheName && confidence == Confidence::Low {
        let ttl = subjects
            .iter()
            .filter_map(|subject| subject.soa())
            .map(|soa| soa.ttl)
            .max();
        if let Some(ttl) = ttl {
            remedies.push(Remedy::advice(format!(
                "Ask again in {ttl} s: a cached answer has expired by then"
            )));
        }
    }
    let forward = remedy::forward::to(case, &right(case));
    if *shown == WrongViewSign::Behind {
        return forward;
    }
    remedies.push(Remedy::new(
        "See which VPC each inbound endpoint is in, and which VPC is the cluster's",
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
    remedies.extend(forward);
    remedies
}

/// The inbound endpoints that have the name: not one that is itself in the wrong place.
fn right(case: &Case<'_>) -> Vec<IpAddr> {
    let inbound = case
        .vpc_view()
        .into_iter()
        .filter(|subject| subject.has_role(Role::Inbound));
    inbound.filter_map(Subject::ip).collect()
}

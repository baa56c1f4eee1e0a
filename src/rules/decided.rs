//! What decides in AWS (`decided_by`), for the VPCs whose Resolver matters to a case.

use super::case::OF_A_VPC;
use super::shared::route53::{self, ResolvingVpc};
use super::step::DenialAuthority;
use super::{Case, Need, Subject, view};
use crate::decides::{self, Blocked, Configuration, Construct, Effect, Step};
use crate::dns::{AnswerKind, RecordType};
use crate::resolvers::Role;

/// The facts that decide, and those that say which VPCs matter.
pub(super) const FACTS: &[Need] = &joined::<3, 8, 11>(&[Need::Cluster, Need::Vpc, Need::Instance], &OF_A_VPC);

/// The same, and who answered.
pub(super) const FACTS_AND_VIEWS: &[Need] = &joined::<11, 2, 13>(FACTS, &[Need::VpcView, Need::PublicControl]);

/// The same, and what makes everything that was read hold now: nothing of the cluster is being changed.
pub(super) const FACTS_AND_UPDATES: &[Need] = &joined::<11, 1, 12>(FACTS, &[Need::Updates]);

/// The same, and whether the VPC's Resolver validates.
pub(super) const FACTS_AND_VALIDATION: &[Need] = &joined::<11, 1, 12>(FACTS, &[Need::DnssecConfigs]);

/// The same, and whether the cluster's access is being changed.
pub(super) const FACTS_OF_AN_ANSWER: &[Need] = &joined::<12, 1, 13>(FACTS_AND_VALIDATION, &[Need::Updates]);

/// The facts that decide, and what lets an outbound endpoint reach the targets of a rule.
pub(super) const FACTS_AND_EGRESS: &[Need] =
    &joined::<11, 3, 14>(FACTS, &[Need::ResolverEndpoints, Need::SecurityGroups, Need::Network]);

/// One list behind the other. The lengths are held when it is compiled.
const fn joined<const A: usize, const B: usize, const ALL: usize>(first: &[Need], then: &[Need]) -> [Need; ALL] {
    assert!(first.len() == A && then.len() == B && A + B == ALL);
    let mut all = [Need::Cluster; ALL];
    let mut at = 0;
    while at < ALL {
        all[at] = if at < A { first[at] } else { then[at - A] };
        at += 1;
    }
    all
}

/// The steps of the decision in every VPC whose Resolver matters, the cluster's first. Empty where nothing was read of
/// what decides.
pub fn decided_by(case: &Case<'_>) -> Vec<Step> {
    route53::resolving_vpcs(case)
        .iter()
        .flat_map(|vpc| of_vpc(case, vpc))
        .collect()
}

fn configuration(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>) -> Option<Configuration> {
    let private = case.own_cluster().and_then(|cluster| cluster.endpoint_private_access);
    let has_private_endpoint = vpc.is_clusters && private == Some(true);
    case.configuration(vpc.id, has_private_endpoint)
}

/// The steps in one VPC.
pub(super) fn of_vpc(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>) -> Vec<Step> {
    match configuration(case, vpc) {
        // EKS's zones hold the addresses under the name itself: there is no alias to follow.
        Some(configuration) => decides::decide_addresses(&configuration, &case.target.hostname, &[]),
        None => Vec::new(),
    }
}

/// The steps in one VPC as if a Resolver rule were not there.
pub(super) fn of_vpc_without(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>, rule: &str) -> Vec<Step> {
    match configuration(case, vpc) {
        Some(configuration) => decides::decide_addresses(&configuration.without_rule(rule), &case.target.hostname, &[]),
        None => Vec::new(),
    }
}

/// Since when the configuration is known to be so, behind a space, where it was not read in this run.
pub(super) fn as_of(case: &Case<'_>) -> String {
    let origin = case.facts_origin();
    origin.map_or_else(String::new, |origin| {
        format!(" AWS's configuration is from {origin}, and was not read in this run.")
    })
}

/// Whether a resolver answers with a VPC's view: it is on the cluster's VPC's side, or it is the Resolver of this
/// instance's own VPC, where everything that decides was read.
pub(super) fn answers_for_a_vpc(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    if subject.is_vpc_side() {
        return true;
    }
    let own = case.instance().and_then(|instance| instance.vpc_id.as_deref());
    if own.is_none() || subject.probed.resolver.vpc.as_deref() != own || subject.has_role(Role::Inbound) {
        return false;
    }
    let vpc = route53::vpc_of(case, subject);
    vpc.is_some_and(|vpc| comparable(case, &vpc).is_some())
}

/// The rule of DNS Firewall that blocks the name in a VPC, where one decides.
pub(super) fn firewall_block(steps: &[Step]) -> Option<&Step> {
    steps
        .iter()
        .find(|step| step.decides && matches!(step.effect, Effect::Block | Effect::Redirect))
}

/// What of DNS Firewall, or of what a Profile brings, could block the name and is not known.
pub(super) fn opaque_firewall(steps: &[Step]) -> Vec<&Step> {
    let of_firewall = |step: &&Step| matches!(step.construct, Construct::Firewall | Construct::Profile);
    steps
        .iter()
        .filter(|step| step.effect == Effect::Opaque)
        .filter(of_firewall)
        .collect()
}

/// Whether a resolver answers as the rule of DNS Firewall says that blocks: a SOA, of whatever zone, shows that the
/// answer is that zone's.
pub(super) fn answers_as_the_rule(subject: &Subject<'_>, step: &Step) -> bool {
    let is_bare =
        |kind| subject.a_kind() == Some(kind) && matches!(DenialAuthority::of(subject), Some(DenialAuthority::Bare));
    match step.answer {
        Some(Blocked::NoData) => is_bare(AnswerKind::NoData),
        Some(Blocked::NxDomain) => is_bare(AnswerKind::NxDomain),
        Some(Blocked::Override) => match &step.alias {
            Some(domain) => view::alias_of(subject) == Some(domain),
            // The rule's domain was not read.
            None => view::alias_of(subject).is_some(),
        },
        None => is_bare(AnswerKind::NoData) || is_bare(AnswerKind::NxDomain) || view::alias_of(subject).is_some(),
    }
}

/// Whether a resolver makes the name an alias of the very domain that a rule of DNS Firewall gives in the VPC that it
/// answers for. No zone of AWS's has an alias of the name, so the answer is the rule's, wherever the alias leads.
pub(super) fn has_the_alias_of_a_rule(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    blocks(case, subject, |step| {
        step.alias.is_some() && view::alias_of(subject) == step.alias.as_ref()
    })
}

/// Whether a rule of DNS Firewall blocks the name, for sure or not, in the VPC that a resolver answers for, and the
/// resolver answers as that rule says.
pub(super) fn firewall_may_block(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    blocks(case, subject, |step| answers_as_the_rule(subject, step))
}

/// Whether a rule of DNS Firewall for which this holds blocks the name, for sure or not, in the VPC that a resolver
/// answers for.
fn blocks(case: &Case<'_>, subject: &Subject<'_>, holds: impl Fn(&Step) -> bool) -> bool {
    let vpcs = route53::resolving_vpcs(case);
    let mut its = vpcs
        .iter()
        .filter(|vpc| vpc.subjects.iter().any(|other| other.name() == subject.name()));
    its.any(|vpc| firewall_block(&of_vpc(case, vpc)).is_some_and(&holds))
}

/// Whether a rule of DNS Firewall blocks the name for sure in the VPC that a resolver answers for. `None` where nothing
/// was read of what decides there.
pub(super) fn firewall_blocks(case: &Case<'_>, subject: &Subject<'_>) -> Option<bool> {
    let vpcs = route53::resolving_vpcs(case);
    let mut decisions = vpcs
        .iter()
        .filter(|vpc| vpc.subjects.iter().any(|other| other.name() == subject.name()))
        .map(|vpc| of_vpc(case, vpc))
        .filter(|steps| !steps.is_empty());
    let steps = decisions.next()?;
    Some(firewall_block(&steps).is_some_and(|step| step.certain))
}

/// What decides in a VPC, where its resolvers' answers can be held against it: for sure, or a private hosted zone in
/// whose place public DNS would decide, where it is not known whether the VPC uses its zones. Neither gives a block's
/// answer, nor fails as a forward does.
pub(super) fn comparable(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>) -> Option<Step> {
    let steps = of_vpc(case, vpc);
    if let Some(step) = certain(&steps) {
        return Some(step.clone());
    }
    let mut used = configuration(case, vpc)?;
    used.zones_unsure.take()?;
    let answers = |configuration| {
        let steps = decides::decide_addresses(&configuration, &case.target.hostname, &[]);
        certain(&steps).is_some_and(|step| step.effect == Effect::Answer)
    };
    let is_answered = answers(used.clone().without_zones()) && answers(used);
    let decides = |step: &Step| step.decides && step.types.contains(&RecordType::A);
    steps.into_iter().find(|step| is_answered && decides(step))
}

/// The step that decides for sure about the name's IPv4 addresses, where one does.
pub(super) fn certain(steps: &[Step]) -> Option<&Step> {
    let is_certain = |step: &&Step| step.decides && step.certain && step.types.contains(&RecordType::A);
    steps.iter().find(is_certain)
}

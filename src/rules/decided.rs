//! What decides in AWS (`decided_by`), for the VPCs whose Resolver matters to a case.

use super::route53::{self, ResolvingVpc};
use super::{Case, Subject};
use crate::decides::{self, Construct, Effect, Step};

/// The steps of the decision in every VPC whose Resolver matters, the cluster's first. Empty where nothing was read of
/// what decides.
pub fn decided_by(case: &Case<'_>) -> Vec<Step> {
    route53::resolving_vpcs(case)
        .iter()
        .flat_map(|vpc| of_vpc(case, vpc))
        .collect()
}

/// The steps in one VPC.
pub(super) fn of_vpc(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>) -> Vec<Step> {
    let private = case.own_cluster().and_then(|cluster| cluster.endpoint_private_access);
    let has_private_endpoint = vpc.is_clusters && private == Some(true);
    match case.configuration(vpc.id, has_private_endpoint) {
        // EKS's zones hold the addresses under the name itself: there is no alias to follow.
        Some(configuration) => decides::decide_addresses(&configuration, &case.target.hostname, &[]),
        None => Vec::new(),
    }
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

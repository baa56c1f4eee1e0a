//! What AWS made a private hosted zone for: a VPC endpoint, or a service network of VPC Lattice.

use super::route53;
use crate::decides::{InEffect, MadeFor};
use crate::dns::Name;
use crate::rules::{Case, Subject};

/// What AWS makes a zone for.
#[derive(Debug)]
pub(in crate::rules) struct ZoneOwner {
    /// A VPC endpoint, or a service network of VPC Lattice.
    pub(in crate::rules) by: MadeFor,
    /// Whether AWS says that the zone is there: of the endpoint, or in the list of the VPC's zones.
    pub(in crate::rules) is_sure: bool,
}

/// What AWS makes the zone of this apex for in a VPC. `None` where the list has it as somebody's own, or as EKS's.
pub(in crate::rules) fn made_for(case: &Case<'_>, vpc: &str, apex: &Name) -> Option<ZoneOwner> {
    let mut zones = case.made_zones(vpc).into_iter();
    let zone = zones.find(|zone| zone.apex.as_ref() == Some(apex))?;
    let listed = route53::zones_over_the_name(case, vpc).unwrap_or_default();
    let same = listed.iter().find(|(_, other)| other == apex);
    let is_sure = match same.map(|(zone, _)| zone.owning_service.as_deref()) {
        Some(None) => return None,
        Some(Some(service)) if service.starts_with("eks.") => return None,
        Some(Some(_)) => true,
        None => zone.in_effect == InEffect::Yes,
    };
    Some(ZoneOwner {
        by: zone.made_for?,
        is_sure,
    })
}

/// The same, in the VPC that some resolvers answer for, with that VPC.
pub(in crate::rules) fn made_at<'c>(
    case: &'c Case<'_>,
    at: &[&Subject<'_>],
    apex: &Name,
) -> Option<(ZoneOwner, &'c str)> {
    let mut vpcs = route53::resolving_vpcs(case).into_iter().filter(|vpc| {
        let mut subjects = vpc.subjects.iter();
        subjects.any(|one| at.iter().any(|other| other.name() == one.name()))
    });
    vpcs.find_map(|vpc| Some((made_for(case, vpc.id, apex)?, vpc.id)))
}

/// In one line.
pub(in crate::rules) fn in_words(by: &MadeFor, apex: &Name, vpc: &str) -> String {
    format!("{by} of {vpc} has the private hosted zone {apex}")
}

//! A name that is taken somewhere else than to the cluster's VPC.

use crate::dns::Name;
use crate::endpoint::SoaOrigin;
use crate::resolvers::Role;
use crate::rules::view::{self, Age, VpcSideFault};
use crate::rules::{Case, Confidence, Subject};

/// How it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Shown {
    /// Another private hosted zone, of this apex.
    OtherZone(Name),
    /// An inbound endpoint with the public view.
    PublicAtInbound,
    /// A public view without the record.
    PublicWithoutTheName,
    /// An inbound endpoint that AWS lists in this VPC, which is not the cluster's.
    StandsIn(String),
}

/// How it shows and how surely; `None` where the evidence is another's.
pub(in crate::rules) fn grade(case: &Case<'_>, subject: &Subject<'_>) -> Option<(Confidence, Shown)> {
    if subject.sibling_resolves() {
        return None;
    }
    let by_soa = view::denied_by(subject);
    if subject.has_role(Role::Inbound) && subject.probed.resolver.is_elsewhere {
        let by_aws = matches!(by_soa, Some((_, SoaOrigin::PublicAws | SoaOrigin::PrivateHostedZone)));
        let shows_another = by_aws || view::gives_the_public_view(case, subject);
        let vpc = subject.probed.resolver.vpc.clone().unwrap_or_default();
        return shows_another.then_some((Confidence::High, Shown::StandsIn(vpc)));
    }
    match view::vpc_side_fault(case, subject) {
        Some(VpcSideFault::OtherVpc) => {
            let shown = match by_soa {
                Some((soa, SoaOrigin::PrivateHostedZone)) => Shown::OtherZone(soa.owner.clone()),
                _ => Shown::PublicAtInbound,
            };
            return Some((Confidence::Medium, shown));
        }
        Some(_) => return None,
        None => {}
    }
    let (soa, origin) = by_soa?;
    match origin {
        SoaOrigin::PrivateHostedZone if subject.is_vpc_side() => None,
        SoaOrigin::PrivateHostedZone => {
            let zones: Vec<Name> = case.vpc_view().into_iter().filter_map(view::zone_of).collect();
            let other = !zones.is_empty() && !zones.contains(&soa.owner);
            other.then(|| (Confidence::Medium, Shown::OtherZone(soa.owner.clone())))
        }
        SoaOrigin::PublicAws if case.public_has_the_name() == Some(true) => {
            match view::age(subject) {
                // It was in the cache before we came: `stale-negative-cache`.
                Age::Cached => None,
                Age::Fresh => Some((Confidence::Medium, Shown::PublicWithoutTheName)),
                Age::Unknown => Some((Confidence::Low, Shown::PublicWithoutTheName)),
            }
        }
        SoaOrigin::Foreign | SoaOrigin::PublicAws => None,
    }
}

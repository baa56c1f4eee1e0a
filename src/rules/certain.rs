//! What decides in a VPC for certain, and the answers that show it: a construct that the model names, where everything
//! that could decide otherwise was read, and an answer that this construct gives.

use std::collections::BTreeSet;

use super::decided;
use super::shared::attributes;
use super::shared::route53::{self, ResolvingVpc};
use super::view;
use super::{Case, Subject};
use crate::decides::{Construct, Effect};
use crate::dns::AnswerKind;
use crate::endpoint::SoaOrigin;
use crate::facts::{Cluster, ResolverRule};

/// Whether it is certain that a Resolver rule forwards the name in the VPC that a resolver answers for, and its answer
/// is what the rule's targets give.
pub(super) fn is_forwarded(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let found = || {
        let vpc = read_whole(case, subject)?;
        let steps = decided::of_vpc(case, &vpc);
        let step = decided::certain(&steps).filter(|step| step.effect == Effect::Forward)?;
        let (rule, _) = route53::in_effect(case, &vpc).filter(|(rule, _)| step.id.as_ref() == Some(&rule.id))?;
        let elsewhere = || matches!(view::denied_by(subject), Some((_, SoaOrigin::Foreign)));
        // In the place of the rule a zone would answer, and it does not.
        let in_place_of_a_zone = || {
            let steps = decided::of_vpc_without(case, &vpc, &rule.id);
            let is_zone = |construct| matches!(construct, Construct::Zone | Construct::ServiceNetwork);
            let zone = decided::certain(&steps).filter(|step| is_zone(step.construct));
            let is_public = view::gives_the_public_view(case, subject)
                || matches!(view::denied_by(subject), Some((_, SoaOrigin::PublicAws)));
            zone.is_some() && is_public
        };
        Some(is_a_targets(case, subject, rule) || elsewhere() || in_place_of_a_zone())
    };
    found() == Some(true)
}

/// The VPC that a resolver answers for, where it was read what has AWS make zones there: without that, a zone that
/// nobody listed may be more specific, and whose a listed one is may be another's. And the cluster is known not to be
/// changing, nor to be in a VPC with a DNS attribute that is off: both deny the name as well.
fn read_whole<'c, 'a>(case: &'c Case<'a>, subject: &Subject<'_>) -> Option<ResolvingVpc<'c, 'a>> {
    let is_steady = case.updates().is_some() && attributes::changes_access(case).is_none();
    let are_on = case
        .vpc_attributes()
        .is_some_and(|of_vpc| attributes::switched_off(*of_vpc).is_empty());
    if !(is_steady && are_on && case.cluster().is_some_and(Cluster::is_active)) {
        return None;
    }
    route53::vpc_of(case, subject).filter(|vpc| case.makers_of_zones_are_read(vpc.id))
}

/// Whether a target of a rule was asked in this run, and answers alike.
fn is_a_targets(case: &Case<'_>, subject: &Subject<'_>, rule: &ResolverRule) -> bool {
    let is_target = |other: &Subject<'_>| rule.targets.iter().any(|target| other.ip() == Some(target.ip));
    case.subjects()
        .any(|other| other.name() != subject.name() && is_target(other) && answers_alike(other, subject))
}

/// Whether two resolvers give the same addresses, or the same negative answer of the same zone.
fn answers_alike(one: &Subject<'_>, other: &Subject<'_>) -> bool {
    let ips = |subject: &Subject<'_>| subject.ips().into_iter().collect::<BTreeSet<_>>();
    let zone = |subject: &Subject<'_>| subject.soa().map(|soa| (soa.owner.clone(), soa.mname.clone()));
    match one.a_kind() {
        Some(AnswerKind::Answer) => other.a_kind() == Some(AnswerKind::Answer) && ips(one) == ips(other),
        Some(kind) if kind.is_negative() => other.a_kind() == Some(kind) && zone(one) == zone(other),
        _ => false,
    }
}

/// Whether it is certain that a private hosted zone takes the name in the VPC that a resolver answers for, and its
/// negative answer is of that zone.
pub(super) fn is_in_the_zone(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let found = || {
        let vpc = read_whole(case, subject)?;
        let steps = decided::of_vpc(case, &vpc);
        let step = decided::certain(&steps).filter(|step| step.effect == Effect::Answer)?;
        let (soa, origin) = view::denied_by(subject)?;
        let is_its = step.name == Some(soa.owner.to_string()) && step.construct != Construct::Public;
        Some(is_its && origin == SoaOrigin::PrivateHostedZone)
    };
    found() == Some(true)
}

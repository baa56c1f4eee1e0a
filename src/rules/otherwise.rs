//! What decides in AWS, held against what a resolver of that VPC answers.

use super::decided::{self, answers_as_the_rule, answers_for_a_vpc};
use super::shared::attributes::changes_access;
use super::shared::route53::{self, ResolvingVpc};
use super::shared::{forward, policy, refusal};
use super::{Case, Subject, view};
use crate::compare::Verdict;
use crate::decides::{Construct, Effect, Step};
use crate::dns::{AnswerKind, ExtendedError};
use crate::endpoint::SoaOrigin;
use crate::observation::Lookup;

/// In what way an answer is another than what decides would give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum OtherAnswer {
    /// It is the expected one, and a rule of DNS Firewall blocks the name.
    Expected,
    /// It is not the expected one, nor that of the rule of DNS Firewall that blocks the name.
    NotTheRules,
    /// It is a block's, and no rule of DNS Firewall blocks the name.
    ABlocks,
    /// It is of another zone than the private hosted zone, or public DNS, that decides.
    OfAnotherZone,
    /// The name is refused, and no Resolver rule forwards it.
    Refused,
    /// SERVFAIL or silence, and no Resolver rule forwards the name.
    Failure,
}

/// In what way a resolver of a VPC answers otherwise than what decides there ([`decided::comparable`]); `None` where it
/// does not. What the targets of a FORWARD rule answer is theirs.
pub(super) fn of(case: &Case<'_>, subject: &Subject<'_>, step: &Step) -> Option<OtherAnswer> {
    let is_fine = subject.verdict().is_fine();
    match step.effect {
        Effect::Block | Effect::Redirect => {
            let is_comparable = answers_for_a_vpc(case, subject) && !answers_as_the_rule(subject, step);
            match subject.a_kind().filter(|_| is_comparable)? {
                _ if is_fine => Some(OtherAnswer::Expected),
                AnswerKind::Answer | AnswerKind::NoData | AnswerKind::NxDomain => Some(OtherAnswer::NotTheRules),
                // What a rule makes the name an alias of may fail.
                AnswerKind::ServFail if step.effect == Effect::Block => Some(OtherAnswer::NotTheRules),
                _ => None,
            }
        }
        Effect::Answer if is_fine => None,
        Effect::Answer if policy::is_of_the_vpc(case, subject) => Some(OtherAnswer::ABlocks),
        Effect::Answer if is_of_another_zone(case, subject, step) => Some(OtherAnswer::OfAnotherZone),
        Effect::Answer if is_refused(case, subject) => Some(OtherAnswer::Refused),
        Effect::Answer => {
            let validates = case.validates(&step.vpc) == Some(true);
            let fails = answers_for_a_vpc(case, subject) && forward::that_fails(subject).is_some();
            (fails && !validates).then_some(OtherAnswer::Failure)
        }
        Effect::Forward | Effect::Allow | Effect::Opaque => None,
    }
}

/// Whether the answer is of another zone than the private hosted zone, or public DNS, that decides: its SOA is another
/// zone's, or it has what public DNS has in the place of the zone's records. Where it is not certain whether the VPC
/// uses its zones, or the endpoint's access is being changed, only a zone that is not AWS's shows that.
fn is_of_another_zone(case: &Case<'_>, subject: &Subject<'_>, step: &Step) -> bool {
    if !answers_for_a_vpc(case, subject) {
        return false;
    }
    let is_settled = || step.certain && changes_access(case).is_none();
    match (step.construct, view::denied_by(subject)) {
        (Construct::Zone, Some((soa, origin))) => {
            let is_another = step.name.as_deref().and_then(route53::domain).as_ref() != Some(&soa.owner);
            is_another && (origin == SoaOrigin::Foreign || is_settled())
        }
        (Construct::Zone, None) => view::gives_the_public_view(case, subject) && is_settled(),
        (Construct::Public, Some((_, origin))) => match origin {
            SoaOrigin::Foreign => true,
            SoaOrigin::PrivateHostedZone => is_settled(),
            SoaOrigin::PublicAws => false,
        },
        _ => false,
    }
}

/// Whether the question is refused, and the reply names neither a policy nor this client: no private hosted zone and
/// nothing of public DNS does that.
fn is_refused(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let is_marked = |lookup: &Lookup| lookup.has_ede(ExtendedError::is_policy);
    answers_for_a_vpc(case, subject)
        && subject.verdict() == Verdict::Refused
        && !refusal::names_the_client(subject)
        && !subject.a().is_some_and(is_marked)
}

/// Whether a resolver answers otherwise than what decides in a VPC that it answers for.
#[expect(clippy::unnecessary_wraps, reason = "the shape in which a sign is read")]
pub(super) fn disagrees(case: &Case<'_>, subject: &Subject<'_>) -> Option<bool> {
    let vpcs = route53::resolving_vpcs(case);
    let is_its = |vpc: &&ResolvingVpc<'_, '_>| vpc.subjects.iter().any(|other| other.name() == subject.name());
    let mut its = vpcs.iter().filter(is_its);
    Some(its.any(|vpc| decided::comparable(case, vpc).is_some_and(|step| of(case, subject, &step).is_some())))
}

/// Whether it is certain that no Resolver rule forwards the name in the VPC that a resolver answers for: something else
/// answers it there. `None` where that is not certain.
pub(super) fn nothing_forwards(case: &Case<'_>, subject: &Subject<'_>) -> Option<bool> {
    let vpc = route53::vpc_of(case, subject)?;
    decided::comparable(case, &vpc).map(|step| step.effect != Effect::Forward)
}

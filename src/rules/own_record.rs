//! A private hosted zone of somebody's own that has the very name: the record in it is what a VPC answers.

use super::shared::route53;
use super::{Case, Remedy, Subject, decided, remedy};
use crate::decides::{Construct, Effect};
use crate::facts::zone_id;

/// The zone that decides in the VPC that resolvers answer for, has the name as its apex, and is no AWS service's. All
/// that may be open is whether the VPC uses its zones, and then it is public DNS that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnRecord<'c> {
    /// The zone's id.
    zone: &'c str,
    /// The account that has it, where another one shares it.
    owner: Option<&'c str>,
    /// The VPC.
    vpc: &'c str,
    /// Whether it decides for certain.
    is_certain: bool,
}

/// The zone whose record a resolver gives.
pub(super) fn of<'c>(case: &'c Case<'_>, subject: &Subject<'_>) -> Option<OwnRecord<'c>> {
    let vpc = route53::vpc_of(case, subject)?;
    let step = decided::comparable(case, &vpc)
        .filter(|step| step.effect == Effect::Answer && step.construct == Construct::Zone && step.made_for.is_none())?;
    let zones = route53::zones_over_the_name(case, vpc.id)?;
    let (zone, _) = zones.into_iter().find(|(zone, apex)| {
        *apex == case.target.hostname && zone.owning_service.is_none() && step.id.as_ref() == Some(&zone.id)
    })?;
    Some(OwnRecord {
        zone: zone_id(&zone.id),
        owner: zone.owning_account.as_deref(),
        vpc: vpc.id,
        is_certain: step.certain,
    })
}

/// The same of several resolvers, where it is one zone.
pub(super) fn of_all<'c>(case: &'c Case<'_>, subjects: &[&Subject<'_>]) -> Option<OwnRecord<'c>> {
    let first = of(case, subjects.first()?)?;
    let is_same = |subject: &&Subject<'_>| of(case, subject).as_ref() == Some(&first);
    subjects.iter().all(is_same).then_some(first)
}

impl OwnRecord<'_> {
    /// What decides, in a sentence, behind a space.
    pub(super) fn in_words(&self) -> String {
        let of_account = self
            .owner
            .map(|owner| format!(" of account {owner}"))
            .unwrap_or_default();
        if self.is_certain {
            format!(
                " In {} the private hosted zone {}{of_account} decides, by AWS's configuration: it has this very name. So \
                 the answer is the record in that zone.",
                self.vpc, self.zone
            )
        } else {
            format!(
                " In {} the private hosted zone {}{of_account} has this very name. It decides where both DNS attributes \
                 of the VPC are on, which was not read. So the answer is probably the record in that zone.",
                self.vpc, self.zone
            )
        }
    }

    /// As evidence.
    pub(super) fn stated(&self) -> String {
        format!("private hosted zone {} of {} has this very name", self.zone, self.vpc)
    }

    /// Its record is put right.
    pub(super) fn fix(&self, case: &Case<'_>) -> Vec<Remedy> {
        let zone = remedy::endpoint::word(self.zone, "<zone-id>");
        vec![
            Remedy::new(
                format!("See the record in {zone}, and put the addresses of the cluster's network interfaces in it"),
                [format!("aws route53 list-resource-record-sets --hosted-zone-id {zone}")],
            ),
            remedy::answer::interfaces_now(case),
            Remedy::advice(format!(
                "EKS changes these addresses, and nothing keeps such a record right: where it can be, forward the name to \
                 an inbound endpoint in the cluster's VPC in the place of {zone}"
            )),
        ]
    }
}

//! A private hosted zone of a parent of the name answers in EKS's place.

use std::fmt::Write as _;

use super::phrase::{self, observed_sibling, observed_target};
use super::shared::made::{self, ZoneOwner};
use super::shared::{behind, route53};
use super::signs::{DENIED_BY_ANOTHER_PRIVATE_ZONE, IN_ANOTHER_VPC, INBOUND_ENDPOINT};
use super::view::{self, VpcSideFault};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, grouped, remedy};
use crate::decides::{AssociatedZone, InEffect, MadeFor};
use crate::dns::Name;
use crate::endpoint::SoaOrigin;
use crate::facts::{HostedZone, zone_id};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The VPC that answers has a private hosted zone whose apex is a parent of the endpoint's name, such as
    /// `amazonaws.com` or `<region>.eks.amazonaws.com`, and the name is not in it. For names below its apex a
    /// private zone is asked in place of public DNS, and what is not in it does not exist there.
    ///
    /// ## How it was decided
    /// A resolver of the VPC returns a negative answer with an SOA whose MNAME is one of the four of `awsdns-00` that
    /// only private hosted zones use, and whose owner is a parent of the name. Resolvers elsewhere that return NXDOMAIN
    /// or NODATA with the SOA of the same zone are named too: they forward there. Of those that pass on the
    /// NXDOMAIN of a server which they forward the name to, where every inbound endpoint that was asked is shadowed, it
    /// is said that this may be the cause.
    /// Where AWS lists the private zones of the VPC, the zone is named with its owner; one that belongs to an AWS
    /// service, as EKS's own does, is not counted. A zone that is listed and would take the name, in a VPC that matters
    /// here, while the answers are right, is a warning. EKS's own zone is more specific than such a zone, so in the
    /// cluster's VPC with private access on there is no finding. For a zone from a Route 53 Profile, AWS lists only the
    /// id: it is named where another list has its name. AWS also makes private zones: for an interface VPC endpoint
    /// with private DNS, and for the custom domain name of a VPC Lattice resource. Where such a zone takes the name,
    /// the VPC endpoint or the service network is named. It is certain where everything was read that could decide
    /// otherwise in AWS's order, and the answer is of the zone that takes the name.
    ///
    /// ## Why it matters
    /// Every client that uses this VPC's Resolver, or forwards to it, gets `no such host`.
    ///
    /// ## What to do
    /// Remove the private zone's association with the VPC, or make it anew under a longer name. Where AWS made it,
    /// switch the endpoint's private DNS off, or narrow the domains for which VPC Lattice may make zones. Where it
    /// cannot be changed, add a Resolver rule for the endpoint's name, which is more specific.
    "private-zone-shadow" = {
        summary: "another private hosted zone shadows the endpoint's name",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "another private hosted zone of this VPC covers the name",
        complaints: [Denial 160],
        shows: [OneAnswer, ZoneOfTheVpc],
        references: [ROUTE53_PRIVATE_ZONE_CONSIDERATIONS, LATTICE_CUSTOM_DOMAINS],
        at: FailingOrConfigured,
        requires: [
            [DENIED_BY_PRIVATE_ZONE],
            [unless SIBLING_RESOLVES],
        ],
        confidence: [Certain if [[A_ZONE_SURELY_HAS_IT]], High],
        wants: [VpcView, Cluster, Vpc, VpcAttributes, HostedZones, Instance, Profiles, VpcEndpoints, Lattice],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let shadowed = fits
        .subjects()
        .into_iter()
        .filter(|subject| view::vpc_side_fault(case, subject) == Some(VpcSideFault::Shadowed));
    let is_a_services = |apex: &Name| {
        let listed = case.hosted_zones().into_iter().flatten();
        let mut zones = listed.flat_map(|list| &list.zones);
        zones.any(|zone| zone.owning_service.is_some() && route53::domain(&zone.name).as_ref() == Some(apex))
    };
    // A resolver of a VPC that is known to be another than the cluster's is not on the VPC's side, and its own
    // private zone takes the name all the same.
    let elsewhere = fits.subjects().into_iter().filter(|subject| {
        subject.probed.resolver.is_elsewhere
            && !subject.has_role(Role::Inbound)
            && apex(subject).is_some_and(|apex| {
                let name = &case.target.hostname;
                *name != apex && name.is_within(&apex)
            })
    });
    let mut findings: Vec<Finding> = grouped(shadowed.chain(elsewhere), apex)
        .into_iter()
        .filter(|(apex, at)| !is_a_services(apex) || made::made_at(case, at, apex).is_some())
        .map(|(apex, at)| {
            let forwarders: Vec<&Subject<'_>> = fits
                .subjects()
                .into_iter()
                .filter(|subject| {
                    !subject.is_vpc_side()
                        && !at.iter().any(|other| other.name() == subject.name())
                        && self::apex(subject).as_ref() == Some(&apex)
                        // Where the cluster's zone is known, not going there is the fault.
                        && !DENIED_BY_ANOTHER_PRIVATE_ZONE.is_at(case, subject)
                        && (!INBOUND_ENDPOINT.is_at(case, subject) || !IN_ANOTHER_VPC.is_at(case, subject))
                })
                .collect();
            finding(
                case,
                fits.least_sure_at(&at),
                &apex,
                &at,
                &forwarders,
                &behind::a_shadow(case),
            )
        })
        .collect();
    if findings.is_empty() {
        findings.extend(as_configured(case, fits.confidence));
    }
    findings
}

/// The zones that would take the name in a VPC that matters here, and that nothing is seen to fail by.
fn as_configured(case: &Case<'_>, confidence: Confidence) -> Vec<Finding> {
    let private_access = case.cluster().and_then(|cluster| cluster.endpoint_private_access);
    route53::resolving_vpcs(case)
        .into_iter()
        .filter(|vpc| !vpc.is_clusters || private_access == Some(false))
        .filter_map(|vpc| {
            let zones = route53::zones_over_the_name(case, vpc.id)?;
            let listed = zones.first();
            let depth = listed.map(|(_, apex)| route53::depth(apex));
            // One that AWS makes for a VPC endpoint, and that is more specific than all that are listed.
            let over_the_name = |zone: &AssociatedZone| {
                zone.apex
                    .as_ref()
                    .is_some_and(|apex| case.target.hostname.is_within(apex))
            };
            let mut made = case.made_zones(vpc.id).into_iter();
            let made = made.find(|zone| {
                let is_first = zone.apex.as_ref().map(route53::depth) > depth;
                zone.in_effect == InEffect::Yes && over_the_name(zone) && is_first
            });
            if let Some((apex, by)) = made.and_then(|zone| zone.apex.zip(zone.made_for)) {
                return (apex != case.target.hostname)
                    .then(|| configured(case, confidence, vpc.id, None, &apex, Some(&by)));
            }
            let (zone, apex) = listed?;
            let by = made::made_for(case, vpc.id, apex)
                .filter(|made| made.is_sure)
                .map(|made| made.by);
            let is_customers = zone.owning_service.is_none() || by.is_some();
            (is_customers && *apex != case.target.hostname)
                .then(|| configured(case, confidence, vpc.id, Some(zone), apex, by.as_ref()))
        })
        .collect()
}

/// The zone as AWS lists it, in one line.
fn listed(case: &Case<'_>, zone: &HostedZone, vpc: &str) -> String {
    let owner = zone.owning_account.as_deref();
    let owner = owner.map_or_else(String::new, |owner| format!(" of account {owner}"));
    let how = match profile_of(case, zone, vpc) {
        Some(profile) => format!("comes to {vpc} by Route 53 Profile {profile}"),
        None => format!("is associated with {vpc}"),
    };
    format!("{} ({}){owner} {how}", zone.name, zone.id)
}

/// The Profile that brings a zone to a VPC, where none is associated directly.
fn profile_of<'a>(case: &Case<'a>, zone: &HostedZone, vpc: &str) -> Option<&'a str> {
    let mut lists = case.hosted_zones()?.iter().filter(|list| list.vpc_id == vpc);
    if lists.any(|list| list.zones.iter().any(|one| one.id == zone.id)) {
        return None;
    }
    let brought = route53::brought_by_profiles(case, vpc, "hostedzone");
    brought
        .into_iter()
        .find(|(_, id)| *id == zone_id(&zone.id))
        .map(|(profile, _)| profile)
}

/// Zones that Profiles bring to the VPCs of some resolvers and whose names are not known.
fn without_name(case: &Case<'_>, at: &[&Subject<'_>]) -> Vec<String> {
    let is_known = |id: &str| {
        let mut zones = case.hosted_zones().into_iter().flatten().flat_map(|list| &list.zones);
        zones.any(|zone| zone_id(&zone.id) == id)
    };
    route53::resolving_vpcs(case)
        .iter()
        .filter(|vpc| {
            let mut subjects = vpc.subjects.iter();
            subjects.any(|one| at.iter().any(|other| other.name() == one.name()))
        })
        .flat_map(|vpc| route53::brought_by_profiles(case, vpc.id, "hostedzone"))
        .filter(|(_, id)| !is_known(id))
        .map(|(profile, id)| format!("Profile {profile} brings zone {id}"))
        .collect()
}

/// `zone` as it is listed, or what AWS made it for, or both.
fn configured(
    case: &Case<'_>,
    confidence: Confidence,
    vpc: &str,
    zone: Option<&HostedZone>,
    apex: &Name,
    by: Option<&MadeFor>,
) -> Finding {
    let made = by.map_or_else(String::new, |by| format!(" AWS made it for {by}."));
    let either = match by {
        Some(_) => "Either the name is in it",
        None => "Either somebody keeps the name's addresses in it by hand",
    };
    let remedies = match (zone, by) {
        (_, Some(by)) => unmake(case, by, apex, vpc),
        (Some(zone), None) => vec![disassociate(case, apex, vpc, &zone.id, profile_of(case, zone, vpc))],
        (None, None) => Vec::new(),
    };
    RULE.finding_at_large(confidence)
        .severity(Severity::Warning)
        .summary(format!(
            "the private hosted zone {apex} takes the endpoint's name in {vpc}"
        ))
        .why(format!(
            "{vpc} has the private hosted zone {apex}, which replaces public DNS for all names below its apex, the \
             endpoint's among them.{made} Nothing was seen to fail by it. {either}, or nobody was asked there."
        ))
        .seen(
            zone.map(|zone| Evidence::fact(listed(case, zone, vpc)))
                .into_iter()
                .chain(by.map(|by| Evidence::fact(made::in_words(by, apex, vpc)))),
        )
        .fix(remedies)
}

/// What takes a zone away that AWS made.
fn unmake(case: &Case<'_>, by: &MadeFor, apex: &Name, vpc: &str) -> Vec<Remedy> {
    let region = case.region();
    let id = remedy::endpoint::word(by.id(), "<vpce-id>");
    match by {
        MadeFor::Endpoint { kind, .. } if kind == "Interface" => vec![Remedy::new(
            format!("Switch the private DNS of the VPC endpoint off, and its zone {apex} is gone"),
            [format!(
                "aws ec2 modify-vpc-endpoint --region {region} --vpc-endpoint-id {id} --no-private-dns-enabled"
            )],
        )],
        // "The private DNS enabled parameter cannot be changed" (VPC Lattice User Guide).
        MadeFor::Endpoint { .. } => vec![Remedy::new(
            format!(
                "Keep the settings of the VPC endpoint, delete it, and make it again with narrower private DNS \
                 preferences: they cannot be changed, and the zone {apex} goes with it"
            ),
            [
                format!("aws ec2 describe-vpc-endpoints --region {region} --vpc-endpoint-ids {id}"),
                format!("aws ec2 delete-vpc-endpoints --region {region} --vpc-endpoint-ids {id}"),
            ],
        )],
        // The preferences are those of the association: "Update requires: Replacement" (CloudFormation Template
        // Reference, AWS::VpcLattice::ServiceNetworkVpcAssociation DnsOptions).
        MadeFor::ServiceNetwork { association, .. } => vec![Remedy::new(
            format!(
                "Delete the association, and make it again with narrower private DNS preferences: they cannot be \
                 changed, and the zone {apex} goes with it"
            ),
            [
                format!(
                    "aws vpc-lattice delete-service-network-vpc-association --region {region} \
                     --service-network-vpc-association-identifier {}",
                    remedy::endpoint::word(association.as_deref().unwrap_or_default(), "<snva-id>")
                ),
                format!(
                    "aws vpc-lattice create-service-network-vpc-association --region {region} \
                     --service-network-identifier {id} --vpc-identifier {vpc} --private-dns-enabled --dns-options \
                     privateDnsPreference=SPECIFIED_DOMAINS_ONLY,privateDnsSpecifiedDomains=<domains-without-the-endpoint>",
                    id = remedy::endpoint::word(by.id(), "<sn-id>"),
                    vpc = remedy::endpoint::word(vpc, "<vpc-id>"),
                ),
            ],
        )],
    }
}

fn disassociate(case: &Case<'_>, apex: &Name, vpc: &str, zone: &str, profile: Option<&str>) -> Remedy {
    let (zone, region) = (zone_id(zone), case.region());
    if let Some(profile) = profile {
        let arn = route53::brought_arn(case, profile, "hostedzone", zone).unwrap_or("<arn-of-the-zone>");
        return Remedy::new(
            format!(
                "Take the zone {apex} from Profile {profile}, and so from every VPC that has it; or make it anew under a \
                 longer name, which does not cover the endpoint's"
            ),
            [format!(
                "aws route53profiles disassociate-resource-from-profile --region {region} --profile-id {profile} \
                 --resource-arn {arn}"
            )],
        );
    }
    Remedy::new(
        format!(
            "Take the zone {apex} from this VPC; or make it anew under a longer name, which does not cover the endpoint's"
        ),
        [format!(
            "aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id {zone} --vpc \
             VPCRegion={region},VPCId={vpc}"
        )],
    )
}

/// The VPC that some resolvers answer for, where AWS lists the zone of the very name there.
fn with_eks_zone<'c>(case: &'c Case<'_>, at: &[&Subject<'_>]) -> Option<&'c str> {
    let vpc = route53::vpc_of(case, at.first()?)?;
    let (_, apex) = route53::zones_over_the_name(case, vpc.id)?.into_iter().next()?;
    (apex == case.target.hostname).then_some(vpc.id)
}

/// The apex of the private zone that denies the name.
fn apex(subject: &Subject<'_>) -> Option<Name> {
    let (soa, origin) = view::denied_by(subject)?;
    (origin == SoaOrigin::PrivateHostedZone && !subject.sibling_resolves()).then(|| soa.owner.clone())
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    apex: &Name,
    at: &[&Subject<'_>],
    forwarders: &[&Subject<'_>],
    may_forward: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(at);
    let mut explanation = format!(
        "{who} {} with the SOA of the private hosted zone {apex}. That zone replaces public DNS for all names \
         below its apex, the endpoint's among them, and the name is not in it.",
        phrase::returns_negative(at),
    );
    if at.iter().all(|subject| subject.probed.resolver.is_elsewhere) {
        explanation.push_str(
            " EKS's own zone, which would win as the more specific one, is in the cluster's VPC, and this is another.",
        );
    } else if let Some(vpc) = with_eks_zone(case, at) {
        let _ = write!(
            explanation,
            " AWS lists EKS's own zone in {vpc} as well, and it should win as the more specific one. So the zone was \
             associated a short time ago, or it is not the Resolver of {vpc} that answers."
        );
    } else {
        let access = case.own_cluster().and_then(|cluster| cluster.endpoint_private_access);
        explanation.push_str(" Were EKS's own zone in this VPC, it should win as the more specific one.");
        explanation.push_str(match access {
            Some(true) => " AWS says that private access is on. So this is probably not the cluster's VPC.",
            Some(false) => " EKS keeps it only while private access is on, and AWS says that it is off.",
            None => " So this is probably not the cluster's VPC, or private access is off.",
        });
    }
    if !forwarders.is_empty() {
        let _ = write!(
            explanation,
            " {} {} the same zone: the question is forwarded there.",
            phrase::titles(forwarders),
            phrase::plural(forwarders.len(), "shows", "show")
        );
    }
    if !may_forward.is_empty() {
        let _ = write!(
            explanation,
            " {} {} the name to a server that denies it. If that is {who}, this is the cause there too.",
            phrase::titles(may_forward),
            phrase::plural(may_forward.len(), "forwards", "forward")
        );
    }
    let named = at.iter().chain(forwarders);
    let all: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| named.clone().any(|other| other.name() == subject.name()))
        .collect();
    // Where the VPC that answers is known, and its zones are.
    let vpcs = route53::resolving_vpcs(case);
    let known = vpcs
        .iter()
        .filter(|vpc| {
            vpc.subjects
                .iter()
                .any(|one| at.iter().any(|other| other.name() == one.name()))
        })
        .find_map(|vpc| {
            let zones = route53::zones_over_the_name(case, vpc.id)?;
            let (zone, _) = zones.into_iter().find(|(_, other)| other == apex)?;
            Some((zone, vpc.id))
        });
    // The same VPC, where its zones are not.
    let of_vpc = known.map(|(_, vpc)| vpc).or_else(|| {
        let mut theirs = vpcs.iter().filter(|vpc| {
            at.iter()
                .any(|one| vpc.subjects.iter().any(|other| other.name() == one.name()))
        });
        theirs.next().map(|vpc| vpc.id)
    });
    if let Some((zone, vpc)) = known {
        let as_of = decided::as_of(case);
        let _ = write!(explanation, " AWS lists it: {}.{as_of}", listed(case, zone, vpc));
    } else {
        let open = without_name(case, at);
        if !open.is_empty() {
            let _ = write!(
                explanation,
                " It may come by a Route 53 Profile, which names no zone but by its id: {}.",
                open.join(", ")
            );
        }
    }
    let made = made::made_at(case, at, apex);
    if let Some((ZoneOwner { by, is_sure }, vpc)) = &made {
        let verb = if *is_sure { "made" } else { "may have made" };
        let _ = write!(explanation, " AWS {verb} it for {by} of {vpc}.");
    }
    let made = made.filter(|(made, _)| made.is_sure);
    let mut remedies = Vec::new();
    if let Some((made, vpc)) = &made {
        remedies.extend(unmake(case, &made.by, apex, vpc));
    } else {
        if known.is_none() {
            remedies.push(remedy::endpoint::list_private_zones(case, of_vpc));
        }
        remedies.push(disassociate(
            case,
            apex,
            remedy::endpoint::word(of_vpc.unwrap_or_default(), "<vpc-id>"),
            known.map_or("<zone-id>", |(zone, _)| zone.id.as_str()),
            known.and_then(|(zone, vpc)| profile_of(case, zone, vpc)),
        ));
    }
    remedies.push(remedy::forward::rule_to_the_cluster(
        case,
        "Or, where this is not the cluster's VPC: a rule for the endpoint's name to an inbound endpoint that is",
    ));
    RULE.finding(confidence, &all)
        .summary(format!(
            "{who}: the private hosted zone {apex} shadows the endpoint's name"
        ))
        .why(explanation)
        .seen(
            all.iter()
                .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat())
                .chain(known.map(|(zone, vpc)| Evidence::fact(listed(case, zone, vpc))))
                .chain(
                    made.iter()
                        .map(|(made, vpc)| Evidence::fact(made::in_words(&made.by, apex, vpc))),
                ),
        )
        .fix(remedies)
}

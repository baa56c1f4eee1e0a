//! The resolver's address is the second one of a secondary network of the VPC, where nothing answers.

use super::phrase::{observed_target, observed_tcp};
use super::shared::networks::{self, KnownVpc};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// A VPC can have several IPv4 networks (CIDR blocks). Its own resolver is at the base of the primary network plus
    /// two, and at no other address. AWS reserves the base plus two of every other network as well, and nothing answers
    /// there.
    ///
    /// ## How it was decided
    /// The resolver answers no question, and its address is the base plus two of a network of the VPC that is not the
    /// primary one. The networks are those of DescribeVpcs, or of this instance's metadata. It is certain where the
    /// address was asked as the VPC's resolver, or from inside that VPC. Elsewhere, another network may use the same
    /// addresses.
    ///
    /// ## Why it matters
    /// Clients wait for an answer that never comes: kubectl prints an i/o timeout.
    ///
    /// ## What to do
    /// Use the base of the primary network plus two.
    "secondary-cidr-resolver" = {
        summary: "the resolver's address is the base plus two of a secondary network of the VPC, where nothing answers",
        severity: Severity::Error,
        since: "0.2.0",
        about: AnyName,
        hint:
            "the server may be the base plus two of a secondary network of the VPC, where AWS has no resolver; aws \
             ec2 describe-vpcs shows which network is the primary one",
        complaints: [Silence 60],
        shows: [OneAnswer],
        references: [VPC_SUBNET_SIZING],
        at: Failing,
        requires: [
            [AT_A_SECONDARY_NETWORKS_SECOND_ADDRESS],
            [not HEARD_AT_ALL],
            [not PORT_REFUSED],
        ],
        confidence: [Certain if [[ASKED_AS_THE_VPCS_RESOLVER, ASKED_FROM_ITS_VPC]], High],
        replaces: [SilentResolver, UnsupportedVpcResolver],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.iter()
        .filter_map(|fit| {
            let (vpc, network) = networks::secondary_of(case, fit.subject.ip()?)?;
            Some(finding(case, fit.confidence, fit.subject, &vpc, &network.to_string()))
        })
        .collect()
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    subject: &Subject<'_>,
    vpc: &KnownVpc<'_>,
    network: &str,
) -> Finding {
    let (who, id) = (subject.title(), vpc.id);
    let right = vpc
        .resolver()
        .map_or_else(|| "<vpc-resolver>".to_owned(), |ip| ip.to_string());
    let mut explanation = format!(
        "{who} answers no question. Its address is the base plus two of {network}, a secondary network of {id}. AWS \
         reserves that address, and no resolver is there: the resolver of {id} is {right}, in the primary network."
    );
    if confidence != Confidence::Certain {
        explanation.push_str(
            " This host is not known to be in that VPC. If another network uses the same addresses, the silence has \
             another cause.",
        );
    }
    let mut remedies = vec![Remedy::new(
        format!("Use {right}, the resolver of {id}; it answers hosts in that VPC"),
        [format!(
            "eks-dns-doctor check {} --vpc-resolver {right}",
            case.own_zone()
        )],
    )];
    if !subject.has_role(Role::Vpc) || subject.has_role(Role::Local) {
        remedies.push(Remedy::advice(format!(
            "Replace the address where it is configured (known from: {})",
            subject.probed.resolver.known_from
        )));
    }
    if confidence != Confidence::Certain {
        remedies.push(remedy::path::see_the_way(case, &[subject]));
    }
    RULE.finding(confidence, &[subject])
        .summary(format!(
            "{who} does not answer: AWS reserves this address of {network}, and the resolver of {id} is {right}"
        ))
        .why(explanation)
        .seen([Evidence::fact(format!(
            "{network} is a secondary network of {id}; the base of its primary network plus two is {right}"
        ))])
        .seen([observed_target(subject), observed_tcp(subject)].concat())
        .fix(remedies)
}

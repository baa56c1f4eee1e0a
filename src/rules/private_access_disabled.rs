//! The cluster has no private endpoint.

use super::phrase::{self, observed_target};
use super::shared::attributes;
use super::signs::{ALL_ADDRESSES_ARE_PUBLIC, PRIVATE_ACCESS_IS_OFF, SHOWS_THE_PRIVATE_ZONE};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::facts::Cluster;

declare_rule! {
    /// ## What it means
    /// Private access to the cluster's endpoint is off. There is no private hosted zone for its name then, and the
    /// VPC's own resolver gives the public endpoint's addresses like everybody else.
    ///
    /// ## How it was decided
    /// DescribeCluster says endpointPrivateAccess=false. It is an error where you said that private addresses, or the
    /// private zone, are expected and a resolver shows the public view; else it is information, given where a resolver
    /// of the VPC was asked and answers publicly. Where a resolver of the VPC answers from the private zone all the
    /// same, or any resolver gives the addresses of the cluster's own network interfaces, AWS and the answers
    /// contradict each other. The finding then reports the contradiction; it cannot tell which of the two is out of
    /// date.
    ///
    /// ## Why it matters
    /// While it is off, no forward to the VPC returns private addresses. Clients in the VPC reach the API server over
    /// its public addresses, outside the VPC.
    ///
    /// ## What to do
    /// Switch private access on. It takes some minutes, and clients need no new kubeconfig: the name stays.
    "private-access-disabled" = {
        summary: "private access to the cluster's endpoint is off",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "aws eks describe-cluster says endpointPrivateAccess is false",
        complaints: [Denial 200],
        references: [EKS_CLUSTER_ENDPOINT],
        at: Run,
        requires: [
            [AWS_HAS_THE_ENDPOINT],
            [PRIVATE_ACCESS_IS_OFF],
        ],
        // With addresses of its own, the public view can be wrong in more ways than this.
        names: [
            [PRIVATE_IS_EXPECTED, SHOWS_THE_PRIVATE_ZONE],
            [GIVES_THE_PUBLIC_VIEW, ALL_ADDRESSES_ARE_PUBLIC, SHOWS_THE_PRIVATE_ZONE],
            [not VPC_ANSWERS_FROM_THE_PRIVATE_ZONE, SHOWS_THE_PRIVATE_ZONE],
            [unless SIBLING_RESOLVES],
        ],
        confidence: [High if [[VPC_ANSWERS_FROM_THE_PRIVATE_ZONE]], Certain],
        wants: [Kubeconfig, Updates, Interfaces],
        replaces: [PublicView, NotPublished, AnotherVpc, UnusedPrivateZone, ForeignAddresses],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(cluster) = case.own_cluster() else {
        return Vec::new();
    };
    let private: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| SHOWS_THE_PRIVATE_ZONE.seen(case, Some(subject)) == Some(true))
        .collect();
    if !private.is_empty() {
        return vec![contradiction(case, fits.confidence, cluster, &private)];
    }
    let missing = fits.subjects();
    let inside: Vec<&Subject<'_>> = case
        .vpc_side()
        .filter(|subject| ALL_ADDRESSES_ARE_PUBLIC.seen(case, Some(subject)) == Some(true))
        .collect();
    if missing.is_empty() && inside.is_empty() {
        return Vec::new();
    }
    let asked = !missing.is_empty();
    let shown = if asked { &missing } else { &inside };
    let who = phrase::titles(shown);
    let name = &cluster.name;
    let give = phrase::plural(shown.len(), "shows", "show");
    let mut evidence = PRIVATE_ACCESS_IS_OFF.evidence(case);
    evidence.extend(shown.iter().flat_map(|subject| observed_target(subject)));
    let (region, profile) = (case.region(), remedy::endpoint::as_profile(case));
    let word = remedy::endpoint::word(name, "<cluster>");
    vec![
        RULE.finding_at_large(fits.confidence)
            .about(if asked { phrase::names(&missing) } else { Vec::new() })
            .severity(if asked { Severity::Error } else { Severity::Info })
            .summary(format!(
                "private access to {name} is off, so {who} {give} the public view"
            ))
            .why(format!(
                "With private access off there is no private hosted zone for the endpoint. {who} {give} the public \
                 view of the name, and so does everybody. {}",
                if asked {
                    "Private addresses are expected here; no forward and no setting of a resolver returns them as long \
                     as it is off."
                } else {
                    "Clients in the VPC use the public endpoint too. If that is meant, there is nothing to do."
                }
            ))
            .seen(evidence)
            .fix(vec![
                Remedy::new(
                    if asked {
                        "Switch private access on"
                    } else {
                        "Should clients in the VPC use private addresses: switch private access on"
                    },
                    [
                        format!(
                            "aws eks update-cluster-config --region {region} --name {word}{profile} \
                             --resources-vpc-config endpointPrivateAccess=true"
                        ),
                        format!("aws eks wait cluster-active --region {region} --name {word}{profile}"),
                    ],
                ),
                Remedy::advice(
                    "Both DNS attributes of the VPC must be on for it, and clients need port 443 open at the cluster's \
                     security group",
                ),
            ]),
    ]
}

/// AWS says that there is no private zone, and a resolver of the VPC answers from it.
fn contradiction(case: &Case<'_>, confidence: Confidence, cluster: &Cluster, private: &[&Subject<'_>]) -> Finding {
    let name = &cluster.name;
    let who = phrase::titles(private);
    let gives = phrase::plural(private.len(), "answers", "answer");
    let is_of_the_vpc = private.iter().all(|subject| subject.is_vpc_side());
    let change = attributes::changes_access(case);
    let why = match (change, case.facts_origin()) {
        (Some(update), _) => format!("The access is being changed now: update {} is in progress.", update.id),
        (None, Some(origin)) => format!(
            "What AWS says came from {origin}: it may be of another time, or of another account or Region. Or the \
             access \
             is being changed now."
        ),
        (None, None) => {
            "The access is being changed now, or was changed a moment ago. Or the cluster that AWS was asked \
                         for has the same name in another account."
                .to_owned()
        }
    };
    let are_fine = private.iter().all(|subject| subject.verdict().is_fine());
    let judged = if are_fine {
        "Which of the two it is is not known here: the private addresses are not called wrong."
    } else {
        "Which of the two it is is not known here: the private addresses are called wrong as long as what AWS says \
         stands."
    };
    let mut evidence = PRIVATE_ACCESS_IS_OFF.evidence(case);
    if !is_of_the_vpc {
        evidence.push(Evidence::fact(format!(
            "DescribeNetworkInterfaces: {} are addresses of the cluster's own network interfaces",
            phrase::distinct(private.iter().flat_map(|subject| subject.ips()))
        )));
    }
    evidence.extend(private.iter().flat_map(|subject| observed_target(subject)));
    let (region, profile) = (case.region(), remedy::endpoint::as_profile(case));
    let word = remedy::endpoint::word(name, "<cluster>");
    RULE.finding(confidence, private)
        // A resolver whose answer is not the expected one is named by an error, whoever is right.
        .severity(if are_fine { Severity::Warning } else { Severity::Error })
        .summary(if is_of_the_vpc {
            format!("AWS says that private access to {name} is off, and {who} {gives} from the private zone")
        } else {
            format!(
                "AWS says that private access to {name} is off, and {who} {} its private addresses",
                phrase::plural(private.len(), "gives", "give")
            )
        })
        .why(format!(
            "With private access off there is no private hosted zone for the endpoint, so one of the two is out of \
             date. {why} {judged}"
        ))
        .seen(evidence)
        .fix(vec![
            Remedy::new(
                "See who is asked, what the access is now, and whether it is being changed",
                [
                    format!("aws sts get-caller-identity{profile}"),
                    format!(
                        "aws eks describe-cluster --region {region} --name {word}{profile} --query \
                         'cluster.[arn,status,resourcesVpcConfig.endpointPrivateAccess]'"
                    ),
                    format!("aws eks list-updates --region {region} --name {word}{profile}"),
                ],
            ),
            Remedy::advice("Then check again, with facts of now"),
        ])
}

//! Signs of the run: what the facts of this host, of the cluster and of AWS show.

use super::Sign;
use crate::address::AddressClass;
use crate::dns::AnswerKind;
use crate::endpoint::{EndpointName, SoaOrigin};
use crate::facts::VantageKind;
use crate::observation::Lookup;
use crate::rules::remedy::question::UnansweredQuestion;
use crate::rules::shared::{behind, contradiction, disagreement};
use crate::rules::{Need, Subject, view};
use crate::target::Scope;

/// A resolver on the VPC's side gives the private addresses.
pub(in crate::rules) static VPC_HAS_THE_NAME: Sign = Sign::of_run(
    "the VPC's answer",
    "a resolver of the VPC gives the private addresses",
    "no resolver of the VPC gives the private addresses",
    |case| {
        case.vpc_side().next()?;
        Some(!case.vpc_view().is_empty())
    },
)
.needing(&[Need::VpcView]);

/// A resolver that this host's clients do not ask has the name from a private hosted zone.
pub(in crate::rules) static ANOTHER_HAS_IT_FROM_THE_PRIVATE_ZONE: Sign = Sign::of_run_if_known(
    "the name from a private hosted zone elsewhere",
    "a resolver that clients here do not ask has the private addresses from the private hosted zone",
    "that another resolver has the name from the private hosted zone is not known",
    |case| Some(!case.private_zone_elsewhere().is_empty()),
);

/// Resolvers give private addresses that have none in common, and nothing says whose are the cluster's.
pub(in crate::rules) static RESOLVERS_ARE_APART: Sign = Sign::of_run_if_known(
    "whether the resolvers give private addresses of one set",
    "resolvers give private addresses that have none in common, and nothing says which are the cluster's",
    "resolvers are not known to give private addresses that have none in common",
    |case| Some(disagreement::apart(case).is_some()),
);

/// A public control gives addresses.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is for one lifetime"
)]
pub(in crate::rules) static PUBLIC_HAS_THE_NAME: Sign = Sign::of_run(
    "the answer of public DNS",
    "public DNS has the name",
    "public DNS does not have the name",
    |case| case.public_has_the_name(),
)
.needing(&[Need::PublicControl]);

/// AWS describes the cluster of this endpoint, with private access on.
pub(in crate::rules) static AWS_HAS_THE_PRIVATE_ENDPOINT: Sign = Sign::of_run_if_known(
    "the endpoint in AWS",
    "AWS has this endpoint, with private access on",
    "AWS is not known to have this endpoint with private access on",
    |case| {
        case.has(Need::Cluster).then(|| {
            let cluster = case.own_cluster();
            cluster.is_some_and(|cluster| cluster.endpoint_private_access == Some(true))
        })
    },
)
.needing(&[Need::Cluster]);

/// A resolver on the VPC's side was heard.
pub(in crate::rules) static VPC_ANSWERS: Sign = Sign::of_run(
    "a resolver of the VPC",
    "a resolver of the VPC answers the A question",
    "no resolver of the VPC answers the A question",
    |case| Some(case.vpc_side().any(answers_a)),
)
.needing(&[Need::VpcView]);

/// Whoever was heard says NXDOMAIN, from AWS's public zone.
pub(in crate::rules) static ALL_RETURN_PUBLIC_NXDOMAIN: Sign = Sign::of_run(
    "what all resolvers say",
    "every resolver that answers returns NXDOMAIN from AWS's public zone, or passes on one that lost the SOA",
    "not every resolver returns NXDOMAIN from AWS's public zone",
    |case| {
        let mut heard = case.subjects().filter(|subject| answers_a(subject)).peekable();
        heard.peek()?;
        let is_denied = |subject: &Subject<'_>| {
            let is_denied = returns_public_nxdomain(subject) || behind::may_be_denied(subject);
            is_denied && !contradiction::is_denied_over_udp_alone(case, subject)
        };
        Some(heard.all(|subject| is_denied(subject) && !subject.sibling_resolves()))
    },
);

/// A public control gets NXDOMAIN from AWS's public zone.
pub(in crate::rules) static PUBLIC_RETURNS_NXDOMAIN: Sign = Sign::of_run(
    "the answer of public DNS",
    "public DNS returns NXDOMAIN from AWS's public zone",
    "public DNS does not return NXDOMAIN from AWS's public zone",
    |case| {
        case.has(Need::PublicControl)
            .then(|| case.public().any(returns_public_nxdomain))
    },
)
.needing(&[Need::PublicControl]);

/// AWS describes the cluster that was asked for, or says that there is none.
pub(in crate::rules) static AWS_SAYS_WHICH_ENDPOINT: Sign = Sign::of_run(
    "the cluster in AWS",
    "AWS describes the cluster, or says that no such cluster exists",
    "AWS was not asked for the cluster, or did not answer",
    |case| Some(case.cluster().is_some() || case.absent_cluster().is_some()),
)
.looking_at(&[Need::Cluster, Need::AbsentCluster]);

/// AWS describes the cluster of this endpoint.
pub(in crate::rules) static AWS_HAS_THE_ENDPOINT: Sign = Sign::of_run_if_known(
    "the endpoint in AWS",
    "AWS has this endpoint",
    "AWS is not known to have this endpoint",
    |case| Some(case.own_cluster().is_some()),
)
.looking_at(&[Need::Cluster]);

/// AWS describes the cluster of this endpoint, with public access on.
pub(in crate::rules) static AWS_HAS_THE_PUBLIC_ENDPOINT: Sign = Sign::of_run_if_known(
    "the endpoint in AWS",
    "AWS has this endpoint, with public access on",
    "AWS is not known to have this endpoint with public access on",
    |case| {
        let cluster = case.own_cluster();
        Some(cluster.is_some_and(|cluster| cluster.endpoint_public_access == Some(true)))
    },
)
.looking_at(&[Need::Cluster])
.stating(|_| vec!["DescribeCluster: endpointPublicAccess is true".to_owned()]);

/// AWS describes the cluster of this endpoint, with private access off.
pub(in crate::rules) static PRIVATE_ACCESS_IS_OFF: Sign = Sign::of_run(
    "private access of the endpoint",
    "AWS has this endpoint, with private access off",
    "AWS does not say that private access of this endpoint is off",
    |case| {
        let cluster = case.own_cluster();
        Some(cluster.is_some_and(|cluster| cluster.endpoint_private_access == Some(false)))
    },
)
.looking_at(&[Need::Cluster])
.stating(|case| {
    let cluster = case.cluster();
    let said = cluster.map(|cluster| format!("DescribeCluster {}: endpointPrivateAccess is false", cluster.name));
    said.into_iter().collect()
});

/// The user expects public addresses.
pub(in crate::rules) static PUBLIC_IS_ASKED_FOR: Sign = Sign::of_run(
    "what the command line expects",
    "the command line expects public addresses",
    "the command line does not expect public addresses",
    |case| {
        let listed = &case.asked.expect_addresses;
        let is_public = |ip: &std::net::IpAddr| AddressClass::of(*ip) == AddressClass::Public;
        let all_public = !listed.is_empty() && listed.iter().all(is_public);
        Some(case.asked.expect_scope == Some(Scope::Public) || all_public)
    },
)
.stating(|_| vec!["the command line expects public addresses".to_owned()]);

/// This host is in the cluster's VPC.
pub(in crate::rules) static HOST_IS_IN_THE_VPC: Sign = Sign::of_run_if_known(
    "where this host is",
    "this host is in the cluster's VPC",
    "this host is not known to be in the cluster's VPC",
    |case| Some(case.vantage.kind == VantageKind::ClusterVpc),
);

/// This host is not in the cluster's VPC.
pub(in crate::rules) static HOST_IS_OUTSIDE_THE_VPC: Sign = Sign::of_run_if_known(
    "where this host is",
    "this host is outside the cluster's VPC",
    "this host is not known to be outside the cluster's VPC",
    |case| Some(case.vantage.kind.is_outside_cluster_vpc()),
);

/// The endpoint's name is of the form that has addresses of both families.
pub(in crate::rules) static NAME_IS_DUAL_STACK: Sign = Sign::of_run(
    "the form of the endpoint's name",
    "the endpoint's name is a dual-stack one",
    "the endpoint's name is not a dual-stack one",
    |case| Some(case.endpoint.as_ref().is_some_and(EndpointName::is_dual_stack)),
);

/// A control was not asked, or brought nothing.
pub(in crate::rules) static A_CONTROL_IS_MISSING: Sign = Sign::of_run(
    "the controls",
    "a control was not asked, or has no answer: public DNS, the VPC's resolver, or a control question",
    "public DNS, the VPC's resolver and the control questions have answers",
    |case| {
        let is_without = |subject: &Subject<'_>| {
            let sibling = subject.sibling();
            subject.speaks_dns() && !sibling.is_some_and(Lookup::heard_anything)
        };
        // Each is read, so that it does not depend on the others which facts are looked at.
        let open = [UnansweredQuestion::Public, UnansweredQuestion::Vpc].map(|question| question.is_open(case));
        Some(open.contains(&true) || case.subjects().any(is_without))
    },
)
.looking_at(&[Need::PublicControl, Need::VpcView]);

/// Whether its A question got a reply, in a run that was done with it.
fn answers_a(subject: &Subject<'_>) -> bool {
    !subject.probed.interrupted && subject.a().is_some_and(|a| !a.kind.is_silence())
}

fn returns_public_nxdomain(subject: &Subject<'_>) -> bool {
    let by_public_aws = matches!(view::denied_by(subject), Some((_, SoaOrigin::PublicAws)));
    subject.a_kind() == Some(AnswerKind::NxDomain) && by_public_aws
}

/// The order in which signs of the run are read.
pub(in crate::rules) static OF_RUN: &[&Sign] = &[
    &VPC_HAS_THE_NAME,
    &ANOTHER_HAS_IT_FROM_THE_PRIVATE_ZONE,
    &RESOLVERS_ARE_APART,
    &PUBLIC_HAS_THE_NAME,
    &AWS_HAS_THE_PRIVATE_ENDPOINT,
    &VPC_ANSWERS,
    &ALL_RETURN_PUBLIC_NXDOMAIN,
    &PUBLIC_RETURNS_NXDOMAIN,
    &AWS_SAYS_WHICH_ENDPOINT,
    &AWS_HAS_THE_ENDPOINT,
    &AWS_HAS_THE_PUBLIC_ENDPOINT,
    &PRIVATE_ACCESS_IS_OFF,
    &PUBLIC_IS_ASKED_FOR,
    &HOST_IS_IN_THE_VPC,
    &HOST_IS_OUTSIDE_THE_VPC,
    &NAME_IS_DUAL_STACK,
    &A_CONTROL_IS_MISSING,
];

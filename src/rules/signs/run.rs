//! Signs of the run: what the facts of this host, of the cluster and of AWS show.

use super::Sign;
use crate::rules::Need;

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

/// A public control gives addresses.
pub(in crate::rules) static PUBLIC_HAS_THE_NAME: Sign = Sign::of_run(
    "the answer of public DNS",
    "public DNS has the name",
    "public DNS does not have the name",
    |case| case.public_has_the_name(),
)
.needing(&[Need::PublicControl]);

/// AWS describes the cluster of this endpoint, with private access on.
pub(in crate::rules) static AWS_HAS_THE_PRIVATE_ENDPOINT: Sign = Sign::of_run(
    "the endpoint in AWS",
    "AWS has this endpoint, with private access on",
    "AWS does not say that it has this endpoint with private access on",
    |case| {
        case.has(Need::Cluster).then(|| {
            let cluster = case.own_cluster();
            cluster.is_some_and(|cluster| cluster.endpoint_private_access == Some(true))
        })
    },
)
.needing(&[Need::Cluster]);

/// The order in which signs of the run are read.
pub(in crate::rules) static OF_RUN: &[&Sign] =
    &[&VPC_HAS_THE_NAME, &PUBLIC_HAS_THE_NAME, &AWS_HAS_THE_PRIVATE_ENDPOINT];

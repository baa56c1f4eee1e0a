//! What AWS says of the cluster and its VPC, as several rules read it.

use crate::facts::{ClusterUpdate, VpcAttributes};
use crate::rules::Case;

/// An update of this kind changes who gets which addresses (EKS, UpdateClusterConfig).
pub(in crate::rules) const ACCESS: &str = "EndpointAccessUpdate";

/// The change of the endpoint's access that is under way, where one is.
pub(in crate::rules) fn changes_access<'a>(case: &Case<'a>) -> Option<&'a ClusterUpdate> {
    case.updates()?
        .iter()
        .find(|update| update.kind.as_deref() == Some(ACCESS) && update.is_in_progress())
}

/// The attributes that are off, by AWS's names.
pub(in crate::rules) fn switched_off(attributes: VpcAttributes) -> Vec<&'static str> {
    [
        ("enableDnsSupport", attributes.dns_support),
        ("enableDnsHostnames", attributes.dns_hostnames),
    ]
    .into_iter()
    .filter(|(_, value)| *value == Some(false))
    .map(|(name, _)| name)
    .collect()
}

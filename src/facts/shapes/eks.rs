//! EKS: a cluster, its updates, and what eksctl prints of clusters.

use super::node::Members;
use super::refused::NotFacts;
use crate::facts::{Cluster, ClusterUpdate};
use crate::limits;

/// How the keys are written: the AWS CLI has those of the API; eksctl prints the SDK's own, with capitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `endpointPrivateAccess`.
    Api,
    /// `EndpointPrivateAccess`.
    Sdk,
}

impl Spelling {
    fn key(self, key: &str) -> String {
        match self {
            Self::Api => key.to_owned(),
            Self::Sdk => {
                let mut rest = key.chars();
                rest.next().map_or_else(String::new, |first| {
                    first.to_ascii_uppercase().to_string() + rest.as_str()
                })
            }
        }
    }
}

/// A cluster, as DescribeCluster has it. Its name may stand in its ARN alone.
pub(super) fn cluster(of: &Members<'_>, spelling: Spelling) -> Result<Cluster, NotFacts> {
    let key = |key: &str| spelling.key(key);
    let arn = of.text(&key("arn"))?;
    let in_arn = arn.as_deref().and_then(|arn| arn.split_once(":cluster/"));
    let name = match (of.text(&key("name"))?, in_arn) {
        (Some(name), _) => name,
        (None, Some((_, name))) => name.to_owned(),
        (None, None) => return Err(of.lacks(&key("name"))),
    };
    let network = of.object(&key("resourcesVpcConfig"))?;
    let text = |name: &str| network.as_ref().map_or(Ok(None), |network| network.text(&key(name)));
    let flag = |name: &str| network.as_ref().map_or(Ok(None), |network| network.flag(&key(name)));
    let cidrs = network
        .as_ref()
        .map_or(Ok(Vec::new()), |network| network.texts(&key("publicAccessCidrs")))?;
    let inner = |outer: &str, name: &str| match of.object(&key(outer))? {
        Some(object) => object.text(&key(name)),
        None => Ok(None),
    };
    Ok(Cluster {
        name,
        arn,
        status: of.text(&key("status"))?,
        // Absent while the cluster is being created.
        endpoint: of.text(&key("endpoint"))?.filter(|endpoint| !endpoint.is_empty()),
        endpoint_public_access: flag("endpointPublicAccess")?,
        endpoint_private_access: flag("endpointPrivateAccess")?,
        public_access_cidrs: cidrs.into_iter().take(limits::EXPECTED).collect(),
        vpc_id: text("vpcId")?,
        cluster_security_group_id: text("clusterSecurityGroupId")?,
        ip_family: inner("kubernetesNetworkConfig", "ipFamily")?,
        certificate_authority: inner("certificateAuthority", "data")?,
        is_local: of.get(&key("outpostConfig")).is_some(),
        is_connected: of.get(&key("connectorConfig")).is_some(),
    })
}

/// A change of a cluster.
pub(super) fn update(of: &Members<'_>) -> Result<ClusterUpdate, NotFacts> {
    Ok(ClusterUpdate {
        id: of.needed("id")?,
        kind: of.text("type")?,
        status: of.text("status")?,
        created_at: None,
    })
}

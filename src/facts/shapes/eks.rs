//! EKS: a cluster, its updates, and what eksctl prints of clusters.

use std::time::{Duration, UNIX_EPOCH};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::node::{Members, WrongShape};
use crate::dns::Name;
use crate::limits;

/// Seconds from 1970 to the year 10000.
const YEAR_10000: u64 = 253_402_300_800;

/// The cluster (EKS, DescribeCluster).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Cluster {
    /// The cluster's name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING`, `PENDING`.
    pub status: Option<String>,
    /// The endpoint's URL, verbatim; absent while the cluster is being created.
    pub endpoint: Option<String>,
    /// `resourcesVpcConfig.endpointPublicAccess`.
    pub endpoint_public_access: Option<bool>,
    /// `resourcesVpcConfig.endpointPrivateAccess`.
    pub endpoint_private_access: Option<bool>,
    /// `resourcesVpcConfig.publicAccessCidrs`.
    pub public_access_cidrs: Vec<String>,
    /// `resourcesVpcConfig.vpcId`.
    pub vpc_id: Option<String>,
    /// `resourcesVpcConfig.clusterSecurityGroupId`.
    pub cluster_security_group_id: Option<String>,
    /// `kubernetesNetworkConfig.ipFamily`: `ipv4` or `ipv6`.
    pub ip_family: Option<String>,
    /// `certificateAuthority.data`: PEM, in base64.
    pub certificate_authority: Option<String>,
    /// Whether it is a local cluster on an Outpost (`outpostConfig`): its interfaces keep their addresses.
    pub is_local: bool,
    /// `remoteNetworkConfig.remoteNodeNetworks`: the networks of its hybrid nodes, which are outside AWS.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub remote_node_networks: Vec<IpNet>,
    /// Whether it is another vendor's, connected by the EKS Connector (`connectorConfig`): it has no endpoint.
    pub is_connected: bool,
}

/// What the status of a cluster stands for (Amazon EKS API Reference, Cluster, `status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterState {
    /// `CREATING` or `PENDING`.
    Creating,
    /// `ACTIVE`.
    Active,
    /// `UPDATING`.
    Updating,
    /// `DELETING`.
    Deleting,
    /// `FAILED`.
    Failed,
    /// One that is not known here.
    Other,
}

impl Cluster {
    /// The host of its endpoint. The URL is taken verbatim but for a scheme, a port, a slash and a dot, which some
    /// stores of it add.
    pub fn host(&self) -> Option<Name> {
        let url = self.endpoint.as_deref()?;
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        Name::from_host(rest.split(['/', ':']).next()?).ok()
    }

    /// Whether an answer lacks its endpoint although it has one, as far as is said: `--query` leaves members out.
    pub fn has_unsaid_endpoint(&self) -> bool {
        self.endpoint.is_none() && !self.is_connected && self.is_active()
    }

    /// Why it has no endpoint, as what is said of it: by its status, where that says it.
    pub fn without_endpoint(&self) -> &'static str {
        match self.state() {
            Some(ClusterState::Creating) => "has no endpoint yet",
            Some(ClusterState::Deleting) => "has no endpoint any more",
            _ => "has no endpoint",
        }
    }

    /// What its status stands for; `None` where that is not known.
    pub fn state(&self) -> Option<ClusterState> {
        Some(match self.status.as_deref()? {
            "CREATING" | "PENDING" => ClusterState::Creating,
            "ACTIVE" => ClusterState::Active,
            "UPDATING" => ClusterState::Updating,
            "DELETING" => ClusterState::Deleting,
            "FAILED" => ClusterState::Failed,
            _ => ClusterState::Other,
        })
    }

    /// Whether its status is `ACTIVE`, or not known.
    pub fn is_active(&self) -> bool {
        self.state().is_none_or(|state| state == ClusterState::Active)
    }

    /// Whether its endpoint has this name.
    pub fn has_endpoint(&self, name: &Name) -> bool {
        self.host().is_some_and(|host| host == *name)
    }
}

/// A cluster that is not there: DescribeCluster says `ResourceNotFoundException`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct AbsentCluster {
    /// The name that was asked for.
    pub name: String,
    /// The Region it was asked for in.
    pub region: Option<String>,
    /// The account it was asked for in.
    pub account: Option<String>,
    /// The clusters that are there (ListClusters); `None` where that could not be learnt.
    pub present: Option<Vec<String>>,
}

/// A change of the cluster (EKS, DescribeUpdate).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ClusterUpdate {
    /// The update's id.
    pub id: String,
    /// `EndpointAccessUpdate`, `VersionUpdate`, …
    pub kind: Option<String>,
    /// `InProgress`, `Failed`, `Cancelled`, `Successful`.
    pub status: Option<String>,
    /// When it was asked for, RFC 3339.
    pub created_at: Option<String>,
}

impl ClusterUpdate {
    /// Whether it is under way.
    pub fn is_in_progress(&self) -> bool {
        self.status.as_deref() == Some("InProgress")
    }

    /// Whether it is one of the endpoint's access, while which the cluster has the status UPDATING (Amazon EKS User
    /// Guide, "Cluster API server endpoint"). Of other kinds that is not said: those of an add-on or a node group, say.
    /// The kinds are those of botocore's model of eks (`UpdateType`).
    pub fn is_of_the_endpoints_access(&self) -> bool {
        matches!(self.kind.as_deref(), Some("EndpointAccessUpdate" | "VpcConfigUpdate"))
    }
}

/// How the keys are written: the AWS CLI has those of the API; eksctl and programs of Go print the SDK's own, with
/// capitals; Steampipe has columns, and the SDK's own keys in those that hold objects (turbot/steampipe-plugin-aws,
/// aws/table_aws_eks_cluster.go).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::facts) enum Spelling {
    /// `endpointPrivateAccess`.
    Api,
    /// `EndpointPrivateAccess`.
    Sdk,
    /// `resources_vpc_config`, and `EndpointPrivateAccess` in it.
    Columns,
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
            Self::Columns => {
                let mut column = String::with_capacity(key.len() + 4);
                for c in key.chars() {
                    if c.is_ascii_uppercase() {
                        column.push('_');
                    }
                    column.push(c.to_ascii_lowercase());
                }
                column
            }
        }
    }

    /// How the keys of a member are written.
    fn within(self) -> Self {
        match self {
            Self::Columns => Self::Sdk,
            own => own,
        }
    }
}

/// A cluster, as DescribeCluster has it. Its name may stand in its ARN alone.
pub(in crate::facts) fn cluster(of: &Members<'_>, spelling: Spelling) -> Result<Cluster, WrongShape> {
    let key = |key: &str| spelling.key(key);
    let within = |key: &str| spelling.within().key(key);
    let arn = of.text(&key("arn"))?;
    let in_arn = arn.as_deref().and_then(|arn| arn.split_once(":cluster/"));
    let name = match (of.text(&key("name"))?, in_arn) {
        (Some(name), _) => name,
        (None, Some((_, name))) => name.to_owned(),
        (None, None) => return Err(of.lacks(&key("name"))),
    };
    let network = of.object(&key("resourcesVpcConfig"))?;
    let text = |name: &str| network.as_ref().map_or(Ok(None), |network| network.text(&within(name)));
    let flag = |name: &str| network.as_ref().map_or(Ok(None), |network| network.flag(&within(name)));
    let cidrs = network
        .as_ref()
        .map_or(Ok(Vec::new()), |network| network.texts(&within("publicAccessCidrs")))?;
    let inner = |outer: &str, name: &str| match of.object(&key(outer))? {
        Some(object) => object.text(&within(name)),
        None => Ok(None),
    };
    let mut remote_node_networks = Vec::new();
    if let Some(remote) = of.object(&key("remoteNetworkConfig"))? {
        for network in remote.objects(&within("remoteNodeNetworks"))? {
            let Some(cidrs) = network.get(&within("cidrs")) else {
                continue;
            };
            remote_node_networks.extend(cidrs.networks()?);
        }
        remote_node_networks.truncate(limits::EXPECTED);
    }
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
        remote_node_networks,
        is_connected: of.get(&key("connectorConfig")).is_some(),
    })
}

/// A change of a cluster.
pub(in crate::facts) fn update(of: &Members<'_>) -> Result<ClusterUpdate, WrongShape> {
    Ok(ClusterUpdate {
        id: of.needed("id")?,
        kind: of.text("type")?,
        status: of.text("status")?,
        created_at: created_at(of),
    })
}

/// When it was asked for: seconds since 1970 as EKS answers and version 1 of the AWS CLI prints it, or the text of
/// version 2, where that is in UTC.
fn created_at(of: &Members<'_>) -> Option<String> {
    let time = if let Ok(Some(seconds)) = of.number::<f64>("createdAt") {
        UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?
    } else {
        let text = of.text("createdAt").ok()??;
        let utc = text.strip_suffix("+00:00").map(|text| format!("{text}Z"));
        humantime::parse_rfc3339(utc.as_ref().unwrap_or(&text)).ok()?
    };
    // Four digits of a year are all that is written.
    if time.duration_since(UNIX_EPOCH).ok()?.as_secs() >= YEAR_10000 {
        return None;
    }
    let text = humantime::format_rfc3339_millis(time).to_string();
    let text = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
    Some(format!("{text}Z"))
}

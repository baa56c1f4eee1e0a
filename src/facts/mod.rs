//! What the environment says: the stub resolver's configuration, the hosts file, the proxy settings, and what
//! AWS says of the cluster. Reading is done here and nowhere else; a fact that could not be had is a [`Gap`].

pub mod host;
pub mod hosts_file;
pub mod proxy;
pub mod saved;
pub mod stub;

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub use hosts_file::HostsEntry;
pub use proxy::Proxy;
pub use stub::StubConfiguration;

/// Everything that was learnt about the environment. What is `None` was not learnt; whether it was tried and
/// why it failed stands in the gaps.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// This host's stub resolver configuration.
    pub stub: Option<StubConfiguration>,
    /// The hosts file's entries about the target; `None` where the file was not read.
    pub hosts: Option<Vec<HostsEntry>>,
    /// The proxy that a client here would use for the target; `None` where the environment was not read.
    pub proxy: Option<Proxy>,
    /// The cluster, as DescribeCluster has it.
    pub cluster: Option<Cluster>,
    /// The cluster's VPC.
    pub vpc: Option<Vpc>,
    /// The addresses of the cluster's network interfaces (description `Amazon EKS <name>`, in use).
    pub interfaces: Option<Vec<NetworkInterface>>,
}

/// What could not be learnt, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The fact that is missing.
    pub fact: String,
    /// Where it would have come from.
    pub source: String,
    /// Why it could not be had, and what that costs.
    pub reason: String,
}

/// The cluster, as far as the diagnosis reads it (EKS API, DescribeCluster).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cluster {
    /// The cluster's name.
    pub name: String,
    /// The endpoint's URL, verbatim.
    pub endpoint: Option<String>,
    /// `resourcesVpcConfig.endpointPublicAccess`.
    pub endpoint_public_access: Option<bool>,
    /// `resourcesVpcConfig.endpointPrivateAccess`.
    pub endpoint_private_access: Option<bool>,
}

/// A VPC (EC2 API, DescribeVpcs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vpc {
    /// The VPC's id.
    pub id: String,
    /// Its IPv4 and IPv6 networks, the primary IPv4 network first.
    pub cidrs: Vec<IpNet>,
}

/// A network interface of the cluster's control plane (EC2 API, DescribeNetworkInterfaces).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkInterface {
    /// The interface's id.
    pub id: String,
    /// Its private IPv4 and its IPv6 addresses.
    pub addresses: Vec<IpAddr>,
}

/// The place we ask from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vantage {
    /// What the user calls it; else the host's name.
    pub name: Option<String>,
    /// Where it is, seen from the cluster's VPC.
    pub kind: VantageKind,
}

/// Where a vantage is, seen from the cluster's VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VantageKind {
    /// In the cluster's own VPC.
    ClusterVpc,
    /// In another VPC.
    OtherVpc,
    /// Not on AWS.
    OutsideAws,
    /// Not known.
    #[default]
    Unknown,
}

impl VantageKind {
    /// Whether it is known that the cluster's VPC is elsewhere.
    pub fn is_outside_cluster_vpc(self) -> bool {
        matches!(self, Self::OtherVpc | Self::OutsideAws)
    }
}

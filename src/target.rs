//! The endpoint that a run is about, and what its answers are to be: the words that settings, captures and rules share.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dns::Name;

/// Where the endpoint's name came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Target {
    /// The endpoint's host name, in the case it was given; the root, `null` in a document, where the cluster has none
    /// yet.
    #[serde(with = "or_null")]
    #[cfg_attr(test, schemars(with = "Option<Name>"))]
    pub hostname: Name,
    /// The cluster's name, where known.
    pub cluster: Option<String>,
    /// The AWS Region, from the name or elsewhere.
    pub region: Option<String>,
    /// Who named it.
    pub source: TargetSource,
    /// The API server's port, where whoever named the endpoint gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// A name that may not be there yet.
mod or_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::dns::Name;

    pub(super) fn serialize<S: Serializer>(name: &Name, serializer: S) -> Result<S::Ok, S::Error> {
        Some(name).filter(|name| !name.is_root()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        Option::<Name>::deserialize(deserializer).map(|name| name.unwrap_or_else(Name::root))
    }
}

/// Who named the endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TargetSource {
    /// The command line.
    Argument,
    /// The kubeconfig.
    Kubeconfig,
    /// AWS, or a file of what AWS says.
    Aws,
    /// A scenario.
    Scenario,
    /// dig's text.
    Dig,
}

impl TargetSource {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Kubeconfig => "kubeconfig",
            Self::Aws => "aws",
            Self::Scenario => "scenario",
            Self::Dig => "dig",
        }
    }
}

impl fmt::Display for TargetSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Target {
    /// Whether there is no endpoint to ask for: the cluster does not have one yet.
    pub fn is_nameless(&self) -> bool {
        self.hostname.is_root()
    }

    /// The endpoint's name, or whose it will be.
    pub fn shown(&self) -> String {
        match &self.cluster {
            Some(cluster) if self.is_nameless() => format!("the cluster {cluster}, which has no endpoint"),
            _ => self.hostname.to_string(),
        }
    }
}

/// Whether an endpoint's address should be private or public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The addresses of EKS's network interfaces in the VPC.
    Private,
    /// The addresses of the public endpoint.
    Public,
    /// Either is right here.
    Any,
    /// Nobody said and nothing was found that would.
    Unknown,
}

/// Which zone a resolver took the name from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The Route 53 private hosted zone.
    PrivateZone,
    /// AWS's public zone.
    Public,
    /// Nothing in its replies shows it.
    Unknown,
}

impl View {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateZone => "private-zone",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// How a server that is asked inside TLS is known to be the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TlsIdentity {
    /// What its certificate has to be valid for: a host name, or an IP address.
    pub name: String,
    /// Whether that is verified; not with `--insecure-tls`.
    pub verified: bool,
    /// Over HTTPS, the path and query of its URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

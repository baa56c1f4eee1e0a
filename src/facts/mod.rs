//! What the environment says: the stub resolver's configuration, the hosts file, the proxy settings, and what
//! AWS says of the cluster. Reading is done here and nowhere else; a fact that could not be had is a [`Gap`].

pub mod answers;
pub mod arn;
pub mod asking;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(not(feature = "aws"))]
#[path = "without_aws.rs"]
pub mod aws;
mod belonging;
mod blanks;
mod bounded;
pub mod command;
pub mod document;
mod failed;
pub mod host;
pub mod hosts_file;
pub mod id;
pub mod instance;
pub mod kubeconfig;
mod libc_servers;
pub mod platform;
pub mod proxy;
mod reads;
mod run;
pub mod saved;
mod shapes;
pub mod stub;
mod stub_file;
mod system;
#[cfg(windows)]
mod windows;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::dns::Name;

pub use answers::AwsFacts;
pub use failed::{FailedRead, ReadFailure};
pub use hosts_file::HostsEntry;
pub use instance::Instance;
pub use kubeconfig::{Kubeconfig, OtherServer};
pub use libc_servers::{LibcServers, LineApart, LineForm, or_loopback};
pub use platform::{AskedFor, Chooser, HostConfiguration, HostSummary, HostsLine, LookupPath, SplitDns};
pub use proxy::Proxy;
pub use reads::Call;
pub use shapes::*;
pub use stub::StubConfiguration;
pub use system::System;

/// Everything that was learnt about the environment: what this host says, and what AWS says. In JSON they are one
/// object. What is `None` was not learnt; whether it was tried and why it failed stands in the gaps.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Facts {
    /// This host's own: nobody else's business, and never sent to another place.
    #[serde(flatten)]
    pub host: HostFacts,
    /// What AWS says, which is the same wherever it is read.
    #[serde(flatten)]
    pub aws: AwsFacts,
}

/// Each half is read from the object's own text, from JSON only. serde's `flatten` would keep every member in a form of
/// its own first, and all types below would be compiled once more for that.
impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = <&RawValue>::deserialize(deserializer)?;
        Ok(Self {
            host: serde_json::from_str(object.get()).map_err(de::Error::custom)?,
            aws: serde_json::from_str(object.get()).map_err(de::Error::custom)?,
        })
    }
}

/// What was learnt of this host. It stays here: `--via` sends none of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct HostFacts {
    /// This host's stub resolver configuration.
    pub stub: Option<StubConfiguration>,
    /// The name servers behind the stub, where it is systemd-resolved's and says which they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstreams: Option<StubConfiguration>,
    /// This host's resolver configuration beside resolv.conf.
    #[serde(rename = "host", skip_serializing_if = "Option::is_none")]
    pub configuration: Option<HostConfiguration>,
    /// The hosts file's entries about the target; `None` where the file was not read.
    pub hosts: Option<Vec<HostsEntry>>,
    /// The proxy that a client here would use for the target; `None` where the environment was not read.
    pub proxy: Option<Proxy>,
    /// What the kubeconfig says of the target; `None` where the target came from elsewhere.
    pub kubeconfig: Option<Kubeconfig>,
    /// This host as an EC2 instance; `None` where it is none, or where that could not be learnt.
    pub instance: Option<Instance>,
}

impl HostFacts {
    /// Which name servers this host asks for which names, beside resolv.conf.
    pub fn split_dns(&self) -> Option<&SplitDns> {
        self.configuration.as_ref()?.split_dns.as_ref()
    }

    /// The system whose programs ask here: what chooses the name servers says it, else the vantage does.
    pub fn system(&self, vantage: Option<System>) -> Option<System> {
        match self.split_dns().map(|split| split.chooser) {
            Some(Chooser::Macos) => Some(System::Macos),
            Some(Chooser::Windows) => Some(System::Windows),
            Some(Chooser::SystemdResolved) | None => vantage,
        }
    }

    /// Whether kubectl here leaves the lookup to the operating system: on macOS and Windows (Go 1.20 release notes,
    /// "net"; Go, src/net/conf.go). resolv.conf is not read then.
    pub fn go_asks_the_system(&self, vantage: Option<System>) -> bool {
        matches!(self.system(vantage), Some(System::Macos | System::Windows))
    }

    /// Whether glibc here sends an OPT record: `options edns0` of resolv.conf, or of RES_OPTIONS (glibc,
    /// resolv/res_init.c).
    pub fn glibc_asks_with_edns(&self) -> bool {
        self.stub.as_ref().is_some_and(|stub| stub.edns0)
            || self
                .configuration
                .as_ref()
                .is_some_and(|host| host.has_res_option("edns0"))
    }

    /// Whether kubectl and its like hand the endpoint's name to a proxy or connect elsewhere, and do not look it up
    /// here (k8s.io/client-go: the kubeconfig's `proxy-url`, else the environment's; `server` beside another
    /// `tls-server-name`).
    pub fn hands_lookups_on(&self, target: &Name) -> bool {
        let kubeconfig = self.kubeconfig.as_ref();
        kubeconfig.is_some_and(|kubeconfig| kubeconfig.hands_on(target))
            || self.proxy.as_ref().is_some_and(Proxy::resolves_the_target)
    }
}

/// What could not be learnt, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Gap {
    /// The fact that is missing.
    pub fact: String,
    /// Where it would have come from.
    pub source: String,
    /// Why it could not be had, and what that costs.
    pub reason: String,
    /// Whose fact it is. What does not say so is this host's: it goes nowhere else.
    #[serde(default, skip_serializing_if = "Half::is_host")]
    pub of: Half,
}

impl Gap {
    /// What could not be learnt of this host, or is this run's own.
    pub fn here(fact: impl Into<String>, source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            fact: fact.into(),
            source: source.into(),
            reason: reason.into(),
            of: Half::Host,
        }
    }

    /// Several facts that could not be learnt from AWS for one reason.
    pub fn of_aws_all(facts: &[&str], source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::of_aws(facts.join(Self::SEPARATOR), source, reason)
    }

    /// Whether it is of several facts of AWS's, which is a long list.
    pub fn is_of_several(&self) -> bool {
        self.of == Half::Aws && self.fact.contains(Self::SEPARATOR)
    }

    /// What stands between several facts. No single fact has it: `reads.rs` tests that.
    const SEPARATOR: &str = ", ";

    /// The fact that no resolver of the VPC was asked.
    pub const VPC_VIEW: &str = "the VPC's view";

    /// The fact that no public resolver was asked.
    pub const PUBLIC_VIEW: &str = "the public view";

    /// What could not be learnt from AWS.
    pub fn of_aws(fact: impl Into<String>, source: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            of: Half::Aws,
            ..Self::here(fact, source, reason)
        }
    }
}

/// The halves of the [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Half {
    /// [`HostFacts`], and what this run left out.
    #[default]
    Host,
    /// [`AwsFacts`].
    Aws,
}

impl Half {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde passes a field")]
    fn is_host(&self) -> bool {
        *self == Self::Host
    }
}

/// The place we ask from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Vantage {
    /// What the user calls it; else the host's name.
    pub name: Option<String>,
    /// Where it is, seen from the cluster's VPC.
    pub kind: VantageKind,
    /// Its operating system; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
}

/// Where a vantage is, seen from the cluster's VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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

//! What was asked for: the command line as meaning, before anything outside is touched.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::observation::Transport;
use crate::target::{Scope, Target, View};

/// A resolver that the user named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedResolver {
    /// The label in front of `=`, where there is one.
    pub label: Option<String>,
    /// Where it is asked.
    pub address: SocketAddr,
    /// How.
    pub transport: Transport,
    /// What its certificate is to be valid for, where the user said so.
    pub tls_name: Option<String>,
    /// Over HTTPS, the path and query of its URL.
    pub path: Option<String>,
}

impl NamedResolver {
    /// A resolver without a label, over UDP.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            label: None,
            address,
            transport: Transport::Udp,
            tls_name: None,
            path: None,
        }
    }
}

/// As a user writes it.
impl fmt::Display for NamedResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = &self.label {
            write!(f, "{label}=")?;
        }
        write!(f, "{}://{}", self.transport.as_str(), self.address)?;
        if let Some(path) = &self.path {
            f.write_str(path)?;
        }
        match &self.tls_name {
            Some(name) => write!(f, "#{name}"),
            None => Ok(()),
        }
    }
}

/// From which severity on a run counts as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only.
    #[default]
    Error,
    /// Warnings too.
    Warning,
}

/// What the answers were asked to be, and who decides. Part of the capture: the rules read it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Asked {
    /// `--expect`: addresses.
    pub expect_addresses: Vec<IpAddr>,
    /// `--expect`: networks.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub expect_cidrs: Vec<IpNet>,
    /// `--expect-scope`.
    pub expect_scope: Option<Scope>,
    /// `--expect-view private`.
    pub expect_view: Option<View>,
    /// `--judge`: roles and names; empty: all in scope.
    pub judge: Vec<String>,
    /// `--fail-on`.
    pub fail_on: FailOn,
    /// Whether the control questions were asked.
    pub controls: bool,
    /// `--samples`.
    pub samples: u32,
    /// `--timeout`, in milliseconds.
    pub timeout_ms: u64,
    /// `--attempts`.
    pub attempts: u32,
    /// `--deadline`, in milliseconds.
    pub deadline_ms: u64,
    /// `--since`, in seconds: changes in AWS from then on were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_s: Option<u64>,
}

impl Asked {
    /// Whether the user said what the answer should be.
    pub fn expects_anything(&self) -> bool {
        !self.expect_addresses.is_empty()
            || !self.expect_cidrs.is_empty()
            || self.expect_scope.is_some()
            || self.expect_view.is_some()
    }
}

/// Where the endpoint and the facts about it come from, beside the endpoint's own name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// `--cluster`.
    pub cluster: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--kubeconfig`; `None`: `KUBECONFIG`, else `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`; `None`: the current one.
    pub context: Option<String>,
    /// `--facts`: with any, AWS is not asked.
    pub facts: Vec<PathBuf>,
    /// `--no-aws`.
    pub no_aws: bool,
    /// `--since`.
    pub since: Option<Duration>,
}

/// Settings of one check.
#[expect(clippy::struct_excessive_bools, reason = "each is one flag of the command line")]
#[derive(Debug, Clone)]
pub struct Settings {
    /// The endpoint, where the user named it; else the sources do.
    pub target: Option<Target>,
    /// Where the endpoint and the facts come from.
    pub sources: Sources,
    /// What the answers should be, and who decides.
    pub asked: Asked,
    /// `--resolver`.
    pub resolvers: Vec<NamedResolver>,
    /// `--vpc-resolver`.
    pub vpc_resolvers: Vec<NamedResolver>,
    /// `--inbound`.
    pub inbound: Vec<NamedResolver>,
    /// `--public` or `--public-resolver`; empty: never asked.
    pub public_resolvers: Vec<NamedResolver>,
    /// `--tls-name`: what certificates are to be valid for, where a resolver does not say it itself.
    pub tls_name: Option<String>,
    /// `--insecure-tls`: whether certificates are left unverified.
    pub insecure_tls: bool,
    /// Whether this host's stub configuration is left out.
    pub no_local: bool,
    /// Whether getaddrinfo is left out.
    pub no_os: bool,
    /// `--resolv-conf`; `None`: this host's.
    pub resolv_conf: Option<PathBuf>,
    /// `--hosts-file`; `None`: this host's.
    pub hosts_file: Option<PathBuf>,
    /// `--connect`.
    pub connect: bool,
    /// The window of one question.
    pub timeout: Duration,
    /// The bound of the whole run.
    pub deadline: Duration,
    /// The name of the place we ask from.
    pub vantage: Option<String>,
}

//! A target among many: which endpoint, what is expected of it, and who named it.

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::dns::Name;

/// Who named a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NamedBy {
    /// A line of `--targets`.
    File,
    /// A context of the kubeconfig (`--all-contexts`).
    Context,
    /// A cluster that AWS lists (`--all-clusters`).
    Aws,
}

impl NamedBy {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Context => "context",
            Self::Aws => "aws",
        }
    }
}

/// Whose cluster an endpoint is of, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointOwner {
    /// The cluster's name, where known.
    pub cluster: Option<String>,
    /// The AWS Region, where known.
    pub region: Option<String>,
    /// The AWS profile with which it is seen, where one was named.
    pub profile: Option<String>,
    /// The role that is assumed to see it, where the kubeconfig names one.
    pub role_arn: Option<String>,
    /// The AWS account, where known.
    pub account: Option<String>,
}

/// The same in little room where nothing is known, as of every line of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownCluster(Option<Box<EndpointOwner>>);

impl Deref for KnownCluster {
    type Target = EndpointOwner;

    fn deref(&self) -> &EndpointOwner {
        static NOTHING: EndpointOwner = EndpointOwner {
            cluster: None,
            region: None,
            profile: None,
            role_arn: None,
            account: None,
        };
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl From<EndpointOwner> for KnownCluster {
    fn from(owner: EndpointOwner) -> Self {
        Self(Some(Box::new(owner)).filter(|owner| **owner != EndpointOwner::default()))
    }
}

impl DerefMut for KnownCluster {
    fn deref_mut(&mut self) -> &mut EndpointOwner {
        self.0.get_or_insert_default()
    }
}

/// One of many endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetTarget {
    /// What it is called, where that is not its host name: of most lines of a file it is.
    pub(super) called: Option<Box<str>>,
    /// The endpoint's host name, in the case it was given.
    pub hostname: Name,
    /// The API server's port, where one was given.
    pub port: Option<u16>,
    /// The addresses that its answers should have.
    pub expect_addresses: Vec<IpAddr>,
    /// The networks that its answers should be in.
    pub expect_cidrs: Vec<IpNet>,
    /// Whose cluster it is of.
    pub known: KnownCluster,
    /// Who named it.
    pub origin: NamedBy,
    /// Its place in the list: the line, or the number of the context or cluster.
    pub place: usize,
}

impl FleetTarget {
    /// One of which nothing but the name is known.
    pub fn new(name: impl Into<String>, hostname: Name, origin: NamedBy) -> Self {
        let mut target = Self {
            called: None,
            hostname,
            port: None,
            expect_addresses: Vec::new(),
            expect_cidrs: Vec::new(),
            known: KnownCluster::default(),
            origin,
            place: 0,
        };
        target.call(name.into());
        target
    }

    /// What it is called; unique once it went through [`distinct`](super::distinct).
    pub fn name(&self) -> Cow<'_, str> {
        match &self.called {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(self.hostname.to_string()),
        }
    }

    /// Calls it so.
    pub fn call(&mut self, name: String) {
        self.called = (name != self.hostname.to_string()).then(|| name.into_boxed_str());
    }

    /// As a line of a file of targets, in JSON.
    pub fn to_line(&self) -> String {
        let addresses = self.expect_addresses.iter().map(ToString::to_string);
        let expect: Vec<String> = addresses
            .chain(self.expect_cidrs.iter().map(ToString::to_string))
            .collect();
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut line = serde_json::json!({ "hostname": format!("{}{port}", self.hostname), "name": self.name() });
        if !expect.is_empty() {
            line["expect"] = expect.into();
        }
        line.to_string()
    }

    /// Whether it says itself what its answers should be.
    pub fn expects_anything(&self) -> bool {
        !self.expect_addresses.is_empty() || !self.expect_cidrs.is_empty()
    }
}

/// A target, and what else it was called: it is asked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distinct {
    /// The target.
    pub target: FleetTarget,
    /// Its further names.
    pub also: Vec<String>,
}

//! A target among many: which endpoint, what is expected of it, and who named it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::dns::Name;

/// Who named a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A line of `--targets`.
    File,
    /// A context of the kubeconfig (`--all-contexts`).
    Context,
    /// A cluster that AWS lists (`--all-clusters`).
    Aws,
}

impl Origin {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Context => "context",
            Self::Aws => "aws",
        }
    }
}

/// One of many endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What it is called; unique once it went through [`distinct`].
    pub name: String,
    /// The endpoint's host name, in the case it was given.
    pub hostname: Name,
    /// The API server's port, where one was given.
    pub port: Option<u16>,
    /// The addresses that its answers should have.
    pub expect_addresses: Vec<IpAddr>,
    /// The networks that its answers should be in.
    pub expect_cidrs: Vec<IpNet>,
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
    /// Who named it.
    pub origin: Origin,
    /// Its place in the list: the line, or the number of the context or cluster.
    pub place: usize,
}

impl Target {
    /// One of which nothing but the name is known.
    pub fn new(name: impl Into<String>, hostname: Name, origin: Origin) -> Self {
        Self {
            name: name.into(),
            hostname,
            port: None,
            expect_addresses: Vec::new(),
            expect_cidrs: Vec::new(),
            cluster: None,
            region: None,
            profile: None,
            role_arn: None,
            account: None,
            origin,
            place: 0,
        }
    }

    /// As a line of a file of targets, in JSON.
    pub fn to_line(&self) -> String {
        let addresses = self.expect_addresses.iter().map(ToString::to_string);
        let expect: Vec<String> = addresses
            .chain(self.expect_cidrs.iter().map(ToString::to_string))
            .collect();
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let mut line = serde_json::json!({ "hostname": format!("{}{port}", self.hostname), "name": self.name });
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
    pub target: Target,
    /// Its further names.
    pub also: Vec<String>,
}

/// The targets in their order, each endpoint once for what is expected of it. The names are unique then: the second
/// endpoint of a name is called `NAME (2)`.
pub fn distinct(targets: impl IntoIterator<Item = Target>) -> Vec<Distinct> {
    let mut kept: Vec<Distinct> = Vec::new();
    let mut places: HashMap<(Name, Vec<IpAddr>, Vec<IpNet>), usize> = HashMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    // The further names of each. They are looked up here: a file may call one endpoint by ten thousand names.
    let mut also: BTreeSet<(usize, String)> = BTreeSet::new();
    for mut target in targets {
        let key = (
            target.hostname.clone(),
            target.expect_addresses.clone(),
            target.expect_cidrs.clone(),
        );
        if let Some(place) = places.get(&key).copied() {
            let first = &mut kept[place];
            // One of the entries may not say whose the endpoint is.
            if first.target.cluster.is_none() {
                first.target.cluster = target.cluster;
                first.target.account = target.account;
            }
            if first.target.name != target.name && also.insert((place, target.name.clone())) {
                first.also.push(target.name);
            }
            continue;
        }
        if !taken.insert(target.name.clone()) {
            let count = counts.entry(target.name.clone()).or_insert(1);
            let name = loop {
                *count += 1;
                let name = format!("{} ({count})", target.name);
                if taken.insert(name.clone()) {
                    break name;
                }
            };
            target.name = name;
        }
        places.insert(key, kept.len());
        kept.push(Distinct {
            target,
            also: Vec::new(),
        });
    }
    kept
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn target(name: &str, host: &str) -> Target {
        Target::new(name, host.parse().unwrap(), Origin::File)
    }

    #[test]
    fn an_endpoint_is_asked_once_and_names_are_unique() {
        let mut expecting = target("prod", "a.test");
        expecting.expect_addresses.push("10.0.0.1".parse().unwrap());
        let found = distinct([
            target("prod", "a.test"),
            target("other", "A.test"),
            target("other", "a.test"),
            target("prod", "b.test"),
            expecting,
            target("prod (2)", "c.test"),
        ]);
        let names: Vec<&str> = found.iter().map(|one| one.target.name.as_str()).collect();
        assert_eq!(names, ["prod", "prod (2)", "prod (3)", "prod (2) (2)"]);
        assert_eq!(found[0].also, ["other"]);
    }
}

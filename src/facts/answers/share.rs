//! What AWS answered about many clusters, and of that each target's share: each is told of its own cluster alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answers, AskedBy, DESCRIPTION, WantedShare};
use crate::dns::Name;
use crate::facts::shapes::{AbsentCluster, Interface};
use crate::facts::{Call, Cluster, FailedRead, ReadFailure};
use crate::limits;
use crate::text::{plain_word, shortened};

/// Clusters of which one has to be named, for a sentence: the first few of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOf {
    /// Each is described with its endpoint: the names, and one of them as a word of a command.
    Described(String, String),
    /// The same where a name is of two of them: their endpoints, and one of these.
    Endpoints(String, String),
    /// Their names alone are known: the names, and one of them as a word of a command.
    Listed(String, String),
}

impl Answers {
    /// The clusters that an endpoint could be of, where nobody says which one is meant.
    pub fn one_of(&self) -> Option<OneOf> {
        let mut found: Vec<(&str, Name)> = Vec::new();
        for cluster in &self.clusters {
            if let Some(host) = cluster.host()
                && !found.iter().any(|(_, other)| *other == host)
            {
                found.push((&cluster.name, host));
            }
        }
        let first_few = |all: &[String]| {
            let shown = &all[..all.len().min(limits::NAMES_SHOWN)];
            match all.len() - shown.len() {
                0 => shown.join(", "),
                more => format!("{} and {more} more", shown.join(", ")),
            }
        };
        let short = |name: &str| shortened(name, limits::SHOWN_OF_FILE);
        let names: BTreeSet<&str> = found.iter().map(|(name, _)| *name).collect();
        if found.len() > 1 && names.len() < found.len() {
            let hosts: Vec<String> = found.iter().map(|(_, host)| host.to_string()).collect();
            return Some(OneOf::Endpoints(
                first_few(&hosts),
                plain_word(&hosts[0], "HOST").to_owned(),
            ));
        }
        let word = |name: &str| plain_word(name, "NAME").to_owned();
        if found.len() > 1 {
            let shown: Vec<String> = found.iter().map(|(name, _)| short(name)).collect();
            return Some(OneOf::Described(first_few(&shown), word(found[0].0)));
        }
        let listed = self.cluster_names.as_deref().filter(|_| found.is_empty())?;
        let first = listed.first()?;
        let shown: Vec<String> = listed.iter().map(|name| short(name)).collect();
        Some(OneOf::Listed(first_few(&shown), word(first)))
    }
}

/// The answers about many clusters.
#[derive(Debug, Clone, Default)]
pub struct Shares {
    /// What is not of one cluster.
    common: Answers,
    clusters: Vec<Cluster>,
    by_host: BTreeMap<String, usize>,
    by_name: BTreeMap<String, usize>,
    /// By the cluster's name.
    interfaces: Option<BTreeMap<String, Vec<Interface>>>,
    names: Option<Vec<String>>,
    region: Option<String>,
}

impl Shares {
    /// Sorts the answers of a Region by their clusters.
    pub fn new(mut answers: Answers, region: Option<String>) -> Self {
        let clusters = std::mem::take(&mut answers.clusters);
        let host = |cluster: &Cluster| Some(cluster.host()?.to_fqdn());
        let places = || clusters.iter().enumerate();
        let by_host = places().filter_map(|(place, cluster)| Some((host(cluster)?, place)));
        let by_name = places().map(|(place, cluster)| (cluster.name.clone(), place));
        let interfaces = answers.interfaces.take().map(|all| {
            let mut sorted: BTreeMap<String, Vec<Interface>> = BTreeMap::new();
            for one in all {
                if let Some(name) = one.description.strip_prefix(DESCRIPTION) {
                    sorted.entry(name.to_owned()).or_default().push(one);
                }
            }
            sorted
        });
        Self {
            by_host: by_host.collect(),
            by_name: by_name.collect(),
            interfaces,
            names: answers.cluster_names.take(),
            clusters,
            common: answers,
            region,
        }
    }

    /// The clusters.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// The names of all clusters, described or not; `None` where they could not be listed.
    pub fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    /// The account that was asked.
    pub fn account(&self) -> Option<&str> {
        self.common.caller.as_ref().map(|caller| caller.account.as_str())
    }

    /// Why a read brought nothing.
    pub fn failed(&self) -> &[FailedRead] {
        &self.common.failed
    }

    /// Whether this is the endpoint of one of the clusters.
    pub fn has(&self, host: &Name) -> bool {
        self.by_host.contains_key(&host.to_fqdn())
    }

    /// What the answers say of this target.
    pub fn of(&self, wanted: WantedShare<'_>) -> Answers {
        let mut share = self.common.clone();
        let by_name = || self.by_name.get(wanted.cluster?);
        let own = self.by_host.get(&wanted.target.to_fqdn()).or_else(by_name);
        let own = own.and_then(|place| self.clusters.get(*place));
        share.clusters.extend(own.cloned());
        let name = own.map(|cluster| cluster.name.as_str()).or(wanted.cluster);
        share.interfaces = self
            .interfaces
            .as_ref()
            .map(|all| name.and_then(|name| all.get(name)).cloned().unwrap_or_default());
        if let Some(names) = &self.names
            && own.is_none()
            && share.source == AskedBy::Aws
        {
            match wanted.cluster {
                Some(name) if !names.iter().any(|one| one == name) => {
                    share.absent = Some(AbsentCluster {
                        name: name.to_owned(),
                        region: self.region.clone(),
                        account: self.account().map(str::to_owned),
                        present: Some(names.iter().take(limits::LIST_IN_CAPTURE).cloned().collect()),
                    });
                }
                Some(_) => {}
                None => share.failed.push(FailedRead {
                    call: Call::ListClusters,
                    kind: ReadFailure::NotFound,
                    code: None,
                    message: Some(format!(
                        "none of the {} clusters in {} has this endpoint",
                        names.len(),
                        self.region.as_deref().unwrap_or("the Region")
                    )),
                }),
            }
        }
        share
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn cluster(name: &str, host: &str) -> Cluster {
        Cluster {
            name: name.to_owned(),
            endpoint: Some(format!("https://{host}")),
            ..Cluster::default()
        }
    }

    #[test]
    fn each_target_is_told_of_its_own_cluster() {
        let answers = Answers {
            clusters: vec![cluster("a", "A.test"), cluster("b", "b.test")],
            cluster_names: Some(vec!["a".to_owned(), "b".to_owned()]),
            ..Answers::default()
        };
        let shares = Shares::new(answers, Some("eu-west-1".to_owned()));
        let of = |target: &str, cluster| {
            let target: Name = target.parse().unwrap();
            let share = shares.of(WantedShare {
                target: &target,
                cluster,
            });
            let names: Vec<String> = share.clusters.into_iter().map(|one| one.name).collect();
            (names, share.absent.map(|one| one.name), share.failed.len())
        };
        assert_eq!(of("a.test", None), (vec!["a".to_owned()], None, 0));
        // Its name has another endpoint now.
        assert_eq!(of("old.test", Some("b")), (vec!["b".to_owned()], None, 0));
        assert_eq!(of("old.test", Some("c")), (vec![], Some("c".to_owned()), 0));
        assert_eq!(of("old.test", None), (vec![], None, 1));
    }
}

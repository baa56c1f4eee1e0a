//! A target among many: which endpoint, what is expected of it, and who named it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::ops::{Deref, DerefMut};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::packed::PackedTargets;
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

    /// What it is called; unique once it went through [`distinct`].
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

/// The targets in their order, each endpoint once for what is expected of it. The names are unique then: the second
/// endpoint of a name is called `NAME (2)`.
pub fn distinct(targets: impl IntoIterator<Item = FleetTarget>) -> PackedTargets {
    let mut telling = Telling::default();
    for target in targets {
        telling.add(target);
    }
    telling.finish()
}

/// Tells targets apart, one after the other.
#[derive(Debug, Default)]
pub struct Telling {
    kept: PackedTargets,
    random: RandomState,
    /// Where each endpoint, with what is expected of it, stands among those.
    places: Places,
    /// Where each name stands.
    names: Places,
    counts: BTreeMap<String, usize>,
    /// The further names of each. They are looked up here: a file may call one endpoint by ten thousand names.
    also: BTreeSet<(usize, String)>,
}

/// Where values stand, by the lower half of their hashes: of a hundred thousand values, one or two share that.
#[derive(Debug, Default)]
struct Places {
    first: HashMap<u32, u32>,
    /// Those whose hash is that of another value.
    more: Vec<(u32, u32)>,
}

/// The lower half of a hash.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
fn short(hash: u64) -> u32 {
    hash as u32
}

impl Places {
    fn find(&self, hash: u64, is_there: impl Fn(usize) -> bool) -> Option<usize> {
        let hash = short(hash);
        let more = self.more.iter().filter(|(other, _)| *other == hash);
        let all = self.first.get(&hash).into_iter().chain(more.map(|(_, place)| place));
        all.map(|place| *place as usize).find(|place| is_there(*place))
    }

    fn add(&mut self, hash: u64, place: usize) {
        let hash = short(hash);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        if *self.first.entry(hash).or_insert(place) != place {
            self.more.push((hash, place));
        }
    }
}

impl Telling {
    /// With room for so many targets, whose names have so many octets together: lists that grow step by step are in
    /// memory twice at each step, and leave gaps there.
    pub fn with_room(targets: usize, octets: usize) -> Self {
        let places = || Places {
            first: HashMap::with_capacity(targets),
            more: Vec::new(),
        };
        Self {
            kept: PackedTargets::with_room(targets, octets),
            places: places(),
            names: places(),
            ..Self::default()
        }
    }

    /// Takes one more.
    pub fn add(&mut self, mut target: FleetTarget) {
        let told = (&target.hostname, &target.expect_addresses, &target.expect_cidrs);
        let hash = self.random.hash_one(told);
        let is_same = |place: usize| {
            let other = self.kept.get(place).target;
            (&other.hostname, &other.expect_addresses, &other.expect_cidrs) == told
        };
        if let Some(place) = self.places.find(hash, is_same) {
            let first = self.kept.get(place).target;
            // One of the entries may not say whose the endpoint is.
            let (own, other) = (&first.known, &target.known);
            if own.cluster.is_none() && (&own.cluster, &own.account) != (&other.cluster, &other.account) {
                let own = self.kept.known_mut(place);
                own.cluster.clone_from(&target.known.cluster);
                own.account.clone_from(&target.known.account);
            }
            let name = target.name();
            if first.name() != name && self.also.insert((place, name.clone().into_owned())) {
                self.kept.call_too(place, name.into_owned());
            }
            return;
        }
        let mut name = target.name().into_owned();
        if self.is_taken(&name) {
            let mut count = self.counts.get(&name).copied().unwrap_or(1);
            let other = loop {
                count += 1;
                let other = format!("{name} ({count})");
                if !self.is_taken(&other) {
                    break other;
                }
            };
            self.counts.insert(name, count);
            target.call(other.clone());
            name = other;
        }
        let place = self.kept.len();
        self.places.add(hash, place);
        self.names.add(self.random.hash_one(&*name), place);
        self.kept.push(&target);
    }

    fn is_taken(&self, name: &str) -> bool {
        let has_it = |place: usize| self.kept.get(place).target.name() == name;
        self.names.find(self.random.hash_one(name), has_it).is_some()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// All of them, in the order in which they came.
    pub fn finish(self) -> PackedTargets {
        self.kept.finished()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn target(name: &str, host: &str) -> FleetTarget {
        FleetTarget::new(name, host.parse().unwrap(), NamedBy::File)
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
        let names: Vec<_> = found
            .places()
            .map(|at| found.get(at).target.name().into_owned())
            .collect();
        assert_eq!(names, ["prod", "prod (2)", "prod (3)", "prod (2) (2)"]);
        assert_eq!(found.get(0).also, ["other"]);
    }
}

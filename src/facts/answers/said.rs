//! What several answers say of one thing. What they say alike is one; what they say differently is counted by nobody,
//! in whatever order the files were given.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::facts::shapes::{Cluster, VpcAttributes};
use crate::limits;
use crate::text::shortened;

/// Two answers about one thing that differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contradiction {
    /// The id of what they are about.
    id: String,
    /// In which member.
    member: String,
    /// What two of them say.
    both: [String; 2],
}

impl Contradiction {
    pub(super) fn new(id: &str, member: &str, both: [&str; 2]) -> Self {
        let shown = |text: &str| shortened(text, limits::PARSER_MESSAGE);
        Self {
            id: shown(id),
            member: member.to_owned(),
            both: both.map(shown),
        }
    }

    /// What differs, for a sentence.
    pub(super) fn reason(&self) -> String {
        let Self { id, member, both } = self;
        format!(
            "the files contradict each other about {id}: {member} is {} in one and {} in another, and neither is counted",
            both[0], both[1]
        )
    }
}

/// What is left out where two answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// The thing: what it is without a member would be another thing.
    Thing,
    /// The member alone.
    Member,
}

/// Each thing once, by its id, and where the answers about one differ. A member that an answer does not have (`--query`
/// leaves some out) is taken from another.
pub(super) fn together<T: Serialize + DeserializeOwned>(
    all: Vec<T>,
    id: impl Fn(&T) -> &String,
    left_out: Dropped,
) -> (Vec<T>, Vec<Contradiction>) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    let mut known: BTreeSet<(usize, String)> = BTreeSet::new();
    for one in all {
        let place = *places.entry(id(&one).clone()).or_insert(groups.len());
        let is_new = known.insert((place, serde_json::to_string(&one).unwrap_or_default()));
        match groups.get_mut(place) {
            Some(group) if is_new => group.push(one),
            Some(_) => {}
            None => groups.push(vec![one]),
        }
    }
    let mut found = Vec::new();
    let mut kept = Vec::new();
    for group in groups {
        let name = group.first().map(|one| id(one).clone()).unwrap_or_default();
        let (merged, differing) = merged(group, &name, left_out);
        kept.extend(merged.filter(|_| differing.is_empty() || left_out == Dropped::Member));
        found.extend(differing);
    }
    (kept, found)
}

/// One thing of what is said of it.
fn merged<T: Serialize + DeserializeOwned>(
    mut group: Vec<T>,
    name: &str,
    left_out: Dropped,
) -> (Option<T>, Vec<Contradiction>) {
    if group.len() < 2 {
        return (group.pop(), Vec::new());
    }
    let objects = group.iter().filter_map(|one| match serde_json::to_value(one) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    });
    // Each value of a member by its text, in an order that is not the files'.
    let mut said: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for (member, value) in objects.flatten() {
        if !is_unsaid(&value, left_out) {
            said.entry(member).or_default().insert(value.to_string(), value);
        }
    }
    let mut differing = Vec::new();
    let mut members = Map::new();
    for (member, mut values) in said {
        let mut each = values.values().map(plain);
        if let (Some(one), Some(other)) = (each.next(), each.next()) {
            differing.push(Contradiction::new(name, &as_aws_has_it(&member), [&one, &other]));
        } else if let Some((_, value)) = values.pop_first() {
            members.insert(member, value);
        }
    }
    if left_out == Dropped::Thing {
        differing.truncate(1);
    }
    // A member without a value is left to its default; what has none cannot be kept.
    (serde_json::from_value(Value::Object(members)).ok(), differing)
}

/// Whether an answer does not say it. A list of a thing that stands alone may be empty; of a cluster and of a VPC no
/// list is, and a flag that is not there is read as false.
fn is_unsaid(value: &Value, left_out: Dropped) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty() && left_out == Dropped::Member,
        _ => false,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A member's name in AWS's spelling.
fn as_aws_has_it(member: &str) -> String {
    let mut words = member.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The clusters, each once, and where the answers about one differ. One that has two endpoints was created again
/// between the answers (Amazon EKS User Guide, "Delete a cluster": another one of its name has another endpoint), and
/// which of them is there now is not known: it is left out.
pub(super) fn clusters(mut all: Vec<Cluster>) -> (Vec<Cluster>, Vec<Contradiction>) {
    // Those with an ARN first: they say which cluster they are of.
    all.sort_by_cached_key(|one| {
        let rest = serde_json::to_string(one).unwrap_or_default();
        (one.arn.is_none(), one.endpoint.is_none(), rest)
    });
    let mut groups: Vec<Vec<Cluster>> = Vec::new();
    let mut known = KnownClusters::default();
    for one in all {
        let place = known.place(&one, groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let mut found = Vec::new();
    let mut kept = Vec::new();
    for mut group in groups {
        let hosts: BTreeSet<String> = group
            .iter()
            .filter_map(Cluster::host)
            .map(|host| host.to_fqdn())
            .collect();
        let mut two = hosts.iter();
        if let (Some(one), Some(other)) = (two.next(), two.next()) {
            found.push(Contradiction::new(&group[0].name, "endpoint", [one, other]));
            continue;
        }
        // The endpoint is one, however each answer writes it; and a flag that one answer lacks is no `false`.
        let endpoint = group.iter().find_map(|one| one.endpoint.clone());
        let is_local = group.iter().any(|one| one.is_local);
        let is_connected = group.iter().any(|one| one.is_connected);
        for one in &mut group {
            one.endpoint.clone_from(&endpoint);
            (one.is_local, one.is_connected) = (is_local, is_connected);
        }
        group.dedup();
        let name = group[0].name.clone();
        let (one, differing) = merged(group, &name, Dropped::Member);
        kept.extend(one);
        found.extend(differing);
    }
    (kept, found)
}

/// The groups of answers about one cluster each, by what tells them: the ARN, where both of two have it, else the name
/// and the endpoint. A list may have many, so none is looked for among all of them.
#[derive(Default)]
struct KnownClusters {
    by_arn: BTreeMap<String, usize>,
    by_name: BTreeMap<String, usize>,
    by_endpoint: BTreeMap<(String, String), usize>,
    /// Those of which an answer lacks the endpoint, by name.
    without_endpoint: BTreeMap<String, usize>,
}

impl KnownClusters {
    /// The group of an answer, the `next` one where it is none's. Those with an ARN come first, and then those with an
    /// endpoint.
    fn place(&mut self, one: &Cluster, next: usize) -> usize {
        let name = one.name.clone();
        let endpoint = one.host().map(|host| (name.clone(), host.to_fqdn()));
        let known = match (&one.arn, &endpoint) {
            (Some(arn), _) => self.by_arn.get(arn),
            (None, Some(endpoint)) => {
                let both = [self.by_endpoint.get(endpoint), self.without_endpoint.get(&name)];
                both.into_iter().flatten().min()
            }
            (None, None) => self.by_name.get(&name),
        };
        let place = known.copied().unwrap_or(next);
        if let Some(arn) = &one.arn {
            self.by_arn.entry(arn.clone()).or_insert(place);
        }
        match endpoint {
            Some(endpoint) => self.by_endpoint.entry(endpoint).or_insert(place),
            None => self.without_endpoint.entry(name.clone()).or_insert(place),
        };
        self.by_name.entry(name).or_insert(place);
        place
    }
}

/// The attributes of VPCs, each VPC once, and where the answers about one differ.
pub(super) fn attributes(all: &[(String, VpcAttributes)]) -> (Vec<(String, VpcAttributes)>, Vec<Contradiction>) {
    type Attribute = (&'static str, fn(&mut VpcAttributes) -> &mut Option<bool>);
    const BOTH: [Attribute; 2] = [
        ("enableDnsSupport", |of| &mut of.dns_support),
        ("enableDnsHostnames", |of| &mut of.dns_hostnames),
    ];
    let mut merged: BTreeMap<String, VpcAttributes> = BTreeMap::new();
    let mut found = Vec::new();
    let vpcs: BTreeSet<String> = all.iter().map(|(id, _)| id.clone()).collect();
    for (name, attribute) in BOTH {
        for vpc in &vpcs {
            let of_vpc = all.iter().filter(|(id, _)| id == vpc);
            let said: BTreeSet<bool> = of_vpc.filter_map(|(_, one)| *attribute(&mut one.clone())).collect();
            let one = merged.entry(vpc.clone()).or_default();
            if said.len() > 1 {
                found.push(Contradiction::new(vpc, name, ["false", "true"]));
            } else {
                *attribute(one) = said.first().copied();
            }
        }
    }
    (merged.into_iter().collect(), found)
}

//! Tells many targets apart: an endpoint is asked once, and names are unique.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use super::packed::PackedTargets;
use super::target::FleetTarget;

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
    use crate::fleet::NamedBy;

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

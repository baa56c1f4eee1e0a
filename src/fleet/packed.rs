//! Targets in little room. A file may list a hundred thousand, and all of them are held from the start of a run to its
//! end: what each needs stands in one of a few lists that all share, and is put together when it is looked at.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::target::{Distinct, EndpointOwner, FleetTarget, KnownCluster, NamedBy};
use crate::dns::Name;

/// Targets in their order.
#[derive(Debug, Default)]
pub struct PackedTargets {
    rows: Vec<PackedRow>,
    /// The first labels, one behind the other.
    labels: Vec<u8>,
    /// What targets are called that have another name than their host's, one behind the other.
    called: String,
    expect_addresses: Vec<IpAddr>,
    expect_cidrs: Vec<IpNet>,
    /// What follows the first label, each once, in the case it was given.
    zones: Vec<Name>,
    zone_places: HashMap<Box<[u8]>, u32>,
    /// Whose cluster, of those of which that is known.
    known: BTreeMap<usize, EndpointOwner>,
    /// The further names, of those that have some.
    also: BTreeMap<usize, Vec<String>>,
}

/// One target. What it has in a list begins where that of the row before ends.
#[derive(Debug, Clone, Copy)]
struct PackedRow {
    ends: Ends,
    zone: u32,
    place: u32,
    port: Option<u16>,
    origin: NamedBy,
    /// Whether it has another name than its host's.
    is_called: bool,
}

/// Where what a row has ends in each list. The file that it comes from has at most 32 MiB, so 32 bits are enough.
#[derive(Debug, Clone, Copy, Default)]
struct Ends {
    labels: u32,
    called: u32,
    expect_addresses: u32,
    expect_cidrs: u32,
}

impl PackedTargets {
    /// With room for so many, whose names have so many octets together.
    pub(super) fn with_room(targets: usize, octets: usize) -> Self {
        Self {
            rows: Vec::with_capacity(targets),
            labels: Vec::with_capacity(octets),
            ..Self::default()
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The places of all in this list, from 0.
    pub fn places(&self) -> std::ops::Range<usize> {
        0..self.rows.len()
    }

    /// The target at a place, with its further names.
    pub fn get(&self, at: usize) -> Distinct {
        let (row, start) = (self.rows[at], self.start(at));
        let range = |start: u32, end: u32| start as usize..end as usize;
        let called = row
            .is_called
            .then(|| &self.called[range(start.called, row.ends.called)]);
        Distinct {
            target: FleetTarget {
                called: called.map(Into::into),
                hostname: self.hostname(at),
                port: row.port,
                expect_addresses: self.expect_addresses[range(start.expect_addresses, row.ends.expect_addresses)]
                    .to_vec(),
                expect_cidrs: self.expect_cidrs[range(start.expect_cidrs, row.ends.expect_cidrs)].to_vec(),
                known: self.known.get(&at).cloned().map(KnownCluster::from).unwrap_or_default(),
                origin: row.origin,
                place: row.place as usize,
            },
            also: self.also.get(&at).cloned().unwrap_or_default(),
        }
    }

    /// Its host name.
    pub fn hostname(&self, at: usize) -> Name {
        let (row, start) = (&self.rows[at], self.start(at));
        let zone = &self.zones[row.zone as usize];
        let label = &self.labels[start.labels as usize..row.ends.labels as usize];
        if label.is_empty() {
            // Of the root.
            return zone.clone();
        }
        // They were one name before.
        Name::from_labels(std::iter::once(label).chain(zone.labels())).unwrap_or_default()
    }

    /// What follows the first label of each, in the case it was given: each once.
    pub fn zones(&self) -> &[Name] {
        &self.zones
    }

    /// Which of those it is in.
    pub fn zone(&self, at: usize) -> usize {
        self.rows[at].zone as usize
    }

    fn start(&self, at: usize) -> Ends {
        at.checked_sub(1)
            .map(|before| self.rows[before].ends)
            .unwrap_or_default()
    }

    /// Adds one at the end.
    pub(super) fn push(&mut self, target: &FleetTarget) {
        let octets = target.hostname.octets();
        let label = target.hostname.labels().next().unwrap_or_default();
        let zone = octets.get(1 + label.len()..).unwrap_or_default();
        let zone = self.zone_of(zone, &target.hostname);
        self.labels.extend_from_slice(label);
        self.called.extend(target.called.as_deref());
        self.expect_addresses.extend(&target.expect_addresses);
        self.expect_cidrs.extend(&target.expect_cidrs);
        if *target.known != EndpointOwner::default() {
            self.known.insert(self.rows.len(), (*target.known).clone());
        }
        self.rows.push(PackedRow {
            ends: Ends {
                labels: short(self.labels.len()),
                called: short(self.called.len()),
                expect_addresses: short(self.expect_addresses.len()),
                expect_cidrs: short(self.expect_cidrs.len()),
            },
            zone,
            place: short(target.place),
            port: target.port,
            origin: target.origin,
            is_called: target.called.is_some(),
        });
    }

    /// Where the zone of a name stands, whose octets those are.
    fn zone_of(&mut self, zone: &[u8], hostname: &Name) -> u32 {
        // Most are in the zone of the one before.
        if let Some(last) = self.rows.last().map(|row| row.zone)
            && self.zones[last as usize].octets() == zone
        {
            return last;
        }
        if let Some(place) = self.zone_places.get(zone) {
            return *place;
        }
        let place = short(self.zones.len());
        self.zones.push(hostname.parent().unwrap_or_default());
        self.zone_places.insert(zone.into(), place);
        place
    }

    /// One more name of the target at a place.
    pub(super) fn call_too(&mut self, at: usize, name: String) {
        self.also.entry(at).or_default().push(name);
    }

    /// Whose cluster the target at a place is of.
    pub(super) fn known_mut(&mut self, at: usize) -> &mut EndpointOwner {
        self.known.entry(at).or_default()
    }

    /// Gives back what is not needed once all are there.
    pub(super) fn finished(mut self) -> Self {
        self.rows.shrink_to_fit();
        self.labels.shrink_to_fit();
        self.called.shrink_to_fit();
        self.expect_addresses.shrink_to_fit();
        self.expect_cidrs.shrink_to_fit();
        self.zone_places = HashMap::new();
        self
    }
}

/// A place, where 32 bits are enough.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn what_is_looked_at_is_what_was_put_in() {
        let target = |name: &str, host: Name, place: usize| {
            let mut target = FleetTarget::new(name, host, NamedBy::Context);
            target.place = place;
            target
        };
        let host = |text: &str| text.parse::<Name>().unwrap();
        let mut expecting = target("prod", host("AbC.Zone.test"), 7);
        expecting.port = Some(6443);
        expecting.expect_addresses = vec!["10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap()];
        expecting.expect_cidrs = vec!["10.0.0.0/16".parse().unwrap()];
        let mut known = target("x\u{fc}", host("\\000\\.x.zone.TEST"), 9);
        known.known.account = Some("111122223333".to_owned());
        let all = [
            target("a.test", host("a.test"), 0),
            expecting,
            target("", Name::root(), 8),
            known,
            target("test", host("test"), 10),
            target("d.Zone.test", host("d.Zone.test"), 11),
        ];
        let mut packed = PackedTargets::default();
        for target in &all {
            packed.push(target);
        }
        packed.call_too(1, "other".to_owned());
        packed.known_mut(4).cluster = Some("c".to_owned());
        let packed = packed.finished();
        for (at, target) in all.iter().enumerate() {
            let found = packed.get(at);
            let mut expected = target.clone();
            if at == 4 {
                expected.known.cluster = Some("c".to_owned());
            }
            assert_eq!(found.target, expected);
            // Names are equal whatever their case.
            assert_eq!(found.target.hostname.octets(), target.hostname.octets());
            assert_eq!(found.also.len(), usize::from(at == 1));
        }
        let zones: Vec<String> = packed.zones().iter().map(ToString::to_string).collect();
        assert_eq!(zones, ["test", "Zone.test", ".", "zone.TEST"]);
        assert_eq!(packed.zone(5), 1);
    }
}

//! What a view says to a question.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::scenario::Zone;
use crate::dns::{Name, RData, Rcode, Record, RecordType, Section};
use crate::limits;

/// A zone with its texts read.
#[derive(Debug, Clone)]
pub(super) struct ZoneData {
    apex: Name,
    soa: Option<Record>,
    name_servers: Vec<Record>,
    aa: bool,
    records: Vec<Record>,
}

/// An answer to a question, before it becomes octets.
#[derive(Debug, Clone)]
pub(super) struct ZoneAnswer {
    pub(super) rcode: Rcode,
    pub(super) aa: bool,
    pub(super) records: Vec<Record>,
}

/// Reads `OWNER TTL TYPE RDATA`. `TARGET` stands for the endpoint's name wherever a name is.
pub(super) fn record(text: &str, section: Section, target: &Name) -> Result<Record, String> {
    let bad = |what: &str| format!("record {text:?}: {what}");
    let words: Vec<&str> = text.split_whitespace().collect();
    let [owner, ttl, rtype, rdata @ ..] = words.as_slice() else {
        return Err(bad("write OWNER TTL TYPE RDATA"));
    };
    let rtype: RecordType = rtype.parse().map_err(|error: String| bad(&error))?;
    let first = rdata.first().copied().unwrap_or_default();
    let data = match rtype {
        RecordType::A => RData::A(first.parse::<Ipv4Addr>().map_err(|e| bad(&e.to_string()))?),
        RecordType::AAAA => RData::Aaaa(first.parse::<Ipv6Addr>().map_err(|e| bad(&e.to_string()))?),
        RecordType::CNAME => RData::Cname(name(first, target)?),
        RecordType::NS => RData::Ns(name(first, target)?),
        RecordType::SOA => soa_data(name(first, target)?, rdata.get(1).copied())?,
        _ => RData::Other(rdata.join(" ")),
    };
    Ok(Record {
        section,
        owner: name(owner, target)?,
        rtype,
        ttl: ttl.parse().map_err(|_| bad("the TTL is not a number"))?,
        data,
    })
}

/// Reads a name; `TARGET` stands for the endpoint's.
pub(super) fn name(text: &str, target: &Name) -> Result<Name, String> {
    if text == "TARGET" {
        return Ok(target.clone());
    }
    text.parse().map_err(|error| format!("name {text:?}: {error}"))
}

fn soa_data(mname: Name, minimum: Option<&str>) -> Result<RData, String> {
    let minimum = match minimum {
        None => 86_400,
        Some(minimum) => minimum
            .parse()
            .map_err(|_| format!("SOA minimum {minimum:?} is not a number"))?,
    };
    Ok(RData::Soa {
        mname,
        rname: "awsdns-hostmaster.amazon.com".parse().unwrap_or_default(),
        serial: 1,
        minimum,
    })
}

impl ZoneData {
    pub(super) fn read(zone: &Zone, target: &Name) -> Result<Self, String> {
        let apex = name(&zone.apex, target)?;
        let of_apex = |text: &str, rtype: &str| {
            let (ttl, rdata) = text
                .split_once(' ')
                .ok_or_else(|| format!("{text:?}: write TTL NAME"))?;
            let text = format!("{apex} {ttl} {rtype} {rdata}");
            record(&text, Section::Authority, target)
        };
        Ok(Self {
            soa: zone.soa.as_deref().map(|text| of_apex(text, "SOA")).transpose()?,
            name_servers: zone
                .ns
                .iter()
                .map(|text| of_apex(text, "NS"))
                .collect::<Result<_, _>>()?,
            aa: zone.aa,
            records: zone
                .records
                .iter()
                .map(|text| record(text, Section::Answer, target))
                .collect::<Result<_, _>>()?,
            apex,
        })
    }

    /// The records at a name: its own, else a wildcard's, which covers only names that do not exist
    /// (RFC 4592).
    fn at(&self, qname: &Name) -> Vec<Record> {
        let own: Vec<Record> = self
            .records
            .iter()
            .filter(|record| record.owner == *qname)
            .cloned()
            .collect();
        if !own.is_empty() {
            return own;
        }
        self.records
            .iter()
            .filter(|record| {
                let is_wildcard = record.owner.labels().next() == Some(b"*".as_slice());
                is_wildcard
                    && record
                        .owner
                        .parent()
                        .is_some_and(|parent| qname.is_within(&parent) && *qname != parent)
            })
            .map(|record| Record {
                owner: qname.clone(),
                ..record.clone()
            })
            .collect()
    }

    fn negative(&self, rcode: Rcode, mut records: Vec<Record>) -> ZoneAnswer {
        records.extend(self.soa.clone());
        ZoneAnswer {
            rcode,
            aa: self.aa,
            records,
        }
    }
}

/// What the zones say. `None` where the name is in none of them.
pub(super) fn answer(zones: &[ZoneData], qname: &Name, qtype: RecordType) -> Option<ZoneAnswer> {
    let mut owner = qname.clone();
    let mut chain: Vec<Record> = Vec::new();
    loop {
        let zone = zones
            .iter()
            .filter(|zone| owner.is_within(&zone.apex))
            .max_by_key(|zone| zone.apex.labels().len())?;
        let mut here = zone.at(&owner);
        if qtype == RecordType::SOA && owner == zone.apex {
            here.extend(zone.soa.clone().map(|soa| Record {
                section: Section::Answer,
                ..soa
            }));
        }
        let wanted: Vec<Record> = here.iter().filter(|record| record.rtype == qtype).cloned().collect();
        if !wanted.is_empty() {
            chain.extend(wanted);
            chain.extend(zone.name_servers.clone());
            return Some(ZoneAnswer {
                rcode: Rcode::NOERROR,
                aa: zone.aa,
                records: chain,
            });
        }
        let alias = here.iter().find_map(|record| match &record.data {
            RData::Cname(next) => Some((record.clone(), next.clone())),
            _ => None,
        });
        match alias {
            Some((record, next)) if chain.len() < limits::LAB_ALIASES => {
                chain.push(record);
                owner = next;
            }
            Some(_) => return Some(zone.negative(Rcode::SERVFAIL, Vec::new())),
            None => {
                let exists = !here.is_empty()
                    || owner == zone.apex
                    || zone.records.iter().any(|record| record.owner.is_within(&owner));
                let rcode = if exists { Rcode::NOERROR } else { Rcode::NXDOMAIN };
                return Some(zone.negative(rcode, chain));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn zones() -> Vec<ZoneData> {
        let target: Name = "id.example.test".parse().unwrap();
        let zone = |apex: &str, records: &[&str]| {
            let zone = Zone {
                apex: apex.to_owned(),
                soa: Some("900 ns.example.test".to_owned()),
                ns: Vec::new(),
                aa: false,
                records: records.iter().map(|text| (*text).to_owned()).collect(),
            };
            ZoneData::read(&zone, &target).unwrap()
        };
        vec![
            zone("test", &["deep.a.test 60 A 192.0.2.9"]),
            zone("TARGET", &["TARGET 60 A 192.0.2.1"]),
            zone(
                "wild.test",
                &["*.wild.test 60 A 192.0.2.7", "alias.wild.test 60 CNAME TARGET"],
            ),
        ]
    }

    fn ask(qname: &str, qtype: RecordType) -> (Rcode, usize) {
        let answer = answer(&zones(), &qname.parse().unwrap(), qtype).unwrap();
        let addresses = answer.records.iter().filter_map(Record::address).count();
        (answer.rcode, addresses)
    }

    #[test]
    fn the_closest_zone_answers() {
        assert_eq!(ask("id.example.test", RecordType::A), (Rcode::NOERROR, 1));
        assert_eq!(ask("id.example.test", RecordType::AAAA), (Rcode::NOERROR, 0));
        assert_eq!(ask("x.id.example.test", RecordType::A), (Rcode::NXDOMAIN, 0));
        assert_eq!(ask("a.test", RecordType::A), (Rcode::NOERROR, 0));
        assert_eq!(ask("b.test", RecordType::A), (Rcode::NXDOMAIN, 0));
        assert!(answer(&zones(), &"other".parse().unwrap(), RecordType::A).is_none());
    }

    #[test]
    fn wildcards_and_aliases() {
        assert_eq!(ask("any.wild.test", RecordType::A), (Rcode::NOERROR, 1));
        assert_eq!(ask("alias.wild.test", RecordType::A), (Rcode::NOERROR, 1));
    }
}

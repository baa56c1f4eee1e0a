//! Whether one resolver may have its answer from another: both say the same of the name, and it is nothing that whoever
//! asks public DNS gets.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::dns::{AnswerKind, Name, RData, RecordType, Section};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose};
use crate::probed::Probed;

/// Whether two resolvers say the same of the name, and not what everybody gets from AWS's public zone: its denial, or
/// public addresses. Those need no forward.
pub(crate) fn say_the_same(one: &Probed, other: &Probed) -> bool {
    let said = SaidOfTheName::by(one);
    said.is_some() && said == SaidOfTheName::by(other)
}

/// What of an answer to A one server hands on from another.
#[derive(Debug, PartialEq, Eq)]
struct SaidOfTheName<'a> {
    kind: AnswerKind,
    aliases: Vec<&'a Name>,
    addresses: BTreeSet<IpAddr>,
    /// The zone of a denial. BIND, Unbound and PowerDNS Recursor leave out that of a server behind them.
    zone: Option<&'a Name>,
}

impl<'a> SaidOfTheName<'a> {
    /// `None` where nothing is said of it, and where public DNS says the same.
    fn by(probed: &'a Probed) -> Option<Self> {
        let mut lookups = probed.lookups.iter();
        lookups.find_map(|lookup| (lookup.purpose == Purpose::Target).then(|| Self::of(lookup))?)
    }

    fn of(lookup: &'a Lookup) -> Option<Self> {
        let said = Self {
            kind: lookup.kind,
            aliases: lookup
                .section(Section::Answer)
                .filter_map(|record| match &record.data {
                    RData::Cname(target) => Some(target),
                    _ => None,
                })
                .collect(),
            addresses: lookup.addresses.iter().copied().collect(),
            zone: lookup.soa.as_ref().map(|soa| &soa.owner),
        };
        let is_public = |ip: &IpAddr| AddressClass::of(*ip) == AddressClass::Public;
        let is_of_everybody = match lookup.kind {
            AnswerKind::Answer => said.aliases.is_empty() && said.addresses.iter().any(is_public),
            kind if kind.is_negative() => lookup.soa.as_ref().map(SoaOrigin::of) == Some(SoaOrigin::PublicAws),
            _ => true,
        };
        (lookup.qtype == RecordType::A && !is_of_everybody).then_some(said)
    }
}

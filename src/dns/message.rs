//! Replies, and what they amount to.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Broken, ExtendedError, Flaw, Name, OctetDefect, Oversize, RData, Rcode, Record, RecordType, Soa};
use crate::limits;

/// A section of a reply that holds records (RFC 1035 section 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Section {
    /// Records that answer the question.
    Answer,
    /// Records that point to an authority.
    Authority,
    /// Records that may help.
    Additional,
}

impl Section {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Authority => "authority",
            Self::Additional => "additional",
        }
    }
}

/// The flags of a reply (RFC 1035 section 4.1.1, RFC 4035 section 3.2). In JSON, the names of those set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the header's own bits")]
pub struct Flags {
    /// Authoritative answer.
    pub aa: bool,
    /// Truncated.
    pub tc: bool,
    /// Recursion desired.
    pub rd: bool,
    /// Recursion available.
    pub ra: bool,
    /// Authentic data.
    pub ad: bool,
    /// Checking disabled.
    pub cd: bool,
}

impl Flags {
    /// The mnemonics of the flags that are set, in the order of the header.
    pub fn names(self) -> Vec<&'static str> {
        [
            (self.aa, "aa"),
            (self.tc, "tc"),
            (self.rd, "rd"),
            (self.ra, "ra"),
            (self.ad, "ad"),
            (self.cd, "cd"),
        ]
        .into_iter()
        .filter_map(|(set, name)| set.then_some(name))
        .collect()
    }
}

impl Serialize for Flags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Flags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut flags = Self::default();
        for name in Vec::<String>::deserialize(deserializer)? {
            match name.as_str() {
                "aa" => flags.aa = true,
                "tc" => flags.tc = true,
                "rd" => flags.rd = true,
                "ra" => flags.ra = true,
                "ad" => flags.ad = true,
                "cd" => flags.cd = true,
                other => return Err(serde::de::Error::custom(format!("unknown flag {other:?}"))),
            }
        }
        Ok(flags)
    }
}

/// What one question to one server came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// Records of the type asked, at the name asked or at the end of its aliases.
    Answer,
    /// NOERROR without a record of the type: inferred, not an RCODE (RFC 2308 section 2.2).
    #[serde(rename = "nodata")]
    NoData,
    /// The name does not exist.
    #[serde(rename = "nxdomain")]
    NxDomain,
    /// NOERROR, no answer, and name servers of a zone below: the server did not recurse.
    Referral,
    /// SERVFAIL.
    #[serde(rename = "servfail")]
    ServFail,
    /// REFUSED.
    Refused,
    /// Any other RCODE.
    OtherRcode,
    /// Nothing within the window.
    Timeout,
    /// The port was refused, or the network said that it cannot be reached.
    Unreachable,
    /// What came could not be read, did not belong to the question, or was a loop of aliases.
    Malformed,
    /// Cut short, and TCP did not bring the rest.
    Truncated,
    /// No question was asked: the certificate of the server (DNS over TLS or HTTPS) does not verify.
    Certificate,
    /// No question was asked: the TLS handshake failed for another reason.
    Handshake,
    /// No question was asked: the server does not speak HTTP/2 (RFC 9113 section 3.2: negotiated by ALPN).
    Alpn,
    /// HTTP brought no DNS message: another status than 2xx, another content, or an error of HTTP/2.
    HttpError,
}

impl AnswerKind {
    /// A reply that asserts that there is no address: NXDOMAIN or NODATA (RFC 9499: negative response).
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NoData | Self::NxDomain)
    }

    /// Nothing was heard from the server at all.
    pub fn is_silence(self) -> bool {
        matches!(self, Self::Timeout | Self::Unreachable)
    }

    /// SERVFAIL, or nothing: what another try may do away with, and what a server behind may be the cause of.
    pub fn is_failure(self) -> bool {
        self == Self::ServFail || self.is_silence()
    }

    /// Something was heard, and it was no DNS: TLS or HTTP failed before a reply could come.
    pub fn is_without_exchange(self) -> bool {
        matches!(self, Self::Certificate | Self::Handshake | Self::Alpn | Self::HttpError)
    }

    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::NoData => "nodata",
            Self::NxDomain => "nxdomain",
            Self::Referral => "referral",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::OtherRcode => "other-rcode",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::Certificate => "certificate",
            Self::Handshake => "handshake",
            Self::Alpn => "alpn",
            Self::HttpError => "http-error",
        }
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A reply to a question, decoded and bounded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The response code.
    pub rcode: Rcode,
    /// The flags.
    pub flags: Flags,
    /// The records of all sections, in their order, without the OPT pseudo-record.
    pub records: Vec<Record>,
    /// The Extended DNS Errors, in their order.
    pub extended_errors: Vec<ExtendedError>,
    /// Whether it carried an OPT pseudo-record.
    pub edns: bool,
    /// Why its answer section cannot be read to the end, where that is so: the first thing wrong with it. The records
    /// that can be read are kept.
    pub defect: Option<OctetDefect>,
    /// What else is wrong with its octets, the first thing: something that clients which ask for addresses do not
    /// see, for they read the answer section and no further.
    pub blemish: Option<OctetDefect>,
    /// Whether it is longer than the query announced, so that it was read no further.
    pub oversize: Option<Oversize>,
}

/// The names that a name stands for in a reply, and how the way along them ended.
struct AliasChain {
    /// The name itself, and its aliases in the order they are met.
    names: Vec<Name>,
    /// Why they were followed no further.
    fault: Option<Flaw>,
}

impl Reply {
    /// Whether it says NOERROR and nothing else, from a server that neither has the zone nor recurses.
    pub fn is_lame(&self) -> bool {
        let holds = |section| self.records.iter().any(|record| record.section == section);
        self.rcode == Rcode::NOERROR
            && !(self.flags.aa || self.flags.ra || self.edns)
            && !(holds(Section::Answer) || holds(Section::Additional))
            && self.defect.is_none()
    }

    /// The SOA of a negative answer: from AUTHORITY, else from ADDITIONAL.
    pub fn soa(&self) -> Option<Soa> {
        [Section::Authority, Section::Additional]
            .into_iter()
            .find_map(|section| {
                self.records
                    .iter()
                    .filter(|record| record.section == section)
                    .find_map(Soa::from_record)
            })
    }

    /// Follows the aliases from a name, whatever their order in the message.
    fn aliases(&self, qname: &Name) -> AliasChain {
        let mut targets: BTreeMap<&Name, Vec<&Name>> = BTreeMap::new();
        for record in self.section(Section::Answer) {
            if let RData::Cname(target) = &record.data {
                targets.entry(&record.owner).or_default().push(target);
            }
        }
        let mut names = vec![qname];
        let mut fault = None;
        let mut next = 0;
        while let Some(owner) = names.get(next) {
            for target in targets.get(owner).into_iter().flatten() {
                match names.iter().position(|name| name == target) {
                    Some(before) if before <= next => {
                        fault.get_or_insert(Flaw::AliasLoop {
                            name: (*target).clone(),
                        });
                    }
                    // The same alias twice.
                    Some(_) => {}
                    None if names.len() > limits::ALIASES => {
                        fault.get_or_insert(Flaw::TooManyAliases { most: limits::ALIASES });
                    }
                    None => names.push(target),
                }
            }
            next += 1;
        }
        AliasChain {
            names: names.into_iter().cloned().collect(),
            fault,
        }
    }

    /// The records of a section.
    fn section(&self, section: Section) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.section == section)
    }

    /// The name itself and what it is an alias of.
    pub fn names(&self, qname: &Name) -> Vec<Name> {
        self.aliases(qname).names
    }

    /// The records of `qtype` that answer for `qname`: at the name itself or at one it is an alias of. Records of other
    /// owners do not count. `Err` names a loop, or more aliases than are followed, where no record was found.
    pub fn answers(&self, qname: &Name, qtype: RecordType) -> Result<Vec<&Record>, Flaw> {
        let AliasChain { names, fault } = self.aliases(qname);
        let found: Vec<&Record> = self
            .section(Section::Answer)
            .filter(|record| record.rtype == qtype && names.contains(&record.owner))
            .collect();
        match fault {
            Some(fault) if found.is_empty() => Err(fault),
            _ => Ok(found),
        }
    }

    /// The addresses among [`answers`](Self::answers), without repetition, in their order.
    pub fn addresses(&self, qname: &Name, qtype: RecordType) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for record in self.answers(qname, qtype).unwrap_or_default() {
            if let Some(ip) = record.address()
                && !addresses.contains(&ip)
            {
                addresses.push(ip);
            }
        }
        addresses
    }

    /// What the reply amounts to for the question `qname`, `qtype`, and what is to be told of it where that is
    /// not plain from the RCODE, or where something is wrong with a reply that counts all the same.
    pub fn kind(&self, qname: &Name, qtype: RecordType) -> (AnswerKind, Option<Flaw>) {
        if self.flags.tc {
            return (AnswerKind::Truncated, None);
        }
        let blemish = || {
            let oversize = None;
            self.blemish.map(|defect| Broken { defect, oversize })
        };
        let defect = || {
            let oversize = self.oversize;
            self.defect.map(|defect| Broken { defect, oversize })
        };
        let broken = || defect().or_else(blemish);
        // The RCODE is read before the records (Go, src/net/dnsclient_unix.go, checkHeader).
        let failure = match self.rcode {
            Rcode::NOERROR => None,
            Rcode::NXDOMAIN => Some(AnswerKind::NxDomain),
            Rcode::SERVFAIL => Some(AnswerKind::ServFail),
            Rcode::REFUSED => Some(AnswerKind::Refused),
            other => {
                let broken = broken();
                return (AnswerKind::OtherRcode, Some(Flaw::Rcode { rcode: other, broken }));
            }
        };
        if let Some(kind) = failure {
            return (kind, broken().map(Flaw::Broken));
        }
        if let Some(defect) = defect() {
            return (AnswerKind::Malformed, Some(Flaw::Broken(defect)));
        }
        let blemish = || blemish().map(Flaw::Broken);
        match self.answers(qname, qtype) {
            Err(flaw) => return (AnswerKind::Malformed, Some(flaw)),
            Ok(found) => {
                // Go and musl take every address of the answer section, under whatever name it stands (recorded).
                if let Some(stranger) = self.stranger(qname, qtype) {
                    let flaw = Flaw::OtherNames {
                        rtype: qtype,
                        owner: stranger.clone(),
                        beside_answer: !found.is_empty(),
                    };
                    return (AnswerKind::Malformed, Some(flaw));
                }
                if !found.is_empty() {
                    return (AnswerKind::Answer, blemish());
                }
            }
        }
        let any_answer = self.section(Section::Answer).next().is_some();
        let has_name_servers = self
            .section(Section::Authority)
            .any(|record| matches!(record.data, RData::Ns(_)));
        let has_soa = self
            .section(Section::Authority)
            .any(|record| matches!(record.data, RData::Soa { .. }));
        if has_name_servers && !has_soa && !any_answer {
            // RFC 2308 section 2.2: NS without SOA and without an answer is a referral.
            return (AnswerKind::Referral, blemish());
        }
        let unrelated = any_answer && !self.section(Section::Answer).any(|record| record.owner == *qname);
        if unrelated {
            return (AnswerKind::Malformed, Some(Flaw::OnlyOtherNames));
        }
        (AnswerKind::NoData, blemish())
    }

    /// The owner of a record of `qtype` in the answer section that is neither at the name nor at one it is an alias of.
    fn stranger(&self, qname: &Name, qtype: RecordType) -> Option<&Name> {
        let names = self.names(qname);
        self.section(Section::Answer)
            .filter(|record| record.rtype == qtype)
            .map(|record| &record.owner)
            .find(|owner| !names.contains(owner))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    fn record(section: Section, owner: &str, data: RData) -> Record {
        let rtype = match &data {
            RData::A(_) => RecordType::A,
            RData::Aaaa(_) => RecordType::AAAA,
            RData::Cname(_) => RecordType::CNAME,
            RData::Ns(_) => RecordType::NS,
            RData::Soa { .. } => RecordType::SOA,
            RData::Other(_) => RecordType::TXT,
        };
        Record {
            section,
            owner: name(owner),
            rtype,
            ttl: 60,
            data,
        }
    }

    fn reply(records: Vec<Record>) -> Reply {
        Reply {
            rcode: Rcode::NOERROR,
            flags: Flags::default(),
            records,
            extended_errors: Vec::new(),
            edns: true,
            defect: None,
            blemish: None,
            oversize: None,
        }
    }

    #[test]
    fn aliases_are_followed_whatever_their_order() {
        let reply = reply(vec![
            record(Section::Answer, "c.test", RData::A([192, 0, 2, 1].into())),
            record(Section::Answer, "B.test", RData::Cname(name("c.test"))),
            record(Section::Answer, "a.test", RData::Cname(name("b.TEST"))),
        ]);
        assert_eq!(
            reply.addresses(&name("A.test"), RecordType::A),
            [IpAddr::from([192, 0, 2, 1])]
        );
        assert_eq!(reply.kind(&name("a.test"), RecordType::AAAA).0, AnswerKind::NoData);
    }

    #[test]
    fn a_loop_of_aliases_is_malformed() {
        let reply = reply(vec![
            record(Section::Answer, "a.test", RData::Cname(name("b.test"))),
            record(Section::Answer, "b.test", RData::Cname(name("a.test"))),
        ]);
        let (kind, reason) = reply.kind(&name("a.test"), RecordType::A);
        assert_eq!(kind, AnswerKind::Malformed);
        assert_eq!(reason, Some(Flaw::AliasLoop { name: name("a.test") }));
    }

    #[test]
    fn an_address_of_another_name_is_no_answer() {
        let reply = reply(vec![record(
            Section::Answer,
            "evil.test",
            RData::A([203, 0, 113, 9].into()),
        )]);
        let (kind, reason) = reply.kind(&name("a.test"), RecordType::A);
        assert_eq!(kind, AnswerKind::Malformed);
        let owner = name("evil.test");
        let (rtype, beside_answer) = (RecordType::A, false);
        assert_eq!(
            reason,
            Some(Flaw::OtherNames {
                rtype,
                owner,
                beside_answer
            })
        );
    }

    #[test]
    fn name_servers_without_soa_are_a_referral_and_with_soa_are_nodata() {
        let ns = record(Section::Authority, "test", RData::Ns(name("ns.test")));
        let soa = record(
            Section::Authority,
            "test",
            RData::Soa {
                mname: name("ns.test"),
                rname: name("hostmaster.test"),
                serial: 1,
                minimum: 60,
            },
        );
        assert_eq!(
            reply(vec![ns.clone()]).kind(&name("a.test"), RecordType::A).0,
            AnswerKind::Referral
        );
        assert_eq!(
            reply(vec![ns, soa]).kind(&name("a.test"), RecordType::A).0,
            AnswerKind::NoData
        );
    }
}

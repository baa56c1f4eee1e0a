//! What may come of a question: a lookup for each way of coming out that some rule tells from the others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::AwaitedQuestion;
use crate::address::AddressClass;
use crate::dns::{AnswerKind, ExtendedError, Flags, Name, RData, Rcode, Record, RecordType, Section, Soa};
use crate::expect::Expected;
use crate::limits;
use crate::observation::{
    Attempt, Lookup, NetworkFailure, Purpose, Question, Reason, SystemCode, SystemFailure, SystemLookup, Transport,
};
use crate::probed::Probed;
use crate::report::Capture;

/// How a question comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SupposedAnswer {
    /// As it should be, the endpoint's name from the VPC.
    Right,
    /// The same, and late. The operating system's lookup asks again where nothing comes.
    RightLate,
    /// As it should be, the endpoint's name from public DNS.
    Public,
    /// A private address that is nobody's.
    Private,
    /// An address that leads nowhere.
    Sinkhole,
    /// NXDOMAIN from a zone of AWS's, from a private hosted zone, from anybody else's.
    NxPublic,
    NxPrivate,
    NxForeign,
    /// NODATA from the same.
    NoDataPublic,
    NoDataPrivate,
    NoDataForeign,
    /// NXDOMAIN that says of itself that it is a block (RFC 8914).
    Blocked,
    ServFail,
    /// After two seconds and a half: whoever was asked behind it did not answer.
    ServFailLate,
    /// SERVFAIL that says that validation failed.
    Bogus,
    Refused,
    OtherRcode,
    Referral,
    Timeout,
    Unreachable,
    Malformed,
    Truncated,
    /// What another resolver said to the same question.
    As(usize),
}

impl SupposedAnswer {
    /// All but the last.
    pub(super) const ALL: &[Self] = &[
        Self::Right,
        Self::Public,
        Self::Private,
        Self::Sinkhole,
        Self::NxPublic,
        Self::NxPrivate,
        Self::NxForeign,
        Self::NoDataPublic,
        Self::NoDataPrivate,
        Self::NoDataForeign,
        Self::Blocked,
        Self::ServFail,
        Self::ServFailLate,
        Self::Bogus,
        Self::Refused,
        Self::OtherRcode,
        Self::Referral,
        Self::Timeout,
        Self::Unreachable,
        Self::Malformed,
        Self::Truncated,
    ];
    /// What all controls of a resolver may come to at once, beside what its answer for the endpoint comes to.
    pub(super) const OF_CONTROLS: &[Self] = &[Self::Right, Self::Timeout, Self::ServFail, Self::Refused, Self::Private];

    fn kind(self) -> AnswerKind {
        match self {
            Self::Right | Self::RightLate | Self::Public | Self::Private | Self::Sinkhole | Self::As(_) => {
                AnswerKind::Answer
            }
            Self::NxPublic | Self::NxPrivate | Self::NxForeign | Self::Blocked => AnswerKind::NxDomain,
            Self::NoDataPublic | Self::NoDataPrivate | Self::NoDataForeign => AnswerKind::NoData,
            Self::ServFail | Self::ServFailLate | Self::Bogus => AnswerKind::ServFail,
            Self::Refused => AnswerKind::Refused,
            Self::OtherRcode => AnswerKind::OtherRcode,
            Self::Referral => AnswerKind::Referral,
            Self::Timeout => AnswerKind::Timeout,
            Self::Unreachable => AnswerKind::Unreachable,
            Self::Malformed => AnswerKind::Malformed,
            Self::Truncated => AnswerKind::Truncated,
        }
    }

    fn reason(self) -> Option<Reason> {
        let failure = NetworkFailure::Refused;
        (self == Self::Unreachable).then_some(Reason::Network { failure })
    }

    /// The primary server of the zone that a negative answer is from, and whether that is the endpoint's own.
    fn zone(self) -> Option<(&'static str, SupposedZone)> {
        match self {
            Self::NxPublic | Self::NoDataPublic => Some(("ns-1.awsdns-11.com", SupposedZone::Around)),
            Self::NxPrivate | Self::NoDataPrivate => Some(("ns-0.awsdns-00.com", SupposedZone::Own)),
            Self::NxForeign | Self::NoDataForeign => Some(("ns.corp.example", SupposedZone::Around)),
            _ => None,
        }
    }
}

/// Where a zone begins.
#[derive(Clone, Copy)]
enum SupposedZone {
    Own,
    Around,
}

/// How the questions of a resolver come out: those for the endpoint's name, and all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) target: SupposedAnswer,
    pub(super) control: SupposedAnswer,
}

impl Manner {
    pub(super) const SILENT: Self = Self::of(SupposedAnswer::Timeout);

    pub(super) const fn of(said: SupposedAnswer) -> Self {
        Self {
            target: said,
            control: said,
        }
    }
}

/// What is given in a supposed answer.
pub(super) struct Supposed {
    target: Name,
    /// The addresses that the endpoint should have.
    right: Vec<IpAddr>,
}

/// A public address, and a private one that is nobody's.
const PUBLIC: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);
const PRIVATE: Ipv4Addr = Ipv4Addr::new(10, 255, 254, 253);

impl Supposed {
    pub(super) fn new(capture: &Capture) -> Self {
        let expected = Expected::derive(&capture.asked, &capture.target.hostname, &capture.facts);
        let mut right = expected.addresses.clone();
        if right.is_empty() {
            right.extend(expected.cidrs.iter().filter_map(|cidr| cidr.hosts().nth(1)));
        }
        if right.is_empty() {
            let given = capture.observations.iter().flat_map(|probed| &probed.lookups);
            let given = given.filter(|lookup| lookup.purpose == Purpose::Target);
            let mut given = given.flat_map(|lookup| lookup.addresses.iter().copied());
            right.extend(given.find(|ip| AddressClass::of(*ip).is_private_side()));
        }
        if right.is_empty() {
            right.push(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 10)));
        }
        Self {
            target: capture.target.hostname.clone(),
            right,
        }
    }

    /// What the operating system's lookup gives.
    pub(super) fn system(&self, said: SupposedAnswer) -> SystemLookup {
        let failed = |code: SystemCode, number| {
            Some(SystemFailure {
                code,
                number,
                text: code.to_string(),
            })
        };
        let (addresses, failure) = match said {
            SupposedAnswer::Right | SupposedAnswer::RightLate => (self.right.clone(), None),
            SupposedAnswer::Public => (vec![IpAddr::V4(PUBLIC)], None),
            SupposedAnswer::Private | SupposedAnswer::As(_) => (vec![IpAddr::V4(PRIVATE)], None),
            SupposedAnswer::Sinkhole => (vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)], None),
            SupposedAnswer::Timeout => (Vec::new(), failed(SystemCode::Timeout, 0)),
            SupposedAnswer::NoDataPublic | SupposedAnswer::NoDataPrivate | SupposedAnswer::NoDataForeign => {
                (Vec::new(), failed(SystemCode::NoData, -5))
            }
            SupposedAnswer::ServFail | SupposedAnswer::ServFailLate | SupposedAnswer::Bogus => {
                (Vec::new(), failed(SystemCode::Again, -3))
            }
            SupposedAnswer::Refused | SupposedAnswer::Unreachable => (Vec::new(), failed(SystemCode::Fail, -4)),
            _ => (Vec::new(), failed(SystemCode::NoName, -2)),
        };
        SystemLookup {
            addresses,
            failure,
            rtt_ms: match said {
                SupposedAnswer::Timeout => None,
                SupposedAnswer::RightLate => Some(limits::SLOW_MS),
                _ => Some(1.0),
            },
        }
    }

    /// The lookup that a question comes to.
    pub(super) fn lookup(
        &self,
        observations: &[Probed],
        open: &AwaitedQuestion,
        question: &Question,
        manner: Manner,
    ) -> Lookup {
        let of_target = is_of_target(question.purpose);
        let said = if of_target { manner.target } else { manner.control };
        let waited_ms = open.waited.as_secs_f64() * 1000.0;
        let of = |index: usize, purpose| {
            let mut lookups = observations.get(index)?.lookups.iter();
            lookups.find(|lookup| lookup.purpose == purpose && lookup.qtype == question.qtype)
        };
        // What UDP brought is what TCP should bring.
        let known = match (said, question.purpose) {
            (SupposedAnswer::As(other), purpose) => of(other, purpose),
            (SupposedAnswer::Right, Purpose::TargetTcp) => of(open.resolver, Purpose::Target),
            // Who makes addresses up may give every name the same.
            (SupposedAnswer::Private, Purpose::Sibling) => {
                of(open.resolver, Purpose::Target).filter(|lookup| !lookup.addresses.is_empty())
            }
            _ => None,
        };
        if let Some(known) = known {
            return Lookup {
                question: question.qname.clone(),
                purpose: question.purpose,
                sample: question.sample,
                transport: question.transport,
                ..known.clone()
            };
        }
        let mut said = match said {
            SupposedAnswer::As(_) => SupposedAnswer::Right,
            said => said,
        };
        // There is no IPv6 address in most clusters, and no such name beside the endpoint's in any.
        said = match (said, question.purpose, question.qtype) {
            (SupposedAnswer::Right, Purpose::Target | Purpose::CheckingDisabled, RecordType::AAAA) => {
                SupposedAnswer::NoDataPrivate
            }
            (SupposedAnswer::Public, Purpose::Target | Purpose::CheckingDisabled, RecordType::AAAA)
            | (SupposedAnswer::Private, Purpose::Target, RecordType::AAAA) => SupposedAnswer::NoDataPublic,
            (SupposedAnswer::Right | SupposedAnswer::Public, Purpose::Sibling, _) => SupposedAnswer::NxPublic,
            (SupposedAnswer::Right | SupposedAnswer::Public, Purpose::SearchSuffix, _) => SupposedAnswer::NxForeign,
            (said, ..) => said,
        };
        let kind = said.kind();
        let took_ms = if said == SupposedAnswer::ServFailLate {
            waited_ms.max(2500.0)
        } else {
            waited_ms.max(1.0)
        };
        let records = if kind == AnswerKind::Answer {
            self.records(question, said)
        } else {
            Vec::new()
        };
        let addresses: Vec<IpAddr> = records.iter().filter_map(Record::address).collect();
        let rcode = rcode(kind);
        let ede: Vec<ExtendedError> = match said {
            SupposedAnswer::Blocked => vec![extended(15)],
            SupposedAnswer::Bogus => vec![extended(6)],
            _ => Vec::new(),
        };
        let flags = rcode.map(|_| Flags {
            rd: true,
            ra: true,
            tc: said == SupposedAnswer::Truncated,
            ..Flags::default()
        });
        let attempt = |transport, edns| Attempt {
            connected: rcode.is_some() && transport != Transport::Udp,
            rtt_ms: rcode.map(|_| took_ms),
            kind,
            reason: said.reason(),
            rcode,
            flags,
            addresses: addresses.clone(),
            ede: ede.clone(),
            ..Attempt::unanswered(transport, edns, 0.0)
        };
        let mut attempts = vec![attempt(question.transport, true)];
        if kind.is_silence() && question.transport == Transport::Udp {
            attempts.extend([attempt(Transport::Udp, false), attempt(Transport::Tcp, true)]);
        }
        Lookup {
            question: question.qname.clone(),
            qtype: question.qtype,
            class: question.class,
            purpose: question.purpose,
            sample: question.sample,
            kind,
            reason: said.reason(),
            rcode,
            flags,
            soa: self.soa(question, said),
            ede,
            records,
            lame: false,
            addresses,
            rtt_ms: rcode.map(|_| took_ms),
            transport: question.transport,
            attempts,
        }
    }

    fn soa(&self, question: &Question, said: SupposedAnswer) -> Option<Soa> {
        let (mname, zone) = said.zone()?;
        let owner = match (zone, question.purpose) {
            (SupposedZone::Own, purpose) if is_of_target(purpose) => self.target.clone(),
            _ => question.qname.parent().unwrap_or_else(Name::root),
        };
        Some(Soa {
            owner,
            mname: mname.parse().ok()?,
            ttl: 60,
            minimum: 60,
            section: Section::Authority,
        })
    }

    /// The records of an answer.
    fn records(&self, question: &Question, said: SupposedAnswer) -> Vec<Record> {
        let of_target = is_of_target(question.purpose);
        let addresses: Vec<IpAddr> = match said {
            SupposedAnswer::Right if of_target => self.right.clone(),
            SupposedAnswer::Private => vec![IpAddr::V4(PRIVATE)],
            SupposedAnswer::Sinkhole if question.qtype == RecordType::AAAA => vec![IpAddr::V6(Ipv6Addr::UNSPECIFIED)],
            SupposedAnswer::Sinkhole => vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)],
            _ => vec![IpAddr::V4(PUBLIC)],
        };
        let data: Vec<RData> = match question.qtype {
            RecordType::NS => "a.root-servers.net".parse().map(RData::Ns).into_iter().collect(),
            RecordType::SOA => {
                let mname = "ns-1.awsdns-11.com".parse().ok();
                let soa = mname.map(|mname: Name| RData::Soa {
                    rname: mname.clone(),
                    mname,
                    serial: 1,
                    minimum: 60,
                });
                soa.into_iter().collect()
            }
            _ => addresses
                .into_iter()
                .map(|ip| match ip {
                    IpAddr::V4(ip) => RData::A(ip),
                    IpAddr::V6(ip) => RData::Aaaa(ip),
                })
                .collect(),
        };
        data.into_iter()
            .map(|data| Record {
                section: Section::Answer,
                owner: question.qname.clone(),
                rtype: question.qtype,
                ttl: 60,
                data,
            })
            .collect()
    }
}

/// Whether a question is for the endpoint's own name.
pub(super) fn is_of_target(purpose: Purpose) -> bool {
    matches!(
        purpose,
        Purpose::Target | Purpose::TargetTcp | Purpose::CheckingDisabled
    )
}

fn rcode(kind: AnswerKind) -> Option<Rcode> {
    Some(match kind {
        AnswerKind::Answer | AnswerKind::NoData | AnswerKind::Referral | AnswerKind::Truncated => Rcode::NOERROR,
        AnswerKind::NxDomain => Rcode::NXDOMAIN,
        AnswerKind::ServFail => Rcode::SERVFAIL,
        AnswerKind::Refused => Rcode::REFUSED,
        AnswerKind::OtherRcode => Rcode::NOTIMP,
        _ => return None,
    })
}

fn extended(code: u16) -> ExtendedError {
    ExtendedError {
        code,
        name: None,
        text: None,
    }
}

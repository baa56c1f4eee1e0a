//! Each resolver's answer held against what it should be: its verdict, and the view it took the name from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::address::AddressClass;
use crate::dns::{AnswerKind, Name, RData, RecordType, Section, Soa};
use crate::endpoint::{EndpointName, SoaOrigin};
use crate::expect::{Expected, Fit};
use crate::facts::Facts;
use crate::observation::{Lookup, Purpose};
use crate::probed::Probed;
use crate::resolvers::Role;
use crate::target::{Scope, View};

/// What a resolver's answer for the endpoint amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every address is one that is expected.
    Match,
    /// Nothing contradicts what is expected, and what would confirm it is not known.
    Plausible,
    /// Some addresses are expected and some are not.
    Partial,
    /// No address is expected.
    Mismatch,
    /// Addresses, and nothing to compare them with.
    Answer,
    /// NXDOMAIN.
    #[serde(rename = "nxdomain")]
    NxDomain,
    /// NODATA.
    #[serde(rename = "nodata")]
    NoData,
    /// A referral.
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
    /// What came could not be read or did not belong to the question.
    Malformed,
    /// Cut short, and TCP did not bring the rest.
    Truncated,
    /// Different answers to the same question.
    Unstable,
    /// The certificate of the server does not verify (DNS over TLS or HTTPS).
    Certificate,
    /// The TLS handshake failed.
    Handshake,
    /// The server does not speak HTTP/2 (DNS over HTTPS).
    Alpn,
    /// HTTP brought no DNS message.
    HttpError,
    /// The operating system's lookup failed; its EAI code says how.
    Failed,
    /// Not known: the run ended without it, since it could change nothing.
    NotWaitedFor,
    /// Not known: A was not asked, and what was asked has no address and does not deny the name.
    NotAsked,
}

impl Verdict {
    /// Every verdict.
    pub const VARIANTS: &[Self] = &[
        Self::Match,
        Self::Plausible,
        Self::Partial,
        Self::Mismatch,
        Self::Answer,
        Self::NxDomain,
        Self::NoData,
        Self::Referral,
        Self::ServFail,
        Self::Refused,
        Self::OtherRcode,
        Self::Timeout,
        Self::Unreachable,
        Self::Malformed,
        Self::Truncated,
        Self::Unstable,
        Self::Certificate,
        Self::Handshake,
        Self::Alpn,
        Self::HttpError,
        Self::Failed,
        Self::NotWaitedFor,
        Self::NotAsked,
    ];

    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Plausible => "plausible",
            Self::Partial => "partial",
            Self::Mismatch => "mismatch",
            Self::Answer => "answer",
            Self::NxDomain => "nxdomain",
            Self::NoData => "nodata",
            Self::Referral => "referral",
            Self::ServFail => "servfail",
            Self::Refused => "refused",
            Self::OtherRcode => "other-rcode",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::Unstable => "unstable",
            Self::Certificate => "certificate",
            Self::Handshake => "handshake",
            Self::Alpn => "alpn",
            Self::HttpError => "http-error",
            Self::Failed => "failed",
            Self::NotWaitedFor => "not-waited-for",
            Self::NotAsked => "not-asked",
        }
    }

    /// Whether it says anything of what a client gets.
    pub fn is_known(self) -> bool {
        !matches!(self, Self::NotWaitedFor | Self::NotAsked)
    }

    /// Whether the resolver gave addresses that nothing speaks against.
    pub fn is_fine(self) -> bool {
        matches!(self, Self::Match | Self::Plausible | Self::Answer)
    }

    /// Whether the resolver gave addresses at all.
    pub fn has_addresses(self) -> bool {
        self.is_fine() || matches!(self, Self::Partial | Self::Mismatch)
    }

    /// Whether TLS or HTTP failed before any question could be answered.
    pub fn is_without_exchange(self) -> bool {
        matches!(self, Self::Certificate | Self::Handshake | Self::Alpn | Self::HttpError)
    }

    /// Whether the resolver denied that there is an address.
    pub fn is_negative(self) -> bool {
        matches!(self, Self::NxDomain | Self::NoData)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<AnswerKind> for Verdict {
    fn from(kind: AnswerKind) -> Self {
        match kind {
            AnswerKind::Answer => Self::Answer,
            AnswerKind::NoData => Self::NoData,
            AnswerKind::NxDomain => Self::NxDomain,
            AnswerKind::Referral => Self::Referral,
            AnswerKind::ServFail => Self::ServFail,
            AnswerKind::Refused => Self::Refused,
            AnswerKind::OtherRcode => Self::OtherRcode,
            AnswerKind::Timeout => Self::Timeout,
            AnswerKind::Unreachable => Self::Unreachable,
            AnswerKind::Malformed => Self::Malformed,
            AnswerKind::Truncated => Self::Truncated,
            AnswerKind::Certificate => Self::Certificate,
            AnswerKind::Handshake => Self::Handshake,
            AnswerKind::Alpn => Self::Alpn,
            AnswerKind::HttpError => Self::HttpError,
        }
    }
}

/// An address of an answer, and its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ClassedAddress {
    /// The address.
    pub ip: IpAddr,
    /// Its class.
    pub class: AddressClass,
}

/// A resolver's answer, held against what it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What it should have answered.
    pub expected: Expected,
    /// What its answer amounts to.
    pub verdict: Verdict,
    /// The zone it took the name from.
    pub view: View,
    /// Its addresses, sorted, of all samples.
    pub addresses: Vec<ClassedAddress>,
    /// What its samples came to; `None` where the name was asked for once.
    pub samples: Option<Samples>,
    /// Why its answer is no match though each address may be right; `None` where only the addresses themselves say so.
    pub doubt: Option<Doubt>,
}

/// What another answer of the run, or the answer's own records, show against addresses that would be right by
/// themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Private addresses of which another resolver in scope gives none.
    Apart,
    /// Private addresses that the endpoint's private hosted zone does not show, from a cache that may have what it had.
    OtherThanTheZone,
    /// Addresses of the private hosted zone, of which not all are of a network interface in the files of facts.
    NewerThanTheFacts,
    /// Public addresses from a zone around the name that is not AWS's.
    ForeignZone,
    /// Public addresses that may be kept for longer than AWS's records are.
    KeptLong,
    /// Public addresses of which a public resolver gives none.
    OtherThanPublicDns,
}

/// What several samples of one question came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Samples {
    /// How many there are.
    pub count: usize,
    /// How many came to each verdict.
    pub outcomes: BTreeMap<Verdict, usize>,
    /// The times of the replies to A questions; `null` where none came.
    pub rtt_ms: Option<Spread>,
    /// The share of tries of the A and AAAA questions, from 0 to 1, that got no reply within their window: a try that
    /// the next one made good is lost as well.
    pub loss: f64,
}

/// Where a set of times lies, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Spread {
    /// The least.
    pub min: f64,
    /// The median; between the middle two where their number is even.
    pub median: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of these times; `None` of none.
    pub fn of(mut times: Vec<f64>) -> Option<Self> {
        times.sort_by(f64::total_cmp);
        let (min, max) = (*times.first()?, *times.last()?);
        let (low, high) = (times[(times.len() - 1) / 2], times[times.len() / 2]);
        Some(Self {
            min,
            median: f64::midpoint(low, high),
            max,
        })
    }
}

/// Compares.
pub fn compare(probed: &Probed, expected: Expected, facts: &Facts) -> Comparison {
    let view = view_of(&probed.lookups);
    let addresses: BTreeSet<IpAddr> = match &probed.system {
        Some(system) => system.addresses.iter().copied().collect(),
        None => answered(target_lookups(&probed.lookups)).collect(),
    };
    let is_made_up = is_of_every_name(&probed.lookups, &expected);
    // An address of every name is not right for the network that it is in.
    let judged = if is_made_up {
        expected.without_networks()
    } else {
        expected.clone()
    };
    let verdict = match (&probed.system, probed.resolver.role) {
        (Some(system), _) if system.failure.is_some() || system.addresses.is_empty() => Verdict::Failed,
        (Some(system), _) => judge(&system.addresses, &judged, facts, view),
        (None, Role::Os) => Verdict::Failed,
        (None, _) => of_samples(&probed.lookups, &judged, facts, view),
    };
    let without_made_up = |verdict: Verdict| match verdict {
        Verdict::Match | Verdict::Plausible | Verdict::Partial | Verdict::Answer if is_made_up => Verdict::Mismatch,
        verdict => verdict,
    };
    let addresses = addresses
        .into_iter()
        .map(|ip| ClassedAddress {
            ip,
            class: judged.class_of(ip, facts),
        })
        .collect();
    let samples = summary(&probed.lookups, &judged, facts, view).map(|samples| Samples {
        outcomes: samples
            .outcomes
            .into_iter()
            .fold(BTreeMap::new(), |mut all, (verdict, count)| {
                *all.entry(without_made_up(verdict)).or_default() += count;
                all
            }),
        ..samples
    });
    Comparison {
        expected,
        verdict: without_made_up(verdict),
        view,
        addresses,
        samples,
        doubt: None,
    }
}

/// Whether a random name beside an EKS endpoint's, which does not exist, has the same IPv4 addresses there: then they
/// are none of the cluster's, in whatever networks they are. Only A is asked for of that name. Addresses that were
/// named one by one are what they were said to be, and what synthetic ones stand for is not known.
pub fn is_of_every_name(lookups: &[Lookup], expected: &Expected) -> bool {
    let is_v4 = |ip: &IpAddr| ip.is_ipv4();
    let of = |lookup: &Lookup| -> BTreeSet<IpAddr> { lookup.addresses.iter().copied().filter(is_v4).collect() };
    let siblings = lookups.iter().filter(|lookup| lookup.purpose == Purpose::Sibling);
    let invented: BTreeSet<IpAddr> = siblings.flat_map(of).collect();
    let is_synthetic = |ip: &IpAddr| matches!(AddressClass::of(*ip), AddressClass::Cgnat | AddressClass::Benchmark);
    if invented.is_empty() || invented.iter().any(is_synthetic) {
        return false;
    }
    // Samples may get different ones of several.
    let mut of_target = target_lookups(lookups).filter(|lookup| EndpointName::parse(&lookup.question).is_ok());
    of_target.any(|lookup| {
        let own = of(lookup);
        !own.is_empty() && own.is_subset(&invented) && !own.iter().all(|ip| expected.names(*ip))
    })
}

fn summary(lookups: &[Lookup], expected: &Expected, facts: &Facts, view: View) -> Option<Samples> {
    let numbers: BTreeSet<u32> = target_lookups(lookups).map(|lookup| lookup.sample).collect();
    if numbers.len() < 2 {
        return None;
    }
    let mut outcomes = BTreeMap::new();
    for sample in &numbers {
        let verdict = of_sample(lookups, *sample, expected, facts, view);
        *outcomes.entry(verdict).or_default() += 1;
    }
    let a = target_lookups(lookups).filter(|lookup| lookup.qtype == RecordType::A);
    Some(Samples {
        count: numbers.len(),
        outcomes,
        rtt_ms: Spread::of(a.filter_map(|lookup| lookup.rtt_ms).collect()),
        loss: loss(lookups),
    })
}

/// The share of tries of the target's questions that got no reply. A try that a second one made good is lost as well.
fn loss(lookups: &[Lookup]) -> f64 {
    // What was read from another program's text has no tries.
    let tries = |lookup: &Lookup| -> Vec<AnswerKind> {
        if lookup.attempts.is_empty() {
            return vec![lookup.kind];
        }
        lookup.attempts.iter().map(|attempt| attempt.kind).collect()
    };
    let kinds: Vec<AnswerKind> = target_lookups(lookups).flat_map(tries).collect();
    let lost = kinds.iter().filter(|kind| **kind == AnswerKind::Timeout).count();
    lost as f64 / kinds.len().max(1) as f64
}

fn target_lookups(lookups: &[Lookup]) -> impl Iterator<Item = &Lookup> {
    lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target)
}

/// The addresses that were answered. What stands in a reply that was cut short or cannot be read to its end
/// is no answer.
fn answered<'a>(lookups: impl Iterator<Item = &'a Lookup>) -> impl Iterator<Item = IpAddr> {
    lookups
        .filter(|lookup| lookup.kind == AnswerKind::Answer)
        .flat_map(|lookup| lookup.addresses.iter().copied())
}

/// The verdict over all samples: theirs where they agree, else unstable. Right answers that differ only in
/// which of the expected addresses they hold agree; where nothing speaks against any sample, the least sure
/// of them stands for all.
fn of_samples(lookups: &[Lookup], expected: &Expected, facts: &Facts, view: View) -> Verdict {
    let samples: BTreeSet<u32> = target_lookups(lookups).map(|lookup| lookup.sample).collect();
    let mut verdicts: BTreeSet<Verdict> = samples
        .into_iter()
        .map(|sample| of_sample(lookups, sample, expected, facts, view))
        .collect();
    // A sample that says nothing speaks against no other.
    if verdicts.len() > 1 {
        verdicts.remove(&Verdict::NotAsked);
    }
    // In their order, `match` comes before `plausible` and that before `answer`.
    if let Some(last) = verdicts.last()
        && verdicts.iter().all(|verdict| verdict.is_fine())
    {
        return *last;
    }
    let mut verdicts = verdicts.into_iter();
    match (verdicts.next(), verdicts.next()) {
        (Some(verdict), None) => verdict,
        (Some(_), Some(_)) => Verdict::Unstable,
        // Interrupted before the first sample ended.
        (None, _) => Verdict::Timeout,
    }
}

/// The verdict of one sample of the target's A and AAAA lookups.
pub fn of_sample(lookups: &[Lookup], sample: u32, expected: &Expected, facts: &Facts, view: View) -> Verdict {
    let of_type = |qtype| target_lookups(lookups).find(|lookup| lookup.sample == sample && lookup.qtype == qtype);
    let (a, aaaa) = (of_type(RecordType::A), of_type(RecordType::AAAA));
    let addresses: Vec<IpAddr> = answered([a, aaaa].into_iter().flatten()).collect();
    // IPv6 addresses alone, where the question for the IPv4 ones got no answer, are not what is expected.
    let fails = |lookup: &&Lookup| lookup.kind != AnswerKind::Answer && !lookup.kind.is_negative();
    let without_v4 = a.filter(fails).filter(|_| expected.speaks_of(true));
    if !addresses.is_empty() {
        let verdict = judge(&addresses, expected, facts, view);
        return without_v4
            .filter(|_| verdict.is_fine())
            .map_or(verdict, |a| a.kind.into());
    }
    // Without an address, what the A question came to decides: EKS endpoints always have IPv4 addresses. That there is
    // no AAAA is right for most of them, and says nothing of A.
    match (a, aaaa.map(|lookup| lookup.kind)) {
        (Some(a), _) => a.kind.into(),
        (None, Some(AnswerKind::NoData)) => Verdict::NotAsked,
        (None, kind) => kind.map_or(Verdict::Timeout, Verdict::from),
    }
}

fn judge(addresses: &[IpAddr], expected: &Expected, facts: &Facts, view: View) -> Verdict {
    let fits: Vec<Fit> = addresses.iter().map(|ip| expected.fit(*ip, facts)).collect();
    let count = |fit| fits.iter().filter(|other| **other == fit).count();
    let (right, wrong) = (count(Fit::Expected), count(Fit::Unexpected));
    // Where both accesses are on, private addresses are the cluster's or wrong.
    let is_open = expected.scope == Scope::Any && right == 0 && !expected.public_too;
    let by_address = if !expected.says_anything() || is_open {
        let never_right = addresses.iter().all(|ip| {
            matches!(
                AddressClass::of(*ip),
                AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal
            )
        });
        if never_right {
            Verdict::Mismatch
        } else {
            Verdict::Answer
        }
    } else if right == fits.len() {
        Verdict::Match
    } else if wrong == 0 {
        Verdict::Plausible
    } else if wrong == fits.len() {
        Verdict::Mismatch
    } else {
        Verdict::Partial
    };
    match (expected.view, view) {
        (Some(wanted), shown) if wanted == shown => match by_address {
            Verdict::Answer => Verdict::Match,
            other => other,
        },
        (Some(_), View::Unknown) => match by_address {
            Verdict::Match | Verdict::Answer => Verdict::Plausible,
            other => other,
        },
        (Some(_), _) if by_address.is_fine() => Verdict::Mismatch,
        (None | Some(_), _) => by_address,
    }
}

/// The SOA of a zone of somebody else's that both the question of a negative answer and this name are in, by AUTHORITY.
pub fn foreign_zone<'a>(lookup: &'a Lookup, name: &Name) -> Option<&'a Soa> {
    let soa = lookup.soa.as_ref().filter(|_| lookup.kind.is_negative())?;
    let is_around = lookup.question.is_within(&soa.owner) && name.is_within(&soa.owner) && !soa.owner.is_root();
    let is_of_a_zone = soa.section == Section::Authority;
    (is_around && is_of_a_zone && SoaOrigin::of(soa) == SoaOrigin::Foreign).then_some(soa)
}

/// The zone a resolver took the target's name from: by the SOA of a negative answer about the name (of AAAA,
/// for IPv4 clusters), or by the name servers that came with the addresses. Only of a zone the name is in.
pub fn view_of(lookups: &[Lookup]) -> View {
    for qtype in [RecordType::A, RecordType::AAAA] {
        for lookup in target_lookups(lookups).filter(|lookup| lookup.qtype == qtype) {
            let by_soa = lookup
                .soa
                .as_ref()
                .filter(|soa| lookup.question.is_within(&soa.owner))
                .map(SoaOrigin::of);
            let by_servers = lookup
                .section(Section::Authority)
                .filter(|record| lookup.question.is_within(&record.owner))
                .find_map(|record| match &record.data {
                    RData::Ns(server) => Some(SoaOrigin::of_server(server)),
                    _ => None,
                });
            match by_soa.or(by_servers) {
                Some(SoaOrigin::PrivateHostedZone) => return View::PrivateZone,
                Some(SoaOrigin::PublicAws) => return View::Public,
                Some(SoaOrigin::Foreign) | None => {}
            }
        }
    }
    View::Unknown
}

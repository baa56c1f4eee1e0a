//! Why the headline and not another finding: what was seen of the resolver it is about, sign by sign, and which other
//! causes of a failure those signs rule out.
//!
//! A rule decides from the evidence itself. What stands here is how its conditions read from outside: for each cause
//! the signs that it cannot be without. A test holds it to what the rules say.

use serde::{Deserialize, Serialize};

use super::phrase;
use super::step::{Denial, Step, controls, is_sinkholed, was_heard};
use super::view::{self, Age};
use super::{Case, Finding, Severity, Subject, find};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError};
use crate::endpoint::SoaOrigin;
use crate::observation::{Lookup, Purpose, Transport};

/// Why the headline is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The headline's rule.
    pub rule: String,
    /// The resolver it was read off; the first that the headline is about.
    pub resolver: String,
    /// The signs that the headline cannot be without and that are there, in words.
    #[serde(default)]
    pub decided_by: Vec<String>,
    /// What was looked at, in the order of the reading.
    pub read: Vec<Reading>,
    /// The other causes that a failing resolver may have, and what became of them.
    pub considered: Vec<Considered>,
}

/// One look at the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What was looked for.
    pub sign: String,
    /// Whether it is there; `null` where that could not be seen.
    pub seen: Option<bool>,
}

/// Another cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Its rule.
    pub rule: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The signs that decided, or that would decide.
    pub because: Vec<String>,
}

/// What became of a cause that was considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is a finding about this resolver too.
    Found,
    /// All of the signs that it cannot be without are there, and its rule looked further and did not find it.
    NotRuledOut,
    /// What would decide could not be seen.
    Undecided,
    /// What was seen rules it out.
    RuledOut,
}

/// Something that is to be seen of a failing resolver, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    HeardAtAll,
    HeardOverUdp,
    HeardOverTcp,
    SamplesDiffer,
    CertificateFails,
    SessionFails,
    OnlyWithoutEdns,
    CutShort,
    Unreadable,
    Recurses,
    Legible,
    SiblingResolves,
    SiblingDeniedByAws,
    Denied,
    DeniedByPublicAws,
    DeniedByPrivateZone,
    DeniedByForeignZone,
    DeniedWithoutSoa,
    CachedDenial,
    ServFail,
    Refused,
    ControlsRefused,
    FilterOrValidation,
    UncheckedAnswers,
    AwsControlWorks,
    RootControlWorks,
    Addresses,
    PublicAddresses,
    Sinkholed,
    OtherPrivateAddresses,
    SomeExpected,
    PrivateAddressesKnown,
    MixedElsewhere,
    RebindingShape,
    VpcHasIt,
    PublicHasIt,
    OnTheVpcsSide,
    OnLoopback,
    PortRefused,
}

use Sign::{
    Addresses, AwsControlWorks, CachedDenial, CertificateFails, ControlsRefused, CutShort, Denied, DeniedByForeignZone,
    DeniedByPrivateZone, DeniedByPublicAws, DeniedWithoutSoa, FilterOrValidation, HeardAtAll, HeardOverTcp,
    HeardOverUdp, Legible, MixedElsewhere, OnLoopback, OnTheVpcsSide, OnlyWithoutEdns, OtherPrivateAddresses,
    PortRefused, PrivateAddressesKnown, PublicAddresses, PublicHasIt, RebindingShape, Recurses, Refused,
    RootControlWorks, SamplesDiffer, ServFail, SessionFails, SiblingDeniedByAws, SiblingResolves, Sinkholed,
    SomeExpected, UncheckedAnswers, Unreadable, VpcHasIt,
};

/// The order of the reading.
const READ: &[Sign] = &[
    HeardAtAll,
    HeardOverUdp,
    HeardOverTcp,
    SamplesDiffer,
    CertificateFails,
    SessionFails,
    OnlyWithoutEdns,
    CutShort,
    Unreadable,
    Recurses,
    Legible,
    SiblingResolves,
    SiblingDeniedByAws,
    Addresses,
    PublicAddresses,
    OtherPrivateAddresses,
    SomeExpected,
    Sinkholed,
    Denied,
    DeniedByPublicAws,
    DeniedByPrivateZone,
    DeniedByForeignZone,
    DeniedWithoutSoa,
    CachedDenial,
    ServFail,
    Refused,
    ControlsRefused,
    FilterOrValidation,
    UncheckedAnswers,
    AwsControlWorks,
    RootControlWorks,
    PrivateAddressesKnown,
    MixedElsewhere,
    RebindingShape,
    VpcHasIt,
    PublicHasIt,
    OnTheVpcsSide,
    OnLoopback,
    PortRefused,
];

/// Signs of which a cause cannot be without one: any of a group is enough.
type Group = &'static [(Sign, bool)];

/// What every cause cannot be without that lies in the answer itself. A resolver that is not in one of these ways
/// beside itself is [`Step::Content`].
const READABLE: Group = &[(Legible, true)];

/// What each cause cannot be without.
const CAUSES: &[(&str, &[Group])] = &[
    (
        "no-forwarding",
        &[
            READABLE,
            &[(SiblingResolves, false)],
            &[(DeniedByPublicAws, true), (Addresses, true)],
            &[(OnTheVpcsSide, false)],
            &[(VpcHasIt, true)],
        ],
    ),
    (
        "forward-target-unreachable",
        &[
            &[(SamplesDiffer, false)],
            &[(CertificateFails, false)],
            &[(SessionFails, false)],
            &[(OnlyWithoutEdns, false)],
            &[(CutShort, false)],
            &[(Unreadable, false)],
            &[(ServFail, true), (HeardOverUdp, false), (Denied, false)],
            &[(Addresses, false)],
            &[(Refused, false)],
            &[(AwsControlWorks, true), (RootControlWorks, true)],
        ],
    ),
    ("private-zone-shadow", &[READABLE, &[(DeniedByPrivateZone, true)]]),
    (
        "rebinding-protection",
        &[
            READABLE,
            &[(PrivateAddressesKnown, true)],
            &[(SiblingResolves, false)],
            &[(ControlsRefused, false)],
            &[
                (DeniedWithoutSoa, true),
                (ServFail, true),
                (Refused, true),
                (MixedElsewhere, true),
            ],
        ],
    ),
    (
        "stale-negative-cache",
        &[
            READABLE,
            &[(DeniedByPublicAws, true), (DeniedByPrivateZone, true)],
            &[(OnTheVpcsSide, false), (DeniedByPrivateZone, true)],
            // An old denial of the public zone, or one of the very zone that another resolver has the name from.
            &[(CachedDenial, true), (DeniedByPrivateZone, true)],
            &[(PublicHasIt, true), (DeniedByPrivateZone, true)],
            &[(VpcHasIt, true), (DeniedByPublicAws, true)],
        ],
    ),
    (
        "shadow-zone",
        &[
            READABLE,
            &[(Denied, true)],
            &[(DeniedByForeignZone, true), (AwsControlWorks, false)],
        ],
    ),
    (
        "name-blocked-by-policy",
        &[
            READABLE,
            &[(Denied, true), (Refused, true), (ServFail, true)],
            &[(DeniedByPublicAws, false)],
            &[(DeniedByPrivateZone, false)],
            &[(ControlsRefused, false)],
            &[(RebindingShape, false)],
        ],
    ),
    (
        "dns-firewall-block",
        &[
            READABLE,
            &[(OnTheVpcsSide, true)],
            &[(Denied, true)],
            &[(DeniedByPublicAws, false)],
            &[(DeniedByPrivateZone, false)],
        ],
    ),
    ("sinkhole-answer", &[&[(Sinkholed, true)]]),
    ("nxdomain-hijack", &[&[(SiblingResolves, true)]]),
    (
        "no-internet-recursion",
        &[
            READABLE,
            &[(AwsControlWorks, false)],
            &[(Addresses, false)],
            &[(ControlsRefused, false)],
        ],
    ),
    (
        "resolver-refuses-client",
        &[&[(Refused, true)], &[(ControlsRefused, true)]],
    ),
    (
        "dnssec-bogus",
        &[
            READABLE,
            &[(ServFail, true)],
            &[(UncheckedAnswers, true), (FilterOrValidation, true)],
        ],
    ),
    ("edns-intolerant", &[&[(OnlyWithoutEdns, true)]]),
    ("truncated-without-tcp", &[&[(CutShort, true)]]),
    ("certificate-not-valid", &[&[(CertificateFails, true)]]),
    ("encrypted-dns-fails", &[&[(SessionFails, true)]]),
    ("udp-blocked", &[&[(HeardOverUdp, false)], &[(HeardOverTcp, true)]]),
    (
        "resolver-unreachable",
        &[&[(HeardAtAll, false)], &[(OnLoopback, false), (PortRefused, false)]],
    ),
    ("resolver-unstable", &[&[(SamplesDiffer, true)]]),
    ("not-recursive", &[&[(HeardAtAll, true)], &[(Recurses, false)]]),
    ("malformed-reply", &[&[(Unreadable, true)]]),
    ("stale-addresses", &[READABLE, &[(OtherPrivateAddresses, true)]]),
    (
        "foreign-private-addresses",
        &[READABLE, &[(OtherPrivateAddresses, true)]],
    ),
    ("partial-answer", &[READABLE, &[(SomeExpected, true)]]),
];

/// Explains the headline. `None` where there is none, or where it is not about a resolver that fails.
pub fn explain(case: &Case<'_>, findings: &[Finding]) -> Option<Why> {
    let headline = findings.first()?;
    let subject = headline.resolvers.iter().find_map(|name| {
        case.subjects()
            .find(|subject| subject.name() == name && subject.speaks_dns())
    })?;
    if headline.severity != Severity::Error || subject.verdict().is_fine() {
        return None;
    }
    let is_inside_tls = subject.probed.resolver.transport.is_some_and(Transport::is_encrypted);
    let read = READ
        .iter()
        .filter(|sign| is_inside_tls || !OF_TLS.contains(sign))
        .filter_map(|sign| {
            let (seen, sign) = sign.of(case, subject);
            // What cannot be seen is said only where a cause depends on it, below.
            seen.map(|seen| Reading { sign, seen: Some(seen) })
        })
        .collect();
    let is_found = |rule: &str| {
        findings
            .iter()
            .any(|finding| finding.rule == rule && finding.resolvers.iter().any(|name| name == subject.name()))
    };
    let mut considered: Vec<Considered> = CAUSES
        .iter()
        .filter(|(rule, _)| *rule != headline.rule && !is_part(headline, rule))
        .filter(|(_, groups)| {
            let others = if is_inside_tls { OF_PLAIN_DNS } else { OF_TLS };
            !depends_on(groups, others)
        })
        .map(|(rule, groups)| {
            let (outcome, because) = if is_found(rule) {
                (Outcome::Found, Vec::new())
            } else {
                weigh(case, subject, groups)
            };
            Considered {
                rule: (*rule).to_owned(),
                outcome,
                because,
            }
        })
        .collect();
    considered.sort_by_key(|considered| considered.outcome);
    Some(Why {
        rule: headline.rule.clone(),
        resolver: subject.name().to_owned(),
        decided_by: decided_by(case, subject, &headline.rule),
        read,
        considered,
    })
}

/// The signs that a cause cannot be without and that are there. That the answer can be read is no argument.
fn decided_by(case: &Case<'_>, subject: &Subject<'_>, rule: &str) -> Vec<String> {
    let groups = CAUSES
        .iter()
        .find(|(cause, _)| *cause == rule)
        .map(|(_, groups)| *groups);
    let mut words: Vec<String> = Vec::new();
    // What is there comes before what is not.
    for wanted in [true, false] {
        for (sign, _) in groups
            .into_iter()
            .flatten()
            .copied()
            .flatten()
            .filter(|(_, it)| *it == wanted)
        {
            let (seen, said) = sign.of(case, subject);
            if *sign != Legible && seen == Some(wanted) && !words.contains(&said) {
                words.push(said);
            }
        }
    }
    words
}

/// The signs that only a resolver inside TLS can show.
const OF_TLS: &[Sign] = &[CertificateFails, SessionFails];

/// The signs that no resolver inside TLS can show.
const OF_PLAIN_DNS: &[Sign] = &[HeardOverUdp, HeardOverTcp];

/// Whether a cause is about nothing but these signs.
fn depends_on(groups: &[Group], signs: &[Sign]) -> bool {
    groups
        .iter()
        .all(|group| group.iter().all(|(sign, _)| signs.contains(sign)))
}

/// Whether the headline speaks for the other rule too: it takes its place, or has it for a consequence.
fn is_part(headline: &Finding, rule: &str) -> bool {
    find(&headline.rule).is_some_and(|headline| headline.replaces.contains(&rule) || headline.explains.contains(&rule))
}

/// Whether a cause is ruled out, and by what.
fn weigh(case: &Case<'_>, subject: &Subject<'_>, groups: &[Group]) -> (Outcome, Vec<String>) {
    let mut unseen = Vec::new();
    for group in groups {
        let readings: Vec<(Option<bool>, String)> = group
            .iter()
            .map(|(sign, wanted)| {
                let (seen, words) = sign.of(case, subject);
                (seen.map(|seen| seen == *wanted), words)
            })
            .collect();
        if readings.iter().any(|(fits, _)| *fits == Some(true)) {
            continue;
        }
        if readings.iter().all(|(fits, _)| *fits == Some(false)) {
            return (
                Outcome::RuledOut,
                readings.into_iter().map(|(_, words)| words).collect(),
            );
        }
        unseen.extend(
            readings
                .into_iter()
                .filter(|(fits, _)| fits.is_none())
                .map(|(_, words)| words),
        );
    }
    if unseen.is_empty() {
        (Outcome::NotRuledOut, unseen)
    } else {
        (Outcome::Undecided, unseen)
    }
}

impl Sign {
    /// Whether the sign is there, and what was seen, in words.
    fn of(self, case: &Case<'_>, subject: &Subject<'_>) -> (Option<bool>, String) {
        let seen = self.seen(case, subject);
        (seen, self.words(subject, seen))
    }

    fn seen(self, case: &Case<'_>, subject: &Subject<'_>) -> Option<bool> {
        let step = Step::of(subject);
        let attempts = |transport| {
            subject
                .probed
                .lookups
                .iter()
                .flat_map(|lookup| &lookup.attempts)
                .filter(move |attempt| attempt.transport == transport)
        };
        let over = |transport| {
            attempts(transport).next()?;
            Some(attempts(transport).any(was_heard))
        };
        let denied = subject.a().map(|lookup| lookup.kind.is_negative());
        let origin = view::denied_by(subject).map(|(_, origin)| origin);
        let by = |wanted| denied.map(|denied| denied && origin == Some(wanted));
        let all_are = |class: AddressClass| {
            let addresses = &subject.comparison.addresses;
            Some(!addresses.is_empty() && addresses.iter().all(|address| address.class == class))
        };
        let replied = subject.heard_anything();
        match self {
            HeardAtAll => Some(replied),
            HeardOverUdp => over(Transport::Udp),
            HeardOverTcp => over(Transport::Tcp),
            SamplesDiffer => Some(subject.verdict() == Verdict::Unstable),
            CertificateFails => Some(subject.verdict() == Verdict::Certificate),
            SessionFails => Some(subject.verdict().is_without_exchange() && subject.verdict() != Verdict::Certificate),
            OnlyWithoutEdns => Some(step == Step::EdnsIntolerant),
            CutShort => Some(step == Step::Truncated),
            Unreadable => Some(step == Step::Malformed),
            Recurses => replied.then_some(step != Step::NotRecursive),
            Legible => Some(step == Step::Content),
            SiblingResolves => subject.sibling().map(|_| subject.sibling_resolves()),
            SiblingDeniedByAws => subject.sibling().map(|_| subject.sibling_is_ordinary()),
            Denied => Some(denied == Some(true)),
            DeniedByPublicAws => by(SoaOrigin::PublicAws),
            DeniedByPrivateZone => by(SoaOrigin::PrivateHostedZone),
            DeniedByForeignZone => by(SoaOrigin::Foreign),
            DeniedWithoutSoa => denied.map(|denied| denied && matches!(Denial::of(subject), Some(Denial::Bare))),
            CachedDenial => match view::age(subject) {
                Age::Fresh => Some(false),
                Age::Cached => Some(true),
                Age::Unknown => None,
            },
            ServFail => Some(subject.a_kind() == Some(AnswerKind::ServFail)),
            Refused => Some(subject.a_kind() == Some(AnswerKind::Refused)),
            ControlsRefused => {
                let mut asked = controls(subject).peekable();
                asked.peek()?;
                Some(asked.any(|lookup| lookup.kind == AnswerKind::Refused))
            }
            FilterOrValidation => {
                let errors = |test: fn(&ExtendedError) -> bool| subject.a().is_some_and(|lookup| lookup.has_ede(test));
                replied.then(|| errors(ExtendedError::is_policy) || errors(ExtendedError::is_dnssec_failure))
            }
            UncheckedAnswers => {
                let mut asked = subject.lookups(Purpose::CheckingDisabled).peekable();
                asked.peek()?;
                Some(asked.any(|lookup: &Lookup| lookup.kind == AnswerKind::Answer))
            }
            AwsControlWorks => subject.aws_control_works(),
            RootControlWorks => subject.root_control_works(),
            Addresses => Some(subject.verdict().has_addresses()),
            PublicAddresses => all_are(AddressClass::Public),
            Sinkholed => Some(is_sinkholed(subject)),
            OtherPrivateAddresses => Some(
                case.unexpected_addresses(subject)
                    .iter()
                    .any(|address| address.class != AddressClass::Public),
            ),
            SomeExpected => Some(subject.verdict() == Verdict::Partial),
            MixedElsewhere => Some(case.subjects().any(|other| {
                other.name() != subject.name() && other.has_class(AddressClass::Public) && other.has_private_addresses()
            })),
            RebindingShape => subject.sibling().map(|_| {
                subject.sibling_is_ordinary()
                    && subject.a_kind() == Some(AnswerKind::NoData)
                    && matches!(Denial::of(subject), Some(Denial::Bare))
                    && case.private_addresses_elsewhere(subject)
            }),
            PrivateAddressesKnown => Some(case.private_addresses_elsewhere(subject)),
            VpcHasIt => {
                case.vpc_side().next()?;
                Some(!case.vpc_view().is_empty())
            }
            PublicHasIt => case.public_has_the_name(),
            OnTheVpcsSide => Some(subject.is_vpc_side()),
            PortRefused => Some(subject.verdict() == Verdict::Unreachable),
            OnLoopback => Some(subject.ip().is_some_and(|ip| ip.is_loopback())),
        }
    }

    fn words(self, subject: &Subject<'_>, seen: Option<bool>) -> String {
        let (what, yes, no) = match self {
            HeardAtAll => ("a reply", "some question was answered", "no question was answered"),
            HeardOverUdp => ("a reply over UDP", "UDP brings replies", "UDP brings no reply"),
            HeardOverTcp => ("a reply over TCP", "TCP brings replies", "TCP brings no reply"),
            SamplesDiffer => ("different samples", "the samples differ", "the samples do not differ"),
            CertificateFails => (
                "the certificate",
                "its certificate does not verify",
                "nothing is wrong with its certificate",
            ),
            SessionFails => (
                "a session inside TLS",
                "TLS or HTTP comes to nothing",
                "TLS and HTTP come to something",
            ),
            OnlyWithoutEdns => (
                "answers without EDNS only",
                "only questions without EDNS are answered",
                "EDNS makes no difference",
            ),
            CutShort => (
                "an answer cut short",
                "the answer is cut short and TCP does not bring the rest",
                "the answer is not cut short",
            ),
            Unreadable => (
                "replies that cannot be used",
                "replies cannot be read, or belong to other questions",
                "the reply can be read and belongs to the question",
            ),
            Recurses => ("recursion", "it recurses", "it does not recurse"),
            Legible => (
                "an answer that can be read",
                "the answer itself can be read",
                "the answer itself cannot be read: what is above comes first",
            ),
            SiblingResolves => (
                "the random sibling",
                "a random sibling has addresses",
                "a random sibling has no addresses",
            ),
            SiblingDeniedByAws => (
                "the random sibling's denial",
                "a random sibling is denied by a zone of AWS's",
                "a random sibling is not denied by a zone of AWS's",
            ),
            Denied => ("a denial", "the name is denied", "the name is not denied"),
            DeniedByPublicAws => (
                "whose denial it is",
                "the denial is of AWS's public zone",
                "no denial of AWS's public zone",
            ),
            DeniedByPrivateZone => (
                "whose denial it is",
                "the denial is of a Route 53 private hosted zone",
                "no denial of a Route 53 private hosted zone",
            ),
            DeniedByForeignZone => (
                "whose denial it is",
                "the denial is of a zone that is not AWS's",
                "no denial of a zone that is not AWS's",
            ),
            DeniedWithoutSoa => (
                "a denial without a SOA",
                "the denial comes without a SOA",
                "no denial without a SOA",
            ),
            CachedDenial => (
                "the age of the denial",
                "the denial is older than the random sibling's: it was in a cache",
                "the denial is as fresh as the random sibling's",
            ),
            ServFail => ("SERVFAIL", "it says SERVFAIL", "it does not say SERVFAIL"),
            Refused => ("REFUSED", "it says REFUSED", "it does not say REFUSED"),
            ControlsRefused => (
                "the controls' RCODE",
                "control questions are refused too",
                "control questions are not refused",
            ),
            FilterOrValidation => (
                "an extended error",
                "an extended error names a filter or a failed validation",
                "no extended error names a filter or a failed validation",
            ),
            UncheckedAnswers => (
                "the question with CD=1",
                "with CD=1 it answers",
                "with CD=1 it does not answer either",
            ),
            AwsControlWorks => (
                "a public name of AWS's",
                "a public name of AWS's resolves",
                "public names of AWS's do not resolve",
            ),
            RootControlWorks => (
                "the root's name servers",
                "the root's name servers are known",
                "the root's name servers are not known",
            ),
            Addresses => ("addresses", "it gives addresses", "it gives no address"),
            PublicAddresses => (
                "public addresses",
                "its addresses are public",
                "it does not give public addresses alone",
            ),
            Sinkholed => (
                "an address that leads nowhere",
                "an address leads nowhere",
                "no address that leads nowhere",
            ),
            OtherPrivateAddresses => (
                "unexpected addresses that are not public",
                "an address is not public, and not expected",
                "no unexpected address that is not public",
            ),
            SomeExpected => (
                "expected addresses beside others",
                "some of its addresses are expected, and some are not",
                "its addresses are not partly expected",
            ),
            MixedElsewhere => (
                "private addresses beside public ones",
                "another resolver gives private addresses beside public ones",
                "no other resolver gives private addresses beside public ones",
            ),
            RebindingShape => (
                "what a filter of private answers leaves",
                "NODATA without a SOA, where private addresses exist and a random sibling is denied by AWS's zone: \
                 what \
                 a filter of private answers leaves",
                "not what a filter of private answers leaves of NODATA",
            ),
            PrivateAddressesKnown => (
                "private addresses from elsewhere",
                "private addresses of the endpoint are known from elsewhere",
                "no private address of the endpoint is known from elsewhere",
            ),
            VpcHasIt => (
                "the VPC's view",
                "a resolver of the VPC gives the private addresses",
                "no resolver of the VPC gives the private addresses",
            ),
            PublicHasIt => (
                "the public control",
                "public DNS has the name",
                "public DNS does not have the name",
            ),
            OnTheVpcsSide => (
                "where it stands",
                "it is a resolver of the VPC",
                "it is no resolver of the VPC",
            ),
            PortRefused => (
                "a refusal of the port",
                "its port is refused, or it cannot be reached",
                "its port is not refused",
            ),
            OnLoopback => ("where it runs", "it runs on this host", "it does not run on this host"),
        };
        let words = match seen {
            Some(true) => yes,
            Some(false) => no,
            None => return format!("{what}: not seen"),
        };
        match (self, subject.soa()) {
            (DeniedByPublicAws | DeniedByPrivateZone | DeniedByForeignZone, Some(soa)) if seen == Some(true) => {
                format!("{words} ({})", phrase::soa(soa))
            }
            _ => words.to_owned(),
        }
    }
}

/// What the table rules out although its rule found it: nothing, or the table is wrong.
#[cfg(test)]
pub(crate) fn contradictions(case: &Case<'_>, findings: &[Finding]) -> Vec<String> {
    let failing = |name: &&String| {
        case.subjects()
            .find(|subject| subject.name() == name.as_str())
            .filter(|subject| subject.speaks_dns() && !subject.verdict().is_fine())
    };
    let mut wrong = Vec::new();
    for finding in findings {
        let groups = CAUSES.iter().find(|(rule, _)| *rule == finding.rule);
        for subject in finding.resolvers.iter().filter_map(|name| failing(&name)) {
            if let Some((rule, groups)) = groups
                && let (Outcome::RuledOut, because) = weigh(case, subject, groups)
            {
                wrong.push(format!("{rule} at {}: {}", subject.name(), because.join("; ")));
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_a_rule_and_every_sign_is_read() {
        for (rule, groups) in CAUSES {
            assert!(find(rule).is_some(), "{rule}");
            for (sign, _) in groups.iter().copied().flatten() {
                assert!(READ.contains(sign), "{rule}: {sign:?}");
            }
        }
    }
}

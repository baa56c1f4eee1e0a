//! What a run shows of the server that a resolver forwards the name to, beside that the name fails there.

use std::net::SocketAddr;

use super::contradiction;
use crate::compare::Verdict;
use crate::dns::AnswerKind;
use crate::facts::Chooser;
use crate::limits::SLOW_MS;
use crate::observation::Lookup;
use crate::resolvers::Role;
use crate::rules::{Case, Subject, phrase};
use crate::software::Software;

/// What is shown, the surest first.
#[derive(Debug)]
pub(in crate::rules) enum ShownBeyond<'s, 'a> {
    /// It answers late: this host's own lookup has the right addresses after so many milliseconds.
    AnswersLate(f64),
    /// BIND fails sooner than it gives up a silent server.
    FailsAtOnce,
    /// The servers that systemd-resolved asks: each of them answers from here, as a server does that works.
    AnswersHere(Vec<&'s Subject<'a>>),
    /// The servers that systemd-resolved asks: each is silent from here, too.
    SilentHere(Vec<&'s Subject<'a>>),
    /// Inbound endpoints that have the name late from here, the last after so many milliseconds.
    SlowInbound(Vec<&'s Subject<'a>>, f64),
    /// Nothing more.
    Nothing,
}

/// What sets a resolver apart from others whose forward fails: whom systemd-resolved asks, whether this host's own
/// lookup came late, and whether BIND failed at once.
pub(in crate::rules) fn apart<'s>(case: &'s Case<'_>, subject: &Subject<'_>) -> (Vec<&'s str>, bool, bool) {
    let stub = asked_by_the_stub(case, subject);
    (
        stub.into_iter().map(Subject::name).collect(),
        heard_late_ms(case, subject).is_some(),
        fails_at_once_as_bind(subject),
    )
}

impl<'s, 'a> ShownBeyond<'s, 'a> {
    /// Of resolvers that are not [`apart`]. `by_no_rule`: no Resolver rule is known to forward the name there;
    /// `nobody_else`: nor is an inbound endpoint silent or failing from here, which would be the likelier cause.
    pub(in crate::rules) fn of(
        case: &'s Case<'a>,
        subjects: &[&Subject<'_>],
        by_no_rule: bool,
        nobody_else: bool,
    ) -> Self {
        let Some(subject) = subjects.first() else {
            return Self::Nothing;
        };
        let stub = asked_by_the_stub(case, subject);
        let answers = |server: &&Subject<'_>| server.verdict().has_addresses() || server.verdict().is_negative();
        if let Some(ms) = heard_late_ms(case, subject) {
            Self::AnswersLate(ms)
        } else if nobody_else && fails_at_once_as_bind(subject) {
            Self::FailsAtOnce
        } else if nobody_else && !stub.is_empty() && stub.iter().all(answers) {
            Self::AnswersHere(stub)
        } else if by_no_rule && are_silent(&stub) {
            Self::SilentHere(stub)
        } else if nobody_else {
            slow_inbound(case, subjects)
        } else {
            Self::Nothing
        }
    }

    /// What follows for the forward of `what`; `None` where nothing is shown.
    pub(in crate::rules) fn in_words(&self, what: &str) -> Option<String> {
        Some(match self {
            Self::AnswersLate(ms) => format!(
                "This host's own lookup (getaddrinfo) has the right addresses after {}. So it forwards {what} to servers \
                 that answer late, and clients that wait for less fail.",
                phrase::time(*ms)
            ),
            Self::FailsAtOnce => {
                "BIND waits 10 s for a server that is silent, and this came at once. So the server that it forwards to \
                 refuses, fails, or is out of reach. Or a zone of its own is not loaded or has expired. Only where \
                 another client's question waited before may that server be silent."
                    .to_owned()
            }
            Self::AnswersHere(servers) => format!(
                "systemd-resolved asks {} for this name, and {} from here. So how systemd-resolved asks differs: over TLS \
                 (DNSOverTLS), with validation (DNSSEC), or through the link that the server belongs to.",
                phrase::titles(servers),
                phrase::plural(servers.len(), "it answers", "they answer")
            ),
            Self::SilentHere(servers) => format!(
                "systemd-resolved asks {} for this name, and {} from here, either.",
                phrase::titles(servers),
                phrase::plural(servers.len(), "it does not answer", "they do not answer")
            ),
            Self::SlowInbound(slow, slowest_ms) => format!(
                "{} {} late from here as well, after {}. If it forwards there, that is the cause.",
                phrase::titles(slow),
                phrase::plural(slow.len(), "answers", "answer"),
                phrase::time(*slowest_ms)
            ),
            Self::Nothing => return None,
        })
    }

    /// What that server does, in a summary; `None` where it is what every such server does.
    pub(in crate::rules) fn does(&self) -> Option<&'static str> {
        match self {
            Self::AnswersLate(_) | Self::SlowInbound(_, _) => Some("answers late"),
            Self::FailsAtOnce => Some("fails, or has a zone of its own that does"),
            Self::AnswersHere(_) => Some("answers this host and not its resolver"),
            Self::SilentHere(_) | Self::Nothing => None,
        }
    }

    /// Whether it says more than these inbound endpoints, which are silent from here: where there are none, or where
    /// the servers that are asked are known, or answer in the end.
    pub(in crate::rules) fn comes_before(&self, down: &[&Subject<'_>]) -> bool {
        match self {
            Self::SilentHere(_) | Self::AnswersLate(_) => true,
            Self::Nothing => false,
            _ => down.is_empty(),
        }
    }

    /// The servers that show it.
    pub(in crate::rules) fn servers(&self) -> &[&'s Subject<'a>] {
        match self {
            Self::AnswersHere(servers) | Self::SilentHere(servers) | Self::SlowInbound(servers, _) => servers,
            Self::AnswersLate(_) | Self::FailsAtOnce | Self::Nothing => &[],
        }
    }
}

/// Inbound endpoints that have the name late, where the resolvers are silent for it.
fn slow_inbound<'s, 'a>(case: &'s Case<'a>, subjects: &[&Subject<'_>]) -> ShownBeyond<'s, 'a> {
    let is_silent = |subject: &&Subject<'_>| subject.a_kind().is_some_and(AnswerKind::is_silence);
    let took_ms = |subject: &Subject<'_>| subject.a().and_then(|lookup| lookup.rtt_ms).unwrap_or_default();
    let slow: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| subject.has_role(Role::Inbound) && subject.verdict().has_addresses())
        .filter(|subject| took_ms(subject) >= SLOW_MS)
        .collect();
    if slow.is_empty() || !subjects.iter().all(is_silent) {
        return ShownBeyond::Nothing;
    }
    let slowest_ms = slow.iter().map(|subject| took_ms(subject)).fold(0.0, f64::max);
    ShownBeyond::SlowInbound(slow, slowest_ms)
}

/// The name servers that systemd-resolved asks for the name, where the resolver is its stub on this host and each of
/// them was asked here too. Empty where that is not known.
pub(in crate::rules) fn asked_by_the_stub<'s, 'a>(case: &'s Case<'a>, subject: &Subject<'_>) -> Vec<&'s Subject<'a>> {
    let is_stub = subject.has_role(Role::Local) && subject.ip().is_some_and(|ip| ip.is_loopback());
    let split = case
        .split_dns()
        .filter(|split| split.chooser == Chooser::SystemdResolved);
    let Some(split) = split.filter(|_| is_stub) else {
        return Vec::new();
    };
    let asked = split.asked_for(&case.target.hostname).servers;
    let at = |server: &SocketAddr| {
        let mut others = case.subjects().filter(|other| other.name() != subject.name());
        others.find(|other| other.probed.resolver.address == Some(*server) && !other.probed.interrupted)
    };
    let heard: Option<Vec<&Subject<'_>>> = asked.iter().map(at).collect();
    heard.unwrap_or_default()
}

/// Whether each name server that systemd-resolved asks for the name is silent from here, too.
pub(in crate::rules) fn ends_at_silent_servers(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    are_silent(&asked_by_the_stub(case, subject))
}

fn are_silent(servers: &[&Subject<'_>]) -> bool {
    !servers.is_empty() && servers.iter().all(|server| !server.heard_anything())
}

/// After how many milliseconds the lookup of this host got the right addresses from a resolver which is silent for the
/// name in the time that it has here: its answer comes, and late. Where several name servers are asked it may be
/// another's.
pub(in crate::rules) fn heard_late_ms(case: &Case<'_>, subject: &Subject<'_>) -> Option<f64> {
    let is_alone = subject.has_role(Role::Local) && case.local().count() == 1;
    let is_silent = subject.a_kind().is_some_and(AnswerKind::is_silence);
    let system = case.system().filter(|system| system.verdict() == Verdict::Match)?;
    let took_ms = system.probed.system.as_ref()?.rtt_ms?;
    let is_its_own = !contradiction::asks_others(case);
    (is_alone && is_silent && is_its_own && took_ms >= SLOW_MS).then_some(took_ms)
}

/// Whether BIND fails sooner than it gives up a silent server, for the name and for a random sibling that fails: it
/// waits 10 s (BIND 9 Administrator Reference Manual, `resolver-query-timeout`). A failure that it remembers is younger
/// than a second (`servfail-ttl`).
pub(in crate::rules) fn fails_at_once_as_bind(subject: &Subject<'_>) -> bool {
    let is_late = |sibling: &Lookup| sibling.kind.is_failure() && !sibling.fails_at_once();
    subject.software == Some(Software::Bind)
        && subject.a().is_some_and(Lookup::fails_at_once)
        && !subject.sibling().is_some_and(is_late)
}

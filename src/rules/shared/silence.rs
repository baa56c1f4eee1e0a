//! How nothing comes back from a resolver.

use crate::dns::AnswerKind;
use crate::observation::{Attempt, NetworkFailure, Reason, Transport};
use crate::rules::Subject;

/// How nothing came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::rules) enum Silence {
    /// The port was refused.
    Refused,
    /// The network itself said that there is no way.
    NoWay,
    /// Every question was turned away, in another manner or in one that is not known.
    TurnedAway,
    /// This host does not let the questions out.
    Forbidden,
    /// TCP connections are made, and nothing is said on them.
    Accepts,
    /// A service on this host takes the questions and says nothing.
    OnThisHost,
    /// Nothing came back from elsewhere.
    OnTheWay,
}

impl Silence {
    /// How nothing came back from a resolver that answers nothing.
    pub(in crate::rules) fn of(subject: &Subject<'_>) -> Self {
        let now_and_then = turned_away_now_and_then(subject);
        if is_kept_here(subject) {
            Self::Forbidden
        } else if is_turned_away(subject) || now_and_then.is_some() {
            match now_and_then.or_else(|| failure(subject)) {
                Some(NetworkFailure::Refused) => Self::Refused,
                Some(NetworkFailure::Forbidden) => Self::Forbidden,
                Some(NetworkFailure::NoRoute | NetworkFailure::HostUnreachable) => Self::NoWay,
                Some(NetworkFailure::Reset | NetworkFailure::Other { .. }) | None => Self::TurnedAway,
            }
        } else if accepts_connections(subject) {
            Self::Accepts
        } else if subject.ip().is_some_and(|ip| ip.is_loopback()) {
            Self::OnThisHost
        } else {
            Self::OnTheWay
        }
    }
}

/// This host lets nothing out. A firewall here that drops what goes out says EPERM
/// to who sends a datagram, and nothing to who connects (netfilter's NF_DROP in OUTPUT: Linux, net/ipv4/ip_output.c).
fn is_kept_here(subject: &Subject<'_>) -> bool {
    is_datagram_kept_here(subject) && tries(subject).all(|attempt| attempt.kind.is_silence() && !attempt.connected)
}

/// This host lets no datagram out.
pub(in crate::rules) fn is_datagram_kept_here(subject: &Subject<'_>) -> bool {
    let mut over_udp = tries(subject)
        .filter(|attempt| attempt.transport == Transport::Udp)
        .peekable();
    let is_forbidden = |attempt: &Attempt| {
        let said = attempt.reason.as_ref().and_then(Reason::network);
        said == Some(&NetworkFailure::Forbidden)
    };
    over_udp.peek().is_some() && over_udp.all(is_forbidden)
}

fn tries<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Attempt> {
    subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts)
}

/// The network itself said no, to every question.
fn is_turned_away(subject: &Subject<'_>) -> bool {
    subject
        .probed
        .lookups
        .iter()
        .all(|lookup| lookup.kind == AnswerKind::Unreachable)
}

/// How the network turned questions away, where it says so of every connection over TCP and of some questions over UDP.
/// A host sends so many ICMP messages in a second and no more (Linux, ip-sysctl, icmp_ratelimit), so the others look
/// silent.
fn turned_away_now_and_then<'a>(subject: &Subject<'a>) -> Option<&'a NetworkFailure> {
    let tries = || subject.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
    let of = |transport: Transport| {
        let of_it = tries().filter(move |attempt| attempt.transport == transport);
        of_it.map(|attempt| attempt.reason.as_ref().and_then(Reason::network))
    };
    let said = of(Transport::Tcp).next()??;
    let is_same = |other: Option<&NetworkFailure>| other == Some(said);
    let is_unheard = tries().all(|attempt| attempt.kind.is_silence());
    (is_unheard && of(Transport::Tcp).all(is_same) && of(Transport::Udp).any(is_same)).then_some(said)
}

/// How the network turned the question away.
fn failure<'a>(subject: &Subject<'a>) -> Option<&'a NetworkFailure> {
    subject.a()?.reason.as_ref()?.network()
}

/// A TCP connection was made: something listens at the address, whatever it does with the questions.
fn accepts_connections(subject: &Subject<'_>) -> bool {
    subject
        .probed
        .lookups
        .iter()
        .flat_map(|lookup| &lookup.attempts)
        .any(|attempt| attempt.connected)
}

//! The resolver answers over UDP and not over TCP.

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::inbound;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::observation::Transport;

declare_rule! {
    /// ## What it means
    /// Nothing is wrong with the resolver's answer over UDP, but over TCP the same question is refused or gets no
    /// reply. Nothing fails yet.
    ///
    /// ## How it was decided
    /// The resolver answers over UDP, and the lookup over TCP got no DNS reply of any kind. No other
    /// question over TCP got one either, in a run of many targets none of another target. Where the connection was
    /// made, and some question over UDP got no reply either, or a late one, it is not this case: the resolver may have
    /// stopped, or waits for a server that it asks.
    ///
    /// ## Why it matters
    /// An answer that does not fit into a datagram is truncated, and the client must then ask over TCP. Some clients
    /// wait there for more than a minute. Forwarders use TCP too, and an inbound endpoint should allow both.
    ///
    /// ## What to do
    /// Open TCP port 53 as well as UDP port 53.
    "tcp-blocked" = {
        summary: "the resolver answers over UDP and not over TCP",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "answers over UDP, and TCP port 53 is closed",
        complaints: [Truncated 20],
        shows: [NoTcp],
        references: [RFC_7766, ROUTE53_INBOUND_VALUES],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [A_CAME_OVER_UDP],
            [TCP_IS_NOT_ANSWERED],
            [not HEARD_OVER_TCP],
            [not STOPPED_ANSWERING],
        ],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let groups = fits.grouped(|subject| {
        let mut tries = subject.tcp().into_iter().flat_map(|lookup| &lookup.attempts);
        Some(tries.any(|attempt| attempt.connected))
    });
    groups
        .into_iter()
        .map(|(confidence, is_connected, blocked)| finding(case, confidence, is_connected, &blocked))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, is_connected: bool, blocked: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(blocked);
    let mut remedies = Vec::new();
    let inbound = inbound::of(blocked);
    if !is_connected && !inbound.is_empty() && !inbound::are_let_in(case, &inbound, &[Transport::Tcp]) {
        remedies.push(remedy::path::open_security_group(
            case,
            &[Transport::Tcp],
            &inbound,
            &[],
        ));
    }
    remedies.push(Remedy::new(
        if is_connected {
            "See why the resolver does not answer over TCP: the second command must return the same as the first"
        } else {
            "Open TCP port 53 on the path to the resolver; the second command must then return the same as the first"
        },
        blocked
            .iter()
            .flat_map(|subject| remedy::path::ask(case, subject))
            .collect::<Vec<_>>(),
    ));
    RULE.finding(confidence, blocked)
        .summary(format!(
            "{who} {} over UDP and not over TCP: {}",
            phrase::plural(blocked.len(), "answers", "answer"),
            if is_connected {
                "TCP port 53 takes connections, and no reply comes"
            } else {
                "TCP port 53 is blocked"
            }
        ))
        .why(format!(
            "{who} {} over UDP and {} over TCP. Today's answer fits into a datagram. A larger answer is truncated, \
                 and then every client has to ask over TCP, and fails or waits long.",
            phrase::plural(blocked.len(), "answers", "answer"),
            phrase::plural(blocked.len(), "does not answer", "do not answer")
        ))
        .seen(
            blocked
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
        )
        .fix(remedies)
}

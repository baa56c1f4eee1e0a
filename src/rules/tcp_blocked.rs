//! UDP gets through, TCP does not.

use super::phrase::{self, observed_target, observed_tcp};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::observation::Transport;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver gives addresses over UDP that nothing speaks against, and the same question over TCP is
    /// refused or met with silence. Nothing fails yet.
    ///
    /// ## How it was decided
    /// The resolver answers over UDP, and the look-up over TCP from the start got neither a reply nor an error
    /// of DNS.
    ///
    /// ## Why it matters
    /// An answer that grows beyond what fits into a datagram is truncated, and the client must then come over TCP.
    /// Some clients wait there for more than a minute. Forwarders use TCP too, and an inbound endpoint is meant
    /// to be open for both.
    ///
    /// ## What to do
    /// Open port 53 for TCP beside UDP.
    "tcp-blocked" = {
        summary: "the resolver answers over UDP, and TCP port 53 is closed",
        severity: Severity::Warning,
        since: "0.1.0",
        shows: [NoTcp],
        references: [RFC_7766, ROUTE53_INBOUND_VALUES],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [A_CAME_OVER_UDP],
            [TCP_IS_NOT_ANSWERED],
        ],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let blocked = fits.subjects();
    let who = phrase::titles(&blocked);
    let mut remedies = Vec::new();
    if blocked.iter().any(|subject| subject.has_role(Role::Inbound)) {
        remedies.push(remedy::path::open_security_group(case, &[Transport::Tcp]));
    }
    remedies.push(Remedy::new(
        "Open TCP port 53 on the way there; the second line must then answer like the first",
        blocked
            .iter()
            .flat_map(|subject| remedy::path::ask(case, subject))
            .collect::<Vec<_>>(),
    ));
    vec![
        RULE.finding(Confidence::High, &blocked)
            .summary(format!(
                "{who} {} over UDP and not over TCP: TCP port 53 is blocked",
                phrase::plural(blocked.len(), "answers", "answer")
            ))
            .why(format!(
                "{who} {} over UDP and {} nothing over TCP. Today's answer fits into a datagram. One that does not is \
                 truncated, and then every client has to come over TCP: it fails there, or waits for a long time.",
                phrase::plural(blocked.len(), "answers", "answer"),
                phrase::plural(blocked.len(), "says", "say")
            ))
            .seen(
                blocked
                    .iter()
                    .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
            )
            .fix(remedies),
    ]
}

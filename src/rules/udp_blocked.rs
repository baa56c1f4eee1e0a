//! UDP does not get through, TCP does.

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::{inbound, silence};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::facts::System;
use crate::observation::Transport;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver answers over TCP, and no question over UDP was answered: UDP port 53 is blocked on this host, on
    /// the way, or at the resolver.
    ///
    /// ## How it was decided
    /// Not one question over UDP got a reply, and at least one over TCP did. Where this host refuses to send each of
    /// them (EPERM), it is this host that blocks them.
    ///
    /// ## Why it matters
    /// Stub resolvers ask over UDP and go to TCP only when a UDP reply is truncated. None of them tries TCP after
    /// silence: kubectl, curl and everything else time out.
    ///
    /// ## What to do
    /// Open port 53 for UDP on the way there; at an inbound endpoint, in its security group.
    "udp-blocked" = {
        summary: "the resolver answers over TCP only",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "silent over UDP, answers over TCP (dig +tcp)",
        complaints: [Forward 50, Silence 30],
        shows: [OneAnswer, NoUdp],
        references: [RFC_7766, ROUTE53_INBOUND_VALUES],
        at: Failing,
        requires: [
            [not HEARD_OVER_UDP],
            [HEARD_OVER_TCP],
        ],
        confidence: [Medium if [[ANSWERS_FOR_A_PART_OF_THE_RUN]], High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| {
        Some(if silence::is_datagram_kept_here(subject) {
            UdpKept::Here
        } else if subject.answers_for_a_part_of_the_run() {
            UdpKept::ForAPart
        } else {
            UdpKept::OnTheWay
        })
    })
    .into_iter()
    .map(|(confidence, how, blocked)| finding(case, confidence, how, &blocked))
    .collect()
}

/// What keeps the questions over UDP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UdpKept {
    /// This host does not send them.
    Here,
    /// Something was there for a part of the run alone.
    ForAPart,
    /// Nobody says what.
    OnTheWay,
}

fn finding(case: &Case<'_>, confidence: Confidence, how: UdpKept, blocked: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(blocked);
    let several = blocked.len();
    let answers = phrase::plural(several, "answers", "answer");
    let summary = match how {
        UdpKept::Here => format!("{who} {answers} over TCP only: this host does not send the questions over UDP"),
        UdpKept::ForAPart => format!("{who} answered over TCP only for a part of the run"),
        UdpKept::OnTheWay => format!("{who} {answers} over TCP only: UDP port 53 is blocked"),
    };
    let reason = match how {
        UdpKept::Here => {
            " This host refuses to send each of them: a firewall here, a sandbox, or a security policy blocks it."
                .to_owned()
        }
        UdpKept::ForAPart => phrase::for_a_part_of_the_run(blocked),
        UdpKept::OnTheWay => " A firewall rule that names TCP only is the usual reason.".to_owned(),
    };
    let mut remedies = Vec::new();
    let inbound = inbound::of(blocked);
    if how == UdpKept::OnTheWay && !inbound.is_empty() && !inbound::are_let_in(case, &inbound, &[Transport::Udp]) {
        remedies.push(remedy::path::open_security_group(
            case,
            &[Transport::Udp],
            &inbound,
            &[],
        ));
    }
    let title = match how {
        UdpKept::Here => {
            "Let UDP port 53 out in this host's firewall or policy; the first line must then answer like the second"
        }
        UdpKept::ForAPart => "See whether it answers over UDP again: the first line must answer like the second",
        UdpKept::OnTheWay => "Open UDP port 53 on the way there; the first line must then answer like the second",
    };
    remedies.push(Remedy::new(
        title,
        blocked
            .iter()
            .flat_map(|subject| remedy::path::ask(case, subject))
            .collect::<Vec<_>>(),
    ));
    // Neither macOS' nor Windows' own resolver has such an option.
    if remedy::here::system(case) == System::Linux && blocked.iter().any(|subject| subject.has_role(Role::Local)) {
        remedies.push(Remedy::new(
            "Until then: let clients that read resolv.conf ask over TCP (glibc and Go know the option)",
            ["options use-vc"],
        ));
    }
    RULE.finding(confidence, blocked)
        .summary(summary)
        .why(format!(
            "No question to {who} over UDP got a reply{}, and TCP did. Clients change to TCP only where a UDP reply says \
             that it is truncated, so none of them gets an answer.{reason}",
            phrase::among_them(case)
        ))
        .seen(
            blocked
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
        )
        .fix(remedies)
}

//! UDP does not get through, TCP does.

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::inbound;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::facts::System;
use crate::observation::Transport;
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver answers over TCP, and no question over UDP was answered: UDP port 53 is blocked on the way, or at
    /// the resolver.
    ///
    /// ## How it was decided
    /// Not one question over UDP got a reply, and at least one over TCP did.
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
    fits.grouped(|subject| Some(subject.answers_for_a_part_of_the_run()))
        .into_iter()
        .map(|(confidence, for_a_part, blocked)| finding(case, confidence, for_a_part, &blocked))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, for_a_part: bool, blocked: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(blocked);
    let several = blocked.len();
    let answers = phrase::plural(several, "answers", "answer");
    let summary = if for_a_part {
        format!("{who} answered over TCP only for a part of the run")
    } else {
        format!("{who} {answers} over TCP only: UDP port 53 is blocked")
    };
    let reason = if for_a_part {
        phrase::for_a_part_of_the_run(blocked)
    } else {
        " A firewall rule that names TCP only is the usual reason.".to_owned()
    };
    let mut remedies = Vec::new();
    let inbound = inbound::of(blocked);
    if !for_a_part && !inbound.is_empty() && !inbound::are_let_in(case, &inbound, &[Transport::Udp]) {
        remedies.push(remedy::path::open_security_group(
            case,
            &[Transport::Udp],
            &inbound,
            &[],
        ));
    }
    let title = if for_a_part {
        "See whether it answers over UDP again: the first line must answer like the second"
    } else {
        "Open UDP port 53 on the way there; the first line must then answer like the second"
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

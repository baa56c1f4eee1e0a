//! Nothing at all comes back from the resolver.

use std::collections::BTreeSet;

use super::phrase::{self, observed_target, observed_tcp};
use super::shared::silence::Silence;
use super::signs::ASKED_OVER_TCP_ALONE;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::facts::VantageKind;
use crate::observation::{NetworkFailure, Reason, Transport};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver answers no question, over any transport. It is down, it does not exist, or the way to it is
    /// blocked.
    ///
    /// ## How it was decided
    /// Every question (the target, the controls, and the target over TCP) got no reply, or the network or this host
    /// refused it: a closed port, no route, no permission to send. A resolver that answers anything at all is not this
    /// case, and the target alone being silent is `forward-target-unreachable`. In a run of many targets a resolver may
    /// answer for some and then for none, controls and all: it stopped, or began to answer, in the middle of the run.
    /// That is less sure.
    ///
    /// ## Why it matters
    /// Clients move on to the next name server after silence; where there is none, kubectl on Linux prints an i/o
    /// timeout, or, for a closed port, "The connection to the server … was refused - did you specify the right host or
    /// port?", which sounds like the API server and is not.
    ///
    /// ## What to do
    /// Check each hop: the VPN and its routes, firewalls for port 53 over UDP and TCP, then the service on the host
    /// itself.
    "resolver-unreachable" = {
        summary: "the resolver answers nothing, over UDP or TCP",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "the server answers no name at all, over UDP and TCP: is the VPN up?",
        complaints: [
            Failure 50, Forward 40, ForwardNotReached 20, Silence 10, PortClosed 20, NotSent 10, Deadline 10,
            KubectlRefused 20,
        ],
        shows: [OneAnswer, SilentResolver],
        references: [MAN_RESOLV_CONF, RFC_7766],
        at: Failing,
        requires: [
            [not HEARD_AT_ALL],
            [not INBOUND_ENDPOINT],
            [not SERVICE_OF_THIS_HOST_IS_DOWN],
        ],
        confidence: [
            Certain if [[THE_NETWORK_TURNS_QUESTIONS_AWAY], [not THIS_HOST_FORBIDS_QUESTIONS]],
            Medium if [[ANSWERS_FOR_A_PART_OF_THE_RUN]],
            Medium if [[ACCEPTS_TCP_AND_ANSWERS_NOTHING, not TRIED_WITH_MORE_THAN_THE_NAME]],
            High,
        ],
        wants: [Stub],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    grouped(fits.subjects(), |subject| {
        Some((
            Silence::of(subject),
            is_of_another_vpc(case, subject),
            is_heard_over_udp(case, subject),
        ))
    })
    .into_iter()
    .map(|((silence, of_another_vpc, over_udp), subjects)| {
        let finding = finding(case, fits.least_sure_at(&subjects), silence, &subjects);
        let is_own = subjects.iter().any(|subject| subject.has_role(Role::Local));
        if over_udp {
            of_tcp_alone(finding, silence, &subjects)
        } else if of_another_vpc && silence == Silence::OnTheWay && !is_own {
            of_the_vpc(finding, case, &subjects)
        } else {
            finding
        }
    })
    .collect()
}

/// Whether it is the resolver of a VPC that this host is not known to be in: that has a reason of its own to be silent,
/// which the others do not share.
fn is_of_another_vpc(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    subject.probed.resolver.role == Role::Vpc && case.vantage.kind != VantageKind::ClusterVpc
}

/// The same, where silence is what a VPC's resolver gives outside its VPC: no hop in between has to be looked at.
fn of_the_vpc(finding: Finding, case: &Case<'_>, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    Finding {
        summary: format!(
            "{who} {} no question from here, which is normal outside the VPC",
            phrase::plural(subjects.len(), "answers", "answer")
        ),
        explanation: format!(
            "{who} answered no question{}. A VPC's resolver serves the hosts of its own VPC, and those of its Client VPN. \
             {} for the name {} not known.",
            phrase::among_them(case),
            phrase::plural(subjects.len(), "Its answer", "Their answers"),
            phrase::plural(subjects.len(), "is", "are")
        ),
        remedies: remedy::path::ask_the_vpc_from_outside(case, subjects),
        ..finding
    }
}

/// Whether it is asked over TCP, and the same address and port answers over UDP as another resolver of the run.
fn is_heard_over_udp(case: &Case<'_>, subject: &Subject<'_>) -> bool {
    let resolver = &subject.probed.resolver;
    let is_its = |other: &Subject<'_>| {
        let other = &other.probed.resolver;
        other.address == resolver.address && other.transport.is_none_or(|transport| transport == Transport::Udp)
    };
    resolver.address.is_some()
        && resolver.transport == Some(Transport::Tcp)
        && case.subjects().any(|other| is_its(other) && other.heard_anything())
}

/// The same, where what is closed is TCP alone: a server is there.
fn of_tcp_alone(finding: Finding, silence: Silence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let (refuses, is) = if silence == Silence::Refused {
        (phrase::plural(subjects.len(), "refuses", "refuse"), "closed")
    } else {
        (
            phrase::plural(subjects.len(), "does not answer", "do not answer"),
            "blocked",
        )
    };
    Finding {
        summary: format!("{who} {refuses} over TCP, and the same address answers over UDP: TCP is {is} there"),
        explanation: format!(
            "{who} {refuses} over TCP. The same address answers over UDP, so a server is there. It does not serve DNS over \
             TCP, or a firewall or a security group lets UDP through alone. An answer that does not fit into a datagram \
             is asked for again over TCP, and fails then."
        ),
        ..finding
    }
}

/// What the network said of the target's questions: once where it is the same of all, else of whom it is.
fn reasons(subjects: &[&Subject<'_>]) -> Vec<String> {
    let mut said: Vec<(&str, &Reason)> = Vec::new();
    for subject in subjects {
        let reason = subject.a().and_then(|lookup| lookup.reason.as_ref());
        said.extend(reason.map(|reason| (subject.name(), reason)));
    }
    let Some((_, first)) = said.first() else {
        return vec!["unreachable".to_owned()];
    };
    if said.iter().any(|(_, other)| other != first) {
        return said.iter().map(|(name, reason)| format!("{reason} ({name})")).collect();
    }
    vec![match first.network() {
        Some(NetworkFailure::NoRoute) if said.len() > 1 => "there is no route to them".to_owned(),
        Some(NetworkFailure::HostUnreachable) if said.len() > 1 => "the hosts are unreachable".to_owned(),
        _ => first.to_string(),
    }]
}

/// `port 53 takes`, `ports 53 and 853 take`.
fn ports(subjects: &[&Subject<'_>]) -> String {
    let ports: BTreeSet<u16> = subjects
        .iter()
        .filter_map(|subject| subject.probed.resolver.address)
        .map(|address| address.port())
        .collect();
    let listed: Vec<String> = ports.iter().map(ToString::to_string).collect();
    format!(
        "{} {} {}",
        phrase::plural(listed.len(), "port", "ports"),
        phrase::list(&listed),
        phrase::plural(listed.len(), "takes", "take")
    )
}

fn finding(case: &Case<'_>, confidence: Confidence, silence: Silence, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let refused = silence == Silence::Refused;
    let is_not_delivered = matches!(silence, Silence::NoWay | Silence::TurnedAway | Silence::Forbidden);
    // Where nothing stands in the way, silence for one name says nothing of others.
    let is_of_one_name = matches!(silence, Silence::Accepts | Silence::OnThisHost | Silence::OnTheWay)
        && !subjects.iter().any(|subject| subject.tried_with_more_than_the_name());
    let in_part = subjects.iter().any(|subject| subject.answers_for_a_part_of_the_run());
    let summary = match silence {
        _ if is_of_one_name => format!("{who} did not answer for the name, and was asked for no other"),
        Silence::Refused => format!(
            "{who} {} no question",
            phrase::plural(
                subjects.len(),
                "refuses the connection, so it answers",
                "refuse the connection, so they answer"
            )
        ),
        _ if is_not_delivered => {
            format!("{who} cannot be reached: {}", phrase::list(&reasons(subjects)))
        }
        _ if in_part => format!("{who} answered no question for a part of the run"),
        _ => format!(
            "{who} {} no question at all",
            phrase::plural(subjects.len(), "answers", "answer")
        ),
    };
    let answered = if is_of_one_name {
        "gave no answer for the name".to_owned()
    } else {
        format!("answered no question{}", phrase::among_them(case))
    };
    let mut explanation = match silence {
        // What answered for others is there, and the way to it is open.
        Silence::Accepts | Silence::OnThisHost | Silence::OnTheWay if in_part => format!(
            "{who} {answered}. A server that restarts, that has too much load, or that limits what one client asks is \
             silent so."
        ),
        Silence::Refused => format!(
            "{who} refused every question. Either no DNS server listens on that port, or a firewall refuses it."
        ),
        Silence::NoWay => format!(
            "This host or a router on the path could not deliver any question to {who}. The VPN is down, a route is \
             missing, or a firewall on the path says so."
        ),
        Silence::TurnedAway => format!(
            "Every question to {who} failed before it was answered. The cause is this host, the path, or the service."
        ),
        Silence::Forbidden => format!(
            "This host does not send any question to {who}. A firewall here, a sandbox, or a security policy blocks \
             it. Other programs here may be allowed."
        ),
        Silence::Accepts => format!(
            "{who} {answered}, but {} TCP connections, so a server is there. It hangs, or waits \
             for servers behind it that do not answer (BIND does so for 10 s before it says SERVFAIL). A firewall that \
             accepts connections for others looks the same.",
            ports(subjects)
        ),
        Silence::OnThisHost => format!(
            "{who}, on this host, {answered}. No network is in between: the service hangs, or \
             waits for servers behind it that do not answer."
        ),
        Silence::OnTheWay => format!(
            "{who} {answered}. The path is blocked (VPN down, no route, a firewall that drops packets), or no server \
             is at {}.",
            phrase::plural(subjects.len(), "that address", "those addresses")
        ),
    };
    let inside_tls = |subject: &&Subject<'_>| {
        let transport = subject.probed.resolver.transport;
        transport.is_some_and(Transport::is_encrypted)
    };
    if silence == Silence::Accepts && subjects.iter().any(inside_tls) {
        explanation
            .push_str(" A port that speaks plain DNS waits for more of a TLS handshake, too: is it the right one?");
    }
    if is_of_one_name {
        // Another resolver of the run may be the same address over TCP, as dig +tcp is one.
        let is_asked_over_tcp = subjects.iter().any(|subject| {
            let address = subject.probed.resolver.address;
            case.subjects().any(|other| {
                let other = &other.probed.resolver;
                other.address.is_some() && other.address == address && other.transport == Some(Transport::Tcp)
            })
        });
        explanation.push_str(if is_asked_over_tcp {
            " No other name was asked for."
        } else {
            " No other name was asked for, and TCP was not tried."
        });
        explanation.push_str(" If it answers other names, the server that it forwards this one to is silent.");
    }
    let is_here_over_tcp =
        |subject: &&Subject<'_>| subject.has_role(Role::Local) && ASKED_OVER_TCP_ALONE.is_at(case, subject);
    if subjects.iter().any(is_here_over_tcp) {
        explanation.push_str(" resolv.conf has the option use-vc, so every question went over TCP: UDP was not asked.");
    }
    explanation.push_str(&phrase::for_a_part_of_the_run(subjects));
    explanation.push_str(phrase::plural(
        subjects.len(),
        " Its answer for the name is not known.",
        " Their answers for the name are not known.",
    ));
    if subjects.iter().any(|subject| subject.has_role(Role::Local)) {
        let answering = case.local().any(Subject::heard_anything);
        explanation.push_str(match (answering, refused) {
            // In the order of resolv.conf (resolv.conf(5); Go, src/net/dnsclient_unix.go), but with `rotate`.
            (true, _) if case.stub().is_some_and(|stub| !stub.rotate) && !is_asked_before_another(case, subjects) => {
                " Clients here ask the name servers before it first, and one of those answers."
            }
            (true, false) if is_not_delivered => " Clients here ask the next name server then.",
            (true, false) => " Clients here wait for its timeout and then ask the next name server.",
            (true, true) => " Clients here ask the next name server then.",
            _ if !case.kubectl_looks_up_here() => {
                " kubectl does not ask it for the endpoint: a proxy or a tunnel takes its connections."
            }
            // What the system's own lookup says then is not known.
            _ if case.go_asks_the_system() => "",
            (false, true) => {
                " kubectl prints \"The connection to the server … was refused\" then: it means this port, not \
                 the API server's."
            }
            (false, false) if is_not_delivered => "",
            (false, false) => " kubectl prints an i/o timeout then.",
        });
    }
    let mut remedies = match silence {
        Silence::Accepts | Silence::OnThisHost | Silence::OnTheWay if in_part => vec![Remedy {
            title: "Ask it again. Where it answers, its log and its load at the time of this run say more".to_owned(),
            ..remedy::path::see_the_way(case, subjects)
        }],
        Silence::Refused => vec![
            Remedy {
                title: "Find what refuses the port: the resolver itself, or a firewall on the path".to_owned(),
                ..remedy::path::see_the_way(case, subjects)
            },
            Remedy::advice(
                "Start the DNS service there, or allow port 53 over UDP and TCP in the firewall that rejects it",
            ),
        ],
        Silence::OnThisHost => vec![Remedy::new(
            "Check what listens there, and which servers it forwards to",
            [remedy::here::listeners(case), remedy::here::name_servers(case)].concat(),
        )],
        Silence::Accepts => vec![
            Remedy::advice(
                "On that resolver: see whether it reaches the servers it forwards to, or the internet, on port 53",
            ),
            Remedy::new(
                "Give it more time, to see its answer",
                [format!(
                    "eks-dns-doctor check {} --timeout 15s --deadline 40s …",
                    case.own_zone()
                )],
            ),
        ],
        Silence::Forbidden => vec![Remedy::advice(
            "Let this program send to port 53, over UDP and TCP: look at this host's firewall rules for outgoing \
             traffic, \
             and at the policy it runs under (a container's, a sandbox's, SELinux, AppArmor)",
        )],
        Silence::NoWay | Silence::TurnedAway | Silence::OnTheWay => vec![remedy::path::see_the_way(case, subjects)],
    };
    let known_from: BTreeSet<&str> = subjects
        .iter()
        .map(|subject| subject.probed.resolver.known_from.as_str())
        .collect();
    remedies.push(Remedy::advice(format!(
        "Where the address is no longer in use, take it out of the configuration (known from: {})",
        phrase::list(&known_from.into_iter().collect::<Vec<_>>())
    )));
    RULE.finding(confidence, subjects)
        .summary(summary)
        .why(explanation)
        .seen(
            subjects
                .iter()
                .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat()),
        )
        .fix(remedies)
}

/// Whether some of them is asked before each name server of this host that answers.
fn is_asked_before_another(case: &Case<'_>, subjects: &[&Subject<'_>]) -> bool {
    let first_to_answer = case.local().position(Subject::heard_anything);
    let is_one = |other: &Subject<'_>| subjects.iter().any(|subject| subject.name() == other.name());
    let first_of_these = case.local().position(is_one);
    match (first_of_these, first_to_answer) {
        (Some(these), Some(answering)) => these < answering,
        _ => true,
    }
}

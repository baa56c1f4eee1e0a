//! The DNS service on this host itself is down.

use super::phrase::{self, observed_target, observed_tcp};
use super::signs::ASKED_OVER_TCP_ALONE;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::RecordType;
use crate::facts::System;

declare_rule! {
    /// ## What it means
    /// resolv.conf names a DNS service on this host (systemd-resolved, dnsmasq, a container's or a VPN client's proxy),
    /// and nothing listens there. Or resolv.conf names no name server: clients then ask loopback, and nothing listens
    /// there. Or Windows has no name server for the name: no adapter that is up has one, and no rule of the NRPT
    /// names one.
    ///
    /// ## How it was decided
    /// A name server of resolv.conf is a loopback address, its port is refused over UDP and TCP, and no question got a
    /// reply. A loopback port is refused by this host's own kernel: no network is involved. On Windows its
    /// configuration was read, it names nobody to ask, and the operating system's lookup fails. Where resolv.conf says
    /// `use-vc`, nothing is asked over UDP: the service may run and serve UDP alone, so it is less sure.
    ///
    /// ## Why it matters
    /// No name resolves here, not only the endpoint's. On Linux kubectl prints "The connection to the server … was
    /// refused - did you specify the right host or port?": that refusal is the name server's, not the API server's.
    ///
    /// ## What to do
    /// Start the service, or write a name server that answers into resolv.conf. On Windows, connect the network or
    /// the VPN.
    "local-dns-down" = {
        summary: "this host's own DNS service is down, or resolv.conf names no name server",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "the name server is on this host, and its port is closed",
        complaints: [Failure 70, PortClosed 10, NoServer 20, KubectlRefused 10],
        shows: [OneAnswer],
        references: [MAN_RESOLV_CONF, GO_DNS_CONFIG],
        at: Deciding,
        requires: [
            [not ANSWER_IS_FINE],
            [ON_THIS_HOST, SYSTEM_HAS_NOBODY_TO_ASK],
            [not HEARD_AT_ALL],
            [SERVICE_OF_THIS_HOST_IS_DOWN, SYSTEM_HAS_NOBODY_TO_ASK],
        ],
        confidence: [
            Medium if [[ASKED_OVER_TCP_ALONE]],
            Certain,
        ],
        needs: [Stub],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let down = fits.subjects();
    let Some(stub) = case.stub() else {
        return Vec::new();
    };
    if stub.name_servers.is_empty() {
        return vec![with_nobody_to_ask(case, fits, &down)];
    }
    let who = phrase::titles(&down);
    let (system, services) = (
        remedy::here::system(case),
        "dnsmasq, a VPN client's or a container's proxy",
    );
    let services = match system {
        System::Linux => format!("systemd-resolved, {services}"),
        System::Macos => services.to_owned(),
        System::Windows => "a VPN client's or a container's proxy, or a DNS server".to_owned(),
    };
    let over_tcp_alone = down.iter().any(|subject| ASKED_OVER_TCP_ALONE.is_at(case, subject));
    let (summary, mut explanation) = if stub.defaulted {
        let none = if stub.problems.is_empty() {
            "names no name server"
        } else {
            "names no name server that can be asked"
        };
        (
            format!(
                "{} {none}, and nothing listens on loopback, so no name resolves on this host",
                stub.source
            ),
            format!(
                "{} {none}. Clients then ask {who}, on this host, where nothing answers.",
                stub.source
            ),
        )
    } else if over_tcp_alone {
        (
            format!("{who}: the DNS service on this host refuses TCP, and this host asks over TCP alone"),
            format!(
                "{} names {who}, on this host, and has the option use-vc: every question goes over TCP. The port is \
                 refused. So either the service there does not run ({services}), or it serves UDP alone. UDP was not \
                 asked, as no client here asks it.",
                stub.source
            ),
        )
    } else {
        (
            format!("{who}: the DNS service on this host is down, so its port is refused"),
            format!(
                "{} names {who}, on this host. The port is refused, so the service there does not run: {services}.",
                stub.source
            ),
        )
    };
    let other_answers = case.local().any(Subject::heard_anything);
    explanation.push_str(if other_answers {
        " Clients then ask the next name server."
    } else if !case.kubectl_looks_up_here() {
        " kubectl does not ask it for the endpoint: a proxy or a tunnel takes its connections."
    } else if case.go_asks_the_system() || case.kubectl_refuses_its_configuration() {
        ""
    } else {
        " kubectl prints \"The connection to the server … was refused - did you specify the right host or port?\". \
         That refusal is the name server's, not the API server's."
    });
    let mut evidence: Vec<Evidence> = down
        .iter()
        .flat_map(|subject| [observed_target(subject), observed_tcp(subject)].concat())
        .collect();
    evidence.extend(
        stub.problems
            .iter()
            .map(|problem| Evidence::fact(format!("{}: {problem}", stub.source))),
    );
    vec![
        RULE.finding(fits.least_sure_at(&down), &down)
            .summary(summary)
            .why(explanation)
            .seen(evidence)
            .fix(if over_tcp_alone {
                [
                    ask_over_udp(case, &down, &stub.source),
                    remedies(case, &down, stub.defaulted, &stub.source),
                ]
                .concat()
            } else {
                remedies(case, &down, stub.defaulted, &stub.source)
            }),
    ]
}

/// Where clients ask over TCP alone, what tells whether the service serves UDP.
fn ask_over_udp(case: &Case<'_>, down: &[&Subject<'_>], source: &str) -> Vec<Remedy> {
    let lines = down
        .iter()
        .filter_map(|subject| remedy::path::dig(case, subject, RecordType::A, "+notcp"));
    vec![Remedy::new(
        format!("Ask it over UDP. If it answers, it runs: take use-vc out of {source}, or let it listen on TCP too"),
        lines.collect::<Vec<_>>(),
    )]
}

/// Windows, where it has no name server for the name.
fn with_nobody_to_ask(case: &Case<'_>, fits: &Fits<'_, '_>, system: &[&Subject<'_>]) -> Finding {
    let asked = case.split_dns().map(|split| split.asked_for(&case.target.hostname));
    let mut evidence: Vec<Evidence> = system.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(asked.map(|asked| Evidence::fact(asked.sentence())));
    RULE.finding(fits.least_sure_at(system), system)
        .summary("Windows has no name server for the name, so it asks nobody and the lookup fails")
        .why(
            "No adapter that is up has a name server, and no rule of the NRPT names one for this name. So Windows asks \
             nobody. It is so where the network is off or not connected, or where only a VPN that is down has name \
             servers.",
        )
        .seen(evidence)
        .fix(vec![
            Remedy::advice("Connect the network, or the VPN whose name servers have the name"),
            Remedy::new(
                "If the network is up: give its adapter a name server",
                remedy::here::set_name_servers(case, &["<address-of-a-resolver>".to_owned()]),
            ),
        ])
}

fn remedies(case: &Case<'_>, down: &[&Subject<'_>], defaulted: bool, source: &str) -> Vec<Remedy> {
    let name_server = Remedy::new(
        format!("Write a name server that answers into {source}, or into what generates that file"),
        remedy::here::set_name_servers(case, &["<address-of-a-resolver>".to_owned()]),
    );
    if defaulted {
        return vec![name_server];
    }
    let resolved = down.iter().any(|subject| {
        subject
            .ip()
            .is_some_and(|ip| ip == std::net::IpAddr::from([127, 0, 0, 53]))
    });
    let system = remedy::here::system(case);
    let restart = if resolved && system == System::Linux {
        Remedy::new(
            "Start systemd-resolved, which listens on 127.0.0.53",
            [
                "systemctl status systemd-resolved",
                "systemctl restart systemd-resolved",
            ],
        )
    } else {
        Remedy::new(
            "See what should listen there, and start it",
            remedy::here::listeners(case)
                .into_iter()
                .chain((system == System::Linux).then(|| "systemctl status dnsmasq".to_owned())),
        )
    };
    vec![restart, name_server]
}

//! A resolver behind this host's stub knows the name, and the stub does not ask it.

use super::{Case, Confidence, Evidence, Finding, Remedy, Severity, Stage, Subject, phrase};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// This host's stub resolver has several name servers behind it, one for each link, and the one that knows the
    /// endpoint's name, such as a VPN's, is not the one that it asks for it.
    ///
    /// ## How it was decided
    /// systemd-resolved lists the name servers that it knows in `/run/systemd/resolve/resolv.conf`. Each of them was
    /// asked by itself: one gives the right addresses, and the stub (127.0.0.53) or getaddrinfo does not.
    ///
    /// ## Why it matters
    /// The VPN is up and its DNS works; only the rule which names to ask it for is missing. Nothing at the other end
    /// will mend that.
    ///
    /// ## What to do
    /// Give the link that brought this name server a routing domain for the endpoint's zone.
    ///
    /// ## References
    /// - systemd-resolved.service(8), "Protocols and routing" and "/etc/resolv.conf"
    /// - resolvectl(1), "domain"
    "split-dns-not-applied" = {
        summary: "a name server behind this host's stub knows the name, and the stub does not ask it",
        severity: Severity::Error,
        since: "0.1.0",
        needs: [Upstreams],
        wants: [SystemView],
        explains: [
            "no-forwarding",
            "not-in-public-dns",
            "negative-answer",
            "name-does-not-exist",
            "name-blocked-by-policy",
            "rebinding-protection",
            "stale-negative-cache",
            "shadow-zone",
            "go-bypasses-scoped-dns",
            "forward-target-unreachable",
            "no-internet-recursion",
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let Some(upstreams) = case.upstreams() else {
        return Vec::new();
    };
    let behind = |subject: &&Subject<'_>| {
        let address = subject.probed.resolver.address;
        address.is_some_and(|address| upstreams.name_servers.contains(&address))
            && !subject.has_role(Role::Local)
    };
    let all: Vec<&Subject<'_>> = case.subjects().filter(behind).collect();
    let (know, others): (Vec<&Subject<'_>>, Vec<&Subject<'_>>) =
        all.into_iter().partition(|subject| {
            subject.verdict().is_fine() && subject.comparison.expected.says_anything()
        });
    // Where every one of them knows the name, what the stub makes of it is not a matter of routing.
    if know.is_empty() || others.is_empty() {
        return Vec::new();
    }
    let stub = case.failing().filter(|subject| {
        subject.has_role(Role::Local) && subject.ip().is_some_and(|ip| ip.is_loopback())
    });
    let mut failing: Vec<&Subject<'_>> = stub.collect();
    let system = case.system().filter(|system| {
        system.probed.resolver.in_scope && !system.verdict().is_fine() && !system.probed.interrupted
    });
    if failing.is_empty() {
        return Vec::new();
    }
    failing.extend(system);
    let who = phrase::titles(&failing);
    let knows = phrase::titles(&know);
    let zone = case.regional_zone().unwrap_or_else(|| case.own_zone());
    let servers: Vec<String> = know
        .iter()
        .filter_map(|subject| subject.ip())
        .map(|ip| ip.to_string())
        .collect();
    let mut evidence: Vec<Evidence> = know
        .iter()
        .chain(&others)
        .flat_map(|subject| phrase::observed_target(subject))
        .collect();
    evidence.extend(failing.iter().flat_map(|subject| phrase::observed_target(subject)));
    vec![Finding {
        rule: RULE.name.to_owned(),
        severity: Severity::Error,
        confidence: Confidence::High,
        summary: format!(
            "{knows} {} the name, and {who} {} another name server for it",
            phrase::plural(know.len(), "knows", "know"),
            phrase::plural(failing.len(), "asks", "ask"),
        ),
        explanation: format!(
            "systemd-resolved has {knows} behind it, which {} the right addresses, and {}, which {} not. Without a \
             routing domain for {zone} on the link of the first, the stub may ask the others, and believes them.",
            phrase::plural(know.len(), "gives", "give"),
            phrase::titles(&others),
            phrase::plural(others.len(), "does", "do"),
        ),
        caused_by: None,
        resolvers: phrase::names(&failing),
        evidence,
        remedies: vec![
            Remedy::new(
                "See which link has the name server, then route the zone there",
                [
                    "resolvectl dns".to_owned(),
                    format!("resolvectl domain <link> '~{zone}'"),
                    format!("resolvectl query {}", case.own_zone()),
                ],
            ),
            Remedy::advice(format!(
                "For good: in the VPN client or its server, hand out {} with the domain {zone} (AWS Client VPN: the \
                 endpoint's DNS servers; OpenVPN on Linux needs a script that passes them to systemd-resolved)",
                phrase::list(&servers)
            )),
        ],
        references: vec![
            "https://www.freedesktop.org/software/systemd/man/latest/systemd-resolved.service.html".to_owned(),
            "https://www.freedesktop.org/software/systemd/man/latest/resolvectl.html".to_owned(),
        ],
    }]
}

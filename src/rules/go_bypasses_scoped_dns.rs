//! The operating system finds the right resolver, and Go's own resolver does not.

use super::phrase::{self, observed_target};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::facts::System;

declare_rule! {
    /// ## What it means
    /// The operating system sends this name to another resolver than the ones in resolv.conf (scoped or split DNS: per
    /// VPN, per link, per domain), and gets the right addresses. Programs with Go's own resolver read resolv.conf only,
    /// and ask servers that do not have the name. kubectl for Linux is such a program. On macOS and Windows kubectl
    /// asks the operating system, so it is no such program there.
    ///
    /// ## How it was decided
    /// getaddrinfo gives the right addresses. The name servers of resolv.conf, asked in order until the first answer as
    /// Go does it, do not. The host is not known to run macOS or Windows. The hosts file has no entry for the name, no
    /// search suffix answers for it, and the cause is not EDNS. The hosts line of nsswitch.conf is not known to lead to
    /// the name servers of resolv.conf themselves.
    ///
    /// ## Why it matters
    /// curl and ping work, kubectl prints `no such host`.
    ///
    /// ## What to do
    /// Point resolv.conf to the stub that knows the scopes (systemd-resolved: 127.0.0.53), or use a client that asks
    /// the operating system: on macOS, any built with Go 1.20 or later.
    "go-bypasses-scoped-dns" = {
        summary: "the operating system resolves the name, and Go programs that read resolv.conf do not",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the operating system's lookup finds the name, and kubectl asks resolv.conf's",
        complaints: [Denial 320, HostConfiguration 20],
        shows: [OwnConfiguration],
        references: [GO_NET, SYSTEMD_RESOLVED],
        at: Failing,
        requires: [
            [NAME_SERVER_OF_THIS_HOST],
            [SYSTEM_GETS_THE_NAME],
            [unless HOSTS_FILE_HAS_THE_NAME],
            [not GO_GETS_THE_NAME],
            [not GO_ASKS_THE_SYSTEM],
            [not SYSTEM_MAY_DIFFER_OTHERWISE],
            [not SYSTEM_ASKS_RESOLV_CONF],
        ],
        confidence: [High if [[not HOSTS_FILE_HAS_THE_NAME]], Medium],
        wants: [Stub],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(system) = case.system() else {
        return Vec::new();
    };
    let failing = fits.subjects();
    let who = phrase::titles(&failing);
    let mut evidence = observed_target(system);
    evidence.extend(failing.iter().flat_map(|subject| observed_target(subject)));
    evidence.extend(case.stub().map(|stub| Evidence::fact(phrase::name_servers(stub))));
    evidence.push(Evidence::fact(if case.hosts().is_some() {
        "the hosts file has no entry for the name"
    } else {
        "the hosts file was not read: an entry there would look the same to getaddrinfo"
    }));
    vec![
        RULE.finding(fits.least_sure(), &failing)
            .summary(format!(
                "the operating system resolves the name, but Go programs (kubectl) ask {who} and do not get the right \
                 answer"
            ))
            .why(format!(
                "getaddrinfo gives {}. So the operating system asks a resolver that has the name: a VPN's, or one \
                 scoped to the domain. Go's own resolver reads resolv.conf only and asks {who}, which {} not have the \
                 right answer. A cache of the operating system that still holds an older answer would look the same, \
                 for as long as the TTL of 60 s.",
                phrase::addresses(&system.ips()),
                phrase::plural(failing.len(), "does", "do"),
            ))
            .seen(evidence)
            .fix(remedies(case)),
    ]
}

fn remedies(case: &Case<'_>) -> Vec<Remedy> {
    // systemd-resolved.service(8), "/etc/resolv.conf".
    let linux = Remedy::new(
        "Linux with systemd-resolved: point resolv.conf to its stub, which uses the VPN's domains",
        [
            "resolvectl status",
            "sudo ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf",
        ],
    );
    let macos = Remedy::new(
        "macOS: a kubectl built with Go 1.20 or later asks the operating system; see what it is built with, and which \
         resolvers are scoped",
        ["kubectl version --client -o yaml", "scutil --dns"],
    );
    let which = Remedy::new(
        "See which resolver the client uses: \"go\" reads resolv.conf, \"cgo\" asks the operating system",
        [remedy::here::with_variable(
            case,
            "GODEBUG",
            "netdns=2",
            "kubectl version",
        )],
    );
    if case.vantage.system == Some(System::Linux) {
        return vec![linux, which];
    }
    vec![linux, macos, which]
}

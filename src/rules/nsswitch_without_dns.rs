//! The operating system's lookup never gets as far as DNS.

use super::phrase::{self, observed_target};
use super::signs::NSSWITCH_KEEPS_FROM_DNS;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};

declare_rule! {
    /// ## What it means
    /// The `hosts:` line of nsswitch.conf decides what getaddrinfo asks, and it does not lead to DNS: neither `dns` nor
    /// `resolve` is in it, or an action such as `[NOTFOUND=return]` ends the lookup before them.
    ///
    /// ## How it was decided
    /// The line was read as nsswitch.conf(5) has it. Services that know names of this host or link only (`files`,
    /// `myhostname`, `mymachines`, `mdns`) pass an endpoint's name on. Where a service of another kind is in the line,
    /// such as `sss` or `nis`, nothing is said.
    ///
    /// ## Why it matters
    /// curl, Python and every program of the C library find no name. Go's own resolver reads the line too: with `files`
    /// alone, kubectl asks no name server and prints `no such host`; with any other service in it, it asks DNS. dig and
    /// nslookup do not read it, and work.
    ///
    /// ## What to do
    /// Add `dns` to the line, before any action that ends the lookup.
    "nsswitch-without-dns" = {
        summary: "nsswitch.conf keeps the operating system from asking DNS",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the hosts line of nsswitch.conf has no dns",
        complaints: [Denial 310, HostConfiguration 30],
        references: [MAN_NSSWITCH, GO_CONF],
        at: Run,
        requires: [
            [NSSWITCH_KEEPS_FROM_DNS],
            // An address in the hosts file, or a service that was passed over, has the name then.
            [unless SYSTEM_GETS_THE_NAME],
        ],
        names: [[IS_THE_SYSTEMS_LOOKUP]],
        confidence: [High if [[SYSTEM_FAILS], [A_NAME_SERVER_HERE_HAS_THE_NAME]], Medium],
        explains: [Unexplained],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(line) = case.hosts_line() else {
        return Vec::new();
    };
    let failing = case.system().filter(|system| !system.probed.interrupted);
    let works: Vec<&Subject<'_>> = case.local().filter(|subject| subject.verdict().is_fine()).collect();
    let is_proven = fits.confidence == Confidence::High;
    let mut evidence = NSSWITCH_KEEPS_FROM_DNS.evidence(case);
    evidence.extend(failing.into_iter().flat_map(observed_target));
    evidence.extend(works.iter().flat_map(|subject| observed_target(subject)));
    let beside = if works.is_empty() {
        String::new()
    } else {
        format!(
            " {}, which resolv.conf names, {} the right answer, and getaddrinfo does not ask.",
            phrase::titles(&works),
            phrase::plural(works.len(), "has", "have"),
        )
    };
    vec![
        RULE.finding_at_large(fits.confidence)
        .about(failing.map(|system| phrase::names(&[system])).unwrap_or_default())
        .severity(if is_proven { Severity::Error } else { Severity::Warning })
        .summary("nsswitch.conf does not lead to DNS: getaddrinfo asks no name server")
        .why(format!(
            "{}{beside} {} dig and nslookup do not read the line, and work.",
            line.meaning().first().map_or("", String::as_str),
            if line.go_asks_dns() {
                "Go's own resolver (kubectl's) takes other services for DNS, and asks the name servers all the same."
            } else {
                "Go's own resolver (kubectl's) reads the line too, and asks none either: \"no such host\"."
            }
        ))
        .seen(evidence)
        .fix(vec![
            Remedy::new(
                "Add dns to the line, after files (if a program generates the line, change it there)",
                ["hosts: files dns".to_owned()],
            ),
            Remedy::new(
                "Check what getaddrinfo returns",
                [remedy::here::look_up(case, &case.target.hostname.to_string())],
            ),
        ]),
    ]
}

//! The hosts file pins the endpoint's name.

use std::net::IpAddr;

use super::phrase::{self, observed, observed_target};
use super::shared::pinned::{self, Judgement, ServerAnswers};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::facts::HostsEntry;

declare_rule! {
    /// ## What it means
    /// The hosts file of this host has an entry for the endpoint's name. It comes before DNS: getaddrinfo, Go and all
    /// programs that use them get the entry's address, whatever DNS says.
    ///
    /// ## How it was decided
    /// The entry's address was compared with what is expected here; if nothing is expected, with the answers of name
    /// servers: those that match, and resolvers of the VPC. An address that contradicts the expectation is certainly
    /// wrong; one that only differs from a right answer may be another of the cluster's interfaces; where nothing says
    /// what is right, a difference is a warning.
    ///
    /// ## Why it matters
    /// EKS replaces the endpoint's interfaces on upgrades and when it scales the control plane. A pinned address is
    /// right until then. Afterwards clients time out, and no DNS tool shows why.
    ///
    /// ## What to do
    /// Remove the line and let DNS answer. Local clusters on Outposts are the exception: their addresses
    /// stay, and AWS recommends an entry for when the Region is out of reach.
    "hosts-file-override" = {
        summary: "the hosts file pins the endpoint's name",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the address comes from the hosts file",
        complaints: [Sinkhole 30, HandshakeTimeout 50, Certificate 40, Connection 40],
        references: [EKS_OUTPOSTS, MAN_HOSTS],
        at: Run,
        requires: [[HOSTS_FILE_HAS_THE_NAME]],
        names: [[IS_THE_SYSTEMS_LOOKUP]],
        confidence: [
            Certain if [[PINNED_ADDRESS_IS_UNEXPECTED], [SYSTEM_USES_THE_HOSTS_FILE]],
            Medium if [[PINNED_ADDRESS_DIFFERS]],
            High if [[PINNED_ADDRESS_IS_UNEXPECTED, PINNED_ADDRESS_IS_NOT_ANSWERED]],
            Certain,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let entries = case.hosts().unwrap_or_default();
    let system = case.system();
    let answers = ServerAnswers::of(case);
    let judged: Vec<(&HostsEntry, Judgement)> = entries
        .iter()
        .map(|entry| (entry, answers.judge(case, entry.ip)))
        .collect();
    let Some(worst) = pinned::worst(case) else {
        return Vec::new();
    };
    let takes_effect = pinned::takes_effect(case);
    let severity = match (worst, takes_effect) {
        (Judgement::Contradicts | Judgement::NotAnswered, true) => Severity::Error,
        (Judgement::Contradicts | Judgement::NotAnswered, false) | (Judgement::Differs, _) => Severity::Warning,
        (Judgement::Fine, _) => Severity::Info,
    };
    let mut pinned_to: Vec<IpAddr> = judged
        .iter()
        .filter(|(_, judgement)| *judgement == worst)
        .map(|(entry, _)| entry.ip)
        .collect();
    pinned_to.dedup();
    let in_scope = system.filter(|system| system.probed.resolver.in_scope);
    let mut evidence: Vec<Evidence> = entries
        .iter()
        .map(|entry| {
            Evidence::fact(format!(
                "{} line {}: {} {}",
                entry.path,
                entry.line,
                entry.ip,
                case.own_zone()
            ))
        })
        .collect();
    evidence.extend(system.into_iter().flat_map(observed_target));
    evidence.extend(
        answers
            .from
            .iter()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    vec![
        RULE.finding_at_large(fits.confidence)
            .about(in_scope.map(|system| system.name().to_owned()))
            .severity(severity)
            .summary(summary(worst, takes_effect, &pinned_to, &entries[0].path))
            .why(explanation(case, &answers, worst, takes_effect, &pinned_to))
            .seen(evidence)
            .fix(remedies(case, entries)),
    ]
}

fn summary(worst: Judgement, takes_effect: bool, pinned: &[IpAddr], path: &str) -> String {
    let pins = format!("{path} pins the name to {}", phrase::addresses(pinned));
    match (worst, takes_effect) {
        (Judgement::Contradicts | Judgement::NotAnswered, true) => {
            format!("{pins}, which is not the endpoint's address now")
        }
        (Judgement::Contradicts | Judgement::NotAnswered, false) => {
            format!("{pins}, which is not the endpoint's address now, though getaddrinfo does not use the entry")
        }
        (Judgement::Differs, _) => format!("{pins}, and DNS gives other addresses"),
        (Judgement::Fine, _) => pins,
    }
}

fn explanation(
    case: &Case<'_>,
    answers: &ServerAnswers<'_, '_>,
    worst: Judgement,
    takes_effect: bool,
    pinned: &[IpAddr],
) -> String {
    let first = if takes_effect {
        "An entry of the hosts file comes before DNS, so clients on this host get its address and ask no name server."
    } else {
        "getaddrinfo does not give the entry's address, so it does not read it; Go reads the file by itself."
    };
    let pinned_addresses = phrase::addresses(pinned);
    let heard: Vec<IpAddr> = answers.heard.iter().copied().collect();
    let right: Vec<IpAddr> = answers.right.iter().copied().collect();
    let judged = match worst {
        Judgement::Contradicts if answers.expected.says_anything() => format!(
            "{pinned_addresses} is not what is expected here ({}). EKS replaces the endpoint's interfaces on upgrades \
             and when it scales the control plane. A pinned address does not change with them.",
            answers.expected.source
        ),
        Judgement::Contradicts => {
            format!("No endpoint has the address {pinned_addresses}.")
        }
        Judgement::NotAnswered => format!(
            "{pinned_addresses} is not among the addresses that DNS gives ({}): most likely an old one, or \
             another of the cluster's interfaces.",
            phrase::addresses(&right)
        ),
        Judgement::Differs => format!(
            "DNS gives {} here, and which is right is not known: use --expect, or ask a resolver of the VPC.",
            phrase::addresses(&heard)
        ),
        Judgement::Fine => {
            "Nothing shows that it is wrong now. EKS replaces the endpoint's interfaces on upgrades and when it scales \
             the control plane, so it will not stay right. Local clusters on Outposts are the exception."
                .to_owned()
        }
    };
    let tunnel = if pinned.iter().any(std::net::IpAddr::is_loopback) {
        " A loopback address may be there on purpose, for a tunnel to the endpoint; then it works only while \
         the tunnel is up."
    } else {
        ""
    };
    let dns_unheard = case.local().next().is_some() && answers.heard.is_empty();
    let hidden = if dns_unheard && worst == Judgement::Fine {
        " Without it, clients here would not get the name from DNS."
    } else {
        ""
    };
    format!("{first} {judged}{tunnel}{hidden}")
}

fn remedies(case: &Case<'_>, entries: &[HostsEntry]) -> Vec<Remedy> {
    let mut files: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    files.dedup();
    files
        .into_iter()
        .map(|file| {
            let lines: Vec<String> = entries
                .iter()
                .filter(|entry| entry.path == file)
                .map(|entry| entry.line.to_string())
                .collect();
            Remedy::new(
                format!(
                    "Remove the name from {file}, {} {}, and check that DNS gives the right addresses; local clusters \
                     on Outposts may keep it",
                    phrase::plural(lines.len(), "line", "lines"),
                    phrase::list(&lines)
                ),
                [remedy::here::find_lines(case, &case.own_zone(), file)],
            )
        })
        .collect()
}

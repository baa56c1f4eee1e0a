//! The hosts file pins the endpoint's name.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::phrase::{self, observed, observed_target};
use super::{Case, Confidence, Evidence, Finding, Remedy, Severity, Stage, Subject, remedy};
use crate::address::AddressClass;
use crate::compare::Verdict;
use crate::expect::{Expected, Fit};
use crate::facts::HostsEntry;

declare_rule! {
    /// ## What it means
    /// The hosts file of this host has an entry for the endpoint's name. It comes before DNS: getaddrinfo, Go
    /// and everything that uses them get the entry's address, whatever DNS says.
    ///
    /// ## How it was decided
    /// The entry's address was held against what is expected here, and where that does not say, against what
    /// name servers answer: those that match, and resolvers of the VPC. An address that contradicts
    /// the expectation is certainly wrong; one that only differs from a right answer may be another of the
    /// cluster's interfaces; where nothing says what is right, a difference is a warning.
    ///
    /// ## Why it matters
    /// EKS replaces the endpoint's interfaces on upgrades and when it scales the control plane. A pinned
    /// address is right today and gone tomorrow, and the error then is a time-out that no DNS tool shows.
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
        needs: [Hosts],
        wants: [SystemView, VpcView],
        stage: Stage::Evidence,
    }
}

/// What an entry is, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Judgement {
    /// What is expected says that it is wrong.
    Contradicts,
    /// Who gives the right addresses does not give this one.
    NotAnswered,
    /// DNS gives others, and nothing says which are right.
    Differs,
    /// Nothing speaks against it.
    Fine,
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    let entries = case.hosts().unwrap_or_default();
    let system = case.system();
    let answers = Answers::of(case);
    let judged: Vec<(&HostsEntry, Judgement)> = entries
        .iter()
        .map(|entry| (entry, answers.judge(case, entry.ip)))
        .collect();
    let Some(worst) = judged.iter().map(|(_, judgement)| *judgement).min() else {
        return Vec::new();
    };
    // getaddrinfo does not have to read the file (nsswitch.conf): what it gives shows whether it did.
    let takes_effect = system.is_none_or(|system| {
        let given = system.ips();
        entries.iter().any(|entry| given.contains(&entry.ip))
    });
    let (severity, confidence) = match (worst, takes_effect) {
        (Judgement::Contradicts, true) => (Severity::Error, Confidence::Certain),
        (Judgement::NotAnswered, true) => (Severity::Error, Confidence::High),
        (Judgement::Contradicts | Judgement::NotAnswered, false) => (Severity::Warning, Confidence::High),
        (Judgement::Differs, _) => (Severity::Warning, Confidence::Medium),
        (Judgement::Fine, _) => (Severity::Info, Confidence::Certain),
    };
    let mut pinned: Vec<IpAddr> = judged
        .iter()
        .filter(|(_, judgement)| *judgement == worst)
        .map(|(entry, _)| entry.ip)
        .collect();
    pinned.dedup();
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
        RULE.finding_at_large(confidence)
            .about(in_scope.map(|system| system.name().to_owned()))
            .severity(severity)
            .summary(summary(worst, takes_effect, &pinned, &entries[0].path))
            .why(explanation(case, &answers, worst, takes_effect, &pinned))
            .seen(evidence)
            .fix(remedies(case, entries)),
    ]
}

/// What name servers answer, to hold the entries against.
struct Answers<'s, 'a> {
    expected: &'s Expected,
    /// Addresses of answers that are right: matches, and the VPC's own view.
    right: BTreeSet<IpAddr>,
    /// Addresses of answers that nothing speaks against.
    heard: BTreeSet<IpAddr>,
    from: Vec<&'s Subject<'a>>,
}

impl<'s, 'a> Answers<'s, 'a> {
    fn of(case: &'s Case<'a>) -> Self {
        // What is expected of clients here; the operating system's lookup stands for them.
        let expected = case
            .system()
            .or_else(|| case.local().next())
            .map_or(case.expected, |subject| &subject.comparison.expected);
        let mut from: Vec<&Subject<'a>> = case.vpc_view();
        for subject in case.local().chain(case.vpc_side()) {
            let known = from.iter().any(|other| other.name() == subject.name());
            if subject.verdict().is_fine() && !known {
                from.push(subject);
            }
        }
        let of_the_vpc: Vec<&str> = case.vpc_view().into_iter().map(Subject::name).collect();
        let is_right =
            |subject: &Subject<'_>| subject.verdict() == Verdict::Match || of_the_vpc.contains(&subject.name());
        Self {
            expected,
            right: from
                .iter()
                .filter(|subject| is_right(subject))
                .flat_map(|subject| subject.ips())
                .collect(),
            heard: from.iter().flat_map(|subject| subject.ips()).collect(),
            from,
        }
    }

    fn judge(&self, case: &Case<'_>, ip: IpAddr) -> Judgement {
        let never = matches!(
            AddressClass::of(ip),
            AddressClass::Sinkhole | AddressClass::Loopback | AddressClass::LinkLocal
        );
        let fit = if self.expected.says_anything() {
            case.fit(self.expected, ip)
        } else if never {
            Fit::Unexpected
        } else {
            Fit::Unsure
        };
        match fit {
            Fit::Unexpected => Judgement::Contradicts,
            Fit::Unsure if self.heard.contains(&ip) => Judgement::Fine,
            Fit::Unsure if !self.right.is_empty() => Judgement::NotAnswered,
            Fit::Unsure if !self.heard.is_empty() => Judgement::Differs,
            Fit::Expected | Fit::Unsure => Judgement::Fine,
        }
    }
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
    answers: &Answers<'_, '_>,
    worst: Judgement,
    takes_effect: bool,
    pinned: &[IpAddr],
) -> String {
    let first = if takes_effect {
        "An entry of the hosts file comes before DNS, so clients on this host get its address and never ask."
    } else {
        "getaddrinfo does not give the entry's address, so it does not read it; Go reads the file by itself."
    };
    let pinned_addresses = phrase::addresses(pinned);
    let heard: Vec<IpAddr> = answers.heard.iter().copied().collect();
    let right: Vec<IpAddr> = answers.right.iter().copied().collect();
    let judged = match worst {
        Judgement::Contradicts if answers.expected.says_anything() => format!(
            "{pinned_addresses} is not what is expected here ({}): EKS replaces the endpoint's interfaces on \
             upgrades and when it scales the control plane, and a pinned address stays behind.",
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
            "DNS gives {} here, and nothing says which is right: --expect, or a resolver of the VPC, would.",
            phrase::addresses(&heard)
        ),
        Judgement::Fine => "Nothing speaks against it now. EKS replaces the endpoint's interfaces on upgrades \
                            and when it scales the control plane, so it will not stay right, except on local \
                            clusters on Outposts."
            .to_owned(),
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
                    "Take the name out of {file}, {} {}, and see that DNS gives the right addresses; local \
                     clusters on Outposts may keep it",
                    phrase::plural(lines.len(), "line", "lines"),
                    phrase::list(&lines)
                ),
                [remedy::here::find_lines(case, &case.own_zone(), file)],
            )
        })
        .collect()
}

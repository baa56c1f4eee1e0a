//! The resolver serves other clients, not this one.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::shared::refusal;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, step};
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The resolver answers REFUSED to whatever this client asks: its access list does not hold this client's
    /// subnet. Common after a new VPN pool, a new VPC, or behind a translation of addresses.
    ///
    /// ## How it was decided
    /// The name and every control (a random sibling, AWS's public names, the root) got REFUSED. EDE 18 (Prohibited)
    /// says that it is for who asks, and so does a reply that is only a header, as Unbound sends it to a client that
    /// its `access-control` refuses. Without either it is less sure: a server that does no recursion for anybody
    /// answers so too (RA=0), and dnsmasq passes on the REFUSED of the servers that it asks (RA=1). EDE 14 (Not Ready)
    /// is `no-internet-recursion` instead: dnsmasq has no server to ask.
    ///
    /// ## Why it matters
    /// kubectl prints `server misbehaving`, or `i/o timeout` where only a header comes: Go waits past it. Go and glibc
    /// move on to the next name server, so with several configured it fails only where all of them refuse.
    ///
    /// ## What to do
    /// Allow this client's subnet on the resolver, or use the resolver that is meant for it.
    "resolver-refuses-client" = {
        summary: "the resolver refuses whatever this client asks",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "REFUSED for every name: an access list of the server",
        complaints: [Failure 30, Refused 10, Referral 20],
        shows: [OneAnswer, Refusal],
        references: [RFC_8914_PROHIBITED, BIND_RECURSION, UNBOUND_ACCESS_CONTROL],
        at: Failing,
        requires: [[REFUSES_THIS_CLIENT]],
        confidence: [
            Certain if [[ALL_CONTROLS_REFUSED], [REFUSAL_NAMES_THE_CLIENT]],
            High if [[CONTROLS_REFUSED], [REFUSAL_NAMES_THE_CLIENT]],
            Medium,
        ],
        wants: [Controls],
        stage: Stage::Evidence,
    }
}

/// What the refusal itself looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Only a header comes.
    BareHeader,
    /// It says that no recursion is available.
    WithoutRecursion,
    /// It says that recursion is available.
    WithRecursion,
}

fn shown(subject: &Subject<'_>) -> Shown {
    let flags = subject.a().and_then(|lookup| lookup.flags);
    match flags {
        _ if refusal::is_by_bare_headers(subject) => Shown::BareHeader,
        Some(flags) if !flags.ra => Shown::WithoutRecursion,
        _ => Shown::WithRecursion,
    }
}

fn check(_: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| Some((shown(subject), step::controls(subject).next().is_some())))
        .into_iter()
        .map(|(confidence, (shown, is_checked), subjects)| finding(confidence, shown, is_checked, &subjects))
        .collect()
}

fn finding(confidence: Confidence, shown: Shown, is_checked: bool, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let refuses = phrase::plural(several, "refuses", "refuse");
    let is_sure = matches!(confidence, Confidence::Certain | Confidence::High);
    let what = match confidence {
        _ if !is_checked => format!(
            "{who} {refuses} this name. The control questions were not asked: a policy against this one name \
             would look the same, and is rarer.",
        ),
        Confidence::Certain => format!(
            "{who} {refuses} this name and every control alike, names outside its zone among them. So it is the \
             client that is refused, not the name.",
        ),
        Confidence::High => format!(
            "{who} {refuses} this name and every control that got a reply. So it is the client that is refused, \
             not the name.",
        ),
        Confidence::Medium | Confidence::Low => format!("{who} {refuses} this name and the controls alike."),
    };
    let beside = match shown {
        Shown::BareHeader => {
            " Each reply is only a header with REFUSED, as Unbound sends it to a client that its access-control \
             refuses. Go waits past such a reply, so kubectl prints `i/o timeout`."
        }
        Shown::WithoutRecursion => {
            " The replies say that recursion is not available, to this client or to any. A server that has zones of its \
             own alone says it to all."
        }
        Shown::WithRecursion if is_sure => "",
        Shown::WithRecursion => {
            " The replies say that recursion is available. So this client is refused, or a server that is asked there \
             refuses: dnsmasq passes such a reply on."
        }
    };
    let explanation = format!("{what}{beside}");
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(observed_sibling(subject));
        evidence.extend(observed_controls(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(format!("{who} {refuses} to serve this client"))
        .why(explanation)
        .seen(evidence)
        .fix(remedies(shown, is_sure))
}

fn remedies(shown: Shown, is_sure: bool) -> Vec<Remedy> {
    let mut lines = vec![
        (
            Software::Bind,
            None,
            "# BIND (named.conf), in options {}; allow-query-cache follows allow-recursion\nrecursion yes;\nallow-recursion { \
             localhost; localnets; <client-subnet>; };",
        ),
        (
            Software::Unbound,
            None,
            "# Unbound (unbound.conf)\nserver:\n    access-control: <client-subnet> allow",
        ),
        // From 5.2 on the old form is not read (PowerDNS Recursor, "New Style (YAML) Settings").
        (
            Software::Pdns,
            Some(5),
            "# PowerDNS Recursor 5 (recursor.yml): the networks that are there, and\nincoming:\n  allow_from: [ \
             <networks>, <client-subnet> ]",
        ),
        (
            Software::Pdns,
            Some(4),
            "# PowerDNS Recursor 4 (recursor.conf): the networks that are there, \
             and\nallow-from=<networks>, <client-subnet>",
        ),
    ];
    if shown == Shown::BareHeader {
        lines.sort_by_key(|(software, ..)| *software != Software::Unbound);
    }
    let mut remedies = Remedy::in_software("Allow this client's subnet there", lines);
    remedies.push(Remedy::advice(
        "Behind a VPN or a NAT gateway the resolver sees the translated address: allow that one",
    ));
    match shown {
        Shown::WithoutRecursion if !is_sure => remedies.push(Remedy::advice(
            "If the server only serves zones of its own: use a recursive resolver in its place",
        )),
        Shown::WithRecursion => remedies.push(Remedy::advice(
            "If it forwards the questions: ask the servers that it forwards to from there. Where they refuse, allow the \
             resolver's own address on them",
        )),
        Shown::BareHeader | Shown::WithoutRecursion => {}
    }
    remedies
}

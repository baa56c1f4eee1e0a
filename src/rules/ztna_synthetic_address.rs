//! A synthetic address of a zero-trust client or a proxy instead of the endpoint's.

use super::phrase::{self, observed_target};
use super::shared::synthetic::of_shared_range;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::address::AddressClass;

declare_rule! {
    /// ## What it means
    /// The answer has an address of 100.64.0.0/10 or 198.18.0.0/15 that is neither expected nor in the VPC. A
    /// zero-trust client (Zscaler Private Access is one) answers the names of its domains with addresses of the first
    /// range, and forwards connections to these addresses to the real endpoint. Proxies on the host that give synthetic
    /// addresses (sing-box and mihomo are two) do the same with the second.
    ///
    /// ## How it was decided
    /// By the address range alone, so this is the most likely cause and not a proven one. A VPC may use the range too:
    /// an address that is expected, or in the VPC's networks, does not count. Where neither is known, an address does
    /// not count if a resolver of the VPC returns it as well, or if it comes with the SOA of a private hosted zone.
    ///
    /// ## Why it matters
    /// Whether a connection works depends on the zero-trust client's rules and not on DNS: this run does not show
    /// whether the real addresses behind it are right.
    ///
    /// ## What to do
    /// Check that the endpoint is in an application segment, with TCP 443, and that its connector resolves the name to
    /// the cluster's addresses. Or remove the name from the client's domains.
    "ztna-synthetic-address" = {
        summary: "the answer has an address of a range that zero-trust clients and proxies take synthetic ones from",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the address is of 100.64.0.0/10 or 198.18.0.0/15, as zero-trust clients and proxies give",
        complaints: [NoReply 20, HandshakeTimeout 30, Connection 80],
        shows: [OneAnswer],
        references: [RFC_6598],
        at: Deciding,
        requires: [
            [GIVES_SHARED_ADDRESSES],
            [unless SIBLING_RESOLVES],
            // Public addresses were asked for, or listed: nothing synthetic is among those.
            [ANSWER_IS_FINE, ALL_ADDRESSES_ARE_WRONG],
        ],
        confidence: [Medium],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| {
        Some(if subject.verdict().is_fine() {
            Severity::Warning
        } else {
            Severity::Error
        })
    })
    .into_iter()
    .map(|(confidence, severity, subjects)| finding(case, confidence, severity, &subjects))
    .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, severity: Severity, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let verb = phrase::plural(subjects.len(), "returns", "return");
    let given = phrase::distinct(subjects.iter().flat_map(|subject| of_shared_range(case, subject)));
    let is_shared = subjects.iter().any(|subject| subject.has_class(AddressClass::Cgnat));
    let (range, space, makers, maker) = if is_shared {
        (
            "100.64.0.0/10",
            "the shared address space",
            "zero-trust clients",
            "A zero-trust client that has the name in its domains",
        )
    } else {
        (
            "198.18.0.0/15",
            "the range for benchmarks",
            "proxies with synthetic addresses",
            "A proxy on this host, or at the name server, that gives synthetic addresses (\"fake IP\")",
        )
    };
    let vpc = match case.vpc() {
        Some(vpc) => format!("It is not in the VPC: {}.", phrase::vpc_networks(vpc)),
        None => "The VPC's networks are not known; if they are in this range, the address may be the \
                 endpoint's own."
            .to_owned(),
    };
    let wrong = match severity {
        Severity::Error => format!(" It is not what is expected here ({}).", case.expected.source),
        Severity::Warning | Severity::Info => String::new(),
    };
    RULE.finding(confidence, subjects)
        .severity(severity)
        .summary(format!("{who} {verb} {given} of {range}, a range that {makers} use"))
        .why(format!(
            "{who} {verb} {given} of {space}. {vpc}{wrong} {maker} answers with such an address. The connection is \
             then forwarded to the real endpoint. Whether that works depends on the rules there, and DNS cannot show it."
        ))
        .seen(
            subjects
                .iter()
                .flat_map(|subject| observed_target(subject))
                .chain(case.vpc().map(|vpc| Evidence::fact(phrase::vpc_networks(vpc)))),
        )
        .fix(remedies(case, is_shared))
}

fn remedies(case: &Case<'_>, is_shared: bool) -> Vec<Remedy> {
    let behind = Remedy::new(
        "See what is behind the address: the certificate must be the cluster's",
        [remedy::here::fetch(
            case,
            &format!("https://{}/version", case.own_zone()),
        )],
    );
    if !is_shared {
        return vec![
            Remedy::advice(format!(
                "Take {} out of the names that the proxy gives synthetic addresses for, so that the question reaches a \
                 name server that has the name",
                case.own_zone()
            )),
            behind,
        ];
    }
    vec![
        Remedy::advice(format!(
            "See that {} (or {}) is in an application segment of the zero-trust client, with TCP 443, and that its \
             connector resolves the name to the cluster's addresses",
            case.own_zone(),
            case.regional_zone().unwrap_or_else(|| case.family_zone()),
        )),
        behind,
        Remedy::advice("Or remove the name from the client's domains, and forward the name to the inbound endpoint")
            .to_the_vpc()
            .as_alternative(),
    ]
}

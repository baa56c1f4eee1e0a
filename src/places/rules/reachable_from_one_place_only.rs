//! One address answers one place, and another place hears nothing from it.

use super::{asked, has_own_cause, hears_nothing, is_silent, names, observed, times};
use crate::places::{ComparedPlaces, Place, Row};
use crate::report::ResolverReport;
use crate::resolvers::Role;
use crate::rules::{Confidence, Finding, Remedy, Severity};

declare_place_rule! {
    /// ## What it means
    /// A resolver answers at one place, and nothing is heard from it at the other: something between the second place
    /// and the resolver does not let DNS through.
    ///
    /// ## How it was decided
    /// The same address, port and transport: an answer of any kind at one place, and at the other no reply to any
    /// question, over UDP or TCP. A resolver that is silent for the endpoint's name and answers others there is
    /// reached, so it does not count; nor does a place whose own diagnosis has the cause for certain. It is less
    /// sure where the silent place asked for one name only. Loopback and link-local addresses are each host's own and
    /// are not compared.
    ///
    /// ## Why it matters
    /// The resolver is up and knows the name. What is missing is a way to it: a route, a firewall's rule, a security
    /// group's, or the way back.
    ///
    /// ## What to do
    /// Let UDP and TCP port 53 through from that place to the resolver: in the firewalls on the way, in the security
    /// group and the network ACL of an inbound endpoint, and in the routes both ways. The Resolver at the VPC's `.2`
    /// address answers inside its VPC only: from elsewhere ask an inbound endpoint.
    "reachable-from-one-place-only" = {
        summary: "a resolver answers one place, and another hears nothing from it: a firewall, a route",
        severity: Severity::Error,
        since: "0.1.0",
        references: [VPC_DNS, ROUTE53_INBOUND],
    }
}

fn check(seen: &ComparedPlaces<'_>, _: &[Finding]) -> Vec<Finding> {
    let rows = seen.rows.iter().filter(|row| row.is_one_server());
    rows.filter_map(|row| of_row(seen, row)).collect()
}

/// As bad as the place itself says that it is.
fn severity_at(place: &Place, resolver: &ResolverReport) -> Severity {
    let resolver = &resolver.probed.resolver;
    let about = |finding: &&Finding| finding.resolvers.contains(&resolver.name);
    let said = place.report.findings.iter().filter(about);
    said.map(|finding| finding.severity)
        .min()
        .unwrap_or(if resolver.in_scope {
            Severity::Error
        } else {
            Severity::Info
        })
}

fn of_row(seen: &ComparedPlaces<'_>, row: &Row) -> Option<Finding> {
    let (silent, heard): (Vec<_>, Vec<_>) = asked(seen, row)
        .into_iter()
        .filter(|(_, _, resolver)| !is_silent(resolver.verdict) || hears_nothing(resolver))
        .filter(|(place, _, resolver)| !hears_nothing(resolver) || !has_own_cause(place, resolver))
        .partition(|(_, _, resolver)| is_silent(resolver.verdict));
    let severity = silent
        .iter()
        .map(|(place, _, resolver)| severity_at(place, resolver))
        .min()?;
    if heard.is_empty() {
        return None;
    }
    let places =
        |cells: &[(_, _, _)]| -> Vec<&Place> { cells.iter().map(|(place, _, _): &(&Place, _, _)| *place).collect() };
    let (from, not_from) = (names(&places(&heard)), names(&places(&silent)));
    let address = row.shown_address();
    let is_vpc = asked(seen, row)
        .iter()
        .any(|(_, _, resolver)| resolver.probed.resolver.has_role(Role::Vpc));
    let connects = |(_, _, resolver): &(&Place, _, &ResolverReport)| {
        let mut tries = resolver.probed.lookups.iter().flat_map(|lookup| &lookup.attempts);
        tries.any(|attempt| attempt.connected)
    };
    let (why, remedy) = if !is_vpc && silent.iter().all(connects) {
        (
            "TCP connections to it are made there, and no question is answered on them. So port 53 is open: something \
             on the way takes the connections or drops the questions, or the server ignores those clients.",
            "Find what takes the questions: a proxy or an inspection of DNS on the way, or an access list of the server \
             that drops them",
        )
    } else if is_vpc {
        (
            "A VPC's own resolver answers only from inside the VPC: from elsewhere an inbound endpoint is asked.",
            "Ask an inbound endpoint of the VPC instead of its own resolver",
        )
    } else {
        (
            "The server works, so what lies between is what differs: a firewall, a security group or network ACL, \
             a route, or a VPN that does not carry it.",
            "Allow UDP and TCP port 53 on the way, at the security group of an inbound endpoint too",
        )
    };
    let explanation = format!("{address} answers {from}, and {not_from} hears nothing from it. {why}");
    let summary = format!("{address} answers {from}, and not {not_from}");
    let is_of_one_name = silent
        .iter()
        .any(|(_, _, resolver)| !resolver.probed.tried_with_more_than_the_name());
    let confidence = if is_of_one_name {
        Confidence::Medium
    } else {
        Confidence::High
    };
    let mut finding = RULE.finding(severity, confidence, summary, explanation);
    let all = || heard.iter().chain(&silent);
    finding.resolvers = vec![row.resolver.clone()];
    finding.evidence = all().map(|(place, _, resolver)| observed(place, resolver)).collect();
    finding
        .evidence
        .extend(times(&all().map(|(place, ..)| *place).collect::<Vec<_>>()));
    finding.remedies = vec![Remedy::advice(format!("{remedy} ({not_from} to {address})"))];
    Some(finding)
}

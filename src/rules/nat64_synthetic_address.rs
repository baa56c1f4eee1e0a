//! An IPv6 address that DNS64 made from an expected IPv4 address.

use std::net::IpAddr;

use super::phrase::{self, observed_target};
use super::shared::route53;
use super::shared::synthetic::of_dns64;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage};
use crate::address::{AddressClass, embedded_ipv4};

declare_rule! {
    /// ## What it means
    /// The resolver does DNS64: the endpoint has no IPv6 address, so the resolver makes one from its IPv4 address, in
    /// the well-known prefix 64:ff9b::/96 or in one of the network's own, for a NAT64 gateway.
    ///
    /// ## How it was decided
    /// The IPv4 address inside, where RFC 6052 has it for a prefix of that length, is one that is expected, or one that
    /// the same resolver returns. It is
    /// certain where the resolver is an address of an inbound endpoint of Route 53 Resolver that has DNS64 on
    /// (`Dns64Enabled`).
    ///
    /// ## Why it matters
    /// The name resolves correctly. But the well-known prefix must not be used for private IPv4 addresses (RFC 6052
    /// section 3.1), and a gateway that follows the RFC drops connections to them. So a host with IPv6 only may not
    /// reach a private endpoint.
    ///
    /// ## What to do
    /// Nothing where clients have IPv4 too. For clients with IPv6 only: a DNS64 prefix of the network's own, or an IPv6
    /// cluster.
    "nat64-synthetic-address" = {
        summary: "an IPv6 address of the answer is an expected IPv4 address in DNS64's prefix",
        severity: Severity::Info,
        since: "0.1.0",
        about: AnyName,
        hint: "the IPv6 address holds the cluster's IPv4 address (DNS64)",
        complaints: [Connection 120],
        shows: [OneAnswer],
        references: [RFC_6147, RFC_6052],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [GIVES_SYNTHETIC_IPV6],
        ],
        confidence: [Certain if [[DNS64_IS_ON]], High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let who = phrase::titles(&subjects);
    let mut made: Vec<(IpAddr, IpAddr)> = subjects.iter().flat_map(|subject| of_dns64(case, subject)).collect();
    made.sort();
    made.dedup();
    let pairs: Vec<String> = made
        .iter()
        .map(|(synthetic, real)| format!("{synthetic} for {real}"))
        .collect();
    let is_well_known = |ip: &IpAddr| matches!(ip, IpAddr::V6(v6) if embedded_ipv4(*v6).is_some());
    let private = made
        .iter()
        .any(|(synthetic, real)| is_well_known(synthetic) && AddressClass::of(*real) == AddressClass::Private);
    let is_own = !made.iter().any(|(synthetic, _)| is_well_known(synthetic));
    let reach = if private {
        " A NAT64 gateway must not carry private IPv4 addresses in this prefix (RFC 6052 section 3.1). So a host with \
         IPv6 only may not reach the endpoint."
    } else {
        ""
    };
    let endpoints: Vec<Option<(bool, String)>> = subjects
        .iter()
        .map(|subject| {
            let ip = subject.ip()?;
            let mut all = case.resolver_endpoints()?.iter();
            let endpoint = all.find(|one| route53::has_address(one, ip))?;
            let has_dns64 = endpoint.dns64?;
            let said = if has_dns64 { "Dns64Enabled" } else { "no Dns64Enabled" };
            Some((
                has_dns64,
                format!("{} has {said}, and {} is an address of it", endpoint.id, subject.name()),
            ))
        })
        .collect();
    let all = |dns64: bool| {
        endpoints
            .iter()
            .all(|one| one.as_ref().is_some_and(|one| one.0 == dns64))
    };
    let proven = if all(true) {
        " The inbound endpoint that answers has DNS64 on."
    } else if all(false) {
        " AWS says that the inbound endpoint that answers has DNS64 off. So that was changed a short time ago, or another \
         server on the way makes them."
    } else {
        ""
    };
    let verb = if all(false) {
        phrase::plural(subjects.len(), "gives", "give")
    } else {
        phrase::plural(subjects.len(), "makes", "make")
    };
    vec![
        RULE.finding(fits.least_sure(), &subjects)
            .summary(format!(
                "{who} {verb} IPv6 addresses{} the endpoint's IPv4 addresses (DNS64)",
                if all(false) { " that are made from" } else { " from" }
            ))
            .why(format!(
                "{who} {} {}: DNS64 makes IPv6 addresses for names that have none. The IPv4 address inside is \
                 right.{proven}{reach}",
                phrase::plural(subjects.len(), "returns", "return"),
                phrase::list(&pairs),
            ))
            .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
            .seen(endpoints.iter().flatten().map(|(_, said)| Evidence::fact(said.clone())))
            .fix(vec![Remedy::advice(if is_own {
                "Nothing: the prefix is the network's own, which may be used for private addresses. Clients with IPv6 only \
                 need its NAT64 gateway"
            } else {
                "Nothing where clients have IPv4. For clients with IPv6 only: a NAT64 prefix of the network's own for \
                 DNS64, which may be used for private addresses"
            })]),
    ]
}

//! An IPv6 address that DNS64 made of an expected IPv4 address.

use std::net::IpAddr;

use super::phrase::{self, observed_target};
use super::shared::synthetic::of_dns64;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage};
use crate::address::AddressClass;

declare_rule! {
    /// ## What it means
    /// The resolver has no IPv6 address of the endpoint and makes one of its IPv4 address, in the well-known
    /// prefix 64:ff9b::/96, for a NAT64 gateway to carry (DNS64).
    ///
    /// ## How it was decided
    /// The IPv4 address in the last 32 bits is one that is expected, or one that the same resolver gives.
    ///
    /// ## Why it matters
    /// Nothing is wrong with the name. But the well-known prefix must not stand for private IPv4 addresses
    /// (RFC 6052 section 3.1), and a gateway that holds to it drops connections to those: a host with IPv6
    /// only may not reach a private endpoint this way.
    ///
    /// ## What to do
    /// Nothing where clients have IPv4 too. Where they have not: a DNS64 prefix of the network's own, or an
    /// IPv6 cluster.
    "nat64-synthetic-address" = {
        summary: "an IPv6 address of the answer is an expected IPv4 address in DNS64's prefix",
        severity: Severity::Info,
        since: "0.1.0",
        shows: [OneAnswer],
        references: [RFC_6147, RFC_6052],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [GIVES_SYNTHETIC_IPV6],
        ],
        confidence: [High],
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
    let private = made
        .iter()
        .any(|(_, real)| AddressClass::of(*real) == AddressClass::Private);
    let reach = if private {
        " A NAT64 gateway must not carry private IPv4 addresses in this prefix (RFC 6052 section 3.1), so a \
         host with IPv6 only may not get there."
    } else {
        ""
    };
    vec![
        RULE.finding(Confidence::High, &subjects)
            .summary(format!(
                "{who} {} IPv6 addresses of the endpoint's IPv4 addresses (DNS64)",
                phrase::plural(subjects.len(), "makes", "make")
            ))
            .why(format!(
                "{who} {} {}: DNS64 synthesises what the name does not have. The address inside is right.{reach}",
                phrase::plural(subjects.len(), "gives", "give"),
                phrase::list(&pairs),
            ))
            .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
            .fix(vec![Remedy::advice(
                "Nothing where clients have IPv4. Else a NAT64 prefix of the network's own for DNS64, which may stand \
                 for private addresses",
            )]),
    ]
}

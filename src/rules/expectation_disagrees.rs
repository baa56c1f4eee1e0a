//! What the user expects is not what AWS says.

use std::net::IpAddr;

use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, phrase};
use crate::address::AddressClass;
use crate::facts::Call;
use crate::target::Scope;

declare_rule! {
    /// ## What it means
    /// The answers were compared with what `--expect` or `--expect-scope` says, and AWS says something else about the
    /// cluster that has this endpoint. One of the two is out of date, or about another cluster.
    ///
    /// ## How it was decided
    /// An address of `--expect` is not of one of the cluster's network interfaces; or none of the interfaces is in the
    /// networks of `--expect`; or a resolver gives an interface's address that `--expect` leaves out; or
    /// `--expect-scope public` was given for a cluster whose public access is off. Listing fewer addresses than there
    /// are interfaces is no disagreement as long as no resolver gives the others. What AWS says of a cluster with
    /// another endpoint is not looked at.
    ///
    /// ## Why it matters
    /// The flag wins: verdicts, findings and the exit code follow it. If the flag is out of date, they are wrong.
    ///
    /// ## What to do
    /// Leave the flag out, so that AWS decides. If the facts came from files, collect them again.
    "expectation-disagrees" = {
        summary: "--expect is not what AWS says of the cluster",
        severity: Severity::Warning,
        since: "0.1.0",
        about: Endpoint,
        hint: "--expect is not what AWS has",
        complaints: [Connection 140],
        references: [EKS_NETWORK_REQUIREMENTS],
        at: Run,
        requires: [
            [AWS_HAS_THE_ENDPOINT],
            [FLAG_LISTS_ADDRESSES, FLAG_SAYS_PUBLIC],
            [FLAG_LISTS_ADDRESSES, PUBLIC_ACCESS_IS_OFF],
            [INTERFACES_ARE_KNOWN, FLAG_SAYS_PUBLIC],
            [INTERFACES_ARE_KNOWN, PUBLIC_ACCESS_IS_OFF],
        ],
        confidence: [Certain],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(cluster) = case.own_cluster() else {
        return Vec::new();
    };
    let asked = case.asked;
    let interfaces: Vec<IpAddr> = case
        .interfaces()
        .unwrap_or_default()
        .iter()
        .flat_map(|interface| interface.addresses.iter().copied())
        .collect();
    let public_too = cluster.endpoint_public_access != Some(false);
    let is_public = |ip: &IpAddr| AddressClass::of(*ip) == AddressClass::Public;
    let lists =
        |ip: &IpAddr| asked.expect_addresses.contains(ip) || asked.expect_cidrs.iter().any(|cidr| cidr.contains(ip));
    let listed_something = !asked.expect_addresses.is_empty() || !asked.expect_cidrs.is_empty();
    let mut said = Vec::new();
    if !interfaces.is_empty() && listed_something {
        // One that a part of the list does not have may be in the rest.
        let lists_all = !case.is_part(Call::DescribeNetworkInterfaces);
        let strange: Vec<IpAddr> = asked
            .expect_addresses
            .iter()
            .copied()
            .filter(|_| lists_all)
            .filter(|ip| !(interfaces.contains(ip) || public_too && is_public(ip)))
            .collect();
        if !strange.is_empty() {
            said.push(format!(
                "no network interface of the cluster has {}",
                phrase::addresses(&strange)
            ));
        }
        let public_networks = asked
            .expect_cidrs
            .iter()
            .all(|cidr| public_too && is_public(&cidr.network()));
        if lists_all && asked.expect_addresses.is_empty() && !public_networks && !interfaces.iter().any(lists) {
            said.push(format!(
                "none of the cluster's network interfaces ({}) is in {}",
                phrase::addresses(&interfaces),
                phrase::list(&asked.expect_cidrs.iter().map(ToString::to_string).collect::<Vec<_>>())
            ));
        }
        let mut left_out: Vec<IpAddr> = case
            .in_scope()
            .flat_map(Subject::ips)
            .filter(|ip| interfaces.contains(ip) && !lists(ip))
            .collect();
        left_out.sort_unstable();
        left_out.dedup();
        if !left_out.is_empty() {
            said.push(format!(
                "{} {} of the cluster's network interfaces, and --expect leaves {} out",
                phrase::addresses(&left_out),
                phrase::plural(left_out.len(), "is one", "are"),
                phrase::plural(left_out.len(), "it", "them"),
            ));
        }
    }
    if asked.expect_scope == Some(Scope::Public) && cluster.endpoint_public_access == Some(false) {
        said.push(format!(
            "the public access of {} is off, and --expect-scope is public",
            cluster.name
        ));
    }
    let Some(first) = said.first() else {
        return Vec::new();
    };
    let origin = case.facts_origin();
    let from = origin.map_or_else(
        || "AWS was asked now".to_owned(),
        |origin| format!("what AWS says came from {origin}"),
    );
    vec![
        RULE.finding_at_large(fits.confidence)
            .summary(format!("what is expected is not what AWS says: {first}"))
            .why(format!(
                "The answers were compared with the flag, which wins; {from}. Network interfaces change when the \
                 cluster is updated or scaled, so an old list of addresses becomes wrong without any message."
            ))
            .seen(said.iter().map(Evidence::fact))
            .fix(vec![Remedy::advice(
                "Leave --expect out, so that the network interfaces decide; or collect the facts again if they are \
                 older",
            )]),
    ]
}

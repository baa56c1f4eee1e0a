//! The answer holds addresses that the cluster's interfaces do not have any more.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use super::phrase::{self, observed, observed_target};
use super::shared::{age, own_zone};
use super::step::policy_zone_beside;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, own_record, remedy};
use crate::compare::Verdict;
use crate::dns::{RecordType, Section};
use crate::facts::Call;
use crate::resolvers::Role;
use crate::target::View;

/// The TTL of an endpoint's addresses in AWS's zones (Amazon EKS Best Practices Guide, "Control plane").
const ENDPOINT_TTL: u32 = 60;

declare_rule! {
    /// ## What it means
    /// The resolver gives addresses in the cluster's VPC that no network interface of the control plane has
    /// now: an old answer. EKS replaces the interfaces on version upgrades, and when it scales or repairs the
    /// control plane. Or it gives the public addresses of an endpoint that is private by now.
    ///
    /// ## How it was decided
    /// Every address that should not be in the answer is inside the VPC's networks and not among the expected
    /// ones. Or all addresses are public, private ones are expected, and public DNS itself, asked beside it, gives
    /// private addresses alone. The random sibling does not resolve here, so answers are not invented. It is surer
    /// where another resolver gives the right addresses at the same time.
    ///
    /// ## Why it matters
    /// Clients connect to addresses that no host has any more, or that another host has now, and time out.
    ///
    /// ## What to do
    /// Ask again after 60 seconds, the TTL of the name. If the answer stays, make the resolver forget the
    /// name, and remove whatever pins it: a local zone, an override, a minimum TTL of the cache.
    "stale-addresses" = {
        summary: "the answer holds addresses that the cluster does not have any more",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is in the VPC, and no interface of the cluster has it now",
        complaints: [Deadline 50, HandshakeTimeout 40, Certificate 30, KubectlRefused 70, Connection 20],
        shows: [OneAnswer, OldAddresses],
        references: [EKS_NETWORK_REQUIREMENTS, EKS_BEST_PRACTICES],
        at: Failing,
        requires: [
            [GIVES_OTHER_PRIVATE_ADDRESSES, IS_FROM_BEFORE_IT_WAS_PRIVATE],
            [unless SIBLING_RESOLVES],
            [not PUBLIC_IS_EXPECTED],
            [WRONG_ADDRESSES_ARE_IN_THE_VPC, IS_FROM_BEFORE_IT_WAS_PRIVATE],
        ],
        confidence: [
            // A record of somebody's own looks the same.
            Medium if [[A_IS_OF_ANOTHER_ZONE_THAN_AAAA, HAS_A_POLICY_ZONE_BESIDE_IT]],
            High if [[ANOTHER_RESOLVER_IS_RIGHT]],
            Medium,
        ],
        wants: [Interfaces],
        wants_of: decided::FACTS,
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    // Where the private hosted zone shows which addresses are right, whoever shows it is right.
    let is_shown = |subject: &Subject<'_>| {
        subject.view() == View::PrivateZone && subject.verdict().is_fine() && subject.is_vpc_side()
    };
    let right: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| subject.speaks_dns() && (subject.verdict() == Verdict::Match || is_shown(subject)))
        .collect();
    let was_public = |subject: &Subject<'_>| age::is_from_before_it_was_private(case, subject);
    fits.grouped(|subject| Some(was_public(subject)))
        .into_iter()
        .map(|(confidence, was_public, stale)| {
            if was_public {
                of_a_public_endpoint(case, confidence, &stale, &right)
            } else {
                finding(case, confidence, &stale, &right)
            }
        })
        .collect()
}

/// The endpoint was public, and an old answer has its public addresses.
fn of_a_public_endpoint(
    case: &Case<'_>,
    confidence: Confidence,
    stale: &[&Subject<'_>],
    right: &[&Subject<'_>],
) -> Finding {
    let who = phrase::titles(stale);
    let gives = phrase::plural(stale.len(), "gives", "give");
    let has = phrase::plural(stale.len(), "has", "have");
    let old = phrase::distinct(stale.iter().flat_map(|subject| subject.ips()));
    let public: Vec<&Subject<'_>> = case
        .public()
        .filter(|control| control.has_private_addresses())
        .collect();
    let now = phrase::distinct(public.iter().flat_map(|control| control.ips()));
    let ttl = longest_ttl(stale);
    let mut explanation = format!(
        "{who} {gives} {old}. Public DNS has private addresses for the name by now: {} {} {now}. So {who} {has} an answer \
         from before: the endpoint was public, and became private.",
        phrase::titles(&public),
        phrase::plural(public.len(), "gives", "give"),
    );
    if let Some(ttl) = ttl {
        let _ = write!(explanation, " The answer runs out in {ttl} s at the latest.");
    }
    if ttl.is_some_and(|ttl| ttl > ENDPOINT_TTL) {
        let _ = write!(
            explanation,
            " That is longer than the {ENDPOINT_TTL} s that AWS gives: a cache stretches it, or a record of somebody's own \
             pins the name."
        );
    }
    let may_be_a_record = stale.iter().any(|subject| age::is_from_two_zones(case, subject));
    if may_be_a_record {
        explanation.push_str(
            " AAAA is from the private hosted zone already. A record for A alone that somebody wrote would look the same.",
        );
    }
    let mut evidence: Vec<Evidence> = stale.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(
        public
            .iter()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    let others = right.iter().filter(|subject| !subject.has_role(Role::Public));
    evidence.extend(others.filter_map(|subject| Some(observed(subject, subject.a()?))));
    let mut again = remedy::answer::ask_again(case, stale, RecordType::A, "");
    again.title = format!(
        "Ask again after {} s: the answer heals by itself",
        ttl.unwrap_or(ENDPOINT_TTL)
    );
    RULE.finding(confidence, stale)
        .summary(format!(
            "{who} {gives} public addresses from before the endpoint became private ({old})"
        ))
        .why(explanation)
        .seen(evidence)
        .fix(if may_be_a_record {
            [remedy::flush::name(case), vec![unpin(), again]].concat()
        } else {
            [vec![again], remedy::flush::name(case), vec![unpin()]].concat()
        })
}

/// What to do where an old answer stays.
fn unpin() -> Remedy {
    Remedy::advice(
        "If it stays: remove the record, override or minimum TTL that pins the name at this resolver or behind it",
    )
}

fn finding(case: &Case<'_>, confidence: Confidence, stale: &[&Subject<'_>], right: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(stale);
    let gives = phrase::plural(stale.len(), "gives", "give");
    let unexpected = stale.iter().flat_map(|subject| case.unexpected_addresses(subject));
    let unexpected: BTreeSet<IpAddr> = unexpected.map(|address| address.ip).collect();
    let are = phrase::plural(unexpected.len(), "is", "are");
    let old = phrase::distinct(unexpected);
    let is_local = case.own_cluster().is_some_and(|cluster| cluster.is_local);
    let record = own_record::of_all(case, stale);
    let by_record = record.as_ref().map(own_record::OwnRecord::in_words).unwrap_or_default();
    let ttl = longest_ttl(stale).unwrap_or(ENDPOINT_TTL);
    let kept = if ttl > ENDPOINT_TTL {
        format!(
            "The answer's TTL is {ttl} s, longer than the {ENDPOINT_TTL} s that AWS gives: a cache stretches it, or a \
             record of somebody's own pins the name."
        )
    } else {
        format!("An answer may be kept for its TTL of {ENDPOINT_TTL} s.")
    };
    let policy_zone = stale.iter().find_map(|subject| policy_zone_beside(subject));
    let zones = own_zone::around(stale);
    let kept = match policy_zone {
        Some(soa) => format!(
            "The reply has the SOA of {} ({}) in ADDITIONAL, as BIND's response policy zones send it. So a record in that \
             zone holds the addresses, and they stay until somebody changes it.",
            soa.owner, soa.mname
        ),
        None if !zones.is_empty() => format!(
            "The name is in a zone there that is not AWS's, by its SOA: {}. So a record in that zone has the addresses, and \
             they stay until somebody changes it.",
            phrase::list(&zones)
        ),
        None => kept,
    };
    let zone = policy_zone.map(|soa| soa.owner.to_string());
    let zone = zone.or_else(|| (!zones.is_empty()).then(|| phrase::list(&zones)));
    let mut explanation = format!(
        "{old}, which {who} {gives}, {are} in the VPC's networks, and not expected here. What is expected is known from: \
         {}.{by_record} {}. {kept}",
        stale
            .first()
            .map_or(&case.expected.source, |subject| &subject.comparison.expected.source),
        if is_local {
            "The interfaces of a local cluster on an Outpost keep their addresses for its life, so these are \
             another's or from before it was made anew"
        } else {
            "EKS replaces the interfaces on upgrades, and when it scales or repairs the control plane"
        },
    );
    if right.is_empty() {
        explanation.push_str(
            " No resolver gives the expected addresses, so it may as well be that what is expected is out of \
             date.",
        );
    } else {
        let _ = write!(
            explanation,
            " {} {} the right ones.",
            phrase::titles(right),
            phrase::plural(right.len(), "gives", "give")
        );
    }
    let mut evidence: Vec<Evidence> = stale.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(right.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    evidence.extend(case.vpc().map(|vpc| Evidence::fact(phrase::vpc_networks(vpc))));
    if let Some(interfaces) = case.interfaces() {
        let now = interfaces
            .iter()
            .flat_map(|interface| interface.addresses.iter().copied());
        let least = if case.is_part(Call::DescribeNetworkInterfaces) {
            "at least "
        } else {
            ""
        };
        evidence.push(Evidence::fact(format!(
            "the cluster's network interfaces have {least}{}",
            phrase::distinct(now)
        )));
    }
    evidence.extend(record.iter().map(|record| Evidence::fact(record.stated())));
    let mut again = remedy::answer::ask_again(case, stale, RecordType::A, "");
    again.title = format!("Ask again after {ttl} s: the answer may be right then");
    RULE.finding(confidence, stale)
        .summary(format!(
            "{who} {gives} addresses of the VPC that the cluster does not have now ({old})"
        ))
        .why(explanation)
        .seen(evidence)
        .fix(match record {
            Some(record) => record.fix(case),
            None if let Some(zone) = zone => vec![
                Remedy::advice(format!(
                    "In the zone {zone}, correct or remove the record for {}",
                    case.own_zone()
                )),
                remedy::answer::interfaces_now(case),
            ],
            // Nobody waits for what was stretched.
            None if ttl > ENDPOINT_TTL => [
                remedy::flush::name(case),
                vec![unpin(), again, remedy::answer::interfaces_now(case)],
            ]
            .concat(),
            None => [
                vec![again, remedy::answer::interfaces_now(case)],
                remedy::flush::name(case),
                vec![unpin()],
            ]
            .concat(),
        })
}

/// The longest TTL of the addresses that these resolvers gave.
fn longest_ttl(subjects: &[&Subject<'_>]) -> Option<u32> {
    subjects
        .iter()
        .flat_map(|subject| [subject.a(), subject.aaaa()])
        .flatten()
        .flat_map(|lookup| lookup.section(Section::Answer))
        .filter(|record| record.address().is_some())
        .map(|record| record.ttl)
        .max()
}

//! The resolver still gives an old denial of a name that exists now.

use super::phrase::{self, observed, observed_sibling, observed_target};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::RecordType;
use crate::endpoint::SoaOrigin;

declare_rule! {
    /// ## What it means
    /// This resolver was asked for the name before it existed (before the cluster was created, or while its endpoint
    /// access was being changed). It keeps that negative answer until the TTL ends. The zone that the answer is from
    /// has the name now.
    ///
    /// ## How it was decided
    /// Either the negative answer has the SOA of the private hosted zone from which a resolver of the VPC gives the
    /// addresses now. Or it has the SOA of AWS's public zone, a public resolver has the name, and the TTL of that SOA
    /// is clearly below the one that a random sibling, asked of the same resolver at the same time, gets with the same
    /// SOA: so the negative answer is older than this run. (Unbound shares one SOA, and so one TTL, over a zone: there
    /// the difference is hidden, and the age is not known where the sibling's SOA has run down itself. This tool's own
    /// question starts a countdown too, so differences that it could have made do not count.)
    ///
    /// ## Why it matters
    /// kubectl prints `no such host` until the TTL ends: Route 53's default is 900 s for public zones.
    ///
    /// ## What to do
    /// Wait as long as the TTL says, or remove the name from every cache on the way, the one nearest to AWS first:
    /// otherwise the others get the old answer from it again.
    "stale-negative-cache" = {
        summary: "the resolver still gives an old negative answer for a name that exists now",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the name was made or changed a short time ago; the negative answer ends with its TTL",
        complaints: [Denial 60],
        shows: [OneAnswer, CachedDenial],
        references: [RFC_2308, ROUTE53_SOA],
        at: Failing,
        requires: [
            [LEGIBLE],
            [DENIED_BY_PUBLIC_AWS, DENIED_BY_PRIVATE_ZONE],
            [not ON_THE_VPCS_SIDE, not PRIVATE_IS_EXPECTED, DENIED_BY_PRIVATE_ZONE],
            [DENIAL_IS_CACHED, DENIED_BY_PRIVATE_ZONE],
            [PUBLIC_HAS_THE_NAME, DENIED_BY_PRIVATE_ZONE],
            [SAME_ZONE_HAS_THE_NAME, DENIED_BY_PUBLIC_AWS],
        ],
        confidence: [High if [[DENIED_BY_PRIVATE_ZONE]], Medium],
        stage: Stage::Evidence,
    }
}

/// What shows that the denial is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// The public zone has the name, and the denial has aged more than the sibling's.
    Aged,
    /// The private hosted zone has the name.
    PrivateZone,
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let basis = |subject: &Subject<'_>| match SoaOrigin::of(subject.soa()?) {
        SoaOrigin::PrivateHostedZone => Some(Basis::PrivateZone),
        SoaOrigin::PublicAws => Some(Basis::Aged),
        SoaOrigin::Foreign => None,
    };
    fits.grouped(basis)
        .into_iter()
        .map(|(confidence, basis, subjects)| finding(case, confidence, basis, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, basis: Basis, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let wait = subjects
        .iter()
        .filter_map(|subject| subject.soa())
        .map(|soa| soa.ttl)
        .max()
        .unwrap_or_default();
    let sources: Vec<&Subject<'_>> = match basis {
        Basis::Aged => case
            .public()
            .filter(|control| control.verdict().has_addresses())
            .collect(),
        Basis::PrivateZone => case
            .vpc_view()
            .into_iter()
            .filter(|other| !subjects.iter().any(|subject| subject.name() == other.name()))
            .collect(),
    };
    let has_it = format!(
        "{} {} the name",
        phrase::titles(&sources),
        phrase::plural(sources.len(), "has", "have")
    );
    let explanation = match basis {
        Basis::Aged => format!(
            "{who} {} with the SOA of AWS's public zone, while {has_it}. The TTL of that SOA has run down further than \
             a random sibling's there, so it was cached before this run. A source further up that is itself out of \
             date would look alike.",
            phrase::returns_negative(subjects),
        ),
        Basis::PrivateZone => format!(
            "{who} {} with the SOA of the private hosted zone from which {has_it} now. The question does reach that zone, and the negative answer is from before the name was in it.",
            phrase::returns_negative(subjects),
        ),
    };
    let mut evidence: Vec<Evidence> = subjects
        .iter()
        .flat_map(|subject| {
            let mut evidence = observed_target(subject);
            evidence.extend(observed_sibling(subject));
            evidence
        })
        .collect();
    evidence.extend(sources.iter().flat_map(|subject| {
        let lookups = match basis {
            Basis::Aged => [subject.a(), None],
            Basis::PrivateZone => [subject.a(), subject.aaaa()],
        };
        lookups.into_iter().flatten().map(|lookup| observed(subject, lookup))
    }));
    let mut remedies = vec![Remedy::new(
        format!("Wait {wait} s, then ask again"),
        subjects
            .iter()
            .filter_map(|subject| remedy::path::dig(case, subject, RecordType::A, "")),
    )];
    // The caches of AWS's own resolvers are not the reader's to empty.
    if subjects.iter().any(|subject| !subject.is_vpc_side()) {
        remedies.extend(remedy::flush::name(case));
    }
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} still {} an old negative answer for this name, for at most {wait} s more",
            phrase::plural(several, "gives", "give"),
        ))
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}

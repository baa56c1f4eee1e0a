//! A dual-stack endpoint name that has addresses of one family only.

use super::phrase::{self, observed, observed_target};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::address::AddressClass;
use crate::dns::{AnswerKind, RecordType};
use crate::observation::Lookup;
use crate::resolvers::Role;
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// Names of the form `eks-cluster.<region>.api.aws` are dual-stack: IPv6 clusters have them since October 2024, and
    /// they have both IPv4 and IPv6 addresses. This resolver returns addresses of one family only.
    ///
    /// ## How it was decided
    /// One of A and AAAA was answered with addresses and the other with NODATA, for a name of that form. Names under
    /// `eks.amazonaws.com` do not count: for IPv4 clusters NODATA is the right answer to AAAA.
    ///
    /// ## Why it matters
    /// A host that has only the other family cannot reach the endpoint.
    ///
    /// ## What to do
    /// Ask another resolver. If it returns both families, something filters one of them here. If it does not, see which
    /// addresses the cluster's network interfaces have.
    "address-family-mismatch" = {
        summary: "a dual-stack endpoint name has addresses of one family only",
        severity: Severity::Warning,
        since: "0.1.0",
        about: Endpoint,
        hint: "a dual-stack endpoint has addresses of one family only",
        complaints: [Connection 110],
        shows: [OneAnswer],
        references: [EKS_CLUSTER_ENDPOINT],
        at: InScope,
        requires: [
            [NAME_IS_DUAL_STACK],
            [ANSWER_IS_FINE],
            [A_HAS_ADDRESSES, AAAA_HAS_ADDRESSES],
            [A_IS_NODATA, AAAA_IS_NODATA],
        ],
        confidence: [Medium],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| Some(missing(subject)))
        .into_iter()
        .map(|(confidence, missing, subjects)| finding(case, confidence, missing, &subjects))
        .collect()
}

/// The type without addresses, where the other has some.
fn missing(subject: &Subject<'_>) -> RecordType {
    match subject.a_kind() {
        Some(AnswerKind::NoData) => RecordType::A,
        _ => RecordType::AAAA,
    }
}

fn lookup_of<'a>(subject: &Subject<'a>, qtype: RecordType) -> Option<&'a Lookup> {
    match qtype {
        RecordType::AAAA => subject.aaaa(),
        _ => subject.a(),
    }
}

fn finding(case: &Case<'_>, confidence: Confidence, missing: RecordType, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let (family, given) = match missing {
        RecordType::AAAA => ("IPv6", "IPv4"),
        _ => ("IPv4", "IPv6"),
    };
    let others: Vec<&Subject<'_>> = case
        .subjects()
        .filter(|subject| lookup_of(subject, missing).is_some_and(|lookup| lookup.kind == AnswerKind::Answer))
        .collect();
    let conclusion = if others.is_empty() {
        format!("No other resolver of this run returns {family} addresses for it.")
    } else {
        format!(
            "{} {} {family} addresses for it, so something removes them here.",
            phrase::titles(&others),
            phrase::plural(others.len(), "returns", "return")
        )
    };
    let mut evidence: Vec<Evidence> = subjects.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(
        others
            .iter()
            .filter_map(|subject| Some(observed(subject, lookup_of(subject, missing)?))),
    );
    let mut remedies = vec![Remedy::new(
        "See which addresses the cluster's network interfaces have now",
        [format!(
            "aws ec2 describe-network-interfaces --region {} --filters 'Name=description,Values=Amazon EKS {}' \
             --query 'NetworkInterfaces[].[PrivateIpAddress,Ipv6Addresses[].Ipv6Address]'",
            case.region(),
            case.cluster_name(),
        )],
    )];
    // Where the IPv4 addresses are private and known, a filter of private addresses leaves the IPv6 ones: Unbound's
    // `private-address` removes the records that it names, and no others.
    let private = others.iter().any(|subject| {
        let mut classes = subject
            .comparison
            .addresses
            .iter()
            .map(|address| AddressClass::of(address.ip));
        classes.any(|class| class == AddressClass::Private)
    });
    // What such a filter leaves has no SOA.
    let is_bare = |subject: &&Subject<'_>| lookup_of(subject, missing).is_some_and(|lookup| lookup.soa.is_none());
    let is_filtered = missing == RecordType::A && private && subjects.iter().all(is_bare);
    let conclusion = if is_filtered {
        format!(
            "{conclusion} They are private: a filter of private addresses (rebinding protection, Unbound's \
             private-address) may remove them, and leave the others."
        )
    } else {
        conclusion
    };
    if is_filtered {
        remedies.splice(0..0, remedy::filter::private_answers(case, Software::Unbound));
    }
    if missing == RecordType::AAAA {
        // dnsmasq(8); the filter-aaaa plugin in the BIND 9 Administrator Reference Manual.
        let filter = Remedy::advice(
            "Where the resolver filters IPv6 answers, stop that for this name (dnsmasq: filter-AAAA; BIND: the \
             filter-aaaa plugin)",
        );
        // Where another resolver has them, the cluster has.
        let first = usize::from(others.is_empty());
        remedies.insert(first, filter);
    }
    if subjects.iter().all(|subject| subject.has_role(Role::Local)) {
        remedies.push(Remedy::advice(format!("Nothing where every client here has {given}")));
    }
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {} no {family} address for a dual-stack name",
            phrase::plural(subjects.len(), "returns", "return")
        ))
        .why(format!(
            "Endpoint names under {} have IPv4 and IPv6 addresses. {who} {} {given} addresses only, and NODATA \
             for {missing}. {conclusion} Clients that have only {family} cannot reach the endpoint.",
            case.regional_zone().unwrap_or_else(|| case.own_zone()),
            phrase::plural(subjects.len(), "returns", "return"),
        ))
        .seen(evidence)
        .fix(remedies)
}

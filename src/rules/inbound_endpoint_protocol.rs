//! An inbound endpoint is of a kind that no forwarder can use.

use super::phrase::{self, observed_target};
use super::shared::route53::{self, Inbound, InboundFaultEffect};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use std::fmt::Write as _;

declare_rule! {
    /// ## What it means
    /// A Route 53 Resolver inbound endpoint does not speak plain DNS on port 53, or is of the delegation kind, which
    /// serves the zones that are delegated to it and is no target for conditional forwarding.
    ///
    /// ## How it was decided
    /// The endpoint's protocols are known and `Do53` is not among them, or its direction is `INBOUND_DELEGATION`; and
    /// it is one that decides here and fails, or the cluster's VPC has no inbound endpoint of the ordinary kind
    /// beside it. It is an error where it decides and does not give the addresses, or where a resolver's forward ends
    /// in silence; else a warning.
    ///
    /// ## Why it matters
    /// Forwarders that speak plain DNS get no answer from it, or answers for other zones only.
    ///
    /// ## What to do
    /// Add `Do53` to its protocols, or make an ordinary inbound endpoint.
    "inbound-endpoint-protocol" = {
        summary: "an inbound endpoint does not speak plain DNS, or is of the delegation kind",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the inbound endpoint has no protocol Do53",
        complaints: [Failure 100, Forward 70, ForwardNotReached 30, PortClosed 30],
        references: [ROUTE53_RESOLVER_ENDPOINT, ROUTE53_INBOUND_VALUES],
        at: Run,
        requires: [[AN_INBOUND_ENDPOINT_IS_NO_TARGET]],
        // A session inside TLS that fails is another fault.
        names: [
            [LISTED_AS_INBOUND, FORWARDS_INTO_SILENCE],
            [unless CERTIFICATE_FAILS],
            [unless SESSION_FAILS],
        ],
        confidence: [High if [[FORWARDS_INTO_SILENCE]], Certain],
        explains: [SilentInboundEndpoint, SilentResolver, SilentForwardTarget],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let endpoints = route53::inbound_that_matter(case);
    let vpc_has_another = endpoints
        .iter()
        .any(|inbound| inbound.of_cluster == Some(true) && inbound.is_target());
    endpoints
        .iter()
        .filter(|inbound| !inbound.is_target())
        .filter_map(|inbound| {
            let unfit = inbound.unheard(|subject| {
                let verdict = subject.verdict();
                verdict.is_fine() || verdict.is_without_exchange()
            });
            let decides = unfit.iter().any(|subject| subject.probed.resolver.in_scope);
            (decides || !vpc_has_another && inbound.subjects.is_empty()).then(|| finding(case, fits, inbound, &unfit))
        })
        .collect()
}

fn finding(case: &Case<'_>, fits: &Fits<'_, '_>, inbound: &Inbound<'_, '_>, unfit: &[&Subject<'_>]) -> Finding {
    let title = inbound.title();
    let endpoint = inbound.endpoint;
    let InboundFaultEffect { severity, subjects, .. } = route53::effect(case, inbound, unfit);
    let speaks = phrase::list(&endpoint.protocols);
    let (summary, mut explanation, fact) = if endpoint.is_inbound() {
        (
            format!("{title} speaks {speaks}, and not plain DNS on port 53"),
            format!(
                "{title} speaks {speaks}. Name servers forward over plain DNS, UDP and TCP port 53, which needs Do53 \
                 among its protocols."
            ),
            format!("{}: protocols {speaks}", endpoint.id),
        )
    } else {
        (
            format!("{title} is of the kind {}, no target for a forward", endpoint.direction),
            format!(
                "{title} serves the zones that are delegated to it. A conditional forward needs an inbound endpoint \
                 of the ordinary kind."
            ),
            format!("{}: direction {}", endpoint.id, endpoint.direction),
        )
    };
    if severity == Severity::Error {
        let _ = write!(
            explanation,
            " {} {} it.",
            phrase::titles(&subjects),
            phrase::plural(subjects.len(), "fails with", "fail with")
        );
    } else {
        explanation.push_str(" The cluster's VPC has no other inbound endpoint that the account can see.");
    }
    let create = remedy::inbound::create(
        case,
        "Or make an ordinary inbound endpoint in the cluster's VPC, and forward to that",
    );
    let mut remedies = Vec::new();
    if endpoint.is_inbound() {
        // Do53 goes with DoH or with DoH-FIPS, and not with both (botocore 1.44.8, UpdateResolverEndpoint,
        // `Protocols`).
        let of_fips = endpoint.protocols.iter().find(|protocol| *protocol == "DoH-FIPS");
        let beside = of_fips.or(endpoint.protocols.first()).map_or("", String::as_str);
        remedies.push(Remedy::new(
            "Add Do53 to the endpoint's protocols",
            [format!(
                "aws route53resolver update-resolver-endpoint --region {} --resolver-endpoint-id {} --protocols Do53 \
                 {}",
                case.region(),
                endpoint.id,
                beside
            )],
        ));
        remedies.push(create.as_alternative());
    } else {
        remedies.push(Remedy {
            title: "Make an ordinary inbound endpoint in the cluster's VPC, and forward to that".to_owned(),
            ..create
        });
    }
    let mut evidence = vec![Evidence::fact(fact)];
    evidence.extend(unfit.iter().flat_map(|subject| observed_target(subject)));
    RULE.finding(fits.least_sure_at(&subjects), &subjects)
        .severity(severity)
        .summary(summary)
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}

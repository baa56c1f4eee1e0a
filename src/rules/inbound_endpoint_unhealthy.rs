//! An inbound endpoint, or an address of it, is not in working order.

use std::fmt::Write as _;

use super::phrase::{self, observed_target};
use super::shared::route53::{self, Inbound, InboundFaultEffect};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::facts::EndpointAddress;

declare_rule! {
    /// ## What it means
    /// Route 53 Resolver itself says that an inbound endpoint is not operational, or that an address of it is not
    /// attached to its subnet.
    ///
    /// ## How it was decided
    /// The status of the endpoint is not `OPERATIONAL`, or that of one of its addresses is not `ATTACHED`. Looked at
    /// are the endpoints in the cluster's VPC and those that decide here. It is an error where such an address is
    /// silent and decides, or where a resolver's forward to the VPC ends in silence and no address of the endpoint
    /// answers; otherwise it is a warning.
    ///
    /// ## Why it matters
    /// Forwarders use the addresses in turn, so questions to an address that is down are late or fail.
    ///
    /// ## What to do
    /// AWS's message names the cause: most often a deleted subnet, network interface or permission. An address is
    /// replaced by adding one and removing the old one.
    "inbound-endpoint-unhealthy" = {
        summary: "an inbound endpoint is not operational, or one of its addresses is not attached",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the inbound endpoint's status is not OPERATIONAL",
        complaints: [Failure 80, Forward 60],
        references: [ROUTE53_RESOLVER_ENDPOINT, ROUTE53_INBOUND_MANAGING],
        at: Run,
        requires: [[AN_INBOUND_ENDPOINT_IS_NOT_OPERATIONAL]],
        names: [
            [LISTED_AS_INBOUND, FORWARDS_INTO_SILENCE],
            [not HEARD_AT_ALL, FORWARDS_INTO_SILENCE],
        ],
        confidence: [High if [[FORWARDS_INTO_SILENCE]], Certain],
        explains: [SilentInboundEndpoint, SilentResolver, SilentForwardTarget],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for inbound in route53::inbound_that_matter(case) {
        let endpoint = inbound.bad_status();
        let addresses: Vec<&EndpointAddress> = inbound.bad_addresses().collect();
        if endpoint.is_none() && addresses.is_empty() {
            continue;
        }
        let is_concerned = |subject: &Subject<'_>| {
            endpoint.is_some()
                || subject
                    .ip()
                    .is_some_and(|ip| addresses.iter().any(|address| address.ip == ip))
        };
        let unheard = inbound.unheard(|subject| subject.heard_anything() || !is_concerned(subject));
        let effect = route53::effect(case, &inbound, &unheard);
        findings.push(finding(
            case,
            fits.least_sure_at(&effect.subjects),
            &inbound,
            endpoint,
            &addresses,
            &unheard,
            &effect,
        ));
    }
    findings
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    inbound: &Inbound<'_, '_>,
    status: Option<&str>,
    addresses: &[&EndpointAddress],
    unheard: &[&Subject<'_>],
    effect: &InboundFaultEffect<'_, '_>,
) -> Finding {
    let title = inbound.title();
    let endpoint = inbound.endpoint;
    let in_words = |address: &&EndpointAddress| {
        let status = address.status.as_deref().unwrap_or("not attached");
        format!("{} is {status}", address.ip)
    };
    let bad: Vec<String> = addresses.iter().map(in_words).collect();
    let summary = match status {
        Some(status) => format!("{title} is {status}, not OPERATIONAL"),
        None => format!("{title}: {}, not ATTACHED", phrase::list(&bad)),
    };
    let mut explanation = format!(
        "Route 53 Resolver reports this status{}.",
        if bad.is_empty() {
            String::new()
        } else {
            format!(" ({})", phrase::list(&bad))
        }
    );
    let messages = endpoint.status_message.iter().filter(|_| status.is_some());
    let said: Vec<&str> = messages
        .chain(addresses.iter().filter_map(|address| address.status_message.as_ref()))
        .map(String::as_str)
        .collect();
    if !said.is_empty() {
        let _ = write!(explanation, " It adds: {}", said.join(" "));
    }
    if effect.severity == Severity::Error {
        let _ = write!(
            explanation,
            " {} {} it.",
            phrase::titles(&effect.subjects),
            phrase::plural(effect.subjects.len(), "fails with", "fail with")
        );
    } else {
        explanation.push_str(" Nothing that was observed here fails because of it.");
    }
    let mut remedies = vec![remedy::inbound::look_at(case, &endpoint.id)];
    if let Some(bad) = addresses.first() {
        let subnet = bad.subnet_id.as_deref().unwrap_or("<subnet-id>");
        let region = case.region();
        remedies.push(Remedy::new(
            "Give the endpoint another address in that Availability Zone, then remove the old one, and use the new one \
             in the forwarders",
            [
                format!(
                    "aws route53resolver associate-resolver-endpoint-ip-address --region {region} \
                     --resolver-endpoint-id {} --ip-address SubnetId={subnet}",
                    endpoint.id
                ),
                format!(
                    "aws route53resolver disassociate-resolver-endpoint-ip-address --region {region} \
                     --resolver-endpoint-id {} --ip-address SubnetId={subnet},Ip={}",
                    endpoint.id, bad.ip
                ),
            ],
        ));
    }
    let mut evidence = Vec::new();
    if let Some(status) = status {
        evidence.push(Evidence::fact(format!("{} is {status}", endpoint.id)));
    }
    evidence.extend(
        addresses
            .iter()
            .map(|address| Evidence::fact(format!("{}: {}", endpoint.id, in_words(address)))),
    );
    evidence.extend(unheard.iter().flat_map(|subject| observed_target(subject)));
    RULE.finding(
        confidence,
        if effect.severity == Severity::Error {
            &effect.subjects
        } else {
            unheard
        },
    )
    .severity(effect.severity)
    .summary(summary)
    .why(explanation)
    .seen(evidence)
    .fix(remedies)
}

//! No inbound endpoint can be seen in the cluster's VPC.

use super::phrase::{self, observed};
use super::shared::route53;
use super::{Case, Evidence, Finding, Fits, Severity, Stage, remedy};
use std::fmt::Write as _;

declare_rule! {
    /// ## What it means
    /// The account that was asked shows no Route 53 Resolver inbound endpoint for the cluster's VPC. Through one,
    /// resolvers outside the VPC see EKS's private hosted zone. That none is visible does not mean that none exists:
    /// only the account's own are listed, and in a shared VPC endpoints are the owner's.
    ///
    /// ## How it was decided
    /// The list of Resolver endpoints has no inbound one, and no address that was given as one answers. It is a warning
    /// where a resolver outside the VPC does not give the private addresses that are expected of it; otherwise it is
    /// information: inside the VPC no client needs one.
    ///
    /// ## Why it matters
    /// A conditional forward for the endpoint's name needs addresses to forward to.
    ///
    /// ## What to do
    /// Ask whoever runs DNS in the organization; or make an endpoint in two Availability Zones of the cluster's VPC,
    /// with port 53 open over UDP and TCP.
    "no-inbound-endpoint" = {
        summary: "no inbound endpoint of the cluster's VPC is visible in the account",
        severity: Severity::Warning,
        since: "0.1.0",
        about: Endpoint,
        hint: "aws route53resolver list-resolver-endpoints shows none in the cluster's VPC",
        complaints: [Denial 130],
        references: [ROUTE53_INBOUND, VPC_SHARED_SUBNETS],
        at: Run,
        requires: [
            [CLUSTER_VPC_IS_KNOWN],
            [NO_INBOUND_ENDPOINT_IS_VISIBLE],
            [not AN_INBOUND_ENDPOINT_ANSWERS],
            [unless PRIVATE_ACCESS_IS_OFF],
            // It would lead to what goes away, or to what is not there.
            [unless CLUSTER_IS_BEING_DELETED],
            [unless CLUSTER_HAS_NO_ENDPOINT],
        ],
        confidence: [Medium],
        wants: [Caller],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(cluster) = case.cluster_vpc_id() else {
        return Vec::new();
    };
    let account = case.caller().map(|caller| caller.account.as_str());
    let owner = case.vpc().and_then(|vpc| vpc.owner.as_deref());
    let foreign = owner.filter(|owner| account.is_some_and(|account| account != *owner));
    let of = account.map_or_else(
        || "the account that was asked".to_owned(),
        |account| format!("account {account}"),
    );
    let needy = route53::in_need(case);
    let severity = if needy.is_empty() {
        Severity::Info
    } else {
        Severity::Warning
    };
    let mut explanation = format!(
        "{of} lists no inbound endpoint for {cluster}. One that another account has there would not be listed."
    );
    if let Some(owner) = foreign {
        let _ = write!(
            explanation,
            " The VPC is shared by account {owner}, and only its owner can have endpoints in it."
        );
    }
    let effect_in_words = if needy.is_empty() {
        " Nothing here needs one at the moment.".to_owned()
    } else {
        format!(
            " {} {} one to forward to.",
            phrase::titles(&needy),
            phrase::plural(needy.len(), "would need", "would need")
        )
    };
    explanation.push_str(&effect_in_words);
    let mut evidence = vec![Evidence::fact(format!(
        "no inbound endpoint of {cluster} is visible in {of}"
    ))];
    evidence.extend(needy.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    let title = match foreign {
        Some(owner) => format!("In account {owner}: make an inbound endpoint, if there is none"),
        None => "Where there is none: make an inbound endpoint, in two Availability Zones".to_owned(),
    };
    vec![
        RULE.finding(fits.confidence, &needy)
            .severity(severity)
            .summary(format!("no inbound endpoint of {cluster} is visible in {of}"))
            .why(explanation)
            .seen(evidence)
            .fix(if needy.is_empty() {
                Vec::new()
            } else {
                vec![remedy::inbound::create(case, &title)]
            }),
    ]
}

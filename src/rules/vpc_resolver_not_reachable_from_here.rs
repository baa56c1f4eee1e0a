//! The VPC resolver does not answer outside its VPC, which is normal.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Fits, Severity, Stage, remedy};

declare_rule! {
    /// ## What it means
    /// The VPC resolver (`.2`) answers the instances of its own VPC. Asking it from outside, over a VPN, Direct Connect
    /// or peering, is not supported, and it is normal that no reply comes.
    ///
    /// ## How it was decided
    /// The resolver answered no question, and this host is not in the cluster's VPC. Where it is not known whether this
    /// host is in that VPC, this is only the likely cause.
    ///
    /// ## Why it matters
    /// The VPC's DNS may work although the VPC resolver does not answer from here.
    ///
    /// ## What to do
    /// Ask an inbound endpoint instead, or ask `.2` from a host in the VPC. AWS Client VPN is the exception: its
    /// clients may use `.2` where the endpoint's routes and authorization rules let them.
    "vpc-resolver-not-reachable-from-here" = {
        summary: "the VPC resolver is asked from outside its VPC, which is not supported",
        severity: Severity::Info,
        since: "0.1.0",
        about: Endpoint,
        hint:
            "the server may be a VPC's resolver (the base of the VPC's network plus two), which answers inside its \
             VPC only",
        complaints: [Silence 50],
        shows: [OneAnswer, UnsupportedVpcResolver],
        references: [ROUTE53_VPC_AND_NETWORK, CLIENT_VPN_TROUBLESHOOTING],
        at: Asked,
        requires: [
            [THE_VPC_RESOLVER],
            [not HEARD_AT_ALL],
            // A name server of this host's own that is `.2` says that we are in the VPC, or on its Client VPN.
            [not HOST_IS_IN_THE_VPC],
        ],
        confidence: [Certain if [[HOST_IS_OUTSIDE_THE_VPC]], Medium],
        explains: [SilentResolver],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let silent = fits.subjects();
    let who = phrase::titles(&silent);
    let confidence = fits.least_sure_at(&silent);
    let known = confidence == Confidence::Certain;
    let explanation = format!(
        "{who} {}. {} The VPC resolver serves the VPC itself. Forwarding to it from another network is not supported, \
         so it is normal that no reply comes. AWS Client VPN is the exception.",
        phrase::plural(silent.len(), "does not answer", "do not answer"),
        if known {
            "This host is outside the cluster's VPC."
        } else {
            "It is not known whether this host is in the cluster's VPC."
        }
    );
    vec![
        RULE.finding(confidence, &silent)
            .summary(format!(
                "{who} {} from here, which is normal outside the VPC",
                phrase::plural(silent.len(), "does not answer", "do not answer")
            ))
            .why(explanation)
            .seen(silent.iter().flat_map(|subject| observed_target(subject)))
            .fix(remedy::path::ask_the_vpc_from_outside(case, &silent)),
    ]
}

//! The VPC resolver is silent outside its VPC, as it should be.

use super::phrase::{self, observed_target};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage};

declare_rule! {
    /// ## What it means
    /// The VPC resolver (`.2`) answers the instances of its own VPC. Asking it from outside, over a VPN, Direct
    /// Connect or peering, is not supported, and silence is the normal outcome.
    ///
    /// ## How it was decided
    /// The resolver answered nothing, and this place is not in the cluster's VPC. Where it is not known whether
    /// this place is in that VPC, it is the likely reason and no more.
    ///
    /// ## Why it matters
    /// Its silence from here says nothing about the VPC's DNS.
    ///
    /// ## What to do
    /// Ask an inbound endpoint instead, or ask `.2` from a host in the VPC. AWS Client VPN is the exception: its
    /// clients may use `.2` where the endpoint's routes and authorization rules let them.
    "vpc-resolver-not-reachable-from-here" = {
        summary: "the VPC resolver is asked from outside its VPC, which is not supported",
        severity: Severity::Info,
        since: "0.1.0",
        shows: [OneAnswer],
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
    let confidence = fits
        .iter()
        .map(|fit| fit.confidence)
        .max()
        .unwrap_or(Confidence::Medium);
    let known = confidence == Confidence::Certain;
    let explanation = format!(
        "{who} {}. {} A VPC's resolver serves the VPC itself; forwarding to it from another network is not \
         supported, and it is normal that nothing comes back. AWS Client VPN is the exception.",
        phrase::plural(silent.len(), "said nothing", "said nothing, each of them"),
        if known {
            "This place is outside the cluster's VPC."
        } else {
            "Whether this place is in the cluster's VPC is not known."
        }
    );
    let own = case.own_zone();
    vec![
        RULE.finding(confidence, &silent)
            .summary(format!(
                "{who} is silent from here, as a VPC's resolver is outside its VPC"
            ))
            .why(explanation)
            .seen(silent.iter().flat_map(|subject| observed_target(subject)))
            .fix(vec![
                Remedy::new(
                    "Ask an inbound endpoint in the cluster's VPC instead",
                    [format!("eks-dns-doctor check {own} --inbound <inbound-endpoint-ip>")],
                ),
                Remedy::new(
                    "Or ask the VPC resolver from a host in the VPC",
                    silent
                        .iter()
                        .filter_map(|subject| subject.ip())
                        .map(|ip| format!("eks-dns-doctor check {own} --vpc-resolver {ip}")),
                ),
            ]),
    ]
}

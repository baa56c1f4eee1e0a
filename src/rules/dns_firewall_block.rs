//! The VPC's own Resolver blocks the name.

use super::phrase::{self, observed_controls, observed_sibling, observed_target};
use super::{Case, Confidence, Finding, Fits, Severity, Stage, remedy};

declare_rule! {
    /// ## What it means
    /// A resolver on the VPC's side denies the name, or makes it an alias of something else, in a way that neither a
    /// private hosted zone nor public DNS does. A rule of Route 53 Resolver DNS Firewall with the action `BLOCK`
    /// answers so: NODATA, NXDOMAIN, or an alias of the rule's choosing.
    ///
    /// ## How it was decided
    /// The answer for the name carries no SOA of a zone, or is an alias, while names outside the zone, or a random
    /// sibling, get theirs from the same resolver; and nothing else in the catalogue explains it. DNS Firewall's
    /// rules are not read, so this is a suspicion: a name server of your own that the VPC forwards to can do the
    /// same.
    ///
    /// ## Why it matters
    /// Everything in the VPC, and everybody who forwards to it, gets `no such host`.
    ///
    /// ## What to do
    /// See the rule groups that are associated with the VPC, and the query logs, which name the action. Put an allow
    /// rule for the endpoints' zone in front of the one that blocks.
    "dns-firewall-block" = {
        summary: "the VPC's Resolver blocks the name, perhaps by a DNS Firewall rule",
        severity: Severity::Error,
        since: "0.1.0",
        references: [ROUTE53_FIREWALL_ACTIONS, ROUTE53_QUERY_LOGS],
        at: Failing,
        requires: [
            [LEGIBLE],
            [ON_THE_VPCS_SIDE],
            [BLOCKS_IN_THE_VPC],
        ],
        confidence: [Low],
        needs: [VpcView],
        wants: [PublicControl],
        explains: [OnlyAFails],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let blocked = fits.subjects();
    let who = phrase::titles(&blocked);
    let mut remedies = vec![remedy::filter::dns_firewall(case)];
    remedies.push(remedy::question::from_the_vpc(case));
    vec![
        RULE.finding(Confidence::Low, &blocked)
            .summary(format!(
                "{who}: the VPC's Resolver may block this name (DNS Firewall, or a server it forwards to)"
            ))
            .why(format!(
                "{who} {} the name as no zone of AWS's would, and {} other names. Route 53 Resolver DNS Firewall \
                 blocks so; whether it has a rule for this name was not looked at. A name server that the VPC's \
                 Resolver forwards to, or a name server in its place, could do the same.",
                phrase::plural(blocked.len(), "answers", "answer"),
                phrase::plural(blocked.len(), "resolves", "resolve")
            ))
            .seen(blocked.iter().flat_map(|subject| {
                [
                    observed_target(subject),
                    observed_sibling(subject),
                    observed_controls(subject),
                ]
                .concat()
            }))
            .fix(remedies),
    ]
}

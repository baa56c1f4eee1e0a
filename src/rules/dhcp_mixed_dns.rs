//! Hosts of the VPC are told to ask the VPC's own resolver and others.

use super::shared::dhcp;
use super::signs::DHCP_NAMES_OTHER_SERVERS;
use super::{Case, Finding, Fits, Remedy, Severity, Stage, phrase, remedy};

declare_rule! {
    /// ## What it means
    /// The DHCP options of the cluster's VPC name the VPC's own resolver beside other name servers. A host asks one of
    /// them. It accepts NXDOMAIN from it and does not ask the next server, which may have the name.
    ///
    /// ## How it was decided
    /// `domain-name-servers` of the VPC's option set has AmazonProvidedDNS, or an address of the VPC's own resolver,
    /// and other addresses. Which of them a host asks first was not seen, so it is what may happen and no more.
    ///
    /// ## Why it matters
    /// A lookup works or fails with the server that happens to be asked, and that looks like chance. AWS says of such a
    /// set that it might behave in unexpected ways.
    ///
    /// ## What to do
    /// One kind of name server alone: the VPC's resolver, or servers that all forward the endpoint's name to it.
    "dhcp-mixed-dns" = {
        summary: "the VPC's DHCP options name the VPC's own resolver beside others",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "the VPC's DHCP options name AmazonProvidedDNS beside others",
        complaints: [Denial 250],
        references: [VPC_DHCP_OPTIONS],
        at: Run,
        requires: [
            [DHCP_NAMES_THE_VPCS_RESOLVER],
            [DHCP_NAMES_OTHER_SERVERS],
        ],
        confidence: [Medium],
        wants: [Caller],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some((named, options)) = dhcp::named(case) else {
        return Vec::new();
    };
    let vpc = case.vpc().map_or("the cluster's VPC", |vpc| vpc.id.as_str());
    let servers = phrase::addresses(&named.custom);
    vec![
        RULE.finding_at_large(fits.confidence)
            .summary(format!(
                "the DHCP options of {vpc} list the VPC's resolver and {servers}: a client believes the first that \
                 answers NXDOMAIN"
            ))
            .why(format!(
                "The DHCP options {} of {vpc} name the VPC's own resolver beside {servers}. Clients go on to the next \
                 server when one fails, and not when it says that a name does not exist. Where {servers} {} not \
                 forward the endpoint's name, a lookup works or fails with the server that happens to be asked.",
                options.id,
                phrase::plural(named.custom.len(), "does", "do")
            ))
            .seen(DHCP_NAMES_OTHER_SERVERS.evidence(case))
            .fix(vec![
                remedy::dhcp::amazon_alone(case, &options, "An"),
                Remedy::advice(
                    "Or only servers of your own that all forward the endpoint's name to the VPC's resolver",
                )
                .to_the_vpc()
                .as_alternative(),
            ]),
    ]
}

//! Hosts of the VPC are told to ask other name servers than the VPC's own.

use super::phrase::{self, observed_target};
use super::shared::dhcp::{self, DhcpServers};
use super::signs::DHCP_NAMES_OTHER_SERVERS;
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::compare::Verdict;
use crate::facts::{DhcpOptions, VantageKind};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The DHCP options of the cluster's VPC name other name servers than the VPC's own resolver. Hosts of the VPC ask
    /// those, and see EKS's private zone only where those forward the name to the VPC's resolver.
    ///
    /// ## How it was decided
    /// `domain-name-servers` of the VPC's option set has addresses, and neither AmazonProvidedDNS nor an address of the
    /// VPC's own resolver. That alone is information: such servers may well forward. It is an error where this host is
    /// in the cluster's VPC, or may be, its own name server is not the VPC's and has the public view or a negative
    /// answer, and the VPC's resolver gives the right addresses at the same time. A server of the list that is asked
    /// from elsewhere and fails makes it a warning. A VPC without an option set (`default`) gives no finding.
    ///
    /// ## Why it matters
    /// Nodes and bastions in the VPC then do not find the private endpoint, though the VPC's DNS works.
    ///
    /// ## What to do
    /// Forward the endpoint's name to the VPC's resolver on those servers, or change the option set. Running hosts use
    /// the new set when they renew their lease, within hours.
    "dhcp-custom-dns" = {
        summary: "the VPC's DHCP options name other name servers than the VPC's own",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the VPC's DHCP options name other servers than AmazonProvidedDNS",
        complaints: [Denial 240],
        references: [VPC_DHCP_OPTIONS, EKS_CLUSTER_ENDPOINT, ROUTE53_PRIVATE_ZONE_CONSIDERATIONS],
        at: Run,
        requires: [
            [DHCP_NAMES_OTHER_SERVERS],
            [not DHCP_NAMES_THE_VPCS_RESOLVER],
        ],
        names: [
            [not ON_THE_VPCS_SIDE],
            [unless SIBLING_RESOLVES],
            [GIVES_THE_PUBLIC_VIEW, DENIED_BY_PUBLIC_AWS],
            [DHCP_LISTS_IT, ON_THIS_HOST],
        ],
        confidence: [Medium if [[ON_THIS_HOST], [not DHCP_LISTS_IT]], High],
        wants: [Caller, VpcView],
        explains: [PublicView, AnotherVpc, Denial],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some((named, options)) = dhcp::named(case) else {
        return Vec::new();
    };
    let inside: Vec<&Subject<'_>> = case
        .vpc_side()
        .filter(|subject| subject.has_role(Role::Vpc) && subject.verdict() == Verdict::Match)
        .collect();
    let lacking = fits.subjects();
    let listed = |subject: &&&Subject<'_>| subject.ip().is_some_and(|ip| named.custom.contains(&ip));
    let of_list: Vec<&Subject<'_>> = lacking.iter().filter(listed).copied().collect();
    // A stub on the host itself passes questions on to what DHCP told it.
    let behind: Vec<&Subject<'_>> = lacking
        .iter()
        .filter(|subject| subject.has_role(Role::Local))
        .filter(|subject| subject.ip().is_some_and(|ip| ip.is_loopback()))
        .copied()
        .collect();
    // The VPC's resolver answers inside the VPC. Where this host is is not always known, and a server of the list that
    // it is configured with and that fails beside it says enough.
    let is_in_the_vpc = case.vantage.kind == VantageKind::ClusterVpc;
    let may_be_in_the_vpc = is_in_the_vpc || case.vantage.kind == VantageKind::Unknown;
    let own: Vec<&Subject<'_>> = of_list
        .iter()
        .filter(|subject| subject.has_role(Role::Local))
        .copied()
        .collect();
    let answers = !inside.is_empty();
    let (severity, subjects) = match (own.is_empty(), behind.is_empty()) {
        (false, _) if answers && may_be_in_the_vpc => (Severity::Error, own),
        (true, false) if answers && is_in_the_vpc => (Severity::Error, behind),
        _ if !of_list.is_empty() => (Severity::Warning, of_list),
        _ => (Severity::Info, Vec::new()),
    };
    let confidence = fits.least_sure_at(&subjects);
    vec![finding(
        case, &named, &options, severity, confidence, &subjects, &inside,
    )]
}

fn finding(
    case: &Case<'_>,
    named: &DhcpServers,
    options: &DhcpOptions,
    severity: Severity,
    confidence: Confidence,
    subjects: &[&Subject<'_>],
    inside: &[&Subject<'_>],
) -> Finding {
    let vpc = case.vpc().map_or("the cluster's VPC", |vpc| vpc.id.as_str());
    let servers = phrase::addresses(&named.custom);
    let who = phrase::titles(subjects);
    let lack = phrase::plural(subjects.len(), "does", "do");
    let effect = match severity {
        Severity::Error => format!(
            "{who} {lack} not have the private addresses, and {} {}: those servers do not forward the name to it.",
            phrase::titles(inside),
            phrase::plural(inside.len(), "has", "have")
        ),
        Severity::Warning => format!(
            "{who}, asked from here, {lack} not have the private addresses; hosts of the VPC get the same from it."
        ),
        Severity::Info => "Whether they do is not seen from here. If they do, all is well.".to_owned(),
    };
    let mut evidence = DHCP_NAMES_OTHER_SERVERS.evidence(case);
    evidence.extend(
        subjects
            .iter()
            .chain(inside)
            .flat_map(|subject| observed_target(subject)),
    );
    RULE.finding_at_large(confidence)
        // What does no harm by itself explains no other finding of theirs.
        .about(if severity == Severity::Error {
            phrase::names(subjects)
        } else {
            Vec::new()
        })
        .severity(severity)
        .summary(if severity == Severity::Info {
            format!("the DHCP options of {vpc} name {servers}, not the VPC's resolver")
        } else {
            format!(
                "the DHCP options of {vpc} name {servers}, and {who} {lack} not forward the name to the VPC's resolver"
            )
        })
        .why(format!(
            "The DHCP options {} of {vpc} name {servers}, and not the VPC's own resolver. Only that one has EKS's \
             private zone, so those servers have to forward the endpoint's name to it. {effect}",
            options.id
        ))
        .seen(evidence)
        .fix(remedies(case, options))
}

fn remedies(case: &Case<'_>, options: &DhcpOptions) -> Vec<Remedy> {
    let resolver = case.vpc().and_then(crate::facts::Vpc::resolver);
    let mut remedies = remedy::forward::to_vpc_resolver(case, resolver);
    remedies.push(remedy::dhcp::amazon_alone(case, options, "Or an").as_alternative());
    remedies
}

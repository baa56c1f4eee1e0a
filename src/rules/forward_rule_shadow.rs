//! A Resolver rule takes the endpoint's name out of the VPC.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::phrase::{self, observed_sibling, observed_target};
use super::remedy::resolver_rule;
use super::shared::route53::{self, ResolvingVpc};
use super::step::controls;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, decided, remedy};
use crate::decides::Construct;
use crate::dns::{AnswerKind, Name};
use crate::facts::ResolverRule;

declare_rule! {
    /// ## What it means
    /// A Route 53 Resolver rule of type `FORWARD` sends the endpoint's name to other name servers, away from the VPC
    /// whose Resolver is asked. It takes precedence over public DNS, and over a private hosted zone that is less
    /// specific than its domain or equally specific.
    ///
    /// ## How it was decided
    /// Of the rules that are associated with the VPC (status `COMPLETE`), the one with the most specific domain that
    /// the name is in decides, and it is of type `FORWARD`. A `SYSTEM` rule that is as specific or more overrides it;
    /// the autodefined rule for `.` means public DNS and forwards nothing. Rules whose targets are the inbound
    /// endpoints of the cluster's VPC are right. In the cluster's own VPC with private access on, EKS's private zone is
    /// more specific than a rule for `.`, `amazonaws.com` or the Region, and such a rule has no effect on the name. It
    /// is an error where a resolver of that VPC does not give what is expected, else a warning. Rules that a Route 53
    /// Profile brings count as well where they are listed; on the same domain a rule that is associated directly comes
    /// first. It is certain where everything was read that could decide otherwise in AWS's order, and the answer is
    /// that of the rule's targets: one of them was asked and answers alike, or the answer is of a zone that is not
    /// AWS's, or of public DNS where a private zone would have the name without the rule.
    ///
    /// ## Why it matters
    /// The answer in that VPC comes from servers that may not have the name.
    ///
    /// ## What to do
    /// A rule of type `SYSTEM` for the endpoints' zone, associated with the same VPC: then the VPC's own Resolver
    /// answers the name. In another VPC than the cluster's, that is the public view while public access is on: there
    /// it is a rule for the endpoint's own name to the inbound endpoint of the cluster's VPC. AWS takes no second rule
    /// for a domain in a VPC: where the rule is associated directly and for that very domain, the SYSTEM rule is for
    /// the endpoint's own name, or the rule is taken from the VPC.
    "forward-rule-shadow" = {
        summary: "a Resolver rule forwards the endpoint's name away from the VPC",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "a Resolver rule of this VPC forwards the name away",
        complaints: [Denial 170],
        references: [ROUTE53_VPC_AND_NETWORK, ROUTE53_PRIVATE_ZONE_CONSIDERATIONS],
        at: Run,
        requires: [[A_RULE_FORWARDS_THE_NAME]],
        // What shows a private zone was not forwarded.
        names: [
            [IN_A_KNOWN_VPC],
            [HEARD_AT_ALL],
            [not FROM_THE_PRIVATE_ZONE],
            [not HEARD_ONLY_OVER_TCP],
            [unless CERTIFICATE_FAILS],
            [unless SESSION_FAILS],
            // Without it, no private zone has an effect, whatever the rules are.
            [unless A_DNS_ATTRIBUTE_IS_OFF],
        ],
        confidence: [Certain if [[A_RULE_SURELY_FORWARDS_IT]], High],
        wants: [ResolverEndpoints, Profiles],
        // What the rule's targets have of their own shows here as well.
        explains: [
            UnusedPrivateZone,
            SilentForwardTarget,
            PublicView,
            AnotherVpc,
            Denial,
            OwnConfiguration,
            OldAddresses,
            Unexplained,
        ],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for vpc in route53::resolving_vpcs(case) {
        let Some((rule, domain)) = route53::in_effect(case, &vpc) else {
            continue;
        };
        // DNS Firewall is before the rules: `dns-firewall-block`.
        if decided::firewall_block(&decided::of_vpc(case, &vpc)).is_some_and(|step| step.certain) {
            continue;
        }
        let targets: Vec<IpAddr> = rule.targets.iter().map(|target| target.ip).collect();
        // To the VPC's own inbound endpoint: `forward-loop`.
        let own = route53::inbound_addresses_of(case, vpc.id);
        if targets.iter().any(|ip| own.contains(ip)) || leads_to_the_cluster(case, &targets) {
            continue;
        }
        let mut wrong = fits.subjects();
        wrong.retain(|subject| vpc.subjects.iter().any(|other| other.name() == subject.name()));
        let (beyond, wrong): (Vec<&Subject<'_>>, Vec<_>) =
            wrong.into_iter().partition(|subject| fails_beyond(subject, &domain));
        let confidence = fits.least_sure_at(&wrong);
        findings.push(finding(case, confidence, &vpc, (rule, &domain), &wrong, &beyond));
    }
    findings
}

/// Whether the targets are the cluster's inbound endpoints: those that are listed, or, as endpoints of other
/// accounts are not, addresses in the networks of the cluster's VPC.
fn leads_to_the_cluster(case: &Case<'_>, targets: &[IpAddr]) -> bool {
    let listed = case
        .cluster_vpc_id()
        .map(|vpc| route53::inbound_addresses_of(case, vpc))
        .unwrap_or_default();
    let in_vpc = |ip: &IpAddr| {
        let networks = case.vpc().into_iter().flat_map(|vpc| &vpc.cidrs);
        networks.into_iter().any(|cidr| cidr.contains(ip))
    };
    !targets.is_empty() && targets.iter().all(|ip| listed.contains(ip) || in_vpc(ip))
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    vpc: &ResolvingVpc<'_, '_>,
    (rule, domain): (&ResolverRule, &Name),
    wrong: &[&Subject<'_>],
    beyond: &[&Subject<'_>],
) -> Finding {
    let named = rule.name.as_deref().filter(|name| !name.is_empty());
    let title = named.map_or_else(|| rule.id.clone(), |name| format!("{} ({name})", rule.id));
    let targets = phrase::distinct(rule.targets.iter().map(|target| target.ip));
    let to = if targets.is_empty() {
        "other name servers".to_owned()
    } else {
        targets
    };
    let of_vpc = if vpc.is_clusters {
        format!("the cluster's VPC {}", vpc.id)
    } else {
        vpc.id.to_owned()
    };
    let severity = if wrong.is_empty() {
        Severity::Warning
    } else {
        Severity::Error
    };
    let mut explanation = format!(
        "The Resolver of {of_vpc} follows rule {title}: everything in {domain} goes to {to}. No rule for a more \
         specific domain and no private zone takes the endpoint's name from it."
    );
    let effect_in_words = if wrong.is_empty() && !beyond.is_empty() {
        format!(
            " {} {} for names as well that the rule does not take, so that has another cause.",
            phrase::titles(beyond),
            phrase::plural(beyond.len(), "fails", "fail")
        )
    } else if wrong.is_empty() {
        " Nothing fails because of it in this run: those servers have the name, or no resolver of that VPC was asked."
            .to_owned()
    } else {
        so(wrong)
    };
    explanation.push_str(&effect_in_words);
    explanation.push_str(&decided::as_of(case));
    let shared = rule.is_shared_with_me();
    let profile = route53::brought_by_profiles(case, vpc.id, "resolver-rule")
        .into_iter()
        .find(|(_, id)| *id == rule.id)
        .map(|(profile, _)| profile)
        .filter(|_| !is_associated(case, vpc.id, &rule.id));
    if let Some(profile) = profile {
        let _ = write!(explanation, " It comes to {} by Route 53 Profile {profile}.", vpc.id);
    }
    if let Some(owner) = rule.owner.as_deref().filter(|_| shared) {
        let _ = write!(explanation, " The rule is account {owner}'s, shared with this one.");
    }
    // The override has to be as specific as the rule at least. A VPC has one rule for a domain ("Cannot associate rules
    // with same domain name with same VPC", AssociateResolverRule), beside what a Profile brings.
    let overrides = |zone: &String| {
        let zone = route53::domain(zone);
        zone.is_some_and(|zone| zone.is_within(domain) && (zone != *domain || profile.is_some()))
    };
    let mut zones = case.regional_zone().into_iter().chain([case.own_zone()]);
    let fixes = if has_the_public_view_without(case, vpc, rule) {
        vec![to_the_cluster(case, vpc.id, rule, *domain == case.target.hostname)]
    } else {
        let by_system = zones.find(overrides).map(|zone| system_rule(case, vpc.id, &zone));
        let has_override = by_system.is_some();
        let without = without_the_rule(case, vpc.id, rule, profile, has_override);
        by_system.into_iter().chain([without]).collect()
    };
    let mut evidence = vec![
        Evidence::fact(format!("{}: FORWARD {} to {to}", rule.id, rule.domain)),
        Evidence::fact(match profile {
            Some(profile) => format!("{} comes to {} by Profile {profile}", rule.id, vpc.id),
            None => format!("{} is associated with {}", rule.id, vpc.id),
        }),
    ];
    evidence.extend(
        wrong
            .iter()
            .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat()),
    );
    RULE.finding(confidence, wrong)
        .severity(severity)
        .summary(if *domain == case.target.hostname {
            format!("rule {title} forwards this very name from {of_vpc} to {to}")
        } else {
            format!("rule {title} forwards {domain}, and so this name, from {of_vpc} to {to}")
        })
        .why(explanation)
        .seen(evidence)
        .fix(fixes)
}

/// Whether a resolver fails for the name, and for all names that were asked and that the rule does not take.
fn fails_beyond(subject: &Subject<'_>, domain: &Name) -> bool {
    let mut others = controls(subject)
        .filter(|lookup| !lookup.question.is_within(domain))
        .peekable();
    subject.a_kind().is_some_and(AnswerKind::is_failure)
        && others.peek().is_some()
        && others.all(|lookup| lookup.kind.is_failure())
}

/// What the resolvers that follow the rule do. A failure is not known to be an answer of the rule's targets.
fn so(wrong: &[&Subject<'_>]) -> String {
    let who = phrase::titles(wrong);
    let several = wrong.len();
    if wrong
        .iter()
        .all(|subject| subject.a_kind().is_some_and(AnswerKind::is_failure))
    {
        return format!(
            " {who} {} no answer for it: either those servers fail, or the questions do not reach them.",
            phrase::plural(several, "has", "have")
        );
    }
    format!(
        " So {who} {} what those servers have.",
        phrase::plural(several, "returns", "return")
    )
}

/// Whether the VPC's own Resolver, without the rule, has the public addresses, and the private ones are wanted: EKS's
/// private zone is in the cluster's VPC alone, and public DNS has the public addresses while public access is on.
fn has_the_public_view_without(case: &Case<'_>, vpc: &ResolvingVpc<'_, '_>, rule: &ResolverRule) -> bool {
    let cluster = case.own_cluster();
    let has_both = cluster.is_some_and(|cluster| {
        cluster.endpoint_public_access == Some(true) && cluster.endpoint_private_access == Some(true)
    });
    let is_private_wanted = vpc.subjects.iter().all(|subject| case.private_expected_at(subject));
    let steps = decided::of_vpc_without(case, vpc, &rule.id);
    let has_a_zone = steps
        .iter()
        .any(|step| step.decides && matches!(step.construct, Construct::Zone | Construct::ServiceNetwork));
    has_both && !vpc.is_clusters && is_private_wanted && !has_a_zone
}

/// A rule for the endpoint's own name to the inbound endpoints of the cluster's VPC. A VPC has one rule for a domain:
/// where the rule is for that very name, its targets are changed.
fn to_the_cluster(case: &Case<'_>, vpc: &str, rule: &ResolverRule, is_for_this_name: bool) -> Remedy {
    if is_for_this_name {
        return remedy::endpoint::point_to_the_cluster(case, rule);
    }
    let zone = case.own_zone();
    let endpoint = rule
        .resolver_endpoint_id
        .as_deref()
        .filter(|_| !rule.is_shared_with_me())
        .unwrap_or_default();
    let targets = remedy::endpoint::each_inbound_address(case, |key, ip| format!("{key}={ip},Port=53"), " ");
    Remedy::new(
        format!(
            "A rule for {zone} to the inbound endpoint of the cluster's VPC. A SYSTEM rule would give the public \
             addresses in {vpc}"
        ),
        [
            resolver_rule::forward(
                case,
                &zone,
                remedy::endpoint::word(endpoint, "<rslvr-out-id>"),
                &targets,
            ),
            resolver_rule::associate(case, vpc),
        ],
    )
    .to_the_vpc()
}

/// A rule that gives the name back to the VPC's own Resolver.
fn system_rule(case: &Case<'_>, vpc: &str, zone: &str) -> Remedy {
    Remedy::new(
        format!("A SYSTEM rule for {zone}, so that the VPC's own Resolver answers the name"),
        [resolver_rule::system(case, zone), resolver_rule::associate(case, vpc)],
    )
    .to_the_vpc()
}

/// The rule is taken away; `is_other_way`: where a rule of type SYSTEM does it too.
fn without_the_rule(
    case: &Case<'_>,
    vpc: &str,
    rule: &ResolverRule,
    profile: Option<&str>,
    is_other_way: bool,
) -> Remedy {
    let region = case.region();
    let take = if is_other_way { "Or take" } else { "Take" };
    let remedy = match profile {
        Some(profile) => Remedy::new(
            format!("{take} the rule from Profile {profile}, and so from every VPC that has the Profile"),
            [format!(
                "aws route53profiles disassociate-resource-from-profile --region {region} --profile-id {profile} \
                 --resource-arn {}",
                route53::brought_arn(case, profile, "resolver-rule", &rule.id).unwrap_or("<arn-of-the-rule>")
            )],
        ),
        None => Remedy::new(
            format!("{take} the rule from {vpc}"),
            [resolver_rule::disassociate(case, vpc, &rule.id)],
        ),
    };
    let remedy = if is_other_way { remedy.as_alternative() } else { remedy };
    remedy.to_the_vpc()
}

/// Whether a rule is associated with a VPC directly.
fn is_associated(case: &Case<'_>, vpc: &str, rule: &str) -> bool {
    let mut all = case.rule_associations().into_iter().flatten();
    all.any(|one| one.vpc_id == vpc && one.rule_id == rule)
}

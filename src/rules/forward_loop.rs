//! A Resolver rule forwards the name to the VPC that it is asked in.

use std::net::IpAddr;

use super::phrase::{self, observed_sibling, observed_target};
use super::shared::route53::{self, ResolvingVpc};
use super::signs::FORWARDS_INTO_SILENCE;
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::Name;
use crate::facts::ResolverRule;

declare_rule! {
    /// ## What it means
    /// A Resolver rule of type `FORWARD` has the inbound endpoint of a VPC as its target and is associated with that
    /// same VPC. A question for its domain comes in, is forwarded out, and comes in again, until a server gives up.
    ///
    /// ## How it was decided
    /// A target of the rule is an address of an inbound endpoint, and the VPC of this endpoint is associated with the
    /// rule (status `COMPLETE`); the endpoint's name is in the rule's domain. It is an error where the rule takes
    /// effect on the name and a resolver that is asked that way fails with SERVFAIL or silence. In the cluster's own
    /// VPC EKS's private zone is more specific than a rule for the whole Region: the name itself resolves then, and
    /// other names of the domain do not, which is a warning.
    ///
    /// ## Why it matters
    /// Every name of the domain gets SERVFAIL or no reply, and the number of questions multiplies.
    ///
    /// ## What to do
    /// Disassociate the rule from the VPC of its target. Other VPCs may keep it.
    "forward-loop" = {
        summary: "a Resolver rule forwards the name to the VPC that it is asked in",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "a Resolver rule, or a forwarder, sends the name back to where it came from",
        complaints: [Failure 90, Forward 80, Loop 10],
        references: [ROUTE53_RESOLVER_BEST_PRACTICES],
        at: Run,
        requires: [[A_RULE_FORWARDS_BACK]],
        names: [
            [FAILS_OR_IS_SILENT],
            [HEARD_AT_ALL],
            [not HEARD_ONLY_OVER_TCP],
            [IN_A_KNOWN_VPC, FORWARDS_INTO_SILENCE],
        ],
        confidence: [High],
        wants: [VpcAttributes, HostedZones, Profiles],
        explains: [SilentForwardTarget, UnusedPrivateZone, Unexplained],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for vpc in route53::resolving_vpcs(case) {
        let Some((rule, domain, back)) = route53::forwarded_back(case, &vpc) else {
            continue;
        };
        let takes_effect = route53::in_effect(case, &vpc).is_some();
        let mut wrong = fits.subjects();
        wrong.retain(|subject| takes_effect && asks(case, subject, &vpc));
        findings.push(finding(case, fits.confidence, &vpc, rule, &domain, &back, &wrong));
    }
    findings
}

/// Whether it is a resolver of that VPC, or one that may forward there.
fn asks(case: &Case<'_>, subject: &Subject<'_>, vpc: &ResolvingVpc<'_, '_>) -> bool {
    let of_vpc = vpc.subjects.iter().any(|other| other.name() == subject.name());
    of_vpc || vpc.is_clusters && FORWARDS_INTO_SILENCE.seen(case, Some(subject)) == Some(true)
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    vpc: &ResolvingVpc<'_, '_>,
    rule: &ResolverRule,
    domain: &Name,
    back: &[IpAddr],
    wrong: &[&Subject<'_>],
) -> Finding {
    let named = rule.name.as_deref().filter(|name| !name.is_empty());
    let title = named.map_or_else(|| rule.id.clone(), |name| format!("{} ({name})", rule.id));
    let targets = phrase::distinct(back.iter().copied());
    let own = *domain == case.target.hostname;
    let what = if own {
        "this very name".to_owned()
    } else {
        format!("everything in {domain}")
    };
    let short = if own {
        "this very name".to_owned()
    } else {
        domain.to_string()
    };
    let mut explanation = format!(
        "Rule {title} sends {what} to {targets}, {} in {}. That rule is associated with the same VPC. So a question \
         that enters there is forwarded out and enters again.",
        phrase::plural(back.len(), "an inbound address", "inbound addresses"),
        vpc.id
    );
    let effect_in_words = if wrong.is_empty() {
        " The endpoint's own name was not seen to fail by it; other names of the domain will.".to_owned()
    } else {
        format!(
            " {} {} the name accordingly.",
            phrase::titles(wrong),
            phrase::plural(wrong.len(), "fails for", "fail for")
        )
    };
    explanation.push_str(&effect_in_words);
    let mut evidence = vec![
        Evidence::fact(format!("{}: FORWARD {} to {targets}", rule.id, rule.domain)),
        Evidence::fact(format!("{targets}: inbound, in {}", vpc.id)),
        Evidence::fact(format!("{} is associated with {}", rule.id, vpc.id)),
    ];
    evidence.extend(
        wrong
            .iter()
            .flat_map(|subject| [observed_target(subject), observed_sibling(subject)].concat()),
    );
    RULE.finding(confidence, wrong)
        .severity(if wrong.is_empty() {
            Severity::Warning
        } else {
            Severity::Error
        })
        .summary(format!(
            "rule {title} forwards {short} from {} back to its own inbound endpoint",
            vpc.id
        ))
        .why(explanation)
        .seen(evidence)
        .fix(vec![Remedy::new(
            format!("Disassociate the rule from {}; other VPCs may keep it", vpc.id),
            [remedy::resolver_rule::disassociate(case, vpc.id, &rule.id)],
        )])
}

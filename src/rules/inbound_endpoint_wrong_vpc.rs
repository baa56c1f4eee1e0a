//! Every inbound endpoint that can be seen stands in another VPC than the cluster's.

use super::phrase::{self, observed, observed_target};
use super::shared::route53;
use super::{Case, Confidence, Evidence, Finding, Fits, Severity, Stage, Subject, decided, own_record, remedy};
use crate::facts::ResolverEndpoint;
use crate::limits;

declare_rule! {
    /// ## What it means
    /// The account has Route 53 Resolver inbound endpoints, and none of them is in the cluster's VPC. An inbound
    /// endpoint answers from its own VPC, and EKS's private hosted zone is associated with the cluster's VPC alone:
    /// peering or a transit gateway carries packets between the two, and no zones.
    ///
    /// ## How it was decided
    /// The host VPC of every inbound endpoint that the account sees is another than the cluster's. It is an error where
    /// such an endpoint decides here and does not give the private addresses; a warning where another resolver does not
    /// give them and would need an endpoint in the cluster's VPC; otherwise it is information: endpoints for other
    /// purposes belong in other VPCs.
    ///
    /// ## Why it matters
    /// A resolver that forwards there gets the public view: public addresses with public and private access, else what
    /// public DNS has.
    ///
    /// ## What to do
    /// An inbound endpoint in the cluster's VPC. Where forwarders can only reach a hub VPC: a rule on the hub's
    /// outbound endpoint, for the endpoint's name, to the addresses of that inbound endpoint.
    "inbound-endpoint-wrong-vpc" = {
        summary: "every visible inbound endpoint is in another VPC than the cluster's",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the inbound endpoint is in another VPC than the cluster",
        complaints: [Denial 120],
        references: [AWS_BLOG_EKS_DNS, ROUTE53_INBOUND],
        at: Run,
        requires: [
            [CLUSTER_VPC_IS_KNOWN],
            [ALL_INBOUND_ENDPOINTS_ARE_ELSEWHERE],
            [unless PRIVATE_ACCESS_IS_OFF],
            [not AN_INBOUND_ENDPOINT_HAS_THE_NAME],
        ],
        names: [
            [LISTED_AS_INBOUND],
            [HEARD_AT_ALL],
            // DNS Firewall is before the zones: an endpoint in the cluster's VPC changes nothing for this one.
            [unless FIREWALL_BLOCKS],
        ],
        confidence: [High],
        explains: [AnotherVpc],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(cluster) = case.cluster_vpc_id() else {
        return Vec::new();
    };
    let ordinary = route53::ordinary_inbound(case);
    let endpoints: Vec<&ResolverEndpoint> = ordinary.iter().map(|inbound| inbound.endpoint).collect();
    let mut wrong = fits.subjects();
    wrong.retain(|subject| {
        let mut asked = ordinary.iter().flat_map(|inbound| &inbound.subjects);
        let is_asked = asked.any(|other| other.name() == subject.name());
        // Where a zone of somebody's own has the very name there, what is wrong is its record.
        is_asked && own_record::of(case, subject).is_none()
    });
    vec![finding(case, fits.confidence, cluster, &endpoints, &wrong)]
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    cluster: &str,
    endpoints: &[&ResolverEndpoint],
    wrong: &[&Subject<'_>],
) -> Finding {
    let shown: Vec<String> = endpoints
        .iter()
        .take(limits::EVIDENCE_SHOWN)
        .map(|endpoint| {
            let vpc = endpoint.vpc_id.as_deref().unwrap_or("an unknown VPC");
            format!("{} in {vpc}", endpoint.id)
        })
        .collect();
    let more = endpoints.len() - shown.len();
    let shown = if more == 0 {
        phrase::list(&shown)
    } else {
        format!("{} and {more} more", shown.join(", "))
    };
    let needy = route53::in_need(case);
    let (severity, about) = if !wrong.is_empty() {
        (Severity::Error, wrong)
    } else if needy.is_empty() {
        (Severity::Info, &[][..])
    } else {
        (Severity::Warning, needy.as_slice())
    };
    let mut explanation = format!(
        "The cluster's VPC is {cluster}, and the visible inbound {} {shown}. An inbound endpoint answers from its \
         own VPC, and EKS's private zone is in the cluster's VPC alone.",
        phrase::plural(endpoints.len(), "endpoint is", "endpoints are")
    );
    let effect_in_words = match severity {
        Severity::Error => format!(
            " {} {} such an address, and {} not give the private addresses.",
            phrase::titles(wrong),
            phrase::plural(wrong.len(), "is", "are"),
            phrase::plural(wrong.len(), "does", "do")
        ),
        Severity::Warning => format!(
            " {} {} not give the private addresses, and a forward to such an endpoint would not help.",
            phrase::titles(&needy),
            phrase::plural(needy.len(), "does", "do")
        ),
        Severity::Info => " Nothing here needs one at the moment.".to_owned(),
    };
    explanation.push_str(&effect_in_words);
    let mut remedies = vec![
        remedy::inbound::create(
            case,
            "Make an inbound endpoint in the cluster's VPC, in two Availability Zones, and forward to it",
        ),
        remedy::forward::rule_to_the_cluster(
            case,
            "Where forwarders only reach the hub VPC: there, a rule for the endpoint's name to that inbound endpoint",
        ),
    ];
    if severity == Severity::Info {
        remedies.clear();
    }
    let mut evidence: Vec<Evidence> = endpoints
        .iter()
        .take(limits::EVIDENCE_SHOWN)
        .map(|endpoint| {
            let vpc = endpoint.vpc_id.as_deref().unwrap_or("not known");
            Evidence::fact(format!("{}: HostVPCId {vpc}", endpoint.id))
        })
        .collect();
    evidence.push(Evidence::fact(format!("the cluster's VPC is {cluster}")));
    if severity == Severity::Error {
        evidence.extend(wrong.iter().flat_map(|subject| observed_target(subject)));
    } else {
        evidence.extend(about.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    }
    RULE.finding(confidence, about)
        .severity(severity)
        .summary(if severity == Severity::Error {
            format!(
                "{} {} in another VPC than the cluster's {cluster}, as every visible inbound endpoint does",
                phrase::titles(wrong),
                phrase::plural(wrong.len(), "stands", "stand")
            )
        } else {
            format!("no visible inbound endpoint is in the cluster's VPC {cluster}")
        })
        .why(explanation + &decided::as_of(case))
        .seen(evidence)
        .fix(remedies)
}

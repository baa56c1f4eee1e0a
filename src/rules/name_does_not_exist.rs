//! Every resolver returns NXDOMAIN, the VPC's own included.

use super::phrase::{self, observed};
use super::shared::behind;
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// Every resolver that answered returns NXDOMAIN with the SOA of AWS's public zone, and one of them is the VPC's
    /// own. The most likely cause is the name itself: of a cluster that was deleted or created again (which gives it a
    /// new name), of another account or Region, or from an old kubeconfig.
    ///
    /// ## How it was decided
    /// Every resolver that answered returns NXDOMAIN with the SOA of a public zone of AWS, at least one of them is a
    /// resolver of the VPC, and AWS did not say which endpoint the cluster has. A resolver that forwards this very name
    /// may leave the SOA out: its NXDOMAIN counts where a random sibling gets the SOA of AWS's zone. DNS alone cannot
    /// tell a wrong name from a right name that is not published: if the VPC that was asked is not the cluster's, the
    /// answers are the same.
    ///
    /// ## Why it matters
    /// `no such host` is then correct, and no change to a resolver helps.
    ///
    /// ## What to do
    /// Ask AWS for the cluster's endpoint and write the kubeconfig again.
    "name-does-not-exist" = {
        summary: "every resolver returns NXDOMAIN for the name, the VPC's own included",
        severity: Severity::Error,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint: "every resolver returns NXDOMAIN for the name, the VPC's too",
        complaints: [Denial 80],
        shows: [OneAnswer, NoSuchName],
        references: [EKS_KUBECONFIG],
        at: Failing,
        requires: [
            [NXDOMAIN],
            [DENIED_BY_PUBLIC_AWS, MAY_BE_DENIED_BEHIND_IT],
            [ALL_RETURN_PUBLIC_NXDOMAIN],
            [VPC_ANSWERS],
            [unless AWS_SAYS_WHICH_ENDPOINT],
        ],
        confidence: [Medium],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let in_scope = fits.subjects();
    let heard =
        |subject: &&Subject<'_>| subject.a().is_some_and(|a| !a.kind.is_silence()) && !subject.probed.interrupted;
    let inside: Vec<&Subject<'_>> = case.vpc_side().filter(heard).collect();
    let everybody: Vec<&Subject<'_>> = case.subjects().filter(heard).collect();
    let without_soa: Vec<&Subject<'_>> = everybody
        .iter()
        .copied()
        .filter(|subject| behind::may_be_denied(subject))
        .collect();
    let but = if without_soa.is_empty() {
        String::new()
    } else {
        format!(
            " {} {} the SOA out, as BIND, Unbound and PowerDNS Recursor do for a name that is forwarded alone.",
            phrase::titles(&without_soa),
            phrase::plural(without_soa.len(), "leaves", "leave"),
        )
    };
    let mut remedies = remedy::endpoint::take_the_name_from_aws(case, case.cluster_name());
    remedies.extend(remedy::question::decide(
        case,
        &[remedy::question::UnansweredQuestion::Cluster],
    ));
    let who = phrase::titles(&inside);
    // Of an inbound endpoint that somebody named, nothing says which VPC it is in.
    let is_only_named = !inside
        .iter()
        .any(|subject| subject.has_role(Role::Vpc) || subject.probed.resolver.vpc.is_some());
    let summary = if is_only_named {
        format!(
            "every resolver returns NXDOMAIN, {who} included: the name is not the cluster's, or {} in another VPC",
            phrase::plural(inside.len(), "that endpoint is", "those endpoints are")
        )
    } else {
        "every resolver returns NXDOMAIN, the VPC's included, so the name is probably not the cluster's".to_owned()
    };
    if is_only_named {
        remedies.push(Remedy::new(
            "See which VPC the inbound endpoint is in: it has to be the cluster's",
            [format!(
                "aws route53resolver list-resolver-endpoints --region {} --filters Name=Direction,Values=INBOUND --query \
                 'ResolverEndpoints[].[Id,HostVPCId]'",
                case.region()
            )],
        ));
    }
    vec![
        RULE.finding(fits.least_sure_at(&in_scope), &in_scope)
            .summary(summary)
            .why(format!(
                "Every resolver that answered returns NXDOMAIN with the SOA of AWS's public zone, {who} too.{but} The name \
                 of a deleted cluster, or of a cluster in another account or Region, gets these answers. So does a right \
                 name whose private hosted zone is in another VPC than the one that was asked. Only AWS can tell. A \
                 cluster that is created again gets a new name.",
            ))
            .seen(
                everybody
                    .iter()
                    .filter_map(|subject| Some(observed(subject, subject.a()?))),
            )
            .fix(remedies),
    ]
}

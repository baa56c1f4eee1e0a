//! The endpoint's name was never published, so only the VPC has it.

use super::phrase::{self, observed};
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject, view};
use crate::dns::AnswerKind;
use crate::endpoint::SoaOrigin;

declare_rule! {
    /// ## What it means
    /// The name is right, the cluster's VPC has it, and public DNS does not. Since December 2019 the name of a cluster
    /// with private access only is published with its private addresses, so that any resolver that reaches the internet
    /// finds them; the name of an older cluster may never have been published.
    ///
    /// ## How it was decided
    /// A resolver of the VPC returns the private addresses. The public control returns NXDOMAIN with the SOA of AWS's
    /// public zone, and so does a resolver in scope.
    ///
    /// ## Why it matters
    /// Without a forward to the VPC, no resolver outside the VPC resolves the name. The other solution is to publish
    /// the name: any resolver then returns the private addresses, unless a filter removes them.
    ///
    /// ## What to do
    /// Once for the cluster: turn public access on for one address only, then off again. Or update the cluster.
    "not-in-public-dns" = {
        summary: "the VPC's resolver has the name, and it was never published in public DNS",
        severity: Severity::Info,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint: "the VPC's resolver has the name, and public resolvers deny it",
        complaints: [Denial 100],
        shows: [OneAnswer, NotPublished],
        references: [EKS_CLUSTER_ENDPOINT, EKS_HISTORY],
        at: Failing,
        requires: [
            [NXDOMAIN],
            [DENIED_BY_PUBLIC_AWS],
            [not ON_THE_VPCS_SIDE],
            [unless SIBLING_RESOLVES],
            [VPC_HAS_THE_NAME],
            [not PUBLIC_HAS_THE_NAME],
            [PUBLIC_RETURNS_NXDOMAIN],
            // With public access on the name is published; that public DNS lacks it then is something else.
            [unless AWS_HAS_THE_PUBLIC_ENDPOINT],
        ],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let denies_publicly = |subject: &Subject<'_>| {
        subject.a_kind() == Some(AnswerKind::NxDomain)
            && matches!(view::denied_by(subject), Some((_, SoaOrigin::PublicAws)))
    };
    let public: Vec<&Subject<'_>> = case.public().filter(|subject| denies_publicly(subject)).collect();
    let without = fits.subjects();
    let vpc_view = case.vpc_view();
    let (region, cluster) = (case.region(), case.cluster_name());
    let update = |config: &str| {
        format!("aws eks update-cluster-config --region {region} --name {cluster} --resources-vpc-config {config}")
    };
    let wait = format!("aws eks wait cluster-active --region {region} --name {cluster}");
    vec![
        RULE.finding(fits.least_sure_at(&without), &without)
            .summary("public DNS does not have this name, so outside the VPC it resolves only through a forward")
            .why(format!(
                "{} {} the private addresses, and {} {} NXDOMAIN from AWS's public zone, as {} {}. The names of \
                 clusters with private access only are published with their private addresses since December 2019; the \
                 name of an older cluster may not be. Instead of a forward, the name can be published.",
                phrase::titles(&vpc_view),
                phrase::plural(vpc_view.len(), "returns", "return"),
                phrase::titles(&public),
                phrase::plural(public.len(), "returns", "return"),
                phrase::titles(&without),
                phrase::plural(without.len(), "does", "do"),
            ))
            .seen(
                vpc_view
                    .iter()
                    .chain(&public)
                    .filter_map(|subject| Some(observed(subject, subject.a()?))),
            )
            .fix(vec![
                Remedy::new(
                    "Turn public access on for one address and off again, once: that publishes the name",
                    [
                        update(
                            "endpointPrivateAccess=true,endpointPublicAccess=true,publicAccessCidrs=<your-address>/32",
                        ),
                        wait.clone(),
                        update("endpointPrivateAccess=true,endpointPublicAccess=false"),
                        wait,
                    ],
                ),
                Remedy::advice("Or update the cluster, which publishes the name as well").as_alternative(),
            ]),
    ]
}

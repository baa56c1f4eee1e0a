//! Nobody has the name, the VPC's own resolver included.

use super::phrase::{self, observed};
use super::{Case, Confidence, Finding, Fits, Severity, Stage, Subject, remedy};

declare_rule! {
    /// ## What it means
    /// Every resolver that answered says that the name does not exist, with the SOA of AWS's public zone, and one of
    /// them is the VPC's own. The likeliest reason is the name itself: a cluster that was deleted or made anew
    /// (which gives it a new name), another account or Region, a kubeconfig from before.
    ///
    /// ## How it was decided
    /// NXDOMAIN with the SOA of a public zone of AWS's from everybody heard, at least one of them on the VPC's side,
    /// and AWS was not asked which endpoint the cluster has. DNS alone does not tell a wrong name from a right
    /// one that is published nowhere: where the VPC that was asked is not the cluster's, it looks the same.
    ///
    /// ## Why it matters
    /// `no such host` is then the plain truth, and no change to a resolver helps.
    ///
    /// ## What to do
    /// Ask AWS for the cluster's endpoint and write the kubeconfig anew.
    "name-does-not-exist" = {
        summary: "every resolver says that the name does not exist, the VPC's own included",
        severity: Severity::Error,
        since: "0.1.0",
        shows: [OneAnswer, NoSuchName],
        references: [EKS_KUBECONFIG],
        at: Failing,
        requires: [
            [NXDOMAIN],
            [DENIED_BY_PUBLIC_AWS],
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
    let mut remedies = remedy::endpoint::take_the_name_from_aws(case, case.cluster_name());
    remedies.extend(remedy::question::decide(case, &[remedy::question::Question::Cluster]));
    vec![
        RULE.finding(Confidence::Medium, &in_scope)
            .summary("no resolver has this name, the VPC's own included: is it still the cluster's?")
            .why(format!(
                "Everybody who answered says NXDOMAIN with the SOA of AWS's public zone, {} on the VPC's side too. A \
                 name of a deleted cluster, or of one in another account or Region, looks like this; a cluster that is \
                 made anew gets a new name. A right name whose private zone is in another VPC than the one that was \
                 asked, and which was never published, looks the same: only AWS can say.",
                phrase::titles(&inside)
            ))
            .seen(
                everybody
                    .iter()
                    .filter_map(|subject| Some(observed(subject, subject.a()?))),
            )
            .fix(remedies),
    ]
}

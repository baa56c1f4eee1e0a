//! The name is not the endpoint that the cluster has now.

use std::fmt::Write as _;

use super::phrase::{self, observed};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::facts::{Cluster, arn};

declare_rule! {
    /// ## What it means
    /// AWS gives another endpoint for the cluster than the name that is asked for here. EKS makes a new name for every
    /// cluster, so a cluster that was deleted and created again under the same name has another endpoint, and an older
    /// kubeconfig has a name that no longer exists. A kubeconfig of another account, Region or cluster looks the same.
    ///
    /// ## How it was decided
    /// The host of `cluster.endpoint` in DescribeCluster is not the name. It is certain where the cluster was named: by
    /// the kubeconfig's user, or by `--cluster`. If the description came from a file, the file may be about another
    /// cluster than the one you mean, and the finding says both. Where the kubeconfig's entry has the ARN of a cluster
    /// in another account than the one that AWS describes, or of another cluster than its user's credentials, nothing
    /// is said. Names that differ only in their suffix are two forms for one cluster, which is a warning.
    ///
    /// ## Why it matters
    /// No change to a resolver makes an old name resolve. If the old name still resolves, another cluster has it.
    ///
    /// ## What to do
    /// Write the kubeconfig again, then check the new name: what AWS says of the cluster does not hold for the old one.
    "endpoint-name-stale" = {
        summary: "the name is not the endpoint that the cluster has now",
        severity: Severity::Error,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint:
            "the kubeconfig may name a cluster that was deleted or created again; the quickest check: aws eks \
             list-clusters, then aws eks update-kubeconfig --name CLUSTER",
        complaints: [Denial 10, ClusterNotFound 20],
        references: [EKS_CLUSTER_ENDPOINT, EKS_KUBECONFIG],
        at: Run,
        requires: [
            [AWS_HAS_ANOTHER_ENDPOINT],
            [NAME_IS_AN_ENDPOINTS],
            // A cluster of that name in another account is another cluster.
            [unless CLUSTER_IS_OF_ANOTHER_ACCOUNT],
            // Which of the two the name is of, nothing says.
            [unless KUBECONFIG_NAMES_TWO_CLUSTERS],
        ],
        names: [
            [DENIED_AS_ABSENT],
            [not SOMEBODY_HAS_THE_NAME],
            [not NAMES_DIFFER_IN_FORM_ONLY],
        ],
        // A denial without a SOA may be a filter's as well.
        confidence: [
            Medium if [[NAMES_DIFFER_IN_FORM_ONLY]],
            Certain if [[CLUSTER_IS_NAMED], [ENDPOINTS_SHARE_THE_REGION], [unless DENIED_WITHOUT_SOA]],
            High if [[CLUSTER_IS_NAMED]],
            Medium,
        ],
        explains: [PublicView, NotPublished, AnotherVpc, UnusedPrivateZone, CachedDenial, NoSuchName, Denial],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let (Some(cluster), Some(asked)) = (case.cluster(), &case.endpoint) else {
        return Vec::new();
    };
    let Some(now) = cluster.host() else {
        return Vec::new();
    };
    let named = named_by(case, cluster);
    let other_form = now.labels().next() == case.target.hostname.labels().next();
    let same_region = EndpointName::parse(&now).map_or(true, |endpoint| endpoint.region == asked.region);
    let somebody_has_it = case.anybody_has_the_name();
    let denied = fits.subjects();
    // The name exists, so a file is likelier to be another cluster's than the name to be old.
    let severity = if other_form || named.is_none() && somebody_has_it {
        Severity::Warning
    } else {
        Severity::Error
    };
    let name = &cluster.name;
    let mut explanation =
        format!("DescribeCluster has another endpoint for {name} than the name that was asked for: {now}.");
    match (&named, other_form) {
        (_, true) => explanation.push_str(
            " Both begin with the same 32 digits, so they are two forms of a name for one cluster. Whether the form \
             that was asked for resolves is not documented; the one that AWS gives does.",
        ),
        (Some(by), _) => {
            let _ = write!(
                explanation,
                " According to {by}, {name} is meant. A cluster that was deleted and created again under its name has \
                 a new endpoint; an older kubeconfig, or one for another account, still has the old one."
            );
        }
        (None, _) => {
            let _ = write!(
                explanation,
                " Neither the kubeconfig nor --cluster names {name}, so there are two possibilities: the name is from \
                 before the cluster was created again, or the description is of another cluster. Use --cluster to tell \
                 them apart."
            );
        }
    }
    if !same_region {
        let _ = write!(
            explanation,
            " The two are in different Regions: {} and {}.",
            asked.region,
            region_of(cluster, &now).unwrap_or_default()
        );
    }
    if somebody_has_it && !other_form {
        explanation.push_str(" The name does resolve, so another cluster has it.");
    }
    explanation.push_str(" So what AWS says of the cluster was not used as the expected answer for this name.");
    let mut evidence = vec![
        Evidence::fact(format!(
            "asked for: {}, from {}",
            case.target.hostname, case.target.source
        )),
        Evidence::fact(format!("DescribeCluster: the endpoint of {name} is {now}")),
    ];
    evidence.extend(
        named
            .as_ref()
            .map(|by| Evidence::fact(format!("{name} is named by {by}"))),
    );
    evidence.extend(
        denied
            .iter()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    vec![
        RULE.finding_at_large(fits.least_sure())
            .about(phrase::names(&denied))
            .severity(severity)
            .summary(if severity == Severity::Error && !somebody_has_it {
                format!("this name is not the endpoint of {name} any more: AWS has {now}")
            } else {
                format!("this name is not the endpoint of {name}: AWS has {now}")
            })
            .why(explanation)
            .seen(evidence)
            .fix(remedies(case, cluster, &now, named.is_some())),
    ]
}

/// Who said that this cluster is meant; `None` where its description merely came along.
fn named_by(case: &Case<'_>, cluster: &Cluster) -> Option<String> {
    let kubeconfig = case
        .kubeconfig()
        .filter(|kubeconfig| kubeconfig.cluster.as_ref() == Some(&cluster.name));
    if let Some(kubeconfig) = kubeconfig {
        return Some(format!("the kubeconfig's context {}", kubeconfig.context));
    }
    (case.target.cluster.as_ref() == Some(&cluster.name)).then(|| "--cluster".to_owned())
}

fn region_of(cluster: &Cluster, now: &Name) -> Option<String> {
    let of_arn = cluster.arn.as_deref().and_then(arn::region);
    EndpointName::parse(now)
        .ok()
        .map(|endpoint| endpoint.region)
        .or_else(|| of_arn.map(str::to_owned))
}

fn remedies(case: &Case<'_>, cluster: &Cluster, now: &Name, is_meant: bool) -> Vec<Remedy> {
    let region = region_of(cluster, now);
    let region = region.as_deref().unwrap_or_else(|| case.region());
    let region = remedy::endpoint::word(region, "<region>");
    let profile = remedy::endpoint::as_profile(case);
    let name = remedy::endpoint::word(&cluster.name, "<cluster>");
    let mut remedies = vec![
        Remedy::new(
            if is_meant {
                "Write the kubeconfig again".to_owned()
            } else {
                format!("If you mean {}: write the kubeconfig again", cluster.name)
            },
            [format!(
                "aws eks update-kubeconfig --region {region} --name {name}{profile}"
            )],
        ),
        Remedy::new(
            "Then check the name that the cluster has now",
            [format!(
                "eks-dns-doctor check {}",
                remedy::endpoint::word(now.to_fqdn().trim_end_matches('.'), "<endpoint-name>")
            )],
        ),
        Remedy::new(
            "If you mean another cluster: check which account answers, and which clusters it has",
            [
                format!("aws sts get-caller-identity{profile}"),
                format!("aws eks list-clusters --region {region}{profile}"),
            ],
        ),
    ];
    if !is_meant {
        // What is meant is the question; which name is right follows from it.
        remedies.rotate_right(1);
    }
    remedies
}

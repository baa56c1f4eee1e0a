//! AWS has no cluster of this name.

use std::fmt::Write as _;

use super::phrase::{self, observed};
use super::signs::ASKED_IN_ANOTHER_REGION;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::facts::AbsentCluster;
use crate::limits;

declare_rule! {
    /// ## What it means
    /// AWS was asked for the cluster by its name, and has none of that name in that account and Region. It was deleted,
    /// or the credentials are another account's, or the Region is another, or the name is misspelt.
    ///
    /// ## How it was decided
    /// DescribeCluster answered `ResourceNotFoundException`. The account is that of the credentials
    /// (GetCallerIdentity); the clusters that are there are those of ListClusters.
    ///
    /// ## Why it matters
    /// The endpoint name of a deleted cluster resolves nowhere. If the name does resolve, the cluster exists, and the
    /// account or the Region is wrong: then what AWS says here is not about this cluster.
    ///
    /// ## What to do
    /// See which account and Region were asked, and name the right cluster.
    "cluster-not-found" = {
        summary: "AWS has no cluster of this name in the account and Region that were asked",
        severity: Severity::Error,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint: "aws eks list-clusters in this account and Region does not show the cluster",
        complaints: [Denial 220, ClusterNotFound 10],
        references: [EKS_DESCRIBE_CLUSTER],
        at: Run,
        requires: [[CLUSTER_IS_ABSENT]],
        names: [
            [DENIED_AS_ABSENT],
            [not SOMEBODY_HAS_THE_NAME],
            // A cluster is in the Region of its endpoint's name.
            [unless ASKED_IN_ANOTHER_REGION],
        ],
        // A denial without a SOA may be a filter's as well.
        confidence: [
            Certain if [[unless ASKED_IN_ANOTHER_REGION], [unless DENIED_WITHOUT_SOA]],
            High if [[unless ASKED_IN_ANOTHER_REGION]],
            Medium,
        ],
        wants: [Kubeconfig, Caller],
        explains: [PublicView, NotPublished, AnotherVpc, UnusedPrivateZone, CachedDenial, NoSuchName, Denial],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(absent) = case.absent_cluster() else {
        return Vec::new();
    };
    let somebody_has_it = case.anybody_has_the_name();
    let elsewhere = case
        .endpoint
        .as_ref()
        .filter(|_| ASKED_IN_ANOTHER_REGION.seen(case, None) == Some(true));
    let denied = fits.subjects();
    let account = absent
        .account
        .as_deref()
        .or_else(|| case.caller().map(|caller| caller.account.as_str()));
    let region = absent.region.as_deref().unwrap_or_else(|| case.region());
    let place = match account {
        Some(account) => format!("account {account}, Region {region}"),
        None => format!("Region {region} of the account that was asked"),
    };
    let name = &absent.name;
    let nearest = nearest(absent);
    let mut explanation = format!("There is no cluster {name} in {place}.");
    match &absent.present {
        None => explanation.push_str(" The list of clusters could not be read."),
        Some(present) if present.is_empty() => {
            explanation.push_str(
                " This account has no cluster in this Region, so probably the account or the Region \
                                  is wrong.",
            );
        }
        Some(present) => {
            let shown: Vec<&String> = present.iter().take(limits::NAMES_SHOWN).collect();
            let more = present.len() - shown.len();
            let _ = write!(
                explanation,
                " There {} {}",
                phrase::plural(present.len(), "is", "are"),
                phrase::list(&shown)
            );
            if more > 0 {
                let _ = write!(explanation, " (and {more} more)");
            }
            explanation.push('.');
        }
    }
    if let Some(nearest) = nearest {
        let _ = write!(explanation, " The nearest to it is {nearest}.");
    }
    if let Some(endpoint) = elsewhere {
        let _ = write!(
            explanation,
            " The endpoint's name is of Region {}, and its cluster is there or nowhere: what AWS was asked is not \
             about it.",
            endpoint.region
        );
    }
    explanation.push_str(if elsewhere.is_some() {
        ""
    } else if somebody_has_it {
        " The endpoint's name does resolve here, so the cluster is there: in another account or Region, or under \
         another name. What AWS was asked is not about it."
    } else if denied.is_empty() {
        ""
    } else {
        " The endpoint's name does not exist either, as for a deleted cluster. If the cluster is in another account or \
         Region, the negative answer has another cause."
    });
    let mut evidence = vec![Evidence::fact(format!(
        "DescribeCluster {name}: no such cluster, {place}"
    ))];
    evidence.extend(
        denied
            .iter()
            .filter_map(|subject| Some(observed(subject, subject.a()?))),
    );
    let severity = if somebody_has_it || elsewhere.is_some() {
        Severity::Warning
    } else {
        Severity::Error
    };
    vec![
        RULE.finding_at_large(fits.least_sure())
            .about(phrase::names(&denied))
            .severity(severity)
            .summary(match nearest {
                Some(nearest) => format!("there is no cluster {name} in {place}; there is {nearest}"),
                None => format!("there is no cluster {name} in {place}"),
            })
            .why(explanation)
            .seen(evidence)
            .fix(remedies(
                case,
                elsewhere.map_or(region, |endpoint| &endpoint.region),
                nearest,
            )),
    ]
}

fn remedies(case: &Case<'_>, region: &str, nearest: Option<&str>) -> Vec<Remedy> {
    let profile = remedy::endpoint::as_profile(case);
    let mut remedies = vec![Remedy::new(
        "See whose credentials these are, and which clusters the account has in the Region",
        [
            format!("aws sts get-caller-identity{profile}"),
            format!("aws eks list-clusters --region {region}{profile}"),
        ],
    )];
    if let Some(nearest) = nearest {
        let nearest = remedy::endpoint::word(nearest, "<cluster>");
        remedies.push(Remedy::new(
            format!("If {nearest} is meant"),
            [format!(
                "aws eks update-kubeconfig --region {region} --name {nearest}{profile}"
            )],
        ));
    }
    remedies.push(Remedy::advice(
        "If it is in another account or Region: name the profile and the Region that it is in",
    ));
    remedies
}

/// The cluster whose name is most like the one that was asked for, where one is: the same but for the case, or no
/// more than a third of its characters away.
fn nearest(absent: &AbsentCluster) -> Option<&str> {
    let wanted = absent.name.to_lowercase();
    absent
        .present
        .iter()
        .flatten()
        .filter(|name| name.chars().count() <= limits::CLUSTER_NAME && wanted.chars().count() <= limits::CLUSTER_NAME)
        .map(|name| (distance(&wanted, &name.to_lowercase()), name.as_str()))
        .filter(|(distance, _)| distance * 3 <= wanted.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// The Levenshtein distance: how many characters are to be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, from) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (left, to) in other.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[left + 1];
            row[left + 1] = changed.min(diagonal + 1).min(row[left] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_could_be_meant() {
        let of = |name: &str, present: &[&str]| {
            let absent = AbsentCluster {
                name: name.to_owned(),
                present: Some(present.iter().map(ToString::to_string).collect()),
                ..AbsentCluster::default()
            };
            nearest(&absent).map(str::to_owned)
        };
        let present = ["prod", "shared-cluster-2", "shared-cluster"];
        assert_eq!(of("shared-clutser", &present).as_deref(), Some("shared-cluster"));
        assert_eq!(of("Shared-Cluster-2", &present).as_deref(), Some("shared-cluster-2"));
        assert_eq!(of("staging", &present), None);
        assert_eq!(of("", &present), None);
        assert_eq!(of("prod", &[]), None);
        assert_eq!(of(&"a".repeat(5000), &["b"]), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}

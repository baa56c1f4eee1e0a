//! The cluster, or the access to its endpoint, is being changed.

use std::fmt::Write as _;

use super::phrase::{self, observed_target};
use super::shared::attributes::changes_access;
use super::signs::{ACCESS_IS_CHANGING, CLUSTER_IS_CHANGING};
use super::{Case, Confidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::facts::{Cluster, ClusterState, ClusterUpdate};

declare_rule! {
    /// ## What it means
    /// AWS is changing the cluster: it is being created, updated or deleted, or the access to its endpoint is being
    /// changed. Until that is done, resolvers may return the old answer, the new one, or both in turn.
    ///
    /// ## How it was decided
    /// DescribeCluster says CREATING, PENDING, UPDATING or DELETING; or an update of the kind EndpointAccessUpdate is
    /// InProgress; or DescribeCluster says FAILED, of which AWS does not document what becomes of the endpoint. A
    /// cluster that is being created has no endpoint yet, and then there is nothing to compare answers with; nor is
    /// there where one that is being deleted, or has the status FAILED, has none. (A cluster that the EKS Connector
    /// connects has none of EKS's at all; it is not meant here.)
    ///
    /// Where the cluster is being deleted, or has no endpoint, it is an error of the resolvers that return NXDOMAIN for
    /// the name; else a warning. No finding then proposes a way to the cluster's VPC, or a change in AWS.
    ///
    /// ## Why it matters
    /// What is seen now may not last: a wrong answer may become right by itself, and a right one may disappear. A
    /// resolver that was asked too early keeps a negative answer for as long as the SOA with it says.
    ///
    /// ## What to do
    /// Wait until the cluster is active, and check again; `--watch` says when the answers have changed. For a cluster
    /// that is being deleted there is nothing to fix: a forward would lead to an endpoint that goes away.
    "cluster-transitioning" = {
        summary: "the cluster, or the access to its endpoint, is being changed",
        severity: Severity::Error,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint: "the cluster's status is CREATING, UPDATING or DELETING",
        complaints: [Denial 210, Connection 130],
        shows: [Denial],
        references: [EKS_CLUSTER_ENDPOINT, EKS_UPDATE],
        at: Run,
        requires: [
            [not CLUSTER_IS_CONNECTED],
            [not AWS_HAS_ANOTHER_ENDPOINT],
            [CLUSTER_IS_CHANGING, ACCESS_IS_CHANGING],
        ],
        names: [
            [CLUSTER_IS_BEING_DELETED, CLUSTER_HAS_NO_ENDPOINT],
            [DENIED_AS_ABSENT],
            [not ANSWER_IS_FINE],
        ],
        confidence: [
            // Whether the name was this cluster's is not known.
            Medium if [[CLUSTER_HAS_NO_ENDPOINT], [not CLUSTER_IS_NAMED]],
            High,
        ],
        wants: [Kubeconfig],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let Some(cluster) = case.cluster() else {
        return Vec::new();
    };
    let access = changes_access(case);
    let what = match (cluster.state(), access) {
        (Some(ClusterState::Creating), _) => "is being created",
        (Some(ClusterState::Deleting), _) => "is being deleted",
        (Some(ClusterState::Failed), _) => "has the status FAILED",
        (_, Some(_)) => "is changing its endpoint access",
        (Some(ClusterState::Updating), None) => "is being updated",
        _ => return Vec::new(),
    };
    let going = finding(case, fits.confidence, cluster, what, access);
    let without = fits.subjects();
    if without.is_empty() {
        return vec![going];
    }
    let denies = without.iter().all(|subject| subject.ips().is_empty());
    let (who, name) = (phrase::titles(&without), &cluster.name);
    let does = match (denies, without.len()) {
        (true, 1) => "does not have it",
        (true, _) => "do not have it",
        (false, 1) => "does not give what is expected",
        (false, _) => "do not give what is expected",
    };
    vec![
        going
            .about(phrase::names(&without))
            .severity(RULE.severity)
            .summary(if cluster.endpoint.is_none() {
                format!(
                    "{name} {what} and {}: {who} {}",
                    cluster.without_endpoint(),
                    does.replace("have it", "have this name")
                )
            } else {
                format!("{name} {what}, and its endpoint name goes with it: {who} {does}")
            })
            .seen(without.iter().flat_map(|subject| observed_target(subject))),
    ]
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    cluster: &Cluster,
    what: &str,
    access: Option<&ClusterUpdate>,
) -> Finding {
    let name = &cluster.name;
    let mut explanation = format!("{name} {what}.");
    let nameless = case.target.hostname.is_root();
    if nameless {
        let _ = write!(
            explanation,
            " It {}, so there is no name to ask a resolver for, and none was asked.",
            cluster.without_endpoint()
        );
    } else if cluster.endpoint.is_none() {
        let _ = write!(
            explanation,
            " It {}, so what was asked for is not known to be its name. No answer can be compared with anything.",
            cluster.without_endpoint()
        );
    } else {
        explanation.push_str(match (cluster.state(), access) {
            (Some(ClusterState::Deleting), _) => {
                " Its endpoint name is deleted with it, so NXDOMAIN may be right. A forward to its VPC would lead to \
                 what goes away."
            }
            (Some(ClusterState::Failed), _) => {
                " AWS does not document whether the endpoint of such a cluster works or stays (DescribeCluster). What \
                 resolvers answer is judged as for any other, and need not last."
            }
            (_, Some(_)) => {
                " While endpoint access changes, a resolver may return the old answer, the new one, or both, until its \
                 cached answers expire."
            }
            _ => {
                " An update of the version gives the control plane other network interfaces, so addresses may \
                 change."
            }
        });
    }
    let mut evidence = CLUSTER_IS_CHANGING.evidence(case);
    if access.is_some() {
        evidence.extend(ACCESS_IS_CHANGING.evidence(case));
    }
    let (region, profile) = (case.region(), remedy::endpoint::as_profile(case));
    let word = remedy::endpoint::word(name, "<cluster>");
    let deleting = cluster.state() == Some(ClusterState::Deleting);
    let failed = cluster.state() == Some(ClusterState::Failed);
    let until = if deleting { "cluster-deleted" } else { "cluster-active" };
    let mut remedies = if failed {
        vec![Remedy::new(
            "See what AWS says is wrong with it",
            [format!(
                "aws eks describe-cluster --region {region} --name {word}{profile} --query cluster.health"
            )],
        )]
    } else {
        vec![Remedy::new(
            "Wait until it is done",
            [format!("aws eks wait {until} --region {region} --name {word}{profile}")],
        )]
    };
    if deleting || failed {
        remedies.push(Remedy::advice(
            "If another cluster is meant: name its context (--context) or its endpoint",
        ));
    }
    if !deleting && !failed {
        remedies.push(Remedy::new(
            "Then check again, or watch the answers change",
            [if nameless {
                format!("eks-dns-doctor check --cluster {word} --region {region}{profile}")
            } else {
                format!("eks-dns-doctor check {} --watch", case.own_zone())
            }],
        ));
    }
    RULE.finding_at_large(confidence)
        .severity(Severity::Warning)
        .summary(if failed && cluster.endpoint.is_some() {
            format!("{name} {what}: whether its endpoint works and stays is not known")
        } else if nameless || failed {
            format!("{name} {what}: it {}", cluster.without_endpoint())
        } else {
            format!("{name} {what}: answers may change")
        })
        .why(explanation)
        .seen(evidence)
        .fix(remedies)
}

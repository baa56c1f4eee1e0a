//! The name is not an EKS endpoint's.

use super::phrase::observed;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, remedy};
use crate::endpoint::{EndpointName, NotEndpoint};

declare_rule! {
    /// ## What it means
    /// The host name does not have the form of an EKS cluster's API endpoint. Where it is clearly something else (a
    /// cluster's name, the AWS API's name, the token issuer's), it is an error: no resolver has the endpoint under it.
    /// If its form is only unknown, the finding is information: partitions differ, and you may use a name of your own
    /// for the endpoint.
    ///
    /// ## How it was decided
    /// Endpoint names are `<32 hex digits>.<label>.<region>.eks.amazonaws.com`, or `<32 hex
    /// digits>.<label>.eks-cluster.<region>.api.aws` for IPv6 clusters since October 2024, with the partition's own
    /// suffix. An error is a single label, `eks.<region>.…`, `oidc.eks.<region>.…`, and a name under the endpoints'
    /// suffix whose first label is not 32 hexadecimal digits. Where AWS lists exactly this name, nothing is wrong with
    /// it, whatever its form.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host` for it everywhere, or reaches a host that is not the cluster.
    ///
    /// ## What to do
    /// Copy the endpoint from DescribeCluster unchanged, or let `aws eks update-kubeconfig` do so.
    "endpoint-name-malformed" = {
        summary: "the host name is not an EKS cluster's endpoint",
        severity: Severity::Error,
        since: "0.1.0",
        about: NoSuchEndpoint,
        hint: "the name is no EKS endpoint's: see the server of the kubeconfig",
        complaints: [Denial 230],
        references: [EKS_CLUSTER_ENDPOINT],
        at: Run,
        requires: [
            [not NAME_IS_AN_ENDPOINTS],
            // A form that is not known here, and right all the same.
            [unless AWS_HAS_THE_ENDPOINT],
        ],
        // Who denies a name that is none is right, and so is who has the addresses of what it names instead. Where
        // the form is merely not known, nobody is named.
        names: [
            [NAME_IS_OF_SOMETHING_ELSE],
            [WRONG_BUT_ANSWERED],
        ],
        confidence: [High],
        wants: [Kubeconfig],
        replaces: [PublicView, NotPublished, AnotherVpc, UnusedPrivateZone, NoSuchName],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let host = &case.target.hostname;
    let Err(instead) = EndpointName::parse(host) else {
        return Vec::new();
    };
    let known = case
        .cluster()
        .and_then(|cluster| Some((cluster.name.as_str(), cluster.host()?)));
    let named = case.kubeconfig().and_then(|kubeconfig| kubeconfig.cluster.as_deref());
    let is_cluster = |name: &str| name.eq_ignore_ascii_case(&case.own_zone());
    let is_named = instead == NotEndpoint::SingleLabel
        && (known.as_ref().is_some_and(|(name, _)| is_cluster(name)) || named.is_some_and(is_cluster));
    let what = match instead {
        NotEndpoint::SingleLabel if is_named => "is the cluster's name, not a host name",
        NotEndpoint::SingleLabel => {
            "is not a host name, since it has no dot; it may be a cluster's name, which --cluster takes"
        }
        NotEndpoint::EksApi => "is the AWS API that manages clusters, not the Kubernetes API of one",
        NotEndpoint::OidcIssuer => "issues a cluster's tokens and does not serve its API",
        NotEndpoint::WrongHostLabel => "does not begin with the 32 hexadecimal digits of an endpoint",
        NotEndpoint::Other => "does not have the form of an EKS endpoint's name",
    };
    let unknown = instead == NotEndpoint::Other;
    let right = fits.subjects();
    let explanation = if unknown {
        format!(
            "{host} {what}: 32 hexadecimal digits, a label, and the Region's suffix. It may be of a partition \
             whose names are not known here, or a name of your own for the endpoint. Then all else in this report \
             holds, except that the controls about AWS's own zones say less."
        )
    } else {
        format!(
            "{host} {what}. An endpoint's name is 32 hexadecimal digits, a label, and the Region's suffix, such as <32 \
             hex digits>.gr7.eu-west-1.eks.amazonaws.com. The resolvers are not at fault here."
        )
    };
    let mut evidence = vec![Evidence::fact(format!("{host}, from {}", case.target.source))];
    evidence.extend(right.iter().filter_map(|subject| Some(observed(subject, subject.a()?))));
    if let Some((name, endpoint)) = &known {
        evidence.push(Evidence::fact(format!(
            "DescribeCluster: the endpoint of {name} is {endpoint}"
        )));
    }
    let cluster = match (instead, &known) {
        (_, Some((name, _))) => remedy::endpoint::word(name, "<cluster>").to_owned(),
        // AWS tells small letters from capitals in it.
        (NotEndpoint::SingleLabel, None) => {
            let name = case.target.hostname.to_string();
            remedy::endpoint::word(name.trim_end_matches('.'), "<cluster>").to_owned()
        }
        _ => named.map_or_else(
            || case.cluster_name().to_owned(),
            |name| remedy::endpoint::word(name, "<cluster>").to_owned(),
        ),
    };
    let mut remedies = if unknown {
        vec![Remedy::new(
            "If you are not sure, compare it with the name that AWS has",
            [format!(
                "aws eks describe-cluster --region {} --name {cluster} --query cluster.endpoint --output text",
                case.region()
            )],
        )]
    } else {
        remedy::endpoint::take_the_name_from_aws(case, &cluster)
    };
    if let Some((_, endpoint)) = &known {
        remedies.push(Remedy::new(
            "Check the name that AWS has",
            [format!(
                "eks-dns-doctor check {}",
                remedy::endpoint::word(endpoint.to_fqdn().trim_end_matches('.'), "<endpoint-name>")
            )],
        ));
    }
    vec![
        RULE.finding(fits.confidence, &right)
            .severity(if unknown { Severity::Info } else { Severity::Error })
            .summary(match &known {
                Some((name, endpoint)) if !unknown => {
                    format!("{host} {what}: the endpoint of {name} is {endpoint}")
                }
                _ => format!("{host} {what}"),
            })
            .why(explanation)
            .seen(evidence)
            .fix(remedies),
    ]
}

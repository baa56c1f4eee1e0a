//! The endpoint's name as AWS has it, and the settings of the cluster's VPC that the name needs.
//!
//! Syntax: the AWS CLI's command reference.

use super::super::{Case, Remedy};
pub use crate::text::plain_word as word;

/// A DNS attribute of a VPC that is on, as JSON, which the AWS CLI takes as the value of the attribute's option.
pub const ON: &str = "{\"Value\":true}";

/// The same in the AWS CLI's shorthand.
pub const ON_IN_SHORTHAND: &str = "Value=true";

/// What AWS says the name is, and how the kubeconfig gets it.
pub fn take_the_name_from_aws(case: &Case<'_>, cluster: &str) -> Vec<Remedy> {
    let region = case.region();
    vec![
        Remedy::new(
            "Compare the name with the one that AWS has",
            [
                "aws sts get-caller-identity".to_owned(),
                format!("aws eks list-clusters --region {region}"),
                format!(
                    "aws eks describe-cluster --region {region} --name {cluster} --query cluster.endpoint \
                     --output text"
                ),
            ],
        ),
        Remedy::new(
            "Where it differs, write the kubeconfig anew",
            [format!("aws eks update-kubeconfig --region {region} --name {cluster}")],
        ),
    ]
}

/// What EKS's private hosted zone needs to take effect in the VPC.
pub fn let_the_private_zone_work(case: &Case<'_>) -> Vec<Remedy> {
    let (region, cluster) = (case.region(), case.cluster_name());
    let vpc = case.vpc_id();
    vec![
        Remedy::new(
            "See that private access is on, which VPC is the cluster's, and that no update is under way",
            [format!(
                "aws eks describe-cluster --region {region} --name {cluster} --query \
                 'cluster.[status,resourcesVpcConfig.vpcId,resourcesVpcConfig.endpointPrivateAccess]'"
            )],
        ),
        Remedy::new(
            "Both DNS attributes of the VPC must be true",
            [
                format!("aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute enableDnsSupport"),
                format!(
                    "aws ec2 describe-vpc-attribute --region {region} --vpc-id {vpc} --attribute \
                     enableDnsHostnames"
                ),
                format!(
                    "aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-support \
                     '{ON}'"
                ),
                format!(
                    "aws ec2 modify-vpc-attribute --region {region} --vpc-id {vpc} --enable-dns-hostnames \
                     '{ON}'"
                ),
            ],
        ),
        Remedy::new(
            "See which rules the VPC's Resolver follows: one that fits the name takes it elsewhere",
            [format!(
                "aws route53resolver list-resolver-rule-associations --region {region} --filters \
                 Name=VPCId,Values={vpc}"
            )],
        ),
    ]
}

/// Whose private hosted zones a VPC sees, where it is known which.
pub fn list_private_zones(case: &Case<'_>, vpc: Option<&str>) -> Remedy {
    let region = case.region();
    let vpc = word(vpc.unwrap_or_default(), "<vpc-id>");
    Remedy::new(
        "See which private hosted zones the resolving VPC has, and whose they are",
        [format!(
            "aws route53 list-hosted-zones-by-vpc --vpc-id {vpc} --vpc-region {region}"
        )],
    )
}

/// ` --profile NAME` of the kubeconfig's user, or nothing.
pub fn as_profile(case: &Case<'_>) -> String {
    case.kubeconfig()
        .and_then(|kubeconfig| kubeconfig.profile.as_deref())
        .map_or_else(String::new, |profile| {
            format!(" --profile {}", word(profile, "<profile>"))
        })
}

/// The account that owns the cluster's VPC, where it is another than the one that asked: the VPC is shared.
pub fn other_owner<'a>(case: &Case<'a>) -> Option<&'a str> {
    let (owner, caller) = (case.vpc()?.owner.as_deref()?, case.caller()?);
    (owner != caller.account).then_some(owner)
}

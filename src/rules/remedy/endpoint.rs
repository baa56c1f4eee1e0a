//! The endpoint's name as AWS has it, and the settings of the cluster's VPC that the name needs.
//!
//! Syntax: the AWS CLI's command reference.

use super::super::{Case, Remedy};
use crate::facts::ResolverRule;
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
    // What was read to be on needs no look, and no change. It decides nothing, so it is not recorded as touched.
    let attributes = case.aws_unseen().vpc_attributes.unwrap_or_default();
    let are_on = attributes.dns_support == Some(true) && attributes.dns_hostnames == Some(true);
    let mut remedies = vec![Remedy::new(
        "See that private access is on, which VPC is the cluster's, and that no update is under way",
        [format!(
            "aws eks describe-cluster --region {region} --name {cluster} --query \
             'cluster.[status,resourcesVpcConfig.vpcId,resourcesVpcConfig.endpointPrivateAccess]'"
        )],
    )];
    if !are_on {
        remedies.push(Remedy::new(
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
        ));
    }
    remedies.push(Remedy::new(
        "See which rules the VPC's Resolver follows: one that fits the name takes it elsewhere",
        [super::resolver_rule::of_vpc(case, vpc)],
    ));
    remedies
}

/// The member that a target's address stands in (Amazon Route 53 Resolver API Reference, TargetAddress).
pub fn key(ip: &str) -> &'static str {
    if ip.contains(':') { "Ipv6" } else { "Ip" }
}

/// The addresses of the cluster's inbound endpoints, each in this form of its member and itself; where none is known,
/// one to fill in.
pub fn each_inbound_address(case: &Case<'_>, form: impl Fn(&str, &str) -> String, between: &str) -> String {
    let known: Vec<String> = case
        .inbound_addresses()
        .iter()
        .map(|ip| form(key(&ip.to_string()), &ip.to_string()))
        .collect();
    if known.is_empty() {
        form("Ip", "<inbound-endpoint-ip>")
    } else {
        known.join(between)
    }
}

/// A rule for the endpoint's own name gets the inbound endpoints of the cluster's VPC for its targets.
pub fn point_to_the_cluster(case: &Case<'_>, rule: &ResolverRule) -> Remedy {
    // What is shared with an account, only its owner changes.
    let who = if rule.is_shared_with_me() {
        let owner = rule.owner.as_deref().unwrap_or("another account");
        format!("Ask {owner}, whose rule {} is, to point it", rule.id)
    } else {
        "Point the rule".to_owned()
    };
    let targets = each_inbound_address(case, |key, ip| format!("{{{key}={ip},Port=53}}"), ",");
    Remedy::new(
        format!(
            "{who} to the inbound endpoint of the cluster's VPC, in every VPC that has {}",
            rule.id
        ),
        [format!(
            "aws route53resolver update-resolver-rule --region {} --resolver-rule-id {} --config 'TargetIps=[{targets}]'",
            case.region(),
            rule.id,
        )],
    )
    .to_the_vpc()
}

/// The one VPC beside the cluster's whose Resolver does not give what is expected: the hub that is to forward. What is
/// filled in decides nothing, so it is not recorded as touched.
pub fn hub<'c>(case: &'c Case<'_>) -> Option<&'c str> {
    let cluster = case.aws_unseen().cluster_vpc_id()?;
    let vpcs = case
        .failing()
        .filter_map(|subject| subject.probed.resolver.vpc.as_deref());
    let mut others = vpcs.filter(|vpc| *vpc != cluster);
    let hub = others.next().filter(|hub| word(hub, "") == *hub)?;
    others.all(|other| other == hub).then_some(hub)
}

/// The one outbound endpoint that the account sees in a VPC.
pub fn outbound_of<'c>(case: &'c Case<'_>, vpc: &str) -> Option<&'c str> {
    let listed = case.aws_unseen().resolver_endpoints.iter().flatten();
    let mut own =
        listed.filter(|one| one.direction == "OUTBOUND" && one.is_lasting() && one.vpc_id.as_deref() == Some(vpc));
    let id = own.next()?.id.as_str();
    (own.next().is_none() && word(id, "") == id).then_some(id)
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

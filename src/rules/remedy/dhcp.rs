//! The name servers that DHCP gives to the hosts of a VPC.
//!
//! Syntax: the AWS CLI's command reference, `ec2 create-dhcp-options`.

use super::super::{Case, Remedy};
use super::endpoint;
use crate::facts::DhcpOptions;

/// An option set that names the VPC's own resolver and nobody else.
pub fn amazon_alone(case: &Case<'_>, options: &DhcpOptions, lead: &str) -> Remedy {
    let region = case.region();
    let vpc = case.vpc_id();
    let domain = options.domain_name.as_deref().map_or_else(String::new, |domain| {
        let domain = endpoint::word(domain, "<domain>");
        format!(" 'Key=domain-name,Values={domain}'")
    });
    let owner = endpoint::other_owner(case).map_or_else(String::new, |owner| {
        format!("; the VPC is shared, and account {owner} has to do it")
    });
    Remedy::new(
        format!(
            "{lead} option set with AmazonProvidedDNS alone (running hosts learn it when they renew their lease{owner})"
        ),
        [
            format!(
                "aws ec2 create-dhcp-options --region {region} --dhcp-configurations \
                 'Key=domain-name-servers,Values=AmazonProvidedDNS'{domain}"
            ),
            format!("aws ec2 associate-dhcp-options --region {region} --dhcp-options-id <dopt-id> --vpc-id {vpc}"),
        ],
    )
}

//! The name servers that DHCP gives to the hosts of a VPC.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::facts::DhcpOptions;
use crate::rules::{Case, Remedy, remedy};

/// The addresses of the VPC's resolver that are the same in every VPC (Amazon VPC User Guide, "Amazon DNS server").
pub(in crate::rules) const IN_EVERY_VPC: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 253)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253)),
];

/// The name servers that an option set names.
#[derive(Debug, Default)]
pub(in crate::rules) struct Named {
    /// The VPC's own resolver is among them.
    pub(in crate::rules) amazon: bool,
    /// The others, in their order.
    pub(in crate::rules) custom: Vec<IpAddr>,
}

/// The name servers of the cluster's VPC by DHCP; `None` where it has no option set, or the set names none.
pub(in crate::rules) fn named(case: &Case<'_>) -> Option<(Named, DhcpOptions)> {
    let options = case.dhcp_options()?;
    let is_own = !case.is_of_another_endpoint();
    if options.id == "default" || !is_own || options.domain_name_servers.is_empty() {
        return None;
    }
    let resolver = case.vpc().and_then(crate::facts::Vpc::resolver);
    let mut named = Named::default();
    for server in &options.domain_name_servers {
        match server.parse::<IpAddr>() {
            Ok(ip) if resolver == Some(ip) || IN_EVERY_VPC.contains(&ip) => named.amazon = true,
            Ok(ip) => named.custom.push(ip),
            Err(_) => named.amazon |= server.eq_ignore_ascii_case("AmazonProvidedDNS"),
        }
    }
    Some((named, options.clone()))
}

/// The option set in one line.
pub(in crate::rules) fn said(options: &DhcpOptions) -> String {
    format!(
        "DescribeDhcpOptions {}: domain-name-servers {}",
        options.id,
        options.domain_name_servers.join(", ")
    )
}

/// An option set that names the VPC's own resolver and nobody else.
pub(in crate::rules) fn amazon_alone(case: &Case<'_>, options: &DhcpOptions, lead: &str) -> Remedy {
    let region = case.region();
    let vpc = case.vpc().map_or("<vpc-id>", |vpc| vpc.id.as_str());
    let vpc = remedy::endpoint::word(vpc, "<vpc-id>");
    let domain = options.domain_name.as_deref().map_or_else(String::new, |domain| {
        let domain = remedy::endpoint::word(domain, "<domain>");
        format!(" 'Key=domain-name,Values={domain}'")
    });
    let owner = remedy::endpoint::other_owner(case).map_or_else(String::new, |owner| {
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

//! The AWS CLI's lines about Resolver rules (AWS CLI Command Reference, `route53resolver`).

use crate::limits;
use crate::rules::Case;

/// `--creator-request-id` of what is made for a zone or a VPC. Each has its own: AWS refuses to make another thing
/// under one that was used (Amazon Route 53 Resolver API Reference, CreateResolverRule, `CreatorRequestId`).
pub fn request_id(what: &str, of: &str) -> String {
    let of: String = of.chars().take(limits::REQUEST_ID_OF).collect();
    format!("eks-dns-{what}-{of}")
}

/// Makes a rule that forwards a domain through an outbound endpoint to `targets`, each as `Ip=ADDRESS,Port=53`.
pub fn forward(case: &Case<'_>, domain: &str, outbound: &str, targets: &str) -> String {
    format!(
        "aws route53resolver create-resolver-rule --region {} --creator-request-id {} --rule-type FORWARD \
         --domain-name {domain} --resolver-endpoint-id {outbound} --target-ips {targets}",
        case.region(),
        request_id("forward", domain)
    )
}

/// Makes a rule that gives a domain back to the VPC's own Resolver.
pub fn system(case: &Case<'_>, domain: &str) -> String {
    format!(
        "aws route53resolver create-resolver-rule --region {} --creator-request-id {} --rule-type SYSTEM \
         --domain-name {domain}",
        case.region(),
        request_id("system", domain)
    )
}

/// Gives a VPC the rule that was made.
pub fn associate(case: &Case<'_>, vpc: &str) -> String {
    format!(
        "aws route53resolver associate-resolver-rule --region {} --resolver-rule-id <rslvr-rr-id> --vpc-id {vpc}",
        case.region()
    )
}

/// Takes a rule from a VPC.
pub fn disassociate(case: &Case<'_>, vpc: &str, rule: &str) -> String {
    format!(
        "aws route53resolver disassociate-resolver-rule --region {} --resolver-rule-id {rule} --vpc-id {vpc}",
        case.region()
    )
}

/// Lists which rules a VPC has.
pub fn of_vpc(case: &Case<'_>, vpc: &str) -> String {
    format!(
        "aws route53resolver list-resolver-rule-associations --region {} --filters Name=VPCId,Values={vpc}",
        case.region()
    )
}

/// Lists the rules that forward every name, with their targets.
pub fn for_every_name(case: &Case<'_>) -> String {
    format!(
        "aws route53resolver list-resolver-rules --region {} --query \"ResolverRules[?DomainName=='.'].[Id,TargetIps]\"",
        case.region()
    )
}

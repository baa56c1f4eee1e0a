//! A whole answer of AWS, as the AWS CLI prints it: which lists it has, and whether there is more of them.

use super::node::{Members, Node};
use super::refused::NotFacts;
use super::{ec2, eks, route53};
use crate::facts::answers::Answers;
use crate::facts::calls::Call;
use crate::facts::{Caller, VpcAttributes, VpcZones};

/// Puts what an answer says into the answers; `false` where it says nothing that is known.
pub(super) fn take(of: &Members<'_>, answers: &mut Answers) -> Result<bool, NotFacts> {
    let mut known = single(of, answers)?;
    let mut lists = Vec::new();
    if let Some(names) = of.get("clusters") {
        lists.push(Call::ListClusters);
        let names: Result<Vec<String>, NotFacts> = names.elements()?.iter().map(Node::text).collect();
        answers.cluster_names.get_or_insert_default().extend(names?);
    }
    if let Some(all) = of.get("NetworkInterfaces") {
        lists.push(Call::DescribeNetworkInterfaces);
        let all = all.each(ec2::interface)?;
        answers.interfaces.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("Vpcs") {
        lists.push(Call::DescribeVpcs);
        let all = all.each(ec2::vpc)?;
        answers.vpcs.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("Subnets") {
        // A subnet that is not listed is one that is not known: nothing hangs on the list's being whole.
        known = true;
        answers.subnets.extend(all.each(ec2::subnet)?);
    }
    if let Some(all) = of.get("DhcpOptions") {
        lists.push(Call::DescribeDhcpOptions);
        let all = all.each(ec2::dhcp_options)?;
        answers.dhcp_options.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("SecurityGroups") {
        lists.push(Call::DescribeSecurityGroups);
        let all = all.each(ec2::security_group)?;
        answers.security_groups.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("ResolverEndpoints") {
        lists.push(Call::ListResolverEndpoints);
        let all = all.each(route53::endpoint)?;
        answers.resolver_endpoints.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("IpAddresses") {
        lists.push(Call::ListResolverEndpointIpAddresses);
        let all = all.each(route53::endpoint_addresses)?;
        answers.unassigned.push(all.into_iter().flatten().collect());
    }
    if let Some(all) = of.get("ResolverRules") {
        lists.push(Call::ListResolverRules);
        let all = all.each(route53::rule)?;
        answers.resolver_rules.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("ResolverRuleAssociations") {
        lists.push(Call::ListResolverRuleAssociations);
        let all = all.each(route53::association)?;
        answers.rule_associations.get_or_insert_default().extend(all);
    }
    if let Some(all) = of.get("HostedZoneSummaries") {
        lists.push(Call::ListHostedZonesByVpc);
        answers.hosted_zones.push(VpcZones {
            // The answer does not name the VPC it is about.
            vpc_id: String::new(),
            zones: all.each(route53::zone)?,
        });
    }
    if let Some(ids) = of.get("updateIds") {
        lists.push(Call::ListUpdates);
        if ids.elements()?.is_empty() {
            answers.updates.get_or_insert_default();
        }
    }
    let token = match of.text("NextToken")? {
        Some(token) => Some(token),
        None => of.text("nextToken")?,
    };
    known |= !lists.is_empty();
    if token.is_some_and(|token| !token.is_empty()) {
        answers.partial.extend(lists);
    } else {
        answers.whole.extend(lists);
    }
    Ok(known)
}

/// What is no list.
fn single(of: &Members<'_>, answers: &mut Answers) -> Result<bool, NotFacts> {
    let mut known = false;
    if let Some(cluster) = of.object("cluster")? {
        known = true;
        answers.clusters.push(eks::cluster(&cluster, eks::Spelling::Api)?);
    }
    if let Some(update) = of.object("update")? {
        known = true;
        answers.updates.get_or_insert_default().push(eks::update(&update)?);
    }
    let attributes = ec2::attributes(of)?;
    if let Some(vpc_id) = of.text("VpcId")?
        && attributes != VpcAttributes::default()
    {
        known = true;
        answers.vpc_attributes.push((vpc_id, attributes));
    }
    if let Some(endpoint) = of.object("ResolverEndpoint")? {
        known = true;
        answers.partial.push(Call::ListResolverEndpoints);
        let endpoint = route53::endpoint(&endpoint)?;
        answers.resolver_endpoints.get_or_insert_default().push(endpoint);
    }
    if let Some(rule) = of.object("ResolverRule")? {
        known = true;
        answers.partial.push(Call::ListResolverRules);
        answers
            .resolver_rules
            .get_or_insert_default()
            .push(route53::rule(&rule)?);
    }
    if of.has("HostedZone") && of.has("VPCs") {
        known = true;
        answers.zone_vpcs.push(route53::zone_with_vpcs(of)?);
    }
    if of.has("Account") && of.has("Arn") {
        known = true;
        answers.caller = Some(Caller {
            account: of.needed("Account")?,
            arn: of.text("Arn")?,
        });
    }
    Ok(known)
}

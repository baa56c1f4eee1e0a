//! A whole answer of AWS, as the AWS CLI prints it: which lists it has, and whether there is more of them.

use std::collections::BTreeSet;

use super::element::Element;
use crate::facts::Call;
use crate::facts::answers::Answers;
use crate::facts::shapes::{Members, WrongShape, domain_list_details, zone_with_vpcs};

/// The lists that people ask for by VPC (`--vpc-id`, `--filters Name=VPCId,…`, `--resource-id`), with the member that
/// has the VPC's id.
pub(super) const BY_VPC: &[(Call, &str, &str)] = &[
    (
        Call::ListFirewallRuleGroupAssociations,
        "FirewallRuleGroupAssociations",
        "VpcId",
    ),
    (Call::ListResolverRuleAssociations, "ResolverRuleAssociations", "VPCId"),
    (Call::ListProfileAssociations, "ProfileAssociations", "ResourceId"),
];

/// Puts what an answer says into the answers; `false` where it says nothing that is known.
pub(super) fn take(of: &Members<'_>, answers: &mut Answers) -> Result<bool, WrongShape> {
    let mut known = beside_the_reads(of, answers)?;
    let mut lists = Vec::new();
    for call in Call::ALL {
        if call.take(of, answers)? {
            known = true;
            lists.extend(call.is_list().then_some(call));
        }
    }
    for (call, list, vpc) in BY_VPC {
        if of.has(list) {
            spread(*call, &of.objects(list)?, vpc, answers)?;
        }
    }
    let token = match of.text("NextToken")? {
        Some(token) => Some(token),
        None => of.text("nextToken")?,
    };
    if token.is_some_and(|token| !token.is_empty()) {
        answers.partial.extend(lists);
    } else {
        answers.whole.extend(lists);
    }
    Ok(known)
}

/// Notes of how many VPCs a list is.
pub(super) fn spread(call: Call, list: &[Members<'_>], vpc: &str, answers: &mut Answers) -> Result<(), WrongShape> {
    let mut vpcs = BTreeSet::new();
    for one in list {
        vpcs.insert(one.text(vpc)?);
    }
    let noted = if vpcs.len() > 1 {
        &mut answers.of_several_vpcs
    } else {
        &mut answers.of_one_vpc
    };
    noted.push(call);
    Ok(())
}

/// The list of what one read gets of one VPC (ListFirewallConfigs, ListResolverDnssecConfigs).
fn listed(call: Call) -> Option<&'static str> {
    match call {
        Call::GetFirewallConfig => Some("FirewallConfigs"),
        Call::GetResolverDnssecConfig => Some("ResolverDnssecConfigs"),
        _ => None,
    }
}

/// Answers that people have and that this program does not ask for.
fn beside_the_reads(of: &Members<'_>, answers: &mut Answers) -> Result<bool, WrongShape> {
    let mut known = false;
    // What a program of Go makes JSON of: the SDK's own answer (aws-sdk-go-v2, eks.DescribeClusterOutput).
    if let Some(one) = of.object("Cluster").ok().flatten()
        && let Some(kind @ Element::SdkCluster) = Element::of(&one)
    {
        known = true;
        kind.take(&one, answers)?;
    }
    for call in Call::ALL {
        // What gets one of a list has it under the list's name without its last letter: GetResolverRule,
        // GetFirewallRuleGroupAssociation and others (service models of botocore 1.44.8).
        let one = call.member().strip_suffix('s').filter(|_| call.is_list());
        if let Some(one) = one.and_then(|name| of.object(name).ok().flatten())
            && let Some(kind) = Element::of(&one).filter(|kind| *kind == Element::Of(call))
        {
            known = true;
            kind.take(&one, answers)?;
            answers.partial.push(call);
        }
        // And what lists the settings of VPCs has those that are read one by one.
        let all = (!call.is_list()).then(|| listed(call)).flatten();
        if let Some(name) = all.filter(|name| of.has(name)) {
            for one in of.objects(name)? {
                known = true;
                call.take_one(&one, answers)?;
            }
        }
    }
    if of.has("FirewallDomainLists") {
        known = true;
        for one in of.objects("FirewallDomainLists")? {
            answers.firewall.list_details.push(domain_list_details(&one)?);
        }
    }
    if of.has("HostedZone") && of.has("VPCs") {
        known = true;
        answers.zone_vpcs.push(zone_with_vpcs(of)?);
    }
    Ok(known)
}

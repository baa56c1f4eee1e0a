//! Lists that a file has, and that may have been asked for with a filter.

use super::super::configuration;
use super::super::configuration::{ListedDomains, Opaque};
use super::*;
use crate::facts::{
    AwsFacts, Call, Firewall, FirewallAssociation, ProfileAssociation, Profiles, ResolverRule, RuleAssociation,
};

const LISTS: [Call; 3] = [
    Call::ListFirewallRuleGroupAssociations,
    Call::ListResolverRuleAssociations,
    Call::ListProfileAssociations,
];

/// One association of each kind with `vpc`.
fn facts(vpc: &str) -> AwsFacts {
    let status = Some("COMPLETE".to_owned());
    AwsFacts {
        firewall: Some(Firewall {
            associations: Some(vec![FirewallAssociation {
                vpc_id: vpc.to_owned(),
                status: status.clone(),
                ..FirewallAssociation::default()
            }]),
            ..Firewall::default()
        }),
        resolver_rules: Some(Vec::new()),
        rule_associations: Some(vec![RuleAssociation {
            vpc_id: vpc.to_owned(),
            status: status.clone(),
            ..RuleAssociation::default()
        }]),
        profiles: Some(Profiles {
            associations: Some(vec![ProfileAssociation {
                vpc_id: vpc.to_owned(),
                status,
                ..ProfileAssociation::default()
            }]),
            ..Profiles::default()
        }),
        ..AwsFacts::default()
    }
}

fn open<T>(list: &ListedDomains<T>) -> Option<&Opaque> {
    list.rest.as_ref()
}

#[test]
fn a_list_of_another_vpc_says_nothing_of_this_one() {
    let mut facts = facts("vpc-1");
    for (of_one_vpc, vpc, is_open) in [
        (&LISTS[..], "vpc-1", false),
        (&LISTS[..], "vpc-2", true),
        (&[], "vpc-2", false),
    ] {
        facts.of_one_vpc = of_one_vpc.to_vec();
        let read = configuration(&facts, vpc, &name("a.b.c"), false);
        let rests = [open(&read.groups), open(&read.rules), open(&read.profiles)];
        for (rest, call) in rests.into_iter().zip(LISTS) {
            let expected = is_open.then_some(Opaque::OfAnotherVpc(call));
            assert_eq!(rest, expected.as_ref(), "{vpc} {of_one_vpc:?}");
        }
    }
}

/// Amazon Route 53 Developer Guide, "Resolver delegation rules tutorial".
#[test]
fn a_delegation_rule_is_said_to_need_a_delegation() {
    let mut facts = facts("vpc-1");
    let id = "rslvr-rr-1".to_owned();
    facts.rule_associations = Some(vec![RuleAssociation {
        rule_id: id.clone(),
        vpc_id: "vpc-1".to_owned(),
        status: Some("COMPLETE".to_owned()),
    }]);
    facts.resolver_rules = Some(vec![ResolverRule {
        id,
        domain: "example.com.".to_owned(),
        kind: "DELEGATE".to_owned(),
        ..ResolverRule::default()
    }]);
    let configuration = configuration(&facts, "vpc-1", &name("a.example.com"), false);
    let kinds: Vec<&RuleKind> = configuration.rules.known.iter().map(|rule| &rule.kind).collect();
    assert_eq!(kinds, [&RuleKind::Opaque(Opaque::Delegation)]);
}

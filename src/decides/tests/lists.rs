//! Lists that a file has, and that may have been asked for with a filter.

use super::super::configuration;
use super::super::configuration::{ListedDomains, Opaque};
use super::*;
use crate::facts::{
    AwsFacts, Call, DomainList, DomainListDetails, Firewall, FirewallAssociation, FirewallGroup, ProfileAssociation,
    Profiles, ResolverRule, RuleAssociation,
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

/// What is known of a domain list beside its domains says whether they are all, and whether they are in effect.
#[test]
fn a_domain_list_is_as_certain_as_what_is_known_of_it() {
    let rule = crate::facts::FirewallRule {
        priority: Some(1),
        action: Some("BLOCK".to_owned()),
        domain_list_id: Some("rslvr-fdl-1".to_owned()),
        ..crate::facts::FirewallRule::default()
    };
    let list = |domains: &[&str]| DomainList {
        id: "rslvr-fdl-1".to_owned(),
        domains: domains.iter().map(ToString::to_string).collect(),
        only_about: None,
    };
    let details = |managed_by: Option<&str>, domain_count, status: &str| DomainListDetails {
        id: "rslvr-fdl-1".to_owned(),
        name: Some("the-list".to_owned()),
        managed_by: managed_by.map(str::to_owned),
        domain_count,
        status: Some(status.to_owned()),
    };
    let read = |domains: Option<&[&str]>, details: Option<DomainListDetails>| {
        let mut facts = facts("vpc-1");
        let firewall = facts.firewall.as_mut().expect("it is there");
        firewall.groups = vec![FirewallGroup {
            id: String::new(),
            rules: vec![rule.clone()],
        }];
        firewall.domain_lists = domains.map(list).into_iter().collect();
        firewall.list_details = details.into_iter().collect();
        let read = configuration(&facts, "vpc-1", &name("a.b.c"), false);
        let rule = read.groups.known[0].rules.known[0].clone();
        let MatchedBy::List { domains, .. } = rule.source else {
            panic!("{rule:?}");
        };
        (domains.rest, rule.in_effect)
    };
    let by = "Route 53 Resolver DNS Firewall";
    let managed = Opaque::ManagedList(Some(format!("the-list (of {by})")));
    let call = Call::ListFirewallDomains;
    let unsettled = |status: &str| Opaque::UnsettledList("rslvr-fdl-1 (the-list)".to_owned(), status.to_owned());
    for (domains, details, rest) in [
        (Some(&["x.test"][..]), None, None),
        (Some(&[][..]), None, Some(Opaque::ManagedList(None))),
        (None, None, Some(Opaque::NotRead(call))),
        // Whatever its domains' answer is.
        (
            Some(&[][..]),
            Some(details(Some(by), Some(0), "COMPLETE")),
            Some(managed.clone()),
        ),
        (None, Some(details(Some(by), Some(9), "COMPLETE")), Some(managed)),
        // Neither a manager nor a count is said (`--query`), so it may be one of AWS's.
        (
            Some(&[][..]),
            Some(details(None, None, "COMPLETE")),
            Some(Opaque::ManagedList(None)),
        ),
        // A list of one's own that is empty.
        (Some(&[][..]), Some(details(None, Some(0), "COMPLETE")), None),
        (Some(&["x.test"][..]), Some(details(None, Some(1), "COMPLETE")), None),
        (
            Some(&["x.test"][..]),
            Some(details(None, Some(2), "COMPLETE")),
            Some(Opaque::Part(call)),
        ),
        (
            None,
            Some(details(None, Some(2), "COMPLETE")),
            Some(Opaque::NotRead(call)),
        ),
        (
            Some(&["x.test"][..]),
            Some(details(None, Some(1), "IMPORTING")),
            Some(unsettled("IMPORTING")),
        ),
        (
            Some(&["x.test"][..]),
            Some(details(None, None, "COMPLETE_IMPORT_FAILED")),
            Some(unsettled("COMPLETE_IMPORT_FAILED")),
        ),
    ] {
        let in_effect = match &rest {
            Some(Opaque::UnsettledList(..)) => InEffect::Perhaps(rest.clone().expect("it is there")),
            _ => InEffect::Yes,
        };
        assert_eq!(
            read(domains, details.clone()),
            (rest, in_effect),
            "{domains:?} {details:?}"
        );
    }
}

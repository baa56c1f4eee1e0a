//! AWS's documented examples, each with its source.

use super::super::configuration::{DomainPattern, Opaque, Qtype};
use super::*;
use crate::facts::Call;

/// Amazon Route 53 Developer Guide, "How Route 53 Profile settings are prioritized".
const PROFILES: &str = "Developer Guide, How Route 53 Profile settings are prioritized";
/// Amazon Route 53 Developer Guide, "How VPC Resolver determines whether the domain name in a query matches any rules".
const MATCHES: &str =
    "Developer Guide, How VPC Resolver determines whether the domain name in a query matches any rules";
/// Amazon Route 53 Developer Guide, "Considerations when working with a private hosted zone".
const ZONES: &str = "Developer Guide, Considerations when working with a private hosted zone";
/// aws/agent-toolkit-for-aws, "Identifying the Effective DNS Firewall Rule for a Domain".
const FIREWALL: &str = "agent-toolkit-for-aws, Identifying the Effective DNS Firewall Rule for a Domain";
/// Route 53 Resolver API reference, FirewallRule.
const RULE: &str = "API reference, FirewallRule";
/// Route 53 Profiles API reference, ProfileAssociation.
const ASSOCIATION: &str = "API reference, ProfileAssociation";
/// Amazon Route 53 Developer Guide, "Resolving DNS queries between VPCs and your network".
const OVERVIEW: &str = "Developer Guide, Resolving DNS queries between VPCs and your network";

struct Example {
    source: &'static str,
    configuration: Configuration,
    asked: &'static str,
    qtype: RecordType,
    decides: &'static str,
}

fn example(source: &'static str, asked: &'static str, decides: &'static str, configuration: Configuration) -> Example {
    Example {
        source,
        configuration,
        asked,
        qtype: RecordType::A,
        decides,
    }
}

fn with(change: impl FnOnce(&mut Configuration)) -> Configuration {
    let mut configuration = empty();
    change(&mut configuration);
    configuration
}

fn with_groups(groups: Vec<RuleGroup>) -> Configuration {
    with(|all| all.groups.known = groups)
}

fn zones(apexes: &[&str]) -> Configuration {
    with(|all| all.zones.known = apexes.iter().map(|apex| zone(apex, apex)).collect())
}

fn rules(rules: &[(&str, RuleKind)]) -> Configuration {
    with(|all| {
        all.rules.known = rules
            .iter()
            .map(|(domain, kind)| rule(domain, domain, kind.clone()))
            .collect();
    })
}

fn profile_and_vpc(by_profile: &[&str], by_vpc: &[&str]) -> Configuration {
    with(|all| {
        all.zones.known = by_vpc.iter().map(|apex| zone("local", apex)).collect();
        let mut one = profile("rp-1", 100);
        one.zones = by_profile.iter().map(|apex| zone("by-profile", apex)).collect();
        all.profiles.known = vec![one];
    })
}

fn two_profiles(first: Option<i64>, second: Option<i64>) -> Configuration {
    with(|all| {
        for (id, priority) in [("rp-1", first), ("rp-2", second)] {
            let mut one = profile(id, priority.unwrap_or(super::super::configuration::PROFILE_PRIORITY));
            one.zones = vec![zone(id, "example.com")];
            all.profiles.known.push(one);
        }
    })
}

fn documented() -> Vec<Example> {
    let allow = |priority, domains: &[&str]| firewall_rule(priority, Action::Allow, domains);
    let alert = |priority, domains: &[&str]| firewall_rule(priority, Action::Alert, domains);
    let forward = RuleKind::Forward;
    let system = RuleKind::System;
    let mut all = vec![
        // The table of the page, row by row.
        example(
            PROFILES,
            "example.com",
            "answer local",
            profile_and_vpc(&["example.com"], &["example.com"]),
        ),
        example(
            PROFILES,
            "test.example.com",
            "answer by-profile",
            profile_and_vpc(&["test.example.com"], &["example.com"]),
        ),
        example(
            PROFILES,
            "marketing.example.com",
            "answer local",
            profile_and_vpc(&[], &["marketing.example.com"]),
        ),
        example(
            ASSOCIATION,
            "example.com",
            "answer rp-2",
            two_profiles(Some(200), Some(101)),
        ),
        example(ASSOCIATION, "example.com", "answer rp-1", two_profiles(None, Some(101))),
    ];
    // "If the domain name in the rule is acme.example.com": what matches, and what does not.
    for (asked, decides) in [
        ("acme.example.com", "forward acme.example.com"),
        ("zenith.acme.example.com", "forward acme.example.com"),
        ("example.com", "answer public"),
        ("nadir.example.com", "answer public"),
    ] {
        all.push(example(
            MATCHES,
            asked,
            decides,
            rules(&[("acme.example.com", forward.clone())]),
        ));
    }
    all.extend([
        example(
            MATCHES,
            "www.example.com",
            "forward www.example.com",
            rules(&[("example.com", forward.clone()), ("www.example.com", forward.clone())]),
        ),
        example(
            ZONES,
            "seattle.accounting.example.com",
            "answer accounting.example.com",
            zones(&["example.com", "accounting.example.com"]),
        ),
        example(ZONES, "example.net", "answer public", zones(&["example.com"])),
        // "the Resolver rule takes precedence" for the same domain name.
        example(
            ZONES,
            "www.example.com",
            "forward rr",
            with(|all| {
                all.zones.known = vec![zone("zone", "example.com")];
                all.rules.known = vec![rule("rr", "example.com", forward.clone())];
            }),
        ),
        // The autodefined rules of private hosted zones are more specific than a rule for "." or "com".
        example(
            OVERVIEW,
            "www.example.com",
            "answer zone",
            with(|all| {
                all.zones.known = vec![zone("zone", "example.com")];
                all.rules.known = vec![rule("all", ".", forward.clone()), rule("com", "com", forward.clone())];
            }),
        ),
        // "forward example.com to your network, and acme.example.com by Resolver".
        example(
            OVERVIEW,
            "www.acme.example.com",
            "answer public",
            rules(&[("example.com", forward.clone()), ("acme.example.com", system.clone())]),
        ),
        example(
            OVERVIEW,
            "www.example.com",
            "forward example.com",
            rules(&[("example.com", forward.clone()), ("acme.example.com", system.clone())]),
        ),
        // A SYSTEM rule for amazonaws.com beside a rule for ".", as AWS recommends.
        example(
            OVERVIEW,
            "a.yl4.ap-northeast-1.eks.amazonaws.com",
            "answer public",
            rules(&[(".", forward.clone()), ("amazonaws.com", system)]),
        ),
        // "What you forward with '.' covers the other suffix, which the carve-out does not."
        example(
            OVERVIEW,
            "a.sk1.eks-cluster.us-east-1.api.aws",
            "forward .",
            rules(&[(".", forward)]),
        ),
    ]);
    // "*.example.com" matches "sub.example.com" and "deep.sub.example.com", and not "example.com".
    for (asked, decides) in [
        ("sub.example.com", "block g/rule-1"),
        ("deep.sub.example.com", "block g/rule-1"),
        ("example.com", "answer public"),
        ("subexample.com", "answer public"),
    ] {
        let groups = vec![group("g", 100, vec![block(1, &["*.example.com"])])];
        all.push(example(FIREWALL, asked, decides, with_groups(groups)));
    }
    all.extend([
        example(
            FIREWALL,
            "example.com",
            "block g/rule-1",
            with_groups(vec![group("g", 100, vec![block(1, &["example.com."])])]),
        ),
        example(
            FIREWALL,
            "sub.example.com",
            "answer public",
            with_groups(vec![group("g", 100, vec![block(1, &["example.com"])])]),
        ),
        example(
            FIREWALL,
            "anything.test",
            "block g/rule-1",
            with_groups(vec![group("g", 100, vec![block(1, &["*"])])]),
        ),
        // The page's own example: "corp-allowlist" with 100 before "threat-block" with 200.
        example(
            FIREWALL,
            "ads.example.com",
            "answer public",
            with_groups(vec![
                group("threat-block", 200, vec![block(10, &["*.example.com"])]),
                group("corp-allowlist", 100, vec![allow(10, &["ads.example.com"])]),
            ]),
        ),
        // "Because every action halts inspection, a broad Allow or Alert" hides a Block behind it.
        example(
            FIREWALL,
            "ads.example.com",
            "answer public",
            with_groups(vec![
                group("a", 100, vec![alert(10, &["*"])]),
                group("b", 200, vec![block(1, &["*"])]),
            ]),
        ),
        // "The match in the lowest-association-priority group wins", then "the lowest-rule-priority match".
        example(
            FIREWALL,
            "ads.example.com",
            "block b/rule-3",
            with_groups(vec![
                group("a", 200, vec![block(1, &["*"])]),
                group(
                    "b",
                    101,
                    vec![
                        block(5, &["*"]),
                        block(3, &["*.example.com"]),
                        block(1, &["example.com"]),
                    ],
                ),
            ]),
        ),
        // "folding them into the same priority-ordered walk as the directly associated rule groups".
        example(
            FIREWALL,
            "ads.example.com",
            "block by-profile/rule-1",
            with(|all| {
                all.groups.known = vec![group("direct", 200, vec![allow(1, &["*"])])];
                let mut one = profile("rp-1", 100);
                one.groups = vec![group("by-profile", 102, vec![block(1, &["*"])])];
                all.profiles.known = vec![one];
            }),
        ),
    ]);
    // "A rule with a Qtype filter that does not match the query's type is skipped".
    for (qtype, rtype, decides) in [
        ("A", RecordType::A, "block g/rule-1"),
        ("A", RecordType::AAAA, "answer public"),
        ("TYPE28", RecordType::AAAA, "block g/rule-1"),
        ("CAA", RecordType::A, "answer public"),
    ] {
        let mut only = block(1, &["*"]);
        only.qtype = Some(Qtype::of(qtype));
        let mut one = example(RULE, "a.test", decides, with_groups(vec![group("g", 100, vec![only])]));
        one.qtype = rtype;
        all.push(one);
    }
    let mut failed = block(1, &["*"]);
    failed.in_effect = InEffect::of_status(Some("CREATION_FAILED"));
    all.push(example(
        RULE,
        "a.test",
        "answer public",
        with_groups(vec![group("g", 100, vec![failed])]),
    ));
    all
}

#[test]
fn what_aws_documents_is_what_decides_and_is_certain() {
    for one in documented() {
        let steps = asked(&one.configuration, one.asked, one.qtype);
        let decides = decider(&steps);
        assert_eq!(short(decides), one.decides, "{}: {} {steps:#?}", one.source, one.asked);
        assert!(decides.certain, "{}: {} {steps:#?}", one.source, one.asked);
    }
}

#[test]
fn a_domain_is_read_in_the_forms_that_aws_has() {
    let read = |text: &str| text.parse::<DomainPattern>().expect("never fails");
    assert_eq!(read("*"), DomainPattern::All);
    assert_eq!(read("*."), DomainPattern::All);
    assert_eq!(read("*.EXAMPLE.com."), DomainPattern::Below(name("example.com")));
    assert_eq!(read("example.com."), DomainPattern::Exactly(name("example.com")));
    assert!(matches!(read("a.*.com"), DomainPattern::Unfamiliar(_)));
    assert!(matches!(read("*example.com"), DomainPattern::Unfamiliar(_)));
    assert!(matches!(read(""), DomainPattern::Unfamiliar(_)));
}

/// A list that cannot be read is opaque by itself: what it could match is not certain, and nothing else is.
#[test]
fn what_is_opaque_touches_only_what_it_could_change() {
    let mut managed = block(1, &[]);
    managed.source = MatchedBy::List {
        id: "rslvr-fdl-aws".to_owned(),
        name: None,
        domains: ListedDomains::opaque(Opaque::ManagedList(None)),
    };
    // Before the rule that blocks: either may be the one.
    let configuration = with_groups(vec![group(
        "g",
        100,
        vec![managed.clone(), block(2, &["*.example.com"])],
    )]);
    let steps = asked(&configuration, "a.example.com", RecordType::A);
    assert_eq!(
        steps.iter().map(short).collect::<Vec<_>>(),
        ["opaque g/rule-1", "block g/rule-2"]
    );
    assert!(!decider(&steps).certain);
    // Behind it, it changes nothing.
    let mut behind = managed.clone();
    behind.priority = Some(3);
    let configuration = with_groups(vec![group("g", 100, vec![block(2, &["*.example.com"]), behind])]);
    let steps = asked(&configuration, "a.example.com", RecordType::A);
    assert_eq!(steps.len(), 1);
    assert!(decider(&steps).certain);
    // A list that only allows changes nothing where nothing blocks.
    managed.action = Action::Allow;
    let configuration = with_groups(vec![group("g", 100, vec![managed])]);
    let steps = asked(&configuration, "a.example.com", RecordType::A);
    assert_eq!(steps.len(), 1);
    assert!(decider(&steps).certain);
}

/// EKS's own zone has the endpoint's full name, so of what a Profile brings nothing can be before it but a rule of
/// DNS Firewall.
#[test]
fn a_profile_that_is_not_known_leaves_the_zone_of_the_very_name_first() {
    let configuration = with(|all| {
        all.zones.known = vec![zone("eks", "a.b.eks.amazonaws.com")];
        let mut one = profile("rp-1", 100);
        one.zones = vec![AssociatedZone {
            id: Some("Z1".to_owned()),
            apex: None,
            owner: None,
            made_for: None,
            in_effect: InEffect::Yes,
        }];
        all.profiles.known = vec![one];
    });
    let steps = asked(&configuration, "a.b.eks.amazonaws.com", RecordType::A);
    assert_eq!(steps.iter().map(short).collect::<Vec<_>>(), ["answer eks"]);
    assert!(decider(&steps).certain);
    // A zone that is less specific than the name could be hidden by it.
    let mut less = configuration;
    less.zones.known = vec![zone("wide", "amazonaws.com")];
    let steps = asked(&less, "a.b.eks.amazonaws.com", RecordType::A);
    assert_eq!(
        steps.iter().map(short).collect::<Vec<_>>(),
        ["opaque Z1", "answer wide"]
    );
    assert!(!decider(&steps).certain);
}

#[test]
fn a_read_that_was_denied_is_named() {
    let configuration = with(|all| all.groups = ListedDomains::opaque(Opaque::NotRead(Call::ListResolverRules)));
    let steps = asked(&configuration, "a.test", RecordType::A);
    assert_eq!(steps.len(), 2);
    assert!(
        steps[0].why.contains("route53resolver:ListResolverRules"),
        "{}",
        steps[0].why
    );
    assert!(!decider(&steps).certain);
}

/// API reference, FirewallRule, `FirewallDomainRedirectionAction`.
#[test]
fn what_an_alias_leads_to_is_inspected_unless_the_rule_trusts_it() {
    let ask = |redirection| {
        let mut allow = firewall_rule(1, Action::Allow, &["www.example.com"]);
        allow.redirection = redirection;
        let configuration = with_groups(vec![group("g", 100, vec![allow, block(2, &["*"])])]);
        let question = NameAndType {
            name: name("www.example.com"),
            qtype: RecordType::A,
            chain: vec![name("lb.example.net")],
        };
        short(decider(&decide(&configuration, &question)))
    };
    assert_eq!(ask(Redirection::Inspect), "block g/rule-2");
    assert_eq!(ask(Redirection::Trust), "answer public");
}

#[test]
fn both_types_are_told_once_where_they_are_the_same() {
    let mut only = block(1, &["*"]);
    only.qtype = Some(Qtype::of("A"));
    let configuration = with_groups(vec![group("g", 100, vec![only])]);
    let steps = super::super::decide_addresses(&configuration, &name("a.test"), &[]);
    let said: Vec<(String, Vec<RecordType>)> = steps.iter().map(|step| (short(step), step.types.clone())).collect();
    assert_eq!(
        said,
        [
            ("answer public".to_owned(), vec![RecordType::AAAA]),
            ("block g/rule-1".to_owned(), vec![RecordType::A])
        ]
    );
    let steps = super::super::decide_addresses(&empty(), &name("a.test"), &[]);
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].types, [RecordType::A, RecordType::AAAA]);
}

#[test]
fn the_other_of_two_that_no_document_orders_is_named() {
    let forward = with(|all| {
        all.zones.known = vec![zone("Z1", "example.com")];
        let mut one = profile("rp-1", 100);
        one.rules = vec![rule("rslvr-rr-1", "example.com", RuleKind::Forward)];
        all.profiles.known = vec![one];
    });
    let steps = asked(&forward, "example.com", RecordType::A);
    let decides = decider(&steps);
    assert!(!decides.certain);
    assert!(
        decides.why.contains("rule rslvr-rr-1 of Profile rp-1 is as specific"),
        "{}",
        decides.why
    );
}

/// A file may hold any number of them.
#[test]
fn of_many_that_no_document_orders_a_few_are_named() {
    let zones = (0..2_000).map(|number| zone(&format!("Z{number}"), "example.com"));
    let many = with(|all| {
        all.zones.known = zones.collect();
        let mut one = profile("rp-1", 100);
        let rules = (0..2_000).map(|number| rule(&format!("rslvr-rr-{number}"), "example.com", RuleKind::Forward));
        one.rules = rules.collect();
        all.profiles.known = vec![one];
    });
    let steps = asked(&many, "example.com", RecordType::A);
    let decides = decider(&steps);
    assert!(!decides.certain);
    assert!(decides.why.contains(" and more are as specific"), "{}", decides.why);
    assert!(decides.why.len() < 1_000, "{}", decides.why);
}

//! Lists that may be a part of what AWS has, and lists that do not say what they are of.

use crate::facts::Call;

use super::*;

fn bare(list: &str) -> String {
    let (_, inner) = list.split_once('[').unwrap();
    format!("[{}]", inner.rsplit_once(']').unwrap().0)
}

/// A list of one direction is what `--query` and `--filters` leave, and an endpoint that another answer names is not
/// in it: the addresses may be that one's.
#[test]
fn no_address_is_an_inbound_endpoints_where_another_may_be_left_out() {
    let inbound = endpoint("rslvr-in-7", "INBOUND", "vpc-1", 2);
    let filtered = endpoints(std::slice::from_ref(&inbound));
    let both = endpoints(&[inbound, endpoint("rslvr-out-3", "OUTBOUND", "vpc-1", 3)]);
    let vpc = r#"{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16"}]}"#;
    let document = cluster("shared", &format!("https://{X}"));
    let of_cluster = enis(&[eni("eni-1", "Amazon EKS shared", "192.168.1.1", "")]);
    let of_another = enis(&[eni("eni-2", "Route 53 Resolver: rslvr-out-9:rni-9", "192.168.9.9", "")]);
    let rule = r#"{"ResolverRules":[{"Id":"rslvr-rr-1","DomainName":"corp.example.","RuleType":"FORWARD",
        "ResolverEndpointId":"rslvr-out-9","ShareStatus":"NOT_SHARED"}]}"#;
    let outbound = of(OUT);
    for (listed, beside) in [
        (bare(&filtered), of_cluster.as_str()),
        (filtered.clone(), of_cluster.as_str()),
        (bare(&both), of_cluster.as_str()),
        (both.clone(), of_another.as_str()),
        (both.clone(), rule),
    ] {
        for order in orders(&[&listed, &outbound, vpc, beside]) {
            let (facts, gaps) = used(&[order.as_slice(), &[document.as_str()]].concat());
            let all = given(&facts);
            assert!(
                all.iter().all(|(_, addresses)| addresses.is_empty()),
                "{listed}: {all:?}"
            );
            let reason = gaps.iter().find(|(fact, _)| fact == "addresses of Resolver endpoints");
            let reason = &reason.unwrap().1;
            for part in [
                "rslvr-in-7, or of one that is not listed",
                "aws ec2 describe-network-interfaces",
            ] {
                assert!(reason.contains(part), "{reason}");
            }
        }
    }
    // The same answers decide where nothing speaks of another endpoint: the count is the inbound endpoint's.
    let decided = used(&[&both, &outbound, vpc, &document, &of_cluster]).0;
    assert_eq!(given(&decided)[0].1.len(), 2);
    // A rule of another account goes through that account's endpoint.
    let shared = rule.replace("NOT_SHARED", "SHARED_WITH_ME");
    assert_eq!(
        given(&used(&[&both, &outbound, vpc, &document, &shared]).0)[0].1.len(),
        2
    );
    // An interface that names the endpoint proves it, whatever else may be there.
    let proof = enis(&[
        eni("eni-3", "Route 53 Resolver: rslvr-in-7:rni-b1", "192.168.7.77", ""),
        eni("eni-4", "Amazon EKS shared", "192.168.1.1", ""),
    ]);
    let (proven, _) = used(&[&bare(&filtered), &outbound, vpc, &document, &proof]);
    assert_eq!(given(&proven)[0].1.len(), 2);
}

#[test]
fn a_list_without_its_answer_is_a_lower_bound() {
    let document = cluster("shared", &format!("https://{X}"));
    let both = enis(&[
        eni("eni-1", "Amazon EKS shared", "192.168.1.1", ""),
        eni("eni-2", "Amazon EKS shared", "192.168.2.1", ""),
    ]);
    let (facts, gaps) = used(&[&document, &bare(&both)]);
    assert!(facts.is_part(Call::DescribeNetworkInterfaces));
    let reason = gaps.iter().find(|(fact, _)| fact == "network interfaces").unwrap();
    assert!(reason.1.contains("--query"), "{reason:?}");
    assert_eq!(ids(&facts), ["eni-1", "eni-2"]);
    // The whole answer beside it makes it whole.
    for order in orders(&[&document, &bare(&both), &both]) {
        assert!(!used(&order).0.is_part(Call::DescribeNetworkInterfaces));
    }
}

/// A filter leaves a list in the form of a whole one, with less than any cluster has.
#[test]
fn fewer_interfaces_than_a_cluster_has_are_a_lower_bound() {
    let document = cluster("shared", &format!("https://{X}"));
    let place = |id: &str, subnet: &str, zone: &str| {
        let place = format!(r#","SubnetId":"{subnet}","AvailabilityZone":"{zone}""#);
        eni(id, "Amazon EKS shared", &format!("192.168.{}.9", &id[4..]), &place)
    };
    let node = eni("eni-9", "aws-K8S-i-0123", "192.168.7.7", r#","SubnetId":"subnet-d""#);
    let left = eni("eni-8", "Amazon EKS shared", "192.168.8.8", r#","Status":"available""#);
    for (listed, says) in [
        (vec![place("eni-2", "subnet-b", "z1")], "eni-2 is the only one"),
        // What is no cluster's, or is not in use, is no second one.
        (
            vec![node, left, place("eni-3", "subnet-c", "z2")],
            "eni-3 is the only one",
        ),
        (
            vec![place("eni-4", "subnet-c", "z2"), place("eni-5", "subnet-c", "z2")],
            "the subnet subnet-c",
        ),
        (
            vec![place("eni-6", "subnet-c", "z2"), place("eni-7", "subnet-e", "z2")],
            "the zone z2",
        ),
    ] {
        let (facts, gaps) = used(&[&document, &enis(&listed)]);
        assert!(facts.is_part(Call::DescribeNetworkInterfaces), "{says}");
        let (_, reason) = gaps.iter().find(|(fact, _)| fact == "network interfaces").unwrap();
        assert!(
            reason.contains(says) && reason.contains("--filters 'Name=description,Values=Amazon EKS shared'"),
            "{reason}"
        );
    }
    // Two in two zones, or in places that are not said, are taken for all.
    let unsaid = |id: &str| eni(id, "Amazon EKS shared", &format!("192.168.{}.9", &id[4..]), "");
    for listed in [
        vec![place("eni-2", "subnet-b", "z1"), place("eni-3", "subnet-c", "z2")],
        vec![place("eni-2", "subnet-b", "z1"), unsaid("eni-3")],
        vec![unsaid("eni-2"), unsaid("eni-3")],
    ] {
        let (facts, gaps) = used(&[&document, &enis(&listed)]);
        assert!(!facts.is_part(Call::DescribeNetworkInterfaces), "{gaps:?}");
    }
    // Those of a local cluster on an Outpost may be in one subnet.
    let local = document.replacen(r#"{"name""#, r#"{"outpostConfig":{"outpostArns":["arn:x"]},"name""#, 1);
    let one_subnet = enis(&[place("eni-4", "subnet-c", "z2"), place("eni-5", "subnet-c", "z2")]);
    let (facts, gaps) = used(&[&local, &one_subnet]);
    assert!(!facts.is_part(Call::DescribeNetworkInterfaces), "{gaps:?}");
}

/// Service model of botocore 1.44.8: `FirewallDomainList` has `Id` and `DomainCount`.
#[test]
fn domains_are_a_lists_where_its_count_alone_fits() {
    let (group, block) = (
        r#""FirewallRuleGroupId":"rslvr-frg-1""#,
        r#""Priority":1,"Action":"BLOCK""#,
    );
    let rules = |ids: &[&str]| {
        let all: Vec<String> = ids
            .iter()
            .map(|id| format!(r#"{{{group},"FirewallDomainListId":"{id}",{block}}}"#))
            .collect();
        format!(r#"{{"FirewallRules":[{}]}}"#, all.join(","))
    };
    let count = |id: &str, count: usize| format!(r#"{{"FirewallDomainList":{{"Id":"{id}","DomainCount":{count}}}}}"#);
    let domains = r#"{"Domains":["*.eks.amazonaws.com."]}"#;
    let lists = |facts: &AwsFacts| -> Vec<String> {
        let lists = facts.firewall.iter().flat_map(|firewall| &firewall.domain_lists);
        lists.map(|list| list.id.clone()).collect()
    };
    let reason = |files: &[&str]| {
        let (facts, gaps) = used(files);
        assert_eq!(lists(&facts), Vec::<String>::new(), "{files:?}");
        gaps.into_iter()
            .find(|(fact, _)| fact == "DNS Firewall domain lists")
            .unwrap()
            .1
    };
    let (one, two) = (rules(&["rslvr-fdl-1"]), rules(&["rslvr-fdl-1", "rslvr-fdl-2"]));
    // One list alone may be another's all the same: the candidate and the call that decides are named.
    let said = reason(&[&one, domains]);
    for part in [
        "*.eks.amazonaws.com.",
        "they can be of rslvr-fdl-1,",
        "aws route53resolver get-firewall-domain-list --firewall-domain-list-id rslvr-fdl-1",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(reason(&[&two, domains]).contains("rslvr-fdl-1 or rslvr-fdl-2"));
    assert!(reason(&[domains]).contains("list-firewall-rules"));
    // One count leaves the other list open.
    let first = count("rslvr-fdl-1", 1);
    assert!(reason(&[&two, domains, &first]).contains("--firewall-domain-list-id rslvr-fdl-2"));
    assert!(reason(&[&two, domains, &first, &count("rslvr-fdl-2", 1)]).contains("rslvr-fdl-1 or rslvr-fdl-2"));
    assert!(reason(&[&one, domains, &count("rslvr-fdl-1", 3)]).contains("no rule that is listed"));
    let second = count("rslvr-fdl-2", 3);
    for order in orders(&[&two, domains, &first, &second]) {
        assert_eq!(lists(&used(&order).0), ["rslvr-fdl-1"]);
    }
    // Two answers of one length, and a page.
    let other = r#"{"Domains":["example.net."]}"#;
    let contested = used(&[&two, domains, other, &first, &second]);
    assert_eq!(lists(&contested.0), Vec::<String>::new());
    let page = domains.replacen('{', r#"{"NextToken":"x","#, 1);
    assert_eq!(lists(&used(&[&two, &page, &first, &second]).0), Vec::<String>::new());
}

/// The members are those of `FirewallDomainListMetadata` and `FirewallDomainList` (botocore 1.43.11, route53resolver).
/// Lists that no rule names are not kept, and the two answers about one are one.
#[test]
fn names_of_domain_lists_are_taken_where_a_rule_names_the_list() {
    let rules = r#"{"FirewallRules":[{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-1",
        "Priority":1,"Action":"BLOCK"},{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-2",
        "Priority":2,"Action":"BLOCK"}]}"#;
    let arn = |id: &str| format!("arn:aws:route53resolver:eu-west-1:123456789012:firewall-domain-list/{id}");
    let metadata =
        |id: &str, rest: &str| format!(r#"{{"Id":"{id}","Arn":"{}","CreatorRequestId":"1"{rest}}}"#, arn(id));
    let managed = r#","Name":"AWSManagedDomainsMalwareDomainList","ManagedOwnerName":"Route 53 Resolver DNS Firewall""#;
    let all = [
        metadata("rslvr-fdl-1", r#","Name":"blocked""#),
        metadata("rslvr-fdl-2", managed),
        metadata("rslvr-fdl-3", r#","Name":"other""#),
    ];
    let (listed, queried) = (
        format!(r#"{{"FirewallDomainLists":[{}]}}"#, all.join(",")),
        format!("[{}]", all.join(",")),
    );
    let one = format!(
        r#"{{"FirewallDomainList":{{"Id":"rslvr-fdl-1","Arn":"{}","Name":"blocked","DomainCount":1,"Status":"UPDATING"}}}}"#,
        arn("rslvr-fdl-1")
    );
    let said = |files: &[&str]| {
        let (facts, gaps) = used(files);
        let details = facts.firewall.map(|firewall| firewall.list_details).unwrap_or_default();
        let lacks = gaps
            .iter()
            .any(|(fact, _)| fact.contains(Call::GetFirewallDomainList.fact()));
        (details, lacks)
    };
    for files in [[rules, &listed, &one], [rules, &queried, &one]] {
        for order in orders(&files) {
            let (details, lacks) = said(&order);
            let [own, managed] = &details[..] else {
                panic!("{details:?}");
            };
            assert_eq!(
                (own.name.as_deref(), own.managed_by.as_deref()),
                (Some("blocked"), None)
            );
            assert_eq!((own.domain_count, own.unsettled()), (Some(1), Some("UPDATING")));
            assert_eq!(managed.name.as_deref(), Some("AWSManagedDomainsMalwareDomainList"));
            assert_eq!(managed.managed_by.as_deref(), Some("Route 53 Resolver DNS Firewall"));
            assert_eq!((managed.domain_count, managed.unsettled(), lacks), (None, None, false));
        }
    }
    // One of two lists is not both, and without a rule none is anybody's.
    assert!(said(&[rules, &one]).1);
    assert_eq!(said(&[&listed, &one]).0, []);
    assert_eq!(used(&[&listed]).0.firewall, None);
}

#[test]
fn what_stands_in_the_place_of_an_answer_is_named() {
    let shell = "is what a shell says that does not find the program";
    for (file, says) in [
        ("zsh: command not found: aws\n", shell),
        ("bash: aws: command not found\n", shell),
        ("/bin/sh: 1: aws: not found\n", shell),
        (
            "'aws' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
            shell,
        ),
        (
            "aws : The term 'aws' is not recognized as the name of a cmdlet, function, script\r\nAt line:1 char:1\r\n\
             + aws eks describe-cluster --name prod\r\n",
            shell,
        ),
        ("$ aws eks list-clusters\nbash: aws: command not found\n", "(line 2)"),
        (
            "Error: fetching cluster: operation error EKS: DescribeCluster\n",
            "is an error of a program in place of the answer",
        ),
        ("null\n", "is what --query prints where nothing stands at its path"),
        (
            "10\nRESOLVERENDPOINTS\tarn:aws:route53resolver:r:1:resolver-endpoint/rslvr-in-1\tt\tx\tINBOUND\n",
            "is what --output text prints",
        ),
    ] {
        let error = super::super::read(file.as_bytes(), &mut Answers::default());
        let error = error.unwrap_err().to_string();
        assert!(error.contains(says), "{file:?}: {error}");
    }
    // What only begins like it.
    let yaml = super::super::read(b"cluster: {}\n", &mut Answers::default());
    assert!(yaml.unwrap_err().to_string().contains("--output yaml"));
}

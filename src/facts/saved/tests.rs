#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod lists;

use super::*;
use crate::facts::Call;
use crate::facts::answers::{AskedBy, WantedShare};
use crate::facts::{AwsFacts, ResolverEndpoint, VpcAttributes};

const X: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";

fn cluster(name: &str, endpoint: &str) -> String {
    format!(
        r#"{{"cluster":{{"name":"{name}","createdAt":1795461910.803,"endpoint":"{endpoint}",
        "resourcesVpcConfig":{{"vpcId":"vpc-1","endpointPublicAccess":true,"endpointPrivateAccess":true}}}}}}"#
    )
}

fn eni(id: &str, description: &str, ip: &str, more: &str) -> String {
    format!(
        r#"{{"NetworkInterfaceId":"{id}","Description":"{description}","PrivateIpAddress":"{ip}","VpcId":"vpc-1"{more}}}"#
    )
}

fn enis(all: &[String]) -> String {
    format!(r#"{{"NetworkInterfaces":[{}]}}"#, all.join(","))
}

fn applied(files: &[&str]) -> (AwsFacts, Vec<String>) {
    let mut answers = Answers {
        source: AskedBy::Files,
        ..Answers::default()
    };
    for file in files {
        super::read(file.as_bytes(), &mut answers).unwrap();
    }
    let mut facts = AwsFacts::default();
    let target = X.to_lowercase().parse().unwrap();
    let wanted = WantedShare {
        target: &target,
        cluster: None,
    };
    let gaps = answers.assemble(wanted, &mut facts);
    (facts, gaps.into_iter().map(|gap| gap.fact).collect())
}

fn ids(facts: &AwsFacts) -> Vec<&str> {
    let all = facts.interfaces.iter().flatten();
    all.map(|interface| interface.id.as_str()).collect()
}

#[test]
fn what_the_cli_prints() {
    let interfaces = enis(&[
        eni(
            "eni-1",
            "Amazon EKS shared-cluster",
            "192.168.1.1",
            r#","Status":"in-use","PrivateIpAddresses":[{"PrivateIpAddress":"192.168.1.1"},{"PrivateIpAddress":"192.168.1.2"}],"Ipv6Addresses":[{"Ipv6Address":"2001:db8::1"}]"#,
        ),
        eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.3", ""),
        eni(
            "eni-3",
            "Amazon EKS shared-cluster",
            "192.168.1.4",
            r#","Status":"available""#,
        ),
        eni("eni-4", "aws-K8S-i-1", "192.168.1.5", ""),
    ]);
    let vpcs = r#"{"Vpcs":[{"VpcId":"vpc-0","CidrBlock":"10.0.0.0/16"},{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16",
        "CidrBlockAssociationSet":[{"CidrBlock":"192.168.0.0/16","CidrBlockState":{"State":"associated"}},
        {"CidrBlock":"100.64.0.0/16","CidrBlockState":{"State":"associated"}},
        {"CidrBlock":"100.65.0.0/16","CidrBlockState":{"State":"disassociated"}}],
        "Ipv6CidrBlockAssociationSet":[{"Ipv6CidrBlock":"2001:db8::/56","Ipv6CidrBlockState":{"State":"associated"}}]}]}"#;
    // A trailing slash, and another case.
    let document = cluster("shared-cluster", &format!("https://{X}/"));
    let (facts, gaps) = applied(&[&interfaces, vpcs, &document]);
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(facts.cluster.as_ref().unwrap().endpoint_public_access, Some(true));
    assert_eq!(ids(&facts), ["eni-1"]);
    let addresses: Vec<String> = facts.interfaces.as_ref().unwrap()[0]
        .addresses
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(addresses, ["192.168.1.1", "192.168.1.2", "2001:db8::1"]);
    let vpc = facts.vpc.unwrap();
    let cidrs: Vec<String> = vpc.cidrs.iter().map(ToString::to_string).collect();
    assert_eq!(cidrs, ["192.168.0.0/16", "100.64.0.0/16", "2001:db8::/56"]);
}

#[test]
fn the_cluster_of_another_endpoint_is_kept_and_said_to_be_one() {
    let interfaces = enis(&[eni("eni-1", "Amazon EKS other", "192.168.1.1", "")]);
    let target = X.parse().unwrap();
    let (facts, _) = applied(&[&interfaces, &cluster("other", "https://other.test")]);
    assert!(facts.is_of_another_endpoint(&target) && facts.cluster_of(&target).is_none());
    // Of several it cannot be known which one is meant.
    let several = [cluster("one", "https://one.test"), cluster("two", "https://two.test")];
    let (facts, gaps) = applied(&[&several[0], &several[1]]);
    assert_eq!((facts.cluster, gaps[0].as_str()), (None, "cluster"));
    // One without an endpoint yet is no other's.
    let (facts, gaps) = applied(&[r#"{"cluster":{"name":"new","status":"CREATING","resourcesVpcConfig":null}}"#]);
    assert!(!facts.is_of_another_endpoint(&target));
    assert_eq!(gaps[0], "cluster");
}

#[test]
fn interfaces_alone_are_used_where_they_are_one_clusters() {
    let one = eni("eni-1", "Amazon EKS shared-cluster", "192.168.1.1", "");
    let other = eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.2", "");
    let (facts, gaps) = applied(&[&enis(std::slice::from_ref(&one))]);
    assert_eq!(ids(&facts), ["eni-1"]);
    assert!(gaps[0].starts_with("cluster, VPC,"), "{gaps:?}");
    // The same file twice says nothing more.
    let file = enis(std::slice::from_ref(&one));
    let (twice, _) = applied(&[&file, &file]);
    assert_eq!(twice, facts);
    let (facts, gaps) = applied(&[&enis(&[one, other])]);
    assert_eq!(facts.interfaces, None);
    assert!(gaps.contains(&"network interfaces".to_owned()));
}

/// What the AWS CLI printed for a cluster.
macro_rules! recorded {
    ($folder:literal) => {
        recorded!($folder:
            "ec2-describe-dhcp-options",
            "ec2-describe-network-interfaces",
            "ec2-describe-security-groups",
            "ec2-describe-vpc-attribute-enableDnsHostnames",
            "ec2-describe-vpc-attribute-enableDnsSupport",
            "ec2-describe-vpcs",
            "eks-describe-cluster",
            "eks-list-clusters",
            "eks-list-updates",
            "route53resolver-list-resolver-endpoint-ip-addresses",
            "route53resolver-list-resolver-endpoints",
            "route53resolver-list-resolver-rule-associations",
            "route53resolver-list-resolver-rules",
            "sts-get-caller-identity"
        )
    };
    ($folder:literal: $($name:literal),*) => {
        [$(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/awscli/", $folder, "/", $name, ".json"))),*]
    };
}

#[test]
fn everything_that_the_cli_recorded_is_understood() {
    let mut before: Option<AwsFacts> = None;
    for (folder, texts) in [("v1", recorded!("v1")), ("v2", recorded!("v2"))] {
        let (facts, gaps) = applied(&texts);
        // An inbound and an outbound endpoint, each with two addresses in the same VPC: whose the list is is not said.
        let no_file = "Client VPN endpoints, private hosted zones, DNS Firewall rule groups, DNS Firewall rules, \
                       DNS Firewall's fail open, Route 53 Profiles, resources of Route 53 Profiles, DNSSEC validation, VPC \
                       endpoints, service networks of VPC Lattice";
        let unsaid = ["addresses of Resolver endpoints", no_file];
        assert_eq!(gaps, unsaid, "{folder}");
        assert_eq!(facts.interfaces.as_ref().unwrap().len(), 2);
        let vpc = facts.vpc.as_ref().unwrap();
        assert_eq!(vpc.resolver().unwrap().to_string(), "192.168.0.2");
        assert_eq!(
            facts.dhcp_options.as_ref().unwrap().domain_name_servers,
            ["AmazonProvidedDNS"]
        );
        assert_eq!(
            facts.vpc_attributes,
            Some(VpcAttributes {
                dns_support: Some(true),
                dns_hostnames: Some(true)
            })
        );
        assert!(given(&facts).iter().all(|(_, addresses)| addresses.is_empty()));
        let of_endpoint = |one: &&ResolverEndpoint| one.is_inbound();
        let inbound = facts.resolver_endpoints.iter().flatten().find(of_endpoint).unwrap();
        let description = format!("Route 53 Resolver: {}:rni-64ca5fd3b0b1151fe", inbound.id);
        let interface = enis(&[eni("eni-r", &description, "192.168.96.10", "")]);
        let (decided, _) = applied(&[texts.as_slice(), &[interface.as_str()]].concat());
        let inbound = decided.resolver_endpoints.iter().flatten().find(of_endpoint).unwrap();
        let ips: Vec<String> = inbound
            .addresses
            .iter()
            .flatten()
            .map(|address| address.ip.to_string())
            .collect();
        assert_eq!(ips, ["192.168.96.10", "192.168.128.10"]);
        assert_eq!(facts.caller.as_ref().unwrap().account, "123456789012");
        assert!(facts.cluster.as_ref().unwrap().certificate_authority.is_some());
        assert!(facts.resolver_rules.iter().flatten().any(|rule| rule.kind == "FORWARD"));
        assert!(facts.rule_associations.as_ref().unwrap().len() > 1);
        assert_eq!(facts.updates, Some(Vec::new()));
        // All in one file, one behind the other, is the same.
        let (joined, _) = applied(&[&texts.join("\n")]);
        assert_eq!(joined, facts);
        // So is what the command `facts` makes of them.
        let document = crate::facts::document::FactsDocument {
            schema_version: SCHEMA_VERSION,
            tool: crate::facts::document::Maker::this(),
            taken_at: "2026-01-01T00:00:00Z".to_owned(),
            target: crate::target::Target {
                hostname: X.parse().unwrap(),
                cluster: None,
                region: None,
                source: crate::target::TargetSource::Aws,
                port: None,
            },
            facts: facts.clone(),
            gaps: Vec::new(),
        };
        let (again, _) = applied(&[&document.to_json().unwrap()]);
        let origin = Some("--facts, of 2026-01-01T00:00:00Z".to_owned());
        assert_eq!(
            again,
            AwsFacts {
                origin,
                ..facts.clone()
            }
        );
        if let Some(before) = before.replace(facts) {
            assert_eq!(before, joined);
        }
    }
}

#[test]
fn part_of_a_list_is_a_gap_and_an_empty_one_is_an_answer() {
    let (facts, gaps) = applied(&[r#"{"ResolverEndpoints":[],"NextToken":"x"}"#]);
    assert_eq!(facts.resolver_endpoints, Some(Vec::new()));
    assert!(gaps.contains(&"Resolver endpoints".to_owned()), "{gaps:?}");
    let (_, gaps) = applied(&[r#"{"Vpcs":[]}"#]);
    assert!(gaps.contains(&"VPC".to_owned()), "{gaps:?}");
}

#[test]
fn more_addresses_than_are_compared_with_are_a_gap() {
    let many: Vec<String> = (0..300)
        .map(|n| {
            let ip = format!("192.168.{}.{}", n / 250, n % 250 + 1);
            eni(&format!("eni-{n}"), "Amazon EKS shared", &ip, "")
        })
        .collect();
    let (facts, gaps) = applied(&[&enis(&many)]);
    assert_eq!(facts.interfaces.unwrap().len(), limits::EXPECTED);
    assert!(gaps.contains(&"network interfaces".to_owned()), "{gaps:?}");
}

#[test]
fn what_is_no_document_is_refused() {
    let read = |text: &str| super::read(text.as_bytes(), &mut Answers::default()).unwrap_err();
    for text in [r#"{"Rules":[]}"#, "{}", "\"x\"", "[]", "[7]", r#"{"VpcId":"v"}"#] {
        assert!(matches!(read(text), NotFacts::Other { .. }), "{text}: {:?}", read(text));
    }
    assert_eq!(read(" \n"), NotFacts::Empty);
    assert_eq!(read(r#"{"schema_version":3}"#), NotFacts::Newer(3));
    assert_eq!(read("{\n \"Vpcs\": ["), NotFacts::Cut(2));
    assert_eq!(read("["), NotFacts::Cut(1));
    for (text, says) in [
        (
            r#"{"cluster":7}"#,
            "line 1: cluster is the number 7, and has to be an object",
        ),
        (r#"{"cluster":{}}"#, "line 1: cluster has no \"name\""),
        (
            r#"{"Vpcs":[7]}"#,
            "line 1: Vpcs[0] is the number 7, and has to be an object",
        ),
        (
            r#"{"Vpcs":[{"VpcId":"v","CidrBlock":"x"}]}"#,
            "line 1: Vpcs[0].CidrBlock is the text \"x\", and has to be a network, as in 10.0.0.0/16",
        ),
        (r#"{"schema_version":1}"#, "line 1: the object has no \"taken_at\""),
    ] {
        assert_eq!(
            read(text).to_string(),
            format!("is not as AWS prints it: {says}; save it again with --output json")
        );
    }
    // The place is in the file, not in the document.
    let second = format!("{}\n\n{{\"Vpcs\":[7]}}", cluster("a", X));
    assert!(read(&second).to_string().contains("line 4"), "{}", read(&second));
    let deep = "[".repeat(100_000);
    assert!(matches!(read(&deep), NotFacts::Cut(1)));
    let deep = format!("{deep}{}", "]".repeat(100_000));
    assert!(matches!(read(&deep), NotFacts::Shape(_)));
}

/// What a file says is used, and the gaps with their reasons.
fn used(files: &[&str]) -> (AwsFacts, Vec<(String, String)>) {
    let mut answers = Answers {
        source: AskedBy::Files,
        ..Answers::default()
    };
    for file in files {
        super::read(file.as_bytes(), &mut answers).unwrap_or_else(|error| panic!("{error}: {file}"));
    }
    let mut facts = AwsFacts::default();
    let target = X.to_lowercase().parse().unwrap();
    let wanted = WantedShare {
        target: &target,
        cluster: None,
    };
    let gaps = answers.assemble(wanted, &mut facts);
    (facts, gaps.into_iter().map(|gap| (gap.fact, gap.reason)).collect())
}

fn endpoint(id: &str, direction: &str, vpc: &str, count: usize) -> String {
    format!(r#"{{"Id":"{id}","Direction":"{direction}","IpAddressCount":{count},"HostVPCId":"{vpc}"}}"#)
}

fn endpoints(all: &[String]) -> String {
    format!(r#"{{"ResolverEndpoints":[{}]}}"#, all.join(","))
}

/// A list of addresses, each `id subnet ip`.
fn ips(all: &[&str]) -> String {
    let one = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        format!(
            r#"{{"IpId":"{}","SubnetId":"{}","Ip":"{}"}}"#,
            words[0], words[1], words[2]
        )
    };
    let all: Vec<String> = all.iter().map(one).collect();
    format!(r#"{{"MaxResults":10,"IpAddresses":[{}]}}"#, all.join(","))
}

/// The addresses of each endpoint, in the order of their ids.
fn given(facts: &AwsFacts) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = facts
        .resolver_endpoints
        .iter()
        .flatten()
        .map(|one| {
            let addresses = one.addresses.iter().flatten();
            (
                one.id.clone(),
                addresses.map(|address| address.ip.to_string()).collect(),
            )
        })
        .collect();
    all.sort();
    all
}

/// Every order of the files.
fn orders<'a>(files: &[&'a str]) -> Vec<Vec<&'a str>> {
    if files.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..files.len() {
        let mut rest = files.to_vec();
        let first = rest.remove(at);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first);
            order
        }));
    }
    all
}

const IN: &str = "rni-a1 subnet-a 192.168.7.10|rni-a2 subnet-b 192.168.8.10";
const OUT: &str = "rni-b1 subnet-a 192.168.7.77|rni-b2 subnet-b 192.168.8.77";

fn of(list: &str) -> String {
    ips(&list.split('|').collect::<Vec<_>>())
}

#[test]
fn addresses_that_can_be_of_two_endpoints_are_nobodys() {
    let listed = endpoints(&[
        endpoint("rslvr-in-7", "INBOUND", "vpc-1", 2),
        endpoint("rslvr-out-7", "OUTBOUND", "vpc-1", 2),
    ]);
    let (inbound, outbound) = (of(IN), of(OUT));
    for order in orders(&[&listed, &inbound, &outbound]) {
        let (facts, gaps) = used(&order);
        assert!(
            given(&facts).iter().all(|(_, addresses)| addresses.is_empty()),
            "{facts:?}"
        );
        let of_addresses: Vec<&str> = gaps
            .iter()
            .filter(|(fact, _)| fact == "addresses of Resolver endpoints")
            .map(|(_, reason)| reason.as_str())
            .collect();
        assert_eq!(of_addresses.len(), 2, "{gaps:?}");
        for reason in of_addresses {
            for part in [
                "rslvr-in-7 or rslvr-out-7",
                "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=192.168.",
            ] {
                assert!(reason.contains(part), "{reason}");
            }
        }
    }
    // One list alone is no more sure, whichever it is.
    for list in [&inbound, &outbound] {
        assert!(given(&used(&[&listed, list]).0).iter().all(|(_, all)| all.is_empty()));
    }
}

#[test]
fn addresses_are_given_where_one_endpoint_alone_fits() {
    let both = |counts: (usize, usize), vpcs: (&str, &str)| {
        endpoints(&[
            endpoint("rslvr-out-7", "OUTBOUND", vpcs.1, counts.1),
            endpoint("rslvr-in-7", "INBOUND", vpcs.0, counts.0),
        ])
    };
    let (inbound, outbound) = (of(IN), of(OUT));
    let all = [
        (
            "rslvr-in-7".to_owned(),
            vec!["192.168.7.10".to_owned(), "192.168.8.10".to_owned()],
        ),
        (
            "rslvr-out-7".to_owned(),
            vec!["192.168.7.77".to_owned(), "192.168.8.77".to_owned()],
        ),
    ];
    // The interface of one address names its endpoint; the other list is the other's by elimination.
    let interface = enis(&[eni(
        "eni-7",
        "Route 53 Resolver: rslvr-out-7:rni-b2",
        "192.168.8.77",
        "",
    )]);
    let same = both((2, 2), ("vpc-1", "vpc-1"));
    for order in orders(&[&same, &inbound, &outbound, &interface]) {
        assert_eq!(given(&used(&order).0), all, "{order:?}");
    }
    // By count.
    let counted = both((2, 3), ("vpc-1", "vpc-1"));
    assert_eq!(given(&used(&[&inbound, &counted]).0)[0], all[0]);
    // By subnet: one endpoint stands in another VPC.
    let subnets = r#"{"Subnets":[{"SubnetId":"subnet-a","VpcId":"vpc-1","CidrBlock":"192.168.7.0/24"}]}"#;
    let apart = both((2, 2), ("vpc-1", "vpc-2"));
    for order in orders(&[subnets, &apart, &inbound]) {
        assert_eq!(given(&used(&order).0)[0], all[0]);
    }
    // The interface's subnet and address are proof enough, whatever id stands in the list.
    let by_subnet = enis(&[
        eni("eni-7", "Route 53 Resolver: rslvr-out-7:rni-zz", "192.168.8.77", "").replacen(
            '{',
            r#"{"SubnetId":"subnet-b","#,
            1,
        ),
    ]);
    for order in orders(&[&same, &inbound, &outbound, &by_subnet]) {
        assert_eq!(given(&used(&order).0), all, "{order:?}");
    }
    // Not where two lists could be of the one endpoint, which has room for one of them; not even where their entries
    // have the same ids.
    let alone = endpoints(&[endpoint("rslvr-in-7", "INBOUND", "vpc-1", 2)]);
    let alike = outbound.replace("rni-b", "rni-a");
    for other in [&outbound, &alike] {
        for order in orders(&[&alone, &inbound, other]) {
            let (facts, gaps) = used(&order);
            assert!(given(&facts).iter().all(|(_, all)| all.is_empty()), "{facts:?}");
            assert!(gaps.iter().any(|(fact, _)| fact == "addresses of Resolver endpoints"));
        }
    }
    let more = both((3, 2), ("vpc-1", "vpc-1"));
    let three = of(&format!("{IN}|rni-a3 subnet-c 192.168.9.10")).replace("rni-a", "rni-0");
    let two = outbound.replace("rni-b", "rni-0");
    for order in orders(&[&more, &three, &two]) {
        assert_eq!(given(&used(&order).0)[1], all[1], "{order:?}");
        assert_eq!(given(&used(&order).0)[0].1.len(), 3, "{order:?}");
    }
    // Not where more endpoints may be there than are listed.
    let page = counted.replace("{\"ResolverEndpoints\"", "{\"NextToken\":\"x\",\"ResolverEndpoints\"");
    assert!(given(&used(&[&inbound, &page]).0).iter().all(|(_, all)| all.is_empty()));
}

#[test]
fn zones_are_given_where_one_vpc_alone_fits() {
    let zones =
        r#"{"HostedZoneSummaries":[{"HostedZoneId":"Z7","Name":"corp.example.","Owner":{"OwningAccount":"1"}}]}"#;
    let document = cluster("shared", &format!("https://{X}"));
    let of_vpc = |facts: &AwsFacts| {
        facts
            .hosted_zones
            .iter()
            .flatten()
            .map(|one| one.vpc_id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of_vpc(&used(&[zones, &document]).0), ["vpc-1"]);
    let hub = r#"{"Vpcs":[{"VpcId":"vpc-2","CidrBlock":"10.9.0.0/16"}]}"#;
    let (facts, gaps) = used(&[zones, &document, hub]);
    assert!(of_vpc(&facts).is_empty());
    let reason = &gaps.iter().find(|(fact, _)| fact == "private hosted zones").unwrap().1;
    assert!(
        reason.contains("vpc-1 or vpc-2") && reason.contains("get-hosted-zone --id Z7"),
        "{reason}"
    );
    let zone =
        r#"{"HostedZone":{"Id":"/hostedzone/Z7","Name":"corp.example."},"VPCs":[{"VPCRegion":"r","VPCId":"vpc-2"}]}"#;
    assert_eq!(of_vpc(&used(&[zone, zones, &document, hub]).0), ["vpc-2"]);
}

#[test]
fn the_last_page_makes_a_list_whole() {
    let page = |id: &str, token: &str| {
        enis(&[eni(id, "Amazon EKS shared", &format!("192.168.1.{}", id.len()), "")])
            .replace("{\"NetworkInterfaces\"", &format!("{{{token}\"NetworkInterfaces\""))
    };
    let document = cluster("shared", &format!("https://{X}"));
    let (first, last) = (
        page("eni-1", "\"NextToken\":\"x\","),
        page("eni-22", "\"NextToken\":null,"),
    );
    let is_gap = |gaps: &[(String, String)]| gaps.iter().any(|(fact, _)| fact == "network interfaces");
    let (facts, gaps) = used(&[&document, &first]);
    assert!(facts.is_part(Call::DescribeNetworkInterfaces) && is_gap(&gaps));
    for order in orders(&[&document, &first, &last]) {
        let (facts, gaps) = used(&order);
        assert!(facts.partial.is_empty() && !is_gap(&gaps), "{gaps:?}");
        assert_eq!(facts.interfaces.as_ref().unwrap().len(), 2);
    }
    let (one_file, _) = used(&[&format!("{document}{first}\n{last}")]);
    assert!(one_file.partial.is_empty());
}

#[test]
fn a_list_of_one_vpc_may_have_been_asked_for_with_a_filter() {
    let rules = |vpcs: &[&str]| {
        let one =
            |vpc: &&str| format!(r#"{{"Id":"a","ResolverRuleId":"rslvr-rr-1","VPCId":"{vpc}","Status":"COMPLETE"}}"#);
        let all: Vec<String> = vpcs.iter().map(one).collect();
        format!(r#"{{"ResolverRuleAssociations":[{}]}}"#, all.join(","))
    };
    let call = Call::ListResolverRuleAssociations;
    let document = cluster("shared", &format!("https://{X}"));
    let none = r#"{"ProfileAssociations":[]}"#;
    let (facts, _) = used(&[&document, &rules(&["vpc-1", "vpc-1"]), none]);
    assert_eq!(facts.of_one_vpc, [call, Call::ListProfileAssociations]);
    let (one, two) = (rules(&["vpc-1"]), rules(&["vpc-1", "vpc-2"]));
    for files in orders(&[&document, &one, &two]) {
        let (facts, _) = used(&files);
        assert!(facts.of_one_vpc.is_empty(), "the second was asked for without a VPC");
    }
    let (facts, _) = used(&[&document, &two]);
    assert!(facts.of_one_vpc.is_empty());
    // What `--query ResolverRuleAssociations` leaves.
    let bare = |list: &str| list["{\"ResolverRuleAssociations\":".len()..list.len() - 1].to_owned();
    let (facts, _) = used(&[&document, &bare(&one)]);
    assert_eq!(facts.of_one_vpc, [call]);
    let (facts, _) = used(&[&document, &bare(&two)]);
    assert!(facts.of_one_vpc.is_empty());
}

#[test]
fn what_is_being_associated_is_left_out_and_not_the_file() {
    let vpcs = r#"{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16","Ipv6CidrBlockAssociationSet":[
        {"Ipv6CidrBlock":"","Ipv6CidrBlockState":{"State":"associating"}},{"Ipv6CidrBlockState":{"State":"failed"}}]}]}"#;
    let document = cluster("shared", &format!("https://{X}"));
    assert_eq!(used(&[&document, vpcs]).0.vpc.unwrap().cidrs.len(), 1);
}

#[test]
fn a_vpc_that_nothing_ties_to_the_cluster_is_nobodys() {
    let vpc = r#"{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16","DhcpOptionsId":"dopt-1"}]}"#;
    let attributes = r#"{"VpcId":"vpc-1","EnableDnsSupport":{"Value":true}}"#;
    let set = r#"{"DhcpOptions":[{"DhcpOptionsId":"dopt-1","DhcpConfigurations":[]}]}"#;
    // The only one that is listed is not for that the cluster's.
    let (facts, gaps) = used(&[vpc, attributes, set]);
    assert_eq!(
        (facts.vpc, facts.vpc_attributes, facts.dhcp_options),
        (None, None, None)
    );
    for (fact, candidate, decides) in [
        ("VPC", "vpc-1", "aws eks describe-cluster"),
        ("VPC attributes", "vpc-1", "aws eks describe-cluster"),
        ("DHCP options", "dopt-1", "aws ec2 describe-vpcs"),
    ] {
        let reason = gaps.iter().find(|(other, _)| other == fact).map(|(_, reason)| reason);
        let is_said = reason.is_some_and(|reason| reason.contains(candidate) && reason.contains(decides));
        assert!(is_said, "{fact}: {gaps:?}");
    }
    // The cluster's own id ties its VPC, and that its option set; so does the interface of the cluster.
    let document = cluster("shared", &format!("https://{X}"));
    let of_cluster = enis(&[eni("eni-1", "Amazon EKS shared", "192.168.7.7", "")]);
    for tie in [document.as_str(), &of_cluster] {
        let (facts, _) = used(&[vpc, attributes, set, tie]);
        assert_eq!(facts.vpc.map(|vpc| vpc.id).as_deref(), Some("vpc-1"));
        assert!(facts.vpc_attributes.is_some() && facts.dhcp_options.is_some());
    }
    // Without the VPC, nothing says which set it has.
    let (facts, gaps) = used(&[document.as_str(), set]);
    assert_eq!(facts.dhcp_options, None);
    assert!(
        gaps.iter()
            .any(|(fact, reason)| fact == "DHCP options" && reason.contains("dopt-1")),
        "{gaps:?}"
    );
}

#[test]
fn it_is_read_however_it_was_saved() {
    let answer = cluster("shared", &format!("https://{X}"));
    let inner = answer.trim_start_matches("{\"cluster\":").strip_suffix('}').unwrap();
    let hash = format!(r#"{{"name":"shared","endpoint":"https://{X}","public":true}}"#);
    let sdk = format!(
        r#"[{{"Arn":"arn:aws:eks:r:1:cluster/shared","Endpoint":"https://{X}","Name":"shared",
        "ResourcesVpcConfig":{{"VpcId":"vpc-1","EndpointPrivateAccess":true}}}}]"#
    );
    for file in [
        inner.to_owned(),
        hash,
        sdk,
        format!("[{answer}]"),
        format!("$ aws eks describe-cluster --name shared\n{answer}\n$ "),
        format!("```json\r\n{answer}\r\n```\r\n"),
        format!("\u{feff}{answer}"),
    ] {
        let (facts, _) = used(&[&file]);
        let cluster = facts.cluster.unwrap_or_else(|| panic!("{file}"));
        assert_eq!(
            (cluster.name.as_str(), cluster.host().is_some()),
            ("shared", true),
            "{file}"
        );
    }
    // A list that --query left, and an octet of another code page in a field that nobody uses.
    let list = format!("[{}]", eni("eni-1", "Amazon EKS shared", "192.168.1.1", ""));
    assert_eq!(ids(&used(&[&answer, &list]).0), ["eni-1"]);
    let octets = answer
        .replace("\"createdAt\"", "\"tags\":{\"o\":\"D\u{7f}r\"},\"createdAt\"")
        .into_bytes();
    let octets: Vec<u8> = octets
        .into_iter()
        .map(|octet| if octet == 0x7f { 0xfc } else { octet })
        .collect();
    let mut answers = Answers::default();
    super::read(&octets, &mut answers).unwrap();
    assert_eq!(answers.clusters[0].name, "shared");
    // eksctl's list has names alone.
    let (facts, gaps) = used(&[r#"[{"metadata":{"name":"shared","region":"r"},"status":{"eksctlCreated":"True"}}]"#]);
    assert!(facts.cluster.is_none() && gaps.iter().any(|(fact, _)| fact.contains("cluster")));
}

#[test]
fn names_of_clusters_alone_are_known_as_that() {
    let read = |files: &[&str]| {
        let mut answers = Answers::default();
        for file in files {
            super::read(file.as_bytes(), &mut answers).unwrap();
        }
        answers
    };
    let listed = r#"[{"metadata":{"name":"shared","region":"r"},"status":{"eksctlCreated":"True"}}]"#;
    let answers = read(&[listed]);
    let said = super::names_alone(answers.only_names().unwrap()).to_string();
    assert!(
        said.contains("eksctl") && said.contains("describe-cluster --name shared "),
        "{said}"
    );
    // Of several, or of a name that is no word of a command, none is named.
    for names in [&["a", "b"][..], &["$(x)"]] {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert!(super::names_alone(&names).to_string().contains("--name NAME "));
    }
    // With anything beside them they are the names that AWS has.
    assert!(read(&[listed, r#"{"Vpcs":[]}"#]).only_names().is_none());
    assert!(read(&[r#"{"clusters":["shared"]}"#]).only_names().is_none());
}

#[test]
fn a_refusal_is_in_our_own_words() {
    let text = format!("CLUSTER\tarn:aws:eks:r:1:cluster/shared\thttps://{X}\n");
    let yaml = format!("cluster:\n  name: shared\n  endpoint: https://{X}\n");
    let denied = "\nAn error occurred (AccessDeniedException) when calling the DescribeCluster operation: no\n";
    let output = r#"{"cluster_name":{"sensitive":false,"type":"string","value":"shared"}}"#;
    for (file, says) in [
        (
            text.as_str(),
            "is what --output text prints (line 1): save it with --output json",
        ),
        (
            yaml.as_str(),
            "is what --output yaml prints (line 1): save it with --output json",
        ),
        (
            "WARNING: the file is old\n{\n  \"cluster\": {}\n}\n",
            "is not JSON: line 1 has \"WARNING: the file is old\"",
        ),
        (
            "------\n|  DescribeCluster  |\n",
            "is what --output table prints (line 1): save it with --output json",
        ),
        (
            denied,
            "is an error of AWS in place of the answer: AccessDeniedException (line 2): run aws eks describe-cluster \
             --output json again as somebody with the permission eks:DescribeCluster",
        ),
        (
            output,
            "aws eks describe-cluster --name shared --output json gives them",
        ),
        (
            r#"{"terraform_version":"1.9"}"#,
            "is a state of Terraform (line 1): aws eks describe-cluster",
        ),
        (
            r#"{"ResolverQueryLogConfigs":[]}"#,
            "save what aws route53resolver list-resolver-",
        ),
        (
            "$ aws eks describe-cluster\n",
            "is a command without its output (line 1)",
        ),
        (
            "{\"Vpcs\":[],}",
            "is not JSON: line 1 has a comma too many in front of it",
        ),
        ("{'Vpcs':[]}", "line 1 has single quotation marks"),
        ("{\"a\":1}\nand so on", "line 2 has \"and so on\""),
        ("apiVersion: v1\nclusters: []\n", "give a kubeconfig with --kubeconfig"),
    ] {
        let error = super::read(file.as_bytes(), &mut Answers::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{error}");
    }
}

/// What a parser would say is nowhere in what is said, and no place is said twice.
#[test]
fn no_refusal_has_a_parsers_words() {
    let whole = [
        cluster("shared", &format!("https://{X}")),
        enis(&[eni(
            "eni-1",
            "Amazon EKS shared",
            "192.168.1.1",
            r#","Ipv6Addresses":[{"Ipv6Address":"::1"}]"#,
        )]),
        endpoints(&[endpoint("rslvr-in-7", "INBOUND", "vpc-1", 2)]),
        of(IN),
        r#"{"schema_version":1,"taken_at":"2026-01-01T00:00:00Z","facts":{"cluster":{"name":"a"}}}"#.to_owned(),
    ];
    let mut seen = 0;
    for text in &whole {
        let cuts = (1..text.len()).map(|at| text[..at].to_owned());
        let strange = ["7", "\"x\"", "[]", "{}", "true", "'", "\u{1b}", ",", "\\"];
        let marks: Vec<usize> = text.match_indices([':', ',', '[', '{']).map(|(at, _)| at + 1).collect();
        let put = marks.iter().flat_map(|at| {
            strange.iter().map(move |word| {
                let rest = &text[*at..];
                let end = rest.find([',', '}', ']']).unwrap_or(0);
                format!("{}{word}{}", &text[..*at], &rest[end..])
            })
        });
        for file in cuts.chain(put) {
            let Err(error) = super::read(file.as_bytes(), &mut Answers::default()) else {
                continue;
            };
            seen += 1;
            let said = error.to_string();
            for word in [
                "serde",
                "struct",
                "Option",
                "Raw",
                "invalid type",
                "expected",
                "missing field",
                "EOF",
                "trailing",
                "column",
                "variant",
                "Error(",
            ] {
                assert!(!said.contains(word), "{said:?} of {file}");
            }
            assert!(said.matches("line ").count() <= 1, "{said}");
        }
    }
    assert!(seen > 100);
}

/// Service models of botocore 1.44.8 (route53resolver, route53profiles) and the AWS CLI's own examples of Profiles.
#[test]
fn dns_firewall_and_profiles_are_recognised_and_a_domain_list_is_nobodys() {
    let associations = r#"{"FirewallRuleGroupAssociations":[{"Id":"rslvr-frgassoc-1","Arn":"arn:aws:route53resolver:x",
        "FirewallRuleGroupId":"rslvr-frg-1","VpcId":"vpc-1","Name":"corp","Priority":101,"Status":"COMPLETE"}]}"#;
    let rules = r#"{"FirewallRules":[{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-1",
        "Name":"block","Priority":10,"Action":"BLOCK","BlockResponse":"NXDOMAIN","Qtype":"A"},
        {"FirewallRuleGroupId":"rslvr-frg-1","Name":"threats","Priority":20,"Action":"BLOCK","BlockResponse":"NODATA",
        "FirewallRuleType":{"PartnerThreatProtection":{"Partner":"some-partner"}},"Status":"COMPLETE"}]}"#;
    let config = r#"{"FirewallConfig":{"Id":"rslvr-fc-1","ResourceId":"vpc-1","OwnerId":"123456789012",
        "FirewallFailOpen":"DISABLED"}}"#;
    let domains = r#"{"Domains":["*.example.com.","example.net."]}"#;
    let profiles = r#"{"ProfileAssociations":[{"CreationTime":1710851336.527,"Id":"rpassoc-489ce212fexample",
        "Name":"test-association","OwnerId":"123456789012","ProfileId":"rp-4987774726example",
        "ResourceId":"arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1","Status":"COMPLETE"}]}"#;
    let resources = r#"{"ProfileResourceAssociations":[{"CreationTime":1710851216.613,"Id":"rpr-001913120a7example",
        "Name":"test-resource-association","OwnerId":"123456789012","ProfileId":"rp-4987774726example",
        "ResourceArn":"arn:aws:route53resolver:us-east-1:123456789012:firewall-rule-group/rslvr-frg-cfe7f72example",
        "ResourceProperties":"{\"priority\":102}","ResourceType":"FIREWALL_RULE_GROUP","Status":"COMPLETE"}]}"#;
    let all = [associations, rules, config, domains, profiles, resources];
    let (facts, gaps) = applied(&all);
    let firewall = facts.firewall.unwrap();
    assert_eq!(firewall.associations.unwrap()[0].vpc_id, "vpc-1");
    let read = &firewall.groups[0].rules;
    assert_eq!(read[0].domain_list_id.as_deref(), Some("rslvr-fdl-1"));
    assert_eq!(
        (read[0].detects.as_deref(), read[1].detects.as_deref()),
        (None, Some("some-partner"))
    );
    assert_eq!(firewall.configs[0].fail_open.as_deref(), Some("DISABLED"));
    // The answer names no list: the only rule that has one is not taken for its owner.
    assert_eq!(firewall.domain_lists, []);
    assert!(gaps.contains(&"DNS Firewall domain lists".to_owned()), "{gaps:?}");
    let profiles = facts.profiles.unwrap();
    let association = &profiles.associations.unwrap()[0];
    assert_eq!((association.vpc_id.as_str(), association.priority), ("vpc-1", None));
    let resource = &profiles.resources[0].resources[0];
    assert_eq!(resource.priority, Some(102));
    assert_eq!(resource.id_of("firewall-rule-group"), Some("rslvr-frg-cfe7f72example"));
    assert_eq!(resource.id_of("hostedzone"), None);
    // As --query leaves them.
    let members = |text: &str| {
        let inner = text.split_once('[').unwrap().1;
        format!("[{}]", inner.rsplit_once(']').unwrap().0)
    };
    let queried: Vec<String> = [associations, rules, profiles_of(&all), resources]
        .map(members)
        .to_vec();
    let queried: Vec<&str> = queried.iter().map(String::as_str).collect();
    let (again, _) = applied(&queried);
    assert_eq!(again.firewall.unwrap().groups[0].rules.len(), 2);
    assert_eq!(again.profiles.unwrap().resources[0].resources.len(), 1);
}

fn profiles_of<'a>(all: &[&'a str]) -> &'a str {
    all.iter()
        .find(|text| text.contains("\"ProfileAssociations\""))
        .unwrap()
}

/// Service models of botocore 1.44.8 (ec2, vpc-lattice, route53resolver).
#[test]
fn vpc_endpoints_and_vpc_lattice_are_recognised() {
    let endpoints = r#"{"VpcEndpoints":[{"VpcEndpointId":"vpce-1","VpcEndpointType":"Interface","VpcId":"vpc-1",
        "ServiceName":"com.amazonaws.us-east-1.eks","State":"available","PrivateDnsEnabled":true,"DnsEntries":[
        {"DnsName":"vpce-1-a.eks.us-east-1.vpce.amazonaws.com","HostedZoneId":"Z7HUB22UULQXV"},
        {"DnsName":"eks.us-east-1.amazonaws.com","HostedZoneId":"Z1C12344VYDITB0"}]},
        {"VpcEndpointId":"vpce-032a826a","VpcEndpointType":"Gateway","VpcId":"vpc-1","State":"available",
        "PrivateDnsEnabled":true,"DnsEntries":[]}]}"#;
    let associations = r#"{"items":[{"id":"snva-1","status":"ACTIVE","serviceNetworkId":"sn-1",
        "serviceNetworkName":"corp","privateDnsEnabled":true,"dnsOptions":{"privateDnsPreference":"ALL_DOMAINS"},
        "vpcId":"vpc-1"}]}"#;
    let resources = r#"{"items":[{"id":"snra-1","status":"ACTIVE","resourceConfigurationId":"rcfg-1",
        "serviceNetworkId":"sn-1","privateDnsEnabled":true,"privateDnsEntry":{"domainName":"db.corp.example"}}]}"#;
    let configuration = r#"{"id":"rcfg-1","name":"database","type":"SINGLE","customDomainName":"db.corp.example",
        "arn":"arn:aws:vpc-lattice:us-east-1:123456789012:resourceconfiguration/rcfg-1","status":"ACTIVE"}"#;
    let dnssec = r#"{"ResolverDNSSECConfig":{"Id":"rdsc-1","OwnerId":"123456789012","ResourceId":"vpc-1",
        "ValidationStatus":"ENABLED"}}"#;
    let (facts, _) = applied(&[endpoints, associations, resources, configuration, dnssec]);
    let of_vpc = &facts.vpc_endpoints.as_ref().unwrap()[0];
    assert_eq!(of_vpc.vpc_id, "vpc-1");
    // A gateway endpoint has no names.
    let [endpoint] = &of_vpc.endpoints[..] else {
        panic!("{of_vpc:?}");
    };
    assert_eq!(endpoint.private_dns_names, ["eks.us-east-1.amazonaws.com"]);
    let lattice = facts.lattice.as_ref().unwrap();
    assert_eq!(lattice.vpcs[0].associations[0].service_network_id, "sn-1");
    assert_eq!(
        lattice.networks[0].resources[0].private_dns_name.as_deref(),
        Some("db.corp.example")
    );
    assert_eq!(
        lattice.configurations[0].custom_domain_name.as_deref(),
        Some("db.corp.example")
    );
    assert_eq!(facts.dnssec_configs.as_ref().unwrap()[0].validates(), Some(true));
    // As --query leaves them, and twice.
    let members = |text: &str| {
        let inner = text.split_once('[').unwrap().1;
        format!("[{}]", inner.rsplit_once(']').unwrap().0)
    };
    let queried = [endpoints, associations, resources].map(members);
    let mut all: Vec<&str> = queried.iter().map(String::as_str).collect();
    all.extend([configuration, dnssec, endpoints, resources, associations]);
    let (again, _) = applied(&all);
    assert_eq!(again, facts);
    // A list of Kubernetes is none of VPC Lattice's.
    let list = r#"{"apiVersion":"v1","kind":"List","items":[]}"#;
    assert!(super::read(list.as_bytes(), &mut Answers::default()).is_err());
}

#[test]
fn client_vpn_is_recognised_and_an_empty_answer_is_the_only_endpoints() {
    // The members are those of EC2's service model (botocore 1.44.8).
    let endpoint = |id: &str| {
        format!(
            r#"{{"ClientVpnEndpointId":"{id}","Description":"","Status":{{"Code":"available"}},"DnsName":"*.{id}.x",
            "ClientCidrBlock":"10.250.0.0/22","DnsServers":["10.0.0.2"],"SplitTunnel":false,"VpcId":"vpc-1"}}"#
        )
    };
    let endpoints = |all: &[String]| format!(r#"{{"ClientVpnEndpoints":[{}]}}"#, all.join(","));
    let one = endpoints(&[endpoint("cvpn-endpoint-1")]);
    let routes = r#"{"Routes":[{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16",
        "TargetSubnet":"subnet-1","Type":"Nat","Origin":"associate","Status":{"Code":"active"},"Description":"d"}]}"#;
    let rules = r#"{"AuthorizationRules":[]}"#;
    let cluster = cluster("a", &format!("https://{X}"));
    let (facts, gaps) = applied(&[&cluster, &one, routes, rules]);
    let [known] = facts.client_vpn.as_deref().unwrap() else {
        panic!("{facts:?}");
    };
    assert_eq!(known.dns_servers, ["10.0.0.2".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(known.routes.as_ref().map(Vec::len), Some(1));
    assert_eq!(known.authorization_rules, Some(Vec::new()));
    assert!(!gaps.iter().any(|gap| gap.contains("Client VPN")), "{gaps:?}");
    // What facts wrote says the same again.
    let written = serde_json::json!({ "schema_version": 2, "taken_at": "2026-11-25T05:00:00Z", "facts": facts });
    assert_eq!(applied(&[&written.to_string()]).0.client_vpn, facts.client_vpn);
    // Of two endpoints, whose the rules are is not said.
    let two = endpoints(&[endpoint("cvpn-endpoint-1"), endpoint("cvpn-endpoint-2")]);
    let (facts, gaps) = applied(&[&cluster, &two, rules]);
    let known = facts.client_vpn.as_deref().unwrap();
    assert!(known.iter().all(|one| one.authorization_rules.is_none()));
    assert!(facts.is_part(Call::DescribeClientVpnAuthorizationRules));
    let fact = "authorization rules of Client VPN endpoints".to_owned();
    assert!(gaps.contains(&fact), "{gaps:?}");
    // A page that is not the last is a part.
    let page = routes.replacen('{', "{\"NextToken\":\"t\",", 1);
    let (facts, _) = applied(&[&cluster, &one, &page]);
    assert!(facts.is_part(Call::DescribeClientVpnRoutes));
    // What --query leaves of it.
    let listed = format!("[{}]", endpoint("cvpn-endpoint-1"));
    let rule = r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","AccessAll":true,"DestinationCidr":"0.0.0.0/0"}"#;
    let (facts, _) = applied(&[&cluster, &listed, rule]);
    let rules = facts.client_vpn.unwrap()[0].authorization_rules.clone().unwrap();
    assert!(rules[0].access_all);
    // A route table alone has a list of the same name.
    let table = r#"{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[],"Routes":[]}"#;
    let mut answers = Answers::default();
    super::read(table.as_bytes(), &mut answers).unwrap();
    assert_eq!(answers.route_tables.unwrap()[0].id, "rtb-1");
    assert_eq!(answers.client_vpn, crate::facts::ClientVpn::default());
}

/// One member of what each read answers, with what it has to have (service models of botocore 1.44.8).
const ONE_MEMBER: &[(Call, &str)] = &[
    (
        Call::DescribeCluster,
        r#"{"name":"a","arn":"arn:aws:eks:eu-west-1:123456789012:cluster/a","resourcesVpcConfig":{"vpcId":"vpc-1"}}"#,
    ),
    (
        Call::DescribeUpdate,
        r#"{"id":"u-1","status":"Successful","type":"EndpointAccessUpdate","params":[],"createdAt":1795461910.8}"#,
    ),
    (
        Call::DescribeNetworkInterfaces,
        r#"{"NetworkInterfaceId":"eni-1","Description":"Amazon EKS a","PrivateIpAddress":"192.168.1.1",
        "VpcId":"vpc-1","SubnetId":"subnet-1","Groups":[]}"#,
    ),
    (
        Call::DescribeVpcs,
        r#"{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16","DhcpOptionsId":"dopt-1"}"#,
    ),
    (
        Call::DescribeDhcpOptions,
        r#"{"DhcpOptionsId":"dopt-1","DhcpConfigurations":[]}"#,
    ),
    (
        Call::DescribeSecurityGroups,
        r#"{"GroupId":"sg-1","GroupName":"in","VpcId":"vpc-1","IpPermissions":[],"IpPermissionsEgress":[]}"#,
    ),
    (
        Call::DescribeSubnets,
        r#"{"SubnetId":"subnet-1","VpcId":"vpc-1","CidrBlock":"192.168.1.0/24","Ipv6CidrBlockAssociationSet":[]}"#,
    ),
    (
        Call::DescribeNetworkAcls,
        r#"{"NetworkAclId":"acl-1","VpcId":"vpc-1","IsDefault":true,"Tags":[],
        "Associations":[{"NetworkAclAssociationId":"aclassoc-1","NetworkAclId":"acl-1","SubnetId":"subnet-1"}],
        "Entries":[{"CidrBlock":"0.0.0.0/0","Egress":false,"Protocol":"-1","RuleAction":"allow","RuleNumber":100}]}"#,
    ),
    (
        Call::DescribeRouteTables,
        r#"{"RouteTableId":"rtb-1","VpcId":"vpc-1","Associations":[{"Main":true,"RouteTableId":"rtb-1"}],
        "Routes":[{"DestinationCidrBlock":"192.168.0.0/16","GatewayId":"local","State":"active"}]}"#,
    ),
    (
        Call::GetManagedPrefixListEntries,
        r#"{"Cidr":"10.8.0.0/16","Description":"laptops"}"#,
    ),
    (
        Call::DescribeClientVpnEndpoints,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DnsName":"*.x","ClientCidrBlock":"10.250.0.0/22",
        "VpcId":"vpc-1","SecurityGroupIds":["sg-1"],"AuthenticationOptions":[],"Tags":[]}"#,
    ),
    (
        Call::DescribeClientVpnRoutes,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16","TargetSubnet":"subnet-1"}"#,
    ),
    (
        Call::DescribeClientVpnAuthorizationRules,
        r#"{"ClientVpnEndpointId":"cvpn-endpoint-1","DestinationCidr":"10.0.0.0/16","AccessAll":true}"#,
    ),
    (
        Call::ListResolverEndpoints,
        r#"{"Id":"rslvr-in-1","Direction":"INBOUND","HostVPCId":"vpc-1","SecurityGroupIds":["sg-1"],"Protocols":[]}"#,
    ),
    (
        Call::ListResolverEndpointIpAddresses,
        r#"{"IpId":"rni-1","SubnetId":"subnet-1","Ip":"192.168.1.10","Status":"ATTACHED"}"#,
    ),
    (
        Call::ListResolverRules,
        r#"{"Id":"rslvr-rr-1","DomainName":"corp.example.","RuleType":"FORWARD","TargetIps":[{"Ip":"10.0.0.53"}]}"#,
    ),
    (
        Call::ListResolverRuleAssociations,
        r#"{"Id":"rslvr-rrassoc-1","ResolverRuleId":"rslvr-rr-1","VPCId":"vpc-1","Status":"COMPLETE"}"#,
    ),
    (
        Call::ListHostedZonesByVpc,
        r#"{"HostedZoneId":"Z1","Name":"corp.example.","Owner":{"OwningAccount":"123456789012"}}"#,
    ),
    (
        Call::ListFirewallRuleGroupAssociations,
        r#"{"Id":"rslvr-frgassoc-1","FirewallRuleGroupId":"rslvr-frg-1","VpcId":"vpc-1","Priority":101}"#,
    ),
    (
        Call::ListFirewallRules,
        r#"{"FirewallRuleGroupId":"rslvr-frg-1","FirewallDomainListId":"rslvr-fdl-1","Priority":1,"Action":"ALLOW"}"#,
    ),
    (
        Call::GetFirewallConfig,
        r#"{"Id":"rslvr-fc-1","ResourceId":"vpc-1","OwnerId":"123456789012","FirewallFailOpen":"DISABLED"}"#,
    ),
    (
        Call::ListProfileAssociations,
        r#"{"Id":"rpassoc-1","ProfileId":"rp-1","ResourceId":"vpc-1","Status":"COMPLETE"}"#,
    ),
    (
        Call::ListProfileResourceAssociations,
        r#"{"Id":"rpr-1","ProfileId":"rp-1","ResourceArn":"arn:aws:route53:::hostedzone/Z1","Status":"COMPLETE"}"#,
    ),
    (
        Call::GetResolverDnssecConfig,
        r#"{"Id":"rdsc-1","OwnerId":"123456789012","ResourceId":"vpc-1","ValidationStatus":"ENABLED"}"#,
    ),
    (
        Call::DescribeVpcEndpoints,
        r#"{"VpcEndpointId":"vpce-1","VpcEndpointType":"Interface","VpcId":"vpc-1","State":"available",
        "PrivateDnsEnabled":true,"SubnetIds":["subnet-1"],"Groups":[],"DnsEntries":[{"DnsName":"eks.x.test"}]}"#,
    ),
    (
        Call::ListServiceNetworkVpcAssociations,
        r#"{"id":"snva-1","status":"ACTIVE","serviceNetworkId":"sn-1","privateDnsEnabled":true,"vpcId":"vpc-1"}"#,
    ),
    (
        Call::ListServiceNetworkResourceAssociations,
        r#"{"id":"snra-1","status":"ACTIVE","resourceConfigurationId":"rcfg-1","serviceNetworkId":"sn-1"}"#,
    ),
    (
        Call::LookupEvents,
        r#"{"EventId":"1","EventName":"DisassociateResolverRule","EventSource":"route53resolver.amazonaws.com",
        "EventTime":1795461910,"Username":"alice","Resources":[],"CloudTrailEvent":"{}"}"#,
    ),
];

/// Their answers have no member around what is read, or a list of texts, which says of nothing what it is.
const WITHOUT_A_MEMBER: &[Call] = &[
    Call::GetCallerIdentity,
    Call::ListClusters,
    Call::ListUpdates,
    Call::DescribeVpcAttribute,
    Call::ListFirewallDomains,
    Call::GetResourceConfiguration,
];

/// What `--query 'NetworkAcls[0]'` and `--query 'NetworkAcls'` leave of an answer says the same as the answer, but that
/// it may be a part.
#[test]
fn one_member_alone_is_taken_whatever_the_read() {
    let taken = |text: &str| {
        let mut answers = Answers::default();
        super::read(text.as_bytes(), &mut answers).unwrap_or_else(|error| panic!("{error}: {text}"));
        let partial = std::mem::take(&mut answers.partial);
        // Of one member, that it is a part says this too.
        answers.whole.clear();
        answers.of_one_vpc.clear();
        (answers, partial)
    };
    for call in Call::ALL {
        let Some((_, member)) = ONE_MEMBER.iter().find(|(of, _)| *of == call) else {
            assert!(WITHOUT_A_MEMBER.contains(&call), "{call:?} has no member here");
            continue;
        };
        let key = match call {
            Call::ListHostedZonesByVpc => "HostedZoneSummaries",
            other => other.member(),
        };
        let (whole, _) = if call.is_list() {
            taken(&format!("{{\"{key}\":[{member}]}}"))
        } else {
            taken(&format!("{{\"{key}\":{member}}}"))
        };
        assert_ne!(whole, Answers::default(), "{call:?}");
        let (alone, partial) = taken(member);
        assert_eq!(alone, whole, "{call:?}");
        let in_part: &[Call] = if call.is_list() { &[call] } else { &[] };
        assert_eq!(partial, in_part, "neither one of a list nor a list alone is the whole");
        let (listed, partial) = taken(&format!("[{member}]"));
        assert_eq!((listed, partial.as_slice()), (whole, in_part), "{call:?}");
    }
}

/// What has fields of the same names and is another thing, in the shapes of EC2's and Route 53's service models
/// (botocore 1.44.8: Instance, NatGateway, Address, VpcPeeringConnectionVpcInfo, TrafficPolicyInstance), and another
/// cloud's cluster.
#[test]
fn what_is_like_a_member_and_is_none_is_not_taken() {
    for other in [
        r#"{"InstanceId":"i-1","SubnetId":"subnet-1","VpcId":"vpc-1","PrivateIpAddress":"10.0.0.1"}"#,
        r#"{"NatGatewayId":"nat-1","SubnetId":"subnet-1","VpcId":"vpc-1","State":"available"}"#,
        r#"{"AllocationId":"eipalloc-1","NetworkInterfaceId":"eni-1","PrivateIpAddress":"10.0.0.1","PublicIp":"203.0.113.1"}"#,
        r#"{"VpcId":"vpc-1","CidrBlock":"10.0.0.0/16","CidrBlockSet":[],"OwnerId":"111122223333","PeeringOptions":{}}"#,
        r#"{"Id":"1","HostedZoneId":"Z1","Name":"a.test","TTL":60,"State":"Applied","TrafficPolicyId":"1"}"#,
        r#"{"name":"prod","endpoint":"https://0c0c0c0c.k8s.cloud.example"}"#,
    ] {
        for text in [other.to_owned(), format!("[{other}]")] {
            let mut answers = Answers::default();
            let read = super::read(text.as_bytes(), &mut answers);
            assert!(read.is_err() && answers == Answers::default(), "{text}: {answers:?}");
        }
    }
}

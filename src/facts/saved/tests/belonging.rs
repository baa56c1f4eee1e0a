//! What a list belongs to: given where one alone fits, in any order of the files.

use crate::facts::{AwsFacts, Call};

use super::{IN, OUT, X, cluster, endpoint, endpoints, eni, enis, given, of, orders, used};

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
fn zones_are_given_where_an_answer_says_whose_they_are() {
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
    // That no other VPC is known says nothing: nobody knows which one was asked for.
    let (facts, gaps) = used(&[zones, &document]);
    assert!(of_vpc(&facts).is_empty());
    let reason = &gaps.iter().find(|(fact, _)| fact == "private hosted zones").unwrap().1;
    assert!(
        reason.contains("vpc-1 or of a VPC that no file names") && reason.contains("get-hosted-zone --id Z7"),
        "{reason}"
    );
    // EKS associates its own zone of the endpoint with the cluster's VPC alone.
    let own = format!(
        r#"{{"HostedZoneSummaries":[{{"HostedZoneId":"Z8","Name":"{X}.","Owner":{{"OwningService":"eks.amazonaws.com"}}}},
        {{"HostedZoneId":"Z7","Name":"corp.example.","Owner":{{"OwningAccount":"1"}}}}]}}"#
    );
    assert_eq!(of_vpc(&used(&[&own, &document]).0), ["vpc-1"]);
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

/// The count tells that the list is the outbound endpoint's. Then it is the inbound one's that is missing.
#[test]
fn the_endpoint_whose_addresses_are_missing_is_named() {
    let both = endpoints(&[
        endpoint("rslvr-in-7", "INBOUND", "vpc-1", 4),
        endpoint("rslvr-out-3", "OUTBOUND", "vpc-1", 2),
    ]);
    let list = of("rni-a s-1 192.168.1.7|rni-b s-2 192.168.2.7");
    let of_addresses = |files: &[&str]| {
        let (facts, gaps) = used(files);
        let mut gaps = gaps
            .into_iter()
            .filter(|(fact, _)| fact.contains("addresses of Resolver"));
        (given(&facts), gaps.next().map(|(_, reason)| reason))
    };
    let (given, reason) = of_addresses(&[&both, &list]);
    assert_eq!(given.iter().map(|(_, addresses)| addresses.len()).sum::<usize>(), 2);
    let reason = reason.unwrap();
    assert!(
        reason.contains("none that can be those of rslvr-in-7") && reason.contains("--resolver-endpoint-id rslvr-in-7"),
        "{reason}"
    );
    // Without any list no file has them.
    assert_eq!(of_addresses(&[&both]).1.as_deref(), Some("no file has them"));
    // With its own there is nothing to say.
    let own = of(concat!(
        "rni-c s-1 192.168.1.8|rni-d s-1 192.168.1.9|",
        "rni-e s-2 192.168.2.8|rni-f s-2 192.168.2.9"
    ));
    assert_eq!(of_addresses(&[&both, &list, &own]).1, None);
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
    // The cluster's own id ties its VPC, and that its option set; so does its interface, once its name is known.
    let document = cluster("shared", &format!("https://{X}"));
    let of_cluster = enis(&[eni("eni-1", "Amazon EKS shared", "192.168.7.7", "")]);
    let named = format!(r#"{{"cluster":{{"name":"shared","endpoint":"https://{X}"}}}}"#);
    for ties in [vec![document.as_str()], vec![&of_cluster, &named]] {
        let (facts, _) = used(&[&[vpc, attributes, set], ties.as_slice()].concat());
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

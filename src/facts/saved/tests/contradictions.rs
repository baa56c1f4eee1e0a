//! Files that say two things of one: neither counts, whatever the order of the files.

use crate::facts::Call;

use super::{X, cluster, endpoint, endpoints, eni, enis, ids, orders, used};

/// The reason of the gap of a fact.
fn reason(gaps: &[(String, String)], fact: &str) -> String {
    let found = gaps.iter().find(|(other, _)| other == fact);
    found.unwrap_or_else(|| panic!("{gaps:?}")).1.clone()
}

#[test]
fn interfaces_that_differ_are_not_counted() {
    let document = cluster("shared", &format!("https://{X}"));
    let second = eni("eni-2", "Amazon EKS shared", "192.168.2.1", "");
    let list = |ip: &str| enis(&[eni("eni-1", "Amazon EKS shared", ip, ""), second.clone()]);
    let (one, other) = (list("192.168.1.1"), list("192.168.9.9"));
    for files in orders(&[&document, &one, &other]) {
        let (facts, gaps) = used(&files);
        assert_eq!(ids(&facts), ["eni-2"]);
        assert!(facts.is_part(Call::DescribeNetworkInterfaces));
        let said = reason(&gaps, "network interfaces");
        for part in [
            "eni-1",
            "192.168.1.1",
            "192.168.9.9",
            "aws ec2 describe-network-interfaces",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
    // Equal ones are one; so is one that --query left less of.
    let less = r#"[{"NetworkInterfaceId":"eni-1","Description":"Amazon EKS shared","PrivateIpAddress":"192.168.1.1"}]"#;
    let (facts, gaps) = used(&[&document, &one, &one, less]);
    assert_eq!(ids(&facts), ["eni-1", "eni-2"]);
    assert!(!gaps.iter().any(|(fact, _)| fact == "network interfaces"), "{gaps:?}");
    // Where none is left that is agreed about, there are none to compare with.
    let (alone, differs) = (
        enis(std::slice::from_ref(&second)),
        enis(&[second.replace("192.168.2.1", "192.168.2.2")]),
    );
    let (facts, _) = used(&[&document, &alone, &differs]);
    assert_eq!(facts.interfaces, None);
}

#[test]
fn a_cluster_that_is_described_twice() {
    let open = cluster("shared", &format!("https://{X}"));
    let shut = open.replace(r#""endpointPublicAccess":true"#, r#""endpointPublicAccess":false"#);
    // The same endpoint, written otherwise, and with fewer members.
    let less = format!(r#"{{"name":"shared","endpoint":"https://{}/"}}"#, X.to_lowercase());
    for files in orders(&[&open, &shut, &less]) {
        let (facts, gaps) = used(&files);
        let found = facts.cluster.unwrap();
        assert_eq!(
            (found.endpoint_public_access, found.endpoint_private_access),
            (None, Some(true))
        );
        let said = reason(&gaps, "cluster");
        for part in [
            "shared",
            "endpointPublicAccess is false in one and true in another",
            "aws eks describe-cluster",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
    let (facts, gaps) = used(&[&open, &less, &open]);
    assert_eq!(facts.cluster.unwrap().endpoint_public_access, Some(true));
    assert!(!gaps.iter().any(|(fact, _)| fact == "cluster"), "{gaps:?}");
    // Created again under its name: which of the two is there now is not known.
    let arn = |text: &str| text.replacen("{\"name\"", "{\"arn\":\"arn:aws:eks:r:1:cluster/shared\",\"name\"", 1);
    let again = arn(&cluster("shared", "https://OTHER.gr7.ap-northeast-1.eks.amazonaws.com"));
    let first = arn(&open);
    for files in orders(&[&first, &again]) {
        let (facts, gaps) = used(&files);
        assert_eq!(facts.cluster, None);
        let said = reason(&gaps, "cluster").to_lowercase();
        assert!(said.contains(&X.to_lowercase()) && said.contains("other.gr7"), "{said}");
    }
}

#[test]
fn an_update_under_way_of_a_cluster_that_is_active() {
    let active = cluster("shared", &format!("https://{X}"));
    let active = active.replacen("{\"name\"", "{\"status\":\"ACTIVE\",\"name\"", 1);
    let updating = active.replace("ACTIVE", "UPDATING");
    let update = |status: &str| {
        format!(
            r#"{{"update":{{"id":"u-1","status":"{status}","type":"EndpointAccessUpdate","params":[],
                "createdAt":1565806986.506,"errors":[]}}}}"#
        )
    };
    let (under_way, done) = (update("InProgress"), update("Successful"));
    for files in orders(&[&active, &under_way]) {
        let (facts, gaps) = used(&files);
        assert_eq!(facts.updates, None);
        let said = reason(&gaps, "updates of the cluster");
        assert!(said.contains("contradicts the cluster's status ACTIVE"), "{said}");
    }
    // An add-on is updated while the cluster is ACTIVE.
    let of_an_addon = under_way.replace("EndpointAccessUpdate", "AddonUpdate");
    for (cluster, update) in [(&updating, &under_way), (&active, &done), (&active, &of_an_addon)] {
        let (facts, gaps) = used(&[cluster, update]);
        assert_eq!(facts.updates.map(|updates| updates.len()), Some(1));
        assert!(
            gaps.iter().all(|(fact, _)| fact != "updates of the cluster"),
            "{gaps:?}"
        );
    }
}

#[test]
fn a_vpc_that_is_described_twice() {
    let document = cluster("shared", &format!("https://{X}"));
    let attribute = |name: &str, value: bool| format!(r#"{{"VpcId":"vpc-1","{name}":{{"Value":{value}}}}}"#);
    let names = attribute("EnableDnsHostnames", true);
    let (on, off) = (
        attribute("EnableDnsSupport", true),
        attribute("EnableDnsSupport", false),
    );
    for files in orders(&[&document, &names, &on, &off]) {
        let (facts, gaps) = used(&files);
        let found = facts.vpc_attributes.unwrap();
        assert_eq!((found.dns_support, found.dns_hostnames), (None, Some(true)));
        let said = reason(&gaps, "VPC attributes");
        assert!(said.contains("vpc-1") && said.contains("enableDnsSupport"), "{said}");
    }
    let vpc =
        |set: &str| format!(r#"{{"Vpcs":[{{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16","DhcpOptionsId":"{set}"}}]}}"#);
    for files in orders(&[&document, &vpc("dopt-1"), &vpc("dopt-2")]) {
        let (facts, gaps) = used(&files);
        let found = facts.vpc.unwrap();
        assert_eq!((found.cidrs.len(), found.dhcp_options_id), (1, None));
        assert!(reason(&gaps, "VPC").contains("dopt-1 in one and dopt-2 in another"));
    }
}

#[test]
fn what_stands_alone_is_left_out_whole() {
    let document = cluster("shared", &format!("https://{X}"));
    let list = |direction: &str| endpoints(&[endpoint("rslvr-7", direction, "vpc-1", 2)]);
    let rule = |domain: &str| {
        format!(r#"{{"ResolverRules":[{{"Id":"rslvr-rr-1","RuleType":"FORWARD","DomainName":"{domain}"}}]}}"#)
    };
    for files in orders(&[&document, &list("INBOUND"), &list("OUTBOUND")]) {
        let (facts, gaps) = used(&files);
        assert_eq!(facts.resolver_endpoints.iter().flatten().count(), 0);
        assert!(facts.is_part(Call::ListResolverEndpoints));
        assert!(reason(&gaps, "Resolver endpoints").contains("rslvr-7"));
    }
    for files in orders(&[&document, &rule("a.test."), &rule("b.test.")]) {
        let (facts, gaps) = used(&files);
        assert_eq!(facts.resolver_rules.iter().flatten().count(), 0);
        assert!(facts.is_part(Call::ListResolverRules));
        assert!(reason(&gaps, "Resolver rules").contains("a.test. in one and b.test. in another"));
    }
}

//! What the AWS CLI prints, as it was recorded, and what is no document of it.

use super::super::*;
use super::{IN, X, applied, cluster, endpoint, endpoints, eni, enis, ids, of, orders, used};
use crate::facts::Call;

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
        eni("eni-5", "Amazon EKS shared-cluster", "192.168.1.6", ""),
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
    assert_eq!(ids(&facts), ["eni-1", "eni-5"]);
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

/// The only ones that are listed may be another cluster's: `aws ec2 describe-network-interfaces` lists those of all.
#[test]
fn interfaces_alone_are_nobodys() {
    let both = [
        eni("eni-1", "Amazon EKS shared-cluster", "192.168.1.1", ""),
        eni("eni-3", "Amazon EKS shared-cluster", "192.168.2.1", ""),
    ];
    let other = eni("eni-2", "Amazon EKS shared-cluster-2", "192.168.1.2", "");
    let vpc = r#"{"Vpcs":[{"VpcId":"vpc-1","CidrBlock":"192.168.0.0/16"}]}"#;
    let file = enis(&both);
    for (files, candidates, call) in [
        (
            vec![file.as_str()],
            "of shared-cluster,",
            "describe-cluster --name shared-cluster prints",
        ),
        // The same file twice says nothing more, and a VPC that is the interfaces' is not for that the cluster's.
        (
            vec![&file, &file, vpc],
            "of shared-cluster,",
            "describe-cluster --name shared-cluster prints",
        ),
        (
            vec![&file, &enis(&[other])],
            "of shared-cluster, shared-cluster-2,",
            "describe-cluster --name NAME prints",
        ),
    ] {
        let (facts, gaps) = used(&files);
        assert_eq!((facts.interfaces, facts.vpc), (None, None));
        let (_, reason) = gaps.iter().find(|(fact, _)| fact == "network interfaces").unwrap();
        assert!(reason.contains(candidates) && reason.contains(call), "{reason}");
    }
    // A cluster whose endpoint the file does not have is not for that the target's.
    let hash = r#"{"name":"shared-cluster","arn":"arn:aws:eks:r:1:cluster/shared-cluster","version":"1.33"}"#;
    let (facts, gaps) = used(&[&file, hash]);
    assert_eq!((facts.interfaces, facts.cluster), (None, None));
    let (_, reason) = gaps.iter().find(|(fact, _)| fact == "cluster").unwrap();
    assert!(
        reason.contains("shared-cluster") && reason.contains("aws eks describe-cluster"),
        "{reason}"
    );
    // What another machine learnt is about the endpoint that its document names.
    let of_machine = |host: &str| {
        format!(
            r#"{{"schema_version":2,"taken_at":"2026-01-01T00:00:00Z","target":{{"hostname":"{host}"}},
            "facts":{{"interfaces":[{{"id":"eni-1","addresses":["192.168.1.1"]}}],
            "vpc":{{"id":"vpc-1","cidrs":["192.168.0.0/16"]}}}}}}"#
        )
    };
    let (facts, _) = used(&[&of_machine(X)]);
    assert_eq!((ids(&facts), facts.vpc.is_some()), (vec!["eni-1"], true));
    let (facts, _) = used(&[&of_machine("other.test")]);
    assert_eq!((facts.interfaces, facts.vpc), (None, None));
}

/// In a VPC an address is one interface's.
#[test]
fn an_address_of_two_clusters_is_nobodys() {
    let document = cluster("shared", &format!("https://{X}"));
    let own = enis(&[
        eni("eni-1", "Amazon EKS shared", "192.168.1.1", ""),
        eni("eni-2", "Amazon EKS shared", "192.168.2.1", ""),
        eni("eni-3", "Amazon EKS shared", "192.168.3.1", ""),
    ]);
    let other = enis(&[eni("eni-9", "Amazon EKS dev", "192.168.1.1", "")]);
    for files in orders(&[&document, &own, &other]) {
        let (facts, gaps) = used(&files);
        assert_eq!(ids(&facts), ["eni-2", "eni-3"]);
        assert!(facts.is_part(Call::DescribeNetworkInterfaces));
        let (_, reason) = gaps.iter().find(|(fact, _)| fact == "network interfaces").unwrap();
        assert!(
            reason.contains("192.168.1.1") && reason.contains("eni-1 (Amazon EKS shared)") && reason.contains("eni-9"),
            "{reason}"
        );
    }
    // In another VPC it is another address.
    let apart = other.replace("vpc-1", "vpc-2");
    assert_eq!(ids(&used(&[&document, &own, &apart]).0).len(), 3);
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
    let (facts, gaps) = applied(&[&enis(&many), &cluster("shared", &format!("https://{X}"))]);
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
            format!("is not the whole output of a call that is read: {says}; save it again with --output json")
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

#[test]
fn it_is_read_however_it_was_saved() {
    let answer = cluster("shared", &format!("https://{X}"));
    let inner = answer.trim_start_matches("{\"cluster\":").strip_suffix('}').unwrap();
    let hash = format!(r#"{{"name":"shared","endpoint":"https://{X}","public":true}}"#);
    let sdk = format!(
        r#"[{{"Arn":"arn:aws:eks:r:1:cluster/shared","Endpoint":"https://{X}","Name":"shared",
        "ResourcesVpcConfig":{{"VpcId":"vpc-1","EndpointPrivateAccess":true}}}}]"#
    );
    let of_go = format!(
        r#"{{"Cluster":{{"Name":"shared","Endpoint":"https://{X}","Status":"ACTIVE"}},"ResultMetadata":{{}}}}"#
    );
    let rows = format!(
        r#"[{{"name":"shared","endpoint":"https://{X}","status":"ACTIVE","outpost_config":null,
        "resources_vpc_config":{{"VpcId":"vpc-1","EndpointPrivateAccess":true}}}}]"#
    );
    for file in [
        inner.to_owned(),
        hash,
        sdk,
        of_go,
        rows.clone(),
        format!(r#"{{"columns":[{{"name":"name","data_type":"text"}}],"rows":{rows}}}"#),
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
    let (facts, _) = used(&[&rows]);
    let cluster = facts.cluster.unwrap();
    assert_eq!(
        (cluster.vpc_id.as_deref(), cluster.endpoint_private_access),
        (Some("vpc-1"), Some(true))
    );
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

/// A warning stands before what the AWS CLI prints, where both went to one file.
#[test]
fn a_warning_before_the_answer_is_left_out() {
    let answer = cluster("shared", &format!("https://{X}"));
    for warning in [
        "/usr/lib/python3/dist-packages/urllib3/connectionpool.py:1013: InsecureRequestWarning: Unverified HTTPS request.\n  \
         warnings.warn(\n",
        "WARNING: the file is old\n",
        "Warning: Permanently added '10.0.0.5' (ED25519) to the list of known hosts.\n",
    ] {
        let (facts, gaps) = used(&[&format!("{warning}{answer}")]);
        assert_eq!(
            facts.cluster.map(|cluster| cluster.name).as_deref(),
            Some("shared"),
            "{warning}"
        );
        assert!(
            gaps.iter()
                .any(|(fact, why)| fact == "line 1 of a file" && why.contains("warning")),
            "{gaps:?}"
        );
    }
    // JSON on one line that speaks of one is none, and what is indented below one is JSON.
    let spoken = format!(
        r#"{{"note": "see DeprecationWarning: old API"{comma}{}"#,
        &answer[1..],
        comma = ','
    );
    let (facts, gaps) = used(&[&spoken]);
    assert!(facts.cluster.is_some(), "{gaps:?}");
    let (facts, _) = used(&[&format!("WARNING: x\n  {answer}")]);
    assert!(facts.cluster.is_some());
    // An error is no warning, and nothing is left out behind the answer.
    for text in [
        format!("warn\u{e9}: x\n{answer}"),
        format!("{answer}\nWARNING: more\n"),
        "WARNING: more\n".to_owned(),
        format!(
            "WARNING: x\nAn error occurred (ThrottlingException) when calling the DescribeVpcs operation: x\n{answer}"
        ),
    ] {
        assert!(super::read(text.as_bytes(), &mut Answers::default()).is_err(), "{text}");
    }
}

/// Of a second command whose output went to the same file.
#[test]
fn an_error_behind_the_answer_is_a_gap() {
    let answer = cluster("shared", &format!("https://{X}"));
    let denied = "An error occurred (AccessDenied) when calling the DescribeSubnets operation: no";
    let (facts, gaps) = used(&[&format!("{answer}\n\n{denied}\nUnable to locate credentials. x\n")]);
    assert!(facts.cluster.is_some());
    // The cluster takes two lines.
    for (line, says) in [
        (
            "line 4 of a file",
            "aws ec2 describe-subnets --output json again as somebody with the permission",
        ),
        ("line 5 of a file", "Unable to locate credentials"),
    ] {
        let reason = gaps.iter().find(|(fact, _)| fact == line).map(|(_, reason)| reason);
        assert!(reason.is_some_and(|reason| reason.contains(says)), "{line}: {gaps:?}");
    }
    // What is no error of a program says something that nobody knows.
    assert!(super::read(format!("{answer}\nand so on\n").as_bytes(), &mut Answers::default()).is_err());
}

/// The advice fits what stands there: it was saved with --output json.
#[test]
fn what_stands_around_json_is_to_be_taken_out() {
    let read = |text: &str| {
        super::read(text.as_bytes(), &mut Answers::default())
            .unwrap_err()
            .to_string()
    };
    for (text, says) in [
        (
            "Enter passphrase for key:\nOpening a page\n{\n}",
            "line 1 has \"Enter…\"; take out what stands in front of line 3, where JSON begins",
        ),
        (
            "Enter code for me: {\n\"Vpcs\":[]}",
            "line 1 has \"Enter…\"; take out what stands in front of the JSON in this line",
        ),
        ("*****\nend\n", "line 1 has \"*****\"; save it again with --output json"),
        ("{\"Vpcs\":[]}\n*****\n", "line 2 has \"*****\" behind JSON; take out"),
        (
            "// of the bastion\n{\"Vpcs\":[]}",
            "line 1 has a comment, and JSON has none; take it out",
        ),
        (
            "{\"Vpcs\":[]\n/* end */}",
            "line 2 has a comment, and JSON has none; take it out",
        ),
        (
            "{\n\u{a0}\u{a0}\"Vpcs\":[]}",
            "line 2 has a no-break space (U+00A0), as a web page puts it there, and JSON has none; write a space",
        ),
    ] {
        let said = read(text);
        assert!(said.starts_with(&format!("is not JSON: {says}")), "{said}");
    }
}

/// ECS has clusters too (Amazon ECS API Reference, DescribeClusters).
#[test]
fn clusters_of_another_service_are_named() {
    let read = |text: &str| {
        super::read(text.as_bytes(), &mut Answers::default())
            .unwrap_err()
            .to_string()
    };
    for (text, says) in [
        (
            r#"{"clusters":[{"clusterArn":"arn:aws:ecs:r:1:cluster/web","clusterName":"web"}],"failures":[]}"#,
            "is what aws ecs describe-clusters prints (line 1): aws eks describe-cluster",
        ),
        (
            r#"{"clusters":[],"failures":[{"arn":"arn:aws:ecs:r:1:cluster/web","reason":"MISSING"}]}"#,
            "is what aws ecs describe-clusters prints",
        ),
        (
            r#"{"clusters":[{"name":"shared"}]}"#,
            "is a list of clusters that are objects",
        ),
        (r#"{"clusters":[{"name":"c"}],"users":[]}"#, "is a kubeconfig"),
        (
            r#"{"clusters":[7]}"#,
            "is not the whole output of a call that is read: line 1: clusters[0] is the number 7",
        ),
    ] {
        let said = read(text);
        assert!(said.starts_with(says), "{said}");
    }
    // The names of EKS's clusters are read.
    let mut answers = Answers::default();
    super::read(br#"{"clusters":["shared"]}"#, &mut answers).unwrap();
    assert_eq!(answers.cluster_names.as_deref(), Some(&["shared".to_owned()][..]));
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
            "See below\n{\n  \"cluster\": {}\n}\n",
            "is not JSON: line 1 has \"See…\"",
        ),
        (
            "&{Cluster:0xc0000b4000 ResultMetadata:{values:map[]}}\n",
            "is a value as Go prints it",
        ),
        (
            "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: no\n",
            "run aws eks describe-cluster --name NAME --output json again",
        ),
        (
            "------\n|  DescribeCluster  |\n",
            "is what --output table prints (line 1): save it with --output json",
        ),
        (
            denied,
            "is an error of AWS in place of the answer: AccessDeniedException (line 2): run aws eks describe-cluster \
             --name NAME --output json again as somebody with the permission eks:DescribeCluster",
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
        (
            r#"{"Resources":{"Cluster":{"Type":"AWS::EKS::Cluster"}}}"#,
            "is a template of CloudFormation, as cdk synth writes it (line 1): it says what is wanted",
        ),
        (
            r#"[{"Description":"Amazon EKS a","PrivateIpAddress":"10.0.0.1","SubnetId":"subnet-1"}]"#,
            "save what aws ec2 describe-network-interfaces --output json prints, without --query",
        ),
        (
            r#"{"Responses":[],"Vp":1}"#,
            "aws eks describe-cluster --name NAME --output json gives the cluster",
        ),
        (
            "\nSSL validation failed for https://eks.eu-west-1.amazonaws.com/clusters/a [SSL: CERTIFICATE_VERIFY_FAILED]\n",
            "is an error of the AWS CLI in place of the answer: \"SSL validation failed for",
        ),
        (
            "data.aws_eks_cluster.this: Reading...\n\nTerraform used the selected providers to generate the following\n",
            "is what terraform plan prints (line 1)",
        ),
        (
            "\nTerraform will perform the following actions:\n\n  # aws_eks_cluster.a will be created\n",
            "is what terraform plan prints (line 2)",
        ),
        (
            "# aws_eks_cluster.a:\nresource \"aws_eks_cluster\" \"a\" {\n}\n",
            "is what terraform plan prints (line 1)",
        ),
        ("{'Vpcs':[]}", "line 1 has single quotation marks"),
        ("{\"a\":1}\nand so on", "line 2 has \"and…\""),
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

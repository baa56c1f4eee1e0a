#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod belonging;
mod constructs;
mod contradictions;
mod framed;
mod lists;
mod one_member;
mod recorded;

use super::*;
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

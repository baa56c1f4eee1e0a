//! `--redact`: nothing that identifies goes out, in any format, and the diagnosis is the same.

#![expect(clippy::disallowed_methods, reason = "a test reads the fixtures")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use eks_dns_doctor::capture;
use eks_dns_doctor::facts::{
    Cluster, DomainList, DomainListDetails, Firewall, FirewallAssociation, FirewallGroup, FirewallRule, Gap, Lattice,
    NetworkInterface, ProfileAssociation, ProfileResource, ProfileResources, Profiles, ServiceNetwork,
    ServiceNetworkAssociation, ServiceNetworkResource, Vpc, VpcEndpoint, VpcEndpoints, VpcServiceNetworks,
};
use eks_dns_doctor::lab::{self, scenario::ExpectedDiagnosis};
use eks_dns_doctor::redact;
use eks_dns_doctor::render::{self, Format, Style};
use eks_dns_doctor::report::{Capture, Report, diagnose};

/// The document of a scenario, as `-o json` prints it.
fn recorded(scenario: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/cases")
        .join(scenario)
        .join("capture.json");
    let recorded = std::fs::read(path).expect("a recorded capture");
    let report = diagnose(capture::parse(&recorded).expect("a capture"));
    serde_json::to_string(&report).expect("a document")
}

const LABEL: &str = "0123456789ABCDEF0123456789ABCDEF";
/// Everything that is put into the capture and must not come out.
const SECRETS: &[&str] = &[
    LABEL,
    "111122223333",
    "444455556666",
    "vpc-0123456789abcdef0",
    "subnet-0123456789abcdef1",
    "eni-0123456789abcdef2",
    "sg-0123456789abcdef3",
    "rslvr-in-0123456789abcdef4",
    "dopt-0123456789abcdef5",
    "i-0123456789abcdef6",
    "i-1a2b3c4d",
    "rslvr-frg-0123456789abcdef7",
    "rslvr-fdl-0123456789abcdef8",
    "rp-0123456789abcdef9",
    "rslvr-rr-0123456789abcdefa",
    "vpce-0123456789abcdefb",
    "sn-0123456789abcdefg",
    "snva-0123456789abcdefh",
    "rcfg-0123456789abcdefi",
    "a-product-nobody-knows",
    "list-of-nobody",
    "alice",
    "bob",
    "alices-laptop",
];

fn report_of(scenario: &str) -> Report {
    serde_json::from_str(&recorded(scenario)).expect("a report")
}

/// The article's case in a world full of identifiers.
fn capture() -> Capture {
    let text = recorded("no-forwarding/article");
    // The endpoint's own label, in both cases.
    let report: Report = serde_json::from_str(&text).expect("a report");
    let hostname = report.target.hostname.to_string();
    let label = hostname.split('.').next().expect("a label");
    let report: Report = serde_json::from_str(&text.replace(label, LABEL)).expect("a report");
    let mut capture = report.into_capture();
    capture.vantage.name = Some("alices-laptop".to_owned());
    let stub = capture.facts.host.stub.as_mut().expect("a stub configuration");
    "/home/alice/resolv.conf".clone_into(&mut stub.source);
    stub.problems = vec![r"C:\Users\bob\hosts: alices-laptop.corp.example, dopt-0123456789abcdef5".to_owned()];
    capture.target.cluster = Some("prod".to_owned());
    capture.facts.aws.cluster = Some(Cluster {
        name: "prod".to_owned(),
        endpoint: Some(format!(
            "https://{}.yl4.ap-northeast-1.eks.amazonaws.com",
            LABEL.to_ascii_lowercase()
        )),
        ..Cluster::default()
    });
    capture.facts.aws.vpc = Some(Vpc {
        id: "vpc-0123456789abcdef0".to_owned(),
        cidrs: vec!["192.168.0.0/16".parse().expect("a network")],
        ..Vpc::default()
    });
    capture.facts.aws.interfaces = Some(vec![NetworkInterface {
        id: "eni-0123456789abcdef2".to_owned(),
        addresses: vec!["192.168.104.190".parse().expect("an address")],
    }]);
    capture.facts.aws.firewall = Some(Firewall {
        associations: Some(vec![FirewallAssociation {
            group_id: "rslvr-frg-0123456789abcdef7".to_owned(),
            vpc_id: "vpc-0123456789abcdef0".to_owned(),
            priority: Some(101),
            status: Some("COMPLETE".to_owned()),
            ..FirewallAssociation::default()
        }]),
        groups: vec![FirewallGroup {
            id: "rslvr-frg-0123456789abcdef7".to_owned(),
            rules: vec![FirewallRule {
                priority: Some(1),
                action: Some("ALERT".to_owned()),
                domain_list_id: Some("rslvr-fdl-0123456789abcdef8".to_owned()),
                ..FirewallRule::default()
            }],
        }],
        domain_lists: vec![DomainList {
            id: "rslvr-fdl-0123456789abcdef8".to_owned(),
            domains: vec![
                "a-product-nobody-knows.example.".to_owned(),
                "*.amazonaws.com.".to_owned(),
            ],
            only_about: None,
        }],
        list_details: vec![DomainListDetails {
            id: "rslvr-fdl-0123456789abcdef8".to_owned(),
            name: Some("list-of-nobody".to_owned()),
            ..DomainListDetails::default()
        }],
        ..Firewall::default()
    });
    capture.facts.aws.profiles = Some(Profiles {
        associations: Some(vec![ProfileAssociation {
            profile_id: "rp-0123456789abcdef9".to_owned(),
            vpc_id: "vpc-0123456789abcdef0".to_owned(),
            status: Some("COMPLETE".to_owned()),
            ..ProfileAssociation::default()
        }]),
        resources: vec![ProfileResources {
            profile_id: "rp-0123456789abcdef9".to_owned(),
            resources: vec![ProfileResource {
                arn: "arn:aws:route53resolver:ap-northeast-1:444455556666:resolver-rule/rslvr-rr-0123456789abcdefa"
                    .to_owned(),
                status: Some("COMPLETE".to_owned()),
                ..ProfileResource::default()
            }],
        }],
    });
    let arn = |resource: &str| format!("arn:aws:vpc-lattice:ap-northeast-1:444455556666:{resource}");
    capture.facts.aws.vpc_endpoints = Some(vec![VpcEndpoints {
        vpc_id: "vpc-0123456789abcdef0".to_owned(),
        endpoints: vec![VpcEndpoint {
            id: "vpce-0123456789abcdefb".to_owned(),
            kind: "ServiceNetwork".to_owned(),
            state: Some("available".to_owned()),
            private_dns: Some(true),
            private_dns_preference: Some("ALL_DOMAINS".to_owned()),
            service_network: Some(arn("servicenetwork/sn-0123456789abcdefg")),
            ..VpcEndpoint::default()
        }],
    }]);
    capture.facts.aws.lattice = Some(Lattice {
        vpcs: vec![VpcServiceNetworks {
            vpc_id: "vpc-0123456789abcdef0".to_owned(),
            associations: vec![ServiceNetworkAssociation {
                id: Some("snva-0123456789abcdefh".to_owned()),
                service_network_id: "sn-0123456789abcdefg".to_owned(),
                status: Some("ACTIVE".to_owned()),
                private_dns: Some(true),
                ..ServiceNetworkAssociation::default()
            }],
        }],
        networks: vec![ServiceNetwork {
            id: "sn-0123456789abcdefg".to_owned(),
            resources: vec![ServiceNetworkResource {
                resource_configuration_id: "rcfg-0123456789abcdefi".to_owned(),
                resource_configuration: Some(arn("resourceconfiguration/rcfg-0123456789abcdefi")),
                status: Some("ACTIVE".to_owned()),
                private_dns: Some(true),
                private_dns_name: Some("amazonaws.com".to_owned()),
            }],
        }],
        configurations: Vec::new(),
    });
    capture.gaps.push(Gap::here(
        "subnet-0123456789abcdef1 and sg-0123456789abcdef3",
        "arn:aws:route53resolver:ap-northeast-1:111122223333:resolver-endpoint/rslvr-in-0123456789abcdef4",
        "User: arn:aws:sts::444455556666:assumed-role/admin/i-0123456789abcdef6 is not authorized \
                 (from i-1a2b3c4d, /Users/alice/.aws/config)",
    ));
    capture
}

fn all_formats(report: &Report) -> Vec<(Format, String)> {
    let mut texts = Vec::new();
    for format in Format::VARIANTS {
        for verbose in [false, true] {
            let style = Style {
                verbose,
                ..Style::default()
            };
            let mut text = String::new();
            render::render(report, *format, &style, &mut text).expect("a String takes all");
            texts.push((*format, text));
        }
    }
    texts
}

#[test]
fn no_identifier_that_went_in_comes_out_in_any_format() {
    let before = diagnose(capture());
    let json = serde_json::to_string(&before).expect("a document").to_ascii_lowercase();
    for secret in SECRETS {
        assert!(json.contains(&secret.to_ascii_lowercase()), "{secret} did not go in");
    }
    let after = redact::report(before.clone(), None).expect("it holds together");
    for (format, text) in all_formats(&after) {
        let text = text.to_ascii_lowercase();
        for secret in SECRETS {
            let secret = secret.to_ascii_lowercase();
            assert!(!text.contains(&secret), "{secret} in {format}:\n{text}");
        }
        assert!(
            text.contains("192.168.104.190") || matches!(format, Format::Short | Format::OpenMetrics | Format::Nagios),
            "addresses stay"
        );
    }
    assert_eq!(ExpectedDiagnosis::of(&after), ExpectedDiagnosis::of(&before));
    let twice = redact::report(after.clone(), None).expect("it holds together");
    assert_eq!(
        (after.target, after.facts, after.gaps, after.resolvers),
        (twice.target, twice.facts, twice.gaps, twice.resolvers),
        "twice is once"
    );
}

#[test]
fn the_name_that_the_user_gave_to_the_vantage_stays() {
    let redacted = redact::capture(capture(), Some("alices-laptop")).expect("it holds together");
    assert_eq!(redacted.vantage.name.as_deref(), Some("alices-laptop"));
    let redacted = redact::capture(capture(), Some("bastion")).expect("it holds together");
    assert_ne!(redacted.vantage.name.as_deref(), Some("alices-laptop"));
}

#[test]
fn the_same_identifier_has_the_same_stand_in_in_two_captures() {
    let one = redact::capture(capture(), None).expect("it holds together");
    let mut other = capture();
    other.vantage.name = Some("bastion".to_owned());
    other.facts.host.stub = None;
    let other = redact::capture(other, None).expect("it holds together");
    assert_eq!(one.target, other.target);
    assert_eq!(one.facts.aws.vpc, other.facts.aws.vpc);
    assert_eq!(one.gaps, other.gaps);
    assert_ne!(one.vantage.name, other.vantage.name);
}

#[test]
fn every_scenario_has_the_same_diagnosis_without_its_identifiers() {
    let mut seen = BTreeSet::new();
    for name in lab::names() {
        let report = report_of(name);
        let before = ExpectedDiagnosis::of(&report);
        let after = redact::report(report, None).expect("it holds together");
        assert_eq!(ExpectedDiagnosis::of(&after), before, "{name}");
        seen.insert(after.target.hostname.to_string());
    }
    assert!(!seen.iter().any(|name| name.contains(LABEL)), "{seen:?}");
}

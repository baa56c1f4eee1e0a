//! Whatever resolvers answer, the report is consistent: it never says healthy where something in scope did
//! not answer as expected, names every resolver that did not, and its exit code is its conclusion's.
//!
//! Combinations are drawn from a seeded generator, so that a failure comes again. The seed and the number of
//! a failing combination are in the message.

use std::net::IpAddr;

use eks_dns_doctor::dns::{
    AnswerKind, Class, ExtendedError, Flags, Name, RData, Rcode, Record, RecordType, Section, Soa,
};
use eks_dns_doctor::facts::{
    AbsentCluster, AwsFacts, Cluster, ClusterUpdate, DhcpOptions, DnssecConfig, DomainList, DomainListDetails,
    EndpointAddress, Facts, Firewall, FirewallAssociation, FirewallGroup, FirewallRule, HostFacts, HostedZone,
    HostsEntry, Instance, Lattice, Permission, ProfileAssociation, ProfileResource, ProfileResources, Profiles, Proxy,
    ResolverEndpoint, ResolverRule, ResourceConfiguration, RuleAssociation, RuleTarget, SecurityGroup, ServiceNetwork,
    ServiceNetworkAssociation, ServiceNetworkResource, StubConfiguration, System, Vantage, VantageKind, Vpc,
    VpcAttributes, VpcEndpoint, VpcEndpoints, VpcServiceNetworks, VpcZones,
};
use eks_dns_doctor::observation::{Attempt, Lookup, Purpose, SystemCode, SystemFailure, SystemLookup, Transport};
use eks_dns_doctor::probed::Probed;
use eks_dns_doctor::render::{Format, Style, render};
use eks_dns_doctor::report::{Capture, Report, Tool, diagnose};
use eks_dns_doctor::resolvers::{Resolver, Role};
use eks_dns_doctor::rules;
use eks_dns_doctor::settings::{Asked, FailOn};
use eks_dns_doctor::target::{Scope, Target, TargetSource, View};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

#[path = "checks/consistent.rs"]
mod consistent;
use consistent::consistent;

const SEED: u64 = 0x6564_6e73;
const COMBINATIONS: usize = 4000;
const TARGET: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
const OTHER: &str = "FEDCBA9876543210FEDCBA9876543210.yl4.ap-northeast-1.eks.amazonaws.com";

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

struct Draw(StdRng);

impl Draw {
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.0.random_range(0..of.len())].clone()
    }

    fn firewall(&mut self) -> Firewall {
        let statuses = [Some("COMPLETE".to_owned()), Some("UPDATING".to_owned()), None];
        let rule = FirewallRule {
            name: Some("rule".to_owned()),
            priority: self.one(&[Some(1), Some(2), None]),
            action: self.one(&[
                Some("BLOCK".to_owned()),
                Some("ALLOW".to_owned()),
                Some("NEW".to_owned()),
            ]),
            block_response: self.one(&[Some("NXDOMAIN".to_owned()), Some("OVERRIDE".to_owned()), None]),
            domain_list_id: self.one(&[Some("rslvr-fdl-1".to_owned()), None]),
            detects: self.one(&[None, None, Some("DGA".to_owned()), Some("AutoAllowlist".to_owned())]),
            qtype: self.one(&[
                None,
                Some("A".to_owned()),
                Some("TYPE28".to_owned()),
                Some("?".to_owned()),
            ]),
            ..FirewallRule::default()
        };
        let association = FirewallAssociation {
            group_id: "rslvr-frg-1".to_owned(),
            vpc_id: self.vpc(),
            priority: self.one(&[Some(101), None]),
            status: self.one(&statuses),
            ..FirewallAssociation::default()
        };
        let group = FirewallGroup {
            id: "rslvr-frg-1".to_owned(),
            rules: self.some(&[rule], 2),
        };
        let list = DomainList {
            id: "rslvr-fdl-1".to_owned(),
            domains: self.some(
                &[
                    "*".to_owned(),
                    "*.amazonaws.com.".to_owned(),
                    "a..b".to_owned(),
                    TARGET.to_owned(),
                ],
                2,
            ),
            only_about: None,
        };
        let details = DomainListDetails {
            id: list.id.clone(),
            name: Some("blocked".to_owned()),
            managed_by: self.one(&[None, Some("Route 53 Resolver DNS Firewall".to_owned())]),
            domain_count: self.one(&[None, Some(0), Some(2)]),
            status: self.one(&[Some("COMPLETE".to_owned()), Some("IMPORTING".to_owned())]),
        };
        Firewall {
            associations: self.one(&[None, Some(vec![association])]),
            groups: self.some(&[group], 1),
            domain_lists: self.some(&[list], 1),
            list_details: self.some(&[details], 1),
            ..Firewall::default()
        }
    }

    fn profiles(&mut self) -> Profiles {
        let association = ProfileAssociation {
            profile_id: "rp-1".to_owned(),
            vpc_id: self.vpc(),
            priority: self.one(&[Some(101), None]),
            status: self.one(&[Some("COMPLETE".to_owned()), Some("UPDATING".to_owned())]),
            ..ProfileAssociation::default()
        };
        let resource = |arn: &str| ProfileResource {
            arn: arn.to_owned(),
            status: Some("COMPLETE".to_owned()),
            ..ProfileResource::default()
        };
        let all = [
            resource("arn:aws:route53:::hostedzone/Z1"),
            resource("arn:aws:route53resolver:ap-northeast-1:111122223333:resolver-rule/rr-1"),
            resource("arn:aws:route53resolver:ap-northeast-1:111122223333:firewall-rule-group/rslvr-frg-1"),
            resource("arn:aws:ec2:ap-northeast-1:111122223333:vpc-endpoint/vpce-1"),
            resource("no ARN"),
        ];
        Profiles {
            associations: self.one(&[None, Some(vec![association])]),
            resources: vec![ProfileResources {
                profile_id: "rp-1".to_owned(),
                resources: self.some(&all, 3),
            }],
        }
    }

    fn vpc_endpoints(&mut self) -> Vec<VpcEndpoints> {
        let endpoint = |kind: &str, names: Vec<String>| VpcEndpoint {
            id: "vpce-1".to_owned(),
            kind: kind.to_owned(),
            private_dns: Some(true),
            private_dns_names: names,
            service_network: (kind == "ServiceNetwork").then(|| "sn-1".to_owned()),
            resource_configuration: (kind == "Resource").then(|| "rcfg-1".to_owned()),
            ..VpcEndpoint::default()
        };
        let kind = self.one(&["Interface", "Resource", "ServiceNetwork", "?"]);
        let names = self.some(&["amazonaws.com".to_owned(), "a..b".to_owned(), "*.".to_owned()], 2);
        let mut made = endpoint(kind, names);
        made.state = self.one(&[Some("available".to_owned()), Some("failed".to_owned()), None]);
        made.private_dns_preference = self.one(&[None, Some("ALL_DOMAINS".to_owned()), Some("?".to_owned())]);
        vec![VpcEndpoints {
            vpc_id: self.vpc(),
            endpoints: vec![made],
        }]
    }

    fn lattice(&mut self) -> Lattice {
        let preferences = [
            None,
            Some("ALL_DOMAINS".to_owned()),
            Some("SPECIFIED_DOMAINS_ONLY".to_owned()),
            Some("VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS".to_owned()),
            Some("?".to_owned()),
        ];
        let statuses = [Some("ACTIVE".to_owned()), Some("CREATE_FAILED".to_owned()), None];
        let association = ServiceNetworkAssociation {
            id: Some("snva-1".to_owned()),
            service_network_id: "sn-1".to_owned(),
            status: self.one(&statuses),
            private_dns: self.one(&[None, Some(true), Some(false)]),
            private_dns_preference: self.one(&preferences),
            private_dns_specified_domains: self
                .some(&["*".to_owned(), "*.amazonaws.com".to_owned(), "a..b".to_owned()], 2),
            ..ServiceNetworkAssociation::default()
        };
        let resource = ServiceNetworkResource {
            resource_configuration_id: "rcfg-1".to_owned(),
            status: self.one(&statuses),
            private_dns: self.one(&[None, Some(true), Some(false)]),
            private_dns_name: self.one(&[None, Some("amazonaws.com".to_owned()), Some("a..b".to_owned())]),
            ..ServiceNetworkResource::default()
        };
        let configuration = ResourceConfiguration {
            id: "rcfg-1".to_owned(),
            custom_domain_name: self.one(&[None, Some(TARGET.to_owned()), Some("eks.amazonaws.com".to_owned())]),
            domain_verification: self.one(&[None, Some("VERIFIED".to_owned())]),
            ..ResourceConfiguration::default()
        };
        Lattice {
            vpcs: vec![VpcServiceNetworks {
                vpc_id: self.vpc(),
                associations: vec![association],
            }],
            networks: vec![ServiceNetwork {
                id: "sn-1".to_owned(),
                resources: self.some(&[resource], 1),
            }],
            configurations: self.some(&[configuration], 1),
        }
    }

    fn odds(&mut self, one_in: u32) -> bool {
        self.0.random_range(0..one_in) == 0
    }

    fn some<T: Clone>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let count = self.0.random_range(0..=most);
        (0..count).map(|_| self.one(of)).collect()
    }

    fn ip(&mut self) -> IpAddr {
        self.one(&[
            "192.168.131.209",
            "192.168.104.190",
            "192.168.7.7",
            "10.9.9.9",
            "100.64.1.1",
            "203.0.113.10",
            "0.0.0.0",
            "127.0.0.1",
            "146.112.61.104",
            "::",
            "64:ff9b::192.168.104.190",
            "fd00::1",
            "2600::1",
            "169.254.1.1",
        ])
        .parse()
        .expect("an address")
    }

    fn soa(&mut self) -> Option<Soa> {
        let owner = self.one(&[
            TARGET,
            "ap-northeast-1.eks.amazonaws.com",
            "amazonaws.com",
            ".",
            "rpz.corp",
        ]);
        let mname = self.one(&["ns-0.awsdns-00.com", "ns-1.awsdns-26.org", "dc1.corp.example"]);
        (!self.odds(3)).then(|| Soa {
            owner: name(owner),
            mname: name(mname),
            ttl: self.one(&[0, 30, 60, 900]),
            minimum: 60,
            section: self.one(&[Section::Authority, Section::Additional]),
        })
    }

    fn kind(&mut self) -> AnswerKind {
        self.one(&[
            AnswerKind::Answer,
            AnswerKind::Answer,
            AnswerKind::NoData,
            AnswerKind::NxDomain,
            AnswerKind::Referral,
            AnswerKind::ServFail,
            AnswerKind::Refused,
            AnswerKind::OtherRcode,
            AnswerKind::Timeout,
            AnswerKind::Unreachable,
            AnswerKind::Malformed,
            AnswerKind::Truncated,
        ])
    }

    fn lookup(&mut self, purpose: Purpose, question: &Name, qtype: RecordType, sample: u32) -> Lookup {
        let kind = self.kind();
        let transport = if purpose == Purpose::TargetTcp {
            Transport::Tcp
        } else {
            Transport::Udp
        };
        let is_address = qtype == RecordType::A || qtype == RecordType::AAAA;
        let addresses: Vec<IpAddr> = if kind == AnswerKind::Answer && is_address {
            let count = self.0.random_range(1..=3);
            (0..count)
                .map(|_| self.ip())
                .filter(|ip| ip.is_ipv4() == (qtype == RecordType::A))
                .collect()
        } else {
            Vec::new()
        };
        let kind = if kind == AnswerKind::Answer && is_address && addresses.is_empty() {
            AnswerKind::NoData
        } else {
            kind
        };
        let rcode = match kind {
            AnswerKind::Timeout | AnswerKind::Unreachable => None,
            AnswerKind::NxDomain => Some(Rcode::NXDOMAIN),
            AnswerKind::ServFail => Some(Rcode::SERVFAIL),
            AnswerKind::Refused => Some(Rcode::REFUSED),
            AnswerKind::OtherRcode => Some(self.one(&[Rcode::FORMERR, Rcode::BADVERS, Rcode(9)])),
            AnswerKind::Malformed => self.one(&[None, Some(Rcode::NOERROR)]),
            _ => Some(Rcode::NOERROR),
        };
        let codes = self.some(&[3u16, 6, 9, 15, 18, 19, 22, 23], 1);
        let ede: Vec<ExtendedError> = codes
            .into_iter()
            .filter(|_| rcode.is_some())
            .map(|code| ExtendedError::new(code, None))
            .collect();
        let attempts = (0..self.0.random_range(1..=4))
            .map(|index| {
                let attempt_kind = if index == 0 { kind } else { self.kind() };
                Attempt {
                    transport: if index == 3 { Transport::Tcp } else { transport },
                    edns: index != 2,
                    connected: index == 3 && !attempt_kind.is_silence(),
                    local: None,
                    started_ms: f64::from(index) * 10.0,
                    rtt_ms: rcode.map(|_| 2.0),
                    kind: attempt_kind,
                    reason: None,
                    rcode: (!attempt_kind.is_silence()).then_some(Rcode::NOERROR),
                    flags: None,
                    addresses: if index == 0 { addresses.clone() } else { Vec::new() },
                    ede: Vec::new(),
                    mismatched_replies: self.one(&[0, 0, 0, 1]),
                    mismatch: None,
                    conflicting_replies: self.one(&[0, 0, 0, 1]),
                }
            })
            .collect();
        let soa = if kind.is_negative() { self.soa() } else { None };
        let mut records: Vec<Record> = addresses
            .iter()
            .map(|ip| Record {
                section: Section::Answer,
                owner: question.clone(),
                rtype: qtype,
                ttl: 60,
                data: match ip {
                    IpAddr::V4(v4) => RData::A(*v4),
                    IpAddr::V6(v6) => RData::Aaaa(*v6),
                },
            })
            .collect();
        if self.odds(3) && rcode.is_some() {
            records.push(Record {
                section: Section::Authority,
                owner: name(self.one(&[TARGET, "amazonaws.com"])),
                rtype: RecordType::NS,
                ttl: 60,
                data: RData::Ns(name(self.one(&[
                    "ns-0.awsdns-00.com",
                    "ns-5.awsdns-26.net",
                    "dc1.corp",
                ]))),
            });
        }
        Lookup {
            question: question.clone(),
            qtype,
            class: Class::In,
            purpose,
            sample,
            kind,
            reason: None,
            rcode,
            flags: rcode.map(|_| Flags {
                aa: self.odds(4),
                ra: !self.odds(5),
                ..Flags::default()
            }),
            soa,
            ede,
            records,
            lame: self.odds(8),
            addresses,
            rtt_ms: rcode.map(|_| self.one(&[1.0, 40.0, 1500.0])),
            transport,
            attempts,
        }
    }

    fn lookups(&mut self, asked: &Asked) -> Vec<Lookup> {
        let target = name(TARGET);
        let mut lookups = Vec::new();
        for sample in 0..asked.samples {
            for qtype in [RecordType::A, RecordType::AAAA] {
                lookups.push(self.lookup(Purpose::Target, &target, qtype, sample));
            }
        }
        lookups.push(self.lookup(Purpose::TargetTcp, &target, RecordType::A, 0));
        if asked.controls {
            let sibling = name("5eb11e5eb11e5eb11e5eb11e5eb11e00.yl4.ap-northeast-1.eks.amazonaws.com");
            lookups.push(self.lookup(Purpose::Sibling, &sibling, RecordType::A, 0));
            let aws = name("sts.ap-northeast-1.amazonaws.com");
            lookups.push(self.lookup(Purpose::AwsControl, &aws, RecordType::A, 0));
            lookups.push(self.lookup(Purpose::Root, &Name::root(), RecordType::NS, 0));
            let zone = name("ap-northeast-1.eks.amazonaws.com");
            lookups.push(self.lookup(Purpose::EnclosingZone, &zone, RecordType::SOA, 0));
        }
        if self.odds(3) {
            lookups.push(self.lookup(Purpose::CheckingDisabled, &target, RecordType::A, 0));
        }
        if self.odds(5) {
            let suffixed = name(&format!("{TARGET}.corp.example"));
            lookups.push(self.lookup(Purpose::SearchSuffix, &suffixed, RecordType::A, 0));
        }
        lookups
    }

    fn asked(&mut self) -> Asked {
        let expect_addresses = if self.odds(3) {
            Vec::new()
        } else {
            vec![
                "192.168.131.209".parse().expect("ip"),
                "192.168.104.190".parse().expect("ip"),
            ]
        };
        Asked {
            expect_addresses,
            expect_scope: self.one(&[None, None, Some(Scope::Private), Some(Scope::Public)]),
            expect_view: self.one(&[None, None, Some(View::PrivateZone)]),
            fail_on: self.one(&[FailOn::Error, FailOn::Warning]),
            controls: !self.odds(4),
            samples: self.one(&[1, 1, 1, 3]),
            timeout_ms: 5000,
            attempts: 2,
            deadline_ms: 15000,
            ..Asked::default()
        }
    }

    fn facts(&mut self) -> Facts {
        let target = name(TARGET);
        let host = HostFacts {
            stub: (!self.odds(3)).then(|| {
                StubConfiguration::parse(
                    "/etc/resolv.conf",
                    b"nameserver 10.0.0.1\nsearch corp.example\n",
                    |_| None,
                )
            }),
            hosts: self.one(&[None, Some(Vec::new())]).or_else(|| {
                let entry = HostsEntry {
                    in_other_case: false,
                    ip: self.ip(),
                    path: "/etc/hosts".to_owned(),
                    line: 1,
                };
                self.odds(2).then(|| vec![entry])
            }),
            proxy: Some(Proxy::read(&target, |variable| {
                (variable == "HTTPS_PROXY").then(|| "proxy.example:3128".to_owned())
            }))
            .filter(|_| self.odds(3)),
            instance: self.odds(6).then(|| Instance {
                vpc_id: Some(self.vpc()).filter(|_| !self.odds(3)),
                vpc_cidrs: vec!["10.0.0.0/16".parse().expect("a network")],
                ..Instance::default()
            }),
            ..HostFacts::default()
        };
        let aws = AwsFacts {
            cluster: self.odds(4).then(|| Cluster {
                name: "shared-cluster".to_owned(),
                endpoint: self.one(&[
                    None,
                    Some(format!("https://{TARGET}")),
                    Some(format!("https://{OTHER}")),
                ]),
                status: self.one(&[None, Some("ACTIVE".to_owned()), Some("CREATING".to_owned())]),
                endpoint_public_access: self.one(&[None, Some(true), Some(false)]),
                endpoint_private_access: self.one(&[None, Some(true), Some(false)]),
                vpc_id: self.one(&[None, Some("vpc-1".to_owned()), Some("vpc-2".to_owned())]),
                ..Cluster::default()
            }),
            vpc: self.odds(3).then(|| Vpc {
                id: "vpc-1".to_owned(),
                cidrs: vec!["192.168.0.0/16".parse().expect("a network")],
                ..Vpc::default()
            }),
            vpc_attributes: self.odds(3).then(|| VpcAttributes {
                dns_support: self.one(&[None, Some(true), Some(false)]),
                dns_hostnames: self.one(&[None, Some(true), Some(false)]),
            }),
            dhcp_options: self.odds(3).then(|| DhcpOptions {
                id: self.one(&["default", "dopt-1"]).to_owned(),
                domain_name_servers: self.some(
                    &["AmazonProvidedDNS".to_owned(), "10.0.0.1".to_owned(), "x y".to_owned()],
                    3,
                ),
                domain_name: None,
            }),
            absent_cluster: self.odds(6).then(AbsentCluster::default),
            updates: self.odds(6).then(|| {
                vec![ClusterUpdate {
                    kind: Some("EndpointAccessUpdate".to_owned()),
                    status: Some("InProgress".to_owned()),
                    ..ClusterUpdate::default()
                }]
            }),
            resolver_endpoints: self.odds(3).then(|| self.endpoints()),
            security_groups: self.odds(3).then(|| self.groups()),
            resolver_rules: self.odds(3).then(|| self.rules()),
            rule_associations: self.odds(3).then(|| {
                let association = |rule: &str, vpc_id| RuleAssociation {
                    rule_id: rule.to_owned(),
                    vpc_id,
                    status: Some("COMPLETE".to_owned()),
                };
                vec![association("rr-1", self.vpc()), association("rr-2", self.vpc())]
            }),
            hosted_zones: self.odds(3).then(|| {
                let zone = HostedZone {
                    id: "Z1".to_owned(),
                    name: self.domain(),
                    owning_account: None,
                    owning_service: self.one(&[None, Some("eks.amazonaws.com".to_owned())]),
                };
                vec![VpcZones {
                    vpc_id: self.vpc(),
                    zones: vec![zone],
                }]
            }),
            firewall: self.odds(3).then(|| self.firewall()),
            profiles: self.odds(3).then(|| self.profiles()),
            vpc_endpoints: self.odds(3).then(|| self.vpc_endpoints()),
            lattice: self.odds(3).then(|| self.lattice()),
            dnssec_configs: self.odds(3).then(|| {
                vec![DnssecConfig {
                    vpc_id: self.vpc(),
                    validation: self.one(&[Some("ENABLED".to_owned()), Some("DISABLED".to_owned()), None]),
                }]
            }),
            ..AwsFacts::default()
        };
        Facts { host, aws }
    }

    fn vpc(&mut self) -> String {
        self.one(&["vpc-1", "vpc-2", "vpc-3"]).to_owned()
    }

    fn domain(&mut self) -> String {
        let own = format!("{}.", TARGET.to_lowercase());
        self.one(&[".", "amazonaws.com.", "corp.example.", "not a name"])
            .to_owned()
            .replacen("not a name", &own, usize::from(self.odds(2)))
    }

    fn endpoints(&mut self) -> Vec<ResolverEndpoint> {
        let address = |ip: &str, status: &str| EndpointAddress {
            ip: ip.parse().expect("an address"),
            status: Some(status.to_owned()),
            status_message: None,
            subnet_id: None,
        };
        let mut endpoints = Vec::new();
        for ip in ["10.0.0.1", "10.0.0.2"] {
            let status = self.one(&["ATTACHED", "ATTACHED", "DETACHING"]);
            endpoints.push(ResolverEndpoint {
                id: format!("rslvr-in-{ip}"),
                direction: self.one(&["INBOUND", "INBOUND", "INBOUND_DELEGATION"]).to_owned(),
                vpc_id: Some(self.vpc()),
                status: Some(self.one(&["OPERATIONAL", "OPERATIONAL", "DELETING"]).to_owned()),
                protocols: self.one(&[Vec::new(), vec!["DoH".to_owned()]]),
                security_group_ids: vec!["sg-1".to_owned()],
                addresses: Some(vec![address(ip, status)]),
                ..ResolverEndpoint::default()
            });
        }
        let kept = self.0.random_range(0..=endpoints.len());
        endpoints.truncate(kept);
        endpoints
    }

    fn groups(&mut self) -> Vec<SecurityGroup> {
        let permission = Permission {
            protocol: self.one(&["-1", "udp", "6", "tcp"]).to_owned(),
            from_port: self.one(&[None, Some(53), Some(443)]),
            to_port: self.one(&[None, Some(53), Some(-1)]),
            cidrs: self.one(&[
                Vec::new(),
                vec!["10.0.0.0/8".parse().expect("a network")],
                vec!["0.0.0.0/0".parse().expect("a network")],
            ]),
            ..Permission::default()
        };
        vec![SecurityGroup {
            id: "sg-1".to_owned(),
            ingress: self.one(&[Vec::new(), vec![permission]]),
            ..SecurityGroup::default()
        }]
    }

    fn rules(&mut self) -> Vec<ResolverRule> {
        let mut rules = Vec::new();
        for id in ["rr-1", "rr-2"] {
            let ip = self.one(&["10.0.0.1", "10.9.0.53", "192.168.0.10"]);
            rules.push(ResolverRule {
                id: id.to_owned(),
                domain: self.domain(),
                kind: self.one(&["FORWARD", "FORWARD", "SYSTEM", "RECURSIVE"]).to_owned(),
                targets: vec![RuleTarget {
                    ip: ip.parse().expect("an address"),
                    port: 53,
                }],
                ..ResolverRule::default()
            });
        }
        rules
    }

    fn capture(&mut self) -> Capture {
        let asked = self.asked();
        let roles = [
            Role::Local,
            Role::Local,
            Role::Os,
            Role::Vpc,
            Role::Inbound,
            Role::Custom,
            Role::Public,
        ];
        let count = self.0.random_range(1..=5);
        let mut observations: Vec<Probed> = (0..count)
            .map(|index| {
                let role = self.one(&roles);
                let system = (role == Role::Os).then(|| {
                    let failed = self.odds(2);
                    SystemLookup {
                        addresses: if failed { Vec::new() } else { vec![self.ip()] },
                        failure: failed.then(|| SystemFailure {
                            code: SystemCode::Again,
                            number: -3,
                            text: "Temporary failure in name resolution".to_owned(),
                        }),
                        rtt_ms: Some(1.0),
                    }
                });
                let address = self.one(&["127.0.0.1", "10.0.0.1", "10.0.0.2"]);
                Probed {
                    resolver: Resolver {
                        name: format!("r{index}"),
                        role,
                        also: if role == Role::Os {
                            Vec::new()
                        } else {
                            self.some(&[Role::Vpc, Role::Custom], 1)
                        },
                        in_scope: role != Role::Public && !self.odds(4),
                        address: (role != Role::Os).then(|| format!("{address}:53").parse().expect("an address")),
                        transport: (role != Role::Os).then_some(Transport::Udp),
                        tls: None,
                        known_from: "drawn".to_owned(),
                        vpc: self.one(&[None, None, Some("vpc-1".to_owned()), Some("vpc-3".to_owned())]),
                        is_elsewhere: self.odds(6),
                    },
                    lookups: if role == Role::Os {
                        Vec::new()
                    } else {
                        self.lookups(&asked)
                    },
                    system,
                    interrupted: false,
                    for_others: None,
                }
            })
            .collect();
        let interrupted = self.odds(10);
        if interrupted && let Some(last) = observations.last_mut() {
            last.interrupted = true;
            last.lookups.truncate(1);
        }
        Capture {
            tool: Tool::this(),
            taken_at: "2026-01-01T00:00:00Z".to_owned(),
            vantage: Vantage {
                name: None,
                kind: self.one(&[VantageKind::Unknown, VantageKind::ClusterVpc, VantageKind::OutsideAws]),
                system: self.one(&[None, Some(System::Linux), Some(System::Macos), Some(System::Windows)]),
            },
            target: Target {
                hostname: name(TARGET),
                cluster: None,
                region: Some("ap-northeast-1".to_owned()),
                source: TargetSource::Argument,
                port: None,
            },
            asked,
            facts: self.facts(),
            gaps: Vec::new(),
            connections: Vec::new(),
            not_waited_for: Vec::new(),
            observations,
            interrupted,
            failing_since: None,
            reasoned: false,
        }
    }
}

#[test]
fn reports_are_consistent() {
    let mut draw = Draw(StdRng::seed_from_u64(SEED));
    let mut seen: std::collections::BTreeMap<&'static str, u32> = std::collections::BTreeMap::new();
    for number in 0..COMBINATIONS {
        let capture = draw.capture();
        let report = diagnose(capture.clone());
        for finding in &report.findings {
            let rule = rules::find(&finding.rule).expect("a rule of the catalogue");
            *seen.entry(rule.name).or_default() += 1;
        }
        if let Err(fault) = consistent(&report) {
            panic!(
                "seed {SEED:#x}, combination {number}: {fault}\n{}",
                serde_json::to_string_pretty(&report).unwrap_or_default()
            );
        }
        assert_eq!(
            report,
            diagnose(report.clone().into_capture()),
            "seed {SEED:#x}, combination {number}: the capture inside gives the same report"
        );
        if number % 20 == 0 {
            renders(&report);
        }
    }
    // A draw that reaches few rules would prove little.
    assert!(seen.len() > 12, "{seen:?}");
}

fn renders(report: &Report) {
    for format in Format::VARIANTS {
        let style = Style {
            color: false,
            ascii: true,
            width: 80,
            verbose: true,
            ..Style::default()
        };
        let mut text = String::new();
        render(report, *format, &style, &mut text).expect("a String takes all");
        assert!(!text.is_empty());
    }
}

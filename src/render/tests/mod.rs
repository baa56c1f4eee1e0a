//! Reports, and what the formats make of them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod layout;
mod safe;
mod said;

use std::net::IpAddr;

use unicode_width::UnicodeWidthStr;

use super::*;
use crate::dns::{AnswerKind, ExtendedError, Flags, Mismatch, Name, RData, Rcode, Record, RecordType, Section, Soa};
use crate::expect::ExpectedSource;
use crate::facts::{Facts, Gap, Vantage};
use crate::observation::{Attempt, Lookup, NetworkFailure, Reason, SystemCode, SystemFailure, SystemLookup};
use crate::observation::{Purpose, Transport};
use crate::report::{Capture, Conclusion, Tool, diagnose};
use crate::resolvers::{Resolver, Role};
use crate::rules::{Confidence, Evidence, Finding, NotEvaluated, Remedy, Severity};
use crate::settings::Asked;
use crate::target::{Target, TargetSource, View};

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
const PRIVATE: [&str; 2] = ["192.168.104.190", "192.168.131.209"];

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn lookup(qtype: RecordType, kind: AnswerKind, addresses: &[&str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
    let records = addresses.iter().map(|ip| Record {
        section: Section::Answer,
        owner: name(HOST),
        rtype: qtype,
        ttl: 60,
        data: match ip {
            IpAddr::V4(v4) => RData::A(*v4),
            IpAddr::V6(v6) => RData::Aaaa(*v6),
        },
    });
    let rcode = match kind {
        AnswerKind::Timeout | AnswerKind::Unreachable => None,
        AnswerKind::NxDomain => Some(Rcode::NXDOMAIN),
        AnswerKind::ServFail => Some(Rcode::SERVFAIL),
        _ => Some(Rcode::NOERROR),
    };
    let rtt_ms = rcode.map(|_| 12.0);
    Lookup {
        question: name(HOST),
        qtype,
        class: crate::dns::Class::In,
        purpose: Purpose::Target,
        sample: 0,
        kind,
        reason: (kind == AnswerKind::Unreachable).then_some(Reason::Network {
            failure: NetworkFailure::Other {
                said: "connection refused".to_owned(),
            },
        }),
        rcode,
        flags: rcode.map(|_| Flags {
            rd: true,
            ra: true,
            ..Flags::default()
        }),
        soa: None,
        ede: Vec::new(),
        records: records.collect(),
        lame: false,
        addresses: addresses.clone(),
        rtt_ms,
        transport: Transport::Udp,
        attempts: vec![Attempt {
            transport: Transport::Udp,
            edns: true,
            connected: false,
            local: None,
            started_ms: 0.0,
            rtt_ms,
            kind,
            reason: None,
            rcode,
            flags: None,
            addresses,
            ede: Vec::new(),
            mismatched_replies: 0,
            mismatch: None,
            conflicting_replies: 0,
        }],
    }
}

fn soa(owner: &str, mname: &str) -> Soa {
    Soa {
        owner: name(owner),
        mname: name(mname),
        ttl: 900,
        minimum: 86400,
        section: Section::Authority,
    }
}

fn resolver(label: &str, role: Role, address: &str, lookups: Vec<Lookup>) -> Probed {
    Probed {
        resolver: Resolver {
            name: label.to_owned(),
            role,
            also: Vec::new(),
            in_scope: role != Role::Public,
            address: Some(address.parse().unwrap()),
            transport: Some(Transport::Udp),
            tls: None,
            known_from: "test".to_owned(),
            vpc: None,
            is_elsewhere: false,
        },
        lookups,
        system: None,
        interrupted: false,
        for_others: None,
    }
}

fn negative(kind: AnswerKind, owner: &str, mname: &str) -> Vec<Lookup> {
    [RecordType::A, RecordType::AAAA]
        .map(|qtype| Lookup {
            soa: Some(soa(owner, mname)),
            ..lookup(qtype, kind, &[])
        })
        .to_vec()
}

fn nxdomain() -> Vec<Lookup> {
    negative(
        AnswerKind::NxDomain,
        "ap-northeast-1.eks.amazonaws.com",
        "ns-1234.awsdns-26.org",
    )
}

fn answer(addresses: &[&str]) -> Vec<Lookup> {
    let mut aaaa = lookup(RecordType::AAAA, AnswerKind::NoData, &[]);
    aaaa.soa = Some(soa(HOST, "ns-1536.awsdns-00.co.uk"));
    vec![lookup(RecordType::A, AnswerKind::Answer, addresses), aaaa]
}

fn capture(observations: Vec<Probed>) -> Capture {
    Capture {
        tool: Tool {
            name: "eks-dns-doctor".to_owned(),
            version: "0.1.0".to_owned(),
        },
        taken_at: "2026-11-23T08:00:00Z".to_owned(),
        vantage: Vantage {
            name: Some("laptop".to_owned()),
            kind: crate::facts::VantageKind::Unknown,
            system: None,
        },
        target: Target {
            hostname: name(HOST),
            cluster: Some("shared-cluster".to_owned()),
            region: Some("ap-northeast-1".to_owned()),
            source: TargetSource::Argument,
            port: None,
        },
        asked: Asked {
            expect_addresses: PRIVATE.iter().map(|ip| ip.parse().unwrap()).collect(),
            controls: true,
            samples: 1,
            timeout_ms: 5000,
            attempts: 2,
            deadline_ms: 15000,
            ..Asked::default()
        },
        facts: Facts::default(),
        gaps: Vec::new(),
        connections: Vec::new(),
        not_waited_for: Vec::new(),
        observations,
        interrupted: false,
        failing_since: None,
        reasoned: false,
    }
}

/// The well-known case: the laptop's resolver does not forward.
fn article() -> Capture {
    capture(vec![
        resolver("local", Role::Local, "10.63.200.10:53", nxdomain()),
        resolver("vpc", Role::Vpc, "192.168.0.2:53", answer(&PRIVATE)),
        resolver("inbound-1", Role::Inbound, "192.168.10.10:53", answer(&PRIVATE)),
        resolver("inbound-2", Role::Inbound, "192.168.20.10:53", answer(&PRIVATE)),
    ])
}

fn finding(rule: &str, severity: Severity, resolvers: &[&str]) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        confidence: Confidence::High,
        summary: format!("the summary of {rule}"),
        explanation: format!("The explanation of {rule}."),
        caused_by: None,
        resolvers: resolvers.iter().map(|name| (*name).to_owned()).collect(),
        evidence: vec![Evidence::fact(format!("the evidence of {rule}"))],
        remedies: vec![Remedy::new(format!("the remedy of {rule}"), ["command"])],
        references: Vec::new(),
    }
}

fn rendered(report: &Report, format: Format, style: &Style) -> String {
    let mut out = String::new();
    render(report, format, style, &mut out).unwrap();
    out
}

fn shown(report: &Report, format: Format) -> String {
    rendered(report, format, &Style::default())
}

fn verbose() -> Style {
    Style {
        verbose: true,
        ..Style::default()
    }
}

/// The errors of a diagnosis, and nothing of what the catalogue says beside them: a rule that is added must
/// not change what is rendered here.
fn held_still(mut report: Report) -> Report {
    report.findings.retain(|finding| finding.severity == Severity::Error);
    report.not_evaluated.clear();
    report
}

/// Reports of many shapes: every conclusion, every kind of row, samples, an interruption.
fn reports() -> Vec<(&'static str, Report)> {
    let mut healthy = article();
    healthy.observations.remove(0);
    let mut unknown = healthy.clone();
    unknown.asked.expect_addresses.clear();
    let mut unshown = unknown.clone();
    unshown.asked.expect_view = Some(View::PrivateZone);
    for probed in &mut unshown.observations {
        probed.lookups.truncate(1);
    }
    let mut out_of_scope = healthy.clone();
    for probed in &mut out_of_scope.observations {
        probed.resolver.in_scope = false;
    }
    let mut degraded = held_still(diagnose(healthy.clone()));
    degraded.conclusion = Conclusion::Degraded;
    degraded
        .findings
        .push(finding("tcp-blocked", Severity::Warning, &["vpc"]));

    let mut mixed = article();
    mixed.interrupted = true;
    mixed
        .gaps
        .push(Gap::here("hosts file", "/etc/hosts", "Permission denied (os error 13)"));
    let mut os = resolver("os", Role::Os, "10.0.0.9:53", Vec::new());
    os.resolver.address = None;
    os.resolver.transport = None;
    os.system = Some(SystemLookup {
        addresses: Vec::new(),
        failure: Some(SystemFailure {
            code: SystemCode::NoName,
            number: -2,
            text: "Name or service not known".to_owned(),
        }),
        rtt_ms: Some(1234.0),
    });
    let refused = vec![lookup(RecordType::A, AnswerKind::Unreachable, &[])];
    let long = "[2001:db8:1234:5678:9abc:def0:1234:5678]:5353";
    let mut over_tcp = resolver("over-tcp", Role::Custom, long, refused);
    over_tcp.resolver.transport = Some(Transport::Tcp);
    let mut unstable = resolver("unstable", Role::Custom, "10.0.0.1:53", Vec::new());
    for sample in 0..10 {
        let mut lookup = match sample % 3 {
            0 => nxdomain().remove(0),
            1 => answer(&PRIVATE).remove(0),
            _ => lookup(RecordType::A, AnswerKind::Timeout, &[]),
        };
        lookup.sample = sample;
        lookup.rtt_ms = lookup.rtt_ms.map(|rtt| rtt + f64::from(sample));
        unstable.lookups.push(lookup);
    }
    let half_right = answer(&["203.0.113.1", PRIVATE[0]]);
    let mut half_right = resolver("half-right", Role::Custom, "10.0.0.3:53", half_right);
    half_right.resolver.also.push(Role::Vpc);
    let mut filtered = resolver("filtered", Role::Custom, "10.0.0.5:53", Vec::new());
    filtered.lookups = vec![Lookup {
        ede: vec![ExtendedError::new(15, Some("rebind".to_owned()))],
        ..lookup(RecordType::A, AnswerKind::NoData, &[])
    }];
    let control = resolver("public-1", Role::Public, "192.0.2.1:53", nxdomain());
    let mut unfinished = resolver("unfinished", Role::Custom, "10.0.0.4:53", Vec::new());
    unfinished.interrupted = true;
    mixed
        .observations
        .extend([os, over_tcp, unstable, half_right, filtered, control, unfinished]);
    let mut mixed = held_still(diagnose(mixed));
    mixed.findings.push(Finding {
        caused_by: Some("no-forwarding".to_owned()),
        ..finding("not-in-public-dns", Severity::Info, &["local"])
    });
    mixed.findings.push(finding("tcp-blocked", Severity::Warning, &["vpc"]));
    mixed.not_evaluated = ["a", "b", "c", "d", "e"]
        .map(|rule| NotEvaluated {
            rule: format!("rule-{rule}"),
            missing: vec!["the cluster (eks:DescribeCluster)".to_owned()],
        })
        .to_vec();
    vec![
        ("broken", held_still(diagnose(article()))),
        ("healthy", held_still(diagnose(healthy))),
        ("unknown", held_still(diagnose(unknown))),
        ("unshown", held_still(diagnose(unshown))),
        ("out of scope", held_still(diagnose(out_of_scope))),
        ("degraded", degraded),
        ("mixed", mixed),
    ]
}

fn report(wanted: &str) -> Report {
    let (_, report) = reports().into_iter().find(|(name, _)| *name == wanted).unwrap();
    report
}

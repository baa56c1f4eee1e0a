#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

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

#[test]
fn formats_have_names() {
    for format in Format::VARIANTS {
        assert_eq!(format.as_str().parse(), Ok(*format));
    }
    let error = "yaml\u{1b}".parse::<Format>().unwrap_err().to_string();
    assert_eq!(
        error,
        "\"yaml\\u{1b}\" is not a format: write table, short, json, jsonl, markdown, openmetrics, junit, nagios or html"
    );
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

#[test]
fn little_is_said_where_all_is_well() {
    let mut report = report("healthy");
    let text = "\
✓ healthy: every resolver in scope answers as expected

  0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com
  expected 192.168.104.190, 192.168.131.209 (--expect)

  RESOLVER   ADDRESS           ANSWER                            TIME   VERDICT
  vpc        192.168.0.2:53    192.168.104.190, 192.168.131.209  12 ms  ✓ match
  inbound-1  192.168.10.10:53  192.168.104.190, 192.168.131.209  12 ms  ✓ match
  inbound-2  192.168.20.10:53  192.168.104.190, 192.168.131.209  12 ms  ✓ match
";
    assert_eq!(shown(&report, Format::Table), text);
    report.not_evaluated = ["rule-a", "rule-b"]
        .map(|rule| NotEvaluated {
            rule: rule.to_owned(),
            missing: vec!["the hosts file".to_owned()],
        })
        .to_vec();
    assert_eq!(
        shown(&report, Format::Table),
        format!("{text}\n  Not checked: hosts file (2 findings need them). -v lists them.\n")
    );
    assert_eq!(
        shown(&report, Format::Short),
        "healthy: every resolver in scope answers as expected [exit 0]\n"
    );
}

#[test]
fn verdict_cause_evidence_fix() {
    let shown = shown(&report("broken"), Format::Table);
    let beginning = "\
✗ broken: local (10.63.200.10) does not forward this name to the VPC, so clients
  there print \"no such host\"   (no-forwarding, medium)

  0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com
  expected 192.168.104.190, 192.168.131.209 (--expect)

  laptop → local 10.63.200.10 → public DNS: NXDOMAIN ✗
  VPC → vpc 192.168.0.2 → private zone ✓
  laptop → inbound-1 192.168.10.10, inbound-2 192.168.20.10 → private zone ✓

  RESOLVER   ADDRESS           ANSWER                      TIME   VERDICT
  local      10.63.200.10:53   NXDOMAIN (AWS public zone)  12 ms  ✗ nxdomain
  vpc        192.168.0.2:53    the 2 expected addresses    12 ms  ✓ match
  inbound-1  192.168.10.10:53  the 2 expected addresses    12 ms  ✓ match
  inbound-2  192.168.20.10:53  the 2 expected addresses    12 ms  ✓ match

  Why      vpc (192.168.0.2), inbound-1 (192.168.10.10) and inbound-2
           (192.168.20.10) give the private addresses, and local (10.63.200.10)
";
    assert!(shown.starts_with(beginning), "{shown}");
    let fix = "
  Fix      Forward the endpoint's own name to the inbound endpoints

    # BIND (named.conf)
    zone \"0123456789abcdef0123456789abcdef.yl4.ap-northeast-1.eks.amazonaws.com\" {
        type forward;
";
    assert!(shown.contains(fix), "{shown}");
    let end = "
           (--fix prints the lines for unbound, dnsmasq, pdns, windows, coredns,
           systemd-resolved; -v: 3 more steps)

  kubectl  Unable to connect to the server: dial tcp: lookup
           0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com
           on 10.63.200.10:53: no such host
";
    assert!(shown.ends_with(end), "{shown}");
    assert!(!shown.contains("dig +tcp"), "{shown}");
}

#[test]
fn one_line_for_a_runbook() {
    for (name, line) in [
        (
            "broken",
            "broken: local (10.63.200.10) does not forward this name to the VPC, so clients there print \
             \"no such host\" (no-forwarding, medium) [exit 1]\n",
        ),
        (
            "degraded",
            "degraded: the summary of tcp-blocked (tcp-blocked, high) [exit 0]\n",
        ),
        (
            "unknown",
            "inconclusive: vpc, inbound-1 and inbound-2 give addresses, and there is nothing to compare them \
             with: say with --expect what they should be [exit 3]\n",
        ),
        (
            "unshown",
            "inconclusive: nothing in the replies of vpc, inbound-1 and inbound-2 shows the view that \
             --expect-view asks for [exit 3]\n",
        ),
        (
            "out of scope",
            "inconclusive: nothing in scope: none of the resolvers that were asked decides [exit 3]\n",
        ),
    ] {
        assert_eq!(shown(&report(name), Format::Short), line);
    }
    let interrupted = shown(&report("mixed"), Format::Short);
    assert!(
        interrupted.ends_with(
            "(no-forwarding, high), interrupted; samples: unstable 10: 30% match, 40% nxdomain, 30% timeout, min 12 \
             ms, \
             median 16 ms, max 21 ms, 30% lost [exit 130]\n"
        ),
        "{interrupted}"
    );
}

#[test]
fn addresses_in_the_networks_of_the_vpc_decide_nothing() {
    let mut capture = article();
    capture.observations.remove(0);
    capture.asked.expect_addresses.clear();
    capture.facts.aws.vpc = Some(crate::facts::Vpc {
        id: "vpc-1".to_owned(),
        cidrs: vec!["192.168.0.0/16".parse().unwrap()],
        ..crate::facts::Vpc::default()
    });
    let shown = shown(&diagnose(capture), Format::Table);
    assert!(
        shown.starts_with(
            "? inconclusive: vpc, inbound-1 and inbound-2 give addresses in the VPC's\n  networks, and which"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("\n  expected addresses in 192.168.0.0/16 (the networks of vpc-1)\n"),
        "{shown}"
    );
    assert!(shown.contains("192.168.104.190 (in-vpc)"), "{shown}");
}

#[test]
fn every_kind_of_row() {
    let shown = shown(&report("mixed"), Format::Table);
    for line in [
        "  os          getaddrinfo            EAI_NONAME (Name or    1.2 s  ✗ failed",
        "  over-tcp    tcp://[2001:db8:1234:  unreachable            -      ✗ unreachable",
        "  (also vpc)                         203.0.113.1 (public)",
        "  vpc         192.168.0.2:53         the 2 expected         12 ms  ! match",
        "  public-1    192.0.2.1:53           NXDOMAIN (AWS public   12 ms    nxdomain",
        "  unfinished  10.0.0.4:53            not done               -      ? interrupted",
        "  Interrupted: this is what was known by then; not done with unfinished",
        "  unstable: 10 samples: 40% NXDOMAIN (SOA ap-northeast-1.eks.amazonaws.com); 30%",
        "  Follows from this:",
        "    i not-in-public-dns: the summary of not-in-public-dns",
        "  Other findings:",
        "    ! tcp-blocked: the summary of tcp-blocked",
        "  Not checked: hosts file, what AWS says (5 findings need them). --facts would",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    assert!(shown.contains("NODATA (no SOA, EDE"), "{shown}");
    assert!(
        shown.contains("Min 12 ms, median 16 ms, max\n  21 ms; 30% lost"),
        "{shown}"
    );
}

#[test]
fn everything_is_shown_where_it_is_asked_for() {
    let shown = rendered(&report("mixed"), Format::Table, &verbose());
    for part in [
        "  asked from laptop, 2026-11-23T08:00:00Z, eks-dns-doctor 0.1.0",
        "  cluster shared-cluster, Region ap-northeast-1, named by argument",
        "  Seen     - local: A: NXDOMAIN, SOA ap-northeast-1.eks.amazonaws.com",
        "    dig +tcp @192.168.10.10 ",
        "  Read     - https://docs.aws.amazon.com/eks/",
        "  glibc    Name or service not known",
        "      The explanation of tcp-blocked.",
        "      seen: the evidence of tcp-blocked",
        "      command",
        " rule-d,\n    rule-e\n",
        "    role local, known from test, view public",
        "      TTL 60, flags rd ra",
        "      udp at 0.0 ms: NXDOMAIN after 12 ms",
        "EDE 15 (Blocked): rebind",
        "    A (sample 10): NXDOMAIN",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    assert!(!shown.contains("(-v shows"), "{shown}");
}

#[test]
fn a_finding_is_shown_once_below_its_cause() {
    let mut report = report("broken");
    let caused_by = |cause: &str, mut finding: Finding| {
        finding.caused_by = Some(cause.to_owned());
        finding
    };
    report.findings.extend([
        finding("second", Severity::Error, &["vpc"]),
        caused_by("second", finding("third", Severity::Warning, &["vpc"])),
        caused_by("third", finding("fourth", Severity::Info, &[])),
        caused_by("no-forwarding", finding("fifth", Severity::Info, &["local"])),
        caused_by("nobody", finding("sixth", Severity::Info, &[])),
        caused_by("eighth", finding("seventh", Severity::Info, &[])),
        caused_by("seventh", finding("eighth", Severity::Info, &[])),
    ]);
    let shown = shown(&report, Format::Table);
    let tree = "
  Follows from this:
    i fifth: the summary of fifth

  Other findings:
    ✗ second: the summary of second
      ! third: the summary of third
    and 4 more (-v)
";
    assert!(shown.contains(tree), "{shown}");
    let all = rendered(&report, Format::Table, &verbose());
    for summary in ["fourth", "sixth", "seventh", "eighth"] {
        let line = format!("{summary}: the summary of {summary}");
        assert_eq!(all.matches(&line).count(), 1, "{line}\n{all}");
    }
}

#[test]
fn a_warning_of_an_inconclusive_run_keeps_its_fix() {
    let mut report = report("unknown");
    report
        .findings
        .push(finding("cluster-transitioning", Severity::Warning, &[]));
    let shown = shown(&report, Format::Table);
    let end = "
  ! the summary of cluster-transitioning (cluster-transitioning, high)
  Why      The explanation of cluster-transitioning.
  Fix      the remedy of cluster-transitioning

    command
";
    assert!(shown.starts_with("? inconclusive: vpc"), "{shown}");
    assert!(shown.ends_with(end), "{shown}");
}

#[test]
fn a_race_shows_both_messages() {
    let mut capture = article();
    capture.observations[0].lookups = vec![
        lookup(RecordType::A, AnswerKind::ServFail, &[]),
        lookup(RecordType::AAAA, AnswerKind::NoData, &[]),
    ];
    let report = diagnose(capture);
    let table = shown(&report, Format::Table);
    assert!(
        table.contains("10.63.200.10:53: server misbehaving\n    or     Unable"),
        "{table}"
    );
    let markdown = shown(&report, Format::Markdown);
    assert!(markdown.contains("server misbehaving\nor\nUnable"), "{markdown}");
}

/// No line is wider than the terminal but commands, and words that cannot be broken.
#[test]
fn it_fits_eighty_columns() {
    for (name, report) in reports() {
        let commands: Vec<String> = report
            .findings
            .iter()
            .flat_map(|finding| &finding.remedies)
            .flat_map(|remedy| &remedy.commands)
            .flat_map(|command| command.lines())
            .map(|line| line.trim().replace('…', "..."))
            .collect();
        for style in [
            Style::default(),
            verbose(),
            Style {
                ascii: true,
                ..verbose()
            },
        ] {
            for line in rendered(&report, Format::Table, &style).lines() {
                assert_eq!(line, line.trim_end(), "{name}");
                assert!(
                    line.width() <= 80
                        || commands.contains(&line.trim().replace('…', "..."))
                        || !line
                            .trim()
                            .trim_start_matches("Read")
                            .trim_start()
                            .trim_start_matches("- ")
                            .contains(' '),
                    "{name}: {line}"
                );
            }
        }
    }
}

#[test]
fn any_width_will_do() {
    for (_, report) in reports() {
        for width in [0, 1, 39, 40, 60, 79, 120, 100_000] {
            let style = Style { width, ..verbose() };
            let shown = rendered(&report, Format::Table, &style);
            assert!(shown.contains("VERDICT"), "{shown}");
            assert!(!shown.contains("\n\n\n") && !shown.ends_with("\n\n"), "{shown}");
        }
    }
}

#[test]
fn no_size_is_too_large() {
    let mut capture = article();
    for (probed, with) in capture.observations.iter_mut().zip(["x", "\u{301}", "x ", "日"]) {
        let long = with.repeat(10_000);
        probed.resolver.name.push_str(&long);
        for lookup in &mut probed.lookups {
            lookup.reason = Some(Reason::InWords(long.clone()));
            lookup.kind = AnswerKind::Malformed;
            lookup.addresses.clear();
            lookup.rtt_ms = Some(f64::MAX);
            lookup.attempts[0].started_ms = f64::NEG_INFINITY;
        }
    }
    let report = diagnose(capture);
    for format in Format::VARIANTS {
        for width in [40, 80] {
            let style = Style { width, ..verbose() };
            assert!(!rendered(&report, *format, &style).is_empty());
        }
    }
}

#[test]
fn ascii_is_ascii() {
    for (_, report) in reports() {
        for format in [Format::Table, Format::Short, Format::Markdown] {
            let style = Style {
                ascii: true,
                ..verbose()
            };
            let shown = rendered(&report, format, &style);
            assert!(shown.is_ascii(), "{shown}");
        }
    }
    let style = Style {
        ascii: true,
        ..Style::default()
    };
    let shown = rendered(&report("broken"), Format::Table, &style);
    assert!(shown.starts_with("FAIL broken: "), "{shown}");
    assert!(
        shown.contains("FAIL nxdomain\n") && shown.contains("ok   match\n"),
        "{shown}"
    );
}

/// The text without the escape sequences that colours are made of.
fn uncoloured(text: &str) -> String {
    ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[1;31m", "\u{1b}[1;32m", "\u{1b}[1;33m"]
        .iter()
        .fold(text.to_owned(), |text, code| text.replace(code, ""))
}

#[test]
fn colours_change_nothing_else() {
    for (_, report) in reports() {
        for format in Format::VARIANTS {
            for plain in [Style::default(), verbose()] {
                let color = Style {
                    color: true,
                    ..plain.clone()
                };
                let (plain, color) = (rendered(&report, *format, &plain), rendered(&report, *format, &color));
                assert_eq!(uncoloured(&color), plain);
                let coloured = matches!(format, Format::Table | Format::Short);
                assert_eq!(color != plain, coloured, "{format}");
            }
        }
    }
    let style = Style {
        color: true,
        ..Style::default()
    };
    let shown = rendered(&report("broken"), Format::Table, &style);
    assert!(shown.starts_with("\u{1b}[1;31m✗ broken:\u{1b}[0m local"), "{shown}");
    assert!(shown.contains("12 ms  \u{1b}[1;31m✗ nxdomain\u{1b}[0m\n"), "{shown}");
    assert!(shown.contains("12 ms  \u{1b}[1;32m✓ match\u{1b}[0m\n"), "{shown}");
}

#[test]
fn a_comment_on_a_ticket() {
    let shown = shown(&report("mixed"), Format::Markdown);
    for part in [
        "### ✗ broken: local (10.63.200.10) does not",
        "\n- Finding: no-forwarding, high\n",
        "\n- Expected: 192.168.104.190, 192.168.131.209 (--expect)\n",
        "\n- Asked from: laptop, 2026-11-23T08:00:00Z, eks-dns-doctor 0.1.0\n- Exit code: 130\n",
        "\n\n| Resolver | Address | Answer | Time | Verdict |\n|---|---|---|---|---|\n| `local` | ",
        "\n| `half-right` (also vpc) | `10.0.0.3:53` | `192.168.104.190, 203.0.113.1 (public)` | 12 ms | ✗ partial |\n",
        "\n\n**Fix:** Forward the endpoint's own name to the inbound endpoints\n\n```\n# BIND",
        "\n```mermaid\nflowchart LR\n    s0[\"laptop\"] --> r0[\"local 10.63.200.10\"]",
        "\n<details>\n<summary>Everything else</summary>\n",
        "\n```\n# Unbound",
        "\n\n**kubectl** here prints:\n\n```\nUnable to connect",
        "\n\n**Follows from this**\n\n- i `not-in-public-dns`: the summary of not-in-public-dns\n",
        "\n- ! `tcp-blocked`: the summary of tcp-blocked\n",
        "\n\n**Not checked:** hosts file, what AWS says (5 findings need them).",
        "\n\n**Not checked, in full:**\n\n- hosts file (/etc/hosts): Permission denied (os error 13)\n",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}

#[test]
fn the_document_is_read_back() {
    for (name, report) in reports() {
        let document = shown(&report, Format::Json);
        assert!(document.ends_with("\n}\n"), "{name}");
        assert_eq!(serde_json::from_str::<Report>(&document).unwrap(), report, "{name}");
        let line = shown(&report, Format::Jsonl);
        assert_eq!(line.matches('\n').count(), 1, "{name}");
        assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report, "{name}");
    }
}

#[test]
fn progress_is_one_line() {
    let capture = article();
    let line = row_line(&capture.observations[0]);
    assert_eq!(
        line,
        "local 10.63.200.10:53  NXDOMAIN (SOA ap-northeast-1.eks.amazonaws.com)  12 ms"
    );
    let line = row_line(&capture.observations[1]);
    assert_eq!(line, "vpc 192.168.0.2:53  192.168.104.190, 192.168.131.209  12 ms");
    let report = report("mixed");
    let lines: Vec<String> = report.resolvers[4..6]
        .iter()
        .map(|resolver| row_line(&resolver.probed))
        .collect();
    assert_eq!(
        lines,
        [
            "os (getaddrinfo)  EAI_NONAME (Name or service not known)  1.2 s",
            "over-tcp tcp://[2001:db8:1234:5678:9abc:def0:1234:5678]:5353  unreachable (connection refused)",
        ]
    );
    let hostile = hostile_report();
    let line = row_line(&hostile.resolvers[0].probed);
    assert_safe(&line, false);
}

/// Everything that could harm a terminal, a table or a ticket.
fn hostile() -> String {
    let mut text: String = ('\0'..='\u{ff}').collect();
    text.extend('\u{202a}'..='\u{202e}');
    text.extend('\u{2066}'..='\u{2069}');
    text.extend('\u{200b}'..='\u{200f}');
    text.push_str("\u{61c}\u{2060}\u{feff}\u{2028}\u{2029}\u{e0001}\u{e0041}\u{e007f}");
    text.push_str("\u{1b}[31m\u{1b}]0;x\u{7}\u{9b}2J");
    text.push_str("\n# h\n- l\n1. l\n~~~\n```\n````` \n| a | b |\n|---|---|\n<script>&lt;[x](y)![z](w)**_\\|\\`");
    text
}

fn hostile_report() -> Report {
    let hostile = hostile();
    let mut capture = article();
    capture.vantage.name = Some(hostile.clone());
    capture.target.cluster = Some(hostile.clone());
    capture.target.region = Some(hostile.clone());
    capture.tool.version.clone_from(&hostile);
    capture.taken_at.clone_from(&hostile);
    capture
        .gaps
        .push(Gap::here(hostile.clone(), hostile.clone(), hostile.clone()));
    for probed in &mut capture.observations {
        probed.resolver.name.push_str(&hostile);
        probed.resolver.known_from.clone_from(&hostile);
        for lookup in &mut probed.lookups {
            lookup.reason = Some(Reason::InWords(hostile.clone()));
            lookup.ede = vec![
                ExtendedError::new(15, Some(hostile.clone())),
                ExtendedError {
                    code: 4711,
                    name: Some(hostile.clone()),
                    text: Some(hostile.clone()),
                },
            ];
            lookup.records.push(Record {
                section: Section::Answer,
                owner: Name::from_labels([b"a\x1b\x9b|`".as_slice()]).unwrap(),
                rtype: RecordType::TXT,
                ttl: 1,
                data: RData::Other(hostile.clone()),
            });
            for attempt in &mut lookup.attempts {
                attempt.reason = Some(Reason::InWords(hostile.clone()));
                attempt.mismatched_replies = 1;
                attempt.mismatch = Some(Mismatch::InWords(hostile.clone()));
                attempt.ede = vec![ExtendedError::new(0, Some(hostile.clone()))];
            }
        }
    }
    let mut os = resolver(&hostile, Role::Os, "10.0.0.9:53", Vec::new());
    os.resolver.address = None;
    os.resolver.transport = None;
    os.system = Some(SystemLookup {
        addresses: Vec::new(),
        failure: Some(SystemFailure {
            code: SystemCode::Fail,
            number: -1,
            text: hostile.clone(),
        }),
        rtt_ms: None,
    });
    capture.observations.push(os);
    let mut report = diagnose(capture);
    report.expected.source = ExpectedSource::InWords(hostile.clone());
    let evil = Finding {
        rule: hostile.clone(),
        severity: Severity::Error,
        confidence: Confidence::Low,
        summary: hostile.clone(),
        explanation: hostile.clone(),
        caused_by: Some(hostile.clone()),
        resolvers: vec![hostile.clone()],
        evidence: vec![Evidence::of(&hostile, hostile.clone())],
        remedies: vec![Remedy::new(hostile.clone(), [hostile.clone(), "x".to_owned()])],
        references: vec![hostile.clone(), format!("https://{hostile}")],
    };
    report.findings.insert(0, evil.clone());
    report.findings.push(evil);
    report.not_evaluated.push(NotEvaluated {
        rule: hostile.clone(),
        missing: vec![hostile.clone()],
    });
    for client in &mut report.clients {
        client.messages.push(hostile.clone());
    }
    report
}

/// Holds that nothing but line feeds, where those are ours, moves or hides anything. Written out, and not by
/// way of the function that is tested.
fn assert_safe(text: &str, lines: bool) {
    for c in text.chars() {
        let harmless = c == '\n' && lines;
        let bad = matches!(c,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        assert!(!bad || harmless, "U+{:04X} in {text}", u32::from(c));
    }
}

#[test]
fn nothing_from_outside_reaches_the_terminal_raw() {
    let report = hostile_report();
    for format in Format::VARIANTS {
        for style in [Style::default(), verbose()] {
            let shown = rendered(&report, *format, &style);
            assert_safe(&shown, true);
            let color = Style {
                color: true,
                ..style.clone()
            };
            assert_safe(&uncoloured(&rendered(&report, *format, &color)), true);
            let ascii = Style { ascii: true, ..style };
            if !matches!(format, Format::Json | Format::Jsonl) {
                assert!(rendered(&report, *format, &ascii).is_ascii());
            }
        }
    }
    assert_eq!(shown(&report, Format::Short).lines().count(), 1);
    let shown = rendered(&report, Format::Table, &verbose());
    assert!(shown.contains("\\u{9b}") && shown.contains("\\u{202e}"), "{shown}");
}

#[test]
fn a_hostile_document_loses_nothing() {
    let report = hostile_report();
    let document = shown(&report, Format::Json);
    assert!(document.contains("\\u009b") && document.contains("\\udb40\\udc41"));
    assert_eq!(serde_json::from_str::<Report>(&document).unwrap(), report);
}

/// The lines of a comment outside code blocks, as CommonMark reads them.
fn outside_blocks(markdown: &str) -> Vec<&str> {
    let mut fence: Option<String> = None;
    let mut outside = Vec::new();
    for line in markdown.lines() {
        let trimmed = line.trim_start();
        let ticks = trimmed.len() - trimmed.trim_start_matches('`').len();
        if let Some(open) = &fence {
            if ticks >= open.len() && trimmed.trim_end().len() == ticks {
                assert_eq!(ticks, open.len(), "only our own fence closes the block: {line}");
                fence = None;
            }
            continue;
        }
        if ticks >= 3 && !trimmed[ticks..].contains('`') {
            fence = Some("`".repeat(ticks));
            continue;
        }
        outside.push(line);
    }
    assert_eq!(fence, None, "every block is closed");
    outside
}

/// A line outside code blocks, with `CODE` for each code span.
fn outside_spans(line: &str) -> String {
    let mut rest = line;
    let mut text = String::new();
    while let Some(at) = rest.find('`') {
        text.push_str(&rest[..at]);
        let span = &rest[at..];
        let ticks = span.len() - span.trim_start_matches('`').len();
        let mut inside = &span[ticks..];
        loop {
            // Every run of backticks opens a span that ends on its line.
            let run = &inside[inside.find('`').unwrap()..];
            let length = run.len() - run.trim_start_matches('`').len();
            inside = &run[length..];
            if length == ticks {
                break;
            }
        }
        text.push_str("CODE");
        rest = inside;
    }
    text.push_str(rest);
    text
}

#[test]
fn nothing_breaks_out_of_a_comment() {
    let plain = report("broken");
    let hostile = hostile_report();
    let rows = |report: &Report| {
        let markdown = shown(report, Format::Markdown);
        let rows = outside_blocks(&markdown).into_iter();
        rows.filter(|line| line.starts_with('|'))
            .map(|row| row.matches('|').count())
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&plain), [6; 6]);
    assert_eq!(rows(&hostile), [6; 7]);
    for style in [Style::default(), verbose()] {
        let markdown = rendered(&hostile, Format::Markdown, &style);
        for line in outside_blocks(&markdown) {
            let line = outside_spans(line);
            let is_fold = ["<details>", "<summary>Everything else</summary>", "</details>"].contains(&line.as_str());
            if is_fold {
                continue;
            }
            let ours = line
                .trim_start()
                .trim_start_matches("### ")
                .replace("<https://docs.aws.amazon.com/", "")
                .replace("**", "");
            if ours.starts_with('|') {
                assert_eq!(line.matches('|').count(), 6, "{line}");
                continue;
            }
            let mut before = ' ';
            for c in ours.chars() {
                let special =
                    matches!(c, '|' | '<' | '`') || (matches!(c, '*' | '_' | '[' | ']' | '#' | '~') && before != '\\');
                // The numbers of character references have a `#`.
                assert!(!special || (c == '#' && before == '&'), "{c} in {line}");
                before = c;
            }
        }
    }
}

#[test]
fn the_reasons_for_the_headline_are_shown_where_they_are_asked_for() {
    let report = diagnose(article());
    assert!(!shown(&report, Format::Table).contains("Decided"));
    let report = report.with_why();
    let table = shown(&report, Format::Table);
    assert!(
        table.contains("Decided  - seen at local: the negative answer is from AWS's public zone"),
        "{table}"
    );
    assert!(
        table.contains(": that rules out") && !table.contains("nothing that was seen rules it out"),
        "{table}"
    );
    assert!(shown(&report, Format::Markdown).contains("**How it was decided:**"));
    let json = shown(&report, Format::Json);
    assert!(json.contains("\"outcome\": \"ruled-out\""), "{json}");
}

#[test]
fn a_fix_is_in_the_lines_of_the_software_that_was_asked_for() {
    let report = report("broken");
    let fix = |fix| {
        let style = Style {
            fix,
            ..Style::default()
        };
        rendered(&report, Format::Table, &style)
    };
    let of = |software: &str| fix(software.parse().unwrap());
    assert!(fix(Lines::Likeliest).contains("# BIND") && !fix(Lines::Likeliest).contains("# Unbound"));
    assert!(of("unbound").contains("# Unbound (unbound.conf)") && !of("unbound").contains("# BIND"));
    // A step of its own, which comes first then.
    let terraform = of("terraform");
    assert!(terraform.contains("Fix      In a hub VPC") && terraform.contains("aws_route53_resolver_rule"));
    assert!(
        of("knot").contains("there are no lines for knot in this fix"),
        "{}",
        of("knot")
    );
    for program in ["# BIND", "# Unbound", "# dnsmasq", "# CoreDNS", "# CloudFormation"] {
        assert!(of("all").contains(program), "{program}");
    }
    assert!("nothing".parse::<Lines>().is_err());
}

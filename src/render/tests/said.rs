//! What is said, and in which order.

use super::safe::{assert_safe, hostile_report};
use super::*;
use crate::facts::Gap;
use crate::facts::kubeconfig::Refusal;
use crate::rules::{Need, NotEvaluated};
use crate::target::{Scope, TargetSource};

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

/// Public DNS has the addresses of a private endpoint too, so who has them from there may not forward at all.
#[test]
fn right_addresses_from_public_dns_are_said_where_another_has_the_private_zone() {
    let mut report = report("healthy");
    let said = |report: &Report| shown(report, Format::Short);
    let all = "healthy: every resolver in scope answers as expected";
    report.expected.scope = Scope::Private;
    for (first, second, behind) in [
        (View::PrivateZone, View::PrivateZone, ""),
        (View::Public, View::Public, ""),
        (View::PrivateZone, View::Unknown, ""),
        (
            View::PrivateZone,
            View::Public,
            ", but inbound-1 from public DNS and not from the private hosted zone (--expect-view private asks for that)",
        ),
    ] {
        report.resolvers.iter_mut().for_each(|resolver| resolver.view = first);
        report.resolvers[1].view = second;
        assert_eq!(said(&report), format!("{all}{behind} [exit 0]\n"));
    }
    // Where either is right, it proves nothing that is asked.
    report.expected.scope = Scope::Any;
    assert_eq!(said(&report), format!("{all} [exit 0]\n"));
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
  there print \"no such host\"   [no-forwarding, medium]

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
           (-v: 4 more; else --fix NAME: unbound, dnsmasq, pdns, knot, windows,
           coredns, systemd-resolved, route53, terraform, cloudformation)

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
             \"no such host\" [no-forwarding, medium; exit 1]\n",
        ),
        (
            "degraded",
            "degraded: the summary of tcp-blocked [tcp-blocked, high; exit 0]\n",
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
    // dig's text of another question.
    let mut of_dig = report("out of scope");
    of_dig.target.source = TargetSource::Dig;
    of_dig.resolvers.clear();
    assert!(
        shown(&of_dig, Format::Short).starts_with("inconclusive: dig's text has no question for addresses of "),
        "{}",
        shown(&of_dig, Format::Short)
    );
    let interrupted = shown(&report("mixed"), Format::Short);
    assert!(
        interrupted.ends_with(
            ", interrupted; samples: unstable 10: 30% match, 40% nxdomain, 30% timeout, min 12 ms, median 16 ms, \
             max 21 ms, 30% lost [no-forwarding, high; exit 130]\n"
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
    // With the lines of every software it is no first screen, so that no row is left out.
    let style = Style {
        fix: Lines::All,
        ..Style::default()
    };
    let shown = rendered(&report("mixed"), Format::Table, &style);
    for line in [
        "  os          getaddrinfo            EAI_NONAME (Name or   1.2 s  ✗ failed",
        "  over-tcp    tcp://[2001:db8:1234:  unreachable           -      ✗ unreachable",
        "  (also vpc)                         203.0.113.1 (public)",
        "  vpc         192.168.0.2:53         the 2 expected        12 ms  ! match",
        "  public-1    192.0.2.1:53           NXDOMAIN (AWS public  12 ms    nxdomain",
        "  unfinished  10.0.0.4:53            not done              -      ? interrupted",
        "  Interrupted: this is what was known by then; not done with unfinished",
        "  unstable: 10 samples: 40% NXDOMAIN (AWS public zone); 30% 192.168.104.190,",
        "  Other findings:",
        "    ! tcp-blocked: the summary of tcp-blocked",
        "  Also noted: not-in-public-dns (-v explains)",
        "  Not checked: what AWS says, hosts file (5 findings need them). --facts would",
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\n{shown}");
    }
    assert!(shown.contains("NODATA (no SOA, EDE"), "{shown}");
    assert!(
        shown.contains("Min 12 ms, median 16 ms, max 21 ms; 30% lost"),
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
  Other findings:
    ✗ second: the summary of second
      ! third: the summary of third

  Also noted: fifth, fourth, sixth, seventh, eighth (-v explains)
";
    assert!(shown.contains(tree), "{shown}");
    let all = rendered(&report, Format::Table, &verbose());
    for summary in ["fourth", "sixth", "seventh", "eighth"] {
        let line = format!("{summary}: the summary of {summary}");
        assert_eq!(all.matches(&line).count(), 1, "{line}\n{all}");
    }
}

/// What stands below a finding that is only noted moves up to where that one stood.
#[test]
fn no_finding_is_indented_below_nothing() {
    let mut report = report("broken");
    let caused_by = |cause: &str, rule, severity| Finding {
        caused_by: Some(cause.to_owned()),
        ..finding(rule, severity, &[])
    };
    report.findings.extend([
        finding("noted", Severity::Info, &[]),
        caused_by("noted", "below", Severity::Warning),
        caused_by("below", "deeper", Severity::Info),
        caused_by("deeper", "deepest", Severity::Warning),
    ]);
    let shown = shown(&report, Format::Table);
    let tree = "
  Other findings:
    ! below: the summary of below
      ! deepest: the summary of deepest

";
    assert!(shown.contains(tree), "{shown}");
}

#[test]
fn a_warning_of_an_inconclusive_run_keeps_its_fix() {
    let mut report = report("unknown");
    report
        .findings
        .push(finding("cluster-transitioning", Severity::Warning, &[]));
    let shown = shown(&report, Format::Table);
    let end = "
  ! the summary of cluster-transitioning [cluster-transitioning, high]
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
    assert!(markdown.contains("server misbehaving` or `Unable"), "{markdown}");
}

#[test]
fn a_comment_on_a_ticket() {
    let shown = shown(&report("mixed"), Format::Markdown);
    for part in [
        "### ✗ broken: local (10.63.200.10) does not",
        "\n- Finding: no-forwarding, high; exit code 130\n",
        "\n- Expected: 192.168.104.190, 192.168.131.209 (--expect)\n",
        "\n- Asked from: laptop, 2026-11-23T08:00:00Z, eks-dns-doctor 0.1.0\n",
        "\n\n| Resolver | Address | Answer | Time | Verdict |\n|---|---|---|---|---|\n| `local` | ",
        "\n| `half-right` (also vpc) | `10.0.0.3:53` | `192.168.104.190, 203.0.113.1 (public)` | 12 ms | ✗ partial |\n",
        "\n\n**Fix:** Forward the endpoint's own name to the inbound endpoints\n\n```\n# BIND",
        "\n```mermaid\nflowchart LR\n    s0[\"laptop\"] --> r0[\"local 10.63.200.10\"]",
        "\n<details>\n<summary>Everything else</summary>\n",
        "\n```\n# Unbound",
        "\n\n**kubectl** here prints: `Unable to connect",
        "\n\n**Follows from this**\n\n- i `not-in-public-dns`: the summary of not-in-public-dns\n",
        "\n- ! `tcp-blocked`: the summary of tcp-blocked\n",
        "\n\n**Not checked:** what AWS says, hosts file (5 findings need them).",
        "\n\n**Not checked:**\n\n- hosts file (/etc/hosts): Permission denied (os error 13)\n",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
}

/// The folded part is for whoever wants all: nothing that `-v` prints is missing.
#[test]
fn a_comment_has_all_that_is_there_with_v() {
    for (name, report) in reports() {
        let report = report.with_why();
        let comment = shown(&report, Format::Markdown);
        assert_eq!(comment.matches("<details>").count(), 1, "{name}");
        for line in rendered(&report, Format::Markdown, &verbose()).lines() {
            assert!(comment.lines().any(|other| other == line), "{name}: {line}\n{comment}");
        }
    }
}

/// Without a resolver of this host there is no line of kubectl, and it says why.
#[test]
fn kubectls_line_needs_this_hosts_own_resolver() {
    let mut capture = article();
    capture.observations[0].resolver.role = Role::Custom;
    let report = diagnose(capture);
    for format in [Format::Table, Format::Markdown, Format::Html] {
        let page = shown(&report, format);
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains("line needs this host"), "{format}: {page}");
        let asked = shown(&diagnose(article()), format);
        assert!(!asked.contains("line needs this host"), "{format}: {asked}");
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

#[test]
fn the_reasons_for_the_headline_are_shown_where_they_are_asked_for() {
    let report = diagnose(article());
    assert!(!shown(&report, Format::Table).contains("Decided"));
    let report = report.with_why();
    let table = shown(&report, Format::Table);
    assert!(
        table.contains("Decided  - local's negative answer is from AWS's public zone"),
        "{table}"
    );
    assert!(
        table.contains("That rules out") && table.contains("This is left: "),
        "{table}"
    );
    // Every point is a sentence that names whom it is about.
    let points = super::super::words::argument(report.why.as_ref().unwrap());
    assert!((2..=5).contains(&points.len()), "{points:?}");
    for point in &points {
        assert!(
            point.ends_with('.') && point.starts_with(|first: char| first.is_uppercase() || point.starts_with("local")),
            "{point}"
        );
    }
    assert!(shown(&report, Format::Markdown).contains("**How it was decided:**"));
    let json = shown(&report, Format::Json);
    assert!(json.contains("\"outcome\": \"ruled-out\""), "{json}");
}

/// Recorded scenarios that the tests here look at.
macro_rules! scenarios {
    ($($name:literal,)*) => {
        &[$(($name, include_bytes!(concat!("../../../fixtures/cases/", $name, "/capture.json")).as_slice())),*]
    };
}

const RECORDED: &[(&str, &[u8])] = scenarios![
    "api-port-blocked/fires-on-a-refusal",
    "api-port-blocked/fires-without-a-route",
    "dnssec-bogus/fires",
    "foreign-private-addresses/near-miss-inbound-endpoints-that-disagree",
    "forward-target-unreachable/fires",
    "go-bypasses-scoped-dns/fires",
    "hosts-file-override/fires",
    "hosts-file-override/fires-against-the-vpcs-answer",
    "malformed-reply/fires",
    "malformed-reply/fires-as-a-warning-behind-the-answer",
    "malformed-reply/fires-on-a-cut-message",
    "malformed-reply/fires-on-an-address-beside",
    "name-does-not-exist/fires",
    "name-does-not-exist/near-miss-public-has-it",
    "negative-answer/fires",
    "no-forwarding/article",
    "no-forwarding/fires-at-a-server-that-says-it-is-knot-resolver",
    "no-forwarding/right-addresses-from-the-public-zone",
    "partial-answer/near-miss-the-family-that-was-not-said",
    "private-zone-shadow/fires",
    "proxy-in-path/fires",
    "proxy-in-path/fires-by-an-unknown-address",
    "proxy-in-path/fires-by-the-kubeconfig",
    "public-answer-expected/near-miss-kept-for-a-day",
    "public-answer-expected/near-miss-of-a-zone-of-ones-own",
    "public-answer-expected/near-miss-public-dns-has-others",
    "rebinding-protection/fires-without-controls",
    "resolver-unreachable/fires-beside-a-silent-vpc-resolver",
    "search-domain-wildcard/fires",
    "sinkhole-answer/fires",
    "stale-addresses/near-miss-a-minute-after-a-change",
    "stale-addresses/near-miss-the-facts-are-old",
    "stale-negative-cache/fires",
];

fn recorded(name: &str) -> Report {
    let (_, bytes) = RECORDED.iter().find(|(known, _)| *known == name).unwrap();
    diagnose(crate::capture::parse(bytes).unwrap())
}

#[test]
fn an_argument_says_a_thing_once_and_begins_a_sentence_only_at_its_begin() {
    let mut doubled = Vec::new();
    for (name, _) in RECORDED {
        let report = recorded(name).with_why();
        for point in report.why.iter().flat_map(super::super::words::argument) {
            assert!(point.matches(". ").count() <= 1, "{name}: {point}");
            let parts: Vec<&str> = point
                .trim_end_matches('.')
                .rsplit(": ")
                .next()
                .unwrap_or_default()
                .split("; ")
                .collect();
            let is_doubled = parts.iter().enumerate().any(|(at, part)| parts[..at].contains(part));
            let goes_on_as_if_anew = ["No ", "It ", "The ", "A "]
                .iter()
                .any(|word| point.contains(&format!(", and {word}")));
            if is_doubled || goes_on_as_if_anew || point.contains("EnableDns") || point.contains("else than SERVFAIL") {
                doubled.push(format!("{name}: {point}"));
            }
        }
    }
    assert!(doubled.is_empty(), "{}", doubled.join("\n"));
}

#[test]
fn a_cause_whose_signs_fit_too_is_named() {
    let report = recorded("dnssec-bogus/fires").with_why();
    let points = super::super::words::argument(report.why.as_ref().unwrap());
    let left = points.last().unwrap();
    let fits =
        "; the signs of [rebinding-protection], [name-blocked-by-policy] are there, too, and they need more than";
    assert!(left.starts_with("This is left: ") && left.contains(fits), "{left}");
}

#[test]
fn addresses_of_a_family_that_was_not_said_decide_nothing() {
    let report = recorded("partial-answer/near-miss-the-family-that-was-not-said");
    let said = shown(&report, Format::Short);
    let reason =
        "local and vpc give IPv6 addresses too, and nothing says which of those are right: say it with --expect";
    assert!(said.contains(reason), "{said}");
}

#[test]
fn addresses_that_have_none_in_common_are_said_to_disagree() {
    let report = recorded("foreign-private-addresses/near-miss-inbound-endpoints-that-disagree");
    let said = shown(&report, Format::Short);
    let reason = "local, inbound-1 and inbound-2 give addresses that do not agree, and whose are the cluster's is not \
                  known: say them with --expect";
    assert!(said.contains(reason), "{said}");
}

#[test]
fn facts_that_the_private_hosted_zone_contradicts_are_said_to_be_older() {
    let said = shown(&recorded("stale-addresses/near-miss-the-facts-are-old"), Format::Short);
    let reason = "local and inbound-1 give addresses that are of no network interface in the facts, and a private hosted \
                  zone has them: the facts are older, or somebody keeps that zone by hand. Take the facts again";
    assert!(said.contains(reason), "{said}");
}

#[test]
fn what_speaks_against_addresses_that_would_be_right_is_said() {
    for (name, reason) in [
        (
            "public-answer-expected/near-miss-public-dns-has-others",
            "local gives public addresses, and public DNS has others now: they may be old",
        ),
        (
            "public-answer-expected/near-miss-kept-for-a-day",
            "local gives public addresses with a TTL over 10 minutes, which is longer than AWS's: somebody may have \
             pinned them, and they may be old",
        ),
        (
            "public-answer-expected/near-miss-of-a-zone-of-ones-own",
            "local gives public addresses from a zone that is not AWS's, and nothing shows that they are the cluster's",
        ),
        (
            "stale-addresses/near-miss-a-minute-after-a-change",
            "local gives other addresses than the private hosted zone has: they may be old. Ask again in a minute",
        ),
    ] {
        let said = shown(&recorded(name), Format::Short);
        assert!(said.contains(reason), "{name}: {said}");
    }
}

#[test]
fn an_address_in_the_kubeconfig_that_is_not_known_leaves_the_run_open() {
    let report = recorded("proxy-in-path/fires-by-an-unknown-address");
    let said = shown(&report, Format::Short);
    let reason = "kubectl connects to 10.63.7.7 (context shared), and nothing here shows that this is the cluster";
    assert!(said.contains(reason), "{said}");
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
    assert!(of("knot").contains("policy.STUB") && !of("knot").contains("# BIND"));
    // The others are named, those of the other steps among them.
    let named = fix(Lines::Likeliest).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        named.contains(
            "else --fix NAME: unbound, dnsmasq, pdns, knot, windows, coredns, systemd-resolved, route53, terraform, \
             cloudformation"
        ),
        "{named}"
    );
    for program in ["# BIND", "# Unbound", "# dnsmasq", "# CoreDNS", "# CloudFormation"] {
        assert!(of("all").contains(program), "{program}");
    }
    assert!("nothing".parse::<Lines>().is_err());
}

/// What was changed stands beside the finding, from the seconds before to days, and is said where there is nothing.
#[test]
fn changes_in_aws_stand_beside_the_finding() {
    let event = |time: &str| crate::facts::Event {
        time: time.to_owned(),
        name: "ModifyVpcAttribute".to_owned(),
        service: "ec2".to_owned(),
        by: None,
        resources: vec!["vpc-0a1b2c3d".to_owned()],
    };
    let shown = |events: Option<Vec<crate::facts::Event>>, since_s| {
        let mut capture = article();
        capture.facts.aws.events = events;
        capture.asked.since_s = since_s;
        let text = rendered(&diagnose(capture), Format::Table, &Style::default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let of_day = Some(86_400);
    let all = ["2026-11-20T08:00:00Z", "2026-11-23T05:00:00Z", "2026-11-23T07:59:20Z"]
        .map(event)
        .to_vec();
    // Files say how far back they reach by what is in them.
    let text = shown(Some(all.clone()), None);
    let lines = "Changed - Before this run AWS lists 3 changes to the zones, rules or settings behind this name. This does not \
                 prove that one of them is the cause - 40 s before the first failing answer: ModifyVpcAttribute: \
                 vpc-0a1b2c3d - 3 h before the first failing answer: ModifyVpcAttribute: vpc-0a1b2c3d - 3 days before \
                 the first failing answer: ModifyVpcAttribute: vpc-0a1b2c3d kubectl";
    assert!(text.contains(lines), "{text}");
    let text = shown(Some(all), of_day);
    assert!(
        text.contains("In the 1day before this run AWS lists 2 changes"),
        "{text}"
    );
    let nothing = "Changed - In the 1day before this run AWS lists no change to the zones, rules or settings behind this name kubectl";
    assert!(shown(Some(Vec::new()), of_day).contains(nothing));
    // Where nobody could look, nothing is said of it: that is a gap.
    assert!(!shown(None, of_day).contains("Changed"));
    assert!(!shown(None, None).contains("Changed"));
    // A page has the first of many.
    let many = (10..40)
        .map(|minute| event(&format!("2026-11-23T07:{minute}:00Z")))
        .collect();
    let text = shown(Some(many), of_day);
    assert!(
        text.contains("AWS lists 30 changes") && text.contains("and 22 more (-v)"),
        "{text}"
    );
}

/// Knot Resolver 6 is configured in YAML, and 5 in Lua: who says its version has the lines of that one, and nobody has
/// those of another alone.
#[test]
fn knot_resolver_has_the_lines_of_its_version() {
    let name = "no-forwarding/fires-at-a-server-that-says-it-is-knot-resolver";
    let (_, bytes) = RECORDED.iter().find(|(known, _)| *known == name).unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains("Knot Resolver 6.0.8"));
    let forms = |said: &str, format| {
        let document = text.replace("Knot Resolver 6.0.8", said);
        let report = diagnose(crate::capture::parse(document.as_bytes()).unwrap());
        let style = Style {
            fix: "knot".parse().unwrap(),
            ..Style::default()
        };
        let shown = rendered(&report, format, &style);
        let (shown, _) = shown.split_once("<details>").unwrap_or((&shown, ""));
        (shown.contains("(config.yaml)"), shown.contains("(kresd.conf)"))
    };
    for format in [Format::Table, Format::Markdown] {
        assert_eq!(forms("Knot Resolver 6.0.8", format), (true, false));
        assert_eq!(forms("Knot Resolver 5.7.4", format), (false, true));
        assert_eq!(forms("Knot Resolver 7.0.0", format), (true, true));
        assert_eq!(forms("none of your business", format), (true, true));
    }
}

/// An address is not yet an expected one, and kubectl's line says which it is.
#[test]
fn kubectl_that_gets_an_address_may_get_a_wrong_one() {
    let local = |label: &str, address: &str, gives: &[&str]| resolver(label, Role::Local, address, answer(gives));
    let said = |second: &[&str]| {
        let mut capture = article();
        capture.observations[0] = local("local", "10.63.200.10:53", &["10.9.9.9"]);
        capture.observations.push(local("local-2", "10.63.200.11:53", second));
        rendered(&diagnose(capture), Format::Table, &Style::default())
    };
    let wrong = said(&["10.9.9.9"]);
    assert!(
        wrong.contains("gets an address here, but not the expected ones"),
        "{wrong}"
    );
    let both = said(&PRIVATE);
    assert!(
        both.contains("gets an address here, which is not always an expected one"),
        "{both}"
    );
}

/// Behind a proxy or a tunnel kubectl asks nobody here, whatever the resolvers say.
#[test]
fn kubectl_behind_a_proxy_asks_no_name_server() {
    for name in ["proxy-in-path/fires", "proxy-in-path/fires-by-the-kubeconfig"] {
        let said = super::super::words::no_kubectl(&recorded(name));
        let expected =
            "asks no name server for the endpoint here: the other end of a proxy or a tunnel looks the name up";
        assert_eq!(said, Some(expected), "{name}");
    }
}

/// Of a kubeconfig with several faults it is not known which one kubectl names.
#[test]
fn kubectl_that_takes_no_kubeconfig_asks_no_name_server() {
    let mut capture = recorded("proxy-in-path/fires-by-the-kubeconfig").into_capture();
    let kubeconfig = capture.facts.host.kubeconfig.as_mut().unwrap();
    kubeconfig.refusal = Some(Refusal::default());
    let said = rendered(&diagnose(capture), Format::Table, &Style::default());
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = "kubectl does not take the kubeconfig, and ends before it asks a name server";
    assert!(said.contains(line), "{said}");
}

/// Where kubectl's address is from decides what is said of it: another resolver's answer says nothing of it.
#[test]
fn kubectls_line_is_about_the_address_that_it_gets() {
    let said = |name: &str| super::super::words::resolves(&recorded(name));
    let pinned = "gets 192.168.131.77 from the hosts file here, and asks no name server";
    assert_eq!(said("hosts-file-override/fires"), pinned);
    assert_eq!(said("hosts-file-override/fires-against-the-vpcs-answer"), pinned);
    // Go does not ask the operating system, whose answer is right there.
    assert_eq!(
        said("go-bypasses-scoped-dns/fires"),
        "gets an address here, but not the expected ones"
    );
    assert_eq!(
        said("no-forwarding/right-addresses-from-the-public-zone"),
        "gets the expected addresses here, but not from the expected zone"
    );
    for reply in ["fires", "fires-on-a-cut-message", "fires-on-an-address-beside"] {
        assert_eq!(
            said(&format!("malformed-reply/{reply}")),
            "gets an address here, from a malformed reply: it need not be a right one"
        );
    }
    assert_eq!(
        said("search-domain-wildcard/fires"),
        "gets 10.9.9.9 here, by the search list"
    );
    let lead = recorded("search-domain-wildcard/fires")
        .headline()
        .unwrap()
        .summary
        .clone();
    assert!(!lead.contains("no such host"), "{lead}");
    assert_eq!(
        said("malformed-reply/fires-as-a-warning-behind-the-answer"),
        "resolves the name here"
    );
}

/// What kubectl prints is known where connections were tried: not that it resolves, and never a DNS error.
#[test]
fn kubectl_that_resolves_and_does_not_connect_says_so() {
    let said = |name: &str| super::super::words::resolves(&recorded(name));
    assert_eq!(
        said("api-port-blocked/fires-without-a-route"),
        "resolves the name here, and prints: Unable to connect to the server: dial tcp 192.168.104.190:443: connect: \
         network is unreachable or Unable to connect to the server: dial tcp 192.168.131.209:443: connect: network is \
         unreachable"
    );
    let refused = format!("The connection to the server {HOST} was refused - did you specify the right host or port?");
    assert_eq!(
        said("api-port-blocked/fires-on-a-refusal"),
        format!("resolves the name here, and prints: {refused}")
    );
    // An address that connects is tried where the others do not.
    let mut one_connects = recorded("api-port-blocked/fires-on-a-refusal");
    one_connects.connections[1].tcp = crate::observation::Tcp::Connected;
    assert_eq!(super::super::words::resolves(&one_connects), "resolves the name here");
    // A sinkhole's address is this host's own (recorded).
    assert_eq!(
        said("sinkhole-answer/fires"),
        format!("gets 0.0.0.0, :: here, which is this host itself; where nothing listens there, it prints: {refused}")
    );
}

/// Three lines of resolv.conf are used, though two of them name one server: the fourth is nobody's.
#[test]
fn a_server_that_is_named_three_times_leaves_no_place_for_another() {
    let said = |lines: &[&str]| {
        let mut capture = article();
        capture.observations[0] = resolver(
            "local",
            Role::Local,
            "10.63.200.10:53",
            vec![
                lookup(RecordType::A, AnswerKind::ServFail, &[]),
                lookup(RecordType::AAAA, AnswerKind::ServFail, &[]),
            ],
        );
        let right = resolver("local-2", Role::Local, "10.63.200.11:53", answer(&PRIVATE));
        capture.observations.insert(1, right);
        let text: Vec<String> = lines.iter().map(|line| format!("nameserver {line}\n")).collect();
        let text = text.concat();
        let stub = crate::facts::StubConfiguration::parse("/etc/resolv.conf", text.as_bytes(), |_| None);
        capture.facts.host.stub = Some(stub);
        rendered(&diagnose(capture), Format::Table, &Style::default())
    };
    let (a, b) = ("10.63.200.10", "10.63.200.11");
    let beyond = said(&[a, a, a, b]);
    assert!(beyond.contains("server misbehaving"), "{beyond}");
    let within = said(&[a, a, b]);
    assert!(!within.contains("server misbehaving"), "{within}");
}

/// A silent first server costs its time at every lookup.
#[test]
fn what_kubectl_waits_for_a_silent_server_is_said() {
    let said = |text: &str| {
        let mut capture = article();
        let silent = |qtype| lookup(qtype, AnswerKind::Timeout, &[]);
        let first = vec![silent(RecordType::A), silent(RecordType::AAAA)];
        capture.observations[0] = resolver("local", Role::Local, "10.63.200.10:53", first);
        let right = resolver("local-2", Role::Local, "10.63.200.11:53", answer(&PRIVATE));
        capture.observations.insert(1, right);
        let stub = crate::facts::StubConfiguration::parse("/etc/resolv.conf", text.as_bytes(), |_| None);
        capture.facts.host.stub = Some(stub);
        super::super::words::resolves(&diagnose(capture))
    };
    let servers = "nameserver 10.63.200.10\nnameserver 10.63.200.11\n";
    assert_eq!(said(servers), "resolves the name here, after 5 s");
    assert_eq!(
        said(&format!("{servers}options timeout:2\n")),
        "resolves the name here, after 2 s"
    );
    let first = "nameserver 10.63.200.11\nnameserver 10.63.200.10\n";
    assert_eq!(said(first), "resolves the name here");
}

/// Go waits for both types, whichever of them it gets, and each lookup that fails takes as long.
#[test]
fn what_kubectl_waits_for_one_type_is_said() {
    let capture = |a: AnswerKind, ips: &[&str]| {
        let mut capture = article();
        let silent = lookup(RecordType::AAAA, AnswerKind::Timeout, &[]);
        let lookups = vec![lookup(RecordType::A, a, ips), silent];
        capture.observations[0] = resolver("local", Role::Local, "10.63.200.10:53", lookups);
        let stub = b"nameserver 10.63.200.10\n";
        capture.facts.host.stub = Some(crate::facts::StubConfiguration::parse("/etc/resolv.conf", stub, |_| {
            None
        }));
        diagnose(capture)
    };
    let answered = capture(AnswerKind::Answer, &PRIVATE);
    assert_eq!(
        super::super::words::resolves(&answered),
        "resolves the name here, after 10 s"
    );
    let silent = rendered(&capture(AnswerKind::Timeout, &[]), Format::Table, &Style::default());
    let silent = silent.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(silent.contains("i/o timeout (each lookup takes 10 s)"), "{silent}");
    // One that says at once that there is no such name costs nothing, however often it is asked.
    let denied = rendered(&diagnose(article()), Format::Table, &Style::default());
    assert!(!denied.contains("each lookup takes"), "{denied}");
}

/// What the network says of one server, and of two.
#[test]
fn no_route_is_to_it_or_to_them() {
    let said = |servers: &[&str], failure: NetworkFailure, local: Option<IpAddr>| {
        let mut capture = article();
        capture.observations.clear();
        for (index, ip) in servers.iter().enumerate() {
            let lookups = [RecordType::A, RecordType::AAAA].map(|qtype| {
                let mut lookup = lookup(qtype, AnswerKind::Unreachable, &[]);
                let failure = failure.clone();
                lookup.reason = Some(Reason::Network { failure });
                lookup.attempts[0].local = local;
                lookup
            });
            let at = format!("{ip}:53");
            let one = resolver(&format!("local-{index}"), Role::Local, &at, lookups.into());
            capture.observations.push(one);
        }
        diagnose(capture)
    };
    let both = ["10.63.200.10", "10.63.200.11"];
    let summary = |servers: &[&str]| said(servers, NetworkFailure::NoRoute, None).findings[0].summary.clone();
    assert!(
        summary(&both[..1]).ends_with("there is no route to it"),
        "{}",
        summary(&both[..1])
    );
    assert!(
        summary(&both).ends_with("there is no route to them"),
        "{}",
        summary(&both)
    );
    // Go's socket fails as it is connected where this host has no route, and as it is read where ICMP came back.
    let prints = |local: Option<&str>| {
        let local = local.map(|ip| ip.parse().unwrap());
        let report = said(&both[..1], NetworkFailure::HostUnreachable, local);
        report.clients[0].messages[0].clone()
    };
    let (before, after) = (prints(None), prints(Some("10.63.1.2")));
    assert!(
        before.ends_with("dial udp 10.63.200.10:53: connect: no route to host"),
        "{before}"
    );
    assert!(
        after.ends_with("read udp 10.63.1.2:<port>->10.63.200.10:53: read: no route to host"),
        "{after}"
    );
}

/// A page that has room for some sentences shows all causes that fit, or none of them.
#[test]
fn causes_that_fit_are_not_cut_to_the_first() {
    for name in [
        "negative-answer/fires",
        "hosts-file-override/fires-against-the-vpcs-answer",
    ] {
        let report = recorded(name);
        let page = rendered(&report, Format::Table, &Style::default());
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for finding in &report.findings {
            if let Some((_, fits)) = finding.explanation.split_once("One of these fits: ") {
                let (causes, _) = fits.split_once(". ").unwrap_or((fits, ""));
                assert!(
                    !page.contains("One of these fits:") || page.contains(causes),
                    "{name}: {page}"
                );
            }
        }
    }
    let page = rendered(&recorded("negative-answer/fires"), Format::Table, &Style::default());
    assert!(page.contains("One of these fits:"), "{page}");
}

/// What is not checked, on one line.
fn not_checked(capture: Capture) -> String {
    let table = rendered(&diagnose(capture), Format::Table, &Style::default());
    let (_, text) = table.split_once("Not checked:").expect("what was not checked");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What one rule lacks is named in a few words.
#[test]
fn what_one_rule_lacks_is_named() {
    let mut report = diagnose(article());
    report.gaps.clear();
    report.not_evaluated = vec![NotEvaluated {
        rule: "local-dns-down".to_owned(),
        missing: vec![Need::Stub.missing().to_owned()],
    }];
    let table = rendered(&report, Format::Table, &Style::default());
    let (_, text) = table.split_once("Not checked: ").expect("what was not checked");
    assert!(
        text.starts_with("stub resolver configuration (1 finding needs them)."),
        "{text}"
    );
}

/// The line names first what the flags that it suggests would bring, and suggests none that brings nothing.
#[test]
fn the_flags_that_are_suggested_bring_what_is_named_first() {
    // Nothing gives an address, so there is none to connect to.
    let mut alone = article();
    alone.observations.truncate(1);
    let mut gap = Gap::here("getaddrinfo", "--resolv-conf", "it cannot be pointed at another file");
    gap.of = crate::facts::Half::Host;
    alone.gaps = vec![gap];
    let said = not_checked(alone.clone());
    assert!(said.contains("--inbound and --facts would help most"), "{said}");
    assert!(said.starts_with("the VPC's view, what AWS says and "), "{said}");
    assert!(!said.contains("--connect"), "{said}");
    // AWS has no inbound endpoint to ask.
    alone.facts.aws.resolver_endpoints = Some(Vec::new());
    let none_visible = not_checked(alone);
    assert!(
        none_visible.contains("--via a host in the VPC") && !none_visible.contains("--inbound"),
        "{none_visible}"
    );
}

/// Files lack many things at once: they are one thing on the first screen, and one each with `-v`.
#[test]
fn what_files_lack_takes_few_lines() {
    let mut capture = article();
    let lacking: Vec<String> = (0..12).map(|at| format!("the thing of AWS number {at}")).collect();
    capture.gaps = vec![Gap {
        of: crate::facts::Half::Aws,
        ..Gap::here(lacking.join(", "), "--facts", "no file has them")
    }];
    capture.facts.aws.origin = Some("facts.json".to_owned());
    let report = diagnose(capture);
    let short = rendered(&report, Format::Table, &Style::default());
    let (_, short) = short.split_once("Not checked:").expect("what was not checked");
    let on_one_line = short.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(on_one_line.starts_with("more of what AWS says and "), "{short}");
    assert!(
        on_one_line.contains("--facts with more files and --public would help most"),
        "{short}"
    );
    let lines = short.lines().take_while(|line| !line.is_empty());
    assert!(lines.count() <= 3 && !short.contains("number 7"), "{short}");
    assert!(rendered(&report, Format::Table, &verbose()).contains("number 7"));
}

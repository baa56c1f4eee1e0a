//! The formats for other programs: what of a report stands in them, that nothing breaks out of its place, and the exit
//! codes. Real parsers read them in `.ci/formats.py`.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads its fixtures and runs the program"
)]

#[path = "checks/formats.rs"]
mod checked;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use eks_dns_doctor::lab;
use eks_dns_doctor::render::{Format, Style, render};
use eks_dns_doctor::report::{Conclusion, Report, diagnose};
use eks_dns_doctor::rules::Severity;
use eks_dns_doctor::settings::FailOn;

fn capture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/cases")
        .join(name)
        .join("capture.json")
}

fn report(name: &str) -> Report {
    let bytes = std::fs::read(capture(name)).expect("a recorded capture");
    diagnose(eks_dns_doctor::capture::parse(&bytes).expect("a capture"))
}

fn shown(report: &Report, format: Format) -> String {
    let mut text = String::new();
    render(report, format, &Style::default(), &mut text).expect("a String takes all");
    assert_eq!(checked::whole(format, &text), Ok(()));
    text
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args(arguments)
        .output()
        .expect("it runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

/// The report of every scenario: its outcome, each resolver and each finding stand in each format, and nothing else
/// does.
#[test]
fn every_scenario_stands_in_every_format() {
    let mut seen = 0;
    for name in lab::names() {
        let report = report(name);
        let text = shown(&report, Format::OpenMetrics);
        let samples = checked::openmetrics(&text).expect("metrics");
        let value = |metric: &str, label: &str, is: &str| {
            let found = samples
                .iter()
                .filter(|(name, labels, _)| name == metric && labels.get(label).is_some_and(|it| it == is));
            found.map(|(.., value)| *value).sum::<f64>()
        };
        let is_one = |value: f64| (value - 1.0).abs() < f64::EPSILON;
        assert!(
            is_one(value(
                "eks_dns_conclusion",
                "eks_dns_conclusion",
                report.conclusion.as_str()
            )),
            "{text}"
        );
        for resolver in &report.resolvers {
            let own = &resolver.probed.resolver.name;
            let state = samples.iter().find(|(name, labels, _)| {
                name == "eks_dns_resolver_verdict"
                    && labels["resolver"] == *own
                    && labels["eks_dns_resolver_verdict"] == resolver.verdict.as_str()
            });
            assert!(state.is_some_and(|(.., value)| is_one(*value)), "{name} {own}: {text}");
        }
        for finding in &report.findings {
            let same = report
                .findings
                .iter()
                .filter(|other| other.rule == finding.rule)
                .count();
            assert!(
                (value("eks_dns_findings", "rule", &finding.rule) - f64::from(u32::try_from(same).expect("few"))).abs()
                    < f64::EPSILON,
                "{name} {}: {text}",
                finding.rule
            );
        }

        let text = shown(&report, Format::Junit);
        let cases = checked::junit(&text).expect("cases");
        let of = |class: &str| cases.iter().filter(|case| case.0 == class).count();
        assert_eq!(of("resolver"), report.resolvers.len(), "{text}");
        assert_eq!(of("finding"), report.findings.len(), "{text}");
        assert_eq!(of("rule"), report.not_evaluated.len(), "{text}");
        assert_eq!(of("fact"), report.gaps.len(), "{text}");
        let failed = cases.iter().any(|case| case.2 == "failure");
        assert_eq!(failed, report.exit_code == 1, "{name}: {text}");
        let is_error = |rule: &str| {
            let fails = |severity| match severity {
                Severity::Error => true,
                Severity::Warning => report.asked.fail_on == FailOn::Warning,
                Severity::Info => false,
            };
            let mut findings = report.findings.iter();
            findings.any(|finding| finding.rule == rule && fails(finding.severity))
        };
        for (class, case, outcome) in &cases {
            match class.as_str() {
                "finding" => {
                    let rule = case.split(' ').next().unwrap_or_default();
                    assert_eq!(*outcome == "failure", is_error(rule), "{name} {case}");
                }
                "resolver" => {}
                _ => assert_eq!(*outcome, "skipped", "{name} {case}"),
            }
        }
        // Passed is said of no resolver that was not right.
        for (resolver, (_, _, outcome)) in report.resolvers.iter().zip(&cases) {
            assert!(
                *outcome != "passed" || resolver.verdict.as_str() == "match",
                "{name}: {text}"
            );
        }

        let line = shown(&report, Format::Nagios);
        let (state, labels) = checked::nagios(&line).expect("a line");
        let expected = match (report.conclusion, report.exit_code) {
            (Conclusion::Degraded, 0) => "WARNING",
            (_, 0) => "OK",
            (_, 1) => "CRITICAL",
            _ => "UNKNOWN",
        };
        assert_eq!(state, expected, "{name}: {line}");
        assert!(labels.iter().any(|label| label == "failing"), "{line}");
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

/// A capture may have two resolvers of one name, and any text anywhere.
#[test]
fn hostile_names_stay_in_their_place() {
    let mut capture = report("no-forwarding/article").into_capture();
    let hostile = "x\"} 1\n# EOF\n'|=&<]]>{\\\u{0}\u{1b}[31m\u{202e}\u{ffff}é";
    for probed in &mut capture.observations {
        hostile.clone_into(&mut probed.resolver.name);
    }
    capture.vantage.name = Some(hostile.to_owned());
    capture.target.cluster = Some(hostile.to_owned());
    capture.target.region = Some(hostile.to_owned());
    capture.tool.version = hostile.to_owned();
    capture.taken_at = hostile.to_owned();
    capture
        .gaps
        .push(eks_dns_doctor::facts::Gap::here(hostile, hostile, hostile));
    capture
        .gaps
        .push(eks_dns_doctor::facts::Gap::here(hostile, hostile, hostile));
    let report = diagnose(capture);
    let samples = checked::openmetrics(&shown(&report, Format::OpenMetrics)).expect("metrics");
    let verdicts = samples
        .iter()
        .filter(|(name, _, value)| name == "eks_dns_resolver_verdict" && *value > 0.0);
    assert_eq!(verdicts.count(), report.resolvers.len());
    let label = samples
        .iter()
        .find_map(|(_, labels, _)| labels.get("resolver"))
        .expect("a resolver");
    assert_eq!(
        label,
        "x\"} 1\\n# EOF\\n'|=&<]]>{\\\\u{0}\\u{1b}[31m\\u{202e}\\u{ffff}é"
    );
    let cases = checked::junit(&shown(&report, Format::Junit)).expect("cases");
    assert!(cases.iter().filter(|case| case.0 == "resolver").count() == report.resolvers.len());
    let line = shown(&report, Format::Nagios);
    assert!(
        line.contains("\\u{7c}") && line.contains("\\u{27}") && line.contains("\\u{3d}"),
        "{line}"
    );
    let style = Style {
        ascii: true,
        ..Style::default()
    };
    for format in [Format::OpenMetrics, Format::Junit, Format::Nagios] {
        let mut text = String::new();
        render(&report, format, &style, &mut text).expect("a String takes all");
        assert!(text.is_ascii(), "{text}");
        assert_eq!(checked::whole(format, &text), Ok(()));
    }
}

/// The exit code is the same in every format but that of plugins.
#[test]
fn the_exit_codes_are_those_of_the_table_but_for_plugins() {
    for (name, flags, code, plugin, state) in [
        ("no-forwarding/article", &[][..], 1, 2, "CRITICAL"),
        ("tcp-blocked/fires", &[], 0, 1, "WARNING"),
        ("slow-resolver/near-miss-within-a-second", &[], 0, 0, "OK"),
        ("no-forwarding/nothing-expected", &[], 3, 3, "UNKNOWN"),
    ] {
        let path = capture(name);
        let path = path.to_str().expect("text");
        for format in Format::VARIANTS {
            let arguments = [&["replay", path, "-o", format.as_str()], flags].concat();
            let output = run(&arguments);
            let expected = if *format == Format::Nagios { plugin } else { code };
            assert_eq!(output.status.code(), Some(expected), "{name} {format}");
            assert_eq!(checked::whole(*format, &stdout(&output)), Ok(()));
        }
        let line = stdout(&run(&["replay", path, "-o", "nagios"]));
        assert!(line.starts_with(&format!("EKS DNS {state} - ")), "{line}");
        let quiet = run(&["replay", path, "-o", "nagios", "-q"]);
        assert_eq!((quiet.status.code(), quiet.stdout.len()), (Some(plugin), 0), "{name}");
    }
}

/// A plugin that cannot run says so where it is read, with the code for it: the service may be well.
#[test]
fn a_plugin_that_cannot_run_is_unknown() {
    for arguments in [
        &["replay", "/nonexistent/capture.json", "-o", "nagios"][..],
        &["replay", "/nonexistent/capture.json", "--output=nagios", "--wrong"],
        &["api.example.test", "-onagios", "--timeout", "soon"],
        &[
            "api.example.test",
            "-o",
            "nagios",
            "--no-os",
            "--resolv-conf",
            "/nonexistent/a|b",
        ],
    ] {
        let output = run(arguments);
        let line = stdout(&output);
        assert_eq!(output.status.code(), Some(3), "{line}");
        assert!(
            line.starts_with("EKS DNS UNKNOWN - ") && line.lines().count() == 1,
            "{line}"
        );
        assert!(!line.contains('|') && output.stderr.is_empty(), "{line}");
    }
    let output = run(&["replay", "/nonexistent/capture.json", "-o", "junit"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
}

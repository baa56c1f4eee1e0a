//! Test cases in the XML of JUnit, as CI servers read it: a case for each resolver and each finding; what was not
//! checked is skipped. A skipped case has not passed.
//!
//! Nobody owns the format. What is written keeps to Ant's schema (windyroad, JUnit.xsd) in its order of elements and
//! its times, and adds what Jenkins' (junit-10.xsd) has: `skipped`. `.ci/formats.py` holds it to `.ci/junit.xsd`.

use std::fmt;

use super::exposition::Unique;
use super::openmetrics::in_seconds;
use super::words::{self, Headline, LineMark, TableRow};
use super::{Style, short};
use crate::compare::Verdict;
use crate::report::{Report, ResolverReport};
use crate::rules::{Finding, Severity};
use crate::settings::FailOn;

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CaseOutcome {
    /// It is as it should be.
    Passed,
    /// It is not: of which kind, in one line, and at length.
    Failed {
        kind: String,
        message: String,
        lines: Vec<String>,
    },
    /// It was not checked, and why.
    Skipped(String),
}

/// A test case.
#[derive(Debug)]
pub(crate) struct TestCase {
    /// What it is a case of.
    pub(crate) class: &'static str,
    pub(crate) name: String,
    pub(crate) seconds: Option<f64>,
    pub(crate) outcome: CaseOutcome,
}

/// The cases of one target.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    pub(crate) name: String,
    /// When, RFC 3339, UTC; empty where that is not known.
    pub(crate) taken_at: String,
    /// Where; empty where that has no name.
    pub(crate) vantage: String,
    pub(crate) properties: Vec<(&'static str, String)>,
    pub(crate) cases: Vec<TestCase>,
    /// What there is to say besides.
    pub(crate) said: Vec<String>,
}

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let vantage = report.vantage.name.clone().unwrap_or_default();
    write(&[suite(report, vantage)?], style, out)
}

/// The cases of a report that was made at this place.
pub(crate) fn suite(report: &Report, vantage: String) -> Result<Suite, fmt::Error> {
    let mut cases = Vec::new();
    for (resolver, row) in report.resolvers.iter().zip(words::rows(report)) {
        cases.push(of_resolver(report, resolver, &row));
    }
    cases.extend(
        report
            .findings
            .iter()
            .map(|finding| of_finding(finding, report.asked.fail_on)),
    );
    cases.extend(report.not_evaluated.iter().map(|rule| TestCase {
        class: "rule",
        name: rule.rule.clone(),
        seconds: None,
        outcome: CaseOutcome::Skipped(format!(
            "not evaluated, since this is not known: {}",
            rule.missing.join(", ")
        )),
    }));
    cases.extend(report.gaps.iter().map(|gap| TestCase {
        class: "fact",
        name: format!("{} ({})", gap.fact, gap.source),
        seconds: None,
        outcome: CaseOutcome::Skipped(gap.reason.clone()),
    }));
    let samples = words::samples_in_short(report);
    Ok(Suite {
        name: report.target.shown(),
        taken_at: report.taken_at.clone(),
        vantage,
        properties: properties(
            &words::headline(report),
            report.exit_code,
            report.interrupted,
            &report.tool.version,
        ),
        cases,
        said: said(
            &words::headline(report),
            samples.as_deref(),
            report.exit_code,
            report.interrupted,
            &report.findings,
        )?,
    })
}

/// What a program wants to know of the whole.
pub(crate) fn properties(
    headline: &Headline,
    exit_code: u8,
    interrupted: bool,
    version: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("conclusion", headline.conclusion.to_owned()),
        ("exit_code", exit_code.to_string()),
        ("interrupted", interrupted.to_string()),
        ("version", version.to_owned()),
    ]
}

/// The outcome in one line, and the findings that fail nothing: their cases have passed, and say nothing.
pub(crate) fn said(
    headline: &Headline,
    more: Option<&str>,
    exit_code: u8,
    interrupted: bool,
    findings: &[Finding],
) -> Result<Vec<String>, fmt::Error> {
    let mut line = String::new();
    // Colours are for terminals; what is unprintable is escaped where the lines are written.
    short::line(headline, more, exit_code, interrupted, &Style::default(), &mut line)?;
    let mut lines = vec![line.trim_end().to_owned()];
    let others = findings.iter().filter(|finding| finding.severity != Severity::Error);
    lines.extend(others.map(|finding| {
        let (severity, rule) = (finding.severity.as_str(), &finding.rule);
        format!("{severity} [{rule}]: {}", finding.summary)
    }));
    Ok(lines)
}

fn of_resolver(report: &Report, resolver: &ResolverReport, row: &TableRow) -> TestCase {
    let name = &resolver.probed.resolver.name;
    let answered = format!("{}: {}", row.verdict, row.answer);
    let outcome = match row.mark {
        Some(LineMark::Good | LineMark::Warning) => CaseOutcome::Passed,
        Some(LineMark::Bad) => CaseOutcome::Failed {
            kind: resolver.verdict.as_str().to_owned(),
            message: row.answer.clone(),
            lines: report
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error && finding.resolvers.contains(name))
                .map(|finding| format!("{} [{}]", finding.summary, finding.rule))
                .collect(),
        },
        // As in the table: it answers as expected, and decides nothing.
        None if resolver.verdict == Verdict::Match => CaseOutcome::Passed,
        None => CaseOutcome::Skipped(format!("it does not decide the outcome ({answered})")),
        Some(LineMark::Unsure | LineMark::Info) => {
            CaseOutcome::Skipped(format!("whether it is right is not known ({answered})"))
        }
    };
    TestCase {
        class: "resolver",
        name: format!("{name} {}", row.address),
        seconds: words::response_time(&resolver.probed).map(in_seconds),
        outcome,
    }
}

/// The case of a finding: it fails where the run does for it.
pub(crate) fn of_finding(finding: &Finding, fail_on: FailOn) -> TestCase {
    let fails = match finding.severity {
        Severity::Error => true,
        Severity::Warning => fail_on == FailOn::Warning,
        Severity::Info => false,
    };
    let outcome = if fails {
        let mut lines = vec![finding.explanation.clone()];
        lines.extend(words::evidence(finding).map(|seen| format!("seen: {seen}")));
        lines.extend(finding.remedies.first().map(|remedy| format!("fix: {}", remedy.title)));
        CaseOutcome::Failed {
            kind: finding.rule.clone(),
            message: finding.summary.clone(),
            lines,
        }
    } else {
        CaseOutcome::Passed
    };
    TestCase {
        class: "finding",
        name: finding.rule.clone(),
        seconds: None,
        outcome,
    }
}

/// Writes the suites.
pub(crate) fn write(suites: &[Suite], style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
    for (id, suite) in suites.iter().enumerate() {
        write_suite(id, suite, style, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(id: usize, suite: &Suite, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let text = |text: &str| escape(&style.escape(text));
    let count = |is: fn(&CaseOutcome) -> bool| suite.cases.iter().filter(|case| is(&case.outcome)).count();
    // The sum of no floating-point numbers is -0.
    let seconds = suite
        .cases
        .iter()
        .filter_map(|case| case.seconds)
        .fold(0.0, |all, one| all + one);
    write!(
        out,
        "  <testsuite id=\"{id}\" package=\"{}\" name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" \
         time=\"{seconds}\"",
        env!("CARGO_PKG_NAME"),
        text(&suite.name),
        suite.cases.len(),
        count(|outcome| matches!(outcome, CaseOutcome::Failed { .. })),
        count(|outcome| matches!(outcome, CaseOutcome::Skipped(_))),
    )?;
    // The schema's times have no zone; these are UTC.
    if let Some(time) = suite
        .taken_at
        .strip_suffix('Z')
        .filter(|time| time.len() == "YYYY-MM-DDThh:mm:ss".len())
    {
        write!(out, " timestamp=\"{}\"", text(time))?;
    }
    if !suite.vantage.is_empty() {
        write!(out, " hostname=\"{}\"", text(&suite.vantage))?;
    }
    writeln!(out, ">\n    <properties>")?;
    for (name, value) in &suite.properties {
        writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", text(value))?;
    }
    writeln!(out, "    </properties>")?;
    let mut names = Unique::default();
    for case in &suite.cases {
        let name = names.name(&format!("{} {}", case.class, case.name));
        let name = name.strip_prefix(case.class).unwrap_or(&name).trim_start();
        write!(
            out,
            "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"",
            case.class,
            text(name),
            case.seconds.unwrap_or_default()
        )?;
        match &case.outcome {
            CaseOutcome::Passed => writeln!(out, "/>")?,
            CaseOutcome::Skipped(why) => {
                writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", text(why))?;
            }
            CaseOutcome::Failed { kind, message, lines } => {
                write!(
                    out,
                    ">\n      <failure type=\"{}\" message=\"{}\">",
                    text(kind),
                    text(message)
                )?;
                let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
                writeln!(out, "{}</failure>\n    </testcase>", lines.join("\n"))?;
            }
        }
    }
    let said: Vec<String> = suite.said.iter().map(|line| text(line)).collect();
    writeln!(out, "    <system-out>{}</system-out>", said.join("\n"))?;
    writeln!(out, "    <system-err/>\n  </testsuite>")
}

/// A text in which nothing means anything to XML. It is printable already, so none of the characters is left that XML
/// 1.0 has no place for (section 2.2): controls, surrogates, U+FFFE and U+FFFF.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn no_time_is_zero() {
        let mut out = String::new();
        write(&[Suite::default()], &Style::default(), &mut out).unwrap();
        assert!(out.contains("time=\"0\""), "{out}");
    }

    #[test]
    fn nothing_leaves_its_place() {
        let suite = Suite {
            name: "a\"<&>'\u{0}".to_owned(),
            taken_at: "2026-01-01T00:00:00Z".to_owned(),
            cases: vec![
                TestCase {
                    class: "resolver",
                    name: "x".to_owned(),
                    seconds: Some(0.5),
                    outcome: CaseOutcome::Failed {
                        kind: "k".to_owned(),
                        message: "]]>".to_owned(),
                        lines: vec!["</failure>".to_owned(), "\u{ffff}".to_owned()],
                    },
                },
                TestCase {
                    class: "resolver",
                    name: "x".to_owned(),
                    seconds: None,
                    outcome: CaseOutcome::Skipped("why".to_owned()),
                },
            ],
            ..Suite::default()
        };
        let mut out = String::new();
        write(&[suite], &Style::default(), &mut out).unwrap();
        for part in [
            "name=\"a&quot;&lt;&amp;&gt;&apos;\\u{0}\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"0.5\" \
             timestamp=\"2026-01-01T00:00:00\">",
            "<testcase classname=\"resolver\" name=\"x\" time=\"0.5\">",
            "<failure type=\"k\" message=\"]]&gt;\">&lt;/failure&gt;\n\\u{ffff}</failure>",
            "<testcase classname=\"resolver\" name=\"x (2)\" time=\"0\">\n      <skipped message=\"why\"/>",
        ] {
            assert!(out.contains(part), "{part}\n{out}");
        }
    }
}

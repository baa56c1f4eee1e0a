//! Every scenario without a network: today's rules on the recorded observations give exactly the findings that the scenario
//! states. Their words stand once a rule, in `fixtures/findings`; what a whole report looks like is shown by a few chosen
//! scenarios in every format, in `fixtures/pages`.
//!
//! `BLESS=1 cargo test --test cases` writes both anew.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use eks_dns_doctor::capture;
use eks_dns_doctor::lab;
use eks_dns_doctor::render::{self, Format, Style};
use eks_dns_doctor::report::{Capture, Report, diagnose};
use eks_dns_doctor::rules::{Finding, RULES};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = lab::names()
        .map(|name| Trial::test(name, move || replay(name)))
        .collect();
    trials.extend(
        RULES
            .iter()
            .map(|rule| Trial::test(format!("findings/{}", rule.name), || findings(rule.name))),
    );
    trials.extend(
        pages()
            .into_iter()
            .map(|name| Trial::test(format!("pages/{name}"), move || page(&name))),
    );
    trials.push(Trial::test(
        "no_page_or_rule_is_left_that_nothing_writes",
        nothing_is_left,
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The recorded observations of a scenario: what today's rules are held to without a network.
fn recorded(name: &str) -> Result<Capture, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/cases")
        .join(name)
        .join(common::CAPTURE);
    let bytes = std::fs::read(&path)
        .map_err(|error| format!("{}: {error} (BLESS=1 cargo test --test lab writes it)", path.display()))?;
    capture::parse(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// A report in every format, at 80 columns: the ending of its file, and the text.
fn rendered(report: &Report) -> Vec<(&'static str, String)> {
    Format::VARIANTS
        .iter()
        .map(|format| {
            let mut text = String::new();
            render::render(report, *format, &Style::default(), &mut text).expect("a String takes all");
            let ending = match format {
                Format::Table => "txt",
                Format::Short => "short",
                Format::Json => "json",
                Format::Markdown => "md",
            };
            (ending, text)
        })
        .collect()
}

fn report(name: &str) -> Result<Report, String> {
    Ok(diagnose(recorded(name)?))
}

fn replay(name: &str) -> Result<(), Failed> {
    let (name, scenario) = lab::scenario(Some(name))?;
    common::check_outcome(&report(name)?, &scenario)?;
    Ok(())
}

/// What a rule says in its own scenarios, one below the other.
fn findings(rule: &str) -> Result<(), Failed> {
    let mut text = String::new();
    for name in lab::names().filter(|name| name.split('/').next() == Some(rule)) {
        let report = report(name)?;
        for finding in report.findings.iter().filter(|finding| finding.rule == rule) {
            let _ = writeln!(text, "=== {}", name.split('/').next_back().unwrap_or(name));
            put(finding, &mut text);
        }
    }
    common::check_file(&format!("findings/{rule}.txt"), &text)?;
    Ok(())
}

fn put(finding: &Finding, text: &mut String) {
    let (severity, confidence) = (finding.severity.as_str(), finding.confidence.as_str());
    let _ = writeln!(text, "{severity}, {confidence}: {}", finding.summary);
    if !finding.resolvers.is_empty() {
        let _ = writeln!(text, "at: {}", finding.resolvers.join(", "));
    }
    if let Some(cause) = &finding.caused_by {
        let _ = writeln!(text, "caused by: {cause}");
    }
    let _ = writeln!(text, "why: {}", finding.explanation);
    for evidence in &finding.evidence {
        let who = evidence
            .resolver
            .as_ref()
            .map(|who| format!("{who}: "))
            .unwrap_or_default();
        let _ = writeln!(text, "seen: {who}{}", evidence.observed);
    }
    for remedy in &finding.remedies {
        let _ = writeln!(text, "fix: {}", remedy.title);
        for line in remedy.commands.iter().flat_map(|command| command.lines()) {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
    }
    text.push('\n');
}

/// The scenarios whose reports are shown in full, by `fixtures/pages.txt`: a name a line, and behind it what it shows.
fn pages() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages.txt");
    let list = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let names = list.lines().filter(|line| !line.starts_with('#'));
    names
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// The name of a page's files, without their ending.
fn stem(name: &str) -> String {
    name.replace('/', ".")
}

fn page(name: &str) -> Result<(), Failed> {
    let report = report(name)?;
    for (ending, text) in rendered(&report) {
        common::check_file(&format!("pages/{}.{ending}", stem(name)), &text)?;
    }
    Ok(())
}

/// Every file of these folders belongs to a rule or a page that is there.
fn nothing_is_left() -> Result<(), Failed> {
    let mut expected: Vec<String> = RULES.iter().map(|rule| format!("findings/{}.txt", rule.name)).collect();
    for name in pages() {
        let endings = ["txt", "short", "json", "md"];
        expected.extend(endings.map(|ending| format!("pages/{}.{ending}", stem(&name))));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["findings", "pages"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let name = format!("{folder}/{}", entry?.file_name().to_string_lossy());
            if !expected.contains(&name) {
                return Err(format!("fixtures/{name}: nothing writes it any more").into());
            }
        }
    }
    Ok(())
}

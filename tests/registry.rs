//! The catalogue holds together: every rule is a file, registered, documented, named well, in the index
//! of docs/findings.md, and has a scenario where it fires and one where it stays silent.

#![expect(clippy::disallowed_methods, reason = "a test reads the tree it is about")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use eks_dns_doctor::capture;
use eks_dns_doctor::lab;
use eks_dns_doctor::places::PLACE_RULES;
use eks_dns_doctor::report::{Report, diagnose};
use eks_dns_doctor::rules::{self, RULES, Shows};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Files of `src/rules` that are no rules.
const NOT_RULES: &[&str] = &[
    "mod",
    "case",
    "certain",
    "changed",
    "complaint",
    "decided",
    "engine",
    "finding",
    "fit",
    "need",
    "otherwise",
    "own_record",
    "phrase",
    "reference",
    "route53",
    "shows",
    "step",
    "subject",
    "view",
    "why",
];

#[test]
fn every_file_is_registered_under_its_name() {
    let files: BTreeSet<String> = std::fs::read_dir(root().join("src/rules"))
        .expect("the rules' folder")
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem()?.to_string_lossy().into_owned();
            (path.is_file() && !NOT_RULES.contains(&stem.as_str())).then_some(stem)
        })
        .collect();
    let registered: BTreeSet<String> = RULES.iter().map(|rule| rule.name.replace('-', "_")).collect();
    assert_eq!(files, registered);
    for rule in RULES {
        let file = format!("src/rules/{}.rs", rule.name.replace('-', "_"));
        assert!(rule.file.replace('\\', "/").ends_with(&file), "{}", rule.file);
    }
}

/// How sure a rule is follows from its declaration: its check hands on what the engine read.
#[test]
fn no_check_decides_how_sure_it_is() {
    for rule in RULES {
        let file = root().join(format!("src/rules/{}.rs", rule.name.replace('-', "_")));
        let source: String = std::fs::read_to_string(file).expect("the rule's file");
        let dense: String = source.chars().filter(|c| !c.is_whitespace()).collect();
        // A comparison, or a pattern in front of words, is no decision.
        for level in ["Certain", "High", "Medium", "Low"] {
            for (before, after) in [("(", ","), ("=>", ","), (",", ","), ("{", "}"), ("=", ";"), ("(", ")")] {
                let written = format!("{before}Confidence::{level}{after}");
                let is_compared = |at: usize| before == "=" && dense[..at].ends_with(['=', '!', '<', '>']);
                let mut found = dense.match_indices(&written);
                assert!(found.all(|(at, _)| is_compared(at)), "{}: {written}", rule.name);
            }
        }
    }
}

#[test]
fn names_are_unique_conditions() {
    let mut seen = BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.name), "{} stands twice", rule.name);
        assert!(
            rule.name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{} is not kebab-case",
            rule.name
        );
        for remedy in ["avoid-", "use-", "check-", "missing-check-", "do-not-"] {
            assert!(!rule.name.starts_with(remedy), "{} names a remedy", rule.name);
        }
        assert!(!rule.summary.ends_with('.'), "{}", rule.name);
    }
}

/// The names are promises: a rename or a removal shows here.
#[test]
fn the_list_of_names_is_the_recorded_one() {
    let path = root().join("fixtures/rule-names.txt");
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let names = names.join(
        "
",
    ) + "
";
    if std::env::var_os("BLESS").is_some_and(|value| !value.is_empty()) {
        std::fs::write(&path, &names).expect("the list can be written");
    }
    assert_eq!(read(&path), names);
}

#[test]
fn every_rule_is_documented() {
    for rule in RULES {
        let headings: Vec<&str> = rule
            .documentation
            .lines()
            .filter_map(|line| line.trim().strip_prefix("## "))
            .collect();
        assert_eq!(
            headings,
            ["What it means", "How it was decided", "Why it matters", "What to do"],
            "{}",
            rule.name
        );
        assert!(!rule.references.is_empty(), "{}", rule.name);
    }
}

/// A finding of several places has a page of the same sections, and a place where a case of it is compared.
#[test]
fn rules_of_several_places_are_documented() {
    for rule in PLACE_RULES {
        let headings: Vec<&str> = rule
            .documentation
            .lines()
            .filter_map(|line| line.trim().strip_prefix("## "))
            .collect();
        assert_eq!(
            headings,
            ["What it means", "How it was decided", "Why it matters", "What to do"],
            "{}",
            rule.name
        );
        let module = format!("src/places/rules/{}.rs", rule.name.replace('-', "_"));
        assert!(root().join(&module).is_file(), "{module}");
        let files = std::fs::read_dir(root().join("tests/places")).expect("the tests' folder");
        let tests: String = files.map(|file| read(&file.expect("an entry").path())).collect();
        assert!(tests.contains(&format!("\"{}\"", rule.name)), "{}", rule.name);
    }
}

#[test]
fn what_a_rule_explains_some_rule_shows() {
    let shown: BTreeSet<Shows> = RULES.iter().flat_map(|rule| rule.shows).copied().collect();
    let needed = RULES.iter().flat_map(|rule| rule.explains.iter().chain(rule.replaces));
    let needed: BTreeSet<Shows> = needed.copied().collect();
    assert_eq!(shown, needed, "what rules show, and what others explain or replace");
    for rule in RULES {
        assert!(!rule.explains(rule) && !rule.replaces(rule), "{}", rule.name);
    }
}

/// The index of findings is the registry's.
#[test]
fn the_index_lists_exactly_the_rules() {
    const START: &str = "<!-- findings -->\n";
    const END: &str = "<!-- /findings -->";
    let path = root().join("docs/findings.md");
    let page = read(&path);
    let (before, rest) = page.split_once(START).expect("the index starts");
    let (index, after) = rest.split_once(END).expect("the index ends");
    let mut expected = String::from("| finding | it means |\n|---|---|\n");
    for rule in RULES {
        let _ = writeln!(expected, "| `{}` | {} |", rule.name, rule.summary);
    }
    expected.push_str("\nOf several places (`compare`):\n\n| finding | it means |\n|---|---|\n");
    for rule in PLACE_RULES {
        let _ = writeln!(expected, "| `{}` | {} |", rule.name, rule.summary);
    }
    if std::env::var_os("BLESS").is_some_and(|value| !value.is_empty()) {
        let text = format!("{before}{START}{expected}{END}{after}");
        std::fs::write(&path, text).expect("the index can be written");
        return;
    }
    assert_eq!(index, expected);
}

/// The reports of all scenarios, from what was recorded, by name.
fn reports() -> BTreeMap<&'static str, Report> {
    lab::names()
        .map(|name| {
            let path = root().join("fixtures/cases").join(name).join("capture.json");
            let capture = capture::parse(read(&path).as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, diagnose(capture))
        })
        .collect()
}

#[test]
fn every_rule_fires_somewhere_and_stays_silent_where_it_could_speak() {
    let reports = reports();
    for rule in RULES {
        let own = |name: &&&str| name.split('/').next() == Some(rule.name);
        let fires = |report: &Report| report.findings.iter().any(|finding| finding.rule == rule.name);
        let evaluated = |report: &Report| !report.not_evaluated.iter().any(|skipped| skipped.rule == rule.name);
        assert!(
            reports.keys().filter(own).any(|name| fires(&reports[name])),
            "{} fires in none of its scenarios",
            rule.name
        );
        assert!(
            reports
                .keys()
                .filter(own)
                .any(|name| !fires(&reports[name]) && evaluated(&reports[name])),
            "{} has no scenario where it stays silent",
            rule.name
        );
    }
}

/// A finding is one of its rule's, and never worse than the rule says.
#[test]
fn findings_keep_to_their_rules() {
    for (name, report) in reports() {
        for finding in &report.findings {
            let rule = rules::find(&finding.rule).expect("a rule of the catalogue");
            assert!(finding.severity >= rule.severity, "{name}: {}", finding.rule);
            assert!(!finding.summary.is_empty() && !finding.explanation.is_empty(), "{name}");
            if let Some(cause) = &finding.caused_by {
                assert!(
                    report.findings.iter().any(|other| other.rule == *cause),
                    "{name}: {} is caused by {cause}, which is not there",
                    finding.rule
                );
            }
        }
    }
}

/// A command line of this program's that a remedy shows is one that it understands.
#[test]
fn remedies_show_command_lines_that_exist() {
    for (name, report) in reports() {
        let report = diagnose(report.into_capture());
        for command in report
            .findings
            .iter()
            .flat_map(|finding| &finding.remedies)
            .flat_map(|remedy| &remedy.commands)
            .flat_map(|command| command.lines())
            .filter(|line| line.starts_with("eks-dns-doctor "))
        {
            // What the reader fills in, in quotation marks for PowerShell, and what stands for the options of the run.
            let words = command.split(' ').filter(|word| *word != "…").map(|word| {
                if word.trim_matches('\'').starts_with('<') {
                    "10.0.0.1"
                } else if word.starts_with("ssm:<") {
                    "ssm:i-0123456789abcdef0"
                } else {
                    word
                }
            });
            let parsed = eks_dns_doctor::cli::parse(words.map(std::ffi::OsString::from));
            assert!(parsed.is_ok(), "{name}: {command}: {parsed:?}");
        }
    }
}

/// The promise of the exit code, over every scenario.
#[test]
fn healthy_is_said_only_where_everything_in_scope_matches() {
    for (name, report) in reports() {
        let report = diagnose(report.into_capture());
        let failed: Vec<&str> = report
            .resolvers
            .iter()
            .filter(|resolver| resolver.probed.resolver.in_scope && !resolver.verdict.is_fine())
            .map(|resolver| resolver.probed.resolver.name.as_str())
            .collect();
        for resolver in &failed {
            assert!(
                report.findings.iter().any(|finding| {
                    finding.severity == rules::Severity::Error
                        && finding.resolvers.iter().any(|other| other == resolver)
                }),
                "{name}: no error names {resolver}"
            );
        }
        if report.exit_code == 0 {
            assert!(failed.is_empty(), "{name}: {failed:?}");
        }
    }
}

/// What a rule touches in all scenarios is what it declares: nothing undeclared, nothing never looked at.
#[test]
fn needs_and_wants_are_what_rules_touch() {
    let mut touched: BTreeMap<&str, BTreeSet<rules::Need>> = BTreeMap::new();
    for (_, report) in reports() {
        for (rule, needs) in eks_dns_doctor::report::touched(&report.into_capture()) {
            touched.entry(rule).or_default().extend(needs);
        }
    }
    let mut wrong = Vec::new();
    for rule in RULES {
        // Whether the controls were asked shows in the lookups, which every rule sees.
        let declared: BTreeSet<rules::Need> = rule
            .needs()
            .into_iter()
            .chain(rule.wants())
            .filter(|need| *need != rules::Need::Controls)
            .collect();
        let seen = touched.remove(rule.name).unwrap_or_default();
        if seen != declared {
            wrong.push(format!("{} touches {seen:?} and declares {declared:?}", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! Pairs of places that the lab plays: the article's, and those of each rule.

use eks_dns_doctor::places::{self, PLACE_RULES};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::Conclusion;
use serde_json::{Value, json};

use super::{BASTION, LAPTOP, changed, compare, fixture, folders, formats, play, program, rendered, rules, scenes};

#[test]
fn the_laptop_and_the_bastion_of_the_article() {
    let comparison = compare(&[&LAPTOP, &BASTION]);
    assert_eq!(rules(&comparison), ["only-one-place-has-forwarding"]);
    let headline = &comparison.findings[0];
    assert_eq!(
        headline.summary,
        "bastion sees the private zone through 192.168.0.2, laptop asks 10.63.200.10, which answers from public DNS"
    );
    assert_eq!(headline.confidence.as_str(), "high");
    assert!(!headline.remedies.is_empty());
    assert_eq!((comparison.conclusion, comparison.exit_code), (Conclusion::Broken, 1));
    let table = rendered(&comparison, Format::Table);
    assert!(
        // Commands and lines of configuration are never wrapped.
        table
            .lines()
            .take_while(|line| !line.starts_with("  Fix"))
            .all(|line| line.chars().count() <= 80),
        "{table}"
    );
    assert_eq!(table, rendered(&compare(&[&LAPTOP, &BASTION]), Format::Table));
    let document: Value = serde_json::from_str(&rendered(&comparison, Format::Json)).unwrap();
    assert_eq!(document["schema_version"], 2);
    assert_eq!(document["places"][0]["name"], "laptop");
    assert_eq!(document["places"][0]["kind"], "capture");
    assert_eq!(document["places"][1]["conclusion"], "healthy");
    assert_eq!(document["rows"].as_array().unwrap().len(), 2);
    let cells = &document["rows"][0]["cells"];
    assert_eq!(cells[0]["verdict"], "nxdomain");
    assert_eq!(cells[0]["view"], "public");
    assert_eq!(cells[1]["verdict"], Value::Null);
    // The way, a line a place.
    for line in [
        "  laptop → local 10.63.200.10 → public DNS: NXDOMAIN ✗\n",
        "  bastion → local 192.168.0.2 → private zone ✓\n",
    ] {
        assert!(table.contains(line), "{table}");
    }
    assert_eq!(table.matches(" → ").count(), 4, "{table}");
    let healthy = rendered(&compare(&[&BASTION, &BASTION]), Format::Table);
    assert!(!healthy.contains(" → "), "{healthy}");
    let short = rendered(&comparison, Format::Short);
    assert_eq!(short.lines().count(), 1);
    assert!(
        short.ends_with("[only-one-place-has-forwarding, high; exit 1]\n"),
        "{short}"
    );
    let markdown = rendered(&comparison, Format::Markdown);
    assert!(
        markdown.contains("| Resolver | Address | laptop | bastion |"),
        "{markdown}"
    );
    assert!(markdown.contains("--> r1[\"local 192.168.0.2\"]"), "{markdown}");
    // The folded part has all that -v has.
    let verbose = Style {
        verbose: true,
        ..Style::default()
    };
    let mut all = String::new();
    places::render(&comparison, Format::Markdown, &verbose, &mut all).unwrap();
    for line in all.lines() {
        assert!(markdown.lines().any(|other| other == line), "{line}\n{markdown}");
    }
}

/// The pair of the article, kept: what the lab's laptop and bastion recorded, and the comparison of both in each
/// format. `BLESS=1 cargo test --test places` writes the comparisons anew, and with `BLESS=captures` what they are of,
/// which has other times then.
#[test]
fn the_recorded_pair_reads_as_it_did() {
    let bless = std::env::var_os("BLESS").is_some_and(|value| !value.is_empty());
    if std::env::var_os("BLESS").is_some_and(|value| value == "captures") {
        for (document, name) in [(&*LAPTOP, "laptop.json"), (&*BASTION, "bastion.json")] {
            let text = serde_json::to_string_pretty(document).unwrap() + "\n";
            std::fs::write(fixture(name), text).unwrap();
        }
    }
    for (golden, sources) in [
        ("article", ["laptop.json", "bastion.json"]),
        ("article-dig", ["laptop.json", "bastion.dig.txt"]),
    ] {
        let sources = sources
            .into_iter()
            .map(|name| {
                let bytes = std::fs::read(fixture(name)).unwrap();
                places::read(name.split('.').next().unwrap(), &bytes).unwrap()
            })
            .collect();
        let comparison = places::compare(sources).unwrap();
        for format in Format::VARIANTS.iter().filter(|format| **format != Format::Jsonl) {
            let path = fixture(&format!("{golden}.compared.{}", format.ending()));
            let text = rendered(&comparison, *format);
            assert_eq!(formats::whole(*format, &text), Ok(()));
            if bless {
                std::fs::write(&path, &text).unwrap();
            }
            let kept = std::fs::read_to_string(&path).unwrap();
            assert!(kept == text, "{}: not as recorded:\n{text}", path.display());
        }
    }
}

/// What a pair of places must come to.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    /// Exactly these findings: `RULE SEVERITY CONFIDENCE`.
    findings: Vec<String>,
    exit_code: u8,
    /// When a place was captured, where it matters.
    #[serde(default)]
    taken_at: std::collections::BTreeMap<String, String>,
}

/// Each rule over places has pairs where it fires and pairs that only look like it. The lab plays both places, and
/// what comes of it is stated beside them, and nothing else may.
#[test]
fn each_rule_fires_on_its_pairs_and_on_no_near_miss() {
    let mut wrong = Vec::new();
    for rule in PLACE_RULES {
        let scenarios = folders(&fixture("pairs").join(rule.name));
        for kind in ["fires", "near-miss"] {
            let has = scenarios.iter().any(|path| {
                let name = path.file_name().unwrap().to_string_lossy();
                name.starts_with(kind)
            });
            assert!(has, "{} has no pair that {kind}", rule.name);
        }
        for path in scenarios {
            let scenario = path.file_name().unwrap().to_string_lossy().into_owned();
            let shown = format!("{}/{scenario}", rule.name);
            let text = std::fs::read_to_string(path.join("pair.toml")).unwrap();
            let pair: Pair = toml::from_str(&text).unwrap();
            let fires = pair.findings.iter().any(|finding| finding.starts_with(rule.name));
            assert_eq!(fires, scenario.starts_with("fires"), "{shown}");
            let documents: Vec<Value> = scenes(&path)
                .iter()
                .map(|file| {
                    let place = file.file_stem().unwrap().to_str().unwrap();
                    let mut document = play(file.to_str().unwrap(), place);
                    let text = std::fs::read_to_string(file).unwrap();
                    let own: toml::Value = toml::from_str(&text).unwrap();
                    let stated = own["expect"]["exit_code"].as_integer();
                    assert_eq!(document["exit_code"].as_i64(), stated, "{shown}: {place}");
                    if let Some(time) = pair.taken_at.get(place) {
                        document["taken_at"] = json!(time);
                    }
                    document
                })
                .collect();
            let comparison = compare(&documents.iter().collect::<Vec<_>>());
            let found: Vec<String> = comparison
                .findings
                .iter()
                .map(|finding| {
                    let (severity, confidence) = (finding.severity, finding.confidence);
                    format!("{} {} {}", finding.rule, severity.as_str(), confidence.as_str())
                })
                .collect();
            if (&found, comparison.exit_code) != (&pair.findings, pair.exit_code) {
                wrong.push(format!(
                    "{shown}: {found:?}, exit {}: {}",
                    comparison.exit_code,
                    rendered(&comparison, Format::Short)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let covered = folders(&fixture("pairs")).len();
    assert_eq!(covered, PLACE_RULES.len(), "a folder of no rule");
}

/// A comparison carries what it was made from: replayed, it is the same byte for byte, redacted or not, and it
/// can be compared with one place more.
#[test]
fn a_comparison_is_read_back() {
    let directory = tempfile::tempdir().unwrap();
    let save = |name: &str, document: &Value| {
        let path = directory.path().join(name);
        std::fs::write(&path, document.to_string()).unwrap();
        path
    };
    let laptop = save("laptop.json", &LAPTOP);
    let bastion = save("bastion.json", &BASTION);
    let run = |arguments: &[&std::ffi::OsStr]| {
        let output = program().args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text, String::from_utf8(output.stderr).unwrap())
    };
    let dig = fixture("bastion.dig.txt");
    for redact in [false, true] {
        for second in [&bastion, &laptop, &dig] {
            let saved = directory.path().join("both.json");
            let mut arguments: Vec<&std::ffi::OsStr> = vec![
                "compare".as_ref(),
                laptop.as_ref(),
                second.as_ref(),
                "--save".as_ref(),
                saved.as_ref(),
            ];
            if redact {
                arguments.push("--redact".as_ref());
            }
            let (code, first, error) = run(&arguments);
            assert_eq!((code, error.as_str()), (Some(1), ""));
            let (code, again, error) = run(&["replay".as_ref(), saved.as_ref()]);
            assert_eq!((code, error.as_str()), (Some(1), ""));
            assert_eq!(again, first);
            let json = std::fs::read_to_string(&saved).unwrap();
            let (_, document, _) = run(&["replay".as_ref(), saved.as_ref(), "-o".as_ref(), "json".as_ref()]);
            assert_eq!(document, json);
        }
    }
    let both = directory.path().join("both.json");
    run(&[
        "compare".as_ref(),
        laptop.as_ref(),
        bastion.as_ref(),
        "--save".as_ref(),
        both.as_ref(),
        "-q".as_ref(),
    ]);
    let third = save(
        "third.json",
        &changed(&BASTION, |d| d["vantage"]["name"] = json!("third")),
    );
    let (code, text, _) = run(&["compare".as_ref(), both.as_ref(), third.as_ref()]);
    assert_eq!(code, Some(1));
    assert!(
        text.contains("laptop") && text.contains("bastion") && text.contains("third"),
        "{text}"
    );
    // What is wrong with a comparison is one line, as with a capture.
    let whole: Value = serde_json::from_slice(&std::fs::read(&both).unwrap()).unwrap();
    for (change, says) in [
        (
            Box::new(|d: &mut Value| d["captures"] = json!([])) as Box<dyn Fn(&mut Value)>,
            "2 places and has 0 captures",
        ),
        (
            Box::new(|d: &mut Value| d["captures"][0] = json!(7)),
            "is not a capture: ",
        ),
        (
            Box::new(|d: &mut Value| d["captures"][1]["taken_at"] = json!("\u{1b}[2J")),
            "not a time",
        ),
        (
            Box::new(|d: &mut Value| d["places"][0]["kind"] = json!("guess")),
            "is not a capture: ",
        ),
        (
            Box::new(|d: &mut Value| d["schema_version"] = json!(9)),
            "schema_version 9",
        ),
    ] {
        let broken = save("broken.json", &changed(&whole, |d| change(d)));
        for command in ["replay", "compare"] {
            let files = [command.as_ref(), broken.as_ref(), laptop.as_ref()];
            let count = if command == "replay" { 2 } else { 3 };
            let (code, text, error) = run(&files[..count]);
            assert_eq!((code, text.as_str()), (Some(2), ""), "{says}: {error}");
            assert!(error.contains(says), "{says}: {error}");
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(!error.trim_end().contains(char::is_control), "{error:?}");
        }
    }
}

#[test]
fn names_of_rules_are_unique() {
    let mut names: Vec<&str> = PLACE_RULES.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), PLACE_RULES.len());
    let taken = names.iter().filter(|name| eks_dns_doctor::rules::find(name).is_some());
    assert_eq!(taken.count(), 0);
}

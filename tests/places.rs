//! Several places side by side: captures that the lab made, dig's text, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

#[path = "checks/formats.rs"]
mod formats;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use assert_cmd::Command;
use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::places::{self, PLACE_RULES, PlacesDocument};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::{Conclusion, diagnose};
use eks_dns_doctor::rules::Confidence;
use serde_json::{Value, json};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/places").join(name)
}

/// Plays a scenario, and returns the document of a run there.
fn play(scenario: &str, place: &str) -> Value {
    let text = std::fs::read_to_string(fixture(scenario)).unwrap();
    let scenario = lab::parse(&text).unwrap();
    let scene = Scene {
        name: place,
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let played = lab::play(&scenario, &scene, std::future::pending(), |_| {});
    let mut capture = runtime.block_on(played).unwrap().capture;
    capture.vantage.name = Some(place.to_owned());
    serde_json::to_value(diagnose(capture)).unwrap()
}

static LAPTOP: LazyLock<Value> = LazyLock::new(|| play("laptop.toml", "laptop"));
static BASTION: LazyLock<Value> = LazyLock::new(|| play("bastion.toml", "bastion"));

fn changed(document: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = document.clone();
    change(&mut document);
    document
}

fn compare(documents: &[&Value]) -> PlacesDocument {
    let sources = documents
        .iter()
        .map(|document| places::read("place", document.to_string().as_bytes()).unwrap())
        .collect();
    places::compare(sources).unwrap()
}

fn rules(comparison: &PlacesDocument) -> Vec<&str> {
    let findings = comparison.findings.iter();
    findings.map(|finding| finding.rule.as_str()).collect()
}

fn rendered(comparison: &PlacesDocument, format: Format) -> String {
    let mut text = String::new();
    places::render(comparison, format, &Style::default(), &mut text).unwrap();
    text
}

/// What the lookups of the first resolver for the endpoint come to.
fn targets(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let lookups = document["resolvers"][0]["lookups"].as_array_mut().unwrap();
    lookups.iter_mut().filter(|lookup| {
        let purpose = lookup["purpose"].as_str().unwrap();
        purpose.starts_with("target")
    })
}

/// As where nothing comes back.
fn silence(document: &mut Value) {
    let lookups = document["resolvers"][0]["lookups"].as_array_mut().unwrap();
    for lookup in lookups {
        lookup["kind"] = json!("timeout");
        lookup["rcode"] = Value::Null;
        lookup["flags"] = Value::Null;
        lookup["soa"] = Value::Null;
        lookup["records"] = json!([]);
        lookup["addresses"] = json!([]);
        lookup["rtt_ms"] = Value::Null;
        lookup["attempts"] = json!([]);
    }
}

/// As where other addresses are given.
fn give(document: &mut Value, addresses: [&str; 2]) {
    for lookup in targets(document) {
        if lookup["kind"] == "answer" {
            lookup["addresses"] = json!(addresses);
        }
    }
}

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

/// The folders below one, in order.
fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// The scenarios of a pair, each of one place.
fn scenes(pair: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(pair).unwrap();
    let mut scenes: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("pair.toml"))
        .collect();
    scenes.sort();
    scenes
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
fn dig_on_the_bastion_is_enough() {
    let dig = std::fs::read(fixture("bastion.dig.txt")).unwrap();
    let laptop = places::read("x", LAPTOP.to_string().as_bytes()).unwrap();
    let bastion = places::read("bastion", &dig).unwrap();
    let comparison = places::compare(vec![laptop, bastion]).unwrap();
    assert_eq!(rules(&comparison), ["only-one-place-has-forwarding"]);
    assert!(
        comparison.findings[0]
            .summary
            .starts_with("bastion sees the private zone through 192.168.0.2")
    );
    let place = &comparison.places[1];
    assert_eq!(place.taken_at.as_deref(), Some("2026-01-01T00:00:05Z"));
    assert_eq!(place.conclusion, Conclusion::Healthy);
    let gaps: Vec<&str> = place.gaps.iter().map(|gap| gap.fact.as_str()).collect();
    assert!(gaps.contains(&"the AAAA answer"), "{gaps:?}");
    assert!(gaps.contains(&"what the answer should be"), "{gaps:?}");
    let table = rendered(&comparison, Format::Table);
    assert!(table.contains("not known: the AAAA answer"), "{table}");
}

#[test]
fn dig_at_both_places() {
    let read = |name: &str| {
        let dig = std::fs::read(fixture(name)).unwrap();
        places::read(name.split('.').next().unwrap(), &dig).unwrap()
    };
    let both = vec![read("laptop.dig.txt"), read("bastion.dig.txt")];
    let comparison = places::compare(both).unwrap();
    assert_eq!(
        rules(&comparison),
        ["only-one-place-has-forwarding", "reachable-from-one-place-only"]
    );
    assert_eq!(comparison.exit_code, 1);
    assert_eq!(comparison.places[0].taken_at, None);
    let row = comparison
        .rows
        .iter()
        .find(|row| row.shown_address() == "192.168.0.2:53")
        .unwrap();
    assert_eq!(row.cells[0].verdict.unwrap().as_str(), "timeout");
    assert_eq!(row.cells[1].verdict.unwrap().as_str(), "answer");
}

#[test]
fn one_server_two_answers() {
    let other = changed(&LAPTOP, |document| {
        document["resolvers"][0]["address"] = json!("192.168.0.2:53");
    });
    let comparison = compare(&[&other, &BASTION]);
    assert_eq!(rules(&comparison)[0], "same-resolver-answers-differently");
    assert_eq!(comparison.exit_code, 1);
    // Addresses of loopback are each host's own.
    let loopback = |document: &Value| {
        changed(document, |document| {
            document["resolvers"][0]["address"] = json!("127.0.0.53:53");
        })
    };
    let comparison = compare(&[&loopback(&LAPTOP), &loopback(&BASTION)]);
    assert!(!rules(&comparison).contains(&"same-resolver-answers-differently"));
}

#[test]
fn one_server_that_one_place_does_not_reach() {
    let far = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("far");
        silence(document);
    });
    let comparison = compare(&[&far, &BASTION]);
    assert_eq!(rules(&comparison), ["reachable-from-one-place-only"]);
    assert_eq!(
        comparison.findings[0].summary,
        "192.168.0.2:53 answers bastion, and not far"
    );
    assert_eq!(comparison.exit_code, 1);
}

/// The place with the VPC's own resolver beside what decides there, and what came of it.
fn with_a_resolver_aside(place: &str, change: impl FnOnce(&mut Value)) -> Value {
    let vpc = changed(&BASTION, |document| {
        document["resolvers"][0]["name"] = json!("vpc");
        document["resolvers"][0]["role"] = json!("vpc");
        document["resolvers"][0]["also"] = json!([]);
        document["resolvers"][0]["in_scope"] = json!(false);
        document["resolvers"][0]["address"] = json!("192.168.0.9:53");
        change(document);
    });
    changed(&BASTION, |document| {
        document["vantage"]["name"] = json!(place);
        if let Some(left) = vpc.get("not_waited_for") {
            document["not_waited_for"] = left.clone();
        }
        let resolvers = document["resolvers"].as_array_mut().unwrap();
        resolvers.push(vpc["resolvers"][0].clone());
    })
}

/// Makes a document one of a run that did not wait for its resolver.
fn not_waited_for(document: &mut Value) {
    document["resolvers"][0]["lookups"] = json!([]);
    document["not_waited_for"] = json!([{
        "resolver": "vpc",
        "question": document["target"]["hostname"],
        "qtype": "A",
        "purpose": "target",
    }]);
}

/// A resolver that a run did not wait for said nothing there: it is neither an answer nor silence.
#[test]
fn a_resolver_that_was_not_waited_for_is_no_answer() {
    let open = with_a_resolver_aside("open", not_waited_for);
    let answered = with_a_resolver_aside("answered", |_| {});
    let silent = with_a_resolver_aside("silent", silence);
    for other in [&open, &answered, &silent] {
        for pair in [[&open, other], [other, &open]] {
            let comparison = compare(&pair);
            assert_eq!(rules(&comparison), ["same-and-healthy"]);
            assert_eq!((comparison.conclusion, comparison.exit_code), (Conclusion::Healthy, 0));
        }
    }
    let verdict = |comparison: &PlacesDocument| comparison.rows[1].cells[0].verdict;
    assert_eq!(
        verdict(&compare(&[&open, &answered])).unwrap().as_str(),
        "not-waited-for"
    );
    // What was heard at one place and waited for in vain at the other is still told.
    let comparison = compare(&[&answered, &silent, &open]);
    assert!(
        rules(&comparison).contains(&"reachable-from-one-place-only"),
        "{:?}",
        rules(&comparison)
    );
    let other = with_a_resolver_aside("other", |document| give(document, ["192.0.2.1", "192.0.2.2"]));
    let comparison = compare(&[&answered, &other, &open]);
    assert_eq!(rules(&comparison)[0], "same-resolver-answers-differently");
    assert!(
        !comparison.findings[0].summary.contains("open"),
        "{}",
        comparison.findings[0].summary
    );
}

/// What a resolver's answer amounts to is in the words of the report of one place, in each format that is read; the
/// document keeps its names.
#[test]
fn a_cell_says_what_the_report_of_the_place_says() {
    let open = with_a_resolver_aside("open", not_waited_for);
    let silent = with_a_resolver_aside("silent", silence);
    let comparison = compare(&[&open, &silent, &LAPTOP]);
    for format in [Format::Table, Format::Markdown, Format::Html] {
        let text = rendered(&comparison, format);
        for said in ["not waited for", "no answer", "NXDOMAIN", "not asked"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        for name in ["not-waited-for", "timeout", "nxdomain"] {
            assert!(!text.contains(name), "{name}: {text}");
        }
    }
    let text = rendered(&comparison, Format::Json);
    for name in ["not-waited-for", "timeout", "nxdomain"] {
        assert!(text.contains(&format!("\"verdict\": \"{name}\"")), "{name}");
    }
}

#[test]
fn addresses_of_two_times() {
    let free = changed(&BASTION, |document| {
        document["asked"]["expect_addresses"] = json!([]);
    });
    let later = |time: &str| {
        changed(&free, |document| {
            document["taken_at"] = json!(time);
            document["vantage"]["name"] = json!("later");
            give(document, ["192.168.1.1", "192.168.1.2"]);
        })
    };
    let comparison = compare(&[&later("2026-01-01T02:00:00Z"), &free]);
    assert_eq!(rules(&comparison), ["different-generations"]);
    assert_eq!(
        comparison.findings[0].summary,
        "the private addresses changed between bastion (2026-01-01T00:00:00Z) and later (2026-01-01T02:00:00Z)"
    );
    assert_eq!(comparison.exit_code, 3);
    // At one time it is the server that makes the difference.
    let comparison = compare(&[&later("2026-01-01T00:00:30Z"), &free]);
    assert_eq!(rules(&comparison), ["same-resolver-answers-differently"]);
}

#[test]
fn the_same_everywhere() {
    let comparison = compare(&[&BASTION, &BASTION, &BASTION]);
    assert_eq!(rules(&comparison), ["same-and-healthy"]);
    assert_eq!(comparison.exit_code, 0);
    let names: Vec<&str> = comparison.places.iter().map(|place| place.name.as_str()).collect();
    assert_eq!(names, ["bastion", "bastion-2", "bastion-3"]);
    let comparison = compare(&[&LAPTOP, &LAPTOP]);
    assert_eq!(rules(&comparison), ["same-and-broken"]);
    assert_eq!(comparison.exit_code, 1);
}

#[test]
fn nothing_to_compare_with_is_inconclusive() {
    let free = changed(&BASTION, |document| {
        document["asked"]["expect_addresses"] = json!([]);
    });
    let comparison = compare(&[&free, &free]);
    assert_eq!((rules(&comparison), comparison.exit_code), (vec![], 3));
    assert!(rendered(&comparison, Format::Short).contains("nothing to compare them with"));
}

#[test]
fn a_fault_that_the_places_do_not_share() {
    let broken = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("other");
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let comparison = compare(&[&broken, &BASTION]);
    // The cause is known at the one place: it leads, and the other place is the contrast.
    assert_eq!(rules(&comparison), ["resolver-unreachable"]);
    assert!(!rules(&comparison).contains(&"unexplained-difference"));
    let lead = &comparison.findings[0];
    assert!(lead.summary.starts_with("other: "), "{}", lead.summary);
    assert!(
        lead.explanation.ends_with("bastion is healthy."),
        "{}",
        lead.explanation
    );
}

/// Where nothing was heard at the other place, there is nothing to compare with: what is found at the one leads.
#[test]
fn a_broken_place_leads_beside_one_that_heard_nothing() {
    let quiet = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let denied = changed(&LAPTOP, |document| {
        // Of the VPC nothing is known there, so the denial has no known cause.
        let resolvers = document["resolvers"].as_array_mut().unwrap();
        resolvers.truncate(1);
    });
    let own = diagnose(eks_dns_doctor::capture::parse(denied.to_string().as_bytes()).unwrap());
    let own = own.headline().unwrap();
    for documents in [[&denied, &quiet], [&quiet, &denied]] {
        let comparison = compare(&documents);
        let lead = &comparison.findings[0];
        assert_eq!((&lead.rule, lead.confidence), (&own.rule, own.confidence));
        assert!(!rules(&comparison).contains(&"unexplained-difference"));
        assert!(
            lead.explanation.contains("No resolver answered at bastion"),
            "{}",
            lead.explanation
        );
    }
}

/// Two denials are alike where they are of one zone, and nobody beside them has the name.
#[test]
fn a_server_that_has_the_name_is_no_common_fault() {
    let denied = changed(&LAPTOP, |document| {
        let resolvers = document["resolvers"].as_array_mut().unwrap();
        resolvers.truncate(1);
    });
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    // Without the records beside the addresses nothing tells whose view they are from.
    let has_it = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, \
         ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; ANSWER SECTION:\n{host}. 60 IN A \
         192.168.104.190\n{host}. 60 IN A 192.168.131.209\n\n;; Query time: 1 msec\n;; SERVER: \
         10.0.0.2#53(10.0.0.2) (UDP)\n"
    );
    let denies_it = format!(
        ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: \
         1, ADDITIONAL: 0\n\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; AUTHORITY \
         SECTION:\nap-northeast-1.eks.amazonaws.com. 900 IN SOA ns-1234.awsdns-26.org. awsdns-hostmaster.amazon.com. 1 \
         7200 900 1209600 86400\n\n;; Query time: 1 msec\n;; SERVER: 10.64.0.10#53(10.64.0.10) (UDP)\n"
    );
    let office = |text: &str| {
        let one = places::read("x", denied.to_string().as_bytes()).unwrap();
        places::compare(vec![one, places::read("office", text.as_bytes()).unwrap()]).unwrap()
    };
    let alike = office(&denies_it);
    assert_eq!(rules(&alike), ["same-and-broken"]);
    let comparison = office(&format!("{has_it}\n{denies_it}"));
    assert!(
        !rules(&comparison).contains(&"same-and-broken"),
        "{:?}",
        comparison.findings
    );
    for finding in &comparison.findings {
        assert!(
            !finding.explanation.contains("not at one of them"),
            "{}",
            finding.explanation
        );
    }
}

/// A cause that is known at one place is the headline, and the other place's denial without a cause is the contrast.
#[test]
fn a_known_cause_leads_beside_a_denial_without_one() {
    let known = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        give(document, ["0.0.0.0", "0.0.0.0"]);
    });
    let denied = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let comparison = compare(&[&denied, &known]);
    let lead = &comparison.findings[0];
    assert_eq!(lead.rule, "sinkhole-answer", "{:?}", rules(&comparison));
    assert!(lead.summary.starts_with("bastion: "), "{}", lead.summary);
    assert!(
        lead.explanation.contains("laptop is broken too"),
        "{}",
        lead.explanation
    );
}

/// What the line of each place says of it.
fn places_of(comparison: &PlacesDocument) -> Vec<&str> {
    comparison.places.iter().map(|place| place.headline.as_str()).collect()
}

/// A page that names the cause of what a place shows does not say below that the cause is not known. Where it names
/// none, it says so.
#[test]
fn no_place_lacks_the_cause_that_the_page_names() {
    let alone = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let own = "local (10.63.200.10) returns NXDOMAIN with the SOA of AWS's public zone \
               ap-northeast-1.eks.amazonaws.com, and the cause is not known";
    // Shown by both places together.
    let together = compare(&[&alone, &BASTION]);
    assert_eq!(rules(&together), ["only-one-place-has-forwarding"]);
    assert_eq!(
        places_of(&together)[0],
        "local (10.63.200.10): NXDOMAIN, from public DNS [only-one-place-has-forwarding]"
    );
    // Known at another place, of the same server.
    let aside = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!("desk");
        let mut vpc = BASTION["resolvers"][0].clone();
        vpc["role"] = json!("vpc");
        vpc["in_scope"] = json!(false);
        vpc["name"] = json!("vpc");
        document["resolvers"].as_array_mut().unwrap().push(vpc);
    });
    let same_server = compare(&[&alone, &aside]);
    assert_eq!(rules(&same_server), ["no-forwarding"]);
    assert_eq!(
        places_of(&same_server)[0],
        "local (10.63.200.10): NXDOMAIN, from public DNS [no-forwarding]"
    );
    // Known at another place, of another server.
    let another = changed(&aside, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
    });
    let other_server = compare(&[&alone, &another]);
    assert_eq!(
        (rules(&other_server), places_of(&other_server)[0]),
        (vec!["no-forwarding"], own)
    );
    // Known nowhere.
    let quiet = changed(&BASTION, |document| {
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        silence(document);
    });
    let unknown = compare(&[&alone, &quiet]);
    assert_eq!((rules(&unknown)[0], places_of(&unknown)[0]), ("negative-answer", own));
}

/// The sentences of a text.
fn sentences(text: &str) -> usize {
    text.split(". ").count()
}

/// Why is said in four sentences at most, and a place that was not seen is named there, however many others there are.
#[test]
fn why_is_short_and_names_the_place_that_was_not_seen() {
    let silent = |place: &str, address: &str| {
        changed(&BASTION, |document| {
            document["vantage"]["name"] = json!(place);
            document["resolvers"][0]["address"] = json!(address);
            silence(document);
        })
    };
    let (office, branch) = (silent("office", "10.9.9.9:53"), silent("branch", "10.8.8.8:53"));
    let sinkhole = changed(&BASTION, |document| {
        document["vantage"]["name"] = json!("home");
        document["resolvers"][0]["address"] = json!("10.7.7.7:53");
        give(document, ["0.0.0.0", "0.0.0.0"]);
    });
    for (documents, rule) in [
        (vec![&sinkhole], "sinkhole-answer"),
        (vec![&sinkhole, &*BASTION], "sinkhole-answer"),
        (vec![&sinkhole, &office, &branch, &*BASTION], "sinkhole-answer"),
        (vec![&office, &branch], "resolver-unreachable"),
        (vec![&*LAPTOP, &*BASTION], "only-one-place-has-forwarding"),
        (vec![&*LAPTOP, &office, &*BASTION], "only-one-place-has-forwarding"),
        (vec![&*LAPTOP, &*LAPTOP], "same-and-broken"),
    ] {
        for unseen in [None, Some("lab")] {
            if documents.len() == 1 && unseen.is_none() {
                continue;
            }
            let sources = documents
                .iter()
                .map(|document| places::read("place", document.to_string().as_bytes()).unwrap());
            let comparison = places::compare_gathered(places::Gathered {
                sources: sources.collect(),
                unseen: unseen
                    .iter()
                    .map(|place| places::Unseen {
                        place: (*place).to_owned(),
                        reason: "no route to host".to_owned(),
                    })
                    .collect(),
                interrupted: false,
            })
            .unwrap();
            let lead = &comparison.findings[0];
            let why = &lead.explanation;
            assert_eq!(lead.rule, rule);
            assert!(sentences(why) <= 4, "{why}");
            let is_named = why.ends_with("lab was not seen, so nothing is known of the path there.");
            assert_eq!(is_named, unseen.is_some(), "{why}");
        }
    }
    // A place that the headline is not about is named too.
    let comparison = compare(&[&LAPTOP, &office, &BASTION]);
    let why = &comparison.findings[0].explanation;
    assert_eq!(rules(&comparison)[0], "only-one-place-has-forwarding");
    assert!(
        why.contains("nothing at bastion. No resolver answered at office, so nothing is known"),
        "{why}"
    );
    let comparison = compare(&[&sinkhole, &office, &branch, &LAPTOP, &BASTION]);
    let lead = comparison
        .findings
        .iter()
        .find(|finding| finding.rule == "sinkhole-answer")
        .unwrap();
    let why = &lead.explanation;
    assert!(
        why.ends_with("No resolver answered at office and branch, so nothing is known of the path there."),
        "{why}"
    );
}

/// Two to sixteen places: rows are resolvers and columns are places, in 80 columns and in 40, and with long names.
#[test]
fn many_places_still_fit() {
    for (name, ascii) in [
        ("bastion", false),
        ("a-bastion-with-a-very-long-name", true),
        ("踏み台", false),
    ] {
        let place = changed(&BASTION, |document| {
            document["vantage"]["name"] = json!(name);
        });
        for (count, width) in (2..=16).flat_map(|count| [(count, 80), (count, 40)]) {
            // A word is not broken.
            if name.len() > width / 2 {
                continue;
            }
            let style = Style {
                width,
                ascii,
                ..Style::default()
            };
            let mut table = String::new();
            let comparison = compare(&vec![&place; count]);
            places::render(&comparison, Format::Table, &style, &mut table).unwrap();
            let wide = |line: &str| unicode_width::UnicodeWidthStr::width(line) > width;
            let endpoint = |line: &str| line.contains(".yl4.");
            let too_wide = table.lines().find(|line| wide(line) && !endpoint(line));
            assert_eq!(too_wide, None, "{count} in {width}:\n{table}");
            let numbered: Vec<String> = (1..=count)
                .map(|number| format!("{number:>n$}", n = count.to_string().len()))
                .collect();
            let is_matrix = count < 4 || table.contains(&format!("RESOLVER             {}", numbered.join(" ")));
            assert!(width < 80 || is_matrix, "{count}:\n{table}");
        }
    }
}

/// One of many comparisons of so many places: some resolve, some do not, some hear nothing, some have other addresses,
/// and some ask resolvers of their own.
fn drawn(count: usize, draw: usize) -> PlacesDocument {
    let documents: Vec<Value> = (0..count)
        .map(|number| {
            let kind = (number * number + draw * 3 + number * draw) % 5;
            let base: &Value = if kind == 1 { &BASTION } else { &LAPTOP };
            changed(base, |document| {
                document["vantage"]["name"] = json!(format!("node-{number:02}.example"));
                match kind {
                    2 => silence(document),
                    3 => give(document, ["192.168.77.1", "192.168.77.2"]),
                    4 => document["resolvers"][0]["address"] = json!(format!("10.63.{draw}.{}:53", number + 1)),
                    _ => {}
                }
            })
        })
        .collect();
    compare(&documents.iter().collect::<Vec<_>>())
}

/// The first screen of a comparison at 80 columns: nine of ten within 40 lines, and none over 60. All of it is with
/// `-v`, in markdown's folded part, and in JSON.
#[test]
fn the_first_screen_of_a_comparison_is_short() {
    // Recorded ones and drawn ones, on a terminal and in a comment, each by themselves.
    let mut lines: BTreeMap<(bool, &str), Vec<(usize, String)>> = BTreeMap::new();
    let mut cut = 0;
    let mut hold = |name: String, comparison: &PlacesDocument| {
        let text = rendered(comparison, Format::Table);
        let is_drawn = name.contains("draw ");
        cut += usize::from(text.contains("more (-v)"));
        let mut whole = String::new();
        let style = Style {
            verbose: true,
            ..Style::default()
        };
        places::render(comparison, Format::Table, &style, &mut whole).unwrap();
        let (json, markdown) = (
            rendered(comparison, Format::Json),
            rendered(comparison, Format::Markdown),
        );
        let (first, folded) = markdown.split_once("<details>").unwrap();
        for (page, text) in [("terminal", text.as_str()), ("comment", first.trim_end())] {
            let all = lines.entry((is_drawn, page)).or_default();
            all.push((text.lines().count(), name.clone()));
        }
        if first.contains("more below") {
            let named = |name: &str| folded.contains(&name.replace('_', "\\_"));
            assert!(comparison.places.iter().all(|place| named(&place.name)), "{name}");
        }
        for place in &comparison.places {
            for page in [&whole, &json, &markdown] {
                assert!(page.contains(&place.name), "{name}: {}", place.name);
            }
        }
        for row in &comparison.rows {
            assert!(whole.contains(&row.shown_address()), "{name}: {}", row.resolver);
        }
    };
    for rule in folders(&fixture("pairs")) {
        for path in folders(&rule) {
            let documents: Vec<Value> = scenes(&path)
                .iter()
                .map(|file| play(file.to_str().unwrap(), file.file_stem().unwrap().to_str().unwrap()))
                .collect();
            hold(
                path.display().to_string(),
                &compare(&documents.iter().collect::<Vec<_>>()),
            );
        }
    }
    for count in [2, 3, 5, 20, 45] {
        for draw in 0..10 {
            hold(format!("{count} places, draw {draw}"), &drawn(count, draw));
        }
    }
    assert_eq!(lines.len(), 4);
    for (of, lines) in &mut lines {
        lines.sort_unstable();
        let ninth_tenth = &lines[lines.len() * 9 / 10];
        let longest = lines.last().unwrap();
        assert!(
            ninth_tenth.0 <= 40 && longest.0 <= 60,
            "{of:?}: {ninth_tenth:?}, {longest:?}"
        );
    }
    assert!(cut > 10, "{cut}");
}

/// What is said of several places is said once.
#[test]
fn places_of_which_the_same_is_said_are_named_together() {
    let comparison = compare(&[&LAPTOP, &LAPTOP, &BASTION, &BASTION]);
    assert_eq!(
        comparison.findings[0].summary,
        "bastion and bastion-2 see the private zone through 192.168.0.2, laptop and laptop-2 ask 10.63.200.10, which \
         answers from public DNS"
    );
    assert!(
        comparison.findings[0]
            .explanation
            .contains("The paths of laptop and laptop-2 do not lead there: 10.63.200.10 does not "),
        "{}",
        comparison.findings[0].explanation
    );
}

/// Each clause has commas of its own.
#[test]
fn places_that_ask_others_are_apart_in_the_summary() {
    let desk = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!("desk");
        document["resolvers"][0]["address"] = json!("10.9.9.9:53");
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    let laptop = changed(&LAPTOP, |document| {
        document["resolvers"].as_array_mut().unwrap().truncate(1);
    });
    assert_eq!(
        compare(&[&laptop, &desk, &BASTION]).findings[0].summary,
        "bastion sees the private zone through 192.168.0.2; laptop asks 10.63.200.10, which answers from public DNS; \
         desk asks 10.9.9.9, which answers from public DNS"
    );
}

/// A place whose warnings are to fail a step fails it in a comparison too.
#[test]
fn a_place_that_fails_on_warnings_does() {
    for (fail_on, code) in [("error", 0), ("warning", 1)] {
        let degraded = changed(&BASTION, |document| {
            document["vantage"]["name"] = json!("slow");
            document["asked"]["fail_on"] = json!(fail_on);
            for lookup in targets(document) {
                lookup["rtt_ms"] = json!(3000.0);
            }
        });
        let comparison = compare(&[&degraded, &BASTION]);
        assert_eq!(comparison.conclusion, Conclusion::Degraded);
        assert_eq!(comparison.exit_code, code, "{fail_on}");
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

fn program() -> Command {
    let mut command = Command::cargo_bin("eks-dns-doctor").unwrap();
    command.env_clear().timeout(std::time::Duration::from_secs(20));
    command
}

fn refused(a: &[u8], b: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (directory.path().join("a.json"), directory.path().join("b.json"));
    std::fs::write(&first, a).unwrap();
    std::fs::write(&second, b).unwrap();
    let output = program().arg("compare").args([&first, &second]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(output.stdout.is_empty());
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(!error.trim_end().contains(char::is_control), "{error:?}");
    error
}

/// The reasons of a headline are of one place: the help does not offer them, and whoever asks is told where they are.
#[test]
fn reasons_are_of_one_place() {
    let help = program().args(["compare", "--help"]).output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("--redact") && !help.contains("--explain-why"), "{help}");
    let files = [fixture("laptop.json"), fixture("bastion.json")];
    let output = program()
        .arg("compare")
        .args(files)
        .arg("--explain-why")
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("replay CAPTURE --explain-why"), "{error}");
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    let bytes = |value: &Value| value.to_string().into_bytes();
    let laptop = bytes(&LAPTOP);
    let other = changed(&BASTION, |document| {
        document["target"]["hostname"] = json!("a.yl4.ap-northeast-1.eks.amazonaws.com");
    });
    assert!(refused(&laptop, &bytes(&other)).contains("two endpoints"));
    let other = changed(&BASTION, |document| {
        document["target"]["cluster"] = json!("other");
    });
    assert!(refused(&laptop, &bytes(&other)).contains("\"shared-cluster\" and bastion about \"other\""));
    let newer = changed(&BASTION, |document| document["schema_version"] = json!(3));
    assert!(refused(&laptop, &bytes(&newer)).contains("b.json has schema_version 3"));
    assert!(refused(&laptop, &laptop[..laptop.len() / 2]).contains("b.json is not a capture"));
    assert!(refused(&laptop, b"192.168.104.190\n192.168.131.209\n").contains("line 1: an answer alone"));
    assert!(refused(&laptop, b"\x1b[31mno\x1b[0m such \x07").contains("neither a capture nor"));
    let dig = std::fs::read(fixture("bastion.dig.txt")).unwrap();
    let dig = String::from_utf8(dig).unwrap();
    let without = |what: &str| {
        let lines = dig.lines().filter(|line| !line.contains(what));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert!(refused(&laptop, without("SERVER:").as_bytes()).contains("line 6: this answer does not show its server"));
    let text = dig.replace("60 IN A 192.168.131.209", "60 IN A 192.168.131.\u{1b}[2J");
    assert!(refused(&laptop, text.as_bytes()).contains("line 15 of dig's text has a record that cannot be read"));
    let text = dig.replace("status: NOERROR", "status: \u{1b}]0;x\u{7}");
    assert!(refused(&laptop, text.as_bytes()).contains("line 6 of dig's text has no status"));
    let text = dig.repeat(100);
    assert!(refused(&laptop, text.as_bytes()).contains("more than 64 answers"));
    let output = program().args(["compare", "one.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// dig's text cut off anywhere: refused, or a place that says what the whole text says. A part that is missing is
/// never taken for an answer without it.
#[test]
fn dig_that_is_cut_off() {
    for name in ["bastion.dig.txt", "laptop.dig.txt"] {
        let dig = std::fs::read(fixture(name)).unwrap();
        let verdicts = |bytes: &[u8]| -> Option<Vec<(String, String)>> {
            let laptop = places::read("y", LAPTOP.to_string().as_bytes()).unwrap();
            let place = places::read("x", bytes).ok()?;
            let comparison = places::compare(vec![laptop, place]).ok()?;
            let said = comparison.rows.iter().filter_map(|row| {
                let verdict = row.cells[1].verdict?;
                Some((row.shown_address(), verdict.to_string()))
            });
            Some(said.collect())
        };
        let whole = verdicts(&dig).unwrap();
        for end in 0..dig.len() {
            for said in verdicts(&dig[..end]).unwrap_or_default() {
                assert!(whole.contains(&said), "{name} cut at {end}: {said:?}");
            }
        }
    }
}

/// Nobody says what the addresses should be, and the places can be compared with each other all the same.
#[test]
fn different_answers_are_said_to_be_different() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let dig = |server: &str, address: &str| {
        format!(
            "; <<>> DiG 9.18.28 <<>> {host}\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1234\n;; flags: qr rd \
             ra; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;{host}.\tIN\tA\n\n;; \
             ANSWER SECTION:\n{host}. 60 IN A {address}\n\n;; SERVER: {server}#53({server}) (UDP)\n;; WHEN: Fri Nov \
             20 08:12:11 UTC 2026\n"
        )
    };
    let says = |one: &str, other: &str| {
        let one = places::read("one", dig("10.9.9.9", one).as_bytes()).unwrap();
        let other = places::read("two", dig("192.168.0.2", other).as_bytes()).unwrap();
        let comparison = places::compare(vec![one, other]).unwrap();
        assert_eq!(comparison.conclusion, Conclusion::Inconclusive);
        let mut text = String::new();
        places::render(&comparison, Format::Short, &Style::default(), &mut text).unwrap();
        text
    };
    let different = says("192.0.2.7", "192.168.104.190");
    assert!(different.contains("one and two get different addresses"), "{different}");
    let same = says("192.168.104.190", "192.168.104.190");
    assert!(!same.contains("different"), "{same}");
}

/// dig asks for one name, over UDP: what the server does with others is not known.
#[test]
fn silence_for_one_name_is_not_silence() {
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let silent = format!(
        ";; communications error to 10.9.9.9#53: timed out\n;; communications error to 10.9.9.9#53: timed out\n\n\
         ; <<>> DiG 9.18.49 <<>> {host}\n;; global options: +cmd\n;; no servers could be reached\n"
    );
    let place = places::read("place", silent.as_bytes()).unwrap();
    let bastion = places::read("x", BASTION.to_string().as_bytes()).unwrap();
    let comparison = places::compare(vec![bastion, place]).unwrap();
    let lead = &comparison.findings[0];
    assert_eq!(
        (lead.rule.as_str(), lead.confidence),
        ("resolver-unreachable", Confidence::Medium)
    );
    assert!(lead.summary.contains("was asked for no other"), "{}", lead.summary);
}

/// What each of dig's texts comes to at 192.168.0.2, or what is said of it. All are of dig 9.18 unless they say
/// otherwise.
#[test]
fn digs_other_texts() {
    let whole = std::fs::read_to_string(fixture("bastion.dig.txt")).unwrap();
    let host = LAPTOP["target"]["hostname"].as_str().unwrap();
    let silent = format!(
        ";; communications error to 10.9.9.9#53: timed out\n;; communications error to 10.9.9.9#53: timed out\n\n\
         ; <<>> DiG 9.18.49 <<>> {host}\n;; global options: +cmd\n;; no servers could be reached\n"
    );
    let said = |text: &str| -> Result<Vec<(String, String)>, String> {
        let place = places::read("place", text.as_bytes()).map_err(|error| error.to_string())?;
        let bastion = places::read("x", BASTION.to_string().as_bytes()).unwrap();
        let comparison = places::compare(vec![bastion, place]).unwrap();
        let cells = comparison.rows.iter().filter_map(|row| {
            let verdict = row.cells[1].verdict?;
            Some((row.shown_address(), verdict.to_string()))
        });
        Ok(cells.collect())
    };
    let is = |text: &str, expected: &[(&str, &str)]| {
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(address, verdict)| ((*address).to_owned(), (*verdict).to_owned()))
            .collect();
        assert_eq!(said(text), Ok(expected), "{text}");
    };
    is(&whole.replace('\n', "\r\n"), &[("192.168.0.2:53", "match")]);
    // One name server is silent, and dig goes on to the next: both are of this place.
    let second = whole.lines().skip(2).collect::<Vec<_>>().join("\n");
    let error = ";; communications error to 10.9.9.9#53: timed out\n";
    is(
        &format!("{error}{error}\n{second}\n"),
        &[("192.168.0.2:53", "match"), ("10.9.9.9:53", "timeout")],
    );
    // A try that was lost, and the next that was answered.
    let lost = error.replace("10.9.9.9", "192.168.0.2");
    is(&format!("{lost}\n{second}\n"), &[("192.168.0.2:53", "match")]);
    is(&silent, &[("10.9.9.9:53", "timeout")]);
    is(
        &silent.replace("timed out", "connection refused"),
        &[("10.9.9.9:53", "unreachable")],
    );
    is(
        &format!(
            ";; UDP setup with 10.9.9.9#53(10.9.9.9) for {host} failed: network unreachable.\n;; no servers could be \
             reached\n"
        ),
        &[("10.9.9.9:53", "unreachable")],
    );
    // 9.11, and the server it was told.
    is(
        &format!(
            "; <<>> DiG 9.11.4 <<>> @10.9.9.9 {host}\n; (1 server found)\n;; global options: +cmd\n;; connection timed \
             out; no servers could be reached\n"
        ),
        &[("10.9.9.9:53", "timeout")],
    );
    // +multiline, +ttlunits and +noclass; a comment in a SOA.
    let denied = |soa: &str| {
        format!(
            ";; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 1\n;; flags: qr rd ra; QUERY: 1, ANSWER: 0, \
             AUTHORITY: 1, ADDITIONAL: 1\n\n;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n\
             ; EDE: 18 (Prohibited): (no)\n;; QUESTION SECTION:\n;{host}. IN A\n\n;; AUTHORITY SECTION:\n{soa}\n\n\
             ;; Query time: 0 msec\n;; SERVER: 2001:db8::53#53(2001:db8::53) (TCP)\n"
        )
    };
    for soa in [
        "eks.amazonaws.com. 15m IN SOA ns-1.awsdns-26.org. h.amazon.com. 1 7200 900 1209600 86400",
        "eks.amazonaws.com.\t900 SOA\tns-1.awsdns-26.org. h.amazon.com. 1 7200 900 1209600 1d",
        "eks.amazonaws.com. 900 IN SOA ns-1.awsdns-26.org. h.amazon.com. (\n\t1 ; serial\n\t7200 ; refresh (2 hours)\n\
         \t900 ; retry\n\t1209600 ; expire\n\t86400 ; minimum\n\t)",
    ] {
        is(&denied(soa), &[("tcp://[2001:db8::53]:53", "nxdomain")]);
    }
    // Over TLS it is another row; over HTTP alone, and of another class, it is left out.
    let over = |how: &str| whole.replace("#53(192.168.0.2)\n", &format!("#853(192.168.0.2) ({how})\n"));
    is(
        &format!("{whole}\n{}\n{}", over("TLS"), over("HTTP")),
        &[("192.168.0.2:53", "match"), ("tls://192.168.0.2:853", "match")],
    );
    let chaos = whole.replace(". IN A\n", ". CH A\n").replace(" 60 IN ", " 60 CH ");
    is(&chaos, &[]);
    // What Windows PowerShell writes.
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(whole.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(places::read("x", &wide).is_ok());
    for (text, says) in [
        ("192.168.104.190\n", "an answer alone"),
        (
            &whole.replace("ANSWER: 2", "ANSWER: 3"),
            "all records of its answer section",
        ),
        (
            &whole.replace("AUTHORITY: 4", "AUTHORITY: 5"),
            "all records of its authority section",
        ),
        (&whole.replace(" 60 IN A ", " IN A "), "or the text of dig HOST"),
        (
            &whole.replace("192.168.131.209", "192.168.x.x"),
            "line 15 of dig's text has a record that cannot be read, as where an address is masked",
        ),
        (
            whole.split("168.131.209").next().unwrap(),
            "line 15 of dig's text has a record that is cut off",
        ),
        ("-\n  type: MESSAGE\n  message:\n", "dig +yaml wrote this"),
        ("- type: MESSAGE\n  message:\n", "dig +yaml wrote this"),
        (
            &format!("192.0.2.1       {host}\n"),
            "as getent and a hosts file have it",
        ),
        (
            &denied("eks.amazonaws.com. 900 IN SOA a. b. (\n1"),
            "a record that does not end",
        ),
        (
            "; <<>> DiG 9.11.4 <<>> a.test\n;; connection timed out; no servers could be reached\n",
            "its server: keep all that dig prints, and name the server",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 1\n",
            "line 1 is what kdig prints",
        ),
        (
            ";; ->>HEADER<<- opcode: QUERY, rcode: NOERROR, id: 1\n",
            "line 1 is what drill prints",
        ),
        (
            "Trying \"a.test\"\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n",
            "line 1 is what host prints",
        ),
        (
            "Server:\t\t192.168.0.2\nAddress:\t192.168.0.2#53\n",
            "line 1 is what nslookup prints",
        ),
        (
            "; fully validated\na.test. 60 IN A 192.0.2.1\n",
            "line 1 is what delv prints",
        ),
    ] {
        let error = said(text).unwrap_err();
        assert!(error.contains(says), "{says}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn escape_sequences_never_reach_the_output() {
    let evil = "\u{1b}[31mred\u{9b}2J\u{202e}\r\n| x | `y` <b>";
    let laptop = changed(&LAPTOP, |document| {
        document["vantage"]["name"] = json!(evil);
        document["resolvers"][0]["name"] = json!(evil);
        document["gaps"] = json!([{"fact": evil, "source": evil, "reason": evil}]);
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.json");
    std::fs::write(&path, laptop.to_string()).unwrap();
    for format in ["table", "short", "json", "markdown"] {
        let mut command = program();
        command.arg("compare").arg(&path).arg(fixture("bastion.dig.txt"));
        let output = command.args(["-v", "-o", format]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        let text = String::from_utf8(output.stdout).unwrap();
        let unprintable = eks_dns_doctor::render::text::is_unprintable;
        let bad = text.chars().find(|c| *c != '\n' && unprintable(*c));
        assert_eq!(bad, None, "{format}: {text}");
    }
}

/// What is redacted in a comparison is what is redacted in its captures, and the two places still compare.
#[test]
fn a_redacted_comparison_says_the_same_and_names_nobody() {
    let secrets = ["alices-laptop", "123456789012", "vpc-0123456789abcdef0"];
    let with = |document: &Value, place: &str| {
        changed(document, |document| {
            document["vantage"]["name"] = json!(place);
            document["gaps"] = json!([{
                "fact": "VPC",
                "source": "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0123456789abcdef0",
                "reason": "denied"
            }]);
        })
    };
    let directory = tempfile::tempdir().unwrap();
    let label = LAPTOP["target"]["hostname"].as_str().unwrap()[..32].to_owned();
    let paths: Vec<PathBuf> = [(&*LAPTOP, "alices-laptop"), (&*BASTION, "bastion-1")]
        .into_iter()
        .map(|(document, place)| {
            let path = directory.path().join(format!("{place}.json"));
            std::fs::write(&path, with(document, place).to_string()).unwrap();
            path
        })
        .collect();
    for format in ["table", "short", "json", "markdown"] {
        let shown = |flags: &[&str]| {
            let mut command = program();
            command.arg("compare").args(&paths).args(flags);
            let output = command.args(["-v", "-o", format]).output().unwrap();
            (output.status.code(), String::from_utf8(output.stdout).unwrap())
        };
        let (code, open) = shown(&[]);
        let (redacted_code, redacted) = shown(&["--redact"]);
        assert_eq!(redacted_code, code, "{format}");
        assert!(open.contains("alices-laptop"), "{open}");
        for secret in secrets.into_iter().chain([label.as_str()]) {
            let found = redacted.to_lowercase().contains(&secret.to_lowercase());
            assert!(!found, "{secret} in {format}:\n{redacted}");
        }
    }
}

/// Where it may not go on, nothing more is diagnosed or redacted; where it may, it is asked in each place.
#[test]
fn a_comparison_ends_where_it_may_not_go_on() {
    #[derive(Debug, PartialEq)]
    enum Ended {
        InTime,
        Otherwise(String),
    }
    impl From<places::NotCompared> for Ended {
        fn from(refused: places::NotCompared) -> Self {
            Self::Otherwise(refused.to_string())
        }
    }
    impl From<eks_dns_doctor::redact::RedactionFailed> for Ended {
        fn from(error: eks_dns_doctor::redact::RedactionFailed) -> Self {
            Self::Otherwise(error.to_string())
        }
    }
    let gathered = || places::Gathered {
        sources: [&*LAPTOP, &*BASTION]
            .map(|document| places::read("place", document.to_string().as_bytes()).unwrap())
            .into(),
        ..places::Gathered::default()
    };
    let asked = std::cell::Cell::new(0);
    let until = |most: usize| {
        asked.set(0);
        let asked = &asked;
        move || {
            asked.set(asked.get() + 1);
            if asked.get() > most { Err(Ended::InTime) } else { Ok(()) }
        }
    };
    let whole = places::compare_while(gathered(), &until(usize::MAX)).unwrap();
    assert_eq!(
        serde_json::to_value(&whole).unwrap(),
        serde_json::to_value(places::compare_gathered(gathered()).unwrap()).unwrap()
    );
    let all = asked.get();
    assert!(all > 4 * eks_dns_doctor::rules::RULES.len(), "each place twice: {all}");
    for most in [0, all / 4, all / 2, all - 1] {
        assert_eq!(
            places::compare_while(gathered(), &until(most)).unwrap_err(),
            Ended::InTime
        );
        assert_eq!(asked.get(), most + 1, "it ends at once");
    }
    for most in [0, 1] {
        assert_eq!(gathered().redacted_while(&until(most)).unwrap_err(), Ended::InTime);
    }
    assert!(gathered().redacted_while(&until(2)).is_ok());
}

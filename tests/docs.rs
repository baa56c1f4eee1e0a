//! The documents hold together: what they name is there, their picture is the code's, and their example is played.

#![expect(clippy::disallowed_methods, reason = "a test reads the tree it is about")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use eks_dns_doctor::lab::scenario::ExpectedDiagnosis;
use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::places;
use eks_dns_doctor::render::{self, Format, Metric};
use eks_dns_doctor::render::{Style, picture};
use eks_dns_doctor::report::diagnose;
use eks_dns_doctor::serve;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder, by its path from the root.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(root()).expect("below the root");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found
}

/// The documents for those who work on the program.
fn documents() -> Vec<String> {
    let mut found: Vec<String> = files("docs")
        .into_iter()
        .filter(|path| has_ending(path, &["md"]) && !path.starts_with("docs/runbooks/"))
        .collect();
    found.push("CONTRIBUTING.md".to_owned());
    found.sort();
    found
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = Path::new(path).extension().unwrap_or_default();
    endings.iter().any(|known| ending == *known)
}

/// The text without its fenced blocks.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// What stands between backticks, word by word.
fn code_words(text: &str) -> Vec<String> {
    let prose = prose(text);
    let spans = prose.split('`').skip(1).step_by(2);
    let words = spans.flat_map(str::split_whitespace);
    words
        .map(|word| word.trim_end_matches([',', ';', ':']).to_owned())
        .collect()
}

#[test]
fn every_file_that_a_document_names_is_there() {
    const FOLDERS: &[&str] = &["src/", "tests/", "fixtures/", "docs/", ".ci/", "fuzz/", "benches/"];
    const ENDINGS: &[&str] = &["rs", "toml", "md", "json", "txt", "py", "sh"];
    let mut names: BTreeSet<String> = BTreeSet::new();
    for folder in FOLDERS {
        let found = files(folder.trim_end_matches('/'));
        names.extend(
            found
                .iter()
                .filter_map(|path| Some(path.rsplit_once('/')?.1.to_owned())),
        );
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for document in documents() {
        for word in code_words(&read(&document)) {
            let exists = if FOLDERS.iter().any(|folder| word.starts_with(folder)) {
                // Of a path with a part to fill in, the folder above that part.
                let known = word.split('<').next().unwrap_or_default();
                let known = if known == word {
                    known
                } else {
                    known.rsplit_once('/').map_or("", |(folder, _)| folder)
                };
                root().join(known).exists()
            } else if has_ending(&word, ENDINGS) && !word.contains(['/', '<', '*']) {
                root().join(&word).exists() || names.contains(&word)
            } else {
                continue;
            };
            seen += 1;
            if !exists {
                wrong.push(format!("{document}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen > 100, "{seen}");
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut documents = documents();
    documents.extend(["README.md", "SECURITY.md", "docs/runbooks/README.md"].map(str::to_owned));
    for document in documents {
        let text = prose(&read(&document));
        let folder = root().join(&document);
        let folder = folder.parent().expect("a file has a folder");
        for (_, rest) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let link = rest.split(')').next().unwrap_or_default();
            let file = link.split('#').next().unwrap_or_default();
            if !link.contains("://") && !file.is_empty() && !folder.join(file).exists() {
                wrong.push(format!("{document}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_document_is_linked() {
    let start = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]
        .map(read)
        .join("\n");
    for document in documents() {
        let name = document.rsplit('/').next().unwrap_or_default();
        let folder = document.rsplit('/').nth(1).unwrap_or_default();
        let is_linked = start.contains(&format!("/{name})")) || start.contains(&format!("({name})"));
        assert!(is_linked || folder == "decisions", "nothing links to {document}");
        let of_decisions = folder != "decisions" || start.contains(&format!("decisions/{name})"));
        assert!(of_decisions, "docs/architecture.md does not link to {document}");
    }
}

/// The first cells of a document's tables, without backticks.
fn first_cells(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .map(|cell| cell.trim_matches('`').to_owned())
        .collect()
}

/// What adding something takes, counted in the code: whatever knows the one that is there already is named.
#[test]
fn contributing_names_every_file_that_knows_one() {
    // The section, the one that is there, and the files of those that only use it.
    let kinds = [
        ("## Adding a rule", "dhcp_mixed_dns::", "src/rules/dhcp_mixed_dns.rs"),
        ("## Adding a client", "musl::", "src/clients/musl.rs"),
        (
            "## Adding an output format",
            "Format::Markdown",
            "src/render/markdown.rs",
        ),
        ("## Adding a resolver source", "upstream::", "src/resolvers/upstream.rs"),
        ("## Adding a read of AWS", "DhcpOptions", "src/rules/"),
        ("## Adding a read of AWS", "dnssec_config", "src/rules/signs/"),
        ("## Adding a read of AWS", "route_tables", "src/rules/"),
    ];
    let text = read("CONTRIBUTING.md");
    for (heading, one, users) in kinds {
        let (_, section) = text.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
        let section = section.split("\n## ").next().unwrap_or_default();
        let knowing: Vec<String> = files("src")
            .into_iter()
            .filter(|path| !path.starts_with(users) && !path.contains("tests") && read(path).contains(one))
            .collect();
        assert!(!knowing.is_empty(), "nothing knows {one}");
        // `<service>` stands for the file of one.
        let is_named = |path: &str| {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            section.contains(&format!("`{path}`")) || section.contains(&format!("`{folder}/<"))
        };
        for path in knowing {
            assert!(is_named(&path), "{heading}: {path}");
        }
    }
}

/// The document of the formats has each of them, and each metric with its labels: programs read them by these names.
#[test]
fn every_format_and_every_metric_is_described() {
    let text = read("docs/standing-check.md");
    let glossary = read("docs/glossary.md");
    for format in Format::VARIANTS {
        assert!(
            first_cells(&text).iter().any(|cell| cell == format.as_str()),
            "{format}"
        );
        let line = glossary
            .lines()
            .find(|line| line.starts_with("| format |"))
            .expect("a line");
        assert!(line.contains(format.as_str()), "{format} is not in the glossary");
    }
    let described: Vec<&str> = text.lines().filter(|line| line.starts_with("| `eks_dns_")).collect();
    let metrics: Vec<&Metric> = [render::METRICS, render::fleet::METRICS, places::METRICS, serve::METRICS].concat();
    for metric in &metrics {
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let row = format!("| `{}` | {} |", metric.name, labels.join(", ")).replace("|  |", "| |");
        assert!(described.iter().any(|line| line.starts_with(&row)), "{row}");
    }
    assert_eq!(described.len(), metrics.len(), "{described:#?}");
}

/// The modules in the order that tests/architecture.rs holds.
fn order() -> Vec<String> {
    let text = read("tests/architecture.rs");
    let (_, rest) = text.split_once("const ORDER: &[&str] = &[").expect("the order starts");
    let (list, _) = rest.split_once("];").expect("the order ends");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_architecture_lists_the_modules_in_their_order() {
    let order = order();
    assert!(order.len() > 20, "{order:?}");
    let listed: Vec<String> = first_cells(&read("docs/architecture.md"))
        .into_iter()
        .filter(|cell| order.contains(cell))
        .collect();
    assert_eq!(listed, order);
}

/// An arrow of the picture is an import in the code, and every module that is not a common word has a place in it.
#[test]
fn the_picture_is_the_codes() {
    let text = read("docs/architecture.md");
    let (_, rest) = text.split_once("```mermaid").expect("a picture");
    let (picture, _) = rest.split_once("```").expect("the picture ends");
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for path in files("src") {
        let module = path.trim_start_matches("src/").split('/').next().unwrap_or_default();
        let module = module.trim_end_matches(".rs").to_owned();
        let code = read(&path);
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        sources.entry(module).or_default().push_str(code);
    }
    let mut arrows = 0;
    for line in picture.lines() {
        let Some((from, to)) = line.split_once(" --> ") else {
            continue;
        };
        for (from, to) in from
            .split(" & ")
            .flat_map(|from| to.split(" & ").map(move |to| (from.trim(), to.trim())))
        {
            arrows += 1;
            let imports = sources
                .get(from)
                .is_some_and(|code| code.contains(&format!("crate::{to}")));
            assert!(imports, "{from} does not import from {to}");
        }
    }
    assert!(arrows > 30, "{arrows}");
    for module in order() {
        let is_there = picture
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .any(|word| word == module);
        assert!(is_there, "{module} is not in the picture");
    }
}

#[test]
fn the_glossary_has_its_words_in_order() {
    let words: Vec<String> = first_cells(&read("docs/glossary.md"))
        .into_iter()
        .filter(|cell| cell != "word")
        .map(|cell| cell.to_lowercase())
        .collect();
    assert!(words.len() >= 30, "{}", words.len());
    let mut sorted = words.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(words, sorted);
}

/// A decision says why it was taken and what follows from it, and is short enough to be read.
#[test]
fn decisions_have_one_shape() {
    for document in documents().iter().filter(|path| path.starts_with("docs/decisions/")) {
        let text = read(document);
        let headings: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, ["Context", "Decision", "Consequences"], "{document}");
        let lines = text.lines().count();
        assert!((15..=30).contains(&lines), "{document} has {lines} lines");
    }
}

/// The scenario that docs/scenarios.md shows, as `demo` would play it.
#[test]
fn the_example_scenario_is_diagnosed_as_it_says() {
    let text = read("docs/scenarios.md");
    let (_, rest) = text.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("the example ends");
    let scenario = lab::parse(example).expect("a scenario");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let scene = Scene {
        name: "docs/scenarios.md",
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let played = runtime
        .block_on(lab::play(&scenario, &scene, std::future::pending(), |_| {}))
        .expect("it can be played");
    assert!(played.unexpected.is_empty(), "{:?}", played.unexpected);
    assert_eq!(ExpectedDiagnosis::of(&diagnose(played.capture)), scenario.expect);
}

/// The picture at the top of the README is that of the recorded run. `BLESS=1 cargo test --test docs picture` draws it anew.
#[test]
fn the_picture_of_the_readme_is_that_of_a_run() {
    const PICTURE: &str = "docs/article.svg";
    let capture = read("fixtures/cases/no-forwarding/article/capture.json");
    let mut capture = eks_dns_doctor::capture::parse(capture.as_bytes()).expect("a capture");
    // The story's place, in the place of the lab that played it.
    capture.vantage.name = Some("laptop".to_owned());
    let report = diagnose(capture);
    let mut drawn = String::new();
    picture(&report, &Style::default(), &mut drawn).expect("a String takes all");
    if std::env::var_os("BLESS").is_some_and(|value| !value.is_empty()) {
        std::fs::write(root().join(PICTURE), &drawn).expect("the picture can be written");
    }
    assert_eq!(read(PICTURE), drawn);
    let readme = read("README.md");
    assert!(readme.contains(&format!("]({PICTURE})")), "the README does not show it");
}

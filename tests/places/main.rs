//! Several places side by side: captures that the lab made, dig's text, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

mod dig;
#[path = "../checks/formats.rs"]
mod formats;
mod headline;
mod other_texts;
mod page;
mod pairs;
#[path = "../common/program.rs"]
mod program;
mod refused;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::places::{self, PlacesDocument};
use eks_dns_doctor::render::{Format, Style};
use eks_dns_doctor::report::diagnose;
use program::program;
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

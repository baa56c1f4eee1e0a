//! The JSON Schemas of the documents: generated from the types, checked to be those in docs/, and every document of the
//! fixtures is held to them. No program has any of it.

#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "a test reads the tree it is about")]

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::capture;
use crate::dns::{Flags, Name, Rcode, RecordType};
use crate::facts::Call;
use crate::facts::document::FactsDocument;
use crate::fleet;
use crate::lab::ScenarioList;
use crate::places::PlacesDocument;
use crate::render::explanation;
use crate::render::fleet::lines;
use crate::report::{Report, diagnose};

/// A type that is a text in the document.
macro_rules! text {
    ($type:ty, $name:literal, $description:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "description": $description})
            }
        }
    };
}

text!(
    Name,
    "Name",
    "A domain name in presentation format, without the dot of the root."
);
text!(
    Rcode,
    "Rcode",
    "A response code by its mnemonic, or as RCODE and a number."
);
text!(
    RecordType,
    "RecordType",
    "A record type by its mnemonic, or as TYPE and a number (RFC 3597)."
);
text!(Call, "Call", "The IAM action of a read of AWS.");

impl JsonSchema for Flags {
    fn schema_name() -> Cow<'static, str> {
        "Flags".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": {"enum": ["aa", "tc", "rd", "ra", "ad", "cd"]},
            "description": "The flags of a message's header that are set.",
        })
    }
}

fn of<T: JsonSchema>(title: &str, description: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), description.into());
    let mut schema = schema.to_value();
    in_words_of_json(&mut schema);
    schema
}

/// Descriptions are the comments of the types, in which a value that is not there is `None`.
fn in_words_of_json(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name == "description" => {
                        *text = text.replace("`None`", "absent or `null`").replace("`Some`", "there");
                    }
                    value => in_words_of_json(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(in_words_of_json),
        _ => {}
    }
}

/// Every document, with its file in docs/.
fn all() -> Vec<(&'static str, Value)> {
    vec![
        (
            "report",
            of::<Report>(
                "eks-dns-doctor report",
                "What check, replay and demo print with -o json, and what --save writes; it is the capture too.",
            ),
        ),
        (
            "comparison",
            of::<PlacesDocument>(
                "eks-dns-doctor comparison",
                "What compare, and check with --via, print with -o json.",
            ),
        ),
        (
            "fleet",
            of::<fleet::Fleet>(
                "eks-dns-doctor fleet",
                "What check of many targets prints with -o json.",
            ),
        ),
        (
            "fleet-comparison",
            of::<fleet::Compared>(
                "eks-dns-doctor comparison of fleets",
                "What compare of two fleet documents, and check of many targets with --via, print with -o json.",
            ),
        ),
        (
            "fleet-line",
            of::<lines::AnyLine<'static>>(
                "eks-dns-doctor line of a fleet",
                "A line of check of many targets with -o jsonl.",
            ),
        ),
        (
            "scenarios",
            of::<ScenarioList>("eks-dns-doctor scenarios", "What demo --list prints with -o json."),
        ),
        (
            "facts",
            of::<FactsDocument>(
                "eks-dns-doctor facts",
                "What the command facts prints, for check --facts.",
            ),
        ),
        (
            "explanation",
            of::<explanation::AnyDocument<'static>>("eks-dns-doctor explanation", "What explain prints with -o json."),
        ),
    ]
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> PathBuf {
    root().join(format!("docs/{name}.schema.json"))
}

/// `BLESS=1 cargo test --lib schema` writes them.
#[test]
fn the_schemas_in_docs_are_the_types() {
    let mut wrong = Vec::new();
    for (name, schema) in all() {
        jsonschema::meta::validate(&schema).expect("a schema");
        let text = format!("{schema:#}\n");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(file(name), &text).expect("it can be written");
        }
        if std::fs::read_to_string(file(name)).ok().as_ref() != Some(&text) {
            wrong.push(name);
        }
    }
    assert!(
        wrong.is_empty(),
        "BLESS=1 cargo test --lib schema writes docs/{wrong:?}.schema.json"
    );
}

/// Every JSON document below a folder, with the name of its schema.
fn documents(folder: &Path, found: &mut Vec<(PathBuf, &'static str, Value)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            documents(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "json") {
            // Some are what is not read: no JSON, or no UTF-8.
            let bytes = std::fs::read(&path).expect("it can be read");
            let Ok(mut document) = serde_json::from_slice::<Value>(&bytes) else {
                continue;
            };
            // A scenario's capture has no report around it: it gets the one of today.
            if path.file_name().is_some_and(|name| name == "capture.json") {
                let capture = capture::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                document = serde_json::to_value(diagnose(capture).with_why()).expect("a document");
            }
            if let Some(name) = name_of(&document) {
                found.push((path, name, document));
            }
        }
    }
}

/// What a document of this program says it is.
fn name_of(document: &Value) -> Option<&'static str> {
    let has = |member: &str| document.get(member).is_some();
    if document.get("schema_version").and_then(Value::as_u64) != Some(u64::from(crate::report::SCHEMA_VERSION)) {
        return None;
    }
    match document.get("kind").and_then(Value::as_str) {
        Some("fleet") => Some("fleet"),
        Some("fleet-comparison") => Some("fleet-comparison"),
        Some("explanation" | "finding" | "findings") => Some("explanation"),
        None if has("captures") => Some("comparison"),
        None if has("resolvers") => Some("report"),
        None if has("facts") => Some("facts"),
        _ => None,
    }
}

#[test]
fn every_document_of_the_fixtures_is_as_its_schema_says() {
    let schemas: Vec<_> = all()
        .into_iter()
        .map(|(name, schema)| (name, jsonschema::validator_for(&schema).expect("a schema")))
        .collect();
    let mut found = Vec::new();
    documents(&root().join("fixtures"), &mut found);
    let mut seen = std::collections::BTreeMap::new();
    let mut wrong = Vec::new();
    for (path, name, document) in &found {
        *seen.entry(*name).or_insert(0) += 1;
        let (_, schema) = schemas.iter().find(|(other, _)| other == name).expect("a schema");
        wrong.extend(
            schema
                .iter_errors(document)
                .take(3)
                .map(|error| format!("{}: {}: {error:.200}", path.display(), error.instance_path())),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(seen.get("report").is_some_and(|count| *count > 100), "{seen:?}");
    assert!(seen.contains_key("comparison"), "{seen:?}");
}

/// What the schemas do not allow: they are no empty frames.
#[test]
fn a_document_that_is_none_is_refused() {
    let schemas = all();
    let (_, schema) = schemas.iter().find(|(name, _)| *name == "report").expect("a schema");
    let schema = jsonschema::validator_for(schema).expect("a schema");
    let mut found = Vec::new();
    documents(&root().join("fixtures/pages"), &mut found);
    let (_, _, report) = found
        .into_iter()
        .find(|(_, name, _)| *name == "report")
        .expect("a report");
    assert!(schema.is_valid(&report));
    for (pointer, value) in [
        ("/conclusion", Value::from("fine")),
        ("/exit_code", Value::from("1")),
        ("/findings/0/severity", Value::from("bad")),
        ("/resolvers/0/verdict", Value::Null),
        ("/resolvers/0/lookups/0/rtt_ms", Value::from("12 ms")),
        ("/target/hostname", Value::from(7)),
    ] {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        assert!(!schema.is_valid(&changed), "{pointer}");
    }
    for member in [
        "conclusion",
        "findings",
        "resolvers",
        "facts",
        "not_evaluated",
        "exit_code",
    ] {
        let mut changed = report.clone();
        changed.as_object_mut().expect("an object").remove(member);
        assert!(!schema.is_valid(&changed), "{member}");
    }
}

//! Words are for people: a capture says the same whatever words stand in it beside the codes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::path::{Path, PathBuf};

use eks_dns_doctor::capture;
use eks_dns_doctor::lab;
use eks_dns_doctor::places;
use eks_dns_doctor::report::{Report, diagnose};
use eks_dns_doctor::rules::{Finding, Remedy};
use serde_json::{Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn recorded(name: &str) -> Value {
    let path = fixtures().join("cases").join(name).join("capture.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn report(document: &Value) -> Report {
    diagnose(capture::parse(document.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}")))
}

/// The words that stand in the place of all others.
const OTHERWISE: &str = "said otherwise";

/// The texts that this program writes into a capture, by the keys that lead to them. In a list, `*` is any member.
const OURS: &[&str] = &[
    "gaps.*.fact",
    "gaps.*.source",
    "decided_by.*.why",
    "gaps.*.reason",
    "connections.*.reason",
    "facts.stub.source",
    "facts.stub.problems.*",
    "facts.upstreams.source",
    "facts.upstreams.problems.*",
    "facts.host.split_dns.source",
    "facts.kubeconfig.proxy_url_problem",
    "facts.origin",
    "resolvers.*.known_from",
    "resolvers.*.lookups.*.reason",
    "resolvers.*.lookups.*.attempts.*.reason",
    "resolvers.*.lookups.*.attempts.*.mismatch",
];

/// The facts that are this host's half.
const OF_HOST: &[&str] = &["host", "hosts", "instance", "kubeconfig", "proxy", "stub", "upstreams"];

/// Keys whose texts are a word of a list, a name, an address, a time, or what somebody else said: a server, the
/// kubeconfig, the operating system.
const OTHERS: &[&str] = &[
    "a",
    "aaaa",
    "account",
    "address",
    "addresses",
    "also",
    "by",
    "chooser",
    "class",
    "cluster",
    "cluster_entry",
    "cname",
    "code",
    "context",
    "event",
    "expect_addresses",
    "expect_cidrs",
    "expect_scope",
    "expect_view",
    "fail_on",
    "files",
    "flags",
    "form",
    "given_by",
    "hostname",
    "id",
    "ip",
    "judge",
    "kind",
    "listed_by",
    "local",
    "local_domain",
    "mname",
    "name",
    "name_servers",
    "ns",
    "other",
    "owner",
    "path",
    "profile",
    "proxy_url",
    "purpose",
    "qtype",
    "question",
    "rcode",
    "region",
    "res_options",
    "resolv_conf_writer",
    "resources",
    "rname",
    "role",
    "search",
    "section",
    "server",
    "servers",
    "taken_at",
    "tcp",
    "text",
    "time",
    "tls",
    "tls_server_name",
    "transport",
    "type",
    "variable",
    "version",
    "vpc",
    "vpc_cidrs",
    "vpc_id",
];

/// Walks over every text with the keys that lead to it.
fn texts(value: &mut Value, keys: &mut Vec<String>, each: &mut impl FnMut(&[String], &mut String)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                keys.push(key.clone());
                texts(member, keys, each);
                keys.pop();
            }
        }
        Value::Array(members) => {
            for member in members {
                keys.push("*".to_owned());
                texts(member, keys, each);
                keys.pop();
            }
        }
        Value::String(text) => each(keys, text),
        _ => {}
    }
}

/// Puts other words in the place of every text of this program's, and gives those that were there, one for each.
fn reword(document: &mut Value) -> Vec<String> {
    let mut reworded = Vec::new();
    texts(document, &mut Vec::new(), &mut |keys, text| {
        if OURS.contains(&keys.join(".").as_str()) {
            reworded.push(std::mem::replace(text, OTHERWISE.to_owned()));
        }
    });
    reworded
}

/// A step of a fix: its title up to the first text that it quotes, whose lines it has, and how many.
fn step(remedy: &Remedy, quoted: &[String]) -> Value {
    let title = &remedy.title;
    let stops = quoted.iter().map(String::as_str).chain([OTHERWISE]);
    let end = stops.filter_map(|text| title.find(text)).min().unwrap_or(title.len());
    json!({
        "title": title[..end],
        "software": remedy.software,
        "majors": remedy.majors,
        "is_alternative": remedy.is_alternative,
        "commands": remedy.commands.len(),
    })
}

/// What is found: all but the sentences.
fn found(findings: &[Finding], quoted: &[String]) -> Vec<Value> {
    let found = findings.iter().map(|finding| {
        json!({
            "rule": finding.rule,
            "severity": finding.severity,
            "confidence": finding.confidence,
            "caused_by": finding.caused_by,
            "resolvers": finding.resolvers,
            "remedies": finding.remedies.iter().map(|remedy| step(remedy, quoted)).collect::<Vec<_>>(),
        })
    });
    found.collect()
}

/// What a report comes to: all but the sentences in which it quotes the texts that were reworded.
fn decision(report: &Report, quoted: &[String]) -> Value {
    let resolvers = report
        .resolvers
        .iter()
        .map(|resolver| (resolver.verdict, resolver.view));
    json!({
        "conclusion": report.conclusion,
        "exit_code": report.exit_code,
        "findings": found(&report.findings, quoted),
        "not_evaluated": report.not_evaluated,
        "clients": report.clients,
        "resolvers": resolvers.collect::<Vec<_>>(),
    })
}

#[test]
fn a_capture_comes_to_the_same_in_other_words() {
    let (mut reworded, mut wrong) = (0, Vec::new());
    for name in lab::names() {
        let mut document = recorded(name);
        let before = report(&document);
        let quoted = reword(&mut document);
        reworded += quoted.len();
        let after = report(&document);
        if decision(&before, &quoted) != decision(&after, &quoted) {
            wrong.push(name);
        }
        // What has a code has its own words again.
        for (before, after) in before.resolvers.iter().zip(&after.resolvers) {
            assert_eq!(before.probed.lookups, after.probed.lookups, "{name}");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(reworded > 1000, "{reworded}");
}

/// What a comparison of two captures comes to, and how many findings there are; `None` where they are of two targets.
fn compared(documents: [&Value; 2], quoted: &[String]) -> Option<(Value, usize)> {
    let sources = documents.iter().enumerate().map(|(index, document)| {
        let mut document = (*document).clone();
        document["vantage"]["name"] = json!(format!("place-{index}"));
        places::read("place", document.to_string().as_bytes()).unwrap()
    });
    let comparison = places::compare(sources.collect()).ok()?;
    let rows = serde_json::to_value(&comparison.rows).unwrap();
    let decision = json!({
        "conclusion": comparison.conclusion,
        "exit_code": comparison.exit_code,
        "findings": found(&comparison.findings, quoted),
        "cells": rows.as_array().unwrap().iter().map(|row| row["cells"].clone()).collect::<Vec<_>>(),
    });
    Some((decision, comparison.findings.len()))
}

#[test]
fn a_comparison_comes_to_the_same_in_other_words() {
    let place = |name: &str| -> Value {
        let path = fixtures().join("places").join(name);
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let mut pairs = vec![[place("laptop.json"), place("bastion.json")]];
    // Neighbours of one rule are of one endpoint more often than not.
    let names: Vec<&str> = lab::names().collect();
    pairs.extend(names.chunks_exact(2).map(|pair| [recorded(pair[0]), recorded(pair[1])]));
    let (mut seen, mut wrong) = (0, Vec::new());
    for (index, [one, other]) in pairs.into_iter().enumerate() {
        let (mut one_reworded, mut other_reworded) = (one.clone(), other.clone());
        let mut quoted = reword(&mut one_reworded);
        quoted.extend(reword(&mut other_reworded));
        quoted.sort();
        quoted.dedup();
        let before = compared([&one, &other], &quoted);
        let after = compared([&one_reworded, &other_reworded], &quoted);
        seen += before.as_ref().map_or(0, |(_, findings)| *findings);
        if before != after {
            wrong.push(index);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(seen > 50, "{seen}");
}

/// Whether it is of AWS's half of the facts: what stands there are AWS's own words, but for those that are [`OURS`].
fn is_of_aws(keys: &[String]) -> bool {
    keys.len() > 1 && keys[0] == "facts" && !OF_HOST.contains(&keys[1].as_str())
}

/// A text of this program's that is new has to be in one of the lists.
#[test]
fn every_text_is_of_somebody() {
    let mut unknown = std::collections::BTreeSet::new();
    for name in lab::names() {
        texts(&mut recorded(name), &mut Vec::new(), &mut |keys, _| {
            let path = keys.join(".");
            let is_coded = keys.iter().any(|key| key.ends_with("_code"));
            let key = keys.iter().rev().find(|key| *key != "*").unwrap();
            let is_word = matches!(path.as_str(), "target.source" | "vantage.system" | "resolvers.*.doubt");
            if !is_coded
                && !is_word
                && !is_of_aws(keys)
                && !OURS.contains(&path.as_str())
                && !OTHERS.contains(&key.as_str())
            {
                unknown.insert(path);
            }
        });
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Without the codes the words would have to be read, and other words are not: what was said of them is not said then.
/// So the codes decide.
#[test]
fn without_codes_other_words_say_nothing() {
    let decided = |changed: fn(&mut Value)| {
        let mut document = recorded("truncated-without-tcp/fires-on-a-web-page");
        changed(&mut document);
        report(&document).findings[0].explanation.clone()
    };
    let portal = "is no name server: a portal, a proxy";
    assert!(decided(|_| {}).contains(portal));
    assert!(
        decided(|document| {
            reword(document);
        })
        .contains(portal)
    );
    let bare = decided(|document| {
        reword(document);
        for lookup in document["resolvers"][0]["lookups"].as_array_mut().unwrap() {
            lookup.as_object_mut().unwrap().remove("reason_code");
            for attempt in lookup["attempts"].as_array_mut().unwrap() {
                attempt.as_object_mut().unwrap().remove("reason_code");
            }
        }
    });
    assert!(!bare.contains(portal) && bare.contains("said otherwise"), "{bare}");
}

/// The captures of version 1 that are kept, each with the scenario that it is of.
fn version_1() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(fixtures().join("captures/v1")).unwrap();
    let mut found: Vec<(String, Value)> = files
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().replace("--", "/");
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

#[test]
fn a_capture_of_version_1_comes_to_what_a_new_one_does() {
    let all = version_1();
    assert!(all.len() > 5);
    for (name, document) in all {
        assert_eq!(document["schema_version"], 1, "{name}");
        let (old, new) = (report(&document), report(&recorded(&name)));
        assert_eq!(decision(&old, &[]), decision(&new, &[]), "{name}");
        assert!(old.gaps.is_empty(), "{name}: {:?}", old.gaps);
        for (old, new) in old.resolvers.iter().zip(&new.resolvers) {
            assert_eq!(old.probed.lookups, new.probed.lookups, "{name}");
        }
    }
}

#[test]
fn what_a_capture_of_version_1_does_not_say_is_a_gap() {
    for (name, mut document) in version_1() {
        let before = report(&document);
        let mut reworded = Vec::new();
        texts(&mut document, &mut Vec::new(), &mut |keys, text| {
            if matches!(keys.last().map(String::as_str), Some("reason" | "mismatch")) {
                "said otherwise".clone_into(text);
                reworded.push(keys.to_vec());
            }
        });
        assert!(!reworded.is_empty(), "{name}");
        let after = report(&document);
        let gap = after.gaps.iter().find(|gap| gap.fact == "why questions failed");
        let gap = gap.unwrap_or_else(|| panic!("{name}: no gap"));
        assert_eq!(gap.source, "capture of schema_version 1");
        assert!(gap.reason.contains("said otherwise"), "{name}: {}", gap.reason);
        // Saved by this version, it says no more and no less.
        let saved = serde_json::to_value(&after).unwrap();
        assert_eq!(saved["schema_version"], 2);
        let again = report(&saved);
        assert_eq!(
            (decision(&again, &[]), &again.gaps),
            (decision(&after, &[]), &after.gaps),
            "{name}"
        );
        // The verdict is of the kind, which is there. What clients print is said as before, or not at all.
        for client in &after.clients {
            let known = before.clients.iter().find(|known| known.client == client.client);
            assert!(
                known.is_some_and(|known| known.outcome == client.outcome),
                "{name}: {client:?}, and not {known:?}"
            );
        }
    }
}

//! The client models against what real clients printed: every row of fixtures/clients/recorded.json, which
//! fixtures/clients/record.py made with real programs and scripted servers in a network namespace, and of
//! fixtures/clients/resolved.json, which record_resolved.py made behind a real systemd-resolved. The capture of a row
//! is what this program observed of the same servers, so that the way from the packets to the text is held to the
//! record.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::collections::BTreeMap;
use std::path::Path;

use eks_dns_doctor::capture;
use eks_dns_doctor::clients::Prediction;
use eks_dns_doctor::report::diagnose;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Recorded {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    case: String,
    host: String,
    printed: BTreeMap<String, BTreeMap<String, u32>>,
    capture: Value,
}

/// What is not predicted, and why: what the client makes of a reply that this program does not take apart.
const UNKNOWN: &[(&str, &[&str])] = &[
    // musl looks at the ID alone, and takes the addresses of another question's answer.
    ("wrong-question", &["musl"]),
    // musl does not know the option, and asks over UDP, where this program did not.
    ("use-vc", &["musl"]),
    ("use-vc and no TCP", &["musl"]),
    // The C library goes on with that search list, which this program did not ask for.
    (
        "LOCALDOMAIN, and a wildcard below it",
        &["curl", "glibc", "go-cgo", "go-cgo-newer", "python"],
    ),
];

fn recorded(file: &str) -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/clients")
        .join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The model that a client's text is held to: curl and Python ask glibc, and one model is of all versions of Go.
fn model(client: &str) -> &str {
    match client {
        "curl" | "python" => "glibc",
        other => other.trim_end_matches("-newer"),
    }
}

/// The text that was printed as the model has it, with the name in full.
fn as_predicted(client: &str, text: &str, host: &str) -> String {
    let text = text.replace('X', host);
    if client == "curl" && text == format!("curl: (6) Could not resolve host: {host}") {
        // It says the same of every failure.
        return String::new();
    }
    if client == "python" {
        // Its number is glibc's code (netdb.h).
        for (code, says) in [
            (-2, "Name or service not known"),
            (-3, "Temporary failure in name resolution"),
            (-5, "No address associated with hostname"),
        ] {
            if text == format!("[Errno {code}] {says}") {
                return says.to_owned();
            }
        }
    }
    text
}

/// Compares every row, and gives the clients that nothing is predicted for, by their case, and the rows compared.
fn compared(recorded: &Recorded) -> (Vec<(&str, Vec<&str>)>, usize) {
    let mut wrong = Vec::new();
    let (mut rows, mut unknown) = (0, Vec::new());
    for row in &recorded.rows {
        let capture =
            capture::parse(row.capture.to_string().as_bytes()).unwrap_or_else(|error| panic!("{}: {error}", row.case));
        let clients = diagnose(capture).clients;
        let mut unpredicted = Vec::new();
        for (client, printed) in &row.printed {
            let found: Option<&Prediction> = clients.iter().find(|found| found.client == model(client));
            let Some(found) = found else {
                unpredicted.push(client.as_str());
                continue;
            };
            rows += 1;
            let asked: u32 = printed.values().sum();
            let resolved = printed.get("resolves").copied().unwrap_or_default();
            let mut failed = printed.keys().filter(|text| *text != "resolves");
            let fits = match found.outcome.as_str() {
                "resolves" => resolved == asked,
                "fails" => resolved == 0,
                "varies" => true,
                other => panic!("{other}"),
            };
            let missing = failed.find(|text| {
                let text = as_predicted(client, text, &row.host);
                !text.is_empty() && !found.messages.contains(&text)
            });
            // A race has two ends here, and versions that differ have two texts: more would say nothing.
            if !fits || missing.is_some() || found.messages.len() > 2 {
                wrong.push(format!(
                    "{}, {client}: printed {printed:?}, predicted {found:?}",
                    row.case
                ));
            }
        }
        if !unpredicted.is_empty() {
            unknown.push((row.case.as_str(), unpredicted));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    (unknown, rows)
}

#[test]
fn every_row_is_predicted() {
    let recorded = recorded("recorded.json");
    let (unknown, rows) = compared(&recorded);
    let unknown: Vec<(&str, &[&str])> = unknown.iter().map(|(case, who)| (*case, who.as_slice())).collect();
    assert_eq!(unknown, UNKNOWN);
    let unpredicted: usize = UNKNOWN.iter().map(|(_, who)| who.len()).sum();
    assert_eq!(recorded.rows.len(), 109);
    // Go's own resolver and cgo in two versions, glibc, musl, curl, Python.
    assert_eq!(rows, 109 * 8 - unpredicted);
}

/// Behind systemd-resolved: Go and musl ask its stub, and glibc asks through nss-resolve.
#[test]
fn every_row_behind_systemd_resolved_is_predicted() {
    let recorded = recorded("resolved.json");
    let (unknown, rows) = compared(&recorded);
    // Where its servers are silent, getaddrinfo waited for longer than the 90 s that were recorded, and what it says in
    // the end is not known.
    assert_eq!(unknown, [("drop", vec!["glibc", "python"])]);
    assert_eq!(recorded.rows.len(), 28);
    assert_eq!(rows, 28 * 7 - 2);
}

/// Where every one of the recorded runs ended the same, a prediction of two ends has a reason: servers that may answer
/// in either order, a rotation, a race of A and AAAA, or two versions.
#[test]
fn what_is_certain_is_predicted_as_such() {
    let recorded = recorded("recorded.json");
    let row = |case: &str| recorded.rows.iter().find(|row| row.case == case).unwrap();
    for case in [
        "nxdomain",
        "servfail",
        "refused",
        "drop",
        "closed",
        "tc-closed",
        "nodata/drop",
        "servfail then refused",
    ] {
        let capture = capture::parse(row(case).capture.to_string().as_bytes()).unwrap();
        let clients = diagnose(capture).clients;
        let go = clients.iter().find(|found| found.client == "go").unwrap();
        assert_eq!((go.outcome.as_str(), go.messages.len()), ("fails", 1), "{case}: {go:?}");
    }
}

/// What clients of this host are predicted to do where its configuration is another than the recorded one's.
fn with_host(case: &str, change: impl Fn(&mut Value)) -> Vec<Prediction> {
    let recorded = recorded("recorded.json");
    let row = recorded.rows.iter().find(|row| row.case == case).unwrap();
    let mut document = row.capture.clone();
    change(&mut document);
    diagnose(capture::parse(document.to_string().as_bytes()).unwrap()).clients
}

/// On macOS and Windows Go asks the system: no server is named, and what is not known of it is not predicted.
#[test]
fn who_asks_the_system_is_not_predicted_by_gos_own_ways() {
    let on = |chooser: &'static str| {
        move |document: &mut Value| {
            document["facts"]["host"] = serde_json::json!({
                "split_dns": { "chooser": chooser, "source": "captured", "scopes": [] }
            });
        }
    };
    let said = |case: &str, chooser| -> Vec<(String, Vec<String>)> {
        with_host(case, on(chooser))
            .into_iter()
            .map(|said| (said.client, said.messages))
            .collect()
    };
    let host = recorded("recorded.json").rows[0].host.clone();
    let go = |text: &str| {
        (
            "go".to_owned(),
            vec![format!(
                "Unable to connect to the server: dial tcp: lookup {host}: {text}"
            )],
        )
    };
    let libsystem = "nodename nor servname provided, or not known".to_owned();
    assert_eq!(
        said("nxdomain", "macos"),
        [go("no such host"), ("libsystem".to_owned(), vec![libsystem])]
    );
    assert_eq!(said("nxdomain", "windows"), [go("no such host")]);
    // Which of its codes Windows has for it is not known.
    assert_eq!(said("nodata", "windows")[0].1.len(), 2);
    for (case, chooser) in [
        ("servfail", "macos"),
        ("servfail", "windows"),
        ("nodata", "macos"),
        ("drop", "windows"),
    ] {
        assert_eq!(said(case, chooser), [], "{case} {chooser}");
    }
}

/// Where the system was asked, its own words are known, whatever they are.
#[test]
fn the_systems_own_failure_is_put_into_words() {
    let with = |chooser: &'static str, code: &'static str, number: i32, text: &'static str| {
        let clients = with_host("servfail", |document| {
            document["facts"]["host"] = serde_json::json!({
                "split_dns": { "chooser": chooser, "source": "captured", "scopes": [] }
            });
            let list = if document["resolvers"].is_array() {
                "resolvers"
            } else {
                "observations"
            };
            let mut os = document[list][0].clone();
            for (key, value) in [
                ("name", serde_json::json!("os")),
                ("role", serde_json::json!("os")),
                ("address", Value::Null),
                ("transport", Value::Null),
                ("lookups", serde_json::json!([])),
                ("known_from", serde_json::json!("getaddrinfo on this host")),
                (
                    "system",
                    serde_json::json!({
                        "addresses": [], "rtt_ms": 20.0,
                        "failure": { "code": code, "number": number, "text": text },
                    }),
                ),
            ] {
                os[key] = value;
            }
            document[list].as_array_mut().unwrap().push(os);
        });
        let go = clients.iter().find(|said| said.client == "go").unwrap();
        go.messages[0].clone()
    };
    assert!(with("macos", "EAI_NONAME", 8, "nodename nor servname provided, or not known").ends_with(": no such host"));
    let macos = "Temporary failure, in the system's words";
    assert!(with("macos", "EAI_AGAIN", 2, macos).ends_with(&format!(": {macos}")));
    assert!(with("windows", "EAI_NONAME", 11001, "No such host is known.").ends_with(": no such host"));
    assert!(with("windows", "EAI_AGAIN", 11002, "a text").ends_with(": getaddrinfow: a text"));
}

/// With a service before DNS that is not taken apart, what glibc is told is not in resolv.conf's servers.
#[test]
fn another_service_before_dns_is_not_predicted() {
    let clients = with_host("nxdomain", |document| {
        document["facts"]["host"] = serde_json::json!({ "hosts_line": {
            "text": "hosts: files sss",
            "services": [{ "name": "files" }, { "name": "sss" }],
        }});
    });
    let names: Vec<&str> = clients.iter().map(|said| said.client.as_str()).collect();
    assert_eq!(names, ["go", "musl"]);
}

/// Behind a proxy it is the proxy that looks the name up: kubectl prints nothing of name servers.
#[test]
fn behind_a_proxy_kubectl_asks_no_name_server() {
    let names = |bypassed: bool| -> Vec<String> {
        let proxied = |document: &mut Value| {
            document["facts"]["proxy"] = serde_json::json!({
                "variable": "HTTPS_PROXY", "address": "proxy.example:3128", "bypassed": bypassed
            });
        };
        with_host("nxdomain", proxied)
            .into_iter()
            .map(|said| said.client)
            .collect()
    };
    assert_eq!(names(false), ["glibc", "musl"]);
    assert_eq!(names(true), ["go", "go-cgo", "glibc", "musl"]);
}

/// Names below the search list are asked for as well, and may take what is left of the 30 s.
#[test]
fn silence_below_the_search_list_may_outlast_the_dial() {
    let messages = |search: usize| {
        let clients = with_host("drop", |document| {
            let list: Vec<String> = (0..search).map(|at| format!("corp{at}.example")).collect();
            document["facts"]["stub"]["search"] = serde_json::json!(list);
            document["facts"]["stub"]["timeout_s"] = serde_json::json!(5);
        });
        let go = clients.into_iter().find(|said| said.client == "go").unwrap();
        go.messages
    };
    let ends = |messages: &[String]| -> Vec<bool> {
        messages
            .iter()
            .map(|text| text.contains(" on 127.0.0.2:53: "))
            .collect()
    };
    assert_eq!(ends(&messages(0)), [true]);
    assert_eq!(ends(&messages(1)), [true]);
    assert_eq!(ends(&messages(3)), [false, true]);
}

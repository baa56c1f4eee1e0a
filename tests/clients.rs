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
use eks_dns_doctor::clients::{Client, Prediction, Resolution};
use eks_dns_doctor::report::diagnose;
use serde::Deserialize;
use serde::de::DeserializeOwned;
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

/// Rows of the record.
const RECORDED: usize = 118;

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
    // musl takes the address whose name is too long, and none where only an alias has it: which one it is was not kept.
    ("long-alias", &["musl"]),
    ("long-alias-alone", &["musl"]),
    ("long-owner", &["musl"]),
];

/// A record of fixtures/clients.
fn read<T: DeserializeOwned>(file: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/clients")
        .join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What kubectl printed where this program had stopped listening before the server said anything: of a server that
/// gives up after another time than BIND's 10 s, nothing is known then.
const UNHEARD: &str = "SERVFAIL as the second window ends, and the check is over";

/// The model that a client's text is held to: curl and Python ask glibc, and one model is of all versions of Go.
fn model(client: &str) -> &str {
    match client {
        "curl" | "python" => "glibc",
        _ if client.starts_with("go-cgo") => "go-cgo",
        _ if client.starts_with("go") || client.starts_with("kubectl") => "go",
        other => other,
    }
}

/// The text that was printed as the model has it, with the name in full.
fn as_predicted(client: &str, text: &str, host: &str) -> String {
    // Go before 1.20 misspells it.
    let text = text.replace("cannot marshal", "cannot unmarshal").replace('X', host);
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

/// How what was printed is not the prediction.
fn surprise(
    case: &str,
    host: &str,
    client: &str,
    printed: &BTreeMap<String, u32>,
    found: &Prediction,
) -> Option<String> {
    let asked: u32 = printed.values().sum();
    let resolved = printed.get("resolves").copied().unwrap_or_default();
    let mut failed = printed.keys().filter(|text| *text != "resolves");
    let fits = match found.outcome {
        Resolution::Resolves => resolved == asked,
        Resolution::Fails => resolved == 0,
        Resolution::Varies => true,
    };
    // Captures from before this host's address was kept have a placeholder for it.
    let is_placed = found.messages.iter().any(|message| message.contains(":<port>->"));
    let missing = failed.find(|text| {
        let mut text = as_predicted(client, text, host);
        if !is_placed {
            text = text.replace("127.0.0.1:<port>", "<client>");
        }
        !text.is_empty() && !found.messages.contains(&text)
    });
    // A race has two ends here, and versions that differ have two texts: more would say nothing.
    (!fits || missing.is_some() || found.messages.len() > 2)
        .then(|| format!("{case}, {client}: printed {printed:?}, predicted {found:?}"))
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
            let found: Option<&Prediction> = clients.iter().find(|found| found.client.as_str() == model(client));
            let Some(found) = found else {
                unpredicted.push(client.as_str());
                continue;
            };
            rows += 1;
            wrong.extend(surprise(&row.case, &row.host, client, printed, found));
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
    let recorded: Recorded = read("recorded.json");
    let (unknown, rows) = compared(&recorded);
    let unknown: Vec<(&str, &[&str])> = unknown.iter().map(|(case, who)| (*case, who.as_slice())).collect();
    assert_eq!(unknown, UNKNOWN);
    let unpredicted: usize = UNKNOWN.iter().map(|(_, who)| who.len()).sum();
    assert_eq!(recorded.rows.len(), RECORDED);
    // Go's own resolver and cgo in two versions, glibc, musl, curl, Python.
    assert_eq!(rows, RECORDED * 8 - unpredicted);
}

#[derive(Deserialize)]
struct Versions {
    versions: BTreeMap<String, String>,
    rows: Vec<VersionsRow>,
}

#[derive(Deserialize)]
struct VersionsRow {
    case: String,
    groups: Vec<Group>,
}

/// Clients that printed the same.
#[derive(Deserialize)]
struct Group {
    clients: Vec<String>,
    printed: BTreeMap<String, u32>,
}

/// Compares what each version printed in the cases of a record, and gives how many texts were compared.
fn compared_versions(versions: &Versions, recorded: &Recorded) -> usize {
    let (mut wrong, mut rows) = (Vec::new(), 0);
    assert_eq!(versions.rows.len(), recorded.rows.len());
    for (row, seen) in versions.rows.iter().zip(&recorded.rows) {
        assert_eq!(row.case, seen.case);
        let clients = diagnose(capture::parse(seen.capture.to_string().as_bytes()).unwrap()).clients;
        for group in &row.groups {
            for client in &group.clients {
                if UNKNOWN
                    .iter()
                    .any(|(case, who)| *case == row.case && who.contains(&model(client)))
                {
                    continue;
                }
                rows += 1;
                let found = clients
                    .iter()
                    .find(|found| found.client.as_str() == model(client))
                    .unwrap();
                if row.case == UNHEARD && model(client) == "go" {
                    assert!(found.messages[0].ends_with(": i/o timeout"), "{client}: {found:?}");
                    continue;
                }
                wrong.extend(surprise(&row.case, &seen.host, client, &group.printed, found));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for name in ["1.23.4", "1.23.9", "1.24", "1.25", "1.26", "1.27"] {
        assert!(versions.versions.contains_key(&format!("go-{name}")), "{name}");
    }
    rows
}

/// kubectl 1.36 and 1.37 themselves, and Go 1.23 to 1.27, in every case of the record.
#[test]
fn kubectl_and_go_of_today_are_predicted() {
    let recorded: Recorded = read("recorded.json");
    let rows = compared_versions(&read::<Versions>("versions.json"), &recorded);
    // kubectl 1.36 and 1.37, and six versions of Go with its own resolver and with cgo, but for what is not predicted
    // of cgo with LOCALDOMAIN.
    assert_eq!(rows, recorded.rows.len() * 14 - 6);
}

/// What kubectl prints that says more than the outcome, the likelier first.
#[test]
fn the_likelier_text_comes_first() {
    let recorded: Recorded = read("recorded.json");
    let said = |case: &str, change: &dyn Fn(&mut Value)| -> Vec<String> {
        let clients = with_host(case, change);
        let go = clients.into_iter().find(|said| said.client == Client::Go).unwrap();
        let of_host = |message: &String| message.rsplit_once(&recorded.rows[0].host).unwrap().1.to_owned();
        go.messages.iter().map(of_host).collect()
    };
    let keep = |_: &mut Value| {};
    let none = " on 127.0.0.2:53: no such host";
    let unread = " on 127.0.0.2:53: cannot unmarshal DNS message";
    let timeout = " on 127.0.0.2:53: read udp 127.0.0.1:<port>->127.0.0.2:53: i/o timeout";
    let failed = " on 127.0.0.2:53: server misbehaving";
    assert_eq!(said("short-bare", &keep), [none, unread]);
    assert_eq!(said("long-alias-alone", &keep), [none, unread]);
    assert_eq!(said("SERVFAIL as the second window ends", &keep), [timeout, failed]);
    assert_eq!(said(UNHEARD, &keep), [timeout]);
    // BIND gives up after 10 s: where this program stopped listening before, and the server knows other names, that is
    // as Go's second window of 5 s ends.
    let stub = |document: &mut Value| document["facts"]["stub"]["timeout_s"] = serde_json::json!(5);
    let alive = |document: &mut Value| {
        stub(document);
        let lookups = document["resolvers"][0]["lookups"].as_array_mut().unwrap();
        lookups.retain(|lookup| lookup["purpose"] == "target");
        let mut other = lookups[0].clone();
        other["question"] = serde_json::json!("example.com");
        other["purpose"] = serde_json::json!("aws-control");
        other["kind"] = serde_json::json!("nodata");
        other["rcode"] = serde_json::json!("NOERROR");
        other["attempts"][0]["kind"] = serde_json::json!("nodata");
        other["attempts"][0]["rcode"] = serde_json::json!("NOERROR");
        for lookup in &mut *lookups {
            let attempts = lookup["attempts"].as_array_mut().unwrap();
            attempts.retain(|attempt| attempt["kind"] == "timeout");
        }
        lookups.push(other);
    };
    assert_eq!(said(UNHEARD, &alive), [timeout, failed]);
    // Whoever is silent for everything says nothing later either.
    let dead = |document: &mut Value| {
        alive(document);
        document["resolvers"][0]["lookups"].as_array_mut().unwrap().pop();
    };
    assert_eq!(said(UNHEARD, &dead), [timeout]);
    // Nor what was listened to for longer.
    let longer = |document: &mut Value| {
        alive(document);
        document["asked"]["timeout_ms"] = serde_json::json!(12_000);
    };
    assert_eq!(said(UNHEARD, &longer), [timeout]);
}

/// With `options edns0`: glibc, curl, Python and Go over the C library send an OPT record too, and musl does not.
#[test]
fn every_row_with_edns0_is_predicted() {
    let recorded: Recorded = read("edns0.json");
    let (unknown, rows) = compared(&recorded);
    assert_eq!(unknown, []);
    assert_eq!(rows, recorded.rows.len() * 8);
    let row = |case: &str| recorded.rows.iter().find(|row| row.case == case).unwrap();
    let without = row("edns0, noedns-formerr").printed["musl"].keys();
    assert_eq!(without.collect::<Vec<_>>(), ["resolves"]);
}

/// Behind systemd-resolved: Go and musl ask its stub, and glibc asks through nss-resolve.
#[test]
fn every_row_behind_systemd_resolved_is_predicted() {
    let recorded: Recorded = read("resolved.json");
    let (unknown, rows) = compared(&recorded);
    // Where its servers are silent, getaddrinfo waited for longer than the 90 s that were recorded, and what it says in
    // the end is not known.
    assert_eq!(unknown, [("drop", vec!["glibc", "python"])]);
    assert_eq!(recorded.rows.len(), 28);
    assert_eq!(rows, 28 * 7 - 2);
}

/// The same behind systemd-resolved.
#[test]
fn kubectl_and_go_of_today_behind_systemd_resolved_are_predicted() {
    let recorded: Recorded = read("resolved.json");
    let rows = compared_versions(&read::<Versions>("resolved_versions.json"), &recorded);
    assert_eq!(rows, recorded.rows.len() * 14);
}

/// Where every one of the recorded runs ended the same, a prediction of two ends has a reason: servers that may answer
/// in either order, a rotation, a race of A and AAAA, or two versions.
#[test]
fn what_is_certain_is_predicted_as_such() {
    let recorded: Recorded = read("recorded.json");
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
        let go = clients.iter().find(|found| found.client == Client::Go).unwrap();
        assert_eq!(
            (go.outcome, go.messages.len()),
            (Resolution::Fails, 1),
            "{case}: {go:?}"
        );
    }
}

/// What clients of this host are predicted to do where its configuration is another than the recorded one's.
fn with_host(case: &str, change: impl Fn(&mut Value)) -> Vec<Prediction> {
    let recorded: Recorded = read("recorded.json");
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
            .map(|said| (said.client.to_string(), said.messages))
            .collect()
    };
    let host = read::<Recorded>("recorded.json").rows[0].host.clone();
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

/// Where whom the system asks is not known, such as with a resolv.conf that was named, nothing is said of it: resolv.conf
/// is not what kubectl reads there.
#[test]
fn a_resolv_conf_says_nothing_of_kubectl_on_macos_and_windows() {
    for system in ["macos", "windows"] {
        for case in ["nxdomain", "drop", "servfail", "nodata"] {
            let said = with_host(case, |document| {
                document["vantage"]["system"] = Value::from(system);
                document["facts"]["host"] = Value::Null;
            });
            assert_eq!(said, [], "{case} on {system}");
        }
    }
    let on_linux = with_host("nxdomain", |document| {
        document["vantage"]["system"] = Value::from("linux");
    });
    assert!(!on_linux.is_empty());
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
        let go = clients.iter().find(|said| said.client == Client::Go).unwrap();
        go.messages[0].clone()
    };
    assert!(with("macos", "EAI_NONAME", 8, "nodename nor servname provided, or not known").ends_with(": no such host"));
    let macos = "Temporary failure, in the system's words";
    assert!(with("macos", "EAI_AGAIN", 2, macos).ends_with(&format!(": {macos}")));
    assert!(with("windows", "EAI_NONAME", 11001, "No such host is known.").ends_with(": no such host"));
    assert!(with("windows", "EAI_AGAIN", 11002, "a text").ends_with(": getaddrinfow: a text"));
    // WSANO_DATA is no "no such host" to a released Go.
    assert!(with("windows", "EAI_NODATA", 11004, "no data").ends_with(": getaddrinfow: no data"));
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
            .map(|said| said.client.to_string())
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
        let go = clients.into_iter().find(|said| said.client == Client::Go).unwrap();
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

/// Where a proxy or a tunnel takes kubectl's connections, nothing is predicted of its lookups, and no finding says what
/// it prints of them.
#[test]
fn what_takes_the_connections_takes_the_lookups() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut said = 0;
    for rule in ["local-dns-down", "resolver-unreachable"] {
        for entry in std::fs::read_dir(root.join("cases").join(rule)).unwrap() {
            let Ok(bytes) = std::fs::read(entry.unwrap().path().join("capture.json")) else {
                continue;
            };
            let words = |capture| {
                let report = diagnose(capture);
                let findings = report.findings.iter().filter(|finding| finding.rule == rule);
                let words: Vec<String> = findings.map(|finding| finding.explanation.clone()).collect();
                (words.join(" "), report.clients)
            };
            let mut capture = capture::parse(&bytes).unwrap();
            let (before, _) = words(capture.clone());
            said += usize::from(before.contains("kubectl prints"));
            for file in ["proxy-https.yaml", "tunnel-127.yaml"] {
                let file = root.join("kubeconfig").join(file);
                let files = [("config".to_owned(), std::fs::read(file).unwrap())];
                capture.facts.host.kubeconfig = eks_dns_doctor::facts::kubeconfig::read(&files, None).unwrap();
                let (after, clients) = words(capture.clone());
                assert!(!after.contains("kubectl prints"), "{after}");
                assert!(clients.iter().all(|found| found.client != Client::Go), "{clients:?}");
            }
        }
    }
    assert!(said >= 2, "{said}");
}

/// A line of resolv.conf that Go takes and a C library does not, or the other way around: each client is predicted by
/// the name servers that it asks.
#[test]
fn each_client_is_predicted_by_the_name_servers_that_it_takes() {
    let said = |case: &str, libc: Value| {
        let clients = with_host(case, |document| document["facts"]["stub"]["libc"] = libc.clone());
        let of = |client: Client| {
            let mut all = clients.iter();
            all.find(|said| said.client == client).map(|said| said.outcome)
        };
        [Client::Go, Client::GoCgo, Client::Glibc, Client::Musl].map(of)
    };
    let (fails, resolves) = (Some(Resolution::Fails), Some(Resolution::Resolves));
    let varies = Some(Resolution::Varies);
    let case = "nxdomain then answer";
    assert_eq!(said(case, serde_json::json!({})), [fails, fails, fails, varies]);
    let second = serde_json::json!(["127.0.0.3:53"]);
    let of_glibc = serde_json::json!({ "glibc": second });
    assert_eq!(said(case, of_glibc), [fails, resolves, resolves, varies]);
    let of_both = serde_json::json!({ "glibc": second, "musl": second });
    assert_eq!(said(case, of_both), [fails, resolves, resolves, resolves]);
    // 127.0.0.1 is asked then, and this program did not ask it.
    let none = serde_json::json!({ "glibc": [] });
    assert_eq!(said(case, none.clone()), [fails, None, None, varies]);
    // Where it did, and its port is closed.
    let clients = with_host("closed then answer", |document| {
        document["resolvers"][0]["address"] = serde_json::json!("127.0.0.1:53");
        document["facts"]["stub"]["name_servers"] = serde_json::json!(["127.0.0.3:53"]);
        document["facts"]["stub"]["libc"] = none.clone();
    });
    let of = |client: Client| clients.iter().find(|said| said.client == client).unwrap();
    assert_eq!(of(Client::Go).outcome, Resolution::Resolves);
    assert_eq!(of(Client::Musl).outcome, Resolution::Resolves);
    assert_eq!(of(Client::Glibc).messages, ["Temporary failure in name resolution"]);
}

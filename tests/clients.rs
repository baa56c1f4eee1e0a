//! The client models against what real clients printed: every row of fixtures/clients/recorded.json, which
//! fixtures/clients/record.py made with real programs and scripted servers in a network namespace. The capture of a row is
//! what this program observed of the same servers, so that the way from the packets to the text is held to the record.

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
    repeated: u32,
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
const UNKNOWN: &[(&str, &str)] = &[
    // musl looks at the ID alone, and takes the addresses of another question's answer.
    ("wrong-question", "musl"),
    // musl does not know the option, and asks over UDP, where this program did not.
    ("use-vc", "musl"),
    ("use-vc and no TCP", "musl"),
];

fn recorded() -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/clients/recorded.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The text that was printed as the model has it: Go's through kubectl, the name in full.
fn as_predicted(client: &str, text: &str, host: &str) -> String {
    let text = text.replace('X', host);
    if !client.starts_with("go") {
        text
    } else if text.contains("connection refused") {
        format!(
            "The connection to the server {host} was refused - did you specify the right host or port?"
        )
    } else {
        format!("Unable to connect to the server: dial tcp: {text}")
    }
}

#[test]
fn every_row_is_predicted() {
    let recorded = recorded();
    let mut wrong = Vec::new();
    let (mut rows, mut unknown) = (0, Vec::new());
    for row in &recorded.rows {
        let capture = capture::parse(row.capture.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("{}: {error}", row.case));
        let clients = diagnose(capture).clients;
        for (client, printed) in &row.printed {
            let found: Option<&Prediction> = clients.iter().find(|found| found.client == *client);
            let Some(found) = found else {
                unknown.push((row.case.as_str(), client.as_str()));
                continue;
            };
            rows += 1;
            let resolved = printed.get("resolves").copied().unwrap_or_default();
            let mut failed = printed.keys().filter(|text| *text != "resolves");
            let fits = match found.outcome.as_str() {
                "resolves" => resolved == recorded.repeated,
                "fails" => resolved == 0,
                "varies" => true,
                other => panic!("{other}"),
            };
            let missing = failed.find(|text| {
                !found
                    .messages
                    .contains(&as_predicted(client, text, &row.host))
            });
            // A race has two ends here, and versions that differ have two texts: more would say nothing.
            if !fits || missing.is_some() || found.messages.len() > 2 {
                wrong.push(format!(
                    "{}, {client}: printed {printed:?}, predicted {found:?}",
                    row.case
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(unknown, UNKNOWN);
    assert_eq!(recorded.rows.len(), 75);
    assert_eq!(rows, 75 * 4 - UNKNOWN.len());
}

/// Where every one of the recorded runs ended the same, a prediction of two ends has a reason: servers that may answer in
/// either order, a rotation, a race of A and AAAA, or two versions.
#[test]
fn what_is_certain_is_predicted_as_such() {
    let recorded = recorded();
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
        assert_eq!(
            (go.outcome.as_str(), go.messages.len()),
            ("fails", 1),
            "{case}: {go:?}"
        );
    }
}

//! Exit codes, and what the document and the report say.

use std::time::Duration;

use super::name_server::{ADDRESS, HOST, Plays};
use serde_json::Value;

use super::{EXPECTED, Outcome, Server, check, flags, program, run};

#[test]
fn exit_codes_by_conclusion_in_every_format() {
    let good = Server::start(Plays::Has(ADDRESS));
    let bad = Server::start(Plays::NxDomain);
    for (server, line, code, conclusion) in [
        (&good, EXPECTED, 0, "healthy"),
        (&good, "--expect 10.9.9.9", 1, "broken"),
        (&bad, EXPECTED, 1, "broken"),
        (&good, "", 3, "inconclusive"),
    ] {
        for format in ["table", "short", "json", "markdown"] {
            let outcome = check(server, &format!("{line} -o {format}"));
            assert_eq!(outcome.code, code, "{line} {format}\n{}", outcome.stdout);
            assert_eq!(outcome.stderr, "", "{line} {format}");
            assert!(!outcome.stdout.is_empty() && outcome.stdout.ends_with('\n'), "{format}");
            assert!(!outcome.stdout.contains('\u{1b}'), "no colour into a pipe");
        }
        let document = check(server, &format!("{line} -o json")).json();
        assert_eq!(document["conclusion"], conclusion, "{line}");
        assert_eq!(document["exit_code"], code, "{line}");
    }
}

#[test]
fn the_document_says_what_was_asked_and_what_was_not() {
    let server = Server::start(Plays::Has(ADDRESS));
    let document = check(&server, &format!("{EXPECTED} -o json --vantage bastion --samples 2")).json();
    assert_eq!(document["schema_version"], 2);
    assert_eq!(document["target"]["hostname"], HOST);
    assert_eq!(document["target"]["region"], "ap-northeast-1");
    assert_eq!(document["target"]["source"], "argument");
    assert_eq!(document["vantage"]["name"], "bastion");
    assert_eq!(document["asked"]["samples"], 2);
    assert_eq!(document["interrupted"], false);
    assert_eq!(document["resolvers"][0]["name"], "one");
    assert_eq!(document["resolvers"][0]["verdict"], "match");
    assert_eq!(document["facts"]["cluster"], Value::Null);
    let taken_at = document["taken_at"].as_str().expect("a time");
    assert!(humantime::parse_rfc3339(taken_at).is_ok(), "{taken_at}");
    let gaps: Vec<&str> = document["gaps"]
        .as_array()
        .expect("gaps")
        .iter()
        .filter_map(|gap| gap["fact"].as_str())
        .collect();
    for fact in [
        "stub resolver configuration",
        "hosts file",
        "operating system's lookup",
        "the VPC's view",
        "the public view",
        "control questions",
        "everything that AWS says",
    ] {
        assert!(gaps.contains(&fact), "{fact}: {gaps:?}");
    }
}

/// What the AWS CLI printed decides what is expected; what is of another cluster does not.
#[test]
fn expected_addresses_come_from_saved_facts() {
    let server = Server::start(Plays::Has(ADDRESS));
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let interfaces = |ip: &str| {
        format!(
            r#"{{"NetworkInterfaces":[
                {{"NetworkInterfaceId":"eni-1","Description":"Amazon EKS shared","PrivateIpAddress":"{ip}"}},
                {{"NetworkInterfaceId":"eni-2","Description":"Amazon EKS shared","PrivateIpAddress":"192.168.99.99"}}]}}"#
        )
    };
    let cluster = |host: &str| {
        format!(r#"{{"cluster":{{"name":"shared","createdAt":"2026-11-23T19:25:10Z","endpoint":"https://{host}"}}}}"#)
    };
    let answered = check(&server, "-o json").json()["resolvers"][0]["addresses"][0]["ip"]
        .as_str()
        .expect("an address")
        .to_owned();
    let right = file("right.json", interfaces(&answered));
    let wrong = file("wrong.json", interfaces("192.168.77.77"));
    let own = file("own.json", cluster(HOST));
    let other = file("other.json", cluster("other.example.test"));
    let outcome = check(&server, &format!("--facts {right} --facts {own} -o json"));
    let document = outcome.json();
    assert_eq!(
        (outcome.code, document["resolvers"][0]["verdict"].as_str()),
        (0, Some("match"))
    );
    assert_eq!(document["expected"]["source"], "EKS network interfaces (--facts)");
    assert_eq!(document["target"]["cluster"], "shared");
    assert_eq!(check(&server, &format!("--facts {wrong} --facts {own}")).code, 1);
    // Not that cluster's endpoint: its interfaces are not what is expected of this name.
    let outcome = check(&server, &format!("--facts {right} --facts {other} -o json"));
    let document = outcome.json();
    assert_eq!(
        (outcome.code, document["resolvers"][0]["verdict"].as_str()),
        (3, Some("answer"))
    );
}

#[test]
fn the_target_may_stand_anywhere_and_be_a_url() {
    let server = Server::start(Plays::Has(ADDRESS));
    let flags = flags(server.address);
    let upper = HOST.to_ascii_uppercase();
    for line in [
        format!("{HOST} {flags} {EXPECTED} -q"),
        format!("check {HOST} {flags} {EXPECTED} -q"),
        format!("{flags} {EXPECTED} -q {HOST}"),
        format!("{flags} {EXPECTED} -q check {HOST}"),
        format!("{flags} check {HOST}. {EXPECTED} -q"),
        format!("https://{HOST} {flags} {EXPECTED} -q"),
        format!("https://{upper}:443/ {flags} {EXPECTED} -q"),
        format!("{flags} {EXPECTED} -q -- {HOST}"),
    ] {
        let outcome = run(&line);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{line}");
    }
}

#[test]
fn the_controls_are_asked_unless_left_out() {
    let server = Server::start(Plays::Has(ADDRESS));
    let flags = flags(server.address).replace("--no-controls", "");
    let document = run(&format!("{HOST} {flags} {EXPECTED} -o json")).json();
    let lookups = document["resolvers"][0]["lookups"].as_array().expect("lookups");
    let sibling = lookups
        .iter()
        .find(|lookup| lookup["purpose"] == "sibling")
        .expect("a sibling");
    let name = sibling["question"].as_str().expect("a name");
    let label = name.split('.').next().expect("a label");
    assert!(
        label.len() == 32 && label.bytes().all(|b| b.is_ascii_hexdigit()),
        "{name}"
    );
    assert_eq!(sibling["kind"], "nxdomain");
}

#[test]
fn quiet_and_verbose() {
    let server = Server::start(Plays::Has(ADDRESS));
    let quiet = check(&server, &format!("{EXPECTED} -q"));
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    let verbose = check(&server, &format!("{EXPECTED} -v -o json"));
    assert_eq!(verbose.code, 0);
    assert!(verbose.stderr.contains("one"), "{}", verbose.stderr);
    assert_eq!(verbose.stderr.lines().count(), 1);
    assert_eq!(verbose.json()["conclusion"], "healthy");
}

#[test]
fn the_judge_decides() {
    let good = Server::start(Plays::Has(ADDRESS));
    let bad = Server::start(Plays::NxDomain);
    let flags = format!("{} --resolver two={} {EXPECTED} -q", flags(good.address), bad.address);
    for (judge, code) in [
        ("", 1),
        ("--judge one", 0),
        ("--judge two", 1),
        ("--judge one,two", 1),
        ("--judge one --judge two", 1),
        ("--judge custom", 1),
    ] {
        assert_eq!(run(&format!("{HOST} {flags} {judge}")).code, code, "{judge}");
    }
}

#[test]
fn warnings_count_where_they_are_told_to() {
    let server = Server::start(Plays::Has(ADDRESS));
    let document = check(&server, &format!("{EXPECTED} --fail-on warning -o json")).json();
    let warned = document["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .any(|finding| finding["severity"] == "warning");
    assert_eq!(document["exit_code"], i32::from(warned));
}

#[test]
fn the_hosts_own_files_are_read_where_they_are_named() {
    let server = Server::start(Plays::Has(ADDRESS));
    let directory = tempfile::tempdir().expect("a directory");
    let resolv_conf = directory.path().join("resolv.conf");
    let hosts = directory.path().join("hosts");
    std::fs::write(&resolv_conf, "nameserver 127.0.0.1\nsearch corp.example\n").expect("a file");
    std::fs::write(&hosts, format!("10.0.0.9 {HOST}\n")).expect("a file");
    let outcome = Outcome::of(
        program()
            .args([
                "check",
                HOST,
                "--timeout",
                "300ms",
                "--no-controls",
                "--no-os",
                "-o",
                "json",
            ])
            .args(["--resolver", &format!("one={}", server.address), "--judge", "one"])
            .args(["--resolv-conf".as_ref(), resolv_conf.as_os_str()])
            .args(["--hosts-file".as_ref(), hosts.as_os_str()]),
    );
    let document = outcome.json();
    assert_eq!(document["facts"]["stub"]["search"][0], "corp.example");
    assert_eq!(document["facts"]["hosts"][0]["ip"], "10.0.0.9");
    assert_eq!(document["resolvers"][0]["role"], "local");
    assert_eq!(document["resolvers"][0]["address"], "127.0.0.1:53");
    assert_eq!(document["resolvers"][0]["in_scope"], false);
}

#[test]
fn silence_costs_one_window() {
    let server = Server::start(Plays::Silence);
    let flags = flags(server.address).replace("2s", "300ms");
    let start = std::time::Instant::now();
    let outcome = run(&format!("{HOST} {flags} {EXPECTED} -o json"));
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.json()["resolvers"][0]["verdict"], "timeout");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_redacted_run_gives_nothing_away() {
    let server = Server::start(Plays::NxDomain);
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("capture.json");
    for format in ["table", "short", "json", "markdown"] {
        let path = path.display();
        let outcome = check(
            &server,
            &format!("{EXPECTED} -v --redact -o {format} --save {path} --vantage laptop"),
        );
        assert_eq!(outcome.code, 1);
        let saved = std::fs::read_to_string(directory.path().join("capture.json")).expect("a file");
        for text in [&outcome.stdout, &outcome.stderr, &saved] {
            let text = text.to_ascii_uppercase();
            assert!(!text.contains("0123456789ABCDEF"), "{format}: {text}");
        }
        assert!(saved.contains("\"laptop\""), "the name that was given stays");
    }
    assert_eq!(run("demo --redact -o short").code, 0, "a demo too");
}

#[test]
fn samples_are_summed_up_in_the_document() {
    let server = Server::start(Plays::Has(ADDRESS));
    let samples = check(&server, &format!("{EXPECTED} --samples 4 -o json")).json()["resolvers"][0]["samples"].clone();
    assert_eq!(samples["count"], 4);
    assert_eq!(samples["outcomes"], serde_json::json!({"match": 4}));
    assert_eq!(samples["loss"], 0.0);
    let time = |key: &str| samples["rtt_ms"][key].as_f64().expect("a number");
    assert!(time("min") <= time("median") && time("median") <= time("max"));
    let once = check(&server, &format!("{EXPECTED} -o json")).json();
    assert!(once["resolvers"][0]["samples"].is_null());
}

#[test]
fn the_scenarios_are_printed_as_lines_or_as_a_document() {
    let lines = run("demo --list");
    let listed = run("demo --list -o json").json();
    assert_eq!((lines.code, &listed["kind"]), (0, &Value::from("scenarios")));
    let named = listed["scenarios"].as_array().expect("a list");
    assert_eq!(named.len(), lines.stdout.lines().count());
    for (line, one) in lines.stdout.lines().zip(named) {
        let name = one["name"].as_str().expect("a name");
        let title = one["title"].as_str().expect("a title");
        assert!(line.starts_with(name) && line.ends_with(title), "{line}");
    }
    // One document on one line.
    assert_eq!(run("demo --list -o jsonl").json(), listed);
    super::schema::hold(&listed, "scenarios");
    let refused = run("demo --list -o html");
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("write table, json or jsonl"),
        "{}",
        refused.stderr
    );
}

/// Beside the reports and comparisons of the fixtures (src/schema.rs) and many targets (tests/fleet).
#[test]
fn what_is_explained_and_facts_are_as_their_schemas_say() {
    for words in [
        &["explain", "-o", "json"][..],
        &["explain", "no-forwarding", "-o", "json"],
        &[
            "explain",
            "dial tcp: lookup a.gr7.eu-west-1.eks.amazonaws.com on 10.0.0.2:53: no such host",
            "-o",
            "json",
        ],
        &["explain", "nothing that is known", "-o", "json"],
    ] {
        super::schema::hold(&Outcome::of(super::program().args(words)).json(), "explanation");
    }
    let facts = run(&format!("facts {HOST} --no-aws"));
    super::schema::hold(&facts.json(), "facts");
}

//! Captures: the same report from them as from the run that made them, and one clear line where they are
//! anything else.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

#[path = "common/program.rs"]
mod program;
#[path = "common/unconcluded.rs"]
mod unconcluded;

use std::path::{Path, PathBuf};

use eks_dns_doctor::capture::{self, CaptureError};
use eks_dns_doctor::lab;
use eks_dns_doctor::limits;
use eks_dns_doctor::render::{self, Format, Style};
use eks_dns_doctor::report::{Report, diagnose};
use program::program;

fn recorded(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    root.join(name).join("capture.json")
}

fn report(name: &str) -> Report {
    let bytes = std::fs::read(recorded(name)).unwrap();
    diagnose(capture::parse(&bytes).unwrap_or_else(|error| panic!("{name} {error}")))
}

fn rendered(report: &Report, format: Format) -> String {
    let mut text = String::new();
    render::render(report, format, &Style::default(), &mut text).unwrap();
    text
}

/// The document of the article's case, as `-o json` prints it.
fn article() -> String {
    rendered(&report("no-forwarding/article"), Format::Json)
}

#[test]
fn every_report_replays_byte_for_byte() {
    for name in lab::names() {
        let first = report(name);
        let document = rendered(&first, Format::Json);
        let again = capture::parse(document.as_bytes()).unwrap_or_else(|error| panic!("{name} {error}"));
        let again = diagnose(again);
        for format in Format::VARIANTS {
            assert!(
                rendered(&first, *format) == rendered(&again, *format),
                "{name}: {format} is not the same"
            );
        }
    }
}

#[test]
fn what_was_concluded_is_not_needed_and_what_is_new_is_left() {
    let mut document: serde_json::Value = serde_json::from_str(&article()).unwrap();
    unconcluded::unconcluded(&mut document);
    let members = document.as_object_mut().unwrap();
    for absent in ["facts", "gaps", "interrupted", "vantage"] {
        members.remove(absent).unwrap();
    }
    members.insert("new".to_owned(), serde_json::json!({"a": [1, {"b": null}]}));
    let report = diagnose(capture::parse(document.to_string().as_bytes()).unwrap());
    assert_eq!(report.exit_code, 1);
    assert_eq!(report.headline().unwrap().rule, "no-forwarding");
}

/// Cut off anywhere, it is refused, and never a panic.
/// A capture as it is taken from a terminal, from a ticket, or through PowerShell's redirection.
#[test]
fn a_capture_is_read_however_it_was_saved() {
    let whole =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/places/laptop.json")).unwrap();
    let plain = capture::parse(whole.as_bytes()).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let all = [
        ("a fence", format!("```json\n{whole}\n```\n").into_bytes()),
        (
            "a prompt",
            format!("$ eks-dns-doctor check -o json\n{whole}\n$ ").into_bytes(),
        ),
        (
            "PowerShell's prompt",
            format!("PS C:\\Users\\t> eks-dns-doctor check -o json\r\n{whole}").into_bytes(),
        ),
        (
            "a mark and CRLF",
            format!("\u{feff}{}", whole.replace('\n', "\r\n")).into_bytes(),
        ),
        ("UTF-16", wide(&format!("\u{feff}{whole}"))),
        ("UTF-16 without a mark", wide(&whole)),
    ];
    for (label, bytes) in all {
        let read = capture::parse(&bytes).unwrap_or_else(|error| panic!("{label}: {error}"));
        assert_eq!(read, plain, "{label}");
    }
    // Two documents are no capture, whatever is around them.
    assert!(capture::parse(format!("```\n{whole}\n{whole}\n```").as_bytes()).is_err());
}

/// A cluster without an endpoint has no name, which is `null`.
#[test]
fn a_capture_of_a_cluster_without_an_endpoint_has_no_name() {
    let nameless = with(|document| document["target"]["hostname"] = serde_json::Value::Null);
    let read = capture::parse(&nameless).unwrap();
    assert!(read.target.is_nameless());
    let written: serde_json::Value = serde_json::to_value(&read.target).unwrap();
    assert_eq!(written["hostname"], serde_json::Value::Null);
}

#[test]
fn a_capture_that_is_cut_off_is_refused() {
    let whole = article();
    let whole = whole.trim_end();
    for end in (0..whole.len()).step_by(97).chain(whole.len() - 3..whole.len()) {
        let error = capture::parse(&whole.as_bytes()[..end]).unwrap_err();
        let text = error.to_string();
        assert!(!text.contains('\n'), "{end}: {text}");
        assert!(error == CaptureError::Empty || text.contains("line "), "{end}: {text}");
    }
}

/// At every octet of a small one: refused on one line, and never a panic.
#[test]
fn a_capture_that_is_cut_off_at_any_octet_is_refused() {
    let mut document: serde_json::Value = serde_json::from_str(&article()).unwrap();
    let members = document.as_object_mut().unwrap();
    for derived in ["expected", "findings", "not_evaluated", "clients", "facts", "gaps"] {
        members.remove(derived).unwrap();
    }
    members["resolvers"].as_array_mut().unwrap().truncate(1);
    let lookups = members["resolvers"][0]["lookups"].as_array_mut().unwrap();
    lookups.truncate(2);
    let whole = document.to_string();
    assert!(capture::parse(whole.as_bytes()).is_ok());
    for end in 0..whole.len() {
        let text = capture::parse(&whole.as_bytes()[..end]).unwrap_err().to_string();
        assert!(text.starts_with("is empty") || text.contains("line 1"), "{end}: {text}");
        assert!(!text.contains(char::is_control), "{end}: {text:?}");
    }
}

/// The reasons for the headline come again where the run gave them, and nowhere else.
#[test]
fn reasons_are_given_again_and_not_believed() {
    let plain = capture::parse(article().as_bytes()).unwrap();
    let reasoned = diagnose(plain.clone()).with_why();
    let text = serde_json::to_string(&reasoned).unwrap();
    assert!(diagnose(plain).why.is_none());
    let again = diagnose(capture::parse(text.as_bytes()).unwrap());
    assert_eq!(again.why, reasoned.why);
    let forged = with(|d| d["why"] = serde_json::json!({"rule": "\u{1b}[2J", "read": 7}));
    assert_eq!(diagnose(capture::parse(&forged).unwrap()).why, reasoned.why);
}

/// A mistake in the facts is told with its own line, in either half, although both are one object.
#[test]
fn a_mistake_in_the_facts_has_its_place() {
    for name in ["stub", "host", "vpc", "failed_reads"] {
        let mut document: serde_json::Value = serde_json::from_str(&article()).unwrap();
        document["facts"][name] = serde_json::json!(["a mistake", 7]);
        let text = serde_json::to_string_pretty(&document).unwrap();
        let begin = text.lines().position(|line| line.contains("a mistake")).unwrap();
        let said = capture::parse(text.as_bytes()).unwrap_err().to_string();
        let near = (begin..begin + 3).any(|line| said.contains(&format!(" line {line}: ")));
        assert!(near, "{name}: line {begin}: {said}");
    }
}

fn with(change: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    let mut document: serde_json::Value = serde_json::from_str(&article()).unwrap();
    change(&mut document);
    document.to_string().into_bytes()
}

/// What a hostile document is, and what is said of it.
fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let repeated = |what: &serde_json::Value, times| serde_json::Value::Array(vec![what.clone(); times]);
    vec![
        ("nothing", Vec::new(), "is empty"),
        ("blanks", text(" \n\t"), "is empty"),
        ("not JSON", text("no such host"), "line 1: \"no…\" is not JSON"),
        ("not UTF-8", b"{\"a\": \"\xff\xfe\"}".to_vec(), "no schema_version"),
        ("UTF-16", b"\xff\xfe{\0}\0".to_vec(), "no schema_version"),
        ("octets", vec![0; 64], "is empty"),
        ("a list", text("[1, 2]"), "it is not one JSON object"),
        ("a number", text("1e999"), "a number is too large"),
        ("nothing of ours", text("{\"a\": 1}"), "no schema_version"),
        ("two documents", text("{} {}"), "more stands behind the end"),
        ("deep lists", "[".repeat(100_000).into_bytes(), "nested deeper"),
        ("deep objects", "{\"a\":".repeat(100_000).into_bytes(), "nested deeper"),
        (
            "deep inside",
            with(|d| {
                let mut deep = serde_json::json!(1);
                for _ in 0..127 {
                    deep = serde_json::json!([deep]);
                }
                d["new"] = deep;
            }),
            "nested deeper",
        ),
        (
            "a version of text",
            with(|d| d["schema_version"] = "1".into()),
            "its schema_version is \"1\", and not a whole number",
        ),
        (
            "a negative version",
            with(|d| d["schema_version"] = (-1).into()),
            "its schema_version is -1, and not a whole number",
        ),
        (
            "a version with a fraction",
            with(|d| d["schema_version"] = 1.5.into()),
            "its schema_version is 1.5, and not a whole number",
        ),
        (
            "a huge version",
            text("{\"schema_version\": 99999999999999999999999}"),
            "and not a whole number",
        ),
        (
            "a version of anything",
            with(|d| d["schema_version"] = serde_json::json!({"\u{1b}[2J": ["\u{9b}"]})),
            "and not a whole number",
        ),
        (
            "no version",
            with(|d| d["schema_version"] = serde_json::Value::Null),
            "it has no schema_version",
        ),
        (
            "a word of a later program under the same version",
            with(|d| {
                d["tool"]["version"] = "9.0.0".into();
                d["resolvers"][0]["role"] = "satellite".into();
            }),
            "(it was written by eks-dns-doctor 9.0.0, and this is eks-dns-doctor ",
        ),
        (
            "an older version",
            with(|d| d["schema_version"] = 0.into()),
            "schema_version 0",
        ),
        (
            "a newer version",
            with(|d| d["schema_version"] = 3.into()),
            "schema_version 3, and this program reads up to 2",
        ),
        (
            "a newer version of another shape",
            text("{\"schema_version\": 3, \"tool\": {\"name\": \"x\", \"version\": \"9\"}}"),
            "(x 9)",
        ),
        (
            "a wrong type",
            with(|d| d["resolvers"][0]["lookups"] = "none".into()),
            "is the text \"none\", and has to be a list",
        ),
        (
            "a wrong address",
            with(|d| d["resolvers"][0]["address"] = "10.0.0.1:99999".into()),
            "address is \"10.0.0.1:99999\", and has to be an address with a port",
        ),
        (
            "an address that is written like none",
            with(|d| d["resolvers"][0]["address"] = "\u{202e}here".into()),
            "here\", and has to be an address with a port",
        ),
        (
            "a wrong verdict of a lookup",
            with(|d| d["resolvers"][0]["lookups"][0]["kind"] = "\u{1b}[31mred".into()),
            "is not known at kind",
        ),
        (
            "no target",
            with(|d| {
                d.as_object_mut().unwrap().remove("target");
            }),
            "has no \"target\"",
        ),
        (
            "no name",
            with(|d| d["target"]["hostname"] = "a..b".into()),
            "empty label",
        ),
        (
            "a long label",
            with(|d| d["target"]["hostname"] = "a".repeat(64).into()),
            "longer than 63",
        ),
        (
            "another time",
            with(|d| d["taken_at"] = "yesterday\u{1b}[2J".into()),
            "RFC 3339",
        ),
        (
            "two of one name",
            with(|d| {
                d["resolvers"][1]["name"] = d["resolvers"][0]["name"].clone();
            }),
            "two of its resolvers",
        ),
        (
            "many resolvers",
            with(|d| {
                d["resolvers"] = repeated(&d["resolvers"][0], limits::RESOLVERS + 1);
            }),
            "more than 64 resolvers",
        ),
        (
            "many lookups",
            with(|d| {
                d["resolvers"][0]["lookups"] =
                    repeated(&d["resolvers"][0]["lookups"][0], limits::LOOKUPS_PER_RESOLVER + 1);
            }),
            "more than 512 lookups",
        ),
        (
            "many tries",
            with(|d| {
                d["resolvers"][0]["lookups"][0]["attempts"] = repeated(
                    &d["resolvers"][0]["lookups"][0]["attempts"][0],
                    limits::ATTEMPTS_PER_LOOKUP + 1,
                );
            }),
            "more than 64 attempts",
        ),
        (
            "many addresses",
            with(|d| {
                d["resolvers"][0]["lookups"][0]["addresses"] =
                    repeated(&"10.0.0.1".into(), limits::RECORDS_PER_REPLY + 1);
            }),
            "more than 64 addresses",
        ),
        (
            "many errors",
            with(|d| {
                d["resolvers"][0]["lookups"][0]["ede"] = repeated(&1.into(), limits::EXTENDED_ERRORS_PER_REPLY + 1);
            }),
            "more than 8 ede",
        ),
        (
            "many gaps",
            with(|d| d["gaps"] = repeated(&1.into(), limits::LIST_IN_CAPTURE + 1)),
            "more than 1024 gaps",
        ),
        (
            "a long text",
            with(|d| d["target"]["cluster"] = "x".repeat(limits::TEXT_IN_CAPTURE + 1).into()),
            "a text of cluster",
        ),
        (
            "a long name",
            with(|d| d["resolvers"][0]["name"] = "x".repeat(limits::NAME_IN_CAPTURE + 1).into()),
            "a text of name",
        ),
        (
            "an endless wait",
            with(|d| d["resolvers"][0]["lookups"][0]["rtt_ms"] = 1e300.into()),
            "rtt_ms 1e300",
        ),
        (
            "a wait before the question",
            with(|d| d["resolvers"][0]["lookups"][0]["rtt_ms"] = (-1.0).into()),
            "between 0 and a day",
        ),
        (
            "a huge sample",
            with(|d| d["resolvers"][0]["lookups"][0]["sample"] = u64::MAX.into()),
            "and has to be a whole number",
        ),
        (
            "another flag",
            with(|d| d["resolvers"][0]["lookups"][0]["flags"] = serde_json::json!(["\u{9b}31m"])),
            "unknown flag",
        ),
    ]
}

#[test]
fn what_is_no_capture_is_refused_with_its_place() {
    for (what, bytes, said) in hostile() {
        let text = capture::parse(&bytes).map(drop).expect_err(what).to_string();
        assert!(text.contains(said), "{what}: {text}");
        assert!(text.len() < 600, "{what}: {text}");
    }
    let mut huge = vec![b' '; usize::try_from(limits::CAPTURE).unwrap() + 1];
    huge[0] = b'{';
    assert_eq!(capture::parse(&huge), Err(CaptureError::TooLarge));
}

/// The program says so on one line, without anything that a terminal would obey.
#[test]
fn the_program_refuses_it_on_one_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("capture.json");
    for (what, bytes, said) in hostile() {
        std::fs::write(&path, bytes).unwrap();
        let output = program().arg("replay").arg(&path).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{what}: {error}");
        assert!(output.stdout.is_empty(), "{what}");
        assert_eq!(error.lines().count(), 1, "{what}: {error}");
        assert!(
            error.contains(said) && error.contains("capture.json "),
            "{what}: {error}"
        );
        assert!(!error.trim_end().contains(char::is_control), "{what}: {error:?}");
    }
    let output = program().args(["replay", "none.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot read none.json")
    );
}

/// Texts that a terminal would obey are allowed in a capture, and are never printed as they are.
#[test]
fn escape_sequences_never_reach_the_output() {
    let evil = "\u{1b}[31mred\u{9b}2J\u{202e}\r\n| x | `y` <b>";
    let bytes = with(|document| {
        document["vantage"]["name"] = evil.into();
        document["tool"]["version"] = evil.into();
        document["resolvers"][0]["name"] = evil.into();
        document["resolvers"][0]["known_from"] = evil.into();
        document["resolvers"][0]["lookups"][0]["reason"] = evil.into();
        document["resolvers"][0]["lookups"][0]["reason_code"] =
            serde_json::json!({"code": "network", "failure": {"code": "other", "said": evil}});
        document["target"]["cluster"] = evil.into();
        document["gaps"] = serde_json::json!([{"fact": evil, "source": evil, "reason": evil}]);
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("capture.json");
    std::fs::write(&path, bytes).unwrap();
    for format in ["table", "short", "json", "markdown"] {
        let mut command = program();
        command.arg("replay").arg(&path).args(["-v", "-o", format]);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        let bad = text.chars().find(|c| *c != '\n' && render::text::is_unprintable(*c));
        assert_eq!(bad, None, "{format}: {text}");
    }
}

#[test]
fn digs_text_is_not_replayed_and_that_is_said() {
    let dig = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/places/bastion.dig.txt");
    let output = program().arg("replay").arg(dig).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        error.contains("is dig's text") && error.contains("compare takes it"),
        "{error}"
    );
}

#[test]
fn replay_prints_and_saves_what_the_run_did() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("first.json");
    std::fs::write(&path, article()).unwrap();
    let saved = directory.path().join("again.json");
    let mut command = program();
    command
        .arg("replay")
        .arg(&path)
        .args(["-o", "json", "--save"])
        .arg(&saved);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), article());
    assert_eq!(std::fs::read_to_string(&saved).unwrap(), article());
}

//! Documents of many: compared, printed again, round after round.

use std::path::PathBuf;

use eks_dns_doctor::fleet::Fleet;
use serde_json::Value;

use super::{Bench, Server, lines, run};

#[test]
fn two_documents_are_compared() {
    let before = Server::start(5);
    let after = Server::start(2);
    let bench = Bench::new(&lines(0..4));
    let mut files = Vec::new();
    for (name, server) in [("before", &before), ("after", &after)] {
        let path = bench.path(&format!("{name}.json"));
        bench.run(&[("corp", server)], &["--save", &path, "-q"]);
        files.push(path);
    }
    let outcome = run(&["compare", &files[0], &files[1]]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    for part in [
        "2 of 4 targets differ",
        "before: healthy",
        "after: broken",
        "c-2",
        "c-3",
    ] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains("c-1"), "{}", outcome.stdout);
    let document = run(&["compare", &files[0], &files[1], "-o", "json"]).stdout;
    let document: Value = serde_json::from_str(&document).expect("a document");
    assert_eq!(document["kind"], "fleet-comparison");
    super::schema::hold(&document, "fleet-comparison");
    assert_eq!(document["targets"][0]["differs"], true);
    assert_eq!(run(&["compare", &files[0], &files[0], "-o", "short"]).code, 0);
    let capture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases/no-forwarding/article/capture.json");
    let capture = capture.display().to_string();
    for pair in [[&files[0], &capture], [&capture, &files[0]]] {
        let outcome = run(&["compare", pair[0], pair[1]]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.stderr.contains("not of the same kind"), "{}", outcome.stderr);
    }
    let broken = bench.path("broken.json");
    std::fs::write(&broken, "{\"kind\": \"fleet\", \"schema_version\": 2, \"targets\": 5}").expect("written");
    let outcome = run(&["compare", &broken, &files[0]]);
    assert_eq!(
        (outcome.code, outcome.stderr.lines().count()),
        (2, 1),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stderr.contains("no whole document of many targets"),
        "{}",
        outcome.stderr
    );
}

/// A document that was saved is printed again as it was when it was made, in every format.
#[test]
fn a_document_of_many_is_printed_again() {
    use eks_dns_doctor::render::Format;
    let server = Server::start(2);
    let bench = Bench::new(&lines(0..4));
    let saved = bench.path("saved.json");
    for format in Format::VARIANTS {
        let format = format.as_str();
        let first = bench.run(&[("corp", &server)], &["--save", &saved, "-o", format]);
        let again = run(&["replay", &saved, "-o", format]);
        assert_eq!((again.code, again.stderr.as_str()), (first.code, ""), "{format}");
        if format == "jsonl" {
            // Of each target there was a report, and in the document there is none.
            let document: Fleet = serde_json::from_str(&again.stdout).expect("a document on a line");
            assert_eq!((document.targets.len(), again.stdout.lines().count()), (4, 1));
            let lines = bench.path("lines.jsonl");
            std::fs::write(&lines, &first.stdout).expect("written");
            for words in [&["replay", &lines][..], &["compare", &lines, &saved]] {
                let refused = run(words);
                assert_eq!(
                    (refused.code, refused.stderr.lines().count()),
                    (2, 1),
                    "{}",
                    refused.stderr
                );
                assert!(refused.stderr.contains("what check --save FILE"), "{}", refused.stderr);
            }
        } else {
            assert_eq!(again.stdout, first.stdout, "{format}");
        }
    }
    let refused = run(&["replay", &saved, "--explain-why"]);
    assert_eq!(
        (refused.code, refused.stderr.lines().count()),
        (2, 1),
        "{}",
        refused.stderr
    );
    // Whatever the document says of itself, the exit code is that of its targets.
    let text = std::fs::read_to_string(&saved).expect("text");
    std::fs::write(&saved, text.replace("\"exit_code\": 1", "\"exit_code\": 77")).expect("written");
    assert_eq!(run(&["replay", &saved, "-q"]).code, 1);
}

#[test]
fn a_watch_says_what_changes_and_ends_when_all_are_healthy() {
    let server = Server::start(3);
    let bench = Bench::new(&lines(0..3));
    let outcome = bench.run(
        &[("corp", &server)],
        &["--watch=2s", "--until", "healthy", "--for", "20s"],
    );
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("watching 3 targets"), "{}", outcome.stdout);
    let broken = Server::start(1);
    let outcome = bench.run(&[("corp", &broken)], &["--watch=2s", "--for", "3s", "-o", "json"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("3 targets: 2 broken, 1 healthy"),
        "{}",
        outcome.stderr
    );
    let fleet: Fleet = serde_json::from_str(&outcome.stdout).expect("the last document");
    assert_eq!(fleet.targets.len(), 3);
}

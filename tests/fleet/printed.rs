//! What is printed: lines, formats, names, pages.

use std::io::Read as _;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::endpoints::{address, host, shown};
use eks_dns_doctor::fleet::Fleet;
use eks_dns_doctor::report::Report;
use serde_json::Value;

use super::{Bench, Server, lines, name_server};

#[test]
fn a_line_a_report_as_each_is_done() {
    let server = Server::start(5);
    let bench = Bench::new(&lines(0..6));
    let outcome = bench.run(
        &[("corp", &server)],
        &["-o", "jsonl", "--save", &bench.path("fleet.json")],
    );
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let reports: Vec<Report> = outcome
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a report"))
        .collect();
    assert_eq!(reports.len(), 6);
    let broken: Vec<&Report> = reports.iter().filter(|report| report.exit_code == 1).collect();
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].target.hostname.to_string(), host(5));
    let saved = std::fs::read(bench.path("fleet.json")).expect("the document");
    let fleet: Fleet = serde_json::from_slice(&saved).expect("the document");
    assert_eq!(fleet.targets.len(), 6);
}

/// What a line of JSON is called, and what kind it is: a report has none.
fn named(text: &str) -> Vec<(String, Option<String>)> {
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        super::schema::hold(&line, "fleet-line");
        let kind = line["kind"].as_str().map(str::to_owned);
        (line["name"].as_str().expect("a name").to_owned(), kind)
    };
    let mut named: Vec<_> = text.lines().map(line).collect();
    named.sort();
    named
}

#[test]
fn every_target_has_a_line_with_its_name() {
    let server = Server::start(5);
    let bench = Bench::new(&format!("{}a.test 10.0.0.300\n", lines(0..2)));
    let outcome = bench.run(&[("corp", &server)], &["--keep-going", "-o", "jsonl"]);
    assert_eq!(outcome.code, 3, "{}", outcome.stderr);
    let of = |name: &str, kind: Option<&str>| (name.to_owned(), kind.map(str::to_owned));
    assert_eq!(
        named(&outcome.stdout),
        [of("c-0", None), of("c-1", None), of("line 3", Some("target"))]
    );
    let none = Server::start(0);
    let bench = Bench::new(&lines(0..50));
    let outcome = bench.run(&[("corp", &none)], &["--fail-fast", "-o", "jsonl"]);
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let lines = named(&outcome.stdout);
    assert_eq!(lines.len(), 50);
    assert_eq!(lines.iter().filter(|(_, kind)| kind.is_none()).count(), 1);
    let outcome = bench.run(&[("corp", &none)], &["--fail-fast", "-o", "jsonl", "-q"]);
    assert!(outcome.stdout.is_empty(), "{}", outcome.stdout);
}

#[test]
fn every_format_shows_the_same() {
    let server = Server::start(2);
    let bench = Bench::new(&lines(0..4));
    for format in ["table", "short", "markdown"] {
        let outcome = bench.run(&[("corp", &server)], &["-o", format]);
        assert_eq!(outcome.code, 1, "{format}: {}", outcome.stderr);
        assert!(
            outcome.stdout.contains("2 of 4 targets"),
            "{format}: {}",
            outcome.stdout
        );
        if format == "short" {
            assert_eq!(outcome.stdout.lines().count(), 1);
            assert!(outcome.stdout.ends_with("exit 1]\n"));
        } else {
            assert!(outcome.stdout.contains("c-3"), "{}", outcome.stdout);
        }
    }
    let healthy = Bench::new(&lines(0..2));
    let outcome = healthy.run(&[("corp", &server)], &[]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.stdout.contains("all 2 targets"), "{}", outcome.stdout);
}

#[test]
fn names_are_shown_safely_and_told_apart() {
    let server = Server::start(5);
    let text = format!(
        "{} {} prod\n{} {} prod\n{} {} other\n{} {} \u{202e}evil\n",
        host(1),
        shown(address(1)),
        host(2),
        shown(address(2)),
        host(1),
        shown(address(1)),
        host(9),
        shown(address(9)),
    );
    let bench = Bench::new(&text);
    let (fleet, _) = bench.fleet(&[("corp", &server)], &[]);
    let names: Vec<&str> = fleet.targets.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["prod", "prod (2)", "\u{202e}evil"]);
    assert_eq!(fleet.targets[0].also, ["other"]);
    for format in ["table", "short", "json", "jsonl", "markdown"] {
        let outcome = bench.run(&[("corp", &server)], &["-o", format, "-v"]);
        assert!(!outcome.stdout.contains('\u{202e}'), "{format}");
    }
}

#[test]
fn a_redacted_document_has_no_cluster_in_it() {
    let server = Server::start(5);
    let bench = Bench::new(&format!("{}\n", name_server::HOST));
    for format in ["table", "short", "json", "jsonl", "markdown"] {
        let outcome = bench.run(&[("corp", &server)], &["--redact", "-o", format, "-v"]);
        let label = name_server::HOST.split('.').next().expect("a label");
        assert!(!outcome.stdout.contains(label), "{format}: {}", outcome.stdout);
    }
}

/// The picture of a page has each resolver, and for how many targets it answered how.
#[test]
fn the_page_draws_how_each_resolver_answers_for_how_many() {
    let corp = Server::start(3);
    let vpc = Server::start(100);
    let dead = Server::silent();
    let bench = Bench::new(&lines([0, 1, 2, 10, 11]));
    let servers = [("corp", &corp), ("vpc", &vpc), ("dead", &dead)];
    let outcome = bench.run(
        &servers,
        &["--no-os", "--timeout", "1s", "--vantage", "<laptop>", "-o", "html"],
    );
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let (_, wide) = outcome.stdout.split_once("<svg class=\"way wide\"").expect("a picture");
    let (head, rest) = wide.split_once('>').expect("an end");
    let (drawn, _) = rest.split_once("</svg>").expect("an end");
    assert!(outcome.stdout.contains("<svg class=\"way narrow\""));
    // In words for those who do not see it, and drawn: a line of a box is a text.
    for (resolver, end) in [
        ("corp", "2 of 5 targets: NXDOMAIN"),
        ("corp", "3 of 5 targets: as expected"),
        ("vpc", "5 of 5 targets: as expected"),
        ("dead", "5 of 5 targets: no answer"),
    ] {
        let is_said = head.split("; ").any(|way| way.contains(resolver) && way.contains(end));
        assert!(is_said, "{resolver}, {end}: {head}");
    }
    let texts: Vec<&str> = drawn
        .split("<text ")
        .skip(1)
        .filter_map(|text| text.split_once('>')?.1.split('<').next())
        .collect();
    let joined = texts.join(" ");
    assert!(joined.contains("2 of 5 targets: NXDOMAIN"), "{joined}");
    assert!(
        joined.contains("&lt;laptop&gt;") && !outcome.stdout.contains("<laptop>"),
        "{joined}"
    );
    // What is wrong stands above what is right.
    let at = |text: &str| joined.find(text).unwrap_or_else(|| panic!("{text}: {joined}"));
    assert!(
        at("no answer") < at("as expected") && at("NXDOMAIN") < at("as expected"),
        "{joined}"
    );
}

/// Who takes the lines slowly holds up no question: no resolver looks slow because of that.
#[test]
fn a_slow_reader_makes_no_resolver_slow() {
    let server = Server::start(1000);
    let bench = Bench::new(&lines(0..600));
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    program.args(bench.words(&[("corp", &server)], &["-o", "jsonl"]));
    let mut child = program
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut out = child.stdout.take().expect("its output");
    // A pause in which a pipe is full, and which is long for a name server.
    let mut text = vec![0; 1024];
    out.read_exact(&mut text).expect("output");
    thread::sleep(Duration::from_secs(2));
    out.read_to_end(&mut text).expect("output");
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    let text = String::from_utf8(text).expect("text");
    let healthy = text
        .lines()
        .filter(|line| line.contains(r#""conclusion":"healthy""#))
        .count();
    assert_eq!((text.lines().count(), healthy), (600, 600));
}

/// Targets of which the same is said are one row, and with -v each has its own.
#[test]
fn what_is_said_of_several_targets_is_said_once() {
    let server = Server::start(2);
    let bench = Bench::new(&lines(0..10));
    let text = |words: &[&str]| bench.run(&[("corp", &server)], words).stdout;
    let short = text(&[]);
    assert!(short.contains("8 targets  "), "{short}");
    assert!(short.contains("and 3 more"), "{short}");
    let long = text(&["-v"]);
    assert!(!long.contains("8 targets  "), "{long}");
}

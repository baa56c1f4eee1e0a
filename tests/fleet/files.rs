//! The files of targets, and what is refused of them.

use super::endpoints::{address, host, shown};
use eks_dns_doctor::report::Conclusion;
use serde_json::Value;

use super::{Bench, Server, lines, program, run};

#[test]
fn an_unreadable_line_is_refused_before_anything_is_sent_or_counted() {
    let server = Server::start(5);
    let text = format!("{}\n10.0.0.1\n{} 10.0.0.999\nbücher.test x\n", host(1), host(2));
    let bench = Bench::new(&text);
    let outcome = bench.run(&[("corp", &server)], &[]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stdout.is_empty());
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    for part in ["targets, line 2: ", "is an IP address", "2 more lines"] {
        assert!(outcome.stderr.contains(part), "{}", outcome.stderr);
    }
    assert!(server.asked().is_empty());
    let expect = shown(address(1));
    let (fleet, code) = bench.fleet(&[("corp", &server)], &["--keep-going", "--expect", &expect]);
    assert_eq!((code, fleet.targets.len()), (3, 4));
    let names: Vec<&str> = fleet.targets.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names[1..], ["line 2", "line 3", "line 4"]);
    assert_eq!(fleet.targets[0].conclusion, Conclusion::Healthy);
    assert!(
        fleet.targets[3]
            .reason
            .as_ref()
            .expect("a reason")
            .contains("not a host name")
    );
}

#[test]
fn a_line_that_contradicts_the_scope_is_refused_before_anything_is_sent() {
    let server = Server::start(5);
    let text = format!("{}\n{} 52.1.2.3 prod\n", host(1), host(2));
    for (scope, line) in [("private", 2), ("public", 3)] {
        let bench = Bench::new(&format!("{text}{} 10.0.0.0/16\n", host(3)));
        let outcome = bench.run(&[("corp", &server)], &["--expect-scope", scope]);
        assert_eq!(outcome.code, 2, "{}", outcome.stdout);
        let place = format!("targets, line {line}: ");
        let what = format!("contradicts --expect-scope {scope}: leave one of them out");
        for part in [place.as_str(), &what] {
            assert!(outcome.stderr.contains(part), "{}", outcome.stderr);
        }
    }
    // A network of public addresses contradicts too.
    let bench = Bench::new(&format!("{}\n{} 52.0.0.0/8 prod\n", host(1), host(2)));
    let outcome = bench.run(&[("corp", &server)], &["--expect-scope", "private"]);
    assert_eq!(
        (outcome.code, outcome.stderr.lines().count()),
        (2, 1),
        "{}",
        outcome.stderr
    );
    let what = "targets, line 2: 52.0.0.0/8 is public and contradicts --expect-scope private: leave one of them out";
    assert!(outcome.stderr.contains(what), "{}", outcome.stderr);
    assert!(server.asked().is_empty());
    let bench = Bench::new(&text);
    let (fleet, code) = bench.fleet(&[("corp", &server)], &["--keep-going", "--expect-scope", "private"]);
    assert_eq!(code, 3);
    let refused = &fleet.targets[1];
    assert_eq!(
        (refused.name.as_str(), refused.conclusion),
        ("line 2", Conclusion::Inconclusive)
    );
    assert!(refused.resolvers.is_empty());
    assert_eq!(fleet.targets[0].conclusion, Conclusion::Healthy);
}

#[test]
fn hostile_files_are_one_line_and_nothing_is_sent() {
    let server = Server::start(5);
    let huge = "a".repeat(1 << 20);
    for text in [
        "a.test\u{0}\n",
        "\u{1b}]0;evil\u{7}.test\n",
        &huge,
        "a.test \u{1b}[31mred\n",
        "{\"hostname\": \"\\u001b[2J.test\"}\n",
        "{\"hostname\": \"a.test\", \"naem\": \"x\"}\n",
        "[\"a.test\"]\n",
        "https://user:secret@a.test\n",
        "# nothing\n\n",
        "",
    ] {
        let bench = Bench::new(text);
        let outcome = bench.run(&[("corp", &server)], &[]);
        let what = &text[..text.len().min(40)];
        assert_eq!(outcome.code, 2, "{what:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().count(), 1, "{what:?}: {}", outcome.stderr);
        assert!(outcome.stderr.len() < 2000, "{what:?}");
        let is_safe = |c: char| c == '\n' || !c.is_control();
        assert!(outcome.stderr.chars().all(is_safe), "{:?}", outcome.stderr);
        assert!(!outcome.stderr.contains("secret"));
    }
    assert!(server.asked().is_empty());
}

#[test]
fn flags_that_mean_nothing_here_are_refused() {
    for (words, part) in [
        (vec!["a.test", "--rate", "5"], "--rate is for many targets"),
        (vec!["a.test", "--fail-fast"], "--fail-fast is for many targets"),
        (vec!["a.test", "--targets", "x"], "--targets"),
        (vec!["--targets", "x", "--all-contexts"], "--all-contexts"),
        (
            vec!["--targets", "x", "--explain-why"],
            "--explain-why is for one target",
        ),
        (vec!["--keep-going", "a.test"], "--keep-going is for many targets"),
        (vec!["--targets", "/nowhere/at/all"], "the file is not there"),
    ] {
        let outcome = run(&words);
        assert_eq!(outcome.code, 2, "{words:?}");
        assert!(outcome.stderr.contains(part), "{words:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().count(), 1, "{words:?}: {}", outcome.stderr);
    }
}

#[test]
fn targets_come_from_standard_input_too() {
    let server = Server::start(5);
    let output = program()
        .args(["check", "--targets", "-", "--no-local", "--no-aws", "-o", "json"])
        .arg(format!("--resolver=corp={}", server.address))
        .write_stdin(lines(0..2))
        .output()
        .expect("it runs");
    let fleet: Value = serde_json::from_slice(&output.stdout).expect("the document");
    assert_eq!(fleet["kind"], "fleet");
    assert_eq!(fleet["targets"].as_array().map(Vec::len), Some(2));
    assert_eq!(fleet["exit_code"], 0);
}

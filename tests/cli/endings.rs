//! What cannot be written, and what a signal ends.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::name_server::{ADDRESS, HOST, Plays};
use serde_json::Value;

use super::{EXPECTED, Outcome, Server, check, flags, program, send, spawn};

#[test]
fn a_capture_is_saved_beside_what_is_printed() {
    let server = Server::start(Plays::Has(ADDRESS));
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("capture.json");
    let save = |more: &[&str]| {
        Outcome::of(
            program()
                .args(format!("{HOST} {} {EXPECTED}", flags(server.address)).split_whitespace())
                .arg("--save")
                .arg(&path)
                .args(more),
        )
    };
    let printed = save(&["-o", "json"]);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), printed.stdout);
    let quiet = save(&["-q", "--vantage", "second"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
    let text = std::fs::read_to_string(&path).expect("a file");
    let document: Value = serde_json::from_str(&text).expect("a document");
    assert_eq!(document["vantage"]["name"], "second");
    assert_eq!(document["exit_code"], 0);
    let left = std::fs::read_dir(directory.path()).expect("a directory").count();
    assert_eq!(left, 1, "nothing stays beside it");
}

/// Nothing can be made in /proc, which shows only when it is tried.
#[cfg(target_os = "linux")]
#[test]
fn a_capture_that_cannot_be_saved_is_said_after_the_report() {
    let server = Server::start(Plays::Has(ADDRESS));
    let outcome = check(&server, &format!("{EXPECTED} -o json --save /proc/capture.json"));
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.json()["conclusion"], "healthy");
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    assert!(
        outcome.stderr.starts_with("error: --save /proc/capture.json: "),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_closed_pipe_is_quiet() {
    let server = Server::start(Plays::Has(ADDRESS));
    for (line, code) in [
        (format!("{HOST} {} {EXPECTED} -o json", flags(server.address)), 0),
        (format!("{HOST} {} -o json", flags(server.address)), 3),
        ("--help".to_owned(), 0),
        ("explain".to_owned(), 0),
        ("man".to_owned(), 0),
        ("completions bash".to_owned(), 0),
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let outcome = Outcome::from(spawn(&line, writer.into()).wait_with_output().expect("it ends"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (code, ""), "{line}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_that_cannot_be_printed_is_an_error() {
    let server = Server::start(Plays::Has(ADDRESS));
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("/dev/full");
    let line = format!("{HOST} {} {EXPECTED}", flags(server.address));
    let outcome = Outcome::from(spawn(&line, full.into()).wait_with_output().expect("it ends"));
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_is_known() {
    for signal in ["INT", "TERM"] {
        let silent = Server::start(Plays::Silence);
        let good = Server::start(Plays::Has(ADDRESS));
        let line = format!(
            "{HOST} {} --resolver two={} --timeout 50s --deadline 55s {EXPECTED} -v -o json",
            flags(good.address),
            silent.address
        );
        let mut child = spawn(&line, Stdio::piped());
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut progress = String::new();
        stderr.read_line(&mut progress).expect("a line of progress");
        assert!(progress.contains("one"), "{progress}");
        while silent.questions() == 0 || good.questions() < 3 {
            thread::sleep(Duration::from_millis(10));
        }
        // Twice at once, as timeout(1) does.
        send(signal, &child);
        send(signal, &child);
        let outcome = Outcome::from(child.wait_with_output().expect("it ends"));
        assert_eq!(outcome.code, 130, "{signal}");
        let document = outcome.json();
        assert_eq!(document["interrupted"], true);
        assert_eq!(document["exit_code"], 130);
        assert_eq!(document["resolvers"][0]["verdict"], "match");
        assert_eq!(document["resolvers"][1]["interrupted"], true);
    }
}

/// A signal that comes after the questions ends a program that is stuck in printing.
#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_that_nobody_reads() {
    let server = Server::start(Plays::Has(ADDRESS));
    // More than a pipe holds (64 KiB on Linux, less elsewhere).
    let line = format!("{HOST} {} {EXPECTED} -o json --samples 100", flags(server.address));
    let mut child = spawn(&line, Stdio::piped());
    let stdout = child.stdout.take();
    while server.questions() < 201 {
        thread::sleep(Duration::from_millis(10));
    }
    // Where the first still finds questions under way, it ends those, and another ends the program.
    let ended = loop {
        thread::sleep(Duration::from_secs(1));
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        send("INT", &child);
    };
    assert_eq!(ended.code(), Some(130));
    drop(stdout);
}

//! What fails around the program: its resolvers, its network, its host, its disk, its reader, whoever stops it.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use std::thread;
use std::time::Duration;

use eks_dns_doctor::dns::{AnswerKind, Name};
use eks_dns_doctor::facts::{Facts, Vantage, VantageKind};
use eks_dns_doctor::observation::{SystemFailure, Transport};
use eks_dns_doctor::probe::{SocketRoute, SystemResolver};
use eks_dns_doctor::probed::Probed;
use eks_dns_doctor::report::{Capture, Conclusion, Report, Tool, diagnose};
use eks_dns_doctor::settings::Asked;
use eks_dns_doctor::target::{Target, TargetSource};

use super::deadline::probed;
use super::server::{Server, answering, bound, right, silent};
use super::{EXPECTED, HOST, Outcome, PROGRAM, certificate, check, fifo, folder, program, script, send, write};

// ---------------------------------------------------------------------------------------------------------------
// Resolvers and the network.

/// It answers the first questions, and is gone then: the port is closed.
#[test]
fn a_resolver_that_dies_between_questions() {
    let (tcp, udp) = bound();
    let address = udp.local_addr().expect("an address");
    let server = thread::spawn(move || {
        let mut octets = [0; 4096];
        let mut left = 3;
        while left > 0 {
            let (length, client) = udp.recv_from(&mut octets).expect("a question");
            let query = super::server::Query::read(&octets[..length], false);
            udp.send_to(&right(&query), client).expect("sent");
            left -= u32::from(query.qtype == 1);
        }
        drop((tcp, udp));
    });
    let folder = folder();
    let outcome = Outcome::of(check(folder.path(), address).args(["--samples", "20", "--no-aws", "-o", "json"]));
    server.join().expect("it answered");
    let document = outcome.json();
    assert_eq!(outcome.code, Some(1), "{}", outcome.out());
    assert_eq!(document["conclusion"], "broken");
    assert_eq!(document["resolvers"][0]["verdict"], "unstable");
    let samples = &document["resolvers"][0]["samples"];
    assert_eq!(samples["count"], 20);
    assert!(samples["outcomes"]["unreachable"].as_u64() >= Some(1), "{samples}");
}

/// Every socket fails so.
struct Fails(ErrorKind);

impl SocketRoute for Fails {
    fn to(&self, _: SocketAddr, _: Transport) -> io::Result<SocketAddr> {
        Err(self.0.into())
    }
}

struct Knows;

impl SystemResolver for Knows {
    fn lookup(&self, _: &Name) -> Result<Vec<IpAddr>, SystemFailure> {
        Ok(Vec::new())
    }
}

fn failing(kind: ErrorKind) -> (Vec<Probed>, Report) {
    let line = "--resolver one=192.0.2.53 --no-local --no-os --no-controls --timeout 1s";
    let observations = probed(line, None, Arc::new(Fails(kind)), Arc::new(Knows));
    let report = diagnose(Capture {
        tool: Tool::this(),
        taken_at: "2026-11-25T00:00:00Z".to_owned(),
        vantage: Vantage {
            name: None,
            kind: VantageKind::Unknown,
            system: None,
        },
        target: Target {
            hostname: HOST.parse().expect("a name"),
            cluster: None,
            region: None,
            source: TargetSource::Argument,
            port: None,
        },
        asked: Asked {
            expect_addresses: vec![EXPECTED.parse().expect("an address")],
            ..Asked::default()
        },
        facts: Facts::default(),
        gaps: Vec::new(),
        observations: observations.clone(),
        connections: Vec::new(),
        not_waited_for: Vec::new(),
        interrupted: false,
        failing_since: None,
        reasoned: false,
    });
    (observations, report)
}

#[test]
fn no_route_and_no_permission_are_said_as_they_are() {
    for (kind, words, cause) in [
        (
            ErrorKind::NetworkUnreachable,
            "there is no route to it",
            "a route is missing",
        ),
        (
            ErrorKind::HostUnreachable,
            "the host is unreachable",
            "a route is missing",
        ),
        (
            ErrorKind::PermissionDenied,
            "this host does not permit it",
            "A firewall here, a sandbox",
        ),
    ] {
        let (observations, report) = failing(kind);
        let lookup = &observations[0].lookups[0];
        assert_eq!(lookup.kind, AnswerKind::Unreachable, "{kind}");
        let reason = lookup.reason.as_ref().map(ToString::to_string);
        assert_eq!(reason.as_deref(), Some(words), "{kind}");
        let finding = &report.findings[0];
        assert_eq!(finding.rule, "resolver-unreachable", "{kind}");
        assert!(finding.explanation.contains(cause), "{kind} {}", finding.explanation);
        assert_eq!(report.exit_code, 1);
    }
}

/// A firewall of this host that keeps UDP alone is looked for here, and not on the way.
#[test]
fn what_keeps_udp_on_this_host_is_said_to_be_here() {
    let recorded = include_str!("../../fixtures/cases/udp-blocked/fires-on-refused/capture.json");
    let of = |code: &str| {
        let capture = recorded.replace("\"refused\"", &format!("\"{code}\""));
        diagnose(eks_dns_doctor::capture::parse(capture.as_bytes()).expect("a capture"))
    };
    for (code, here) in [("refused", false), ("forbidden", true)] {
        let report = of(code);
        let finding = &report.findings[0];
        assert_eq!(finding.rule, "udp-blocked", "{code}");
        assert_eq!(
            finding.summary.contains("this host does not send"),
            here,
            "{}",
            finding.summary
        );
        assert_eq!(
            finding.remedies[0].title.contains("this host's firewall"),
            here,
            "{code}"
        );
    }
}

/// What this host lacks is nothing that a resolver could be blamed for.
#[test]
fn sockets_that_cannot_be_had_are_no_fault_of_a_resolver() {
    for kind in [
        ErrorKind::AddrInUse,
        ErrorKind::AddrNotAvailable,
        ErrorKind::OutOfMemory,
    ] {
        let (observations, report) = failing(kind);
        assert!(observations[0].lookups.is_empty(), "{kind}");
        assert!(observations[0].interrupted, "{kind}");
        assert_eq!(report.conclusion, Conclusion::Inconclusive, "{kind}");
        assert_eq!((report.findings.len(), report.exit_code), (0, 3), "{kind}");
    }
}

// ---------------------------------------------------------------------------------------------------------------
// The host.

/// The program behind a line of the shell that takes something away from it.
fn limited(folder: &Path, limit: &str, words: &[&str]) -> Command {
    let environment: Vec<_> = program(folder)
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", &format!("{limit}; exec \"$0\" \"$@\""), PROGRAM])
        .args(words)
        .env_clear()
        .envs(environment)
        .current_dir(folder)
        .stdin(Stdio::null());
    shell
}

#[test]
fn few_file_descriptors_are_said_and_nothing_is_blamed() {
    let (folder, server) = (folder(), answering());
    let resolver = format!("one={}", server.address);
    let words = [
        "check",
        HOST,
        "--resolver",
        &resolver,
        "--no-local",
        "--no-os",
        "--no-aws",
        "--expect",
        EXPECTED,
    ];
    for least in [8, 9, 10, 12, 14, 20, 40] {
        let outcome = Outcome::of(&mut limited(folder.path(), &format!("ulimit -n {least}"), &words));
        assert_eq!(outcome.code, Some(2), "{least}: {}", outcome.out());
        assert_eq!(outcome.err().lines().count(), 1, "{least}: {}", outcome.err());
        assert!(outcome.err().contains("ulimit -n 1024"), "{least}: {}", outcome.err());
    }
    assert!(server.queries().is_empty());
    let outcome = Outcome::of(&mut limited(folder.path(), "ulimit -n 64", &words));
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out(), outcome.err());
    // What asks nobody needs none.
    let outcome = Outcome::of(&mut limited(
        folder.path(),
        "ulimit -n 8",
        &["explain", "no-forwarding"],
    ));
    assert_eq!(outcome.code, Some(0), "{}", outcome.err());
}

/// More samples than descriptors: they wait for each other.
#[test]
fn many_questions_share_few_descriptors() {
    let (folder, server) = (folder(), answering());
    let resolver = format!("one={}", server.address);
    let words = [
        "check",
        HOST,
        "--resolver",
        &resolver,
        "--no-local",
        "--no-os",
        "--no-aws",
        "--expect",
        EXPECTED,
        "--samples",
        "100",
        "--attempts",
        "10",
        "-o",
        "json",
    ];
    let outcome = Outcome::of(&mut limited(folder.path(), "ulimit -n 96", &words));
    assert_eq!(outcome.code, Some(0), "{}{}", outcome.out(), outcome.err());
    assert_eq!(outcome.json()["resolvers"][0]["samples"]["outcomes"]["match"], 100);
}

// ---------------------------------------------------------------------------------------------------------------
// The disk, and whoever reads.

/// A file that may not grow is what a full disk is: the error comes with the write.
#[test]
fn a_full_disk_leaves_the_report_and_the_file_before() {
    let (folder, server) = (folder(), answering());
    let before = write(folder.path(), "capture.json", "what was there");
    let resolver = format!("one={}", server.address);
    let words = [
        "check",
        HOST,
        "--resolver",
        &resolver,
        "--no-local",
        "--no-os",
        "--no-aws",
        "--expect",
        EXPECTED,
        "--save",
        "capture.json",
    ];
    let outcome = Outcome::of(&mut limited(folder.path(), "trap '' XFSZ; ulimit -f 1", &words));
    assert_eq!(outcome.code, Some(2), "{}", outcome.err());
    assert!(outcome.out().contains("healthy"), "{}", outcome.out());
    assert_eq!(outcome.err().lines().count(), 1, "{}", outcome.err());
    assert!(
        outcome.err().starts_with("error: --save capture.json: "),
        "{}",
        outcome.err()
    );
    assert_eq!(std::fs::read(&before).expect("it is there"), b"what was there");
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "nothing stays beside it");
}

/// Standard output and standard error that are closed, or that nobody reads.
#[test]
fn nobody_has_to_read() {
    let (folder, server) = (folder(), answering());
    let resolver = format!("one={}", server.address);
    let words = [
        "check",
        HOST,
        "--resolver",
        &resolver,
        "--no-local",
        "--no-os",
        "--no-aws",
        "--expect",
        EXPECTED,
        "-v",
    ];
    for closed in ["exec >&-", "exec 2>&-", "exec >&- 2>&- <&-"] {
        let outcome = Outcome::of(&mut limited(folder.path(), closed, &words));
        assert_eq!(outcome.code, Some(0), "{closed}: {}", outcome.err());
    }
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let both = writer.try_clone().expect("a pipe");
    let child = check(folder.path(), server.address)
        .args(["--no-aws", "-v"])
        .stdout(writer)
        .stderr(both)
        .spawn()
        .expect("it starts");
    assert_eq!(Outcome::of_child(child).code, Some(0));
}

// ---------------------------------------------------------------------------------------------------------------
// Signals.

fn start(command: &mut Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

/// Until the condition holds.
fn wait_for(condition: impl Fn() -> bool) {
    let end = std::time::Instant::now() + super::PATIENCE;
    while !condition() {
        assert!(std::time::Instant::now() < end, "it never came so far");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The first connection, which says that somebody asks.
fn accepted(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).expect("set");
    let end = std::time::Instant::now() + super::PATIENCE;
    loop {
        match listener.accept() {
            Ok((stream, _)) => return stream,
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
        assert!(std::time::Instant::now() < end, "nobody asked");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_signal_while_aws_is_asked() {
    for signal in ["INT", "TERM"] {
        let (folder, server) = (folder(), answering());
        let certificate = certificate(folder.path()).display().to_string();
        // A port of its own for each run: what one has left behind is not taken for the next.
        let aws = || {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let url = format!("http://{}", listener.local_addr().expect("an address"));
            let keys = [
                ("SSL_CERT_FILE", certificate.clone()),
                ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
                ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
                ("AWS_ENDPOINT_URL", url),
            ];
            (listener, keys)
        };
        let (listener, keys) = aws();

        // The endpoint is known, and its resolver has answered.
        let child = start(
            check(folder.path(), server.address)
                .args(["-o", "json", "--deadline", "50s"])
                .envs(keys),
        );
        let held = accepted(&listener);
        wait_for(|| server.queries().len() >= 3);
        send(signal, &child);
        let outcome = Outcome::of_child(child);
        assert_eq!(outcome.code, Some(130), "{signal}: {}", outcome.err());
        let document = outcome.json();
        assert_eq!(document["interrupted"], true);
        assert_eq!(document["resolvers"][0]["verdict"], "match");
        drop(held);
        // AWS alone knows it.
        for command in ["check", "facts"] {
            let (listener, keys) = aws();
            let child = start(
                program(folder.path())
                    .args([command, "--cluster", "x", "--region", "eu-west-1"])
                    .args(["--deadline", "50s"])
                    .envs(keys),
            );
            let held = accepted(&listener);
            send(signal, &child);
            let outcome = Outcome::of_child(child);
            assert_eq!(outcome.code, Some(130), "{command} {signal}: {}", outcome.err());
            assert_eq!(outcome.out(), "");
            assert!(outcome.err().starts_with("error: interrupted"), "{}", outcome.err());
            drop(held);
        }
    }
}

/// Files that are never written, and a standard input that never ends.
#[test]
fn a_signal_while_files_are_read() {
    for signal in ["INT", "TERM"] {
        let folder = folder();
        let pipe = fifo(folder.path(), "pipe").display().to_string();
        for words in [
            &[
                "check",
                HOST,
                "--resolver",
                "127.0.0.1:9",
                "--no-os",
                "--no-aws",
                "--kubeconfig",
                &pipe,
            ][..],
            &[
                "check",
                HOST,
                "--resolver",
                "127.0.0.1:9",
                "--no-os",
                "--no-aws",
                "--hosts-file",
                &pipe,
            ],
            &["facts", HOST, "--no-aws", "--kubeconfig", &pipe],
            &["replay", &pipe],
            &["compare", &pipe, &pipe],
            &["explain", "-"],
        ] {
            let child = start(program(folder.path()).args(words).stdin(Stdio::piped()));
            // It has taken the signals over once there is a thread that waits for them.
            let tasks = format!("/proc/{}/task", child.id());
            if Path::new("/proc/self/task").exists() {
                wait_for(|| std::fs::read_dir(&tasks).is_ok_and(|tasks| tasks.count() >= 2));
            }
            thread::sleep(Duration::from_millis(200));
            send(signal, &child);
            let outcome = Outcome::of_child(child);
            assert_eq!(outcome.code, Some(130), "{words:?} {signal}: {}", outcome.err());
            assert_eq!(outcome.out(), "", "{words:?}");
        }
    }
}

#[test]
fn a_signal_during_a_demo_and_a_watch() {
    for signal in ["INT", "TERM"] {
        let folder = folder();
        // A scenario with a server that answers, which says that the questions are under way, and one that is silent.
        let scenario = "edns-intolerant/fires-on-silence";
        let mut child = start(program(folder.path()).args(["demo", scenario, "-v", "-o", "json"]));
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut lines = String::new();
        for _ in 0..3 {
            stderr.read_line(&mut lines).expect("a line");
        }
        assert!(lines.starts_with("demo ") && lines.lines().count() == 3, "{lines}");
        send(signal, &child);

        let outcome = Outcome::of_child(child);
        assert_eq!(outcome.code, Some(130), "{signal}");
        assert_eq!(outcome.json()["interrupted"], true);

        // In the midst of a round that would take long.
        let server = silent();
        let child = start(check(folder.path(), server.address).args([
            "--timeout",
            "50s",
            "--deadline",
            "55s",
            "--no-aws",
            "--watch",
            "-o",
            "json",
        ]));
        wait_for(|| !server.queries().is_empty());
        send(signal, &child);
        let outcome = Outcome::of_child(child);
        assert_eq!(outcome.code, Some(130), "{signal}");
        assert_eq!(outcome.json()["interrupted"], true);
    }
}

#[test]
fn a_signal_while_another_place_is_asked() {
    let (folder, server) = (folder(), answering());
    script(folder.path(), "ssh", "echo $$ > \"$HOME/pid\"; exec sleep 300");
    for signal in ["INT", "TERM"] {
        let child = start(
            check(folder.path(), server.address)
                .args(["--no-aws", "--via", "ssh:there", "-o", "json"])
                .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display())),
        );
        let pid = folder.path().join("pid");
        wait_for(|| pid.exists());
        send(signal, &child);
        let outcome = Outcome::of_child(child);
        assert_eq!(outcome.code, Some(130), "{signal}: {}", outcome.err());
        let document = outcome.json();
        assert_eq!(document["interrupted"], true);
        assert_eq!(document["places"][0]["conclusion"], "healthy");
        std::fs::remove_file(pid).expect("it was there");
    }
}

// ---------------------------------------------------------------------------------------------------------------
// The clock.

/// Captures whose times run backwards, lie in the future, or are the same, compare as any.
#[test]
fn a_clock_that_jumps() {
    let (folder, server) = (folder(), answering());
    let saved = folder.path().join("now.json");
    let outcome = Outcome::of(
        check(folder.path(), server.address)
            .args(["--no-aws", "-q", "--save"])
            .arg(&saved),
    );
    assert_eq!(outcome.code, Some(0), "{}", outcome.err());
    let text = std::fs::read_to_string(&saved).expect("a capture");
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let taken_at = document["taken_at"].as_str().expect("a time");
    let mut conclusions = Vec::new();
    for time in [
        taken_at,
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-25T00:00:00.000000001Z",
    ] {
        let text = text.replace(taken_at, time);
        let other = write(folder.path(), "other.json", &text);
        let replayed = Outcome::of(program(folder.path()).arg("replay").arg(&other).args(["-o", "json"]));
        assert_eq!(replayed.code, Some(0), "{time} {}", replayed.err());
        assert_eq!(replayed.json()["taken_at"], time);
        for pair in [[&saved, &other], [&other, &saved]] {
            let compared = Outcome::of(program(folder.path()).arg("compare").args(pair).args(["-o", "json"]));
            assert_eq!(compared.code, Some(0), "{time} {}", compared.err());
            conclusions.push(compared.json()["conclusion"].clone());
        }
    }
    conclusions.dedup();
    assert_eq!(conclusions.len(), 1);
    for time in [
        "10000-01-01T00:00:00Z",
        "-1-01-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "",
        "now",
    ] {
        let other = write(folder.path(), "other.json", text.replace(taken_at, time));
        let replayed = Outcome::of(program(folder.path()).arg("replay").arg(&other));
        assert_eq!(replayed.code, Some(2), "{time}");
        assert!(replayed.err().contains("is not a time"), "{}", replayed.err());
    }
}

/// The first question is lost, and the next is answered.

#[test]
fn a_server_that_comes_back() {
    let folder = folder();
    let lost = AtomicBool::new(false);
    let server = Server::start(move |query| {
        let first = !query.tcp && query.qtype == 1 && !lost.swap(true, Ordering::SeqCst);
        (!first).then(|| right(query))
    });

    let outcome = Outcome::of(check(folder.path(), server.address).args(["--no-aws", "-o", "json"]));
    assert_eq!(outcome.code, Some(0), "{}", outcome.out());
    let lookup = &outcome.json()["resolvers"][0]["lookups"][0];
    assert_eq!(lookup["attempts"][0]["kind"], "timeout");
}

/// More than a pipe holds goes in, and nothing of it is waited for.
#[test]
fn a_standard_input_without_an_end() {
    let folder = folder();
    let mut child = start(program(folder.path()).args(["explain", "-"]).stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = thread::spawn(move || {
        let mut written = 0;
        while stdin.write_all(&[b'x'; 4096]).is_ok() {
            written += 4096;
        }
        written
    });
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().expect("a pipe");
    pipe.read_to_string(&mut stderr).expect("text");
    assert_eq!(Outcome::of_child(child).code, Some(2), "{stderr}");
    assert!(stderr.contains("is longer than"), "{stderr}");
    assert!(writer.join().expect("it ended") < 4 << 20);
}

//! The binary as a user runs it, against a small name server on loopback.

#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

#[path = "common/name_server.rs"]
mod name_server;

use name_server::{ADDRESS, HOST, Plays, reply};

/// A name server on loopback, UDP and TCP on one port. It ends with the test's process.
struct Server {
    address: SocketAddr,
    questions: Arc<AtomicUsize>,
}

impl Server {
    fn start(plays: Plays) -> Self {
        let (tcp, udp) = std::iter::repeat_with(|| {
            let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
            let udp = UdpSocket::bind(tcp.local_addr().expect("an address"));
            (tcp, udp)
        })
        .find_map(|(tcp, udp)| Some((tcp, udp.ok()?)))
        .expect("a port for both");
        let address = tcp.local_addr().expect("an address");
        let questions = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&questions);
        thread::spawn(move || {
            let mut query = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut query) {
                count.fetch_add(1, Ordering::SeqCst);
                if let Some(reply) = reply(&query[..length], plays) {
                    udp.send_to(&reply, client).ok();
                }
            }
        });
        let count = Arc::clone(&questions);
        thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || serve(stream, plays));
            }
        });
        Self { address, questions }
    }

    fn questions(&self) -> usize {
        self.questions.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, plays: Plays) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut query)?;
        let Some(reply) = reply(&query, plays) else {
            thread::sleep(Duration::from_secs(60));
            return Ok(());
        };
        let length = u16::try_from(reply.len()).expect("a short reply");
        stream.write_all(&[&length.to_be_bytes()[..], &reply].concat())?;
    }
}

/// The program, in an environment that does not depend on where the tests run.
fn program() -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("eks-dns-doctor");
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// What a run came to.
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Outcome {
    fn of(command: &mut Command) -> Self {
        let output = command.timeout(Duration::from_secs(60)).output().expect("it runs");
        Self::from(output)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("a document")
    }
}

impl From<std::process::Output> for Outcome {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

fn run(line: &str) -> Outcome {
    Outcome::of(program().args(line.split_whitespace()))
}

/// The flags of a check of one server and nothing of this host.
fn flags(server: &Server) -> String {
    let address = server.address;
    format!("--resolver one={address} --no-local --no-os --no-controls --timeout 2s")
}

fn check(server: &Server, line: &str) -> Outcome {
    run(&format!("check {HOST} {} {line}", flags(server)))
}

const EXPECTED: &str = "--expect 192.168.104.190";

#[test]
fn help_says_everything_on_standard_output() {
    for line in ["--help-all", "check --help-all", "help check"] {
        let outcome = run(line);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{line}");
        for flag in [
            "--resolver",
            "--vpc-resolver",
            "--inbound",
            "--public",
            "--public-resolver",
            "--no-local",
            "--no-os",
            "--resolv-conf",
            "--hosts-file",
            "--no-controls",
            "--expect",
            "--expect-scope",
            "--expect-view",
            "--judge",
            "--fail-on",
            "--samples",
            "--timeout",
            "--attempts",
            "--deadline",
            "-o, --output",
            "--save",
            "--vantage",
            "-v, --verbose",
            "-q, --quiet",
            "--color",
            "--ascii",
        ] {
            assert!(outcome.stdout.contains(flag), "{line}: {flag}");
        }
        for heading in [
            "Resolvers to ask:",
            "What the answers should be:",
            "How long and how often:",
            "Output:",
            "Exit codes:",
            "Examples",
        ] {
            assert!(outcome.stdout.contains(heading), "{line}: {heading}");
        }
        for code in ["\n  0  ", "\n  1  ", "\n  2  ", "\n  3  ", "\n  130  "] {
            assert!(outcome.stdout.contains(code), "{line}: {code}");
        }
        assert!(outcome.stdout.lines().all(|line| line.chars().count() <= 100), "{line}");
    }
    let first = run("--help");
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert!(first.stdout.lines().count() < 50, "{}", first.stdout.lines().count());
    let at = |text: &str| first.stdout.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("Examples") < at("Usage:") && at("Usage:") < at("Resolvers to ask"));
    for line in ["-h", "check -h", "check --help"] {
        assert_eq!(run(line).stdout, first.stdout, "{line}");
    }
    for command in ["explain", "demo", "completions", "man"] {
        let outcome = run(&format!("{command} --help"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{command}");
        assert!(outcome.stdout.contains("Usage:"), "{command}");
    }
    let version = run("--version");
    assert_eq!(
        version.stdout.trim_end(),
        concat!("eks-dns-doctor ", env!("CARGO_PKG_VERSION"))
    );
}

/// No argument, no kubeconfig and no AWS: what can be done now, in eight lines, and the code of a run that could not be.
#[test]
fn the_first_use_says_what_can_be_done() {
    let home = tempfile::tempdir().expect("a directory");
    let bare = Outcome::of(program().env("HOME", home.path()));
    assert_eq!((bare.code, bare.stdout.as_str()), (2, ""));
    assert_eq!(bare.stderr.lines().count(), 8, "{}", bare.stderr);
    assert!(bare.stderr.starts_with("error: "), "{}", bare.stderr);
    assert!(
        bare.stderr.lines().all(|line| line.chars().count() <= 80),
        "{}",
        bare.stderr
    );
    let at = |text: &str| bare.stderr.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("eks-dns-doctor demo") < at("eks-dns-doctor HOST"));
    assert!(at("eks-dns-doctor HOST") < at("eks-dns-doctor explain"));
    // The file that is not there is named, and so is the one that has nothing in it.
    let behind = |stderr: &str| stderr.split_once('\n').map(|(_, rest)| rest.to_owned());
    let config = home.path().join("config");
    for (content, list, says) in [
        (None, "/typo", "KUBECONFIG names /typo, and no file is there"),
        (
            None,
            "/typo:/other",
            "KUBECONFIG names /typo and 1 more, and no file is there",
        ),
        (
            Some(""),
            config.to_str().expect("text"),
            "config has no context and no cluster",
        ),
        (
            Some("apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\n"),
            config.to_str().expect("text"),
            "config has no context and no cluster",
        ),
    ] {
        if let Some(content) = content {
            std::fs::write(&config, content).expect("a file");
        }
        let told = Outcome::of(program().env("HOME", home.path()).env("KUBECONFIG", list));
        assert_eq!((told.code, told.stdout.as_str()), (2, ""));
        let first = told.stderr.lines().next().unwrap_or_default();
        assert!(first.ends_with(says), "{first}");
        assert_eq!(behind(&told.stderr), behind(&bare.stderr));
        let with = program()
            .env("HOME", home.path())
            .env("KUBECONFIG", list)
            .arg("check")
            .output();
        let with = String::from_utf8(with.expect("it runs").stderr).expect("text");
        assert!(with.contains(list.split(':').next().unwrap_or_default()), "{with}");
        assert_eq!(with.lines().count(), 1, "{with}");
    }
    // Whoever gave an argument knows what it is, and gets one line.
    let with = Outcome::of(program().env("HOME", home.path()).args(["-o", "json"]));
    assert_eq!((with.code, with.stdout.as_str()), (2, ""));
    assert_eq!(with.stderr.lines().count(), 1, "{}", with.stderr);
}

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
            r#"{{"NetworkInterfaces":[{{"NetworkInterfaceId":"eni-1","Description":"Amazon EKS shared","PrivateIpAddress":"{ip}"}}]}}"#
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
    let flags = flags(&server);
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
    let flags = flags(&server).replace("--no-controls", "");
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
    let flags = format!("{} --resolver two={} {EXPECTED} -q", flags(&good), bad.address);
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
    let flags = flags(&server).replace("2s", "300ms");
    let start = std::time::Instant::now();
    let outcome = run(&format!("{HOST} {flags} {EXPECTED} -o json"));
    assert_eq!(outcome.code, 1);
    assert_eq!(outcome.json()["resolvers"][0]["verdict"], "timeout");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_capture_is_saved_beside_what_is_printed() {
    let server = Server::start(Plays::Has(ADDRESS));
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("capture.json");
    let save = |more: &[&str]| {
        Outcome::of(
            program()
                .args(format!("{HOST} {} {EXPECTED}", flags(&server)).split_whitespace())
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

/// A run whose standard output is what the test says.
fn spawn(line: &str, stdout: Stdio) -> std::process::Child {
    std::process::Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args(line.split_whitespace())
        .env_clear()
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

#[test]
fn a_closed_pipe_is_quiet() {
    let server = Server::start(Plays::Has(ADDRESS));
    for (line, code) in [
        (format!("{HOST} {} {EXPECTED} -o json", flags(&server)), 0),
        (format!("{HOST} {} -o json", flags(&server)), 3),
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
    let line = format!("{HOST} {} {EXPECTED}", flags(&server));
    let outcome = Outcome::from(spawn(&line, full.into()).wait_with_output().expect("it ends"));
    assert_eq!(outcome.code, 2);
    assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
}

/// Sends a signal, as a shell does.
#[cfg(unix)]
fn send(signal: &str, child: &std::process::Child) {
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("kill -{signal} {}", child.id())])
        .status()
        .expect("sh runs");
    assert!(status.success());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_prints_what_is_known() {
    for signal in ["INT", "TERM"] {
        let silent = Server::start(Plays::Silence);
        let good = Server::start(Plays::Has(ADDRESS));
        let line = format!(
            "{HOST} {} --resolver two={} --timeout 50s --deadline 55s {EXPECTED} -v -o json",
            flags(&good),
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
    let line = format!("{HOST} {} {EXPECTED} -o json --samples 100", flags(&server));
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

#[test]
fn bad_input_is_one_line_and_nothing_is_sent() {
    let server = Server::start(Plays::Has(ADDRESS));
    let flags = flags(&server);
    let resolver = server.address;
    let directory = tempfile::tempdir().expect("a directory");
    let there = directory.path().display();
    let host = format!("{HOST} {flags}");
    let table = [
        // The target.
        (flags.clone(), "name the endpoint (eks-dns-doctor HOST)"),
        (format!("check {flags}"), "name the endpoint (eks-dns-doctor HOST)"),
        (
            format!("my-cluster {flags}"),
            "neither a command nor a host name with a dot",
        ),
        (format!("10.0.0.1 {flags}"), "is an IP address"),
        (format!("https://[2001:db8::1]:443 {flags}"), "is an IP address"),
        (format!("http://{HOST} {flags}"), "is not an https:// URL"),
        (format!("https://{HOST}:0 {flags}"), "no valid port"),
        (format!("a..test {flags}"), "is not a host name"),
        (format!("check \u{1b}[31m.test {flags}"), "is not a host name"),
        (format!("{host} other.test"), "one argument too many"),
        // Resolvers.
        (format!("{host} --resolver corp.example"), "is not an IP address"),
        (format!("{host} --resolver quic://127.0.0.1"), "is not a transport"),
        (format!("{host} --resolver one=127.0.0.1:1"), "used for two resolvers"),
        (format!("{host} --vpc-resolver 10.0.0.2:0"), "is not a port"),
        (format!("{host} --inbound 10.0.0.1,,10.0.0.2"), "the address is missing"),
        (format!("{host} --public-resolver dns.google"), "is not an IP address"),
        (format!("{HOST} --no-local"), "no resolver to ask"),
        (format!("{HOST} --no-local --public"), "no resolver to ask"),
        (format!("{host} --judge nobody"), "--judge \"nobody\" is neither"),
        (format!("{host} --judge one,"), "--judge: the name is empty"),
        // What is expected.
        (format!("{host} --expect 10.0.0"), "--expect: \"10.0.0\" is neither"),
        (format!("{host} --expect-scope any"), "write private or public"),
        (format!("{host} --expect-view public"), "write private"),
        (
            format!("{host} --expect 10.0.0.1 --expect-scope public"),
            "contradicts --expect-scope",
        ),
        (
            format!("{host} --expect 52.1.2.3 --expect-scope private"),
            "contradicts --expect-scope",
        ),
        (format!("{host} --fail-on info"), "write error or warning"),
        // Numbers and durations.
        (format!("{host} --samples 0"), "is not a number from 1 to 100"),
        (format!("{host} --samples 101"), "is not a number from 1 to 100"),
        (format!("{host} --attempts 11"), "is not a number from 1 to 10"),
        (format!("{host} --timeout 5"), "has no unit: write 5s"),
        (format!("{host} --timeout 0s"), "is too short"),
        (format!("{host} --timeout 61s"), "is too long"),
        (format!("{host} --timeout soon"), "is not a duration"),
        (format!("{host} --timeout"), "--timeout needs a value"),
        (format!("{host} --deadline 15"), "has no unit: write 15s"),
        (format!("{host} --deadline 0"), "is too short"),
        (format!("{host} --deadline 11m"), "is too long"),
        // Inside TLS.
        (
            format!("{host} --tls-name dns.example"),
            "no resolver is asked with tls://",
        ),
        (format!("{host} --insecure-tls"), "no resolver is asked with tls://"),
        (
            format!("{host} --resolver tls://127.0.0.1#a_b/c"),
            "is not a name of a certificate",
        ),
        (
            format!("{host} --resolver https://dns.example/dns-query"),
            "write https://ADDR#dns.example",
        ),
        (format!("{host} --inbound in=127.0.0.1"), "only --resolver takes NAME="),
        // Output.
        (format!("{host} -o yaml"), "write one that --help names"),
        (format!("{host} --color sometimes"), "write auto or always or never"),
        (format!("{host} --save -"), "is not a file"),
        (format!("{host} --save {there}"), "a directory"),
        (format!("{host} --save {there}/none/capture.json"), "is not a directory"),
        (format!("{host} --save {there}/.."), "not the name of a file"),
        // Files.
        (
            format!("{HOST} --resolver {resolver} --resolv-conf {there}/none"),
            "cannot read",
        ),
        (
            format!("{HOST} --resolver {resolver} --resolv-conf {there}"),
            "cannot read",
        ),
        (format!("{host} --hosts-file {there}/none"), "cannot read"),
        (format!("{host} --facts {there}/none"), "cannot read"),
        (format!("{host} --facts Cargo.toml"), "Cargo.toml is not JSON: line 1"),
        // Flags and commands that are none.
        (format!("{host} --custer shared"), "\"--custer\" is not a flag"),
        (format!("{host} --resolvr 10.0.0.1"), "did you mean --resolver"),
        (format!("{host} --no-os=yes"), "takes no value"),
        ("explain no-such-finding".to_owned(), "is not the name of a finding"),
        ("explain no-forwardin".to_owned(), "did you mean no-forwarding"),
        ("explain -".to_owned(), "holds no error message that is known"),
        (
            "explain error: something went wrong".to_owned(),
            "holds no error message that is known",
        ),
        (
            format!("{host} --save Cargo.toml/capture.json"),
            "a part of its path is no directory",
        ),
        ("completions tcsh".to_owned(), "write one that --help names"),
        ("completions".to_owned(), "SHELL is missing"),
        ("help nothing".to_owned(), "is not a command"),
        ("man extra".to_owned(), "one argument too many"),
    ];
    for (line, says) in &table {
        let outcome = run(line);
        assert_eq!(outcome.code, 2, "{line}\n{}", outcome.stderr);
        assert_eq!(outcome.stdout, "", "{line}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{line}\n{}", outcome.stderr);
        assert!(outcome.stderr.starts_with("error: "), "{line}\n{}", outcome.stderr);
        assert!(
            outcome.stderr.ends_with('\n') && !outcome.stderr.contains('\u{1b}'),
            "{line}"
        );
        assert!(outcome.stderr.contains(says), "{line}\n{}", outcome.stderr);
    }
    assert_eq!(server.questions(), 0, "nothing was sent");
}

#[test]
fn hostile_arguments_stay_on_one_line() {
    for words in [
        ["a.test\nb", "-q"],
        ["a.test", "--x\u{1b}]0;title\u{7}\n"],
        ["a.test", "--save=\u{1b}[2J\n/x"],
        ["a.test", "--resolver=\u{202e}\r\n=10.0.0.1"],
        ["explain", "\u{1b}[31m"],
    ] {
        let outcome = Outcome::of(program().args(words).args(["--no-local", "--no-os"]));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{words:?}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{words:?}\n{}", outcome.stderr);
        let is_plain = |c: char| !c.is_control() && c != '\u{202e}';
        assert!(outcome.stderr.trim_end().chars().all(is_plain), "{:?}", outcome.stderr);
    }
}

/// A pasted message, as an argument and from standard input, with whatever a log has in it.
#[test]
fn a_pasted_message_is_explained_offline() {
    let name = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
    let line = format!("Unable to connect to the server: dial tcp: lookup {name} on 10.63.200.10:53: no such host");
    let mut log = b"I0101 starting\xff\x1b]0;x\x07\n\x1b[31m".to_vec();
    log.extend_from_slice(line.as_bytes());
    log.extend_from_slice("\u{202e}\n".as_bytes());
    for outcome in [
        Outcome::of(program().arg("explain").arg(&line)),
        Outcome::of(program().args(["explain", "-"]).write_stdin(log)),
    ] {
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        let text = &outcome.stdout;
        assert!(
            text.chars()
                .all(|c| c == '\n' || !eks_dns_doctor::render::text::is_unprintable(c)),
            "{text:?}"
        );
        let command = format!("      eks-dns-doctor check {name} --resolver 10.63.200.10 --public");
        assert!(text.lines().any(|line| line == command), "{text}");
        for words in [
            "no-forwarding",
            "endpoint-name-stale",
            "Go's own resolver",
            "DNS, before",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
    // What is not understood: the document says so, and standard error why, as for every 2.
    let unknown = Outcome::of(program().args(["explain", "nothing known here", "-o", "json"]));
    assert_eq!(
        (unknown.code, unknown.stderr.lines().count()),
        (2, 1),
        "{}",
        unknown.stderr
    );
    assert!(
        unknown.stderr.contains("holds no error message that is known"),
        "{}",
        unknown.stderr
    );
    assert_eq!(unknown.json()["understood"], false);
    let refused = Outcome::of(program().args(["explain", "-"]).write_stdin(vec![b'x'; (1 << 20) + 1]));
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("is longer than"), "{}", refused.stderr);
}

#[test]
fn the_catalogue_is_explained_offline() {
    for empty in ["", " "] {
        let refused = Outcome::of(program().args(["explain", empty]));
        assert_eq!(refused.code, 2, "{empty:?}");
    }
    let index = run("explain");
    assert_eq!((index.code, index.stderr.as_str()), (0, ""));
    for rule in eks_dns_doctor::rules::RULES {
        assert!(index.stdout.contains(rule.name), "{}", rule.name);
        let page = run(&format!("explain {}", rule.name));
        assert_eq!((page.code, page.stderr.as_str()), (0, ""));
        assert!(page.stdout.starts_with(rule.name), "{}", page.stdout);
        assert!(
            page.stdout.contains("\nWhat to do\n") && !page.stdout.contains("## "),
            "{}",
            rule.name
        );
    }
}

#[test]
fn completions_and_the_manual_page_know_the_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let outcome = run(&format!("completions {shell}"));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{shell}");
        for word in ["vpc-resolver", "expect-scope", "explain"] {
            assert!(outcome.stdout.contains(word), "{shell}: {word}");
        }
    }
    let outcome = run("man");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    for word in [
        ".TH",
        "EXIT STATUS",
        "EXAMPLES",
        "COMMANDS",
        "RESOLVERS TO ASK",
        "vpc\\-resolver",
        "completions SHELL",
    ] {
        assert!(outcome.stdout.contains(word), "{word}");
    }
    assert!(
        !outcome.stdout.contains("eks\\-dns\\-doctor\\-check"),
        "there is one page"
    );
}

#[test]
fn nothing_is_written_where_it_runs() {
    let server = Server::start(Plays::Has(ADDRESS));
    let directory = tempfile::tempdir().expect("a directory");
    let line = format!("{HOST} {} {EXPECTED}", flags(&server));
    let outcome = Outcome::of(program().args(line.split_whitespace()).current_dir(directory.path()));
    assert_eq!(outcome.code, 0);
    let is_empty = |path: &Path| std::fs::read_dir(path).expect("a directory").next().is_none();
    assert!(is_empty(directory.path()));
}

/// A name server that denies the name to the first `denials` questions for an address, and then gives it.
fn turning_server(denials: usize) -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        let mut asked = 0;
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            asked += 1;
            let plays = if asked > denials {
                Plays::Has(ADDRESS)
            } else {
                Plays::NxDomain
            };
            if let Some(reply) = reply(&query[..length], plays) {
                udp.send_to(&reply, client).ok();
            }
        }
    });
    address
}

/// A watch of one resolver over UDP, two seconds between rounds: two questions each.
fn watch(server: SocketAddr, line: &str) -> Outcome {
    run(&format!(
        "check {HOST} --resolver one={server} --no-local --no-os --no-controls --timeout 1s {EXPECTED} \
         --watch 2s {line}"
    ))
}

#[test]
fn a_watch_ends_when_it_is_healthy_and_says_what_turned() {
    let outcome = watch(turning_server(2), "--until healthy --for 30s -o short");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let (report, events) = lines.split_last().expect("lines");
    for line in events {
        let time = line.split("  ").next().expect("a time");
        assert!(time.len() == 20 && time.ends_with('Z'), "{line}");
    }
    for (line, part) in events.iter().zip([
        "watching 0123456789ABCDEF",
        "one: nxdomain",
        "conclusion: broken",
        "one: nxdomain (view private-zone) -> match 192.168.104.190 (view private-zone) after 2s",
        "conclusion: broken -> ",
        " after 2s: one match after 2s",
    ]) {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(report.ends_with("exit 0]"), "{report}");
}

#[test]
fn a_watch_whose_time_is_up_says_what_is_still_wrong() {
    let started = std::time::Instant::now();
    let outcome = watch(turning_server(usize::MAX), "--until healthy --for 3s");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("one still nxdomain"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("Still wrong: "), "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("broken:"),
        "the report follows: {}",
        outcome.stdout
    );
}

#[test]
fn a_watch_in_json_is_one_document_and_never_asks_twice_in_two_seconds() {
    let server = Server::start(Plays::Has(ADDRESS));
    let outcome = watch(server.address, "--for 3s -o json --redact");
    assert_eq!(outcome.code, 0);
    assert_eq!(outcome.json()["conclusion"], "healthy");
    assert!(outcome.stderr.contains("one: match"), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains(HOST) && !outcome.stderr.contains(HOST));
    // A round is three questions here, and in three seconds are two of them at two seconds' distance.
    assert_eq!(server.questions(), 6);
}

#[cfg(unix)]
#[test]
fn an_interrupted_watch_prints_what_is_known() {
    let server = Server::start(Plays::NxDomain);
    let mut child = std::process::Command::new(program().get_program())
        .args(format!("check {HOST} {} {EXPECTED} --watch --until healthy", flags(&server)).split(' '))
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    while !seen.contains("conclusion: broken") {
        assert!(stdout.read_line(&mut seen).expect("text") > 0, "{seen}");
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
    stdout.read_to_string(&mut seen).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{seen}");
    assert!(
        seen.contains("one still nxdomain") && seen.contains("Interrupted"),
        "{seen}"
    );
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

/// A terminal that a program writes to, 60 columns by 20 rows: what it shows in the end, sequences and all.
#[cfg(target_os = "linux")]
fn on_a_terminal(line: &str, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let (child, master) = started_on_a_terminal(line, environment, false);
    shown_on_a_terminal(child, master)
}

/// The same, with standard output or standard error as the terminal, while it runs.
#[cfg(target_os = "linux")]
fn started_on_a_terminal(
    line: &str,
    environment: &[(&str, &str)],
    is_stderr: bool,
) -> (std::process::Child, std::fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let name = ptsname(&master, Vec::new()).expect("its name");
    let name = name.into_string().expect("text");
    let size = rustix::termios::Winsize {
        ws_row: 20,
        ws_col: 60,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(&master, size).expect("a size");
    let terminal = std::fs::OpenOptions::new().write(true).open(name).expect("it opens");
    let (stdout, stderr) = if is_stderr {
        (Stdio::piped(), Stdio::from(terminal))
    } else {
        (Stdio::from(terminal), Stdio::null())
    };
    let child = std::process::Command::new(program().get_program())
        .args(line.split_whitespace())
        .env_clear()
        .envs(environment.iter().copied())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .expect("it runs");
    (child, std::fs::File::from(master))
}

/// How it ended, and everything that was written to its terminal.
#[cfg(target_os = "linux")]
fn shown_on_a_terminal(mut child: std::process::Child, mut master: std::fs::File) -> (Option<i32>, String) {
    let mut shown = Vec::new();
    // The terminal's end is an error (EIO) once the program has closed the other one.
    master.read_to_end(&mut shown).ok();
    let code = child.wait().expect("it ends").code();
    (code, String::from_utf8(shown).expect("text"))
}

/// The live table stands below the lines that stay, is written over, and is gone before the report.
#[cfg(target_os = "linux")]
#[test]
fn a_watch_on_a_terminal_has_a_live_table() {
    let server = turning_server(2);
    let line = format!(
        "check {HOST} --resolver one={server} --no-local --no-os --no-controls --timeout 1s {EXPECTED} --watch 2s \
         --until healthy --for 30s"
    );
    let (code, shown) = on_a_terminal(&line, &[("TERM", "xterm")]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("broken  0s of 30s, next look in "), "{shown}");
    // Drawn, and drawn over: up by its lines, and everything below is cleared.
    assert!(shown.contains("\u{1b}[2A\r\u{1b}[J"), "{shown:?}");
    let erased = shown.rfind("\u{1b}[J").expect("it is taken away");
    let report = &shown[erased..];
    assert!(!report.contains("next look in"), "{report}");
    assert!(report.contains("one match after 2s"), "{report}");
    for frame in shown.split("\u{1b}[2A\r\u{1b}[J") {
        let head = frame.lines().find(|line| line.contains(" of 30s, "));
        assert!(
            head.is_none_or(|line| line.trim_end().chars().count() <= 60),
            "{frame:?}"
        );
    }
    // Without a terminal that moves its cursor there are lines only.
    let (code, shown) = on_a_terminal(&line, &[("TERM", "dumb")]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        !shown.contains('\u{1b}') && !shown.contains("next look in"),
        "{shown:?}"
    );
}

/// A name server that says nothing for a while.
#[cfg(target_os = "linux")]
fn silent(timeout: &str) -> (Server, String) {
    let server = Server::start(Plays::Silence);
    let line = format!(
        "check {HOST} --resolver quiet={} --no-local --no-os --no-controls --no-aws --timeout {timeout} {EXPECTED}",
        server.address
    );
    (server, line)
}

/// What a terminal shows in its last line once everything was written to it: sequences that clear it are obeyed.
#[cfg(target_os = "linux")]
fn last_line(shown: &str) -> String {
    let line = shown.rsplit('\n').next().unwrap_or_default();
    line.rsplit("\r\u{1b}[K").next().unwrap_or_default().replace("^C", "")
}

#[cfg(target_os = "linux")]
#[test]
fn a_spinner_says_what_is_waited_for_on_a_terminal_alone() {
    let (_server, line) = silent("1s");
    for format in ["table", "json", "short"] {
        let line = format!("{line} -o {format}");
        let (child, master) = started_on_a_terminal(&line, &[("TERM", "xterm"), ("NO_COLOR", "1")], true);
        let (code, shown) = shown_on_a_terminal(child, master);
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("waiting for quiet"), "{shown:?}");
        assert!(shown.contains("s left\u{1b}[K"), "{shown:?}");
        // It has no colour, and is gone in the end.
        assert!(!shown.contains("\u{1b}[3"), "{shown:?}");
        assert_eq!(last_line(&shown), "", "{shown:?}");
    }
    let elsewhere: [(&[(&str, &str)], &str); 5] = [
        (&[("TERM", "dumb")], ""),
        (&[], ""),
        (&[("TERM", "xterm"), ("CI", "true")], ""),
        (&[("TERM", "xterm")], " -q"),
        (&[("TERM", "xterm")], " --watch 2s --for 3s"),
    ];
    for (environment, flags) in elsewhere {
        let (child, master) = started_on_a_terminal(&format!("{line}{flags}"), environment, true);
        let (_, shown) = shown_on_a_terminal(child, master);
        assert!(
            !shown.contains("waiting") && !shown.contains('\u{1b}'),
            "{environment:?} {flags}: {shown:?}"
        );
    }
    // Never into a pipe or a file.
    let piped = Outcome::of(program().env("TERM", "xterm").args(line.split_whitespace()));
    assert!(
        !piped.stderr.contains("waiting") && !piped.stdout.contains("waiting"),
        "{}",
        piped.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_spinner_goes_with_a_signal() {
    let (_server, line) = silent("20s");
    for signals in [1, 2] {
        let (child, master) = started_on_a_terminal(&format!("{line} --deadline 30s"), &[("TERM", "xterm")], true);
        let id = i32::try_from(child.id()).expect("a small number");
        let id = rustix::process::Pid::from_raw(id).expect("an id");
        thread::sleep(Duration::from_millis(900));
        for _ in 0..signals {
            rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it is sent");
            thread::sleep(Duration::from_millis(300));
        }
        let (code, shown) = shown_on_a_terminal(child, master);
        assert_eq!(code, Some(130), "{shown:?}");
        assert!(shown.contains("waiting for quiet"), "{shown:?}");
        assert_eq!(last_line(&shown), "", "{shown:?}");
    }
}

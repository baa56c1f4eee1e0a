//! The standing check: what it shows, when it reads its files again, what its clients may cost, and how it ends.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[path = "checks/formats.rs"]
mod checked;
#[path = "common/name_server.rs"]
#[expect(dead_code, reason = "one server that has the name is enough here")]
mod name_server;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use name_server::{ADDRESS, HOST, Plays, reply};

#[path = "common/both_transports.rs"]
mod both_transports;

/// Less than any window of these tests: what ends so soon has waited for none.
const NO_WINDOW: std::time::Duration = std::time::Duration::from_secs(4);

/// The address that the endpoint should have: the one that the server gives.
const EXPECTED: &str = "192.168.104.190";

/// A name server on loopback that has the name.
fn server() -> SocketAddr {
    both_transports::start(|query| reply(query, Plays::Has(ADDRESS)))
}

/// A running `serve`.
struct Served {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<String>>,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"));
    command
        .args(["serve", "--no-local", "--no-os", "--no-aws", "--no-controls"])
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut lines = BufReader::new(child.stderr.take().expect("a log")).lines();
        let first = lines.next().expect("a line").expect("text");
        let (_, rest) = first.split_once("http://").unwrap_or_else(|| panic!("{first}"));
        let address = rest.split('/').next().expect("an address").parse().expect("an address");
        let log = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&log);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                written.lock().expect("the log").push_str(&(line + "\n"));
            }
        });
        Self { child, address, log }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .expect("a timeout");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// The metrics: what each is, by its name and its labels.
    fn metrics(&self) -> BTreeMap<(String, BTreeMap<String, String>), f64> {
        let answer = self.get("/metrics");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let samples = checked::openmetrics(body).unwrap_or_else(|fault| panic!("{fault}\n{body}"));
        samples
            .into_iter()
            .map(|(name, labels, value)| ((name, labels), value))
            .collect()
    }

    /// The targets that are shown.
    fn targets(&self) -> Vec<String> {
        let metrics = self.metrics();
        let targets = metrics.keys().filter(|(name, _)| name == "eks_dns_target_info");
        let mut names: Vec<String> = targets.map(|(_, labels)| labels["target"].clone()).collect();
        names.sort();
        names
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.metrics().get(&(name.to_owned(), BTreeMap::new())).copied()
    }

    fn wait(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !is_so(self) {
            assert!(
                Instant::now() < end,
                "{what}: not in time\n{}\n{}",
                self.log.lock().expect("the log"),
                self.get("/metrics")
            );
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn kubeconfig(path: &Path, host: &str) {
    let document = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts:\n- name: c\n  context: {{cluster: c, user: u}}\n\
         clusters:\n- name: c\n  cluster: {{server: 'https://{host}'}}\nusers:\n- name: u\n"
    );
    // In one step, as editors and `aws eks update-kubeconfig` do not always do it; half a file is a check that fails.
    let beside = path.with_extension("new");
    std::fs::write(&beside, document).expect("a file");
    std::fs::rename(beside, path).expect("a file");
}

/// The interval is an hour: what is shown next is shown because the file changed.
#[test]
fn a_changed_file_is_read_again_and_one_that_is_gone_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    kubeconfig(&path, HOST);
    let resolver = format!("one={}", server());
    let file = path.to_str().expect("text").to_owned();
    let arguments = [
        "--kubeconfig",
        &file,
        "--resolver",
        &resolver,
        "--expect",
        EXPECTED,
        "--interval",
        "1h",
    ];
    let served = Served::start(&arguments);
    served.wait("the first check", |served| served.targets() == [HOST]);
    assert_eq!(served.number("eks_dns_check_succeeded"), Some(1.0));
    assert_eq!(served.number("eks_dns_check_interval_seconds"), Some(3600.0));
    let other = HOST.replace("yl4", "gr7");
    kubeconfig(&path, &other);
    served.wait("another endpoint", |served| served.targets() == [other.as_str()]);
    std::fs::remove_file(&path).expect("a file");
    served.wait("a check that cannot be made", |served| {
        served.number("eks_dns_check_succeeded") == Some(0.0)
    });
    // What was found before is not too old yet, and its time says when that was.
    assert_eq!(served.targets(), [other.as_str()]);
    let log = served.log.lock().expect("the log").clone();
    assert!(log.contains("no check could be made: kubeconfig"), "{log}");
    assert_eq!(log.matches("no check could be made").count(), 1, "{log}");
    kubeconfig(&path, HOST);
    served.wait("the file again", |served| served.targets() == [HOST]);
}

/// Slow clients, more than there may be, and wrong ones: a scrape beside them is answered at once.
#[test]
fn clients_do_not_hold_it_up() {
    let resolver = format!("one={}", server());
    let served = Served::start(&[HOST, "--resolver", &resolver, "--expect", EXPECTED, "--interval", "1h"]);
    served.wait("the first check", |served| served.get("/healthz").contains(" 200 OK"));
    let slow: Vec<TcpStream> = (0..150)
        .map(|_| {
            let mut stream = TcpStream::connect(served.address).expect("it listens");
            stream.write_all(b"GET /metrics HTT").expect("it is sent");
            stream
        })
        .collect();
    for (octets, status) in [
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n".to_vec(), "400"),
        (
            [b"GET /", "x".repeat(100_000).as_bytes(), b" HTTP/1.1\r\n\r\n"].concat(),
            "431",
        ),
        (
            [b"GET / HTTP/1.1\r\n", "a: b\r\n".repeat(1000).as_bytes(), b"\r\n"].concat(),
            "431",
        ),
        (b"PUT /metrics HTTP/1.1\r\n\r\n".to_vec(), "405"),
        (b"GET /metrics/x HTTP/1.1\r\n\r\n".to_vec(), "404"),
    ] {
        let mut stream = TcpStream::connect(served.address).expect("it listens");
        stream.write_all(&octets).ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
    let began = Instant::now();
    assert!(served.get("/metrics").starts_with("HTTP/1.1 200 OK"));
    assert!(began.elapsed() < NO_WINDOW, "{:?}", began.elapsed());
    drop(slow);
}

/// What is asked for wrongly ends it with one line.
#[test]
fn what_cannot_be_served_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    let resolver = "one=127.0.0.1:9";
    for (arguments, said) in [
        (&[HOST][..], "--listen is missing"),
        (&["--listen", "9853", HOST], "write 127.0.0.1:9853"),
        (
            &["--listen", "127.0.0.1:0", HOST, "--interval", "1s"],
            "write at least 2s",
        ),
        (&["--listen", "127.0.0.1:0", HOST, "--watch"], "--watch"),
        (&["--listen", "127.0.0.1:0", HOST, "-o", "json"], "--output"),
        (&["--listen", "127.0.0.1:0", HOST, "--save", "x"], "--save"),
        (
            &[
                "--listen",
                "127.0.0.1:0",
                "--kubeconfig",
                "/nonexistent",
                "--resolver",
                resolver,
            ],
            "/nonexistent",
        ),
        (&["--listen", &taken, HOST, "--resolver", resolver], "--listen"),
        (
            &["--listen", "192.0.2.1:9853", HOST, "--resolver", resolver],
            "cannot listen on 192.0.2.1:9853",
        ),
    ] {
        let output = command(arguments).stderr(Stdio::piped()).output().expect("it runs");
        let log = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {log}");
        let errors: Vec<&str> = log.lines().filter(|line| line.starts_with("error: ")).collect();
        assert!(errors.len() == 1 && errors[0].contains(said), "{arguments:?}: {log}");
    }
}

/// A signal ends it at once, in the middle of a check that nobody answers too.
#[test]
fn a_signal_ends_it_at_once() {
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let resolver = format!("one={}", silent.local_addr().expect("an address"));
    for signal in [rustix::process::Signal::TERM, rustix::process::Signal::INT] {
        let mut served = Served::start(&[HOST, "--resolver", &resolver, "--expect", EXPECTED]);
        assert!(served.get("/healthz").contains(" 503 "), "nothing was found yet");
        assert_eq!(served.number("eks_dns_check_fresh"), Some(0.0));
        let began = Instant::now();
        rustix::process::kill_process(rustix::process::Pid::from_child(&served.child), signal).expect("a signal");
        assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
        assert!(began.elapsed() < NO_WINDOW, "{:?}", began.elapsed());
    }
}

/// Many targets: what came of each is shown, and a file that changes is read again.
#[test]
fn many_targets_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("targets");
    let other = HOST.replace("yl4", "gr7");
    std::fs::write(&path, format!("{HOST} {EXPECTED} one\n{other} {EXPECTED} two\n")).expect("a file");
    let file = path.to_str().expect("text").to_owned();
    let resolver = format!("one={}", server());
    let served = Served::start(&["--targets", &file, "--resolver", &resolver, "--interval", "1h"]);
    served.wait("both targets", |served| served.targets() == ["one", "two"]);
    let metrics = served.metrics();
    let state = |target: &str, is: &str| {
        let mut states = metrics.iter().filter(|((name, labels), _)| {
            name == "eks_dns_conclusion" && labels["target"] == target && labels["eks_dns_conclusion"] == is
        });
        states.next().map(|(_, value)| *value)
    };
    assert_eq!(state("one", "healthy"), Some(1.0), "{metrics:#?}");
    assert_eq!(state("two", "broken"), Some(1.0), "{metrics:#?}");
    std::fs::write(&path, format!("{HOST} {EXPECTED} one\n")).expect("a file");
    served.wait("one target", |served| served.targets() == ["one"]);
    std::fs::write(&path, "{\"hostname\": \n").expect("a file");
    served.wait("a check that cannot be made", |served| {
        served.number("eks_dns_check_succeeded") == Some(0.0)
    });
}

/// What a process has in memory of its own, in KiB (proc(5), `status`: RssAnon): without what is mapped of its file,
/// which grows with each part of the program that runs for the first time.
#[cfg(target_os = "linux")]
fn resident(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.expect("a number")
}

/// Check after check, four times as many as before: a check that keeps something of each target would show.
#[cfg(target_os = "linux")]
#[test]
fn it_keeps_nothing_of_a_check_when_the_next_is_there() {
    const TARGETS: usize = 40;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("targets");
    let (_, zone) = HOST.split_once('.').expect("a zone");
    let lines = (0..TARGETS).map(|number| format!("{number:032x}.{zone} {EXPECTED} c-{number}\n"));
    std::fs::write(&path, format!("{HOST} {EXPECTED} one\n{}", lines.collect::<String>())).expect("a file");
    let file = path.to_str().expect("text").to_owned();
    let resolver = format!("one={}", server());
    let rate = ["--rate", "100000"];
    let arguments = ["--targets", &file, "--resolver", &resolver, "--interval", "2s"];
    let served = Served::start(&[&arguments[..], &rate].concat());
    let completed = |served: &Served| served.number("eks_dns_check_completed_timestamp_seconds");
    let mut last = None;
    let mut rounds = |count: usize| {
        for _ in 0..count {
            served.wait("the next check", |served| {
                let now = completed(served);
                now.is_some() && now != last
            });
            last = completed(&served);
        }
        resident(&served.child)
    };
    // What is asked of the allocator for the first time stays.
    let few = rounds(6);
    let many = rounds(9);
    // A report alone is some 10 KB, so those of nine checks would be more than 3.6 MB.
    assert!(many < few + 2048, "{few} KiB after 6 checks, {many} after 15");
}

/// The document of many targets in the formats for other programs.
#[test]
fn many_targets_stand_in_every_format() {
    use eks_dns_doctor::render::Format;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("targets");
    let other = HOST.replace("yl4", "gr7");
    let resolver = format!("one={}", server());
    let run = |lines: &str, format: Format| {
        std::fs::write(&path, lines).expect("a file");
        let output = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
            .args([
                "check",
                "--no-local",
                "--no-os",
                "--no-aws",
                "--no-controls",
                "--resolver",
                &resolver,
                "--targets",
            ])
            .args([path.to_str().expect("text"), "-o", format.as_str()])
            .env_clear()
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert_eq!(checked::whole(format, &text), Ok(()));
        (output.status.code().expect("a code"), text)
    };
    let well = format!("{HOST} {EXPECTED} one\n");
    let ill = format!("{well}{other} {EXPECTED} x\"y|z='<&>\n");
    for (lines, code, plugin) in [(&well, 0, 0), (&ill, 1, 2)] {
        let (found, text) = run(lines, Format::OpenMetrics);
        assert_eq!(found, code, "{text}");
        let samples = checked::openmetrics(&text).expect("metrics");
        let named = |wanted: &str| samples.iter().filter(|(name, ..)| name == wanted).count();
        assert_eq!(named("eks_dns_exit_code"), lines.lines().count(), "{text}");
        assert_eq!(
            named("eks_dns_checked_timestamp_seconds"),
            lines.lines().count(),
            "{text}"
        );
        assert_eq!(named("eks_dns_fleet_targets"), 4, "{text}");
        let (found, text) = run(lines, Format::Junit);
        assert_eq!(found, code, "{text}");
        let cases = checked::junit(&text).expect("cases");
        let of = |class: &str, outcome: &str| cases.iter().filter(|case| case.0 == class && case.2 == outcome).count();
        assert_eq!(of("target", "passed"), 1, "{text}");
        assert_eq!(of("target", "failure"), lines.lines().count() - 1, "{text}");
        assert_eq!(
            of("resolver", if code == 0 { "passed" } else { "failure" }),
            1,
            "{text}"
        );
        let (found, line) = run(lines, Format::Nagios);
        assert_eq!(found, plugin, "{line}");
        let (_, labels) = checked::nagios(&line).expect("a line");
        assert_eq!(labels, ["targets", "broken", "inconclusive", "degraded", "healthy"]);
    }
}

//! Many targets as a user checks them: the program against name servers on loopback.

#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

#[cfg(feature = "aws")]
mod amazon;
mod contexts;
mod documents;
#[path = "../common/endpoints.rs"]
mod endpoints;
mod files;
#[path = "../common/name_server.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod name_server;
mod pace;
mod printed;
#[path = "../common/schema.rs"]
mod schema;
mod shared;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::Command;
use eks_dns_doctor::fleet::Fleet;
use eks_dns_doctor::report::{Conclusion, Report};
use tempfile::TempDir;

use endpoints::{ZONE, address, host, shown};

/// A name server on loopback, UDP and TCP on one port. It has every endpoint below its bound, denies the others, and
/// counts what it was asked for. It ends with the test's process.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<BTreeMap<String, usize>>>,
    /// Whether its replies over UDP are truncated.
    truncates: Arc<AtomicBool>,
    /// When each question over TCP came.
    over_tcp: Arc<Mutex<Vec<Instant>>>,
}

/// Whether a question gets nothing: by the number of its endpoint ([`NO_ENDPOINT`] of any other name), whether with EDNS,
/// whether over TCP.
type Lost = Arc<dyn Fn(usize, bool, bool) -> bool + Send + Sync>;

/// The number of a name that is no endpoint of the server's.
const NO_ENDPOINT: usize = usize::MAX;

impl Server {
    fn start(bound: usize) -> Self {
        Self::answering_but(bound, |_, _, _| false)
    }

    fn silent() -> Self {
        Self::answering(None, Arc::new(|_, _, _| true))
    }

    /// One that sends nothing for the endpoint of this number alone.
    fn silent_for(mute: usize, bound: usize) -> Self {
        Self::answering_but(bound, move |number, _, _| number == mute)
    }

    /// One that sends nothing to the questions that are lost.
    fn answering_but(bound: usize, is_lost: impl Fn(usize, bool, bool) -> bool + Send + Sync + 'static) -> Self {
        Self::answering(Some(bound), Arc::new(is_lost))
    }

    /// One at which no connection over TCP comes about, as behind a firewall that drops: on Linux, whose queue of
    /// connections is full (listen(2)).
    #[cfg(target_os = "linux")]
    fn without_tcp(bound: usize) -> Self {
        let listen = || {
            let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
            let any = SocketAddr::from(([127, 0, 0, 1], 0));
            socket.bind(&any.into()).expect("a port");
            socket.listen(0).expect("it listens");
            TcpListener::from(socket)
        };
        let server = Self::listening(listen, Some(bound), Arc::new(|_, _, _| false), false);
        let mut waiting = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&server.address, Duration::from_millis(300)) {
            waiting.push(stream);
        }
        std::mem::forget(waiting);
        server
    }

    fn answering(bound: Option<usize>, is_lost: Lost) -> Self {
        let listen = || TcpListener::bind("127.0.0.1:0").expect("a port");
        Self::listening(listen, bound, is_lost, true)
    }

    fn listening(listen: impl Fn() -> TcpListener, bound: Option<usize>, is_lost: Lost, accepts: bool) -> Self {
        let (tcp, udp) = std::iter::repeat_with(|| {
            let tcp = listen();
            let udp = UdpSocket::bind(tcp.local_addr().expect("an address"));
            (tcp, udp)
        })
        .find_map(|(tcp, udp)| Some((tcp, udp.ok()?)))
        .expect("a port for both");
        let address = tcp.local_addr().expect("an address");
        let asked: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let over_tcp: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let truncates: Arc<AtomicBool> = Arc::default();
        let (count, lost, cuts) = (Arc::clone(&asked), Arc::clone(&is_lost), Arc::clone(&truncates));
        thread::spawn(move || {
            let mut query = [0; 4096];
            while let Ok((length, client)) = udp.recv_from(&mut query) {
                let reply = reply(
                    &query[..length],
                    bound,
                    &|number, edns| lost(number, edns, false),
                    &count,
                );
                if let Some(mut reply) = reply {
                    // TC (RFC 1035 section 4.1.1).
                    reply[2] |= u8::from(cuts.load(Ordering::Relaxed)) << 1;
                    udp.send_to(&reply, client).ok();
                }
            }
        });
        let (count, arrived) = (Arc::clone(&asked), Arc::clone(&over_tcp));
        thread::spawn(move || {
            let mut held = Vec::new();
            if !accepts {
                // The listener stays as it is for as long as the test runs.
                std::mem::forget(tcp);
                return;
            }
            for stream in tcp.incoming().flatten() {
                if bound.is_none() {
                    // Not accepted in the sense that matters: it says nothing.
                    held.push(stream);
                    continue;
                }
                let (count, lost, arrived) = (Arc::clone(&count), Arc::clone(&is_lost), Arc::clone(&arrived));
                thread::spawn(move || serve(stream, bound, &lost, &count, &arrived));
            }
        });
        Self {
            address,
            asked,
            truncates,
            over_tcp,
        }
    }

    fn asked(&self) -> BTreeMap<String, usize> {
        self.asked.lock().expect("no panic").clone()
    }
}

fn reply(
    query: &[u8],
    bound: Option<usize>,
    is_lost: &dyn Fn(usize, bool) -> bool,
    asked: &Mutex<BTreeMap<String, usize>>,
) -> Option<Vec<u8>> {
    let seen = Mutex::new(String::new());
    let reply = name_server::answer(query, |name| {
        seen.lock().expect("no panic").push_str(name);
        let (label, rest) = name.split_once('.')?;
        let number = usize::from_str_radix(label, 16).ok().filter(|_| label.len() == 32)?;
        let is_there = bound.is_some_and(|bound| number < bound) && rest.eq_ignore_ascii_case(&format!("{ZONE}."));
        is_there.then(|| address(number))
    });
    let seen = seen.into_inner().expect("no panic");
    let number = seen.split('.').next().filter(|label| label.len() == 32);
    let number = number.and_then(|label| usize::from_str_radix(label, 16).ok());
    let is_mute = is_lost(number.unwrap_or(NO_ENDPOINT), query[11] > 0);
    *asked.lock().expect("no panic").entry(seen).or_default() += 1;
    bound.filter(|_| !is_mute).map(|_| reply)
}

fn serve(
    mut stream: TcpStream,
    bound: Option<usize>,
    is_lost: &Lost,
    asked: &Mutex<BTreeMap<String, usize>>,
    arrived: &Mutex<Vec<Instant>>,
) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut query = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut query)?;
        arrived.lock().expect("no panic").push(Instant::now());
        let Some(reply) = reply(&query, bound, &|number, edns| is_lost(number, edns, true), asked) else {
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
    command.timeout(Duration::from_secs(120));
    command
}

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run(arguments: &[&str]) -> Outcome {
    let output = program().args(arguments).output().expect("it runs");
    Outcome {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A file of targets, and the flags of a check of it by these servers and nothing else.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new(targets: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("targets"), targets).expect("it is written");
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The words of a check by these servers.
    fn words(&self, servers: &[(&str, &Server)], more: &[&str]) -> Vec<String> {
        let mut words = vec!["check".to_owned(), "--targets".to_owned(), self.path("targets")];
        for (name, server) in servers {
            words.push(format!("--resolver={name}={}", server.address));
        }
        words.extend(["--no-local", "--no-aws"].map(str::to_owned));
        words.extend(more.iter().map(ToString::to_string));
        words
    }

    fn run(&self, servers: &[(&str, &Server)], more: &[&str]) -> Outcome {
        let words = self.words(servers, more);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        run(&words)
    }

    fn fleet(&self, servers: &[(&str, &Server)], more: &[&str]) -> (Fleet, i32) {
        let outcome = self.run(servers, &[more, &["-o", "json"]].concat());
        let document: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| {
            panic!("{error}: {}{}", outcome.stdout, outcome.stderr);
        });
        schema::hold(&document, "fleet");
        (serde_json::from_value(document).expect("a fleet"), outcome.code)
    }
}

/// A check of every entry of a kubeconfig by this server and nothing else.
fn all_contexts(kubeconfig: &Path, server: &Server, format: &str) -> Outcome {
    run(&[
        "--all-contexts",
        "--kubeconfig",
        &kubeconfig.display().to_string(),
        "--no-local",
        "--no-aws",
        &format!("--resolver=corp={}", server.address),
        "-o",
        format,
    ])
}

fn lines(numbers: impl IntoIterator<Item = usize>) -> String {
    let mut text = String::new();
    for number in numbers {
        let _ = writeln!(text, "{} {} c-{number}", host(number), shown(address(number)));
    }
    text
}

#[test]
fn healthy_and_broken_targets_are_told_apart_and_a_cause_is_said_once() {
    let server = Server::start(3);
    let vpc = Server::start(100);
    let bench = Bench::new(&lines([0, 1, 2, 10, 11, 12, 13]));
    let flags = [format!("--vpc-resolver={}", vpc.address)];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let (fleet, code) = bench.fleet(&[("corp", &server)], &flags);
    assert_eq!((fleet.exit_code, code), (1, 1));
    let of: Vec<(&str, Conclusion)> = fleet
        .targets
        .iter()
        .map(|one| (one.name.as_str(), one.conclusion))
        .collect();
    for (place, (name, conclusion)) in of.iter().enumerate() {
        let expected = if place < 3 {
            Conclusion::Healthy
        } else {
            Conclusion::Broken
        };
        assert_eq!(*conclusion, expected, "{name}: {:#?}", fleet.targets[place]);
    }
    assert_eq!(fleet.causes[0].targets, ["c-10", "c-11", "c-12", "c-13"]);
    assert_eq!(fleet.causes[0].resolvers, ["corp"]);
    let corp = fleet.resolvers.iter().find(|tally| tally.name == "corp").expect("corp");
    assert_eq!((corp.asked, corp.answered, corp.matched), (7, 7, 3));
    // The same as the check of one says.
    let alone = run(&[
        "check",
        &host(11),
        "--expect",
        &shown(address(11)),
        "--no-local",
        "--no-aws",
        &format!("--resolver=corp={}", server.address),
        flags[0],
        "-o",
        "json",
    ]);
    let alone: Report = serde_json::from_str(&alone.stdout).expect("a report");
    let lead = alone.headline().expect("a headline");
    let row = fleet.targets.iter().find(|one| one.name == "c-11").expect("a row");
    let headline = row.headline.as_ref().expect("a headline");
    assert_eq!((&headline.rule, &headline.summary), (&lead.rule, &lead.summary));
    assert_eq!(headline.confidence, lead.confidence);
}

#[test]
fn fail_fast_ends_with_the_first_that_is_broken_and_names_the_rest() {
    let server = Server::start(0);
    let bench = Bench::new(&lines(0..300));
    let (fleet, code) = bench.fleet(&[("corp", &server)], &["--fail-fast"]);
    assert_eq!(code, 1);
    assert_eq!(fleet.targets.len(), 300);
    let asked = fleet.targets.iter().filter(|one| one.headline.is_some()).count();
    assert_eq!(asked, 1);
    let left = fleet.targets[299].reason.as_ref().expect("a reason");
    assert!(left.contains("--fail-fast"), "{left}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_keeps_what_is_done() {
    let server = Server::start(1000);
    let bench = Bench::new(&lines(0..1000));
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("eks-dns-doctor"))
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .args(["check", "--targets", &bench.path("targets"), "--no-local", "--no-aws"])
        .args([
            &format!("--resolver=corp={}", server.address),
            "--rate",
            "20",
            "-o",
            "json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let until = Instant::now() + Duration::from_secs(30);
    while server.asked().len() < 20 && Instant::now() < until {
        thread::sleep(Duration::from_millis(50));
    }
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it is there");
    let mut text = String::new();
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_to_string(&mut text).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let fleet: Fleet = serde_json::from_str(&text).expect("the document");
    assert!(fleet.interrupted);
    assert_eq!(fleet.targets.len(), 1000);
    let healthy = fleet.count(Conclusion::Healthy);
    assert!(healthy > 0 && healthy < 1000, "{healthy}");
    let left = fleet.targets[999].reason.as_ref().expect("a reason");
    assert!(left.contains("interrupted"), "{left}");
}

#[test]
fn samples_are_taken_of_every_target() {
    let server = Server::start(5);
    let bench = Bench::new(&lines(0..3));
    let outcome = bench.run(&[("corp", &server)], &["--samples", "3", "-o", "jsonl"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for line in outcome.stdout.lines() {
        let report: Report = serde_json::from_str(line).expect("a report");
        let samples = report.resolvers[0].samples.as_ref().expect("samples");
        assert!(serde_json::to_string(samples).expect("it serialises").contains('3'));
    }
}

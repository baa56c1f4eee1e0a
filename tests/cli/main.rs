//! The binary as a user runs it, against a small name server on loopback.

#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

mod bad_input;
#[cfg(unix)]
mod completing;
mod document;
mod endings;
mod first_use;
#[path = "../common/name_server.rs"]
mod name_server;
#[path = "../common/one_server.rs"]
mod one_server;
#[path = "../common/schema.rs"]
mod schema;
mod watch;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;

use name_server::{HOST, Plays, reply};
use one_server::flags;

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

fn check(server: &Server, line: &str) -> Outcome {
    run(&format!("check {HOST} {} {line}", flags(server.address)))
}

const EXPECTED: &str = "--expect 192.168.104.190";

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

/// Sends a signal, as a shell does.
#[cfg(unix)]
fn send(signal: &str, child: &std::process::Child) {
    let status = std::process::Command::new("sh")
        .args(["-c", &format!("kill -{signal} {}", child.id())])
        .status()
        .expect("sh runs");
    assert!(status.success());
}

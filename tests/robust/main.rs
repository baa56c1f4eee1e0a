//! What a hostile or a failing world does to the program: what it prints, how long it takes, what it gives away.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test plays the other side, and reads what was written"
)]

mod deadline;
mod every_byte;
mod faults;
#[path = "../checks/formats.rs"]
mod formats;
mod privacy;
mod server;

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_eks-dns-doctor");
const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
/// What [`server::answering`] gives for [`HOST`].
const EXPECTED: &str = "192.168.104.190";
/// Longer than anything here takes; what reaches it hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program in an environment of its own, where nothing of this host is asked but what the test names.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env_clear()
        .env("HOME", folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// A check of one server that asks nobody else.
fn check(folder: &Path, server: std::net::SocketAddr) -> Command {
    let mut command = program(folder);
    command
        .args(["check", HOST, "--no-local", "--no-os", "--no-controls"])
        .args(["--resolver", &format!("one={server}")])
        .args(["--expect", EXPECTED, "--timeout", "2s"]);
    command
}

/// What a run came to. A signal that ended it has no code.
struct Outcome {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Outcome {
    fn of(command: &mut Command) -> Self {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        Self::of_child(child)
    }

    /// Waits for it; what does not end is killed, and fails the test.
    fn of_child(mut child: Child) -> Self {
        let read = |pipe: Option<Box<dyn Read + Send>>| {
            thread::spawn(move || {
                let mut octets = Vec::new();
                if let Some(mut pipe) = pipe {
                    pipe.read_to_end(&mut octets).expect("a pipe that is read");
                }
                octets
            })
        };
        let stdout = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
        let stderr = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().expect("a status") {
                break status;
            }
            if Instant::now() > end {
                child.kill().ok();
                panic!("it did not end");
            }
            thread::sleep(Duration::from_millis(5));
        };
        Self {
            code: status.code(),
            stdout: stdout.join().expect("read"),
            stderr: stderr.join().expect("read"),
        }
    }

    fn out(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("UTF-8")
    }

    fn err(&self) -> String {
        String::from_utf8(self.stderr.clone()).expect("UTF-8")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", self.out(), self.err()))
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn write(folder: &Path, name: impl AsRef<OsStr>, text: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = folder.join(name.as_ref());
    std::fs::write(&path, text).expect("written");
    path
}

/// A program that another one runs: `#!/bin/sh` and these lines.
fn script(folder: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let path = write(folder, name, format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
}

/// A named pipe that nobody writes to.
fn fifo(folder: &Path, name: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    let made = Command::new("mkfifo").arg(&path).status().expect("mkfifo");
    assert!(made.success());
    path
}

/// A certificate of nobody, in a file: what the system trusts is not looked at, and need not be there.
fn certificate(folder: &Path) -> std::path::PathBuf {
    let made = rcgen::generate_simple_self_signed(["nobody.test".to_owned()]);
    let made = made.expect("a certificate");
    write(folder, "ca.pem", made.cert.pem())
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill")
        .args([format!("-{signal}"), child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success());
}

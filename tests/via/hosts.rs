//! Other hosts: a stand-in for `ssh`, what is found there, and a name server.

use std::net::{SocketAddr, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{HOST, PROGRAM};

/// A name server on loopback that has one address for every name.
pub(crate) fn name_server() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let mut query = [0; 4096];
        while let Ok((length, client)) = socket.recv_from(&mut query) {
            let query = &query[..length];
            // The question ends four octets after the root label (RFC 1035 section 4.1.2).
            let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
            let is_a = query[end - 3] == 1;
            let mut reply = query[..end].to_vec();
            reply[2] |= 0x80;
            reply[3] = 0x80;
            reply[6..12].copy_from_slice(&[0, u8::from(is_a), 0, 0, 0, 0]);
            if is_a {
                reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 168, 104, 190]);
            }
            socket.send_to(&reply, client).ok();
        }
    });
    address
}

/// A directory with a stand-in for `ssh` and, at each host, what is found in its PATH.
pub(crate) struct Hosts {
    pub(crate) directory: tempfile::TempDir,
}

impl Hosts {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let hosts = Self { directory };
        // As sshd: the command line goes to a shell. Whatever the host, its PATH is its own.
        hosts.script(
            "here/ssh",
            r#"while [ "$1" != -- ]; do shift; done
case "$2" in
  *@closed) echo "ssh: connect to host closed port 22: Connection refused" >&2; exit 255;;
  newkey) printf '@@@\nWARNING\n' >&2; echo "Host key verification failed." >&2; exit 255;;
  changed) printf '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nHost key verification failed.\r\n' >&2; exit 255;;
  jumped) printf 'ssh: connect to host jump port 22: Connection refused\r\nkex_exchange_identification: Connection closed by remote host\r\nConnection closed by UNKNOWN port 65535\r\n' >&2; exit 255;;
  mute) exit 255;;
  denied.corp.example) echo "alice@denied.corp.example: Permission denied (publickey)." >&2; exit 255;;
  asking) "$SSH_ASKPASS" && exit 0; echo "$SSH_ASKPASS_REQUIRE: Permission denied (password)." >&2; exit 255;;
  proxied) sleep 300 & echo $! >"$ROOT/proxy"; wait;;
  lost) printf '%s\n' "$3" | sed -n 's/.*echo \(eks-dns-doctor-[0-9a-f]*\);.*/\1/p'; printf '{"schema'; echo \
   "Connection to lost closed by remote host." >&2; exit 255;;
esac
host=${2#*@}
printf 'Welcome {\n'
PATH="$ROOT/$host:/usr/bin:/bin"; export PATH; TMPDIR="$ROOT/tmp"; export TMPDIR
[ "$host" != unlike ] || PATH="$ROOT/unlike:$PATH"
exec sh -c "$3"
"#,
        );
        std::fs::create_dir(hosts.root().join("tmp")).unwrap();
        hosts
    }

    pub(crate) fn root(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn script(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The program itself is installed there.
    pub(crate) fn install(&self, host: &str) {
        std::fs::create_dir_all(self.root().join(host)).unwrap();
        std::os::unix::fs::symlink(PROGRAM, self.root().join(host).join("eks-dns-doctor")).unwrap();
    }

    /// `check` here and there, and what was printed, exit code first.
    pub(crate) fn check(&self, server: SocketAddr, more: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(server, more);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    pub(crate) fn command(&self, server: SocketAddr, more: &[&str]) -> Command {
        self.command_of(Path::new(PROGRAM), server, more)
    }

    /// The same with a program that lies elsewhere.
    pub(crate) fn command_of(&self, program: &Path, server: SocketAddr, more: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args([
                "check",
                HOST,
                "--no-local",
                "--no-os",
                "--no-controls",
                "--timeout",
                "1s",
                "--vantage",
                "laptop",
            ])
            .args(["--expect", "192.168.104.190", "--resolver", &format!("one={server}")])
            .args(more);
        self.surround(&mut command);
        command
    }

    /// `check` of the targets of a file, by this server and without AWS.
    pub(crate) fn command_of_many(&self, targets: &Path, server: SocketAddr, more: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .arg("check")
            .arg("--targets")
            .arg(targets)
            .args([
                "--no-local",
                "--no-os",
                "--no-controls",
                "--no-aws",
                "--vantage",
                "laptop",
            ])
            .args(["--resolver", &format!("one={server}")])
            .args(more);
        self.surround(&mut command);
        command
    }

    /// The environment in which the other hosts are reached, and nothing of this one.
    fn surround(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.root().join("here").display()))
            .env("ROOT", self.root())
            .env("HOME", self.root())
            .env("AWS_EC2_METADATA_DISABLED", "true");
    }
}

pub(crate) fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Whether the signal could be sent.
pub(crate) fn kill(signal: &str, pid: &str) -> bool {
    let status = Command::new("kill").args([signal, pid]).stderr(Stdio::null()).status();
    status.unwrap().success()
}

/// Waits for a process that was ended; the test's own time limit bounds it.
pub(crate) fn until_ended(pid: &str) {
    let gone = || {
        // One that nobody has waited for yet has ended too.
        std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| {
            stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
        })
    };
    while !gone() {
        thread::sleep(Duration::from_millis(10));
    }
}

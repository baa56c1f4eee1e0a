//! Other places: through a stand-in for `ssh` that runs its command here, and through a mock of Systems Manager that
//! does. What comes back from there may be anything.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::ops::Not as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use eks_dns_doctor::via::shell;
use serde_json::{Value, json};

const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.yl4.ap-northeast-1.eks.amazonaws.com";
/// What a run with [`name_server`] comes to: right answers, and a warning that it has no TCP and no EDNS.
const WELL: &str = "degraded";
const PROGRAM: &str = env!("CARGO_BIN_EXE_eks-dns-doctor");

/// A name server on loopback that has one address for every name.
fn name_server() -> SocketAddr {
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
struct Hosts {
    directory: tempfile::TempDir,
}

impl Hosts {
    fn new() -> Self {
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

    fn root(&self) -> &Path {
        self.directory.path()
    }

    fn script(&self, name: &str, text: &str) {
        let path = self.root().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The program itself is installed there.
    fn install(&self, host: &str) {
        std::fs::create_dir_all(self.root().join(host)).unwrap();
        std::os::unix::fs::symlink(PROGRAM, self.root().join(host).join("eks-dns-doctor")).unwrap();
    }

    /// `check` here and there, and what was printed, exit code first.
    fn check(&self, server: SocketAddr, more: &[&str]) -> (Option<i32>, String, String) {
        let mut command = self.command(server, more);
        let output = command.output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    fn command(&self, server: SocketAddr, more: &[&str]) -> Command {
        self.command_of(Path::new(PROGRAM), server, more)
    }

    /// The same with a program that lies elsewhere.
    fn command_of(&self, program: &Path, server: SocketAddr, more: &[&str]) -> Command {
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
            .args(more)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.root().join("here").display()))
            .env("ROOT", self.root())
            .env("HOME", self.root())
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn the_same_check_there_and_the_comparison() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let via = ["--no-aws", "--via", "ssh:ec2-user@bastion", "-o", "json"];
    let (code, text, error) = hosts.check(server, &via);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{text}");
    let document = document(&text);
    let names = |key: &str| -> Vec<String> {
        let places = document["places"].as_array().unwrap();
        places
            .iter()
            .map(|place| place[key].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("name"), ["laptop", "bastion"]);
    assert_eq!(names("conclusion"), [WELL, WELL]);
    assert_eq!(document["findings"][0]["rule"], "same-and-healthy");
    // The same was asked: the captures say what.
    let asked = |at: usize| document["captures"][at]["asked"].clone();
    assert_eq!(asked(0), asked(1));
    let resolvers = |at: usize| document["captures"][at]["resolvers"][0]["name"].clone();
    assert_eq!(resolvers(0), resolvers(1));
    // Saved, it is replayed as any comparison.
    let saved = hosts.root().join("saved.json");
    let (_, table, _) = hosts.check(
        server,
        &["--no-aws", "--via", "ssh:bastion", "--save", saved.to_str().unwrap()],
    );
    let again = Command::new(PROGRAM)
        .env_clear()
        .arg("replay")
        .arg(&saved)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(again.stdout).unwrap(), table);
}

#[test]
fn every_way_to_fail_is_one_line_and_the_others_stand() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let capture = "\"$DOCTOR\" \"$@\"";
    hosts.script(
        "old/eks-dns-doctor",
        "[ \"$1\" = --version ] && { echo eks-dns-doctor 0.0.1; exit; }\necho \"error: \
     unexpected argument '--x' found\" >&2; exit 2\n",
    );
    hosts.script("half/eks-dns-doctor", &format!("{capture} | head -c 2000; exit 1\n"));
    hosts.script("silent/eks-dns-doctor", "echo 'GLIBC_2.99 not found' >&2; exit 1\n");
    hosts.script(
        "newer/eks-dns-doctor",
        &format!("{capture} | sed 's/\"schema_version\": 2,/\"schema_version\": 7,/'\n"),
    );
    hosts.script(
        "types/eks-dns-doctor",
        &format!("{capture} | sed 's/\"resolvers\": .*/\"resolvers\": 7,/'\n"),
    );
    hosts.script(
        "deep/eks-dns-doctor",
        "i=0; while [ $i -lt 2000 ]; do printf '['; i=$((i+1)); done\n",
    );
    hosts.script(
        "evil/eks-dns-doctor",
        "printf '\\033[2J{\\033]0;x\\007'; printf 'no\\033[31m \\302\\233 way\\n' >&2; exit 1\n",
    );
    hosts.script("killed/eks-dns-doctor", "kill -9 $$\n");
    hosts.script(
        "flood/eks-dns-doctor",
        &format!("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; {capture}; exit 7\n"),
    );
    hosts.script("interpreter/eks-dns-doctor", "");
    std::fs::write(hosts.root().join("interpreter/eks-dns-doctor"), "#!/nowhere/sh\n").unwrap();
    hosts.script(
        "other/eks-dns-doctor",
        &format!("{capture} | sed s/0123456789ABCDEF/ABCDEF0123456789/\n"),
    );
    hosts.script("slow/eks-dns-doctor", "sleep 30\n");
    hosts.script("huge/eks-dns-doctor", "exec head -c 40000000 /dev/zero\n");
    std::fs::create_dir(hosts.root().join("bare")).unwrap();
    std::fs::create_dir_all(hosts.root().join("foreign")).unwrap();
    std::fs::write(
        hosts.root().join("foreign/eks-dns-doctor"),
        [0x7f, b'E', b'L', b'F', 9, 9, 9, 0],
    )
    .unwrap();
    std::fs::set_permissions(
        hosts.root().join("foreign/eks-dns-doctor"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    let cases = [
        (
            "me@closed",
            "closed",
            "ssh could not log in: ssh: connect to host closed port 22: Connection refused",
        ),
        (
            "newkey",
            "newkey",
            "ssh does not trust the key of that host (Host key verification failed.)",
        ),
        (
            "changed",
            "changed",
            "the key of that host, which is another than before (",
        ),
        (
            "jumped",
            "jumped",
            "ssh could not log in: ssh: connect to host jump port 22: Connection refused",
        ),
        ("mute", "mute", "ssh could not log in: it says no more"),
        (
            "asking",
            "asking",
            "could not log in: force: Permission denied (password).",
        ),
        (
            "lost",
            "lost",
            "the connection was lost before the report was here: Connection to lost closed",
        ),
        ("killed", "killed", "was ended by signal 9 (Killed)"),
        ("interpreter", "interpreter", "does not start there: "),
        (
            "bare",
            "bare",
            "there is no eks-dns-doctor in PATH there: install it, or send this one along with --push",
        ),
        ("foreign", "foreign", "eks-dns-doctor does not start there"),
        ("old", "old", "(it is eks-dns-doctor 0.0.1, and here is eks-dns-doctor"),
        ("half", "half", "is not a capture: its JSON does not end"),
        ("silent", "silent", "is empty (GLIBC_2.99 not found)"),
        ("newer", "newer", "has schema_version 7"),
        ("types", "types", "is not a capture: "),
        ("deep", "deep", "is not a capture: "),
        ("evil", "evil", "is not a capture: "),
        ("other", "other", "is of something else: "),
        ("huge", "huge", "more than 32 MiB came back"),
        ("slow", "slow", "nothing came back within 3s"),
    ];
    let server = name_server();
    // So many at once, and not more.
    let (first, second) = cases.split_at(cases.len() / 2);
    for (format, cases) in ["json", "table", "markdown", "short"]
        .iter()
        .flat_map(|format| [(*format, first), (*format, second)])
    {
        let mut via = vec!["--no-aws", "--via-timeout", "3s", "-o", format, "--via", "ssh:bastion"];
        // What it says beside a whole report is no failure.
        if format == "json" {
            via.extend(["--via", "ssh:flood"]);
        }
        let destinations: Vec<String> = cases.iter().map(|(to, ..)| format!("ssh:{to}")).collect();
        for destination in &destinations {
            via.extend(["--via", destination]);
        }
        let mut command = hosts.command(server, &via);
        command.env("DOCTOR", PROGRAM);
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        // Two places are well, and of the others nothing is known.
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
        let unprintable = eks_dns_doctor::render::text::is_unprintable;
        assert_eq!(text.chars().find(|c| *c != '\n' && unprintable(*c)), None, "{text:?}");
        if format == "short" {
            assert_eq!(text.lines().count(), 1, "{text}");
            continue;
        }
        if format != "json" {
            for (_, place, _) in cases {
                assert!(text.contains(&format!("{place}: not seen: ")), "{text}");
            }
            continue;
        }
        let document = document(&text);
        assert_eq!(document["places"].as_array().unwrap().len(), 3);
        assert_eq!(document["places"][1]["conclusion"], WELL);
        assert_eq!(document["places"][2]["conclusion"], WELL);
        assert_eq!(document["conclusion"], "inconclusive");
        let unseen = document["unseen"].as_array().unwrap();
        assert_eq!(unseen.len(), cases.len());
        for ((_, place, says), unseen) in cases.iter().zip(unseen) {
            assert_eq!(unseen["place"], *place);
            let reason = unseen["reason"].as_str().unwrap();
            assert!(reason.contains(says), "{place}: {reason}");
            assert!(!reason.contains('\n'), "{reason:?}");
        }
    }
}

#[test]
fn without_ssh_there_is_a_reason_and_this_place_stands() {
    let hosts = Hosts::new();
    let server = name_server();
    let mut command = hosts.command(server, &["--no-aws", "--via", "ssh:bastion", "-o", "json"]);
    let output = command.env("PATH", "relative:.").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let document = document(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        document["unseen"][0]["reason"],
        "there is no ssh in PATH here: install an OpenSSH client"
    );
    assert_eq!(document["places"][0]["conclusion"], WELL);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let hosts = Hosts::new();
    let server = SocketAddr::from(([127, 0, 0, 1], 9));
    for (more, says) in [
        (&["--via", "bastion"][..], "ssh:[USER@]HOST"),
        (&["--via", "ssh:-oProxyCommand=x"], "not a host for ssh"),
        (&["--via", "ssh:me@-oProxyCommand=x"], "not a host for ssh"),
        (&["--via", "ssh:a`b`"], "not a host for ssh"),
        (&["--via", "ssh:bastion:22"], "ssh://HOST:PORT"),
        (&["--via", "ssm:i-0123456789abcdef0", "--no-aws"], "needs AWS"),
        (&["--via", "ssm:i-0123456789abcdef0", "--push"], "--push"),
        (&["--push"], "--via"),
        (&["--via", "ssh:x", "--explain-why"], "--explain-why"),
        (&["--via", "ssh:x", "--watch"], "--watch"),
    ] {
        let (code, text, error) = hosts.check(server, more);
        assert_eq!((code, text.as_str()), (Some(2), ""), "{more:?}: {error}");
        assert!(error.contains(says), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// The program goes there in a private directory, which is gone afterwards.
#[test]
fn the_program_is_pushed_and_removed() {
    let hosts = Hosts::new();
    std::fs::create_dir(hosts.root().join("bare")).unwrap();
    hosts.script("unlike/uname", "echo Plan9\n");
    let server = name_server();
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/awscli/describe-cluster.json");
    let facts = facts.is_file().then(|| facts.to_str().unwrap().to_owned());
    let mut via = vec!["--push", "--via", "ssh:bare", "--via", "ssh:unlike", "-o", "json"];
    match &facts {
        Some(facts) => via.extend(["--facts", facts]),
        None => via.push("--no-aws"),
    }
    let (code, text, error) = hosts.check(server, &via);
    assert_eq!((code, error.as_str()), (Some(3), ""), "{text}");
    let document = document(&text);
    assert_eq!(document["places"][1]["name"], "bare", "{text}");
    assert_eq!(document["places"][1]["conclusion"], WELL);
    assert_eq!(document["unseen"][0]["place"], "unlike");
    assert!(
        document["unseen"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("does not run there, which is Plan9 Plan9"),
        "{text}"
    );
    assert_eq!(std::fs::read_dir(hosts.root().join("tmp")).unwrap().count(), 0);
}

/// A release's archive has the programs for Linux in folders beside the program: the place says which it needs. What
/// says here that it is another machine is a stand-in for `uname`; the program that lies there runs on this one.
#[test]
fn the_program_for_the_other_machine_is_pushed() {
    let hosts = Hosts::new();
    // A machine that neither this one nor its stand-in is.
    let other = if cfg!(target_arch = "aarch64") {
        "x86_64"
    } else {
        "aarch64"
    };
    for (host, machine) in [("other", other), ("third", "riscv64")] {
        let uname = format!("[ \"$1\" = -s ] && echo Linux || echo {machine}\n");
        hosts.script(&format!("{host}/uname"), &uname);
    }
    let here = hosts.root().join("archive");
    let beside = here.join(format!("{other}-unknown-linux-musl"));
    std::fs::create_dir_all(&beside).unwrap();
    let program = here.join("eks-dns-doctor");
    std::fs::copy(PROGRAM, &program).unwrap();
    let server = name_server();
    let run = || {
        let via = [
            "--no-aws",
            "--push",
            "--via",
            "ssh:other",
            "--via",
            "ssh:third",
            "-o",
            "json",
        ];
        // What is in PATH may be a link to the archive's.
        let link = hosts.root().join("link");
        std::os::unix::fs::symlink(&program, &link).unwrap();
        let output = hosts.command_of(&link, server, &via).output().unwrap();
        std::fs::remove_file(&link).unwrap();
        document(&String::from_utf8(output.stdout).unwrap())
    };
    let reason = |document: &Value, place: &str| {
        let unseen = document["unseen"].as_array().unwrap();
        let of_place = unseen.iter().find(|unseen| unseen["place"] == place);
        of_place.map(|unseen| unseen["reason"].as_str().unwrap().to_owned())
    };
    let without = run();
    let says = reason(&without, "other").unwrap();
    let missing = beside.canonicalize().unwrap().join("eks-dns-doctor");
    assert!(says.contains(&format!("which is Linux {other}")), "{says}");
    assert!(says.contains(missing.to_str().unwrap()), "{says}");

    std::fs::copy(PROGRAM, beside.join("eks-dns-doctor")).unwrap();
    let with = run();
    assert_eq!(with["places"][1]["name"], "other", "{with}");
    assert_eq!(with["places"][1]["conclusion"], WELL);
    let says = reason(&with, "third").unwrap();
    assert!(says.ends_with("which is Linux riscv64"), "{says}");
    assert_eq!(std::fs::read_dir(hosts.root().join("tmp")).unwrap().count(), 0);
}

/// A program for Windows fits no place that has a shell, and the place says what it is.
#[test]
fn a_program_for_a_system_without_uname_is_never_run() {
    let script = shell::push(&["check".to_owned()], "--facts", (0, 4), &[], "MARK");
    let there = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(there.status.code(), Some(shell::OTHER_PLATFORM));
    let uname = Command::new("uname").args(["-s", "-m"]).output().unwrap().stdout;
    assert_eq!((there.stdout, there.stderr), (Vec::new(), uname));
}

/// As `sshd` runs it: its standard input ends where the connection does.
#[test]
fn what_was_pushed_is_gone_when_the_connection_is() {
    let directory = tempfile::tempdir().unwrap();
    let temporary = directory.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let uname = |flag| {
        let said = Command::new("uname").arg(flag).output().unwrap().stdout;
        String::from_utf8(said).unwrap().trim().to_owned()
    };
    let (system, machine) = (uname("-s"), uname("-m"));
    let program = format!(
        "#!/bin/sh\necho $$ >'{}'\nexec sleep 300\n",
        directory.path().join("pid").display()
    );
    let script = shell::push(
        &["check".to_owned()],
        "--facts",
        (0, program.len()),
        &[(&system, &machine)],
        "MARK",
    );
    // The connection is lost, or the shell there gets a signal.
    for signal in [None, Some("-TERM"), Some("-HUP")] {
        let mut there = Command::new("sh")
            .args(["-c", &script])
            .env("TMPDIR", &temporary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = there.stdin.take().unwrap();
        stdin.write_all(program.as_bytes()).unwrap();
        let pid = directory.path().join("pid");
        while std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n')).not() {
            thread::sleep(Duration::from_millis(10));
        }
        let directories: Vec<PathBuf> = std::fs::read_dir(&temporary)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert_eq!(directories.len(), 1);
        let mode = std::fs::metadata(&directories[0]).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        match signal {
            None => drop(stdin),
            Some(signal) => {
                kill(signal, &there.id().to_string());
            }
        }
        assert_eq!(there.wait().unwrap().code(), Some(130), "{signal:?}");
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
        let pid_there = std::fs::read_to_string(&pid).unwrap();
        until_ended(pid_there.trim());
        std::fs::remove_file(&pid).unwrap();
    }
}

/// Whether the signal could be sent.
fn kill(signal: &str, pid: &str) -> bool {
    let status = Command::new("kill").args([signal, pid]).stderr(Stdio::null()).status();
    status.unwrap().success()
}

/// Waits for a process that was ended; the test's own time limit bounds it.
fn until_ended(pid: &str) {
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

/// What ssh started ends with it: a jump host's ssh, a proxy's command.
#[test]
fn nothing_that_ssh_started_is_left() {
    let hosts = Hosts::new();
    let server = name_server();
    let started = hosts.root().join("proxy");
    let is_started = || std::fs::read_to_string(&started).is_ok_and(|pid| pid.ends_with('\n'));
    // Too slow.
    let via = ["--no-aws", "--via", "ssh:proxied", "--via-timeout", "1s", "-o", "json"];
    let (code, text, _) = hosts.check(server, &via);
    assert_eq!(code, Some(3), "{text}");
    assert!(is_started());
    until_ended(std::fs::read_to_string(&started).unwrap().trim());
    std::fs::remove_file(&started).unwrap();
    // Interrupted, as from a terminal: the signal goes to the whole process group of this program.
    let mut command = hosts.command(server, &["--no-aws", "--via", "ssh:proxied", "-o", "json"]);
    command.process_group(0);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    while !is_started() {
        thread::sleep(Duration::from_millis(10));
    }
    let group = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let document = document(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(
        document["unseen"][0]["reason"],
        "the run was interrupted before it answered"
    );
    until_ended(std::fs::read_to_string(&started).unwrap().trim());
}

/// Neither where a place is seen nor where it is not.
#[test]
fn a_place_that_was_not_seen_is_redacted_as_one_that_was() {
    let hosts = Hosts::new();
    hosts.install("alices-bastion");
    let server = name_server();
    for format in ["json", "table", "markdown", "short"] {
        let via = [
            "--no-aws",
            "--redact",
            "--via",
            "ssh:alice@alices-bastion",
            "--via",
            "ssh:alice@closed",
            "--via",
            "ssh:denied.corp.example",
            "-o",
            format,
        ];
        let (code, text, error) = hosts.check(server, &via);
        assert_eq!((code, error.as_str()), (Some(3), ""), "{text}");
        for secret in ["alice", "corp.example", "denied.", "host closed"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        if format == "json" {
            let document = document(&text);
            assert!(
                document["unseen"][1]["reason"]
                    .as_str()
                    .unwrap()
                    .ends_with("Permission denied (publickey)."),
                "{text}"
            );
        }
    }
}

/// What was learnt here is known there, which asked nobody for it.
#[test]
fn the_facts_go_along() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let facts = hosts.root().join("facts.json");
    let cluster = json!({ "cluster": {
        "name": "shared-cluster", "status": "ACTIVE", "endpoint": format!("https://{HOST}"),
        "resourcesVpcConfig": { "vpcId": "vpc-083d1bc709009bb5b", "endpointPublicAccess": false, "endpointPrivateAccess": true }
    }});
    std::fs::write(&facts, cluster.to_string()).unwrap();
    let via = ["--facts", facts.to_str().unwrap(), "--via", "ssh:bastion", "-o", "json"];
    let (_, text, error) = hosts.check(server, &via);
    assert_eq!(error, "");
    let document = document(&text);
    for at in [0, 1] {
        let known = &document["captures"][at]["facts"]["cluster"];
        assert_eq!(known["name"], "shared-cluster", "{text}");
        assert_eq!(
            known["endpoint_public_access"]
                .as_bool()
                .or(known["public_access"].as_bool()),
            Some(false),
            "{known}"
        );
        // What is known from the facts is not asked of AWS, for which there are no credentials.
        let gaps = document["captures"][at]["gaps"].as_array().unwrap();
        assert!(gaps.iter().all(|gap| gap["source"] != "AWS credentials"), "{gaps:#?}");
    }
}

#[test]
fn a_signal_ends_the_other_places_and_prints_this_one() {
    let hosts = Hosts::new();
    hosts.script("slow/eks-dns-doctor", "echo $$ >\"$ROOT/pid\"; exec sleep 300\n");
    let server = name_server();
    let mut command = hosts.command(server, &["--no-aws", "--via", "ssh:slow", "-o", "json"]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    while !hosts.root().join("pid").exists() {
        thread::sleep(Duration::from_millis(10));
    }
    let killed = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let document = document(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(document["interrupted"], true);
    assert_eq!(document["exit_code"], 130);
    assert_eq!(document["places"][0]["conclusion"], WELL);
    assert_eq!(
        document["unseen"][0]["reason"],
        "the run was interrupted before it answered"
    );
}

/// A mock of Systems Manager: it runs the script here, for each node in its own way.
#[derive(Clone)]
struct Manager {
    root: PathBuf,
    nodes: Arc<Vec<&'static str>>,
    /// What was asked, in order.
    asked: Arc<Mutex<Vec<(String, Value)>>>,
    scripts: Arc<Mutex<Option<String>>>,
    /// How often each node's output was asked for.
    looks: Arc<Mutex<BTreeMap<String, u32>>>,
    /// How many nodes the command is said to be for, beside those that are listed.
    unlisted: usize,
    /// An operation that the caller may not do.
    denied: Option<&'static str>,
}

impl Manager {
    fn start(root: &Path, nodes: Vec<&'static str>) -> (Self, SocketAddr) {
        Self::started(root, nodes, |_| {})
    }

    fn started(root: &Path, nodes: Vec<&'static str>, with: impl FnOnce(&mut Self)) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut manager = Self {
            root: root.to_owned(),
            nodes: Arc::new(nodes),
            asked: Arc::default(),
            scripts: Arc::default(),
            looks: Arc::default(),
            unlisted: 0,
            denied: None,
        };
        with(&mut manager);
        let mock = manager.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mock = mock.clone();
                thread::spawn(move || mock.serve(stream));
            }
        });
        (manager, address)
    }

    fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        let mut writer = stream;
        loop {
            let (mut target, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).ok()? == 0 {
                    return None;
                }
                let line = line.trim_end();
                if line.is_empty() {
                    break;
                }
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                match name.to_ascii_lowercase().as_str() {
                    "x-amz-target" => value.trim().clone_into(&mut target),
                    "content-length" => length = value.trim().parse().ok()?,
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).ok()?;
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let (status, answer) = self.answer(&target, &body);
            self.dump(&target, &body, status, &answer);
            let answer = answer.to_string();
            write!(
                writer,
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .ok()?;
        }
    }

    /// Writes a request and its answer to the file of `EKS_DNS_DOCTOR_EXCHANGES`, where that is set: `.ci/botocore.py`
    /// holds them to AWS's service model. The nodes have names here, and get ids of the model's form there. An answer
    /// that is wrong on purpose is none of them.
    fn dump(&self, target: &str, body: &Value, status: u16, answer: &Value) {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let Some(file) = std::env::var_os("EKS_DNS_DOCTOR_EXCHANGES") else {
            return;
        };
        if answer["Status"].is_number() {
            return;
        }
        let with_ids = |value: &Value| {
            let mut text = value.to_string();
            for node in self.nodes.iter().filter(|node| !node.starts_with("i-")) {
                text = text.replace(&format!("\"{node}\""), &format!("\"i-{node:0>17}\""));
            }
            text
        };
        let exchange = json!({
            "method": "POST", "path": "/", "target": target, "body": with_ids(body), "status": status,
            "answer": with_ids(answer),
        });
        let _turn = ONE_AT_A_TIME.lock().unwrap();
        let mut file = std::fs::File::options().create(true).append(true).open(file).unwrap();
        writeln!(file, "{exchange}").unwrap();
    }

    fn answer(&self, target: &str, body: &Value) -> (u16, Value) {
        self.asked.lock().unwrap().push((target.to_owned(), body.clone()));
        if self.denied.is_some_and(|denied| target.ends_with(denied)) {
            return (
                400,
                json!({ "__type": "AccessDeniedException", "Message": "User: alice" }),
            );
        }
        match target {
            "AmazonSSM.SendCommand" => {
                if body["InstanceIds"][0] == "i-00000000000000bad" {
                    return (
                        400,
                        json!({ "__type": "InvalidInstanceId", "message": "Instances not in a valid state" }),
                    );
                }
                if body["InstanceIds"][0] == "i-0000000000denied0" {
                    let message = "User: arn:aws:iam::123456789012:user/alice is not authorized";
                    return (
                        400,
                        json!({ "__type": "com.amazon.coral.service#AccessDeniedException", "Message": message }),
                    );
                }
                *self.scripts.lock().unwrap() = Some(body["Parameters"]["commands"][0].as_str().unwrap().to_owned());
                (
                    200,
                    json!({ "Command": { "CommandId": "11111111-1111-1111-1111-111111111111", "Status": "Pending" } }),
                )
            }
            "AmazonSSM.ListCommands" => {
                let status = if self.nodes.contains(&"slow") {
                    "InProgress"
                } else {
                    "Success"
                };
                (
                    200,
                    json!({ "Commands": [{ "Status": status, "TargetCount": self.nodes.len() + self.unlisted }] }),
                )
            }
            "AmazonSSM.ListCommandInvocations" => {
                // Two a page, and of a fleet as many as there can be.
                let size = if self.nodes.len() > 20 { 50 } else { 2 };
                let from: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
                let page: Vec<Value> = self
                    .nodes
                    .iter()
                    .skip(from)
                    .take(size)
                    .map(|node| {
                        let status = match *node {
                            "slow" => "InProgress",
                            "lost" => "TimedOut",
                            "none" | "windows" => "Failed",
                            "stopped" => "Cancelled",
                            _ => "Success",
                        };
                        json!({ "InstanceId": node, "Status": status, "StatusDetails": status })
                    })
                    .collect();
                let mut answer = json!({ "CommandInvocations": page });
                if from + size < self.nodes.len() {
                    answer["NextToken"] = json!((from + size).to_string());
                }
                (200, answer)
            }
            "AmazonSSM.GetCommandInvocation" => {
                let node = body["InstanceId"].as_str().unwrap();
                let look = {
                    let mut looks = self.looks.lock().unwrap();
                    let look = looks.entry(node.to_owned()).or_default();
                    *look += 1;
                    *look
                };
                match (node, look) {
                    // As an eventually consistent service has it.
                    ("late", 1) | ("never", _) => (400, json!({ "__type": "InvocationDoesNotExist" })),
                    ("late", 2) => (200, json!({ "Status": "InProgress", "ResponseCode": -1 })),
                    // More often than the SDK tries by itself.
                    ("busy", 1..=4) => (
                        400,
                        json!({ "__type": "ThrottlingException", "message": "Rate exceeded" }),
                    ),
                    ("wrong", _) => (200, json!({ "Status": 7, "ResponseCode": {} })),
                    _ => (200, self.output(node)),
                }
            }
            _ => (400, json!({ "__type": "UnknownOperationException" })),
        }
    }

    fn output(&self, node: &str) -> Value {
        let script = self.scripts.lock().unwrap().clone().unwrap();
        let path = if node == "none" { "nowhere" } else { "bastion" };
        let run = Command::new("sh")
            .args(["-c", &script])
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.root.join(path).display()))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("TMPDIR", self.root.join("tmp"))
            .output()
            .unwrap();
        let mut text = String::from_utf8(run.stdout).unwrap();
        let (mut code, mut status) = (run.status.code().unwrap(), "Success");
        match node {
            // Whatever a profile prints before it: exactly as much as is kept.
            "full" => text = format!("{}\n{text}", "x".repeat(24_000 - 1 - text.len())),
            "cut" => {
                text = format!("{}\n{text}", "x".repeat(24_000 - text.len() / 2))
                    .chars()
                    .take(24_000)
                    .collect();
            }
            "half" => text.truncate(text.len() / 2),
            "lost" => (code, status, text) = (-1, "TimedOut", String::new()),
            "stopped" => (code, status, text) = (-1, "Cancelled", String::new()),
            "windows" => (code, status, text) = (-1, "Failed", String::new()),
            "long" => (code, status) = (137, "TimedOut"),
            "evil" => {
                text = format!("{}\n\u{1b}[2J\u{9b}\n", text.lines().next().unwrap_or_default());
            }
            _ => {}
        }
        json!({
            "ResponseCode": code, "Status": status, "StatusDetails": if status == "TimedOut" { "Delivery Timed \
             Out" } else { status },
            "StandardOutputContent": text,
            "StandardErrorContent": String::from_utf8_lossy(&run.stderr),
        })
    }
}

fn with_manager(hosts: &Hosts, address: SocketAddr, server: SocketAddr, more: &[&str]) -> (Option<i32>, Value, String) {
    let facts = hosts.root().join("facts.json");
    std::fs::write(
        &facts,
        json!({ "cluster": { "name": "c", "status": "ACTIVE", "endpoint": format!("https://{HOST}") } }).to_string(),
    )
    .unwrap();
    let mut command = hosts.command(server, more);
    let output = command
        .args(["--facts", facts.to_str().unwrap(), "-o", "json"])
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", format!("http://{address}"))
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "ap-northeast-1")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() != Some(2), "{error}");
    (output.status.code(), document(&text), error)
}

#[test]
fn one_node_of_systems_manager() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let (manager, address) = Manager::start(hosts.root(), vec!["i-0123456789abcdef0"]);
    let (code, document, error) = with_manager(&hosts, address, server, &["--via", "ssm:i-0123456789abcdef0"]);
    assert_eq!((code, error.as_str()), (Some(0), ""), "{document:#}");
    assert_eq!(document["places"][1]["name"], "i-0123456789abcdef0");
    assert_eq!(document["places"][1]["conclusion"], WELL);
    assert_eq!(document["captures"][1]["facts"]["cluster"]["name"], "c");
    let asked = manager.asked.lock().unwrap();
    let (target, sent) = &asked[0];
    assert_eq!(target, "AmazonSSM.SendCommand");
    assert_eq!(sent["DocumentName"], "AWS-RunShellScript");
    assert_eq!(sent["InstanceIds"], json!(["i-0123456789abcdef0"]));
    // Nothing stays there.
    assert_eq!(std::fs::read_dir(hosts.root().join("tmp")).unwrap().count(), 0);
}

#[test]
fn many_nodes_and_each_failure_is_its_own() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let nodes = vec![
        "a", "none", "full", "cut", "half", "lost", "evil", "slow", "b", "late", "busy", "never", "wrong", "stopped",
        "windows", "long",
    ];
    let (manager, address) = Manager::start(hosts.root(), nodes);
    let via = ["--via", "ssm:tag:Role=bastion", "--via-timeout", "3s"];
    let (code, document, error) = with_manager(&hosts, address, server, &via);
    assert_eq!((code, error.as_str()), (Some(3), ""), "{document:#}");
    let names: Vec<&str> = document["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["laptop", "a", "full", "b", "late", "busy"]);
    let unseen = document["unseen"].as_array().unwrap();
    for (place, says) in [
        ("none", "there is no eks-dns-doctor in PATH there: install it"),
        ("cut", "Systems Manager keeps 24000 characters"),
        ("half", "what came back was cut off"),
        ("lost", "Systems Manager did not run it: Delivery Timed Out"),
        ("evil", "what came back was cut off"),
        ("slow", "nothing came back within 3s"),
        (
            "never",
            "its run ended with Success, and ssm:GetCommandInvocation: failed (InvocationDoesNotExist)",
        ),
        ("wrong", "ssm:GetCommandInvocation: the answer is not in its form"),
        ("stopped", "Systems Manager did not run it: Cancelled"),
        ("windows", "Systems Manager did not run it: Failed"),
        ("long", "Systems Manager did not see it end: Delivery Timed Out"),
    ] {
        let found = unseen.iter().find(|unseen| unseen["place"] == place);
        let reason = found.unwrap_or_else(|| panic!("{place}: {unseen:#?}"))["reason"]
            .as_str()
            .unwrap();
        assert!(reason.contains(says), "{place}: {reason}");
    }
    assert_eq!(unseen.len(), 11, "{unseen:#?}");
    let asked = manager.asked.lock().unwrap();
    assert_eq!(
        asked[0].1["Targets"],
        json!([{ "Key": "tag:Role", "Values": ["bastion"] }])
    );
    // One that fails does not keep the others from it.
    assert_eq!(asked[0].1["MaxErrors"], "100%");
}

#[test]
fn what_systems_manager_refuses_is_said() {
    let hosts = Hosts::new();
    let server = name_server();
    let (_, address) = Manager::start(hosts.root(), Vec::new());
    let via = [
        "--via",
        "ssm:i-00000000000000bad",
        "--via",
        "ssm:i-0000000000denied0",
        "--via",
        "ssm:tag:No=body",
        "--via-timeout",
        "5s",
    ];
    let (code, document, _) = with_manager(&hosts, address, server, &via);
    assert_eq!(code, Some(3), "{document:#}");
    let reasons: Vec<&str> = document["unseen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["reason"].as_str().unwrap())
        .collect();
    assert!(
        reasons[0].starts_with("ssm:SendCommand: ") && reasons[0].contains("InvalidInstanceId"),
        "{reasons:#?}"
    );
    assert!(
        reasons[1].contains("denied (AccessDeniedException)") && !reasons[1].contains("alice"),
        "{reasons:#?}"
    );
    assert_eq!(reasons[2], "no managed node has this tag, in this account and Region");
}

/// Which nodes there are is not known from a list alone: it may lag behind, and it may be too long.
#[test]
fn nodes_that_are_not_seen_are_counted() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let (_, address) = Manager::started(hosts.root(), vec!["a", "b"], |manager| {
        manager.unlisted = 3;
    });
    let via = ["--via", "ssm:tag:Role=node", "--via-timeout", "20s"];
    let (code, document, _) = with_manager(&hosts, address, server, &via);
    assert_eq!(code, Some(3), "{document:#}");
    assert_eq!(document["places"].as_array().unwrap().len(), 3);
    assert_eq!(document["unseen"][0]["place"], "3 more with Role=node");
    // One of them by its name too is one.
    let fleet = (0..70).map(|number| &*format!("i-{number:017}").leak()).collect();
    let (manager, address) = Manager::start(hosts.root(), fleet);
    let via = ["--via", "ssm:tag:Role=node", "--via", "ssm:i-00000000000000000"];
    let (code, document, _) = with_manager(&hosts, address, server, &via);
    assert_eq!(code, Some(3), "{document:#}");
    let count = |key: &str| document[key].as_array().unwrap().len();
    assert_eq!(count("places") + count("unseen"), 64);
    assert_eq!(
        *document["unseen"].as_array().unwrap().last().unwrap(),
        json!({ "place": "8 more", "reason": "no more than 64 places are compared" })
    );
    let looks = manager.looks.lock().unwrap();
    assert!(looks.len() <= 65, "{}", looks.len());
}

#[test]
fn what_may_not_be_looked_at_is_said_at_once() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    for (denied, places) in [("ListCommandInvocations", 1), ("ListCommands", 2)] {
        let (manager, address) = Manager::started(hosts.root(), vec!["a"], |manager| {
            manager.denied = Some(denied);
        });
        let via = ["--via", "ssm:tag:Role=node", "--via-timeout", "10m"];
        let (code, document, _) = with_manager(&hosts, address, server, &via);
        assert_eq!(code, Some(3), "{document:#}");
        assert_eq!(document["places"].as_array().unwrap().len(), places);
        assert_eq!(
            document["unseen"][0]["reason"],
            format!("ssm:{denied}: denied (AccessDeniedException)")
        );
        drop(manager);
    }
}

/// Many targets: the list goes there in one go, and what differs is said target by target.
#[test]
fn many_targets_there_and_what_differs() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let targets = hosts.root().join("targets");
    let other = HOST.replacen('0', "F", 1);
    std::fs::write(
        &targets,
        format!("{HOST} 192.168.104.190 'quoted' one\n{other} 10.0.0.0/8 two\n"),
    )
    .unwrap();
    let run = |more: &[&str]| {
        let server = name_server();
        let mut command = hosts.command(server, &[]);
        let path = command
            .get_envs()
            .map(|(key, value)| (key.to_owned(), value.unwrap().to_owned()));
        let path: Vec<_> = path.collect();
        let output = Command::new(PROGRAM)
            .args([
                "check",
                "--no-local",
                "--no-os",
                "--no-controls",
                "--no-aws",
                "--timeout",
                "1s",
            ])
            .args(["--vantage", "laptop", "--targets", targets.to_str().unwrap()])
            .args(["--resolver", &format!("one={server}")])
            .args(more)
            .env_clear()
            .envs(path)
            .output()
            .unwrap();
        command.env_clear();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&["--via", "ssh:bastion", "-o", "json"]);
    let seen = document(&text);
    assert_eq!(seen["kind"], "fleet-comparison", "{text}");
    let sides: Vec<&str> = seen["sides"]
        .as_array()
        .unwrap()
        .iter()
        .map(|side| side["name"].as_str().unwrap())
        .collect();
    assert_eq!((code, sides), (Some(1), vec!["laptop", "bastion"]), "{text}");
    for target in seen["targets"].as_array().unwrap() {
        assert_eq!(
            target["states"][0]["conclusion"], target["states"][1]["conclusion"],
            "{target}"
        );
    }
    assert_eq!(seen["targets"].as_array().unwrap().len(), 2);
    // A place that cannot be asked is named with the reason. It differs from nobody.
    let (code, text) = run(&["--via", "ssh:alice@closed", "-o", "json"]);
    let seen = document(&text);
    assert_eq!(code, Some(1), "{text}");
    assert_eq!(seen["sides"].as_array().unwrap().len(), 1, "{text}");
    assert_eq!(seen["unseen"][0]["place"], "closed", "{text}");
    let reason = seen["unseen"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("ssh could not log in"), "{reason}");
    for target in seen["targets"].as_array().unwrap() {
        assert_eq!(target["differs"], false, "{target}");
    }
    let (_, text) = run(&["--via", "ssh:alice@closed"]);
    assert!(text.contains("closed: not seen: ssh could not log in"), "{text}");
    assert!(text.contains("nothing to compare: no other place was seen"), "{text}");
}

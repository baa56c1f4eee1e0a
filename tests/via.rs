//! Other places: through a stand-in for `ssh` that runs its command here, and through a mock of Systems Manager that
//! does. What comes back from there may be anything.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test plays the other side")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

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
        let mut command = Command::new(PROGRAM);
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
            .args([
                "--expect",
                "192.168.104.190",
                "--resolver",
                &format!("one={server}"),
            ])
            .args(more)
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.root().join("here").display()),
            )
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
        &[
            "--no-aws",
            "--via",
            "ssh:bastion",
            "--save",
            saved.to_str().unwrap(),
        ],
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
    hosts.script("old/eks-dns-doctor", "[ \"$1\" = --version ] && { echo eks-dns-doctor 0.0.1; exit; }\necho \"error: unexpected argument '--x' found\" >&2; exit 2\n");
    hosts.script(
        "half/eks-dns-doctor",
        &format!("{capture} | head -c 2000; exit 1\n"),
    );
    hosts.script(
        "silent/eks-dns-doctor",
        "echo 'GLIBC_2.99 not found' >&2; exit 1\n",
    );
    hosts.script(
        "newer/eks-dns-doctor",
        &format!("{capture} | sed 's/\"schema_version\": 1,/\"schema_version\": 7,/'\n"),
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
            "ssh does not trust the key of that host",
        ),
        (
            "bare",
            "bare",
            "there is no eks-dns-doctor in PATH there: install it, or send this one along with --push",
        ),
        ("foreign", "foreign", "eks-dns-doctor does not start there"),
        (
            "old",
            "old",
            "(it is eks-dns-doctor 0.0.1, and here is eks-dns-doctor",
        ),
        ("half", "half", "is not a capture: EOF while parsing"),
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
    for format in ["json", "table", "markdown", "short"] {
        let mut via = vec![
            "--no-aws",
            "--via-timeout",
            "3s",
            "-o",
            format,
            "--via",
            "ssh:bastion",
        ];
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
        assert_eq!(
            text.chars().find(|c| *c != '\n' && unprintable(*c)),
            None,
            "{text:?}"
        );
        if format == "short" {
            assert_eq!(text.lines().count(), 1, "{text}");
            continue;
        }
        if format != "json" {
            assert!(
                text.contains("slow: not seen: nothing came back within"),
                "{text}"
            );
            continue;
        }
        let document = document(&text);
        assert_eq!(document["places"].as_array().unwrap().len(), 2);
        assert_eq!(document["places"][1]["conclusion"], WELL);
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
        (
            &["--via", "ssm:i-0123456789abcdef0", "--no-aws"],
            "needs AWS",
        ),
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
    let mut via = vec![
        "--push",
        "--via",
        "ssh:bare",
        "--via",
        "ssh:unlike",
        "-o",
        "json",
    ];
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
            .contains("another system: Plan9 Plan9"),
        "{text}"
    );
    assert_eq!(
        std::fs::read_dir(hosts.root().join("tmp")).unwrap().count(),
        0
    );
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
    let via = [
        "--facts",
        facts.to_str().unwrap(),
        "--via",
        "ssh:bastion",
        "-o",
        "json",
    ];
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
    }
}

#[test]
fn a_signal_ends_the_other_places_and_prints_this_one() {
    let hosts = Hosts::new();
    hosts.script(
        "slow/eks-dns-doctor",
        "echo $$ >\"$ROOT/pid\"; exec sleep 300\n",
    );
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
}

impl Manager {
    fn start(root: &Path, nodes: Vec<&'static str>) -> (Self, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let manager = Self {
            root: root.to_owned(),
            nodes: Arc::new(nodes),
            asked: Arc::default(),
            scripts: Arc::default(),
        };
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
            let answer = answer.to_string();
            write!(
                writer,
                "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{answer}",
                answer.len()
            )
            .ok()?;
        }
    }

    fn answer(&self, target: &str, body: &Value) -> (u16, Value) {
        self.asked
            .lock()
            .unwrap()
            .push((target.to_owned(), body.clone()));
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
                *self.scripts.lock().unwrap() = Some(
                    body["Parameters"]["commands"][0]
                        .as_str()
                        .unwrap()
                        .to_owned(),
                );
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
                    json!({ "Commands": [{ "Status": status, "TargetCount": self.nodes.len() }] }),
                )
            }
            "AmazonSSM.ListCommandInvocations" => {
                // Two a page.
                let from: usize = body["NextToken"]
                    .as_str()
                    .map_or(0, |token| token.parse().unwrap());
                let page: Vec<Value> = self
                    .nodes
                    .iter()
                    .skip(from)
                    .take(2)
                    .map(|node| {
                        let status = match *node {
                            "slow" => "InProgress",
                            "lost" => "TimedOut",
                            "none" => "Failed",
                            _ => "Success",
                        };
                        json!({ "InstanceId": node, "Status": status, "StatusDetails": status })
                    })
                    .collect();
                let mut answer = json!({ "CommandInvocations": page });
                if from + 2 < self.nodes.len() {
                    answer["NextToken"] = json!((from + 2).to_string());
                }
                (200, answer)
            }
            "AmazonSSM.GetCommandInvocation" => {
                (200, self.output(body["InstanceId"].as_str().unwrap()))
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
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.root.join(path).display()),
            )
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
            "evil" => {
                text = format!(
                    "{}\n\u{1b}[2J\u{9b}\n",
                    text.lines().next().unwrap_or_default()
                );
            }
            _ => {}
        }
        json!({
            "ResponseCode": code, "Status": status, "StatusDetails": if status == "TimedOut" { "Delivery Timed Out" } else { status },
            "StandardOutputContent": text, "StandardErrorContent": String::from_utf8_lossy(&run.stderr),
        })
    }
}

fn with_manager(
    hosts: &Hosts,
    address: SocketAddr,
    server: SocketAddr,
    more: &[&str],
) -> (Option<i32>, Value, String) {
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
        .env(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT",
            format!("http://{address}"),
        )
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
    let (code, document, error) = with_manager(
        &hosts,
        address,
        server,
        &["--via", "ssm:i-0123456789abcdef0"],
    );
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
    assert_eq!(
        std::fs::read_dir(hosts.root().join("tmp")).unwrap().count(),
        0
    );
}

#[test]
fn many_nodes_and_each_failure_is_its_own() {
    let hosts = Hosts::new();
    hosts.install("bastion");
    let server = name_server();
    let nodes = vec![
        "a", "none", "full", "cut", "half", "lost", "evil", "slow", "b",
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
    assert_eq!(names, ["laptop", "a", "full", "b"]);
    let unseen = document["unseen"].as_array().unwrap();
    for (place, says) in [
        (
            "none",
            "there is no eks-dns-doctor in PATH there: install it",
        ),
        ("cut", "Systems Manager keeps 24000 characters"),
        ("half", "what came back was cut off"),
        ("lost", "Systems Manager did not run it: Delivery Timed Out"),
        ("evil", "what came back was cut off"),
        ("slow", "nothing came back within 3s"),
    ] {
        let found = unseen.iter().find(|unseen| unseen["place"] == place);
        let reason = found.unwrap_or_else(|| panic!("{place}: {unseen:#?}"))["reason"]
            .as_str()
            .unwrap();
        assert!(reason.contains(says), "{place}: {reason}");
    }
    assert_eq!(unseen.len(), 6, "{unseen:#?}");
    let asked = manager.asked.lock().unwrap();
    assert_eq!(
        asked[0].1["Targets"],
        json!([{ "Key": "tag:Role", "Values": ["bastion"] }])
    );
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
    assert_eq!(
        reasons[2],
        "no managed node has this tag, in this account and Region"
    );
}

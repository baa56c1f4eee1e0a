//! The commands in the documents do what they say. A block of `sh` is run, line by line, with stand-ins on loopback: name
//! servers at the addresses it names, AWS with one cluster, Systems Manager with one node and an `ssh`, both of which lead
//! to this host, and an `aws`. A block of `sh jq` is run by `.ci/documents.py`. A block of `text` is what the command before
//! it printed. What a sentence names in code is looked up.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test plays the other side, and reads the tree it is about"
)]

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

#[path = "common/both_transports.rs"]
mod both_transports;
#[path = "via/manager.rs"]
#[expect(clippy::unwrap_used, reason = "it is of tests/via/, which plays the other side")]
mod manager;
#[path = "common/name_server.rs"]
mod name_server;
#[path = "common/one_cluster.rs"]
mod one_cluster;

use eks_dns_doctor::cli;
use name_server::{ADDRESS, HOST, Plays, reply};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The documents for those who use the program.
fn documents() -> Vec<String> {
    let folders = ["docs", "docs/decisions", "docs/runbooks"];
    let of_folder = |folder: &str| {
        let entries = std::fs::read_dir(root().join(folder)).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
        let documents = names.filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"));
        documents.map(|name| format!("{folder}/{name}")).collect::<Vec<_>>()
    };
    let mut found: Vec<String> = folders.into_iter().flat_map(of_folder).collect();
    found.extend(["README.md", "CONTRIBUTING.md", "SECURITY.md"].map(str::to_owned));
    found.sort();
    found
}

/// A fenced block: what stands behind its fence, and its lines.
struct Block {
    at: String,
    info: String,
    text: String,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (number, line) in read(document).lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            if !is_open {
                blocks.push(Block {
                    at: format!("{document}:{}", number + 1),
                    info: info.to_owned(),
                    text: String::new(),
                });
            }
            is_open = !is_open;
        } else if is_open {
            let block = blocks.last_mut().expect("a block");
            block.text.push_str(line);
            block.text.push('\n');
        } else {
            assert!(
                !line.starts_with("    eks-dns-doctor ") && !line.starts_with("    cargo "),
                "{document}:{}: a command outside of a block, which nothing runs",
                number + 1
            );
        }
    }
    assert!(!is_open, "{document}: a block does not end");
    blocks
}

/// The commands of a block, each on one line and without its comment.
fn commands(block: &Block) -> Vec<String> {
    block
        .text
        .replace("\\\n", " ")
        .lines()
        .map(|line| line.split(" #").next().unwrap_or_default().trim().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// A name server on loopback.
fn server(plays: Plays) -> SocketAddr {
    both_transports::start(move |query| reply(query, plays))
}

/// A name server that denies the name at first, and has it a moment after it was asked: a change that arrives.
fn changing() -> SocketAddr {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    both_transports::start(|query| {
        let has_changed = BEGUN.get_or_init(Instant::now).elapsed() > Duration::from_secs(1);
        reply(
            query,
            if has_changed {
                Plays::Has(ADDRESS)
            } else {
                Plays::NxDomain
            },
        )
    })
}

/// The program as it is on the PATH. A run that does not say otherwise would ask this host's own name servers: it is given
/// one on loopback. AWS is the one on loopback too, and is asked only where the command is about it.
const PROGRAM: &str = r#"#!/bin/sh
case "$1" in
compare | completions | demo | explain | facts | man | mcp | replay) exec PROGRAM "$@" ;;
esac
case " $* " in
"  " | *" --cluster "* | *" --all-clusters "* | *" --since "* | *" --facts "* | *" --via ssm:"*) ;;
*) set -- "$@" --no-aws ;;
esac
case " $* " in
*" --no-local "*) ;;
*" --watch"*) set -- "$@" --no-local --resolver local=CHANGING ;;
*) set -- "$@" --no-local --resolver local=DENYING ;;
esac
exec PROGRAM "$@" --no-os --hosts-file HOSTS
"#;

/// `ssh`, whose other host is this one: the command line goes to a shell, as sshd does it. `bastion` alone has not the program.
const SSH: &str = r#"#!/bin/sh
while [ "$1" != -- ]; do shift; done
PATH=/usr/bin:/bin
[ "$2" = bastion ] || PATH="$HOME/there:$PATH"
export PATH
exec sh -c "$3"
"#;

/// `aws`, which prints what the AWS CLI prints for the reads of the documents.
const AWS: &str = r#"#!/bin/sh
case "$1 $2" in
"eks describe-cluster") cat cluster.json.of-aws ;;
"ec2 describe-network-interfaces") cat fixtures/awscli/v2/ec2-describe-network-interfaces.json ;;
"cloudtrail lookup-events") echo '{"Events": []}' ;;
*) exit 254 ;;
esac
"#;

/// Where the commands of one document are run: a folder with the program and its neighbours on its PATH.
struct Place {
    folder: tempfile::TempDir,
    /// What a document names, and what stands in its place.
    stand_ins: Vec<(&'static str, String)>,
    /// The URL of AWS's APIs.
    aws: String,
    /// And that of Systems Manager, whose managed node is this host.
    systems_manager: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let right = server(Plays::Has(ADDRESS));
        let own = PROGRAM
            .replace("PROGRAM", env!("CARGO_BIN_EXE_eks-dns-doctor"))
            .replace("CHANGING", &changing().to_string())
            .replace("DENYING", &server(Plays::NxDomain).to_string())
            .replace("HOSTS", &at("hosts").display().to_string());
        let kubectl = format!(
            "#!/bin/sh\necho 'Unable to connect to the server: dial tcp: lookup {HOST} on 10.63.200.10:53: no such host'\n"
        );
        std::fs::create_dir(at("bin")).expect("a folder");
        std::fs::create_dir(at("there")).expect("a folder");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_eks-dns-doctor"), at("there/eks-dns-doctor")).expect("a link");
        for (name, text) in [
            ("bin/eks-dns-doctor", own),
            ("bin/kubectl", kubectl),
            ("bin/ssh", SSH.to_owned()),
            ("bin/aws", AWS.to_owned()),
        ] {
            std::fs::write(at(name), text).expect("a file");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(at(name), mode).expect("a file");
        }
        std::fs::write(at("hosts"), "127.0.0.1 localhost\n").expect("a file");
        // What other documents made.
        for name in ["cluster.json", "cluster.json.of-aws"] {
            std::fs::write(at(name), one_cluster::described(HOST)).expect("a file");
        }
        let keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n";
        let profiles = format!("[profile prod]\n{keys}[profile dev]\n{keys}");
        std::fs::write(at("profiles"), profiles).expect("a file");
        std::fs::write(at("fleet.txt"), format!("{HOST} 192.168.104.190 prod\n")).expect("a file");
        let kubeconfig = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: prod\n\
             clusters: [{{name: prod, cluster: {{server: \"https://{HOST}\"}}}}]\n\
             contexts: [{{name: prod, context: {{cluster: prod, user: prod}}}}]\n\
             users: [{{name: prod, user: {{}}}}]\n"
        );
        std::fs::write(at("kubeconfig"), kubeconfig).expect("a file");
        std::os::unix::fs::symlink(root().join("fixtures"), at("fixtures")).expect("a link");
        let mut stand_ins: Vec<(&'static str, String)> = [
            ("10.63.200.10", right),
            ("192.168.10.10", server(Plays::Has(ADDRESS))),
            ("192.168.20.10", server(Plays::Has(ADDRESS))),
            ("10.0.1.10", server(Plays::Has(ADDRESS))),
            ("10.0.2.10", server(Plays::Has(ADDRESS))),
        ]
        .map(|(named, server)| (named, server.to_string()))
        .to_vec();
        stand_ins.push(("192.168.0.2 ", format!("{} ", server(Plays::Has(ADDRESS)))));
        // A standing check takes the port that is free, and a watch goes on as soon as it may.
        stand_ins.push(("127.0.0.1:9853", "127.0.0.1:0".to_owned()));
        stand_ins.push(("--watch=10s", "--watch=2s".to_owned()));
        // The node runs its scripts with the program on its PATH, and has a folder for what they leave.
        std::os::unix::fs::symlink(at("there"), at("bastion")).expect("a link");
        std::fs::create_dir(at("tmp")).expect("a folder");
        let (_, manager) = manager::Manager::start(folder.path(), vec!["i-0123456789abcdef0"]);
        Self {
            folder,
            stand_ins,
            aws: one_cluster::start(HOST),
            systems_manager: format!("http://{manager}"),
        }
    }

    /// The command line with what stands in for what it names.
    fn prepared(&self, command: &str) -> String {
        let command = command.replace(" HOST", &format!(" {HOST}"));
        // A message that is explained stays as it was printed, and a scenario has its own servers.
        if command.contains(" explain ") || command.contains(" demo ") {
            return command;
        }
        let replaced = |command: String, (named, server): &(&str, String)| command.replace(named, server);
        self.stand_ins.iter().fold(command, replaced)
    }

    /// A shell in this folder that is about to run the command.
    fn shell(&self, command: &str) -> Command {
        let command = self.prepared(command);
        let path = format!(
            "{}:{}",
            self.folder.path().join("bin").display(),
            std::env::var("PATH").expect("a PATH")
        );
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command])
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("AWS_ENDPOINT_URL", &self.aws)
            .env("AWS_ENDPOINT_URL_SSM", &self.systems_manager)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", self.folder.path().join("profiles"))
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .current_dir(self.folder.path());
        let names_one = [
            "HOST",
            "--cluster",
            "--targets",
            "--facts",
            ".amazonaws.com",
            "--all-clusters",
        ];
        if !names_one.iter().any(|word| command.contains(word)) {
            shell.env("KUBECONFIG", "kubeconfig");
        }
        shell
    }

    fn run(&self, command: &str) -> Output {
        self.shell(command).stdin(Stdio::null()).output().expect("sh runs")
    }

    /// Runs a standing check until its first check is made, and ends it: what its metrics were.
    fn serves(&self, command: &str) -> String {
        let mut served = self
            .shell(&format!("exec {command}"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh runs");
        let mut log = BufReader::new(served.stderr.take().expect("a log")).lines();
        let mut line = || log.next().expect("a line").expect("text");
        let first = line();
        let (_, rest) = first
            .split_once("http://")
            .unwrap_or_else(|| panic!("{command}: {first}"));
        let (address, _) = rest.split_once('/').expect("a path");
        line();
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a timeout");
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").expect("it is sent");
        let mut metrics = String::new();
        stream.read_to_string(&mut metrics).expect("an answer");
        let pid = rustix::process::Pid::from_child(&served);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("a signal");
        assert_eq!(served.wait().expect("it ends").code(), Some(0), "{command}");
        metrics
    }
}

/// Holds that a command that is run asks nobody but the stand-ins.
fn is_bounded(at: &str, command: &str) {
    let is_known = command.starts_with("aws ") || command.contains("eks-dns-doctor");
    assert!(is_known, "{at}: {command}: a command that the test does not know");
    assert!(
        !command.contains("--public"),
        "{at}: {command}: no stand-in is for public DNS"
    );
}

/// A line without what differs from run to run: how long something took, and how wide its column is for that.
fn steady(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mark of a line or more that a document leaves out between two others.
const LEFT_OUT: &str = "…";

/// Holds what a document shows to what was printed: its lines are there, in this order, and one behind the other but
/// where the mark says that something is left out, and where another command's text begins. Empty lines do not count.
fn is_shown(block: &Block, printed: &[String]) {
    let lines = |text: &str| -> Vec<String> { text.lines().map(steady).filter(|line| !line.is_empty()).collect() };
    let texts: Vec<Vec<String>> = printed.iter().map(|text| lines(text)).collect();
    let starts: Vec<usize> = texts
        .iter()
        .scan(0, |at, text| Some(std::mem::replace(at, *at + text.len())))
        .collect();
    let all: Vec<String> = texts.concat();
    let (mut next, mut may_skip) = (0, true);
    for line in lines(&block.text) {
        if line == LEFT_OUT {
            may_skip = true;
            continue;
        }
        let found = all[next..].iter().position(|printed| *printed == line);
        let at = found.map(|skipped| next + skipped);
        let is_next = at.is_some_and(|at| may_skip || at == next || starts.contains(&at));
        assert!(
            is_next,
            "{}: not printed, not there, or behind lines that are left out without the mark {LEFT_OUT}: {line}\n{}",
            block.at,
            all.join("\n")
        );
        (next, may_skip) = (at.map_or(next, |at| at + 1), false);
    }
}

/// `cargo`'s commands are run by `.ci/`; what it runs of this program is run here.
fn of_cargo(at: &str, command: &str, place: &Place) -> Option<Output> {
    if let Some(arguments) = command.strip_prefix("cargo run --release -- ") {
        return Some(place.run(&format!("eks-dns-doctor {arguments}")));
    }
    // The README's own test command is read from it.
    let ci = [".ci/check", ".ci/run"].map(read).join("\n");
    let is_run = ci
        .lines()
        .any(|line| line.starts_with(command) || line.contains(&format!("({command}\\)")));
    assert!(is_run, "{at}: .ci/ does not run {command}");
    None
}

#[test]
fn what_the_documents_run_is_run() {
    let mut count = 0;
    for document in documents() {
        let place = Place::new();
        let mut printed: Option<Vec<String>> = None;
        let mut is_of_jq = false;
        for block in blocks(&document) {
            is_of_jq &= block.info == "text";
            match block.info.as_str() {
                "sh" => {
                    let mut texts = Vec::new();
                    for command in commands(&block) {
                        count += 1;
                        if command.contains(" serve ") {
                            is_bounded(&block.at, &command);
                            let metrics = place.serves(&command);
                            assert!(metrics.contains("\neks_dns_conclusion{"), "{}: {metrics}", block.at);
                            continue;
                        }
                        let output = if command.starts_with("cargo ") || command.starts_with(".ci/") {
                            of_cargo(&block.at, &command, &place)
                        } else {
                            is_bounded(&block.at, &command);
                            Some(place.run(&command))
                        };
                        let Some(output) = output else { continue };
                        let stderr = String::from_utf8_lossy(&output.stderr);
                        let code = output.status.code();
                        assert!(
                            matches!(code, Some(0 | 1 | 3)) && !stderr.contains("error:"),
                            "{}: {command}: {code:?}: {stderr}",
                            block.at
                        );
                        // A watch that has seen the change arrive.
                        assert!(
                            !command.contains("--until") || code == Some(0),
                            "{}: {stderr}",
                            block.at
                        );
                        let is_of_fleet = command.contains("--all-") || command.contains("--targets");
                        let said = String::from_utf8_lossy(&output.stdout);
                        assert!(
                            !is_of_fleet
                                || ["prod", HOST, one_cluster::CLUSTER]
                                    .iter()
                                    .any(|name| said.contains(name)),
                            "{}: {command}: {said}",
                            block.at
                        );
                        // A scenario is diagnosed as it states.
                        assert!(
                            !command.contains(" demo ") || code == Some(0),
                            "{}: {command}",
                            block.at
                        );
                        texts.push(String::from_utf8_lossy(&output.stdout).into_owned());
                    }
                    printed = Some(texts);
                }
                "text" if is_of_jq => {}
                "text" => {
                    let printed = printed.as_deref();
                    is_shown(&block, printed.unwrap_or_else(|| panic!("{}: of no command", block.at)));
                }
                // Needs jq, which a machine with Rust alone has not: .ci/documents.py runs it, and holds what is shown.
                "sh jq" => {
                    assert_eq!(document, "docs/reading-the-json.md", "{}: .ci/documents.py", block.at);
                    is_of_jq = true;
                }
                "json" | "toml" | "mermaid" => {
                    assert!(!block.text.contains("eks-dns-doctor "), "{}: a command", block.at);
                }
                other => panic!(
                    "{}: `{other}` is no kind of block: sh, sh jq, text, json, toml, mermaid",
                    block.at
                ),
            }
        }
    }
    assert!(count > 55, "{count}");
}

/// What a sentence names in code, outside of the blocks.
fn in_sentences(document: &str) -> Vec<String> {
    let text = read(document);
    let mut is_open = false;
    let mut sentences = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_open = !is_open;
        } else if !is_open {
            sentences.push_str(line);
            sentences.push(' ');
        }
    }
    sentences.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn what_a_sentence_tells_to_run_is_there() {
    let (mut own, mut scripts, mut benches) = (0, 0, 0);
    for document in documents() {
        for code in in_sentences(&document) {
            if code.starts_with("eks-dns-doctor ") {
                let parsed = cli::parse(code.split(' ').map(OsString::from));
                assert!(parsed.is_ok(), "{document}: {code}: {parsed:?}");
                own += 1;
            } else if code.starts_with(".ci/") {
                let file = code.split(' ').next().expect("a word");
                assert!(root().join(file).exists(), "{document}: {code}");
                scripts += 1;
            } else if let Some(bench) = code.strip_prefix("cargo bench --bench ") {
                let is_there = [format!("benches/{bench}.rs"), format!("benches/{bench}")]
                    .iter()
                    .any(|place| root().join(place).exists());
                assert!(is_there, "{document}: {code}");
                benches += 1;
            }
        }
    }
    assert!(own > 0 && scripts > 10 && benches > 2, "{own}, {scripts}, {benches}");
}

/// What docs/agents.md tells a client to start is a server of the protocol.
#[test]
fn the_server_that_a_client_is_told_to_start_answers() {
    let place = Place::new();
    let configured = blocks("docs/agents.md")
        .into_iter()
        .find(|block| block.text.contains("mcpServers"));
    let configured = configured.expect("a block for a client");
    let configured: serde_json::Value = serde_json::from_str(&configured.text).expect("JSON");
    let server = configured["mcpServers"]
        .as_object()
        .and_then(|servers| servers.values().next())
        .expect("a server");
    let arguments = server["args"].as_array().expect("arguments").iter();
    let arguments: Vec<&str> = arguments.map(|word| word.as_str().expect("text")).collect();
    let command = format!("{} {}", server["command"].as_str().expect("text"), arguments.join(" "));
    let mut child = place
        .shell(&command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh runs");
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#;
    let mut stdin = child.stdin.take().expect("a pipe");
    writeln!(stdin, "{hello}").expect("it is read");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    assert_eq!(answer["result"]["serverInfo"]["name"], "eks-dns-doctor");
}

/// The table of messages is what the clients of the record printed.
#[test]
fn the_messages_of_clients_are_the_recorded_ones() {
    let record: serde_json::Value = serde_json::from_str(&read("fixtures/clients/recorded.json")).expect("JSON");
    let page = read("docs/what-clients-print.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| the resolver"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let cases = [
        &["nxdomain"][..],
        &["nodata", "empty"],
        &["servfail", "refused"],
        &["servfail/nodata"],
        &["drop"],
        &["closed"],
    ];
    assert_eq!(rows.len(), cases.len());
    for (row, cases) in rows.iter().zip(cases) {
        for case in cases {
            let recorded = record["rows"]
                .as_array()
                .expect("rows")
                .iter()
                .find(|row| row["case"] == **case);
            let printed = &recorded.unwrap_or_else(|| panic!("no case {case}"))["printed"];
            for (cell, client) in row[1..].iter().zip(["go", "curl", "python"]) {
                // A cell in words has no text to look for.
                let Some(message) = cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`')) else {
                    continue;
                };
                let message = message.replace("on S:53", "on 127.0.0.2:53");
                for said in printed[client].as_object().expect("texts").keys() {
                    let mut rest = said.as_str();
                    for part in message.split('…') {
                        let at = rest
                            .find(part)
                            .unwrap_or_else(|| panic!("{case}, {client}: {said} is not {message}"));
                        rest = &rest[at + part.len()..];
                    }
                }
            }
        }
    }
}

#[test]
fn the_readme_is_short() {
    let length = read("README.md").chars().count();
    assert!(length <= 12_000, "{length}");
}

//! The commands in the documents do what they say. A block of `sh` is run, line by line, with name servers on loopback in
//! the place of the addresses it names; a block of `sh parsed` needs AWS, another host or an hour, so its command lines are
//! parsed by the program's own parser. A block of `sh jq` is run by .ci/documents.py. A block of `text` is what the command before it printed.

#![cfg(unix)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test plays the other side, and reads the tree it is about"
)]

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[path = "common/both_transports.rs"]
mod both_transports;
#[path = "common/name_server.rs"]
mod name_server;

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
    let mut found: Vec<String> = std::fs::read_dir(root().join("docs"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    found.push("README.md".to_owned());
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

/// Where the commands of one document are run: a folder with the program and kubectl on its PATH.
struct Place {
    folder: tempfile::TempDir,
    /// What a document names, and what stands in its place.
    stand_ins: Vec<(&'static str, String)>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let right = server(Plays::Has(ADDRESS));
        // A check that does not say otherwise would ask this host's own name servers: it is given one on loopback.
        let own = format!(
            "#!/bin/sh\ncase \" $* \" in\n*\" check \"*) \
             case \" $* \" in *\" --no-local \"*) set -- \"$@\" --no-os;; \
             *) set -- \"$@\" --no-local --no-os --resolver local={};; esac\n\
             set -- \"$@\" --no-aws --hosts-file {};;\nesac\nexec {} \"$@\"\n",
            server(Plays::NxDomain),
            at("hosts").display(),
            env!("CARGO_BIN_EXE_eks-dns-doctor"),
        );
        let kubectl = format!(
            "#!/bin/sh\necho 'Unable to connect to the server: dial tcp: lookup {HOST} on 10.63.200.10:53: no such host'\n"
        );
        std::fs::create_dir(at("bin")).expect("a folder");
        for (name, text) in [("bin/eks-dns-doctor", own), ("bin/kubectl", kubectl)] {
            std::fs::write(at(name), text).expect("a file");
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(at(name), mode).expect("a file");
        }
        std::fs::write(at("hosts"), "127.0.0.1 localhost\n").expect("a file");
        std::fs::write(at("fleet.txt"), format!("{HOST} 192.168.104.190 prod\n")).expect("a file");
        let kubeconfig = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: prod\n\
             clusters: [{{name: prod, cluster: {{server: \"https://{HOST}\"}}}}]\n\
             contexts: [{{name: prod, context: {{cluster: prod, user: prod}}}}]\n"
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
        Self { folder, stand_ins }
    }

    fn run(&self, command: &str) -> Output {
        let mut command = command.replace(" HOST", &format!(" {HOST}"));
        // A message that is explained stays as it was printed, and a scenario has its own servers.
        if command.contains(" check ") {
            for (named, server) in &self.stand_ins {
                command = command.replace(named, server);
            }
        }
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
            .current_dir(self.folder.path());
        if command.contains("--all-contexts") {
            shell.env("KUBECONFIG", "kubeconfig");
        }
        shell.output().expect("sh runs")
    }
}

/// The subcommands that ask nobody but whom they are told.
const BOUNDED: &[&str] = &["check", "compare", "completions", "demo", "explain", "man", "replay"];

/// What asks nobody but the name servers on loopback: a subcommand, since without one this host's own would be asked.
fn is_bounded(at: &str, command: &str) {
    let (_, arguments) = command
        .split_once("eks-dns-doctor ")
        .unwrap_or_else(|| panic!("{at}: {command}"));
    let subcommand = arguments.split(' ').next().unwrap_or_default();
    assert!(
        BOUNDED.contains(&subcommand),
        "{at}: {command}: `sh parsed`, or a subcommand"
    );
    let elsewhere = ["--public", "--via", "--cluster", "--profile", "--watch"];
    assert!(
        !elsewhere.iter().any(|flag| command.contains(flag)),
        "{at}: {command}: `sh parsed`"
    );
}

/// A line without what differs from run to run: how long something took, and how wide its column is for that.
fn steady(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Holds what a document shows to what was printed: its lines are there, in this order.
fn is_shown(block: &Block, printed: &str) {
    let mut lines = printed.lines().map(steady);
    for line in block.text.lines().map(steady).filter(|line| !line.is_empty()) {
        assert!(
            lines.any(|printed| printed == line),
            "{}: not printed, or not there: {line}\n{printed}",
            block.at
        );
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
        let mut printed: Option<String> = None;
        let mut is_of_jq = false;
        for block in blocks(&document) {
            is_of_jq &= block.info == "text";
            match block.info.as_str() {
                "sh" => {
                    let mut text = String::new();
                    for command in commands(&block) {
                        count += 1;
                        let output = if command.starts_with("cargo ") {
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
                        let is_of_fleet = command.contains("--all-contexts") || command.contains("--targets");
                        let said = String::from_utf8_lossy(&output.stdout);
                        assert!(
                            !is_of_fleet || (said.contains("prod") || said.contains(HOST)),
                            "{}: {command}: {said}",
                            block.at
                        );
                        // A scenario is diagnosed as it states.
                        assert!(
                            !command.contains(" demo ") || code == Some(0),
                            "{}: {command}",
                            block.at
                        );
                        text.push_str(&String::from_utf8_lossy(&output.stdout));
                    }
                    printed = Some(text);
                }
                "text" if is_of_jq => {}
                "text" => {
                    let printed = printed.as_deref();
                    is_shown(&block, printed.unwrap_or_else(|| panic!("{}: of no command", block.at)));
                }
                "sh parsed" => printed = None,
                // Needs jq, which a machine with Rust alone has not: .ci/documents.py runs it, and holds what is shown.
                "sh jq" => {
                    assert_eq!(document, "docs/reading-the-json.md", "{}: .ci/documents.py", block.at);
                    is_of_jq = true;
                }
                "json" | "toml" | "mermaid" => {
                    assert!(!block.text.contains("eks-dns-doctor "), "{}: a command", block.at);
                }
                other => panic!(
                    "{}: `{other}` is no kind of block: sh, sh parsed, sh jq, text, json, toml, mermaid",
                    block.at
                ),
            }
        }
    }
    assert!(count > 30, "{count}");
}

/// The words of a command line, as a shell takes them.
fn words(command: &str) -> Vec<String> {
    let output = Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .env_clear()
        .output()
        .expect("sh runs");
    assert!(output.status.success(), "{command}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_the_documents_cannot_run_is_parsed() {
    let mut count = 0;
    for document in documents() {
        for block in blocks(&document).iter().filter(|block| block.info == "sh parsed") {
            for command in commands(block) {
                count += 1;
                let command = command.split(" > ").next().unwrap_or_default();
                let words = words(&command.replace(" HOST", &format!(" {HOST}")));
                match words[0].as_str() {
                    "eks-dns-doctor" => {
                        let command = cli::parse(words.iter().map(OsString::from))
                            .unwrap_or_else(|stop| panic!("{}: {command}: {stop:?}", block.at));
                        if let cli::args::Command::Check(check) = command {
                            let settings = cli::settings(&check);
                            assert!(settings.is_ok(), "{}: {settings:?}", block.at);
                        }
                    }
                    // A read of AWS's: one that the program makes itself, and takes from the AWS CLI's output.
                    "aws" => {
                        let readable = read("docs/resolvers.md");
                        assert!(readable.contains(&format!("`{}`", words[2])), "{}: {command}", block.at);
                    }
                    other => panic!("{}: {other} is not known to the test", block.at),
                }
            }
        }
    }
    assert!(count > 5, "{count}");
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

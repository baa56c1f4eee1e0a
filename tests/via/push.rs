//! The program is sent along (`--push`).

use std::io::Write as _;
use std::ops::Not as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use eks_dns_doctor::via::shell;
use serde_json::Value;

use super::hosts::{Hosts, document, kill, name_server, until_ended};
use super::{PROGRAM, WELL};

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

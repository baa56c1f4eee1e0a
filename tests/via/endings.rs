//! What is left once a run has ended.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::WELL;
use super::hosts::{Hosts, document, name_server, until_ended};

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

//! Nodes of Systems Manager.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::hosts::{Hosts, document, name_server};
use super::manager::Manager;
use super::{HOST, WELL};

pub(crate) fn with_manager(
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

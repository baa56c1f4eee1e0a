//! Every context of a kubeconfig.

use std::fmt::Write as _;

use super::endpoints::host;
use eks_dns_doctor::fleet::Fleet;
use serde_json::Value;

use super::{Server, all_contexts, run};

/// A kubeconfig: a context each, its cluster's entry, its server, and the cluster that its exec entry names.
fn kubeconfig(contexts: &[(&str, &str, String, Option<&str>)]) -> String {
    let mut text = "apiVersion: v1\nkind: Config\ncurrent-context: none\ncontexts:\n".to_owned();
    for (context, cluster, ..) in contexts {
        let _ = writeln!(
            text,
            "- name: {context}\n  context: {{cluster: {cluster:?}, user: u-{context}}}"
        );
    }
    text.push_str("clusters:\n");
    let mut seen = Vec::new();
    for (_, cluster, server, _) in contexts {
        if !seen.contains(cluster) {
            let _ = writeln!(text, "- name: {cluster:?}\n  cluster: {{server: {server:?}}}");
            seen.push(*cluster);
        }
    }
    text.push_str("users:\n");
    for (context, _, _, name) in contexts {
        match name {
            Some(name) => {
                let arguments = format!("[eks, get-token, --region, ap-northeast-1, --cluster-name, {name}]");
                let exec =
                    format!("{{apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: {arguments}}}");
                let _ = writeln!(text, "- name: u-{context}\n  user: {{exec: {exec}}}");
            }
            None => {
                let _ = writeln!(text, "- name: u-{context}\n  user: {{token: secret}}");
            }
        }
    }
    text
}

#[test]
fn every_context_once_and_the_dead_ones_with_who_has_their_cluster_now() {
    let server = Server::start(5);
    let endpoint = |number| format!("https://{}", host(number));
    let arn = "arn:aws:eks:ap-northeast-1:111122223333:cluster/shop";
    let config = kubeconfig(&[
        ("prod", arn, endpoint(1), Some("shop")),
        ("prod-again", arn, endpoint(1), Some("shop")),
        ("old-shop", "old-shop", endpoint(9), Some("shop")),
        ("other", "other", endpoint(2), Some("other")),
        ("kind", "kind", "https://127.0.0.1:6443".to_owned(), None),
        ("gke", "gke", "https://34.1.2.3".to_owned(), None),
        ("corp", "corp", "https://k8s.corp.example".to_owned(), None),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    std::fs::write(&path, config).expect("it is written");
    let outcome = all_contexts(&path, &server, "json");
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let fleet: Fleet = serde_json::from_str(&outcome.stdout).expect("the document");
    let names: Vec<&str> = fleet.targets.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["prod", "old-shop", "other"]);
    assert_eq!(fleet.targets[0].also, ["prod-again"]);
    assert_eq!(fleet.targets[0].cluster.as_deref(), Some("shop"));
    let left: Vec<&str> = fleet.left_out.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(left, ["kind", "gke", "corp"]);
    let dead = &fleet.targets[1];
    assert_eq!(dead.replaced_by.as_deref(), Some("prod"), "{dead:#?}");
    let headline = dead.headline.as_ref().expect("a headline");
    assert_eq!(headline.rule, "endpoint-name-stale");
    assert!(
        headline.summary.contains("prod") && headline.summary.contains(&host(1)),
        "{headline:?}"
    );
    assert_eq!(fleet.causes[0].rule, "endpoint-name-stale");
    assert_eq!(fleet.causes[0].targets, ["old-shop"]);
    assert!(!outcome.stdout.contains("secret"));
    // The first line says it of all of them, and who has the cluster.
    let line = "1 of 4 entries of your kubeconfig is dead: old-shop (prod probably has its cluster now)";
    for format in ["table", "short", "markdown", "html", "nagios"] {
        let printed = all_contexts(&path, &server, format).stdout;
        let printed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(printed.contains(line), "{format}: {printed}");
    }
    // Line by line, the last line of an entry says what the document does.
    let outcome = all_contexts(&path, &server, "jsonl");
    assert_eq!(outcome.code, 1, "{}", outcome.stderr);
    let lines: Vec<Value> = outcome
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    for line in &lines {
        super::schema::hold(line, "fleet-line");
    }
    let of = |name: &str| lines.iter().filter(|line| line["name"] == name).collect::<Vec<_>>();
    assert_eq!(of("old-shop").len(), 2);
    let last = of("old-shop")[1];
    assert_eq!(
        (&last["kind"], &last["headline"]["rule"]),
        (&"target".into(), &"endpoint-name-stale".into())
    );
    assert_eq!(last["replaced_by"], "prod");
    assert_eq!(of("prod")[0]["also"][0], "prod-again");
    assert_eq!(of("kind")[0]["kind"], "left-out");
}

/// Two entries that sign in as two roles or profiles may be of two accounts, each with a cluster of that name.
#[test]
fn an_entry_with_another_role_or_profile_takes_nobodys_place() {
    let server = Server::start(5);
    let endpoint = |number| format!("https://{}", host(number));
    let config = kubeconfig(&[
        ("prod", "prod", endpoint(1), Some("main")),
        ("dev", "dev", endpoint(9), Some("main")),
    ]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    for more in ["--role-arn, \"arn:aws:iam::444455556666:role/ops\"", "--profile, dev"] {
        let config = config.replacen("--cluster-name, main]", &format!("--cluster-name, main, {more}]"), 1);
        std::fs::write(&path, config).expect("it is written");
        let outcome = all_contexts(&path, &server, "json");
        assert_eq!(outcome.code, 1, "{}", outcome.stderr);
        let fleet: Fleet = serde_json::from_str(&outcome.stdout).expect("the document");
        assert_eq!(fleet.targets[1].replaced_by, None, "{more}");
        assert!(!outcome.stdout.contains("delete-context"), "{more}: {}", outcome.stdout);
        let table = all_contexts(&path, &server, "table").stdout;
        assert!(!table.contains("dead"), "{more}: {table}");
    }
}

#[test]
fn a_kubeconfig_without_endpoints_of_eks_is_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config");
    let config = kubeconfig(&[("kind", "kind", "https://127.0.0.1:6443".to_owned(), None)]);
    std::fs::write(&path, config).expect("it is written");
    let outcome = run(&[
        "--all-contexts",
        "--kubeconfig",
        &path.display().to_string(),
        "--no-aws",
    ]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome
            .stderr
            .contains("no context of the kubeconfig leads to an endpoint of EKS"),
        "{}",
        outcome.stderr
    );
}

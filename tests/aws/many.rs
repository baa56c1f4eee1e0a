//! The clusters of an account, all of them.

use std::collections::BTreeMap;
use std::process::Command;

use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::Call;

use super::ACCOUNT;
use super::collect::Run;
use super::mock::{Fault, Mock, World, error_of};
use super::world::{cluster, world};

pub(crate) fn every_list_is_read_once_for_all_clusters() {
    let mut world = world();
    let old = "FEDCBA9876543210FEDCBA9876543210.gr7.ap-northeast-1.eks.amazonaws.com";
    let others = (0..5).map(|number| cluster(&format!("other-{number}"), "https://unrelated.example"));
    world.clusters.extend(others);
    let count = world.clusters.len();
    world.page = 100;
    let mock = Mock::of(world);
    let collected = Run::new(&mock).with("COLLECT_EVERYTHING", "1").collect();
    let name = collected.facts.cluster.map(|cluster| cluster.name);
    assert_eq!(name.as_deref(), Some("shared-cluster"), "{:?}", collected.gaps);
    assert!(collected.facts.interfaces.is_some_and(|all| !all.is_empty()));
    assert!(collected.facts.vpc.is_some());
    assert_eq!(mock.times(Call::DescribeCluster), count);
    for call in [
        Call::GetCallerIdentity,
        Call::ListClusters,
        Call::DescribeNetworkInterfaces,
        Call::DescribeVpcs,
        Call::ListResolverEndpoints,
        Call::ListResolverRules,
        Call::ListResolverRuleAssociations,
    ] {
        assert_eq!(mock.times(call), 1, "{call:?}");
    }
    // An old name of a cluster that is there, and the name of one that is not.
    let stale = Run::new(&mock)
        .with("COLLECT_EVERYTHING", "1")
        .with("COLLECT_TARGET", old);
    let stale = stale.with("COLLECT_CLUSTER", "shared-cluster").collect();
    assert!(
        stale
            .facts
            .is_of_another_endpoint(&Name::from_host(old).expect("a name"))
    );
    let gone = Run::new(&mock)
        .with("COLLECT_EVERYTHING", "1")
        .with("COLLECT_TARGET", old);
    let gone = gone.with("COLLECT_CLUSTER", "gone").collect().facts;
    assert!(gone.cluster.is_none());
    let absent = gone.absent_cluster.expect("it is absent");
    assert_eq!(
        (absent.name.as_str(), absent.account.as_deref()),
        ("gone", Some(ACCOUNT))
    );
    assert_eq!(absent.present.map(|names| names.len()), Some(count));
}

/// Runs the program with all clusters of two Regions. None of them may have an endpoint: no name server is asked then.
pub(crate) fn all_clusters(mock: &Mock) -> (Option<i32>, String, String) {
    let mut run = Run::new(mock);
    run.environment.remove("EKS_DNS_DOCTOR_COLLECT");
    let output = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args(["check", "--all-clusters", "--no-local", "--resolver", "127.0.0.1:9"])
        .args(["--region", "ap-northeast-1,eu-west-1", "-o", "json"])
        .env_clear()
        .envs(&run.environment)
        .output()
        .expect("the program runs");
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

pub(crate) fn clusters_without_an_endpoint_are_named_and_nobody_is_asked() {
    let creating = |name: &str| {
        let (name, json) = cluster(name, "");
        (
            name,
            json.replace("\"endpoint\":\"\",", "").replace("ACTIVE", "CREATING"),
        )
    };
    let mock = Mock::of(World {
        clusters: vec![creating("a"), creating("b")],
        lists: BTreeMap::new(),
        page: 1,
        ..world()
    });
    let (code, stdout, stderr) = all_clusters(&mock);
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{stderr}"));
    assert_eq!(code, Some(3), "{stdout}");
    let targets = document["targets"].as_array().expect("targets").iter();
    let names: Vec<&str> = targets.map(|target| target["name"].as_str().expect("a name")).collect();
    assert_eq!(
        names,
        ["ap-northeast-1/a", "ap-northeast-1/b", "eu-west-1/a", "eu-west-1/b"]
    );
    let reason = document["targets"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("CREATING"), "{reason}");
    // Two pages in each of two Regions.
    assert_eq!(mock.times(Call::ListClusters), 4);
}

pub(crate) fn clusters_that_nobody_may_list_are_one_line() {
    let denied = error_of(Call::ListClusters, "AccessDeniedException", "not authorized");
    let mock = Mock::of(World {
        faults: [(Call::ListClusters, Fault::Reply(403, denied))].into(),
        lists: BTreeMap::new(),
        ..world()
    });
    let (code, stdout, stderr) = all_clusters(&mock);
    assert_eq!(
        (code, stdout.as_str(), stderr.lines().count()),
        (Some(2), "", 1),
        "{stderr}"
    );
    assert!(stderr.contains("--all-clusters: eks:ListClusters"), "{stderr}");
}

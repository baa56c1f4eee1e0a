//! With which credentials AWS is asked, and at which endpoint.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;

use eks_dns_doctor::facts::Call;

use super::collect::Run;
use super::mock::{Mock, Seen, World};
use super::world::world;

pub(crate) fn endpoints_are_taken_from_the_profile_too() {
    let mock = Mock::of(world());
    let url = &mock.url;
    let services = [
        "ec2",
        "eks",
        "sts",
        "route-53",
        "route53resolver",
        "route53profiles",
        "vpc-lattice",
        "cloudtrail",
    ]
    .map(|service| format!("{service} =\n  endpoint_url = {url}\n"))
    .concat();
    let config = format!("[profile ops]\nregion = ap-northeast-1\nservices = local\n[services local]\n{services}");
    let collected = Run::new(&mock)
        .without("AWS_ENDPOINT_URL")
        .without("COLLECT_REGION")
        .with("AWS_PROFILE", "ops")
        .with("COLLECT_SINCE", "1795000000")
        .config(&config)
        .collect();
    assert_eq!(
        (collected.no_session, &collected.facts.failed_reads[..]),
        (None, &[][..])
    );
    let seen: BTreeSet<Option<Call>> = mock.seen().iter().map(|one| one.call).collect();
    assert_eq!(seen.len(), Call::ALL.len());
}

pub(crate) fn a_named_profile_goes_before_the_environment() {
    let mock = Mock::of(world());
    let config = "[profile ops]\naws_access_key_id = AKIAOFTHEPROFILE\naws_secret_access_key = x\n";
    let collected = Run::new(&mock).with("COLLECT_PROFILE", "ops").config(config).collect();
    assert_eq!(collected.no_session, None);
    assert!(
        mock.seen()
            .iter()
            .all(|one| one.authorization.contains("AKIAOFTHEPROFILE"))
    );
}

pub(crate) fn what_is_missing_to_ask_at_all_is_one_line() {
    let mock = Mock::of(world());
    let line = |run: Run| run.collect().no_session.unwrap_or_default();
    let region = |run: Run| run.with("COLLECT_REGION", "ap-northeast-1");
    let said = line(region(Run::anonymous(&mock)));
    assert!(said.contains("`aws configure`"), "{said}");
    let said = line(region(Run::anonymous(&mock)).with("COLLECT_PROFILE", "nobody's"));
    assert!(said.contains(r"--profile 'nobody'\''s'"), "{said}");
    let said = line(Run::new(&mock).without("COLLECT_REGION"));
    assert!(said.contains("--region"), "{said}");
    let said = line(Run::new(&mock).with("COLLECT_REGION", "evil.test/#"));
    assert!(said.contains("is not a Region"), "{said}");
    let sso = "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = ops\n\
               [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.test/start\n";
    let said = line(region(Run::anonymous(&mock)).with("AWS_PROFILE", "sso").config(sso));
    assert!(said.contains("`aws sso login --profile sso`"), "{said}");
    let login = "[profile signin]\nlogin_session = arn:aws:iam::123456789012:user/ops\n";
    let said = line(
        region(Run::anonymous(&mock))
            .with("COLLECT_PROFILE", "signin")
            .config(login),
    );
    assert!(said.contains("`aws login --profile signin`"), "{said}");
    assert_eq!(mock.seen().len(), 0);
    // The SDK leaves mfa_serial out and asks for the role all the same.
    let refused = Mock::of(World {
        clusters: Vec::new(),
        ..world()
    });
    let mfa = "[default]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n\
               mfa_serial = arn:aws:iam::123456789012:mfa/me\n\
               [profile base]\naws_access_key_id = AKIA\n";
    let said = line(region(Run::anonymous(&refused)).config(mfa));
    assert!(
        said.contains("mfa_serial") && said.contains("export-credentials"),
        "{said}"
    );
}

pub(crate) fn credentials_that_were_exported_stand_in_for_a_role_with_mfa() {
    let mock = Mock::of(world());
    // The profile cannot be had without a code: here, since its source has no secret key.
    let config = "[profile ops]\nrole_arn = arn:aws:iam::123456789012:role/ops\nsource_profile = base\n\
                  mfa_serial = arn:aws:iam::123456789012:mfa/me\n[profile base]\naws_access_key_id = AKIA\n";
    let run = Run::new(&mock).with("COLLECT_PROFILE", "ops").config(config);
    let collected = run.collect();
    assert_eq!(collected.no_session, None);
    let mut seen = mock.seen().into_iter();
    assert!(seen.all(|one| one.authorization.contains("AKIAIOSFODNN7EXAMPLE")));
}

pub(crate) fn credentials_of_nobody_do_not_hold_up_the_run() {
    let mock = Mock::of(world());
    let hanging = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", hanging.local_addr().expect("an address"));
    let run = Run::anonymous(&mock)
        .without("AWS_EC2_METADATA_DISABLED")
        .with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &silent);
    let said = run.collect().no_session.expect("no Region");
    assert!(said.contains("--region"), "{said}");
    let said = run.with("COLLECT_REGION", "ap-northeast-1").collect();
    let said = said.no_session.expect("no credentials");
    assert!(said.contains("`aws configure`"), "{said}");
}

pub(crate) fn a_role_is_assumed_and_used() {
    let mock = Mock::of(world());
    let run = Run::new(&mock).with("COLLECT_ROLE", "arn:aws:iam::123456789012:role/eks");
    let collected = run.collect();
    assert_eq!(collected.no_session, None);
    let (assuming, reading): (Vec<Seen>, Vec<Seen>) = mock.seen().into_iter().partition(|one| one.call.is_none());
    assert_eq!(assuming.len(), 1, "{assuming:?}");
    assert!(reading.iter().all(|one| one.authorization.contains("ASIAOFTHEROLE")));
}

pub(crate) fn a_role_that_nobody_may_assume_is_a_gap_and_aws_is_asked_without_it() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/eks";
    let config = "[profile ops]\naws_access_key_id = AKIAOFTHEPROFILE\naws_secret_access_key = x\n";
    for (profile, whom, key) in [
        (
            None,
            "the credentials that the AWS CLI would use here",
            "AKIAIOSFODNN7EXAMPLE",
        ),
        (Some("ops"), "the profile \"ops\"", "AKIAOFTHEPROFILE"),
    ] {
        let mock = Mock::of(World {
            denies_roles: true,
            ..world()
        });
        let mut run = Run::new(&mock).with("COLLECT_ROLE", ROLE).config(config);
        if let Some(profile) = profile {
            run = run.with("COLLECT_PROFILE", profile);
        }
        let collected = run.collect();
        assert_eq!(collected.no_session, None);
        let [gap] = &collected.gaps[..] else {
            panic!("{:?}", collected.gaps);
        };
        assert_eq!(gap.source, "sts:AssumeRole");
        assert!(gap.fact.contains(ROLE), "{gap:?}");
        assert!(
            gap.reason.contains("is not authorized to perform: sts:AssumeRole"),
            "{gap:?}"
        );
        assert!(
            gap.reason
                .contains(&format!("AWS is asked as {whom} and not as the role")),
            "{gap:?}"
        );
        assert!(collected.facts.cluster.is_some() && collected.facts.failed_reads.is_empty());
        assert!(mock.seen().iter().all(|one| one.authorization.contains(key)), "{key}");
    }
}

/// `--cluster` asks AWS before anything else: with the role of the kubeconfig's entry, or without it, and says so.
pub(crate) fn a_cluster_that_is_named_is_found_without_the_role_too() {
    let mock = Mock::of(World {
        denies_roles: true,
        ..world()
    });
    let mut run = Run::new(&mock);
    run.environment.remove("EKS_DNS_DOCTOR_COLLECT");
    let kubeconfig = run.home.path().join("kubeconfig");
    let text = "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
                clusters: [{name: e, cluster: {server: 'https://localhost:8443'}}]\n\
                contexts: [{name: c, context: {cluster: e, user: u}}]\n\
                users: [{name: u, user: {exec: {command: aws, args: [eks, get-token, --cluster-name, shared-cluster, \
                --role-arn, 'arn:aws:iam::123456789012:role/eks']}}}]\n";
    std::fs::write(&kubeconfig, text).expect("written");
    let output = Command::new(env!("CARGO_BIN_EXE_eks-dns-doctor"))
        .args([
            "facts",
            "--cluster",
            "shared-cluster",
            "--region",
            "ap-northeast-1",
            "--kubeconfig",
        ])
        .arg(&kubeconfig)
        .env_clear()
        .envs(&run.environment)
        .output()
        .expect("the program runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{complaint}"));
    assert_eq!(document["facts"]["cluster"]["name"], "shared-cluster", "{complaint}");
    let gaps = document["gaps"].as_array().expect("gaps");
    let of_role: Vec<_> = gaps.iter().filter(|gap| gap["source"] == "sts:AssumeRole").collect();
    assert_eq!(of_role.len(), 1, "{gaps:#?}");
    let assumed = |one: &Seen| one.call.is_none() && one.request.contains("AssumeRole");
    assert_eq!(mock.seen().iter().filter(|one| assumed(one)).count(), 1);
}

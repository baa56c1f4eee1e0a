//! The process that collects, and what it is run with.

use std::collections::BTreeMap;
use std::future::ready;
use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use eks_dns_doctor::dns::Name;
use eks_dns_doctor::facts::answers::{Shares, WantedShare};
use eks_dns_doctor::facts::aws::{AwsAccess, Described, Session, Since, instance};
use eks_dns_doctor::facts::{AwsFacts, Gap, Instance};
use serde::{Deserialize, Serialize};

use super::mock::Mock;
use super::{CERTIFICATE, HOST, SECRET, TOKEN};

/// What the child prints.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Collected {
    pub(crate) no_session: Option<String>,
    pub(crate) facts: AwsFacts,
    pub(crate) instance: Option<Instance>,
    pub(crate) gaps: Vec<Gap>,
    pub(crate) elapsed_ms: u64,
}

/// Collects as the environment says, and prints what came.
pub(crate) fn child() -> ExitCode {
    let set = |name: &str| std::env::var(format!("COLLECT_{name}")).ok();
    let target: Option<Name> = set("TARGET").and_then(|text| Name::from_host(&text).ok());
    let cluster = set("CLUSTER");
    let millis = set("DEADLINE_MS").and_then(|text| text.parse().ok());
    let ask = AwsAccess {
        region: set("REGION"),
        profile: set("PROFILE"),
        role_arn: set("ROLE"),
        deadline: Duration::from_millis(millis.unwrap_or(20_000)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let begun = Instant::now();
    let mut collected = Collected {
        no_session: None,
        facts: AwsFacts::default(),
        instance: None,
        gaps: Vec::new(),
        elapsed_ms: 0,
    };
    if set("INSTANCE").is_some() {
        match runtime.block_on(instance(set("INSTANCE").as_deref() == Some("disabled"))) {
            Ok(found) => collected.instance = Some(found),
            Err(gap) => collected.gaps.push(gap),
        }
        return print(&collected);
    }
    match runtime.block_on(async {
        let (session, without_role) = Session::open_with_or_without_role(&ask).await?;
        match (set("FIRST").as_deref(), &target, &cluster) {
            (Some("describe"), _, Some(name)) => {
                let described = session.describe(name).await;
                assert!(matches!(described, Described::Cluster(_)), "{described:?}");
            }
            (Some("find"), Some(target), _) => {
                let found = session.find(target).await;
                assert!(found.cluster.is_some(), "{found:?}");
            }
            _ => {}
        }
        if let (Some(_), Some(target)) = (set("EVERYTHING"), &target) {
            let shares = Shares::new(
                session.everything(ready(here(&set))).await,
                Some(session.region().to_owned()),
            );
            let wanted = WantedShare {
                target,
                cluster: cluster.as_deref(),
            };
            return Ok((shares.of(wanted), without_role));
        }
        let mut answers = session
            .collect(target.as_ref(), cluster.as_deref(), ready(here(&set)))
            .await;
        if let Some(from) = set("SINCE").and_then(|text| text.parse().ok()) {
            let since = Since {
                from,
                has_endpoints: false,
                has_client_vpn: false,
            };
            answers.join(session.changes(since).await);
        }
        Ok((answers, without_role))
    }) {
        Ok((answers, without_role)) => {
            let target = target.unwrap_or_default();
            let wanted = WantedShare {
                target: &target,
                cluster: cluster.as_deref(),
            };
            collected.gaps = answers.assemble(wanted, &mut collected.facts);
            collected.gaps.extend(without_role);
        }
        Err(error) => {
            let error: eks_dns_doctor::facts::aws::NoSession = error;
            collected.no_session = Some(error.gap().reason);
        }
    }
    collected.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    print(&collected)
}

/// The instance that this host is said to be.
fn here(set: &impl Fn(&str) -> Option<String>) -> Option<Instance> {
    Some(Instance {
        vpc_id: Some(set("OWN_VPC")?),
        region: set("OWN_REGION"),
        ..Instance::default()
    })
}

pub(crate) fn print(collected: &Collected) -> ExitCode {
    let json = serde_json::to_vec(collected).expect("facts are JSON");
    std::io::stdout().write_all(&json).expect("stdout is read");
    ExitCode::SUCCESS
}

/// A collection: what is asked for, and the environment it is asked in.
pub(crate) struct Run {
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) home: tempfile::TempDir,
}

impl Run {
    /// Of the target, with credentials in the environment.
    pub(crate) fn new(mock: &Mock) -> Self {
        let run = Self::anonymous(mock)
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", SECRET)
            .with("AWS_SESSION_TOKEN", TOKEN);
        run.with("COLLECT_REGION", "ap-northeast-1")
            .with("COLLECT_TARGET", HOST)
    }

    /// Without any credentials and Region.
    pub(crate) fn anonymous(mock: &Mock) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let file = |name: &str| home.path().join(name).display().to_string();
        std::fs::write(home.path().join("ca.pem"), CERTIFICATE).expect("written");
        let environment = [
            ("SSL_CERT_FILE", file("ca.pem")),
            ("HOME", home.path().display().to_string()),
            ("AWS_CONFIG_FILE", file("config")),
            ("AWS_SHARED_CREDENTIALS_FILE", file("credentials")),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_ENDPOINT_URL", mock.url.clone()),
            ("EKS_DNS_DOCTOR_COLLECT", "1".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value));
        Self {
            environment: environment.into(),
            home,
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    pub(crate) fn config(self, text: &str) -> Self {
        std::fs::write(self.home.path().join("config"), text).expect("written");
        self
    }

    pub(crate) fn collect(&self) -> Collected {
        let output = Command::new(std::env::current_exe().expect("this program"))
            .env_clear()
            .envs(&self.environment)
            .output()
            .expect("this program runs");
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let complaint = String::from_utf8_lossy(&output.stderr);
        for secret in [SECRET, TOKEN, "THE-ROLES-SECRET"] {
            assert!(!text.contains(secret), "a credential is in the output");
            assert!(!complaint.contains(secret), "a credential is on stderr");
        }
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {complaint}"))
    }
}

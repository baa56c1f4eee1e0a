//! How AWS is asked, and what comes of it: the types that both the reads of AWS and a program without them know.

use std::time::Duration;

use super::{AbsentCluster, Cluster, FailedRead, Gap};

/// Why a program that was built without AWS does not ask it (the feature `aws` of Cargo.toml).
pub const NOT_BUILT: &str = "this program was built without AWS: give the facts with --facts";

/// With whose eyes AWS is looked at, and for how long.
#[derive(Debug, Clone, Default)]
pub struct AwsAccess {
    /// The Region; else the environment's, the profile's, or this instance's.
    pub region: Option<String>,
    /// The profile; as with the AWS CLI's `--profile`, it goes before credentials in the environment.
    pub profile: Option<String>,
    /// A role to assume with these credentials, as `aws eks get-token --role-arn` does.
    pub role_arn: Option<String>,
    /// How long everything together may take, from [`Session::open`](super::aws::Session::open) on.
    pub deadline: Duration,
}

/// Which changes in AWS are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Not before then: seconds since 1970.
    pub from: u64,
    /// Whether there are Resolver endpoints, whose networks decide.
    pub has_endpoints: bool,
    /// Whether there are Client VPN endpoints.
    pub has_client_vpn: bool,
}

/// Why AWS cannot be asked at all. Each is one line that names the command which helps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoSession {
    /// Nothing says which Region.
    #[error("no Region is configured: give --region, or run `aws configure{}`", suffix(.0))]
    NoRegion(Option<String>),
    /// The Region has characters that no Region has.
    #[error("{0:?} is not a Region: give --region, such as --region eu-west-1")]
    BadRegion(String),
    /// There are no credentials.
    #[error("no credentials were found: run `aws configure{}`, or log in as you do for the AWS CLI", suffix(.0))]
    NoCredentials(Option<String>),
    /// The profile uses SSO, and its token has expired or is not there.
    #[error("the SSO session has no valid token: run `aws sso login{}`", suffix(.0))]
    SsoExpired(Option<String>),
    /// The profile uses `aws login`, and its session has expired or is not there.
    #[error("the login session is not valid: run `aws login{}`", suffix(.0))]
    LoginExpired(Option<String>),
    /// The profile's role wants a code from an MFA device; nothing here asks for one.
    #[error(
        "the profile's role has mfa_serial, and no code can be asked for here: run \
         `eval \"$(aws configure export-credentials{} --format env)\"`, then this again",
        suffix(.0)
    )]
    Mfa(Option<String>),
    /// The role could not be assumed.
    #[error("the role {role} could not be assumed: {message}; choose other credentials with --profile")]
    Role {
        /// The role's ARN.
        role: String,
        /// Why, as AWS says.
        message: String,
    },
    /// Something else about the credentials.
    #[error("the credentials could not be loaded: {message}; `aws sts get-caller-identity{}` says \
     more", suffix(.profile))]
    Failed {
        /// The profile.
        profile: Option<String>,
        /// Why, as the SDK says.
        message: String,
    },
    /// This program has no AWS in it.
    #[error("{}", NOT_BUILT)]
    NotBuilt,
    /// They did not come in time.
    #[error("the credentials did not come in time; `aws sts get-caller-identity{}` says more", suffix(.0))]
    TimedOut(Option<String>),
}

impl NoSession {
    /// The one gap that stands for everything that AWS would have said.
    pub fn gap(&self) -> Gap {
        Gap::here("everything that AWS says", "AWS credentials", self.to_string())
    }
}

/// ` --profile NAME`, as a command takes it.
#[expect(clippy::ref_option, reason = "as thiserror passes a field")]
fn suffix(profile: &Option<String>) -> String {
    let Some(profile) = profile else {
        return String::new();
    };
    let word = crate::text::shell_word(profile);
    // What begins as an option does is the value of one only where it stands with it.
    if profile.starts_with('-') {
        format!(" --profile={word}")
    } else {
        format!(" --profile {word}")
    }
}

/// What DescribeCluster said of a name.
#[derive(Debug, Clone)]
pub enum Described {
    /// The cluster.
    Cluster(Box<Cluster>),
    /// There is none of this name.
    Absent(AbsentCluster, Vec<FailedRead>),
    /// It could not be asked.
    Failed(FailedRead),
}

/// What came of the search for the cluster with a given endpoint.
#[derive(Debug, Clone, Default)]
pub struct ClusterSearch {
    /// The cluster.
    pub cluster: Option<Cluster>,
    /// The clusters of this account and Region; `None` where they could not be listed.
    pub names: Option<Vec<String>>,
    /// What failed. Without a cluster there is always one.
    pub failed: Vec<FailedRead>,
}

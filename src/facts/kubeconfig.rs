//! What a kubeconfig says of the API server of a context.

use serde::{Deserialize, Serialize};

/// What the kubeconfig says of the target, and of the cluster behind it. No credential is ever read out of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kubeconfig {
    /// The files that were merged, in kubectl's order.
    pub files: Vec<String>,
    /// The context.
    pub context: String,
    /// `clusters[].cluster.server`, verbatim.
    pub server: String,
    /// `tls-server-name`: the name that the certificate is verified against instead of the host's.
    pub tls_server_name: Option<String>,
    /// `proxy-url`, without user and password: the proxy resolves the name, not this host.
    pub proxy_url: Option<String>,
    /// `certificate-authority-data` (PEM, in base64).
    pub certificate_authority: Option<String>,
    /// The cluster's name, from the `exec` entry's arguments, or the cluster's ARN.
    pub cluster: Option<String>,
    /// The AWS Region, from the same, or from the host's name.
    pub region: Option<String>,
    /// The AWS profile (`--profile`, or `AWS_PROFILE` of the `exec` entry).
    pub profile: Option<String>,
    /// The role to assume (`--role-arn`, `--role`, `-r`).
    pub role_arn: Option<String>,
}

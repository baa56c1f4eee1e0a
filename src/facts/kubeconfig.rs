//! Kubeconfig files: which API server a context has, and what of AWS stands behind it. Files are merged as kubectl
//! merges them (Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files"). Nothing in them is run,
//! and no credential is kept.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;
use crate::url;

/// What the kubeconfig says of the target, and of the cluster behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Kubeconfig {
    /// The files that were merged, in kubectl's order.
    pub files: Vec<String>,
    /// The context.
    pub context: String,
    /// `clusters[].cluster.server`, without a user name or password.
    pub server: String,
    /// `tls-server-name`: the name that the certificate is verified against instead of the host's.
    pub tls_server_name: Option<String>,
    /// `proxy-url`, without user name and password: the proxy resolves the name, not this host.
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

/// Why a kubeconfig leads to no API server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KubeconfigError {
    /// It cannot be read.
    #[error("kubeconfig {file}: {reason}; name one that can be read (--kubeconfig, KUBECONFIG)")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// It is no kubeconfig.
    #[error("kubeconfig {file}{place}: {reason}; correct it, or name another (--kubeconfig)")]
    Malformed {
        /// The file.
        file: String,
        /// `, line 3 column 7`, where that is known.
        place: String,
        /// Why.
        reason: String,
    },
    /// Nothing says which context.
    #[error("kubeconfig {files}: no current-context; name one with --context ({contexts})")]
    NoCurrentContext {
        /// The files.
        files: String,
        /// The contexts there are.
        contexts: String,
    },
    /// There is no such context.
    #[error("kubeconfig {files}: no context {context:?}; it has {contexts}")]
    NoSuchContext {
        /// The files.
        files: String,
        /// The context.
        context: String,
        /// The contexts there are.
        contexts: String,
    },
    /// The context's cluster is not there, or has no server.
    #[error("kubeconfig {files}: context {context:?} names the cluster {cluster:?}, which has no server there")]
    NoServer {
        /// The files.
        files: String,
        /// The context.
        context: String,
        /// Its cluster.
        cluster: String,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct File {
    current_context: Option<String>,
    clusters: Option<Vec<NamedCluster>>,
    contexts: Option<Vec<NamedContext>>,
    users: Option<Vec<NamedUser>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedCluster {
    name: Option<String>,
    cluster: Option<ClusterEntry>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
struct ClusterEntry {
    server: Option<String>,
    tls_server_name: Option<String>,
    proxy_url: Option<String>,
    certificate_authority_data: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedContext {
    name: Option<String>,
    context: Option<ContextEntry>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ContextEntry {
    cluster: Option<String>,
    user: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamedUser {
    name: Option<String>,
    user: Option<UserEntry>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct UserEntry {
    exec: Option<Exec>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Exec {
    command: Option<String>,
    args: Option<Vec<String>>,
    env: Option<Vec<Variable>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Variable {
    name: Option<String>,
    value: Option<String>,
}

/// Merges the files, each with its path, and looks up the context; without one, the current context. `None` where
/// there is no file.
pub fn read(files: &[(String, Vec<u8>)], context: Option<&str>) -> Result<Option<Kubeconfig>, KubeconfigError> {
    if files.is_empty() {
        return Ok(None);
    }
    let parsed = files
        .iter()
        .map(|(path, bytes)| parse(path, bytes))
        .collect::<Result<Vec<File>, _>>()?;
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let names = || paths.join(", ");
    // What the first file has said stays; an entry of the same name in a later one is discarded whole.
    let clusters = || parsed.iter().flat_map(|file| file.clusters.iter().flatten());
    let contexts = || parsed.iter().flat_map(|file| file.contexts.iter().flatten());
    let users = || parsed.iter().flat_map(|file| file.users.iter().flatten());
    let known = || {
        let all: Vec<&str> = contexts().filter_map(|entry| entry.name.as_deref()).collect();
        let more = all.len().saturating_sub(limits::NAMES_SHOWN);
        match (all.len(), more) {
            (0, _) => "no context".to_owned(),
            (_, 0) => all.join(", "),
            _ => format!("{} and {more} more", all[..limits::NAMES_SHOWN].join(", ")),
        }
    };
    let current = parsed
        .iter()
        .filter_map(|file| file.current_context.as_deref())
        .find(|name| !name.is_empty());
    let Some(name) = context.or(current) else {
        return Err(KubeconfigError::NoCurrentContext {
            files: names(),
            contexts: known(),
        });
    };
    let Some(entry) = contexts().find(|entry| entry.name.as_deref() == Some(name)) else {
        return Err(KubeconfigError::NoSuchContext {
            files: names(),
            context: shortened(name),
            contexts: known(),
        });
    };
    let entry = entry.context.clone().unwrap_or_default();
    let cluster_name = entry.cluster.unwrap_or_default();
    let cluster = clusters()
        .find(|cluster| cluster.name.as_deref() == Some(&cluster_name))
        .and_then(|cluster| cluster.cluster.clone());
    let Some((server, cluster)) = cluster.and_then(|cluster| {
        let server = cluster.server.clone().filter(|server| !server.trim().is_empty())?;
        Some((server, cluster))
    }) else {
        return Err(KubeconfigError::NoServer {
            files: names(),
            context: shortened(name),
            cluster: shortened(&cluster_name),
        });
    };
    let exec = entry
        .user
        .and_then(|user| users().find(|entry| entry.name.as_ref() == Some(&user)))
        .and_then(|entry| entry.user.clone())
        .and_then(|user| user.exec)
        .unwrap_or_default();
    let mut found = Kubeconfig {
        files: paths.clone(),
        context: text(name),
        server: text(&without_user(server.trim())),
        tls_server_name: cluster.tls_server_name.as_deref().map(text),
        proxy_url: cluster.proxy_url.as_deref().map(|url| text(&without_user(url))),
        certificate_authority: cluster
            .certificate_authority_data
            .filter(|data| data.len() <= limits::KUBECONFIG_AUTHORITY),
        ..Kubeconfig::default()
    };
    found.take_exec(&exec);
    for known in [cluster_name.as_str(), name] {
        found.take_name(known);
    }
    if found.region.is_none() {
        let endpoint = found.host().and_then(|host| EndpointName::parse(&host).ok());
        found.region = endpoint.map(|endpoint| endpoint.region);
    }
    Ok(Some(found))
}

fn parse(path: &str, bytes: &[u8]) -> Result<File, KubeconfigError> {
    let malformed = |place: String, reason: String| KubeconfigError::Malformed {
        file: path.to_owned(),
        place,
        reason,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|octet| *octet == b'\n').count();
        malformed(format!(", line {line}"), "not UTF-8 text".to_owned())
    })?;
    // An empty file is a kubeconfig in which nothing is set.
    if text.trim().is_empty() {
        return Ok(File::default());
    }
    serde_saphyr::from_str(text).map_err(|error| {
        let place = error
            .location()
            .map(|at| format!(", line {} column {}", at.line(), at.column()));
        let reason = error.without_snippet().to_string();
        // The first line says what it is; the place stands there once more.
        let reason = reason.lines().next().unwrap_or_default();
        malformed(place.unwrap_or_default(), shortened(reason))
    })
}

impl Kubeconfig {
    /// The host of the API server; `None` where it is an address, or no host name.
    pub fn host(&self) -> Option<Name> {
        let host = self.authority().0?;
        if host.parse::<IpAddr>().is_ok() {
            return None;
        }
        Name::from_host(host).ok()
    }

    /// The port of the API server: the URL's, else that of its scheme.
    pub fn port(&self) -> u16 {
        let plain = self.server.starts_with("http://");
        self.authority().1.unwrap_or(if plain { 80 } else { 443 })
    }

    fn authority(&self) -> (Option<&str>, Option<u16>) {
        let rest = self
            .server
            .split_once("://")
            .map_or(self.server.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => match rest.split_once(']') {
                Some((host, port)) => (host, port.strip_prefix(':')),
                None => (rest, None),
            },
            None => match authority.rsplit_once(':') {
                Some((host, port)) if !host.contains(':') => (host, Some(port)),
                _ => (authority, None),
            },
        };
        let host = (!host.is_empty()).then_some(host);
        (host, port.and_then(|port| port.parse().ok()))
    }

    /// What the arguments and the environment of the credential plugin say: those of `aws eks get-token` (AWS CLI
    /// command reference) and of `aws-iam-authenticator token` (its own help).
    fn take_exec(&mut self, exec: &Exec) {
        let command = exec.command.as_deref().unwrap_or_default();
        let program = command.rsplit(['/', '\\']).next().unwrap_or_default();
        let is_authenticator = program.contains("authenticator");
        let mut args = exec.args.iter().flatten().map(String::as_str);
        while let Some(argument) = args.next() {
            let (flag, joined) = match argument.split_once('=') {
                Some((flag, value)) => (flag, Some(value)),
                None => (argument, None),
            };
            let wanted = match flag {
                "--cluster-name" => &mut self.cluster,
                "--cluster-id" | "-i" if is_authenticator => &mut self.cluster,
                "--region" => &mut self.region,
                "--profile" => &mut self.profile,
                "--role-arn" => &mut self.role_arn,
                "--role" | "-r" if is_authenticator => &mut self.role_arn,
                _ => continue,
            };
            let value = joined.or_else(|| args.next()).filter(|value| !value.is_empty());
            if let Some(value) = value {
                *wanted = Some(text(value));
            }
        }
        let variable = |name: &str| {
            exec.env
                .iter()
                .flatten()
                .find(|variable| variable.name.as_deref() == Some(name))
                .and_then(|variable| variable.value.as_deref())
                .filter(|value| !value.is_empty())
                .map(text)
        };
        self.profile = self.profile.take().or_else(|| variable("AWS_PROFILE"));
        self.region = self
            .region
            .take()
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"));
    }

    /// What the name of a cluster or a context says: the ARN that `aws eks update-kubeconfig` writes, or
    /// `NAME.REGION.eksctl.io`, which eksctl writes.
    fn take_name(&mut self, name: &str) {
        let arn: Vec<&str> = name.splitn(6, ':').collect();
        let parts = if let ["arn", _, "eks", region, _, resource] = arn[..] {
            resource.strip_prefix("cluster/").map(|cluster| (cluster, region))
        } else {
            let name = name.rsplit('@').next().unwrap_or(name);
            name.strip_suffix(".eksctl.io").and_then(|rest| rest.rsplit_once('.'))
        };
        let Some((cluster, region)) = parts else {
            return;
        };
        if self.cluster.is_none() && !cluster.is_empty() {
            self.cluster = Some(text(cluster));
        }
        if self.region.is_none() && !region.is_empty() {
            self.region = Some(text(region));
        }
    }
}

/// A URL without the user name and password in it.
fn without_user(whole: &str) -> String {
    let (scheme, rest) = whole
        .split_once("://")
        .map_or(("", whole), |(scheme, rest)| (scheme, rest));
    let rest = url::user_end(rest).map_or(rest, |at| &rest[at + 1..]);
    if scheme.is_empty() {
        rest.to_owned()
    } else {
        format!("{scheme}://{rest}")
    }
}

fn text(text: &str) -> String {
    crate::text::short(text, limits::KUBECONFIG_TEXT)
}

fn shortened(text: &str) -> String {
    crate::text::shortened(text, limits::PARSER_MESSAGE)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    const HOST: &str = "0123456789ABCDEF0123456789ABCDEF.gr7.ap-northeast-1.eks.amazonaws.com";

    /// As `aws eks update-kubeconfig --profile prod` writes it.
    fn update_kubeconfig() -> String {
        format!(
            "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: TFMwdA==\n    server: \
             https://{HOST}\n  \
             name: arn:aws:eks:ap-northeast-1:123456789012:cluster/shared\ncontexts:\n- context:\n    cluster: \
             arn:aws:eks:ap-northeast-1:123456789012:cluster/shared\n    user: u\n  name: shared\ncurrent-context: \
             shared\nkind: Config\npreferences: {{}}\nusers:\n- name: u\n  user:\n    exec:\n      apiVersion: \
             client.authentication.k8s.io/v1beta1\n      args:\n      - --region\n      - ap-northeast-1\n      - eks\n      \
             - get-token\n      - --cluster-name\n      - shared\n      - --output\n      - json\n      command: aws\n      \
             env:\n      - name: AWS_PROFILE\n        value: prod\n"
        )
    }

    fn file(text: &str) -> Vec<(String, Vec<u8>)> {
        vec![("config".to_owned(), text.as_bytes().to_vec())]
    }

    fn of(text: &str) -> Kubeconfig {
        read(&file(text), None).unwrap().unwrap()
    }

    fn refused(text: &str, context: Option<&str>) -> String {
        read(&file(text), context).unwrap_err().to_string()
    }

    #[test]
    fn what_the_aws_cli_writes() {
        let found = of(&update_kubeconfig());
        assert_eq!(found.host().unwrap().to_string(), HOST);
        assert_eq!(found.port(), 443);
        assert_eq!(found.cluster.as_deref(), Some("shared"));
        assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
        assert_eq!(found.profile.as_deref(), Some("prod"));
        assert_eq!(found.role_arn, None);
        assert_eq!(found.certificate_authority.as_deref(), Some("TFMwdA=="));
    }

    fn with(cluster: &str, exec: &str, name: &str) -> Kubeconfig {
        of(&format!(
            "clusters: [{{name: '{name}', cluster: {{{cluster}}}}}]\ncontexts: [{{name: c, context: {{cluster: \
             '{name}', user: \
             u}}}}]\ncurrent-context: c\nusers: [{{name: u, user: {{token: secret, exec: {exec}}}}}]\n"
        ))
    }

    #[test]
    fn plugins_are_read_and_not_run() {
        let server = format!("server: 'https://{HOST}'");
        let found = with(
            &server,
            "{command: /usr/local/bin/aws-iam-authenticator, args: [token, -i, shared, -r, 'arn:aws:iam::1:role/x']}",
            "k",
        );
        assert_eq!(found.cluster.as_deref(), Some("shared"));
        assert_eq!(found.role_arn.as_deref(), Some("arn:aws:iam::1:role/x"));
        // From the host's name.
        assert_eq!(found.region.as_deref(), Some("ap-northeast-1"));
        let found = with(
            &server,
            "{command: 'C:\\aws\\aws.exe', args: [--profile=p, eks, get-token, --cluster-name=n, --role-arn, r, \
             --region]}",
            "k",
        );
        assert_eq!(
            (
                found.profile.as_deref(),
                found.cluster.as_deref(),
                found.role_arn.as_deref()
            ),
            (Some("p"), Some("n"), Some("r"))
        );
        // eksctl's names, and none.
        let found = with(&server, "null", "blue.eu-west-1.eksctl.io");
        assert_eq!(
            (found.cluster.as_deref(), found.region.as_deref()),
            (Some("blue"), Some("eu-west-1"))
        );
        assert_eq!(with(&server, "{}", "k").cluster, None);
        let json = serde_json::to_string(&with(&server, "{}", "k")).unwrap();
        assert!(!json.contains("secret"), "{json}");
    }

    #[test]
    fn servers_in_every_form() {
        for (server, host, port) in [
            ("https://a.example.test:6443/", Some("a.example.test"), 6443),
            ("https://a.example.test.", Some("a.example.test"), 443),
            ("HTTPS://A.example.test/k8s/clusters/c-1", Some("A.example.test"), 443),
            ("http://a.example.test", Some("a.example.test"), 80),
            ("a.example.test", Some("a.example.test"), 443),
            ("https://user:pass@a.example.test", Some("a.example.test"), 443),
            ("fashion-eks", Some("fashion-eks"), 443),
            ("https://10.0.0.1:6443", None, 6443),
            ("https://[2001:db8::1]:6443", None, 6443),
            ("https://", None, 443),
            ("https://a..b", None, 443),
        ] {
            let found = with(&format!("server: '{server}'"), "{}", "k");
            let name = found.host().map(|name| name.to_string());
            assert_eq!(
                (name.as_deref().map(|name| name.trim_end_matches('.')), found.port()),
                (host, port),
                "{server}"
            );
            assert!(!found.server.contains("pass"));
        }
        let proxied = "server: 'https://a.test', tls-server-name: b.test, proxy-url: 'http://u:p@proxy.test:3128'";
        let found = with(proxied, "{}", "k");
        assert_eq!(found.tls_server_name.as_deref(), Some("b.test"));
        assert_eq!(found.proxy_url.as_deref(), Some("http://proxy.test:3128"));
    }

    #[test]
    fn the_first_file_to_say_something_wins() {
        let entry = |server: &str, more: &str| {
            format!(
                "clusters: [{{name: k, cluster: {{server: 'https://{server}'}}}}]\ncontexts: [{{name: c, context: \
                 {{cluster: \
                 k}}}}]\n{more}"
            )
        };
        let files = vec![
            ("empty".to_owned(), b"\n".to_vec()),
            ("one".to_owned(), entry("one.test", "").into_bytes()),
            (
                "two".to_owned(),
                entry("two.test", "current-context: c\n---\n")
                    .replace("---\n", "")
                    .into_bytes(),
            ),
        ];
        let found = read(&files, None).unwrap().unwrap();
        assert_eq!(found.host().unwrap().to_string(), "one.test");
        assert_eq!(found.files, ["empty", "one", "two"]);
        assert_eq!(read(&[], None), Ok(None));
    }

    #[test]
    fn what_leads_nowhere_says_where_and_why() {
        let good = update_kubeconfig();
        assert_eq!(
            refused(&good, Some("other")),
            "kubeconfig config: no context \"other\"; it has shared"
        );
        assert!(refused("contexts: []", None).contains("no current-context"));
        assert!(refused("current-context: x", None).contains("no context \"x\"; it has no context"));
        let lost = good.replace("server:", "sever:");
        assert!(
            refused(&lost, None).contains("which has no server there"),
            "{}",
            refused(&lost, None)
        );
        for text in [
            "clusters: [",
            "clusters: 7\n",
            "a: b: c",
            "\t- x",
            "[]",
            "clusters:\n- cluster: {server: [1]}",
        ] {
            let error = refused(text, None);
            assert!(error.starts_with("kubeconfig config, line "), "{text}: {error}");
            assert!(!error.contains('\n') && error.len() < 500, "{error}");
        }
        let error = read(&[("b".to_owned(), b"a\n\xff".to_vec())], None).unwrap_err();
        assert!(error.to_string().starts_with("kubeconfig b, line 2: not UTF-8"));
        // JSON is YAML.
        let json = format!(
            "{{\"clusters\":[{{\"name\":\"k\",\"cluster\":{{\"server\":\"https://{HOST}\"}}}}],\"contexts\":[{{\"name\":\"c\",\
             \"context\":{{\"cluster\":\"k\",\"user\":\"\"}}}}],\"current-context\":\"c\",\"users\":null}}"
        );
        assert!(of(&json).host().is_some());
    }

    /// Aliases that grow without end, nesting without end, and mutations of a good file: an answer or an error.
    #[test]
    fn hostile_files_end() {
        use std::fmt::Write;

        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            let _ = writeln!(bomb, "a{level}: &a{level} [{}]", [before.as_str(); 9].join(", "));
        }
        bomb.push_str("current-context: *a11\n");
        let _ = read(&file(&bomb), None);
        for deep in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(50_000)] {
            assert!(read(&file(&deep), None).is_err());
        }
        let good = update_kubeconfig().into_bytes();
        let mut state = 0x9E37_79B9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize
        };
        for _ in 0..2000 {
            let mut bytes = good.clone();
            for _ in 0..=next() % 4 {
                let at = next() % bytes.len().max(1);
                match next() % 3 {
                    0 if at < bytes.len() => bytes[at] = next().to_le_bytes()[0],
                    1 if at < bytes.len() => drop(bytes.remove(at)),
                    _ => bytes.truncate(at.max(1)),
                }
            }
            let _ = read(&[("m".to_owned(), bytes)], None);
        }
    }
}

//! Kubeconfig files: which API server a context has, and what of AWS stands behind it. Files are merged as kubectl
//! merges them (Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files"). Nothing in them is run,
//! and no credential is kept.

mod exec;
mod file;
mod lines;
mod pem;
mod refusal;
mod shown;
#[cfg(test)]
mod tests;
mod url;
mod words;
mod yaml;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use self::file::{ClusterEntry, ContextEntry, Exec, File, UserEntry};
pub use self::refusal::{ContextFault, NotTaken, OnThisHost, OpenedFile, ProgramSeen, Refusal, Whole};
use super::{Gap, arn};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;

/// What the kubeconfig says of the target, and of the cluster behind it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Kubeconfig {
    /// The files that were merged, in kubectl's order.
    pub files: Vec<String>,
    /// The context.
    pub context: String,
    /// What the context calls its cluster: the name of an entry of `clusters`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cluster_entry: String,
    /// `clusters[].cluster.server`, without a user name or password.
    pub server: String,
    /// Why kubectl ends with this context before it asks anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// Why kubectl asks for a user name and a password first, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks_for_a_user: Option<String>,
    /// `tls-server-name`: the name that the certificate is verified against instead of the host's.
    pub tls_server_name: Option<String>,
    /// `proxy-url`, without user name and password: the proxy resolves the name, not this host.
    pub proxy_url: Option<String>,
    /// Why kubectl does not take that, and ends before it asks anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy_url_problem: Option<String>,
    /// `certificate-authority-data` (PEM, in base64), or what stands in the file of `certificate-authority`.
    pub certificate_authority: Option<String>,
    /// The file of `certificate-authority`, where there is no `certificate-authority-data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_authority_file: Option<String>,
    /// Why that file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_authority_problem: Option<String>,
    /// The cluster's name, from the `exec` entry's arguments, or the cluster's ARN.
    pub cluster: Option<String>,
    /// The AWS Region: of the host's name, else from the same.
    pub region: Option<String>,
    /// Where two things say different Regions: both, and which is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_doubt: Option<String>,
    /// The AWS profile (`--profile`, a program around it such as aws-vault, or `AWS_PROFILE` of the `exec` entry).
    pub profile: Option<String>,
    /// The role to assume (`--role-arn`, `--role`, `-r`).
    pub role_arn: Option<String>,
    /// What of the `exec` entry is not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_unread: Option<String>,
    /// The variables with credentials that the `exec` entry sets: their names alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exec_credentials: Vec<String>,
    /// Other contexts that lead to the host that was asked for, with another profile, role, Region, `tls-server-name`
    /// or `proxy-url`, where none of them is the current one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_contexts: Vec<String>,
    /// Whether another context is the current one, and this one was found by the host that was asked for: whether
    /// kubectl is used with it, nobody said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub found_by_host: bool,
}

/// What kubectl connects to in place of the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherServer {
    /// This host itself: the near end of a tunnel.
    Tunnel,
    /// Another address: kubectl connects to it, and asks no name server.
    Address(IpAddr),
    /// Another name, which kubectl looks up itself.
    Name(Name),
}

/// Which context is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct WantedContext<'a> {
    /// The one of this name; else one that leads to the host or the cluster, else the current one.
    pub context: Option<&'a str>,
    /// The endpoint that was named.
    pub host: Option<&'a Name>,
    /// The cluster that was named.
    pub cluster: Option<&'a str>,
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
    #[error("kubeconfig {file}{place}: {reason}; or name another file (--kubeconfig)")]
    Malformed {
        /// The file.
        file: String,
        /// `, line 3`, where that is known.
        place: String,
        /// Why.
        reason: String,
    },
    /// There is nothing in it.
    #[error(
        "kubeconfig {files}: has no context and no cluster; write one with aws eks update-kubeconfig --region REGION \
         --name CLUSTER, or name another file (--kubeconfig)"
    )]
    Empty {
        /// The files.
        files: String,
    },
    /// There are clusters in it, and no context.
    #[error(
        "kubeconfig {files}: has no context, so it leads to no cluster; write one with aws eks update-kubeconfig --region \
         REGION --name CLUSTER, or name another file (--kubeconfig)"
    )]
    NoContext {
        /// The files.
        files: String,
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
    #[error(
        "kubeconfig {files}: no context {context:?}; it has {contexts}: name one with --context, or another file (--kubeconfig)"
    )]
    NoSuchContext {
        /// The files.
        files: String,
        /// The context.
        context: String,
        /// The contexts there are.
        contexts: String,
    },
    /// The context's cluster is not there, or has no server.
    #[error(
        "kubeconfig {files}: context {context:?} names the cluster {cluster:?}, which has no server there: name another context (--context), or write it anew with aws eks update-kubeconfig"
    )]
    NoServer {
        /// The files.
        files: String,
        /// The context.
        context: String,
        /// Its cluster.
        cluster: String,
    },
}

/// The files as one, and what is looked up in them by name.
struct Merged<'a> {
    files: Vec<String>,
    current: Option<&'a str>,
    /// In their order.
    contexts: Vec<(&'a str, Option<&'a ContextEntry>)>,
    /// With the folder of the file, which paths in it start from.
    clusters: BTreeMap<&'a str, (&'a ClusterEntry, &'a str)>,
    users: BTreeMap<&'a str, (Option<&'a UserEntry>, &'a str)>,
    /// What they name on this host.
    host: OnThisHost<'a>,
    /// Why kubectl does not take the files at all.
    refusal: Option<Refusal>,
}

impl<'a> Merged<'a> {
    /// What the first file has said stays; an entry of the same name in a later one is discarded whole.
    fn new(files: &'a [(String, Vec<u8>)], parsed: &'a [File], host: OnThisHost<'a>) -> Self {
        let mut merged = Self {
            files: files.iter().map(|(path, _)| path.clone()).collect(),
            current: parsed
                .iter()
                .filter_map(|file| file.current_context.as_ref().map(|name| name.0.as_str()))
                .find(|name| !name.is_empty()),
            contexts: Vec::new(),
            clusters: BTreeMap::new(),
            users: BTreeMap::new(),
            host,
            refusal: refusal::of_base64(files, parsed),
        };
        let mut seen = std::collections::BTreeSet::new();
        for ((path, _), file) in files.iter().zip(parsed) {
            merged
                .contexts
                .extend(file.contexts().filter(|(name, _)| seen.insert(*name)));
            for (name, cluster) in file.clusters() {
                merged.clusters.entry(name).or_insert((cluster, path));
            }
            for (name, user) in file.users() {
                merged.users.entry(name).or_insert((user, path));
            }
        }
        merged
    }

    fn names(&self) -> String {
        self.files.join(", ")
    }

    fn known(&self) -> String {
        let shown = |name: &str| match name {
            "" => "one without a name".to_owned(),
            name => shortened(name),
        };
        let all: Vec<String> = self.contexts.iter().map(|(name, _)| shown(name)).collect();
        let more = all.len().saturating_sub(limits::NAMES_SHOWN);
        match (all.len(), more) {
            (_, 0) => all.join(", "),
            _ => format!("{} and {more} more", all[..limits::NAMES_SHOWN].join(", ")),
        }
    }

    /// What the context leads to.
    fn context(&self, name: &str) -> Result<Kubeconfig, KubeconfigError> {
        if self.contexts.is_empty() {
            return Err(KubeconfigError::NoContext { files: self.names() });
        }
        let Some((_, entry)) = self.contexts.iter().find(|(other, _)| *other == name) else {
            return Err(KubeconfigError::NoSuchContext {
                files: self.names(),
                context: shortened(name),
                contexts: self.known(),
            });
        };
        self.entry(name, *entry)
    }

    /// The same of a context and its entry.
    fn entry(&self, name: &str, entry: Option<&ContextEntry>) -> Result<Kubeconfig, KubeconfigError> {
        let cluster_name = entry.map_or("", |entry| entry.cluster.0.as_str());
        let cluster = self.clusters.get(cluster_name);
        let Some((cluster, path)) = cluster.filter(|(cluster, _)| !cluster.server.0.trim().is_empty()) else {
            return Err(KubeconfigError::NoServer {
                files: self.names(),
                context: shortened(name),
                cluster: shortened(cluster_name),
            });
        };
        let set = |value: &Option<file::Text>| {
            let value = value.as_ref().map(|value| value.0.as_str());
            value.filter(|value| !value.is_empty()).map(str::to_owned)
        };
        // A user that is not there has no credentials: kubectl asks for a user name, and connects (kubectl 1.32, 1.33
        // and 1.37; `config view --minify` alone refuses it).
        let user = entry.map_or("", |entry| entry.user.0.as_str());
        let data = cluster.certificate_authority_data.as_ref().map(|data| data.0.clone());
        let data = data.filter(|data| !data.is_empty());
        let mut found = Kubeconfig {
            files: self.files.clone(),
            context: text(name),
            cluster_entry: text(cluster_name),
            server: text(&without_secrets(cluster.server.0.trim())),
            tls_server_name: set(&cluster.tls_server_name).as_deref().map(text),
            proxy_url: set(&cluster.proxy_url).map(|url| text(&without_secrets(&url))),
            proxy_url_problem: set(&cluster.proxy_url).and_then(|url| url::problem_of_proxy(&url).map(str::to_owned)),
            // kubectl takes the data where there are both.
            certificate_authority_file: set(&cluster.certificate_authority)
                .filter(|_| data.is_none())
                .map(|file| text(&beside(path, &file))),
            certificate_authority: data.filter(|data| data.len() <= limits::KUBECONFIG_AUTHORITY),
            ..Kubeconfig::default()
        };
        let (of_user, path_of_user) = self.users.get(user).copied().unwrap_or((None, path));
        found.refusal.clone_from(&self.refusal);
        let entries = refusal::Entries {
            cluster_name,
            cluster,
            user_name: user,
            user: of_user,
            open_of_cluster: &|file| (self.host.open)(path, file),
            open_of_user: &|file| (self.host.open)(path_of_user, file),
            program_of_user: &|program| (self.host.program)(path_of_user, program),
        };
        if found.refusal.is_none() {
            found.refusal = entries.refusal();
        }
        if found.refusal.is_none() {
            found.asks_for_a_user = entries.asks_for_a_user();
        }
        if let Some(exec) = of_user.and_then(|user| user.exec.as_ref()) {
            found.take_exec(exec);
        }
        for known in [cluster_name, name] {
            found.take_name(known);
        }
        found.take_region();
        Ok(found)
    }
}

/// A path that stands in a kubeconfig: from the folder of the file on, as kubectl has it.
fn beside(kubeconfig: &str, path: &str) -> String {
    match Path::new(kubeconfig).parent() {
        Some(folder) => folder.join(path).display().to_string(),
        None => path.to_owned(),
    }
}

/// Merges the files, each with its path, and looks up the context; without one, the current context. `None` where
/// there is no file.
pub fn read(files: &[(String, Vec<u8>)], context: Option<&str>) -> Result<Option<Kubeconfig>, KubeconfigError> {
    let wanted = WantedContext {
        context,
        ..WantedContext::default()
    };
    find(files, &wanted, OnThisHost::UNKNOWN)
}

/// The same for the context that is wanted, and the files that it names are opened. `None` where there is no file, or
/// no context of what was named.
pub fn find(
    files: &[(String, Vec<u8>)],
    wanted: &WantedContext<'_>,
    host: OnThisHost<'_>,
) -> Result<Option<Kubeconfig>, KubeconfigError> {
    if files.is_empty() {
        return Ok(None);
    }
    let parsed = files
        .iter()
        .map(|(path, bytes)| file::parse(path, bytes))
        .collect::<Result<Vec<File>, _>>()?;
    let merged = Merged::new(files, &parsed, host);
    if let Some(name) = wanted.context {
        return merged.context(name).map(Some);
    }
    if wanted.host.is_some() || wanted.cluster.is_some() {
        return Ok(leading_to(&merged, wanted));
    }
    let Some(name) = merged.current else {
        let no_kubeconfig = files
            .iter()
            .find_map(|(path, octets)| Some((path, file::no_kubeconfig(octets)?)));
        let is_empty = merged.contexts.is_empty() && merged.clusters.is_empty();
        if let Some((path, reason)) = no_kubeconfig.filter(|_| is_empty) {
            return Err(KubeconfigError::Malformed {
                file: path.clone(),
                place: String::new(),
                reason,
            });
        }
        let files = merged.names();
        return Err(if is_empty {
            KubeconfigError::Empty { files }
        } else if merged.contexts.is_empty() {
            KubeconfigError::NoContext { files }
        } else {
            KubeconfigError::NoCurrentContext {
                files,
                contexts: merged.known(),
            }
        });
    };
    merged.context(name).map(Some)
}

/// A context's name, and what it leads to, or why to no API server.
pub type Context = (String, Result<Kubeconfig, KubeconfigError>);

/// What each context of the merged files leads to, in their order.
pub fn all(files: &[(String, Vec<u8>)], host: OnThisHost<'_>) -> Result<Vec<Context>, KubeconfigError> {
    let parsed = files
        .iter()
        .map(|(path, bytes)| file::parse(path, bytes))
        .collect::<Result<Vec<File>, _>>()?;
    let merged = Merged::new(files, &parsed, host);
    let contexts = merged.contexts.iter();
    Ok(contexts
        .map(|(name, entry)| (text(name), merged.entry(name, *entry)))
        .collect())
}

/// The context that leads to what was named: the current one, else the first of them. Of several clusters of one name,
/// which are of other Regions or accounts, none is chosen.
fn leading_to(merged: &Merged<'_>, wanted: &WantedContext<'_>) -> Option<Kubeconfig> {
    let is_wanted = |found: &Kubeconfig| match (wanted.host, wanted.cluster) {
        (Some(host), _) => found.leads_to(host),
        (None, cluster) => found.cluster.as_deref() == cluster,
    };
    let of = |name: &str| merged.context(name).ok().filter(is_wanted);
    if let Some(found) = merged.current.and_then(of) {
        return Some(found);
    }
    let mut others: Vec<Kubeconfig> = merged.contexts.iter().filter_map(|(name, _)| of(name)).collect();
    if wanted.host.is_none() {
        let mut others = others.into_iter();
        let first = others.next()?;
        return others.all(|other| other.server == first.server).then_some(first);
    }
    // One whose server is the host itself comes before one that only verifies its certificate.
    let is_dialled = |of: &Kubeconfig| of.dialled().as_ref() == wanted.host;
    let place = others.iter().position(is_dialled).unwrap_or_default();
    if others.is_empty() {
        return None;
    }
    let mut first = others.remove(place);
    first.found_by_host = true;
    let differing = others
        .into_iter()
        .filter(|other| !other.is_used_as(&first))
        .map(|other| other.context)
        .take(limits::LIST_IN_CAPTURE);
    first.other_contexts = differing.collect();
    Some(first)
}

impl Kubeconfig {
    /// The host of the API server: the endpoint behind another `server`, where there is one. `None` where it is an
    /// address, this host itself, or no host name.
    pub fn host(&self) -> Option<Name> {
        if self.elsewhere().is_some() {
            return self.verified();
        }
        self.dialled()
    }

    /// The AWS account of the cluster, where the ARN that `aws eks update-kubeconfig` writes names it.
    pub fn account(&self) -> Option<&str> {
        // arn:aws:eks:REGION:ACCOUNT:cluster/NAME
        let of = |arn: &'_ str| arn.starts_with("arn:").then(|| arn::account(arn))?.map(str::len);
        let mut named = [&self.cluster_entry, &self.context].into_iter();
        let arn = named.find(|text| of(text).is_some_and(|length| length > 0))?;
        arn::account(arn)
    }

    /// Whether the two say the same of what is used beside the host.
    fn is_used_as(&self, other: &Self) -> bool {
        let used = |of: &Self| {
            let used = [
                &of.profile,
                &of.role_arn,
                &of.region,
                &of.tls_server_name,
                &of.proxy_url,
            ];
            used.map(Clone::clone)
        };
        used(self) == used(other)
    }

    /// Whether the name is its endpoint's, or the one that kubectl connects to.
    pub fn leads_to(&self, name: &Name) -> bool {
        [self.host(), self.dialled()].iter().flatten().any(|own| own == name)
    }

    /// The host name of `server`; `None` where it is an address, or this host itself.
    fn dialled(&self) -> Option<Name> {
        let host = self.authority().0?;
        if host.parse::<IpAddr>().is_ok() || is_this_host(host) {
            return None;
        }
        Name::from_host(host).ok()
    }

    /// Whether `server` has this name with a dot behind it, and kubectl looks it up so.
    pub fn has_root_dot(&self, target: &Name) -> bool {
        let has_dot = self.authority().0.is_some_and(|host| host.ends_with('.'));
        has_dot && self.dialled().is_some_and(|dialled| dialled == *target)
    }

    /// `tls-server-name` as a name.
    fn verified(&self) -> Option<Name> {
        Name::from_host(self.tls_server_name.as_deref()?).ok()
    }

    /// What kubectl connects to in place of the endpoint: `server`, where the certificate is to be that of an EKS
    /// endpoint of another name, or where it is on this host while the entry's credentials are for an EKS cluster: no
    /// endpoint of EKS is here. Of another address or name, without `tls-server-name`, nothing is known.
    pub fn elsewhere(&self) -> Option<OtherServer> {
        match self.verified() {
            Some(verified) => {
                EndpointName::parse(&verified).ok()?;
                if self.dialled().is_some_and(|dialled| dialled == verified) {
                    return None;
                }
            }
            None if self.is_at_this_host() && self.cluster.is_some() => {}
            None => return None,
        }
        let host = self.authority().0?;
        if is_this_host(host) {
            return Some(OtherServer::Tunnel);
        }
        match host.parse() {
            Ok(address) => Some(OtherServer::Address(address)),
            Err(_) => self.dialled().map(OtherServer::Name),
        }
    }

    /// The near end of a tunnel, which is on this host.
    pub fn tunnel(&self) -> Option<String> {
        (self.elsewhere()? == OtherServer::Tunnel).then(|| self.end()).flatten()
    }

    /// The host and the port of `server`.
    pub fn end(&self) -> Option<String> {
        let host = self.authority().0?;
        let host = if host.contains(':') {
            format!("[{host}]")
        } else {
            host.to_owned()
        };
        Some(format!("{host}:{}", self.dialled_port()))
    }

    /// The other name that kubectl looks up in place of this endpoint (client-go dials the host of `server`, and
    /// `tls-server-name` is for the certificate alone: k8s.io/client-go, tools/clientcmd/api, Cluster). Of a context
    /// that is not the current one, and that nobody named, it is nothing that kubectl is known to do.
    pub fn name_in_place_of(&self, target: &Name) -> Option<Name> {
        match self.elsewhere()? {
            OtherServer::Name(name) if name != *target && !self.found_by_host => Some(name),
            _ => None,
        }
    }

    /// The address that kubectl connects to in place of looking the endpoint up. As above, of no other context.
    pub fn address_in_place_of_a_lookup(&self) -> Option<IpAddr> {
        match self.elsewhere()? {
            OtherServer::Address(address) if !self.found_by_host => Some(address),
            _ => None,
        }
    }

    /// Whether kubectl looks this name up nowhere with it: a proxy does, or it connects elsewhere.
    pub fn hands_on(&self, target: &Name) -> bool {
        let connects_elsewhere = match self.elsewhere() {
            Some(OtherServer::Name(name)) => name != *target,
            other => other.is_some(),
        };
        self.proxy_url.is_some() || connects_elsewhere
    }

    /// Whether kubectl connects to this host itself.
    pub fn is_at_this_host(&self) -> bool {
        self.authority().0.is_some_and(is_this_host)
    }

    /// The port of the API server for this target: the URL's, else that of its scheme. Of an endpoint that kubectl does
    /// not connect to itself it is the endpoint's own.
    pub fn port(&self, target: &Name) -> u16 {
        let is_dialled = self.dialled().is_some_and(|dialled| dialled == *target);
        if self.elsewhere().is_some() && !is_dialled {
            443
        } else {
            self.dialled_port()
        }
    }

    fn dialled_port(&self) -> u16 {
        let plain = self.server.starts_with("http://");
        self.authority().1.unwrap_or(if plain { 80 } else { 443 })
    }

    /// Takes the certificate authority that stands in its file: PEM, as in `certificate-authority-data`.
    pub fn take_authority(&mut self, pem: &[u8]) {
        let data = base64_simd::STANDARD.encode_to_string(pem);
        if data.len() <= limits::KUBECONFIG_AUTHORITY {
            self.certificate_authority = Some(data);
        } else {
            let most = limits::KUBECONFIG_AUTHORITY / 4 * 3;
            self.certificate_authority_problem = Some(format!("it has more than {most} octets, which is not read"));
        }
    }

    /// What could not be learnt of it; `whom` says as whom AWS is asked instead.
    pub fn gaps(&self, whom: &str) -> Vec<Gap> {
        let source = format!("kubeconfig, context {}", self.context);
        let gap = |fact: &str, reason: String| Gap::here(fact, source.clone(), reason);
        let mut gaps = Vec::new();
        if !self.other_contexts.is_empty() {
            let all: Vec<String> = self.other_contexts.iter().map(|name| shortened(name)).collect();
            let more = all.len().saturating_sub(limits::NAMES_SHOWN);
            let mut names = all[..all.len() - more].join(", ");
            if more > 0 {
                names = format!("{names} and {more} more");
            }
            let leads = if all.len() == 1 { "leads" } else { "lead" };
            gaps.push(gap(
                "which context is meant",
                format!(
                    "{names} {leads} to the same host with another profile, role, Region, tls-server-name or proxy-url: \
                     {} is taken, so name another with --context",
                    shortened(&self.context)
                ),
            ));
        }
        if let Some(unread) = &self.exec_unread {
            gaps.push(gap("as whom kubectl asks", format!("{unread} (users, exec): {whom}")));
        }
        if let Some(why) = &self.asks_for_a_user {
            gaps.push(gap(
                "as whom kubectl asks",
                format!(
                    "{why} (users): kubectl asks for a user name and a password first, and ends with \"error: EOF\" where \
                     nobody can answer; {whom}"
                ),
            ));
        }
        if let Some(refusal) = &self.refusal {
            gaps.push(gap("whether kubectl asks at all", refusal.reason()));
        }
        if let (Some(doubt), Some(taken)) = (&self.region_doubt, &self.region) {
            gaps.push(gap("the Region of the cluster", format!("{doubt}: {taken} is taken")));
        }
        if let (Some(other), Some(taken)) = (self.other_cluster(), &self.cluster) {
            let (other, taken) = (shortened(other), shortened(taken));
            gaps.push(gap(
                "which cluster the endpoint is of",
                format!(
                    "the name of the context, or of its cluster, says {other}, and the exec entry of its user {taken}: \
                     {taken} is taken, so name the one you mean with --cluster"
                ),
            ));
        }
        if !self.exec_credentials.is_empty() {
            let names = self.exec_credentials.join(", ");
            gaps.push(gap(
                "credentials of the exec entry",
                format!("it sets {names}, and their values are not used: {whom}"),
            ));
        }
        if let Some(problem) = &self.certificate_authority_problem {
            let file = self.certificate_authority_file.as_deref().unwrap_or_default();
            gaps.push(gap(
                "certificate authority of the kubeconfig",
                format!("{file}: {problem}"),
            ));
        }
        gaps
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

    /// What the arguments and the environment of the credential plugin say.
    fn take_exec(&mut self, entry: &Exec) {
        let command = entry.command.as_ref().map_or("", |command| command.0.as_str());
        let arguments: Vec<String> = entry.args.iter().flatten().map(|word| word.0.clone()).collect();
        let variables = entry.env.iter().flatten();
        let environment = variables
            .map(|variable| (variable.name.0.clone(), variable.value.0.clone()))
            .collect();
        let found = exec::understand(command, &arguments, environment);
        self.cluster = found.cluster;
        self.region = found.region;
        self.region_doubt = found.region_doubt;
        self.profile = found.profile;
        self.role_arn = found.role_arn;
        self.exec_unread = found.unread;
        self.exec_credentials = found.credentials;
    }

    /// The Region of the endpoint's own name wins. A token is good in every Region, and its plugin is not told whether
    /// the cluster is there: what it, or a program around it, is given may be the Region of STS alone.
    fn take_region(&mut self) {
        let endpoint = self.host().and_then(|host| EndpointName::parse(&host).ok());
        let Some(own) = endpoint.map(|endpoint| endpoint.region) else {
            return;
        };
        let other = self.region.take().filter(|other| *other != own);
        self.region_doubt = other.map(|other| {
            let other = shortened(&other);
            format!("the context, or the exec entry of its user, says {other}, and the endpoint's own name {own}")
        });
        self.region = Some(own);
    }

    /// The other cluster that the name of the cluster's entry, or of the context, says, where the `exec` entry of the
    /// user gives tokens for `cluster`.
    pub fn other_cluster(&self) -> Option<&str> {
        let own = self.cluster.as_deref()?;
        let (other, _) = in_name(&self.cluster_entry).or_else(|| in_name(&self.context))?;
        (!other.is_empty() && other != own).then_some(other)
    }

    /// Takes what the name of a cluster or a context says.
    fn take_name(&mut self, name: &str) {
        let Some((cluster, region)) = in_name(name) else {
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

/// The cluster and the Region in the name of a cluster or a context: the ARN that `aws eks update-kubeconfig` writes,
/// or `NAME.REGION.eksctl.io`, which eksctl writes.
fn in_name(name: &str) -> Option<(&str, &str)> {
    let arn: Vec<&str> = name.splitn(6, ':').collect();
    if let ["arn", _, "eks", region, _, resource] = arn[..] {
        return resource.strip_prefix("cluster/").map(|cluster| (cluster, region));
    }
    let name = name.rsplit('@').next().unwrap_or(name);
    name.strip_suffix(".eksctl.io").and_then(|rest| rest.rsplit_once('.'))
}

/// A URL without what may be a secret: the user name, the password, the query and the fragment.
fn without_secrets(whole: &str) -> String {
    let start = match whole.find("://") {
        Some(at) => at + 3,
        None if whole.starts_with("//") => 2,
        None => 0,
    };
    let (scheme, rest) = whole.split_at(start);
    let rest = crate::url::user_end(rest).map_or(rest, |at| &rest[at + 1..]);
    let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    format!("{scheme}{rest}")
}

fn text(text: &str) -> String {
    crate::text::short(text, limits::KUBECONFIG_TEXT)
}

fn shortened(text: &str) -> String {
    crate::text::shortened(text, limits::PARSER_MESSAGE)
}

/// Whether it is a name or an address of the host itself (RFC 6761 section 6.3; RFC 1122 section 3.2.1.3).
fn is_this_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_loopback = host
        .parse::<IpAddr>()
        .is_ok_and(|ip| ip.is_loopback() || ip.is_unspecified());
    is_loopback
        || host == "localhost"
        || host.ends_with(".localhost")
        || matches!(
            host.as_str(),
            "localhost.localdomain" | "ip6-localhost" | "ip6-loopback"
        )
}

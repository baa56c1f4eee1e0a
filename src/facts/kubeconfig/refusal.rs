//! Why kubectl ends with a context before it asks anybody, and what it prints then: the checks of client-go, in their
//! order (k8s.io/client-go, tools/clientcmd/validation.go, validateAuthInfo and validateClusterInfo;
//! tools/clientcmd/client_config.go, ClientConfig; rest/url_utils.go, DefaultServerURL; rest/transport.go,
//! TransportConfig; transport/transport.go, TLSConfigFor; transport/round_trippers.go, HTTPWrappersForConfig). The
//! texts are those of kubectl 1.32 and 1.37, recorded in fixtures/kubeconfig.
//!
//! Not among them is the prompt for a user name, where the user has no credential: kubectl goes on when it is answered.

use serde::{Deserialize, Serialize};

use super::file::{ClusterEntry, Exec, File, Octets, Text, UserEntry};
use super::url::{self, quoted};
use super::{pem, text, without_secrets};

/// Why kubectl ends before it looks any name up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Refusal {
    /// What it does not take, in its order. All of them belong to one step: it ends there.
    pub causes: Vec<NotTaken>,
    /// What it prints, line by line; empty where that is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prints: Vec<String>,
}

impl Refusal {
    /// What it prints, as one line.
    pub fn line(&self) -> Option<String> {
        (!self.prints.is_empty()).then(|| self.prints.join(" "))
    }

    /// Why, in words.
    pub(super) fn reason(&self) -> String {
        let mut whats: Vec<String> = Vec::new();
        for cause in &self.causes {
            let what = match &cause.file {
                Some(file) => format!("{} ({file})", cause.fault.what()),
                None => cause.fault.what().to_owned(),
            };
            if !whats.contains(&what) {
                whats.push(what);
            }
        }
        format!(
            "{}: kubectl ends before it asks a name server. Name servers were asked here all the same",
            whats.join("; ")
        )
    }
}

impl ContextFault {
    /// What is wrong, and under which key of the kubeconfig.
    fn what(self) -> &'static str {
        match self {
            Self::ServerControl => {
                "server (clusters) has a line break or another control character in it, as `server: |` leaves one"
            }
            Self::ServerBlank => "server (clusters) has a blank in it, in front of it or behind it",
            Self::ServerForm => "server (clusters) is no URL, and no host and port",
            Self::ServerScheme => "server (clusters) has another scheme than http and https",
            Self::ServerPort => "server (clusters) has a port over 65535",
            Self::Proxy => "proxy-url (clusters) is none that kubectl takes",
            Self::Base64 => "the data of a certificate or a key is no base64, so the whole file is refused",
            Self::AuthorityTwice => "certificate-authority and certificate-authority-data (clusters) are both set",
            Self::AuthorityFile => "the file of certificate-authority (clusters) cannot be read",
            Self::AuthorityForm => "the certificate authority (clusters) is no certificate in PEM",
            Self::AuthorityInsecure => "a certificate authority stands beside insecure-skip-tls-verify (clusters)",
            Self::ClientTwice => "a client certificate or its key (users) is set twice, as a file and as data",
            Self::ClientKeyMissing => "client-certificate (users) has no client-key beside it",
            Self::ClientCertificateFile => "the file of client-certificate (users) cannot be read",
            Self::ClientKeyFile => "the file of client-key (users) cannot be read",
            Self::ClientCertificateForm => "the client certificate (users) is none in PEM",
            Self::ClientKeyForm => "the client key (users) is none in PEM",
            Self::Token => {
                "token (users), or the file of tokenFile, has a line break or another control character in it"
            }
            Self::TokenAndPassword => "a token stands beside a user name or a password (users)",
            Self::TokenFile => "the file of tokenFile (users) cannot be read",
            Self::ExecCommand => "exec (users) has no command",
            Self::ExecVersion => "the apiVersion of exec (users) is none that kubectl 1.24 or later takes",
            Self::ExecMode => "the interactiveMode of exec (users) is missing, or none that kubectl knows",
            Self::ExecVariable => "a variable in env of exec (users) has no name",
            Self::ExecAndProvider => "exec and auth-provider (users) are both set",
            Self::ExecProgram => "with PATH as it is in this run, the program of exec (users) is not found",
            Self::Provider => "auth-provider (users) is one that kubectl no longer has",
            Self::Impersonation => "as-uid, as-groups or as-user-extra (users) stands there without as",
        }
    }
}

/// What is to be base64 and is not, in any entry: kubectl then reads none of the files.
pub(super) fn of_base64(files: &[(String, Vec<u8>)], parsed: &[File]) -> Option<Refusal> {
    let all = files.iter().zip(parsed);
    let mut wrong = all.flat_map(|((path, _), file)| file.not_base64().map(move |wrong| (path, wrong)));
    let (path, first) = wrong.next()?;
    let mut found = Found::default();
    // Of several it is not known here which one Go meets first.
    let says = wrong.next().is_none().then(|| {
        format!(
            "error loading config file {}: illegal base64 data at input byte {}",
            quoted(path),
            first.at
        )
    });
    found.add(ContextFault::Base64, Some(path), says);
    found.ends()
}

/// One thing that it does not take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotTaken {
    /// What is wrong.
    pub fault: ContextFault,
    /// The file, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What is wrong with a context, its cluster or its user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ContextFault {
    /// `server` has a line break or another control character in it.
    ServerControl,
    /// `server` has a blank that is no part of a URL.
    ServerBlank,
    /// `server` is neither a URL nor a host and a port.
    ServerForm,
    /// `server` has another scheme than http and https.
    ServerScheme,
    /// `server` has a port over 65535.
    ServerPort,
    /// `proxy-url` is none.
    Proxy,
    /// Octets that are to be base64 are not.
    Base64,
    /// `certificate-authority` beside `certificate-authority-data`.
    AuthorityTwice,
    /// The file of `certificate-authority` cannot be read.
    AuthorityFile,
    /// The certificate authority is no certificate in PEM.
    AuthorityForm,
    /// A certificate authority beside `insecure-skip-tls-verify`.
    AuthorityInsecure,
    /// `client-certificate` beside `client-certificate-data`, or `client-key` beside `client-key-data`.
    ClientTwice,
    /// A client certificate without its key.
    ClientKeyMissing,
    /// The file of `client-certificate` cannot be read.
    ClientCertificateFile,
    /// The file of `client-key` cannot be read.
    ClientKeyFile,
    /// The client certificate is none in PEM.
    ClientCertificateForm,
    /// The client key is none in PEM.
    ClientKeyForm,
    /// `token`, or the file of `tokenFile`, has a line break or another control character in it.
    Token,
    /// A token beside a user name or a password.
    TokenAndPassword,
    /// The file of `tokenFile` cannot be read.
    TokenFile,
    /// `exec` has no `command`.
    ExecCommand,
    /// `exec` has no `apiVersion`, or one that kubectl does not take.
    ExecVersion,
    /// `exec` has no `interactiveMode`, or one that kubectl does not know.
    ExecMode,
    /// A variable in `env` of `exec` has no name.
    ExecVariable,
    /// The program of `exec` is not there.
    ExecProgram,
    /// `exec` beside `auth-provider`.
    ExecAndProvider,
    /// `auth-provider` is one that kubectl does not have.
    Provider,
    /// `as-uid`, `as-groups` or `as-user-extra` without `as`.
    Impersonation,
}

/// What came of opening a file that the kubeconfig names.
#[derive(Debug)]
pub enum OpenedFile {
    /// It was not tried, or it did not end in time.
    Unknown,
    /// It cannot be opened.
    Closed(Whole),
    /// It can be opened, and not read: a folder.
    Unreadable(Whole),
    /// What stands in it.
    Content(Vec<u8>),
}

/// How kubectl shows a file, and the error of the operating system as Go prints it, where that is known.
#[derive(Debug)]
pub struct Whole {
    /// The path from the root on, without `.` and `..`.
    pub path: String,
    /// Such as `no such file or directory`.
    pub why: Option<&'static str>,
}

/// Whether a program that stands in a kubeconfig is on this host. It is never run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgramSeen {
    /// It is there, or that is not known.
    Unknown,
    /// It is a name, and no folder of PATH has a program of that name.
    NotInPath,
    /// It is a path, from the root on here, and nothing is there.
    NoFile(String),
}

/// What of this host a kubeconfig leads to: each is asked with the kubeconfig's path, and with what stands in it.
#[derive(Clone, Copy)]
pub struct OnThisHost<'a> {
    /// Opens a file.
    pub open: &'a dyn Fn(&str, &str) -> OpenedFile,
    /// Looks for a program.
    pub program: &'a dyn Fn(&str, &str) -> ProgramSeen,
}

impl OnThisHost<'_> {
    /// Where nothing of the host is looked at.
    pub const UNKNOWN: OnThisHost<'static> = OnThisHost {
        open: &|_, _| OpenedFile::Unknown,
        program: &|_, _| ProgramSeen::Unknown,
    };
}

/// Opens a file beside one kubeconfig.
type OpenBeside<'a> = &'a dyn Fn(&str) -> OpenedFile;

/// A cluster and a user, with what they are called, and the kubeconfig's folder for paths in each.
pub(super) struct Entries<'a> {
    pub(super) cluster_name: &'a str,
    pub(super) cluster: &'a ClusterEntry,
    pub(super) user_name: &'a str,
    pub(super) user: Option<&'a UserEntry>,
    pub(super) open_of_cluster: OpenBeside<'a>,
    pub(super) open_of_user: OpenBeside<'a>,
    pub(super) program_of_user: &'a dyn Fn(&str) -> ProgramSeen,
}

/// What was found wrong in one step; `None` for what it prints where that is not known.
#[derive(Default)]
struct Found {
    causes: Vec<NotTaken>,
    prints: Vec<Option<String>>,
}

impl Found {
    fn add(&mut self, fault: ContextFault, file: Option<&str>, prints: Option<String>) {
        let file = file.map(text);
        let cause = NotTaken { fault, file };
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
        // An aggregate says the same thing once (k8s.io/apimachinery/pkg/util/errors).
        if !self.prints.contains(&prints) {
            self.prints.push(prints);
        }
    }

    fn say(&mut self, fault: ContextFault, prints: String) {
        self.add(fault, None, Some(prints));
    }

    /// It ends here, with an error of kubectl's own.
    fn ends(self) -> Option<Refusal> {
        // StandardErrorMessage and MultilineError in k8s.io/kubectl/pkg/cmd/util/helpers.go.
        let is_known = self.prints.iter().all(Option::is_some);
        let lines: Vec<String> = self.prints.into_iter().flatten().collect();
        let prints = match &lines[..] {
            _ if !is_known => Vec::new(),
            [one] => vec![format!("error: {one}")],
            _ => std::iter::once("Error in configuration:".to_owned())
                .chain(lines.iter().map(|line| format!("* {line}")))
                .collect(),
        };
        let prints = prints.iter().map(|line| text(line)).collect();
        let causes = self.causes;
        (!causes.is_empty()).then_some(Refusal { causes, prints })
    }
}

/// An error of `url.Parse`, or of the HTTP client (StandardErrorMessage, `*url.Error`).
fn unable(fault: ContextFault, why: Option<String>) -> Refusal {
    let prints = why.map(|why| text(&format!("Unable to connect to the server: {why}")));
    let cause = NotTaken { fault, file: None };
    Refusal {
        causes: vec![cause],
        prints: prints.into_iter().collect(),
    }
}

impl Entries<'_> {
    /// Why kubectl ends before it asks anybody.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let mut found = Found::default();
        if let Some(user) = self.user {
            self.validate_user(user, &mut found);
        }
        self.validate_cluster(&mut found);
        if let Some(refusal) = found.ends() {
            return Some(refusal);
        }
        let server = self.cluster.server.0.as_str();
        let is_bare = without_secrets(server) == server;
        let (scheme, host) = match server_url(server) {
            Ok(found) => found,
            Err(mut refusal) => {
                // What may have a secret in it is not shown.
                refusal.prints.retain(|_| is_bare);
                return Some(refusal);
            }
        };
        if scheme == "https"
            && let Some(refusal) = self.tls(self.user.unwrap_or(&UserEntry::default()))
        {
            return Some(refusal);
        }
        // Go, src/net/http/transport.go, roundTrip; golang.org/x/net/http/httpguts, ValidHeaderFieldValue.
        // The file goes before the token, without the blanks around what stands in it (k8s.io/client-go,
        // transport/token_source.go, fileTokenSource.Token).
        let token = self.user.and_then(|user| match user.token_file.0.as_str() {
            "" => Some(user.token.0.clone().into_bytes()),
            file => match (self.open_of_user)(file) {
                OpenedFile::Content(octets) => Some(octets.trim_ascii().to_vec()),
                _ => None,
            },
        });
        let is_control = |octet: &u8| octet.is_ascii_control() && *octet != b'\t';
        if scheme == "https" && token.is_some_and(|token| token.iter().any(is_control)) {
            let why = "net/http: invalid header field value for \"Authorization\"";
            return Some(unable(ContextFault::Token, Some(why.to_owned())));
        }
        if scheme == "https"
            && let Some(refusal) = self.user.and_then(|user| self.program(user))
        {
            return Some(refusal);
        }
        before_the_lookup(&scheme, &host)
    }

    fn validate_user(&self, user: &UserEntry, found: &mut Found) {
        let name = self.user_name;
        let both = |data: Option<&Octets>, file: &Text| is_set(data) && !file.0.is_empty();
        if has_certificate(user) {
            if both(user.certificate_data.as_ref(), &user.certificate) {
                found.say(
                    ContextFault::ClientTwice,
                    format!(
                        "client-cert-data and client-cert are both specified for {name}. client-cert-data will override."
                    ),
                );
            }
            if both(user.key_data.as_ref(), &user.key) {
                found.say(
                    ContextFault::ClientTwice,
                    format!(
                        "client-key-data and client-key are both specified for {name}; client-key-data will override"
                    ),
                );
            }
            if !is_set(user.key_data.as_ref()) && user.key.0.is_empty() {
                found.say(
                    ContextFault::ClientKeyMissing,
                    format!(
                        "client-key-data or client-key must be specified for {name} to use the clientCert authentication \
                         method."
                    ),
                );
            }
            for (fault, file, what) in [
                (ContextFault::ClientCertificateFile, &user.certificate, "client-cert"),
                (ContextFault::ClientKeyFile, &user.key, "client-key"),
            ] {
                Self::closed(found, fault, file, what, name, self.open_of_user);
            }
        }
        if let Some(exec) = &user.exec {
            validate_exec(name, exec, user.provider.is_some(), found);
        }
        if !user.token.0.is_empty() && has_password(user) {
            found.say(
                ContextFault::TokenAndPassword,
                format!(
                    "more than one authentication method found for {name}; found [token basicAuth], only one is allowed"
                ),
            );
        }
        let impersonates = !user.as_uid.0.is_empty()
            || user.as_groups.as_ref().is_some_and(|groups| !groups.is_empty())
            || user.as_extra.as_ref().is_some_and(|extra| !extra.is_empty());
        if impersonates && user.as_user.0.is_empty() {
            found.say(
                ContextFault::Impersonation,
                format!("requesting uid, groups or user-extra for {name} without impersonating a user"),
            );
        }
    }

    fn validate_cluster(&self, found: &mut Found) {
        let (name, cluster) = (self.cluster_name, self.cluster);
        let proxy = cluster.proxy_url.as_ref().map_or("", |proxy| proxy.0.as_str());
        if !proxy.is_empty() && url::problem_of_proxy(proxy).is_some() {
            // parseProxyURL. What may have a secret in it is not shown.
            let why = match url::parse(proxy) {
                Ok(url) => format!(
                    "unsupported scheme {}, must be http, https, or socks5",
                    quoted(&url.scheme.to_ascii_lowercase())
                ),
                Err(_) => format!("could not parse: {proxy}"),
            };
            let is_bare = without_secrets(proxy) == proxy;
            let says = format!(
                "invalid 'proxy-url' {} for cluster {}: {why}",
                quoted(proxy),
                quoted(name)
            );
            found.add(ContextFault::Proxy, None, is_bare.then_some(says));
        }
        let file = cluster.certificate_authority.clone().unwrap_or_default();
        if !file.0.is_empty() && is_set(cluster.certificate_authority_data.as_ref()) {
            found.say(
                ContextFault::AuthorityTwice,
                format!(
                    "certificate-authority-data and certificate-authority are both specified for {name}. \
                     certificate-authority-data will override."
                ),
            );
        }
        Self::closed(
            found,
            ContextFault::AuthorityFile,
            &file,
            "certificate-authority",
            name,
            self.open_of_cluster,
        );
    }

    /// A file that cannot be opened.
    fn closed(found: &mut Found, fault: ContextFault, file: &Text, what: &str, name: &str, open: OpenBeside<'_>) {
        if file.0.is_empty() {
            return;
        }
        if let OpenedFile::Closed(Whole { path, why }) = open(&file.0) {
            let says = why.map(|why| format!("unable to read {what} {path} for {name} due to open {path}: {why}"));
            found.add(fault, Some(&path), says);
        }
    }

    /// The steps that are made for https only.
    fn tls(&self, user: &UserEntry) -> Option<Refusal> {
        let ends = |fault, file: Option<&str>, says: Option<String>| {
            let mut found = Found::default();
            found.add(fault, file, says);
            found.ends()
        };
        if user.token.0.is_empty() && !user.token_file.0.is_empty() {
            match (self.open_of_user)(&user.token_file.0) {
                OpenedFile::Closed(whole) => {
                    return ends(ContextFault::TokenFile, Some(&whole.path), whole.says("open"));
                }
                OpenedFile::Unreadable(whole) => {
                    return ends(ContextFault::TokenFile, Some(&whole.path), whole.says("read"));
                }
                OpenedFile::Unknown | OpenedFile::Content(_) => {}
            }
        }
        // kubectl asks for a user name first, and what comes then is not known.
        if !is_identified(user) {
            return None;
        }
        if let Some(exec) = &user.exec {
            let version = exec.api_version.0.as_str();
            if !VERSIONS.contains(&version) {
                return ends(
                    ContextFault::ExecVersion,
                    None,
                    Some(format!("exec plugin: invalid apiVersion {}", quoted(version))),
                );
            }
        } else if let Some(provider) = &user.provider {
            match provider.name.0.as_str() {
                "oidc" => {}
                // They say in several lines by what they were replaced.
                "gcp" | "azure" => return ends(ContextFault::Provider, None, None),
                name => {
                    let says = format!("no Auth Provider found for name {}", quoted(name));
                    return ends(ContextFault::Provider, None, Some(says));
                }
            }
        }
        let cluster = self.cluster;
        let authority = Self::content(
            cluster.certificate_authority_data.as_ref(),
            cluster.certificate_authority.as_ref(),
            self.open_of_cluster,
        );
        let (certificate, key) = if has_certificate(user) {
            (
                Self::content(
                    user.certificate_data.as_ref(),
                    Some(&user.certificate),
                    self.open_of_user,
                ),
                Self::content(user.key_data.as_ref(), Some(&user.key), self.open_of_user),
            )
        } else {
            (Material::None, Material::None)
        };
        for (material, fault) in [
            (&authority, ContextFault::AuthorityFile),
            (&certificate, ContextFault::ClientCertificateFile),
            (&key, ContextFault::ClientKeyFile),
        ] {
            if let Material::Unreadable(whole) = material {
                return ends(fault, Some(&whole.path), whole.says("read"));
            }
        }
        if cluster.insecure.is_yes() && !matches!(authority, Material::None) {
            return ends(
                ContextFault::AuthorityInsecure,
                None,
                Some("specifying a root certificates file with the insecure flag is not allowed".to_owned()),
            );
        }
        // An empty one is the same as none.
        if let Material::Octets(octets) = &authority
            && !octets.is_empty()
            && let Some(why) = pem::problem_of_authority(octets)
        {
            return ends(
                ContextFault::AuthorityForm,
                None,
                Some(format!("unable to load root certificates: {why}")),
            );
        }
        // Where both are files they are read again for each connection, and an error there ends nothing.
        let reloads = !is_set(user.certificate_data.as_ref()) && !is_set(user.key_data.as_ref());
        if let (false, Material::Octets(certificate)) = (reloads, &certificate) {
            if let Some(why) = pem::problem_of_client_certificate(certificate) {
                return ends(ContextFault::ClientCertificateForm, None, Some(why));
            }
            if let Material::Octets(key) = &key
                && let Some(why) = pem::problem_of_key(key)
            {
                return ends(ContextFault::ClientKeyForm, None, Some(why));
            }
        }
        if has_password(user) && !user.token_file.0.is_empty() {
            return ends(
                ContextFault::TokenAndPassword,
                None,
                Some("username/password or bearer token may be set, but not both".to_owned()),
            );
        }
        None
    }

    /// The exec plugin's program, where it is called: before anything is connected to, and only where nothing else
    /// identifies the user (k8s.io/client-go, plugin/pkg/client/auth/exec/exec.go, roundTripper.RoundTrip and
    /// UpdateTransportConfig).
    fn program(&self, user: &UserEntry) -> Option<Refusal> {
        let is_alone = user.token.0.is_empty()
            && user.token_file.0.is_empty()
            && !has_certificate(user)
            && !has_password(user)
            && user.provider.is_none();
        let exec = user.exec.as_ref().filter(|_| is_alone)?;
        let command = exec.command.as_ref()?.0.as_str();
        // wrapCmdRunErrorLocked, and os/exec of Go. Behind the first line stands help.
        let why = match (self.program_of_user)(command) {
            ProgramSeen::Unknown => return None,
            ProgramSeen::NotInPath => format!("executable {command} not found"),
            ProgramSeen::NoFile(path) => format!("fork/exec {path}: no such file or directory"),
        };
        // It is to have a terminal, which is looked at first.
        let is_said = exec.mode.0 != "Always";
        let mut refusal = unable(
            ContextFault::ExecProgram,
            is_said.then(|| format!("getting credentials: exec: {why}")),
        );
        for cause in &mut refusal.causes {
            cause.file = Some(text(command));
        }
        Some(refusal)
    }

    /// Why kubectl asks for a user name and a password first, and then goes on (canIdentifyUser of client_config.go).
    /// Where nobody can answer it ends with `error: EOF`.
    pub(super) fn asks_for_a_user(&self) -> Option<String> {
        let is_https = server_url(&self.cluster.server.0).is_ok_and(|(scheme, _)| scheme == "https");
        let name = self.user_name;
        match self.user {
            _ if !is_https => None,
            None if name.is_empty() => Some("the context has no user".to_owned()),
            None => Some(format!(
                "no user {:?} with credentials stands there",
                super::shortened(name)
            )),
            Some(user) => {
                (!is_identified(user)).then(|| format!("the user {:?} has no credentials", super::shortened(name)))
            }
        }
    }

    /// What is in the data, else in the file.
    fn content(data: Option<&Octets>, file: Option<&Text>, open: OpenBeside<'_>) -> Material {
        if let Some(data) = data.filter(|data| !data.is_empty()) {
            return data.decoded().map_or(Material::Unknown, Material::Octets);
        }
        match file.filter(|file| !file.0.is_empty()).map(|file| open(&file.0)) {
            None => Material::None,
            Some(OpenedFile::Content(octets)) => Material::Octets(octets),
            Some(OpenedFile::Unreadable(whole)) => Material::Unreadable(whole),
            Some(OpenedFile::Closed(_) | OpenedFile::Unknown) => Material::Unknown,
        }
    }
}

impl Whole {
    fn says(&self, step: &str) -> Option<String> {
        Some(format!("{step} {}: {}", self.path, self.why?))
    }
}

enum Material {
    None,
    Unknown,
    Unreadable(Whole),
    Octets(Vec<u8>),
}

/// The versions of the exec plugin's interface that kubectl has since 1.24 (k8s.io/client-go,
/// plugin/pkg/client/auth/exec/exec.go, apiVersions).
const VERSIONS: [&str; 2] = [
    "client.authentication.k8s.io/v1beta1",
    "client.authentication.k8s.io/v1",
];
/// Those for which `interactiveMode` need not be said (k8s.io/client-go, tools/clientcmd/api/v1/defaults.go).
const OLDER_VERSIONS: [&str; 2] = [
    "client.authentication.k8s.io/v1beta1",
    "client.authentication.k8s.io/v1alpha1",
];
/// Its values (k8s.io/client-go, tools/clientcmd/api/types.go).
const MODES: [&str; 3] = ["Never", "IfAvailable", "Always"];

fn validate_exec(name: &str, exec: &Exec, has_provider: bool, found: &mut Found) {
    if has_provider {
        found.say(
            ContextFault::ExecAndProvider,
            format!("authProvider cannot be provided in combination with an exec plugin for {name}"),
        );
    }
    let missing = |what: &str| format!("{what} must be specified for {name} to use exec authentication plugin");
    if exec.command.as_ref().is_none_or(|command| command.0.is_empty()) {
        found.say(ContextFault::ExecCommand, missing("command"));
    }
    let version = exec.api_version.0.as_str();
    if version.is_empty() {
        found.say(ContextFault::ExecVersion, missing("apiVersion"));
    }
    for variable in exec.env.iter().flatten() {
        if variable.name.0.is_empty() {
            found.say(ContextFault::ExecVariable, missing("env variable name"));
        }
    }
    match exec.mode.0.as_str() {
        "" if OLDER_VERSIONS.contains(&version) => {}
        // One that kubectl does not have is the cause, and this follows from it.
        "" if !version.is_empty() && !VERSIONS.contains(&version) => {
            found.say(ContextFault::ExecVersion, missing("interactiveMode"));
        }
        "" => found.say(ContextFault::ExecMode, missing("interactiveMode")),
        mode if MODES.contains(&mode) => {}
        mode => found.say(
            ContextFault::ExecMode,
            format!("invalid interactiveMode for {name}: {}", quoted(mode)),
        ),
    }
}

fn is_set(data: Option<&Octets>) -> bool {
    data.is_some_and(|data| !data.is_empty())
}

fn has_certificate(user: &UserEntry) -> bool {
    is_set(user.certificate_data.as_ref()) || !user.certificate.0.is_empty()
}

/// canIdentifyUser.
fn is_identified(user: &UserEntry) -> bool {
    !user.username.0.is_empty()
        || !user.token.0.is_empty()
        || !user.token_file.0.is_empty()
        || has_certificate(user)
        || user.provider.is_some()
        || user.exec.is_some()
}

fn has_password(user: &UserEntry) -> bool {
    !user.username.0.is_empty() || !user.password.0.is_empty()
}

/// The scheme and the host of a server as DefaultServerURL has them. Without TLS settings of its own, as it is asked
/// here, it takes one without a scheme for http.
fn server_url(server: &str) -> Result<(String, String), Refusal> {
    if let Ok(url) = url::parse(server)
        && !url.scheme.is_empty()
        && !url.host.is_empty()
    {
        return Ok((url.scheme.to_ascii_lowercase(), url.host.to_owned()));
    }
    let fault = if server.chars().any(|c| c.is_ascii_control()) {
        ContextFault::ServerControl
    } else if server.contains(char::is_whitespace) {
        ContextFault::ServerBlank
    } else {
        ContextFault::ServerForm
    };
    match url::parse(&format!("http://{server}")) {
        Err(error) => Err(unable(fault, Some(error.to_string()))),
        Ok(url) if url.path.is_empty() || url.path == "/" => Ok(("http".to_owned(), url.host.to_owned())),
        Ok(_) => {
            let mut found = Found::default();
            found.say(
                fault,
                format!("host must be a URL or a host:port pair: {}", quoted(server)),
            );
            Err(found.ends().unwrap_or_default())
        }
    }
}

/// What ends a request before its name is looked up.
fn before_the_lookup(scheme: &str, host: &str) -> Option<Refusal> {
    if !matches!(scheme, "http" | "https") {
        // Go, src/net/http/transport.go, roundTrip.
        let why = format!("unsupported protocol scheme {}", quoted(scheme));
        return Some(unable(ContextFault::ServerScheme, Some(why)));
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, port),
        _ => (host, ""),
    };
    if !port.is_empty() && port.parse::<u16>().is_err() {
        // Go, src/net/lookup.go, LookupPort: asked before the name.
        let why = format!("dial tcp: address {port}: invalid port");
        return Some(unable(ContextFault::ServerPort, Some(why)));
    }
    // UTS #46 has no mapping for any of them to what may stand in a name, so the name goes to the resolver as it is
    // (golang.org/x/net/http/httpguts, PunycodeHostPort), and Go's own asks nobody for it (Go, src/net/dnsclient.go,
    // isDomainName).
    if name.contains(|c: char| !c.is_ascii() && c.is_whitespace()) {
        let why = format!("dial tcp: lookup {name}: no such host");
        return Some(unable(
            ContextFault::ServerBlank,
            cfg!(target_os = "linux").then_some(why),
        ));
    }
    None
}

//! This host's resolver configuration beside resolv.conf, as its operating system has it: which name servers it knows,
//! for which names each of them is asked, and what comes before DNS. Pure: captured text in, meaning out. A format is
//! one file.

mod nsswitch;
mod resolved;
mod resolver_files;
mod scutil;
mod text;
mod windows;
mod windows_reading;
mod writer;

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::blanks;
use crate::dns::Name;
use crate::limits;

pub use nsswitch::{HostsLine, LookupPath, Service};
pub(crate) use resolver_files::server_with_port;
pub use text::decode;
pub(crate) use windows::is_nobody;
pub use windows::stub as windows_stub;
pub use windows_reading::{AdapterReading, DohReading, NrptReading, WindowsReading, files_of_windows};
pub use writer::Writer;

/// The texts that were captured, each as the file or the command had it.
#[derive(Debug, Clone, Default)]
pub struct Captured<'a> {
    /// resolv.conf.
    pub resolv_conf: Option<&'a [u8]>,
    /// `/etc/nsswitch.conf`.
    pub nsswitch: Option<&'a [u8]>,
    /// What `resolvectl status` printed, or `resolvectl dns`, `domain` and `default-route` one behind the other.
    pub resolvectl: Option<&'a [u8]>,
    /// What `scutil --dns` printed.
    pub scutil: Option<&'a [u8]>,
    /// The files of `/etc/resolver`, each with its name.
    pub resolver_files: Vec<(String, Vec<u8>)>,
    /// What Windows PowerShell printed as JSON: adapters with their name servers, and NRPT rules.
    pub powershell: Option<&'a [u8]>,
    /// What Windows' own interface says of the same.
    pub windows: Option<&'a WindowsReading>,
    /// The environment variable RES_OPTIONS.
    pub res_options: Option<String>,
    /// The environment variable LOCALDOMAIN.
    pub local_domain: Option<String>,
    /// The environment variable HOSTALIASES.
    pub host_aliases: Option<String>,
}

/// What is known of this host's resolver configuration beside resolv.conf.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct HostConfiguration {
    /// The program that wrote resolv.conf, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolv_conf_writer: Option<Writer>,
    /// The `hosts:` line of nsswitch.conf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts_line: Option<HostsLine>,
    /// RES_OPTIONS, which the C library puts over the options of resolv.conf (resolv.conf(5)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub res_options: Option<String>,
    /// LOCALDOMAIN, which the C library takes for the search list of resolv.conf (resolv.conf(5)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_domain: Option<String>,
    /// Whether HOSTALIASES is set, which is for names without a dot (hostname(7)).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_host_aliases: bool,
    /// Which name servers are asked for which names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_dns: Option<SplitDns>,
}

impl HostConfiguration {
    /// Reads what was captured; `None` where it says nothing.
    pub fn read(captured: &Captured<'_>) -> Option<Self> {
        let split_dns = captured
            .resolvectl
            .map(|text| resolved::parse(&decode(text)))
            .or_else(|| {
                let is_macos = captured.scutil.is_some() || !captured.resolver_files.is_empty();
                is_macos.then(|| {
                    let scutil = captured.scutil.map(decode).unwrap_or_default();
                    scutil::parse(&scutil, &captured.resolver_files)
                })
            })
            .or_else(|| captured.windows.map(WindowsReading::split_dns))
            .or_else(|| captured.powershell.map(|text| windows::parse(&decode(text))))
            // That Windows has no name server at all is said by its own interface, and by no text that is cut off.
            .filter(|split| captured.windows.is_some() || !split.scopes.is_empty() || !split.problems.is_empty());
        let kept = |value: &Option<String>| {
            let value = value.as_deref().map(str::trim)?;
            (!value.is_empty()).then(|| value.chars().take(limits::TEXT_FROM_WIRE).collect())
        };
        let read = Self {
            resolv_conf_writer: captured.resolv_conf.and_then(Writer::of),
            hosts_line: captured.nsswitch.and_then(HostsLine::parse),
            res_options: kept(&captured.res_options),
            local_domain: kept(&captured.local_domain),
            has_host_aliases: kept(&captured.host_aliases).is_some(),
            split_dns,
        };
        (read != Self::default()).then_some(read)
    }

    /// Whether RES_OPTIONS has the word.
    pub fn has_res_option(&self, option: &str) -> bool {
        let options = self.res_options.as_deref().unwrap_or_default();
        blanks::words(options).any(|word| word == option)
    }
}

/// What decides on this host which name server is asked for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Chooser {
    /// systemd-resolved.
    SystemdResolved,
    /// macOS's own resolver.
    Macos,
    /// Windows' DNS client.
    Windows,
}

impl Chooser {
    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::SystemdResolved => "systemd-resolved",
            Self::Macos => "macOS",
            Self::Windows => "Windows",
        }
    }
}

/// Split DNS, as this host applies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SplitDns {
    /// What decides.
    pub chooser: Chooser,
    /// Where it was read.
    pub source: String,
    /// The name servers, by what they belong to.
    pub scopes: Vec<DnsScope>,
    /// The search list, where it is no part of resolv.conf.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<Name>,
    /// The name servers that the system asks over HTTPS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over_https: Vec<OverHttps>,
    /// What a policy says of DNS over HTTPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_https_policy: Option<OverHttpsPolicy>,
    /// What could not be read, and what was left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}

/// A name server that the system asks over HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OverHttps {
    /// Its address.
    pub server: IpAddr,
    /// The URI template; `None` where the system has its own for the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Whether it is asked in the clear where HTTPS fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_fall_back: bool,
}

impl OverHttps {
    /// What that means for this program's questions, as a sentence.
    fn meaning(&self, chooser: Chooser) -> String {
        let (who, server) = (chooser.title(), self.server);
        let template = self
            .template
            .as_ref()
            .map_or_else(String::new, |text| format!(" ({text})"));
        let else_in_the_clear = if self.may_fall_back {
            ", and in the clear where that fails"
        } else {
            ""
        };
        format!(
            "{who} asks {server} over HTTPS{template}{else_in_the_clear}; here it is asked at port 53, where it may \
             answer otherwise."
        )
    }
}

/// What a policy says of DNS over HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OverHttpsPolicy {
    /// It is not to be used.
    Prohibited,
    /// It is used where a server has it.
    Allowed,
    /// Nothing else is to be used.
    Required,
}

impl OverHttpsPolicy {
    /// Of the number of Windows' `DoHPolicy`.
    fn of(number: u32) -> Option<Self> {
        match number {
            1 => Some(Self::Prohibited),
            2 => Some(Self::Allowed),
            3 => Some(Self::Required),
            _ => None,
        }
    }
}

/// Name servers that belong together: of a link, of an adapter, of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DnsScope {
    /// What it is called, for people: `tun0`, `resolver #2 (utun3)`, `adapter Wi-Fi`.
    pub name: String,
    /// Its name servers, in the order they are asked.
    pub servers: Vec<SocketAddr>,
    /// The names that go to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domains: Vec<ScopeDomain>,
    /// Whether it takes the names that no domain covers.
    pub takes_the_rest: bool,
    /// Whether only programs that bind themselves to its interface use it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bound_only: bool,
    /// Of several that fit equally well, the lowest is asked first (macOS: resolver(5), "search_order").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u32>,
    /// How long a lookup may take, in seconds, where that is said (macOS: resolver(5), "timeout").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_s: Option<u32>,
}

impl DnsScope {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            servers: Vec::new(),
            domains: Vec::new(),
            takes_the_rest: false,
            bound_only: false,
            order: None,
            timeout_s: None,
        }
    }

    fn add_server(&mut self, server: SocketAddr, problems: &mut Problems) {
        if self.servers.contains(&server) {
            return;
        }
        if self.servers.len() >= limits::NAME_SERVERS {
            problems.say(format!(
                "{}: name servers beyond the first {} are left out",
                self.name,
                limits::NAME_SERVERS
            ));
            return;
        }
        self.servers.push(server);
    }

    fn add_domain(&mut self, name: Name, exact: bool, problems: &mut Problems) {
        let domain = ScopeDomain { name, exact };
        if self.domains.contains(&domain) {
            return;
        }
        if self.domains.len() >= limits::SCOPE_DOMAINS {
            problems.say(format!(
                "{}: domains beyond the first {} are left out",
                self.name,
                limits::SCOPE_DOMAINS
            ));
            return;
        }
        self.domains.push(domain);
    }
}

/// A domain whose names go to a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScopeDomain {
    /// The domain; the root takes every name.
    pub name: Name,
    /// Whether only this very name is meant, and none below it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
}

impl ScopeDomain {
    /// How well it covers the name: the number of its labels, a whole name before a suffix.
    fn covers(&self, name: &Name) -> Option<(usize, bool)> {
        let covers = if self.exact {
            *name == self.name
        } else {
            name.is_within(&self.name)
        };
        covers.then(|| (self.name.labels().len(), self.exact))
    }
}

/// Who is asked for a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AskedFor {
    /// What decides.
    pub chooser: Chooser,
    /// The names of the scopes.
    pub scopes: Vec<String>,
    /// Their name servers.
    pub servers: Vec<SocketAddr>,
    /// The domain that covers the name; `None` where none does, and the scopes take what is left.
    pub domain: Option<Name>,
}

impl SplitDns {
    /// Who is asked for the name.
    ///
    /// The domain with the most labels decides (systemd-resolved.service(8), "Protocols and Routing"; resolver(5) of
    /// macOS, "SEARCH STRATEGY"; of Windows' NRPT rules the most specific). Of scopes that fit equally well
    /// systemd-resolved and Windows ask all, and macOS asks the one with the lowest order first.
    pub fn asked_for(&self, name: &Name) -> AskedFor {
        let fit = |scope: &DnsScope| {
            let covers = scope.domains.iter().filter_map(|domain| domain.covers(name));
            covers.max()
        };
        // A link without name servers takes part in nothing; a rule without them is an exemption.
        let takes_part =
            |scope: &&DnsScope| !scope.bound_only && (!scope.servers.is_empty() || self.chooser == Chooser::Windows);
        let best = self.scopes.iter().filter(takes_part).filter_map(fit).max();
        let mut chosen: Vec<&DnsScope> = self
            .scopes
            .iter()
            .filter(takes_part)
            .filter(|scope| best.is_some() && fit(scope) == best)
            .collect();
        let is_exempt = chosen.iter().all(|scope| scope.servers.is_empty());
        let covered = best.filter(|_| !is_exempt);
        if covered.is_none() {
            chosen = self
                .scopes
                .iter()
                .filter(|scope| takes_part(scope) && scope.takes_the_rest)
                .collect();
        }
        if self.chooser == Chooser::Macos {
            let first = chosen.iter().map(|scope| scope.order).min();
            chosen.retain(|scope| Some(scope.order) == first);
        }
        let mut servers: Vec<SocketAddr> = Vec::new();
        for server in chosen.iter().flat_map(|scope| &scope.servers) {
            if !servers.contains(server) {
                servers.push(*server);
            }
        }
        AskedFor {
            chooser: self.chooser,
            scopes: chosen.iter().map(|scope| scope.name.clone()).collect(),
            servers,
            domain: covered.and_then(|(labels, _)| ancestor(name, labels)),
        }
    }

    /// The scopes that have the name server.
    pub fn scopes_of(&self, server: SocketAddr) -> impl Iterator<Item = &DnsScope> {
        self.scopes.iter().filter(move |scope| scope.servers.contains(&server))
    }
}

/// The last labels of a name, so many of them.
fn ancestor(name: &Name, labels: usize) -> Option<Name> {
    let skipped = name.labels().len().checked_sub(labels)?;
    Name::from_labels(name.labels().skip(skipped)).ok()
}

/// What could not be read, bounded.
#[derive(Debug, Default)]
struct Problems(Vec<String>);

impl Problems {
    fn say(&mut self, problem: String) {
        if self.0.len() < limits::HOST_PROBLEMS && !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }
}

/// What stands for this host in a report: whom it asks for the name, and what else of its configuration matters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HostSummary {
    /// Whom this host's own resolver asks for the name; `null` where that is not known.
    pub asked: Option<AskedFor>,
    /// What else its configuration means for the name, a sentence each.
    pub notes: Vec<String>,
}

impl HostSummary {
    /// What the configuration means for the name; `None` where it says nothing.
    pub fn of(configuration: Option<&HostConfiguration>, name: &Name) -> Option<Self> {
        let configuration = configuration?;
        let mut notes = Vec::new();
        if let Some(writer) = configuration.resolv_conf_writer {
            notes.extend(writer.meaning().map(str::to_owned));
        }
        if let Some(line) = &configuration.hosts_line {
            notes.extend(line.meaning());
        }
        if let Some(options) = &configuration.res_options {
            notes.push(format!(
                "RES_OPTIONS is set ({options}): the C library puts it over the options of resolv.conf; Go's own \
                 resolver does not read it."
            ));
        }
        if let Some(domain) = &configuration.local_domain {
            notes.push(format!(
                "LOCALDOMAIN is set ({domain}): the C library takes it for the search list of resolv.conf; Go's own \
                 resolver does not read it."
            ));
        }
        if configuration.has_host_aliases {
            notes.push(
                "HOSTALIASES is set: the C library reads it for names without a dot, which no endpoint has.".to_owned(),
            );
        }
        if configuration.res_options.is_some() || configuration.local_domain.is_some() || configuration.has_host_aliases
        {
            // Go, src/net/conf.go, initConfVal.
            notes.push(
                "With that in the environment a Go program that is built with cgo leaves the lookup to the C library."
                    .to_owned(),
            );
        }
        let split = configuration.split_dns.as_ref();
        if let Some(split) = split {
            let problems = split.problems.iter();
            notes.extend(problems.map(|problem| format!("{}: {problem}.", split.source)));
            notes.extend(split.over_https.iter().map(|over| over.meaning(split.chooser)));
            if split.over_https_policy == Some(OverHttpsPolicy::Required) {
                notes.push(format!(
                    "A policy requires DNS over HTTPS: {} asks no name server in the clear, so a name server that is \
                     not known to it with HTTPS is of no use.",
                    split.chooser.title()
                ));
            }
        }
        let asked = split.map(|split| split.asked_for(name));
        let summary = Self { asked, notes };
        (summary != Self::default()).then_some(summary)
    }
}

impl AskedFor {
    /// Whom this host asks, as a sentence.
    pub fn sentence(&self) -> String {
        let who = self.chooser.title();
        let scopes = self.scopes.join(", ");
        if self.servers.is_empty() {
            return format!("{who} has no name server for this name.");
        }
        let servers: Vec<String> = self.servers.iter().map(plain_address).collect();
        let servers = servers.join(", ");
        let because = match &self.domain {
            Some(domain) if domain.is_root() => "its domain is the root, which takes every name".to_owned(),
            Some(domain) => format!("its domain {domain} covers it"),
            None => "no domain of another covers it".to_owned(),
        };
        format!("{who} sends this name to {servers} ({scopes}): {because}.")
    }
}

/// An address without the port where that is DNS's.
fn plain_address(address: &SocketAddr) -> String {
    if address.port() == text::PORT {
        address.ip().to_string()
    } else {
        address.to_string()
    }
}

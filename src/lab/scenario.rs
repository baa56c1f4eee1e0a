//! Scenario files: a place with its resolvers, what they answer, what the environment says, and the
//! diagnosis that must come of it. One file serves `demo`, the lab tests and the case tests.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::de::{self, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use crate::facts::platform::WindowsReading;
use crate::facts::{AwsFacts, Instance, Kubeconfig, System, VantageKind};
use crate::observation::Connection;
use crate::observation::SystemFailure;
use crate::report::{Conclusion, Report};
use crate::rules::{Confidence, Severity};
use crate::settings::FailOn;
use crate::target::{Scope, View};

/// A scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// One line.
    pub title: String,
    /// What is played, in prose.
    #[serde(default)]
    pub description: String,
    /// The rule it is about, if one.
    #[serde(default)]
    pub rule: Option<String>,
    /// When it is played, RFC 3339, where its facts have times; absent: now.
    #[serde(default)]
    pub taken_at: Option<String>,
    /// What the user asks for.
    pub ask: ScenarioAsk,
    /// What the environment says.
    #[serde(default)]
    pub facts: ScenarioFacts,
    /// What getaddrinfo gives; absent: not asked (as with `--no-os`).
    #[serde(default)]
    pub os: Option<SystemOutcome>,
    /// After how many milliseconds it gives that.
    #[serde(default)]
    pub os_after_ms: u64,
    /// Zones by view, beside those of `fixtures/world.toml`; a view of the same name replaces that one.
    #[serde(default)]
    pub views: BTreeMap<String, Vec<Zone>>,
    /// The name servers.
    #[serde(default, rename = "server")]
    pub servers: Vec<LabServer>,
    /// What connections to the API server's port came to.
    #[serde(default, rename = "connection")]
    pub connections: Vec<Connection>,
    /// The diagnosis.
    pub expect: ExpectedDiagnosis,
}

/// What the user asks for: the command line's meaning.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioAsk {
    /// The endpoint; default: the world's.
    #[serde(default)]
    pub target: Option<String>,
    /// The cluster's name.
    #[serde(default)]
    pub cluster: Option<String>,
    /// `--resolver`, in its grammar.
    #[serde(default)]
    pub resolver: Vec<String>,
    /// `--vpc-resolver`.
    #[serde(default)]
    pub vpc_resolver: Vec<String>,
    /// `--inbound`.
    #[serde(default)]
    pub inbound: Vec<String>,
    /// `--public-resolver`.
    #[serde(default)]
    pub public: Vec<String>,
    /// `--expect`: addresses or networks.
    #[serde(default)]
    pub expect: Vec<String>,
    /// `--expect-scope`.
    #[serde(default)]
    pub expect_scope: Option<Scope>,
    /// `--expect-view`.
    #[serde(default)]
    pub expect_view: Option<View>,
    /// `--judge`.
    #[serde(default)]
    pub judge: Vec<String>,
    /// `--fail-on`.
    #[serde(default)]
    pub fail_on: FailOn,
    /// `--samples`.
    #[serde(default = "one")]
    pub samples: u32,
    /// `--timeout`, in milliseconds. Short where a server is silent; long where one is slow.
    #[serde(default = "second")]
    pub timeout_ms: u64,
    /// `--tls-name`.
    #[serde(default)]
    pub tls_name: Option<String>,
    /// `--insecure-tls`.
    #[serde(default)]
    pub insecure_tls: bool,
    /// `--since`, in seconds.
    #[serde(default)]
    pub since_s: Option<u64>,
    /// `--attempts`.
    #[serde(default = "two")]
    pub attempts: u32,
    /// Whether the controls are asked.
    #[serde(default = "yes")]
    pub controls: bool,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

fn second() -> u64 {
    1000
}

fn yes() -> bool {
    true
}

/// What the environment says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ScenarioFacts {
    /// The text of resolv.conf; absent: this host's name servers are left out (as with `--no-local`).
    pub resolv_conf: Option<String>,
    /// The text of systemd-resolved's own resolv.conf; absent: there is none.
    pub upstreams: Option<String>,
    /// This host's resolver configuration beside resolv.conf, as texts of its commands and files.
    pub host: ScenarioHost,
    /// The text of the hosts file; absent: not read.
    pub hosts: Option<String>,
    /// Environment variables: those of the proxy settings, RES_OPTIONS and LOCALDOMAIN.
    pub environment: BTreeMap<String, String>,
    /// Where the vantage is.
    pub vantage: VantageKind,
    /// Its operating system; where it is not named, none is known.
    pub system: Option<System>,
    /// This host as an EC2 instance.
    pub instance: Option<Instance>,
    /// What the kubeconfig says.
    pub kubeconfig: Option<Kubeconfig>,
    /// What AWS says, under the names that it has in a capture.
    #[serde(flatten)]
    pub aws: AwsFacts,
    /// What is none of these: a mistake.
    #[serde(flatten)]
    _unknown: Nothing,
}

/// Takes what the other members left, and refuses it: serde has no `deny_unknown_fields` beside `flatten`.
#[derive(Debug, Clone, Copy, Default)]
struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let left: BTreeMap<String, IgnoredAny> = BTreeMap::deserialize(deserializer)?;
        match left.into_keys().next() {
            None => Ok(Self),
            Some(name) => Err(de::Error::custom(format_args!("unknown field `{name}` of facts"))),
        }
    }
}

/// This host's resolver configuration beside resolv.conf.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioHost {
    /// The text of nsswitch.conf.
    pub nsswitch: Option<String>,
    /// What `resolvectl status` prints.
    pub resolvectl: Option<String>,
    /// What `scutil --dns` prints.
    pub scutil: Option<String>,
    /// The files of `/etc/resolver`.
    pub resolver_files: BTreeMap<String, String>,
    /// What PowerShell prints as JSON. Without `resolv_conf`, this host is a Windows.
    pub powershell: Option<String>,
    /// What Windows' own interface says.
    pub windows: Option<WindowsReading>,
}

/// What getaddrinfo gives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum SystemOutcome {
    /// Addresses.
    Addresses(Vec<IpAddr>),
    /// A failure.
    Failure(SystemFailure),
}

/// A zone as a view has it: everything at or below `apex` that no zone below takes over.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Its apex; `TARGET` stands for the endpoint's name in all names and records of a scenario.
    pub apex: String,
    /// The SOA of its negative answers: `TTL MNAME`. Absent: negative answers are bare.
    #[serde(default)]
    pub soa: Option<String>,
    /// Its name servers, shown in AUTHORITY of positive answers: `TTL NAME`.
    #[serde(default)]
    pub ns: Vec<String>,
    /// Whether answers are authoritative.
    #[serde(default)]
    pub aa: bool,
    /// Records in presentation form: `OWNER TTL TYPE RDATA`; an owner `*.NAME` is a wildcard.
    #[serde(default)]
    pub records: Vec<String>,
}

/// A name server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabServer {
    /// What it is, for people.
    pub name: String,
    /// The address it has in the scenario; port 53 where none is given.
    pub address: String,
    /// This host's address towards it; absent: it is not known.
    #[serde(default)]
    pub asked_from: Option<IpAddr>,
    /// The view it answers from; absent: a question that no `on` answers is unexpected.
    #[serde(default)]
    pub view: Option<String>,
    /// What it says that it runs, when it is asked for `version.bind`; absent: it refuses to say.
    #[serde(default)]
    pub version: Option<String>,
    /// What its UDP port does.
    #[serde(default)]
    pub udp: Port,
    /// What its TCP port does.
    #[serde(default)]
    pub tcp: Port,
    /// What its ports of DNS over TLS (853) and DNS over HTTPS (443) do; absent: nothing is there.
    #[serde(default)]
    pub tls: Option<LabTls>,
    /// Whether a reply to some question of its own is sent on every TCP connection before anything is asked.
    #[serde(default)]
    pub hasty: bool,
    /// Answers to particular questions; the first that fits is given.
    #[serde(default)]
    pub on: Vec<On>,
}

/// What a port does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Port {
    /// Questions are answered.
    #[default]
    Open,
    /// Nothing listens: the port is refused.
    Closed,
    /// Questions are swallowed; over TCP, connections are never made.
    Silent,
    /// Questions are swallowed; over TCP, connections are made and nothing is said on them.
    Mute,
}

/// What a server's ports of DNS over TLS and DNS over HTTPS do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabTls {
    /// The certificate.
    pub certificate: Certificate,
    /// How far it gets.
    pub speaks: Speaks,
    /// Over HTTPS, the status; absent: 200.
    pub status: Option<u16>,
    /// Over HTTPS, the type of the content; absent: that of a DNS message.
    pub content_type: Option<String>,
}

/// A server's certificate. All are of `fixtures/lab/tls`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// Of the lab's authority, for the lab's addresses and `dns.example.test`.
    #[default]
    Good,
    /// Of an authority that nobody trusts.
    OtherIssuer,
    /// For `other.example.test` alone.
    OtherName,
    /// No longer valid.
    Expired,
}

/// What is spoken at such a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaks {
    /// DNS: by ALPN over HTTP/2, or in frames.
    #[default]
    Dns,
    /// TLS with HTTP/1.1 and no other protocol by ALPN.
    Http1,
    /// TLS without ALPN, whatever the client offers.
    NoAlpn,
    /// No TLS: an HTTP response in the clear.
    Clear,
    /// Nothing: the connection is closed at once.
    Closes,
    /// Nothing: the connection stays open.
    Mute,
    /// TLS, and then nothing.
    MuteAfterTls,
}

/// An answer to particular questions. A condition that is absent fits everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct On {
    /// Names: `TARGET`, `SIBLING`, `AWS` (the public AWS controls), `ROOT`, `ZONE` (the enclosing zone), `ANY`,
    /// or a name. Empty: `TARGET`.
    pub names: Vec<String>,
    /// Types; empty: all.
    pub types: Vec<String>,
    /// Only with, or only without EDNS.
    pub edns: Option<bool>,
    /// Only over `udp`, or only over `tcp`.
    pub transport: Option<String>,
    /// Only with, or only without CD.
    pub cd: Option<bool>,
    /// Only the questions of these numbers, among those that fit the other conditions, counted from 1.
    pub times: Vec<u32>,
    /// Say nothing.
    pub silent: bool,
    /// Wait first.
    pub delay_ms: u64,
    /// Answer from this view instead.
    pub view: Option<String>,
    /// The RCODE. With neither `view` nor `rcode` nor `answer`: from the server's own view.
    pub rcode: Option<String>,
    /// Records of the answer section: `OWNER TTL TYPE RDATA`.
    pub answer: Option<Vec<String>>,
    /// Records of the authority section.
    pub authority: Vec<String>,
    /// Records of the additional section.
    pub additional: Vec<String>,
    /// Extended DNS Errors: `CODE` or `CODE TEXT`.
    pub ede: Vec<String>,
    /// The truncation bit.
    pub tc: bool,
    /// The authoritative bit.
    pub aa: Option<bool>,
    /// The recursion-available bit.
    pub ra: Option<bool>,
    /// Send these before the reply: each the reply, changed by one of the words of `bytes`.
    pub before: Vec<String>,
    /// Send these after the reply.
    pub after: Vec<String>,
    /// Change the reply's octets, by a word of `src/lab/deform.rs`: `header-only` (12 octets, no question), `cut` (the
    /// last record of the answer section is cut short, or the first of the others), `wrong-id`, `trailing` and others;
    /// `no-reply`: only `before` and `after` are sent.
    pub bytes: Option<String>,
    /// Over UDP: send all of it from the socket of this address instead of the one that was asked.
    pub from: Option<String>,
    /// Over TCP: how the messages are sent. `together` (in one segment), `drip-N` (an octet every N ms), `half-length`
    /// or `half-frame` and how it ends (`-fin`, `-reset`, `-silence`), `http`, `tls`, `ssh` (what a server of that
    /// protocol says to the question).
    pub stream: Option<String>,
    /// Over TCP: close the connection instead of a reply.
    pub close: bool,
}

/// The diagnosis that must come of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDiagnosis {
    /// The conclusion.
    pub conclusion: Conclusion,
    /// The exit code.
    pub exit_code: u8,
    /// Exactly these findings, the headline first.
    #[serde(default)]
    pub findings: Vec<ExpectedFinding>,
}

impl ExpectedDiagnosis {
    /// The diagnosis of a report, in the terms of a scenario.
    pub fn of(report: &Report) -> Self {
        Self {
            conclusion: report.conclusion,
            exit_code: report.exit_code,
            findings: report
                .findings
                .iter()
                .map(|finding| ExpectedFinding {
                    rule: finding.rule.clone(),
                    severity: finding.severity,
                    confidence: finding.confidence,
                    resolvers: finding.resolvers.clone(),
                    caused_by: finding.caused_by.clone(),
                })
                .collect(),
        }
    }

    /// Whether it is what is left of the other where not everything was waited for: the same conclusion, the same
    /// finding to act on, and no finding that the other has not.
    pub fn is_cut_from(&self, whole: &Self) -> bool {
        let lead = |outcome: &Self| {
            let lead = outcome.findings.first().filter(|lead| lead.severity != Severity::Info);
            lead.map(|lead| (lead.rule.clone(), lead.severity, lead.confidence))
        };
        let is_stated = |finding: &ExpectedFinding| whole.findings.iter().any(|stated| stated.rule == finding.rule);
        self.conclusion == whole.conclusion
            && self.exit_code == whole.exit_code
            && lead(self) == lead(whole)
            && self.findings.iter().all(is_stated)
    }
}

/// A finding that must come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// The rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// About whom.
    pub resolvers: Vec<String>,
    /// Because of which.
    #[serde(default)]
    pub caused_by: Option<String>,
}

//! What clients on this host would do and print, from what was observed of its name servers. A pure
//! simulation; a client is one file and one line in [`CLIENTS`], and is held to what real clients were recorded to
//! print (fixtures/clients, tests/clients.rs).

mod gai;
mod glibc;
mod go;
mod go_cgo;
mod go_system;
mod libsystem;
mod musl;
mod nss_resolve;

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::dns::{AnswerKind, Flaw, NameFault, Rcode, RecordFault, RecordType, Section};
use crate::facts::kubeconfig::Refusal;
use crate::facts::platform::HostsLine;
use crate::facts::{Facts, LibcServers, System, or_loopback};
use crate::limits;
use crate::observation::{Attempt, Connection, Lookup, NetworkFailure, Purpose, SystemLookup, Tcp, Transport};
use crate::probed::Probed;
use crate::resolvers::Role;
use crate::stated::Stated;
use crate::target::Target;

use gai::Gai;

/// What one kind of client would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Prediction {
    /// The resolver library.
    pub client: Client,
    /// What comes of it.
    pub outcome: Resolution,
    /// What it prints where it fails; several where it is a race, the likelier first, or where versions differ, the
    /// newer first. Empty where it resolves.
    pub messages: Vec<String>,
    /// How many seconds one lookup takes, where that is a second or more, whichever way it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_s: Option<u32>,
}

/// A kind of client, by its resolver library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Client {
    /// Go's own resolver; on macOS and Windows, Go with the system's.
    Go,
    /// Go with the C library's.
    GoCgo,
    /// glibc's getaddrinfo.
    Glibc,
    /// musl's getaddrinfo.
    Musl,
    /// libSystem's getaddrinfo, on macOS.
    Libsystem,
}

impl Client {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::GoCgo => "go-cgo",
            Self::Glibc => "glibc",
            Self::Musl => "musl",
            Self::Libsystem => "libsystem",
        }
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What comes of a client's lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It gets an address.
    Resolves,
    /// It gets none.
    Fails,
    /// The one or the other: by which server it begins with (`options rotate`), by which answers first, or by its
    /// version.
    Varies,
}

impl Resolution {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolves => "resolves",
            Self::Fails => "fails",
            Self::Varies => "varies",
        }
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a client says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ClientResult {
    /// Whether it may resolve.
    resolves: bool,
    /// What it may print otherwise.
    messages: Vec<String>,
    /// How long it takes, in seconds, where that is known and always the same.
    takes_s: Option<u32>,
}

impl ClientResult {
    fn resolves() -> Self {
        Self {
            resolves: true,
            ..Self::default()
        }
    }

    fn of(message: &str) -> Self {
        Self {
            messages: vec![message.to_owned()],
            ..Self::default()
        }
    }

    /// Another way in which it may end.
    fn add(&mut self, other: Self) {
        self.resolves |= other.resolves;
        for message in other.messages {
            if !self.messages.contains(&message) {
                self.messages.push(message);
            }
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.takes_s = self.takes_s.filter(|seconds| other.takes_s == Some(*seconds));
        self.add(other);
        self
    }

    fn outcome(&self) -> Resolution {
        match (self.resolves, self.messages.is_empty()) {
            (_, true) => Resolution::Resolves,
            (true, false) => Resolution::Varies,
            (false, false) => Resolution::Fails,
        }
    }
}

/// How long client-go dials, the lookup included, in milliseconds (k8s.io/client-go/transport/cache.go).
const DIAL_MS: f64 = 30_000.0;
/// As near to it, the one or the other may come first.
const NEAR_MS: f64 = 1_000.0;

/// After how long BIND gives up the servers behind it, with SERVFAIL (BIND 9 Administrator Reference Manual,
/// `resolver-query-timeout`).
const SERVERS_GIVE_UP_MS: f64 = 10_000.0;

/// What a client has to go by.
struct Situation<'a> {
    target: &'a Target,
    facts: &'a Facts,
    /// The system of this host, where it is known.
    system: Option<System>,
    /// The name servers, in the order they are asked.
    named: Vec<&'a Probed>,
    /// Every resolver that was asked.
    all: &'a [Probed],
    /// How long this program waited for a reply, in milliseconds.
    waited_ms: u64,
    /// Whether the name has an address below a suffix of the search list, which is walked where the name itself is
    /// denied, or before it is asked for (resolv.conf(5); Go, src/net/dnsclient_unix.go).
    found_below_a_suffix: bool,
}

impl<'a> Situation<'a> {
    fn of(
        target: &'a Target,
        facts: &'a Facts,
        system: Option<System>,
        observations: &'a [Probed],
        waited_ms: u64,
    ) -> Self {
        let named: Vec<&Probed> = observations
            .iter()
            .filter(|probed| probed.resolver.has_role(Role::Local))
            .collect();
        let found_below_a_suffix = named.iter().any(|probed| {
            let mut below = probed.lookups.iter();
            below.any(|lookup| lookup.purpose == Purpose::SearchSuffix && lookup.kind == AnswerKind::Answer)
        });
        Self {
            target,
            facts,
            system,
            named,
            all: observations,
            waited_ms,
            found_below_a_suffix,
        }
    }

    /// The servers that Go uses, in their order: the first three lines of resolv.conf, of which two may name one server
    /// (Go, src/net/dnsconfig_unix.go; resolv.conf(5), MAXNS).
    fn servers(&self) -> Vec<&'a Probed> {
        let stub = self.facts.host.stub.as_ref();
        let lines = stub.map_or(&[][..], |stub| stub.name_servers.as_slice());
        let at = |line: &SocketAddr| {
            let mut named = self.named.iter();
            named.find(|probed| probed.resolver.address == Some(*line)).copied()
        };
        let used: Option<Vec<&Probed>> = lines.iter().take(limits::NAME_SERVERS_USED).map(at).collect();
        match used {
            Some(used) if !used.is_empty() => used,
            _ => self.named.iter().take(limits::NAME_SERVERS_USED).copied().collect(),
        }
    }

    /// The servers that glibc uses; `None` where one of them was not asked.
    fn servers_of_glibc(&self) -> Option<Vec<&'a Probed>> {
        self.servers_of_libc(|libc| libc.glibc.as_ref())
    }

    /// The same of musl.
    fn servers_of_musl(&self) -> Option<Vec<&'a Probed>> {
        self.servers_of_libc(|libc| libc.musl.as_ref())
    }

    /// The servers that a C library uses: as Go, but for lines of resolv.conf that only one of them takes, and where it
    /// names none, 127.0.0.1 alone (resolv.conf(5)).
    fn servers_of_libc(&self, own: impl Fn(&LibcServers) -> Option<&Vec<SocketAddr>>) -> Option<Vec<&'a Probed>> {
        let stub = self.facts.host.stub.as_ref();
        if let Some(taken) = stub.and_then(|stub| own(&stub.libc)) {
            let at = |address: SocketAddr| {
                let mut named = self.named.iter();
                named.find(|probed| probed.resolver.address == Some(address)).copied()
            };
            return or_loopback(taken).into_iter().map(at).collect();
        }
        let mut servers = self.servers();
        if self.facts.host.stub.as_ref().is_some_and(|stub| stub.defaulted) {
            servers.retain(|probed| is_at(probed, &[Ipv4Addr::LOCALHOST.into()]));
        }
        Some(servers)
    }

    /// Whether each question begins with the next server: `options rotate`.
    fn rotates(&self) -> bool {
        self.facts.host.stub.as_ref().is_some_and(|stub| stub.rotate)
    }

    /// How often the list is asked: `options attempts`.
    fn attempts(&self) -> u32 {
        let stub = self.facts.host.stub.as_ref();
        stub.map_or(2, |stub| stub.attempts).max(1)
    }

    /// How long one question has at one server, in milliseconds: `options timeout`.
    fn patience_ms(&self) -> f64 {
        let stub = self.facts.host.stub.as_ref();
        f64::from(stub.map_or(5, |stub| stub.timeout_s).max(1)) * 1000.0
    }

    /// Whether a server that is silent for the name itself may wait for servers behind it, and say so after this
    /// program stopped listening: it answers about other names.
    fn waits_for_others(&self, probed: &Probed) -> bool {
        let (mut silent, mut others) = (true, false);
        for lookup in &probed.lookups {
            match lookup.purpose {
                Purpose::Target => silent &= !lookup.heard_anything(),
                _ => others |= lookup.question != self.target.hostname && lookup.heard_anything(),
            }
        }
        silent && others && (self.waited_ms as f64) < SERVERS_GIVE_UP_MS
    }

    /// The `hosts:` line of nsswitch.conf.
    fn hosts_line(&self) -> Option<&HostsLine> {
        self.facts.host.configuration.as_ref()?.hosts_line.as_ref()
    }

    /// Whether a question for AAAA waits for the reply to A: `options single-request`.
    fn asks_one_by_one(&self) -> bool {
        let stub = self.facts.host.stub.as_ref();
        stub.is_some_and(|stub| stub.single_request)
    }

    /// What this host's getaddrinfo gave, where it was asked and came back.
    fn system(&self) -> Option<&'a SystemLookup> {
        let mut asked = self.all.iter().filter_map(|probed| probed.system.as_ref());
        asked.find(|lookup| lookup.rtt_ms.is_some())
    }

    /// Whether this host's getaddrinfo got addresses later than one question waits, from the only name server that it
    /// has, which this program heard nothing of: the reply to a later question may come in time. Where nsswitch.conf
    /// names another source, the addresses may be from there.
    fn is_answered_late(&self) -> bool {
        let is_late = |system: &SystemLookup| {
            let is_past = system.rtt_ms.is_some_and(|ms| ms >= self.patience_ms());
            is_past && !system.addresses.is_empty()
        };
        let configuration = self.facts.host.configuration.as_ref();
        let line = configuration.and_then(|configuration| configuration.hosts_line.as_ref());
        let asks_others = line.is_some_and(|line| !line.asks_dns_alone());
        self.servers().len() == 1 && !asks_others && self.system().is_some_and(is_late)
    }

    /// The error of this host's getaddrinfo, or that it resolves.
    fn said_by_the_system(&self) -> Option<Gai> {
        let system = self.system()?;
        Some(match &system.failure {
            _ if !system.addresses.is_empty() => Gai::resolves(),
            Some(failure) => failure.into(),
            None => return None,
        })
    }

    /// Why kubectl does not take the kubeconfig, where it does not. It ends before any lookup then.
    fn refusal(&self) -> Option<&Refusal> {
        self.facts.host.kubeconfig.as_ref()?.refusal.as_ref()
    }

    /// Whether clients of this host do not look the name up: a proxy or a tunnel takes it.
    fn hands_lookups_on(&self) -> bool {
        self.facts.host.hands_lookups_on(&self.target.hostname)
    }

    /// Whether the kubeconfig's server is the target with a dot behind it: the search list is not used then (Go,
    /// src/net/dnsclient_unix.go, nameList).
    fn is_rooted(&self) -> bool {
        let kubeconfig = self.facts.host.kubeconfig.as_ref();
        kubeconfig.is_some_and(|kubeconfig| kubeconfig.has_root_dot(&self.target.hostname))
    }

    /// The name in the words of Go's errors, as the URL has it: with the dot behind it, where one stands there.
    fn name_for_go(&self) -> String {
        let dot = if self.is_rooted() { "." } else { "" };
        format!("{}{dot}", self.target.hostname)
    }

    /// Whether the hosts file has the name; `in_this_case` where only a line in the case of the target counts.
    fn is_in_hosts_file(&self, in_this_case: bool) -> bool {
        let entries = self.facts.host.hosts.as_deref().unwrap_or_default();
        entries.iter().any(|entry| !(in_this_case && entry.in_other_case))
    }
}

/// Whether the server is at one of the addresses.
fn is_at(probed: &Probed, addresses: &[IpAddr]) -> bool {
    let address = probed.resolver.address;
    address.is_some_and(|address| addresses.contains(&address.ip()))
}

/// The orders in which the servers may be asked: one, or with `rotate` one from each of them on.
fn orders<'a>(servers: &[&'a Probed], rotates: bool) -> Vec<Vec<&'a Probed>> {
    let starts = if rotates { servers.len().max(1) } else { 1 };
    (0..starts)
        .map(|start| {
            let mut order = servers.to_vec();
            order.rotate_left(start);
            order
        })
        .collect()
}

/// What the server was observed to say for one type.
fn target(probed: &Probed, qtype: RecordType) -> Option<&Lookup> {
    probed
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
}

/// Whether every reply to a question in the client's form came after so many milliseconds.
fn is_late(lookup: &Lookup, patience_ms: f64, is_form: fn(&Attempt) -> bool) -> bool {
    let replies = lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.rcode.is_some() && attempt.transport == lookup.transport && is_form(attempt));
    let mut times = replies.filter_map(|attempt| attempt.rtt_ms).peekable();
    times.peek().is_some() && times.all(|rtt| rtt > patience_ms)
}

/// How long the reply took to the second question in the client's form, where the first got none although it was waited
/// for until then.
fn answered_at_the_second_try_ms(lookup: &Lookup) -> Option<f64> {
    let mut tries = lookup
        .attempts
        .iter()
        .filter(|attempt| attempt.edns && attempt.transport == lookup.transport);
    let first = tries.next()?;
    let second = tries.next().filter(|second| second.rcode.is_some())?;
    (first.kind == AnswerKind::Timeout && first.rcode.is_none()).then_some(second.rtt_ms)?
}

/// After how many milliseconds a server answered its questions, where it answered all of them together: BIND does so
/// for questions that wait for the same servers behind it.
fn answered_together_ms(lookup: &Lookup) -> Option<f64> {
    /// How near to each other such replies come.
    const NEAR_MS: f64 = 100.0;
    let mut first: Option<f64> = None;
    let mut together = 0;
    for attempt in &lookup.attempts {
        if !attempt.edns || attempt.transport != lookup.transport || attempt.rcode.is_none() {
            continue;
        }
        let at_ms = attempt.started_ms + attempt.rtt_ms?;
        let first = *first.get_or_insert(at_ms);
        // One that is asked only after the first reply says nothing of it.
        if (at_ms - first).abs() > NEAR_MS || attempt.started_ms > first - NEAR_MS {
            return None;
        }
        together += 1;
    }
    first.filter(|_| together > 1)
}

/// Whether the reply over TCP, after a truncated one, is truncated as well.
fn is_truncated_over_tcp(lookup: &Lookup) -> bool {
    lookup
        .attempts
        .iter()
        .any(|attempt| attempt.transport == Transport::Tcp && attempt.kind == AnswerKind::Truncated)
}

/// Whether addresses are in the answer, whose they may be: Go and musl do not compare the owner's name (recorded).
fn has_some_address(lookup: &Lookup, qtype: RecordType) -> bool {
    lookup.rcode == Some(Rcode::NOERROR) && lookup.section(Section::Answer).any(|record| record.rtype == qtype)
}

/// What is wrong with a record that cannot be read, where that makes the reply malformed.
fn record_fault(lookup: &Lookup) -> Option<&RecordFault> {
    match lookup.reason.as_ref()?.flaw()? {
        Flaw::Broken(broken) => broken.defect.of_record(),
        _ => None,
    }
}

/// Whether it is not known what makes the reply malformed.
fn is_of_unknown_reason(lookup: &Lookup) -> bool {
    let reason = lookup.reason.as_ref();
    reason.is_some_and(|reason| reason.only_words().is_some())
}

/// Whether that is a name of more than 255 octets.
fn is_about_a_long_name(lookup: &Lookup) -> bool {
    matches!(
        record_fault(lookup),
        Some(RecordFault::Name {
            fault: NameFault::TooLong
        })
    )
}

/// kubectl's line (StandardErrorMessage in k8s.io/kubectl/pkg/cmd/util/helpers.go). Whatever contains "connection
/// refused" is taken for the API server's refusal.
fn kubectl(situation: &Situation<'_>, error: &str) -> String {
    kubectl_of(&situation.name_for_go(), error)
}

fn kubectl_of(host: &str, error: &str) -> String {
    if error.contains("connection refused") {
        return format!("The connection to the server {host} was refused - did you specify the right host or port?");
    }
    format!("Unable to connect to the server: dial tcp: {error}")
}

/// What kubectl prints after a lookup that gave it addresses of which none connects; `None` where one of them does,
/// where nothing was tried, or where its words are not known. It tries them in turn, and prints the first one's error
/// (Go, src/net/dial.go, dialSerial). The words for an error are those of Go's table for Linux (src/syscall,
/// zerrors_linux_amd64.go); macOS has the same, Windows others.
pub fn kubectl_after_the_lookup(
    target: &Target,
    system: Option<System>,
    given: &[IpAddr],
    connections: &[Connection],
) -> Option<Vec<String>> {
    if given.is_empty() || system == Some(System::Windows) {
        return None;
    }
    let mut said: Vec<String> = Vec::new();
    for ip in given {
        let tried = connections.iter().find(|connection| connection.ip == *ip)?;
        let address = SocketAddr::new(tried.ip, tried.port);
        let error = match (tried.tcp, tried.network.as_ref()) {
            (Tcp::Refused, _) => "connect: connection refused",
            (Tcp::Timeout, _) => "i/o timeout",
            (Tcp::Unreachable, Some(NetworkFailure::NoRoute)) => "connect: network is unreachable",
            (Tcp::Unreachable, Some(NetworkFailure::HostUnreachable)) => "connect: no route to host",
            (Tcp::Connected | Tcp::Unreachable, _) => return None,
        };
        let line = if tried.tcp == Tcp::Refused {
            kubectl_of(&target.hostname.to_string(), error)
        } else {
            format!("Unable to connect to the server: dial tcp {address}: {error}")
        };
        if !said.contains(&line) {
            said.push(line);
        }
    }
    Some(said)
}

/// What kubectl prints where the name resolves to an address of this host itself, and nothing listens there (recorded
/// with 0.0.0.0 on Linux).
pub fn kubectl_refused_here(target: &Target) -> String {
    kubectl_of(&target.hostname.to_string(), "connection refused")
}

/// kubectl's line where the time to dial is over before the lookup is.
fn deadline(situation: &Situation<'_>) -> ClientResult {
    let host = situation.name_for_go();
    ClientResult::of(&kubectl(situation, &format!("lookup {host}: i/o timeout")))
}

/// A client, and what it says.
type Model = (Client, Simulate);

/// What a client says; `None` where the lookups do not tell.
type Simulate = fn(&Situation<'_>) -> Option<ClientResult>;

/// The clients on macOS, whose own resolver is asked.
const MACOS: &[Model] = &[(Client::Go, go_system::said), (Client::Libsystem, libsystem::said)];

/// The clients on Windows, whose own resolver is asked.
const WINDOWS: &[Model] = &[(Client::Go, go_system::said)];

/// The clients on Linux, in the order of the report.
const CLIENTS: &[Model] = &[
    (Client::Go, go::said),
    (Client::GoCgo, go_cgo::said),
    (Client::Glibc, glibc::said),
    (Client::Musl, musl::said),
];

/// Predicts what clients that use this host's name servers would print. Empty where none were asked, or
/// where the run was interrupted before they were done. `waited_ms` is how long a reply was waited for, and
/// `vantage` the system that asked.
pub fn predict(
    target: &Target,
    facts: &Facts,
    vantage: Option<System>,
    observations: &[Probed],
    waited_ms: u64,
) -> Vec<Prediction> {
    let servers: Vec<&Probed> = observations
        .iter()
        .filter(|probed| probed.resolver.has_role(Role::Local))
        .collect();
    let system = facts.host.system(vantage);
    // Who asks the system has its word without any name server's.
    let is_said = facts.host.go_asks_the_system(vantage) && observations.iter().any(|probed| probed.system.is_some());
    if servers.is_empty() && !is_said || servers.iter().any(|probed| probed.interrupted) {
        return Vec::new();
    }
    let clients = match system {
        Some(System::Macos) => MACOS,
        Some(System::Windows) => WINDOWS,
        Some(System::Linux) | None => CLIENTS,
    };
    let samples: BTreeSet<u32> = servers.iter().flat_map(|probed| samples_of(probed)).collect();
    if samples.len() < 2 {
        let situation = Situation::of(target, facts, system, observations, waited_ms);
        return said_by(clients, |simulate| simulate(&situation));
    }
    // A client asks at one time, and any of the samples may be what it gets then.
    let of_each: Vec<Vec<Probed>> = samples
        .iter()
        .map(|sample| observations.iter().map(|probed| of_sample(probed, *sample)).collect())
        .collect();
    said_by(clients, |simulate| {
        let mut each = of_each
            .iter()
            .filter_map(|observations| simulate(&Situation::of(target, facts, system, observations, waited_ms)));
        let first = each.next()?;
        Some(each.fold(first, ClientResult::or))
    })
}

/// What each client says.
fn said_by(clients: &[Model], said: impl Fn(Simulate) -> Option<ClientResult>) -> Vec<Prediction> {
    clients
        .iter()
        .filter_map(|(client, simulate)| {
            let said = said(*simulate)?;
            Some(Prediction {
                client: *client,
                outcome: said.outcome(),
                messages: said.messages,
                takes_s: said.takes_s.filter(|seconds| *seconds > 0),
            })
        })
        .collect()
}

/// The samples that were taken of the target at a resolver.
fn samples_of(probed: &Probed) -> impl Iterator<Item = u32> {
    let of_the_target = probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target);
    of_the_target.map(|lookup| lookup.sample)
}

/// A resolver as one sample shows it; as all of them do where it was not asked so often.
fn of_sample(probed: &Probed, sample: u32) -> Probed {
    let mut one = probed.clone();
    if samples_of(probed).any(|other| other == sample) {
        one.lookups
            .retain(|lookup| lookup.purpose != Purpose::Target || lookup.sample == sample);
    }
    one
}

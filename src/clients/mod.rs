//! What clients on this host would do and print, from what was observed of its name servers. A pure
//! simulation; a client is one file and one line in [`CLIENTS`], and is held to what real clients were recorded to print
//! (fixtures/clients, tests/clients.rs).

mod glibc;
mod go;
mod go_cgo;
mod go_system;
mod musl;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::dns::{AnswerKind, RecordType, Section};
use crate::facts::Facts;
use crate::facts::platform::{Chooser, LookupPath};
use crate::limits;
use crate::observation::{Lookup, Purpose};
use crate::probe::Probed;
use crate::resolvers::Role;
use crate::settings::Target;

/// What one kind of client would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The resolver library: `go`, `go-cgo`, `glibc`, `musl`.
    pub client: String,
    /// `resolves`, `fails`, or `varies` where it does the one or the other: by which server it begins with (`options
    /// rotate`), or by which answers first.
    pub outcome: String,
    /// What it prints where it fails; several where it is a race, the likelier first. Empty where it resolves.
    pub messages: Vec<String>,
}

/// What a client says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    /// Whether it may resolve.
    resolves: bool,
    /// What it may print otherwise.
    messages: Vec<String>,
}

impl Said {
    fn resolves() -> Self {
        Self {
            resolves: true,
            messages: Vec::new(),
        }
    }

    fn of(message: &str) -> Self {
        Self {
            resolves: false,
            messages: vec![message.to_owned()],
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

    fn outcome(&self) -> &'static str {
        match (self.resolves, self.messages.is_empty()) {
            (_, true) => "resolves",
            (true, false) => "varies",
            (false, false) => "fails",
        }
    }
}

/// What a client has to go by.
struct Situation<'a> {
    target: &'a Target,
    facts: &'a Facts,
    /// The name servers, in the order they are asked.
    named: Vec<&'a Probed>,
    /// Whether the name has an address below a suffix of the search list, which is walked where the name itself is
    /// denied (resolv.conf(5); Go, src/net/dnsclient_unix.go).
    found_below_a_suffix: bool,
}

impl<'a> Situation<'a> {
    /// The servers that are used, in their order.
    fn servers(&self) -> impl Iterator<Item = &'a Probed> {
        self.named.iter().take(limits::NAME_SERVERS_USED).copied()
    }

    /// The orders in which the servers may be asked: one, or with `options rotate` one from each of them on.
    fn orders(&self) -> Vec<Vec<&'a Probed>> {
        let servers: Vec<&Probed> = self.servers().collect();
        let rotates = self.facts.stub.as_ref().is_some_and(|stub| stub.rotate);
        let starts = if rotates { servers.len().max(1) } else { 1 };
        (0..starts)
            .map(|start| {
                let mut order = servers.clone();
                order.rotate_left(start);
                order
            })
            .collect()
    }

    /// How often the list is asked: `options attempts`.
    fn attempts(&self) -> u32 {
        let stub = self.facts.stub.as_ref();
        stub.map_or(2, |stub| stub.attempts).max(1)
    }

    /// Whether getaddrinfo asks the servers of resolv.conf: unless nsswitch.conf has something before `dns` that ends the
    /// look-up, such as `resolve`, systemd-resolved's own way in (nss-resolve(8)), or nothing of the kind.
    fn asks_by_resolv_conf(&self) -> bool {
        let host = self.facts.host.as_ref();
        let line = host.and_then(|host| host.hosts_line.as_ref());
        line.is_none_or(|line| line.path() == LookupPath::Dns)
            // Through its stub, systemd-resolved gives the same answer as through nss-resolve.
            || self.servers().all(|probed| {
                let stub = [IpAddr::from([127, 0, 0, 53]), IpAddr::from([127, 0, 0, 54])];
                let address = probed.resolver.address;
                address.is_some_and(|address| stub.contains(&address.ip()))
            }) && line.is_some_and(|line| line.path() == LookupPath::Resolved)
    }

    /// Whether the hosts file has the name; `in_this_case` where only a line in the case of the target counts.
    fn is_in_hosts_file(&self, in_this_case: bool) -> bool {
        let entries = self.facts.hosts.as_deref().unwrap_or_default();
        entries
            .iter()
            .any(|entry| !(in_this_case && entry.in_other_case))
    }

    /// Whether the name gets an address otherwise than from its own look-up.
    fn found_otherwise(&self) -> bool {
        self.is_in_hosts_file(false) || self.found_below_a_suffix
    }
}

/// What the server was observed to say for one type.
fn target(probed: &Probed, qtype: RecordType) -> Option<&Lookup> {
    probed
        .lookups
        .iter()
        .find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
}

/// Whether a reply without an answer comes from a server that neither knows nor recurses: AA and RA are off.
fn is_lame(lookup: &Lookup) -> bool {
    lookup.flags.is_some_and(|flags| !flags.aa && !flags.ra)
}

/// Whether the answer section holds records of the type asked for, under whatever name.
fn has_addresses(lookup: &Lookup) -> bool {
    lookup
        .section(Section::Answer)
        .any(|record| record.rtype == lookup.qtype)
}

/// Whether it is a record that cannot be read which makes the reply malformed.
fn is_about_a_record(lookup: &Lookup) -> bool {
    lookup
        .reason
        .as_deref()
        .is_some_and(|reason| reason.starts_with("record "))
}

/// kubectl's line (StandardErrorMessage in k8s.io/kubectl/pkg/cmd/util/helpers.go). Whatever contains "connection refused"
/// is taken for the API server's refusal.
fn kubectl(situation: &Situation<'_>, error: &str) -> String {
    if error.contains("connection refused") {
        return format!(
            "The connection to the server {} was refused - did you specify the right host or port?",
            situation.target.hostname
        );
    }
    format!("Unable to connect to the server: dial tcp: {error}")
}

type Client = (&'static str, fn(&Situation<'_>) -> Option<Said>);

/// The clients on macOS and Windows, whose own resolvers are not modelled.
const ELSEWHERE: &[Client] = &[("go", go_system::said)];

/// The clients on Linux, in the order of the report.
const CLIENTS: &[Client] = &[
    ("go", go::said),
    ("go-cgo", go_cgo::said),
    ("glibc", glibc::said),
    ("musl", musl::said),
];

/// Predicts what clients that use this host's name servers would print. Empty where none were asked, or
/// where the run was interrupted before they were done.
pub fn predict(target: &Target, facts: &Facts, observations: &[Probed]) -> Vec<Prediction> {
    let servers: Vec<&Probed> = observations
        .iter()
        .filter(|probed| probed.resolver.has_role(Role::Local))
        .collect();
    if servers.is_empty() || servers.iter().any(|probed| probed.interrupted) {
        return Vec::new();
    }
    let situation = Situation {
        target,
        facts,
        named: servers,
        found_below_a_suffix: observations.iter().any(|probed| {
            probed.resolver.has_role(Role::Local)
                && probed.lookups.iter().any(|lookup| {
                    lookup.purpose == Purpose::SearchSuffix && lookup.kind == AnswerKind::Answer
                })
        }),
    };
    let clients = match facts.split_dns().map(|split| split.chooser) {
        Some(Chooser::Macos | Chooser::Windows) => ELSEWHERE,
        Some(Chooser::SystemdResolved) | None => CLIENTS,
    };
    clients
        .iter()
        .filter_map(|(client, simulate)| {
            let said = simulate(&situation)?;
            Some(Prediction {
                client: (*client).to_owned(),
                outcome: said.outcome().to_owned(),
                messages: said.messages,
            })
        })
        .collect()
}

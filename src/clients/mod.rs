//! What clients on this host would do and print, from what was observed of its name servers. A pure
//! simulation; a client is one file and one line in [`CLIENTS`].

mod glibc;
mod go;

use serde::{Deserialize, Serialize};

use crate::dns::AnswerKind;
use crate::facts::Facts;
use crate::observation::Purpose;
use crate::probe::Probed;
use crate::resolvers::Role;
use crate::settings::Target;

/// What one kind of client would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prediction {
    /// The resolver library: `go`, `glibc`.
    pub client: String,
    /// `resolves` or `fails`.
    pub outcome: String,
    /// What it would print; several where it is a race, the likelier first. Empty where it resolves.
    pub messages: Vec<String>,
}

/// What a client has to go by.
struct Situation<'a> {
    target: &'a Target,
    /// The name servers, in the order they are asked.
    servers: Vec<&'a Probed>,
    /// Whether the name gets an address otherwise: from the hosts file, or below a suffix of the search list,
    /// which is walked where the name itself is denied (resolv.conf(5); Go, src/net/dnsclient_unix.go).
    found_otherwise: bool,
}

type Client = (&'static str, fn(&Situation<'_>) -> Option<Vec<String>>);

/// The clients, in the order of the report.
const CLIENTS: &[Client] = &[("go", go::messages), ("glibc", glibc::messages)];

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
        servers,
        found_otherwise: facts.hosts.as_ref().is_some_and(|hosts| !hosts.is_empty())
            || observations.iter().any(|probed| {
                probed.resolver.has_role(Role::Local)
                    && probed.lookups.iter().any(|lookup| {
                        lookup.purpose == Purpose::SearchSuffix && lookup.kind == AnswerKind::Answer
                    })
            }),
    };
    CLIENTS
        .iter()
        .filter_map(|(client, simulate)| {
            let messages = simulate(&situation)?;
            Some(Prediction {
                client: (*client).to_owned(),
                outcome: if messages.is_empty() {
                    "resolves"
                } else {
                    "fails"
                }
                .to_owned(),
                messages,
            })
        })
        .collect()
}

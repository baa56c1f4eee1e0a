//! A pasted configuration in the place of an error: `resolvectl status`, `scutil --dns`, PowerShell's JSON. It holds no
//! error; it says whom the host asks for the names of EKS endpoints.

use super::{Seen, Symptom};
use crate::dns::Name;
use crate::facts::platform::{Captured, HostConfiguration};
use crate::facts::{Chooser, SplitDns};
use crate::limits;

/// What the names of endpoints end in (Amazon EKS User Guide, cluster endpoints); of China's there is one more.
const FAMILIES: &[&str] = &["eks.amazonaws.com", "api.aws"];

/// The line that the format is known by, and what is said of it.
pub(super) fn read(text: &str) -> Option<(&str, Seen, Vec<String>)> {
    let line = |is_it: fn(&str) -> bool| text.lines().find(|line| is_it(line.trim()));
    let octets = Some(text.as_bytes());
    let mut captured = Captured::default();
    let first = if let Some(line) = line(|line| line.starts_with("resolver #")) {
        captured.scutil = octets;
        line
    } else if let Some(line) =
        line(|line| line.starts_with("DNS Servers:") || line.starts_with("Link ") && line.contains("): "))
    {
        captured.resolvectl = octets;
        line
    } else if let Some(line) = line(|line| line.contains("\"ServerAddresses\"") || line.contains("\"Namespace\"")) {
        captured.powershell = octets;
        line
    } else {
        return None;
    };
    let split = HostConfiguration::read(&captured)?.split_dns?;
    if split.scopes.is_empty() {
        return None;
    }
    Some((
        first,
        Seen {
            is_stub: split.chooser == Chooser::SystemdResolved,
            ..Seen::of(Symptom::Configuration, None)
        },
        sentences(&split),
    ))
}

fn sentences(split: &SplitDns) -> Vec<String> {
    let families: Vec<Name> = FAMILIES.iter().filter_map(|name| name.parse().ok()).collect();
    let mut names = families.clone();
    for domain in split.scopes.iter().flat_map(|scope| &scope.domains) {
        let is_narrower = families
            .iter()
            .any(|family| domain.name.is_within(family) && domain.name != *family);
        if is_narrower && !names.contains(&domain.name) && names.len() < families.len() + limits::PASTED_DOMAINS {
            names.push(domain.name.clone());
        }
    }
    names
        .iter()
        .map(|name| {
            // A name that nobody has, so that a domain of the name itself is seen to cover what is below it.
            let below = name.prepend("a-cluster").unwrap_or_else(|_| name.clone());
            format!("For names below {name}: {}", split.asked_for(&below).sentence())
        })
        .collect()
}

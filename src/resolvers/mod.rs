//! Which resolvers to ask, and why we know them. A source is one file and one line in [`SOURCES`].

mod derived;
mod local;
mod named;
mod selection;
mod spec;
mod system;
mod upstream;

use std::collections::BTreeSet;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use crate::facts::Facts;
use crate::limits;
use crate::observation::Transport;
use crate::settings::Settings;
use crate::target::TlsIdentity;

pub use selection::{Selection, WaitingFor, resolve, select};
pub use spec::{SpecError, parse_address, parse_resolver, parse_server, parse_tls_name};

/// What a resolver is to the diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A name server of this host's stub configuration.
    Local,
    /// The operating system's own lookup.
    Os,
    /// The VPC resolver (`.2`).
    Vpc,
    /// An address of a Route 53 Resolver inbound endpoint.
    Inbound,
    /// Any other that the user named.
    Custom,
    /// A public resolver: the control, never a subject.
    Public,
    /// Of a text that does not say what it is to that host.
    Unknown,
}

impl Role {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Os => "os",
            Self::Vpc => "vpc",
            Self::Inbound => "inbound",
            Self::Custom => "custom",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// A resolver to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Resolver {
    /// The name that the report uses; unique in a run.
    pub name: String,
    /// What it is first of all.
    pub role: Role,
    /// What the same address is besides.
    pub also: Vec<Role>,
    /// Whether it decides the conclusion.
    pub in_scope: bool,
    /// Where it is asked; `null` for the operating system's lookup.
    pub address: Option<SocketAddr>,
    /// How it is asked; `null` for the operating system's lookup.
    pub transport: Option<Transport>,
    /// Inside TLS, how it is known to be the right one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsIdentity>,
    /// Why we know it.
    pub known_from: String,
    /// The VPC that it stands in, where a fact says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// Whether that is known to be another VPC than the cluster's: its view is not the cluster's VPC's then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_elsewhere: bool,
}

impl Resolver {
    /// Whether it has the role, first of all or besides.
    pub fn has_role(&self, role: Role) -> bool {
        self.role == role || self.also.contains(&role)
    }

    /// Whether it is asked where the other is: the same server, the same way.
    pub fn is_same_place(&self, other: &Self) -> bool {
        self.address == other.address && self.transport == other.transport && self.tls == other.tls
    }

    /// Whether it answers with the view of the cluster's VPC: the VPC resolver, or an inbound endpoint, that is not
    /// known to stand in another VPC.
    pub fn is_vpc_side(&self) -> bool {
        (self.has_role(Role::Vpc) || self.has_role(Role::Inbound)) && !self.is_elsewhere
    }

    /// Whether it answers with the view of a VPC, the cluster's or another.
    pub fn is_of_a_vpc(&self) -> bool {
        self.vpc.is_some() || self.has_role(Role::Vpc) || self.is_vpc_side()
    }
}

/// A resolver as a source knows it, before names are given and double addresses are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CandidateResolver {
    label: Option<String>,
    role: Role,
    in_scope: bool,
    address: Option<SocketAddr>,
    transport: Option<Transport>,
    tls: Option<TlsIdentity>,
    known_from: String,
    vpc: Option<String>,
    is_elsewhere: bool,
    is_derived: bool,
}

/// The sources, in the order of the report's rows and of precedence where two know the same address.
const SOURCES: &[fn(&Settings, &Facts) -> Vec<CandidateResolver>] = &[
    local::derive,
    system::derive,
    named::vpc,
    derived::vpc,
    named::inbound,
    derived::inbound,
    named::custom,
    upstream::derive,
    named::public,
];

/// What leaves a run without this host's resolvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// `--no-local`.
    Local,
    /// No name server of this host is known, and this flag leaves its operating system's lookup out.
    System(&'static str),
}

impl Without {
    fn of(settings: &Settings) -> Self {
        if settings.no_local {
            Self::Local
        } else if settings.no_os {
            Self::System("--no-os")
        } else if settings.resolv_conf.is_some() {
            Self::System("--resolv-conf")
        } else {
            Self::System("--hosts-file")
        }
    }

    fn since(self) -> &'static str {
        match self {
            Self::Local => "",
            Self::System(_) => ", since no name server of this host is known",
        }
    }

    fn or_else(self) -> String {
        match self {
            Self::Local => ", or leave out --no-local".to_owned(),
            Self::System(flag) => format!(", or leave out {flag} so that the operating system's lookup is made"),
        }
    }
}

/// Why no list of resolvers can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoResolvers {
    /// Nothing to ask.
    #[error("no resolver to ask{}: name one with --resolver, --vpc-resolver or --inbound{}", .0.since(), .0.or_else())]
    None(Without),
    /// Two resolvers under one label.
    #[error("the label {0:?} is used for two resolvers: give each its own")]
    DuplicateLabel(String),
    /// Too many.
    #[error("{0} resolvers are too many: at most {max} are asked in one run", max = limits::RESOLVERS)]
    TooMany(usize),
    /// `--judge` names nobody.
    #[error(
        "--judge {0:?} is neither a role (local, os, vpc, inbound, custom) nor the name of a resolver in this run ({1}): \
         write one of those"
    )]
    JudgeUnknown(String, String),
}

fn join(settings: &Settings, facts: &Facts) -> Result<Vec<(CandidateResolver, Vec<Role>)>, NoResolvers> {
    let candidates: Vec<CandidateResolver> = SOURCES.iter().flat_map(|source| source(settings, facts)).collect();
    let mut joined: Vec<(CandidateResolver, Vec<Role>)> = Vec::new();
    // Beside each, how its sources know it.
    let mut known: Vec<Vec<String>> = Vec::new();
    for candidate in candidates {
        let same = joined.iter().position(|(other, _)| {
            other.address.is_some()
                && other.address == candidate.address
                && other.transport == candidate.transport
                && other.tls == candidate.tls
        });
        let Some(same) = same else {
            known.push(vec![candidate.known_from.clone()]);
            joined.push((candidate, Vec::new()));
            continue;
        };
        let (first, also) = &mut joined[same];
        if candidate.role != first.role && !also.contains(&candidate.role) {
            also.push(candidate.role);
        }
        first.in_scope |= candidate.in_scope;
        first.is_derived &= candidate.is_derived;
        if first.vpc.is_none() {
            first.vpc = candidate.vpc;
            first.is_elsewhere = candidate.is_elsewhere;
        }
        match (&first.label, candidate.label) {
            (None, Some(label)) => first.label = Some(label),
            (Some(kept), Some(label)) if *kept != label => {
                first.known_from = format!("{}, also named {label}", first.known_from);
            }
            _ => {}
        }
        if !known[same].contains(&candidate.known_from) {
            first.known_from = format!("{}; {}", first.known_from, candidate.known_from);
            known[same].push(candidate.known_from);
        }
    }
    // Nobody asked for these: they give way.
    while joined.len() > limits::RESOLVERS
        && let Some(last) = joined.iter().rposition(|(candidate, _)| candidate.is_derived)
    {
        joined.remove(last);
    }
    if joined.len() > limits::RESOLVERS {
        return Err(NoResolvers::TooMany(joined.len()));
    }
    Ok(joined)
}

/// Gives each resolver its name: its label, else its role, numbered where there are several.
fn name(joined: Vec<(CandidateResolver, Vec<Role>)>) -> Result<Vec<Resolver>, NoResolvers> {
    let mut taken = BTreeSet::new();
    for (candidate, _) in &joined {
        if let Some(label) = &candidate.label
            && !taken.insert(label.clone())
        {
            return Err(NoResolvers::DuplicateLabel(label.clone()));
        }
    }
    let roles: Vec<(Role, bool)> = joined
        .iter()
        .map(|(candidate, _)| (candidate.role, candidate.label.is_none()))
        .collect();
    let mut resolvers = Vec::new();
    for (candidate, also) in joined {
        let name = candidate.label.clone().unwrap_or_else(|| {
            let role = candidate.role.as_str();
            let peers = roles
                .iter()
                .filter(|(other, unlabelled)| *other == candidate.role && *unlabelled)
                .count();
            // Inbound endpoints come in pairs: numbered even where only one was named.
            let mut name = role.to_owned();
            if peers > 1 || candidate.role == Role::Inbound || taken.contains(role) {
                name = (1..=limits::RESOLVERS)
                    .map(|number| format!("{role}-{number}"))
                    .find(|name| !taken.contains(name))
                    .unwrap_or(name);
            }
            name
        });
        taken.insert(name.clone());
        resolvers.push(Resolver {
            name,
            role: candidate.role,
            also,
            in_scope: candidate.in_scope,
            address: candidate.address,
            transport: candidate.transport,
            tls: candidate.tls,
            known_from: candidate.known_from,
            vpc: candidate.vpc,
            is_elsewhere: candidate.is_elsewhere,
        });
    }
    Ok(resolvers)
}

/// How many addresses of inbound endpoints the facts have that are too many to ask.
pub fn inbound_beyond(facts: &Facts) -> usize {
    derived::inbound_beyond(facts)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn candidate(label: Option<&str>, role: Role, address: &str) -> (CandidateResolver, Vec<Role>) {
        let candidate = CandidateResolver {
            label: label.map(str::to_owned),
            role,
            in_scope: true,
            address: Some(address.parse().unwrap()),
            transport: Some(Transport::Udp),
            tls: None,
            known_from: "test".to_owned(),
            vpc: None,
            is_elsewhere: false,
            is_derived: false,
        };
        (candidate, Vec::new())
    }

    fn names(joined: Vec<(CandidateResolver, Vec<Role>)>) -> Vec<String> {
        name(joined)
            .unwrap()
            .into_iter()
            .map(|resolver| resolver.name)
            .collect()
    }

    #[test]
    fn names_are_roles_and_numbered_where_needed() {
        assert_eq!(
            names(vec![
                candidate(None, Role::Local, "10.0.0.1:53"),
                candidate(None, Role::Inbound, "10.0.1.10:53"),
                candidate(None, Role::Custom, "10.0.0.2:53"),
                candidate(Some("custom-1"), Role::Custom, "10.0.0.3:53"),
                candidate(None, Role::Custom, "10.0.0.4:53"),
                candidate(Some("vpc"), Role::Custom, "10.0.0.5:53"),
                candidate(None, Role::Vpc, "10.0.0.6:53"),
            ]),
            ["local", "inbound-1", "custom-2", "custom-1", "custom-3", "vpc", "vpc-1"]
        );
    }

    #[test]
    fn a_label_stands_for_one_resolver() {
        assert_eq!(
            name(vec![
                candidate(Some("corp"), Role::Custom, "10.0.0.1:53"),
                candidate(Some("corp"), Role::Custom, "10.0.0.2:53"),
            ]),
            Err(NoResolvers::DuplicateLabel("corp".to_owned()))
        );
    }
}

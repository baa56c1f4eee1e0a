//! The resolvers that the user named.

use super::{CandidateResolver, Role};
use crate::facts::Facts;
use crate::settings::{NamedResolver, Settings};
use crate::target::TlsIdentity;

fn candidates(settings: &Settings, role: Role, named: &[NamedResolver], known_from: &str) -> Vec<CandidateResolver> {
    named
        .iter()
        .map(|named| CandidateResolver {
            label: named.label.clone(),
            role,
            in_scope: role != Role::Public,
            address: Some(named.address),
            transport: Some(named.transport),
            tls: identity(settings, named),
            known_from: known_from.to_owned(),
            vpc: None,
            is_elsewhere: false,
            is_derived: false,
        })
        .collect()
}

/// What the certificate has to be valid for: what the user says, else the address (RFC 8310 section 8.1 has no other
/// way to know it).
fn identity(settings: &Settings, named: &NamedResolver) -> Option<TlsIdentity> {
    let said = named.tls_name.as_ref().or(settings.tls_name.as_ref());
    named.transport.is_encrypted().then(|| TlsIdentity {
        name: said.map_or_else(|| named.address.ip().to_string(), Clone::clone),
        verified: !settings.insecure_tls,
        path: named.path.clone(),
    })
}

pub(super) fn vpc(settings: &Settings, _: &Facts) -> Vec<CandidateResolver> {
    candidates(settings, Role::Vpc, &settings.vpc_resolvers, "--vpc-resolver")
}

pub(super) fn inbound(settings: &Settings, _: &Facts) -> Vec<CandidateResolver> {
    candidates(settings, Role::Inbound, &settings.inbound, "--inbound")
}

pub(super) fn custom(settings: &Settings, _: &Facts) -> Vec<CandidateResolver> {
    candidates(settings, Role::Custom, &settings.resolvers, "--resolver")
}

pub(super) fn public(settings: &Settings, _: &Facts) -> Vec<CandidateResolver> {
    candidates(settings, Role::Public, &settings.public_resolvers, "public control")
}

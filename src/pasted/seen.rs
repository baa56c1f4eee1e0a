//! What a recogniser saw in a line.

use std::net::{IpAddr, SocketAddr};

use super::symptom::Symptom;
use super::text::PrintedOn;
use super::tunnel::Tunnel;
use crate::endpoint::SoaOrigin;

/// What a recogniser saw in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of a line or not, apart from the others"
)]
pub(super) struct MessageSeen {
    pub(super) symptom: Symptom,
    /// The name that was looked up, as printed.
    pub(super) host: Option<String>,
    pub(super) server: Option<SocketAddr>,
    /// Whether the message is one that only Go's own resolver prints.
    pub(super) pure_go: bool,
    /// Whether systemd-resolved was asked, whatever the message names.
    pub(super) is_stub: bool,
    /// Whether a VPC's own resolver says it.
    pub(super) in_vpc: bool,
    /// And of which VPC it is.
    pub(super) vpc: Option<String>,
    /// The address that was dialled.
    pub(super) dialled: Option<IpAddr>,
    /// The address in the answer.
    pub(super) answer: Option<IpAddr>,
    /// The server itself is an address: no name was looked up.
    pub(super) literal: Option<IpAddr>,
    /// The answer is an alias without an address.
    pub(super) is_alias_alone: bool,
    /// The line ends within its error.
    pub(super) is_cut_off: bool,
    /// The cause, where the message names it, and why.
    pub(super) outright: Option<(&'static str, String)>,
    /// The question went over TCP.
    pub(super) is_over_tcp: bool,
    /// Whose zone a denial came from.
    pub(super) soa: Option<SoaOrigin>,
    /// The operating system's own lookup gave it, and not a name server that was asked.
    pub(super) is_of_system: bool,
    /// What can be said of the program that printed it.
    pub(super) note: Option<&'static str>,
    /// The operating system that printed it, where its words tell.
    pub(super) system: Option<PrintedOn>,
    /// The tunnel at whose other end it happened.
    pub(super) tunnel: Option<Tunnel>,
    /// The findings that it speaks for, the likelier first.
    pub(super) toward: Vec<&'static str>,
    /// The findings that it speaks against.
    pub(super) against: Vec<&'static str>,
}

impl MessageSeen {
    pub(super) fn of(symptom: Symptom, host: Option<&str>) -> Self {
        Self {
            symptom,
            host: host.map(str::to_owned),
            server: None,
            pure_go: false,
            is_stub: false,
            in_vpc: false,
            vpc: None,
            dialled: None,
            answer: None,
            literal: None,
            is_alias_alone: false,
            is_cut_off: false,
            outright: None,
            is_over_tcp: false,
            soa: None,
            is_of_system: false,
            note: None,
            system: None,
            tunnel: None,
            toward: Vec::new(),
            against: Vec::new(),
        }
    }
}

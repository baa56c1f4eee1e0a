//! The programs that answer DNS questions, and the ways to configure a forward: whose lines a fix is written in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A program, a service or a tool whose configuration a fix can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Software {
    /// ISC BIND 9.
    Bind,
    /// NLnet Labs Unbound; pfSense and OPNsense use it.
    Unbound,
    /// dnsmasq; OpenWrt and Pi-hole use it.
    Dnsmasq,
    /// PowerDNS Recursor.
    Pdns,
    /// Knot Resolver.
    Knot,
    /// The DNS Server role of Windows, or its client.
    Windows,
    /// CoreDNS.
    Coredns,
    /// systemd-resolved.
    SystemdResolved,
    /// Amazon Route 53 Resolver.
    Route53,
    /// Terraform.
    Terraform,
    /// AWS CloudFormation.
    Cloudformation,
}

/// No software has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a software whose lines are known: write all, or one of bind, unbound, dnsmasq, pdns, knot, windows, \
     coredns, systemd-resolved, route53, terraform or cloudformation"
)]
pub struct UnknownSoftware(String);

impl Software {
    /// Every one, in the order in which fixes list them.
    pub const ALL: &[Self] = &[
        Self::Bind,
        Self::Unbound,
        Self::Dnsmasq,
        Self::Pdns,
        Self::Knot,
        Self::Windows,
        Self::Coredns,
        Self::SystemdResolved,
        Self::Route53,
        Self::Terraform,
        Self::Cloudformation,
    ];

    /// Whether it answers questions itself, rather than configure what does.
    pub fn is_a_name_server(self) -> bool {
        !matches!(self, Self::Route53 | Self::Terraform | Self::Cloudformation)
    }

    /// As on the command line and in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "bind",
            Self::Unbound => "unbound",
            Self::Dnsmasq => "dnsmasq",
            Self::Pdns => "pdns",
            Self::Knot => "knot",
            Self::Windows => "windows",
            Self::Coredns => "coredns",
            Self::SystemdResolved => "systemd-resolved",
            Self::Route53 => "route53",
            Self::Terraform => "terraform",
            Self::Cloudformation => "cloudformation",
        }
    }
}

impl fmt::Display for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Software {
    type Err = UnknownSoftware;

    fn from_str(text: &str) -> Result<Self, UnknownSoftware> {
        Self::ALL
            .iter()
            .copied()
            .find(|software| software.as_str() == text)
            .ok_or_else(|| UnknownSoftware(text.to_owned()))
    }
}

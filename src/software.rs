//! Which software a resolver runs: by what it says of itself, and by what this host and AWS say of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A program or service whose configuration a fix is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Software {
    /// BIND 9.
    Bind,
    /// Unbound.
    Unbound,
    /// dnsmasq.
    Dnsmasq,
    /// PowerDNS Recursor.
    Pdns,
    /// Knot Resolver.
    Knot,
    /// The DNS server of Windows.
    Windows,
    /// CoreDNS.
    #[serde(rename = "coredns")]
    CoreDns,
    /// systemd-resolved.
    SystemdResolved,
    /// Amazon Route 53 Resolver.
    Route53,
    /// Terraform: no resolver runs it, and some fixes are written for it.
    Terraform,
    /// AWS CloudFormation: no resolver runs it, and some fixes are written for it.
    #[serde(rename = "cloudformation")]
    CloudFormation,
}

impl Software {
    /// All of them, in the order of the command line's help.
    pub const ALL: [Self; 11] = [
        Self::Bind,
        Self::Unbound,
        Self::Dnsmasq,
        Self::Pdns,
        Self::Knot,
        Self::Windows,
        Self::CoreDns,
        Self::SystemdResolved,
        Self::Route53,
        Self::Terraform,
        Self::CloudFormation,
    ];

    /// Whether it answers questions itself, rather than configure what does.
    pub fn is_a_name_server(self) -> bool {
        !matches!(self, Self::Route53 | Self::Terraform | Self::CloudFormation)
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
            Self::CoreDns => "coredns",
            Self::SystemdResolved => "systemd-resolved",
            Self::Route53 => "route53",
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
        }
    }

    /// Its own name, as a sentence has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Bind => "BIND",
            Self::Unbound => "Unbound",
            Self::Dnsmasq => "dnsmasq",
            Self::Pdns => "PowerDNS Recursor",
            Self::Knot => "Knot Resolver",
            Self::Windows => "Windows DNS Server",
            Self::CoreDns => "CoreDNS",
            Self::SystemdResolved => "systemd-resolved",
            Self::Route53 => "Route 53 Resolver",
            Self::Terraform => "Terraform",
            Self::CloudFormation => "CloudFormation",
        }
    }
}

impl fmt::Display for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no software's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a software whose lines are known: write all, or one of {words}", words = words())]
pub struct UnknownSoftware(String);

fn words() -> String {
    Software::ALL.map(Software::as_str).join(", ")
}

impl FromStr for Software {
    type Err = UnknownSoftware;

    fn from_str(text: &str) -> Result<Self, UnknownSoftware> {
        Self::ALL
            .into_iter()
            .find(|software| software.as_str() == text)
            .ok_or_else(|| UnknownSoftware(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_as_it_is_written_and_as_json_has_it() {
        for software in Software::ALL {
            assert_eq!(software.as_str().parse(), Ok(software));
            assert_eq!(
                serde_json::to_string(&software).ok(),
                Some(format!("\"{software}\"")),
                "{software:?}"
            );
        }
        assert!("named".parse::<Software>().is_err());
    }
}

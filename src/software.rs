//! Which software a resolver runs: by what it says of itself, and by what this host and AWS say of it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::dns::{AnswerKind, Class, RData, RecordType, Section};
use crate::limits;
use crate::observation::{Lookup, Purpose};

/// The name that a server is asked for in class CHAOS to say what it runs: BIND's, and everybody else's since.
pub const QUESTION: &str = "version.bind";

/// The names that a server is asked for in class CHAOS to say which of several hosts it is (RFC 4892, and BIND's older
/// name). They name a host and never the software, so they are asked only where [`QUESTION`] was answered: whoever does
/// not serve the class for that does not serve it for these, and is left alone.
pub const HOST_QUESTIONS: [&str; 2] = ["hostname.bind", "id.server"];

/// A program or service whose configuration a fix is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
            .find(|software| software.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownSoftware(text.to_owned()))
    }
}

/// The software of one resolver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Identified {
    /// Which.
    pub name: Software,
    /// Its version, as it says it; `null` where it does not.
    pub version: Option<String>,
    /// What says so: `version.bind` where it is the resolver itself, which anybody can configure to say something else,
    /// or a resolver behind it that it handed the question to.
    pub known_from: String,
}

impl Identified {
    /// The first number of its version, where it says one.
    pub fn major(&self) -> Option<u32> {
        self.version.as_deref()?.split('.').next()?.parse().ok()
    }

    /// The second number of its version, where it says one.
    pub fn minor(&self) -> Option<u32> {
        let minor = self.version.as_deref()?.split('.').nth(1)?;
        let end = minor.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(minor.len());
        minor[..end].parse().ok()
    }

    /// As a line about the resolver.
    pub fn sentence(&self) -> String {
        let title = self.name.title();
        let named = match &self.version {
            Some(version) => format!("{title} {version}"),
            None => title.to_owned(),
        };
        if self.known_from == QUESTION {
            format!("software: it says that it is {named} ({QUESTION})")
        } else {
            format!("software: {named} ({})", self.known_from)
        }
    }
}

/// What a resolver runs by where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSoftware {
    /// What.
    pub software: Software,
    /// What says so.
    pub from: String,
    /// Whether that is more than what the resolver says of itself: this host's own configuration, or AWS.
    pub is_certain: bool,
}

impl KnownSoftware {
    /// What is beyond doubt.
    pub fn certain(software: Software, from: String) -> Self {
        Self {
            software,
            from,
            is_certain: true,
        }
    }

    fn identified(self) -> Identified {
        Identified {
            name: self.software,
            version: None,
            known_from: self.from,
        }
    }
}

/// The software of a resolver, from its lookups and from where it is; `None` where nothing says it.
pub fn identify(lookups: &[Lookup], known: Option<KnownSoftware>) -> Option<Identified> {
    let said = || {
        let (name, version) = recognise(introduction(lookups)?)?;
        Some(Identified {
            name,
            version,
            known_from: QUESTION.to_owned(),
        })
    };
    match known {
        Some(known) if known.is_certain => Some(known.identified()),
        known => said().or_else(|| known.map(KnownSoftware::identified)),
    }
}

/// The one text with which a resolver answered.
fn introduction(lookups: &[Lookup]) -> Option<&str> {
    let asked = |lookup: &&Lookup| {
        let is_version = || lookup.question.to_string().eq_ignore_ascii_case(QUESTION);
        lookup.purpose == Purpose::Software
            && lookup.class == Class::Ch
            && lookup.kind == AnswerKind::Answer
            && is_version()
    };
    let lookup = lookups.iter().find(asked)?;
    let mut texts = lookup
        .section(Section::Answer)
        .filter(|record| record.rtype == RecordType::TXT);
    match (texts.next().map(|record| &record.data), texts.next()) {
        (Some(RData::Other(text)), None) => Some(text),
        _ => None,
    }
}

/// What stands before the version in the text of each program that gives its name.
///
/// BIND, Unbound, dnsmasq and PowerDNS Recursor: as Debian's packages of them answer, which .ci/interop.py asks.
/// CoreDNS: plugin/chaos, README.md. Windows: as `nmap`'s dns-nsid prints it, where it is switched on. Pi-hole's
/// dnsmasq and Knot Resolver were not asked.
const NAMED: &[(&str, Software)] = &[
    ("unbound ", Software::Unbound),
    ("dnsmasq-pi-hole-v", Software::Dnsmasq),
    ("dnsmasq-pi-hole-", Software::Dnsmasq),
    ("dnsmasq-", Software::Dnsmasq),
    ("PowerDNS Recursor ", Software::Pdns),
    ("Knot Resolver ", Software::Knot),
    ("CoreDNS-", Software::CoreDns),
    ("Microsoft DNS ", Software::Windows),
];

/// The software and the version in a text of `version.bind`; `None` where it is none that a program says by itself:
/// whoever runs a server can have it say anything.
fn recognise(text: &str) -> Option<(Software, Option<String>)> {
    let text = text.trim().trim_matches('"');
    let mut named = NAMED
        .iter()
        .filter_map(|(before, software)| Some((*software, version(text.strip_prefix(before)?)?)));
    if let Some((software, version)) = named.next() {
        return Some((software, Some(version.to_owned())));
    }
    let version = version(text).filter(|version| is_of_bind(version))?;
    Some((Software::Bind, Some(version.to_owned())))
}

/// The version that a text is: two numbers with a dot between them, what a distribution puts behind them, and then at
/// most a note in brackets.
fn version(text: &str) -> Option<&str> {
    let (version, note) = text.split_once(' ').unwrap_or((text, ""));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_digit());
    let (major, rest) = version.split_once('.')?;
    let in_it = |octet: u8| octet.is_ascii_alphanumeric() || b"+-._~".contains(&octet);
    let is_version = is_number(major)
        && rest.starts_with(|first: char| first.is_ascii_digit())
        && version.len() <= limits::SOFTWARE_VERSION
        && version.bytes().all(in_it);
    (is_version && (note.is_empty() || note.starts_with('('))).then_some(version)
}

/// Whether a version is one of BIND 9, which says nothing but its version: `9.18.33-1~deb12u2-Debian`, `9.20.0`,
/// `9.10.0b1` (bin/named/server.c, `PACKAGE_VERSION`). Four numbers are an address.
fn is_of_bind(version: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let Some(rest) = version.strip_prefix("9.") else {
        return false;
    };
    let minor = digits(rest);
    let Some(rest) = rest[minor..].strip_prefix('.') else {
        return false;
    };
    let patch = digits(rest);
    let behind = rest[patch..].chars().next();
    minor > 0 && patch > 0 && behind.is_none_or(|first| "-+~".contains(first) || first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn a_text_is_believed_where_it_is_what_a_program_says_by_itself() {
        let long = format!("dnsmasq-2.{}", "9".repeat(100));
        for (text, expected) in [
            (
                "9.18.33-1~deb12u2-Debian",
                Some((Software::Bind, "9.18.33-1~deb12u2-Debian")),
            ),
            (
                "9.18.28-0ubuntu0.22.04.1-Ubuntu",
                Some((Software::Bind, "9.18.28-0ubuntu0.22.04.1-Ubuntu")),
            ),
            (
                "9.11.4-P2-RedHat-9.11.4-26.P2.el7_9.16",
                Some((Software::Bind, "9.11.4-P2-RedHat-9.11.4-26.P2.el7_9.16")),
            ),
            ("9.16.23-RH", Some((Software::Bind, "9.16.23-RH"))),
            ("9.20.0", Some((Software::Bind, "9.20.0"))),
            ("9.10.0b1", Some((Software::Bind, "9.10.0b1"))),
            ("9.18.24-S1 (Supported Preview)", Some((Software::Bind, "9.18.24-S1"))),
            ("\"9.19.21\"", Some((Software::Bind, "9.19.21"))),
            ("unbound 1.17.1", Some((Software::Unbound, "1.17.1"))),
            ("unbound 1.9.0-b1", Some((Software::Unbound, "1.9.0-b1"))),
            ("dnsmasq-2.90", Some((Software::Dnsmasq, "2.90"))),
            ("dnsmasq-2.62-UBNT", Some((Software::Dnsmasq, "2.62-UBNT"))),
            ("dnsmasq-2.80test2", Some((Software::Dnsmasq, "2.80test2"))),
            ("dnsmasq-pi-hole-v2.90+1", Some((Software::Dnsmasq, "2.90+1"))),
            ("dnsmasq-pi-hole-2.87", Some((Software::Dnsmasq, "2.87"))),
            (
                "PowerDNS Recursor 4.8.8 (built Nov  2 2023 10:00:00 by root@build)",
                Some((Software::Pdns, "4.8.8")),
            ),
            ("PowerDNS Recursor 5.1.0-alpha1", Some((Software::Pdns, "5.1.0-alpha1"))),
            // Cut where the bound of a text is.
            ("PowerDNS Recursor 4.6.2 (built Apr", Some((Software::Pdns, "4.6.2"))),
            ("Knot Resolver 5.6.0", Some((Software::Knot, "5.6.0"))),
            ("CoreDNS-1.11.1", Some((Software::CoreDns, "1.11.1"))),
            (
                "Microsoft DNS 10.0.17763 (456345E3)",
                Some((Software::Windows, "10.0.17763")),
            ),
            (
                "Microsoft DNS 6.1.7601 (1DB15D39)",
                Some((Software::Windows, "6.1.7601")),
            ),
            // Set by hand, of another program, or of nobody.
            ("", None),
            ("unknown", None),
            ("none of your business", None),
            ("BIND", None),
            ("9.9.9.9", None),
            ("9.18", None),
            ("8.4.7-REL", None),
            ("10.0.1", None),
            ("9.18.1 is what you would like to know", None),
            ("unbound", None),
            ("unbound 1.17.1 or so", None),
            ("not unbound 1.17.1", None),
            ("dnsmasq-", None),
            ("dnsmasq-UNKNOWN", None),
            ("CoreDNS-001", None),
            ("PowerDNS Authoritative Server 4.7.3 (built by x)", None),
            ("Knot DNS 3.2.6", None),
            ("NSD 4.6.1", None),
            ("Q9-P-7.6", None),
            ("Microsoft DNS \u{1b}[31m6.1", None),
            ("dnsmasq-2.90\u{202e}", None),
            (&long, None),
        ] {
            let expected = expected.map(|(software, version): (_, &str)| (software, Some(version.to_owned())));
            assert_eq!(recognise(text), expected, "{text:?}");
        }
    }

    /// What a resolver answered to the question.
    fn said(texts: &[&str]) -> Vec<Lookup> {
        let records: Vec<serde_json::Value> = texts
            .iter()
            .map(|text| {
                serde_json::json!({"section": "answer", "owner": QUESTION, "type": "TXT", "ttl": 0,
                    "data": {"other": text}})
            })
            .collect();
        let lookup = serde_json::json!({"question": QUESTION, "qtype": "TXT", "class": "CH", "purpose": "software",
            "kind": "answer", "reason": null, "rcode": "NOERROR", "flags": null, "soa": null, "ede": [],
            "records": records, "addresses": [], "rtt_ms": 1.0, "transport": "udp", "attempts": []});
        vec![serde_json::from_value(lookup).unwrap()]
    }

    #[test]
    fn a_host_and_aws_know_better_than_the_resolver_and_the_resolver_better_than_a_flag() {
        let known = |software, is_certain| {
            Some(KnownSoftware {
                software,
                from: "there".to_owned(),
                is_certain,
            })
        };
        let name = |lookups: &[Lookup], known| {
            identify(lookups, known).map(|identified| (identified.name, identified.known_from))
        };
        let from = |software, from: &str| Some((software, from.to_owned()));
        let bind = said(&["9.18.33"]);
        assert_eq!(name(&bind, None), from(Software::Bind, QUESTION));
        assert_eq!(
            name(&bind, known(Software::Route53, false)),
            from(Software::Bind, QUESTION)
        );
        assert_eq!(
            name(&bind, known(Software::Route53, true)),
            from(Software::Route53, "there")
        );
        assert_eq!(
            name(&[], known(Software::Route53, false)),
            from(Software::Route53, "there")
        );
        assert_eq!(name(&[], None), None);
        // Two texts are no version, and another question is none.
        assert_eq!(name(&said(&["9.18.33", "dnsmasq-2.90"]), None), None);
        let mut other = bind.clone();
        other[0].class = Class::In;
        assert_eq!(name(&other, None), None);
    }

    #[test]
    fn a_text_that_anybody_can_set_is_only_what_the_resolver_says() {
        let sentence = |lookups: &[Lookup], known| identify(lookups, known).map(|identified| identified.sentence());
        assert_eq!(
            sentence(&said(&["dnsmasq-2.90"]), None).as_deref(),
            Some("software: it says that it is dnsmasq 2.90 (version.bind)")
        );
        let stub = KnownSoftware::certain(Software::SystemdResolved, "resolvectl status".to_owned());
        assert_eq!(
            sentence(&[], Some(stub)).as_deref(),
            Some("software: systemd-resolved (resolvectl status)")
        );
    }

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

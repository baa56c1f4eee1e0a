//! What came back: lookups attempt by attempt, as they were observed and as a capture keeps them.

mod connection;
mod reason;
mod system;

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::dns::{AnswerKind, Class, ExtendedError, Flags, Mismatch, Name, Rcode, Record, RecordType, Section, Soa};
use crate::limits;
use crate::stated;

pub use connection::{Connection, Tcp, Tls};
pub use reason::{HttpFault, NetworkFailure, PartialTcpMessage, Protocol, Reason, TcpEnd, TlsFault};
pub use system::{SystemCode, SystemFailure, SystemLookup};

/// How a question travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// UDP, and TCP where the reply is truncated, as every stub resolver does.
    Udp,
    /// TCP from the start.
    Tcp,
    /// DNS over TLS (RFC 7858).
    Tls,
    /// DNS over HTTPS (RFC 8484), over HTTP/2.
    Https,
}

impl Transport {
    /// As in a resolver's address, without `://`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Https => "https",
        }
    }

    /// An address as it is asked: `10.63.200.10:53`, `tcp://10.63.200.10:53`.
    pub fn with_address(self, address: SocketAddr) -> String {
        match self {
            Self::Udp => address.to_string(),
            other => format!("{}://{address}", other.as_str()),
        }
    }

    /// Whether the messages travel inside TLS.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Tls | Self::Https)
    }

    /// The port where none is named (RFC 1035 section 4.2, RFC 7858 section 3.1, RFC 8484 section 8.1 with RFC 9110
    /// section 4.2.2).
    pub fn default_port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 53,
            Self::Tls => 853,
            Self::Https => 443,
        }
    }
}

/// Why a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The endpoint's own name.
    Target,
    /// The endpoint's own name over TCP from the start: does port 53 answer there too?
    TargetTcp,
    /// A random name beside the endpoint's: should be NXDOMAIN from AWS's zone.
    Sibling,
    /// A public name of AWS's: should have addresses.
    AwsControl,
    /// The root's name servers: does the resolver recurse at all?
    Root,
    /// The SOA of the zone around the name: who claims authority?
    EnclosingZone,
    /// The endpoint's own name with CD=1: is it validation that fails?
    CheckingDisabled,
    /// The endpoint's own name with a suffix of the search list behind it.
    SearchSuffix,
    /// What the resolver says that it runs (`version.bind`, class CHAOS). What it says is part of a cause only where
    /// two programs give one answer for different causes.
    Software,
}

/// One question put to one resolver.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// Why.
    pub purpose: Purpose,
    /// The name.
    pub qname: Name,
    /// The type.
    pub qtype: RecordType,
    /// The class.
    pub class: Class,
    /// How.
    pub transport: Transport,
    /// Whether validation is switched off (RFC 4035 section 3.2.2).
    pub checking_disabled: bool,
    /// Counts repetitions of the same question, from 0.
    pub sample: u32,
}

/// One question, and all that came of it.
///
/// `kind`, `rcode` and what else stands here is what a Go client asking as kubectl asks would get: with EDNS,
/// over UDP, over TCP only where the reply was truncated. What other forms of the question got is in
/// `attempts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Lookup {
    /// The name asked.
    pub question: Name,
    /// The type asked.
    pub qtype: RecordType,
    /// The class asked; absent where it is IN.
    #[serde(default, skip_serializing_if = "Class::is_internet")]
    pub class: Class,
    /// Why it was asked.
    pub purpose: Purpose,
    /// Which repetition, from 0.
    #[serde(default)]
    pub sample: u32,
    /// What it came to.
    pub kind: AnswerKind,
    /// The reason, where the kind alone does not say it.
    #[serde(flatten, with = "stated")]
    #[cfg_attr(test, schemars(with = "stated::Both<Reason>"))]
    pub reason: Option<Reason>,
    /// The response code; `null` where no reply counted.
    pub rcode: Option<Rcode>,
    /// The flags of the reply.
    pub flags: Option<Flags>,
    /// The SOA of a negative answer.
    pub soa: Option<Soa>,
    /// The Extended DNS Errors of the reply.
    pub ede: Vec<ExtendedError>,
    /// The records of the reply.
    pub records: Vec<Record>,
    /// Whether it was a reply with NOERROR and nothing else: neither AA nor RA, no answer, nothing in ADDITIONAL, not
    /// even an OPT record. Go since 1.23.8 calls that a lame referral, and earlier ones whatever ADDITIONAL holds
    /// (src/net/dnsclient_unix.go, checkHeader).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lame: bool,
    /// The addresses that answer the question, aliases followed.
    pub addresses: Vec<IpAddr>,
    /// From the start of the question to the reply that counted, in milliseconds.
    pub rtt_ms: Option<f64>,
    /// What brought the reply that counted, or was tried.
    pub transport: Transport,
    /// Every try, in the order they were sent.
    pub attempts: Vec<Attempt>,
}

/// One try of a question: one socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Attempt {
    /// How.
    pub transport: Transport,
    /// Whether the query carried EDNS.
    pub edns: bool,
    /// Over TCP, and over TLS within it, whether the connection was made: something listens there, whatever it says.
    #[serde(default)]
    pub connected: bool,
    /// This host's address in it, where a connected socket of its own showed it: what a client on this host has, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<IpAddr>,
    /// From the start of the question to this try, in milliseconds.
    pub started_ms: f64,
    /// From this try to its reply, in milliseconds.
    pub rtt_ms: Option<f64>,
    /// What it came to.
    pub kind: AnswerKind,
    /// The reason: an error of the network, a defect of the reply.
    #[serde(flatten, with = "stated")]
    #[cfg_attr(test, schemars(with = "stated::Both<Reason>"))]
    pub reason: Option<Reason>,
    /// The response code.
    pub rcode: Option<Rcode>,
    /// The flags of the reply.
    pub flags: Option<Flags>,
    /// The addresses it brought.
    pub addresses: Vec<IpAddr>,
    /// The Extended DNS Errors it brought.
    pub ede: Vec<ExtendedError>,
    /// Replies that did not belong to the question (another ID, another question, no reply at all), waited past.
    pub mismatched_replies: u32,
    /// What was wrong with the first of them.
    #[serde(flatten, with = "stated")]
    #[cfg_attr(test, schemars(with = "stated::Both<Mismatch>"))]
    pub mismatch: Option<Mismatch>,
    /// Further well-formed replies to this same try that said something else.
    pub conflicting_replies: u32,
}

impl Attempt {
    /// One that has heard nothing yet.
    pub fn unanswered(transport: Transport, edns: bool, started_ms: f64) -> Self {
        Self {
            transport,
            edns,
            connected: false,
            local: None,
            started_ms,
            rtt_ms: None,
            kind: AnswerKind::Timeout,
            reason: None,
            rcode: None,
            flags: None,
            addresses: Vec::new(),
            ede: Vec::new(),
            mismatched_replies: 0,
            mismatch: None,
            conflicting_replies: 0,
        }
    }

    /// Whether its reply came behind a message that makes Go fail at once: over TCP any that does not belong, for Go
    /// takes the first message of a connection; over UDP one with a second question behind the right one (Go,
    /// src/net/dnsclient_unix.go, dnsStreamRoundTrip and exchange; tried with Go 1.19.8).
    pub fn comes_too_late(&self) -> bool {
        self.rcode.is_some()
            && self.mismatched_replies > 0
            && (self.transport == Transport::Tcp || self.mismatch.as_ref().is_some_and(Mismatch::has_several_questions))
    }
}

impl Lookup {
    /// Whether any reply at all was heard, over any transport and in any form.
    pub fn heard_anything(&self) -> bool {
        !self.kind.is_silence()
            || self
                .attempts
                .iter()
                .any(|attempt| attempt.rcode.is_some() || attempt.mismatched_replies > 0)
    }

    /// Whether it is SERVFAIL that came soon in every try, so that no silent server behind it was waited for.
    pub fn fails_at_once(&self) -> bool {
        let is_soon =
            |attempt: &Attempt| attempt.rcode.is_some() && attempt.rtt_ms.is_some_and(|ms| ms < limits::SLOW_MS);
        self.kind == AnswerKind::ServFail && !self.attempts.is_empty() && self.attempts.iter().all(is_soon)
    }

    /// The records of one section.
    pub fn section(&self, section: Section) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.section == section)
    }

    /// Whether the reply carried an Extended DNS Error for which `test` holds.
    pub fn has_ede(&self, test: impl Fn(&ExtendedError) -> bool) -> bool {
        self.ede.iter().any(test)
    }
}

/// Who is asked for facts while the resolvers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The command of this host that shows which name server it asks for which name.
    Host,
    /// AWS.
    Aws,
    /// The instance metadata service.
    Metadata,
    /// CloudTrail.
    Changes,
}

impl Source {
    /// Who it is.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "this host",
            Self::Aws => "AWS",
            Self::Metadata => "instance metadata",
            Self::Changes => "CloudTrail",
        }
    }

    /// What it is asked.
    pub fn asked(self) -> &'static str {
        match self {
            Self::Host => "which name server this host asks for which name",
            Self::Aws => "what AWS says of the cluster",
            Self::Metadata => "in which VPC this host is",
            Self::Changes => "what was changed in AWS",
        }
    }
}

/// What was asked, and the run ended without waiting for: the conclusion, the headline, its confidence and its fix
/// stand without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotWaitedFor {
    /// Who was asked: the name of the resolver, or the source of facts.
    pub resolver: String,
    /// What was asked: the name, or of a source the facts.
    pub question: String,
    /// The type asked; absent for the operating system's lookup, and for facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qtype: Option<RecordType>,
    /// Why it was asked; absent for facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Who was asked for facts; absent for a question of DNS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl NotWaitedFor {
    /// Of a source of facts.
    pub fn of(source: Source) -> Self {
        Self {
            resolver: source.as_str().to_owned(),
            question: source.asked().to_owned(),
            qtype: None,
            purpose: None,
            source: Some(source),
        }
    }

    /// Whether it is a question to the resolver of this name, put for this purpose.
    pub fn is_question(&self, resolver: &str, purpose: Purpose) -> bool {
        self.purpose == Some(purpose) && self.resolver == resolver
    }
}

//! Messages that do not belong to a question.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{NameFault, RecordFault, RecordType};
use crate::stated::stated;

/// Why a message is no reply to the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Mismatch {
    /// It is shorter than a header.
    NoMessage {
        /// Its octets.
        octets: usize,
    },
    /// It has another ID.
    Id,
    /// It is a query (QR=0).
    Query,
    /// It has another opcode.
    Opcode {
        /// Which.
        opcode: u16,
    },
    /// It has no question.
    NoQuestion,
    /// It has several questions.
    Questions {
        /// How many.
        count: u16,
    },
    /// Its question cannot be read.
    UnreadableQuestion {
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// It is about another name.
    OtherName,
    /// It is about another type.
    OtherType {
        /// Which.
        qtype: RecordType,
    },
    /// It is about another class.
    OtherClass,
    /// It came from another address or port than was asked.
    OtherSource {
        /// From where.
        from: SocketAddr,
    },
    /// What its words say, which are all that is known of it.
    #[serde(skip)]
    InWords(String),
}

impl Mismatch {
    /// Whether it has a second question behind the right one. At such a message Go fails at once (tried with Go
    /// 1.19.8).
    pub fn has_several_questions(&self) -> bool {
        matches!(self, Self::Questions { .. })
    }

    /// Whether it cannot be read as a reply to any question.
    pub fn is_unreadable(&self) -> bool {
        matches!(
            self,
            Self::NoMessage { .. } | Self::NoQuestion | Self::UnreadableQuestion { .. }
        )
    }

    /// Whether only its question is wrong: it is a reply with the right ID.
    pub fn is_about_the_question(&self) -> bool {
        matches!(
            self,
            Self::NoQuestion
                | Self::Questions { .. }
                | Self::UnreadableQuestion { .. }
                | Self::OtherName
                | Self::OtherType { .. }
                | Self::OtherClass
        )
    }
}

impl From<NameFault> for Mismatch {
    fn from(fault: NameFault) -> Self {
        Self::UnreadableQuestion { fault: fault.into() }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMessage { octets: 1 } => f.write_str("1 octet is no DNS message"),
            Self::NoMessage { octets } => write!(f, "{octets} octets are no DNS message"),
            Self::Id => f.write_str("another ID"),
            Self::Query => f.write_str("a query, not a reply (QR=0)"),
            Self::Opcode { opcode } => write!(f, "another opcode ({opcode})"),
            Self::NoQuestion => f.write_str("a reply without a question"),
            Self::Questions { count } => write!(f, "{count} questions"),
            Self::UnreadableQuestion { fault } => write!(f, "its question cannot be read: {fault}"),
            Self::OtherName => f.write_str("another question: about another name"),
            Self::OtherType { qtype } => write!(f, "another question: about type {qtype}"),
            Self::OtherClass => f.write_str("another question: about another class"),
            Self::OtherSource { from } => write!(f, "it came from {from}, which was not asked"),
            Self::InWords(words) => f.write_str(words),
        }
    }
}

stated!(Mismatch: "mismatch", "mismatch_code");

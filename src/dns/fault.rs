//! What is wrong with the octets of a message, and with a reply as a whole.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Name, Rcode, RecordType, Section};

/// What is wrong with a name in a message (RFC 1035 section 4.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum NameFault {
    /// The message ends inside of it.
    CutShort,
    /// It has more than 255 octets.
    TooLong,
    /// A compression pointer leads out of the message.
    PointsOut,
    /// A compression pointer leads forward.
    PointsForward,
    /// Compression pointers lead in a circle.
    PointsInACircle,
    /// It has more compression pointers than are followed.
    TooManyPointers {
        /// How many are followed.
        most: usize,
    },
    /// A label is of a kind that is reserved.
    ReservedLabel {
        /// The two bits of the kind, where they stand.
        kind: u8,
    },
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort => f.write_str("the message ends inside of a name"),
            Self::TooLong => f.write_str("a name is longer than 255 octets"),
            Self::PointsOut => f.write_str("a compression pointer leads out of the message"),
            Self::PointsForward => f.write_str("a compression pointer leads forward"),
            Self::PointsInACircle => f.write_str("compression pointers lead in a circle"),
            Self::TooManyPointers { most } => write!(f, "a name has more than {most} compression pointers"),
            Self::ReservedLabel { kind } => write!(f, "a label is of the reserved kind 0x{kind:02x}"),
        }
    }
}

/// What is wrong with one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum RecordFault {
    /// The message ends before the record does.
    CutShort,
    /// A name in it cannot be read: its owner's, or the one in its data.
    Name {
        /// What is wrong with that.
        fault: NameFault,
    },
    /// Its data is said to be longer than the rest of the message.
    TooLong {
        /// The octets that it says it has.
        octets: usize,
        /// The octets that the message has left.
        left: usize,
    },
    /// A label of its owner name has a dot in it.
    DotInOwner,
    /// A label of the name in its data has a dot in it.
    DotInData,
    /// It is of another class than was asked for.
    Class {
        /// Its class.
        found: u16,
        /// The one that was asked for.
        asked: u16,
    },
    /// Its data has not the length that data of its type has.
    Length {
        /// Its type.
        rtype: RecordType,
        /// The octets that it has.
        octets: usize,
        /// The octets that it should have.
        right: usize,
    },
    /// Octets follow the name in its data.
    BehindName {
        /// How many.
        octets: usize,
    },
    /// Not 20 octets follow the names of a SOA record.
    SoaNumbers {
        /// How many do.
        octets: usize,
    },
}

/// The mnemonic of a class by its number.
fn class(number: u16) -> String {
    match number {
        1 => "IN".to_owned(),
        3 => "CH".to_owned(),
        4 => "HS".to_owned(),
        254 => "NONE".to_owned(),
        255 => "ANY".to_owned(),
        // RFC 3597 section 5.
        other => format!("CLASS{other}"),
    }
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort => f.write_str("the message ends there"),
            Self::Name { fault } => fault.fmt(f),
            Self::TooLong { octets, left } => write!(f, "it claims {octets} octets of data, with {left} left"),
            Self::DotInOwner => f.write_str("a label of its owner name has a dot in it"),
            Self::DotInData => f.write_str("a label of the name in its data has a dot in it"),
            Self::Class { found, asked } => write!(f, "its class is {}, not {}", class(*found), class(*asked)),
            Self::Length { rtype, octets, right } => write!(
                f,
                "its data is {octets} octets long, and that of {rtype} records is {right}"
            ),
            Self::BehindName { octets } => write!(f, "{octets} octets follow the name in its data"),
            Self::SoaNumbers { octets } => {
                write!(f, "{octets} octets follow the names of a SOA record, and 20 should")
            }
        }
    }
}

impl From<NameFault> for RecordFault {
    fn from(fault: NameFault) -> Self {
        Self::Name { fault }
    }
}

/// What is wrong with the octets of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum OctetDefect {
    /// A record cannot be read.
    Record {
        /// Which of its section, from 1.
        number: u16,
        /// How many the section is said to have.
        of: u16,
        /// The section.
        section: Section,
        /// What is wrong with it.
        fault: RecordFault,
    },
    /// Octets follow the last record.
    Trailing {
        /// How many.
        octets: usize,
    },
    /// An OPT record stands in another section than the additional one.
    OptElsewhere,
    /// It has a second OPT record.
    SecondOpt,
    /// The owner of its OPT record is not the root.
    OptOwner,
    /// An option of its OPT record is longer than the record.
    OptionTooLong,
    /// An Extended DNS Error has no room for its code.
    ExtendedErrorTooShort,
    /// The text of an Extended DNS Error is not UTF-8.
    ExtendedErrorText,
    /// It came over UDP with more octets than the query announced.
    Oversize(Oversize),
    /// It holds more records than are looked at.
    TooManyRecords {
        /// How many it holds.
        records: usize,
        /// How many are looked at.
        kept: usize,
    },
}

impl OctetDefect {
    /// What is wrong with a record, where it is that.
    pub fn of_record(&self) -> Option<&RecordFault> {
        match self {
            Self::Record { fault, .. } => Some(fault),
            _ => None,
        }
    }
}

impl fmt::Display for OctetDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record {
                number,
                of,
                section,
                fault,
            } => write!(
                f,
                "record {number} of {of} in the {} section cannot be read: {fault}",
                section.as_str()
            ),
            Self::Trailing { octets: 1 } => f.write_str("1 octet follows behind the last record"),
            Self::Trailing { octets } => write!(f, "{octets} octets follow behind the last record"),
            Self::OptElsewhere => f.write_str("an OPT record stands outside of the additional section"),
            Self::SecondOpt => f.write_str("it has a second OPT record"),
            Self::OptOwner => f.write_str("the owner of its OPT record is not the root"),
            Self::OptionTooLong => f.write_str("an option of its OPT record runs past the end of the record"),
            Self::ExtendedErrorTooShort => f.write_str("an Extended DNS Error is too short for its code"),
            Self::ExtendedErrorText => f.write_str("the text of an Extended DNS Error is not UTF-8"),
            Self::Oversize(oversize) => oversize.fmt(f),
            Self::TooManyRecords { records, kept } => {
                write!(f, "it holds {records} records, of which {kept} are looked at")
            }
        }
    }
}

/// A reply over UDP that is longer than the query announced, and is read no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Oversize {
    /// The octets that came.
    pub octets: usize,
    /// The octets that are read.
    pub read: usize,
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { octets, read } = self;
        write!(
            f,
            "{octets} octets came over UDP, and clients read the {read} that they announce"
        )
    }
}

/// What is wrong with a reply's octets, all of it that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Broken {
    /// The first thing.
    pub defect: OctetDefect,
    /// That it is read no further than clients read it, which may be why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oversize: Option<Oversize>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.defect.fmt(f)?;
        match &self.oversize {
            Some(oversize) => write!(f, " ({oversize})"),
            None => Ok(()),
        }
    }
}

/// What is worth telling of a reply beside its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Flaw {
    /// Its octets are wrong.
    Broken(Broken),
    /// Its response code is none of those that have a kind of their own.
    Rcode {
        /// The code.
        rcode: Rcode,
        /// What is wrong with its octets as well.
        broken: Option<Broken>,
    },
    /// Aliases lead in a circle.
    AliasLoop {
        /// Where they lead back to.
        name: Name,
    },
    /// There are more aliases than are followed.
    TooManyAliases {
        /// How many are followed.
        most: usize,
    },
    /// The answer section holds records of the type asked for under other names.
    OtherNames {
        /// That type.
        rtype: RecordType,
        /// One of those names.
        owner: Name,
        /// Whether there is an answer beside them.
        beside_answer: bool,
    },
    /// The answer section holds nothing about the name asked for.
    OnlyOtherNames,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(broken) => broken.fmt(f),
            Self::Rcode { rcode, broken: None } => rcode.fmt(f),
            Self::Rcode {
                rcode,
                broken: Some(broken),
            } => write!(f, "{rcode}; {broken}"),
            Self::AliasLoop { name } => write!(f, "the aliases lead back to {name}"),
            Self::TooManyAliases { most } => write!(f, "more than {most} aliases"),
            Self::OtherNames {
                rtype,
                owner,
                beside_answer: false,
            } => write!(
                f,
                "the answer section holds {rtype} records of other names only ({owner})"
            ),
            Self::OtherNames {
                rtype,
                owner,
                beside_answer: true,
            } => write!(
                f,
                "beside the answer, the answer section holds {rtype} records of other names ({owner})"
            ),
            Self::OnlyOtherNames => f.write_str("the answer section holds only records of other names"),
        }
    }
}

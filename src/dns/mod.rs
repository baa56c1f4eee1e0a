//! The vocabulary of the DNS, in the words of RFC 9499: names, types, response codes, records, replies.
//!
//! No input or output.

mod class;
mod ede;
mod fault;
mod message;
mod mismatch;
mod name;
mod rcode;
mod record;
mod rtype;

pub use class::Class;
pub use ede::ExtendedError;
pub use fault::{Broken, Flaw, NameFault, OctetDefect, Oversize, RecordFault};
pub use message::{AnswerKind, Flags, Reply, Section};
pub use mismatch::Mismatch;
pub use name::{Name, NameError};
pub use rcode::Rcode;
pub use record::{RData, Record, Soa};
pub use rtype::RecordType;

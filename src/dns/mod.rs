//! The vocabulary of the DNS, in the words of RFC 9499: names, types, response codes, records, replies.
//!
//! No input or output and no other module of this crate.

mod class;
mod ede;
mod message;
mod name;
mod rcode;
mod record;
mod rtype;

pub use class::Class;
pub use ede::ExtendedError;
pub use message::{AnswerKind, Flags, Reply, Section};
pub use name::{Name, NameError};
pub use rcode::Rcode;
pub use record::{RData, Record, Soa};
pub use rtype::RecordType;

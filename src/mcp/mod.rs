//! The Model Context Protocol over standard input and output, as values: a line in, what it asks for, a line out.
//! Nothing is read, written or called here.
//!
//! Source: the specification of the Model Context Protocol (modelcontextprotocol.io), revisions 2024-11-05 to
//! 2026-07-28, and the JSON-RPC 2.0 Specification. Until 2025-11-25 a client begins with `initialize`; from 2026-07-28
//! on every request has its revision in `_meta`, and `server/discover` takes the place of the handshake. Both are
//! served.

pub mod message;
pub mod session;
pub mod tools;
mod wording;

pub use message::{Incoming, IncomingLine, RequestFault, answer, fault, notification, read};
pub use session::{ClientSession, RequestKind, Revision, ToolCall};

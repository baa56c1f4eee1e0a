//! Remedies that several rules share, filled in with the reader's own zone, Region and addresses.

pub mod answer;
pub mod dhcp;
pub mod endpoint;
pub mod filter;
pub mod flush;
pub mod forward;
pub mod here;
pub mod inbound;
pub mod path;
pub mod plain;
pub mod question;
pub mod resolver_rule;

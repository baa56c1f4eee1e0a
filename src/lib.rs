//! Asks every resolver on the path for an EKS cluster's API endpoint name, compares the answers with the
//! addresses the cluster really has, and says why they differ, with the fix.
//!
//! Data flows one way, from what was asked to what is printed; input and output live at the two ends, in
//! [`facts::host`] and [`probe`] on one side and the binary on the other. Everything between is a pure
//! function of values that serialise: [`report::diagnose`].

pub mod address;
pub mod app;
pub mod beside;
pub mod bulk;
pub mod capture;
pub mod cli;
pub mod clients;
pub mod compare;
pub mod connect;
pub mod decides;
pub mod dns;
pub mod endpoint;
pub mod expect;
pub mod facts;
pub mod fleet;
mod handed_on;
pub mod indented;
pub mod lab;
pub mod limits;
pub mod mcp;
pub mod observation;
pub mod pasted;
pub mod places;
pub mod plan;
pub mod probe;
pub mod probed;
pub mod redact;
pub mod render;
pub mod report;
pub mod resolvers;
pub mod rules;
#[cfg(test)]
mod schema;
pub mod scope;
pub mod serve;
pub mod settings;
pub mod settled;
pub mod software;
pub mod stated;
pub mod target;
pub mod text;
pub mod tls;
pub mod url;
pub mod via;
pub mod watch;

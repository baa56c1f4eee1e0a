//! Remedies that several rules share, filled in with the reader's own zone, Region and addresses.

pub mod forward;

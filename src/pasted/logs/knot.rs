//! Knot Resolver's log.

use super::outright;
use crate::pasted::{MessageSeen, Symptom};

/// Its module rebinding (modules/rebinding/rebinding.lua, M.layer.consume; tried with 5.6), which refuses the answer.
pub(super) fn line(line: &str) -> Option<MessageSeen> {
    let (_, record) = line.split_once("blocking blacklisted IP in RR '")?;
    Some(outright(
        Symptom::Rebind,
        record.split_whitespace().next(),
        "rebinding-protection",
        "Knot Resolver says so: its module rebinding refuses answers with private addresses",
    ))
}

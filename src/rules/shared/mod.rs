//! What several rules, or a rule and a sign, read from the evidence. No rule's file is imported by another's.

pub(super) mod age;
pub(super) mod attributes;
pub(super) mod blemish;
pub(super) mod connections;
pub(super) mod control;
pub(super) mod dhcp;
pub(super) mod disagreement;
pub(super) mod forward;
pub(super) mod inbound;
pub(super) mod late;
pub(super) mod networks;
pub(super) mod obstacle;
pub(super) mod pinned;
pub(super) mod policy;
pub(super) mod rebinding;
pub(super) mod recursion;
pub(super) mod refusal;
pub(super) mod samples;
pub(super) mod scoped;
pub(super) mod search;
pub(super) mod silence;
pub(super) mod split;
pub(super) mod stray;
pub(super) mod synthetic;
pub(super) mod transport;
pub(super) mod validation;

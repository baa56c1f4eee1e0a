//! The controls that a finding can be unsure for lack of.

/// A control that a run can be without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// A public resolver.
    Public,
    /// A resolver of the VPC.
    Vpc,
    /// The random sibling, and the names outside the zone.
    Questions,
}

//! Many targets: which they are, what came of each, and one document of all. Pure: from reports to a document.

mod causes;
mod compared;
mod dead;
mod document;
mod file;
mod outcome;
mod packed;
mod target;
mod telling;

pub use causes::Cause;
pub use compared::{Across, Compared, Documents, NotFleet, Side, TargetState, changes, compare, read_document};
pub use dead::is_of_dead_entries;
pub use document::{DocumentKind, Fleet, Gathering, LeftOut, NotAwaited, Tally};
pub use file::{TargetLine, Unreadable, read};
pub use outcome::{ResolverOutcome, TargetHeadline, TargetOutcome};
pub use packed::PackedTargets;
pub use target::{Distinct, EndpointOwner, FleetTarget, KnownCluster, NamedBy};
pub use telling::{Telling, distinct};

//! Many targets: which they are, what came of each, and one document of all. Pure: from reports to a document.

mod causes;
mod compared;
mod dead;
mod document;
mod file;
mod outcome;
mod target;

pub use causes::Cause;
pub use compared::{Across, Compared, Documents, NotFleet, Side, State, changes, compare, read_document};
pub use document::{Fleet, Gathering, Kind, LeftOut, Tally};
pub use file::{Line, Unreadable, read};
pub use outcome::{Headline, Outcome, Said};
pub use target::{Distinct, Known, Origin, Target, Telling, Whose, distinct};

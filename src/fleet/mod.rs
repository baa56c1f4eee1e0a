//! Many targets: which they are, what came of each, and one document of all. Pure: from reports to a document.

mod causes;
mod dead;
mod document;
mod file;
mod target;

pub use causes::Cause;
pub use document::{Fleet, Gathering, Headline, Kind, LeftOut, Outcome, Said, Tally};
pub use file::{Line, Unreadable, read};
pub use target::{Distinct, Origin, Target, distinct};

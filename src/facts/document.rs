//! The document of the command `facts`: what one machine learnt, for another that may not ask.

use serde::{Deserialize, Serialize};

use super::{AwsFacts, Facts, Gap, Half};
use crate::indented::indented;
use crate::limits;
use crate::target::Target;

/// The version of the shape of every document that this program writes. Fields may be added under the same version.
/// Version 1 had words where 2 has codes beside them.
pub const SCHEMA_VERSION: u32 = 2;

/// The program that made a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Maker {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl Maker {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// What one machine learnt: all of it, or what AWS says alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FactsDocument<F = Facts> {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The program that made it.
    pub tool: Maker,
    /// When, RFC 3339, UTC.
    pub taken_at: String,
    /// The endpoint that the facts are about.
    pub target: Target,
    /// The facts.
    pub facts: F,
    /// What could not be learnt.
    pub gaps: Vec<Gap>,
}

impl FactsDocument<AwsFacts> {
    /// What another place may know: nothing of this host.
    pub fn for_elsewhere(taken_at: &str, target: &Target, facts: &AwsFacts, gaps: &[Gap]) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Maker::this(),
            taken_at: taken_at.to_owned(),
            target: target.clone(),
            facts: facts.clone(),
            gaps: gaps.iter().filter(|gap| gap.of == Half::Aws).cloned().collect(),
        }
    }
}

impl<F: Serialize> FactsDocument<F> {
    /// The document, as JSON with a line's end.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut text = indented(self)?;
        text.push('\n');
        Ok(text)
    }
}

/// Facts of another machine, read back: of its document, or of a capture, whose `facts` have the same shape. That
/// machine's own configuration is not this one's: it is not read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Elsewhere {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u64,
    /// When they were taken, RFC 3339, UTC.
    pub taken_at: String,
    /// The endpoint that they are about.
    #[serde(default)]
    pub target: Option<ElsewhereTarget>,
    /// What AWS said there.
    pub facts: AwsFacts,
    /// What could not be learnt there.
    #[serde(default)]
    pub gaps: Vec<Gap>,
}

/// The endpoint that the facts of another machine are about, as far as its document says it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ElsewhereTarget {
    /// Its host name.
    pub hostname: Option<String>,
    /// The cluster's name.
    pub cluster: Option<String>,
}

impl Elsewhere {
    /// Whether it has no more gaps than a capture may have. Its facts are bounded before they are read, as is
    /// everything below the first level of a file.
    pub fn is_bounded(&self) -> bool {
        self.gaps.len() <= limits::LIST_IN_CAPTURE
    }
}

//! The scenarios that are built in, and the world they are played in.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::ops::Range;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};

use super::scenario::{Scenario, Zone};
use crate::report::SCHEMA_VERSION;

/// The name of every scenario and where its text stands in [`TEXTS`], sorted by name; made by the build script.
#[expect(
    clippy::unreadable_literal,
    reason = "the build script writes it, and nobody reads it"
)]
static SCENARIOS: &[(&str, Range<usize>)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The texts of all scenarios, one behind the other.
static TEXTS: LazyLock<String> = LazyLock::new(|| {
    let compressed: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.gz"));
    let mut texts = String::new();
    // The build script wrote it whole. A text that is not there would be refused as no scenario.
    let _ = GzDecoder::new(compressed).read_to_string(&mut texts);
    texts
});

/// What all scenarios share.
static WORLD: &str = include_str!("../../fixtures/world.toml");

/// The scenario that is shown where none is named.
const DEFAULT: &str = "no-forwarding/article";

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum UnplayableScenario {
    /// No such scenario.
    #[error("there is no scenario {0:?}: give --list for their names")]
    Unknown(String),
    /// The file is not a scenario.
    #[error("scenario {name:?} cannot be read")]
    Unreadable {
        /// The scenario.
        name: String,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Something in it does not hold together.
    #[error("scenario {name:?}: {reason}")]
    Inconsistent {
        /// The scenario.
        name: String,
        /// What.
        reason: String,
    },
    /// A socket on loopback could not be had.
    #[error("no socket on loopback for the scenario's servers")]
    Socket(#[from] std::io::Error),
}

/// What all scenarios share: the endpoint's name, the sibling, and zones.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct World {
    pub(super) target: String,
    pub(super) sibling: String,
    pub(super) common: Vec<Zone>,
    pub(super) views: BTreeMap<String, Vec<Zone>>,
}

impl World {
    pub(super) fn load() -> Result<Self, UnplayableScenario> {
        read(WORLD).map_err(|source| UnplayableScenario::Unreadable {
            name: "world".to_owned(),
            source: Box::new(source),
        })
    }
}

/// Reads the text of a scenario file.
pub fn parse(text: &str) -> Result<Scenario, toml::de::Error> {
    read(text)
}

/// TOML by way of JSON, in which captures are read: the many types that both have are compiled for one of them only.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, toml::de::Error> {
    let table: toml::Table = toml::from_str(text)?;
    let read = serde_json::to_string(&table).and_then(|json| serde_json::from_str(&json));
    read.map_err(|error| {
        // The place is one of the JSON, which nobody sees.
        let words = error.to_string();
        let words = words.split_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        toml::de::Error::custom(words)
    })
}

/// The names of all scenarios, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCENARIOS.iter().map(|(name, _)| *name)
}

/// The scenarios, as `demo --list` prints them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScenarioList {
    schema_version: u32,
    kind: &'static str,
    /// Every one, sorted by its name.
    pub scenarios: Vec<ListedScenario>,
}

/// A scenario of the list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ListedScenario {
    /// What `demo` takes.
    pub name: &'static str,
    /// What it plays, in a line.
    pub title: String,
}

impl ScenarioList {
    /// All that there are.
    ///
    /// # Errors
    ///
    /// Where one cannot be read.
    pub fn all() -> Result<Self, UnplayableScenario> {
        let one = |name| {
            let titled = |(_, Scenario { title, .. })| ListedScenario { name, title };
            scenario(Some(name)).map(titled)
        };
        Ok(Self {
            schema_version: SCHEMA_VERSION,
            kind: "scenarios",
            scenarios: names().map(one).collect::<Result<_, UnplayableScenario>>()?,
        })
    }
}

/// The full name and the text of a scenario: by its full name (`no-forwarding/article`), by its rule's name
/// alone (its scenario `fires`, else its first), or, without a name, the default.
pub fn text(name: Option<&str>) -> Result<(&'static str, &'static str), UnplayableScenario> {
    let name = name.unwrap_or(DEFAULT);
    let of_rule = |candidate: &str| candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'));
    let by_name = |wanted: &str| SCENARIOS.iter().find(|(candidate, _)| *candidate == wanted);
    by_name(name)
        .or_else(|| by_name(&format!("{name}/fires")))
        .or_else(|| SCENARIOS.iter().find(|(candidate, _)| of_rule(candidate)))
        .map(|(name, place)| (*name, TEXTS.get(place.clone()).unwrap_or_default()))
        .ok_or_else(|| UnplayableScenario::Unknown(name.to_owned()))
}

/// A scenario by its name, as [`text`] finds it.
pub fn scenario(name: Option<&str>) -> Result<(&'static str, Scenario), UnplayableScenario> {
    let (name, text) = text(name)?;
    let scenario = parse(text).map_err(|source| UnplayableScenario::Unreadable {
        name: name.to_owned(),
        source: Box::new(source),
    })?;
    Ok((name, scenario))
}

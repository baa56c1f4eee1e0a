//! Reads a capture: the JSON document of an earlier run. It may be anything by now: cut off, huge, deep, of
//! another shape or of another version. What is not a capture is refused with one line and its place; what
//! was concluded then is left out, since it is concluded again.

mod refused;
mod version_1;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::facts::{AwsFacts, Facts, Gap, HostFacts, Vantage, VantageKind, saved};
use crate::limits;
use crate::observation::Connection;
use crate::observation::NotWaitedFor;
use crate::probed::Probed;
use crate::report::{Capture, SCHEMA_VERSION, Tool};
use crate::settings::Asked;
use crate::target::Target;
use crate::text;

/// Why a document is not a capture that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// Nothing in it.
    #[error("is empty")]
    Empty,
    /// More octets than are read.
    #[error("is larger than {} MiB", limits::CAPTURE >> 20)]
    TooLarge,
    /// Not JSON, or of another shape.
    #[error("is not a capture: {0}")]
    Malformed(String),
    /// JSON, and no object.
    #[error("is not a capture: it is not one JSON object")]
    NoObject,
    /// JSON of something else.
    #[error("is not a capture: it has no schema_version")]
    NoVersion,
    /// A later shape, where the names may mean something else.
    #[error(
        "has schema_version {found}, and this program reads up to {SCHEMA_VERSION}: names may mean something else \
         there, so nothing of it is used; read it with the program that wrote it{}",
        by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default()
    )]
    Newer {
        /// Its version.
        found: u64,
        /// The program that made it.
        by: Option<String>,
    },
    /// A shape that never was.
    #[error("has schema_version 0, which no program wrote: this one reads 1 to {SCHEMA_VERSION}")]
    Older,
    /// A version that is no number.
    #[error("is not a capture: its schema_version is {0}, and not a whole number")]
    Version(String),
    /// Two resolvers that the report could not tell apart.
    #[error("is not a capture: two of its resolvers are called {0:?}")]
    SameName(String),
    /// A comparison where a capture is wanted.
    #[error("is a comparison of several places, not the capture of one: give the captures it was made from")]
    Comparison,
    /// Another document of this program, which holds no answers of name servers.
    #[error("is {what}, and no capture: {instead}")]
    OtherDocument {
        /// What it is.
        what: &'static str,
        /// What to do.
        instead: &'static str,
    },
    /// A comparison whose lists do not belong together.
    #[error("is not a comparison: it names {places} places and has {captures} captures")]
    Unmatched {
        /// Its places.
        places: usize,
        /// Its captures.
        captures: usize,
    },
    /// A time that is none.
    #[error(
        "is not a capture: taken_at {0:?} is not a time in RFC 3339 form; write a capture with --save FILE or -o json"
    )]
    Time(String),
}

impl CaptureError {
    /// The same, with what to do, for one who gave the document as a file.
    pub fn with_advice(&self) -> String {
        match self {
            Self::Empty | Self::Malformed(_) | Self::NoObject | Self::NoVersion | Self::Older | Self::Version(_) => {
                format!("{self}; write a capture with --save FILE or -o json")
            }
            _ => self.to_string(),
        }
    }
}

impl Head {
    /// The program that made it.
    fn by(&self) -> Option<String> {
        let tool = self.tool.as_ref()?;
        Some(format!("{} {}", tool.name.as_ref()?, tool.version.as_ref()?))
    }

    /// What cannot be read, and where another program made it, which: under the same version of the shape it may
    /// have a word more.
    fn malformed(&self, error: &serde_json::Error, text: &str) -> CaptureError {
        let this = Tool::this();
        let this = format!("{} {}", this.name, this.version);
        match (malformed(error, text), self.by()) {
            (CaptureError::Malformed(what), Some(by)) if by != this => CaptureError::Malformed(format!(
                "{what} (it was written by {}, and this is {this})",
                shortened(&by)
            )),
            (error, _) => error,
        }
    }
}

/// What is read before anything else is believed.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<serde_json::Value>,
    tool: Option<HeadTool>,
    captures: Option<IgnoredAny>,
    /// What `explain -o json` has.
    messages: Option<IgnoredAny>,
    /// What a capture has, and the document of `facts` has not.
    resolvers: Option<IgnoredAny>,
    facts: Option<IgnoredAny>,
    asked: Option<IgnoredAny>,
    #[serde(flatten)]
    _rest: IgnoredAny,
}

impl Head {
    /// What it is of this program's other documents.
    fn other(&self) -> Option<CaptureError> {
        if self.resolvers.is_some() || self.captures.is_some() || self.asked.is_some() {
            return None;
        }
        let (what, instead) = if self.messages.is_some() {
            (
                "what eks-dns-doctor explain -o json wrote",
                "save one with eks-dns-doctor check HOST --save FILE",
            )
        } else if self.facts.is_some() {
            (
                "what eks-dns-doctor facts wrote",
                "eks-dns-doctor check HOST --facts FILE reads it",
            )
        } else {
            return None;
        };
        Some(CaptureError::OtherDocument { what, instead })
    }
}

#[derive(Deserialize)]
struct HeadTool {
    name: Option<String>,
    version: Option<String>,
}

/// What a diagnosis is made from. Unknown names are those of a later program, added under the same version.
#[derive(Deserialize)]
struct Document {
    tool: Tool,
    taken_at: String,
    #[serde(default = "nowhere")]
    vantage: Vantage,
    target: Target,
    asked: Asked,
    #[serde(default)]
    facts: Facts,
    #[serde(default)]
    gaps: Vec<Gap>,
    resolvers: Vec<Probed>,
    #[serde(default)]
    connections: Vec<Connection>,
    #[serde(default)]
    not_waited_for: Vec<NotWaitedFor>,
    #[serde(default)]
    interrupted: bool,
    #[serde(default)]
    failing_since: Option<String>,
    /// That there are reasons says that they were asked for; they are given anew.
    #[serde(default)]
    why: Option<IgnoredAny>,
}

/// Half of a document's facts.
#[derive(Deserialize)]
struct OfFacts<F> {
    #[serde(rename = "facts")]
    _facts: Option<F>,
}

/// The same of a comparison.
#[derive(Deserialize)]
struct InPlaces<F> {
    #[serde(rename = "captures")]
    _captures: Vec<OfFacts<F>>,
}

/// What cannot be read in the facts, with its place: of two halves in one object, serde knows only where that ends.
fn in_facts<H: DeserializeOwned, A: DeserializeOwned>(text: &str) -> Option<serde_json::Error> {
    let host = serde_json::from_str::<H>(text).err();
    host.or_else(|| serde_json::from_str::<A>(text).err())
        .filter(serde_json::Error::is_data)
}

/// A comparison: the places' names and kinds, and what each is made from. The rest is concluded again.
#[derive(Deserialize)]
struct Several<K, U> {
    places: Vec<PlaceHead<K>>,
    captures: Vec<Document>,
    #[serde(default = "Vec::new")]
    unseen: Vec<U>,
    #[serde(default)]
    interrupted: bool,
}

#[derive(Deserialize)]
struct PlaceHead<K> {
    name: String,
    kind: K,
}

/// What a document holds.
#[derive(Debug, Clone)]
pub enum DocumentContent<K, U> {
    /// A capture.
    One(Box<Capture>),
    /// A comparison.
    Several {
        /// Its places by name, what each is known from, and its capture.
        places: Vec<(String, K, Capture)>,
        /// What it says of places that were not seen.
        unseen: Vec<U>,
        /// Whether it was interrupted.
        interrupted: bool,
    },
}

fn nowhere() -> Vantage {
    Vantage {
        name: None,
        kind: VantageKind::Unknown,
        system: None,
    }
}

/// Reads a capture.
pub fn parse(bytes: &[u8]) -> Result<Capture, CaptureError> {
    match parse_any::<IgnoredAny, IgnoredAny>(bytes)? {
        DocumentContent::One(capture) => Ok(*capture),
        DocumentContent::Several { .. } => Err(CaptureError::Comparison),
    }
}

/// Reads a capture, or a comparison of several.
pub fn parse_any<K: DeserializeOwned, U: DeserializeOwned>(
    bytes: &[u8],
) -> Result<DocumentContent<K, U>, CaptureError> {
    let (head, version, text) = begin(bytes)?;
    if let Some(other) = head.other() {
        return Err(other);
    }
    if head.captures.is_none() {
        let document: Document = serde_json::from_str(&text).map_err(|error| {
            head.malformed(
                &in_facts::<OfFacts<HostFacts>, OfFacts<AwsFacts>>(&text).unwrap_or(error),
                &text,
            )
        })?;
        is_time(&document.taken_at)?;
        return Ok(DocumentContent::One(Box::new(document.capture(version)?)));
    }
    let read: Several<K, U> = serde_json::from_str(&text).map_err(|error| {
        head.malformed(
            &in_facts::<InPlaces<HostFacts>, InPlaces<AwsFacts>>(&text).unwrap_or(error),
            &text,
        )
    })?;
    if read.places.len() != read.captures.len() {
        return Err(CaptureError::Unmatched {
            places: read.places.len(),
            captures: read.captures.len(),
        });
    }
    let several = read.places.into_iter().zip(read.captures).map(|(place, document)| {
        // dig's text may not say when it was.
        if !document.taken_at.is_empty() {
            is_time(&document.taken_at)?;
        }
        Ok((place.name, place.kind, document.capture(version)?))
    });
    Ok(DocumentContent::Several {
        places: several.collect::<Result<_, CaptureError>>()?,
        unseen: read.unseen,
        interrupted: read.interrupted,
    })
}

/// What is true of any document: its size, its encoding, its bounds and its version.
fn begin(bytes: &[u8]) -> Result<(Head, u64, Cow<'_, str>), CaptureError> {
    if bytes.len() as u64 > limits::CAPTURE {
        return Err(CaptureError::TooLarge);
    }
    let text = text::decode(bytes);
    if let Some((what, instead)) = text::of_no_text(&text) {
        return Err(CaptureError::OtherDocument { what, instead });
    }
    // As it is saved from a terminal or a ticket, like the documents of AWS.
    let text = match saved::unframed(&text) {
        Some(bare) => Cow::Owned(bare),
        None => text,
    };
    let bytes = text.as_bytes();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CaptureError::Empty);
    }
    measure(&text)?;
    if !text.trim_start().starts_with('{') {
        return Err(CaptureError::NoObject);
    }
    let head: Head = serde_json::from_str(&text).map_err(|error| malformed(&error, &text))?;
    let version = head.schema_version.as_ref().ok_or(CaptureError::NoVersion)?;
    let version = match version.as_u64() {
        None => return Err(CaptureError::Version(shortened(&version.to_string()))),
        Some(0) => return Err(CaptureError::Older),
        Some(found) if found > u64::from(SCHEMA_VERSION) => {
            return Err(CaptureError::Newer {
                found,
                by: head.by().map(|by| shortened(&by)),
            });
        }
        Some(found) => found,
    };
    Ok((head, version, text))
}

fn is_time(text: &str) -> Result<(), CaptureError> {
    match humantime::parse_rfc3339(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(CaptureError::Time(shortened(text))),
    }
}

impl Document {
    /// The capture that a document of this version holds.
    fn capture(self, version: u64) -> Result<Capture, CaptureError> {
        let mut names = BTreeSet::new();
        for probed in &self.resolvers {
            if !names.insert(probed.resolver.name.as_str()) {
                return Err(CaptureError::SameName(shortened(&probed.resolver.name)));
            }
        }
        let mut capture = Capture {
            tool: self.tool,
            taken_at: self.taken_at,
            vantage: self.vantage,
            target: self.target,
            asked: self.asked,
            facts: self.facts,
            gaps: self.gaps,
            observations: self.resolvers,
            connections: self.connections,
            not_waited_for: self.not_waited_for,
            interrupted: self.interrupted,
            failing_since: self.failing_since,
            reasoned: self.why.is_some(),
        };
        if version == 1 {
            version_1::read(&mut capture);
        }
        Ok(capture)
    }
}

fn malformed(error: &serde_json::Error, text: &str) -> CaptureError {
    CaptureError::Malformed(refused::said(error, text))
}

fn shortened(text: &str) -> String {
    text::shortened(text, limits::PARSER_MESSAGE)
}

/// What a report concludes, which is concluded again and not read: of the document, and of a resolver. Its sentences
/// are made of several texts that are each within their bound, so it is not held to any but the document's own.
const CONCLUDED: &[&str] = &[
    "expected",
    "findings",
    "not_evaluated",
    "why",
    "host",
    "clients",
    "rows",
];
const CONCLUDED_OF_RESOLVER: &[&str] = &["expected", "addresses", "samples"];
/// The same of a place in a comparison.
const CONCLUDED_OF_PLACE: &[&str] = &["headline", "gaps"];

/// Walks the document once without keeping it, and holds its lists, texts and times to their bounds.
fn measure(text: &str) -> Result<(), CaptureError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let measured = Measure { key: "", inside: "" }
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    measured.map_err(|error| malformed(&error, text))
}

/// A value, under the key it stands at, in an object under the key that one stands at.
#[derive(Clone, Copy)]
struct Measure<'a> {
    key: &'a str,
    inside: &'a str,
}

impl Measure<'_> {
    fn longest_list(self) -> usize {
        match self.key {
            "resolvers" => limits::RESOLVERS,
            "captures" => limits::PLACES,
            "lookups" => limits::LOOKUPS_PER_RESOLVER,
            "attempts" => limits::ATTEMPTS_PER_LOOKUP,
            "records" | "addresses" if self.inside == "lookups" || self.inside == "attempts" => {
                limits::RECORDS_PER_REPLY
            }
            "ede" => limits::EXTENDED_ERRORS_PER_REPLY,
            _ => limits::LIST_IN_CAPTURE,
        }
    }

    fn longest_text(self) -> usize {
        let is_name = self.key == "name" && matches!(self.inside, "resolvers" | "vantage" | "tool" | "places");
        if is_name {
            limits::NAME_IN_CAPTURE
        } else {
            limits::TEXT_IN_CAPTURE
        }
    }

    /// Whether a member of this object is what a report concludes.
    fn is_concluded(self, member: &str) -> bool {
        match (self.key, self.inside) {
            // The document, or one of those in a comparison.
            ("" | "captures", "") => CONCLUDED.contains(&member),
            ("places", "") => CONCLUDED_OF_PLACE.contains(&member),
            ("resolvers", "" | "captures") => CONCLUDED_OF_RESOLVER.contains(&member),
            _ => false,
        }
    }

    fn number<E: de::Error>(self, number: f64) -> Result<(), E> {
        let in_bounds = (0.0..=limits::MILLISECONDS_IN_CAPTURE).contains(&number);
        if self.key.ends_with("_ms") && !in_bounds {
            return Err(E::custom(format_args!(
                "{} {number:e} is not between 0 and a day",
                self.key
            )));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Measure<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Measure<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "what a precise number loses is far beyond the bound"
    )]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.number(number as f64)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "what a precise number loses is far beyond the bound"
    )]
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.number(number as f64)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<(), E> {
        self.number(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        let longest = self.longest_text();
        if text.len() > longest {
            return Err(E::custom(format_args!(
                "a text of {} is longer than {longest} octets",
                shortened(self.key)
            )));
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let longest = self.longest_list();
        let mut count = 0;
        while members.next_element_seed(self)?.is_some() {
            count += 1;
            if count > longest {
                return Err(de::Error::custom(format_args!(
                    "more than {longest} {}",
                    shortened(self.key)
                )));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            if self.is_concluded(&key) {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            members.next_value_seed(Measure {
                key: &key,
                inside: self.key,
            })?;
        }
        Ok(())
    }
}

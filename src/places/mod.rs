//! Two places or more: the captures of each side by side, what differs, and why. Pure: from captures to a
//! document, as the diagnosis itself.

mod dig;
mod html;
mod machine;
mod markdown;
mod room;
mod rules;
mod table;
mod way;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::capture::{self, CaptureError, DocumentContent};
use crate::compare::{ClassedAddress, Verdict};
use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::facts::Gap;
use crate::limits;
use crate::observation::Transport;
use crate::redact;
use crate::render::{self, Format, Style, fix, words};
pub use crate::report::Unseen;
use crate::report::{Capture, Conclusion, Report, ResolverReport, SCHEMA_VERSION, Tool, diagnose_while, exit};
use crate::resolvers::Role;
use crate::rules::{Finding, Severity};
use crate::target::{Target, TargetSource, View};
use crate::text;

pub use dig::DigError;
pub use machine::METRICS;
pub use rules::{PLACE_RULES, PlaceRule};

/// What a place is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    /// This program's document.
    Capture,
    /// The text that dig printed.
    Dig,
}

/// What there is to compare.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// The places.
    pub sources: Vec<CaptureFile>,
    /// Those that should be among them.
    pub unseen: Vec<Unseen>,
    /// Whether the run that gathered them was interrupted.
    pub interrupted: bool,
}

/// What was seen at one place.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its name; unique in a comparison.
    pub name: String,
    /// What it is known from.
    pub kind: PlaceKind,
    /// The diagnosis there.
    pub report: Report,
}

/// Why a file is no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// JSON, and no capture.
    #[error("{}", .0.with_advice())]
    Capture(#[from] CaptureError),
    /// Not JSON, and not dig's text.
    #[error(transparent)]
    Dig(#[from] DigError),
}

/// Why places are not compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCompared {
    /// Two endpoints.
    #[error(
        "{a} asks for {a_name} and {b} for {b_name}: two endpoints have nothing to compare; capture the same one at \
         each place"
    )]
    Targets {
        /// A place.
        a: String,
        /// Its endpoint.
        a_name: Name,
        /// Another.
        b: String,
        /// Its endpoint.
        b_name: Name,
    },
    /// An endpoint, and dig's text about a name that is none.
    #[error(
        "{place} asks for {name}, and the text of dig of {other} is about {other_name}, which says nothing of that \
         endpoint: ask there for dig {name} A and dig {name} AAAA"
    )]
    OtherName {
        /// A place.
        place: String,
        /// Its endpoint.
        name: Name,
        /// The place with dig's text.
        other: String,
        /// What it is about.
        other_name: Name,
    },
    /// An endpoint, and its name with more behind it.
    #[error(
        "{longer} asks for {longer_name}, which is the endpoint {name} with {suffix} behind it, as a search list adds \
         it: that is another name; ask there for {name}. with a dot at its end"
    )]
    Suffix {
        /// The place that asks for more than the endpoint.
        longer: String,
        /// What it asks for.
        longer_name: Name,
        /// The endpoint.
        name: Name,
        /// What stands behind it.
        suffix: Name,
    },
    /// One endpoint, as it seems, with and without its name.
    #[error("{redacted} is redacted and {open} is not: compare them with --redact")]
    OneRedacted {
        /// The place whose capture is redacted.
        redacted: String,
        /// The other.
        open: String,
    },
    /// Two clusters.
    #[error(
        "{a} is about the cluster {a_cluster:?} and {b} about {b_cluster:?}: two clusters have nothing to compare; \
         capture the same one at each place"
    )]
    Clusters {
        /// A place.
        a: String,
        /// Its cluster.
        a_cluster: String,
        /// Another.
        b: String,
        /// Its cluster.
        b_cluster: String,
    },
    /// Too few or too many.
    #[error("{0} captures: two to {max} are compared", max = limits::PLACES)]
    Count(usize),
}

/// A file, read: a capture, and what it was.
#[derive(Debug, Clone)]
pub struct CaptureFile {
    name: String,
    kind: PlaceKind,
    capture: Capture,
    /// The same of other endpoints that are asked for in the text.
    others: Vec<Capture>,
}

/// Reads a file: a capture, dig's text, or a comparison, which has the captures it was made from. `stem` names a
/// capture that has no name of its own.
pub fn read_all(stem: &str, bytes: &[u8]) -> Result<Gathered, PlaceError> {
    match comparison(bytes)? {
        Some(gathered) => Ok(gathered),
        None => Ok(Gathered {
            sources: vec![read(stem, bytes)?],
            ..Gathered::default()
        }),
    }
}

/// The places of a comparison; `None` where the text is of something else.
pub fn comparison(bytes: &[u8]) -> Result<Option<Gathered>, CaptureError> {
    // Only a comparison has this name; what is not JSON, or none that is read, is for the others to refuse.
    #[derive(Deserialize)]
    struct CapturesOnly {
        captures: Option<serde::de::IgnoredAny>,
    }
    if bytes.len() as u64 > limits::CAPTURE {
        return Ok(None);
    }
    let decoded = text::decode(bytes);
    // serde takes a list for an object whose members come in their order.
    if !decoded.trim_start().starts_with('{')
        || serde_json::from_str::<CapturesOnly>(&decoded).map_or(true, |marked| marked.captures.is_none())
    {
        return Ok(None);
    }
    let DocumentContent::Several {
        places,
        unseen,
        interrupted,
    } = capture::parse_any::<PlaceKind, Unseen>(bytes)?
    else {
        return Ok(None);
    };
    let sources = places.into_iter().map(|(name, kind, capture)| CaptureFile {
        name,
        kind,
        capture,
        others: Vec::new(),
    });
    Ok(Some(Gathered {
        sources: sources.collect(),
        unseen,
        interrupted,
    }))
}

/// Reads a file of one place: a capture, or dig's text. `stem` names it where the capture does not.
pub fn read(stem: &str, bytes: &[u8]) -> Result<CaptureFile, PlaceError> {
    if bytes.len() as u64 > limits::CAPTURE {
        return Err(CaptureError::TooLarge.into());
    }
    let decoded = text::decode(bytes);
    let (printed, is_logged) = printed(&decoded);
    // What a tracker of issues puts around a text may look like JSON.
    let is_json = begins_as_json(&decoded) && !is_logged && !dig::has_header(&printed);
    if is_json || decoded.trim().is_empty() {
        let capture = capture::parse(decoded.as_bytes()).map_err(|refused| {
            let is_whole = || {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(&decoded);
                !decoded.contains("\"schema_version\"") && !read.is_err_and(|error| error.is_eof())
            };
            let may_be_other = match &refused {
                CaptureError::NoVersion | CaptureError::NoObject => true,
                CaptureError::Malformed(_) => is_whole(),
                _ => false,
            };
            let other = may_be_other.then(|| dig::other_json(&decoded)).flatten();
            other.map_or_else(|| refused.into(), PlaceError::from)
        })?;
        let name = capture.vantage.name.clone();
        return Ok(CaptureFile::of(name.unwrap_or_else(|| stem.to_owned()), capture));
    }
    let mut captures = dig::parse(&printed)?;
    let others = captures.split_off(1);
    let capture = captures.remove(0);
    Ok(CaptureFile {
        name: stem.to_owned(),
        kind: PlaceKind::Dig,
        capture,
        others,
    })
}

/// Whether a text begins as an object, a list or a text of JSON does. A prompt may begin with a bracket, too.
fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start();
    if let Some(list) = text.strip_prefix('[') {
        let first = list.trim_start();
        let is_word = ["true", "false", "null"].iter().any(|word| first.starts_with(word));
        return is_word || first.starts_with(|c: char| "{[]\"-".contains(c) || c.is_ascii_digit());
    }
    text.starts_with(['{', '"'])
}

/// Whether it is dig's text, and no capture.
pub fn is_dig(bytes: &[u8]) -> bool {
    bytes.len() as u64 <= limits::CAPTURE && dig::has_header(&printed(&text::decode(bytes)).0)
}

/// A document as it was printed, and whether it stood in the JSON of a log.
fn printed(document: &str) -> (Cow<'_, str>, bool) {
    match dig::logged(document) {
        Some(logged) => (Cow::Owned(logged), true),
        None => (text::as_printed(document), false),
    }
}

impl CaptureFile {
    /// The same without what identifies accounts, resources, the cluster, people and the place's host. What a
    /// capture calls its place is the name of a host, as far as can be told; the name of a file stays.
    pub fn redacted(self) -> Result<Self, redact::RedactionFailed> {
        let is_named = self.capture.vantage.name.is_some();
        let capture = redact::capture(self.capture, None)?;
        let name = match &capture.vantage.name {
            Some(name) if is_named => name.clone(),
            _ => self.name,
        };
        Ok(Self {
            name,
            kind: self.kind,
            capture,
            others: self
                .others
                .into_iter()
                .map(|other| redact::capture(other, None))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Takes what the text says of this endpoint, where it says anything.
    fn about(&mut self, endpoint: &Name) {
        if let Some(at) = self
            .others
            .iter()
            .position(|other| other.target.hostname == *endpoint && self.capture.target.hostname != *endpoint)
        {
            std::mem::swap(&mut self.capture, &mut self.others[at]);
        }
    }

    fn is_about(&self, endpoint: &Name) -> bool {
        let mut captures = std::iter::once(&self.capture).chain(&self.others);
        captures.any(|capture| capture.target.hostname == *endpoint)
    }
}

/// A place in the document.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlaceSummary {
    /// Its name.
    pub name: String,
    /// When it was captured; `null` where that is not known.
    pub taken_at: Option<String>,
    /// What it is known from.
    pub kind: PlaceKind,
    /// The outcome there.
    pub conclusion: Conclusion,
    /// The headline there; only what was seen there where that headline has no cause and the comparison has one.
    pub headline: String,
    /// What could not be learnt there.
    pub gaps: Vec<Gap>,
}

/// A resolver, and what it is at each place.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Row {
    /// Its name; its names where places call it differently.
    pub resolver: String,
    /// Its address; `null` for the operating system's lookup.
    pub address: Option<SocketAddr>,
    /// How it is asked; `null` for the operating system's lookup.
    pub transport: Option<Transport>,
    /// The places, in their order.
    pub cells: Vec<Cell>,
}

/// A resolver at a place.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cell {
    /// The place.
    pub place: String,
    /// What the place calls it; `null` where it was not asked there.
    pub name: Option<String>,
    /// Whether it decides there.
    pub in_scope: bool,
    /// What its answer amounts to; `null` where it was not asked there.
    pub verdict: Option<Verdict>,
    /// The zone it took the name from.
    pub view: Option<View>,
    /// Its addresses.
    pub addresses: Vec<ClassedAddress>,
}

impl Cell {
    /// What stands before its verdict; nothing where it does not decide.
    fn mark(&self) -> Option<words::LineMark> {
        let mark = words::mark_of(self.verdict?);
        self.in_scope.then_some(mark)
    }
}

/// The document.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlacesDocument {
    /// The version of its shape.
    pub schema_version: u32,
    /// The program that made it.
    pub tool: Tool,
    /// The endpoint.
    pub target: Target,
    /// The places, in the order given.
    pub places: Vec<PlaceSummary>,
    /// The resolvers, in the order they first come up.
    pub rows: Vec<Row>,
    /// The findings; the first is the headline.
    pub findings: Vec<Finding>,
    /// The outcome.
    pub conclusion: Conclusion,
    /// The exit code.
    pub exit_code: u8,
    /// The places that should have been seen and were not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
    /// Whether the run that gathered the places was interrupted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interrupted: bool,
    /// The capture of each place, in their order: what the comparison is made from, and can be made from again.
    pub captures: Vec<Report>,
}

/// What the rules look at.
#[derive(Debug)]
pub struct ComparedPlaces<'a> {
    /// The places, in the order given.
    pub places: &'a [Place],
    /// The resolvers.
    pub rows: &'a [Row],
    /// The places that should have been seen and were not.
    pub unseen: &'a [Unseen],
}

impl Place {
    /// When it was captured, where that is known.
    pub fn taken_at(&self) -> Option<&str> {
        Some(self.report.taken_at.as_str()).filter(|time| !time.is_empty())
    }

    fn time(&self) -> Option<SystemTime> {
        humantime::parse_rfc3339(self.taken_at()?).ok()
    }

    /// How long after the other place's capture this one was taken, where it was.
    pub fn later_than(&self, other: &Self) -> Option<Duration> {
        self.time()?.duration_since(other.time()?).ok()
    }

    /// The resolvers that clients there depend on: this host's own, else whatever decides.
    pub fn path(&self) -> Vec<&ResolverReport> {
        let own = |resolver: &&ResolverReport| resolver.probed.resolver.has_role(Role::Local);
        let path: Vec<_> = self.in_scope().filter(own).collect();
        if path.is_empty() {
            let dns = |resolver: &&ResolverReport| resolver.probed.resolver.role != Role::Os;
            self.in_scope().filter(dns).collect()
        } else {
            path
        }
    }

    fn in_scope(&self) -> impl Iterator<Item = &ResolverReport> {
        let resolvers = self.report.resolvers.iter();
        resolvers.filter(|resolver| resolver.probed.resolver.in_scope)
    }

    /// Whether everything that decides there is well.
    pub fn is_healthy(&self) -> bool {
        matches!(self.report.conclusion, Conclusion::Healthy | Conclusion::Degraded)
    }

    /// The resolver of this name.
    pub fn resolver(&self, name: &str) -> Option<&ResolverReport> {
        let mut resolvers = self.report.resolvers.iter();
        resolvers.find(|resolver| resolver.probed.resolver.name == name)
    }
}

/// Whether an address is the same server wherever it is asked: loopback and link-local addresses are each host's own.
fn is_one_server(address: SocketAddr) -> bool {
    match address.ip() {
        std::net::IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        std::net::IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    }
}

impl Row {
    /// Whether the address is the same server wherever it is asked: loopback and link-local addresses are each
    /// host's own.
    pub fn is_one_server(&self) -> bool {
        self.address.is_some_and(is_one_server)
    }

    /// `10.63.200.10:53`, or `getaddrinfo`.
    pub fn shown_address(&self) -> String {
        let transport = self.transport.unwrap_or(Transport::Udp);
        self.address
            .map_or_else(|| "getaddrinfo".to_owned(), |address| transport.with_address(address))
    }
}

impl CaptureFile {
    /// The capture of a run, under a name of its own.
    pub fn of(name: String, capture: Capture) -> Self {
        Self {
            name,
            kind: PlaceKind::Capture,
            capture,
            others: Vec::new(),
        }
    }

    /// Whether the two are about one endpoint and one cluster.
    pub fn agrees_with(&self, other: &Self) -> Result<(), NotCompared> {
        refuse(&[self.clone(), other.clone()])
    }
}

impl Gathered {
    /// The same without what identifies accounts, resources, the cluster, people and hosts.
    pub fn redacted(self) -> Result<Self, redact::RedactionFailed> {
        self.redacted_while(&|| Ok(()))
    }

    /// As [`Gathered::redacted`], for as long as it may go on, which is asked before each place.
    pub fn redacted_while<E: From<redact::RedactionFailed>>(
        self,
        goes_on: &dyn Fn() -> Result<(), E>,
    ) -> Result<Self, E> {
        let redacted = |source: CaptureFile| {
            goes_on()?;
            Ok(source.redacted()?)
        };
        Ok(Self {
            unseen: self.unseen.iter().map(redact::unseen).collect(),
            sources: self.sources.into_iter().map(redacted).collect::<Result<_, E>>()?,
            interrupted: self.interrupted,
        })
    }
}

/// Compares the places.
pub fn compare(sources: Vec<CaptureFile>) -> Result<PlacesDocument, NotCompared> {
    compare_gathered(Gathered {
        sources,
        ..Gathered::default()
    })
}

/// Compares what was seen, and says what was not: without it nothing is healthy.
pub fn compare_gathered(gathered: Gathered) -> Result<PlacesDocument, NotCompared> {
    compare_while(gathered, &|| Ok(()))
}

/// As [`compare_gathered`], for as long as it may go on, which is asked in each place's diagnosis and between them. The
/// error is why it may not.
pub fn compare_while<E: From<NotCompared>>(
    gathered: Gathered,
    goes_on: &dyn Fn() -> Result<(), E>,
) -> Result<PlacesDocument, E> {
    let Gathered {
        sources,
        unseen,
        interrupted,
    } = gathered;
    let count = sources.len() + unseen.len();
    if sources.is_empty() || !(2..=limits::PLACES).contains(&count) {
        return Err(NotCompared::Count(count).into());
    }
    let sources = of_one_endpoint(named(sources));
    refuse(&sources)?;
    let captures = sources
        .iter()
        .map(|source| diagnose_while(source.capture.clone(), goes_on))
        .collect::<Result<_, E>>()?;
    let places = informed(sources).into_iter().map(|source| {
        Ok(Place {
            name: source.name,
            kind: source.kind,
            report: diagnose_while(source.capture, goes_on)?,
        })
    });
    let places: Vec<Place> = places.collect::<Result<_, E>>()?;
    let rows = rows(&places);
    goes_on()?;
    let seen = ComparedPlaces {
        places: &places,
        rows: &rows,
        unseen: &unseen,
    };
    let findings = rules::evaluate(&seen);
    goes_on()?;
    let summaries = places.iter().map(|place| summary(&seen, place, &findings)).collect();
    let conclusion = match conclude(&places, &findings) {
        Conclusion::Healthy | Conclusion::Degraded if !unseen.is_empty() => Conclusion::Inconclusive,
        conclusion => conclusion,
    };
    let by_capture = || places.iter().filter(|place| place.kind == PlaceKind::Capture);
    let with_name = by_capture().find(|place| !place.report.target.is_nameless());
    let by_capture = with_name.or_else(|| by_capture().next());
    let target = by_capture.unwrap_or(&places[0]).report.target.clone();
    Ok(PlacesDocument {
        schema_version: SCHEMA_VERSION,
        tool: Tool::this(),
        target,
        places: summaries,
        rows,
        findings,
        conclusion,
        exit_code: match conclusion {
            _ if interrupted => exit::INTERRUPTED,
            // A place that was asked to fail on warnings does.
            Conclusion::Degraded if places.iter().any(|place| place.report.exit_code == exit::BROKEN) => exit::BROKEN,
            Conclusion::Healthy | Conclusion::Degraded => exit::HEALTHY,
            Conclusion::Broken => exit::BROKEN,
            Conclusion::Inconclusive => exit::INCONCLUSIVE,
        },
        unseen,
        interrupted,
        captures,
    })
}

/// Gives each place a name of its own.
fn named(sources: Vec<CaptureFile>) -> Vec<CaptureFile> {
    let mut taken: Vec<String> = Vec::new();
    let mut named = Vec::new();
    for mut source in sources {
        let free = |name: &String| !taken.contains(name);
        if !free(&source.name) {
            let numbered = (2..=limits::PLACES + 1).map(|number| format!("{}-{number}", source.name));
            source.name = numbered.into_iter().find(free).unwrap_or(source.name);
        }
        taken.push(source.name.clone());
        named.push(source);
    }
    named
}

/// Of a text with several endpoints, what it says of the one that all places are about; a capture has one only.
fn of_one_endpoint(mut sources: Vec<CaptureFile>) -> Vec<CaptureFile> {
    let in_order = sources
        .iter()
        .flat_map(|source| std::iter::once(&source.capture).chain(&source.others));
    let mut endpoints = in_order.map(|capture| &capture.target.hostname);
    let is_about = |source: &CaptureFile, endpoint| source.capture.target.is_nameless() || source.is_about(endpoint);
    let common = endpoints.find(|endpoint| sources.iter().all(|source| is_about(source, endpoint)));
    if let Some(common) = common.cloned() {
        for source in &mut sources {
            source.about(&common);
        }
    }
    sources
}

fn refuse(sources: &[CaptureFile]) -> Result<(), NotCompared> {
    let cluster = |source: &CaptureFile| {
        let by_fact = source.capture.facts.aws.cluster.as_ref();
        let known = source.capture.target.cluster.clone();
        known.or_else(|| by_fact.map(|cluster| cluster.name.clone()))
    };
    for (index, b) in sources.iter().enumerate() {
        for a in &sources[..index] {
            let (a_name, b_name) = (&a.capture.target.hostname, &b.capture.target.hostname);
            // A cluster that has no endpoint yet is compared by its name.
            let is_nameless = a.capture.target.is_nameless() || b.capture.target.is_nameless();
            if a_name != b_name && !is_nameless {
                let stands_for = |redacted: &Name, open: &Name| redact::text(&open.to_string()) == redacted.to_string();
                for (redacted, open) in [(a, b), (b, a)] {
                    let names = [redacted, open].map(|source| &source.capture.target.hostname);
                    if stands_for(names[0], names[1]) {
                        return Err(NotCompared::OneRedacted {
                            redacted: redacted.name.clone(),
                            open: open.name.clone(),
                        });
                    }
                }
                for (longer, short) in [(a, b), (b, a)] {
                    let (longer_name, name) = (&longer.capture.target.hostname, &short.capture.target.hostname);
                    if let Some(suffix) = EndpointName::parse(name).ok().and_then(|_| longer_name.behind(name)) {
                        return Err(NotCompared::Suffix {
                            longer: longer.name.clone(),
                            longer_name: longer_name.clone(),
                            name: name.clone(),
                            suffix,
                        });
                    }
                }
                let is_endpoint = |name: &Name| EndpointName::parse(name).is_ok();
                for (one, one_name, other, other_name) in [(a, a_name, b, b_name), (b, b_name, a, a_name)] {
                    let is_of_dig = other.capture.target.source == TargetSource::Dig;
                    if is_of_dig && is_endpoint(one_name) && !is_endpoint(other_name) {
                        return Err(NotCompared::OtherName {
                            place: one.name.clone(),
                            name: one_name.clone(),
                            other: other.name.clone(),
                            other_name: other_name.clone(),
                        });
                    }
                }
                return Err(NotCompared::Targets {
                    a: a.name.clone(),
                    a_name: a_name.clone(),
                    b: b.name.clone(),
                    b_name: b_name.clone(),
                });
            }
            if let (Some(a_cluster), Some(b_cluster)) = (cluster(a), cluster(b))
                && a_cluster != b_cluster
            {
                return Err(NotCompared::Clusters {
                    a: a.name.clone(),
                    a_cluster,
                    b: b.name.clone(),
                    b_cluster,
                });
            }
        }
    }
    Ok(())
}

/// dig's text does not say what the answer should be: the first capture that does lends it.
fn informed(mut sources: Vec<CaptureFile>) -> Vec<CaptureFile> {
    let knows = |source: &&CaptureFile| {
        let facts = &source.capture.facts;
        source.kind == PlaceKind::Capture
            && (source.capture.asked.expects_anything() || facts.aws.interfaces.is_some() || facts.aws.vpc.is_some())
    };
    let Some(lender) = sources.iter().find(knows).cloned() else {
        return sources;
    };
    for source in &mut sources {
        if source.kind != PlaceKind::Dig {
            continue;
        }
        let asked = &lender.capture.asked;
        let own = &mut source.capture;
        own.asked.expect_addresses.clone_from(&asked.expect_addresses);
        own.asked.expect_cidrs.clone_from(&asked.expect_cidrs);
        own.asked.expect_scope = asked.expect_scope;
        own.facts.aws.cluster.clone_from(&lender.capture.facts.aws.cluster);
        own.facts.aws.vpc.clone_from(&lender.capture.facts.aws.vpc);
        own.facts
            .aws
            .interfaces
            .clone_from(&lender.capture.facts.aws.interfaces);
        own.gaps.push(Gap::here(
            "what the answer should be",
            "dig",
            format!("taken from the capture of {}", lender.name),
        ));
    }
    sources
}

fn rows(places: &[Place]) -> Vec<Row> {
    let mut keys: Vec<(Option<SocketAddr>, Option<Transport>)> = Vec::new();
    let key = |resolver: &ResolverReport| {
        let resolver = &resolver.probed.resolver;
        (resolver.address, resolver.transport)
    };
    for resolver in places.iter().flat_map(|place| &place.report.resolvers) {
        if !keys.contains(&key(resolver)) {
            keys.push(key(resolver));
        }
    }
    keys.into_iter()
        .map(|wanted| {
            let cells: Vec<Cell> = places
                .iter()
                .map(|place| {
                    let mut resolvers = place.report.resolvers.iter();
                    cell(place, resolvers.find(|resolver| key(resolver) == wanted))
                })
                .collect();
            let mut names: Vec<&str> = Vec::new();
            for name in cells.iter().filter_map(|cell| cell.name.as_deref()) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            Row {
                resolver: names.join(", "),
                address: wanted.0,
                transport: wanted.1,
                cells,
            }
        })
        .collect()
}

fn cell(place: &Place, resolver: Option<&ResolverReport>) -> Cell {
    Cell {
        place: place.name.clone(),
        name: resolver.map(|resolver| resolver.probed.resolver.name.clone()),
        in_scope: resolver.is_some_and(|resolver| resolver.probed.resolver.in_scope),
        verdict: resolver.map(|resolver| resolver.verdict),
        view: resolver.map(|resolver| resolver.view),
        addresses: resolver.map_or_else(Vec::new, |resolver| resolver.addresses.clone()),
    }
}

fn summary(seen: &ComparedPlaces<'_>, place: &Place, findings: &[Finding]) -> PlaceSummary {
    PlaceSummary {
        name: place.name.clone(),
        taken_at: place.taken_at().map(str::to_owned),
        kind: place.kind,
        conclusion: place.report.conclusion,
        headline: rules::seen_there(seen, place, findings).unwrap_or_else(|| words::headline(&place.report).text),
        gaps: place.report.gaps.clone(),
    }
}

/// Broken where any place is, or where the places together show an error; inconclusive where a place is.
fn conclude(places: &[Place], findings: &[Finding]) -> Conclusion {
    let any = |conclusion| places.iter().any(|place| place.report.conclusion == conclusion);
    let has = |severity| findings.iter().any(|finding| finding.severity == severity);
    if has(Severity::Error) || any(Conclusion::Broken) {
        Conclusion::Broken
    } else if any(Conclusion::Inconclusive) {
        Conclusion::Inconclusive
    } else if has(Severity::Warning) || any(Conclusion::Degraded) {
        Conclusion::Degraded
    } else {
        Conclusion::Healthy
    }
}

impl PlacesDocument {
    /// What the resolvers run that fail where they decide: whose lines a fix is in.
    fn answering(&self) -> fix::Answering {
        let cells = self.rows.iter().flat_map(|row| row.cells.iter().zip(&self.captures));
        let failing = cells.filter(|(cell, _)| cell.mark() == Some(words::LineMark::Bad));
        let resolvers = failing.filter_map(|(cell, report)| {
            let mut resolvers = report.resolvers.iter();
            resolvers.find(|resolver| Some(&resolver.probed.resolver.name) == cell.name.as_ref())
        });
        fix::Answering::of(resolvers)
    }

    /// That places got addresses of which none is the other's, where nobody says what they should be. `None` else.
    fn different_answers(&self) -> Option<String> {
        let answers: Vec<(&str, BTreeSet<IpAddr>)> = self
            .captures
            .iter()
            .zip(&self.places)
            .filter(|(report, _)| report.conclusion == Conclusion::Inconclusive)
            .map(|(report, place)| {
                let resolvers = report
                    .resolvers
                    .iter()
                    .filter(|resolver| resolver.verdict.has_addresses());
                let addresses = resolvers.flat_map(|resolver| resolver.addresses.iter().map(|address| address.ip));
                (place.name.as_str(), addresses.collect())
            })
            .filter(|(_, addresses): &(&str, BTreeSet<IpAddr>)| !addresses.is_empty())
            .collect();
        let (first, addresses) = answers.first()?;
        // Of a type that only one place asked for, nothing is known at the other.
        let of = |all: &BTreeSet<IpAddr>, is_v4: bool| -> BTreeSet<IpAddr> {
            all.iter().filter(|ip| ip.is_ipv4() == is_v4).copied().collect()
        };
        let are_different = |other: &BTreeSet<IpAddr>| {
            [true, false].into_iter().any(|is_v4| {
                let (one, other) = (of(addresses, is_v4), of(other, is_v4));
                !one.is_empty() && !other.is_empty() && one.is_disjoint(&other)
            })
        };
        let (other, _) = answers.iter().find(|(_, other)| are_different(other))?;
        Some(format!(
            "{first} and {other} get different addresses, and which are the cluster's is not known: say with --expect \
             what they should be"
        ))
    }

    /// The outcome and the one thing to know, for every format.
    fn headline(&self) -> words::Headline {
        let mark = match self.conclusion {
            Conclusion::Healthy => words::LineMark::Good,
            Conclusion::Degraded => words::LineMark::Warning,
            Conclusion::Broken => words::LineMark::Bad,
            Conclusion::Inconclusive => words::LineMark::Unsure,
        };
        let unsure = || {
            let place = self
                .places
                .iter()
                .find(|place| place.conclusion == Conclusion::Inconclusive);
            if let Some(text) = self.different_answers() {
                return text;
            }
            match (place, self.unseen.first()) {
                (Some(place), _) => format!("{}: {}", place.name, place.headline),
                (None, Some(unseen)) => format!("{} was not seen: {}", unseen.place, unseen.reason),
                (None, None) => "what decides is not known".to_owned(),
            }
        };
        let first = self.findings.first();
        let of_place = || {
            let is_unsure = |conclusion| conclusion == Conclusion::Inconclusive;
            let at = self.places.iter().position(|place| is_unsure(place.conclusion))?;
            let report = self.captures.get(at).filter(|report| is_unsure(report.conclusion))?;
            words::headline(report).tag
        };
        words::Headline {
            mark,
            conclusion: self.conclusion.as_str(),
            text: first.map_or_else(unsure, |finding| finding.summary.clone()),
            tag: first.map(words::tag).or_else(of_place),
        }
    }
}

/// Writes the document in a format.
pub fn render(comparison: &PlacesDocument, format: Format, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    match format {
        Format::Table => table::render(comparison, style, out),
        Format::Short => render::short::line(
            &comparison.headline(),
            None,
            comparison.exit_code,
            comparison.interrupted,
            style,
            out,
        ),
        Format::Json => render::json::render(comparison, out),
        Format::Jsonl => render::json::line(comparison, out),
        Format::Markdown => markdown::render(comparison, style, out),
        Format::OpenMetrics => machine::openmetrics(comparison, style, out),
        Format::Junit => machine::junit(comparison, style, out),
        Format::Nagios => machine::nagios(comparison, style, out),
        Format::Html => html::render(comparison, style, out),
    }
}

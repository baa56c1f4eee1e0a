//! What a rule says.

use serde::{Deserialize, Serialize};

use super::{Rule, Shows, Subject, find};
use crate::software::Software;

/// How bad it is, by effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A client on this path cannot resolve the name, or gets addresses it must not get.
    Error,
    /// Works now, and is fragile or wrong on one path.
    Warning,
    /// Worth knowing, nothing to do.
    Info,
}

impl Severity {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// How sure it is. Ordered from the surest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// No other cause in the catalogue fits the same evidence.
    Certain,
    /// Another cause would need an unlikely coincidence.
    High,
    /// The likeliest of few.
    Medium,
    /// One of several.
    Low,
}

impl Confidence {
    /// As in the JSON document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// An observation or a fact that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Evidence {
    /// The resolver that was observed; `null` for a fact.
    pub resolver: Option<String>,
    /// What was observed, in one line.
    pub observed: String,
    /// The place where it was observed, of a finding over several places; a document has it in the resolver's name.
    #[serde(skip)]
    pub place: Option<String>,
}

impl Evidence {
    /// An observation of a resolver.
    pub fn of(resolver: &str, observed: impl Into<String>) -> Self {
        Self {
            resolver: Some(resolver.to_owned()),
            observed: observed.into(),
            place: None,
        }
    }

    /// The same, as it was seen at a place.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        Self {
            place: Some(place.to_owned()),
            ..self
        }
    }

    /// A fact.
    pub fn fact(observed: impl Into<String>) -> Self {
        Self {
            resolver: None,
            observed: observed.into(),
            place: None,
        }
    }
}

/// Something to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Remedy {
    /// What, in one line.
    pub title: String,
    /// Whose lines the commands are; absent where they are nobody's in particular. Remedies of one title that follow
    /// each other are one step, in the lines of different software.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<Software>,
    /// The commands or the lines of configuration, ready to use.
    pub commands: Vec<String>,
    /// Whether it makes, or asks for, a way to the cluster's VPC: nothing to do for a cluster that has no endpoint.
    #[serde(skip)]
    pub leads_to_the_vpc: bool,
    /// The major version of the software that each of the commands is for; empty where they are for every version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub majors: Vec<Option<u32>>,
    /// Whether it is another way to the same end as the step before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_alternative: bool,
}

impl Remedy {
    /// A remedy with its commands.
    pub fn new<C: Into<String>>(title: impl Into<String>, commands: impl IntoIterator<Item = C>) -> Self {
        Self {
            title: title.into(),
            software: None,
            commands: commands.into_iter().map(Into::into).collect(),
            leads_to_the_vpc: false,
            majors: Vec::new(),
            is_alternative: false,
        }
    }

    /// The same as another way to the same end as the step before it.
    #[must_use]
    pub fn as_alternative(self) -> Self {
        Self {
            is_alternative: true,
            ..self
        }
    }

    /// The same, as one that makes, or asks for, a way to the cluster's VPC.
    #[must_use]
    pub fn to_the_vpc(self) -> Self {
        Self {
            leads_to_the_vpc: true,
            ..self
        }
    }

    /// Whether one of its commands changes something in AWS.
    pub fn changes_aws(&self) -> bool {
        // The AWS CLI's verbs that read, and the one that writes a file here.
        let reads = |verb: &str| {
            ["describe-", "list-", "get-", "search-", "wait"]
                .iter()
                .any(|read| verb.starts_with(read))
                || verb == "update-kubeconfig"
        };
        self.commands.iter().flat_map(|command| command.lines()).any(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some("aws") && words.nth(1).is_some_and(|verb| !reads(verb))
        })
    }

    /// Whether it is the same step as another beside it, in the lines of other software.
    pub fn is_one_step_with(&self, other: &Self) -> bool {
        self.title == other.title
    }

    /// One step in the lines of each software.
    pub fn in_software<W: Into<Written>>(title: &str, written: impl IntoIterator<Item = W>) -> Vec<Self> {
        let mut remedies: Vec<Self> = Vec::new();
        for written in written {
            let Written { software, major, lines } = written.into();
            match remedies.iter_mut().find(|remedy| remedy.software == Some(software)) {
                Some(remedy) => {
                    remedy.commands.push(lines);
                    remedy.majors.push(major);
                }
                None => remedies.push(Self {
                    software: Some(software),
                    majors: vec![major],
                    ..Self::new(title, [lines])
                }),
            }
        }
        for remedy in &mut remedies {
            if remedy.majors.iter().all(Option::is_none) {
                remedy.majors.clear();
            }
        }
        remedies
    }

    /// Advice without a command.
    pub fn advice(title: impl Into<String>) -> Self {
        Self::new(title, Vec::<String>::new())
    }
}

/// The lines of one software for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Whose.
    pub software: Software,
    /// The major version that they are for; `None` where they are for every one.
    pub major: Option<u32>,
    /// The lines.
    pub lines: String,
}

impl<C: Into<String>> From<(Software, C)> for Written {
    fn from((software, lines): (Software, C)) -> Self {
        Self::from((software, None, lines))
    }
}

impl<C: Into<String>> From<(Software, Option<u32>, C)> for Written {
    fn from((software, major, lines): (Software, Option<u32>, C)) -> Self {
        Self {
            software,
            major,
            lines: lines.into(),
        }
    }
}

/// One thing that is the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule's name.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// One terse line that stands alone.
    pub summary: String,
    /// Two to five sentences, naming the resolvers.
    pub explanation: String,
    /// The rule whose finding causes this one.
    pub caused_by: Option<String>,
    /// The resolvers it is about, in the order of the report.
    pub resolvers: Vec<String>,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What to do, first thing first.
    pub remedies: Vec<Remedy>,
    /// Where to read on.
    pub references: Vec<String>,
}

/// Where to read on: a title, and its address where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// What it is called.
    pub title: &'static str,
    /// Where it is.
    pub url: Option<&'static str>,
}

impl Reference {
    /// A text by its title alone.
    pub(super) const fn to(title: &'static str) -> Self {
        Self { title, url: None }
    }

    /// The same, with its address.
    pub(super) const fn at(self, url: &'static str) -> Self {
        Self { url: Some(url), ..self }
    }
}

/// A rule starts a finding with what every finding has; the rest is added by name. It has the rule's worst severity
/// and all its references, unless the rule says otherwise.
impl Rule {
    /// A finding about these resolvers.
    pub(super) fn finding(&self, confidence: Confidence, subjects: &[&Subject<'_>]) -> Finding {
        self.finding_at_large(confidence)
            .about(subjects.iter().map(|subject| subject.name().to_owned()))
    }

    /// A finding about no resolver in particular: about this host, the cluster, or the run.
    pub(super) fn finding_at_large(&self, confidence: Confidence) -> Finding {
        Finding {
            rule: self.name.to_owned(),
            severity: self.severity,
            confidence,
            summary: String::new(),
            explanation: String::new(),
            caused_by: None,
            resolvers: Vec::new(),
            evidence: Vec::new(),
            remedies: Vec::new(),
            references: urls(self.references),
        }
    }
}

impl Finding {
    /// The resolvers it is about, where they are known by their names only.
    #[must_use]
    pub(super) fn about(mut self, resolvers: impl IntoIterator<Item = String>) -> Self {
        self.resolvers.extend(resolvers);
        self
    }

    /// How bad it is, where that is not the worst that the rule has.
    #[must_use]
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The rule whose finding causes this one, where the rule itself sees that. (What a rule always explains, it
    /// declares.)
    #[must_use]
    pub(super) fn caused_by(mut self, rule: Option<String>) -> Self {
        self.caused_by = rule;
        self
    }

    /// One terse line that stands alone.
    #[must_use]
    pub(super) fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }

    /// Two to five sentences, naming the resolvers.
    #[must_use]
    pub(super) fn why(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = explanation.into();
        self
    }

    /// What it rests on. Adds to what is there.
    #[must_use]
    pub(super) fn seen(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// What to do, first thing first. Adds to what is there.
    #[must_use]
    pub(super) fn fix(mut self, remedies: impl IntoIterator<Item = Remedy>) -> Self {
        self.remedies.extend(remedies);
        self
    }

    /// Only those of the rule's references that this finding is about.
    #[must_use]
    pub(super) fn read_on(mut self, references: &[Reference]) -> Self {
        self.references = urls(references);
        self
    }
}

/// The addresses, each once.
pub(crate) fn urls(references: &[Reference]) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for url in references.iter().filter_map(|reference| reference.url) {
        if !urls.iter().any(|other| other == url) {
            urls.push(url.to_owned());
        }
    }
    urls
}

/// Groups items (subjects, samples) by what a rule makes of them, in the order in which each first comes up.
/// `None` leaves one out.
pub(super) fn grouped<T: Copy, K: PartialEq>(
    items: impl IntoIterator<Item = T>,
    key: impl Fn(T) -> Option<K>,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for item in items {
        let Some(key) = key(item) else { continue };
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

impl Finding {
    /// Whether it shows this, by its rule.
    pub fn shows(&self, shows: Shows) -> bool {
        find(&self.rule).is_some_and(|rule| rule.shows(shows))
    }
}

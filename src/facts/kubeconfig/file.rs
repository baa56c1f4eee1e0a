//! One kubeconfig file as kubectl reads it: the first document of it, as YAML 1.1, with the types that
//! client-go's `clientcmd/api/v1` gives the fields.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{DuplicateKeyPolicy, MergeKeyPolicy};

use super::KubeconfigError;
use super::lines::{counted, has_empty_place, with_comment_apart, with_plain_breaks};
use super::tree::Node;
use crate::limits;
use crate::text;

/// A text. What YAML takes for a number or a truth value is none, and kubectl refuses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

/// Stands in an error for what needs quotation marks.
const NEEDS_QUOTES: &str = "a text in quotation marks";

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText;
        impl Visitor<'_> for OfText {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.to_owned()))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Text, E> {
                Ok(Text(text))
            }
            // As Go's JSON: null leaves the field as it is.
            fn visit_unit<E: de::Error>(self) -> Result<Text, E> {
                Ok(Text::default())
            }
            fn visit_none<E: de::Error>(self) -> Result<Text, E> {
                Ok(Text::default())
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Text, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Text, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Text, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Text, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
        }
        deserializer.deserialize_any(OfText)
    }
}

/// The file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct File {
    #[serde(rename = "apiVersion")]
    api_version: Option<Text>,
    kind: Option<Text>,
    pub(super) current_context: Option<Text>,
    clusters: Option<Vec<Option<NamedCluster>>>,
    contexts: Option<Vec<Option<NamedContext>>>,
    users: Option<Vec<Option<NamedUser>>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct NamedCluster {
    name: Text,
    cluster: Option<ClusterEntry>,
}

/// A cluster.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct ClusterEntry {
    pub(super) server: Text,
    pub(super) tls_server_name: Option<Text>,
    pub(super) proxy_url: Option<Text>,
    pub(super) certificate_authority: Option<Text>,
    pub(super) certificate_authority_data: Option<Text>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct NamedContext {
    name: Text,
    context: Option<ContextEntry>,
}

/// A context.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct ContextEntry {
    pub(super) cluster: Text,
    pub(super) user: Text,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct NamedUser {
    name: Text,
    user: Option<UserEntry>,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
struct UserEntry {
    exec: Option<Exec>,
}

/// The credential plugin of a user.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Exec {
    pub(super) command: Option<Text>,
    pub(super) args: Option<Vec<Text>>,
    pub(super) env: Option<Vec<Variable>>,
}

/// A variable that the plugin is given.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Variable {
    pub(super) name: Text,
    pub(super) value: Text,
}

impl File {
    pub(super) fn clusters(&self) -> impl Iterator<Item = (&str, &ClusterEntry)> {
        let all = self.clusters.iter().flatten().flatten();
        all.filter_map(|entry| Some((entry.name.0.as_str(), entry.cluster.as_ref()?)))
    }

    pub(super) fn contexts(&self) -> impl Iterator<Item = (&str, Option<&ContextEntry>)> {
        let all = self.contexts.iter().flatten().flatten();
        all.map(|entry| (entry.name.0.as_str(), entry.context.as_ref()))
    }

    pub(super) fn users(&self) -> impl Iterator<Item = (&str, Option<&Exec>)> {
        let all = self.users.iter().flatten().flatten();
        all.map(|entry| {
            (
                entry.name.0.as_str(),
                entry.user.as_ref().and_then(|user| user.exec.as_ref()),
            )
        })
    }

    /// Why kubectl refuses it although it is YAML of the right types.
    fn refused(&self) -> Option<String> {
        let kind = self.kind.as_ref().map_or("", |kind| kind.0.as_str());
        if !matches!(kind, "" | "Config") {
            return Some(format!(
                "its kind is {:?}, and a kubeconfig's is \"Config\": it is another object of Kubernetes",
                brief(kind)
            ));
        }
        let version = self.api_version.as_ref().map_or("", |version| version.0.as_str());
        if !matches!(version, "" | "v1") {
            return Some(format!(
                "its apiVersion is {:?}, and a kubeconfig's is \"v1\": write v1 there",
                brief(version)
            ));
        }
        let clusters = self
            .clusters
            .iter()
            .flatten()
            .flatten()
            .map(|entry| entry.name.0.as_str());
        let contexts = self
            .contexts
            .iter()
            .flatten()
            .flatten()
            .map(|entry| entry.name.0.as_str());
        let users = self.users.iter().flatten().flatten().map(|entry| entry.name.0.as_str());
        let doubled = [
            ("clusters", twice(clusters)),
            ("contexts", twice(contexts)),
            ("users", twice(users)),
        ];
        doubled.into_iter().find_map(|(what, name)| {
            let name = brief(name?);
            Some(format!(
                "two of its {what} are called {name:?}, and kubectl refuses it: take one of them away"
            ))
        })
    }
}

fn twice<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    let mut names = names;
    names.find(|name| !seen.insert(*name))
}

fn brief(text: &str) -> String {
    text::shortened(text, limits::SCOPE_NAME)
}

/// Reads the octets of a file.
pub(super) fn parse(path: &str, octets: &[u8]) -> Result<File, KubeconfigError> {
    let malformed = |line: Option<usize>, reason: String| KubeconfigError::Malformed {
        file: path.to_owned(),
        place: line.map(|line| format!(", line {line}")).unwrap_or_default(),
        reason,
    };
    let whole = text::strict(octets).map_err(|error| {
        let said = error.to_string();
        let reason = said.split_once(": ").map_or(said.as_str(), |(_, reason)| reason);
        malformed(Some(error.line()), reason.to_owned())
    })?;
    // Lines as editors count them.
    let malformed = |line: Option<usize>, reason: String| malformed(line.map(|line| counted(&whole, line)), reason);
    let lines = with_plain_breaks(&whole);
    let first = first_document(&lines);
    // An empty file is a kubeconfig in which nothing is set.
    if is_blank(first) {
        return Ok(File::default());
    }
    if let Some((line, reason)) = something_else(first) {
        return Err(malformed(Some(line), reason));
    }
    let tree = tree(first).map_err(|(line, reason)| malformed(line, reason))?;
    let file = File::deserialize(tree).map_err(|error| {
        let (line, reason) = wrong(first, error.line, error.message.contains(NEEDS_QUOTES));
        malformed(line, reason)
    })?;
    match file.refused() {
        Some(reason) => Err(malformed(None, reason)),
        None => Ok(file),
    }
}

/// The document, or the line that is wrong and why.
fn tree(document: &str) -> Result<Node, (Option<usize>, String)> {
    let mut document = Cow::Borrowed(document);
    let mut left = limits::KUBECONFIG_MENDED;
    loop {
        let options = serde_saphyr::options! {
            merge_keys: MergeKeyPolicy::AsOrdinary,
            duplicate_keys: DuplicateKeyPolicy::LastWins,
            legacy_octal_numbers: true,
            with_snippet: false,
            budget: serde_saphyr::budget! { max_depth: limits::KUBECONFIG_DEPTH },
        };
        let error = match serde_saphyr::from_str_with_options(&document, options) {
            Ok(tree) => return Ok(tree),
            Err(error) => error,
        };
        let line = error
            .location()
            .and_then(|at| usize::try_from(at.line()).ok())
            .filter(|line| *line > 0);
        if left > 0
            && let Some(mended) = line.and_then(|line| with_comment_apart(&document, line))
        {
            left -= 1;
            document = Cow::Owned(mended);
            continue;
        }
        if let serde_saphyr::Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } = error
        {
            let most = limits::KUBECONFIG_DEPTH;
            return Err((
                line,
                format!(
                    "more than {most} lists and mappings stand one inside the other there, which is not read: take \
                     that value away"
                ),
            ));
        }
        return Err(wrong(&document, line, false));
    }
}

/// Nothing but blanks, comments and marks of documents.
fn is_blank(text: &str) -> bool {
    text.lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with('#') || line == "---"
    })
}

/// Whether a line begins with a mark between documents (YAML 1.1, section 9.1).
fn is_mark(line: &str, mark: &str) -> bool {
    line.strip_prefix(mark)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
}

/// The first of the documents of a file: kubectl reads no other, whatever stands in it.
fn first_document(whole: &str) -> &str {
    let mut begun = false;
    let mut end = 0;
    for line in whole.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let is_start = is_mark(bare, "---");
        if (begun && is_start) || is_mark(bare, "...") {
            return &whole[..end];
        }
        let is_aside = bare.trim().is_empty() || bare.starts_with('#') || (!begun && bare.starts_with('%'));
        begun |= is_start || !is_aside;
        end += line.len();
    }
    whole
}

/// What a file is that is plainly no kubeconfig: the line, and what stands there.
fn something_else(text: &str) -> Option<(usize, String)> {
    let (number, line) = text.lines().enumerate().find(|(_, line)| !line.trim().is_empty())?;
    let trimmed = line.trim();
    let lower: String = trimmed
        .chars()
        .take(limits::SCOPE_NAME)
        .collect::<String>()
        .to_ascii_lowercase();
    let reason = if lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml") {
        "a web page stands there, as a login or a proxy sends it in place of the file: fetch the kubeconfig again"
    } else if trimmed.starts_with("<<") && !trimmed.starts_with("<<:") && !trimmed.starts_with("<<<<<<<") {
        "the mark of a text of several lines stands there, as `terraform output` prints it: take that line and the \
         last \
         one away, or write the file with terraform output -raw NAME"
    } else if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
        "the fence of a block of Markdown stands there: take it and the one at the end away"
    } else if trimmed.starts_with("-----BEGIN") {
        "a certificate or a key stands there, and no kubeconfig: name the kubeconfig"
    } else if let Some((at, _)) = text.lines().enumerate().find(|(_, line)| line.starts_with("<<<<<<< ")) {
        return Some((
            at + 1,
            "the mark of two versions that were not merged stands there: keep one of them".to_owned(),
        ));
    } else {
        return None;
    };
    Some((number + 1, reason.to_owned()))
}

/// What is wrong, in words: the line, what stands there, what to do. A value is nobody's to print: it may be a secret.
fn wrong(text: &str, line: Option<usize>, needs_quotes: bool) -> (Option<usize>, String) {
    let at = |number: usize| number.checked_sub(1).and_then(|at| text.lines().nth(at));
    if !text.trim_start().starts_with('{') {
        let is_tab = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
        let near = line.unwrap_or(usize::MAX);
        let tab = text
            .lines()
            .enumerate()
            .find(|(at, line)| *at < near.saturating_add(1) && is_tab(line));
        if let Some((tab, line)) = tab.filter(|_| !needs_quotes) {
            return (
                Some(tab + 1),
                format!(
                    "a tab stands in front of `{}`, and YAML takes spaces only there: put spaces in its place",
                    key(line)
                ),
            );
        }
    }
    let Some((number, shown)) = line.and_then(|line| Some((line, at(line)?))) else {
        let last = text.lines().count();
        return (
            Some(last.max(1)),
            "the file ends before what it began is closed: fetch or write it again".to_owned(),
        );
    };
    let shown = key(shown);
    let reason = if has_empty_place(text, number) && !needs_quotes {
        "a comma stands there with no value in front of it: take the comma away".to_owned()
    } else if needs_quotes {
        format!("the value of `{shown}` is a number or a yes or no for YAML, and a text is wanted: put it in quotes")
    } else if text.contains("{{") {
        format!(
            "`{shown}` stands there: a template whose places were not filled in: write the kubeconfig from it first"
        )
    } else if text
        .lines()
        .all(|line| !line.contains(": ") && !line.trim_end().ends_with(':'))
    {
        "text stands there, and no kubeconfig: write one with aws eks update-kubeconfig".to_owned()
    } else {
        format!(
            "`{shown}` stands there, where a kubeconfig has something else, or in another column than its neighbours: \
             compare it with a file that aws eks update-kubeconfig writes"
        )
    };
    (Some(number), reason)
}

/// What of a line can be shown: the key, and never the value.
fn key(line: &str) -> String {
    let line = line.trim();
    let key = match line.split_once(':') {
        Some((key, rest)) if rest.trim().is_empty() => format!("{key}:"),
        Some((key, _)) => format!("{key}: …"),
        None => text::shortened(line, limits::KEY_SHOWN),
    };
    let plain: String = key.chars().filter(|c| !c.is_control()).collect();
    text::shortened(&plain, limits::EXEC_SHOWN)
}

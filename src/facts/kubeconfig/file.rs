//! One kubeconfig file as kubectl reads it: the first document of it, as YAML 1.1, with the types that
//! client-go's `clientcmd/api/v1` gives the fields.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::lines::{counted, has_empty_place};
use super::yaml::{self, YamlFault};
use super::{KubeconfigError, shown};
use crate::facts::Call;
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

/// Yes or no. A text or a number is neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Flag(bool);

impl Flag {
    pub(super) fn is_yes(self) -> bool {
        self.0
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfFlag;
        impl Visitor<'_> for OfFlag {
            type Value = Flag;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("yes or no")
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Flag, E> {
                Ok(Flag::default())
            }
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Flag, E> {
                Err(E::custom(NEEDS_TRUTH))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Flag, E> {
                Err(E::custom(NEEDS_TRUTH))
            }
        }
        deserializer.deserialize_any(OfFlag)
    }
}

/// Stands in an error for what is to be true or false.
const NEEDS_TRUTH: &str = "true or false without quotation marks";

/// Octets: a text in base64, or a list of numbers, which Go takes as well. Of what is no base64 nothing is kept:
/// kubectl then refuses the file, and its other entries are read all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Octets(pub(super) String, pub(super) Option<NoBase64>);

/// A text that is no base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoBase64 {
    /// The octet that Go names, counted from 0.
    pub(super) at: usize,
}

impl Octets {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The octets; `None` where they are no base64 after all.
    pub(super) fn decoded(&self) -> Option<Vec<u8>> {
        let digits: Vec<u8> = self.0.bytes().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
        base64_simd::STANDARD.decode_to_vec(&digits).ok()
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfOctets;
        impl<'de> Visitor<'de> for OfOctets {
            type Value = Octets;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in base64")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Octets, E> {
                Ok(match not_base64(text.as_bytes()) {
                    None => Octets(text.to_owned(), None),
                    Some(at) => Octets(String::new(), Some(NoBase64 { at })),
                })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Octets, A::Error> {
                let mut octets = Vec::new();
                let mut is_known = true;
                while let Some(item) = items.next_element::<serde_json::Value>()? {
                    match item.as_u64().and_then(|number| u8::try_from(number).ok()) {
                        Some(octet) => octets.push(octet),
                        None => is_known = false,
                    }
                }
                octets.truncate(if is_known { octets.len() } else { 0 });
                Ok(Octets(base64_simd::STANDARD.encode_to_string(&octets), None))
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Octets, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Octets, E> {
                Err(E::custom(NEEDS_QUOTES))
            }
        }
        deserializer.deserialize_any(OfOctets)
    }
}

/// The octet that Go's `base64.StdEncoding` names where it does not decode a text; `None` where it does. Ends of lines
/// count for nothing, and the end is filled up with `=` (Go, src/encoding/base64/base64.go, decodeQuantum).
fn not_base64(text: &[u8]) -> Option<usize> {
    let is_end_of_line = |octet: &u8| matches!(octet, b'\r' | b'\n');
    // How many digits of a group of four there are.
    let mut digits = 0;
    let mut octets = text.iter().enumerate().filter(|(_, octet)| !is_end_of_line(octet));
    while let Some((at, octet)) = octets.next() {
        match (octet, digits) {
            (b'=', 0 | 1) => return Some(at),
            (b'=', 2) => match octets.next() {
                None => return Some(text.len()),
                Some((_, b'=')) => return octets.next().map(|(behind, _)| behind),
                // Go names the octet before it, which may be an end of line.
                Some((other, _)) => return Some(other - 1),
            },
            (b'=', _) => return octets.next().map(|(behind, _)| behind),
            (octet, _) if octet.is_ascii_alphanumeric() || b"+/".contains(octet) => digits = (digits + 1) % 4,
            _ => return Some(at),
        }
    }
    // So many octets before the end as there are digits: ends of lines are not left out there.
    (digits > 0).then(|| text.len() - digits)
}

/// The fields are those of client-go's `clientcmd/api/v1`. Most are read for their type alone: kubectl refuses a file
/// in which one has another.
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
    preferences: Option<Preferences>,
    extensions: Extensions,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Preferences {
    #[serde(rename = "colors")]
    _colors: Option<Flag>,
    extensions: Extensions,
}

/// What another program keeps there, of any form.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
struct Extension {
    name: Text,
}

type Extensions = Option<Vec<Option<Extension>>>;

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
    pub(super) certificate_authority_data: Option<Octets>,
    #[serde(rename = "insecure-skip-tls-verify")]
    pub(super) insecure: Flag,
    #[serde(rename = "disable-compression")]
    _uncompressed: Option<Flag>,
    extensions: Extensions,
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
    #[serde(rename = "namespace")]
    _namespace: Text,
    extensions: Extensions,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct NamedUser {
    name: Text,
    user: Option<UserEntry>,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct UserEntry {
    pub(super) exec: Option<Exec>,
    #[serde(rename = "client-certificate")]
    pub(super) certificate: Text,
    #[serde(rename = "client-certificate-data")]
    pub(super) certificate_data: Option<Octets>,
    #[serde(rename = "client-key")]
    pub(super) key: Text,
    #[serde(rename = "client-key-data")]
    pub(super) key_data: Option<Octets>,
    #[serde(rename = "token")]
    pub(super) token: Text,
    #[serde(rename = "tokenFile")]
    pub(super) token_file: Text,
    #[serde(rename = "as")]
    pub(super) as_user: Text,
    #[serde(rename = "as-uid")]
    pub(super) as_uid: Text,
    #[serde(rename = "as-groups")]
    pub(super) as_groups: Option<Vec<Text>>,
    #[serde(rename = "as-user-extra")]
    pub(super) as_extra: Option<BTreeMap<String, Option<Vec<Text>>>>,
    #[serde(rename = "username")]
    pub(super) username: Text,
    #[serde(rename = "password")]
    pub(super) password: Text,
    #[serde(rename = "auth-provider")]
    pub(super) provider: Option<Provider>,
    extensions: Extensions,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Provider {
    pub(super) name: Text,
    #[serde(rename = "config")]
    _config: Option<BTreeMap<String, Text>>,
}

/// The credential plugin of a user.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub(super) struct Exec {
    pub(super) command: Option<Text>,
    pub(super) args: Option<Vec<Text>>,
    pub(super) env: Option<Vec<Variable>>,
    #[serde(rename = "apiVersion")]
    pub(super) api_version: Text,
    #[serde(rename = "installHint")]
    _hint: Text,
    #[serde(rename = "provideClusterInfo")]
    _info: Option<Flag>,
    #[serde(rename = "interactiveMode")]
    pub(super) mode: Text,
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

    pub(super) fn users(&self) -> impl Iterator<Item = (&str, Option<&UserEntry>)> {
        let all = self.users.iter().flatten().flatten();
        all.map(|entry| (entry.name.0.as_str(), entry.user.as_ref()))
    }

    /// What of it is to be base64 and is not.
    pub(super) fn not_base64(&self) -> impl Iterator<Item = NoBase64> {
        let clusters = self.clusters().map(|(_, cluster)| &cluster.certificate_authority_data);
        let users = self.users().filter_map(|(_, user)| user);
        let users = users.flat_map(|user| [&user.certificate_data, &user.key_data]);
        clusters.chain(users).filter_map(|data| data.as_ref()?.1)
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
            ("extensions", self.doubled_extension()),
        ];
        doubled.into_iter().find_map(|(what, name)| {
            let name = brief(name?);
            Some(format!(
                "two of its {what} are called {name:?}, and kubectl refuses it: take one of them away"
            ))
        })
    }

    /// The name of two extensions of one list (client-go, tools/clientcmd/api/v1/conversion.go,
    /// Convert_Slice_v1_NamedExtension_To_Map: `duplicate name %q in list`).
    fn doubled_extension(&self) -> Option<&str> {
        let of_clusters = self.clusters().map(|(_, entry)| &entry.extensions);
        let of_contexts = self.contexts().filter_map(|(_, entry)| Some(&entry?.extensions));
        let of_users = self.users().filter_map(|(_, entry)| Some(&entry?.extensions));
        let of_preferences = self.preferences.iter().map(|preferences| &preferences.extensions);
        let mut lists = std::iter::once(&self.extensions)
            .chain(of_preferences)
            .chain(of_clusters)
            .chain(of_contexts)
            .chain(of_users);
        lists.find_map(|list| twice(list.iter().flatten().flatten().map(|entry| entry.name.0.as_str())))
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
    let wrong = |error: &yaml::Wrong| {
        let line = error.line.map(|line| counted(&whole, line));
        let (line, reason) = wrong(&whole, line, &error.why);
        malformed(line, reason)
    };
    if let Some((line, reason)) = something_else(&whole) {
        return Err(malformed(Some(line), reason));
    }
    // An empty file is a kubeconfig in which nothing is set.
    let Some(document) = yaml::read(&whole).map_err(|error| wrong(&error))? else {
        return Ok(File::default());
    };
    let file = File::deserialize(document.root()).map_err(|error| wrong(&error))?;
    match file.refused() {
        Some(reason) => Err(malformed(None, reason)),
        None => Ok(file),
    }
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

/// What is wrong, in words: the line, what stands there, what to do.
fn wrong(text: &str, line: Option<usize>, why: &YamlFault) -> (Option<usize>, String) {
    let needs = |what: &str| matches!(why, YamlFault::Said(said) if said == what);
    match why {
        YamlFault::Depth => {
            let most = limits::KUBECONFIG_DEPTH;
            let reason = format!(
                "more than {most} lists and mappings stand one inside the other there, or {} merge keys: take that value \
                 away",
                limits::KUBECONFIG_MERGES
            );
            return (line, reason);
        }
        YamlFault::Many => {
            let reason = "its aliases or its values are more than are read: write fewer".to_owned();
            return (line, reason);
        }
        YamlFault::Form | YamlFault::Said(_) => {}
    }
    let has_its_type = [NEEDS_QUOTES, NEEDS_TRUTH].into_iter().any(needs);
    if !has_its_type && let Some((at, c)) = outside_yaml(text) {
        let reason = format!(
            "the character U+{:04X} stands there, which YAML does not take: take it away",
            u32::from(c)
        );
        return (Some(at), reason);
    }
    let at = |number: usize| number.checked_sub(1).and_then(|at| text.lines().nth(at));
    if !text.trim_start().starts_with('{') {
        let is_tab = |line: &str| line.trim_start_matches(' ').starts_with('\t') && !line.trim().is_empty();
        let near = line.unwrap_or(usize::MAX);
        let tab = text
            .lines()
            .enumerate()
            .find(|(at, line)| *at < near.saturating_add(1) && is_tab(line));
        if let Some((tab, _)) = tab.filter(|_| !has_its_type) {
            return (
                Some(tab + 1),
                match shown::line(text, tab + 1) {
                    Some(shown) => format!(
                        "a tab stands in front of `{shown}`, and YAML takes spaces only there: put spaces in its place"
                    ),
                    None => {
                        "a tab stands in front of the line, and YAML takes spaces only there: put spaces in its place"
                            .to_owned()
                    }
                },
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
    if !has_its_type && let Some(reason) = in_words(shown) {
        return (Some(number), reason.to_owned());
    }
    let shown = match shown::line(text, number) {
        Some(shown) => format!("`{shown}`"),
        None => "a line that may be a secret".to_owned(),
    };
    let reason = if has_empty_place(text, number) && !has_its_type {
        "a comma stands there with no value in front of it: take the comma away".to_owned()
    } else if needs(NEEDS_TRUTH) {
        format!("the value of {shown} is to be true or false, without quotation marks: write it so")
    } else if needs(NEEDS_QUOTES) {
        format!("the value of {shown} is a number or a yes or no for YAML, and a text is wanted: put it in quotes")
    } else if text.contains("{{") {
        format!("{shown} stands there: a template whose places were not filled in: write the kubeconfig from it first")
    } else if text
        .lines()
        .all(|line| !line.contains(": ") && !line.trim_end().ends_with(':'))
    {
        "text stands there, and no kubeconfig: write one with aws eks update-kubeconfig".to_owned()
    } else {
        format!(
            "{shown} stands there, where a kubeconfig has something else, or in another column than its neighbours: \
             compare it with a file that aws eks update-kubeconfig writes"
        )
    };
    (Some(number), reason)
}

/// What a line has whose words cannot be shown as a key.
fn in_words(line: &str) -> Option<&'static str> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return line.contains('\t').then_some(
            "a tab stands there alone, and YAML takes spaces only in front of a value: take that line away",
        );
    }
    if trimmed.starts_with("%YAML") {
        return Some(
            "the mark of another version of YAML stands there, and kubectl reads 1.1 only: take that line away",
        );
    }
    // go-yaml v2, decode.go, merge: `map merge requires map or sequence of maps as the value`.
    let item = trimmed.trim_start_matches("- ");
    item.starts_with("<<:").then_some(
        "the merge key `<<` stands there, and its value is no mapping and no alias of one: write the mapping out, or take \
         that line away",
    )
}

/// What a file of JSON is that is no kubeconfig, where it is known by its names.
pub(super) fn no_kubeconfig(octets: &[u8]) -> Option<String> {
    let text = text::decode(octets);
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).ok()?;
    if members.contains_key("schema_version") {
        return Some(
            "a document of this program stands there, and no kubeconfig: give facts and captures with --facts"
                .to_owned(),
        );
    }
    let is_of_aws = |call: &Call| members.contains_key(call.member());
    let call = Call::ALL.into_iter().find(is_of_aws)?;
    Some(format!(
        "what {} prints stands there, and no kubeconfig: give it with --facts",
        call.command()
    ))
}

/// The first character that YAML does not have, and its line.
fn outside_yaml(text: &str) -> Option<(usize, char)> {
    let mut lines = text.lines().enumerate();
    lines.find_map(|(at, line)| Some((at + 1, line.chars().find(|c| !yaml::is_of_yaml(*c))?)))
}

#[cfg(test)]
mod tests {
    use super::not_base64;

    /// kubectl 1.37.1, with each as a cluster's certificate-authority-data: `illegal base64 data at input byte N`.
    #[test]
    fn the_octet_is_the_one_that_kubectl_names() {
        for (text, at) in [
            ("", None),
            ("AAAA", None),
            ("AA==", None),
            ("AAA=", None),
            ("AB==", None),
            ("AA\n==", None),
            ("AA=\n=", None),
            ("A", Some(0)),
            ("AAA", Some(0)),
            ("AAAAA", Some(4)),
            ("AAAAAAA", Some(4)),
            ("AA=", Some(3)),
            ("AA=\n", Some(4)),
            ("A===", Some(1)),
            ("====", Some(0)),
            ("AAAA=", Some(4)),
            ("AA=A", Some(2)),
            ("AAAA\nAA=\nx", Some(8)),
            ("AA==A", Some(4)),
            ("AAA=A", Some(4)),
            ("AAA\n", Some(1)),
            ("A\nA", Some(1)),
            ("AAAA\nA", Some(5)),
            ("AAAAA\nAA\n", Some(6)),
            ("AAAA!AAA", Some(4)),
            ("AA!A", Some(2)),
        ] {
            assert_eq!(not_base64(text.as_bytes()), at, "{text:?}");
        }
    }
}

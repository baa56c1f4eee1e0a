//! A value of a JSON document with its place: what is asked of it and is not there is said in our own words, with the
//! line that it stands in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde_json::value::RawValue;

use super::refused::NotFacts;
use crate::limits;

/// A value, as it is written in the file.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    /// The whole file.
    whole: &'a str,
    /// The value: a slice of the file.
    text: &'a str,
    /// What it is called: `cluster.endpoint`, `Vpcs[0]`.
    name: String,
}

/// The members of an object. Where a key stands twice, the last counts.
#[derive(Debug, Clone)]
pub(super) struct Members<'a> {
    of: Node<'a>,
    all: BTreeMap<String, &'a RawValue>,
}

impl<'a> Node<'a> {
    /// A value of this file. `text` is a slice of it.
    pub(super) fn new(whole: &'a str, text: &'a str) -> Self {
        let name = String::new();
        Self { whole, text, name }
    }

    /// The value, as it is written.
    pub(super) fn as_written(&self) -> &'a str {
        self.text
    }

    pub(super) fn is_object(&self) -> bool {
        self.text.starts_with('{')
    }

    pub(super) fn is_list(&self) -> bool {
        self.text.starts_with('[')
    }

    fn is_null(&self) -> bool {
        self.text == "null"
    }

    /// The line it begins in.
    pub(super) fn line(&self) -> usize {
        let before = (self.text.as_ptr() as usize).saturating_sub(self.whole.as_ptr() as usize);
        let before = self.whole.get(..before).unwrap_or_default();
        before.split('\n').count()
    }

    /// What kind of value it is, and, where it is short, which.
    fn said(&self) -> String {
        let kind = match self.text.as_bytes().first() {
            Some(b'{') => return "an object".to_owned(),
            Some(b'[') => return "a list".to_owned(),
            Some(b'"') => "the text ",
            Some(b't' | b'f' | b'n') => "",
            _ => "the number ",
        };
        let shown: String = self.text.chars().take(limits::SHOWN_OF_FILE).collect();
        let more = if shown.len() < self.text.len() { "…" } else { "" };
        format!("{kind}{shown}{more}")
    }

    /// That it is not what it has to be.
    pub(super) fn is_not(&self, wanted: &str) -> NotFacts {
        NotFacts::Shape {
            line: self.line(),
            name: if self.name.is_empty() {
                "the document".to_owned()
            } else {
                self.name.clone()
            },
            problem: format!("is {}, and has to be {wanted}", self.said()),
        }
    }

    fn within(&self, name: String, value: &'a RawValue) -> Self {
        Self {
            whole: self.whole,
            text: value.get(),
            name,
        }
    }

    /// The members of an object.
    pub(super) fn members(&self) -> Result<Members<'a>, NotFacts> {
        if !self.is_object() {
            return Err(self.is_not("an object"));
        }
        let all = serde_json::from_str(self.text).map_err(|_| self.is_not("an object"))?;
        Ok(Members { of: self.clone(), all })
    }

    /// The members of a list.
    pub(super) fn elements(&self) -> Result<Vec<Self>, NotFacts> {
        if !self.is_list() {
            return Err(self.is_not("a list"));
        }
        let all: Vec<&'a RawValue> = serde_json::from_str(self.text).map_err(|_| self.is_not("a list"))?;
        let named = |(at, value)| self.within(format!("{}[{at}]", self.name), value);
        Ok(all.into_iter().enumerate().map(named).collect())
    }

    /// A list of objects, each read.
    pub(super) fn each<T>(&self, read: impl Fn(&Members<'a>) -> Result<T, NotFacts>) -> Result<Vec<T>, NotFacts> {
        self.elements()?.iter().map(|one| read(&one.members()?)).collect()
    }

    /// A text.
    pub(super) fn text(&self) -> Result<String, NotFacts> {
        serde_json::from_str(self.text).map_err(|_| self.is_not("a text"))
    }

    fn value<T: FromStr>(&self, wanted: &str) -> Result<T, NotFacts> {
        let text: String = serde_json::from_str(self.text).map_err(|_| self.is_not(wanted))?;
        text.trim().parse().map_err(|_| self.is_not(wanted))
    }

    /// A network in CIDR form.
    pub(super) fn network(&self) -> Result<IpNet, NotFacts> {
        self.value("a network, as in 10.0.0.0/16")
    }
}

impl<'a> Members<'a> {
    /// The object itself.
    pub(super) fn node(&self) -> &Node<'a> {
        &self.of
    }

    /// Whether the key is there, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.all.contains_key(key)
    }

    /// The keys, in the order of the alphabet.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    /// A member; `None` too where AWS, or the CLI, gives `null` for nothing.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.all.get(key)?;
        let name = if self.of.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.of.name)
        };
        let node = self.of.within(name, value);
        (!node.is_null()).then_some(node)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, NotFacts> {
        self.get(key).map(|node| node.text()).transpose()
    }

    /// A text that AWS always gives.
    pub(super) fn needed(&self, key: &str) -> Result<String, NotFacts> {
        match self.get(key) {
            Some(node) => node.text(),
            None => Err(self.lacks(key)),
        }
    }

    /// That a member is missing.
    pub(super) fn lacks(&self, key: &str) -> NotFacts {
        let of = if self.of.name.is_empty() {
            "the object"
        } else {
            &self.of.name
        };
        NotFacts::Shape {
            line: self.of.line(),
            name: of.to_owned(),
            problem: format!("has no {key:?}"),
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, NotFacts> {
        let read = |node: Node<'_>| serde_json::from_str(node.text).map_err(|_| node.is_not("true or false"));
        self.get(key).map(read).transpose()
    }

    pub(super) fn number<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, NotFacts> {
        let read = |node: Node<'_>| serde_json::from_str(node.text).map_err(|_| node.is_not("a whole number"));
        self.get(key).map(read).transpose()
    }

    /// An address; none where the text is empty, as some answers have it.
    pub(super) fn address(&self, key: &str) -> Result<Option<IpAddr>, NotFacts> {
        match self.get(key) {
            Some(node) if node.text == "\"\"" => Ok(None),
            Some(node) => node.value("an IP address").map(Some),
            None => Ok(None),
        }
    }

    /// The members of a list; none where it is not there.
    pub(super) fn list(&self, key: &str) -> Result<Vec<Node<'a>>, NotFacts> {
        self.get(key).map_or(Ok(Vec::new()), |node| node.elements())
    }

    /// A list of objects.
    pub(super) fn objects(&self, key: &str) -> Result<Vec<Members<'a>>, NotFacts> {
        self.list(key)?.iter().map(Node::members).collect()
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, NotFacts> {
        self.list(key)?.iter().map(Node::text).collect()
    }

    /// An object.
    pub(super) fn object(&self, key: &str) -> Result<Option<Members<'a>>, NotFacts> {
        self.get(key).map(|node| node.members()).transpose()
    }
}

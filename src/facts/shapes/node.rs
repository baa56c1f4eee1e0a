//! A value of a JSON document with its place: what is asked of it and is not there is said in our own words, with the
//! line that it stands in.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde_json::value::RawValue;

use crate::limits;

/// JSON that is almost an answer of AWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {name} {problem}")]
pub struct WrongShape {
    /// The line.
    pub line: usize,
    /// The value: `cluster.endpoint`.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

/// A value, as it is written in the file.
#[derive(Debug, Clone)]
pub(in crate::facts) struct Node<'a> {
    /// The whole file.
    whole: &'a str,
    /// The value: a slice of the file.
    text: &'a str,
    /// What it is called: `cluster.endpoint`, `Vpcs[0]`.
    name: String,
    /// Whether it stands for the list that has nothing else.
    is_alone: bool,
}

/// The members of an object. Where a key stands twice, the last counts.
#[derive(Debug, Clone)]
pub(in crate::facts) struct Members<'a> {
    of: Node<'a>,
    all: BTreeMap<String, &'a RawValue>,
    /// The member of an answer, by its name, that stands in the file without the answer around it.
    alone: Option<(&'static str, Node<'a>)>,
}

impl<'a> Node<'a> {
    /// A value of this file. `text` is a slice of it.
    pub(in crate::facts) fn new(whole: &'a str, text: &'a str) -> Self {
        Self {
            whole,
            text,
            name: String::new(),
            is_alone: false,
        }
    }

    /// The value, as it is written.
    pub(in crate::facts) fn as_written(&self) -> &'a str {
        self.text
    }

    pub(in crate::facts) fn is_object(&self) -> bool {
        self.text.starts_with('{')
    }

    pub(in crate::facts) fn is_list(&self) -> bool {
        self.text.starts_with('[')
    }

    fn is_null(&self) -> bool {
        self.text == "null"
    }

    /// The line it begins in.
    pub(in crate::facts) fn line(&self) -> usize {
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
    pub(in crate::facts) fn is_not(&self, wanted: &str) -> WrongShape {
        WrongShape {
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
            is_alone: false,
        }
    }

    /// The members of an object.
    pub(in crate::facts) fn members(&self) -> Result<Members<'a>, WrongShape> {
        if !self.is_object() {
            return Err(self.is_not("an object"));
        }
        let all = serde_json::from_str(self.text).map_err(|_| self.is_not("an object"))?;
        Ok(Members {
            of: self.clone(),
            all,
            alone: None,
        })
    }

    /// The members of a list.
    pub(in crate::facts) fn elements(&self) -> Result<Vec<Self>, WrongShape> {
        if self.is_alone {
            return Ok(vec![Self {
                is_alone: false,
                ..self.clone()
            }]);
        }
        if !self.is_list() {
            return Err(self.is_not("a list"));
        }
        let all: Vec<&'a RawValue> = serde_json::from_str(self.text).map_err(|_| self.is_not("a list"))?;
        let named = |(at, value)| self.within(format!("{}[{at}]", self.name), value);
        Ok(all.into_iter().enumerate().map(named).collect())
    }

    /// A list of objects, each read.
    pub(in crate::facts) fn each<T>(
        &self,
        read: impl Fn(&Members<'a>) -> Result<T, WrongShape>,
    ) -> Result<Vec<T>, WrongShape> {
        self.elements()?.iter().map(|one| read(&one.members()?)).collect()
    }

    /// A text. The AWS Tools for PowerShell have constants in the place of some, of which ConvertTo-Json makes an
    /// object with their value (AWS SDK for .NET, Amazon.Runtime.ConstantClass).
    pub(in crate::facts) fn text(&self) -> Result<String, WrongShape> {
        // Asked first: what a value is in place of an object is said with its line, and lines are counted from the
        // beginning.
        if self.is_object()
            && let Ok(constant) = self.members()
            && let (1, Some(value)) = (constant.all.len(), constant.get("Value"))
        {
            return serde_json::from_str(value.text).map_err(|_| self.is_not("a text"));
        }
        serde_json::from_str(self.text).map_err(|_| self.is_not("a text"))
    }

    fn value<T: FromStr>(&self, wanted: &str) -> Result<T, WrongShape> {
        let text: String = serde_json::from_str(self.text).map_err(|_| self.is_not(wanted))?;
        text.trim().parse().map_err(|_| self.is_not(wanted))
    }

    /// An address.
    pub(in crate::facts) fn ip(&self) -> Result<IpAddr, WrongShape> {
        self.value("an IP address")
    }

    /// A network in CIDR form.
    pub(in crate::facts) fn network(&self) -> Result<IpNet, WrongShape> {
        self.value("a network, as in 10.0.0.0/16")
    }

    /// A list of networks in CIDR form.
    pub(in crate::facts) fn networks(&self) -> Result<Vec<IpNet>, WrongShape> {
        self.elements()?.iter().map(Node::network).collect()
    }
}

impl<'a> Members<'a> {
    /// The object itself.
    pub(in crate::facts) fn node(&self) -> &Node<'a> {
        &self.of
    }

    /// An answer that has this object, or a list of it alone, as its only member.
    pub(in crate::facts) fn in_an_answer(&self, member: &'static str) -> Self {
        let alone = Node {
            is_alone: true,
            ..self.of.clone()
        };
        Self {
            of: self.of.clone(),
            all: BTreeMap::new(),
            alone: Some((member, alone)),
        }
    }

    /// Whether the key is there, whatever its value.
    pub(in crate::facts) fn has(&self, key: &str) -> bool {
        self.all.contains_key(key)
    }

    /// The same of several keys.
    pub(in crate::facts) fn has_all(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.has(key))
    }

    /// The keys, in the order of the alphabet.
    pub(in crate::facts) fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.keys().map(String::as_str)
    }

    /// A member; `None` too where AWS, or the CLI, gives `null` for nothing.
    pub(in crate::facts) fn get(&self, key: &str) -> Option<Node<'a>> {
        if let Some((_, alone)) = self.alone.as_ref().filter(|(member, _)| *member == key) {
            return Some(alone.clone());
        }
        let value = self.all.get(key)?;
        let name = if self.of.name.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.of.name)
        };
        let node = self.of.within(name, value);
        (!node.is_null()).then_some(node)
    }

    pub(in crate::facts) fn text(&self, key: &str) -> Result<Option<String>, WrongShape> {
        self.get(key).map(|node| node.text()).transpose()
    }

    /// A text that AWS always gives.
    pub(in crate::facts) fn needed(&self, key: &str) -> Result<String, WrongShape> {
        match self.get(key) {
            Some(node) => node.text(),
            None => Err(self.lacks(key)),
        }
    }

    /// That a member is missing.
    pub(in crate::facts) fn lacks(&self, key: &str) -> WrongShape {
        let of = if self.of.name.is_empty() {
            "the object"
        } else {
            &self.of.name
        };
        WrongShape {
            line: self.of.line(),
            name: of.to_owned(),
            problem: format!("has no {key:?}"),
        }
    }

    pub(in crate::facts) fn flag(&self, key: &str) -> Result<Option<bool>, WrongShape> {
        let read = |node: Node<'_>| serde_json::from_str(node.text).map_err(|_| node.is_not("true or false"));
        self.get(key).map(read).transpose()
    }

    pub(in crate::facts) fn number<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<Option<T>, WrongShape> {
        let read = |node: Node<'_>| serde_json::from_str(node.text).map_err(|_| node.is_not("a whole number"));
        self.get(key).map(read).transpose()
    }

    /// An address; none where the text is empty, as some answers have it.
    pub(in crate::facts) fn address(&self, key: &str) -> Result<Option<IpAddr>, WrongShape> {
        match self.get(key) {
            Some(node) if node.text == "\"\"" => Ok(None),
            Some(node) => node.value("an IP address").map(Some),
            None => Ok(None),
        }
    }

    /// The members of a list; none where it is not there.
    pub(in crate::facts) fn list(&self, key: &str) -> Result<Vec<Node<'a>>, WrongShape> {
        self.get(key).map_or(Ok(Vec::new()), |node| node.elements())
    }

    /// A list of objects.
    pub(in crate::facts) fn objects(&self, key: &str) -> Result<Vec<Members<'a>>, WrongShape> {
        self.list(key)?.iter().map(Node::members).collect()
    }

    /// A list of texts.
    pub(in crate::facts) fn texts(&self, key: &str) -> Result<Vec<String>, WrongShape> {
        self.list(key)?.iter().map(Node::text).collect()
    }

    /// An object.
    pub(in crate::facts) fn object(&self, key: &str) -> Result<Option<Members<'a>>, WrongShape> {
        self.get(key).map(|node| node.members()).transpose()
    }
}

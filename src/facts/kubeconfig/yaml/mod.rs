//! YAML as kubectl reads it: YAML 1.1, by go-yaml v2 as sigs.k8s.io/yaml has it (goyaml.v2), made into JSON and then
//! looked at for fields. A reader of YAML 1.2 takes other files and refuses others, so this one is our own.

mod parse;
mod resolve;
mod scan;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use self::resolve::Plain;
pub(super) use self::scan::is_of_yaml;
use crate::limits;

/// What is wrong, and the line of it, counted from 1.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) why: YamlFault,
    pub(super) line: Option<usize>,
}

/// Why it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum YamlFault {
    /// It is no YAML, or a value of another form than is wanted.
    Form,
    /// Too many lists and mappings one inside the other.
    Depth,
    /// Too many values.
    Many,
    /// What a field asks of its value: its own words.
    Said(String),
}

impl Wrong {
    fn in_line(line: usize) -> Self {
        Self {
            why: YamlFault::Form,
            line: Some(line),
        }
    }

    fn too_deep(line: usize) -> Self {
        Self {
            why: YamlFault::Depth,
            line: Some(line),
        }
    }

    fn too_many(line: usize) -> Self {
        Self {
            why: YamlFault::Many,
            line: Some(line),
        }
    }

    fn at(mut self, line: usize) -> Self {
        self.line = self.line.or(Some(line));
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            YamlFault::Said(why) => f.write_str(why),
            YamlFault::Form => f.write_str("another form"),
            YamlFault::Depth => f.write_str("too deep"),
            YamlFault::Many => f.write_str("too many values"),
        }
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            why: YamlFault::Said(message.to_string()),
            line: None,
        }
    }
}

/// A value, and the line that it begins in, counted from 1.
#[derive(Debug)]
struct YamlNode {
    value: Value,
    line: usize,
}

/// A list's, a mapping's and an alias's values are named by their place among all.
#[derive(Debug)]
enum Value {
    Plain(Plain),
    List(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
    Alias(usize),
}

/// The values of a document, in the order in which they begin.
#[derive(Debug)]
pub(super) struct YamlDocument {
    nodes: Vec<YamlNode>,
    root: usize,
}

/// Reads the first document. `None` where there is none.
pub(super) fn read(text: &str) -> Result<Option<YamlDocument>, Wrong> {
    let document = parse::Parser::new(text).document()?;
    if let Some(document) = &document {
        document.check()?;
    }
    Ok(document)
}

impl YamlDocument {
    fn node(&self, index: usize) -> Option<&YamlNode> {
        self.nodes.get(index)
    }

    /// The value behind an alias, or the value itself: an alias is of a value that is whole before it.
    fn meant(&self, index: usize) -> Option<&YamlNode> {
        let node = self.node(index)?;
        match node.value {
            Value::Alias(target) => self.node(target),
            _ => Some(node),
        }
    }

    /// What kubectl refuses of any value, wherever it stands: go-yaml decodes all of them, and JSON takes less.
    fn check(&self) -> Result<(), Wrong> {
        for node in &self.nodes {
            match &node.value {
                Value::Plain(Plain::NoNumber) => return Err(Wrong::in_line(node.line)),
                Value::Plain(_) | Value::Alias(_) | Value::List(_) => {}
                Value::Mapping(pairs) => {
                    for (key, value) in pairs {
                        self.check_pair(*key, *value)?;
                    }
                }
            }
        }
        self.check_aliases()
    }

    fn check_pair(&self, key: usize, value: usize) -> Result<(), Wrong> {
        let Some(key) = self.meant(key) else {
            return Ok(());
        };
        match &key.value {
            Value::Plain(Plain::Merge) => self.sources(value).map(|_| ()),
            Value::Plain(Plain::Text(_) | Plain::Number | Plain::Truth(_)) => Ok(()),
            _ => Err(Wrong::in_line(key.line)),
        }
    }

    /// How much of the document comes from aliases (go-yaml v2, decode.go, `allowedAliasRatio`).
    fn check_aliases(&self) -> Result<(), Wrong> {
        let mut weights: Vec<u64> = vec![0; self.nodes.len()];
        // An alias is of a value that begins in front of it and ends there, so a value is whole once the values behind
        // it are: those of an alias are looked up, and each is worked out once.
        let mut order: Vec<usize> = Vec::with_capacity(self.nodes.len());
        let mut ends: Vec<usize> = (0..self.nodes.len()).collect();
        for index in (0..self.nodes.len()).rev() {
            let last = match &self.nodes[index].value {
                Value::List(items) => items.last().copied(),
                Value::Mapping(pairs) => pairs.last().map(|(_, value)| *value),
                _ => None,
            };
            if let Some(end) = last.and_then(|last| ends.get(last).copied()) {
                ends[index] = end;
            }
        }
        order.extend(0..self.nodes.len());
        order.sort_by_key(|index| (ends[*index], std::cmp::Reverse(*index)));
        for index in order {
            let of = |child: &usize| weights.get(*child).copied().unwrap_or(1);
            let children: u64 = match &self.nodes[index].value {
                Value::Plain(_) => 0,
                Value::Alias(target) => of(target),
                Value::List(items) => items.iter().map(of).fold(0, u64::saturating_add),
                Value::Mapping(pairs) => {
                    let each = pairs.iter().map(|(key, value)| of(key).saturating_add(of(value)));
                    each.fold(0, u64::saturating_add)
                }
            };
            weights[index] = children.saturating_add(1);
        }
        let all = weights.get(self.root).copied().unwrap_or_default();
        let by_alias = all.saturating_sub(self.nodes.len() as u64);
        let line = self.node(self.root).map_or(1, |node| node.line);
        if by_alias > 100 && all > 1000 && !is_allowed(by_alias, all) {
            return Err(Wrong::too_many(line));
        }
        Ok(())
    }

    /// The mappings that a merge key (`<<`) brings, the one that wins last: a mapping, an alias of one, or a list of
    /// such. An alias of a list is not taken for one.
    fn sources(&self, value: usize) -> Result<Vec<usize>, Wrong> {
        let is_mapping = |index: usize| {
            self.meant(index)
                .is_some_and(|node| matches!(node.value, Value::Mapping(_)))
        };
        let Some(node) = self.node(value) else {
            return Ok(Vec::new());
        };
        let sources = match &node.value {
            Value::List(items) => items.iter().rev().copied().collect(),
            _ => vec![value],
        };
        if sources.iter().all(|index| is_mapping(*index)) {
            Ok(sources)
        } else {
            Err(Wrong::in_line(node.line))
        }
    }

    /// The fields of a mapping: what stands later in it counts, be it a key or what a merge key brings.
    fn fields(&self, index: usize) -> Result<BTreeMap<&str, usize>, Wrong> {
        let mut fields = BTreeMap::new();
        self.put_fields(index, &mut fields, 0)?;
        Ok(fields)
    }

    fn put_fields<'d>(
        &'d self,
        index: usize,
        fields: &mut BTreeMap<&'d str, usize>,
        depth: usize,
    ) -> Result<(), Wrong> {
        let Some(YamlNode {
            value: Value::Mapping(pairs),
            line,
        }) = self.meant(index)
        else {
            return Ok(());
        };
        if depth > limits::KUBECONFIG_MERGES {
            return Err(Wrong::too_deep(*line));
        }
        for (key, value) in pairs {
            match self.meant(*key).map(|key| &key.value) {
                Some(Value::Plain(Plain::Merge)) => {
                    for source in self.sources(*value)? {
                        self.put_fields(source, fields, depth + 1)?;
                    }
                }
                Some(Value::Plain(Plain::Text(key))) => {
                    fields.insert(key, *value);
                }
                // A number or a truth value is the name of no field of a kubeconfig.
                _ => {}
            }
        }
        Ok(())
    }

    /// The whole of it, to be looked at for fields.
    pub(super) fn root(&self) -> YamlValue<'_> {
        YamlValue {
            document: self,
            index: self.root,
        }
    }
}

/// Whether go-yaml takes so many values by aliases among so many: 99 of 100 in a small document, 10 in a large one.
fn is_allowed(by_alias: u64, all: u64) -> bool {
    const SMALL: u64 = 400_000;
    const LARGE: u64 = 4_000_000;
    let thousandths = match all {
        0..=SMALL => 990,
        LARGE.. => 100,
        _ => 990 - 890 * (all - SMALL) / (LARGE - SMALL),
    };
    // What counted up to the end of the number is more than any file has.
    all < u64::MAX && u128::from(by_alias) * 1000 <= u128::from(all) * u128::from(thousandths)
}

/// A value of a document, as serde takes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct YamlValue<'d> {
    document: &'d YamlDocument,
    index: usize,
}

impl<'d> IntoDeserializer<'d, Wrong> for YamlValue<'d> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'d> YamlValue<'d> {
    fn other(self, index: usize) -> Self {
        Self { index, ..self }
    }

    /// The value, and the line that it stands in, which is the alias's where it is one.
    fn value(self) -> (&'d Value, usize) {
        const NOTHING: &Value = &Value::Plain(Plain::Nothing);
        let line = self.document.node(self.index).map_or(1, |node| node.line);
        (
            self.document.meant(self.index).map_or(NOTHING, |node| &node.value),
            line,
        )
    }

    fn map<V: Visitor<'d>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let fields = self.document.fields(self.index)?;
        let each = fields.into_iter().map(|(key, value)| (Key(key), self.other(value)));
        visitor.visit_map(MapDeserializer::new(each))
    }
}

/// The name of a field.
struct Key<'d>(&'d str);

impl<'d> IntoDeserializer<'d, Wrong> for Key<'d> {
    type Deserializer = StrDeserializer<'d, Wrong>;
    fn into_deserializer(self) -> Self::Deserializer {
        self.0.into_deserializer()
    }
}

impl<'de> Deserializer<'de> for YamlValue<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let (value, line) = self.value();
        match value {
            Value::Plain(Plain::Nothing) => visitor.visit_unit(),
            Value::Plain(Plain::Truth(value)) => visitor.visit_bool(*value),
            Value::Plain(Plain::Number | Plain::NoNumber) => visitor.visit_u64(0),
            Value::Plain(Plain::Text(text)) => visitor.visit_str(text),
            Value::Plain(Plain::Merge) => visitor.visit_str("<<"),
            Value::List(items) => {
                let each = items.iter().map(|item| self.other(*item));
                visitor.visit_seq(SeqDeserializer::new(each))
            }
            Value::Mapping(_) => self.map(visitor),
            Value::Alias(_) => Err(Wrong::in_line(line)),
        }
        .map_err(|wrong: Wrong| wrong.at(line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value().0 {
            Value::Plain(Plain::Nothing) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let (value, line) = self.value();
        match value {
            // As Go's JSON: null leaves every field as it is.
            Value::Plain(Plain::Nothing) => {
                visitor.visit_map(MapDeserializer::new(std::iter::empty::<(Key<'de>, Self)>()))
            }
            Value::Mapping(_) => self.map(visitor),
            _ => Err(Wrong::in_line(line)),
        }
        .map_err(|wrong: Wrong| wrong.at(line))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier
    }
}

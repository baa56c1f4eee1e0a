//! A document of YAML as kubectl has it before it looks for fields (sigs.k8s.io/yaml, which reads with go-yaml v2,
//! decode.go): each key once, and what stands later in a mapping counts, be it a key or what a merge key (`<<`) brings.
//! The YAML reader's own merge would let the mapping's keys win wherever they stand.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_saphyr::{Location, Spanned};

/// A value, and the line that it stands in.
#[derive(Debug)]
pub(super) struct Node {
    value: Value,
    line: Option<usize>,
    is_alias: bool,
}

#[derive(Debug)]
enum Value {
    Nothing,
    /// What YAML takes for a number or a truth value: which one is nobody's business here.
    NoText,
    Text(String),
    List(Vec<Node>),
    Fields(BTreeMap<String, Node>),
}

/// What is wrong with a value, and the line of it.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) line: Option<usize>,
}

impl Wrong {
    fn at(mut self, line: Option<usize>) -> Self {
        self.line = self.line.or(line);
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            line: None,
        }
    }
}

fn line(at: Location) -> Option<usize> {
    usize::try_from(at.line()).ok().filter(|line| *line > 0)
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self {
            line: line(found.defined),
            is_alias: found.referenced != found.defined,
            value: found.value,
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfValue;
        impl<'de> Visitor<'de> for OfValue {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Nothing)
            }
            fn visit_none<E: de::Error>(self) -> Result<Value, E> {
                Ok(Value::Nothing)
            }
            fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
                Value::deserialize(deserializer)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_i128<E: de::Error>(self, _: i128) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_u128<E: de::Error>(self, _: u128) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Value, E> {
                Ok(Value::NoText)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Value, E> {
                Ok(Value::Text(text))
            }
            fn visit_bytes<E: de::Error>(self, octets: &[u8]) -> Result<Value, E> {
                Ok(Value::Text(String::from_utf8_lossy(octets).into_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some(key) = entries.next_key::<Spanned<Value>>()? {
                    let value: Node = entries.next_value()?;
                    // In quotation marks it is a key as any other.
                    let is_plain = key.defined.span().len() == MERGE.len() as u64;
                    match key.value {
                        Value::Text(key) if key == MERGE && is_plain => {
                            merge(value, &mut fields).map_err(de::Error::custom)?;
                        }
                        Value::Text(key) => {
                            fields.insert(key, value);
                        }
                        // A number is the name of no field of a kubeconfig.
                        Value::NoText => {}
                        _ => return Err(de::Error::custom("a key that is no text")),
                    }
                }
                Ok(Value::Fields(fields))
            }
        }
        deserializer.deserialize_any(OfValue)
    }
}

/// The merge key (yaml.org/type/merge.html).
const MERGE: &str = "<<";

/// Brings the fields of a mapping, or of each in a list, of which the earlier ones win.
fn merge(from: Node, into: &mut BTreeMap<String, Node>) -> Result<(), &'static str> {
    const WANTED: &str = "a merge key takes a mapping, or a list of mappings";
    let lists = match from.value {
        Value::Fields(fields) => vec![fields],
        // An alias of a list is not taken for one.
        Value::List(items) if !from.is_alias => items
            .into_iter()
            .rev()
            .map(|item| match item.value {
                Value::Fields(fields) => Ok(fields),
                _ => Err(WANTED),
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(WANTED),
    };
    into.extend(lists.into_iter().flatten());
    Ok(())
}

impl IntoDeserializer<'_, Wrong> for Node {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Nothing => visitor.visit_unit(),
            Value::NoText => visitor.visit_bool(true),
            Value::Text(text) => visitor.visit_string(text),
            Value::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Value::Fields(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter())),
        }
        .map_err(|wrong: Wrong| wrong.at(self.line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let line = self.line;
        match self.value {
            // As Go's JSON: null leaves every field as it is.
            Value::Nothing => visitor.visit_map(MapDeserializer::new(BTreeMap::<String, Node>::new().into_iter())),
            Value::Fields(_) => self.deserialize_any(visitor),
            _ => Err(de::Error::custom("other than a mapping")),
        }
        .map_err(|wrong: Wrong| wrong.at(line))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

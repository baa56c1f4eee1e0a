//! Statements that the JSON document holds twice: in words, for people, and as a code with what belongs to it, for
//! programs.
//!
//! The value in memory is the code alone, and its `Display` makes the words. What reads a document reads the code, so
//! that words can change and no diagnosis with them.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserializer, Serialize, Serializer};

/// A value that has words and a code in the document.
pub trait Stated: Sized + fmt::Display + Serialize + DeserializeOwned {
    /// The members of the document: of the words, and of the code.
    const MEMBERS: &'static [&'static str; 2];

    /// The value of words without a code.
    fn in_words(words: String) -> Self;

    /// The words, where nothing but them is known.
    fn only_words(&self) -> Option<&str>;
}

/// Makes an enum [`Stated`] that keeps words without a code in its variant `InWords`.
macro_rules! stated {
    ($type:ident: $words:literal, $code:literal) => {
        impl crate::stated::Stated for $type {
            const MEMBERS: &'static [&'static str; 2] = &[$words, $code];

            fn in_words(words: String) -> Self {
                Self::InWords(words)
            }

            fn only_words(&self) -> Option<&str> {
                match self {
                    Self::InWords(words) => Some(words),
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use stated;

/// Writes both members; `null` words and no code where there is nothing to state. For `#[serde(flatten, with = …)]`.
pub fn serialize<T: Stated, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    write(value.as_ref(), serializer)
}

fn write<T: Stated, S: Serializer>(value: Option<&T>, serializer: S) -> Result<S::Ok, S::Error> {
    let [words, code] = T::MEMBERS;
    let mut members = serializer.serialize_map(None)?;
    members.serialize_entry(words, &value.map(ToString::to_string))?;
    if let Some(value) = value.filter(|value| value.only_words().is_none()) {
        members.serialize_entry(code, value)?;
    }
    members.end()
}

/// Reads the code, and the words only where there is none: that is how `schema_version` 1 wrote it.
pub fn deserialize<'de, T: Stated, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_struct("statement", T::MEMBERS, StatedMembers(PhantomData))
}

/// For a value that is always there.
pub mod always {
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    use super::Stated;

    /// Writes both members.
    pub fn serialize<T: Stated, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        super::write(Some(value), serializer)
    }

    /// Reads them; an error where both are absent.
    pub fn deserialize<'de, T: Stated, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        super::deserialize(deserializer)?.ok_or_else(|| D::Error::missing_field(T::MEMBERS[0]))
    }
}

struct StatedMembers<T>(PhantomData<T>);

impl<'de, T: Stated> Visitor<'de> for StatedMembers<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [words, code] = T::MEMBERS;
        write!(f, "{words} and {code}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let [words, code] = T::MEMBERS;
        let (mut said, mut coded) = (None, None);
        while let Some(member) = members.next_key::<String>()? {
            if member == *words {
                said = members.next_value::<Option<String>>()?;
            } else if member == *code {
                coded = members.next_value::<Option<T>>()?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(coded.or_else(|| said.map(T::in_words)))
    }
}

/// Both members, as the JSON Schema has them.
#[cfg(test)]
pub(crate) struct Both<T>(PhantomData<T>);

#[cfg(test)]
impl<T: Stated + schemars::JsonSchema> schemars::JsonSchema for Both<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Stated{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let [words, code] = *T::MEMBERS;
        let coded = generator.subschema_for::<T>();
        schemars::json_schema!({
            "type": "object",
            "properties": {
                words: {"type": ["string", "null"], "description": "In words, for people. They may change."},
                code: coded,
            },
            "required": [words],
        })
    }
}

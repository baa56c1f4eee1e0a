//! Domain names.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest label (RFC 1035 section 2.3.4).
const MAX_LABEL: usize = 63;
/// The longest name on the wire, length octets and root included (RFC 1035 section 2.3.4).
const MAX_NAME: usize = 255;

/// An absolute domain name.
///
/// Compares without regard to ASCII case (RFC 4343) and keeps the case it was given. Shown in presentation
/// form without the trailing dot; the root is `.`. Octets other than printable ASCII, and dots and
/// backslashes within a label, are shown as `\DDD` or `\.` (RFC 1035 section 5.1), so that a name is always
/// safe to print.
#[derive(Clone, Default)]
pub struct Name {
    labels: Vec<Box<[u8]>>,
}

/// Why a text is not a domain name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given.
    #[error("the name is empty")]
    Empty,
    /// Two dots in a row, or a dot at the start.
    #[error("the name has an empty label")]
    EmptyLabel,
    /// A label of more than 63 octets.
    #[error("a label is longer than 63 octets")]
    LabelTooLong,
    /// More than 255 octets on the wire.
    #[error("the name is longer than 255 octets")]
    NameTooLong,
    /// A backslash that no valid escape follows.
    #[error("a backslash is not followed by three digits or a character")]
    BadEscape,
    /// A character that host names do not have (RFC 952, RFC 1123 section 2.1).
    #[error("{0:?} does not occur in host names")]
    NotHostName(char),
}

impl Name {
    /// The root.
    pub fn root() -> Self {
        Self::default()
    }

    /// Makes a name of labels, leftmost first.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameError> {
        let labels: Vec<Box<[u8]>> = labels.into_iter().map(Into::into).collect();
        if labels.iter().any(|label| label.is_empty()) {
            return Err(NameError::EmptyLabel);
        }
        if labels.iter().any(|label| label.len() > MAX_LABEL) {
            return Err(NameError::LabelTooLong);
        }
        if labels.iter().map(|label| label.len() + 1).sum::<usize>() + 1 > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        Ok(Self { labels })
    }

    /// Reads a host name as a user writes it: letters, digits, hyphens and underscores; a trailing dot is allowed.
    pub fn from_host(text: &str) -> Result<Self, NameError> {
        if let Some(bad) = text
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        {
            return Err(NameError::NotHostName(bad));
        }
        if text == "." {
            return Err(NameError::Empty);
        }
        text.parse()
    }

    /// The labels, leftmost first, without the root's empty one.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &[u8]> + ExactSizeIterator {
        self.labels.iter().map(AsRef::as_ref)
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.labels.is_empty()
    }

    /// The name without its first label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.labels.split_first()?;
        Some(Self { labels: rest.to_vec() })
    }

    /// Whether this name is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let Some(skip) = self.labels.len().checked_sub(other.labels.len()) else {
            return false;
        };
        self.labels[skip..]
            .iter()
            .zip(&other.labels)
            .all(|(a, b)| a.eq_ignore_ascii_case(b))
    }

    /// This name with `label` in front.
    pub fn prepend(&self, label: &str) -> Result<Self, NameError> {
        Self::from_labels(std::iter::once(label.as_bytes()).chain(self.labels()))
    }

    /// This name with `suffix` behind it, as a search list does.
    pub fn append(&self, suffix: &Self) -> Result<Self, NameError> {
        Self::from_labels(self.labels().chain(suffix.labels()))
    }

    /// The name in lower case with its trailing dot, as zone files and the AWS API write it.
    pub fn to_fqdn(&self) -> String {
        if self.is_root() {
            return ".".to_owned();
        }
        let mut text = self.to_string().to_ascii_lowercase();
        text.push('.');
        text
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text == "." {
            return Ok(Self::root());
        }
        let mut labels: Vec<Vec<u8>> = vec![Vec::new()];
        let mut octets = text.bytes();
        let mut ended_by_dot = false;
        while let Some(octet) = octets.next() {
            ended_by_dot = false;
            let octet = match octet {
                b'.' => {
                    ended_by_dot = true;
                    labels.push(Vec::new());
                    continue;
                }
                b'\\' => match octets.next().ok_or(NameError::BadEscape)? {
                    first @ b'0'..=b'9' => {
                        let mut value = u16::from(first - b'0');
                        for _ in 0..2 {
                            let digit = octets.next().filter(u8::is_ascii_digit);
                            value = value * 10 + u16::from(digit.ok_or(NameError::BadEscape)? - b'0');
                        }
                        u8::try_from(value).map_err(|_| NameError::BadEscape)?
                    }
                    other => other,
                },
                other => other,
            };
            if let Some(label) = labels.last_mut() {
                label.push(octet);
            }
        }
        if ended_by_dot {
            labels.pop();
        }
        Self::from_labels(labels.iter().map(Vec::as_slice))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        for (index, label) in self.labels.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            for &octet in label {
                match octet {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(octet))?,
                    0x21..=0x7e => write!(f, "{}", char::from(octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.labels.len() == other.labels.len() && self.is_within(other)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for label in &self.labels {
            label.to_ascii_lowercase().hash(state);
        }
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Canonical order: from the root down, without regard to case (RFC 4034 section 6.1).
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |name: &Self| -> Vec<Vec<u8>> { name.labels().rev().map(<[u8]>::to_ascii_lowercase).collect() };
        key(self).cmp(&key(other))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error| serde::de::Error::custom(format_args!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn names_compare_without_case_and_keep_it() {
        let upper: Name = "ABC.Example".parse().unwrap();
        let lower: Name = "abc.example.".parse().unwrap();
        assert_eq!(upper, lower);
        assert_eq!(upper.to_string(), "ABC.Example");
        assert_eq!(upper.to_fqdn(), "abc.example.");
    }

    #[test]
    fn every_octet_survives_presentation_form() {
        for octet in 0..=255u8 {
            let name = Name::from_labels([[octet].as_slice(), b"x"]).unwrap();
            let shown = name.to_string();
            assert!(shown.bytes().all(|b| b.is_ascii_graphic()), "{shown}");
            assert_eq!(shown.parse::<Name>().unwrap(), name);
        }
    }

    #[test]
    fn within_goes_by_whole_labels() {
        let name: Name = "a.eks.amazonaws.com".parse().unwrap();
        assert!(name.is_within(&"AMAZONAWS.com".parse().unwrap()));
        assert!(name.is_within(&Name::root()));
        assert!(!name.is_within(&"azonaws.com".parse().unwrap()));
        assert!(!name.is_within(&"b.a.eks.amazonaws.com".parse().unwrap()));
    }

    #[test]
    fn what_is_no_name_says_why() {
        assert_eq!("a..b".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!(".a".parse::<Name>(), Err(NameError::EmptyLabel));
        assert_eq!("".parse::<Name>(), Err(NameError::Empty));
        assert_eq!("a".repeat(64).parse::<Name>(), Err(NameError::LabelTooLong));
        assert_eq!(
            vec!["a".repeat(60); 5].join(".").parse::<Name>(),
            Err(NameError::NameTooLong)
        );
        assert_eq!("a\\25".parse::<Name>(), Err(NameError::BadEscape));
        assert_eq!("a\\256".parse::<Name>(), Err(NameError::BadEscape));
        assert_eq!(Name::from_host("a b.example"), Err(NameError::NotHostName(' ')));
    }

    #[test]
    fn order_is_canonical() {
        let mut names: Vec<Name> = ["z.example", "a.z.example", "yljkjljk.a.example", "example"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        names.sort();
        let shown: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["example", "yljkjljk.a.example", "z.example", "a.z.example"]);
    }
}

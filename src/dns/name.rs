//! Domain names.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest label (RFC 1035 section 2.3.4).
const MAX_LABEL: u8 = 63;
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
    /// The labels as on the wire, each behind the octet of its length, without the root's (RFC 1035 section 3.1).
    /// Shared: every record of a reply has a name, and most are the same.
    wire: Arc<[u8]>,
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
        let mut wire = Vec::with_capacity(MAX_NAME);
        for label in labels {
            let length = u8::try_from(label.len()).ok().filter(|length| *length <= MAX_LABEL);
            wire.push(length.ok_or(NameError::LabelTooLong)?);
            if label.is_empty() {
                return Err(NameError::EmptyLabel);
            }
            wire.extend_from_slice(label);
        }
        // With the root's length octet.
        if wire.len() + 1 > MAX_NAME {
            return Err(NameError::NameTooLong);
        }
        Ok(Self { wire: wire.into() })
    }

    /// Reads a host name as a user writes it: letters, digits, hyphens and underscores; a trailing dot is allowed.
    pub fn from_host(text: &str) -> Result<Self, NameError> {
        if let Some(bad) = text
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        {
            return Err(NameError::NotHostName(bad));
        }
        if matches!(text, "" | ".") {
            return Err(NameError::Empty);
        }
        // None of these characters is an escape.
        let labels = text.strip_suffix('.').unwrap_or(text).split('.');
        Self::from_labels(labels.map(str::as_bytes))
    }

    /// The labels, leftmost first, without the root's empty one.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let mut count = 0;
        let mut left = self.wire.as_ref();
        while let Some((_, behind)) = split_label(left) {
            left = behind;
            count += 1;
        }
        Labels {
            left: &self.wire,
            count,
        }
    }

    /// The labels as on the wire, in the case that was given, without the root's empty one.
    pub fn octets(&self) -> &[u8] {
        &self.wire
    }

    /// What stands behind another name in this one, which begins with it: `corp.example` of
    /// `www.example.test.corp.example`, behind `www.example.test`.
    pub fn behind(&self, other: &Self) -> Option<Self> {
        let (front, rest) = self.wire.split_at_checked(other.wire.len())?;
        // As in `is_within`: no length is a letter.
        let begins = !other.is_root() && front.eq_ignore_ascii_case(&other.wire);
        (begins && !rest.is_empty()).then(|| Self { wire: rest.into() })
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.wire.is_empty()
    }

    /// The name without its first label; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = split_label(&self.wire)?;
        Some(Self { wire: rest.into() })
    }

    /// Whether this name is `other` or below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let mut left = self.wire.as_ref();
        while left.len() > other.wire.len() {
            let Some((_, behind)) = split_label(left) else {
                return false;
            };
            left = behind;
        }
        // No length is a letter: the longest label has 63 octets, and letters begin at 65.
        left.eq_ignore_ascii_case(&other.wire)
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

/// The first label of some, and what stands behind it.
fn split_label(wire: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, behind) = wire.split_first()?;
    behind.split_at_checked(usize::from(length))
}

/// Labels, leftmost first.
struct Labels<'a> {
    left: &'a [u8],
    count: usize,
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (label, behind) = split_label(self.left)?;
        self.left = behind;
        self.count -= 1;
        Some(label)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count, Some(self.count))
    }
}

impl ExactSizeIterator for Labels<'_> {}

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
        for (index, label) in self.labels().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            // Nearly every label is a word of a host name, and is written at once.
            if let Some(word) = host_word(label) {
                f.write_str(word)?;
                continue;
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

/// The label as text, where it has nothing but letters, digits, hyphens and underscores.
fn host_word(label: &[u8]) -> Option<&str> {
    let is_word = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    let is_host = label.iter().all(is_word);
    std::str::from_utf8(label).ok().filter(|_| is_host)
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        // Nearly all that are the same are so octet for octet.
        self.wire == other.wire || self.wire.eq_ignore_ascii_case(&other.wire)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wire.to_ascii_lowercase().hash(state);
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
        let key = |name: &Self| -> Vec<Vec<u8>> {
            let mut labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_ascii_lowercase).collect();
            labels.reverse();
            labels
        };
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
    fn what_stands_behind_another_name() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        let behind = |one: &str, other: &str| name(one).behind(&name(other)).map(|name| name.to_string());
        assert_eq!(
            behind("a.B.test.corp.example", "A.b.test").as_deref(),
            Some("corp.example")
        );
        for (one, other) in [
            ("a.b.test", "a.b.test"),
            ("a.b", "a.b.test"),
            ("ab.c", "a"),
            ("x.a.b", "a"),
            ("a.b", "."),
        ] {
            assert_eq!(behind(one, other), None, "{one} {other}");
        }
    }

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

//! How the values of flags are written.

use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::IpNet;

use crate::limits;

/// Why a text is not a value of its flag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ValueError {
    #[error("{0:?} has no unit: write {0}s")]
    NoUnit(String),
    #[error("{0:?} is not a duration: write 5s, 300ms or 1m30s")]
    NotADuration(String),
    #[error("{0:?} is too short: write at least 1ms")]
    TooShort(String),
    #[error("{0:?} is too often: write at least {1}")]
    TooOften(String, WrittenDuration),
    #[error("{0:?} is too long: write at most {1}")]
    TooLong(String, WrittenDuration),
    #[error("{0:?} is not a number from 1 to {1}: write one of those")]
    NotANumber(String, u32),
    #[error("{0:?} is neither an IP address nor a network: write 10.0.1.10 or 10.0.0.0/16")]
    NotExpectable(String),
    #[error("the name is empty: write one, or leave the flag out")]
    Empty,
    #[error("the name is longer than {} characters: write a shorter one", limits::PLACE_NAME)]
    LongName,
    #[error("{0:?} holds a control character: write it without")]
    ControlCharacter(String),
    #[error("{0:?} is longer than {1} characters: write a shorter one")]
    LongText(String, usize),
    #[error("{0:?} is an ARN: write the cluster's name alone, and its Region with --region")]
    Arn(String),
    #[error(
        "{0:?} is not the name of an EKS cluster: write it as aws eks list-clusters has it (up to {most} letters, \
         digits, hyphens and underscores, a letter or digit first)",
        most = limits::CLUSTER_NAME
    )]
    NotACluster(String),
    #[error("{0:?} is not an AWS Region: write one like ap-northeast-1")]
    NotARegion(String),
    #[error("{0:?} is not an address with a port: write 127.0.0.1:9853 or [::1]:9853")]
    NotListenable(String),
    #[error("\"-\" is not a file: for standard output, use -o json")]
    Dash,
}

/// A duration as a flag is given it: `28d`, `10m`. `humantime` writes `28days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WrittenDuration(Duration);

impl fmt::Display for WrittenDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: u64 = 86_400;
        match self.0.as_secs() {
            seconds if seconds > 0 && seconds.is_multiple_of(DAY) && self.0.subsec_nanos() == 0 => {
                write!(f, "{}d", seconds / DAY)
            }
            _ => humantime::format_duration(self.0).fmt(f),
        }
    }
}

/// An item of `--expect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectable {
    /// An address.
    Address(IpAddr),
    /// A network.
    Network(IpNet),
}

fn duration(text: &str, longest: Duration) -> Result<Duration, ValueError> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Err(match seconds {
            0 => ValueError::TooShort(text.to_owned()),
            _ => ValueError::NoUnit(text.to_owned()),
        });
    }
    let duration = humantime::parse_duration(text).map_err(|_| ValueError::NotADuration(text.to_owned()))?;
    if duration < Duration::from_millis(1) {
        Err(ValueError::TooShort(text.to_owned()))
    } else if duration > longest {
        Err(ValueError::TooLong(text.to_owned(), WrittenDuration(longest)))
    } else {
        Ok(duration)
    }
}

pub(super) fn timeout(text: &str) -> Result<Duration, ValueError> {
    duration(text, limits::TIMEOUT)
}

pub(super) fn since(text: &str) -> Result<Duration, ValueError> {
    duration(text, limits::SINCE)
}

pub(super) fn deadline(text: &str) -> Result<Duration, ValueError> {
    duration(text, limits::DEADLINE)
}

pub(super) fn interval(text: &str) -> Result<Duration, ValueError> {
    let interval = duration(text, limits::INTERVAL)?;
    if interval < limits::BETWEEN_ROUNDS {
        return Err(ValueError::TooOften(
            text.to_owned(),
            WrittenDuration(limits::BETWEEN_ROUNDS),
        ));
    }
    Ok(interval)
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, ValueError> {
    text.parse().map_err(|_| ValueError::NotListenable(text.to_owned()))
}

pub(super) fn watch_for(text: &str) -> Result<Duration, ValueError> {
    duration(text, limits::LONGEST_WATCH)
}

fn number(text: &str, largest: u32) -> Result<u32, ValueError> {
    text.parse()
        .ok()
        .filter(|number| (1..=largest).contains(number) && !text.starts_with('+'))
        .ok_or_else(|| ValueError::NotANumber(text.to_owned(), largest))
}

pub(super) fn samples(text: &str) -> Result<u32, ValueError> {
    number(text, limits::SAMPLES)
}

pub(super) fn rate(text: &str) -> Result<u32, ValueError> {
    number(text, limits::FASTEST_RATE)
}

pub(super) fn attempts(text: &str) -> Result<u32, ValueError> {
    number(text, limits::ATTEMPTS)
}

pub(super) fn expectable(text: &str) -> Result<Expectable, ValueError> {
    text.parse()
        .map(Expectable::Address)
        .or_else(|_| text.parse().map(|cidr: IpNet| Expectable::Network(cidr.trunc())))
        .map_err(|_| ValueError::NotExpectable(text.to_owned()))
}

pub(super) fn judge(text: &str) -> Result<String, ValueError> {
    if text.is_empty() {
        return Err(ValueError::Empty);
    }
    Ok(text.to_owned())
}

pub(super) fn vantage(text: &str) -> Result<String, ValueError> {
    if text.trim().is_empty() {
        Err(ValueError::Empty)
    } else if text.chars().count() > limits::PLACE_NAME {
        Err(ValueError::LongName)
    } else if text.chars().any(char::is_control) {
        Err(ValueError::ControlCharacter(text.to_owned()))
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn cluster(text: &str) -> Result<String, ValueError> {
    if text.starts_with("arn:") {
        return Err(ValueError::Arn(text.chars().take(limits::FLAG_NAME).collect()));
    }
    let valid = text.len() <= limits::CLUSTER_NAME
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if valid {
        Ok(text.to_owned())
    } else {
        Err(ValueError::NotACluster(text.chars().take(limits::FLAG_NAME).collect()))
    }
}

pub(super) fn region(text: &str) -> Result<String, ValueError> {
    let valid = text.len() <= limits::REGION_NAME
        && text.contains('-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if valid {
        Ok(text.to_owned())
    } else {
        Err(ValueError::NotARegion(text.chars().take(limits::FLAG_NAME).collect()))
    }
}

/// The name of a profile or a context: whatever its file calls it.
pub(super) fn name(text: &str) -> Result<String, ValueError> {
    if text.is_empty() {
        Err(ValueError::Empty)
    } else if text.chars().count() > limits::FLAG_NAME {
        let start = text.chars().take(limits::PLACE_NAME).collect();
        Err(ValueError::LongText(start, limits::FLAG_NAME))
    } else if text.chars().any(char::is_control) {
        Err(ValueError::ControlCharacter(text.to_owned()))
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn file(path: PathBuf) -> Result<PathBuf, ValueError> {
    if path == Path::new(OsStr::new("-")) {
        return Err(ValueError::Dash);
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn clusters_and_regions() {
        assert_eq!(cluster("shared-cluster_2").unwrap(), "shared-cluster_2");
        let arn = "arn:aws:eks:ap-northeast-1:123456789012:cluster/shared";
        assert_eq!(cluster(arn), Err(ValueError::Arn(arn.to_owned())));
        for text in ["", "-a", "a b", "a/b", "a\u{1b}", &"a".repeat(101)] {
            assert!(cluster(text).is_err(), "{text:?}");
        }
        for text in ["ap-northeast-1", "us-gov-west-1", "cn-north-1"] {
            assert_eq!(region(text).unwrap(), text);
        }
        for text in ["", "tokyo", "ap-northeast-1a", "AP-northeast-1", "a-1.evil.test"] {
            assert!(region(text).is_err(), "{text:?}");
        }
        assert!(name("arn:aws:eks:eu-west-1:1:cluster/x").is_ok());
        assert!(name("").is_err() && name("a\nb").is_err() && name(&"x".repeat(300)).is_err());
    }

    #[test]
    fn durations_have_a_unit_and_bounds() {
        for (text, millis) in [("5s", 5_000), ("300ms", 300), ("1m", 60_000), ("1s 500ms", 1_500)] {
            assert_eq!(timeout(text).unwrap().as_millis(), millis, "{text}");
        }
        assert_eq!(deadline("10m").unwrap(), limits::DEADLINE);
        assert_eq!(
            since("29d").unwrap_err().to_string(),
            r#""29d" is too long: write at most 28d"#
        );
        for (text, message) in [
            ("5", r#""5" has no unit: write 5s"#),
            ("0", r#""0" is too short: write at least 1ms"#),
            ("0s", r#""0s" is too short: write at least 1ms"#),
            ("999us", r#""999us" is too short: write at least 1ms"#),
            ("61s", r#""61s" is too long: write at most 1m"#),
            (
                "99999999999999999999s",
                r#""99999999999999999999s" is not a duration: write 5s, 300ms or 1m30s"#,
            ),
            ("soon", r#""soon" is not a duration: write 5s, 300ms or 1m30s"#),
            ("", r#""" is not a duration: write 5s, 300ms or 1m30s"#),
            (
                "\u{1b}[31m",
                r#""\u{1b}[31m" is not a duration: write 5s, 300ms or 1m30s"#,
            ),
        ] {
            assert_eq!(timeout(text).unwrap_err().to_string(), message, "{text:?}");
        }
        assert!(deadline("601s").is_err());
    }

    #[test]
    fn numbers_are_whole_and_bounded() {
        assert_eq!(samples("100").unwrap(), 100);
        assert_eq!(attempts("1").unwrap(), 1);
        for text in ["0", "101", "-1", "+1", "1.5", "", "many", "4294967297"] {
            assert!(samples(text).is_err(), "{text:?}");
        }
        assert_eq!(
            attempts("11").unwrap_err().to_string(),
            r#""11" is not a number from 1 to 10: write one of those"#
        );
    }

    #[test]
    fn addresses_and_networks() {
        assert_eq!(
            expectable("10.0.1.10").unwrap(),
            Expectable::Address("10.0.1.10".parse().unwrap())
        );
        assert_eq!(
            expectable("10.0.1.10/16").unwrap(),
            Expectable::Network("10.0.0.0/16".parse().unwrap())
        );
        assert!(expectable("fd00::/8").is_ok());
        for text in ["", "10.0.0", "10.0.0.0/33", "a.test", "10.0.0.1:53"] {
            assert!(expectable(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn names() {
        assert!(vantage("bastion, eu-west-1").is_ok());
        for text in ["", " ", "a\nb", &"x".repeat(65)] {
            assert!(vantage(text).is_err(), "{text:?}");
        }
        assert!(judge("").is_err());
        assert_eq!(file("-".into()), Err(ValueError::Dash));
        assert!(file("-x".into()).is_ok());
    }
}

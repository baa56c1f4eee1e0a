//! The hosts file, as far as it speaks of the target: hosts(5).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Gap, blanks};
use crate::dns::Name;
use crate::limits;
use crate::text::{self, Saved};

/// A line of the hosts file that names the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct HostsEntry {
    /// The address it pins the name to.
    pub ip: IpAddr,
    /// The file.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// Whether it is there in another case only. Names are compared without case (RFC 4343); musl compares with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_other_case: bool,
}

/// Finds the lines that name `target`. Lines that cannot be read are passed over, as the C library does.
pub fn entries_for(target: &Name, path: &str, text: &[u8]) -> Vec<HostsEntry> {
    let mut entries = Vec::new();
    for (index, line) in text.split(|&octet| octet == b'\n').enumerate() {
        if let Some((ip, in_other_case)) = entry(target, &String::from_utf8_lossy(line)) {
            entries.push(HostsEntry {
                ip,
                path: path.to_owned(),
                line: index + 1,
                in_other_case,
            });
            if entries.len() >= limits::HOSTS_ENTRIES {
                break;
            }
        }
    }
    entries
}

/// What the gaps call the file.
const FACT: &str = "the hosts file";

/// The address that a line gives the target, and whether it has the name in another case only.
fn entry(target: &Name, line: &str) -> Option<(IpAddr, bool)> {
    let mut words = blanks::words(line.split('#').next()?);
    let ip = parse_address(words.next()?)?;
    let mut named = words
        .filter(|word| word.parse::<Name>().is_ok_and(|name| name == *target))
        .peekable();
    named.peek()?;
    let in_its_case = |word: &str| word.trim_end_matches('.') == target.to_string();
    Some((ip, !named.any(in_its_case)))
}

/// The gap of a line that looks as if it named the target, and does not for those who read the file octet by octet:
/// something in it is no blank, or the file was saved in another way than as plain text. `is_copy` where the user named
/// the file: then what was done to it in saving is undone, as of every file that is named, and the gap says it.
pub(super) fn not_as_it_looks(target: &Name, path: &str, octets: &[u8], is_copy: bool) -> Option<Gap> {
    let names_it = |line: &str| entry(target, line).is_some();
    let saved = text::saved_as(octets);
    let text = if is_copy || saved == Some(Saved::Utf16) {
        text::decode(octets)
    } else {
        String::from_utf8_lossy(octets)
    };
    let first = text.split('\n').position(names_it);
    let (line, how, read) = match (saved, first) {
        (Some(Saved::Utf16), Some(at)) => (at + 1, "is in UTF-16", "nothing of it"),
        (Some(Saved::Marked), Some(0)) => (1, "begins with a byte order mark", "all but this line"),
        _ => return blanks::gap(FACT, path, text.as_bytes(), names_it),
    };
    let reason = if is_copy {
        format!(
            "the file {how}, and is read here as a copy that was saved so. Where the host's own file is so too, glibc, \
             musl and Go read {read}: save that as UTF-8 without a byte order mark"
        )
    } else {
        format!(
            "the line names {target}, but the file {how}, and glibc, musl and Go read {read}: save it as UTF-8 without \
             a byte order mark"
        )
    };
    Some(Gap::here(format!("line {line} of {FACT}"), path, reason))
}

fn parse_address(word: &str) -> Option<IpAddr> {
    word.split('%').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    const HOST: &str = "api.example.test";

    fn looked(octets: &[u8], is_copy: bool) -> (usize, Option<String>) {
        let target = HOST.parse().unwrap();
        let gap = not_as_it_looks(&target, "hosts", octets, is_copy);
        let text = if is_copy {
            text::decode(octets)
        } else {
            String::from_utf8_lossy(octets)
        };
        let entries = entries_for(&target, "hosts", text.as_bytes());
        (entries.len(), gap.map(|gap| format!("{}: {}", gap.fact, gap.reason)))
    }

    /// glibc's getent passes each of these over.
    #[test]
    fn what_looks_like_a_blank_is_none_and_that_is_said() {
        for (line, says) in [
            ("192.0.2.1\u{a0}api.example.test", "U+00A0"),
            ("192.0.2.1 other\u{202f}api.example.test", "U+202F"),
            ("192.0.2.1\tapi.example.test\u{3000}# pinned", "U+3000"),
            ("192.0.2.1 \u{200b}api.example.test", "take it out"),
        ] {
            let (entries, gap) = looked(format!("127.0.0.1 localhost\n{line}\n").as_bytes(), false);
            assert_eq!(entries, 0, "{line}");
            let gap = gap.unwrap();
            assert!(
                gap.starts_with("line 2 of the hosts file: ") && gap.contains(says),
                "{gap}"
            );
        }
        for line in [
            "192.0.2.1 api.example.test # a\u{a0}comment",
            "192.0.2.1\tapi.example.test\r",
            "192.0.2.1\u{a0}another.example.test",
            "# 192.0.2.1\u{a0}api.example.test",
        ] {
            assert_eq!(looked(line.as_bytes(), false).1, None, "{line}");
        }
    }

    #[test]
    fn a_hosts_file_that_is_no_plain_text_is_said_to_be_so() {
        let text = format!("192.0.2.9 {HOST}\r\n192.0.2.8 another.example.test\r\n");
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for octets in [
            [b"\xff\xfe", little.as_slice()].concat(),
            [b"\xfe\xff", big.as_slice()].concat(),
            little,
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        ] {
            // The host's own is not read by anybody; a copy is read as what it is a copy of.
            for (is_copy, entries) in [(false, 0), (true, 1)] {
                let (read, gap) = looked(&octets, is_copy);
                assert_eq!(read, entries, "{octets:?}");
                assert!(gap.unwrap().starts_with("line 1 of the hosts file: "));
            }
        }
        // A mark in front of another line hides nothing.
        let text = format!("\u{feff}# office\n192.0.2.9 {HOST}\n");
        assert_eq!(looked(text.as_bytes(), false), (1, None));
        assert_eq!(looked(text.as_bytes(), true), (1, None));
    }

    #[test]
    fn the_target_is_found_in_any_case_and_any_column() {
        let text = "127.0.0.1 localhost\n\
                    # 192.0.2.9 api.example.test\n\
                    192.0.2.1\tother api.EXAMPLE.test # pinned\r\n\
                    not-an-ip api.example.test\n\
                    192.0.2.2 api.example.test.evil\n\
                    2001:db8::1 api.example.test.\n";
        let found = entries_for(&"API.example.test".parse().unwrap(), "hosts", text.as_bytes());
        let lines: Vec<(usize, String)> = found.iter().map(|entry| (entry.line, entry.ip.to_string())).collect();
        assert_eq!(lines, [(3, "192.0.2.1".to_owned()), (6, "2001:db8::1".to_owned())]);
    }
}

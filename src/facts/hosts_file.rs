//! The hosts file, as far as it speaks of the target: hosts(5).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::dns::Name;
use crate::limits;

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
        let line = line.split(|&octet| octet == b'#').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_whitespace();
        let Some(ip) = words.next().and_then(parse_address) else {
            continue;
        };
        let named: Vec<&str> = words
            .filter(|word| word.parse::<Name>().is_ok_and(|name| name == *target))
            .collect();
        if !named.is_empty() {
            let in_its_case = |word: &&str| word.trim_end_matches('.') == target.to_string();
            entries.push(HostsEntry {
                ip,
                path: path.to_owned(),
                line: index + 1,
                in_other_case: !named.iter().any(in_its_case),
            });
            if entries.len() >= limits::HOSTS_ENTRIES {
                break;
            }
        }
    }
    entries
}

fn parse_address(word: &str) -> Option<IpAddr> {
    word.split('%').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

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

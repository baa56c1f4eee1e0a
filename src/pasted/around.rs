//! What a configuration in the text says of a message beside it: an address that a hosts file has for the name, and
//! whom the host asks for it.

use std::net::{IpAddr, SocketAddr};

use super::configuration;
use crate::dns::Name;
use crate::facts::AskedFor;
use crate::limits;

/// What a text's configuration says of a name.
#[derive(Debug, Clone, Default)]
pub(super) struct Around {
    /// The addresses that lines of a hosts file have for it.
    pub(super) pinned: Vec<IpAddr>,
    /// Whom the host asks for it, where the configuration is whole.
    pub(super) asked: Option<AskedFor>,
    /// The findings that the configuration speaks against.
    pub(super) against: Vec<&'static str>,
}

/// What the text says of the name.
pub(super) fn of(host: Option<&Name>, text: &str) -> Around {
    let Some(host) = host else {
        return Around::default();
    };
    let split = configuration::whole(text);
    Around {
        pinned: pinned(host, text),
        asked: split.as_ref().map(|(split, _)| split.asked_for(host)),
        against: split.map(|(_, against)| against).unwrap_or_default(),
    }
}

impl Around {
    /// Why Go's own resolver, which asked this server, asked another one than the operating system does.
    pub(super) fn bypassed(&self, server: SocketAddr) -> Option<String> {
        let asked = self.asked.as_ref()?;
        let domain = asked.domain.as_ref().filter(|domain| !domain.is_root())?;
        let is_other = !asked.servers.is_empty() && !asked.servers.contains(&server) && !server.ip().is_loopback();
        let servers: Vec<String> = asked.servers.iter().map(|server| server.ip().to_string()).collect();
        is_other.then(|| {
            format!(
                "the configuration in this text sends names below {domain} to {}, and {} was asked",
                servers.join(", "),
                server.ip()
            )
        })
    }
}

/// The addresses that lines of a hosts file (hosts(5)) have for the name. getent prints the same of every source.
fn pinned(host: &Name, text: &str) -> Vec<IpAddr> {
    if text.contains("getent") {
        return Vec::new();
    }
    let of_line = |line: &str| {
        let (line, _) = line.split_once('#').unwrap_or((line, ""));
        let mut words = line.split_whitespace().take(limits::PASTED_WORDS);
        let address: IpAddr = words.next()?.split('%').next()?.parse().ok()?;
        let mut has_it = false;
        for word in words {
            // A line of another kind has words that are no names.
            has_it |= super::host(word)? == *host;
        }
        has_it.then_some(address)
    };
    text.lines().filter_map(of_line).take(limits::NAME_SERVERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_hosts_file_is_told_from_others() {
        let host: Name = "a.example".parse().expect("a name");
        let pinned = |text: &str| pinned(&host, text).len();
        for text in [
            "10.7.8.9 a.example",
            "10.7.8.9\tb a.example # of ours",
            "fe80::1%lo0 A.example",
        ] {
            assert_eq!(pinned(text), 1, "{text}");
        }
        for text in [
            "# 10.7.8.9 a.example",
            "10.7.8.9 b.example",
            "10.7.8.9 - - [01/Nov/2026] \"GET https://a.example/\"",
            "$ getent hosts a.example\n10.7.8.9 a.example",
            "a.example 10.7.8.9",
        ] {
            assert_eq!(pinned(text), 0, "{text}");
        }
    }
}

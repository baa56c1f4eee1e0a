//! The stub resolver's configuration: resolv.conf(5).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::libc_servers::{self, DNS_PORT};
use super::{LibcServers, blanks};
use crate::dns::Name;
use crate::limits;
use crate::text::{beginning, shortened};

/// What a stub resolver on this host is told by resolv.conf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[expect(clippy::struct_excessive_bools, reason = "each is one option of resolv.conf")]
pub struct StubConfiguration {
    /// The file.
    pub source: String,
    /// Whether the user named the file: this host's own clients read another one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_copy: bool,
    /// The name servers, in the order they are asked, one twice where it is named twice among the first three. Clients
    /// take those three, but on Windows. Where the file names none, 127.0.0.1 and ::1, which Go uses then (Go,
    /// src/net/dnsconfig.go; glibc uses 127.0.0.1), and `defaulted` is set. Empty on Windows alone, where it has no
    /// name server for the name and asks nobody.
    pub name_servers: Vec<SocketAddr>,
    /// Whether the file names no name server.
    #[serde(default)]
    pub defaulted: bool,
    /// The search list.
    pub search: Vec<Name>,
    /// `options ndots`.
    pub ndots: u32,
    /// `options timeout`, seconds.
    pub timeout_s: u32,
    /// `options attempts`.
    pub attempts: u32,
    /// `options rotate`.
    pub rotate: bool,
    /// `options use-vc`: TCP always.
    pub use_vc: bool,
    /// `options single-request` or `single-request-reopen`: AAAA is asked for after A, and not beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub single_request: bool,
    /// `options edns0`: glibc asks with EDNS (resolv.conf(5)). The `stub-resolv.conf` of systemd-resolved has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub edns0: bool,
    /// What C libraries take from it, where that is something else than what Go takes.
    #[serde(default, skip_serializing_if = "LibcServers::is_same")]
    pub libc: LibcServers,
    /// What could not be read in it, line by line; such lines are passed over, as the C library does.
    #[serde(default)]
    pub problems: Vec<String>,
}

impl StubConfiguration {
    /// Whether this name is looked up below the suffixes of the search list before it is looked up itself: it has fewer
    /// dots than `ndots` (resolv.conf(5); Go, src/net/dnsclient_unix.go, nameList).
    pub fn searches_first(&self, name: &Name) -> bool {
        let dots = name.labels().len().saturating_sub(1);
        !self.search.is_empty() && dots < self.ndots as usize
    }

    /// Reads the text of a resolv.conf. `interface_index` turns the name in a link-local scope
    /// (`fe80::1%eth0`) into its number. Never fails: a line that cannot be read is a problem that is kept.
    pub fn parse(source: &str, text: &[u8], interface_index: impl Fn(&str) -> Option<u32>) -> Self {
        let (config, errors) = resolv_conf::Config::parse_with_errors(&for_the_parser(text));
        let mut problems: Vec<(usize, String)> = look_alikes(text);
        let of_lines: BTreeSet<usize> = problems.iter().map(|(line, _)| *line).collect();
        // Each is looked for from the beginning of the text: a file may have a hundred thousand of them, in its order.
        let others = errors.iter().filter(|error| !of_lines.contains(&(line_of(error) + 1)));
        problems.extend(others.take(limits::HOST_PROBLEMS).map(|error| problem(error, text)));
        let told: BTreeSet<usize> = errors.iter().map(|error| line_of(error) + 1).chain(of_lines).collect();
        let mut name_servers = Vec::new();
        let mut beyond = Vec::new();
        for (at, line) in text.split(|octet| *octet == b'\n').enumerate() {
            let line = String::from_utf8_lossy(line);
            let Some(value) = libc_servers::value_by_go(&line) else {
                continue;
            };
            let Some(address) = libc_servers::by_go(&line, &interface_index) else {
                if !told.contains(&(at + 1)) && problems.len() < 2 * limits::HOST_PROBLEMS {
                    problems.push((at + 1, no_name_server(value)));
                }
                continue;
            };
            // A second line of one server takes the place of another among the first three, which clients use.
            if name_servers.contains(&address) && name_servers.len() >= limits::NAME_SERVERS_USED {
                continue;
            }
            let value = shortened(value, limits::SHOWN_OF_FILE);
            if name_servers.len() >= limits::NAME_SERVERS {
                if beyond.len() < limits::HOST_PROBLEMS {
                    beyond.push(format!(
                        "name server {value} is beyond the {} that are asked",
                        limits::NAME_SERVERS
                    ));
                }
                continue;
            }
            // It is asked for the report alone.
            if name_servers.len() >= limits::NAME_SERVERS_USED {
                beyond.push(format!(
                    "name server {value} stands behind the third: glibc, musl and Go take three, and none of them asks it"
                ));
            }
            name_servers.push(address);
        }
        problems.sort_by_key(|(line, _)| *line);
        problems.truncate(limits::HOST_PROBLEMS);
        let problems = problems.into_iter().map(|(line, said)| format!("line {line}: {said}"));
        let mut problems: Vec<String> = problems.chain(beyond).collect();
        let libc = LibcServers::of(text, &interface_index);
        let mut search = Vec::new();
        for suffix in config.get_last_search_or_domain() {
            match suffix.parse::<Name>() {
                _ if suffix.contains(NO_BLANK) => {}
                Ok(name) if name.is_root() || search.contains(&name) => {}
                Ok(_) if search.len() >= limits::SEARCH_SUFFIXES => {
                    problems.push(format!(
                        "search suffix {suffix:?} is beyond the {} that are read",
                        search.len()
                    ));
                }
                Ok(name) => search.push(name),
                Err(error) => problems.push(format!("search suffix {suffix:?}: {error}")),
            }
        }
        problems.truncate(limits::HOST_PROBLEMS);
        // A capture has to hold them.
        let problems = problems
            .iter()
            .map(|problem| shortened(problem, limits::TEXT_FROM_WIRE))
            .collect();
        let defaulted = name_servers.is_empty();
        if defaulted {
            name_servers.push(SocketAddr::from((Ipv4Addr::LOCALHOST, DNS_PORT)));
            name_servers.push(SocketAddr::from((Ipv6Addr::LOCALHOST, DNS_PORT)));
        }
        Self {
            source: source.to_owned(),
            is_copy: false,
            name_servers,
            defaulted,
            search,
            // Go caps ndots at 15 and reads timeout and attempts of at least 1 (src/net/dnsconfig_unix.go).
            ndots: config.ndots.min(15),
            timeout_s: config.timeout.clamp(1, 30),
            attempts: config.attempts.clamp(1, 5),
            rotate: config.rotate,
            use_vc: config.use_vc,
            single_request: config.single_request || config.single_request_reopen,
            edns0: config.edns0,
            libc,
            problems,
        }
    }
}

/// What stands for a look-alike of a blank in front of the parser, which takes all of Unicode's for blanks.
const NO_BLANK: char = char::REPLACEMENT_CHARACTER;

/// The text with words as the C library has them.
fn for_the_parser(text: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|line| blanks::look_alike(line).is_none());
    if text.is_ascii() || text.split(|octet| *octet == b'\n').all(is_plain) {
        return Cow::Borrowed(text);
    }
    let lines = text.split(|octet| *octet == b'\n').map(|line| {
        if let Ok(line) = std::str::from_utf8(line) {
            let words: String = line
                .chars()
                .map(|c| if blanks::is_look_alike(c) { NO_BLANK } else { c })
                .collect();
            return Cow::Owned(words.into_bytes());
        }
        // What stands in a comment changes nothing of the line.
        let end = line
            .windows(2)
            .position(|two| matches!(two, [b' ' | b'\t', b'#' | b';']));
        let before = end.map_or(line, |end| &line[..end]);
        Cow::Borrowed(if before.is_ascii() { before } else { line })
    });
    Cow::Owned(lines.collect::<Vec<_>>().join(&b'\n'))
}

/// The lines, from 1, where something looks like a blank and is none, with what is to be said of them.
fn look_alikes(text: &[u8]) -> Vec<(usize, String)> {
    let lines = text.split(|octet| *octet == b'\n').enumerate();
    let found = lines.filter_map(|(at, line)| {
        let line = std::str::from_utf8(line).ok()?;
        let c = blanks::look_alike(line.split(['#', ';']).next()?)?;
        Some((at + 1, blanks::explained(c)))
    });
    found.take(limits::HOST_PROBLEMS).collect()
}

/// What is wrong with a line, in our words: the line counted from 1, and what stands there and becomes of it.
fn problem(error: &resolv_conf::ParseError, text: &[u8]) -> (usize, String) {
    use resolv_conf::ParseError;
    let at = line_of(error);
    let line = text.split(|octet| *octet == b'\n').nth(at).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = blanks::words(line.split(['#', ';']).next().unwrap_or_default());
    let keyword = beginning(words.next().unwrap_or_default());
    let value = shortened(words.next().unwrap_or_default(), limits::SHOWN_OF_FILE);
    let said = match error {
        ParseError::InvalidUtf8(..) => "octets that are not UTF-8 stand there: the line is left out".to_owned(),
        ParseError::InvalidIp(..) if value.parse::<SocketAddr>().is_ok() => {
            format!("{value:?} has a port, and {keyword} takes none: the line is left out")
        }
        ParseError::InvalidIp(..) => format!("{value:?} is no IP address: the line is left out"),
        ParseError::InvalidValue(_) if value.is_empty() => format!("{keyword:?} has no value"),
        ParseError::InvalidValue(_) => format!("{keyword:?} cannot have the value {value:?}"),
        ParseError::InvalidOptionValue(_) => "an option has a value that it cannot have".to_owned(),
        ParseError::InvalidOption(_) => "an option stands there that is not known".to_owned(),
        ParseError::InvalidDirective(_) => format!("{keyword:?} is not known in resolv.conf: the line is left out"),
        ParseError::ExtraData(_) => format!("more stands behind {value:?}: it is left out"),
    };
    (at + 1, said)
}

/// The line of an error, from 0.
fn line_of(error: &resolv_conf::ParseError) -> usize {
    use resolv_conf::ParseError;
    let (ParseError::InvalidUtf8(at, _)
    | ParseError::InvalidValue(at)
    | ParseError::InvalidOptionValue(at)
    | ParseError::InvalidOption(at)
    | ParseError::InvalidDirective(at)
    | ParseError::InvalidIp(at, _)
    | ParseError::ExtraData(at)) = error;
    *at
}

/// Why Go takes no name server from a line with this in the place of the address, where the parser finds no fault.
fn no_name_server(value: &str) -> String {
    let is_scoped = value
        .split_once('%')
        .is_some_and(|(address, _)| address.parse::<Ipv6Addr>().is_ok());
    let value = shortened(value, limits::SHOWN_OF_FILE);
    if is_scoped {
        format!("name server {value}: no such interface")
    } else {
        format!("{value:?} is no IP address: the line is left out")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> StubConfiguration {
        StubConfiguration::parse("test", text.as_bytes(), |name| (name == "eth0").then_some(7))
    }

    #[test]
    fn servers_search_and_options() {
        let stub = parse(
            "# a comment\nnameserver 10.63.200.10\nnameserver 10.63.200.10\nnameserver fe80::1%eth0\n\
             domain old.example\nsearch corp.example. example\noptions ndots:2 rotate timeout:3 attempts:1\n",
        );
        let servers: Vec<String> = stub.name_servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["10.63.200.10:53", "10.63.200.10:53", "[fe80::1%7]:53"]);
        let search: Vec<String> = stub.search.iter().map(ToString::to_string).collect();
        assert_eq!(search, ["corp.example", "example"]);
        assert_eq!(
            (stub.ndots, stub.timeout_s, stub.attempts, stub.rotate),
            (2, 3, 1, true)
        );
        assert!(!stub.defaulted && stub.problems.is_empty(), "{stub:?}");
    }

    #[test]
    fn edns0_is_an_option_of_its_own() {
        let edns0 = |options: &str| parse(&format!("nameserver 10.0.0.1\noptions {options}\n")).edns0;
        assert!(edns0("edns0") && edns0("edns0 trust-ad") && edns0("timeout:1 edns0"));
        assert!(!edns0("trust-ad") && !edns0("ndots:1"));
    }

    fn addresses(stub: &StubConfiguration) -> Vec<String> {
        let all = stub.name_servers.iter();
        all.map(|address| address.ip().to_string()).collect()
    }

    #[test]
    fn what_stands_behind_the_third_is_said() {
        let stub = parse("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n");
        assert_eq!(addresses(&stub), ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]);
        assert_eq!(stub.problems.len(), 1, "{:?}", stub.problems);
        assert!(stub.problems[0].starts_with("name server 192.0.2.4 stands behind the third"));
        // One that is named twice takes two of the three places: the fourth line is not the third server.
        let stub = parse("nameserver 192.0.2.1\nnameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
        assert_eq!(addresses(&stub), ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"]);
        assert!(stub.problems[0].starts_with("name server 192.0.2.3 stands behind the third"));
    }

    #[test]
    fn problems_are_in_our_words_and_count_lines_from_1() {
        for (line, says) in [
            (
                "nameserver dns.example",
                "\"dns.example\" is no IP address: the line is left out",
            ),
            (
                "nameserver 192.0.2.1:5353",
                "\"192.0.2.1:5353\" has a port, and nameserver takes none: the line is left out",
            ),
            ("nameserver", "\"nameserver\" has no value"),
            (
                "nameserver 192.0.2.1 192.0.2.2",
                "more stands behind \"192.0.2.1\": it is left out",
            ),
            (
                "frobnicate on",
                "\"frobnicate\" is not known in resolv.conf: the line is left out",
            ),
            ("options ndots:x", "an option has a value that it cannot have"),
            ("options sideways", "an option stands there that is not known"),
        ] {
            let stub = parse(&format!("# first\n{line}\n"));
            assert_eq!(stub.problems, [format!("line 2: {says}")], "{line}");
        }
        let stub = StubConfiguration::parse("test", b"search a.test\nnameserver \xff\n", |_| None);
        assert_eq!(
            stub.problems,
            ["line 2: octets that are not UTF-8 stand there: the line is left out"]
        );
    }

    /// glibc and Go do not take such a blank for one: the line names no server, or another suffix.
    #[test]
    fn what_looks_like_a_blank_parts_no_words() {
        let stub = parse("nameserver\u{a0}192.0.2.1\nnameserver 192.0.2.2\u{2009}\nnameserver\t192.0.2.3 # \u{a0}\r\n");
        assert_eq!(addresses(&stub), ["192.0.2.3"]);
        let lines: Vec<&str> = stub
            .problems
            .iter()
            .filter_map(|problem| problem.split(':').next())
            .collect();
        assert_eq!(lines, ["line 1", "line 2"]);
        assert!(stub.problems[0].contains("U+00A0") && stub.problems[1].contains("U+2009"));
        let stub = parse("nameserver \u{200b}192.0.2.1\n");
        assert!(stub.defaulted && stub.problems.len() == 1, "{stub:?}");
        // A suffix of no resolver's zone is looked up below: the other suffixes stay.
        let stub = parse("nameserver 192.0.2.1\nsearch a.test b\u{202f}c.test d.test\nfrobnicate\n");
        let search: Vec<String> = stub.search.iter().map(ToString::to_string).collect();
        assert_eq!(search, ["a.test", "d.test"]);
        assert!(stub.problems[0].starts_with("line 2") && stub.problems[1].starts_with("line 3"));
    }

    #[test]
    fn a_file_without_name_servers_means_loopback() {
        let stub = parse("search example\n");
        let servers: Vec<String> = stub.name_servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["127.0.0.1:53", "[::1]:53"]);
        assert!(stub.defaulted);
    }

    /// No client takes the first, and all take the second: glibc, musl and Go look at the octets of the address alone.
    #[test]
    fn an_address_ends_at_a_blank_and_a_comment_may_hold_any_octet() {
        for value in ["192.0.2.1;vpn", "192.0.2.1#53"] {
            let stub = parse(&format!("nameserver {value}\nnameserver 192.0.2.2\n"));
            assert_eq!(addresses(&stub), ["192.0.2.2"]);
            let said = format!("line 1: {value:?} is no IP address: the line is left out");
            assert_eq!(stub.problems, [said]);
        }
        let text = b"nameserver 192.0.2.1 # B\xfcro\nsearch corp.example # B\xfcro\nnameserver 192.0.2.2\n";
        let stub = StubConfiguration::parse("test", text, |_| None);
        assert_eq!(addresses(&stub), ["192.0.2.1", "192.0.2.2"]);
        let search: Vec<String> = stub.search.iter().map(ToString::to_string).collect();
        assert_eq!(search, ["corp.example"]);
        assert!(stub.problems.is_empty() && stub.libc.is_same(), "{stub:?}");
    }

    /// A client uses three lines, whatever they name.
    #[test]
    fn a_server_that_is_named_again_keeps_its_place_among_those_that_are_used() {
        let stub = parse(
            "nameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.1\n",
        );
        let servers: Vec<String> = stub.name_servers.iter().map(|server| server.ip().to_string()).collect();
        assert_eq!(servers, ["10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"]);
    }

    #[test]
    fn lines_that_cannot_be_read_are_kept_as_problems() {
        let stub = parse("nameserver not-an-address\nnameserver 10.0.0.1\nnameserver fe80::1%nope\n\u{1b}[31m\n");
        assert_eq!(stub.name_servers.len(), 1);
        assert!(stub.problems.len() >= 2, "{:?}", stub.problems);
    }
}

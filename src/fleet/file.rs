//! The file of `--targets`: a line each, as text or as JSON.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

use super::target::{FleetTarget, NamedBy};
use crate::dns::Name;
use crate::limits;
use crate::text;

/// A target, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// The line, from 1.
    pub number: usize,
    /// The target.
    pub target: FleetTarget,
}

/// A line that names no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct Unreadable {
    /// The line, from 1.
    pub line: usize,
    /// Why, and what to do.
    pub reason: String,
}

/// Reads the file: `HOST [IP|CIDR,...] [NAME]`, or `{"hostname": HOST, "expect": [IP|CIDR], "name": NAME}`. Empty lines
/// and what follows a `#` at the start of a word are left out. `host` reads the name of an endpoint as the command line
/// does. `each` gets line after line: there may be a hundred thousand.
pub fn read(
    octets: &[u8],
    host: impl Fn(&str) -> Result<(Name, Option<u16>), String>,
    mut each: impl FnMut(Result<TargetLine, Unreadable>),
) {
    let text = text::decode(octets);
    let mut lines = 0;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let read = match target(line, &host) {
            Ok(Some(_)) if lines == 0 && is_heading(line) => {
                let reason = of_heading(line, text.lines().skip(number));
                Err(Unreadable { line: number, reason })
            }
            Ok(None) => continue,
            Ok(Some(target)) => Ok(TargetLine { number, target }),
            Err(reason) => Err(Unreadable { line: number, reason }),
        };
        each(read);
        lines += 1;
        if lines > limits::TARGETS {
            let reason = format!("more than {} targets: split the file", limits::TARGETS);
            each(Err(Unreadable { line: number, reason }));
            break;
        }
    }
}

/// The words that head the columns of a table of clusters.
const HEADINGS: &[&str] = &[
    "address",
    "addresses",
    "cluster",
    "clustername",
    "cluster_name",
    "endpoint",
    "expect",
    "expected",
    "fqdn",
    "host",
    "hostname",
    "name",
    "server",
    "target",
    "url",
];

/// Whether a line is the heading of a table: all its words are ones that head a column.
fn is_heading(line: &str) -> bool {
    let mut words = line
        .split(SEPARATORS)
        .map(|word| word.trim_matches('"'))
        .filter(|word| !word.is_empty());
    words.all(|word| HEADINGS.contains(&word.to_ascii_lowercase().as_str()))
}

/// What to do about a heading, and where the hosts stand if not in front.
fn of_heading<'a>(line: &str, mut behind: impl Iterator<Item = &'a str>) -> String {
    let stands = text::beginning(line.trim());
    let second = behind.find(|line| !line.trim().is_empty()).and_then(url_behind);
    let first = second.map_or_else(String::new, |url| {
        format!(
            ", and the host first, as in {}",
            text::shortened(url, limits::PARSER_MESSAGE)
        )
    });
    format!(
        "{stands:?} is the heading of a table and no target: take the line away{first}; each line is HOST [IP|CIDR,...] \
         [NAME]"
    )
}

/// The URL that stands behind the first word of a line.
fn url_behind(line: &str) -> Option<&str> {
    let mut words = line.split(SEPARATORS).map(|word| word.trim_matches('"'));
    let first = words.find(|word| !word.is_empty())?;
    let is_url = |word: &str| word.starts_with("https://") && !word.contains(|c| is_in_no_host(c) || !c.is_ascii());
    words.find(|word| is_url(word) && !is_url(first) && !first.contains('.'))
}

/// The target of a line; `None` where it has none.
fn target(
    line: &str,
    host: impl Fn(&str) -> Result<(Name, Option<u16>), String>,
) -> Result<Option<FleetTarget>, String> {
    if line.len() > limits::TARGET_LINE {
        return Err(format!(
            "the line has {} octets, and at most {} are read: write one target a line",
            line.len(),
            limits::TARGET_LINE
        ));
    }
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    if line.contains('\0') {
        return Err("a NUL octet stands there, as in a file that is not text: save the file as UTF-8".to_owned());
    }
    if line.contains(char::REPLACEMENT_CHARACTER) {
        return Err("an octet stands there that is not UTF-8: save the file as UTF-8".to_owned());
    }
    if ["- ", "* ", "• "].iter().any(|mark| line.starts_with(mark)) {
        return Err("the mark of a list stands in front: write the host alone, one a line".to_owned());
    }
    if line.starts_with('[') && !line.contains("]:") {
        return Err("a JSON list: write one JSON object a line, or one host a line".to_owned());
    }
    let words = if line.starts_with('{') {
        of_json(line)?
    } else {
        if let Some(url) = url_behind(line) {
            let url = text::shortened(url, limits::PARSER_MESSAGE);
            return Err(format!(
                "the host stands behind another word: write {url} first, HOST [IP|CIDR,...] [NAME]"
            ));
        }
        of_text(line)?
    };
    if words.host.contains(is_in_no_host) {
        let stands = text::beginning(&words.host);
        return Err(format!(
            "{stands:?} is not a host name: write one target a line, HOST [IP|CIDR,...] [NAME]"
        ));
    }
    let (hostname, port) = host(&words.host)?;
    let shown = hostname.to_string();
    let mut target = FleetTarget::new(shown, hostname, NamedBy::File);
    target.port = port;
    if words.expect.len() > limits::EXPECTED {
        return Err(format!(
            "{} addresses and networks are too many: name at most {}",
            words.expect.len(),
            limits::EXPECTED
        ));
    }
    for expect in words.expect {
        match expect {
            Expect::Address(ip) if !target.expect_addresses.contains(&ip) => target.expect_addresses.push(ip),
            Expect::Network(cidr) if !target.expect_cidrs.contains(&cidr) => target.expect_cidrs.push(cidr),
            Expect::Address(_) | Expect::Network(_) => {}
        }
    }
    match words.name {
        None => {}
        Some(name) if name.chars().count() > limits::FLAG_NAME => {
            return Err(format!("the name has more than {} characters", limits::FLAG_NAME));
        }
        Some(name) if name.chars().any(char::is_control) => {
            return Err("the name holds a control character: leave it out".to_owned());
        }
        Some(name) => target.call(name),
    }
    Ok(Some(target))
}

/// Whether it is a character that neither a host name nor the URL of one has: the file may be another, and one of
/// secrets.
fn is_in_no_host(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric() && !".-_:/[]%?#@&".contains(c)
}

enum Expect {
    Address(IpAddr),
    Network(IpNet),
}

fn expect(word: &str) -> Option<Expect> {
    if let Ok(ip) = word.parse() {
        return Some(Expect::Address(ip));
    }
    word.parse().map(|cidr: IpNet| Expect::Network(cidr.trunc())).ok()
}

/// What a line says, not yet read further.
struct Words {
    host: String,
    expect: Vec<Expect>,
    name: Option<String>,
}

const SEPARATORS: [char; 3] = [' ', '\t', ','];

fn of_text(line: &str) -> Result<Words, String> {
    let without_comment = line
        .match_indices('#')
        .find(|(at, _)| line[..*at].ends_with([' ', '\t']))
        .map_or(line, |(at, _)| &line[..at]);
    let word = |rest: &str| {
        let end = rest.find(SEPARATORS).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        (word.to_owned(), rest.trim_matches(SEPARATORS).to_owned())
    };
    let (host, mut rest) = word(without_comment);
    let mut expected = Vec::new();
    while !rest.is_empty() {
        let (next, behind) = word(&rest);
        match expect(&next) {
            Some(one) => expected.push(one),
            // No cluster is called so, and a name of it would hide what was meant.
            None if looks_like_address(&next) => return Err(not_expectable(&next)),
            None => break,
        }
        rest = behind;
    }
    Ok(Words {
        host,
        expect: expected,
        name: Some(rest).filter(|name| !name.is_empty()),
    })
}

fn not_expectable(word: &str) -> String {
    let shown: String = word.chars().take(limits::SHOWN_OF_FILE).collect();
    format!("{shown:?} is neither an IP address nor a network: write 10.0.1.10 or 10.0.0.0/16")
}

/// Whether a word is written as only addresses and networks are.
fn looks_like_address(word: &str) -> bool {
    let of_address = |c: char| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '/' | '%');
    word.chars().all(of_address) && word.contains(['.', ':', '/']) && word.contains(|c: char| c.is_ascii_digit())
}

/// One address or network, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Deserialize)]
struct Object {
    hostname: Option<serde_json::Value>,
    expect: Option<serde_json::Value>,
    name: Option<serde_json::Value>,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

fn of_json(line: &str) -> Result<Words, String> {
    let shape = r#"write {"hostname": "HOST", "expect": ["10.0.1.10"], "name": "NAME"}"#;
    let object: Object = serde_json::from_str(line).map_err(|error| {
        let place = format!("character {}", error.column());
        format!("not a JSON object on one line, from {place} on: {shape}")
    })?;
    if let Some((key, _)) = object.others.first_key_value() {
        let shown: String = key.chars().take(limits::SHOWN_OF_FILE).collect();
        return Err(format!("the key {shown:?} means nothing here: {shape}"));
    }
    let text = |key: &str, value: serde_json::Value| match value {
        serde_json::Value::String(text) => Ok(text),
        _ => Err(format!("{key} is no text: {shape}")),
    };
    let set = |value: Option<serde_json::Value>| value.filter(|value| !value.is_null());
    let host = set(object.hostname).ok_or_else(|| format!("there is no hostname: {shape}"))?;
    let expected = match set(object.expect) {
        None => Vec::new(),
        Some(value) => match serde_json::from_value(value) {
            Ok(OneOrMore::One(one)) => one.split(',').map(|one| one.trim().to_owned()).collect(),
            Ok(OneOrMore::More(more)) => more,
            Err(_) => return Err(format!("expect is no list of addresses and networks: {shape}")),
        },
    };
    let name = set(object.name).map(|name| text("name", name)).transpose()?;
    Ok(Words {
        host: text("hostname", host)?,
        expect: expected
            .iter()
            .filter(|word| !word.is_empty())
            .map(|word| expect(word).ok_or_else(|| not_expectable(word)))
            .collect::<Result<_, _>>()?,
        name: name.filter(|name| !name.trim().is_empty()),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    fn lines(text: &str) -> Vec<Result<TargetLine, Unreadable>> {
        of_octets(text.as_bytes())
    }

    fn of_octets(octets: &[u8]) -> Vec<Result<TargetLine, Unreadable>> {
        let mut lines = Vec::new();
        let host = |host: &str| {
            let name = Name::from_host(host);
            name.map(|name| (name, None))
                .map_err(|error| format!("{host:?} is not a host name ({error})"))
        };
        read(octets, host, |line| lines.push(line));
        lines
    }

    fn shown(text: &str) -> Vec<(usize, String, String, Vec<String>)> {
        let shown = |line: TargetLine| {
            let target = line.target;
            let addresses = target.expect_addresses.iter().map(ToString::to_string);
            let networks = target.expect_cidrs.iter().map(ToString::to_string);
            let hostname = target.hostname.to_string();
            (
                line.number,
                hostname,
                target.name().into_owned(),
                addresses.chain(networks).collect(),
            )
        };
        lines(text).into_iter().map(|line| shown(line.unwrap())).collect()
    }

    #[test]
    fn a_line_is_a_host_what_is_expected_and_a_name() {
        let found = shown(concat!(
            "\u{feff}# the fleet\r\n",
            "\r\n",
            "a.test\r\n",
            "b.test 10.0.0.1,10.0.0.2 prod\n",
            "  c.test\t10.0.0.0/16 fd00::1   prod in Tokyo  # the old one\n",
            "d.test,10.0.0.1,blue\n",
            "e.test blue#1\n",
            "f.test dead.beef\n",
            "{\"hostname\": \"g.test\", \"expect\": [\"10.0.0.1\", \"10.1.0.0/16\"], \"name\": \"json\"}\n",
            "{\"hostname\": \"h.test\", \"expect\": \"10.0.0.1\"}",
        ));
        let of = |number, host: &str, name: &str, expect: &[&str]| {
            let expect = expect.iter().map(ToString::to_string).collect();
            (number, host.to_owned(), name.to_owned(), expect)
        };
        assert_eq!(
            found,
            [
                of(3, "a.test", "a.test", &[]),
                of(4, "b.test", "prod", &["10.0.0.1", "10.0.0.2"]),
                of(5, "c.test", "prod in Tokyo", &["fd00::1", "10.0.0.0/16"]),
                of(6, "d.test", "blue", &["10.0.0.1"]),
                of(7, "e.test", "blue#1", &[]),
                of(8, "f.test", "dead.beef", &[]),
                of(9, "g.test", "json", &["10.0.0.1", "10.1.0.0/16"]),
                of(10, "h.test", "h.test", &["10.0.0.1"]),
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_says_where_and_why() {
        for (text, line, part) in [
            ("a.test\nbücher.test", 2, "not a host name"),
            ("a.test\n- b.test", 2, "the mark of a list"),
            (
                "a.test 10.0.0.300",
                1,
                "\"10.0.0.300\" is neither an IP address nor a network",
            ),
            ("a.test 10.0.0.0/33 x", 1, "neither"),
            ("a.\0test", 1, "NUL"),
            ("\n\n{\"hostname\": 5}", 3, "hostname is no text"),
            (
                "hostname,expect,name\na.test",
                1,
                "is the heading of a table and no target: take the line away;",
            ),
            ("# fleet\n\nHOST\n", 3, "is the heading"),
            (
                "Name,Endpoint\nprod,https://a.test\n",
                1,
                "take the line away, and the host first, as in https://a.test; each line",
            ),
            ("a.test\nprod,https://b.test", 2, "write https://b.test first"),
            ("{\"host\": \"a.test\"}", 1, "the key \"host\" means nothing here"),
            ("{\"hostname\": \"a.test\"", 1, "not a JSON object on one line"),
            ("{\"name\": \"x\"}", 1, "there is no hostname"),
            ("{\"hostname\": \"a.test\", \"expect\": [\"x\"]}", 1, "\"x\" is neither"),
            ("{\"hostname\": \"a.test\", \"expect\": {}}", 1, "no list"),
            ("[{\"hostname\": \"a.test\"}]", 1, "a JSON list"),
            ("a.test \u{1b}[31mred", 1, "control character"),
        ] {
            let found = lines(text);
            let error = found.iter().find_map(|line| line.as_ref().err()).expect(text);
            assert_eq!(error.line, line, "{text:?}");
            assert!(error.reason.contains(part), "{text:?}: {error}");
            assert!(!error.to_string().contains('\u{1b}'));
        }
        let long = format!("a.test {}", "x".repeat(limits::TARGET_LINE));
        assert!(lines(&long)[0].as_ref().unwrap_err().reason.contains("octets"));
        let many = vec!["10.0.0.1"; limits::EXPECTED + 1].join(",");
        let found = lines(&format!("a.test {many}"));
        assert!(found[0].as_ref().unwrap_err().reason.contains("too many"));
        let name = format!("a.test {}", "x".repeat(limits::FLAG_NAME + 1));
        assert!(lines(&name)[0].as_ref().unwrap_err().reason.contains("characters"));
        assert!(of_octets(b"a\xff.test")[0].is_err());
    }
}

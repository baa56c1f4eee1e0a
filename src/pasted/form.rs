//! How a command sends its question, and to whom.

use std::net::{IpAddr, SocketAddr};

use super::words::socket;

/// How a question was sent, as far as the form of it can decide whether there is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct QuestionForm {
    pub(super) is_tcp: bool,
    pub(super) is_checking_disabled: bool,
    pub(super) is_without_edns: bool,
}

impl QuestionForm {
    /// What options make of it: dig(1), kdig(1), delv(1), drill(1), host(1), nslookup(1), Resolve-DnsName.
    pub(super) fn of(words: &[&str]) -> Self {
        let has = |options: &[&str]| {
            words
                .iter()
                .any(|word| options.iter().any(|option| word.eq_ignore_ascii_case(option)))
        };
        Self {
            is_tcp: has(&["+tcp", "+vc", "-vc", "-TcpOnly"]) || words.contains(&"-T"),
            is_checking_disabled: has(&["+cd", "+cdflag", "-DnssecCd"]),
            is_without_edns: has(&["+noedns"]),
        }
    }
}

/// Whether the words behind a command name a server, by its address or by its name, or a port of its. Without either
/// these programs ask what the host itself asks.
pub(super) fn names_a_server(program: &str, words: &[&str]) -> bool {
    // dig(1), kdig(1), drill(1), host(1); nslookup(1).
    let is_port = |word: &str| word.starts_with("-po") && word.contains('=');
    let has_port = words.iter().any(|word| match program {
        "nslookup" => is_port(word),
        "dig" | "kdig" | "drill" | "host" => *word == "-p" || word.strip_prefix("-p").is_some_and(is_number),
        _ => false,
    });
    if has_port {
        return true;
    }
    if program.eq_ignore_ascii_case("Resolve-DnsName") {
        return words.iter().any(|word| word.eq_ignore_ascii_case("-Server"));
    }
    if matches!(program, "nslookup" | "host") {
        let is_value = |at: usize| at > 0 && matches!(words[at - 1], "-t" | "-W" | "-R" | "-c" | "-N" | "-p");
        let plain = (0..words.len()).filter(|at| !words[*at].starts_with('-') && !is_value(*at));
        return plain.count() > 1;
    }
    let is_option = |word: &&str| matches!(*word, "-n" | "--nameserver" | "-s" | "--server");
    words
        .iter()
        .any(|word| word.starts_with('@') || matches!(program, "dog" | "doggo" | "q") && is_option(word))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// The name server that the words behind a command name: `@ADDRESS`, behind `-Server`, or the last word of nslookup and
/// host.
pub(super) fn named_server(program: &str, words: &[&str]) -> Option<SocketAddr> {
    if program.eq_ignore_ascii_case("Resolve-DnsName") {
        let at = words.iter().position(|word| word.eq_ignore_ascii_case("-Server"))?;
        return socket(words.get(at + 1)?.split(',').next()?);
    }
    if matches!(program, "nslookup" | "host") {
        let last = words.iter().rev().find(|word| !word.starts_with('-'))?;
        let is_behind_a_name = words.len() > 1;
        return last
            .parse::<IpAddr>()
            .ok()
            .filter(|_| is_behind_a_name)
            .and_then(|_| socket(last));
    }
    words.iter().find_map(|word| socket(word.strip_prefix('@')?))
}

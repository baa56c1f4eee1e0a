//! What a command line asks a name server for: with another type than A, a reply without a record says nothing of the
//! name's address.

use std::net::SocketAddr;

use super::form::{self, QuestionForm};
use super::prompt::at_prompt;
use super::{host, same};
use crate::dns::RecordType;
use crate::limits;

/// What a command asks for.
#[derive(Debug, Clone)]
pub(super) struct CommandQuestion<'a> {
    /// The name; `None` where it holds for whatever is asked next (nslookup's `set type=`).
    pub(super) host: Option<&'a str>,
    is_other: bool,
    /// The name server, where the command names one by its address.
    pub(super) server: Option<SocketAddr>,
    /// Whether it names one, by its address or by its name.
    pub(super) names_a_server: bool,
    pub(super) form: QuestionForm,
}

/// Programs whose types are words of their own, or stand behind `-t` (dig(1), kdig(1), delv(1), drill(1), host(1);
/// dog, doggo and q have the words too).
const WITH_WORDS: &[&str] = &["dig", "kdig", "delv", "drill", "host", "dog", "doggo", "q"];

/// Whether it is a type other than A, and not every type at once.
pub(super) fn is_other(kind: &str) -> bool {
    !["A", "ANY", "*", "A_AAAA"]
        .iter()
        .any(|one| kind.eq_ignore_ascii_case(one))
}

/// Whether it is the name of an address for the way back from it (RFC 1035 section 3.5; RFC 3596 section 2.5), or the
/// address itself, as nslookup has it.
pub(super) fn is_reverse(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.ends_with(".in-addr.arpa") || name.ends_with(".ip6.arpa") || name.parse::<std::net::IpAddr>().is_ok()
}

/// Whether types among the words are none that an A record is the answer to. Without any type it is A.
pub(super) fn is_other_among(words: &[&str]) -> bool {
    let types = types(words);
    !types.is_empty() && types.iter().all(|kind| is_other(kind))
}

/// The types among the words: behind `-t`, or a type's own name in large or in small letters.
fn types<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let is_type = || word.to_ascii_uppercase().parse::<RecordType>().is_ok() || word.eq_ignore_ascii_case("ANY");
        match *word {
            "-t" => found.extend(words.next().copied()),
            "-x" => found.push("PTR"),
            _ if is_type() => found.push(word),
            _ => {}
        }
    }
    found
}

/// The type that one of nslookup's options names: `-type=AAAA`, `-q=AAAA`, `-querytype=AAAA`. BIND's and Windows' both
/// take the beginnings of the words.
fn of_nslookup(word: &str) -> Option<&str> {
    let (key, kind) = word.trim_start_matches('-').split_once('=')?;
    let key = key.to_ascii_lowercase();
    let is_key = !key.is_empty()
        && ["type", "query", "querytype"]
            .iter()
            .any(|whole| whole.starts_with(&key));
    is_key.then_some(kind)
}

/// The question of a command in a line.
fn of_command(line: &str) -> Option<CommandQuestion<'_>> {
    let words: Vec<&str> = line.split_whitespace().take(limits::PASTED_WORDS).collect();
    // nslookup's own prompt.
    if let Some(at) = words.iter().position(|word| *word == "set").filter(|at| *at < 2) {
        let kind = words.get(at + 1).and_then(|word| of_nslookup(word))?;
        return Some(CommandQuestion {
            host: None,
            is_other: is_other(kind),
            server: None,
            names_a_server: false,
            form: QuestionForm::default(),
        });
    }
    let at = words.iter().position(|word| is_known(word))?;
    of_words(program(words[at]), &of_one_command(&words[at + 1..]))
}

/// The words of a command as far as a shell takes them for its own: up to what ends the command, or leads its output
/// elsewhere.
fn of_one_command<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut own = Vec::new();
    for word in words {
        if matches!(*word, "|" | "||" | "&&" | "&" | ";") || word.contains('>') {
            break;
        }
        own.push(word.trim_end_matches(';'));
        if word.ends_with(';') {
            break;
        }
    }
    own
}

/// The program of a word: without its folder, and without Windows' ending.
fn program(word: &str) -> &str {
    // Windows' own prompt goes on without a space.
    let word = word.rsplit(['/', '\\', '>']).next().unwrap_or_default();
    word.strip_suffix(".exe").unwrap_or(word)
}

/// Whether a word is one of the programs.
fn is_known(word: &str) -> bool {
    let name = program(word);
    WITH_WORDS.contains(&name)
        || ["nslookup", "resolvectl", "systemd-resolve"].contains(&name)
        || name.eq_ignore_ascii_case("Resolve-DnsName")
}

/// The question of a line that is a command: the program stands first, behind a prompt, or where another program runs
/// it.
pub(super) fn command(line: &str) -> Option<CommandQuestion<'_>> {
    let words: Vec<&str> = line.split_whitespace().take(limits::PASTED_WORDS).collect();
    let at = words.iter().position(|word| is_known(word))?;
    // PowerShell begins an error with the command's name and a colon.
    if words.get(at + 1) == Some(&":") {
        return None;
    }
    let before = at.checked_sub(1).map(|before| words[before]);
    let is_first = before.is_none_or(|word| matches!(word, "--" | "sudo") || word.ends_with(['$', '#', '%', '>']));
    is_first.then(|| of_command(line)).flatten()
}

/// The question of a run: dig's first line says it again, and the command above may be there.
pub(super) fn of_run(run: &str) -> Option<CommandQuestion<'_>> {
    let banner = run
        .lines()
        .find_map(|line| line.split_once("<<>> DiG ")?.1.split_once("<<>> "))
        .map(|(_, arguments)| arguments);
    if let Some(arguments) = banner {
        let words: Vec<&str> = arguments.split_whitespace().take(limits::PASTED_WORDS).collect();
        return of_words("dig", &words);
    }
    // PowerShell shows in an error what was run, behind a plus sign.
    let shown = || {
        run.lines()
            .find_map(|line| of_command(line.trim_start().strip_prefix("+ ")?))
    };
    run.lines().find_map(command).or_else(shown)
}

fn of_words<'a>(program: &str, arguments: &[&'a str]) -> Option<CommandQuestion<'a>> {
    let asked = arguments
        .iter()
        .find(|word| word.contains('.') && !word.starts_with(['@', '+', '-']) && host(word).is_some());
    let is_other = match program {
        "nslookup" => arguments.iter().filter_map(|word| of_nslookup(word)).any(is_other),
        "resolvectl" | "systemd-resolve" => {
            let long = arguments.iter().filter_map(|word| word.strip_prefix("--type="));
            arguments.contains(&"-6") || long.chain(types(arguments)).any(is_other)
        }
        program if WITH_WORDS.contains(&program) => is_other_among(arguments),
        // Resolve-DnsName takes the type behind -Type, or as its second word.
        _ => is_other_among(arguments),
    };
    Some(CommandQuestion {
        host: Some(asked?.trim_end_matches('.')),
        is_other,
        server: form::named_server(program, arguments),
        names_a_server: form::names_a_server(program, arguments),
        form: QuestionForm::of(arguments),
    })
}

/// Whether the command above the line asked for another type of this name than A.
pub(super) fn was_other(text: &str, line: &str, name: Option<&str>) -> bool {
    let mut last: Option<CommandQuestion<'_>> = None;
    for above in text.lines() {
        if std::ptr::eq(above, line) {
            break;
        }
        if let Some(question) = of_command(above) {
            last = Some(question);
        } else if at_prompt(above).is_some() && last.as_ref().is_some_and(|last| last.host.is_some()) {
            last = None;
        }
    }
    last.is_some_and(|last| last.is_other && (last.host.is_none() || name.is_none() || same(last.host, name)))
}

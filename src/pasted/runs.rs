//! The runs in a text, one behind the other: whom each asked, for what, and in which form.

use std::net::{IpAddr, SocketAddr};

use super::asked::{self, CommandQuestion};
use super::{reply::PastedReply, tool};
use crate::limits;

/// One run of a program, with the command before it and the errors beside it, as far as they are in the text.
#[derive(Debug, Clone)]
pub(super) struct Run<'a> {
    pub(super) text: &'a str,
    /// What was asked, where the command or dig's first line is there.
    pub(super) asked: Option<CommandQuestion<'a>>,
    /// A reply that dig, kdig, drill or delv printed whole.
    pub(super) has_reply: bool,
}

impl Run<'_> {
    /// The name server that it asked.
    pub(super) fn server(&self) -> Option<SocketAddr> {
        let named = || self.asked.as_ref().and_then(|asked| asked.server);
        tool::server(self.text).or_else(named)
    }

    fn has(&self, line: &str) -> bool {
        self.text.as_bytes().as_ptr_range().contains(&line.as_ptr())
    }
}

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

/// What is known of a run while its lines are read.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is seen or not, apart from the others"
)]
struct Open {
    has_banner: bool,
    /// nslookup's and host's lines with the server.
    has_server: bool,
    has_reply: bool,
    /// The line with which the program gave up.
    is_over: bool,
}

/// The text, run by run. A command at a prompt begins one, dig's first line, nslookup's and host's lines with the
/// server's name and address, and an error behind a reply. What stands before the first is its.
pub(super) fn all(text: &str) -> Vec<Run<'_>> {
    let mut starts = vec![0];
    let mut open = Open::default();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let plain = line.trim_start_matches([' ', '\t', '|', '│']).trim_end();
        let is_header = plain.contains(">>HEADER<<-") || plain.starts_with(";; opcode: ");
        let is_banner = plain.contains("<<>> DiG ");
        let is_server = lines.peek().is_some_and(|next| tool::is_pair(line, next));
        let is_command = at_prompt(plain).is_some() || asked::command(plain).is_some();
        let is_end = gives_up(plain);
        let starts_anew = is_command
            || is_banner && (open.has_banner || open.has_server || open.has_reply || open.is_over)
            || is_server && (open.has_banner || open.has_server || open.has_reply || open.is_over)
            || (is_error(plain) || is_end) && (open.has_reply || open.is_over)
            || is_header && open.is_over;
        if starts_anew && starts.len() < limits::PASTED_RUNS {
            starts.push(at);
            open = Open::default();
        }
        open.has_banner |= is_banner;
        open.has_server |= is_server;
        open.has_reply |= is_header;
        open.is_over |= is_end;
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let slices = starts.iter().copied().zip(ends).map(|(start, end)| &text[start..end]);
    // Lines before the first command, that are none, are its.
    let mut found: Vec<Run<'_>> = Vec::new();
    for slice in slices.filter(|slice| !slice.trim().is_empty()) {
        found.push(Run {
            text: slice,
            asked: asked::of_run(slice),
            has_reply: false,
        });
    }
    found
}

/// The name server that the runs of a text name; `None` where they name several.
pub(super) fn only_server(text: &str) -> Option<SocketAddr> {
    let runs = all(text);
    let mut servers = runs.iter().filter_map(|run| tool::server(run.text));
    let first = servers.next()?;
    servers.all(|server| server == first).then_some(first)
}

/// Gives each reply what its run says of it and it does not, and tells the runs that have one.
pub(super) fn join<'a>(runs: &mut [Run<'a>], replies: &mut [PastedReply<'a>]) {
    for reply in replies {
        if let Some(run) = runs.iter_mut().find(|run| run.has(reply.line)) {
            run.has_reply = true;
            reply.is_of(run);
        }
    }
}

/// What stands behind a prompt in a line: of a shell, of PowerShell, of Windows' own.
pub(super) fn at_prompt(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(command) = line.strip_prefix("$ ") {
        return Some(command);
    }
    if line.starts_with("PS ") {
        return line.split_once("> ").map(|(_, command)| command);
    }
    let is_drive = |line: &str| line.as_bytes().get(1..3) == Some(b":\\");
    if is_drive(line) {
        return line.split_once('>').map(|(_, command)| command);
    }
    // `user@host:~$ `, `[user@host ~]$ `, `root@host:/# `, `user@host ~ % `.
    let ends = ["$ ", "# ", "% "];
    let (end, mark) = ends.iter().filter_map(|mark| Some((line.find(mark)?, mark))).min()?;
    let before = &line[..end];
    let is_user = before.split(' ').next().is_some_and(|word| {
        let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '[' | '(' | ')');
        word.split_once('@')
            .is_some_and(|(user, host)| !user.is_empty() && user.chars().all(of_name) && !host.is_empty())
    });
    (is_user && before.len() < PROMPT).then(|| &line[end + mark.len()..])
}

/// Characters of a prompt.
pub(super) const PROMPT: usize = 60;

/// What dig, nslookup, host and kdig say where a server gave no reply, before they ask again.
fn is_error(line: &str) -> bool {
    line.contains(";; communications error to ")
        || line.contains(";; UDP setup with ")
        || line.starts_with(";; WARNING: ")
        || line.starts_with(";; connection timed out")
}

/// What they say last where none did.
fn gives_up(line: &str) -> bool {
    line.starts_with(';') && line.contains("no servers could be reached")
        || line.starts_with(";; ERROR: failed to query server ")
}

/// The name server that the words behind a command name: `@ADDRESS`, behind `-Server`, or the last word of nslookup and
/// host.
pub(super) fn named_server(program: &str, words: &[&str]) -> Option<SocketAddr> {
    let address = |word: &str| super::words::socket(word);
    if program.eq_ignore_ascii_case("Resolve-DnsName") {
        let at = words.iter().position(|word| word.eq_ignore_ascii_case("-Server"))?;
        return address(words.get(at + 1)?.split(',').next()?);
    }
    if matches!(program, "nslookup" | "host") {
        let last = words.iter().rev().find(|word| !word.starts_with('-'))?;
        let is_behind_a_name = words.len() > 1;
        return last
            .parse::<IpAddr>()
            .ok()
            .filter(|_| is_behind_a_name)
            .and_then(|_| address(last));
    }
    words.iter().find_map(|word| address(word.strip_prefix('@')?))
}

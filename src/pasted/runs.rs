//! The runs in a text, one behind the other: whom each asked, for what, and in which form.

use std::net::SocketAddr;

use super::asked::{self, CommandQuestion};
use super::prompt::at_prompt;
use super::reply::PastedReply;
use super::{reply_debug, tool};
use crate::limits;

/// One run of a program, with the command before it and the errors beside it, as far as they are in the text.
#[derive(Debug, Clone)]
pub(super) struct ToolRun<'a> {
    pub(super) text: &'a str,
    /// What was asked, where the command or dig's first line is there.
    pub(super) asked: Option<CommandQuestion<'a>>,
    /// A reply that dig, kdig, drill or delv printed whole.
    pub(super) has_reply: bool,
}

impl<'a> ToolRun<'a> {
    /// The name server that it asked.
    pub(super) fn server(&self) -> Option<SocketAddr> {
        let named = || self.asked.as_ref().and_then(|asked| asked.server);
        tool::server(self.text).or_else(named)
    }

    /// Its text, where its command is known and names no server: it asked what the host itself asks, which listens on
    /// the port of DNS (resolv.conf(5)).
    pub(super) fn of_own_server(&self) -> Option<&'a str> {
        let is_own = self.asked.as_ref().is_some_and(|asked| !asked.names_a_server);
        let is_of_dns = || self.server().is_none_or(|server| server.port() == 53);
        (is_own && is_of_dns()).then_some(self.text)
    }

    pub(super) fn has(&self, line: &str) -> bool {
        self.text.as_bytes().as_ptr_range().contains(&line.as_ptr())
    }
}

/// What is known of a run while its lines are read.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is seen or not, apart from the others"
)]
struct OpenRun {
    has_banner: bool,
    /// nslookup's and host's lines with the server.
    has_server: bool,
    has_reply: bool,
    /// The line with which the program gave up.
    is_over: bool,
}

/// The text, run by run. A command at a prompt begins one, dig's first line, nslookup's and host's lines with the
/// server's name and address, and an error behind a reply. What stands before the first is its.
pub(super) fn all(text: &str) -> Vec<ToolRun<'_>> {
    let mut starts = vec![0];
    let mut open = OpenRun::default();
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
            open = OpenRun::default();
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
    let mut found: Vec<ToolRun<'_>> = Vec::new();
    for slice in slices.filter(|slice| !slice.trim().is_empty()) {
        found.push(ToolRun {
            text: slice,
            asked: asked::of_run(slice),
            has_reply: false,
        });
    }
    found
}

/// The run of a text that a line of it is in.
pub(super) fn around<'a>(text: &'a str, line: &str) -> Option<&'a str> {
    all(text).iter().find(|run| run.has(line)).map(|run| run.text)
}

/// The name server that the runs of a text name; `None` where they name several.
pub(super) fn only_server(text: &str) -> Option<SocketAddr> {
    let runs = all(text);
    let mut servers = runs.iter().filter_map(|run| tool::server(run.text));
    let first = servers.next()?;
    servers.all(|server| server == first).then_some(first)
}

/// Gives each reply what its run says of it and it does not, and tells the runs that have one.
pub(super) fn join<'a>(runs: &mut [ToolRun<'a>], replies: &mut [PastedReply<'a>]) {
    for reply in replies {
        if let Some(run) = runs.iter_mut().find(|run| run.has(reply.line)) {
            run.has_reply = true;
            if let Some(asked) = &run.asked {
                reply.is_answer_to(asked);
                reply.of_own_server = run.of_own_server();
            }
            // nslookup names its server once, before the blocks.
            if reply_debug::is_header(reply.line) {
                reply.server = reply.server.or_else(|| tool::server(run.text));
            }
        }
    }
}

/// What dig, nslookup, host and kdig say where a server gave no reply, before they ask again.
fn is_error(line: &str) -> bool {
    line.contains(";; communications error to ")
        || line.contains(";; UDP setup with ")
        || line.contains(";; Connection to ")
        || line.starts_with(";; WARNING: ") && !is_of_reply(line)
        || line.starts_with(";; connection timed out")
}

/// What dig warns of within a reply (bin/dig/dig.c, printmessage).
fn is_of_reply(line: &str) -> bool {
    [
        "recursion requested but not available",
        ".local is reserved for Multicast DNS",
    ]
    .iter()
    .any(|warning| line.contains(warning))
}

/// What they say last where none did.
fn gives_up(line: &str) -> bool {
    line.starts_with(';') && line.contains("no servers could be reached")
        || line.starts_with(";; ERROR: failed to query server ")
}

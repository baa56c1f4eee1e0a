//! A pasted error message: what failed, whom it names, and what could be behind it. Pure text in, meaning out.
//!
//! The message never decides between causes (Go prints `no such host` for a denied name, for a filtered answer
//! and for a name without addresses alike); it narrows them down, and says what to ask next.

mod after_lookup;
mod around;
mod asked;
mod behind;
mod beyond;
mod block_page;
mod broken;
mod candidates;
mod certificate;
mod configuration;
mod defanged;
mod dial;
mod escaped;
mod explained;
mod form;
mod found;
mod glibc_languages;
mod go;
mod known;
mod layer;
mod library;
mod logs;
mod margin;
mod meaning;
mod named;
mod others;
mod prompt;
mod recognise;
mod reply;
mod reply_debug;
mod reply_json;
mod resolved;
mod rows;
mod runs;
mod seen;
mod sent;
mod server;
mod symptom;
mod terminal;
mod text;
mod tool;
mod tunnel;
mod unread;
mod web_servers;
mod windows;
mod words;

use std::net::SocketAddr;

use crate::dns::Name;
use crate::endpoint::EndpointName;
use crate::limits;
use crate::url;

use broken::broken_off;
use explained::explain;
use found::{Gravest, Recognised, without_other_lines};
use others::Others;
use recognise::{OF_TOOLS, RECOGNISERS};
use reply::PastedReply;
use seen::MessageSeen;
use text::{PrintedOn, is_masked};

pub use after_lookup::AfterLookup;
pub use candidates::Candidate;
pub use layer::Layer;
pub use margin::without as without_margin;
pub use named::{NamedText, named};
pub use sent::SentMessage;
pub use symptom::Symptom;
pub use unread::{UnreadText, unread};

/// What a pasted message means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The line that decided, cut where it is long. Hostile text: escaped before it is printed.
    pub line: String,
    /// What failed.
    pub symptom: Symptom,
    /// The program that printed it, where its words tell.
    pub client: Option<&'static str>,
    /// The name that was looked up; `None` where the message does not hold one that could be asked for.
    pub host: Option<Name>,
    /// The name server that the message names.
    pub server: Option<SocketAddr>,
    /// What can be said of the name server and of the resolver library, a sentence each.
    pub resolver: Vec<String>,
    /// What can be said of the name, a sentence each.
    pub name: Vec<String>,
    /// The findings that could be behind it, the likelier first, each with what would show it.
    pub candidates: Vec<Candidate>,
    /// The command line that asks.
    pub command: String,
    /// What the text is, behind "is", where it is a configuration.
    pub is: Option<&'static str>,
}

/// Reads a message, or a log around one: the one that matters most. `None` where no line of it is known.
pub fn read(text: &str) -> Option<Explanation> {
    messages(text).into_iter().next()
}

/// The messages of a text, the one that matters most first, at most [`limits::PASTED_MESSAGES`].
pub fn messages(text: &str) -> Vec<Explanation> {
    messages_while(text, &|| true).unwrap_or_default()
}

/// As [`messages`], for as long as it may go on, which is asked before each line. `None` where it ended before.
pub fn messages_while(text: &str, goes_on: &dyn Fn() -> bool) -> Option<Vec<Explanation>> {
    if unread::own_document(text).is_some() {
        return Some(Vec::new());
    }
    let text = terminal::plain(&crate::text::as_printed(text));
    let text = defanged::plain(&text);
    let text = sent::without(&text);
    let text = &*escaped::plain(&text);
    // A document over several lines: none of its lines says what it says.
    let mut documents = Gravest::default();
    logs::json(text, &mut |line, seen| {
        documents.add(Recognised::new(line, seen, 0, None));
    });
    if documents.found.is_empty() {
        rows::all(text, logs::record, &mut |line, seen| {
            documents.add(Recognised::new(line, seen, 0, None));
        });
    }
    if !documents.found.is_empty() {
        documents.found.sort_by_key(Recognised::weight);
        return Some(told_once(&documents.found, text, &[]));
    }
    let mut replies = reply::all(text);
    replies.extend(reply_json::all(text, goes_on));
    replies.extend(reply_debug::all(text));
    let mut runs = runs::all(text);
    runs::join(&mut runs, &mut replies);
    let (replies, runs) = (replies, runs);
    let mut gravest = Gravest::default();
    for reply in &replies {
        if let Some(seen) = reply.seen() {
            gravest.add(Recognised::new(reply.line, seen, 0, Some(reply)));
        }
    }
    for run in &runs {
        let answer = tool::answered(run.text).or_else(|| tool::empty_of_host(run.text, run.asked.as_ref()?));
        let before = gravest.seen;
        let aliases = tool::aliases(run.text);
        let beside = tool::BesideLine::of(run.text);
        let is_of_busybox = tool::is_run_of_busybox(run.text);
        let asked = run.server();
        let name = run.asked.as_ref().and_then(|asked| asked.host);
        let with_server = |seen: MessageSeen, is_of_tool: bool| {
            let is_one = seen.symptom.is_dns() || seen.symptom.is_of_a_reply();
            // What other programs print may be of another server.
            let is_one = is_one && is_of_tool && !seen.is_of_system;
            tool::under_its_alias(
                aliases.as_ref(),
                MessageSeen {
                    server: seen.server.or(asked.filter(|_| is_one)),
                    host: seen.host.or_else(|| name.filter(|_| is_one).map(str::to_owned)),
                    ..seen
                },
            )
        };
        // Before the reply came another server was asked, of which the reply says nothing.
        let is_of_another = |line: &str, seen: &MessageSeen| {
            let mut own = replies.iter().filter(|reply| run.has(reply.line));
            tool::failed_server(line).is_some()
                && seen.server.is_some()
                && own.all(|reply| reply.server.is_some() && reply.server != seen.server)
        };
        // It answered when it was asked again.
        let is_answered = |line: &str, seen: &MessageSeen| {
            let own = answer.as_ref().and_then(|(_, answer)| answer.server);
            let has_answered = || own.is_some() && own == seen.server;
            let has_denied = || beside.is_denied && asked.is_some() && asked == seen.server;
            tool::failed_server(line).is_some() && (has_answered() || has_denied())
        };
        for line in run.text.lines() {
            if !goes_on() {
                return None;
            }
            let seen = RECOGNISERS.iter().enumerate().find_map(|(rank, recognise)| {
                let seen = recognise(line)?;
                let is_of_tool = OF_TOOLS.contains(&(rank + 1)) || tool::is_of_busybox(line);
                let seen = MessageSeen {
                    soa: seen.soa.or_else(|| beside.soa_of_dog(line)),
                    ..seen
                };
                let seen = beside.over_tcp(line, with_server(seen, is_of_tool));
                Some((rank + 1, seen))
            });
            if let Some((rank, seen)) = seen
                // What dig says in comments is in its reply; a cause that delv names there is not.
                && !(run.has_reply
                    && line.starts_with(';')
                    && seen.outright.is_none()
                    && !is_of_another(line, &seen))
                && !is_answered(line, &seen)
                && !tool::is_empty_aaaa(line, &seen, answer.as_ref())
                && !(is_of_busybox && tool::is_of_search_list(line, &seen, answer.as_ref()))
                && !windows::is_answered(line, answer.as_ref())
                && !beside.is_of_a_lookup(line)
            {
                gravest.add(Recognised::new(line, seen, rank, None).of(run, OF_TOOLS.contains(&rank)));
            }
        }
        let found = &gravest.found;
        let is_alone = gravest.seen == before && !run.has_reply && (found.is_empty() || runs.len() > 1);
        // Beside a failure for the same name, that there is an answer counts.
        let is_beside = |seen: &MessageSeen| {
            seen.symptom == Symptom::Healthy
                && found.iter().any(|other| {
                    let host = other.seen.host.as_deref();
                    let own = host.and_then(logs::without_search_domain).or(host);
                    !other.seen.symptom.is_no_failure() && same(own, seen.host.as_deref())
                })
        };
        if let Some((line, seen)) = answer.filter(|(_, seen)| is_alone || !run.has_reply && is_beside(seen)) {
            let is_of_tool = seen.server.is_none() && !tool::is_behind_a_command(line);
            gravest.add(Recognised::new(line, with_server(seen, is_of_tool), 0, None).of(run, true));
        }
    }
    let mut found = gravest.found;
    for one in &mut found {
        one.say_what_was_asked(text);
    }
    let mut found = without_other_lines(found);
    others::denied_in_public(&mut found, &replies);
    others::public_beside_private(&mut found, &replies);
    found.sort_by_key(Recognised::weight);
    if let Some(whole) = broken_off(text, found.first(), goes_on) {
        return Some(vec![whole]);
    }
    if !goes_on() {
        return None;
    }
    let mut messages = told_once(&found, text, &replies);
    if messages.is_empty()
        && let Some((line, seen)) = beyond::status(text)
    {
        messages.push(explain(line, &seen, "", None, Others::default()));
    }
    if messages.is_empty()
        && let Some((line, seen)) = text.lines().find_map(|line| Some((line, go::shortened(line)?)))
    {
        messages.push(explain(line, &seen, text, None, Others::default()));
    }
    if messages.is_empty()
        && let Some((line, seen)) = beyond::page(text).or_else(|| beyond::curl_replied(text))
    {
        messages.push(explain(line, &seen, text, None, Others::default()));
    }
    if messages.is_empty()
        && let Some(found) = configuration::read(text)
    {
        let mut explanation = explain(found.line, &found.seen, "", None, Others::default());
        explanation.resolver = found.sentences;
        explanation.is = Some(found.what);
        messages.push(explanation);
    }
    if messages.is_empty()
        && goes_on()
        && let Some(bare) = margin::without(text)
    {
        return messages_while(&bare, goes_on);
    }
    Some(messages)
}

/// Each thing that was found, but for what another one says better.
fn told_once(found: &[Recognised<'_>], text: &str, replies: &[PastedReply<'_>]) -> Vec<Explanation> {
    let mut messages: Vec<Explanation> = Vec::new();
    for one in found {
        let is_told = messages.iter().any(|other| one.says_less_than(other));
        if !is_told && messages.len() < limits::PASTED_MESSAGES {
            let others = others::of(one, found, replies);
            messages.push(explain(one.line, &one.seen, text, one.reply, others));
        }
    }
    messages
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    one.zip(other)
        .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other.trim_end_matches('.')))
}

/// A host name that can be asked for. An address is none.
fn host(text: &str) -> Option<Name> {
    let text = text.trim_end_matches('.');
    (text.parse::<std::net::IpAddr>().is_err())
        .then(|| Name::from_host(text).ok())
        .flatten()
}

fn is_endpoint(name: &str) -> bool {
    host(name).is_some_and(|host| EndpointName::parse(&host).is_ok())
}

fn is_one_label(host: &Name) -> bool {
    host.labels().len() == 1
}

/// A line as it is shown: without passwords, and cut where it is long.
fn shown(line: &str) -> String {
    // Before it is cut, so that no half of one is left.
    let line = url::without_passwords(line.trim());
    let mut text: String = line.chars().take(limits::PASTED_LINE).collect();
    if text.len() < line.len() {
        text.push('…');
    }
    text
}

/// The text between two others.
fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests;

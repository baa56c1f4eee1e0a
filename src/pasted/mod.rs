//! A pasted error message: what failed, whom it names, and what could be behind it. Pure text in, meaning out.
//!
//! The message never decides between causes (Go prints `no such host` for a denied name, for a filtered answer
//! and for a name without addresses alike); it narrows them down, and says what to ask next.

mod around;
mod asked;
mod beyond;
mod candidates;
mod certificate;
mod configuration;
mod dial;
mod form;
mod go;
mod known;
mod library;
mod logs;
mod others;
mod prompt;
mod reply;
mod resolved;
mod rows;
mod runs;
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

use std::net::{IpAddr, SocketAddr};

use crate::dns::{Name, NameError};
use crate::endpoint::{EndpointName, NotEndpoint};
use crate::facts::AskedFor;
use crate::facts::platform::{HostsLine, LookupPath};
use crate::limits;
use crate::resolvers::parse_address;
use crate::url;

use candidates::Clues;
use form::QuestionForm;
use known::KnownOfCluster;
use others::Others;
use reply::PastedReply;
use runs::ToolRun;
use text::{NameSubject, PrintedAt, PrintedOn};
use tunnel::Tunnel;

pub use candidates::Candidate;
pub use symptom::{Layer, Symptom};
pub use unread::{UnreadText, unread};

/// What a recogniser saw in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is said of a line or not, apart from the others"
)]
struct MessageSeen {
    symptom: Symptom,
    /// The name that was looked up, as printed.
    host: Option<String>,
    server: Option<SocketAddr>,
    /// Whether the message is one that only Go's own resolver prints.
    pure_go: bool,
    /// Whether systemd-resolved was asked, whatever the message names.
    is_stub: bool,
    /// Whether a VPC's own resolver says it.
    in_vpc: bool,
    /// The address that was dialled.
    dialled: Option<IpAddr>,
    /// The address in the answer.
    answer: Option<IpAddr>,
    /// The server itself is an address: no name was looked up.
    literal: Option<IpAddr>,
    /// The answer is an alias without an address.
    is_alias_alone: bool,
    /// The cause, where the message names it, and why.
    outright: Option<(&'static str, String)>,
    /// The operating system's own lookup gave it, and not a name server that was asked.
    is_of_system: bool,
    /// What can be said of the program that printed it.
    note: Option<&'static str>,
    /// The operating system that printed it, where its words tell.
    system: Option<PrintedOn>,
    /// The tunnel at whose other end it happened.
    tunnel: Option<Tunnel>,
    /// The findings that it speaks against.
    against: Vec<&'static str>,
}

impl MessageSeen {
    fn of(symptom: Symptom, host: Option<&str>) -> Self {
        Self {
            symptom,
            host: host.map(str::to_owned),
            server: None,
            pure_go: false,
            is_stub: false,
            in_vpc: false,
            dialled: None,
            answer: None,
            literal: None,
            is_alias_alone: false,
            outright: None,
            is_of_system: false,
            note: None,
            system: None,
            tunnel: None,
            against: Vec::new(),
        }
    }
}

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
    let text = &terminal::plain(&crate::text::as_printed(text));
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
        for line in run.text.lines() {
            if !goes_on() {
                return None;
            }
            let seen = RECOGNISERS.iter().enumerate().find_map(|(rank, recognise)| {
                let seen = recognise(line)?;
                let is_of_tool = OF_TOOLS.contains(&(rank + 1)) || tool::is_of_busybox(line);
                Some((rank + 1, with_server(seen, is_of_tool)))
            });
            if let Some((rank, seen)) = seen
                // What dig says in comments is in its reply; a cause that delv names there is not.
                && !(run.has_reply && line.starts_with(';') && seen.outright.is_none())
                && !tool::is_empty_aaaa(line, &seen, answer.as_ref())
                && !windows::is_answered(line, answer.as_ref())
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
        if let Some((line, seen)) = answer.filter(|(_, seen)| is_alone || is_beside(seen)) {
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
        && let Some((line, seen)) = beyond::page(text).or_else(|| beyond::curl_replied(text))
    {
        messages.push(explain(line, &seen, text, None, Others::default()));
    }
    if messages.is_empty()
        && let Some((line, seen, sentences)) = configuration::read(text)
    {
        let mut explanation = explain(line, &seen, "", None, Others::default());
        explanation.resolver = sentences;
        messages.push(explanation);
    }
    Some(messages)
}

/// What was found without what other lines say: the same failure with its name (Resolve-DnsName says it in two
/// lines), and the same name without the search domain behind it.
fn without_other_lines(mut found: Vec<Recognised<'_>>) -> Vec<Recognised<'_>> {
    let named: Vec<Symptom> = found
        .iter()
        .filter(|one| one.seen.host.is_some())
        .map(|one| one.seen.symptom)
        .collect();
    found.retain(|one| {
        one.reply.is_some()
            || one.seen.host.is_some()
            || one.seen.server.is_some()
            || !named.contains(&one.seen.symptom)
    });
    let hosts: Vec<String> = found
        .iter()
        .filter_map(|one| one.seen.host.as_deref().map(str::to_ascii_lowercase))
        .collect();
    found.retain(|one| {
        let is_denial = matches!(one.seen.symptom, Symptom::NxDomain | Symptom::NoData);
        let host = one.seen.host.as_deref().map(str::to_ascii_lowercase);
        let is_longer = |host: &str| {
            hosts
                .iter()
                .any(|other| other.contains('.') && host.strip_prefix(other).is_some_and(|rest| rest.starts_with('.')))
        };
        !(one.is_of_log() && is_denial && host.as_deref().is_some_and(is_longer))
    });
    // dig's last line sums up what the lines before it say of each server.
    let is_told = |one: &Recognised<'_>| one.is_of_tool() && one.seen.symptom.is_dns();
    let runs: Vec<*const u8> = found
        .iter()
        .filter(|one| is_told(one) && !one.sums_up())
        .map(|one| one.run.as_ptr())
        .collect();
    found.retain(|one| !one.sums_up() || !runs.contains(&one.run.as_ptr()));
    // What became of the name itself says more than that it was asked with a search domain.
    let answered: Vec<Option<String>> = found
        .iter()
        .filter(|one| one.seen.symptom != Symptom::Searched)
        .map(|one| one.seen.host.clone())
        .collect();
    found.retain(|one| one.seen.symptom != Symptom::Searched || !answered.contains(&one.seen.host));
    found
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

/// What was found in a line, or in a reply.
struct Recognised<'a> {
    line: &'a str,
    seen: MessageSeen,
    /// Which recogniser saw it: the earlier says more.
    rank: usize,
    reply: Option<&'a PastedReply<'a>>,
    /// The run that it is in.
    run: &'a str,
    /// How its question was sent, as far as it is told.
    form: QuestionForm,
    /// The run, where its command is known and names no server.
    of_own_server: Option<&'a str>,
}

/// What was found, the gravest of it: a log has thousands of lines in which nothing failed.
#[derive(Default)]
struct Gravest<'a> {
    /// Each once, at most [`limits::PASTED_FOUND`].
    found: Vec<Recognised<'a>>,
    /// How many were new, kept or not.
    seen: usize,
    /// What says least of those kept, and its place, once there are as many as may be.
    least: Option<(Weight, usize)>,
}

impl<'a> Gravest<'a> {
    fn add(&mut self, one: Recognised<'a>) {
        if one.reply.is_none() && self.found.iter().any(|other| other.seen == one.seen) {
            return;
        }
        self.seen += 1;
        if let Some((least, at)) = self.least {
            if one.weight() >= least {
                return;
            }
            self.found.remove(at);
        }
        self.found.push(one);
        self.least = None;
        if self.found.len() >= limits::PASTED_FOUND {
            let weights = self.found.iter().enumerate().map(|(at, one)| (one.weight(), at));
            self.least = weights.max();
        }
    }
}

/// See [`Recognised::weight`].
type Weight = (u8, bool, bool, usize);

impl<'a> Recognised<'a> {
    fn new(line: &'a str, seen: MessageSeen, rank: usize, reply: Option<&'a PastedReply<'a>>) -> Self {
        Self {
            line,
            seen,
            rank,
            reply,
            run: "",
            form: reply.map(|reply| reply.form).unwrap_or_default(),
            of_own_server: None,
        }
    }

    fn of(self, run: &ToolRun<'a>, is_of_tool: bool) -> Self {
        let asked = run.asked.as_ref().filter(|_| is_of_tool);
        Self {
            run: run.text,
            form: asked.map(|asked| asked.form).unwrap_or_default(),
            of_own_server: asked.filter(|asked| !asked.names_a_server).map(|_| run.text),
            ..self
        }
    }

    /// The lowest matters most: a cause that is named, a lookup's own error, what a client made of it, and last what
    /// is healthy.
    fn weight(&self) -> Weight {
        let kind = match self.seen.symptom {
            _ if self.seen.outright.is_some() => 0,
            Symptom::DeniedInPublic | Symptom::PublicView | Symptom::ApiServer | Symptom::NotLetIn => 3,
            symptom if symptom.is_no_failure() => 4,
            Symptom::Deadline | Symptom::KubectlRefused | Symptom::Credentials => 2,
            _ => 1,
        };
        let host = self.seen.host.as_deref().and_then(host);
        let is_other = host.is_some_and(|host| text::subject(&host) != NameSubject::Endpoint);
        let is_vague = matches!(
            self.seen.symptom,
            Symptom::Unknown | Symptom::OtherError | Symptom::Doubted | Symptom::OtherType
        );
        (kind, is_other, is_vague, self.rank)
    }

    /// Mends what a line alone does not show: that A was not asked for, or that the name had a search domain behind it.
    fn say_what_was_asked(&mut self, text: &str) {
        let host = self.seen.host.as_deref();
        let symptom = self.seen.symptom;
        if matches!(symptom, Symptom::Healthy | Symptom::Sinkhole)
            && let Some(name) = host
                .and_then(logs::without_search_domain)
                .filter(|name| is_endpoint(name))
        {
            let why = "the answer is for the name with a search domain behind it".to_owned();
            self.seen.outright = Some(("search-domain-wildcard", why));
            self.seen.host = Some(name.to_owned());
            self.seen.symptom = Symptom::AnsweredForSearch;
            return;
        }
        if self.seen.outright.is_some() || self.rank == OF_GO || !symptom.is_denial() {
            return;
        }
        let is_of_reply = self.reply.is_some();
        let is_empty = symptom == Symptom::NoData && !self.seen.is_alias_alone && !is_of_reply;
        if host.is_some_and(asked::is_reverse) || is_empty && asked::was_other(text, self.line, host) {
            self.seen.symptom = Symptom::OtherType;
        } else if matches!(symptom, Symptom::NxDomain | Symptom::NoData)
            && let Some(name) = host.and_then(logs::without_search_domain)
        {
            // A name with as many dots as an endpoint's BIND's nslookup asks for as it is, and with search domains only
            // where that gave no address; its error names the last of them (bin/dig/dighost.c, setup_lookup and
            // next_origin).
            let is_last = tool::is_of_binds_nslookup(self.line, self.run) && is_endpoint(name);
            self.seen.host = Some(name.to_owned());
            self.seen.note = is_last.then_some(tool::LAST_OF_SEARCH).or(self.seen.note);
            self.seen.symptom = if is_last { Symptom::NoAddress } else { Symptom::Searched };
        }
    }

    /// Whether it is a line of nslookup's, dig's or their like.
    fn is_of_tool(&self) -> bool {
        self.reply.is_none() && OF_TOOLS.contains(&self.rank)
    }

    /// Whether a program says of a lookup that it left to its host: no name server was named to it, and it names none.
    fn is_of_program(&self) -> bool {
        let is_one = self.seen.is_of_system || OF_PROGRAMS.contains(&self.rank) && !tool::is_of_busybox(self.line);
        let symptom = self.seen.symptom;
        is_one && self.reply.is_none() && self.seen.server.is_none() && symptom.is_dns() && !symptom.is_of_forward()
    }

    /// Whether it is the line with which BIND's tools end where they got nothing.
    fn sums_up(&self) -> bool {
        self.reply.is_none() && self.line.contains("no servers could be reached")
    }

    /// Whether one run of nslookup printed both: it asks for A and for AAAA.
    fn is_of_run(&self, other: &Self) -> bool {
        let is_one = std::ptr::eq(self.run, other.run) && self.seen.server == other.seen.server;
        is_one && !self.seen.is_of_system && !tool::is_behind_a_command(self.line)
    }

    /// Whether it is of a name server's log, which shows every name that a search list makes.
    fn is_of_log(&self) -> bool {
        self.reply.is_none() && self.rank == OF_LOGS
    }

    /// Whether it is what a client made of a failure that another message tells better, or another line about it.
    fn says_less_than(&self, other: &Explanation) -> bool {
        let host = self.seen.host.as_deref().and_then(host);
        let is_same = host.is_none() || host == other.host || other.host.is_none();
        let is_vague = matches!(
            self.seen.symptom,
            Symptom::Unknown
                | Symptom::OtherError
                | Symptom::Doubted
                | Symptom::Deadline
                | Symptom::KubectlRefused
                | Symptom::NoConnectionInTime
                | Symptom::OtherType
        );
        let is_alike = match other.symptom {
            Symptom::ConnectionElsewhere => matches!(self.seen.symptom, Symptom::Connection | Symptom::Address),
            symptom => self.seen.symptom == symptom,
        };
        let server = self.seen.server.is_none() || self.seen.server == other.server;
        // delv says on its way in comments what it says at its end.
        let is_of_delv = self.reply.is_none() && self.line.starts_with(";;") && self.seen.symptom == other.symptom;
        is_of_delv || is_same && server && (is_vague || is_alike)
    }
}

/// The message that a terminal broke into several lines, where what was found in one line may be its beginning, or
/// where nothing was.
fn broken_off(text: &str, found: Option<&Recognised<'_>>, goes_on: &dyn Fn() -> bool) -> Option<Explanation> {
    let joined = |by: &'static str| broken(text, by).take_while(|_| goes_on()).flatten();
    // Terminals break a long line where it does not fit, within a name as well.
    if let Some(Recognised { seen, reply: None, .. }) = found {
        let goes_on = |whole: &MessageSeen| {
            let (Some(whole), Some(start)) = (&whole.host, &seen.host) else {
                return false;
            };
            let endpoint = host(whole).is_some_and(|host| EndpointName::parse(&host).is_ok());
            endpoint && whole.len() > start.len() && whole.starts_with(start.as_str())
        };
        // An error that is not known may be the beginning of one that is.
        let is_more = |whole: &MessageSeen| {
            seen.symptom == Symptom::OtherError && whole.symptom != Symptom::OtherError && whole.host == seen.host
        };
        let mut longer = joined(" ").filter(|(_, whole)| is_more(whole));
        let longer = longer.next();
        return longer
            .or_else(|| joined("").find(|(_, whole)| goes_on(whole) || is_more(whole)))
            .map(|(whole, seen)| explain(&whole, &seen, text, None, Others::default()));
    }
    if found.is_some() {
        return None;
    }
    // Terraform breaks it between words. Of the ways to join the lines, the one that makes an endpoint's name counts.
    let is_whole = |seen: &MessageSeen| {
        let name = seen.host.as_deref().and_then(host);
        let endpoint = name.is_some_and(|name| EndpointName::parse(&name).is_ok());
        endpoint && seen.symptom != Symptom::OtherError
    };
    let mut first = None;
    for (whole, seen) in joined(" ").chain(joined("")) {
        if is_whole(&seen) {
            first = Some((whole, seen));
            break;
        }
        first.get_or_insert((whole, seen));
    }
    first.map(|(whole, seen)| explain(&whole, &seen, text, None, Others::default()))
}

/// What is recognised in a line.
type Recogniser = fn(&str) -> Option<MessageSeen>;

/// The rank of what logs of name servers say: they are the first of the recognisers.
const OF_LOGS: usize = 1;
/// The rank of Go's error of a lookup, which names what was looked up without a search domain.
const OF_GO: usize = 3;
/// The ranks of what programs say that look a name up to connect to it: Go's, and those of the C library.
const OF_PROGRAMS: [usize; 3] = [OF_GO, 4, 7];
/// The ranks of what nslookup, dig and their like print, Windows' too.
const OF_TOOLS: [usize; 2] = [9, 10];

/// The recognisers, what says most first.
const RECOGNISERS: &[Recogniser] = &[
    logs::line,
    beyond::server_side,
    go::look_up,
    go::trace,
    beyond::proxy,
    resolved::line,
    library::look_up,
    go::exchange,
    tool::line,
    windows::line,
    beyond::line,
    beyond::bare_rcode,
];

/// What is recognised in lines that are joined again: each with the next, and with the two and the three behind it;
/// `None` where nothing is. The first [`limits::PASTED_JOINED`] lines are tried.
fn broken<'a>(text: &'a str, by: &'a str) -> impl Iterator<Item = Option<(String, MessageSeen)>> + 'a {
    let lines: Vec<&str> = text.lines().take(limits::PASTED_JOINED).map(without_bar).collect();
    (0..lines.len())
        .flat_map(|at| (2..=limits::PASTED_LINES).map(move |count| (at, count)))
        .map(move |(at, count)| {
            let whole = lines.get(at..at + count)?.join(by);
            let seen = RECOGNISERS.iter().find_map(|recognise| recognise(&whole))?;
            Some((whole, seen))
        })
}

/// A line without the bar that Terraform draws beside it.
fn without_bar(line: &str) -> &str {
    line.trim().trim_start_matches(['│', '|']).trim()
}

fn explain(line: &str, seen: &MessageSeen, text: &str, reply: Option<&PastedReply<'_>>, others: Others) -> Explanation {
    let symptom = seen.symptom;
    let is_reply = reply.is_some();
    // Another run's program, and whom it asked, are not this one's.
    let around = runs::around(text, line).unwrap_or(text);
    let names_no_server = matches!(symptom.layer(), Layer::ApiServer | Layer::Configuration);
    let server = seen.server.or_else(|| {
        let is_one = (symptom.is_dns() || symptom.is_of_a_reply()) && !seen.is_of_system && !others.is_elsewhere;
        let is_of_upstream = symptom.is_of_forward() || symptom.is_dns() && logs::is_of_upstream(line);
        let of_forward = || is_of_upstream.then(|| logs::forwarded_to(text)).flatten();
        (!is_reply && is_one)
            .then(|| runs::only_server(text).or_else(of_forward))
            .flatten()
    });
    let is_beyond = symptom.layer() == Layer::ApiServer || symptom == Symptom::Configuration;
    let dial = match symptom {
        Symptom::Connection => dial::of_text(line, text),
        _ => dial::Dial::default(),
    };
    let dialled = seen.dialled.or(dial.address);
    let printed = seen.host.as_deref().or(dial.host).or_else(|| {
        // The server is an address: a name that other lines have is not its.
        let of_text = match seen.literal {
            Some(_) => text::endpoint(line),
            None => tool::host(text).or_else(|| text::endpoint(text)),
        };
        of_text.filter(|_| !is_beyond)
    });
    // What was looked up, where it is a URL, or a host with a port behind it.
    let bare = printed.filter(|_| symptom.is_dns()).and_then(words::without_url);
    let is_url = bare.is_some();
    let printed = bare.or(printed);
    let is_masked = printed.is_some_and(text::is_masked);
    let host = printed.filter(|_| !is_masked).and_then(host);
    let about = if matches!(symptom, Symptom::Proxy | Symptom::ProxyConnection) {
        // The name that failed is the proxy's; the endpoint's is in the URL beside it.
        text.lines().find_map(words::url_host).and_then(self::host)
    } else {
        host.clone()
    };
    let ip = server.map(|server| server.ip());
    let place = match text::place(line, text, ip) {
        _ if seen.in_vpc => PrintedAt::Vpc,
        place => place,
    };
    let mut resolver = Vec::new();
    if let Some(server) = server.filter(|_| !names_no_server) {
        resolver.push(server::meaning(server));
    }
    if seen.pure_go {
        resolver.push(
            if line.contains("wsarecv: ") {
                // Go, src/net/dnsconfig_windows.go.
                "\" on ADDRESS:PORT\" is printed by Go's own resolver only, which on Windows reads the name servers of \
                 the adapters and knows nothing of the NRPT. kubectl on Windows asks Windows, unless GODEBUG=netdns=go is \
                 set."
            } else {
                "\" on ADDRESS:PORT\" is printed by Go's own resolver only, which reads resolv.conf and knows nothing \
                 of scoped or per-link name servers of the operating system."
            }
            .to_owned(),
        );
    }
    resolver.extend(seen.note.map(str::to_owned));
    let client = text::client(line, around);
    // What is not from a kubeconfig is a name of one label, and no endpoint's that lacks the rest.
    let is_other = host.as_ref().is_some_and(is_one_label) && !text::may_be_of_kubeconfig(line, client);
    let is_alias_alone = seen.is_alias_alone || reply.is_some_and(PastedReply::is_alias_alone);
    // Whose name has no address is then the endpoint, and the alias is somebody's own.
    let behind_the_alias = host
        .as_ref()
        .filter(|host| is_alias_alone && EndpointName::parse(host).is_err())
        .and_then(|_| text::endpoint(text).and_then(self::host));
    let mut name = Vec::new();
    if is_url {
        name.push(A_URL.to_owned());
    }
    if let Some(endpoint) = &behind_the_alias {
        name.push(format!(
            "The name is an alias (CNAME) of a cluster's endpoint, and it is the endpoint that has no address: {endpoint}"
        ));
    } else if symptom.is_dns()
        && let Some(host) = &host
        && let Err(kind) = EndpointName::parse(host)
    {
        let kind = if is_other { NotEndpoint::Other } else { kind };
        name.push(not_an_endpoint(kind, place).to_owned());
    }
    if let Some(server) = seen.literal {
        name.push(server::literal(server));
    }
    if is_masked {
        name.push("The name is masked in this text: put the real one in the place of HOST.".to_owned());
    }
    // A program that says no more than what the C library said: nothing shows that it is about a cluster.
    let is_untold =
        printed.is_none() && symptom.is_dns() && library::names_no_host(line) && !text::is_of_kubeconfig(text, client);
    if is_untold {
        name.push(
            "The text names no host. Paste the lines around it too, or put the name that the program looks up in the \
             place of HOST."
                .to_owned(),
        );
    }
    // A tunnel's end has a port of its own, and so may whatever a kubeconfig names.
    let port = beyond::port(line, text).filter(|port| *port != beyond::HTTPS && symptom.asks_for_a_connection());
    let is_of_others = port == Some(KUBELET) || beyond::is_plain(line);
    let may_be_forwarded = seen.literal.is_some_and(|ip| ip.is_loopback()) || text::is_of_kubeconfig(text, client);
    let may_be_forwarded = may_be_forwarded && !is_of_others;
    let is_other_port = port.is_some() && !may_be_forwarded && !printed.is_some_and(is_endpoint);
    if let Some(port) = port.filter(|_| is_other_port) {
        name.push(format!(
            "The port is {port}. EKS endpoints listen on 443, so this is no EKS endpoint."
        ));
    }
    let is_too_long = printed.is_some_and(is_too_long);
    if is_too_long {
        name.push(TOO_LONG.to_owned());
    }
    let is_behind_an_alias = behind_the_alias.is_some();
    let about = behind_the_alias.or(about);
    let subject = match host.as_ref().map_or(NameSubject::None, text::subject) {
        _ if is_behind_an_alias => NameSubject::Endpoint,
        NameSubject::Endpoint if is_url => NameSubject::Malformed,
        // Inside a cluster a name of one label is a Service's (Kubernetes, "DNS for Services and Pods").
        NameSubject::Malformed if place == PrintedAt::Pod && host.as_ref().is_some_and(is_one_label) => {
            NameSubject::Internal
        }
        NameSubject::Malformed if is_other => NameSubject::Other,
        NameSubject::None if is_untold || is_other_port => NameSubject::Other,
        subject => subject,
    };
    let beside = around::of(about.as_ref(), text);
    let mut against = seen.against.clone();
    let is_of_client = reply.is_none() && (symptom.is_dns() || symptom == Symptom::Connection);
    against.extend(beside.against.iter().filter(|_| is_of_client));
    resolver.extend(beside.asked.as_ref().filter(|_| is_of_client).map(AskedFor::sentence));
    let bypassed = server.filter(|_| seen.pure_go && symptom.is_dns());
    let bypassed = bypassed.and_then(|server| beside.bypassed(server));
    let known = KnownOfCluster::of(about.as_ref().map(ToString::to_string).as_deref(), line, text);
    if known.is_there {
        against.push("endpoint-name-stale");
    }
    let mut outright = seen
        .outright
        .clone()
        .or(bypassed.map(|why| ("go-bypasses-scoped-dns", why)));
    if known.is_changing && symptom.is_denial() {
        let why = "an update of the access to the endpoint is InProgress in this text".to_owned();
        outright.get_or_insert(("cluster-transitioning", why));
    }
    // What the C library reads first; a program that names a name server has asked it.
    let is_of_library = symptom.is_dns() && server.is_none() && !is_reply;
    match hosts_line(text).filter(|_| is_of_library) {
        Some((line, LookupPath::Never)) => {
            let why = format!("this text has its hosts line: hosts: {}", shown(&line));
            outright.get_or_insert(("nsswitch-without-dns", why));
        }
        Some((_, LookupPath::Dns | LookupPath::Resolved)) => against.push("nsswitch-without-dns"),
        Some((_, LookupPath::Other)) | None => {}
    }
    // nslookup says so before the reply that it then shows, and where it goes on to the next server.
    let is_without_recursion = || {
        let mut lines = around.lines().map(str::trim_end);
        lines.any(|line| line.contains(";; Got recursion not available from ") && !line.ends_with("next server"))
    };
    let candidates = candidates::of(&Clues {
        symptom: Some(symptom),
        subject,
        place,
        is_on_ec2: text::is_on_ec2(line, text),
        server: ip,
        pure_go: seen.pure_go,
        is_stub: seen.is_stub || ip.is_some_and(server::is_resolved),
        soa: reply.and_then(|reply| reply.soa),
        is_soa_of_no_zone_above: reply.is_some_and(PastedReply::is_soa_of_no_zone_above),
        is_without_recursion: symptom.is_dns()
            && reply.map_or_else(is_without_recursion, |reply| reply.is_without_recursion),
        ede: reply.and_then(|reply| reply.ede),
        has_other_answer: others.has_answer || known.is_reached,
        may_be_remembered: known.may_be_remembered,
        has_own_answer: others.has_own_answer,
        has_answer_on_this_host: others.has_answer_on_this_host,
        shown_by_form: others.answered_by.and_then(|by| by.rule(symptom)),
        has_public_answer: others.has_public_answer,
        has_private_answer_in_public: others.has_private_answer_in_public,
        answers_another_name: others.answers_another_name,
        fails_for_another_name: others.fails_for_another_name,
        has_answer_in_its_run: others.is_of_one_run,
        has_answer_of_system: others.is_of_system,
        is_alias_alone: is_alias_alone && !is_behind_an_alias,
        dialled,
        literal: seen.literal,
        is_other_port,
        is_too_long,
        system: seen.system.or_else(|| text::system(line, text)),
        outright,
        is_pinned: match dialled {
            Some(dialled) => beside.pinned.contains(&dialled),
            None => !beside.pinned.is_empty(),
        },
        dialled_what_dns_has: others.has_dialled,
        against,
    });
    let is_elsewhere = matches!(
        subject,
        NameSubject::Other | NameSubject::AwsApi | NameSubject::Internal
    );
    Explanation {
        line: shown(line),
        symptom: match symptom {
            Symptom::Connection | Symptom::Address if is_elsewhere => Symptom::ConnectionElsewhere,
            symptom => symptom,
        },
        client,
        command: match (
            seen.literal.or(dialled.filter(|_| about.is_none())),
            port.filter(|_| is_other_port),
        ) {
            // Neither a name server nor the port of an endpoint has a part in it.
            (Some(address), Some(port)) => format!("nc -vz {address} {port}"),
            (None, Some(_)) => command(Symptom::Unknown, about.as_ref(), server, true),
            _ => {
                let is_other = is_other || is_untold || subject == NameSubject::Internal;
                match seen.tunnel {
                    // The name servers of this host have no part in it.
                    Some(tunnel) => {
                        let via = tunnel.via(text).map(|via| format!(" --via {via}")).unwrap_or_default();
                        format!("{}{via}", command(Symptom::Unknown, about.as_ref(), None, true))
                    }
                    None => command(symptom, about.as_ref(), server, is_other),
                }
            }
        },
        host,
        server,
        resolver,
        name,
        candidates,
    }
}

/// The port of a kubelet (Kubernetes, "Ports and Protocols"), which the API server and metrics-server ask.
const KUBELET: u16 = 10250;
/// The `hosts:` line of nsswitch.conf in a text, and where it leads. A line of that word is another file's unless what
/// stands there are services (nsswitch.conf(5)).
fn hosts_line(text: &str) -> Option<(String, LookupPath)> {
    let line = HostsLine::parse(text.as_bytes())?;
    let known = ["files", "dns", "resolve", "myhostname", "mymachines"];
    let is_one = line
        .services
        .iter()
        .any(|service| known.contains(&service.name.as_str()));
    is_one.then(|| (line.text.clone(), line.path()))
}

/// What is said of a URL or a port in the place of a name.
const A_URL: &str = "What was looked up is more than a host name: a URL, or a name with a port behind it. DNS knows \
                     neither. Give the host name alone.";
/// What is said of a name that DNS cannot have (RFC 1035 section 2.3.4; Go, src/net/dnsclient.go, isDomainName).
const TOO_LONG: &str = "The name, or a label of it, is longer than DNS allows: Go says \"no such host\" of it and asks \
 no name \
                        server.";
fn is_too_long(text: &str) -> bool {
    let text = text.trim_end_matches('.');
    matches!(
        Name::from_host(text),
        Err(NameError::LabelTooLong | NameError::NameTooLong)
    )
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

fn not_an_endpoint(kind: NotEndpoint, place: PrintedAt) -> &'static str {
    match kind {
        NotEndpoint::SingleLabel if place == PrintedAt::Pod => {
            "The name has one label: inside a cluster that is a Service in the namespace of whoever asks."
        }
        NotEndpoint::SingleLabel => {
            "The name has one label: it may be the cluster's name in the place of its host name."
        }
        NotEndpoint::EksApi => {
            "The name is that of the AWS API that manages clusters, not of a cluster's own endpoint."
        }
        NotEndpoint::OidcIssuer => {
            "The name is that of the issuer of service account tokens, not of a cluster's own endpoint. In a VPC with \
             an \
             interface endpoint for EKS and private DNS it is denied."
        }
        NotEndpoint::WrongHostLabel => {
            "The name ends like an EKS endpoint's, but does not begin with 32 hexadecimal digits."
        }
        NotEndpoint::Other => "The name is not an EKS endpoint's.",
    }
}

/// The command that shows which server a kubeconfig's context has.
const SERVER_OF_KUBECONFIG: &str = "kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}'";

/// The command line that asks. Name servers of this host are asked without being named; a name of one label is
/// no endpoint's, and one that starts with a hyphen is a flag: the reader fills in the right one.
fn command(symptom: Symptom, host: Option<&Name>, server: Option<SocketAddr>, is_other: bool) -> String {
    match symptom {
        Symptom::BadServer => return SERVER_OF_KUBECONFIG.to_owned(),
        Symptom::NoCluster => return "aws eks update-kubeconfig --name CLUSTER --region REGION".to_owned(),
        Symptom::ClusterNotFound => return "aws eks list-clusters --region REGION".to_owned(),
        Symptom::AccessDenied | Symptom::NotLetIn | Symptom::Credentials => {
            return "aws sts get-caller-identity".to_owned();
        }
        // The nodes that the API server asks are the cluster's.
        Symptom::ApiServer => return "kubectl get nodes -o wide".to_owned(),
        // Without the other end of the tunnel there is nobody to ask.
        Symptom::TunnelRefused => return "aws ssm describe-instance-information --region REGION".to_owned(),
        // The kubeconfig says what stands behind the address.
        Symptom::Address => return "eks-dns-doctor check --connect".to_owned(),
        _ => {}
    }
    // Public resolvers are asked for names that are AWS's own, and for no other: it may be an internal one.
    let subject = host.map_or(NameSubject::None, text::subject);
    let public = match subject {
        _ if is_other => "",
        NameSubject::Internal | NameSubject::Other => "",
        _ => " --public",
    };
    let host = host
        .filter(|host| host.labels().len() > 1 && !host.to_string().starts_with('-'))
        .map_or_else(|| "HOST".to_owned(), ToString::to_string);
    let server = server
        .filter(|server| !server.ip().is_loopback() && !is_link_local(*server))
        // Nor is a public resolver asked for such a name because the text asked it.
        .filter(|server| !public.is_empty() || !candidates::is_public(server.ip()))
        // A name server of 0.0.0.0, which means this host, or of port 0 cannot be named.
        .filter(|server| parse_address(&server.to_string()).is_ok())
        .map(|server| match server.port() {
            53 => format!(" --resolver {}", server.ip()),
            _ => format!(" --resolver {server}"),
        })
        .unwrap_or_default();
    let connect = if symptom.asks_for_a_connection() {
        " --connect"
    } else {
        ""
    };
    format!("eks-dns-doctor check {host}{server}{public}{connect}")
}

/// fe80::/10 (RFC 4291 section 2.5.6), which means nothing without its zone.
fn is_link_local(server: SocketAddr) -> bool {
    matches!(server.ip(), std::net::IpAddr::V6(ip) if ip.is_unicast_link_local())
}

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

//! What was found in a text, line by line and reply by reply, and which of it matters most.

use super::form::QuestionForm;
use super::recognise::{OF_GO, OF_LOGS, OF_PROGRAMS, OF_TOOLS};
use super::reply::PastedReply;
use super::runs::ToolRun;
use super::seen::MessageSeen;
use super::symptom::Symptom;
use super::text::{self, NameSubject};
use super::{AfterLookup, Explanation, asked, go, host, is_endpoint, logs, tool};
use crate::limits;

/// What was found without what other lines say: the same failure with its name (Resolve-DnsName says it in two
/// lines), and the same name without the search domain behind it.
pub(super) fn without_other_lines(mut found: Vec<Recognised<'_>>) -> Vec<Recognised<'_>> {
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

/// What was found in a line, or in a reply.
pub(super) struct Recognised<'a> {
    pub(super) line: &'a str,
    pub(super) seen: MessageSeen,
    /// Which recogniser saw it: the earlier says more.
    pub(super) rank: usize,
    pub(super) reply: Option<&'a PastedReply<'a>>,
    /// The run that it is in.
    pub(super) run: &'a str,
    /// How its question was sent, as far as it is told.
    pub(super) form: QuestionForm,
    /// The run, where its command is known and names no server.
    pub(super) of_own_server: Option<&'a str>,
}

/// What was found, the gravest of it: a log has thousands of lines in which nothing failed.
#[derive(Default)]
pub(super) struct Gravest<'a> {
    /// Each once, at most [`limits::PASTED_FOUND`].
    pub(super) found: Vec<Recognised<'a>>,
    /// How many were new, kept or not.
    pub(super) seen: usize,
    /// What says least of those kept, and its place, once there are as many as may be.
    pub(super) least: Option<(Weight, usize)>,
}

impl<'a> Gravest<'a> {
    pub(super) fn add(&mut self, one: Recognised<'a>) {
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
pub(super) type Weight = (u8, bool, bool, usize);

impl<'a> Recognised<'a> {
    pub(super) fn new(line: &'a str, seen: MessageSeen, rank: usize, reply: Option<&'a PastedReply<'a>>) -> Self {
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

    pub(super) fn of(self, run: &ToolRun<'a>, is_of_tool: bool) -> Self {
        let asked = run.asked.as_ref().filter(|_| is_of_tool);
        Self {
            run: run.text,
            form: asked.map(|asked| asked.form).unwrap_or_default(),
            of_own_server: run.of_own_server().filter(|_| is_of_tool),
            ..self
        }
    }

    /// The lowest matters most: a cause that is named, a lookup's own error, what a client made of it, and last what
    /// is healthy.
    pub(super) fn weight(&self) -> Weight {
        let kind = match self.seen.symptom {
            _ if self.seen.outright.is_some() => 0,
            Symptom::DeniedInPublic
            | Symptom::EmptyInPublic
            | Symptom::PublicView
            | Symptom::ApiServer
            | Symptom::NotLetIn => 3,
            symptom if symptom.is_no_failure() => 4,
            Symptom::AfterLookup(AfterLookup::Deadline)
            | Symptom::KubectlRefused
            | Symptom::Credentials
            | Symptom::RefusedKubeconfig => 2,
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
    pub(super) fn say_what_was_asked(&mut self, text: &str) {
        if go::waited_for_nothing(text, self.line) {
            self.seen.symptom = Symptom::LookUpDeadline;
            return;
        }
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
        if self.form.is_tcp && self.is_of_tool() && matches!(symptom, Symptom::Silence | Symptom::PortClosed) {
            self.seen.is_over_tcp = true;
            self.seen.note = self.seen.note.or(Some(tool::OVER_TCP));
        }
        // A name with as many dots as an endpoint's BIND's nslookup asks for as it is, and with search domains only
        // where that gave no address; its error names the last of them (bin/dig/dighost.c, setup_lookup and
        // next_origin).
        let last_of_search = host
            .and_then(logs::without_search_domain)
            .filter(|name| tool::is_of_binds_nslookup(self.line, self.run) && is_endpoint(name));
        if let Some(name) = last_of_search.filter(|_| !symptom.is_denial()) {
            // What the error is of the name itself is not told.
            self.seen.host = Some(name.to_owned());
            self.seen.note = Some(tool::LAST_OF_SEARCH);
            self.seen.symptom = Symptom::Unknown;
            return;
        }
        if self.seen.outright.is_some() || self.rank == OF_GO || !symptom.is_denial() {
            return;
        }
        let is_of_reply = self.reply.is_some();
        let is_empty = symptom == Symptom::NoData && !self.seen.is_alias_alone && !is_of_reply;
        // A reply says which type was asked for: of dig, an address without -x is a name of digits.
        let is_of_digits = is_of_reply && host.is_some_and(|host| host.parse::<std::net::IpAddr>().is_ok());
        if host.is_some_and(asked::is_reverse) && !is_of_digits || is_empty && asked::was_other(text, self.line, host) {
            self.seen.symptom = Symptom::OtherType;
        } else if matches!(symptom, Symptom::NxDomain | Symptom::NoData)
            && let Some(name) = host.and_then(logs::without_search_domain)
        {
            let is_last = last_of_search.is_some();
            self.seen.host = Some(name.to_owned());
            self.seen.note = is_last.then_some(tool::LAST_OF_SEARCH).or(self.seen.note);
            self.seen.symptom = if is_last { Symptom::NoAddress } else { Symptom::Searched };
        }
    }

    /// Whether it is a line of nslookup's, dig's or their like.
    pub(super) fn is_of_tool(&self) -> bool {
        self.reply.is_none() && OF_TOOLS.contains(&self.rank)
    }

    /// Whether a program says of a lookup that it left to its host: no name server was named to it, and it names none.
    pub(super) fn is_of_program(&self) -> bool {
        let is_one = self.seen.is_of_system || OF_PROGRAMS.contains(&self.rank) && !tool::is_of_busybox(self.line);
        let symptom = self.seen.symptom;
        is_one && self.reply.is_none() && self.seen.server.is_none() && symptom.is_dns() && !symptom.is_of_forward()
    }

    /// Whether it is the line with which BIND's tools end where they got nothing.
    pub(super) fn sums_up(&self) -> bool {
        self.reply.is_none() && self.line.contains("no servers could be reached")
    }

    /// Whether one run of nslookup printed both: it asks for A and for AAAA.
    pub(super) fn is_of_run(&self, other: &Self) -> bool {
        let is_one = std::ptr::eq(self.run, other.run) && self.seen.server == other.seen.server;
        is_one && !self.seen.is_of_system && !tool::is_behind_a_command(self.line)
    }

    /// Whether it is of a name server's log, which shows every name that a search list makes.
    pub(super) fn is_of_log(&self) -> bool {
        self.reply.is_none() && self.rank == OF_LOGS
    }

    /// Whether it is what a client made of a failure that another message tells better, or another line about it.
    pub(super) fn says_less_than(&self, other: &Explanation) -> bool {
        let host = self.seen.host.as_deref().and_then(host);
        let is_same = host.is_none() || host == other.host || other.host.is_none();
        let is_vague = matches!(
            self.seen.symptom,
            Symptom::Unknown
                | Symptom::OtherError
                | Symptom::Doubted
                | Symptom::KubectlRefused
                | Symptom::AfterLookup(AfterLookup::Deadline | AfterLookup::NoConnectionInTime)
                | Symptom::NoDialInTime
                | Symptom::OtherType
        );
        let is_alike = match other.symptom {
            Symptom::ConnectionElsewhere => matches!(self.seen.symptom, Symptom::Connection | Symptom::Address),
            Symptom::AtAddress(what) => self.seen.symptom == Symptom::AfterLookup(what),
            symptom => self.seen.symptom == symptom,
        };
        let server = self.seen.server.is_none() || self.seen.server == other.server;
        // delv says on its way in comments what it says at its end.
        let is_of_delv = self.reply.is_none() && self.line.starts_with(";;") && self.seen.symptom == other.symptom;
        is_of_delv || is_same && server && (is_vague || is_alike)
    }
}

//! What the other runs in a text say of a message: whether the name has an answer elsewhere, and whether its name
//! server answers at all.

use std::net::{IpAddr, SocketAddr};

use super::candidates::is_public;
use super::form::QuestionForm;
use super::reply::PastedReply;
use super::symptom::Symptom;
use super::text::{self, NameSubject};
use super::{Recognised, prompt, same, server, tool};
use crate::address::AddressClass;

/// What the other replies of a text have for the name.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is seen or not, apart from the others"
)]
pub(super) struct Others {
    /// One has addresses.
    pub(super) has_answer: bool,
    /// And one of those is of the same name server.
    pub(super) has_own_answer: bool,
    /// A program on this host found no address, and one that asks what this host asks has one.
    pub(super) has_answer_on_this_host: bool,
    /// And what of its question's form brought it, where the question that failed had another.
    pub(super) answered_by: Option<AnsweredBy>,
    /// One of those is of a public name server, and its addresses are private.
    pub(super) has_private_answer_in_public: bool,
    /// One of those is of a public name server.
    pub(super) has_public_answer: bool,
    /// The name server has an answer for another name.
    pub(super) answers_another_name: bool,
    /// It failed in the same way for a name that is nothing of AWS's or of a cluster's, and has no answer for any.
    pub(super) fails_for_another_name: bool,
    /// The run that printed the failure printed an answer too.
    pub(super) is_of_one_run: bool,
    /// The operating system's own lookup has an answer.
    pub(super) is_of_system: bool,
    /// systemd-resolved has an answer, and another server failed.
    pub(super) is_of_resolved: bool,
    /// Whether the address that was dialled is one of those in whole replies for the name; `None` where there is no
    /// such reply, or no such address.
    pub(super) has_dialled: Option<bool>,
    /// The name server in the text is that of the answer.
    pub(super) is_elsewhere: bool,
}

/// What a question had that was answered, and one that failed had not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnsweredBy {
    Tcp,
    Udp,
    CheckingDisabled,
    WithoutEdns,
}

impl AnsweredBy {
    fn of(failed: QuestionForm, answered: QuestionForm) -> Option<Self> {
        let changed = [
            (
                answered.is_checking_disabled && !failed.is_checking_disabled,
                Self::CheckingDisabled,
            ),
            (answered.is_without_edns && !failed.is_without_edns, Self::WithoutEdns),
            (answered.is_tcp && !failed.is_tcp, Self::Tcp),
            (!answered.is_tcp && failed.is_tcp, Self::Udp),
        ];
        changed.iter().find(|(is_so, _)| *is_so).map(|(_, by)| *by)
    }

    /// The finding that it shows, where the question failed so.
    pub(super) fn rule(self, symptom: Symptom) -> Option<&'static str> {
        let is_silent = matches!(
            symptom,
            Symptom::Silence
                | Symptom::Unanswered
                | Symptom::LookUpDeadline
                | Symptom::LookUpGivenUp
                | Symptom::TryAgain
                | Symptom::PortClosed
        );
        let is_error = matches!(symptom, Symptom::ServFail | Symptom::Misbehaving | Symptom::TryAgain);
        match self {
            Self::Tcp if is_silent => Some("udp-blocked"),
            Self::Udp if is_silent || symptom == Symptom::Truncated => Some("tcp-blocked"),
            Self::CheckingDisabled if is_error || symptom == Symptom::Bogus => Some("dnssec-bogus"),
            Self::WithoutEdns
                if is_error || is_silent || matches!(symptom, Symptom::NotUnderstood | Symptom::Unreadable) =>
            {
                Some("edns-intolerant")
            }
            _ => None,
        }
    }
}

/// An answer with addresses.
struct FoundAnswer<'a> {
    host: Option<&'a str>,
    server: Option<SocketAddr>,
    form: QuestionForm,
    is_private: bool,
    /// What was printed in one line; `None` of a whole reply.
    line: Option<&'a Recognised<'a>>,
    /// The run that it is in, where its command is known and names no server.
    of_own_server: Option<&'a str>,
    /// A public service gave it, whose address is not told.
    is_of_public: bool,
}

impl FoundAnswer<'_> {
    fn is_of_public(&self) -> bool {
        self.is_of_public || self.server.is_some_and(|server| is_public(server.ip()))
    }
}

fn answers<'a>(found: &'a [Recognised<'a>], replies: &'a [PastedReply<'a>]) -> impl Iterator<Item = FoundAnswer<'a>> {
    let of_lines = found
        .iter()
        .filter(|one| one.seen.symptom == Symptom::Healthy && one.reply.is_none())
        .map(|one| FoundAnswer {
            host: one.seen.host.as_deref(),
            server: one.seen.server,
            form: one.form,
            is_private: one
                .seen
                .answer
                .is_some_and(|ip| AddressClass::of(ip) == AddressClass::Private),
            line: Some(one),
            of_own_server: one.of_own_server,
            is_of_public: false,
        });
    let of_replies = replies
        .iter()
        .filter(|reply| reply.has_addresses())
        .map(|reply| FoundAnswer {
            host: reply.host,
            server: reply.server,
            form: reply.form,
            is_private: reply.is_private(),
            line: None,
            of_own_server: reply.of_own_server,
            is_of_public: reply.is_of_public,
        });
    of_lines.chain(of_replies)
}

/// What all the others say of one.
pub(super) fn of(one: &Recognised<'_>, found: &[Recognised<'_>], replies: &[PastedReply<'_>]) -> Others {
    let symptom = one.seen.symptom;
    // An alias with an address is itself an answer.
    let is_failure = !symptom.is_no_failure() && symptom != Symptom::Aliased;
    let is_of_program = one.is_of_program();
    let is_own = |server: Option<SocketAddr>| server.is_some() && server == one.seen.server;
    let is_same = |host: Option<&str>| match one.seen.host.as_deref() {
        // Of a text without a name the endpoint's is told that the text has.
        None => is_of_program && host.is_some_and(super::is_endpoint),
        own => same(host, own),
    };
    let mut others = Others {
        is_elsewhere: is_of_program && tool::server(one.run).is_none(),
        ..Others::default()
    };
    let mut is_answered_alike = false;
    // Of one run many answers may be: each run is looked at once.
    let mut last: Option<&str> = None;
    for answer in answers(found, replies) {
        if !is_same(answer.host) {
            others.answers_another_name |= is_failure && answer.host.is_some() && is_own(answer.server);
            continue;
        }
        others.has_answer = true;
        others.has_public_answer |= answer.is_of_public();
        others.has_private_answer_in_public |= answer.is_of_public() && answer.is_private;
        // resolvectl asks the stub's own daemon.
        let is_stub = one.seen.server.is_some_and(|server| server::is_resolved(server.ip()));
        let is_of_stub = is_stub && answer.line.is_some_and(|line| line.seen.is_stub);
        let vpc = answer.line.and_then(|line| line.seen.vpc.as_deref());
        let is_of_vpc = vpc.is_some() && vpc == one.seen.vpc.as_deref();
        if is_failure && (is_own(answer.server) || is_of_stub || is_of_vpc) {
            others.has_own_answer = true;
            is_answered_alike |= answer.form == one.form;
            others.answered_by = others.answered_by.or(AnsweredBy::of(one.form, answer.form));
        }
        if let Some(run) = answer.of_own_server
            && is_of_program
            && !others.has_answer_on_this_host
            && !last.is_some_and(|last| std::ptr::eq(last, run))
        {
            others.has_answer_on_this_host = prompt::is_one_place(one.run, run);
            last = Some(run);
        }
        if let Some(line) = answer.line {
            others.is_of_system |= line.seen.is_of_system;
            others.is_of_resolved |= line.seen.is_stub && one.seen.server.is_some() && !is_stub;
            others.is_elsewhere |= !one.is_of_tool();
            others.is_of_one_run |= is_failure && one.is_of_tool() && line.is_of_run(one);
        }
    }
    others.has_dialled = one.seen.dialled.and_then(|dialled| {
        // Of several addresses a line has the first: that it has another says nothing.
        let is_it = |answer: &Recognised<'_>| {
            answer.seen.answer == Some(dialled) && !answer.seen.is_of_system && is_same(answer.seen.host.as_deref())
        };
        if found.iter().any(is_it) {
            return Some(true);
        }
        has_dialled(one, dialled, replies)
    });
    if is_answered_alike {
        others.answered_by = None;
    }
    let fails = matches!(
        symptom,
        Symptom::Silence | Symptom::PortClosed | Symptom::Refused | Symptom::ServFail
    );
    others.fails_for_another_name = fails
        && !others.answers_another_name
        && found.iter().any(|other| {
            let host = other.seen.host.as_deref();
            let is_another = host.is_some() && !is_same(host);
            let subject = host.and_then(super::host).map(|host| text::subject(&host));
            other.seen.symptom == symptom
                && is_own(other.seen.server)
                && is_another
                && subject == Some(NameSubject::Other)
        });
    others
}

/// Whether the address that was dialled is in a reply for the name. A message without the name is of the one that the
/// replies are of. That it is in none says something of the name servers that this host itself asks, and of no other: a
/// public one may well have other addresses.
fn has_dialled(one: &Recognised<'_>, dialled: IpAddr, replies: &[PastedReply<'_>]) -> Option<bool> {
    let host = one.seen.host.as_deref();
    let mut answers = replies.iter().filter(|reply| reply.has_addresses());
    let first = answers.next()?;
    let is_one = |reply: &PastedReply<'_>| same(reply.host, host.or(first.host));
    let is_here = |reply: &PastedReply<'_>| {
        reply
            .of_own_server
            .is_some_and(|run| prompt::is_one_place(one.run, run))
    };
    let mut is_lacked = false;
    for reply in std::iter::once(first).chain(answers) {
        // Another's answers say nothing of it.
        if !is_one(reply) {
            return None;
        }
        if reply.has(dialled) {
            return Some(true);
        }
        is_lacked |= is_here(reply);
    }
    is_lacked.then_some(false)
}

/// Tells the answers with public addresses beside which another name server gives private ones for the same endpoint:
/// of a server of this network, which could forward the name.
pub(super) fn public_beside_private(found: &mut [Recognised<'_>], replies: &[PastedReply<'_>]) {
    let of_network =
        |server: Option<SocketAddr>| server.is_none_or(|server| !is_public(server.ip()) && !text::is_vpc(server.ip()));
    let is_one = |one: &Recognised<'_>| {
        let is_public_answer = match one.reply {
            Some(reply) => reply.has_only(is_public),
            None => one.seen.answer.is_some_and(is_public),
        };
        let host = one.seen.host.as_deref();
        one.seen.symptom == Symptom::Healthy
            && is_public_answer
            && of_network(one.seen.server)
            && host.is_some_and(super::is_endpoint)
            && answers(found, replies).any(|answer| {
                let is_another = answer.server.is_some() && answer.server != one.seen.server;
                answer.is_private && is_another && same(answer.host, host)
            })
    };
    let all: Vec<bool> = found.iter().map(is_one).collect();
    for (one, is_one) in found.iter_mut().zip(all) {
        if is_one {
            one.seen.symptom = Symptom::PublicView;
        }
    }
}

/// Tells the denials of public name servers that are as they should be, and what may be one: a name server of a network
/// has the name, with private addresses.
pub(super) fn denied_in_public(found: &mut [Recognised<'_>], replies: &[PastedReply<'_>]) {
    let as_should_be = |one: &Recognised<'_>| {
        let is_of_public = one.reply.is_some_and(|reply| reply.is_of_public)
            || one.seen.server.is_some_and(|server| is_public(server.ip()));
        let symptom = match one.seen.symptom {
            Symptom::NxDomain => Symptom::DeniedInPublic,
            // dig +short prints nothing, whatever the reply was.
            Symptom::Unknown if tool::is_behind_a_command(one.line) => Symptom::EmptyInPublic,
            _ => return None,
        };
        let is_had = |answer: FoundAnswer<'_>| {
            let is_of_network = answer.server.is_some_and(|server| !is_public(server.ip()));
            answer.is_private && is_of_network && same(answer.host, one.seen.host.as_deref())
        };
        (is_of_public && answers(found, replies).any(is_had)).then_some(symptom)
    };
    let all: Vec<Option<Symptom>> = found.iter().map(as_should_be).collect();
    for (one, symptom) in found.iter_mut().zip(all) {
        one.seen.symptom = symptom.unwrap_or(one.seen.symptom);
    }
}

/// Whether AWS's own words in the text have the endpoint: `describe-cluster` in JSON or YAML, or its `cluster.endpoint`
/// alone. A cluster that is being deleted has it still.
pub(super) fn is_in_aws(host: &str, text: &str) -> bool {
    let is_going = ["DELETING", "FAILED"].iter().any(|status| text.contains(status));
    let asked = || text.contains("describe-cluster");
    let of_line = |line: &str| {
        // Of a table the cells are between bars.
        let line = line.trim().trim_end_matches(',').trim_matches(['|', ' ']);
        let (key, value) = match line.split_once(": ").or_else(|| line.split_once('|')) {
            Some((key, value)) => (key.trim_matches(['"', ' ']), value),
            None => ("", line),
        };
        let name = value.trim_matches(['"', ' ']).strip_prefix("https://");
        // The text is looked through where the line has the name, and no more.
        same(name, Some(host)) && (key == "endpoint" || key.is_empty() && asked())
    };
    !is_going && text.lines().any(of_line)
}

//! What was observed of one resolver: the part of a capture that the diagnosis is made from.

use serde::{Deserialize, Serialize};

use crate::dns::{AnswerKind, RecordType};
use crate::observation::{Attempt, Lookup, Purpose, SystemLookup, Transport};
use crate::resolvers::Resolver;

/// A resolver, and everything that was observed of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Probed {
    /// The resolver.
    #[serde(flatten)]
    pub resolver: Resolver,
    /// The lookups, in the plan's order; empty for the operating system's lookup.
    pub lookups: Vec<Lookup>,
    /// The operating system's lookup.
    pub system: Option<SystemLookup>,
    /// Whether the run ended before it was done with this resolver: it was interrupted, its time was up before the
    /// target was asked for, or this host had not what asking needs.
    #[serde(default)]
    pub interrupted: bool,
    /// What the same run knows of it from other targets (`check` of many); only where it was silent for this one, or
    /// was not asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_others: Option<ForOthers>,
}

/// What a resolver sent in the same run for other targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ForOthers {
    /// For how many other targets it sent a reply.
    pub answered: usize,
    /// For how many of these over UDP.
    pub over_udp: usize,
    /// For how many of these over TCP.
    pub over_tcp: usize,
    /// For how many of these it answered a question with EDNS, over the transport that it is asked over.
    pub with_edns: usize,
    /// For how many of these it answered AAAA: with addresses, or that there are none.
    #[serde(default)]
    pub aaaa: usize,
    /// Questions that it was silent for, where it was not asked for this target because of that; 0 where it was asked.
    #[serde(default)]
    pub silent_for: usize,
}

impl ForOthers {
    /// Adds what was seen for other targets.
    pub fn add(&mut self, more: Self) {
        self.answered = self.answered.saturating_add(more.answered);
        self.over_udp = self.over_udp.saturating_add(more.over_udp);
        self.over_tcp = self.over_tcp.saturating_add(more.over_tcp);
        self.with_edns = self.with_edns.saturating_add(more.with_edns);
        self.aaaa = self.aaaa.saturating_add(more.aaaa);
    }

    /// The same without one target's part.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        Self {
            answered: self.answered.saturating_sub(part.answered),
            over_udp: self.over_udp.saturating_sub(part.over_udp),
            over_tcp: self.over_tcp.saturating_sub(part.over_tcp),
            with_edns: self.with_edns.saturating_sub(part.with_edns),
            aaaa: self.aaaa.saturating_sub(part.aaaa),
            silent_for: self.silent_for,
        }
    }
}

/// Whether a question with EDNS got a reply that shows EDNS to work: no failure that a server or a firewall without
/// EDNS gives (FORMERR, NOTIMP, BADVERS, SERVFAIL).
fn shows_edns(attempt: &Attempt) -> bool {
    let is_answered = matches!(
        attempt.kind,
        AnswerKind::Answer
            | AnswerKind::NoData
            | AnswerKind::NxDomain
            | AnswerKind::Referral
            | AnswerKind::Refused
            | AnswerKind::Truncated
    );
    attempt.edns && is_answered
}

impl Probed {
    /// What the questions that `counts` holds for show of it, as the part of one target.
    /// What software it is decides nothing: a refusal to say is no sign that it resolves.
    pub fn shown(&self, counts: impl Fn(&Lookup) -> bool) -> ForOthers {
        let is_of_names = |lookup: &&Lookup| lookup.purpose != Purpose::Software && counts(lookup);
        let lookups = || self.lookups.iter().filter(is_of_names);
        let tries = || lookups().flat_map(|lookup| &lookup.attempts);
        let heard_over = |transport| {
            let is_heard = |attempt: &Attempt| attempt.transport == transport && attempt.rcode.is_some();
            usize::from(tries().any(is_heard))
        };
        ForOthers {
            answered: usize::from(lookups().any(Lookup::heard_anything)),
            over_udp: heard_over(Transport::Udp),
            over_tcp: heard_over(Transport::Tcp),
            with_edns: usize::from(lookups().any(|lookup| self.shows_edns(lookup))),
            aaaa: usize::from(lookups().any(|lookup| {
                lookup.qtype == RecordType::AAAA && (lookup.kind == AnswerKind::Answer || lookup.kind.is_negative())
            })),
            silent_for: 0,
        }
    }

    /// Whether this question, asked with EDNS over the transport that the resolver is asked over, was answered. What
    /// software it is decides nothing.
    pub fn shows_edns(&self, lookup: &Lookup) -> bool {
        let mut tries = lookup.attempts.iter().filter(|_| lookup.purpose != Purpose::Software);
        tries.any(|attempt| Some(attempt.transport) == self.resolver.transport && shows_edns(attempt))
    }

    /// Whether what it answered for the target has one cause in one program and another cause, or another fix, in
    /// another: NXDOMAIN without a SOA, REFUSED, and what a filter of private addresses leaves, which may be the filter
    /// of a server behind it: NODATA without a SOA, and SERVFAIL for A alone. SERVFAIL at once has another cause where
    /// the program waits longer for a silent server. So what software it is decides.
    pub fn is_read_by_software(&self) -> bool {
        let of = |qtype: RecordType| {
            let mut lookups = self.lookups.iter();
            lookups.find(|lookup| lookup.purpose == Purpose::Target && lookup.qtype == qtype)
        };
        of(RecordType::A).is_some_and(|lookup| match lookup.kind {
            AnswerKind::NxDomain | AnswerKind::NoData => lookup.soa.is_none(),
            AnswerKind::ServFail => {
                lookup.fails_at_once() || of(RecordType::AAAA).is_some_and(|other| other.kind != AnswerKind::ServFail)
            }
            kind => kind == AnswerKind::Refused,
        })
    }

    /// Whether a question for the target itself got nothing, over TCP from the start too.
    pub fn is_silent_somewhere(&self) -> bool {
        let is_of_target = |purpose| matches!(purpose, Purpose::Target | Purpose::TargetTcp);
        let mut lookups = self.lookups.iter();
        lookups.any(|lookup| is_of_target(lookup.purpose) && lookup.kind.is_silence())
    }

    /// Whether a question for the target itself, of its type A or AAAA, got nothing.
    pub fn is_silent_for_the_target(&self) -> bool {
        let mut lookups = self.lookups.iter();
        lookups.any(|lookup| lookup.purpose == Purpose::Target && lookup.kind.is_silence())
    }

    /// Whether a question for the target itself, of its type A or AAAA, got nothing or SERVFAIL: what may be over with
    /// the next question.
    pub fn fails_for_the_target(&self) -> bool {
        let mut lookups = self.lookups.iter();
        lookups.any(|lookup| lookup.purpose == Purpose::Target && lookup.kind.is_failure())
    }

    /// It was tried with more than questions over UDP for the endpoint's own name, whatever came of it: with another
    /// name, or over TCP, where a connection tells without any name.
    pub fn tried_with_more_than_the_name(&self) -> bool {
        let is_of_the_name = |lookup: &Lookup| matches!(lookup.purpose, Purpose::Target | Purpose::CheckingDisabled);
        let is_over_udp = |lookup: &Lookup| {
            let transports = lookup.attempts.iter().map(|attempt| attempt.transport);
            transports
                .chain([lookup.transport])
                .all(|transport| transport == Transport::Udp)
        };
        !self
            .lookups
            .iter()
            .all(|lookup| is_of_the_name(lookup) && is_over_udp(lookup))
    }
}

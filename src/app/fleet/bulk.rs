//! What the bulk engine may be asked in place of the careful one, and what its answers amount to.

use std::time::Duration;

use crate::bulk::{BulkServer, LookupOutcome, NotAsked, QuestionOutcome, ServerAnswer};
use crate::dns::{AnswerKind, Class, Name, RecordType};
use crate::observation::{Lookup, Purpose, Question, Transport};
use crate::probe;
use crate::probed::Probed;
use crate::resolvers::Resolver;
use crate::settings::Settings;

/// Whether every target is asked no more than what the bulk engine can ask.
pub(super) fn is_enough(settings: &Settings) -> bool {
    settings.asked.samples <= 1 && !settings.connect
}

/// Those of the resolvers that it can ask, each as a server.
pub(super) fn servers(resolvers: &[Resolver]) -> Vec<(Resolver, BulkServer)> {
    let plain = resolvers.iter().filter(|one| one.transport == Some(Transport::Udp));
    let server = |resolver: &Resolver| {
        let name = resolver.name.clone();
        Some((
            resolver.clone(),
            BulkServer {
                name,
                at: probe::leads_to(resolver.address?),
            },
        ))
    };
    plain.filter_map(server).collect()
}

/// The answers of all servers about one target, in the order in which they came.
#[derive(Default)]
pub(super) struct TargetAnswers(Vec<ServerAnswer>);

impl TargetAnswers {
    /// Takes one; says whether that was the last of so many servers.
    pub(super) fn take(&mut self, answer: ServerAnswer, servers: usize) -> bool {
        self.0.push(answer);
        self.0.len() == servers
    }

    /// The same without those of some servers.
    pub(super) fn without(mut self, is_left_out: impl Fn(usize) -> bool) -> Self {
        self.0.retain(|answer| !is_left_out(answer.server));
        self
    }

    /// The same in the order of the servers, but for those that are left out; `None` where one of the others has none.
    pub(super) fn in_order(&self, servers: usize, left_out: &[usize]) -> Option<Vec<&ServerAnswer>> {
        let is_meant = |server: &usize| !left_out.contains(server);
        let mut answers: Vec<&ServerAnswer> = self.0.iter().filter(|answer| is_meant(&answer.server)).collect();
        answers.sort_unstable_by_key(|answer| answer.server);
        let meant = (0..servers).filter(is_meant);
        meant.eq(answers.iter().map(|answer| answer.server)).then_some(answers)
    }

    /// The servers that were not asked, since they did not reply to others.
    pub(super) fn mute(&self) -> Vec<usize> {
        let is_mute = |outcome: &QuestionOutcome| *outcome == QuestionOutcome::NotAsked(NotAsked::NoReplies);
        let mute = self
            .0
            .iter()
            .filter(|answer| is_mute(&answer.a) || is_mute(&answer.aaaa));
        let mut mute: Vec<usize> = mute.map(|answer| answer.server).collect();
        mute.sort_unstable();
        mute
    }

    /// What was observed, as the careful engine would have it, where that is all it would have: each question sent
    /// once, and one reply to it, with nothing to tell of it. `None` where there is more to see.
    pub(super) fn observed(self, target: &Name, servers: &[(Resolver, BulkServer)]) -> Option<Vec<Probed>> {
        self.0
            .into_iter()
            .map(|answer| {
                let (resolver, _) = servers.get(answer.server)?;
                let is_alone = answer.late == 0;
                let lookups = [(answer.a, RecordType::A), (answer.aaaa, RecordType::AAAA)]
                    .into_iter()
                    .map(|(outcome, qtype)| lookup(outcome, target, qtype).filter(|_| is_alone))
                    .collect::<Option<_>>()?;
                Some(Probed {
                    resolver: resolver.clone(),
                    lookups,
                    system: None,
                    interrupted: false,
                    for_others: None,
                })
            })
            .collect()
    }
}

fn lookup(outcome: QuestionOutcome, target: &Name, qtype: RecordType) -> Option<Lookup> {
    let QuestionOutcome::Asked(asked) = outcome else {
        return None;
    };
    if !is_plain(&asked, qtype) {
        return None;
    }
    let question = Question {
        purpose: Purpose::Target,
        qname: target.clone(),
        qtype,
        class: Class::In,
        transport: Transport::Udp,
        checking_disabled: false,
        sample: 0,
    };
    let rtt: Duration = asked.rtt?;
    Some(probe::read_reply(&question, *asked.reply?, rtt))
}

/// Whether there is nothing to see but addresses, or that there are none of IPv6.
pub(super) fn is_plain(asked: &LookupOutcome, qtype: RecordType) -> bool {
    let is_expected = match asked.kind {
        AnswerKind::Answer => true,
        AnswerKind::NoData => qtype == RecordType::AAAA,
        _ => false,
    };
    is_expected
        && asked.tries == 1
        && asked.mismatched == 0
        && asked.transport == Transport::Udp
        && !asked.is_lame
        && !asked.is_flawed
}

/// Whether the resolver said something over TCP, where it was asked there.
pub(super) fn is_heard_over_tcp(probed: &Probed) -> bool {
    let mut over_tcp = probed
        .lookups
        .iter()
        .filter(|lookup| lookup.purpose == Purpose::TargetTcp);
    over_tcp.all(Lookup::heard_anything)
}

//! From dig's runs to a capture: each server that was asked, with what it said, and all that dig does not show.

use std::net::SocketAddr;

use super::DigError;
use super::text::DigRun;
use crate::dns::{AnswerKind, Class, Name, RecordType, Reply};
use crate::endpoint::EndpointName;
use crate::facts::{Facts, Gap, Vantage, VantageKind};
use crate::limits;
use crate::observation::Connection;
use crate::observation::{Attempt, Lookup, NetworkFailure, Purpose, Reason, Transport};
use crate::probed::Probed;
use crate::report::{Capture, Tool};
use crate::resolvers::{Resolver, Role};
use crate::settings::Asked;
use crate::target::{Target, TargetSource};

fn gap(fact: &str, reason: &str) -> Gap {
    Gap::here(fact, "dig", reason)
}

/// What was asked, as far as the run shows it.
fn asked(run: &DigRun) -> Option<(Name, RecordType)> {
    let questions = run.command.as_ref().map(|command| command.questions.as_slice());
    let of_command = match (questions, &run.unreached) {
        (Some([question]), _) => Some(question.clone()),
        (Some(questions), Some(name)) => questions.iter().find(|(other, _)| other == name).cloned(),
        _ => None,
    };
    let unreached = run.unreached.as_ref().map(|name| (name.clone(), RecordType::A));
    run.question.clone().or(of_command).or(unreached)
}

/// Whether all of the answer is there: a text that is cut off would say something else.
fn check_whole(run: &DigRun) -> Result<(), DigError> {
    let incomplete = |what| Err(DigError::Incomplete(run.line, what));
    if run.status.is_none() {
        return Ok(());
    }
    match run.counts {
        None => incomplete("its flags"),
        Some([answers, _]) if answers != run.shown[0] => incomplete("all records of its answer section"),
        // With +noauthority there is none.
        // What follows the last record shows that it is whole.
        Some(_) if run.server.is_none() && !run.is_closed => incomplete("its end"),
        Some([_, authority]) if run.shown[1] != 0 && authority != run.shown[1] => {
            incomplete("all records of its authority section")
        }
        Some(_) => Ok(()),
    }
}

/// What the runs show, as captures that know less: one for each endpoint that was asked for, in their order, else one
/// for the first name. Runs that did not come to an end say nothing.
pub(super) fn captures(runs: &[DigRun]) -> Result<Vec<Capture>, DigError> {
    let mut names: Vec<Name> = Vec::new();
    let mut other = None;
    let mut is_of_addresses = false;
    for run in runs.iter().filter(|run| run.is_done()) {
        check_whole(run)?;
        let question = asked(run);
        match &question {
            Some((name, qtype)) if !matches!(*qtype, RecordType::A | RecordType::AAAA) => {
                other = other.or_else(|| Some((run.line, name.clone(), *qtype)));
            }
            _ => is_of_addresses = true,
        }
        let name = question.map(|(name, _)| name);
        names.extend(name.filter(|name| !names.contains(name)));
    }
    let is_endpoint = |name: &Name| EndpointName::parse(name).is_ok();
    if names.iter().any(is_endpoint) {
        names.retain(is_endpoint);
    } else if let Some((line, name, qtype)) = other.filter(|_| !is_of_addresses) {
        return Err(DigError::OtherQuestion { line, name, qtype });
    } else {
        names.truncate(1);
    }
    if names.is_empty() {
        let line = runs.first().map_or(1, |run| run.line);
        return Err(DigError::Incomplete(line, "its question"));
    }
    names.into_iter().map(|name| capture(runs, name)).collect()
}

/// What the runs show of one name.
fn capture(runs: &[DigRun], hostname: Name) -> Result<Capture, DigError> {
    let mut seen = SeenSoFar {
        gaps: vec![
            gap("control questions", "dig asked for the endpoint's name only"),
            gap(
                "operating system's lookup, hosts file, stub resolver configuration",
                "dig asks a name server and nothing else",
            ),
            gap("every try", "dig shows the last one only"),
        ],
        taken_at: None,
        observations: Vec::new(),
    };
    for run in runs {
        if run.is_done() {
            seen.take(run.clone(), &hostname)?;
        } else {
            let what = if run.command.as_ref().is_some_and(|command| command.is_trace) {
                "dig +trace asks the servers of each zone, not this host's, so it is left out"
            } else {
                "its answer is not in the text, so it is left out"
            };
            seen.gaps
                .push(gap(&format!("the run of dig at line {}", run.line), what));
        }
    }
    let SeenSoFar {
        mut gaps,
        taken_at,
        observations,
    } = seen;
    let count = observations.len();
    let observations: Vec<Probed> = observations
        .into_iter()
        .enumerate()
        .map(|(index, (mut probed, told))| {
            probed.resolver.role = told.role();
            let name = match told {
                ToldOfServer::Nothing => "server",
                ToldOfServer::Named | ToldOfServer::Own => probed.resolver.role.as_str(),
            };
            probed.resolver.name = if count == 1 {
                name.to_owned()
            } else {
                format!("{name}-{}", index + 1)
            };
            if told == ToldOfServer::Nothing
                && let Some(address) = probed.resolver.address
            {
                gaps.push(gap(
                    &format!("whether {address} is a name server of that host's own"),
                    "dig's command line is not in the text",
                ));
            }
            probed
        })
        .collect();
    for qtype in [RecordType::A, RecordType::AAAA] {
        let was_asked = |probed: &Probed| probed.lookups.iter().any(|lookup| lookup.qtype == qtype);
        if !observations.iter().all(was_asked) {
            gaps.push(gap(&format!("the {qtype} answer"), "dig was not asked for it"));
        }
    }
    if taken_at.is_none() {
        gaps.push(gap("when it was asked", "dig's text shows no time in UTC"));
    }
    Ok(Capture {
        tool: Tool {
            name: "dig".to_owned(),
            version: String::new(),
        },
        taken_at: taken_at.unwrap_or_default(),
        vantage: Vantage {
            name: None,
            kind: VantageKind::Unknown,
            system: None,
        },
        target: Target {
            region: EndpointName::parse(&hostname).ok().map(|name| name.region),
            hostname,
            cluster: None,
            source: TargetSource::Dig,
            port: None,
        },
        asked: Asked {
            samples: 1,
            attempts: 1,
            ..Asked::default()
        },
        facts: Facts::default(),
        gaps,
        connections: Vec::<Connection>::new(),
        not_waited_for: Vec::new(),
        observations,
        interrupted: false,
        failing_since: None,
        reasoned: false,
    })
}

/// What was seen so far.
struct SeenSoFar {
    gaps: Vec<Gap>,
    taken_at: Option<String>,
    observations: Vec<(Probed, ToldOfServer)>,
}

/// What the text tells of a server: whose it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ToldOfServer {
    /// Nothing: the command line is not there.
    Nothing,
    /// It was named on the command line, with @.
    Named,
    /// dig took it from that host's configuration.
    Own,
}

impl ToldOfServer {
    fn of(run: &DigRun) -> Self {
        match &run.command {
            None => Self::Nothing,
            Some(command) if command.has_server => Self::Named,
            Some(_) => Self::Own,
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Nothing => Role::Unknown,
            Self::Named => Role::Custom,
            Self::Own => Role::Local,
        }
    }
}

impl SeenSoFar {
    fn take(&mut self, mut run: DigRun, hostname: &Name) -> Result<(), DigError> {
        // What could not even be sent has no name in some versions: the text is about one.
        let (name, qtype) = asked(&run).unwrap_or_else(|| (hostname.clone(), RecordType::A));
        if run.is_of_other_class || name != *hostname || !matches!(qtype, RecordType::A | RecordType::AAAA) {
            self.gaps.push(gap(
                &format!("the answer for {name} {qtype}"),
                "not about the endpoint's addresses, so it is left out",
            ));
            return Ok(());
        }
        let command = run.command.clone();
        let command = command.as_ref();
        let told = ToldOfServer::of(&run);
        // CD is copied into the reply (RFC 4035 section 3.2.2).
        if run.flags.cd || command.is_some_and(|command| command.is_unlike_clients) {
            self.gaps.push(gap(
                &format!("the answer for {name} {qtype} at line {}", run.line),
                "asked with CD or without RD, which is not what clients ask, so it is left out",
            ));
            return Ok(());
        }
        let is_retried = run.errors_before_tcp.is_some();
        let tried = match command.map_or(Transport::Udp, |command| command.transport) {
            Transport::Udp if run.is_tcp && !is_retried => Transport::Tcp,
            tried => tried,
        };
        if let Some((server, None)) = run.server {
            self.gaps.push(gap(
                &format!("the answer of {server}"),
                "over HTTP without TLS, which no resolver of a client is asked by",
            ));
            return Ok(());
        }
        if run.counts.is_some_and(|[_, authority]| authority > run.shown[1]) {
            self.gaps
                .push(gap("the authority section", "dig's text does not show it"));
        }
        if self.taken_at.is_none() {
            self.taken_at.clone_from(&run.when);
        }
        let answered = match run.server {
            // Before BIND 9.18 dig did not show that it was TCP.
            Some((address, Some(_))) if is_retried => Some((address, Transport::Tcp)),
            Some((address, Some(transport))) => Some((address, transport)),
            // With +nostats the command line alone says who was asked.
            _ => command.and_then(|command| command.server).map(|server| (server, tried)),
        };
        let mut errors = std::mem::take(&mut run.errors);
        let (own, others): (Vec<_>, Vec<_>) = errors
            .drain(..)
            .partition(|(server, _)| answered.is_some_and(|(address, _)| address == *server));
        // dig asks the next server where one says nothing.
        let mut servers: Vec<SocketAddr> = Vec::new();
        for (server, _) in &others {
            if !servers.contains(server) {
                servers.push(*server);
            }
        }
        for server in &servers {
            let of_server = others.iter().filter(|(other, _)| other == server);
            let lookup = lookup(DigRun::default(), of_server, &name, qtype, tried);
            self.put(*server, tried, told, lookup);
        }
        match answered {
            // A server that stands on the command line, and was not the one that was tried: it is one of several
            // addresses of a name, or there is no answer of it.
            Some(_) if !run.has_answer() && own.is_empty() && !servers.is_empty() => {}
            Some((address, transport)) => {
                let lookup = lookup(run, own.iter(), &name, qtype, transport);
                // Asked over TCP only since the reply over UDP was cut short: one server, asked in one way.
                let transport = if is_retried { tried } else { transport };
                self.put(address, transport, told, lookup);
            }
            None if servers.is_empty() => {
                return Err(DigError::Incomplete(run.line, "its server"));
            }
            None if run.has_answer() => {
                return Err(DigError::Incomplete(run.line, "its server"));
            }
            None => {}
        }
        Ok(())
    }

    /// Puts a lookup to those of the same server, of which it is one sample more.
    fn put(&mut self, address: SocketAddr, transport: Transport, told: ToldOfServer, lookup: Lookup) {
        let same = self.observations.iter_mut().find(|(probed, _)| {
            probed.resolver.address == Some(address) && probed.resolver.transport == Some(transport)
        });
        if let Some((probed, so_far)) = same {
            *so_far = told.max(*so_far);
            let again = probed
                .lookups
                .iter()
                .filter(|other| other.qtype == lookup.qtype)
                .count();
            probed.lookups.push(Lookup {
                sample: u32::try_from(again).unwrap_or(u32::MAX),
                ..lookup
            });
            return;
        }
        let probed = Probed {
            resolver: Resolver {
                name: String::new(),
                role: told.role(),
                also: Vec::new(),
                in_scope: true,
                address: Some(address),
                transport: Some(transport),
                tls: None,
                known_from: "dig's text".to_owned(),
                vpc: None,
                is_elsewhere: false,
            },
            lookups: vec![lookup],
            system: None,
            interrupted: false,
            for_others: None,
        };
        self.observations.push((probed, told));
    }
}

impl DigRun {
    fn has_answer(&self) -> bool {
        self.status.is_some()
    }
}

/// A try that brought nothing: silence, or an error of the network.
fn failed(said: &str) -> (AnswerKind, Option<Reason>) {
    if said.contains("timed out") {
        return (AnswerKind::Timeout, None);
    }
    // BIND 9, lib/isc/result.c.
    let failure = match said {
        "connection refused" => NetworkFailure::Refused,
        "connection reset" => NetworkFailure::Reset,
        "host unreachable" => NetworkFailure::HostUnreachable,
        "network unreachable" => NetworkFailure::NoRoute,
        "permission denied" => NetworkFailure::Forbidden,
        _ => NetworkFailure::Other { said: said.to_owned() },
    };
    (AnswerKind::Unreachable, Some(Reason::Network { failure }))
}

fn lookup<'a>(
    run: DigRun,
    errors: impl Iterator<Item = &'a (SocketAddr, String)>,
    name: &Name,
    qtype: RecordType,
    transport: Transport,
) -> Lookup {
    let blank = Attempt::unanswered(transport, true, 0.0);
    // dig tries again over UDP, and over TCP once a reply was cut short.
    let over_udp = run.errors_before_tcp;
    let transport_of = |index: usize| match over_udp {
        Some(count) if index < count => Transport::Udp,
        _ => transport,
    };
    let mut attempts: Vec<Attempt> = errors
        .enumerate()
        .map(|(index, (_, reason))| {
            let (kind, reason) = failed(reason);
            Attempt {
                transport: transport_of(index),
                kind,
                reason,
                ..blank.clone()
            }
        })
        .take(limits::ATTEMPTS_PER_LOOKUP - 2)
        .collect();
    if let Some(count) = over_udp {
        let cut_short = Attempt {
            transport: Transport::Udp,
            kind: AnswerKind::Truncated,
            ..blank.clone()
        };
        attempts.insert(count.min(attempts.len()), cut_short);
    }
    let Some(rcode) = run.status else {
        // What was refused in every try is unreachable; what was silent once is taken for silent.
        let refused = attempts
            .first()
            .filter(|_| attempts.iter().all(|attempt| attempt.kind == AnswerKind::Unreachable))
            .cloned();
        let cut_short = attempts
            .iter()
            .find(|attempt| attempt.kind == AnswerKind::Truncated)
            .cloned();
        let last = refused.or(cut_short).unwrap_or_else(|| blank.clone());
        if attempts.is_empty() {
            attempts.push(blank);
        }
        return Lookup {
            question: name.clone(),
            qtype,
            class: Class::In,
            purpose: Purpose::Target,
            sample: 0,
            kind: last.kind,
            reason: last.reason,
            rcode: None,
            flags: None,
            soa: None,
            lame: false,
            ede: Vec::new(),
            records: Vec::new(),
            addresses: Vec::new(),
            rtt_ms: None,
            transport,
            attempts,
        };
    };
    let reply = Reply {
        rcode,
        flags: run.flags,
        records: run.records,
        extended_errors: run.ede,
        edns: true,
        defect: None,
        blemish: None,
        oversize: None,
    };
    let (kind, flaw) = reply.kind(name, qtype);
    let reason = flaw.map(|flaw| Reason::Reply { flaw });
    let addresses = match kind {
        AnswerKind::Answer => reply.addresses(name, qtype),
        _ => Vec::new(),
    };
    let soa = kind.is_negative().then(|| reply.soa()).flatten();
    attempts.push(Attempt {
        connected: transport != Transport::Udp,
        rtt_ms: run.rtt_ms,
        kind,
        reason: reason.clone(),
        rcode: Some(rcode),
        flags: Some(reply.flags),
        addresses: addresses.clone(),
        ede: reply.extended_errors.clone(),
        ..blank
    });
    Lookup {
        question: name.clone(),
        qtype,
        class: Class::In,
        purpose: Purpose::Target,
        sample: 0,
        kind,
        reason,
        rcode: Some(rcode),
        flags: Some(reply.flags),
        soa,
        lame: false,
        ede: reply.extended_errors,
        records: reply.records,
        addresses,
        rtt_ms: run.rtt_ms,
        transport,
        attempts,
    }
}

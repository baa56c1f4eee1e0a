//! From dig's runs to a capture: each server that was asked, with what it said, and all that dig does not show.

use std::net::SocketAddr;

use super::DigError;
use super::text::Run;
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
fn asked(run: &Run) -> Option<(Name, RecordType)> {
    let command = run.command.as_ref();
    let qtype = command.map_or(RecordType::A, |command| command.qtype);
    let name = command
        .and_then(|command| command.name.as_ref())
        .or(run.unreached.as_ref());
    run.question.clone().or_else(|| name.map(|name| (name.clone(), qtype)))
}

/// Whether all of the answer is there: a text that is cut off would say something else.
fn check_whole(run: &Run) -> Result<(), DigError> {
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

/// What the runs show, as a capture that knows less.
pub(super) fn capture(runs: Vec<Run>) -> Result<Capture, DigError> {
    let mut names = Vec::new();
    for run in &runs {
        check_whole(run)?;
        names.extend(asked(run).map(|(name, _)| name));
    }
    let endpoint = names.iter().find(|name| EndpointName::parse(name).is_ok());
    let Some(hostname) = endpoint.or(names.first()).cloned() else {
        let line = runs.first().map_or(1, |run| run.line);
        return Err(DigError::Incomplete(line, "its question"));
    };
    let mut seen = Seen {
        gaps: vec![
            gap("control questions", "dig asked for the endpoint's name only"),
            gap(
                "operating system's look-up, hosts file, stub resolver configuration",
                "dig asks a name server and nothing else",
            ),
            gap("every try", "dig shows the last one only"),
        ],
        taken_at: None,
        observations: Vec::new(),
    };
    for run in runs {
        seen.take(run, &hostname)?;
    }
    let Seen {
        mut gaps,
        taken_at,
        mut observations,
    } = seen;
    let count = observations.len();
    for (index, probed) in observations.iter_mut().enumerate() {
        let role = probed.resolver.role.as_str();
        probed.resolver.name = if count == 1 {
            role.to_owned()
        } else {
            format!("{role}-{}", index + 1)
        };
    }
    let has_aaaa = |probed: &Probed| {
        let mut lookups = probed.lookups.iter();
        lookups.any(|lookup| lookup.qtype == RecordType::AAAA)
    };
    if !observations.iter().all(has_aaaa) {
        gaps.push(gap("the AAAA answer", "dig was not asked for it"));
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
        reasoned: false,
    })
}

/// What was seen so far.
struct Seen {
    gaps: Vec<Gap>,
    taken_at: Option<String>,
    observations: Vec<Probed>,
}

impl Seen {
    fn take(&mut self, mut run: Run, hostname: &Name) -> Result<(), DigError> {
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
        let named = command.is_some_and(|command| command.has_server);
        let tried = command.map_or(Transport::Udp, |command| command.transport);
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
            let lookup = lookup(Run::default(), of_server, &name, qtype, tried);
            self.put(*server, tried, named, lookup);
        }
        match answered {
            // A server that stands on the command line, and was not the one that was tried: it is one of several
            // addresses of a name, or there is no answer of it.
            Some(_) if !run.has_answer() && own.is_empty() && !servers.is_empty() => {}
            Some((address, transport)) => {
                let lookup = lookup(run, own.iter(), &name, qtype, transport);
                self.put(address, transport, named, lookup);
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

    /// Puts a look-up to those of the same server, of which it is one sample more.
    fn put(&mut self, address: SocketAddr, transport: Transport, named: bool, lookup: Lookup) {
        let same = self
            .observations
            .iter_mut()
            .find(|probed| probed.resolver.address == Some(address) && probed.resolver.transport == Some(transport));
        if let Some(probed) = same {
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
        self.observations.push(Probed {
            resolver: Resolver {
                name: String::new(),
                role: if named { Role::Custom } else { Role::Local },
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
        });
    }
}

impl Run {
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
    run: Run,
    errors: impl Iterator<Item = &'a (SocketAddr, String)>,
    name: &Name,
    qtype: RecordType,
    transport: Transport,
) -> Lookup {
    let blank = Attempt::unanswered(transport, true, 0.0);
    let mut attempts: Vec<Attempt> = errors
        .map(|(_, reason)| {
            let (kind, reason) = failed(reason);
            Attempt {
                kind,
                reason,
                ..blank.clone()
            }
        })
        .take(limits::ATTEMPTS_PER_LOOKUP - 1)
        .collect();
    let Some(rcode) = run.status else {
        // What was refused in every try is unreachable; what was silent once is taken for silent.
        let refused = attempts
            .first()
            .filter(|_| attempts.iter().all(|attempt| attempt.kind == AnswerKind::Unreachable))
            .cloned();
        let last = refused.unwrap_or_else(|| blank.clone());
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

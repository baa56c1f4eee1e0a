//! When a run may end: whether anything that is still outstanding can change what the run is made for.
//!
//! What is outstanding is supposed to come out in every way that a rule tells apart, and the diagnosis is made for
//! each: where all of them lead to the decision that stands now, with the outstanding questions left out as if they had
//! never been put, the rest is not worth waiting for. Several outstanding questions are supposed one at a time beside
//! silence and beside nothing, and all of a resolver's, or of all resolvers, together.
//!
//! What decides by itself is waited for in any case: the endpoint's own name at the resolvers in scope and at this
//! host's name servers.

mod suppose;
mod until;

use std::time::Duration;

use tokio::time::Instant;

use crate::connect;
use crate::dns::Name;
use crate::limits;
use crate::observation::{Connection, Lookup, NotWaitedFor, Purpose, Question, Source, Tcp, Tls};
use crate::probe::Live;
use crate::probed::Probed;
use crate::report::{Capture, Conclusion, Decision};
use crate::resolvers::Role;
use crate::software;
use suppose::{Manner, Supposed, SupposedAnswer};

pub use until::{AskedSource, until};

/// A question that nothing came back to yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedQuestion {
    /// The resolver, as an index of the capture's observations.
    pub resolver: usize,
    /// The question; `None` of the operating system's lookup.
    pub question: Option<Question>,
    /// For how long its resolver has been asked.
    pub waited: Duration,
}

impl AwaitedQuestion {
    fn purpose(&self) -> Purpose {
        self.question
            .as_ref()
            .map_or(Purpose::Target, |question| question.purpose)
    }

    /// Whether it decides by itself, so that its window is never cut.
    fn decides(&self, observations: &[Probed]) -> bool {
        observations.get(self.resolver).is_none_or(|probed| {
            let resolver = &probed.resolver;
            self.question.is_some()
                && self.purpose() == Purpose::Target
                && (resolver.in_scope || resolver.has_role(Role::Local))
        })
    }

    /// Whether its resolver may be taken for silent in a run that is healthy without it: it is in scope only where it
    /// answers, nothing was heard of it, and there was time for that.
    fn is_unheard(&self, observations: &[Probed]) -> bool {
        observations.get(self.resolver).is_some_and(|probed| {
            self.waited >= limits::UNHEARD
                && !probed.resolver.in_scope
                && !probed.resolver.has_role(Role::Local)
                && probed.resolver.address.is_some()
                && !probed.lookups.iter().any(Lookup::heard_anything)
        })
    }
}

/// A source of facts that has not said yet what it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning {
    /// Who is asked.
    pub source: Source,
    /// For how long.
    pub waited: Duration,
    /// Whether what it says decides, so that it is never cut.
    pub decides: bool,
}

/// Why the rest is waited for: what was supposed, and gave another decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitReason(Option<Supposition>);

/// What may come of what is outstanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Supposition {
    who: Who,
    how: Manner,
    /// Whether all the rest is silent, rather than not asked.
    rest_is_silent: bool,
}

/// Whose questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// All that are outstanding.
    All,
    /// One resolver's, as an index of what was observed.
    Resolver(usize),
    /// One question, by its place among those that are outstanding.
    Question(usize),
}

/// What a run that has ended did not wait for, of these observations of it.
pub fn left(
    target: &Name,
    observations: &[Probed],
    live: &Live,
    learning: impl IntoIterator<Item = Source>,
) -> Vec<NotWaitedFor> {
    let outstanding = until::outstanding(&live.standing(), observations, Instant::now());
    not_waited_for(target, observations, &outstanding, learning)
}

/// What was not waited for, once each: how often it was put does not matter.
pub fn not_waited_for(
    target: &Name,
    observations: &[Probed],
    outstanding: &[AwaitedQuestion],
    learning: impl IntoIterator<Item = Source>,
) -> Vec<NotWaitedFor> {
    let mut left: Vec<NotWaitedFor> = learning.into_iter().map(NotWaitedFor::of).collect();
    for open in outstanding {
        let Some(probed) = observations.get(open.resolver) else {
            continue;
        };
        let question = open.question.as_ref();
        let entry = NotWaitedFor {
            resolver: probed.resolver.name.clone(),
            question: question.map_or(target, |question| &question.qname).to_string(),
            qtype: question.map(|question| question.qtype),
            purpose: Some(open.purpose()),
            source: None,
        };
        if !left.contains(&entry) {
            left.push(entry);
        }
    }
    left.truncate(limits::LIST_IN_CAPTURE);
    left
}

/// Why what is outstanding is still worth waiting for; `None` where nothing that can come of it changes the decision.
/// `connects` says whether the addresses that were given are still to be connected to. What was open `before` is tried
/// first.
///
/// What a source of facts may say is not supposed: it is waited for, unless the run is healthy without it, it does not
/// decide, and it had as much time as a resolver that decides nothing.
pub fn open(
    capture: &Capture,
    outstanding: &[AwaitedQuestion],
    learning: &[Learning],
    connects: bool,
    before: Option<&WaitReason>,
) -> Option<WaitReason> {
    open_while(capture, outstanding, learning, connects, before, || true)
}

/// The same as long as somebody wants to know it; then it is as if the rest were waited for.
fn open_while(
    capture: &Capture,
    outstanding: &[AwaitedQuestion],
    learning: &[Learning],
    connects: bool,
    before: Option<&WaitReason>,
    is_wanted: impl Fn() -> bool,
) -> Option<WaitReason> {
    // What a resolver says of its software decides only where one answer has another cause in another program.
    let tells = |open: &AwaitedQuestion| {
        let is_version = |question: &Question| question.qname.to_string().eq_ignore_ascii_case(software::QUESTION);
        open.question.as_ref().is_some_and(is_version)
            && capture
                .observations
                .get(open.resolver)
                .is_some_and(|probed| probed.resolver.in_scope && probed.is_read_by_software())
    };
    // Where the name is answered over TCP alone, a reply to a question that is put again says that packets are lost.
    let tells_of_loss = |open: &AwaitedQuestion| {
        capture.observations.get(open.resolver).is_some_and(|probed| {
            let is_over_tcp = |lookup: &Lookup| lookup.purpose == Purpose::TargetTcp && !lookup.addresses.is_empty();
            let is_asked_again = open.question.is_some() && open.purpose() != Purpose::Software;
            let is_lossy = probed.is_silent_for_the_target() && probed.lookups.iter().any(is_over_tcp);
            is_asked_again && probed.resolver.in_scope && is_lossy
        })
    };
    if outstanding.iter().any(|open| tells(open) || tells_of_loss(open)) {
        return Some(WaitReason(None));
    }
    let outstanding: Vec<AwaitedQuestion> = outstanding
        .iter()
        .filter(|open| open.purpose() != Purpose::Software)
        .cloned()
        .collect();
    let outstanding = outstanding.as_slice();
    if outstanding.is_empty() && learning.is_empty() {
        return None;
    }
    let has_time = |one: &Learning| one.decides || one.waited < limits::UNHEARD;
    if learning.iter().any(has_time) || outstanding.iter().any(|open| open.decides(&capture.observations)) {
        return Some(WaitReason(None));
    }
    let mut capture = capture.clone();
    capture.not_waited_for = not_waited_for(
        &capture.target.hostname,
        &capture.observations,
        outstanding,
        learning.iter().map(|one| one.source),
    );
    let is_healthy = Decision::of(&capture).conclusion == Conclusion::Healthy;
    if !learning.is_empty() && !is_healthy {
        return Some(WaitReason(None));
    }
    if outstanding.is_empty() {
        return None;
    }
    // Of whom nothing is expected any more.
    let unheard: Vec<bool> = outstanding
        .iter()
        .map(|open| is_healthy && open.is_unheard(&capture.observations))
        .collect();
    // Whoever may still give an address gives one to connect to.
    let gives = |(open, unheard): (&AwaitedQuestion, &bool)| open.purpose() == Purpose::Target && !unheard;
    if connects && outstanding.iter().zip(&unheard).any(gives) {
        return Some(WaitReason(None));
    }
    let suppositions = suppositions(&capture, outstanding, &unheard);
    let connections = connections(&capture, connects);
    if suppositions.len() * connections.len() > limits::SUPPOSED {
        return Some(WaitReason(None));
    }
    let supposed = Supposed::new(&capture);
    let before = before.and_then(|before| before.0);
    let again = before.filter(|before| suppositions.contains(before));
    for connections in connections {
        capture.connections = connections;
        let standing = Decision::of(&capture);
        for supposition in again.into_iter().chain(suppositions.iter().copied()) {
            if !is_wanted() {
                return Some(WaitReason(None));
            }
            if supposition.decision(&mut capture, outstanding, &supposed) != standing {
                return Some(WaitReason(Some(supposition)));
            }
        }
    }
    None
}

impl Supposition {
    /// How a question comes out; `None` where it is as if it had not been put.
    fn of(self, index: usize, outstanding: &AwaitedQuestion) -> Option<Manner> {
        let is_meant = match self.who {
            Who::All => true,
            Who::Resolver(resolver) => outstanding.resolver == resolver,
            Who::Question(question) => index == question,
        };
        match (is_meant, self.rest_is_silent) {
            (true, _) => Some(self.how),
            (false, true) => Some(Manner::SILENT),
            (false, false) => None,
        }
    }

    /// The decision where it comes out so. The capture is left as it was.
    fn decision(self, capture: &mut Capture, outstanding: &[AwaitedQuestion], supposed: &Supposed) -> Decision {
        let known: Vec<usize> = capture.observations.iter().map(|probed| probed.lookups.len()).collect();
        let mut systems = Vec::new();
        for (index, open) in outstanding.iter().enumerate() {
            let Some(manner) = self.of(index, open) else {
                continue;
            };
            if let Some(question) = &open.question {
                let lookup = supposed.lookup(&capture.observations, open, question, manner);
                capture.observations[open.resolver].lookups.push(lookup);
            } else {
                capture.observations[open.resolver].system = Some(supposed.system(manner.target));
                systems.push(open.resolver);
            }
        }
        let decision = Decision::of(capture);
        for (probed, known) in capture.observations.iter_mut().zip(known) {
            probed.lookups.truncate(known);
        }
        for system in systems {
            capture.observations[system].system = None;
        }
        decision
    }
}

/// All that is supposed. Of whom nothing is expected any more, silence is.
fn suppositions(capture: &Capture, outstanding: &[AwaitedQuestion], unheard: &[bool]) -> Vec<Supposition> {
    let others = || (0..capture.observations.len()).map(SupposedAnswer::As);
    let sayings: Vec<SupposedAnswer> = SupposedAnswer::ALL.iter().copied().chain(others()).collect();
    let mut all = Vec::new();
    let mut add = |who, how, has_rest| {
        for rest_is_silent in [false, true] {
            if has_rest || !rest_is_silent {
                all.push(Supposition {
                    who,
                    how,
                    rest_is_silent,
                });
            }
        }
    };
    for how in [Manner::SILENT, Manner::of(SupposedAnswer::Unreachable)] {
        add(Who::All, how, false);
    }
    let expected: Vec<usize> = (0..outstanding.len()).filter(|index| !unheard[*index]).collect();
    let mut resolvers: Vec<usize> = expected.iter().map(|index| outstanding[*index].resolver).collect();
    resolvers.dedup();
    for resolver in &resolvers {
        let own: Vec<&AwaitedQuestion> = outstanding.iter().filter(|open| open.resolver == *resolver).collect();
        // One question alone is supposed below.
        if own.len() > 1 {
            for how in manners(&own, &sayings) {
                add(Who::Resolver(*resolver), how, own.len() < outstanding.len());
            }
        }
    }
    if resolvers.len() > 1 && expected.len() == outstanding.len() {
        for how in manners(&outstanding.iter().collect::<Vec<_>>(), &sayings) {
            add(Who::All, how, false);
        }
    }
    for index in expected {
        let is_system = outstanding[index].question.is_none();
        let late = is_system.then_some(SupposedAnswer::RightLate);
        for said in sayings.iter().copied().chain(late) {
            add(Who::Question(index), Manner::of(said), outstanding.len() > 1);
        }
    }
    all
}

/// The ways in which several questions may come out together.
fn manners(questions: &[&AwaitedQuestion], sayings: &[SupposedAnswer]) -> Vec<Manner> {
    let of_target = questions
        .iter()
        .filter(|open| suppose::is_of_target(open.purpose()))
        .count();
    let alike = sayings.iter().copied().map(Manner::of);
    if of_target == 0 || of_target == questions.len() {
        return alike.collect();
    }
    let mixed = sayings.iter().flat_map(|target| {
        SupposedAnswer::OF_CONTROLS.iter().map(|control| Manner {
            target: *target,
            control: *control,
        })
    });
    alike.chain(mixed).collect()
}

/// What connections may come to: none where nobody connects.
fn connections(capture: &Capture, connects: bool) -> Vec<Vec<Connection>> {
    if !connects {
        return vec![capture.connections.clone()];
    }
    let (ports, _) = connect::targets(
        &capture.observations,
        capture.target.port.or_else(|| {
            capture
                .facts
                .host
                .kubeconfig
                .as_ref()
                .map(|one| one.port(&capture.target.hostname))
        }),
    );
    [
        (Tcp::Connected, Some(Tls::Verified)),
        (Tcp::Connected, Some(Tls::OtherIssuer)),
        (Tcp::Timeout, None),
        (Tcp::Refused, None),
    ]
    .into_iter()
    .map(|(tcp, tls)| {
        let connection = |port: &connect::ConnectAddress| Connection {
            ip: port.ip,
            port: port.port,
            given_by: port.given_by.clone(),
            tcp,
            tls,
            reason: None,
            network: None,
            rtt_ms: None,
        };
        ports.iter().map(connection).collect()
    })
    .collect()
}

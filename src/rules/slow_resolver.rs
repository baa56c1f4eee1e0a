//! The resolver answers, and late.

use std::fmt::Write as _;

use super::phrase::{self, observed};
use super::shared::late::{late, retried};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::{AnswerKind, RecordType};
use crate::limits::{self, SLOW_MS};
use crate::observation::{Lookup, Purpose, Transport};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// Nothing is wrong with the resolver's answer, but it came after a second or more, or only when the question was
    /// asked again.
    ///
    /// ## How it was decided
    /// The time from the start of the question to the reply that counted was 1 s or more, or the first try was lost or
    /// failed and a later one was answered. A and AAAA both count: clients wait for both. It is an error where every
    /// answer with addresses came later than this host's clients wait for the server: `timeout` times `attempts` of
    /// resolv.conf. It is one too where every such answer, and most others, came to a second
    /// try, and `attempts` is 1.
    ///
    /// ## Why it matters
    /// Go and glibc wait 5 s for a server before they ask the next one, unless resolv.conf has another `timeout`.
    /// Clients with a shorter deadline (`kubectl --request-timeout`) fail earlier, with a message that does not mention
    /// DNS.
    ///
    /// ## What to do
    /// Look for packet loss on the path, a resolver whose upstream does not answer at first, and the limit of 1024
    /// packets per second and network interface of the VPC resolver.
    "slow-resolver" = {
        summary: "the resolver answers, but late or only when asked again",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "the answer comes, late or at the second try",
        complaints: [Silence 40, Deadline 40],
        shows: [OneAnswer],
        references: [VPC_DNS_QUOTAS, MAN_RESOLV_CONF],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [ANSWERS_LATE],
        ],
        confidence: [Certain],
        wants: [Stub],
        stage: Stage::Evidence,
    }
}

/// Until when clients of this host wait for a name server of its resolv.conf, in seconds: for one question, and for all
/// tries. (Go, src/net/dnsclient_unix.go; resolv.conf(5), `timeout` and `attempts`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Patience {
    once_s: u32,
    tries: u32,
}

impl Patience {
    fn of(case: &Case<'_>, subject: &Subject<'_>) -> Option<Self> {
        let stub = case.stub().filter(|_| subject.has_role(Role::Local))?;
        Some(Self {
            once_s: stub.timeout_s.max(1),
            tries: stub.attempts.max(1),
        })
    }

    /// Whether every answer with addresses came only when the question was put again, and clients put it once. So it is
    /// where most of the other questions needed a second try too: one lost packet is no habit.
    fn has_no_second_try(self, subject: &Subject<'_>) -> bool {
        let mut answers = subject
            .lookups(Purpose::Target)
            .filter(|lookup| lookup.kind == AnswerKind::Answer)
            .peekable();
        let over_udp = |lookup: &&Lookup| {
            lookup.heard_anything()
                && lookup
                    .attempts
                    .first()
                    .is_some_and(|first| first.transport == Transport::Udp)
        };
        let all = || subject.probed.lookups.iter().filter(over_udp);
        let repeated = all().filter(|lookup| retried(lookup)).count();
        let is_habit = repeated > 1 && repeated * 2 > all().count();
        self.tries == 1 && is_habit && answers.peek().is_some() && answers.all(retried)
    }

    fn in_all_s(self) -> u32 {
        self.once_s.saturating_mul(self.tries)
    }

    /// Whether no answer with addresses comes until then.
    fn is_over_before_the_answer(self, subject: &Subject<'_>) -> bool {
        let mut answers = subject
            .lookups(Purpose::Target)
            .filter(|lookup| lookup.kind == AnswerKind::Answer)
            .peekable();
        let until_ms = f64::from(self.in_all_s()) * 1000.0;
        answers.peek().is_some() && answers.all(|lookup| lookup.rtt_ms.is_some_and(|rtt| rtt >= until_ms))
    }
}

/// Whether clients wait for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientsWait {
    /// They do, and ask the next name server after so many seconds.
    Long { once_s: u32 },
    /// Those of this host do not.
    NotUntilTheAnswer(Patience),
    /// Those of this host ask once, and the answer came to a second try.
    Once { once_s: u32 },
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let waits = |subject: &Subject<'_>| {
        let patience = Patience::of(case, subject);
        Some(match patience {
            Some(patience) if patience.is_over_before_the_answer(subject) => ClientsWait::NotUntilTheAnswer(patience),
            // Where there is another name server, clients ask that one next.
            Some(patience) if case.local().count() == 1 && patience.has_no_second_try(subject) => ClientsWait::Once {
                once_s: patience.once_s,
            },
            _ => ClientsWait::Long {
                once_s: patience.map_or(5, |patience| patience.once_s),
            },
        })
    };
    fits.grouped(waits)
        .into_iter()
        .map(|(confidence, waits, subjects)| finding(case, confidence, waits, &subjects))
        .collect()
}

fn finding(case: &Case<'_>, confidence: Confidence, waits: ClientsWait, subjects: &[&Subject<'_>]) -> Finding {
    let slow: Vec<(&Subject<'_>, Vec<&Lookup>)> = subjects.iter().map(|subject| (*subject, late(subject))).collect();
    let who = phrase::titles(subjects);
    let lookups = || slow.iter().flat_map(|(_, late)| late);
    let slowest = lookups().filter_map(|lookup| lookup.rtt_ms).fold(0.0, f64::max);
    let repeated = lookups().any(|lookup| retried(lookup));
    let only_repeated = slowest < SLOW_MS;
    let summary = if let ClientsWait::NotUntilTheAnswer(patience) = waits {
        format!(
            "{who} {} {} to answer, and this host's clients wait {} s for each of {} {}",
            phrase::plural(subjects.len(), "takes", "take"),
            phrase::time(slowest),
            patience.once_s,
            patience.tries,
            phrase::plural(patience.tries as usize, "try", "tries")
        )
    } else if matches!(waits, ClientsWait::Once { .. }) {
        format!(
            "{who} {} only when asked again, and this host's clients ask once",
            phrase::plural(subjects.len(), "answers", "answer")
        )
    } else if only_repeated {
        format!(
            "{who} {} only when asked again",
            phrase::plural(subjects.len(), "answers", "answer")
        )
    } else {
        format!(
            "{who} {} up to {} to answer",
            phrase::plural(subjects.len(), "takes", "take"),
            phrase::time(slowest)
        )
    };
    let lost = if repeated {
        " A first try was lost or failed, and a later one was answered. Packets are lost on the path, or a server that \
         the resolver asks fails at times."
    } else {
        ""
    };
    let answers = phrase::plural(subjects.len(), "answers", "answer");
    let is_too_late = !matches!(waits, ClientsWait::Long { .. });
    let effect = match waits {
        ClientsWait::NotUntilTheAnswer(Patience { once_s, tries }) => format!(
            "resolv.conf has timeout:{once_s} and attempts:{tries}. So clients of this host do not wait for the answer. \
             kubectl asks the next name server, and prints `i/o timeout` where there is none."
        ),
        ClientsWait::Once { once_s } => format!(
            "resolv.conf has attempts:1. So a client of this host whose one question is lost waits {once_s} s and fails: \
             there is no other name server to ask."
        ),
        ClientsWait::Long { once_s } => format!(
            "Clients wait for both A and AAAA, and ask the next name server only after {once_s} s. Clients with a shorter \
             deadline fail with a message that does not mention DNS."
        ),
    };
    RULE.finding(confidence, subjects)
        .severity(if is_too_late {
            Severity::Error
        } else {
            Severity::Warning
        })
        .summary(summary)
        .why(format!("{who} {answers}, but late.{lost} {effect}"))
        .seen(slow.iter().flat_map(|(subject, late)| {
            late.iter()
                .take(limits::EVIDENCE_SHOWN)
                .map(|lookup| observed_late(subject, lookup))
        }))
        .fix(remedies(case, subjects, is_too_late))
}

fn remedies(case: &Case<'_>, subjects: &[&Subject<'_>], is_too_late: bool) -> Vec<Remedy> {
    let mut remedies = vec![
        Remedy::advice(
            "See whether the path loses packets, and whether the servers that the resolver forwards to all answer",
        ),
        // dig(1): one try instead of three, so that a lost packet shows.
        remedy::answer::ask_again(case, subjects, RecordType::A, "+tries=1"),
    ];
    if is_too_late {
        remedies.push(Remedy::new(
            "Until then, let this host wait longer, and ask twice. On Linux: in /etc/resolv.conf, or where that file is made from",
            ["options timeout:5 attempts:2"],
        ));
    }
    if subjects.iter().any(|subject| subject.is_vpc_side()) {
        remedies.push(Remedy::advice(
            "See whether the sender is at the VPC resolver's limit of 1024 packets per second and network \
             interface; packets above the limit are dropped",
        ));
    }
    remedies
}

fn observed_late(subject: &Subject<'_>, lookup: &Lookup) -> Evidence {
    let mut evidence = observed(subject, lookup);
    if let Some(first) = lookup.attempts.first()
        && retried(lookup)
    {
        let came_to = match first.kind {
            AnswerKind::Timeout => "got no answer".to_owned(),
            kind => format!("came to {}", kind.as_str()),
        };
        let _ = write!(evidence.observed, "; the first try {came_to}");
    }
    evidence
}

//! What comes back cannot be read, or does not belong to the question.

use super::phrase::{self, observed, observed_target};
use super::shared::blemish::{Blemish, blemish};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, Flaw, Mismatch, RecordType};
use crate::observation::{Lookup, Reason};

declare_rule! {
    /// ## What it means
    /// Replies arrive and are of no use: octets that are no DNS message, a record that runs past the end of the
    /// message, another ID or question than was sent, another source than was asked, addresses of other names, or
    /// aliases that lead back to themselves. A broken server, or a device on the way that rewrites messages.
    ///
    /// As a warning: the answer is right and can be read, and something else in the reply is broken that clients which
    /// ask for addresses do not look at, such as the records behind the answer section.
    ///
    /// ## How it was decided
    /// No reply that belongs to the question and can be read came within the window, and others did; what was wrong
    /// with them is in the evidence. Owner names and aliases are followed here, as glibc does and Go does not: Go
    /// accepts an address of another name. What is behind the answer section does not count: Go, glibc and musl read no
    /// further. Over TCP, the first message of a connection has to be the reply: Go reads no other.
    ///
    /// ## Why it matters
    /// Clients differ: kubectl prints `cannot unmarshal DNS message`, `no such host` or `i/o timeout`, or takes
    /// an address that belongs to another name.
    ///
    /// ## What to do
    /// Find what rewrites the messages: ask the server over TCP, from beside it, and with a capture at both
    /// ends. A loop of aliases is in the zone's data: correct it there.
    "malformed-reply" = {
        summary: "what comes back cannot be read, or does not belong to the question",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "the reply cannot be decoded, or is not to the question",
        complaints: [Silence 100, Bogus 30, Unreadable 10],
        shows: [OneAnswer],
        references: [RFC_1035_MESSAGES, RFC_5452_MATCHING, RFC_1034_ALIASES],
        at: InScope,
        requires: [[UNREADABLE, PARTLY_BROKEN]],
        confidence: [Medium if [[ONLY_THE_REST_IS_BROKEN]], High],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let failing = grouped(fits.subjects(), |subject| {
        (!subject.verdict().is_fine()).then(|| defect(subject))
    })
    .into_iter()
    .map(|(defect, subjects)| finding(case, fits, &defect, &subjects));
    let blemished = grouped(
        fits.subjects()
            .into_iter()
            .filter(|subject| subject.verdict().is_fine()),
        |subject| blemish(subject),
    )
    .into_iter()
    .map(|(blemish, subjects)| blemished(case, fits, &blemish, &subjects));
    failing.chain(blemished).collect()
}

fn blemished(case: &Case<'_>, fits: &Fits<'_, '_>, blemish: &Blemish, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let Blemish { reason, stops_go } = blemish;
    let sent = match reason {
        Reason::BehindMismatched { replies, first } => Reason::Mismatched {
            replies: *replies,
            first: first.clone(),
        },
        other => other.clone(),
    };
    let (severity, summary, explanation) = if *stops_go {
        (
            Severity::Error,
            format!(
                "{who} {} other messages before the reply, so kubectl fails there",
                phrase::plural(several, "sends", "send"),
            ),
            format!(
                "From {who} came {sent}, and then the right reply. Go fails at the first, so kubectl prints `invalid \
                 DNS response` or `cannot unmarshal DNS message`."
            ),
        )
    } else {
        (
            Severity::Warning,
            format!(
                "{who} {} in a reply that is partly broken",
                phrase::plural(several, "gives the right answer", "give the right answer"),
            ),
            format!(
                "The answer section is whole, and clients that ask for addresses read no further. But {reason}. \
                 Resolvers that forward to {who}, and dig, may refuse the reply as a whole."
            ),
        )
    };
    RULE.finding(fits.least_sure_at(subjects), subjects)
        .severity(severity)
        .summary(summary)
        .why(explanation)
        .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
        .fix(vec![see(case, subjects)])
}

/// Where to look.
fn see(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Remedy {
    Remedy::new(
        "Find whether the server or the network changes the replies: ask over TCP, and capture at both ends",
        subjects.iter().flat_map(|subject| {
            let ask = remedy::path::dig(case, subject, RecordType::A, "+tcp");
            let address = subject.probed.resolver.address;
            let listen =
                address.map(|address| remedy::here::packets(case, address.ip(), address.port(), Some("dns.pcap")));
            ask.into_iter().chain(listen.unwrap_or_default())
        }),
    )
}

/// What is wrong with the replies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ReplyDefect {
    /// None belongs to the question.
    Foreign(Mismatch),
    /// Those that do come from another address or port than was asked.
    Elsewhere(Mismatch),
    /// One does, and cannot be used.
    Unusable(Option<Reason>),
    /// One does, and is cut short over TCP too.
    CutShort,
}

fn defect(subject: &Subject<'_>) -> ReplyDefect {
    if subject.verdict() == Verdict::Truncated {
        return ReplyDefect::CutShort;
    }
    let lookup = subject.a();
    let elsewhere = |lookup: &Lookup| {
        matches!(
            lookup.reason,
            Some(Reason::Mismatched {
                first: Mismatch::OtherSource { .. },
                ..
            })
        )
    };
    let foreign = lookup
        .filter(|lookup| lookup.rcode.is_none())
        .and_then(|lookup| lookup.attempts.iter().find_map(|attempt| attempt.mismatch.clone()));
    if let Some(mismatch) = foreign {
        if lookup.is_some_and(elsewhere) {
            return ReplyDefect::Elsewhere(mismatch);
        }
        return ReplyDefect::Foreign(mismatch);
    }
    ReplyDefect::Unusable(lookup.and_then(|lookup| lookup.reason.clone()))
}

fn finding(case: &Case<'_>, fits: &Fits<'_, '_>, defect: &ReplyDefect, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let tcp_is_right = subjects
        .iter()
        .all(|subject| subject.tcp().is_some_and(|lookup| lookup.kind == AnswerKind::Answer));
    let (summary, what) = match defect {
        ReplyDefect::Foreign(mismatch) => (
            "nothing but replies that do not belong to the question",
            format!("no reply belongs to the question: {mismatch}"),
        ),
        ReplyDefect::Elsewhere(mismatch) => (
            "its replies from another address or port than it is asked at",
            format!("the reply counts for nobody: {mismatch}"),
        ),
        ReplyDefect::Unusable(None) => (
            "replies that cannot be used",
            "the reply cannot be used: it cannot be read".to_owned(),
        ),
        ReplyDefect::Unusable(Some(reason)) => (
            "replies that cannot be used",
            format!("the reply cannot be used. Why: {reason}"),
        ),
        ReplyDefect::CutShort => (
            "replies that cannot be used",
            "the reply cannot be used: it is marked as cut short (TC=1) over TCP too".to_owned(),
        ),
    };
    let flaw = match defect {
        ReplyDefect::Unusable(reason) => reason.as_ref().and_then(Reason::flaw),
        _ => None,
    };
    let of_the_zone = matches!(flaw, Some(Flaw::AliasLoop { .. }));
    let mut explanation = format!(
        "{who} {}, and {what}. {}",
        phrase::plural(several, "answers", "answer"),
        if matches!(defect, ReplyDefect::Elsewhere(_)) {
            "Clients take replies only from where they ask. Either a server with several addresses answers from \
             another one, or a device that translates addresses does not translate replies back."
        } else if of_the_zone {
            "A zone or a policy that this server answers from makes the name such an alias. AWS's zones hold the \
             addresses under the name itself."
        } else {
            "Either that server is broken, or a device on the way rewrites messages."
        },
    );
    if matches!(flaw, Some(Flaw::OtherNames { .. } | Flaw::OnlyOtherNames)) {
        explanation
            .push_str(" Go (kubectl) and musl take such an address all the same, and connect to it; glibc does not.");
    }
    if tcp_is_right && matches!(defect, ReplyDefect::Elsewhere(_)) {
        explanation.push_str(" Over TCP the same question is answered there.");
    } else if tcp_is_right {
        explanation
            .push_str(" Over TCP the same question is answered there: what changes the messages does so over UDP.");
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(subject.tcp().map(|lookup| observed(subject, lookup)));
    }
    RULE.finding(fits.least_sure_at(subjects), subjects)
        .summary(format!(
            "{who} {} {summary}, so each client fails with a different error",
            phrase::plural(several, "sends", "send"),
        ))
        .why(explanation)
        .seen(evidence)
        .fix(vec![
            see(case, subjects),
            Remedy::advice(
                "On the way: DNS inspection, DNS proxies of routers and security clients rewrite messages; take this \
                 server's out of them. In the zone: correct aliases that lead back to themselves",
            ),
        ])
}

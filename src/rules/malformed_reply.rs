//! What comes back cannot be read, or does not belong to the question.

use super::phrase::{self, observed, observed_target};
use super::step::Step;
use super::{Case, Confidence, Evidence, Finding, Remedy, Severity, Stage, Subject, grouped, remedy};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, RecordType};

declare_rule! {
    /// ## What it means
    /// Replies arrive and are of no use: octets that are no DNS message, a record that runs past the end of the
    /// message, another ID or question than was sent, records of other names only, or aliases that lead back to
    /// themselves. A broken server, or a device on the way that rewrites messages.
    ///
    /// ## How it was decided
    /// No reply that belongs to the question and can be read came within the window, and others did; what was
    /// wrong with them is in the evidence. Owner names and aliases are followed here, as glibc does and Go does
    /// not: Go accepts an address of another name.
    ///
    /// ## Why it matters
    /// Clients differ: kubectl prints `cannot unmarshal DNS message`, `no such host` or `i/o timeout`, or takes
    /// an address that belongs to another name.
    ///
    /// ## What to do
    /// Find what rewrites the messages: ask the server over TCP, from beside it, and with a capture at both
    /// ends. A loop of aliases is in the zone's data: correct it there.
    ///
    /// ## References
    /// - RFC 1035, section 4 (messages); RFC 5452, section 9 (which replies to accept)
    /// - RFC 1034, section 3.6.2 (aliases)
    "malformed-reply" = {
        summary: "what comes back cannot be read, or does not belong to the question",
        severity: Severity::Error,
        since: "0.1.0",
        needs: [],
        wants: [],
        explains: [],
        replaces: ["spoofed-replies"],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, _: &[Finding]) -> Vec<Finding> {
    grouped(case.failing(), |subject| {
        (Step::of(subject) == Step::Malformed).then(|| defect(subject))
    })
    .into_iter()
    .map(|(defect, subjects)| finding(case, &defect, &subjects))
    .collect()
}

/// What is wrong with the replies.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Defect {
    /// None belongs to the question.
    Foreign(String),
    /// One does, and cannot be used.
    Unusable(String),
}

fn defect(subject: &Subject<'_>) -> Defect {
    if subject.verdict() == Verdict::Truncated {
        return Defect::Unusable("it is marked as cut short (TC=1) over TCP too".to_owned());
    }
    let lookup = subject.a();
    let foreign = lookup
        .filter(|lookup| lookup.rcode.is_none())
        .and_then(|lookup| lookup.attempts.iter().find_map(|attempt| attempt.mismatch.clone()));
    if let Some(mismatch) = foreign {
        return Defect::Foreign(mismatch);
    }
    let reason = lookup.and_then(|lookup| lookup.reason.clone());
    Defect::Unusable(reason.unwrap_or_else(|| "it cannot be read".to_owned()))
}

fn finding(case: &Case<'_>, defect: &Defect, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let tcp_is_right = subjects.iter().all(|subject| {
        subject
            .tcp()
            .is_some_and(|lookup| lookup.kind == AnswerKind::Answer)
    });
    let (summary, what) = match defect {
        Defect::Foreign(mismatch) => (
            "nothing but replies that do not belong to the question",
            format!("no reply belongs to the question: {mismatch}"),
        ),
        Defect::Unusable(reason) => (
            "replies that cannot be used",
            format!("the reply cannot be used: {reason}"),
        ),
    };
    let of_the_zone = matches!(defect, Defect::Unusable(reason) if reason.starts_with("the aliases"));
    let mut explanation = format!(
        "{who} {}, and {what}. {}",
        phrase::plural(several, "answers", "answer"),
        if of_the_zone {
            "A zone or a policy that this server answers from makes the name such an alias: AWS's zones hold the \
             addresses under the name itself."
        } else {
            "Either that server is broken, or a device on the way rewrites messages."
        },
    );
    if tcp_is_right {
        explanation.push_str(
            " Over TCP the same question is answered there: what changes the messages does so over UDP.",
        );
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        evidence.extend(subject.tcp().map(|lookup| observed(subject, lookup)));
    }
    Finding {
        rule: RULE.name.to_owned(),
        severity: Severity::Error,
        confidence: Confidence::High,
        summary: format!(
            "{who} {} {summary}, so clients fail in ways of their own",
            phrase::plural(several, "sends", "send"),
        ),
        explanation,
        caused_by: None,
        resolvers: phrase::names(subjects),
        evidence,
        remedies: vec![
            Remedy::new(
                "See whether the server or the way is at fault: over TCP, and with a capture at both ends",
                subjects.iter().flat_map(|subject| {
                    let ask = remedy::path::dig(case, subject, RecordType::A, "+tcp");
                    let listen = subject.probed.resolver.address.map(|address| {
                        format!(
                            "sudo tcpdump -n -w dns.pcap host {} and port {}",
                            address.ip(),
                            address.port()
                        )
                    });
                    ask.into_iter().chain(listen)
                }),
            ),
            Remedy::advice(
                "On the way: DNS inspection, DNS proxies of routers and security clients rewrite messages; take \
                 this server's out of them. In the zone: correct aliases that lead back to themselves",
            ),
        ],
        references: vec![
            "https://www.rfc-editor.org/rfc/rfc1035#section-4".to_owned(),
            "https://www.rfc-editor.org/rfc/rfc5452#section-9".to_owned(),
        ],
    }
}

//! Unexpected replies come beside the reply that counts.

use super::shared::stray::{Strays, stray_lookups};
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, phrase, remedy};
use crate::dns::RecordType;
use crate::observation::Lookup;

declare_rule! {
    /// ## What it means
    /// More than one host answers from the resolver's address. Beside the reply that counts, there were replies with
    /// another ID or question, or a second well-formed reply with other data.
    ///
    /// ## How it was decided
    /// Each try has its own socket and port, and waits for more replies after the first one. A reply is used only if
    /// its ID and its question are those that were sent; the others are counted. Where the resolver's answer is right,
    /// any other reply makes this finding. Where it is wrong, only a second reply that contradicts it does, and another
    /// finding says why the answer is wrong.
    ///
    /// ## Why it matters
    /// Go, glibc and dig ignore replies with a wrong ID and use the first well-formed reply, so of two contradicting
    /// replies a client uses the one that arrives first. musl and kdig also accept a reply to another question.
    ///
    /// ## What to do
    /// Find the sender: a firewall, a transparent DNS proxy or an attacker on the path. Over TCP a third party cannot
    /// easily insert replies, so a different answer there points to the path and not to the resolver.
    "spoofed-replies" = {
        summary: "unexpected replies came beside the resolver's own",
        severity: Severity::Warning,
        since: "0.1.0",
        about: AnyName,
        hint: "a second reply comes beside the server's own",
        complaints: [Unreadable 20],
        references: [RFC_5452],
        at: InScope,
        requires: [
            [STRAY_REPLIES],
        ],
        confidence: [Medium],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let who = phrase::titles(&subjects);
    let contradicted = subjects
        .iter()
        .flat_map(|subject| stray_lookups(subject))
        .any(|(_, strays)| strays.conflicting > 0);
    let race = if contradicted {
        "Of two replies that contradict each other, a client uses the first, so its result may change from run to \
         run."
    } else {
        "Go (kubectl) and glibc ignore them; musl accepts a reply to another question."
    };
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .summary(format!(
                "unexpected replies came beside the {} of {who}",
                phrase::plural(subjects.len(), "answer", "answers")
            ))
            .why(format!(
                "From the address of {who} came, beside the reply that counts, replies with another ID or question, or \
                 with other data. {race} A resolver does not send such replies: a device on the path answers in its \
                 place, or changes and repeats its replies."
            ))
            .seen(
                subjects.iter().flat_map(|subject| {
                    stray_lookups(subject).map(|(lookup, strays)| observed(&strays, subject, lookup))
                }),
            )
            .fix(vec![
                Remedy::advice(
                    "Stop firewalls and transparent DNS proxies between here and the resolver from answering or changing DNS",
                ),
                remedy::answer::ask_again(case, &subjects, RecordType::A, "+tcp"),
                Remedy::new(
                    "Watch the replies while you ask, and compare the TTL of the IP headers: replies of another host \
                     usually have another TTL",
                    subjects
                        .iter()
                        .filter_map(|subject| subject.probed.resolver.address)
                        .flat_map(|address| remedy::here::packets(case, address.ip(), address.port(), None)),
                ),
            ]),
    ]
}

/// What came beside the reply, as evidence.
fn observed(strays: &Strays<'_>, subject: &Subject<'_>, lookup: &Lookup) -> Evidence {
    let mut beside = Vec::new();
    let replies = |count| phrase::plural(count as usize, "reply", "replies");
    if strays.mismatched > 0 {
        beside.push(format!(
            "{} {} that did not belong to the question ({})",
            strays.mismatched,
            replies(strays.mismatched),
            strays
                .mismatch
                .map_or_else(|| "not read".to_owned(), ToString::to_string),
        ));
    }
    if strays.conflicting > 0 {
        beside.push(format!(
            "{} further {} that said something else",
            strays.conflicting,
            replies(strays.conflicting),
        ));
    }
    Evidence::of(
        subject.name(),
        format!(
            "{}: {}; beside it {}",
            lookup.qtype,
            phrase::outcome(lookup),
            phrase::list(&beside)
        ),
    )
}

//! Beside the reply that counts come others that do not belong.

use super::shared::stray::{Strays, stray_lookups};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, phrase, remedy};
use crate::dns::RecordType;
use crate::observation::Lookup;

declare_rule! {
    /// ## What it means
    /// More than one party answers under the resolver's address: beside the reply that counts came replies
    /// with another ID or question, or a second well-formed reply that says something else.
    ///
    /// ## How it was decided
    /// Each try has a socket and a port of its own and listens on after its first reply. A reply counts only
    /// with the ID and the question that were sent; the others are counted. Where the resolver's answer is
    /// right, any of them makes this finding; where it is wrong, only a second reply that contradicts it does,
    /// and why it is wrong is another finding's.
    ///
    /// ## Why it matters
    /// Go, glibc and dig wait past replies with a wrong ID, but take the first well-formed one: which of two
    /// contradicting replies a client gets is a race. musl and kdig accept a wrong question, too.
    ///
    /// ## What to do
    /// Find who sends them: a firewall, a transparent DNS proxy or an attacker on the path. Over TCP a third
    /// party cannot easily join in, so a different answer there points to the path and not to the resolver.
    "spoofed-replies" = {
        summary: "replies that do not belong came beside the resolver's own",
        severity: Severity::Warning,
        since: "0.1.0",
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
        "Of two replies that contradict each other a client takes the one that comes first, so it may be \
         right at one time and wrong at the next."
    } else {
        "Go (kubectl) and glibc wait past them; musl accepts a reply to another question."
    };
    vec![
        RULE.finding(Confidence::Medium, &subjects)
            .summary(format!(
                "beside the {} of {who} came replies that do not belong",
                phrase::plural(subjects.len(), "answer", "answers")
            ))
            .why(format!(
                "Under the address of {who} came, beside the reply that counts, replies with another ID or question, \
                 or with other data. {race} A resolver does not do that by itself: something on the path answers in \
                 its name, or changes and repeats what it sends."
            ))
            .seen(
                subjects.iter().flat_map(|subject| {
                    stray_lookups(subject).map(|(lookup, strays)| observed(&strays, subject, lookup))
                }),
            )
            .fix(vec![
                Remedy::advice(
                    "Have firewalls and transparent DNS proxies between here and the resolver leave port 53 alone",
                ),
                remedy::answer::ask_again(case, &subjects, RecordType::A, "+tcp"),
                Remedy::new(
                    "Watch what comes from there while asking, and look at the TTL of the IP headers: replies of \
                     another host usually differ in it",
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

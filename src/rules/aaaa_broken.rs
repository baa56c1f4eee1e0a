//! A is answered, and AAAA fails.

use super::phrase::{self, observed, observed_target};
use super::shared::contradiction;
use super::signs::AAAA_IS_NXDOMAIN;
use super::{Case, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, remedy};
use crate::dns::{AnswerKind, RecordType};
use crate::endpoint::SoaOrigin;
use crate::facts::System;
use crate::limits;
use crate::observation::{Lookup, SystemCode};
use crate::resolvers::Role;

declare_rule! {
    /// ## What it means
    /// The resolver answers the A question correctly. It does not answer the AAAA question, or answers it with an
    /// error. For an IPv4 cluster the right answer to AAAA is NODATA, at once.
    ///
    /// ## How it was decided
    /// The A answer has addresses, and nothing is wrong with them. AAAA got no reply, SERVFAIL, REFUSED or another
    /// failure in every sample, or NXDOMAIN, which says that the name has no records at all. Where AAAA got no reply,
    /// and the resolver answered AAAA for other targets of the same run, packets may have been lost, so the confidence
    /// is low. It is a warning, and an error where this host's own lookup (`getaddrinfo`) had not returned when this
    /// program stopped waiting for it, and each name server of this host gives the addresses and leaves AAAA without a
    /// reply. Where nsswitch.conf names another source than DNS for hosts, that may be what it waits for.
    ///
    /// ## Why it matters
    /// Clients ask both and wait for both. Where AAAA returns an error, Go and glibc go on with the IPv4 addresses.
    /// After NXDOMAIN for AAAA, musl (Alpine) takes the name as one that does not exist. Where AAAA gets no reply, each
    /// lookup takes until the timeout, and clients with a shorter deadline fail. When A fails once, clients print what
    /// AAAA returned.
    ///
    /// ## What to do
    /// Find what drops or fails AAAA questions: a firewall, a filter of IPv6 answers, an old middlebox, or a zone with
    /// A records only.
    "aaaa-broken" = {
        summary: "the A question is answered, and the AAAA question fails",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "A is answered, and AAAA fails",
        complaints: [Denial 300],
        shows: [OneAnswer],
        references: [RFC_4074],
        at: InScope,
        requires: [
            [ANSWER_IS_FINE],
            [A_HAS_ADDRESSES],
            [AAAA_IS_NEVER_ANSWERED, AAAA_IS_NXDOMAIN],
            // `packets-lost`.
            [not LOSES_QUESTIONS, not IS_SILENT_FOR_AAAA, not ANSWERS_THE_NAME_OVER_TCP],
            // What it has is old: AAAA is not in its cache, and who would answer is gone. A denial is an answer.
            [AAAA_IS_NXDOMAIN, not MARKED_AS_STALE],
        ],
        confidence: [Low if [[AAAA_MAY_BE_LOST]], Medium],
        wants: [SystemView, HostsLine],
        stage: Stage::Evidence,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let subjects = fits.subjects();
    let who = phrase::titles(&subjects);
    let silent = subjects
        .iter()
        .filter_map(|subject| subject.aaaa())
        .any(|lookup| lookup.kind.is_silence() || lookup.kind == AnswerKind::Malformed);
    let holds_up = holds_up_the_system(case, &subjects);
    let effect = if holds_up {
        "This host's own lookup (getaddrinfo) waits for AAAA, and had not returned when this program stopped waiting for \
         it. Go (kubectl) waits for both answers, too."
    } else if silent {
        "Go (kubectl) and glibc wait for both answers, so a lookup takes until the timeout although the \
         resolver returns the addresses."
    } else if subjects.iter().any(|subject| AAAA_IS_NXDOMAIN.is_at(case, subject)) {
        "NXDOMAIN says that the name has no records at all. Go (kubectl) and glibc go on with the IPv4 addresses, and \
         musl (Alpine) takes the name as one that does not exist."
    } else {
        "Go (kubectl) and glibc go on with the IPv4 addresses, so nothing fails as long as A is answered."
    };
    let from_two_views = !subjects.is_empty() && subjects.iter().all(|subject| is_from_two_views(subject));
    let reason = if from_two_views {
        "AAAA is denied by AWS's public zone, which lacks the name, and A has private addresses. So the two questions went \
         different ways: several servers answer there, of which not all forward the name, or a record for A alone stands \
         in the way. Asked again, A may be denied as well."
    } else {
        "Something at the resolver or behind it drops or fails AAAA questions for this name."
    };
    let elsewhere = case
        .subjects()
        .filter(|subject| !subjects.iter().any(|other| other.name() == subject.name()))
        .filter_map(|subject| Some((subject, subject.aaaa()?)))
        .filter(|(_, lookup)| is_deliberate(lookup));
    let mut evidence: Vec<Evidence> = subjects.iter().flat_map(|subject| observed_target(subject)).collect();
    evidence.extend(elsewhere.map(|(subject, lookup)| observed(subject, lookup)));
    vec![
        RULE.finding(fits.least_sure_at(&subjects), &subjects)
            .severity(if holds_up { Severity::Error } else { Severity::Warning })
            .summary(format!(
                "{who} {} the A question and {} the AAAA question",
                phrase::plural(subjects.len(), "answers", "answer"),
                phrase::plural(subjects.len(), "fails", "fail")
            ))
            .why(format!(
                "{who} {} the IPv4 addresses and {} the AAAA question. The right answer to that is NODATA for an IPv4 \
                 cluster, and addresses for an IPv6 cluster. {effect} {reason}",
                phrase::plural(subjects.len(), "returns", "return"),
                phrase::plural(subjects.len(), "fails", "fail"),
            ))
            .seen(evidence)
            .fix(if from_two_views {
                vec![
                    Remedy::advice(
                        "See whether several servers answer at this address, or behind it, and let each of them forward the \
                         name. --samples 5 shows whether the answers change",
                    ),
                    remedy::answer::ask_again(case, &subjects, RecordType::AAAA, ""),
                ]
            } else {
                remedies(case, &subjects)
            }),
    ]
}

/// Whether A has private addresses, and AAAA is denied by AWS's public zone: private and public DNS at once.
fn is_from_two_views(subject: &Subject<'_>) -> bool {
    let is_public = |lookup: &Lookup| {
        let of = lookup.soa.as_ref().map(SoaOrigin::of);
        lookup.kind == AnswerKind::NxDomain && of == Some(SoaOrigin::PublicAws)
    };
    subject.has_private_addresses() && subject.aaaa().is_some_and(is_public)
}

/// Whether this host's own lookup did not come back, and waits for AAAA at each name server that it may ask.
fn holds_up_the_system(case: &Case<'_>, subjects: &[&Subject<'_>]) -> bool {
    let is_out = |system: &Subject<'_>| {
        let failure = system.probed.system.as_ref().and_then(|lookup| lookup.failure.as_ref());
        failure.is_some_and(|failure| failure.code == SystemCode::Timeout)
    };
    let leaves_aaaa = |server: &Subject<'_>| {
        let is_silent = server.aaaa().is_some_and(|lookup| lookup.kind.is_silence());
        is_silent && subjects.iter().any(|subject| subject.name() == server.name())
    };
    let mut asked = case.local().take(limits::NAME_SERVERS_USED).peekable();
    !contradiction::asks_others(case)
        && case.system().is_some_and(is_out)
        && asked.peek().is_some()
        && asked.all(leaves_aaaa)
}

fn is_deliberate(lookup: &Lookup) -> bool {
    lookup.kind == AnswerKind::Answer || lookup.kind.is_negative()
}

fn remedies(case: &Case<'_>, subjects: &[&Subject<'_>]) -> Vec<Remedy> {
    let mut remedies = vec![
        Remedy::advice(
            "Find what fails AAAA there: a firewall or filter for IPv6 answers, an old middlebox, or the server \
             that the question is forwarded to",
        ),
        remedy::answer::ask_again(case, subjects, RecordType::AAAA, ""),
    ];
    // Neither macOS' nor Windows' own resolver has such an option.
    let is_linux = remedy::here::system(case) == System::Linux;
    let is_denied = subjects.iter().all(|subject| AAAA_IS_NXDOMAIN.is_at(case, subject));
    if is_linux && !is_denied && subjects.iter().any(|subject| subject.has_role(Role::Local)) {
        // resolv.conf(5); Go reads the option too (src/net/dnsconfig_unix.go).
        remedies.push(Remedy::new(
            "If AAAA is lost only when A and AAAA are asked at the same time: have clients ask one after the other",
            ["# resolv.conf\noptions single-request"],
        ));
    }
    remedies
}

//! The resolver says different things to the same question.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::phrase::observed_target;
use super::shared::contradiction::{self, TcpAnswer};
use super::shared::samples::{self, Sample, SampleAnswer, is_silence, samples};
use super::{
    Case, Confidence, Evidence, Finding, Fits, Remedy, RuleFit, Severity, Stage, Subject, grouped, phrase, remedy,
};
use crate::dns::RecordType;
use crate::limits;
use crate::observation::Lookup;

declare_rule! {
    /// ## What it means
    /// One address, one question, different answers within one run: behind the address are several servers with
    /// different data, or one server whose sources do not agree.
    ///
    /// ## How it was decided
    /// The name was asked for several times (`--samples`). Samples differ when they have another verdict, another kind
    /// of answer for A or AAAA, or addresses of another class. Right answers that hold different ones of the expected
    /// addresses do not differ. Or the answers over UDP and over TCP to the same question contradict each other, and
    /// one of them is right. Or the operating system's lookup asks the name servers of resolv.conf alone and gets
    /// another answer from them: the one is right, and the other a denial. Or the first try gets SERVFAIL, and the same
    /// question put again gets addresses. Or A has public addresses, and the endpoint's private hosted zone answers
    /// AAAA: these are two sources, and who decides between them is not known. No reply is no answer: where all answers
    /// agree, the finding says so, and does not say that they differ. This finding takes the place of what single
    /// samples of the same resolver would say. Where several resolvers deny the name over UDP alone, something on the
    /// path may answer in their place: that is one finding.
    ///
    /// ## Why it matters
    /// Clients fail now and then, and a test by hand proves nothing. NXDOMAIN and NODATA are final: a client
    /// that gets one does not ask the next server.
    ///
    /// ## What to do
    /// Find the servers behind the address and configure them alike: each one needs the same conditional forward, the
    /// same filter exceptions and the same way to the inbound endpoint.
    "resolver-unstable" = {
        summary: "the resolver gives different answers to the same question",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        hint: "the same question gets different answers",
        complaints: [Denial 270, Failure 140, Silence 110],
        references: [RFC_5001],
        at: InScope,
        requires: [[SAMPLES_DIFFER, TCP_CONTRADICTS, SYSTEM_CONTRADICTS, TRIES_DIFFER, TYPES_CONTRADICT]],
        // Whatever in the catalogue speaks of a single resolver's answer for the name. What rests on
        // configuration, and what several samples can share (stale data, stray replies, closed TCP), stays.
        // TCP alone may be led to another server; A alone may be a record of somebody's own.
        confidence: [Certain if [[SAMPLES_DIFFER]], Medium if [[not TYPES_CONTRADICT]], Low],
        replaces: [OneAnswer],
        stage: Stage::Evidence,
    }
}

/// What more samples are for.
const TO_SEE_THE_SHARE: &str = "Ask more often, to see the share of each answer";

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    let in_place: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| !samples::differs(case, subject) && contradiction::is_denied_over_udp_alone(case, subject))
        .collect();
    // No path leads to this host itself.
    let servers: BTreeSet<IpAddr> = in_place
        .iter()
        .filter_map(|subject| subject.ip().filter(|ip| !ip.is_loopback()))
        .collect();
    let is_on_the_path = servers.len() > 1;
    let mut findings = Vec::new();
    if is_on_the_path {
        findings.push(answered_on_the_path(case, fits.least_sure_at(&in_place), &in_place));
    }
    let by_the_system: Vec<&Subject<'_>> = fits
        .subjects()
        .into_iter()
        .filter(|subject| !samples::differs(case, subject) && contradiction::over_tcp(case, subject).is_none())
        .filter(|subject| contradiction::by_the_system(case, subject).is_some())
        .collect();
    if let Some(system) = by_the_system
        .first()
        .and_then(|one| contradiction::by_the_system(case, one))
    {
        let confidence = fits.least_sure_at(&by_the_system);
        findings.push(contradicted_by_the_system(case, confidence, &by_the_system, system));
    }
    let is_of = |all: &[&Subject<'_>], subject: &Subject<'_>| all.iter().any(|one| one.name() == subject.name());
    let is_told = |subject: &Subject<'_>| is_on_the_path && is_of(&in_place, subject) || is_of(&by_the_system, subject);
    let others = fits.iter().filter(|fit| !is_told(fit.subject));
    findings.extend(others.map(|RuleFit { subject, confidence }| {
        if !samples::differs(case, subject)
            && let Some(over_tcp) = contradiction::over_tcp(case, subject)
        {
            return contradicted(case, confidence, subject, over_tcp);
        }
        if !samples::differs(case, subject)
            && let Some(lookup) = contradiction::by_another_try(subject)
        {
            return failed_at_first(case, confidence, subject, lookup);
        }
        if !samples::differs(case, subject) && contradiction::are_of_two_zones(case, subject) {
            return of_two_zones(case, confidence, subject);
        }
        let samples = samples(case, subject);
        let kinds = grouped(&samples, |sample| Some(sample.said.clone()));
        finding(case, confidence, subject, &samples, &kinds)
    }));
    findings
}

/// Several servers deny the name over UDP and have it over TCP. They do not share their data, but they may share the
/// path.
fn answered_on_the_path(case: &Case<'_>, confidence: Confidence, resolvers: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(resolvers);
    let over_tcp = resolvers.iter().filter_map(|subject| Some((subject, subject.tcp()?)));
    RULE.finding(confidence, resolvers)
        .summary(format!(
            "{who} deny the name over UDP and have it over TCP: something on the path probably answers UDP in their place"
        ))
        .why(
            "They were asked for the same name and type over UDP and over TCP. Over TCP all give the expected addresses, \
             and over UDP none does. Separate servers do not change like that at one time. A DNS proxy on the path from \
             here probably takes what is sent to port 53. It may be of a router, a provider, a VPN client or a firewall. \
             Else they ask one server behind them, which answers in two ways.",
        )
        .seen(resolvers.iter().flat_map(|subject| observed_target(subject)))
        .seen(over_tcp.map(|(subject, lookup)| phrase::observed(subject, lookup)))
        .fix(vec![
            Remedy::advice(
                "Find what redirects UDP port 53 on the path from here, and let questions to these addresses pass. Ask \
                 from another network too, to see that it is this one",
            ),
            remedy::answer::ask_again(case, resolvers, RecordType::A, "+tcp +nsid"),
        ])
}

/// What the operating system gets from the same servers is another answer.
fn contradicted_by_the_system(
    case: &Case<'_>,
    confidence: Confidence,
    subjects: &[&Subject<'_>],
    system: &Subject<'_>,
) -> Finding {
    // What resolv.conf names: one of them may have a finding of its own.
    let local: Vec<&Subject<'_>> = case.local().collect();
    let who = phrase::titles(subjects);
    let all = phrase::titles(&local);
    let own = match subjects {
        [one] => {
            let own = one.a().map_or_else(|| "no answer".to_owned(), came_to);
            format!("answers with {own}")
        }
        _ => "deny the name".to_owned(),
    };
    let other = if system.ips().is_empty() {
        "no address".to_owned()
    } else {
        phrase::addresses(&system.ips())
    };
    let about = subjects.iter().copied().chain([system]);
    RULE.finding_at_large(confidence)
        .about(about.map(|subject| subject.name().to_owned()))
        .summary(format!(
            "{who} {own}, and the operating system's lookup, which asks {} alone, gets {other}",
            if subjects.len() == local.len() {
                phrase::plural(local.len(), "it", "them").to_owned()
            } else {
                all.clone()
            }
        ))
        .why(format!(
            "resolv.conf names {all} alone, and the hosts line of nsswitch.conf leads there. So both answers are from \
             there, and they contradict each other. The cause is not the name. Several servers behind an address have \
             different data (load balancer, anycast, two forwarders), or one server asks others that do not agree. Which \
             one a client gets is chance, so failures come and go. A cache of this host (nscd) that still holds an older \
             answer would look the same."
        ))
        .seen(subjects.iter().flat_map(|subject| observed_target(subject)))
        .seen(observed_target(system))
        .fix(vec![
            Remedy::advice(
                "Give every server behind the address the same configuration for this name: the same forward, the same \
                 exceptions, the same way to the inbound endpoint",
            ),
            remedy::answer::ask_more_often(case, subjects, TO_SEE_THE_SHARE),
            remedy::answer::ask_again(case, subjects, RecordType::A, "+nsid"),
        ])
}

/// The answer over UDP is right, and the one over TCP is another; or the other way round, which is what clients get.
fn contradicted(case: &Case<'_>, confidence: Confidence, subject: &Subject<'_>, over_tcp: TcpAnswer<'_>) -> Finding {
    let who = subject.title();
    let (severity, summary, over_tcp) = match over_tcp {
        TcpAnswer::Wrong(lookup) => (
            Severity::Warning,
            format!(
                "{who} answers the same question over TCP with {}, and over UDP as it should",
                came_to(lookup)
            ),
            lookup,
        ),
        TcpAnswer::Right(lookup) => (
            Severity::Error,
            format!(
                "{who} answers the same question over UDP with {}, and over TCP as it should",
                phrase::came_to(subject.verdict(), &subject.probed.lookups)
            ),
            lookup,
        ),
    };
    RULE.finding_at_large(confidence)
        .about(vec![subject.name().to_owned()])
        .severity(severity)
        .summary(summary)
        .why(format!(
            "{who} was asked for the same name and type over UDP and over TCP, and the answers differ. Several servers \
             behind the address may have different data (load balancer, anycast, two forwarders). Then the next \
             question over UDP can get the other answer as well. Or one of UDP and TCP alone is led to another server."
        ))
        .seen(observed_target(subject))
        .seen([phrase::observed(subject, over_tcp)])
        .fix(vec![
            Remedy::advice(
                "Give every server behind the address the same configuration for this name: the same forward, the same \
                 exceptions, the same way to the inbound endpoint",
            ),
            remedy::answer::ask_more_often(case, &[subject], TO_SEE_THE_SHARE),
            remedy::answer::ask_again(case, &[subject], RecordType::A, "+tcp +nsid"),
        ])
}

/// SERVFAIL, and addresses when it is asked again.
fn failed_at_first(case: &Case<'_>, confidence: Confidence, subject: &Subject<'_>, lookup: &Lookup) -> Finding {
    let who = subject.title();
    RULE.finding_at_large(confidence)
        .about(vec![subject.name().to_owned()])
        .severity(Severity::Warning)
        .summary(format!(
            "{who} answers the first question with SERVFAIL, and the same question again with addresses"
        ))
        .why(format!(
            "The question was put again as it was, and the two answers of {who} differ. Several servers behind the address \
             may have different data, or one of them fails. Or the server that it asks fails now and then. A client that \
             gets SERVFAIL asks again, or asks the next name server; some give up."
        ))
        .seen([phrase::observed(subject, lookup)])
        .fix(vec![
            remedy::answer::ask_more_often(case, &[subject], TO_SEE_THE_SHARE),
            remedy::answer::ask_again(case, &[subject], RecordType::A, "+nsid"),
        ])
}

/// A is from public DNS, and AAAA from the private hosted zone.
fn of_two_zones(case: &Case<'_>, confidence: Confidence, subject: &Subject<'_>) -> Finding {
    let who = subject.title();
    RULE.finding_at_large(confidence)
        .about(vec![subject.name().to_owned()])
        .summary(format!(
            "{who} gives public addresses for A, and answers AAAA from the endpoint's private hosted zone"
        ))
        .why(
            "That zone has private addresses for A, so the two answers are from two sources. Several servers behind the address may have different \
             data, and only some forward the name to the VPC. Or somebody wrote a record for A alone, at this resolver or \
             in a private hosted zone of their own. Or A is an old answer of a cache.",
        )
        .seen(observed_target(subject))
        .fix(vec![
            remedy::answer::ask_more_often(
                case,
                &[subject],
                "Ask more often: where the answers change, several servers answer",
            ),
            Remedy::advice(
                "Where they change, give every server behind the address the same forward to the inbound endpoint. Where \
                 they do not, look for a record of the name at this resolver, and remove it",
            ),
            remedy::answer::ask_again(case, &[subject], RecordType::A, "+nsid"),
        ])
}

fn finding(
    case: &Case<'_>,
    confidence: Confidence,
    subject: &Subject<'_>,
    samples: &[Sample<'_>],
    kinds: &[(SampleAnswer, Vec<&Sample<'_>>)],
) -> Finding {
    let who = subject.title();
    let total = samples.len();
    let right = samples.iter().filter(|sample| sample.said.verdict.is_fine()).count();
    let wrong = total - right;
    let severity = if wrong > 0 { Severity::Error } else { Severity::Warning };
    let silent = samples.iter().filter(|sample| sample.is_silent_for_any()).count();
    // Silence is no answer: where the others agree, packets may be all that is lost.
    let answers_agree = silent > 0 && samples::answers_agree(samples);
    let summary = match (right, wrong) {
        _ if answers_agree => {
            let has_each_a = samples.iter().all(|sample| !is_silence(sample.a));
            let questions = if has_each_a { "AAAA questions" } else { "questions" };
            format!("{who} leaves {questions} without an answer in {silent} of {total} samples")
        }
        (_, 0) if is_of_aaaa_alone(samples) => {
            format!("{who} gives different answers to AAAA questions for the name, and right ones to A questions")
        }
        (_, 0) => format!(
            "{who} gives different answers to the same question; none of the {total} answers is known to be wrong"
        ),
        (0, _) => format!("{who} gives different answers to the same question, and none of {total} is right"),
        _ => format!("{who} gives different answers to the same question: {right} of {total} are right"),
    };
    let asked = format!(
        "{who} was asked {total} times for the same name: A {}. AAAA {}.",
        tally(samples, |sample| sample.a),
        tally(samples, |sample| sample.aaaa)
    );
    let reason = if answers_agree {
        "The answers agree, and some questions got none. Either the path loses packets, or the resolver drops \
         questions beyond a limit. Or one of several servers behind the address is down, or waits for another that \
         is."
        .to_owned()
    } else {
        format!(
            "The cause is not the name. Several servers behind the address have different data (load balancer, \
             anycast, two forwarders), or one server asks others that do not agree.{}",
            if silent > 0 {
                " Where a sample got no answer, the path may also have lost it."
            } else {
                ""
            }
        )
    };
    let chance = if wrong > 0 {
        " Which one a client gets is chance, so failures come and go."
    } else {
        ""
    };
    RULE.finding_at_large(confidence)
        .about(vec![subject.name().to_owned()])
        .severity(severity)
        .summary(summary)
        .why(format!("{asked} {reason}{chance}"))
        .seen(kinds.iter().map(|(_, alike)| observed(subject, alike, total)))
        .fix(vec![
            Remedy::advice(if answers_agree {
                "See whether the path loses packets, whether the server limits the questions of one client, and whether \
                 every server behind the address is up"
            } else {
                "Give every server behind the address the same configuration for this name: the same forward, the same \
                 exceptions, the same way to the inbound endpoint"
            }),
            remedy::answer::ask_more_often(case, &[subject], TO_SEE_THE_SHARE),
            // dig(1): +nsid asks for the name server identifier, which tells servers behind one address apart.
            remedy::answer::ask_again(case, &[subject], RecordType::A, "+nsid"),
        ])
}

/// How often each outcome of one type came, in the order in which they came first: `came to NODATA 6 times and NXDOMAIN
/// 4 times`.
fn tally<'a>(samples: &[Sample<'a>], of: fn(&Sample<'a>) -> Option<&'a Lookup>) -> String {
    let outcomes = grouped(samples.iter().filter_map(of), |lookup| Some(came_to(lookup)));
    if outcomes.is_empty() {
        return "was not asked".to_owned();
    }
    let mut counted: Vec<String> = outcomes
        .iter()
        .take(limits::NAMES_SHOWN)
        .map(|(what, alike)| match alike.len() {
            1 => format!("{what} once"),
            times => format!("{what} {times} times"),
        })
        .collect();
    let others = outcomes.len() - counted.len();
    if others > 0 {
        counted.push(format!("{others} more"));
    }
    format!("came to {}", phrase::list(&counted))
}

/// What one lookup came to: its addresses in order, or the kind of its answer.
fn came_to(lookup: &Lookup) -> String {
    if lookup.addresses.is_empty() {
        phrase::verdict(lookup.kind.into()).to_owned()
    } else {
        phrase::distinct(lookup.addresses.iter().copied())
    }
}

/// Whether the A questions came to the same each time.
fn is_of_aaaa_alone(samples: &[Sample<'_>]) -> bool {
    let mut of_a = samples.iter().map(|sample| sample.a.map(came_to));
    let first = of_a.next();
    first.is_some_and(|first| of_a.all(|other| other == first))
}

fn observed(subject: &Subject<'_>, alike: &[&Sample<'_>], total: usize) -> Evidence {
    let numbers: Vec<u32> = alike.iter().map(|sample| sample.number + 1).collect();
    let outcome = |lookup: Option<&Lookup>| lookup.map_or_else(|| "not asked".to_owned(), phrase::outcome);
    let first = alike.first();
    Evidence::of(
        subject.name(),
        format!(
            "{} of {total} samples ({}): A {}; AAAA {}",
            alike.len(),
            ranges(&numbers),
            outcome(first.and_then(|sample| sample.a)),
            outcome(first.and_then(|sample| sample.aaaa)),
        ),
    )
}

/// `1-3, 5`: ascending numbers, runs drawn together.
fn ranges(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == *number => *end = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let runs: Vec<String> = runs
        .into_iter()
        .map(|(start, end)| {
            if start == end {
                start.to_string()
            } else {
                format!("{start}-{end}")
            }
        })
        .collect();
    runs.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_drawn_together() {
        assert_eq!(ranges(&[]), "");
        assert_eq!(ranges(&[4]), "4");
        assert_eq!(ranges(&[1, 2, 3, 5, 7, 8]), "1-3, 5, 7-8");
    }
}

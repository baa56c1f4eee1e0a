//! The server does not recurse.

use super::phrase::{self, observed_controls, observed_target};
use super::{Case, Confidence, Evidence, Finding, Fits, Remedy, Severity, Stage, Subject, step};
use crate::compare::Verdict;
use crate::dns::{RData, Section};
use crate::limits;
use crate::software::Software;

declare_rule! {
    /// ## What it means
    /// The server answers for zones of its own and does not ask others on a client's behalf: an authoritative
    /// server, or a resolver whose recursion is off for this client. It is not a resolver that a host can use.
    ///
    /// ## How it was decided
    /// The reply is a referral (NOERROR, name servers in AUTHORITY, no answer), or a negative answer whose RA bit is
    /// clear: recursion is not available. REFUSED is the same where RA is clear and Extended DNS Error 20 (Not
    /// Authoritative) comes with it: the server has zones of its own alone. REFUSED without that is
    /// `resolver-refuses-client`.
    ///
    /// ## Why it matters
    /// kubectl prints `no such host`: a referral has no answer, and clients accept NXDOMAIN from a server that does not
    /// recurse too.
    ///
    /// ## What to do
    /// Name a recursive resolver in the place of this server, or switch recursion on for this client.
    "not-recursive" = {
        summary: "the server does not recurse",
        severity: Severity::Error,
        since: "0.1.0",
        about: AnyName,
        is_of_the_resolver: true,
        hint: "name servers in AUTHORITY, and no answer",
        complaints: [Failure 120, Refused 30, Referral 10],
        shows: [OneAnswer],
        references: [RFC_1035_HEADER, RFC_9499, RFC_8914, BIND_RECURSION],
        at: Failing,
        requires: [[HEARD_AT_ALL], [not RECURSES]],
        confidence: [High],
        stage: Stage::Evidence,
    }
}

/// How the server says that it does not recurse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// With the servers of another zone.
    Referral,
    /// With REFUSED, for a name outside its zones.
    Refused,
    /// With a negative answer and RA=0.
    Denial,
}

fn says(subject: &Subject<'_>) -> Says {
    if subject.verdict() == Verdict::Referral {
        Says::Referral
    } else if step::is_refused_for_a_foreign_zone(subject) {
        Says::Refused
    } else {
        Says::Denial
    }
}

fn check(_: &Case<'_>, fits: &Fits<'_, '_>, _: &[Finding]) -> Vec<Finding> {
    fits.grouped(|subject| Some(says(subject)))
        .into_iter()
        .map(|(confidence, says, subjects)| finding(confidence, says, &subjects))
        .collect()
}

fn finding(confidence: Confidence, says: Says, subjects: &[&Subject<'_>]) -> Finding {
    let who = phrase::titles(subjects);
    let several = subjects.len();
    let does = phrase::plural(several, "does", "do");
    let explanation = if says == Says::Referral {
        let mut servers: Vec<String> = subjects
            .iter()
            .filter_map(|subject| subject.a())
            .flat_map(|lookup| lookup.section(Section::Authority))
            .filter_map(|record| match &record.data {
                RData::Ns(server) => Some(server.to_string()),
                _ => None,
            })
            .collect();
        servers.sort();
        servers.dedup();
        servers.truncate(limits::EVIDENCE_SHOWN);
        format!(
            "{who} {} with a referral to {}, and leaves the asking to the client. Stub resolvers do not follow \
             referrals: they take it for no answer.",
            phrase::plural(several, "answers", "answer"),
            phrase::list(&servers),
        )
    } else if says == Says::Refused {
        format!(
            "{who} {} this name with EDE 20 (Not Authoritative), and the reply says that recursion is not available. So \
             the name is in none of its zones, and it asks nobody else. No access list changes that on a server that has \
             zones of its own alone, such as NSD and Knot DNS.",
            phrase::plural(several, "refuses", "refuse"),
        )
    } else {
        format!(
            "{who} {}, and the reply says that recursion is not available there. Such a server knows its own zones, or \
             its cache, and asks nobody else for this client.",
            phrase::returns_negative(subjects),
        )
    };
    let mut evidence: Vec<Evidence> = Vec::new();
    for subject in subjects {
        evidence.extend(observed_target(subject));
        if let Some(flags) = subject.a().and_then(|lookup| lookup.flags) {
            evidence.push(Evidence::of(
                subject.name(),
                format!("flags of the reply: {}", flags.names().join(" ")),
            ));
        }
        evidence.extend(observed_controls(subject));
    }
    RULE.finding(confidence, subjects)
        .summary(format!(
            "{who} {does} not recurse, so names of other servers' zones do not resolve there"
        ))
        .why(explanation)
        .seen(evidence)
        .fix(
            [
                vec![Remedy::advice(format!(
                    "Use a recursive resolver in the place of {who}"
                ))],
                Remedy::in_software(
                    "Or switch recursion on there, for known clients only",
                    [
                        (
                            Software::Bind,
                            "# BIND (named.conf), in options {}\nrecursion yes;\nallow-recursion { localhost; localnets; \
                             <client-subnet>; };",
                        ),
                        (
                            Software::Windows,
                            "# Windows DNS (PowerShell)\nSet-DnsServerRecursion -Enable $true",
                        ),
                    ],
                )
                .into_iter()
                .map(Remedy::as_alternative)
                .collect(),
            ]
            .concat(),
        )
}

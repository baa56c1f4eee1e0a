//! An answer is not the expected one, and no rule of the catalogue says why.

use super::phrase::{self, observed, observed_target};
use super::shared::{late, transport};
use super::{Case, Finding, Fits, Remedy, Severity, Stage, Subject};
use crate::dns::{AnswerKind, ExtendedError};
use crate::endpoint::SoaOrigin;
use crate::facts::or_loopback;
use crate::observation::{Lookup, Purpose, Transport};

declare_rule! {
    /// ## What it means
    /// A resolver's answer is not the expected one, and none of the causes in the catalogue fits the observations. It
    /// is certain that the answer differs; the cause is not known.
    ///
    /// ## How it was decided
    /// The resolver is in scope, its verdict is neither `match`, `plausible` nor `answer`, and no other finding of
    /// severity error names it.
    ///
    /// ## Why it matters
    /// Clients that depend on this resolver do not get the endpoint's addresses from it.
    ///
    /// ## What to do
    /// Send all observations to the people who run the resolver. A capture (`--save`) contains them all.
    "unexplained-mismatch" = {
        summary: "an answer is not the expected one, and no rule of the catalogue says why",
        severity: Severity::Error,
        since: "0.1.0",
        about: Endpoint,
        hint: "the address is not one that AWS has for the cluster",
        complaints: [Connection 150],
        shows: [Unexplained],
        references: [RFC_9499],
        at: Deciding,
        requires: [
            [not ANSWER_IS_FINE],
        ],
        confidence: [Certain],
        wants: [VpcView, Stub, HostsLine],
        stage: Stage::Unexplained,
    }
}

fn check(case: &Case<'_>, fits: &Fits<'_, '_>, earlier: &[Finding]) -> Vec<Finding> {
    let explained = |name: &str| {
        earlier.iter().any(|finding| {
            finding.severity == Severity::Error && finding.resolvers.iter().any(|resolver| resolver == name)
        })
    };
    fits.iter()
        .filter(|fit| !explained(fit.subject.name()))
        .map(|fit| {
            let subject = fit.subject;
            let mut evidence = observed_target(subject);
            evidence.extend(
                subject
                    .probed
                    .lookups
                    .iter()
                    .filter(|lookup| lookup.purpose != Purpose::Target)
                    .map(|lookup| observed(subject, lookup)),
            );
            let known = KnownOfAnswer::of(case, subject, earlier);
            let who = subject.title();
            let mut why = format!(
                "It is certain that {who} does not return the expected answer. -v shows what it returned, question by \
                 question."
            );
            why.push_str(&known.explanation(&who));
            if matches!(known, KnownOfAnswer::Nothing) && may_be_filtered(subject) {
                why.push_str(
                    " A filter of private addresses may still be it: BIND's deny-answer-addresses gives SERVFAIL for A alone. \
                     Whether the name has private addresses was not seen; --public or a resolver of the VPC would tell.",
                );
            }
            why.push_str(&may_be_lost(subject).unwrap_or_default());
            RULE.finding_at_large(fit.confidence)
                .about(vec![subject.name().to_owned()])
                .caused_by(known.cause())
                .summary(known.summary(subject))
                .why(why)
                .seen(evidence)
                .fix(vec![known.remedy(case, subject)])
        })
        .collect()
}

/// What is known of an answer that no rule explains.
enum KnownOfAnswer<'c, 'a> {
    /// It is from an expired cache entry, as the resolver says.
    Stale,
    /// It comes over TCP alone.
    OverTcpAlone,
    /// A is waited for in vain, and AAAA is answered at once.
    WaitsForA,
    /// It is the operating system's, whose C library does not take what Go takes from resolv.conf: the file, and which
    /// lines.
    LinesOfLibc { source: String, lines: String },
    /// The resolvers of the VPC fail too, and this rule says why.
    VpcFails {
        rule: String,
        failing: Vec<&'c Subject<'a>>,
    },
    /// Nothing.
    Nothing,
}

impl<'c, 'a> KnownOfAnswer<'c, 'a> {
    fn of(case: &'c Case<'a>, subject: &Subject<'_>, earlier: &[Finding]) -> Self {
        if is_marked_as_stale(subject) {
            return Self::Stale;
        }
        if is_silent_over_udp_alone(subject) {
            return Self::OverTcpAlone;
        }
        if late::waits_for_a_alone(subject) {
            return Self::WaitsForA;
        }
        lines_of_libc(case, subject)
            .or_else(|| vpc_fails(case, subject, earlier))
            .unwrap_or(Self::Nothing)
    }

    /// The finding that explains this one, as far as the resolver forwards the name to those that it is about.
    fn cause(&self) -> Option<String> {
        match self {
            Self::VpcFails { rule, .. } => Some(rule.clone()),
            _ => None,
        }
    }

    fn summary(&self, subject: &Subject<'_>) -> String {
        let who = subject.title();
        match self {
            Self::Stale => {
                format!(
                    "{who} does not return the expected answer: it answers from an expired cache entry, as it says itself"
                )
            }
            Self::OverTcpAlone => {
                format!("{who} gives no answer for this name over UDP, and gives one over TCP: the cause is not known")
            }
            Self::WaitsForA => format!(
                "{who} waits for A {} and then fails, and answers AAAA at once: what it waits for is not known",
                phrase::time(subject.a().and_then(|lookup| lookup.rtt_ms).unwrap_or_default())
            ),
            Self::LinesOfLibc { source, .. } => format!(
                "{who} does not return the expected answer, and glibc does not take each line of {source} that Go takes: {}",
                phrase::came_to(subject.verdict(), &subject.probed.lookups)
            ),
            Self::VpcFails { failing, .. } => format!(
                "{who} does not return the expected answer: {}; {} {}, too",
                phrase::came_to(subject.verdict(), &subject.probed.lookups),
                phrase::titles(failing),
                phrase::plural(failing.len(), "fails", "fail")
            ),
            Self::Nothing => format!(
                "{who} does not return the expected answer, and the cause is not known: {}{}",
                phrase::came_to(subject.verdict(), &subject.probed.lookups),
                says_itself(subject)
            ),
        }
    }

    fn remedy(&self, case: &Case<'_>, subject: &Subject<'_>) -> Remedy {
        if let Self::LinesOfLibc { source, .. } = self {
            return Remedy::new(
                format!("Take out what glibc does not pass over in these lines of {source} (this shows it)"),
                ["cat -A /etc/resolv.conf"],
            );
        }
        Remedy::new(
            "Save a capture (--save FILE, with the flags of this run) and send it to the people who run this resolver",
            // Over another transport it would be another question.
            [
                match (subject.probed.resolver.address, subject.probed.resolver.transport) {
                    (Some(address), Some(Transport::Udp)) => format!(
                        "eks-dns-doctor check {} --no-local --resolver {address} --save capture.json",
                        case.own_zone()
                    ),
                    _ => format!("eks-dns-doctor check {} --save capture.json", case.own_zone()),
                },
            ],
        )
    }

    fn explanation(&self, who: &str) -> String {
        match self {
            Self::Stale => format!(
                " {who} marks it as a stale answer. The server that it asks does not answer, or it is to serve stale \
                 answers first."
            ),
            Self::WaitsForA => " It waits for a server that does not answer the question for A. Or a firewall drops \
                                answers with private addresses."
                .to_owned(),
            Self::LinesOfLibc { source, lines } => {
                format!(" In {source}, {lines}. glibc takes no name server from such a line, and Go does.")
            }
            Self::VpcFails { rule, failing } => format!(
                " {} {} from here as well, and {rule} says why. If {who} forwards the name there, that is the cause.",
                phrase::titles(failing),
                phrase::plural(failing.len(), "fails", "fail")
            ),
            Self::OverTcpAlone | Self::Nothing => " None of the causes that this tool knows fits all of it.".to_owned(),
        }
    }
}

/// SERVFAIL at once for A, while AWS's zone answers AAAA and denies a random sibling.
fn may_be_filtered(subject: &Subject<'_>) -> bool {
    let is_of_aws = |lookup: &Lookup| {
        let of = lookup.soa.as_ref().map(SoaOrigin::of);
        lookup.kind.is_negative() && matches!(of, Some(SoaOrigin::PublicAws | SoaOrigin::PrivateHostedZone))
    };
    let fails_at_once = |lookup: &Lookup| lookup.kind == AnswerKind::ServFail && lookup.fails_at_once();
    subject.a().is_some_and(fails_at_once) && subject.aaaa().is_some_and(is_of_aws) && subject.sibling_is_ordinary()
}

/// What glibc does not take from resolv.conf, where the operating system's lookup fails and asks DNS.
fn lines_of_libc<'c, 'a>(case: &Case<'_>, subject: &Subject<'_>) -> Option<KnownOfAnswer<'c, 'a>> {
    let asks_dns = case
        .hosts_line()
        .is_none_or(|line| line.path() == crate::facts::LookupPath::Dns);
    let is_of_libc = subject.probed.system.is_some() && !case.go_asks_the_system();
    if !is_of_libc || subject.verdict().has_addresses() || !asks_dns {
        return None;
    }
    // The C library reads this host's own file, whatever other one the run was given.
    let stub = case.stub().filter(|stub| !stub.is_copy)?;
    // Where a server that glibc takes from it has the name, the lines are not why.
    let taken = or_loopback(stub.libc.glibc.as_ref()?);
    let is_taken = |one: &Subject<'_>| one.probed.resolver.address.is_some_and(|at| taken.contains(&at));
    if case.subjects().any(|one| is_taken(one) && one.verdict().is_fine()) {
        return None;
    }
    Some(KnownOfAnswer::LinesOfLibc {
        source: stub.source.clone(),
        lines: stub.libc.not_taken_by_glibc()?,
    })
}

/// The resolvers of the VPC that fail, where none of them has the name and an error says why they fail. A resolver
/// outside the VPC that is silent or fails may ask them.
fn vpc_fails<'c, 'a>(case: &'c Case<'a>, subject: &Subject<'_>, earlier: &[Finding]) -> Option<KnownOfAnswer<'c, 'a>> {
    let waits = subject.a_kind().is_some_and(AnswerKind::is_failure);
    if subject.is_vpc_side() || !waits {
        return None;
    }
    let failing: Vec<&Subject<'a>> = case.vpc_side().filter(|one| one.probed.resolver.in_scope).collect();
    let is_about = |finding: &&Finding, one: &Subject<'_>| {
        finding.severity == Severity::Error && finding.resolvers.iter().any(|name| name == one.name())
    };
    // A quick answer of theirs, right or wrong, keeps nobody waiting.
    let fails = |one: &&Subject<'a>| {
        let kind = one.a_kind();
        kind.is_some_and(|kind| kind.is_failure() || kind == AnswerKind::Truncated)
    };
    let all_fail = !failing.is_empty() && failing.iter().all(fails);
    let of_all = |finding: &&Finding| all_fail && failing.iter().all(|one| is_about(finding, one));
    let rule = earlier.iter().find(of_all)?.rule.clone();
    Some(KnownOfAnswer::VpcFails { rule, failing })
}

/// The Extended DNS Errors of its replies for the name (RFC 8914), behind what they come to.
fn says_itself(subject: &Subject<'_>) -> String {
    let mut said: Vec<String> = Vec::new();
    let target = |lookup: &&Lookup| lookup.purpose == Purpose::Target;
    for error in subject
        .probed
        .lookups
        .iter()
        .filter(target)
        .flat_map(|lookup| &lookup.ede)
    {
        let error = phrase::extended_error(error);
        if !said.contains(&error) {
            said.push(error);
        }
    }
    let said = said.join(", ");
    if said.is_empty() {
        said
    } else {
        format!("; it says itself: {said}")
    }
}

/// It says itself that the answer is older than its TTL.
fn is_marked_as_stale(subject: &Subject<'_>) -> bool {
    subject.verdict().has_addresses()
        && subject
            .a()
            .is_some_and(|lookup| lookup.has_ede(ExtendedError::is_stale))
}

/// Its reply for the name comes over TCP, and not over UDP.
fn is_silent_over_udp_alone(subject: &Subject<'_>) -> bool {
    subject.a_kind().is_some_and(AnswerKind::is_silence) && transport::answer_over_tcp(subject).is_some()
}

/// What there is to say of silence for the name, where the resolver answers other questions.
fn may_be_lost(subject: &Subject<'_>) -> Option<String> {
    if !subject.a_kind().is_some_and(AnswerKind::is_silence) {
        return None;
    }
    if let Some(kind) = transport::answer_over_tcp(subject) {
        return Some(format!(
            " Over TCP {} answers the same question: {}. So the question or its reply was lost over UDP, or UDP is \
             dropped for this name: ask again.",
            subject.title(),
            phrase::verdict(kind.into())
        ));
    }
    let others = subject.for_others().answered;
    let answered = if others > 0 {
        let targets = phrase::plural(others, "other target", "other targets");
        format!("for {others} {targets} of this run by then")
    } else if subject.answers_without_edns() || subject.answers_others_with_edns() {
        "other questions of this run".to_owned()
    } else {
        return None;
    };
    Some(format!(
        " {} answered {answered}, so it can be reached. Packets may have been lost, or what it forwards this name to is \
         silent: ask again.",
        subject.title()
    ))
}

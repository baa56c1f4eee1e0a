//! The report in words: what the table, the ticket comment and the one line have in common. Nothing here is
//! escaped yet; whoever prints it does that.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use crate::address::AddressClass;
use crate::clients::{Client, Prediction, Resolution};
use crate::compare::{Samples, Spread, Verdict};
use crate::dns::{AnswerKind, ExtendedError, Flags, Rcode, RecordType, Section};
use crate::endpoint::SoaOrigin;
use crate::expect::Expected;
use crate::facts::{AskedFor, VantageKind};
use crate::limits;
use crate::observation::{Attempt, Lookup, Purpose, Transport};
use crate::probed::Probed;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;
use crate::rules::phrase::{self, list, plural, time};
use crate::rules::{Finding, Outcome, Severity, Why};
use crate::target::{Scope, View};

use unicode_width::UnicodeWidthStr;

use super::Style;
use super::text::Paint;

/// What stands before a verdict or a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Good,
    Bad,
    Warning,
    Unsure,
    Info,
}

impl Mark {
    pub(crate) fn symbol(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Good, false) => "✓",
            (Self::Bad, false) => "✗",
            (Self::Warning, false) => "!",
            (Self::Unsure, false) => "?",
            (Self::Info, false) => "i",
            (Self::Good, true) => "ok",
            (Self::Bad, true) => "FAIL",
            (Self::Warning, true) => "warn",
            (Self::Unsure, true) => "??",
            (Self::Info, true) => "info",
        }
    }

    pub(crate) fn paint(self) -> Paint {
        match self {
            Self::Good => Paint::Green,
            Self::Bad => Paint::Red,
            Self::Warning | Self::Unsure => Paint::Yellow,
            Self::Info => Paint::Plain,
        }
    }
}

impl From<Severity> for Mark {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

/// The first line: the outcome, and the one thing to know.
#[derive(Debug)]
pub(crate) struct Headline {
    pub(crate) mark: Mark,
    pub(crate) conclusion: &'static str,
    pub(crate) text: String,
    /// `rule, confidence` of the finding that `text` is the summary of.
    pub(crate) tag: Option<String>,
}

/// `rule, confidence`.
pub(crate) fn tag(finding: &Finding) -> String {
    format!("{}, {}", finding.rule, finding.confidence.as_str())
}

/// The finding that is explained at length: the headline, unless there is nothing to do about it.
pub(super) fn lead(report: &Report) -> Option<&Finding> {
    report.headline().filter(|finding| finding.severity != Severity::Info)
}

pub(crate) fn headline(report: &Report) -> Headline {
    let by_finding = |mark| {
        let finding = report.headline();
        Headline {
            mark,
            conclusion: report.conclusion.as_str(),
            text: finding.map_or_else(
                || "what decides is not known".to_owned(),
                |finding| finding.summary.clone(),
            ),
            tag: finding.map(tag),
        }
    };
    let by_text = |mark, text| Headline {
        mark,
        conclusion: report.conclusion.as_str(),
        text,
        tag: None,
    };
    match report.conclusion {
        Conclusion::Broken => by_finding(Mark::Bad),
        Conclusion::Degraded => by_finding(Mark::Warning),
        Conclusion::Healthy => by_text(Mark::Good, "every resolver in scope answers as expected".to_owned()),
        Conclusion::Inconclusive => {
            let reasons = reasons(report);
            if reasons.is_empty() {
                by_finding(Mark::Unsure)
            } else {
                by_text(Mark::Unsure, reasons.join("; "))
            }
        }
    }
}

/// Why the headline and no other cause, as a person would argue: what was seen, what that rules out, and what is left.
/// At most [`ARGUED`] points of each; every sign and every cause is in the JSON document.
pub(super) fn argument(why: &Why) -> Vec<String> {
    let mut points = Vec::new();
    if !why.decided_by.is_empty() {
        let seen: Vec<&str> = why.decided_by.iter().take(ARGUED).map(String::as_str).collect();
        points.push(format!("seen at {}: {}", why.resolver, seen.join("; ")));
    }
    // In the order of the catalogue, which has the likelier causes first.
    let mut ruled_out: Vec<(String, Vec<String>)> = Vec::new();
    for other in why.considered.iter().filter(|other| other.outcome == Outcome::RuledOut) {
        let because = other.because.join("; ");
        match ruled_out.iter_mut().find(|(sign, _)| *sign == because) {
            Some((_, rules)) => rules.push(other.rule.clone()),
            None => ruled_out.push((because, vec![other.rule.clone()])),
        }
    }
    for (because, rules) in ruled_out.iter().take(ARGUED) {
        points.push(format!("{because}: that rules out {}", some(rules, ARGUED)));
    }
    let open = why
        .considered
        .iter()
        .filter(|other| other.outcome == Outcome::Undecided);
    let open: Vec<String> = open
        .map(|other| format!("{} ({})", other.rule, other.because.join("; ")))
        .collect();
    if !open.is_empty() {
        points.push(format!("not ruled out: {}", some(&open, ARGUED)));
    }
    points
}

/// The points of one kind in an argument.
const ARGUED: usize = 3;

/// Whether the first line is the summary of [`lead`].
pub(super) fn headline_is_lead(report: &Report) -> bool {
    headline(report).tag.is_some() && lead(report).is_some()
}

/// Why nothing was decided.
fn reasons(report: &Report) -> Vec<String> {
    let mut reasons = Vec::new();
    if report.interrupted {
        reasons.push("interrupted before all that decides was known".to_owned());
    }
    let in_scope = || {
        report
            .resolvers
            .iter()
            .filter(|resolver| resolver.probed.resolver.in_scope)
    };
    if report.target.is_nameless() {
        // The finding says more, where there is one.
        if report.headline().is_none() {
            reasons.push(format!("{}: no resolver was asked", report.target.shown()));
        }
    } else if in_scope().next().is_none() {
        reasons.push("nothing in scope: none of the resolvers that were asked decides".to_owned());
    }
    let expected = |resolver: &ResolverReport| resolver.expected.clone().unwrap_or(report.expected.clone());
    let mut bare = Vec::new();
    let mut unasked = Vec::new();
    let mut unshown = Vec::new();
    let mut bounds = Vec::new();
    let mut synthetic = Vec::new();
    let mut possible = Vec::new();
    for resolver in in_scope() {
        let name = resolver.probed.resolver.name.as_str();
        let expected = expected(resolver);
        match resolver.verdict {
            Verdict::Answer => bare.push(name),
            Verdict::NotAsked => unasked.push(name),
            Verdict::Plausible => {
                let has = |class| resolver.addresses.iter().any(|address| address.class == class);
                let before = unshown.len() + bounds.len() + synthetic.len();
                if expected.view.is_some() && resolver.view == View::Unknown {
                    unshown.push(name);
                }
                if expected.cidrs_are_bounds && has(AddressClass::InVpc) {
                    bounds.push(name);
                }
                if has(AddressClass::Cgnat) {
                    synthetic.push(name);
                }
                if before == unshown.len() + bounds.len() + synthetic.len() {
                    possible.push(name);
                }
            }
            _ => {}
        }
    }
    let gives = |names: &[&str]| plural(names.len(), "gives", "give").to_owned();
    if !bare.is_empty() {
        reasons.push(format!(
            "{} {} addresses, and there is nothing to compare them with: say with --expect what they should be",
            list(&bare),
            gives(&bare),
        ));
    }
    if !unasked.is_empty() {
        reasons.push(format!(
            "{} {} not asked for A, so the addresses there are not known",
            list(&unasked),
            plural(unasked.len(), "was", "were"),
        ));
    }
    if !bounds.is_empty() {
        reasons.push(format!(
            "{} {} addresses in the VPC's networks, and which of those are the cluster's is not known: say it \
             with --expect",
            list(&bounds),
            gives(&bounds),
        ));
    }
    if !unshown.is_empty() {
        reasons.push(format!(
            "nothing in the replies of {} shows the view that --expect-view asks for",
            list(&unshown),
        ));
    }
    if !synthetic.is_empty() {
        reasons.push(format!(
            "{} {} addresses of 100.64.0.0/10, and what they stand for is not known",
            list(&synthetic),
            gives(&synthetic),
        ));
    }
    if !possible.is_empty() {
        reasons.push(format!(
            "nothing that is known confirms the addresses of {}",
            list(&possible)
        ));
    }
    reasons
}

/// The sentences of an explanation that the first screen shows.
const SENTENCES: usize = 4;
/// Columns of an explanation there: what fits six lines of a page.
const WHY: usize = 400;

/// The first sentences of an explanation: at least one, and as many more as the first screen has room for.
pub(crate) fn first_sentences(text: &str) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
    // An abbreviation or a number is no end of a sentence: behind one a capital letter, a flag or a name follows.
    let is_end = |at: &usize| {
        text[*at..]
            .trim_start()
            .chars()
            .next()
            .is_none_or(|c| !c.is_ascii_lowercase() || !text[..*at].ends_with("e.g."))
    };
    let mut end = text.len();
    for (count, at) in ends.filter(is_end).enumerate() {
        if count == SENTENCES || (count > 0 && at > WHY) {
            break;
        }
        end = at;
    }
    text[..end].trim_end()
}

/// What the answers should be, and who says so.
pub(super) fn expectation(expected: &Expected, verbose: bool) -> String {
    let shown = if verbose { usize::MAX } else { limits::ADDRESSES_SHOWN };
    let networks = || {
        let cidrs: Vec<String> = expected.cidrs.iter().map(ToString::to_string).collect();
        some(&cidrs, shown)
    };
    let mut what = if !expected.addresses.is_empty() || !expected.cidrs.is_empty() {
        let addresses: Vec<String> = expected.addresses.iter().map(ToString::to_string).collect();
        match (expected.addresses.is_empty(), expected.cidrs.is_empty()) {
            (false, true) => some(&addresses, shown),
            (true, _) => format!("addresses in {}", networks()),
            (false, false) => {
                format!("{} or addresses in {}", some(&addresses, shown), networks())
            }
        }
    } else {
        match expected.scope {
            Scope::Private => "private addresses".to_owned(),
            Scope::Public => "public addresses".to_owned(),
            Scope::Any => "private or public addresses".to_owned(),
            Scope::Unknown if expected.view.is_some() => "any address".to_owned(),
            Scope::Unknown => return "not known (--expect says it)".to_owned(),
        }
    };
    if expected.at_least {
        what.insert_str(0, "at least ");
    }
    if expected.public_too {
        what.push_str(" or public addresses");
    }
    match expected.view {
        Some(View::PrivateZone) => what.push_str(", from the private hosted zone"),
        Some(View::Public) => what.push_str(", from the public zone"),
        Some(View::Unknown) | None => {}
    }
    format!("{what} ({})", expected.source)
}

/// Joins with commas; beyond `shown`, says how many more there are.
pub(super) fn some(items: &[String], shown: usize) -> String {
    if items.len() <= shown {
        return items.join(", ");
    }
    format!("{} and {} more", items[..shown].join(", "), items.len() - shown)
}

/// A line of the resolver table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    /// Its other roles, and whether it decides.
    pub(super) note: Option<String>,
    pub(super) address: String,
    pub(super) answer: String,
    pub(super) time: String,
    /// `None` where it does not decide.
    pub(super) mark: Option<Mark>,
    pub(super) verdict: &'static str,
}

pub(super) fn rows(report: &Report) -> Vec<Row> {
    report.resolvers.iter().map(|resolver| row(report, resolver)).collect()
}

fn row(report: &Report, resolver: &ResolverReport) -> Row {
    let probed = &resolver.probed;
    let mut notes: Vec<&str> = Vec::new();
    let also: Vec<&str> = probed.resolver.also.iter().map(|role| role.as_str()).collect();
    let also = format!("also {}", also.join(", "));
    if !probed.resolver.also.is_empty() {
        notes.push(&also);
    }
    if !probed.resolver.in_scope {
        notes.push(if probed.resolver.role == Role::Public {
            "control"
        } else {
            "not judged"
        });
    }
    Row {
        name: probed.resolver.name.clone(),
        note: (!notes.is_empty()).then(|| notes.join("; ")),
        address: address(probed).unwrap_or_else(|| "getaddrinfo".to_owned()),
        answer: answer(report, resolver),
        time: response_time(probed).map_or_else(|| "-".to_owned(), time),
        mark: mark(report, resolver),
        verdict: match resolver.verdict {
            _ if is_unfinished(resolver) => "interrupted",
            Verdict::NotWaitedFor => "-",
            verdict => verdict.as_str(),
        },
    }
}

fn is_unfinished(resolver: &ResolverReport) -> bool {
    resolver.probed.interrupted && !resolver.verdict.is_fine()
}

/// The mark of a resolver; `None` where it does not decide.
pub(super) fn mark(report: &Report, resolver: &ResolverReport) -> Option<Mark> {
    let own = &resolver.probed.resolver;
    let warned = || {
        report
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Warning && finding.resolvers.contains(&own.name))
    };
    let mark = match resolver.verdict {
        _ if is_unfinished(resolver) => Mark::Unsure,
        Verdict::Match if warned() => Mark::Warning,
        Verdict::Match => Mark::Good,
        Verdict::Plausible | Verdict::Answer | Verdict::NotWaitedFor | Verdict::NotAsked => Mark::Unsure,
        _ => Mark::Bad,
    };
    own.in_scope.then_some(mark)
}

/// `10.63.200.10:53`, `tcp://10.63.200.10:53`; `None` for the operating system's lookup.
pub(super) fn address(probed: &Probed) -> Option<String> {
    let address = probed.resolver.address?;
    let transport = probed.resolver.transport.unwrap_or(Transport::Udp);
    Some(transport.with_address(address))
}

fn targets(probed: &Probed) -> impl Iterator<Item = &Lookup> {
    probed.lookups.iter().filter(|lookup| lookup.purpose == Purpose::Target)
}

/// How long the answer took; the median where it was asked for several times.
pub(super) fn response_time(probed: &Probed) -> Option<f64> {
    if let Some(system) = &probed.system {
        return system.rtt_ms;
    }
    let of_type = |qtype| {
        let times = targets(probed).filter(move |lookup| lookup.qtype == qtype);
        Spread::of(times.filter_map(|lookup| lookup.rtt_ms).collect())
    };
    of_type(RecordType::A)
        .or_else(|| of_type(RecordType::AAAA))
        .map(|spread| spread.median)
}

/// What a resolver answered, in a few words.
fn answer(report: &Report, resolver: &ResolverReport) -> String {
    let expected = &report.expected.addresses;
    let probed = &resolver.probed;
    if resolver.verdict == Verdict::Unstable {
        let outcomes = outcomes(probed);
        let total: usize = outcomes.iter().map(|(_, count)| count).sum();
        let said: Vec<String> = outcomes
            .iter()
            .map(|(outcome, count)| format!("{outcome} ({count} of {total})"))
            .collect();
        return said.join("; ");
    }
    if resolver.verdict == Verdict::NotWaitedFor {
        return "not waited for".to_owned();
    }
    if resolver.verdict == Verdict::NotAsked {
        return "A not asked".to_owned();
    }
    if resolver.addresses.is_empty() {
        return observed_in_short(probed);
    }
    // The addresses stand above the table already; where all is well, there is room for them.
    let all_expected = report.conclusion != Conclusion::Healthy
        && resolver
            .addresses
            .iter()
            .all(|address| address.class == AddressClass::Expected);
    if resolver.verdict == Verdict::Match
        && all_expected
        && expected.len() == resolver.addresses.len()
        && expected.len() > 1
    {
        return format!("the {} expected addresses", expected.len());
    }
    // What an address is, where that decides or would help to.
    let classed = resolver.verdict != Verdict::Match;
    let said: Vec<String> = resolver
        .addresses
        .iter()
        .map(|address| match address.class {
            AddressClass::Expected => address.ip.to_string(),
            class if classed => format!("{} ({})", address.ip, class.as_str()),
            _ => address.ip.to_string(),
        })
        .collect();
    some(&said, limits::ADDRESSES_SHOWN)
}

/// What was observed of the target, without what it is held against.
pub(super) fn observed(probed: &Probed) -> String {
    if let Some(system) = &probed.system {
        return phrase::system_outcome(system);
    }
    let mut addresses: Vec<IpAddr> = Vec::new();
    for ip in targets(probed).flat_map(|lookup| &lookup.addresses) {
        if !addresses.contains(ip) {
            addresses.push(*ip);
        }
    }
    if !addresses.is_empty() {
        let said: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        return some(&said, limits::ADDRESSES_SHOWN);
    }
    let a = targets(probed).find(|lookup| lookup.qtype == RecordType::A);
    match a.or_else(|| targets(probed).next()) {
        Some(lookup) => kind(lookup),
        None if probed.interrupted => "not done".to_owned(),
        None => "not asked".to_owned(),
    }
}

/// As [`observed`], with the zone of a negative answer by what it is, or by as much of its name as tells it apart.
fn observed_in_short(probed: &Probed) -> String {
    let a = targets(probed).find(|lookup| lookup.qtype == RecordType::A);
    let Some(lookup) = a.or_else(|| targets(probed).next()) else {
        return observed(probed);
    };
    match &lookup.soa {
        Some(soa) if probed.system.is_none() && lookup.kind.is_negative() && lookup.ede.is_empty() => {
            let zone = match SoaOrigin::of(soa) {
                SoaOrigin::PublicAws => "AWS public zone".to_owned(),
                SoaOrigin::PrivateHostedZone => "private zone".to_owned(),
                SoaOrigin::Foreign => format!("SOA {}", cut(&soa.owner.to_string(), SOA_SHOWN)),
            };
            format!("{} ({zone})", kind_name(lookup.kind, lookup.rcode))
        }
        _ => observed(probed),
    }
}

/// Columns of a SOA's owner in the table.
const SOA_SHOWN: usize = 24;

/// As much of a text as fits, with an ellipsis for the rest.
fn cut(text: &str, width: usize) -> String {
    let fitting = super::text::fit(text, width.saturating_sub(1));
    if fitting.len() == text.len() || text.width() <= width {
        text.to_owned()
    } else {
        format!("{fitting}…")
    }
}

/// `NXDOMAIN (SOA amazonaws.com)`.
fn kind(lookup: &Lookup) -> String {
    let mut details = Vec::new();
    if lookup.kind.is_negative() {
        details.push(match &lookup.soa {
            Some(soa) => format!("SOA {}", soa.owner),
            None => "no SOA".to_owned(),
        });
    }
    details.extend(lookup.ede.iter().map(extended_error));
    if lookup.kind != AnswerKind::OtherRcode {
        details.extend(lookup.reason.as_ref().map(ToString::to_string));
    }
    let name = kind_name(lookup.kind, lookup.rcode);
    if details.is_empty() {
        name
    } else {
        format!("{name} ({})", details.join(", "))
    }
}

fn kind_name(kind: AnswerKind, rcode: Option<Rcode>) -> String {
    match kind {
        AnswerKind::Answer => "an answer",
        AnswerKind::NoData => "NODATA",
        AnswerKind::NxDomain => "NXDOMAIN",
        AnswerKind::Referral => "a referral",
        AnswerKind::ServFail => "SERVFAIL",
        AnswerKind::Refused => "REFUSED",
        AnswerKind::OtherRcode => {
            return rcode.map_or_else(|| "another RCODE".to_owned(), |rcode| rcode.to_string());
        }
        AnswerKind::Timeout => "no answer",
        AnswerKind::Unreachable => "unreachable",
        AnswerKind::Malformed => "a malformed reply",
        AnswerKind::Truncated => "truncated",
        AnswerKind::Certificate => "a certificate that does not verify",
        AnswerKind::Handshake => "no TLS session",
        AnswerKind::Alpn => "no HTTP/2",
        AnswerKind::HttpError => "an HTTP error",
    }
    .to_owned()
}

/// `EDE 15 Blocked`; the server's own text is among the evidence.
fn extended_error(error: &ExtendedError) -> String {
    match &error.name {
        Some(name) => format!("EDE {} {name}", error.code),
        None => format!("EDE {}", error.code),
    }
}

/// What the samples came to, the commonest first.
fn outcomes(probed: &Probed) -> Vec<(String, usize)> {
    let mut samples: BTreeMap<u32, Vec<&Lookup>> = BTreeMap::new();
    for lookup in targets(probed) {
        samples.entry(lookup.sample).or_default().push(lookup);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for lookups in samples.into_values() {
        let mut addresses: Vec<IpAddr> = lookups
            .iter()
            .flat_map(|lookup| lookup.addresses.iter().copied())
            .collect();
        addresses.sort();
        addresses.dedup();
        let a = lookups
            .iter()
            .find(|lookup| lookup.qtype == RecordType::A)
            .or(lookups.first());
        let outcome = match a {
            Some(lookup) if addresses.is_empty() => kind(lookup),
            _ => {
                let said: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                some(&said, limits::ADDRESSES_SHOWN)
            }
        };
        *counts.entry(outcome).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|(_, a), (_, b)| b.cmp(a));
    counts
}

/// What the samples of those that decide came to, on one line; `None` where the target was asked for once.
pub(super) fn samples_in_short(report: &Report) -> Option<String> {
    let deciding = report
        .resolvers
        .iter()
        .filter(|resolver| resolver.probed.resolver.in_scope);
    let sampled: Vec<(&str, &Samples)> = deciding
        .filter_map(|resolver| {
            let name = resolver.probed.resolver.name.as_str();
            Some((name, resolver.samples.as_ref()?))
        })
        .collect();
    let mut parts: Vec<String> = sampled
        .iter()
        .take(limits::SAMPLED_IN_SHORT)
        .map(|(name, samples)| {
            let shares: Vec<String> = samples
                .outcomes
                .iter()
                .map(|(verdict, count)| {
                    let share = *count as f64 / samples.count.max(1) as f64;
                    format!("{} {verdict}", percent(share))
                })
                .collect();
            let times = samples.rtt_ms.map_or_else(String::new, |spread| {
                format!(
                    ", min {}, median {}, max {}",
                    time(spread.min),
                    time(spread.median),
                    time(spread.max)
                )
            });
            format!(
                "{name} {}: {}{times}, {} lost",
                samples.count,
                shares.join(", "),
                percent(samples.loss)
            )
        })
        .collect();
    if let Some(more) = sampled
        .len()
        .checked_sub(limits::SAMPLED_IN_SHORT)
        .filter(|more| *more > 0)
    {
        parts.push(format!("and {more} more"));
    }
    (!parts.is_empty()).then(|| format!("samples: {}", parts.join("; ")))
}

fn percent(share: f64) -> String {
    format!("{:.0}%", 100.0 * share)
}

/// A summary of several samples; `None` where the target was asked for once.
pub(super) fn samples(resolver: &ResolverReport) -> Option<String> {
    let summary = resolver.samples.as_ref()?;
    let shares: Vec<String> = outcomes(&resolver.probed)
        .iter()
        .map(|(outcome, count)| {
            let share = *count as f64 / summary.count.max(1) as f64;
            format!("{} {outcome}", percent(share))
        })
        .collect();
    let times = summary.rtt_ms.map_or_else(
        || "No times".to_owned(),
        |spread| {
            format!(
                "Min {}, median {}, max {}",
                time(spread.min),
                time(spread.median),
                time(spread.max)
            )
        },
    );
    Some(format!(
        "{} samples: {}. {times}; {} lost",
        summary.count,
        shares.join("; "),
        percent(summary.loss)
    ))
}

/// A finding, and how deep it stands below its cause.
#[derive(Debug)]
pub(crate) struct Placed<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) depth: usize,
}

/// The findings that are not explained at length: what follows from the one that is, and the others, each
/// with what follows from it. Every one of them exactly once.
pub(super) fn others(report: &Report) -> (Vec<Placed<'_>>, Vec<Placed<'_>>) {
    let findings = &report.findings;
    let cause = |child: usize| -> Option<usize> {
        let rule = findings[child].caused_by.as_ref()?;
        let of_rule = || (0..findings.len()).filter(move |index| *index != child && findings[*index].rule == *rule);
        let shares = |index: &usize| {
            findings[*index]
                .resolvers
                .iter()
                .any(|name| findings[child].resolvers.contains(name))
        };
        of_rule().find(shares).or_else(|| of_rule().next())
    };
    let causes: Vec<Option<usize>> = (0..findings.len()).map(cause).collect();
    let mut placed = vec![false; findings.len()];
    let mut follows = Vec::new();
    let mut others = Vec::new();
    if lead(report).is_some() {
        descend(findings, &causes, 0, 0, &mut placed, &mut follows);
        follows.remove(0);
    }
    for root in 0..findings.len() {
        if causes[root].is_none() && !placed[root] {
            descend(findings, &causes, root, 0, &mut placed, &mut others);
        }
    }
    // Causes that lead in a circle have no root.
    for index in 0..findings.len() {
        if !placed[index] {
            descend(findings, &causes, index, 0, &mut placed, &mut others);
        }
    }
    for child in &mut follows {
        child.depth -= 1;
    }
    (follows, others)
}

fn descend<'a>(
    findings: &'a [Finding],
    causes: &[Option<usize>],
    index: usize,
    depth: usize,
    placed: &mut [bool],
    into: &mut Vec<Placed<'a>>,
) {
    placed[index] = true;
    into.push(Placed {
        finding: &findings[index],
        depth,
    });
    for child in 0..findings.len() {
        if causes[child] == Some(index) && !placed[child] {
            descend(findings, causes, child, depth + 1, placed, into);
        }
    }
}

/// What came of the connections to the API server's port.
pub(super) fn connections(report: &Report) -> impl Iterator<Item = String> + '_ {
    report.connections.iter().map(|connection| {
        let given_by = connection.given_by.join(", ");
        format!("{} (from {given_by})", phrase::connection(connection))
    })
}

/// Which resolvers the run was not done with; `None` where it was not interrupted.
pub(super) fn interrupted(report: &Report) -> Option<String> {
    if !report.interrupted {
        return None;
    }
    let names: Vec<&str> = report
        .resolvers
        .iter()
        .filter(|resolver| resolver.probed.interrupted)
        .map(|resolver| resolver.probed.resolver.name.as_str())
        .collect();
    Some(if names.is_empty() {
        "this is what was known by then".to_owned()
    } else {
        format!("this is what was known by then; not done with {}", list(&names))
    })
}

/// The messages of kubectl that the first screen shows: of a race, both ends.
pub(super) const MESSAGES: usize = 2;

/// The items of one list that the first screen shows.
const ITEMS: usize = 2;

/// The first few of a list, and how many more there are; all of them where everything is asked for.
pub(super) fn few(items: impl Iterator<Item = String>, style: &Style) -> impl Iterator<Item = String> {
    let mut items: Vec<String> = items.collect();
    if !style.verbose && items.len() > ITEMS + 1 {
        let more = items.len() - ITEMS;
        items.truncate(ITEMS);
        items.push(format!("and {more} more (-v)"));
    }
    items.into_iter()
}

/// How many of the other findings the first screen shows: a few, and of errors twice as many.
pub(crate) fn shown(findings: &[Placed<'_>]) -> usize {
    let errors = findings
        .iter()
        .take_while(|placed| placed.finding.severity == Severity::Error)
        .count();
    let most = errors.clamp(ITEMS, 2 * ITEMS);
    // "and 1 more" would take the line of the one.
    if findings.len() <= most + 1 {
        findings.len()
    } else {
        most
    }
}

/// What decides in AWS, a line a step.
pub(super) fn decided_by(report: &Report) -> impl Iterator<Item = String> {
    report.decided_by.iter().map(|step| {
        let types: Vec<String> = step.types.iter().map(ToString::to_string).collect();
        let decides = match (step.decides, step.certain) {
            (true, true) => ", which decides",
            (true, false) => ", which decides unless something that is not known comes before it",
            (false, _) => "",
        };
        format!("{} ({}){decides}: {}", step.vpc, types.join(", "), step.why)
    })
}

/// What was not waited for, by resolver; `None` where everything was.
pub(super) fn not_waited_for(report: &Report) -> Option<String> {
    let mut of: Vec<(&str, usize)> = Vec::new();
    let mut facts: Vec<String> = Vec::new();
    for left in &report.not_waited_for {
        if let Some(source) = left.source {
            facts.push(source.asked().to_owned());
            continue;
        }
        match of.iter_mut().find(|(name, _)| *name == left.resolver) {
            Some((_, count)) => *count += 1,
            None => of.push((&left.resolver, 1)),
        }
    }
    let mut of: Vec<String> = of
        .into_iter()
        .map(|(name, count)| format!("{count} {} of {name}", plural(count, "answer", "answers")))
        .collect();
    of.extend(facts);
    if of.is_empty() {
        return None;
    }
    Some(format!(
        "{}. This result stands without them.",
        some(&of, limits::NAMES_SHOWN)
    ))
}

/// What stands beside the messages of a client that resolves the name now and then.
pub(super) const OR_IT_RESOLVES: &str = "(it resolves the name now and then)";

/// The messages of another client than kubectl, on one line.
pub(super) fn client(client: &Prediction) -> String {
    let mut said = client.messages.join(" or ");
    if client.outcome == Resolution::Varies {
        said.push(' ');
        said.push_str(OR_IT_RESOLVES);
    }
    said
}

/// What kubectl would say, where that helps: nothing where all is well.
pub(super) fn kubectl(report: &Report) -> Option<&Prediction> {
    (report.conclusion != Conclusion::Healthy)
        .then(|| report.clients.iter().find(|client| client.client == Client::Go))
        .flatten()
}

/// Where and when it was asked, and by what.
pub(super) fn provenance(report: &Report) -> String {
    let place = report.vantage.name.as_deref().unwrap_or("an unnamed place");
    let kind = match report.vantage.kind {
        VantageKind::ClusterVpc => " (in the cluster's VPC)",
        VantageKind::OtherVpc => " (in another VPC)",
        VantageKind::OutsideAws => " (not on AWS)",
        VantageKind::Unknown => "",
    };
    format!(
        "{place}{kind}, {}, {} {}",
        report.taken_at, report.tool.name, report.tool.version
    )
}

/// What this host's own configuration means for the name: all of it where everything is asked for, else where it may
/// be part of the trouble.
pub(super) fn host(report: &Report, verbose: bool) -> Vec<String> {
    let Some(host) = report.host.as_ref() else {
        return Vec::new();
    };
    if !verbose && report.conclusion == Conclusion::Healthy {
        return Vec::new();
    }
    // What the finding to act on says already is not said twice.
    let said = lead(report).map_or("", |lead| lead.explanation.as_str());
    let asked = host.asked.as_ref().map(AskedFor::sentence);
    asked
        .into_iter()
        .chain(host.notes.iter().cloned())
        .filter(|line| verbose || !said.contains(line.as_str()))
        .collect()
}

/// The target's cluster, Region and source.
pub(super) fn target(report: &Report) -> String {
    let mut said = Vec::new();
    if let Some(cluster) = &report.target.cluster {
        said.push(format!("cluster {cluster}"));
    }
    if let Some(region) = &report.target.region {
        said.push(format!("Region {region}"));
    }
    said.push(format!("named by {}", report.target.source));
    said.join(", ")
}

/// All that was observed of a resolver, line by line, each with its depth.
pub(super) fn details(resolver: &ResolverReport) -> Vec<(usize, String)> {
    let probed = &resolver.probed;
    let mut about = vec![format!("role {}", probed.resolver.role.as_str())];
    about.push(format!("known from {}", probed.resolver.known_from));
    if probed.resolver.role != Role::Os {
        about.push(format!("view {}", resolver.view.as_str()));
    }
    let control = probed.resolver.role == Role::Public && probed.resolver.also.is_empty();
    if let Some(expected) = resolver.expected.as_ref().filter(|_| !control) {
        about.push(format!("expected {}", expectation(expected, true)));
    }
    let mut lines = vec![(0, about.join(", "))];
    if !resolver.addresses.is_empty() {
        let classed: Vec<String> = resolver
            .addresses
            .iter()
            .map(|address| format!("{} {}", address.ip, address.class.as_str()))
            .collect();
        lines.push((0, format!("addresses: {}", classed.join(", "))));
    }
    lines.extend(resolver.software.iter().map(|software| (0, software.sentence())));
    lines.extend(samples(resolver).map(|summary| (0, summary)));
    for lookup in &probed.lookups {
        lines.push((0, format!("{}: {}", asked(lookup), phrase::outcome(lookup))));
        lines.extend(reply_details(lookup).map(|line| (1, line)));
        lines.extend(lookup.attempts.iter().map(|attempt| (1, attempted(lookup, attempt))));
    }
    lines
}

/// Why a lookup was asked, in a few words.
fn asked(lookup: &Lookup) -> String {
    let what = match lookup.purpose {
        Purpose::Target => lookup.qtype.to_string(),
        Purpose::TargetTcp => format!("{} over TCP", lookup.qtype),
        Purpose::CheckingDisabled => format!("{} with CD=1", lookup.qtype),
        Purpose::Sibling => format!("random sibling {}", lookup.qtype),
        Purpose::Root => format!("root {}", lookup.qtype),
        Purpose::AwsControl => format!("AWS control {} {}", lookup.question, lookup.qtype),
        Purpose::EnclosingZone => format!("enclosing zone {} {}", lookup.question, lookup.qtype),
        Purpose::SearchSuffix => format!("search suffix {} {}", lookup.question, lookup.qtype),
        Purpose::Software => format!("software {} {} in class CH", lookup.question, lookup.qtype),
    };
    if lookup.sample > 0 {
        format!("{what} (sample {})", lookup.sample + 1)
    } else {
        what
    }
}

/// The TTLs of the answer and the flags of the reply.
fn reply_details(lookup: &Lookup) -> Option<String> {
    let mut said = Vec::new();
    let ttls = || lookup.section(Section::Answer).map(|record| record.ttl);
    if let (Some(least), Some(most)) = (ttls().min(), ttls().max()) {
        said.push(if least == most {
            format!("TTL {least}")
        } else {
            format!("TTL {least} to {most}")
        });
    }
    if let Some(flags) = lookup.flags.map(Flags::names)
        && !flags.is_empty()
    {
        said.push(format!("flags {}", flags.join(" ")));
    }
    (!said.is_empty()).then(|| said.join(", "))
}

/// One try: `udp without EDNS at 2.5 s: no answer`.
fn attempted(lookup: &Lookup, attempt: &Attempt) -> String {
    let mut said = format!(
        "{}{} at {}: ",
        attempt.transport.as_str(),
        if attempt.edns { "" } else { " without EDNS" },
        time(attempt.started_ms)
    );
    if attempt.addresses.is_empty() {
        said.push_str(&kind_name(attempt.kind, attempt.rcode));
    } else {
        said.push_str(&phrase::addresses(&attempt.addresses));
    }
    if let Some(rtt) = attempt.rtt_ms {
        let _ = write!(said, " after {}", time(rtt));
    }
    if let Some(reason) = &attempt.reason
        && attempt.kind != AnswerKind::OtherRcode
    {
        let _ = write!(said, " ({reason})");
    }
    // The reply that counted has told its own already.
    if attempt.ede != lookup.ede {
        for error in &attempt.ede {
            said.push_str(", ");
            said.push_str(&phrase::extended_error(error));
        }
    }
    if attempt.mismatched_replies > 0 {
        let _ = write!(
            said,
            ", {} {} waited past",
            attempt.mismatched_replies,
            plural(
                attempt.mismatched_replies as usize,
                "reply that did not belong to the question",
                "replies that did not belong to the question"
            )
        );
        if let Some(mismatch) = &attempt.mismatch {
            let _ = write!(said, " ({mismatch})");
        }
    }
    if attempt.conflicting_replies > 0 {
        let _ = write!(
            said,
            ", {} further {} that said something else",
            attempt.conflicting_replies,
            plural(attempt.conflicting_replies as usize, "reply", "replies")
        );
    }
    said
}

/// An observation of a finding, with whom it is of.
pub(crate) fn evidence(finding: &Finding) -> impl Iterator<Item = String> {
    finding.evidence.iter().map(|evidence| match &evidence.resolver {
        Some(resolver) => format!("{resolver}: {}", evidence.observed),
        None => evidence.observed.clone(),
    })
}

/// Commands and lines of configuration, line by line; what has several lines stands apart from its
/// neighbours.
pub(super) fn snippet(commands: &[String]) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    let mut apart = false;
    for command in commands {
        let several = command.contains('\n');
        if !lines.is_empty() && (several || apart) {
            lines.push("");
        }
        lines.extend(command.split('\n'));
        apart = several;
    }
    lines
}

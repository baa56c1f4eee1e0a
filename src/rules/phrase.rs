//! Phrases that several rules share, so that the same observation always reads the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::IpAddr;

use unicode_width::UnicodeWidthStr;

use super::{Case, Evidence, Subject};
use crate::compare::Verdict;
use crate::dns::{AnswerKind, ExtendedError, RData, RecordType, Section, Soa};
use crate::facts::{StubConfiguration, Vpc};
use crate::limits;
use crate::observation::{Connection, Tcp, Tls};
use crate::observation::{Lookup, Purpose, SystemLookup, Transport};

/// `a`, `a and b`, `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        [only] => only.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The same of one resolver, with the RCODE where it is an unusual one, and with the type where the other type has
/// addresses.
pub fn came_to(verdict: Verdict, lookups: &[Lookup]) -> String {
    if is_of_a_alone(verdict, lookups) {
        return format!("{} to the A question", self::verdict(verdict));
    }
    let mut unusual = lookups
        .iter()
        .filter(|lookup| lookup.purpose == Purpose::Target && lookup.kind == AnswerKind::OtherRcode)
        .filter_map(|lookup| lookup.rcode);
    match unusual.next() {
        Some(rcode) if verdict == Verdict::OtherRcode => rcode.to_string(),
        _ => self::verdict(verdict).to_owned(),
    }
}

/// Whether what an answer amounts to is what the A question came to, while AAAA has addresses.
pub fn is_of_a_alone(verdict: Verdict, lookups: &[Lookup]) -> bool {
    let is_by_address = matches!(
        verdict,
        Verdict::Match
            | Verdict::Plausible
            | Verdict::Partial
            | Verdict::Answer
            | Verdict::Mismatch
            | Verdict::Unstable
    );
    let has_addresses = |qtype| {
        let mut lookups = lookups.iter();
        lookups.any(|lookup| {
            lookup.purpose == Purpose::Target && lookup.qtype == qtype && lookup.kind == AnswerKind::Answer
        })
    };
    !is_by_address && has_addresses(RecordType::AAAA) && !has_addresses(RecordType::A)
}

/// What a resolver's answer amounts to, as every table and sentence says it; the document has its own names.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NoData => "NODATA",
        Verdict::NxDomain => "NXDOMAIN",
        Verdict::Referral => "a referral",
        Verdict::ServFail => "SERVFAIL",
        Verdict::Refused => "REFUSED",
        Verdict::OtherRcode => "another RCODE",
        Verdict::Timeout => "no answer",
        Verdict::Malformed => "a malformed reply",
        Verdict::Certificate => "a certificate that does not verify",
        Verdict::Handshake => "no TLS session",
        Verdict::Alpn => "no HTTP/2",
        Verdict::HttpError => "an HTTP error",
        Verdict::NotWaitedFor => "not waited for",
        Verdict::NotAsked => "A not asked",
        Verdict::Match
        | Verdict::Plausible
        | Verdict::Partial
        | Verdict::Mismatch
        | Verdict::Answer
        | Verdict::Unreachable
        | Verdict::Truncated
        | Verdict::Unstable
        | Verdict::Failed => verdict.as_str(),
    }
}

/// `a`, `a, or b`, `a, b, or c`.
pub fn either<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => "none".to_owned(),
        [only] => only.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{}, or {}", rest.join(", "), last.as_ref())
        }
    }
}

/// The resolvers with their addresses, as [`list`] has it; of many the first few, and how many more there are.
pub fn titles(subjects: &[&Subject<'_>]) -> String {
    let mut titles: Vec<String> = subjects.iter().map(|subject| subject.title()).collect();
    let mut columns = 0;
    let fitting = titles.iter().take_while(|title| {
        columns += title.width();
        columns <= limits::TITLES_COLUMNS
    });
    let fitting = fitting.count().clamp(1, limits::TITLES_SHOWN);
    // "1 more" would take the place of the one, unless that is what does not fit.
    let is_long = titles.iter().map(|title| title.width()).sum::<usize>() > limits::TITLES_COLUMNS;
    let shown = if is_long { fitting } else { limits::TITLES_SHOWN };
    if titles.len() > shown + usize::from(!is_long) {
        let more = titles.len() - shown;
        titles.truncate(shown);
        titles.push(format!("{more} more"));
    }
    list(&titles)
}

/// `returns NXDOMAIN`: what they say of the name's A, where that is a negative answer.
pub fn returns_negative(subjects: &[&Subject<'_>]) -> String {
    let all = |kind| subjects.iter().all(|subject| subject.a_kind() == Some(kind));
    let answer = if all(AnswerKind::NxDomain) {
        "NXDOMAIN"
    } else if all(AnswerKind::NoData) {
        "NODATA"
    } else {
        "negative answers"
    };
    format!("{} {answer}", plural(subjects.len(), "returns", "return"))
}

/// The names of the resolvers, for a finding.
pub fn names(subjects: &[&Subject<'_>]) -> Vec<String> {
    subjects.iter().map(|subject| subject.name().to_owned()).collect()
}

/// Each once, in the order in which they come.
pub fn each_once(all: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut each: Vec<String> = Vec::new();
    for one in all {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    each
}

/// Addresses with commas between.
pub fn addresses(ips: &[IpAddr]) -> String {
    let shown: Vec<String> = ips.iter().map(ToString::to_string).collect();
    shown.join(", ")
}

/// Addresses, each once and in order, with commas between.
pub fn distinct(ips: impl IntoIterator<Item = IpAddr>) -> String {
    let ips: BTreeSet<IpAddr> = ips.into_iter().collect();
    addresses(&ips.into_iter().collect::<Vec<_>>())
}

/// The VPC's networks, in one line.
pub fn vpc_networks(vpc: &Vpc) -> String {
    let networks: Vec<String> = vpc.cidrs.iter().map(ToString::to_string).collect();
    format!("{} has {}", vpc.id, list(&networks))
}

/// The name servers of the stub configuration, in one line.
pub fn name_servers(stub: &StubConfiguration) -> String {
    let servers = stub.name_servers.iter();
    let servers: Vec<String> = servers.map(|server| server.ip().to_string()).collect();
    if stub.defaulted || servers.is_empty() {
        return format!("{} names no name server", stub.source);
    }
    let order = plural(servers.len(), "", ", in this order");
    format!("{} names {}{order}", stub.source, list(&servers))
}

/// `, the controls among them`, where they were asked.
pub fn among_them(case: &Case<'_>) -> &'static str {
    if case.asked.controls {
        ", the controls among them"
    } else {
        ""
    }
}

/// That they answered for other targets of the run, where this one got nothing from them; else nothing.
pub fn for_a_part_of_the_run(subjects: &[&Subject<'_>]) -> String {
    let in_part = subjects
        .iter()
        .filter(|subject| subject.answers_for_a_part_of_the_run());
    let Some(most) = in_part.map(|subject| subject.for_others().answered).max() else {
        return String::new();
    };
    format!(
        " {most} other {} of this run {} answered: it stopped during the run, or it began to answer then.",
        plural(most, "target", "targets"),
        plural(most, "was", "were")
    )
}

/// `one`, or the other form where there is not exactly one.
pub fn plural<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// Milliseconds, or seconds from one second on.
pub fn time(ms: f64) -> String {
    if ms >= 1000.0 {
        format!("{:.1} s", ms / 1000.0)
    } else if ms >= 10.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{ms:.1} ms")
    }
}

/// `EDE 15 (Blocked): text`.
pub fn extended_error(error: &ExtendedError) -> String {
    let mut said = format!("EDE {}", error.code);
    if let Some(name) = &error.name {
        let _ = write!(said, " ({name})");
    }
    if let Some(text) = &error.text {
        let _ = write!(said, ": {text}");
    }
    said
}

/// `SOA amazonaws.com (ns-1.awsdns-01.com, TTL 42)`.
pub fn soa(soa: &Soa) -> String {
    format!("SOA {}, primary {}, TTL {}", soa.owner, soa.mname, soa.ttl)
}

/// What a lookup came to, in one phrase: `NXDOMAIN, SOA …, 12 ms`.
pub fn outcome(lookup: &Lookup) -> String {
    let mut said = match lookup.kind {
        AnswerKind::Answer if !lookup.addresses.is_empty() => addresses(&lookup.addresses),
        AnswerKind::Answer => {
            let data: Vec<String> = lookup
                .records
                .iter()
                .filter(|record| record.rtype == lookup.qtype)
                .take(limits::QUOTED)
                .map(|record| record.data.to_string())
                .collect();
            data.join(", ")
        }
        AnswerKind::NoData => "NODATA (NOERROR without an answer)".to_owned(),
        AnswerKind::NxDomain => "NXDOMAIN".to_owned(),
        AnswerKind::Referral => "a referral (NOERROR, name servers, no answer)".to_owned(),
        AnswerKind::ServFail => "SERVFAIL".to_owned(),
        AnswerKind::Refused => "REFUSED".to_owned(),
        AnswerKind::OtherRcode => lookup
            .rcode
            .map_or_else(|| "an unusual RCODE".to_owned(), |rcode| rcode.to_string()),
        AnswerKind::Timeout => "no answer".to_owned(),
        AnswerKind::Unreachable => "unreachable".to_owned(),
        AnswerKind::Malformed => "a malformed reply".to_owned(),
        AnswerKind::Truncated => "a truncated reply, and no rest over TCP".to_owned(),
        AnswerKind::Certificate => "no question asked: the certificate does not verify".to_owned(),
        AnswerKind::Handshake => "no question asked: no TLS session".to_owned(),
        AnswerKind::Alpn => "no question asked: no HTTP/2".to_owned(),
        AnswerKind::HttpError => "no DNS message over HTTP".to_owned(),
    };
    if lookup.kind.is_negative() {
        for record in lookup.section(Section::Answer) {
            if let RData::Cname(target) = &record.data {
                let _ = write!(said, ", an alias of {target}");
            }
        }
        said.push_str(", ");
        said.push_str(&lookup.soa.as_ref().map_or_else(|| "no SOA".to_owned(), soa));
    }
    if let Some(reason) = &lookup.reason
        && lookup.kind != AnswerKind::OtherRcode
    {
        // Never two brackets in a row: whose SOA it is stands in some.
        if said.ends_with(')') {
            let _ = write!(said, "; {reason}");
        } else {
            let _ = write!(said, " ({reason})");
        }
    }
    for error in &lookup.ede {
        said.push_str(", ");
        said.push_str(&extended_error(error));
    }
    if let Some(rtt) = lookup.rtt_ms {
        let _ = write!(said, ", {}", time(rtt));
    }
    said
}

/// A lookup as evidence: what was asked, and what it came to.
pub fn observed(subject: &Subject<'_>, lookup: &Lookup) -> Evidence {
    let what = match lookup.purpose {
        Purpose::Target => format!("{}", lookup.qtype),
        Purpose::TargetTcp => format!("{} over TCP", lookup.qtype),
        Purpose::CheckingDisabled => format!("{} with CD=1", lookup.qtype),
        Purpose::Sibling => "a random sibling".to_owned(),
        Purpose::Root => "the root's NS".to_owned(),
        Purpose::AwsControl | Purpose::EnclosingZone | Purpose::SearchSuffix | Purpose::Software => {
            format!("{} {}", lookup.question, lookup.qtype)
        }
    };
    let over = match (lookup.purpose, lookup.transport) {
        (Purpose::Target, Transport::Tcp) => " (over TCP)",
        (Purpose::Target, Transport::Tls) => " (over TLS)",
        (Purpose::Target, Transport::Https) => " (over HTTPS)",
        _ => "",
    };
    Evidence::of(subject.name(), format!("{what}{over}: {}", outcome(lookup)))
}

/// The target's A and AAAA lookups as evidence; for the operating system's, what it gave.
pub fn observed_target(subject: &Subject<'_>) -> Vec<Evidence> {
    if let Some(system) = &subject.probed.system {
        return vec![Evidence::of(
            subject.name(),
            format!("getaddrinfo: {}", system_outcome(system)),
        )];
    }
    [subject.a(), subject.aaaa()]
        .into_iter()
        .flatten()
        .map(|lookup| observed(subject, lookup))
        .collect()
}

/// What getaddrinfo gave, in one phrase.
pub fn system_outcome(system: &SystemLookup) -> String {
    match &system.failure {
        Some(failure) => format!("{} ({})", failure.name(), failure.text),
        None => addresses(&system.addresses),
    }
}

/// The sibling's lookup as evidence, where it was asked.
pub fn observed_sibling(subject: &Subject<'_>) -> Vec<Evidence> {
    subject
        .sibling()
        .map(|lookup| observed(subject, lookup))
        .into_iter()
        .collect()
}

/// The target over TCP from the start as evidence, where it was asked.
pub fn observed_tcp(subject: &Subject<'_>) -> Vec<Evidence> {
    subject
        .tcp()
        .map(|lookup| observed(subject, lookup))
        .into_iter()
        .collect()
}

/// The controls outside the endpoint's zone as evidence, as far as they were asked.
pub fn observed_controls(subject: &Subject<'_>) -> Vec<Evidence> {
    subject
        .lookups(Purpose::AwsControl)
        .chain(subject.lookups(Purpose::Root))
        .map(|lookup| observed(subject, lookup))
        .collect()
}

/// What came of a connection to the API server's port: `192.168.1.2:443: refused`.
pub fn connection(connection: &Connection) -> String {
    let address = std::net::SocketAddr::new(connection.ip, connection.port);
    format!("{address}: {}", connected(connection))
}

/// What came of connections: `192.168.1.2:443 and 192.168.1.3:443: each refused`. What is the same of several is said
/// once.
pub fn connections(connections: &[&Connection]) -> String {
    let mut alike: Vec<(String, Vec<String>)> = Vec::new();
    for connection in connections {
        let address = std::net::SocketAddr::new(connection.ip, connection.port).to_string();
        let outcome = connected(connection);
        match alike.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, addresses)) => addresses.push(address),
            None => alike.push((outcome, vec![address])),
        }
    }
    let shown: Vec<String> = alike
        .iter()
        .map(|(outcome, addresses)| {
            let each = plural(addresses.len(), "", "each ");
            format!("{}: {each}{outcome}", list(addresses))
        })
        .collect();
    list(&shown)
}

/// What came of a connection. The reason stands there only where it says more.
pub fn connected(connection: &Connection) -> String {
    let what = match (connection.tcp, connection.tls) {
        (Tcp::Refused, _) => "refused",
        (Tcp::Timeout, _) => "no answer in time",
        (Tcp::Unreachable, _) => "cannot be reached",
        (Tcp::Connected, None) => "connects; the certificate was not verified",
        (Tcp::Connected, Some(Tls::Verified)) => "connects, and is this cluster's API server",
        (Tcp::Connected, Some(Tls::OtherIssuer)) => "connects, with a certificate of another authority",
        (Tcp::Connected, Some(Tls::OtherName)) => "connects, with a certificate for another name",
        (Tcp::Connected, Some(Tls::NotValidNow)) => "connects, with a certificate that is not valid now",
        (Tcp::Connected, Some(Tls::BadCertificate)) => "connects, with a certificate that is wrong",
        (Tcp::Connected, Some(Tls::Failed)) => "connects, and there is no TLS handshake",
        (Tcp::Connected, Some(Tls::Interrupted)) => "connects, and the TLS handshake breaks off",
    };
    // Of a port that is refused and of another authority, the kind says all.
    let says_more = match (connection.tcp, connection.tls) {
        (Tcp::Refused | Tcp::Timeout, _) | (_, Some(Tls::OtherIssuer)) => false,
        (Tcp::Unreachable | Tcp::Connected, _) => true,
    };
    match &connection.reason {
        Some(reason) if says_more => format!("{what} ({reason})"),
        _ => what.to_owned(),
    }
}

//! A line of the resolver table.

use std::net::IpAddr;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::address::AddressClass;
use crate::compare::{Spread, Verdict};
use crate::dns::RecordType;
use crate::limits;
use crate::observation::{Lookup, Transport};
use crate::probed::Probed;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;
use crate::rules::Severity;
use crate::rules::phrase::{self, time};

use super::kind::{kind, kind_in_short, targets};
use super::samples::outcomes;
use super::{LineMark, some};
use crate::render::text::fit;

/// A line of the resolver table.
#[derive(Debug)]
pub(in crate::render) struct TableRow {
    pub(in crate::render) name: String,
    /// Its other roles, and whether it decides.
    pub(in crate::render) note: Option<String>,
    pub(in crate::render) address: String,
    pub(in crate::render) answer: String,
    pub(in crate::render) time: String,
    /// `None` where it does not decide.
    pub(in crate::render) mark: Option<LineMark>,
    pub(in crate::render) verdict: &'static str,
}

pub(in crate::render) fn rows(report: &Report) -> Vec<TableRow> {
    report.resolvers.iter().map(|resolver| row(report, resolver)).collect()
}

/// The rows of the first screen. Where there are many, resolvers that answer alike share the row of the first, which
/// says how many they are and how late the last of them answered. At most so many, and with them how many there
/// are beside these.
pub(in crate::render) fn rows_in_short(report: &Report, most: usize) -> (Vec<TableRow>, usize) {
    let mut rows = rows(report);
    for row in &mut rows {
        row.name = shortened(&row.name);
    }
    if rows.len() <= limits::ROWS_APART {
        return (rows, 0);
    }
    let mut groups: Vec<Vec<(TableRow, &ResolverReport)>> = Vec::new();
    for (row, resolver) in rows.into_iter().zip(&report.resolvers) {
        let is_alike = |group: &Vec<(TableRow, &ResolverReport)>| {
            group.first().is_some_and(|(first, other)| {
                // The zone that it is from, and how it was asked, stand in no column.
                other.view == resolver.view
                    && other.probed.resolver.transport == resolver.probed.resolver.transport
                    && first.note == row.note
                    && first.answer == row.answer
                    && first.mark == row.mark
                    && first.verdict == row.verdict
            })
        };
        match groups.iter().position(is_alike) {
            Some(at) => groups[at].push((row, resolver)),
            None => groups.push(vec![(row, resolver)]),
        }
    }
    let mut rows: Vec<TableRow> = groups.into_iter().flat_map(joined).collect();
    let all = rows.len();
    // What fails says more than what does not, wherever it stands. Of the others the first is kept, for the contrast.
    let is_dull = |row: &TableRow| !matches!(row.mark, Some(LineMark::Bad | LineMark::Warning));
    let contrast = rows.iter().position(is_dull);
    let mut kept: Vec<usize> = contrast.into_iter().collect();
    for dull in [false, true] {
        let of_kind = (0..all).filter(|at| is_dull(&rows[*at]) == dull && Some(*at) != contrast);
        let room = most.saturating_sub(kept.len());
        kept.extend(of_kind.take(room));
    }
    let mut at = 0..all;
    rows.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
    let left_out = all - rows.len();
    (rows, left_out)
}

/// A name in the columns that the first screen has for it: its begin and its end, since names often differ there.
fn shortened(name: &str) -> String {
    if name.width() <= limits::NAME_IN_SHORT {
        return name.to_owned();
    }
    let begin = limits::NAME_IN_SHORT / 2;
    let room = limits::NAME_IN_SHORT - begin - 1;
    let mut columns = 0;
    let end: Vec<char> = name
        .chars()
        .rev()
        .take_while(|c| {
            columns += c.width().unwrap_or_default();
            columns <= room
        })
        .collect();
    let end: String = end.into_iter().rev().collect();
    format!("{}…{end}", fit(name, begin))
}

/// The row of several; of two, both: "and 1 more" would take the line of the one.
fn joined(group: Vec<(TableRow, &ResolverReport)>) -> Vec<TableRow> {
    let more = group.len() - 1;
    let times = group.iter().filter_map(|(_, resolver)| response_time(&resolver.probed));
    let slowest = times.reduce(f64::max);
    let mut rows: Vec<TableRow> = group.into_iter().map(|(row, _)| row).collect();
    if more > 1 {
        rows.truncate(1);
        let row = &mut rows[0];
        row.name = format!("{} and {more} more", row.name);
        row.address = format!("{} …", row.address);
        if let Some(slowest) = slowest {
            row.time = format!("to {}", time(slowest));
        }
    }
    rows
}

fn row(report: &Report, resolver: &ResolverReport) -> TableRow {
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
    TableRow {
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
pub(in crate::render) fn mark(report: &Report, resolver: &ResolverReport) -> Option<LineMark> {
    let own = &resolver.probed.resolver;
    let warned = || {
        report
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Warning && finding.resolvers.contains(&own.name))
    };
    let mark = match resolver.verdict {
        _ if is_unfinished(resolver) => LineMark::Unsure,
        Verdict::Match if warned() => LineMark::Warning,
        verdict => mark_of(verdict),
    };
    own.in_scope.then_some(mark)
}

/// The mark of a verdict that decides.
pub(crate) fn mark_of(verdict: Verdict) -> LineMark {
    match verdict {
        Verdict::Match => LineMark::Good,
        Verdict::Plausible | Verdict::Answer | Verdict::NotWaitedFor | Verdict::NotAsked => LineMark::Unsure,
        _ => LineMark::Bad,
    }
}

/// `10.63.200.10:53`, `tcp://10.63.200.10:53`; `None` for the operating system's lookup.
pub(in crate::render) fn address(probed: &Probed) -> Option<String> {
    let address = probed.resolver.address?;
    let transport = probed.resolver.transport.unwrap_or(Transport::Udp);
    Some(transport.with_address(address))
}

/// How long the answer took; the median where it was asked for several times.
pub(in crate::render) fn response_time(probed: &Probed) -> Option<f64> {
    if let Some(system) = &probed.system {
        return system.rtt_ms;
    }
    let of_type = |qtype| {
        let times = targets(probed).filter(move |lookup| lookup.qtype == qtype);
        Spread::of(times.filter_map(|lookup| lookup.rtt_ms).collect())
    };
    let spread = of_type(RecordType::A).or_else(|| {
        // Beside "no answer" for A, the time of AAAA would be that of another answer than the one that is shown.
        let is_shown = |lookup: &Lookup| match lookup.qtype {
            RecordType::A => false,
            _ => !lookup.addresses.is_empty(),
        };
        let has_a = targets(probed).any(|lookup| lookup.qtype == RecordType::A);
        (!has_a || targets(probed).any(is_shown)).then(|| of_type(RecordType::AAAA))?
    });
    spread.map(|spread| spread.median)
}

/// What a resolver answered, in a few words.
fn answer(report: &Report, resolver: &ResolverReport) -> String {
    let expected = &report.expected.addresses;
    let probed = &resolver.probed;
    if resolver.verdict == Verdict::Unstable {
        let outcomes = outcomes(probed, kind_in_short);
        let total: usize = outcomes.iter().map(|(_, count)| count).sum();
        let said: Vec<String> = outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} of {total}: {outcome}"))
            .collect();
        return said.join("; ");
    }
    if !resolver.verdict.is_known() {
        return phrase::verdict(resolver.verdict).to_owned();
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
pub(in crate::render) fn observed(probed: &Probed) -> String {
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
    if probed.system.is_some() {
        return observed(probed);
    }
    kind_in_short(lookup)
}

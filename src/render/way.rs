//! The way of the question as a picture: who is asked, through whom, and what stands at the end of it.

use std::fmt::Write as _;

use super::Style;
use super::words::Mark;
use crate::compare::Verdict;
use crate::observation::Lookup;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;
use crate::target::View;

/// The ways that are drawn; what is asked beyond these stands in the table.
const WAYS: usize = 4;
/// The resolvers of one way that are named.
const NAMED: usize = 3;

/// Resolvers that are asked from the same place and lead to the same end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// Where the question starts.
    pub(super) start: String,
    /// The resolvers: name and address.
    pub(super) resolvers: Vec<String>,
    /// What is behind them, as their answers show it.
    pub(super) end: String,
    /// `None` where it decides nothing.
    pub(super) mark: Option<Mark>,
}

/// The ways of a report, in the order of its resolvers.
pub(super) fn ways(report: &Report) -> Vec<Way> {
    let mut ways: Vec<Way> = Vec::new();
    for resolver in &report.resolvers {
        let end = end(resolver);
        let start = start(report, resolver);
        let mark = super::words::mark(report, resolver);
        let who = who(resolver);
        match ways
            .iter_mut()
            .find(|way| way.start == start && way.end == end && way.mark == mark)
        {
            Some(way) => way.resolvers.push(who),
            None => ways.push(Way {
                start,
                resolvers: vec![who],
                end,
                mark,
            }),
        }
    }
    // What decides comes before what only explains.
    ways.sort_by_key(|way| way.mark.is_none());
    ways
}

/// Who asks: this host, or for the answer of a VPC's own resolver whoever is in that VPC, who get the same. What its
/// silence is to them, this host cannot see.
fn start(report: &Report, resolver: &ResolverReport) -> String {
    let is_heard = resolver.probed.lookups.iter().any(Lookup::heard_anything);
    let resolver = &resolver.probed.resolver;
    if resolver.role == Role::Vpc && is_heard {
        return "VPC".to_owned();
    }
    match report.vantage.name.as_deref() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "this host".to_owned(),
    }
}

/// `local 10.63.200.10`; a resolver on this host itself is its stub.
fn who(resolver: &ResolverReport) -> String {
    let resolver = &resolver.probed.resolver;
    let Some(address) = resolver.address else {
        return "getaddrinfo".to_owned();
    };
    let name = if resolver.role == Role::Local && address.ip().is_loopback() {
        "stub"
    } else {
        resolver.name.as_str()
    };
    if address.port() == 53 {
        format!("{name} {}", address.ip())
    } else {
        format!("{name} {address}")
    }
}

/// What the answer was taken from, or why there is none.
fn end(resolver: &ResolverReport) -> String {
    let verdict = resolver.verdict;
    let zone = match resolver.view {
        View::PrivateZone => "private zone",
        View::Public => "public DNS",
        View::Unknown if verdict == Verdict::Match => "the right addresses",
        View::Unknown if verdict.has_addresses() => "addresses",
        View::Unknown => "",
    };
    match verdict {
        Verdict::NxDomain if zone.is_empty() => "NXDOMAIN".to_owned(),
        Verdict::NoData if zone.is_empty() => "NODATA".to_owned(),
        Verdict::NxDomain => format!("{zone}: NXDOMAIN"),
        Verdict::NoData => format!("{zone}: NODATA"),
        Verdict::ServFail => "SERVFAIL".to_owned(),
        Verdict::Refused => "REFUSED".to_owned(),
        Verdict::Timeout => "no answer".to_owned(),
        _ if !zone.is_empty() => zone.to_owned(),
        _ => verdict.as_str().to_owned(),
    }
}

impl Way {
    /// The resolvers on one line; the more there are, the fewer are named.
    fn named(&self, most: usize) -> String {
        let shown = self.resolvers.len().min(most);
        let mut text = self.resolvers[..shown].join(", ");
        if self.resolvers.len() > shown {
            let _ = write!(text, " and {} more", self.resolvers.len() - shown);
        }
        text
    }

    pub(super) fn line(&self, style: &Style, most: usize) -> String {
        let arrow = if style.ascii { "->" } else { "→" };
        let mark = self.mark.map_or("", |mark| mark.symbol(style.ascii));
        let text = format!(
            "{} {arrow} {} {arrow} {} {mark}",
            self.start,
            self.named(most),
            self.end
        );
        text.trim_end().to_owned()
    }
}

/// Whether a picture tells more than the table: not of one resolver, and not where all is well.
fn is_drawn(report: &Report) -> bool {
    report.resolvers.len() > 1 && report.conclusion != Conclusion::Healthy
}

/// The picture in text, a line a way.
pub(super) fn text(report: &Report, style: &Style, width: usize) -> Vec<(String, Option<Mark>)> {
    if !is_drawn(report) {
        return Vec::new();
    }
    let ways = ways(report);
    let mut lines: Vec<(String, Option<Mark>)> = ways
        .iter()
        .take(WAYS)
        .map(|way| {
            let fitting = (1..=NAMED).rev().map(|most| way.line(style, most));
            let mut shortest = String::new();
            for line in fitting {
                shortest = line;
                if unicode_width::UnicodeWidthStr::width(shortest.as_str()) <= width {
                    break;
                }
            }
            (shortest, way.mark)
        })
        .collect();
    if ways.len() > WAYS {
        lines.push((format!("and {} more in the table", ways.len() - WAYS), None));
    }
    lines
}

/// The picture as a Mermaid flow chart, line by line. A label holds nothing that means anything to Mermaid or markdown.
pub(super) fn mermaid(report: &Report, style: &Style) -> Vec<String> {
    if !is_drawn(report) {
        return Vec::new();
    }
    let ways = ways(report);
    let mut lines = vec!["flowchart LR".to_owned()];
    let mut starts: Vec<&str> = Vec::new();
    for (number, way) in ways.iter().take(WAYS).enumerate() {
        let start = starts.iter().position(|start| *start == way.start).unwrap_or_else(|| {
            starts.push(&way.start);
            starts.len() - 1
        });
        let mark = way.mark.map_or("", |mark| mark.symbol(style.ascii));
        lines.push(format!(
            "    s{start}[\"{}\"] --> r{number}[\"{}\"] --> e{number}[\"{} {mark}\"]",
            label(&way.start),
            label(&way.named(NAMED)),
            label(&way.end)
        ));
    }
    lines
}

fn label(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || " .,:_-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;
    use crate::capture;
    use crate::report::diagnose;

    /// Whose question each way begins with.
    fn starts(recorded: &[u8]) -> Vec<String> {
        let report = diagnose(capture::parse(recorded).unwrap());
        ways(&report).into_iter().map(|way| way.start).collect()
    }

    #[test]
    fn a_silent_resolver_of_the_vpc_was_asked_by_this_host() {
        let silent =
            include_bytes!("../../fixtures/cases/vpc-resolver-not-reachable-from-here/fires/capture.json").as_slice();
        assert!(!starts(silent).contains(&"VPC".to_owned()));
        let answers = include_bytes!("../../fixtures/cases/no-forwarding/article/capture.json").as_slice();
        assert!(starts(answers).contains(&"VPC".to_owned()));
    }
}

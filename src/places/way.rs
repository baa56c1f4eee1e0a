//! The ways of the question as a picture: one a place.

use super::PlacesDocument;
use crate::facts::HostsEntry;
use crate::render::way::{self, Way};
use crate::render::words::LineMark;
use crate::report::{Conclusion, Report, ResolverReport};
use crate::resolvers::Role;
use crate::rules::phrase;

/// The way that decides at each place, in the order of the places. Where all is well, there is nothing to draw.
pub(super) fn ways(comparison: &PlacesDocument) -> Vec<Way> {
    if comparison.conclusion == Conclusion::Healthy {
        return Vec::new();
    }
    let seen = (0..comparison.places.len()).filter_map(|place| of_place(comparison, place));
    let unseen = comparison.unseen.iter().map(|unseen| Way {
        start: unseen.place.clone(),
        resolvers: vec!["not seen".to_owned()],
        behind: Vec::new(),
        end: "not known".to_owned(),
        mark: Some(LineMark::Unsure),
    });
    seen.chain(unseen).collect()
}

/// The way at one place: what its clients depend on, and of several ways the one that is worst. The verdicts are those
/// of the table: what one place knows of the right answer is lent to another there.
fn of_place(comparison: &PlacesDocument, place: usize) -> Option<Way> {
    let report = comparison.captures.get(place)?;
    let start = &comparison.places[place].name;
    let mut ways: Vec<Way> = Vec::new();
    for row in &comparison.rows {
        let cell = &row.cells[place];
        let (Some(verdict), Some(view)) = (cell.verdict, cell.view) else {
            continue;
        };
        let is_it = |resolver: &&ResolverReport| Some(&resolver.probed.resolver.name) == cell.name.as_ref();
        let Some(resolver) = report.resolvers.iter().find(is_it) else {
            continue;
        };
        let way = Way {
            start: start.clone(),
            resolvers: vec![way::who(&resolver.probed.resolver)],
            behind: way::behind(report, resolver),
            end: way::end(resolver, verdict, view),
            mark: cell.mark(),
        };
        way::add(&mut ways, way);
    }
    let has_own = |way: &Way| {
        let own = report.resolvers.iter().map(|resolver| &resolver.probed.resolver);
        let mut own = own.filter(|own| own.has_role(Role::Local));
        own.any(|own| way.resolvers.contains(&way::who(own)))
    };
    let by_dns = ways.into_iter().min_by_key(|way| (rank(way.mark), !has_own(way)))?;
    let is_bad = by_dns.mark == Some(LineMark::Bad);
    Some(if is_bad { None } else { by_hosts_file(report, start) }.unwrap_or(by_dns))
}

/// The way of a place that is broken by its hosts file: an entry for the name with an address that is not expected.
/// Clients there ask no name server.
fn by_hosts_file(report: &Report, start: &str) -> Option<Way> {
    let entries = report.facts.host.hosts.iter().flatten();
    let expected = &report.expected.addresses;
    let is_wrong = |entry: &&HostsEntry| !expected.is_empty() && !expected.contains(&entry.ip);
    let wrong: Vec<&HostsEntry> = entries.filter(is_wrong).collect();
    let first = wrong.first().filter(|_| report.conclusion == Conclusion::Broken)?;
    Some(Way {
        start: start.to_owned(),
        resolvers: vec![first.path.clone()],
        behind: Vec::new(),
        end: phrase::distinct(wrong.iter().map(|entry| entry.ip)),
        mark: Some(LineMark::Bad),
    })
}

/// The worst first, and last what does not decide.
fn rank(mark: Option<LineMark>) -> u8 {
    match mark {
        Some(LineMark::Bad) => 0,
        Some(LineMark::Warning | LineMark::Unsure | LineMark::Info) => 1,
        Some(LineMark::Good) => 2,
        None => 3,
    }
}

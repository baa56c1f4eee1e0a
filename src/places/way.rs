//! The ways of the question as a picture: one a place.

use super::PlacesDocument;
use crate::render::way::{self, Way};
use crate::render::words::LineMark;
use crate::report::{Conclusion, ResolverReport};
use crate::resolvers::Role;

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
    ways.into_iter().min_by_key(|way| (rank(way.mark), !has_own(way)))
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

//! How much of a comparison stands on a first screen: the more places and resolvers there are, the less of each.

use std::fmt;

use super::{Cell, PlacesDocument, Row};
use crate::limits;
use crate::render::words::LineMark;

/// How much of a comparison stands on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Ways that are drawn, one of each place.
    pub(super) ways: usize,
    /// Rows of the table, one of each resolver.
    pub(super) rows: usize,
    /// What places said of one resolver, where the table has no column for each.
    pub(super) said: usize,
    /// Places in the list of them.
    pub(super) places: usize,
    /// Lines of one of them there.
    pub(super) lines: usize,
}

pub(super) const WHOLE: Room = Room {
    ways: usize::MAX,
    rows: usize::MAX,
    said: usize::MAX,
    places: usize::MAX,
    lines: usize::MAX,
};

/// The more places and resolvers there are, the less is said of each: the first of these with which the page is a
/// first screen is taken.
const ROOMS: [Room; 5] = [
    WHOLE,
    Room {
        ways: 6,
        rows: 6,
        said: 4,
        places: 5,
        lines: 3,
    },
    Room {
        ways: 4,
        rows: 4,
        said: 3,
        places: 4,
        lines: 2,
    },
    Room {
        ways: 3,
        rows: 3,
        said: 2,
        places: 3,
        lines: 2,
    },
    Room {
        ways: 2,
        rows: 2,
        said: 1,
        places: 2,
        lines: 1,
    },
];

/// The page in the widest room in which it is a first screen, and whether something is left out of it.
pub(super) fn first_screen(
    is_whole: bool,
    render: impl Fn(Room, usize, &mut String) -> fmt::Result,
) -> Result<(String, bool), fmt::Error> {
    let mut pages: Vec<String> = Vec::new();
    let rooms = if is_whole { &ROOMS[..1] } else { ROOMS.as_slice() };
    for (step, room) in rooms.iter().enumerate() {
        let mut page = String::new();
        render(*room, step, &mut page)?;
        let is_short = page.lines().count() <= limits::FIRST_SCREEN_OF_PLACES;
        pages.push(page);
        if is_short {
            break;
        }
    }
    // Where nothing brings it to that, as much is said as fits a first screen at all.
    let fits = |page: &String, most: usize| page.lines().count() <= most;
    let most = [limits::FIRST_SCREEN_OF_PLACES, limits::FIRST_SCREEN];
    let taken = most
        .into_iter()
        .find_map(|most| pages.iter().position(|page| fits(page, most)));
    let taken = taken.unwrap_or(pages.len() - 1);
    Ok((pages.swap_remove(taken), taken > 0))
}

/// Which of a list stand on a page that has room for so many, in their order: what fails first, and one that does not
/// for the contrast.
pub(super) fn chosen(marks: impl Iterator<Item = Option<LineMark>>, most: usize) -> Vec<usize> {
    let marks: Vec<Option<LineMark>> = marks.collect();
    // "and 1 more" would take the line of the one.
    if marks.len() <= most.saturating_add(1) {
        return (0..marks.len()).collect();
    }
    let rank = |mark: Option<LineMark>| match mark {
        Some(LineMark::Bad) => 0,
        Some(LineMark::Warning) => 1,
        Some(LineMark::Unsure) => 2,
        Some(LineMark::Good | LineMark::Info) => 3,
        None => 4,
    };
    let mut order: Vec<usize> = (0..marks.len()).collect();
    order.sort_by_key(|at| rank(marks[*at]));
    let contrast = order.iter().copied().find(|at| marks[*at] == Some(LineMark::Good));
    order.truncate(most);
    if let Some(contrast) = contrast
        && most > 1
        && !order.contains(&contrast)
    {
        order.pop();
        order.push(contrast);
    }
    order.sort_unstable();
    order
}

/// The rows that stand on the page: those with what fails first.
pub(super) fn rows(comparison: &PlacesDocument, room: Room) -> Vec<&Row> {
    let worst = |row: &Row| {
        let marks = row.cells.iter().filter_map(Cell::mark);
        let is_bad = marks.clone().any(|mark| mark == LineMark::Bad);
        if is_bad {
            Some(LineMark::Bad)
        } else {
            marks.min_by_key(|mark| *mark == LineMark::Good)
        }
    };
    let shown = chosen(comparison.rows.iter().map(worst), room.rows);
    shown.into_iter().map(|at| &comparison.rows[at]).collect()
}

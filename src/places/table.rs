//! The comparison on a terminal: the headline, the matrix, why and what to do, and each place's own headline.

use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthStr;

use super::room::{self, Room, chosen, rows};
use super::{Cell, PlaceKind, PlaceSummary, PlacesDocument, Row};
use crate::limits;
use crate::render::Style;
use crate::render::fix::Lines;
use crate::render::table::{INDENT, Page};
use crate::render::text::{Paint, wrap_cell};
use crate::render::words::{self, INTERRUPTED, LineMark, Placed};
use crate::report::Conclusion;
use crate::rules::phrase;
use crate::target::View;

/// Columns between two columns.
const GAP: usize = 2;
/// Columns of the resolvers: an IPv4 address with its port.
const RESOLVER: usize = 20;
/// A place needs this many: an IPv4 address.
const LEAST: usize = 15;
/// A place gets no more than this.
const MOST: usize = 40;

pub(super) fn render(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let is_whole = style.verbose || style.fix == Lines::All || style.width < limits::FIRST_SCREEN_COLUMNS;
    let (page, _) = room::first_screen(is_whole, |room, step, page| {
        render_in(comparison, style, room, step, page)
    })?;
    out.write_str(&page)
}

fn render_in(
    comparison: &PlacesDocument,
    style: &Style,
    room: Room,
    step: usize,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let mut page = Page::new(style, out).narrowed(step);
    page.headline(&comparison.headline())?;
    page.blank();
    page.item(INDENT, "", &comparison.target.shown())?;
    let ways = super::way::ways(comparison);
    let width = page.width - INDENT;
    let drawn = chosen(ways.iter().map(|way| way.mark), room.ways);
    page.ways(drawn.iter().map(|at| (ways[*at].fitted(style, width), ways[*at].mark)))?;
    page.more(INDENT, ways.len() - drawn.len())?;
    page.blank();
    matrix(&mut page, comparison, room)?;
    let mut findings = comparison.findings.iter();
    if let Some(lead) = findings.next() {
        page.blank();
        let why = if style.verbose {
            lead.explanation.as_str()
        } else {
            words::first_sentences(&lead.summary, &lead.explanation)
        };
        page.labelled("Why", why)?;
        if style.verbose {
            page.evidence(lead)?;
        }
        page.remedies(&lead.remedies, &comparison.answering())?;
        if style.verbose {
            page.references(lead)?;
        }
    }
    let others: Vec<Placed<'_>> = findings.map(|finding| Placed { finding, depth: 0 }).collect();
    page.findings("Other findings:", &others)?;
    page.blank();
    page.heading("Places:")?;
    places(&mut page, comparison, room)?;
    if comparison.interrupted {
        page.item(INDENT, "", INTERRUPTED)?;
    }
    Ok(())
}

/// What was found at each place, and which were not seen.
fn places(page: &mut Page<'_>, comparison: &PlacesDocument, room: Room) -> fmt::Result {
    let seen = comparison.places.iter().map(|place| Some(place_mark(place.conclusion)));
    let unseen = comparison.unseen.iter().map(|_| Some(LineMark::Unsure));
    let count = comparison.places.len() + comparison.unseen.len();
    let shown = chosen(seen.chain(unseen), room.places);
    for at in &shown {
        let Some(place) = comparison.places.get(*at) else {
            let unseen = &comparison.unseen[at - comparison.places.len()];
            let symbol = format!("{} ", LineMark::Unsure.symbol(page.style.ascii));
            page.cut(
                2 * INDENT,
                &symbol,
                LineMark::Unsure.paint(),
                &unseen.words(),
                room.lines,
            )?;
            continue;
        };
        let mark = place_mark(place.conclusion);
        let symbol = format!("{} ", mark.symbol(page.style.ascii));
        page.cut(2 * INDENT, &symbol, mark.paint(), &about(place), room.lines)?;
        let below = 2 * INDENT + symbol.width();
        if place.kind == PlaceKind::Dig || page.style.verbose {
            for gap in &place.gaps {
                page.item(below, "not known: ", &format!("{} ({})", gap.fact, gap.reason))?;
            }
        }
    }
    page.more(2 * INDENT, count - shown.len())
}

pub(super) fn place_mark(conclusion: Conclusion) -> LineMark {
    match conclusion {
        Conclusion::Healthy => LineMark::Good,
        Conclusion::Degraded => LineMark::Warning,
        Conclusion::Broken => LineMark::Bad,
        Conclusion::Inconclusive => LineMark::Unsure,
    }
}

/// `laptop (capture of 2026-01-01T00:00:00Z): broken: …`.
pub(super) fn about(place: &PlaceSummary) -> String {
    let kind = match place.kind {
        PlaceKind::Capture => "capture",
        PlaceKind::Dig => "dig's text",
    };
    let time = place.taken_at.as_deref().unwrap_or("an unknown time");
    format!(
        "{} ({kind} of {time}): {}: {}",
        place.name,
        place.conclusion.as_str(),
        place.headline
    )
}

/// What a cell says of the answer, for every format that is read.
pub(super) fn cell_verdict(cell: &Cell) -> &'static str {
    cell.verdict.map_or("not asked", phrase::verdict)
}

/// What a cell says below its verdict: the view, and the addresses.
pub(super) fn cell_details(cell: &Cell) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(view @ (View::PrivateZone | View::Public)) = cell.view {
        lines.push(view.as_str().to_owned());
    }
    lines.extend(
        cell.addresses
            .iter()
            .take(limits::ADDRESSES_IN_CELL)
            .map(|address| address.ip.to_string()),
    );
    if let Some(more) = cell
        .addresses
        .len()
        .checked_sub(limits::ADDRESSES_IN_CELL)
        .filter(|more| *more > 0)
    {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn matrix(page: &mut Page<'_>, comparison: &PlacesDocument, room: Room) -> fmt::Result {
    let columns = page.width.saturating_sub(INDENT + RESOLVER);
    let width = (columns / comparison.places.len()).saturating_sub(GAP).min(MOST);
    let shown = rows(comparison, room);
    if width < LEAST {
        list(page, &shown, comparison.places.len(), room)?;
        return more_rows(page, comparison.rows.len() - shown.len());
    }
    let heads: Vec<Vec<String>> = comparison
        .places
        .iter()
        .map(|place| wrap_cell(&page.style.escape(&place.name), width))
        .collect();
    let row = |page: &mut Page<'_>, first: &[String], cells: &[Vec<String>], paint: &dyn Fn(usize, usize) -> Paint| {
        let height = cells
            .iter()
            .map(Vec::len)
            .chain([first.len()])
            .max()
            .unwrap_or_default();
        for index in 0..height {
            let text = first.get(index).map_or("", String::as_str);
            let mut line = padded(text, RESOLVER);
            for (place, cell) in cells.iter().enumerate() {
                let text = cell.get(index).map_or("", String::as_str);
                line.push_str(&" ".repeat(GAP));
                let padding = padded(text, width);
                let painted = paint(place, index).on(text, page.style.color);
                line.push_str(&painted);
                line.push_str(&padding[text.len()..]);
            }
            page.line(INDENT, line.trim_end())?;
        }
        Ok::<(), fmt::Error>(())
    };
    row(page, &["RESOLVER".to_owned()], &heads, &|_, _| Paint::Bold)?;
    for resolver in &shown {
        let mut first = wrap_cell(&page.style.escape(&resolver.resolver), RESOLVER);
        first.extend(wrap_cell(&resolver.shown_address(), RESOLVER));
        let cells: Vec<Vec<String>> = resolver
            .cells
            .iter()
            .map(|cell| {
                let mut lines = wrap_cell(&verdict(cell, page.style), width);
                lines.extend(cell_details(cell).iter().flat_map(|line| wrap_cell(line, width)));
                lines
            })
            .collect();
        let paint = |place: usize, index: usize| {
            let mark = resolver.cells.get(place).and_then(Cell::mark);
            mark.filter(|_| index == 0).map_or(Paint::Plain, LineMark::paint)
        };
        row(page, &first, &cells, &paint)?;
    }
    more_rows(page, comparison.rows.len() - shown.len())
}

/// That the table goes on.
fn more_rows(page: &mut Page<'_>, count: usize) -> fmt::Result {
    match count {
        0 => Ok(()),
        1 => page.item(INDENT, "", "and 1 more resolver (-v)"),
        count => page.item(INDENT, "", &format!("and {count} more resolvers (-v)")),
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn verdict(cell: &Cell, style: &Style) -> String {
    let symbol = cell.mark().map(|mark| format!("{} ", mark.symbol(style.ascii)));
    format!("{}{}", symbol.unwrap_or_default(), cell_verdict(cell))
}

/// Too many places for a wide column each: a matrix of marks with a number a column, and below it what each said.
fn list(page: &mut Page<'_>, rows: &[&Row], places: usize, room: Room) -> fmt::Result {
    marks(page, rows, places)?;
    page.blank();
    for row in rows {
        page.item(INDENT, "", &title(row))?;
        let asked: Vec<(usize, &Cell)> = row
            .cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.verdict.is_some())
            .collect();
        let shown = chosen(asked.iter().map(|(_, cell)| cell.mark()), room.said);
        for (index, cell) in shown.iter().map(|at| asked[*at]) {
            let details = cell_details(cell).join(", ");
            let number = index + 1;
            let mut line = format!("{number} {}: {}", cell.place, verdict(cell, page.style));
            if !details.is_empty() {
                line = format!("{line} ({details})");
            }
            page.cut(2 * INDENT, "- ", Paint::Plain, &line, room.lines)?;
        }
        page.more(2 * INDENT, asked.len() - shown.len())?;
    }
    Ok(())
}

/// Rows of resolvers, and a column of marks a place.
fn marks(page: &mut Page<'_>, rows: &[&Row], count: usize) -> fmt::Result {
    let ascii = page.style.ascii;
    // One column each: words would not fit.
    let symbol = |cell: &Cell| match (cell.verdict, cell.mark()) {
        (None, _) => (" ", Paint::Plain),
        // Asked as evidence, and not to decide.
        (Some(_), None) => ("-", Paint::Plain),
        (Some(_), Some(mark)) if ascii => {
            let letter = match mark {
                LineMark::Good => "+",
                LineMark::Bad => "x",
                LineMark::Warning | LineMark::Unsure | LineMark::Info => "?",
            };
            (letter, mark.paint())
        }
        (Some(_), Some(mark)) => (mark.symbol(false), mark.paint()),
    };
    let column = count.to_string().len() + 1;
    if INDENT + RESOLVER + count * column > page.width {
        return Ok(());
    }
    let mut head = padded("RESOLVER", RESOLVER);
    for number in 1..=count {
        let _ = write!(head, "{number:>column$}");
    }
    page.line(INDENT, &Paint::Bold.on(&head, page.style.color))?;
    for row in rows {
        let mut first = wrap_cell(&page.style.escape(&row.resolver), RESOLVER);
        first.extend(wrap_cell(&row.shown_address(), RESOLVER));
        for (index, text) in first.iter().enumerate() {
            let mut line = padded(text, RESOLVER);
            for cell in row.cells.iter().filter(|_| index == 0) {
                let (symbol, paint) = symbol(cell);
                line.push_str(&" ".repeat(column.saturating_sub(symbol.width())));
                line.push_str(&paint.on(symbol, page.style.color));
            }
            page.line(INDENT, line.trim_end())?;
        }
    }
    Ok(())
}

pub(super) fn title(row: &Row) -> String {
    format!("{} {}", row.resolver, row.shown_address())
}

//! The comparison as a comment on a ticket.

use std::fmt;

use super::room::{self, Room, WHOLE, chosen, rows};
use super::table::{about, cell_details, cell_verdict, place_mark};
use super::{PlaceKind, PlaceSummary, PlacesDocument};
use crate::render::Style;
use crate::render::fix::Lines;
use crate::render::markdown::Comment;
use crate::render::way;
use crate::render::words::{self, INTERRUPTED, LineMark, Placed};

pub(super) fn render(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let is_whole = style.verbose || style.fix == Lines::All;
    let (first, is_cut) = room::first_screen(is_whole, |room, step, page| {
        let mut comment = Comment::new(style, page).narrowed(step);
        first_part(&mut comment, comparison, room)
    })?;
    out.write_str(&first)?;
    Comment::new(style, out).fold(|all| whole(all, comparison, is_cut))
}

fn first_part(comment: &mut Comment<'_>, comparison: &PlacesDocument, room: Room) -> fmt::Result {
    let headline = comparison.headline();
    writeln!(
        comment.out,
        "### {} {}: {}\n",
        comment.mark(headline.mark),
        headline.conclusion,
        comment.text(&headline.text)
    )?;
    if let Some(tag) = &headline.tag {
        writeln!(
            comment.out,
            "- Finding: {}; exit code {}",
            comment.text(tag),
            comparison.exit_code
        )?;
    }
    let hostname = comment.code(&comparison.target.shown());
    writeln!(comment.out, "- Endpoint: {hostname}")?;
    if headline.tag.is_none() {
        writeln!(comment.out, "- Exit code: {}", comparison.exit_code)?;
    }
    let ways = super::way::ways(comparison);
    let drawn: Vec<_> = chosen(ways.iter().map(|way| way.mark), room.ways)
        .into_iter()
        .map(|at| ways[at].clone())
        .collect();
    comment.chart(way::chart(&drawn, drawn.len(), comment.style))?;
    comment.below(ways.len() - drawn.len())?;
    matrix(comment, comparison, room)?;
    findings(comment, comparison)?;
    writeln!(comment.out, "\n**Places:**\n")?;
    places(comment, comparison, room)?;
    if comparison.interrupted {
        writeln!(comment.out, "\n{INTERRUPTED}")?;
    }
    Ok(())
}

/// The places that stand in a list or a table with this room, in their order.
fn shown(comparison: &PlacesDocument, room: Room) -> Vec<usize> {
    let seen = comparison.places.iter().map(|place| Some(place_mark(place.conclusion)));
    let unseen = comparison.unseen.iter().map(|_| Some(LineMark::Unsure));
    chosen(seen.chain(unseen), room.places)
}

/// What was found at each place, and which were not seen.
fn places(comment: &mut Comment<'_>, comparison: &PlacesDocument, room: Room) -> fmt::Result {
    let shown = shown(comparison, room);
    for at in &shown {
        let Some(place) = comparison.places.get(*at) else {
            let unseen = &comparison.unseen[at - comparison.places.len()];
            let mark = comment.mark(LineMark::Unsure);
            writeln!(comment.out, "- {mark} {}", comment.text(&unseen.words()))?;
            continue;
        };
        let mark = comment.mark(place_mark(place.conclusion));
        writeln!(comment.out, "- {mark} {}", comment.text(&about(place)))?;
        if place.kind == PlaceKind::Dig || comment.style.verbose {
            gaps(comment, place)?;
        }
    }
    match comparison.places.len() + comparison.unseen.len() - shown.len() {
        0 => Ok(()),
        more => writeln!(comment.out, "- and {more} more below"),
    }
}

/// The finding to act on, and the others.
fn findings(comment: &mut Comment<'_>, comparison: &PlacesDocument) -> fmt::Result {
    let mut findings = comparison.findings.iter();
    if let Some(lead) = findings.next() {
        let why = if comment.style.verbose {
            lead.explanation.as_str()
        } else {
            words::first_sentences(&lead.summary, &lead.explanation)
        };
        writeln!(comment.out, "\n**Why:** {}", comment.text(why))?;
        if comment.style.verbose {
            comment.list("Seen", words::evidence(lead))?;
        }
        comment.remedies(&lead.remedies, &comparison.answering())?;
        if comment.style.verbose {
            comment.references(lead)?;
        }
    }
    let others: Vec<Placed<'_>> = findings.map(|finding| Placed { finding, depth: 0 }).collect();
    comment.findings("Other findings", &others)
}

fn gaps(comment: &mut Comment<'_>, place: &PlaceSummary) -> fmt::Result {
    for gap in &place.gaps {
        let gap = format!("{} ({})", gap.fact, gap.reason);
        writeln!(comment.out, "  - not known: {}", comment.text(&gap))?;
    }
    Ok(())
}

/// All that `-v` prints of a comparison.
fn whole(all: &mut Comment<'_>, comparison: &PlacesDocument, is_cut: bool) -> fmt::Result {
    if is_cut {
        let ways = super::way::ways(comparison);
        all.chart(way::chart(&ways, ways.len(), all.style))?;
        matrix(all, comparison, WHOLE)?;
    }
    findings(all, comparison)?;
    writeln!(all.out, "\n**Places, and what is not known there:**\n")?;
    places(all, comparison, WHOLE)
}

/// A row each resolver, and a column each place.
fn matrix(comment: &mut Comment<'_>, comparison: &PlacesDocument, room: Room) -> fmt::Result {
    let columns = shown(comparison, room);
    let columns: Vec<usize> = columns.into_iter().filter(|at| *at < comparison.places.len()).collect();
    let shown = rows(comparison, room);
    write!(comment.out, "\n| Resolver | Address |")?;
    for at in &columns {
        write!(comment.out, " {} |", comment.text(&comparison.places[*at].name))?;
    }
    writeln!(comment.out, "\n|---|---|{}", "---|".repeat(columns.len()))?;
    for row in &shown {
        let (name, address) = (comment.code(&row.resolver), comment.code(&row.shown_address()));
        write!(comment.out, "| {name} | {address} |")?;
        for cell in columns.iter().map(|at| &row.cells[*at]) {
            let mark = cell.mark().map(|mark| format!("{} ", comment.mark(mark)));
            let details = cell_details(cell).join(", ");
            let details = comment.code(&details);
            let line = format!("{}{} {details}", mark.unwrap_or_default(), cell_verdict(cell));
            write!(comment.out, " {} |", line.trim_end())?;
        }
        writeln!(comment.out)?;
    }
    comment.below(comparison.rows.len() - shown.len())
}

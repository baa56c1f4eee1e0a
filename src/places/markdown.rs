//! The comparison as a comment on a ticket.

use std::fmt;

use super::table::{about, cell_details, cell_verdict, place_mark};
use super::{Comparison, Kind, PlaceSummary};
use crate::render::Style;
use crate::render::markdown::Comment;
use crate::render::way;
use crate::render::words::{self, INTERRUPTED, Placed};

pub(super) fn render(comparison: &Comparison, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut comment = Comment { style, out };
    let headline = comparison.headline();
    writeln!(
        comment.out,
        "### {} {}: {}\n",
        comment.mark(headline.mark),
        headline.conclusion,
        comment.text(&headline.text)
    )?;
    if let Some(tag) = &headline.tag {
        writeln!(comment.out, "- Finding: {}", comment.text(tag))?;
    }
    let hostname = comment.code(&comparison.target.shown());
    writeln!(comment.out, "- Endpoint: {hostname}")?;
    writeln!(comment.out, "- Exit code: {}", comparison.exit_code)?;
    let ways = super::way::ways(comparison);
    comment.chart(way::chart(&ways, ways.len(), style))?;
    matrix(&mut comment, comparison)?;
    findings(&mut comment, comparison)?;
    writeln!(comment.out, "\n**Places:**\n")?;
    for place in &comparison.places {
        let mark = comment.mark(place_mark(place.conclusion));
        writeln!(comment.out, "- {mark} {}", comment.text(&about(place)))?;
        if place.kind == Kind::Dig || style.verbose {
            gaps(&mut comment, place)?;
        }
    }
    for unseen in &comparison.unseen {
        let mark = comment.mark(words::Mark::Unsure);
        writeln!(comment.out, "- {mark} {}", comment.text(&unseen.words()))?;
    }
    if comparison.interrupted {
        writeln!(comment.out, "\n{INTERRUPTED}")?;
    }
    comment.fold(|all| whole(all, comparison))
}

/// The finding to act on, and the others.
fn findings(comment: &mut Comment<'_>, comparison: &Comparison) -> fmt::Result {
    let mut findings = comparison.findings.iter();
    if let Some(lead) = findings.next() {
        writeln!(comment.out, "\n**Why:** {}", comment.text(&lead.explanation))?;
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
fn whole(all: &mut Comment<'_>, comparison: &Comparison) -> fmt::Result {
    findings(all, comparison)?;
    writeln!(all.out, "\n**What is not known at the places:**\n")?;
    for place in &comparison.places {
        writeln!(all.out, "- {}", all.text(&place.name))?;
        gaps(all, place)?;
    }
    Ok(())
}

fn matrix(comment: &mut Comment<'_>, comparison: &Comparison) -> fmt::Result {
    write!(comment.out, "\n| Resolver | Address |")?;
    for place in &comparison.places {
        write!(comment.out, " {} |", comment.text(&place.name))?;
    }
    writeln!(comment.out, "\n|---|---|{}", "---|".repeat(comparison.places.len()))?;
    for row in &comparison.rows {
        let (name, address) = (comment.code(&row.resolver), comment.code(&row.shown_address()));
        write!(comment.out, "| {name} | {address} |")?;
        for cell in &row.cells {
            let mark = cell.mark().map(|mark| format!("{} ", comment.mark(mark)));
            let details = cell_details(cell).join(", ");
            let details = comment.code(&details);
            let line = format!("{}{} {details}", mark.unwrap_or_default(), cell_verdict(cell));
            write!(comment.out, " {} |", line.trim_end())?;
        }
        writeln!(comment.out)?;
    }
    Ok(())
}

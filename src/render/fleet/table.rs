//! Many targets on a terminal: each cause once with its fix, then the targets that are not healthy, then the resolvers.

use std::collections::BTreeSet;
use std::fmt;

use unicode_width::UnicodeWidthStr;

use super::{
    address, counted, counts, dead_beside, headline, mark, named, not_waited_for, of_example, of_one_target,
    other_ways, rows, undecided_for,
};
use crate::fleet::Fleet;
use crate::limits;
use crate::render::Style;
use crate::render::fix::answering_of;
use crate::render::table::{INDENT, LABEL, Page};
use crate::render::text::{Paint, fit};
use crate::render::words::{INTERRUPTED, LineMark};

/// Columns of the name of a target, or of a resolver.
const NAME: usize = 32;

pub(super) fn render(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut page = Page::new(style, out);
    page.headline(&headline(fleet))?;
    let is_mixed = fleet.targets.iter().any(|one| one.conclusion != fleet.conclusion);
    if !fleet.causes.is_empty() || is_mixed && undecided_for(fleet).is_some() {
        page.blank();
        page.item(INDENT, "", &counts(fleet))?;
    }
    if let Some(dead) = dead_beside(fleet, style.verbose) {
        page.item(INDENT, "", &dead)?;
    }
    if fleet.interrupted {
        page.item(INDENT, "", INTERRUPTED)?;
    }
    let mut causes = fleet.causes.iter();
    if let Some(lead) = causes.next() {
        page.blank();
        page.labelled("Targets", &named(lead, style.verbose))?;
        let why = crate::render::words::first_sentences(&lead.summary, &lead.explanation);
        page.labelled("Why", &of_example(lead, why))?;
        page.remedies(&lead.remedies, &answering_of(fleet, lead))?;
        // With -v every step is there.
        for way in other_ways(lead).filter(|_| !style.verbose) {
            page.item(INDENT + LABEL, "- ", way)?;
        }
        if let Some(one) = of_one_target(lead) {
            page.item(INDENT + LABEL, "", &one)?;
        }
    }
    let others: Vec<_> = causes.collect();
    if !others.is_empty() {
        page.blank();
        page.heading("Other causes:")?;
        let count = if style.verbose { usize::MAX } else { limits::NAMES_SHOWN };
        for cause in others.iter().take(count) {
            let mark = LineMark::from(cause.severity);
            let symbol = format!("{} ", mark.symbol(style.ascii));
            let text = format!(
                "{} ({}): {}",
                counted(cause, fleet),
                cause.rule,
                named(cause, style.verbose)
            );
            page.painted(2 * INDENT, &symbol, mark.paint(), &text)?;
        }
        if others.len() > count {
            page.item(2 * INDENT, "", &format!("and {} more (-v)", others.len() - count))?;
        }
    }
    targets(&mut page, fleet)?;
    resolvers(&mut page, fleet)?;
    if !fleet.left_out.is_empty() {
        page.blank();
        page.heading("Left out:")?;
        let count = if style.verbose { usize::MAX } else { limits::NAMES_SHOWN };
        for one in fleet.left_out.iter().take(count) {
            page.item(2 * INDENT, "", &format!("{}: {}", one.name, one.reason))?;
        }
        if fleet.left_out.len() > count {
            let more = fleet.left_out.len() - count;
            page.item(2 * INDENT, "", &format!("and {more} more (-v)"))?;
        }
    }
    if !style.verbose && !fleet.gaps.is_empty() {
        page.blank();
        let facts: BTreeSet<&str> = fleet.gaps.iter().map(|gap| gap.fact.as_str()).collect();
        let shown: Vec<&str> = facts.iter().copied().take(limits::NAMES_SHOWN).collect();
        let more = match facts.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let text = format!("{}{more}. -v says why.", shown.join(", "));
        page.item(INDENT, "Not checked: ", &text)?;
    }
    if style.verbose && !fleet.gaps.is_empty() {
        page.blank();
        page.heading("Not checked:")?;
        for gap in &fleet.gaps {
            page.item(
                2 * INDENT,
                "",
                &format!("{} ({}): {}", gap.fact, gap.source, gap.reason),
            )?;
        }
    }
    if let Some(left) = not_waited_for(fleet) {
        page.blank();
        page.item(INDENT, "Not waited for: ", &left)?;
    }
    Ok(())
}

/// A text in a column of its own.
fn column(text: &str, width: usize) -> String {
    let text = fit(text, width);
    format!("{text}{}", " ".repeat(width - text.width()))
}

fn targets(page: &mut Page<'_>, fleet: &Fleet) -> fmt::Result {
    let rows = rows::rows(fleet, page.style.verbose);
    if rows.is_empty() {
        return Ok(());
    }
    page.blank();
    page.heading("Targets:")?;
    let most = if page.style.verbose {
        usize::MAX
    } else {
        limits::ROWS_SHOWN
    };
    let labels: Vec<String> = rows
        .iter()
        .take(most)
        .map(|row| page.style.escape(&row.label()))
        .collect();
    let width = labels
        .iter()
        .map(|label| label.width())
        .max()
        .unwrap_or_default()
        .min(NAME);
    for (row, label) in rows.iter().zip(&labels) {
        let mark = mark(row.conclusion);
        let lead = format!("{} {}  ", mark.symbol(page.style.ascii), column(label, width));
        page.painted(2 * INDENT, &lead, mark.paint(), &row.text())?;
    }
    let more: usize = rows.iter().skip(labels.len()).map(rows::TargetRow::count).sum();
    if more > 0 {
        page.item(2 * INDENT, "", &format!("and {more} more (-v, or -o json)"))?;
    }
    Ok(())
}

fn resolvers(page: &mut Page<'_>, fleet: &Fleet) -> fmt::Result {
    if fleet.resolvers.is_empty() {
        return Ok(());
    }
    page.blank();
    page.heading("Resolvers:")?;
    let names: Vec<String> = fleet
        .resolvers
        .iter()
        .map(|tally| page.style.escape(&tally.name))
        .collect();
    let width = names
        .iter()
        .map(|name| name.width())
        .max()
        .unwrap_or_default()
        .min(NAME);
    for (tally, name) in fleet.resolvers.iter().zip(&names) {
        let scope = if tally.in_scope { "" } else { "; evidence only" };
        let text = format!(
            "{}  answered {} of {}, {} as expected{scope}",
            address(tally),
            tally.answered,
            tally.asked,
            tally.matched
        );
        page.painted(2 * INDENT, &format!("{}  ", column(name, width)), Paint::Plain, &text)?;
    }
    Ok(())
}

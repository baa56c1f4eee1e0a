//! Many targets as a comment on a ticket.

use std::fmt;

use super::{
    address, counted, counts, dead_beside, headline, mark, named, not_waited_for, of_example, of_one_target,
    other_ways, rows,
};
use crate::fleet::Fleet;
use crate::limits;
use crate::render::Style;
use crate::render::fix::answering_of;
use crate::render::markdown::Comment;
use crate::render::words::INTERRUPTED;

pub(super) fn render(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut comment = Comment::new(style, out);
    let headline = headline(fleet);
    writeln!(
        comment.out,
        "### {} {}: {}\n",
        headline.mark.symbol(style.ascii),
        headline.conclusion,
        comment.text(&headline.text)
    )?;
    if let Some(tag) = &headline.tag {
        writeln!(comment.out, "- Finding: {}", comment.text(tag))?;
    }
    writeln!(comment.out, "- Targets: {}", comment.text(&counts(fleet)))?;
    if let Some(dead) = dead_beside(fleet, style.verbose) {
        writeln!(comment.out, "- {}", comment.text(&dead))?;
    }
    writeln!(comment.out, "- Exit code: {}", fleet.exit_code)?;
    if fleet.interrupted {
        writeln!(comment.out, "\n{INTERRUPTED}")?;
    }
    if let Some(lead) = fleet.causes.first() {
        writeln!(
            comment.out,
            "\n**Why:** {}",
            comment.text(&of_example(lead, &lead.explanation))
        )?;
        comment.remedies(&lead.remedies, &answering_of(fleet, lead))?;
        for way in other_ways(lead).filter(|_| !style.verbose) {
            writeln!(comment.out, "\n{}", comment.text(way))?;
        }
        if let Some(one) = of_one_target(lead) {
            writeln!(comment.out, "\n{}", comment.text(&one))?;
        }
    }
    if !fleet.causes.is_empty() {
        writeln!(comment.out, "\n| Cause | Finding | Targets |\n|---|---|---|")?;
        for cause in &fleet.causes {
            writeln!(
                comment.out,
                "| {} | {} | {} |",
                comment.text(&counted(cause, fleet)),
                comment.text(&cause.rule),
                comment.text(&named(cause, style.verbose))
            )?;
        }
    }
    let rows = rows::rows(fleet, style.verbose);
    if !rows.is_empty() {
        let most = if style.verbose { usize::MAX } else { limits::ROWS_SHOWN };
        writeln!(comment.out, "\n| Target | Outcome | What |\n|---|---|---|")?;
        for row in rows.iter().take(most) {
            writeln!(
                comment.out,
                "| {} | {} {} | {} |",
                comment.code(&row.label()),
                comment.mark(mark(row.conclusion)),
                row.conclusion.as_str(),
                comment.text(&row.text())
            )?;
        }
        let more: usize = rows.iter().skip(most).map(rows::TargetRow::count).sum();
        if more > 0 {
            writeln!(comment.out, "\nAnd {more} more.")?;
        }
    }
    if !fleet.resolvers.is_empty() {
        writeln!(
            comment.out,
            "\n| Resolver | Address | Asked | Answered | As expected |\n|---|---|---|---|---|"
        )?;
        for tally in &fleet.resolvers {
            writeln!(
                comment.out,
                "| {} | {} | {} | {} | {} |",
                comment.code(&tally.name),
                comment.code(&address(tally)),
                tally.asked,
                tally.answered,
                tally.matched
            )?;
        }
    }
    for one in &fleet.left_out {
        let (name, reason) = (comment.code(&one.name), comment.text(&one.reason));
        writeln!(comment.out, "\nLeft out: {name}: {reason}")?;
    }
    let most = if style.verbose { usize::MAX } else { limits::NAMES_SHOWN };
    for gap in fleet.gaps.iter().take(most) {
        let said = format!("{} ({}): {}", gap.fact, gap.source, gap.reason);
        writeln!(comment.out, "\nNot checked: {}", comment.text(&said))?;
    }
    if fleet.gaps.len() > most {
        writeln!(comment.out, "\nNot checked: {} more (-v).", fleet.gaps.len() - most)?;
    }
    if let Some(left) = not_waited_for(fleet) {
        writeln!(comment.out, "\nNot waited for: {}", comment.text(&left))?;
    }
    Ok(())
}

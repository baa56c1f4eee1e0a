//! Many targets as a page for a browser.

use std::fmt;

use super::{
    address, counted, counts, dead_beside, headline, mark, named, not_waited_for, of_example, of_one_target, rows,
};
use crate::fleet::{Cause, Fleet};
use crate::limits;
use crate::render::Style;
use crate::render::fix::answering_of;
use crate::render::html::Html;
use crate::render::html::way_svg::figure_of;
use crate::render::words::INTERRUPTED;

pub(super) fn render(fleet: &Fleet, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = headline(fleet);
    let title = format!("{}: {}", headline.conclusion, counts(fleet));
    Html::new(style, out).document(&title, |html| {
        html.new_line()?;
        html.verdict(&headline, fleet.exit_code)?;
        html.within("main", &[], |html| {
            html.new_line()?;
            html.about(&[("targets", counts(fleet))])?;
            if let Some(dead) = dead_beside(fleet, style.verbose) {
                html.sentence("p", &[], &dead)?;
            }
            if fleet.interrupted {
                html.sentence("p", &[], INTERRUPTED)?;
            }
            figure_of(html, &super::way::ways(fleet))?;
            if !fleet.causes.is_empty() {
                html.section("Causes", |html| {
                    fleet.causes.iter().try_for_each(|one| cause(html, one, fleet))
                })?;
            }
            targets(html, fleet)?;
            resolvers(html, fleet)?;
            html.listed(
                "Left out",
                fleet.left_out.iter().map(|one| format!("{}: {}", one.name, one.reason)),
            )?;
            html.listed(
                "Not checked",
                fleet
                    .gaps
                    .iter()
                    .map(|gap| format!("{} ({}): {}", gap.fact, gap.source, gap.reason)),
            )?;
            html.listed("Not waited for", not_waited_for(fleet))
        })?;
        let made = format!("{} {}, {}", fleet.tool.name, fleet.tool.version, fleet.taken_at);
        html.element("footer", &[], &made)
    })
}

/// A cause, with whom it is about and the fix as it is said of the first of them.
fn cause(html: &mut Html<'_>, cause: &Cause, fleet: &Fleet) -> fmt::Result {
    html.unfolds(
        |html| {
            html.mark(cause.severity.into())?;
            html.span("strong", &[], &cause.rule)?;
            html.text(&format!(": {}", counted(cause, fleet)))
        },
        |html| {
            html.sentence("p", &[], &of_example(cause, &cause.explanation))?;
            html.sentence("p", &[], &format!("It is about {}.", named(cause, true)))?;
            if let Some(one) = of_one_target(cause) {
                html.sentence("p", &[], &one)?;
            }
            html.steps(&cause.remedies, &answering_of(fleet, cause))
        },
    )
}

fn targets(html: &mut Html<'_>, fleet: &Fleet) -> fmt::Result {
    let rows = rows::rows(fleet, html.style.verbose);
    if rows.is_empty() {
        return Ok(());
    }
    let most = if html.style.verbose {
        usize::MAX
    } else {
        limits::ROWS_SHOWN
    };
    html.section("Targets", |html| {
        html.table("Targets", &["Target", "Outcome", "What"], |html| {
            rows.iter().take(most).try_for_each(|row| target(html, row))
        })?;
        match rows.iter().skip(most).map(rows::TargetRow::count).sum::<usize>() {
            0 => Ok(()),
            more => html.sentence("p", &[], &format!("And {more} more.")),
        }
    })
}

fn target(html: &mut Html<'_>, row: &rows::TargetRow<'_>) -> fmt::Result {
    html.within("tr", &[("role", "row")], |html| {
        html.span("th", &[("scope", "row"), ("role", "rowheader")], &row.label())?;
        html.within("td", &[("role", "cell"), ("class", "nowrap")], |html| {
            html.mark(mark(row.conclusion))?;
            html.text(row.conclusion.as_str())
        })?;
        html.sentence("td", &[("role", "cell")], &row.text())
    })
}

fn resolvers(html: &mut Html<'_>, fleet: &Fleet) -> fmt::Result {
    if fleet.resolvers.is_empty() {
        return Ok(());
    }
    html.section("Resolvers", |html| {
        let heads = ["Resolver", "Address", "Asked", "Answered", "As expected"];
        html.table("Resolvers", &heads, |html| {
            fleet.resolvers.iter().try_for_each(|tally| {
                html.within("tr", &[("role", "row")], |html| {
                    html.span("th", &[("scope", "row"), ("role", "rowheader")], &tally.name)?;
                    html.within("td", &[("role", "cell")], |html| {
                        html.span("code", &[], &address(tally))
                    })?;
                    // On a narrow screen a number stands without its column's head.
                    for (count, what) in [
                        (tally.asked, "asked"),
                        (tally.answered, "answered"),
                        (tally.matched, "as expected"),
                    ] {
                        html.within("td", &[("role", "cell"), ("class", "nowrap")], |html| {
                            html.text(&count.to_string())?;
                            html.span("span", &[("class", "phone")], &format!(" {what}"))
                        })?;
                    }
                    Ok(())
                })
            })
        })
    })
}

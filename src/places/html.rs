//! The comparison as a page for a browser.

use std::fmt;

use super::table::{about, cell_details, cell_verdict, place_mark};
use super::{Cell, PlacesDocument};
use crate::limits;
use crate::render::Style;
use crate::render::html::Html;
use crate::render::html::way_svg::figure_of;
use crate::render::words::{self, INTERRUPTED, LineMark, Placed};

pub(super) fn render(comparison: &PlacesDocument, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = comparison.headline();
    let title = format!("{}: {}", headline.conclusion, comparison.target.shown());
    Html::new(style, out).document(&title, |html| {
        html.new_line()?;
        html.verdict(&headline, comparison.exit_code)?;
        html.within("main", &[], |html| {
            html.new_line()?;
            let names: Vec<&str> = comparison.places.iter().map(|place| place.name.as_str()).collect();
            html.about(&[("endpoint", comparison.target.shown()), ("places", names.join(", "))])?;
            if comparison.interrupted {
                html.sentence("p", &[], INTERRUPTED)?;
            }
            figure_of(html, &super::way::ways(comparison))?;
            matrix(html, comparison)?;
            let mut findings = comparison.findings.iter();
            if let Some(lead) = findings.next() {
                html.section("Why", |html| {
                    html.sentence("p", &[], &lead.explanation)?;
                    if !lead.evidence.is_empty() {
                        html.unfolds(
                            |html| html.text("What was seen"),
                            |html| html.list(words::evidence(lead)),
                        )?;
                    }
                    html.references(&lead.references)
                })?;
                if !lead.remedies.is_empty() {
                    html.section("Fix", |html| html.steps(&lead.remedies, &comparison.answering()))?;
                }
            }
            let others: Vec<Placed<'_>> = findings.map(|finding| Placed { finding, depth: 0 }).collect();
            html.findings("Other findings", &others)?;
            places(html, comparison)
        })?;
        let made = format!("{} {}", comparison.tool.name, comparison.tool.version);
        html.element("footer", &[], &made)
    })
}

/// A row a resolver, a column a place. It may be wider than the page, so it is reached by keyboard, to be scrolled. On
/// a narrow screen the places stand one below the other, and so do many on paper, where nothing scrolls.
fn matrix(html: &mut Html<'_>, comparison: &PlacesDocument) -> fmt::Result {
    html.section("Resolvers", |html| {
        let label = "Resolvers at each place";
        let scroll = [
            ("class", "scroll"),
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", label),
        ];
        html.within("div", &scroll, |html| {
            let is_many = comparison.places.len() > limits::PLACES_ON_PAPER;
            let class = if is_many { "stacked many" } else { "stacked" };
            let places: Vec<&str> = comparison.places.iter().map(|place| place.name.as_str()).collect();
            let heads: Vec<&str> = ["Resolver"].into_iter().chain(places.iter().copied()).collect();
            html.table_of(class, label, &heads, |html| {
                comparison.rows.iter().try_for_each(|row| {
                    html.within("tr", &[("role", "row")], |html| {
                        html.within("th", &[("scope", "row"), ("role", "rowheader")], |html| {
                            html.text(&row.resolver)?;
                            html.start("br", &[])?;
                            html.span("code", &[], &row.shown_address())
                        })?;
                        let mut cells = row.cells.iter().zip(&places);
                        cells.try_for_each(|(seen, place)| cell(html, seen, place))
                    })
                })
            })
        })
    })
}

fn cell(html: &mut Html<'_>, cell: &Cell, place: &str) -> fmt::Result {
    html.within("td", &[("role", "cell")], |html| {
        // Stacked, it stands without its column's head.
        html.span("span", &[("class", "place")], &format!("{place}: "))?;
        if cell.verdict.is_none() {
            return html.span("span", &[("class", "faint")], cell_verdict(cell));
        }
        html.start("span", &[("class", "nowrap")])?;
        if let Some(mark) = cell.mark() {
            html.mark(mark)?;
        }
        html.text(cell_verdict(cell))?;
        html.end("span")?;
        for line in cell_details(cell) {
            html.start("br", &[])?;
            html.span("span", &[("class", "faint mono")], &line)?;
        }
        Ok(())
    })
}

/// Each place: its own headline, and what is not known there.
fn places(html: &mut Html<'_>, comparison: &PlacesDocument) -> fmt::Result {
    html.section("Places", |html| {
        for place in &comparison.places {
            let head = |html: &mut Html<'_>| {
                html.mark(place_mark(place.conclusion))?;
                html.text(&about(place))
            };
            if place.gaps.is_empty() {
                html.within("p", &[], head)?;
                continue;
            }
            let gaps = place
                .gaps
                .iter()
                .map(|gap| format!("not known: {} ({})", gap.fact, gap.reason));
            html.unfolds(head, |html| html.list(gaps))?;
        }
        for unseen in &comparison.unseen {
            html.within("p", &[], |html| {
                html.mark(LineMark::Unsure)?;
                html.text(&unseen.words())
            })?;
        }
        Ok(())
    })
}

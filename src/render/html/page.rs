//! The page of a report: the verdict, the way, the table, the cause, the fix; and what unfolds.

use std::fmt;

use super::{Html, way_svg};
use crate::clients::{Client, Resolution};
use crate::render::words::{self, LineMark};
use crate::render::{Style, fix, not_checked};
use crate::report::Report;
use crate::rules::Finding;

/// Characters of an address that is not broken over lines: an IPv4 address with its port, and most IPv6 addresses.
const ADDRESS: usize = 24;

pub(in crate::render) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let headline = words::headline(report);
    let title = format!("{}: {}", headline.conclusion, report.target.shown());
    Html::new(style, out).document(&title, |html| {
        html.new_line()?;
        html.verdict(&headline, report.exit_code)?;
        html.within("main", &[], |html| {
            html.new_line()?;
            html.about(&[
                ("endpoint", report.target.shown()),
                ("expected", words::expectation(&report.expected, true)),
                ("target", words::target(report)),
                ("asked from", words::provenance(report)),
            ])?;
            if let Some(interrupted) = words::interrupted(report) {
                html.sentence("p", &[], &format!("Interrupted: {interrupted}"))?;
            }
            way_svg::figure(html, report)?;
            resolvers(html, report)?;
            if let Some(lead) = words::lead(report) {
                cause(html, report, lead)?;
            }
            html.listed("Changed in AWS", words::changes(report, true))?;
            html.listed("Connections", words::connections(report))?;
            html.listed("This host", words::host(report, true))?;
            clients(html, report)?;
            let (follows, others) = words::others(report);
            html.findings("Follows from this", &follows)?;
            html.findings("Other findings", &others)?;
            not_checked(html, report)?;
            html.listed("What decides in AWS", words::decided_by(report))?;
            details(html, report)
        })?;
        let made = format!("{} {}, {}", report.tool.name, report.tool.version, report.taken_at);
        html.element("footer", &[], &made)
    })
}

/// The heads of the table.
const HEADS: [&str; 5] = ["Resolver", "Address", "Answer", "Time", "Verdict"];

fn resolvers(html: &mut Html<'_>, report: &Report) -> fmt::Result {
    let rows = words::rows(report);
    if rows.is_empty() {
        return Ok(());
    }
    html.section("Resolvers", |html| {
        html.table("Resolvers", &HEADS, |html| {
            for row in &rows {
                html.within("tr", &[("role", "row")], |html| {
                    html.within("th", &[("scope", "row"), ("role", "rowheader")], |html| {
                        html.text(&row.name)?;
                        match &row.note {
                            Some(note) => html.span("span", &[("class", "faint")], &format!(" ({note})")),
                            None => Ok(()),
                        }
                    })?;
                    let address: &[_] = if row.address.chars().count() <= ADDRESS {
                        &[("role", "cell"), ("class", "nowrap")]
                    } else {
                        &[("role", "cell")]
                    };
                    html.within("td", address, |html| html.span("code", &[], &row.address))?;
                    html.element("td", &[("role", "cell")], &row.answer)?;
                    html.element("td", &[("role", "cell"), ("class", "nowrap")], &row.time)?;
                    html.within("td", &[("role", "cell"), ("class", "nowrap")], |html| {
                        verdict(html, row.mark, row.verdict)
                    })
                })?;
            }
            Ok(())
        })?;
        let samples = report.resolvers.iter().filter_map(|resolver| {
            let summary = words::samples(resolver, true)?;
            Some(format!("{}: {summary}", resolver.probed.resolver.name))
        });
        html.list(samples)
    })
}

fn verdict(html: &mut Html<'_>, mark: Option<LineMark>, verdict: &str) -> fmt::Result {
    if let Some(mark) = mark {
        html.mark(mark)?;
    }
    html.text(verdict)
}

/// The finding to act on: why, what was seen, and what to do.
fn cause(html: &mut Html<'_>, report: &Report, lead: &Finding) -> fmt::Result {
    html.section("Why", |html| {
        if !words::headline_is_lead(report) {
            html.within("p", &[], |html| {
                html.mark(lead.severity.into())?;
                html.text(&format!("{} [{}]", lead.summary, words::tag(lead)))
            })?;
        }
        html.sentence("p", &[], &lead.explanation)?;
        if !lead.evidence.is_empty() {
            html.unfolds(
                |html| html.text("What was seen"),
                |html| html.list(words::evidence(lead)),
            )?;
        }
        if let Some(why) = &report.why {
            html.unfolds(
                |html| html.text("How it was decided"),
                |html| html.list(words::argument(why)),
            )?;
        }
        html.references(&lead.references)
    })?;
    if lead.remedies.is_empty() {
        return Ok(());
    }
    html.section("Fix", |html| html.steps(&lead.remedies, &fix::answering(report, lead)))
}

fn clients(html: &mut Html<'_>, report: &Report) -> fmt::Result {
    if let Some(kubectl) = words::kubectl(report) {
        html.section("kubectl here", |html| {
            if kubectl.messages.is_empty() {
                return html.sentence("p", &[], &format!("It {}.", words::resolves(report)));
            }
            for (index, message) in kubectl.messages.iter().enumerate() {
                if index > 0 {
                    html.sentence("p", &[], "or")?;
                }
                html.message(message)?;
            }
            if let Some(takes) = words::takes(kubectl) {
                html.sentence("p", &[], &takes)?;
            }
            if kubectl.outcome == Resolution::Varies {
                html.sentence("p", &[], words::OR_IT_RESOLVES)?;
            }
            Ok(())
        })?;
    } else if let Some(why) = words::no_kubectl(report) {
        html.section("kubectl here", |html| html.sentence("p", &[], why))?;
    }
    let others: Vec<String> = report
        .clients
        .iter()
        .filter(|client| client.client != Client::Go)
        .map(|client| {
            let said = if client.messages.is_empty() {
                client.outcome.to_string()
            } else {
                words::client(client)
            };
            format!("{}: {said}", client.client.as_str())
        })
        .collect();
    html.listed("Other clients", others)
}

fn not_checked(html: &mut Html<'_>, report: &Report) -> fmt::Result {
    let left = words::not_waited_for(report);
    let in_full = not_checked::in_full(report);
    if in_full.is_empty() && left.is_none() {
        return Ok(());
    }
    html.section("Not checked", |html| {
        if let Some(text) = not_checked::in_short(report, not_checked::Rest::Below) {
            html.sentence("p", &[], &text)?;
        }
        if let Some(left) = left {
            html.sentence("p", &[], &format!("Not waited for: {left}"))?;
        }
        if in_full.is_empty() {
            return Ok(());
        }
        html.unfolds(|html| html.text("All of it"), |html| html.list(in_full))
    })
}

/// All that was observed, resolver by resolver.
fn details(html: &mut Html<'_>, report: &Report) -> fmt::Result {
    if report.resolvers.is_empty() {
        return Ok(());
    }
    html.section("Everything that was observed", |html| {
        for resolver in &report.resolvers {
            let name = &resolver.probed.resolver.name;
            let lines: Vec<String> = words::details(resolver)
                .into_iter()
                .map(|(depth, line)| format!("{:1$}{line}", "", 2 * depth))
                .collect();
            html.unfolds(
                |html| html.text(name),
                |html| html.lines(name, lines.iter().map(String::as_str)),
            )?;
        }
        Ok(())
    })
}

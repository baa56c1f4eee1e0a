//! What a person sees: verdict, evidence, cause, fix; what was not checked.

use std::collections::VecDeque;
use std::fmt;

use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Style;
use super::text::{Paint, fit, wrap, wrap_cell};
use super::words::{self, LineMark, Placed, TableRow};
use super::{Lines, fix, not_checked, way};
use crate::clients::{Client, Resolution};
use crate::limits;
use crate::report::Report;
use crate::rules::{Finding, Remedy};
use crate::software::Software;

/// Everything under the first line is set in by this.
pub(crate) const INDENT: usize = 2;
/// Columns of `Why`, `Fix` and `kubectl` with the space behind them.
pub(crate) const LABEL: usize = 9;
/// Narrower than this is not worth wrapping for.
const NARROWEST: usize = 40;
/// Columns between two columns of the table.
const GAP: u16 = 2;
/// The other columns keep their width as long as this many are left for the answer.
const ANSWER: usize = 24;
/// Columns of addresses where they do not: an IPv4 address with its port.
const ADDRESS: usize = 22;
/// Columns of names then.
const RESOLVER: usize = 14;
/// An answer is not squeezed further: an IPv4 address.
const LEAST_ANSWER: usize = 15;

/// How much of a list that can be long stands on a page.
#[derive(Debug, Clone, Copy)]
struct TableRoom {
    /// Rows of the table of resolvers.
    rows: usize,
    /// Findings below one heading.
    findings: usize,
    /// Lines of a finding there.
    lines: usize,
    /// Resolvers whose samples are summed up.
    samples: usize,
}

/// The more resolvers and findings there are, the less is said of each: the first of these with which the page is a
/// first screen is taken, and else the last.
const ROOMS: [TableRoom; 3] = [
    TableRoom {
        rows: 16,
        findings: usize::MAX,
        lines: usize::MAX,
        samples: limits::SAMPLED_IN_SHORT,
    },
    TableRoom {
        rows: 6,
        findings: 2,
        lines: 3,
        samples: 3,
    },
    TableRoom {
        rows: 3,
        findings: 1,
        lines: 2,
        samples: 1,
    },
];

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let is_whole = style.verbose || style.fix == Lines::All || style.width < limits::FIRST_SCREEN_COLUMNS;
    let mut page = String::new();
    for room in ROOMS {
        page.clear();
        render_in(report, style, room, &mut page)?;
        if is_whole || page.lines().count() <= limits::FIRST_SCREEN {
            break;
        }
    }
    out.write_str(&page)
}

fn render_in(report: &Report, style: &Style, room: TableRoom, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut page = Page::new(style, out);
    page.room = room;
    page.headline(&words::headline(report))?;
    page.target(report)?;
    page.way(report)?;
    page.resolvers(report)?;
    if let Some(interrupted) = words::interrupted(report) {
        page.blank();
        page.item(INDENT, "", &format!("Interrupted: {interrupted}"))?;
    }
    page.samples(report)?;
    if let Some(lead) = words::lead(report) {
        page.lead(report, lead)?;
    }
    let changes = words::changes(report, style.verbose);
    if !changes.is_empty() {
        page.blank();
        page.labelled_list("Changed", changes.into_iter())?;
    }
    let connections: Vec<String> = if style.verbose {
        words::connections(report).collect()
    } else {
        words::connections_not_in_why(report)
    };
    if !connections.is_empty() {
        page.blank();
        page.labelled_list("Connect", words::few(connections.into_iter(), style))?;
    }
    let host = words::host(report, style.verbose);
    if !host.is_empty() {
        page.blank();
        page.labelled_list("Host", words::few(host.into_iter(), style))?;
    }
    page.clients(report)?;
    let (mut follows, mut others) = words::others(report);
    let noted = if style.verbose {
        Vec::new()
    } else {
        words::noted(report, &mut follows, &mut others)
    };
    page.findings("Follows from this:", &follows)?;
    page.findings("Other findings:", &others)?;
    if !noted.is_empty() {
        page.blank();
        page.item(
            INDENT,
            "Also noted: ",
            &format!("{} (-v explains)", words::some(&noted, words::NOTED)),
        )?;
    }
    page.not_checked(report, !noted.is_empty())?;
    if style.verbose && !report.decided_by.is_empty() {
        page.blank();
        page.labelled_list("In AWS", words::decided_by(report))?;
    }
    if let Some(left) = words::not_waited_for(report) {
        page.blank();
        page.item(INDENT, "Not waited for: ", &left)?;
    }
    page.details(report)
}

/// Writes lines; whatever goes through it is escaped first.
pub(crate) struct Page<'a> {
    pub(crate) style: &'a Style,
    pub(crate) width: usize,
    /// Whether an empty line is due before the next one.
    blank: bool,
    room: TableRoom,
    out: &'a mut dyn fmt::Write,
}

impl<'a> Page<'a> {
    pub(crate) fn new(style: &'a Style, out: &'a mut dyn fmt::Write) -> Self {
        Self {
            style,
            width: style.width.max(NARROWEST),
            blank: false,
            room: ROOMS[0],
            out,
        }
    }

    /// The same page with less of each list: 0 is the widest, and whatever is beyond the narrowest is that.
    pub(crate) fn narrowed(mut self, step: usize) -> Self {
        self.room = ROOMS[step.min(ROOMS.len() - 1)];
        self
    }

    /// An empty line between what was written and what will be; never two, never the last.
    pub(crate) fn blank(&mut self) {
        self.blank = true;
    }

    pub(crate) fn line(&mut self, indent: usize, line: &str) -> fmt::Result {
        if std::mem::take(&mut self.blank) {
            writeln!(self.out)?;
        }
        writeln!(self.out, "{:indent$}{line}", "")
    }

    /// A line as it is, escaped and not wrapped: a command.
    fn verbatim(&mut self, indent: usize, line: &str) -> fmt::Result {
        let line = self.style.escape(line);
        let indent = if line.is_empty() { 0 } else { indent };
        self.line(indent, &line)
    }

    /// A paragraph behind `lead`, which is our own, with its further lines under its first.
    pub(crate) fn item(&mut self, indent: usize, lead: &str, text: &str) -> fmt::Result {
        self.painted(indent, lead, Paint::Plain, text)
    }

    pub(crate) fn painted(&mut self, indent: usize, lead: &str, paint: Paint, text: &str) -> fmt::Result {
        self.cut(indent, lead, paint, text, usize::MAX)
    }

    /// The same in at most so many lines.
    pub(crate) fn cut(&mut self, indent: usize, lead: &str, paint: Paint, text: &str, most: usize) -> fmt::Result {
        let hang = indent + lead.width();
        let room = self.width.saturating_sub(hang);
        let mut lines = wrap(&self.style.escape(text), room, room);
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                let mark = if self.style.ascii { "..." } else { "…" };
                *last = format!("{}{mark}", fit(last, room.saturating_sub(mark.len())).trim_end());
            }
        }
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        let lead = paint.on(lead, self.style.color);
        self.line(indent, &format!("{lead}{first}"))?;
        lines.try_for_each(|line| self.line(hang, &line))
    }

    /// That a list goes on.
    pub(crate) fn more(&mut self, indent: usize, count: usize) -> fmt::Result {
        match count {
            0 => Ok(()),
            count => self.item(indent, "", &format!("and {count} more (-v)")),
        }
    }

    /// A paragraph behind a label.
    pub(crate) fn labelled(&mut self, label: &str, text: &str) -> fmt::Result {
        self.painted(INDENT, &format!("{label:LABEL$}"), Paint::Bold, text)
    }

    fn labelled_list(&mut self, label: &str, items: impl Iterator<Item = String>) -> fmt::Result {
        for (index, item) in items.enumerate() {
            let label = if index == 0 { label } else { "" };
            self.painted(INDENT, &format!("{label:LABEL$}- "), Paint::Bold, &item)?;
        }
        Ok(())
    }

    pub(crate) fn heading(&mut self, text: &str) -> fmt::Result {
        let text = Paint::Bold.on(text, self.style.color);
        self.line(INDENT, &text)
    }

    /// A text and its tag, which stays in one piece.
    fn tagged(&mut self, mark: LineMark, before: &str, text: &str, tag: Option<&str>) -> fmt::Result {
        let symbol = mark.symbol(self.style.ascii);
        let lead = format!("{symbol} {before}");
        let hang = symbol.width() + 1;
        let text = self.style.escape(text);
        let mut lines = wrap(
            &text,
            self.width.saturating_sub(lead.width() + 1),
            self.width.saturating_sub(hang),
        );
        if let Some(tag) = tag {
            let tag = format!("[{}]", self.style.escape(tag));
            let first = lines.len() < 2;
            match lines.last_mut() {
                Some(last)
                    if last.width() + 3 + tag.width() + if first { lead.width() + 1 } else { hang } <= self.width =>
                {
                    last.push_str("   ");
                    last.push_str(&tag);
                }
                _ => lines.push(tag),
            }
        }
        let mut lines = lines.into_iter();
        let lead = mark.paint().on(lead.trim_end(), self.style.color);
        let first = lines.next().unwrap_or_default();
        self.line(0, &format!("{lead} {first}"))?;
        lines.try_for_each(|line| self.line(hang, &line))
    }

    pub(crate) fn headline(&mut self, headline: &words::Headline) -> fmt::Result {
        self.tagged(
            headline.mark,
            &format!("{}:", headline.conclusion),
            &headline.text,
            headline.tag.as_deref(),
        )
    }

    fn target(&mut self, report: &Report) -> fmt::Result {
        self.blank();
        self.item(INDENT, "", &report.target.shown())?;
        let expected = words::expectation(&report.expected, self.style.verbose);
        self.item(INDENT, "expected ", &expected)?;
        if self.style.verbose {
            self.item(INDENT, "", &words::target(report))?;
            let provenance = words::provenance(report);
            self.item(INDENT, "asked from ", &provenance)?;
        }
        Ok(())
    }

    /// The picture: a line a way.
    fn way(&mut self, report: &Report) -> fmt::Result {
        self.ways(way::text(report, self.style, self.width - INDENT).into_iter())
    }

    pub(crate) fn ways(&mut self, lines: impl Iterator<Item = (String, Option<LineMark>)>) -> fmt::Result {
        self.blank();
        for (line, mark) in lines {
            let line = self.style.escape(&line);
            let line = mark.map_or(Paint::Plain, LineMark::paint).on(&line, self.style.color);
            self.line(INDENT, &line)?;
        }
        Ok(())
    }

    fn resolvers(&mut self, report: &Report) -> fmt::Result {
        let (rows, left_out) = if self.style.verbose {
            (words::rows(report), 0)
        } else {
            words::rows_in_short(report, self.room.rows)
        };
        if rows.is_empty() {
            return Ok(());
        }
        self.blank();
        let width = self.width - INDENT;
        let (table, marks) = lay_out(&rows, self.style, width);
        // The last column is painted afterwards: what comes out of the table is plain text, so that nothing in
        // its cells counts as anything but columns.
        let mut verdict_at = None;
        let mut marks = VecDeque::from(marks);
        for line in table.lines() {
            let line = line.trim_end();
            let at = *verdict_at.get_or_insert_with(|| line.find(VERDICT).map_or(usize::MAX, |at| line[..at].width()));
            let (left, verdict) = split_at_column(line, at);
            let line = if verdict == VERDICT {
                Paint::Bold.on(line, self.style.color)
            } else if verdict.is_empty() {
                left.to_owned()
            } else {
                let mark = marks.pop_front().flatten();
                let paint = mark.map_or(Paint::Plain, LineMark::paint);
                format!("{left}{}", paint.on(verdict, self.style.color))
            };
            self.line(INDENT, &line)?;
        }
        if rows.len() < report.resolvers.len() {
            let more = match left_out {
                0 => String::new(),
                1 => "And 1 more row. ".to_owned(),
                rows => format!("And {rows} more rows. "),
            };
            self.item(
                INDENT,
                "",
                &format!("{more}Resolvers that answer alike share a row; -v has a row each."),
            )?;
        }
        Ok(())
    }

    fn samples(&mut self, report: &Report) -> fmt::Result {
        let summaries: Vec<(&str, String)> = report
            .resolvers
            .iter()
            .filter_map(|resolver| {
                let summary = words::samples(resolver, self.style.verbose)?;
                Some((resolver.probed.resolver.name.as_str(), summary))
            })
            .collect();
        if summaries.is_empty() {
            return Ok(());
        }
        self.blank();
        let shown = if self.style.verbose || summaries.len() <= limits::ROWS_APART {
            summaries.len()
        } else {
            self.room.samples
        };
        for (name, summary) in &summaries[..shown] {
            self.item(INDENT, "", &format!("{name}: {summary}"))?;
        }
        if shown < summaries.len() {
            self.item(INDENT, "", &format!("and {} more (-v)", summaries.len() - shown))?;
        }
        Ok(())
    }

    /// The finding to act on: why, and what to do.
    fn lead(&mut self, report: &Report, lead: &Finding) -> fmt::Result {
        self.blank();
        if !words::headline_is_lead(report) {
            let mark = LineMark::from(lead.severity);
            let symbol = format!("{} ", mark.symbol(self.style.ascii));
            let text = format!("{} [{}]", lead.summary, words::tag(lead));
            self.painted(INDENT, &symbol, mark.paint(), &text)?;
        }
        let why = if self.style.verbose {
            lead.explanation.as_str()
        } else {
            words::first_sentences(&lead.summary, &lead.explanation)
        };
        self.labelled("Why", why)?;
        if self.style.verbose {
            self.evidence(lead)?;
        }
        if let Some(why) = &report.why {
            self.labelled_list("Decided", words::argument(why).into_iter())?;
        }
        self.remedies(&lead.remedies, &fix::answering(report, lead))?;
        if self.style.verbose {
            self.references(lead)?;
        }
        Ok(())
    }

    pub(crate) fn evidence(&mut self, finding: &Finding) -> fmt::Result {
        self.labelled_list("Seen", words::evidence(finding))
    }

    pub(crate) fn references(&mut self, finding: &Finding) -> fmt::Result {
        self.labelled_list("Read", finding.references.iter().cloned())
    }

    /// The first step with the lines of one software; every step with those of all where everything is asked for.
    pub(crate) fn remedies(&mut self, remedies: &[Remedy], answering: &fix::Answering) -> fmt::Result {
        let software = answering.software.as_slice();
        let steps = fix::steps(remedies);
        let lines = if self.style.verbose && self.style.fix == Lines::Likeliest {
            Lines::All
        } else {
            self.style.fix
        };
        let in_full = lines == Lines::All;
        let shown = fix::ShortenedFix::of(&steps, lines, software, self.style.verbose);
        let mut printed: Vec<&Remedy> = Vec::new();
        let mut more: Vec<String> = fix::without(&steps, lines).into_iter().collect();
        let lines = fix::effective(&steps, lines);
        for (place, (index, has_lines)) in shown.each().enumerate() {
            let step = &steps[index];
            if place == 0 {
                self.labelled("Fix", step.title)?;
            } else {
                self.item(INDENT + LABEL, "- ", step.title)?;
            }
            if !has_lines {
                continue;
            }
            more.extend(fix::not_for(step, lines, software));
            for remedy in step.choose(lines, software) {
                printed.push(remedy);
                let commands = if in_full {
                    remedy.commands.clone()
                } else {
                    answering.first_lines(remedy)
                };
                self.commands(2 * INDENT, &commands)?;
            }
        }
        let hidden = fix::hidden(&steps, &printed);
        match shown.left(&steps) {
            0 => {}
            1 => more.push("-v: 1 more".to_owned()),
            steps => more.push(format!("-v: {steps} more")),
        }
        if !hidden.is_empty() {
            // What answers there is not known, so the lines above are the likeliest's.
            let is_guessed = lines == Lines::Likeliest && software.is_empty();
            let is_of_a_server = |remedy: &&Remedy| remedy.software.is_some_and(Software::is_a_name_server);
            let flag = if is_guessed && printed.iter().any(is_of_a_server) {
                "else --fix NAME:"
            } else {
                "--fix NAME:"
            };
            more.push(format!("{flag} {}", hidden.join(", ")));
        }
        if !more.is_empty() {
            // It belongs to the lines above it.
            self.blank = false;
            self.item(INDENT + LABEL, "", &format!("({})", more.join("; ")))?;
        }
        Ok(())
    }

    fn commands(&mut self, indent: usize, commands: &[String]) -> fmt::Result {
        if commands.is_empty() {
            return Ok(());
        }
        for line in words::snippet(commands) {
            self.verbatim(indent, line)?;
        }
        self.blank();
        Ok(())
    }

    fn clients(&mut self, report: &Report) -> fmt::Result {
        if let Some(kubectl) = words::kubectl(report) {
            self.blank();
            if kubectl.messages.is_empty() {
                self.labelled("kubectl", &words::resolves(report))?;
            }
            let shown = if self.style.verbose {
                usize::MAX
            } else {
                words::MESSAGES
            };
            let takes = words::takes(kubectl)
                .map(|takes| format!(" {takes}"))
                .unwrap_or_default();
            let last = kubectl.messages.len().min(shown).saturating_sub(1);
            for (index, message) in kubectl.messages.iter().take(shown).enumerate() {
                let label = if index == 0 { "kubectl" } else { "  or" };
                let takes = if index == last { takes.as_str() } else { "" };
                self.labelled(label, &format!("{message}{takes}"))?;
            }
            if kubectl.outcome == Resolution::Varies {
                self.labelled("  or", words::OR_IT_RESOLVES)?;
            }
        } else if let Some(why) = words::no_kubectl(report) {
            self.blank();
            self.labelled("kubectl", why)?;
        }
        if self.style.verbose {
            for client in report.clients.iter().filter(|client| client.client != Client::Go) {
                let said = if client.messages.is_empty() {
                    client.outcome.to_string()
                } else {
                    words::client(client)
                };
                self.labelled(client.client.as_str(), &said)?;
            }
        }
        Ok(())
    }

    pub(crate) fn findings(&mut self, heading: &str, findings: &[Placed<'_>]) -> fmt::Result {
        if findings.is_empty() {
            return Ok(());
        }
        self.blank();
        self.heading(heading)?;
        let shown = if self.style.verbose {
            findings.len()
        } else {
            words::shown(findings).min(self.room.findings)
        };
        for Placed { finding, depth } in findings.iter().take(shown) {
            let indent = INDENT * (2 + depth);
            let mark = LineMark::from(finding.severity);
            let symbol = format!("{} ", mark.symbol(self.style.ascii));
            let text = format!("{}: {}", finding.rule, finding.summary);
            let lines = if self.style.verbose {
                usize::MAX
            } else {
                self.room.lines
            };
            self.cut(indent, &symbol, mark.paint(), &text, lines)?;
            let below = indent + symbol.width();
            if self.style.verbose {
                self.item(below, "", &finding.explanation)?;
                for observed in words::evidence(finding) {
                    self.item(below, "seen: ", &observed)?;
                }
                for step in fix::steps(&finding.remedies) {
                    self.item(below, "fix: ", step.title)?;
                    for remedy in step.choose(Lines::All, &[]) {
                        self.commands(below, &remedy.commands)?;
                    }
                }
                self.blank();
            }
        }
        if findings.len() > shown {
            self.item(2 * INDENT, "", &format!("and {} more (-v)", findings.len() - shown))?;
        }
        Ok(())
    }

    /// `below_another` line of what is only noted, it needs no room of its own.
    fn not_checked(&mut self, report: &Report, below_another: bool) -> fmt::Result {
        if !self.style.verbose {
            let Some(text) = not_checked::in_short(report, not_checked::Rest::WithV) else {
                return Ok(());
            };
            if !below_another {
                self.blank();
            }
            return self.item(INDENT, "Not checked: ", &text);
        }
        let lines = not_checked::in_full(report);
        if lines.is_empty() {
            return Ok(());
        }
        self.blank();
        self.heading("Not checked:")?;
        for line in &lines {
            self.item(2 * INDENT, "", line)?;
        }
        Ok(())
    }

    /// All that was observed, resolver by resolver.
    fn details(&mut self, report: &Report) -> fmt::Result {
        if !self.style.verbose {
            return Ok(());
        }
        for resolver in &report.resolvers {
            self.blank();
            let name = self.style.escape(&resolver.probed.resolver.name);
            self.heading(&name)?;
            for (depth, line) in words::details(resolver) {
                let indent = INDENT * (2 + depth);
                let room = self.width.saturating_sub(indent);
                let lines = wrap(&self.style.escape(&line), room, room - INDENT);
                for (index, line) in lines.iter().enumerate() {
                    self.line(indent + if index == 0 { 0 } else { INDENT }, line)?;
                }
            }
        }
        Ok(())
    }
}

const VERDICT: &str = "VERDICT";

/// The table, and the mark of each of its rows.
fn lay_out(rows: &[TableRow], style: &Style, width: usize) -> (Table, Vec<Option<LineMark>>) {
    let cells = |stacked: bool| -> Vec<[String; 5]> {
        rows.iter()
            .map(|row| {
                let name = style.escape(&row.name);
                let name = match &row.note {
                    Some(note) if stacked => format!("{name}\n({})", style.escape(note)),
                    Some(note) => format!("{name} ({})", style.escape(note)),
                    None => name,
                };
                let symbol = row.mark.map_or("", |mark| mark.symbol(style.ascii));
                let symbols = if style.ascii { 4 } else { 1 };
                let verdict = format!("{symbol:symbols$} {}", row.verdict);
                [
                    name,
                    style.escape(&row.address),
                    style.escape(&row.answer),
                    style.escape(&row.time),
                    verdict,
                ]
            })
            .collect()
    };
    let header = ["RESOLVER", "ADDRESS", "ANSWER", "TIME", VERDICT];
    // What is left for the answer where all others keep their width.
    let left = |cells: &[[String; 5]]| {
        let others: usize = [0, 1, 3, 4]
            .into_iter()
            .map(|column| {
                cells
                    .iter()
                    .flat_map(|row| row[column].lines())
                    .chain([header[column]])
                    .map(UnicodeWidthStr::width)
                    .max()
                    .unwrap_or_default()
                    + usize::from(GAP)
            })
            .sum();
        width.saturating_sub(others)
    };
    let narrowed = |cells: &mut [[String; 5]], column: usize, width: usize| {
        for row in cells {
            let lines = row[column].lines();
            let lines: Vec<String> = lines.flat_map(|line| wrap_cell(line, width)).collect();
            row[column] = lines.join("\n");
        }
    };
    let mut shown = cells(false);
    if left(&shown) < ANSWER {
        shown = cells(true);
    }
    if left(&shown) < ANSWER {
        narrowed(&mut shown, 1, ADDRESS);
    }
    if left(&shown) < ANSWER {
        narrowed(&mut shown, 0, RESOLVER);
    }
    let answer = left(&shown);
    let fits = answer >= LEAST_ANSWER;
    narrowed(&mut shown, 2, answer.max(LEAST_ANSWER));
    if !style.verbose {
        for row in &mut shown {
            row[2] = first_lines(&row[2], answer.max(LEAST_ANSWER), style);
        }
    }
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(header.map(Cell::new));
    for row in shown {
        table.add_row(row.map(Cell::new));
    }
    let last = header.len() - 1;
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index == last { 0 } else { GAP }));
        // On a terminal too narrow for that, the others share what the times and the verdicts leave.
        if fits || index >= 3 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    (table, rows.iter().map(|row| row.mark).collect())
}

/// Lines of an answer in the table of the first screen.
const ANSWER_LINES: usize = 4;

/// The first lines of a cell, with an ellipsis for the rest.
fn first_lines(cell: &str, width: usize, style: &Style) -> String {
    let lines: Vec<&str> = cell.lines().collect();
    if lines.len() <= ANSWER_LINES {
        return cell.to_owned();
    }
    let (last, before) = (lines[ANSWER_LINES - 1], &lines[..ANSWER_LINES - 1]);
    let rest = style.escape("…");
    let last = format!("{}{rest}", fit(last, width.saturating_sub(rest.width())));
    before
        .iter()
        .copied()
        .chain([last.as_str()])
        .collect::<Vec<_>>()
        .join("\n")
}

/// Cuts a line in two where a column of the terminal begins. From its end: what stands there is ours.
fn split_at_column(line: &str, column: usize) -> (&str, &str) {
    let mut left = line.width().saturating_sub(column);
    let mut at = line.len();
    for (start, c) in line.char_indices().rev() {
        if left == 0 {
            break;
        }
        left = left.saturating_sub(c.width().unwrap_or_default());
        at = start;
    }
    line.split_at(at)
}

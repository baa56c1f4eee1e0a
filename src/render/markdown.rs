//! A comment on a ticket. What comes from outside stands in code spans and code blocks, or has every character
//! that means something to markdown escaped, so that it cannot leave its place.

use std::fmt;

use super::Style;
use super::text::is_plain_link;
use super::words::{self, LineMark, Placed};
use super::{Lines, fix, not_checked, way};
use crate::clients::{Client, Resolution};
use crate::limits;
use crate::report::Report;
use crate::rules::{Finding, Remedy};

/// How much of a list that can be long stands in the first part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CommentRoom {
    /// Rows of the table of resolvers.
    rows: usize,
    /// Findings below one heading.
    findings: usize,
    /// Items of another list.
    items: usize,
}

/// The more resolvers and findings there are, the fewer of each stand above the fold: the first of these with which the
/// first part is short is taken, and else the last.
const ROOMS: [CommentRoom; 3] = [
    CommentRoom {
        rows: 16,
        findings: usize::MAX,
        items: usize::MAX,
    },
    CommentRoom {
        rows: 6,
        findings: 2,
        items: 3,
    },
    CommentRoom {
        rows: 3,
        findings: 1,
        items: 1,
    },
];

pub(super) fn render(report: &Report, style: &Style, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut first = String::new();
    let is_whole = style.verbose || style.fix == Lines::All;
    let (mut rows_are_cut, mut lists_are_cut) = (false, false);
    for step in 0..ROOMS.len() {
        first.clear();
        rows_are_cut = Comment::new(style, &mut first).narrowed(step).first_part(report)?;
        lists_are_cut = step > 0;
        if is_whole || first.lines().count() <= limits::FIRST_PART {
            break;
        }
    }
    out.write_str(&first)?;
    let mut comment = Comment::new(style, out);
    comment.fold(|all| all.whole(report, rows_are_cut, lists_are_cut))?;
    comment.details(report)
}

pub(crate) struct Comment<'a> {
    pub(crate) style: &'a Style,
    pub(crate) out: &'a mut dyn fmt::Write,
    room: CommentRoom,
}

impl<'a> Comment<'a> {
    pub(crate) fn new(style: &'a Style, out: &'a mut dyn fmt::Write) -> Self {
        Self {
            style,
            out,
            room: ROOMS[0],
        }
    }

    /// The same with less of each list: 0 is the widest, and whatever is beyond the narrowest is that.
    pub(crate) fn narrowed(mut self, step: usize) -> Self {
        self.room = ROOMS[step.min(ROOMS.len() - 1)];
        self
    }
}

impl Comment<'_> {
    /// A text from outside, in a sentence.
    pub(crate) fn text(&self, text: &str) -> String {
        escape(&self.style.escape(text))
    }

    /// A text from outside, as code.
    pub(crate) fn code(&self, text: &str) -> String {
        code(&self.style.escape(text))
    }

    pub(crate) fn mark(&self, mark: LineMark) -> &'static str {
        // None of the symbols means anything to markdown where it stands: behind `#` or `-`, or in a cell.
        mark.symbol(self.style.ascii)
    }

    /// What stands above the fold; whether resolvers are left out of its table.
    fn first_part(&mut self, report: &Report) -> Result<bool, fmt::Error> {
        let verbose = self.style.verbose;
        self.heading(report)?;
        self.way(report)?;
        let is_cut = self.resolvers(report)?;
        self.notes(report)?;
        if let Some(lead) = words::lead(report) {
            self.lead(report, lead)?;
        }
        self.list("Changed in AWS", words::changes(report, verbose).into_iter())?;
        self.list("Connections", words::connections(report))?;
        self.list("This host", words::host(report, verbose).into_iter())?;
        self.clients(report)?;
        self.other_findings(report)?;
        self.not_checked(report)?;
        if let Some(left) = words::not_waited_for(report) {
            let left = self.text(&left);
            writeln!(self.out, "\n**Not waited for:** {left}")?;
        }
        if verbose {
            self.list("In AWS", words::decided_by(report))?;
        }
        Ok(is_cut)
    }

    fn heading(&mut self, report: &Report) -> fmt::Result {
        let headline = words::headline(report);
        writeln!(
            self.out,
            "### {} {}: {}\n",
            self.mark(headline.mark),
            headline.conclusion,
            self.text(&headline.text)
        )?;
        if let Some(tag) = &headline.tag {
            writeln!(
                self.out,
                "- Finding: {}; exit code {}",
                self.text(tag),
                report.exit_code
            )?;
        }
        let hostname = self.code(&report.target.shown());
        writeln!(self.out, "- Endpoint: {hostname}")?;
        let expected = words::expectation(&report.expected, self.style.verbose);
        writeln!(self.out, "- Expected: {}", self.text(&expected))?;
        if self.style.verbose {
            writeln!(self.out, "- Target: {}", self.text(&words::target(report)))?;
        }
        let provenance = words::provenance(report);
        writeln!(self.out, "- Asked from: {}", self.text(&provenance))?;
        match headline.tag {
            Some(_) => Ok(()),
            None => writeln!(self.out, "- Exit code: {}", report.exit_code),
        }
    }

    /// The picture, as a Mermaid flow chart.
    fn way(&mut self, report: &Report) -> fmt::Result {
        self.chart(way::mermaid(report, self.style))
    }

    pub(crate) fn chart(&mut self, lines: Vec<String>) -> fmt::Result {
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n```mermaid")?;
        for line in lines {
            writeln!(self.out, "{line}")?;
        }
        writeln!(self.out, "```")
    }

    /// The table; whether a resolver is left out of it.
    fn resolvers(&mut self, report: &Report) -> Result<bool, fmt::Error> {
        let (rows, left_out) = if self.style.verbose {
            (words::rows(report), 0)
        } else {
            words::rows_in_short(report, self.room.rows)
        };
        if rows.is_empty() {
            return Ok(false);
        }
        writeln!(
            self.out,
            "\n| Resolver | Address | Answer | Time | Verdict |\n|---|---|---|---|---|"
        )?;
        let is_cut = left_out > 0 || rows.len() < report.resolvers.len();
        for row in rows {
            let note = row
                .note
                .map(|note| format!(" ({})", self.text(&note)))
                .unwrap_or_default();
            let mark = row.mark.map(|mark| format!("{} ", self.mark(mark))).unwrap_or_default();
            writeln!(
                self.out,
                "| {}{note} | {} | {} | {} | {mark}{} |",
                self.code(&row.name),
                self.code(&row.address),
                self.code(&row.answer),
                self.text(&row.time),
                row.verdict
            )?;
        }
        self.below(left_out)?;
        Ok(is_cut)
    }

    /// That a picture or a table goes on below the fold.
    pub(crate) fn below(&mut self, count: usize) -> fmt::Result {
        match count {
            0 => Ok(()),
            count => writeln!(self.out, "\nand {count} more below"),
        }
    }

    fn notes(&mut self, report: &Report) -> fmt::Result {
        if let Some(interrupted) = words::interrupted(report) {
            let interrupted = self.text(&interrupted);
            writeln!(self.out, "\n**Interrupted:** {interrupted}")?;
        }
        let sampled = report.resolvers.iter();
        let sampled: Vec<_> = sampled
            .filter_map(|resolver| Some((resolver, words::samples(resolver, true)?)))
            .collect();
        for (resolver, summary) in sampled.iter().take(self.room.items) {
            let name = self.code(&resolver.probed.resolver.name);
            writeln!(self.out, "\n{name}: {}", self.text(summary))?;
        }
        self.below(sampled.len().saturating_sub(self.room.items))
    }

    fn lead(&mut self, report: &Report, lead: &Finding) -> fmt::Result {
        if !words::headline_is_lead(report) {
            let mark = self.mark(lead.severity.into());
            let (summary, tag) = (self.text(&lead.summary), self.text(&words::tag(lead)));
            writeln!(self.out, "\n**{mark}** {summary} \\[{tag}\\]")?;
        }
        let why = if self.style.verbose {
            lead.explanation.as_str()
        } else {
            words::first_sentences(&lead.summary, &lead.explanation)
        };
        writeln!(self.out, "\n**Why:** {}", self.text(why))?;
        if self.style.verbose {
            self.list("Seen", words::evidence(lead))?;
        }
        if self.style.verbose
            && let Some(why) = &report.why
        {
            self.list("How it was decided", words::argument(why).into_iter())?;
        }
        self.remedies(&lead.remedies, &fix::answering(report, lead))?;
        if self.style.verbose {
            self.references(lead)?;
        }
        Ok(())
    }

    pub(crate) fn references(&mut self, finding: &Finding) -> fmt::Result {
        if finding.references.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n**Read:**\n")?;
        for reference in &finding.references {
            let link = link(reference).unwrap_or_else(|| self.code(reference));
            writeln!(self.out, "- {link}")?;
        }
        Ok(())
    }

    pub(crate) fn list(&mut self, title: &str, items: impl Iterator<Item = String>) -> fmt::Result {
        let items: Vec<String> = items.collect();
        if items.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n**{title}:**\n")?;
        // "and 1 more" would take the line of the one.
        let most = self.room.items;
        let shown = if items.len() <= most.saturating_add(1) {
            items.len()
        } else {
            most
        };
        for item in &items[..shown] {
            writeln!(self.out, "- {}", self.text(item))?;
        }
        if items.len() > shown {
            writeln!(self.out, "- and {} more below", items.len() - shown)?;
        }
        Ok(())
    }

    /// The first step with the lines of one software; every step with those of all where everything is asked for.
    pub(crate) fn remedies(&mut self, remedies: &[Remedy], answering: &fix::Answering) -> fmt::Result {
        let software = answering.software.as_slice();
        let lines = if self.style.verbose && self.style.fix == Lines::Likeliest {
            Lines::All
        } else {
            self.style.fix
        };
        let steps = fix::steps(remedies);
        let shown = fix::ShortenedFix::of(&steps, lines, software, self.style.verbose);
        let without = fix::without(&steps, lines);
        let lines = fix::effective(&steps, lines);
        for (place, (index, has_lines)) in shown.each().enumerate() {
            let step = &steps[index];
            let title = self.text(step.title);
            if place == 0 {
                writeln!(self.out, "\n**Fix:** {title}")?;
            } else {
                writeln!(self.out, "\n{title}")?;
            }
            if !has_lines {
                continue;
            }
            if let Some(without) = fix::not_for(step, lines, software) {
                writeln!(self.out, "\n{}", self.text(&without))?;
            }
            for remedy in step.choose(lines, software) {
                let commands = if lines == Lines::All {
                    remedy.commands.clone()
                } else {
                    answering.lines(remedy)
                };
                self.block("", &words::snippet(&commands))?;
            }
        }
        match without {
            Some(without) => writeln!(self.out, "\n{}", self.text(&without)),
            None => Ok(()),
        }
    }

    /// What the first part leaves out, for whoever unfolds it, as `-v` prints it. With `-v` there is nothing to unfold.
    pub(crate) fn fold(&mut self, what: impl FnOnce(&mut Comment<'_>) -> fmt::Result) -> fmt::Result {
        if self.style.verbose {
            return Ok(());
        }
        let verbose = Style {
            verbose: true,
            ..self.style.clone()
        };
        writeln!(self.out, "\n<details>\n<summary>Everything else</summary>")?;
        what(&mut Comment::new(&verbose, &mut *self.out))?;
        writeln!(self.out, "\n</details>")
    }

    /// All that `-v` prints of a report.
    fn whole(&mut self, report: &Report, rows_are_cut: bool, lists_are_cut: bool) -> fmt::Result {
        let expected = words::expectation(&report.expected, true);
        writeln!(self.out, "\n- Expected: {}", self.text(&expected))?;
        writeln!(self.out, "- Target: {}", self.text(&words::target(report)))?;
        if rows_are_cut {
            self.resolvers(report)?;
        }
        if lists_are_cut {
            self.notes(report)?;
        }
        if let Some(lead) = words::lead(report) {
            self.lead(report, lead)?;
        }
        self.list("Changed in AWS", words::changes(report, true).into_iter())?;
        if lists_are_cut {
            self.list("Connections", words::connections(report))?;
        }
        self.list("This host", words::host(report, true).into_iter())?;
        self.clients(report)?;
        self.other_findings(report)?;
        self.not_checked(report)?;
        self.list("In AWS", words::decided_by(report))?;
        self.details(report)
    }

    fn other_findings(&mut self, report: &Report) -> fmt::Result {
        let (follows, others) = words::others(report);
        self.findings("Follows from this", &follows)?;
        self.findings("Other findings", &others)
    }

    /// A code block, behind a fence that nothing in it can close.
    fn block(&mut self, indent: &str, lines: &[&str]) -> fmt::Result {
        if lines.is_empty() {
            return Ok(());
        }
        let lines: Vec<String> = lines.iter().map(|line| self.style.escape(line)).collect();
        let longest = lines.iter().map(|line| longest_run(line)).max();
        let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
        writeln!(self.out, "\n{indent}{fence}")?;
        for line in lines {
            writeln!(self.out, "{}", format!("{indent}{line}").trim_end())?;
        }
        writeln!(self.out, "{indent}{fence}")
    }

    fn clients(&mut self, report: &Report) -> fmt::Result {
        let verbose = self.style.verbose;
        let kubectl = words::kubectl(report).filter(|kubectl| !kubectl.messages.is_empty());
        if let Some(kubectl) = kubectl {
            let mut said: Vec<String> = kubectl.messages.iter().map(|message| self.code(message)).collect();
            if kubectl.outcome == Resolution::Varies {
                said.push(words::OR_IT_RESOLVES.to_owned());
            }
            let takes = words::takes(kubectl)
                .map(|takes| format!(" {takes}"))
                .unwrap_or_default();
            writeln!(self.out, "\n**kubectl** here prints: {}{takes}", said.join(" or "))?;
        } else if let Some(why) = words::no_kubectl(report) {
            writeln!(self.out, "\n**kubectl**: {}", self.text(why))?;
        }
        let others = report
            .clients
            .iter()
            .filter(|client| verbose && client.client != Client::Go);
        for client in others {
            let said = if client.messages.is_empty() {
                self.text(client.outcome.as_str())
            } else {
                self.code(&words::client(client))
            };
            writeln!(self.out, "\n**{}**: {said}", self.text(client.client.as_str()))?;
        }
        Ok(())
    }

    pub(crate) fn findings(&mut self, title: &str, findings: &[Placed<'_>]) -> fmt::Result {
        if findings.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n**{title}**\n")?;
        let shown = if self.style.verbose {
            findings.len()
        } else {
            words::shown(findings).min(self.room.findings)
        };
        for Placed { finding, depth } in findings.iter().take(shown) {
            let indent = "  ".repeat(*depth);
            writeln!(
                self.out,
                "{indent}- {} {}: {}",
                self.mark(finding.severity.into()),
                self.code(&finding.rule),
                self.text(&finding.summary)
            )?;
            let below = format!("{indent}  ");
            if self.style.verbose {
                writeln!(self.out, "\n{below}{}\n", self.text(&finding.explanation))?;
                for observed in words::evidence(finding) {
                    writeln!(self.out, "{below}- {}", self.text(&observed))?;
                }
                for step in fix::steps(&finding.remedies) {
                    writeln!(self.out, "\n{below}Fix: {}", self.text(step.title))?;
                    for remedy in step.choose(Lines::All, &[]) {
                        self.block(&below, &words::snippet(&remedy.commands))?;
                    }
                }
            }
        }
        if findings.len() > shown {
            writeln!(self.out, "- and {} more below", findings.len() - shown)?;
        }
        Ok(())
    }

    fn not_checked(&mut self, report: &Report) -> fmt::Result {
        if self.style.verbose {
            return self.list("Not checked", not_checked::in_full(report).into_iter());
        }
        match not_checked::in_short(report, not_checked::Rest::WithV) {
            Some(text) => writeln!(self.out, "\n**Not checked:** {}", self.text(&text)),
            None => Ok(()),
        }
    }

    /// All that was observed: plain lines, in a block each.
    fn details(&mut self, report: &Report) -> fmt::Result {
        if !self.style.verbose {
            return Ok(());
        }
        for resolver in &report.resolvers {
            let name = self.code(&resolver.probed.resolver.name);
            writeln!(self.out, "\n{name} in full:")?;
            let lines: Vec<String> = words::details(resolver)
                .into_iter()
                .map(|(depth, line)| format!("{:1$}{line}", "", 2 * depth))
                .collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            self.block("", &lines)?;
        }
        Ok(())
    }
}

/// A link to a page whose address holds nothing but what addresses of pages need.
fn link(reference: &str) -> Option<String> {
    is_plain_link(reference).then(|| format!("<{reference}>"))
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// A code span behind delimiters that nothing in it can close (CommonMark 0.31 section 6.1). In a table a bar
/// ends the cell even there, so it is shown as its code.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\u{7c}");
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let at_an_edge = |c| text.starts_with(c) || text.ends_with(c);
    let pad = if at_an_edge('`') || at_an_edge(' ') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// One line of text in which no character means anything to CommonMark or GitHub's extensions of it. What
/// ends a cell, a span or a tag is a character reference: those take part in no structure (CommonMark 0.31
/// section 2.5).
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    // At the start, a number with `.` or `)` and a space would begin a list.
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = text[digits..].strip_prefix(['.', ')']);
    if digits > 0 && after.is_some_and(|after| after.is_empty() || after.starts_with(' ')) {
        safe.push_str(&text[..digits]);
        safe.push('\\');
        rest = &text[digits..];
    } else if text.starts_with(['-', '+', '=']) {
        safe.push('\\');
    }
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => safe.push_str("&#92;"),
            '|' => safe.push_str("&#124;"),
            '`' => safe.push_str("&#96;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            // Addresses of pages are not made links.
            ':' if chars.peek() == Some(&'/') => safe.push_str("&#58;"),
            '*' | '_' | '[' | ']' | '~' | '#' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    safe.replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_no_markup() {
        assert_eq!(
            escape("a|b `c` <d> *e* _f_ [g](h) \\| https://i www.j"),
            "a&#124;b &#96;c&#96; &lt;d&gt; \\*e\\* \\_f\\_ \\[g\\](h) &#92;&#124; https&#58;//i www&#46;j"
        );
        assert_eq!(escape("1. x"), "1\\. x");
        assert_eq!(escape("10.0.0.1 x"), "10.0.0.1 x");
        assert_eq!(escape("- x"), "\\- x");
        assert_eq!(escape("# x"), "\\# x");
    }

    #[test]
    fn a_code_span_is_closed_by_us_only() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a `` b ` c"), "```a `` b ` c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" a"), "`  a `");
        assert_eq!(code("a|b\\|c"), "`a\\u{7c}b\\\\u{7c}c`");
        assert_eq!(code(" "), "");
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        let mut out = String::new();
        let style = Style::default();
        let mut comment = Comment::new(&style, &mut out);
        assert_eq!(comment.block("", &["x", "  ````", "y"]), Ok(()));
        assert_eq!(out, "\n`````\nx\n  ````\ny\n`````\n");
    }
}

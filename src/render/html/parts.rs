//! What a report's page and a comparison's have in common: the verdict, findings that unfold, the steps of a fix.

use std::fmt;

use super::{Html, styles};
use crate::render::words::{self, Headline, LineMark, Placed};
use crate::render::{Lines, fix};
use crate::rules::{Finding, Remedy};
use crate::software::Software;

impl Html<'_> {
    /// The first lines of the page.
    pub(crate) fn verdict(&mut self, headline: &Headline, exit_code: u8) -> fmt::Result {
        let class = match headline.mark {
            LineMark::Good => "verdict good",
            LineMark::Bad => "verdict bad",
            LineMark::Warning => "verdict warning",
            LineMark::Unsure => "verdict unsure",
            LineMark::Info => "verdict info",
        };
        self.within("header", &[("class", class)], |html| {
            html.start("h1", &[])?;
            html.span(
                "span",
                &[("class", styles::class(headline.mark))],
                headline.mark.symbol(html.style.ascii),
            )?;
            html.text(&format!(" {}: {}", headline.conclusion, headline.text))?;
            html.end("h1")?;
            let exit = format!("exit code {exit_code}");
            let tag = headline
                .tag
                .as_ref()
                .map_or(exit.clone(), |tag| format!("{tag} · {exit}"));
            html.sentence("p", &[], &tag)
        })
    }

    /// A list of what the page is about.
    pub(crate) fn about(&mut self, items: &[(&str, String)]) -> fmt::Result {
        self.within("dl", &[], |html| {
            for (term, said) in items {
                html.element("dt", &[], term)?;
                html.sentence("dd", &[], said)?;
            }
            Ok(())
        })
    }

    /// A section with its heading.
    pub(crate) fn section(&mut self, heading: &str, inside: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.within("section", &[], |html| {
            html.element("h2", &[], heading)?;
            inside(html)
        })
    }

    /// What unfolds; open where everything is asked for.
    pub(crate) fn unfolds(
        &mut self,
        summary: impl FnOnce(&mut Self) -> fmt::Result,
        inside: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        let attributes: &[_] = if self.style.verbose { &[("open", "")] } else { &[] };
        self.within("details", attributes, |html| {
            html.within("summary", &[], summary)?;
            html.within("div", &[("class", "inside")], inside)
        })
    }

    /// A list; nothing where it is empty.
    pub(crate) fn list(&mut self, items: impl IntoIterator<Item = String>) -> fmt::Result {
        let items: Vec<String> = items.into_iter().collect();
        if items.is_empty() {
            return Ok(());
        }
        self.within("ul", &[], |html| {
            html.new_line()?;
            items.iter().try_for_each(|item| html.sentence("li", &[], item))
        })
    }

    /// A section with a list in it; nothing where it is empty.
    pub(crate) fn listed(&mut self, heading: &str, items: impl IntoIterator<Item = String>) -> fmt::Result {
        let items: Vec<String> = items.into_iter().collect();
        if items.is_empty() {
            return Ok(());
        }
        self.section(heading, |html| html.list(items))
    }

    /// A table whose rows a narrow screen shows as blocks. There they are still those of a table by their roles.
    pub(crate) fn table(
        &mut self,
        label: &str,
        heads: &[&str],
        rows: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        self.table_of("stacked", label, heads, rows)
    }

    /// The same of one with further classes.
    pub(crate) fn table_of(
        &mut self,
        class: &str,
        label: &str,
        heads: &[&str],
        rows: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        let attributes = [("class", class), ("role", "table"), ("aria-label", label)];
        self.within("table", &attributes, |html| {
            html.new_line()?;
            html.within("thead", &[("role", "rowgroup")], |html| {
                html.within("tr", &[("role", "row")], |html| {
                    heads
                        .iter()
                        .try_for_each(|head| html.span("th", &[("scope", "col"), ("role", "columnheader")], head))
                })
            })?;
            html.within("tbody", &[("role", "rowgroup")], |html| {
                html.new_line()?;
                rows(html)
            })
        })
    }

    /// Lines as they are. A block that may be wider than the page is reached by keyboard, to be scrolled.
    pub(crate) fn lines<'t>(&mut self, label: &str, lines: impl IntoIterator<Item = &'t str>) -> fmt::Result {
        let attributes = [("tabindex", "0"), ("role", "group"), ("aria-label", label)];
        self.within("pre", &attributes, |html| {
            for (index, line) in lines.into_iter().enumerate() {
                if index > 0 {
                    html.new_line()?;
                }
                html.text(line)?;
            }
            Ok(())
        })
    }

    /// A message, which may be broken anywhere.
    pub(crate) fn message(&mut self, message: &str) -> fmt::Result {
        self.element("pre", &[("class", "message")], message)
    }

    /// The steps of a fix. The lines of the software that is likely there are open, those of the others unfold.
    pub(crate) fn steps(&mut self, remedies: &[Remedy], answering: &fix::Answering) -> fmt::Result {
        let software = answering.software.as_slice();
        let steps = fix::steps(remedies);
        let lines = fix::effective(&steps, self.style.fix);
        for step in &steps {
            self.element("h3", &[], step.title)?;
            let shown = step.choose(lines, software);
            if let Some(without) = fix::not_for(step, lines, software) {
                self.sentence("p", &[("class", "faint")], &without)?;
            }
            let mut hidden = Vec::new();
            for remedy in &step.remedies {
                if shown.iter().any(|other| std::ptr::eq(*other, *remedy)) {
                    self.remedy(remedy)?;
                } else {
                    hidden.push(*remedy);
                }
            }
            if hidden.is_empty() {
                continue;
            }
            let names: Vec<&str> = hidden
                .iter()
                .filter_map(|remedy| Some(remedy.software?.as_str()))
                .collect();
            self.unfolds(
                |html| html.text(&format!("The same for {}", names.join(", "))),
                |html| hidden.iter().try_for_each(|remedy| html.remedy(remedy)),
            )?;
        }
        match fix::without(&steps, self.style.fix) {
            Some(without) if self.style.fix != Lines::Likeliest => self.sentence("p", &[("class", "faint")], &without),
            _ => Ok(()),
        }
    }

    fn remedy(&mut self, remedy: &Remedy) -> fmt::Result {
        if remedy.commands.is_empty() {
            return Ok(());
        }
        let label = remedy.software.map_or("commands", Software::as_str);
        self.lines(label, words::snippet(&remedy.commands))
    }

    /// Where to read on.
    pub(crate) fn references(&mut self, references: &[String]) -> fmt::Result {
        if references.is_empty() {
            return Ok(());
        }
        self.sentence("p", &[], "Read on:")?;
        self.within("ul", &[], |html| {
            html.new_line()?;
            references
                .iter()
                .try_for_each(|reference| html.within("li", &[], |html| html.reference(reference)))
        })
    }

    /// Findings, each of which unfolds, below their causes.
    pub(crate) fn findings(&mut self, heading: &str, findings: &[Placed<'_>]) -> fmt::Result {
        if findings.is_empty() {
            return Ok(());
        }
        self.section(heading, |html| {
            for Placed { finding, depth } in findings {
                let class = if *depth > 0 { "below" } else { "" };
                html.within("div", &[("class", class)], |html| html.finding(finding))?;
            }
            Ok(())
        })
    }

    fn finding(&mut self, finding: &Finding) -> fmt::Result {
        self.unfolds(
            |html| {
                html.mark(finding.severity.into())?;
                html.span("strong", &[], &finding.rule)?;
                html.text(&format!(": {}", finding.summary))
            },
            |html| {
                html.sentence("p", &[], &finding.explanation)?;
                html.list(words::evidence(finding))?;
                html.steps(&finding.remedies, &fix::Answering::default())?;
                html.references(&finding.references)
            },
        )
    }
}

//! What a pasted message means, as a page and as a document; and the typesetting of pages.

use std::fmt;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::{json, text};
use crate::pasted::{Explanation, Layer};
use crate::report::SCHEMA_VERSION;
use crate::rules::Severity;

/// Columns of a page.
pub(crate) const WIDTH: usize = 80;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ExplanationDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    understood: bool,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Message<'a> {
    quoted: &'a str,
    layer: Layer,
    /// Where the message leaves several open: those, the first that is passed first. `layer` is then `unknown`, or the
    /// one that its words name: the first of these is no more likely than the last.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    possible_layers: &'static [Layer],
    client: Option<&'static str>,
    host: Option<String>,
    server: Option<String>,
    candidates: Vec<CauseEntry<'a>>,
    command: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CauseEntry<'a> {
    rule: &'static str,
    why: &'a str,
}

/// The documents of explain, for their schema.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is wanted")]
pub(crate) enum AnyDocument<'a> {
    /// What messages mean.
    Messages(ExplanationDocument<'a>),
    /// A finding's page.
    Page(WithKind<FindingPage>),
    /// The index.
    Index(WithKind<Index<'a>>),
}

/// The messages as a document, the one that matters most first.
pub(crate) fn document(messages: &[Explanation], out: &mut dyn fmt::Write) -> fmt::Result {
    let messages: Vec<Message<'_>> = messages
        .iter()
        .map(|one| Message {
            quoted: &one.line,
            layer: one.symptom.layer(),
            possible_layers: one.symptom.possible_layers(),
            client: one.client,
            host: one.host.as_ref().map(ToString::to_string),
            server: one.server.map(|server| server.to_string()),
            candidates: one
                .candidates
                .iter()
                .map(|candidate| CauseEntry {
                    rule: candidate.rule,
                    why: &candidate.why,
                })
                .collect(),
            command: &one.command,
        })
        .collect();
    let document = ExplanationDocument {
        schema_version: SCHEMA_VERSION,
        kind: "explanation",
        understood: !messages.is_empty(),
        messages,
    };
    json::render(&document, out)
}

/// A finding in the index.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FindingSummary {
    /// Its name.
    pub(crate) name: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What is the case.
    pub(crate) summary: &'static str,
}

/// A finding's page.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct FindingPage {
    /// Its name.
    pub(crate) name: &'static str,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// What is the case.
    pub(crate) summary: &'static str,
    /// The version of the program that had it first.
    pub(crate) since: &'static str,
    /// What it means and what to do, in Markdown.
    pub(crate) documentation: &'static str,
    /// What it cannot be without.
    pub(crate) signs: Vec<String>,
    /// Where it is written down.
    pub(crate) references: Vec<PageReference>,
}

/// Where something is written down.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PageReference {
    /// What it is called.
    pub(crate) title: &'static str,
    /// Where it is; `null` where it is not on the web.
    pub(crate) url: Option<&'static str>,
}

/// A document that says what kind it is.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct WithKind<T> {
    schema_version: u32,
    kind: &'static str,
    #[serde(flatten)]
    content: T,
}

/// The index.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Index<'a> {
    findings: &'a [FindingSummary],
}

/// The index as a document.
pub(crate) fn index(findings: &[FindingSummary], out: &mut dyn fmt::Write) -> fmt::Result {
    let document = WithKind {
        schema_version: SCHEMA_VERSION,
        kind: "findings",
        content: Index { findings },
    };
    json::render(&document, out)
}

/// A finding's page as a document.
pub(crate) fn page(page: &FindingPage, out: &mut dyn fmt::Write) -> fmt::Result {
    let document = WithKind {
        schema_version: SCHEMA_VERSION,
        kind: "finding",
        content: page,
    };
    json::render(&document, out)
}

/// What a message means, as the plain text that is printed.
pub fn meaning(explanation: &Explanation) -> String {
    let mut page = ExplainedText::default();
    page.wrap("", "  ", &text::escape(&explanation.line));
    page.line("");
    page.wrap("What failed: ", "  ", explanation.symptom.title());
    if let Some(host) = &explanation.host {
        page.wrap("Name: ", "  ", &text::escape(&host.to_string()));
    }
    for sentence in explanation.name.iter().chain(&explanation.resolver) {
        page.wrap("  ", "  ", &text::escape(sentence));
    }
    page.line("");
    page.line("What it means");
    page.wrap("  ", "  ", explanation.symptom.meaning());
    page.line("");
    if !explanation.candidates.is_empty() {
        page.line("What could be behind it, the likelier first");
        for candidate in &explanation.candidates {
            let words = format!("{}: {}", candidate.rule, text::escape(&candidate.why));
            page.wrap("  - ", "    ", &words);
        }
        page.line("");
    }
    page.line("What to do");
    page.line(&format!("      {}", explanation.command));
    page.text
}

/// The page of a text with several messages: the one that matters most, and a line for each of the others.
pub(crate) fn meanings(messages: &[Explanation]) -> String {
    let Some((first, others)) = messages.split_first() else {
        return String::new();
    };
    let mut page = ExplainedText { text: meaning(first) };
    if !others.is_empty() {
        page.line("");
        page.line("Also in this text");
    }
    for other in others {
        let words = format!("{}: {}", other.symptom.title(), text::escape(&other.line));
        page.wrap("  - ", "    ", &words);
    }
    page.text
}

/// Text that is wrapped as it is written.
#[derive(Default)]
pub(crate) struct ExplainedText {
    pub(crate) text: String,
}

impl ExplainedText {
    /// Writes the words with `lead` before the first line and `indent` before the others.
    pub(crate) fn wrap(&mut self, lead: &str, indent: &str, words: &str) {
        let room = |before: &str| WIDTH.saturating_sub(before.width());
        let lines = text::wrap(words, room(lead), room(indent));
        if lines.is_empty() {
            self.line(lead);
        }
        for (place, line) in lines.iter().enumerate() {
            let before = if place == 0 { lead } else { indent };
            self.line(&format!("{before}{line}"));
        }
    }

    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Writes the documentation: headings without their marks, paragraphs and list items wrapped, the rest
    /// (indented lines: commands) as it stands.
    pub(crate) fn document(&mut self, documentation: &str) {
        let mut open: Option<OpenBlock> = None;
        let mut wants_gap = false;
        let mut after_heading = false;
        for line in documentation.lines() {
            // A doc comment's line starts with the space after its slashes.
            let line = line.strip_prefix(' ').unwrap_or(line);
            let text = line.trim();
            let goes_on = open.is_some() && !text.starts_with("- ") && !text.starts_with("## ");
            if let Some(block) = open.as_mut().filter(|_| goes_on && !text.is_empty()) {
                block.words.push(' ');
                block.words.push_str(text);
                continue;
            }
            self.close(&mut open);
            let heading = text.strip_prefix("## ");
            if heading.is_some() || (wants_gap && !text.is_empty()) {
                self.line("");
            }
            wants_gap = text.is_empty() && !after_heading;
            after_heading = heading.is_some() || (text.is_empty() && after_heading);
            if let Some(heading) = heading {
                self.line(heading);
            } else if let Some(item) = text.strip_prefix("- ") {
                open = Some(OpenBlock::new("  - ", "    ", item));
            } else if line.starts_with("    ") {
                self.line(&format!("  {line}"));
            } else if !text.is_empty() {
                open = Some(OpenBlock::new("  ", "  ", text));
            }
        }
        self.close(&mut open);
    }

    fn close(&mut self, open: &mut Option<OpenBlock>) {
        if let Some(block) = open.take() {
            self.wrap(block.lead, block.indent, &block.words);
        }
    }
}

/// A paragraph or a list item that may go on.
struct OpenBlock {
    lead: &'static str,
    indent: &'static str,
    words: String,
}

impl OpenBlock {
    fn new(lead: &'static str, indent: &'static str, words: &str) -> Self {
        Self {
            lead,
            indent,
            words: words.to_owned(),
        }
    }
}

//! `explain`: the index of findings, the page of one, and what a pasted error message means.

use std::io::{self, Read};

use super::{Error, output};
use crate::cli::args::ExplainArgs;
use crate::cli::nearest;
use crate::limits;
use crate::pasted::{self, Explanation};
use crate::places::PLACE_RULES;
use crate::render::text;
use crate::report::exit;
use crate::rules::{RULES, Severity};

/// Columns of a page.
const WIDTH: usize = 80;

/// Prints the index, the page of one finding, or what a message means.
pub(super) fn run(args: &ExplainArgs) -> Result<u8, Error> {
    let what = args.what.join(" ");
    let what = what.trim();
    let text = if args.what.is_empty() {
        index()
    } else if what == "-" {
        message("standard input", &from_stdin()?)?
    } else if what.contains(char::is_whitespace) {
        message("the text", what)?
    } else {
        match Entry::find(&what.to_ascii_lowercase()) {
            Some(entry) => page(&entry),
            None => return Err(unknown(what)),
        }
    };
    output::stdout(text.as_bytes())?;
    Ok(exit::HEALTHY)
}

/// What has a page: a finding of one place, or of several.
struct Entry {
    name: &'static str,
    summary: &'static str,
    severity: Severity,
    since: &'static str,
    documentation: &'static str,
}

impl Entry {
    fn of_one_place() -> impl Iterator<Item = Self> {
        RULES.iter().map(|rule| Self {
            name: rule.name,
            summary: rule.summary,
            severity: rule.severity,
            since: rule.since,
            documentation: rule.documentation,
        })
    }

    fn of_several_places() -> impl Iterator<Item = Self> {
        PLACE_RULES.iter().map(|rule| Self {
            name: rule.name,
            summary: rule.summary,
            severity: rule.severity,
            since: rule.since,
            documentation: rule.documentation,
        })
    }

    fn all() -> impl Iterator<Item = Self> {
        Self::of_one_place().chain(Self::of_several_places())
    }

    fn find(name: &str) -> Option<Self> {
        Self::all().find(|entry| entry.name == name)
    }
}

/// A message, or a log around one, however it was saved.
fn from_stdin() -> Result<String, Error> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(limits::PASTED + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::Pasted("standard input", format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > limits::PASTED {
        let reason = format!(
            "is longer than {} octets: paste the lines around the error",
            limits::PASTED
        );
        return Err(Error::Pasted("standard input", reason));
    }
    Ok(crate::text::decode(&bytes).into_owned())
}

fn message(source: &'static str, pasted: &str) -> Result<String, Error> {
    pasted::read(pasted)
        .map(|explanation| meaning(&explanation))
        .ok_or_else(|| {
            let reason = "holds no error message that is known here: paste the whole line of the client (kubectl, \
                          curl, nslookup, …), or run eks-dns-doctor check HOST";
            Error::Pasted(source, reason.to_owned())
        })
}

/// What a message means, as the plain text that is printed.
pub fn meaning(explanation: &Explanation) -> String {
    let mut page = Page::default();
    page.wrap("", "  ", &text::escape(&explanation.line));
    page.line("");
    let lead = "What failed: ";
    page.wrap(lead, "  ", explanation.symptom.layer());
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
    page.line("What could be behind it, and what would show it");
    for candidate in &explanation.candidates {
        let words = format!("{}: {}", candidate.rule, candidate.tell);
        page.wrap("  - ", "    ", &words);
    }
    page.line("");
    page.line("What to do");
    let asks = if explanation.symptom.asks_for_a_connection() {
        "The message alone does not decide between them; the answers of the resolvers do, and a connection to the \
         addresses (--connect). This asks for both, and public resolvers (--public) for comparison:"
    } else {
        "The message alone does not decide between them; the answers of the resolvers do. This asks them, and \
         public resolvers (--public) for comparison:"
    };
    page.wrap("  ", "  ", asks);
    page.line("");
    page.line(&format!("      {}", explanation.command));
    page.line("");
    page.wrap(
        "  ",
        "  ",
        "Add --inbound or --vpc-resolver with the addresses of the VPC's resolvers, where you know them.",
    );
    page.text
}

fn unknown(what: &str) -> Error {
    let meant = nearest(what, Entry::all().map(|entry| entry.name));
    let meant = if meant.is_empty() {
        String::new()
    } else {
        format!(" (did you mean {}?)", meant.join(" or "))
    };
    Error::UnknownFinding(what.to_owned(), meant)
}

/// Every finding with its summary.
fn index() -> String {
    let column = Entry::all().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut page = Page::default();
    let list = |entries: &mut dyn Iterator<Item = Entry>, page: &mut Page| {
        for entry in entries {
            let lead = format!("{:column$}  ", entry.name);
            page.wrap(&lead, &" ".repeat(column + 2), entry.summary);
        }
    };
    list(&mut Entry::of_one_place(), &mut page);
    page.line("");
    page.line("Of several places (eks-dns-doctor compare):");
    list(&mut Entry::of_several_places(), &mut page);
    page.text
}

/// The documentation of a finding as plain text.
fn page(entry: &Entry) -> String {
    let mut page = Page::default();
    page.wrap("", "  ", &format!("{}: {}", entry.name, entry.summary));
    let severity = entry.severity.as_str();
    page.wrap("", "", &format!("{severity}, since {}", entry.since));
    page.document(entry.documentation);
    page.text
}

/// Text that is wrapped as it is written.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Writes the words with `lead` before the first line and `indent` before the others.
    fn wrap(&mut self, lead: &str, indent: &str, words: &str) {
        let mut line = lead.to_owned();
        let mut is_bare = true;
        for word in words.split_whitespace() {
            let columns = line.chars().count() + usize::from(!is_bare) + word.chars().count();
            if columns > WIDTH && !is_bare {
                self.line(&line);
                indent.clone_into(&mut line);
                is_bare = true;
            }
            if !is_bare {
                line.push(' ');
            }
            line.push_str(word);
            is_bare = false;
        }
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// Writes the documentation: headings without their marks, paragraphs and list items wrapped, the rest
    /// (indented lines: commands) as it stands.
    fn document(&mut self, documentation: &str) {
        let mut open: Option<Block> = None;
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
                open = Some(Block::new("  - ", "    ", item));
            } else if line.starts_with("    ") {
                self.line(&format!("  {line}"));
            } else if !text.is_empty() {
                open = Some(Block::new("  ", "  ", text));
            }
        }
        self.close(&mut open);
    }

    fn close(&mut self, open: &mut Option<Block>) {
        if let Some(block) = open.take() {
            self.wrap(block.lead, block.indent, &block.words);
        }
    }
}

/// A paragraph or a list item that may go on.
struct Block {
    lead: &'static str,
    indent: &'static str,
    words: String,
}

impl Block {
    fn new(lead: &'static str, indent: &'static str, words: &str) -> Self {
        Self {
            lead,
            indent,
            words: words.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A configuration has names of links and adapters in it, which are anybody's.
    #[test]
    fn what_was_pasted_is_escaped() {
        for octet in 0..=u8::MAX {
            let pasted = format!(
                "resolver #1{0}\n nameserver[0] : 10.0.0.1\n if_index : 7 (e{0}n)\n",
                char::from(octet)
            );
            let shown = pasted::read(&pasted).map(|read| meaning(&read)).unwrap_or_default();
            let raw = |c: char| c != '\n' && text::is_unprintable(c);
            assert!(!shown.contains(raw), "{shown:?}");
        }
        assert!(
            meaning(&pasted::read("resolver #1\u{1b}\n nameserver[0] : 10.0.0.1\n").expect("a configuration"))
                .contains("\\u{1b}")
        );
    }

    #[test]
    fn pages_are_plain_text_within_the_width() {
        for text in Entry::all().map(|entry| page(&entry)).chain([index()]) {
            assert!(!text.contains("## ") && !text.contains("\n\n\n"), "{text}");
            assert!(!text.starts_with('\n') && text.ends_with('\n') && !text.ends_with("\n\n"));
            for line in text.lines() {
                let is_one_word = line.split_whitespace().count() == 1;
                assert!(line.chars().count() <= WIDTH || is_one_word, "{line}");
                assert_eq!(line, line.trim_end());
            }
        }
    }

    #[test]
    fn documents_keep_their_shape() {
        let mut page = Page::default();
        page.document(
            " ## What it means\n One line that\n goes on.\n\n Another.\n\n ## What to do\n\n - first, which\n   goes \
             on\n - second\n\n     aws eks x\n",
        );
        assert_eq!(
            page.text,
            "\nWhat it means\n  One line that goes on.\n\n  Another.\n\nWhat to do\n\n  - first, which goes on\n  \
             - second\n\n      aws eks x\n"
                .replace("What to do\n\n", "What to do\n")
        );
    }

    #[test]
    fn what_is_unknown_gets_the_nearest() {
        let error = unknown("no-forwardin").to_string();
        assert!(error.contains("did you mean no-forwarding"), "{error}");
        assert!(!unknown("zzzzzzzz").to_string().contains("did you mean"));
    }
}

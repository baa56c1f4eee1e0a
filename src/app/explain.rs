//! `explain`: the index of findings, the page of one, and what a pasted error message means.

use std::fmt;
use std::io::{self, Read};

use super::{Error, output};
use crate::cli::args::ExplainArgs;
use crate::cli::nearest;
use crate::limits;
use crate::pasted;
use crate::places::PLACE_RULES;
use crate::render::Format;
use crate::render::explanation::{self, ExplainedText, FindingPage, FindingSummary, PageReference};
use crate::report::exit;
use crate::rules::{RULES, Reference, Severity};

/// Prints the index, the page of one finding, or what a message means.
pub(super) fn run(args: &ExplainArgs) -> Result<u8, Error> {
    let what = args.what.join(" ");
    // A variable that was not set is no wish for the index.
    if !args.what.is_empty() && what.trim().is_empty() {
        let reason = "is empty: name a finding, paste a message, or leave WHAT out for the index";
        return Err(Error::Pasted("the text", reason.to_owned()));
    }
    let explained = match what.trim() {
        "-" => Explained::message("standard input", &from_stdin()?, &|| true)?,
        _ => explained(&what, &|| true)?,
    };
    if args.format == Format::Json {
        let mut text = String::new();
        explained.document(&mut text)?;
        output::stdout(text.as_bytes())?;
        // What is not understood has no page: the document says so, and standard error why.
        if !explained.is_understood() {
            explained.page()?;
        }
    } else {
        output::stdout(explained.page()?.as_bytes())?;
    }
    Ok(exit::HEALTHY)
}

/// What is explained.
pub(super) enum Explained {
    /// Every finding.
    Index,
    /// One finding.
    Finding(Box<ExplainedFinding>),
    /// One word, which is the name of no finding.
    UnknownWord(String),
    /// The messages of a text.
    Message {
        /// Where it is from.
        source: &'static str,
        messages: Vec<pasted::Explanation>,
        /// What it is instead, where it holds none.
        unread: Option<String>,
    },
}

/// The index, a finding, or what is in a text: read for as long as it may go on.
pub(super) fn explained(what: &str, goes_on: &dyn Fn() -> bool) -> Result<Explained, Error> {
    // A blank before the first line may be one of a file's.
    let text = what;
    let what = what.trim();
    if what.contains(char::is_whitespace) {
        Explained::message("the text", text, goes_on)
    } else if what.is_empty() {
        Ok(Explained::Index)
    } else {
        let found = ExplainedFinding::find(&what.to_ascii_lowercase());
        Ok(found.map_or_else(
            || Explained::UnknownWord(what.to_owned()),
            |entry| Explained::Finding(Box::new(entry)),
        ))
    }
}

impl Explained {
    fn message(source: &'static str, text: &str, goes_on: &dyn Fn() -> bool) -> Result<Self, Error> {
        if let Some((what, instead)) = crate::text::of_no_text(text) {
            return Err(Error::Pasted(source, format!("is {what}: {instead}")));
        }
        let Some(messages) = pasted::messages_while(text, goes_on) else {
            let reason = "has too many lines to be read in time: paste the lines around the error";
            return Err(Error::Pasted(source, reason.to_owned()));
        };
        let unread = pasted::unread(text).filter(|_| messages.is_empty());
        let unread = unread.map(|unread| format!("is {}, and holds no error: {}", unread.what, unread.instead));
        Ok(Self::Message {
            source,
            messages,
            unread,
        })
    }

    /// Whether there is anything to explain it with.
    pub(super) fn is_understood(&self) -> bool {
        match self {
            Self::Index | Self::Finding(_) => true,
            Self::UnknownWord(_) => false,
            Self::Message { messages, .. } => !messages.is_empty(),
        }
    }

    /// As plain text.
    pub(super) fn page(&self) -> Result<String, Error> {
        match self {
            Self::Index => Ok(index()),
            Self::Finding(entry) => Ok(page(entry)),
            Self::UnknownWord(word) => Err(unknown(word)),
            Self::Message {
                source,
                messages,
                unread,
            } if messages.is_empty() => {
                let unknown = "holds no error message that is known here: paste the whole line of the client (kubectl, \
                              curl, nslookup, …), or run eks-dns-doctor check HOST";
                Err(Error::Pasted(
                    source,
                    unread.clone().unwrap_or_else(|| unknown.to_owned()),
                ))
            }
            Self::Message { messages, .. } => Ok(explanation::meanings(messages)),
        }
    }

    /// As JSON.
    pub(super) fn document(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::Index => {
                let all: Vec<_> = ExplainedFinding::all().map(|entry| entry.summarised()).collect();
                explanation::index(&all, out)
            }
            Self::Finding(entry) => explanation::page(&entry.described(), out),
            Self::UnknownWord(_) => explanation::document(&[], out),
            Self::Message { messages, .. } => explanation::document(messages, out),
        }
    }
}

/// What has a page: a finding of one place, or of several.
pub(super) struct ExplainedFinding {
    name: &'static str,
    summary: &'static str,
    severity: Severity,
    since: &'static str,
    documentation: &'static str,
    signs: Vec<String>,
    references: &'static [Reference],
}

impl ExplainedFinding {
    fn of_one_place() -> impl Iterator<Item = Self> {
        RULES.iter().map(|rule| Self {
            name: rule.name,
            summary: rule.summary,
            severity: rule.severity,
            since: rule.since,
            documentation: rule.documentation,
            signs: rule.signs(),
            references: rule.references,
        })
    }

    fn of_several_places() -> impl Iterator<Item = Self> {
        PLACE_RULES.iter().map(|rule| Self {
            name: rule.name,
            summary: rule.summary,
            severity: rule.severity,
            since: rule.since,
            documentation: rule.documentation,
            signs: Vec::new(),
            references: rule.references,
        })
    }

    fn all() -> impl Iterator<Item = Self> {
        Self::of_one_place().chain(Self::of_several_places())
    }

    fn find(name: &str) -> Option<Self> {
        Self::all().find(|entry| entry.name == name)
    }

    fn summarised(&self) -> FindingSummary {
        FindingSummary {
            name: self.name,
            severity: self.severity,
            summary: self.summary,
        }
    }

    fn described(&self) -> FindingPage {
        FindingPage {
            name: self.name,
            severity: self.severity,
            summary: self.summary,
            since: self.since,
            documentation: self.documentation.trim(),
            signs: self.signs.clone(),
            references: self
                .references
                .iter()
                .map(|reference| PageReference {
                    title: reference.title,
                    url: reference.url,
                })
                .collect(),
        }
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

fn unknown(what: &str) -> Error {
    let meant = nearest(what, ExplainedFinding::all().map(|entry| entry.name));
    let meant = if meant.is_empty() {
        String::new()
    } else {
        format!(" (did you mean {}?)", meant.join(" or "))
    };
    Error::UnknownFinding(what.to_owned(), meant)
}

/// Every finding with its summary.
fn index() -> String {
    let column = ExplainedFinding::all().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut page = ExplainedText::default();
    let list = |entries: &mut dyn Iterator<Item = ExplainedFinding>, page: &mut ExplainedText| {
        for entry in entries {
            let lead = format!("{:column$}  ", entry.name);
            page.wrap(&lead, &" ".repeat(column + 2), entry.summary);
        }
    };
    list(&mut ExplainedFinding::of_one_place(), &mut page);
    page.line("");
    page.line("Of several places (eks-dns-doctor compare):");
    list(&mut ExplainedFinding::of_several_places(), &mut page);
    page.text
}

/// The documentation of a finding as plain text.
fn page(entry: &ExplainedFinding) -> String {
    let mut page = ExplainedText::default();
    page.wrap("", "  ", &format!("{}: {}", entry.name, entry.summary));
    let severity = entry.severity.as_str();
    page.wrap("", "", &format!("{severity}, since {}", entry.since));
    page.document(entry.documentation);
    if !entry.signs.is_empty() {
        page.line("");
        page.line("Required evidence");
    }
    for sign in &entry.signs {
        page.wrap("  - ", "    ", sign);
    }
    if !entry.references.is_empty() {
        page.line("");
        page.line("References");
    }
    for reference in entry.references {
        page.wrap("  - ", "    ", reference.title);
        if let Some(url) = reference.url {
            page.wrap("    ", "    ", url);
        }
    }
    page.text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::explanation::{WIDTH, meaning};
    use crate::render::text;

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

    /// A blank before the first line may be one of a file's.
    #[test]
    fn a_blank_before_the_first_line_stays() {
        let said = |text: &str| {
            explained(text, &|| true)
                .and_then(|found| found.page())
                .unwrap_or_default()
        };
        assert!(said(" nameserver 10.0.0.2").contains("glibc and musl ask 127.0.0.1"));
        assert!(said("nameserver 10.0.0.2 ").contains("The C library and Go ask 10.0.0.2"));
        assert!(said(" no-forwarding ").starts_with("no-forwarding"));
    }

    #[test]
    fn pages_are_plain_text_within_the_width() {
        for text in ExplainedFinding::all().map(|entry| page(&entry)).chain([index()]) {
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
        let mut page = ExplainedText::default();
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

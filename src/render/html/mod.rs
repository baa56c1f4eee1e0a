//! The report as one page for a browser: nothing is loaded from anywhere, nothing runs, and every text is escaped.
//!
//! Escaping is held by types. What is written is an element, whose name and attributes' names are words of the source
//! (`&'static str`), or a text, and texts and attributes' values go through [`escape`]. There is no way to write a
//! piece of HTML that was put together elsewhere. (maud and askama escape what HTML needs; a terminal's control
//! characters and marks of direction they let through, and a value that is marked as safe as well.)

mod page;
mod parts;
pub(crate) mod styles;
pub(crate) mod way_svg;

pub(super) use page::render;
pub use way_svg::picture;

use std::fmt;

use sha2::{Digest, Sha256};

use super::Style;
use super::text::is_plain_link;
use super::words::LineMark;

/// A text that means itself, in HTML's text and between quotes: what must not be printed is shown as its code, and what
/// means something to HTML is a character reference (HTML Living Standard, section 13.1.4).
fn escape(text: &str, style: &Style) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in style.escape(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '`' => safe.push_str("&#96;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Attributes of an element; their values may be anything.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Writes elements and texts.
pub(crate) struct Html<'a> {
    pub(crate) style: &'a Style,
    out: &'a mut dyn fmt::Write,
}

impl<'a> Html<'a> {
    pub(crate) fn new(style: &'a Style, out: &'a mut dyn fmt::Write) -> Self {
        Self { style, out }
    }

    /// A text, escaped.
    pub(crate) fn text(&mut self, text: &str) -> fmt::Result {
        let text = escape(text, self.style);
        self.out.write_str(&text)
    }

    /// Starts an element, or writes one that has no end.
    pub(crate) fn start(&mut self, name: &'static str, attributes: Attributes<'_>) -> fmt::Result {
        write!(self.out, "<{name}")?;
        for (attribute, value) in attributes {
            write!(self.out, " {attribute}=\"{}\"", escape(value, self.style))?;
        }
        self.out.write_str(">")
    }

    pub(crate) fn end(&mut self, name: &'static str) -> fmt::Result {
        write!(self.out, "</{name}>")
    }

    pub(crate) fn new_line(&mut self) -> fmt::Result {
        self.out.write_str("\n")
    }

    /// An element in a line of text.
    pub(crate) fn span(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> fmt::Result {
        self.start(name, attributes)?;
        self.text(text)?;
        self.end(name)
    }

    /// An element with a text, on a line of its own.
    pub(crate) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> fmt::Result {
        self.span(name, attributes, text)?;
        self.new_line()
    }

    /// An element with a sentence, in which no option is broken after its hyphens.
    pub(crate) fn sentence(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> fmt::Result {
        self.within(name, attributes, |html| {
            for (index, word) in text.split(' ').enumerate() {
                if index > 0 {
                    html.text(" ")?;
                }
                if word.trim_start_matches('(').starts_with("--") {
                    html.span("span", &[("class", "nowrap")], word)?;
                } else {
                    html.text(word)?;
                }
            }
            Ok(())
        })
    }

    /// An element with whatever is written inside, on lines of its own.
    pub(crate) fn within(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self) -> fmt::Result,
    ) -> fmt::Result {
        self.start(name, attributes)?;
        inside(self)?;
        self.end(name)?;
        self.new_line()
    }

    /// A style sheet, which is ours.
    pub(crate) fn style_sheet(&mut self, sheet: &'static str) -> fmt::Result {
        writeln!(self.out, "<style>{sheet}</style>")
    }

    /// A mark, with its meaning for those who do not see it.
    pub(crate) fn mark(&mut self, mark: LineMark) -> fmt::Result {
        self.start("span", &[("class", styles::class(mark))])?;
        self.span("span", &[("aria-hidden", "true")], mark.symbol(self.style.ascii))?;
        self.span("span", &[("class", "unseen")], meaning(mark))?;
        self.end("span")?;
        self.text(" ")
    }

    /// Where to read on: a link where the address is one and no more.
    pub(crate) fn reference(&mut self, reference: &str) -> fmt::Result {
        if is_plain_link(reference) {
            self.span("a", &[("href", reference), ("rel", "noreferrer")], reference)
        } else {
            self.span("code", &[], reference)
        }
    }

    /// The document around what is in its body.
    pub(crate) fn document(&mut self, title: &str, inside: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        let policy = policy();
        self.out.write_str("<!DOCTYPE html>\n")?;
        self.within("html", &[("lang", "en")], |html| {
            html.new_line()?;
            html.within("head", &[], |html| {
                html.new_line()?;
                html.start("meta", &[("charset", "utf-8")])?;
                html.new_line()?;
                html.start(
                    "meta",
                    &[("http-equiv", "Content-Security-Policy"), ("content", &policy)],
                )?;
                html.new_line()?;
                html.start("meta", &[("name", "referrer"), ("content", "no-referrer")])?;
                html.new_line()?;
                html.start(
                    "meta",
                    &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")],
                )?;
                html.new_line()?;
                html.start("meta", &[("name", "color-scheme"), ("content", "light dark")])?;
                html.new_line()?;
                html.element("title", &[], title)?;
                html.style_sheet(styles::PAGE)
            })?;
            html.within("body", &[], inside)
        })
    }
}

/// What a mark says, in a word.
fn meaning(mark: LineMark) -> &'static str {
    match mark {
        LineMark::Good => "right",
        LineMark::Bad => "wrong",
        LineMark::Warning => "warning",
        LineMark::Unsure => "not known",
        LineMark::Info => "for information",
    }
}

/// Nothing is loaded, nothing runs, and of styles only the page's own (CSP Level 3).
fn policy() -> String {
    let digest = Sha256::digest(styles::PAGE.as_bytes());
    let digest = base64_simd::STANDARD.encode_to_string(digest);
    format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_itself() {
        let style = Style::default();
        assert_eq!(
            escape("<script>\"'&`\u{202e}\u{1b}[0m\n\u{0}", &style),
            "&lt;script&gt;&quot;&#39;&amp;&#96;\\u{202e}\\u{1b}[0m\\n\\u{0}"
        );
        let ascii = Style {
            ascii: true,
            ..Style::default()
        };
        assert_eq!(escape("ü…", &ascii), "\\u{fc}...");
    }

    #[test]
    fn only_an_address_of_a_page_is_a_link() {
        let style = Style::default();
        for (reference, is_link) in [
            ("https://www.rfc-editor.org/rfc/rfc8914#section-4.16", true),
            ("javascript:alert(1)", false),
            ("http://example.com/", false),
            ("https://example.com/\" onclick=\"x", false),
        ] {
            let mut out = String::new();
            assert_eq!(Html::new(&style, &mut out).reference(reference), Ok(()));
            assert_eq!(out.starts_with("<a href=\"https://"), is_link, "{out}");
        }
    }
}

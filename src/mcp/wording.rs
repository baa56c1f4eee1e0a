//! Texts of the command line in the words of whoever calls a tool.

use super::tools::{McpTool, member};

impl McpTool {
    /// What an argument is for: a flag that is offered is the member of its name, and a sentence with one that is not
    /// is left out.
    pub(super) fn described(self, about: &str, has_files: bool) -> String {
        let mut sentences: Vec<String> = Vec::new();
        for paragraph in about.split("\n\n") {
            let paragraph = paragraph.replace('\n', " ");
            let paragraph = paragraph.replace("; repeatable", "");
            for sentence in paragraph.split_inclusive(". ") {
                let said = self.with_members(sentence.trim(), has_files);
                if !said.contains(" --") && !said.starts_with("--") && !said.is_empty() {
                    let end = if said.ends_with(['.', ':']) { "" } else { "." };
                    sentences.push(format!("{said}{end}"));
                }
            }
        }
        sentences.join(" ")
    }

    /// A text with the flags that are offered written as the members of their names, but for what it quotes: words of
    /// the caller's, and command lines of other programs.
    pub fn with_members(self, text: &str, has_files: bool) -> String {
        let offered: Vec<&str> = self.offered(has_files).collect();
        let mut said = String::with_capacity(text.len());
        for (part, is_quoted) in parts(text) {
            if is_quoted {
                said.push_str(part);
                continue;
            }
            for (index, word) in part.split("--").enumerate() {
                let end = word
                    .find(|c: char| !c.is_ascii_lowercase() && c != '-')
                    .unwrap_or(word.len());
                let (long, rest) = word.split_at(end);
                match index {
                    0 => said.push_str(word),
                    _ if offered.contains(&long) => said.push_str(&(member(long) + rest)),
                    _ if ["help", "help-all"].contains(&long) => said.extend(["the tool's schema", rest]),
                    _ => said.extend(["--", word]),
                }
            }
        }
        said
    }

    /// A refusal of the command line, without the ways out that are not offered.
    pub fn refusal(self, text: &str, has_files: bool) -> String {
        let said = self.with_members(text, has_files);
        let mut kept = String::with_capacity(said.len());
        let mut rest = said.as_str();
        loop {
            let end = clause(rest);
            let names_a_flag = parts(&rest[..end]).any(|(part, is_quoted)| !is_quoted && part.contains("--"));
            // What is wrong stands in the first clause.
            if kept.is_empty() || !names_a_flag {
                kept.push_str(&rest[..end]);
            }
            if end == rest.len() {
                return kept;
            }
            rest = &rest[end..];
        }
    }
}

/// A text in parts, each with whether it is quoted: between quotation marks, or between backticks. The marks go with
/// what they enclose.
fn parts(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mark = rest.chars().next()?;
        let is_quoted = matches!(mark, '"' | '`');
        let end = if is_quoted {
            rest[1..].find(mark).map(|end| end + 2)
        } else {
            rest.find(['"', '`'])
        };
        let (part, behind) = rest.split_at(end.unwrap_or(rest.len()));
        rest = behind;
        Some((part, is_quoted))
    })
}

/// The end of the first clause of a text: in front of the next way out, outside of what is quoted.
fn clause(text: &str) -> usize {
    let mut at = 0;
    for (part, is_quoted) in parts(text) {
        let ends = [", or ", "; "].iter().filter_map(|between| {
            let from = usize::from(at == 0 && part.len() > 1 && part.is_char_boundary(1));
            part[from..].find(between).map(|end| from + end)
        });
        if let Some(end) = ends.min().filter(|_| !is_quoted) {
            return at + end;
        }
        at += part.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_a_member_but_for_what_is_quoted() {
        for (text, said) in [
            (
                "--expect-scope contradicts --save; \"--expect-scope\" stays: see --help",
                "expect_scope contradicts --save; \"--expect-scope\" stays: see the tool's schema",
            ),
            (
                "no valid token: run `aws sso login --profile p`, or leave --profile out",
                "no valid token: run `aws sso login --profile p`, or leave profile out",
            ),
            (
                "`--profile \"--region\"` and \"`--region",
                "`--profile \"--region\"` and \"`--region",
            ),
        ] {
            assert_eq!(McpTool::Check.with_members(text, false), said);
        }
    }

    #[test]
    fn ways_out_that_are_not_offered_are_left_out() {
        for (text, said) in [
            (
                "--region \"a,b\" is two: give one, or add --all-clusters",
                "region \"a,b\" is two: give one",
            ),
            (
                "x: leave out --expect, or write --cluster NAME",
                "x: leave out expect, or write cluster NAME",
            ),
            (
                "x \"; or --y\" is no name; see --help-all",
                "x \"; or --y\" is no name; see the tool's schema",
            ),
            (
                "--save x: what is wrong is always said",
                "--save x: what is wrong is always said",
            ),
            ("run `a; b --save`, or --save x", "run `a; b --save`"),
            ("; --save", "; --save"),
            ("", ""),
        ] {
            assert_eq!(McpTool::Check.refusal(text, false), said);
        }
    }
}

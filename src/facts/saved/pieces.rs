//! The JSON values of a text, one behind the other, between prompts and fences where somebody pasted them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::plain;
use super::refused::{NotFacts, syntax};
use crate::limits;
use crate::text::without_colours;

/// What a text holds.
#[derive(Debug, Default)]
pub(super) struct Pieces<'a> {
    /// Its JSON values: slices of it.
    pub(super) values: Vec<&'a str>,
    /// The lines, from 1, of prompts that were left out.
    pub(super) prompts: Vec<usize>,
    /// And those of warnings before the first value.
    pub(super) warnings: Vec<usize>,
    /// The errors behind a value: of a second command, whose output went to the same file.
    pub(super) errors: Vec<NotFacts>,
}

/// The text without what a terminal, a mail or a ticket puts around every line or around a block of it: colours, the
/// marks of a quotation, numbers of lines, time stamps, and the prose outside of the fences of Markdown. Lines keep
/// their numbers. JSON that stands outside of a fence beside JSON in one is nobody's prose, and then all of it stays.
pub(super) fn plainly(text: &str) -> Cow<'_, str> {
    let plain = without_colours(text);
    let plain = match without_quotation(&plain) {
        Some(bare) => Cow::Owned(bare),
        None => plain,
    };
    let plain = match without_margin(&plain, numbered).or_else(|| without_margin(&plain, stamped)) {
        Some(bare) => Cow::Owned(bare),
        None => plain,
    };
    match without_prose(&plain) {
        Some(bare) => Cow::Owned(bare),
        None => plain,
    }
}

/// Without the `>` of a quotation, where every line has it. No JSON begins with one.
fn without_quotation(text: &str) -> Option<String> {
    let quoted = |line: &str| line.trim_start().starts_with('>') || line.trim().is_empty();
    if text.trim().is_empty() || !text.lines().all(quoted) {
        return None;
    }
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let bare = line.strip_prefix('>').unwrap_or(line);
        bare.strip_prefix(' ').unwrap_or(bare)
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Without what a program put in front of every line, where JSON stands behind it. `bare` gives a line without it: the
/// line, and how many there are above it. Empty lines may lack it.
fn without_margin<'a>(text: &'a str, bare: fn(&'a str, usize) -> Option<&'a str>) -> Option<String> {
    let mut lines = Vec::new();
    for (above, line) in text.lines().enumerate() {
        lines.push(match bare(line, above) {
            Some(rest) => rest,
            None if line.trim().is_empty() => "",
            None => return None,
        });
    }
    let has_json = lines.iter().any(|line| line.trim_start().starts_with(['{', '[']));
    has_json.then(|| lines.join("\n"))
}

/// The numbers of `cat -n` and `less -N`, which count from the first line on.
fn numbered(line: &str, above: usize) -> Option<&str> {
    let line = line.trim_start();
    let end = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(line.len());
    let (number, rest) = line.split_at(end);
    let is_next = number.parse() == Ok(above + 1);
    let rest = rest
        .strip_prefix(['\t', ' '])
        .or_else(|| rest.is_empty().then_some(rest));
    rest.filter(|_| is_next)
}

/// The time in front of each line of a job's log (RFC 3339, as GitHub and others write it).
fn stamped(line: &str, _: usize) -> Option<&str> {
    let (time, rest) = line.split_once(' ').unwrap_or((line, ""));
    let time = time.trim_start_matches('\u{feff}');
    humantime::parse_rfc3339(time).ok().map(|_| rest)
}

/// With empty lines in the place of what stands outside of the fences, and of the fences.
fn without_prose(text: &str) -> Option<String> {
    let mut is_open = false;
    let (mut has_prose, mut has_block) = (false, false);
    let mut bare = Vec::new();
    for line in text.lines() {
        if is_fence(line.trim()) {
            is_open = !is_open;
            bare.push("");
            continue;
        }
        let begins_json = line.trim_start().starts_with(['{', '[', '"']);
        if is_open {
            has_block |= begins_json;
            bare.push(line);
        } else if begins_json {
            return None;
        } else {
            has_prose |= !line.trim().is_empty();
            bare.push("");
        }
    }
    (has_prose && has_block && !is_open).then(|| bare.join("\n"))
}

/// Takes a text apart.
pub(super) fn pieces(text: &str) -> Result<Pieces<'_>, NotFacts> {
    let mut found = Pieces::default();
    let (mut at, mut number, mut counted) = (0, 1, 0);
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches(is_between).len();
        number += text[counted..at].matches('\n').count();
        counted = at;
        let rest = &text[at..];
        let Some(line) = rest.lines().next() else {
            return Ok(found);
        };
        if is_prompt(line) {
            found.prompts.push(number);
            at += command(rest);
        } else if is_left_out(line) {
            at += line.len();
        } else if found.values.is_empty() && is_warning(line) {
            found.warnings.push(number);
            at += line.len();
        } else if rest.starts_with(['{', '[', '"']) {
            if found.values.len() == limits::DOCUMENTS {
                return Err(NotFacts::TooMany);
            }
            let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
            match stream.next() {
                Some(Ok(value)) => found.values.push(value.get()),
                Some(Err(error)) => {
                    let within = plain::named(rest, number).filter(|_| found.values.is_empty());
                    let line = number + error.line().saturating_sub(1);
                    // The first line of the rest may begin in the middle of one.
                    let before = if error.line() <= 1 {
                        text[..at].len() - text[..at].rfind('\n').map_or(0, |end| end + 1)
                    } else {
                        0
                    };
                    return Err(within.unwrap_or_else(|| syntax(text, line, before + error.column(), error.is_eof())));
                }
                None => return Ok(found),
            }
            at += stream.byte_offset();
        } else if let Some(error) = plain::error_behind(line, number).filter(|_| !found.values.is_empty()) {
            if found.errors.len() == limits::DOCUMENTS {
                return Err(NotFacts::TooMany);
            }
            found.errors.push(error);
            at += line.len();
        } else {
            let behind = !found.values.is_empty();
            return Err(plain::named(rest, number).unwrap_or_else(|| plain::unknown(rest, number, behind)));
        }
    }
}

/// The text with spaces in the place of the prompts and fences around its one JSON value, each line where it was.
/// `None` where it has no such frame, or another number of values.
pub fn unframed(whole: &str) -> Option<String> {
    let text = &*plainly(whole);
    let trimmed = text.trim();
    if trimmed.starts_with('{') && trimmed.ends_with('}') {
        return (text != whole).then(|| text.to_owned());
    }
    let found = pieces(text).ok()?;
    let [value] = found.values[..] else {
        return None;
    };
    if !found.errors.is_empty() {
        return None;
    }
    let start = text.find(value)?;
    let blank = |frame: &str| -> String { frame.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect() };
    Some(blank(&text[..start]) + value + &blank(&text[start + value.len()..]))
}

/// What stands between values where files were joined: blanks, the byte order mark of the second, and the end of file
/// that copy of Windows writes.
fn is_between(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{1a}')
}

/// A line that frames JSON and says nothing: a fence of Markdown, the end of a pager.
fn is_left_out(line: &str) -> bool {
    let line = line.trim();
    is_fence(line) || line == "(END)"
}

/// Whether a line is a program's warning: Python's (`FILE:LINE: KindOfWarning: TEXT`, and the line of code behind it:
/// Lib/warnings.py, _formatwarnmsg_impl), and those that begin with the word.
fn is_warning(line: &str) -> bool {
    let line = line.trim();
    let words: Vec<&str> = line.split_whitespace().take(limits::PASTED_WORDS).collect();
    let is_of_python = words.iter().any(|word| {
        let kind = word.strip_suffix("Warning:");
        kind.is_some_and(|kind| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    });
    let first = words
        .first()
        .map(|word| word.trim_matches(['[', ']', '*']).to_ascii_uppercase());
    // JSON on one line may speak of warnings.
    is_of_python && !line.starts_with(['{', '[', '"'])
        || line.starts_with("warnings.warn(")
        || first.is_some_and(|first| matches!(first.as_str(), "WARNING:" | "WARN:" | "WARNING" | "WARN"))
}

fn is_fence(line: &str) -> bool {
    let fence = |mark: char| {
        let word = line.trim_start_matches(mark);
        line.len() - word.len() >= 3 && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    fence('`') || fence('~')
}

/// What prompts end in.
const PROMPT_ENDS: &[char] = &['$', '#', '%', '>', '❯', '➜', 'λ', '»'];
/// The programs whose JSON is read here, and those that stand in front of them.
const PROGRAMS: &[&str] = &[
    "aws",
    "aws.exe",
    "aws-vault",
    "cat",
    "eks-dns-doctor",
    "eksctl",
    "eksctl.exe",
    "jq",
    "less",
    "sudo",
    "type",
    "Get-Content",
    "env",
    "time",
];

/// Whether a line is a shell's prompt, with a command or without one; or a command alone.
fn is_prompt(line: &str) -> bool {
    let line = line.trim();
    if plain::lacks_program(line) {
        return false;
    }
    let is_program = |text: &str| {
        let words = text.split_whitespace().take(limits::PASTED_WORDS);
        let mut words = words.skip_while(|word| {
            // AWS_PROFILE=x in front of the command.
            word.split_once('=')
                .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        });
        words.next().is_some_and(|word| PROGRAMS.contains(&word))
    };
    let alone = line.strip_prefix("+ ").unwrap_or(line);
    if is_program(alone) && !alone.ends_with(':') {
        return !alone.starts_with("aws: ");
    }
    if let Some(rest) = behind_arrow(line) {
        return rest.is_empty() || is_program(rest);
    }
    let with_command = line
        .char_indices()
        .filter(|(_, c)| PROMPT_ENDS.contains(c))
        .any(|(at, c)| is_program(&line[at + c.len_utf8()..]));
    // `[ec2-user@ip-10-0-0-5 ~]$`, `PS C:\Users\x>`
    let bare = line.ends_with(PROMPT_ENDS)
        && !line.contains(['"', '{', ',', '<'])
        && line.chars().count() <= limits::SHOWN_OF_FILE;
    with_command || bare
}

/// What stands behind the prompt that oh-my-zsh comes with: an arrow, the folder, and of a git repository the branch
/// and a mark where it has changes (ohmyzsh, themes/robbyrussell.zsh-theme).
fn behind_arrow(line: &str) -> Option<&str> {
    fn without_word(text: &str) -> &str {
        let text = text.trim_start();
        text.find(char::is_whitespace).map_or("", |end| &text[end..])
    }
    let rest = line.strip_prefix('➜')?;
    // Other themes have the arrow alone.
    let first = rest.split_whitespace().next().unwrap_or_default();
    if PROGRAMS.contains(&first) {
        return Some(rest.trim_start());
    }
    let mut rest = without_word(rest);
    for mark in ["git:(", "✗"] {
        if rest.trim_start().starts_with(mark) {
            rest = without_word(rest);
        }
    }
    Some(rest.trim_start())
}

/// How long a command is, over all its lines: one that goes on says so at its end.
fn command(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if !line.trim_end().ends_with(['\\', '`', '^']) {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    #[test]
    fn what_stands_around_every_line_or_block_is_taken_off() {
        for text in [
            "Here is what it says:\n\n```json\n{\"a\":1}\n```\n\nI cannot explain it.\n",
            "> {\"a\":1}\n",
            ">{\"a\":1}\n\n>\n",
            "> It says:\n> ```\n> {\"a\":1}\n> ```\n",
            "\u{1b}[1m{\u{1b}[0m\u{1b}[34m\"a\"\u{1b}[39m:1}\n\u{1b}[K",
        ] {
            let plain = plainly(text);
            assert_eq!(plain.trim(), "{\"a\":1}", "{text:?}");
            assert_eq!(unframed(text).as_deref().map(str::trim), Some("{\"a\":1}"), "{text:?}");
            let line = |text: &str| text.find("\"a\"").map(|at| text[..at].matches('\n').count());
            assert_eq!(line(&plain), line(text), "{text:?}");
        }
        for text in [
            "{\"a\":1}\nsee\n```\n{\"a\":2}\n```\n",
            "see\n```\n{\"a\":1}\n",
            "see\n```\nnothing\n```\n",
            "> {\"a\":1}\n{\"a\":2}\n",
            "{\"a\":\"> b\"}",
        ] {
            assert_eq!(plainly(text), text);
        }
    }

    #[test]
    fn what_a_pager_sends_around_the_text_is_taken_off() {
        let text = "\u{1b}[?1049h\u{1b}[?1h\u{1b}=\r{\"a\":1}\n\u{1b}[7m(END)\u{1b}[27m\u{1b}[K\r\u{1b}[?1l\u{1b}>";
        assert_eq!(unframed(text).as_deref().map(str::trim), Some("{\"a\":1}"));
    }

    #[test]
    fn prompts_and_fences_are_left_out_and_nothing_else() {
        for text in [
            "$ aws eks describe-cluster --name a\n{\"a\":1}\n$ \n",
            "```json\n{\"a\":1}\n```\n",
            "~~~\n{\"a\":1}\n~~~",
            "[ec2-user@ip-10-1-2-3 ~]$ aws eks describe-cluster \\\n  --name a\n{\"a\":1}\n[ec2-user@ip-10-1-2-3 ~]$",
            "PS C:\\Users\\t> aws eks describe-cluster `\n --name a\r\n{\"a\":1}\r\nPS C:\\Users\\t>",
            "C:\\>aws ec2 describe-vpcs\n{\"a\":1}",
            "➜  ~ aws eks describe-cluster --name a\n{\"a\":1}\n➜  ~",
            "➜  infra git:(main) ✗ AWS_PROFILE=x aws ec2 describe-vpcs\n{\"a\":1}\n➜  infra git:(main) ✗",
            "➜  infra git:(main) aws ec2 describe-vpcs\n{\"a\":1}",
            "➜ aws ec2 describe-vpcs\n{\"a\":1}",
            "+ aws ec2 describe-vpcs\n{\"a\":1}\n(END)",
            "user@host:~$ AWS_PROFILE=x aws ec2 describe-vpcs | cat\n{\"a\":1}",
        ] {
            let found = pieces(text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(found.values, ["{\"a\":1}"], "{text}");
            let bare = unframed(text).unwrap_or_else(|| panic!("{text}"));
            let length = text.chars().count();
            assert_eq!((bare.trim(), bare.chars().count()), ("{\"a\":1}", length), "{text}");
            assert_eq!(
                bare.find('{').map(|at| bare[..at].lines().count()),
                text.find('{').map(|at| text[..at].lines().count())
            );
        }
        for text in ["{\"a\":1}\nand so on\n", "answer: {\"a\":1}", "{\"a\":1}\n# none\n"] {
            assert!(pieces(text).is_err(), "{text}");
        }
        let found = pieces("$ aws x\n{}\n{}[1]\n").unwrap();
        assert_eq!((found.values, found.prompts), (vec!["{}", "{}", "[1]"], vec![1]));
    }
}

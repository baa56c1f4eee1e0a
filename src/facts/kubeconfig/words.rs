//! The words of a command line as shells take them apart (POSIX.1-2017, Shell Command Language, section 2.2). Nothing
//! is run: what only a running shell would know stays unknown.

use crate::limits;

/// What stands in for what only the running shell knows: a variable, what a command prints.
pub(super) const UNKNOWN: char = '\u{fffc}';

/// Whose command line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// sh and dash, which know no `$'…'`.
    Posix,
    /// bash and its like.
    Bash,
    Fish,
    Cmd,
    PowerShell,
}

/// What ends a simple command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommandEnd {
    /// The end of the line, or of the text.
    Line,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`, or `&` behind what runs beside the rest: both run in a shell of their own.
    Beside,
    /// `(`
    Open,
    /// `)`
    Close,
}

/// A command line that is read one simple command after the other: what a command sets, the next one uses.
pub(super) struct CommandReader {
    language: Language,
    rest: Vec<char>,
    at: usize,
    words: Vec<String>,
    word: Option<String>,
    /// The here-documents that begin behind this line: what ends each, and whether tabs stand before that.
    here: Vec<(String, bool)>,
}

impl CommandReader {
    pub(super) fn new(line: &str, language: Language) -> Self {
        Self {
            language,
            rest: line.chars().take(limits::KUBECONFIG_TEXT).collect(),
            at: 0,
            words: Vec::new(),
            word: None,
            here: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let found = self.rest.get(self.at).copied();
        self.at += usize::from(found.is_some());
        found
    }

    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn put(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    /// The words of the next simple command, and what ends it; none where brackets or separators stand side by side.
    /// `known` gives the variables that it can use.
    pub(super) fn command(&mut self, known: &dyn Fn(&str) -> Option<String>) -> Option<(Vec<String>, CommandEnd)> {
        if self.at >= self.rest.len() {
            return None;
        }
        let end = self.read(known);
        self.end_word();
        Some((std::mem::take(&mut self.words), end))
    }

    /// Whether the next is that character, which is taken then.
    fn takes(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += usize::from(is_next);
        is_next
    }

    fn read(&mut self, known: &dyn Fn(&str) -> Option<String>) -> CommandEnd {
        use Language::{Bash, Cmd, Fish, Posix, PowerShell};
        while let Some(c) = self.next() {
            match c {
                '\n' => {
                    self.here_documents();
                    return CommandEnd::Line;
                }
                '<' if matches!(self.language, Bash | Posix) && self.peek() == Some('<') => self.here(),
                ';' if self.language != Cmd => return CommandEnd::Line,
                '|' if self.takes('|') => return CommandEnd::Or,
                // 2>&1 and &>file name where something is written.
                '&' if self.word.as_ref().is_some_and(|word| word.ends_with(['>', '<'])) => self.put(c),
                '&' if self.peek() == Some('>') => self.put(c),
                '&' if self.takes('&') => return CommandEnd::And,
                '&' if matches!(self.language, Cmd | PowerShell) => return CommandEnd::Line,
                '|' | '&' => return CommandEnd::Beside,
                // What a command prints.
                '(' if self.language == Fish => {
                    self.at -= 1;
                    self.bracket();
                    self.put(UNKNOWN);
                }
                '(' => return CommandEnd::Open,
                ')' => return CommandEnd::Close,
                '^' if self.language == Cmd => {
                    if let Some(c) = self.next() {
                        self.put(c);
                    }
                }
                '%' if self.language == Cmd => {
                    let rest = self.rest.get(self.at..).unwrap_or_default();
                    match rest.iter().position(|c| *c == '%') {
                        Some(length) if length > 0 => {
                            let name: String = rest[..length].iter().collect();
                            self.at += length + 1;
                            self.value(&name, known);
                        }
                        _ => self.put(c),
                    }
                }
                '\'' | '`' | '$' | '\\' | '#' if self.language == Cmd => self.put(c),
                '$' if matches!(self.peek(), Some('\'' | '"')) && matches!(self.language, Bash | Posix) => {
                    self.dollar_quoted();
                }
                _ if c.is_whitespace() => self.end_word(),
                '#' if self.word.is_none() => while self.peek().is_some_and(|c| c != '\n') && self.next().is_some() {},
                '\'' => {
                    self.word.get_or_insert_default();
                    while let Some(c) = self.next().filter(|c| *c != '\'') {
                        self.put(c);
                    }
                }
                '"' => self.quoted(known),
                '\\' => match self.next() {
                    // A line that goes on.
                    Some('\n') | None => {}
                    // A path of Windows, or PowerShell, whose own such mark is another.
                    Some(c) if self.language == PowerShell || (c.is_ascii_alphanumeric() && self.is_at_a_drive()) => {
                        self.put('\\');
                        self.put(c);
                    }
                    // fish writes other characters so (fish, "Escaping Characters").
                    Some(c) if self.language == Fish && c.is_ascii_alphanumeric() => self.put(UNKNOWN),
                    Some(c) => self.put(c),
                },
                '$' => self.variable(known),
                '`' if self.language == PowerShell => self.backtick(),
                '`' => self.printed(),
                _ => self.put(c),
            }
        }
        CommandEnd::Line
    }

    /// Whether the word begins as a path of Windows does: its letters are lost in no shell that finds a program so.
    fn is_at_a_drive(&self) -> bool {
        let word = self.word.as_deref().unwrap_or_default();
        let mut first = word.chars();
        first.next().is_some_and(|c| c.is_ascii_alphabetic()) && first.next() == Some(':')
    }

    /// Behind PowerShell's backtick (about_Special_Characters): the line goes on, or the next character is meant.
    fn backtick(&mut self) {
        match self.next() {
            Some('\n') | None => {}
            Some('\r') => {
                self.takes('\n');
            }
            Some(c) if c.is_ascii_alphanumeric() => self.put(UNKNOWN),
            Some(c) => self.put(c),
        }
    }

    /// At the second `<` of `<<` (POSIX.1-2017, Shell Command Language, section 2.7.4), or of bash's `<<<`.
    fn here(&mut self) {
        self.next();
        self.end_word();
        if self.takes('<') {
            self.words.push("<<<".to_owned());
            return;
        }
        let has_tabs = self.takes('-');
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t')) {
            self.next();
        }
        let mut end = String::new();
        while let Some(c) = self.peek().filter(|c| !c.is_whitespace() && !";&|()<>".contains(*c)) {
            self.next();
            if !matches!(c, '\'' | '"' | '\\') {
                end.push(c);
            }
        }
        self.words.push(format!("<<{end}"));
        self.here.push((end, has_tabs));
    }

    /// Passes over the here-documents that begin here: they are what a command reads, and no commands.
    fn here_documents(&mut self) {
        for (end, has_tabs) in std::mem::take(&mut self.here) {
            while self.at < self.rest.len() {
                let mut line = String::new();
                while let Some(c) = self.next().filter(|c| *c != '\n') {
                    line.push(c);
                }
                let line = if has_tabs { line.trim_start_matches('\t') } else { &line };
                if line == end {
                    break;
                }
            }
        }
    }

    /// `$'…'` and `$"…"` of bash: without an escape in it the text itself. sh has neither.
    fn dollar_quoted(&mut self) {
        let quote = self.next();
        let mut text = String::new();
        let mut is_plain = self.language == Language::Bash;
        while let Some(c) = self.next().filter(|c| Some(*c) != quote) {
            text.push(c);
            is_plain &= !matches!(c, '\\' | '$' | '`');
            if c == '\\' {
                self.next();
            }
        }
        if is_plain {
            self.word.get_or_insert_default().push_str(&text);
        } else {
            self.put(UNKNOWN);
        }
    }

    /// What stands in brackets, brackets in it among it.
    fn bracket(&mut self) {
        let mut depth = 0_usize;
        while let Some(c) = self.next() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn quoted(&mut self, known: &dyn Fn(&str) -> Option<String>) {
        self.word.get_or_insert_default();
        while let Some(c) = self.next() {
            match c {
                '"' => return,
                '\\' => match self.next() {
                    Some('\n') | None => {}
                    Some(c @ ('"' | '\\' | '$' | '`')) => self.put(c),
                    Some(c) => {
                        self.put('\\');
                        self.put(c);
                    }
                },
                '$' => self.variable(known),
                '`' if self.language == Language::PowerShell => self.backtick(),
                '`' => self.printed(),
                _ => self.put(c),
            }
        }
    }

    /// Behind a `$`.
    fn variable(&mut self, known: &dyn Fn(&str) -> Option<String>) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        match self.peek() {
            Some('(') => {
                self.bracket();
                self.put(UNKNOWN);
            }
            Some('{') => {
                self.next();
                let mut name = String::new();
                while let Some(c) = self.next().filter(|c| *c != '}') {
                    name.push(c);
                }
                // ${env:NAME} is $env:NAME.
                match name.split_once(':') {
                    Some((_, name)) if self.language == Language::PowerShell => {
                        self.put(UNKNOWN);
                        self.put(':');
                        name.chars().for_each(|c| self.put(c));
                    }
                    _ => self.value(&name, known),
                }
            }
            Some(c) if is_name(c) => {
                let mut name = String::new();
                while let Some(c) = self.peek().filter(|c| is_name(*c)) {
                    name.push(c);
                    self.next();
                }
                self.value(&name, known);
            }
            Some('@' | '*' | '?' | '$' | '!' | '#') => {
                self.next();
                self.put(UNKNOWN);
            }
            _ => self.put('$'),
        }
    }

    fn value(&mut self, name: &str, known: &dyn Fn(&str) -> Option<String>) {
        match known(name) {
            // A variable may stand there a thousand times, and hold itself.
            Some(value) => {
                let word = self.word.get_or_insert_default();
                let left = limits::KUBECONFIG_TEXT.saturating_sub(word.len());
                word.extend(value.chars().take(left));
            }
            None => self.put(UNKNOWN),
        }
    }

    /// Behind a backtick.
    fn printed(&mut self) {
        while self.next().is_some_and(|c| c != '`') {}
        self.put(UNKNOWN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_as_people_write_them() {
        let known = |name: &str| (name == "CLUSTER").then(|| "shared".to_owned());
        for (line, expected) in [
            ("aws eks get-token", "aws|eks|get-token"),
            ("  a 'b c'  \"d e\" f\\ g ''", "a|b c|d e|f g|"),
            ("a && b; c || d | e\nf", "a/b/c/d/e/f"),
            (
                "a $CLUSTER ${CLUSTER}x \"$CLUSTER\" '$CLUSTER'",
                "a|shared|sharedx|shared|$CLUSTER",
            ),
            (
                "a $OTHER \"$(b (c) d)\" `e f` $@",
                "a|\u{fffc}|\u{fffc}|\u{fffc}|\u{fffc}",
            ),
            ("a \\\n b # c d", "a|b"),
            (r"C:\aws\aws.exe eks", r"C:\aws\aws.exe|eks"),
            ("(a; b)", "a/b"),
            ("a 'b", "a|b"),
            ("a \"b", "a|b"),
            ("${", "\u{fffc}"),
            ("$(", "\u{fffc}"),
            ("", ""),
        ] {
            let mut reader = CommandReader::new(line, Language::Bash);
            let read = std::iter::from_fn(|| reader.command(&known));
            let found: Vec<String> = read
                .filter(|(words, _)| !words.is_empty())
                .map(|(words, _)| words.join("|"))
                .collect();
            assert_eq!(found.join("/"), expected, "{line}");
        }
    }

    #[test]
    fn each_language_has_its_own_marks() {
        let known = |name: &str| (name == "A").then(|| "x".to_owned());
        for (language, line, expected) in [
            (Language::Bash, "a $'b c' $\"d\" 2>&1 &>e", "a|b c|d|2>&1|&>e"),
            (Language::Bash, r"a $'b\'c' d", "a|\u{fffc}|d"),
            (Language::Posix, "a $'b'", "a|\u{fffc}"),
            (Language::Fish, "a (b (c)) d", "a|\u{fffc}|d"),
            (Language::Cmd, "a %A%y 'b' ^& \"c d\" $e 5%", "a|xy|'b'|&|c d|$e|5%"),
        ] {
            let mut reader = CommandReader::new(line, language);
            let (words, end) = reader.command(&known).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(
                (words.join("|"), end),
                (expected.to_owned(), CommandEnd::Line),
                "{line}"
            );
            assert_eq!(reader.command(&known), None, "{line}");
        }
        let mut reader = CommandReader::new("a && b || c | d & (e) ; f", Language::Bash);
        let ends: Vec<CommandEnd> = std::iter::from_fn(|| reader.command(&known))
            .map(|(_, end)| end)
            .collect();
        let expected = [
            CommandEnd::And,
            CommandEnd::Or,
            CommandEnd::Beside,
            CommandEnd::Beside,
            CommandEnd::Open,
            CommandEnd::Close,
            CommandEnd::Line,
            CommandEnd::Line,
        ];
        assert_eq!(ends, expected);
    }
}

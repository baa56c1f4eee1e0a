//! The words of a command line as shells take them apart (POSIX.1-2017, Shell Command Language, section 2.2). Nothing
//! is run: what only a running shell would know stays unknown.

use crate::limits;

/// What stands in for what only the running shell knows: a variable, what a command prints.
pub(super) const UNKNOWN: char = '\u{fffc}';

/// The simple commands of a line, each as its words. `known` gives the variables that the line can use.
pub(super) fn commands(line: &str, known: &dyn Fn(&str) -> Option<String>) -> Vec<Vec<String>> {
    let mut reader = Reader {
        rest: line.chars().take(limits::KUBECONFIG_TEXT).collect(),
        at: 0,
        commands: Vec::new(),
        words: Vec::new(),
        word: None,
    };
    reader.read(known);
    reader.commands
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
}

impl Reader {
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

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }

    fn read(&mut self, known: &dyn Fn(&str) -> Option<String>) {
        while let Some(c) = self.next() {
            match c {
                // The last two are those of a subshell.
                '\n' | ';' | '|' | '&' | '(' | ')' => self.end_command(),
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
                    // A path of Windows: no shell drops the letter of a folder there.
                    Some(c) if c.is_ascii_alphanumeric() => {
                        self.put('\\');
                        self.put(c);
                    }
                    Some(c) => self.put(c),
                },
                '$' => self.variable(known),
                '`' => self.printed(),
                _ => self.put(c),
            }
        }
        self.end_command();
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
                self.put(UNKNOWN);
            }
            Some('{') => {
                self.next();
                let mut name = String::new();
                while let Some(c) = self.next().filter(|c| *c != '}') {
                    name.push(c);
                }
                self.value(&name, known);
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
            let found: Vec<String> = commands(line, &known).iter().map(|words| words.join("|")).collect();
            assert_eq!(found.join("/"), expected, "{line}");
        }
    }
}

//! What changes the environment of a command, or holds it in a line: env(1), shells, and their command lines.

use super::{Reading, SHELLS, assignment, flag, shown};
use crate::facts::kubeconfig::words::{UNKNOWN, commands};
use crate::limits;

impl Reading {
    /// env(1).
    pub(super) fn env(&mut self, words: &[String], depth: usize) -> bool {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if let Some((Some(name), taken)) = flag(words, at, &["-u", "--unset"]) {
                let name = name.to_owned();
                self.environment.retain(|(key, _)| *key != name);
                at += taken;
            } else if matches!(word.as_str(), "-S" | "--split-string") {
                return self.line(&words[at + 1..].join(" "), depth - 1);
            } else if matches!(word.as_str(), "-i" | "-" | "--ignore-environment") {
                self.environment.clear();
                at += 1;
            } else if matches!(word.as_str(), "-C" | "--chdir") {
                at += 2;
            } else if word.starts_with('-') {
                at += 1;
            } else if let Some((variable, value)) = assignment(word) {
                self.set(variable, value);
                at += 1;
            } else {
                break;
            }
        }
        self.command(words.get(at..).unwrap_or_default(), depth - 1)
    }

    /// The command line of a shell: behind the flags that hold a `c`.
    pub(super) fn shell(&mut self, name: &str, words: &[String], depth: usize) -> bool {
        let words = match words.first() {
            Some(applet) if name == "busybox" && SHELLS.contains(&applet.as_str()) => &words[1..],
            _ => words,
        };
        let is_mark = |word: &String| {
            word == "--command" || (word.starts_with('-') && !word.starts_with("--") && word.ends_with('c'))
        };
        let Some(mark) = words.iter().position(is_mark) else {
            return self.unread(match words.iter().find(|word| !word.starts_with('-')) {
                Some(script) => format!("the script `{}` is not read", shown(script)),
                None => format!("`{}` runs no command that stands there", shown(name)),
            });
        };
        // More flags may stand behind it.
        let behind = &words[mark + 1..];
        let flags = behind
            .iter()
            .take_while(|word| word.starts_with('-') && !word.contains(char::is_whitespace))
            .count();
        let Some((line, arguments)) = behind[flags..].split_first() else {
            return self.unread(format!("`{}` runs no command that stands there", shown(name)));
        };
        // What stands behind the line is $0, $1, …
        for (number, argument) in arguments.iter().enumerate().take(limits::EXEC_WORDS) {
            self.set(&number.to_string(), argument);
        }
        let rest = arguments.get(1..).unwrap_or_default();
        if line.contains("\"$@\"") && !rest.is_empty() {
            let quoted: Vec<String> = rest
                .iter()
                .map(|word| format!("'{}'", word.replace('\'', "'\\''")))
                .collect();
            let line = line.replacen("\"$@\"", &quoted.join(" "), 1);
            return self.line(&line, depth - 1);
        }
        self.line(line, depth - 1)
    }

    /// What stands behind `cmd /c` or `powershell -Command`: one word, or the words of the line.
    pub(super) fn windows_line(&mut self, words: &[String], depth: usize) -> bool {
        match words {
            [] => self.unread("the shell runs no command that stands there".to_owned()),
            [line] => self.line(line.trim().trim_start_matches("& "), depth - 1),
            _ => self.command(words, depth - 1),
        }
    }

    /// A command line: what sets variables in it, and the last command that is understood.
    pub(super) fn line(&mut self, line: &str, depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        let environment = self.environment.clone();
        let known = move |name: &str| {
            let mut found = environment.iter().rev().filter(|(key, _)| key == name);
            found.next().map(|(_, value)| value.clone())
        };
        let mut is_understood = false;
        let mut first_unread = None;
        for words in commands(line, &known) {
            let is_export = matches!(words[0].as_str(), "export" | "set" | "declare" | "local");
            let assigned = if is_export { &words[1..] } else { &words[..] };
            let is_powershell = words[0].starts_with(UNKNOWN);
            if is_powershell {
                // $env:AWS_PROFILE='x' of PowerShell.
                if let Some((name, value)) = words
                    .concat()
                    .split_once(":AWS_")
                    .and_then(|(_, rest)| rest.split_once('='))
                {
                    self.set(&format!("AWS_{name}"), value);
                }
                continue;
            }
            if assigned.iter().all(|word| assignment(word).is_some()) {
                for (name, value) in assigned.iter().filter_map(|word| assignment(word)) {
                    self.set(name, value);
                }
                continue;
            }
            // What only prepares the shell says nothing.
            if is_export
                || matches!(
                    words[0].as_str(),
                    "cd" | "source" | "." | "eval" | "unset" | "echo" | "test" | "[" | "jq" | "sleep" | "true"
                )
            {
                if matches!(words[0].as_str(), "source" | "." | "eval") {
                    first_unread.get_or_insert_with(|| format!("what `{}` sets there is not known", shown(&words[0])));
                }
                continue;
            }
            let before = self.understood.unread.take();
            if self.command(&words, depth - 1) {
                is_understood = true;
                self.understood.unread = before.or(self.understood.unread.take());
            } else {
                let now = self.understood.unread.take();
                first_unread = first_unread.or(now);
                self.understood.unread = before;
            }
        }
        if self.understood.unread.is_none() {
            self.understood.unread = first_unread;
        }
        if !is_understood && self.understood.unread.is_none() {
            self.understood.unread = Some("its command line is not understood".to_owned());
        }
        is_understood
    }
}

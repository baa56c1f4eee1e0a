//! What changes the environment of a command, or holds it in a line: env(1), shells, and their command lines.

use super::{Reading, SHELLS, assignment, flag, shown};
use crate::facts::kubeconfig::words::{End, Language, Reader, UNKNOWN};
use crate::limits;

impl Reading {
    /// env(1).
    pub(super) fn env(&mut self, words: &[String], depth: usize) -> bool {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if let Some((Some(name), taken)) = flag(words, at, &["-u", "--unset"]) {
                let name = name.to_owned();
                self.unset(&name);
                at += taken;
            } else if matches!(word.as_str(), "-S" | "--split-string") {
                let unknown = |_: &str| None;
                let line = words[at + 1..].join(" ");
                let split = Reader::new(&line, Language::Posix).command(&unknown);
                return self.command(
                    &[vec!["env".to_owned()], split.map_or_else(Vec::new, |(words, _)| words)].concat(),
                    depth - 1,
                );
            } else if matches!(word.as_str(), "-i" | "-" | "--ignore-environment") {
                self.environment.clear();
                self.removed
                    .get_or_insert_with(|| "it empties the environment".to_owned());
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
        let language = match name {
            "fish" => Language::Fish,
            "bash" | "zsh" | "ksh" => Language::Bash,
            _ => Language::Posix,
        };
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
            return self.line(&line, language, depth - 1);
        }
        self.line(line, language, depth - 1)
    }

    /// What stands behind `cmd /c` or `powershell -Command`: one word, or the words of the line.
    pub(super) fn windows_line(&mut self, name: &str, words: &[String], depth: usize) -> bool {
        let language = if name == "cmd" {
            Language::Cmd
        } else {
            Language::PowerShell
        };
        match words {
            [] => self.unread("the shell runs no command that stands there".to_owned()),
            [line] => self.line(line.trim().trim_start_matches("& "), language, depth - 1),
            _ => self.command(words, depth - 1),
        }
    }

    /// A command line: what its commands set, and the one that asks for a token. Where more than one does, or a
    /// condition decides what is set, what they do not agree on is not known.
    pub(super) fn line(&mut self, line: &str, language: Language, depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        let outside = self.understood.clone();
        let mut reader = Reader::new(line, language);
        let mut shell = Shell {
            language,
            variables: Vec::new(),
            exports_all: matches!(language, Language::Cmd | Language::PowerShell),
        };
        let mut found: Vec<Found> = Vec::new();
        let (mut first_unread, mut aside) = (None, None);
        // The environments outside of the brackets that are open.
        let mut outer = Vec::new();
        // Compound commands that are open, and whether a condition stands in front in the same list.
        let mut compound = 0_usize;
        let (mut is_behind_condition, mut before) = (false, End::Line);
        loop {
            let known = |name: &str| {
                let mut all = shell.variables.iter().chain(&self.environment).rev();
                // The shell's own come last, and count first.
                let own = shell.variables.iter().rev().find(|(key, _)| key == name);
                own.or_else(|| all.find(|(key, _)| key == name))
                    .map(|(_, value)| value.clone())
            };
            let Some((words, end)) = reader.command(&known) else {
                break;
            };
            let mut words = &words[..];
            while let Some(keyword) = words.first() {
                match keyword.as_str() {
                    "if" | "while" | "until" | "case" | "begin" | "switch" => compound += 1,
                    "for" | "select" => {
                        compound += 1;
                        if let Some(name) = words.get(1) {
                            shell.variables.push((name.clone(), UNKNOWN.to_string()));
                        }
                        words = &[];
                        break;
                    }
                    "fi" | "done" | "esac" => compound = compound.saturating_sub(1),
                    "end" if language == Language::Fish => compound = compound.saturating_sub(1),
                    "and" | "or" | "not" if language == Language::Fish => is_behind_condition = true,
                    "then" | "else" | "elif" | "do" | "!" | "{" | "}" => {}
                    _ => break,
                }
                words = &words[1..];
            }
            let is_apart = end == End::Beside || before == End::Beside;
            is_behind_condition |= before == End::Or;
            let is_certain = compound == 0 && !is_behind_condition;
            if let Some((first, _)) = words.split_first() {
                match self.prepares(words, &mut shell, is_certain, is_apart) {
                    Prepares::Yes => {}
                    Prepares::Unread(what) => {
                        first_unread.get_or_insert(what);
                    }
                    Prepares::Condition => is_behind_condition |= end == End::And,
                    Prepares::No => {
                        is_behind_condition |= end == End::And;
                        let around = (self.around.clone(), self.region_around.clone());
                        let environment = self.environment.clone();
                        self.understood = outside.clone();
                        self.understood.unread = None;
                        let is_understood = self.command(words, depth - 1);
                        let one = std::mem::replace(&mut self.understood, outside.clone());
                        if is_understood {
                            found.push(Found {
                                understood: one,
                                around: std::mem::replace(&mut self.around, around.0),
                                region_around: std::mem::replace(&mut self.region_around, around.1),
                                environment: std::mem::replace(&mut self.environment, environment),
                                loose: shell.loose(),
                            });
                        } else {
                            // Another program changes nothing of the shell, unless its name is that of a function.
                            let is_program = is_apart || super::program(first) == "aws";
                            aside = aside.or(one.unread.clone());
                            first_unread = first_unread.or(one.unread.filter(|_| !is_program));
                            (self.around, self.region_around) = around;
                            self.environment = environment;
                        }
                    }
                }
            }
            match end {
                End::Open => outer.push((self.environment.clone(), shell.variables.clone(), self.removed.clone())),
                End::Close => {
                    if let Some((environment, variables, removed)) = outer.pop() {
                        self.environment = environment;
                        shell.variables = variables;
                        self.removed = removed;
                    }
                }
                End::Line | End::Beside => is_behind_condition = false,
                End::And | End::Or => {}
            }
            before = end;
        }
        let first_unread = first_unread.or(aside.filter(|_| found.is_empty()));
        self.take_found(found, outside, first_unread)
    }

    /// Takes what the commands agree on that ask for a token.
    fn take_found(&mut self, found: Vec<Found>, outside: super::Understood, first_unread: Option<String>) -> bool {
        let mut found = found.into_iter();
        let Some(mut last) = found.next_back() else {
            self.understood = outside;
            let unread = first_unread.unwrap_or_else(|| "its command line is not understood".to_owned());
            return self.unread(unread);
        };
        let mut is_agreed = true;
        for other in found {
            let (one, two) = (&mut last.understood, &other.understood);
            for (mine, its) in [
                (&mut one.cluster, &two.cluster),
                (&mut one.region, &two.region),
                (&mut one.profile, &two.profile),
                (&mut one.role_arn, &two.role_arn),
            ] {
                if mine != its {
                    *mine = None;
                    is_agreed = false;
                }
            }
            if (&last.around, &last.region_around) != (&other.around, &other.region_around) {
                (last.around, last.region_around) = (None, None);
                is_agreed = false;
            }
            if last.environment != other.environment {
                last.environment.retain(|variable| other.environment.contains(variable));
                is_agreed = false;
            }
            one.unread = one.unread.take().or(other.understood.unread);
        }
        let own = last.understood.unread.take();
        self.understood = last.understood;
        self.around = last.around;
        self.region_around = last.region_around;
        self.environment = last.environment;
        let loose = last.loose.filter(|_| self.understood.profile.is_none());
        let differs = (!is_agreed).then(|| "which of its commands runs is known when it runs only".to_owned());
        self.understood.unread = outside.unread.or(differs).or(own).or(first_unread).or(loose);
        true
    }

    /// Takes a variable away.
    pub(super) fn unset(&mut self, name: &str) {
        self.environment.retain(|(key, _)| key != name);
        if PROFILES.contains(&name) {
            self.removed.get_or_insert_with(|| format!("it unsets `{name}`"));
        }
    }

    /// Takes what a command sets or unsets in its shell.
    fn prepares(&mut self, words: &[String], shell: &mut Shell, is_certain: bool, is_apart: bool) -> Prepares {
        let first = words[0].as_str();
        if shell.language == Language::PowerShell && first.starts_with(UNKNOWN) {
            // $env:AWS_PROFILE='x' of PowerShell.
            let joined = words.concat();
            let set = joined.split_once(":AWS_").and_then(|(_, rest)| rest.split_once('='));
            if let Some((name, value)) = set {
                let value = if is_certain {
                    value.to_owned()
                } else {
                    UNKNOWN.to_string()
                };
                self.set(&format!("AWS_{}", name.trim()), &value);
            }
            return Prepares::Yes;
        }
        let is_cmd = shell.language == Language::Cmd;
        let flags: Vec<&str> = words[1..]
            .iter()
            .map(String::as_str)
            .take_while(|word| word.starts_with('-'))
            .collect();
        let operands = words.get(1 + flags.len()..).unwrap_or_default();
        let has = |letter: char, long: &str| {
            let short = |flag: &&str| !flag.starts_with("--") && flag.contains(letter);
            flags.iter().any(|flag| short(flag) || *flag == long)
        };
        let mut sets: Vec<(&str, &str, bool)> = Vec::new();
        match first {
            "set" if shell.language == Language::Fish => {
                let Some((name, values)) = operands.split_first() else {
                    return Prepares::Yes;
                };
                if has('e', "--erase") {
                    if is_certain && !is_apart {
                        shell.variables.retain(|(key, _)| key != name);
                        self.unset(name);
                        return Prepares::Yes;
                    }
                    return Prepares::Unread(format!("whether `{}` is unset there is not known", shown(name)));
                }
                let value = values.first().map_or("", String::as_str);
                sets.push((name, value, has('x', "--export")));
            }
            "set" if is_cmd => {
                let set = operands.first().and_then(|word| word.split_once('='));
                sets.extend(set.map(|(name, value)| (name, value, true)));
            }
            "set" => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                shell.exports_all |= flags.contains(&"-a") || words.windows(2).any(|two| two == ["-o", "allexport"]);
                return Prepares::Yes;
            }
            "export" | "declare" | "typeset" | "local" | "readonly" => {
                let is_export = first == "export" || has('x', "--export");
                if first == "export" && flags.contains(&"-n") {
                    return Prepares::Unread("what `export -n` leaves there is not known".to_owned());
                }
                for word in operands {
                    match assignment(word) {
                        Some((name, value)) => sets.push((name, value, is_export)),
                        // What has a value already is exported.
                        None if word.contains(UNKNOWN) => {
                            return Prepares::Unread(format!("what `{first}` sets there is not known"));
                        }
                        None if is_export && !is_apart => {
                            let own = shell.variables.iter().rev().find(|(key, _)| key == word);
                            if let Some((name, value)) = own.cloned() {
                                shell.variables.retain(|(key, _)| *key != name);
                                self.set(&name, if is_certain { &value } else { UNKNOWN_VALUE });
                            }
                        }
                        None => {}
                    }
                }
            }
            "unset" => {
                if is_apart {
                    return Prepares::Yes;
                }
                for name in operands {
                    if !is_certain {
                        return Prepares::Unread(format!("whether `{}` is unset there is not known", shown(name)));
                    }
                    shell.variables.retain(|(key, _)| key != name);
                    self.unset(name);
                }
                return Prepares::Yes;
            }
            "source" | "." | "eval" => {
                return Prepares::Unread(format!("what `{}` sets there is not known", shown(first)));
            }
            "cd" | "echo" | "jq" | "sleep" | "true" | ":" | "printf" | "umask" | "shift" | "exit" | "return"
            | "false" => return Prepares::Yes,
            "test" | "[" | "[[" | "type" | "which" | "hash" => return Prepares::Condition,
            "command" if has('v', "-V") => return Prepares::Condition,
            _ if !is_cmd && words.iter().all(|word| assignment(word).is_some()) => {
                sets.extend(
                    words
                        .iter()
                        .filter_map(|word| assignment(word))
                        .map(|(name, value)| (name, value, false)),
                );
            }
            _ => return Prepares::No,
        }
        if is_apart && !is_cmd {
            return Prepares::Yes;
        }
        for (name, value, is_export) in sets {
            let value = if is_certain { value } else { UNKNOWN_VALUE };
            // A variable that is in the environment stays in it with its new value.
            let is_inherited = self.environment.iter().any(|(key, _)| key == name);
            if is_export || is_inherited || shell.exports_all {
                self.set(name, value);
                shell.variables.retain(|(key, _)| key != name);
            } else {
                shell.variables.push((name.to_owned(), value.to_owned()));
            }
        }
        Prepares::Yes
    }
}

/// Variables that name the profile.
pub(super) const PROFILES: &[&str] = &["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];

/// [`UNKNOWN`] as a value.
const UNKNOWN_VALUE: &str = "\u{fffc}";

/// A shell that reads a line.
struct Shell {
    language: Language,
    /// Variables that are not exported.
    variables: Vec<(String, String)>,
    /// Whether it exports whatever is set.
    exports_all: bool,
}

impl Shell {
    /// What is set for the shell alone, unless the environment that it was given has it already.
    fn loose(&self) -> Option<String> {
        let mut names = self.variables.iter().map(|(name, _)| name.as_str());
        let name = names.find(|name| PROFILES.contains(name))?;
        Some(format!("it sets `{name}` and does not export it"))
    }
}

/// What a command is to the line that it stands in.
enum Prepares {
    /// It prepares the shell, or says nothing.
    Yes,
    /// It prepares the shell, and how is not known.
    Unread(String),
    /// What stands behind `&&` runs only if it holds.
    Condition,
    No,
}

/// A command of the line that asks for a token, and what is around it.
struct Found {
    understood: super::Understood,
    around: Option<String>,
    region_around: Option<String>,
    environment: Vec<(String, String)>,
    loose: Option<String>,
}

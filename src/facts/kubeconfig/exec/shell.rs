//! What changes the environment of a command, or holds it in a line: env(1), shells, and their command lines.

use super::{ExecReading, SHELLS, assignment, shown};
use crate::facts::kubeconfig::words::{CommandEnd, CommandReader, Language, UNKNOWN};
use crate::limits;

impl ExecReading {
    /// env(1), of GNU coreutils and of the BSDs: short options stand together, and a value joined to its letter.
    pub(super) fn env(&mut self, words: &[String], depth: usize) -> bool {
        let mut words = words.to_vec();
        let mut at = 0;
        // What `-S` splits may hold another one.
        let mut splits_left = limits::EXEC_DEPTH;
        while let Some(word) = words.get(at).cloned() {
            if word == "--" {
                at += 1;
                break;
            }
            let Some(options) = word.strip_prefix('-') else {
                break;
            };
            at += 1;
            // Each option with its value, and what is joined to it where it is a letter.
            let mut options = match options.strip_prefix('-') {
                Some(long) => match long.split_once('=') {
                    Some((name, value)) => vec![(env_letter(name), Some(value.to_owned()))],
                    None => vec![(env_letter(long), None)],
                },
                // A lone `-` is `-i`.
                None if options.is_empty() => vec![(Some('i'), None)],
                None => match options.find(ENV_VALUED) {
                    Some(valued) => {
                        let (alone, rest) = options.split_at(valued);
                        let mut all: Vec<_> = alone.chars().map(|letter| (Some(letter), None)).collect();
                        let joined = Some(rest[1..].to_owned()).filter(|joined| !joined.is_empty());
                        all.push((rest.chars().next(), joined));
                        all
                    }
                    None => options.chars().map(|letter| (Some(letter), None)).collect(),
                },
            };
            for (letter, value) in &mut options {
                if letter.is_some_and(|letter| ENV_VALUED.contains(&letter)) && value.is_none() {
                    *value = words.get(at).cloned();
                    at += 1;
                }
                match (letter, value.as_deref()) {
                    (Some('i'), _) => {
                        self.environment.clear();
                        self.removed
                            .get_or_insert_with(|| "it empties the environment".to_owned());
                    }
                    (Some('u'), Some(name)) => self.unset(name),
                    (Some('S'), Some(line)) if splits_left > 0 => {
                        splits_left -= 1;
                        let unknown = |_: &str| None;
                        let mut reader = CommandReader::new(line, Language::Posix);
                        let (mut split, _) = reader.command(&unknown).unwrap_or((Vec::new(), CommandEnd::Line));
                        if reader.command(&unknown).is_some() {
                            return self.unread("what `env -S` makes of its line is not known".to_owned());
                        }
                        // They stand in its place, in front of the words behind it.
                        split.extend(words.get(at..).unwrap_or_default().iter().cloned());
                        (words, at) = (split, 0);
                    }
                    (Some('0' | 'v' | 'C' | 'P' | 'a'), _) => {}
                    _ => {
                        self.unread(format!("what `env {}` does is not known", shown(&word)));
                    }
                }
            }
        }
        while let Some((variable, value)) = words.get(at).and_then(|word| assignment(word)) {
            let (variable, value) = (variable.to_owned(), value.to_owned());
            self.set(&variable, &value);
            at += 1;
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
        let is_started = words[..mark + 1 + flags].iter().any(|word| starts_up(word));
        let profiles_before = self.profiles_set();
        let is_understood = self.shell_line(line, arguments, language, depth);
        // What the line itself sets comes behind the start-up files.
        let is_named = self.understood.profile.is_some() || self.around.is_some();
        if is_started && !is_named && self.profiles_set() <= profiles_before {
            self.unread(format!(
                "what the start-up files of `{}` set, as a login or interactive shell, is not known",
                shown(name)
            ));
        }
        is_understood
    }

    /// How often a variable that names the profile is set.
    fn profiles_set(&self) -> usize {
        let mut names = self.environment.iter().map(|(name, _)| name.as_str());
        names.by_ref().filter(|name| PROFILES.contains(name)).count()
    }

    fn shell_line(&mut self, line: &str, arguments: &[String], language: Language, depth: usize) -> bool {
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
    pub(super) fn windows_line(&mut self, name: &str, words: &[String], strips_quotes: bool, depth: usize) -> bool {
        let language = if name == "cmd" {
            Language::Cmd
        } else {
            Language::PowerShell
        };
        match words {
            [] => self.unread("the shell runs no command that stands there".to_owned()),
            [line] if language == Language::Cmd => {
                let line = without_outer_quotes(line.trim(), strips_quotes);
                self.line(line.trim(), language, depth - 1)
            }
            [line] => self.line(line.trim().trim_start_matches("& "), language, depth - 1),
            // cmd reads all of them as its line.
            _ if language == Language::Cmd
                && words
                    .iter()
                    .any(|word| matches!(word.as_str(), "&" | "&&" | "||" | "|")) =>
            {
                let quoted = words.iter().map(|word| {
                    if word.contains(char::is_whitespace) && !word.contains('"') {
                        format!("\"{word}\"")
                    } else {
                        word.clone()
                    }
                });
                let line = quoted.collect::<Vec<_>>().join(" ");
                self.line(&line, language, depth - 1)
            }
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
        let mut reader = CommandReader::new(line, language);
        let mut shell = Shell {
            language,
            variables: Vec::new(),
            exports_all: matches!(language, Language::Cmd | Language::PowerShell),
        };
        let mut found: Vec<TokenCommand> = Vec::new();
        let (mut first_unread, mut aside) = (None, None);
        // The environments outside of the brackets that are open.
        let mut outer = Vec::new();
        // Compound commands that are open, and whether a condition stands in front in the same list.
        let mut compound = 0_usize;
        let (mut is_behind_condition, mut before) = (false, CommandEnd::Line);
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
            let is_apart = end == CommandEnd::Beside || before == CommandEnd::Beside;
            is_behind_condition |= before == CommandEnd::Or;
            let is_certain = compound == 0 && !is_behind_condition;
            if let Some((first, _)) = words.split_first() {
                match self.prepares(words, &mut shell, is_certain, is_apart) {
                    Prepares::Yes => {}
                    Prepares::Unread(what) => {
                        first_unread.get_or_insert(what);
                    }
                    Prepares::Condition => is_behind_condition |= end == CommandEnd::And,
                    Prepares::No => {
                        is_behind_condition |= end == CommandEnd::And;
                        let around = (self.around.clone(), self.region_around.clone());
                        let environment = self.environment.clone();
                        self.understood = outside.clone();
                        self.understood.unread = None;
                        let is_understood = self.command(words, depth - 1);
                        let one = std::mem::replace(&mut self.understood, outside.clone());
                        if is_understood {
                            found.push(TokenCommand {
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
                CommandEnd::Open => {
                    outer.push((self.environment.clone(), shell.variables.clone(), self.removed.clone()));
                }
                CommandEnd::Close => {
                    if let Some((environment, variables, removed)) = outer.pop() {
                        self.environment = environment;
                        shell.variables = variables;
                        self.removed = removed;
                    }
                }
                CommandEnd::Line | CommandEnd::Beside => is_behind_condition = false,
                CommandEnd::And | CommandEnd::Or => {}
            }
            before = end;
        }
        let first_unread = first_unread.or(aside.filter(|_| found.is_empty()));
        self.take_found(found, outside, first_unread)
    }

    /// Takes what the commands agree on that ask for a token.
    fn take_found(
        &mut self,
        found: Vec<TokenCommand>,
        outside: super::Understood,
        first_unread: Option<String>,
    ) -> bool {
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
        let is_named = self.understood.profile.is_some() || self.around.is_some() || self.profiles_set() > 0;
        let loose = last.loose.filter(|_| !is_named);
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
                // `+=` and the like.
                if !name
                    .trim()
                    .bytes()
                    .all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
                {
                    return Prepares::Unread(format!("what `{}` sets there is not known", shown(&joined)));
                }
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
                        None if appends(word, shell.language).is_some() => {
                            let (name, _) = appends(word, shell.language).unwrap_or_default();
                            sets.push((name, UNKNOWN_VALUE, is_export));
                        }
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
            "cd" | "echo" | "cat" | "jq" | "sleep" | "true" | ":" | "printf" | "umask" | "shift" | "exit"
            | "return" | "false" => return Prepares::Yes,
            "test" | "[" | "[[" | "type" | "which" | "hash" => return Prepares::Condition,
            "command" if has('v', "-V") => return Prepares::Condition,
            _ if !is_cmd
                && words
                    .iter()
                    .all(|word| assignment(word).or_else(|| appends(word, shell.language)).is_some()) =>
            {
                for word in words {
                    // What a value is put behind is not followed.
                    let appended = appends(word, shell.language).map(|(name, _)| (name, UNKNOWN_VALUE));
                    sets.extend(
                        appended
                            .or_else(|| assignment(word))
                            .map(|(name, value)| (name, value, false)),
                    );
                }
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

/// `A+=B` of bash and its like: the name, and what is put behind the value that it has.
fn appends(word: &str, language: Language) -> Option<(&str, &str)> {
    let (name, value) = word.split_once("+=").filter(|_| language == Language::Bash)?;
    let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_');
    is_name.then_some((name, value))
}

/// Options of env(1) with a value: `-a` and `-S` of GNU, `-P` of the BSDs.
const ENV_VALUED: &[char] = &['u', 'C', 'S', 'P', 'a'];

/// The letter of a long option of env(1), whose beginning is enough; `v` of one that changes nothing here.
fn env_letter(name: &str) -> Option<char> {
    const LONG: &[(&str, char)] = &[
        ("unset", 'u'),
        ("split-string", 'S'),
        ("ignore-environment", 'i'),
        ("chdir", 'C'),
        ("argv0", 'a'),
        ("null", '0'),
        ("debug", 'v'),
        ("default-signal", 'v'),
        ("ignore-signal", 'v'),
        ("block-signal", 'v'),
        ("list-signal-handling", 'v'),
    ];
    let mut meant = LONG.iter().filter(|(long, _)| long.starts_with(name));
    let first = meant.next()?;
    // Of two that begin so, neither.
    (first.0 == name || meant.next().is_none()).then_some(first.1)
}

/// Whether a flag of a shell makes it read the start-up files of the user: a login or an interactive one.
fn starts_up(word: &str) -> bool {
    match word.strip_prefix('-') {
        Some(long) if long.starts_with('-') => matches!(long, "-login" | "-interactive"),
        Some(short) => short.contains(['l', 'i']),
        None => false,
    }
}

/// The line of `cmd /c` as cmd takes it (cmd /?): the first quote and the last one go, with `/s` always, and else
/// unless there are two alone, around the name of a program with a blank in it and nothing that cmd reads itself.
fn without_outer_quotes(line: &str, strips: bool) -> String {
    let Some(rest) = line.strip_prefix('"') else {
        return line.to_owned();
    };
    let Some(last) = rest.rfind('"') else {
        return line.to_owned();
    };
    let between = &rest[..rest.find('"').unwrap_or(last)];
    let is_program = rest.matches('"').count() == 1
        && between.contains(char::is_whitespace)
        && !between.contains(['&', '<', '>', '(', ')', '@', '^', '|']);
    if is_program && !strips {
        return line.to_owned();
    }
    format!("{}{}", &rest[..last], &rest[last + 1..])
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
struct TokenCommand {
    understood: super::Understood,
    around: Option<String>,
    region_around: Option<String>,
    environment: Vec<(String, String)>,
    loose: Option<String>,
}

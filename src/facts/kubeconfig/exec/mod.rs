//! What the `exec` entry of a user says: which cluster, Region, profile and role the credential plugin asks for. It is
//! read through the programs that people put around it, and never run.

mod shell;
#[cfg(test)]
mod tests;
mod token;
mod wrappers;

use self::wrappers::WRAPPERS;
use super::text;
use super::words::{Language, UNKNOWN};
use crate::limits;

/// What is understood of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Understood {
    pub(super) cluster: Option<String>,
    pub(super) region: Option<String>,
    /// Why it may be another Region, in words.
    pub(super) region_doubt: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) role_arn: Option<String>,
    /// The variables of credentials that the entry sets: their names alone.
    pub(super) credentials: Vec<String>,
    /// What of it is not understood, in words.
    pub(super) unread: Option<String>,
}

/// Variables that give AWS's clients credentials, or say where they are (AWS SDKs and Tools Reference Guide,
/// "Environment variables list").
const CREDENTIALS: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
];

/// Shells that take a command line behind `-c` (POSIX.1-2017, sh).
const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "busybox"];
/// Shells of Windows, and what stands before the command line there (cmd /?, about_PowerShell_exe).
const WINDOWS_SHELLS: &[(&str, &[&str])] = &[
    ("cmd", &["/c", "/k", "/r"]),
    ("powershell", &["-command", "-c"]),
    ("pwsh", &["-command", "-c"]),
];
/// Programs that run the command behind their own flags, and say nothing of AWS.
const TRANSPARENT: &[&str] = &[
    "exec", "command", "nohup", "time", "winpty", "sudo", "nice", "stdbuf", "setsid",
];

/// Their flags that have a value in the next word (sudo(8), nice(1), stdbuf(1), time(1)).
const WITH_VALUE: &[(&str, &[&str])] = &[
    (
        "sudo",
        &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R", "-T"],
    ),
    ("nice", &["-n"]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("time", &["-f", "-o"]),
];

/// What stands behind the flags of such a program.
fn behind_flags<'a>(name: &str, words: &'a [String]) -> &'a [String] {
    let with_value = WITH_VALUE.iter().find(|(program, _)| *program == name);
    let with_value = with_value.map_or(&[][..], |(_, flags)| flags);
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
        at += 1 + usize::from(with_value.contains(&word.as_str()));
    }
    words.get(at..).unwrap_or_default()
}

/// A reading under way: what is known so far, from the outside in.
struct ExecReading {
    understood: Understood,
    /// The environment of the command.
    environment: Vec<(String, String)>,
    /// The profile of a program around it.
    around: Option<String>,
    /// The Region that a program around it sets.
    region_around: Option<String>,
    /// What it takes from the environment that may name a profile, in words.
    removed: Option<String>,
}

/// What the command with these arguments and this environment asks for.
pub(super) fn understand(command: &str, arguments: &[String], environment: Vec<(String, String)>) -> Understood {
    if command.trim().is_empty() {
        return Understood::default();
    }
    // The file is somebody else's: so many words, each so long.
    let environment = environment
        .into_iter()
        .take(limits::EXEC_WORDS)
        .map(|(name, value)| (text(&name), text(&value)))
        .collect();
    let mut reading = ExecReading {
        understood: Understood::default(),
        environment,
        around: None,
        region_around: None,
        removed: None,
    };
    let mut words = vec![text(command)];
    words.extend(arguments.iter().take(limits::EXEC_WORDS).map(|word| text(word)));
    let is_understood = reading.command(&words, limits::EXEC_DEPTH);
    reading.finish(is_understood)
}

/// The name of a program, whatever its folder and the ending that Windows gives it.
fn program(word: &str) -> String {
    let name = word
        .trim()
        .trim_matches('"')
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default();
    let name = name.to_ascii_lowercase();
    for ending in [".exe", ".cmd", ".bat", ".ps1"] {
        if let Some(plain) = name.strip_suffix(ending) {
            return plain.to_owned();
        }
    }
    name
}

/// `A=B` in front of a command.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_');
    (is_name && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((name, value))
}

/// The value of a flag at `at`, and how many words it takes: `--flag value`, `--flag=value`.
fn flag<'a>(words: &'a [String], at: usize, names: &[&str]) -> Option<(Option<&'a str>, usize)> {
    let word = words.get(at)?.as_str();
    let (name, joined) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    };
    if !names.contains(&name) {
        return None;
    }
    Some(match joined {
        Some(value) => (Some(value), 1),
        None => (words.get(at + 1).map(String::as_str), 2),
    })
}

impl ExecReading {
    /// Reads a command; `false` where it ends in a program that is not understood.
    fn command(&mut self, words: &[String], depth: usize) -> bool {
        let Some((first, rest)) = words.split_first() else {
            return false;
        };
        let name = program(first);
        if depth == 0 {
            return self.unread(format!(
                "`{}` runs too many programs one inside the other",
                shown(first)
            ));
        }
        if rest.is_empty()
            && first.trim().contains(char::is_whitespace)
            && !name.is_empty()
            && assignment(first).is_none()
        {
            // The whole line as one word: kubectl does not find such a program, and the words are plain.
            return self.line(first, Language::Posix, depth - 1);
        }
        if let Some((variable, value)) = assignment(first) {
            self.set(variable, value);
            return self.command(rest, depth - 1);
        }
        match name.as_str() {
            "env" => self.env(rest, depth),
            "aws" | "aws2" => self.aws(rest),
            // The AWS CLI as a module of Python.
            _ if name.starts_with("python") && rest.starts_with(&["-m".to_owned(), "awscli".to_owned()]) => {
                self.aws(&rest[2..])
            }
            "aws-iam-authenticator" | "heptio-authenticator-aws" => self.authenticator(rest),
            // Argo CD's own plugin takes the AWS CLI's flags (argocd-k8s-auth aws --help).
            "argocd-k8s-auth" if rest.first().is_some_and(|word| word == "aws") => self.authenticator(rest),
            // kubergrunt eks token --eks-cluster-arn ARN (kubergrunt's README).
            "kubergrunt" => self.kubergrunt(rest),
            "timeout" => {
                let skipped = rest.iter().take_while(|word| word.starts_with('-')).count() + 1;
                self.command(rest.get(skipped..).unwrap_or_default(), depth - 1)
            }
            _ if SHELLS.contains(&name.as_str()) => self.shell(&name, rest, depth),
            _ if TRANSPARENT.contains(&name.as_str()) => {
                let is_understood = self.command(behind_flags(&name, rest), depth - 1);
                if name == "sudo" {
                    // Another user has another ~/.aws.
                    self.unread("with whose credentials `sudo` runs it is not known".to_owned());
                }
                is_understood
            }
            _ => {
                if let Some((_, marks)) = WINDOWS_SHELLS.iter().find(|(shell, _)| *shell == name) {
                    let is_mark = |word: &String| {
                        let word = word.to_ascii_lowercase();
                        // cmd takes its switches joined too: /d/s/c.
                        let last = word.rfind('/').map_or(word.as_str(), |at| &word[at..]);
                        marks.contains(&last)
                    };
                    return match rest.iter().position(is_mark) {
                        Some(at) => {
                            let is_s = |word: &String| word.to_ascii_lowercase().contains("/s");
                            let strips_quotes = rest[..=at].iter().any(is_s);
                            self.windows_line(&name, &rest[at + 1..], strips_quotes, depth)
                        }
                        None => self.not_understood(first, rest, depth),
                    };
                }
                match WRAPPERS.iter().find(|wrapper| wrapper.name == name) {
                    Some(wrapper) => self.wrapper(wrapper, first, rest, depth),
                    None => self.not_understood(first, rest, depth),
                }
            }
        }
    }

    fn set(&mut self, variable: &str, value: &str) {
        self.environment.push((variable.to_owned(), value.to_owned()));
    }

    /// The last of that name counts, as in the environment of a process.
    fn variable(&self, name: &str) -> Option<&str> {
        let mut found = self.environment.iter().rev().filter(|(key, _)| key == name);
        found
            .next()
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A program that is not known here. Where it runs one that is, that one's cluster and Region hold, and with whose
    /// credentials is not known.
    fn not_understood(&mut self, first: &str, rest: &[String], depth: usize) -> bool {
        let is_known = |word: &String| matches!(program(word).as_str(), "aws" | "aws-iam-authenticator");
        let begins = rest.iter().position(is_known);
        // What xargs puts in is known when it runs only (xargs(1), -I).
        let rest = &if program(first) == "xargs" {
            replaced(&rest[..begins.unwrap_or(rest.len())], rest)
        } else {
            rest.to_vec()
        };
        let inner = begins.map(|at| &rest[at..]);
        let is_token = |words: &[String]| words.iter().any(|word| word == "get-token" || word == "token");
        let is_understood = match inner.filter(|inner| is_token(inner)) {
            Some(inner) => self.command(inner, depth - 1),
            // The AWS CLI's own words behind a program of another name.
            None if rest.windows(2).any(|words| words == ["eks", "get-token"]) => {
                let at = rest.iter().position(|word| word == "eks").unwrap_or_default();
                self.aws(&rest[at..])
            }
            None => return self.unread(format!("the program `{}` is not read", shown(first))),
        };
        self.unread(format!(
            "with whose credentials `{}` runs it is not known",
            shown(first)
        ));
        is_understood
    }

    /// Says what is not understood, unless something was said.
    fn unread(&mut self, what: String) -> bool {
        self.understood.unread.get_or_insert(what);
        false
    }

    fn finish(mut self, is_understood: bool) -> Understood {
        let variable = |names: &[&str]| {
            let mut values = names.iter().filter_map(|name| self.variable(name));
            values.next().filter(|value| !value.contains(UNKNOWN)).map(text)
        };
        let is_set = |name: &&str| self.variable(name).is_some_and(|value| value.contains(UNKNOWN));
        let is_unknown =
            shell::PROFILES.iter().any(is_set) && self.understood.profile.is_none() && self.around.is_none();
        // The AWS CLI looks at them in this order (botocore, configprovider.py).
        let profile = variable(&["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]);
        let region = variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        // Version 2 of the AWS CLI takes AWS_REGION first, and version 1 does not read it (AWS CLI user guides of
        // both versions, "Configuring environment variables").
        let old = variable(&["AWS_DEFAULT_REGION"]).filter(|old| region.as_ref() != Some(old));
        let around = self
            .around
            .take()
            .filter(|profile| !profile.contains(UNKNOWN))
            .map(|profile| text(&profile));
        let region_around = self.region_around.take().filter(|region| !region.contains(UNKNOWN));
        let region_around = region_around.map(|region| text(&region));
        let mut credentials: Vec<String> = Vec::new();
        for name in CREDENTIALS {
            if self.variable(name).is_some() {
                credentials.push((*name).to_owned());
            }
        }
        let mut found = self.understood;
        // A profile that the command names wins over the environment, and what is around it sets the environment.
        found.profile = found.profile.or(around).or(profile);
        let named = found.region.or(region_around);
        found.region_doubt = match (&named, &region, old) {
            (None, Some(new), Some(old)) => Some(format!(
                "AWS_REGION is {} and AWS_DEFAULT_REGION {}, which version 1 of the AWS CLI takes",
                shown(new),
                shown(&old)
            )),
            _ => None,
        };
        found.region = named.or(region);
        found.credentials = credentials;
        // The command does not see the profile of the environment, which is asked as whoever it names.
        if let Some(removed) = self.removed.filter(|_| found.profile.is_none()) {
            found.unread.get_or_insert(removed);
        }
        if is_unknown {
            found
                .unread
                .get_or_insert_with(|| "the value of AWS_PROFILE is known when it runs only".to_owned());
        }
        if is_understood && found.cluster.is_none() && found.unread.is_none() {
            found.unread = Some("it names no cluster".to_owned());
        }
        found
    }
}

/// The words, without what the flags of xargs say is put in there.
fn replaced(flags: &[String], words: &[String]) -> Vec<String> {
    let mut marks = vec!["{}".to_owned()];
    for (at, word) in flags.iter().enumerate() {
        let joined = ["-I", "-J", "--replace="]
            .iter()
            .find_map(|flag| word.strip_prefix(flag));
        marks.extend(match joined {
            Some("") => flags.get(at + 1).cloned(),
            joined => joined.map(str::to_owned),
        });
    }
    let unknown = UNKNOWN.to_string();
    let whole = |word: &String| {
        let marks = marks.iter().filter(|mark| !mark.is_empty());
        marks.fold(word.clone(), |word, mark| word.replace(mark.as_str(), &unknown))
    };
    words.iter().map(whole).collect()
}

/// The name of a program or a script as it is printed: its first word, a few characters, and nothing that may be a
/// secret.
fn shown(word: &str) -> String {
    let first = word.split_whitespace().next().unwrap_or_default();
    shown_whole(first.rsplit(['/', '\\']).next().unwrap_or(first))
}

/// A value as it is printed, all its words: a few characters, and nothing that may be a secret.
fn shown_whole(value: &str) -> String {
    let plain = value.chars().filter(|c| !c.is_control());
    let plain: String = plain.map(|c| if c == UNKNOWN { '…' } else { c }).collect();
    if plain.split_whitespace().any(may_be_secret) {
        return "…".to_owned();
    }
    crate::text::shortened(&plain, limits::EXEC_SHOWN)
}

/// Whether a word may be a token or a key, and no program's name: it has characters that no name of a program has, or
/// it is as long as a key and has digits.
fn may_be_secret(word: &str) -> bool {
    /// Access key ids have 20 characters (IAM API Reference, "AccessKey": 16 at least).
    const AS_A_KEY: usize = 16;
    let of_name = |c: char| c.is_alphanumeric() || "-_.+…".contains(c);
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let has_upper = word.contains(|c: char| c.is_ascii_uppercase());
    // A version, as in `aws-iam-authenticator_0.6.14_linux_amd64`, stands between marks.
    let longest = word.split(['-', '_', '.']).map(str::len).max().unwrap_or_default();
    !word.chars().all(of_name) || longest >= AS_A_KEY && (digits > 1 || has_upper && digits > 0)
}

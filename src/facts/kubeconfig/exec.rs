//! What the `exec` entry of a user says: which cluster, Region, profile and role the credential plugin asks for. It is
//! read through the programs that people put around it, and never run.

use super::text;
use super::words::{UNKNOWN, commands};
use crate::limits;

/// What is understood of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Understood {
    pub(super) cluster: Option<String>,
    pub(super) region: Option<String>,
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
    ("cmd", &["/c", "/k", "/s/c", "/r"]),
    ("powershell", &["-command", "-c"]),
    ("pwsh", &["-command", "-c"]),
];
/// Programs that run the command behind their own flags, and say nothing of AWS.
const TRANSPARENT: &[&str] = &[
    "exec", "command", "nohup", "time", "winpty", "sudo", "nice", "stdbuf", "setsid",
];

/// Programs that run a command with the credentials of a profile.
struct Wrapper {
    name: &'static str,
    /// The subcommand in front of everything else, if there is one.
    subcommand: &'static [&'static str],
    /// Flags that name the profile.
    profile: &'static [&'static str],
    /// Other flags with a value.
    valued: &'static [&'static str],
    /// Whether the first word that is no flag is the profile.
    is_positional: bool,
}

/// As these programs are commonly called: aws-vault, aws-okta, saml2aws, granted, aws-sso-cli, awsume. A flag that is
/// not here makes the entry one that is not understood, which is said.
const WRAPPERS: &[Wrapper] = &[
    Wrapper {
        name: "aws-vault",
        subcommand: &["exec"],
        profile: &[],
        valued: &[
            "--backend",
            "--prompt",
            "--keychain",
            "--pass-dir",
            "--pass-cmd",
            "--pass-prefix",
            "--file-dir",
            "--duration",
            "-d",
            "--region",
            "--mfa-token",
            "-t",
            "--secret-service-collection",
            "--biometrics",
        ],
        is_positional: true,
    },
    Wrapper {
        name: "aws-okta",
        subcommand: &["exec"],
        profile: &[],
        valued: &[
            "--backend",
            "-b",
            "--mfa-provider",
            "--mfa-duo-device",
            "--session-ttl",
            "-t",
            "--assume-role-ttl",
            "-a",
            "--mfa-factor-type",
            "--session-cache-single-item",
        ],
        is_positional: true,
    },
    Wrapper {
        name: "saml2aws",
        subcommand: &["exec"],
        profile: &["--exec-profile", "--profile", "-p"],
        valued: &[
            "--idp-account",
            "-a",
            "--idp-provider",
            "--url",
            "--username",
            "--password",
            "--mfa",
            "--role",
            "--region",
            "--session-duration",
            "--credentials-file",
            "--config",
            "--shell",
        ],
        is_positional: false,
    },
    Wrapper {
        name: "aws-sso",
        subcommand: &["exec"],
        profile: &["--profile", "-p"],
        valued: &[
            "--arn",
            "-a",
            "--account",
            "-A",
            "--role",
            "-R",
            "--sso",
            "-S",
            "--level",
            "-L",
        ],
        is_positional: false,
    },
    Wrapper {
        name: "assume",
        subcommand: &[],
        profile: &[],
        valued: &["--region", "-r", "--duration", "-d", "--service", "-s"],
        is_positional: true,
    },
    Wrapper {
        name: "granted",
        subcommand: &["assume"],
        profile: &[],
        valued: &["--region", "-r", "--duration", "-d"],
        is_positional: true,
    },
    Wrapper {
        name: "assume-role",
        subcommand: &[],
        profile: &[],
        valued: &["-duration", "--duration", "-format"],
        is_positional: true,
    },
];

/// A reading under way: what is known so far, from the outside in.
struct Reading {
    understood: Understood,
    /// The environment of the command.
    environment: Vec<(String, String)>,
    /// The profile of a program around it.
    around: Option<String>,
    /// The Region that a program around it sets.
    region_around: Option<String>,
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
    let mut reading = Reading {
        understood: Understood::default(),
        environment,
        around: None,
        region_around: None,
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

impl Reading {
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
            return self.line(first, depth - 1);
        }
        if let Some((variable, value)) = assignment(first) {
            self.set(variable, value);
            return self.command(rest, depth - 1);
        }
        match name.as_str() {
            "env" => self.env(rest, depth),
            "aws" | "aws2" => self.aws(rest),
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
                let skipped = rest.iter().take_while(|word| word.starts_with('-')).count();
                self.command(&rest[skipped..], depth - 1)
            }
            _ => {
                if let Some((_, marks)) = WINDOWS_SHELLS.iter().find(|(shell, _)| *shell == name) {
                    let is_mark = |word: &String| marks.contains(&word.to_ascii_lowercase().as_str());
                    return match rest.iter().position(is_mark) {
                        Some(at) => self.windows_line(&rest[at + 1..], depth),
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

    /// env(1).
    fn env(&mut self, words: &[String], depth: usize) -> bool {
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
    fn shell(&mut self, name: &str, words: &[String], depth: usize) -> bool {
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
    fn windows_line(&mut self, words: &[String], depth: usize) -> bool {
        match words {
            [] => self.unread("the shell runs no command that stands there".to_owned()),
            [line] => self.line(line.trim().trim_start_matches("& "), depth - 1),
            _ => self.command(words, depth - 1),
        }
    }

    /// A command line: what sets variables in it, and the last command that is understood.
    fn line(&mut self, line: &str, depth: usize) -> bool {
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

    fn wrapper(&mut self, wrapper: &Wrapper, first: &str, words: &[String], depth: usize) -> bool {
        let mut at = 0;
        let mut profile = None;
        let mut inner = None;
        let mut left = wrapper.subcommand.to_vec();
        while let Some(word) = words.get(at) {
            if word == "--" {
                inner = Some(&words[at + 1..]);
                break;
            }
            if let Some((value, taken)) = flag(words, at, wrapper.profile) {
                profile = value.map(str::to_owned).or(profile);
                at += taken;
            } else if let Some((value, taken)) =
                flag(words, at, &["--exec", "-e"]).filter(|_| wrapper.subcommand.is_empty())
            {
                // assume PROFILE --exec "command line", or --exec -- command.
                if value == Some("--") {
                    at += 1;
                    continue;
                }
                self.take_around(profile.take());
                let line = value.unwrap_or_default().to_owned();
                let more = words.get(at + taken..).unwrap_or_default();
                let more = more.iter().filter(|word| *word != "--").cloned();
                if line.contains(char::is_whitespace) {
                    return self.line(&line, depth - 1);
                }
                let whole: Vec<String> = std::iter::once(line).chain(more).collect();
                return self.command(&whole, depth - 1);
            } else if let Some((value, taken)) = flag(words, at, wrapper.valued) {
                if word.starts_with("--region") {
                    self.region_around = value.map(str::to_owned);
                }
                at += taken;
            } else if word.starts_with('-') {
                at += 1;
            } else if left.first().is_some_and(|subcommand| subcommand == word) {
                left.remove(0);
                at += 1;
            } else if !left.is_empty() {
                return self.not_understood(first, words, depth);
            } else if wrapper.is_positional && profile.is_none() {
                profile = Some(word.clone());
                at += 1;
            } else {
                inner = Some(&words[at..]);
                break;
            }
        }
        if profile.is_none() && self.around.is_none() {
            self.unread(format!("which profile `{}` uses is not said there", shown(first)));
        }
        self.take_around(profile);
        match inner {
            Some(inner) => self.command(inner, depth - 1),
            None => self.unread(format!("`{}` runs no command that stands there", shown(first))),
        }
    }

    fn take_around(&mut self, profile: Option<String>) {
        if let Some(profile) = profile {
            self.around = Some(profile);
        }
    }

    /// `aws eks get-token` (AWS CLI command reference). The CLI takes the beginning of an option for the whole, and
    /// update-kubeconfig itself writes `--role`.
    fn aws(&mut self, words: &[String]) -> bool {
        let mut plain = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            // Options that take no value.
            if word == "--" || (word.starts_with("--no-") || matches!(word.as_str(), "--debug" | "--version")) {
                at += 1;
                continue;
            }
            at += self.take_flag(words, at, false).unwrap_or_else(|| {
                if word.starts_with("--") {
                    return if word.contains('=') { 1 } else { 2 };
                }
                plain.push(word.as_str());
                1
            });
        }
        if matches!(plain[..], ["eks", "get-token", ..]) {
            return true;
        }
        let what = plain.get(..plain.len().min(2)).unwrap_or_default();
        self.unread(format!("`aws {}` is not `aws eks get-token`", shown(&what.join(" "))))
    }

    /// `aws-iam-authenticator token` (its own help).
    fn authenticator(&mut self, words: &[String]) -> bool {
        let mut at = 0;
        while at < words.len() {
            at += self.take_flag(words, at, true).unwrap_or(1);
        }
        true
    }

    fn take_flag(&mut self, words: &[String], at: usize, is_authenticator: bool) -> Option<usize> {
        let cluster: &[&str] = if is_authenticator {
            &["--cluster-name", "--cluster-id", "-i"]
        } else {
            &["--cluster-name", "--cluster-n", "--cluster-na", "--cluster-nam"]
        };
        let role: &[&str] = &["--role-arn", "--role", "-r", "--role-a", "--role-ar"];
        for (names, which) in [(cluster, 0), (&["--region"], 1), (&["--profile"], 2), (role, 3)] {
            if let Some((value, taken)) = flag(words, at, names) {
                let value = value.filter(|value| !value.is_empty()).map(str::to_owned);
                if let Some(value) = value {
                    self.take(which, &value, names[0]);
                }
                return Some(taken);
            }
        }
        None
    }

    fn take(&mut self, which: usize, value: &str, name: &str) {
        if value.contains(UNKNOWN) {
            self.unread(format!("the value of {name} is known when it runs only"));
            return;
        }
        let wanted = match which {
            0 => &mut self.understood.cluster,
            1 => &mut self.understood.region,
            2 => &mut self.understood.profile,
            _ => &mut self.understood.role_arn,
        };
        *wanted = Some(text(value));
    }

    fn kubergrunt(&mut self, words: &[String]) -> bool {
        for at in 0..words.len() {
            let Some((Some(arn), _)) = flag(words, at, &["--eks-cluster-arn"]) else {
                continue;
            };
            if let ["arn", _, "eks", region, _, resource] = arn.splitn(6, ':').collect::<Vec<_>>()[..]
                && let Some(cluster) = resource.strip_prefix("cluster/")
            {
                self.understood.cluster = Some(text(cluster));
                self.understood.region = Some(text(region));
                return true;
            }
        }
        self.unread("`kubergrunt` names no cluster there".to_owned())
    }

    /// A program that is not known here. Where it runs one that is, that one's cluster and Region hold, and with whose
    /// credentials is not known.
    fn not_understood(&mut self, first: &str, rest: &[String], depth: usize) -> bool {
        let is_known = |word: &String| matches!(program(word).as_str(), "aws" | "aws-iam-authenticator");
        let inner = rest.iter().position(is_known).map(|at| &rest[at..]);
        let is_token = |words: &[String]| words.iter().any(|word| word == "get-token" || word == "token");
        let is_understood = match inner.filter(|inner| is_token(inner)) {
            Some(inner) => self.command(inner, depth - 1),
            // The AWS CLI's own words behind a program of another name.
            None if rest.windows(2).any(|words| words == ["eks", "get-token"]) => self.aws(rest),
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
        // The AWS CLI looks at them in this order (botocore, configprovider.py).
        let profile = variable(&["AWS_DEFAULT_PROFILE", "AWS_PROFILE"]);
        let region = variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        let around = self
            .around
            .take()
            .filter(|profile| !profile.contains(UNKNOWN))
            .map(|profile| text(&profile));
        let region_around = self.region_around.take().map(|region| text(&region));
        let mut credentials: Vec<String> = Vec::new();
        for name in CREDENTIALS {
            if self.variable(name).is_some() {
                credentials.push((*name).to_owned());
            }
        }
        let mut found = self.understood;
        // A profile that the command names wins over the environment, and what is around it sets the environment.
        found.profile = found.profile.or(around).or(profile);
        found.region = found.region.or(region_around).or(region);
        found.credentials = credentials;
        if is_understood && found.cluster.is_none() && found.unread.is_none() {
            found.unread = Some("it names no cluster".to_owned());
        }
        found
    }
}

/// The name of a program or a script as it is printed: a few characters, and no line of somebody else's.
fn shown(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let plain: String = name.chars().filter(|c| !c.is_control()).collect();
    crate::text::shortened(plain.trim(), limits::EXEC_SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &[&str], environment: &[(&str, &str)]) -> Understood {
        let arguments: Vec<String> = line[1..].iter().map(|word| (*word).to_owned()).collect();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        understand(line[0], &arguments, environment)
    }

    const TOKEN: [&str; 5] = ["aws", "eks", "get-token", "--cluster-name", "orders"];
    const LINE: &str = "aws eks get-token --cluster-name orders";

    /// The cluster, and the profile.
    fn is(found: &Understood, profile: Option<&str>, what: &[&str]) {
        assert_eq!(found.cluster.as_deref(), Some("orders"), "{what:?}: {found:?}");
        assert_eq!(found.profile.as_deref(), profile, "{what:?}");
        assert_eq!(found.unread, None, "{what:?}");
    }

    #[test]
    fn programs_around_it() {
        let around: &[(&[&str], Option<&str>)] = &[
            (&[], None),
            (&["aws-vault", "exec", "shop", "--"], Some("shop")),
            (&["aws-vault", "exec", "shop"], Some("shop")),
            (
                &[
                    "/opt/bin/aws-vault",
                    "--debug",
                    "exec",
                    "-d",
                    "1h",
                    "--no-session",
                    "shop",
                    "--",
                ],
                Some("shop"),
            ),
            (&["aws-okta", "exec", "--session-ttl=1h", "shop", "--"], Some("shop")),
            (&["saml2aws", "exec", "--exec-profile", "shop", "--"], Some("shop")),
            (&["saml2aws", "exec", "-a", "idp", "-p", "shop", "--"], Some("shop")),
            (&["assume", "shop", "--exec", "--"], Some("shop")),
            (&["granted", "assume", "shop", "--"], Some("shop")),
            (&["aws-sso", "exec", "-p", "shop", "--"], Some("shop")),
            (&["env", "AWS_PROFILE=shop"], Some("shop")),
            (
                &["/usr/bin/env", "-u", "AWS_REGION", "AWS_DEFAULT_PROFILE=shop"],
                Some("shop"),
            ),
            (&["AWS_PROFILE=shop"], Some("shop")),
            (&["timeout", "5"], None),
            (&["exec"], None),
            (&["cmd", "/c"], None),
            (&["C:\\Windows\\System32\\cmd.exe", "/C"], None),
            (
                &["env", "AWS_PROFILE=a", "aws-vault", "exec", "shop", "--"],
                Some("shop"),
            ),
        ];
        for (before, profile) in around {
            let line: Vec<&str> = before.iter().copied().chain(TOKEN).collect();
            is(&of(&line, &[]), *profile, &line);
            // The profile that the command itself names wins.
            let named: Vec<&str> = line.iter().copied().chain(["--profile", "own"]).collect();
            is(&of(&named, &[("AWS_PROFILE", "x")]), Some("own"), &named);
        }
    }

    #[test]
    fn shells_and_their_lines() {
        let lines = [
            (LINE.to_owned(), None),
            (format!("exec {LINE}"), None),
            (format!("AWS_PROFILE=shop {LINE}"), Some("shop")),
            (format!("export AWS_PROFILE='shop'; {LINE}"), Some("shop")),
            (format!("cd /tmp && aws-vault exec shop -- {LINE}"), Some("shop")),
            (format!("set AWS_PROFILE=shop&& {LINE}"), Some("shop")),
            (format!("{LINE} | jq ."), None),
            (format!("{LINE} --profile \"$WHO\""), Some("shop")),
        ];
        for shell in [
            &["sh", "-c"][..],
            &["/bin/bash", "-lc"],
            &["bash", "-l", "-c"],
            &["zsh", "-ic"],
            &["cmd.exe", "/c"],
        ] {
            for (line, profile) in &lines {
                let words: Vec<&str> = shell.iter().copied().chain([line.as_str()]).collect();
                is(&of(&words, &[("WHO", "shop")]), *profile, &words);
            }
        }
        let passed = [
            "sh",
            "-c",
            "aws \"$@\"",
            "--",
            "eks",
            "get-token",
            "--cluster-name",
            "orders",
        ];
        is(&of(&passed, &[]), None, &passed);
        is(
            &of(
                &[
                    "powershell",
                    "-NoProfile",
                    "-Command",
                    &format!("$env:AWS_PROFILE='shop'; {LINE}"),
                ],
                &[],
            ),
            Some("shop"),
            &["powershell"],
        );
    }

    #[test]
    fn flags_in_every_form() {
        let role = "arn:aws:iam::210987654321:role/ops";
        for form in [
            &["--role", role][..],
            &["-r", role],
            &["--role-arn", role],
            &[&format!("--role-arn={role}")],
        ] {
            let line: Vec<&str> = TOKEN.into_iter().chain(form.iter().copied()).collect();
            assert_eq!(of(&line, &[]).role_arn.as_deref(), Some(role), "{form:?}");
        }
        for form in [
            &["-i", "orders"][..],
            &["--cluster-id=orders"],
            &["--cluster-name", "orders"],
        ] {
            let line: Vec<&str> = ["aws-iam-authenticator.exe", "token"]
                .iter()
                .chain(form)
                .copied()
                .collect();
            is(&of(&line, &[("AWS_PROFILE", "shop")]), Some("shop"), &line);
        }
        let found = of(
            &[
                "aws",
                "--region=eu-central-1",
                "--output",
                "json",
                "eks",
                "get-token",
                "--cluster-name=orders",
            ],
            &[("AWS_REGION", "us-east-1")],
        );
        assert_eq!(found.region.as_deref(), Some("eu-central-1"));
        let found = of(
            &TOKEN,
            &[("AWS_DEFAULT_REGION", "us-east-1"), ("AWS_DEFAULT_PROFILE", "old")],
        );
        assert_eq!(
            (found.region.as_deref(), found.profile.as_deref()),
            (Some("us-east-1"), Some("old"))
        );
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (line, says) in [
            (&["tsh", "kube", "credentials"][..], "the program `tsh` is not read"),
            (&["/home/mia/bin/token.sh"], "the program `token.sh` is not read"),
            (&["bash", "/home/mia/token.sh"], "the script `token.sh` is not read"),
            (
                &["sh", "-c", "aws eks get-token --cluster-name \"$(cat x)\""],
                "the value of --cluster-name",
            ),
            (
                &["aws", "sts", "get-caller-identity"],
                "`aws sts get-caller-identity` is not",
            ),
            (&["aws", "eks", "get-token"], "it names no cluster"),
            (&["aws-vault", "exec", "shop"], "runs no command"),
        ] {
            let found = of(line, &[]);
            assert!(
                found.unread.as_ref().is_some_and(|said| said.contains(says)),
                "{line:?}: {found:?}"
            );
            assert_eq!(found.cluster, None, "{line:?}");
        }
        // The cluster is plain, and the credentials are not.
        let found = of(
            &["op", "run", "--", "aws", "eks", "get-token", "--cluster-name", "orders"],
            &[],
        );
        assert_eq!(found.cluster.as_deref(), Some("orders"));
        assert!(
            found
                .unread
                .is_some_and(|said| said.contains("with whose credentials `op` runs it"))
        );
        let found = of(&TOKEN, &[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SESSION_TOKEN", "s")]);
        assert_eq!(found.credentials, ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]);
        assert_eq!(of(&[""], &[]), Understood::default());
        let deep: Vec<&str> = std::iter::repeat_n("env", 10_000).collect();
        assert!(of(&deep, &[]).unread.is_some());
    }
}

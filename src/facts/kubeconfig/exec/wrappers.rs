//! Programs that people put around the credential plugin, each with the flags that it takes.

use super::{ExecReading, flag, shown};
use crate::facts::kubeconfig::words::Language;

/// Programs that run a command with the credentials of a profile.
pub(super) struct Wrapper {
    pub(super) name: &'static str,
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
pub(super) const WRAPPERS: &[Wrapper] = &[
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

impl Wrapper {
    /// The first word that is no flag, and no value of one.
    fn bare_word(&self, words: &[String]) -> Option<String> {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if let Some((_, taken)) = flag(words, at, self.valued) {
                at += taken;
            } else if word.starts_with('-') {
                at += 1;
            } else {
                return Some(word.clone());
            }
        }
        None
    }
}

impl ExecReading {
    pub(super) fn wrapper(&mut self, wrapper: &Wrapper, first: &str, words: &[String], depth: usize) -> bool {
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
                let line = value.unwrap_or_default().to_owned();
                let more = words.get(at + taken..).unwrap_or_default();
                if line.contains(char::is_whitespace) {
                    // The command is this one word, so the profile may stand behind it too.
                    let behind = || wrapper.bare_word(more).filter(|_| wrapper.is_positional);
                    let profile = profile.take().or_else(behind);
                    self.profile_around(profile, first);
                    return self.line(&line, Language::Posix, depth - 1);
                }
                self.take_around(profile.take());
                let more = more.iter().filter(|word| *word != "--").cloned();
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
        self.profile_around(profile, first);
        match inner {
            Some(inner) => self.command(inner, depth - 1),
            None => self.unread(format!("`{}` runs no command that stands there", shown(first))),
        }
    }

    /// The profile that the program uses, or that it is not said.
    fn profile_around(&mut self, profile: Option<String>, first: &str) {
        if profile.is_none() && self.around.is_none() {
            self.unread(format!("which profile `{}` uses is not said there", shown(first)));
        }
        self.take_around(profile);
    }

    fn take_around(&mut self, profile: Option<String>) {
        if let Some(profile) = profile {
            self.around = Some(profile);
        }
    }
}

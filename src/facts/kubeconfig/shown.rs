//! A line of a kubeconfig in a refusal: cut and cleaned, and never what may be a secret. Values are left out where they
//! are not of a few words that mean nothing alone, since a file that cannot be read does not say whose they are.

use crate::limits;
use crate::text;

/// What stands for what is not shown.
const HIDDEN: &str = "…";

/// Parts of the keys whose values are secrets (client-go, tools/clientcmd/api/v1/types.go, AuthInfo), and of the words
/// that programs have for such values.
const SECRET: &[&str] = &["token", "passw", "secret", "-data", "key", "credential", "bearer"];

/// Keys whose values are words of a kubeconfig's own.
const OF_FEW_WORDS: &[&str] = &[
    "apiVersion",
    "kind",
    "interactiveMode",
    "provideClusterInfo",
    "insecure-skip-tls-verify",
    "disable-compression",
];

fn is_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRET.iter().any(|part| text.contains(part))
}

/// What of a line of a document can be shown; `None` where nothing of it can.
pub(super) fn line(document: &str, number: usize) -> Option<String> {
    let at = number.checked_sub(1)?;
    let whole = document.lines().nth(at)?;
    let above = || document.lines().take(at).filter_map(split).last().map(|(key, _)| key);
    let shown = match split(whole) {
        Some((key, rest)) => of_key(key, rest),
        // It may go on with a value that began above: under a secret's key it is hidden.
        None if above().is_some_and(is_secret) => return None,
        // An entry of a list is known by the list.
        None if whole.trim_start().starts_with("- ") && words(whole.trim()).ends_with(HIDDEN) => {
            let list = above().unwrap_or_default();
            format!("{} - {HIDDEN}", of_key(list, ""))
        }
        None => words(whole.trim()),
    };
    let plain: String = shown.chars().filter(|c| !c.is_control()).collect();
    let plain = text::shortened(plain.trim(), limits::EXEC_SHOWN);
    plain.contains(char::is_alphanumeric).then_some(plain)
}

/// The key of a line, up to its first colon, and what stands behind that.
fn split(line: &str) -> Option<(&str, &str)> {
    line.trim().split_once(':').filter(|(key, _)| !key.trim().is_empty())
}

fn of_key(key: &str, rest: &str) -> String {
    let name = key.trim_matches(|c: char| c.is_whitespace() || "-{[,?\"'".contains(c));
    let is_name = name.chars().all(|c| c.is_ascii_alphabetic() || "-_ \"'".contains(c));
    let is_one = !name.contains(char::is_whitespace);
    let key = if is_name && is_one { key.to_owned() } else { words(key) };
    let value = rest.trim();
    match value {
        "" => format!("{key}:"),
        _ if OF_FEW_WORDS.contains(&name) && value.split_whitespace().all(is_harmless) => format!("{key}: {value}"),
        _ => format!("{key}: {HIDDEN}"),
    }
}

/// A line without a key: its words, but for those that may be a secret, and what stands behind a word for one.
fn words(line: &str) -> String {
    let all: Vec<&str> = line.split_whitespace().collect();
    if let [alone] = all.as_slice() {
        // A word alone may be the rest of anything.
        let is_short = text::shortened(alone, limits::KEY_SHOWN);
        return if is_harmless(alone) {
            is_short
        } else {
            HIDDEN.to_owned()
        };
    }
    let mut shown = Vec::new();
    for word in all {
        shown.push(if is_harmless(word) { word } else { HIDDEN });
        if is_secret(word) {
            shown.push(HIDDEN);
            break;
        }
    }
    shown.dedup();
    shown.join(" ")
}

/// Whether a word is none that a secret could be: marks alone, letters as in a word of a language, the version of an
/// API.
fn is_harmless(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
    let is_of_letters = word.chars().all(|c| c.is_alphabetic() || "-_/.".contains(c));
    let parts = || word.split(|c: char| !c.is_alphabetic());
    let is_short = parts().all(|part| part.chars().count() <= limits::LETTERS_SHOWN);
    // In a word of a language, and of a program, small letters do not go before a capital more than twice.
    let turns = word
        .as_bytes()
        .windows(2)
        .filter(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    let version = word.rsplit('/').next().unwrap_or_default();
    let is_version = matches!(version, "v1" | "v1beta1" | "v1alpha1");
    is_of_letters && is_short && turns.count() <= 2
        || is_version && word.len() <= "client.authentication.k8s.io/v1alpha1".len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_without_what_may_be_a_secret() {
        for (document, number, shown) in [
            ("clusters:\n", 1, Some("clusters:")),
            ("- name: payments\n", 1, Some("- name: …")),
            ("apiVersion: v1\n", 1, Some("apiVersion: v1")),
            ("apiVersion v1\n", 1, Some("apiVersion v1")),
            ("kind: Config x9\n", 1, Some("kind: …")),
            ("server:https://a.test\n", 1, Some("server: …")),
            ("https://10.0.0.1:443\n", 1, Some("https: …")),
            ("cluster2: x\n", 1, None),
            ("<<<<<<< HEAD\n", 1, Some("<<<<<<< HEAD")),
            (
                "Added new context arn:aws:eks to x\n",
                1,
                Some("Added new context arn: …"),
            ),
            ("Updated context in the file\n", 1, Some("Updated context in the file")),
            ("}\n", 1, None),
            ("args:\n- 1234567\n", 2, Some("args: - …")),
            ("- 1234567\n", 1, None),
            ("use get-token x\n", 1, Some("use get-token …")),
            ("abcdefghijk\n", 1, Some("abcdefgh…")),
            ("a: b\n", 7, None),
        ] {
            assert_eq!(line(document, number).as_deref(), shown, "{document}");
        }
    }

    /// Wherever it stands, and whatever is wrong with the line.
    #[test]
    fn a_secret_is_never_shown() {
        let secrets = [
            "hunter",
            "Correct-Horse",
            "ghp_Zq9AbCdUvWx",
            "LS0tLS1CRUdJTiBDRVJU",
            "AKIAIOSFODNN7EXAMPLE",
            "k8s-aws-v1.aHR0cHM6Ly9z",
            "eyJhbGciOiJSUzI1NiJ9.e30.sig",
        ];
        let keys = [
            "token",
            "password",
            "client-key-data",
            "client-certificate-data",
            "certificate-authority-data",
            "tokenFile",
            "AWS_SECRET_ACCESS_KEY",
        ];
        for secret in secrets {
            for key in keys {
                for document in [
                    format!("{key}: {secret}\n"),
                    format!("{key} {secret}\n"),
                    format!("{key} {secret}: b\n"),
                    format!("{key}:{secret}\n"),
                    format!("\t- \"{key}\": \"{secret}\"\n"),
                    format!("{{user: {{{key}: {secret}}}}}\n"),
                    format!("- --{key} {secret}\n"),
                    format!("--{key}={secret}\n"),
                    format!("{key} = {secret}\n"),
                    format!("name {key} is {secret} there\n"),
                    format!("{key}: |\n  {secret} {secret}\n"),
                    format!("{key}: |\n  abc\n  {secret}\n"),
                    format!("{key}:\n- {secret}\n"),
                ] {
                    for number in 1..=document.lines().count() {
                        let shown = line(&document, number).unwrap_or_default();
                        assert!(!shown.contains(&secret[..4]), "{document}: {shown}");
                    }
                }
            }
        }
    }
}

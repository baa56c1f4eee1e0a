//! The completions, by the shells themselves: what is offered behind a line that is begun.

use std::process::{Command, Stdio};

use super::run;

/// The words that stand in for the scripts' own places: the completions of the shell, in a file.
fn script(shell: &str, folder: &tempfile::TempDir) -> String {
    let outcome = run(&format!("completions {shell}"));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{shell}");
    let path = folder.path().join(shell);
    std::fs::write(&path, outcome.stdout).expect("a file");
    path.display().to_string()
}

/// What a shell printed; `None` where it is not installed.
fn said_by(shell: &str, program: &str) -> Option<String> {
    let output = Command::new(shell)
        .args(match shell {
            "bash" => ["--norc", "-c"],
            "fish" => ["--no-config", "-c"],
            _ => ["-f", "-c"],
        })
        .arg(program)
        .stdin(Stdio::null())
        .output();
    match output {
        // Where only Rust is installed there may be none; CI says that both are there.
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os("SHELLS_ARE_INSTALLED").is_none() =>
        {
            None
        }
        output => Some(String::from_utf8_lossy(&output.expect(shell).stdout).into_owned()),
    }
}

/// A line, a word that is offered for its last one, and one that is not.
const LINES: &[(&str, &str, &str)] = &[
    ("eks-dns-doctor check --outp", "--output", "--listen"),
    ("eks-dns-doctor serve --lis", "--listen", "--output"),
    ("eks-dns-doctor mcp --f", "--files", "--facts"),
    ("eks-dns-doctor completions z", "zsh", "bash"),
    ("eks-dns-doctor explain no-forw", "no-forwarding", "forward-loop"),
    ("eks-dns-doctor explain same-and-h", "same-and-healthy", "no-forwarding"),
    (
        "eks-dns-doctor demo no-forwarding/art",
        "no-forwarding/article",
        "no-forwarding/fires",
    ),
    ("eks-dns-doctor demo --fix knot", "knot", "bind"),
    ("eks-dns-doctor --judg", "--judge", "--output"),
    ("eks-dns-doctor expl", "explain", "compare"),
    // Without the name of a command it is check, as the help has it first.
    ("eks-dns-doctor HOST.test --judg", "--judge", "--output"),
    ("eks-dns-doctor -o short HOST.test --judg", "--judge", "--output"),
    ("eks-dns-doctor -o shor", "short", "table"),
    ("eks-dns-doctor --fix knot", "knot", "bind"),
    ("eks-dns-doctor HOST.test --fix knot", "knot", "bind"),
];

#[test]
fn bash_completes_behind_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = script("bash", &folder);
    for (line, offered, not_offered) in LINES {
        let words: Vec<&str> = line.split(' ').collect();
        let [.., previous, begun] = words[..] else {
            panic!("{line}");
        };
        // As bash calls the function that `complete -F` names.
        let program = format!(
            "source {script}\n\
             function=$(complete -p eks-dns-doctor | sed 's/.* -F \\([^ ]*\\) .*/\\1/')\n\
             COMP_WORDS=({line}); COMP_CWORD={}; COMP_LINE='{line}'; COMP_POINT={}\n\
             $function eks-dns-doctor '{begun}' '{previous}'\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.len() - 1,
            line.len(),
        );
        let Some(said) = said_by("bash", &program) else { return };
        let replies: Vec<&str> = said.lines().collect();
        assert!(replies.contains(offered), "{line}: {replies:?}");
        assert!(!replies.contains(not_offered), "{line}: {replies:?}");
    }
}

#[test]
fn zsh_completes_behind_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = script("zsh", &folder);
    for (line, offered, not_offered) in LINES {
        // A shell on a terminal of its own, whose line is read back once it was completed.
        let program = format!(
            "zmodload zsh/zpty || exit 0\n\
             zpty shell zsh -f -i\n\
             read_up_to() {{ zpty -r -m shell reply \"*$1*\" }}\n\
             tell() {{ zpty -w shell \"$1\" }}\n\
             tell 'PS1=; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -d {folder}/dump'\n\
             tell 'source {script}'\n\
             tell 'shown() {{ print -r -- \"<<$BUFFER>>\" > {folder}/line; zle kill-buffer }}; zle -N shown'\n\
             tell 'bindkey \"^I\" expand-or-complete; bindkey \"^X\" shown; print ready-$((40 + 2))'\n\
             read_up_to ready-42\n\
             zpty -n -w shell $'{line}\\t\\x18'\n\
             for try in {{1..100}}; do [[ -s {folder}/line ]] && break; sleep 0.1; done\n\
             zpty -d shell\n\
             cat {folder}/line",
            folder = folder.path().display(),
        );
        let Some(said) = said_by("zsh", &program) else { return };
        std::fs::remove_file(folder.path().join("line")).ok();
        let completed = said.trim().trim_start_matches('<').trim_end_matches(['>', ' ']);
        let last = completed.rsplit(' ').next().unwrap_or_default().trim_end_matches('=');
        assert_eq!(last, *offered, "{line}: {said}");
        assert_ne!(last, *not_offered);
    }
}

#[test]
fn fish_completes_behind_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = script("fish", &folder);
    for (line, offered, not_offered) in LINES {
        let program = format!("source {script}; complete -C '{line}'");
        let Some(said) = said_by("fish", &program) else { return };
        // A word, and behind a tab what it means.
        let words: Vec<&str> = said.lines().filter_map(|line| line.split('\t').next()).collect();
        assert!(words.contains(offered), "{line}: {words:?}");
        assert!(!words.contains(not_offered), "{line}: {words:?}");
    }
    // Where a value is one of some words, no file is offered.
    for line in ["eks-dns-doctor -o ", "eks-dns-doctor HOST.test --fix "] {
        let program = format!("cd {}; source {script}; complete -C '{line}'", folder.path().display());
        let Some(said) = said_by("fish", &program) else { return };
        assert!(
            !said.is_empty() && !said.lines().any(|word| word == "fish"),
            "{line}: {said}"
        );
    }
}

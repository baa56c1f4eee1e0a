//! The command lines that are run there, for a POSIX shell (IEEE Std 1003.1, Shell Command Language). Whatever comes
//! from outside stands in them quoted.
//!
//! What `ssh` sends goes to the user's login shell first, which may be fish or csh: the whole script is one word to it
//! with nothing in its quotes that these take otherwise than a POSIX shell: no backslash, and an exclamation mark
//! only before a space.

/// It is another system or architecture than this program was built for.
pub const OTHER_PLATFORM: i32 = 93;
/// No private directory could be made.
pub const NO_DIRECTORY: i32 = 94;
/// What was sent did not arrive whole.
pub const CUT_OFF: i32 = 95;
/// The facts could not be unpacked.
pub const NO_FACTS: i32 = 96;

/// Where the program is looked for beside PATH: a command run without a login shell has a short one.
const SEARCH: &str = "PATH=$PATH:/usr/local/bin:${HOME:-/root}/.local/bin:${HOME:-/root}/.cargo/bin; export PATH";

/// A word as a shell takes it back: as it is where nothing in it means anything, else in single quotes.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        // Not '\'', of which fish takes a backslash and a quote for one quote where quotes are nested.
        format!("'{}'", word.replace('\'', r#"'"'"'"#))
    }
}

/// The words of a command, quoted.
fn words(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| quote(word)).collect();
    quoted.join(" ")
}

/// Runs the program that is there; with a flag, what that names is read from its standard input. `mark` is printed
/// before.
pub fn run(arguments: &[String], flag: Option<&str>, mark: &str) -> String {
    let command = invoke("eks-dns-doctor", arguments, flag.map(|flag| (flag, "-")));
    wrapped(&format!(
        "{SEARCH}; command -v eks-dns-doctor >/dev/null || exit 127; echo {}; {command}; {}",
        quote(mark),
        ended("eks-dns-doctor"),
    ))
}

/// Takes the facts and the program from standard input, in this order and of these lengths in octets, into a private
/// directory, runs it there, and removes the directory whatever happens: at a signal, and where standard input ends
/// before the program does, which is how a lost connection shows. `platforms` are the accepted pairs of `uname -s` and
/// `uname -m`; none where the program is for a system without them, and then the place says what it is and no more.
pub fn push(
    arguments: &[String],
    flag: &str,
    (facts, program): (usize, usize),
    platforms: &[(&str, &str)],
    mark: &str,
) -> String {
    let mut accepted: Vec<String> = platforms
        .iter()
        .map(|(system, machine)| quote(&format!("{system} {machine}")))
        .collect();
    if accepted.is_empty() {
        // A pattern must stand there. What is compared with it has a space in it.
        accepted.push(quote(""));
    }
    let with_facts = (facts > 0).then_some((flag, "$d/facts"));
    let command = invoke("\"$d/eks-dns-doctor\"", arguments, with_facts);
    let whole = facts + program;
    let steps = [
        "umask 077".to_owned(),
        format!(
            "p=\"$(uname -s) $(uname -m)\"; case \"$p\" in {}) ;; *) echo \"$p\" >&2; exit {OTHER_PLATFORM};; esac",
            accepted.join("|")
        ),
        "d= k= w=".to_owned(),
        "trap '[ -z \"$d\" ] || rm -rf \"$d\"' EXIT".to_owned(),
        // In the shell that waits for the program a signal counts at once.
        "trap 'kill -9 $k $w 2>/dev/null; exit 130' HUP INT TERM PIPE".to_owned(),
        format!("d=$(mktemp -d) || exit {NO_DIRECTORY}"),
        format!("head -c {whole} >\"$d/all\" || exit {NO_DIRECTORY}"),
        format!("[ \"$(wc -c <\"$d/all\")\" -eq {whole} ] || exit {CUT_OFF}"),
        format!("head -c {facts} \"$d/all\" >\"$d/facts\" || exit {NO_DIRECTORY}"),
        format!(
            "tail -c +{} \"$d/all\" >\"$d/eks-dns-doctor\" || exit {NO_DIRECTORY}",
            facts + 1
        ),
        "rm -f \"$d/all\"".to_owned(),
        "chmod 700 \"$d/eks-dns-doctor\"".to_owned(),
        "exec 3<&0".to_owned(),
        format!("echo {}", quote(mark)),
        // `read` is the shell's own: nothing is left over that would hold the connection.
        format!("{command} 3<&- & k=$! ; (read -r x <&3; kill $$) >/dev/null 2>&1 & w=$! ; wait $k; c=$?"),
        "kill -9 $w 2>/dev/null".to_owned(),
        "[ $c -ne 2 ] || \"$d/eks-dns-doctor\" --version >&2".to_owned(),
        "exit $c".to_owned(),
    ];
    wrapped(&steps.join("; "))
}

/// For Systems Manager, whose output is short: the document comes back compressed with gzip and in base64, and so do
/// the facts that go there. The last line is `end`, so that what was cut off shows.
pub fn compressed(arguments: &[String], flag: &str, facts: Option<&str>, mark: &str, end: &str) -> String {
    let (take, with_facts) = match facts {
        Some(base64) => (
            format!(
                "printf %s {} | base64 -d | gzip -dc >\"$d/facts\" || exit {NO_FACTS}",
                quote(base64)
            ),
            Some((flag, "$d/facts")),
        ),
        None => (":".to_owned(), None),
    };
    let steps = [
        SEARCH.to_owned(),
        "umask 077".to_owned(),
        "command -v eks-dns-doctor >/dev/null || exit 127".to_owned(),
        "d=".to_owned(),
        "trap '[ -z \"$d\" ] || rm -rf \"$d\"' EXIT".to_owned(),
        "trap 'exit 130' HUP INT TERM".to_owned(),
        format!("d=$(mktemp -d) || exit {NO_DIRECTORY}"),
        take,
        format!("echo {}", quote(mark)),
        format!("{} >\"$d/out\"", invoke("eks-dns-doctor", arguments, with_facts)),
        "c=$?".to_owned(),
        "case $c in 2|126|127) eks-dns-doctor --version >&2; exit $c;; esac".to_owned(),
        // Nothing was written: why is in its exit code.
        "[ -s \"$d/out\" ] || exit $c".to_owned(),
        "gzip -9c <\"$d/out\" | base64 | tr -d '\\n'".to_owned(),
        "echo".to_owned(),
        format!("echo {}", quote(end)),
        // What the check found is in the document: a command that worked is none that failed.
        "exit 0".to_owned(),
    ];
    steps.join("; ")
}

/// The program with what is passed along, by its flag and its path.
fn invoke(program: &str, arguments: &[String], along: Option<(&str, &str)>) -> String {
    let mut command = format!("{program} {}", words(arguments));
    match along {
        Some((flag, path)) => {
            command.push(' ');
            command.push_str(flag);
            command.push_str(if path == "-" { " -" } else { " \"" });
            if path != "-" {
                command.push_str(path);
                command.push_str("\" </dev/null");
            }
        }
        None => command.push_str(" </dev/null"),
    }
    command
}

/// Keeps the exit code, and says which version it is where it did not take its command line.
fn ended(program: &str) -> String {
    format!("c=$?; [ $c -ne 2 ] || {program} --version >&2; exit $c")
}

/// As one argument of `ssh`, whatever shell the user has there.
fn wrapped(script: &str) -> String {
    format!("exec sh -c {}", quote(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_mean_something() {
        for (word, quoted) in [
            ("check", "check"),
            ("corp=tcp://10.0.0.2:53", "corp=tcp://10.0.0.2:53"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(x)", "'$(x)'"),
            ("it's", r#"'it'"'"'s'"#),
            ("a;b\n", "'a;b\n'"),
            ("~", "'~'"),
            ("[::1]:53", "'[::1]:53'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }

    #[test]
    fn what_was_sent_is_removed_whatever_happens() {
        let script = push(&["check".to_owned()], "--facts", (3, 4), &[("Linux", "x86_64")], "M");
        let trap = script.find("PIPE").unwrap_or(usize::MAX);
        assert!(trap < script.find("mktemp").unwrap_or_default(), "{script}");
        assert!(script.contains("-eq 7 ]"), "{script}");
    }

    #[test]
    fn fish_and_csh_take_a_script_as_it_is() {
        let arguments = ["check".to_owned(), "--judge=a'b".to_owned()];
        for script in [
            run(&arguments, Some("--facts"), "M"),
            push(&arguments, "--facts", (3, 4), &[("Linux", "x86_64")], "M"),
        ] {
            assert!(!script.contains(['\\', '\n']), "{script}");
            // Before a space it means nothing to csh (csh(1), History substitution).
            assert!(!script.replace("! ", "").contains('!'), "{script}");
        }
    }
}

//! The command line: arguments in, a command out. Nothing outside is touched.

pub mod args;
mod first_help;
mod nearest;
pub mod settings;
mod value;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, CommandFactory, FromArgMatches};

use crate::render::Format;
use args::{Cli, Command};
pub use nearest::nearest;
pub use settings::{UsageError, settings};

/// Why there is nothing to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NothingToRun {
    /// `--help` or `--version`: to be printed.
    Print(String),
    /// The arguments make no sense.
    Usage(UsageError),
}

/// Reads the arguments, the program's own name first.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, NothingToRun> {
    let mut definition = definition();
    definition.build();
    let args = with_interval(args.into_iter().collect());
    let (args, first) = command_first(args, &definition);
    let order: Vec<String> = args.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let is_help_alone = first.as_deref() == Some("help") && args.len() == 2;
    let wants_everything = args.iter().any(|arg| arg == "--help-all");
    let parsed = self::definition()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let (check, problem) = match parsed {
        Ok(Cli {
            command: Some(command), ..
        }) => return Ok(command),
        Ok(Cli { check, .. }) => (Some(check), None),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp => {
                let command = command_of(first.as_deref().filter(|_| !is_help_alone), &definition);
                let short = first_help::of(command).filter(|_| !wants_everything);
                let whole = || error.render().to_string();
                return Err(NothingToRun::Print(short.unwrap_or_else(whole)));
            }
            ErrorKind::DisplayVersion => {
                return Err(NothingToRun::Print(error.render().to_string()));
            }
            _ if is_unknown_flag_before(&error, first.as_deref(), &order) => {
                return Err(NothingToRun::Usage(UsageError::Arguments(condense(&error))));
            }
            _ => (None, Some(UsageError::Arguments(condense(&error)))),
        },
    };
    // What is wrong with the first word is said before what is wrong with the words that it was to explain.
    let target = check.as_ref().and_then(|check| check.target.clone());
    if let Some(word) = first.or(target)
        && !word.contains(['.', ':', '/'])
        && !word.is_empty()
        && definition.find_subcommand(&word).is_none()
    {
        let names = definition.get_subcommands().map(clap::Command::get_name);
        let meant = nearest(&word, names).first().map(|name| (*name).to_owned());
        return Err(NothingToRun::Usage(UsageError::NeitherCommandNorHost { word, meant }));
    }
    match (check, problem) {
        (Some(check), None) => Ok(Command::Check(Box::new(check))),
        (_, problem) => Err(NothingToRun::Usage(problem.unwrap_or(UsageError::EmptyTarget))),
    }
}

/// Whether the error is a flag that is not known, and stands before this word: the word was to be its value.
fn is_unknown_flag_before(error: &clap::Error, word: Option<&str>, order: &[String]) -> bool {
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else {
        return false;
    };
    let at = |is_it: &dyn Fn(&String) -> bool| order.iter().skip(1).position(is_it);
    let flag_at = at(&|one| one.split('=').next() == Some(flag.as_str()));
    let word_at = word.and_then(|word| at(&|one| one == word));
    error.kind() == ErrorKind::UnknownArgument && flag.starts_with("--") && flag_at.is_some() && flag_at < word_at
}

/// Flags with one value that says what is asked, what is expected, or where it is written. Given twice, one of the
/// values would be dropped, and a part of what was asked for would not be checked.
const ONCE: [&str; 11] = [
    "targets",
    "kubeconfig",
    "context",
    "cluster",
    "resolv_conf",
    "hosts_file",
    "tls_name",
    "expect_scope",
    "expect_view",
    "save",
    "listen",
];

/// The definition of the command line. Of a flag that is given twice the last one counts, so that an alias can have
/// defaults; those of [`ONCE`] are refused then.
fn definition() -> clap::Command {
    fn last_counts(command: clap::Command) -> clap::Command {
        command
            .mut_args(|arg| {
                let id = arg.get_id().clone();
                let has_one = matches!(arg.get_action(), ArgAction::Set | ArgAction::SetTrue);
                if has_one && !arg.is_positional() && !ONCE.contains(&id.as_str()) {
                    arg.overrides_with(id)
                } else {
                    arg
                }
            })
            .mut_subcommands(last_counts)
    }
    last_counts(Cli::command())
}

/// Whether the words ask for this format, as far as that can be told where they may be wrong otherwise: who reads the
/// exit code by its rules reads it then too.
pub fn asks_for(args: &[OsString], format: Format) -> bool {
    let name = format.as_str();
    let words: Vec<_> = args.iter().map(|word| word.to_string_lossy()).collect();
    let is_short = |word: &str| word.starts_with('-') && !word.starts_with("--") && word.ends_with('o');
    let apart = words
        .windows(2)
        .any(|pair| (pair[0] == "--output" || is_short(&pair[0])) && pair[1] == name);
    apart
        || words.iter().any(|word| {
            let of_long = word.strip_prefix("--output=");
            let of_short = word
                .strip_suffix(name)
                .filter(|short| is_short(short.trim_end_matches('=')));
            of_long == Some(name) || of_short.is_some()
        })
}

/// The command that the first word is: check, where it is no command's name.
fn command_of<'a>(first: Option<&'a str>, definition: &clap::Command) -> &'a str {
    first
        .filter(|word| definition.find_subcommand(word).is_some())
        .unwrap_or("check")
}

/// Joins `--watch` with the word behind it where that is a time, as `--watch=5s`: else a TARGET behind it would be
/// taken for one.
fn with_interval(args: Vec<OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::with_capacity(args.len());
    let mut args = args.into_iter().peekable();
    let mut flags_over = false;
    while let Some(word) = args.next() {
        flags_over |= word == "--";
        let interval = args.next_if(|next| {
            let next = next.to_string_lossy();
            !flags_over
                && word == "--watch"
                && (next.bytes().all(|octet| octet.is_ascii_digit()) || humantime::parse_duration(&next).is_ok())
        });
        joined.push(match interval {
            Some(interval) => {
                let mut whole = OsString::from("--watch=");
                whole.push(interval);
                whole
            }
            None if !flags_over && word == "--watch" => "--watch=10s".into(),
            None => word,
        });
    }
    joined
}

/// Puts the name of a command first where flags stand in front of it, as in `--no-os check HOST`, and returns
/// the word that decided: the first that is neither a flag nor the value of one.
fn command_first(mut args: Vec<OsString>, definition: &clap::Command) -> (Vec<OsString>, Option<String>) {
    let takes_value = |is_it: &dyn Fn(&clap::Arg) -> bool| {
        definition
            .get_arguments()
            .any(|arg| arg.get_action().takes_values() && is_it(arg))
    };
    let mut index = 1;
    while let Some(word) = args.get(index).map(|word| word.to_string_lossy()) {
        if word == "--" {
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            if takes_value(&|arg| arg.get_long() == Some(long)) {
                index += 1;
            }
        } else if let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            // `-vo json`: the first that takes a value takes the rest of the word, else the next word.
            let value_at = cluster.find(|flag: char| takes_value(&|arg| arg.get_short() == Some(flag)));
            if value_at.is_some_and(|at| at + 1 == cluster.len()) {
                index += 1;
            }
        } else {
            let word = word.into_owned();
            if definition.find_subcommand(&word).is_some() {
                args[1..=index].rotate_right(1);
            }
            return (args, Some(word));
        }
        index += 1;
    }
    (args, None)
}

/// The name of an argument. clap shows it with its value, as `--samples <N>` or `--watch[=<INTERVAL>]`, or in brackets,
/// as `[TARGET]`.
fn named(shown: &str) -> String {
    let shown = shown.trim_start_matches(['[', '<']);
    let first = shown.split([' ', '=', '[']).next().unwrap_or_default();
    first.trim_end_matches([']', '>', '.']).to_owned()
}

/// One line of what clap says in several.
fn condense(error: &clap::Error) -> String {
    let context = |kind| {
        Some(match error.get(kind)? {
            ContextValue::String(text) => text.clone(),
            ContextValue::Strings(texts) => texts.join(", "),
            _ => return None,
        })
        .filter(|text| !text.is_empty())
    };
    let name = || named(&context(ContextKind::InvalidArg).unwrap_or_default());
    let value = context(ContextKind::InvalidValue);
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => Some(*number),
        _ => None,
    };
    match error.kind() {
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            format!("{}: {}", name(), reason.unwrap_or_default())
        }
        ErrorKind::InvalidValue => {
            let choices = match error.get(ContextKind::ValidValue) {
                Some(ContextValue::Strings(choices)) => choices.as_slice(),
                _ => &[],
            };
            invalid_value(
                &name(),
                &context(ContextKind::InvalidArg).unwrap_or_default(),
                value.as_deref(),
                choices,
            )
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            let least = number(ContextKind::MinValues)
                .or(number(ContextKind::ExpectedNumValues))
                .unwrap_or(1);
            let given = number(ContextKind::ActualNumValues).unwrap_or_default();
            format!("{} is there {given} time, and {least} are needed: name another", name())
        }
        ErrorKind::ArgumentConflict if error.get(ContextKind::InvalidSubcommand).is_none() => {
            let (name, other) = (name(), named(&context(ContextKind::PriorArg).unwrap_or_default()));
            if name == other {
                format!("{name} is given twice, and only one value can be used: take one of them away")
            } else {
                let why = why_not_both(&name, &other)
                    .map(|why| format!("{why}, so "))
                    .unwrap_or_default();
                format!("{name} and {other} exclude each other: {why}take one of them away")
            }
        }
        ErrorKind::UnknownArgument => {
            let argument = context(ContextKind::InvalidArg).unwrap_or_default();
            if argument.starts_with('-') {
                let meant = context(ContextKind::SuggestedArg)
                    .map(|meant| format!(" (did you mean {meant}?)"))
                    .unwrap_or_default();
                format!("{argument:?} is not a flag of this command{meant}: see --help")
            } else {
                format!("{argument:?} is one argument too many: see --help")
            }
        }
        ErrorKind::ArgumentConflict if error.get(ContextKind::InvalidSubcommand).is_some() => {
            let word = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("{word:?} is one argument too many: see --help")
        }
        ErrorKind::TooManyValues => format!("{} takes no value: leave it out", name()),
        ErrorKind::MissingRequiredArgument => format!("{} is missing: name one, as --help shows", name()),
        ErrorKind::InvalidSubcommand => {
            let word = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!("{word:?} is not a command: see --help")
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8: only files may have such names".to_owned(),
        // Nothing of the rest can be given with this definition; clap's own words are nobody's here.
        _ => "these arguments do not go together: see --help".to_owned(),
    }
}

/// The most values that are named; of more, the nearest one is.
const FEW: usize = 3;

/// What is said of a value that is none of those that an argument takes, or of one that is missing.
fn invalid_value(name: &str, shown: &str, value: Option<&str>, choices: &[String]) -> String {
    let choices = || choices.iter().map(String::as_str);
    let few = || (choices().count() <= FEW).then(|| choices().collect::<Vec<_>>().join(" or "));
    let Some(value) = value else {
        let form = shown.replace(['<', '>'], "");
        return match few().filter(|few| !few.is_empty()) {
            Some(few) => format!("{name} needs a value: write {few}"),
            None => format!("{name} needs a value: write {form}"),
        };
    };
    if name == "--output" && value.parse::<Format>().is_ok() {
        let choices: Vec<&str> = choices().collect();
        return format!(
            "{name}: {value:?} is not a format of this command: write {}",
            choices.join(" or ")
        );
    }
    if let Some(near) = nearest(value, choices()).first() {
        return format!("{name}: {value:?} is not known (did you mean {near}?): write that, or see --help");
    }
    match few() {
        Some(few) => format!("{name}: {value:?} is not known: write {few}"),
        None => format!("{name}: {value:?} is not known: write one that --help names"),
    }
}

/// Why two flags exclude each other, where the flags do not say it themselves.
fn why_not_both(one: &str, other: &str) -> Option<&'static str> {
    match (one, other) {
        ("--watch", "--via") | ("--via", "--watch") => Some("a watch is of this place alone"),
        ("--watch", "--samples") | ("--samples", "--watch") => Some("a watch asks again in each round"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

    use super::*;

    const HOST: &str = "api.example.test";

    fn parse(line: &str) -> Result<Command, NothingToRun> {
        let words = std::iter::once("eks-dns-doctor").chain(line.split_whitespace());
        super::parse(words.map(OsString::from))
    }

    #[test]
    fn a_flag_that_is_not_known_is_named_and_not_its_value() {
        let said = usage("--clustr foo");
        assert!(said.starts_with("\"--clustr\" is not a flag"), "{said}");
        let said = usage("--clustr=foo bar");
        assert!(said.starts_with("\"--clustr\" is not a flag"), "{said}");
        // The first word that is no command is what its flags were for.
        let said = usage("chekc --clustr foo");
        assert!(said.contains("\"chekc\""), "{said}");
    }

    fn usage(line: &str) -> String {
        match parse(line) {
            Err(NothingToRun::Usage(error)) => error.to_string(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_holds() {
        Cli::command().debug_assert();
    }

    #[test]
    fn check_is_the_default_and_flags_may_stand_anywhere() {
        for line in [
            "HOST -v -o json --samples 3",
            "check HOST -v -o json --samples 3",
            "-v -o json --samples 3 HOST",
            "-v -o json --samples 3 check HOST",
            "-vo json --samples=3 check HOST",
            "-vojson check --samples 3 HOST",
            "-v --samples 3 HOST -o json",
            "-v --samples 3 -o json -- HOST",
        ] {
            let Ok(Command::Check(args)) = parse(&line.replace("HOST", HOST)) else {
                panic!("{line}");
            };
            assert_eq!(args.target.as_deref(), Some(HOST), "{line}");
            assert_eq!(args.samples, 3, "{line}");
            assert_eq!(args.output.format.as_str(), "json", "{line}");
            assert!(args.output.verbose, "{line}");
        }
    }

    #[test]
    fn a_plugin_is_one_where_its_arguments_are_wrong_too() {
        let asks = |line: &str| {
            let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            asks_for(&words, Format::Nagios)
        };
        for line in [
            "x -o nagios",
            "x --output=nagios --wrong",
            "x -vo nagios",
            "-onagios",
            "x --output nagios",
        ] {
            assert!(asks(line), "{line}");
        }
        for line in [
            "x nagios",
            "x -o json nagios",
            "x -o nagiosx",
            "x --output",
            "nagios",
            "x --vantage-o nagios",
        ] {
            assert!(!asks(line), "{line}");
        }
    }

    #[test]
    fn a_watch_takes_a_time_and_leaves_a_target() {
        for (line, seconds) in [
            ("--watch HOST.test", 10),
            ("HOST.test --watch", 10),
            ("--watch 5s HOST.test", 5),
            ("check --watch=1m HOST.test --until healthy --for 3m", 60),
            ("--watch check HOST.test", 10),
        ] {
            let Ok(Command::Check(args)) = parse(line) else {
                panic!("{line}");
            };
            assert_eq!(args.target.as_deref(), Some("HOST.test"), "{line}");
            assert_eq!(args.watch, Some(std::time::Duration::from_secs(seconds)));
        }
        for line in [
            "HOST.test --watch 5",
            "HOST.test --watch 1s",
            "HOST.test --watch 2h",
            "HOST.test --until healthy",
            "HOST.test --for 5m",
            "HOST.test --watch --samples 3",
            "HOST.test --watch --until broken",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
        assert_eq!(
            usage("HOST.test --watch 1s"),
            "--watch: \"1s\" is too often: write at least 2s"
        );
    }

    #[test]
    fn a_value_is_never_taken_for_a_command() {
        let Ok(Command::Check(args)) = parse("--judge check --vantage demo check explain") else {
            panic!("not a check");
        };
        assert_eq!(args.judge, ["check"]);
        assert_eq!(args.vantage.as_deref(), Some("demo"));
        assert_eq!(args.target.as_deref(), Some("explain"));
    }

    #[test]
    fn the_last_of_a_repeated_flag_counts() {
        let Ok(Command::Check(args)) = parse("check a.test --samples 2 -v --samples 3 -v") else {
            panic!("not a check");
        };
        assert_eq!(args.samples, 3);
    }

    #[test]
    fn what_would_drop_a_part_of_the_question_is_refused() {
        for flag in [
            "--targets",
            "--kubeconfig",
            "--context",
            "--cluster",
            "--resolv-conf",
            "--hosts-file",
            "--save",
        ] {
            assert_eq!(
                usage(&format!("check {flag} a-x {flag} b-x")),
                format!("{flag} is given twice, and only one value can be used: take one of them away")
            );
        }
        for line in [
            "a.test --expect-scope private --expect-scope public",
            "--targets a.x check --targets=b.x",
            "serve --listen 127.0.0.1:1 --listen 127.0.0.1:2",
            "facts --kubeconfig a.x --kubeconfig b.x",
            "compare a.x b.x --save c.x --save d.x",
        ] {
            assert!(usage(line).contains(" is given twice"), "{line}: {}", usage(line));
        }
        for id in ONCE {
            let mut commands = vec![definition()];
            commands.extend(definition().get_subcommands().cloned());
            let mut arguments = commands.iter().flat_map(clap::Command::get_arguments);
            assert!(arguments.any(|arg| arg.get_id() == id), "{id}");
        }
    }

    #[test]
    fn flags_that_exclude_each_other_are_named_without_their_values() {
        assert_eq!(
            usage("a.test --watch --via ssh:h"),
            "--watch and --via exclude each other: a watch is of this place alone, so take one of them away"
        );
        assert_eq!(
            usage("a.test --watch --samples 3"),
            "--watch and --samples exclude each other: a watch asks again in each round, so take one of them away"
        );
    }

    /// The short help is written by hand: what it names is there, and it fits a screen.
    #[test]
    fn the_first_help_names_what_is_there() {
        let mut definition = Cli::command();
        definition.build();
        for command in ["check", "serve"] {
            let help = first_help::of(command).unwrap();
            let flags = definition.find_subcommand(command).unwrap_or(&definition);
            let mut seen = 0;
            for word in help.split([' ', ',', '\n', '[']) {
                let is_known = match word.strip_prefix("--") {
                    Some(long) => flags.get_arguments().any(|arg| arg.get_long() == Some(long)) || long == "list",
                    None => continue,
                };
                assert!(is_known, "{command}: {word}");
                seen += 1;
            }
            assert!(seen > 15, "{command}: {seen}");
            for line in help.lines() {
                assert!(line.chars().count() <= 80, "{line}");
            }
            let lines = help.lines().count();
            assert!(lines < 50, "{command}: {lines}");
        }
        let print = |command| NothingToRun::Print(first_help::of(command).unwrap());
        for line in [
            "-h",
            "--help",
            "check -h",
            "check --help",
            "HOST.test -v --help",
            "help",
        ] {
            assert_eq!(parse(line).unwrap_err(), print("check"), "{line}");
        }
        for line in ["serve -h", "serve --help", "serve HOST.test --help"] {
            assert_eq!(parse(line).unwrap_err(), print("serve"), "{line}");
        }
        for line in [
            "--help-all",
            "check --help-all",
            "-h --help-all",
            "help check",
            "serve --help-all",
            "compare -h",
        ] {
            let Err(NothingToRun::Print(text)) = parse(line) else {
                panic!("{line}");
            };
            assert!(
                ["check", "serve"]
                    .iter()
                    .all(|of| first_help::of(of).as_ref() != Some(&text)),
                "{line}"
            );
        }
    }

    #[test]
    fn other_commands() {
        assert!(matches!(parse("explain no-forwarding"), Ok(Command::Explain(_))));
        assert!(matches!(parse("demo --list"), Ok(Command::Demo(_))));
        assert!(matches!(parse("man"), Ok(Command::Man)));
        assert!(matches!(parse("completions zsh"), Ok(Command::Completions(_))));
        assert!(matches!(parse("help check"), Err(NothingToRun::Print(_))));
    }

    #[test]
    fn what_is_wrong_is_one_line_that_says_where_and_what_to_do() {
        for (line, expected) in [
            (
                "chekc",
                r#""chekc" is neither a command nor a host name with a dot (did you mean check?): to look up a name without a dot, write check "chekc""#,
            ),
            (
                "watch capture.json",
                r#""watch" is neither a command nor a host name with a dot: to look up a name without a dot, write check "watch""#,
            ),
            (
                "--clusters a.test",
                r#""--clusters" is not a flag of this command (did you mean --cluster?): see --help"#,
            ),
            (
                "--resolvr 10.0.0.1 a.test",
                r#""--resolvr" is not a flag of this command (did you mean --resolver?): see --help"#,
            ),
            ("a.test b.test", r#""b.test" is one argument too many: see --help"#),
            ("a.test check", r#""check" is one argument too many: see --help"#),
            ("a.test --timeout", "--timeout needs a value: write --timeout DURATION"),
            ("a.test --no-os=yes", "--no-os takes no value: leave it out"),
            (
                "a.test -o yaml",
                r#"--output: "yaml" is not known: write one that --help names"#,
            ),
            (
                "a.test -o jsno",
                r#"--output: "jsno" is not known (did you mean json?): write that, or see --help"#,
            ),
            ("a.test -o", "--output needs a value: write --output FORMAT"),
            (
                "explain no-forwarding -o junit",
                r#"--output: "junit" is not a format of this command: write table or json"#,
            ),
            (
                "a.test --fail-on info",
                r#"--fail-on: "info" is not known: write error or warning"#,
            ),
            ("completions", "SHELL is missing: name one, as --help shows"),
            (
                "completions fihs",
                r#"SHELL: "fihs" is not known (did you mean fish?): write that, or see --help"#,
            ),
            (
                "compare a.json",
                "CAPTURE is there 1 time, and 2 are needed: name another",
            ),
            (
                "a.test --watch 5s --samples 3",
                "--watch and --samples exclude each other: a watch asks again in each round, so take one of them away",
            ),
            ("help nothing", r#""nothing" is not a command: see --help"#),
            (
                "a.test --resolver corp",
                r#"--resolver: "corp" is not an IP address: write 10.0.0.2, 10.0.0.2:53, 2001:db8::1 or [2001:db8::1]:53 (a resolver cannot be named by a host name, which would have to be resolved first)"#,
            ),
        ] {
            assert_eq!(usage(line), expected, "{line}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn arguments_that_are_not_text() {
        use std::os::unix::ffi::OsStringExt;
        let bad = OsString::from_vec(b"a\xff.test".to_vec());
        let words = [OsString::from("eks-dns-doctor"), bad];
        assert!(matches!(super::parse(words), Err(NothingToRun::Usage(_))));
        let file = OsString::from_vec(b"--save=a\xff.json".to_vec());
        let words = ["eks-dns-doctor", "check", "a.test"].map(OsString::from);
        super::parse(words.into_iter().chain([file])).unwrap();
    }
}

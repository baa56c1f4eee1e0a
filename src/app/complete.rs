//! `completions` and `man`: both from the definition of the command line.

use std::fmt::Write;

use clap::builder::PossibleValuesParser;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Error, output};
use crate::cli::args::{Cli, EXAMPLES, EXIT_CODES, NAME};
use crate::lab;
use crate::places::PLACE_RULES;
use crate::report::exit;
use crate::rules::RULES;
use crate::software::Software;

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<u8, Error> {
    output::stdout(script(shell).as_bytes())?;
    Ok(exit::HEALTHY)
}

/// The completions, with what clap_complete (4.6) gets wrong here put right.
fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut with_names(), NAME, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        // A hyphen in the program's name is written in two ways, and no command is found by the second
        // (clap, issue 6421).
        Shell::Bash => script.replace(&NAME.replace('-', "__subcmd__"), &NAME.replace('-', "__")),
        Shell::Zsh => zsh_of_no_command(&without_target(&script)),
        Shell::Fish => fish_of_no_command(&script) + &fish_words(),
        _ => script,
    }
}

/// The definition of the command line with the names that an argument may be, where any text is taken.
fn with_names() -> Command {
    let findings = || {
        let of_one_place = RULES.iter().map(|rule| rule.name);
        let all = of_one_place.chain(PLACE_RULES.iter().map(|rule| rule.name));
        all.collect::<Vec<_>>()
    };
    let definition = Cli::command()
        .mut_subcommand("explain", |explain| {
            explain.mut_arg("what", |what| what.value_parser(PossibleValuesParser::new(findings())))
        })
        .mut_subcommand("demo", |demo| {
            let scenarios = PossibleValuesParser::new(lab::names());
            demo.mut_arg("scenario", |scenario| scenario.value_parser(scenarios))
        });
    let with_fix = |command: Command| {
        let software = Software::ALL.iter().map(|software| software.as_str()).chain(["all"]);
        let software = PossibleValuesParser::new(software);
        if command.get_arguments().any(|flag| flag.get_id() == "fix") {
            command.mut_arg("fix", |fix| fix.value_parser(software))
        } else {
            command
        }
    };
    with_fix(definition).mut_subcommands(with_fix)
}

/// What fish needs for the names that an argument of a command may be: clap_complete writes the flags' alone.
fn fish_words() -> String {
    let function = NAME.replace('-', "_");
    let mut lines = String::new();
    for command in with_names().get_subcommands() {
        let possible = command.get_positionals().flat_map(clap::Arg::get_possible_values);
        let names: Vec<String> = possible.map(|value| value.get_name().to_owned()).collect();
        if !names.is_empty() {
            let (command, names) = (command.get_name(), names.join(" "));
            let is_it = format!("__fish_{function}_using_subcommand {command}");
            let _ = writeln!(lines, "complete -c {NAME} -n \"{is_it}\" -f -a \"{names}\"");
        }
    }
    lines
}

/// The script of zsh without the TARGET of no command: the word behind the program is the command, and zsh would take
/// it for the TARGET and the next for the command.
fn without_target(script: &str) -> String {
    let commands = format!("\":: :_{NAME}_commands\" \\");
    let (before, behind) = script.split_once(&commands).unwrap_or((script, ""));
    let before = before.rsplit_once("\n'::target").map_or(before, |(before, _)| before);
    format!("{before}\n{commands}{behind}").replace("$line[2]", "$line[1]")
}

/// The commands that are named on the line, `help` too.
fn commands() -> String {
    let mut definition = Cli::command();
    definition.build();
    let names: Vec<&str> = definition.get_subcommands().map(Command::get_name).collect();
    names.join(" ")
}

/// The script of zsh with the flags of check behind a first word that is no command: there they are the program's.
fn zsh_of_no_command(script: &str) -> String {
    let first = "        case $line[1] in\n";
    let known = format!(
        "        local -a known=({})\n        case ${{${{(M)known:#$line[1]}}:-check}} in\n",
        commands()
    );
    script.replacen(first, &known, 1)
}

/// The script of fish with the program's own flags behind a TARGET too, and with their values where one is begun: what
/// clap_complete asks for ends at the first word, and at a flag without its value.
fn fish_of_no_command(script: &str) -> String {
    let function = NAME.replace('-', "_");
    let of_flags = |name: &str, flag: &str| format!("complete -c {NAME} -n \"__fish_{function}_{name}\" -{flag} ");
    let asked = ["l", "s"].iter().fold(script.to_owned(), |script, flag| {
        script.replace(&of_flags("needs_command", flag), &of_flags("of_no_command", flag))
    });
    format!(
        "{asked}
function __fish_{function}_of_no_command
    set -l cmd (commandline -opc)
    set -e cmd[1]
    # A flag whose value is begun has none yet.
    argparse -s (__fish_{function}_global_optspecs) -- $cmd 2>/dev/null
    or set -e cmd[-1]
    argparse -s (__fish_{function}_global_optspecs) -- $cmd 2>/dev/null
    or return
    not contains -- \"$argv[1]\" {}
end
",
        commands()
    )
}

/// Prints the manual page.
pub(super) fn man() -> Result<u8, Error> {
    let mut page = Vec::new();
    write_man(&mut page).map_err(Error::Stdout)?;
    output::stdout(&page)?;
    Ok(exit::HEALTHY)
}

/// One page for all commands: clap_mangen would refer to a page for each.
fn write_man(page: &mut Vec<u8>) -> std::io::Result<()> {
    let man = Man::new(Cli::command());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    let mut definition = Cli::command();
    definition.build();
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for command in definition.get_subcommands() {
        roff.control("TP", []);
        roff.text([bold(synopsis(command, &definition))]);
        roff.text([roman(command.get_about().map(ToString::to_string).unwrap_or_default())]);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in EXIT_CODES {
        roff.control("TP", []);
        roff.text([bold(code.to_string())]);
        roff.text([roman(*meaning)]);
    }
    roff.control("SH", ["EXAMPLES"]);
    for (command, meaning) in EXAMPLES {
        roff.control("TP", []);
        roff.text([bold(*command)]);
        roff.text([roman(*meaning)]);
    }
    roff.to_writer(page)
}

/// A command with its own words and flags; those that check has too are described once.
fn synopsis(command: &Command, check: &Command) -> String {
    let mut text = format!("{NAME} {}", command.get_name());
    let longs = command.get_arguments().filter_map(|flag| flag.get_long());
    for long in longs {
        if !check.get_arguments().any(|other| other.get_long() == Some(long)) {
            let _ = write!(text, " [--{long}]");
        }
    }
    for argument in command.get_positionals() {
        let name = argument.get_value_names().and_then(<[_]>::first);
        let name = name.map_or_else(|| argument.get_id().as_str(), |name| name.as_str());
        let (open, close) = if argument.is_required_set() {
            ("", "")
        } else {
            ("[", "]")
        };
        let _ = write!(text, " {open}{name}{close}");
    }
    text
}

//! `completions` and `man`: both from the definition of the command line.

use std::fmt::Write;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{Error, output};
use crate::cli::args::{Cli, EXAMPLES, EXIT_CODES, NAME};
use crate::report::exit;

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), NAME, &mut script);
    output::stdout(&script)?;
    Ok(exit::HEALTHY)
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

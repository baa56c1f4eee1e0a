//! All writing: the report to standard output, everything else to standard error, the capture to its file.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;

use super::{Error, drawn};
use crate::cli::args::{Color, NOTHING_TO_ASK, OutputArgs};
use crate::limits;
use crate::redact;
use crate::render::{self, Format, Style, text};
use crate::report::Report;
use crate::url;

/// Characters behind a word that is quoted: the quotation mark and a colon.
const QUOTE: usize = 2;
/// Columns where the terminal's width is not known.
pub(super) const WIDTH: usize = 80;
/// Widths that are believed.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=400;

/// Writes to standard output. A reader that has gone away is no error.
pub(super) fn stdout(bytes: &[u8]) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Stdout(error)),
        _ => Ok(()),
    }
}

/// Writes a line to standard error, as far as there is anybody to read it.
fn stderr(line: &str) {
    drawn::clear();
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says why something could not be done, on one line, redacted where the report would be.
pub(super) fn error(error: &Error, redacts: bool) {
    stderr(&format!("error: {}", said(error, redacts)));
}

/// Why something could not be done, on one line, redacted where the report would be.
pub(super) fn said(error: &Error, redacts: bool) -> String {
    let said = error.to_string();
    sayable(&if redacts { redact::text(&said) } else { said })
}

/// Says what can be done where there is no cluster to ask about, and why there is none, to somebody who gave no
/// argument.
pub(super) fn nothing_to_ask(why: &str) {
    stderr(&format!("error: no cluster to ask about: {}", sayable(why)));
    let _ = io::stderr().lock().write_all(NOTHING_TO_ASK.as_bytes());
}

/// A text from outside on one line, without the passwords of its URLs, and cut where it is long.
pub(super) fn sayable(text: &str) -> String {
    cut(&text::escape(&url::without_passwords(text)))
}

/// A line without what is too long of it: the ends of its words, and then its middle. An error begins with what it is
/// about and ends with what to do.
fn cut(line: &str) -> String {
    let words: Vec<String> = line
        .split(' ')
        .map(|word| middle_out(word, limits::ERROR_WORD, QUOTE))
        .collect();
    middle_out(&words.join(" "), limits::ERROR_PART, limits::ERROR_PART)
}

/// A text with no more than so many characters of its beginning and of its end.
fn middle_out(text: &str, beginning: usize, end: usize) -> String {
    let Some(behind) = text.chars().count().checked_sub(beginning + end + 1) else {
        return text.to_owned();
    };
    let rest: String = text.chars().skip(beginning + 1 + behind).collect();
    format!("{}{rest}", crate::text::shortened(text, beginning))
}

/// Whether a line is printed as each resolver answers.
pub(super) fn shows_progress(args: &OutputArgs) -> bool {
    args.verbose || (!args.quiet && io::stderr().is_terminal())
}

/// Prints a line that [`render::row_line`] made.
pub(super) fn progress(line: &str) {
    stderr(line);
}

/// A line of text from outside, redacted where that is asked for and safe to print.
pub(super) fn line(text: &str, args: &OutputArgs) -> String {
    let redacted = if args.redact {
        redact::text(text)
    } else {
        text.to_owned()
    };
    if args.ascii {
        text::escape_ascii(&redacted)
    } else {
        text::escape(&redacted)
    }
}

/// What the output can show, from the flags, the environment and where it goes.
/// `takes_colours` readies the terminal for them, and is asked where they are to be shown.
fn style(
    args: &OutputArgs,
    variable: impl Fn(&str) -> Option<String>,
    terminal: bool,
    takes_colours: impl Fn() -> bool,
) -> Style {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let color = match args.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto if !terminal || set("TERM").as_deref() == Some("dumb") => false,
        // A terminal with this variable is none of Windows' own consoles.
        Color::Auto => takes_colours() || set("TERM").is_some(),
    };
    if color && terminal && args.color != Color::Auto {
        takes_colours();
    }
    let columns = set("COLUMNS").filter(|_| terminal);
    Style {
        color,
        ascii: args.ascii,
        width: columns
            .and_then(|columns| columns.parse().ok())
            .or_else(|| self::columns().filter(|_| terminal))
            .filter(|columns| WIDTHS.contains(columns))
            .unwrap_or(WIDTH),
        verbose: args.verbose,
        fix: args.fix.unwrap_or_default(),
    }
}

/// Whether the terminal shows colours. A console of Windows does after it was asked to
/// (ENABLE_VIRTUAL_TERMINAL_PROCESSING in Microsoft's "Console Virtual Terminal Sequences"), unless it is older than
/// that.
#[cfg(windows)]
fn takes_colours() -> bool {
    anstyle_query::windows::enable_ansi_colors() == Some(true)
}

#[cfg(not(windows))]
fn takes_colours() -> bool {
    true
}

/// What standard output can show where it is a terminal.
pub(super) fn terminal_style(args: &OutputArgs) -> Style {
    style(args, variable, io::stdout().is_terminal(), takes_colours)
}

/// Whether a terminal understands the sequences that move its cursor.
pub(super) fn can_move_cursor() -> bool {
    variable("TERM").is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// Whether a job of a pipeline runs it, as those say that run jobs.
pub(super) fn is_in_a_pipeline() -> bool {
    variable("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

/// The columns of the terminal that standard error is.
pub(super) fn columns_of_stderr() -> usize {
    let size = terminal_size::terminal_size_of(io::stderr());
    size.map_or(WIDTH, |(columns, _)| columns.0.into())
}

/// The terminal's own width, where standard output is one.
fn columns() -> Option<usize> {
    terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| columns.0.into())
}

#[expect(
    clippy::disallowed_methods,
    reason = "what the terminal can show is said by the environment"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Prints the report and saves it, as asked.
pub(super) fn deliver(report: &Report, args: &OutputArgs) -> Result<(), Error> {
    deliver_from(report, args, None)
}

/// As [`deliver`]; `vantage` is the name that the user gave to the vantage, which is not redacted.
pub(super) fn deliver_from(report: &Report, args: &OutputArgs, vantage: Option<&str>) -> Result<(), Error> {
    let redacted;
    let report = if args.redact {
        redacted = redact::report(report.clone(), vantage)?;
        &redacted
    } else {
        report
    };
    let with_why = || report.clone().with_why();
    // The folded part of a comment on a ticket has all that -v has.
    let in_full = args.verbose || args.format == Format::Markdown;
    let reasoned = (args.explain_why || in_full).then(with_why);
    deliver_as(args, |format, style, out| {
        // The document is the same whatever is printed beside it: only the flag puts the reasons into it.
        let shows = args.explain_why || !matches!(format, Format::Json | Format::Jsonl);
        let report = reasoned.as_ref().filter(|_| shows).unwrap_or(report);
        render::render(report, format, style, out)
    })
}

/// Prints a document and saves it as JSON, as asked.
pub(super) fn deliver_as(
    args: &OutputArgs,
    render: impl Fn(Format, &Style, &mut dyn fmt::Write) -> fmt::Result,
) -> Result<(), Error> {
    let style = style(args, variable, io::stdout().is_terminal(), takes_colours);
    let rendered = |format| -> Result<String, Error> {
        let mut text = String::new();
        render(format, &style, &mut text)?;
        Ok(text)
    };
    let printed = if args.quiet {
        Ok(())
    } else {
        rendered(args.format).and_then(|text| stdout(text.as_bytes()))
    };
    if let Some(path) = &args.save {
        let json = rendered(Format::Json)?;
        save(path, json.as_bytes()).map_err(|error| refused(path, reason(&error)))?;
    }
    printed
}

/// Why nothing can be written to standard output, in our words, and what to do.
pub(super) fn reason_of_stdout(error: &io::Error) -> String {
    if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded) {
        return "there is no room left where it goes: make some, or send it elsewhere".to_owned();
    }
    let number = error.raw_os_error();
    number.map_or_else(
        || "whoever takes it has ended: send it elsewhere".to_owned(),
        |number| format!("error {number} of the operating system: send it elsewhere"),
    )
}

/// Why a file cannot be written, in our words, and what to do.
fn reason(error: &io::Error) -> String {
    let said = match error.kind() {
        ErrorKind::NotFound => "its directory is not there: make it first",
        ErrorKind::PermissionDenied => "this user may not write there: name another place",
        ErrorKind::NotADirectory => "a part of its path is no directory: name another place",
        ErrorKind::ReadOnlyFilesystem => "the file system can only be read: name another place",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "there is no room left: make some, or name another place",
        ErrorKind::InvalidFilename => "the system takes no such name: write a shorter one",
        _ => {
            let number = error.raw_os_error();
            let number = number.map(|number| format!(" (error {number} of the operating system)"));
            return format!("it cannot be written{}: name another place", number.unwrap_or_default());
        }
    };
    said.to_owned()
}

fn refused(path: &Path, reason: impl Into<String>) -> Error {
    Error::Save {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// Whether a file can be put there, as far as that can be told before there is anything to write.
pub(super) fn check_save(args: &OutputArgs) -> Result<(), Error> {
    match &args.save {
        Some(path) => check_writable(path),
        None => Ok(()),
    }
}

/// As [`check_save`], for a file of any kind.
pub(super) fn check_writable(path: &Path) -> Result<(), Error> {
    if path.file_name().is_none() {
        return Err(refused(path, "not the name of a file: write one"));
    }
    if path.to_string_lossy().ends_with(std::path::is_separator) {
        return Err(refused(path, "the name of a directory: name a file in it"));
    }
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(found) if found.is_dir() => {
            return Err(refused(path, "a directory: name a file in it"));
        }
        // Renaming over a device or a link would take its place rather than write to it.
        Ok(_) => return Err(refused(path, "not a regular file: name another")),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(refused(path, reason(&error))),
    }
    let directory = directory_of(path);
    match fs::metadata(directory) {
        Ok(found) if found.is_dir() => Ok(()),
        _ => Err(refused(
            path,
            format!("{} is not a directory: make it first", directory.display()),
        )),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Writes a file in one step.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    save(path, bytes).map_err(|error| refused(path, reason(&error)))
}

/// Says something beside the data, on standard error.
pub(super) fn note(text: &str) {
    stderr(&sayable(text));
}

/// Writes beside the file and renames, so that a reader never sees half of it.
fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let random: u64 = rand::random();
    let beside = directory_of(path).join(format!(".eks-dns-doctor-{random:016x}.tmp"));
    let written = create_private(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            // A disk that is full may say so only here.
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What matters is why it could not be written.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// A new file that only its owner can read: a capture names internal addresses.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
    #![expect(clippy::disallowed_methods, reason = "a test reads what was written")]

    use super::*;

    fn args() -> OutputArgs {
        OutputArgs {
            format: Format::Table,
            save: None,
            redact: false,
            verbose: false,
            explain_why: false,
            fix: None,
            quiet: false,
            color: Color::Auto,
            ascii: false,
        }
    }

    fn styled(args: &OutputArgs, environment: &[(&str, &str)], terminal: bool) -> Style {
        let variable = |name: &str| {
            let found = environment.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        style(args, variable, terminal, || true)
    }

    #[test]
    fn colour_by_flag_then_environment_then_terminal() {
        for (environment, terminal, color) in [
            (&[][..], true, true),
            (&[], false, false),
            (&[("TERM", "dumb")], true, false),
            (&[("TERM", "xterm")], true, true),
            (&[("NO_COLOR", "1")], true, false),
            (&[("NO_COLOR", "")], true, true),
            (&[("CLICOLOR_FORCE", "1")], false, true),
            (&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], false, true),
            (&[("CLICOLOR_FORCE", "0")], false, false),
            (&[("CLICOLOR_FORCE", "")], false, false),
            (&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true, false),
        ] {
            let found = styled(&args(), environment, terminal);
            assert_eq!(found.color, color, "{environment:?} {terminal}");
        }
        let always = OutputArgs {
            color: Color::Always,
            ..args()
        };
        assert!(styled(&always, &[("NO_COLOR", "1")], false).color);
        let never = OutputArgs {
            color: Color::Never,
            ..args()
        };
        assert!(!styled(&never, &[("CLICOLOR_FORCE", "1")], true).color);
    }

    /// A console of Windows that was asked, and does not show colours, gets none.
    #[test]
    fn a_console_that_takes_no_colours_gets_none() {
        let color = |term: Option<&str>, takes: bool| {
            let variable = |name: &str| term.filter(|_| name == "TERM").map(str::to_owned);
            style(&args(), variable, true, || takes).color
        };
        assert!(!color(None, false) && color(None, true));
        assert!(color(Some("xterm"), false) && !color(Some("dumb"), true));
    }

    #[test]
    fn width_is_believed_within_reason_and_on_a_terminal() {
        for (columns, terminal, width) in [
            ("120", true, 120),
            ("120", false, 80),
            ("39", true, 80),
            ("401", true, 80),
            ("wide", true, 80),
            ("", true, 80),
        ] {
            let found = styled(&args(), &[("COLUMNS", columns)], terminal);
            assert_eq!(found.width, width, "{columns:?}");
        }
        assert_eq!(styled(&args(), &[], true).width, 80);
    }

    #[test]
    fn an_error_keeps_its_beginning_and_its_end() {
        let long = "x".repeat(1_000_000);
        let said = sayable(&format!("{long:?}: is no name; name another"));
        assert_eq!(
            said,
            format!("\"{}…\": is no name; name another", "x".repeat(limits::ERROR_WORD - 1))
        );
        let said = sayable(&format!("begin {} end", "word ".repeat(1_000_000)));
        assert!(said.starts_with("begin word") && said.ends_with("word  end"), "{said}");
        assert!(said.chars().count() <= 2 * limits::ERROR_PART + 1);
        // What is not long stays as it is, character for character.
        for text in [
            "",
            "é".repeat(limits::ERROR_WORD + QUOTE).as_str(),
            "a  b ".repeat(100).as_str(),
        ] {
            assert_eq!(sayable(text), text);
        }
        let password = format!("https://user:{}@proxy.example/ end", "p".repeat(10_000));
        assert!(!sayable(&password).contains("ppp"));
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("capture.json");
        let at = |path: &Path| OutputArgs {
            save: Some(path.to_owned()),
            ..args()
        };
        check_save(&at(&path)).unwrap();
        save(&path, b"one").unwrap();
        check_save(&at(&path)).unwrap();
        save(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(check_save(&at(directory.path())).is_err());
        assert!(check_save(&at(&directory.path().join("none/capture.json"))).is_err());
        assert!(check_save(&at(Path::new(".."))).is_err());
        assert!(save(&directory.path().join("none/capture.json"), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_capture_is_private_and_links_stay() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("capture.json");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        save(&path, b"{}").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let link = directory.path().join("link.json");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        for path in [link.as_path(), Path::new("/dev/null")] {
            let args = OutputArgs {
                save: Some(path.to_owned()),
                ..args()
            };
            assert!(check_save(&args).is_err(), "{}", path.display());
        }
    }
}

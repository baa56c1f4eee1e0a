//! Runs a command of this host that shows its resolver configuration: by its full path, without a shell, bounded in
//! time and in what it may print. Beside these only the `ssh` of `--via` is ever executed.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the one place where a command is executed"
)]

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::limits;

/// Why a command brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RunFailure {
    /// It is in none of the places where it belongs.
    #[error("is not there")]
    Missing,
    /// It could not be started.
    #[error("cannot be started: {0}")]
    Start(String),
    /// It did not end in this time.
    #[error("did not end within {:.1} s", .0.as_secs_f64())]
    TooSlow(Duration),
    /// It failed.
    #[error("failed")]
    Failed,
}

/// What the command prints within this time, at most [`limits::HOST_TEXT`] octets of it. `places` are full paths: the
/// first that is there is run.
pub(super) fn output(places: &[&str], arguments: &[&str], within: Duration) -> Result<Vec<u8>, RunFailure> {
    let is_there = |place: &&&str| Path::new(place).is_absolute() && Path::new(place).is_file();
    let place = places.iter().find(is_there).ok_or(RunFailure::Missing)?;
    let mut command = Command::new(place);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    // Windows' programs need theirs.
    if cfg!(unix) {
        command.env_clear().current_dir("/");
    }
    command
        .env("LC_ALL", "C")
        .env("SYSTEMD_COLORS", "0")
        .env("SYSTEMD_PAGER", "");
    let end = Instant::now() + within;
    let mut child = command.spawn().map_err(|error| RunFailure::Start(error.to_string()))?;
    let read = read(&mut child, within);
    let ended = read.is_some() && has_ended(&mut child, end.min(Instant::now() + limits::HOST_COMMAND_END.0));
    if !ended {
        // It may have ended meanwhile.
        let _ = child.kill();
    }
    let status = child.wait();
    let Some(octets) = read else {
        return Err(RunFailure::TooSlow(within));
    };
    let is_cut = octets.len() >= limits::HOST_TEXT;
    match status {
        _ if is_cut => Ok(octets),
        Ok(status) if ended && status.success() => Ok(octets),
        _ if ended => Err(RunFailure::Failed),
        _ => Err(RunFailure::TooSlow(within)),
    }
}

/// Reads on a thread that is not waited for beyond the time: a grandchild may hold the pipe open.
fn read(child: &mut Child, within: Duration) -> Option<Vec<u8>> {
    let pipe = child.stdout.take()?;
    let (done, result) = mpsc::channel();
    thread::Builder::new()
        .name("command".to_owned())
        .spawn(move || {
            let mut octets = Vec::new();
            let read = pipe.take(limits::HOST_TEXT as u64).read_to_end(&mut octets);
            // Nobody waits any more where it took too long.
            let _ = done.send(read.ok().map(|_| octets));
        })
        .ok()?;
    result.recv_timeout(within).ok().flatten()
}

fn has_ended(child: &mut Child, end: Instant) -> bool {
    loop {
        match child.try_wait() {
            Ok(Some(_)) => return true,
            Ok(None) if Instant::now() < end => thread::sleep(limits::HOST_COMMAND_END.1),
            _ => return false,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const SH: &[&str] = &["/nowhere/sh", "/bin/sh"];

    fn sh(script: &str) -> Result<Vec<u8>, RunFailure> {
        output(SH, &["-c", script], limits::HOST_COMMAND)
    }

    #[test]
    fn what_it_prints_is_read_and_nothing_else() {
        assert_eq!(sh("echo said; echo meant >&2; cat"), Ok(b"said\n".to_vec()));
        assert_eq!(sh("printf '%s' \"$HOME$LC_ALL\""), Ok(b"C".to_vec()));
    }

    #[test]
    fn failures_are_told_apart() {
        assert_eq!(
            output(&["sh", "/nowhere/sh"], &[], limits::HOST_COMMAND),
            Err(RunFailure::Missing)
        );
        let folder = output(&["/bin"], &[], limits::HOST_COMMAND);
        assert_eq!(folder, Err(RunFailure::Missing));
        assert_eq!(sh("echo half; exit 3"), Err(RunFailure::Failed));
        assert!(matches!(
            output(&["/etc/passwd"], &[], limits::HOST_COMMAND),
            Err(RunFailure::Start(_))
        ));
    }

    #[test]
    fn time_and_output_are_bounded() {
        let short = Duration::from_millis(200);
        let run = |script: &str| output(SH, &["-c", script], short);
        assert_eq!(run("exec sleep 600"), Err(RunFailure::TooSlow(short)));
        assert_eq!(
            run("echo said; exec >&-; exec sleep 600"),
            Err(RunFailure::TooSlow(short))
        );
        let endless = sh("while :; do echo 0123456789012345678901234567890123456789; done");
        assert_eq!(endless.map(|octets| octets.len()), Ok(limits::HOST_TEXT));
    }
}

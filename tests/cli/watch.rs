//! `--watch`, and what stands on a terminal.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, UdpSocket};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::name_server::{ADDRESS, HOST, Plays, reply};

use super::{EXPECTED, Outcome, Server, flags, program, run};

/// A name server that denies the name to the first `denials` questions for an address, and then gives it.
fn turning_server(denials: usize) -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = udp.local_addr().expect("an address");
    thread::spawn(move || {
        let mut query = [0; 4096];
        let mut asked = 0;
        while let Ok((length, client)) = udp.recv_from(&mut query) {
            asked += 1;
            let plays = if asked > denials {
                Plays::Has(ADDRESS)
            } else {
                Plays::NxDomain
            };
            if let Some(reply) = reply(&query[..length], plays) {
                udp.send_to(&reply, client).ok();
            }
        }
    });
    address
}

/// A watch of one resolver over UDP, two seconds between rounds: two questions each.
fn watch(server: SocketAddr, line: &str) -> Outcome {
    run(&format!(
        "check {HOST} --resolver one={server} --no-local --no-os --no-controls --timeout 1s {EXPECTED} \
         --watch 2s {line}"
    ))
}

#[test]
fn a_watch_ends_when_it_is_healthy_and_says_what_turned() {
    let outcome = watch(turning_server(2), "--until healthy --for 30s -o short");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    let (report, events) = lines.split_last().expect("lines");
    for line in events {
        let time = line.split("  ").next().expect("a time");
        assert!(time.len() == 20 && time.ends_with('Z'), "{line}");
    }
    for (line, part) in events.iter().zip([
        "watching 0123456789ABCDEF",
        "one: nxdomain",
        "conclusion: broken",
        "one: nxdomain (view private-zone) -> match 192.168.104.190 (view private-zone) after 2s",
        "conclusion: broken -> ",
        " after 2s: one match after 2s",
    ]) {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(report.ends_with("exit 0]"), "{report}");
}

#[test]
fn a_watch_whose_time_is_up_says_what_is_still_wrong() {
    let started = std::time::Instant::now();
    let outcome = watch(turning_server(usize::MAX), "--until healthy --for 3s");
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(outcome.code, 1);
    assert!(outcome.stdout.contains("one still nxdomain"), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("Still wrong: "), "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("broken:"),
        "the report follows: {}",
        outcome.stdout
    );
}

#[test]
fn a_watch_in_json_is_one_document_and_never_asks_twice_in_two_seconds() {
    let server = Server::start(Plays::Has(ADDRESS));
    let outcome = watch(server.address, "--for 3s -o json --redact");
    assert_eq!(outcome.code, 0);
    assert_eq!(outcome.json()["conclusion"], "healthy");
    assert!(outcome.stderr.contains("one: match"), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains(HOST) && !outcome.stderr.contains(HOST));
    // A round is three questions here, and in three seconds are two of them at two seconds' distance.
    assert_eq!(server.questions(), 6);
}

#[cfg(unix)]
#[test]
fn an_interrupted_watch_prints_what_is_known() {
    let server = Server::start(Plays::NxDomain);
    let mut child = std::process::Command::new(program().get_program())
        .args(
            format!(
                "check {HOST} {} {EXPECTED} --watch --until healthy",
                flags(server.address)
            )
            .split(' '),
        )
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    while !seen.contains("conclusion: broken") {
        assert!(stdout.read_line(&mut seen).expect("text") > 0, "{seen}");
    }
    let killed = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
    stdout.read_to_string(&mut seen).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{seen}");
    assert!(
        seen.contains("one still nxdomain") && seen.contains("Interrupted"),
        "{seen}"
    );
}

/// A terminal that a program writes to, 60 columns by 20 rows: what it shows in the end, sequences and all.
#[cfg(target_os = "linux")]
fn on_a_terminal(line: &str, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let (child, master) = started_on_a_terminal(line, environment, false);
    shown_on_a_terminal(child, master)
}

/// The same, with standard output or standard error as the terminal, while it runs.
#[cfg(target_os = "linux")]
fn started_on_a_terminal(
    line: &str,
    environment: &[(&str, &str)],
    is_stderr: bool,
) -> (std::process::Child, std::fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).expect("granted");
    unlockpt(&master).expect("unlocked");
    let name = ptsname(&master, Vec::new()).expect("its name");
    let name = name.into_string().expect("text");
    let size = rustix::termios::Winsize {
        ws_row: 20,
        ws_col: 60,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(&master, size).expect("a size");
    let terminal = std::fs::OpenOptions::new().write(true).open(name).expect("it opens");
    let (stdout, stderr) = if is_stderr {
        (Stdio::piped(), Stdio::from(terminal))
    } else {
        (Stdio::from(terminal), Stdio::null())
    };
    let child = std::process::Command::new(program().get_program())
        .args(line.split_whitespace())
        .env_clear()
        .envs(environment.iter().copied())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .expect("it runs");
    (child, std::fs::File::from(master))
}

/// How it ended, and everything that was written to its terminal.
#[cfg(target_os = "linux")]
fn shown_on_a_terminal(mut child: std::process::Child, mut master: std::fs::File) -> (Option<i32>, String) {
    let mut shown = Vec::new();
    // The terminal's end is an error (EIO) once the program has closed the other one.
    master.read_to_end(&mut shown).ok();
    let code = child.wait().expect("it ends").code();
    (code, String::from_utf8(shown).expect("text"))
}

/// The live table stands below the lines that stay, is written over, and is gone before the report.
#[cfg(target_os = "linux")]
#[test]
fn a_watch_on_a_terminal_has_a_live_table() {
    let server = turning_server(2);
    let line = format!(
        "check {HOST} --resolver one={server} --no-local --no-os --no-controls --timeout 1s {EXPECTED} --watch 2s \
         --until healthy --for 30s"
    );
    let (code, shown) = on_a_terminal(&line, &[("TERM", "xterm")]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("broken  0s of 30s, next look in "), "{shown}");
    // Drawn, and drawn over: up by its lines, and everything below is cleared.
    assert!(shown.contains("\u{1b}[2A\r\u{1b}[J"), "{shown:?}");
    let erased = shown.rfind("\u{1b}[J").expect("it is taken away");
    let report = &shown[erased..];
    assert!(!report.contains("next look in"), "{report}");
    assert!(report.contains("one match after 2s"), "{report}");
    for frame in shown.split("\u{1b}[2A\r\u{1b}[J") {
        let head = frame.lines().find(|line| line.contains(" of 30s, "));
        assert!(
            head.is_none_or(|line| line.trim_end().chars().count() <= 60),
            "{frame:?}"
        );
    }
    // Without a terminal that moves its cursor there are lines only.
    let (code, shown) = on_a_terminal(&line, &[("TERM", "dumb")]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        !shown.contains('\u{1b}') && !shown.contains("next look in"),
        "{shown:?}"
    );
}

/// A name server that says nothing for a while.
#[cfg(target_os = "linux")]
fn silent(timeout: &str) -> (Server, String) {
    let server = Server::start(Plays::Silence);
    let line = format!(
        "check {HOST} --resolver quiet={} --no-local --no-os --no-controls --no-aws --timeout {timeout} {EXPECTED}",
        server.address
    );
    (server, line)
}

/// What a terminal shows in its last line once everything was written to it: sequences that clear it are obeyed.
#[cfg(target_os = "linux")]
fn last_line(shown: &str) -> String {
    let line = shown.rsplit('\n').next().unwrap_or_default();
    line.rsplit("\r\u{1b}[K").next().unwrap_or_default().replace("^C", "")
}

#[cfg(target_os = "linux")]
#[test]
fn a_spinner_says_what_is_waited_for_on_a_terminal_alone() {
    let (_server, line) = silent("1s");
    for format in ["table", "json", "short"] {
        let line = format!("{line} -o {format}");
        let (child, master) = started_on_a_terminal(&line, &[("TERM", "xterm"), ("NO_COLOR", "1")], true);
        let (code, shown) = shown_on_a_terminal(child, master);
        assert_eq!(code, Some(1), "{shown}");
        assert!(shown.contains("waiting for quiet"), "{shown:?}");
        assert!(shown.contains("s left\u{1b}[K"), "{shown:?}");
        // It has no colour, and is gone in the end.
        assert!(!shown.contains("\u{1b}[3"), "{shown:?}");
        assert_eq!(last_line(&shown), "", "{shown:?}");
    }
    let elsewhere: [(&[(&str, &str)], &str); 5] = [
        (&[("TERM", "dumb")], ""),
        (&[], ""),
        (&[("TERM", "xterm"), ("CI", "true")], ""),
        (&[("TERM", "xterm")], " -q"),
        (&[("TERM", "xterm")], " --watch 2s --for 3s"),
    ];
    for (environment, flags) in elsewhere {
        let (child, master) = started_on_a_terminal(&format!("{line}{flags}"), environment, true);
        let (_, shown) = shown_on_a_terminal(child, master);
        assert!(
            !shown.contains("waiting") && !shown.contains('\u{1b}'),
            "{environment:?} {flags}: {shown:?}"
        );
    }
    // Never into a pipe or a file.
    let piped = Outcome::of(program().env("TERM", "xterm").args(line.split_whitespace()));
    assert!(
        !piped.stderr.contains("waiting") && !piped.stdout.contains("waiting"),
        "{}",
        piped.stderr
    );
}

/// The frames of a run on a terminal, and the most seconds that one of them says are left.
#[cfg(target_os = "linux")]
fn frames(line: &str, environment: &[(&str, &str)]) -> (Vec<String>, Option<u64>) {
    let environment = [&[("TERM", "xterm")], environment].concat();
    let (child, master) = started_on_a_terminal(line, &environment, true);
    let (_, shown) = shown_on_a_terminal(child, master);
    let frames: Vec<String> = shown
        .split('\r')
        .filter_map(|frame| Some(frame.split_once("\u{1b}[K")?.0.to_owned()))
        .filter(|frame| !frame.is_empty())
        .collect();
    let left = frames.iter().filter_map(|frame| {
        let (_, seconds) = frame.strip_suffix("s left")?.rsplit_once(' ')?;
        Some(seconds.parse().expect("seconds"))
    });
    let most = left.max();
    (frames, most)
}

/// Another place, many targets, and AWS where it hangs: each run says for whom it waits, and no longer than it does.
#[cfg(target_os = "linux")]
#[test]
fn every_run_says_on_a_terminal_what_it_waits_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let ssh = folder.path().join("ssh");
    std::fs::write(&ssh, "#!/bin/sh\nsleep 1\nexit 255\n").expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&ssh, mode).expect("a file");
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let targets = folder.path().join("targets");
    let names: Vec<String> = (1..=3)
        .map(|number| format!("{number:032X}.{}\n", &HOST[33..]))
        .collect();
    std::fs::write(&targets, names.concat()).expect("a file");
    let targets = format!("--targets {}", targets.display());

    let good = Server::start(Plays::Has(ADDRESS));
    let (_server, asks_silent) = silent("1s");
    let asks_silent = asks_silent.replace(HOST, "");
    let asks_good = format!("{} --no-aws {EXPECTED}", flags(good.address));
    let via = "--via ssh:bastion --via-timeout 5s";
    let environment = [("PATH", path.as_str())];
    for (line, said, most) in [
        (format!("check {HOST} {asks_good} {via}"), " waiting for bastion, ", 5),
        (
            format!("check {targets} {asks_good} {via}"),
            " waiting for bastion, ",
            5,
        ),
        (
            format!("{asks_silent} {targets}"),
            " 0 of 3, waiting for quiet, 1s left",
            1,
        ),
    ] {
        let (frames, left) = frames(&line, &environment);
        assert!(frames.iter().any(|frame| frame.contains(said)), "{line}: {frames:?}");
        assert!(left.is_some_and(|left| left <= most), "{line}: {frames:?}");
        assert_eq!(self::frames(&format!("{line} -q"), &environment).0, [""; 0], "{line}");
    }
    if !cfg!(feature = "aws") {
        return;
    }
    // It takes connections, and says nothing.
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let aws = format!("http://{}", hanging.local_addr().expect("an address"));
    let environment = [
        ("AWS_ENDPOINT_URL", aws.as_str()),
        ("AWS_ACCESS_KEY_ID", "one"),
        ("AWS_SECRET_ACCESS_KEY", "two"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("HOME", folder.path().to_str().expect("text")),
    ];
    let asks = format!(
        "--region eu-west-1 --deadline 2s {}",
        flags(good.address).replace("2s", "1s")
    );
    for line in [
        format!("facts {HOST} --region eu-west-1 --deadline 2s"),
        format!("check --cluster one {asks}"),
        format!("check --all-clusters {asks}"),
    ] {
        let (frames, left) = frames(&line, &environment);
        assert!(
            frames.iter().any(|frame| frame.contains(" waiting for AWS, ")),
            "{line}: {frames:?}"
        );
        assert!(left.is_some_and(|left| left <= 2), "{line}: {frames:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_spinner_goes_with_a_signal() {
    let (_server, line) = silent("20s");
    for signals in [1, 2] {
        let (child, master) = started_on_a_terminal(&format!("{line} --deadline 30s"), &[("TERM", "xterm")], true);
        let id = i32::try_from(child.id()).expect("a small number");
        let id = rustix::process::Pid::from_raw(id).expect("an id");
        thread::sleep(Duration::from_millis(900));
        for _ in 0..signals {
            rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it is sent");
            thread::sleep(Duration::from_millis(300));
        }
        let (code, shown) = shown_on_a_terminal(child, master);
        assert_eq!(code, Some(130), "{shown:?}");
        assert!(shown.contains("waiting for quiet"), "{shown:?}");
        assert_eq!(last_line(&shown), "", "{shown:?}");
    }
}

//! Every scenario, through embedded servers on loopback and the real prober: the diagnosis is the one that
//! the scenario states, and what was observed is what the case tests replay.
//!
//! `BLESS=1 cargo test --test lab` writes the observations anew; `BLESS=1 cargo test --test cases` then writes what is
//! said of them.

mod common;
#[path = "common/recording.rs"]
mod recording;
#[path = "common/unconcluded.rs"]
mod unconcluded;

use eks_dns_doctor::dns::AnswerKind;
use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::observation::Lookup;
use eks_dns_doctor::report::{Capture, diagnose};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let trials = lab::names().map(|name| Trial::test(name, move || play(name))).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The time that recordings have, where the scenario names none.
const TAKEN_AT: &str = "2026-01-01T00:00:00Z";

fn play(name: &str) -> Result<(), Failed> {
    let (name, scenario) = lab::scenario(Some(name)).map_err(|error| describe(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let scene = Scene {
        name,
        taken_at: scenario.taken_at.clone().unwrap_or_else(|| TAKEN_AT.to_owned()),
    };
    let played = runtime
        .block_on(lab::play(&scenario, &scene, std::future::pending(), |_| {}))
        .map_err(|error| describe(&error))?;
    if scenario.facts.aws.events.is_some() && scenario.taken_at.is_none() {
        return Err("it has changes, whose age is told from the time of the run: say taken_at".into());
    }
    if !played.unexpected.is_empty() {
        return Err(played.unexpected.join("\n").into());
    }
    let mut capture = played.capture;
    normalise(&mut capture);
    let report = diagnose(capture);
    common::check_outcome(&report, &scenario)?;
    common::check_file(
        &format!("cases/{name}/{}", common::CAPTURE),
        &recording::recording(&report),
    )?;
    Ok(())
}

/// The version that the recordings name, whichever made them.
const RECORDED_BY: &str = "0.1.0";

/// Takes out of a capture what differs from run to run and from release to release: how long things took, to the
/// second, and tries that only explain and may or may not have ended before the answer came.
fn normalise(capture: &mut Capture) {
    // A new version rewrites no recording.
    RECORDED_BY.clone_into(&mut capture.tool.version);
    let window = capture.asked.timeout_ms as f64;
    let step = window / f64::from(capture.asked.attempts.max(1));
    for probed in &mut capture.observations {
        if let Some(system) = &mut probed.system {
            system.rtt_ms = system.rtt_ms.map(whole_seconds);
        }
        for lookup in &mut probed.lookups {
            normalise_lookup(lookup, step);
        }
    }
}

fn normalise_lookup(lookup: &mut Lookup, step: f64) {
    lookup.rtt_ms = lookup.rtt_ms.map(whole_seconds);
    let decided = lookup.kind == AnswerKind::Answer || lookup.kind.is_negative();
    if decided {
        let transport = lookup.transport;
        lookup
            .attempts
            .retain(|attempt| attempt.edns && attempt.transport == transport || attempt.kind == AnswerKind::Truncated);
    }
    for attempt in &mut lookup.attempts {
        attempt.started_ms = (attempt.started_ms / step).floor() * step;
        attempt.rtt_ms = attempt.rtt_ms.map(whole_seconds);
    }
}

/// One millisecond, or whole seconds.
fn whole_seconds(ms: f64) -> f64 {
    if ms < 1000.0 {
        1.0
    } else {
        (ms / 1000.0).floor() * 1000.0
    }
}

fn describe(error: &lab::UnplayableScenario) -> Failed {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.into()
}

//! Every scenario, through embedded servers on loopback and the real prober: the diagnosis is the one that
//! the scenario states, and what was observed is what the case tests replay.
//!
//! `BLESS=1 cargo test --test lab` writes the observations and the rendered reports anew.

mod common;

use eks_dns_doctor::lab::{self, Scene};
use eks_dns_doctor::report::diagnose;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let trials = lab::names()
        .map(|name| Trial::test(name, move || play(name)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn play(name: &str) -> Result<(), Failed> {
    let (name, scenario) = lab::scenario(Some(name)).map_err(describe)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let scene = Scene {
        name,
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    let played = runtime
        .block_on(lab::play(&scenario, &scene, std::future::pending(), |_| {}))
        .map_err(describe)?;
    if !played.unexpected.is_empty() {
        return Err(played.unexpected.join("\n").into());
    }
    let mut capture = played.capture;
    common::normalise(&mut capture);
    let report = diagnose(capture);
    common::check_outcome(&report, &scenario)?;
    if common::blessing() {
        for (file, text) in common::rendered(&report) {
            common::check_file(name, &file, &text)?;
        }
    } else {
        let (file, text) = common::rendered(&report)
            .into_iter()
            .find(|(file, _)| file == "report.json")
            .ok_or("there is no JSON format")?;
        common::check_file(name, &file, &text)?;
    }
    Ok(())
}

fn describe(error: lab::Error) -> Failed {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.into()
}

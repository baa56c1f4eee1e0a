//! Scenarios of the lab: read, played against its own servers on loopback, and diagnosed.

use std::time::Duration;

use eks_dns_doctor::lab::scenario::ExpectedDiagnosis;
use eks_dns_doctor::lab::{self, Scene, play};

use super::held;

/// How long a scenario is played: the fuzzer has many to see.
const ROUND: Duration = Duration::from_millis(40);
/// Servers, samples and connections beyond which nothing new happens in that time.
const MANY: usize = 6;

pub(crate) fn check(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    let mut scenario = match lab::parse(text) {
        Ok(scenario) => scenario,
        Err(error) => return held::line(&error.to_string()),
    };
    scenario.ask.timeout_ms = 3;
    scenario.ask.attempts = 1;
    scenario.ask.samples = scenario.ask.samples.clamp(1, 2);
    scenario.servers.truncate(MANY);
    for server in &mut scenario.servers {
        for on in &mut server.on {
            on.delay_ms = on.delay_ms.min(2);
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let scene = Scene {
        name: "fuzzed",
        taken_at: "2026-01-01T00:00:00Z".to_owned(),
    };
    // A sleep begins within the runtime.
    let round = async { tokio::time::sleep(ROUND).await };
    let played = runtime.block_on(play(&scenario, &scene, round, |_| {}));
    let played = match played {
        Ok(played) => played,
        Err(error) => return held::line(&error.to_string()),
    };
    played.unexpected.iter().for_each(|said| held::line(said));
    let report = held::report(played.capture, octets);
    let outcome = ExpectedDiagnosis::of(&report);
    assert_eq!(outcome.exit_code, report.exit_code);
    assert_eq!(outcome.findings.len(), report.findings.len());
}

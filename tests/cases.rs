//! Every scenario without a network: today's rules on the recorded observations give exactly the findings
//! that the scenario states, and the reports that stand beside it.

#![expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]

mod common;

use eks_dns_doctor::lab;
use eks_dns_doctor::report::{Report, diagnose};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let trials = lab::names()
        .map(|name| Trial::test(name, move || replay(name)))
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn replay(name: &str) -> Result<(), Failed> {
    let (name, scenario) = lab::scenario(Some(name))?;
    let path = common::folder(name).join("report.json");
    let recorded = std::fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error} (BLESS=1 cargo test --test lab writes it)", path.display()))?;
    let recorded: Report = serde_json::from_str(&recorded)?;
    let report = diagnose(recorded.into_capture());
    common::check_outcome(&report, &scenario)?;
    for (file, text) in common::rendered(&report) {
        common::check_file(name, &file, &text)?;
    }
    Ok(())
}

//! What the tests over the scenarios share: their recorded observations, and the files that are generated from them.

#![expect(clippy::disallowed_methods, reason = "a test reads and writes its fixtures")]

use std::fmt::Write as _;
use std::path::PathBuf;

use eks_dns_doctor::lab::scenario::{ExpectedDiagnosis, Scenario};
use eks_dns_doctor::report::Report;

/// Whether the generated files are to be written rather than compared.
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| !value.is_empty())
}

/// The file of a scenario's recorded observations.
pub(crate) const CAPTURE: &str = "capture.json";

/// Holds a report against the diagnosis that the scenario states: exactly these findings, in this order.
pub(crate) fn check_outcome(report: &Report, scenario: &Scenario) -> Result<(), String> {
    let found = ExpectedDiagnosis::of(report);
    if found == scenario.expect {
        return Ok(());
    }
    let mut table = String::new();
    for resolver in &report.resolvers {
        let kinds: Vec<String> = resolver
            .probed
            .lookups
            .iter()
            .map(|lookup| format!("{:?} {}={}", lookup.purpose, lookup.qtype, lookup.kind))
            .collect();
        let name = &resolver.probed.resolver.name;
        let view = resolver.view.as_str();
        let _ = write!(
            table,
            "\n  {name} {} view {view}: {}",
            resolver.verdict,
            kinds.join(", ")
        );
    }
    Err(format!(
        "expected {:#?}\nfound {found:#?}\nresolvers:{table}",
        scenario.expect
    ))
}

/// Holds a generated text against its file below `fixtures`, or writes the file where it is to be blessed.
pub(crate) fn check_file(path: &str, text: &str) -> Result<(), String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    if blessing() {
        let folder = file.parent().expect("a file has a folder");
        std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        return std::fs::write(&file, text).map_err(|error| error.to_string());
    }
    let golden =
        std::fs::read_to_string(&file).map_err(|error| format!("{}: {error} (BLESS=1 writes it)", file.display()))?;
    if golden == text {
        return Ok(());
    }
    let line = golden
        .lines()
        .zip(text.lines())
        .position(|(a, b)| a != b)
        .unwrap_or_else(|| golden.lines().count().min(text.lines().count()));
    Err(format!(
        "fixtures/{path} differs from line {} on (BLESS=1 rewrites it):\n- {}\n+ {}",
        line + 1,
        golden.lines().nth(line).unwrap_or("<end>"),
        text.lines().nth(line).unwrap_or("<end>"),
    ))
}
